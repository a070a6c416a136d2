package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// onboard runs the command line in this process, with an environment that is
// empty, and gives what it printed and its exit code.
func onboard(ctx context.Context, stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = execute(ctx, world{args: args, in: stdin, out: &out, err: &errs})
	return out.String(), errs.String(), code
}

// simulate starts a scenario for one test.
func simulate(t *testing.T, o sim.Options) *sim.Sim {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the simulator: %v", err)
		}
	})
	return s
}

// against are the flags that point onboard at a simulator.
func against(r sim.Ready) []string {
	base := (&url.URL{Scheme: "https", Host: r.HTTPS}).String()
	args := []string{"--login-url", base, "--graph-url", base, "--portal-url", r.Portal, "--dns-server", r.DNS, "--ca-file", r.CA}
	if r.TrustAnchor != "" {
		args = append(args, "--trust-anchor", r.TrustAnchor)
	}
	return args
}

// TestScenarios holds every scenario's expectations against the command, over
// the real clients, and validates what it printed.
func TestScenarios(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 19 {
		t.Errorf("%d scenarios, want 19 and more", len(all))
	}
	schema := compileSchema(t)
	for _, sc := range all {
		if len(sc.Expect) == 0 {
			t.Errorf("scenario %s expects nothing", sc.Name)
		}
		for _, want := range sc.Expect {
			t.Run(sc.Name+" as "+want.As, func(t *testing.T) {
				t.Parallel()
				s := simulate(t, sim.Options{Scenario: sc.Name})
				report, text, code := checkOnce(t, s.Ready(), want)
				if err := schema.validate(text); err != nil {
					t.Errorf("the report does not fit its schema: %v", err)
				}
				compare(t, want, report, code)
				compareSaved(t, report, filepath.Join(filepath.Dir(s.Ready().CA), savedName))
				lookOn(t, s.Ready(), want)
				if n := s.Writes(); n != 0 {
					t.Errorf("%d writes were sent by what only looks", n)
				}
				if t.Failed() {
					t.Logf("report:\n%s", text)
				}
			})
		}
	}
}

// checkOnce runs onboard check as an expectation says.
func checkOnce(t *testing.T, r sim.Ready, want sim.Expect) (checks.Report, string, int) {
	t.Helper()
	domain := want.Domain
	if domain == "" {
		domain = r.Tenants[0].Domain
	}
	args := append([]string{"check", "--app", want.App, "--domain", domain, "--json"}, against(r)...)
	args = append(args, "--save", filepath.Join(filepath.Dir(r.CA), savedName))
	if want.ClientID != "" {
		args = append(args, "--app-id", want.ClientID)
	}
	if want.As != "none" {
		args = append(args, "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", want.As))
	}
	out, errs, code := onboard(t.Context(), nil, args...)
	var report checks.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("no report: %v\nstdout: %s\nstderr: %s", err, out, errs)
	}
	return report, out, code
}

// lookOn runs the other commands that only look, and a change that nobody agreed
// to. What they say is other tests' matter: here it counts that they send no
// write, whatever the tenant is like.
func lookOn(t *testing.T, r sim.Ready, want sim.Expect) {
	t.Helper()
	domain := cmp.Or(want.Domain, r.Tenants[0].Domain)
	about := append([]string{"--app", want.App, "--domain", domain}, against(r)...)
	if want.ClientID != "" {
		about = append(about, "--app-id", want.ClientID)
	}
	if want.As != "none" {
		about = append(about, "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", want.As))
	}
	for _, args := range [][]string{
		append([]string{"why", "AADSTS90094"}, about...),
		append([]string{"plan", "--path", "entra-grant"}, about...),
		append([]string{"apply", "--path", "entra-grant", "--yes-i-mean", domain, "--plan", "0000000000000000"}, about...),
	} {
		_, _, _ = onboard(t.Context(), strings.NewReader(""), args...)
	}
	if want.App == "hetk" {
		_, _, _ = onboard(t.Context(), nil, append([]string{"dns", domain}, against(r)...)...)
	}
}

// savedName is the file that keeps what a test read.
const savedName = "kept.json"

// compareSaved judges what was kept, with nothing to ask: it tells the same as
// the live report, and proves nothing. Nobody is named in it.
func compareSaved(t *testing.T, live checks.Report, file string) {
	t.Helper()
	out, errs, code := onboard(t.Context(), nil, "check", "--from", file, "--json", "--app", live.App.ID)
	var report checks.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("no report of what was kept: %v\n%s", err, errs)
	}
	want := map[checks.State]int{checks.StateOpen: codeUnknown, checks.StateBlocked: codeBlocked, checks.StateUnknown: codeUnknown}
	if report.Verdict.State != live.Verdict.State || code != want[live.Verdict.State] || report.Verdict.Grade != min(live.Verdict.Grade, checks.Asserted) {
		t.Errorf("kept: %+v, exit %d; live: %+v", report.Verdict, code, live.Verdict)
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if at := bytes.IndexByte(kept, '@'); at >= 0 {
		t.Errorf("somebody's address was kept: %s", kept[max(0, at-60):at+20])
	}
}

func compare(t *testing.T, want sim.Expect, got checks.Report, code int) {
	t.Helper()
	if code != want.Exit {
		t.Errorf("exit %d, want %d", code, want.Exit)
	}
	if string(got.Verdict.State) != want.State {
		t.Errorf("state %q, want %q", got.Verdict.State, want.State)
	}
	if got.Verdict.Grade.String() != want.Grade {
		t.Errorf("grade %q, want %q", got.Verdict.Grade, want.Grade)
	}
	seen := map[string]string{}
	for _, f := range got.Findings {
		seen[string(f.Check)] = f.Verdict.String()
	}
	for id, verdict := range want.Findings {
		if seen[id] != verdict {
			t.Errorf("%s is %q, want %q", id, seen[id], verdict)
		}
	}
	if want.State != "open" && got.Verdict.State == checks.StateOpen {
		t.Error("a false green")
	}
}
