package ssh

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
)

// office is an authority of guides, with its file.
type office struct {
	t    *testing.T
	ca   gossh.Signer
	file string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, ca: newSigner(t), file: filepath.Join(dir, "ca.pub")}
	put(t, o.file, string(gossh.MarshalAuthorizedKey(o.ca.PublicKey())))
	return o
}

// put writes a file whose stamp is another than before.
func put(t *testing.T, file, text string) {
	t.Helper()
	next := file + ".new"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, file); err != nil {
		t.Fatal(err)
	}
}

func newSigner(t *testing.T) gossh.Signer {
	t.Helper()
	s, err := gossh.NewSignerFromKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// options trust the office.
func (o *office) options() GuidesOptions {
	return GuidesOptions{Authorities: []Authority{{Organisation: "Example Support", File: o.file}}}
}

// guides opens options that must be fine.
func guides(t *testing.T, o GuidesOptions) *Guides {
	t.Helper()
	g, err := OpenGuides(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// certify makes a guide's certificate for a key, changed before it is signed.
func (o *office) certify(key gossh.Signer, change func(*gossh.Certificate)) gossh.Signer {
	o.t.Helper()
	return signedBy(o.t, o.ca, key, change)
}

func signedBy(t *testing.T, ca, key gossh.Signer, change func(*gossh.Certificate)) gossh.Signer {
	t.Helper()
	now := time.Now()
	c := &gossh.Certificate{
		Key: key.PublicKey(), CertType: gossh.UserCert, KeyId: "Anna Berg", ValidPrincipals: []string{"guide"}, Serial: 7,
		ValidAfter: uint64(now.Add(-time.Minute).Unix()), ValidBefore: uint64(now.Add(time.Hour).Unix()), //nolint:gosec // after 1970
	}
	if change != nil {
		change(c)
	}
	if err := c.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	s, err := gossh.NewCertSigner(c, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hardware is a FIDO security key: what it signs says whether it was touched
// (PROTOCOL.u2f of OpenSSH).
type hardware struct {
	secret ed25519.PrivateKey
	public gossh.PublicKey
	flags  byte
}

func newHardware(t *testing.T, flags byte) hardware {
	t.Helper()
	secret := newEd25519(t)
	half, ok := secret.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no ed25519 key")
	}
	public, err := gossh.ParsePublicKey(gossh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{gossh.KeyAlgoSKED25519, half, "ssh:"}))
	if err != nil {
		t.Fatal(err)
	}
	return hardware{secret, public, flags}
}

// PublicKey implements gossh.Signer.
func (h hardware) PublicKey() gossh.PublicKey { return h.public }

// Sign implements gossh.Signer.
func (h hardware) Sign(_ io.Reader, data []byte) (*gossh.Signature, error) {
	app, message := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
	tail := []byte{h.flags, 0, 0, 0, 1}
	signed := append(append(append([]byte{}, app[:]...), tail...), message[:]...)
	return &gossh.Signature{Format: gossh.KeyAlgoSKED25519, Blob: ed25519.Sign(h.secret, signed), Rest: tail}, nil
}

// console opens the console with keys, over a real connection. The error is that of
// the log-in.
func (s *site) console(t *testing.T, keys ...gossh.Signer) (*client, error) {
	t.Helper()
	conn, err := s.try(userConsole, func(c *gossh.ClientConfig) {
		c.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(keys...)}, c.Auth...)
	})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = conn.Close() })
	return opens(t, conn, 0, 0, func(x *gossh.Session) error { return x.Shell() }), nil
}

// loopback is where clients of tests come from.
var loopback = netip.MustParseAddr("127.0.0.1")

// guides makes who is a guide for a script: guides=FILE of an authority, and behind
// semicolons revoked=FILE, listed=FILE (Bob Blau's key) and touched.
func (a *attack) guides(value string, log *slog.Logger) *Guides {
	a.t.Helper()
	if err := os.Chmod(a.dir, 0o700); err != nil {
		a.wrong("%v", err)
	}
	o := GuidesOptions{Log: log}
	for i, part := range strings.Split(value, ";") {
		key, file, _ := strings.Cut(part, "=")
		switch {
		case i == 0:
			o.Authorities = []Authority{{Organisation: "Example Support", File: filepath.Join(a.dir, part)}}
		case key == "revoked":
			o.Revoked = filepath.Join(a.dir, file)
		case key == "touched":
			o.SecurityKeys = true
		case key == "listed":
			text, err := os.ReadFile(filepath.Join(a.dir, file))
			if err != nil {
				a.wrong("%v", err)
			}
			public, err := ParseGuideKey(string(text))
			if err != nil {
				a.wrong("%v", err)
			}
			o.Keys = []GuideKey{{Name: "Bob Blau", Organisation: "Example Partner", Role: RoleLead, Key: public}}
		default:
			a.wrong("no such setting: %s", part)
		}
	}
	g, err := OpenGuides(o)
	if err != nil {
		a.wrong("%v", err)
	}
	return g
}

// guided is a guide who was let in, and the customer who did that.
type guided struct {
	customer, guide *client
	code, number    string
	answers         int // events of the customer's until then
	place           flows.Place
}

// begins has a customer choose an app and a tenant, who is shown the code of their case.
func (a *attack) begins(bool, []string) {
	c := a.s.shell(a.t, "anybody", 100, 30)
	c.chooses()
	a.let = guided{customer: c, code: c.shownCode()}
	c.closesHelp()
}

// letsIn KEY NAME has a guide come, by a key and its certificate, whom the customer lets
// watch. {number} is the number of the case from then on.
func (a *attack) letsIn(_ bool, words []string) {
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(a.dir, name))
		if err != nil {
			a.wrong("%v", err)
		}
		return text
	}
	key, err := gossh.ParsePrivateKey(read(words[0]))
	if err != nil {
		a.wrong("%v", err)
	}
	public, _, _, _, err := gossh.ParseAuthorizedKey(read(words[0] + "-cert.pub"))
	if err != nil {
		a.wrong("%v", err)
	}
	cert, _ := public.(*gossh.Certificate)
	signer, err := gossh.NewCertSigner(cert, key)
	if err != nil {
		a.wrong("%v", err)
	}
	l := &a.let
	l.guide = a.s.guideScreen(a.t, signer, 100, 30)
	l.number = letIn(a.t, l.customer, l.guide, words[1])
	l.answers, l.place = answersOf(a.t, a.s, l.number), flows.Fold(flows.State{}, recordsOf(a.t, a.s, l.number)...).Place
}

// presses KEYS... has the guide type them.
func (a *attack) presses(_ bool, words []string) {
	for _, w := range words {
		a.let.guide.types(w)
	}
}

// untouched waits until the guide's keys were taken, and holds that the customer is where
// they were and did nothing, and that what the guide did answers nothing.
func (a *attack) untouched(bool, []string) {
	l := a.let
	l.guide.types("\x1b\x1b") // out of whatever was opened
	l.guide.presses("ö", "ö does nothing here")
	l.guide.presses("é", "é does nothing here") // and has taken those before
	if n := answersOf(a.t, a.s, l.number); n != l.answers {
		a.wrong("there are %d events of the customer's, and were %d", n, l.answers)
	}
	if at := flows.Fold(flows.State{}, recordsOf(a.t, a.s, l.number)...).Place; at != l.place {
		a.wrong("the customer is at %+v, and was at %+v", at, l.place)
	}
	for _, did := range byGuides(a.t, a.s, l.number) {
		if !slices.Contains([]string{didAsk, didPoint, didNote, didSuggest, didAgain, didAskTape}, did) {
			a.wrong("the guide did %q", did)
		}
	}
}

// codeless holds that the code of the case is in nothing that the guide was sent, the log
// or the audit.
func (a *attack) codeless(bool, []string) {
	half := a.let.code[:len(a.let.code)/2]
	for where, text := range map[string]string{"the guide's screen": a.let.guide.bytes(), "the log": a.s.log.String(), "the audit": strings.Join(deeds(a.t, a.s.o.Cases), "\n"), "what came last": a.stdout + a.stderr} {
		if strings.Contains(text, half) {
			a.wrong("it is in %s", where)
		}
	}
}
