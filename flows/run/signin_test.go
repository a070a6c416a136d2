package run

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// signedInAt is a run whose person has signed in and stands at the diagnosis.
func signedInAt(t *testing.T, w *world) *rig {
	t.Helper()
	r := drive(t, w, journal.NewMemory(), Options{})
	r.begin()
	r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{})
	if s := r.State(); s.Account == nil || s.Place.Stage != flows.StageDiagnosis || len(w.out()) != 0 {
		t.Fatalf("at %+v as %+v, put away %v", s.Place, s.Account, w.out())
	}
	return r
}

// TestAccountIsPutAwayInTheHand holds that the hand looks as nobody once the run
// has no account, before anything else is looked at and before anybody else
// signs in.
func TestAccountIsPutAwayInTheHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does  []flows.Event
		asked int // sign-ins afterwards
	}{
		"the key":                 {does: []flows.Event{flows.SignedOut{}}, asked: 1},
		"going on without":        {does: []flows.Event{flows.WentBack{}, flows.Answered{Question: flows.AskSignIn, Value: "none"}}, asked: 1},
		"the same way again":      {does: []flows.Event{flows.WentBack{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}}, asked: 2},
		"another way":             {does: []flows.Event{flows.WentBack{}, flows.Answered{Question: flows.AskSignIn, Value: "device"}}, asked: 2},
		"the same way after that": {does: []flows.Event{flows.SignedOut{}, flows.WentBack{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}}, asked: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := &world{}
				r := signedInAt(t, w)
				looks, _ := w.count()
				r.do(c.does...)
				want := []string{fmt.Sprintf("after %d looks and 1 sign-ins", looks)}
				if got := w.out(); !slices.Equal(got, want) {
					t.Errorf("put away %q, want %q", got, want)
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				if len(w.asks) != c.asked || c.asked == 2 && w.asks[1].Hint != "" {
					t.Errorf("asked %+v", w.asks)
				}
			})
		})
	}
}

// TestAccountOfAnotherTenantIsPutAway holds that a new domain's tenant is not
// looked at as an account of the one before.
func TestAccountOfAnotherTenantIsPutAway(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]bool{"another tenant": true, "another domain of it": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := &world{}
				r := signedInAt(t, w)
				for r.State().Place.Stage > flows.StageTenant {
					r.do(flows.WentBack{})
				}
				w.mu.Lock()
				if other {
					w.tenant = "99999999-9999-9999-9999-999999999999"
				}
				w.mu.Unlock()
				r.do(flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"}, flows.Advanced{})
				if s := r.State(); (s.Account == nil) != other || (len(w.out()) == 1) != other {
					t.Errorf("signed in as %+v, put away %v", s.Account, w.out())
				}
			})
		})
	}
}

// TestPlanKeepsTheAccount holds that a plan's sign-in is for the account in hand,
// and that stopping it leaves that account where it is.
func TestPlanKeepsTheAccount(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := signedInAt(t, w)
		r.do(flows.Chose{Path: flows.EntraGrant}, flows.Answered{Question: flows.AskHow, Value: flows.HowGraph}, flows.Advanced{})
		w.mu.Lock()
		w.onSignIn = func(ctx context.Context, _ SignInAsk, _ func(Prompt)) (flows.Account, error) {
			<-ctx.Done()
			return flows.Account{}, ctx.Err()
		}
		w.mu.Unlock()
		r.do(flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		r.do(flows.Answered{Question: flows.AskSignIn, Value: "none"})
		if s := r.State(); s.Account == nil || s.Stop == nil || s.Stop.Why != flows.StopSignIn || len(w.out()) != 0 {
			t.Errorf("as %+v, stopped by %+v, put away %v", s.Account, s.Stop, w.out())
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.asks) != 2 || w.asks[1].Hint != "admin@contoso.example" {
			t.Errorf("asked %+v", w.asks)
		}
	})
}

// TestSignInThatCameTooLate holds that a sign-in which comes about although it
// was stopped leaves nobody in hand.
func TestSignInThatCameTooLate(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onSignIn = func(ctx context.Context, _ SignInAsk, _ func(Prompt)) (flows.Account, error) {
			<-ctx.Done() // the person was quicker than the stop
			return flows.Account{UPN: "admin@contoso.example", TenantID: tenantID, Scopes: checks.ReadScopes()}, nil
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "device"}, flows.Answered{Question: flows.AskSignIn, Value: "none"})
		synctest.Wait()
		if s := r.State(); s.Account != nil || s.SignIn.Way != flows.WayNone || len(w.out()) != 1 {
			t.Errorf("as %+v by %q, put away %v", s.Account, s.SignIn.Way, w.out())
		}
	})
}
