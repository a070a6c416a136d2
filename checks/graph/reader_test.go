package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

func TestReadWholeTenant(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	r := s.reader(t)
	got := read(t, r, hetk(), r.Serves()...)
	yes, no := true, false
	want := &checks.Snapshot{}
	want.Me.Value = checks.Person{ID: userID, UPN: "admin@contoso.example", Name: "Admin", Type: "Member"}
	want.Roles.Value = []checks.Role{{TemplateID: globalID, Name: "Global Administrator"}}
	want.Eligible.Value = []checks.Role{{TemplateID: "158c047a-c907-4556-b7ef-446551a6b5f7", Scope: "/"}}
	want.Organization.Value = checks.Organization{
		ID: tenantID, Name: "Contoso", Domains: []string{"contoso.example", "contoso.onmicrosoft.com"},
		Plans: []string{"41781fb2-bc02-4b7c-bd55-b576c07bb09d"},
	}
	want.App.Value = &checks.ServicePrincipal{
		ID: clientSP, AppID: clientID, Name: "Hetk Calendar Sync", Enabled: &yes, AssignmentRequired: &no,
		OwnerTenant: "9c1e0000-0000-4000-8000-000000000099", Audience: "AzureADMultipleOrgs",
		Publisher: &checks.Publisher{ID: "1234567", Name: "Hetk"},
	}
	want.Grants.Value = []checks.Grant{
		{ID: "grant-1", ResourceID: resourceSP, Everyone: true, Scopes: []string{"openid", "User.Read", "Calendars.ReadWrite"}, Raw: " openid User.Read  Calendars.ReadWrite"},
		{ID: "grant-2", ResourceID: resourceSP, Principal: userID, Scopes: []string{"User.Read"}, Raw: "User.Read"},
	}
	want.Named.Value.Apps = []checks.NamedApp{{
		AppID: clientID, Name: "Hetk Calendar Sync", OwnerTenant: "9c1e0000-0000-4000-8000-000000000099",
		Publisher: checks.Publisher{ID: "1234567", Name: "Hetk"}, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}}
	want.Assignments.Value = []checks.Assignment{{ID: "a1", PrincipalID: userID, PrincipalType: "User", RoleID: "00000000-0000-0000-0000-000000000000", ResourceID: clientSP}}
	want.AppRoles.Value = []checks.Assignment{}
	want.Resources.Value = []checks.ServicePrincipal{{
		ID: resourceSP, AppID: checks.MicrosoftGraph, Name: "Microsoft Graph", Enabled: &yes,
		Scopes: []checks.PublishedScope{{ID: calendars, Value: "Calendars.ReadWrite", Type: "User", Enabled: true}},
	}}
	want.Classified.Value = map[string]consent.Level{checks.MicrosoftGraph + "/" + calendars: consent.Low}
	want.Authorization.Value = checks.Authorization{Assigned: []string{"ManagePermissionGrantsForSelf.microsoft-user-default-recommended"}}
	want.Policies.Value = []consent.Policy{{
		ID:       "microsoft-user-default-recommended",
		Includes: []consent.ConditionSet{{ID: "i", PermissionType: "delegatedUserConsentable", Classification: "all", Resource: "any", Permissions: []string{"all"}}},
		Excludes: []consent.ConditionSet{{ID: "e", PermissionType: "delegated", Resource: checks.MicrosoftGraph, Permissions: []string{calendars}}},
	}}
	want.Workflow.Value = checks.Workflow{Enabled: true, Notify: true, Days: 30, Reviewers: []string{"/users/" + userID}, Forms: []checks.ReviewerForm{{Type: "MicrosoftGraph"}}}
	want.Requests.Value = []checks.ConsentRequest{{ID: "req-1", AppID: clientID, Status: "InProgress", Scopes: []string{"Calendars.ReadWrite"}, Count: 2}}
	want.Defaults.Value = true
	want.User.Value = &checks.Person{ID: otherID, UPN: "user@contoso.example", Name: "User", Type: "Member", Enabled: &yes}
	want.UserGroups.Value, want.UserRoles.Value = []string{groupID}, []checks.Role{}
	want.Who.Value = &checks.Principal{ID: otherID, Kind: checks.PrincipalUser, Name: "user@contoso.example"}
	want.Deleted.Value = &checks.DeletedApp{ID: deletedSP, AppID: clientID, Name: "Hetk Calendar Sync", At: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	want.Reviewers.Value = []checks.Reviewer{{Kind: checks.ReviewerUser, Found: true, People: 1, Active: 1, RolesKnown: true, Roles: []checks.Role{{TemplateID: globalID, Name: "Global Administrator"}}}}
	want.Conditional.Value.Asked = []checks.WhatIf{{Whose: checks.WhoseNamed, Policies: []checks.PolicyEffect{
		{ID: "p1", Name: "Office only", Reasons: []string{"users", "location"}, Open: []string{"location"}, Controls: []string{"block"}},
		{ID: "p2", Name: "Second factor", Applies: true, Reasons: []string{}, Open: []string{}, All: true, Controls: []string{"mfa", "compliantDevice", "termsOfUse"}, Proxied: true},
	}}}
	want.SignIns.Value = checks.SignInLog{Since: got.SignIns.Value.Since, More: true, Entries: []checks.SignIn{
		{At: time.Date(2026, 11, 1, 10, 0, 0, 123456700, time.UTC), User: otherID, Code: 53003, Reason: "Blocked.", Policies: []string{"Office only"}},
		{At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), User: otherID},
	}}
	want.Audit.Value = checks.AuditLog{Since: got.Audit.Value.Since, Entries: []checks.ConsentEvent{{
		At: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), Result: "success", Admin: &yes, Targets: []string{clientSP}, Apps: []string{clientID},
	}}}
	if diff := cmp.Diff(values(want), values(got)); diff != "" {
		t.Error(diff)
	}
	if id := checks.ClassificationID(got, checks.MicrosoftGraph, calendars); id != "c1" {
		t.Errorf("the classification's id is %q", id)
	}
	everyLook(t, got, func(part string, l lookHead) {
		if !l.Read || l.Failure != nil || l.At.IsZero() || len(l.Seen) == 0 {
			t.Errorf("%s: read %t, failure %v, %d seen", part, l.Read, l.Failure, len(l.Seen))
		}
		for _, e := range l.Seen {
			if e.Source != "graph" || !strings.HasPrefix(e.Request, "GET "+s.URL+"/v1.0/") && !strings.HasPrefix(e.Request, "POST "+s.URL+evaluateAt+` {"appliedPoliciesOnly":false,`) || e.Value == "" || e.RequestID == "" || e.At.IsZero() {
				t.Errorf("%s: evidence %+v", part, e)
			}
		}
	})
	if s.conns != 1 {
		t.Errorf("%d connections were opened, want 1", s.conns)
	}
}

// lookHead is what every look has beside its value.
type lookHead struct {
	Read    bool
	Failure *checks.Failure
	Seen    []checks.Evidence
	At      time.Time
}

// values drops everything of a snapshot but what was read.
func values(s *checks.Snapshot) map[string]any {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	var m map[string]map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err)
	}
	out := map[string]any{}
	for part, look := range m {
		out[part] = look["value"]
	}
	return out
}

// everyLook visits the parts that this package serves.
func everyLook(t *testing.T, s *checks.Snapshot, fn func(part string, l lookHead)) {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]lookHead
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for part, l := range m {
		if part != "discovery" && part != "realm" && part != "account" && !strings.HasPrefix(part, "dns") && !strings.HasPrefix(part, "vendor") {
			fn(part, l)
		}
	}
}

func TestPartsAskOnlyForThemselves(t *testing.T) {
	t.Parallel()
	tests := map[checks.Part][]string{
		checks.PartMe:            {"/v1.0/me"},
		checks.PartDeleted:       {deletedAt},
		checks.PartRoles:         {"/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"},
		checks.PartEligible:      {"/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')"},
		checks.PartOrganization:  {"/v1.0/organization"},
		checks.PartApp:           {appPrefix},
		checks.PartNamed:         {appsAt},
		checks.PartGrants:        {appPrefix + "/oauth2PermissionGrants"},
		checks.PartAssignments:   {appPrefix + "/appRoleAssignedTo"},
		checks.PartAppRoles:      {appPrefix + "/appRoleAssignments"},
		checks.PartResources:     {resPrefix},
		checks.PartClassified:    {resPrefix + "/delegatedPermissionClassifications"},
		checks.PartAuthorization: {"/v1.0/policies/authorizationPolicy"},
		checks.PartPolicies:      {policyList},
		checks.PartWorkflow:      {"/v1.0/policies/adminConsentRequestPolicy"},
		checks.PartRequests:      {requestsAt, requestsAt + "/req-1/userConsentRequests"},
		checks.PartDefaults:      {"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"},
		checks.PartUser:          {"/v1.0/users/user@contoso.example"},
		checks.PartWho:           {"/v1.0/users/user@contoso.example"},
		checks.PartUserGroups:    {"/v1.0/users/user@contoso.example/memberOf/microsoft.graph.group"},
		checks.PartUserRoles:     {"/v1.0/users/user@contoso.example/transitiveMemberOf/microsoft.graph.directoryRole"},
		checks.PartReviewers:     {"/v1.0/policies/adminConsentRequestPolicy", reviewerAt, reviewerAt + "/transitiveMemberOf/microsoft.graph.directoryRole"},
		checks.PartConditional:   {evaluateAt, "/v1.0/users/user@contoso.example"},
		checks.PartSignIns:       {signInsAt},
		checks.PartAudit:         {auditAt},
	}
	for part, want := range tests {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			read(t, s.reader(t), hetk(), part)
			if got := s.asked(); !slices.Equal(got, want) {
				t.Errorf("asked %v, want %v", got, want)
			}
		})
	}
	s := serve(t, nil)
	if got := len(s.reader(t).Serves()); got != len(tests) {
		t.Errorf("serves %d parts, want %d", got, len(tests))
	}
}

func TestPartsThatAreNotServedAreIgnored(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.reader(t).Read(t.Context(), hetk(), []checks.Part{checks.PartDiscovery, "nonsense"}, func(p checks.Piece) {
		t.Errorf("landed %s", p.Part)
	})
	if got := s.requests(); len(got) != 0 {
		t.Errorf("asked %v", got)
	}
}

func TestAbsentAppIsAnAnswer(t *testing.T) {
	t.Parallel()
	gone := graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource does not exist.")
	s := serve(t, map[string]http.HandlerFunc{
		appPrefix: gone, appPrefix + "/oauth2PermissionGrants": gone, appPrefix + "/appRoleAssignedTo": gone,
		appPrefix + "/appRoleAssignments": gone, resPrefix: gone, resPrefix + "/delegatedPermissionClassifications": gone,
	})
	got := read(t, s.reader(t), hetk(), checks.PartApp, checks.PartGrants, checks.PartAssignments, checks.PartAppRoles, checks.PartResources, checks.PartClassified)
	if l := got.App; !l.Read || l.Value != nil || l.Seen[0].Value != sayAbsent {
		t.Errorf("app: %+v", l)
	}
	if l := got.Grants; !l.Read || l.Value == nil || len(l.Value) != 0 {
		t.Errorf("grants: %+v", l)
	}
	if !got.Assignments.Read || !got.AppRoles.Read || !got.Resources.Read || !got.Classified.Read {
		t.Errorf("assignments %v, app roles %v, resources %v, classified %v", got.Assignments.Failure, got.AppRoles.Failure, got.Resources.Failure, got.Classified.Failure)
	}
}

func TestAbsentIsNotBelievedOfAProxy(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"plain text":       func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
		"json of somebody": func(w http.ResponseWriter, _ *http.Request) { jsonStatus(w, 404, `{"error":"not found"}`) },
		"another code":     graphError(http.StatusNotFound, "UnknownError", "no"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{appPrefix: answer, appPrefix + "/oauth2PermissionGrants": answer})
			got := read(t, s.reader(t), hetk(), checks.PartApp, checks.PartGrants)
			if got.App.Read || got.App.Failure == nil || got.Grants.Read || got.Grants.Failure == nil {
				t.Errorf("app %+v, grants %+v", got.App, got.Grants)
			}
		})
	}
}

func jsonStatus(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestIsDisabledIsRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`true`: "true", `false`: "false", `null`: "null"} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{appPrefix: answerJSON(`{"id":"a","appId":"b","isDisabled":` + body + `}`)})
			got := read(t, s.reader(t), hetk(), checks.PartApp)
			if !got.App.Read || told(got.App.Value.Deactivated) != want || got.App.Value.Publisher != nil {
				t.Errorf("%+v %+v", got.App, got.App.Value)
			}
		})
	}
}

func TestNoClientID(t *testing.T) {
	t.Parallel()
	type want struct {
		kind checks.FailureKind
		word string
	}
	none := want{checks.FailNoClientID, wordNoClientID}
	for id, want := range map[string]want{"": none, " ": none, "x'/../me": {checks.FailRequest, wordBadClientID}} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			q := hetk()
			q.App.ClientID = id
			got := read(t, s.reader(t), q, checks.PartApp, checks.PartGrants, checks.PartAssignments, checks.PartAppRoles, checks.PartRequests,
				checks.PartConditional, checks.PartSignIns, checks.PartAudit)
			for _, f := range []*checks.Failure{
				got.App.Failure, got.Grants.Failure, got.Assignments.Failure, got.AppRoles.Failure, got.Requests.Failure,
				got.Conditional.Failure, got.SignIns.Failure, got.Audit.Failure,
			} {
				if f == nil || f.Kind != want.kind || f.Message != want.word {
					t.Errorf("failure %v, want %v", f, want)
				}
			}
			if n := s.requests(); len(n) != 0 {
				t.Errorf("asked %v", n)
			}
		})
	}
}

func TestOddResourceIsNotPutIntoAnAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	q := hetk()
	q.App.Needs[0].Resource = "x')/../../me?"
	got := read(t, s.reader(t), q, checks.PartResources, checks.PartClassified)
	if got.Resources.Failure == nil || got.Classified.Failure == nil || len(s.requests()) != 0 {
		t.Errorf("resources %v, classified %v, asked %v", got.Resources.Failure, got.Classified.Failure, s.requests())
	}
}

func TestAppRolesOfAPIsAreAskedForOnlyWhereNeeded(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{
		resPrefix: answerJSON(`{"id":"r","appId":"g","appRoles":[{"id":"` + userID + `","value":"Mail.Read"},{"id":"` + clientSP + `","value":null}]}`),
	})
	r := s.reader(t)
	read(t, r, hetk(), checks.PartResources)
	q := hetk()
	q.App.Needs = append(q.App.Needs, checks.Permission{Resource: strings.ToUpper(checks.MicrosoftGraph), Role: "Mail.Read"})
	got := read(t, r, q, checks.PartResources)
	asked := s.requests()
	if len(asked) != 2 || strings.Contains(asked[0], "appRoles") || !strings.Contains(asked[1], "appRoles") {
		t.Errorf("asked %v", asked)
	}
	want := []checks.PublishedRole{{ID: userID, Value: "Mail.Read"}}
	if !slices.Equal(got.Resources.Value[0].AppRoles, want) {
		t.Errorf("app roles %+v", got.Resources.Value[0].AppRoles)
	}
}

func TestTextFromGraphIsCleaned(t *testing.T) {
	t.Parallel()
	const evil = `\u001b]0;owned\u0007\u202egpj.exe\r\n`
	s := serve(t, map[string]http.HandlerFunc{
		"/v1.0/me": answerJSON(`{"id":"i` + evil + `","displayName":"` + evil + `","userPrincipalName":"` + evil + `","userType":"` + evil + `"}`),
		policyList: answerJSON(`{"value":[{"id":"p` + evil + `","includes":[{"permissionType":"delegated","` + evil + `":1}],"excludes":[]}]}`),
		resPrefix:  graphError(http.StatusForbidden, "Bad\u001b[2J", "no\u001b[31m\u202e"),
		"/v1.0/policies/adminConsentRequestPolicy": answerJSON(`{"isEnabled":true,"reviewers":[{"query":"` + evil + `"}]}`),
	})
	got := read(t, s.reader(t), hetk(), checks.PartMe, checks.PartPolicies, checks.PartResources, checks.PartWorkflow)
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`\u001b`, `\u0007`, `\r`, `\n`, "\u202e", `\u202e`} {
		if strings.Contains(string(b), bad) {
			t.Errorf("the snapshot holds %q: %s", bad, b)
		}
	}
	if !got.Me.Read || !got.Policies.Read || got.Resources.Failure == nil || !got.Workflow.Read {
		t.Errorf("me %v, policies %v, workflow %v", got.Me.Failure, got.Policies.Failure, got.Workflow.Failure)
	}
}

func TestReaderCannotWrite(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	o := s.options(t)
	o.Base = roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodGet {
			t.Errorf("%s %s left", req.Method, req.URL)
		}
		return dialer(s.pool(), noProxy, nil).RoundTrip(req)
	})
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	tr := &trail{call: &call{client: r.c}, ctx: t.Context()}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, path := range []string{"me", "identity/conditionalAccess/policies", evaluatePath + "/x", evaluatePath + "/../policies", "x/" + evaluatePath} {
			_, err := tr.send(ask{method: method, path: path, body: []byte("{}")})
			if f := asFailure(err); f == nil || f.Message != wordOldWrite {
				t.Errorf("%s %s: %v", method, path, err)
			}
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, err := tr.send(ask{method: method, path: evaluatePath, body: []byte("{}")}); asFailure(err) == nil || asFailure(err).Message != wordOldWrite {
			t.Errorf("%s of the what-if: %v", method, err)
		}
	}
	if got := s.requests(); len(got) != 0 {
		t.Errorf("asked %v", got)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestWarmOpensTheConnectionWithoutAToken(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{"/v1.0/": func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "" {
			t.Errorf("the token was sent: %d characters", len(got))
		}
		w.WriteHeader(http.StatusUnauthorized)
	}})
	r := s.reader(t)
	for range 2 { // the second finds it open
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	read(t, r, hetk(), r.Serves()...)
	if s.conns != 1 || len(slices.DeleteFunc(s.requests(), func(h string) bool { return h != "GET /v1.0/?" })) != 1 {
		t.Errorf("%d connections, asked %v", s.conns, s.requests())
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, map[string]http.HandlerFunc{"/v1.0/me": func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}})
	got := &checks.Snapshot{}
	s.reader(t).Read(ctx, hetk(), []checks.Part{checks.PartMe}, func(p checks.Piece) { p.Into(got) })
	if f := got.Me.Failure; f == nil || f.Kind != checks.FailCancelled {
		t.Errorf("failure %v", f)
	}
}
