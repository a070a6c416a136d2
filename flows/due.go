package flows

import (
	"fmt"

	"onboard.example/checks"
)

// Due is the event that follows from a state by itself, for the driver to put
// into the journal: a plan where a step shows one and it can be made, or the look
// that a guide wished for, where it gets in nobody's way. ok is false where
// nothing is due.
func Due(s State) (e Event, ok bool) {
	step, here := s.Step()
	if s.looksForGuide(step, here) {
		return AskedAgain{}, true
	}
	if !here || !step.Plan || s.applying() || s.End != "" || s.elsewhere() || !s.readNow(step) || s.unread() != "" {
		return nil, false
	}
	p, err := MakePlan(s)
	if err != nil || s.Plan != nil && s.Plan.Sum() == p.Sum() && !s.touched() {
		return nil, false
	}
	return Planned{Plan: p}, true
}

// readNow says whether what a plan is made of was read in this round, by whom
// is signed in now. An older plan would be a plan for another day.
func (s State) readNow(step Step) bool {
	return s.Account != nil && s.FactsRead() && s.looked(step.Checks) && s.looked(PlanChecks(s, s.planPath()))
}

// planPath is the path whose plan a step shows.
func (s State) planPath() PathID {
	if s.Path == "" {
		return EntraGrant
	}
	return s.Path
}

// unread says what kept the tenant from being read for a plan in this round;
// empty: it was read. What was read before makes no plan for today.
func (s State) unread() string { return s.unreadOf(PlanChecks(s, s.planPath())) }

// unreadOf is unread for the checks that read for a plan.
func (s State) unreadOf(ids []checks.ID) string {
	for _, id := range ids {
		if id == checks.AppEnabled || id == checks.AppPublisher || id == checks.ConsentPredict { // unknown for more reasons than that nothing was read
			continue
		}
		if h, ok := s.Finding(id); ok && h.Verdict == checks.Unknown && !s.Stale(h) {
			return h.Summary
		}
	}
	return ""
}

// Remaking says that the plan in hand is an earlier one and the next is being
// made, or cannot be made now: after an interruption, a refusal, or going back,
// also from one that was carried out. Nobody should read the old one, let alone
// confirm it.
func Remaking(s State) bool {
	step, here := s.Step()
	if !here || !step.Plan || s.Plan == nil || s.Account == nil || s.applying() || s.End != "" || s.planOf == s.Round {
		return false
	}
	_, due := Due(s)
	return due || !s.readNow(step) || s.elsewhere() || s.unread() != ""
}

// WhyNoPlan says in a line why there is no plan at a step that shows one;
// empty: there is one, or it is being read for.
func WhyNoPlan(s State) string {
	step, here := s.Step()
	if !here || !step.Plan {
		return ""
	}
	if s.Account == nil {
		return words.howNoAccount
	}
	if s.elsewhere() {
		return Words(s, words.howElsewhere)
	}
	if !s.readNow(step) {
		return ""
	}
	if _, err := MakePlan(s); err != nil {
		return err.Error()
	}
	if why := s.unread(); why != "" {
		return fmt.Sprintf(words.planUnread, why)
	}
	return ""
}

// touched says whether any line of the plan in hand was begun.
func (s State) touched() bool {
	for _, l := range s.Lines {
		if l.Status != LineWaiting {
			return true
		}
	}
	return false
}
