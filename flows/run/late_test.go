package run

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// unread is a journal that cannot be read while it is away.
type unread struct {
	*shaky
	away atomic.Bool
}

func (j *unread) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	if j.away.Load() {
		return nil, errFull
	}
	return j.shaky.Since(ctx, after)
}

// TestALateYesIsSeenAlthoughTheJournalWasAway lets a yes be stored after it was given up,
// while the journal cannot be read and nothing else is to be stored: the run shows it as
// soon as it can, and who asked was told that it is not known.
func TestALateYesIsSeenAlthoughTheJournalWasAway(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &unread{shaky: &shaky{Memory: journal.NewMemory()}}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		var late []flows.Record
		j.set(func(_ int, rs []flows.Record) (error, error) {
			late = rs
			return flows.ErrUnheard, nil
		})
		if err := r.Do(t.Context(), flows.Watched{Visit: g.visit, Here: true}); !errors.Is(err, flows.ErrUnheard) {
			t.Fatalf("a yes of which nothing is heard: %v", err)
		}
		j.set(nil)
		r.settled()
		if s := r.State(); len(s.Guides) != 0 || len(late) != 1 {
			t.Fatalf("%+v watch, %d records", s.Guides, len(late))
		}
		j.away.Store(true)
		if _, err := j.Memory.Append(t.Context(), late[0].Seq-1, late...); err != nil {
			t.Fatal(err)
		}
		r.settled() // whoever was woken could not read
		if n := len(r.State().Guides); n != 0 {
			t.Fatalf("%d guides although nothing can be read", n)
		}
		j.away.Store(false)
		r.settled()
		if s := r.State(); len(s.Guides) != 1 || s.Guides[0].Visit != g.visit {
			t.Errorf("%+v watch", s.Guides)
		}
		wholeJournal(t, r.Driver, j)
	})
}

// settled lets whatever is tried again be tried.
func (r *rig) settled() {
	r.t.Helper()
	time.Sleep(3 * retryStore) // of the bubble's clock
	synctest.Wait()
}
