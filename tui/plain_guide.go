package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// plainCase is a case that a guide has on plain lines: what was told of it.
type plainCase struct {
	told  string         // where it stands, before the yes or while it cannot be read
	scene string         // key of the customer's scene
	notes []flows.Noted  // that were there
	spots []spot         // as they were numbered last
	paths []flows.PathID // likewise
	texts []CannedAnswer // likewise
	draft string         // the answer that was read out just before; empty: none was
	lines int            // of a replay that were told at once
	// pointers are those that a replay told.
	pointers []flows.Pointed
	tapes    int // what became of requests to record, that was told
}

// bare is the number of a case as it is compared: people type it without its dash.
func bare(number string) string { return strings.ToUpper(strings.ReplaceAll(number, "-", "")) }

// rowBy is the case that a line names: by its place in what was told last, or by its
// number.
func (p *plain) rowBy(text string) (QueueRow, bool) {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(p.numbered) {
		text = p.numbered[n-1]
	}
	rows := p.m.console.queue.rows
	i := slices.IndexFunc(rows, func(r QueueRow) bool { return bare(r.Number) == bare(text) })
	if i < 0 {
		return QueueRow{}, false
	}
	return rows[i], true
}

// early says whether a line came before what is asked now was, and tells that.
func (p *plain) early(l lineRead) bool {
	if l.asked.n >= p.asks.n {
		return false
	}
	p.endPrompt()
	p.out.line(plainTooEarly)
	return true
}

// asksAnew has earlier lines answer nothing from here on.
func (p *plain) asksAnew() {
	p.asks.n++
	p.now.set(p.asks)
}

// visit asks whether the customer of a case is to be asked, and then has it on plain
// lines until it is left or over. false: the input has ended.
func (p *plain) visit(ctx context.Context, r QueueRow) bool {
	of, minutes := p.m.console.of, number(int(flows.AskWait/time.Minute))
	if !p.settle(ctx) { // what is there already is no answer
		return false
	}
	p.out.line(fill(wordVisitTitle, "case", r.Number))
	if !r.Present {
		p.out.line(strings.TrimPrefix(fill(wordVisitAway, "min", minutes), "! "))
	}
	for _, l := range [][2]string{{wordVisitRead, fill(wordAskTitle, "who", clean(of.Name), "org", clean(of.Organisation))}, {wordVisitSee, wordVisitSeeThat}, {wordVisitCan, wordVisitCanThat}, {wordVisitLong, fill(wordVisitLongThat, "min", minutes)}} {
		p.out.line(l[0] + " " + l[1])
	}
	if r.Handed.toMe() {
		p.out.line(fill(wordVisitHanded, "who", r.Handed.By))
	}
	p.asksAnew()
	text, ok := p.oneLine(ctx, plainVisitAsk)
	switch {
	case !ok:
		return false
	case !strings.EqualFold(text, plainVisitYes):
		p.out.line(plainVisitNot)
		return true
	}
	p.out.line(wordVisitAsking)
	asking, cancel := context.WithTimeout(ctx, askWait)
	seat, err := of.Ask(asking, r.Number)
	cancel()
	if err != nil {
		p.out.line(fill(wordVisitNot, "why", sentence(clean(err.Error()))))
		return true
	}
	p.m.unwatch()
	p.m.watch(seat)
	p.m.guide.of = r.Number
	p.asksAnew()
	goesOn := p.watchCase(ctx)
	p.m.forgetCase()
	p.titled, p.said = "", map[checks.ID]string{}
	p.asksAnew() // what was typed for the case is not for the queue
	return goesOn
}

// oneLine asks for one line; false: there is none any more.
func (p *plain) oneLine(ctx context.Context, prompt string) (text string, ok bool) {
	for {
		p.out.prompt(prompt)
		p.pending = true
		select {
		case <-ctx.Done():
			p.endPrompt()
			return "", false
		case l, more := <-p.lines:
			if !more || l.end {
				p.endPrompt()
				return "", false
			}
			if p.early(l) {
				continue
			}
			p.pending = false
			return clean(strings.TrimSpace(l.text)), true
		}
	}
}

// watchCase tells what happens at a case, and takes the guide's moves, until it is
// over or left. false: the input has ended.
func (p *plain) watchCase(ctx context.Context) bool {
	g, c, wake := p.m.guide, new(plainCase), p.m.wake
	for p.out.err == nil {
		v, err := g.seat.View(ctx)
		p.m.viewed(viewedMsg{g, v, err})
		p.m.notice = span{} // it is told below
		p.tellTapings(c, v.Tapings)
		if p.tellCase(c) {
			return true
		}
		if !p.pending {
			prompt := plainCasePrompt
			if _, on := p.m.state.Recorded(p.m.now()); on {
				prompt = plainCaseTaped
			}
			p.out.prompt(fill(prompt, "case", g.of))
			p.pending = true
		}
		select {
		case <-ctx.Done():
			p.endPrompt()
			return false
		case _, ok := <-wake:
			if !ok { // it is over, or ctx is
				wake = nil
			}
		case l, ok := <-p.lines:
			if !ok || l.end {
				p.endPrompt()
				return false
			}
			if p.early(l) {
				continue
			}
			p.pending = false
			if l.long {
				p.out.line(fill(plainTooLong, "n", number(lineLimit)))
				continue
			}
			if left := p.caseLine(ctx, c, clean(strings.TrimSpace(l.text))); left {
				return true
			}
		}
	}
	return false
}

// tellCase tells what of a case was not told yet; over: there is no more to it.
func (p *plain) tellCase(c *plainCase) (over bool) {
	g := p.m.guide
	told, lines := "", []string(nil)
	switch {
	case g.wrong != "":
		told, lines = g.wrong, []string{fill(wordGuideUnread, "why", g.wrong)}
	case g.view.Standing == run.StandOver:
		p.endPrompt()
		p.out.line(fill(wordGuideGone, "why", g.gone()) + " " + wordGuideCleared)
		if text := g.receipt(p.m); text != "" {
			p.out.line(text)
		}
		return true
	case g.view.Run == nil:
		var b body
		g.outline(p.m, &b, maxWidth)
		o := g.view.Outline
		told, lines = strings.Join([]string{"asks", number(int(o.Stage)), number(o.Step)}, " "), append(texts(b.rows), plainCaseLeave)
	default:
		if c.told != "watches" {
			p.endPrompt()
			p.out.line(strings.TrimPrefix(g.bar(p.m, maxWidth).text(), "● "))
			p.out.line(p.caseKeys())
		}
		c.told = "watches"
		p.tellRun(c)
		return false
	}
	if told != c.told {
		*c = plainCase{told: told, tapes: c.tapes}
		p.endPrompt()
		for _, l := range lines {
			p.out.line(l)
		}
	}
	return false
}

// tellRun tells what of the customer's run changed: where they are, what was found,
// and what was written.
func (p *plain) tellRun(c *plainCase) {
	if t := p.title(); t != p.titled {
		p.titled = t
		p.endPrompt()
		p.out.line(t)
	}
	if sc := p.stageScene(); sc.key != c.scene {
		c.scene = sc.key
		p.endPrompt()
		p.out.line(fill(plainCaseAt, "where", whereWord(p.m.state)))
		for _, l := range sc.lines {
			p.out.line(l)
		}
	}
	p.newFindings()
	notes := p.m.state.Notes
	for _, n := range newNotes(c.notes, notes) {
		who := authorWords[flows.ByPerson]
		if n.From != "" {
			who = clean(n.From)
		}
		p.endPrompt()
		p.out.line(fill(plainNote, "who", who, "text", clean(n.Text)))
	}
	c.notes = notes
}

// newNotes are those that came since; the oldest go as others come.
func newNotes(before, now []flows.Noted) []flows.Noted {
	for gone := range len(before) + 1 {
		if kept := before[gone:]; len(kept) <= len(now) && slices.Equal(kept, now[:len(kept)]) {
			return now[len(kept):]
		}
	}
	return now
}

// caseLine does what a line asks for; left: to leave the case.
func (p *plain) caseLine(ctx context.Context, c *plainCase, text string) (left bool) {
	g := p.m.guide
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	n, err := strconv.Atoi(rest)
	draft := c.draft
	c.draft = ""
	numbered := func(of int) bool { return err == nil && n >= 1 && n <= of }
	switch {
	case word == "q":
		g.left = true
		p.leftOn(g)
		return true
	case g.view.Run == nil:
		p.out.line(plainCaseWaits)
	case text == "":
		p.titled, c.scene = "", ""
	case word == "f" && rest == "":
		p.listSpots(c)
	case word == "f" && numbered(len(c.spots)):
		p.readSpot(c.spots[n-1])
	case word == "p" && rest == "":
		p.move(ctx, wordGuideUnpoint, func(ctx context.Context, s Seat) error { return s.Point(ctx, "") })
	case word == "p" && numbered(len(c.spots)):
		p.move(ctx, wordGuidePointed, func(ctx context.Context, s Seat) error { return s.Point(ctx, c.spots[n-1].id) })
	case word == "n" && rest != "":
		p.move(ctx, plainSent, func(ctx context.Context, s Seat) error { return s.Note(ctx, rest) })
	case word == "a" && p.m.answers() != nil && !numbered(len(c.texts)):
		p.listAnswers(ctx, c)
	case word == "a" && numbered(len(c.texts)):
		return p.readAnswer(ctx, c, c.texts[n-1])
	case text == plainAnswerSend && draft != "":
		if !p.move(ctx, plainSent, func(ctx context.Context, s Seat) error { return s.Note(ctx, draft) }) {
			c.draft = draft // it can be sent still
		}
	case text == plainAnswerSend && p.m.answers() != nil:
		p.out.line(plainAnswerGone)
	case word == "s" && rest == "":
		p.listPaths(c)
	case word == "s" && numbered(len(c.paths)):
		p.move(ctx, wordGuideAdvised, func(ctx context.Context, s Seat) error { return s.Suggest(ctx, c.paths[n-1]) })
	case text == plainTapeWord:
		p.tapeCase(ctx)
	case text == plainHand && p.m.console != nil && p.m.console.of.HandOvers != nil:
		return p.handOver(ctx, g.of)
	case text == "r":
		p.move(ctx, wordGuideAgain, func(ctx context.Context, s Seat) error { return s.AskAgain(ctx) })
	case word == "f" || word == "p" || word == "s":
		p.out.line(plainCaseNumber)
	default:
		p.out.line(fill(plainConsoleWhat, "text", cut(text, 40, false)))
		p.out.line(p.caseKeys())
	}
	return false
}

// leftOn tells the customer that the guide left.
func (p *plain) leftOn(g *guideScreen) {
	if err := g.leave(p.m.ctx)(); err != nil {
		p.out.line(fill(wordVisitNotTold, "case", g.of, "why", sentence(clean(err.Error()))))
		return
	}
	p.out.line(strings.TrimSpace(fill(wordVisitLeft, "case", g.of) + " " + g.receipt(p.m)))
}

// move makes one of the guide's moves, and tells what came of it.
func (p *plain) move(ctx context.Context, done string, do func(context.Context, Seat) error) (ok bool) {
	err := do(ctx, p.m.guide.seat)
	if err != nil {
		done = notDone(err, sentence(clean(err.Error())))
	}
	p.out.line(done)
	return err == nil
}

// listSpots numbers what can be pointed at.
func (p *plain) listSpots(c *plainCase) {
	c.spots = p.m.guide.spots(p.m)
	if len(c.spots) == 0 {
		p.out.line(wordGuideNoRows)
	}
	for i, s := range c.spots {
		text := p.m.spotTitle(s.id)
		if s.e != nil && s.e.found {
			_, word, _ := verdictLook(s.e.held.Verdict, s.e.held.Grade)
			text = fill(plainFinding, "verdict", word, "check", s.id, "summary", sentence(clean(s.e.held.Summary)))
		}
		p.out.line(number(i+1) + ". " + text)
	}
}

// readSpot tells all there is of a finding: what it rests on, raw.
func (p *plain) readSpot(s spot) {
	if s.e == nil {
		p.out.line(p.m.spotTitle(s.id))
		return
	}
	rows := p.m.explain(*s.e, maxWidth)
	for _, v := range s.e.held.Seen {
		rows = append(rows, evidenceRows(v, maxWidth)...)
	}
	for _, l := range texts(rows) {
		p.out.line(l)
	}
}

// listPaths numbers the paths that can be suggested.
func (p *plain) listPaths(c *plainCase) {
	c.paths = nil
	for _, r := range p.m.guide.advice {
		c.paths = append(c.paths, r.Path.ID)
		p.out.line(number(len(c.paths)) + ". " + clean(r.Path.Title))
	}
	if len(c.paths) == 0 {
		p.out.line(sentence(whyNoPaths))
	}
}
