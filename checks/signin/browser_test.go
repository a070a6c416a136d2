package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// client signs in at the simulator, to the first tenant.
func (w world) client(t *testing.T, change func(*Options)) *Client {
	t.Helper()
	o := Options{LoginURL: w.base, Tenant: w.tenantID(), ClientID: registered, Transport: w.rt}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBrowserSignIn(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	p := w.person(t, admin)
	s, err := w.client(t, func(o *Options) { o.Open = p.open; o.Hint = admin }).Browser(t.Context(), ReadScopes())
	if err != nil {
		t.Fatal(err)
	}
	a := s.Account()
	if a.UPN != admin || a.TenantID != w.tenantID() || a.ClientID != registered || a.Opaque || a.Personal || a.AppOnly || len(a.RoleIDs) < 2 {
		t.Errorf("account %+v", a)
	}
	if missing := without(ReadScopes(), a.Scopes); len(missing) > 0 {
		t.Errorf("not given: %v", missing)
	}
	tok, err := s.Token(t.Context(), ReadScopes())
	if err != nil || s.Way() != WayBrowser {
		t.Fatal(err)
	}
	if again, err := s.Token(t.Context(), nil); err != nil || again.Reveal() != tok.Reveal() {
		t.Errorf("a good token was renewed: %v", err)
	}
	// The page was asked for as it should be.
	u, err := url.Parse(p.opened()[0])
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, want := range map[string]string{
		"response_mode": "form_post", "code_challenge_method": "S256", "client_id": registered, "login_hint": admin,
		"claims": `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
	} {
		if q.Get(k) != want {
			t.Errorf("%s is %q; want %q", k, q.Get(k), want)
		}
	}
	if !strings.HasPrefix(u.String(), w.base+"/"+w.tenantID()+"/") || !strings.HasPrefix(q.Get("redirect_uri"), "http://localhost:") {
		t.Errorf("opened %s", u)
	}
	closed(t, q.Get("redirect_uri"))
}

// closed fails the test where MSAL still answers at a redirect. It may take a
// moment: MSAL's listener can be stopped before its goroutine has begun. Another
// test may have got the port since, so it is the answer that counts.
func closed(t *testing.T, redirect string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 300 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, redirect, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if !strings.Contains(string(body), "Authentication") {
			return
		}
		<-tick.C
	}
	t.Errorf("%s still answers", redirect)
}

func TestBrowserAutoApprove(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}, AutoApprove: user})
	p := w.person(t, "")
	s, err := w.client(t, func(o *Options) { o.Open = p.open; o.Tenant = domain }).Browser(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Account(); a.UPN != user || !hasScope(a.Scopes, "User.Read") {
		t.Errorf("account %+v", a)
	}
}

func TestBrowserInAnotherCloud(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "gov", Scenarios: fstest.MapFS{"gov.yaml": {Data: []byte(gov)}}})
	p := w.person(t, "admin@china.example")
	s, err := w.client(t, func(o *Options) {
		o.LoginURL, o.Tenant, o.ClientID, o.Open = w.base+"/_cloud/china", "china.example", GraphCommandLineTools, p.open
	}).Browser(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	before := s.Account()
	if err := s.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := s.Account(); after.UPN != "admin@china.example" || after.ObjectID != before.ObjectID {
		t.Errorf("account %+v", after)
	}
}

func TestBrowserRefused(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "wrong-tenant", Register: []string{registered}})
	for name, tt := range map[string]struct {
		pick, press, tenant string
		cause               Cause
		code                string
	}{
		"cancelled": {pick: admin, press: "cancel", cause: CauseDeclined, code: "AADSTS65004"},
		"wall":      {pick: user, cause: CauseDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.person(t, tt.pick)
			if tt.press != "" {
				p.press["consent"] = tt.press
			}
			c := w.client(t, func(o *Options) { o.ClientID = GraphCommandLineTools; o.Open = p.open })
			_, err := c.Browser(t.Context(), ReadScopes())
			e := cause(t, err)
			if e.Cause != tt.cause || e.Failure.Code != tt.code || e.Failure.Kind != checks.FailDenied {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if tt.code != "" && !isGUID(e.Failure.RequestID) || strings.Contains(e.Failure.Message, "Trace") {
				t.Errorf("%+v holds Microsoft's trailing lines", e.Failure)
			}
		})
	}
	t.Run("another tenant's account", func(t *testing.T) {
		t.Parallel()
		// Under a pinned tenant Microsoft's page refuses by itself; where an address
		// answers for all, the token tells.
		p := w.person(t, "admin@fabrikam.example")
		other, err := New(Options{LoginURL: w.base, ClientID: GraphCommandLineTools, Transport: w.rt, Open: p.open})
		if err != nil {
			t.Fatal(err)
		}
		other.tenant = w.tenantID()
		_, err = other.Browser(t.Context(), nil)
		if e := cause(t, err); e.Cause != CauseOtherTenant || e.Failure.Kind != checks.FailWrongTenant {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("unknown tenant", func(t *testing.T) {
		t.Parallel()
		_, err := w.client(t, func(o *Options) { o.Tenant = "nowhere.example"; o.Open = w.person(t, admin).open }).Browser(t.Context(), nil)
		if e := cause(t, err); e.Cause != CauseUnknownTenant || e.Failure.Code != "AADSTS90002" || e.Failure.Kind != checks.FailNotFound {
			t.Errorf("got %+v %+v", e, e.Failure)
		}
	})
}

func TestBrowserStops(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	t.Run("by Ctrl-C", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		redirect := ""
		c := w.client(t, func(o *Options) {
			o.Open = func(_ context.Context, u string) error {
				redirect = redirectOf(u)
				cancel() // the page is open, and nobody ever answers
				return nil
			}
		})
		_, err := c.Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled || e.Failure.Kind != checks.FailCancelled || !errors.Is(err, context.Canceled) {
			t.Errorf("got %+v", e)
		}
		closed(t, redirect)
	})
	t.Run("while a connection hangs", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c := w.client(t, func(o *Options) {
			o.Open = func(ctx context.Context, u string) error {
				// A browser opens connections ahead of need and leaves them idle.
				conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(redirectOf(u), "http://"))
				if err == nil {
					t.Cleanup(func() { _ = conn.Close() })
				}
				cancel()
				return err
			}
		})
		_, err := c.Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("when patience ends", func(t *testing.T) {
		t.Parallel()
		c := w.client(t, func(o *Options) {
			o.Patience = time.Millisecond
			o.Open = func(ctx context.Context, _ string) error { <-ctx.Done(); return nil }
		})
		// The patience may end even before the page is known.
		_, err := c.Browser(t.Context(), nil)
		if e := cause(t, err); e.Cause != CauseTimeout && e.Cause != CauseNetwork {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("before it began", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.client(t, func(o *Options) { o.Open = w.person(t, admin).open }).Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled {
			t.Errorf("got %+v", e)
		}
	})
}

func redirectOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("redirect_uri")
}

func TestBrowserTrouble(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	// visit posts or gets the redirect as something on this machine might.
	visit := func(method, body string) func(context.Context, string) error {
		return func(ctx context.Context, u string) error {
			req, err := http.NewRequestWithContext(ctx, method, redirectOf(u), strings.NewReader(body))
			if err != nil {
				return err
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		}
	}
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	_, taken, err := net.SplitHostPort(busy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(taken)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		open func(context.Context, string) error
		port int
		want Cause
		code string
	}{
		"no opener":     {nil, 0, CauseBrowser, ""},
		"opener fails":  {func(_ context.Context, u string) error { return fmt.Errorf("no browser for %s", u) }, 0, CauseBrowser, ""},
		"port is taken": {visit("GET", ""), port, CausePort, ""},
		"by GET":        {visit("GET", ""), 0, CausePage, ""},
		"forged state":  {visit("POST", "code=x&state=forged"), 0, CausePage, ""},
		"no state":      {visit("POST", "code=x"), 0, CausePage, ""},
		"no text":       {visit("POST", "error=access_denied&error_subcode=cancel"), 0, CauseDeclined, ""},
		"wall with code": {
			visit("POST", url.Values{"error": {"access_denied"}, "error_description": {"AADSTS90094: An admin must approve <b>this</b> & that. Trace ID: 0f0f0f0f-1111-2222-3333-444444444444"}}.Encode()),
			0, CauseAdminNeeded, "AADSTS90094",
		},
		"not assigned": {visit("POST", "error=interaction_required&error_description=AADSTS50105%3A+not+assigned"), 0, CauseAssignment, "AADSTS50105"},
		"own words":    {visit("POST", "error=server_error&error_description=a+fault%0Aover+two+lines"), 0, CauseOther, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.client(t, func(o *Options) { o.Open = tt.open; o.Port = tt.port }).Browser(t.Context(), ReadScopes())
			e := cause(t, err)
			if e.Cause != tt.want || e.Failure.Code != tt.code {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if all := fmt.Sprintf("%+v %+v", e, e.Failure); strings.Contains(all, "code_challenge") || strings.Contains(all, "&amp;") {
				t.Errorf("%q shows too much", all)
			}
			if e.Cause == CauseAdminNeeded && !slices.Equal(e.Failure.Missing, ReadScopes()) {
				t.Errorf("missing %v", e.Failure.Missing)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o     Options
		field Field
		do    string
	}{
		"no client id":  {Options{}, FieldClientID, GraphCommandLineTools},
		"bad client id": {Options{ClientID: "my app"}, FieldClientID, "onboardClientId"},
		"bad tenant":    {Options{ClientID: registered, Tenant: "contoso"}, FieldTenant, "contoso.com"},
		"bad cloud":     {Options{ClientID: registered, Cloud: "x"}, FieldCloud, "gcc-high"},
		"bad login URL": {Options{ClientID: registered, LoginURL: "http://x"}, FieldLoginURL, "https://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(tt.o)
			var e *InputError
			if !errors.As(err, &e) || e.Field != tt.field || !strings.Contains(e.Do, tt.do) {
				t.Errorf("got %+v", err)
			}
		})
	}
	if name, ok := Borrowed(strings.ToUpper(GraphCommandLineTools)); !ok || name == "" {
		t.Error("Microsoft's own client is not known")
	}
	if _, ok := Borrowed(registered); ok {
		t.Error("a vendor's client is taken for Microsoft's")
	}
}
