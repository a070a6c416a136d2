package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// The way from the queue to one case and back: a guide asks from a row, sees the
// case once its customer said yes, and comes back to the queue with nothing of it.

// visitSheet asks whether a case's customer is to be asked. It opens with one key
// and asks with another, so that nobody is asked by a key that was held down.
type visitSheet struct {
	row  QueueRow
	busy bool   // the customer is being asked
	said string // why that was not done
}

type (
	// visitedMsg says what came of asking.
	visitedMsg struct {
		of   *visitSheet
		seat Seat
		err  error
	}
	// leftMsg says what came of telling a customer that the guide left.
	leftMsg struct {
		number, receipt string
		err             error
	}
)

// askWait bounds how long it may take to put the question to a customer.
const askWait = 10 * time.Second

// atQueue says whether the queue has the screen of a console, and no case has.
func (m *Model) atQueue() bool { return m.console != nil && m.guide == nil }

func (s *visitSheet) body(m *Model) body {
	var b body
	w, of := m.size.text(), m.console.of
	minutes := number(int(flows.AskWait / time.Minute))
	asks := fill(wordAskTitle, "who", clean(of.Name), "org", clean(of.Organisation))
	b.put(para(RoleStrong, fill(wordVisitTitle, "case", s.row.Number), 0, w)...)
	if !s.row.Present {
		b.put(para(RoleWarn, fill(wordVisitAway, "min", minutes), 0, w)...)
	}
	if s.row.Handed.toMe() {
		b.put(para(RoleInfo, fill(wordVisitHanded, "who", s.row.Handed.By), 0, w)...)
	}
	if m.size.tight() {
		b.put(para(RoleText, fill(wordVisitTight, "asks", asks), 0, w)...)
	} else {
		for _, p := range [][2]string{{wordVisitRead, asks}, {wordVisitSee, wordVisitSeeThat}, {wordVisitCan, wordVisitCanThat}, {wordVisitLong, fill(wordVisitLongThat, "min", minutes)}} {
			b.gap()
			b.put(hanging(say(RoleSubtle, fixed(p[0], 15)+" "), RoleText, p[1], w)...)
		}
	}
	switch {
	case s.busy:
		b.foot = para(RoleInfo, wordVisitAsking, 0, w)
	case s.said != "":
		b.foot = para(RoleBad, fill(wordVisitNot, "why", s.said), 0, w)
	default:
		b.foot = para(RoleAccent, fill(wordVisitAnswer, "yes", bindingOf(actVisit).keys[0], "no", bindingOf(actBack).keys[0]), 0, w)
	}
	return b
}

func (s *visitSheet) typing(*Model) *field { return nil }

func (s *visitSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyVisiting
	}
	return []offer{{act: actVisit, why: why}, {act: actBack, word: keyClose, why: why}, {act: actPage, hidden: true}}
}

func (s *visitSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	if o.act != actVisit {
		m.close()
		return m.ahead("")
	}
	s.busy, s.said = true, ""
	ctx, ask, n := m.ctx, m.console.of.Ask, s.row.Number
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, askWait)
		defer cancel()
		seat, err := ask(ctx, n)
		return visitedMsg{s, seat, err}
	}
}

// ahead says that the customer of a case may be asked next; of an empty one, that none is.
func (m *Model) ahead(number string) tea.Cmd {
	ctx, ahead := m.ctx, m.console.of.Ahead
	if ahead == nil {
		return nil
	}
	return func() tea.Msg {
		ahead(ctx, number)
		return nil
	}
}

// visited opens the case that was asked for, or says why it cannot.
func (m *Model) visited(msg visitedMsg) tea.Cmd {
	s := msg.of
	s.busy = false
	if msg.err != nil {
		s.said = sentence(clean(msg.err.Error()))
		return nil
	}
	m.sheets, m.scrolls, m.scroll, m.notice = nil, nil, 0, span{}
	m.unwatch()
	m.watch(msg.seat)
	m.guide.of = s.row.Number
	m.deaf = m.now().Add(typeAhead)
	return tea.Batch(m.listen(), m.lookOn(), m.tick())
}

// backToQueue shows the queue, and nothing of the case any more.
func (m *Model) backToQueue() tea.Cmd {
	m.forgetCase()
	m.deaf = m.now().Add(typeAhead)
	return tea.Batch(m.listen(), m.list(), m.tick(), m.figure())
}

// forgetCase forgets the case that was watched, and follows the queue again.
func (m *Model) forgetCase() {
	m.blank()
	m.guide = nil
	m.drive(noRun{queue: m.console.of.Queue})
}

// leaveCase goes back to the queue at once, and tells the customer behind it.
func (m *Model) leaveCase() tea.Cmd {
	g := m.guide
	leave, of, receipt := g.leave(m.ctx), g.of, g.receipt(m)
	return tea.Batch(m.backToQueue(), func() tea.Msg { return leftMsg{of, receipt, leave()} })
}

// leftCase tells how a case was left.
func (m *Model) leftCase(msg leftMsg) {
	if msg.err != nil {
		m.tellPerson(RoleWarn, fill(wordVisitNotTold, "case", msg.number, "why", sentence(clean(msg.err.Error()))))
		return
	}
	m.tellPerson(RoleInfo, strings.TrimSpace(fill(wordVisitLeft, "case", msg.number)+" "+msg.receipt))
}
