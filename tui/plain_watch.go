package tui

import (
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// plainGuides is what line mode has said of guides.
type plainGuides struct {
	pointers []flows.Pointed
	hints    []flows.Suggested
	notes    uint32
	noting   bool // a note to the guides is being typed
}

// guideScene is the scene that guides bring in place of the one that stands: the
// request of one, or a note to them. ok is false where there is none, and where
// something is confirmed, typed or secret, which it must not come between.
func (p *plain) guideScene() (sc scene, ok bool) {
	if p.mute() {
		return scene{}, false
	}
	if p.guides.noting {
		return scene{key: "note", lines: []string{wordGuidesWrite, plainNoteType}, open: true, guarded: true, lineTo: p.noted}, true
	}
	g, asks := p.m.asking()
	tape, tapes := p.m.state.AsksToRecord(p.m.now())
	if !asks && !tapes || p.m.state.SignIn.Busy || p.m.applying() || slices.ContainsFunc(flows.Asks(p.m.state), func(q flows.Question) bool { return q.ID == flows.AskConfirm }) {
		return scene{}, false
	}
	if !asks {
		return p.tapeScene(tape), true
	}
	sc = scene{key: "guide " + string(g.Visit), open: true, guarded: true, lineTo: func(sc scene, l lineRead) { p.answerGuide(g, sc, l) }}
	sc.lines = []string{
		fill(wordAskTitle, "who", clean(g.Name), "org", clean(g.Org)),
		wordAskSee + " " + wordAskSeeThat, wordAskNot + " " + wordAskNotThat, wordAskCan + " " + wordAskCanThat,
		fill(plainAskLong, "min", number(int(g.Lasts.Minutes()))), plainAskAnswer,
	}
	if from := handedWords(g); from != "" {
		sc.lines = slices.Insert(sc.lines, 1, from)
	}
	return sc, true
}

// answerGuide takes the line that answers a guide's request: yes or no, in full.
func (p *plain) answerGuide(g flows.Guide, sc scene, l lineRead) {
	text := strings.TrimSpace(checks.Line(l.text, lineLimit))
	switch {
	case strings.EqualFold(text, plainYes):
		p.out.line(wordAskStoring)
		err := p.m.drv.Do(p.m.ctx, flows.Watched{Visit: g.Visit, Here: true})
		p.m.refresh()
		now, ok := p.m.state.Watching(g.Visit, p.m.now())
		switch {
		case err != nil:
			p.out.line(notKept(err, wordAskNotKept, plainAskUnheard))
			p.reprompt(sc, plainAskAnswer)
			return
		case !ok:
			p.out.line(wordAskLate)
		default:
			p.out.line(fill(plainAskYes, "who", clean(g.Called()), "until", p.m.clockShort(now.Until)))
		}
	case strings.EqualFold(text, plainNo):
		p.m.put(flows.Watched{Visit: g.Visit, Why: flows.WatchRefused})
	default:
		p.reprompt(sc, fill(plainNoChoice, "text", clean(text))+" "+plainAskAnswer)
		return
	}
	p.shown = ""
}

// noted takes the line that is a note to the guides; an empty one is none.
func (p *plain) noted(_ scene, l lineRead) {
	p.guides.noting, p.shown = false, ""
	text := strings.TrimSpace(checks.Line(l.text, lineLimit))
	switch {
	case l.long || len([]rune(text)) > flows.NoteMost:
		p.out.line(fill(plainTooLong, "n", number(flows.NoteMost)))
	case text != "" && p.m.hand(flows.Noted{Text: text}):
		p.out.line(plainSent)
	}
}

// guideChoices are the choices of every scene while somebody watches.
func (p *plain) guideChoices() []choice {
	if len(p.m.guides()) == 0 {
		return nil
	}
	out := []choice{
		{key: "x", label: plainEndWatch, do: func() { p.m.endWatches() }},
		{key: "t", label: plainNotes, do: func() { p.guides.noting = true }},
	}
	if _, on := p.m.state.Recorded(p.m.now()); on {
		out = append(out, choice{key: plainTapeKey, label: plainEndTape, do: func() { p.m.endTape() }})
	}
	return out
}

// bar is the line that says who watches, in front of every scene; empty: nobody.
func (p *plain) bar() string {
	guides := p.m.guides()
	if len(guides) == 0 {
		return ""
	}
	until := guides[0].Until
	for _, g := range guides {
		if g.Until.After(until) {
			until = g.Until
		}
	}
	if until.IsZero() {
		return fill(plainBarOld, "who", calledAll(guides))
	}
	if _, on := p.m.state.Recorded(p.m.now()); on {
		return fill(plainBarTaped, "who", calledAll(guides), "until", p.m.clockShort(until))
	}
	return fill(plainBar, "who", calledAll(guides), "until", p.m.clockShort(until))
}

// guideNews prints what guides pointed at, suggested and wrote since it was looked
// at last, each once.
func (p *plain) guideNews() {
	s := p.m.state
	var lines []string
	for _, at := range s.Pointers {
		if !slices.Contains(p.guides.pointers, at) {
			lines = append(lines, fill(plainPoints, "who", clean(at.From), "what", strings.TrimSuffix(p.m.spotTitle(at.At), ".")))
		}
	}
	for _, h := range s.Hints {
		if !slices.Contains(p.guides.hints, h) {
			lines = append(lines, fill(plainSuggests, "who", clean(h.From), "what", strings.TrimSuffix(p.m.spotTitle(string(h.Path)), ".")))
		}
	}
	if n := int(s.NotesCame - p.guides.notes); n > 0 {
		var notes []string
		for _, note := range slices.Backward(s.Notes) {
			if note.From != "" && len(notes) < n {
				notes = append(notes, fill(plainNote, "who", clean(note.From), "text", clean(note.Text)))
			}
		}
		slices.Reverse(notes)
		lines = append(lines, notes...)
	}
	p.guides.pointers, p.guides.hints, p.guides.notes = s.Pointers, s.Hints, s.NotesCame
	for _, l := range lines {
		p.endPrompt()
		p.out.line(l)
	}
}
