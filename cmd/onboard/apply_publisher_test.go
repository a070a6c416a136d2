package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// Where the enterprise app is not there, nothing is known of its publisher. A
// plan that would let users consent makes it first, and ends there where it shows
// that the setting would not help this app: the setting is never touched.
func TestSettingsWaitForThePublisher(t *testing.T) {
	t.Parallel()
	for _, path := range []flows.PathID{flows.LowImpact, flows.AppPolicy} {
		t.Run(string(path), func(t *testing.T) {
			t.Parallel()
			g := newRig(t, sim.Options{Scenario: "unverified"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
			apps := g.s.Ready().Tenants[0].Apps
			id := apps[slices.IndexFunc(apps, func(a sim.ReadyApp) bool { return a.ClientID == "8dd90edb-c881-459a-ac84-2a1fee8c5c94" })].ServicePrincipalID
			g.delete(t, "/v1.0/servicePrincipals/"+id)
			g.wrote()
			before := g.state(t)
			a := g.with(t, "apply", "--json", "--anyway", "--path", string(path), "--yes-i-mean", g.domain)
			var end flows.Done
			if err := json.Unmarshal([]byte(a.out), &end); err != nil || a.code != codeFailed || end.Stopped != flows.StopNoUse || end.Done {
				t.Fatalf("exit %d %v\n%s\n%s", a.code, err, a.out, a.err)
			}
			if p := end.Plan.Plan; p.Lines[0].Kind != flows.CreateApp || !slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "whether its publisher is verified") }) {
				t.Errorf("the plan: %+v", p)
			}
			if !strings.Contains(end.Why, "the setting stays as it is") || !strings.Contains(end.Why, "not verified") {
				t.Errorf("why: %s", end.Why)
			}
			if w := g.wrote(); !slices.Equal(w, []string{"POST /v1.0/servicePrincipals"}) {
				t.Errorf("written: %v", w)
			}
			if u := g.undo(t, end.File); u.code != codeOpen {
				t.Errorf("undo: exit %d\n%s", u.code, u.err)
			}
			if after := g.state(t); after != before {
				t.Errorf("not as it was: %s", firstDifference(before, after))
			}
		})
	}
}

// delete takes an object away as another admin would.
func (g *rig) delete(t *testing.T, path string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, g.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	answer := httptest.NewRecorder()
	g.s.Handler().ServeHTTP(answer, req)
	if answer.Code != http.StatusNoContent {
		t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
	}
}
