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
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"onboard.example/ssh/cases"
)

// Why a session ends before the person leaves.
var (
	errGone        = errors.New("the client has gone")
	errIdle        = errors.New("nobody typed")
	errTotal       = errors.New("the session was long enough")
	errFlood       = errors.New("too much came in")
	errDrained     = errors.New("the server stops")
	errTaken       = errors.New("the case was opened elsewhere")
	errErased      = errors.New("the case was erased")
	errNoGuide     = errors.New("it is no guide's any more")
	errRunOut      = errors.New("the guide's certificate has run out")
	errInterrupted = errors.New("interrupted")
)

// Exit codes, as the command line has them.
const (
	codeDone        = 0
	codeFailed      = 1
	codeUsage       = 2
	codeUnknown     = 3
	codeBroke       = 70 // EX_SOFTWARE
	codeInterrupted = 130
)

// session is one session of a client.
type session struct {
	srv    *Server
	conn   *conn
	ch     far
	user   string
	key    string          // fingerprint of the client's key; empty: none was shown
	proven gossh.PublicKey // the key itself, or its certificate; nil: none
	asked  asked
	window window
	out    *out
	errs   *out // standard error

	browser bool // it is a terminal in a browser, which has no standard error

	ctx    context.Context //nolint:containedctx // it is the session's life, and ends it
	cancel context.CancelCauseFunc
	bytes  *rate.Limiter

	started atomic.Bool
	touched atomic.Int64 // when something came in, in nanoseconds

	invited *invitee // came by an invitation; of the journal's one caller
	made    *made    // the case that is being made; likewise
	counted bool     // its case counts for its source; of the journal's one caller
	lost    bool     // there is no case any more to go on with; of who runs it

	mu     sync.Mutex
	tell   func(string)     // shows the person a line; nil: nobody is there yet
	early  []string         // lines that came before anybody could be told; none once heeded
	heeded bool             // somebody was there to be told
	stand  func(quiet bool) // tells the person by what they come back, for good; nil: nobody is there yet
	number string           // of the case; empty: none yet
	fault  string           // by which what broke is found in the log; empty: nothing did
	code   string           // by which it is gone on with; empty: it cannot be
	at     *cases.Case      // nil: none yet
	sat    chan struct{}    // it is at one now
	done   chan struct{}
}

// newSession is a session over a channel of SSH.
func newSession(srv *Server, c *conn, meta *gossh.ServerConn, ch gossh.Channel) *session {
	s := openSession(srv, c, channelEnd{ch}, ch.Stderr())
	s.user = meta.User()
	if meta.Permissions != nil {
		s.key = meta.Permissions.Extensions[fingerprintOf]
	}
	s.proven = provenBy(meta.Permissions)
	return s
}

// openSession is a session of whoever is at the far end.
func openSession(srv *Server, c *conn, ch far, errs io.Writer) *session {
	l := srv.o.Limits
	s := &session{srv: srv, conn: c, ch: ch, window: window{every: l.Resizes}, sat: make(chan struct{}, 1), done: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.bytes = rate.NewLimiter(rate.Limit(l.Bytes), l.BytesBurst)
	s.out = newOut(ch, l.Pending, func() {
		s.cancel(errSlow)
		_ = c.Close() // it reads nothing, so there is no other way to tell it
	})
	s.errs = newOut(errs, mostErrors, nil) // what is more is lost
	return s
}

// close ends the session's work; it may be called more than once.
func (s *session) close() {
	s.cancel(errGone)
	_ = s.ch.Close() // it may be closed already
}

// refuse answers the requests of a session that may not begin, and tells why once
// somebody listens.
func (s *session) refuse(requests <-chan *gossh.Request, why string) {
	late := time.AfterFunc(lastWords, func() { _ = s.ch.Close() })
	defer late.Stop()
	gone := time.AfterFunc(s.srv.o.Limits.Stall, func() { _ = s.conn.Close() })
	defer gone.Stop()
	for req := range requests {
		begin := req.Type == "shell" || req.Type == "exec"
		if req.WantReply {
			_ = req.Reply(begin || req.Type == "pty-req", nil) // a client that is gone needs no answer
		}
		if begin {
			_, _ = fmt.Fprintf(s.errs, "%s\r\n", why) // a client that is gone hears nothing
			s.hangUp(codeFailed)
		}
	}
}

// lastWords is how long what is left to say may take to be read.
const lastWords = 5 * time.Second

// hangUp lets what is left to say be read, tells how it ended, and closes.
func (s *session) hangUp(code int) {
	late := time.NewTimer(lastWords)
	defer late.Stop()
	for _, left := range []*out{s.out, s.errs} {
		select {
		case <-left.empty():
		case <-late.C:
			late.Reset(0) // nor is the other waited for
		}
	}
	if s.lost {
		s.ch.gone()
	}
	s.ch.exit(code)
	_ = s.ch.Close()
}

// run is the session from its beginning to its end. A panic in it ends it, with
// an apology, and nothing else.
func (s *session) run() {
	code := codeBroke
	defer func() {
		s.cancel(errGone)
		s.hangUp(code)
	}()
	defer func() {
		if r := recover(); r != nil {
			s.broke(r, debug.Stack())
			s.sorry()
			code = codeBroke
		}
	}()
	s.touch()
	defer s.srv.vacate(s)
	defer s.unused()
	defer s.watch()()
	log := s.srv.o.Log
	log.Info("session", "from", s.from(), "user", s.kind(), "key", s.srv.o.keyOf(s.key), "pty", s.asked.pty, "command", s.asked.exec, "browser", s.browser)
	code = s.serveUser()
	log.Info("session ended", "from", s.from(), "case", s.caseNumber(), "code", code, "why", s.ending())
}

// ending says in a word why the session ended, for logs.
func (s *session) ending() string {
	if err := context.Cause(s.ctx); err != nil {
		return err.Error()
	}
	return "left"
}

// kind is what of a user name may stand in a log: never a resume code, nor what
// somebody typed by mistake, which may be a password.
func (s *session) kind() string {
	switch s.user {
	case userWhy, userPlain, userFingerprint, userConsole, userShare:
		return s.user
	}
	if isCode(s.user) {
		return "(code)"
	}
	return "(any)"
}

func (s *session) from() string { return s.srv.o.nameOf(s.conn.from) }

func (s *session) caseNumber() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number
}

// broke logs a panic. Its text may hold what a person typed, so only where it
// happened is kept.
func (s *session) broke(_ any, stack []byte) {
	s.srv.mu.Lock()
	s.srv.broke++
	s.srv.mu.Unlock()
	fault := rand.Text()[:8]
	s.mu.Lock()
	s.fault = fault
	s.mu.Unlock()
	s.srv.o.Log.Error("a session broke", "fault", fault, "case", s.caseNumber(), "from", s.from(), "stack", frames(stack))
}

// frames are the lines of a stack that name places, without the arguments and the
// text of the panic.
func frames(stack []byte) string {
	var out []string
	for line := range strings.Lines(string(stack)) {
		line = strings.TrimRight(line, "\n")
		if at, ok := strings.CutPrefix(line, "\t"); ok {
			at, _, _ = strings.Cut(at, " +0x")
			out = append(out, at)
		}
	}
	return strings.Join(out[:min(len(out), 40)], "; ")
}

// sorry tells the person that we broke, and what is left of their work.
func (s *session) sorry() {
	s.mu.Lock()
	number, fault := s.number, s.fault
	s.mu.Unlock()
	s.say(saySorry)
	if number == "" {
		number = "-"
	}
	s.say(fmt.Sprintf(saySorryCase, fault, number))
	s.comeBack()
}

// say writes a line to the client, outside of any program.
func (s *session) say(line string) {
	end := "\n"
	if s.asked.pty { // its terminal breaks no lines by itself
		end = "\r\n"
	}
	_, _ = io.WriteString(s.out, line+end) // a client that is gone hears nothing
}

// address is what is typed to come here as a user.
func (s *session) address(user string) string { return s.srv.Address(user) }

// touch notes that the person did something.
func (s *session) touch() { s.touched.Store(s.srv.o.Now().UnixNano()) }

// took counts bytes that came in, and says whether they may.
func (s *session) took(n int) bool {
	s.touch()
	if s.bytes.AllowN(s.srv.o.Now(), n) {
		return true
	}
	s.cancel(errFlood)
	return false
}

// notice shows the person a line, at once or as soon as somebody is there.
func (s *session) notice(text string) {
	s.mu.Lock()
	tell := s.tell
	if tell == nil && !s.heeded && len(s.early) < mostEarly {
		s.early = append(s.early, text)
	}
	s.mu.Unlock()
	if tell != nil {
		tell(text)
	}
}

// mostEarly bounds the lines that wait for somebody to be told them.
const mostEarly = 8

// told sets how the person is told a line, and by what they come back; nil: no
// more. What came before anybody could be told they are told now, and of a case that is
// there already at once, quietly.
func (s *session) told(how func(string), stand func(quiet bool)) {
	s.mu.Lock()
	s.tell, s.stand = how, stand
	known, early := s.code != "", s.early
	s.early, s.heeded = nil, true
	s.mu.Unlock()
	for _, text := range early {
		if how != nil {
			how(text)
		}
	}
	if known && stand != nil {
		stand(true)
	}
}

// kept tells the person that there is a case now.
func (s *session) kept() {
	s.mu.Lock()
	stand := s.stand
	s.mu.Unlock()
	if stand != nil {
		stand(false)
	}
}

// back is how a person is told by what they come back: here is said in a browser.
func (s *session) back(words, here string) string {
	s.mu.Lock()
	number, code := s.number, s.code
	s.mu.Unlock()
	if s.browser {
		return fmt.Sprintf(here, number, code, s.address(code))
	}
	return fmt.Sprintf(words, number, s.address(code))
}

// watch ends the session when it was idle too long, or lasted too long, and
// says so before. The returned function ends the watch.
func (s *session) watch() (stop func()) {
	l, began := s.srv.o.Limits, s.srv.o.Now()
	ctx, cancel := context.WithCancel(s.ctx)
	var warnedTotal bool
	var warned int64 // the touch after which it was said that nobody typed
	var next *time.Timer
	var mu sync.Mutex
	var look func()
	look = func() {
		defer s.caught()
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return
		}
		now := s.srv.o.Now()
		touched := s.touched.Load()
		idle := time.Unix(0, touched).Add(l.Idle).Sub(now)
		total := began.Add(l.Total).Sub(now)
		switch {
		case total <= 0:
			s.cancel(errTotal)
			return
		case idle <= 0:
			s.cancel(errIdle)
			return
		}
		wait := min(warningAt(idle, l.Warning), warningAt(total, l.Warning))
		if total <= l.Warning && !warnedTotal {
			warnedTotal = true
			s.notice(fmt.Sprintf(sayTotalSoon, total.Round(time.Second)))
		}
		if idle <= l.Warning && warned != touched {
			warned = touched
			s.notice(fmt.Sprintf(sayIdleSoon, idle.Round(time.Second)))
		}
		next = time.AfterFunc(wait, look)
	}
	look()
	return func() {
		cancel()
		mu.Lock()
		defer mu.Unlock()
		if next != nil {
			next.Stop()
		}
	}
}

// warningAt is when to look again at what is left: at the warning, or at the end.
func warningAt(left, warning time.Duration) time.Duration {
	if left > warning {
		return left - warning
	}
	return left
}
