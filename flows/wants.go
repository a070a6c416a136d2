package flows

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// WantKind is what sort of work a Want is.
type WantKind string

// The kinds of work. There are no others: a state cannot want anything else.
const (
	WantLook   WantKind = "look"
	WantSignIn WantKind = "sign-in"
	WantApply  WantKind = "apply"
	WantReturn WantKind = "return"
)

// Want is one piece of work that should be running now. Two equal Wants are
// the same work, so a driver need only compare: it starts what is missing and
// cancels what is no longer there. Leaving a step cancels its polls because
// the Want goes.
type Want struct {
	Kind WantKind

	// Of a look: the checks, and whether to go on looking. Whatever makes old
	// answers worthless (another app, domain, account; asking again) begins a
	// new round, and so another Want.
	Checks Set           // check ids
	Every  time.Duration // 0: once; else the first pause between two looks
	Most   time.Duration // the longest pause; pauses grow by half
	Round  uint32

	// Of a sign-in.
	Way     Way
	Scopes  Set
	Attempt uint32

	// Of applying.
	Plan PlanID

	// Of waiting for the consent page: the address of the app's profile, which may
	// be empty, and the app's client id.
	Redirect, Client string
}

// The pauses of a poll: from the budget of Graph's throttling and a person's
// patience at a screen.
const (
	PollFirst = 2 * time.Second
	PollMost  = 15 * time.Second
)

// Set is a sorted set of words that compares with ==.
type Set string

// SetOf makes a set. Words hold no spaces.
func SetOf[T ~string](words []T) Set {
	out := make([]string, 0, len(words))
	for _, w := range words {
		out = append(out, string(w))
	}
	return Set(strings.Join(sortedOnce(out), " "))
}

// Words are the members, sorted.
func (s Set) Words() []string { return strings.Fields(string(s)) }

// IDs are the members as check ids.
func (s Set) IDs() []checks.ID {
	var out []checks.ID
	for _, w := range s.Words() {
		out = append(out, checks.ID(w))
	}
	return out
}

// Wants is the work that should be running in a state, in a fixed order, each
// once. It is empty once the run has ended.
func Wants(s State) []Want {
	if s.End != "" || !s.started {
		return nil
	}
	var out []Want
	if w, ok := wantLook(s); ok {
		out = append(out, w)
	}
	if s.SignIn.Busy {
		out = append(out, Want{Kind: WantSignIn, Way: s.SignIn.Way, Scopes: SetOf(s.SignIn.Scopes), Attempt: s.SignIn.Attempt})
	}
	if w, ok := wantReturn(s); ok {
		out = append(out, w)
	}
	if s.applying() && !s.SignIn.Busy && s.mayNotWrite(*s.Plan) == "" {
		out = append(out, Want{Kind: WantApply, Plan: s.Confirmed})
	}
	return out
}

// Looking says whether a look is wanted in a state, or was when the run ended.
func Looking(s State) bool {
	s.End = ""
	return slices.ContainsFunc(Wants(s), func(w Want) bool { return w.Kind == WantLook })
}

// wantLook is the one look that a place asks for: everything once to diagnose,
// and again and again what a step waits for.
func wantLook(s State) (Want, bool) {
	w := Want{Kind: WantLook, Round: s.Round}
	switch s.Place.Stage {
	case StageApp, StageTenant:
		return Want{}, false
	case StageKnown, StageSignIn:
		w.Checks = SetOf(ofTenant(publicChecks()))
		if s.seeks() {
			w.Checks = SetOf(append(ofTenant(publicChecks()), checks.AppNamed))
		}
	case StageDiagnosis, StagePaths, StageProof:
		w.Checks = SetOf(append(ofTenant(allChecks()), s.probe()...))
		if s.Path == DNSRecord && s.Place.Stage == StageProof {
			w.Checks = SetOf(append(ofTenant(allChecks()), append(published(), checks.CheckDNSSEC)...))
		}
	case StageSteps:
		step, ok := s.Step()
		if !ok || s.Proven(step) || step.Apply && s.applying() { // whoever writes reads
			return Want{}, false
		}
		ids := s.LooksAt(step)
		if step.Plan { // it is made of what these read
			ids = append(slices.Clip(ids), PlanChecks(s, s.planPath())...)
		}
		w.Checks = SetOf(s.lookable(ids))
		if !step.Plan {
			w.Every, w.Most = PollFirst, PollMost
		}
	}
	// A look is over when its facts are in, too: they come last, and a look
	// that is no longer wanted is cut off.
	if w.Checks == "" || w.Every == 0 && s.Told(w.Checks.IDs()) && s.looked(w.Checks.IDs()) {
		return Want{}, false
	}
	return w, true
}

// FactsRead says whether what plans are made of was read in this round, as far
// as it could be: where somebody is signed in, by a look that asked for more than
// what anybody may know.
func (s State) FactsRead() bool {
	if s.factsOf != s.Round {
		return false
	}
	return s.Account == nil || s.factsAt || slices.ContainsFunc(s.factsBy.IDs(), func(id checks.ID) bool { return !IsPublic(id) })
}

// Told says whether the looks of this round that have told their facts were at
// every one of the checks.
func (s State) Told(ids []checks.ID) bool {
	if s.factsOf != s.Round {
		return false
	}
	told := s.factsBy.IDs()
	return s.factsAt || !slices.ContainsFunc(ids, func(id checks.ID) bool { return !slices.Contains(told, id) })
}

// looked says whether every one of the checks was answered in this round.
func (s State) looked(ids []checks.ID) bool {
	for _, id := range ids {
		if i, ok := s.index(id); !ok || s.found[i].Round != s.Round {
			return false
		}
	}
	return true
}

// lookable are the checks that can be answered as things are: without an
// account, those alone that need none.
func (s State) lookable(ids []checks.ID) []checks.ID {
	if s.Account != nil {
		return ids
	}
	public := publicChecks()
	return slices.DeleteFunc(slices.Clone(ids), func(id checks.ID) bool { return !slices.Contains(public, id) })
}

// Proven says whether every check of a step passed, seen in this round with
// our own eyes; or what else proves it. A step without checks proves nothing.
func (s State) Proven(step Step) bool {
	if step.Proof.Holds != nil {
		return step.Proof.Holds(s)
	}
	for _, id := range step.Checks {
		h, ok := s.Finding(id)
		if !ok || !h.Holds() || h.Grade != checks.Verified || s.Stale(h) {
			return false
		}
	}
	return len(step.Checks) > 0
}
