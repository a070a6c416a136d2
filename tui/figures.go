package tui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// Figures are what there is to say of all cases together. They name no case, no tenant
// and nobody.
type Figures struct {
	Open, Waiting int // cases that have not ended, and those in which somebody is held up
	// Opened is how many became open within Days, and Median how long that took half of
	// them; of fewer than Fewest nothing is told, and Opened is zero.
	Opened, Days, Fewest int
	Median               time.Duration
	Stuck                []StuckAt // where people are held up, most of them first
}

// StuckAt is a place where people are held up.
type StuckAt struct {
	Stage flows.Stage
	Step  flows.StepID // empty: none is named
	Cases int
	Since time.Time // when the one who waits longest came there; zero: it is not told
}

// figured are the figures as they were read last.
type figured struct {
	of    Figures
	known bool      // they were read once
	why   string    // why they cannot be read now; empty: they can
	asked time.Time // when that was asked for last
	busy  bool      // and they are on their way
}

// figuresEvery is the shortest time between two readings of the figures.
const figuresEvery = 10 * time.Second

// figuresMsg says what the figures are.
type figuresMsg struct {
	of  Figures
	err error
}

// figure has the figures read, where that is due. It may take its time.
func (m *Model) figure() tea.Cmd {
	if !m.atQueue() || m.console.of.Figures == nil {
		return nil
	}
	f := &m.console.figures
	if now := m.now(); f.busy || !f.asked.IsZero() && now.Sub(f.asked) < figuresEvery {
		return nil
	}
	f.busy, f.asked = true, m.now()
	ctx, read := m.ctx, m.console.of.Figures
	return func() tea.Msg {
		of, err := read(ctx)
		return figuresMsg{of, err}
	}
}

// take takes what was read. Those of before stay where it could not be.
func (f *figured) take(msg figuresMsg) {
	f.busy = false
	if msg.err != nil {
		f.why = sentence(clean(msg.err.Error()))
		return
	}
	f.of, f.known, f.why = msg.of, true, ""
}

// median is how long it takes to become open, in a few words; empty: nobody knows.
func (f *figured) median() string {
	if !f.known || f.of.Opened == 0 {
		return ""
	}
	return fill(wordMedian, "time", ago(f.of.Median))
}

// figuresSheet shows the figures, and where people wait.
type figuresSheet struct{}

func (*figuresSheet) body(m *Model) body {
	var b body
	w, f := m.size.text(), &m.console.figures
	b.put(say(RoleStrong, wordFigures))
	if f.why != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, fill(wordFiguresUnread, "why", f.why), w)...)
	}
	if !f.known {
		if f.why == "" {
			b.put(say(RoleSubtle, wordFiguresCome))
		}
		return b
	}
	b.gap()
	for _, l := range f.of.lines() {
		b.put(hanging(say(RoleSubtle, fixed(l[0], 18)+" "), RoleText, l[1], w)...)
	}
	b.gap()
	if len(f.of.Stuck) == 0 {
		b.put(para(RoleSubtle, wordStuckNone, 0, w)...)
		return b
	}
	b.put(say(RoleStrong, wordStuck))
	for _, at := range f.of.places() {
		long := ""
		if !at.Since.IsZero() {
			long = fill(wordStuckFor, "time", ago(m.now().Sub(at.Since)))
		}
		head := say(RoleWarn, fixed(number(at.Cases), 6)).add(RoleSubtle, fixed(long, 14))
		b.put(hanging(head, RoleText, at.where(), w)...)
	}
	return b
}

// lines are the figures, each with what it is of.
func (f Figures) lines() [][2]string {
	median := fill(wordMedianNone, "n", number(f.Fewest), "days", number(f.Days))
	if f.Opened > 0 {
		median = fill(wordMedianOf, "time", ago(f.Median), "n", number(f.Opened), "days", number(f.Days))
	}
	return [][2]string{{wordFigureOpen, number(f.Open)}, {wordFigureWaits, number(f.Waiting)}, {wordFigureMedian, median}}
}

// where is the place in words.
func (s StuckAt) where() string {
	where := WhereAt(s.Stage, 0, 0)
	if step, ok := flows.StepByID(s.Step); ok {
		return fill(wordStuckAt, "where", where, "step", clean(flows.Words(flows.State{}, step.Title)))
	}
	return where
}

// places are where people are held up, each once: steps of several paths can have the
// same name.
func (f Figures) places() (out []StuckAt) {
	for _, at := range f.Stuck {
		i := slices.IndexFunc(out, func(o StuckAt) bool { return o.where() == at.where() })
		if i < 0 {
			out = append(out, at)
			continue
		}
		if out[i].Cases += at.Cases; at.Since.Before(out[i].Since) {
			out[i].Since = at.Since // one of them tells none, and then neither does the place
		}
	}
	slices.SortStableFunc(out, func(a, b StuckAt) int { return cmp.Compare(b.Cases, a.Cases) })
	return out
}

func (*figuresSheet) typing(*Model) *field { return nil }

func (*figuresSheet) offers(*Model) []offer { return closing(actFigures) }

func (*figuresSheet) act(m *Model, _ offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	return nil
}

// tellFigures reads the figures out, anew.
func (p *plain) tellFigures(ctx context.Context) {
	f := &p.m.console.figures
	of, err := p.m.console.of.Figures(ctx)
	if f.take(figuresMsg{of, err}); err != nil {
		p.out.line(fill(wordFiguresUnread, "why", f.why))
		return
	}
	for _, l := range of.lines() {
		p.out.line(sentence(l[0] + ": " + l[1]))
	}
	if len(of.Stuck) == 0 {
		p.out.line(wordStuckNone)
	}
	for _, at := range of.places() {
		said := fill(plainStuck, "n", number(at.Cases), "where", at.where())
		if !at.Since.IsZero() {
			said = fill(plainStuckFor, "n", number(at.Cases), "where", at.where(), "time", ago(p.m.now().Sub(at.Since)))
		}
		p.out.line(said)
	}
}
