package flows

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// TestEndRoomIsForSmallEndsAndPartOfItForTheServer holds which records a journal takes past
// its size, and how far.
func TestEndRoomIsForSmallEndsAndPartOfItForTheServer(t *testing.T) {
	t.Parallel()
	by := func(of Author, e Event) Record { return Record{By: of, Event: e} }
	server, person, driver := by(ByServer, Watched{Visit: "v"}), by(ByPerson, Watched{Visit: "v"}), by(ByDriver, Watched{Visit: "v"})
	const whole, part = EndRoom, EndRoom - ServerRoom
	for name, c := range map[string]struct {
		rs    []Record
		sizes []int64
		want  int64
	}{
		"the server's":                    {[]Record{server}, []int64{MostEnd}, whole},
		"a byte too large":                {[]Record{server}, []int64{MostEnd + 1}, 0},
		"a person's":                      {[]Record{person}, []int64{MostEnd}, part},
		"a program's":                     {[]Record{driver}, []int64{1}, part},
		"the server's with another":       {[]Record{server, person}, []int64{1, 1}, part},
		"another with the server's":       {[]Record{person, server}, []int64{1, 1}, part},
		"a large one beside a small":      {[]Record{server, server}, []int64{1, MostEnd + 1}, 0},
		"a large one before a small":      {[]Record{person, server}, []int64{MostEnd + 1, 1}, 0},
		"with what is no end":             {[]Record{server, by(ByServer, AskedToWatch{Visit: "v"})}, []int64{1, 1}, 0},
		"a yes":                           {[]Record{by(ByPerson, Watched{Visit: "v", Here: true})}, []int64{1}, 0},
		"a yes to be recorded":            {[]Record{by(ByPerson, Recorded{Visit: "v", On: true})}, []int64{1}, 0},
		"the end of a recording, the run": {[]Record{by(ByPerson, Recorded{}), by(ByPerson, Unrecorded{}), by(ByPerson, Ended{})}, []int64{1, 1, 1}, part},
	} {
		if got := EndRoomFor(c.rs, c.sizes); got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, got, c.want)
		}
	}
	if part < (mostAsked+mostGuides+4)*MostEnd {
		t.Errorf("of %d things that can be open not each can be ended by the person in %d bytes", mostAsked+mostGuides+4, part)
	}
}

// TestAnEndOfNothingCanBeLeftOut holds, over runs of any order, that without the ends of
// nothing a run is the same, and so is what was recorded of it; and that of the ends that
// can come past a journal's size no more count than there is to end.
func TestAnEndOfNothingCanBeLeftOut(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	authors := []Author{ByPerson, ByPerson, ByDriver, ByServer}
	left, erased := 0, 0
	for seed := range uint64(400) {
		rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
		visit := func() VisitID { return []VisitID{"", "a", "b", "junk"}[rnd.IntN(4)] }
		at := begun
		make := []func() Record{
			func() Record {
				v := visit()
				return Record{By: ByServer, Event: AskedToWatch{Visit: v, Guide: "Guide " + string(v), Org: "O", Until: at.Add(AskWait), Lasts: 20 * time.Minute}}
			},
			func() Record { return Record{By: ByPerson, Event: Watched{Visit: visit(), Here: true}} },
			func() Record {
				return Record{By: ByServer, Event: AskedToRecord{Visit: visit(), Ask: "x", Until: at.Add(AskWait)}}
			},
			func() Record { return Record{By: ByPerson, Event: Recorded{Visit: visit(), Ask: "x", On: true}} },
			func() Record {
				return Record{By: authors[rnd.IntN(4)], Event: Watched{Visit: visit(), Why: WatchStopped}}
			},
			func() Record {
				return Record{By: authors[rnd.IntN(4)], Event: Recorded{Visit: visit(), Ask: "x", Why: RecordRefused}}
			},
			func() Record { return Record{By: authors[rnd.IntN(4)], Event: Unrecorded{}} },
			func() Record { return Record{By: ByPerson, Event: Noted{Text: "n"}} },
		}
		var all, kept []Record
		var s State
		taped := false
		for n := range uint64(80) {
			at = at.Add(time.Duration(rnd.IntN(90)) * time.Second)
			r := make[rnd.IntN(len(make))]()
			if n == 75 {
				r = Record{By: ByPerson, Event: Ended{Why: EndDone}}
			}
			r.Seq, r.At, r.Writer, r.N = n+1, at, "w", n+1
			all = append(all, r)
			if EndsNothing(s, r, taped) {
				left++
				continue
			}
			if _, is := r.Event.(Unrecorded); is && s.TapeAsk == nil && (s.Recording == nil || !s.Recording.Over.IsZero()) {
				erased++
			}
			kept, s, taped = append(kept, r), Fold(s, r), MayBeTaped(taped, r)
			if !taped && len(Tapes(kept)) > 0 {
				t.Fatalf("seed %d: recorded is what is said not to be", seed)
			}
		}
		whole := Fold(State{}, all...)
		whole.Seq, whole.At = s.Seq, s.At
		if !reflect.DeepEqual(whole, s) {
			t.Fatalf("seed %d: the run is another:\n%+v\n%+v", seed, s, whole)
		}
		if a, b := Tapes(all), Tapes(kept); len(a) != len(b) {
			t.Fatalf("seed %d: %d recordings, and %d of the whole", seed, len(b), len(a))
		}
	}
	if left < 100 || erased < 10 {
		t.Errorf("%d ends of nothing, %d that erase what is over: too few to hold anything", left, erased)
	}
}
