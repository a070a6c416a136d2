package tui

import (
	"context"
	"strconv"
	"strings"
)

// handLine hands the case over that a line names. ended: there is no more input.
func (p *plain) handLine(ctx context.Context, text string) (ended bool) {
	r, ok := p.rowBy(strings.TrimSpace(strings.TrimPrefix(text, plainHand)))
	switch {
	case p.m.console.of.HandOvers == nil:
		p.out.line(sentence(whyOnlyLead))
		return false
	case !ok:
		p.out.line(plainEraseWhich)
		return false
	}
	return p.handOver(ctx, r.Number)
}

// handOver tells who is there, asks who is to have the case, and then whether that is
// meant; or takes it back.
func (p *plain) handOver(ctx context.Context, number string) (ended bool) {
	of := p.m.console.of
	if !p.settle(ctx) { // what is there already is no answer
		return true
	}
	asking, cancel := context.WithTimeout(ctx, askWait)
	all, err := of.HandOvers.Colleagues(asking, number)
	cancel()
	if err != nil {
		p.out.line(fill(wordHandNot, "why", sentence(clean(err.Error()))))
		return false
	}
	s := &handOverSheet{number: number, all: all.cleaned(), come: true}
	p.tellHanding(s)
	if len(s.all.All) == 0 && !s.all.stands() {
		return false
	}
	ask := plainHandWho
	switch {
	case len(s.all.All) == 0:
		ask = plainHandNone
	case s.all.stands():
		ask = plainHandOrNot
	}
	p.asksAnew()
	text, ok := p.oneLine(ctx, ask)
	if !ok {
		return true
	}
	n, err := strconv.Atoi(text)
	switch {
	case strings.EqualFold(text, plainHandBack) && s.all.stands():
		return p.hands(ctx, s, Colleague{})
	case err != nil || n < 1 || n > len(s.all.All):
		p.out.line(plainHandLeft)
		return false
	}
	to := s.all.All[n-1]
	p.asksAnew()
	text, ok = p.oneLine(ctx, fill(plainHandSure, "who", s.all.called(to)))
	switch {
	case !ok:
		return true
	case !strings.EqualFold(text, plainHandYes):
		p.out.line(plainHandLeft)
		return false
	}
	return p.hands(ctx, s, to)
}

// tellHanding tells who is there, and how the case is handed over.
func (p *plain) tellHanding(s *handOverSheet) {
	var b body
	p.out.line(fill(wordHandTitle, "case", s.number) + ". " + fill(wordHandWhat, "min", number(int(s.all.Time.Minutes()))))
	b.put(s.now(p.m, maxWidth)...)
	for _, l := range texts(b.rows) {
		p.out.line(l)
	}
	if len(s.all.All) == 0 {
		p.out.line(fill(wordHandNobody, "org", clean(p.m.console.of.Organisation)))
	}
	for i, c := range s.all.All {
		p.out.line(fill(plainHandRow, "n", number(i+1), "who", s.all.called(c), "role", c.Role, "since", fill(wordHandSince, "time", p.m.clockShort(c.Since))))
	}
}

// hands hands the case over, or takes it back, and tells what came of that.
func (p *plain) hands(ctx context.Context, s *handOverSheet, to Colleague) (ended bool) {
	asking, cancel := context.WithTimeout(ctx, askWait)
	err := to.do(asking, p.m.console.of.HandOvers, s.number)
	cancel()
	if err != nil {
		p.out.line(to.failed(err))
		return false
	}
	p.out.line(s.all.done(to, s.number))
	return false
}
