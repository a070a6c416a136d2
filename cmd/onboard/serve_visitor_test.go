package main

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// sharedOf are the clients that the sessions of a server have in common, which knows a
// client id of every tenant.
func sharedOf(t *testing.T, s *sim.Sim) *clients {
	t.Helper()
	r := s.Ready()
	c := defaultServe()
	c.Microsoft = serveHosts{Proxy: "none", LoginURL: "https://" + r.HTTPS, GraphURL: "https://" + r.HTTPS, DNSServer: r.DNS, DNSPort: usualDNSPort, CAFile: r.CA}
	o := c.served()
	o.clientID = signin.GraphCommandLineTools
	shared, err := newClients(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(shared.close)
	return shared
}

var bothWays = []flows.WayOffer{{Way: flows.WayLink}, {Way: flows.WayDevice}}

// visitorOf is the hand of a session that may sign in as often as it likes.
func visitorOf(shared *clients) *visitor {
	return newVisitor(shared, bothWays, netip.MustParsePrefix("192.0.2.1/32"), func(netip.Prefix) bool { return true })
}

// begun is a sign-in that is going on.
type begun struct {
	prompt  run.Prompt
	account flows.Account
	err     error
	done    chan struct{}
}

// begins begins to sign in by link, and waits for the link.
func begins(ctx context.Context, t *testing.T, v *visitor, domain string) *begun {
	t.Helper()
	b := &begun{done: make(chan struct{})}
	shown := make(chan run.Prompt, 1)
	go func() {
		defer close(b.done)
		b.account, b.err = v.SignIn(ctx, run.SignInAsk{Way: flows.WayLink, Scopes: checks.ReadScopes(), Domain: domain}, func(p run.Prompt) { shown <- p })
	}()
	select {
	case b.prompt = <-shown:
	case <-b.done:
		t.Fatal(b.err)
	}
	return b
}

// finishes is the address that the person's browser ends on.
func (b *begun) finishes(t *testing.T, s *sim.Sim, upn string) string {
	t.Helper()
	h := handOf(t, s).open(b.prompt.URL).press(upn)
	if h.left == nil {
		h.press("Accept")
	}
	if h.left == nil || h.left.Query().Get("code") == "" {
		t.Fatalf("%v:\n%s", h.left, h.text())
	}
	return h.left.String()
}

// TestVisitorsDoNotShare has two strangers sign in to two tenants at once: neither
// gets anything of the other, what they have in common holds no token, and what one
// had is gone with the session, and with no other.
func TestVisitorsDoNotShare(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "wrong-tenant"})
	shared := sharedOf(t, s)
	a, b := visitorOf(shared), visitorOf(shared)
	one, two := begins(t.Context(), t, a, "contoso.example"), begins(t.Context(), t, b, "fabrikam.example")
	his, hers := one.finishes(t, s, "admin@contoso.example"), two.finishes(t, s, "admin@fabrikam.example")
	if err := one.prompt.Paste(hers); err == nil || !strings.Contains(err.Error(), "of another sign-in") || strings.Contains(err.Error(), "code=") {
		t.Errorf("another's address: %v", err)
	}
	var both sync.WaitGroup
	both.Go(func() { _ = one.prompt.Paste(his) })
	both.Go(func() { _ = two.prompt.Paste(hers) })
	both.Wait()
	<-one.done
	<-two.done
	if one.err != nil || two.err != nil || one.account.UPN != "admin@contoso.example" || two.account.UPN != "admin@fabrikam.example" || one.account.TenantID == two.account.TenantID {
		t.Fatalf("%+v %v, %+v %v", one.account, one.err, two.account, two.err)
	}
	sessionOf := func(c *clients) signin.Session {
		t.Helper()
		_, as, err := c.readersAs("", false)
		if err != nil {
			t.Fatal(err)
		}
		return as.session
	}
	first, second := sessionOf(a.c), sessionOf(b.c)
	if first == nil || second == nil || first == second || sessionOf(shared) != nil || sessionOf(visitorOf(shared).c) != nil || shared.current() != nil {
		t.Fatal("sessions are shared")
	}
	if a.c.reader == b.c.reader || a.c.reader == shared.reader {
		t.Error("a reader that carries a token is shared")
	}
	token, err := first.Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := second.Token(t.Context(), nil); err != nil || other.Reveal() == token.Reveal() {
		t.Errorf("one token for two: %v", err)
	}

	a.close()
	if _, err := first.Token(t.Context(), nil); err == nil || a.c.current() != nil || a.c.reader != nil || sessionOf(a.c) != nil {
		t.Errorf("a token is left after its session: %v", err)
	}
	if _, err := second.Token(t.Context(), nil); err != nil || b.c.current() == nil {
		t.Errorf("the other's is gone, too: %v", err)
	}
	late := begins(t.Context(), t, a, "contoso.example")
	if err := late.prompt.Paste(late.finishes(t, s, "admin@contoso.example")); err != nil {
		t.Fatal(err)
	}
	if <-late.done; !errors.Is(late.err, context.Canceled) || a.c.current() != nil {
		t.Errorf("signed in after the session's end: %v", late.err)
	}
	b.SignOut()
	if _, err := second.Token(t.Context(), nil); err == nil {
		t.Error("signed out, with a token")
	}
}

// TestVisitorLooksAlone holds what a session's sign-in refuses, whatever asks for it,
// and that nothing is made for a session that never signs in.
func TestVisitorLooksAlone(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "wrong-tenant"})
	shared := sharedOf(t, s)
	v := visitorOf(shared)
	never := func(p run.Prompt) { t.Errorf("shown %s", p.Way) }
	for name, ask := range map[string]run.SignInAsk{
		"to write":         {Way: flows.WayLink, Scopes: []string{"DelegatedPermissionGrant.ReadWrite.All"}, Domain: "contoso.example"},
		"to read and more": {Way: flows.WayLink, Scopes: append(checks.ReadScopes(), "Application.ReadWrite.All"), Domain: "contoso.example"},
		"to write by code": {Way: flows.WayDevice, Scopes: []string{"Policy.ReadWrite.Authorization"}, Domain: "contoso.example"},
		"by az":            {Way: flows.WayAz, Scopes: checks.ReadScopes(), Domain: "contoso.example"},
		"by a file":        {Way: flows.WayToken, Scopes: checks.ReadScopes(), Domain: "contoso.example"},
		"by a browser":     {Way: flows.WayBrowser, Scopes: checks.ReadScopes(), Domain: "contoso.example"},
		"by nothing":       {Way: flows.WayNone, Domain: "contoso.example"},
		"a path":           {Way: flows.WayLink, Scopes: checks.ReadScopes(), Domain: "../../evil"},
	} {
		var f *checks.Failure
		if _, err := v.SignIn(t.Context(), ask, never); !errors.As(err, &f) || f.Kind != checks.FailInput || f.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v.c.current() != nil || v.c.reader != nil || shared.reader != nil {
		t.Error("something was made for nothing")
	}
	if _, _, err := v.c.readersAs("", false); err != nil || v.c.reader != nil || shared.reader == nil {
		t.Errorf("a look as nobody has a reader of its own: %v", err)
	}
	many := newVisitor(shared, bothWays, v.from, func(netip.Prefix) bool { return false })
	if _, err := many.SignIn(t.Context(), run.SignInAsk{Way: flows.WayLink, Scopes: checks.ReadScopes(), Domain: "contoso.example"}, never); err == nil || !strings.Contains(err.Error(), "Too many sign-ins") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b := begins(ctx, t, v, "contoso.example")
	cancel()
	if <-b.done; b.err == nil || v.c.current() != nil {
		t.Errorf("hung up: %v", b.err)
	}
	if err := b.prompt.Paste("http://localhost:1/?code=x&state=y"); err == nil {
		t.Error("taken after its end")
	}
}

// TestVisitorKeepsNoTokenThatWrites: a client that was once given more gets more than
// was asked for, and that is thrown away.
func TestVisitorKeepsNoTokenThatWrites(t *testing.T) {
	t.Parallel()
	read := strings.Join(checks.ReadScopes(), ",")
	for only, refused := range map[string]string{"": "ReadWrite", "=" + read + ",Policy.ReadWrite.Authorization": "Policy.ReadWrite.Authorization", "=" + read: ""} {
		s := simulate(t, sim.Options{Scenario: "managed-default", Register: []string{lookerID + only}})
		shared := sharedOf(t, s)
		shared.o.clientID = lookerID
		v := visitorOf(shared)
		b := begins(t.Context(), t, v, "contoso.example")
		if err := b.prompt.Paste(b.finishes(t, s, "admin@contoso.example")); err != nil {
			t.Fatal(err)
		}
		<-b.done
		if refused == "" {
			if b.err != nil || v.c.current() == nil {
				t.Errorf("%s: %v", only, b.err)
			}
			continue
		}
		var f *checks.Failure
		if !errors.As(b.err, &f) || f.Kind != checks.FailInput || !strings.Contains(f.Message, refused) || v.c.current() != nil {
			t.Errorf("%s: %v", only, b.err)
		}
	}
	for scope, looks := range map[string]bool{
		"User.Read": true, "Policy.Read.PermissionGrant": true, "User.ReadBasic.All": true, "openid": true, "offline_access": true,
		"Mail.Send": false, "Directory.AccessAsUser.All": false, "Sites.FullControl.All": false, "Policy.ReadWrite.ConsentRequest": false, "Read": false, "": false, "Calendars.Reads": false,
	} {
		if got := beyondLooking(checks.Account{Scopes: []string{"User.Read", scope}}); (got == "") != looks {
			t.Errorf("%q: %q", scope, got)
		}
	}
	if beyondLooking(checks.Account{Opaque: true}) == "" {
		t.Error("a token that cannot be read is kept")
	}
	// Nor does anybody sign in by Microsoft's own tool, because a description says so.
	bare := sharedOf(t, simulate(t, sim.Options{Scenario: "managed-default"}))
	bare.o.clientID = ""
	ask := run.SignInAsk{Way: flows.WayLink, Scopes: checks.ReadScopes(), Domain: "contoso.example", ClientID: signin.GraphCommandLineTools}
	if _, err := visitorOf(bare).SignIn(t.Context(), ask, func(run.Prompt) { t.Error("shown") }); err == nil || !strings.Contains(err.Error(), "Microsoft's own") {
		t.Errorf("%v", err)
	}
}

// lookerID is a registration for looking.
const lookerID = "7b9c3e5a-4d6f-4a81-8cbd-2e3f4a5b6c7d"

// TestServedWays holds when a sign-in is offered, and how.
func TestServedWays(t *testing.T) {
	t.Parallel()
	bare := []flows.Profile{{ID: "a"}}
	registered := append(slices.Clone(bare), flows.Profile{ID: "b", OnboardClientID: "6a8b2d4f-3c5e-4f70-9bac-1d2e3f4a5b6c"})
	of := func(id string, ways ...string) serveSignIn { return serveSignIn{Ways: ways, ClientID: id} }
	for name, tt := range map[string]struct {
		s    serveSignIn
		in   []flows.Profile
		want []flows.WayOffer
	}{
		"the operator's":     {of("x", "link", "device"), bare, bothWays},
		"one way":            {of("x", "device"), bare, bothWays[1:]},
		"none":               {of("x"), registered, nil},
		"nobody's":           {of("", "link", "device"), bare, nil},
		"one of the vendors": {of("", "link"), registered, []flows.WayOffer{{Way: flows.WayLink, Registered: true}}},
	} {
		if got := tt.s.offers(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	st := flows.State{Ways: []flows.WayOffer{{Way: flows.WayLink, Registered: true}}, Profile: &registered[0]}
	if st.SignsIn() || st.Offers()[0].Why == "" {
		t.Error("offered for an app whose vendor registered nothing")
	}
	if st.Profile = &registered[1]; !st.SignsIn() {
		t.Error("not offered")
	}
}
