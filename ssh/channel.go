package ssh

import (
	"strings"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// What a client may say before its session begins.
const (
	mostEnv     = 24   // variables
	mostEnvSize = 256  // bytes of one
	mostTerm    = 64   // bytes of a terminal's name
	mostCommand = 1024 // bytes of a command
)

// asked is what a client asked of a session before it began.
type asked struct {
	env     []string
	term    string
	pty     bool
	command string
	exec    bool
}

// channel answers one session channel, from its first request to its end.
func (s *Server) channel(_ *ssh.Server, meta *gossh.ServerConn, offered gossh.NewChannel, ctx ssh.Context) {
	defer s.contained()
	c, _ := ctx.Value(connKey{}).(*conn)
	if c == nil {
		_ = offered.Reject(gossh.ResourceShortage, sayManySessions)
		return
	}
	if ban, banned := s.o.Bans.of(c.from, meta); banned { // since it logged in
		_ = offered.Reject(gossh.Prohibited, ban.words())
		return
	}
	if no := c.begin(); no != "" {
		_ = offered.Reject(gossh.ResourceShortage, no)
		return
	}
	defer c.end()
	c.announced.Do(func() { s.o.Identity.announce(meta) })
	ch, requests, err := offered.Accept()
	if err != nil {
		return
	}
	one := newSession(s, c, meta, ch)
	defer one.close()
	if why := s.enter(one); why != "" {
		one.refuse(requests, why)
		return
	}
	defer s.leave(one)
	late := time.AfterFunc(s.o.Limits.Unused, func() {
		if !one.started.Load() {
			_ = ch.Close()
		}
	})
	defer late.Stop()
	one.serve(requests)
}

// enter counts a session in; why is why not.
func (s *Server) enter(one *session) (why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining:
		return sayDraining
	case len(s.sessions) >= s.o.Limits.Sessions:
		return sayFull
	}
	s.sessions[one] = struct{}{}
	s.total++
	s.ended.Add(1)
	return ""
}

func (s *Server) leave(one *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, one)
	s.ended.Done()
}

// serve answers requests until the channel is closed. It alone answers them, for
// as long as the channel is there: a request that nobody takes would hold up the
// whole connection.
func (s *session) serve(requests <-chan *gossh.Request) {
	done := make(chan struct{})
	begun := false
	var gone atomic.Pointer[time.Timer]
	for req := range requests {
		ok, begin := s.request(req, begun)
		if req.WantReply {
			_ = req.Reply(ok, nil) // a client that is gone needs no answer
		}
		if begin {
			begun = true
			s.started.Store(true)
			go func() {
				defer close(done)
				s.run()
				// A client that leaves our end of it unanswered is gone, or means to
				// hold the session's place.
				gone.Store(time.AfterFunc(s.srv.o.Limits.Stall, func() { _ = s.conn.Close() }))
			}()
		}
	}
	s.cancel(errGone)
	if begun {
		<-done
		gone.Load().Stop()
	}
}

// request answers one request, and says whether the session begins with it.
func (s *session) request(req *gossh.Request, begun bool) (ok, begin bool) {
	switch req.Type {
	case "window-change":
		var to struct{ W, H, X, Y uint32 }
		if gossh.Unmarshal(req.Payload, &to) != nil {
			return false, false
		}
		s.window.set(s.srv.o.Limits.clamp(to.W, to.H))
		return true, false
	case "pty-req":
		return !begun && s.asked.takePTY(req.Payload, s), false
	case "env":
		return !begun && s.asked.takeEnv(req.Payload), false
	case "shell":
		return !begun, !begun
	case "exec":
		ok := !begun && s.asked.takeCommand(req.Payload)
		return ok, ok
	}
	// Subsystems, agents, X11, signals, breaks.
	return false, false
}

func (a *asked) takePTY(payload []byte, s *session) bool {
	var p struct {
		Term       string
		W, H, X, Y uint32
		Modes      string
	}
	if a.pty || gossh.Unmarshal(payload, &p) != nil || len(p.Term) > mostTerm || strings.ContainsFunc(p.Term, noWord) {
		return false
	}
	a.pty, a.term = true, p.Term
	s.window.set(s.srv.o.Limits.clamp(p.W, p.H))
	return true
}

// noWord says what stands in no name of a terminal and in no locale.
func noWord(r rune) bool { return r <= ' ' || r >= 0x7f }

func (a *asked) takeEnv(payload []byte) bool {
	var kv struct{ K, V string }
	if len(a.env) >= mostEnv || len(payload) > mostEnvSize || gossh.Unmarshal(payload, &kv) != nil || !heard(kv.K) || strings.ContainsFunc(kv.V, noWord) {
		return false
	}
	a.env = append(a.env, kv.K+"="+kv.V)
	return true
}

// heard says which variables of a client are taken: those that say how its
// terminal looks. TERM comes with the terminal alone.
func heard(key string) bool {
	switch key {
	case "LANG", "LANGUAGE", "COLORTERM", "NO_COLOR", "CLICOLOR", "COLORFGBG", "TERM_PROGRAM", "WT_SESSION":
		return true
	}
	return strings.HasPrefix(key, "LC_") && !strings.ContainsFunc(key, func(r rune) bool { return (r < 'A' || r > 'Z') && r != '_' })
}

func (a *asked) takeCommand(payload []byte) bool {
	var p struct{ Line string }
	if len(payload) > mostCommand || gossh.Unmarshal(payload, &p) != nil {
		return false
	}
	a.command, a.exec = p.Line, true
	return true
}

// environ is the environment of a program that is shown to the client. Without
// a locale a terminal speaks UTF-8, as those do from which people connect that
// send none. SSH_TTY keeps the screen from asking what terminals print.
func (a *asked) environ() []string {
	env := append([]string{"LANG=C.UTF-8"}, a.env...)
	return append(env, "TERM="+a.term, "SSH_TTY=1")
}
