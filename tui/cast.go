package tui

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"onboard.example/flows"
)

// CastOptions say how a recording is written as a file.
type CastOptions struct {
	Width, Height int             // of its window, in cells; 0: DefaultCastWidth and DefaultCastHeight
	Profiles      []flows.Profile // the apps that the customer chooses from
	Case          string          // the case's public number; empty: it is not told
}

// The window of a cast, and what it may be.
const (
	DefaultCastWidth, DefaultCastHeight = 100, 30
	leastCastWidth, leastCastHeight     = 40, 10
	mostCastWidth, mostCastHeight       = 200, 60
)

// CastFits says whether a cast can have a window of a size.
func CastFits(width, height int) bool {
	return width >= leastCastWidth && width <= mostCastWidth && height >= leastCastHeight && height <= mostCastHeight
}

// ErrNoTape says that there is nothing to write.
var ErrNoTape = errors.New("nothing was recorded")

// castFrame is the shortest time between two frames of a cast: what happened within
// one is drawn once, as it was in the end.
const castFrame = 33 * time.Millisecond

// castIdle is how long a player waits at most where nothing happens; the file says so,
// and has the true times. castGap is the time between two recordings in it.
const (
	castIdle = 2 * time.Second
	castGap  = 2 * time.Second
)

// castHead is the first line of the file: the header of an asciicast, version 2
// (https://docs.asciinema.org/manual/asciicast/v2/).
type castHead struct {
	Version   int               `json:"version"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	Timestamp int64             `json:"timestamp"`
	Duration  float64           `json:"duration"`
	IdleLimit float64           `json:"idle_time_limit"`
	Title     string            `json:"title"`
	Env       map[string]string `json:"env"`
}

// Cast writes recordings as one asciicast of version 2: the customer's screen, drawn
// anew from the model for a window of the size asked for, as the guide was shown it. A
// marker stands where each of them begins. The errors are ErrNoTape, ctx's and w's.
func Cast(ctx context.Context, w io.Writer, tapes []flows.Tape, o CastOptions) error {
	if len(tapes) == 0 {
		return fmt.Errorf("writing a recording: %w", ErrNoTape)
	}
	z := sizeOf(cmp.Or(o.Width, DefaultCastWidth), cmp.Or(o.Height, DefaultCastHeight))
	c := &cast{to: json.NewEncoder(w), draw: filmOptions{size: z, in: time.UTC, profiles: o.Profiles}}
	c.to.SetEscapeHTML(false)
	head := castHead{
		Version: 2, Width: z.w, Height: z.h, Timestamp: tapes[0].Recording().Since.Unix(), IdleLimit: castIdle.Seconds(),
		Title: fill(wordCastTitle, "case", o.Case), Env: map[string]string{"TERM": castTerm},
	}
	if o.Case == "" {
		head.Title = wordCastUntitled
	}
	for i, t := range tapes {
		head.Duration += seconds(lengthOf(t))
		if i > 0 {
			head.Duration += castGap.Seconds()
		}
	}
	err := c.to.Encode(head)
	for i, t := range tapes {
		if err == nil {
			err = c.roll(ctx, t, i+1, len(tapes))
		}
	}
	if err != nil {
		return fmt.Errorf("writing a recording: %w", err)
	}
	return nil
}

const castTerm = "xterm-256color"

// lengthOf is how long a tape is.
func lengthOf(t flows.Tape) time.Duration { return max(t.End().Sub(t.Recording().Since), 0) }

// seconds are those of a time, to the microsecond.
func seconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }

// cast is a file that is being written.
type cast struct {
	to   *json.Encoder
	draw filmOptions
	from time.Duration // of the tape that is written, in the file
}

// event writes one.
func (c *cast) event(at time.Duration, kind, data string) error {
	return c.to.Encode([]any{seconds(c.from + at), kind, data})
}

// roll writes a tape. Each begins with a screen of its own, so that a player can begin
// there.
func (c *cast) roll(ctx context.Context, t flows.Tape, n, of int) error {
	r := t.Recording()
	f, z := newFilm(ctx, t, c.draw), c.draw.size
	f.m.guide.alone = true
	f.m.guide.reel = func(w int) row { return f.castBar(w) }
	var made bytes.Buffer
	draws := &canvas{out: &made, profile: colorprofile.TrueColor, frames: new(Frames), on: true}
	draws.resize(z.w, z.h)
	made.WriteString(castClear)
	foot := say(RoleSubtle, fill(wordCastFoot, "n", number(n), "of", number(of), "who", clean(r.Guide.Called())))
	show := func(at time.Duration) error {
		draws.draw(tea.NewView(f.m.paint(f.rows(z, foot), z.w)))
		if made.Len() == 0 { // nothing is seen of what happened
			return nil
		}
		defer made.Reset()
		return c.event(at, "o", made.String())
	}
	err := c.event(0, "m", fill(wordCastMark, "n", number(n), "who", clean(r.Guide.Called()), "at", r.Since.UTC().Format(castStamp)))
	var drawn time.Duration
	for i, at := range f.times {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		since := at.Sub(f.times[0])
		if i+1 < len(f.times) && f.times[i+1].Sub(f.times[0])-drawn < castFrame {
			continue // the next comes before this could be seen
		}
		f.seek(i)
		drawn, err = since, show(since)
	}
	length := lengthOf(t)
	f.m.guide.reel = func(w int) row { return say(RoleWarn, cut(fill(wordCastEnd, "why", castEndWord(r)), w, false)) }
	err = cmp.Or(err, show(length))
	if n == of {
		err = cmp.Or(err, c.event(length, "o", castOver))
	}
	c.from += length + castGap
	return err
}

// castClear begins a recording on an empty screen without a cursor.
const castClear = "\x1b[?25l\x1b[0m\x1b[2J\x1b[H"

// castOver gives a player's terminal its cursor and colours back.
const castOver = "\x1b[0m\x1b[?25h"

// castStamp is how a day and its time are told.
const castStamp = "2006-01-02 15:04:05 UTC"

// castBar says in the file what it is, and when that was.
func (f *film) castBar(w int) row {
	who, at := clean(f.tape.Recording().Guide.Called()), f.now().UTC()
	for _, s := range []string{fill(wordCastBar, "who", who, "at", at.Format(castStamp)), fill(wordCastBarShort, "at", at.Format(castStamp))} {
		if cells(s) <= w {
			return say(RoleWarn, s)
		}
	}
	return say(RoleWarn, cut(fill(wordCastBarShort, "at", at.Format("15:04:05")), w, false))
}

// castEndWord says why a recording ended.
func castEndWord(r flows.Recording) string {
	if why, ok := reelEndWords[r.Why]; ok {
		return fill(why, "who", clean(r.Guide.Name))
	}
	return wordReelGoesOn
}
