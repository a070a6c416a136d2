package flows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

const strangerID = "88888888-8888-8888-8888-888888888888"

// getsIn says whether somebody can use the app in a tenant: they, or a group of
// theirs, are assigned where that is asked for, and the app may act for them.
func getsIn(s State, f Facts, ids ...string) bool {
	if f.App == nil || !f.App.Enabled {
		return false
	}
	if f.App.AssignedOnly && !slices.ContainsFunc(f.Assigned, func(a AssignFact) bool { return slices.Contains(ids, a.Principal) }) {
		return false
	}
	for _, n := range needsByResource(s.App) {
		api, _ := resourceIn(f, n.resource)
		covered, _ := grantsOf(f, f.App.ID, api.ID, ids[0])
		if !covers(covered, n.scopes) {
			return false
		}
	}
	return true
}

// written is what a tenant is like once a line was written.
func written(t *testing.T, f Facts, c Change) Facts {
	t.Helper()
	if f.App != nil {
		app := *f.App
		f.App = &app
	}
	f.Grants, f.UserGrants, f.Assigned = slices.Clone(f.Grants), slices.Clone(f.UserGrants), slices.Clone(f.Assigned)
	switch c.Kind {
	case CreateApp:
		f.App = &AppFact{ID: appSP, Enabled: true}
	case EnableApp:
		f.App.Enabled = true
	case RequireAssignment:
		f.App.AssignedOnly = true
	case Assign:
		f.Assigned = append(f.Assigned, AssignFact{Principal: f.Who.ID, ResourceID: appSP})
	case CreateGrant:
		f.Grants = append(f.Grants, GrantFact{ResourceID: graphSP, Scopes: c.Scopes})
	case WidenGrant:
		f.Grants[0].Scopes = strings.Fields(c.After)
	case GrantOne:
		f.UserGrants = append(f.UserGrants, GrantFact{ResourceID: graphSP, Principal: f.Who.ID, Scopes: c.Scopes})
	default:
		t.Fatalf("a pilot has a line of the kind %s", c.Kind)
	}
	return f
}

// TestAPilotLetsInNobodyElse walks the plan of every pilot in every tenant line
// by line: wherever it is cut off, nobody is in who was not in before, but the
// one it is for and whom the plan names as getting in too.
func TestAPilotLetsInNobodyElse(t *testing.T) {
	t.Parallel()
	whole := wholeGrant.Scopes
	grants := map[string]func(*Facts){
		"not approved":     func(*Facts) {},
		"approved for all": func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: whole}} },
		"approved in part": func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: []string{"openid"}}} },
		"approved for another": func(f *Facts) {
			f.UserGrants = []GrantFact{{ID: "u", ResourceID: graphSP, Principal: strangerID, Scopes: whole}}
		},
	}
	apps := map[string]func(*Facts){
		"absent":         func(f *Facts) { f.App, f.Grants, f.UserGrants = nil, nil, nil },
		"on":             func(*Facts) {},
		"off":            func(f *Facts) { f.App.Enabled = false },
		"on, assigned":   func(f *Facts) { f.App.AssignedOnly = true },
		"off, assigned":  func(f *Facts) { f.App.Enabled, f.App.AssignedOnly = false, true },
		"on, a stranger": func(f *Facts) { f.Assigned = []AssignFact{{Principal: strangerID, ResourceID: appSP}} },
		"off, a stranger": func(f *Facts) {
			f.App.Enabled, f.Assigned = false, []AssignFact{{Principal: strangerID, ResourceID: appSP}}
		},
		"off, assigned, a stranger": func(f *Facts) {
			f.App.Enabled, f.App.AssignedOnly, f.Assigned = false, true, []AssignFact{{Principal: strangerID, ResourceID: appSP}}
		},
	}
	for granted, grant := range grants {
		for app, be := range apps {
			for _, w := range []WhoFact{{ID: userID, Name: "Ann", Asked: "x"}, {ID: groupID, Name: "Pilots", Group: true, Asked: "x"}} {
				t.Run(fmt.Sprintf("%s, %s, group %v", app, granted, w.Group), func(t *testing.T) {
					t.Parallel()
					_, f := tenantOf(t, grant, be, func(f *Facts) { f.Who, f.PlansRead, f.P1 = &w, true, true })
					s := onPath(t, Pilot, f, Answered{AskWho, "x"})
					p, err := PlanOf(s, Pilot)
					if errors.Is(err, ErrWouldOpen) && !w.Group && f.App != nil && !f.App.Enabled && !f.App.AssignedOnly && granted != "not approved" {
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					in, meant := getsIn(s, f, strangerID), getsIn(s, f, w.ID)
					named := strings.Contains(strings.Join(p.Warnings, " "), "assigned to the app already and let in as well")
					for i, l := range p.Lines {
						f = written(t, f, l)
						if getsIn(s, f, strangerID) && !in && !named {
							t.Errorf("after line %d, %s, a stranger is in", i+1, l.Title)
						}
						if was := meant; was && !getsIn(s, f, w.ID) {
							t.Errorf("after line %d, %s, the one it is for is shut out", i+1, l.Title)
						}
					}
					if !getsIn(s, f, w.ID) {
						t.Errorf("in the end the one it is for is not in: %v", lines(p))
					}
				})
			}
		}
	}
}

// TestAPilotOfOneInAnAppThatIsOff holds that an app that was approved for others
// is not switched on for one person, who is to be let in by hand, or as a group.
func TestAPilotOfOneInAnAppThatIsOff(t *testing.T) {
	t.Parallel()
	f := off(tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant))
	verdicts := map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail}
	s := chosen(t, Pilot, f, verdicts)
	if r := ranked(t, s, Pilot); !strings.Contains(r.Why, "approved for others") {
		t.Errorf("on the list: %q", r.Why)
	}
	s = after(s, who("user@contoso.example"), Advanced{})
	f.Who = person()
	s = looks(s, f, verdicts)
	for _, o := range Asks(s)[0].Options {
		if (o.ID == HowGraph) != strings.Contains(o.Why, "open to them too") {
			t.Errorf("%s is off the list for %q", o.ID, o.Why)
		}
	}
	at(t, after(s, by(HowPortal), Advanced{}), StageSteps, PilotAssign)
	f.Who = group()
	s.answers = nil
	if p, err := PlanOf(looks(after(s, who("Pilot")), f, verdicts), Pilot); err != nil || p.Lines[len(p.Lines)-1].Kind != EnableApp {
		t.Errorf("for a group: %v, %v", lines(p), err)
	}
}

// TestAGroupPilotTakesALicence holds that nobody is shut out for a group that
// cannot be assigned.
func TestAGroupPilotTakesALicence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Facts)
		doubt  string
		warned bool
		lines  int
	}{
		"it is there":     {func(f *Facts) { f.PlansRead, f.P1 = true, true }, "", false, 3},
		"it is not there": {func(f *Facts) { f.PlansRead = true }, pathWords.groupNoP1, true, 3},
		"not known":       {func(*Facts) {}, "", true, 3},
		"assigned already": {func(f *Facts) {
			f.PlansRead, f.Assigned = true, []AssignFact{{Principal: groupID, ResourceID: appSP}}
		}, "", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := tenantOf(t, c.change, func(f *Facts) { f.Who = &WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"} })
			s := onPath(t, Pilot, f, Answered{AskWho, "x"})
			p, err := PlanOf(s, Pilot)
			s.Plan = &p
			if got := Doubt(s); got != c.doubt {
				t.Errorf("the doubt is %q", got)
			}
			if err != nil || len(p.Lines) != c.lines || strings.Contains(strings.Join(p.Warnings, " "), "Entra ID P1") != c.warned {
				t.Errorf("%v, %v, %v", lines(p), p.Warnings, err)
			}
			if kind := func(k ChangeKind) int {
				return slices.IndexFunc(p.Lines, func(l Change) bool { return l.Kind == k })
			}; kind(Assign) > kind(RequireAssignment) {
				t.Errorf("people are shut out before anybody is assigned: %v", lines(p))
			}
		})
	}
	s := stand(t, asItIs{facts: func() Facts {
		f := tenantFacts(theApp(profile(t, "hetk")), managedPair)
		f.PlansRead = true
		return f
	}(), verdicts: walled(nil), signedIn: true})
	if r := ranked(t, s, Pilot); !r.Fits || !strings.Contains(r.Why, "no Entra ID P1") {
		t.Errorf("on the list: %v %q", r.Fits, r.Why)
	}
}

// TestWhoIsAssignedAlreadyIsInThePilot holds that it is said.
func TestWhoIsAssignedAlreadyIsInThePilot(t *testing.T) {
	t.Parallel()
	others := func(n int) (list []AssignFact) {
		for i := range n {
			id := fmt.Sprintf("%08d-8888-8888-8888-888888888888", i)
			list = append(list, AssignFact{Principal: id, ResourceID: appSP}, AssignFact{Principal: strings.ToUpper(id), ResourceID: appSP, RoleID: "r"}, AssignFact{Principal: id, ResourceID: graphSP})
		}
		return list
	}
	for name, c := range map[string]struct {
		others []AssignFact
		says   string
	}{"nobody": {nil, "and for nobody else."}, "one": {others(1), "not by this: one person or group."}, "three": {others(3), "not by this: 3 people or groups."}} {
		f := pilotedFacts(t)
		f.Assigned = append(f.Assigned, c.others...)
		s := looks(after(chosen(t, Pilot, f, map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail}), who("Pilot")), f, nil)
		got, ok := s.Reached()
		if !ok || !got.Done || !strings.Contains(got.Head, c.says) {
			t.Errorf("%s: has come to %+v", name, got)
		}
		p, err := PlanOf(s, Pilot)
		if err != nil || strings.Contains(strings.Join(p.Warnings, " "), "let in as well") != (c.others != nil) {
			t.Errorf("%s: %v, %v", name, p.Warnings, err)
		}
		f.Who, f.Assigned = person(), append(f.Assigned, AssignFact{Principal: pilotUser, ResourceID: appSP})
		s.answers = nil
		one, ok := looks(after(s, who("user@contoso.example")), f, nil).Reached()
		if !ok || !strings.Contains(one.Head, "as well, and not by this") { // the group is
			t.Errorf("%s, a person: has come to %+v", name, one)
		}
	}
}

// TestThePlansOfATenant holds which service plans count, by their ids.
func TestThePlansOfATenant(t *testing.T) {
	t.Parallel()
	for plan, want := range map[string]bool{
		"41781fb2-bc02-4b7c-bd55-b576c07bb09d": true, "EEC0EB4F-6444-4F95-ABA0-50C24D67F998": true, "c8529366-cffd-4415-ab8f-be0144a33ab1": false, "": false,
	} {
		s := &checks.Snapshot{}
		s.Organization.Read, s.Organization.Value.ID = true, contosoID
		if plan != "" {
			s.Organization.Value.Plans = []string{"other", plan}
		} else {
			s.Organization.Value.Plans, s.Account.Value.Scopes = []string{}, []string{"directory.read.all"}
		}
		f := FactsOf(s, checks.App{})
		if !f.PlansRead || f.P1 != want {
			t.Errorf("%q: read %v, P1 %v", plan, f.PlansRead, f.P1)
		}
		if kept := (Facts{}).with(f); kept.P1 != f.P1 || !kept.PlansRead {
			t.Errorf("%q: not kept", plan)
		}
	}
	for name, change := range map[string]func(*checks.Snapshot){
		"nobody looked": func(*checks.Snapshot) {},
		"not for this token to read": func(s *checks.Snapshot) {
			s.Organization.Read, s.Organization.Value.ID, s.Organization.Value.Plans = true, contosoID, []string{}
			s.Account.Value.Scopes = []string{"User.Read"}
		},
		"not said": func(s *checks.Snapshot) {
			s.Organization.Read, s.Organization.Value.ID = true, contosoID
			s.Account.Value.Scopes = []string{"Directory.Read.All"}
		},
	} {
		s := &checks.Snapshot{}
		if change(s); FactsOf(s, checks.App{}).PlansRead {
			t.Errorf("%s: counts as read", name)
		}
	}
}

// TestNothingIsProvenByAnEarlierProcess holds that what an earlier process read
// proves nothing once a run is gone on with, whoever looks then, until somebody
// who is signed in has seen it.
func TestNothingIsProvenByAnEarlierProcess(t *testing.T) {
	t.Parallel()
	held := map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail}
	pilot := looks(after(chosen(t, Pilot, pilotedFacts(t), held), who("Pilot"), by(HowGraph), Advanced{}, Advanced{}), pilotedFacts(t), held)
	back := after(chosen(t, Revoke, grantedFacts(t), nil), Answered{Question: AskRevoke, Value: RevokeGrants}, Advanced{})
	back = looks(back, gone(t), goneVerdicts)
	for name, s := range map[string]State{"a pilot": pilot, "taken back": back} {
		if got, ok := s.Reached(); !ok || !got.Done {
			t.Fatalf("%s: has come to %+v, %v", name, got, ok)
		}
		was := s.Facts
		s = after(s, Resumed{Version: "1", Ways: s.Ways, CanWrite: true})
		none := unlooked()
		s = see(after(s, Learned{Round: s.Round, Facts: Facts{Tenants: was.Tenants, At: noon}, Checks: publicChecks()}), none)
		for id, v := range none {
			s = after(s, finding(s, id, v))
		}
		if got, ok := s.Reached(); ok && got.Done {
			t.Errorf("%s: with nobody signed in it has come to %+v", name, got)
		}
		if step, ok := s.Step(); ok && s.Proven(step) {
			t.Errorf("%s: the step %s is proven", name, step.ID)
		}
		if text := UserMessage(s); strings.Contains(text, "you can connect now") || strings.Contains(text, "is switched off") {
			t.Errorf("%s: the message says\n%s", name, text)
		}
		for what, g := range map[string]Guard{"assigned": guardAssigned(), "assigned only": guardAssignedOnly(), "no grant": guardNoTenantGrant(), "low": guardLowSet()} {
			if g.Holds(s) {
				t.Errorf("%s: %s by what was read before", name, what)
			}
		}
		s = after(s, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin())
		if got, ok := s.Reached(); ok && got.Done {
			t.Errorf("%s: before anybody looked it has come to %+v", name, got)
		}
	}
}

// Where a list was cut, the person's own grant or assignment may be among what
// was not kept: nothing is made of which nobody knows whether it is there.
func TestAPilotOfOneTakesWholeLists(t *testing.T) {
	t.Parallel()
	own := GrantFact{ID: "own", ResourceID: graphSP, Principal: userID, Scopes: []string{"Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"}}
	for name, c := range map[string]struct {
		change func(*Facts)
		err    error
		lines  int
	}{
		"no grant was kept":      {func(f *Facts) { f.Grants = nil }, ErrTooMany, 0},
		"the grant is there":     {func(f *Facts) { f.Grants, f.UserGrants = nil, []GrantFact{own} }, nil, 0},
		"no assignment was kept": {func(f *Facts) { f.Grants, f.UserGrants, f.App.AssignedOnly = nil, []GrantFact{own}, true }, ErrTooMany, 0},
		"it is assigned": {func(f *Facts) {
			f.Grants, f.UserGrants, f.App.AssignedOnly = nil, []GrantFact{own}, true
			f.Assigned = []AssignFact{{Principal: userID, ResourceID: appSP}}
		}, nil, 0},
	} {
		_, f := tenantOf(t, c.change, func(f *Facts) { f.TooMany, f.Who = true, &WhoFact{ID: userID, Name: "user", Asked: "x"} })
		if p, err := PlanOf(onPath(t, Pilot, f, Answered{AskWho, "x"}), Pilot); !errors.Is(err, c.err) || len(p.Lines) != c.lines {
			t.Errorf("%s: %v, %v", name, lines(p), err)
		}
	}
}

// What the person was granted already is nobody else's: a pilot that was cut off
// before the app was switched on goes on.
func TestTheListKnowsTheNamedPersonsGrant(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.App.Enabled, f.Grants, f.UserGrants = false, nil, []GrantFact{{ID: "own", ResourceID: graphSP, Principal: userID, Scopes: []string{"User.Read"}}}
		f.Who = &WhoFact{ID: userID, Name: "user", Asked: "x"}
	})
	if r := ranked(t, onPath(t, Pilot, f, Answered{AskWho, "x"}), Pilot); r.Why == pathWords.pilotOff {
		t.Errorf("it says %q", r.Why)
	}
	if r := ranked(t, onPath(t, Pilot, f), Pilot); r.Why != pathWords.pilotOff {
		t.Errorf("with nobody named it says %q", r.Why)
	}
}
