package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// planLines prints plans and what comes of them, for people.
type planLines struct {
	out *bufio.Writer
}

func newPlanLines(out io.Writer) *planLines { return &planLines{bufio.NewWriter(out)} }

func (l *planLines) line(format string, args ...any) { _, _ = fmt.Fprintf(l.out, format, args...) }

// detail prints a labelled value below a line; empty ones are left out.
func (l *planLines) detail(label, value string) {
	if value = checks.Line(value, mostDetail); value != "" {
		l.line("     %-10s %s\n", label, value)
	}
}

// mostDetail bounds a value in print, in characters: a request's body has its
// own bound in flows.
const mostDetail = 8192

// plan prints a plan whole.
func (l *planLines) plan(s flows.State, fit flows.Ranked) {
	p := s.Plan
	l.line(sayPlanHead, checks.Line(flows.PlanTitle(s.Path), 120), checks.Line(s.App.Name, 120), checks.Line(s.Domain, 253), s.TenantID(), whoIs(s.Account))
	l.app(s)
	empty := p == nil || len(p.Lines) == 0
	if fit.Path.ID != "" && !fit.Fits && (!empty || s.Path != flows.Revoke) {
		l.line(sayPlanUnfit, checks.Line(fit.Why, mostDetail))
	}
	if empty {
		switch {
		case s.Path == flows.Undo && flows.DoneOf(s, fit).Done:
			l.line(sayUndoEmpty)
		case s.Path == flows.Undo:
			l.line(sayUndoByHand)
		case s.Path == flows.Revoke && fit.Path.ID != "" && !fit.Fits:
			l.line(sayPlanGone, checks.Line(fit.Why, mostDetail))
		case flows.DoneOf(s, fit).Done:
			l.line(sayPlanEmpty)
		default:
			l.line(sayPlanNothing)
		}
		if p != nil {
			l.warnings(*p)
		}
		return
	}
	for i, c := range p.Lines {
		l.line("\n%2d %s %s\n", i+1, c.Kind.Mark(), checks.Line(c.Title, mostDetail))
		l.detail(sayPlanSends, strings.TrimSpace(c.Method+" /v1.0"+c.Path+" "+c.Body))
		l.detail(sayPlanBefore, c.Before)
		l.detail(sayPlanAfter, c.After)
		l.detail(sayPlanEffect, c.Effect)
		l.detail(sayPlanNeeds, c.Role+"; "+strings.ReplaceAll(c.Scope, " ", ", "))
		l.detail(sayPlanBenchmark, c.Benchmark)
		l.detail(sayPlanUndo, c.Undo)
	}
	l.line("\n")
	l.warnings(*p)
	l.line(sayPlanID, p.Sum())
}

// app says which app of the tenant it is, by what nobody else can take: anyone
// may choose a name.
func (l *planLines) app(s flows.State) {
	if a := s.Facts.App; a != nil {
		l.line(sayPlanApp, checks.Line(a.Name, 120), checks.Line(a.AppID, 40), checks.Line(cmp.Or(a.Publisher, sayNoPublisher), 120))
		return
	}
	l.line(sayPlanNoApp, checks.Line(s.App.ClientID, 40))
}

func (l *planLines) warnings(p flows.Plan) {
	for _, w := range p.Warnings {
		l.line("! %s\n", checks.Line(w, mostDetail))
	}
}

// status prints how far a line has come.
func (l *planLines) status(i int, c flows.Change, st flows.LineState) error {
	l.line("%-9s %2d %s\n", st.Status, i+1, checks.Line(c.Title, mostDetail))
	if st.Status == flows.LineWritten { // more is said once it was read again
		return l.out.Flush()
	}
	l.detail(saySaid, st.Applied.Message)
	l.detail(sayRequestID, st.Applied.RequestID)
	return l.out.Flush()
}
