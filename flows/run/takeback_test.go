package run

import (
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// What a run changed, the same run takes back, from its proof and after a typed
// yes of its own.
func TestARunTakesBackWhatItDid(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		r := drive(t, w, j, Options{})
		r.toPlan()
		r.confirm()
		r.do(flows.Advanced{})
		time.Sleep(time.Minute)
		synctest.Wait()
		r.do(flows.Advanced{})
		rec, ok := flows.TakeBack(r.State())
		if !ok {
			t.Fatal("nothing to take back")
		}
		r.do(flows.Recall(rec), flows.Chose{Path: flows.Undo})
		if s := r.State(); s.Plan == nil || s.Plan.Undoes != rec.Plan || len(s.Plan.Lines) != 2 || s.Confirmed != "" {
			t.Fatalf("plan %+v, missing %q, %q", s.Plan, flows.Missing(s), flows.WhyNoPlan(s))
		}
		if _, writes := w.count(); writes != 2 {
			t.Errorf("%d writes before anybody agreed", writes)
		}
		r.confirm()
		for range 50 {
			time.Sleep(5 * time.Second)
			synctest.Wait()
		}
		s := r.State()
		if !s.Carried() || w.app != nil || len(w.grants) > 0 || len(s.Receipts) != 2 {
			t.Errorf("lines %+v, stop %+v, app %v, grants %v, receipts %v", s.Lines, s.Stop, w.app, w.grants, s.Receipts)
		}
		if _, again := flows.TakeBack(s); again {
			t.Error("it can be taken back again")
		}
		r.do(flows.Advanced{})
		if got, ok := r.State().Reached(); !ok || !got.Done || got.Goal != flows.GoalUndone {
			t.Errorf("it came to %+v %t at %+v", got, ok, r.State().Place)
		}
		wholeJournal(t, r.Driver, j)
	})
}
