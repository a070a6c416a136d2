package flows

import (
	"slices"
	"strings"
	"time"
)

// applying says whether a confirmed plan is being carried out.
func (s State) applying() bool { return s.Confirmed != "" && s.Plan != nil && !s.Carried() }

// Carried says whether every line of the plan in hand was seen in the tenant.
func (s State) Carried() bool {
	if s.Plan == nil {
		return false
	}
	for _, l := range s.Lines {
		if l.Status != LineSeen {
			return false
		}
	}
	return true
}

func (s State) choose(id PathID) State {
	p, ok := PathByID(id)
	if !ok || s.Place.Stage < StageDiagnosis || s.applying() {
		return s
	}
	if s.Path != id {
		s.past = s.kept()
		s.Plan, s.Lines, s.Stop, s.Confirmed, s.claims = nil, nil, nil, "", nil
	}
	s.Path = id
	return s.goTo(Place{Stage: StageSteps, Step: p.first(s)})
}

func (s State) plan(p Plan) State {
	if s.applying() || p.ID == "" {
		return s
	}
	s.past = s.kept()
	s.Plan, s.Lines, s.Confirmed, s.planOf, s.filed = &p, make([]LineState, len(p.Lines)), "", s.Round, false
	return s
}

// confirm takes the typed yes. Whoever is signed in may lack the scopes to
// write; then the sign-in that asks for them is wanted next.
func (s State) confirm(e Confirmed) State {
	if s.Plan == nil || e.Plan != s.Plan.ID || s.Confirmed != "" || len(s.Plan.Lines) == 0 {
		return s
	}
	if !strings.EqualFold(strings.TrimSpace(e.Typed), s.Plan.Domain) {
		return s
	}
	if !s.CanWrite {
		return s.stop(Stopped{Plan: e.Plan, Why: StopNoHands})
	}
	why := s.mayNotWrite(*s.Plan)
	if step, here := s.Step(); why != StopTenant && (!here || !step.Plan || Remaking(s)) {
		return s // it was typed under a plan that is shown no more
	}
	s.past = s.kept()
	s.Confirmed, s.Stop, s.filed = e.Plan, nil, false
	s.Lines = make([]LineState, len(s.Plan.Lines))
	switch why {
	case "":
	case StopSignIn:
		s.SignIn = SignIn{Way: s.writeWay(), Attempt: s.SignIn.Attempt + 1, Scopes: withReading(s.Plan.WriteScopes()), Busy: true}
	default:
		return s.stop(Stopped{Plan: e.Plan, Why: why})
	}
	if to, ok := Next(s); ok {
		s = s.goTo(to)
	}
	return s
}

// mayNotWrite says why the account in hand may not carry out a plan; empty: it
// may, as far as its tenant and its scopes go.
func (s State) mayNotWrite(p Plan) StopReason {
	switch {
	case s.Account != nil && !strings.EqualFold(s.Account.TenantID, p.Tenant):
		return StopTenant
	case !s.Account.Has(p.WriteScopes()...):
		return StopSignIn
	}
	return ""
}

// writeAs takes another answer to the sign-in that a confirmed plan waits for:
// another way, or none, and then the plan is not carried further. Once somebody
// is signed in who may write, no answer cuts the writing off.
func (s State) writeAs(w Way) State {
	switch {
	case !s.SignIn.Busy:
		return s
	case w == WayNone:
		return s.stop(Stopped{Plan: s.Confirmed, Why: StopSignIn})
	}
	s.SignIn.Way, s.SignIn.Failed = w, nil
	s.SignIn.Attempt++
	return s
}

// writeWay is the way to sign in for a plan: the one used before, else the
// first that there is.
func (s State) writeWay() Way {
	if s.SignIn.Way != "" && s.SignIn.Way != WayNone {
		return s.SignIn.Way
	}
	for _, o := range s.Offers() {
		if o.Why == "" && o.Way != WayNone {
			return o.Way
		}
	}
	return WayBrowser
}

// line takes what the driver says of one line of the confirmed plan.
func (s State) line(e Event) State {
	switch e := e.(type) {
	case Applying:
		if e.Plan != s.Confirmed {
			return s
		}
		return s.mark(e.Plan, e.Line, func(l *LineState) {
			if l.Status == LineWaiting || l.Status == LineRefused {
				l.Status, l.Sent, l.Applied = LineSending, e.At, Applied{}
				if s.Account != nil {
					l.By = s.Account.UPN
				}
			}
		})
	case Applied:
		return s.mark(e.Plan, e.Line, func(l *LineState) {
			if l.Status != LineSending && l.Status != LineUnclear {
				return
			}
			l.Applied, l.Status = e, LineUnclear
			switch e.Outcome {
			case OutcomeSent, OutcomeAlready:
				l.Status = LineWritten
			case OutcomeRefused:
				l.Status = LineRefused
			case OutcomeUnclear:
			}
		})
	case Reread:
		return s.mark(e.Plan, e.Line, func(l *LineState) {
			if l.Status == LineWaiting || l.Status == LineSending {
				return
			}
			switch l.Until = e.Until; {
			case e.Seen:
				l.Status = LineSeen
			case !e.Until.IsZero(): // it is looked for still
			case l.Status == LineWritten:
				l.Status = LineUnseen
			}
		})
	}
	return s
}

// mark changes one line of the plan in hand, in a copy. What becomes of a line
// that was sent counts even after the plan was stopped.
func (s State) mark(id PlanID, line int, change func(*LineState)) State {
	if s.Plan == nil || id != s.Plan.ID || line < 0 || line >= len(s.Lines) {
		return s
	}
	s.Lines = slices.Clone(s.Lines)
	change(&s.Lines[line])
	return s
}

// stop ends the carrying out of the plan in hand. A line that was being sent
// is in doubt from here on.
func (s State) stop(e Stopped) State {
	if s.Plan == nil || e.Plan != s.Plan.ID {
		return s
	}
	s.Lines = slices.Clone(s.Lines)
	for i := range s.Lines {
		if s.Lines[i].Until = (time.Time{}); s.Lines[i].Status == LineSending {
			s.Lines[i].Status = LineUnclear
		}
	}
	s.Stop, s.Confirmed, s.SignIn.Busy = &e, "", false
	return s
}
