package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// chosen is a run at the first step of a path, signed in.
func chosen(t *testing.T, id PathID, f Facts, verdicts map[checks.ID]checks.Verdict) State {
	t.Helper()
	s := stand(t, asItIs{facts: f, verdicts: verdicts, signedIn: true})
	if r := ranked(t, s, id); !r.Fits {
		t.Fatalf("%s does not fit: %s", id, r.Why)
	}
	return after(s, Chose{Path: id})
}

// looks answers the look of the step, and learns the facts again.
func looks(s State, f Facts, verdicts map[checks.ID]checks.Verdict) State {
	s = after(s, Learned{Round: s.Round, Facts: f})
	return see(s, verdicts)
}

// throughPlan is what comes of the plan that a step shows: made of facts, of
// lines of these kinds, confirmed, written and seen.
func throughPlan(t *testing.T, s State, f Facts, verdicts map[checks.ID]checks.Verdict, kinds ...ChangeKind) State {
	t.Helper()
	if step, _ := s.Step(); !step.Plan {
		t.Fatalf("at %+v, which shows no plan; missing %q", s.Place, Missing(s))
	}
	s = looks(s, f, verdicts)
	e, ok := Due(s)
	if !ok {
		t.Fatalf("no plan is due: %q", WhyNoPlan(s))
	}
	s = after(s, e)
	var have []ChangeKind
	for _, l := range s.Plan.Lines {
		have = append(have, l.Kind)
	}
	if !slices.Equal(have, kinds) {
		t.Fatalf("the plan has %v, want %v", have, kinds)
	}
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	for i := range s.Plan.Lines {
		s = after(s, Applying{Plan: s.Plan.ID, Line: i, At: noon}, Applied{Plan: s.Plan.ID, Line: i, Outcome: OutcomeSent, At: noon},
			Reread{Plan: s.Plan.ID, Line: i, Seen: true})
	}
	return after(s, Advanced{})
}

func by(how string) Answered { return Answered{Question: AskHow, Value: how} }

// proof is the run at the proof, with everything looked at once more.
func atProof(t *testing.T, s State, f Facts, verdicts map[checks.ID]checks.Verdict) State {
	t.Helper()
	s = after(s, Advanced{})
	at(t, s, StageProof, "")
	return looks(s, f, verdicts)
}

func open(t *testing.T, s State) {
	t.Helper()
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified {
		t.Errorf("the proof says %s, %s: %s", o.State, o.Grade, o.Reason)
	}
}

func TestConsentRequestsAreWalkedByHand(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	s := chosen(t, ConsentRequests, f, walled(nil))
	at(t, s, StageSteps, RequestsWho)
	if s = after(s, Advanced{}); Missing(s) != pathWords.needReviewers {
		t.Errorf("missing %q", Missing(s))
	}
	s = after(s, Answered{Question: AskReviewers, Value: ReviewersWho}, Advanced{})
	at(t, s, StageSteps, RequestsName)
	if s.Who() != "" || Missing(s) != pathWords.needWho {
		t.Errorf("for %q, missing %q", s.Who(), Missing(s))
	}
	round := s.Round
	s = after(s, Answered{Question: AskWho, Value: "reviewer@contoso.example"})
	if s.Who() != "reviewer@contoso.example" || s.Round == round {
		t.Errorf("for %q, in round %d after %d", s.Who(), s.Round, round)
	}
	s = after(s, Advanced{})
	at(t, s, StageSteps, RequestsHow)
	s = after(s, by(HowPortal), Advanced{})
	at(t, s, StageSteps, RequestsPortal)
	step, _ := s.Step()
	if got := Words(s, strings.Join(step.Text, " ")); !strings.Contains(got, "reviewer@contoso.example") {
		t.Errorf("nobody is named: %s", got)
	}
	s = looks(s, f, map[checks.ID]checks.Verdict{checks.ConsentReviewers: checks.Fail})
	if after(s, Advanced{}).Place.Step != RequestsPortal {
		t.Error("requests that nobody decides on count as switched on")
	}
	s = after(looks(s, f, nil), Advanced{})
	at(t, s, StageSteps, RequestsAsk)
	if step, _ = s.Step(); step.Actor != ActorUser {
		t.Errorf("it is the move of %s", step.Actor)
	}
	s = looks(s, f, map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail})
	if after(s, Advanced{}).Place.Step != RequestsAsk || Missing(s) == "" {
		t.Error("goes on before anybody asked")
	}
	s = after(s, finding(s, checks.ConsentRequests, checks.Pending), Advanced{})
	at(t, s, StageSteps, RequestsApprove)
	s = after(s, Claimed{Step: RequestsApprove}, Advanced{})
	at(t, s, StageSteps, RequestsWait)
	f.Grants = []GrantFact{wholeGrant}
	s = atProof(t, looks(s, f, nil), f, nil)
	open(t, s)
}

func TestConsentRequestsAreSwitchedOnByGraph(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	s := chosen(t, ConsentRequests, f, walled(nil))
	s = after(s, Answered{Question: AskReviewers, Value: ReviewersRole}, Advanced{}, by(HowGraph), Advanced{})
	s = throughPlan(t, s, f, walled(nil), SetWorkflow)
	at(t, s, StageSteps, RequestsAsk)
	if got, ok := s.Reached(); ok {
		t.Errorf("has come to %+v", got)
	}
}

// Where requests are on already, the path begins with the user.
func TestConsentRequestsThatAreOnBeginWithTheUser(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	on := walled(map[checks.ID]checks.Verdict{checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass})
	s := looks(after(chosen(t, ConsentRequests, f, on), AskedAgain{}), f, on)
	if q := Asks(s); len(q) != 0 {
		t.Errorf("asked who decides: %+v", q)
	}
	at(t, after(s, Advanced{}), StageSteps, RequestsAsk)
}

func TestFirstSignInAndTheForgottenBox(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), managedPair)
	s := chosen(t, FirstSignIn, f, walled(nil))
	at(t, s, StageSteps, SignInOpen)
	own := walled(map[checks.ID]checks.Verdict{checks.AppUserGrants: checks.Warn})
	s = looks(s, f, own)
	if s = after(s, Advanced{}); s.Place.Step != SignInOpen {
		t.Fatalf("a colleague's own grant leads to %s before anything was done", s.Place.Step)
	}
	s = after(s, Claimed{Step: SignInOpen}, Advanced{})
	at(t, s, StageSteps, SignInForgot)
	if l := Links(s); len(l) != 1 || l[0].ID != LinkConsent {
		t.Errorf("links: %+v", l)
	}
	s = after(looks(s, f, own), Claimed{Step: SignInForgot}, Advanced{})
	at(t, s, StageSteps, SignInWait)
	if s = after(looks(s, f, own), Advanced{}); s.Place.Step != SignInWait {
		t.Errorf("to %s once more", s.Place.Step)
	}
	f.Grants = []GrantFact{wholeGrant}
	open(t, atProof(t, looks(s, f, nil), f, nil))

	// Without a grant of anybody's it is waited for, and the box comes up late.
	s = after(looks(chosen(t, FirstSignIn, f, walled(nil)), f, walled(nil)), Claimed{Step: SignInOpen}, Advanced{})
	at(t, s, StageSteps, SignInWait)
	s = after(looks(s, f, own), Advanced{})
	at(t, s, StageSteps, SignInForgot)
}

func TestLowImpactByHand(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	s := chosen(t, LowImpact, f, walled(nil))
	at(t, s, StageSteps, LowHow)
	s = after(s, by(HowPortal), Advanced{})
	at(t, s, StageSteps, LowConsent)
	if s = after(looks(s, f, walled(nil)), Advanced{}); s.Place.Step != LowConsent {
		t.Errorf("at %s, before anything was set", s.Place.Step)
	}
	f.Consent = consents("microsoft-user-default-low")
	s = after(looks(s, f, walled(nil)), Advanced{})
	at(t, s, StageSteps, LowClassify)
	s = after(s, Claimed{Step: LowClassify}, Advanced{})
	at(t, s, StageSteps, LowWait)
	if s = looks(s, f, walled(nil)); !strings.HasPrefix(Missing(s), "not yet: consent/predict") {
		t.Errorf("missing %q", Missing(s))
	}
	seen := map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail}
	open(t, atProof(t, looks(s, f, seen), f, seen))
}

// Graph says nothing of an app that is not there: it is made first, which
// grants nothing.
func TestSettingsForAnAppThatIsNotThere(t *testing.T) {
	t.Parallel()
	absent := walled(map[checks.ID]checks.Verdict{checks.AppPresent: checks.Fail})
	for id, steps := range map[PathID][3]StepID{
		AppPolicy: {PolicyCreate, PolicyShell, PolicyPlan}, AllowAll: {AllCreate, AllConsent, AllPlan}, LowImpact: {LowCreate, LowConsent, LowPlan},
	} {
		f := tenantFacts(Facts{}, consents())
		f.PoliciesRead = true
		s := chosen(t, id, f, absent)
		s = after(s, Advanced{})
		if s.Place.Step == steps[0] {
			t.Errorf("%s: at %s before how was chosen", id, s.Place.Step)
		}
		s = after(s, by(HowPortal), Advanced{})
		at(t, s, StageSteps, steps[0])
		there := tenantFacts(theApp(profile(t, "hetk")), consents())
		hand := after(looks(s, there, walled(nil)), Advanced{})
		at(t, hand, StageSteps, steps[1])
		at(t, after(s, Claimed{Step: steps[0]}, Advanced{}), StageSteps, steps[1])
		graph := looks(after(s, WentBack{}, by(HowGraph), Advanced{}), f, absent)
		at(t, graph, StageSteps, steps[2])
		if p, err := MakePlan(graph); err != nil || len(p.Lines) < 2 || p.Lines[0].Kind != CreateApp {
			t.Errorf("%s: %v, and the plan is %v", id, err, lines(p))
		}
	}
}

func TestSettingsByGraph(t *testing.T) {
	t.Parallel()
	five := []ChangeKind{Classify, Classify, Classify, Classify, Classify, SetConsent}
	for id, c := range map[PathID]struct {
		wait  StepID
		kinds []ChangeKind
	}{
		LowImpact: {LowWait, five}, AllowAll: {AllWait, []ChangeKind{SetConsent}},
		AppPolicy: {PolicyWait, []ChangeKind{CreatePolicy, AddCondition, SetConsent}},
	} {
		t.Run(string(id), func(t *testing.T) {
			t.Parallel()
			f := tenantFacts(theApp(profile(t, "hetk")), consents())
			f.PoliciesRead = true
			s := chosen(t, id, f, walled(nil))
			if q := Asks(s); len(q) != 1 || q[0].Options[1].Why != "" {
				t.Fatalf("asked %+v", q)
			}
			s = throughPlan(t, after(s, by(HowGraph), Advanced{}), f, walled(nil), c.kinds...)
			at(t, s, StageSteps, c.wait)
			seen := map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail}
			open(t, atProof(t, looks(s, f, seen), f, seen))
		})
	}
}

// What can only be inferred is not waited for without end.
func TestAnInferredPredictionLeadsToTheProof(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	s := after(chosen(t, AllowAll, f, walled(nil)), by(HowPortal), Advanced{}, Claimed{Step: AllConsent}, Advanced{})
	at(t, s, StageSteps, AllWait)
	guess := finding(s, checks.ConsentPredict, checks.Pass)
	guess.Finding.Grade = checks.Inferred
	s = after(looks(s, f, walled(nil)), guess, Advanced{})
	at(t, s, StageProof, "")
	if o := s.Overall(); o.State == checks.StateOpen && o.Grade == checks.Verified {
		t.Error("a guess is proof")
	}
}

// Without a sign-in every path that opens is walked by what is said, and proves
// nothing.
func TestPathsWithoutSigningIn(t *testing.T) {
	t.Parallel()
	for id, claims := range map[PathID][]Event{
		FirstSignIn:     {Claimed{Step: SignInOpen}, Advanced{}},
		ConsentRequests: {Answered{Question: AskReviewers, Value: ReviewersRole}, Advanced{}, by(HowPortal), Advanced{}, Claimed{Step: RequestsPortal}, Advanced{}, Claimed{Step: RequestsAsk}, Advanced{}, Claimed{Step: RequestsApprove}, Advanced{}},
		AllowAll:        {by(HowPortal), Advanced{}, Claimed{Step: AllConsent}, Advanced{}},
		LowImpact:       {by(HowPortal), Advanced{}, Claimed{Step: LowConsent}, Advanced{}, Claimed{Step: LowClassify}, Advanced{}},
		AppPolicy:       {by(HowPortal), Advanced{}, Claimed{Step: PolicyShell}, Advanced{}},
		Pilot:           {Answered{Question: AskWho, Value: "Pilot"}, Advanced{}, by(HowPortal), Advanced{}, Claimed{Step: PilotAssign}, Advanced{}, Claimed{Step: PilotRequire}, Advanced{}, Claimed{Step: PilotGrant}, Advanced{}},
	} {
		s := after(stand(t, asItIs{verdicts: unlooked()}), Chose{Path: id})
		s = after(s, claims...)
		s = after(s, Advanced{})
		at(t, s, StageProof, "")
		if o := see(s, unlooked()).Overall(); o.State == checks.StateOpen && o.Grade > checks.Asserted {
			t.Errorf("%s: %s, %s", id, o.State, o.Grade)
		}
	}
}
