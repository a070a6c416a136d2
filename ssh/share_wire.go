package ssh

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// A run on its person's own machine is shared over a channel of SSH: the user is
// share, the command share, and either side writes lines of JSON. What goes up are
// records of the run, as far as flows.Offered lets them leave; each has the number that
// it has in the journal at home, and the server says up to which it has them. What
// comes down is what guides do: they ask, point, write, suggest, wish for a look, ask to
// record and leave, each with its number in the case's journal, by which the machine at home knows
// what it has heard before. Neither takes the other's word for anything: see home and
// run.Callers. Times are told by how long ago or from now they are, for the two clocks
// need not agree.

// shareVersion is the version of what is spoken.
const shareVersion = 1

// Bounds of a line, in bytes.
const (
	mostUp   = flows.MaxRecord + 1024
	mostDown = 16 << 10
)

// errLine says that a line is none of what is spoken.
var errLine = errors.New("what came is nothing that is spoken here")

// upLine is a line from home: a greeting, a record, or a goodbye.
type upLine struct {
	Hello *upHello `json:"hello,omitempty"`
	// N is the number of the record at home, Ago how many milliseconds ago it was.
	N     uint64          `json:"n,omitempty"`
	Ago   int64           `json:"ago,omitempty"`
	By    flows.Author    `json:"by,omitempty"`
	Kind  flows.Kind      `json:"kind,omitempty"`
	Event json.RawMessage `json:"event,omitempty"`
	Bye   bool            `json:"bye,omitempty"` // the person left
}

// upHello is the greeting: a code where a case is gone on with, and up to which of the
// case's records its guides were heard.
type upHello struct {
	Share int    `json:"share"` // shareVersion
	Code  string `json:"code,omitempty"`
	Seen  uint64 `json:"seen,omitempty"`
}

// downLine is a line from the server: which case it is, up to which record it has the
// run, what a guide does, or why it ends.
type downLine struct {
	Case *downCase `json:"case,omitempty"`
	Ack  uint64    `json:"ack,omitempty"`
	Say  *downSay  `json:"say,omitempty"`
	End  shareEnd  `json:"end,omitempty"`
}

// downCase is the case of the run; without a number there is none yet. The code comes
// once, when the case is made.
type downCase struct {
	Number string `json:"number,omitempty"`
	Code   string `json:"code,omitempty"`
	Have   uint64 `json:"have,omitempty"`
}

// downSay is what a guide does; there is nothing else that one could do.
type downSay struct {
	N     uint64        `json:"n"`
	What  sayWhat       `json:"what"`
	Visit flows.VisitID `json:"visit"`
	Name  string        `json:"name,omitempty"`  // of who asks
	Org   string        `json:"org,omitempty"`   // likewise
	Wait  int64         `json:"wait,omitempty"`  // milliseconds in which it can be answered
	Lasts int64         `json:"lasts,omitempty"` // milliseconds that a yes lasts
	// From and FromOrg are who handed the case to who asks, Over the visit that a yes ends.
	From    string        `json:"from,omitempty"`
	FromOrg string        `json:"fromOrg,omitempty"`
	Over    flows.VisitID `json:"over,omitempty"`

	Why  flows.WatchEnd `json:"why,omitempty"`  // of who is gone
	At   string         `json:"at,omitempty"`   // what is pointed at
	Text string         `json:"text,omitempty"` // of a note
	Path flows.PathID   `json:"path,omitempty"` // that is suggested

	// Keeps is how many milliseconds what is recorded is kept, and End why a recording is
	// over.
	// Ask is of which request either is.
	Ask   flows.TapeID    `json:"ask,omitempty"`
	Keeps int64           `json:"keeps,omitempty"`
	End   flows.RecordEnd `json:"end,omitempty"`
}

// sayWhat is one of the things that a guide does.
type sayWhat string

const (
	sayAsk     sayWhat = "ask"
	sayGone    sayWhat = "gone"
	sayPoint   sayWhat = "point"
	sayNote    sayWhat = "note"
	saySuggest sayWhat = "suggest"
	sayAgain   sayWhat = "again"
	sayRecord  sayWhat = "record"
	sayTapeEnd sayWhat = "recorded"
)

// shareEnd is why the server ends it.
type shareEnd string

const (
	endIdle    shareEnd = "idle"    // nothing came for a while
	endTotal   shareEnd = "total"   // it lasted as long as one may
	endDrained shareEnd = "drained" // the server stops
	endAway    shareEnd = "away"    // the cases cannot be reached
	endBroke   shareEnd = "broke"   // the server made a mistake
	endErased  shareEnd = "erased"  // the case is erased, or its time is over
	endTaken   shareEnd = "taken"   // it is shared from elsewhere now
	endFlood   shareEnd = "flood"   // too much came
	endMany    shareEnd = "many"    // too many cases were begun from there
	endLong    shareEnd = "long"    // the run is longer than a case may be
	endRefused shareEnd = "refused" // what came is nothing that is taken here
	endBanned  shareEnd = "banned"
)

// again says whether it is worth while to come back after an end.
func (e shareEnd) again() bool {
	switch e {
	case "", endIdle, endTotal, endDrained, endAway, endBroke:
		return true
	case endErased, endTaken, endFlood, endMany, endLong, endRefused, endBanned:
	}
	return false
}

// downOf is what goes down of a record of the case, in the state before it; nil: nothing.
// A request that can be answered no more is nobody's any more. What the person does here
// by their code, and not at home, goes down too.
func downOf(s flows.State, r flows.Record, now time.Time) *downSay {
	_, erased := r.Event.(flows.Unrecorded)
	here := erased && r.By == flows.ByPerson && r.Writer != homeWriter
	if r.By != flows.ByGuide && r.By != flows.ByServer && !here || !flows.MayAppend(r.By, r.Event) {
		return nil
	}
	d := &downSay{N: r.Seq}
	switch e := r.Event.(type) {
	case flows.AskedToWatch:
		wait := e.Until.Sub(now)
		if wait <= 0 {
			return nil
		}
		d.What, d.Visit, d.Name, d.Org, d.Wait, d.Lasts = sayAsk, e.Visit, e.Guide, e.Org, wait.Milliseconds(), e.Lasts.Milliseconds()
		d.From, d.FromOrg, d.Over = e.From, e.FromOrg, e.Over
	case flows.Watched:
		d.What, d.Visit, d.Why = sayGone, e.Visit, e.Why
	case flows.Pointed:
		d.What, d.Visit, d.At = sayPoint, e.Visit, e.At
	case flows.Noted:
		d.What, d.Visit, d.Text = sayNote, e.Visit, e.Text
	case flows.Suggested:
		d.What, d.Visit, d.Path = saySuggest, e.Visit, e.Path
	case flows.AskedAgain:
		d.What, d.Visit = sayAgain, e.Visit
	case flows.AskedToRecord:
		wait := e.Until.Sub(now)
		if wait <= 0 {
			return nil
		}
		d.What, d.Visit, d.Ask, d.Wait, d.Keeps = sayRecord, e.Visit, e.Ask, wait.Milliseconds(), e.Keeps.Milliseconds()
	case flows.Recorded:
		d.What, d.Visit, d.Ask, d.End = sayTapeEnd, e.Visit, e.Ask, e.Why
	case flows.Unrecorded:
		a, asks := s.AsksToRecord(s.At)
		on, is := s.Recorded(s.At)
		switch {
		case is:
			d.Visit, d.Ask = on.Guide.Visit, on.Ask
		case asks:
			d.Visit, d.Ask = a.Guide.Visit, a.ID
		default:
			return nil
		}
		d.What, d.End = sayTapeEnd, flows.RecordErased
	default:
		return nil
	}
	return d
}

// known says whether a line from the server can be meant: one thing at a time, a number
// and a code that are such, and of a guide what a guide does.
func (d *downLine) known() bool {
	n := 0
	if d.Case != nil {
		n++
		if d.Case.Number != "" {
			if number, err := cases.ParseNumber(d.Case.Number); err != nil || string(number) != d.Case.Number {
				return false
			}
		}
		if d.Case.Code != "" {
			if code, err := cases.ParseCode(d.Case.Code); err != nil || code.Reveal() != d.Case.Code || d.Case.Number == "" {
				return false
			}
		}
	}
	if d.Ack > 0 {
		n++
	}
	if d.End != "" {
		n++
	}
	if d.Say == nil {
		return n == 1
	}
	switch d.Say.What {
	case sayAsk, sayGone, sayPoint, sayNote, saySuggest, sayAgain, sayRecord, sayTapeEnd:
		return n == 0 && d.Say.N > 0 && d.Say.Visit != ""
	}
	return false
}

// lineReader reads lines of bounded length.
type lineReader struct{ *bufio.Scanner }

func newLineReader(from io.Reader, most int) lineReader {
	s := bufio.NewScanner(from)
	s.Buffer(make([]byte, 0, 1<<10), most)
	return lineReader{s}
}

// next reads one line into v. It fails with io.EOF at the end, with errLine of what is
// too long or is no such line, and with what went wrong with reading.
func (l lineReader) next(v any) error {
	if !l.Scan() {
		switch err := l.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return errLine
		case err != nil:
			return fmt.Errorf("reading a line: %w", err)
		}
		return io.EOF
	}
	d := json.NewDecoder(bytes.NewReader(l.Bytes()))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil || d.More() {
		return errLine
	}
	return nil
}

// writeLine writes v as a line.
func writeLine(to io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing a line: %w", err)
	}
	if _, err := to.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("writing a line: %w", err)
	}
	return nil
}
