package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every path and method of Microsoft's v1.0 metadata is called, well and badly,
// alone and in a batch, and every answer is held against the schema.

// wholeBase is built once: making its signing key takes longer than a world.
var wholeBase = sync.OnceValues(func() (*Sim, error) {
	at := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	return build(Options{Scenario: "whole", Scenarios: os.DirFS("testdata"), Now: func() time.Time { return at }, Seed: 7}.withDefaults())
})

// wholeRig is a tenant that holds something of everything, as new.
func wholeRig(t *testing.T) *rig {
	t.Helper()
	base, err := wholeBase()
	if err != nil {
		t.Fatal(err)
	}
	w, err := base.scenario.world(base.now, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.prepare(); err != nil {
		t.Fatal(err)
	}
	s := &Sim{opts: base.opts, scenario: base.scenario, world: w, login: base.login, log: base.log, now: base.now, cancel: func() {}}
	if s.faults, err = newFaults(nil, base.opts); err != nil {
		t.Fatal(err)
	}
	s.handler = s.routes()
	tenant := w.tenants[0]
	w.auditConsent(tenant, tenant.userByUPN(admin), tenant.serviceByAppID(hetkAppID), true, "[] => [Scope: User.Read]", "")
	return &rig{t: t, Sim: s, clock: base.now()}
}

// ids of the whole tenant, for the keys of paths.
func (r *rig) keys() map[string]string {
	t := r.world.tenants[0]
	hetk := t.serviceByAppID(hetkAppID)
	user := t.userByUPN(user)
	graph := t.serviceByAppID(graphAppID)
	keys := map[string]string{
		"servicePrincipal-id": hetk.ID, "appId": hetkAppID, "oAuth2PermissionGrant-id": t.Grants[0].ID,
		"permissionGrantPolicy-id": "sample-policy", "permissionGrantConditionSet-id": t.policyByID("sample-policy").Includes[0].ID,
		"appConsentRequest-id": t.Requests[0].ID, "userConsentRequest-id": t.Requests[0].Users[0].ID, "on": "reviewer",
		"conditionalAccessPolicy-id": t.Access[0].ID, "namedLocation-id": t.Locations[0].ID,
		"signIn-id": t.SignIns[0].ID, "directoryAudit-id": t.Audits[0].ID, "organization-id": t.ID,
		"user-id": user.ID, "group-id": t.Groups[0].ID, "directoryRole-id": stableID("role", t.ID, roleGlobalAdmin),
		"unifiedRoleDefinition-id": roleGlobalAdmin, "domain-id": "contoso.example", "directoryObject-id": user.ID,
		"tenantId": t.ID, "domainName": "contoso.example", "groupSetting-id": t.settings()[0].ID,
		"application-id": objectID(r.world.registration(ownAppID), t), "graph": graph.ID,
	}
	for _, g := range hetk.Assigned {
		keys["appRoleAssignment-id"] = stableID("assigned", hetk.ID, g)
	}
	for _, cl := range t.Classifications {
		keys["delegatedPermissionClassification-id"] = cl.ID
	}
	return keys
}

// ownAppID is the app that the whole tenant itself owns.
const ownAppID = "11111111-2222-4333-8444-555555555555"

// target writes a path with its keys; broken names one key that is to be
// unknown.
func target(r *rig, op operation, broken string) string {
	out := op.path
	keys := r.keys()
	switch {
	case strings.Contains(op.path, "delegatedPermissionClassifications"):
		// Classifications hang on the API (entra-facts §5).
		keys["servicePrincipal-id"], keys["appId"] = keys["graph"], graphAppID
	case strings.HasSuffix(op.path, "/appRoleAssignments/{appRoleAssignment-id}"):
		sp := r.world.tenants[0].serviceByAppID(ownAppID)
		keys["servicePrincipal-id"], keys["appRoleAssignment-id"] = sp.ID, sp.RoleGrants[0].ID
	case strings.Contains(op.path, "roleEligibility"):
		keys["on"] = "principal"
	case strings.Contains(op.path, "applications(appId"):
		keys["appId"] = ownAppID
	case strings.Contains(op.path, "/excludes/"):
		keys["permissionGrantConditionSet-id"] = r.world.tenants[0].policyByID("sample-policy").Excludes[0].ID
	}
	for name, value := range keys {
		if name == broken {
			value = "00000000-dead-4000-8000-000000000000"
		}
		out = strings.ReplaceAll(out, "{"+name+"}", value)
	}
	return "/v1.0" + out
}

// bodies are what writes are sent, by method and path.
func bodies(r *rig, op operation) string {
	t := r.world.tenants[0]
	hetk, own, graph := t.serviceByAppID(hetkAppID), t.serviceByAppID(ownAppID), t.serviceByAppID(graphAppID)
	assign := func(who, api, role string) string {
		return fmt.Sprintf(`{"principalId":%q,"resourceId":%q,"appRoleId":%q}`, who, api, role)
	}
	switch op.method + " " + op.path {
	case "POST /servicePrincipals":
		return `{"appId":"` + vendorKeys["nylas"] + `"}`
	case "PATCH /servicePrincipals/{servicePrincipal-id}", "PATCH /servicePrincipals(appId='{appId}')":
		return `{"appRoleAssignmentRequired":false,"notes":"seen"}`
	case "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments":
		return assign(hetk.ID, graph.ID, graphAppRoles["Mail.Read"])
	case "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo":
		return assign(t.userByUPN(admin).ID, hetk.ID, noRole)
	case "POST /servicePrincipals/{servicePrincipal-id}/delegatedPermissionClassifications",
		"POST /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications":
		return `{"permissionId":"` + r.world.registration(graphAppID).scope("Mail.Send").ID + `","permissionName":"Mail.Send","classification":"low"}`
	case "POST /oauth2PermissionGrants":
		return fmt.Sprintf(`{"clientId":%q,"consentType":"Principal","principalId":%q,"resourceId":%q,"scope":"User.Read"}`, own.ID, t.userByUPN(user).ID, graph.ID)
	case "PATCH /oauth2PermissionGrants/{oAuth2PermissionGrant-id}":
		return `{"scope":"User.Read"}`
	case "PATCH /policies/authorizationPolicy":
		return `{"allowUserConsentForRiskyApps":false,"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.sample-policy"]}}`
	case "PATCH /policies/adminConsentRequestPolicy":
		return `{"isEnabled":false}`
	case "PUT /policies/adminConsentRequestPolicy":
		return `{"isEnabled":true,"notifyReviewers":true,"remindersEnabled":false,"requestDurationInDays":5,"reviewers":[{"query":"/users/` + t.Users[0].ID + `","queryType":"MicrosoftGraph"}]}`
	case "POST /policies/permissionGrantPolicies":
		return `{"id":"another-policy","displayName":"Another","description":"One more"}`
	case "PATCH /policies/permissionGrantPolicies/{permissionGrantPolicy-id}":
		return `{"displayName":"Renamed"}`
	case "POST /policies/permissionGrantPolicies/{permissionGrantPolicy-id}/includes", "POST /policies/permissionGrantPolicies/{permissionGrantPolicy-id}/excludes":
		return `{"permissionType":"delegated","resourceApplication":"` + graphAppID + `","permissions":["all"],"clientApplicationIds":["` + hetkAppID + `"]}`
	case "PATCH /policies/permissionGrantPolicies/{permissionGrantPolicy-id}/includes/{permissionGrantConditionSet-id}",
		"PATCH /policies/permissionGrantPolicies/{permissionGrantPolicy-id}/excludes/{permissionGrantConditionSet-id}":
		return `{"permissionClassification":"low"}`
	case "PATCH /policies/identitySecurityDefaultsEnforcementPolicy":
		return `{"isEnabled":false}`
	case "POST /identity/conditionalAccess/policies":
		return `{"displayName":"No legacy","state":"disabled","conditions":{"clientAppTypes":["other"],"applications":{"includeApplications":["All"]},"users":{"includeUsers":["All"]}},"grantControls":{"operator":"OR","builtInControls":["block"]}}`
	case "PATCH /identity/conditionalAccess/policies/{conditionalAccessPolicy-id}":
		return `{"state":"enabledForReportingButNotEnforced"}`
	case "POST /identity/conditionalAccess/evaluate":
		return `{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"` + t.userByUPN(user).ID + `"},"signInContext":{"@odata.type":"#microsoft.graph.applicationContext","includeApplications":["` + hetkAppID + `"]},"signInConditions":{"devicePlatform":"windows","clientAppType":"browser"},"appliedPoliciesOnly":false}`
	case "POST /me/checkMemberGroups":
		return `{"groupIds":["` + t.Groups[0].ID + `"]}`
	case "POST /me/getMemberGroups":
		return `{"securityEnabledOnly":false}`
	case "PATCH /groupSettings/{groupSetting-id}":
		return `{"values":[{"name":"EnableAdminConsentRequests","value":"true"}]}`
	case "POST /directoryObjects/getByIds":
		return `{"ids":["` + hetk.ID + `","` + t.Users[0].ID + `"],"types":["user","servicePrincipal"]}`
	case "POST /$batch":
		return `{"requests":[{"id":"1","method":"GET","url":"/me"}]}`
	}
	return ""
}

func TestConformance(t *testing.T) {
	t.Parallel()
	ops := operations(t)
	if len(ops) < 120 {
		t.Fatalf("%d operations", len(ops))
	}
	for _, op := range ops {
		t.Run(op.method+" "+op.path, func(t *testing.T) {
			t.Parallel()
			conformsWell(t, op)
			conformsBadly(t, op)
		})
	}
}

// partsOf reads the path of a target as the router does.
func partsOf(t *testing.T, target string) []part {
	t.Helper()
	u, err := url.Parse("https://graph.microsoft.com" + target)
	if err != nil {
		t.Fatal(err)
	}
	p, err := splitPath(u)
	if err != nil {
		t.Fatal(err)
	}
	return p.parts
}

// ask calls an operation as it should be called.
func (r *rig) ask(op operation, target, token, body string, headers ...string) reply {
	if op.schema == "text" || strings.HasSuffix(op.path, "/$count") {
		headers = append(headers, "ConsistencyLevel", "eventual")
	}
	if body != "" {
		headers = append(headers, "Content-Type", "application/json")
	}
	return r.do(op.method, target, token, body, headers...)
}

func conformsWell(t *testing.T, op operation) {
	t.Helper()
	for _, level := range []string{"minimal", "none", "full"} {
		r := wholeRig(t)
		p := r.ask(op, target(r, op, ""), r.token(admin), bodies(r, op), "Accept", "application/json;odata.metadata="+level)
		if p.status != op.ok {
			t.Fatalf("%s: %d, want %d: %.600s", level, p.status, op.ok, p.raw)
		}
		r.hold(t, op, level, p)
		changes := op.method != http.MethodGet && !slices.ContainsFunc(quiet, func(q string) bool { return strings.HasSuffix(op.path, q) })
		if audits := len(r.world.tenants[0].Audits) - 1; changes && audits != 1 || !changes && audits != 0 {
			t.Errorf("%d lines in the audit log", audits)
		}
	}
	if op.method == http.MethodGet {
		conformsWhole(t, op)
	}
	for _, door := range []string{"/beta", "/v1.0/myorganization", "/v1.0/contoso.example"} {
		r := wholeRig(t)
		at := door + strings.TrimPrefix(target(r, op, ""), "/v1.0")
		p := r.ask(op, at, r.token(admin), bodies(r, op))
		if p.status != op.ok {
			t.Errorf("%s: %d: %.300s", at, p.status, p.raw)
		}
		version, _, _ := strings.Cut(door[1:], "/")
		for _, link := range []string{"@odata.context", "@odata.nextLink", "@odata.deltaLink"} {
			to, there := p.body[link].(string)
			if u, err := url.Parse(to); err != nil || there && !strings.HasPrefix(u.Path, "/"+version+"/") {
				t.Errorf("%s: %s is %s", at, link, to)
			}
		}
	}
	if op.path != "/$batch" {
		r := wholeRig(t)
		part := r.part(t, op, target(r, op, ""), r.token(admin), bodies(r, op))
		if part.status != op.ok {
			t.Fatalf("in a batch: %d: %.600s", part.status, part.raw)
		}
		if op.schema != "text" {
			r.hold(t, op, "minimal", part)
		}
	}
}

// conformsWhole asks for every property there is, then for every relation that
// can be expanded.
func conformsWhole(t *testing.T, op operation) {
	t.Helper()
	kind := graphTypes().types[strings.TrimSuffix(strings.TrimPrefix(op.schema, "coll."), ".any")]
	if kind == nil {
		return
	}
	r := wholeRig(t)
	queries := []string{"$select=" + strings.Join(kind.plain(), ",")}
	for _, e := range expandable {
		if e.name == kind.name && !strings.HasSuffix(op.path, "delta()") && !strings.Contains(op.path, "/me") {
			for name := range e.expand {
				queries = append(queries, "$expand="+name, "$select=id&$expand="+name+"($select=id)")
			}
		}
	}
	for _, q := range queries {
		for _, level := range []string{"minimal", "full", "none"} {
			p := r.ask(op, target(r, op, "")+"?"+q, r.token(admin), "", "Accept", "application/json;odata.metadata="+level)
			if p.status != op.ok {
				t.Errorf("%s: %d: %.300s", q, p.status, p.raw)
				continue
			}
			fits(t, level, op.schema, []byte(p.raw))
		}
	}
}

// expandable are the types with relations that can be expanded.
var expandable = []*entity{
	serviceEntity, userEntity, groupEntity, roleEntity, applicationEntity, grantPolicyEntity, requestEntity, userRequestEntity,
	approvalEntity, routeEntity, roleGivenEntity, pimEntity,
}

// quiet are the operations that are posted and change nothing.
var quiet = []string{"evaluate", "checkMemberGroups", "getMemberGroups", "getByIds", "$batch"}

// hold validates an answer of success.
func (r *rig) hold(t *testing.T, op operation, level string, p reply) {
	t.Helper()
	switch op.schema {
	case "":
		if p.raw != "" {
			t.Errorf("no content, and yet: %s", p.raw)
		}
	case "text":
		if _, err := strconv.Atoi(p.raw); err != nil || !strings.HasPrefix(p.header.Get("Content-Type"), "text/plain") {
			t.Errorf("count: %q as %s", p.raw, p.header.Get("Content-Type"))
		}
	default:
		fits(t, level, op.schema, []byte(p.raw))
		if op.path != "/$batch" {
			levelled(t, level, op.schema, p.body)
		}
	}
	if p.header.Get("request-id") == "" || p.header.Get("client-request-id") == "" || p.header.Get("Date") == "" {
		t.Errorf("headers: %v", p.header)
	}
}

// levelled checks which control members an answer carries.
func levelled(t *testing.T, level, schema string, body map[string]any) {
	t.Helper()
	free := []string{"@odata.nextLink", "@odata.count", "@odata.deltaLink"}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				at := strings.Index(k, "@odata.")
				switch {
				case at < 0:
					walk(inner)
				case level == "none" && !slices.Contains(free, k):
					t.Errorf("metadata=none and %s", k)
				case level == "minimal" && (k == "@odata.id" || k == "@odata.editLink" || strings.HasSuffix(k, "Link") && at > 0):
					t.Errorf("metadata=minimal and %s", k)
				}
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(body)
	if level != "none" && body["@odata.context"] == nil {
		t.Errorf("metadata=%s and no context", level)
	}
	if level != "full" {
		return
	}
	entities := []any{body}
	if list, ok := body["value"].([]any); ok {
		entities = list
	}
	for _, e := range entities {
		if m, ok := e.(map[string]any); ok && m["@odata.type"] == nil {
			t.Errorf("metadata=full and an object of %s without its type", schema)
		}
	}
}

// part sends an operation as the only part of a batch.
func (r *rig) part(t *testing.T, op operation, target, token, body string) reply {
	t.Helper()
	one := map[string]any{"id": "1", "method": op.method, "url": strings.TrimPrefix(target, "/v1.0")}
	headers := map[string]string{"ConsistencyLevel": "eventual"}
	if body != "" {
		one["body"] = json.RawMessage(body)
		headers["Content-Type"] = "application/json"
	}
	one["headers"] = headers
	raw, err := json.Marshal(map[string]any{"requests": []any{one}})
	if err != nil {
		t.Fatal(err)
	}
	whole := r.do(http.MethodPost, "/v1.0/$batch", token, string(raw))
	fits(t, "minimal", "batchResponse", []byte(whole.raw))
	var in struct {
		Responses []struct {
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(whole.raw), &in); err != nil || len(in.Responses) != 1 {
		t.Fatalf("batch: %v in %s", err, whole.raw)
	}
	got := in.Responses[0]
	p := reply{status: got.Status, raw: string(got.Body), header: whole.header}
	if len(got.Body) > 0 && got.Body[0] == '{' {
		if err := json.Unmarshal(got.Body, &p.body); err != nil {
			t.Fatal(err)
		}
	}
	return p
}
