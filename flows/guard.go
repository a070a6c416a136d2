package flows

import (
	"strings"

	"onboard.example/checks"
)

// The guards, each with its name and what to say while it does not hold. They
// are functions because a guard reads the step, and the step names the guard.

func guardProven() Guard {
	return Guard{Name: "consent is seen in Graph", Why: words.waitGrant, Holds: func(s State) bool {
		step, ok := s.Step()
		return ok && s.Proven(step)
	}}
}

func guardLink() Guard {
	return Guard{Name: "a consent link can be made", Why: words.needLink, Holds: func(s State) bool {
		_, err := ConsentLink(s)
		return err == nil
	}}
}

func guardBlind(id checks.ID, why string) Guard {
	return Guard{Name: "nothing here can look: " + string(id), Why: why, Holds: func(s State) bool {
		return !s.CanSee(id)
	}}
}

func guardByGraph() Guard {
	return Guard{Name: "by Graph", Why: words.needHow, Holds: func(s State) bool {
		return s.Answer(AskHow) == HowGraph && s.CanWrite && s.Account != nil && HasPlan(s.Path)
	}}
}

func guardByHandAbsent() Guard {
	return Guard{Name: "by hand, and the enterprise app is not there", Why: words.needHow, Holds: func(s State) bool {
		return s.Answer(AskHow) == HowPortal && s.absent()
	}}
}

func guardByHand() Guard {
	return Guard{Name: "by hand", Why: words.needHow, Holds: func(s State) bool {
		return s.Answer(AskHow) == HowPortal
	}}
}

func guardAppThere() Guard {
	return Guard{Name: "the enterprise app is there", Why: words.waitApp, Holds: func(s State) bool {
		h, ok := s.Finding(checks.AppPresent)
		return ok && h.Holds() && !s.Stale(h)
	}}
}

func guardConfirmed() Guard {
	return Guard{Name: "the plan is confirmed", Why: words.needConfirm, Holds: func(s State) bool {
		return s.Confirmed != ""
	}}
}

func guardStoppedAlone() Guard {
	return Guard{Name: "the plan was stopped and nobody is signed in", Why: words.waitApply, Holds: func(s State) bool {
		return s.Stop != nil && s.Confirmed == "" && s.Account == nil
	}}
}

func guardStopped() Guard {
	return Guard{Name: "the plan was stopped", Why: words.waitApply, Holds: func(s State) bool {
		return s.Stop != nil && s.Confirmed == ""
	}}
}

func guardCarried() Guard {
	return Guard{Name: "every line is seen", Why: words.waitApply, Holds: State.Carried}
}

func guardClaimed(id StepID) Guard {
	return Guard{Name: "said to be done: " + string(id), Why: words.needClaim, Holds: func(s State) bool { return s.HasClaimed(id) }}
}

// CanSee says whether a check can be answered as things are: the account in
// hand is of the tenant, and the check neither could not look nor was skipped.
func (s State) CanSee(id checks.ID) bool {
	h, ok := s.Finding(id)
	return s.Account != nil && !s.elsewhere() && (!ok || h.Verdict != checks.Unknown && h.Verdict != checks.Skipped)
}

// elsewhere says whether somebody is signed in to another tenant than the
// run's: what Graph tells them is about that one.
func (s State) elsewhere() bool {
	id := s.TenantID()
	return s.Account != nil && id != "" && s.Account.TenantID != "" && !strings.EqualFold(s.Account.TenantID, id)
}

// The answers to AskHow.
const (
	HowPortal = "portal"
	HowGraph  = "graph"
)
