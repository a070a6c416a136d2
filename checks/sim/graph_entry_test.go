package sim

import (
	"net/http"
	"strings"
	"testing"
)

// The page of the policy's update lists what an admin may change; it is kept and
// read back, and told in the audit log.
func TestAuthorizationPolicyWrites(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	const at = "/v1.0/policies/authorizationPolicy"
	token := r.token(admin)
	p := r.do("PATCH", at, token, `{"@odata.type":"#microsoft.graph.authorizationPolicy","allowInvitesFrom":"AdminsAndGuestInviters",
		"allowedToUseSSPR":false,"blockMsolPowerShell":true,"description":"Ours","displayName":"Ours too",
		"allowEmailVerifiedUsersToJoinOrganization":true,"allowedToSignUpEmailBasedSubscriptions":false,
		"guestUserRoleId":"2AF84B1E-32c8-42b7-82bc-daa82404023b","defaultUserRolePermissions":{"allowedToCreateApps":false}}`)
	if p.status != http.StatusNoContent {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	read := r.do("GET", at, token, "").body
	for name, want := range map[string]any{
		"allowInvitesFrom": "adminsAndGuestInviters", "allowedToUseSSPR": false, "blockMsolPowerShell": true, "description": "Ours",
		"displayName": "Ours too", "allowEmailVerifiedUsersToJoinOrganization": true, "allowedToSignUpEmailBasedSubscriptions": false,
		"guestUserRoleId": "2af84b1e-32c8-42b7-82bc-daa82404023b",
	} {
		if read[name] != want {
			t.Errorf("%s: %v", name, read[name])
		}
	}
	may := r.do("GET", at+"/defaultUserRolePermissions", token, "").body
	if list, _ := may["permissionGrantPoliciesAssigned"].([]any); may["allowedToCreateApps"] != false || may["allowedToReadOtherUsers"] != true || len(list) == 0 {
		t.Errorf("permissions: %v", may)
	}
	if logs := r.world.tenants[0].Audits; len(logs) == 0 || len(logs[len(logs)-1].Targets[0].Changes) != 9 {
		t.Errorf("audits: %+v", logs)
	}
	for name, bad := range map[string]string{
		"another type": `{"@odata.type":"#microsoft.graph.user"}`, "no type": `{"@odata.type":"#microsoft.graph.nonsense"}`,
		"not a text": `{"@odata.type":1}`, "read-only": `{"id":"x"}`, "no such role": `{"guestUserRoleId":"` + graphAppID + `"}`,
		"not an enum's": `{"allowInvitesFrom":"nobody"}`, "within": `{"defaultUserRolePermissions":{"allowedToCreateApps":"yes"}}`,
	} {
		refusedAs(t, name, r.do("PATCH", at, token, bad), 400, "Request_BadRequest")
	}
	if after := r.do("GET", at, token, "").body; after["description"] != "Ours" || after["allowInvitesFrom"] != "adminsAndGuestInviters" {
		t.Errorf("what is refused changes something: %v", after)
	}
}

// A body must be JSON, say so, and end where its object does.
func TestBodiesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, body := r.token(admin), `{"groupIds":["`+graphAppID+`"]}`
	const at = "/v1.0/me/checkMemberGroups"
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "APPLICATION/JSON;odata.metadata=none"} {
		if p := r.do("POST", at, token, body, "Content-Type", kind); p.status != http.StatusOK {
			t.Errorf("%s: %d %s", kind, p.status, p.raw)
		}
	}
	for kind, words := range map[string]string{
		"": "Write requests (excluding DELETE) must contain the Content-Type header declaration.", "text/plain": "JSON Content-Type header",
		"application/xml": "JSON Content-Type header", "application/x-www-form-urlencoded": "JSON Content-Type header",
		"application/jsonx": "JSON Content-Type header", ";": "JSON Content-Type header",
	} {
		p := r.do("POST", at, token, body, "Content-Type", kind)
		refusedAs(t, kind, p, 400, "BadRequest")
		if !strings.Contains(p.raw, words) {
			t.Errorf("%q: %s", kind, p.raw)
		}
	}
	for _, more := range []string{" x", `{"a":1}`, "]"} {
		refusedAs(t, more, r.do("POST", at, token, body+more), 400, "BadRequest")
	}
	batch := r.do("POST", "/v1.0/$batch", token, `{"requests":[{"id":"1","method":"POST","url":"/me/checkMemberGroups","headers":{"Content-Type":"text/plain"},"body":`+body+`},
		{"id":"2","url":"/me"},{"id":"3","method":"GET","url":"/v1.0/me"},{"id":"4","method":"GET","url":"/me"}]}`)
	list, _ := batch.body["responses"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		if want := map[any]float64{"1": 400, "2": 400, "3": 400, "4": 200}[m["id"]]; m["status"] != want {
			t.Errorf("part %v: %v, want %v", m["id"], m["status"], want)
		}
	}
	p := r.do("GET", "/v1.0/v1.0/me", token, "")
	refusedAs(t, "a version twice", p, 400, "Request_BadRequest")
	if len(list) != 4 || !strings.Contains(p.raw, "segment 'v1.0'") {
		t.Errorf("%d parts, %s", len(list), p.raw)
	}
}

// What is made is found where the answer's Location says.
func TestCreatedIsLocated(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for at, body := range map[string]string{
		"/v1.0/policies/permissionGrantPolicies":          `{"id":"located","displayName":"Located","description":"x"}`,
		"/v1.0/identity/conditionalAccess/namedLocations": `{"@odata.type":"#microsoft.graph.ipNamedLocation","displayName":"Here","ipRanges":[{"@odata.type":"#microsoft.graph.iPv4CidrRange","cidrAddress":"192.0.2.0/24"}]}`,
	} {
		p := r.do("POST", at, token, body)
		where, found := strings.CutPrefix(p.header.Get("Location"), "https://graph.microsoft.com")
		if p.status != http.StatusCreated || !found {
			t.Errorf("%s: %d at %q: %s", at, p.status, p.header.Get("Location"), p.raw)
			continue
		}
		if got := r.do("GET", where, token, ""); got.status != http.StatusOK || got.body["id"] != p.body["id"] {
			t.Errorf("%s: %d %s", where, got.status, got.raw)
		}
	}
	if p := r.do("GET", "/v1.0/me", token, ""); p.header.Get("Location") != "" {
		t.Error("a read is located")
	}
}
