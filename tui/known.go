package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// knownScreen shows what is known of a tenant before anybody signed in, while
// it lands, and asks for the cloud where a domain is in two.
type knownScreen struct{ ask asker }

func (s *knownScreen) question(m *Model) flows.Question {
	qs := flows.Asks(m.state)
	if len(qs) == 0 {
		return flows.Question{}
	}
	s.ask.set(qs[0])
	return qs[0]
}

func (s *knownScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, fill(wordKnownTitle, "domain", clean(flows.ShownDomain(m.state.Domain))), 0, w)...)
	b.put(para(RoleSubtle, wordKnownHelp, 0, w)...)
	b.gap()
	if advice := flows.HandoffAdvice(m.state); len(advice) > 0 {
		putFacts(&b, advice, w)
		b.put(para(RoleSubtle, wordKnownAdvice, 0, w)...)
		b.gap()
	}
	// Every row first, what they mean below: nothing moves as they land.
	var notes []string
	blind := true
	for _, e := range m.entries(flows.IsPublic) {
		b.put(m.findingRow(e, w, false))
		for _, d := range e.held.Detail[:min(len(e.held.Detail), 1)] {
			if note := clean(d); e.found && !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
		blind = blind && e.found && e.held.Verdict == checks.Unknown
	}
	b.gap()
	for _, n := range notes {
		b.put(linkless(RoleSubtle, n, 0, w)...)
	}
	b.gap()
	if blind {
		b.put(hanging(say(RoleWarn, "! "), RoleText, m.blindWords(), w)...)
	}
	if q := s.question(m); q.ID != "" {
		s.ask.put(&b, q, w, true)
		return b
	}
	if why := flows.Missing(m.state); why != "" {
		b.put(m.missing(why, w)...)
	} else {
		next := wordKnownNext
		if m.noSignIn || m.nobodySignsIn() {
			next = wordKnownOn
		}
		b.put(para(RoleText, next, 0, w)...)
	}
	return b
}

// blindWords say what to do where nothing could be looked at.
func (m *Model) blindWords() string {
	if m.served {
		return wordKnownBlindServed
	}
	return wordKnownBlind
}

func (s *knownScreen) choose(m *Model, k tea.KeyPressMsg) bool { return s.ask.digit(s.question(m), k) }

func (s *knownScreen) typing(*Model) *field { return nil }

func (s *knownScreen) offers(m *Model) []offer {
	again := offer{act: actAgain}
	if q := s.question(m); q.ID != "" {
		return append(s.ask.offers(q), again)
	}
	return []offer{{act: actTake, word: wordGoOn, why: flows.Missing(m.state)}, again}
}

func (s *knownScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if o.act == actAgain {
		return m.tell(flows.AskedAgain{})
	}
	if q := s.question(m); q.ID != "" {
		if e, _ := s.ask.act(q, o, k); e != nil {
			return m.tellAndGo(e)
		}
		return nil
	}
	return m.tell(flows.Advanced{})
}
