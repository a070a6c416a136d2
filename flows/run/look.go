package run

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// look does one look, or looks again and again with growing pauses, until ctx
// ends.
func (d *Driver) look(ctx context.Context, w flows.Want) {
	ids := w.Checks.IDs()
	for pause := w.Every; ; pause = min(pause+pause/2, w.Most) {
		next := d.lookOnce(ctx, ids, w.Round, pause)
		if w.Every == 0 || ctx.Err() != nil {
			return
		}
		t := time.NewTimer(next.Sub(d.o.Now()))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// lookOnce asks for every check once and puts what was found into the run. It
// returns when the next look is due, pause from its end; with no pause there
// is none.
func (d *Driver) lookOnce(ctx context.Context, ids []checks.ID, round uint32, pause time.Duration) time.Time {
	missing := make(map[checks.ID]bool, len(ids))
	for _, id := range ids {
		missing[id] = true
	}
	next := func() time.Time {
		if pause == 0 {
			return time.Time{}
		}
		return d.o.Now().Add(pause)
	}
	same := flows.Looked{Round: round}
	found := func(f checks.Finding) {
		if ctx.Err() != nil {
			return
		}
		delete(missing, f.Check)
		if old, ok := d.State().Finding(f.Check); ok && sameFinding(old.Finding, f) {
			same.Checks, same.At = append(same.Checks, f.Check), f.At
			return
		}
		d.post(flows.Found{Finding: f, Round: round, Next: next()})
	}
	settle := func(next time.Time) {
		if len(same.Checks) > 0 {
			same.Next = next
			d.post(same)
			same.Checks = nil
		}
	}
	// What was found is in the run before the facts of it are.
	_, err := d.ask(ctx, ids, round, found, func() { settle(next()) })
	if ctx.Err() != nil {
		return time.Time{}
	}
	end := next()
	settle(end)
	for _, id := range ids {
		if missing[id] {
			d.post(flows.Found{Finding: unanswered(id, err, d.o.Now()), Round: round, Next: end})
		}
	}
	return end
}

// mostTold is how often one look tells early: each time is kept in the journal.
const mostTold = 8

// ask has the hand look, and puts what it learned into the run, as of the round
// that the look was wanted in. Whenever it is about to, it calls before.
func (d *Driver) ask(ctx context.Context, ids []checks.ID, round uint32, found func(checks.Finding), before func()) (facts flows.Facts, err error) {
	if d.hands.Look == nil {
		return facts, errors.New(words.noLooker)
	}
	s := d.State()
	var early flows.Facts
	var turn sync.Mutex
	left := mostTold // of what a look may tell early; none once it has ended
	tell := func(facts flows.Facts, of []checks.ID) {
		turn.Lock()
		defer turn.Unlock()
		if len(of) > 0 && ctx.Err() == nil && left > 0 && d.news(facts, of) { // no checks would stand for all
			left--
			early = facts
			before()
			d.post(flows.Learned{Facts: facts, Round: round, Checks: slices.Clone(of)})
		}
	}
	err = safely(func() (err error) {
		facts, err = d.hands.Look.Look(ctx, Ask{
			Checks: ids, App: s.App, Domain: s.Domain, Cloud: s.Cloud(), Person: s.Person, Who: s.Who(), Deleted: s.Deleted(),
			Round: round, Tenant: s.TenantID(), Callback: s.Callback, CalledBack: s.CalledBack, Tell: tell,
		}, found)
		return err
	})
	turn.Lock()
	left = 0
	turn.Unlock()
	if ctx.Err() != nil {
		return facts, ctx.Err()
	}
	d.complain(err)
	// Facts end a look, and so are told once a round even where there are none, or
	// none beside those that were told early.
	rest := facts
	if reflect.DeepEqual(facts, early) {
		rest = flows.Facts{}
	}
	if d.news(rest, ids) {
		before()
		d.post(flows.Learned{Facts: rest, Round: round, Checks: ids})
	}
	return facts, err
}

// news says whether facts are to be told: nothing stands in the run yet of these checks in
// this round, or something else. A step that waits for hours looks again and again.
func (d *Driver) news(facts flows.Facts, of []checks.ID) bool {
	s := d.State()
	return !s.Told(of) || s.Learns(facts)
}

// complain puts a hand that fell over into the run, with an apology to follow
// on the screen. Other errors are not ours.
func (d *Driver) complain(err error) {
	var broke *brokeError
	if errors.As(err, &broke) {
		d.post(flows.Troubled{What: flows.TroublePanic, Text: broke.Error()})
	}
}

// unanswered is the finding for a check that a look never answered.
func unanswered(id checks.ID, err error, now time.Time) checks.Finding {
	f := checks.Finding{Check: id, Summary: words.unanswered, At: now, Seen: []checks.Evidence{}}
	if err != nil {
		f.Detail = []string{checks.Line(err.Error(), 240)}
	}
	return f
}

// sameFinding says whether two looks found the same, whenever they looked.
func sameFinding(a, b checks.Finding) bool {
	return a.Verdict == b.Verdict && a.Grade == b.Grade && a.Summary == b.Summary &&
		reflect.DeepEqual(still(a), still(b))
}

// still is a finding without what differs between two looks at the same thing.
func still(f checks.Finding) checks.Finding {
	seen := make([]checks.Evidence, len(f.Seen))
	for i, e := range f.Seen {
		e.At, e.RequestID = time.Time{}, ""
		seen[i] = e
	}
	f.Seen, f.At, f.Took = seen, time.Time{}, 0
	if len(f.Detail) == 0 {
		f.Detail = nil
	}
	return f
}
