package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// CannedAnswer is a text that guides need often. It is put into a note for the guide
// to read and to mend, and is never sent by itself.
type CannedAnswer struct {
	Title string
	// Text is on one line. Each of AnswerPlaces in it gives way to what it stands for
	// in the run.
	Text string
}

// AnswerPlaces are the placeholders that a canned answer may have: the app's name and
// the tenant's domain, which the guide sees anyway.
func AnswerPlaces() []string { return []string{"{app}", "{tenant}"} }

// filled is the text of an answer for the run that is watched.
func (a CannedAnswer) filled(m *Model) string {
	return fill(clean(a.Text), "app", m.appName(), "tenant", m.domain())
}

// answersMsg says which answers there are.
type answersMsg struct {
	of  *answersSheet
	all []CannedAnswer
	err error
}

// answersSheet has a guide choose an answer for the note that is being written.
type answersSheet struct {
	all    []CannedAnswer
	come   bool   // they were read
	said   string // why they cannot be read as they are now; empty: they can
	filter field
	at     int // of those that are seen
}

// answerGrace is how long after an answer was put into a note that is not sent: the
// key that chose it sends it, too.
const answerGrace = time.Second

// answers is where the answers come from; nil: there are none here.
func (m *Model) answers() func(context.Context) ([]CannedAnswer, error) {
	if m.console == nil {
		return nil
	}
	return m.console.of.Answers
}

// openAnswers opens the list, and has it read behind that.
func (m *Model) openAnswers() tea.Cmd {
	s := &answersSheet{filter: field{limit: 60}}
	m.open(s)
	ctx, read := m.ctx, m.answers()
	return func() tea.Msg {
		all, err := read(ctx)
		return answersMsg{s, all, err}
	}
}

// answersCame takes them. What was read before is there even where it cannot be now.
func (m *Model) answersCame(msg answersMsg) {
	msg.of.come, msg.of.all = true, msg.all
	if msg.err != nil {
		msg.of.said = sentence(clean(msg.err.Error()))
	}
}

// seen are the answers that hold what is searched for.
func (s *answersSheet) seen() []CannedAnswer {
	want := strings.ToLower(s.filter.value())
	return slices.DeleteFunc(slices.Clone(s.all), func(a CannedAnswer) bool {
		return !strings.Contains(strings.ToLower(a.Title+" "+a.Text), want)
	})
}

func (s *answersSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	if !m.size.tight() {
		b.put(para(RoleStrong, wordAnswers, 0, w)...)
	}
	putLine(&b, &s.filter, w)
	if s.said != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, s.said, w)...)
	}
	all := s.seen()
	s.at = max(min(s.at, len(all)-1), 0)
	switch {
	case !s.come:
		b.put(say(RoleSubtle, wordAnswersCome))
	case len(s.all) == 0:
		b.put(para(RoleSubtle, wordAnswersNone, 0, w)...)
	case len(all) == 0:
		b.put(para(RoleSubtle, fill(wordNoMatch, "text", s.filter.value()), 0, w)...)
	}
	for i, a := range all {
		head, role := row{}.add(RoleText, "  "), RoleText
		if i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
			b.focus, b.focusEnd = len(b.rows), len(b.rows)+1
		}
		b.put(head.add(role, clean(a.Title)).fit(w))
	}
	if len(all) > 0 {
		text := linkless(RoleText, all[s.at].filled(m), 2, w)
		if most := max(m.size.body()/3, 1); len(text) > most {
			text = text[:most]
			text[most-1] = text[most-1].add(RoleSubtle, " …")
		}
		b.foot = text
	}
	return b
}

func (s *answersSheet) typing(*Model) *field { return &s.filter }

func (s *answersSheet) offers(*Model) []offer {
	why := ""
	if len(s.seen()) == 0 {
		why = whyNoAnswer
	}
	return []offer{{act: actTake, word: keyAnswer, why: why}, {act: actMove, why: why}, {act: actBack, word: keyClose}, {act: actPage, hidden: true}}
}

func (s *answersSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	all := s.seen()
	switch {
	case o.act == actMove:
		s.at = stepBy(s.at, len(all), k)
	case o.act == actTake && s.at < len(all):
		m.close()
		m.guide.takeAnswer(m, all[s.at])
	default:
		m.close()
	}
	return nil
}

// takeAnswer puts an answer into the note, where the cursor is.
func (g *guideScreen) takeAnswer(m *Model, a CannedAnswer) {
	f := g.note
	if f == nil {
		return
	}
	text := a.filled(m)
	if f.left != "" && !strings.HasSuffix(f.left, " ") {
		text = " " + text
	}
	f.said = ""
	if f.insert(text); f.said != "" { // there was no room, and nothing is in it
		return
	}
	g.put = m.now()
	f.said = linksLeft(m.state, f.value())
}

// linksLeft says which links of a note may not stand in it; empty: all may.
func linksLeft(s flows.State, text string) string {
	if _, left := flows.CleanNote(s, text); len(left) > 0 {
		return sentence((&run.LinkError{Hosts: left}).Error())
	}
	return ""
}
