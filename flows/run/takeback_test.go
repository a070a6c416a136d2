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
		provenAnew(t, r)
	})
}

// provenAnew is a run whose undo was seen: what comes back after it, and what
// nobody can look at, is not said to be as before.
func provenAnew(t *testing.T, r *rig) {
	t.Helper()
	reached := func(r *rig, what string, done bool) {
		t.Helper()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, ok := r.State().Reached(); !ok || got.Done != done || got.Head == "" || got.Goal != flows.GoalUndone {
			t.Errorf("%s: it came to %+v, %t", what, got, ok)
		}
	}
	r.w.mu.Lock()
	r.w.app = &flows.AppFact{ID: newAppID, AppID: r.State().App.ClientID, Enabled: true}
	r.w.mu.Unlock()
	r.do(flows.AskedAgain{})
	reached(r, "the app shows again", false)
	kept := r.w.saved[len(r.w.saved)-1]
	if _, again := flows.TakeBack(r.State()); !again || !kept.Done || !kept.Left {
		t.Errorf("what came back can be taken back: %t; the receipt says left %t", again, kept.Left)
	}
	r.w.mu.Lock()
	r.w.app = nil
	r.w.mu.Unlock()
	r.do(flows.AskedAgain{})
	reached(r, "it is gone again", true)
	if kept := r.w.saved[len(r.w.saved)-1]; kept.Left {
		t.Error("the receipt says still that it came back")
	}
	_ = r.stop()
	again := drive(t, r.w, r.j, Options{Writer: "w2"})
	synctest.Wait()
	reached(again, "nobody is signed in", false)
}
