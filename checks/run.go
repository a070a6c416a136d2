package checks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// patienceAtEnd is how long Run waits for readers once its context has ended.
// Readers promise to come back then; one that does not is left behind.
const patienceAtEnd = 500 * time.Millisecond

// Run looks at what the checks of ids need (all that are about the app where there
// are none) and judges each as soon as its parts are in and its needs are judged.
//
// All readers are asked at once, each for its parts; the first of readers that
// serves a part is asked for it. A part that s.Look holds already is read
// again where a check of ids reads it, and taken as it is where only their
// needs do: so a poll reads its own parts and nothing else.
//
// Run calls land once for each finding, in the order they come, never twice
// at a time: for every id asked, and for every need that was looked at anew.
// When ctx ends it returns promptly; what had not come in is Unknown, and so
// is what nobody serves. s.Look is not changed.
func Run(ctx context.Context, s Subject, readers []Reader, ids []ID, land func(Finding)) Snapshot {
	r := newRun(s, ids, land)
	for _, id := range r.strange {
		land(strangeFinding(id, s.Now))
	}
	arrivals, gone := make(chan arrival), make(chan struct{})
	defer close(gone)
	readings := r.ask(ctx, readers, arrivals, gone)
	r.settle(ctx)
	ended := ctx.Done()
	var late <-chan time.Time
	for readings > 0 {
		select {
		case a := <-arrivals:
			if a.ended {
				readings--
			}
			r.take(ctx, a)
		case <-ended:
			timer := time.NewTimer(patienceAtEnd)
			defer timer.Stop()
			ended, late = nil, timer.C
		case <-late:
			r.take(ctx, arrival{ended: true, parts: slices.Collect(maps.Keys(r.waiting))})
			return *r.look
		}
	}
	return *r.look
}

// arrival is a part that came in, or the end of a reading.
type arrival struct {
	piece Piece
	ended bool
	parts []Part // at the end: all that the reading was to bring
	broke any    // at the end: what the reader panicked with
}

// run is the state of one Run. One goroutine owns it.
type run struct {
	s       Subject
	look    *Snapshot
	began   time.Time
	checks  []*entry // not judged yet, causes first
	asked   map[ID]bool
	anew    map[Part]bool // parts that are read this time
	waiting map[Part]bool // those that are still on their way
	strange []ID
	done    map[ID]Finding
	land    func(Finding)
}

func newRun(s Subject, ids []ID, land func(Finding)) *run {
	r := &run{
		s: s, look: &Snapshot{}, began: time.Now(), asked: map[ID]bool{}, anew: map[Part]bool{},
		waiting: map[Part]bool{}, done: map[ID]Finding{}, land: land,
	}
	if s.Look != nil {
		*r.look = *s.Look
	}
	r.s.Look = r.look
	if len(ids) == 0 {
		ids = IDsFor(s.App)
	}
	r.checks, r.strange = closure(ids)
	for _, e := range r.checks {
		r.asked[e.ID] = slices.Contains(ids, e.ID)
	}
	return r
}

// wants reports whether a part must be read: a check asked for reads it, or a
// need does and it is not there. Nobody in particular has nothing to read.
func (r *run) wants(p Part) bool {
	if r.s.ofNobody(p) {
		return false
	}
	return slices.ContainsFunc(r.checks, func(e *entry) bool {
		return slices.Contains(e.Reads, p) && (r.asked[e.ID] || !r.look.see(p).read)
	})
}

// ask starts every reader on its parts and gives how many were started.
func (r *run) ask(ctx context.Context, readers []Reader, arrivals chan<- arrival, gone <-chan struct{}) int {
	q := Query{App: r.s.App, Domain: r.s.Domain, Cloud: r.s.Cloud, Person: r.s.Person, Who: r.s.Who, Deleted: r.s.Deleted}
	started := 0
	for _, reader := range readers {
		var parts []Part
		for _, p := range reader.Serves() {
			if !r.waiting[p] && r.wants(p) {
				r.waiting[p], r.anew[p] = true, true
				parts = append(parts, p)
			}
		}
		if len(parts) == 0 {
			continue
		}
		started++
		send := func(a arrival) {
			select {
			case arrivals <- a:
			case <-gone:
			}
		}
		go func() {
			defer func() { send(arrival{ended: true, parts: parts, broke: recover()}) }()
			reader.Read(ctx, q, slices.Clone(parts), func(p Piece) { send(arrival{piece: p}) })
		}()
	}
	return started
}

// take puts an arrival where it belongs and judges what it makes ready. A part
// that nobody waits for is dropped.
func (r *run) take(ctx context.Context, a arrival) {
	switch {
	case a.ended:
		r.close(ctx, a)
	case r.waiting[a.piece.Part]:
		a.piece.Into(r.look)
		delete(r.waiting, a.piece.Part)
	}
	r.settle(ctx)
}

// close gives up on what a reading should have brought and did not.
func (r *run) close(ctx context.Context, a arrival) {
	f := &Failure{Kind: FailNotAsked, Message: sayNoPiece}
	switch {
	case ctx.Err() != nil:
		f = cancelled(ctx)
	case a.broke != nil:
		f.Message = Line(fmt.Sprintf(sayReaderBroke, a.broke), maxDetail)
	}
	for _, p := range a.parts {
		if r.waiting[p] {
			r.look.fail(p, f)
			delete(r.waiting, p)
		}
	}
}

func cancelled(ctx context.Context) *Failure {
	return &Failure{Kind: FailCancelled, Message: Line(context.Cause(ctx).Error(), maxDetail)}
}

// settle judges every check that is ready: its needs are judged, and its parts
// are in or a failed need makes them useless. Causes come first in r.checks,
// so one pass is enough.
func (r *run) settle(ctx context.Context) {
	r.checks = slices.DeleteFunc(r.checks, func(e *entry) bool {
		for _, n := range e.Needs {
			if _, ok := r.done[n]; !ok {
				return false
			}
		}
		_, skip := e.cause(r.done)
		if !skip && slices.ContainsFunc(e.Reads, func(p Part) bool { return r.waiting[p] }) {
			return false
		}
		f := e.judge(ctx, r.s, r.done)
		f.Took = time.Since(r.began)
		r.done[e.ID] = f
		if r.asked[e.ID] || slices.ContainsFunc(e.Reads, func(p Part) bool { return r.anew[p] }) {
			r.land(f)
		}
		return true
	})
}
