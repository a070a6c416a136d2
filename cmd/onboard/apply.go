package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"onboard.example/checks"
	"onboard.example/flows"
)

// yesFlags are how a plan is agreed to.
type yesFlags struct {
	mean string // the tenant's domain
	plan digest // of the plan that was shown; empty: whichever it is
	// anyway: also where the path does not fit the tenant.
	anyway bool
}

func (f *yesFlags) declare(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.mean, "yes-i-mean", "", "agree without being asked: the tenant's domain, typed out")
	cmd.Flags().BoolVar(&f.anyway, "anyway", false, "also where the path does not fit this tenant")
	cmd.Flags().Var(&f.plan, "plan", "only if the plan is still the one with this digest, as onboard plan prints it")
}

// means refuses what is typed to agree where it is not the domain that the
// command is about.
func means(typed, domain string) error {
	if strings.EqualFold(strings.TrimSpace(typed), domain) {
		return nil
	}
	return &exitError{code: codeUsage, cause: errors.New(sayNotAgreed), typed: fmt.Sprintf("To agree, type %s.", checks.Line(domain, 253))}
}

func newApply(o *options) *cobra.Command {
	var f pathFlags
	var yes yesFlags
	var schema bool
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Carry out a plan, once you have typed the domain; keep a receipt",
		Long:  sayApplyLong,
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				return printSchema(o, flows.DoneSchema)
			}
			answers, err := f.answers(cmd)
			if err != nil {
				return err
			}
			return carry(cmd.Context(), o, flows.PathID(f.path), answers, nil, yes)
		},
	}
	f.declare(cmd)
	yes.declare(cmd)
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of --json, and do nothing else")
	return cmd
}

// carry makes a plan, has it agreed to, carries it out, and says what came of
// it. Nothing is sent before somebody agreed.
func carry(ctx context.Context, o *options, path flows.PathID, answers map[flows.QuestionID]string, recall *flows.Recalled, yes yesFlags) error {
	if yes.mean == "" && (o.json || !atKeys(o.in)) {
		return usage("Type --yes-i-mean with the tenant's domain.", "nobody is here to agree to the plan")
	}
	if yes.mean != "" { // who names another tenant is told so whatever there is to do in this one
		t, err := o.target()
		if err != nil {
			return err
		}
		if err := means(yes.mean, t.subject.Domain); err != nil {
			return err
		}
	}
	e, stop, err := newErrand(ctx, o, path, answers, recall, o.stateDir())
	if err != nil {
		return err
	}
	defer stop()
	defer e.end()
	if t := e.w.trouble; t != nil {
		return &exitError{code: codeFailed, cause: fmt.Errorf("%s, so nothing was changed", t.Text)}
	}
	s, err := e.toPlan(ctx)
	if err != nil {
		return err
	}
	l := newPlanLines(o.out)
	if !o.json {
		l.plan(s, e.fit)
		if err := l.out.Flush(); err != nil {
			return unprinted(err)
		}
	}
	if s.Plan != nil && len(s.Plan.Lines) > 0 && s.Place.Stage != flows.StageProof {
		if err := e.notSentBefore(ctx, s); err != nil { // before anybody is asked: the driver would not send it either
			return err
		}
		if err := e.agreed(ctx, s, yes); err != nil {
			return err
		}
		if s, err = e.carried(ctx, l); err != nil {
			return err
		}
		if s.Carried() {
			s = e.proven(ctx)
		}
	}
	return e.told(s, l)
}

// notSentBefore refuses a plan of which an earlier run sent a line that may still
// show.
func (e *errand) notSentBefore(ctx context.Context, s flows.State) error {
	line, left, ok, unknown := e.d.SentBefore(ctx)
	if !ok && unknown == nil {
		return nil
	}
	why := flows.StopSent
	err := &exitError{
		code: codeUnknown, cause: fmt.Errorf(saySentBefore, checks.Line(line.Title, mostDetail)),
		typed: fmt.Sprintf(saySentBeforeNext, int(left.Minutes())+1),
	}
	if unknown != nil {
		why, err = flows.StopStore, &exitError{code: codeFailed, cause: fmt.Errorf(sayNotCounted, unknown)}
	}
	if e.w.o.json {
		done := flows.DoneOf(s, e.fit)
		done.Stopped, done.Why = why, err.cause.Error()
		if err := json.NewEncoder(e.w.o.out).Encode(done); err != nil {
			return unprinted(err)
		}
	}
	return err
}

// atKeys says whether somebody can type.
func atKeys(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// agreed confirms the plan, by the flag or by what is typed now.
func (e *errand) agreed(ctx context.Context, s flows.State, yes yesFlags) error {
	switch {
	case e.fit.Path.ID != "" && !e.fit.Fits && !yes.anyway:
		return &exitError{code: codeFailed, cause: fmt.Errorf("%s does not fit here: %s", e.path, checks.Line(e.fit.Why, mostDetail)), typed: "To do it all the same, type --anyway as well."}
	case yes.plan != "" && string(yes.plan) != s.Plan.Sum():
		return e.w.o.otherPlan(*s.Plan, string(yes.plan))
	}
	typed := yes.mean
	if typed == "" {
		var err error
		if typed, err = e.ask(ctx, s.Plan.Domain); err != nil {
			return err
		}
	}
	if err := means(typed, s.Plan.Domain); err != nil {
		return err
	}
	if err := e.d.Do(ctx, flows.Confirmed{Plan: s.Plan.ID, Typed: typed}); err != nil {
		return &exitError{code: codeFailed, cause: fmt.Errorf("the agreement could not be stored, so nothing was changed: %w", err)}
	}
	return nil
}

// otherPlan says that the plan is not the one whose digest was named, as far as
// that is known: an id of a plan that was applied is of that one run alone.
func (o *options) otherPlan(now flows.Plan, named string) error {
	kept, _ := o.receipts()
	for name, r := range kept {
		if named == string(r.Plan) && r.Digest != "" && named != r.Digest {
			return usage(fmt.Sprintf("Type --plan %s, if that is what you agree to.", now.Sum()), sayPlanIsID, named, checks.Line(name, 120), checks.Line(r.Digest, 40), now.Sum())
		}
	}
	return &exitError{code: codeFailed, cause: fmt.Errorf(sayPlanOther, now.Sum(), named), typed: "Read it again with `onboard plan`."}
}

// digest is the digest of a plan, as it is typed. An empty one is refused: whoever
// typed the flag means to be held to a plan.
type digest string

// Set implements pflag.Value.
func (d *digest) Set(typed string) error {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if len(typed) != 16 || strings.Trim(typed, "0123456789abcdef") != "" {
		return errors.New(sayNoDigest)
	}
	*d = digest(typed)
	return nil
}

// String implements pflag.Value.
func (d *digest) String() string { return string(*d) }

// Type implements pflag.Value.
func (d *digest) Type() string { return "digest" }

// ask has the domain typed.
func (e *errand) ask(ctx context.Context, domain string) (string, error) {
	_, _ = fmt.Fprintf(e.w.o.err, sayTypeDomain, domain)
	got := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(e.w.o.in, 1024)).ReadString('\n') // an end without a line is no yes
		got <- line
	}()
	select {
	case <-ctx.Done():
		return "", &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	case line := <-got:
		return line, nil
	}
}

// carried waits until the plan was carried out or stopped, and says of each
// line how far it has come.
func (e *errand) carried(ctx context.Context, l *planLines) (flows.State, error) {
	wake := e.d.Watch(context.WithoutCancel(ctx))
	told, waits := map[int]flows.LineStatus{}, ""
	for {
		e.showPrompt()
		s := e.d.State()
		for i, st := range s.Lines {
			if told[i] != st.Status && st.Status != flows.LineSending && !e.w.o.json {
				told[i] = st.Status
				if err := l.status(i, s.Plan.Lines[i], st); err != nil {
					e.w.halt() // nobody reads what is done: do no more of it
					return e.d.State(), unprinted(err)
				}
			}
		}
		if wait := flows.Waiting(s); wait != waits && !e.w.o.json {
			if waits = wait; wait != "" {
				l.detail(sayWaits, wait)
				if err := l.out.Flush(); err != nil {
					e.w.halt()
					return e.d.State(), unprinted(err)
				}
			}
		}
		switch {
		case s.SignIn.Failed != nil && s.Confirmed != "":
			return s, &exitError{code: codeFailed, cause: fmt.Errorf("sign in to write: %s; nothing was changed", s.SignIn.Failed.Message)}
		case (s.Stop != nil && s.Confirmed == "" || s.Carried()) && settled(s):
			return s, nil
		}
		select {
		case <-ctx.Done():
			e.w.halt() // what is under way gets its answer first
			return e.d.State(), nil
		case <-wake:
		}
	}
}

// settled says whether the receipt of a plan that has come to its end is kept,
// or never will be.
func settled(s flows.State) bool {
	_, sent := flows.ReceiptOf(s)
	return !sent || s.PlanFiled() || s.Trouble != nil && s.Trouble.What == flows.TroubleReceipt
}

// proven looks once more at everything, as the wizard does at its end.
func (e *errand) proven(ctx context.Context) flows.State {
	wake := e.d.Watch(ctx)
	for {
		s := e.d.State()
		if s.Place.Stage == flows.StageProof {
			if !flows.Looking(s) {
				return s
			}
		} else if _, ok := flows.Next(s); ok {
			if e.d.Do(ctx, flows.Advanced{}) != nil {
				return s
			}
			continue
		} else if step, _ := s.Step(); !step.Apply && seenAll(s, step) {
			return s // it does not show yet: that is said, and not waited for
		}
		select {
		case <-ctx.Done():
			return s
		case <-wake:
		}
	}
}

// seenAll says whether every check of a step was looked at since it was entered.
func seenAll(s flows.State, step flows.Step) bool {
	for _, id := range step.Checks {
		if h, ok := s.Finding(id); !ok || s.Stale(h) || h.At.Before(s.Entered) {
			return false
		}
	}
	return true
}

// end closes the run, so that nobody is asked to go on with it. One that was
// interrupted with a line in doubt stays open: it is settled by reading.
func (e *errand) end() {
	s := e.d.State()
	switch {
	case s.Carried():
		_ = e.d.Do(context.Background(), flows.Ended{Why: flows.EndDone})
	case s.Confirmed == "" && (s.Stop == nil || s.Stop.Why != flows.StopInterrupted && s.Stop.Why != flows.StopUnclear):
		_ = e.d.Do(context.Background(), flows.Ended{Why: flows.EndLeft})
	}
}

// told prints what came of a plan, and gives the exit code: 0 where every line
// was seen, or nothing was to be done, and where of an undo all is as it was.
func (e *errand) told(s flows.State, l *planLines) error {
	empty := s.Plan == nil || len(s.Plan.Lines) == 0
	if e.w.o.json {
		if err := json.NewEncoder(e.w.o.out).Encode(flows.DoneOf(s, e.fit)); err != nil {
			return unprinted(err)
		}
	} else if !empty {
		l.outcome(s)
		if err := l.out.Flush(); err != nil {
			return unprinted(err)
		}
	}
	got, undone := s.Reached()
	undone = undone && s.Path == flows.Undo
	switch {
	case undone && got.Done:
		return nil
	case undone && got.Unsure: // each line was seen, and whether all is as it was is not known
		return &exitError{code: codeUnknown}
	case undone:
		return &exitError{code: codeFailed}
	case empty && !flows.DoneOf(s, e.fit).Done:
		return &exitError{code: codeFailed, cause: fmt.Errorf("%s can do nothing here: %s", e.path, checks.Line(e.fit.Why, mostDetail))}
	case empty || s.Carried():
		return nil
	case s.Stop == nil, s.Stop.Why == flows.StopInterrupted:
		return &exitError{code: codeInterrupted}
	case s.Stop.Why == flows.StopUnclear, s.Stop.Why == flows.StopUnseen, s.Stop.Why == flows.StopUnread, s.Stop.Why == flows.StopSent:
		return &exitError{code: codeUnknown}
	}
	return &exitError{code: codeFailed}
}

// outcome prints the end of a plan.
func (l *planLines) outcome(s flows.State) {
	if n := len(s.Receipts); n > 0 {
		l.line(sayReceiptAt, s.Receipts[n-1].Name, s.Receipts[n-1].Name)
	} else if s.Trouble != nil {
		l.line(sayNoReceiptKept, checks.Line(s.Trouble.Text, mostDetail))
	}
	if !s.Carried() {
		l.line("%s\n", checks.Line(flows.WhyStopped(s), mostDetail))
		return
	}
	l.line(sayPlanDone)
	if s.Place.Stage != flows.StageProof {
		return
	}
	if got, ok := s.Reached(); ok && got.Done && s.Path == flows.Undo {
		return // it is what was said
	} else if ok {
		l.line("%s\n", checks.Line(got.Head, mostDetail))
		for _, n := range got.Notes {
			l.line("  %s\n", checks.Line(n, mostDetail))
		}
		return
	}
	if _, ok := flows.PathByID(s.Path); ok {
		o := s.Overall()
		l.line(sayVerdictNow, o.State, o.Grade, checks.Line(o.Reason, mostDetail))
	}
}
