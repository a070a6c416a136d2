package tui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// Seat is what a guide has of a run; *run.Guide is one. There is no other way from
// a guide's screen to a run, and none of what a Driver has.
type Seat interface {
	View(ctx context.Context) (run.View, error)
	Watch(ctx context.Context) <-chan struct{}
	Point(ctx context.Context, at string) error
	Note(ctx context.Context, text string) error
	Suggest(ctx context.Context, path flows.PathID) error
	AskAgain(ctx context.Context) error
	AskToRecord(ctx context.Context) error
	EndRecording(ctx context.Context) error
	Leave(ctx context.Context, why flows.WatchEnd) error
}

// blind stands where a person has a driver. It does nothing and shows nothing.
type blind struct{}

func (blind) State() flows.State                    { return flows.State{} }
func (blind) Do(context.Context, flows.Event) error { return run.ErrNotAllowed }
func (blind) Watch(context.Context) <-chan struct{} { return nil }
func (blind) Saved() run.Saved                      { return run.Saved{} }
func (blind) Prompt() (p run.Prompt, ok bool)       { return run.Prompt{}, false }
func (blind) Hands() run.Hands                      { return run.Hands{} }

// panel is one view of what a guide sees.
type panel uint8

// The views. In large windows the customer's screen stands beside the others.
const (
	panelTheirs panel = iota
	panelFound
	panelPlan
	panelTimeline
	panelNotes
	panelCount
)

var panelWords = [panelCount]string{wordGuideTheirs, wordGuideFound, wordGuidePlan, wordGuideTimeline, wordGuideNotes}

// guideScreen is the screen of a guide: the customer's, laid out for this window,
// and what is behind it.
type guideScreen struct {
	seat  Seat
	of    string // the case's number, where one of several is watched
	view  run.View
	have  bool   // view was read once
	wrong string // why it cannot be read now
	left  bool   // by the guide's own will
	heard bool   // the notes of before were seen
	in    bool   // the customer said yes

	tapings int // of view, that were told

	looking, again bool // seat is being read; and is to be once more
	done           []doneWord

	advice []flows.Ranked // the paths that can be suggested in what was read last

	panel panel
	at    string    // what is selected: an id of spots
	note  *field    // being written; nil: none is
	put   time.Time // when an answer was put into it; zero: none was

	reel  func(w int) row // the bar of what is no run but a film; nil: it is one
	alone bool            // then nothing is seen but the customer's screen
}

// watch makes the model that of a guide.
func (m *Model) watch(seat Seat) {
	m.drv, m.guide = blind{}, &guideScreen{seat: seat}
	watching, cancel := context.WithCancel(m.ctx)
	m.unwatch, m.wake = cancel, seat.Watch(watching)
}

type (
	viewedMsg struct {
		of   *guideScreen
		view run.View
		err  error
	}
	saidMsg struct {
		of   *guideScreen
		done string
		err  error
		note string // the note that it was; empty: it was none
	}
)

// lookOn reads what there is to see: one look at a time, so that none which comes is
// older than the one before.
func (m *Model) lookOn() tea.Cmd {
	ctx, g := m.ctx, m.guide
	if g.looking {
		g.again = true
		return nil
	}
	g.looking, g.again = true, false
	seat := g.seat
	return func() tea.Msg {
		v, err := seat.View(ctx)
		return viewedMsg{g, v, err}
	}
}

// viewed takes it. What may not be seen any more is forgotten at once.
func (m *Model) viewed(msg viewedMsg) tea.Cmd {
	g := m.guide
	if g == nil || msg.of != g {
		return nil // of a case that was left
	}
	g.looking = false
	if g.view.Standing == run.StandOver {
		return nil // for good
	}
	done := g.seen()
	if done != "" {
		m.tellPerson(RoleInfo, done) // what the look brings came after it
	}
	m.see(msg)
	if done != "" && g.wrong != "" {
		m.tellPerson(RoleInfo, done)
	}
	if g.again && g.view.Standing != run.StandOver {
		return tea.Batch(m.lookOn(), m.tick())
	}
	return m.tick()
}

// doneWord is what a guide is told of a move once it can be seen, so that the keys mean
// what the words say: after so many looks more.
type doneWord struct {
	text  string
	looks int
}

// tellSeen has a move told with the first look that begins from here on.
func (m *Model) tellSeen(text string) tea.Cmd {
	g, looks := m.guide, 1
	if g.looking {
		looks = 2 // the one under way may have missed it
	}
	g.done = append(g.done, doneWord{text, looks})
	return m.lookOn()
}

// seen is what is to be told with the look that came; empty: nothing.
func (g *guideScreen) seen() (text string) {
	var rest []doneWord
	for _, d := range g.done {
		if d.looks--; d.looks > 0 {
			rest = append(rest, d)
			continue
		}
		text = d.text
	}
	g.done = rest
	return text
}

// see takes what a look gave.
func (m *Model) see(msg viewedMsg) {
	g := m.guide
	saw := g.view.Run != nil
	g.view, g.have, g.wrong = msg.view, true, ""
	if msg.err != nil {
		g.view, g.wrong = run.View{}, sentence(clean(msg.err.Error()))
	}
	g.in = g.in || g.view.Run != nil
	if g.view.Run == nil {
		m.blank()
		if saw { // what was typed was meant for what was seen
			m.deaf = m.now().Add(typeAhead)
		}
		return
	}
	at, heard := m.state.Place, len(m.state.Notes)
	m.showRead(g.view.Run.State, m.readings().read(g.of, g, g.view.Run.State))
	g.advice = m.advisable()
	if m.state.Place != at {
		g.at = ""
	}
	if notes := m.state.Notes; len(notes) > heard && notes[len(notes)-1].From == "" && g.heard {
		who := authorWords[flows.ByPerson]
		m.tellPerson(RoleInfo, cut(fill(wordNoteFrom, "who", who)+clean(notes[len(notes)-1].Text), m.size.text(), false))
	}
	g.heard = true
	g.tellTapings(m)
}

// blank forgets all that was shown of a run.
func (m *Model) blank() {
	m.unread()
	m.show(flows.State{})
	m.app, m.tenant, m.known, m.signIn = appScreen{}, formScreen{}, knownScreen{}, signInScreen{}
	m.diagnosis, m.paths, m.steps, m.plan, m.proof = diagnosisScreen{}, pathsScreen{}, stepsScreen{}, planScreen{}, proofScreen{}
	m.guide.at, m.guide.note, m.guide.heard, m.guide.advice = "", nil, false, nil
	m.sheets, m.scrolls, m.scroll, m.notice = nil, nil, 0, span{}
}

// say is a move of the guide's.
func (m *Model) say(done string, move func(ctx context.Context, seat Seat) error) tea.Cmd {
	ctx, g := m.ctx, m.guide
	seat := g.seat
	return func() tea.Msg { return saidMsg{of: g, done: done, err: move(ctx, seat)} }
}

// notDone says that a guide's move was not made, or that nobody knows.
func notDone(err error, why string) string {
	if errors.Is(err, run.ErrUnsure) {
		return sentence(why)
	}
	return fill(wordGuideNotDone, "why", why)
}

// said tells what came of it. A note that was not taken is there again, to be mended.
func (m *Model) said(msg saidMsg) tea.Cmd {
	if m.guide == nil || msg.of != m.guide {
		return nil
	}
	if msg.err != nil {
		if g := m.guide; msg.note != "" && g.note == nil && g.view.Run != nil {
			g.note, g.put = &field{limit: flows.NoteMost}, time.Time{}
			g.note.set(msg.note)
			m.deaf = m.now().Add(typeAhead) // what is being typed was meant for what was seen
		}
		m.guide.done = nil // what went well before is told no more, over this
		m.tellPerson(RoleBad, notDone(msg.err, clean(msg.err.Error())))
		return nil
	}
	return m.tellSeen(msg.done)
}

// bar says as whom the guide watches.
func (g *guideScreen) bar(m *Model, w int) row {
	if g.reel != nil {
		return g.reel(w)
	}
	if g.view.Run == nil {
		return nil
	}
	until := m.clockShort(g.view.Until)
	if _, on := m.state.Recorded(m.now()); on {
		return g.tapedBar(until, w)
	}
	if s := fill(wordGuideBar, "who", clean(g.view.As), "until", until); cells(s) <= w {
		return say(RoleInfo, s)
	}
	if s := fill(wordGuideBarShort, "until", until); cells(s) <= w {
		return say(RoleInfo, s)
	}
	return say(RoleInfo, cut(fill(wordGuideBarTight, "until", until), w, false))
}

// gone says why the guide watches no more.
func (g *guideScreen) gone() string {
	return fill(goneWords[g.view.Why], "to", cmp.Or(clean(g.view.To), wordHandSomebody))
}

// goodbye is the last line on the guide's terminal.
func (g *guideScreen) goodbye() string {
	if why := g.gone(); why != "" && !g.left && g.view.Standing == run.StandOver {
		return fill(wordGuideByeOver, "why", why)
	}
	return wordGuideBye
}

// receipt says how the guide gets the signed receipt of what is over; empty: there is
// none.
func (g *guideScreen) receipt(m *Model) string {
	if !g.in || m.console == nil || m.console.of.Receipt == nil {
		return ""
	}
	return fill(wordGuideReceipt, "how", m.console.of.Receipt(g.of))
}

func (g *guideScreen) typing(*Model) *field { return g.note }

func (g *guideScreen) offers(m *Model) []offer {
	if g.note != nil {
		own := []offer{{act: actTake, word: keySend}, {act: actBack, word: keyClose}}
		if m.answers() != nil {
			own = append(own, offer{act: actAnswers})
		}
		return own
	}
	leave := offer{act: actLeave, word: keyStopWatching}
	if m.console != nil && g.view.Standing == run.StandOver {
		return []offer{{act: actTake, word: keyToQueue}, {act: actBack, word: keyToQueue, hidden: true}, {act: actLeave, word: keyToQueue, hidden: true}}
	}
	if g.view.Run == nil {
		return []offer{leave, {act: actPage, hidden: true}}
	}
	none, paths := "", ""
	if !g.hasSpots(m) {
		none = whyNoSpot
	}
	if len(g.advice) == 0 {
		paths = whyNoPaths
	}
	out := []offer{
		{act: actPanel},
		{act: actMove, word: wordOthers, why: none},
		{act: actPoint, why: none},
		{act: actNote},
		{act: actSuggest, why: paths},
		{act: actAgain},
		g.tapeOffer(m),
	}
	if m.console != nil {
		out = append(out, offer{act: actHandOver, why: m.console.leads(m.console.of.HandOvers != nil)})
	}
	return append(out, offer{act: actPage, hidden: true}, offer{act: actHelp}, leave)
}

// advisable are the paths of a run that a guide can suggest: those that fit the tenant.
func (m *Model) advisable() []flows.Ranked {
	all := m.ranked
	if all == nil { // not seen yet where the customer is
		all = flows.Rank(m.state)
	}
	return firstOf(all, func(r *flows.Ranked) bool { return r.Fits })
}

func (g *guideScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actPanel:
		g.panel = (g.shown(m) + 1) % panelCount
		if g.panel == panelTheirs && g.roomy(m) {
			g.panel++
		}
		m.scroll, m.paged = 0, false
	case actMove:
		spots := g.spots(m)
		if g.seek(m) {
			g.at = spots[stepBy(g.index(spots), len(spots), k)].id
		}
	case actPoint:
		if !g.seek(m) {
			m.tellPerson(RoleInfo, wordGuideSeek)
			return nil
		}
		return g.point(m)
	case actNote:
		g.note, g.put = &field{limit: flows.NoteMost}, time.Time{}
	case actAnswers:
		return m.openAnswers()
	case actBack, actTake:
		switch {
		case g.note == nil:
			return m.backToQueue()
		case o.act == actTake:
			return g.send(m)
		}
		g.note = nil
	case actSuggest:
		m.open(&suggestSheet{})
	case actAgain:
		return m.say(wordGuideAgain, func(ctx context.Context, s Seat) error { return s.AskAgain(ctx) })
	case actRecord:
		return g.tape(m)
	case actHandOver:
		return m.openHandOver(g.of)
	case actHelp:
		m.open(newHelp(m.offers(), false))
	case actLeave:
		g.left = true
		if m.console != nil {
			return m.leaveCase()
		}
		leave := g.leave(m.ctx)
		return tea.Sequence(func() tea.Msg {
			_ = leave() // what cannot be told is over here all the same
			return nil
		}, tea.Quit)
	default: // no other is offered here
	}
	return nil
}

// seek shows what is selected, for nothing is done to what is not seen; false: it was
// not seen before. Where nothing was selected the first is.
func (g *guideScreen) seek(m *Model) (seen bool) {
	if spots := g.spots(m); g.at == "" && len(spots) > 0 {
		g.at = spots[0].id
	}
	seen = g.shown(m) == panelFound
	if !seen {
		g.panel, m.scroll, m.paged = panelFound, 0, false
	}
	return seen
}

// leaveWait bounds how long the word that a guide left may take.
const leaveWait = 3 * time.Second

// leave tells the customer that the guide left by their own will.
func (g *guideScreen) leave(ctx context.Context) func() error {
	seat, ctx := g.seat, context.WithoutCancel(ctx)
	return func() error {
		ctx, cancel := context.WithTimeout(ctx, leaveWait)
		defer cancel()
		return seat.Leave(ctx, flows.WatchLeft)
	}
}

// point marks what is selected, or takes the marker away that is there.
func (g *guideScreen) point(m *Model) tea.Cmd {
	spots := g.spots(m)
	if len(spots) == 0 {
		return nil
	}
	at, done := spots[g.index(spots)].id, wordGuidePointed
	if slices.ContainsFunc(m.state.Pointers, func(p flows.Pointed) bool { return p.At == at && p.From == g.view.As }) {
		at, done = "", wordGuideUnpoint
	}
	return m.say(done, func(ctx context.Context, s Seat) error { return s.Point(ctx, at) })
}

// send sends the note; it stays to be mended where it was not taken.
func (g *guideScreen) send(m *Model) tea.Cmd {
	text := g.note.value()
	if text == "" {
		g.note = nil
		return nil
	}
	if g.note.said = linksLeft(m.state, text); g.note.said != "" {
		return nil
	}
	if m.now().Sub(g.put) < answerGrace {
		g.note.said = wordAnswerRead
		return nil
	}
	g.note = nil
	ctx, seat := m.ctx, g.seat
	return func() tea.Msg { return saidMsg{of: g, done: wordGuideSent, err: seat.Note(ctx, text), note: text} }
}

// suggestSheet asks which path a guide suggests.
type suggestSheet struct{ at int }

func (s *suggestSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordGuideSuggest))
	b.gap()
	for i, r := range m.guide.advice {
		head, role := row{}.add(RoleText, "  "), RoleText
		if i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
			b.focus, b.focusEnd = len(b.rows), len(b.rows)+1
		}
		b.put(m.markedFirst(hanging(head, role, clean(r.Path.Title), w), string(r.Path.ID), w)...)
	}
	return b
}

func (s *suggestSheet) typing(*Model) *field { return nil }

func (s *suggestSheet) offers(*Model) []offer {
	return []offer{{act: actTake, word: keySuggest}, {act: actMove}, {act: actBack, word: keyClose}, {act: actPage, hidden: true}}
}

func (s *suggestSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	paths := m.guide.advice
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(paths), k)
	case actTake:
		m.close()
		if s.at < len(paths) {
			id := paths[s.at].Path.ID
			return m.say(wordGuideAdvised, func(ctx context.Context, seat Seat) error { return seat.Suggest(ctx, id) })
		}
	default:
		m.close()
	}
	return nil
}
