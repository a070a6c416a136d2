package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// scriptPlan is a plan of a scenario.
type scriptPlan struct {
	name, scenario, app string
	args                []string
	first               [][3]string // what somebody did before: method, path, body
}

// scriptPlans hold every path that has a plan, and the kinds of lines that
// somebody meets in one.
func scriptPlans() []scriptPlan {
	return []scriptPlan{
		{name: "grant, the app is new", scenario: "direct-link", app: "hetk"},
		{name: "grant, the app is there", scenario: "entra-grant", app: "revenue-grid"},
		{name: "grant, widened", scenario: "partial-grant", app: "hetk"},
		{name: "grant, enabled", scenario: "disabled", app: "hetk"},
		{name: "requests, by a role", scenario: "managed-default", app: "hetk", args: []string{"--path", "consent-requests", "--reviewers", "role"}},
		{name: "low", scenario: "low-empty", app: "hetk", args: []string{"--path", "low-impact"}},
		{name: "all", scenario: "admins-only", app: "hetk", args: []string{"--path", "allow-all"}},
		{name: "own policy", scenario: "admins-only", app: "hetk", args: []string{"--path", "app-policy"}},
		{name: "own policy, empty", scenario: "admins-only", app: "hetk", args: []string{"--path", "app-policy"}, first: [][3]string{
			{"POST", "/policies/permissionGrantPolicies", `{"id":"onboard-hetk-8dd90edb","displayName":"Hetk","description":"x"}`},
		}},
		{name: "pilot, one", scenario: "direct-link", app: "hetk", args: []string{"--path", "pilot", "--for", "user@contoso.example"}},
		{name: "pilot, a group", scenario: "pilot", app: "sophiie", args: []string{"--path", "pilot", "--for", "Pilot"}},
		{name: "revoke", scenario: "revoke", app: "hetk", args: []string{"--path", "revoke"}},
		{name: "revoke, the app too", scenario: "revoke", app: "hetk", args: []string{"--path", "revoke", "--revoke", "app"}},
	}
}

// admin is whoever may do everything in these scenarios.
const scriptAdmin = "admin@contoso.example"

// scriptRig is a simulated tenant with a plan for it, and a machine on which
// scripts run.
type scriptRig struct {
	*rig
	p      scriptPlan
	doc    flows.PlanDoc
	tunnel string // a proxy that leads every address to the simulator
	dir    string
}

// plannedScript starts the scenario of a plan, and has the command make it.
func plannedScript(t *testing.T, p scriptPlan, o sim.Options) scriptRig {
	t.Helper()
	o.Scenario = p.scenario
	r := scriptRig{rig: newRig(t, o, scriptAdmin), p: p, dir: t.TempDir()}
	want := sim.Expect{App: p.app}
	for _, app := range r.s.Ready().Tenants[0].Apps {
		if strings.HasSuffix(app.Secret, "-"+p.app) {
			want.ClientID = app.ClientID
		}
	}
	r.about(want)
	for _, w := range p.first {
		r.elsewhere(t, w[0], w[1], w[2])
	}
	r.doc = r.planned(t)
	if len(r.doc.Plan.Lines) == 0 {
		t.Fatal("the plan is empty")
	}
	r.tunnel = tunnel(t, r.s.Ready().HTTPS)
	return r
}

// planned is the plan as the command makes it of what the tenant is now.
func (r scriptRig) planned(t *testing.T) (doc flows.PlanDoc) {
	t.Helper()
	a := r.with(t, append([]string{"plan", "--json"}, r.p.args...)...)
	if err := json.Unmarshal([]byte(a.out), &doc); err != nil || a.code != 0 {
		t.Fatalf("no plan (exit %d): %v\n%s\n%s", a.code, err, a.out, a.err)
	}
	return doc
}

// script writes the plan in a form, to a file.
func (r scriptRig) script(t *testing.T, form flows.ScriptForm, name string) string {
	t.Helper()
	text, err := flows.Script(r.doc.Plan, form, flows.ScriptOptions{
		App: checks.App{ID: r.doc.App.ID, Name: r.doc.App.Name, ClientID: r.doc.App.ClientID}, Cloud: r.doc.Tenant.Cloud,
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// runs calls a program with every address leading to the simulator.
func (r scriptRig) runs(t *testing.T, env []string, name string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = r.dir
	ca := r.s.Ready().CA
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "TMPDIR=" + r.dir, "LC_ALL=C.UTF-8",
		"https_proxy=http://" + r.tunnel, "HTTPS_PROXY=http://" + r.tunnel,
		"CURL_CA_BUNDLE=" + ca, "REQUESTS_CA_BUNDLE=" + ca, "NODE_EXTRA_CA_CERTS=" + ca,
	}, env...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String(), cmd.ProcessState.ExitCode()
}

// thereAndBack runs a script of bash, once more, and back: the tenant shows it,
// and is as it was afterwards, byte for byte.
func (r scriptRig) thereAndBack(t *testing.T, env []string, file string) {
	t.Helper()
	before := r.state(t)
	out, code := r.runs(t, env, "bash", file)
	if code != 0 || !strings.Contains(out, "Done.") {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	after := r.state(t)
	if after == before {
		t.Errorf("nothing was changed:\n%s", out)
	}
	if !slices.Contains(r.p.args, "revoke") { // which has no plan where nothing is left
		if more := r.planned(t); len(more.Plan.Lines) > 0 {
			t.Errorf("there is more to do: %+v\n%s", more.Plan.Lines, out)
		}
	}
	if out, code := r.runs(t, env, "bash", file); code != 0 || strings.Count(out, "done before") != len(r.doc.Plan.Lines) || r.state(t) != after {
		t.Errorf("a second run, exit %d:\n%s", code, out)
	}
	back, code := r.runs(t, env, "bash", file, "undo")
	if code != 0 || !strings.Contains(back, "Taken back.") {
		t.Fatalf("undo, exit %d:\n%s\nafter:\n%s", code, back, out)
	}
	if now := r.state(t); now != before {
		t.Errorf("taken back, it is another tenant: %s", firstApart(before, now))
	}
}

// firstApart is where two texts begin to differ.
func firstApart(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-300)
	return "was …" + a[from:min(len(a), i+300)] + "\nis  …" + b[from:min(len(b), i+300)]
}

// tunnel is a proxy that leads wherever anybody wants to go to one address.
func tunnel(t *testing.T, to string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		there, err := (&net.Dialer{}).DialContext(context.WithoutCancel(r.Context()), "tcp", to)
		if err != nil {
			http.Error(w, "nobody there", http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = there.Close()
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		both := func(a, b net.Conn) { _, _ = io.Copy(a, b); _ = a.Close(); _ = b.Close() }
		all.Go(func() { both(there, here) })
		all.Go(func() { both(here, there) })
	})}
	all.Go(func() { _ = srv.Serve(l) })
	t.Cleanup(func() { _ = srv.Close() })
	return l.Addr().String()
}
