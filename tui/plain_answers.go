package tui

import (
	"context"
	"unicode/utf8"

	"onboard.example/flows"
)

// caseKeys says what can be typed at a case.
func (p *plain) caseKeys() string {
	keys := plainCaseKeys
	if p.m.answers() != nil {
		keys += " " + plainAnswerKeys
	}
	if c := p.m.console; c != nil && c.of.HandOvers != nil {
		keys += " " + plainHandCase
	}
	return keys
}

// listAnswers numbers the canned answers.
func (p *plain) listAnswers(ctx context.Context, c *plainCase) {
	all, err := p.m.answers()(ctx)
	if err != nil {
		p.out.line(sentence(clean(err.Error())))
	}
	if c.texts = all; len(all) == 0 {
		p.out.line(wordAnswersNone)
	}
	for i, a := range all {
		p.out.line(fill(plainAnswerRow, "n", number(i+1), "title", clean(a.Title)))
	}
}

// readAnswer reads an answer out, and sends nothing: that is for a line that was typed
// after it was read. left: there is no more to come.
func (p *plain) readAnswer(ctx context.Context, c *plainCase, a CannedAnswer) (left bool) {
	if !p.settle(ctx) {
		return true
	}
	text := a.filled(p.m)
	p.out.line(text)
	why := linksLeft(p.m.state, text)
	if n := utf8.RuneCountInString(text); n > flows.NoteMost {
		why = fill(plainAnswerLong, "n", number(n), "limit", number(flows.NoteMost))
	}
	if why != "" {
		p.out.line(why)
		return false
	}
	p.asksAnew()
	c.draft = text
	p.out.line(plainAnswerAsk)
	return false
}
