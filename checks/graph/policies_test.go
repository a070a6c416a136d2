package graph

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

const authorizationAt = "/v1.0/policies/authorizationPolicy"

func policiesOf(t *testing.T, more map[string]http.HandlerFunc) (*stub, checks.Look[[]consent.Policy]) {
	t.Helper()
	s := serve(t, more)
	return s, read(t, s.reader(t), hetk(), checks.PartPolicies).Policies
}

func TestConditionSets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		set  string
		want consent.ConditionSet
	}{
		"all members": {
			`{"id":"1","permissionType":"delegated","permissionClassification":"low","resourceApplication":"any","permissions":["a"],"clientApplicationIds":["b"],"clientApplicationTenantIds":["c"],"clientApplicationPublisherIds":["d"],"clientApplicationsFromVerifiedPublisherOnly":true}`,
			consent.ConditionSet{ID: "1", PermissionType: "delegated", Classification: "low", Resource: "any", Permissions: []string{"a"}, ClientIDs: []string{"b"}, ClientTenantIDs: []string{"c"}, ClientPublisherIDs: []string{"d"}, VerifiedOnly: true},
		},
		"OData's own members": {
			`{"@odata.type":"#microsoft.graph.permissionGrantConditionSet","@odata.id":"x","permissions@odata.type":"#Collection(String)","@microsoft.graph.tips":"t","permissionType":"application"}`,
			consent.ConditionSet{PermissionType: "application"},
		},
		"members that are not known": {
			`{"permissionType":"delegated","resourceScopeType":"group","includeAllPreApprovedApplications":true,"later":{"a":1}}`,
			consent.ConditionSet{PermissionType: "delegated", Unrecognised: []string{"includeAllPreApprovedApplications", "later", "resourceScopeType"}},
		},
		"null is no condition":   {`{"permissionType":"delegated","later":null,"permissions":null}`, consent.ConditionSet{PermissionType: "delegated"}},
		"type that is not known": {`{"permissionType":"delegatedSomeday"}`, consent.ConditionSet{Unrecognised: []string{"permissionType"}}},
		"no type":                {`{}`, consent.ConditionSet{Unrecognised: []string{"permissionType"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, l := policiesOf(t, map[string]http.HandlerFunc{policyList: answerJSON(`{"value":[{"id":"p","includes":[` + tt.set + `],"excludes":[]}]}`)})
			want := []consent.Policy{{ID: "p", Includes: []consent.ConditionSet{tt.want}}}
			if diff := cmp.Diff(want, l.Value); diff != "" || !l.Read {
				t.Errorf("read %t, failure %v\n%s", l.Read, l.Failure, diff)
			}
		})
	}
}

func TestSetsAreReadWhereTheListLacksThem(t *testing.T) {
	t.Parallel()
	set := answerJSON(`{"value":[{"permissionType":"delegated"}]}`)
	list := answerJSON(`{"value":[{"id":"microsoft-user-default-low"},{"id":"Mine","includes":[{"permissionType":"delegated"}]},{"id":"other"},{"id":"onboard-hetk-8dd90edb"},{"id":"whole","includes":[],"excludes":[]}]}`)
	assigned := answerJSON(`{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["managepermissiongrantsforself.microsoft-user-default-low","ManagePermissionGrantsForSelf.mine","ManagePermissionGrantsForOwnedResource.other"]}}`)
	s := serve(t, map[string]http.HandlerFunc{
		policyList: list, authorizationAt: assigned,
		policyList + "/microsoft-user-default-low/includes": set, policyList + "/microsoft-user-default-low/excludes": answerJSON(`{"value":[]}`),
		policyList + "/Mine/excludes":                  set,
		policyList + "/onboard-hetk-8dd90edb/includes": set, policyList + "/onboard-hetk-8dd90edb/excludes": answerJSON(`{"value":[]}`),
	})
	got := read(t, s.reader(t), hetk(), checks.PartPolicies, checks.PartAuthorization)
	one := []consent.ConditionSet{{PermissionType: "delegated"}}
	want := []consent.Policy{
		{ID: "microsoft-user-default-low", Includes: one},
		{ID: "Mine", Includes: one, Excludes: one},
		{ID: "other", Unread: true},
		{ID: "onboard-hetk-8dd90edb", Includes: one}, // ours, and not assigned yet
		{ID: "whole"},
	}
	if diff := cmp.Diff(want, got.Policies.Value); diff != "" || !got.Policies.Read {
		t.Errorf("failure %v\n%s", got.Policies.Failure, diff)
	}
	if asked := s.requests(); len(asked) != 7 {
		t.Errorf("asked %v", asked) // the assignment once, for both parts
	}
	if len(got.Policies.Seen) != 7 || len(got.Authorization.Seen) != 1 {
		t.Errorf("evidence %v, %v", got.Policies.Seen, got.Authorization.Seen)
	}
}

func TestSetsThatCannotBeReadStayUnread(t *testing.T) {
	t.Parallel()
	list := answerJSON(`{"value":[{"id":"mine"},{"id":"whole","includes":[],"excludes":[]}]}`)
	mine := answerJSON(`{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.mine"]}}`)
	denied := graphError(403, "Authorization_RequestDenied", "no")
	for name, more := range map[string]map[string]http.HandlerFunc{
		"sets denied":       {authorizationAt: mine, policyList + "/mine/includes": denied, policyList + "/mine/excludes": denied},
		"one of them":       {authorizationAt: mine, policyList + "/mine/includes": answerJSON(`{"value":[]}`), policyList + "/mine/excludes": denied},
		"a null among them": {authorizationAt: mine, policyList + "/mine/includes": answerJSON(`{"value":[null]}`), policyList + "/mine/excludes": answerJSON(`{"value":[]}`)},
		"assignment denied": {authorizationAt: denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			more[policyList] = list
			_, l := policiesOf(t, more)
			if !l.Read || len(l.Value) != 2 || !l.Value[0].Unread || l.Value[1].Unread {
				t.Errorf("read %t, failure %v, %+v", l.Read, l.Failure, l.Value)
			}
		})
	}
}

func TestAuthorizationThatSaysNothingIsNotRead(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no permissions": `{"id":"authorizationPolicy"}`,
		"no list":        `{"defaultUserRolePermissions":{}}`,
		"null":           `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":null}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{authorizationAt: answerJSON(body)})
			if l := read(t, s.reader(t), hetk(), checks.PartAuthorization).Authorization; l.Read || l.Failure == nil {
				t.Errorf("%+v", l)
			}
		})
	}
	s := serve(t, map[string]http.HandlerFunc{authorizationAt: answerJSON(`{"allowUserConsentForRiskyApps":true,"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`)})
	l := read(t, s.reader(t), hetk(), checks.PartAuthorization).Authorization
	if !l.Read || l.Value.Assigned == nil || len(l.Value.Assigned) != 0 || told(l.Value.RiskyAllowed) != "true" {
		t.Errorf("users may not consent: %+v %v", l, l.Failure)
	}
}

func TestOddRecordsAreFailures(t *testing.T) {
	t.Parallel()
	tests := map[checks.Part]map[string]string{
		checks.PartMe:           {"/v1.0/me": `{"displayName":"x"}`},
		checks.PartOrganization: {"/v1.0/organization": `{"value":[]}`},
		checks.PartApp:          {appPrefix: `{"appId":"x"}`},
		checks.PartGrants:       {grantPath1: `{"value":[{"id":"g","resourceId":"r","consentType":"Someday","scope":"a"}]}`},
		checks.PartAssignments:  {appPrefix + "/appRoleAssignedTo": `{"value":[null]}`},
		checks.PartAppRoles:     {appPrefix + "/appRoleAssignments": `{"value":"x"}`},
		checks.PartClassified:   {resPrefix + "/delegatedPermissionClassifications": `{"value":[{"permissionId":"p","classification":"harmless"}]}`},
		checks.PartPolicies:     {policyList: `{"value":[{"displayName":"x"}]}`},
		checks.PartWorkflow:     {"/v1.0/policies/adminConsentRequestPolicy": `{"reviewers":[]}`},
		checks.PartDefaults:     {"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy": `{"isEnabled":null}`},
		checks.PartRequests:     {requestsAt: `{"value":[{"appId":"` + clientID + `"}]}`},
		checks.PartRoles:        {"/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole": `{"value":null}`},
		checks.PartEligible:     {"/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')": `{"value":{}}`},
		checks.PartResources:    {resPrefix: `{"oauth2PermissionScopes":[{"id":"no-guid"}],"id":"i","appId":"a"}`},
	}
	for part, bodies := range tests {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			more := map[string]http.HandlerFunc{}
			for path, body := range bodies {
				more[path] = answerJSON(body)
			}
			s := serve(t, more)
			failed := 0
			everyLook(t, read(t, s.reader(t), hetk(), part), func(_ string, l lookHead) {
				if l.Failure != nil && l.Failure.Kind == checks.FailNotJSON && !l.Read {
					failed++
				}
			})
			if failed != 1 {
				t.Errorf("%d failures, want 1", failed)
			}
		})
	}
}

func TestRequestStatus(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`[]`: "",
		`[{"id":"1","status":"Expired","createdDateTime":"2026-01-01T00:00:00Z"},{"id":"2","status":"Completed","createdDateTime":"2026-02-01T00:00:00Z"}]`: "Completed",
		`[{"id":"1","status":"InProgress"},{"id":"2","status":"Completed","createdDateTime":"2026-02-01T00:00:00Z"}]`:                                       "InProgress",
		`[{"id":"1","status":"Expired"}]`: "Expired",
	} {
		s := serve(t, map[string]http.HandlerFunc{requestsAt + "/req-1/userConsentRequests": answerJSON(`{"value":` + body + `}`)})
		l := read(t, s.reader(t), hetk(), checks.PartRequests).Requests
		if !l.Read || l.Value[0].Status != want {
			t.Errorf("%s: %+v %v", body, l.Value, l.Failure)
		}
	}
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		``:                             "",
		`Bearer`:                       "",
		`Bearer claims="eyJhIjoxfQ=="`: `{"a":1}`,
		`bearer CLAIMS = eyJhIjoxfQ`:   `{"a":1}`,
		`Basic realm="a, claims=\"x\"", Bearer error="e" , claims="eyJhIjoxfQ"`: `{"a":1}`,
		`Bearer claims="bm90IGpzb24="`:                                          "",
		`Bearer claims="e30="`:                                                  "", // an object that asks for nothing
		`Bearer claims="!!"`:                                                    "",
		`Bearer claims="eyJhIjoxfQ`:                                             `{"a":1}`, // the quote never ends
		`Bearer claims="`:                                                       "",
		`Bearer claims=`:                                                        "",
		`=,="\`:                                                                 "",
		`Bearer x="` + strings.Repeat("a", maxChallenge) + `", claims="eyJhIjoxfQ"`: "",
	} {
		if got := claimsChallenge(http.Header{"Www-Authenticate": {header}}); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
	two := http.Header{"Www-Authenticate": {`Basic realm="x"`, `Bearer claims="eyJhIjoxfQ"`}}
	if claimsChallenge(two) == "" {
		t.Error("the second header was not read")
	}
}

func FuzzChallenge(f *testing.F) {
	for _, s := range []string{`Bearer claims="eyJhIjoxfQ=="`, `Basic realm="a\"b", Bearer claims=eyJhIjoxfQ`, `=,="\`, "Bearer claims=\"\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := claimsChallenge(http.Header{"Www-Authenticate": {s}})
		if c != "" && !strings.HasPrefix(strings.TrimSpace(c), "{") {
			t.Errorf("%q gave %q", s, c)
		}
		for _, p := range parseChallenge(s) {
			if p.name == "" || len(p.value) > len(s) {
				t.Errorf("%q gave %+v", s, p)
			}
		}
	})
}

// FuzzBodies sends any body through the SDK's models, for every part at once:
// a part that reads must have been given an object, and nothing may panic.
func FuzzBodies(f *testing.F) {
	for _, body := range tenant() {
		f.Add([]byte(body))
	}
	for _, s := range []string{`{"value":[{"@odata.type":"#microsoft.graph.user","id":1}]}`, `{"value":[[]]}`, `{"id":{},"appId":[]}`, `{"value":[{"includes":[null]}]}`, "[", `{"@odata.nextLink":"%"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			rec := answer{status: http.StatusOK, body: body}
			return rec.response(req), nil
		})
		r, err := New(Options{Root: "https://graph.example", Base: base, Tokens: fixed("t"), Sleep: noSleep, Limits: Limits{Pages: 2}})
		if err != nil {
			t.Fatal(err)
		}
		s := &checks.Snapshot{}
		r.Read(t.Context(), hetk(), r.Serves(), func(p checks.Piece) { p.Into(s) })
		everyLook(t, s, func(part string, l lookHead) {
			if l.Read == (l.Failure != nil) {
				t.Errorf("%s: read %t, failure %v", part, l.Read, l.Failure)
			}
		})
		if s.Policies.Read && slices.ContainsFunc(s.Policies.Value, func(p consent.Policy) bool { return p.ID == "" }) {
			t.Error("a policy without id")
		}
	})
}
