package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// A receipt of long ago that cannot be read holds up nothing, and is named wherever
// it might have counted.
func TestAnOldReceiptThatCannotBeRead(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "admins-only"}, scriptAdmin).about(sim.Expect{App: "hetk"})
	plan := []string{"plan", "--path", "allow-all"}
	if a := g.with(t, plan...); a.code != codeOpen || a.err != "" {
		t.Errorf("exit %d\n%s", a.code, a.err)
	}
	var end flows.Done
	if a := g.with(t, "apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--path", "allow-all"); json.Unmarshal([]byte(a.out), &end) != nil || !end.Done {
		t.Fatalf("apply, exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	const name = "20200102-030405-contoso.example-0123456789abcdef.json"
	old := time.Now().Add(-2 * time.Hour)
	if err := os.WriteFile(g.kept(name), []byte(`{"schema":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(g.kept(name), old, old); err != nil {
		t.Fatal(err)
	}
	says := func(a answer) bool {
		return strings.Contains(a.err, "reading the receipt "+name) && strings.Contains(a.err, "is not counted")
	}
	if a := g.with(t, plan...); a.code != codeOpen || !says(a) {
		t.Errorf("plan, exit %d\n%s", a.code, a.err)
	}
	if u := g.undo(t, end.File); u.code != codeOpen || !says(u) {
		t.Errorf("undo, exit %d\n%s", u.code, u.err)
	}
}

// A place of receipts that cannot be looked into is not taken for an empty one.
func TestReceiptsThatCannotBeLookedFor(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "admins-only"}, scriptAdmin).about(sim.Expect{App: "hetk"})
	dir := filepath.Dir(g.kept("x"))
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Base(dir), dir); err != nil { // it leads to itself
		t.Fatal(err)
	}
	a := g.with(t, "plan", "--path", "allow-all")
	if a.code != codeOpen || !strings.Contains(a.err, "looking for receipts") || !strings.Contains(a.err, "is not counted") {
		t.Errorf("exit %d\n%s", a.code, a.err)
	}
}

// Whoever has a plan printed to run it by hand is told what an earlier run here sent
// of it, and may still show.
func TestAPlanThatWasSentLately(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "managed-default"}, scriptAdmin).about(sim.Expect{App: "hetk"})
	g.afresh(t)
	g.dies(t, true, 0, false, append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, g.more...)...)
	for _, args := range [][]string{{"plan"}, {"plan", "--json"}, {"plan", "--as", "http"}} {
		if a := g.with(t, args...); a.code != codeOpen || !strings.Contains(a.err, "it may still show: create enterprise app. Look again in 2 min") || a.out == "" {
			t.Errorf("%v: exit %d\n%s", args, a.code, a.err)
		}
	}
	name, _ := g.inDoubt(t, false, 2, 0)
	g.age(t, name, 2*time.Hour)
	if a := g.with(t, "plan"); a.code != codeOpen || a.err != "" {
		t.Errorf("later: exit %d\n%s", a.code, a.err)
	}
}
