package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
)

// notKnownHere is what a tenant says of a client id that it does not know.
const notKnownHere = "AADSTS700016"

// wizardRun is a run with the wizard's own hands, at a simulated Microsoft.
type wizardRun struct {
	*run.Driver
	*watched

	c     *clients
	graph atomic.Int32 // requests to Graph
}

// begin starts a run that stands before the sign-in.
func (g *watched) begin(t *testing.T, domain string) *wizardRun {
	t.Helper()
	c, s, _, _ := g.hands(t)
	r := &wizardRun{watched: g, c: c}
	g.meet = func(http.ResponseWriter, *http.Request) bool {
		r.graph.Add(1)
		return false
	}
	var err error
	r.Driver, err = run.New(t.Context(), run.Hands{Look: newLooker(c), SignIn: s}, journal.NewMemory(), run.Options{Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	working, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(working) // its error is ours: the context's
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	all, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p flows.Profile) bool { return p.ID == "hetk" })
	r.does(t, flows.Started{Domain: domain, Profile: &all[i], Ways: c.ways(&all[i])})
	r.until(t, "the tenant", func(s flows.State) bool { return s.TenantID() != "" && flows.Missing(s) == "" })
	r.does(t, flows.Advanced{})
	return r
}

func (r *wizardRun) does(t *testing.T, es ...flows.Event) {
	t.Helper()
	for _, e := range es {
		if err := r.Do(t.Context(), e); err != nil {
			t.Fatalf("%s: %v", e.Kind(), err)
		}
	}
}

// until waits for the run to become so.
func (r *wizardRun) until(t *testing.T, what string, so func(flows.State) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for wake := r.Watch(ctx); !so(r.State()); {
		if _, ok := <-wake; !ok {
			t.Fatalf("%s: %+v", what, r.State())
		}
	}
}

// signIn answers the question how, and waits for somebody.
func (r *wizardRun) signIn(t *testing.T, way flows.Way) {
	t.Helper()
	r.does(t, flows.Answered{Question: flows.AskSignIn, Value: string(way)})
	r.until(t, "the sign-in", func(s flows.State) bool { return s.Account != nil })
}

// looked goes on to the diagnosis and waits for it.
func (r *wizardRun) looked(t *testing.T) {
	t.Helper()
	r.does(t, flows.Advanced{})
	r.until(t, "the diagnosis", func(s flows.State) bool { return s.Place.Stage == flows.StageDiagnosis && len(flows.Wants(s)) == 0 })
}

func TestChoosingHowToSignInBeginsAnew(t *testing.T) {
	t.Parallel()
	r := watch(t, boss, sim.Options{}).begin(t, "contoso.example")
	r.signIn(t, flows.WayDevice)
	r.looked(t)
	before := r.c.current()
	r.does(t, flows.WentBack{})
	r.signIn(t, flows.WayDevice)
	if now := r.c.current(); now == nil || now == before {
		t.Error("the session before was widened: nobody but its account could sign in")
	}
	if _, err := before.Token(t.Context(), nil); err == nil {
		t.Error("the session before has its tokens still")
	}
	if codes := r.posted(""); len(codes) != 2 {
		t.Errorf("asked for %d codes", len(codes))
	}
}

func TestGoingOnWithoutSigningInLooksAsNobody(t *testing.T) {
	t.Parallel()
	r := watch(t, boss, sim.Options{}).begin(t, "contoso.example")
	r.signIn(t, flows.WayDevice)
	r.looked(t)
	if f, _ := r.State().Finding(checks.AppGrant); f.Verdict != checks.Fail {
		t.Fatalf("signed in: %+v", f)
	}
	r.does(t, flows.WentBack{}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)})
	asked := r.graph.Load()
	r.looked(t)
	if f, _ := r.State().Finding(checks.AppGrant); f.Verdict != checks.Unknown || r.State().Stale(f) {
		t.Errorf("as nobody: %+v", f)
	}
	if n := r.graph.Load() - asked; n != 0 || r.c.current() != nil {
		t.Errorf("Graph was asked %d times, as %v", n, r.c.current())
	}
}

func TestAnotherDomainLeavesTheAccountBehind(t *testing.T) {
	t.Parallel()
	r := watch(t, boss, sim.Options{Scenario: "wrong-tenant"}).begin(t, "contoso.example")
	r.signIn(t, flows.WayDevice)
	r.looked(t)
	r.does(t, flows.WentBack{}, flows.WentBack{}, flows.WentBack{}, flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"}, flows.Advanced{})
	r.until(t, "no account", func(s flows.State) bool { return s.TenantID() != "" && s.Account == nil && len(flows.Wants(s)) == 0 })
	r.does(t, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayDevice)})
	// The tool's own app is known to the first tenant alone.
	r.until(t, "a sign-in to it", func(s flows.State) bool { return s.SignIn.Failed != nil && s.SignIn.Failed.Code == notKnownHere })
	if r.c.current() != nil {
		t.Errorf("%+v is signed in still", r.c.current().Account())
	}
}

// TestSignInToAnotherTenantIsNotWidened holds the hand to it where the run does
// not say so.
func TestSignInToAnotherTenantIsNotWidened(t *testing.T) {
	t.Parallel()
	g := watch(t, boss, sim.Options{Scenario: "wrong-tenant"})
	c, s, in, shown := g.hands(t)
	signInBy(t, s, in, shown)
	in.Tenant, in.Domain, in.Hint = g.s.Ready().Tenants[1].ID, "fabrikam.example", boss
	_, err := s.SignIn(t.Context(), in, func(run.Prompt) {})
	if f := signin.FailureOf(err); f == nil || f.Code != notKnownHere {
		t.Errorf("%v", err)
	}
	if c.current() != nil {
		t.Error("the session of the tenant before is in hand still")
	}
}

// heldSession is a session that says whose it is and when it was forgotten.
type heldSession struct {
	signin.Session
	tenant    string
	forgotten int
}

func (s *heldSession) Way() signin.Way         { return signin.WayBrowser }
func (s *heldSession) Account() checks.Account { return checks.Account{TenantID: s.tenant} }
func (s *heldSession) Forget(context.Context) error {
	s.forgotten++
	return nil
}

// TestKeptSignInOfAnotherTenantStays holds that what the keychain holds is
// removed for another sign-in to the same tenant alone.
func TestKeptSignInOfAnotherTenantStays(t *testing.T) {
	t.Parallel()
	const here, there = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	for _, tc := range []struct {
		tenant string
		anew   bool
	}{{here, true}, {strings.ToUpper(here), true}, {"", true}, {there, false}} {
		kept := &heldSession{tenant: here}
		s := &signer{c: &clients{keep: &signin.Keep{}, session: kept}}
		s.SignOut()
		if kept.forgotten != 0 || s.c.current() != nil {
			t.Errorf("a keychain was asked to sign out: %d times", kept.forgotten)
		}
		anew, err := s.forget(t.Context(), tc.tenant)
		if err != nil || anew != tc.anew || (kept.forgotten == 1) != tc.anew {
			t.Errorf("for %q: anew %v, forgotten %d times, %v", tc.tenant, anew, kept.forgotten, err)
		}
	}
}
