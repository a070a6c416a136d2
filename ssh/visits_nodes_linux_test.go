package ssh

import (
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// TestVisitIsEndedByAnotherNode holds that a visit whose node has not said for half a
// minute that it is there is ended by the others, once, and no earlier; and that its guide,
// should they be there after all, is shown nothing more.
func TestVisitIsEndedByAnotherNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	clock := new(skewed)
	at := func(name string, now func() time.Time) *site {
		return serve(t, func(so *Options) {
			so.Cases, so.Guides = shared(t, d, cases.Options{Node: name, Now: now}), guides(t, o.options())
		})
	}
	a, b, c := at("a", nil), at("b", clock.now), at("c", clock.now)
	one, _, err := b.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := one.Number()
	b.happensIn(t, n, flows.ByPerson, flows.Started{})
	bea := a.deskOf(t, o, "Bea Blau")
	visit := asksFor(t, a, bea, one)
	yesThenSeen(t, b, bea, n, visit)
	looks := func(from, to time.Duration) { // both at once, again and again
		for by := from; by <= to; by += cases.VisitsEvery {
			clock.by.Store(int64(by))
			var all sync.WaitGroup
			for _, s := range []*site{b, c} {
				all.Go(func() { s.endsLeft(t.Context(), "") })
			}
			all.Wait()
		}
	}
	looks(-20*time.Second, 0)
	if _, err := b.deskOf(t, o, "Bea Blau").ask(t.Context(), string(n)); err == nil || err.Error() != sayAskTwice {
		t.Errorf("while it goes on they hear %v", err)
	}
	if v, err := bea.at.View(t.Context()); err != nil || v.Run == nil {
		t.Fatalf("a watch that goes on was ended: %v, %v", v.Standing, err)
	}
	looks(45*time.Second, 120*time.Second)
	want := []string{didAsk, didEnter, didLose}
	if got := b.endings(t, n); !slices.Equal(got, want) {
		t.Errorf("the audit has %q, want %q", got, want)
	}
	for range 2 {
		if v, err := bea.at.View(t.Context()); err != nil || v.Run != nil || v.Standing != run.StandOver || v.Why != flows.WatchLost {
			t.Errorf("their own node shows %+v, %v", v, err)
		}
	}
	if err := bea.at.Leave(t.Context(), flows.WatchLeft); err != nil {
		t.Error(err)
	}
	if got := b.endings(t, n); !slices.Equal(got, want) {
		t.Errorf("then the audit has %q, want %q", got, want)
	}
	if _, err := b.deskOf(t, o, "Bea Blau").ask(t.Context(), string(n)); err != nil {
		t.Errorf("they cannot ask anew: %v", err)
	}
}

// TestNothingIsShownWhereNobodyKnows holds that a guide whose node is cut off from the
// database is shown nothing more by the time at which others end their visit, without
// having pressed a key.
func TestNothingIsShownWhereNobodyKnows(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	s := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{}), guides(t, o.options())
	})
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	letIn(t, customer, guide, "Anna Berg")
	guide.sees("contoso.example")
	if err := d.Stop(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	await(t, "that nothing is shown", func() bool {
		return strings.Contains(guide.screen(), "cannot be read") && !strings.Contains(guide.screen(), "contoso")
	}, guide.screen)
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
	guide.sees("contoso.example")
}
