package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"onboard.example/checks"
	"onboard.example/checks/graph"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// turns are the plans that are made in every scenario.
var turns = [][]string{
	{"--path", "entra-grant"},
	{"--path", "consent-requests", "--reviewers", "me"},
	{"--path", "consent-requests", "--reviewers", "role"},
	{"--path", "low-impact"},
	{"--path", "allow-all"},
	{"--path", "app-policy"},
	{"--path", "pilot", "--for", "user@contoso.example"},
	{"--path", "revoke"},
	{"--path", "revoke", "--revoke", "app"},
}

// TestApplyAndUndoEverywhere makes, carries out and takes back every plan in
// every scenario: a plan writes nothing, and what was taken back is as it was.
func TestApplyAndUndoEverywhere(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	done := map[string]int{}
	t.Cleanup(func() {
		for _, turn := range turns {
			name := strings.Join(turn, " ")
			if slices.Contains(plannedPaths(), turn[1]) {
				t.Logf("%-50s carried out and taken back in %d scenarios", name, done[name])
				if done[name] == 0 && !t.Failed() {
					t.Errorf("%s was never carried out", name)
				}
			}
		}
	})
	for _, sc := range all {
		i := slices.IndexFunc(sc.Expect, func(e sim.Expect) bool { return e.As == "admin@contoso.example" && e.Domain == "" })
		if i < 0 {
			continue // nobody there may change anything
		}
		if sc.Name == "captive-portal" || sc.Name == "throttled" {
			continue // what is compared cannot be read there, or not at once
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, sim.Options{Scenario: sc.Name}, sc.Expect[i].As).about(sc.Expect[i])
			for _, turn := range turns { // each leaves the tenant as it found it
				if sc.Name == "slow-replication" && turn[1] != "entra-grant" {
					continue // each read waits there: one plan shows that it is waited for
				}
				if slices.Contains(plannedPaths(), turn[1]) && turnRound(t, g, turn) {
					mu.Lock()
					done[strings.Join(turn, " ")]++
					mu.Unlock()
				}
			}
		})
	}
}

// aGroup is a tenant in which a group is to try the app first.
var aGroup = sim.Options{Scenario: "group", Scenarios: fstest.MapFS{"group.yaml": {Data: []byte(`title: A group first
about: Nobody may consent, and a group is to try the app first.
tenants:
  - domain: contoso.example
    consent: none
    premium: P1
    groups:
      - name: Pilot
        members: [user@contoso.example]
    apps:
      - app: hetk
`)}}}

// TestApplyAndUndoForAGroup is the same for a pilot of a group.
func TestApplyAndUndoForAGroup(t *testing.T) {
	t.Parallel()
	g := newRig(t, aGroup, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	if !turnRound(t, g, []string{"--path", "pilot", "--for", "Pilot"}) {
		t.Error("it was not carried out")
	}
}

// TestApplyAndUndoForAPolicyThatIsThere is the same for a consent policy that an
// earlier plan left: it stays, as it was.
func TestApplyAndUndoForAPolicyThatIsThere(t *testing.T) {
	t.Parallel()
	r := scriptRig{rig: newRig(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})}
	r.elsewhere(t, http.MethodPost, "/policies/permissionGrantPolicies", `{"id":"onboard-hetk-8dd90edb","displayName":"Hetk","description":"x"}`)
	r.wrote()
	if !turnRound(t, r.rig, []string{"--path", "app-policy"}) {
		t.Error("it was not carried out")
	}
}

// turnRound makes, carries out and takes back one plan; done says whether there
// was anything to do.
func turnRound(t *testing.T, g *rig, turn []string) (done bool) {
	t.Helper()
	plan := g.with(t, append([]string{"plan", "--json"}, turn...)...)
	if w := g.wrote(); len(w) > 0 {
		t.Fatalf("a plan wrote: %v", w)
	}
	var doc flows.PlanDoc
	if plan.code == codeOpen {
		if err := json.Unmarshal([]byte(plan.out), &doc); err != nil || doc.Schema != flows.PlanDocSchema {
			t.Fatalf("no plan: %v\n%s", err, plan.out)
		}
		leastScopes(t, doc.Plan)
		if len(doc.Plan.Lines) > 0 && string(doc.Plan.ID) != doc.Plan.Digest {
			t.Errorf("the plan's id %q is not what apply takes, %q", doc.Plan.ID, doc.Plan.Digest)
		}
	}
	if turn[1] == turns[0][1] { // once in each scenario
		if a := g.with(t, append([]string{"apply", "--json", "--yes-i-mean", "fabrikam.example"}, turn...)...); a.code != codeUsage || a.out != "" {
			t.Fatalf("agreed to for another domain: exit %d\n%s", a.code, a.out)
		}
		if w := g.wrote(); len(w) > 0 {
			t.Fatalf("a plan that nobody agreed to wrote: %v", w)
		}
	}
	if plan.code != codeOpen || len(doc.Plan.Lines) == 0 {
		return false
	}
	before := g.state(t)
	applied := g.with(t, append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--plan", string(doc.Plan.ID)}, turn...)...)
	sent := g.wrote()
	if len(sent) != len(doc.Plan.Lines) && applied.code == codeOpen {
		t.Errorf("%d lines, and this was sent: %v", len(doc.Plan.Lines), sent)
	}
	var end flows.Done
	if err := json.Unmarshal([]byte(applied.out), &end); err != nil || end.Receipt == nil {
		t.Fatalf("exit %d, no receipt: %v\n%s\n%s", applied.code, err, applied.out, applied.err)
	}
	if applied.code == codeOpen && g.state(t) == before {
		t.Error("it says that it is done, and the tenant is as it was")
	}
	if applied.code != codeOpen && (end.Done || end.Why == "") {
		t.Errorf("exit %d without a reason: %s", applied.code, applied.out)
	}
	undone := g.undo(t, end.File)
	g.wrote()
	if undone.code != codeOpen {
		t.Fatalf("undo: exit %d\n%s\n%s", undone.code, undone.out, undone.err)
	}
	var back flows.Done
	if err := json.Unmarshal([]byte(undone.out), &back); err != nil {
		t.Error(err)
	}
	if back.Reached == nil || !back.Reached.Done { // looked at once more, at its end
		t.Errorf("taken back, and it came to %+v", back.Reached)
	}
	leastScopes(t, back.Plan.Plan)
	if after := g.state(t); after != before {
		t.Errorf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
	return applied.code == codeOpen
}

// leastScopes holds the scopes of each line to those that the changer needs for
// it, and asks for no others.
func leastScopes(t *testing.T, p flows.Plan) {
	t.Helper()
	for _, l := range p.Lines {
		l, _ = l.Bind("22222222-2222-2222-2222-222222222222")
		want := graph.ScopesFor(graph.Write{Method: l.Method, Path: l.Path, Body: l.Body})
		got := strings.Fields(l.Scope)
		slices.Sort(want)
		slices.Sort(got)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s asks for %v, and needs %v: %s %s %s", l.Title, got, want, l.Method, l.Path, l.Body)
		}
		if l.Back == nil {
			continue
		}
		const made = "33333333-3333-3333-3333-333333333333"
		if w := (graph.Write{Method: l.Back.Method, Path: strings.ReplaceAll(l.Back.Path, flows.NewObjectRef, made), Body: l.Back.Body}); graph.ScopesFor(w) == nil {
			t.Errorf("%s would be taken back by %s %s %s, which nobody sends", l.Title, w.Method, w.Path, w.Body)
		}
	}
}

// What is typed wrongly changes nothing and says what to type.
func TestApplyIsAgreedToFirst(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "managed-default"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	for name, c := range map[string]struct {
		args []string
		says string
		code int
	}{
		"nobody at the keys":   {[]string{"apply"}, "Type --yes-i-mean", codeUsage},
		"another domain":       {[]string{"apply", "--yes-i-mean", "fabrikam.example"}, "To agree, type contoso.example.", codeUsage},
		"a plan of yesterday":  {[]string{"apply", "--yes-i-mean", "contoso.example", "--plan", "0123456789abcdef"}, "now, and not 0123456789abcdef", codeFailed},
		"no digest of a plan":  {[]string{"apply", "--yes-i-mean", "contoso.example", "--plan", "yesterday"}, sayNoDigest, codeUsage},
		"no plan at all":       {[]string{"apply", "--yes-i-mean", "contoso.example", "--plan", ""}, sayNoDigest, codeUsage},
		"no such path":         {[]string{"apply", "--yes-i-mean", "contoso.example", "--path", "magic"}, `no path is called "magic"`, codeUsage},
		"a path by hand":       {[]string{"plan", "--path", "direct-link"}, "direct-link is walked by hand", codeUsage},
		"for, of another path": {[]string{"plan", "--for", "user@contoso.example"}, "Type --path pilot as well.", codeUsage},
		"revoke, of another":   {[]string{"apply", "--yes-i-mean", "contoso.example", "--revoke", "app"}, "Type --path revoke as well.", codeUsage},
		"not a path to choose": {[]string{"plan", "--path", "undo"}, `no path is called "undo"`, codeUsage},
		"no such receipt":      {[]string{"undo", "yesterday", "--yes-i-mean", "contoso.example"}, `there is no receipt "yesterday"`, codeUsage},
		"two receipts":         {[]string{"undo", "a", "b"}, "2 were named", codeUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := g.with(t, c.args...)
			if a.code != c.code || !strings.Contains(a.err, c.says) {
				t.Errorf("exit %d, want %d and %q:\n%s\n%s", a.code, c.code, c.says, a.out, a.err)
			}
		})
	}
	t.Cleanup(func() { // after all of them
		if w := g.wrote(); len(w) > 0 {
			t.Errorf("written: %v", w)
		}
	})
}

// An app that others use since is not deleted, and a receipt of another tenant
// is not taken back.
func TestUndoWhereOthersWereBusy(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "managed-default"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	a := g.with(t, "apply", "--json", "--yes-i-mean", g.domain)
	var end flows.Done
	if err := json.Unmarshal([]byte(a.out), &end); err != nil || a.code != codeOpen {
		t.Fatalf("exit %d %v\n%s", a.code, err, a.err)
	}
	if err := g.s.Approve(t.Context(), "admin@contoso.example", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", []string{"Calendars.ReadWrite", "Mail.Read"}); err != nil {
		t.Fatal(err)
	}
	g.wrote()
	if u := g.undo(t, end.File); u.code != codeFailed || !strings.Contains(u.err, "the tenant has moved on since") || !strings.Contains(u.err, "Mail.Read") {
		t.Errorf("exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	file := filepath.Join(strings.TrimPrefix(g.env[0], "XDG_STATE_HOME="), "onboard", "receipts", end.File)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	forged := keep(t, "forged.json", strings.Replace(string(raw), "/oauth2PermissionGrants/<id of what this made>", "/servicePrincipals/"+strings.Repeat("0", 8)+"-0000-0000-0000-000000000000", 1))
	if u := g.undo(t, forged); u.code != codeFailed || strings.Contains(u.out, "DELETE") {
		t.Errorf("a forged receipt: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if w := g.wrote(); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
	if p := g.with(t, "check", "--json"); !strings.Contains(p.out, string(checks.StateOpen)) {
		t.Errorf("not open any more:\n%s", p.out)
	}
}

// Somebody else changes the setting while a plan is being carried out: what
// would write over it is not sent.
func TestApplyWhileAnotherAdminIsBusy(t *testing.T) {
	t.Parallel()
	const theirs = "ManagePermissionGrantsForSelf.microsoft-user-default-low"
	var g *rig
	var once sync.Once
	g = newRigBetween(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example", func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mine := false
		once.Do(func() {
			mine = true
			next.ServeHTTP(w, r)
			body := `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["` + theirs + `"]}}`
			req, err := http.NewRequestWithContext(r.Context(), http.MethodPatch, g.base+"/v1.0/policies/authorizationPolicy", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+g.token)
			req.Header.Set("Content-Type", "application/json")
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, req)
			if answer.Code != http.StatusNoContent {
				t.Errorf("the other admin got %d: %s", answer.Code, answer.Body)
			}
		})
		return mine
	}).about(sim.Expect{App: "hetk"})
	a := g.with(t, "apply", "--path", "app-policy", "--anyway", "--yes-i-mean", g.domain)
	if a.code != codeFailed || !strings.Contains(a.out, "The tenant is not as it was when the plan was made.") {
		t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	role, _ := g.get(t, "/policies/authorizationPolicy")["defaultUserRolePermissions"].(map[string]any)
	if got := fmt.Sprint(role["permissionGrantPoliciesAssigned"]); got != "["+theirs+"]" {
		t.Errorf("the setting is %s", got)
	}
	if w := g.wrote(); len(w) > 2 {
		t.Errorf("written: %v", w)
	}
}
