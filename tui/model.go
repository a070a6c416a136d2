// Package tui is the wizard on a terminal: one model over the state of a run,
// a file for each part of the screen, and the same flow on plain lines.
//
// Law of the screen: the answer first, the reason second, the evidence on a
// key. Status is a word and a mark, never colour alone. The body never jumps
// while findings land: rows are laid out first, then filled. Waiting says what
// is asked, what was seen last, when, and when next; nothing spins. A key that
// does not work says why. Links are whole or named by their host, never cut.
// Update only routes; every key stands in one table, every word in words.go.
// Commands take the model's context and never touch the model; nothing here
// starts a goroutine, for a panic in one would take a server down.
package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// Driver is what a surface needs of a run's driver; *run.Driver is one.
type Driver interface {
	State() flows.State
	// Do puts an event of the person into the run and applies it before it
	// returns; Confirmed, and the yes to being watched, wait until it is stored.
	Do(ctx context.Context, e flows.Event) error
	// Watch gives a wake-up after the state changed; it closes when ctx ends.
	Watch(ctx context.Context) <-chan struct{}
	Saved() run.Saved
	// Prompt is what to show for the sign-in that is going on.
	Prompt() (p run.Prompt, ok bool)
	Hands() run.Hands
}

// Options are the things of a surface that commands and tests choose. The zero
// value works: a UTF-8 terminal of unknown size and background.
type Options struct {
	Profiles []flows.Profile // the apps to choose from
	Look     Look            // see LookOf
	Ground   Ground          // GroundUnknown: the terminal is asked
	// Width and Height are the window in cells, where it is known before the
	// terminal says so: the first frame is then the right one.
	Width, Height int
	Now           func() time.Time // nil: time.Now
	// Still asks for reduced motion: no clocks that run, no blinking cursor.
	Still bool
	// Earlier are runs that can be gone on with, latest first.
	Earlier []Earlier
	// Reopen gives the driver, already running, of an earlier run.
	Reopen func(ctx context.Context, id string) (Driver, error)
	// KeepReport writes a report to disk, in each of its forms, and returns
	// the names to show; nil: there is no disk.
	KeepReport func(ctx context.Context, forms []ReportForm) (string, error)
	// AskWhy asks about a domain at the second door; nil: nobody can be asked.
	AskWhy AskWhy
	// NoSignIn goes on without a sign-in where it would be asked for.
	NoSignIn bool
	// Served says that this runs on a machine of somebody else's, where nothing of the
	// person's is: no network, no flags, no shell. Whether somebody can sign in there is
	// what the run says.
	Served bool
	// ResumeWith is the command that goes on with this run, or ToldElsewhere;
	// empty: it is not kept anywhere.
	ResumeWith string
	// Receipt tells how the person gets the signed receipt of a guided session that has
	// ended; nil, or empty: there is none.
	Receipt func() string
	// Door opens with why somebody is blocked, in place of the choice of an app.
	Door bool
	// Auto makes Plain take the first advised choice by itself, and make the
	// rehearsed admin's moves.
	Auto bool
	// Notices are lines for the person that come from outside the run; nil: none do.
	Notices <-chan Notice
	// Guide is the run of somebody else, to be watched: then there is no driver,
	// and nothing of the person's can be done.
	Guide Seat
	// Console makes this a guide's: the driver is not used then; nil: it is a run.
	Console *Console
}

// Model is the wizard's one model. Make it with New.
type Model struct {
	ctx        context.Context //nolint:containedctx // commands need it and Update has no argument for it
	drv        Driver
	wake       <-chan struct{}
	unwatch    context.CancelFunc
	profiles   []flows.Profile
	look       Look
	theme      *theme
	asked      time.Time // when the background was asked for; zero: it was not
	size       size
	now        func() time.Time
	still      bool
	demo       bool
	reopen     func(context.Context, string) (Driver, error)
	keepReport func(context.Context, []ReportForm) (string, error)
	askWhy     AskWhy
	noSignIn   bool
	served     bool
	notices    <-chan Notice
	resumeWith string
	receipt    func() string
	// pause and resume give the terminal to somebody else and take it back;
	// nil where the library does that by itself.
	pause, resume func()
	// direct sends the terminal a sequence at once, and shown puts a text on its
	// normal screen; nil where the library does that.
	direct   func(sequence string)
	standing string // what the help says besides the keys; empty: nothing
	shown    func(text string) tea.Cmd

	state flows.State
	reading

	app       appScreen
	tenant    formScreen
	known     knownScreen
	signIn    signInScreen
	pasting   pasting
	diagnosis diagnosisScreen
	paths     pathsScreen
	steps     stepsScreen
	plan      planScreen
	proof     proofScreen
	console   *consoleScreen // of a guide, in place of all of them; nil: it is a run

	sheets    []screen
	scrolls   []int // of what lies under each sheet
	scroll    int
	paged     bool // scrolled by hand: the focus is not kept in sight
	pickAgain bool // the app is being chosen anew
	editID    bool // and then its client id

	notice  span
	deaf    time.Time // keys before this are not meant for what is seen
	ticking bool
	sure    bool // leaving in the middle of a plan was asked for once
	// parted is the watch whose end was told last, and heardNotes how many notes of
	// guides were seen.
	parted     flows.VisitID
	yeses      []openYes // of which it is not known yet what became of them
	heardNotes uint32
	tapeOver   uint32       // the recording whose end was told last
	guide      *guideScreen // the role of a guide; nil: of the person
	lines      bool         // line mode: nothing opens
	hurry      bool         // what was answered for the app before is not asked again
	stopped    bool         // by Ctrl-C
}

// typeAhead is how long a screen that opened by itself takes no keys: they
// were meant for the one before.
const typeAhead = 250 * time.Millisecond

// groundWait is how long an answer about the background may take; a later one
// would change the colours under the reader's eyes.
const groundWait = 200 * time.Millisecond

// New makes the wizard over a driver. Commands of the model end with ctx.
func New(ctx context.Context, drv Driver, o Options) *Model {
	m := &Model{
		ctx: ctx, profiles: o.Profiles, look: o.Look, size: sizeOf(o.Width, o.Height), now: o.Now, still: o.Still,
		reopen: o.Reopen, keepReport: o.KeepReport, resumeWith: o.ResumeWith, receipt: o.Receipt,
		noSignIn: o.NoSignIn, served: o.Served, askWhy: o.AskWhy, notices: o.Notices,
	}
	if m.now == nil {
		m.now = time.Now
	}
	ground := o.Ground
	if o.Look.NoColor {
		ground = GroundPlain
	}
	m.themed(ground)
	if o.Guide != nil {
		m.watch(o.Guide)
		return m
	}
	if o.Console != nil {
		m.console, drv = &consoleScreen{of: o.Console}, noRun{queue: o.Console.Queue}
	}
	m.drive(drv)
	if len(o.Earlier) > 0 && o.Reopen != nil {
		m.open(&resumeSheet{earlier: o.Earlier})
		m.deaf = m.now().Add(typeAhead)
	} else if o.Door {
		m.open(&doorSheet{})
	}
	return m
}

// drive takes a driver as the one that the screen shows.
func (m *Model) drive(drv Driver) {
	if m.unwatch != nil {
		m.unwatch()
	}
	watching, cancel := context.WithCancel(m.ctx)
	m.drv, m.unwatch = drv, cancel
	m.wake = drv.Watch(watching)
	m.demo = drv.Hands().Play != nil
	if p := drv.State().Parted; p != nil {
		m.parted = p.Guide.Visit
	}
	if r := drv.State().Recording; r != nil && !r.Over.IsZero() {
		m.tapeOver = r.N
	}
	m.refresh()
}

// Init starts listening to the driver and asks for the background.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.listen(), m.tick(), m.list(), m.figure(), m.hearNotices()}
	if m.guide != nil {
		cmds = append(cmds, m.lookOn())
	}
	if m.theme.ground == GroundUnknown {
		m.asked = m.now()
		cmds = append(cmds, m.askGround())
	}
	return tea.Batch(cmds...)
}

// Update routes messages; it does nothing else.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size = sizeOf(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		m.ground(msg)
	case tea.KeyPressMsg:
		return m, m.key(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case wokenMsg:
		return m, m.woken(msg)
	case tickedMsg:
		m.ticking = false
		m.follow()
		return m, tea.Batch(m.tick(), m.listAgain(), m.figure())
	case linkPrintedMsg:
		if msg.stopped {
			return m, m.interrupt()
		}
	case openedMsg:
		m.opened(msg)
	case playedMsg:
		m.played(msg)
	case toldMsg:
		m.told(msg)
	case keptMsg:
		m.kept(msg)
	case reopenedMsg:
		return m, m.reopened(msg)
	case whyAskedMsg:
		m.whyAsked(msg)
	case allowedMsg:
		return m, m.allowed(msg)
	case tapedMsg:
		return m, m.taped(msg)
	case viewedMsg:
		return m, m.viewed(msg)
	case saidMsg:
		return m, m.said(msg)
	case queuedMsg:
		return m, m.listed(msg)
	case visitedMsg:
		return m, m.visited(msg)
	case erasedMsg:
		return m, m.erased(msg)
	case invitationsMsg:
		m.invitationsCame(msg)
	case invitedMsg:
		return m, m.invited(msg)
	case handingMsg:
		m.handing(msg)
	case handedMsg:
		return m, m.handed(msg)
	case figuresMsg:
		m.console.figures.take(msg)
	case answersMsg:
		m.answersCame(msg)
	case reeledMsg:
		return m, m.reeled(msg)
	case reelTickedMsg:
		return m, m.reelTicked(msg)
	case leftMsg:
		m.leftCase(msg)
	case noticedMsg:
		m.noticed(msg.of)
		return m, m.hearNotices()
	}
	return m, nil
}

// ground takes the terminal's answer about its background, if it came in time.
func (m *Model) ground(msg tea.BackgroundColorMsg) {
	if m.theme.ground != GroundUnknown || m.asked.IsZero() || m.now().Sub(m.asked) > groundWait {
		return
	}
	g := GroundLight
	if msg.IsDark() {
		g = GroundDark
	}
	m.themed(g)
}

// themed makes the theme for a ground.
func (m *Model) themed(g Ground) {
	m.theme = newTheme(g, m.look.ASCII)
	m.theme.links = m.look.Links && !m.look.NoColor
}

// refresh takes the state from the driver and what follows from it.
func (m *Model) refresh() {
	if m.guide != nil {
		return // what a guide sees comes by viewed
	}
	s := m.drv.State()
	m.showRead(s, m.readAnew(s))
	m.dropPaste()
	m.followGuides()
}

// show takes a state as the one on the screen.
func (m *Model) show(s flows.State) { m.showRead(s, read(s)) }

// showRead is show, of a state from which it is known what follows.
func (m *Model) showRead(s flows.State, r reading) {
	before := m.state
	m.state, m.reading = s, r
	if m.state.Place != before.Place {
		m.entered()
	}
}

// entered forgets what belonged to the place before.
func (m *Model) entered() {
	m.scroll, m.sure, m.pickAgain, m.editID = 0, false, false, false
	m.app.ask, m.tenant.ask, m.known.ask, m.signIn.ask, m.steps.ask, m.plan.ask = asker{}, asker{}, asker{}, asker{}, asker{}, asker{}
	m.diagnosis.own = false
	switch m.topSheet().(type) {
	case *resumeSheet, *handOverSheet, *answersSheet: // the last for that under which a note is written, that a key for this one could send
	default:
		m.sheets, m.scrolls = nil, nil
	}
}

func (m *Model) topSheet() screen {
	if n := len(m.sheets); n > 0 {
		return m.sheets[n-1]
	}
	return nil
}

// woken follows the driver.
func (m *Model) woken(msg wokenMsg) tea.Cmd {
	if msg.of != m.wake {
		return nil // of a driver that is no longer shown
	}
	if m.guide != nil {
		return tea.Batch(m.listen(), m.lookOn())
	}
	m.follow()
	return tea.Batch(m.listen(), m.tick(), m.list(), m.figure())
}

// follow takes the state from the driver, and goes on by itself where only a
// sign-in was waited for: whoever sees first that it is over must go on, for
// the next look sees no change any more.
func (m *Model) follow() {
	if m.guide != nil {
		return // a guide's screen starts nothing
	}
	busy, place := m.state.SignIn.Busy, m.state.Place
	m.refresh()
	if s := m.state; busy && !s.SignIn.Busy && s.Account != nil && s.Place.Stage == flows.StageSignIn {
		m.put(flows.Advanced{})
	}
	m.onward()
	if m.state.Place != place {
		m.deaf = m.now().Add(typeAhead)
	}
}

// key finds what a key means here: an offer, a letter for the field, or the
// number of a choice.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "ctrl+c" {
		return m.interrupt()
	}
	if k.String() == bindingOf(actEndWatch).keys[0] && m.guide == nil && len(m.state.Guides) > 0 { // at any moment
		return m.endWatches()
	}
	if _, on := m.state.Recorded(m.now()); on && m.guide == nil && k.String() == bindingOf(actRecord).keys[0] { // likewise
		return m.endTape()
	}
	if m.tooEarly() {
		return nil
	}
	if m.now().Before(m.deaf) {
		m.tellPerson(RoleSubtle, wordTooFast)
		return nil
	}
	m.notice, m.paged = span{}, false
	defer m.tellParted() // where something else was said until now
	sc := m.current()
	f := sc.typing(m)
	if f != nil && f == m.linkField() && k.Text != "" && f.key(k) { // every sign may stand in an address
		return nil
	}
	if o, ok := offered(m.offers(), k, f != nil); ok {
		if o.act != actLeave {
			m.sure = false
		}
		if o.why != "" {
			m.tellPerson(RoleWarn, fill(wordKeyOff, "key", o.label(m.look.ASCII, f != nil), "what", o.title(), "why", o.why))
			return nil
		}
		return tea.Batch(m.do(o, k), m.tick())
	}
	if f != nil {
		f.key(k)
		return nil
	}
	if c, ok := sc.(chooser); ok && c.choose(m, k) {
		return nil
	}
	if k.Text != "" {
		m.tellPerson(RoleSubtle, fill(wordNoKey, "key", clean(k.Text)))
	}
	return nil
}

// chooser is a screen whose choices have numbers.
type chooser interface {
	choose(m *Model, k tea.KeyPressMsg) bool
}

// paste puts text into the field, cleaned; nothing else takes any.
func (m *Model) paste(text string) {
	if m.now().Before(m.deaf) {
		return
	}
	m.notice = span{}
	if p, ok := m.current().(paster); ok {
		p.paste(m, text)
		return
	}
	if m.linking() && (len(m.sheets) == 0 || m.current().typing(m) == nil) {
		m.pasteLink(text)
		return
	}
	if len(text) > pasteLimit {
		m.tellPerson(RoleWarn, fill(wordPasteTooLarge, "n", number(len(text)>>10)))
		return
	}
	if f := m.current().typing(m); f != nil {
		f.insert(strings.TrimSpace(text))
		return
	}
	if !m.cameBack(text) {
		m.tellPerson(RoleSubtle, wordNoPaste)
	}
}

// tellPerson shows a line until the next key.
func (m *Model) tellPerson(r Role, text string) { m.notice = span{text, r} }

// lookingNow says whether a first answer is still waited for.
func (m *Model) lookingNow() bool { return slices.ContainsFunc(m.wanted(), m.awaited) }

// decidingNow is lookingNow for answers that a verdict, or the goal of the path, may
// hang on. The DNS opens and blocks nothing, and some name servers are slow.
func (m *Model) decidingNow() bool {
	return slices.ContainsFunc(m.wanted(), func(id checks.ID) bool {
		c, known := checks.ByID(id)
		return m.awaited(id) && (!known || !c.DNS() || m.state.Path == flows.DNSRecord)
	})
}

// awaited says whether a check has given no answer yet in this round.
func (m *Model) awaited(id checks.ID) bool {
	h, ok := m.state.Finding(id)
	return !ok || m.state.Stale(h)
}

// fresh says that nothing was chosen yet.
func (m *Model) fresh() bool { return m.state.Profile == nil }
