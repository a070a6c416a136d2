package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

var errFull = errors.New("the disk is full")

func TestEventsApplyBeforeTheyAreStored(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		hold := make(chan struct{})
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		j.set(func(int, []flows.Record) (error, error) { <-hold; return nil, nil })
		r.do(flows.Noted{Text: "first"})
		if s, saved := r.State(), r.Saved(); len(s.Notes) != 1 || saved.All() {
			t.Errorf("notes %v, saved %+v", s.Notes, saved)
		}
		close(hold)
		synctest.Wait()
		if saved := r.Saved(); !saved.All() || saved.Err != nil || saved.Stored != r.State().Seq {
			t.Errorf("saved %+v, state at %d", saved, r.State().Seq)
		}
	})
}

func TestAFullDiskKeepsTheRunInMemoryAndNothingIsChanged(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, w, j, Options{})
		r.toPlan()
		before := r.State()
		time.Sleep(time.Second)
		j.set(func(int, []flows.Record) (error, error) { return errFull, nil })
		r.do(flows.Noted{Text: "not saved"})
		if saved := r.Saved(); !errors.Is(saved.Err, errFull) || saved.All() || len(r.State().Notes) != 1 {
			t.Errorf("saved %+v", saved)
		}
		if u := r.State().Unsaved; u == nil || !strings.Contains(u.Text, errFull.Error()) || !u.Since.Equal(before.At) {
			t.Errorf("what is not saved is told as %+v, the last that is was of %s", u, before.At)
		}
		r.do(flows.Noted{Text: "nor this"}) // what happens meanwhile takes nothing back
		if r.State().Unsaved == nil {
			t.Error("not told any more while it cannot be saved")
		}
		err := r.Do(t.Context(), flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "cannot be saved") {
			t.Errorf("a confirmation that cannot be stored: %v", err)
		}
		synctest.Wait()
		if s := r.State(); s.Confirmed != "" {
			t.Error("a confirmation counted that was not stored")
		}
		if _, writes := w.count(); writes != 0 {
			t.Errorf("%d writes", writes)
		}
		j.set(nil)
		time.Sleep(2 * retryStore)
		synctest.Wait()
		if saved := r.Saved(); !saved.All() || saved.Err != nil {
			t.Errorf("when there is room again: %+v", saved)
		}
		if u := r.State().Unsaved; u != nil || slices.Contains(kinds(t, j), flows.KindTroubled) {
			t.Errorf("when there is room again it is still told: %+v, %v", u, kinds(t, j))
		}
		if s := r.confirm(); !s.Carried() {
			t.Errorf("when there is room again: stop %+v", s.Stop)
		}
	})
}

func TestALostAnswerIsNotStoredTwice(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		lost := false
		j.set(func(int, []flows.Record) (error, error) {
			if !lost {
				lost = true
				return nil, errors.New("connection reset")
			}
			return nil, nil
		})
		r.do(flows.Noted{Text: "once"}, flows.Noted{Text: "twice"})
		time.Sleep(2 * retryStore)
		synctest.Wait()
		if n := counted(t, j, flows.KindNoted); n != 2 || !r.Saved().All() || len(r.State().Notes) != 2 {
			t.Errorf("%d notes in the journal, %d in the state, saved %+v", n, len(r.State().Notes), r.Saved())
		}
		wholeJournal(t, r.Driver, j)
	})
}

// wholeJournal fails the test unless the journal folds to the driver's state,
// without gaps and without doubles.
func wholeJournal(t *testing.T, d *Driver, j flows.Journal) {
	t.Helper()
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	have := map[uint64]bool{}
	for i, r := range rs {
		if r.Seq != uint64(i)+1 {
			t.Errorf("record %d in place %d", r.Seq, i+1)
		}
		if r.Writer == d.o.Writer && have[r.N] {
			t.Errorf("record %d of %s is there twice", r.N, r.Writer)
		}
		have[r.N] = r.Writer == d.o.Writer
	}
	got, want := flows.Fold(flows.State{}, rs...), d.State()
	if got.Seq != want.Seq || got.Place != want.Place || len(got.Notes) != len(want.Notes) || len(got.Findings()) != len(want.Findings()) {
		t.Errorf("the journal folds to %+v at %d, the driver is at %+v, %d", got.Place, got.Seq, want.Place, want.Seq)
	}
}

func TestThePersonIsNoGuideAndNoServer(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		r := drive(t, &world{}, journal.NewMemory(), Options{})
		r.begin()
		for _, e := range []flows.Event{flows.AskedToWatch{Visit: "v"}, flows.Pointed{At: "app/grant"}, flows.Suggested{Path: flows.DirectLink}} {
			if err := r.Do(t.Context(), e); !errors.Is(err, ErrNotAllowed) {
				t.Errorf("a person's %s: %v", e.Kind(), err)
			}
		}
	})
}

func TestTwoWritersNeverLoseAnEvent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := journal.NewMemory()
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		g.words = rate.NewLimiter(rate.Inf, 0)
		for range 50 { // no waiting: each appends while the other does
			if err := r.Do(t.Context(), flows.Noted{Text: "x"}); err != nil {
				t.Fatal(err)
			}
			if err := g.Note(t.Context(), "x"); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n, v := counted(t, j, flows.KindNoted), view(t, g); n != 100 || len(r.State().Notes) != 100 || len(v.Run.State.Notes) != 100 {
			t.Errorf("%d notes in the journal, %d and %d in the states", n, len(r.State().Notes), len(v.Run.State.Notes))
		}
		wholeJournal(t, r.Driver, j)
	})
}

func TestTheEnd(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		r := drive(t, &world{}, journal.NewMemory(), Options{})
		r.begin()
		ctx, cancel := context.WithCancel(t.Context())
		wake := r.Watch(ctx)
		r.do(flows.Noted{Text: "a"}, flows.Noted{Text: "b"})
		if _, ok := <-wake; !ok {
			t.Error("no wake-up")
		}
		select {
		case <-wake:
			t.Error("wake-ups queue up")
		default:
		}
		cancel()
		synctest.Wait()
		if _, ok := <-wake; ok {
			t.Error("the channel is open after its context ended")
		}
		r.do(flows.Ended{Why: flows.EndDone})
		if err := r.stop(); err != nil {
			t.Errorf("the run ended with %v", err)
		}
		if err := r.Do(t.Context(), flows.Advanced{}); !errors.Is(err, ErrEnded) {
			t.Errorf("after the end: %v", err)
		}
		if ks := kinds(t, r.j); ks[len(ks)-1] != flows.KindEnded || !r.Saved().All() {
			t.Errorf("the last event kept is %s", ks[len(ks)-1])
		}
	})
}

func TestARunIsTakenUpWhereItWas(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j, w := journal.NewMemory(), &world{}
		first := waitingOn(t, w, j)
		if err := first.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("leaving gave %v", err)
		}
		at := first.State()
		second := drive(t, w, j, Options{Writer: "w2", Version: "2"})
		synctest.Wait()
		s := second.State()
		if s.Place != at.Place || s.Path != at.Path || s.Account != nil || s.Version != "2" || !s.CanWrite {
			t.Errorf("taken up at %+v as %+v, version %s", s.Place, s.Account, s.Version)
		}
		if n := counted(t, j, flows.KindResumed); n != 1 {
			t.Errorf("resumed %d times", n)
		}
		second.do(flows.Ended{Why: flows.EndLeft})
		if err := second.stop(); err != nil {
			t.Error(err)
		}
		third, err := New(t.Context(), w.hands(), j, Options{Writer: "w3"})
		if err != nil {
			t.Fatal(err)
		}
		if third.State().End != flows.EndLeft || counted(t, j, flows.KindResumed) != 1 {
			t.Error("a run that had ended was taken up")
		}
	})
}

// waitingOn is waiting, over a journal.
func waitingOn(t *testing.T, w *world, j flows.Journal) *rig {
	t.Helper()
	r := drive(t, w, j, Options{})
	r.begin()
	r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{},
		flows.Chose{Path: flows.DirectLink}, flows.Advanced{})
	return r
}

func TestAJournalThatFallsOverIsSaid(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		j.set(func(int, []flows.Record) (error, error) { panic("broken") })
		r.do(flows.Noted{Text: "x"})
		if r.Saved().Err == nil || len(r.State().Notes) != 1 {
			t.Errorf("saved %+v", r.Saved())
		}
		j.set(nil)
	})
}

func TestWaitingForTheStoreCanBeGivenUp(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.toPlan()
		hold := make(chan struct{})
		j.set(func(_ int, rs []flows.Record) (error, error) {
			<-hold
			return errFull, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.Do(ctx, flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		if !errors.Is(err, context.DeadlineExceeded) || r.State().Confirmed != "" {
			t.Errorf("given up: %v, confirmed %q", err, r.State().Confirmed)
		}
		close(hold)
		j.set(nil)
		time.Sleep(2 * retryStore)
		synctest.Wait()
		if slices.Contains(kinds(t, j), flows.KindConfirmed) {
			t.Error("a confirmation was stored after it was given up")
		}
	})
}

// A yes whose storing was told to have failed, and that is in the journal all
// the same, was given: nobody is told otherwise.
func TestAConfirmationWhoseAnswerWasLostIsGiven(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, &shaky{Memory: journal.NewMemory()}
		r := drive(t, w, j, Options{})
		r.toPlan()
		lost := false
		j.set(func(_ int, rs []flows.Record) (error, error) {
			if !lost && slices.ContainsFunc(rs, func(r flows.Record) bool { return r.Event.Kind() == flows.KindConfirmed }) {
				lost = true
				return nil, errors.New("connection reset")
			}
			return nil, nil
		})
		err := r.Do(t.Context(), flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, writes := w.count(); err != nil && writes > 0 || err == nil && writes == 0 {
			t.Errorf("told %v, and %d writes", err, writes)
		}
		wholeJournal(t, r.Driver, j)
	})
}
