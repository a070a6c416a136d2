package checks_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(checks.ReportSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func report(t *testing.T, s checks.Subject) []byte {
	t.Helper()
	findings := checks.Judge(s, nil)
	b, err := json.Marshal(checks.NewReport(s, findings, checks.Decide(findings, s), []checks.Path{
		{ID: "direct-link", Fits: true, Rank: 1, Least: "Cloud Application Administrator", Why: "changes least"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func valid(t *testing.T, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestReportsFitTheSchema(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for name, sub := range map[string]checks.Subject{
		"managed": subject(), "approved": subject(approved()), "outside": subject(outside()), "absent": subject(absent()),
		"elsewhere": subject(elsewhere()), "low": subject(policies(consent.PolicyLow)), "nothing": {Now: noon, Look: &checks.Snapshot{}},
		"no look":  {Now: noon, Cloud: "mars"},
		"no roles": subject(look(func(l *checks.Snapshot) { l.Roles = checks.Look[[]checks.Role]{} })),
	} {
		if err := valid(t, s, report(t, sub)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty, err := json.Marshal(checks.NewReport(subject(), nil, checks.Decide(nil, subject()), nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(t, s, empty); err != nil {
		t.Errorf("without findings: %v", err)
	}
}

func TestReportIsInTheOrderOfTheTable(t *testing.T) {
	t.Parallel()
	findings := checks.Judge(subject(), nil)
	slices.Reverse(findings)
	for i, f := range checks.NewReport(subject(), findings, checks.Overall{}, nil).Findings {
		if want := checks.IDsFor(subject().App)[i]; f.Check != want {
			t.Errorf("finding %d is of %s, want %s", i, f.Check, want)
		}
	}
}

func TestReportSaysWhoAndWhere(t *testing.T) {
	t.Parallel()
	b := report(t, subject())
	for _, want := range []string{
		`"schema":"onboard/check/1"`, `"tenant":{"id":"` + contosoID + `","domain":"contoso.example","cloud":"public"}`,
		`"account":{"upn":"admin@contoso.example","roles":["Global Administrator"]}`, `"clientId":"` + clientID + `"`,
		`"verdict":{"state":"blocked","grade":"verified"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the report lacks %s", want)
		}
	}
	if b := report(t, subject(outside())); !strings.Contains(string(b), `"account":null`) {
		t.Error("nobody signed in, and the report has an account")
	}
	byToken := report(t, subject(look(func(l *checks.Snapshot) { l.Roles = checks.Look[[]checks.Role]{} })))
	if !strings.Contains(string(byToken), `"roles":["Global Administrator"]`) {
		t.Error("the token's roles are not named")
	}
}

func TestNothingIsVerifiedThatNobodyCanSeeAgain(t *testing.T) {
	t.Parallel()
	r := checks.NewReport(subject(), []checks.Finding{{Check: checks.AppGrant, Verdict: pass, Grade: checks.Verified, Summary: "x"}}, checks.Overall{}, nil)
	if r.Findings[0].Grade != checks.Asserted || r.Findings[0].Seen == nil {
		t.Errorf("the report has %+v", r.Findings[0])
	}
}

// Each mutation of a good report must be refused.
func TestTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for name, mutate := range map[string]func(m map[string]any){
		"another schema":     func(m map[string]any) { m["schema"] = "onboard/check/2" },
		"an unknown member":  func(m map[string]any) { m["extra"] = 1 },
		"no verdict":         func(m map[string]any) { delete(m, "verdict") },
		"an odd state":       func(m map[string]any) { at(m, "verdict")["state"] = "green" },
		"an odd grade":       func(m map[string]any) { at(m, "verdict")["grade"] = "sure" },
		"an odd mover":       func(m map[string]any) { at(m, "verdict")["whose"] = "them" },
		"no reason":          func(m map[string]any) { at(m, "verdict")["reason"] = "" },
		"no account":         func(m map[string]any) { delete(m, "account") },
		"an odd account":     func(m map[string]any) { m["account"] = "admin" },
		"an odd cloud":       func(m map[string]any) { at(m, "tenant")["cloud"] = "mars" },
		"null findings":      func(m map[string]any) { m["findings"] = nil },
		"an odd verdict":     func(m map[string]any) { first(m, "findings")["verdict"] = "ok" },
		"a finding's extra":  func(m map[string]any) { first(m, "findings")["took"] = 1 },
		"null evidence":      func(m map[string]any) { first(m, "findings")["seen"] = nil },
		"a finding's time":   func(m map[string]any) { first(m, "findings")["at"] = "noon" },
		"an odd source":      func(m map[string]any) { first(first(m, "findings"), "seen")["source"] = "hearsay" },
		"no request id":      func(m map[string]any) { delete(first(first(m, "findings"), "seen"), "requestId") },
		"half a fix":         func(m map[string]any) { first(m, "findings")["fix"] = map[string]any{"do": "x"} },
		"a rank below zero":  func(m map[string]any) { first(m, "paths")["rank"] = -1 },
		"a path's extra":     func(m map[string]any) { first(m, "paths")["note"] = "x" },
		"an unnamed app":     func(m map[string]any) { delete(at(m, "app"), "name") },
		"a number for roles": func(m map[string]any) { at(m, "account")["roles"] = 7 },
	} {
		var m map[string]any
		if err := json.Unmarshal(report(t, subject()), &m); err != nil {
			t.Fatal(err)
		}
		mutate(m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if valid(t, s, b) == nil {
			t.Errorf("%s is let pass", name)
		}
	}
}

func at(m map[string]any, key string) map[string]any {
	out, _ := m[key].(map[string]any)
	return out
}

func first(m map[string]any, key string) map[string]any {
	list, _ := m[key].([]any)
	out, _ := list[0].(map[string]any)
	return out
}

// TestAnotherServiceIsNamedFirst holds that what was asked of a simulator never
// passes for Microsoft's word.
func TestAnotherServiceIsNamedFirst(t *testing.T) {
	t.Parallel()
	for want, roots := range map[string][]string{
		"":                                    {"", ""},
		"127.0.0.1:4711":                      {"https://127.0.0.1:4711", "https://127.0.0.1:4711/"},
		"sim.example, 127.0.0.1:4711":         {"https://sim.example", "https://127.0.0.1:4711"},
		"graph.microsoft.com.example":         {"https://login.microsoftonline.com", "https://graph.microsoft.com.example"},
		"graph.microsoft.com:8443":            {"https://graph.microsoft.com:8443"},
		"login.microsoftonline.com@x.example": {"login.microsoftonline.com@x.example"},
	} {
		if got := checks.OtherService(roots...); got != want {
			t.Errorf("%q: %q, want %q", roots, got, want)
		}
	}
	for _, e := range checks.Clouds() {
		if got := checks.OtherService(e.Login, e.Graph+"/"); got != "" {
			t.Errorf("%s: %q is Microsoft's own", e.Cloud, got)
		}
	}
	s := subject(approved())
	s.Service = "127.0.0.1:4711"
	b := report(t, s)
	if err := valid(t, schema(t), b); err != nil {
		t.Error(err)
	}
	if !bytes.HasPrefix(b, []byte(`{"schema":"onboard/check/1","service":"127.0.0.1:4711",`)) {
		t.Errorf("begins %.80s", b)
	}
	saved := checks.Save(s, "1")
	if again, _, _ := saved.Judge(s.App); again.Service != s.Service {
		t.Errorf("a file that was kept of it is of %q", again.Service)
	}
	if checks.ServiceNote("") != "" || checks.ServiceNote(s.Service) != "Simulated or other service, not Microsoft: 127.0.0.1:4711" {
		t.Errorf("%q", checks.ServiceNote(s.Service))
	}
}
