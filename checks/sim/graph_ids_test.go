package sim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Condition sets name ids, or the documented words, and nothing else.
func TestSetsNameIDs(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	const root = "/v1.0/policies/permissionGrantPolicies"
	if p := r.do("POST", root, token, `{"id":"mine","displayName":"Mine"}`); p.status != http.StatusCreated {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	for _, good := range []string{
		`"permissions":["all"],"resourceApplication":"any","clientApplicationIds":["ALL"],"clientApplicationTenantIds":["all"],"clientApplicationPublisherIds":["all"]`,
		`"permissions":["` + graphAppID + `"],"resourceApplication":"` + graphAppID + `","clientApplicationIds":["` + hetkAppID + `"],"clientApplicationPublisherIds":["1234567"]`,
		`"permissions":[]`,
	} {
		if p := r.do("POST", root+"/mine/includes", token, `{"permissionType":"delegated",`+good+`}`); p.status != http.StatusCreated {
			t.Errorf("%s: %d %s", good, p.status, p.raw)
		}
	}
	before := r.do("GET", root+"/mine/includes", token, "")
	id, _ := before.values()[0]["id"].(string)
	for _, bad := range []string{
		`"permissions":["x"]`, `"permissions":["Calendars.ReadWrite"]`, `"permissions":["all","` + graphAppID + `"]`, `"resourceApplication":"x"`,
		`"resourceApplication":"all"`, `"resourceApplication":""`, `"clientApplicationIds":["any"]`, `"clientApplicationTenantIds":["contoso.example"]`,
		`"clientApplicationPublisherIds":[" "]`, `"clientApplicationPublisherIds":["1","all"]`,
	} {
		refusedAs(t, bad, r.do("POST", root+"/mine/excludes", token, `{"permissionType":"delegated",`+bad+`}`), 400, "Request_BadRequest")
		refusedAs(t, bad+" as a change", r.do("PATCH", root+"/mine/includes/"+id, token, `{`+bad+`}`), 400, "Request_BadRequest")
	}
	if after := r.do("GET", root+"/mine/includes", token, ""); after.raw != before.raw {
		t.Errorf("what is refused changes something: %s", after.raw)
	}
}

// Every tenant has the policies that Microsoft's page lists, and whatever is
// assigned can be read.
func TestBuiltInPolicies(t *testing.T) {
	t.Parallel()
	r := newRig(t, "managed-default")
	token := r.token(admin)
	const root = "/v1.0/policies/permissionGrantPolicies"
	listed := map[any]bool{}
	for _, p := range r.do("GET", root+"?$select=id,displayName,description", token, "").values() {
		listed[p["id"]] = p["displayName"] != "" && p["description"] != ""
	}
	for id := range strings.FieldsSeq(`microsoft-user-default-low microsoft-user-default-recommended microsoft-user-default-allow-consent-apps
		microsoft-all-application-permissions microsoft-dynamically-managed-permissions-for-chat microsoft-all-application-permissions-for-chat
		microsoft-dynamically-managed-permissions-for-team microsoft-pre-approval-apps-for-chat microsoft-pre-approval-apps-for-team
		microsoft-all-application-permissions-verified microsoft-application-admin microsoft-company-admin`) {
		if !listed[id] {
			t.Errorf("no %s", id)
		}
	}
	for _, entry := range r.world.tenants[0].Assigned {
		_, id, _ := strings.Cut(entry, ".")
		if p := r.do("GET", root+"/"+id, token, ""); p.status != http.StatusOK {
			t.Errorf("assigned %s: %d", entry, p.status)
		}
	}
	verified := r.do("GET", root+"/microsoft-all-application-permissions-verified/includes", token, "").values()
	if len(verified) != 2 || verified[0]["clientApplicationsFromVerifiedPublisherOnly"] != true || verified[1]["permissionType"] != "application" {
		t.Errorf("verified: %v", verified)
	}
	refusedAs(t, "changing one", r.do("PATCH", root+"/microsoft-pre-approval-apps-for-team", token, `{"displayName":"x"}`), 400, "Request_BadRequest")
}

// A PUT of the workflow is the whole policy, with reviewers that are people.
func TestWorkflowIsPutWhole(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, someone := r.token(admin), r.world.tenants[0].Users[0].ID
	const at = "/v1.0/policies/adminConsentRequestPolicy"
	whole := map[string]string{
		"isEnabled": "true", "notifyReviewers": "true", "remindersEnabled": "false", "requestDurationInDays": "5",
		"reviewers": `[{"query":"/users/` + someone + `","queryType":"MicrosoftGraph"}]`,
	}
	with := func(name, value string) string {
		var members []string
		for n, v := range whole {
			if n == name {
				v = value
			}
			if v != "" {
				members = append(members, `"`+n+`":`+v)
			}
		}
		if _, known := whole[name]; !known && name != "" {
			members = append(members, `"`+name+`":`+value)
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}"
	}
	query := func(q string) string { return `[{"query":"` + q + `","queryType":"MicrosoftGraph"}]` }
	for name := range whole {
		refusedAs(t, "without "+name, r.do("PUT", at, token, with(name, "")), 400, "Request_BadRequest")
		refusedAs(t, name+" null", r.do("PUT", at, token, with(name, "null")), 400, "Request_BadRequest")
	}
	for _, q := range []string{
		"", "nonsense", "/", "/users", "/users/", "/users/nonsense", "/users/" + someone + "/manager", "/groups/nonsense/members", "users/" + someone,
		"/v1.0", "/v1.0/users", "https://graph.microsoft.com/v1.0/users/" + someone, "/roleManagement", "/" + someone,
	} {
		refusedAs(t, "reviewer "+q, r.do("PUT", at, token, with("reviewers", query(q))), 400, "Request_BadRequest")
	}
	version := r.do("GET", at, token, "").body["version"]
	for _, q := range []string{
		reviewerQuery(kindUser, someone), "/v1.0/users/" + admin, reviewerQuery(kindGroup, graphAppID), "/beta/groups/" + graphAppID + "/members",
		reviewerQuery(kindRole, roleGlobalAdmin), "/v1.0/roleManagement/directory/roleAssignments?$filter=x",
	} {
		if p := r.do("PUT", at, token, with("reviewers", query(q))); p.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", q, p.status, p.raw)
		}
	}
	if p := r.do("PUT", at, token, with("version", "77")); p.status != http.StatusNoContent {
		t.Errorf("with a version: %d %s", p.status, p.raw)
	}
	is, _ := r.do("GET", at, token, "").body["version"].(float64)
	if was, _ := version.(float64); is != was+7 {
		t.Errorf("version %v after %v and 7 changes", is, version)
	}
	if p := r.do("PATCH", at, token, `{"remindersEnabled":true}`); p.status != http.StatusNoContent {
		t.Errorf("a change alone: %d %s", p.status, p.raw)
	}
}

// Policies of Conditional Access name ids, or the documented words.
func TestAccessPoliciesNameIDs(t *testing.T) {
	t.Parallel()
	r := newRig(t, "conditional-access")
	token := r.token(admin)
	const root = "/v1.0/identity/conditionalAccess/"
	policy := func(apps, users, more string) string {
		return `{"displayName":"x","state":"disabled","grantControls":{"operator":"OR","builtInControls":["mfa"]},
			"conditions":{"clientAppTypes":["all"],"applications":{` + apps + `},"users":{` + users + `}` + more + `}}`
	}
	const allApps, allUsers = `"includeApplications":["All"]`, `"includeUsers":["All"]`
	for _, good := range []string{
		policy(allApps, allUsers, ""),
		policy(`"includeApplications":["`+hetkAppID+`"],"excludeApplications":["Office365"]`, `"includeUsers":["none"],"excludeUsers":["GuestsOrExternalUsers"]`, ""),
		policy(`"includeApplications":["MicrosoftAdminPortals"]`, `"includeRoles":["`+roleGlobalAdmin+`"]`, `,"locations":{"includeLocations":["All"],"excludeLocations":["AllTrusted"]}`),
		policy(`"includeUserActions":["urn:user:registersecurityinfo"]`, allUsers, ""),
	} {
		if p := r.do("POST", root+"policies", token, good); p.status != http.StatusCreated {
			t.Errorf("%s: %d %s", good, p.status, p.raw)
		}
	}
	for bad, want := range map[string]string{
		policy(`"includeApplications":["zzz"]`, allUsers, ""):                                                                "invalid application ids: zzz.",
		policy(allApps+`,"excludeApplications":["All"]`, allUsers, ""):                                                       "invalid application ids: All.",
		policy(allApps, `"includeUsers":["zzz"]`, ""):                                                                        "invalid user ids: zzz.",
		policy(allApps, `"includeGroups":["All"]`, ""):                                                                       "invalid group ids: All.",
		policy(allApps, `"includeRoles":["All"]`, ""):                                                                        "1102: 'users' condition contains invalid role ids: All.",
		policy(allApps, allUsers, `,"locations":{"includeLocations":["Office"]}`):                                            "invalid location ids: Office.",
		policy(`"includeApplications":[]`, allUsers, ""):                                                                     "1011: 'applications' condition must specify",
		policy(allApps+`,"includeUserActions":["urn:user:registersecurityinfo"]`, allUsers, ""):                              "1012: ",
		policy(allApps, "", `,"clientApplications":{"includeServicePrincipals":["All"]}`):                                    "invalid service principal ids: All.",
		policy(allApps, "", `,"clientApplications":{"includeServicePrincipals":["ServicePrincipalsInMyTenant","x\u0000y"]}`): "invalid service principal ids",
	} {
		p := r.do("POST", root+"policies", token, bad)
		refusedAs(t, bad, p, 400, "BadRequest")
		if !strings.Contains(p.raw, want) {
			t.Errorf("want %q in %s", want, p.raw)
		}
	}
	evaluate := func(where string) reply {
		return r.do("POST", root+"evaluate", token, `{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"`+r.world.tenants[0].Users[0].ID+`"},
			"signInContext":{"@odata.type":"#microsoft.graph.applicationContext","includeApplications":["`+graphAppID+`"]},"signInConditions":{`+where+`}}`)
	}
	for where, want := range map[string]int{
		`"ipAddress":"192.0.2.1","country":"NL"`: 200, `"ipAddress":"2001:db8::1"`: 200, `"ipAddress":"zzz"`: 400, `"ipAddress":"192.0.2.0/24"`: 400,
		`"country":"Netherlands"`: 400, `"country":"N1"`: 400,
	} {
		if p := evaluate(where); p.status != want {
			t.Errorf("%s: %d, want %d: %.200s", where, p.status, want, p.raw)
		}
	}
}
