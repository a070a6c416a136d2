package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// eraseWait bounds how long it may take to erase a case: of a database that others read
// the store waits for them a little.
const eraseWait = 2 * askWait

// erasedMsg says what came of erasing a case.
type erasedMsg struct {
	of   *eraseSheet
	told string
	err  error
}

// eraseSheet erases a case once its number was typed.
type eraseSheet struct {
	number string
	field  field
	said   string // what went wrong last
	busy   bool
}

func (s *eraseSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	what := wordEraseWhat
	if m.size.tight() {
		what = wordEraseTight
	}
	b.put(para(RoleBad, fill(wordErase, "case", s.number), 0, w)...)
	b.put(para(RoleText, what, 0, w)...)
	b.gap()
	if s.busy {
		b.put(para(RoleInfo, wordErasing, 0, w)...)
		return b
	}
	b.put(para(RoleAccent, fill(wordEraseType, "case", s.number, "no", bindingOf(actBack).keys[0]), 0, w)...)
	putLine(&b, &s.field, w)
	if s.said != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, s.said, w)...)
	}
	return b
}

func (s *eraseSheet) typing(*Model) *field {
	if s.busy {
		return nil
	}
	return &s.field
}

func (s *eraseSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyErasing
	}
	return []offer{{act: actTake, word: keyErase, why: why}, {act: actBack, word: keyClose, why: why}, {act: actPage, hidden: true}}
}

func (s *eraseSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	if o.act != actTake {
		m.close()
		return nil
	}
	if bare(s.field.value()) != bare(s.number) {
		s.said = fill(wordEraseNot, "case", s.number)
		return nil
	}
	s.busy, s.said = true, ""
	outer, erase, number := m.ctx, m.console.of.Erase, s.number
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(outer, eraseWait)
		defer cancel()
		told, err := erase(ctx, number)
		return erasedMsg{s, told, err}
	}
}

// erased tells what came of it.
func (m *Model) erased(msg erasedMsg) tea.Cmd {
	s := msg.of
	s.busy = false
	if msg.err != nil {
		s.said = fill(wordEraseFailed, "why", sentence(clean(msg.err.Error())))
		return nil
	}
	m.close()
	m.deaf = m.now().Add(typeAhead)
	m.tellPerson(RoleInfo, s.done(msg.told))
	return m.list()
}

// done says that the case is gone.
func (s *eraseSheet) done(told string) string {
	said := fill(wordErased, "case", s.number)
	if told != "" {
		said += " " + clean(told)
	}
	return said
}

// erase is the same on plain lines. ended: there is no more input.
func (p *plain) erase(ctx context.Context, which string) (ended bool) {
	r, ok := p.rowBy(which)
	if !ok {
		p.out.line(plainEraseWhich)
		return false
	}
	if !p.settle(ctx) {
		return true
	}
	p.out.line(fill(wordErase, "case", r.Number))
	p.out.line(wordEraseWhat)
	p.asksAnew()
	text, ok := p.oneLine(ctx, fill(plainEraseType, "case", r.Number))
	switch {
	case !ok:
		return true
	case bare(text) != bare(r.Number):
		p.out.line(fill(wordEraseNot, "case", r.Number))
		return false
	}
	erasing, cancel := context.WithTimeout(ctx, eraseWait)
	told, err := p.m.console.of.Erase(erasing, r.Number)
	cancel()
	if err != nil {
		p.out.line(fill(wordEraseFailed, "why", sentence(clean(err.Error()))))
		return false
	}
	p.out.line((&eraseSheet{number: r.Number}).done(told))
	return false
}
