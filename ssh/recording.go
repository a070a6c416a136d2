package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// tapeAsk is what `recording` was asked for.
type tapeAsk struct {
	code          string
	width, height int
	erase, help   bool
}

// recordingAsk reads the arguments; no is what is wrong with them.
func (s *session) recordingAsk(args []string) (ask tapeAsk, no string) {
	sized := false
	if isCode(s.user) {
		ask.code = s.user
	}
	for _, a := range args {
		size, isSize := strings.CutPrefix(a, "--size=")
		switch {
		case a == "--erase":
			ask.erase = true
		case a == "--help":
			ask.help = true
		case isSize:
			var ok bool
			if ask.width, ask.height, ok = sizeOfCast(size); !ok {
				return ask, fmt.Sprintf(sayTapeSize, checks.Line(size, 40))
			}
			sized = true
		case ask.code != "":
			return ask, sayTapeCodes
		default:
			ask.code = a
		}
	}
	if sized && ask.erase {
		return ask, sayTapeBoth
	}
	return ask, ""
}

// sizeOfCast reads a size such as 100x30.
func sizeOfCast(text string) (w, h int, ok bool) {
	wide, high, cut := strings.Cut(text, "x")
	w, err1 := strconv.Atoi(wide)
	h, err2 := strconv.Atoi(high)
	return w, h, cut && err1 == nil && err2 == nil && tui.CastFits(w, h)
}

// recording writes what was recorded of the case of a code as an asciicast, or erases
// that. Nobody is sent away from the case.
func (s *session) recording(args []string, errs io.Writer) int {
	ask, no := s.recordingAsk(args)
	switch {
	case ask.help:
		s.say(fmt.Sprintf(sayTapeUsage, s.address("CODE")))
		return codeDone
	case no != "":
		complain(errs, no)
		return codeUsage
	case ask.code == "":
		complain(errs, fmt.Sprintf(sayTapeUsage, s.address("CODE")))
		return codeUsage
	case s.asked.pty && !ask.erase:
		complain(errs, sayTapeTerm)
		return codeUsage
	}
	done, full := s.takesRoom() // drawing it costs something
	if full != "" {
		complain(errs, full)
		return codeUnknown
	}
	defer done()
	ctx, cancel := context.WithTimeout(s.ctx, s.srv.o.Limits.Command)
	defer cancel()
	c, err := s.srv.o.Cases.Resume(ctx, s.try(ask.code))
	if err == nil && ask.erase {
		err = unrecord(ctx, c, s.srv.o.Now)
	}
	var rs []flows.Record
	if err == nil && !ask.erase {
		rs, err = c.Since(ctx, 0)
	}
	switch {
	case errors.Is(err, journal.ErrDiskFull), errors.Is(err, cases.ErrTooLong):
		complain(errs, sayTapeFull)
		return codeFailed
	case err != nil:
		return s.noCase(err, func(text string) { complain(errs, text) })
	case ask.erase:
		s.say(fmt.Sprintf(sayTapeGone, c.Number()))
		return codeDone
	}
	tapes := flows.Tapes(rs)
	if len(tapes) == 0 {
		complain(errs, fmt.Sprintf(sayTapeNone, c.Number()))
		return codeFailed
	}
	return s.writesTapes(ctx, tapes, ask, string(c.Number()), errs)
}

// writesTapes writes recordings as an asciicast, until ctx ends. Of one that is cut
// whole lines are written, and it is said why.
func (s *session) writesTapes(ctx context.Context, tapes []flows.Tape, ask tapeAsk, number string, errs io.Writer) int {
	l := s.srv.o.Limits
	to := &unhurried{s: s, ctx: ctx, left: l.Recording}
	err := tui.Cast(ctx, to, tapes, tui.CastOptions{Profiles: s.srv.o.Profiles, Width: ask.width, Height: ask.height, Case: number})
	if err == nil {
		return codeDone
	}
	s.srv.o.Log.Info("a recording was not written to its end", "from", s.from(), "case", number, "why", err.Error())
	switch {
	case s.ctx.Err() != nil: // nobody is there
	case errors.Is(err, errSlow):
		complain(errs, fmt.Sprintf(sayTapeStalled, l.Stall))
	case errors.Is(err, context.DeadlineExceeded):
		complain(errs, fmt.Sprintf(sayTapeSlow, l.Command))
	case errors.Is(err, errLongTape):
		complain(errs, fmt.Sprintf(sayTapeLong, l.Recording>>10))
	default:
		complain(errs, sayTapeOver)
	}
	return codeFailed
}

// unrecord takes back every yes to be recorded. It is done once however often it is
// tried, and where there is nothing to erase nothing is added.
func unrecord(ctx context.Context, c *cases.Case, now func() time.Time) error {
	writer := flows.WriterID(rand.Text())
	for {
		rs, err := c.Since(ctx, 0)
		if err != nil {
			return err
		}
		if len(flows.Tapes(rs)) == 0 {
			return nil
		}
		last := rs[len(rs)-1]
		at := now().UTC().Round(0)
		if at.Before(last.At) {
			at = last.At
		}
		_, err = c.Append(ctx, last.Seq, flows.Record{Seq: last.Seq + 1, Writer: writer, N: 1, At: at, By: flows.ByPerson, Event: flows.Unrecorded{}})
		if !errors.Is(err, flows.ErrConflict) {
			return err
		}
	}
}

// errLongTape says that a recording is longer than one may be.
var errLongTape = errors.New("the recording is too long")

// unhurried is the client's output for what is long, line by line: it waits until the
// client has read what came before, so that none is given up for reading slowly, unless
// it reads nothing for as long as Limits.Stall. After the end of ctx, and where left
// would be spent, no line is begun; one that was begun is given lastWords more.
type unhurried struct {
	s    *session
	ctx  context.Context //nolint:containedctx // what is written through it ends with that
	left int             // how much may be written, in bytes

	may func() error // whether the client may still have it, before each part; nil: they may
}

// Write implements io.Writer: each call is a line.
func (u *unhurried) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	if u.left -= len(p); u.left < 0 {
		return 0, errLongTape
	}
	var late <-chan time.Time
	if at, ends := u.ctx.Deadline(); ends {
		t := time.NewTimer(time.Until(at) + lastWords)
		defer t.Stop()
		late = t.C
	}
	l := u.s.srv.o.Limits
	stall := time.NewTimer(l.Stall)
	defer stall.Stop()
	for written := 0; ; stall.Reset(l.Stall) {
		select {
		case <-u.s.out.empty():
		case <-stall.C:
			return written, errSlow
		case <-late:
			return written, u.ctx.Err()
		case <-u.s.ctx.Done():
			return written, context.Cause(u.s.ctx)
		}
		if u.may != nil { // since the part before
			if err := u.may(); err != nil {
				return written, err
			}
		}
		part := p[written:min(len(p), written+min(mostAtOnce, l.Pending))]
		if _, err := u.s.out.Write(part); err != nil {
			return written, err
		}
		if written += len(part); written == len(p) {
			return written, nil
		}
	}
}

// mostAtOnce is how much of what is long waits for a client at a time, in bytes.
const mostAtOnce = 16 << 10
