package flows

import "onboard.example/checks"

// bySettings makes the steps of a path that lets users consent for themselves:
// the enterprise app is made first where it is missing, since Graph says nothing
// of one that is not there; then the setting, by hand or by Graph, whose plan
// makes both.
type bySettings struct {
	byGraph
	create, hand, wait StepID
	watch              []checks.ID
	links              []LinkID // of the wait
	texts              map[StepID]stepText
}

// around are the steps of the path, with hand as those by hand.
func (b bySettings) around(hand ...Step) []Step {
	b.prove, b.done, b.after, b.byGraph.watch = predicted(), shown(), b.wait, b.watch
	g := b.byGraph
	choice := newStep(b.how, b.texts[b.how], g.prove,
		g.done, Edge{guardByGraph(), b.plan}, Edge{guardAbsent(), b.create}, Edge{guardByHand(), b.hand})
	choice.Asks, choice.Watch = []QuestionID{AskHow}, b.watch
	create := newStep(b.create, b.texts[b.create], []checks.ID{checks.AppPresent},
		claimed(b.create, b.hand), Edge{guardAppThere(), b.hand}).claim()
	wait := newStep(b.wait, b.texts[b.wait], g.prove,
		shown(), Edge{guardAsSureAsCanBe(), ToProof}, Edge{guardBlind(checks.ConsentPredict, pathWords.waitSetting), ToProof}).watching(b.watch...)
	wait.Links = b.links
	steps := append([]Step{choice, create}, hand...)
	return append(append(steps, g.rest()...), wait)
}

// lowImpact is user consent for verified publishers, with all that the app
// needs classified Low (entra-facts §3, §5).
func lowImpact() Path {
	watch := []checks.ID{checks.AppPublisher, checks.ConsentPolicy, checks.ConsentClassified}
	b := bySettings{
		byGraph: byGraph{how: LowHow, plan: LowPlan, apply: LowApply},
		create:  LowCreate, hand: LowConsent, wait: LowWait, watch: watch, links: []LinkID{LinkUserConsent, LinkClassified}, texts: lowTexts,
	}
	return pathTexts[LowImpact].path(Path{
		ID: LowImpact, Least: rolePrivileged, Effect: EffectPolicy, Minutes: 10,
		Steps: b.around(
			newStep(LowConsent, lowTexts[LowConsent], predicted(),
				shown(), Edge{guardLowSet(), LowClassify}, claimed(LowConsent, LowClassify)).claim(LinkUserConsent).watching(checks.ConsentPolicy),
			newStep(LowClassify, lowTexts[LowClassify], predicted(),
				shown(), claimed(LowClassify, LowWait)).claim(LinkClassified).watching(checks.ConsentClassified),
		),
	})
}

// allowAll is user consent for all apps, a weakening of the tenant
// (entra-facts §3).
func allowAll() Path {
	b := bySettings{
		byGraph: byGraph{how: AllHow, plan: AllPlan, apply: AllApply},
		create:  AllCreate, hand: AllConsent, wait: AllWait, watch: []checks.ID{checks.ConsentPolicy}, links: []LinkID{LinkUserConsent}, texts: allTexts,
	}
	return pathTexts[AllowAll].path(Path{
		ID: AllowAll, Least: rolePrivileged, Effect: EffectEvery, Minutes: 5,
		Steps: b.around(newStep(AllConsent, allTexts[AllConsent], predicted(),
			shown(), claimed(AllConsent, AllWait)).claim(LinkUserConsent).watching(checks.ConsentPolicy)),
	})
}

// appPolicy is a custom consent policy for the one app, beside what users may
// consent to already (entra-facts §4).
func appPolicy() Path {
	watch := []checks.ID{checks.ConsentPolicy, checks.AppResource}
	b := bySettings{
		byGraph: byGraph{how: PolicyHow, plan: PolicyPlan, apply: PolicyApply},
		create:  PolicyCreate, hand: PolicyShell, wait: PolicyWait, watch: watch, links: []LinkID{LinkUserConsent}, texts: policyTexts,
	}
	return pathTexts[AppPolicy].path(Path{
		ID: AppPolicy, Least: rolePrivileged, Effect: EffectAppPolicy, Minutes: 10,
		Steps: b.around(newStep(PolicyShell, policyTexts[PolicyShell], predicted(),
			shown(), claimed(PolicyShell, PolicyWait)).claim().watching(watch...)),
	})
}
