package graph

import (
	"net/http"
	"slices"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

// idsOf are the directory's ids of what writes speak of.
func (w *world) idsOf(t *testing.T, upn string) string {
	t.Helper()
	q := hetk()
	q.Person = upn
	l := read(t, w.reader(t, admin), q, checks.PartUser).User
	if l.Value == nil {
		t.Fatalf("%s: %+v", upn, l)
	}
	return l.Value.ID
}

// TestAnAppIsKeptForSomeInSim requires assignment, assigns a person and a group,
// and takes all of it back.
func TestAnAppIsKeptForSomeInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "assignment-required")
	ch, r, person := w.changer(t, admin), w.reader(t, admin), w.idsOf(t, user)
	before := read(t, r, hetk(), checks.PartApp, checks.PartAssignments)
	app, group := before.App.Value.ID, before.Assignments.Value[0]

	held := func(required bool, principals ...string) []checks.Assignment {
		t.Helper()
		s := read(t, r, hetk(), checks.PartApp, checks.PartAssignments)
		var who []string
		for _, a := range s.Assignments.Value {
			who = append(who, a.PrincipalID)
		}
		if got := s.App.Value.AssignmentRequired; got == nil || *got != required || !slices.Equal(who, principals) {
			t.Errorf("required %s, assigned %v; want %t, %v", told(got), who, required, principals)
		}
		return s.Assignments.Value
	}
	send(t, ch, Write{http.MethodPatch, "/servicePrincipals/" + app, `{"appRoleAssignmentRequired":false}`}, http.StatusNoContent)
	held(false, group.PrincipalID)
	send(t, ch, unassignWrite(app, group.ID), http.StatusNoContent)
	held(false)
	one := send(t, ch, assignWrite(app, person, noRole), http.StatusCreated)
	many := send(t, ch, assignWrite(app, group.PrincipalID, noRole), http.StatusCreated)
	send(t, ch, requireWrite(app), http.StatusNoContent)
	if l := held(true, person, group.PrincipalID); l[0].ID != one.ObjectID || l[1].ID != many.ObjectID || l[0].PrincipalType != "User" || l[1].PrincipalType != "Group" {
		t.Errorf("made %q and %q, and there are %+v", one.ObjectID, many.ObjectID, l)
	}
	send(t, ch, unassignWrite(app, one.ObjectID), http.StatusNoContent)
	held(true, group.PrincipalID)
}

// roleOf is the id of an app role of the first API.
func roleOf(s *checks.Snapshot, value string) string {
	for _, p := range s.Resources.Value[0].AppRoles {
		if p.Value == value {
			return p.ID
		}
	}
	return ""
}

// TestAnAppRoleComesAndGoesInSim gives the app a permission of an API.
func TestAnAppRoleComesAndGoesInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "approved")
	ch, r, q := w.changer(t, admin), w.reader(t, admin), hetk()
	q.App.Needs = append(q.App.Needs, checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	s := read(t, r, q, checks.PartApp, checks.PartResources)
	api, role := s.Resources.Value[0], roleOf(s, "Calendars.Read")
	made := send(t, ch, assignWrite(api.ID, s.App.Value.ID, role), http.StatusCreated)
	l := read(t, r, q, checks.PartAppRoles).AppRoles.Value
	if len(l) != 1 || l[0].ID != made.ObjectID || l[0].RoleID != role || l[0].ResourceID != api.ID {
		t.Errorf("made %+v, and there are %+v", made, l)
	}
	send(t, ch, unassignWrite(api.ID, made.ObjectID), http.StatusNoContent)
	if l := read(t, r, q, checks.PartAppRoles).AppRoles; !l.Read || len(l.Value) != 0 {
		t.Errorf("left behind: %+v", l)
	}
}

func TestAGrantForOneComesAndGoesInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "approved")
	ch, r, person := w.changer(t, admin), w.reader(t, admin), w.idsOf(t, user)
	s := read(t, r, hetk(), checks.PartApp, checks.PartResources, checks.PartGrants)
	made := send(t, ch, grantOneWrite(s.App.Value.ID, person, graphSP(s), " openid  User.Read "), http.StatusCreated)
	l := read(t, r, hetk(), checks.PartGrants).Grants.Value
	if i := slices.IndexFunc(l, func(g checks.Grant) bool { return g.ID == made.ObjectID }); len(l) != len(s.Grants.Value)+1 || i < 0 ||
		l[i].Everyone || l[i].Principal != person || l[i].Raw != " openid  User.Read " {
		t.Errorf("made %+v, and there are %+v", made, l)
	}
	send(t, ch, deleteAppWrite(s.App.Value.ID), http.StatusNoContent)
	if s := read(t, r, hetk(), checks.PartApp, checks.PartGrants); s.App.Value != nil || len(s.Grants.Value) != 0 {
		t.Errorf("app %+v, grants %+v", s.App.Value, s.Grants.Value)
	}
}

func TestAScopeIsClassifiedInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "low-empty")
	ch, r := w.changer(t, admin), w.reader(t, admin)
	api := read(t, r, hetk(), checks.PartResources).Resources.Value[0]
	i := slices.IndexFunc(api.Scopes, func(s checks.PublishedScope) bool { return s.Value == "Calendars.ReadWrite" })
	made := send(t, ch, classifyWrite(api.ID, api.Scopes[i].ID, api.Scopes[i].Value), http.StatusCreated)
	key := checks.MicrosoftGraph + "/" + api.Scopes[i].ID
	if l := read(t, r, hetk(), checks.PartClassified).Classified.Value; len(l) != 1 || l[key] != consent.Low {
		t.Errorf("made %+v, and there are %+v", made, l)
	}
	if _, err := ch.Send(t.Context(), classifyWrite(api.ID, api.Scopes[i].ID, api.Scopes[i].Value)); err == nil || asFailure(err).Status != http.StatusConflict {
		t.Errorf("twice: %v", err)
	}
	send(t, ch, unclassifyWrite(api.ID, made.ObjectID), http.StatusNoContent)
	if l := read(t, r, hetk(), checks.PartClassified).Classified; !l.Read || len(l.Value) != 0 {
		t.Errorf("left behind: %+v", l)
	}
}

// TestConsentIsSetInSim changes what users may consent to, and puts it back;
// where Microsoft manages it the answer is the same, and nothing changes
// (entra-facts §3).
func TestConsentIsSetInSim(t *testing.T) {
	t.Parallel()
	for scenario, lands := range map[string]bool{"admins-only": true, "allow-all": true, "managed-default": false} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			w := simulate(t, scenario)
			ch, r := w.changer(t, admin), w.reader(t, admin)
			before := read(t, r, hetk(), checks.PartAuthorization).Authorization.Value.Assigned
			wanted := append(slices.DeleteFunc(slices.Clone(before), selfEntry), forSelfLow)
			want := before
			if lands {
				want = wanted
			}
			for _, step := range []struct{ send, want []string }{{wanted, want}, {before, before}} {
				send(t, ch, consentWrite(step.send...), http.StatusNoContent)
				if got := read(t, r, hetk(), checks.PartAuthorization).Authorization.Value.Assigned; !slices.Equal(got, step.want) {
					t.Errorf("sent %v, is %v, want %v", step.send, got, step.want)
				}
			}
		})
	}
}

// TestAPolicyForOneAppInSim makes a policy, fills it, assigns it, and takes it
// all back.
func TestAPolicyForOneAppInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "admins-only")
	ch, r := w.changer(t, admin), w.reader(t, admin)
	s := read(t, r, hetk(), checks.PartAuthorization, checks.PartResources)
	before, all := s.Authorization.Value.Assigned, s.Resources.Value[0].Scopes
	if made := send(t, ch, policyWrite(ourPolicy, "onboard: Hetk"), http.StatusCreated); made.ObjectID != ourPolicy {
		t.Errorf("made %+v", made)
	}
	rule := send(t, ch, ruleWrite(ourPolicy, clientID, all[0].ID, all[1].ID), http.StatusCreated)
	policies := read(t, r, hetk(), checks.PartPolicies).Policies.Value
	i := slices.IndexFunc(policies, func(p consent.Policy) bool { return p.ID == ourPolicy })
	if i < 0 || rule.ObjectID == ourPolicy || len(policies[i].Includes) != 1 || len(policies[i].Excludes) != 0 {
		t.Fatalf("made %+v, and there are %+v", rule, policies)
	}
	if in := policies[i].Includes[0]; in.ID != rule.ObjectID || in.PermissionType != "delegated" || !slices.Equal(in.ClientIDs, []string{clientID}) ||
		!slices.Equal(in.Permissions, []string{all[0].ID, all[1].ID}) || in.Resource != checks.MicrosoftGraph {
		t.Errorf("includes %+v", in)
	}
	send(t, ch, consentWrite(append(slices.Clone(before), "ManagePermissionGrantsForSelf."+ourPolicy)...), http.StatusNoContent)
	if got := read(t, r, hetk(), checks.PartAuthorization).Authorization.Value.Assigned; !assignedForSelf(got, ourPolicy) {
		t.Errorf("assigned %v", got)
	}
	if _, err := ch.Send(t.Context(), deletePolicyWrite(ourPolicy)); err == nil || asFailure(err).Kind != checks.FailRequest {
		t.Errorf("deleted while it is assigned: %v", err)
	}
	send(t, ch, consentWrite(before...), http.StatusNoContent)
	send(t, ch, deleteRuleWrite(ourPolicy, rule.ObjectID), http.StatusNoContent)
	if left := read(t, r, hetk(), checks.PartPolicies).Policies.Value[i]; left.ID != ourPolicy || len(left.Includes) != 0 {
		t.Errorf("without its rule: %+v", left)
	}
	send(t, ch, deletePolicyWrite(ourPolicy), http.StatusNoContent)
	if after := read(t, r, hetk(), checks.PartPolicies).Policies.Value; len(after) != len(policies)-1 {
		t.Errorf("left behind: %+v", after)
	}
}

func TestTheWorkflowIsSetInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "managed-default")
	ch, r, person := w.changer(t, admin), w.reader(t, admin), w.idsOf(t, admin)
	queries := []string{"/users/" + person, "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + cloudAppAdmin.template + "'"}
	for _, on := range []bool{true, false} {
		send(t, ch, workflowWrite(on, 14, queries...), http.StatusNoContent)
		got := read(t, r, hetk(), checks.PartWorkflow).Workflow.Value
		if got.Enabled != on || !got.Notify || !got.Remind || got.Days != 14 || !slices.Equal(got.Reviewers, queries) {
			t.Errorf("%+v", got)
		}
	}
}

// TestEveryWriteIsRefusedInSim: without the scopes and without a role, each with
// what is missing by name.
func TestEveryWriteIsRefusedInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "approved")
	bare := w.changerWith(t, admin, "User.Read")
	for name, write := range namedWrites() {
		_, err := w.changer(t, user).Send(t.Context(), write)
		if f := asFailure(err); f == nil || f.Kind != checks.FailRole || !slices.Contains(f.Missing, globalAdmin.name) {
			t.Errorf("%s without a role: %+v", name, f)
		}
		_, err = bare.Send(t.Context(), write)
		if f := asFailure(err); f == nil || f.Kind != checks.FailScope || f.Missing[0] != ScopesFor(write)[0] {
			t.Errorf("%s without its scope: %+v", name, f)
		}
	}
	_, err := w.changerWith(t, admin, "AppRoleAssignment.ReadWrite.All").Send(t.Context(), assignWrite(clientSP, userID, noRole))
	if f := asFailure(err); f == nil || f.Kind != checks.FailScope || f.Missing[0] != "Application.Read.All" {
		t.Errorf("an assignment without reading apps: %+v", f)
	}
}

// TestRolesThatDoNotSufficeInSim: a Cloud Application Administrator assigns
// people, and gives no permission of Microsoft Graph's (entra-facts §2).
func TestRolesThatDoNotSufficeInSim(t *testing.T) {
	t.Parallel()
	const cloud = "apps@contoso.example"
	w, q := simulate(t, "direct-link"), hetk()
	person := w.idsOf(t, user)
	q.App.Needs = append(q.App.Needs, checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	made := send(t, w.changer(t, cloud), createWrite(), http.StatusCreated)
	s := read(t, w.reader(t, admin), q, checks.PartApp, checks.PartResources)
	ch := w.changer(t, cloud)
	send(t, ch, assignWrite(s.App.Value.ID, person, noRole), http.StatusCreated)
	_, err := ch.Send(t.Context(), assignWrite(graphSP(s), made.ObjectID, roleOf(s, "Calendars.Read")))
	if f := asFailure(err); f == nil || f.Kind != checks.FailRole || !slices.Equal(f.Missing, roleNames(policyWriters)) {
		t.Errorf("an app role: %+v, %v", f, err)
	}
}
