package cases

import (
	"context"
	"errors"
)

// sweepMost bounds how many cases go in one transaction, so that nobody's append
// waits long behind it.
const sweepMost = 16

// Sweep removes every case that nothing was added to for Options.Keep, and says
// how many there were. The store does so by itself every Options.SweepEvery.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	n, err := s.sweep(ctx, s.submit)
	return n, s.storing(ctx, "removing old cases", err)
}

// sweep removes old cases, some at a time, and their traces at the end.
func (s *Store) sweep(ctx context.Context, do func(*job) error) (total int, err error) {
	for {
		gone := 0
		err := do(s.sweepSome(ctx, total, &gone))
		if err != nil && !errors.Is(err, ErrUnwiped) { // gone may still be written to
			return total, err
		}
		if total += gone; err != nil || gone < sweepMost {
			return total, err
		}
	}
}

// sweepSome is the job that removes some of the old cases, after others were.
func (s *Store) sweepSome(ctx context.Context, before int, gone *int) *job {
	j := &job{ctx: ctx}
	j.do = func(q *queries) (answer, fault error) {
		ids, ns, err := q.old(s.o.Now().Add(-s.o.Keep).UnixMilli(), sweepMost)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if _, err := q.drop(id); err != nil {
				return nil, err
			}
		}
		*gone, j.wakes, j.wipe = len(ids), ns, before+len(ids) > 0 && len(ids) < sweepMost
		return nil, nil
	}
	return j
}

// sweepNow is a sweep by the writer itself.
func (s *Store) sweepNow() {
	n, err := s.sweep(s.ctx, func(j *job) error {
		j.done = make(chan error, 1)
		s.together([]*job{j})
		return <-j.done
	})
	if err != nil {
		s.o.Log.Warn("old cases were not removed", "cases", n, "reason", storing(s.ctx, "removing old cases", err).Error())
	} else if n > 0 {
		s.o.Log.Info("old cases were removed", "cases", n)
	}
}
