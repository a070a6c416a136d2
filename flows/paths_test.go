package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestPathsAreWhole(t *testing.T) {
	t.Parallel()
	ids := map[StepID]bool{ToProof: true}
	for _, p := range Paths() {
		got, ok := PathByID(p.ID)
		if !ok || got.ID != p.ID || !slices.Contains(pathIDs, p.ID) {
			t.Errorf("%s is not found by its id", p.ID)
		}
		for what, text := range map[string]string{
			"title": p.Title, "for": p.For, "least role": p.Least, "gains": p.Gains, "undo": p.Undo, "benchmark": p.Benchmark,
			"word on what is normal": p.NotYet, "way on": string(p.How()),
		} {
			if text == "" {
				t.Errorf("%s has no %s", p.ID, what)
			}
		}
		if p.Minutes <= 0 || len(p.Steps) == 0 {
			t.Errorf("%s takes %d minutes in %d steps", p.ID, p.Minutes, len(p.Steps))
		}
		for _, st := range p.Steps {
			if ids[st.ID] {
				t.Errorf("%s is twice", st.ID)
			}
			ids[st.ID] = true
			if st.Title == "" || len(st.Text) == 0 || len(st.Checks) == 0 || len(st.Next) == 0 {
				t.Errorf("%s lacks a title, a text, a check that proves it, or a way on", st.ID)
			}
			for _, id := range st.Looks() {
				if _, ok := checks.ByID(id); !ok {
					t.Errorf("%s looks at %s, which is no check", st.ID, id)
				}
			}
			if !slices.Contains([]Actor{ActorAdmin, ActorReviewer, ActorUser, ActorVendor}, st.Actor) {
				t.Errorf("%s is done by %q", st.ID, st.Actor)
			}
			if st.Proof.Holds != nil && (st.Proof.Name == "" || st.Proof.Why == "") {
				t.Errorf("%s is proven by a guard without a name or a reason", st.ID)
			}
			if st.Plan && !HasPlan(p.ID) {
				t.Errorf("%s shows a plan, and its path has none", st.ID)
			}
			for _, e := range st.Next {
				if e.When.Name == "" || e.When.Why == "" || e.When.Holds == nil {
					t.Errorf("%s leads to %s by a guard without a name, a reason or a condition: %+v", st.ID, e.To, e.When)
				}
			}
		}
	}
	if _, ok := PathByID("no-such"); ok {
		t.Error("a path was found that is none")
	}
	if slices.ContainsFunc(Paths(), func(p Path) bool { return p.ID == Undo }) {
		t.Error("a list of paths offers to undo a receipt")
	}
	if _, ok := StepByID("no/such"); ok {
		t.Error("a step was found that is none")
	}
}

func TestEveryStepIsReachedAndEveryPathEnds(t *testing.T) {
	t.Parallel()
	for _, p := range Paths() {
		to := map[StepID][]StepID{}
		for _, st := range p.Steps {
			for _, e := range st.Next {
				to[st.ID] = append(to[st.ID], e.To)
				if _, ok := StepByID(e.To); !ok && e.To != ToProof {
					t.Errorf("%s leads to %s, which is nowhere", st.ID, e.To)
				}
			}
		}
		for _, st := range p.Steps {
			if !reaches(to, p.Steps[0].ID, st.ID) {
				t.Errorf("%s: %s cannot be reached", p.ID, st.ID)
			}
			if !reaches(to, st.ID, ToProof) {
				t.Errorf("%s: %s never ends", p.ID, st.ID)
			}
		}
	}
}

func reaches(to map[StepID][]StepID, from, goal StepID) bool {
	seen := map[StepID]bool{}
	var walk func(StepID) bool
	walk = func(at StepID) bool {
		if at == goal {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		return slices.ContainsFunc(to[at], walk)
	}
	return walk(from)
}

// at fails the test unless the run is at a step, or at a stage where step is
// empty.
func at(t *testing.T, s State, stage Stage, step StepID) {
	t.Helper()
	if s.Place != (Place{stage, step}) {
		t.Fatalf("at %+v, want %+v; missing: %q", s.Place, Place{stage, step}, Missing(s))
	}
}

func TestDirectLinkIsWalkedToProof(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	s = after(s, Advanced{})
	at(t, s, StagePaths, "")
	s = after(s, Advanced{})
	at(t, s, StagePaths, "") // nothing chosen yet
	s = after(s, Chose{Path: DirectLink})
	at(t, s, StageSteps, LinkOpen)
	s = after(s, Advanced{})
	at(t, s, StageSteps, LinkApprove)
	s = after(s, Advanced{})
	at(t, s, StageSteps, LinkApprove) // neither seen nor said
	if Missing(s) == "" {
		t.Error("nothing says why one cannot go on")
	}
	s = after(s, Claimed{Step: LinkApprove}, Advanced{})
	at(t, s, StageSteps, LinkWait)
	if o := s.Overall(); o.State != checks.StateBlocked {
		t.Errorf("a claim made a grant that is seen missing %s, %s", o.State, o.Grade)
	}
	s = see(s, nil)
	s = after(s, Advanced{})
	at(t, s, StageProof, "")
	s = see(s, nil)
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified {
		t.Errorf("proof says %s, %s", o.State, o.Grade)
	}
	if w := Wants(s); len(w) != 0 {
		t.Errorf("at the end still wanted: %+v", w)
	}
}

func TestDirectLinkWithoutSigningInEndsAsserted(t *testing.T) {
	t.Parallel()
	s := see(after(begun(t, "hetk"), tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{})
	at(t, s, StageDiagnosis, "")
	unknown := map[checks.ID]checks.Verdict{}
	for _, id := range allChecks() {
		if !slices.Contains(publicChecks(), id) {
			unknown[id] = checks.Unknown
		}
	}
	s = see(s, unknown)
	s = after(s, Chose{Path: DirectLink}, Advanced{})
	if w := Wants(s); len(w) != 0 {
		t.Errorf("nobody is signed in, and wanted is %+v", w)
	}
	s = after(s, Claimed{Step: LinkApprove}, Advanced{}, Advanced{})
	at(t, s, StageProof, "")
	s = see(s, unknown)
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Asserted {
		t.Errorf("said to be done gives %s, %s, want open and asserted", o.State, o.Grade)
	}
}

func TestEntraGrantByHand(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	s = after(s, finding(s, checks.AppPresent, checks.Fail), Chose{Path: EntraGrant})
	at(t, s, StageSteps, GrantHow)
	s = after(s, Advanced{})
	at(t, s, StageSteps, GrantHow)
	s = after(s, Answered{Question: AskHow, Value: HowPortal}, Advanced{})
	at(t, s, StageSteps, GrantCreate)
	s = after(s, finding(s, checks.AppPresent, checks.Pass), Advanced{})
	at(t, s, StageSteps, GrantPortal)
	s = after(s, WentBack{}, WentBack{})
	at(t, s, StageSteps, GrantHow)
	if s.Answer(AskHow) != HowPortal {
		t.Error("going back lost an answer")
	}
	s = after(s, Advanced{})
	at(t, s, StageSteps, GrantPortal) // the app is there now
	s = after(s, Claimed{Step: GrantPortal}, Advanced{})
	at(t, s, StageSteps, GrantWait)
	s = after(see(s, nil), Advanced{})
	at(t, s, StageProof, "")
}

// graphRun stands at the plan of the Graph way, with the plan made.
func graphRun(t *testing.T, facts Facts) State {
	t.Helper()
	s := diagnosed(t, "hetk", facts)
	s = after(s, Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowGraph}, Advanced{})
	at(t, s, StageSteps, GrantPlan)
	if _, ok := Due(s); ok {
		t.Fatal("a plan is due before the tenant was read again")
	}
	s = see(s, blocked)
	e, ok := Due(s)
	if !ok {
		t.Fatal("no plan is due")
	}
	s = after(s, e)
	made, ok := e.(Planned)
	if !ok {
		t.Fatalf("due is %T", e)
	}
	// Of its own id, or of a journal of old, whose plans have a digest for an id.
	own, old := made, made
	own.Plan.ID, old.Plan.Digest = "1", ""
	for _, is := range []Planned{made, own, old} {
		if _, ok := Due(after(s, is)); ok {
			t.Fatalf("the plan %s is due twice", is.Plan.ID)
		}
	}
	return s
}

func TestWhoIsSignedInElsewhereSeesNothingAndMakesNoPlan(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	if why := WhyNoPlan(s); why != "" || !s.CanSee(checks.AppGrant) {
		t.Fatalf("an admin of the tenant: no plan because %q", why)
	}
	away := admin()
	away.Account.TenantID = exSP
	s = see(after(s, away), blocked)
	if _, ok := Due(s); ok || !strings.Contains(WhyNoPlan(s), "an account of contoso.example") || s.CanSee(checks.AppGrant) {
		t.Errorf("signed in elsewhere: a plan is due: %v; why not: %q", ok, WhyNoPlan(s))
	}
}

func TestWhatIsLearnedLateOfAnotherTenantIsForgotten(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	late, seen := Learned{Round: s.Round, Facts: s.Facts}, finding(s, checks.AppGrant, checks.Pass)
	s = after(s, Answered{Question: AskDomain, Value: "fabrikam.example"}, late, seen)
	if s.Facts.AppRead || s.TenantID() != "" || len(s.Findings()) != 0 {
		t.Errorf("of another tenant: %+v, %d findings", s.Facts, len(s.Findings()))
	}
}

func wanted(s State, k WantKind) []Want {
	return slices.DeleteFunc(Wants(s), func(w Want) bool { return w.Kind != k })
}

func TestAStepIsProvenByWhatWasSeenNow(t *testing.T) {
	t.Parallel()
	s := see(after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink}), nil)
	step, _ := s.Step()
	if !s.Proven(step) {
		t.Fatal("every check passed in Graph, and the step is not proven")
	}
	for name, change := range map[string]func(*Found){
		"asserted":  func(f *Found) { f.Finding.Grade = checks.Asserted },
		"a warning": func(f *Found) { f.Finding.Verdict = checks.Warn },
		"too early": func(f *Found) { f.Finding.Verdict = checks.Pending },
		"unknown":   func(f *Found) { f.Finding.Verdict = checks.Unknown },
	} {
		f := finding(s, checks.AppGrant, checks.Pass)
		change(&f)
		if got := after(s, f); got.Proven(step) {
			t.Errorf("%s proves a step", name)
		}
	}
	if got := after(s, AskedAgain{}); got.Proven(step) || len(wanted(got, WantLook)) != 1 {
		t.Errorf("what was seen before proves a step; wanted %+v", Wants(got))
	}
	if s.Proven(Step{}) {
		t.Error("a step without checks is proven")
	}
}

func TestStepsAreCounted(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	if n, of := s.StepNumber(); n != 0 || of != 0 {
		t.Errorf("before a path: step %d of %d", n, of)
	}
	s = after(s, Chose{Path: DirectLink}, Advanced{})
	if n, of := s.StepNumber(); n != 2 || of != 3 {
		t.Errorf("step %d of %d, want 2 of 3", n, of)
	}
	s = graphRun(t, present(Facts{}))
	if n, of := s.StepNumber(); n != 2 || of != 4 {
		t.Errorf("at the plan: step %d of %d, want 2 of 4", n, of)
	}
	stopped := after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"})
	stopped = after(stopped, Stopped{Plan: s.Plan.ID, Why: StopMoved}, Advanced{})
	at(t, stopped, StageSteps, GrantPlan)
	if n, of := stopped.StepNumber(); n != 2 || of != 4 {
		t.Errorf("at the plan once more: step %d of %d, want 2 of 4", n, of)
	}
	s = after(s, WentBack{})
	if n, of := s.StepNumber(); n != 1 || of != 4 {
		t.Errorf("at the first step: %d of %d, want 1 of 4", n, of)
	}
}

func TestRanking(t *testing.T) {
	t.Parallel()
	hetk := profile(t, "hetk")
	disabled := theApp(hetk)
	disabled.App.Enabled = false
	byMS := theApp(hetk)
	byMS.App.ByMicrosoft = "DisabledDueToViolationOfServicesAgreement"
	for name, c := range map[string]struct {
		app   string
		facts Facts
		fits  []PathID
	}{
		"blocked":               {"hetk", present(Facts{}), []PathID{DirectLink, EntraGrant, Pilot, ConsentRequests, AppPolicy, LowImpact}},
		"disabled here":         {"hetk", present(disabled), []PathID{EntraGrant, Pilot}},
		"disabled by Microsoft": {"hetk", present(byMS), nil},
		"not by the vendor":     {"no-link", present(Facts{}), []PathID{EntraGrant}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fits []PathID
			s := diagnosed(t, "hetk", c.facts)
			if c.app == "no-link" {
				p := *s.Profile
				p.Paths = []PathID{EntraGrant, "revoke"}
				s.Profile = &p
			}
			for i, r := range Rank(s) {
				if r.Path.Goal == GoalPolicy {
					continue // a second layer, that clears nothing
				}
				if r.Why == "" {
					t.Errorf("%s has no reason", r.Path.ID)
				}
				if r.Fits {
					fits = append(fits, r.Path.ID)
					if r.Rank != i+1 {
						t.Errorf("%s has rank %d in place %d", r.Path.ID, r.Rank, i+1)
					}
				} else if r.Rank != 0 {
					t.Errorf("%s does not fit and has rank %d", r.Path.ID, r.Rank)
				}
			}
			if !slices.Equal(fits, c.fits) {
				t.Errorf("fit: %v, want %v", fits, c.fits)
			}
		})
	}
	v1 := diagnosed(t, "nylas", present(Facts{}))
	for id, want := range map[PathID]string{DirectLink: words.linkV1Gains, EntraGrant: words.grantGains} {
		if r := ranked(t, v1, id); r.Path.Gains != want {
			t.Errorf("%s of an app whose link names no scopes: %q", r.Path.ID, r.Path.Gains)
		}
	}
	if r := ranked(t, diagnosed(t, "hetk", present(disabled)), EntraGrant); r.Path.Gains != words.enableGains || r.Path.Undo != words.enableUndo {
		t.Errorf("%s does not say that a disabled app is enabled: %q, %q", r.Path.ID, r.Path.Gains, r.Path.Undo)
	}
	open := see(after(diagnosed(t, "hetk", present(theApp(hetk))), AskedAgain{}), nil)
	for _, r := range Rank(open) {
		if r.Fits && r.Path.Goal == GoalOpen {
			t.Errorf("%s fits a tenant that is open", r.Path.ID)
		}
	}
	if s := after(open, Advanced{}); s.Place.Stage != StageProof {
		t.Errorf("from the diagnosis of an open tenant to stage %d", s.Place.Stage)
	}
}

func TestAnAppThatNeedsAGraphRoleNeedsAHigherAdmin(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	s.App.Needs = append(slices.Clone(s.App.Needs), checks.Permission{Resource: checks.MicrosoftGraph, Role: "Mail.Read"})
	for _, r := range Rank(s) {
		if r.Path.Goal != GoalMend && r.Path.Goal != GoalPolicy && r.Path.Effect == EffectApp && r.Path.Least != leastRoleForAppRoles {
			t.Errorf("%s: least role %s", r.Path.ID, r.Path.Least)
		}
	}
	if !strings.Contains(Words(s, "{role}"), leastRoleForAppRoles) {
		t.Error("the words name a lesser role")
	}
}

func TestTheWayThroughTheFirstStages(t *testing.T) {
	t.Parallel()
	s := after(State{}, Started{Version: "1"})
	at(t, s, StageApp, "")
	if len(Wants(s)) != 0 {
		t.Errorf("wanted before anything is known: %+v", Wants(s))
	}
	s = after(s, Picked{Profile: profile(t, "revenue-grid")}, Advanced{})
	at(t, s, StageApp, "") // its client id is not known
	if q := Asks(s); len(q) != 1 || q[0].ID != AskClientID {
		t.Fatalf("asked: %+v", q)
	}
	s = after(s, Answered{Question: AskClientID, Value: "99999999-9999-9999-9999-99999999999A"}, Advanced{})
	at(t, s, StageTenant, "")
	if s.App.ClientID != "99999999-9999-9999-9999-99999999999a" {
		t.Errorf("client id %q", s.App.ClientID)
	}
	s = after(s, Advanced{})
	at(t, s, StageTenant, "")
	s = after(s, Answered{Question: AskDomain, Value: "contoso.example"}, Advanced{})
	at(t, s, StageKnown, "")
	s = after(s, Advanced{})
	at(t, s, StageKnown, "") // still looking
	s = see(after(s, Learned{Round: s.Round, Facts: Facts{Tenants: []TenantFact{{checks.CloudPublic, contosoID}, {checks.CloudChina, exSP}}}}), nil)
	if s = after(s, Advanced{}); s.Place.Stage != StageKnown || Missing(s) != words.needCloud {
		t.Fatalf("with two clouds at stage %d, missing %q", s.Place.Stage, Missing(s))
	}
	s = after(s, Answered{Question: AskCloud, Value: string(checks.CloudChina)})
	if s.TenantID() != exSP {
		t.Errorf("tenant %q after choosing the cloud", s.TenantID())
	}
	s = after(see(s, nil), Advanced{})
	at(t, s, StageSignIn, "")
	if s = after(s, Advanced{}); s.Place.Stage != StageSignIn {
		t.Fatal("went on without an answer")
	}
	s = after(s, Answered{Question: AskSignIn, Value: string(WayAz)})
	if w := wanted(s, WantSignIn); len(w) != 1 || w[0].Way != WayAz {
		t.Fatalf("wanted: %+v", Wants(s))
	}
	s = after(s, SignInFailed{Attempt: s.SignIn.Attempt, Reason: checks.FailUnreachable})
	if len(wanted(s, WantSignIn)) != 0 || s.SignIn.Failed == nil {
		t.Error("a failed sign-in is still wanted, or forgotten")
	}
	s = after(s, Answered{Question: AskSignIn, Value: string(WayAz)})
	if w := wanted(s, WantSignIn); len(w) != 1 || w[0].Attempt != 2 {
		t.Errorf("a second try is wanted as %+v", w)
	}
	s = after(s, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{})
	at(t, s, StageDiagnosis, "")
	for range 10 {
		s = after(s, WentBack{})
	}
	at(t, s, StageApp, "")
	if s.CanGoBack() {
		t.Error("one can go back before the start")
	}
}

func TestADomainThatNoTenantHasStopsTheRun(t *testing.T) {
	t.Parallel()
	s := see(begun(t, "hetk"), map[checks.ID]checks.Verdict{checks.TenantFound: checks.Fail})
	if s = after(s, Advanced{}); s.Place.Stage != StageKnown || Missing(s) != words.badTenant {
		t.Errorf("at stage %d, missing %q", s.Place.Stage, Missing(s))
	}
	s = after(s, WentBack{}, Answered{Question: AskDomain, Value: "fabrikam.example"}, Advanced{})
	at(t, s, StageKnown, "")
	if len(wanted(s, WantLook)) != 1 {
		t.Error("the corrected domain is not looked up")
	}
}

// TestThePageToCheck holds what an admin is told to compare Microsoft's page
// with: the name that it bears there, and permissions only where some are named.
func TestThePageToCheck(t *testing.T) {
	t.Parallel()
	steps := []StepID{LinkApprove, GrantPortal, RequestsApprove, SignInOpen, SignInForgot, PilotGrant}
	lines := func(s State, id StepID) string {
		st, ok := StepByID(id)
		if !ok {
			t.Fatalf("no step %s", id)
		}
		return Words(s, strings.Join(st.Text, "\n"))
	}
	for _, id := range steps {
		stated, unstated := profile(t, "hetk"), profile(t, "carerix")
		got := lines(after(State{}, Started{Profile: &stated}), id)
		if !strings.Contains(got, "names Hetk Calendar Sync, and these permissions and no others. If there are more, stop.") {
			t.Errorf("%s: %s", id, got)
		}
		s := after(State{}, Started{Profile: &unstated})
		got = lines(s, id)
		if strings.Contains(got, "no others") || !strings.Contains(got, "names Carerix Calendar - Production. Which permissions it needs is not said here: ask Carerix,") {
			t.Errorf("%s, nothing stated: %s", id, got)
		}
		s.Facts.App = &AppFact{ID: "x", Name: "Carerix Calendar EU"}
		if got = lines(s, id); !strings.Contains(got, "names Carerix Calendar EU.") || strings.Contains(got, "Production") {
			t.Errorf("%s, another name in the tenant: %s", id, got)
		}
	}
}
