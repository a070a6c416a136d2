package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// Reel is what a guide may replay of one case. Its methods are safe for use by several
// goroutines.
type Reel interface {
	// Tapes gives the recordings, oldest first, and never none without an error. What
	// was erased is in it no more.
	Tapes(ctx context.Context) ([]flows.Tape, error)
	// Watch gives a wake-up, never data, after Tapes may have changed; it closes when
	// ctx ends.
	Watch(ctx context.Context) <-chan struct{}
}

// The pace of a replay. A gap in which nothing happened takes no longer than reelIdle
// before the speed counts, and it is said that it was shortened.
const (
	reelIdle  = 3 * time.Second
	reelCheck = time.Second // between two looks at whether a tape is still there
)

// reelSpeeds are the speeds there are; a replay begins at the one of reelNormal.
var reelSpeeds = [...]float64{0.25, 0.5, 1, 2, 4, 8, 16, 32}

const reelNormal = 2

// reelSheet asks which case is to be replayed.
type reelSheet struct {
	field field
	busy  bool
}

// openReplay asks for a case, and proposes the one under the cursor.
func (s *consoleScreen) openReplay(m *Model) {
	sheet := &reelSheet{field: field{limit: 20}}
	if rows := s.rows(); len(rows) > 0 {
		sheet.field.set(rows[s.place(rows)].Number)
	}
	m.open(sheet)
}

func (s *reelSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, wordReelTitle, 0, w)...)
	b.put(para(RoleSubtle, wordReelHelp, 0, w)...)
	b.gap()
	putLine(&b, &s.field, w)
	switch {
	case s.busy:
		b.foot = para(RoleInfo, wordReelOpening, 0, w)
	case s.field.said != "":
		b.foot = para(RoleBad, s.field.said, 0, w)
	}
	return b
}

func (s *reelSheet) typing(*Model) *field { return &s.field }

func (s *reelSheet) offers(*Model) []offer {
	why := ""
	if s.busy {
		why = whyReelOpening
	}
	return []offer{{act: actTake, word: keyReplay, why: why}, {act: actBack, word: keyClose}}
}

func (s *reelSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	number := s.field.value()
	if o.act != actTake || number == "" {
		m.close()
		return nil
	}
	s.busy, s.field.said = true, ""
	ctx, open := m.ctx, m.console.of.Replay
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, askWait)
		defer cancel()
		reel, err := open(ctx, number)
		if err != nil {
			return reeledMsg{sheet: s, err: err}
		}
		tapes, err := reel.Tapes(ctx)
		return reeledMsg{sheet: s, number: number, reel: reel, tapes: tapes, err: err}
	}
}

// replaySheet replays recordings of one case, in the place of the whole screen.
type replaySheet struct {
	number string
	reel   Reel
	wake   <-chan struct{}
	stop   context.CancelFunc
	tapes  []flows.Tape
	k      int // the tape that is shown
	film   *film
	wrong  string // why nothing is shown any more; empty: it is

	paused bool
	speed  int    // place in reelSpeeds
	turn   uint64 // counts what was waited for: of a tick that comes late nothing comes
	said   string // what is worth saying of this moment
}

type (
	// reeledMsg says what there is to replay: at first, for a sheet that asked, and
	// again for a replay that was woken.
	reeledMsg struct {
		sheet  *reelSheet
		of     *replaySheet
		number string
		reel   Reel
		tapes  []flows.Tape
		err    error
	}
	// reelTickedMsg says that the next moment is there.
	reelTickedMsg struct {
		of   *replaySheet
		turn uint64
	}
)

// reeled opens the replay that was asked for, or says why there is none; of one that
// goes on it takes what is there no more.
func (m *Model) reeled(msg reeledMsg) tea.Cmd {
	if msg.of != nil {
		return m.rereeled(msg)
	}
	s, open := m.topSheet().(*reelSheet)
	if !open || s != msg.sheet {
		return nil
	}
	s.busy = false
	if msg.err != nil {
		s.field.said = sentence(clean(msg.err.Error()))
		return nil
	}
	m.close()
	watching, stop := context.WithCancel(m.ctx)
	r := &replaySheet{number: clean(msg.number), reel: msg.reel, wake: msg.reel.Watch(watching), stop: stop, tapes: msg.tapes, speed: reelNormal}
	m.open(r)
	m.deaf = m.now().Add(typeAhead)
	return tea.Batch(r.load(m, 0), r.recheck(m.ctx))
}

// rereeled takes what a look at the tapes gave that go on: one that was erased is
// shown no more.
func (m *Model) rereeled(msg reeledMsg) tea.Cmd {
	s := msg.of
	if !m.lies(s) || s.wrong != "" {
		return nil
	}
	if msg.err != nil || !holdsTape(msg.tapes, s.film.tape) {
		s.wrong = wordReelGone
		if msg.err != nil {
			s.wrong = sentence(clean(msg.err.Error()))
		}
		s.film, s.tapes, s.reel = nil, nil, nil // which holds what it read
		s.stop()
		return nil
	}
	return s.recheck(m.ctx)
}

// lies says whether a sheet is open, on top or under others.
func (m *Model) lies(s screen) bool { return slices.Contains(m.sheets, s) }

// holdsTape says whether a tape is still among those that there are.
func holdsTape(there []flows.Tape, tape flows.Tape) bool {
	r := tape.Recording()
	return slices.ContainsFunc(there, func(t flows.Tape) bool {
		return t.Recording().N == r.N && t.Recording().Since.Equal(r.Since)
	})
}

// recheck waits until the tapes may have changed, and gives what there is then.
func (s *replaySheet) recheck(ctx context.Context) tea.Cmd {
	wake, reel := s.wake, s.reel
	if reel == nil { // there is none any more
		return nil
	}
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-wake:
			if !ok {
				return nil
			}
		}
		select { // a case that is at work changes all the time
		case <-ctx.Done():
			return nil
		case <-time.After(reelCheck):
		}
		tapes, err := reel.Tapes(ctx)
		return reeledMsg{of: s, tapes: tapes, err: err}
	}
}

// load puts a tape in, at its beginning.
func (s *replaySheet) load(m *Model, k int) tea.Cmd {
	panel := panelTheirs
	if s.film != nil {
		panel = s.film.m.guide.panel
	}
	s.k, s.film = k, newFilm(m.ctx, s.tapes[k], m.filmOptions())
	s.film.m.guide.panel = panel
	s.film.m.guide.reel = func(w int) row { return s.bar(w) }
	s.paused = false
	return s.roll(m)
}

// roll waits for the next moment.
func (s *replaySheet) roll(m *Model) tea.Cmd {
	s.turn++
	s.said = ""
	if s.paused {
		return nil
	}
	f := s.film
	if f.at+1 >= len(f.times) {
		s.paused, s.said = true, s.endWords()
		return nil
	}
	gap := f.times[f.at+1].Sub(f.times[f.at])
	if gap > reelIdle {
		s.said = fill(wordReelIdle, "gap", ago(gap), "short", ago(reelIdle))
		gap = reelIdle
	}
	wait, ctx, turn := time.Duration(float64(gap)/reelSpeeds[s.speed]), m.ctx, s.turn
	return func() tea.Msg {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			return reelTickedMsg{s, turn}
		}
	}
}

// endWords say that a tape is at its end, and why it ended.
func (s *replaySheet) endWords() string {
	why := castEndWord(s.film.tape.Recording())
	if s.k+1 < len(s.tapes) {
		why += " " + fill(wordReelMore, "key", bindingOf(actNext).keys[0])
	}
	return why
}

// reelTicked goes on to the next moment.
func (m *Model) reelTicked(msg reelTickedMsg) tea.Cmd {
	s := msg.of
	if !m.lies(s) || s.film == nil || s.turn != msg.turn || s.paused {
		return nil
	}
	s.film.seek(s.film.at + 1)
	return s.roll(m)
}

func (s *replaySheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, s.wrong, 0, w)...)
	b.put(para(RoleSubtle, wordReelCleared, 0, w)...)
	return b
}

// rows are those of the whole window: the film's, with what can be done here.
func (s *replaySheet) rows(m *Model) []row {
	last := helpLine(m.offers(), m.size.w-2, m.look.ASCII, false)
	if s.film == nil {
		rows := []row{m.titleRow(), nil}
		rows = append(rows, s.body(m).rows...)
		rows = append(rows[:min(len(rows), m.size.h-1)], make([]row, max(m.size.h-1-len(rows), 0))...)
		return append(rows, last)
	}
	news := s.film.m.notice
	defer func() { s.film.m.notice = news }()
	switch {
	case m.notice.text != "":
		s.film.m.notice = m.notice
	case s.said != "":
		s.film.m.notice = span{s.said, RoleInfo}
	}
	return s.film.rows(m.size, last)
}

// bar says that it is a replay, of whom and when, and how far it has come.
func (s *replaySheet) bar(w int) row {
	f, r := s.film, s.film.tape.Recording()
	state := fill(wordReelSpeed, "n", speedWord(reelSpeeds[s.speed]))
	if s.paused {
		state = wordReelPaused
	}
	places := []string{
		"n", number(s.k + 1), "of", number(len(s.tapes)), "who", clean(r.Guide.Name), "case", s.number, "state", state,
		"day", f.now().Format("2006-01-02"), "at", f.now().Format("15:04:05"), "i", number(f.at + 1), "all", number(len(f.times)),
	}
	for _, text := range []string{wordReelBar, wordReelBarShort} {
		if line := fill(text, places...); cells(line) <= w {
			return say(RoleWarn, line)
		}
	}
	return say(RoleWarn, cut(fill(wordReelBarTight, places...), w, false))
}

func (s *replaySheet) typing(*Model) *field { return nil }

func (s *replaySheet) offers(*Model) []offer {
	back := []offer{{act: actLeave, word: keyToQueue}, {act: actBack, word: keyToQueue, hidden: true}}
	if s.film == nil {
		return append(back, offer{act: actTake, word: keyToQueue, hidden: true})
	}
	pause, slow, fast, more := keyPause, "", "", ""
	if s.paused {
		pause = keyGoOn
	}
	if s.speed == 0 {
		slow = whySlowest
	}
	if s.speed == len(reelSpeeds)-1 {
		fast = whyFastest
	}
	if s.k+1 >= len(s.tapes) {
		more = whyLastTape
	}
	out := []offer{
		{act: actPause, word: pause},
		{act: actStepOne},
		{act: actFaster, why: fast},
		{act: actSlower, why: slow},
		{act: actJump},
		{act: actPanel},
		{act: actNext, word: keyNextTape, why: more},
		{act: actMove, word: keyPage, hidden: true},
	}
	return append(out, append(back, offer{act: actHelp, hidden: true})...)
}

func (s *replaySheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actPause:
		return s.pause(m)
	case actStepOne:
		by := 1
		if k.String() == "left" || k.String() == "h" {
			by = -1
		}
		s.paused = true
		s.film.seek(s.film.at + by)
		return s.roll(m)
	case actFaster:
		s.speed++
		return s.roll(m)
	case actSlower:
		s.speed--
		return s.roll(m)
	case actJump:
		s.film.seek(jumpTo(k.String(), len(s.film.times)))
		return s.roll(m)
	case actPanel:
		s.film.m.guide.act(s.film.m, o, k)
	case actMove:
		s.film.m.scroll = stepBy(s.film.m.scroll, s.film.m.scroll+2, k)
		s.film.m.paged = true
	case actNext:
		return s.load(m, s.k+1)
	case actHelp:
		m.open(newHelp(m.offers(), false))
	default:
		s.stop()
		m.close()
	}
	return nil
}

// pause holds a replay, or goes on; at its end from the beginning.
func (s *replaySheet) pause(m *Model) tea.Cmd {
	if s.paused = !s.paused; !s.paused && s.film.at+1 >= len(s.film.times) {
		s.film.seek(0)
	}
	return s.roll(m)
}

// jumpTo is the moment to which a key leads among so many: a digit to as many tenths.
func jumpTo(key string, of int) int {
	switch {
	case key == "end":
		return of - 1
	case len(key) == 1 && key[0] > '0' && key[0] <= '9':
		return (of - 1) * int(key[0]-'0') / 10
	}
	return 0
}

// speedWord is a speed in digits.
func speedWord(speed float64) string {
	switch speed {
	case 0.25:
		return "¼"
	case 0.5:
		return "½"
	}
	return number(int(speed))
}
