package ssh

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// TestEachVisitEndsOnceInTheAudit holds that a visit that was admitted has one end in the
// audit, whatever happens in its case while the guide leaves, before whichever look at it.
func TestEachVisitEndsOnceInTheAudit(t *testing.T) {
	t.Parallel()
	ends := []string{didEnd, didLeave, didLose, didRefuse}
	for name, happen := range map[string]func(e *ending){
		"the customer ends it": func(e *ending) { e.happens(flows.ByPerson, flows.Watched{Visit: e.visit, Why: flows.WatchStopped}) },
		"another server does":  func(e *ending) { e.happens(flows.ByServer, flows.Watched{Visit: e.visit, Why: flows.WatchLost}) },
		"its time is over":     func(e *ending) { e.later(2 * flows.WatchMost) },
		"the run ends":         func(e *ending) { e.happens(flows.ByPerson, flows.Ended{Why: flows.EndDone}) },
		"it is erased": func(e *ending) {
			if err := e.c.Erase(context.Background()); err != nil {
				e.t.Error(err)
			}
		},
		"a colleague is let in": func(e *ending) { e.happens(flows.ByPerson, flows.Watched{Visit: e.colleague, Here: true}) },
		"nothing":               func(*ending) {},
	} {
		for at := range 5 {
			for how, leave := range map[string]func(ctx context.Context, p *place){
				"leaves":      func(ctx context.Context, p *place) { _ = p.Leave(ctx, flows.WatchLeft) },
				"is cut off":  func(_ context.Context, p *place) { p.desk.close(flows.WatchLost) },
				"looks at it": func(ctx context.Context, p *place) { _, _ = p.View(ctx); p.desk.close(flows.WatchLost) },
				"leaves twice": func(ctx context.Context, p *place) {
					_ = p.Leave(ctx, flows.WatchLeft)
					_ = p.end(ctx, flows.WatchLost)
				},
			} {
				t.Run(fmt.Sprintf("%s before look %d of who %s", name, at, how), func(t *testing.T) {
					t.Parallel()
					e := endingOf(t)
					p := e.lea.at
					n := 0
					p.journal.Journal = &trying{Journal: e.c, blinds: func() error {
						if n++; n == at+1 {
							happen(e)
						}
						return nil
					}}
					leave(t.Context(), p)
					await(t, "what is behind", func() bool { return !p.desk.owes() }, func() string { return "it is owed" })
					e.s.endsLeft(t.Context(), "") // another server finds nothing more to say
					got := 0
					all, _, err := e.s.o.Cases.Entries(t.Context(), 0)
					for _, one := range all {
						if one.Who == e.lea.called() && slices.Contains(ends, one.Did) {
							got++
						}
					}
					if err != nil || got != 1 {
						t.Errorf("the audit has %d ends, %v: %q", got, err, deeds(t, e.s.o.Cases))
					}
				})
			}
		}
	}
}

// ending is a case that a lead watches, who handed it to a colleague who asks.
type ending struct {
	t                *testing.T
	s                *site
	lea              *desk
	c                *cases.Case
	later            func(time.Duration)
	happens          func(flows.Author, flows.Event)
	visit, colleague flows.VisitID
}

func endingOf(t *testing.T) *ending {
	t.Helper()
	s, lea, bea, _, c, later, happens := handingLate(t)
	e := &ending{t: t, s: s, lea: lea, c: c, later: later, happens: happens, visit: asksFor(t, s, lea, c)}
	happens(flows.ByPerson, flows.Watched{Visit: e.visit, Here: true})
	if v, err := lea.at.View(t.Context()); err != nil || v.Run == nil {
		t.Fatal(v.Standing, err)
	}
	if err := (leadHandOvers{lea}).HandOver(t.Context(), string(c.Number()), tui.Colleague{Key: bea.who.print}); err != nil {
		t.Fatal(err)
	}
	e.colleague = asksFor(t, s, bea, c)
	return e
}
