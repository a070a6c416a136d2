package main

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// Another app's condition of the same permissions is no reason to stop, and is
// not what the way back takes away.
func TestScriptsTellTheirConditionFromOthers(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "own policy, empty"), sim.Options{})
	r.foreignCondition(t, r.doc.Plan.Lines[0])
	r.thereAndBack(t, []string{"TOKEN=" + r.token, r.impatient(t)}, r.script(t, flows.FormHTTP, "change.sh"))
}

// Terraform looks the condition's id up when it takes it back: it takes this
// app's, and none where there are two of them.
func TestTerraformTakesBackItsOwnCondition(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "own policy, empty", sim.Options{})
	line := r.doc.Plan.Lines[0]
	r.foreignCondition(t, line)
	before := r.state(t)
	if out, code, _ := r.does(t, "apply"); code != 0 {
		t.Fatalf("apply, exit %d:\n%s", code, out)
	}
	if out, code, _ := r.does(t, "destroy"); code != 0 || r.state(t) != before {
		t.Fatalf("taken back, exit %d, it is another tenant: %s\n%s", code, firstApart(before, r.state(t)), out)
	}
	if out, code, _ := r.does(t, "apply"); code != 0 {
		t.Fatalf("apply again, exit %d:\n%s", code, out)
	}
	r.elsewhere(t, line.Method, line.Path, line.Body)
	if out, code, _ := r.does(t, "destroy"); code == 0 || !strings.Contains(out, "there is more than one like it") {
		t.Errorf("there are two, exit %d:\n%s", code, out)
	}
}

// foreignCondition lets another app into the policy of a line, with the same
// permissions, before this one.
func (r scriptRig) foreignCondition(t *testing.T, line flows.Change) {
	t.Helper()
	var b map[string]any
	if line.Kind != flows.AddCondition || json.Unmarshal([]byte(line.Body), &b) != nil {
		t.Fatalf("%s: %s", line.Kind, line.Body)
	}
	b["clientApplicationIds"] = []string{"0b9d4c1e-7a55-4b63-9c2f-3f1e5d7a9b11"}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	r.elsewhere(t, line.Method, line.Path, string(text))
}
