package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// proofScreen says whether it worked, and how sure that is: green for what was
// read in Graph alone.
type proofScreen struct{}

func (s *proofScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	o := m.overall
	switch got, ok := m.state.Reached(); {
	case ok && (got.Done || !m.decidingNow()):
		b.put(m.reached(got, w)...)
	case m.decidingNow() && (ok || o.State != checks.StateOpen):
		b.put(para(RoleInfo, fill(wordLookingAt, "domain", m.domain()), 0, w)...)
	default:
		b.put(m.answer(w)...)
	}
	sure, o := m.howSure(o)
	b.put(say(RoleSubtle, sure))
	for _, n := range o.MayStop {
		b.put(hanging(say(RoleWarn, "! "), RoleText, sentence(fill(wordMayStopPart, "what", clean(n))), w)...)
	}
	for _, n := range o.NotLooked {
		b.put(hanging(say(RoleWarn, "! "), RoleText, notLooked(n), w)...)
	}
	b.gap()
	for _, e := range m.entries(s.telling(m)) {
		b.put(m.findingRow(e, w, false))
	}
	if m.tellsToConnect() {
		b.gap()
		b.put(para(RoleText, wordStartAgain, 0, w)...)
		b.put(m.connectRows(w)...)
	}
	for _, f := range m.state.Receipts {
		b.put(para(RoleInfo, fill(wordReceipt, "name", clean(f.Name)), 0, w)...)
	}
	if undo := m.undoLines(); len(undo) > 0 {
		b.gap()
		for i, l := range undo {
			head := wordUndo
			if i > 0 {
				head = ""
			}
			b.put(hanging(say(RoleSubtle, fixed(head, cells(wordUndo)+1)), RoleText, l, w)...)
		}
	}
	return b
}

// reached says what a path has come to that is no opening for everybody.
func (m *Model) reached(got flows.Reached, w int) []row {
	head, role := "✗ ", RoleBad
	if got.Done {
		head, role = "✓ ", RoleOK
	}
	rows := para(role, head+clean(got.Head), 0, w)
	for _, n := range got.Notes {
		rows = append(rows, para(RoleText, clean(n), 2, w)...)
	}
	return rows
}

// tellsToConnect says that people are to start connecting.
func (m *Model) tellsToConnect() bool {
	got, ok := m.state.Reached()
	return ok && got.Done && got.Goal != flows.GoalRevoked && got.Goal != flows.GoalPolicy || !ok && m.overall.State == checks.StateOpen
}

// undoLines say how to take back what was done: each line that this run wrote,
// latest first, else the path that was walked by hand.
func (m *Model) undoLines() []string {
	var out []string
	for _, r := range slices.Backward(flows.ReceiptsOf(m.state)) {
		for _, l := range slices.Backward(r.Lines) {
			switch l.Outcome {
			case flows.LineWritten.String(), flows.LineSeen.String(), flows.LineUnclear.String():
				out = append(out, fill(wordUndoLine, "what", clean(l.Title), "how", sentence(m.words(l.Undo))))
			}
		}
	}
	if p, ok := flows.PathByID(m.state.Path); ok && len(out) == 0 && p.ID != flows.Undo {
		out = append(out, m.words(p.Undo))
	}
	return out
}

// notLooked says what was not looked at, once: some texts say so themselves.
func notLooked(text string) string {
	text = clean(text)
	if strings.Contains(strings.ToLower(text), wordNotLookedAt) {
		return sentence(text)
	}
	return sentence(fill(wordNotLookedPart, "what", text))
}

// telling are the checks that a proof shows: those of the app and the ones
// that decided.
func (s *proofScreen) telling(m *Model) func(checks.ID) bool {
	return func(id checks.ID) bool {
		if m.state.Path == flows.DNSRecord {
			return id == checks.CheckDNSPolicy || id == checks.CheckDNSAgree || id == checks.CheckDNSSEC
		}
		if slices.Contains(m.overall.Because, id) {
			return true
		}
		switch id {
		case checks.AppUserGrants:
			return m.state.Path == flows.Revoke
		case checks.AppGrant, checks.AppPresent, checks.AppEnabled, checks.AppAssignment, checks.ConsentPredict, checks.TenantMatch:
			return true
		default:
		}
		return false
	}
}

// connectRows are the clicks by which a user connects, on one line if they fit.
func (m *Model) connectRows(w int) []row {
	if m.state.Profile == nil || len(m.state.Profile.Connect) == 0 {
		return nil
	}
	clicks := make([]string, 0, len(m.state.Profile.Connect))
	for _, c := range m.state.Profile.Connect {
		clicks = append(clicks, clean(c))
	}
	return hanging(say(RoleSubtle, wordConnect+" "), RoleText, strings.Join(clicks, " → "), w)
}

// gradeMeaning says what a grade rests on.
func (m *Model) gradeMeaning(g checks.Grade) string {
	switch g {
	case checks.Verified:
		return wordMeansVerified
	case checks.Asserted:
		return wordMeansAsserted
	case checks.Inferred:
		if m.nobodySignsIn() {
			return wordMeansOutside
		}
		return wordMeansInferred
	case checks.GradeUnknown:
	}
	return wordMeansUnknown
}

func (s *proofScreen) typing(*Model) *field { return nil }

func (s *proofScreen) offers(m *Model) []offer {
	out := []offer{
		{act: actReport},
		{act: actTell},
		m.undoOffer(),
		{act: actNextApp},
		{act: actOthers},
		{act: actEvidence, why: m.nothingTelling(s)},
		{act: actAgain, key: "a"},
	}
	if m.state.Account == nil && m.state.End == "" { // as after a run was taken up again
		out = append([]offer{m.signInOffer()}, out...)
	}
	return out
}

func (m *Model) nothingTelling(s *proofScreen) string {
	for _, e := range m.entries(s.telling(m)) {
		if e.found {
			return ""
		}
	}
	return whyStillLooking
}

func (s *proofScreen) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actReport:
		m.open(&pageSheet{text: reportText, by: actReport, save: true})
	case actTell:
		m.open(&pageSheet{text: messageText, by: actTell})
	case actAgain:
		return m.tell(flows.AskedAgain{})
	case actUndo:
		return m.takeBack()
	case actSignIn:
		return m.signInAnew()
	case actNextApp:
		return m.nextApp()
	case actOthers:
		return m.tell(flows.Advanced{To: flows.StagePaths})
	case actEvidence:
		for _, e := range m.entries(s.telling(m)) {
			if e.found {
				m.open(&evidenceSheet{id: e.id})
				return nil
			}
		}
	default: // no other is offered here
	}
	return nil
}

// pageSheet is a text about the run, to keep or to send.
type pageSheet struct {
	text func(flows.State) string
	by   action // that opened it, and closes it
	save bool   // it can be written to disk
}

func (s *pageSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	for l := range strings.SplitSeq(strings.TrimRight(s.text(m.state), "\n"), "\n") {
		role := RoleText
		if strings.HasPrefix(l, "#") {
			role = RoleStrong
		}
		b.put(linkless(role, l, 0, w)...)
	}
	return b
}

func (s *pageSheet) typing(*Model) *field { return nil }

func (s *pageSheet) offers(m *Model) []offer {
	out := []offer{{act: actCopy}, {act: actLinks, word: wordShowWhole}}
	if s.save {
		keep := ""
		if m.keepReport == nil {
			keep = whyNoDisk
		}
		out = append(out, offer{act: actScript, word: wordSaveReport, why: keep})
	}
	return append(out, closing(s.by)...)
}

func (s *pageSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actCopy:
		return m.copy(s.text(m.state))
	case actLinks:
		return m.printText(s.text(m.state))
	case actScript:
		return m.saveReport()
	default: // no other is offered here
	}
	m.close()
	return nil
}
