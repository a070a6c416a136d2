package sim

import (
	"net/http"
	"strings"
	"testing"
)

// What is missing is made by its app id, if the call says so (serviceprincipal-upsert).
func TestUpsertService(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	token, app := r.token(admin), vendorKeys["nylas"]
	at, prefer := "/v1.0/servicePrincipals(appId='"+app+"')", []string{"Prefer", "respond-async, create-if-missing"}
	refusedAs(t, "not asked for", r.do("PATCH", at, token, `{"notes":"x"}`), 404, "Request_ResourceNotFound")
	refusedAs(t, "another app", r.do("PATCH", at, token, `{"appId":"`+hetkAppID+`"}`, prefer...), 400, "Request_BadRequest")
	refusedAs(t, "an app that is not", r.do("PATCH", "/v1.0/servicePrincipals(appId='"+stableID("x")+"')", token, `{}`, prefer...), 400, "NoBackingApplicationObject")
	refusedAs(t, "by a member", r.do("PATCH", at, r.token(user), `{}`, prefer...), 403, "Authorization_RequestDenied")
	p := r.do("PATCH", at, token, `{"displayName":"Nylas","notes":"ours","appRoleAssignmentRequired":true}`, prefer...)
	if p.status != http.StatusCreated || p.text("notes") != "ours" || p.body["appRoleAssignmentRequired"] != true {
		t.Fatalf("made: %d %s", p.status, p.raw)
	}
	where := strings.TrimPrefix(p.header.Get("Location"), "https://graph.microsoft.com")
	if got := r.do("GET", where, token, ""); got.text("appId") != app {
		t.Errorf("at %q: %d %s", where, got.status, got.raw)
	}
	if p := r.do("PATCH", at, token, `{"notes":"changed"}`, prefer...); p.status != http.StatusNoContent {
		t.Errorf("changed: %d %s", p.status, p.raw)
	}
	if got := r.do("GET", at, token, ""); got.text("notes") != "changed" || got.body["appRoleAssignmentRequired"] != true {
		t.Errorf("after: %s", got.raw)
	}
	refusedAs(t, "by its id", r.do("PATCH", "/v1.0/servicePrincipals/"+stableID("x"), token, `{}`, prefer...), 404, "Request_ResourceNotFound")
}

// The same things by the other names that Microsoft's pages and clients use.
func TestOtherNames(t *testing.T) {
	t.Parallel()
	r := newRig(t, "conditional-access")
	token := r.token(admin)
	const access = "identity/conditionalAccess/policies"
	one := r.do("GET", "/v1.0/"+access, token, "")
	other := r.do("GET", "/v1.0/policies/conditionalAccessPolicies", token, "")
	if len(one.values()) != 1 || one.raw != other.raw {
		t.Errorf("policies of access: %s and %s", one.raw, other.raw)
	}
	id, _ := one.values()[0]["id"].(string)
	if p := r.do("GET", "/v1.0/policies/conditionalAccessPolicies/"+id, token, ""); p.text("id") != id {
		t.Errorf("one: %d %s", p.status, p.raw)
	}
	settings := r.do("GET", "/beta/settings", token, "")
	if len(settings.values()) != 1 || settings.values()[0]["templateId"] != consentTemplate {
		t.Fatalf("settings: %d %s", settings.status, settings.raw)
	}
	id, _ = settings.values()[0]["id"].(string)
	body := `{"values":[{"name":"EnableAdminConsentRequests","value":"true"},{"name":"BlockUserConsentForRiskyApps","value":"true"}]}`
	if p := r.do("PATCH", "/beta/settings/"+id, token, body); p.status != http.StatusNoContent {
		t.Errorf("changed: %d %s", p.status, p.raw)
	}
	if p := r.do("GET", "/beta/settings/"+id, token, ""); !strings.Contains(p.raw, `{"name":"EnableAdminConsentRequests","value":"true"}`) {
		t.Errorf("after: %s", p.raw)
	}
	for _, at := range []string{"/v1.0/settings", "/v1.0/settings/" + id} {
		refusedAs(t, at, r.do("GET", at, token, ""), 400, "Request_BadRequest")
	}
}
