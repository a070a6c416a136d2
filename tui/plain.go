package tui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// Plain walks the same flow on plain lines: numbered choices, status words, no
// repaint and no boxes, for screen readers, pipes and terminals that cannot
// draw. plain_lines.go says which line of in answers which question; when in
// ends, what is under way is finished and the run left where it is then. With
// Auto it asks nothing: it takes the first advised choice, and lets the
// rehearsed admin make the moves that are offered; a plan is confirmed by
// itself in a rehearsal alone. It returns when the run was left or has come to
// its end, or when ctx ends; the error is ctx's, or that of writing to out.
func Plain(outer context.Context, in io.Reader, out io.Writer, drv Driver, o Options) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	earlier := o.Earlier
	o.Earlier, o.Still, o.Width, o.Height = nil, true, maxWidth, maxHeight
	p := &plain{
		in: in, m: New(ctx, drv, o), out: &lineWriter{to: out, ascii: o.Look.ASCII}, auto: o.Auto,
		said: map[checks.ID]string{}, made: map[string]bool{},
	}
	if o.Door {
		p.door = &plainDoor{}
	}
	p.m.lines = true
	if _, asks := p.m.topSheet().(*askSheet); asks {
		p.m.close()
	}
	if !o.Auto {
		lines, stop := readLines(ctx, in, &p.now)
		defer stop()
		p.lines = lines
		p.earlier = earlier
	}
	if o.Console != nil {
		defer p.m.unread() // it may end within a case
		p.watchQueue(ctx)
		p.out.line(wordByeConsole)
		return cmp.Or(p.out.err, outer.Err())
	}
	p.walk(ctx)
	p.out.line(farewell(p.m.drv, o.ResumeWith, outer.Err() != nil))
	return cmp.Or(p.out.err, outer.Err())
}

// autoPatience is how long Auto waits in one scene for what it cannot do itself,
// such as an app to be enabled; longer than consent takes to show in any
// rehearsal.
const autoPatience = 30 * time.Second

// plain is a walk in line mode. The model is never shown: it lends its words.
type plain struct {
	in      io.Reader
	m       *Model
	out     *lineWriter
	lines   <-chan lineRead
	auto    bool
	earlier []Earlier  // offered first; nil: none, or settled
	door    *plainDoor // why somebody is blocked; nil: not asked

	shown   string               // key of the scene that was printed
	titled  string               // the title that was printed
	said    map[checks.ID]string // what was printed of each finding
	trouble flows.Troubled       // that was printed
	unsaved flows.Troubled       // that was printed; zero: all is saved, as far as was told
	made    map[string]bool      // moves made by themselves, by place
	waitsAt string               // with Auto: the scene that is waited in
	givesUp <-chan time.Time     // and until when
	over    bool
	pending bool // the prompt stands at the end of a line
	guides  plainGuides

	numbered []string             // the cases as they were told last, at a console
	handed   map[string]time.Time // what was handed to this guide, and when; nil: nobody looked

	now   standing // for the reader: what is asked
	asks  stand    // the same, here
	stale uint32   // the question at which it was said that a line came too early
	ended bool     // the input has: what is under way is finished, nothing is asked
}

// scene is what line mode has to say and to ask at one moment.
type scene struct {
	key     string // what it hangs on: the scene is printed when this changes
	lines   []string
	q       flows.Question // asked here; its options are numbered
	choices []choice
	open    bool                  // answers are taken
	guarded bool                  // only by lines that came after it was printed
	auto    func()                // what Auto does here; nil: it waits
	lineTo  func(scene, lineRead) // takes every line as it is; nil: a line is an answer
	secret  bool                  // what is typed is not shown, where that can be helped
}

// mute says that nobody is asked: Auto answers, or the input has ended.
func (p *plain) mute() bool { return p.auto || p.ended }

// choice is one answer: the key to type, and what it does.
type choice struct {
	key, label string
	do         func()
	// aside only prints: the question stands, and is not read out again.
	aside bool
}

// walk goes on until the run was left.
func (p *plain) walk(ctx context.Context) {
	if !p.auto && !p.settle(ctx) { // a script that is there already came before all else
		return
	}
	for !p.over && p.out.err == nil {
		p.follow()
		p.news()
		sc := p.scene()
		if sc.guarded && sc.key != p.shown && !p.mute() && !p.settle(ctx) {
			return
		}
		p.print(sc)
		switch {
		case p.auto && sc.auto != nil:
			sc.auto()
			continue
		case p.ended && p.finish():
			continue
		}
		var lines <-chan lineRead
		if sc.open && !p.ended {
			lines = p.lines
		}
		if p.auto && sc.key != p.waitsAt {
			p.waitsAt, p.givesUp = sc.key, time.After(autoPatience)
		}
		select {
		case <-ctx.Done():
			p.endPrompt()
			return
		case _, ok := <-p.m.wake:
			if !ok {
				return
			}
			p.follow()
		case n, ok := <-p.m.notices: // nil where there are none
			if !ok {
				p.m.notices = nil
				continue
			}
			p.m.noticed(n)
		case <-p.givesUp: // nil but where nobody is asked: nothing that can be done is left
			p.out.line(plainGivesUp)
			return
		case l, ok := <-lines:
			if !ok || l.end {
				p.end(l.flood)
				continue
			}
			p.came(ctx, sc, l)
		}
	}
}

// settle lets everything be read that came before a question is printed.
func (p *plain) settle(ctx context.Context) bool {
	select {
	case <-time.After(settling):
		return true
	case <-ctx.Done():
		p.endPrompt()
		return false
	}
}

// came takes a line, if it can be an answer to what is asked.
func (p *plain) came(ctx context.Context, sc scene, l lineRead) {
	if l.asked.gone || sc.guarded && l.asked.n < p.asks.n {
		if p.stale != p.asks.n { // once is enough
			p.stale = p.asks.n
			p.endPrompt()
			p.reprompt(sc, plainTooEarly)
		}
		return
	}
	p.pending = false
	p.heard(ctx, sc, l)
}

// endPatience is how long the end of what is under way is waited for once the
// input has ended: as long as a device code lives.
const endPatience = 15 * time.Minute

// end notes that the input has ended.
func (p *plain) end(flood bool) {
	p.out.line("")
	p.pending, p.ended, p.givesUp = false, true, time.After(endPatience)
	if flood {
		p.out.line(fill(plainFlood, "n", number(mostAhead)))
	}
}

// finish leaves once nothing is under way any more. What a plan changed is
// looked at first, for the outcome is what was seen, not what was sent. It says
// whether it did something.
func (p *plain) finish() bool {
	if p.m.linking() && p.m.link().taken == 0 { // nobody is left who could paste
		p.stopSignIn()
		return true
	}
	if p.underWay() {
		return false
	}
	s := p.m.state
	if step, ok := s.Step(); ok && step.Apply && s.Carried() {
		p.m.put(flows.Advanced{})
		return true
	}
	p.over = true
	return true
}

// underWay says whether something was begun whose outcome is still to come: a
// look, a sign-in, a plan that is made or carried out.
func (p *plain) underWay() bool {
	s := p.m.state
	if s.End != "" {
		return false
	}
	if _, due := flows.Due(s); due || s.SignIn.Busy || p.m.applying() {
		return true
	}
	return slices.ContainsFunc(p.m.wants, func(w flows.Want) bool {
		return w.Kind == flows.WantLook && (w.Every == 0 || p.m.lookingNow())
	})
}

// follow takes the driver's news, and goes on where a sign-in was waited for.
func (p *plain) follow() {
	busy := p.m.state.SignIn.Busy
	p.m.refresh()
	if s := p.m.state; busy && !s.SignIn.Busy && s.Account != nil && s.Place.Stage == flows.StageSignIn {
		p.m.put(flows.Advanced{})
	}
	p.m.onward()
}

// news prints what turned since it was printed last.
func (p *plain) news() {
	p.newFindings()
	p.newTrouble()
	p.guideNews()
	if n := p.m.notice.text; n != "" {
		p.m.notice = span{}
		p.endPrompt()
		p.out.line(n)
	}
}

// newFindings prints every finding that turned since it was printed last.
func (p *plain) newFindings() {
	es := p.m.entries(nil)
	worstFirst(es)
	for _, e := range es {
		if !e.found || e.looking {
			continue
		}
		_, word, _ := verdictLook(e.held.Verdict, e.held.Grade)
		text := fill(plainFinding, "verdict", word, "check", string(e.id), "summary", sentence(clean(e.held.Summary)))
		if fix := e.held.Fix; fix != nil && e.id == checks.CheckDNSPolicy { // it names the zone, which the step could not yet
			text += " " + sentence(clean(fix.Do))
		}
		if p.said[e.id] == text {
			continue
		}
		p.said[e.id] = text
		p.endPrompt()
		p.out.line(text)
	}
}

// newTrouble prints what broke and what is not saved, each once, and that it is.
func (p *plain) newTrouble() {
	switch u := p.m.state.Unsaved; {
	case u != nil && *u != p.unsaved:
		p.unsaved = *u
		p.endPrompt()
		p.out.line(p.m.unsaved(u) + " " + sentence(clean(u.Text)))
	case u == nil && p.unsaved != flows.Troubled{}:
		p.unsaved = flows.Troubled{}
		p.endPrompt()
		p.out.line(wordSavedAgain)
	}
	if t := p.m.state.Trouble; t != nil && *t != p.trouble {
		p.trouble = *t
		p.endPrompt()
		p.out.line(troubleWords[t.What] + " " + sentence(clean(t.Text)))
	}
}

// endPrompt ends the line on which a prompt stands, before other text.
func (p *plain) endPrompt() {
	if p.pending {
		p.out.line("")
		p.pending = false
	}
}

// print prints a scene; of one that stands there already only the prompt, if
// that is gone.
func (p *plain) print(sc scene) {
	if sc.key == p.shown {
		if sc.open && !p.mute() && !p.pending { // news came in between
			p.out.prompt(p.promptFor(sc))
			p.pending = true
		}
		return
	}
	p.endPrompt()
	p.hide(sc.secret && sc.open)
	p.shown = sc.key
	if p.asks.gone = !sc.open; sc.open {
		p.asks.n++
	}
	p.now.set(p.asks)
	if t := p.title(); t != p.titled {
		p.titled = t
		p.out.line(t)
	}
	if bar := p.bar(); bar != "" {
		p.out.line(bar)
	}
	for _, l := range sc.lines {
		p.out.line(l)
	}
	if sc.open && !p.ended {
		p.printChoices(sc)
	}
}

// printChoices lists what can be answered, and asks for it.
func (p *plain) printChoices(sc scene) {
	for i, o := range sc.q.Options {
		p.out.line(optionLine(i, o))
	}
	for _, c := range sc.choices {
		if !p.auto || c.key == "1" || c.key > "1" && c.key <= "9" {
			p.out.line(c.key + ". " + c.label)
		}
	}
	if p.auto {
		return
	}
	p.out.prompt(p.promptFor(sc))
	p.pending = true
}

func (p *plain) promptFor(sc scene) string {
	if sc.secret {
		return plainPaste
	}
	switch sc.q.Kind {
	case flows.Text, flows.Typed:
		return plainType
	case flows.Choice:
	}
	return plainChoose
}

// title is the line that says what the run is about.
func (p *plain) title() string {
	s := p.m.state
	if s.Profile == nil {
		return plainTitle
	}
	title := clean(s.Profile.Name)
	if s.Domain != "" {
		title += " " + fill(plainFor, "domain", clean(flows.ShownDomain(s.Domain)))
	}
	switch c := cloudTitle(s.Cloud()); {
	case s.Service != "":
		title += ", " + fill(wordOtherService, "host", clean(s.Service))
	case c != "":
		title += ", " + c
	}
	return title + "."
}

func optionLine(i int, o flows.Option) string {
	text := number(i+1) + ". " + sentence(clean(o.Title))
	if o.Why != "" {
		return text + " " + sentence(fill(wordCannot, "why", clean(o.Why)))
	}
	if o.Help != "" {
		text += " " + sentence(clean(o.Help))
	}
	return text
}

// lineWriter writes lines and remembers the first error.
type lineWriter struct {
	to    io.Writer
	ascii bool
	err   error
}

func (w *lineWriter) line(s string)   { w.write(s + "\n") }
func (w *lineWriter) prompt(s string) { w.write(s + " ") }

func (w *lineWriter) write(s string) {
	if w.ascii {
		s = asciiLine(s)
	}
	if w.err == nil {
		if _, err := io.WriteString(w.to, s); err != nil {
			w.err = fmt.Errorf("writing: %w", err)
		}
	}
}
