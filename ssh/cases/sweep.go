package cases

import (
	"context"
	"errors"
	"time"
)

// sweepMost bounds how many cases go in one transaction, so that nobody's append
// waits long behind it.
const sweepMost = 16

// Sweep removes every case that nothing was added to for Options.Keep, some at a
// time, then their traces, and says how many there were. The store does so by
// itself every Options.SweepEvery.
func (s *Store) Sweep(ctx context.Context) (total int, err error) {
	for {
		gone := 0
		err := s.submit(s.sweepSome(ctx, total, &gone))
		if err != nil && !errors.Is(err, ErrUnwiped) { // gone may still be written to
			return total, s.storing(ctx, "removing old cases", err)
		}
		if total += gone; err != nil || gone < sweepMost {
			return total, s.storing(ctx, "removing old cases", err)
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
		if before == 0 {
			if _, err := q.exec(q.oldInvitations, s.o.Now().Add(-s.o.Keep).UnixMilli()); err != nil {
				return nil, err
			}
			if err := s.dropOldBans(q); err != nil {
				return nil, err
			}
			if _, err := q.exec(q.oldReturns, s.o.Now().UnixMilli()); err != nil {
				return nil, err
			}
		}
		j.wakes = nil // should it be asked again
		for _, id := range ids {
			if _, err := q.drop(id); err != nil {
				return nil, err
			}
		}
		for _, n := range ns {
			j.wakes = append(j.wakes, ofCase(n), ofSeat(n), ofQueue)
		}
		*gone, j.erased, j.wipe = len(ids), len(ids) > 0, before+len(ids) > 0 && len(ids) < sweepMost
		return nil, nil
	}
	return j
}

// sweepAgain is how long after a sweep that failed the next is tried: the database was
// away, or its disk full.
const sweepAgain = time.Minute

// sweeping sweeps at once and with each tick, and soon again where it fails, until
// the store is closed. Traces that another node left are removed then too.
func (s *Store) sweeping(tick <-chan time.Time) {
	for {
		var again <-chan time.Time
		n, err := s.Sweep(s.ctx)
		switch {
		case errors.Is(err, ErrClosed):
			return
		case err != nil && !errors.Is(err, ErrUnwiped): // of which the store takes care
			again = time.After(sweepAgain)
			fallthrough
		case err != nil:
			s.o.Log.Warn("old cases were not removed", "cases", n, "reason", err.Error())
		case n > 0:
			s.o.Log.Info("old cases were removed", "cases", n)
		}
		if s.wiper != nil {
			s.wiper.tell()
		}
		select {
		case <-tick:
		case <-again:
		case <-s.quit:
			return
		}
	}
}
