package ssh

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/tui"
)

// TestPowers holds what each role may do, and that nobody else may do anything.
func TestPowers(t *testing.T) {
	t.Parallel()
	all := []Power{PowerQueue, PowerWatch, PowerHelp, PowerInvite, PowerHandOver, PowerErase, PowerAudit}
	may := map[GuideRole]string{ // in that order
		RoleGuide:   "yes yes yes no no no no",
		RoleLead:    "yes yes yes yes yes yes no",
		RoleAuditor: "no no no no no no yes",
		"customer":  "no no no no no no no",
		"":          "no no no no no no no",
	}
	for role, want := range may {
		var got []string
		for _, p := range all {
			word := "no"
			if (Guide{roles: []GuideRole{role}}).May(p) {
				word = "yes"
			}
			got = append(got, word)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q may %v, want %s", role, got, want)
		}
	}
	if both := (Guide{roles: []GuideRole{RoleGuide, RoleAuditor}}); !both.May(PowerWatch) || !both.May(PowerAudit) || both.May(PowerErase) {
		t.Error("two roles are not the sum of both")
	}
	if (Guide{}).May(PowerQueue) {
		t.Error("nobody may see the queue")
	}
	if len(powers) != len(Roles()) {
		t.Errorf("%d roles have powers, of %d", len(powers), len(Roles()))
	}
}

// TestGuideHasNoHands holds what a guide's types can do at all: each of their methods
// is named here, and none of them answers, confirms, signs in or reads a secret.
func TestGuideHasNoHands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   reflect.Type
		want []string
	}{
		{reflect.TypeFor[*Guide](), []string{"KeyID", "May", "Name", "Organisation", "Roles", "Until"}},
		{reflect.TypeFor[*guideQueue](), []string{"List", "Watch"}},
		{reflect.TypeFor[tui.Queue](), []string{"List", "Watch"}},
		{reflect.TypeFor[*tui.Console](), nil},
		{reflect.TypeFor[*tui.Readings](), nil},
		{reflect.TypeFor[tui.Invitations](), []string{"Invite", "List", "Revoke"}},
		{reflect.TypeFor[leadInvitations](), []string{"Invite", "List", "Revoke"}},
		{reflect.TypeFor[tui.HandOvers](), []string{"Colleagues", "HandOver", "TakeBack"}},
		{reflect.TypeFor[leadHandOvers](), []string{"Colleagues", "HandOver", "TakeBack"}},
		{reflect.TypeFor[*tui.QueueRow](), nil},
	} {
		var got []string
		for m := range c.of.Methods() {
			got = append(got, m.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s has the methods %v, want %v", c.of, got, c.want)
		}
	}
	// A row has no place for a tenant but what the customer agreed to, and a hand-over none
	// for anything of a case.
	for _, c := range []struct {
		of   reflect.Type
		want []string
	}{
		{reflect.TypeFor[tui.QueueRow](), []string{"Number", "Step", "Began", "Waits", "Present", "Home", "Shown", "Handed"}},
		{reflect.TypeFor[tui.Handed](), []string{"By", "To", "At", "End"}},
	} {
		var fields []string
		for f := range c.of.Fields() {
			fields = append(fields, f.Name)
		}
		if !slices.Equal(fields, c.want) {
			t.Errorf("%s has %v, want %v", c.of, fields, c.want)
		}
	}
}

// TestConsoleHasNoOtherPowers holds what a console is given: each of its powers is a field
// that is named here with its type, and none of them answers or confirms.
func TestConsoleHasNoOtherPowers(t *testing.T) {
	t.Parallel()
	var got []string
	for f := range reflect.TypeFor[tui.Console]().Fields() {
		got = append(got, f.Name+" "+f.Type.String())
	}
	want := []string{
		"Queue tui.Queue",
		"Name string", "Organisation string", "Role string",
		"Ask func(context.Context, string) (tui.Seat, error)",
		"Ahead func(context.Context, string)", // of a case that may be asked for; nothing comes of it that a console could show
		"Receipt func(string) string",
		"Figures func(context.Context) (tui.Figures, error)",
		"Erase func(context.Context, string) (string, error)",
		"Invitations tui.Invitations",
		"HandOvers tui.HandOvers",
		"Answers func(context.Context) ([]tui.CannedAnswer, error)",
		"Replay func(context.Context, string) (tui.Reel, error)",
		"Readings *tui.Readings", // which nobody but a screen can read or fill: it has no methods
	}
	if !slices.Equal(got, want) {
		t.Errorf("a console has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestGuidesRefused holds what cannot be meant, with the word that is said.
func TestGuidesRefused(t *testing.T) {
	t.Parallel()
	key := newSigner(t).PublicKey()
	one := GuideKey{Name: "Bob", Organisation: "Example", Role: RoleGuide, Key: key}
	but := func(change func(*GuideKey)) GuidesOptions {
		k := one
		change(&k)
		return GuidesOptions{Keys: []GuideKey{k}}
	}
	two := func(organisation string) GuidesOptions {
		o := but(func(k *GuideKey) { k.Organisation = organisation })
		o.Authorities = []Authority{{Organisation: "eXAMPLE"}}
		return o
	}
	if _, err := OpenGuides(two("Example Partner")); err != nil {
		t.Errorf("two that can be told apart: %v", err)
	}
	for name, c := range map[string]struct {
		o    GuidesOptions
		says string
	}{
		"no name":            {but(func(k *GuideKey) { k.Name = "" }), "needs a name"},
		"a name that acts":   {but(func(k *GuideKey) { k.Name = "B\x1b]0;x\a" }), "needs a name"},
		"spaces around":      {but(func(k *GuideKey) { k.Organisation = " Example" }), "needs a name"},
		"no role":            {but(func(k *GuideKey) { k.Role = "boss" }), `"boss" is no role`},
		"no key":             {but(func(k *GuideKey) { k.Key = nil }), "the key of Bob: this is no public key"},
		"a certificate":      {but(func(k *GuideKey) { k.Key = newOffice(t).certify(newSigner(t), nil).PublicKey() }), "this is a certificate"},
		"a soft key":         {GuidesOptions{Keys: []GuideKey{one}, SecurityKeys: true}, "is on no security key"},
		"no organisation":    {GuidesOptions{Authorities: []Authority{{}}}, "needs a name"},
		"two roles":          {GuidesOptions{Principals: map[GuideRole][]string{RoleLead: {"guide"}}}, `"guide" stands for guide and for lead`},
		"capitals differ":    {two("Example"), `"eXAMPLE" and "Example" differ`},
		"spaces differ":      {two("e X AMPLE"), `"eXAMPLE" and "e X AMPLE" differ`},
		"forms differ":       {two("\uff25xample"), "differ in capitals"},
		"an accent apart":    {GuidesOptions{Authorities: []Authority{{Organisation: "Caf\u00e9"}, {Organisation: "Cafe\u0301"}}}, "differ in capitals"},
		"an empty principal": {GuidesOptions{Principals: map[GuideRole][]string{RoleLead: {""}}}, "is no principal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if g, err := OpenGuides(c.o); err == nil || g != nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, %v; want %q", g, err, c.says)
			}
		})
	}
}

// TestGuidesNeedTheirFiles holds that nobody is a guide while a file cannot be read,
// that it is said why, and that a mended one counts at once.
func TestGuidesNeedTheirFiles(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.certify(newSigner(t), nil).PublicKey()
	opts := o.options()
	opts.Revoked = filepath.Join(filepath.Dir(o.file), "revoked")
	g := guides(t, opts)
	ca, fine := string(gossh.MarshalAuthorizedKey(o.ca.PublicKey())), "# nobody\n"
	for _, step := range []struct{ file, text, says string }{
		{opts.Revoked, "", "no such file"}, // it was never there
		{opts.Revoked, fine, ""},
		{opts.Revoked, "serial: 3\n", "revoked:1: whose serial?"},
		{opts.Revoked, fine, ""},
		{opts.Revoked, krlMagic + "\x00\x00\x00\x01", "revoked:1: this is a list in OpenSSH's binary form"},
		{opts.Revoked, strings.Repeat("#\n", largestGuides), "is larger than 1 MiB"},
		{opts.Revoked, fine, ""},
		{o.file, "# none\n", "holds no public key"},
		{o.file, "\n" + ca + "ssh-ed25519 AAAA\n", "ca.pub:3: this is no public key"},
		{o.file, "no-pty " + ca, "ca.pub:1: options such as"},
		{o.file, ca + ca, "is an authority's of"},
		{o.file, string(gossh.MarshalAuthorizedKey(anna)), "ca.pub:1: this is a certificate"},
		{o.file, string(gossh.MarshalAuthorizedKey(newSigner(t).PublicKey())) + ca, ""},
	} {
		if step.text != "" {
			put(t, step.file, step.text)
		}
		_, err := g.who(anna, loopback)
		if trouble := g.Trouble(); (trouble == nil) != (step.says == "") || trouble != nil && (!strings.Contains(trouble.Error(), step.says) || !errors.Is(err, errGuidesUnknown)) || trouble == nil && err != nil {
			t.Errorf("with %.40q: %v, %v; want %q", step.text, trouble, err, step.says)
		}
	}
	if err := os.Chmod(opts.Revoked, 0o622); err != nil {
		t.Fatal(err)
	}
	put(t, o.file, ca) // another stamp, so that both are read again
	if err := g.Trouble(); err == nil || !strings.Contains(err.Error(), "others can write it (mode 0622)") {
		t.Error(err)
	}
	if err := os.Remove(opts.Revoked); err != nil {
		t.Fatal(err)
	}
	if _, err := g.who(anna, loopback); !errors.Is(err, errGuidesUnknown) {
		t.Errorf("with the list gone: %v", err)
	}
}

// TestGuidesFilesAreReadOnceTheyCanBe holds that whatever kept the files from being read, or
// should keep them from it from now on, is seen where no file is written.
func TestGuidesFilesAreReadOnceTheyCanBe(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.certify(newSigner(t), nil).PublicKey()
	opts := o.options()
	opts.Revoked = filepath.Join(filepath.Dir(o.file), "revoked")
	log := new(logged)
	opts.Log = slog.New(slog.NewTextHandler(log, nil))
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	written := func(file, text string) { // long ago, each time
		put(t, file, text)
		if err := os.Chtimes(file, long, long); err != nil {
			t.Fatal(err)
		}
	}
	mode := func(file string, m os.FileMode) {
		if err := os.Chmod(file, m); err != nil {
			t.Fatal(err)
		}
	}
	written(o.file, string(gossh.MarshalAuthorizedKey(o.ca.PublicKey())))
	written(opts.Revoked, "# nobody\n")
	mode(opts.Revoked, 0o664)
	g := guides(t, opts)
	for _, step := range []struct {
		change func()
		says   string // empty: Anna is a guide
	}{
		{func() {}, "others can write it (mode 0664)"},
		{func() { mode(opts.Revoked, 0o644) }, ""}, // as the log says
		{func() { mode(filepath.Dir(o.file), 0o770) }, "others can write into"},
		{func() { mode(filepath.Dir(o.file), 0o700) }, ""},
		{func() { mode(o.file, 0o622) }, "others can write it (mode 0622)"},
		{func() { mode(o.file, 0o600) }, ""},
		{func() { written(opts.Revoked, "# someone\n") }, ""},
		{func() { written(opts.Revoked, "serial: 3\n") }, "whose serial?"}, // as long, and of the same time
		{func() { written(opts.Revoked, "# nobody\n") }, ""},
	} {
		step.change()
		_, err := g.who(anna, loopback)
		if (err == nil) != (step.says == "") || err != nil && !strings.Contains(fmt.Sprint(g.Trouble()), step.says) {
			t.Errorf("want %q: %v; %v", step.says, err, g.Trouble())
		}
	}
	if again, no := strings.Count(log.String(), "was read again"), strings.Count(log.String(), "nobody is a guide"); again != 5 || no != 4 {
		t.Errorf("said %d times that there are guides again, and %d that there are none:\n%s", again, no, log)
	}
}

// TestRevoked holds what a list takes away from whom.
func TestRevoked(t *testing.T) {
	t.Parallel()
	o, other := newOffice(t), newOffice(t)
	mine, listed := newSigner(t), newSigner(t)
	opts := o.options()
	opts.Authorities = append(opts.Authorities, Authority{Organisation: "Other", File: other.file})
	opts.Keys = []GuideKey{{Name: "Bob", Organisation: "Other", Role: RoleLead, Key: listed.PublicKey()}}
	opts.Revoked = filepath.Join(filepath.Dir(o.file), "revoked")
	put(t, opts.Revoked, "")
	g := guides(t, opts)
	who := map[string]gossh.PublicKey{"ours": o.certify(mine, nil).PublicKey(), "theirs": other.certify(mine, nil).PublicKey(), "bob": listed.PublicKey()}
	ca := "ca: " + printOf(o.ca.PublicKey()) + "\n"
	line := func(key gossh.PublicKey) string { return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key))) }
	for text, out := range map[string]string{
		"\n# all is well\n":                         "",
		printOf(mine.PublicKey()):                   "ours theirs",
		"hash: " + printOf(mine.PublicKey()):        "ours theirs",
		line(mine.PublicKey()) + " anna: a comment": "ours theirs",
		"key: " + line(listed.PublicKey()):          "bob",
		line(who["ours"]):                           "ours theirs", // of a certificate the key in it
		printOf(o.ca.PublicKey()):                   "ours",
		ca + "serial: 7":                            "ours",
		ca + "serial: 6-8":                          "ours",
		ca + "serial: 7-18446744073709551615":       "ours",
		ca + "serial: 8-9\nserial: 1-6":             "",
		ca + "id: Anna Berg":                        "ours",
		"id: Anna Berg":                             "ours theirs",
		"id: Anna":                                  "",
		"id: Bob":                                   "", // the name of a listed key is no key id
	} {
		put(t, opts.Revoked, text)
		var got []string
		for _, name := range []string{"ours", "theirs", "bob"} {
			switch _, err := g.who(who[name], loopback); {
			case errors.Is(err, errRevoked):
				got = append(got, name)
			case err != nil:
				t.Errorf("%.60q: %s: %v", text, name, err)
			}
		}
		if strings.Join(got, " ") != out {
			t.Errorf("%.60q revokes %v, want %q", text, got, out)
		}
	}
}

// TestRevokedIsNotGuessed holds that a line which cannot be read is an error, with
// its number, and none is passed over.
func TestRevokedIsNotGuessed(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"anna":       "no public key",
		"sha1: abc":  `"sha1" says nothing here`,
		"Serial: 1":  `"Serial" says nothing here`,
		"SHA256:abc": "is no fingerprint",
		"hash: SHA256:" + strings.Repeat("!", 43): "is no fingerprint",
		"ca:":              "no public key",
		"ca: anna":         "no public key",
		"id:":              "a key id is missing",
		"serial: 1":        "whose serial?",
		"ssh-ed25519 AAAA": "no public key",
		"key: ":            "no public key",
	} {
		if _, n, err := parseRevoked([]byte("# first\n" + text + "\n")); err == nil || n != 2 || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: line %d, %v; want %q", text, n, err, says)
		}
	}
	for _, bad := range []string{"0", "-1", "1-", "-", "9-8", "0-3", "1 2", "0x1", "18446744073709551616", ""} {
		if _, err := serialsOf(bad); err == nil {
			t.Errorf("%q is a serial", bad)
		}
	}
}

// FuzzRevoked holds that no list breaks the reader, and that what it takes it would
// take again line by line.
func FuzzRevoked(f *testing.F) {
	f.Add("ca: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\nserial: 1-4\nid: anna\n")
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna\n# x\n")
	f.Add(krlMagic)
	f.Fuzz(func(t *testing.T, text string) {
		r, n, err := parseRevoked([]byte(text))
		if err == nil && strings.HasPrefix(text, krlMagic) || err != nil && r != nil || n > strings.Count(text, "\n")+1 {
			t.Fatalf("%v, %d, %v", r, n, err)
		}
		if err != nil {
			return
		}
		for ca, spans := range r.serials {
			for _, s := range spans {
				if ca == "" || s.from == 0 || s.to < s.from {
					t.Fatalf("%q: %+v", ca, s)
				}
			}
		}
	})
}

// TestRevokedGuideLeaves holds that a console closes when its guide is revoked, or
// becomes another, and that a customer's session does not.
func TestRevokedGuideLeaves(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	opts := o.options()
	opts.Revoked = filepath.Join(filepath.Dir(o.file), "revoked")
	put(t, opts.Revoked, "")
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	customer := s.shell(t, "anybody", 80, 24)
	customer.sees("Which app")
	ca := "ca: " + printOf(o.ca.PublicKey()) + "\n"
	for _, ends := range []struct{ file, text string }{
		{opts.Revoked, ca + "serial: 7\n"},
		{opts.Revoked, "broken\n"},
		{o.file, string(gossh.MarshalAuthorizedKey(newSigner(t).PublicKey()))},
	} {
		put(t, opts.Revoked, "")
		anna, err := s.console(t, o.certify(newSigner(t), nil))
		if err != nil {
			t.Fatal(err)
		}
		anna.reads("You are Anna Berg")
		put(t, ends.file, ends.text)
		if code := anna.ends(); code != codeFailed || !strings.Contains(anna.bytes(), sayGuideOver) {
			t.Errorf("%.20q: %d, %q", ends.text, code, anna.bytes())
		}
		waitsEnd(t, anna.conn)
	}
	await(t, "nobody", func() bool { return s.Status().Guides == 0 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	customer.presses("#", "# does nothing here") // it is there
	if st := s.Status(); st.Sessions != 1 {
		t.Errorf("%+v", st)
	}
}

// TestCertificateRunsOut holds that a guide is told before their certificate runs out,
// that the console closes then, and that nothing more begins on that connection.
func TestCertificateRunsOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	var anna *client
	var until time.Time
	for lasts := 8 * time.Second; anna == nil; lasts *= 2 { // a busy machine may be too slow for the first
		until = time.Now().Add(lasts)
		var err error
		anna, err = s.console(t, o.certify(newSigner(t), func(c *gossh.Certificate) { c.ValidBefore = uint64(until.Unix()) })) //nolint:gosec // after 1970
		if err != nil && (time.Now().Before(until.Truncate(time.Second)) || lasts > patience) {
			t.Fatal(err)
		}
	}
	anna.reads("Your certificate runs out in ")
	if code := anna.ends(); code != codeFailed || !strings.Contains(anna.bytes(), sayGuideRunOut) || time.Now().Before(until.Truncate(time.Second)) {
		t.Errorf("%d, %q", code, anna.bytes())
	}
	if _, err := anna.conn.NewSession(); err == nil {
		t.Error("another session begins")
	}
}

// TestToldEarly holds that a line which comes before a session has a screen is told once
// it has one, and that none waits for a screen behind the last.
func TestToldEarly(t *testing.T) {
	t.Parallel()
	s := new(session)
	var heard []string
	s.notice("one")
	s.notice("two")
	s.told(func(text string) { heard = append(heard, text) }, nil)
	s.notice("three")
	s.told(nil, nil)
	s.notice("four")
	s.told(func(text string) { heard = append(heard, text) }, nil)
	if !slices.Equal(heard, []string{"one", "two", "three"}) {
		t.Errorf("%q", heard)
	}
	flooded := new(session)
	for range 100 {
		flooded.notice("again")
	}
	if len(flooded.early) != mostEarly {
		t.Errorf("%d lines wait", len(flooded.early))
	}
}

// TestAuditorSeesNoCase holds that the role opens no queue.
func TestAuditorSeesNoCase(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	c, err := s.console(t, o.certify(newSigner(t), func(c *gossh.Certificate) { c.ValidPrincipals = []string{"auditor"} }))
	if err != nil {
		t.Fatal(err)
	}
	if code := c.ends(); code != codeDone || strings.Contains(c.bytes(), "cases:") || !strings.Contains(c.bytes(), "You come as Anna Berg (auditor). That role sees no case. It reads the audit: ssh console@onboard.example audit") {
		t.Errorf("%d, %q", code, c.bytes())
	}
	// A principal of the configuration gives the role, and then the usual one does not.
	opts := o.options()
	opts.Principals = map[GuideRole][]string{RoleLead: {"support-leads"}}
	g := guides(t, opts)
	for principal, role := range map[string]GuideRole{"support-leads": RoleLead, "guide": RoleGuide, "lead": ""} {
		who, err := g.who(o.certify(newSigner(t), func(c *gossh.Certificate) { c.ValidPrincipals = []string{principal} }).PublicKey(), loopback)
		if (err == nil) != (role != "") || who.rolesWord() != string(role) {
			t.Errorf("%s: %v, %v", principal, who.roles, err)
		}
	}
}
