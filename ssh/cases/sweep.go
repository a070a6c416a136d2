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
	const doing = "removing old cases"
	var sw swept
	if sw.strays, err = s.strays(ctx); err != nil {
		return 0, s.storing(ctx, doing, err)
	}
	for {
		err := s.submit(s.sweepSome(ctx, &sw))
		if err != nil && !errors.Is(err, ErrUnwiped) { // what it did may still be written to
			return sw.total, s.storing(ctx, doing, err)
		}
		sw.total, sw.strays = sw.total+sw.gone, nil
		if err != nil || !sw.more {
			return sw.total, s.storing(ctx, doing, err)
		}
	}
}

// swept is how far a sweep is.
type swept struct {
	total  int     // the cases that went before
	strays []int64 // cases that are gone, and of which something is there
	gone   int     // the cases that went now
	more   bool    // there may be others
}

// strays are some of the cases that are gone and of which something is there: what was
// noted of one on one node while it was erased on another. An id never comes again.
func (s *Store) strays(ctx context.Context) (ids []int64, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(ctx, s.reads.strays, mostJobs)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// sweepSome is the job that removes some of the old cases, after others were, and
// strays.
func (s *Store) sweepSome(ctx context.Context, sw *swept) *job {
	j := &job{ctx: ctx}
	j.do = func(q *queries) (answer, fault error) {
		before := s.o.Now().Add(-s.o.Keep).UnixMilli()
		ids, ns, err := q.old(before, sweepMost)
		if err != nil {
			return nil, err
		}
		if sw.total == 0 {
			if _, err := q.exec(q.oldInvitations, before); err != nil {
				return nil, err
			}
			if err := s.dropOldBans(q); err != nil {
				return nil, err
			}
			if _, err := q.exec(q.oldReturns, s.o.Now().UnixMilli()); err != nil {
				return nil, err
			}
			if _, err := q.exec(q.oldHandOvers, s.o.Now().UnixMilli()); err != nil {
				return nil, err
			}
		}
		j.wakes, sw.gone, sw.more = nil, 0, len(ids) == sweepMost // should it be asked again
		for i, id := range ids {
			switch gone, err := q.dropOld(id, before); {
			case err != nil:
				return nil, err
			case gone > 0: // else somebody added to it on another node
				sw.gone++
				j.wakes = append(j.wakes, ofCase(ns[i]), ofSeat(ns[i]), ofQueue)
			}
		}
		for _, id := range sw.strays {
			if err := q.dropRest(id); err != nil {
				return nil, err
			}
		}
		j.erased = sw.total+sw.gone+len(sw.strays) > 0
		j.wipe = j.erased && !sw.more
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
		case errors.Is(err, ErrUnwiped): // of which the store takes care
			s.o.Log.Warn("old cases were removed, but not yet their last traces", "cases", n, "reason", err.Error())
		case err != nil:
			again = time.After(sweepAgain)
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
