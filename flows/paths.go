package flows

import "onboard.example/checks"

// Paths are the paths that this release walks, in the order of the product's
// table. The slice and what it holds are the caller's.
func Paths() []Path { return []Path{directLink(), entraGrant()} }

// PathByID finds a path; ok is false for an id that this release does not walk.
func PathByID(id PathID) (p Path, ok bool) {
	for _, p := range append(Paths(), undoPath()) {
		if p.ID == id {
			return p, true
		}
	}
	return Path{}, false
}

// StepByID finds a step of any path.
func StepByID(id StepID) (step Step, ok bool) {
	for _, p := range append(Paths(), undoPath()) {
		for _, st := range p.Steps {
			if st.ID == id {
				return st, true
			}
		}
	}
	return Step{}, false
}

// The steps, by path.
const (
	LinkOpen    StepID = "link/open"
	LinkApprove StepID = "link/approve"
	LinkWait    StepID = "link/wait"

	GrantHow    StepID = "grant/how"
	GrantCreate StepID = "grant/create"
	GrantPortal StepID = "grant/portal"
	GrantPlan   StepID = "grant/plan"
	GrantApply  StepID = "grant/apply"
	GrantWait   StepID = "grant/wait"
)

// granted are the checks that prove consent for everyone.
func granted() []checks.ID { return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppGrant} }

// directLink is the consent link that one admin opens once (product §4; the
// roles: entra-facts §9 [ED:grant-admin-consent]).
func directLink() Path {
	return Path{
		ID: DirectLink, Title: words.linkTitle, For: words.linkFor, Least: leastRole, Effect: EffectApp,
		Gains: words.grantGains, Minutes: 2, Undo: words.grantUndo, Benchmark: words.grantBenchmark,
		Steps: []Step{
			{
				ID: LinkOpen, Title: words.linkOpenTitle, Text: words.linkOpenText, Checks: granted(),
				Links: []LinkID{LinkConsent},
				Next:  []Edge{{guardProven(), ToProof}, {guardLink(), LinkApprove}},
			},
			{
				ID: LinkApprove, Title: words.linkApproveTitle, Text: words.linkApproveText, Checks: granted(),
				Links: []LinkID{LinkConsent}, Claim: true,
				Next: []Edge{{guardProven(), ToProof}, {guardClaimed(LinkApprove), LinkWait}},
			},
			{
				ID: LinkWait, Title: words.waitTitle, Text: words.waitText, Checks: granted(),
				Links: []LinkID{LinkConsent, LinkPermissions},
				Next:  []Edge{{guardProven(), ToProof}, {guardBlind(), ToProof}},
			},
		},
	}
}

// entraGrant is the grant in the Entra admin center, or the same by Graph.
func entraGrant() Path {
	return Path{
		ID: EntraGrant, Title: words.grantTitle, For: words.grantFor, Least: leastRole, Effect: EffectApp,
		Gains: words.grantGains, Minutes: 5, Undo: words.grantUndo, Benchmark: words.grantBenchmark,
		Steps: []Step{
			{
				ID: GrantHow, Title: words.howTitle, Text: words.howText, Asks: []QuestionID{AskHow}, Checks: granted(),
				Next: []Edge{
					{guardProven(), ToProof},
					{guardByGraph(), GrantPlan},
					{guardByHandAbsent(), GrantCreate},
					{guardByHand(), GrantPortal},
				},
			},
			{
				ID: GrantCreate, Title: words.createTitle, Text: words.createText, Checks: []checks.ID{checks.AppPresent},
				Links: []LinkID{LinkConsent}, Claim: true,
				Next: []Edge{{guardAppThere(), GrantPortal}, {guardClaimed(GrantCreate), GrantPortal}},
			},
			{
				ID: GrantPortal, Title: words.portalTitle, Text: words.portalText, Checks: granted(),
				Links: []LinkID{LinkPermissions, LinkEnterpriseApps}, Claim: true,
				Next: []Edge{{guardProven(), ToProof}, {guardClaimed(GrantPortal), GrantWait}},
			},
			{
				ID: GrantPlan, Title: words.planTitle, Text: words.planText, Asks: []QuestionID{AskConfirm}, Checks: granted(),
				Plan: true,
				Next: []Edge{{guardProven(), ToProof}, {guardConfirmed(), GrantApply}},
			},
			{
				ID: GrantApply, Title: words.applyTitle, Text: words.applyText, Checks: granted(), Apply: true,
				Next: []Edge{{guardStoppedAlone(), GrantHow}, {guardStopped(), GrantPlan}, {guardProven(), ToProof}, {guardCarried(), GrantWait}},
			},
			{
				ID: GrantWait, Title: words.waitTitle, Text: words.waitText, Checks: granted(),
				Links: []LinkID{LinkPermissions},
				Next:  []Edge{{guardProven(), ToProof}, {guardBlind(), ToProof}},
			},
		},
	}
}
