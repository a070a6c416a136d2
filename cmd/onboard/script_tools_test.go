package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// toolsEnv has the tests run by the programs that scripts are for. Many have az,
// and few the minutes that its tests take.
const toolsEnv = "ONBOARD_TOOLS"

// needsTool skips, and says so, where a program is not on this machine, or is not
// to be run.
func needsTool(t *testing.T, name string) {
	t.Helper()
	if os.Getenv(toolsEnv) == "" {
		t.Skipf("NOT RUN: %s is not set, so that the scripts for %s stand as goldens alone", toolsEnv, name)
	}
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("NOT RUN: %s is not installed here, so that its scripts stand as goldens alone", name)
	}
}

// toolApp is an app of the tenant's own, with which a tool signs in.
const toolApp = "0a0b0c0d-1111-4222-8333-444455556666"

// The CLI for Microsoft 365, with its own commands and with m365 request.
func TestScriptsOfM365Run(t *testing.T) {
	t.Parallel()
	needsTool(t, "m365")
	for _, name := range []string{"grant, the app is new", "grant, widened", "requests, by a role", "revoke"} { // it is slow
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := plannedScript(t, scriptPlanOf(t, name), sim.Options{Register: []string{toolApp}, AutoApprove: scriptAdmin})
			r.thereAndBack(t, []string{
				"CLIMICROSOFT365_ENTRAAPPID=" + toolApp, "CLIMICROSOFT365_NOUPDATE=1", "CLIMICROSOFT365_DISABLETELEMETRY=1",
			}, r.script(t, flows.FormM365, "change.sh"))
		})
	}
}

// The Azure CLI, which Microsoft gave no permission for policies and
// assignments: there it stops at Graph's refusal, and what was done before goes
// back.
func TestScriptsOfAzRun(t *testing.T) {
	t.Parallel()
	needsTool(t, "az")
	for _, p := range scriptPlans() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := plannedScript(t, p, sim.Options{AutoApprove: scriptAdmin})
			env := []string{"AZURE_CORE_COLLECT_TELEMETRY=no"}
			if out, code := r.runs(t, env, "az", "login", "--use-device-code", "--tenant", r.doc.Tenant.ID, "--allow-no-subscriptions", "--output", "none"); code != 0 {
				t.Fatalf("az login, exit %d:\n%s", code, out)
			}
			file := r.script(t, flows.FormAz, "change.sh")
			if scopes := strings.Join(r.doc.Plan.WriteScopes(), " "); !strings.Contains(scopes, "Policy.") && !strings.Contains(scopes, "Assignment.") {
				r.thereAndBack(t, env, file)
				return
			}
			before := r.state(t)
			if out, code := r.runs(t, env, "bash", file); code == 0 || !strings.Contains(out, "Forbidden") {
				t.Errorf("exit %d:\n%s", code, out)
			}
			if out, code := r.runs(t, env, "bash", file, "undo"); code != 0 || r.state(t) != before {
				t.Errorf("undo, exit %d:\n%s", code, out)
			}
		})
	}
}

// Terraform, where every line of a plan is a request by az rest, and where the
// azuread provider makes it: that comes from a registry, and ONBOARD_AZUREAD names
// a folder that mirrors it. What it makes beside these Graph refuses to whoever is
// signed in by the Azure CLI, as the file's head says.
func TestScriptsOfTerraformRun(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	needsTool(t, "az")
	config := ""
	if mirror := os.Getenv("ONBOARD_AZUREAD"); mirror != "" {
		config = keep(t, "mirror.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror))
	}
	for name, byAzuread := range map[string]bool{
		"grant, widened": false, "grant, enabled": false, "revoke": false,
		"grant, the app is new": true, "grant, the app is there": true, "pilot, one": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := cmp.Or(config, "/dev/null")
			if byAzuread && config == "/dev/null" {
				t.Skip("NOT RUN: ONBOARD_AZUREAD names no mirror with the azuread provider, so that what it makes stands as goldens alone")
			}
			r := plannedScript(t, scriptPlanOf(t, name), sim.Options{AutoApprove: scriptAdmin})
			env := []string{
				"AZURE_CORE_COLLECT_TELEMETRY=no", "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE=" + config,
				"SSL_CERT_FILE=" + r.s.Ready().CA,
			}
			r.script(t, flows.FormTerraform, "main.tf")
			do := func(name string, args ...string) {
				t.Helper()
				if out, code := r.runs(t, env, name, args...); code != 0 {
					t.Fatalf("%s %s, exit %d:\n%s", name, args[0], code, out)
				}
			}
			do("az", "login", "--use-device-code", "--tenant", r.doc.Tenant.ID, "--allow-no-subscriptions", "--output", "none")
			before := r.state(t)
			do("terraform", "fmt", "-check", "-diff", "main.tf")
			do("terraform", "init", "-reconfigure", "-input=false", "-no-color")
			do("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
			after := r.state(t)
			if after == before {
				t.Error("nothing was changed")
			}
			do("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
			if r.state(t) != after {
				t.Error("a second run changed something")
			}
			do("terraform", "destroy", "-auto-approve", "-input=false", "-no-color")
			if now := r.state(t); now != before {
				t.Errorf("taken back, it is another tenant: %s", firstApart(before, now))
			}
		})
	}
}
