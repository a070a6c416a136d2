package signin

import (
	"io"
	"net/http"
	"net/url"
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
	s, err := w.client(t, func(o *Options) { o.Open = p.open; o.Hint = admin }).Browser(t.Context(), checks.ReadScopes())
	if err != nil {
		t.Fatal(err)
	}
	a := s.Account()
	if a.UPN != admin || a.TenantID != w.tenantID() || a.ClientID != registered || a.Opaque || a.Personal || a.AppOnly || len(a.RoleIDs) < 2 {
		t.Errorf("account %+v", a)
	}
	if missing := without(checks.ReadScopes(), a.Scopes); len(missing) > 0 {
		t.Errorf("not given: %v", missing)
	}
	tok, err := s.Token(t.Context(), checks.ReadScopes())
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
			_, err := c.Browser(t.Context(), checks.ReadScopes())
			e := cause(t, err)
			if e.Cause != tt.cause || e.Failure.Code != tt.code || e.Failure.Kind != checks.FailDenied {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if tt.code != "" && !checks.IsGUID(e.Failure.RequestID) || strings.Contains(e.Failure.Message, "Trace") {
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
