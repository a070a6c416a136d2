package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// A guide's visit ends with their session, and that is said by the server at which it was.
// Where that server died nobody is left to say so: then any other does, once it is certain
// that the session is gone, which the lease of its console says by the database's clock.
// Whatever ends a visit, on whichever node, the audit has its end once, by its mark.
//
// A server that is only cut off from the database is not told from one that died. Its
// guide is shown nothing more by then: see place.doubtful.

// visit is an id that no other visit has.
func (s *Server) visit() string { return rand.Text() }

// begins has the visit kept, so that it is ended whatever becomes of this server.
func (p *place) begins(ctx context.Context) error {
	if p.desk.console == nil {
		return nil
	}
	return p.desk.console.Begin(ctx, cases.Visit{ID: p.id, Case: p.number, Who: p.desk.called(), Role: p.desk.who.rolesWord(), Organisation: p.desk.who.organisation})
}

// begunInVain keeps a visit no more whose guide did not ask. Where that fails it is kept
// for as long as the console is there, and is nothing that could be ended.
func (p *place) begunInVain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2)
	defer cancel()
	_ = p.desk.s.srv.o.Cases.EndVisit(ctx, p.id, cases.Entry{})
}

// writes writes down what the guide did. With its end the visit is kept no more.
func (p *place) writes(ctx context.Context, mark, did, more string) error {
	if mark != endMark(p.id) {
		return p.desk.audit(ctx, mark, p.number, did, more)
	}
	return p.desk.s.srv.o.Cases.EndVisit(ctx, p.id, p.desk.entry(mark, p.number, did, shortened(more)))
}

// end is Leave. What the customer did last stands in the audit before.
func (p *place) end(ctx context.Context, why flows.WatchEnd) error {
	_, _ = p.View(ctx) // what it cannot read Leave cannot, or says so
	err := p.Guide.Leave(ctx, why)
	if err == nil && p.closes(ctx) == nil {
		return nil
	}
	// Until the store has it the customer's bar says that somebody watches.
	p.desk.behind(p.number, p.until, func(ctx context.Context) error {
		err := p.Guide.Leave(ctx, why)
		if errors.Is(err, cases.ErrNoCase) {
			return p.erased(ctx)
		}
		if err != nil {
			return err
		}
		return p.closes(ctx)
	})
	return p.desk.inWords(p.number, err)
}

// closes has the audit know how the visit ended, of which the case has the end. It is the
// guide's, unless the customer or another server was quicker than the guide's leaving.
func (p *place) closes(ctx context.Context) error {
	p.looks.Lock()
	defer p.looks.Unlock()
	if p.out || p.journal.parted() {
		p.out = true
		return nil
	}
	rs, err := p.journal.Since(ctx, 0)
	if errors.Is(err, cases.ErrNoCase) {
		p.ended(ctx, overErased, false)
		return nil
	}
	if err != nil {
		return err
	}
	was, _ := flows.VisitOf(rs, flows.VisitID(p.id))
	if was.On { // nobody says in the case that its time is over
		was.Why = flows.WatchOver
	}
	if p.journal.lacks() && (!was.Asked || was.Why == flows.WatchLeft || was.Why == flows.WatchLost) {
		if err := p.journal.make(ctx); err != nil {
			return err
		}
		p.out = true
		return nil
	}
	if was.Asked {
		p.ended(ctx, watchEnd(was.Why), was.Let)
	}
	return nil
}

// doubtful says whether others may soon hold the guide's session for gone: then what the
// guide is shown is asked for anew, and where that cannot be had nothing is.
func (p *place) doubtful() bool { return p.desk.console != nil && p.desk.s.srv.o.Cases.Lapsing() }

// keepsVisits ends, until the server stops, the visits of guides whose session is gone.
// After its first look it looks at moments of its own: of servers that were started
// together one finds what is left, and the others nothing more.
func (s *Server) keepsVisits() {
	defer s.contained()
	tick := time.NewTicker(cases.VisitsEvery)
	defer tick.Stop()
	for first := true; ; first = false {
		ctx, cancel := context.WithTimeout(context.Background(), lastWords)
		s.endsLeft(ctx, "")
		cancel()
		if first {
			tick.Reset(1 + mrand.N(cases.VisitsEvery))
		}
		select {
		case <-s.quit:
			return
		case <-tick.C:
			tick.Reset(cases.VisitsEvery)
		}
	}
}

// endsLeft ends the visits of a case whose guides' sessions are gone, of all cases where
// none is named, and says whether it ended any. One that cannot be ended holds up no
// other: each has its own time, and who was tried waits behind who was not.
func (s *Server) endsLeft(ctx context.Context, n cases.Number) (any bool) {
	all, err := s.o.Cases.LeftVisits(ctx)
	for _, v := range s.tries.due(all, n, s.o.Cases.Now()) {
		if ctx.Err() != nil {
			break // the others come first the next time
		}
		short, cancel := context.WithTimeout(ctx, lastWords/2)
		bad := s.endsVisit(short, v)
		cancel()
		s.tries.tried(v.ID, bad, s.o.Cases.Now())
		any = any || bad == nil
		err = errors.Join(err, bad)
	}
	if err != nil && !errors.Is(err, cases.ErrClosed) {
		if times := s.unended.count(s.o.Now()); times > 0 { // it is tried again and again
			s.o.Log.Warn("visits of guides who are gone cannot be ended yet", "why", err.Error(), "times", times)
		}
	}
	return any
}

// endsVisit ends a visit whose guide's session is gone, and has the audit know how it
// ended, in the end that it had in the case, if it had one.
func (s *Server) endsVisit(ctx context.Context, v cases.Visit) error {
	e := cases.Entry{Who: v.Who, Role: v.Role, Organisation: v.Organisation, Case: v.Case, Mark: endMark(v.ID)}
	was, err := s.lost(ctx, v)
	switch {
	case errors.Is(err, cases.ErrNoCase):
		e.Did, e.More = didEnd, overErased
	case err != nil && !s.tries.outlasts(v.ID, s.o.Cases.Now()):
		return err
	case err != nil: // whatever the case has of it, its time is over
		e.Did, e.More = endDeed(flows.WatchOver)
	case was.Asked:
		e.Did, e.More = endDeed(was.Why)
	} // else they never asked
	if was.Let {
		in := e
		in.Mark, in.Did, in.More = deedMark(v.ID, didEnter), didEnter, ""
		if _, err := s.o.Cases.Audit(ctx, in); err != nil {
			return err
		}
	}
	if err := s.o.Cases.EndVisit(ctx, v.ID, e); err != nil {
		return err
	}
	s.o.Log.Info("a guide's visit was ended, for their session is gone", "case", string(v.Case), "how", e.Did)
	return nil
}

// lost says in the case that the guide's connection went, where the visit goes on, and
// gives how it ended. Where the case takes no word it ends by its time, and not before:
// until then a guide who is there after all is shown the run.
func (s *Server) lost(ctx context.Context, v cases.Visit) (flows.Visited, error) {
	c, err := s.o.Cases.Case(ctx, v.Case)
	if err != nil {
		return flows.Visited{}, err
	}
	for range mostAdded {
		rs, err := c.Since(ctx, 0)
		damaged, unread := errors.AsType[*cases.DamagedError](err)
		if err != nil && !unread {
			return flows.Visited{}, err
		}
		was, state := flows.VisitOf(rs, flows.VisitID(v.ID))
		if unread {
			return s.unreadable(was, damaged)
		}
		if !was.On {
			return was, nil
		}
		now, why := s.o.Cases.Now().UTC().Round(0), flows.WatchLost
		at := now
		if at.Before(state.At) {
			at = state.At
		}
		if !was.Guide.Holds(at) {
			why = flows.WatchOver
		}
		// Another node says the same under the same name: it is stored once.
		r := flows.Record{
			Seq: state.Seq + 1, Writer: flows.WriterID("gone-" + v.ID), N: 1, At: at, By: flows.ByServer,
			Event: flows.Watched{Visit: flows.VisitID(v.ID), Why: why},
		}
		switch _, err := c.Append(ctx, state.Seq, r); {
		case err == nil || errors.Is(err, flows.ErrConflict): // what it became is read anew
		case errors.Is(err, cases.ErrNoCase):
			return flows.Visited{}, err
		case !was.Guide.Holds(now):
			was.Why = flows.WatchOver
			return was, nil
		case errors.Is(err, flows.ErrFull):
			return flows.Visited{}, notYetError{err, was.Guide.Until}
		default:
			return flows.Visited{}, err
		}
	}
	return flows.Visited{}, fmt.Errorf("ending a visit: %w", flows.ErrConflict)
}

// unreadable is how a visit ended of which the case can be read up to a damage. What
// stands behind that, a yes too, is not known: but no yes holds longer than it said.
func (s *Server) unreadable(was flows.Visited, damaged error) (flows.Visited, error) {
	if was.Asked && !was.On {
		return was, nil
	}
	if !was.Asked {
		return was, damaged
	}
	until := was.Guide.Until
	if !was.Let {
		until = until.Add(was.Guide.Lasts)
	}
	if s.o.Cases.Now().Before(until) {
		return was, notYetError{damaged, until}
	}
	was.Why = flows.WatchOver
	return was, nil
}
