package main

import (
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// Every path's plan as curl in bash, run for real, with a token that holds the
// plan's own scopes and no other.
func TestScriptsOfHTTPRun(t *testing.T) {
	t.Parallel()
	for _, p := range scriptPlans() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := plannedScript(t, p, sim.Options{})
			token, err := r.s.Token(scriptAdmin, r.doc.Plan.WriteScopes()...)
			if err != nil {
				t.Fatal(err)
			}
			r.thereAndBack(t, []string{"TOKEN=" + token}, r.script(t, flows.FormHTTP, "change.sh"))
		})
	}
}
