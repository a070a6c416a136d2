package sim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestGraphGrantsLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, "managed-default")
	token := r.token(admin)
	p := r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+hetkAppID+`"}`)
	if p.status != http.StatusCreated || p.text("appId") != hetkAppID {
		t.Fatalf("create: %d %s", p.status, p.raw)
	}
	client, graph := p.text("id"), r.spID(graphAppID)
	grant := fmt.Sprintf(`{"clientId":%q,"consentType":"AllPrincipals","principalId":null,"resourceId":%q,"scope":" User.Read"}`, client, graph)
	p = r.do("POST", "/v1.0/oauth2PermissionGrants", token, grant)
	if p.status != http.StatusCreated || p.text("scope") != " User.Read" {
		t.Fatalf("grant: %d %s", p.status, p.raw)
	}
	id := p.text("id")
	if again := r.do("POST", "/v1.0/oauth2PermissionGrants", token, grant); again.status != http.StatusConflict {
		t.Errorf("second grant: %d %s", again.status, again.raw)
	}
	if p = r.do("PATCH", "/v1.0/oauth2PermissionGrants/"+id, token, `{"scope":"User.Read Calendars.ReadWrite"}`); p.status != http.StatusNoContent || p.raw != "" {
		t.Errorf("change: %d %s", p.status, p.raw)
	}
	if p = r.do("GET", "/v1.0/oauth2PermissionGrants/"+id, token, ""); p.text("scope") != "User.Read Calendars.ReadWrite" {
		t.Errorf("after the change: %s", p.raw)
	}
	if p = r.do("DELETE", "/v1.0/oauth2PermissionGrants/"+id, token, ""); p.status != http.StatusNoContent {
		t.Errorf("delete: %d", p.status)
	}
	if p = r.do("GET", "/v1.0/servicePrincipals/"+client+"/oauth2PermissionGrants", token, ""); len(p.values()) != 0 {
		t.Errorf("after the delete: %s", p.raw)
	}
	if p = r.do("DELETE", "/v1.0/servicePrincipals/"+client, token, ""); p.status != http.StatusNoContent {
		t.Errorf("delete app: %d %s", p.status, p.raw)
	}
	if p = r.do("DELETE", "/v1.0/servicePrincipals/"+graph, token, ""); p.status != http.StatusForbidden {
		t.Errorf("deleting Microsoft's own: %d", p.status)
	}
}

// New and changed objects stay unseen until the lag is over, also by key.
func TestReplicationLag(t *testing.T) {
	t.Parallel()
	r := newRig(t, "slow-replication")
	token := r.token(admin)
	p := r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+hetkAppID+`"}`)
	client, graph := p.text("id"), r.spID(graphAppID)
	grant := fmt.Sprintf(`{"clientId":%q,"consentType":"AllPrincipals","resourceId":%q,"scope":"User.Read"}`, client, graph)
	if p = r.do("GET", "/v1.0/servicePrincipals/"+client, token, ""); p.status != http.StatusNotFound {
		t.Errorf("seen at once: %d", p.status)
	}
	if p = r.do("POST", "/v1.0/oauth2PermissionGrants", token, grant); p.status != http.StatusBadRequest {
		t.Errorf("granted on what is not seen: %d", p.status)
	}
	if p = r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+hetkAppID+`"}`); p.status != http.StatusConflict {
		t.Errorf("made twice: %d", p.status)
	}
	r.pass(21 * time.Second)
	p = r.do("POST", "/v1.0/oauth2PermissionGrants", token, grant)
	if p.status != http.StatusCreated {
		t.Fatalf("grant: %d %s", p.status, p.raw)
	}
	id := p.text("id")
	list := "/v1.0/servicePrincipals/" + client + "/oauth2PermissionGrants"
	if p = r.do("GET", list, token, ""); len(p.values()) != 0 {
		t.Errorf("grant seen at once: %s", p.raw)
	}
	r.pass(21 * time.Second)
	if p = r.do("PATCH", "/v1.0/oauth2PermissionGrants/"+id, token, `{"scope":"User.Read Calendars.ReadWrite"}`); p.status != http.StatusNoContent {
		t.Fatalf("change: %d", p.status)
	}
	if p = r.do("GET", list, token, ""); p.values()[0]["scope"] != "User.Read" {
		t.Errorf("change seen at once: %s", p.raw)
	}
	r.pass(21 * time.Second)
	if p = r.do("GET", list, token, ""); p.values()[0]["scope"] != "User.Read Calendars.ReadWrite" {
		t.Errorf("change never seen: %s", p.raw)
	}
}

// A Microsoft-managed tenant answers 204 and drops the change.
func TestManagedPatchIsSilent(t *testing.T) {
	t.Parallel()
	body := `{"allowUserConsentForRiskyApps":true,"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["managePermissionGrantsForSelf.microsoft-user-default-legacy"]}}`
	for scenario, want := range map[string]string{"managed-default": "microsoft-user-default-recommended", "admins-only": "microsoft-user-default-legacy"} {
		r := newRig(t, scenario)
		token := r.token(admin)
		if p := r.do("PATCH", "/v1.0/policies/authorizationPolicy", token, body); p.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", scenario, p.status, p.raw)
		}
		p := r.do("GET", "/v1.0/policies/authorizationPolicy", token, "")
		if !strings.Contains(p.raw, want) || !strings.Contains(p.raw, `"allowUserConsentForRiskyApps":true`) {
			t.Errorf("%s: %s", scenario, p.raw)
		}
	}
}

func TestClassifications(t *testing.T) {
	t.Parallel()
	r := newRig(t, "low-empty")
	token, list := r.token(admin), "/v1.0/servicePrincipals(appId='"+graphAppID+"')/delegatedPermissionClassifications"
	p := r.do("POST", list, token, `{"permissionId":"1ec239c2-d7c9-4623-a91a-a9775856bb36","permissionName":"Calendars.ReadWrite","classification":"low"}`)
	if p.status != http.StatusCreated {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	for name, body := range map[string]string{
		"again":       `{"permissionId":"1ec239c2-d7c9-4623-a91a-a9775856bb36","classification":"low"}`,
		"admin scope": `{"permissionId":"06da0dbc-49e2-44d2-8312-53f166ab848a","classification":"low"}`,
		"no scope":    `{"permissionId":"` + stableID("x") + `","classification":"low"}`,
		"no level":    `{"permissionId":"e1fe6dd8-ba31-4d61-89e7-88639da4683d","classification":"tiny"}`,
	} {
		if q := r.do("POST", list, token, body); q.status < 400 || q.status >= 500 {
			t.Errorf("%s: %d %s", name, q.status, q.raw)
		}
	}
	if q := r.do("DELETE", list+"/"+p.text("id"), token, ""); q.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", q.status, q.raw)
	}
	if q := r.do("GET", list, token, ""); len(q.values()) != 0 {
		t.Errorf("after delete: %s", q.raw)
	}
}

// What users asked for in the browser can be read, and not answered, in Graph.
func TestConsentRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, "admins-only")
	tenant := r.world.tenants[0]
	asked := []AskedScope{{Resource: graphAppID, Value: "Calendars.ReadWrite"}}
	r.world.mu.Lock()
	tenant.Workflow.Reviewers = []string{"/users/" + tenant.userByUPN(admin).ID}
	r.world.askAdmin(tenant, tenant.userByUPN(user), r.world.registration(hetkAppID), asked, "for my work")
	r.world.mu.Unlock()
	const root = "/v1.0/identityGovernance/appConsent/appConsentRequests"
	list := r.do("GET", root+"?$filter=userConsentRequests/any(u:u/status%20eq%20'InProgress')", r.token(admin), "")
	if len(list.values()) != 1 || list.values()[0]["appId"] != hetkAppID || !strings.Contains(list.raw, `"userConsentRequests":[]`) {
		t.Fatalf("list: %s", list.raw)
	}
	id, _ := list.values()[0]["id"].(string)
	for _, path := range []string{root + "/filterByCurrentUser(on='reviewer')", root + "/" + id} {
		if p := r.do("GET", path, r.token(admin), ""); p.status != http.StatusOK || !strings.Contains(p.raw, id) {
			t.Errorf("%s: %d %s", path, p.status, p.raw)
		}
	}
	if p := r.do("GET", root+"/filterByCurrentUser(on='reviewer')", r.token(user), ""); len(p.values()) != 0 {
		t.Errorf("reviews without being a reviewer: %s", p.raw)
	}
	p := r.do("GET", root+"/"+id+"/userConsentRequests", r.token(admin), "")
	if len(p.values()) != 1 || p.values()[0]["status"] != "InProgress" || p.values()[0]["reason"] != "for my work" {
		t.Errorf("children: %s", p.raw)
	}
	if p := r.do("PATCH", root+"/"+id, r.token(admin), "{}"); p.status != http.StatusMethodNotAllowed {
		t.Errorf("approving: %d", p.status)
	}
	if p := r.do("GET", root, r.token(admin, "Directory.Read.All"), ""); p.status != http.StatusForbidden {
		t.Errorf("without the scope: %d", p.status)
	}
}

// The sample of Microsoft's page on changing a grant
// ([GC:oauth2permissiongrant-update]).
func TestGrantID(t *testing.T) {
	t.Parallel()
	const want = "l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk"
	if got := grantID("ef969797-201d-4f6b-960c-e9ed5f31dab5", "943603e4-e787-4fe9-93d1-e30f749aae39", ""); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A deleted app can be restored for 30 days, as the same object and with what was
// set on it; not over another one.
func TestDeletedItems(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	token := r.token(admin)
	id := r.spID(hetkAppID)
	at := "/v1.0/directory/deletedItems/"
	before := r.do("GET", "/v1.0/servicePrincipals/"+id+"/oauth2PermissionGrants", token, "").values()
	if len(before) == 0 {
		t.Fatal("nothing is granted there")
	}
	for path, want := range map[string]int{at + id: http.StatusNotFound, at + "hetk": http.StatusBadRequest} {
		if p := r.do("GET", path, token, ""); p.status != want {
			t.Errorf("%s: %d %s", path, p.status, p.raw)
		}
	}
	remove := func(id string) {
		t.Helper()
		if p := r.do("DELETE", "/v1.0/servicePrincipals/"+id, token, ""); p.status != http.StatusNoContent {
			t.Fatalf("delete: %d %s", p.status, p.raw)
		}
	}
	remove(id)
	if p := r.do("GET", at+id, token, ""); p.status != http.StatusOK || p.text("appId") != hetkAppID || p.text("deletedDateTime") == "" {
		t.Errorf("deleted: %d %s", p.status, p.raw)
	}
	if p := r.do("GET", at+"microsoft.graph.servicePrincipal?$select=id,appId", token, ""); len(p.values()) != 1 {
		t.Errorf("list: %d %s", p.status, p.raw)
	}
	if p := r.do("POST", at+id+"/restore", r.token(user), ""); p.status != http.StatusForbidden {
		t.Errorf("an ordinary user: %d %s", p.status, p.raw)
	}
	if p := r.do("POST", at+id+"/restore", token, ""); p.status != http.StatusOK || p.text("id") != id {
		t.Errorf("restore: %d %s", p.status, p.raw)
	}
	if after := r.do("GET", "/v1.0/servicePrincipals/"+id+"/oauth2PermissionGrants", token, "").values(); len(after) != len(before) {
		t.Errorf("granted: %v, and was %v", after, before)
	}
	if p := r.do("POST", at+id+"/restore", token, ""); p.status != http.StatusNotFound {
		t.Errorf("twice: %d %s", p.status, p.raw)
	}
	remove(id)
	other := r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+hetkAppID+`"}`).text("id")
	if p := r.do("POST", at+id+"/restore", token, ""); p.status != http.StatusConflict || other == id {
		t.Errorf("over another one: %d %s", p.status, p.raw)
	}
	remove(other)
	r.clock = r.clock.Add(keptDeleted + time.Hour)
	if p := r.do("POST", at+id+"/restore", r.token(admin), ""); p.status != http.StatusNotFound {
		t.Errorf("after a month: %d %s", p.status, p.raw)
	}
}
