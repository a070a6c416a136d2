package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// notInSnapshot are the scenarios whose trouble no snapshot can carry on, each
// with what the simulator says that it assumed.
var notInSnapshot = map[string]string{
	// What stood in Graph's place stood between, and the tenant was not read.
	"captive-portal": "grants was not read (not-json)",
}

// TestScenarioFromSnapshot takes a snapshot of every scenario, starts a
// simulator from it, and checks again: the same is found. So it is of what that
// one prints as a file.
func TestScenarioFromSnapshot(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range all {
		for _, want := range sc.Expect {
			people := []string{"", "user@contoso.example"}
			switch {
			case want.As == "none":
				people = people[:1]
			case sc.Name == "approved":
				people = append(people, "nobody@contoso.example")
			}
			for _, person := range people {
				t.Run(strings.Join([]string{sc.Name, want.As, want.App, person}, " "), func(t *testing.T) {
					t.Parallel()
					roundTrip(t, sc.Name, want, person)
				})
			}
		}
	}
}

func roundTrip(t *testing.T, name string, want sim.Expect, person string) {
	t.Helper()
	first := simulate(t, sim.Options{Scenario: name})
	before := checkPerson(t, first.Ready(), want, person)
	dir := filepath.Dir(first.Ready().CA)
	second := simulate(t, sim.Options{Scenario: savedName, Scenarios: os.DirFS(dir)})
	known := second.Scenario().Case
	if (want.As == "none") != (known.As == "none") || (person == "") != (known.Person == "") || known.App != want.App {
		t.Fatalf("the case is %+v", known)
	}
	if note := notInSnapshot[name]; note != "" {
		if !strings.Contains(strings.Join(second.Scenario().Assumed, "\n"), note) {
			t.Errorf("assumed %q, without %q", second.Scenario().Assumed, note)
		}
		return
	}
	same := sim.Expect{As: known.As, App: known.App, Domain: known.Domain, ClientID: known.ClientID}
	sameReport(t, before, checkPerson(t, second.Ready(), same, known.Person))
	if person != "" {
		return // what is printed is compared once
	}
	text, err := second.Scenario().YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range strings.Split(string(text), "@")[1:] {
		if !strings.HasPrefix(at, "contoso.example") && !strings.HasPrefix(at, "fabrikam.example") {
			t.Errorf("an address that is no sample: @%.40s", at)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "printed.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	third := simulate(t, sim.Options{Scenario: "printed", Scenarios: os.DirFS(dir)})
	if got := third.Scenario().Case; got != known {
		t.Fatalf("the printed case is %+v, was %+v", got, known)
	}
	sameReport(t, before, checkPerson(t, third.Ready(), same, known.Person))
}

// checkPerson is checkOnce for one person, or for everybody.
func checkPerson(t *testing.T, r sim.Ready, want sim.Expect, person string) checks.Report {
	t.Helper()
	if person == "" {
		report, _, _ := checkOnce(t, r, want)
		return report
	}
	args := append([]string{"check", "--app", want.App, "--domain", "contoso.example", "--json", "--user", person}, against(r)...)
	args = append(args, "--save", filepath.Join(filepath.Dir(r.CA), savedName), "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", want.As))
	if want.ClientID != "" {
		args = append(args, "--app-id", want.ClientID)
	}
	if want.Domain != "" {
		args = append(args, "--domain", want.Domain)
	}
	out, errs, _ := onboard(t.Context(), nil, args...)
	var report checks.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("no report: %v\nstdout: %s\nstderr: %s", err, out, errs)
	}
	return report
}

func sameReport(t *testing.T, before, again checks.Report) {
	t.Helper()
	if again.Verdict.State != before.Verdict.State || again.Verdict.Grade != before.Verdict.Grade {
		t.Errorf("%s %s, was %s %s", again.Verdict.State, again.Verdict.Grade, before.Verdict.State, before.Verdict.Grade)
	}
	was := map[checks.ID]checks.Verdict{}
	for _, f := range before.Findings {
		was[f.Check] = f.Verdict
	}
	if len(again.Findings) != len(was) || len(was) == 0 {
		t.Errorf("%d findings, were %d", len(again.Findings), len(was))
	}
	for _, f := range again.Findings {
		if f.Verdict != was[f.Check] {
			t.Errorf("%s is %s, was %s: %s", f.Check, f.Verdict, was[f.Check], f.Summary)
		}
	}
}
