package cases

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"onboard.example/flows"
)

// ofQueue is the topic of what a queue shows.
const ofQueue = "queue"

// Standing is where a case stands. Nothing of the customer or the tenant is in it.
type Standing struct {
	Stage flows.Stage
	Step  flows.StepID // empty: at none
	N, Of int          // which step of the way it is, and of how many; 0: it is none
	Waits time.Time    // since when somebody waits for us; zero: nobody does
	Ended bool         // the case is over, and in no queue any more
	// Opened says that what blocked is cleared now: the first time counts, see Figures.
	Opened bool
	Yes    []Yes // to whom the customer said yes, all of them
	Home   bool  // the run is on its person's own machine, which shares it
}

// Yes is that a customer let a guide watch.
type Yes struct {
	Guide string    // who, in the words of Store.YesTo
	Until time.Time // zero: until it is taken back
}

// Stand notes where the case stands, for queues, in place of what was noted before. It
// fails with ErrNoCase, and with ErrNoStep of a place that no path has.
func (c *Case) Stand(ctx context.Context, at Standing) error {
	if !isStep(at.Step) || at.Stage > flows.StageProof || at.N < 0 || at.Of < 0 {
		return ErrNoStep
	}
	waits, ended, home := int64(0), 0, 0
	if at.Home {
		home = 1
	}
	if !at.Waits.IsZero() {
		waits = at.Waits.UnixMilli()
	}
	if at.Ended {
		waits, ended = 0, 1
	}
	err := c.store.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		if at.Ended { // whoever hands it over right now is done before, or sees it
			if _, err := q.exec(q.lockCase, c.id); err != nil {
				return nil, err
			}
		}
		about, ok, err := q.about(c.id)
		if err != nil || !ok {
			return ErrNoCase, err
		}
		if now := c.store.o.Now(); at.Opened {
			if _, err := q.exec(q.addOpened, c.id, now.UnixMilli(), max(now.Sub(about.Made), 0).Milliseconds()); err != nil {
				return nil, err
			}
		}
		if _, err := q.exec(q.putStand, c.id, int64(at.Stage), string(at.Step), at.N, at.Of, waits, ended, home); err != nil {
			return nil, err
		}
		if at.Ended { // nobody can take it any more
			if _, err := q.exec(q.dropHandOvers, c.id); err != nil {
				return nil, err
			}
		}
		_, err = q.exec(q.dropYeses, c.id)
		for _, y := range at.Yes {
			if err != nil || at.Ended {
				break
			}
			until := int64(math.MaxInt64)
			if !y.Until.IsZero() {
				until = y.Until.UnixMilli()
			}
			_, err = q.exec(q.addYes, c.store.keys.guide(y.Guide), c.id, until)
		}
		return nil, err
	}})
	return c.store.storing(ctx, "noting where the case stands", err)
}

// YesTo gives the cases whose customers said yes to a guide and did not take it back,
// as far as it was noted: at most so many, those whose yes lasts longest first. The
// case itself says whether it is so.
func (s *Store) YesTo(ctx context.Context, guide string, most int) (out []Number, err error) {
	const doing = "looking who said yes"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.yesTo, s.keys.guide(guide), s.o.Now().UnixMilli(), most)
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, s.storing(ctx, doing, err)
		}
		out = append(out, Number(n))
	}
	return out, nil
}

// isStep says whether a path has a step.
func isStep(id flows.StepID) bool {
	return id == "" || id == flows.ToProof || slices.ContainsFunc(flows.Paths(), func(p flows.Path) bool {
		return slices.ContainsFunc(p.Steps, func(s flows.Step) bool { return s.ID == id })
	})
}

// Queued is a case in a queue, which has not ended.
type Queued struct {
	Number     Number
	Known      bool        // where it stands was noted
	Stage      flows.Stage // see Standing, as the next four
	Step       flows.StepID
	N, Of      int
	Waits      time.Time
	Made, Last time.Time // when it was made, and when something was added last
	Present    bool      // somebody is at it
	Tenant     string    // which its invitation named; empty: none did
	// Organisation is whose guide made the invitation that named Tenant, and whom alone it is told;
	// empty: the operator did, or a server that kept none.
	Organisation string
	Home         bool // as in Standing
}

// Filter says which cases a queue shows, of those that have not ended. The zero value
// is all of them.
type Filter struct {
	Step    flows.StepID // empty: any
	Waiting bool         // only those that wait for us
	Present bool         // only those that somebody is at
	Since   time.Time    // only those to which something was added since
}

// Cursor is a place in a queue. The zero value is its beginning.
type Cursor struct {
	last, id int64
	on       bool
}

// mostQueued bounds what is read of a queue at once: it takes some 50 ms.
const mostQueued = 5000

// Queue gives cases that a filter lets through, those first to which something was
// added last, behind a place in the queue: at most so many, and never more than five
// thousand, as they stood at one moment. The cursor that it gives goes on behind them; a
// case to which something is added meanwhile is before them then. more is false at the end.
func (s *Store) Queue(ctx context.Context, f Filter, from Cursor, most int) (out []Queued, next Cursor, more bool, err error) {
	most = min(max(most, 1), mostQueued)
	next = from
	err = s.queueRows(ctx, s.reads.queue, f.args(from, s.o.Now(), most+1), func(q Queued, at Cursor) {
		if len(out) == most {
			more = true
			return
		}
		out, next = append(out, q), at
	})
	if err != nil {
		return nil, from, false, err
	}
	return out, next, more, nil
}

// mostNumbers is how many cases of a queue are asked for at once, by their numbers.
const mostNumbers = 100

// Queued gives those of some cases that are in a queue, as Queue does: one that has
// ended, or that there is none of, is left out.
func (s *Store) Queued(ctx context.Context, numbers []Number) (out []Queued, err error) {
	for some := range slices.Chunk(numbers, mostNumbers) {
		args := make([]any, 1+mostNumbers)
		args[0] = s.o.Now().UnixMilli()
		for i := range mostNumbers {
			if args[1+i] = ""; i < len(some) {
				args[1+i] = string(some[i])
			}
		}
		if err := s.queueRows(ctx, s.reads.queued, args, func(q Queued, _ Cursor) { out = append(out, q) }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// queueRows reads rows of a queue, each with its place there.
func (s *Store) queueRows(ctx context.Context, query *sql.Stmt, args []any, take func(Queued, Cursor)) (err error) {
	const doing = "reading the queue"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, query, args...)
	if err != nil {
		return s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var q Queued
		var id, made, last, stage, waits, present, home int64
		if err := rows.Scan(&id, &q.Number, &made, &last, &stage, &q.Step, &q.N, &q.Of, &waits, &present, &q.Tenant, &q.Organisation, &home); err != nil {
			return s.storing(ctx, doing, err)
		}
		q.Made, q.Last, q.Waits, q.Present = time.UnixMilli(made).UTC(), time.UnixMilli(last).UTC(), orZero(waits), present != 0
		q.Home = home != 0
		if q.Known = stage >= 0; q.Known {
			q.Stage = flows.Stage(min(stage, int64(flows.StageProof)))
		}
		take(q, Cursor{last, id, true})
	}
	return nil
}

// bit is a bool as queries have it.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// args are what the query of a queue is asked with.
func (f Filter) args(from Cursor, now time.Time, most int) []any {
	since := int64(0)
	if !f.Since.IsZero() {
		since = f.Since.UnixMilli()
	}
	return []any{
		now.UnixMilli(), bit(!from.on), from.last, from.last, from.id, string(f.Step), string(f.Step),
		bit(f.Waiting), bit(f.Present), now.UnixMilli(), since, most,
	}
}

// WatchQueue gives a wake-up when a case was begun, stands elsewhere, or went, or
// somebody came or left, on whichever node; and none when records were appended, nor
// when a node died, with which its people are gone once its lease is over. The channel
// closes when ctx ends.
func (s *Store) WatchQueue(ctx context.Context) <-chan struct{} {
	return s.watchers.watch(ctx, ofQueue)
}
