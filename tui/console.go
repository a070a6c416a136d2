package tui

import (
	"cmp"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// consoleScreen is the queue of a guide, in the place of the stages of a run.
type consoleScreen struct {
	of     *Console
	queue  queued
	at     string // number of the case under the cursor, wherever it moves to
	filter *field // nil: nothing is searched for
	asking bool   // a list is on its way
	again  bool   // and the queue changed meanwhile

	figures figured
}

// queuedMsg says what the queue gave.
type queuedMsg struct {
	rows []QueueRow
	more bool
	err  error
}

// consoleTick is how often the ages on a console are drawn anew.
const consoleTick = 5 * time.Second

// list asks the queue anew. It may take its time, so it is a command; one at a time.
func (m *Model) list() tea.Cmd {
	if !m.atQueue() {
		return nil
	}
	if m.console.asking {
		m.console.again = true
		return nil
	}
	m.console.asking, m.console.again = true, false
	ctx, q := m.ctx, m.console.of.Queue
	return func() tea.Msg {
		rows, more, err := q.List(ctx)
		return queuedMsg{rows, more, err}
	}
}

// listAgain asks the queue anew where it could not be listed.
func (m *Model) listAgain() tea.Cmd {
	if !m.atQueue() || m.console.queue.why == "" {
		return nil
	}
	return m.list()
}

// listed takes what the queue gave.
func (m *Model) listed(msg queuedMsg) tea.Cmd {
	m.console.asking = false
	m.console.queue.take(msg.rows, msg.more, msg.err)
	if m.console.again {
		return m.list()
	}
	return nil
}

// rows are those that are seen.
func (s *consoleScreen) rows() []QueueRow {
	text := ""
	if s.filter != nil {
		text = s.filter.value()
	}
	return s.queue.fit(text)
}

// place is where the cursor is among rows: at its case, or where that is gone at
// the first.
func (s *consoleScreen) place(rows []QueueRow) int {
	return max(slices.IndexFunc(rows, func(r QueueRow) bool { return r.Number == s.at }), 0)
}

func (s *consoleScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	if s.filter != nil {
		putLine(&b, s.filter, w)
	}
	if s.queue.why != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, s.unread(), w)...)
		b.gap()
	}
	rows := s.rows()
	if len(rows) == 0 && (s.queue.listed || s.queue.why == "") {
		b.put(para(RoleSubtle, s.nothing(), 0, w)...)
	}
	if len(rows) == 0 {
		return b
	}
	if m.size.class != narrow {
		b.put(say(RoleSubtle, "  "+queueColumns(wordColCase, wordColWaits, wordColAge, wordColHere)+wordColStep))
	}
	at := s.place(rows)
	for i, r := range rows {
		from := len(b.rows)
		if r.Shown == nil && r.Handed == nil && m.size.class != narrow && unseen(i, at, m.size.h) && unseen(from, m.scroll, m.size.h) {
			b.put(nil) // as high as what is not seen
			continue
		}
		s.putRow(m, &b, r, i == at)
		if i == at && s.filter == nil {
			b.focus, b.focusEnd = from, len(b.rows)
			if at == 0 {
				b.focus = 0 // the heads of the columns with it
			}
		}
	}
	if s.queue.more {
		b.put(para(RoleSubtle, wordQueueMore, 2, w)...)
	}
	return b
}

// unseen says whether a row is nowhere near another one in a window of a height.
func unseen(row, from, h int) bool { return row < from-h || row > from+2*h }

// unread says why the cases cannot be listed.
func (s *consoleScreen) unread() string {
	said := sentence(fill(wordQueueUnread, "why", s.queue.why))
	if s.queue.listed {
		said += " " + wordQueueOld
	}
	return said
}

// nothing says why no row is seen.
func (s *consoleScreen) nothing() string {
	switch {
	case !s.queue.listed:
		return wordQueueComes
	case len(s.queue.rows) == 0:
		return wordQueueEmpty
	case s.filter != nil && s.filter.value() != "":
		return fill(wordQueueNoMatch, "text", s.filter.value())
	}
	return wordQueueNoneFit
}

// Widths of the columns, in cells, with the space after them.
const (
	colCase  = 9
	colWaits = 9
	colAge   = 9
	colHere  = 6
)

// queueColumns are the columns before the last.
func queueColumns(number, waits, age, here string) string {
	return fixed(number, colCase) + fixed(waits, colWaits) + fixed(age, colAge) + fixed(here, colHere)
}

// putRow shows a case; in a narrow window on two lines.
func (s *consoleScreen) putRow(m *Model, b *body, r QueueRow, here bool) {
	w := m.size.text()
	head, role := row{}.add(RoleText, "  "), RoleText
	if here {
		head, role = row{}.add(RoleFocus, "› "), RoleStrong
	}
	waits, age, there := m.waited(r), ago(m.now().Sub(r.Began)), presence(r)
	if m.size.class == narrow {
		told := wordRowGoesOn
		if !r.Waits.IsZero() {
			told = fill(wordRowWaits, "time", waits)
		}
		b.put(head.add(role, fixed(r.Number, colCase)).add(waitRole(r), told).fit(w))
		b.put(para(RoleSubtle, fill(wordRowRest, "here", there, "step", r.Step, "age", age), 4, w)...)
	} else {
		line := head.add(role, fixed(r.Number, colCase)).add(waitRole(r), fixed(waits, colWaits)).add(RoleSubtle, fixed(age, colAge))
		b.put(line.add(RoleText, fixed(there, colHere)).add(role, r.Step).fit(w))
	}
	if r.Handed != nil {
		role := RoleInfo
		if r.Handed.toMe() || r.Handed.End != "" {
			role = RoleWarn
		}
		b.put(para(role, r.Handed.told(m), 4, w)...)
	}
	if r.Shown != nil {
		b.put(para(RoleInfo, r.Shown.told(), 4, w)...)
	}
}

// told is what a guide may see of a tenant, in words.
func (s Shown) told() string {
	if s.Blocks == "" {
		return s.Tenant
	}
	return fill(wordRowBlocks, "tenant", s.Tenant, "what", s.Blocks)
}

// waited is how long somebody has been held up.
func (m *Model) waited(r QueueRow) string {
	if r.Waits.IsZero() {
		return wordNoTime
	}
	return ago(m.now().Sub(r.Waits))
}

// waitRole makes who waits stand out; the word says it, too.
func waitRole(r QueueRow) Role {
	if r.Waits.IsZero() {
		return RoleSubtle
	}
	return RoleWarn
}

// presence says whether somebody is at a case.
func presence(r QueueRow) string {
	if r.Present {
		return wordHere
	}
	return wordAway
}

func (s *consoleScreen) typing(*Model) *field { return s.filter }

func (s *consoleScreen) offers(*Model) []offer {
	why := ""
	if len(s.rows()) == 0 {
		why = whyNoCase
	}
	var visit []offer
	if s.of.Ask != nil {
		visit = []offer{{act: actTake, word: keyVisitCase, why: why}}
	}
	if s.filter != nil {
		return append(visit, offer{act: actMove, why: why}, offer{act: actBack, word: wordEndSearch})
	}
	waiting, present := wordOnlyWaiting, wordOnlyHere
	if s.queue.waiting {
		waiting = wordAlsoWaiting
	}
	if s.queue.present {
		present = wordAlsoAway
	}
	out := append(visit, offer{act: actMove, why: why}, offer{act: actFilter}, offer{act: actWaiting, word: waiting}, offer{act: actPresent, word: present})
	if s.of.Figures != nil {
		out = append(out, offer{act: actFigures})
	}
	out = append(out, offer{act: actInvitations, why: s.leads(s.of.Invitations != nil)})
	out = append(out, offer{act: actHandOver, why: cmp.Or(s.leads(s.of.HandOvers != nil), why)}, offer{act: actErase, why: cmp.Or(s.leads(s.of.Erase != nil), why)})
	if s.of.Replay != nil {
		out = append(out, offer{act: actReplay})
	}
	return out
}

// leads says why something is not this guide's to do; empty: it is.
func (s *consoleScreen) leads(may bool) string {
	if may {
		return ""
	}
	return whyOnlyLead
}

func (s *consoleScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTake:
		if rows := s.rows(); len(rows) > 0 {
			at := rows[s.place(rows)]
			s.at = at.Number
			m.open(&visitSheet{row: at})
			return m.ahead(at.Number)
		}
	case actMove:
		if rows := s.rows(); len(rows) > 0 {
			s.at = rows[stepBy(s.place(rows), len(rows), k)].Number
		}
	case actFilter:
		s.filter = &field{limit: 60}
	case actWaiting:
		s.queue.waiting = !s.queue.waiting
	case actPresent:
		s.queue.present = !s.queue.present
	case actErase:
		if rows := s.rows(); len(rows) > 0 {
			s.at = rows[s.place(rows)].Number
			m.open(&eraseSheet{number: s.at, field: field{limit: 20}})
		}
	case actHandOver:
		if rows := s.rows(); len(rows) > 0 {
			s.at = rows[s.place(rows)].Number
			return m.openHandOver(s.at)
		}
	case actInvitations:
		return m.openInvitations()
	case actFigures:
		m.open(&figuresSheet{})
	case actReplay:
		s.openReplay(m)
	case actBack:
		s.filter = nil
	default: // no other is offered here
	}
	return nil
}

// consoleTitle says who is at the console.
func (m *Model) consoleTitle() row {
	of := m.console.of
	r := row{}.add(RoleTitle, wordProduct).add(RoleSubtle, "  ").add(RoleText, wordConsole)
	for _, part := range []string{of.Name, of.Organisation, of.Role} {
		r = r.add(RoleSubtle, " · ").add(RoleText, clean(part))
	}
	return r.fit(m.size.w - 2)
}

// consoleCounts is the line under the title: how many cases there are.
func (m *Model) consoleCounts() row {
	q := &m.console.queue
	if !q.listed {
		return nil
	}
	all, waiting, present := q.counts()
	words := wordCounts
	if q.more {
		words = wordCountsMore
	}
	r := say(RoleSubtle, fill(words, "all", number(all), "waiting", number(waiting), "here", number(present)))
	if q.waiting || q.present {
		r = r.add(RoleWarn, " · "+fill(wordCountsSeen, "n", number(len(m.console.rows()))))
	}
	if median := m.console.figures.median(); median != "" && r.width()+cells(median)+3 <= m.size.w-2 {
		r = r.add(RoleSubtle, " · "+median)
	}
	return r.fit(m.size.w - 2)
}
