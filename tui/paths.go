package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// pathsScreen lists the ways to clear the block, least effect first, and after
// them what is none; what does
// not fit stays on the list with one line why.
type pathsScreen struct {
	at  int
	all bool // those that are not advised can be taken too
}

// takable are the paths that can be chosen: the first, as they are ranked.
func (s *pathsScreen) takable(m *Model) []flows.Ranked {
	return firstOf(m.ranked, func(r *flows.Ranked) bool { return r.Fits && (r.Advised || s.all) })
}

// firstOf are the first of some paths, up to one that is not as it should be. They are
// read alone.
func firstOf(all []flows.Ranked, are func(*flows.Ranked) bool) []flows.Ranked {
	n := 0
	for n < len(all) && are(&all[n]) {
		n++
	}
	return all[:n:n]
}

func (s *pathsScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	can := s.takable(m)
	s.at = max(min(s.at, len(can)-1), 0)
	ways := m.ways(can)
	b.put(para(RoleStrong, m.pathsTitle(ways), 0, w)...)
	b.gap()
	if m.size.class == wide && len(can) > 1 && m.size.span() >= 110 {
		b.put(s.columns(m, can)...)
		b.focus, b.focusEnd = 0, 1
	} else {
		for i, r := range can {
			if i == ways && !s.all {
				b.put(say(RoleSubtle, wordPathsAside))
			}
			from := len(b.rows)
			b.put(s.item(m, r, i, w)...)
			if i == s.at {
				b.focus, b.focusEnd = from, len(b.rows)
			}
			b.gap()
		}
	}
	b.gap()
	for _, r := range m.ranked {
		word := wordDoesNotFit
		switch {
		case r.Fits && (r.Advised || s.all):
			continue
		case r.Fits:
			word = wordNotAdvised
		}
		head := row{}.add(RoleSubtle, "   "+fixed(word, 14)+fixed(string(r.Path.ID), idWidth))
		if w >= 60 {
			b.put(hanging(head, RoleSubtle, clean(r.Why), w)...)
			continue
		}
		b.put(head)
		b.put(para(RoleSubtle, clean(r.Why), 5, w)...)
	}
	return b
}

// idWidth is the room for the id of a path, the longest with a space after it.
const idWidth = len("consent-requests") + 1

// item is one path: a line, and for the one in focus what it means.
func (s *pathsScreen) item(m *Model, r flows.Ranked, i, w int) []row {
	head, role := row{}.add(RoleSubtle, "  "+number(i+1)+"  "), RoleText
	if i == s.at {
		head, role = row{}.add(RoleFocus, "› "+number(i+1)+"  "), RoleStrong
	}
	cost := pathCost(r)
	title := clean(r.Path.Title)
	var rows []row
	if n := w - 5 - cells(title) - cells(cost); n >= 2 {
		rows = append(rows, head.add(role, title).add(RoleText, spaces(min(n, max(36-cells(title), 2)))).add(RoleSubtle, cost))
	} else {
		rows = append(rows, hanging(head, role, title, w)...)
		rows = append(rows, para(RoleSubtle, cost, 5, w)...)
	}
	rows = m.markedFirst(rows, string(r.Path.ID), w)
	if i != s.at {
		return rows
	}
	return append(rows, m.pathDetail(r, 5, w)...)
}

// pathDetail is the effect of a path and how to undo it.
func (m *Model) pathDetail(r flows.Ranked, in, w int) []row {
	rows := para(RoleText, m.words(r.Path.Gains), in, w)
	if r.Why != "" {
		rows = append(rows, para(RoleInfo, sentence(m.words(r.Why)), in, w)...)
	}
	for _, p := range [][2]string{{wordUndo, r.Path.Undo}, {wordBenchmarks, r.Path.Benchmark}, {wordFor, r.Path.For}} {
		if p[1] != "" {
			head := row{}.add(RoleText, spaces(in)).add(RoleSubtle, fixed(p[0], 10)+" ")
			rows = append(rows, hanging(head, RoleText, m.words(p[1]), w)...)
		}
	}
	return rows
}

// columns shows up to three paths side by side.
func (s *pathsScreen) columns(m *Model, can []flows.Ranked) []row {
	n := min(len(can), 3)
	from := max(min(s.at-n+1, len(can)-n), 0)
	if s.at < n {
		from = 0
	}
	w := (m.size.span() - gutter*(n-1)) / n
	var out []row
	for i := from; i < from+n; i++ {
		r := can[i]
		head, role := row{}.add(RoleSubtle, "  "+number(i+1)+"  "), RoleText
		if i == s.at {
			head, role = row{}.add(RoleFocus, "› "+number(i+1)+"  "), RoleStrong
		}
		col := m.markedFirst(hanging(head, role, clean(r.Path.Title), w), string(r.Path.ID), w)
		col = append(col, para(RoleSubtle, pathCost(r), 5, w)...)
		col = append(col, nil)
		col = append(col, m.pathDetail(r, 5, w)...)
		if i == from {
			out = col
		} else {
			out = sideBySide(out, col, (w+gutter)*(i-from)-gutter)
		}
	}
	return out
}

// pathCost is what a path asks of people, in a few words.
func pathCost(r flows.Ranked) string {
	text := fill(wordCost, "n", number(r.Path.Minutes), "role", clean(r.Path.Least))
	if r.Path.Licence != "" {
		text += fill(wordNeedsLicence, "licence", clean(r.Path.Licence))
	}
	return text
}

// ways is how many of some paths lead out of the block; they come first. What
// takes consent back is none.
func (m *Model) ways(can []flows.Ranked) int {
	if m.isOpen() {
		return len(can)
	}
	n := slices.IndexFunc(can, func(r flows.Ranked) bool { return r.Advised && !r.Path.Way() })
	if n < 0 {
		return len(can)
	}
	return n
}

// pathsTitle says how many ways there are. What fits a tenant is known only
// once the tenant was read.
func (m *Model) pathsTitle(n int) string {
	switch {
	case n > 0 && m.isOpen():
		return wordPathsOpen
	case n == 0 && m.isOpen():
		return wordNoPathOpen
	case n == 0 || m.state.Facts.AppRead:
	case n == 1 && m.readingOn():
		return fill(wordOnePathLooking, "domain", m.domain())
	case m.readingOn():
		return fill(wordPathsLooking, "n", countWord(n), "domain", m.domain())
	case n == 1:
		return fill(wordOnePathBlind, "domain", m.domain())
	case flows.Broader(m.ranked):
		return fill(wordBlindBroad, "n", countWord(n), "domain", m.domain())
	default:
		return fill(wordManyPathsBlind, "n", countWord(n), "domain", m.domain())
	}
	switch n {
	case 0:
		return wordNoPath
	case 1:
		return wordOnePath
	}
	if flows.Broader(m.ranked) {
		return fill(wordManyPathsBroad, "n", countWord(n))
	}
	return fill(wordManyPaths, "n", countWord(n))
}

// readingOn says that somebody is signed in, and what their look reads of the tenant is
// not all in.
func (m *Model) readingOn() bool {
	return m.state.Account != nil && flows.Looking(m.state) && !m.state.FactsRead()
}

// isOpen says that people were seen to get in, everybody or the one asked about.
func (m *Model) isOpen() bool {
	return m.overall.State == checks.StateOpen && m.overall.Grade == checks.Verified
}

// countWord writes small numbers as words.
func countWord(n int) string {
	if n >= 0 && n < len(countWords) {
		return countWords[n]
	}
	return number(n)
}

func (s *pathsScreen) choose(m *Model, k tea.KeyPressMsg) bool {
	if len(k.Text) != 1 || k.Text[0] < '1' || int(k.Text[0]-'1') >= len(s.takable(m)) {
		return false
	}
	s.at = int(k.Text[0] - '1')
	return true
}

func (s *pathsScreen) typing(*Model) *field { return nil }

// hides says that paths fit that are not advised, and are not offered yet.
func (s *pathsScreen) hides(m *Model) bool {
	return !s.all && slices.ContainsFunc(m.ranked, func(r flows.Ranked) bool { return r.Fits && !r.Advised })
}

func (s *pathsScreen) offers(m *Model) []offer {
	why, hidden := "", whyAllShown
	if len(s.takable(m)) == 0 {
		why = whyNoPath
	}
	if s.hides(m) {
		hidden = ""
	}
	return []offer{{act: actTake, why: why}, {act: actMove, why: why}, {act: actShowAll, why: hidden}, {act: actAgain}, m.undoOffer(), m.signInOffer()}
}

func (s *pathsScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	can := s.takable(m)
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(can), k)
	case actShowAll:
		s.all = true
	case actAgain:
		return m.tell(flows.AskedAgain{})
	case actUndo:
		return m.takeBack()
	case actSignIn:
		return m.signInAnew()
	case actTake:
		if s.at < len(can) {
			return m.tell(flows.Chose{Path: can[s.at].Path.ID})
		}
	default: // no other is offered here
	}
	return nil
}
