package ssh

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
	"onboard.example/tui"
)

// TestHandOverIsTakenBackAfterItsTime holds that a lead takes a hand-over back whose time
// is over while the colleague's question stands, and that a yes to that question ends
// nobody's watch then.
func TestHandOverIsTakenBackAfterItsTime(t *testing.T) {
	t.Parallel()
	s, lea, bea, _, c, later, happens := handingLate(t)
	number := string(c.Number())
	if err := (leadHandOvers{lea}).HandOver(t.Context(), number, tui.Colleague{Key: bea.who.print}); err != nil {
		t.Fatal(err)
	}
	later(cases.HandOverTime - time.Minute)
	leads := asksFor(t, s, lea, c)
	happens(flows.ByPerson, flows.Watched{Visit: leads, Here: true})
	visit := asksFor(t, s, bea, c)
	later(2 * time.Minute)
	if err := (leadHandOvers{lea}).TakeBack(t.Context(), number); err != nil {
		t.Errorf("it is not taken back: %v", err)
	}
	happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	st := flows.Fold(flows.State{}, s.records(t, number)...)
	if len(st.Asking) != 0 || len(st.Guides) != 1 || st.Guides[0].Visit != leads {
		t.Errorf("after a yes to what was taken back %+v watch, %+v ask", st.Guides, st.Asking)
	}
	if said := s.auditOf(t, c.Number(), didHandBack); len(said) != 1 {
		t.Errorf("the audit has it %d times", len(said))
	}
}

// TestYesThatNobodySawIsWrittenDown holds that a yes which its customer took back before
// the guide's place looked stands in the audit before its end, and uses the hand-over up
// by which the guide asked.
func TestYesThatNobodySawIsWrittenDown(t *testing.T) {
	t.Parallel()
	s, lea, bea, _, c, _, happens := handingLate(t)
	if err := (leadHandOvers{lea}).HandOver(t.Context(), string(c.Number()), tui.Colleague{Key: bea.who.print}); err != nil {
		t.Fatal(err)
	}
	visit := asksFor(t, s, bea, c)
	happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	happens(flows.ByPerson, flows.Watched{Visit: visit, Why: flows.WatchStopped})
	for range 2 { // what is seen again is written once
		if v, err := bea.at.View(t.Context()); err != nil || v.Run != nil {
			t.Fatal(v.Standing, err)
		}
	}
	if h, ok, err := c.HandedOver(t.Context(), bea.who.organisation); ok || err != nil {
		t.Errorf("it still stands: %+v, %v", h, err)
	}
	entries, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if strings.HasPrefix(e.Who, "Bea Blau") {
			got = append(got, e.Did)
		}
	}
	if want := []string{didAsk, didEnter, didEnd, didHandTake}; !slices.Equal(got, want) {
		t.Errorf("the audit says %q, want %q", got, want)
	}
}

// TestWatchWhoseTimeIsOverKeepsNobodyOut holds that a guide can ask again once the time of
// their watch is over, though its customer is away and nobody said so, and that the
// receipt of that watch says what ended it.
func TestWatchWhoseTimeIsOverKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	s, _, bea, _, c, later, happens := handingLate(t)
	visit := asksFor(t, s, bea, c)
	happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	if v, err := bea.at.View(t.Context()); err != nil || v.Run == nil {
		t.Fatal(v.Standing, err)
	}
	later(5 * time.Hour)
	again := asksFor(t, s, bea, c)
	rs := s.records(t, string(c.Number()))
	if st := flows.Fold(flows.State{}, rs...); again == visit || len(st.Guides) != 0 || len(st.Asking) != 1 {
		t.Errorf("%+v watch, %+v ask", st.Guides, st.Asking)
	}
	all, err := receipt.Sessions(t.Context(), string(c.Number()), rs)
	if err != nil || len(all) != 1 || all[0].Ended.By != "time" || !all[0].Ended.At.Equal(all[0].Until) {
		t.Errorf("%v: the receipts say %+v", err, all)
	}
}

// TestWhereNothingCanBeAskedTheYesIsKept holds that a number of no case does not cost a
// guide the case that they watch.
func TestWhereNothingCanBeAskedTheYesIsKept(t *testing.T) {
	t.Parallel()
	s, _, bea, _, c, _, happens := handingLate(t)
	gone, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	visit := asksFor(t, s, bea, c)
	happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	for _, number := range []string{"", "2F7-K4", string(gone.Number())} {
		if _, err := bea.ask(t.Context(), number); err == nil || err.Error() != sayCaseGone {
			t.Errorf("%q: %v", number, err)
		}
		if v, err := bea.at.View(t.Context()); err != nil || v.Run == nil {
			t.Fatalf("after %q: %v, %v", number, v.Standing, err)
		}
	}
}
