package ssh

import (
	"context"
	"sync"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// later is the journal of a run that becomes a case once something was chosen in
// it. Until then it is in memory: who only looks in leaves nothing behind, and
// connecting writes nothing to the disk.
type later struct {
	// begin makes the case, and gives its journal and what is to be done once all
	// that happened so far is kept there; it is called until it succeeds.
	begin func(ctx context.Context) (j flows.Journal, kept func(), err error)

	mu    sync.Mutex
	first *journal.Memory
	state flows.State   // of what first holds
	kept  flows.Journal // of the case; nil: there is none yet
	after func()        // called once everything is in kept
	moved chan struct{} // closed once everything is in kept
	whole bool
}

var _ flows.Journal = (*later)(nil)

func newLater(begin func(ctx context.Context) (flows.Journal, func(), error)) *later {
	return &later{begin: begin, first: journal.NewMemory(), moved: make(chan struct{})}
}

// Append implements flows.Journal.
func (l *later) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.whole && !flows.Fold(l.state, r...).Begun() {
		n, err := l.first.Append(ctx, after, r...)
		if err == nil {
			l.state = flows.Fold(l.state, r...)
		}
		return n, err
	}
	if err := l.move(ctx); err != nil {
		return 0, err
	}
	return l.kept.Append(ctx, after, r...)
}

// move makes the case and stores what happened before. What was stored already
// when an earlier attempt broke is not stored twice. The caller holds mu.
func (l *later) move(ctx context.Context) (err error) {
	if l.whole {
		return nil
	}
	if l.kept == nil {
		if l.kept, l.after, err = l.begin(ctx); err != nil {
			l.kept = nil
			return err
		}
	}
	rs, err := l.first.Since(ctx, 0)
	if err != nil {
		return err
	}
	if len(rs) > 0 {
		if _, err := l.kept.Append(ctx, 0, rs...); err != nil {
			return err
		}
	}
	l.whole, l.first = true, nil
	close(l.moved)
	l.after()
	return nil
}

// Since implements flows.Journal.
func (l *later) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.whole {
		return l.kept.Since(ctx, after)
	}
	return l.first.Since(ctx, after)
}

// Watch implements flows.Journal. Before there is a case nobody else can write.
func (l *later) Watch(ctx context.Context) <-chan struct{} {
	wake := make(chan struct{}, 1)
	go func() {
		defer close(wake)
		select {
		case <-ctx.Done():
			return
		case <-l.moved:
		}
		for range l.kept.Watch(ctx) {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}()
	return wake
}
