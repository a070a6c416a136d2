package ssh

import (
	"context"
	"errors"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// How often it is noted where a case stands, and how soon it is tried again where the
// store was away.
const (
	standPause = 250 * time.Millisecond
	standAgain = time.Second
	standMost  = 30 * time.Second
)

// standing is where a run stands, as queues are to have it: nothing that somebody
// typed, and no tenant.
func standing(s flows.State) cases.Standing {
	at := cases.Standing{Stage: s.Place.Stage, Step: s.Place.Step, Ended: s.End != ""}
	at.N, at.Of = s.StepNumber()
	if waits(s) && !at.Ended {
		at.Waits = s.Entered.Truncate(time.Millisecond)
	}
	at.Opened = cleared(s)
	for _, g := range s.Guides {
		at.Yes = append(at.Yes, cases.Yes{Guide: g.Known(), Until: g.Until})
	}
	return at
}

// waits says whether somebody waits: they know what blocks them, and have not got
// past it.
func waits(s flows.State) bool {
	return s.Place.Stage >= flows.StageDiagnosis && s.Overall().State != checks.StateOpen
}

// cleared says whether what blocked is cleared: by a path that is for that, so that who
// only looked in, or takes consent back, does not count.
func cleared(s flows.State) bool {
	_, other := s.Reached()
	return s.Place.Stage >= flows.StageSteps && s.Path != "" && !other && s.Overall().State == checks.StateOpen
}

// asNoted says whether a queue shows the same of two.
func asNoted(a, b cases.Standing) bool {
	return a.Stage == b.Stage && a.Step == b.Step && a.N == b.N && a.Of == b.Of && a.Ended == b.Ended && a.Opened == b.Opened && a.Home == b.Home && a.Waits.Equal(b.Waits) &&
		slices.EqualFunc(a.Yes, b.Yes, func(a, b cases.Yes) bool { return a.Guide == b.Guide && a.Until.Equal(b.Until) })
}

// stander is a run that stands somewhere: one that a driver here drives, or one that is
// shared from its person's own machine.
type stander interface {
	State() flows.State
	Watch(ctx context.Context) <-chan struct{} // as of a driver
}

// notes has it noted where the session's case stands, whenever that has changed, until
// the session is over: beside the session, which waits for none of it.
func (s *session) notes(of stander, home bool) {
	s.srv.seats.Go(func() {
		defer s.caught()
		ctx, stop := context.WithCancel(context.WithoutCancel(s.ctx))
		defer stop()
		n := note{s: s, state: of.State, home: home}
		wake, rest, pause := of.Watch(ctx), time.After(0), standAgain
		for stale := true; ; {
			select {
			case <-s.done:
				n.last(ctx)
				return
			case <-s.sat: // only now there is a case
				stale = true
			case <-wake:
				stale = true
			case <-rest:
				rest = nil
			}
			if !stale || rest != nil {
				continue
			}
			switch err := n.take(ctx); {
			case errors.Is(err, cases.ErrNoCase):
				return // it was erased
			case err != nil:
				rest, pause = time.After(pause), min(2*pause, standMost)
			default:
				rest, pause, stale = time.After(standPause), standAgain, false
			}
		}
	})
}

// note is what was noted last.
type note struct {
	s     *session
	state func() flows.State
	home  bool // it is shared from its person's own machine
	was   cases.Standing
	ever  bool // something was
	away  bool // the last time it could not be
}

// take notes where the case stands, if that is not what was noted last.
func (n *note) take(ctx context.Context) error {
	n.s.mu.Lock()
	c := n.s.at
	n.s.mu.Unlock()
	if c == nil {
		return nil
	}
	at := standing(n.state())
	if at.Home = n.home; n.home {
		at.Opened = false // nobody here has seen that, and figures go by what was
	}
	if n.ever && asNoted(at, n.was) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	err := c.Stand(ctx, at)
	switch {
	case err == nil:
		n.was, n.ever, n.away = at, true, false
	case !n.away && !errors.Is(err, cases.ErrNoCase):
		n.away = true
		n.s.srv.o.Log.Warn("consoles do not see where a case stands", "case", string(c.Number()), "why", err.Error())
	}
	return err
}

// last notes how it stands at the end of the session. Where the case goes on elsewhere,
// that is said there.
func (n *note) last(ctx context.Context) {
	if cause := context.Cause(n.s.ctx); errors.Is(cause, errTaken) || errors.Is(cause, errErased) {
		return
	}
	_ = n.take(ctx) // which says in the log what was wrong; whoever goes on with the case notes it anew
}

// sits notes which case the session is at.
func (s *session) sits(c *cases.Case) {
	s.mu.Lock()
	s.at = c
	s.mu.Unlock()
	select {
	case s.sat <- struct{}{}:
	default:
	}
}
