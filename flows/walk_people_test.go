package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

const (
	pilotGroup = "66666666-6666-6666-6666-666666666666"
	pilotUser  = "77777777-7777-7777-7777-777777777777"
)

func group() *WhoFact { return &WhoFact{ID: pilotGroup, Group: true, Name: "Pilot", Asked: "Pilot"} }

func person() *WhoFact {
	return &WhoFact{ID: pilotUser, Name: "Sample User", Asked: "user@contoso.example"}
}

func who(text string) Answered { return Answered{Question: AskWho, Value: text} }

// piloted are facts of a tenant in which a group is let in.
func pilotedFacts(t *testing.T) Facts {
	t.Helper()
	f := assignedOnly(tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant))
	f.Who, f.Assigned = group(), []AssignFact{{ID: "a", Principal: pilotGroup, ResourceID: appSP}}
	return f
}

func TestPilotOfAGroupByHand(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), managedPair)
	s := chosen(t, Pilot, f, walled(nil))
	at(t, s, StageSteps, PilotWho)
	s = after(s, who("Pilot"), Advanced{})
	at(t, s, StageSteps, PilotHow)
	f.Who = group()
	s = after(looks(s, f, walled(nil)), by(HowPortal), Advanced{})
	at(t, s, StageSteps, PilotAssign)
	step, _ := s.Step()
	if Words(s, step.Title) != "Assign Pilot" {
		t.Errorf("title %q", Words(s, step.Title))
	}
	f.Assigned = []AssignFact{{ID: "a", Principal: pilotGroup, ResourceID: appSP}}
	s = after(looks(s, f, walled(nil)), Advanced{})
	at(t, s, StageSteps, PilotRequire)
	f = assignedOnly(f)
	held := walled(map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail})
	s = after(looks(s, f, held), Advanced{})
	at(t, s, StageSteps, PilotGrant)
	s = after(s, Claimed{Step: PilotGrant}, Advanced{})
	at(t, s, StageSteps, PilotWait)
	if s = looks(s, f, held); Missing(s) == "" {
		t.Error("nothing is granted, and it goes on")
	}
	done := map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail, checks.ConsentPredict: checks.Fail}
	f.Grants = []GrantFact{wholeGrant}
	s = atProof(t, looks(s, f, done), f, done)
	got, ok := s.Reached()
	if !ok || !got.Done || !strings.Contains(got.Head, "members of Pilot") || !strings.Contains(strings.Join(got.Notes, " "), "Assignment required to No") {
		t.Errorf("has come to %+v", got)
	}
	r := ReportOf(s)
	if r.Headline() != got.Head || r.Move() != "" || !strings.Contains(UserMessage(s), "is open for your account") || r.Path.ID != Pilot {
		t.Errorf("report: %q, %q, and\n%s", r.Headline(), r.Move(), UserMessage(s))
	}
}

func TestPilotByGraph(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed string
		who   *WhoFact
		kinds []ChangeKind
		then  func(*Facts)
		head  string
	}{
		"a group": {"Pilot", group(), []ChangeKind{Assign, RequireAssignment, CreateGrant}, func(f *Facts) {
			*f = assignedOnly(*f)
			f.Grants, f.Assigned = []GrantFact{wholeGrant}, []AssignFact{{ID: "a", Principal: pilotGroup, ResourceID: appSP}}
		}, "members of Pilot"},
		"a person": {"user@contoso.example", person(), []ChangeKind{GrantOne}, func(f *Facts) {
			f.UserGrants = []GrantFact{{ID: "u", ResourceID: graphSP, Principal: pilotUser, Scopes: wholeGrant.Scopes}}
		}, "Open for user@contoso.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := tenantFacts(theApp(profile(t, "hetk")), managedPair)
			s := after(chosen(t, Pilot, f, walled(nil)), who(c.typed), Advanced{})
			f.Who = c.who
			s = after(looks(s, f, walled(nil)), by(HowGraph), Advanced{})
			s = throughPlan(t, s, f, walled(nil), c.kinds...)
			at(t, s, StageSteps, PilotWait)
			if s = looks(s, f, walled(nil)); Missing(s) == "" {
				t.Error("goes on before anything shows")
			}
			app := *f.App
			f.App = &app
			c.then(&f)
			s = atProof(t, looks(s, f, walled(nil)), f, walled(nil))
			if got, ok := s.Reached(); !ok || !got.Done || !strings.Contains(got.Head, c.head) {
				t.Errorf("has come to %+v", got)
			}
		})
	}
}

func TestWhatIsNoPilot(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*State){
		"nobody was named":         func(s *State) { s.answers = nil },
		"another one was found":    func(s *State) { s.Facts.Who = person() },
		"nobody was found":         func(s *State) { s.Facts.Who = nil },
		"read in an earlier round": func(s *State) { s.Round++ },
		"the app is off":           func(s *State) { a := *s.Facts.App; a.Enabled = false; s.Facts.App = &a },
		"they are not assigned":    func(s *State) { s.Facts.Assigned = nil },
		"it is granted in part": func(s *State) {
			s.Facts.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: []string{"openid"}}}
		},
		"everybody may use it":   func(s *State) { a := *s.Facts.App; a.AssignedOnly = false; s.Facts.App = &a },
		"nobody knows its needs": func(s *State) { s.App.NeedsUnstated = true },
		"nobody is signed in":    func(s *State) { s.Account = nil },
		"signed in elsewhere": func(s *State) {
			s.Account = &Account{TenantID: exSP}
		},
		"the grant could not be looked at":      func(s *State) { *s = after(*s, finding(*s, checks.AppGrant, checks.Unknown)) },
		"the assignment could not be looked at": func(s *State) { *s = after(*s, finding(*s, checks.AppAssignment, checks.Unknown)) },
		"the switch could not be looked at":     func(s *State) { *s = after(*s, finding(*s, checks.AppEnabled, checks.Unknown)) },
		"what was found told no facts yet":      func(s *State) { s.factsAt, s.factsBy = false, SetOf([]checks.ID{checks.AppPresent, checks.AppEnabled}) },
	} {
		s := stand(t, asItIs{facts: pilotedFacts(t), signedIn: true, verdicts: map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail}})
		s = after(s, Chose{Path: Pilot}, who("Pilot"))
		s = looks(s, pilotedFacts(t), nil)
		if !s.piloted() {
			t.Fatal("a pilot that is in place is not seen")
		}
		if change(&s); s.piloted() {
			t.Errorf("%s: is a pilot", name)
		}
	}
	wide := looks(after(chosen(t, Pilot, pilotedFacts(t), map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail}), who("Pilot")), pilotedFacts(t), nil)
	a := *wide.Facts.App
	a.AssignedOnly = false
	wide.Facts.App, wide.Place = &a, Place{Stage: StageSteps, Step: PilotWait}
	if wide.Facts.Assigned = nil; Missing(wide) == "" {
		t.Error("open to everyone counts as a pilot")
	}
}

func TestAfterApprovalGoesFromCauseToCause(t *testing.T) {
	t.Parallel()
	f := off(assignedOnly(tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant)))
	all := map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail, checks.AppAssignment: checks.Fail, checks.AccessConditional: checks.Fail}
	s := chosen(t, AfterApproval, f, all)
	at(t, s, StageSteps, AfterLook)
	s = after(looks(s, f, all), Advanced{})
	at(t, s, StageSteps, AfterOff)
	delete(all, checks.AppEnabled)
	s = after(looks(s, f, all), Advanced{})
	at(t, s, StageSteps, AfterLook)
	s = after(looks(s, f, all), Advanced{})
	at(t, s, StageSteps, AfterAssign)
	s = after(s, Claimed{Step: AfterAssign}, Advanced{}) // those are assigned, and others are not
	at(t, s, StageSteps, AfterLook)
	s = after(looks(s, f, all), Advanced{})
	at(t, s, StageSteps, AfterAccess)
	if l := Links(s); len(l) != 1 || l[0].ID != LinkAccess {
		t.Errorf("links: %+v", l)
	}
	delete(all, checks.AccessConditional)
	s = after(looks(s, f, all), Advanced{})
	at(t, s, StageSteps, AfterLook)
	s = after(looks(s, f, all), Advanced{})
	for _, c := range []struct {
		step  StepID
		ask   QuestionID
		actor Actor
	}{{AfterUser, AskUserIn, ActorUser}, {AfterRules, AskRulesIn, ActorAdmin}, {AfterVendor, AskVendorIn, ActorVendor}} {
		at(t, s, StageSteps, c.step)
		step, _ := s.Step()
		if q := Asks(s); len(q) != 1 || q[0].ID != c.ask || step.Actor != c.actor || Missing(s) != pathWords.needIn {
			t.Fatalf("at %s, asked %+v of %s, missing %q", c.step, q, step.Actor, Missing(s))
		}
		at(t, after(s, Answered{Question: c.ask, Value: InYes}, Advanced{}), StageProof, "")
		s = after(s, Answered{Question: c.ask, Value: InNo}, Advanced{})
	}
	at(t, s, StageProof, "")
	if s = after(s, Chose{Path: AfterApproval}); s.Answer(AskUserIn) != "" {
		t.Error("an answer of before is taken for one of now")
	}
}

// A service that is off has its own step; what Conditional Access may do counts
// as a cause, and what it asks for does not.
func TestCausesOfBeingStopped(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant)
	s := after(chosen(t, AfterApproval, f, nil), AskedAgain{})
	if s = after(s, Advanced{}); s.Place.Step != AfterLook || Missing(s) != pathWords.waitCauses {
		t.Errorf("at %s before anything was looked at, missing %q", s.Place.Step, Missing(s))
	}
	s = looks(s, f, nil)
	for want, found := range map[StepID]Found{
		AfterService: finding(s, checks.AppResource, checks.Fail), AfterUser: finding(s, checks.AccessConditional, checks.Warn),
		AfterAccess: func() Found {
			may := finding(s, checks.AccessConditional, checks.Warn)
			may.Finding.Grade = checks.Inferred
			return may
		}(),
	} {
		at(t, after(s, found, Advanced{}), StageSteps, want)
	}
}

// granted is a tenant with grants to take back, of everyone and of one user.
func grantedFacts(t *testing.T) Facts {
	t.Helper()
	f := tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant)
	f.UserGrants = []GrantFact{{ID: "u", ResourceID: graphSP, Principal: pilotUser, Scopes: []string{"openid"}}}
	return f
}

// goneVerdicts are the findings once the grants are gone.
var goneVerdicts = map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail, checks.ConsentPredict: checks.Fail}

func gone(t *testing.T) Facts {
	t.Helper()
	return tenantFacts(theApp(profile(t, "hetk")), managedPair)
}

func TestRevokeByHand(t *testing.T) {
	t.Parallel()
	f := grantedFacts(t)
	s := chosen(t, Revoke, f, nil)
	at(t, s, StageSteps, RevokeWhat)
	s = after(s, Answered{Question: AskRevoke, Value: RevokeGrants}, Advanced{}, by(HowPortal), Advanced{})
	at(t, s, StageSteps, RevokePortal)
	s = looks(s, f, nil)
	if step, _ := s.Step(); s.Proven(step) || !step.Gone {
		t.Error("what is there counts as gone")
	}
	f.Grants = nil
	s = after(looks(s, f, goneVerdicts), Advanced{})
	at(t, s, StageSteps, RevokeUsers)
	s = after(s, Claimed{Step: RevokeUsers}, Advanced{})
	at(t, s, StageSteps, RevokeWait)
	if s = looks(s, f, goneVerdicts); Missing(s) != pathWords.waitGone {
		t.Errorf("one user's grant is left, missing %q", Missing(s))
	}
	s = atProof(t, looks(s, gone(t), goneVerdicts), gone(t), goneVerdicts)
	got, ok := s.Reached()
	notes := strings.Join(got.Notes, " ")
	if !ok || !got.Done || !strings.Contains(got.Head, "Taken back") || !strings.Contains(notes, "about an hour") || strings.Contains(notes, "bring it back") {
		t.Errorf("has come to %+v", got)
	}
	r := ReportOf(s)
	text := r.Markdown()
	if r.Headline() != got.Head || r.Move() != "" || !strings.Contains(text, "about an hour") || strings.Contains(text, "Users are blocked") {
		t.Errorf("report:\n%s", text)
	}
	if msg := UserMessage(s); !strings.Contains(msg, "switched off") || strings.Contains(msg, "can connect") || strings.Contains(msg, "on it") {
		t.Errorf("tells users:\n%s", msg)
	}
}

func TestRevokeOfTheAppToo(t *testing.T) {
	t.Parallel()
	f := grantedFacts(t)
	s := after(chosen(t, Revoke, f, nil), Answered{Question: AskRevoke, Value: RevokeApp}, Advanced{}, by(HowPortal), Advanced{})
	s = after(looks(s, f, nil), Claimed{Step: RevokePortal}, Advanced{})
	at(t, s, StageSteps, RevokeUsers)
	s = after(looks(s, gone(t), goneVerdicts), Advanced{})
	at(t, s, StageSteps, RevokeDelete)
	if got, _ := s.Reached(); got.Done || !strings.Contains(got.Head, "still there") {
		t.Errorf("has come to %+v", got)
	}
	away := map[checks.ID]checks.Verdict{
		checks.AppPresent: checks.Fail, checks.AppGrant: checks.Fail, checks.AppUserGrants: checks.Skipped, checks.ConsentPredict: checks.Pass,
	}
	none := tenantFacts(Facts{}, consents("microsoft-user-default-legacy"))
	s = atProof(t, looks(s, none, away), none, away)
	got, ok := s.Reached()
	if !ok || !got.Done || !strings.Contains(got.Head, "not in contoso.example any more") || !strings.Contains(strings.Join(got.Notes, " "), "bring it back") {
		t.Errorf("has come to %+v", got)
	}
}

func TestRevokeByGraph(t *testing.T) {
	t.Parallel()
	f := grantedFacts(t)
	s := after(chosen(t, Revoke, f, nil), Answered{Question: AskRevoke, Value: RevokeApp}, Advanced{}, by(HowGraph), Advanced{})
	s = throughPlan(t, s, f, nil, DeleteGrant, DeleteGrant, DeleteApp)
	at(t, s, StageSteps, RevokeWait)
	away := map[checks.ID]checks.Verdict{checks.AppPresent: checks.Fail, checks.AppGrant: checks.Fail, checks.ConsentPredict: checks.Fail}
	none := tenantFacts(Facts{}, managedPair)
	s = atProof(t, looks(s, none, away), none, away)
	if got, _ := s.Reached(); !got.Done {
		t.Errorf("has come to %+v", got)
	}
}

// Nothing counts as taken back that was not read in this round, or that could
// not be read.
func TestWhatIsNotTakenBack(t *testing.T) {
	t.Parallel()
	s := looks(after(chosen(t, Revoke, grantedFacts(t), nil), Answered{Question: AskRevoke, Value: RevokeGrants}), gone(t), goneVerdicts)
	if !s.takenBack() {
		t.Fatal("what is gone is not seen to be")
	}
	for name, got := range map[string]State{
		"read before":      after(s, AskedAgain{}),
		"could not look":   after(s, finding(s, checks.AppGrant, checks.Unknown)),
		"one user's":       after(s, Learned{Round: s.Round, Facts: func() Facts { f := grantedFacts(t); f.Grants = nil; return f }()}),
		"an app role":      after(s, Learned{Round: s.Round, Facts: func() Facts { f := gone(t); f.Roles = []AssignFact{{ID: "r"}}; return f }()}),
		"the app is there": after(s, Answered{Question: AskRevoke, Value: RevokeApp}),
	} {
		if got.takenBack() {
			t.Errorf("%s: taken back", name)
		}
		if r, ok := got.Reached(); !ok || r.Done {
			t.Errorf("%s: %+v", name, r)
		}
	}
	blind := after(s, SignedOut{})
	if r, ok := blind.Reached(); !ok || r.Done || r.Head != reachedWords.unseen {
		t.Errorf("nobody is signed in: %+v", r)
	}
	if _, ok := after(s, WentBack{}).Reached(); ok {
		t.Error("at the list of paths it has come to something")
	}
}

// Whoever takes a run up again is asked how once more, on the path that they
// were on.
func TestAPlanThatWasLeftIsTakenUpOnItsPath(t *testing.T) {
	t.Parallel()
	f := grantedFacts(t)
	for _, c := range []struct {
		id    PathID
		how   StepID
		plan  StepID
		first []Event
	}{
		{Revoke, RevokeHow, RevokePlan, []Event{Answered{Question: AskRevoke, Value: RevokeGrants}, Advanced{}}},
		{Pilot, PilotHow, PilotPlan, []Event{who("Pilot"), Advanced{}}},
	} {
		facts := f
		if c.id == Pilot {
			facts = gone(t)
		}
		s := after(chosen(t, c.id, facts, goneVerdicts), c.first...)
		s = after(s, by(HowGraph), Advanced{})
		at(t, s, StageSteps, c.plan)
		s = after(s, Resumed{CanWrite: true})
		at(t, s, StageSteps, c.how)
		if q := Asks(s); !slices.ContainsFunc(q, func(q Question) bool { return q.ID == AskSignIn }) {
			t.Errorf("%s: asked %+v", c.id, q)
		}
	}
}

// What is not the switch's is not mended by the switch: each cause has a step of
// its own, and whose move it is.
func TestAfterApprovalKnowsWhyTheAppIsOff(t *testing.T) {
	t.Parallel()
	fails := map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail}
	for name, c := range map[string]struct {
		why   func(*AppFact)
		step  StepID
		actor Actor
		links int
		next  StepID // after somebody said that it is done; empty: the proof
	}{
		"switched off":                    {func(a *AppFact) { a.Enabled = false }, AfterOff, ActorAdmin, 1, AfterLook},
		"disabled by Microsoft":           {func(a *AppFact) { a.ByMicrosoft = "DisabledDueToViolationOfServicesAgreement" }, AfterStopped, ActorVendor, 0, ""},
		"deactivated":                     {func(a *AppFact) { a.Deactivated, a.OwnerTenant = true, exSP }, AfterAsleep, ActorVendor, 0, ""},
		"deactivated, whose is not known": {func(a *AppFact) { a.Deactivated = true }, AfterAsleep, ActorVendor, 0, ""},
		"deactivated, our own":            {func(a *AppFact) { a.Deactivated, a.OwnerTenant = true, contosoID }, AfterOwn, ActorAdmin, 0, AfterLook},
		"both, and off":                   {func(a *AppFact) { a.ByMicrosoft, a.Deactivated, a.Enabled = "Disabled", true, false }, AfterStopped, ActorVendor, 0, ""},
	} {
		f := tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant)
		app := *f.App
		c.why(&app)
		f.App = &app
		s := after(looks(chosen(t, AfterApproval, f, fails), f, fails), Advanced{})
		at(t, s, StageSteps, c.step)
		step, _ := s.Step()
		text := Words(s, strings.Join(step.Text, " "))
		if step.Actor != c.actor || len(Links(s)) != c.links || strings.Contains(text, "to Yes") != (c.step == AfterOff) {
			t.Errorf("%s: the move of %s, %d links: %s", name, step.Actor, len(Links(s)), text)
		}
		told := after(s, Claimed{Step: c.step}, Advanced{})
		if c.next == "" {
			at(t, told, StageProof, "")
		} else {
			at(t, told, StageSteps, c.next)
		}
		s = after(looks(s, f, nil), Advanced{}) // it is on again
		at(t, s, StageSteps, AfterLook)
	}
}
