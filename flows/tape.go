package flows

import (
	"slices"
	"time"
)

// A recording is no copy of anything: it is a yes in the journal, and what lay
// between that yes and its end can be replayed for as long as the journal is there.
// Both have said yes to it: the guide by asking, the person by the answer. Without
// both there is no Tape, and a Tape is all that can be replayed.

// AskedToRecord says that a guide who watches asks to record. It is the server's word
// alone, as AskedToWatch is, and the guide's own yes.
type AskedToRecord struct {
	Visit VisitID `json:"visit"` // a watch that goes on
	// Ask names the request: the answer is to that and to no other of the visit's. It is
	// empty in journals of before there was one.
	Ask TapeID `json:"ask,omitempty"`
	// Until is when it can be answered no more, at most AskWait after it.
	Until time.Time `json:"until"`
	// Keeps is how long a case is kept at the server after its last change, and with it
	// what is recorded; 0: it does not say.
	Keeps time.Duration `json:"keeps,omitempty"`
}

// Recorded is the answer to a guide who asks to record, and the end of a recording.
// The yes is the person's alone, and counts once it is stored.
type Recorded struct {
	Visit VisitID `json:"visit"`
	Ask   TapeID  `json:"ask,omitempty"` // of which request
	On    bool    `json:"on"`            // the yes
	// Why is why it was not to be, or is over.
	Why RecordEnd `json:"why,omitempty"`
}

// TapeID names a request to record, drawn at random.
type TapeID string

// Unrecorded takes back every yes to be recorded that was given before: a recording
// that goes on ends, and of none of before a Tape is made any more. What happened in
// the run stays in its journal, as what happened without a yes does.
type Unrecorded struct{}

// Kind gives the tag.
func (AskedToRecord) Kind() Kind { return KindAskedRecord }

// Kind gives the tag.
func (Recorded) Kind() Kind { return KindRecorded }

// Kind gives the tag.
func (Unrecorded) Kind() Kind { return KindUnrecorded }

// RecordEnd is why a recording ended, or a request to record came to nothing.
type RecordEnd string

// The ends of a recording.
const (
	RecordRefused RecordEnd = "refused" // the person said no
	RecordStopped RecordEnd = "stopped" // the person ended it
	RecordLeft    RecordEnd = "left"    // the guide ended it, or takes the request back
	RecordWatch   RecordEnd = "watch"   // the watch ended, with everything under it
	RecordErased  RecordEnd = "erased"  // the person took the yes back
	RecordLate    RecordEnd = "late"    // the yes, from the person's own machine, came to the server when it counted no more
)

// Recording is a recording of a run.
type Recording struct {
	N     uint32 // counts those of the run, from 1
	Guide Guide  // who asked for it; it lasts no longer than their watch
	Ask   TapeID // by which request
	Since time.Time
	Over  time.Time // zero: nothing has ended it
	Why   RecordEnd // likewise empty
}

// holds says whether a recording goes on at a moment.
func (r *Recording) holds(at time.Time) bool {
	return r != nil && r.Over.IsZero() && r.Guide.Holds(at)
}

// Ended says whether nothing is added to a recording any more at a moment: something ended
// it, or the watch's time is over.
func (r Recording) Ended(at time.Time) bool { return !r.holds(at) }

// TapeAsk is a request to record.
type TapeAsk struct {
	Guide Guide
	ID    TapeID
	Until time.Time     // when it can be answered no more
	Keeps time.Duration // as in AskedToRecord, and never negative
}

// Recorded gives the recording that goes on at a moment.
func (s State) Recorded(at time.Time) (Recording, bool) {
	if !s.Recording.holds(at) {
		return Recording{}, false
	}
	return *s.Recording, true
}

// AsksToRecord gives the request to record, if it can still be answered at a moment.
func (s State) AsksToRecord(at time.Time) (TapeAsk, bool) {
	a := s.TapeAsk
	if a == nil || !at.Before(a.Until) {
		return TapeAsk{}, false
	}
	if _, watches := s.Watching(a.Guide.Visit, at); !watches {
		return TapeAsk{}, false
	}
	return *a, true
}

// Same says whether two are one request.
func (a TapeAsk) Same(b TapeAsk) bool { return a.Guide.Visit == b.Guide.Visit && a.ID == b.ID }

// Began says whether a recording is of the yes to this request.
func (a TapeAsk) Began(r Recording) bool { return a.Guide.Visit == r.Guide.Visit && a.ID == r.Ask }

// Yes is the answer that lets it be recorded.
func (a TapeAsk) Yes() Recorded { return Recorded{Visit: a.Guide.Visit, Ask: a.ID, On: true} }

// Ends takes a request back, or refuses it.
func (a TapeAsk) Ends(why RecordEnd) Recorded {
	return Recorded{Visit: a.Guide.Visit, Ask: a.ID, Why: why}
}

// Ends ends a recording.
func (r Recording) Ends(why RecordEnd) Recorded {
	return Recorded{Visit: r.Guide.Visit, Ask: r.Ask, Why: why}
}

// askedToRecord takes a request to record. One by nobody who watches, one that comes
// too often, and one while something is recorded or asked already changes nothing.
func (s State) askedToRecord(e AskedToRecord) State {
	g, ok := s.Watching(e.Visit, s.At)
	until := e.Until
	if late := s.At.Add(AskWait); until.After(late) {
		until = late
	}
	if !ok || !s.At.Before(until) || s.Recording.holds(s.At) || s.tapesTooOften(g) {
		return s
	}
	if _, asks := s.AsksToRecord(s.At); asks {
		return s
	}
	s.tapers = kept(s.tapers, asked{visit: e.Visit, who: g.who(), at: s.At}, mostAsks)
	s.TapeAsk = &TapeAsk{Guide: g, ID: e.Ask, Until: until, Keeps: max(e.Keeps, 0)}
	return s
}

// tapesTooOften says whether a guide may not ask to record now, by the measure of
// requests to watch.
func (s State) tapesTooOften(g Guide) bool {
	times := 0
	for _, a := range s.tapers {
		if a.who != g.who() {
			continue
		}
		if !a.no.IsZero() && s.At.Before(a.no.Add(askAgain)) {
			return true
		}
		if s.At.Before(a.at.Add(askSpan)) {
			times++
		}
	}
	return times >= askEach
}

// recorded takes the answer to a request to record, or the end of a recording. A yes
// is to the request that stands.
func (s State) recorded(e Recorded) State {
	a, asks := s.AsksToRecord(s.At)
	asks = asks && a.Guide.Visit == e.Visit && a.ID == e.Ask
	switch {
	case e.On && asks:
		n := uint32(1)
		if s.Recording != nil {
			n += s.Recording.N
		}
		g, _ := s.Watching(e.Visit, s.At)
		s.TapeAsk, s.Recording = nil, &Recording{N: n, Guide: g, Ask: e.Ask, Since: s.At}
	case e.On:
	case asks:
		s.TapeAsk = nil
		if e.Why == RecordRefused {
			s.tapers = slices.Clone(s.tapers)
			s.tapers[len(s.tapers)-1].no = s.At // the latest is the one that stands
		}
	case s.Recording != nil && s.Recording.Over.IsZero() && s.Recording.Guide.Visit == e.Visit && s.Recording.Ask == e.Ask:
		r := *s.Recording
		r.Over, r.Why = s.At, e.Why
		s.Recording = &r
	}
	return s
}

// untape ends the recording that goes on, and takes a request back.
func (s State) untape(why RecordEnd) State {
	s.TapeAsk = nil
	if s.Recording != nil && s.Recording.Over.IsZero() {
		r := *s.Recording
		r.Over, r.Why = s.At, why
		s.Recording = &r
	}
	return s
}

// untapeOf is untape where it is of a watch, which ends.
func (s State) untapeOf(id VisitID) State {
	asks, r := s.TapeAsk != nil && s.TapeAsk.Guide.Visit == id, s.Recording
	if asks || r != nil && r.Over.IsZero() && r.Guide.Visit == id {
		return s.untape(RecordWatch)
	}
	return s
}

// Tape is what may be replayed of a run: one recording, as its guide was shown it.
// A Taper alone makes any; the zero value holds nothing.
type Tape struct {
	recording Recording
	base      State    // when the yes was given
	records   []Record // what came after it, before the end
}

// Tapes gives the recordings of a journal, whole from its first record on, oldest
// first: none where nobody said yes to one. What lies outside of a yes and its end is
// in none, and nor is what no guide is shown (see Shared). A recording that goes on is
// given as far as it has come.
//
// Times never run backwards in it: those of records are of several machines.
func Tapes(rs []Record) []Tape {
	var t Taper
	t.Add(rs...)
	return t.Tapes()
}

// Taper is Tapes of a journal that grows: each record is read once. The zero value has
// read none.
type Taper struct {
	state State
	out   []Tape
	on    *Tape     // that goes on; nil: none does
	at    time.Time // of the latest record
}

// Last is the number of the record that was added last.
func (t *Taper) Last() uint64 { return t.state.Seq }

// Tapes are those of what was added so far. What is added later changes none of them.
func (t *Taper) Tapes() []Tape {
	out := slices.Clone(t.out)
	if t.on != nil {
		out = append(out, *t.on)
	}
	return out
}

// Add adds the records that follow, in order.
func (t *Taper) Add(rs ...Record) {
	for _, r := range rs {
		t.add(r)
	}
}

func (t *Taper) add(r Record) {
	if r.At.After(t.at) {
		t.at = r.At
	}
	if _, ok := r.Event.(Unrecorded); ok && MayAppend(r.By, r.Event) { // after the end of the run, too
		t.out, t.on = nil, nil
	}
	r = Shared(t.state, r)
	t.state = Fold(t.state, r)
	s := t.state
	goesOn := s.Recording.holds(t.at)
	switch {
	case t.on == nil && goesOn:
		t.on = &Tape{recording: *s.Recording, base: s.unsaid(s.Recording.Guide)}
		t.on.recording.Since = t.at
	case t.on == nil:
	case goesOn && s.Recording.N == t.on.recording.N:
		r.At = t.at
		t.on.records = append(t.on.records, r)
	case !t.on.recording.Guide.Holds(t.at): // nobody was there to end it
		t.end(t.on.recording.Guide.Until, RecordWatch)
	default:
		t.end(t.at, s.Recording.Why)
	}
}

// end ends the recording that goes on.
func (t *Taper) end(over time.Time, why RecordEnd) {
	t.on.recording.Over, t.on.recording.Why = over, why
	t.out, t.on = append(t.out, *t.on), nil
}

// unsaid is a state without what was said, pointed at and advised before the yes,
// which was to that: of the guide who is recorded the screen keeps what stands on it,
// and of anybody else nothing.
func (s State) unsaid(of Guide) State {
	s.Notes, s.NotesCame, s.Parted, s.WatchesSigned = nil, 0, nil, 0
	s.Pointers = without(s.Pointers, func(p Pointed) bool { return p.Visit != of.Visit })
	s.Hints = without(s.Hints, func(h Suggested) bool { return h.From != of.Called() })
	return s
}

// Recording says who was recorded, and from when to when. Over is zero of one that
// goes on.
func (t Tape) Recording() Recording { return t.recording }

// Base is the run when the yes was given, without what was said until then, and Records what came after it, in order.
// Both are as the guide was shown them; the records are the reader's to read alone.
func (t Tape) Base() State { return t.base }

// Records are what came after Base.
func (t Tape) Records() []Record { return t.records[:len(t.records):len(t.records)] }

// End is when the tape ends: of a recording that goes on, with what happened last.
func (t Tape) End() time.Time {
	switch n := len(t.records); {
	case !t.recording.Over.IsZero():
		return t.recording.Over
	case n > 0:
		return t.records[n-1].At
	}
	return t.recording.Since
}
