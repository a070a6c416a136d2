package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// guides are who watch now.
func (m *Model) guides() []flows.Guide {
	return slices.DeleteFunc(slices.Clone(m.state.Guides), func(g flows.Guide) bool { return !g.Holds(m.now()) })
}

// asking is the guide who asks to watch and was not answered, the first of them.
func (m *Model) asking() (flows.Guide, bool) {
	for _, g := range m.state.Asking {
		if g.Holds(m.now()) {
			return g, true
		}
	}
	return flows.Guide{}, false
}

// watchRow is the bar that says who watches, for as long as they do, in as many
// words as there is room; how to end it is never cut. Without anybody it says who
// asks, where the prompt for that is not seen.
func (m *Model) watchRow() row {
	w := m.size.w - 2
	if m.guide != nil {
		return m.guide.bar(m, w)
	}
	guides := m.guides()
	if len(guides) == 0 {
		return m.askRow(w)
	}
	until := guides[0].Until
	for _, g := range guides {
		if until.IsZero() || !g.Until.IsZero() && g.Until.After(until) {
			until = g.Until
		}
	}
	if until.IsZero() {
		return say(RoleInfo, cut(m.named(wordBarOld, guides, w), w, false))
	}
	key := []string{"until", m.clockShort(until), "key", bindingOf(actEndWatch).keys[0], "rec", bindingOf(actRecord).keys[0]}
	if _, on := m.state.Recorded(m.now()); on {
		return m.tapedRow(guides, w, key...)
	}
	if r := m.askRow(w); r != nil {
		return r
	}
	if r := m.tapeAskRow(w); r != nil {
		return r
	}
	for _, text := range []string{wordBarWhole, wordBarShort} {
		if s := fill(text, append([]string{"who", calledAll(guides)}, key...)...); cells(s) <= w {
			return say(RoleInfo, s)
		}
	}
	if s := fill(wordBarShort, append([]string{"who", namesOf(guides)}, key...)...); cells(s) <= w {
		return say(RoleInfo, s)
	}
	return say(RoleInfo, m.named(wordBarTight, guides, w, key...))
}

// askRow says who asks to watch, where the prompt for that is not seen.
func (m *Model) askRow(w int) row {
	g, ok := m.asking()
	if _, open := m.topSheet().(*askSheet); !ok || open {
		return nil
	}
	return say(RoleWarn, m.named(wordBarAsks, []flows.Guide{g}, w, "key", bindingOf(actGuides).keys[0]))
}

// named fills in who, by as much of the names as leaves room for the rest.
func (m *Model) named(text string, guides []flows.Guide, w int, places ...string) string {
	with := func(who string) string { return fill(text, append([]string{"who", who}, places...)...) }
	for _, who := range []string{calledAll(guides), namesOf(guides)} {
		if s := with(who); cells(s) <= w {
			return s
		}
	}
	if n := len(guides); n > 1 {
		if s := with(fill(wordBarGuides, "n", number(n))); cells(s) <= w {
			return s
		}
	}
	return with(cut(namesOf(guides), max(w-cells(with("")), 1), false))
}

func calledAll(guides []flows.Guide) string {
	out := make([]string, 0, len(guides))
	for _, g := range guides {
		out = append(out, clean(g.Called()))
	}
	return strings.Join(out, ", ")
}

func namesOf(guides []flows.Guide) string {
	out := make([]string, 0, len(guides))
	for _, g := range guides {
		out = append(out, clean(g.Name))
	}
	return strings.Join(out, ", ")
}

// clockShort is a time of day to the minute.
func (m *Model) clockShort(t time.Time) string { return t.In(m.now().Location()).Format("15:04") }

// watchOffers are the keys about guides, which work on every screen and sheet.
// None is offered where no guide ever came, and a note that arrives changes none:
// whoever writes one was let in before.
func (m *Model) watchOffers() []offer {
	if m.guide != nil {
		return nil
	}
	_, asks := m.asking()
	_, tapes := m.state.AsksToRecord(m.now())
	watched := len(m.guides()) > 0
	if !watched && !asks && m.state.NotesCame == 0 {
		return nil
	}
	out := []offer{{act: actGuides, hidden: true}}
	if asks || tapes {
		out[0].word = keyAnswerGuide
	}
	if watched {
		out = append(out, offer{act: actEndWatch, hidden: true})
	}
	if _, on := m.state.Recorded(m.now()); on {
		out = append(out, offer{act: actRecord, hidden: true})
	}
	return out
}

// endWatches ends every watch at once; it waits for no store.
func (m *Model) endWatches() tea.Cmd {
	for _, g := range m.state.Guides {
		m.endWatch(g)
	}
	return m.tick()
}

// endWatch ends one.
func (m *Model) endWatch(g flows.Guide) {
	e := flows.Watched{Visit: g.Visit, Why: flows.WatchStopped}
	if g.Visit == "" {
		e.Guide = g.Name
	}
	if m.hand(e) {
		text := wordWatchEnded
		if g.Signed {
			text = strings.TrimSpace(text + " " + m.receiptHint())
		}
		m.tellPerson(RoleInfo, text)
	}
}

// openGuides opens the request that waits, else the guides and their notes.
func (m *Model) openGuides() {
	if g, ok := m.asking(); ok {
		m.openAsk(g)
		return
	}
	if _, asks := m.state.AsksToRecord(m.now()); asks {
		m.openTapeAsk()
		return
	}
	m.heardNotes = m.state.NotesCame
	if _, open := m.topSheet().(*guidesSheet); !open {
		m.open(&guidesSheet{field: field{limit: flows.NoteMost}})
	}
}
