package ssh

import (
	"context"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/tui"
)

// liveCases are the cases at which somebody is just now, as guides may see them. It
// tells nothing of a tenant: no row that it makes has one.
type liveCases struct{ srv *Server }

var _ tui.Queue = liveCases{}

// List implements tui.Queue.
func (q liveCases) List(context.Context) ([]tui.QueueRow, error) {
	q.srv.mu.Lock()
	there := make([]*session, 0, len(q.srv.atWork))
	for _, one := range q.srv.atWork {
		there = append(there, one)
	}
	q.srv.mu.Unlock()
	out := make([]tui.QueueRow, 0, len(there))
	for _, one := range there {
		if row, goesOn := one.row(); goesOn {
			out = append(out, row)
		}
	}
	return out, nil
}

// Watch implements tui.Queue.
func (q liveCases) Watch(ctx context.Context) <-chan struct{} { return q.srv.stirs.watch(ctx) }

// row is a session's case in the queue; goesOn: it has one, and it has not ended.
func (s *session) row() (row tui.QueueRow, goesOn bool) {
	s.mu.Lock()
	number, state, since := s.number, s.state, s.since
	s.mu.Unlock()
	if number == "" || state == nil {
		return tui.QueueRow{}, false
	}
	st := state()
	row = tui.QueueRow{Number: number, Step: tui.Where(st), Began: since, Present: true}
	if waits(st) {
		row.Waits = st.Entered
	}
	return row, st.End == ""
}

// waits says whether somebody waits: they know what blocks them, and have not got
// past it.
func waits(s flows.State) bool {
	return s.Place.Stage >= flows.StageDiagnosis && s.Overall().State != checks.StateOpen
}

// working notes what a session works on. A case that is gone on with began when its
// first record was made.
func (s *session) working(drv *run.Driver, j flows.Journal) {
	since := s.srv.o.Now()
	if s.srv.o.Guides != nil && drv.State().Seq > 0 {
		if rs, err := j.Since(s.ctx, 0); err == nil && len(rs) > 0 {
			since = rs[0].At
		}
	}
	s.mu.Lock()
	s.state, s.since = drv.State, since
	s.mu.Unlock()
	s.srv.stirs.stir()
}

// stirring is a journal of which consoles hear when something is added to it.
type stirring struct {
	flows.Journal

	stirs *stirs
}

// Append implements flows.Journal.
func (j stirring) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	n, err := j.Journal.Append(ctx, after, r...)
	if err == nil {
		j.stirs.stir()
	}
	return n, err
}

// stirs wakes the consoles up. Nobody is waited for, and who sleeps is woken once.
type stirs struct {
	mu   sync.Mutex
	of   map[chan struct{}]struct{}
	last time.Time // somebody was woken
	due  bool      // and will be again in a moment
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
	if wait := stirPause - time.Since(w.last); wait > 0 {
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
