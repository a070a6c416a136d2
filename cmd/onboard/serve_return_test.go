//go:build unix

package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/creack/pty"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/checks/sim"
)

// redirected is a tenant in which nobody has met the app, whose registration leads
// back to the door in the browser under test.
const redirected = `
title: The consent page comes back to a service
about: The vendor registered the service's address.
apps:
  - app: hetk
    redirects: ["https://` + webName + `/consent"]
tenants:
  - domain: contoso.example
    consent: managed
  - domain: fabrikam.example
    consent: managed
`

// redirecting is a simulated Microsoft with that tenant.
func redirecting(t *testing.T) *sim.Sim {
	t.Helper()
	return simulate(t, sim.Options{Scenario: "redirected", Scenarios: fstest.MapFS{"redirected.yaml": {Data: []byte(redirected)}}})
}

// terminal connects with OpenSSH, as a user, in a window.
func (v *served) terminal(user string) *walk {
	v.t.Helper()
	_, port, _ := strings.Cut(v.addr, ":")
	hosts := keep(v.t, "known_hosts", knownhosts.Line([]string{knownhosts.Normalize(v.addr)}, v.host)+"\n")
	s := startScreenOf(v.t, v.env, pty.Winsize{Rows: 50, Cols: 100}, "ssh", "-F", os.DevNull, "-p", port, "-o", "UserKnownHostsFile="+hosts,
		"-o", "StrictHostKeyChecking=yes", "-o", "IdentityFile=none", "-o", "IdentitiesOnly=yes", user+"@127.0.0.1")
	return &walk{session: s, t: v.t}
}

// atLink walks a new session to the consent link of an app.
func (w *webbed) atLink(app string) *walk {
	w.t.Helper()
	c := w.terminal("anybody").waits("Which app")
	c.option(app).waits("domain")
	c.types(w.t, "contoso.example\r")
	c.waits("without a sign-in").waits("enter go on")
	c.key("\r", "● Diagnosis").waits("p the ways out")
	return c.path("Open the consent link")
}

// consent is the consent link of the step that is shown, as `l` prints it now.
func (w *walk) consent() *url.URL {
	w.t.Helper()
	w.mu.Lock()
	w.raw.Reset() // what was printed before is of other links
	w.mu.Unlock()
	w.key("l", "Enter returns to onboard.")
	link, err := url.Parse(w.tells("adminconsent?"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.key("\r", "Step 1 of 3")
	return link
}

// code is the resume code that the help tells.
func (w *walk) code() string {
	w.t.Helper()
	w.key("\x1bOP", "Keys that work here")
	return w.reads(w.t, `ssh\s+-p\s+2222\s+(\S+)@127`)
}

// pressed is where Microsoft's page sends an admin who opened a link and pressed a
// button.
func pressed(t *testing.T, s *sim.Sim, link *url.URL, button string) string {
	t.Helper()
	h := handOf(t, s).open(link.String()).press(walkAdmin).sees("Review for your organization").press(button)
	if h.left == nil || h.left.Host != webName || h.left.Path != "/consent" || h.left.Query().Get("state") != link.Query().Get("state") {
		t.Fatalf("the page leads to %v:\n%s", h.left, h.text())
	}
	return h.left.String()
}

// sees opens a page, and holds what it says.
func (w *webbed) sees(address string, status int, words string) {
	w.t.Helper()
	if got, body := opens(w.t, w.browser, address); got != status || !strings.Contains(body, words) {
		w.t.Errorf("%d instead of %d, without %q:\n%s", got, status, words, body)
	}
}

// TestConsentComesBack goes the whole way: the link of a served run, Microsoft's
// consent page, a browser that comes back over HTTPS, and the screen at the other
// end of an SSH connection, which hears of it. In between the server is killed: a link
// that was out counts all the same, though nobody is there when the browser comes.
func TestConsentComesBack(t *testing.T) {
	t.Parallel()
	s := redirecting(t)
	state := filepath.Join(t.TempDir(), "state")
	w := servesWeb(t, s, state, ", redirects: [hetk]", "")
	if a := ask(t, nil, "serve", "--config", w.config, "--check-config"); a.code != codeOpen || !strings.Contains(a.out, "https://"+webName+"/consent, which must be registered as a redirect URI of: hetk") {
		t.Errorf("%+v", a)
	}
	c := w.atLink("Hetk").waits("leads back to this service")
	code := c.code()
	c.key("\x1b", "Step 1 of 3")
	first := c.consent()
	if first.Query().Get("redirect_uri") != "https://"+webName+"/consent" || len(first.Query().Get("state")) < 90 {
		t.Fatalf("%s", first)
	}
	w.sees("https://"+webName+"/consent?admin_consent=True&tenant="+s.Ready().Tenants[0].ID+"&state=onboard-hetk", http.StatusBadRequest, "belongs to nothing here")
	no := pressed(t, s, first, "Cancel")
	w.sees(no, http.StatusOK, "access_denied AADSTS65004")
	c.waits("The consent page came back with an error: access_denied AADSTS65004")
	w.sees(no, http.StatusGone, "used already")
	w.sees(strings.Replace(no, "error=access_denied", "error=", 1), http.StatusGone, "used already")

	c.waits("leads back to this service") // by a new link
	second := c.consent()
	if second.Query().Get("state") == first.Query().Get("state") {
		t.Fatal("a link counts twice")
	}
	yes := pressed(t, s, second, "Accept")
	if err := w.cmd.Process.Kill(); err != nil { // as kill -9 does
		t.Fatal(err)
	}
	<-w.done
	again := servesWeb(t, s, state, ", redirects: [hetk]", "")
	again.sees(yes, http.StatusAccepted, "Your answer is kept")
	c = again.terminal(code).waits("Step 1 of 3")
	c.waits("Microsoft's consent page came back and says that consent was given")
	c.key("\r", "Step 2 of 3").key("\r", "Step 3 of 3").waits("Asserted").waits("Nobody is signed in")
	if text := c.shown(); strings.Contains(text, "✓ Users can connect") {
		t.Errorf("a redirect is taken for proof:\n%s", text)
	}
	again.sees(yes, http.StatusGone, "used already")
	for _, log := range []string{w.printed(), again.printed()} {
		for _, no := range []string{first.Query().Get("state"), second.Query().Get("state"), code} {
			if strings.Contains(log, no) {
				t.Errorf("the log holds %s", no)
			}
		}
	}
}

// TestLinkWithoutARedirect holds that a link of an app in whose registration the
// door does not stand does not lead there: Microsoft would refuse it.
func TestLinkWithoutARedirect(t *testing.T) {
	t.Parallel()
	apps := filepath.Dir(keep(t, "own.yaml", ownProfile))
	w := servesWeb(t, redirecting(t), filepath.Join(t.TempDir(), "state"), ", redirects: [own]", "apps: "+apps+"\n")
	if link := w.atLink("Hetk").consent(); link.Query().Has("redirect_uri") || link.Query().Has("state") {
		t.Errorf("%s", link)
	}
}
