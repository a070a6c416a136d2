package tui

import (
	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// formScreen asks the one question of its place and goes on. The tenant screen
// is one.
type formScreen struct{ ask asker }

func (s *formScreen) question(m *Model) flows.Question {
	qs := flows.Asks(m.state)
	if len(qs) == 0 {
		return flows.Question{}
	}
	s.ask.set(qs[0])
	return qs[0]
}

func (s *formScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	s.ask.put(&b, s.question(m), w, false)
	b.gap()
	b.put(para(RoleSubtle, wordDomainAside, 0, w)...)
	return b
}

func (s *formScreen) typing(m *Model) *field { return s.ask.typing(s.question(m)) }

func (s *formScreen) offers(m *Model) []offer { return s.ask.offers(s.question(m)) }

func (s *formScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if e, _ := s.ask.act(s.question(m), o, k); e != nil {
		return m.tellAndGo(e)
	}
	return nil
}
