package cases

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// paced is a writer whose database is some way off, asked by hand.
type paced struct {
	t     *testing.T
	store *Store
	way   time.Duration // for one row
	whole time.Duration // for a transaction, however large
	left  time.Duration // of a job's time
}

// newPaced makes one over a database beside us, which it only pretends is slow.
func newPaced(t *testing.T) *paced {
	t.Helper()
	s := fresh(t, Options{})
	d := s.dialect
	d.patience = answerTime
	d.reason = func(err error) error {
		if errors.Is(err, context.DeadlineExceeded) {
			return ErrAway
		}
		return err
	}
	return &paced{t, &Store{
		o: s.o, dialect: d, ctx: s.ctx, files: s.files, writes: s.writes, rowsNow: mostRows, jobs: make(chan *job, mostJobs), next: make(chan *job, 1),
		watchers: watchers{of: map[string]map[chan struct{}]struct{}{}},
	}, 0, 0, answerTime}
}

// writes has one transaction be made of jobs of so many rows each that wait, and gives how
// many rows were stored.
func (p *paced) writes(jobs, rows int) (stored int) {
	p.t.Helper()
	var all []*job
	first := true
	for range jobs {
		j := &job{ctx: p.t.Context(), rows: rows, done: make(chan error, 1), until: time.Now().Add(p.left)}
		j.do = func(q *queries) (answer, fault error) {
			takes := time.Duration(rows) * p.way
			if first {
				takes, first = takes+p.whole, false
			}
			select {
			case <-q.ctx.Done():
				return nil, q.ctx.Err()
			case <-time.After(takes):
				return nil, nil
			}
		}
		all = append(all, j)
		p.store.jobs <- j
	}
	p.store.together(p.store.gather(<-p.store.jobs))
	for left := true; left; { // who was not among them asks again
		select {
		case <-p.store.next:
		case <-p.store.jobs:
		default:
			left = false
		}
	}
	for _, j := range all {
		select {
		case err := <-j.done:
			if err == nil {
				stored += rows
			} else if !errors.Is(err, ErrAway) && !errors.Is(err, context.DeadlineExceeded) {
				p.t.Fatal(err)
			}
		default:
		}
	}
	return stored
}

// TestTransactionsFindTheirSizeOnce holds that a slow database is not asked for too much again and
// again: once a size comes about, and a larger one would not, it stays; little that is stored in no time says
// nothing of much; and where the way is short again all goes together as it did.
func TestTransactionsFindTheirSizeOnce(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		way        time.Duration
		least      int // rows that come about, at the least, once it is found
		mostFailed int
	}{
		"as quick as ever":   {0, mostRows, 0},
		"a long way":         {3 * time.Millisecond, mostRows, 0}, // as at mostRows
		"nearly long enough": {9 * time.Millisecond, mostRows, 0},
		"too much by a bit":  {11 * time.Millisecond, mostRows / 3, 1},
		"a very long one":    {40 * time.Millisecond, mostRows / 9, 3},
		"hardly any":         {250 * time.Millisecond, leastRows - 7, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPaced(t)
				p.way = x.way
				failed := 0
				for range 40 {
					if p.writes(60, 9) == 0 {
						failed++
					}
					p.writes(1, 1) // which every run does, now and then
				}
				if failed > x.mostFailed {
					t.Errorf("%d of 40 came to nothing, want %d at the most", failed, x.mostFailed)
				}
				if got := p.writes(60, 9); got < x.least-9 {
					t.Errorf("%d rows go together, want %d", got, x.least)
				}
				p.way = 0 // the outage is over
				for range 6 {
					p.writes(60, 9)
				}
				if got := p.writes(60, 9); got < mostRows-9 || p.store.rowsNow != mostRows {
					t.Errorf("afterwards %d rows go together, of at most %d", got, p.store.rowsNow)
				}
			})
		})
	}
}

// TestMuchThatWaitsIsStoredTogether holds that a database whose every transaction takes
// long, however little is in it, is asked for much at once again after an outage, when
// little is left of the time of those who wait.
func TestMuchThatWaitsIsStoredTogether(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{1, 9} {
		synctest.Test(t, func(t *testing.T) {
			p := newPaced(t)
			p.whole, p.left, p.store.rowsNow = 800*time.Millisecond, 1400*time.Millisecond, leastRows
			for range 7 {
				p.writes(120, rows)
			}
			if got := p.writes(120, rows); got < min(120*rows, mostRows)-rows {
				t.Errorf("of %d rows each, %d go together", rows, got)
			}
		})
	}
}
