package main

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/graph"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// calendarRole is an app role that no shipped app needs.
var calendarRole = checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"}

// TestPlansHoldWhatMayBeSent makes the plan of every path in every tenant that
// the simulator has: what a line sends, and what would take it back, are writes
// that a Changer sends, with the scopes that the line names.
func TestPlansHoldWhatMayBeSent(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(sc *sim.Scenario) bool { return len(sc.Faults) > 0 || sc.Name == "unknown-domain" })
	kinds := make(chan []flows.ChangeKind, len(all))
	t.Run("scenarios", func(t *testing.T) {
		for _, sc := range all {
			t.Run(sc.Name, func(t *testing.T) {
				t.Parallel()
				kinds <- mayBeSent(t, sc.Name)
			})
		}
	})
	close(kinds)
	var have []flows.ChangeKind
	for k := range kinds {
		have = append(have, k...)
	}
	for _, k := range []flows.ChangeKind{
		flows.CreateApp, flows.DeleteApp, flows.EnableApp, flows.CreateGrant, flows.WidenGrant, flows.DeleteGrant, flows.GrantOne,
		flows.Assign, flows.RequireAssignment, flows.AssignRole, flows.Unassign, flows.Classify, flows.SetConsent, flows.SetWorkflow,
		flows.CreatePolicy, flows.AddCondition,
	} {
		if !slices.Contains(have, k) {
			t.Errorf("no plan of any scenario holds %s", k)
		}
	}
}

// mayBeSent holds the plans of one scenario to the forms of writes and gives
// their kinds of changes.
func mayBeSent(t *testing.T, scenario string) (kinds []flows.ChangeKind) {
	t.Helper()
	s := simulate(t, sim.Options{Scenario: scenario})
	who := "user@" + s.Ready().Tenants[0].Domain
	state := known(t, s, who)
	roles := state
	roles.App.Needs = append(slices.Clone(state.App.Needs), calendarRole)
	tries := map[flows.PathID][][]flows.Answered{
		flows.ConsentRequests: {
			{{Question: flows.AskReviewers, Value: flows.ReviewersMe}},
			{{Question: flows.AskReviewers, Value: flows.ReviewersRole}},
			{{Question: flows.AskReviewers, Value: flows.ReviewersWho}, {Question: flows.AskWho, Value: who}},
		},
		flows.Pilot:  {{{Question: flows.AskWho, Value: who}}, {{Question: flows.AskWho, Value: "Pilot"}}},
		flows.Revoke: {{{Question: flows.AskRevoke, Value: flows.RevokeGrants}}, {{Question: flows.AskRevoke, Value: flows.RevokeApp}}},
	}
	for _, path := range []flows.PathID{
		flows.EntraGrant, flows.Pilot, flows.ConsentRequests, flows.LowImpact, flows.AllowAll, flows.AppPolicy, flows.Revoke,
	} {
		for _, answers := range append(tries[path], nil) {
			for _, on := range []flows.State{state, roles} {
				for _, a := range answers {
					on = flows.Apply(on, a)
				}
				if asked := on.Answer(flows.AskWho); on.Facts.Who != nil && asked != who {
					on.Facts.Who = &flows.WhoFact{ID: on.Facts.Who.ID, Name: asked, Group: true, Asked: asked}
				}
				plan, err := flows.PlanOf(on, path)
				if err != nil {
					continue // its reasons are tested where plans are made
				}
				for _, line := range plan.Lines {
					kinds = append(kinds, line.Kind)
					holdsLine(t, path, line)
				}
			}
		}
	}
	return kinds
}

// holdsLine holds a line, and what takes it back, to the forms.
func holdsLine(t *testing.T, path flows.PathID, line flows.Change) {
	t.Helper()
	const id = "5b8e7a10-0000-4000-8000-000000000010"
	bind := strings.NewReplacer(flows.NewAppRef, id, flows.NewObjectRef, id)
	needs := graph.ScopesFor(graph.Write{Method: line.Method, Path: bind.Replace(line.Path), Body: bind.Replace(line.Body)})
	if len(needs) == 0 {
		t.Errorf("%s, %s: nothing sends %s %s %s", path, line.Kind, line.Method, line.Path, line.Body)
	}
	named := strings.Fields(line.Scope)
	for _, scope := range needs {
		if !slices.Contains(named, scope) {
			t.Errorf("%s, %s: needs %v, names %v", path, line.Kind, needs, named)
		}
	}
	for _, scope := range named {
		if !slices.Contains(needs, scope) && !strings.Contains(scope, ".Read.") {
			t.Errorf("%s, %s: names %s, which it does not need", path, line.Kind, scope)
		}
	}
	if b := line.Back; b != nil && graph.ScopesFor(graph.Write{Method: b.Method, Path: bind.Replace(b.Path), Body: bind.Replace(b.Body)}) == nil {
		t.Errorf("%s, %s: nothing sends %s %s %s, which takes it back", path, line.Kind, b.Method, b.Path, b.Body)
	}
}

// readerAs reads the simulated Graph as one of its people.
func readerAs(t *testing.T, s *sim.Sim, who string) *graph.Reader {
	t.Helper()
	ready := s.Ready()
	token, err := s.Token(who)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(ready.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	r, err := graph.New(graph.Options{
		Root: (&url.URL{Scheme: "https", Host: ready.HTTPS}).String(), RootCAs: pool, Proxy: func(*http.Request) (*url.URL, error) { return nil, nil },
		Tokens: graph.TokenFunc(func(context.Context, []string) (string, error) { return token, nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// known is a run whose admin has read everything.
func known(t *testing.T, s *sim.Sim, who string) flows.State {
	t.Helper()
	ready := s.Ready()
	admin := "admin@" + ready.Tenants[0].Domain
	r := readerAs(t, s, admin)
	p, err := (&options{}).profile("hetk")
	if err != nil {
		t.Fatal(err)
	}
	app := p.App()
	wide := app // so that the API's app roles are read too
	wide.Needs = append(slices.Clone(app.Needs), calendarRole)
	var snap checks.Snapshot
	r.Read(t.Context(), checks.Query{App: wide, Domain: ready.Tenants[0].Domain, Who: who}, r.Serves(), func(p checks.Piece) { p.Into(&snap) })
	facts := flows.FactsOf(&snap, wide)
	facts.Tenants = []flows.TenantFact{{Cloud: checks.CloudPublic, ID: ready.Tenants[0].ID}}
	if facts.Who != nil {
		facts.Who.Asked = who
	}
	if facts.App != nil && len(facts.Resources) > 0 && len(facts.Resources[0].Roles) > 0 { // no scenario's app holds a role
		api := facts.Resources[0]
		facts.Roles = append(facts.Roles, flows.AssignFact{ID: "a-_1", Principal: facts.App.ID, ResourceID: api.ID, RoleID: api.Roles[0].ID})
	}
	state := flows.Apply(flows.State{}, flows.Started{Version: "test", Domain: ready.Tenants[0].Domain, Profile: &p, CanWrite: true})
	state = flows.Apply(state, flows.Learned{Facts: facts})
	state = flows.Apply(state, flows.SignedIn{Account: flows.Account{ID: snap.Me.Value.ID, UPN: admin, TenantID: ready.Tenants[0].ID}})
	state.App, state.Facts = app, facts
	return state
}
