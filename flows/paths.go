package flows

import (
	"slices"
	"sync"

	"onboard.example/checks"
)

// Paths are the paths that this release walks, in the order of the product's
// table. The slice is the caller's; what the paths hold is shared: read only.
func Paths() []Path { return slices.Clone(pathTable().all) }

// PathByID finds a path, also one that no list offers; ok is false for an id
// that this release does not walk. What the path holds is shared: read only.
func PathByID(id PathID) (p Path, ok bool) {
	p, ok = pathTable().byID[id]
	return p, ok
}

// StepByID finds a step of any path. What it holds is shared: read only.
func StepByID(id StepID) (step Step, ok bool) {
	step, ok = pathTable().steps[id]
	return step, ok
}

// made holds the table of paths, made at first use: guards look steps up in it,
// so that it cannot be made before they are.
var made struct {
	once  sync.Once
	table pathIndex
}

// pathIndex is the paths that are offered, and those and all others by id.
type pathIndex struct {
	all   []Path
	byID  map[PathID]Path
	steps map[StepID]Step
}

func pathTable() *pathIndex {
	made.once.Do(func() {
		t := &made.table
		t.all, t.byID, t.steps = allPaths(), map[PathID]Path{}, map[StepID]Step{}
		for _, p := range append(slices.Clip(t.all), undoPath()) {
			t.byID[p.ID] = p
			for _, st := range p.Steps {
				t.steps[st.ID] = st
			}
		}
	})
	return &made.table
}

func allPaths() []Path {
	return []Path{
		directLink(), entraGrant(), consentRequests(), lowImpact(), firstSignIn(), allowAll(), appPolicy(), pilot(),
		dnsPolicy(), afterApproval(), revoke(),
	}
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

	RequestsWho     StepID = "requests/who"
	RequestsName    StepID = "requests/name"
	RequestsHow     StepID = "requests/how"
	RequestsPortal  StepID = "requests/portal"
	RequestsPlan    StepID = "requests/plan"
	RequestsApply   StepID = "requests/apply"
	RequestsAsk     StepID = "requests/ask"
	RequestsApprove StepID = "requests/approve"
	RequestsWait    StepID = "requests/wait"

	LowHow      StepID = "low/how"
	LowCreate   StepID = "low/create"
	LowConsent  StepID = "low/consent"
	LowClassify StepID = "low/classify"
	LowPlan     StepID = "low/plan"
	LowApply    StepID = "low/apply"
	LowWait     StepID = "low/wait"

	SignInOpen   StepID = "first/open"
	SignInForgot StepID = "first/forgot"
	SignInWait   StepID = "first/wait"

	AllHow     StepID = "all/how"
	AllCreate  StepID = "all/create"
	AllConsent StepID = "all/consent"
	AllPlan    StepID = "all/plan"
	AllApply   StepID = "all/apply"
	AllWait    StepID = "all/wait"

	PolicyHow    StepID = "policy/how"
	PolicyCreate StepID = "policy/create"
	PolicyShell  StepID = "policy/shell"
	PolicyPlan   StepID = "policy/plan"
	PolicyApply  StepID = "policy/apply"
	PolicyWait   StepID = "policy/wait"

	PilotWho     StepID = "pilot/who"
	PilotHow     StepID = "pilot/how"
	PilotCreate  StepID = "pilot/create"
	PilotRequire StepID = "pilot/require"
	PilotAssign  StepID = "pilot/assign"
	PilotGrant   StepID = "pilot/grant"
	PilotPlan    StepID = "pilot/plan"
	PilotApply   StepID = "pilot/apply"
	PilotWait    StepID = "pilot/wait"

	DNSPublish StepID = "dns/publish"
	DNSWait    StepID = "dns/wait"

	AfterLook    StepID = "after/look"
	AfterOff     StepID = "after/off"
	AfterStopped StepID = "after/stopped"
	AfterAsleep  StepID = "after/deactivated"
	AfterOwn     StepID = "after/deactivated-own"
	AfterAssign  StepID = "after/assign"
	AfterService StepID = "after/service"
	AfterAccess  StepID = "after/access"
	AfterUser    StepID = "after/user"
	AfterRules   StepID = "after/rules"
	AfterVendor  StepID = "after/vendor"

	RevokeWhat   StepID = "revoke/what"
	RevokeHow    StepID = "revoke/how"
	RevokePortal StepID = "revoke/portal"
	RevokeUsers  StepID = "revoke/users"
	RevokeDelete StepID = "revoke/delete"
	RevokePlan   StepID = "revoke/plan"
	RevokeApply  StepID = "revoke/apply"
	RevokeWait   StepID = "revoke/wait"
)

// granted are the checks that prove consent for everyone.
func granted() []checks.ID { return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppGrant} }

// predicted is the check that proves that users may consent for themselves.
func predicted() []checks.ID { return []checks.ID{checks.ConsentPredict} }

// newStep makes a step of a text, for the admin to do.
func newStep(id StepID, t stepText, prove []checks.ID, next ...Edge) Step {
	return Step{ID: id, Title: t.title, Text: t.lines, Actor: ActorAdmin, Checks: prove, Next: next}
}

// byGraph makes the steps that every path with a plan has: the choice between
// by hand and by Graph, the plan, and its carrying out.
type byGraph struct {
	how, plan, apply StepID
	prove, watch     []checks.ID
	proof            Guard // see Step.Proof
	gone             bool
	done             Edge   // where one goes once it shows
	after            StepID // where a carried plan leads
}

// choice is the step at which one chooses; hand leads on by hand.
func (g byGraph) choice(t stepText, hand ...Edge) Step {
	st := newStep(g.how, t, g.prove, append([]Edge{g.done, {guardByGraph(), g.plan}}, hand...)...)
	st.Asks, st.Watch, st.Proof, st.Gone = []QuestionID{AskHow}, g.watch, g.proof, g.gone
	return st
}

// rest are the plan and its carrying out.
func (g byGraph) rest() []Step {
	plan := newStep(g.plan, stepText{words.planTitle, words.planText}, g.prove, g.done, Edge{guardConfirmed(), g.apply})
	plan.Asks, plan.Watch, plan.Proof, plan.Gone, plan.Plan = []QuestionID{AskConfirm}, g.watch, g.proof, g.gone, true
	apply := newStep(g.apply, stepText{words.applyTitle, words.applyText}, g.prove,
		Edge{guardStoppedAlone(), g.how}, Edge{guardStopped(), g.plan}, g.done, Edge{guardCarried(), g.after})
	apply.Watch, apply.Proof, apply.Gone, apply.Apply = g.watch, g.proof, g.gone, true
	return []Step{plan, apply}
}

// shown is the way to the proof once the step's checks pass.
func shown() Edge { return Edge{guardProven(), ToProof} }

// claimed leads on once it was said to be done.
func claimed(id, to StepID) Edge { return Edge{guardClaimed(id), to} }

// claim makes a step one where "I did it" can be said, with its links.
func (st Step) claim(links ...LinkID) Step {
	st.Claim, st.Links = true, links
	return st
}

// watching adds what is looked at beside what proves the step.
func (st Step) watching(ids ...checks.ID) Step {
	st.Watch = ids
	return st
}

// by has something else prove a step than that its checks pass.
func (st Step) by(proof Guard) Step {
	st.Proof = proof
	return st
}
