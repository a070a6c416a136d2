package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// appScreen asks which app the run is about: a list with a search, or the
// client id of an app that is not in it.
type appScreen struct {
	ask asker
	// seen says that the answers to a hand-off code were gone to: until then what
	// it says stays in sight.
	seen bool
}

// appQuestion is the list of apps. Who comes to a served run describes none there.
func (m *Model) appQuestion() flows.Question {
	q := flows.AppQuestion(m.state, m.profiles)
	if m.served {
		q.Help = wordAppHelpServed
	}
	return q
}

// question is the list of apps, or, for an app without one, its client id.
func (s *appScreen) question(m *Model) flows.Question {
	q := m.appQuestion()
	if qs := flows.Asks(m.state); len(qs) > 0 && (m.state.App.ClientID == "" || m.editID) && !m.pickAgain {
		q = qs[0]
	}
	s.ask.set(q)
	return q
}

func (s *appScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	q := s.question(m)
	if q.ID == flows.AskClientID {
		b.put(para(RoleText, fill(wordNeedsID, "app", m.appName()), 0, w)...)
		b.gap()
	} else if m.fresh() && !m.size.tight() && q.ID != flows.AskHandoff {
		b.put(para(RoleText, wordWelcome, 0, w)...)
		b.gap()
	}
	s.ask.put(&b, q, w, false)
	if q.Instead != nil {
		b.gap()
		b.put(para(RoleSubtle, fill(wordInstead, "key", offer{act: actInstead}.label(false, true)), 0, w)...)
	}
	if q.ID == flows.AskHandoff && m.size.tight() && !s.seen {
		b.focus, b.focusEnd = 0, 1
	}
	return b
}

func (s *appScreen) choose(m *Model, k tea.KeyPressMsg) bool {
	s.seen = true
	return s.ask.digit(s.question(m), k)
}

func (s *appScreen) typing(m *Model) *field { return s.ask.typing(s.question(m)) }

func (s *appScreen) offers(m *Model) []offer {
	q := s.question(m)
	out := s.ask.offers(q)
	if q.ID == flows.AskClientID {
		if q.Instead != nil {
			out = append(out, offer{act: actInstead})
		}
		return append(out, offer{act: actBack, word: wordOtherApp})
	}
	if s.ask.filter != nil {
		return append(out, offer{act: actBack, word: wordEndSearch})
	}
	if q.ID == flows.AskHandoff {
		return out
	}
	if m.size.tight() && len(out) > 0 { // the second door goes before the arrows
		return append(slices.Insert(out, 1, offer{act: actWhy, word: wordDoorTight}), offer{act: actFilter}, offer{act: actManual})
	}
	return append(out, offer{act: actWhy, word: wordDoorKey}, offer{act: actFilter}, offer{act: actManual})
}

func (s *appScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	q := s.question(m)
	switch o.act {
	case actInstead:
		if q.Instead == nil {
			return nil
		}
		s.ask.field.set("")
		return m.tellAndGo(flows.Answered{Question: q.ID, Value: q.Instead.ID})
	case actFilter:
		s.ask.filter = &field{limit: 60}
		return nil
	case actManual:
		m.open(newOwnApp(m.ownOr(wordOwnAppHelp, wordOwnAppServed)))
		return nil
	case actWhy:
		m.open(&doorSheet{})
		return nil
	case actBack:
		if s.ask.filter != nil {
			s.ask.filter, s.ask.said = nil, ""
		} else {
			m.pickAgain = true
		}
		return nil
	default: // no other is offered here
	}
	if q.ID == flows.AskHandoff && m.size.tight() && !s.seen { // the first key shows what there is to choose
		s.seen = true
		return nil
	}
	e, _ := s.ask.act(q, o, k)
	if e == nil {
		return nil
	}
	if q.ID == flows.AskApp {
		return m.pick(e)
	}
	return m.tellAndGo(e)
}

// pick turns the answer to the list into the app's whole description.
func (m *Model) pick(e flows.Event) tea.Cmd {
	a, ok := e.(flows.Answered)
	if !ok {
		return nil
	}
	m.pickAgain = false
	for _, p := range m.profiles {
		switch {
		case p.ID != a.Value:
		case m.state.Profile == nil || m.state.Profile.ID != p.ID:
			return m.tellAndGo(flows.Picked{Profile: p})
		case p.ClientID == "": // the same app: only its client id can be another
			m.editID = true
			return nil
		default:
			return m.tell(flows.Advanced{})
		}
	}
	return nil
}

// ownApp asks for the client id of an app that has no description here. Such a
// run can see and explain, but nobody has said which permissions are needed.
type ownApp struct {
	ask  asker
	help string
}

func newOwnApp(help string) *ownApp { return &ownApp{help: help} }

func (s *ownApp) question() flows.Question {
	q := flows.Question{
		ID: flows.AskClientID, Kind: flows.Text, Title: wordOwnAppAsk, Help: s.help,
		Example: "00000000-0000-0000-0000-000000000000", Rule: flows.RuleGUID,
	}
	s.ask.set(q)
	return q
}

func (s *ownApp) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleText, wordOwnApp, 0, w)...)
	b.gap()
	s.ask.put(&b, s.question(), w, false)
	return b
}

func (s *ownApp) typing(*Model) *field { return s.ask.typing(s.question()) }

func (s *ownApp) offers(*Model) []offer {
	return append(s.ask.offers(s.question()), offer{act: actBack, word: wordToList})
}

func (s *ownApp) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if o.act == actBack {
		m.close()
		return nil
	}
	e, _ := s.ask.act(s.question(), o, k)
	a, ok := e.(flows.Answered)
	if !ok {
		return nil
	}
	m.close()
	return m.tellAndGo(flows.Picked{Profile: flows.Profile{
		ID: flows.OwnAppID, Name: wordOwnAppName, Publisher: flows.Maker{Name: wordOwnAppMaker}, ClientID: a.Value, ClientIDFrom: checks.IDGiven,
	}})
}
