package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// queue lists the cases of every node, once for all consoles of this one.
type queue struct {
	store *cases.Store
	// shared: guides of several organisations may come.
	shared bool
	stirs  stirs
	wait   *sync.WaitGroup // of what is woken by the store
	spoil  func()          // catches what panics; deferred
	log    *slog.Logger

	mu    sync.Mutex
	open  int // consoles
	stop  context.CancelFunc
	round uint64 // of wake-ups

	reading sync.Mutex // one list at a time
	listed  uint64     // the round that rows are of; 0: of none
	rows    []cases.Queued
	more    bool
	as      map[string][]tui.QueueRow // rows as guides of an organisation see them
}

// How much a console lists, and how often it does without being woken: nobody is
// woken when a node has died, whose people are gone once its lease is over.
const (
	mostListed  = 5000 // the store gives as many at once
	mostShown   = 50   // cases of one guide whose tenant is told
	relistEvery = 10 * time.Second
)

// watch gives wake-ups until ctx ends, a few a second at the most.
func (q *queue) watch(ctx context.Context) <-chan struct{} {
	q.mu.Lock()
	if q.open++; q.open == 1 {
		q.round++
		live, stop := context.WithCancel(context.WithoutCancel(ctx))
		q.stop = stop
		wake := q.store.WatchQueue(live)
		q.wait.Go(func() {
			defer q.spoil()
			q.hear(live, wake)
		})
	}
	q.mu.Unlock()
	context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.open--; q.open == 0 {
			q.stop()
		}
	})
	return q.stirs.watch(ctx)
}

// hear wakes the consoles when the store does, and now and then besides.
func (q *queue) hear(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(relistEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
			q.expire(ctx)
		}
		q.mu.Lock()
		q.round++
		q.mu.Unlock()
		q.stirs.stir()
	}
}

// now is the round of wake-ups; 0: nobody would hear of one.
func (q *queue) now() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == 0 {
		return 0
	}
	return q.round
}

// list gives the cases as a guide sees them whom nobody said yes to, and whether there are
// more. Nobody may change what it gives.
func (q *queue) list(ctx context.Context, who Guide) ([]tui.QueueRow, bool, error) {
	q.reading.Lock()
	defer q.reading.Unlock()
	if round := q.now(); round == 0 || round != q.listed {
		from := time.Now()
		all, more, err := q.read(ctx)
		q.stirs.slow(time.Since(from))
		if err != nil {
			return nil, false, err
		}
		q.rows, q.more, q.listed, q.as = all, more, round, map[string][]tui.QueueRow{}
	}
	rows, ok := q.as[who.organisation]
	if !ok {
		rows = make([]tui.QueueRow, len(q.rows))
		for i, one := range q.rows {
			rows[i] = q.rowOf(one, who)
		}
		q.as[who.organisation] = rows
	}
	return rows, q.more, nil
}

// read reads some thousands of cases, and where there are more who waits, at least. Each
// of the two is of one moment: whatever is added to while they are read stays in the list,
// though it moves in the queue. What begins or ceases to wait between them wakes everybody.
func (q *queue) read(ctx context.Context) (all []cases.Queued, more bool, err error) {
	there := map[cases.Number]bool{}
	add := func(f cases.Filter) (more bool, err error) {
		some, _, more, err := q.store.Queue(ctx, f, cases.Cursor{}, mostListed)
		for _, one := range some {
			if !there[one.Number] {
				there[one.Number] = true
				all = append(all, one)
			}
		}
		return more, err
	}
	if more, err = add(cases.Filter{}); err == nil && more {
		_, err = add(cases.Filter{Waiting: true})
	}
	return all, more, err
}

// rowOf is a case as a guide may see it whom nobody said yes to: of a tenant only what an
// invitation of their own organisation named, or one of nobody's where no guide of another
// comes, as with the invitations themselves.
func (q *queue) rowOf(c cases.Queued, who Guide) tui.QueueRow {
	r := tui.QueueRow{Number: string(c.Number), Began: c.Made, Waits: c.Waits, Present: c.Present, Home: c.Home}
	if c.Known {
		r.Step = tui.WhereAt(c.Stage, c.N, c.Of)
	}
	theirs := c.Organisation == who.organisation
	if c.Organisation == "" {
		theirs = !q.shared
	}
	if c.Tenant != "" && theirs {
		r.Shown = &tui.Shown{Tenant: c.Tenant}
	}
	return r
}

// guideQueue is the queue as one guide sees it: with the tenants of those who said yes
// to them, by their key, while the yes stands.
type guideQueue struct {
	queue *queue
	guide Guide
	may   func() error // be shown anything now
	who   string       // in the words of flows.Guide.Known, which says where to look and no more
	now   func() time.Time
	// audit has it written down that the guide is shown what somebody let them see.
	audit func(ctx context.Context, mark string, n cases.Number, did, more string) error
	// undone has it written down that an entry says what was not to be.
	undone func(ctx context.Context, n cases.Number, e entry, became string)
	id     string // of this console alone
	log    *slog.Logger

	mu   sync.Mutex
	seen map[cases.Number]*seen
}

var _ tui.Queue = (*guideQueue)(nil)

// seen is a case that was read because its customer said yes.
type seen struct {
	c     *cases.Case
	state flows.State
	told  flows.VisitID // the yes under which the audit says that it was shown
	doubt entry         // which the audit may have, though the tenant was not shown
}

// didShow is what the audit says of a tenant that stands in a guide's queue.
const didShow = "tenant-listed"

// queue is the queue as the guide of a desk sees it.
func (d *desk) queue() *guideQueue {
	name, org, _ := flows.KnownAs(d.who.name, d.who.organisation)
	srv := d.s.srv
	g := &guideQueue{queue: &srv.queue, guide: d.who, may: d.shows, who: flows.Guide{Name: name, Org: org}.Known(), now: srv.o.Now, audit: d.audit, undone: d.undone, id: rand.Text(), log: srv.o.Log, seen: map[cases.Number]*seen{}}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = g
	return g
}

// close has the audit say what of its entries was not to be. Nothing is listed any more.
func (g *guideQueue) close(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for n := range g.seen {
		g.forget(ctx, n)
	}
}

// forget forgets a case whose yes is over, or that is gone. The caller holds mu.
func (g *guideQueue) forget(ctx context.Context, n cases.Number) {
	if one := g.seen[n]; one != nil && one.doubt.mark != "" {
		g.undone(ctx, n, one.doubt, didNot)
	}
	delete(g.seen, n)
}

// Watch implements tui.Queue.
func (g *guideQueue) Watch(ctx context.Context) <-chan struct{} { return g.queue.watch(ctx) }

// List implements tui.Queue.
func (g *guideQueue) List(ctx context.Context) ([]tui.QueueRow, bool, error) {
	if err := g.may(); err != nil { // before the audit has it that something was shown
		return nil, false, err
	}
	rows, more, err := g.list(ctx)
	if err == nil {
		err = g.may() // that took its time
	}
	if err != nil {
		return nil, false, err
	}
	return rows, more, nil
}

// list is List, for who may see it.
func (g *guideQueue) list(ctx context.Context) ([]tui.QueueRow, bool, error) {
	rows, more, err := g.queue.list(ctx, g.guide)
	if err != nil {
		return nil, false, err
	}
	handed, err := g.handed(ctx)
	if err != nil {
		return nil, false, err
	}
	shown, err := g.shown(ctx)
	if err != nil || len(shown)+len(handed) == 0 {
		return rows, more, err
	}
	if rows, err = g.mark(ctx, slices.Clone(rows), handed); err != nil {
		return nil, false, err
	}
	for i := range rows {
		if s, ok := shown[cases.Number(rows[i].Number)]; ok {
			rows[i].Shown = s
		}
	}
	return rows, more, nil
}

// shown is what the guide may see of tenants now. The store says where to look; whether
// there is a yes the case itself says.
func (g *guideQueue) shown(ctx context.Context) (map[cases.Number]*tui.Shown, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	said, err := g.queue.store.YesTo(ctx, g.who, mostShown)
	if err != nil {
		return nil, err
	}
	for n := range g.seen {
		if !slices.Contains(said, n) {
			g.forget(ctx, n)
		}
	}
	out := map[cases.Number]*tui.Shown{}
	for _, n := range said {
		switch s, may, err := g.mayKnow(ctx, n); {
		case errors.Is(err, cases.ErrNoCase): // it was erased meanwhile
			g.forget(ctx, n)
		case err != nil:
			return nil, err
		case may:
			out[n] = &tui.Shown{Tenant: s.Domain, Blocks: blocks(s)}
		}
	}
	return out, nil
}

// mayKnow gives a run where the customer's yes to the guide stands, and the audit says
// so; what it says took its time, so that it is asked anew then.
func (g *guideQueue) mayKnow(ctx context.Context, n cases.Number) (s flows.State, may bool, err error) {
	for {
		if s, err = g.look(ctx, n); err != nil || s.End != "" || s.Domain == "" {
			return s, false, err
		}
		i := slices.IndexFunc(s.Guides, func(o flows.Guide) bool { return o.Print != "" && o.Print == g.guide.print && o.Holds(g.now()) })
		if i < 0 {
			return s, false, nil
		}
		one := g.seen[n]
		if one.told == s.Guides[i].Visit {
			return s, true, nil
		}
		e := entry{deedMark(g.id, string(n), string(s.Guides[i].Visit), didShow), didShow, ""}
		if one.doubt.mark != "" && one.doubt != e { // under an earlier yes
			g.undone(ctx, n, one.doubt, didNot)
			one.doubt = entry{}
		}
		if err := g.audit(ctx, e.mark, n, e.did, e.more); err != nil {
			if unheard(err) {
				one.doubt = e
			}
			g.log.Warn("a guide's queue lacks a tenant, for the audit cannot be written", "case", string(n), "why", err.Error())
			return s, false, nil
		}
		one.told, one.doubt = s.Guides[i].Visit, entry{}
	}
}

// look reads what of a case is new, as far as it is shared with guides.
func (g *guideQueue) look(ctx context.Context, n cases.Number) (flows.State, error) {
	one := g.seen[n]
	if one == nil {
		c, err := g.queue.store.Case(ctx, n)
		if err != nil {
			return flows.State{}, err
		}
		one = &seen{c: c}
		g.seen[n] = one
	}
	rs, err := one.c.Since(ctx, one.state.Seq)
	if err != nil {
		return flows.State{}, err
	}
	for _, r := range rs {
		one.state = flows.Fold(one.state, flows.Shared(one.state, r))
	}
	return one.state, nil
}

// blocks is what blocks in a run; empty: nothing is known to.
func blocks(s flows.State) string {
	if o := s.Overall(); waits(s) && o.State == checks.StateBlocked {
		return o.Reason
	}
	return ""
}

// stirs wakes the consoles up. Nobody is waited for, and who sleeps is woken once.
type stirs struct {
	mu   sync.Mutex
	of   map[chan struct{}]struct{}
	last time.Time     // somebody was woken
	due  bool          // and will be again in a moment
	rest time.Duration // the shortest time between two, where that is more than stirPause
}

// slow says how long a list takes: one who is woken spends a fifth of the time with it
// at the most.
func (w *stirs) slow(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = min(4*took, relistEvery)
}

// stirPause is the shortest time between two wake-ups: each lists every case.
const stirPause = 250 * time.Millisecond

// stir wakes every console, at once or in a moment.
func (w *stirs) stir() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.of) == 0 || w.due {
		return
	}
	if wait := max(stirPause, w.rest) - time.Since(w.last); wait > 0 {
		w.due = true
		time.AfterFunc(wait, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.due = false
			w.wake()
		})
		return
	}
	w.wake()
}

// wake wakes everybody. The caller holds mu.
func (w *stirs) wake() {
	w.last = time.Now()
	for c := range w.of {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// watch gives wake-ups until ctx ends, and closes then.
func (w *stirs) watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[chan struct{}]struct{}{}
	}
	w.of[c] = struct{}{}
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.of, c)
		close(c)
	})
	return c
}
