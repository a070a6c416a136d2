package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// Earlier is a run that was left before its end.
type Earlier struct {
	ID     string // for Reopen
	App    string
	Domain string
	Where  string    // the place in words, such as "step 2 of 3"
	Left   time.Time // of the last record
}

// resumeSheet offers to go on with an earlier run. It opens by itself, so it
// takes no keys for a moment.
type resumeSheet struct {
	earlier []Earlier
	at      int
	busy    bool
}

func (s *resumeSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordResumeTitle))
	b.put(para(RoleSubtle, resumeHelp(m.state), 0, w)...)
	b.gap()
	for i := range len(s.earlier) + 1 {
		head, role := row{}.add(RoleSubtle, "  "+number(i+1)+"  "), RoleText
		if i == s.at {
			head, role = row{}.add(RoleFocus, "› "+number(i+1)+"  "), RoleStrong
			b.focus, b.focusEnd = len(b.rows), len(b.rows)+2
		}
		b.put(hanging(head, role, s.title(i), w)...)
		if i < len(s.earlier) {
			e := s.earlier[i]
			b.put(para(RoleSubtle, fill(wordResumeAt, "where", clean(e.Where), "ago", ago(m.now().Sub(e.Left))), 5, w)...)
		}
	}
	return b
}

// title names a run, or the new one that comes last.
func (s *resumeSheet) title(i int) string {
	if i >= len(s.earlier) {
		return wordResumeNew
	}
	e := s.earlier[i]
	app, domain := clean(e.App), clean(e.Domain)
	if app == "" {
		app = wordNoAppYet
	}
	if domain == "" {
		return app
	}
	return app + " → " + domain
}

func (s *resumeSheet) typing(*Model) *field { return nil }

func (s *resumeSheet) choose(_ *Model, k tea.KeyPressMsg) bool {
	if len(k.Text) != 1 || k.Text[0] < '1' || int(k.Text[0]-'1') > len(s.earlier) {
		return false
	}
	s.at = int(k.Text[0] - '1')
	return true
}

func (s *resumeSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyOpening
	}
	return []offer{{act: actTake, why: why}, {act: actMove}, {act: actNext, word: wordResumeNewKey, why: why}, {act: actLeave}}
}

func (s *resumeSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(s.earlier)+1, k)
		return nil
	case actLeave:
		return tea.Quit
	case actNext:
		m.close()
		return nil
	default: // no other is offered here
	}
	if s.at >= len(s.earlier) {
		m.close()
		return nil
	}
	s.busy = true
	reopen, ctx, id := m.reopen, m.ctx, s.earlier[s.at].ID
	return func() tea.Msg {
		drv, err := reopen(ctx, id)
		return reopenedMsg{drv: drv, err: err}
	}
}

// reopened goes on with the run that was chosen.
func (m *Model) reopened(msg reopenedMsg) tea.Cmd {
	s, ok := m.topSheet().(*resumeSheet)
	if msg.err != nil || msg.drv == nil {
		if ok {
			s.busy = false
		}
		why := ""
		if msg.err != nil {
			why = clean(msg.err.Error())
		}
		m.tellPerson(RoleBad, fill(wordNotReopened, "why", why))
		return nil
	}
	if ok {
		m.close()
	}
	m.drive(msg.drv)
	m.tellPerson(RoleInfo, reopened(m.state))
	return tea.Batch(m.listen(), m.tick())
}

// resumeHelp says what comes of an earlier run that is gone on with.
func resumeHelp(s flows.State) string {
	if s.Keeps {
		return wordResumeKept
	}
	return wordResumeHelp
}

// reopened says what to do once an earlier run is there.
func reopened(s flows.State) string {
	if s.Keeps {
		return wordReopenedKept
	}
	return wordReopened
}
