package ssh

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// TestIdentityIsMadeOnce holds that the key is made where there is none, for its
// owner alone, and is the same ever after.
func TestIdentityIsMadeOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys", "host_ed25519")
	first, made, err := LoadIdentity([]string{file})
	if err != nil || !made {
		t.Fatal(made, err)
	}
	for name, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", name, info.Mode().Perm(), want)
		}
	}
	again, made, err := LoadIdentity([]string{file})
	if err != nil || made || again.Fingerprint() != first.Fingerprint() {
		t.Errorf("made %v, %v: %s and %s", made, err, first.Fingerprint(), again.Fingerprint())
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestIdentityOfTwoStarts holds that two servers that start at once agree.
func TestIdentityOfTwoStarts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys", "host")
	var prints [8]string
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			id, _, err := LoadIdentity([]string{file})
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = id.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p == "" || p != prints[0] {
			t.Errorf("they are %v", prints)
		}
	}
}

// keyFile writes a key in the form of OpenSSH.
func keyFile(t *testing.T, dir, name string, secret any, mode os.FileMode, passphrase string) string {
	t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = gossh.MarshalPrivateKey(secret, "")
	} else {
		block, err = gossh.MarshalPrivateKeyWithPassphrase(secret, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(block), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
	return file
}

func newEd25519(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestIdentityRefused holds what is no host key, with the word that is said.
func TestIdentityRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fine := newEd25519(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END"), 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, largestKey+1), 0o600); err != nil {
		t.Fatal(err)
	}
	good := keyFile(t, dir, "good", fine, 0o600, "")
	cases := map[string]struct {
		files []string
		says  string
	}{
		"none":            {nil, "no host key is named"},
		"too many":        {slices.Repeat([]string{good}, mostKeys+1), "8 is the most"},
		"readable":        {[]string{keyFile(t, dir, "readable", fine, 0o644, "")}, "others can read it (mode 0644): chmod 600 "},
		"of a group":      {[]string{keyFile(t, dir, "group", fine, 0o640, "")}, "others can read it"},
		"folder is open":  {[]string{keyFile(t, open, "key", fine, 0o600, "")}, "others can write into"},
		"locked":          {[]string{keyFile(t, dir, "locked", fine, 0o600, "secret")}, "locked with a passphrase"},
		"another kind":    {[]string{keyFile(t, dir, "curve", curve, 0o600, "")}, "ecdsa-sha2-nistp256"},
		"broken":          {[]string{broken}, "no private key"},
		"too large":       {[]string{large}, "too large"},
		"a folder":        {[]string{dir}, "no regular file"},
		"twice":           {[]string{good, keyFile(t, dir, "same", fine, 0o600, "")}, "named twice"},
		"no second":       {[]string{good, filepath.Join(dir, "nowhere")}, "no such file"},
		"where a file is": {[]string{filepath.Join(good, "key")}, "not a directory"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, made, err := LoadIdentity(c.files)
			if err == nil || id != nil || made || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, %v, %v; want %q", id, made, err, c.says)
			}
		})
	}
}

// openssh runs the machine's ssh against a site, and gives what it printed.
func (s *site) openssh(t *testing.T, hosts string, args ...string) (out string, err error) {
	t.Helper()
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	all := append(slices.Clone(args[:flagged(args)]), // of options that are given twice the first holds
		"-F", "none", "-o", "UserKnownHostsFile="+hosts, "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes",
		"-o", "IdentityAgent=none", "-o", "IdentityFile=none", "-o", "BatchMode=yes", "-p", port,
	)
	all = append(all, args[flagged(args):]...)
	cmd := exec.CommandContext(t.Context(), "ssh", all...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// flagged is how many of the words of a command line are options, each with its
// value in the next word, but -v.
func flagged(args []string) (n int) {
	for n < len(args) && strings.HasPrefix(args[n], "-") {
		if args[n] != "-v" {
			n++
		}
		n++
	}
	return n
}

// hosts writes the lines for known_hosts that a server gives of itself.
func (s *site) hosts(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range s.o.Identity.Lines("127.0.0.1", uint16(n)) {
		if strings.HasPrefix(l, "  [127.0.0.1]:") {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte(strings.Join(lines[:1], "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestFingerprintIsOpenSSHs holds the lines of fingerprint@ against what
// ssh-keygen makes of the same key, and against a client that trusts them alone.
func TestFingerprintIsOpenSSHs(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys", "host")
	s := serve(t, func(o *Options) {
		id, _, err := LoadIdentity([]string{file})
		if err != nil {
			t.Fatal(err)
		}
		o.Identity = id
	})
	out, err := s.openssh(t, s.hosts(t), "fingerprint@127.0.0.1")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public := file + ".pub"
	if err := os.WriteFile(public, gossh.MarshalAuthorizedKey(s.o.Identity.PublicKeys()[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-r", "onboard.example.", "-f", public}, {"-l", "-f", public}} {
		made, err := exec.CommandContext(t.Context(), "ssh-keygen", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, made)
		}
		for line := range strings.Lines(string(made)) {
			want := strings.TrimSpace(line)
			if args[0] == "-l" {
				want = strings.Fields(want)[1]
			} else if !strings.Contains(want, "SSHFP 4 2") {
				continue // SHA-1
			}
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in\n%s", want, out)
			}
		}
	}
	for _, want := range []string{"onboard.example ssh-ed25519 ", "proves nothing", "drawn up to 200 columns"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestRotation holds that OpenSSH learns the key that is to follow while it
// still trusts the one in use, and then trusts a server that has that one alone.
func TestRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, next := keyFile(t, dir, "old", newEd25519(t), 0o600, ""), keyFile(t, dir, "next", newEd25519(t), 0o600, "")
	load := func(files ...string) *Identity {
		id, made, err := LoadIdentity(files)
		if err != nil || made {
			t.Fatal(made, err)
		}
		return id
	}
	hosts := ""
	s := serve(t, func(o *Options) {
		o.Identity = load(old, next)
		o.Command = func(context.Context, []string, io.Writer, io.Writer) int { // until both are known
			await(t, "a second key", func() bool {
				text, err := os.ReadFile(hosts)
				return err != nil || strings.Count(string(text), "ssh-ed25519") == 2
			}, func() string { return hosts })
			return codeUnknown
		}
	})
	hosts = s.hosts(t)
	out, err := s.openssh(t, hosts, "-v", "-o", "UpdateHostKeys=yes", "127.0.0.1", "version")
	if code := exitOf(err); code != codeUnknown { // of the command under test
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(hosts)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range s.o.Identity.PublicKeys() {
		if want := strings.Fields(string(gossh.MarshalAuthorizedKey(key)))[1]; !strings.Contains(string(text), want) {
			t.Errorf("%s was not learned:\n%s\n%s", want, text, out)
		}
	}
	// The old one is out of use: the same file, made out to the new port, still
	// knows the server.
	later := serve(t, func(o *Options) { o.Identity = load(next) })
	_, before, _ := net.SplitHostPort(s.addr)
	_, after, _ := net.SplitHostPort(later.addr)
	if err := os.WriteFile(hosts, []byte(strings.ReplaceAll(string(text), ":"+before, ":"+after)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := later.openssh(t, hosts, "127.0.0.1", "version"); exitOf(err) != codeUnknown {
		t.Errorf("%v: %s", err, out)
	}
}

// exitOf is the exit code of a program that ran.
func exitOf(err error) int {
	exit, ok := err.(*exec.ExitError) //nolint:errorlint // as exec gives it
	if !ok {
		return -1
	}
	return exit.ExitCode()
}

// TestProofIsOfOurKeysAlone holds what a client can have signed: nothing but our
// keys, in this connection.
func TestProofIsOfOurKeysAlone(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	conn := s.dial(t, "anybody", nil)
	ours := s.o.Identity.PublicKeys()[0].Marshal()
	stranger, err := gossh.NewSignerFromKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	one := func(key []byte) []byte { return gossh.Marshal(struct{ Key []byte }{key}) }
	ok, sigs, err := conn.SendRequest(proveKeys, true, one(ours))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var sig struct{ Sig []byte }
	var parsed gossh.Signature
	if err := gossh.Unmarshal(sigs, &sig); err != nil {
		t.Fatal(err)
	}
	if err := gossh.Unmarshal(sig.Sig, &parsed); err != nil {
		t.Fatal(err)
	}
	signed := gossh.Marshal(struct {
		What    string
		Session []byte
		Key     []byte
	}{proveKeys, conn.SessionID(), ours})
	if err := s.o.Identity.PublicKeys()[0].Verify(signed, &parsed); err != nil {
		t.Error(err)
	}
	for name, payload := range map[string][]byte{
		"nothing": nil, "a stranger's": one(stranger.PublicKey().Marshal()), "both": append(one(ours), one(stranger.PublicKey().Marshal())...),
		"cut off": one(ours)[:20], "too many": slices.Repeat(one(ours), mostKeys+1),
	} {
		if ok, _, err := s.dial(t, "anybody", nil).SendRequest(proveKeys, true, payload); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	if ok, _, err := conn.SendRequest(proveKeys, true, one(ours)); ok || err != nil {
		t.Errorf("again: %v, %v", ok, err)
	}
}

// TestAlgorithms holds what the server speaks, and that nothing else is taken.
func TestAlgorithms(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	cases := map[string]struct {
		config gossh.Config
		taken  bool
	}{
		"mlkem":        {gossh.Config{KeyExchanges: []string{gossh.KeyExchangeMLKEM768X25519}}, true},
		"curve25519":   {gossh.Config{KeyExchanges: []string{gossh.KeyExchangeCurve25519}}, true},
		"nistp256":     {gossh.Config{KeyExchanges: []string{gossh.KeyExchangeECDHP256}}, false},
		"group14":      {gossh.Config{KeyExchanges: []string{gossh.KeyExchangeDH14SHA256, gossh.InsecureKeyExchangeDH14SHA1}}, false},
		"group16":      {gossh.Config{KeyExchanges: []string{gossh.KeyExchangeDH16SHA512}}, false},
		"aes-cbc":      {gossh.Config{Ciphers: []string{gossh.InsecureCipherAES128CBC}}, false},
		"arcfour":      {gossh.Config{Ciphers: []string{gossh.InsecureCipherRC4}}, false},
		"chacha20":     {gossh.Config{Ciphers: []string{gossh.CipherChaCha20Poly1305}}, true},
		"gcm":          {gossh.Config{Ciphers: []string{gossh.CipherAES256GCM}}, true},
		"ctr and etm":  {gossh.Config{Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA256ETM}}, true},
		"ctr and mac":  {gossh.Config{Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA256, gossh.HMACSHA512}}, false},
		"ctr and sha1": {gossh.Config{Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA1}}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := s.try("anybody", func(o *gossh.ClientConfig) { o.Config = c.config })
			if conn != nil {
				_ = conn.Close()
			}
			if (err == nil) != c.taken {
				t.Errorf("taken %v, want %v: %v", err == nil, c.taken, err)
			}
		})
	}
}
