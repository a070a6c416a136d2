package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// errand walks a run to the plan of a path by what the command line says, as
// somebody at the wizard would, and asks nobody.
type errand struct {
	w       *wizard
	d       *driven
	path    flows.PathID
	answers map[flows.QuestionID]string
	recall  *flows.Recalled // what is to be taken back; nil: nothing
	chosen  bool
	// fit is how the path fits the tenant, by what was seen before it was chosen.
	fit flows.Ranked

	shown string // of the sign-in's prompts, the last
}

// flagOf names the flag that answers a question.
var flagOf = map[flows.QuestionID]string{
	flows.AskReviewers: "--reviewers me, --reviewers role, or --reviewers with an address or a group's name",
	flows.AskWho:       "--for with a person's address or a group's name",
	flows.AskRevoke:    "--revoke grants or --revoke app",
	flows.AskCloud:     "--cloud with one of: public, gcc, gcc-high, dod, china",
}

// way is how the flags say to sign in.
func (o *options) way() (flows.Way, error) {
	switch {
	case o.byLink() != nil:
		return "", o.byLink()
	case o.tokenFile != "":
		return flows.WayToken, nil
	case o.signIn != "" && o.signIn != "none":
		return flows.Way(o.signIn), nil
	}
	return "", usage("Type --sign-in browser, --sign-in az, --sign-in device, or --token-file as well.", "a plan is made from what is in the tenant now, and nobody is signed in to read it")
}

// toPlan walks until the plan of the path lies there, made from what the tenant
// is now. A plan without lines means that all is in place.
func (e *errand) toPlan(ctx context.Context) (flows.State, error) {
	wake := e.d.Watch(ctx)
	for {
		e.showPrompt()
		s := e.d.State()
		if e.there(s) {
			if why := flows.Doubt(s); why != "" && e.fit.Fits {
				e.fit.Fits, e.fit.Why = false, why
			}
			return s, nil
		}
		event, err := e.next(s)
		if err != nil {
			return s, err
		}
		if event != nil {
			if err := e.d.Do(ctx, event); err != nil {
				return s, fmt.Errorf("go on: %w", err)
			}
			continue
		}
		select {
		case <-ctx.Done():
			return s, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
		case <-wake:
		}
	}
}

// there says whether the plan lies there.
func (e *errand) there(s flows.State) bool {
	step, ok := s.Step()
	switch {
	case !e.chosen:
		return false
	case s.Place.Stage == flows.StageProof:
		return true
	case ok && step.Plan:
		return s.Plan != nil && s.Plan.Of() == e.path && !flows.Remaking(s)
	case !ok || flows.Looking(s) && !seenAll(s, step):
		return false
	}
	// Past the plan, at what others do next: there is nothing left to change.
	_, more := flows.Next(s)
	return !more && e.nothingLeft(s)
}

// nothingLeft says whether the path has nothing to change in the tenant as it
// is, whatever it may still wait for.
func (e *errand) nothingLeft(s flows.State) bool {
	p, err := flows.PlanOf(s, e.path)
	return err == nil && len(p.Lines) == 0
}

// next is what is to be done in a state; nil: wait for what is under way.
func (e *errand) next(s flows.State) (flows.Event, error) {
	switch s.Place.Stage {
	case flows.StageApp, flows.StageTenant:
		return nil, usage("See `onboard plan --help`.", "%s", flows.Missing(s))
	case flows.StageKnown:
		return e.known(s)
	case flows.StageSignIn:
		return e.signIn(s)
	case flows.StageDiagnosis, flows.StagePaths:
		return e.choose(s), nil
	case flows.StageSteps:
		return e.step(s)
	case flows.StageProof:
	}
	return nil, nil
}

// known goes on once the tenant is known, and is one.
func (e *errand) known(s flows.State) (flows.Event, error) {
	if _, ok := flows.Next(s); ok {
		return flows.Advanced{}, nil
	}
	if h, ok := s.Finding(checks.TenantFound); ok && !s.Stale(h) && h.Verdict == checks.Fail {
		return nil, &exitError{code: codeBlocked, cause: errors.New(h.Summary)}
	}
	if len(s.Facts.Tenants) > 1 && s.Cloud() == "" {
		return nil, usage("Type "+flagOf[flows.AskCloud]+".", "two clouds know this domain")
	}
	return nil, nil
}

// signIn signs in once, as the flags say.
func (e *errand) signIn(s flows.State) (flows.Event, error) {
	if f := s.SignIn.Failed; f != nil {
		return nil, &exitError{code: codeUnknown, cause: errors.New(f.Message)}
	}
	if s.SignIn.Way == "" {
		way, err := e.w.o.way()
		return flows.Answered{Question: flows.AskSignIn, Value: string(way)}, err
	}
	if _, ok := flows.Next(s); ok {
		return flows.Advanced{}, nil
	}
	return nil, nil
}

// choose takes the path once everything was looked at.
func (e *errand) choose(s flows.State) flows.Event {
	if flows.Looking(s) {
		return nil
	}
	if e.recall != nil && s.Undoing == nil {
		return *e.recall
	}
	if e.chosen {
		return nil
	}
	for _, q := range []flows.Question{{ID: flows.AskReviewers}, {ID: flows.AskRevoke}, {ID: flows.AskWho, Rule: flows.RuleWho}} {
		if value := e.answers[q.ID]; value != "" && s.Answer(q.ID) == "" && q.Rule == "" { // a step may not ask, where it is so already
			return flows.Answered{Question: q.ID, Value: value}
		}
	}
	e.chosen = true
	for _, r := range flows.Rank(s) {
		if r.Path.ID == e.path {
			e.fit = r
		}
	}
	return flows.Chose{Path: e.path}
}

// step answers what a step asks, and goes on from it.
func (e *errand) step(s flows.State) (flows.Event, error) {
	step, _ := s.Step()
	if step.Plan {
		if why := flows.WhyNoPlan(s); why != "" {
			return nil, noPlan(s, why)
		}
		return nil, nil
	}
	for _, q := range flows.Asks(s) {
		value := e.answers[q.ID]
		switch {
		case value != "" && !strings.EqualFold(s.Answer(q.ID), value):
			event, err := flows.Accept(q, value)
			if err != nil {
				return nil, usage("Type "+flagOr(q)+".", "%s", err)
			}
			return event, nil
		case value == "" && s.Answer(q.ID) == "" && !q.Optional:
			return nil, usage("Type "+flagOr(q)+".", "%s", strings.TrimSuffix(q.Title, "?"))
		}
	}
	if _, ok := flows.Next(s); ok {
		return flows.Advanced{}, nil
	}
	if !seenAll(s, step) {
		return nil, nil // it is being looked at
	}
	if e.fit.Why != "" { // the path goes on without a plan
		return nil, &exitError{code: codeFailed, cause: fmt.Errorf("there is no plan: %s", checks.Line(e.fit.Why, mostDetail))}
	}
	return nil, &exitError{code: codeUnknown, cause: errors.New(flows.Missing(s))}
}

// flagOr names the flag for a question, or how else it is answered.
func flagOr(q flows.Question) string {
	if f := flagOf[q.ID]; f != "" {
		return f
	}
	return "`onboard`, and walk it in the wizard"
}

// noPlan says why there is no plan: because something could not be read, or
// because there can be none.
func noPlan(s flows.State, why string) error {
	code := codeFailed
	if _, err := flows.MakePlan(s); err == nil || errors.Is(err, flows.ErrNotRead) || errors.Is(err, flows.ErrTooEarly) {
		code = codeUnknown
	}
	return &exitError{code: code, cause: errors.New(why)}
}

// showPrompt prints what a sign-in wants the person to open or to type, once.
func (e *errand) showPrompt() {
	p, ok := e.d.Prompt()
	if !ok || p.URL+p.Code == e.shown {
		return
	}
	e.shown = p.URL + p.Code
	if p.Code == "" {
		_, _ = fmt.Fprintf(e.w.o.err, sayOpenThis, p.URL)
		return
	}
	_, _ = fmt.Fprintf(e.w.o.err, sayDeviceCode, p.URL, p.Code, p.Started.Format("15:04"))
}
