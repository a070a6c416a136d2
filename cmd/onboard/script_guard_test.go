package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// impatient puts a sleep that does not into the path of a script's programs.
func (r scriptRig) impatient(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sleep"), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	return "PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH")
}

// elsewhere asks Graph for a change, as somebody else would.
func (r scriptRig) elsewhere(t *testing.T, method, at, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.base+"/v1.0"+at, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s", method, at, resp.Status)
	}
}

func scriptPlanOf(t *testing.T, name string) scriptPlan {
	t.Helper()
	for _, p := range scriptPlans() {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("no plan %s", name)
	return scriptPlan{}
}

// A script does nothing with a token of another tenant, with none, where the
// tenant is not as the plan saw it, and where Graph says no.
func TestScriptsStopBeforeTheyWrite(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, widened"), sim.Options{})
	file := r.script(t, flows.FormHTTP, "change.sh")
	good, err := r.s.Token(scriptAdmin, r.doc.Plan.WriteScopes()...)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := r.s.Token(scriptAdmin, "DelegatedPermissionGrant.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	foreign := newRig(t, sim.Options{Scenario: "two-clouds"}, scriptAdmin)
	other, err := foreign.s.Token(foreign.s.Ready().Tenants[1].Users[0].UPN)
	if err != nil {
		t.Fatal(err)
	}
	before := r.state(t)
	for name, c := range map[string]struct{ token, says string }{
		"no token":        {"", "put an access token"},
		"no token at all": {"a b\nX-Evil: 1", "no access token"},
		"not a token":     {"abc", "nobody is signed in"},
		"another tenant":  {other, "the sign-in is of another"},
		"too weak":        {weak, "Authorization_RequestDenied"},
	} {
		out, code := r.runs(t, []string{"TOKEN=" + c.token}, "bash", file)
		if code == 0 || !strings.Contains(out, c.says) || r.state(t) != before {
			t.Errorf("%s, exit %d:\n%s", name, code, out)
		}
	}
	if out, code := r.runs(t, []string{"TOKEN=" + good}, "bash", file, "dance"); code == 0 || r.state(t) != before {
		t.Errorf("an argument that is none, exit %d:\n%s", code, out)
	}
	if out, code := r.runs(t, []string{"TOKEN=" + good}, "bash", file, "undo"); code != 0 || !strings.Contains(out, "not done by this script") || r.state(t) != before {
		t.Errorf("undo of nothing, exit %d:\n%s", code, out)
	}
	grant := r.doc.Plan.Lines[0]
	r.elsewhere(t, grant.Method, grant.Path, `{"scope":"User.Read"}`)
	moved := r.state(t)
	if out, code := r.runs(t, []string{"TOKEN=" + good}, "bash", file); code == 0 || !strings.Contains(out, "not as the plan saw it") || r.state(t) != moved {
		t.Errorf("the tenant moved on, exit %d:\n%s", code, out)
	}
	r.elsewhere(t, grant.Method, grant.Path, grant.Back.Body)
	if out, code := r.runs(t, []string{"TOKEN=" + good}, "bash", file); code != 0 { // a refusal is no reason to stop for ever
		t.Fatalf("exit %d:\n%s", code, out)
	}
	r.elsewhere(t, grant.Method, grant.Path, `{"scope":"User.Read Mail.Read"}`)
	moved = r.state(t)
	if out, code := r.runs(t, []string{"TOKEN=" + good}, "bash", file, "undo"); code == 0 || !strings.Contains(out, "not as this script left it") || r.state(t) != moved {
		t.Errorf("undo where somebody changed it, exit %d:\n%s", code, out)
	}
}

// An accepted change is none until it is seen: what was accepted and does not
// show stops the script, is not sent again, and is told as neither somebody's nor
// back already.
func TestScriptsBelieveWhatTheySee(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, widened"), sim.Options{Faults: []string{"replication=1h"}})
	file := r.script(t, flows.FormHTTP, "change.sh")
	env := []string{"TOKEN=" + r.token, r.impatient(t)}
	if out, code := r.runs(t, env, "bash", file); code == 0 || !strings.Contains(out, "was accepted, and is not to be seen yet") || strings.Contains(out, "Done.") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	sent := r.done(t)
	if out, code := r.runs(t, env, "bash", file); code == 0 || !strings.Contains(out, "Nothing is sent again: run this again later") || r.done(t) != sent {
		t.Errorf("once more, exit %d:\n%s", code, out)
	}
	if out, code := r.runs(t, env, "bash", file, "undo"); code == 0 || !strings.Contains(out, "was never seen: it may still come") || r.done(t) != sent {
		t.Errorf("undo, exit %d:\n%s", code, out)
	}
}

// What showed only after the script had given up is done, and goes back; a way
// back that was sent and not seen is not sent again.
func TestScriptsTakeUpWhatShowsLate(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, widened"), sim.Options{})
	file := r.script(t, flows.FormHTTP, "change.sh")
	env := []string{"TOKEN=" + r.token, r.impatient(t)}
	before := r.state(t)
	if out, code := r.runs(t, env, "bash", file); code != 0 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	log := filepath.Join(r.dir, "onboard-"+r.doc.Plan.Digest+".done")
	ends := func(last string) { // as a run leaves it that ended there
		t.Helper()
		text, _, ok := strings.Cut(r.done(t), last)
		if !ok {
			t.Fatalf("no %q in %s", last, r.done(t))
		}
		if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ends("1 seen ")
	if out, code := r.runs(t, env, "bash", file); code != 0 || !strings.Contains(out, "done before") || !strings.Contains(r.done(t), "1 seen ") {
		t.Errorf("it shows now, exit %d:\n%s", code, out)
	}
	if out, code := r.runs(t, env, "bash", file, "undo"); code != 0 || r.state(t) != before {
		t.Fatalf("undo, exit %d:\n%s", code, out)
	}
	ends("1 undone")
	if out, code := r.runs(t, env, "bash", file); code == 0 || !strings.Contains(out, "undo comes first") || r.state(t) != before {
		t.Errorf("its way back is under way, exit %d:\n%s", code, out)
	}
	grant := r.doc.Plan.Lines[0]
	r.elsewhere(t, grant.Method, grant.Path, grant.Body)
	late := r.state(t)
	if out, code := r.runs(t, env, "bash", file, "undo"); code == 0 || !strings.Contains(out, "was sent, and is not to be seen yet") || r.state(t) != late {
		t.Errorf("the way back does not show, exit %d:\n%s", code, out)
	}
	r.elsewhere(t, grant.Method, grant.Path, grant.Back.Body)
	if out, code := r.runs(t, env, "bash", file, "undo"); code != 0 || !strings.Contains(r.done(t), "1 undone") || r.state(t) != before {
		t.Errorf("it shows, exit %d:\n%s", code, out)
	}
}

// The app that others use by now stays.
func TestScriptsLeaveAnAppInUse(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, the app is new"), sim.Options{})
	file := r.script(t, flows.FormHTTP, "change.sh")
	env := []string{"TOKEN=" + r.token, r.impatient(t)}
	if out, code := r.runs(t, env, "bash", file); code != 0 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	var made string
	for line := range strings.Lines(r.done(t)) {
		if id, ok := strings.CutPrefix(line, "1 done "); ok {
			made = strings.TrimSpace(id)
		}
	}
	user, _ := r.get(t, "/users/user@contoso.example")["id"].(string)
	var sent map[string]any
	for _, l := range r.doc.Plan.Lines {
		if l.Kind == flows.CreateGrant && json.Unmarshal([]byte(l.Body), &sent) != nil {
			t.Fatal(l.Body)
		}
	}
	one, err := json.Marshal(map[string]any{"clientId": made, "consentType": "Principal", "principalId": user, "resourceId": sent["resourceId"], "scope": "User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	r.elsewhere(t, http.MethodPost, "/oauth2PermissionGrants", string(one))
	out, code := r.runs(t, env, "bash", file, "undo")
	if code == 0 || !strings.Contains(out, "others have consented to the app") {
		t.Errorf("undo of an app in use, exit %d:\n%s", code, out)
	}
	if got, _ := r.get(t, "/servicePrincipals/"+made)["id"].(string); got != made {
		t.Error("the app that others use is gone")
	}
}

// What a script did once and somebody took back since is not done any more,
// whatever its log says.
func TestScriptsLookAtWhatTheirLogSays(t *testing.T) {
	t.Parallel()
	r := plannedScript(t, scriptPlanOf(t, "grant, widened"), sim.Options{})
	file := r.script(t, flows.FormHTTP, "change.sh")
	env := []string{"TOKEN=" + r.token, r.impatient(t)}
	if out, code := r.runs(t, env, "bash", file); code != 0 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	grant := r.doc.Plan.Lines[0]
	r.elsewhere(t, grant.Method, grant.Path, grant.Back.Body)
	now := r.state(t)
	if out, code := r.runs(t, env, "bash", file); code == 0 || !strings.Contains(out, "is not so any more") || strings.Contains(out, "Done.") || r.state(t) != now {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// done is what a script kept of what it did.
func (r scriptRig) done(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, "onboard-"+r.doc.Plan.Digest+".done"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// nasty are texts that would leave their quotes if they could: each makes a
// file where it does.
func nasty() []string {
	out := []string{"it's", `a"b`, "tick`s", "a\nb", "a\r\nb", "\u2028x", "\u202ex", "‘typographic’", "é漢字🙂", `back\slash`, "#{x}", "@{x}", "<#x#>", "EOT", "\n      EOT\n"}
	for _, do := range []string{"touch PWNED", "New-Item PWNED"} {
		for _, wrap := range []string{"$(%)", "`%`", "'; %; '", `"; %; "`, "\n%\n", "\r%\r", "\u2028%\u2028", "\u0085%\u0085", "${%}", "%{%}", "’; %; ’", "') ; % #", "'\\''; %", "}\n%\n{", "\x1b[2J%"} {
			out = append(out, strings.Replace(wrap, "%", do, 1), "x"+strings.Replace(wrap, "%", do, 1)+"y")
		}
	}
	return out
}

// nastyPlan holds such a text wherever a plan takes one from outside.
func nastyPlan(text string) (flows.Plan, flows.ScriptOptions) {
	quoted, _ := json.Marshal(text)
	policy := func(kind flows.ChangeKind, name string) flows.Change {
		return flows.Change{
			Kind: kind, Title: text, Before: text, After: text, Effect: text, Undo: text, Warning: text, Benchmark: text,
			Method: "PATCH", Path: "/oauth2PermissionGrants/g", Body: `{"scope":` + name + `}`, Scope: "A.B", Role: "Some Role",
			Back: &flows.Back{Kind: flows.NarrowGrant, Method: "PATCH", Path: "/oauth2PermissionGrants/g", Body: `{"scope":"before"}`},
		}
	}
	create := policy(flows.CreatePolicy, `""`)
	create.Method, create.Path = "POST", "/policies/permissionGrantPolicies"
	create.Body = `{"id":"onboard-x","displayName":` + string(quoted) + `,"description":` + string(quoted) + `}`
	create.Back = &flows.Back{Kind: flows.DeletePolicy, Method: "DELETE", Path: "/policies/permissionGrantPolicies/onboard-x"}
	return flows.Plan{
		ID: "0123456789abcdef", Path: flows.PathID(text), Tenant: "11111111-1111-1111-1111-111111111111", Domain: text, Warnings: []string{text},
		Lines: []flows.Change{policy(flows.WidenGrant, string(quoted)), create},
	}, flows.ScriptOptions{App: checks.App{ID: text, Name: text, ClientID: text}}
}

// No text from outside is ever run: bash reads each script whole, up to its
// end, and nothing happens but what is written there.
func TestScriptsRunNothingFromOutside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, text := range nasty() {
		p, o := nastyPlan(text)
		for _, form := range []flows.ScriptForm{flows.FormHTTP, flows.FormAz, flows.FormM365} {
			script, err := flows.Script(p, form, o)
			if err != nil {
				t.Fatalf("%q as %s: %v", text, form, err)
			}
			// Its functions and arguments, without the tools: everything succeeds.
			script = strings.Replace(script, `here=$(sign_in)`, "ask() { echo '{\"id\":\"x\"}'; }; look() { :; }; graph() { :; }; run() { :; }; granted() { :; }; shows() { :; }\nhere=$(echo $TENANT)", 1)
			script = strings.Replace(script, `stop "$tool is needed`, `: "$tool is needed`, 1)
			for _, arg := range []string{"run", "undo"} {
				cmd := exec.CommandContext(t.Context(), "bash", "-s", arg)
				cmd.Dir, cmd.Stdin = dir, strings.NewReader(script)
				out, _ := cmd.CombinedOutput()
				if strings.Contains(string(out), "syntax error") || strings.Contains(string(out), "unexpected EOF") || strings.Contains(string(out), "command not found") && !strings.Contains(string(out), "jq") {
					t.Errorf("%q as %s: %s", text, form, out)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*PWNED*")); len(left) > 0 {
				t.Fatalf("%q as %s was run", text, form)
			}
			_ = os.Remove(filepath.Join(dir, "onboard-0123456789abcdef.done"))
		}
	}
}
