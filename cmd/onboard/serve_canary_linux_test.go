package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestNoSecretStaysOrIsSeen puts a secret into every place where somebody can put
// something in: strangers before and behind the log-in, the browser's door, a customer's
// fields, pastes, sign-in and consent link, a guide, an operator, the configuration; most
// of it while both sides let it be recorded. Then none of them is in a journal, in a file
// of the server's, in the log, the audit, the numbers, the status, the recording that the
// customer fetches, either side's receipt, or in anything that the guide was sent who
// watched and replayed it; as it is, or in another form (see forms).
func TestNoSecretStaysOrIsSeen(t *testing.T) {
	t.Parallel()
	all := canaries{}
	s := simulate(t, sim.Options{Scenario: "redirected", Scenarios: fstest.MapFS{"redirected.yaml": {Data: []byte(redirected)}}, Register: []string{servedID + "=openid,profile,offline_access," + strings.Join(checks.ReadScopes(), ",")}})
	state := filepath.Join(t.TempDir(), "state")
	secret := keep(t, "secret", all.of("the vendor's secret", "")+"\n")
	if err := os.Chmod(secret, 0o600); err != nil {
		t.Fatal(err)
	}
	v := servesWeb(t, s, state, ", redirects: [hetk]", "metrics: \":0\"\nprobes: [{app: hetk, secretFile: "+secret+"}]\nsignIn: {clientId: "+servedID+", ways: [link]}\n"+crowdLimits+"\n"+guidesConfig(t)+auditorConfig(t))
	v.strangers(all)
	v.browsers(all)

	c := v.terminal("anybody").waits("Which app")
	c.world = s
	c.option("Hetk").waits("domain")
	c.types(t, all.of("a field that was emptied", "")+"\x15")
	c.pastes(all.of("a paste that is no refusal", "AADSTS"))
	c.types(t, "\x15contoso.example\r")
	c.waits("without a sign-in").waits("enter go on")
	code := c.code()
	all["the resume code"], all["a half of it"] = code, code[:len(code)/2]
	c.key("\x1b", "enter go on")
	p := v.watchedBy(t, code, c, all)
	p.records(t, c)
	c.unsent(t, all)

	c.key("\r", "Sign in to look?").waits("nothing can be changed from here")
	c.option("Sign in by a link").waits("Open this link in a browser")
	link := c.signInLink()
	all.carried(t, "the sign-in's link", link, "state", "code_challenge")
	mine := endsOn(t, s, link, walkAdmin)
	all.carried(t, "the sign-in's end", mine, "code", "state")
	c.hidden(t, all)
	c.pastes("http://localhost/?code=" + all.of("the code of another sign-in", "0.A") + "&state=" + all.of("its state, made up", "x"))
	c.waits("That address is")
	c.pastes(mine)
	c.blocked("✗ Users are blocked: Microsoft's managed consent policy.").waits("Verified")
	p.sees(t, "Users are blocked")

	v.operator(t, all)
	p.does(t, all)
	c.path("Open the consent link")
	p.sees(t, "Step 1 of 3")
	consents := c.consent()
	all.carried(t, "the consent link", consents.String(), "state")
	v.sees(pressed(t, s, consents, "Accept"), http.StatusOK, "Your answer was heard")
	c.waits(consented)
	p.sees(t, consented)
	v.holdsNone(t, state, code, all, p, v.fetches(t, code, c, p))
}

// strangers knock with secrets in all that SSH lets them say.
func (v *webbed) strangers(all canaries) {
	v.t.Helper()
	for _, user := range []string{all.of("a user name", ""), all.of("a code that is none", "1234-5678-"), "console"} {
		conn, err := gossh.Dial("tcp", v.addr, &gossh.ClientConfig{
			User: user, HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute, ClientVersion: "SSH-2.0-" + all.of("a client's version for "+user, "x"),
			Auth: []gossh.AuthMethod{gossh.Password(all.of("a password for "+user, "")), gossh.KeyboardInteractive(func(_, _ string, qs []string, _ []bool) ([]string, error) {
				answers := make([]string, len(qs))
				for i := range answers {
					answers[i] = all.of(fmt.Sprintf("answer %d of %s", i, user), "")
				}
				return answers, nil
			})},
		})
		if err != nil {
			continue // as it should be of a guide without a key
		}
		for what, try := range map[string]func(x *gossh.Session) error{
			"environment": func(x *gossh.Session) error { return x.Setenv("LC_ALL", all.of("environment of "+user, "")) },
			"terminal": func(x *gossh.Session) error {
				return x.RequestPty(all.of("terminal of "+user, "xterm-"), 24, 80, nil)
			},
			"command":   func(x *gossh.Session) error { return x.Run(all.of("command of "+user, "sudo ")) },
			"argument":  func(x *gossh.Session) error { return x.Run("why " + all.of("argument of "+user, "--token=")) },
			"domain":    func(x *gossh.Session) error { return x.Run("dns " + all.of("path of "+user, "https://x/")) },
			"subsystem": func(x *gossh.Session) error { return x.RequestSubsystem(all.of("subsystem of "+user, "")) },
		} {
			x, err := conn.NewSession()
			if err != nil {
				v.t.Fatalf("%s: %v", what, err)
			}
			_ = try(x) // refused or not
			_ = x.Close()
		}
		_ = conn.Close()
	}
	text := "AADSTS90094: The grant requires admin permission. Authorization: Bearer " + all.of("a token in a pasted refusal", "eyJ0eXAi.") +
		" secret=" + all.of("a secret in a pasted refusal", "") + " user " + all.of("an address in a pasted refusal", "") + "@contoso.example\n"
	if out, code := v.runs("why", "", text); code == codeOpen && out == "" {
		v.t.Fatal("why says nothing")
	}
}

// browsers ask the other door, with secrets in all that a browser sends.
func (v *webbed) browsers(all canaries) {
	v.t.Helper()
	head := http.Header{
		"Authorization": {"Bearer " + all.of("a bearer token", "")}, "Cookie": {"session=" + all.of("a cookie", "")}, "User-Agent": {all.of("a browser's name", "")},
		"Referer": {"https://x.example/?code=" + all.of("a referrer", "")}, "X-Forwarded-For": {all.of("a forwarded address", "")}, "Origin": {"https://" + all.of("an origin", "")},
	}
	for _, path := range []string{
		"/" + all.of("a path", ""), "/?" + all.of("a query", ""), "/wizard/line?" + all.of("a query of the wizard", ""),
		"/consent?state=" + all.of("a state", "") + "&code=" + all.of("a code", "") + "&tenant=" + all.of("a tenant", "") + "&error=access_denied&error_description=" + all.of("an error", ""),
	} {
		if status, _, _ := asks(v.t, v.browser, "https://"+webName+path, head); status == 0 {
			v.t.Fatal(path)
		}
	}
}

// watchedBy has a guide watch a run by its customer's yes.
func (v *webbed) watchedBy(t *testing.T, code string, customer *walk, all canaries) *guideSide {
	t.Helper()
	conn, err := v.dial(code)
	if err != nil {
		t.Fatal(err)
	}
	number, _, _, err := stored(conn, code)
	_ = conn.Close()
	if err != nil {
		t.Fatal(err)
	}
	conn, err = gossh.Dial("tcp", v.addr, &gossh.ClientConfig{
		User: "console", HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute, Auth: []gossh.AuthMethod{gossh.PublicKeys(guideSigner(t, 0))},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	g, err := guestOver(conn, true)
	if err != nil {
		t.Fatal(err)
	}
	p := &guideSide{guest: g, number: number, own: canaries{}, screens: map[string]bool{}}
	g.mu.Lock()
	g.drew = func(screen string) { p.screens[screen] = true }
	g.mu.Unlock()
	p.sees(t, "cases: ")
	p.press(t, "/"+p.own.of("what a guide searched for", "")+"\x15"+number, "› "+number)
	p.press(t, "\r", "Ask the customer of case "+number)
	p.press(t, "y", "Until they say yes")
	customer.waits("asks to watch this run.")
	for end := time.Now().Add(guestWait); !strings.Contains(customer.shown(), "Watched by Guide 0"); {
		if time.Now().After(end) {
			t.Fatalf("nobody watches:\n%s", customer.shown())
		}
		customer.types(t, sayYes) // one that may have been typed ahead counts for nothing
		customer.within(t, 1300*time.Millisecond, func(seen string) bool { return strings.Contains(seen, "Watched by Guide 0") })
	}
	p.sees(t, "contoso.example")
	return p
}

// guideSide is the guide in a test of secrets.
type guideSide struct {
	*guest

	number string
	own    canaries // that the guide typed, and so may see
	// screens are all that the guide's terminal ever showed; guest.mu guards them.
	screens map[string]bool
}

func (p *guideSide) sees(t *testing.T, text string) {
	t.Helper()
	if err := p.until(t.Context(), text, func(seen string) bool { return strings.Contains(seen, text) }); err != nil {
		t.Fatal(err)
	}
}

func (p *guideSide) press(t *testing.T, key, next string) {
	t.Helper()
	if err := p.guest.press(t.Context(), key, next); err != nil {
		t.Fatal(err)
	}
}

// does puts the guide's own secrets in: a note that was not sent, and one that is refused.
func (p *guideSide) does(t *testing.T, all canaries) {
	t.Helper()
	p.press(t, "n", "A note to the customer")
	p.press(t, p.own.of("a note that was not sent", "")+"\x15see https://evil.example/"+p.own.of("a link that is not let through", "")+"\r", "No link to this may be sent")
	if err := p.types("\x1b"); err != nil {
		t.Fatal(err)
	}
	if err := p.until(t.Context(), "no note", func(seen string) bool { return !strings.Contains(seen, "A note to the customer") }); err != nil {
		t.Fatal(err)
	}
}

// operator invites somebody, who uses it: the code of that is a secret as well.
func (v *webbed) operator(t *testing.T, all canaries) {
	t.Helper()
	a := ask(t, nil, "admin", "invite", "--tenant", "contoso.example", "--json", "--config", v.config)
	var made struct{ Address string }
	if err := json.Unmarshal([]byte(a.out), &made); err != nil || a.code != codeOpen {
		t.Fatalf("%v: %+v", err, a)
	}
	code, _, _ := strings.Cut(made.Address[strings.LastIndex(made.Address, " ")+1:], "@")
	all["an invitation"] = code
	conn, err := v.dial(code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	g, err := guestOver(conn, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.until(t.Context(), "the invitation counts", func(seen string) bool { return strings.Contains(seen, "Which app") }); err != nil {
		t.Fatal(err)
	}
	if err := g.press(t.Context(), "2\r", "● Tenant"); err != nil { // from here on there is something to come back to
		t.Fatal(err)
	}
	if all["the resume code of who was invited"], err = g.code(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// holdsNone stops the server and looks everywhere. Each place must have something of
// what happened, else it was not looked at.
func (v *webbed) holdsNone(t *testing.T, state, code string, all canaries, p *guideSide, fetched map[string][2]string) {
	t.Helper()
	admin := func(args ...string) string {
		t.Helper()
		a := ask(t, nil, append(append([]string{"admin"}, args...), "--config", v.config)...)
		if a.code != codeOpen {
			t.Fatalf("%+v", a)
		}
		return a.out
	}
	_, metrics := opens(t, http.DefaultClient, "http://"+v.shows(`msg="serving metrics" listen=(127\.0\.0\.1:\d+)`)+"/metrics")
	places := map[string][2]string{
		"the audit":   {admin("audit", "--json"), `replayed`},
		"an auditor":  {v.audited(t), `replayed`},
		"the status":  {admin("status", "--json"), `"guides"`},
		"the bans":    {admin("bans"), ""},
		"the list":    {admin("invitations", "--json"), "contoso.example"},
		"the numbers": {metrics, "onboard_sessions "},
	}
	maps.Copy(places, fetched)
	sent := p.all()
	v.ends()
	places["the log"] = [2]string{v.printed(), `msg="signed in to look"`}
	store, err := cases.Open(t.Context(), filepath.Join(state, "cases.db"), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	places["the journals"] = [2]string{journalsOf(t, store, code, all["the resume code of who was invited"]), `"kind":"returned"`}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	files := 0
	err = filepath.WalkDir(state, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		places["the file "+filepath.Base(path)] = [2]string{string(text), ""}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
	// A run that goes on elsewhere is found by its consent link, so its journal has that, sealed;
	// nobody is shown it, and no file has it as it is.
	kept := all["the state of the consent link"]
	is := places["the journals"]
	if is[0] = strings.ReplaceAll(is[0], kept, "its state"); is[0] == places["the journals"][0] {
		t.Error("the journal does not have the state of the consent link, so the run does not find it again")
	}
	places["the journals"] = is
	for where, is := range places {
		if !strings.Contains(is[0], is[1]) {
			t.Errorf("%s does not have %q, so it says nothing", where, is[1])
		}
		if strings.Contains(is[0], "eyJ") && utf8.ValidString(is[0]) { // else chance has it in what is sealed
			t.Errorf("%s has a token", where)
		}
		if found := append(all.in(forms(is[0])), p.own.in(forms(is[0]))...); len(found) > 0 {
			t.Errorf("%s has %q", where, found)
		}
	}
	if found := all.in(forms(sent)); len(found) > 0 || strings.Contains(sent, "eyJ") || !strings.Contains(sent, "contoso.example") {
		t.Errorf("the guide was sent %q", found)
	}
	if len(all)+len(p.own) < 56 {
		t.Errorf("%d secrets alone", len(all)+len(p.own))
	}
}

// auditorSigner is the key of who reads the audit.
func auditorSigner(t *testing.T) gossh.Signer {
	t.Helper()
	return guideSigner(t, guidesAtOnce)
}

// auditorConfig is added to guidesConfig: an auditor of the guides' organisation.
func auditorConfig(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("  - {name: Aud Itor, organisation: Example Support, role: auditor, key: %s}\n", bytes.TrimSpace(gossh.MarshalAuthorizedKey(auditorSigner(t).PublicKey())))
}

// audited is the audit as an auditor reads it, in both of its forms.
func (v *webbed) audited(t *testing.T) (out string) {
	t.Helper()
	conn, err := gossh.Dial("tcp", v.addr, &gossh.ClientConfig{
		User: "console", HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute, Auth: []gossh.AuthMethod{gossh.PublicKeys(auditorSigner(t))},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, line := range []string{"audit --json", "audit"} {
		own, err := conn.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		text, err := own.Output(line)
		if err != nil || !strings.Contains(string(text), "Guide 0, Example Support") {
			t.Fatalf("%s: %v: %.300s", line, err, text)
		}
		out += string(text)
		_ = own.Close()
	}
	return out
}

// journalsOf are the records of cases as they are kept, unsealed.
func journalsOf(t *testing.T, store *cases.Store, codes ...string) string {
	t.Helper()
	var out strings.Builder
	for _, code := range codes {
		k, err := store.Resume(t.Context(), cases.Try{Code: code})
		if err != nil {
			t.Fatal(err)
		}
		rs, err := k.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			line, err := flows.MarshalRecord(r)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(line)
		}
	}
	return out.String()
}
