package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Whatever is written, wherever, Graph takes it or refuses it in its own words,
// and everything can still be read afterwards.
func FuzzGraphBody(f *testing.F) {
	base, err := wholeBase()
	if err != nil {
		f.Fatal(err)
	}
	r := &rig{Sim: base}
	tenant := base.world.tenants[0]
	base.world.auditConsent(tenant, tenant.userByUPN(admin), tenant.serviceByAppID(hetkAppID), true, "", "")
	ops := slices.DeleteFunc(operations(f), func(op operation) bool {
		return op.method == http.MethodGet || op.method == http.MethodDelete || op.path == "/$batch"
	})
	for i, op := range ops {
		f.Add(uint(i), bodies(r, op))
	}
	f.Add(uint(0), `{"conditions":{"users":{"includeUsers":[null]}},"x":[[[[{}]]]]}`)
	f.Add(uint(1), `{"values":[{"name":null}],"reviewers":[{"query":null}],"tags":null}`)
	token, err := base.Token(admin)
	if err != nil {
		f.Fatal(err)
	}
	call := func(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		req := httptest.NewRequestWithContext(t.Context(), method, "https://graph.microsoft.com"+path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		base.serveGraph(w, req)
		return w
	}
	f.Fuzz(func(t *testing.T, n uint, body string) {
		op := ops[n%uint(len(ops))]
		w := call(t, op.method, target(r, op, ""), body)
		if w.Code >= http.StatusInternalServerError || w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s: %d %s", op.method, op.path, w.Code, w.Body)
		}
		for _, path := range []string{"policies/permissionGrantPolicies", "policies/adminConsentRequestPolicy", "groupSettings", "auditLogs/directoryAudits?$top=1"} {
			if back := call(t, http.MethodGet, "/v1.0/"+path, ""); back.Code != http.StatusOK {
				t.Fatalf("%s afterwards: %d %s", path, back.Code, back.Body)
			}
		}
		back := call(t, http.MethodGet, "/v1.0/identity/conditionalAccess/policies?$top=1", "")
		fits(t, "minimal", "coll.conditionalAccessPolicy", back.Body.Bytes())
	})
}
