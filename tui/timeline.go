package tui

import (
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// timeline is what happened last, latest at the foot.
func (g *guideScreen) timeline(m *Model, w, h int) []row {
	last := g.view.Run.Last
	last = last[max(len(last)-h, 0):]
	rows := make([]row, 0, len(last))
	for _, r := range last {
		by, ok := authorWords[r.By]
		if !ok {
			by = wordNoTime
		}
		what, of := m.happened(r.Event)
		line := row{}.add(RoleSubtle, fixed(m.clock(r.At), 9)+fixed(by, 9)).add(RoleText, what)
		if of = clean(of); of != "" {
			line = line.add(RoleSubtle, "  "+of)
		}
		rows = append(rows, line.fit(w))
	}
	return rows
}

// happened is an event in a few words, to stand behind who caused it, and what it is
// about; of is as it came, and not cleaned. An event that this version does not know goes
// by its kind.
func (m *Model) happened(e flows.Event) (what, of string) {
	what, of = happenedWords[e.Kind()], m.about(e)
	switch e := e.(type) {
	case flows.Foreign:
		what = clean(string(e.Tag))
	case flows.Watched:
		what = outcomeWord(e.Here, e.Why == "", watchedWords[e.Why], wordLetWatch, wordEndedWatch)
	case flows.Recorded:
		what = outcomeWord(e.On, e.Why == "", recordedWords[e.Why], wordLetRecord, wordEndedTape)
	case flows.Returned:
		if e.Callback.Consented {
			what = wordConsented
		}
	case flows.Listening:
		if e == (flows.Listening{}) {
			what = wordUnlistens
		}
	case flows.Pointed:
		if e.At == "" {
			what = wordUnpointed
		}
	case flows.Reread:
		if !e.Seen {
			what = wordNotSeen
		}
	}
	return what, of
}

// outcomeWord is a yes, or why something came to nothing or ended.
func outcomeWord(yes, plain bool, why, let, ended string) string {
	switch {
	case yes:
		return let
	case plain || why == "":
		return ended
	}
	return why
}

// about is what an event is about.
func (m *Model) about(e flows.Event) string {
	switch e := e.(type) {
	case flows.Picked:
		return e.Profile.Name
	case flows.Answered:
		return string(e.Question) + ": " + e.Value
	case flows.Found:
		return string(e.Finding.Check) + ": " + e.Finding.Verdict.String() + ", " + e.Finding.Summary
	case flows.Looked:
		return listed(e.Checks)
	case flows.Learned:
		return listed(e.Checks)
	case flows.Chose:
		return m.spotTitle(string(e.Path))
	case flows.Claimed:
		return m.spotTitle(string(e.Step))
	case flows.Noted:
		return e.Text
	case flows.Pointed:
		if e.At == "" {
			return ""
		}
		return m.spotTitle(e.At)
	case flows.Suggested:
		return m.spotTitle(string(e.Path))
	case flows.AskedToWatch:
		return e.Guide + ", " + e.Org
	case flows.Filed:
		return e.Name
	default:
		return aboutChange(e)
	}
}

// aboutChange is what an event of a sign-in or of a plan is about.
func aboutChange(e flows.Event) string {
	switch e := e.(type) {
	case flows.SignedIn:
		return e.Account.UPN
	case flows.SignInFailed:
		return strings.TrimSpace(string(e.Reason) + " " + e.Code)
	case flows.Returned:
		return strings.TrimSpace(e.Callback.Error + " " + e.Callback.AADSTS)
	case flows.Planned:
		return fill(wordChanges, "n", number(len(e.Plan.Lines)))
	case flows.Applying:
		return fill(wordChange, "n", number(e.Line+1))
	case flows.Applied:
		return strings.TrimSpace(fill(wordChange, "n", number(e.Line+1)) + ": " + string(e.Outcome) + " " + e.RequestID)
	case flows.Reread:
		return fill(wordChange, "n", number(e.Line+1))
	case flows.Stopped:
		return string(e.Why)
	case flows.Troubled:
		return string(e.What)
	case flows.Ended:
		return string(e.Why)
	}
	return ""
}

// listed names checks.
func listed(ids []checks.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return strings.Join(names, ", ")
}
