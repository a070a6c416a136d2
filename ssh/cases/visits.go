package cases

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

// Visit is a guide's visit of a case. It is made from a console, and kept from before the
// guide asks until the audit has its end.
type Visit struct {
	ID   string // of this visit alone
	Case Number
	// The guide, as in Entry.
	Who, Role, Organisation string

	console string
}

// VisitsEvery is how often LeftVisits is to be asked, so that it can tell a guide who is
// gone from a database that was away.
const VisitsEvery = 5 * time.Second

// looksSure is for how long LeftVisits must have been answered without a break before it
// gives a visit: by then every node that is there has said so again.
const looksSure = leaseEvery + VisitsEvery

// mostVisits bounds what LeftVisits gives, and reads: then it goes on behind that.
const mostVisits = 1000

// Begin keeps a visit that is made from the console, until EndVisit. The console is said
// to be there when it returns. What failed may be kept all the same.
func (c *Console) Begin(ctx context.Context, v Visit) error {
	s := c.store
	if v.ID == "" || v.Case == "" || !text(v.ID, mostMark) || !(Entry{Who: v.Who, Role: v.Role, Did: "-", Case: v.Case, Organisation: v.Organisation}).fit() {
		return ErrBadEntry
	}
	from := time.Now()
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		if _, err := q.exec(q.putNode, s.node, s.o.Node, s.o.Now().Add(leaseTime).UnixMilli()); err != nil {
			return nil, err
		}
		if s.consoles.has(c) {
			if err := c.put(q); err != nil {
				return nil, err
			}
		}
		_, err := q.exec(q.addVisit, v.ID, string(v.Case), c.word, v.Who, v.Role, v.Organisation)
		return nil, err
	}})
	if err == nil {
		s.leased.renewed(from)
	}
	return s.storing(ctx, "noting a visit", err)
}

// EndVisit adds an entry to the audit, as Audit does, and keeps the visit no more: both or
// neither. Of an entry without a deed there is none. Again it does nothing, by the mark.
func (s *Store) EndVisit(ctx context.Context, visit string, e Entry) error {
	if e.Did != "" && (e.Mark == "" || !e.fit()) {
		return ErrBadEntry
	}
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		if e.Did != "" {
			if _, _, answer, fault := s.enter(q, e); answer != nil || fault != nil {
				return answer, fault
			}
		}
		_, err := q.exec(q.dropVisit, visit)
		return nil, err
	}})
	return s.storing(ctx, "ending a visit", err)
}

// LeftVisits are the visits whose console is surely gone: the lease of its node ran out by
// the database's clock, or it was closed, and the visit was not ended. In SQLite, which one
// process has, those are gone that are not of this one. After a time in which the database
// was away, and this node with it, nothing is given for a while: others had no way either
// to say that they are there. It is to be asked every VisitsEvery. Where there are more
// than it gives at once it gives others the next time, and all in turn.
func (s *Store) LeftVisits(ctx context.Context) (out []Visit, err error) {
	from := s.o.Now()
	all, err := s.leftVisits(ctx, from, s.looked.behind())
	if err != nil {
		s.looked.fails()
		return nil, s.storing(ctx, "looking which visits are left", err)
	}
	if sure := s.looked.answered(from, s.o.Now()); !sure && s.Shared() {
		return nil, nil
	}
	s.looked.goesOn(all)
	here := s.consoles.words()
	for _, v := range all {
		if _, open := here[v.console]; !open {
			out = append(out, v)
		}
	}
	return out, nil
}

func (s *Store) leftVisits(ctx context.Context, now time.Time, behind string) (out []Visit, err error) {
	short, cancel := s.bounded(ctx)
	defer cancel()
	before := int64(math.MaxInt64)
	if s.Shared() {
		before = now.UnixMilli()
	}
	rows, err := s.rows(short, s.reads.leftVisits, before, behind, mostVisits)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Err(), rows.Close()) }()
	for rows.Next() {
		var v Visit
		if err := rows.Scan(&v.ID, &v.Case, &v.console, &v.Who, &v.Role, &v.Organisation); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// looked is for how long LeftVisits was answered without a break, by the store's clock: a
// machine that slept looks as one whose database was away.
type looked struct {
	mu          sync.Mutex
	since, last time.Time
	at          string // the visit behind which it goes on; empty: from the first
}

// behind is the visit behind which the next look begins.
func (l *looked) behind() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at
}

// goesOn takes what a look gave, which was not all where it is as much as it may give.
func (l *looked) goesOn(all []Visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = ""
	if len(all) == mostVisits {
		l.at = all[len(all)-1].ID
	}
}

func (l *looked) fails() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = time.Time{}
}

// answered takes an answer, and says whether there was one long enough without a break.
func (l *looked) answered(from, now time.Time) (sure bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if gap := now.Sub(l.last); l.since.IsZero() || gap < 0 || gap > leaseEvery || now.Sub(from) > VisitsEvery/2 {
		l.since = now
	}
	l.last = now
	return now.Sub(l.since) >= looksSure
}

// leased is until when other nodes hold this one for alive.
type leased struct {
	mu    sync.Mutex
	until time.Time // by this machine's monotonic clock
}

// renewed says that the lease was renewed, by what began at a time.
func (l *leased) renewed(from time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := from.Add(leaseTime); until.After(l.until) {
		l.until = until
	}
}

// Lapsing says whether other nodes may soon hold this one's consoles for gone, for it was
// long that the database was told of them: whoever shows something to a guide must ask
// the database whether that is still let.
func (s *Store) Lapsing() bool {
	s.leased.mu.Lock()
	defer s.leased.mu.Unlock()
	return s.Shared() && time.Until(s.leased.until) < leaseEvery
}

// words are those of the consoles that are open here.
func (c *consoles) words() map[string]struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]struct{}, len(c.all))
	for one := range c.all {
		out[one.word] = struct{}{}
	}
	return out
}
