package run

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// reached makes a journal have reached its size.
func reached(j *shaky) {
	j.set(func(_ int, rs []flows.Record) (error, error) {
		if flows.EndRoomFor(rs, make([]int64, len(rs))) > 0 {
			return nil, nil
		}
		return flows.ErrFull, nil
	})
}

// TestAnEndIsStoredPastWhatIsNot holds that a watch ends, for the guide too, though what
// happened before is never saved, and that of a yes in between nothing comes.
func TestAnEndIsStoredPastWhatIsNot(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g, other := comes(t, j, "Ann Lee"), comes(t, j, "Bo Kim")
		r.sees(g)
		reached(j)
		r.do(flows.Noted{Text: "never saved"})
		if err := r.Do(t.Context(), flows.Watched{Visit: other.visit, Here: true}); !errors.Is(err, flows.ErrFull) {
			t.Errorf("a yes that cannot be stored: %v", err)
		}
		r.do(flows.Watched{Visit: g.visit, Why: flows.WatchStopped}, flows.Noted{Text: "nor this"}, flows.Watched{Visit: other.visit, Why: flows.WatchRefused})
		for g, why := range map[*Guide]flows.WatchEnd{g: flows.WatchStopped, other: flows.WatchRefused} {
			if v := view(t, g); v.Standing != StandOver || v.Why != why {
				t.Errorf("the guide is told %v, %q", v.Standing, v.Why)
			}
		}
		s, saved := r.State(), r.Saved()
		if len(s.Notes) != 2 || len(s.Guides)+len(s.Asking) != 0 || s.Unsaved == nil || saved.All() || !errors.Is(saved.Err, flows.ErrFull) {
			t.Errorf("%d notes, %d guides, not saved: %+v, %+v", len(s.Notes), len(s.Guides), s.Unsaved, saved)
		}
		j.set(nil)
		time.Sleep(2 * retryStore)
		synctest.Wait()
		if saved := r.Saved(); !saved.All() || saved.Err != nil || counted(t, j, flows.KindWatched) != 3 {
			t.Errorf("when there is room again: %+v", saved)
		}
		wholeJournal(t, r.Driver, j)
	})
}

// TestAnEndIsStoredPastWhatNoRecordHolds holds the same where something before it is too
// large for a record besides.
func TestAnEndIsStoredPastWhatNoRecordHolds(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		j.set(func(int, []flows.Record) (error, error) { return errFull, nil })
		p := flows.Plan{Path: flows.EntraGrant, Tenant: tenantID}
		for range 200 {
			p.Lines = append(p.Lines, flows.Change{Title: strings.Repeat("x", 4000)})
		}
		r.post(flows.Planned{Plan: p})
		r.do(flows.Watched{Visit: g.visit, Why: flows.WatchStopped})
		reached(j)
		r.do(flows.Noted{Text: "behind it"})
		if v := view(t, g); v.Standing != StandOver || v.Why != flows.WatchStopped {
			t.Errorf("the guide is told %v, %q", v.Standing, v.Why)
		}
		if s := r.State(); s.Plan != nil || len(s.Notes) != 1 || r.Saved().All() {
			t.Errorf("the plan is %v, with %d notes, saved %+v", s.Plan != nil, len(s.Notes), r.Saved())
		}
	})
}

// TestTheEndOfARunIsStoredPastWhatIsNot holds that a run which can be saved no more ends
// for who comes next.
func TestTheEndOfARunIsStoredPastWhatIsNot(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		reached(j)
		r.do(flows.Noted{Text: "never saved"}, flows.Ended{Why: flows.EndDone})
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		if v := view(t, g); v.Standing != StandOver || v.Why != flows.WatchRun {
			t.Errorf("the guide is told %v, %q", v.Standing, v.Why)
		}
		if d, err := New(t.Context(), (&world{}).hands(), j, Options{Writer: "w2"}); err != nil || d.State().End != flows.EndDone {
			t.Errorf("who comes next has a run that is %q, %v", d.State().End, err)
		}
	})
}

// TestAnEndOvertakesNothingThatFits holds that of a backlog which a journal has not room
// for as a whole everything is stored that fits, before the run ends past the rest; and
// that of the ends which pass none keeps the others back.
func TestAnEndOvertakesNothingThatFits(t *testing.T) {
	t.Parallel()
	const notes = 100
	for _, room := range []int{0, 1, 15, 47, 76, 99, notes} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				j := &shaky{Memory: journal.NewMemory()}
				r := drive(t, &world{}, j, Options{})
				r.begin()
				g := comes(t, j, "Ann Lee")
				r.sees(g)
				away := errors.New("the database is away")
				j.set(func(int, []flows.Record) (error, error) { return away, nil })
				for i := range notes {
					r.do(flows.Noted{Text: fmt.Sprint(i)})
				}
				left, appends := room, 0
				j.set(func(_ int, rs []flows.Record) (error, error) {
					appends++
					small := 0
					for _, r := range rs {
						if w, is := r.Event.(flows.Watched); !is || w.Visit != "large" {
							small++
						}
					}
					if small == len(rs) && flows.EndRoomFor(rs, make([]int64, len(rs))) > 0 {
						return nil, nil
					}
					if len(rs) > left {
						return flows.ErrFull, nil
					}
					left -= len(rs)
					return nil, nil
				})
				r.do(flows.Watched{Visit: "large", Why: flows.WatchStopped}, flows.Ended{Why: flows.EndDone})
				if err := r.stop(); err != nil {
					t.Error(err)
				}
				if n := counted(t, j, flows.KindNoted); n != room || left != 0 {
					t.Errorf("%d of %d notes are stored where %d fit", n, notes, room)
				}
				if v := view(t, g); v.Standing != StandOver || v.Why != flows.WatchRun {
					t.Errorf("the guide is told %v, %q", v.Standing, v.Why)
				}
				if appends > 40 {
					t.Errorf("it takes %d appends", appends)
				}
			})
		})
	}
}
