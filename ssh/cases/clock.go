package cases

import (
	"context"
	"sync/atomic"
	"time"
)

// sharedClock is the time that the nodes at a PostgreSQL database share, which is the
// database's: a node whose own clock is ahead would take others' cases for old and
// their seats for left.
type sharedClock struct {
	wall func() time.Time // the node's own, of which no more than what goes by is believed
	at   atomic.Pointer[moment]
}

// moment is one moment, on both clocks.
type moment struct{ here, there time.Time }

// mostAsked is how long the database may take to say what time it is for that to be
// believed, where it said so before.
const mostAsked = time.Second

// now is the time; set must have been called.
func (c *sharedClock) now() time.Time {
	m := c.at.Load()
	return m.there.Add(c.wall().Sub(m.here)).Round(0)
}

// Now is the time by which the store goes: Options.Now, or in PostgreSQL the database's
// clock. What is to be over at some time, such as an invitation, is reckoned from it and
// not from a node's own clock.
func (s *Store) Now() time.Time { return s.o.Now() }

// keep asks what time it is.
func (s *Store) keep(ctx context.Context) error {
	if s.clock == nil {
		return nil
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	var from time.Time
	var there time.Time
	if err := s.insist(ctx, func() error {
		from = s.clock.wall()
		return s.files.read.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&there)
	}); err != nil {
		return err
	}
	if took := s.clock.wall().Sub(from); took < mostAsked || s.clock.at.Load() == nil {
		s.clock.at.Store(&moment{from.Add(took / 2), there})
	}
	return nil
}
