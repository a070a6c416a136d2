package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"onboard.example/flows"
	"onboard.example/tui"
)

// serveConsole serves the support console to a guide, and gives the exit code. Who
// it is is found out again here, by the key that the connection was logged in with:
// since then it may have been revoked, and a browser comes without any.
func (s *session) serveConsole() int {
	who, code := s.guide(s.say)
	if code != codeDone {
		return code
	}
	log := s.srv.o.Log.With("from", s.from(), "guide", who.name, "organisation", who.organisation, "keyId", who.keyID, "key", s.srv.o.keyOf(who.print), "roles", who.rolesWord())
	log.Info("a guide is here")
	defer func() { log.Info("a guide has gone", "why", s.ending()) }()
	if !who.May(PowerQueue) {
		s.say(fmt.Sprintf(sayNothingToSee, who.name, who.rolesWord(), s.address(userConsole)+" "+commandAudit))
		return codeDone
	}
	s.srv.countGuides(1)
	defer s.srv.countGuides(-1)
	d := &desk{s: s, who: who, expel: s.expels}
	if err := d.wrote(s.ctx, "", entry{rand.Text(), didOpen, ""}); err != nil {
		log.Error("the console stays closed: the audit cannot be written", "why", err.Error())
		s.say(sayNoAudit)
		return codeUnknown
	}
	defer d.close(flows.WatchLost) // whatever ends it
	defer d.attends()()
	defer s.staysGuide(who)()
	err := s.showQueue(d)
	if s.ctx.Err() == nil && !errors.Is(err, tui.ErrBroke) { // by their own will
		d.close(flows.WatchLeft)
	}
	d.close(flows.WatchLost)
	return s.goodbye(err)
}

// guide is who came, where they are a guide; else they are told that they are none, and
// the code is another than codeDone.
func (s *session) guide(say func(string)) (who Guide, code int) {
	guides := s.srv.o.Guides
	if guides == nil {
		say(sayNoConsole)
		return Guide{}, codeUsage
	}
	err := errNoKey
	if s.proven != nil {
		who, err = guides.who(s.proven, s.conn.from)
	}
	if err != nil {
		s.srv.noGuide(s.conn, who, s.key, err)
		say(sayNotGuide)
		return Guide{}, codeUsage
	}
	return who, codeDone
}

// countGuides counts the consoles that are open.
func (s *Server) countGuides(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guides += n
}

// showQueue shows the cases that there are.
func (s *session) showQueue(d *desk) error {
	who := d.who
	look := tui.LookOf(s.asked.environ())
	look.Plain = look.Plain || !s.asked.pty || s.asked.term == ""
	o := tui.Options{Profiles: s.srv.o.Profiles, Look: look, Served: true, Console: &tui.Console{Queue: d.queue(), Name: who.name, Organisation: who.organisation, Role: who.rolesWord(), Readings: &s.srv.readings}}
	if who.May(PowerWatch) {
		o.Console.Ask, o.Console.Ahead, o.Console.Replay = d.ask, d.readAhead, d.replay
		o.Console.Receipt = func(number string) string {
			return s.address(userConsole) + " " + commandReceipt + " " + number
		}
	}
	if who.May(PowerErase) {
		o.Console.Erase = d.erase
	}
	if who.May(PowerInvite) {
		o.Console.Invitations = leadInvitations{d}
	}
	if who.May(PowerHandOver) {
		o.Console.HandOvers = leadHandOvers{d}
	}
	o.Console.Figures = s.srv.figures
	if s.srv.o.Answers != nil {
		o.Console.Answers = d.answers
	}
	if look.Plain {
		return s.plain(nil, o)
	}
	return s.screen(nil, o)
}

// staysGuide ends the session once its guide is none any more, and tells them before
// their certificate runs out. The returned function ends the watch.
func (s *session) staysGuide(who Guide) (stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.caught()
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		warned := false
		for {
			next := s.untilNext(who, &warned)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			case <-next:
			}
			if why := s.stillGuide(who); why != nil {
				s.expels(why)
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// expels ends the session of who is the guide no more that they were.
func (s *session) expels(why error) {
	s.cancel(why)
	s.conn.expel() // whoever has other sessions on it hears of it there
}

// shows says whether the guide may be shown something now. It is asked before each thing
// that is shown, so what was found out holds for as long as nothing of it has changed. The
// session of who may not ends.
func (d *desk) shows() error {
	guides := d.s.srv.o.Guides
	if guides == nil { // there is nobody to be revoked
		return nil
	}
	now, err := guides.now()
	if err == nil && now == d.held.Load() && (d.who.until.IsZero() || guides.o.Now().Before(d.who.until)) {
		return nil
	}
	if why := d.s.stillGuide(d.who); why != nil {
		if d.expel != nil {
			d.expel(why)
		}
		return errGuideOver
	}
	d.held.Store(now)
	return nil
}

// untilNext warns before a certificate runs out, and says when to look again because
// of it; nil: never.
func (s *session) untilNext(who Guide, warned *bool) <-chan time.Time {
	if who.until.IsZero() {
		return nil
	}
	left := who.until.Sub(s.srv.o.Guides.o.Now())
	warning := s.srv.o.Limits.Warning
	if left <= warning && !*warned {
		*warned = true
		s.notice(fmt.Sprintf(sayGuideSoon, max(left, 0).Round(time.Second)))
	}
	return time.After(max(warningAt(left, warning), 10*time.Millisecond))
}

// stillGuide says why somebody is the guide no more that they were; nil: they are.
func (s *session) stillGuide(who Guide) error {
	guides := s.srv.o.Guides
	now, err := guides.who(s.proven, s.conn.from)
	if err == nil && now.same(who) {
		return nil
	}
	if err == nil {
		err = errNoGuide // of another organisation, or in another role
	}
	if !who.until.IsZero() && !guides.o.Now().Before(who.until) {
		return errRunOut
	}
	s.srv.noGuide(s.conn, who, s.key, err)
	return errNoGuide
}

// same says whether two are the same guide, with the same powers.
func (g Guide) same(o Guide) bool {
	return g.name == o.name && g.organisation == o.organisation && g.print == o.print && g.rolesWord() == o.rolesWord()
}
