package run

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// A plan can be stopped, or the run left, in the instant before a line is
// stored as being sent. Such a line counts for nothing in the run, so that it
// must not be sent: nobody would ever hear of the write.
func TestALineOfAPlanThatWasStoppedIsNotSent(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]flows.Event{
		"signed out": flows.SignedOut{}, "left": flows.Ended{Why: flows.EndLeft}, "stopped": flows.Stopped{Why: flows.StopSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w, j := &world{}, journal.NewMemory()
				held := make(chan struct{})
				w.changer = func() error { <-held; return nil } // until the plan was stopped
				r := drive(t, w, j, Options{})
				r.toPlan()
				plan := *r.State().Plan
				r.do(flows.Confirmed{Plan: plan.ID, Typed: "contoso.example"})
				if s, ok := e.(flows.Stopped); ok {
					s.Plan = plan.ID
					e = s
				}
				// The run is not awake yet to call the work off: the line comes first.
				c := &carrying{d: r.Driver, plan: plan, hand: w, work: t.Context(), tell: t.Context()}
				r.do(e)
				if why, _ := c.line(0); why == "" {
					t.Error("a line of a plan that was stopped is carried out")
				}
				close(held)
				synctest.Wait()
				if _, writes := w.count(); writes != 0 {
					t.Errorf("%d writes that the run knows nothing of: lines %+v", writes, r.State().Lines)
				}
			})
		})
	}
}

// What cannot be read after a write was accepted is not said to be missing.
func TestAWriteThatCannotBeReadAgainIsNotSaidToBeMissing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onChange = func(_ context.Context, _ int, r Request) (Answer, error, bool) {
			w.mu.Lock()
			w.onLook = func(context.Context, int, Ask) error {
				return &checks.Failure{Kind: checks.FailUnreachable, Message: "no route"}
			}
			w.mu.Unlock()
			return w.do(r), nil, true
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopUnread || !strings.Contains(s.Stop.Text, "no route") || s.Lines[0].Status != flows.LineWritten {
			t.Errorf("stop %+v, lines %+v", s.Stop, s.Lines)
		}
		if rec, ok := flows.ReceiptOf(s); !ok || rec.Lines[0].Outcome != "written" {
			t.Errorf("receipt %+v", rec)
		}
	})
}

// A client that was consented to for years may give more scopes than an event
// holds. Those that were asked for are among the ones that are kept.
func TestATokenOfManyScopesMayWrite(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onSignIn = func(_ context.Context, ask SignInAsk, _ func(Prompt)) (flows.Account, error) {
			a := flows.Account{UPN: "admin@contoso.example", TenantID: tenantID}
			for i := range 400 {
				a.Scopes = append(a.Scopes, fmt.Sprintf("A%d.Read", i))
			}
			a.Scopes = append(a.Scopes, ask.Scopes...)
			return a, nil
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		if s := r.confirm(); !s.Carried() {
			t.Errorf("stop %+v", s.Stop)
		}
	})
}
