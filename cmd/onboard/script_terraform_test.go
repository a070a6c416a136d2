package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// tfRig is a configuration, and a machine on which Terraform and an az run.
type tfRig struct {
	scriptRig
	env []string
}

func newTerraform(t *testing.T, name string, o sim.Options) tfRig {
	t.Helper()
	r := tfRig{scriptRig: plannedScript(t, scriptPlanOf(t, name), o)}
	path := strings.TrimPrefix(r.impatient(t), "PATH=")
	dir, _, _ := strings.Cut(path, string(os.PathListSeparator))
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte(fakeAz), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	r.env = []string{
		"PATH=" + path, "AZ_TENANT=" + r.doc.Tenant.ID, "AZ_TOKEN=" + r.token,
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE=/dev/null",
	}
	r.script(t, flows.FormTerraform, "main.tf")
	if out, code := r.runs(t, r.env, "terraform", "fmt", "-check", "-diff", "main.tf"); code != 0 {
		t.Fatalf("it is not written as Terraform writes it:\n%s", out)
	}
	r.inits(t)
	return r
}

// inits has Terraform take up the configuration that lies there, as its head says.
func (r tfRig) inits(t *testing.T) {
	t.Helper()
	if out, code := r.runs(t, r.env, "terraform", "init", "-reconfigure", "-input=false", "-no-color"); code != 0 {
		t.Fatalf("init, exit %d:\n%s", code, out)
	}
}

// does runs terraform, and says what it said and whether anything was sent.
func (r tfRig) does(t *testing.T, what string, args ...string) (out string, code int, sent bool) {
	t.Helper()
	_ = os.Remove(filepath.Join(r.dir, "sent"))
	args = append([]string{what}, args...)
	if what != "untaint" {
		args = append(args, "-auto-approve", "-input=false")
	}
	out, code = r.runs(t, r.env, "terraform", append(args, "-no-color")...)
	_, err := os.Stat(filepath.Join(r.dir, "sent"))
	return out, code, err == nil
}

// A configuration whose lines are all requests makes the plan, once, and takes it
// back, byte for byte.
func TestTerraformThereAndBack(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	for _, name := range []string{"grant, widened", "requests, by a role", "low", "own policy, empty", "revoke, the app too"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newTerraform(t, name, sim.Options{})
			before := r.state(t)
			if out, code, sent := r.does(t, "apply"); code != 0 || !sent {
				t.Fatalf("apply, exit %d:\n%s", code, out)
			}
			after := r.state(t)
			if after == before {
				t.Error("nothing was changed")
			}
			if out, code, sent := r.does(t, "apply"); code != 0 || sent || r.state(t) != after {
				t.Errorf("once more, exit %d:\n%s", code, out)
			}
			if out, code, _ := r.does(t, "destroy"); code != 0 || r.state(t) != before {
				t.Errorf("taken back, exit %d, it is another tenant: %s\n%s", code, firstApart(before, r.state(t)), out)
			}
		})
	}
}

// Where somebody changed what the plan saw, or what was left, nothing is sent; and
// what is there already is not sent again.
func TestTerraformLooksBeforeItWrites(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "grant, widened", sim.Options{})
	grant := r.doc.Plan.Lines[0]
	stops := func(what, words string) {
		t.Helper()
		moved := r.state(t)
		if r.stops(t, what, false, words); r.state(t) != moved {
			t.Errorf("%s: the tenant is another", what)
		}
	}
	r.elsewhere(t, grant.Method, grant.Path, `{"scope":"User.Read"}`)
	stops("apply", "somebody changed it, and nothing was sent")
	r.elsewhere(t, grant.Method, grant.Path, grant.Body)
	stops("apply", "it is so already, and nothing was sent")
	if out, code, _ := r.does(t, "untaint", "terraform_data.line_1"); code != 0 {
		t.Fatalf("untaint, exit %d:\n%s", code, out)
	}
	r.elsewhere(t, grant.Method, grant.Path, `{"scope":"User.Read Mail.Read"}`)
	stops("destroy", "somebody changed it, and nothing was sent")
	r.elsewhere(t, grant.Method, grant.Path, grant.Back.Body)
	if out, code, sent := r.does(t, "destroy"); code != 0 || sent {
		t.Errorf("it is back already, exit %d, sent %t:\n%s", code, sent, out)
	}
}

// What Microsoft accepts and does not make fails.
func TestTerraformBelievesWhatItSees(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "grant, widened", sim.Options{Faults: []string{"replication=1h"}})
	if out, code, sent := r.does(t, "apply"); code == 0 || !sent || !strings.Contains(out, "it was sent, and is not to be seen") {
		t.Errorf("exit %d, sent %t:\n%s", code, sent, out)
	}
	r.env = append(r.env, "AZ_TENANT=00000000-0000-4000-8000-000000000000")
	if out, code, sent := r.does(t, "apply"); code == 0 || sent || !strings.Contains(out, "signed in to another tenant") {
		t.Errorf("another tenant, exit %d, sent %t:\n%s", code, sent, out)
	}
}

// Without Terraform here the shell that it runs is held to the grammar of bash.
func TestTerraformsShellIsBash(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, widened"), sim.Options{})
	raw, err := os.ReadFile(r.script(t, flows.FormTerraform, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "<<-EOT\n")
	text, _, ok := strings.Cut(text, "  EOT\n")
	if !ok || strings.Contains(strings.ReplaceAll(text, "$${", ""), "${") || strings.Contains(text, "%{") {
		t.Errorf("Terraform would fill something in: %s", text)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-n", "-c", strings.ReplaceAll(text, "$${", "${"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// Every kind of line is written as Terraform itself would write it.
func TestTerraformReadsEveryKindOfLine(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	goldens, err := filepath.Glob("../../flows/testdata/script/*.terraform.txt")
	if err != nil || len(goldens) < 8 {
		t.Fatalf("%v, %v", goldens, err)
	}
	dir := t.TempDir()
	for _, g := range goldens {
		raw, err := os.ReadFile(g)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(g)+".tf"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "terraform", "fmt", "-check", "-diff", dir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TF_CLI_CONFIG_FILE=/dev/null"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
