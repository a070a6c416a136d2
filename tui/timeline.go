package tui

import (
	"cmp"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// timeline is what happened last, latest at the foot.
func (g *guideScreen) timeline(m *Model, w, h int) []row {
	last := g.view.Run.Last
	names := namesByVisit(m.state, last)
	last = last[max(len(last)-h, 0):]
	rows := make([]row, 0, len(last))
	for _, r := range last {
		by, ok := authorWords[r.By]
		if !ok {
			by = wordNoTime
		}
		what, of := m.happened(r.Event, names)
		line := row{}.add(RoleSubtle, fixed(m.clock(r.At), 9)+fixed(by, 9)).add(RoleText, what)
		if of = clean(of); of != "" {
			line = line.add(RoleSubtle, "  "+of)
		}
		rows = append(rows, line.fit(w))
	}
	return rows
}

// namesByVisit are the guides' names, as far as they are known.
func namesByVisit(s flows.State, rs []flows.Record) map[flows.VisitID]string {
	names := map[flows.VisitID]string{}
	for _, g := range s.Guides {
		names[g.Visit] = g.Name
	}
	for _, r := range rs {
		if e, ok := r.Event.(flows.AskedToWatch); ok {
			names[e.Visit] = e.Guide
		}
	}
	return names
}

// happened is an event in a few words, to stand behind who caused it, and what it is
// about, with the guide whose it is; of is as it came, and not cleaned. An event that
// this version does not know goes by its kind.
func (m *Model) happened(e flows.Event, names map[flows.VisitID]string) (what, of string) {
	what, of = m.word(e), m.about(e)
	if who := names[visitOf(e)]; who != "" {
		if of != "" {
			who += ": " + of
		}
		of = who
	}
	return what, of
}

// visitOf is the visit of a guide that an event is of, where the name is not in it.
func visitOf(e flows.Event) flows.VisitID {
	switch e := e.(type) {
	case flows.Watched:
		return e.Visit
	case flows.AskedToRecord:
		return e.Visit
	case flows.Recorded:
		return e.Visit
	case flows.Noted:
		return e.Visit
	case flows.Pointed:
		return e.Visit
	case flows.Suggested:
		return e.Visit
	case flows.AskedAgain:
		return e.Visit
	}
	return ""
}

// word says what happened.
func (m *Model) word(e flows.Event) string {
	switch e := e.(type) {
	case flows.Foreign:
		return clean(string(e.Tag))
	case flows.Watched:
		return outcomeWord(e.Here, watchedWords[e.Why], wordLetWatch, wordEndedWatch)
	case flows.Recorded:
		return outcomeWord(e.On, recordedWords[e.Why], wordLetRecord, wordEndedTape)
	case flows.Returned:
		return returnedWords[m.state.Said(e.Callback)]
	case flows.Listening:
		if e == (flows.Listening{}) {
			return wordUnlistens
		}
	case flows.Pointed:
		if e.At == "" {
			return wordUnpointed
		}
	case flows.Suggested:
		if e.Path == "" {
			return wordUnadvised
		}
	case flows.Applied:
		return cmp.Or(appliedWords[e.Outcome], happenedWords[e.Kind()])
	case flows.Reread:
		if !e.Seen && e.Until.IsZero() {
			return wordShowsNot
		}
		if !e.Seen {
			return wordShowsYet
		}
	case flows.Stopped:
		return cmp.Or(stoppedWords[e.Why], happenedWords[e.Kind()])
	case flows.Troubled:
		return cmp.Or(troubledWords[e.What], happenedWords[e.Kind()])
	case flows.Ended:
		return cmp.Or(endedWords[e.Why], happenedWords[e.Kind()])
	}
	return happenedWords[e.Kind()]
}

// outcomeWord is a yes, or why something came to nothing or ended.
func outcomeWord(yes bool, why, let, ended string) string {
	if yes {
		return let
	}
	return cmp.Or(why, ended)
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
		return strings.TrimSpace(fill(wordChange, "n", number(e.Line+1)) + " " + e.RequestID)
	case flows.Reread:
		return fill(wordChange, "n", number(e.Line+1))
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
