package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestSignInInABrowser signs in from the wizard's page, all in a real browser: by the
// link in another tab, by the address that this tab ends on, copied, and pasted with
// the keys that everybody pastes with.
func TestSignInInABrowser(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default", Register: []string{servedID + "=openid,profile,offline_access," + strings.Join(checks.ReadScopes(), ",")}})
	b := startBrowsed(t, s, "", "signIn: {clientId: "+servedID+", ways: [link]}\n")
	p := b.tab(t).holds("the start", `document.activeElement.id == "open"`)
	p.types(kb.Enter).shows("Which app").option("Hetk", "Which tenant?")
	p.types("contoso.example" + kb.Enter).shows("without a sign-in").shows("enter go on")
	p.presses(kb.Enter, "Sign in to look?").option("Sign in by a link", "Open this link in a browser")
	p.presses("l", "Enter returns to onboard.")
	link := p.link("code_challenge=")
	p.presses(kb.Enter, "Your browser ends on a page")

	other := &tab{&surfer{t: t, ctx: p.other(t)}}
	other.open(link)
	other.does("sign in", chromedp.Click(with("button", walkAdmin)+" | "+with("a", walkAdmin), chromedp.NodeVisible))
	var ended *url.URL
	other.until("the page that nobody serves", func() bool {
		ended = other.address()
		return ended != nil && ended.Hostname() == "localhost"
	})
	if ended.Query().Get("code") == "" {
		t.Fatalf("it ends on %s", ended)
	}

	p.copies(link)
	p.pastes().shows("That is the link itself")
	p.copies(ended.String())
	p.pastes().shows("● Diagnosis").shows("managed consent policy").shows("Verified").picture("signed-in")
	screen := p.screen()
	for _, secret := range []string{ended.Query().Get("code"), ended.Query().Get("state")} {
		if strings.Contains(screen, secret) || strings.Contains(b.printed(), secret) {
			t.Errorf("what was pasted is shown or logged:\n%s", screen)
		}
	}
	if stopped := reads[[]string](p, "stopped"); len(stopped) > 0 {
		t.Errorf("the policy stopped %q", stopped)
	}
	p.do("stop", chromedp.KeyEvent("c", chromedp.KeyModifiers(kb.ModifierCtrl), asTyped))
	p.says("The session is over.")
}

// address is what stands in the tab's address bar, whatever became of the page; nil:
// it is on its way from one page to the next.
func (p *tab) address() *url.URL {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 30*time.Second)
	defer stop()
	at, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (string, error) {
		h, err := cdp.Call(ctx, t, cdppage.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return "", err
		}
		return h.Entries[h.CurrentIndex].URL, nil
	})
	if err != nil {
		p.t.Logf("no address yet: %v", err)
		return nil
	}
	u, err := url.Parse(at)
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

// copies puts a text on the clipboard, as somebody does who marks it in another tab,
// and comes back to the terminal.
func (p *tab) copies(text string) {
	p.t.Helper()
	from := &tab{&surfer{t: p.t, ctx: p.other(p.t)}}
	from.open("data:text/html,<textarea>" + url.PathEscape(strings.ReplaceAll(text, "&", "&amp;")) + "</textarea>")
	from.do("mark it", chromedp.Click("textarea"))
	from.do("mark all", chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl), asTyped))
	from.do("copy", chromedp.KeyEvent("c", chromedp.KeyModifiers(kb.ModifierCtrl), asTyped))
	p.do("come back", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdppage.BringToFront, cdp.Empty{})
		return err
	}))
	p.do("to the terminal", chromedp.Focus(".xterm-helper-textarea"))
}

// pastes presses Ctrl-V.
func (p *tab) pastes() *tab {
	p.t.Helper()
	return p.does("paste", chromedp.KeyEvent("v", chromedp.KeyModifiers(kb.ModifierCtrl), asTyped))
}
