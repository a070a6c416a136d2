package flows

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks"
)

// proven is a run that went by Graph to the proof.
func proven(t *testing.T) State {
	t.Helper()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	for i := range s.Plan.Lines {
		s = after(s, Applying{Plan: s.Plan.ID, Line: i, At: noon},
			Applied{Plan: s.Plan.ID, Line: i, Outcome: OutcomeSent, RequestID: "req-1", At: noon},
			Reread{Plan: s.Plan.ID, Line: i, Seen: true})
	}
	s = after(see(s, nil), Advanced{})
	at(t, s, StageProof, "")
	return see(s, nil)
}

func TestReportOfAProvenRun(t *testing.T) {
	t.Parallel()
	s := proven(t)
	r := ReportOf(s)
	md := r.Markdown()
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Open: people can connect.", "contoso.example", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "admin@contoso.example",
		"POST /oauth2PermissionGrants", "req-1", "app/grant", "How to take it back", "2026-11-20 12:00:00 UTC",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the Markdown lacks %q", want)
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(md+page, "<no value>") || strings.Contains(md, "Nothing was changed") {
		t.Errorf("the report has holes:\n%s", md)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"schema":"onboard/report/1"`, `"notes":[]`, `"claims":[]`, `"state":"open"`, `"outcome":"seen"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the JSON lacks %s", want)
		}
	}
}

// TestReportsDenyNothing goes on from a plan that was carried out, in ways that
// put the plan away, with and without a receipt in a file.
func TestReportsDenyNothing(t *testing.T) {
	t.Parallel()
	s := proven(t)
	again := *s.Plan
	again.ID = "another"
	filed := Filed{Plan: s.Plan.ID, Name: "first.json"}
	for name, c := range map[string]struct {
		s     State
		filed int
	}{
		"filed, and another plan": {after(s, filed, filed, Planned{Plan: again}), 1},
		"another plan":            {after(s, Planned{Plan: again}), 0},
		"another path":            {after(s, Chose{Path: DirectLink}), 0},
		"another tenant":          {after(s, Answered{Question: AskDomain, Value: "fabrikam.example"}), 0},
		"another app":             {after(s, Picked{Profile: *begun(t, "carerix").Profile}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ReportOf(c.s)
			if len(r.Receipts) != 1 || len(r.Filed) != c.filed || r.Receipts[0].Tenant.Domain != "contoso.example" || r.Receipts[0].App.ID != "hetk" {
				t.Fatalf("receipts %+v, filed %v", r.Receipts, r.Filed)
			}
			page, err := r.HTML()
			for _, text := range []string{r.Markdown(), page} {
				if strings.Contains(text, "Nothing was changed") || !strings.Contains(text, "req-1") {
					t.Errorf("what was sent before is denied (%v):\n%s", err, text)
				}
			}
		})
	}
}

func TestReportOfAnyState(t *testing.T) {
	t.Parallel()
	claimed := after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink}, Advanced{}, Claimed{Step: LinkApprove}, Noted{Text: "called them", From: "guide 2"})
	for name, c := range map[string]struct {
		s    State
		want []string
	}{
		"nothing":   {State{}, []string{"Cannot be told yet.", "Nothing was looked at."}},
		"begun":     {begun(t, "nylas"), []string{"Cannot be told yet.", "Nothing was changed"}},
		"diagnosed": {diagnosed(t, "hetk", present(Facts{})), []string{"Blocked.", "**fail** `app/grant`"}},
		"claimed":   {claimed, []string{"Said to be done, not proof: Approve in your browser", "guide 2: called them"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			md := ReportOf(c.s).Markdown()
			if _, err := ReportOf(c.s).HTML(); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(md, want) {
					t.Errorf("lacks %q:\n%s", want, md)
				}
			}
		})
	}
}

func TestReportsEscapeWhatComesFromOutside(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	evil := "<script>alert(1)</script> [x](javascript:1) `code` **bold** \x1b[2J"
	f := finding(s, checks.AppGrant, checks.Fail)
	f.Finding.Summary, f.Finding.Seen[0].Request, f.Finding.Seen[0].Value = evil, "GET /`code`", evil
	s = Apply(s, f) // not cleaned on its way in
	s.App.Name = evil
	r := ReportOf(s)
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page, "<script>") {
		t.Error("a page runs what a tenant says")
	}
	md := r.Markdown()
	for _, bad := range []string{" <script>", "\x1b", " [x](javascript", " **bold**", "`code`"} {
		if strings.Contains(md, bad) {
			t.Errorf("the Markdown holds %q", bad)
		}
	}
}

func TestWhatToTellThePeople(t *testing.T) {
	t.Parallel()
	open := UserMessage(proven(t))
	for _, want := range []string{"Subject: Hetk Calendar Sync: you can connect now", "contoso.example", "1. Sign up for Hetk", "2. Continue with Microsoft", "a tab that still shows"} {
		if !strings.Contains(open, want) {
			t.Errorf("lacks %q:\n%s", want, open)
		}
	}
	for name, c := range map[string]struct {
		s    State
		want string
	}{
		"blocked":  {diagnosed(t, "hetk", present(Facts{})), "is not open at contoso.example yet"},
		"asserted": {after(diagnosed(t, "hetk", present(Facts{})), SignedOut{}, Chose{Path: DirectLink}, Advanced{}, Claimed{Step: LinkApprove}), "We do not know yet"},
	} {
		msg := UserMessage(c.s)
		if strings.Contains(msg, "you can connect") || !strings.Contains(msg, c.want) {
			t.Errorf("%s: promises what was not seen:\n%s", name, msg)
		}
	}
}

func TestWordsAreFilled(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for _, p := range Paths() {
		for _, st := range p.Steps {
			for name, s := range map[string]State{"a run": s, "nothing": {}} {
				var texts []string
				for _, l := range StepLines(s, st) {
					texts = append(texts, l.Text)
				}
				for _, text := range []string{st.Title, p.Undo, p.Gains, p.For} {
					texts = append(texts, Words(s, text))
				}
				for _, got := range texts {
					if placeholder.MatchString(got) || strings.Contains(got, "  ") {
						t.Errorf("%s, of %s: %q", st.ID, name, got)
					}
				}
			}
		}
	}
	if got := Words(s, "{app} {listed} {publisher} {client} {domain}"); got != "Hetk Calendar Sync Hetk Calendar Sync Hetk 8dd90edb-c881-459a-ac84-2a1fee8c5c94 contoso.example" {
		t.Errorf("filled: %s", got)
	}
	for text, want := range map[string]string{
		"": "", "{": "{", "}{": "}{", "{}": "{}", "{nothing}": "{nothing}", "{{app}}": "{Hetk Calendar Sync}", "{record": "{record", "{recordly}": "{recordly}",
		"a {app": "a {app", "{no {app}": "{no Hetk Calendar Sync", "app} {domain}": "app} contoso.example", "{App}": "{App}", "{ app}": "{ app}",
	} {
		if got := Words(s, text); got != want {
			t.Errorf("%q is filled as %q, want %q", text, got, want)
		}
	}
}

func TestStableWords(t *testing.T) {
	t.Parallel()
	for l, want := range map[LineStatus]string{
		LineWaiting: "not sent", LineSending: "unclear", LineWritten: "written", LineSeen: "seen", LineUnseen: "unseen",
		LineRefused: "refused", LineUnclear: "unclear", 99: "unclear",
	} {
		if l.String() != want {
			t.Errorf("status %d is %q, want %q", l, l, want)
		}
	}
}

// TestReportsOfAnotherServiceSaySo holds that no form of a report passes a
// simulator's tenant off as one of Microsoft's.
func TestReportsOfAnotherServiceSaySo(t *testing.T) {
	t.Parallel()
	const note = "Simulated or other service, not Microsoft: 127.0.0.1:4711"
	s := after(State{}, Started{Version: "1", Service: "127.0.0.1:4711"})
	if s = after(s, Resumed{Version: "1"}); s.Service != "" {
		t.Error("gone on with at Microsoft, it is still another service")
	}
	s = proven(t)
	for service, want := range map[string]bool{"": false, "127.0.0.1:4711": true} {
		s = after(s, Resumed{Version: "1", Service: service})
		r := ReportOf(s)
		page, err := r.HTML()
		data, jsonErr := json.Marshal(r)
		if err != nil || jsonErr != nil {
			t.Fatal(err, jsonErr)
		}
		if strings.Contains(string(data), `"service":"127.0.0.1:4711"`) != want {
			t.Errorf("JSON: %.120s", data)
		}
		for form, text := range map[string]string{"Markdown": r.Markdown(), "page": page} {
			at, head := strings.Index(text, note), strings.Index(text, r.Headline())
			if at >= 0 != want || want && at > head {
				t.Errorf("%s of %q: the note stands at %d, the verdict at %d", form, service, at, head)
			}
		}
	}
}
