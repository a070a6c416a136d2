package flows

import "onboard.example/checks"

// The guards of the paths beyond the grant's own.

func guardAbsent() Guard {
	return Guard{Name: "the enterprise app is not there, and how is chosen", Why: pathWords.needHow, Holds: func(s State) bool {
		return s.Answer(AskHow) != "" && s.absent()
	}}
}

func guardRequestsOn() Guard {
	return Guard{Name: "users can ask, and somebody decides", Why: pathWords.waitRequests, Holds: State.requestsOn}
}

func guardReviewers() Guard {
	return Guard{Name: "who decides is chosen", Why: pathWords.needReviewers, Holds: func(s State) bool {
		return s.Answer(AskReviewers) != ""
	}}
}

func guardReviewerNamed() Guard {
	return Guard{Name: "somebody else decides, and is to be named", Why: pathWords.needReviewers, Holds: func(s State) bool {
		return s.Answer(AskReviewers) == ReviewersWho
	}}
}

func guardWho() Guard {
	return Guard{Name: "somebody is named", Why: pathWords.needWho, Holds: func(s State) bool { return s.Answer(AskWho) != "" }}
}

func guardAsked() Guard {
	return Guard{Name: "a request waits", Why: pathWords.waitAsked, Holds: State.asked}
}

func guardAskedAndOn() Guard {
	return Guard{Name: "a request waits, and somebody decides", Why: pathWords.waitAsked, Holds: func(s State) bool {
		return s.requestsOn() && s.asked()
	}}
}

func guardForgot() Guard {
	return Guard{Name: "only single people have consented", Why: words.waitGrant, Holds: func(s State) bool {
		own, ok := s.now(checks.AppUserGrants)
		grant, looked := s.now(checks.AppGrant)
		return s.HasClaimed(SignInOpen) && !s.HasClaimed(SignInForgot) && ok && own.Verdict == checks.Warn && looked && grant.Verdict == checks.Fail
	}}
}

func guardAsSureAsCanBe() Guard {
	return Guard{Name: "users may consent, as far as can be seen", Why: pathWords.waitSetting, Holds: func(s State) bool {
		h, ok := s.now(checks.ConsentPredict)
		return ok && h.Verdict == checks.Pass
	}}
}

func guardLowSet() Guard {
	return Guard{Name: "user consent is for low-impact permissions", Why: pathWords.waitSetting, Holds: func(s State) bool {
		return s.sees(checks.ConsentPolicy) && s.choice() == choiceLow
	}}
}

func guardPiloted() Guard {
	return Guard{Name: "the pilot is in place", Why: pathWords.waitPilot, Holds: State.piloted}
}

func guardAssignedOnly() Guard {
	return Guard{Name: "the app is for those assigned alone", Why: pathWords.waitPilot, Holds: func(s State) bool {
		return s.sees(checks.AppAssignment) && s.Facts.App != nil && s.Facts.App.AssignedOnly
	}}
}

func guardAssigned() Guard {
	return Guard{Name: "the one who was named is assigned", Why: pathWords.waitPilot, Holds: State.assigned}
}

// guardStops holds while a check shows what stops people, and nobody has said
// at its step that it is settled.
func guardStops(id checks.ID, at StepID) Guard {
	return Guard{Name: "stopped by what " + string(id) + " sees", Why: pathWords.waitCauses, Holds: func(s State) bool {
		h, ok := s.now(id)
		return ok && stops(h.Finding) && !s.HasClaimed(at)
	}}
}

// guardByMicrosoft holds while Microsoft itself has disabled the app.
func guardByMicrosoft() Guard {
	return Guard{Name: "Microsoft has disabled the app", Why: pathWords.waitCauses, Holds: func(s State) bool {
		return guardStops(checks.AppEnabled, AfterStopped).Holds(s) && s.Facts.App != nil && s.Facts.App.ByMicrosoft != ""
	}}
}

// guardDeactivated holds while the app is deactivated, which its switch does not
// show, and its registration is here, or is not.
func guardDeactivated(own bool, at StepID) Guard {
	name := "the app is deactivated"
	if own {
		name = "the app is deactivated, and registered here"
	}
	return Guard{Name: name, Why: pathWords.waitCauses, Holds: func(s State) bool {
		return guardStops(checks.AppEnabled, at).Holds(s) && s.Facts.App != nil && s.Facts.App.Deactivated && s.ownApp() == own
	}}
}

func guardCausesLooked() Guard {
	return Guard{Name: "no cause shows", Why: pathWords.waitCauses, Holds: func(s State) bool {
		return s.Account == nil || s.looked(causes())
	}}
}

func guardMended() Guard {
	return Guard{Name: "the cause is gone", Why: pathWords.waitCause, Holds: func(s State) bool {
		step, ok := s.Step()
		if !ok {
			return false
		}
		for _, id := range step.Checks {
			if h, looked := s.now(id); !looked || stops(h.Finding) || h.Verdict == checks.Unknown {
				return false
			}
		}
		return true
	}}
}

func guardIn(id QuestionID, answer string) Guard {
	return Guard{Name: "answered: " + string(id) + " " + answer, Why: pathWords.needIn, Holds: func(s State) bool {
		return s.Answer(id) == answer
	}}
}

func guardHowMuch() Guard {
	return Guard{Name: "how much is chosen", Why: pathWords.needHowMuch, Holds: func(s State) bool { return s.Answer(AskRevoke) != "" }}
}

func guardNoTenantGrant() Guard {
	return Guard{Name: "no grant for everyone is left", Why: pathWords.waitGone, Holds: func(s State) bool {
		return s.sees(checks.AppGrant) && s.Facts.GrantsRead && len(s.Facts.Grants) == 0
	}}
}

func guardDeletesApp(at StepID) Guard {
	return Guard{Name: "the enterprise app goes too", Why: words.needClaim, Holds: func(s State) bool {
		return s.Answer(AskRevoke) == RevokeApp && (s.HasClaimed(at) || s.grantsGone())
	}}
}

func guardTakenBack() Guard {
	return Guard{Name: "everything is taken back", Why: pathWords.waitGone, Holds: State.takenBack}
}

// guardUnstated lets go of a step that nothing can prove, since nobody says what
// the app needs.
func guardUnstated(at StepID) Guard {
	return Guard{Name: "said to be done, and what the app needs is not known", Why: words.needClaim, Holds: func(s State) bool {
		return s.App.NeedsUnstated && s.HasClaimed(at)
	}}
}

// guardNever is the proof of a step that only looks.
func guardNever() Guard {
	return Guard{Name: "looking proves nothing", Why: pathWords.waitCauses, Holds: func(State) bool { return false }}
}
