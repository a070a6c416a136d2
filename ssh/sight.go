package ssh

import (
	"context"
	"errors"
	"runtime/debug"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// careful is a looker whose panic is a look that could not be taken.
func (s *session) careful(l run.Looker) run.Looker { return careful{l, s} }

type careful struct {
	run.Looker

	s *session
}

// errLook says that a look broke; it is ours to mend.
var errLook = errors.New(sayLookBroke)

// Look implements run.Looker.
func (c careful) Look(ctx context.Context, ask run.Ask, found func(checks.Finding)) (facts flows.Facts, err error) {
	defer func() {
		if r := recover(); r != nil {
			c.s.broke(r, debug.Stack())
			err = errLook
		}
	}()
	return c.Looker.Look(ctx, ask, found)
}

// errSignIn says that a sign-in broke; it is ours to mend.
var errSignIn = errors.New(saySignInBroke)

// signed is a hand that signs in of which the log tells: that it was tried, in which
// way, and what became of it, of nobody by name; nil where there is none.
func (s *session) signed(in run.SignIner) run.SignIner {
	if in == nil {
		return nil
	}
	return loggedSignIn{in, s}
}

type loggedSignIn struct {
	run.SignIner

	s *session
}

// SignIn implements run.SignIner. Of what failed the log has the kind alone: the rest
// may hold what somebody pasted.
func (h loggedSignIn) SignIn(ctx context.Context, ask run.SignInAsk, show func(run.Prompt)) (account flows.Account, err error) {
	log := h.s.srv.o.Log.With("from", h.s.from(), "case", h.s.caseNumber(), "way", string(ask.Way))
	defer func() {
		if r := recover(); r != nil {
			h.s.broke(r, debug.Stack())
			err = errSignIn
		}
	}()
	account, err = h.SignIner.SignIn(ctx, ask, show)
	failed, said := errors.AsType[*checks.Failure](err)
	switch {
	case err == nil:
		log.Info("signed in to look")
	case ctx.Err() != nil:
		log.Info("a sign-in was left")
	case said:
		log.Info("a sign-in failed", "why", string(failed.Kind))
	default:
		log.Warn("a sign-in failed", "why", "no word of ours")
	}
	return account, err
}

// failed logs why a session has nothing to work on. Where its client left meanwhile,
// that is all there is to it, and nobody's fault. A database that is away fails
// everybody who comes: it is said at once, and then once a minute.
func (s *session) failed(what string, err error) {
	log := s.srv.o.Log
	switch {
	case s.ctx.Err() != nil:
		log.Info(what+": the client left", "from", s.from())
	case errors.Is(err, cases.ErrAway):
		if n := s.srv.away.count(s.srv.o.Now()); n > 0 {
			log.Warn(what, "why", err.Error(), "times", n)
		}
	default:
		log.Error(what, "from", s.from(), "case", s.caseNumber(), "why", err.Error())
	}
}
