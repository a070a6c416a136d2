package sim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// refusedAs checks one refusal.
func refusedAs(t *testing.T, name string, p reply, status int, code string) {
	t.Helper()
	if p.status != status || p.code() != code {
		t.Errorf("%s: %d %s, want %d %s: %.300s", name, p.status, p.code(), status, code, p.raw)
	}
}

func TestAppRoleAssignments(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	tenant := r.world.tenants[0]
	hetk, graph, pilot := tenant.serviceByAppID(hetkAppID), tenant.serviceByAppID(graphAppID), tenant.Groups[0]
	apps := &User{ID: stableID("apps"), UPN: "apps@contoso.example", Name: "Apps", Roles: []string{roleCloudAppAdmin}}
	tenant.Users = append(tenant.Users, apps)
	list := "/v1.0/servicePrincipals/" + hetk.ID + "/appRoleAssignedTo"
	body := func(who, api, role string) string {
		return `{"principalId":"` + who + `","resourceId":"` + api + `","appRoleId":"` + role + `"}`
	}
	made := r.do("POST", list, r.token(admin), body(pilot.ID, hetk.ID, noRole))
	if made.status != http.StatusCreated || made.text("principalType") != "Group" {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	if !tenant.assigned(tenant.userByUPN(admin), hetk) {
		t.Error("the group's member is not assigned")
	}
	for name, tc := range map[string]struct {
		token, body string
		status      int
		code        string
	}{
		"twice":               {r.token(admin), body(pilot.ID, hetk.ID, noRole), 400, "Request_BadRequest"},
		"a role of nothing":   {r.token(admin), body(apps.ID, hetk.ID, graphAppRoles["Mail.Read"]), 400, "Request_BadRequest"},
		"another resource":    {r.token(admin), body(apps.ID, graph.ID, noRole), 400, "Request_BadRequest"},
		"nobody":              {r.token(admin), body(stableID("nobody"), hetk.ID, noRole), 404, "Request_ResourceNotFound"},
		"no principal":        {r.token(admin), `{"resourceId":"` + hetk.ID + `","appRoleId":"` + noRole + `"}`, 400, "Request_BadRequest"},
		"an id that is none":  {r.token(admin), body("x", hetk.ID, noRole), 400, "Request_BadRequest"},
		"one scope of two":    {r.token(admin, "AppRoleAssignment.ReadWrite.All"), body(apps.ID, hetk.ID, noRole), 403, "Authorization_RequestDenied"},
		"read-only resource ": {r.token(admin), `{"id":"x","principalId":"` + apps.ID + `"}`, 400, "Request_BadRequest"},
	} {
		refusedAs(t, name, r.do("POST", list, tc.token, tc.body), tc.status, tc.code)
	}
	held := "/v1.0/servicePrincipals/" + hetk.ID + "/appRoleAssignments"
	role := body(hetk.ID, graph.ID, graphAppRoles["Mail.Read"])
	refusedAs(t, "Graph's role by an app admin", r.do("POST", held, r.token(apps.UPN), role), 403, "Authorization_RequestDenied")
	given := r.do("POST", held, r.token(admin), role)
	if given.status != http.StatusCreated || len(hetk.RoleGrants) != 1 {
		t.Fatalf("%d %s", given.status, given.raw)
	}
	for _, path := range []string{held + "/" + given.text("id"), list + "/" + made.text("id")} {
		if p := r.do("DELETE", path, r.token(admin), ""); p.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", path, p.status, p.raw)
		}
		refusedAs(t, "gone", r.do("GET", path, r.token(admin), ""), 404, "Request_ResourceNotFound")
	}
	tenant.Premium = ""
	refusedAs(t, "a group without P1", r.do("POST", list, r.token(admin), body(pilot.ID, hetk.ID, noRole)), 400, "Request_BadRequest")
}

// A policy written through Graph decides like one of Microsoft's.
func TestConsentPolicyWrites(t *testing.T) {
	t.Parallel()
	r := newRig(t, "admins-only")
	token, root := r.token(admin), "/v1.0/policies/permissionGrantPolicies"
	tenant := r.world.tenants[0]
	may := func() RulingKind {
		asked := []AskedScope{{Resource: graphAppID, Value: "Calendars.ReadWrite"}}
		return r.world.decide(tenant, tenant.userByUPN(user), r.world.registration(hetkAppID), asked).Kind
	}
	if p := r.do("POST", root, token, `{"id":"hetk-only","displayName":"Hetk only"}`); p.status != http.StatusCreated {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	set := `{"permissionType":"delegated","clientApplicationIds":["` + hetkAppID + `"],"resourceApplication":"` + graphAppID + `"}`
	in := r.do("POST", root+"/hetk-only/includes", token, set)
	if in.status != http.StatusCreated || may() != RulingNeedsAdmin {
		t.Fatalf("%d %s; %v before it is assigned", in.status, in.raw, may())
	}
	assign := `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.hetk-only"]}}`
	if p := r.do("PATCH", "/v1.0/policies/authorizationPolicy", token, assign); p.status != http.StatusNoContent || may() != RulingUserMay {
		t.Fatalf("%d %s; %v", p.status, p.raw, may())
	}
	out := r.do("POST", root+"/hetk-only/excludes", token, `{"permissionType":"delegated"}`)
	if out.status != http.StatusCreated || may() != RulingNeedsAdmin {
		t.Errorf("%d %s; %v although excluded", out.status, out.raw, may())
	}
	at := root + "/hetk-only/excludes/" + out.text("id")
	if p := r.do("PATCH", at, token, `{"clientApplicationIds":["`+vendorKeys["nylas"]+`"]}`); p.status != http.StatusNoContent || may() != RulingUserMay {
		t.Errorf("%d %s; %v although another app is excluded", p.status, p.raw, may())
	}
	for name, tc := range map[string]struct{ method, path, body, code string }{
		"built in":           {"PATCH", root + "/microsoft-user-default-low", `{"displayName":"x"}`, "Request_BadRequest"},
		"built-in set":       {"POST", root + "/microsoft-user-default-low/includes", set, "Request_BadRequest"},
		"assigned":           {"DELETE", root + "/hetk-only", "", "Request_BadRequest"},
		"Microsoft's prefix": {"POST", root, `{"id":"microsoft-mine","displayName":"x"}`, "Request_BadRequest"},
		"no name":            {"POST", root, `{"id":"mine"}`, "Request_BadRequest"},
		"a path as id":       {"POST", root, `{"id":"../x","displayName":"x"}`, "Request_BadRequest"},
		"no type":            {"POST", root + "/hetk-only/includes", `{}`, "Request_BadRequest"},
		"a type of built-in": {"POST", root + "/hetk-only/includes", `{"permissionType":"delegatedUserConsentable"}`, "Request_BadRequest"},
		"a wrong class":      {"POST", root + "/hetk-only/includes", `{"permissionType":"delegated","permissionClassification":"tiny"}`, "Request_BadRequest"},
		"a set of its own":   {"POST", root, `{"id":"mine","displayName":"x","includes":[]}`, "Request_BadRequest"},
	} {
		refusedAs(t, name, r.do(tc.method, tc.path, token, tc.body), 400, tc.code)
	}
	refusedAs(t, "twice", r.do("POST", root, token, `{"id":"Hetk-Only","displayName":"x"}`), 409, "Request_MultipleObjectsWithSameKeyValue")
	r.do("PATCH", "/v1.0/policies/authorizationPolicy", token, strings.Replace(assign, `"ManagePermissionGrantsForSelf.hetk-only"`, "", 1))
	for _, path := range []string{at, root + "/hetk-only"} {
		if p := r.do("DELETE", path, token, ""); p.status != http.StatusNoContent {
			t.Errorf("delete %s: %d %s", path, p.status, p.raw)
		}
	}
}

func TestConditionalAccessWrites(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, root := r.token(admin), "/v1.0/identity/conditionalAccess/"
	tenant := r.world.tenants[0]
	place := r.do("POST", root+"namedLocations", token,
		`{"@odata.type":"#microsoft.graph.countryNamedLocation","displayName":"Far","countriesAndRegions":["NZ"],"includeUnknownCountriesAndRegions":false}`)
	if place.status != http.StatusCreated {
		t.Fatalf("%d %s", place.status, place.raw)
	}
	made := r.do("POST", root+"policies", token, `{"displayName":"Not from far","state":"enabled","conditions":{"clientAppTypes":["all"],
		"applications":{"includeApplications":["Office365"]},"users":{"includeUsers":["All"],"excludeRoles":["`+roleGlobalAdmin+`"]},
		"locations":{"includeLocations":["`+place.text("id")+`"]}},"grantControls":{"operator":"OR","builtInControls":["block"]}}`)
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	reasons := func(who, country string) map[string]string {
		p := r.do("POST", root+"evaluate", token, `{"signInIdentity":{"userId":"`+tenant.userByUPN(who).ID+`"},
			"signInContext":{"includeApplications":["`+graphAppID+`"]},"signInConditions":{"clientAppType":"browser","country":"`+country+`"}}`)
		out := map[string]string{}
		for _, v := range p.values() {
			name, _ := v["displayName"].(string)
			out[name], _ = v["analysisReasons"].(string)
		}
		return out
	}
	for _, tc := range [][3]string{{user, "NZ", "notSet"}, {user, "NL", "location"}, {admin, "NZ", "users"}} {
		if got := reasons(tc[0], tc[1])["Not from far"]; got != tc[2] {
			t.Errorf("%s in %s: %s, want %s", tc[0], tc[1], got, tc[2])
		}
	}
	if v := r.world.accessVerdict(tenant, accessAsk{user: tenant.userByUPN(user), apps: []string{exchangeAppID}, country: "NZ"}); v.blockedBy == nil ||
		v.blockedBy.ID != made.text("id") || !slices.ContainsFunc(v.applied(), func(a AppliedAccess) bool { return a.Result == "reportOnlyFailure" }) {
		t.Errorf("at the door: %+v", v)
	}
	if p := r.do("PATCH", root+"policies/"+made.text("id"), token, `{"state":"disabled"}`); p.status != http.StatusNoContent || reasons(user, "NZ")["Not from far"] != "policyNotEnabled" {
		t.Errorf("disable: %d %s", p.status, p.raw)
	}
	const users = `"users":{"includeUsers":["All"]}`
	for name, body := range map[string]string{
		"no state":         `{"displayName":"x","conditions":{}}`,
		"no apps":          `{"displayName":"x","state":"enabled","conditions":{"clientAppTypes":["all"],` + users + `}}`,
		"no controls":      `{"displayName":"x","state":"enabled","conditions":{"clientAppTypes":["all"],"applications":{"includeApplications":["All"]},` + users + `}}`,
		"a wrong operator": `{"displayName":"x","state":"enabled","conditions":{"clientAppTypes":["all"],"applications":{"includeApplications":["All"]},` + users + `},"grantControls":{"operator":"XOR","builtInControls":["mfa"]}}`,
	} {
		refusedAs(t, name, r.do("POST", root+"policies", token, body), 400, "BadRequest")
	}
	refusedAs(t, "a wrong enum, deep", r.do("POST", root+"policies", token, `{"displayName":"x","state":"enabled","conditions":{"clientAppTypes":["pigeon"]}}`), 400, "Request_BadRequest")
	refusedAs(t, "unknown, deep", r.do("POST", root+"policies", token, `{"displayName":"x","state":"enabled","conditions":{"pigeons":[]}}`), 400, "Request_BadRequest")
	refusedAs(t, "what-if of nobody", r.do("POST", root+"evaluate", token, `{"signInIdentity":{"userId":"x"}}`), 400, "Request_BadRequest")
	refusedAs(t, "a trusted place", r.do("DELETE", root+"namedLocations/"+tenant.Locations[0].ID, token, ""), 400, "Request_BadRequest")
	for _, path := range []string{"policies/" + made.text("id"), "namedLocations/" + place.text("id")} {
		if p := r.do("DELETE", root+path, token, ""); p.status != http.StatusNoContent {
			t.Errorf("delete %s: %d %s", path, p.status, p.raw)
		}
	}
	tenant.Premium = ""
	refusedAs(t, "without a licence", r.do("POST", root+"policies", token, bodies(r, operation{method: "POST", path: "/identity/conditionalAccess/policies"})), 403, "AccessDenied")
}

// The logs tell what happened, and can be asked as the documents say.
func TestLogs(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	r.world.recordSignIn(r.world.tenants[0], nil, nil, SignIn{Code: 50034, Silent: true})
	for query, want := range map[string]int{
		"signIns": 2, // silent ones are not in v1.0
		"signIns?$filter=status/errorCode eq 90094":                                                                            1,
		"signIns?$filter=status/errorCode ne 0":                                                                                1,
		"signIns?$filter=appId eq '" + hetkAppID + "' and createdDateTime ge 2026-11-20T09:00:00Z":                             1,
		"signIns?$filter=createdDateTime ge 2026-11-20T11:00:00.000Z":                                                          1,
		"signIns?$filter=startswith(userPrincipalName,'user@')&$top=1":                                                         1,
		"signIns?$filter=conditionalAccessStatus eq 'failure'":                                                                 0,
		"directoryAudits?$filter=activityDisplayName eq 'Consent to application' and activityDateTime ge 2026-11-01T00:00:00Z": 1,
		"directoryAudits?$filter=initiatedBy/user/userPrincipalName eq '" + admin + "'":                                        1,
		"directoryAudits?$filter=targetResources/any(t:t/displayName eq 'Hetk Calendar Sync')":                                 1,
		"directoryAudits?$filter=targetResources/any(t:t/displayName eq 'x')":                                                  0,
		"directoryAudits?$filter=result eq 'failure'":                                                                          0,
	} {
		p := r.do("GET", "/v1.0/auditLogs/"+strings.ReplaceAll(query, " ", "%20"), token, "")
		if p.status != http.StatusOK || len(p.values()) != want {
			t.Errorf("%s: %d, %d lines, want %d: %.300s", query, p.status, len(p.values()), want, p.raw)
		}
	}
	newest := r.do("GET", "/v1.0/auditLogs/signIns?$top=1", token, "")
	if v := newest.values(); len(v) != 1 || v[0]["appDisplayName"] != "Sophiie" || newest.text("@odata.nextLink") == "" {
		t.Errorf("newest first: %s", newest.raw)
	}
	r.world.tenants[0].Premium = ""
	refusedAs(t, "sign-ins without P1", r.do("GET", "/v1.0/auditLogs/signIns", token, ""), 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
	if p := r.do("GET", "/v1.0/auditLogs/directoryAudits", token, ""); p.status != http.StatusOK {
		t.Errorf("audits without P1: %d %s", p.status, p.raw)
	}
	log := []*SignIn{}
	for range maxLog + 5 {
		log = appendLog(log, &SignIn{At: time.Time{}})
	}
	if len(log) != maxLog {
		t.Errorf("%d lines are kept", len(log))
	}
}

func TestDelta(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, hetk := r.token(admin), r.world.tenants[0].serviceByAppID(hetkAppID)
	link := func(p reply) string {
		return strings.TrimPrefix(p.text("@odata.deltaLink"), "https://graph.microsoft.com")
	}
	first := r.do("GET", "/v1.0/servicePrincipals/delta?$select=id,displayName", token, "")
	if len(first.values()) != len(r.world.tenants[0].Services) || link(first) == "" {
		t.Fatalf("%d %.300s", first.status, first.raw)
	}
	if p := r.do("GET", link(first), token, ""); p.status != http.StatusOK || len(p.values()) != 0 {
		t.Errorf("nothing changed, and yet: %.300s", p.raw)
	}
	r.do("PATCH", "/v1.0/servicePrincipals/"+hetk.ID, token, `{"accountEnabled":false}`)
	second := r.do("GET", link(first), token, "")
	if v := second.values(); len(v) != 1 || v[0]["id"] != hetk.ID {
		t.Errorf("after a change: %.300s", second.raw)
	}
	r.do("DELETE", "/v1.0/servicePrincipals/"+hetk.ID, token, "")
	if v := r.do("GET", link(second), token, "").values(); len(v) != 1 || v[0]["@removed"] == nil {
		t.Errorf("after a removal: %v", v)
	}
	for range maxDeltas {
		r.do("GET", "/v1.0/oauth2PermissionGrants/delta()", token, "")
	}
	refusedAs(t, "a forgotten link", r.do("GET", link(first), token, ""), http.StatusGone, "syncStateNotFound")
}

func TestAdvancedQueries(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for query, want := range map[string]int{
		`users?$search="displayName:sample"`:                                                                                              3,
		`users?$search="displayName:sample" AND "userPrincipalName:adm"`:                                                                  1,
		`users?$search="displayName:admin" OR "mail:guest"`:                                                                               2,
		`users?$search=NOT "displayName:admin"`:                                                                                           2,
		`users?$search="displayName:ample"`:                                                                                               0,
		`groups?$search="displayName:pil"&$count=true`:                                                                                    1,
		`servicePrincipals?$search="displayName:calendar sync"`:                                                                           1,
		`users?$filter=not(userType eq 'Guest')&$count=true`:                                                                              2,
		`users?$filter=userType eq 'Guest' or endswith(mail,'contoso.example')&$count=true`:                                               3,
		`users?$filter=assignedLicenses/$count eq 0&$count=true`:                                                                          3,
		`users?$filter=department eq null`:                                                                                                3,
		`users?$filter=userPrincipalName in ('` + admin + `','` + user + `')`:                                                             2,
		`users?$orderby=userType desc,displayName`:                                                                                        3,
		`servicePrincipals?$filter=servicePrincipalNames/any(n:n eq '` + hetkAppID + `')`:                                                 1,
		`servicePrincipals?$filter=tags/any(t:startswith(t,'x'))`:                                                                         0,
		`me/memberOf/graph.group?$count=true&$filter=startswith(displayName,'Pi')`:                                                        1,
		`roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '` + roleGlobalAdmin + `'&$expand=principal,roleDefinition`: 1,
		`applications?$filter=startswith(displayName,'Own')`:                                                                              1,
	} {
		at := "/v1.0/" + strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
		p := r.do("GET", at, token, "", "ConsistencyLevel", "eventual")
		if p.status != http.StatusOK || len(p.values()) != want {
			t.Errorf("%s: %d, %d found, want %d: %.300s", query, p.status, len(p.values()), want, p.raw)
		}
	}
	for _, bad := range []string{
		`users?$search=sample`, `users?$search="sample"`, `users?$search="nonsense:x"`, `users?$search="displayName:x" "mail:y"`,
		`users?$search="displayName:x" AND`, `users?$search="displayName:x`, `users?$search=`, `organization?$search="displayName:x"`,
		`auditLogs/signIns?$filter=status/nonsense eq 1`, `auditLogs/directoryAudits?$filter=targetResources/any(t:t/nonsense eq 'x')`,
		`identityGovernance/appConsent/appConsentRequests?$filter=userConsentRequests/any(u:u/nonsense eq 'x')`,
		`policies/permissionGrantPolicies/$count/x`, `me/$count`, `servicePrincipals?$expand=owners($filter=x)`,
	} {
		at := "/v1.0/" + strings.NewReplacer(" ", "%20", `"`, "%22").Replace(bad)
		if p := r.do("GET", at, token, "", "ConsistencyLevel", "eventual"); p.status != http.StatusBadRequest {
			t.Errorf("%s: %d %.200s", bad, p.status, p.raw)
		}
	}
	for path, want := range map[string]string{
		"users/$count": "3", "groups/$count?$filter=displayName%20eq%20'Pilot'": "1", "me/memberOf/$count": "2",
		"users/%24count?$search=%22displayName:guest%22": "1",
	} {
		p := r.do("GET", "/v1.0/"+path, token, "", "ConsistencyLevel", "eventual")
		if p.raw != want || p.header.Get("Content-Type") != "text/plain" {
			t.Errorf("%s: %d %q as %s", path, p.status, p.raw, p.header.Get("Content-Type"))
		}
	}
	refusedAs(t, "a count without consistency", r.do("GET", "/v1.0/users/$count", token, ""), 400, "Request_BadRequest")
}

// The old store of settings and the policies are two doors to one room.
func TestSettingsMirrorPolicies(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, tenant := r.token(admin), r.world.tenants[0]
	at := "/v1.0/groupSettings/" + tenant.settings()[0].ID
	body := `{"values":[{"name":"EnableAdminConsentRequests","value":"false"},{"name":"BlockUserConsentForRiskyApps","value":"False"}]}`
	if p := r.do("PATCH", at, token, body); p.status != http.StatusNoContent || tenant.Workflow.Enabled || !*tenant.RiskyAppsAllowed {
		t.Errorf("%d %s, %+v", p.status, p.raw, tenant.Workflow)
	}
	if p := r.do("GET", "/v1.0/policies/adminConsentRequestPolicy", token, ""); p.body["isEnabled"] != false {
		t.Errorf("policy: %s", p.raw)
	}
	for name, bad := range map[string]string{
		"no values": `{}`, "not a truth": `{"values":[{"name":"EnableAdminConsentRequests","value":"maybe"}]}`,
		"unknown": `{"values":[{"name":"Nonsense","value":"true"}]}`, "read-only": `{"templateId":"x"}`,
	} {
		refusedAs(t, name, r.do("PATCH", at, token, bad), 400, "Request_BadRequest")
	}
	refusedAs(t, "without one's own rights", r.do("PATCH", at, r.token(admin, scopeSettings), body), 403, "Authorization_RequestDenied")
}
