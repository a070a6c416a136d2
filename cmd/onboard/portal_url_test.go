package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// What looks at a simulator shows links into its portal, as its ready line names
// it, and none into Microsoft's: the findings of check, and the steps of the
// wizard, which take the flags in the same form.
func TestLinksLeadToTheSimulatedPortal(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "disabled"})
	r := s.Ready()
	portal := strings.TrimSuffix(r.Portal, "/")
	if portal == r.Portal {
		t.Fatalf("the ready line's portal is %s", r.Portal)
	}
	token := filepath.Join(filepath.Dir(r.CA), "tokens", "admin@contoso.example")
	out, errs, _ := onboard(t.Context(), nil, append([]string{"check", "--json", "--app", "hetk", "--domain", "contoso.example", "--token-file", token}, against(r)...)...)
	var report checks.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	links := 0
	for _, f := range report.Findings {
		if f.Fix != nil && strings.Contains(f.Fix.URL, "/#view/") {
			if links++; !strings.HasPrefix(f.Fix.URL, portal+"/") || strings.HasPrefix(f.Fix.URL, r.Portal+"/") {
				t.Errorf("%s leads to %s", f.Check, f.Fix.URL)
			}
		}
	}
	if links == 0 || strings.Contains(out, "entra.microsoft.com") {
		t.Errorf("%d links of findings\n%s", links, out)
	}

	o := &options{app: "hetk", domain: "contoso.example", loginURL: s.LoginURL() + "/", graphURL: s.LoginURL(), portalURL: r.Portal}
	start, err := o.start()
	if err != nil || start.Portal != portal || start.Login != s.LoginURL() {
		t.Fatalf("the wizard starts with %q and %q, %v", start.Login, start.Portal, err)
	}
	st := flows.Apply(flows.State{}, start)
	for _, p := range flows.Paths() {
		st.Path = p.ID
		for _, step := range p.Steps {
			st.Place = flows.Place{Stage: flows.StageSteps, Step: step.ID}
			for _, l := range flows.Links(st) {
				if l.ID != flows.LinkConsent && !strings.HasPrefix(l.URL, portal+"/") {
					t.Errorf("%s of %s leads to %s", l.ID, step.ID, l.URL)
				}
			}
		}
	}
}
