package cases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// The leases of nodes. A node that holds seats says every leaseEvery that it is
// there; one that has not said so for leaseTime is gone, and its seats with it.
const (
	leaseTime  = 30 * time.Second
	leaseEvery = 10 * time.Second
	// seatAgain is how soon a seat is looked at again where the database was away.
	seatAgain = time.Second
)

// Seat is somebody's place at a case. Over all nodes one person at a time has it:
// whoever sits down gets it, and whoever had it is told.
type Seat struct {
	c     *Case
	word  string // which seat it is; drawn at random
	taken chan struct{}
	once  sync.Once
	stop  context.CancelFunc
}

// Presence is who is at a case.
type Presence struct {
	Node  string    // Options.Node of where
	Since time.Time // when they sat down
}

// ofSeat is the topic of who is at a case.
func ofSeat(n Number) string { return "seat " + string(n) }

// Sit gives the caller the seat at the case, whoever has it. It fails with
// ErrNoCase. The seat goes by itself when the store is closed, and some thirty
// seconds after its node died.
func (c *Case) Sit(ctx context.Context) (*Seat, error) {
	st := &Seat{c: c, word: rand.Text(), taken: make(chan struct{})}
	watch, stop := context.WithCancel(c.store.ctx)
	st.stop = stop
	wake := c.store.watchers.watch(watch, ofSeat(c.number)) // before it can be taken
	err := c.store.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofSeat(c.number), ofQueue}, do: func(q *queries) (answer, fault error) {
		if _, ok, err := q.about(c.id); err != nil || !ok {
			return ErrNoCase, err
		}
		now := c.store.o.Now()
		if _, err := q.exec(q.putNode, c.store.node, c.store.o.Node, now.Add(leaseTime).UnixMilli()); err != nil {
			return nil, err
		}
		_, err := q.exec(q.putSeat, c.id, st.word, c.store.node, now.UnixMilli())
		return nil, err
	}})
	if err != nil {
		stop()
		return nil, c.store.storing(ctx, "sitting down at the case", err)
	}
	if !c.store.seats.add(st, func() { st.look(watch, wake) }) {
		stop()
		return nil, c.store.storing(ctx, "sitting down at the case", ErrClosed)
	}
	return st, nil
}

// look finds out when somebody else sits there.
func (st *Seat) look(ctx context.Context, wake <-chan struct{}) {
	s := st.c.store
	for {
		var again <-chan time.Time
		word, err := st.now(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			again = time.After(seatAgain) // or when it is woken
		case word != st.word:
			s.seats.drop(st)
			st.once.Do(func() { close(st.taken) })
			st.stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-wake:
		}
	}
}

// now is which seat there is at the case; empty: none.
func (st *Seat) now(ctx context.Context) (word string, err error) {
	short, cancel := st.c.store.bounded(ctx)
	defer cancel()
	err = st.c.store.insist(short, func() error { return st.c.store.reads.getSeat.QueryRowContext(short, st.c.id).Scan(&word) })
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return word, err
}

// Taken is closed when somebody else has sat down, on whichever node, or the case
// is gone. Leaving does not close it.
func (st *Seat) Taken() <-chan struct{} { return st.taken }

// Leave frees the seat, if it was not taken.
func (st *Seat) Leave(ctx context.Context) error {
	st.stop()
	s := st.c.store
	s.seats.drop(st)
	err := s.submit(&job{ctx: ctx, of: st.c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		_, err := q.exec(q.dropSeat, st.c.id, st.word)
		return nil, err
	}})
	return s.storing(ctx, "leaving the case", err)
}

// Present says who is at the case; ok is false where nobody is.
func (c *Case) Present(ctx context.Context) (p Presence, ok bool, err error) {
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	var since int64
	err = c.store.insist(short, func() error {
		return c.store.reads.whoSits.QueryRowContext(short, c.id, c.store.o.Now().UnixMilli()).Scan(&p.Node, &since)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Presence{}, false, nil
	}
	p.Since = time.UnixMilli(since).UTC()
	return p, err == nil, c.store.storing(ctx, "looking who is at the case", err)
}

// seats are those of this node.
type seats struct {
	mu    sync.Mutex
	all   map[*Seat]struct{}
	ever  bool // there were some
	ended bool
	looks sync.WaitGroup
}

// add takes a seat in, and looks after it; false: the store is closed.
func (s *seats) add(st *Seat, look func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if s.all == nil {
		s.all = map[*Seat]struct{}{}
	}
	s.all[st], s.ever = struct{}{}, true
	s.looks.Go(look)
	return true
}

// end ends the looking, and says whether there were seats.
func (s *seats) end() (ever bool) {
	s.mu.Lock()
	s.ended = true
	for st := range s.all {
		st.stop()
	}
	ever = s.ever
	s.mu.Unlock()
	s.looks.Wait()
	return ever
}

func (s *seats) drop(st *Seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, st)
}

func (s *seats) some() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all) > 0
}

// leasing says that this node is there, for as long as it has seats, until the
// store is closed.
func (s *Store) leasing(tick <-chan time.Time) {
	for {
		select {
		case <-s.quit:
			return
		case <-tick:
		}
		if !s.seats.some() {
			continue
		}
		err := s.submit(&job{ctx: s.ctx, do: func(q *queries) (answer, fault error) {
			now := s.o.Now()
			if _, err := q.exec(q.putNode, s.node, s.o.Node, now.Add(leaseTime).UnixMilli()); err != nil {
				return nil, err
			}
			return nil, q.bury(now.Add(-leaseTime).UnixMilli())
		}})
		if err != nil && !errors.Is(err, ErrClosed) {
			s.o.Log.Warn("who is at work here is not known to other nodes", "reason", s.storing(s.ctx, "keeping the seats", err).Error())
		}
	}
}

// bury drops the nodes that are gone since a time, and their seats.
func (q *queries) bury(before int64) error {
	if _, err := q.exec(q.dropSeats, before); err != nil {
		return err
	}
	_, err := q.exec(q.dropNodes, before)
	return err
}

// vacate drops this node and its seats, at its end. Where that fails their time
// runs out.
func (s *Store) vacate() error {
	if !s.seats.end() {
		return nil
	}
	ctx, cancel := s.bounded(s.ctx)
	defer cancel()
	for _, stmt := range []string{leaveSeats, leaveNode} {
		if _, err := s.files.write.ExecContext(ctx, s.dialect.sql(stmt), s.node); err != nil {
			return err
		}
	}
	return nil
}
