package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// marked puts who points at something at the end of its row, or who suggests it.
// It takes the room from the row itself, so that nothing moves.
func (m *Model) marked(r row, id string, w int) row {
	mark := m.markers(id)
	if mark == "" {
		return r
	}
	mark = cut(mark, max(w/2, 1), false)
	n := w - cells(mark) - 1
	return r.fit(n).pad(min(n, r.width()+1)).add(RoleText, " ").add(RoleInfo, mark)
}

// markedFirst marks the first of some rows.
func (m *Model) markedFirst(rows []row, id string, w int) []row {
	if len(rows) > 0 {
		rows[0] = m.marked(rows[0], id, w)
	}
	return rows
}

func (m *Model) markers(id string) string {
	var out []string
	for _, p := range m.state.Pointers {
		if p.At == id {
			out = append(out, fill(wordMarker, "who", m.nameFor(p.Visit, p.From)))
		}
	}
	for _, h := range m.state.Hints {
		if string(h.Path) == id {
			out = append(out, fill(wordSuggestedBy, "who", m.nameFor(h.Visit, h.From)))
		}
	}
	return strings.Join(out, " ")
}

// nameFor is a guide's name alone while they watch, else as it was kept.
func (m *Model) nameFor(id flows.VisitID, from string) string {
	for _, g := range m.state.Guides {
		if g.Visit == id && g.Called() == from {
			return clean(g.Name)
		}
	}
	return clean(from)
}

// spotTitle is what a guide points at, in words.
func (m *Model) spotTitle(at string) string {
	if step, ok := flows.StepByID(flows.StepID(at)); ok {
		return m.words(step.Title)
	}
	if p, ok := flows.PathByID(flows.PathID(at)); ok {
		return m.words(p.Title)
	}
	if _, ok := checks.ByID(checks.ID(at)); ok {
		return at
	}
	return clean(at)
}

// guideNews is one line about what guides did last: a note that was not read, else
// what is pointed at. It is always one line, in a place that is always there.
func (m *Model) guideNews() row {
	if m.guide != nil {
		return nil
	}
	if m.state.NotesCame > m.heardNotes {
		for _, n := range slices.Backward(m.state.Notes) {
			if n.From != "" {
				key := bindingOf(actGuides).keys[0]
				room := m.size.text() - cells(fill(wordNoteCame, "who", "", "text", "", "key", key))
				who := cut(m.nameFor(n.Visit, n.From), max(room/3, 1), false)
				return say(RoleInfo, fill(wordNoteCame, "who", who, "text", cut(clean(n.Text), max(room-cells(who), 1), false), "key", key))
			}
		}
	}
	if n := len(m.state.Pointers); n > 0 {
		p := m.state.Pointers[n-1]
		return say(RoleInfo, cut(fill(wordPointsAt, "who", m.nameFor(p.Visit, p.From), "what", m.spotTitle(p.At)), m.size.text(), false))
	}
	return nil
}

// guidesSheet shows who watches and the notes both ways, and takes a note.
type guidesSheet struct {
	at    int
	field field
}

func (s *guidesSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	guides := m.guides()
	s.at = max(min(s.at, len(guides)-1), 0)
	b.put(say(RoleStrong, wordGuidesTitle))
	if word, open := m.openYes(); open {
		b.put(para(RoleWarn, word, 0, w)...)
	} else if len(guides) == 0 {
		b.put(say(RoleSubtle, wordGuidesNone))
	}
	for i, g := range guides {
		head, role := row{}.add(RoleText, "  "), RoleText
		if i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
		}
		b.put(hanging(head, role, fill(wordGuideRow, "who", clean(g.Called()), "until", m.clockShort(g.Until)), w)...)
	}
	b.gap()
	b.put(m.noteRows(w)...)
	b.focus, b.focusEnd = len(b.rows)-1, len(b.rows) // the latest are seen
	if len(guides) > 0 {
		var foot body
		if !m.size.tight() {
			foot.put(para(RoleSubtle, wordGuidesWrite, 0, w)...)
		}
		putLine(&foot, &s.field, w)
		if s.field.said != "" {
			foot.put(say(RoleBad, cut(s.field.said, w, false)))
		}
		b.foot, b.cursor = foot.rows, foot.cursor
	}
	return b
}

// noteRows are the notes both ways, oldest first.
func (m *Model) noteRows(w int) []row {
	rows := []row{say(RoleStrong, wordGuidesNotes)}
	if len(m.state.Notes) == 0 {
		return append(rows, say(RoleSubtle, wordGuidesEmpty))
	}
	for _, n := range m.state.Notes {
		who, role := wordNoteYou, RoleSubtle
		switch {
		case n.From != "":
			who, role = fill(wordNoteFrom, "who", clean(n.From)), RoleInfo
		case m.guide != nil:
			who = fill(wordNoteFrom, "who", authorWords[flows.ByPerson])
		}
		rows = append(rows, linklessHanging(say(role, who), RoleText, clean(n.Text), w)...)
	}
	return rows
}

func (s *guidesSheet) typing(m *Model) *field {
	if len(m.guides()) == 0 {
		return nil
	}
	return &s.field
}

func (s *guidesSheet) offers(m *Model) []offer {
	why := ""
	if len(m.guides()) == 0 {
		why = whyNobodyWatches
		if _, open := m.openYes(); open {
			why = whyNotKnown
		}
	}
	return []offer{
		{act: actTake, word: keySend, why: why},
		{act: actEndOne, why: why},
		{act: actMove, why: why},
		{act: actWhole, hidden: true},
		{act: actBack, word: keyClose},
		{act: actGuides, word: keyClose, hidden: true},
		{act: actPage},
	}
}

func (s *guidesSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	guides := m.guides()
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(guides), k)
	case actEndOne:
		if s.at < len(guides) {
			m.endWatch(guides[s.at])
		}
	case actWhole:
		return m.printText(m.notesText())
	case actTake:
		if text := s.field.value(); text != "" && m.hand(flows.Noted{Text: text}) {
			s.field.set("")
			m.paged = false
		}
	default:
		m.close()
	}
	return nil
}

// notesText are the notes with every link whole.
func (m *Model) notesText() string {
	var b strings.Builder
	for _, n := range m.state.Notes {
		who := wordNoteYou
		if n.From != "" {
			who = fill(wordNoteFrom, "who", clean(n.From))
		}
		b.WriteString(who + clean(n.Text) + "\n")
	}
	return b.String()
}
