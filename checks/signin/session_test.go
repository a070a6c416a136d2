package signin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// counting counts and may break the requests to token endpoints.
type counting struct {
	next   http.RoundTripper
	tokens atomic.Int32
	broken atomic.Bool
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/token") {
		c.tokens.Add(1)
		if c.broken.Load() {
			return nil, io.ErrUnexpectedEOF
		}
	}
	return c.next.RoundTrip(r)
}

// signedIn is a session at the simulator with a clock of the test's.
func signedIn(t *testing.T, w world, upn string, change func(*Options)) (Session, *clock, *person, *counting) {
	t.Helper()
	clk, p, rt := newClock(), w.person(t, upn), &counting{next: w.rt}
	s, err := w.client(t, func(o *Options) {
		o.Open, o.Now, o.Transport = p.open, clk.now, rt
		if change != nil {
			change(o)
		}
	}).Browser(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	return s, clk, p, rt
}

// as is the session behind the interface.
func as[T Session](t *testing.T, s Session) T {
	t.Helper()
	v, ok := s.(T)
	if !ok {
		t.Fatalf("%T", s)
	}
	return v
}

func token(t *testing.T, s Session) string {
	t.Helper()
	tok, err := s.Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return tok.Reveal()
}

func TestSilentRenewal(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, clk, p, rt := signedIn(t, w, admin, nil)
	first := token(t, s)
	clk.add(54 * time.Minute)
	if got := token(t, s); got != first || rt.tokens.Load() != 1 {
		t.Error("renewed too early")
	}
	clk.add(2 * time.Minute)
	var wg sync.WaitGroup
	for range 20 { // a snapshot's readers all ask at once
		wg.Go(func() {
			if tok, err := s.Token(t.Context(), checks.ReadScopes()); err != nil || tok.Reveal() == first {
				t.Errorf("not renewed: %v", err)
			}
		})
	}
	wg.Wait()
	if n := rt.tokens.Load(); n != 2 {
		t.Errorf("%d requests for one renewal", n-1)
	}
	if len(p.opened()) != 1 {
		t.Error("the browser was opened for a renewal")
	}
}

func TestRenewalOutlivesABrokenNetwork(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, clk, _, rt := signedIn(t, w, admin, nil)
	first := token(t, s)
	rt.broken.Store(true)
	clk.add(57 * time.Minute)
	if got := token(t, s); got != first {
		t.Error("a token that is still good was dropped")
	}
	if err := s.Renew(t.Context()); cause(t, err).Cause != CauseNetwork {
		t.Errorf("Renew: %v", err)
	}
	clk.add(4 * time.Minute)
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseNetwork {
		t.Errorf("Token: %v", err)
	}
	rt.broken.Store(false)
	if got := token(t, s); got == first {
		t.Error("not renewed once the network was back")
	}
}

func TestShortTokensAreNotRenewedEachTime(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for life, want := range map[time.Duration]time.Duration{
		time.Hour: 55 * time.Minute, 10 * time.Minute: 5 * time.Minute, 4 * time.Minute: 2 * time.Minute, time.Second: time.Second / 2,
	} {
		if got := renewal(now, now.Add(life)).Sub(now); got != want {
			t.Errorf("%s is renewed after %s; want %s", life, got, want)
		}
	}
}

func TestClaimsChallenge(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, _, p, _ := signedIn(t, w, admin, nil)
	first := token(t, s)
	challenge := `{"access_token":{"nbf":{"essential":true,"value":"1795190400"}}}`
	if err := s.Satisfy(t.Context(), challenge); err != nil {
		t.Fatal(err)
	}
	second := token(t, s)
	if second == first || len(p.opened()) != 1 {
		t.Errorf("a challenge that needs nobody opened %d pages", len(p.opened()))
	}
	// The same again: a token alone did not help, so the person must.
	if err := s.Satisfy(t.Context(), challenge); err != nil {
		t.Fatal(err)
	}
	urls := p.opened()
	if token(t, s) == second || len(urls) != 2 {
		t.Fatalf("opened %d pages", len(urls))
	}
	u, err := url.Parse(urls[1])
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Access map[string]any `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(u.Query().Get("claims")), &sent); err != nil || sent.Access["nbf"] == nil || sent.Access["xms_cc"] == nil {
		t.Errorf("claims %s", u.Query().Get("claims"))
	}
	if u.Query().Get("login_hint") != admin {
		t.Errorf("hint %q", u.Query().Get("login_hint"))
	}
	for _, bad := range []string{"", "eyJhIjoxfQ", "[]", `{"a":`, `{"a":"` + strings.Repeat("x", maxClaims) + `"}`} {
		if e := cause(t, s.Satisfy(t.Context(), bad)); e.Failure.Kind != checks.FailRequest {
			t.Errorf("%.20q gave %+v", bad, e)
		}
	}
}

func TestRefreshAfterRevocation(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, clk, _, _ := signedIn(t, w, admin, nil)
	first := token(t, s)
	app := ""
	for _, a := range w.Ready().Tenants[0].Apps {
		if a.ClientID == registered {
			app = a.ServicePrincipalID
		}
	}
	var grants struct {
		Value []struct {
			ID string `json:"id"`
		} `json:"value"`
	}
	if err := json.Unmarshal([]byte(w.graph(t, admin, http.MethodGet, "/servicePrincipals/"+app+"/oauth2PermissionGrants")), &grants); err != nil || len(grants.Value) == 0 {
		t.Fatalf("grants: %v %v", grants, err)
	}
	for _, g := range grants.Value {
		w.graph(t, admin, http.MethodDelete, "/oauth2PermissionGrants/"+g.ID)
	}
	if got := token(t, s); got != first {
		t.Error("the token in hand is gone")
	}
	e := cause(t, s.Renew(t.Context()))
	if e.Cause != CauseConsent || e.Failure.Code != "AADSTS65001" {
		t.Errorf("Renew: %+v %+v", e, e.Failure)
	}
	clk.add(2 * time.Hour)
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseConsent {
		t.Errorf("Token: %v", err)
	}
}

func TestWiden(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{})
	s, _, p, _ := signedIn(t, w, admin, func(o *Options) { o.ClientID = GraphCommandLineTools })
	before := token(t, s)
	_, err := s.Token(t.Context(), checks.ReadScopes())
	if e := cause(t, err); e.Cause != CauseConsent || len(e.Failure.Missing) != len(checks.ReadScopes())-1 || hasScope(e.Failure.Missing, "User.Read") {
		t.Errorf("before: %+v %+v", e, e.Failure)
	}
	if token(t, s) != before || len(p.opened()) != 1 {
		t.Error("asking for too much cost the token in hand")
	}
	more := []string{"DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All"}
	if err := s.Widen(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	if tok, err := s.Token(t.Context(), more); err != nil || tok.Reveal() == before {
		t.Errorf("after: %v", err)
	}
	if missing := without(append(more, "User.Read"), s.Account().Scopes); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
	p.press["consent"] = "cancel"
	wide := token(t, s)
	if e := cause(t, s.Widen(t.Context(), checks.ReadScopes())); e.Cause != CauseDeclined {
		t.Errorf("declined: %+v", e)
	}
	if token(t, s) != wide {
		t.Error("a refusal cost the token in hand")
	}
}

func TestWidenForTheSamePersonOnly(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, _, p, _ := signedIn(t, w, admin, nil)
	before := token(t, s)
	p.pick = user
	if e := cause(t, s.Widen(t.Context(), []string{"Policy.Read.All"})); e.Cause != CauseOtherPerson {
		t.Errorf("another person: %+v", e)
	}
	if token(t, s) != before || s.Account().UPN != admin {
		t.Error("another person took over")
	}
	if err := s.Renew(t.Context()); err != nil || s.Account().UPN != admin {
		t.Errorf("renewed as %s: %v", s.Account().UPN, err)
	}
}
