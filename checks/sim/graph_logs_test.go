package sim

import (
	"net/http"
	"testing"
	"time"
)

// A sign-in that a scenario tells of looks as one that happened: what Conditional
// Access refused is a failure of the policy that refuses it.
func TestSeededSignIns(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]struct {
		code   float64
		policy string
		words  string
	}{
		"conditional-access": {53003, "Office 365 from the office only", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
		"device-required":    {53000, "Compliant devices only", "Device is not in required device state."},
	} {
		r := newRig(t, scenario)
		lines := r.do("GET", "/v1.0/auditLogs/signIns", r.token(admin), "").values()
		if len(lines) != 1 {
			t.Fatalf("%s: %v", scenario, lines)
		}
		line, policy := lines[0], r.world.tenants[0].Access[0]
		status, _ := line["status"].(map[string]any)
		if status["errorCode"] != want.code || status["failureReason"] != want.words || line["conditionalAccessStatus"] != "failure" {
			t.Errorf("%s: %v, %v", scenario, status, line["conditionalAccessStatus"])
		}
		applied, _ := line["appliedConditionalAccessPolicies"].([]any)
		if len(applied) != 1 {
			t.Fatalf("%s: applied %v", scenario, applied)
		}
		one, _ := applied[0].(map[string]any)
		if one["id"] != policy.ID || one["displayName"] != want.policy || one["result"] != "failure" {
			t.Errorf("%s: %v", scenario, one)
		}
		from, _ := line["ipAddress"].(string)
		if n := r.world.tenants[0].Locations; len(n) > 0 && n[0].holds(accessAsk{address: from}) {
			t.Errorf("%s: refused in the office, where the policy does not apply", scenario)
		}
		if p := r.do("GET", "/v1.0/auditLogs/signIns?$filter=conditionalAccessStatus%20eq%20'failure'", r.token(admin), ""); p.status != http.StatusOK || len(p.values()) != 1 {
			t.Errorf("%s: by status: %d %s", scenario, p.status, p.raw)
		}
	}
}

// Lines of a scenario meet the policies that it has; what none of them does stays
// a failure without a name.
func TestSeededAgainstPolicies(t *testing.T) {
	t.Parallel()
	w := NewWorld(time.Now, 7)
	u, reg := &User{ID: stableID("u"), UPN: user}, &Registration{AppID: hetkAppID}
	factor := &AccessPolicy{ID: stableID("p"), Doc: map[string]any{
		"displayName": "MFA", "state": "enabled", "grantControls": map[string]any{"operator": "OR", "builtInControls": []string{"mfa"}},
		"conditions": map[string]any{
			"users": map[string]any{"includeUsers": []string{"All"}}, "applications": map[string]any{"includeApplications": []string{"All"}},
		},
	}}
	tenant := &Tenant{Users: []*User{u}, Access: []*AccessPolicy{factor}}
	for name, c := range map[string]struct {
		spec   signInSpec
		result string
		detail string
	}{
		"got in with a factor":     {signInSpec{}, "success", wordsFactorMet},
		"asked for a factor":       {signInSpec{Code: 50076}, "failure", ""},
		"stopped before consent":   {signInSpec{Code: 65001}, "success", wordsFactorMet},
		"a policy that is no more": {signInSpec{Code: 53003}, "", ""},
		"named":                    {signInSpec{Code: 53003, Unmet: []string{"Other"}}, "failure", ""},
	} {
		line := w.seededSignIn(tenant, u, reg, c.spec)
		result := ""
		if len(line.Applied) == 1 {
			result = line.Applied[0].Result
		}
		if result != c.result || line.Detail != c.detail || len(c.spec.Unmet) > 0 && line.Applied[0].Name != "Other" {
			t.Errorf("%s: %+v", name, line)
		}
	}
	if line := w.seededSignIn(tenant, u, reg, signInSpec{Code: 53003}); line.Reason != refusalTexts[53003].text {
		t.Errorf("reason %q", line.Reason)
	}
}
