package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"onboard.example/checks"
)

// The bounds of what an event may hold. Journals are read back from disks and
// from other writers, so the bounds are kept on the way in as well.
const (
	// MaxRecord is the largest encoded record, in bytes.
	MaxRecord  = 256 << 10
	mostString = 4096 // characters of one text
	mostList   = 256  // members of one list
)

// ErrTooLarge says that a record is beyond MaxRecord.
var ErrTooLarge = errors.New("the record is too large")

// Foreign is an event of a kind that this version does not know. It is kept as
// it was, so that a journal survives an older reader, and it changes nothing.
type Foreign struct {
	Tag  Kind
	Data json.RawMessage
}

// Kind gives the tag it came with.
func (f Foreign) Kind() Kind { return f.Tag }

// wireRecord is a record as a journal keeps it: one line of JSON.
type wireRecord struct {
	wireHead

	Event json.RawMessage `json:"event"`
}

// wireHead is what stands before the event in a wireRecord.
type wireHead struct {
	Seq    uint64    `json:"seq"`
	Writer WriterID  `json:"writer"`
	N      uint64    `json:"n"`
	At     time.Time `json:"at"`
	By     Author    `json:"by"`
	Kind   Kind      `json:"kind"`
}

// MarshalRecord writes a record as one line of JSON, without a line break.
func MarshalRecord(r Record) ([]byte, error) {
	if r.Event == nil {
		return nil, errors.New("writing a record: it has no event")
	}
	var event any = r.Event
	if f, ok := r.Event.(Foreign); ok {
		event = f.Data
	}
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("writing a %s event: %w", r.Event.Kind(), err)
	}
	head, err := json.Marshal(wireHead{r.Seq, r.Writer, r.N, r.At, r.By, r.Event.Kind()})
	if err != nil {
		return nil, fmt.Errorf("writing a record: %w", err)
	}
	// Put together here, the event is not looked through a second time.
	out := slices.Concat(head[:len(head)-1], []byte(`,"event":`), data, []byte{'}'})
	if len(out) > MaxRecord {
		return nil, fmt.Errorf("writing a %s event: %w", r.Event.Kind(), ErrTooLarge)
	}
	return out, nil
}

// UnmarshalRecord reads what MarshalRecord wrote. Texts are cleaned and lists
// bounded. A kind that is not known gives a Foreign event and no error.
func UnmarshalRecord(b []byte) (Record, error) {
	if len(b) > MaxRecord {
		return Record{}, fmt.Errorf("reading a record: %w", ErrTooLarge)
	}
	var w wireRecord
	if w.quick(b) {
		if e, err := decode(w.Kind, w.Event); err == nil {
			return Record{Seq: w.Seq, Writer: w.Writer, N: w.N, At: w.At.UTC(), By: w.By, Event: e}, nil
		}
	}
	w = wireRecord{}
	if err := json.Unmarshal(b, &w); err != nil {
		return Record{}, fmt.Errorf("reading a record: %w", err)
	}
	if w.Kind == "" || len(w.Event) == 0 {
		return Record{}, errors.New("reading a record: it has no event")
	}
	e, err := decode(w.Kind, w.Event)
	if err != nil {
		return Record{}, err
	}
	return Record{Seq: w.Seq, Writer: w.Writer, N: w.N, At: w.At.UTC(), By: w.By, Event: e}, nil
}

// quick reads what is around an event, as MarshalRecord writes it, so that a
// long journal is read in half the time: the event is then looked at once and
// not three times. It is false of anything written otherwise, and of a kind that
// is not known; the event's own JSON is not looked at.
func (w *wireRecord) quick(whole []byte) bool {
	b := whole
	var at, seq, writer, n, by, kind []byte
	for _, f := range []struct {
		to     *[]byte
		before string
		quoted bool
	}{
		{&seq, `{"seq":`, false},
		{&writer, `,"writer":`, true},
		{&n, `,"n":`, false},
		{&at, `,"at":`, true},
		{&by, `,"by":`, true},
		{&kind, `,"kind":`, true},
	} {
		var ok bool
		if b, ok = bytes.CutPrefix(b, []byte(f.before)); !ok {
			return false
		}
		if *f.to, b, ok = quickValue(b, f.quoted); !ok {
			return false
		}
	}
	b, ok := bytes.CutPrefix(b, []byte(`,"event":{`))
	if !ok || !bytes.HasSuffix(b, []byte("}}")) || eventTypes[Kind(kind)] == nil || w.At.UnmarshalText(at) != nil {
		return false
	}
	var err1, err2 error
	w.Seq, err1 = strconv.ParseUint(string(seq), 10, 64)
	w.N, err2 = strconv.ParseUint(string(n), 10, 64)
	w.Writer, w.By, w.Kind, w.Event = WriterID(writer), Author(by), Kind(kind), whole[len(whole)-len(b)-1:len(whole)-1]
	return err1 == nil && err2 == nil
}

// quickValue takes a number or a plain text in quotes off the front of b.
func quickValue(b []byte, quoted bool) (value, rest []byte, ok bool) {
	if quoted {
		if b, ok = bytes.CutPrefix(b, []byte{'"'}); !ok {
			return nil, nil, false
		}
	}
	end := 0
	for end < len(b) && (quoted && b[end] >= ' ' && b[end] <= '~' && b[end] != '"' && b[end] != '\\' || !quoted && b[end] >= '0' && b[end] <= '9') {
		end++
	}
	value, rest = b[:end], b[end:]
	if quoted {
		rest, ok = bytes.CutPrefix(rest, []byte{'"'})
		return value, rest, ok
	}
	return value, rest, end == 1 || end > 1 && value[0] != '0'
}

// decode reads an event of a kind.
func decode(k Kind, data json.RawMessage) (Event, error) {
	make, ok := eventTypes[k]
	if !ok {
		return Foreign{Tag: Kind(checks.Line(string(k), 40)), Data: data}, nil
	}
	e, err := make(data)
	if err != nil {
		return nil, fmt.Errorf("reading a %s event: %w", k, err)
	}
	if harmless(data) {
		return e, nil
	}
	return Clean(e), nil
}

// harmless says whether an encoded event is clean as it stands, as most are:
// then a journal is read in half the time. Without escapes and beyond ASCII
// nothing can hide, and its length and its commas bound its texts and lists.
func harmless(data []byte) bool {
	if len(data) > mostString || bytes.Count(data, []byte{','}) >= mostList {
		return false
	}
	for _, b := range data {
		if b < 0x20 || b > 0x7e || b == '\\' {
			return false
		}
	}
	return true
}

// eventTypes has the reader of each kind.
var eventTypes = map[Kind]func(json.RawMessage) (Event, error){
	KindStarted: read[Started], KindResumed: read[Resumed], KindPicked: read[Picked], KindAnswered: read[Answered],
	KindFound: read[Found], KindLooked: read[Looked], KindLearned: read[Learned], KindSignedIn: read[SignedIn], KindSignInFailed: read[SignInFailed],
	KindSignedOut: read[SignedOut], KindChose: read[Chose], KindClaimed: read[Claimed], KindPlanned: read[Planned],
	KindListening: read[Listening], KindReturned: read[Returned],
	KindRecalled:  read[Recalled],
	KindConfirmed: read[Confirmed], KindApplying: read[Applying], KindApplied: read[Applied], KindReread: read[Reread],
	KindStopped: read[Stopped], KindFiled: read[Filed], KindAdvanced: read[Advanced], KindWentBack: read[WentBack],
	KindNoted: read[Noted], KindPointed: read[Pointed], KindSuggested: read[Suggested], KindAskedAgain: read[AskedAgain],
	KindAskedToWatch: read[AskedToWatch], KindWatched: read[Watched], KindAskedRecord: read[AskedToRecord], KindRecorded: read[Recorded],
	KindUnrecorded: read[Unrecorded], KindTroubled: read[Troubled], KindEnded: read[Ended],
}

// Kinds are those of all events that this version knows, in the order of their names.
func Kinds() []Kind { return slices.Sorted(maps.Keys(eventTypes)) }

func read[E Event](data json.RawMessage) (Event, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, err
	}
	return e, nil
}

// Clean is an event with every text cleaned of control characters and bounded,
// every list bounded and every time in UTC, so that the event that is applied
// is the very event that a replay will give.
func Clean(e Event) Event {
	if e == nil {
		return nil
	}
	if f, ok := e.(Foreign); ok {
		return f
	}
	if f, ok := e.(Found); ok {
		f.Finding.Took = 0 // not kept in journals
		e = f
	}
	v := reflect.New(reflect.TypeOf(e)).Elem()
	v.Set(scrubbed(reflect.ValueOf(e)))
	if out, ok := v.Interface().(Event); ok {
		return out
	}
	return e
}

var timeType = reflect.TypeFor[time.Time]()

// scrubbed copies a value, cleaning what it holds. What it holds is structs,
// lists, maps and pointers of texts, numbers and times.
func scrubbed(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(checks.Line(v.String(), mostString))
	case reflect.Struct:
		if t, ok := reflect.TypeAssert[time.Time](v); ok && v.Type() == timeType {
			out.Set(reflect.ValueOf(t.UTC().Round(0)))
			break
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(scrubbed(v.Field(i)))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			break
		}
		n := min(v.Len(), mostList)
		out.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			out.Index(i).Set(scrubbed(v.Index(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(scrubbed(v.Elem()))
		}
	case reflect.Map:
		scrubMap(out, v)
	default:
		out.Set(v)
	}
	return out
}

func scrubMap(out, v reflect.Value) {
	if v.IsNil() || v.Len() > mostList { // which to keep would be a matter of chance
		return
	}
	out.Set(reflect.MakeMap(v.Type()))
	for it := v.MapRange(); it.Next(); {
		out.SetMapIndex(scrubbed(it.Key()), scrubbed(it.Value()))
	}
}
