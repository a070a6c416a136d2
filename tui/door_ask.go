package tui

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// AskWhy asks Microsoft's public sign-in service and the DNS about a domain as it
// was typed, and gives the question back with what they say. It signs nobody in.
type AskWhy func(ctx context.Context, domain string, in checks.WhyAsked) (checks.WhyAsked, error)

// whyAskedMsg is what came of asking.
type whyAskedMsg struct {
	of     *whyAnswer
	domain string
	in     checks.WhyAsked
	err    error
}

// cannotAsk says why nobody can be asked from here; empty: they can.
func (m *Model) cannotAsk() string {
	if m.askWhy == nil {
		return whyNoAsking
	}
	return ""
}

// ask asks about a domain; an earlier asking is called off.
func (s *whyAnswer) ask(m *Model, domain string) tea.Cmd {
	s.halt()
	ctx, cancel := context.WithCancel(m.ctx)
	s.stop, s.asking, s.failed, s.typed = cancel, domain, "", domain
	ask, in := m.askWhy, s.in
	return func() tea.Msg {
		defer cancel()
		out, err := ask(ctx, domain, in)
		return whyAskedMsg{of: s, domain: domain, in: out, err: err}
	}
}

// halt calls off what is being asked.
func (s *whyAnswer) halt() {
	if s.stop != nil {
		s.stop()
	}
	s.stop, s.asking = nil, ""
}

// whyAsked takes what came of asking, unless it was called off.
func (m *Model) whyAsked(msg whyAskedMsg) {
	s := msg.of
	if s.asking != msg.domain || s.stop == nil {
		return
	}
	s.stop, s.asking = nil, ""
	if msg.err != nil {
		s.failed = sentence(clean(msg.err.Error()))
		return
	}
	if msg.in.Subject.Look == nil {
		msg.in.Subject.Look = &checks.Snapshot{}
	}
	colleague, before := s.in.Colleague, s.in.Before             // may be another by now
	s.in, s.asked, s.seen = msg.in, msg.in.Subject.Domain, false // none for a domain of personal mail
	s.in.Colleague, s.in.Before = colleague, before
	s.explain(m)
}

// doorDomain asks which domain is to be asked about.
type doorDomain struct {
	answer *whyAnswer
	field  field
}

func newDoorDomain(s *whyAnswer) *doorDomain {
	out := &doorDomain{answer: s, field: field{limit: 254}}
	out.field.set(cmp.Or(s.typed, s.asked, s.run.Domain)) // what was mistyped is mended, not typed anew
	return out
}

func (s *doorDomain) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, wordDoorAskTitle, 0, w)...)
	b.put(para(RoleSubtle, wordDoorAskHelp, 0, w)...)
	b.gap()
	putLine(&b, &s.field, w)
	if s.field.said != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, s.field.said, w)...)
	}
	return b
}

func (s *doorDomain) typing(*Model) *field { return &s.field }

func (s *doorDomain) offers(*Model) []offer {
	why := ""
	if s.field.value() == "" {
		why = whyNoDomain
	}
	return []offer{{act: actTake, word: wordDoorAskNow, why: why}, {act: actBack, word: keyClose}}
}

func (s *doorDomain) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	if o.act == actTake {
		return s.answer.ask(m, s.field.value())
	}
	return nil
}

// doorStart asks whether a run is to go on with what the text says, with all of
// it in sight: what is pasted is nobody's word.
type doorStart struct {
	ask    asker
	handed *flows.Handed
	domain string
	seen   bool // the answers were gone to: until then what is asked about stays in sight
}

func newDoorStart(m *Model, s *whyAnswer) *doorStart {
	return &doorStart{handed: s.startable(m), domain: s.run.Domain}
}

func (s *doorStart) question() flows.Question {
	q := flows.TextQuestion(s.handed)
	s.ask.set(q)
	return q
}

func (s *doorStart) body(m *Model) body {
	var b body
	s.ask.put(&b, s.question(), m.size.text(), false)
	if m.size.tight() && !s.seen {
		b.focus, b.focusEnd = 0, 1
	}
	return b
}

func (s *doorStart) choose(_ *Model, k tea.KeyPressMsg) bool {
	s.seen = true
	return s.ask.digit(s.question(), k)
}

func (s *doorStart) typing(*Model) *field { return nil }

func (s *doorStart) offers(*Model) []offer {
	return append(s.ask.offers(s.question()), offer{act: actBack, word: keyClose})
}

func (s *doorStart) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if o.act == actBack {
		m.close()
		return nil
	}
	if m.size.tight() && !s.seen { // the first key shows what there is to choose
		s.seen = true
		return nil
	}
	e, _ := s.ask.act(s.question(), o, k)
	a, ok := e.(flows.Answered)
	switch {
	case !ok:
		return nil
	case a.Value != flows.HandoffYes:
		m.close()
		return nil
	}
	return m.goOnWith(*s.handed.Profile, s.domain)
}

// goOnWith begins the run about an app and, where it has none yet, a domain.
func (m *Model) goOnWith(p flows.Profile, domain string) tea.Cmd {
	m.sheets, m.scrolls = nil, nil
	var cmd tea.Cmd
	if have := m.state.Profile; have != nil && have.ID == p.ID && have.ClientID == p.ClientID {
		cmd = m.tell(flows.Advanced{})
	} else {
		cmd = m.tellAndGo(flows.Picked{Profile: p})
	}
	if m.state.Domain == "" && domain != "" && m.state.Place.Stage == flows.StageTenant {
		cmd = tea.Batch(cmd, m.tellAndGo(flows.Answered{Question: flows.AskDomain, Value: domain}))
	}
	return cmd
}
