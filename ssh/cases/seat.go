package cases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"maps"
	"sync"
	"time"
)

// The leases of nodes. A node that holds seats says every leaseEvery that it is
// there; one that has not said so for leaseTime counts as gone, and its seats with
// it. Their rows are removed only after buryTime more: a node that the database was
// away from, or whose clock is slow, has not ended.
const (
	leaseTime  = 30 * time.Second
	leaseEvery = 10 * time.Second
	buryTime   = time.Hour
	// seatAgain is how soon a seat is looked at again where the database was away.
	seatAgain = time.Second
)

// Seat is somebody's place at a case. Over all nodes one person at a time has it:
// whoever sits down gets it, and whoever had it is told.
type Seat struct {
	c     *Case
	word  string    // which seat it is; drawn at random
	since time.Time // when it was sat down in
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
	st := &Seat{c: c, word: rand.Text(), since: c.store.o.Now(), taken: make(chan struct{})}
	watch, stop := context.WithCancel(c.store.ctx)
	st.stop = stop
	wake := c.store.watchers.watch(watch, ofSeat(c.number)) // before it can be taken
	sat := c.store.seats.expect(st.word)
	defer sat()
	err := c.store.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofSeat(c.number), ofQueue}, do: func(q *queries) (answer, fault error) {
		return st.put(q, q.putSeat)
	}})
	if err != nil {
		stop()
		if !errors.Is(err, ErrNoCase) {
			c.store.seats.perhaps()
		}
		return nil, c.store.storing(ctx, "sitting down at the case", err)
	}
	if !c.store.seats.add(st, func() { st.look(watch, wake) }) {
		stop()
		return nil, c.store.storing(ctx, "sitting down at the case", ErrClosed)
	}
	return st, nil
}

// put writes the seat with a statement, and that its node is there.
func (st *Seat) put(q *queries, stmt *sql.Stmt) (answer, fault error) {
	s := st.c.store
	if _, ok, err := q.about(st.c.id); err != nil || !ok {
		return ErrNoCase, err
	}
	if _, err := q.exec(q.putNode, s.node, s.o.Node, s.o.Now().Add(leaseTime).UnixMilli()); err != nil {
		return nil, err
	}
	_, err := q.exec(stmt, st.c.id, st.word, s.node, st.since.UnixMilli())
	return nil, err
}

// again sits down where the seat was removed, for its node was held for gone, and
// gives the word of whoever sits there then: somebody may have been quicker. It fails
// with ErrNoCase.
func (st *Seat) again(ctx context.Context) (word string, err error) {
	err = st.c.store.submit(&job{ctx: ctx, of: st.c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		return st.put(q, q.keepSeat)
	}})
	if err != nil {
		return "", err
	}
	return st.now(ctx)
}

// look finds out when somebody else sits there, or the case is gone.
func (st *Seat) look(ctx context.Context, wake <-chan struct{}) {
	s := st.c.store
	for {
		var again <-chan time.Time
		word, err := st.now(ctx)
		if err == nil && word == "" {
			word, err = st.again(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !errors.Is(err, ErrNoCase), word == "" && err == nil:
			again = time.After(seatAgain) // or when it is woken
		case err != nil, word != st.word:
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
	soon  map[string]struct{} // the words of those that are being sat down in
	ever  bool                // there were some
	lost  bool                // there may be one of which nobody heard
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

// expect says that a seat may be in the database before it is among these.
func (s *seats) expect(word string) (over func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.soon == nil {
		s.soon = map[string]struct{}{}
	}
	s.soon[word] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.soon, word)
	}
}

// nobodys are those of some words that no seat has: somebody sat down and never heard
// of it.
func (s *seats) nobodys(words map[string]struct{}) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	has := maps.Clone(s.soon)
	if has == nil {
		has = map[string]struct{}{}
	}
	for st := range s.all {
		has[st.word] = struct{}{}
	}
	for word := range words {
		if _, ok := has[word]; !ok {
			out = append(out, word)
		}
	}
	return out
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

// perhaps says that a seat may be in the database of which nobody heard.
func (s *seats) perhaps() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ever, s.lost = true, true
}

// some says whether there may be seats in the database; lost: there may be one of which
// nobody heard, which is said once.
func (s *seats) some() (is, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost, s.lost = s.lost, false
	return len(s.all) > 0 || lost, lost
}

// besides are the topics of the seats here that are not among some words.
func (s *seats) besides(words map[string]struct{}) (topics []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.all {
		if _, ok := words[st.word]; !ok {
			topics = append(topics, ofSeat(st.c.number))
		}
	}
	return topics
}

// leasing says that this node is there, for as long as it has seats or consoles, until
// the store is closed, and has those looked at that the database does not have.
func (s *Store) leasing(tick <-chan time.Time) {
	for {
		select {
		case <-s.quit:
			return
		case <-tick:
		}
		some, lost := s.seats.some()
		if !some && !s.consoles.some() {
			continue
		}
		var words map[string]struct{}
		from := time.Now()
		err := s.submit(&job{ctx: s.ctx, do: func(q *queries) (answer, fault error) {
			now := s.o.Now()
			if _, err := q.exec(q.putNode, s.node, s.o.Node, now.Add(leaseTime).UnixMilli()); err != nil {
				return nil, err
			}
			if err := q.bury(now.Add(-buryTime).UnixMilli()); err != nil {
				return nil, err
			}
			if err := s.consoles.settle(q, s.node); err != nil {
				return nil, err
			}
			var err error
			words, err = q.wordsOf(q.nodeSeats, s.node)
			return nil, err
		}})
		if err == nil {
			s.consoles.settled()
			s.leased.renewed(from)
		}
		if err == nil {
			if nobodys := s.seats.nobodys(words); len(nobodys) > 0 {
				err = s.free(nobodys)
			}
		}
		if err != nil && lost {
			s.seats.perhaps() // with the next tick
		}
		switch {
		case err == nil:
			s.watchers.wake(s.seats.besides(words)...)
		case !errors.Is(err, ErrClosed):
			s.o.Log.Warn("who is at work here is not known to other nodes", "reason", s.storing(s.ctx, "keeping the seats", err).Error())
		}
	}
}

// free drops seats of this node.
func (s *Store) free(words []string) error {
	return s.submit(&job{ctx: s.ctx, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		for _, word := range words {
			if _, err := q.exec(q.dropWord, s.node, word); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
}

// bury drops the nodes that are gone since a time, and then their seats and consoles: a node that
// says in between that it is there keeps both, or loses both and finds out.
func (q *queries) bury(before int64) error {
	if _, err := q.exec(q.dropNodes, before); err != nil {
		return err
	}
	if _, err := q.exec(q.dropSeats); err != nil {
		return err
	}
	_, err := q.exec(q.dropConsoles)
	return err
}

// wordsOf are the words of a node's seats, or of its consoles, by the query for them.
func (q *queries) wordsOf(of *sql.Stmt, node string) (words map[string]struct{}, err error) {
	rows, err := q.with(of).QueryContext(q.ctx, node)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	words = map[string]struct{}{}
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return nil, err
		}
		words[word] = struct{}{}
	}
	return words, rows.Err()
}

// vacate drops this node, its seats and its consoles, at its end, when the writer has ended, and
// tells the others. Where that fails their time runs out.
func (s *Store) vacate() error {
	sat, open := s.seats.end(), s.consoles.end()
	if !sat && !open || s.writes == nil {
		return nil
	}
	j := &job{ctx: s.ctx, done: make(chan error, 1), wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		for _, stmt := range []string{leaveSeats, leaveConsoles, leaveNode} {
			if _, err := q.tx.ExecContext(q.ctx, s.dialect.sql(stmt), s.node); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}}
	if s.dialect.patience > 0 {
		j.until = time.Now().Add(s.dialect.patience)
	}
	s.together([]*job{j})
	return <-j.done
}
