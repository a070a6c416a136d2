package tui

import (
	"context"
	"strings"
	"time"
)

// mostTold is how many cases are read out at once.
const mostTold = 20

// watchQueue walks the console on plain lines: the cases are told when that is asked
// for, and in between only who begins to wait.
func (p *plain) watchQueue(ctx context.Context) {
	c := p.m.console
	p.out.line(fill(plainConsole, "name", clean(c.of.Name), "organisation", clean(c.of.Organisation), "role", clean(c.of.Role)))
	waiting := p.relist(ctx, nil)
	p.tellQueue("")
	for p.out.err == nil {
		if !p.pending {
			p.out.prompt(p.consoleAsk())
			p.pending = true
		}
		select {
		case <-ctx.Done():
			p.endPrompt()
			return
		case _, ok := <-p.m.wake:
			if !ok {
				p.endPrompt()
				return
			}
			waiting = p.relist(ctx, waiting)
		case l, ok := <-p.lines:
			if !ok || l.end {
				p.endPrompt()
				return
			}
			if p.early(l) {
				continue
			}
			p.pending = false
			text := clean(strings.TrimSpace(l.text))
			if text == "q" {
				return
			}
			if r, ok := p.rowBy(text); ok && c.of.Ask != nil {
				if !p.visit(ctx, r) {
					return
				}
				waiting = p.relist(ctx, waiting)
				p.tellQueue("")
				continue
			}
			if number, ok := p.replays(text); ok {
				if !p.replay(ctx, number) {
					return
				}
				continue
			}
			waiting = p.relist(ctx, waiting)
			if text == plainInvite || strings.HasPrefix(text, plainInvite+" ") {
				if p.inviteLine(ctx, text) {
					return
				}
				p.asksAnew()
				continue
			}
			if text == plainHand || strings.HasPrefix(text, plainHand+" ") {
				if p.handLine(ctx, text) {
					return
				}
				waiting = p.relist(ctx, waiting)
				p.asksAnew()
				continue
			}
			if of, erases := strings.CutPrefix(text, plainErase+" "); erases && c.of.Erase != nil {
				if p.erase(ctx, strings.TrimSpace(of)) {
					return
				}
				waiting = p.relist(ctx, waiting)
				p.asksAnew()
				continue
			}
			if text == plainFigures && c.of.Figures != nil {
				p.tellFigures(ctx)
				continue
			}
			p.queueLine(text, l.long)
		}
	}
}

// consoleAsk says what can be typed.
func (p *plain) consoleAsk() string {
	ask := plainConsoleAsk
	if p.m.console.of.Invitations != nil {
		ask = plainInvitesAsk + " " + ask
	}
	if p.m.console.of.Erase != nil {
		ask = plainEraseAsk + " " + ask
	}
	if p.m.console.of.HandOvers != nil {
		ask = plainHandAsk + " " + ask
	}
	if p.m.console.of.Figures != nil {
		ask = plainFiguresAsk + " " + ask
	}
	if p.m.console.of.Replay != nil {
		ask = plainConsoleReplay + " " + ask
	}
	if p.m.console.of.Ask != nil {
		ask = plainConsoleOpen + " " + ask
	}
	return ask
}

// relist lists the queue anew and tells who began to wait since then; before is who
// waited already, and nil that nobody is to be told of.
func (p *plain) relist(ctx context.Context, before map[string]bool) (waiting map[string]bool) {
	q := &p.m.console.queue
	told := q.why
	q.take(p.m.console.of.Queue.List(ctx))
	if q.why != "" && q.why != told {
		p.endPrompt()
		p.out.line(p.m.console.unread())
	}
	waiting = map[string]bool{}
	p.tellHanded()
	for _, r := range q.rows {
		if r.Waits.IsZero() {
			continue
		}
		waiting[r.Number] = true
		if before != nil && !before[r.Number] {
			p.endPrompt()
			p.out.line(fill(plainConsoleWaits, "case", r.Number, "here", presence(r), "step", r.Step))
		}
	}
	return waiting
}

// tellHanded tells what was handed to this guide, each once; what was there when the
// console opened stands in the list.
func (p *plain) tellHanded() {
	q := &p.m.console.queue
	if !q.listed {
		return
	}
	before := p.handed
	p.handed = map[string]time.Time{}
	for _, r := range q.rows {
		if !r.Handed.toMe() {
			continue
		}
		p.handed[r.Number] = r.Handed.At
		if before != nil && !before[r.Number].Equal(r.Handed.At) {
			p.endPrompt()
			p.out.line(fill(plainHandedYou, "case", r.Number, "who", r.Handed.By, "step", r.Step))
		}
	}
}

// queueLine does what a line asks for.
func (p *plain) queueLine(text string, long bool) {
	q := &p.m.console.queue
	search, searches := strings.CutPrefix(text, "/")
	switch {
	case long:
		p.out.line(fill(plainConsoleWhat, "text", "…"))
		return
	case text == "", searches:
	case text == "w":
		q.waiting = !q.waiting
	case text == "p":
		q.present = !q.present
	default:
		p.out.line(fill(plainConsoleWhat, "text", cut(text, 40, false)))
		return
	}
	if !searches {
		search = ""
	}
	p.tellQueue(search)
}

// tellQueue reads out the cases that are asked for and hold a text.
func (p *plain) tellQueue(text string) {
	c := p.m.console
	c.filter = nil
	if text != "" {
		c.filter = new(field)
		c.filter.set(text)
	}
	p.out.line(sentence(p.m.consoleCounts().text()))
	rows := c.rows()
	if len(rows) == 0 {
		p.out.line(c.nothing())
	}
	p.numbered = nil
	for i, r := range rows[:min(len(rows), mostTold)] {
		waits := wordRowGoesOn
		if !r.Waits.IsZero() {
			waits = fill(wordRowWaits, "time", p.m.waited(r))
		}
		handed := ""
		if r.Handed != nil {
			handed = " " + sentence(r.Handed.told(p.m))
		}
		line := fill(plainConsoleCase, "n", number(i+1), "case", r.Number, "waits", waits, "here", presence(r), "step", r.Step, "age", ago(p.m.now().Sub(r.Began)))
		if r.Shown != nil {
			line += fill(plainConsoleShown, "tenant", r.Shown.told())
		}
		p.out.line(line + handed)
		p.numbered = append(p.numbered, r.Number)
	}
	if n := len(rows) - mostTold; n > 0 {
		p.out.line(fill(plainConsoleMore, "n", number(n)))
	}
}
