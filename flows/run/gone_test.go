package run

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
)

// erased is a journal that is gone from some moment on.
type erased struct {
	flows.Journal
	gone  atomic.Bool
	reads atomic.Int64
}

func (e *erased) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	e.reads.Add(1)
	if e.gone.Load() {
		return nil, fmt.Errorf("reading the run: %w", flows.ErrGone)
	}
	return e.Journal.Since(ctx, after)
}

// Who watches a run that is erased is woken once more, and nobody asks for it again.
func TestAWatchEndsWithItsRun(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		e := &erased{Journal: j}
		g := comes(t, e, "Ann Lee")
		r.sees(g)
		wake := g.Watch(t.Context())
		synctest.Wait()
		<-wake
		e.gone.Store(true)
		r.do(flows.Noted{Text: "which wakes it"})
		synctest.Wait()
		n := e.reads.Load()
		woken := 0
		time.Sleep(time.Hour) // of the bubble
		synctest.Wait()
		if now := e.reads.Load(); now != n {
			t.Errorf("it was asked for %d times more", now-n)
		}
		for ended := false; !ended; {
			select {
			case _, more := <-wake:
				if ended = !more; more {
					woken++
				}
			default:
				t.Fatal("the watch goes on")
			}
		}
		if woken != 1 {
			t.Errorf("woken %d times", woken)
		}
		if _, err := g.View(t.Context()); !errors.Is(err, flows.ErrGone) {
			t.Errorf("what there is to see: %v", err)
		}
	})
}
