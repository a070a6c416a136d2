package flows

import (
	"fmt"
	"slices"

	"onboard.example/checks"
)

// Step is the step where the person is; ok is false outside StageSteps. Where
// the app needs app roles, they are proven with the grant.
func (s State) Step() (step Step, ok bool) {
	if s.Place.Stage != StageSteps {
		return Step{}, false
	}
	step, ok = StepByID(s.Place.Step)
	if s.needsRole() && slices.Contains(step.Checks, checks.AppGrant) {
		step.Checks = append(slices.Clip(step.Checks), checks.AppRoles)
	}
	return step, ok
}

// StepNumber says which step this is of how many, as a person counts who walks
// the path: n steps were entered, this one included, and of is what it comes to
// on the longest way that still lies ahead. Both are 0 outside StageSteps.
func (s State) StepNumber() (n, of int) {
	step, ok := s.Step()
	p, known := PathByID(s.Path)
	if !ok || !known {
		return 0, 0
	}
	var way []StepID // without the loops that were walked
	for _, at := range append(slices.Clip(s.trail), s.Place) {
		if i := slices.Index(way, at.Step); i >= 0 {
			way = way[:i+1]
		} else if slices.ContainsFunc(p.Steps, func(st Step) bool { return st.ID == at.Step }) {
			way = append(way, at.Step)
		}
	}
	return len(way), len(way) + s.longest(&step, way)
}

// longest is how many steps may still follow one, on the longest way that
// enters none of been, and none twice. Where a step would be left at once, by what is
// so or was answered already, that is the way. It leaves s at another place.
func (s *State) longest(from *Step, been []StepID) int {
	most := 0
	for _, e := range from.Next {
		next, ok := StepByID(e.To)
		if !ok || slices.Contains(been, e.To) {
			continue
		}
		n := 1 + s.longest(&next, append(been, e.To))
		s.Place = Place{Stage: StageSteps, Step: from.ID}
		if e.When.Holds(*s) {
			return n
		}
		most = max(most, n)
	}
	return most
}

// Next is the place that Advanced would go to; ok is false while something is
// missing, and Missing says what.
func Next(s State) (to Place, ok bool) {
	to, why := next(s)
	return to, why == ""
}

// Missing says in a line why the person cannot go on; empty: they can.
func Missing(s State) string {
	_, why := next(s)
	return why
}

func next(s State) (Place, string) {
	at := Place{Stage: s.Place.Stage + 1}
	switch s.Place.Stage {
	case StageApp:
		switch {
		case s.askingHandoff():
			return at, sayHandoffNeed
		case s.Profile == nil:
			return at, words.needApp
		case s.App.ClientID == "" && !s.Seeking():
			return at, words.needClientID
		}
	case StageTenant:
		if s.Domain == "" {
			return at, words.needDomain
		}
	case StageKnown:
		return at, missingTenant(s)
	case StageSignIn:
		if (s.Account == nil || s.unsettled) && s.SignIn.Way != WayNone {
			return at, words.needSignIn
		}
		return at, s.missingApp()
	case StageDiagnosis:
		if o := s.Overall(); o.State == checks.StateOpen && o.Grade == checks.Verified {
			return Place{Stage: StageProof}, ""
		}
	case StagePaths:
		if p, ok := PathByID(s.Path); ok {
			return Place{Stage: StageSteps, Step: p.first(s)}, ""
		}
		return at, words.needPath
	case StageSteps:
		return nextStep(s)
	case StageProof:
		return at, words.atEnd
	}
	return at, ""
}

// missingTenant says why the tenant is not settled: it must be known, and in
// one cloud, before anything else makes sense.
func missingTenant(s State) string {
	switch h, ok := s.Finding(checks.TenantFound); {
	case !ok || s.Stale(h):
		return words.waitTenant
	case h.Verdict == checks.Fail:
		return words.badTenant
	case len(s.Facts.Tenants) > 1 && s.Cloud() == "":
		return words.needCloud
	}
	return s.handoffElsewhere()
}

func nextStep(s State) (Place, string) {
	step, ok := s.Step()
	if !ok {
		return Place{Stage: StagePaths}, ""
	}
	why := words.stuck
	for _, e := range step.Next {
		if e.When.Holds(s) {
			if e.To == ToProof {
				return Place{Stage: StageProof}, ""
			}
			return Place{Stage: StageSteps, Step: e.To}, ""
		}
		why = e.When.Why
	}
	switch why {
	case words.waitGrant:
		why = s.waitsFor(step)
	case pathWords.waitSetting:
		if h, ok := s.now(checks.ConsentPredict); ok {
			why = fmt.Sprintf(pathWords.waitPredict, h.Summary)
		}
	case pathWords.waitPilot:
		if a := s.Facts.App; a != nil && !a.AssignedOnly && s.wide() {
			why = pathWords.waitPilotWide
		}
	}
	return Place{}, why
}

// waitsFor says what a step waits for that consent proves: the grant, or what
// else does not pass where the grant shows already.
func (s State) waitsFor(step Step) string {
	if h, ok := s.Finding(checks.AppGrant); !ok || h.Verdict != checks.Pass || s.Stale(h) {
		return words.waitGrant
	}
	for _, id := range step.Checks {
		h, ok := s.Finding(id)
		switch {
		case !ok || h.Holds() || s.Stale(h):
		case h.Verdict == checks.Fail:
			return fmt.Sprintf(words.waitElse, h.Summary)
		default:
			return fmt.Sprintf(words.waitMore, h.Summary)
		}
	}
	return words.waitGrant
}

// goTo moves on and remembers where from. Going to the proof and to a plan
// begins a new round: both speak of what is so now.
func (s State) goTo(to Place) State {
	s.trail = kept(s.trail, s.Place, mostTrail)
	return s.enter(to)
}

func (s State) back() State {
	if len(s.trail) == 0 {
		return s
	}
	if _, ok := s.candidate(s.Answer(AskFound)); ok { // back to the list
		return s.forget(AskFound)
	}
	to := s.trail[len(s.trail)-1]
	s.trail = slices.Clip(s.trail[:len(s.trail)-1])
	if to.Stage == StageSteps && s.Path == "" {
		to = Place{Stage: StagePaths}
	}
	return s.enter(to)
}

func (s State) enter(to Place) State {
	s.Place, s.Entered, s.Pointers = to, s.At, nil
	if step, ok := s.Step(); to.Stage == StageProof || ok && step.Plan {
		s.Round++
	}
	return s
}

// Move says whose move a step is where somebody else than the admin must act;
// empty: it is the admin's.
func Move(s State, step Step) string {
	switch step.Actor {
	case ActorReviewer:
		return pathWords.moveReviewer
	case ActorUser:
		return pathWords.moveUser
	case ActorVendor:
		return Words(s, pathWords.moveVendor)
	case ActorAdmin:
	}
	return ""
}
