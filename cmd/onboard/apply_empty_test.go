package main

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// A plan without lines is said to be done where all is in place, and not where
// the path can do nothing.
func TestPlansWithoutLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario string
		turn     []string
		code     int
		says     string
	}{
		"approved already":                {"approved", []string{"--path", "entra-grant"}, codeOpen, sayPlanEmpty},
		"nothing to take back":            {"managed-default", []string{"--path", "revoke"}, codeOpen, "Nothing to do: the enterprise app is not in the tenant"},
		"nothing to take back, whole":     {"managed-default", []string{"--path", "revoke", "--revoke", "app"}, codeOpen, "so there is nothing to take back."},
		"a pilot of what everybody holds": {"approved", []string{"--path", "pilot", "--for", "user@contoso.example"}, codeFailed, sayPlanNothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, sim.Options{Scenario: c.scenario}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
			if p := g.with(t, append([]string{"plan"}, c.turn...)...); p.code != codeOpen || !strings.Contains(p.out, c.says) {
				t.Errorf("plan: exit %d\n%s\n%s", p.code, p.out, p.err)
			}
			a := g.with(t, append([]string{"apply", "--json", "--yes-i-mean", g.domain}, c.turn...)...)
			// Another tenant is not meant, whatever there is to do in this one.
			wrong := g.with(t, append([]string{"apply", "--json", "--yes-i-mean", "fabrikam.example"}, c.turn...)...)
			if wrong.code != codeUsage || wrong.out != "" || !strings.Contains(wrong.err, "To agree, type "+g.domain+".") {
				t.Errorf("another domain: exit %d\n%s\n%s", wrong.code, wrong.out, wrong.err)
			}
			var end flows.Done
			if err := json.Unmarshal([]byte(a.out), &end); err != nil || a.code != c.code || end.Done != (c.code == codeOpen) || (a.err == "") != end.Done {
				t.Errorf("apply: exit %d %v\n%s\n%s", a.code, err, a.out, a.err)
			}
			if w := g.wrote(); len(w) > 0 {
				t.Errorf("written: %v", w)
			}
		})
	}
}
