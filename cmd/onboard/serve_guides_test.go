package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks/sim"
	"onboard.example/ssh"
)

// guideKey makes a key.
func guideKey(t *testing.T) gossh.Signer {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keyLine is a public key as ssh-keygen writes it.
func keyLine(s gossh.Signer) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(s.PublicKey())))
}

// certified is a guide's certificate over a key.
func certified(t *testing.T, ca, key gossh.Signer, principal string) gossh.Signer {
	t.Helper()
	c := &gossh.Certificate{
		Key: key.PublicKey(), CertType: gossh.UserCert, KeyId: "Anna Berg", ValidPrincipals: []string{principal}, Serial: 7,
		ValidBefore: uint64(time.Now().Add(time.Hour).Unix()), //nolint:gosec // after 1970
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

// guideFiles is a folder that others cannot write into, with files.
func guideFiles(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestGuidesConfigRefused holds what is said of settings that cannot be meant, and
// where they stand.
func TestGuidesConfigRefused(t *testing.T) {
	t.Parallel()
	key := keyLine(guideKey(t))
	dir := guideFiles(t, map[string]string{"ca.pub": key + "\n", "bad.pub": "\n# x\nssh-ed25519 AAAA\n", "revoked": "serial: 1\n", "fine": "# nobody\n"})
	texts := guideFiles(t, map[string]string{"Look here.md": "Look at https://evil.example/x."})
	one := func(name, organisation, role, key string) string {
		return fmt.Sprintf("guides:\n  keys:\n  - name: %s\n    organisation: %s\n    role: %s\n    key: %s\n", name, organisation, role, key)
	}
	ca := "guides:\n  authorities: [{organisation: Example, keysFile: " + dir + "/ca.pub}]\n"
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":       {"guides:\n  keys:\n  - nam: x\n", `serve.yaml:3:5: unknown field "nam"`},
		"wrong type":        {"guides:\n  securityKeys: perhaps\n", "serve.yaml:2:17: "},
		"no role":           {one("Anna", "Example", "boss", key), `serve.yaml:5:11: role is "boss"; write guide, lead or auditor`},
		"no key":            {one("Anna", "Example", "lead", "ssh-ed25519"), "serve.yaml:6:10: key: this is no public key"},
		"a name that acts":  {one(`"A\x1b[2J"`, "Example", "lead", key), "serve.yaml:3:11: name must be a name"},
		"no organisation":   {"guides:\n  keys:\n  - name: Anna\n    role: guide\n    key: " + key + "\n", "serve.yaml:3:9: organisation must be a name"},
		"key options":       {one("Anna", "Example", "lead", "no-pty "+key), "options such as \"no-pty\" have no meaning here"},
		"relative file":     {"guides:\n  authorities:\n  - organisation: Example\n    keysFile: ca.pub\n", `serve.yaml:4:15: keysFile: "ca.pub" is no absolute path`},
		"relative list":     {ca + "  revoked: list\n", `guides.revoked: "list" is no absolute path`},
		"a list for nobody": {"guides:\n  revoked: /nowhere\n", "nobody is a guide: name authorities or keys"},
		"two roles":         {ca + "  principals: {lead: [guide]}\n", `the principal "guide" stands for guide and for lead`},
		"no principal":      {ca + "  principals: {lead: [\"\"]}\n", "is no principal"},
		"a soft key":        {one("Anna", "Example", "lead", key) + "  securityKeys: true\n", "is on no security key"},
		"no file":           {"guides: {authorities: [{organisation: Example, keysFile: /nowhere/ca.pub}]}\n", "/nowhere/ca.pub: no such file"},
		"a broken file":     {"guides: {authorities: [{organisation: Example, keysFile: " + dir + "/bad.pub}]}\n", "bad.pub:3: this is no public key"},
		"a broken list":     {ca + "  revoked: " + dir + "/revoked\n", "revoked:1: whose serial?"},
		"no list":           {ca + "  revoked: " + dir + "/none\n", "no such file"},
		"a relative folder": {ca + "  answers: texts\n", `guides.answers: "texts" is no absolute path`},
		"texts for nobody":  {"guides:\n  answers: /nowhere\n", "nobody is a guide: name authorities or keys"},
		"no folder":         {ca + "  answers: /nowhere\n", "guides.answers: read the canned answers: open /nowhere"},
		"a bad answer":      {ca + "  answers: " + texts + "\n", "Look here.md: no note may have a link to evil.example"},
		"alike":             {ca + "  keys: [{name: Anna, organisation: EXAMPLE, role: guide, key: " + keyLine(guideKey(t)) + "}]\n", `the organisations "Example" and "EXAMPLE" differ in capitals`},
		"twice":             {ca + "  keys: [{name: Anna, organisation: Example, role: guide, key: " + key + "}]\n", "is that of an authority"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, ask(t, nil, "serve", "--config", keep(t, "serve.yaml", c.text), "--check-config"), c.says)
		})
	}
	state := filepath.Join(t.TempDir(), "state")
	a := ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "state: "+state+"\n"+ca+"  revoked: "+dir+"/fine\n"), "--check-config")
	if a.code != codeOpen || !strings.Contains(a.out, "The support console is for: guides with a certificate of Example.\n") {
		t.Errorf("%+v", a)
	}
}

// TestServeGuides runs the service with guides as its operator would: one comes by a
// certificate, is counted, and leaves when revoked; a list or a canned answer that cannot
// be read is told of, and customers are served all the same.
func TestServeGuides(t *testing.T) {
	t.Parallel()
	ca, anna, bob := guideKey(t), guideKey(t), guideKey(t)
	dir := guideFiles(t, map[string]string{"ca.pub": keyLine(ca) + "\n", "revoked": "# nobody yet\n"})
	texts := guideFiles(t, map[string]string{"Look here.md": "Look at https://evil.example/x.", "Wait.md": "It takes a minute."})
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	state := filepath.Join(t.TempDir(), "state")
	v := servesWith(t, s, state, fmt.Sprintf("guides:\n  authorities: [{organisation: Example Support, keysFile: %[1]s/ca.pub}]\n  keys: [{name: Bob Blau, organisation: Example Partner, role: lead, key: %[2]s}]\n  principals: {guide: [support]}\n  revoked: %[1]s/revoked\n  answers: %[3]s\n", dir, keyLine(bob), texts))
	v.sees(t, "Look here.md: no note may have a link to evil.example")
	status := func() (st ssh.Status) {
		t.Helper()
		a := ask(t, nil, "admin", "status", "--json", "--config", v.config)
		if err := json.Unmarshal([]byte(a.out), &st); err != nil || a.code != codeOpen {
			t.Fatalf("%v: %+v", err, a)
		}
		return st
	}
	comes := func(key gossh.Signer) (*gossh.Client, error) {
		return gossh.Dial("tcp", v.addr, &gossh.ClientConfig{
			User: "console", HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute, Auth: []gossh.AuthMethod{gossh.PublicKeys(key)},
		})
	}
	if _, err := comes(certified(t, ca, anna, "guide")); err == nil {
		t.Error("a principal that was mapped to nothing is a role")
	}
	ended := make(chan string, 2)
	for _, key := range []gossh.Signer{certified(t, ca, anna, "support"), bob} {
		c, err := comes(key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		x, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		in, err := x.StdinPipe() // which stays open
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = in.Close() }()
		out, err := x.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Shell(); err != nil {
			t.Fatal(err)
		}
		go func() {
			text, _ := io.ReadAll(out) // until the server closes it
			ended <- string(text)
		}()
	}
	v.sees(t, `guide="Anna Berg" organisation="Example Support" keyId="Anna Berg"`)
	v.sees(t, `guide="Bob Blau" organisation="Example Partner"`)
	until(t, "both are counted", func() bool { return status().Guides == 2 }) // a moment after they are in the log
	if st := status(); st.GuidesRefused == 0 || st.GuideTrouble != "" {
		t.Errorf("%+v", st)
	}
	revoke := func(text string) string {
		t.Helper()
		next := filepath.Join(dir, "next")
		if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(dir, "revoked")); err != nil {
			t.Fatal(err)
		}
		select {
		case said := <-ended:
			return said
		case <-time.After(time.Minute):
			t.Fatalf("nobody leaves:\n%s", v.printed())
		}
		return ""
	}
	if said := revoke("# 22 November\n" + gossh.FingerprintSHA256(anna.PublicKey()) + "\n"); !strings.Contains(said, "You are Anna Berg") || !strings.Contains(said, "counts no longer") {
		t.Errorf("a revoked guide hears %q", said)
	}
	if said := revoke("nonsense\n"); !strings.Contains(said, "You are Bob Blau") || !strings.Contains(said, "counts no longer") {
		t.Errorf("while the list cannot be read a guide hears %q", said)
	}
	v.sees(t, "nobody is a guide")
	if st := status(); !strings.Contains(st.GuideTrouble, "revoked:1: this is no public key") {
		t.Errorf("%+v", st)
	}
	if a := ask(t, nil, "admin", "status", "--config", v.config); !strings.Contains(a.out, "nobody is a guide") || !strings.Contains(a.out, "revoked:1") || strings.Contains(a.out, "Anna") {
		t.Errorf("%+v", a)
	}
	if _, err := comes(bob); err == nil {
		t.Error("somebody is a guide all the same")
	}
	if out, _ := v.runs("anybody", "version --json", ""); !strings.Contains(out, "onboard/version/1") {
		t.Errorf("a customer gets %q", out)
	}
}
