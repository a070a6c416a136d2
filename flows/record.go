package flows

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"
)

// WriterID names one appender of a journal: a process, or a guide's handle.
type WriterID string

// guideWriter begins the name of each writer that is a guide's handle, and of no other:
// drivers draw theirs, and it has no such sign.
const guideWriter = "guide-"

// GuideWriter names the handle of a guide on a visit.
func GuideWriter(id VisitID) WriterID { return WriterID(guideWriter + string(id)) }

// IsGuide says whether it is a guide's handle.
func (w WriterID) IsGuide() bool { return strings.HasPrefix(string(w), guideWriter) }

// Author is who caused an event.
type Author string

// The authors: the person at the run, our driver, a guide who watches, and the
// server by which guides come.
const (
	ByPerson Author = "person"
	ByDriver Author = "driver"
	ByGuide  Author = "guide"
	ByServer Author = "server"
)

// Record is an event as a journal keeps it. Seq is its place in the journal,
// from 1 without gaps; (Writer, N) names it for good, so that an append whose
// answer was lost can be tried again without writing it twice.
type Record struct {
	Seq    uint64
	Writer WriterID
	N      uint64
	At     time.Time
	By     Author
	Event  Event
}

// ErrConflict says that somebody else appended first: read Since, then try
// again after what came in between.
var ErrConflict = errors.New("somebody else wrote first")

// ErrGone says that a journal is no more, for good: it was erased, or its time is
// over. Nobody need look again.
var ErrGone = errors.New("the run is gone")

// ErrUnheard says that nobody heard whether an append is stored: it may be, or be yet,
// and who watches is woken then. It stands beside the reason.
var ErrUnheard = errors.New("it is not known whether it is stored")

// ErrFull says that a journal has reached its size, and takes nothing more but ends: see
// EndRoomFor. It stands beside the reason.
var ErrFull = errors.New("the run has reached its size")

// What a journal takes of ends beyond its size, in bytes: in EndRoom without ServerRoom, records of up to
// MostEnd each. It is bounded by what can be open then, for beyond the size nothing is
// opened any more: mostAsked requests, mostGuides watches, a recording and a request to
// record, and the run. Of these sixteen each may be ended by several at once, which do
// not know of each other: the person, the guide, and the servers that either is at.
// ServerRoom comes on top, for what the server says (ByServer), of guides too: whoever else
// writes can never use that up, nor has where they wrote before there was that.
const (
	MostEnd    = 1 << 10
	ServerRoom = 2 * (mostAsked + mostGuides + 4) * MostEnd
	EndRoom    = 4*(mostAsked+mostGuides+4)*MostEnd + ServerRoom
)

// Ends says whether an event only takes away from guides what they have, or ends the run
// with all of that: what lets nobody see anything more, so that it must never be what
// there is no room for.
func Ends(e Event) bool {
	switch e := e.(type) {
	case Watched:
		return !e.Here
	case Recorded:
		return !e.On
	case Unrecorded, Ended:
		return true
	}
	return false
}

// EndRoomFor is how far past its size a journal takes records at once, of which each takes
// as many bytes as stand at its place in sizes: not at all unless all are ends, and each
// no more than MostEnd; all of EndRoom where all are the server's, else less ServerRoom.
func EndRoomFor(rs []Record, sizes []int64) int64 {
	room := int64(EndRoom)
	for i, r := range rs {
		if !Ends(r.Event) || sizes[i] > MostEnd {
			return 0
		}
		if r.By != ByServer {
			room = EndRoom - ServerRoom
		}
	}
	return room
}

// EndsNothing says whether a record is an end that changes nothing in the state before it:
// of what is over, or never was. Of Unrecorded the state does not say all, for it erases
// recordings that have ended, too: taped is what MayBeTaped says of the records before.
func EndsNothing(s State, r Record, taped bool) bool {
	_, erases := r.Event.(Unrecorded)
	if !Ends(r.Event) || erases && taped && MayAppend(r.By, r.Event) {
		return false
	}
	next := Fold(s, r)
	next.Seq, next.At = s.Seq, s.At
	return reflect.DeepEqual(s, next)
}

// MayBeTaped says whether Tapes of a journal may give any, after a record and what it said
// before that. Where it says no there are none.
func MayBeTaped(before bool, r Record) bool {
	switch e := r.Event.(type) {
	case Recorded:
		return before || e.On
	case Unrecorded:
		return before && !MayAppend(r.By, e)
	}
	return before
}

// Journal keeps the records of one run. Readers keep their own place, so none
// can slow a writer. It is safe for use by several goroutines.
type Journal interface {
	// Append stores r after the record with number after and returns the
	// number of the last record stored. Seq of r is assigned. It returns
	// ErrConflict, storing nothing, where the journal has gone on past after,
	// unless every record of r, by Writer and N, is there already: then it
	// returns where the last of them is. After ErrUnheard they may be stored. After
	// ErrFull it takes ends alone.
	Append(ctx context.Context, after uint64, r ...Record) (uint64, error)
	// Since returns the records after a number, in order. It returns ErrGone, or an
	// error that is one, of a journal that is no more.
	Since(ctx context.Context, after uint64) ([]Record, error)
	// Watch gives a wake-up after records were appended: never data, and two
	// quick ones may be one. The channel closes when ctx ends.
	Watch(ctx context.Context) <-chan struct{}
}

// MayAppend says whether an author may cause an event. Guides point, note,
// suggest and ask to look again; nothing else of theirs enters a journal. Who
// asks to watch or to record is the server's word, and the yes to it the person's.
func MayAppend(by Author, e Event) bool {
	switch e := e.(type) {
	case AskedToWatch:
		return by == ByServer
	case Watched:
		if e.Here {
			return by == ByPerson
		}
		return by != ByGuide
	case AskedToRecord:
		return by == ByServer
	case Recorded:
		if e.On {
			return by == ByPerson
		}
		return by == ByPerson || by == ByServer
	case Unrecorded:
		return by == ByPerson
	case Pointed, Suggested:
		return by == ByGuide
	case Noted, AskedAgain:
		return by != ByServer
	}
	return by != ByGuide && by != ByServer
}
