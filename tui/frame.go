package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// body is what a screen has to show, before it is fitted into the window.
type body struct {
	rows []row
	// focus is the first row of where the keys act and focusEnd the one after
	// its last; the window follows them. Both zero: the window is scrolled.
	focus, focusEnd int
	// foot stays in sight below the rows, however they are scrolled.
	foot []row
	// cursor is the place of the text cursor, where text is typed: in the
	// foot where there is one, else in the rows.
	cursor *place
}

// place is a cell of the body.
type place struct{ row, col int }

// put appends rows.
func (b *body) put(rows ...row) { b.rows = append(b.rows, rows...) }

// gap appends an empty row, unless the body has none yet or ends in one.
func (b *body) gap() {
	if n := len(b.rows); n > 0 && len(b.rows[n-1]) > 0 {
		b.rows = append(b.rows, nil)
	}
}

// View draws the frame: title, breadcrumb, body, notice, help line.
func (m *Model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	v.WindowTitle = m.windowTitle()
	v.Content, v.Cursor = m.frame()
	return v
}

// frame lays out and paints everything. It is a function of the model alone.
func (m *Model) frame() (string, *tea.Cursor) {
	z := m.size
	if z.w == 0 || z.h == 0 {
		return "", nil
	}
	if z.class == tooSmall {
		return m.tooSmall(), nil
	}
	rows, cur := m.frameRows()
	return m.paint(rows, z.w), cur
}

// frameRows are the rows of the frame in a window that is not too small.
func (m *Model) frameRows() ([]row, *tea.Cursor) {
	z, sc, offers := m.size, m.current(), m.offers()
	if s, replays := sc.(*replaySheet); replays {
		return s.rows(m), nil
	}
	typing := sc.typing(m) != nil
	bd := sc.body(m)
	rows := make([]row, 0, z.h)
	way, bar := m.crumbs(), m.watchRow()
	if m.guide != nil && m.guide.view.Run == nil { // where nobody may know
		way = nil
	}
	switch {
	case !z.tight():
		rows = append(rows, m.titleRow(), way, bar)
	case bar != nil: // who watches is told before where one is
		rows = append(rows, m.titleRow(), bar)
	default:
		rows = append(rows, m.titleRow(), way)
	}
	seen, below, at := m.fitBody(&bd)
	cur := m.cursor(at, len(rows))
	rows = append(append(rows, seen...), m.moveRows()...)
	if !z.tight() {
		rows = append(rows, nil)
	}
	rows = append(rows, m.noticeRows(below)...)
	return append(rows, helpLine(offers, z.w-2, m.look.ASCII, typing)), cur
}

// fitBody is the part of the body that is seen, exactly as high as there is
// room; below is how many rows are hidden under it, and at the text cursor's
// place in what is seen.
func (m *Model) fitBody(bd *body) (seen []row, below int, at *place) {
	h := m.height()
	foot := bd.foot
	if len(foot) > 0 && len(foot) < h && !m.size.tight() {
		foot = append([]row{nil}, foot...)
	}
	foot = foot[max(len(foot)-h, 0):]
	room := h - len(foot)
	top, below := m.window(bd, room)
	seen = append(make([]row, 0, h), bd.rows[top:min(top+room, len(bd.rows))]...)
	if len(seen) < room && len(foot) > 0 {
		room = len(seen) // the foot stands right under a short body
	}
	seen = append(seen, foot...)
	switch c := bd.cursor; {
	case c == nil:
	case len(bd.foot) > 0:
		at = &place{room + len(foot) - len(bd.foot) + c.row, c.col}
	case c.row >= top && c.row < top+room:
		at = &place{c.row - top, c.col}
	}
	return seen[:h], below, at // what was not put there is empty
}

// cursor is the text cursor for a place of the body that begins at a row.
func (m *Model) cursor(at *place, from int) *tea.Cursor {
	if at == nil {
		return nil
	}
	c := tea.NewCursor(min(at.col+1, m.size.w-1), at.row+from)
	c.Blink = !m.still
	return c
}

// height is how many rows the body has: what the frame, the rehearsed admin's
// moves and a long notice leave of the window.
func (m *Model) height() int {
	return max(m.size.body()-len(m.moveRows())-max(len(m.toldRows())-1, 0), 1)
}

// moveRows shows the keys that play the admin, in demo alone.
func (m *Model) moveRows() []row {
	moves := m.playable()
	if len(moves) == 0 || len(m.sheets) > 0 || m.stageScreen().typing(m) != nil {
		return nil
	}
	var rows []row
	for i, v := range moves {
		head := wordMoves + "  "
		switch {
		case m.size.class == narrow: // the word would push the move off the window
			head = ""
		case i > 0:
			head = spaces(cells(head))
		}
		rows = append(rows, row{}.add(RoleSubtle, head).add(RoleAccent, fixed(clean(v.Key), 3)).add(RoleText, clean(v.Title)))
	}
	return rows[:min(len(rows), max(m.size.body()/3, 1))]
}

// window chooses which part of the body is seen: it keeps the focus in sight
// and else stays where it was scrolled to. below is how many rows are hidden
// under it.
func (m *Model) window(bd *body, h int) (top, below int) {
	n := len(bd.rows)
	top = min(max(m.scroll, 0), max(n-h, 0))
	if bd.focusEnd > bd.focus && !m.paged {
		if bd.focusEnd > top+h {
			top = bd.focusEnd - h
		}
		if bd.focus < top {
			top = bd.focus
		}
	}
	m.scroll = top
	return top, max(n-h-top, 0)
}

// paint turns rows into the frame's text, a cell off the left edge, each cut
// at the window's width.
func (m *Model) paint(rows []row, w int) string {
	var b strings.Builder
	b.Grow(len(rows) * (w + 32))
	for i, r := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		if len(r) == 0 {
			continue
		}
		b.WriteByte(' ')
		for _, s := range r.fit(w - 1) {
			m.theme.paint(&b, s)
		}
	}
	return b.String()
}

// tooSmall is the polite line of windows that show nothing useful.
func (m *Model) tooSmall() string {
	word := wordTooSmall
	if m.served {
		word = wordTooSmallServed
	}
	rows := para(RoleText, fill(word, "w", number(m.size.w), "h", number(m.size.h)), 0, max(m.size.w-2, 1))
	if bar := m.watchRow(); bar != nil {
		rows = append([]row{bar}, rows...)
	}
	if len(rows) > m.size.h {
		rows = rows[:m.size.h]
	}
	return m.paint(rows, m.size.w)
}

// noticeRows say the one thing worth saying under the body: what a key just
// did, else what broke, else that there is more to see.
func (m *Model) noticeRows(below int) []row {
	if told := m.toldRows(); len(told) > 0 {
		return told
	}
	if news := m.guideNews(); news != nil {
		return []row{news}
	}
	switch {
	case below > 0:
		return []row{say(RoleSubtle, fill(wordMoreBelow, "n", number(below)))}
	case m.scroll > 0:
		return []row{say(RoleSubtle, fill(wordMoreAbove, "n", number(m.scroll)))}
	}
	return []row{nil}
}

// toldRows are what a key just did, else what broke, in no more than a third of
// the body; what broke stands whole in the help.
func (m *Model) toldRows() []row {
	var rows []row
	if _, helps := m.topSheet().(*helpSheet); m.notice.text != "" {
		rows = para(m.notice.role, m.notice.text, 0, m.size.text())
	} else if !helps {
		rows = flow(m.size.text(), m.trouble()...)
	}
	most := max(m.size.body()/3, 1)
	if len(rows) > most {
		rows = rows[:most]
		rows[most-1] = rows[most-1].add(RoleSubtle, " …")
	}
	return rows
}

// trouble is what is not saved and what broke, the words first and the reasons
// after them.
func (m *Model) trouble() []span {
	var words, why []span
	if u := m.state.Unsaved; u != nil {
		words, why = append(words, span{m.unsaved(u) + " ", RoleWarn}), append(why, span{sentence(clean(u.Text)) + " ", RoleSubtle})
	}
	if t := m.state.Trouble; t != nil {
		words, why = append(words, span{troubleWords[t.What] + " ", RoleWarn}), append(why, span{sentence(clean(t.Text)), RoleSubtle})
	}
	return append(words, why...)
}

// unsaved says what is not saved.
func (m *Model) unsaved(u *flows.Troubled) string {
	if u.Since.IsZero() {
		return wordUnkept
	}
	return fill(wordUnsaved, "since", m.clock(u.Since))
}
