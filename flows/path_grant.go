package flows

import "onboard.example/checks"

// directLink is the consent link that one admin opens once (product §4; the
// roles: entra-facts §9 [ED:grant-admin-consent]).
func directLink() Path {
	open := newStep(LinkOpen, stepText{words.linkOpenTitle, words.linkOpenText}, granted(), shown(), Edge{guardLink(), LinkApprove})
	open.Links = []LinkID{LinkConsent}
	open = open.watching(checks.VendorCallback)
	wait := newStep(LinkWait, stepText{words.waitTitle, words.waitText}, granted(), shown(), Edge{guardBlind(checks.AppGrant, words.waitGrant), ToProof})
	wait.Links = []LinkID{LinkConsent, LinkPermissions}
	wait = wait.watching(checks.VendorCallback)
	return Path{
		ID: DirectLink, Title: words.linkTitle, For: words.linkFor, Least: leastRole, Effect: EffectApp,
		Gains: words.grantGains, Minutes: 2, Undo: words.grantUndo, Benchmark: words.grantBenchmark, NotYet: notYetGrant,
		Steps: []Step{
			open,
			newStep(LinkApprove, stepText{words.linkApproveTitle, words.linkApproveText}, granted(),
				shown(), claimed(LinkApprove, LinkWait)).claim(LinkConsent).watching(checks.VendorCallback),
			wait,
		},
	}
}

// entraGrant is the grant in the Entra admin center, or the same by Graph.
func entraGrant() Path {
	g := byGraph{how: GrantHow, plan: GrantPlan, apply: GrantApply, after: GrantWait, prove: granted(), done: shown()}
	create := newStep(GrantCreate, stepText{words.createTitle, words.createText}, []checks.ID{checks.AppPresent},
		Edge{guardAppThere(), GrantPortal}, claimed(GrantCreate, GrantPortal)).claim(LinkConsent)
	wait := newStep(GrantWait, stepText{words.waitTitle, words.waitText}, granted(), shown(), Edge{guardBlind(checks.AppGrant, words.waitGrant), ToProof})
	wait.Links = []LinkID{LinkPermissions}
	steps := []Step{
		g.choice(stepText{words.howTitle, words.howText}, Edge{guardByHandAbsent(), GrantCreate}, Edge{guardByHand(), GrantPortal}),
		create,
		newStep(GrantPortal, stepText{words.portalTitle, words.portalText}, granted(),
			shown(), claimed(GrantPortal, GrantWait)).claim(LinkPermissions, LinkEnterpriseApps),
	}
	return Path{
		ID: EntraGrant, Title: words.grantTitle, For: words.grantFor, Least: leastRole, Effect: EffectApp,
		Gains: words.grantGains, Minutes: 5, Undo: words.grantUndo, Benchmark: words.grantBenchmark, NotYet: notYetGrant,
		Steps: append(append(steps, g.rest()...), wait),
	}
}

// firstSignIn is the admin's own sign-in to the app, with the box ticked
// (entra-facts §11 [K]: without it only a grant for one person is made).
func firstSignIn() Path {
	t := pathTexts[FirstSignIn]
	forgot := newStep(SignInForgot, signInTexts[SignInForgot], granted(), shown(), claimed(SignInForgot, SignInWait))
	wait := newStep(SignInWait, signInTexts[SignInWait], granted(),
		shown(), Edge{guardForgot(), SignInForgot}, Edge{guardBlind(checks.AppGrant, words.waitGrant), ToProof})
	wait.Links = []LinkID{LinkPermissions}
	return t.path(Path{
		ID: FirstSignIn, Least: leastRole, Effect: EffectApp, Minutes: 5,
		Steps: []Step{
			newStep(SignInOpen, signInTexts[SignInOpen], granted(),
				shown(), Edge{guardForgot(), SignInForgot}, claimed(SignInOpen, SignInWait)).claim().watching(checks.AppUserGrants),
			forgot.claim(LinkConsent).watching(checks.AppUserGrants),
			wait.watching(checks.AppUserGrants),
		},
	})
}

// path puts a path's words into it.
func (t pathText) path(p Path) Path {
	p.Title, p.For, p.Gains, p.Undo, p.Benchmark, p.NotYet = t.title, t.forWhom, t.gains, t.undo, t.benchmark, t.notYet
	return p
}
