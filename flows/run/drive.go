package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// job is one Want at work.
type job struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when its goroutine has ended
}

// Run drives until ctx ends or the run has ended, and returns when everything
// that it started has stopped and been stored, as far as the journal can be
// written. The error is ctx's; nil at the run's end.
func (d *Driver) Run(ctx context.Context) error {
	var appender sync.WaitGroup
	storing, stopStoring := context.WithCancel(context.WithoutCancel(ctx))
	defer appender.Wait()
	defer stopStoring()
	appender.Go(func() { d.store(storing) })
	d.fileInterrupted(ctx)
	jobs := map[flows.Want]*job{}
	defer func() {
		for _, j := range jobs {
			j.cancel()
		}
		for _, j := range jobs {
			<-j.done
		}
		// Whoever leaves the moment the proof is there must not leave before the
		// receipt says what it showed.
		d.refile(context.WithoutCancel(ctx), d.State())
	}()
	for {
		s := d.State()
		d.refile(context.WithoutCancel(ctx), s)
		if s.End != "" {
			return nil
		}
		if e, ok := flows.Due(s); ok {
			if p, plan := e.(flows.Planned); plan {
				p.Plan.ID = d.o.PlanID()
				e = p
			}
			d.post(e)
			continue
		}
		watch, end, watched := flows.WatchEnds(s)
		left := end.Sub(d.o.Now())
		if watched && left <= 0 {
			d.post(flows.Watched{Visit: watch, Why: flows.WatchOver})
			continue
		}
		d.reconcile(ctx, jobs, s)
		var over <-chan time.Time
		if watched {
			over = time.After(left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.dirty:
		case <-over:
		}
	}
}

// reconcile cancels what is no longer wanted and starts what is missing; between
// the two nobody works as an account that is put away. A job that is done stays
// in the list while its Want is there, so that nothing is done twice for one Want.
func (d *Driver) reconcile(ctx context.Context, jobs map[flows.Want]*job, s flows.State) {
	wants := flows.Wants(s)
	wanted := make(map[flows.Want]bool, len(wants))
	for _, w := range wants {
		wanted[w] = true
	}
	for w, j := range jobs {
		if !wanted[w] {
			j.cancel()
			delete(jobs, w)
			// Two applies never overlap; neither do two sign-ins, which
			// share the listener. Looks give way at once as well, for a
			// reader must not be asked twice at a time.
			<-j.done
		}
	}
	d.putAway(s)
	for _, w := range wants {
		if jobs[w] == nil {
			jobs[w] = d.begin(ctx, w)
		}
	}
}

// begin starts the work of a Want.
func (d *Driver) begin(ctx context.Context, w flows.Want) *job {
	ctx, cancel := context.WithCancel(ctx)
	j := &job{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(j.done)
		defer cancel()
		switch w.Kind {
		case flows.WantLook:
			d.look(ctx, w)
		case flows.WantSignIn:
			d.signIn(ctx, w)
		case flows.WantApply:
			d.carryOut(ctx, w.Plan)
		case flows.WantReturn:
			d.awaitReturn(ctx, w)
		}
	}()
	return j
}

// brokeError is a hand that fell over.
type brokeError struct{ what any }

// Error says what the hand threw, cleaned.
func (e *brokeError) Error() string { return checks.Line(fmt.Sprint(e.what), 200) }

// safely calls a hand; one that panics is an error like any other.
func safely(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &brokeError{r}
		}
	}()
	return call()
}
