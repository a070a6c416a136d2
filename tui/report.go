package tui

import (
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// Report is a run as a page of Markdown to keep or to send: the verdict, what
// was seen and when, what was changed, how to take it back. It is a function
// of the state, holds no secrets, and names nobody but who signed in.
func Report(s flows.State) string {
	o := s.Overall()
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	app := wordTheApp
	if s.Profile != nil {
		app = clean(s.Profile.Name)
	}
	line("# ", fill(wordReportTitle, "app", app, "domain", clean(s.Domain)))
	line()
	line("**", stateWord(o.State), "** (", gradeWord(o.Grade), "). ", clean(o.Reason))
	line()
	line("- ", wordReportClient, ": ", orDash(clean(s.App.ClientID)))
	line("- ", wordReportTenant, ": ", orDash(clean(s.TenantID())), " · ", orDash(cloudTitle(s.Cloud())))
	if s.Account != nil {
		line("- ", wordReportBy, ": ", clean(s.Account.UPN))
	}
	if !s.At.IsZero() {
		line("- ", wordReportAt, ": ", s.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	for _, n := range o.NotLooked {
		line("- ", wordNotLookedAt, ": ", clean(n))
	}
	line()
	line("## ", wordReportSeen)
	line()
	for _, h := range s.Findings() {
		_, word, _ := verdictLook(h.Verdict, h.Grade)
		line("- ", word, " `", string(h.Check), "` ", clean(h.Summary), " (", gradeWord(h.Grade), ", ", h.At.UTC().Format("15:04:05 UTC"), ")")
		for _, e := range h.Seen {
			line("    - ", clean(e.Source), " `", clean(e.Request), "` ", clean(e.Value), requestID(e))
		}
	}
	reportChanges(s, line)
	if p, ok := flows.PathByID(s.Path); ok {
		line()
		line("## ", wordReportUndo)
		line()
		line(clean(flows.Words(s, p.Undo)))
	}
	return b.String()
}

func requestID(e checks.Evidence) string {
	if e.RequestID == "" {
		return ""
	}
	return " · " + wordRequestID + " " + clean(e.RequestID)
}

// reportChanges lists what was sent, with what came of it.
func reportChanges(s flows.State, line func(...string)) {
	if s.Plan == nil || len(s.Plan.Lines) == 0 {
		return
	}
	line()
	line("## ", wordReportChanges)
	line()
	for i, c := range s.Plan.Lines {
		var st flows.LineState
		if i < len(s.Lines) {
			st = s.Lines[i]
		}
		_, word, _ := lineLook(st.Status)
		line("- ", word, ": ", clean(c.Title), " · `", clean(c.Method+" "+shortPath(c.Path)), "`")
	}
	for _, f := range s.Receipts {
		line("- ", fill(wordReceipt, "name", clean(f.Name)))
	}
}

// stateWord is the verdict in a word.
func stateWord(s checks.State) string {
	switch s {
	case checks.StateOpen:
		return wordOpen
	case checks.StateBlocked:
		return wordBlocked
	case checks.StateUnknown:
	}
	return wordCannotTell
}
