package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// A guide's own yes to a recording, and the end of one.

// tapes says how a guide stands to the recording of what they watch: whether it is
// theirs or asked for by them, and why they can do nothing about it.
func (g *guideScreen) tapes(m *Model) (on, asked bool, why string) {
	mine := func(o flows.Guide) bool { return o.Called() == g.view.As }
	if r, ok := m.state.Recorded(m.now()); ok {
		if !mine(r.Guide) {
			why = whyTapedNow
		}
		return true, false, why
	}
	if a, ok := m.state.AsksToRecord(m.now()); ok {
		if !mine(a.Guide) {
			why = whyTapeAsks
		}
		return false, true, why
	}
	return false, false, ""
}

// tapeOffer is what a guide can do about recording now.
func (g *guideScreen) tapeOffer(m *Model) offer {
	on, asked, why := g.tapes(m)
	o := offer{act: actRecord, word: keyAskTape, why: why}
	switch {
	case on:
		o.word = keyEndTape
	case asked:
		o.word = keyUnask
	}
	return o
}

// tape does it: ends the recording at once, or opens the sheet that asks for one.
func (g *guideScreen) tape(m *Model) tea.Cmd {
	done := wordTapeStopping
	switch on, asked, _ := g.tapes(m); {
	case asked:
		done = wordTapeUnasked
	case !on:
		m.open(&tapeAskSheet{})
		return nil
	}
	return m.say(done, func(ctx context.Context, s Seat) error { return s.EndRecording(ctx) })
}

// tapingWord is what a guide is told of one; false: nothing, for they know.
func tapingWord(t run.Taping) (word string, told bool) {
	switch {
	case t.Asked && t.Why == flows.RecordErased:
		return wordTapeAskErased, true
	case t.Asked && t.Why == "":
		return wordTapeAskOver, true
	}
	word, told = tapingWords[t.Why]
	return word, told
}

// tellTapings says what became of the guide's request, and of the recording.
func (g *guideScreen) tellTapings(m *Model) {
	for _, t := range g.view.Tapings[min(g.tapings, len(g.view.Tapings)):] {
		if word, told := tapingWord(t); told {
			m.tellPerson(RoleInfo, word)
		}
	}
	g.tapings = len(g.view.Tapings)
}

// tapedBar is the bar while it is recorded; that it is stands first.
func (g *guideScreen) tapedBar(until string, w int) row {
	places := []string{"who", clean(g.view.As), "until", until, "rec", bindingOf(actRecord).keys[0]}
	for _, text := range []string{wordGuideBarTaped, wordGuideBarTapedShort} {
		if s := fill(text, places...); cells(s) <= w {
			return say(RoleWarn, s)
		}
	}
	return say(RoleWarn, cut(fill(wordGuideBarTapedTight, places...), w, false))
}

// tapeAskSheet asks a guide whether the customer is to be asked; like a visit it opens
// with one key and asks with another.
type tapeAskSheet struct{}

func (s *tapeAskSheet) body(m *Model) body {
	var b body
	w, rec := m.size.text(), bindingOf(actRecord).keys[0]
	b.put(para(RoleStrong, wordTapeAskTitle, 0, w)...)
	if m.size.tight() {
		b.put(para(RoleText, fill(wordTapeAskTight, "rec", rec), 0, w)...)
	} else {
		for _, p := range tapeAskWords(rec) {
			b.gap()
			b.put(hanging(say(RoleSubtle, fixed(p[0], 15)+" "), RoleText, p[1], w)...)
		}
	}
	b.foot = para(RoleAccent, fill(wordVisitAnswer, "yes", bindingOf(actVisit).keys[0], "no", bindingOf(actBack).keys[0]), 0, w)
	return b
}

// tapeAskWords say what a guide agrees to.
func tapeAskWords(rec string) [][2]string {
	return [][2]string{{wordTapeAskSee, wordTapeAskThat}, {wordTapeAskWho, wordTapeAskWhose}, {wordTapeAskYes, fill(wordTapeAskOwn, "rec", rec)}}
}

func (s *tapeAskSheet) typing(*Model) *field { return nil }

func (s *tapeAskSheet) offers(*Model) []offer {
	return []offer{{act: actVisit}, {act: actBack, word: keyClose}, {act: actPage, hidden: true}}
}

func (s *tapeAskSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	if o.act != actVisit {
		return nil
	}
	return m.say(wordTapeAsked, func(ctx context.Context, s Seat) error { return s.AskToRecord(ctx) })
}

// tapeCase does on plain lines what the key does on a screen.
func (p *plain) tapeCase(ctx context.Context) {
	g := p.m.guide
	on, asked, why := g.tapes(p.m)
	switch {
	case why != "":
		p.out.line(sentence(why))
		return
	case on:
		p.move(ctx, wordTapeStopping, func(ctx context.Context, s Seat) error { return s.EndRecording(ctx) })
		return
	case asked:
		p.move(ctx, wordTapeUnasked, func(ctx context.Context, s Seat) error { return s.EndRecording(ctx) })
		return
	}
	p.out.line(wordTapeAskTitle)
	for _, l := range tapeAskWords(plainTapeWord) {
		p.out.line(l[0] + " " + l[1])
	}
	p.asksAnew()
	if text, ok := p.oneLine(ctx, plainVisitAsk); !ok || !strings.EqualFold(text, plainVisitYes) {
		p.out.line(plainVisitNot)
		return
	}
	p.move(ctx, wordTapeAsked, func(ctx context.Context, s Seat) error { return s.AskToRecord(ctx) })
}

// tapeScene asks the customer on plain lines whether a guide may record.
func (p *plain) tapeScene(a flows.TapeAsk) scene {
	sc := scene{key: "tape " + string(a.Guide.Visit) + string(a.ID), open: true, guarded: true, lineTo: func(sc scene, l lineRead) { p.answerTape(a, sc, l) }}
	sc.lines = []string{fill(wordTapeTitle, "who", clean(a.Guide.Name), "org", clean(a.Guide.Org))}
	for _, l := range p.m.tapeWords(a) {
		sc.lines = append(sc.lines, l[0]+" "+fill(l[1], "key", plainTapeKey))
	}
	sc.lines = append(sc.lines, plainTapeAnswer)
	return sc
}

// answerTape takes the line that answers it: yes or no, in full.
func (p *plain) answerTape(a flows.TapeAsk, sc scene, l lineRead) {
	switch text := clean(strings.TrimSpace(l.text)); {
	case l.long:
		p.reprompt(sc, plainTapeAnswer)
		return
	case strings.EqualFold(text, plainYes):
		p.out.line(wordAskStoring)
		err := p.m.drv.Do(p.m.ctx, a.Yes())
		p.m.refresh()
		r, on := p.m.state.Recorded(p.m.now())
		switch {
		case err != nil:
			p.out.line(notKept(err, wordTapeNotKept, wordTapeUnheard))
			p.reprompt(sc, plainTapeAnswer)
			return
		case !on || !a.Began(r):
			p.out.line(wordTapeLate)
		default:
			p.out.line(plainTapeYes)
		}
	case strings.EqualFold(text, plainNo):
		p.m.put(a.Ends(flows.RecordRefused))
	default:
		p.reprompt(sc, fill(plainNoChoice, "text", text)+" "+plainTapeAnswer)
		return
	}
	p.shown = ""
}
