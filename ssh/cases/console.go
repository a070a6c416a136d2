package cases

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// Party is a guide: who, by which key. It is by the key that one is told from another.
type Party struct {
	Print              string // the fingerprint of the key
	Name, Organisation string
	Roles              string // in words
}

// The bounds of what is kept of a guide, in bytes: names have flows.MostName characters.
const mostParty = 400

// fit says whether it is a guide of an organisation, in short lines.
func (p Party) fit() bool {
	return fit(p.Print) && p.Name != "" && p.Organisation != "" && text(p.Name, mostParty) && text(p.Organisation, mostParty) && text(p.Roles, mostParty)
}

// Colleague is a guide who is at a console now.
type Colleague struct {
	Party

	Since time.Time // when they came, of several consoles to the first
}

// Console says that a guide is at a console, to whoever asks on any node, for as long
// as it is open and its node is there.
type Console struct {
	store *Store
	who   Colleague
	word  string // which it is; drawn at random
}

// OpenConsole says that a guide is at a console of this node. It goes by itself when
// the store is closed, and some thirty seconds after its node died. It fails with
// ErrBadParty; with any other error the guide is said to be there all the same, as soon
// as the database is back, until the console that comes with it is closed.
func (s *Store) OpenConsole(ctx context.Context, who Party) (*Console, error) {
	if !who.fit() {
		return nil, ErrBadParty
	}
	from := time.Now()
	c := &Console{store: s, who: Colleague{who, s.o.Now().UTC().Truncate(time.Millisecond)}, word: rand.Text()}
	s.consoles.add(c)
	err := s.submit(&job{ctx: ctx, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		if _, err := q.exec(q.putNode, s.node, s.o.Node, s.o.Now().Add(leaseTime).UnixMilli()); err != nil {
			return nil, err
		}
		if !s.consoles.has(c) { // it was closed meanwhile
			return nil, nil
		}
		return nil, c.put(q)
	}})
	if err == nil {
		s.leased.renewed(from)
	}
	return c, s.storing(ctx, "saying who is at a console", err)
}

// put writes that it is open, where that is not written.
func (c *Console) put(q *queries) error {
	_, err := q.exec(q.putConsole, c.word, c.store.node, c.who.Print, c.who.Name, c.who.Organisation, c.who.Roles, c.who.Since.UnixMilli())
	return err
}

// Close says that the guide has gone. Again it does nothing.
func (c *Console) Close(ctx context.Context) error {
	s := c.store
	if !s.consoles.drop(c) {
		return nil
	}
	err := s.submit(&job{ctx: ctx, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		_, err := q.exec(q.dropConsole, c.word)
		return nil, err
	}})
	if err != nil && !errors.Is(err, ErrClosed) {
		s.consoles.perhaps()
	}
	return s.storing(ctx, "saying who has left a console", err)
}

// mostColleagues bounds what Colleagues gives.
const mostColleagues = 200

// Colleagues are the guides of an organisation who are at a console now, on whichever
// node, by name: each key once.
func (s *Store) Colleagues(ctx context.Context, organisation string) (out []Colleague, err error) {
	const doing = "looking who is at a console"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.colleagues, organisation, s.o.Now().UnixMilli(), mostColleagues)
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			out, err = nil, s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var c Colleague
		var since int64
		if err := rows.Scan(&c.Print, &c.Name, &c.Organisation, &c.Roles, &since); err != nil {
			return nil, s.storing(ctx, doing, err)
		}
		c.Since = time.UnixMilli(since).UTC()
		if !slices.ContainsFunc(out, func(o Colleague) bool { return o.Print == c.Print }) {
			out = append(out, c)
		}
	}
	return out, nil
}

// consoles are those of this node.
type consoles struct {
	mu    sync.Mutex
	all   map[*Console]struct{}
	ever  bool // there were some
	ended bool
	lost  bool // there may be one in the database that is closed
}

func (c *consoles) add(one *Console) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	if c.all == nil {
		c.all = map[*Console]struct{}{}
	}
	c.all[one], c.ever = struct{}{}, true
}

func (c *consoles) has(one *Console) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.all[one]
	return ok
}

// drop takes one out, and says whether it was in.
func (c *consoles) drop(one *Console) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.all[one]
	delete(c.all, one)
	return ok
}

// perhaps says that one may be in the database that is closed.
func (c *consoles) perhaps() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
}

// some says whether there are any, or may be in the database.
func (c *consoles) some() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all) > 0 || c.lost
}

// open are those that there are.
func (c *consoles) open() []*Console {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.all))
}

// end has none come any more, and says whether there were any.
func (c *consoles) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	return c.ever
}

// settle makes what the database says of this node's consoles so: it has those that
// there are, and no other.
func (c *consoles) settle(q *queries, node string) error {
	all := c.open()
	for _, one := range all {
		if err := one.put(q); err != nil {
			return err
		}
	}
	words, err := q.wordsOf(q.nodeConsoles, node)
	if err != nil {
		return err
	}
	for _, one := range all {
		delete(words, one.word)
	}
	for word := range words {
		if _, err := q.exec(q.dropConsole, word); err != nil {
			return err
		}
	}
	return nil
}

// settled says that the database was told all of it.
func (c *consoles) settled() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = false
}
