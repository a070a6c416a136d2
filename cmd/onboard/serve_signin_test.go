//go:build unix

package main

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// servedID is what the operator of a server registered for signing in.
const servedID = "6a8b2d4f-3c5e-4f70-9bac-1d2e3f4a5b6c"

// signing is a server where people sign in to look, and a simulated Microsoft that
// knows it.
func signing(t *testing.T, more string) (*sim.Sim, *served, string) {
	t.Helper()
	s := simulate(t, sim.Options{Scenario: "managed-default", Register: []string{servedID + "=openid,profile,offline_access," + strings.Join(checks.ReadScopes(), ",")}})
	state := filepath.Join(t.TempDir(), "state")
	if more == "" {
		more = ", ways: [link, device]"
	}
	return s, servesWith(t, s, state, "signIn: {clientId: "+servedID+more+"}\n"), state
}

// atSignIn walks a new session to the question how to sign in.
func (v *served) atSignIn(user string, s *sim.Sim) *walk {
	v.t.Helper()
	c := v.terminal(user).waits("Which app")
	c.world = s
	c.option("Hetk").waits("domain")
	c.types(v.t, "contoso.example\r")
	c.waits("without a sign-in").waits("enter go on")
	return c.key("\r", "Sign in to look?").waits("nothing can be changed from here")
}

// signInLink is the link of the sign-in that is going on, as `l` prints it.
func (w *walk) signInLink() string {
	w.t.Helper()
	w.mu.Lock()
	w.raw.Reset()
	w.mu.Unlock()
	w.key("l", "Enter returns to onboard.")
	link := w.tells("code_challenge=")
	w.key("\r", "Your browser ends on a page")
	return link
}

// endsOn is the address that a browser ends on which opened the link, as somebody.
func endsOn(t *testing.T, s *sim.Sim, link, upn string) string {
	t.Helper()
	h := handOf(t, s).open(link).press(upn)
	if h.left == nil || h.left.Hostname() != "localhost" || h.left.Query().Get("code") == "" {
		t.Fatalf("the browser ends on %v:\n%s", h.left, h.text())
	}
	return h.left.String()
}

// pastes pastes as terminals do that mark pastes.
func (w *walk) pastes(text string) { w.t.Helper(); w.types(w.t, "\x1b[200~"+text+"\x1b[201~") }

// keptOf stops a server and gives what it logged and what it keeps of a case, unsealed.
// The account must be in it, else nothing of a sign-in was looked at.
func keptOf(t *testing.T, v *served, state, code, upn string) string {
	t.Helper()
	v.ends()
	store, err := cases.Open(t.Context(), filepath.Join(state, "cases.db"), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	k, err := store.Resume(t.Context(), cases.Try{Code: code})
	if err != nil {
		t.Fatal(err)
	}
	rs, err := k.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, r := range rs {
		line, err := flows.MarshalRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(line)
	}
	if !strings.Contains(all.String(), upn) {
		t.Fatalf("%d records, and %q is not in them", len(rs), upn)
	}
	return all.String() + v.printed()
}

// TestServedSignInByLink goes from the first screen of an OpenSSH client by a link and
// a paste to Verified, with every wrong paste before the right one, and looks for what
// was secret everywhere where it could have stayed.
func TestServedSignInByLink(t *testing.T) {
	t.Parallel()
	s, v, state := signing(t, "")
	other := v.atSignIn("anybody", s).option("Sign in by a link").waits("Open this link in a browser")
	c := v.atSignIn("anybody", s).option("Sign in by a link").waits("Open this link in a browser")
	link, otherLink := c.signInLink(), other.signInLink()
	if at, err := url.Parse(link); err != nil || at.Host != s.Ready().HTTPS || link == otherLink {
		t.Fatalf("%s, %s", link, otherLink)
	}
	mine, others := endsOn(t, s, link, walkAdmin), endsOn(t, s, otherLink, walkUser)
	c.pastes(link)
	c.waits("That is the link itself")
	c.pastes(others)
	c.waits("That address is of another sign-in")
	c.pastes(mine[:len(mine)/3])
	c.waits("That address is not whole")
	c.key("p", "it is not shown")
	c.types(t, mine[:40]) // as terminals do that mark no pastes
	c.waits("40 characters, not shown")
	c.key("\x1b", "p paste the address")
	c.mu.Lock()
	c.raw.Reset() // the link is not a secret
	c.mu.Unlock()
	c.pastes("<" + mine[:50] + "\r\n" + mine[50:] + ">\n")
	c.blocked("✗ Users are blocked: Microsoft's managed consent policy.").waits("Verified")

	// The way out, and the proof of it: read from Graph.
	c.path("Open the consent link")
	handOf(t, s).open(c.consent().String()).press(walkAdmin).sees("Review for your organization").press("Accept")
	c.finished(proofForAll).waits(proofSeen)
	seen := c.printed()
	code := c.code()
	if err := c.cmd.Process.Kill(); err != nil { // in the midst, so that the run goes on
		t.Fatal(err)
	}
	<-c.done

	at, err := url.Parse(mine)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever comes back is signed in no more.
	again := v.terminal(code)
	again.waits("By what could be seen, users are blocked").waits("s sign in")
	if seen := again.shown(); strings.Contains(seen, proofForAll) || strings.Contains(seen, walkAdmin) {
		t.Errorf("looked at by somebody who did not sign in:\n%s", seen)
	}
	// The other one, whose address was pasted elsewhere, is not hurt by it.
	other.pastes(others)
	other.waits("● Diagnosis")
	for where, text := range map[string]string{"the screen": seen, "what is kept": keptOf(t, v, state, code, walkAdmin)} {
		for what, secret := range map[string]string{"the code": at.Query().Get("code"), "its beginning": at.Query().Get("code")[:30], "the state": at.Query().Get("state"), "a token": "eyJ"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", where, what)
			}
		}
	}
	if log := v.printed(); !strings.Contains(log, `msg="signed in to look"`) || !strings.Contains(log, "way=link") || strings.Contains(log, walkAdmin) {
		t.Errorf("the log of sign-ins:\n%s", log)
	}
}

// TestServedSignInByCode is the last rung: its warning stands beside the code.
func TestServedSignInByCode(t *testing.T) {
	t.Parallel()
	s, v, state := signing(t, "")
	c := v.atSignIn("anybody", s)
	shown := c.waits("Sign in by a link").waits("Sign in with a code").waits("phishers").shown()
	if link, code := strings.Index(shown, "Sign in by a link"), strings.Index(shown, "Sign in with a code"); link < 0 || code < link || !strings.Contains(shown[code:], "phishers") || strings.Contains(shown, "Azure CLI") {
		t.Errorf("the ladder:\n%s", shown)
	}
	c.option("Sign in with a code").waits("A code that somebody sent").waits("trick").waits("You started this here at")
	word := c.reads(t, `type there\s+([A-Z0-9]{9})`)
	handOf(t, s).open("/devicelogin").press("Allow access", "otc", word).press(walkAdmin).sees("Are you trying to sign in").press("Continue").sees("You have signed in")
	c.blocked("✗ Users are blocked: Microsoft's managed consent policy.").waits("Verified")
	code := c.code()
	c.key("\x1b", "p the ways out")
	c.types(t, "q")
	c.ends(t)
	if kept := keptOf(t, v, state, code, walkAdmin); strings.Contains(kept, word) || strings.Contains(kept, "eyJ") {
		t.Error("the code or a token is kept")
	}
}

// TestServedSignInOnPlainLines pastes into line mode, which does not echo it.
func TestServedSignInOnPlainLines(t *testing.T) {
	t.Parallel()
	s, v, _ := signing(t, ", ways: [link]")
	c := v.terminal("plain").waits("Which app")
	c.world = s
	for _, a := range [][2]string{{"Hetk", "domain"}, {"contoso.example", "Go on"}, {"1", "Sign in to look?"}, {"1", "Paste the address, then Enter:"}} {
		c.types(t, a[0]+"\r")
		c.waits(a[1])
	}
	link := c.tells("code_challenge=")
	mine := endsOn(t, s, link, walkAdmin)
	c.types(t, "nonsense that is no address\r")
	c.waits("There is no answer of Microsoft's in that")
	c.types(t, mine+"\r")
	c.waits("Blocked.").waits("You may approve this app for everyone")
	c.types(t, "1\r")
	c.waits("Open the consent link.")
	c.types(t, "open the consent link\r")
	c.waits("adminconsent?")
	handOf(t, s).open(c.tells("adminconsent?")).press(walkAdmin).sees("Review for your organization").press("Accept")
	c.waits("Done: this is seen in Microsoft Graph.")
	for range 3 {
		if !c.soon(t, proofSeen) {
			c.types(t, "1\r")
		}
	}
	c.waits(proofSeen)
	if strings.Contains(c.printed(), "nonsense") || strings.Contains(c.printed(), mine[20:60]) {
		t.Errorf("a paste is echoed:\n%s", c.printed())
	}
}

// TestServedSignInGoesNowhere holds the ends that leave nothing: stopped, hung up in
// the midst, and a server that offers none.
func TestServedSignInGoesNowhere(t *testing.T) {
	t.Parallel()
	s, v, state := signing(t, "")
	c := v.atSignIn("anybody", s).option("Sign in by a link").waits("Open this link in a browser")
	c.key("x", "Sign in to look?")
	c.option("Sign in by a link").waits("Open this link in a browser")
	mine := endsOn(t, s, c.signInLink(), walkAdmin)
	code := c.code()
	if err := c.cmd.Process.Kill(); err != nil { // as a connection that breaks
		t.Fatal(err)
	}
	<-c.done
	again := v.terminal(code).waits("Sign in to look?")
	again.option("Sign in by a link").waits("Open this link in a browser")
	again.pastes(mine)
	again.waits("That address is of another sign-in")
	if strings.Contains(keptOf(t, v, state, code, "contoso.example"), mine[30:90]) {
		t.Error("something of it is kept")
	}
	for name, more := range map[string]string{"none is offered": "signIn: {ways: [], clientId: " + servedID + "}\n", "no client id": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := servesWith(t, s, filepath.Join(t.TempDir(), "state"), more)
			c := v.terminal("anybody").waits("Which app")
			c.option("Hetk").waits("domain")
			c.types(t, "contoso.example\r")
			c.waits("without a sign-in").waits("enter go on").key("\r", "● Diagnosis").waits("p the ways out")
		})
	}
}
