package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// heard acts on a line that was typed.
func (p *plain) heard(ctx context.Context, sc scene, l lineRead) {
	if sc.lineTo != nil {
		sc.lineTo(sc, l)
		return
	}
	if l.long {
		p.reprompt(sc, fill(plainTooLong, "n", number(lineLimit)))
		return
	}
	text := strings.TrimSpace(checks.Line(l.text, lineLimit))
	if sc.q.Kind == flows.Text || sc.q.Kind == flows.Typed {
		p.typed(ctx, sc, text)
		return
	}
	if text == "" {
		p.reprompt(sc, "")
		return
	}
	if p.take(sc, func(c choice) bool { return c.key == text }) {
		return
	}
	if p.m.cameBack(text) {
		p.out.line(wordCameBack)
		p.reprompt(sc, "")
		return
	}
	if i, ok := optionBy(sc.q.Options, text); ok {
		p.answer(sc, sc.q.Options[i].ID)
		return
	}
	low := strings.ToLower(text)
	if p.take(sc, func(c choice) bool {
		return strings.EqualFold(c.key, text) || len(text) > 1 && strings.HasPrefix(strings.ToLower(c.label), low)
	}) {
		return
	}
	p.reprompt(sc, fill(plainNoChoice, "text", clean(text)))
}

// take does the first choice that fits.
func (p *plain) take(sc scene, fits func(choice) bool) bool {
	i := slices.IndexFunc(sc.choices, fits)
	if i < 0 {
		return false
	}
	p.shown = ""
	sc.choices[i].do()
	if sc.choices[i].aside {
		p.reprompt(sc, "")
	}
	return true
}

// reprompt says what was wrong and asks again, without reading out everything
// a second time.
func (p *plain) reprompt(sc scene, wrong string) {
	if wrong != "" {
		p.out.line(wrong)
	}
	p.shown = sc.key
	if !p.mute() {
		p.out.prompt(p.promptFor(sc))
		p.pending = true
	}
}

// typed takes a line as the text that was asked for; a single letter of a
// choice is that choice, since no domain or id is one letter long.
func (p *plain) typed(ctx context.Context, sc scene, text string) {
	if len(text) <= 1 && p.take(sc, func(c choice) bool { return strings.EqualFold(c.key, text) }) {
		return
	}
	if sc.q.ID == flows.AskConfirm {
		p.confirm(ctx, sc, text)
		return
	}
	p.answer(sc, text)
}

// optionBy finds an option by its number or by the beginning of its title or
// id, where only one begins so.
func optionBy(opts []flows.Option, text string) (int, bool) {
	for i := range opts {
		if number(i+1) == strings.TrimSuffix(text, ".") {
			return i, true
		}
	}
	found, n := 0, 0
	low := strings.ToLower(text)
	for i, o := range opts {
		if strings.HasPrefix(strings.ToLower(o.Title), low) || strings.EqualFold(o.ID, text) {
			found, n = i, n+1
		}
	}
	return found, n == 1
}

// answer puts an answer into the run, and goes on where nothing more is
// missing.
func (p *plain) answer(sc scene, value string) {
	e, err := flows.Accept(sc.q, value)
	if err != nil {
		p.reprompt(sc, sentence(clean(err.Error())))
		return
	}
	p.shown = ""
	if sc.q.ID == flows.AskApp {
		p.m.pick(e)
		return
	}
	p.m.tellAndGo(e)
}

// took says which choice was taken by itself.
func (p *plain) took(what string) { p.out.line(fill(plainTook, "what", sentence(clean(what)))) }

// confirm gives the typed yes, and waits until it is stored.
func (p *plain) confirm(ctx context.Context, sc scene, text string) {
	if _, err := flows.Accept(sc.q, text); err != nil {
		p.reprompt(sc, sentence(clean(err.Error())))
		return
	}
	p.shown = ""
	p.out.line(wordStoring)
	if err := p.m.drv.Do(ctx, flows.Confirmed{Plan: p.m.state.Plan.ID, Typed: text}); err != nil {
		p.out.line(fill(wordNotConfirmed, "why", clean(err.Error())))
	}
}

// leave ends the walk; a plan that is being carried out is left only on the
// second asking.
func (p *plain) leave() {
	if p.m.applying() && !p.m.sure {
		p.m.sure = true
		p.out.line(wordSureToLeave)
		return
	}
	if p.m.done() {
		p.m.put(flows.Ended{Why: flows.EndDone})
	}
	p.over = true
}

// play lets the rehearsed admin make a move, and says so.
func (p *plain) play(v run.Move) {
	p.endPrompt()
	p.out.line(fill(wordPlayed, "what", clean(v.Title)))
	if err := p.m.drv.Hands().Play.Make(p.m.ctx, v.ID); err != nil && !errors.Is(err, context.Canceled) {
		p.out.line(fill(wordNotPlayed, "why", clean(err.Error())))
	}
}
