package tui

import (
	"cmp"
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// screenOrder is the order of findings on screens, those that decide first. It
// is fixed, so that nothing jumps while findings land; checks that are not in
// it follow by id.
var screenOrder = []checks.ID{
	checks.ConsentPredict, checks.AppGrant, checks.AppPresent, checks.AppEnabled, checks.AppPublisher, checks.AppAssignment,
	checks.AppRoles, checks.AppUserGrants, checks.AppResource, checks.AccessConditional,
	checks.ConsentPolicy, checks.ConsentManaged, checks.ConsentClassified, checks.ConsentWorkflow, checks.ConsentReviewers,
	checks.ConsentRequests, checks.ConsentRisk, checks.AccountRole, checks.AccountScope, checks.AccountWork,
	checks.TenantFound, checks.TenantCloud, checks.TenantRealm, checks.CheckDNSMail, checks.TenantMatch, checks.AccessDefaults,
	checks.AccessSignIns, checks.AccessAudit, checks.CheckDNSPolicy, checks.CheckDNSAgree, checks.CheckDNSSEC,
}

// entry is one check on a screen: found, or being looked at.
type entry struct {
	id      checks.ID
	held    flows.Held
	found   bool
	looking bool // wanted now, and not seen in this round
}

// entries lists what was found and what is wanted, in the order of screens.
func (m *Model) entries(only func(checks.ID) bool) []entry {
	wanted := m.wanted()
	type placed struct {
		id checks.ID
		at int // in screenOrder
	}
	var ids []placed
	if only == nil {
		ids = make([]placed, 0, len(screenOrder))
	}
	put := func(id checks.ID) {
		if only != nil && !only(id) {
			return
		}
		at := slices.Index(screenOrder, id)
		if at < 0 {
			at = len(screenOrder)
		}
		ids = append(ids, placed{id, at})
	}
	for _, id := range wanted {
		put(id)
	}
	for id := range m.state.Checked() {
		if !slices.Contains(wanted, id) {
			put(id)
		}
	}
	slices.SortFunc(ids, func(a, b placed) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	out := make([]entry, 0, len(ids))
	for _, p := range ids {
		id := p.id
		h, ok := m.state.Finding(id)
		asked := slices.Contains(wanted, id)
		out = append(out, entry{id: id, held: h, found: ok, looking: asked && (!ok || m.state.Stale(h))})
	}
	return out
}

// hasEntries says whether there are any, without making them.
func (m *Model) hasEntries() bool {
	for range m.state.Checked() {
		return true
	}
	return len(m.wanted()) > 0
}

// worstFirst sorts entries by what they ask of a person: failures, warnings,
// what is open, what passed, what was skipped; within that as they were.
func worstFirst(es []entry) {
	slices.SortStableFunc(es, func(a, b entry) int { return cmp.Compare(a.weight(), b.weight()) })
}

func (e entry) weight() int {
	if !e.found {
		return 2
	}
	switch e.held.Verdict {
	case checks.Fail:
		return 0
	case checks.Warn:
		return 1
	case checks.Pending, checks.Unknown:
		return 2
	case checks.Pass:
		return 3
	case checks.Skipped:
	}
	return 4
}

// wanted are the checks that somebody is looking at now.
func (m *Model) wanted() []checks.ID {
	var out []checks.ID
	for _, w := range m.wants {
		if w.Kind == flows.WantLook {
			out = append(out, w.Checks.IDs()...)
		}
	}
	return out
}

// verdictLook is a verdict's mark, word and role. Green is for what was seen,
// never for what was said or inferred.
func verdictLook(v checks.Verdict, g checks.Grade) (mark, word string, role Role) {
	switch v {
	case checks.Pass:
		if g == checks.Verified {
			return "✓", wordPass, RoleOK
		}
		return "✓", wordPass, RoleInfo
	case checks.Fail:
		return "✗", wordFail, RoleBad
	case checks.Warn:
		return "!", wordWarn, RoleWarn
	case checks.Pending:
		return "…", wordPending, RoleInfo
	case checks.Skipped:
		return "–", wordSkipped, RoleSubtle
	case checks.Unknown:
	}
	return "?", wordUnknown, RoleSubtle
}

// findingRow is an entry on one line of w cells: always one, so that nothing
// jumps. Narrow windows drop the id, then the grade; the time is for wide ones.
func (m *Model) findingRow(e entry, w int, focused bool) row {
	mark, word, role := verdictLook(e.held.Verdict, e.held.Grade)
	summary, right, text := strings.TrimSuffix(clean(e.held.Summary), "."), gradeWord(e.held.Grade), RoleText
	rw := 0
	if w >= 70 {
		rw = 9
	}
	if w >= 94 {
		rw, right = 18, right+" "+m.clock(e.held.At)
	}
	switch {
	case !e.found:
		mark, word, role, summary, right, text = "…", wordLooking, RoleInfo, titleOf(e.id), "", RoleSubtle
	case e.looking:
		right = wordAgainShort
	case e.held.Verdict == checks.Unknown || e.held.Verdict == checks.Skipped:
		right, text = "", RoleSubtle
	}
	pointer := span{"  ", RoleText}
	if focused {
		pointer, text = span{"› ", RoleFocus}, RoleStrong
	}
	r := row{pointer}.add(role, mark+" "+fixed(word, 8))
	if w >= 60 {
		r = r.add(RoleSubtle, fixed(string(e.id), 18)+" ")
	}
	r = r.add(text, fixed(summary, w-r.width()-rw))
	if rw > 0 {
		r = r.add(RoleSubtle, " "+fixed(right, rw-1))
	}
	return m.marked(r, string(e.id), w)
}

// explain is what there is to say of an entry, wrapped to w cells.
func (m *Model) explain(e entry, w int) []row {
	var rows []row
	mark, word, role := verdictLook(e.held.Verdict, e.held.Grade)
	if !e.found {
		rows = append(rows, row{}.add(RoleInfo, "… "+wordLooking+"  ").add(RoleSubtle, string(e.id)))
		return append(rows, para(RoleText, titleOf(e.id), 0, w)...)
	}
	rows = append(rows, row{}.add(role, mark+" "+word).add(RoleText, "  ").add(RoleSubtle, string(e.id)))
	rows = append(rows, para(RoleStrong, clean(e.held.Summary), 0, w)...)
	for _, d := range e.held.Detail {
		rows = append(rows, linkless(RoleText, clean(d), 0, w)...)
	}
	if f := m.fixOf(e.held.Finding); f != nil && f.Do != "" {
		why := clean(f.Why)
		if said := clean(strings.Join(append([]string{e.held.Summary, f.Do}, e.held.Detail...), " ")); why != "" && !strings.Contains(said, strings.TrimSuffix(why, ".")) {
			why = " " + why
		} else {
			why = "" // it was said above
		}
		rows = append(rows, flow(w, span{fill(wordFix, "who", whoWord(f.Who)) + " ", RoleAccent}, span{clean(f.Do), RoleText}, span{why, RoleSubtle})...)
	}
	seen := fill(wordSeenAt, "grade", gradeWord(e.held.Grade), "at", m.clock(e.held.At), "ago", ago(m.now().Sub(e.held.At)))
	return append(rows, say(RoleSubtle, seen))
}

// fixOf is what mends what a finding says; nil: nothing is known. Where nobody can
// sign in, what needs it is seen elsewhere; the reason and the link are of the advice
// that this stands for.
func (m *Model) fixOf(f checks.Finding) *checks.Fix {
	if !m.nobodySignsIn() || !checks.NeedsSignIn(f) || f.Fix == nil {
		return f.Fix
	}
	return &checks.Fix{Do: wordSignInElsewhere, Who: f.Fix.Who}
}

// gradeWord is how sure something is, in a word.
func gradeWord(g checks.Grade) string {
	switch g {
	case checks.Verified:
		return wordVerified
	case checks.Asserted:
		return wordAsserted
	case checks.Inferred:
		return wordInferred
	case checks.GradeUnknown:
	}
	return wordUnsure
}

// whoWord says whose move it is.
func whoWord(w checks.Who) string {
	if t, ok := whoWords[w]; ok {
		return t
	}
	return whoWords[checks.WhoUnknown]
}

// titleOf is the question that a check asks.
func titleOf(id checks.ID) string {
	if c, ok := checks.ByID(id); ok {
		return clean(c.Title)
	}
	return string(id)
}
