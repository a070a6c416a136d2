package cases

import (
	"context"
	"sync/atomic"
	"time"
)

// room is how much is kept, where the database itself has no bound; see dialect.kept.
// It is counted beside what is written, and reckoned on from there.
type room struct {
	counted atomic.Int64 // what there is, less what was added here until it was counted
	added   atomic.Int64 // what was added here since the store was opened
	stale   atomic.Bool  // it ought to be counted again: other nodes write too, and cases go
}

// roomEvery is how long what is kept is reckoned on from one count.
const roomEvery = 10 * time.Second

// take notes that so many bytes more are kept.
func (r *room) take(size int64) {
	if size > 0 {
		r.added.Add(size)
		r.stale.Store(true)
	}
}

// fits says whether there is room for so many bytes more, and takes it.
func (s *Store) fits(q *queries, size int64) bool {
	if s.dialect.kept == "" {
		return true // else the database says so
	}
	if s.room.counted.Load()+s.room.added.Load()+q.took+size > s.o.MaxSize {
		s.room.stale.Store(true)
		return false
	}
	q.took += size
	return true
}

// reckon counts what is kept.
func (s *Store) reckon(ctx context.Context) error {
	if s.dialect.kept == "" {
		return nil
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	var kept int64
	before := s.room.added.Load()
	if err := s.insist(ctx, func() error { return s.reads.kept.QueryRowContext(ctx).Scan(&kept) }); err != nil {
		s.room.stale.Store(true)
		return err
	}
	s.room.counted.Store(kept - before)
	return nil
}

// reckoning counts with each tick, where something was written since the last, and
// keeps the time, until the store is closed.
func (s *Store) reckoning(tick <-chan time.Time) {
	for {
		select {
		case <-s.quit:
			return
		case <-tick:
		}
		_ = s.keep(s.ctx) // or with the next
		if s.room.stale.Swap(false) {
			_ = s.reckon(s.ctx) // or with the next
		}
	}
}
