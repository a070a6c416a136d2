package flows

import (
	"slices"
	"time"

	"onboard.example/checks"
)

// PathID names a way to clear the block (product §4). Ids are stable.
type PathID string

// The paths that this release can walk.
const (
	DirectLink PathID = "direct-link"
	EntraGrant PathID = "entra-grant"

	ConsentRequests PathID = "consent-requests"
	LowImpact       PathID = "low-impact"
	FirstSignIn     PathID = "first-sign-in"
	AllowAll        PathID = "allow-all"
	AppPolicy       PathID = "app-policy"
	Pilot           PathID = "pilot"
	DNSRecord       PathID = "dns-policy"
	AfterApproval   PathID = "after-approval"
	Revoke          PathID = "revoke"
	// Undo takes back what a receipt says was done. No list of paths offers it.
	Undo PathID = "undo"
)

// StepID names a step of a path, unique over all paths.
type StepID string

// ToProof leads out of a path to the proof; it is no step.
const ToProof StepID = "proof"

// Effect is how far a path reaches beyond the app. Smaller is better.
type Effect uint8

// The effects, least first (product §4).
const (
	EffectApp       Effect = iota // this app only
	EffectWorkflow                // a workflow switch
	EffectAppPolicy               // a policy for this app
	EffectPolicy                  // a policy for many apps
	EffectEvery                   // a policy for every app
)

// Goal is what a path leads to.
type Goal uint8

// The goals; see Rank for their order.
const (
	GoalOpen    Goal = iota // people can connect
	GoalMend                // approved, and people are stopped all the same
	GoalPolicy              // a second layer beside consent; it opens nothing
	GoalRevoked             // consent is taken back
	GoalUndone              // what a plan changed is as it was; of no path in a list
)

// Path is a way to clear the block, as data.
type Path struct {
	ID        PathID
	Goal      Goal
	Title     string
	For       string // who it is for
	Least     string // least directory role, by Microsoft's name
	Effect    Effect
	Gains     string // who gains what, in a sentence
	Minutes   int    // of somebody's time, typically
	Licence   string // empty: none needed
	Undo      string
	Benchmark string // effect on published baselines
	NotYet    string // how long it is normal that nothing shows, in a sentence
	Steps     []Step
	// Enter are tried in order before the first step: a part of the way that
	// others have gone already is not walked again.
	Enter []Edge
}

// first is the step at which a path begins in a state.
func (p Path) first(s State) StepID {
	for _, e := range p.Enter {
		if e.When.Holds(s) {
			return e.To
		}
	}
	return p.Steps[0].ID
}

// Way says whether a path is a way out of the block, and not one for later.
func (p Path) Way() bool { return p.Goal == GoalOpen || p.Goal == GoalMend }

// Broader says whether the first of some ways grants all that the vendor
// registered, where another that reaches no further grants what is named alone.
func Broader(ways []Ranked) bool {
	if len(ways) == 0 || !ways[0].Broad {
		return false
	}
	return slices.ContainsFunc(ways[1:], func(r Ranked) bool { return r.Fits && r.Path.Way() && r.Path.Effect == ways[0].Path.Effect && !r.Broad })
}

// How is the step at which one chooses between walking a path by hand and by
// Graph; where there is none, the path's first step.
func (p Path) How() StepID {
	for _, st := range p.Steps {
		if slices.Contains(st.Asks, AskHow) {
			return st.ID
		}
	}
	if len(p.Steps) == 0 {
		return ToProof
	}
	return p.Steps[0].ID
}

// Actor is who does what a step asks for.
type Actor string

// The actors. Whoever walks the path is an admin, or sends for one.
const (
	ActorAdmin    Actor = "admin"
	ActorReviewer Actor = "reviewer"
	ActorUser     Actor = "user"
	ActorVendor   Actor = "vendor"
)

// Step is one thing to do on a path.
type Step struct {
	ID    StepID
	Title string
	// Text are the lines to read, with {placeholders} that Words fills in.
	Text []string
	// Actor is who must act; another than the admin is waited for.
	Actor Actor
	Asks  []QuestionID
	// Checks prove the step; they are polled while the person is at it.
	Checks []checks.ID
	// Watch are looked at and shown as well, and prove nothing here.
	Watch []checks.ID
	// Proof is what proves the step; a zero one: that every check passes.
	Proof Guard
	// Gone says that what the checks look at is to be there no more.
	Gone bool
	// Links says which links belong to the step.
	Links []LinkID
	// Claim says that "I did it" can be said here.
	Claim bool
	// Plan says that the step shows the plan, Apply that it carries it out.
	Plan  bool
	Apply bool
	// Next are tried in order; the first whose guard holds is taken.
	Next []Edge
}

// Looks are the checks that are looked at while the person is at the step.
func (st Step) Looks() []checks.ID {
	out := slices.Clip(st.Checks)
	for _, id := range st.Watch {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Edge leads from a step to another when its guard holds.
type Edge struct {
	When Guard
	To   StepID
}

// Guard is a named condition, so that paths can be proved and drawn.
type Guard struct {
	Name  string
	Holds func(State) bool
	// Why says what is missing while it does not hold, for the person.
	Why string
}

// Ranked is a path as it stands for one tenant.
type Ranked struct {
	Path Path
	// Fits says whether the path can clear this tenant's block at all.
	Fits bool
	// Advised is false for a path that fits and should not be taken.
	Advised bool
	// Rank is 1 for the path that changes least; 0 where it does not fit. What
	// clears no block comes last, such as taking consent back.
	Rank int
	// Broad says that it grants all that the vendor registered, which may be
	// more than the permissions that are named.
	Broad bool
	// Begun says that somebody has asked already: only the answer is left.
	Begun bool
	// Why is one line: why it is first, why it does not fit, what to know.
	Why string
}

// Held is a finding in a state, with what is needed to say how old it is.
type Held struct {
	checks.Finding
	Round uint32    // of the look that found it
	Next  time.Time // when it is looked at again by itself; zero: not
}
