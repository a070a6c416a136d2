package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// userShare is who a run comes as that is on its person's own machine.
const userShare = "share"

// homeWriter writes the records of such a run into its case. Nobody else's do: drivers
// have names drawn at random, in capitals, and guides their visits.
const homeWriter flows.WriterID = "home"

// How much of a run is taken: what is faster waits, for a run that is shared late comes
// with all that happened before.
const (
	homePace  = 50 // records a second
	homeBurst = 500
	homeAgain = time.Second // how soon a store that was away is tried again, about
)

// home is a run on its person's own machine, as far as it is shared: its records come
// from there, and are a case here, to which guides come as to any other. Nothing of it
// is driven here. What comes is a stranger's word. It is bounded, read by the list of
// what may leave (flows.ReadOffered), tried before it is stored, and stored under this
// server's numbers, time and writer: nobody can speak as a guide or as the server, in
// another case, or in one that is not such a run.
type home struct {
	s    *session
	c    *cases.Case
	seen uint64        // up to where its guides were heard
	pace *rate.Limiter // of records
	have uint64        // up to where its records are stored, but for ends of nothing

	mu    sync.Mutex
	state flows.State
	taped bool // see flows.MayBeTaped
	over  overs
	wake  map[chan struct{}]struct{}
}

// errUnfit says that what came is nothing that is taken here.
var errUnfit = errors.New("what came cannot be taken")

// serveShare takes a run that is shared from elsewhere.
func (s *session) serveShare(args []string, errs io.Writer) int {
	if s.user != userShare || s.asked.pty || len(args) > 0 {
		complain(errs, fmt.Sprintf(sayShareHow, s.srv.o.Name))
		return codeUsage
	}
	h := &home{s: s, pace: rate.NewLimiter(homePace, homeBurst), over: overs{}, wake: map[chan struct{}]struct{}{}}
	err := h.serve()
	why := h.ending(err)
	if why != "" {
		h.down(downLine{End: why})
		h.parts(why)
		return codeFailed
	}
	return codeDone
}

// ending is why it ended; empty: the other side left.
func (h *home) ending(err error) shareEnd {
	cause := context.Cause(h.s.ctx)
	var banned *bannedError
	var many *cases.TooManyError
	if errors.As(cause, &banned) {
		return endBanned
	}
	for _, e := range []struct {
		is  error
		end shareEnd
	}{
		{errIdle, endIdle},
		{errTotal, endTotal},
		{errDrained, endDrained},
		{errErased, endErased},
		{errTaken, endTaken},
		{errFlood, endFlood},
		{tui.ErrBroke, endBroke},
		{errManyCases, endMany},
		{cases.ErrTooLong, endLong},
		{cases.ErrNoCase, endErased},
		{cases.ErrOtherKey, endRefused},
		{cases.ErrNotCode, endRefused},
		{cases.ErrMistyped, endRefused},
		{errUnfit, endRefused},
		{errLine, endRefused},
		{flows.ErrNotOffered, endRefused},
		{flows.ErrTooLarge, endRefused},
	} {
		if errors.Is(cause, e.is) || errors.Is(err, e.is) {
			return e.end
		}
	}
	switch {
	case err == nil, errors.Is(err, io.EOF), cause != nil:
		return ""
	case errors.As(err, &many): // wrong codes, of whoever else is at the address: the right one is heard later
		return endAway
	}
	h.s.failed("a shared run", err)
	return endAway
}

// serve speaks until either side leaves.
func (h *home) serve() error {
	lines := h.lines()
	if err := h.greeted(lines); err != nil {
		return err
	}
	h.s.notes(h, true)
	wake, err := h.listens()
	if err != nil {
		return err
	}
	for {
		select {
		case <-h.s.ctx.Done():
			return context.Cause(h.s.ctx)
		case _, ok := <-wake:
			if !ok {
				return context.Cause(h.s.ctx)
			}
			if err := h.insist(h.catchUp); err != nil {
				return err
			}
		case one := <-lines:
			switch {
			case one.err != nil:
				return one.err
			case one.Bye:
				return h.bye()
			}
			first := h.c == nil
			if err := h.take(one.upLine); err != nil {
				return err
			}
			if first {
				if wake, err = h.listens(); err != nil {
					return err
				}
			}
		}
	}
}

// upRead is a line that was read, or why there is none.
type upRead struct {
	upLine

	err error
}

// lines reads what comes, one line at a time: nothing is read ahead of what is stored.
func (h *home) lines() <-chan upRead {
	out := make(chan upRead)
	go func() {
		defer h.s.caught()
		r := newLineReader(h.s.limited(), mostUp)
		for {
			var one upRead
			one.err = r.next(&one.upLine)
			select {
			case out <- one:
			case <-h.s.ctx.Done():
				return
			}
			if one.err != nil {
				return
			}
		}
	}()
	return out
}

// greeted takes the greeting, and goes on with a case where it names one.
func (h *home) greeted(lines <-chan upRead) error {
	late := time.NewTimer(h.s.srv.o.Limits.Unused)
	defer late.Stop()
	var one upRead
	select {
	case <-h.s.ctx.Done():
		return context.Cause(h.s.ctx)
	case <-late.C:
		return errUnfit
	case one = <-lines:
	}
	hello := one.Hello
	switch {
	case one.err != nil:
		return one.err
	case hello == nil || hello.Share != shareVersion || one.N != 0 || one.Bye:
		return errUnfit
	}
	h.seen = hello.Seen
	if hello.Code != "" {
		if err := h.goOn(hello.Code); err != nil {
			return err
		}
	}
	h.tellCase("")
	if h.c == nil {
		return nil
	}
	return h.insist(h.heardAll)
}

// goOn goes on with a case that this run made, by its code. The one of another run, or
// of a session here, is none that could be gone on with so.
func (h *home) goOn(code string) error {
	s := h.s
	c, err := s.srv.o.Cases.Resume(s.ctx, s.try(code))
	if err != nil {
		return fmt.Errorf("going on with a shared run: %w", err)
	}
	by, err := c.BegunBy(s.ctx)
	if err != nil {
		return fmt.Errorf("going on with a shared run: %w", err)
	}
	if by != homeWriter && by != "" { // the code is told before the first record is stored
		return errUnfit
	}
	if err := s.srv.occupy(s, string(c.Number())); err != nil {
		return err
	}
	s.sit(c)
	s.keep(string(c.Number()), "") // who has it knows the code
	h.c = c
	return h.insist(func(ctx context.Context) error {
		rs, err := c.Since(ctx, 0)
		if err == nil {
			h.fold(rs)
		}
		return err
	})
}

// heardAll says again whatever its guides did since they were heard last, and then what
// the server that was there before did not come to say.
func (h *home) heardAll(ctx context.Context) error {
	rs, err := h.c.Since(ctx, 0)
	if err != nil {
		return err
	}
	upTo := h.State().Seq
	var s flows.State
	for _, r := range rs {
		if r.Seq <= upTo {
			h.say(s, r)
		}
		s = flows.Fold(s, r)
	}
	return h.tells(ctx, untold(rs)...)
}
