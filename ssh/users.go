package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// User names that mean something. Any other is the wizard's.
const (
	userWhy         = "why"
	userPlain       = "plain"
	userConsole     = "console"
	userFingerprint = "fingerprint"
)

// serveUser serves what was asked for, and gives the exit code.
func (s *session) serveUser() int {
	switch {
	case s.asked.exec:
		code := s.serveCommand()
		if cause := (*bannedError)(nil); errors.As(context.Cause(s.ctx), &cause) {
			complain(s.errors(), cause.ban.words())
		}
		return code
	case s.user == userFingerprint:
		s.printFingerprint()
		return codeDone
	case s.user == userConsole:
		return s.serveConsole()
	case s.user == userShare:
		s.say(fmt.Sprintf(sayShareHow, s.srv.o.Name))
		return codeUsage
	}
	if !isCode(s.user) {
		return s.serveRun(newLater(s.begin))
	}
	c, in, err := s.srv.o.Cases.Enter(s.ctx, s.try(s.user))
	if err != nil {
		if errors.Is(err, cases.ErrNoCase) || sayInvitation(err) != "" {
			s.lost = true
		}
		return s.noCase(err, s.say)
	}
	if c == nil {
		s.invited = &invitee{in: in, try: s.try(s.user)}
		return s.serveRun(newLater(s.begin))
	}
	switch by, err := c.BegunBy(s.ctx); {
	case err != nil:
		return s.noCase(err, s.say)
	case by == homeWriter: // it is driven there, and by nobody else
		s.lost = true
		s.say(fmt.Sprintf(sayAtHome, c.Number(), s.address("")))
		return codeUsage
	}
	if err := s.srv.occupy(s, string(c.Number())); err != nil {
		return s.goodbye(err)
	}
	s.sit(c)
	code, _ := cases.ParseCode(s.user) // it opened a case
	s.keep(string(c.Number()), code.Reveal())
	return s.serveRun(c)
}

// isCode says whether a user name is a resume code, or was to be one. Clients
// send the name that somebody has on their own machine, which can be long: what is
// not a code has nearly its length and a digit, which one code in thirty thousand
// lacks, or it is a name.
func isCode(user string) bool {
	_, err := cases.ParseCode(user)
	if !errors.Is(err, cases.ErrMistyped) {
		return err == nil
	}
	name, _, _ := strings.Cut(user, "@")
	signs, digit := 0, false
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			signs++
		}
		digit = digit || unicode.IsDigit(r)
	}
	return digit && signs >= leastOfCode && signs <= mostOfCode
}

// A code has 28 letters and digits; these many are taken for one in which
// something was left out or typed twice.
const leastOfCode, mostOfCode = 24, 32

// try is this client's try of a code.
func (s *session) try(code string) cases.Try {
	return cases.Try{Code: code, From: s.conn.from, Key: s.key}
}

// noCase tells why a code opens nothing, and gives the exit code.
func (s *session) noCase(err error, say func(string)) int {
	if text := sayInvitation(err); text != "" {
		say(text)
		return codeUsage
	}
	var many *cases.TooManyError
	for _, known := range []error{cases.ErrMistyped, cases.ErrNotCode, cases.ErrNoCase, cases.ErrOtherKey} {
		if errors.Is(err, known) {
			say(sentence(known))
			return codeUsage
		}
	}
	if errors.As(err, &many) {
		say(sentence(many))
		return codeFailed
	}
	s.failed("no case", err)
	say(sayNoStore)
	return codeUnknown
}

// sentence makes a sentence of an error.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// errManyCases says that one source begins too many.
var errManyCases = errors.New(sayManyCases)

// made is a case that was just made, with its resume code.
type made struct {
	c    *cases.Case
	code cases.Code
}

// begin makes the case of a run in which something was chosen. Once that is kept
// the person is told how to come back to it. The journal has one caller at a time.
func (s *session) begin(ctx context.Context) (j flows.Journal, kept func(), err error) {
	if !s.counted && !s.srv.sources.mayKeep(s.conn.source) {
		return nil, nil, errManyCases
	}
	s.counted = true
	if s.made == nil {
		c, code, err := s.srv.o.Cases.New(ctx)
		if err != nil {
			s.failed("no case", err)
			return nil, nil, err
		}
		s.made = &made{c, code}
	}
	c, code := s.made.c, s.made.code
	if err := s.redeem(ctx, c, code); err != nil {
		s.failed("no invitation", err)
		return nil, nil, err
	}
	s.srv.mu.Lock()
	s.srv.atWork[string(c.Number())] = s
	s.srv.mu.Unlock()
	s.sit(c)
	s.keep(string(c.Number()), "")
	return c, func() {
		s.keep(string(c.Number()), code.Reveal())
		s.kept()
	}, nil
}

// keep notes which case it is.
func (s *session) keep(number, code string) {
	s.mu.Lock()
	s.number, s.code = number, code
	s.mu.Unlock()
	if code != "" {
		go func() { // nothing waits for a client that does not read
			defer s.caught()
			s.ch.kept(number, code)
		}()
	}
}

// occupy makes a session the one that is at a case; it waits until the one
// before has gone.
func (srv *Server) occupy(s *session, number string) error {
	for {
		srv.mu.Lock()
		before := srv.atWork[number]
		if before == nil {
			srv.atWork[number] = s
			srv.mu.Unlock()
			return nil
		}
		srv.mu.Unlock()
		before.cancel(errTaken)
		select {
		case <-before.done:
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		}
	}
}

// vacate is the end of that.
func (srv *Server) vacate(s *session) {
	number := s.caseNumber()
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if number != "" && srv.atWork[number] == s {
		delete(srv.atWork, number)
	}
	close(s.done)
}

// sit takes the seat at a case, which is one over all nodes: whoever is at it on
// another is told, and so is this session when somebody sits down there after it, or
// the case is erased there. A store that is away keeps nobody from their case.
func (s *session) sit(c *cases.Case) {
	s.sits(c)
	seat, err := c.Sit(s.ctx)
	if err != nil {
		if s.ctx.Err() == nil { // else nobody is left to sit there
			s.srv.o.Log.Warn("no seat", "case", string(c.Number()), "why", err.Error())
		}
		return
	}
	s.srv.seats.Go(func() {
		defer s.caught()
		select {
		case <-seat.Taken():
			if _, err := c.About(s.ctx); errors.Is(err, cases.ErrNoCase) {
				s.cancel(errErased)
				return
			}
			s.cancel(errTaken)
		case <-s.done:
			last, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), lastWords)
			defer cancel()
			if err := seat.Leave(last); err != nil { // its time runs out by itself
				s.srv.o.Log.Warn("the seat was not left", "case", string(c.Number()), "why", err.Error())
			}
		}
	})
}

// serveRun runs the wizard over a journal.
func (s *session) serveRun(j flows.Journal) (code int) {
	drv, stop, err := s.drive(j)
	if err != nil {
		s.failed("no run", err)
		s.say(sayNoStore)
		return codeUnknown
	}
	defer stop()
	look := tui.LookOf(s.asked.environ())
	look.Plain = look.Plain || !s.asked.pty || s.asked.term == "" || s.user == userPlain
	o := tui.Options{Profiles: s.srv.o.Profiles, Look: look, AskWhy: s.srv.o.AskWhy, NoSignIn: s.srv.o.Sight == nil, Served: true, Door: s.user == userWhy, ResumeWith: tui.ToldElsewhere, Receipt: s.receiptWay}
	if look.Plain {
		if text := s.welcome(); text != "" {
			s.say(text)
		}
		err = s.plain(drv, o)
	} else {
		err = s.screen(drv, o)
	}
	stop() // what happened last is stored now, and only now is there surely a case to come back to
	return s.goodbye(err)
}

// drive sets a driver to work on a case.
func (s *session) drive(j flows.Journal) (drv *run.Driver, stop func(), err error) {
	o := &s.srv.o
	j = worded{j, s}
	sight := o.sight(s.conn.source)
	defer func() {
		if err != nil {
			sight.Close()
		}
	}()
	drv, err = run.New(s.ctx, run.Hands{Look: s.careful(sight.Look), SignIn: s.signed(sight.SignIn), Return: o.Return}, j, run.Options{
		Now: o.Now, Writer: flows.WriterID(rand.Text()), Version: o.Version, Ways: o.Ways, Login: o.Login, Service: o.Service, Doors: o.Return != nil, Probes: o.Probes,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("take up the run: %w", err)
	}
	if drv.State().Seq == 0 {
		err = drv.Do(s.ctx, flows.Started{Hint: s.hint(), Nonce: strings.ToLower(rand.Text()[:12]), Version: o.Version, Ways: o.Ways, Login: o.Login, Service: o.Service, Doors: o.Return != nil, Probes: o.Probes})
		if err != nil {
			return nil, nil, fmt.Errorf("begin the run: %w", err)
		}
	}
	if o.Guides != nil || o.Cases.Shared() { // else nobody reads them
		s.notes(drv, false)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx)) // it is stopped after the screen, so that the last event is stored
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.caught()
		_ = drv.Run(ctx) // its error is ours: the context's
	}()
	var once sync.Once
	return drv, func() { // it may be called again
		cancel()
		<-done
		once.Do(sight.Close) // tokens die with the session
	}, nil
}

// screen shows the wizard on the client's terminal.
func (s *session) screen(drv tui.Driver, o tui.Options) error {
	at := s.window.get()
	o.Width, o.Height = at.w, at.h
	return tui.Show(s.ctx, drv, o, tui.Remote{
		Out: s.out, Environ: s.asked.environ(), Broke: s.broke, Frames: &s.srv.frames,
		Listen: func(ctx context.Context, send func(tea.Msg)) {
			taken := newKeys(s.srv.o.Limits, s.srv.o.Now, send)
			taken.over, taken.caught = func() { s.notice(sayManyKeys) }, s.caught
			defer taken.close()
			s.told(func(text string) { go send(tui.NoticeMsg{Text: text}) }, func(quiet bool) { go send(tui.StandingMsg{Text: s.back(sayKept, sayKeptHere), Quiet: quiet}) })
			defer s.told(nil, nil)
			if text := s.welcome(); text != "" {
				go send(tui.NoticeMsg{Text: text})
			}
			defer s.window.listen(at, func(to size) {
				defer s.caught()
				send(tea.WindowSizeMsg{Width: to.w, Height: to.h})
			})()
			s.hear(ctx, taken.feed)
		},
	})
}

// hear reads what the client sends until ctx ends or the client is gone.
func (s *session) hear(ctx context.Context, feed func([]byte)) {
	read := make(chan struct{})
	go func() { // it ends with the channel, which is closed at the session's end
		defer close(read)
		defer s.caught()
		buf := make([]byte, 1<<10)
		for {
			n, err := s.ch.Read(buf)
			if n > 0 && s.took(n) {
				feed(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	select {
	case <-ctx.Done():
	case <-read:
		s.cancel(errGone)
	}
}

// caught notes a panic of a goroutine of the session, which ends it.
func (s *session) caught() {
	if r := recover(); r != nil {
		s.broke(r, debug.Stack())
		s.cancel(tui.ErrBroke)
	}
}

// goodbye says why it is over, where the person did not choose that, and gives
// the exit code.
func (s *session) goodbye(err error) int {
	cause := context.Cause(s.ctx)
	if errors.Is(err, tui.ErrBroke) || errors.Is(cause, tui.ErrBroke) {
		s.sorry()
		return codeBroke
	}
	if errors.Is(cause, errErased) { // there is nothing to come back to
		s.lost = true
		s.say(sayErasedHere)
		return codeFailed
	}
	if banned := (*bannedError)(nil); errors.As(cause, &banned) {
		s.say(banned.ban.words())
		return codeFailed
	}
	if not := (*uninvitedError)(nil); errors.As(cause, &not) { // there is no case either
		s.lost = true
		s.say(sayInvitation(not.why))
		return codeFailed
	}
	words := map[error]string{errIdle: sayIdle, errTotal: sayTotal, errFlood: sayFlood, errDrained: sayDrained, errTaken: sayTaken, errNoGuide: sayGuideOver, errRunOut: sayGuideRunOut}
	if say := words[cause]; say != "" {
		s.say(say)
		s.comeBack()
		return codeFailed
	}
	s.comeBack()
	switch {
	case errors.Is(err, tui.ErrInterrupted), cause != nil:
		return codeInterrupted
	case err != nil && !errors.Is(err, io.EOF):
		return codeUnknown
	}
	return codeDone
}

// comeBack tells how to come back to what was kept.
func (s *session) comeBack() {
	s.mu.Lock()
	code := s.code
	s.mu.Unlock()
	switch {
	case code == "":
	case s.browser:
		s.say(fmt.Sprintf(sayGoOnHere, code, s.address(code)))
	default:
		s.say(fmt.Sprintf(sayGoOn, s.address(code)))
	}
}

// printFingerprint tells how this server is known to be genuine.
func (s *session) printFingerprint() {
	o := &s.srv.o
	for _, line := range o.Identity.Lines(o.Name, o.Port) {
		s.say(line)
	}
	s.say("")
	s.printReceiptKeys()
	s.say("")
	s.say(sayTrust)
	s.say("")
	s.say(sayLimits)
	for _, line := range o.Limits.words() {
		s.say("  " + line)
	}
}

// words tell the limits that a person can meet.
func (l Limits) words() []string {
	return []string{
		fmt.Sprintf(sayLimitConnections, l.PerSource, l.Rate, l.Burst),
		fmt.Sprintf(sayLimitSessions, l.SessionsPerConnection, l.SessionRate, l.SessionBurst, l.CasesPerSource),
		fmt.Sprintf(sayLimitTime, l.Handshake, l.Idle, l.Total),
		fmt.Sprintf(sayLimitWindow, l.Width, l.Height),
		fmt.Sprintf(sayLimitInput, l.Paste>>10, l.Bytes>>10, l.Keys),
	}
}
