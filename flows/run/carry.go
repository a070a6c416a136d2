package run

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// The bounds of carrying out a plan.
const (
	// writeTime bounds one write.
	writeTime = 60 * time.Second
	// notThereYet is how often a line is sent that Microsoft refuses because it
	// does not see yet what a line before made: such a refusal means that
	// nothing was written.
	notThereYet = 4
	// soonSeen is how many looks at a line most need at most.
	soonSeen = 3
)

// carrying is one plan under way.
type carrying struct {
	d    *Driver
	plan flows.Plan
	hand Changer
	app  string // object id of the enterprise app; empty: not made yet
	// work ends when the run is left; tell outlives it by the grace, so that
	// what was sent can still be told.
	work, tell context.Context
}

// carryOut carries out the plan that was confirmed and stored: it reads the
// tenant again first, writes each line once, and reads again after each. It
// ends with every line seen, or with Stopped, and never sends a line that an
// earlier run may have sent: after an interruption the plan is made anew from
// what is there.
func (d *Driver) carryOut(ctx context.Context, id flows.PlanID) {
	s := d.State()
	if s.Plan == nil || s.Plan.ID != id {
		return
	}
	tell, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(d.o.WriteGrace, cancel) })()
	c := &carrying{d: d, plan: *s.Plan, work: ctx, tell: tell}
	unlock, err := d.lock(s.Plan.Tenant)
	if err != nil {
		d.finish(tell, flows.Stopped{Plan: id, Why: notLocked(err), Text: lockWords(err)})
		return
	}
	defer unlock()
	if why, text := c.run(); why != "" && d.State().Confirmed == id { // else it was stopped already, and said why
		d.finish(tell, flows.Stopped{Plan: id, Why: why, Text: text})
	}
	d.file(tell, id)
}

// notLocked is why a plan is not begun where the tenant is not this run's alone.
func notLocked(err error) flows.StopReason {
	if errors.Is(err, flows.ErrWriting) {
		return flows.StopBusy
	}
	return flows.StopStore
}

// lockWords are what notLocked does not say by itself.
func lockWords(err error) string {
	if errors.Is(err, flows.ErrWriting) {
		return ""
	}
	return err.Error()
}

// finish tells the end of a plan. It is stored if it can be, and holds in
// memory if not.
func (d *Driver) finish(ctx context.Context, e flows.Event) {
	if d.keep(ctx, e) != nil {
		d.mu.Lock()
		d.add(flows.ByDriver, e, false)
		d.mu.Unlock()
	}
}

func (c *carrying) run() (why flows.StopReason, text string) {
	if why, text := c.readFirst(); why != "" {
		return why, text
	}
	if c.d.hands.Change == nil {
		return flows.StopNoHands, words.noChanger
	}
	err := safely(func() (err error) {
		c.hand, err = c.d.hands.Change.Changer(c.work, c.plan)
		return err
	})
	if err != nil {
		c.d.complain(err)
		return flows.StopNoHands, err.Error()
	}
	for i := range c.plan.Lines {
		if why, text := c.holds(i); why != "" {
			return why, text
		}
		if why, text := c.line(i); why != "" {
			return why, text
		}
	}
	return "", ""
}

// holds looks whether what is still to be done is what was agreed to: by what
// was read after the line before, the plan made anew has the same lines left. A
// line writes what it replaces whole, so that a change that somebody made in
// between would be lost.
func (c *carrying) holds(i int) (why flows.StopReason, text string) {
	if i == 0 {
		return "", "" // it was held against the tenant just now
	}
	now, err := flows.MakePlan(c.d.State())
	if err != nil {
		return c.noPlan(err), err.Error()
	}
	done, left := c.requests(c.plan.Lines[:i]), c.requests(c.plan.Lines[i:])
	// A copy that lags may not show what was seen already.
	again := slices.DeleteFunc(c.requests(now.Lines), func(r string) bool { return slices.Contains(done, r) })
	if !slices.Equal(again, left) {
		return flows.StopMoved, ""
	}
	return "", ""
}

// noPlan is why the plan is not carried further where none can be made of what
// was read.
func (c *carrying) noPlan(err error) flows.StopReason {
	switch {
	case errors.Is(err, flows.ErrNotRead):
		return c.stopped(flows.StopUnread)
	case errors.Is(err, flows.ErrNoUse):
		return flows.StopNoUse
	}
	return flows.StopMoved // by what came to light, there can be no such plan
}

// requests are the lines as they are sent, with what they find there.
func (c *carrying) requests(lines []flows.Change) []string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		l, _ = l.Bind(c.app)
		out = append(out, l.Method+" "+l.Path+" "+l.Body+" "+l.Before)
	}
	return out
}

// readFirst reads the tenant again and holds the plan against it, and against
// what was sent before and may still show.
func (c *carrying) readFirst() (why flows.StopReason, text string) {
	if err := c.read(); err != nil {
		return c.stopped(flows.StopUnread), err.Error()
	}
	s := c.d.State()
	now, err := flows.MakePlan(s)
	if err != nil {
		return c.noPlan(err), err.Error()
	}
	if now.Sum() != c.plan.Sum() {
		return flows.StopMoved, ""
	}
	if why, text := c.notSent(); why != "" {
		return why, text
	}
	if s.Facts.App != nil {
		c.app = s.Facts.App.ID
	}
	return "", ""
}

// notSent holds lines, or without any the whole plan, against what was sent before
// and may still show.
func (c *carrying) notSent(lines ...flows.Change) (why flows.StopReason, text string) {
	switch line, left, ok, err := c.d.SentBefore(c.work, lines...); {
	case err != nil:
		return c.stopped(flows.StopStore), err.Error()
	case ok:
		return flows.StopSent, flows.SentBeforeWords(line, left)
	}
	return "", ""
}

// read looks at what plans are made of. The error is that nothing was learned.
func (c *carrying) read() error {
	round := c.d.State().Round
	ids := flows.PlanChecks(c.d.State(), c.plan.Of())
	facts, err := c.d.ask(c.work, ids, round, func(f checks.Finding) {
		c.d.post(flows.Found{Finding: f, Round: round})
	}, func() {})
	if err == nil && !facts.Covers(ids) {
		return errors.New(words.notRead)
	}
	return err
}

// stopped is why, or interrupted where the run was left meanwhile.
func (c *carrying) stopped(why flows.StopReason) flows.StopReason {
	if c.work.Err() != nil {
		return flows.StopInterrupted
	}
	return why
}

// line sends one line and reads until it shows.
func (c *carrying) line(i int) (why flows.StopReason, text string) {
	line, ok := c.plan.Lines[i].Bind(c.app)
	if !ok {
		return flows.StopUnseen, words.noAppID
	}
	if line.Method == http.MethodPost { // once more, as late as can be: what a run elsewhere wrote meanwhile
		if why, text := c.notSent(line); why != "" {
			return why, text
		}
	}
	pause := flows.PollFirst
	for try := 1; ; try++ {
		if c.work.Err() != nil {
			return flows.StopInterrupted, ""
		}
		if err := c.d.keep(c.tell, flows.Applying{Plan: c.plan.ID, Line: i, At: c.d.o.Now()}); err != nil {
			return flows.StopStore, err.Error()
		}
		if !c.sending(i) {
			return flows.StopInterrupted, ""
		}
		// Whoever finds the receipt after a kill reads that this line is in doubt: it is
		// not sent where that cannot be kept.
		if _, err := c.d.save(c.tell, c.plan.ID); err != nil {
			c.d.finish(c.tell, flows.Applied{Plan: c.plan.ID, Line: i, Outcome: flows.OutcomeRefused, Before: line.Before, After: line.After, Message: err.Error(), At: c.d.o.Now()})
			return flows.StopStore, err.Error()
		}
		e := c.send(i, line)
		c.d.finish(c.tell, e)
		_, _ = c.d.save(c.tell, c.plan.ID) // where it fails, the one before says that the line is in doubt
		switch e.Outcome {
		case flows.OutcomeSent, flows.OutcomeAlready, flows.OutcomeUnclear:
			return c.reread(i, e)
		case flows.OutcomeRefused:
		}
		if !c.tooEarly(i, line, e.Status) || try == notThereYet {
			return flows.StopRefused, e.Message
		}
		if !c.wait(pause) {
			return flows.StopInterrupted, ""
		}
		pause = min(pause*2, flows.PollMost)
	}
}

// sending says whether the run counts a line as being sent. It does not where
// the plan was stopped, or the run left, in the instant before that was stored.
func (c *carrying) sending(i int) bool {
	s := c.d.State()
	return s.Confirmed == c.plan.ID && i < len(s.Lines) && s.Lines[i].Status == flows.LineSending
}

// tooEarly says whether a refusal may only mean that Microsoft does not see yet
// what an earlier line of the plan made, and this line refers to: 404, or 400
// on a grant (entra-facts §15). That an assignment may get such a 400 as well is
// what terraform-provider-azuread goes by ("Not a valid reference update"); one that
// means something else costs a few tries, of which none writes anything.
func (c *carrying) tooEarly(i int, sent flows.Change, status int) bool {
	planned := c.plan.Lines[i]
	refers := planned.Path != sent.Path || planned.Body != sent.Body || // to what was filled in
		slices.ContainsFunc(c.plan.Lines[:i], func(l flows.Change) bool { return l.Kind == flows.CreatePolicy || l.Kind == flows.RestoreApp })
	return refers && (status == http.StatusNotFound || status == http.StatusBadRequest)
}

// send makes the write, once, and says what came of it. It is not cut off when
// the run is left: half a write helps nobody.
func (c *carrying) send(i int, line flows.Change) flows.Applied {
	ctx, cancel := context.WithTimeout(c.tell, writeTime)
	defer cancel()
	var a Answer
	err := safely(func() (err error) {
		a, err = c.hand.Change(ctx, Request{Method: line.Method, Path: line.Path, Body: line.Body})
		return err
	})
	c.d.complain(err)
	e := flows.Applied{
		Plan: c.plan.ID, Line: i, Outcome: flows.OutcomeSent, Before: line.Before, After: line.After,
		Status: a.Status, ObjectID: a.ObjectID, RequestID: a.RequestID, At: c.d.o.Now(),
	}
	var f *checks.Failure
	switch {
	case err == nil:
		if a.ObjectID != "" && line.Kind == flows.CreateApp {
			c.app = a.ObjectID
		}
	case errors.As(err, &f):
		e.Status, e.RequestID, e.Message = f.Status, f.RequestID, f.Error()
		e.Outcome = outcomeOf(f)
	default:
		e.Outcome, e.Message = flows.OutcomeUnclear, err.Error()
	}
	return e
}

// outcomeOf says whether a failure means that nothing was written. Only
// Microsoft's own answer that refuses does, or that it was not sent at all;
// silence, a broken body, a web page of whoever stands between and a server's
// own error leave the write in doubt, whatever their status.
func outcomeOf(f *checks.Failure) flows.Outcome {
	switch {
	case f.Kind == checks.FailNotJSON, f.Kind == checks.FailCut, f.Kind == checks.FailService:
		return flows.OutcomeUnclear
	case f.Status == http.StatusRequestTimeout: // somebody waited too long, for what is not known
		return flows.OutcomeUnclear
	case f.Status == http.StatusConflict:
		return flows.OutcomeAlready
	case f.Status >= 400 && f.Status < 500:
		return flows.OutcomeRefused
	case f.Status == 0 && slices.Contains(notSent(), f.Kind):
		return flows.OutcomeRefused
	}
	return flows.OutcomeUnclear
}

// notSent are the failures without an answer that come before a write leaves.
func notSent() []checks.FailureKind {
	return []checks.FailureKind{
		checks.FailNoAccess, checks.FailScope, checks.FailWrongTenant, checks.FailSignIn, checks.FailRequest,
	}
}

// reread reads until the line shows, or the patience is over. What could not
// be read at the end of it is not said to be missing.
func (c *carrying) reread(i int, sent flows.Applied) (why flows.StopReason, text string) {
	patience := c.d.o.Reread
	if patience <= 0 {
		patience = flows.Patience(c.d.State().Facts, c.plan.Lines[i].Kind)
	}
	until, unread := c.d.o.Now().Add(patience), error(nil)
	for pause, looks := flows.PollFirst, 1; ; pause, looks = min(pause+pause/2, flows.PollMost), looks+1 {
		if unread = c.read(); unread == nil {
			if s := c.d.State(); flows.Shows(s.Facts, s.App, c.plan.Lines[i]) {
				if s.Facts.App != nil {
					c.app = s.Facts.App.ID
				}
				c.d.finish(c.tell, flows.Reread{Plan: c.plan.ID, Line: i, Seen: true, At: c.d.o.Now()})
				return "", ""
			}
		}
		if looks == soonSeen { // from here on it is said that it takes its time
			c.d.post(flows.Reread{Plan: c.plan.ID, Line: i, At: c.d.o.Now(), Until: until})
		}
		if !c.d.o.Now().Before(until) || !c.wait(pause) {
			break
		}
	}
	switch {
	case c.work.Err() != nil:
		return flows.StopInterrupted, ""
	case unread != nil && sent.Outcome != flows.OutcomeUnclear:
		return flows.StopUnread, unread.Error()
	case unread != nil:
		return flows.StopUnclear, sent.Message
	}
	c.d.finish(c.tell, flows.Reread{Plan: c.plan.ID, Line: i, At: c.d.o.Now()})
	switch sent.Outcome {
	case flows.OutcomeUnclear:
		return flows.StopUnclear, sent.Message
	case flows.OutcomeAlready: // somebody else made it otherwise meanwhile
		return flows.StopMoved, sent.Message
	case flows.OutcomeSent, flows.OutcomeRefused:
	}
	return flows.StopUnseen, ""
}

// wait pauses; false means that the run was left meanwhile.
func (c *carrying) wait(pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-c.work.Done():
		return false
	case <-t.C:
		return true
	}
}
