package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// killPlan is a plan that is killed at each of its lines, and its undo at each of
// its own.
type killPlan struct {
	scriptPlan
	lines, back int
	own         string // the tenant of a scenario of its own
	roles       bool   // the app asks for an app role besides
	// here: it dies in this process, as others of its kinds do by kill -9.
	here bool
}

// killPlans hold every path that writes, and every kind of change there is.
func killPlans() []killPlan {
	pilot := []string{"--path", "pilot", "--for"}
	empty := [][3]string{{"POST", "/policies/permissionGrantPolicies", `{"id":"onboard-hetk-8dd90edb","displayName":"Hetk","description":"x"}`}}
	all := []killPlan{
		{scriptPlan: scriptPlan{name: "a group", scenario: "group", args: append(pilot, "Pilot")}, own: "premium: P1\n    groups:\n      - name: Pilot\n        members: [user@contoso.example]\n    apps:\n      - app: hetk", lines: 3, back: 3},
		{scriptPlan: scriptPlan{name: "a group, the app is new", scenario: "new", args: append(pilot, "Pilot")}, own: "premium: P1\n    groups:\n      - name: Pilot\n        members: [user@contoso.example]", lines: 4, back: 4, here: true},
		{scriptPlan: scriptPlan{name: "one user", scenario: "managed-default", args: append(pilot, "user@contoso.example")}, lines: 2, back: 2},
		{scriptPlan: scriptPlan{name: "grant, the app is new", scenario: "managed-default", args: []string{"--path", "entra-grant"}}, lines: 2, back: 2},
		{scriptPlan: scriptPlan{name: "grant, on two APIs", scenario: "entra-grant", app: "revenue-grid", args: []string{"--path", "entra-grant"}}, lines: 2, back: 2, here: true},
		{scriptPlan: scriptPlan{name: "grant, widened", scenario: "partial-grant", args: []string{"--path", "entra-grant"}}, lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "grant, enabled", scenario: "disabled", args: []string{"--path", "entra-grant"}}, lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "grant, with a role", scenario: "approved", args: []string{"--path", "entra-grant"}}, roles: true, lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "own policy", scenario: "admins-only", args: []string{"--path", "app-policy"}}, lines: 3, back: 2},
		{scriptPlan: scriptPlan{name: "own policy, empty", scenario: "admins-only", args: []string{"--path", "app-policy"}, first: empty}, lines: 2, back: 2},
		{scriptPlan: scriptPlan{name: "requests, by me", scenario: "admins-only", args: []string{"--path", "consent-requests", "--reviewers", "me"}}, lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "requests, by a role", scenario: "managed-default", args: []string{"--path", "consent-requests", "--reviewers", "role"}}, lines: 1, back: 1, here: true},
		{scriptPlan: scriptPlan{name: "low", scenario: "low-empty", args: []string{"--path", "low-impact"}}, lines: 5, back: 5},
		{scriptPlan: scriptPlan{name: "all", scenario: "admins-only", args: []string{"--path", "allow-all"}}, lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "revoke", scenario: "revoke", args: []string{"--path", "revoke"}}, lines: 3, back: 3},
		{scriptPlan: scriptPlan{name: "revoke, a role too", scenario: "roles", args: []string{"--path", "revoke"}}, own: "apps:\n      - app: hetk\n        roles: [Calendars.Read]", lines: 1, back: 1},
		{scriptPlan: scriptPlan{name: "revoke, the app too", scenario: "approved", args: []string{"--path", "revoke", "--revoke", "app"}}, lines: 2, back: 2},
	}
	return all
}

// newKill is the tenant of a plan, as it is before it.
func newKill(t *testing.T, p killPlan) (g *rig, before string) {
	t.Helper()
	o := sim.Options{Scenario: p.scenario}
	if p.own != "" {
		o.Scenarios = fstest.MapFS{p.scenario + ".yaml": {Data: []byte("title: Its own\nabout: Its own.\ntenants:\n  - domain: contoso.example\n    consent: none\n    " + p.own + "\n")}}
	}
	g = newRig(t, o, scriptAdmin)
	want := sim.Expect{App: "hetk"}
	if p.app != "" {
		want.App = p.app
	}
	for _, app := range g.s.Ready().Tenants[0].Apps {
		if strings.HasSuffix(app.Secret, "-"+p.app) {
			want.ClientID = app.ClientID
		}
	}
	if p.roles {
		want.App = "robot"
		g.more = append(g.more, "--apps", filepath.Dir(keep(t, "robot.yaml", "id: robot\nname: Robot\npublisher:\n  name: Hetk\nclientId: 8dd90edb-c881-459a-ac84-2a1fee8c5c94\nenterpriseAppName: Hetk Calendar Sync\npermissions:\n  - scope: User.Read\n    why: to know who it is\n  - role: Calendars.Read\n    why: to sync at night\n")))
	}
	g.about(want)
	for _, w := range p.first {
		scriptRig{rig: g}.elsewhere(t, w[0], w[1], w[2])
	}
	return g, g.state(t)
}

// afresh is a machine on which nothing was done yet.
func (g *rig) afresh(t *testing.T) {
	t.Helper()
	g.env = home(t)
}

// dies runs onboard and kills it while its write n, of 0 and up, is on its way, before
// it got to Microsoft or after it: no answer reaches it, and what is on its disk then
// is what there is from then on.
func (g *rig) dies(t *testing.T, here bool, n int, landed bool, args ...string) {
	t.Helper()
	g.wrote()
	sent := g.s.Writes()
	if here {
		g.diesHere(t, n, landed, args)
	} else {
		g.isKilled(t, n, landed, args)
	}
	want := int64(n)
	if landed {
		want++
	}
	if got := g.s.Writes() - sent; got != want {
		t.Fatalf("%d writes got to Microsoft, want %d", got, want)
	}
}

// isKilled is dies by kill -9.
func (g *rig) isKilled(t *testing.T, n int, landed bool, args []string) {
	t.Helper()
	arrived, killed := make(chan struct{}), make(chan struct{})
	count := 0 // of writes; they come one after the other
	g.met(func(_ http.ResponseWriter, r *http.Request) bool {
		if !isWrite(r) {
			return false
		}
		if count++; count != n+1 {
			return false
		}
		if landed {
			g.next.ServeHTTP(newDiscard(), r)
		}
		close(arrived)
		<-killed
		panic(http.ErrAbortHandler)
	})
	s := startAs(t, g.env, "onboard", args...)
	select {
	case <-arrived:
	case <-s.done:
		t.Fatalf("ended before the write:\n%s", s.shown())
	}
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	close(killed)
	<-s.done
	g.met(nil)
}

// diesHere is dies in this process: nothing that it does after that instant reaches
// anybody, and its disk is left to it.
func (g *rig) diesHere(t *testing.T, n int, landed bool, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	disk := home(t)
	var mu sync.Mutex
	count, dead := 0, false
	g.met(func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if dead {
			panic(http.ErrAbortHandler)
		}
		if !isWrite(r) {
			return false
		}
		if count++; count != n+1 {
			return false
		}
		if landed {
			g.next.ServeHTTP(newDiscard(), r)
		}
		if err := os.CopyFS(stateOf(disk), os.DirFS(stateOf(g.env))); err != nil {
			t.Errorf("its disk: %v", err)
		}
		dead = true
		cancel()
		panic(http.ErrAbortHandler)
	})
	a := g.doIn(ctx, t, nil, args...)
	g.met(nil)
	if !dead {
		t.Fatalf("ended before the write: exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	g.env = disk
}

// receiptsOf are those on the machine: of the undo, or of what it takes back.
func (g *rig) receiptsOf(t *testing.T, undo bool) (names []string, all []flows.Receipt) {
	t.Helper()
	files, err := filepath.Glob(g.kept("2*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r flows.Receipt
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if (r.Undoes != "") == undo {
			names, all = append(names, filepath.Base(f)), append(all, r)
		}
	}
	return names, all
}

// inDoubt reads the one receipt of what died at line n: what came before was seen,
// line n is in doubt, and the rest was not sent.
func (g *rig) inDoubt(t *testing.T, undo bool, lines, n int) (name string, r flows.Receipt) {
	t.Helper()
	names, all := g.receiptsOf(t, undo)
	if len(all) != 1 || all[0].Done || len(all[0].Lines) != lines {
		t.Fatalf("receipts %v: %+v", names, all)
	}
	for i, l := range all[0].Lines {
		want := "seen"
		switch {
		case i == n:
			want = "unclear"
		case i > n:
			want = "not sent"
		}
		if l.Outcome != want {
			t.Errorf("line %d, %s, is %q, want %q", i+1, l.Title, l.Outcome, want)
		}
	}
	return names[0], all[0]
}

// killedKinds are the kinds of changes that something was killed at.
type killedKinds struct {
	mu   sync.Mutex
	real map[flows.ChangeKind]bool // by kill -9
}

func (k *killedKinds) add(kind flows.ChangeKind, here bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.real == nil {
		k.real = map[flows.ChangeKind]bool{}
	}
	k.real[kind] = k.real[kind] || !here
}

// all holds them to what there is.
func (k *killedKinds) all(t *testing.T, want ...flows.ChangeKind) {
	t.Helper()
	for _, kind := range want {
		if !k.real[kind] {
			t.Errorf("nothing was killed by kill -9 at %s", kind)
		}
	}
	for kind := range k.real {
		if !slices.Contains(want, kind) {
			t.Errorf("%s is not held to be a kind of change here", kind)
		}
	}
}
