package tui

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// askGrace is how long nothing may have been typed before a guide's request can be
// answered: it opens by itself, and what comes in a run of keys was meant for the
// screen under it. Longer than the pause between two words of somebody who looks
// at the keyboard.
const askGrace = time.Second

// followGuides opens the prompt of a guide who asks, closes one that nobody can
// answer any more, and says who is gone. Nothing of it moves what is on the screen,
// or changes what a key does there, where something is confirmed, typed or secret.
func (m *Model) followGuides() {
	if m.guide != nil {
		return
	}
	m.forgetYeses()
	m.tellParted()
	m.tellTaped()
	if m.lines {
		return
	}
	if _, reading := m.topSheet().(*guidesSheet); reading {
		m.heardNotes = m.state.NotesCame
	}
	for {
		s, open := m.topSheet().(*askSheet)
		if !open {
			break
		}
		if _, ok := m.state.AsksToWatch(s.visit, m.now()); ok || s.busy {
			return
		}
		m.close()
		m.deaf = m.now().Add(typeAhead)
	}
	m.closeTapeAsk()
	if g, ok := m.asking(); ok && m.coverable() { // else the bar says so
		m.openAsk(g)
	} else if _, asks := m.state.AsksToRecord(m.now()); !ok && asks && m.coverable() {
		m.openTapeAsk()
	}
}

// tellParted says once who is gone, as soon as nothing else is said.
func (m *Model) tellParted() {
	if m.guide != nil {
		return
	}
	if p := m.state.Parted; p != nil && p.Guide.Visit != m.parted {
		why, told := partedWords[p.Why]
		if !told || m.notice.text == "" { // else once what stands there is gone
			m.parted = p.Guide.Visit
		}
		if told && m.notice.text == "" {
			text := cut(fill(wordParted, "who", clean(p.Guide.Name), "why", fill(why, "to", cmp.Or(clean(p.To), wordHandSomebody))), m.size.text(), false)
			if p.Let && p.Guide.Signed {
				text = strings.TrimSpace(text + " " + m.receiptHint())
			}
			m.tellPerson(RoleInfo, text)
		}
	}
}

// receiptHint says where to read how one gets the signed receipt of a guided session. How
// has the resume code in it, which comes on the screen only where it is asked for; plain
// lines have no help to ask, and are no screen that somebody looks at.
func (m *Model) receiptHint() string {
	switch {
	case m.lines:
		return m.receiptWords()
	case m.receipt == nil || m.receipt() == "":
		return ""
	}
	return fill(wordReceiptHelp, "key", bindingOf(actHelp).keys[0])
}

// receiptWords say how one gets the signed receipt of the guided sessions that have
// ended; empty: there was none, or there is no receipt here.
func (m *Model) receiptWords() string {
	if m.receipt == nil || m.state.WatchesSigned == 0 {
		return ""
	}
	how := m.receipt()
	if how == "" {
		return ""
	}
	return fill(wordReceiptBy, "how", clean(how))
}

// coverable says whether a prompt may open by itself over what is seen.
func (m *Model) coverable() bool {
	if m.state.SignIn.Busy || m.applying() {
		return false
	}
	switch s := m.topSheet().(type) {
	case *resumeSheet:
		return false
	case *tapeSheet:
		if s.busy {
			return false
		}
	}
	if m.stageScreen() == screen(&m.plan) && m.plan.question(m).ID != "" {
		return false
	}
	f := m.current().typing(m)
	return f == nil || f.empty()
}

func (m *Model) openAsk(g flows.Guide) {
	if s, open := m.topSheet().(*askSheet); open && s.visit == g.Visit {
		return
	}
	m.open(&askSheet{visit: g.Visit, quiet: m.now().Add(askGrace)})
}

// tooEarly says whether a key came before the prompt can have been read; every such
// key puts that off.
func (m *Model) tooEarly() bool {
	s, open := m.topSheet().(sudden)
	if !open {
		return false
	}
	quiet, said := s.sudden()
	if !m.now().Before(*quiet) {
		return false
	}
	*quiet = m.now().Add(askGrace)
	m.tellPerson(RoleSubtle, said)
	return true
}

// sudden is a sheet that opens by itself and asks for a yes: until when nothing
// answers it, and what is said to a key that comes before.
type sudden interface {
	sudden() (quiet *time.Time, said string)
}

func (s *askSheet) sudden() (quiet *time.Time, said string) { return &s.quiet, wordAskTooFast }

// askSheet asks whether a guide may watch.
type askSheet struct {
	visit flows.VisitID
	quiet time.Time // nothing answers before
	busy  bool      // the yes is being stored
}

func (s *askSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	g, ok := m.state.AsksToWatch(s.visit, m.now())
	if word, open := m.openYes(); !ok && open { // its time is over, and the yes may have come before that
		b.put(para(RoleWarn, word, 0, w)...)
		return b
	}
	if !ok {
		b.put(para(RoleSubtle, wordGuidesNone, 0, w)...)
		return b
	}
	minutes, key := number(int(g.Lasts/time.Minute)), bindingOf(actEndWatch).keys[0]
	b.put(para(RoleStrong, fill(wordAskTitle, "who", clean(g.Name), "org", clean(g.Org)), 0, w)...)
	if from := handedWords(g); from != "" {
		b.put(para(RoleWarn, from, 0, w)...)
	}
	if m.size.tight() {
		b.put(para(RoleText, fill(wordAskTight, "min", minutes, "key", key), 0, w)...)
	} else {
		for _, p := range [][2]string{{wordAskSee, wordAskSeeThat}, {wordAskNot, wordAskNotThat}, {wordAskCan, wordAskCanThat}, {wordAskLong, fill(wordAskLongThat, "min", minutes, "key", key)}} {
			b.gap()
			b.put(hanging(say(RoleSubtle, fixed(p[0], 15)+" "), RoleText, p[1], w)...)
		}
	}
	last := para(RoleAccent, fill(wordAskAnswer, "yes", bindingOf(actAllow).keys[0], "no", bindingOf(actRefuse).keys[0]), 0, w)
	if s.busy {
		last = para(RoleInfo, wordAskStoring, 0, w)
	}
	b.foot = last
	return b
}

// handedWords say who handed the case to a guide who asks; empty: nobody did.
func handedWords(g flows.Guide) string {
	switch {
	case g.From == "":
		return ""
	case g.Over == "":
		return fill(wordAskHandedAway, "who", clean(g.From))
	}
	return fill(wordAskHanded, "who", clean(g.From))
}

func (s *askSheet) typing(*Model) *field { return nil }

func (s *askSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyStoringYes
	}
	return []offer{{act: actAllow, why: why}, {act: actRefuse, why: why}, {act: actPage, hidden: true}}
}

func (s *askSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actAllow:
		s.busy = true
		ctx, drv, visit := m.ctx, m.drv, s.visit
		if g, asks := m.state.AsksToWatch(visit, m.now()); asks {
			m.yeses = append(m.yeses, openYes{visit: visit, until: m.now().Add(g.Lasts)})
		}
		return func() tea.Msg { return allowedMsg{visit, drv.Do(ctx, flows.Watched{Visit: visit, Here: true})} }
	case actRefuse:
		m.close()
		return m.tell(flows.Watched{Visit: s.visit, Why: flows.WatchRefused})
	default: // no other is offered here
	}
	return nil
}

// openYes is a yes to be watched of which it is not known whether it is stored.
type openYes struct {
	visit flows.VisitID
	until time.Time // when the watch would be over, too
	lost  bool      // its storing ended, and nothing was heard of it
}

// openYes says that it is not known whether somebody watches, in words; open is false where it is.
func (m *Model) openYes() (word string, open bool) {
	for _, y := range m.yeses {
		switch {
		case !m.now().Before(y.until), m.yesSeen(y.visit):
		case y.lost:
			return wordGuidesOpen, true
		default:
			word, open = wordAskStoring, true
		}
	}
	return word, open
}

// yesSeen says whether what became of a yes stands in the run.
func (m *Model) yesSeen(visit flows.VisitID) bool {
	_, watches := m.state.Watching(visit, m.now())
	return watches || m.state.Parted != nil && m.state.Parted.Guide.Visit == visit
}

// yesHeard takes what came of storing a yes. One that was given before it, and of which nothing was
// heard, is none either once this one is stored: what would have come first did not.
func (m *Model) yesHeard(visit flows.VisitID, err error) {
	lost := errors.Is(err, flows.ErrUnheard)
	m.yeses = slices.DeleteFunc(m.yeses, func(y openYes) bool { return y.visit == visit && (err == nil || !y.lost && !lost) })
	for i := range m.yeses {
		m.yeses[i].lost = m.yeses[i].lost || m.yeses[i].visit == visit
	}
}

// forgetYeses lets go of those of which it is known by now what became of them.
func (m *Model) forgetYeses() {
	m.yeses = slices.DeleteFunc(m.yeses, func(y openYes) bool { return !m.now().Before(y.until) || m.yesSeen(y.visit) })
}

// notKept says why a yes does not count, or that it is not known whether it does.
func notKept(err error, not, unheard string) string {
	if errors.Is(err, flows.ErrUnheard) {
		not = unheard
	}
	return fill(not, "why", sentence(clean(err.Error())))
}

// allowedMsg says what came of storing a yes.
type allowedMsg struct {
	visit flows.VisitID
	err   error
}

// allowed takes it.
func (m *Model) allowed(msg allowedMsg) tea.Cmd {
	if s, open := m.topSheet().(*askSheet); open && s.visit == msg.visit {
		m.close()
		m.deaf = m.now().Add(typeAhead)
	}
	m.refresh()
	m.yesHeard(msg.visit, msg.err)
	if _, ok := m.state.Watching(msg.visit, m.now()); msg.err != nil {
		m.tellPerson(RoleBad, notKept(msg.err, wordAskNotKept, wordAskUnheard))
	} else if !ok {
		m.tellPerson(RoleWarn, wordAskLate)
	}
	return m.tick()
}
