package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
)

// explainSheet says what one finding means, whole.
type explainSheet struct{ id checks.ID }

// found is the finding of a sheet as it is now, which may be newer than when
// the sheet was opened.
func (m *Model) entry(id checks.ID) entry {
	for _, e := range m.entries(nil) {
		if e.id == id {
			return e
		}
	}
	return entry{id: id}
}

func (s *explainSheet) body(m *Model) body {
	var b body
	b.put(m.explain(m.entry(s.id), m.size.text())...)
	return b
}

func (s *explainSheet) typing(*Model) *field { return nil }

func (s *explainSheet) offers(m *Model) []offer {
	why := ""
	if !m.entry(s.id).found {
		why = whyStillLooking
	}
	return append([]offer{{act: actEvidence, why: why}, {act: actMove, word: wordOthers}}, closing()...)
}

func (s *explainSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actEvidence:
		m.open(&evidenceSheet{id: s.id})
	case actMove:
		s.id = m.neighbour(s.id, k, nil)
		m.scroll = 0
	default:
		m.close()
	}
	return nil
}

// neighbour is the finding before or after one.
func (m *Model) neighbour(id checks.ID, k tea.KeyPressMsg, only func(entry) bool) checks.ID {
	es := m.diagnosis.listed(m)
	if only != nil {
		es = slices.DeleteFunc(es, func(e entry) bool { return !only(e) })
	}
	if len(es) == 0 {
		return id
	}
	at := max(slices.IndexFunc(es, func(e entry) bool { return e.id == id }), 0)
	return es[stepBy(at, len(es), k)].id
}

// evidenceSheet shows what a finding rests on: the request as sent, the time,
// Microsoft's request id, the value seen, and the same check by hand.
type evidenceSheet struct{ id checks.ID }

func (s *evidenceSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	e := m.entry(s.id)
	mark, word, role := verdictLook(e.held.Verdict, e.held.Grade)
	b.put(row{}.add(RoleStrong, wordEvidenceOf+" ").add(RoleStrong, string(e.id)).add(RoleText, "  ").add(role, mark+" "+word))
	b.put(para(RoleText, clean(e.held.Summary), 0, w)...)
	if len(e.held.Seen) == 0 {
		b.gap()
		b.put(para(RoleSubtle, wordNoEvidence, 0, w)...)
	}
	for _, v := range e.held.Seen {
		b.gap()
		b.put(evidenceRows(v, w)...)
	}
	if hands := byHand(e.held.Seen); len(hands) > 0 {
		b.gap()
		b.put(say(RoleStrong, wordByHand))
		for _, h := range hands {
			b.put(linklessHanging(row{}.add(RoleSubtle, fixed(clean(h.Tool), 12)), RoleText, cleanBlock(h.Line), w)...)
		}
	}
	return b
}

// evidenceRows is one thing seen.
func evidenceRows(v checks.Evidence, w int) []row {
	var rows []row
	put := func(label, value string) {
		if value != "" {
			head := row{}.add(RoleSubtle, fixed(label, 12))
			rows = append(rows, linklessHanging(head, RoleText, value, w)...)
		}
	}
	put(wordSource, clean(v.Source))
	put(wordRequest, cleanBlock(v.Request))
	put(wordSeen, clean(v.Value))
	if !v.At.IsZero() {
		put(wordAt, v.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	put(wordRequestID, clean(v.RequestID))
	return rows
}

// byHand are the commands that look at the same things, each once.
func byHand(seen []checks.Evidence) []checks.Command {
	var out []checks.Command
	for _, v := range seen {
		for _, c := range checks.ByHand(v) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func (s *evidenceSheet) typing(*Model) *field { return nil }

func (s *evidenceSheet) offers(m *Model) []offer {
	return append([]offer{{act: actMove, word: wordOthers}, {act: actCopy}, {act: actLinks, word: wordShowWhole}}, closing(actEvidence)...)
}

func (s *evidenceSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actMove:
		s.id = m.neighbour(s.id, k, func(e entry) bool { return e.found })
		m.scroll = 0
	case actCopy:
		return m.copy(m.evidenceText(s.id))
	case actLinks:
		return m.printText(m.evidenceText(s.id))
	default:
		m.close()
	}
	return nil
}

// evidenceText is the same with every link whole, for the clipboard and the
// normal screen.
func (m *Model) evidenceText(id checks.ID) string {
	e := m.entry(id)
	lines := []string{
		string(e.id) + ": " + e.held.Verdict.String() + ", " + e.held.Grade.String(), clean(e.held.Summary),
	}
	for _, v := range e.held.Seen {
		lines = append(lines, "", clean(v.Source)+"  "+cleanBlock(v.Request), clean(v.Value),
			v.At.UTC().Format("2006-01-02T15:04:05Z")+"  "+clean(v.RequestID))
	}
	for _, h := range byHand(e.held.Seen) {
		lines = append(lines, "", clean(h.Tool)+":", cleanBlock(h.Line))
	}
	return strings.Join(lines, "\n") + "\n"
}
