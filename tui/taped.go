package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// Being recorded, as the customer meets it: the question, the mark in the bar for as
// long as it lasts, and the key that ends it.

// tapedRow is the bar while it is recorded: that it is stands first and is never cut,
// and nor is how to end it.
func (m *Model) tapedRow(guides []flows.Guide, w int, places ...string) row {
	for _, text := range []string{wordBarTaped, wordBarTapedShort} {
		for _, who := range []string{calledAll(guides), namesOf(guides)} {
			if s := fill(text, append([]string{"who", who}, places...)...); cells(s) <= w {
				return say(RoleWarn, s)
			}
		}
	}
	return say(RoleWarn, m.named(wordBarTapedTight, guides, w, places...))
}

// tapeAskRow says who asks to record, where the prompt for that is not seen.
func (m *Model) tapeAskRow(w int) row {
	a, asks := m.state.AsksToRecord(m.now())
	if _, open := m.topSheet().(*tapeSheet); !asks || open {
		return nil
	}
	return say(RoleWarn, m.named(wordBarTapeAsks, []flows.Guide{a.Guide}, w, "key", bindingOf(actGuides).keys[0]))
}

// tapeSheet asks whether a guide may record.
type tapeSheet struct {
	ask   flows.TapeAsk // the request that is read
	quiet time.Time     // nothing answers before
	busy  bool          // the yes is being stored
}

func (m *Model) openTapeAsk() {
	a, asks := m.state.AsksToRecord(m.now())
	if s, open := m.topSheet().(*tapeSheet); !asks || open && s.ask.Same(a) {
		return
	}
	m.open(&tapeSheet{ask: a, quiet: m.now().Add(askGrace)})
}

// closeTapeAsk closes a prompt that nobody can answer any more.
func (m *Model) closeTapeAsk() {
	s, open := m.topSheet().(*tapeSheet)
	if !open || s.busy {
		return
	}
	if a, asks := m.state.AsksToRecord(m.now()); !asks || !s.ask.Same(a) {
		m.close()
		m.deaf = m.now().Add(typeAhead)
	}
}

func (s *tapeSheet) sudden() (quiet *time.Time, said string) { return &s.quiet, wordTapeTooFast }

// airyTape is the height of a window from which on the question has gaps.
const airyTape = 30

func (s *tapeSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	a, ok := m.state.AsksToRecord(m.now())
	if !ok {
		b.put(para(RoleSubtle, wordTapeNobody, 0, w)...)
		return b
	}
	key := bindingOf(actRecord).keys[0]
	title, answer := wordTapeTitle, wordTapeAnswer
	if m.size.tight() {
		title, answer = wordTapeTitleTight, wordTapeAnswerTight
	}
	b.put(para(RoleStrong, fill(title, "who", clean(a.Guide.Name), "org", clean(a.Guide.Org)), 0, w)...)
	if m.size.tight() {
		b.put(para(RoleText, fill(wordTapeTight, "long", keptWords(a, wordTapeKeepsTight), "key", key), 0, w)...)
	} else {
		for i, p := range m.tapeWords(a) {
			if i == 0 || m.size.h >= airyTape { // who answers reads all of it, without a key
				b.gap()
			}
			b.put(hanging(say(RoleSubtle, fixed(p[0], 15)+" "), RoleText, fill(p[1], "key", key), w)...)
		}
	}
	last := para(RoleAccent, fill(answer, "yes", bindingOf(actAllow).keys[0], "no", bindingOf(actRefuse).keys[0]), 0, w)
	if s.busy {
		last = para(RoleInfo, wordAskStoring, 0, w)
	}
	b.foot = last
	return b
}

// tapeWords say what is kept, how long, who sees it, and how to take it back.
func (m *Model) tapeWords(a flows.TapeAsk) [][2]string {
	return [][2]string{
		{wordTapeKept, wordTapeKeptThat},
		{wordTapeLong, fill(wordTapeLongThat, "long", keptWords(a, wordTapeKeeps))},
		{wordTapeWho, fill(wordTapeWhoThat, "who", clean(a.Guide.Name), "org", clean(a.Guide.Org))},
		{wordTapeBack, wordTapeBackThat},
	}
}

// keptWords say how long what is recorded is kept, where that is known in some words.
func keptWords(a flows.TapeAsk, known string) string {
	if a.Keeps < time.Minute {
		return wordTapeKeepsUnknown
	}
	return fill(known, "time", lasting(a.Keeps))
}

// lasting is a time for which something is kept, exactly: in days where
// it is so many, else in hours or minutes.
func lasting(d time.Duration) string {
	switch days, hours := int(d/(24*time.Hour)), int(d/time.Hour); {
	case d == 24*time.Hour:
		return wordKeepDay
	case days > 1 && d%(24*time.Hour) == 0:
		return fill(wordKeepDays, "n", number(days))
	case hours > 1 && d%time.Hour == 0:
		return fill(wordKeepHours, "n", number(hours))
	default:
		return fill(wordKeepMinutes, "n", number(int(d/time.Minute)))
	}
}

func (s *tapeSheet) typing(*Model) *field { return nil }

func (s *tapeSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyStoringYes
	}
	return []offer{{act: actAllow, word: keyAllowTape, why: why}, {act: actRefuse, why: why}, {act: actPage, hidden: true}}
}

func (s *tapeSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actAllow:
		b := s.body(m)
		if _, below, _ := m.fitBody(&b); below > 0 { // nobody says yes to what they did not see
			m.tellPerson(RoleSubtle, wordTapeUnread)
			return nil
		}
		s.busy = true
		ctx, drv, ask := m.ctx, m.drv, s.ask
		return func() tea.Msg { return tapedMsg{ask, drv.Do(ctx, ask.Yes())} }
	case actRefuse:
		m.close()
		return m.tell(s.ask.Ends(flows.RecordRefused))
	default: // no other is offered here
	}
	return nil
}

// tapedMsg says what came of storing a yes to be recorded.
type tapedMsg struct {
	ask flows.TapeAsk
	err error
}

// taped takes it.
func (m *Model) taped(msg tapedMsg) tea.Cmd {
	if s, open := m.topSheet().(*tapeSheet); open && s.ask.Same(msg.ask) {
		m.close()
		m.deaf = m.now().Add(typeAhead)
	}
	m.refresh()
	if r, on := m.state.Recorded(m.now()); msg.err != nil {
		m.tellPerson(RoleBad, notKept(msg.err, wordTapeNotKept, wordTapeUnheard))
	} else if !on || !msg.ask.Began(r) {
		m.tellPerson(RoleWarn, wordTapeLate)
	}
	return m.tick()
}

// endTape ends the recording at once; it waits for no store.
func (m *Model) endTape() tea.Cmd {
	r, on := m.state.Recorded(m.now())
	if on && m.hand(r.Ends(flows.RecordStopped)) {
		m.tapeOver = r.N
		m.tellPerson(RoleInfo, wordTapeEnded)
	}
	return m.tick()
}

// tellTaped says once that a recording ended, as soon as nothing else is said.
func (m *Model) tellTaped() {
	r := m.state.Recording
	if m.guide != nil || r == nil || r.Over.IsZero() || r.N == m.tapeOver || m.notice.text != "" {
		return
	}
	m.tapeOver = r.N
	if why, told := tapeEndWords[r.Why]; told {
		m.tellPerson(RoleInfo, cut(fill(why, "who", clean(r.Guide.Name)), m.size.text(), false))
	}
}
