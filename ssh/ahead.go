package ssh

import (
	"context"
	"time"

	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// A case is read ahead while its guide reads what asking its customer means: of a long one
// that takes longer than the rest of asking. Nothing of it is shown, said or noted by
// that, and it is forgotten when the guide turns away, or with aheadTime.

// aheadTime is how long what was read ahead is kept: a case that is erased meanwhile is in
// memory no longer than that.
const aheadTime = time.Minute

// ahead is a case that is read ahead.
type ahead struct {
	number cases.Number
	stop   func()
	done   chan struct{} // closed once it was read, or could not be
	c      *cases.Case   // nil: it could not; likewise read
	read   *run.Ahead
}

// readAhead reads a case because the guide may ask its customer; an empty number forgets
// what was read. What fails here fails in asking, which tells.
func (d *desk) readAhead(ctx context.Context, number string) {
	n, err := cases.ParseNumber(number)
	if err != nil || d.may(PowerWatch) != nil {
		d.readsAhead(nil)
		return
	}
	ctx, stop := context.WithTimeout(ctx, aheadTime)
	a := &ahead{number: n, stop: stop, done: make(chan struct{})}
	d.readsAhead(a)
	context.AfterFunc(ctx, func() { d.forgets(a) })
	defer close(a.done)
	c, err := d.s.srv.o.Cases.Case(ctx, n)
	if err != nil {
		return
	}
	if read, err := run.ReadAhead(ctx, c); err == nil {
		a.c, a.read = c, read
	}
}

// readsAhead has another case be the one that is read ahead; nil: none is.
func (d *desk) readsAhead(a *ahead) {
	d.aheads.Lock()
	before := d.ahead
	d.ahead = a
	d.aheads.Unlock()
	if before != nil {
		before.stop()
	}
}

// forgets drops a case that was read ahead, if it still is the one.
func (d *desk) forgets(a *ahead) {
	d.aheads.Lock()
	defer d.aheads.Unlock()
	if d.ahead == a {
		d.ahead = nil
	}
}

// about is a case that is to be asked for, with what was read of it ahead, which is
// forgotten here; nil: nothing was.
func (d *desk) about(ctx context.Context, n cases.Number) (*cases.Case, *run.Ahead, error) {
	d.aheads.Lock()
	a := d.ahead
	d.aheads.Unlock()
	if a != nil && a.number == n {
		defer a.stop()
		select {
		case <-a.done:
			if a.c != nil {
				return a.c, a.read, nil
			}
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	c, err := d.s.srv.o.Cases.Case(ctx, n)
	return c, nil, err
}
