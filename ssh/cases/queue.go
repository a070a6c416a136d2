package cases

import (
	"context"
	"errors"
	"slices"
	"time"

	"onboard.example/flows"
)

// ofQueue is the topic of what a queue shows.
const ofQueue = "queue"

// Stand notes where the case stands, for queues: the step that its customer is at,
// empty before the first and behind the last, and whether somebody waits for us.
// Nothing of the customer or the tenant is in it. It fails with ErrNoCase, and with
// ErrNoStep of a step that no path has.
func (c *Case) Stand(ctx context.Context, step flows.StepID, waiting bool) error {
	if !isStep(step) {
		return ErrNoStep
	}
	wait := 0
	if waiting {
		wait = 1
	}
	err := c.store.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		if _, ok, err := q.about(c.id); err != nil || !ok {
			return ErrNoCase, err
		}
		_, err := q.exec(q.putStand, c.id, string(step), wait)
		return nil, err
	}})
	return c.store.storing(ctx, "noting where the case stands", err)
}

// isStep says whether a path has a step.
func isStep(id flows.StepID) bool {
	return id == "" || id == flows.ToProof || slices.ContainsFunc(flows.Paths(), func(p flows.Path) bool {
		return slices.ContainsFunc(p.Steps, func(s flows.Step) bool { return s.ID == id })
	})
}

// Queued is a case in a queue.
type Queued struct {
	Number     Number
	Step       flows.StepID // empty: none yet, or none any more
	Made, Last time.Time    // when it was made, and when something was added last
	Waiting    bool         // for us
	Present    bool         // somebody is at it
	Tenant     string       // which its invitation named; empty: none did
}

// Filter says which cases a queue shows. The zero value is all of them.
type Filter struct {
	Number  Number       // empty: any
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

// mostQueued bounds what is read of a queue at once.
const mostQueued = 1000

// Queue gives cases that a filter lets through, those first to which something was
// added last, behind a place in the queue: at most so many, and never more than a
// thousand. The cursor that it gives goes on behind them; more is false at the end.
func (s *Store) Queue(ctx context.Context, f Filter, from Cursor, most int) (out []Queued, next Cursor, more bool, err error) {
	const doing = "reading the queue"
	most = min(max(most, 1), mostQueued)
	short, cancel := s.bounded(ctx)
	defer cancel()
	next = from
	rows, err := s.rows(short, s.reads.queue, f.args(from, s.o.Now(), most+1)...)
	if err != nil {
		return nil, from, false, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		if len(out) == most {
			more = true
			continue
		}
		var q Queued
		var id, made, last, waiting, present int64
		if err := rows.Scan(&id, &q.Number, &made, &last, &q.Step, &waiting, &present, &q.Tenant); err != nil {
			return nil, from, false, s.storing(ctx, doing, err)
		}
		q.Made, q.Last, q.Waiting, q.Present = time.UnixMilli(made).UTC(), time.UnixMilli(last).UTC(), waiting != 0, present != 0
		out, next = append(out, q), Cursor{last, id, true}
	}
	return out, next, more, nil
}

// args are what the query of a queue is asked with.
func (f Filter) args(from Cursor, now time.Time, most int) []any {
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	since := int64(0)
	if !f.Since.IsZero() {
		since = f.Since.UnixMilli()
	}
	return []any{
		now.UnixMilli(), flag(!from.on), from.last, from.last, from.id, string(f.Number), string(f.Number), string(f.Step), string(f.Step),
		flag(f.Waiting), flag(f.Present), now.UnixMilli(), since, most,
	}
}

// WatchQueue gives a wake-up when a case was begun, stands elsewhere, or went, or
// somebody came or left, on whichever node; and none when records were appended. The
// channel closes when ctx ends.
func (s *Store) WatchQueue(ctx context.Context) <-chan struct{} {
	return s.watchers.watch(ctx, ofQueue)
}
