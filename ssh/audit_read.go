package ssh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/ssh/cases"
)

// commandAudit has an auditor read the audit.
const commandAudit = "audit"

// consoleAuditSchema names the shape of what `audit --json` prints, which is that of
// `onboard admin audit --json`, but that entries of others come without their text.
const consoleAuditSchema = "onboard/console-audit/1"

// auditAsk is what `audit` was asked for.
type auditAsk struct {
	json, verify, help bool
	kept, after        cases.AuditHead
}

// auditAskOf reads the arguments; no is what is wrong with them.
func auditAskOf(args []string) (ask auditAsk, no string) {
	refuse := func(why string) { // the first that is wrong; help is given for all that
		if no == "" {
			no = why
		}
	}
	after, begins := "", false
	for _, a := range args {
		if text, is := strings.CutPrefix(a, "--after="); is {
			if begins {
				refuse(sayAuditTwice)
			}
			after, begins = text, true
			continue
		}
		kept, isKept := strings.CutPrefix(a, "--kept=")
		switch {
		case a == "--json":
			ask.json = true
		case a == "--verify":
			ask.verify = true
		case a == "--help":
			ask.help = true
		case isKept && ask.kept.Seq != 0:
			refuse(sayAuditKeptTwice)
		case isKept:
			var ok bool
			if ask.kept, ok = AuditKept(kept); !ok {
				refuse(fmt.Sprintf(sayAuditKept, checks.Line(kept, 100)))
			}
		}
	}
	if begins {
		var why string
		if ask.after, why = AuditAfter(after, ask.kept); why != "" {
			refuse(why)
		}
	}
	return ask, no
}

// audit has an auditor read the audit, as far as it is of their organisation. That they do
// stands in it before they are shown anything.
func (s *session) audit(args []string, errs io.Writer) int {
	ask, no := auditAskOf(args)
	switch {
	case ask.help:
		s.say(fmt.Sprintf(sayAuditUsage, s.address(userConsole)))
		return codeDone
	case s.user != userConsole:
		complain(errs, fmt.Sprintf(sayAuditWho, s.address(userConsole)))
		return codeUsage
	case no != "":
		complain(errs, no)
		return codeUsage
	}
	done, full := s.takesRoom()
	if full != "" {
		complain(errs, full)
		return codeUnknown
	}
	defer done()
	ctx, cancel := context.WithTimeout(s.ctx, s.srv.o.Limits.Command)
	defer cancel()
	who, code := s.guide(func(text string) { complain(errs, text) })
	if code != codeDone {
		return code
	}
	d := &desk{s: s, who: who}
	if err := d.may(PowerAudit); err != nil {
		s.srv.o.Log.Warn("a guide asked for the audit, and may not read it", "why", err.Error(), "guide", who.name, "key", s.srv.o.keyOf(who.print))
		complain(errs, err.Error())
		return codeFailed
	}
	more := ""
	if ask.verify {
		more = "--verify"
	}
	if err := s.srv.wrote(ctx, d.actor(), "", didReadAudit, more); err != nil {
		complain(errs, d.unaudited("", err).Error())
		return codeUnknown
	}
	return d.showAudit(ctx, ask, errs)
}

// showAudit prints the audit up to the end that it has now, until ctx ends. Nothing more
// comes to who is no auditor any more meanwhile.
func (d *desk) showAudit(ctx context.Context, ask auditAsk, errs io.Writer) int {
	to := &parts{lines: d.s.asked.pty, to: &unhurried{s: d.s, ctx: ctx, left: math.MaxInt, may: func() error { return d.may(PowerAudit) }}}
	o := AuditReportOptions{
		To: to, Verify: ask.verify, Kept: ask.kept, After: ask.after, Onward: ask.onward(d.s.address(userConsole)), Shows: ofOrganisation(d.who.organisation, !d.s.srv.o.Guides.shared()),
		Command: d.s.address(userConsole) + " " + commandAudit + " --verify",
		Found: func(bad *cases.TamperedError) { // whatever becomes of who reads it
			d.s.srv.o.Log.Error("the audit is not what was written", "why", bad.Error(), "guide", d.who.name, "kept", ask.kept.Seq, "after", ask.after.Seq)
		},
	}
	if ask.json {
		o.Schema = consoleAuditSchema
	}
	r := NewAuditReport(o)
	err := d.s.srv.eachEntry(ctx, ask.after, r.Add)
	if err == nil {
		err = r.End()
	}
	tampered := (*cases.TamperedError)(nil)
	if err == nil || errors.As(err, &tampered) {
		err = to.flush()
	}
	switch {
	case err != nil:
		return d.cutAudit(ctx, err, r, to, errs)
	case tampered != nil:
		complain(errs, fmt.Sprintf(sayAuditTampered, tampered.Error()))
		return codeFailed
	}
	return codeDone
}

// onward is what is typed to go on with it, before --after.
func (a auditAsk) onward(address string) string {
	line := address + " " + commandAudit
	if a.json {
		line += " --json"
	}
	if a.verify {
		line += " --verify"
	}
	return line
}

// eachEntry gives every entry up to the end that the audit has now, in order, from that
// of a head on; of the zero head all.
func (s *Server) eachEntry(ctx context.Context, from cases.AuditHead, give func(cases.Logged) error) error {
	head, err := s.o.Cases.AuditHead(ctx)
	if err != nil {
		return err
	}
	for after, more := max(from.Seq, 1)-1, true; more; {
		var some []cases.Logged
		if some, more, err = s.o.Cases.Entries(ctx, after); err != nil {
			return err
		}
		for _, l := range some {
			if after = l.Seq; after > head.Seq && after <= math.MaxInt64 { // it grew meanwhile; a number below 1 is none of ours
				return nil
			}
			if err := give(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// cutAudit ends an audit that could not be printed to its end: what came is whole
// lines, and a whole document, for who still may and does read. What was found until then
// to be other than what was written is said, however it ends, and is what the code says.
func (d *desk) cutAudit(ctx context.Context, err error, r *AuditReport, to *parts, errs io.Writer) int {
	d.s.srv.o.Log.Info("the audit was not read to its end", "guide", d.who.name, "why", err.Error())
	if errors.Is(err, errGuideOver) || errors.Is(err, errNotYours) { // they are told nothing more of it
		complain(errs, err.Error())
		return codeFailed
	}
	l, why, ends, whole := d.s.srv.o.Limits, sayAuditAway, false, false
	switch {
	case d.s.ctx.Err() != nil: // nobody is there, or the server stops
	case errors.Is(err, errSlow):
		why = fmt.Sprintf(sayAuditStalled, l.Stall)
	case ctx.Err() != nil:
		why, ends = fmt.Sprintf(sayAuditSlow, l.Command), true
	default:
		ends = true
	}
	if ends {
		late, cancel := context.WithTimeout(d.s.ctx, time.Second) // to begin them; see unhurried
		defer cancel()
		to.to.ctx = late
		end := errors.Join(r.Cut(why), to.flush())
		if whole = end == nil; !whole {
			d.s.srv.o.Log.Info("what was read of the audit has no end", "why", end.Error())
		}
	}
	complain(errs, why)
	if onward := r.Onward(); onward != "" && whole { // else what was checked and has not come would be left out
		complain(errs, onward)
	}
	if bad := r.Tampered(); bad != nil {
		complain(errs, fmt.Sprintf(sayAuditTampered, bad.Error()))
		return codeFailed
	}
	return codeUnknown
}

// parts gives what is written to a client who is not hurried, in parts; what they do not
// take stays, so that it can be gone on with.
type parts struct {
	to    *unhurried
	lines bool // are ended as a terminal wants them that nobody set up for it
	held  []byte
}

// Write implements io.Writer.
func (p *parts) Write(b []byte) (int, error) {
	if p.lines {
		p.held = append(p.held, bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))...)
	} else {
		p.held = append(p.held, b...)
	}
	if len(p.held) < mostAtOnce {
		return len(b), nil
	}
	return len(b), p.flush()
}

// flush gives what is held.
func (p *parts) flush() error {
	if len(p.held) == 0 {
		return nil
	}
	n, err := p.to.Write(p.held)
	p.held = p.held[:copy(p.held, p.held[n:])]
	return err
}
