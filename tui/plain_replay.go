package tui

import (
	"context"
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// tellTapings tells a guide on plain lines what became of the request to record.
func (p *plain) tellTapings(c *plainCase, tapings []run.Taping) {
	for _, t := range tapings[min(c.tapes, len(tapings)):] {
		if word, told := tapingWord(t); told {
			p.endPrompt()
			p.out.line(word)
		}
	}
	c.tapes = len(tapings)
}

// replays says whether a line asks for a replay, and of which case.
func (p *plain) replays(text string) (number string, ok bool) {
	word, rest, _ := strings.Cut(text, " ")
	return strings.TrimSpace(rest), word == bindingOf(actReplay).keys[0] && p.m.console.of.Replay != nil
}

// plainMoments is how many lines of a replay are told before somebody says to go on.
const plainMoments = 20

// replay tells what was recorded in a case, some lines at a time: whoever listens sets
// the pace. false: the input has ended.
func (p *plain) replay(ctx context.Context, number string) bool {
	if number == "" {
		p.out.line(plainReelUse)
		return true
	}
	opening, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	reel, err := p.m.console.of.Replay(opening, number)
	var tapes []flows.Tape
	if err == nil {
		tapes, err = reel.Tapes(opening)
	}
	if err != nil {
		p.out.line(sentence(clean(err.Error())))
		return true
	}
	p.asksAnew()
	for k := range tapes {
		next, goesOn := p.replayTape(ctx, reel, tapes, k)
		if !goesOn {
			return false
		}
		if !next {
			break
		}
	}
	p.out.line(plainReelOver)
	p.asksAnew() // what was typed for the replay is not for the queue
	return true
}

// replayTape tells one recording. next: to go on with the next one.
func (p *plain) replayTape(ctx context.Context, reel Reel, tapes []flows.Tape, k int) (next, goesOn bool) {
	t := tapes[k]
	r := t.Recording()
	f := newFilm(ctx, t, p.m.filmOptions())
	told := &plain{m: f.m, out: &lineWriter{to: p.out.to, ascii: p.out.ascii}, said: map[checks.ID]string{}}
	c := new(plainCase)
	p.out.line(fill(plainReelHead, "n", number(k+1), "of", number(len(tapes)), "who", clean(r.Guide.Called()), "all", number(len(f.times)),
		"from", f.times[0].Format("2006-01-02 15:04:05"), "to", t.End().In(f.times[0].Location()).Format("15:04:05")))
	for at := 0; ; at++ {
		if at >= len(f.times) {
			p.out.line(castEndWord(r))
			return true, true
		}
		f.seek(at)
		p.tellMoment(told, f, c)
		if c.lines < plainMoments || at+1 == len(f.times) {
			continue
		}
		c.lines = 0
		text, ok := p.oneLine(ctx, plainReelAsk)
		switch there, err := reel.Tapes(ctx); {
		case !ok:
			return false, false
		case err != nil: // it was erased meanwhile, or nobody knows
			p.out.line(sentence(clean(err.Error())))
			return false, true
		case !holdsTape(there, t): // nor is one that was made since in its place
			p.out.line(wordReelGone)
			return false, true
		case text == bindingOf(actLeave).keys[0]:
			return false, true
		case text == bindingOf(actNext).keys[0]:
			return true, true
		case len(text) == 1 && text[0] >= '0' && text[0] <= '9':
			at = jumpTo(text, len(f.times)) - 1
			told.said, told.titled, c.scene = map[checks.ID]string{}, "", ""
		}
	}
}

// tellMoment tells what is new at a moment of a film, behind its time.
func (p *plain) tellMoment(told *plain, f *film, c *plainCase) {
	var text strings.Builder
	told.out.to = &text
	told.tellRun(c)
	for _, at := range f.state.Pointers {
		if !slices.Contains(c.pointers, at) {
			told.out.line(fill(plainPoints, "who", clean(at.From), "what", strings.TrimSuffix(f.m.spotTitle(at.At), ".")))
		}
	}
	c.pointers = f.state.Pointers
	if text.Len() == 0 {
		return
	}
	p.out.line(fill(plainReelAt, "at", f.now().Format("15:04:05")))
	for line := range strings.Lines(text.String()) {
		p.out.line(strings.TrimRight(line, "\n"))
		c.lines++
	}
}
