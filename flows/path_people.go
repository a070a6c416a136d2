package flows

import "onboard.example/checks"

// pilot lets in one person or one group. By Graph one person gets a grant of
// their own; a group, and by hand a person too, is assigned, and then the app is
// approved for those assigned alone (entra-facts §1, §2).
func pilot() Path {
	reads := []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppGrant, checks.AppAssignment, checks.AppUserGrants}
	in := Edge{guardPiloted(), ToProof}
	g := byGraph{how: PilotHow, plan: PilotPlan, apply: PilotApply, after: PilotWait, prove: reads, done: in, proof: in.When}
	who := newStep(PilotWho, pilotTexts[PilotWho], reads, Edge{guardWho(), PilotHow}).by(in.When)
	who.Asks = []QuestionID{AskWho}
	wait := newStep(PilotWait, pilotTexts[PilotWait], reads,
		in, Edge{guardUnstated(PilotGrant), ToProof}, Edge{guardBlind(checks.AppAssignment, pathWords.waitPilot), ToProof})
	wait.Links = []LinkID{LinkUsers, LinkPermissions}
	steps := []Step{
		who,
		g.choice(pilotTexts[PilotHow], Edge{guardByHandAbsent(), PilotCreate}, Edge{guardByHand(), PilotAssign}),
		newStep(PilotCreate, pilotTexts[PilotCreate], []checks.ID{checks.AppPresent},
			Edge{guardAppThere(), PilotAssign}, claimed(PilotCreate, PilotAssign)).claim(),
		newStep(PilotAssign, pilotTexts[PilotAssign], reads,
			in, Edge{guardAssigned(), PilotRequire}, claimed(PilotAssign, PilotRequire)).claim(LinkUsers).by(in.When),
		newStep(PilotRequire, pilotTexts[PilotRequire], reads,
			in, Edge{guardAssignedOnly(), PilotGrant}, claimed(PilotRequire, PilotGrant)).claim(LinkProperties).by(in.When),
		newStep(PilotGrant, pilotTexts[PilotGrant], reads, in, claimed(PilotGrant, PilotWait)).claim(LinkPermissions).by(in.When),
	}
	steps = append(steps, g.rest()...)
	return pathTexts[Pilot].path(Path{
		ID: Pilot, Least: leastRole, Effect: EffectApp, Minutes: 10, Licence: licenceGroup, Steps: append(steps, wait.by(in.When)),
	})
}

// causes are the checks that see why people are stopped although the app is
// approved.
func causes() []checks.ID {
	return []checks.ID{checks.AppEnabled, checks.AppAssignment, checks.AppResource, checks.AccessConditional}
}

// afterApproval goes from cause to cause: those that Graph shows, until none is
// left, then those that it does not.
func afterApproval() Path {
	back := func(id StepID, check checks.ID, links ...LinkID) Step {
		return newStep(id, afterTexts[id], []checks.ID{check}, Edge{guardMended(), AfterLook}, claimed(id, AfterLook)).claim(links...)
	}
	look := newStep(AfterLook, afterTexts[AfterLook], causes(),
		Edge{guardByMicrosoft(), AfterStopped},
		Edge{guardDeactivated(false, AfterAsleep), AfterAsleep},
		Edge{guardDeactivated(true, AfterOwn), AfterOwn},
		Edge{guardStops(checks.AppEnabled, AfterOff), AfterOff},
		Edge{guardStops(checks.AppAssignment, AfterAssign), AfterAssign},
		Edge{guardStops(checks.AppResource, AfterService), AfterService},
		Edge{guardStops(checks.AccessConditional, AfterAccess), AfterAccess},
		Edge{guardCausesLooked(), AfterUser})
	theirs := func(id StepID) Step { // the vendor's move: it is waited for, or left at the proof
		st := newStep(id, afterTexts[id], []checks.ID{checks.AppEnabled}, Edge{guardMended(), AfterLook}, claimed(id, ToProof)).claim()
		st.Actor = ActorVendor
		return st
	}
	user := newStep(AfterUser, afterTexts[AfterUser], causes(), Edge{guardIn(AskUserIn, InYes), ToProof}, Edge{guardIn(AskUserIn, InNo), AfterRules})
	user.Actor, user.Asks, user.Proof = ActorUser, []QuestionID{AskUserIn}, guardIn(AskUserIn, InYes)
	rules := newStep(AfterRules, afterTexts[AfterRules], causes(), Edge{guardIn(AskRulesIn, InYes), ToProof}, Edge{guardIn(AskRulesIn, InNo), AfterVendor})
	rules.Asks, rules.Proof = []QuestionID{AskRulesIn}, guardIn(AskRulesIn, InYes)
	vendor := newStep(AfterVendor, afterTexts[AfterVendor], causes(), Edge{guardIn(AskVendorIn, InYes), ToProof}, Edge{guardIn(AskVendorIn, InNo), ToProof})
	vendor.Actor, vendor.Asks, vendor.Proof = ActorVendor, []QuestionID{AskVendorIn}, guardIn(AskVendorIn, InYes)
	return pathTexts[AfterApproval].path(Path{
		ID: AfterApproval, Goal: GoalMend, Least: leastRole, Effect: EffectApp, Minutes: 10,
		Steps: []Step{
			look.watching(checks.AccessSignIns).by(guardNever()),
			theirs(AfterStopped),
			theirs(AfterAsleep),
			back(AfterOwn, checks.AppEnabled),
			back(AfterOff, checks.AppEnabled, LinkProperties),
			back(AfterAssign, checks.AppAssignment, LinkUsers, LinkProperties),
			back(AfterService, checks.AppResource),
			back(AfterAccess, checks.AccessConditional, LinkAccess),
			user.watching(checks.AccessSignIns), rules, vendor,
		},
	})
}

// revoke takes consent back: what admins granted, what users granted for
// themselves, and where it is wanted the enterprise app (entra-facts §2;
// [ED:manage-application-permissions]).
func revoke() Path {
	reads := []checks.ID{checks.AppGrant, checks.AppUserGrants, checks.AppRoles}
	gone := Edge{guardTakenBack(), ToProof}
	g := byGraph{how: RevokeHow, plan: RevokePlan, apply: RevokeApply, after: RevokeWait, prove: reads, done: gone, proof: gone.When, gone: true}
	whole := func(st Step) Step {
		st.Gone, st.Proof = true, gone.When
		return st
	}
	what := newStep(RevokeWhat, revokeTexts[RevokeWhat], reads, Edge{guardHowMuch(), RevokeHow})
	what.Asks = []QuestionID{AskRevoke}
	wait := newStep(RevokeWait, revokeTexts[RevokeWait], reads, gone, Edge{guardBlind(checks.AppGrant, pathWords.waitGone), ToProof})
	wait.Links = []LinkID{LinkPermissions}
	users := newStep(RevokeUsers, revokeTexts[RevokeUsers], reads,
		gone, Edge{guardDeletesApp(RevokeUsers), RevokeDelete}, claimed(RevokeUsers, RevokeWait)).claim()
	steps := []Step{
		whole(what),
		g.choice(revokeTexts[RevokeHow], Edge{guardByHand(), RevokePortal}),
		whole(newStep(RevokePortal, revokeTexts[RevokePortal], reads,
			gone, Edge{guardNoTenantGrant(), RevokeUsers}, claimed(RevokePortal, RevokeUsers)).claim(LinkPermissions)),
		whole(users),
		whole(newStep(RevokeDelete, revokeTexts[RevokeDelete], reads, gone, claimed(RevokeDelete, RevokeWait)).claim(LinkProperties)),
	}
	steps = append(steps, g.rest()...)
	return pathTexts[Revoke].path(Path{
		ID: Revoke, Goal: GoalRevoked, Least: leastRole, Effect: EffectApp, Minutes: 5, Steps: append(steps, whole(wait)),
	})
}
