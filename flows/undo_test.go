package flows

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

const (
	groupID  = "55555555-5555-5555-5555-555555555555"
	userID   = "66666666-6666-6666-6666-666666666666"
	meID     = "77777777-7777-7777-7777-777777777777"
	owned    = "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"
	managed  = "ManagePermissionGrantsForSelf.microsoft-user-default-recommended"
	aReviser = "/users/88888888-8888-8888-8888-888888888888"
)

// tenantOf is a tenant with everything read, in which the app is there.
func tenantOf(t *testing.T, change ...func(*Facts)) (Profile, Facts) {
	t.Helper()
	p := profile(t, "hetk")
	f := present(theApp(p))
	f.RolesRead, f.AssignedRead, f.ConsentRead, f.ClassRead, f.WorkflowRead, f.PoliciesRead = true, true, true, true, true, true
	f.Consent = []string{managed, owned}
	f.Workflow = &WorkflowFact{Days: 14}
	for i, sc := range []string{"Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"} {
		f.Resources[0].Scopes = append(f.Resources[0].Scopes, ScopeFact{ID: strings.Repeat(string(rune('a'+i)), 8), Value: sc})
	}
	f.Tenants = tenant().Facts.Tenants
	for _, c := range change {
		c(&f)
	}
	return p, f
}

// onPath is a run on a path, with answers.
func onPath(t *testing.T, path PathID, f Facts, answers ...Answered) State {
	t.Helper()
	s := after(begun(t, "hetk"), Learned{Facts: f})
	s.Path = path
	s.Account = &Account{ID: meID, UPN: "admin@contoso.example", TenantID: contosoID}
	s.answers = append(s.answers, answers...)
	slices.SortFunc(s.answers, func(a, b Answered) int { return strings.Compare(string(a.Question), string(b.Question)) })
	return s
}

func lines(p Plan) (out []string) {
	for _, l := range p.Lines {
		out = append(out, strings.TrimSpace(l.Method+" "+l.Path+" "+l.Body))
	}
	return out
}

func TestPlansOfEveryPath(t *testing.T) {
	t.Parallel()
	who := func(w WhoFact) func(*Facts) { return func(f *Facts) { f.Who = &w } }
	askWho := Answered{AskWho, "x"}
	grantOf := func(id, user string, scopes ...string) GrantFact {
		return GrantFact{ID: id, ResourceID: graphSP, Scopes: scopes, Raw: " " + strings.Join(scopes, " "), Principal: user}
	}
	all := "Calendars.ReadWrite User.Read openid profile offline_access"
	ours := func(change func(*PolicyFact)) func(*Facts) {
		return func(f *Facts) {
			p := PolicyFact{ID: "onboard-hetk-8dd90edb", Conditions: []ConditionFact{{
				API: checks.MicrosoftGraph, Clients: []string{"8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, Type: "delegated",
				Scopes: []string{"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"},
			}}}
			change(&p)
			f.Policies = []PolicyFact{p}
		}
	}
	empty := ""
	workflow := func(query string, form checks.ReviewerForm) func(*Facts) {
		return func(f *Facts) {
			f.Workflow.Reviewers, f.Workflow.Forms = []string{query}, []checks.ReviewerForm{form}
		}
	}
	cases := map[string]struct {
		path    PathID
		change  []func(*Facts)
		answers []Answered
		want    []string
		err     error
	}{
		"a pilot of one person": {Pilot, []func(*Facts){who(WhoFact{ID: userID, Name: "Ann", Asked: "x"})}, []Answered{askWho}, []string{
			`POST /oauth2PermissionGrants {"clientId":"` + appSP + `","consentType":"Principal","principalId":"` + userID + `","resourceId":"` + graphSP + `","scope":"` + all + `"}`,
		}, nil},
		"a pilot whose person has a grant": {Pilot, []func(*Facts){who(WhoFact{ID: userID, Name: "Ann", Asked: "x"}), func(f *Facts) {
			f.UserGrants = []GrantFact{grantOf("u1", userID, "User.Read"), grantOf("u2", meID, strings.Fields(all)...)}
		}}, []Answered{askWho}, []string{`PATCH /oauth2PermissionGrants/u1 {"scope":"User.Read Calendars.ReadWrite openid profile offline_access"}`}, nil},
		"a pilot of a group": {Pilot, []func(*Facts){who(WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"})}, []Answered{askWho}, []string{
			`POST /servicePrincipals/` + appSP + `/appRoleAssignedTo {"principalId":"` + groupID + `","resourceId":"` + appSP + `","appRoleId":"` + noRole + `"}`,
			`PATCH /servicePrincipals/` + appSP + ` {"appRoleAssignmentRequired":true}`,
			`POST /oauth2PermissionGrants {"clientId":"` + appSP + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + graphSP + `","scope":"` + all + `"}`,
		}, nil},
		"a pilot of nobody":       {Pilot, nil, nil, nil, ErrNobodyNamed},
		"a pilot of a stranger":   {Pilot, nil, []Answered{askWho}, nil, ErrNotFound},
		"a pilot of another":      {Pilot, []func(*Facts){who(WhoFact{ID: userID, Name: "Ann", Asked: "y"})}, []Answered{askWho}, nil, ErrNotFound},
		"a group and roles of it": {Pilot, []func(*Facts){who(WhoFact{ID: groupID, Group: true, Asked: "x"}), func(f *Facts) { f.App.OwnRoles = true }}, []Answered{askWho}, nil, ErrOwnRoles},
		"the workflow, by me": {ConsentRequests, nil, []Answered{{AskReviewers, ReviewersMe}}, []string{
			`PUT /policies/adminConsentRequestPolicy {"isEnabled":true,"notifyReviewers":true,"remindersEnabled":true,"requestDurationInDays":14,"reviewers":[{"query":"/users/` + meID + `","queryType":"MicrosoftGraph","queryRoot":null}]}`,
		}, nil},
		"the workflow keeps who is there": {ConsentRequests, []func(*Facts){func(f *Facts) { f.Workflow.Reviewers = []string{aReviser} }}, []Answered{{AskReviewers, ReviewersRole}}, []string{
			`PUT /policies/adminConsentRequestPolicy {"isEnabled":true,"notifyReviewers":true,"remindersEnabled":true,"requestDurationInDays":14,"reviewers":[{"query":"` + aReviser + `","queryType":"MicrosoftGraph","queryRoot":null},{"query":"/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '` + leastRoleID + `'","queryType":"MicrosoftGraph","queryRoot":null}]}`,
		}, nil},
		"the workflow keeps how they are asked": {ConsentRequests, []func(*Facts){workflow(aReviser, checks.ReviewerForm{Type: "MicrosoftGraph", Root: &empty})}, []Answered{{AskReviewers, ReviewersMe}}, []string{
			`PUT /policies/adminConsentRequestPolicy {"isEnabled":true,"notifyReviewers":true,"remindersEnabled":true,"requestDurationInDays":14,"reviewers":[{"query":"` + aReviser + `","queryType":"MicrosoftGraph","queryRoot":""},{"query":"/users/` + meID + `","queryType":"MicrosoftGraph","queryRoot":null}]}`,
		}, nil},
		"the workflow, of another type":      {ConsentRequests, []func(*Facts){workflow(aReviser, checks.ReviewerForm{Type: "ARM"})}, []Answered{{AskReviewers, ReviewersMe}}, nil, ErrOddReviewer},
		"the workflow, of a query of theirs": {ConsentRequests, []func(*Facts){workflow("./manager", checks.ReviewerForm{Type: "MicrosoftGraph"})}, []Answered{{AskReviewers, ReviewersMe}}, nil, ErrOddReviewer},
		"the workflow, from somewhere":       {ConsentRequests, []func(*Facts){workflow(aReviser, checks.ReviewerForm{Type: "MicrosoftGraph", Root: &all})}, []Answered{{AskReviewers, ReviewersMe}}, nil, ErrOddReviewer},
		"the workflow is on, and the role is in it": {ConsentRequests, []func(*Facts){func(f *Facts) {
			f.Workflow = &WorkflowFact{Enabled: true, Days: 30, Reviewers: []string{"/v1.0/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + leastRoleID + "'"}}
		}}, []Answered{{AskReviewers, ReviewersRole}}, nil, nil},
		"the workflow is on, and I am in it": {ConsentRequests, []func(*Facts){func(f *Facts) {
			f.Workflow = &WorkflowFact{Enabled: true, Days: 30, Reviewers: []string{"/v1.0/users/" + meID}}
		}}, []Answered{{AskReviewers, ReviewersMe}}, nil, nil},
		"the workflow without a reviewer": {ConsentRequests, nil, nil, nil, ErrNoReviewer},
		"low": {LowImpact, []func(*Facts){func(f *Facts) {
			f.Classes = []ClassFact{{API: checks.MicrosoftGraph, ScopeID: "bbbbbbbb", Level: "low"}, {API: checks.MicrosoftGraph, ScopeID: "cccccccc", Level: "low"}, {API: checks.MicrosoftGraph, ScopeID: "dddddddd", Level: "low"}}
		}}, nil, []string{
			`POST /servicePrincipals/` + graphSP + `/delegatedPermissionClassifications {"permissionId":"aaaaaaaa","permissionName":"Calendars.ReadWrite","classification":"low"}`,
			`POST /servicePrincipals/` + graphSP + `/delegatedPermissionClassifications {"permissionId":"eeeeeeee","permissionName":"offline_access","classification":"low"}`,
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.microsoft-user-default-low","` + owned + `"]}}`,
		}, nil},
		"low, of a scope for admins": {LowImpact, []func(*Facts){func(f *Facts) { f.Resources[0].Scopes[0].Admin = true }}, nil, nil, ErrAdminOnly},
		"low, classified high": {LowImpact, []func(*Facts){func(f *Facts) {
			f.Classes = []ClassFact{{API: checks.MicrosoftGraph, ScopeID: "aaaaaaaa", Level: "high"}}
		}}, nil, nil, ErrOtherLevel},
		"low, unread": {LowImpact, []func(*Facts){func(f *Facts) { f.ClassRead = false }}, nil, nil, ErrNotRead},
		"all, where users may not": {AllowAll, []func(*Facts){func(f *Facts) { f.Consent = []string{owned} }}, nil, []string{
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.microsoft-user-default-legacy","` + owned + `"]}}`,
		}, nil},
		"all is allowed": {AllowAll, []func(*Facts){func(f *Facts) {
			f.Consent = []string{owned, "managepermissiongrantsforself.Microsoft-User-Default-Legacy"}
		}}, nil, nil, nil},
		"a policy of our own": {AppPolicy, nil, nil, []string{
			`POST /policies/permissionGrantPolicies {"id":"onboard-hetk-8dd90edb","displayName":"Consent to Hetk Calendar Sync","description":"Lets users consent to Hetk Calendar Sync, for what it needs, and to nothing else."}`,
			`POST /policies/permissionGrantPolicies/onboard-hetk-8dd90edb/includes {"permissionType":"delegated","resourceApplication":"` + checks.MicrosoftGraph + `","permissions":["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd","eeeeeeee"],"clientApplicationIds":["8dd90edb-c881-459a-ac84-2a1fee8c5c94"]}`,
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["` + managed + `","` + owned + `","ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb"]}}`,
		}, nil},
		"a policy of that name for another app": {AppPolicy, []func(*Facts){func(f *Facts) {
			f.Policies = []PolicyFact{{ID: "onboard-hetk-8dd90edb", Conditions: []ConditionFact{{API: checks.MicrosoftGraph, Clients: []string{"all"}}}}}
		}}, nil, nil, ErrNotOurs},
		"a policy of ours that lets in more": {AppPolicy, []func(*Facts){func(f *Facts) {
			f.Policies = []PolicyFact{{ID: "onboard-hetk-8dd90edb", Conditions: []ConditionFact{{
				API: checks.MicrosoftGraph, Clients: []string{"8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, Scopes: []string{"aaaaaaaa", "ffffffff"}, Type: "delegated",
			}}}}
		}}, nil, nil, ErrNotOurs},
		"a policy of ours of another kind":     {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Conditions[0].Type = "application" })}, nil, nil, ErrNotOurs},
		"a policy of ours with more to ask":    {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Conditions[0].Narrow = true })}, nil, nil, ErrNotOurs},
		"a policy of ours that keeps some out": {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Odd = true })}, nil, nil, ErrNotOurs},
		"a policy of ours, unread":             {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Conditions, p.Unread = nil, true })}, nil, nil, ErrNotRead},
		"a policy of ours, as we left it": {AppPolicy, []func(*Facts){ours(func(*PolicyFact) {})}, nil, []string{
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["` + managed + `","` + owned + `","ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb"]}}`,
		}, nil},
		"a policy of ours that lets in nothing yet": {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Conditions = nil })}, nil, []string{
			`POST /policies/permissionGrantPolicies/onboard-hetk-8dd90edb/includes {"permissionType":"delegated","resourceApplication":"` + checks.MicrosoftGraph + `","permissions":["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd","eeeeeeee"],"clientApplicationIds":["8dd90edb-c881-459a-ac84-2a1fee8c5c94"]}`,
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["` + managed + `","` + owned + `","ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb"]}}`,
		}, nil},
		"a policy of ours that lets in a part": {AppPolicy, []func(*Facts){ours(func(p *PolicyFact) { p.Conditions[0].ID, p.Conditions[0].Scopes = "i0", p.Conditions[0].Scopes[:1] })}, nil, []string{
			`POST /policies/permissionGrantPolicies/onboard-hetk-8dd90edb/includes {"permissionType":"delegated","resourceApplication":"` + checks.MicrosoftGraph + `","permissions":["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd","eeeeeeee"],"clientApplicationIds":["8dd90edb-c881-459a-ac84-2a1fee8c5c94"]}`,
			`PATCH /policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["` + managed + `","` + owned + `","ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb"]}}`,
		}, nil},
		"taken back": {Revoke, []func(*Facts){func(f *Facts) {
			f.Grants, f.UserGrants = []GrantFact{grantOf("g1", "", "User.Read")}, []GrantFact{grantOf("u1", userID, "openid")}
			f.Roles = []AssignFact{{"r1", appSP, exSP, "role"}}
		}}, nil, []string{
			"DELETE /oauth2PermissionGrants/g1", "DELETE /oauth2PermissionGrants/u1", "DELETE /servicePrincipals/" + exSP + "/appRoleAssignedTo/r1",
		}, nil},
		"taken back with the app": {Revoke, nil, []Answered{{AskRevoke, RevokeApp}}, []string{"DELETE /servicePrincipals/" + appSP}, nil},
		"taken back whole": {Revoke, []func(*Facts){func(f *Facts) {
			f.Grants, f.Roles = []GrantFact{grantOf("g1", "", "User.Read")}, []AssignFact{{"r1", appSP, exSP, "role"}}
		}}, []Answered{{AskRevoke, RevokeApp}}, []string{
			"DELETE /oauth2PermissionGrants/g1", "DELETE /servicePrincipals/" + exSP + "/appRoleAssignedTo/r1", "DELETE /servicePrincipals/" + appSP,
		}, nil},
		"nothing to take back": {Revoke, []func(*Facts){func(f *Facts) { f.App = nil }}, nil, nil, nil},
		"too much to put back": {Revoke, []func(*Facts){func(f *Facts) { f.Grants = []GrantFact{{ID: "g", Cut: true}} }}, nil, nil, ErrCutGrant},
		"by hand alone":        {DirectLink, nil, nil, nil, ErrNoPlan},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := tenantOf(t, c.change...)
			s := onPath(t, c.path, f, c.answers...)
			p, err := MakePlan(s)
			if !errors.Is(err, c.err) || !slices.Equal(lines(p), c.want) {
				t.Fatalf("error %v, want %v; plan:\n%s\nwant:\n%s", err, c.err, strings.Join(lines(p), "\n"), strings.Join(c.want, "\n"))
			}
			for _, l := range p.Lines {
				if l.Body != "" || l.Method != "DELETE" {
					whole(t, l)
				}
				if l.Back == nil && (l.Kind != AddCondition || p.Lines[0].Kind != CreatePolicy) { // it goes with the policy
					t.Errorf("%s has no way back", l.Title)
				}
				if Shows(s.Facts, s.App, l) {
					t.Errorf("%s is planned, and shows already", l.Title)
				}
			}
			if err == nil && p.Of() != c.path {
				t.Errorf("it is a plan of %s", p.Of())
			}
			roundTrips(t, s, p)
		})
	}
}

// roundTrips carries a plan out in a small model of a tenant, looks whether
// each line shows, takes it back by its receipt, and compares.
func roundTrips(t *testing.T, s State, p Plan) {
	t.Helper()
	if len(p.Lines) == 0 {
		return
	}
	before, _ := json.Marshal(s.Facts)
	r := Receipt{Plan: p.ID, App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}}
	now := s
	for _, c := range p.Lines {
		id := play(t, &now, c)
		if !Shows(now.Facts, now.App, c) {
			t.Fatalf("%s was done, and does not show", c.Title)
		}
		r.Lines = append(r.Lines, ReceiptLine{
			Kind: c.Kind, Title: c.Title, Method: c.Method, Path: c.Path, Body: c.Body, Before: c.Before, After: c.After,
			Outcome: LineSeen.String(), ObjectID: id, Resource: c.Resource, Scopes: c.Scopes, Back: c.Back,
		})
	}
	again, err := MakePlan(now)
	if err != nil || len(again.Lines) != 0 {
		t.Errorf("carried out, and there is more to do: %v %v", lines(again), err)
	}
	rec := Recall(r)
	now.Path, now.Undoing = Undo, &rec
	back, err := MakePlan(now)
	if err != nil || back.Undoes != p.ID {
		t.Fatalf("cannot be taken back: %v", err)
	}
	for _, c := range back.Lines {
		if c.Title == "" || c.Effect == "" || c.Scope == "" || c.Role == "" || c.Undo == "" || strings.HasPrefix(c.Title, ":") {
			t.Errorf("a line does not say everything: %+v", c)
		}
		play(t, &now, c)
		if !Shows(now.Facts, now.App, c) {
			t.Errorf("%s was done, and does not show", c.Title)
		}
	}
	if is, _ := json.Marshal(now.Facts); string(is) != string(before) {
		t.Errorf("taken back, the tenant is\n%s\nand was\n%s", is, before)
	}
	if twice, err := MakePlan(now); err != nil || len(twice.Lines) != 0 {
		t.Errorf("taken back twice: %v %v", lines(twice), err)
	}
}

// play is a tenant that does what a request asks.
func play(t *testing.T, s *State, c Change) (id string) {
	t.Helper()
	f := &s.Facts
	last := c.Path[strings.LastIndex(c.Path, "/")+1:]
	var b map[string]any
	if c.Body != "" && json.Unmarshal([]byte(c.Body), &b) != nil {
		t.Fatalf("no JSON: %s", c.Body)
	}
	text := func(k string) string { v, _ := b[k].(string); return v }
	switch {
	case c.Method == "POST" && c.Path == "/oauth2PermissionGrants":
		g := GrantFact{ID: "g1", ResourceID: text("resourceId"), Raw: text("scope"), Scopes: strings.Fields(text("scope")), Principal: text("principalId")}
		if g.Principal == "" {
			f.Grants = append(f.Grants, g)
		} else {
			g.ID = "u1"
			f.UserGrants = append(f.UserGrants, g)
		}
		return g.ID
	case strings.HasPrefix(c.Path, "/oauth2PermissionGrants/"):
		for _, list := range []*[]GrantFact{&f.Grants, &f.UserGrants} {
			*list = slices.Clone(*list)
			for i, g := range *list {
				if g.ID == last && c.Method == "PATCH" {
					(*list)[i].Raw, (*list)[i].Scopes = text("scope"), strings.Fields(text("scope"))
				}
			}
			if c.Method == "DELETE" {
				if *list = slices.DeleteFunc(*list, func(g GrantFact) bool { return g.ID == last }); len(*list) == 0 {
					*list = nil
				}
			}
		}
	case strings.Contains(c.Path, "/appRoleAssignedTo"):
		list := &f.Assigned
		if !strings.Contains(c.Path, appSP) {
			list = &f.Roles
		}
		if c.Method == "DELETE" {
			if *list = slices.DeleteFunc(slices.Clone(*list), func(a AssignFact) bool { return a.ID == last }); len(*list) == 0 {
				*list = nil
			}
			return ""
		}
		*list = append(slices.Clone(*list), AssignFact{"r1", text("principalId"), text("resourceId"), text("appRoleId")})
		return "r1"
	case strings.Contains(c.Path, "/delegatedPermissionClassifications"):
		if c.Method == "DELETE" {
			f.Classes = slices.DeleteFunc(slices.Clone(f.Classes), func(k ClassFact) bool { return "c-"+k.ScopeID == last })
			return ""
		}
		f.Classes = append(slices.Clone(f.Classes), ClassFact{API: checks.MicrosoftGraph, ScopeID: text("permissionId"), Level: "low", ID: "c-" + text("permissionId")})
		return "c-" + text("permissionId")
	case strings.HasPrefix(c.Path, "/servicePrincipals/"):
		a := *f.App
		f.App = &a
		if v, ok := b["appRoleAssignmentRequired"].(bool); ok {
			f.App.AssignedOnly = v
		}
		if c.Method == "DELETE" {
			f.DeletedRead, f.Deleted = true, &DeletedFact{ID: a.ID, AppID: a.AppID, Name: a.Name}
			f.App = nil
		}
	case strings.HasPrefix(c.Path, "/directory/deletedItems/"):
		f.App = &AppFact{ID: f.Deleted.ID, AppID: f.Deleted.AppID, Name: f.Deleted.Name, Enabled: true}
		f.DeletedRead, f.Deleted = false, nil
	case c.Path == "/policies/authorizationPolicy":
		f.Consent = sent[consentSent](c.Body).Role.Assigned
	case c.Path == "/policies/adminConsentRequestPolicy":
		n := workflowIn(c.Body)
		f.Workflow = &n
	case c.Method == "POST" && c.Path == "/policies/permissionGrantPolicies":
		f.Policies = []PolicyFact{{ID: text("id")}}
		return text("id")
	case strings.HasSuffix(c.Path, "/includes"):
		k := sent[conditionSent](c.Body)
		p := f.Policies[0]
		p.Conditions = append(slices.Clone(p.Conditions), ConditionFact{ID: "i1", API: k.API, Scopes: k.Scopes, Clients: k.Clients, Type: k.Type})
		f.Policies = []PolicyFact{p}
		return "i1"
	case strings.Contains(c.Path, "/includes/"):
		p := f.Policies[0]
		if p.Conditions = slices.DeleteFunc(slices.Clone(p.Conditions), func(c ConditionFact) bool { return c.ID == last }); len(p.Conditions) == 0 {
			p.Conditions = nil
		}
		f.Policies = []PolicyFact{p}
	case strings.HasPrefix(c.Path, "/policies/permissionGrantPolicies/"):
		f.Policies = nil
	default:
		t.Fatalf("a request that nobody plays: %s %s", c.Method, c.Path)
	}
	return ""
}

// One person in an app for those assigned alone needs the assignment as well.
func TestPilotOfOneWhoIsNotAssigned(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.App.AssignedOnly = true
		f.Who = &WhoFact{ID: userID, Name: "Ann", Asked: "x"}
		f.Grants = []GrantFact{{ID: "g1", ResourceID: graphSP, Scopes: []string{"Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"}}}
	})
	p, err := MakePlan(onPath(t, Pilot, f, Answered{AskWho, "x"}))
	if err != nil || len(p.Lines) != 1 || p.Lines[0].Kind != Assign || !strings.Contains(p.Lines[0].Body, userID) {
		t.Errorf("%v %v", lines(p), err)
	}
}

// Who decides is named, before and after, and so is who decides again.
func TestAWorkflowNamesItsReviewers(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.Workflow.Reviewers = []string{aReviser, "/groups/" + groupID + "/transitiveMembers/microsoft.graph.user", "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + leastRoleID + "'"}
	})
	p, err := MakePlan(onPath(t, ConsentRequests, f, Answered{AskReviewers, ReviewersMe}))
	if err != nil || len(p.Lines) != 1 {
		t.Fatal(p, err)
	}
	old := "user 88888888-8888-8888-8888-888888888888, the members of group " + groupID + ", whoever holds Cloud Application Administrator"
	l := p.Lines[0]
	if l.After != "on; who decides: "+old+", user admin@contoso.example; days until a request ends: 14" || l.Before != "off" {
		t.Errorf("before %q, after %q", l.Before, l.After)
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], old) {
		t.Errorf("warnings: %v", p.Warnings)
	}
}

// TestAWorkflowStandsWhateverGraphMakesOfNull: a queryRoot that was written as null
// may come back empty, and the other way round.
func TestAWorkflowStandsWhateverGraphMakesOfNull(t *testing.T) {
	t.Parallel()
	empty, other := "", "/users"
	of := func(root *string, typ string) WorkflowFact {
		return WorkflowFact{Enabled: true, Days: 14, Reviewers: []string{aReviser}, Forms: []checks.ReviewerForm{{Type: typ, Root: root}}}
	}
	usual := checks.ReviewerQueryType
	for name, c := range map[string]struct {
		has, wrote WorkflowFact
		want       bool
	}{
		"null for null":       {of(nil, usual), of(nil, usual), true},
		"nothing for null":    {of(&empty, usual), of(nil, usual), true},
		"null for nothing":    {of(nil, usual), of(&empty, usual), true},
		"another root":        {of(&other, usual), of(nil, usual), false},
		"another type":        {of(nil, "Other"), of(nil, usual), false},
		"the type's own case": {of(nil, strings.ToLower(usual)), of(nil, usual), true},
		"other days":          {WorkflowFact{Enabled: true, Days: 3, Reviewers: []string{aReviser}}, of(nil, usual), false},
		"nobody decides":      {WorkflowFact{Enabled: true, Days: 14}, of(nil, usual), false},
	} {
		if got := workflowIs(c.has, workflowBody(c.wrote)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
