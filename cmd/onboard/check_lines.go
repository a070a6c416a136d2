package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"onboard.example/checks"
)

// checkLines prints a check for people: a line for each thing that was seen,
// as it lands, and the answer last, where the eye is then.
type checkLines struct {
	out     *bufio.Writer
	told    map[string]bool // details and what to do, each said once
	skipped int             // consequences of a failure that is shown
	unasked int             // checks that nobody signed in for
	// elsewhere is what is said of them where nobody can sign in; empty: they can.
	elsewhere string
}

func newCheckLines(out io.Writer) *checkLines {
	return &checkLines{out: bufio.NewWriter(out), told: map[string]bool{}}
}

// service says first that it is not Microsoft who is asked.
func (l *checkLines) service(s checks.Subject) {
	if note := checks.ServiceNote(s.Service); note != "" {
		l.line("%s\n\n", note)
		_ = l.out.Flush()
	}
}

// finding prints one finding, unless it only repeats another.
func (l *checkLines) finding(f checks.Finding) {
	switch {
	case f.Verdict == checks.Skipped:
		if c, ok := checks.ByID(f.Check); !ok || !c.Vendor() { // of those nothing failed: nobody asked
			l.skipped++
		}
		return
	case checks.NeedsSignIn(f):
		l.unasked++
		return
	case l.repeats(f):
		return
	}
	l.line("%-8s %-24s %s\n", f.Verdict, f.Check, f.Summary)
	if f.Verdict == checks.Fail || f.Verdict == checks.Warn || f.Verdict == checks.Unknown {
		for _, d := range f.Detail {
			if !l.told[d] {
				l.told[d] = true
				l.line("%-33s %s\n", "", d)
			}
		}
	}
	if f.Fix != nil && f.Verdict != checks.Pass && !l.told[f.Fix.Do] {
		l.told[f.Fix.Do] = true
		l.line("%-33s → %s\n", "", f.Fix.Do)
		if f.Fix.URL != "" {
			l.line("%-33s   %s\n", "", f.Fix.URL)
		}
	}
	_ = l.out.Flush() // the answer below says it if the output is gone
}

// repeats reports a check of the DNS that could not look for the reason that
// another one gave.
func (l *checkLines) repeats(f checks.Finding) bool {
	c, ok := checks.ByID(f.Check)
	return ok && c.DNS() && f.Verdict == checks.Unknown && len(f.Detail) == 1 && l.told[f.Detail[0]]
}

// overall prints the answer: what, how sure, whose move, what was not seen.
func (l *checkLines) overall(v checks.Overall, signedIn bool) error {
	if l.unasked > 0 {
		l.line(cmp.Or(l.elsewhere, sayUnasked), checkCount(l.unasked))
	}
	if l.skipped > 0 {
		l.line(saySkipped, checkCount(l.skipped))
	}
	l.line("\n%s\n", v.Reason)
	l.line("  %-14s %s, %s\n", "verdict", v.State, v.Grade)
	if v.State != checks.StateOpen {
		l.line("  %-14s %s\n", "whose move", v.Whose)
	}
	l.listed("may still stop", v.MayStop)
	unlooked := v.NotLooked
	if !signedIn {
		unlooked = unlooked[:min(len(unlooked), 1)] // the others are said above, in one line
	}
	l.listed("not looked at", unlooked)
	return l.out.Flush()
}

// listed prints lines under one heading.
func (l *checkLines) listed(head string, lines []string) {
	for _, n := range lines {
		l.line("  %-14s %s\n", head, n)
		head = ""
	}
}

func checkCount(n int) string {
	if n == 1 {
		return "1 check"
	}
	return fmt.Sprintf("%d checks", n)
}

// line prints; an error is kept by the writer and comes up at the end.
func (l *checkLines) line(format string, args ...any) { _, _ = fmt.Fprintf(l.out, format, args...) }
