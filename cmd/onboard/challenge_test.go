package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// watched is a simulated Microsoft behind a gate that keeps what was posted to
// the sign-in service.
type watched struct {
	s        *sim.Sim
	next     http.Handler
	base, ca string
	// meet is told of every request to Graph; it says whether it has answered by
	// itself.
	meet func(w http.ResponseWriter, r *http.Request) bool

	mu    sync.Mutex
	ahead time.Duration // of the simulator's clock
	posts []url.Values
}

// watch starts a scenario whose device codes are approved as upn.
func watch(t *testing.T, upn string, o sim.Options) *watched {
	t.Helper()
	g := &watched{}
	o.Register, o.AutoApprove = []string{toolClient}, upn
	o.Now = func() time.Time {
		g.mu.Lock()
		defer g.mu.Unlock()
		return time.Now().Add(g.ahead)
	}
	g.s = simulate(t, o)
	g.base, g.ca = serveBetween(t, g.s, func(next http.Handler) http.Handler {
		g.next = next
		return g
	})
	return g
}

func (g *watched) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/v1.0/") && !strings.HasPrefix(r.URL.Path, "/beta/") {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if v, err := url.ParseQuery(string(body)); err == nil && r.Method == http.MethodPost {
			g.mu.Lock()
			g.posts = append(g.posts, v)
			g.mu.Unlock()
		}
		g.behind().ServeHTTP(w, r)
		return
	}
	if g.meet == nil || !g.meet(w, r) {
		g.behind().ServeHTTP(w, r)
	}
}

// behind is who answers what is not met.
func (g *watched) behind() http.Handler {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.next
}

// posted are the requests of one kind, such as device_code or refresh_token; ""
// are those for a device code.
func (g *watched) posted(grant string) (out []url.Values) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, v := range g.posts {
		if v.Get("grant_type") == grant && v.Has("scope") {
			out = append(out, v)
		}
	}
	return out
}

// revoke ends the account's sessions, and lets some seconds pass.
func (g *watched) revoke(t *testing.T, upn string) {
	t.Helper()
	wait := func() { // of which Microsoft counts whole seconds
		g.mu.Lock()
		defer g.mu.Unlock()
		g.ahead += 5 * time.Second
	}
	wait()
	if err := g.s.RevokeSessions(t.Context(), upn); err != nil {
		t.Error(err)
	}
	wait()
}

// check runs `onboard check` with a device code.
func (g *watched) check(t *testing.T, more ...string) answer {
	t.Helper()
	return ask(t, nil, append([]string{
		"check", "--app", "hetk", "--domain", "contoso.example", "--sign-in", "device", "--client-id", toolClient,
		"--login-url", g.base, "--graph-url", g.base, "--ca-file", g.ca,
	}, more...)...)
}

const (
	boss      = "admin@contoso.example"
	wantsMore = "→ Sign in again with the browser or a device code"
	codeShown = "Never type a code that somebody sent you"
)

func TestChallengedCheck(t *testing.T) {
	t.Parallel()
	const fault = "caechallenge,path=/v1.0/servicePrincipals"
	t.Run("answered without the person", func(t *testing.T) {
		t.Parallel()
		g := watch(t, boss, sim.Options{Scenario: "approved", Faults: []string{fault}})
		a := g.check(t)
		if a.code != codeOpen || strings.Contains(a.out, wantsMore) || strings.Count(a.err, codeShown) != 1 {
			t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
		}
		if renewed := g.posted("refresh_token"); len(renewed) != 1 || !strings.Contains(renewed[0].Get("claims"), `"nbf"`) {
			t.Errorf("renewed by %v", renewed)
		}
	})
	t.Run("again and again", func(t *testing.T) {
		t.Parallel()
		g := watch(t, boss, sim.Options{Scenario: "approved", Faults: []string{strings.Replace(fault, "challenge", "challenge=1000", 1)}})
		a := g.check(t)
		if a.code != codeUnknown || !strings.Contains(a.out, wantsMore) || strings.Count(a.err, codeShown) != 1 {
			t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
		}
		if n := len(g.posted("refresh_token")); n != 1 {
			t.Errorf("renewed %d times", n)
		}
	})
	t.Run("only the person can", func(t *testing.T) {
		t.Parallel()
		g := watch(t, boss, sim.Options{Scenario: "approved"})
		var once sync.Once
		g.meet = func(http.ResponseWriter, *http.Request) bool {
			once.Do(func() { g.revoke(t, boss) })
			return false
		}
		a := g.check(t)
		if a.code != codeOpen || strings.Contains(a.out, wantsMore) || strings.Count(a.err, codeShown) != 2 || strings.Count(a.err, sayChallenged) != 1 {
			t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
		}
		codes := g.posted("")
		if len(codes) != 2 || strings.Contains(codes[0].Get("claims"), `"nbf"`) || !strings.Contains(codes[1].Get("claims"), `"nbf"`) {
			t.Errorf("codes were asked for with %v", codes)
		}
	})
	t.Run("and can not now", func(t *testing.T) {
		t.Parallel()
		g := watch(t, boss, sim.Options{Scenario: "approved"})
		var once sync.Once
		g.meet = func(http.ResponseWriter, *http.Request) bool {
			once.Do(func() {
				g.revoke(t, boss)
				g.refuseCodes(t)
			})
			return false
		}
		a := g.check(t)
		if a.code != codeUnknown || !strings.Contains(a.out, wantsMore) || !strings.Contains(a.err, "That did not come about: ") {
			t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
		}
	})
	t.Run("a token that was handed over", func(t *testing.T) {
		t.Parallel()
		l := look{
			scenario: "approved", faults: []string{strings.Replace(fault, "challenge", "challenge=1000", 1)},
			says: []string{wantsMore}, state: checks.StateUnknown, code: codeUnknown,
		}
		l.run(t, compileSchema(t))
	})
}

// refuseCodes has device codes refused from now on.
func (g *watched) refuseCodes(t *testing.T) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.next
	g.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/devicecode") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"access_denied","error_description":"AADSTS530033: Device code is forbidden here."}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hands are the wizard's, with a device code that is approved at once.
func (g *watched) hands(t *testing.T) (c *clients, s *signer, in run.SignInAsk, shown *int) {
	t.Helper()
	c, err := newClients(&options{loginURL: g.base, graphURL: g.base, caFile: g.ca, clientID: toolClient, dnsPort: 53})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	s = &signer{c: c, profile: func() *flows.Profile { return nil }}
	return c, s, run.SignInAsk{
		Way: flows.WayDevice, Scopes: checks.ReadScopes(), Domain: "contoso.example", Tenant: g.s.Ready().Tenants[0].ID,
	}, new(int)
}

// signIn has the person sign in.
func signInBy(t *testing.T, s *signer, in run.SignInAsk, shown *int) {
	t.Helper()
	account, err := s.SignIn(t.Context(), in, func(run.Prompt) { *shown++ })
	if err != nil || account.UPN == "" {
		t.Fatalf("signed in as %+v: %v", account, err)
	}
}

// sees looks once and gives what was found.
func sees(t *testing.T, l *looker, domain string, round uint32, ids ...checks.ID) map[checks.ID]checks.Finding {
	t.Helper()
	got := map[checks.ID]checks.Finding{}
	_, err := l.Look(t.Context(), run.Ask{
		Checks: ids, App: checks.App{ID: "hetk", Name: "Hetk", ClientID: "11111111-2222-4333-8444-555555555555"}, Domain: domain, Round: round,
	}, func(f checks.Finding) { got[f.Check] = f })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChallengedWizard(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(*signer, *run.SignInAsk){
		"the person signs in anew": func(s *signer, _ *run.SignInAsk) { s.SignOut() },
		"a plan asks for more scopes": func(_ *signer, in *run.SignInAsk) {
			in.Scopes, in.Hint = append(in.Scopes, "Application.ReadWrite.All"), boss
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := watch(t, boss, sim.Options{Scenario: "approved"})
			c, s, in, shown := g.hands(t)
			l := newLooker(c)
			signInBy(t, s, in, shown)
			if f := sees(t, l, in.Domain, 1, checks.AppPresent)[checks.AppPresent]; f.Grade != checks.Verified {
				t.Fatalf("at first: %+v", f)
			}
			g.revoke(t, boss)
			for range 2 { // a poll looks again and again, and asks for nothing
				if f := sees(t, l, in.Domain, 1, checks.AppPresent)[checks.AppPresent]; !checks.WantsSignIn(f) {
					t.Errorf("challenged: %+v", f)
				}
			}
			if n := len(g.posted("refresh_token")); n != 1 || *shown != 1 {
				t.Errorf("renewed %d times, asked the person %d times", n, *shown)
			}
			next(s, &in)
			signInBy(t, s, in, shown)
			if codes := g.posted(""); len(codes) != 2 || !strings.Contains(codes[1].Get("claims"), `"nbf"`) {
				t.Errorf("codes were asked for with %v", codes)
			}
			if f := sees(t, l, in.Domain, 2, checks.AppPresent)[checks.AppPresent]; f.Grade != checks.Verified {
				t.Errorf("after it: %+v", f)
			}
			s.SignOut()
			signInBy(t, s, in, shown)
			if codes := g.posted(""); len(codes) != 3 || strings.Contains(codes[2].Get("claims"), `"nbf"`) {
				t.Errorf("the challenge was not put away: %v", codes)
			}
		})
	}
}

// TestChallengeStaysInItsTenant holds that what one tenant asked for is not sent
// to another.
func TestChallengeStaysInItsTenant(t *testing.T) {
	t.Parallel()
	g := watch(t, boss, sim.Options{Scenario: "approved"})
	c, s, in, shown := g.hands(t)
	signInBy(t, s, in, shown)
	c.owe(c.current(), `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`)
	for tenant, want := range map[string]bool{in.Tenant: true, strings.ToUpper(in.Tenant): true, "": true, "contoso.example": true, toolClient: false} {
		if got := c.owes(tenant) != ""; got != want {
			t.Errorf("%q is to answer it: %v", tenant, got)
		}
	}
}

// TestChallengedWrite holds that a write that was turned away is sent once more
// with another token, and never after that.
func TestChallengedWrite(t *testing.T) {
	t.Parallel()
	challenge := func(w http.ResponseWriter) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+
			base64.StdEncoding.EncodeToString([]byte(`{"access_token":{"nbf":{"essential":true,"value":"7"}}}`))+`"`)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, graphError("InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge."))
	}
	const app = "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
	for _, tc := range []struct {
		name             string
		turned           int // so many writes are turned away
		revoked          bool
		status, sent     int
		renewed, waiting bool
	}{
		{"once", 1, false, http.StatusNotFound, 2, true, false},
		{"again", 9, false, http.StatusUnauthorized, 2, true, true},
		{"where only the person can answer", 9, true, http.StatusUnauthorized, 1, false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := watch(t, boss, sim.Options{})
			c, s, in, shown := g.hands(t)
			in.Scopes = append(in.Scopes, "Application.ReadWrite.All")
			signInBy(t, s, in, shown)
			before, err := c.current().Token(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if tc.revoked {
				g.revoke(t, boss)
			}
			var tokens []string
			g.meet = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				tokens = append(tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
				if len(tokens) <= tc.turned {
					challenge(w)
				} else { // what Graph makes of it is Graph's
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(http.StatusNotFound)
					_, _ = io.WriteString(w, graphError("Request_ResourceNotFound", "No."))
				}
				return true
			}
			line := flows.Change{Scope: "Application.ReadWrite.All", Method: http.MethodPost, Path: "/servicePrincipals", Body: `{"appId":"` + app + `"}`}
			ch, err := changers{c}.Changer(t.Context(), flows.Plan{Tenant: in.Tenant, Lines: []flows.Change{line}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = ch.Change(t.Context(), run.Request{Method: line.Method, Path: line.Path, Body: line.Body})
			if f := signin.FailureOf(err); f == nil || f.Status != tc.status {
				t.Errorf("%v", err)
			}
			if len(tokens) != tc.sent || slices.Contains(tokens[1:], before.Reveal()) {
				t.Errorf("sent %d times", len(tokens))
			}
			if after, err := c.current().Token(t.Context(), nil); err != nil || (after.Reveal() != before.Reveal()) != tc.renewed {
				t.Errorf("another token: %v", err)
			}
			if waiting := c.owes(in.Tenant) != ""; waiting != tc.waiting || *shown != 1 {
				t.Errorf("waits for the person: %v, asked %d times", waiting, *shown)
			}
		})
	}
}

// TestActivatedRoleIsLookedForWithAnotherToken holds that whoever is only
// eligible and asks again is looked at with a new token, once.
func TestActivatedRoleIsLookedForWithAnotherToken(t *testing.T) {
	t.Parallel()
	g := watch(t, "it@contoso.example", sim.Options{Scenario: "pim-eligible"})
	c, s, in, shown := g.hands(t)
	l := newLooker(c)
	signInBy(t, s, in, shown)
	for i, step := range []struct {
		round   uint32
		renewed int
	}{{1, 0}, {1, 0}, {2, 1}, {2, 1}, {3, 2}} {
		f := sees(t, l, in.Domain, step.round, checks.AccountRole)[checks.AccountRole]
		if n := len(g.posted("refresh_token")); !checks.OnlyEligible(f) || n != step.renewed {
			t.Errorf("look %d: renewed %d times, %+v", i, n, f)
		}
	}
	g = watch(t, boss, sim.Options{})
	c, s, in, shown = g.hands(t)
	l = newLooker(c)
	signInBy(t, s, in, shown)
	for round := range uint32(3) {
		sees(t, l, in.Domain, round, checks.AccountRole)
	}
	if n := len(g.posted("refresh_token")); n != 0 {
		t.Errorf("renewed %d times for an active role", n)
	}
}
