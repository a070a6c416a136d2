package cases

import (
	"context"
	"errors"
	"time"
)

// sweepMost bounds how many cases go in one transaction, so that nobody's append
// waits long behind it.
const sweepMost = 16

// Sweep removes every case that nothing was added to for Options.Keep, and says
// how many there were. The store does so by itself every Options.SweepEvery.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	total := 0
	for {
		var gone []Number
		j := s.sweep(ctx, &gone)
		err := s.submit(j)
		if err != nil && !errors.Is(err, ErrUnwiped) { // gone may still be written to
			return total, s.storing(ctx, "removing old cases", err)
		}
		if total += len(gone); err != nil || len(gone) < sweepMost {
			return total, s.storing(ctx, "removing old cases", err)
		}
	}
}

// sweep is the job that removes some of the old cases.
func (s *Store) sweep(ctx context.Context, gone *[]Number) *job {
	j := &job{ctx: ctx}
	j.do = func(q *queries) (answer, fault error) {
		old, err := q.old(millis(s.o.Now().Add(-s.o.Keep)), sweepMost)
		if err != nil {
			return nil, err
		}
		for _, n := range old {
			if _, err := q.drop(n); err != nil {
				return nil, err
			}
		}
		*gone, j.wakes, j.wipe = old, old, len(old) > 0
		return nil, nil
	}
	return j
}

// sweepSome is a sweep by the writer itself, one bound at a time.
func (s *Store) sweepSome() {
	for {
		var gone []Number
		j := s.sweep(s.ctx, &gone)
		j.done = make(chan error, 1)
		s.together([]*job{j})
		if err := <-j.done; err != nil {
			s.o.Log.Warn("old cases could not be removed", "reason", s.storing(s.ctx, "removing old cases", err).Error())
			return
		}
		if len(gone) > 0 {
			s.o.Log.Info("old cases were removed", "cases", len(gone))
		}
		if len(gone) < sweepMost {
			return
		}
	}
}

// millis is how times are stored.
func millis(t time.Time) int64 { return t.UnixMilli() }
