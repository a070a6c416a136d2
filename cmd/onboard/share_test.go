//go:build unix

package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/checks/sim"
	"onboard.example/ssh"
	"onboard.example/tui"
)

// servesGuide is a server with a guide, whose key is in a file.
func servesGuide(t *testing.T, s *sim.Sim) (v *served, key string) {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("NO OPENSSH: a run that is shared from home is not watched here; install openssh-client")
	}
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(secret, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	listed := fmt.Sprintf("guides:\n  keys: [{name: Anna Berg, organisation: Example Support, role: guide, key: %s}]\n", keyLine(signer))
	return servesWith(t, s, filepath.Join(t.TempDir(), "state"), listed), keep(t, "id", string(pem.EncodeToMemory(block)))
}

// knows is a file with the server's key, as OpenSSH has it.
func (v *served) knows() string {
	v.t.Helper()
	return keep(v.t, "known_hosts", knownhosts.Line([]string{v.addr}, v.host)+"\n")
}

// guide opens the console with OpenSSH.
func (v *served) guide(key string) *walk {
	v.t.Helper()
	_, port, _ := strings.Cut(v.addr, ":")
	s := startScreenOf(v.t, v.env, pty.Winsize{Rows: 40, Cols: 120}, "ssh", "-F", os.DevNull, "-p", port, "-o", "UserKnownHostsFile="+v.knows(),
		"-o", "StrictHostKeyChecking=yes", "-i", key, "-o", "IdentitiesOnly=yes", "-tt", "console@127.0.0.1")
	w := &walk{session: s, t: v.t}
	return w.waits("support console")
}

// asks asks the customer of the one case.
func (w *walk) asks() *walk {
	w.t.Helper()
	w.waits("on their own machine").key("\r", "Ask the customer of case")
	w.types(w.t, "y")
	return w.waits("Until they say yes")
}

// homeOf is a home, with the server's keys that it knows.
func homeOf(t *testing.T, known string) []string {
	t.Helper()
	env := home(t)
	if known == "" {
		return env
	}
	dir := filepath.Join(strings.TrimPrefix(env[1], "HOME="), ".ssh")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "known_hosts"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	return env
}

// TestWizardIsSharedFromHome has an admin at home share the wizard at a real server, which
// a guide comes to with OpenSSH: the server's key is asked about, the guide is asked for by
// name, sees the run with its evidence after the yes and nothing that signs in, points and
// writes; a key ends it, and the run goes on.
func TestWizardIsSharedFromHome(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "admins-only"})
	v, key := servesGuide(t, s)
	token, err := s.Token(walkAdmin)
	if err != nil {
		t.Fatal(err)
	}
	env := homeOf(t, "")
	args := append([]string{"--share", v.addr, "--domain", "contoso.example"}, wizardAt(t, s)...)
	h := &walk{session: startScreen(t, env, pty.Winsize{Rows: 50, Cols: 100}, args...), t: t}
	h.waits("Is it the right one?").waits(gossh.FingerprintSHA256(v.host))
	h.types(t, "yes\n")
	h.waits("enter go on").waits("Shared at " + v.addr + " as case ")
	guide := v.guide(key).asks()
	if before := guide.printed(); strings.Contains(before, "contoso") || strings.Contains(before, "Hetk") {
		t.Fatalf("before the yes the guide was sent\n%s", before)
	}
	h.waits("Anna Berg of Example Support asks to watch this run.")
	h.press(t, "\x19", "Watched by Anna Berg")
	guide.waits("contoso.example")
	h.key("\r", "Sign in to look?")
	guide.waits("Sign in to look?")
	h.key("\r", "● Diagnosis").waits("p the ways out")                 // the bar stands where turns looks
	guide.waits("● Diagnosis").waits("› Findings").waits("request id") // evidence
	guide.key("n", "A note to the customer")
	guide.types(t, "Take the first way, please.\r")
	h.waits("Take the first way, please.")
	h.types(t, "\x18")
	guide.waits("You watch no more: the customer ended it.")
	h.waits("p the ways out").key("p", "● Path")
	h.types(t, "q")
	if code := h.ends(t); code != codeBlocked {
		t.Errorf("it ends with %d:\n%s", code, h.printed())
	}
	for _, secret := range []string{token, "Bearer", "onboard-test-secret"} {
		if strings.Contains(guide.printed()+v.printed(), secret) {
			t.Errorf("the guide or the server's log has %.20q", secret)
		}
	}
	if known, err := os.ReadFile(filepath.Join(strings.TrimPrefix(env[1], "HOME="), ".ssh", "known_hosts")); err != nil || string(known) != knownhosts.Line([]string{v.addr}, v.host)+"\n" {
		t.Errorf("it keeps %q, %v", known, err)
	}
}

// TestPlainWizardIsShared is the same on plain lines: the same question, answered by a
// word; and the code that is told erases what was shared.
func TestPlainWizardIsShared(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "admins-only"})
	v, key := servesGuide(t, s)
	env := homeOf(t, knownhosts.Line([]string{v.addr}, v.host)+"\n")
	args := append([]string{"--share", v.addr, "--domain", "contoso.example"}, wizardAt(t, s)...)
	h := startPlain(t, env, args...)
	h.sees(t, "Shared at "+v.addr+" as case ")
	guide := v.guide(key).asks()
	h.sees(t, "Type yes to let them watch, or no.")
	h.until(t, "the watch", func(seen string) bool {
		if strings.Contains(seen, "may watch until") {
			return true
		}
		if n := strings.Count(seen, "Nothing else answers:"); n > h.told {
			h.told = n
			h.types(t, "yes\n")
		}
		return false
	})
	guide.waits("contoso.example")
	guide.key("n", "A note to the customer")
	guide.types(t, "Hello there.\r")
	h.sees(t, "writes: Hello there.")
	h.types(t, "x\n")
	guide.waits("You watch no more: the customer ended it.")
	told := regexp.MustCompile(`erases there what was shared: ssh -p \d+ 127\.0\.0\.1 erase (\S+)`).FindStringSubmatch(h.printed())
	if told == nil {
		t.Fatalf("no code:\n%s", h.printed())
	}
	if out, code := v.runs("anybody", "erase "+told[1], ""); code != codeOpen || !strings.Contains(out, "is erased") {
		t.Errorf("%d: %s", code, out)
	}
	h.sees(t, "No longer shared at "+v.addr+": the case was erased at the server.")
}

// TestSharingThatCannotBe holds what an admin hears where a run cannot be shared: the run
// goes on unshared where no server answers or nobody knows it, and does not begin where
// something else answers in a known server's place.
func TestSharingThatCannotBe(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	v := serves(t, s, filepath.Join(t.TempDir(), "state"))
	args := wizardAt(t, s)
	goesOn := func(known, at, says string) {
		t.Helper()
		h := startPlain(t, homeOf(t, known), append([]string{"--share", at}, args...)...)
		h.sees(t, says)
		h.sees(t, "The run is on this machine alone.")
		h.sees(t, "domain")
	}
	goesOn("", v.addr, "the key of "+v.addr+" is not known here: ed25519, "+gossh.FingerprintSHA256(v.host))
	goesOn("", "127.0.0.1:1", "Not shared at 127.0.0.1:1: connect to 127.0.0.1:1")
	h := startPlain(t, homeOf(t, knownhosts.Line([]string{v.addr}, guideKey(t).PublicKey())+"\n"), append([]string{"--share", v.addr}, args...)...)
	if code := h.ends(t); code != codeUsage || !strings.Contains(h.printed(), "shows another key than the one that is known of it") || !strings.Contains(h.printed(), "known_hosts, line 1") {
		t.Errorf("%d:\n%s", code, h.printed())
	}
	refused(t, ask(t, nil, "--share", "user@onboard.example"), "names no server", "--share onboard.example")
	refused(t, ask(t, nil, "check", "--share", "onboard.example"), "--share")
}

// TestCodeIsAlwaysTold holds that the line with the code of what is shared waits to be
// shown, however much comes about before and after it.
func TestCodeIsAlwaysTold(t *testing.T) {
	t.Parallel()
	s := &sharing{host: "h", at: "h:22", notices: make(chan tui.Notice, mostNotices)}
	flaps := func() {
		for range 2 * mostNotices {
			s.tell(ssh.ShareNews{What: ssh.ShareLost})
			s.tell(ssh.ShareNews{What: ssh.ShareBack})
		}
	}
	flaps()
	s.tell(ssh.ShareNews{What: ssh.ShareBegan, Number: "7KQ-M2X", Code: "C-O-D-E"})
	flaps()
	s.tell(ssh.ShareNews{What: ssh.ShareEnded, Why: "the last word"})
	var told []string
	for len(s.notices) > 0 {
		told = append(told, (<-s.notices).Text)
	}
	if len(told) != mostNotices || !strings.Contains(told[0], "C-O-D-E") || !strings.Contains(told[len(told)-1], "the last word") {
		t.Errorf("it is told %q", told)
	}
}
