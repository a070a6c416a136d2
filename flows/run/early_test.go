package run

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// A new enterprise app can be unknown to the next write for seconds, and Graph
// says so with 404, or 400 on a grant. Only a line that refers to it is sent
// again, and not for ever.
func TestWhatIsNotSeenYetIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		there  bool // the enterprise app, before the plan
		f      checks.Failure
		times  int // that the grant is refused
		writes int
		why    flows.StopReason // empty: carried out
	}{
		"404 once":               {false, checks.Failure{Kind: checks.FailNotFound, Status: 404}, 1, 3, ""},
		"400 once":               {false, checks.Failure{Kind: checks.FailRequest, Status: 400}, 1, 3, ""},
		"400 to the last try":    {false, checks.Failure{Kind: checks.FailRequest, Status: 400}, notThereYet - 1, 1 + notThereYet, ""},
		"400 for ever":           {false, checks.Failure{Kind: checks.FailRequest, Status: 400}, 99, 1 + notThereYet, flows.StopRefused},
		"404 for ever":           {false, checks.Failure{Kind: checks.FailNotFound, Status: 404}, 99, 1 + notThereYet, flows.StopRefused},
		"403":                    {false, checks.Failure{Kind: checks.FailRole, Status: 403}, 99, 2, flows.StopRefused},
		"a proxy's 404":          {false, checks.Failure{Kind: checks.FailNotJSON, Status: 404}, 99, 2, flows.StopUnclear},
		"400 on an app of old":   {true, checks.Failure{Kind: checks.FailRequest, Status: 400}, 99, 1, flows.StopRefused},
		"404 on an app of old":   {true, checks.Failure{Kind: checks.FailNotFound, Status: 404}, 99, 1, flows.StopRefused},
		"429 on an app just now": {false, checks.Failure{Kind: checks.FailThrottled, Status: 429}, 99, 2, flows.StopRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w, refused := &world{}, 0
				w.onChange = func(_ context.Context, _ int, r Request) (Answer, error, bool) {
					if r.Path != "/oauth2PermissionGrants" || refused == c.times {
						return Answer{}, nil, false
					}
					refused++
					f := c.f
					return Answer{}, &f, true
				}
				if c.there {
					w.app = &flows.AppFact{ID: newAppID, AppID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94", Enabled: true}
				}
				r := drive(t, w, journal.NewMemory(), Options{})
				r.toPlan()
				s := r.confirm()
				if c.why == "" && !s.Carried() || c.why != "" && (s.Stop == nil || s.Stop.Why != c.why) {
					t.Errorf("lines %+v, stop %+v", s.Lines, s.Stop)
				}
				if _, writes := w.count(); writes != c.writes {
					t.Errorf("%d writes, want %d", writes, c.writes)
				}
				if sent := counted(t, r.j, flows.KindApplying); sent != c.writes {
					t.Errorf("%d writes stored before they were sent, want %d", sent, c.writes)
				}
			})
		})
	}
}

// Leaving while a line waits to be sent again sends it no more.
func TestLeavingBeforeALineIsSentAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		w.onChange = func(_ context.Context, n int, _ Request) (Answer, error, bool) {
			return Answer{}, &checks.Failure{Kind: checks.FailRequest, Status: 400}, n > 1
		}
		r := drive(t, w, j, Options{})
		r.toPlan()
		r.do(flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		for range 100 {
			if _, writes := w.count(); writes == 2 {
				break
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("leaving gave %v", err)
		}
		s := flowsOf(t, j)
		if _, writes := w.count(); writes != 2 || s.Stop == nil || s.Stop.Why != flows.StopInterrupted || s.Lines[1].Status != flows.LineRefused {
			t.Errorf("%d writes, lines %+v, stop %+v", writes, s.Lines, s.Stop)
		}
	})
}

func TestWhatAFailureSaysOfAWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind   checks.FailureKind
		status int
		want   flows.Outcome
	}{
		{checks.FailNoAccess, 0, flows.OutcomeRefused},
		{checks.FailScope, 0, flows.OutcomeRefused},
		{checks.FailScope, 403, flows.OutcomeRefused},
		{checks.FailWrongTenant, 0, flows.OutcomeRefused},
		{checks.FailSignIn, 0, flows.OutcomeRefused},
		{checks.FailSignIn, 401, flows.OutcomeRefused},
		{checks.FailRequest, 0, flows.OutcomeRefused},
		{checks.FailRequest, 400, flows.OutcomeRefused},
		{checks.FailThrottled, 429, flows.OutcomeRefused},
		{checks.FailUnreachable, 407, flows.OutcomeRefused}, // a proxy that wants a name first
		{checks.FailRequest, 409, flows.OutcomeAlready},
		{checks.FailNotJSON, 201, flows.OutcomeUnclear},
		{checks.FailCut, 201, flows.OutcomeUnclear},
		{checks.FailCut, 403, flows.OutcomeUnclear},
		{checks.FailNotJSON, 403, flows.OutcomeUnclear},
		{checks.FailNotJSON, 409, flows.OutcomeUnclear},
		{checks.FailService, 408, flows.OutcomeUnclear},
		{checks.FailService, 503, flows.OutcomeUnclear},
		{checks.FailUnreachable, 0, flows.OutcomeUnclear},
		{checks.FailTLS, 0, flows.OutcomeUnclear},
		{checks.FailCancelled, 0, flows.OutcomeUnclear},
	} {
		if got := outcomeOf(&checks.Failure{Kind: c.kind, Status: c.status}); got != c.want {
			t.Errorf("%s, status %d: %s, want %s", c.kind, c.status, got, c.want)
		}
	}
}
