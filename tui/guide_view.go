package tui

import (
	"slices"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

func (g *guideScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	switch {
	case g.wrong != "":
		b.put(para(RoleBad, fill(wordGuideUnread, "why", g.wrong), 0, w)...)
	case !g.have:
		b.put(say(RoleInfo, wordGuideOpening))
	case g.view.Standing == run.StandOver:
		if g.of != "" {
			b.put(say(RoleStrong, fill(wordVisitCase, "case", g.of)))
		}
		b.put(para(RoleStrong, fill(wordGuideGone, "why", g.gone()), 0, w)...)
		b.put(para(RoleSubtle, wordGuideCleared, 0, w)...)
		if text := g.receipt(m); text != "" {
			b.put(para(RoleSubtle, text, 0, w)...)
		}
	case g.view.Run == nil:
		g.outline(m, &b, w)
	default:
		g.watching(m, &b)
	}
	return b
}

// outline is what there is to see before the yes.
func (g *guideScreen) outline(m *Model, b *body, w int) {
	o := g.view.Outline
	if g.of != "" {
		b.put(say(RoleStrong, fill(wordVisitCase, "case", g.of)))
	}
	b.put(para(RoleStrong, fill(wordGuideAsked, "who", clean(g.view.As)), 0, w)...)
	b.put(para(RoleSubtle, wordGuideNothing, 0, w)...)
	b.gap()
	text := crumbName(o.Stage)
	if o.Step > 0 {
		text = fill(wordGuideStep, "n", number(o.Step), "of", number(o.Of))
	}
	if !o.Since.IsZero() { // at the first question nothing was entered yet
		text = fill(wordGuideSince, "where", text, "ago", ago(m.now().Sub(o.Since)))
	}
	b.put(para(RoleText, text, 2, w)...)
	b.gap()
	b.put(para(RoleSubtle, fill(wordGuideUntil, "until", m.clockShort(g.view.Until)), 0, w)...)
}

// crumbName is the part of the way that a stage belongs to.
func crumbName(at flows.Stage) string {
	name := ""
	for _, c := range crumbTable {
		if at >= c.from {
			name = c.name
		}
	}
	return name
}

// roomy says whether the customer's screen stands beside the other views.
func (g *guideScreen) roomy(m *Model) bool { return m.size.class == wide && m.size.h >= 30 }

// shown is the view that the keys act on.
func (g *guideScreen) shown(m *Model) panel {
	if g.roomy(m) && g.panel == panelTheirs {
		return panelFound
	}
	return g.panel
}

func (g *guideScreen) watching(m *Model, b *body) {
	if g.alone {
		b.put(g.theirs(m, m.size.w-2, m.height())...)
		return
	}
	b.put(g.tabs(m))
	h := m.height() - 1
	if g.note != nil {
		g.foot(m, b)
		h -= len(b.foot) + 1
	}
	if !g.roomy(m) {
		b.put(g.panelRows(m, b, g.panel, m.size.text(), h)...)
		return
	}
	whole := m.size.w - 2
	lw := min((whole-gutter)/2, column)
	rw := min(whole-gutter-lw, column+column/2)
	right := g.panelRows(m, b, g.shown(m), rw, h)
	b.put(sideBySide(g.theirs(m, lw, h), right, lw)...)
}

// tabs name the views, the one that is seen first in weight.
func (g *guideScreen) tabs(m *Model) row {
	var r row
	if g.of != "" {
		r = r.add(RoleStrong, g.of+"  ")
	}
	from := len(r)
	for p := range panelCount {
		if p == panelTheirs && g.roomy(m) {
			continue
		}
		if len(r) > from {
			r = r.add(RoleSubtle, " · ")
		}
		if p == g.shown(m) {
			r = r.add(RoleFocus, "› "+panelWords[p])
			continue
		}
		r = r.add(RoleSubtle, panelWords[p])
	}
	if r.width() > m.size.w-2 { // then at least the one that is seen
		at := fill(wordGuideTab, "view", panelWords[g.shown(m)], "n", number(int(g.shown(m))+1), "of", number(int(panelCount)))
		r = append(r[:from:from], say(RoleFocus, at)...)
	}
	return r
}

// foot is the note that is being written.
func (g *guideScreen) foot(m *Model, b *body) {
	var foot body
	if !m.size.tight() {
		foot.put(para(RoleSubtle, wordGuideWrite, 0, m.size.text())...)
	}
	putLine(&foot, g.note, m.size.text())
	if g.note.said != "" {
		foot.put(say(RoleBad, cut(g.note.said, m.size.text(), false)))
	}
	b.foot, b.cursor = foot.rows, foot.cursor
}

// theirs is the customer's screen, laid out for a part of this window, as high as
// there is room.
func (g *guideScreen) theirs(m *Model, w, h int) []row {
	size, scroll, paged, notice := m.size, m.scroll, m.paged, m.notice
	defer func() { m.size, m.scroll, m.paged, m.notice = size, scroll, paged, notice }()
	m.size, m.scroll, m.paged, m.notice = sizeOf(w+2, h+6), 0, false, span{}
	if m.size.tight() {
		m.size = sizeOf(w+2, h+4)
	}
	bd := m.stageScreen().body(m)
	seen, _, _ := m.fitBody(&bd)
	return seen
}

// panelRows are the rows of one view in w cells; b gets the focus.
func (g *guideScreen) panelRows(m *Model, b *body, p panel, w, h int) []row {
	switch p {
	case panelTheirs:
		return g.theirs(m, w, h)
	case panelFound:
		return g.found(m, w, h)
	case panelPlan:
		return g.plan(m, w)
	case panelTimeline:
		return g.timeline(m, w, h)
	default:
	}
	rows := m.noteRows(w)
	return rows[max(len(rows)-h, 0):]
}

// spot is something that can be pointed at.
type spot struct {
	id string
	e  *entry // of a check
}

// spots are what can be pointed at where the customer is: the step or the paths,
// and every check.
func (g *guideScreen) spots(m *Model) []spot {
	if g.view.Run == nil {
		return nil
	}
	out := m.placeSpots()
	for _, e := range m.entries(nil) {
		out = append(out, spot{string(e.id), &e})
	}
	return out
}

// hasSpots says whether there are any, without making those of checks: each frame asks.
func (g *guideScreen) hasSpots(m *Model) bool {
	return g.view.Run != nil && (m.hasEntries() || len(m.placeSpots()) > 0)
}

// placeSpots are those of the place where the customer is.
func (m *Model) placeSpots() []spot {
	var out []spot
	if step, ok := m.state.Step(); ok {
		out = append(out, spot{id: string(step.ID)})
	}
	if m.state.Place.Stage == flows.StagePaths {
		for _, r := range m.ranked {
			if r.Fits {
				out = append(out, spot{id: string(r.Path.ID)})
			}
		}
	}
	return out
}

// index is the place of what is selected among the spots.
func (g *guideScreen) index(spots []spot) int {
	return max(slices.IndexFunc(spots, func(s spot) bool { return s.id == g.at }), 0)
}

// found lists what can be pointed at, raw, and under it the evidence of what is
// selected.
func (g *guideScreen) found(m *Model, w, h int) []row {
	spots := g.spots(m)
	if len(spots) == 0 {
		return []row{say(RoleSubtle, wordGuideNoRows)}
	}
	at := g.index(spots)
	list := min(len(spots), max(h*3/5, 3))
	from := max(min(at-list/2, len(spots)-list), 0)
	var rows []row
	for i := from; i < from+list; i++ {
		rows = append(rows, g.spotRow(m, spots[i], w, i == at))
	}
	rows = append(rows, nil)
	if e := spots[at].e; e != nil {
		rows = append(rows, m.explain(*e, w)...)
		for _, v := range e.held.Seen {
			rows = append(rows, evidenceRows(v, w)...)
		}
	}
	return rows[:min(len(rows), max(h, 1))]
}

func (g *guideScreen) spotRow(m *Model, s spot, w int, focused bool) row {
	if s.e != nil {
		return m.findingRow(*s.e, w, focused)
	}
	head, role := say(RoleText, "  "), RoleText
	if focused {
		head, role = say(RoleFocus, "› "), RoleStrong
	}
	kind := wordGuidePathRow
	if _, ok := flows.StepByID(flows.StepID(s.id)); ok {
		kind = wordGuideStepRow
	}
	return m.marked(head.add(role, m.spotTitle(s.id)).add(RoleSubtle, "  "+kind).fit(w), s.id, w)
}

// plan is the plan, line by line, or what there is instead.
func (g *guideScreen) plan(m *Model, w int) []row {
	p := m.state.Plan
	if p == nil {
		return []row{say(RoleSubtle, wordGuideNoPlan)}
	}
	var rows []row
	for i, c := range p.Lines {
		var st flows.LineState
		if i < len(m.state.Lines) {
			st = m.state.Lines[i]
		}
		rows = append(rows, changeRows(c, st, m.state.Confirmed != "", false, w)...)
	}
	return rows
}
