package flows

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// story is a journal that is being written, with its fold.
type story struct {
	rs []Record
	s  State
}

// tells adds an event of an author, a moment after the one before.
func (j *story) tells(who Author, wait time.Duration, e Event) *story {
	r := Record{Seq: j.s.Seq + 1, Writer: "w", N: j.s.Seq + 1, At: j.s.At.Add(wait), By: who, Event: Clean(e)}
	j.rs, j.s = append(j.rs, r), Fold(j.s, r)
	return j
}

// watchedStory is a run that Ann Lee watches, under the visit v1.
func watchedStory() *story {
	j := &story{s: State{At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
	j.tells(ByPerson, 0, Started{Domain: "contoso.example", Nonce: "nonce-canary", Version: "test"})
	j.tells(ByServer, 0, asks(j.s, "v1", "Ann Lee"))
	return j.tells(ByPerson, time.Second, Watched{Visit: "v1", Here: true})
}

// askedStory is one in which she asked to record.
func askedStory() *story {
	j := watchedStory()
	return j.tells(ByServer, time.Second, AskedToRecord{Visit: "v1", Until: j.s.At.Add(AskWait)})
}

// TestARecordingNeedsBothYeses holds that nothing can be replayed of a journal in which
// not both agreed, whatever else stands in it.
func TestARecordingNeedsBothYeses(t *testing.T) {
	t.Parallel()
	yes := Recorded{Visit: "v1", On: true}
	if tapes := Tapes(askedStory().tells(ByPerson, time.Second, yes).tells(ByPerson, time.Second, Noted{Text: "seen"}).rs); len(tapes) != 1 || len(tapes[0].Records()) != 1 {
		t.Fatalf("with both yeses there are the tapes %+v", tapes)
	}
	for name, j := range map[string]*story{
		"nothing":            {},
		"a watch":            watchedStory(),
		"a question":         askedStory(),
		"a yes to nothing":   watchedStory().tells(ByPerson, 0, yes),
		"a yes of another":   askedStory().tells(ByPerson, 0, Recorded{Visit: "v2", On: true}),
		"a guide's yes":      askedStory().tells(ByGuide, 0, yes),
		"the server's yes":   askedStory().tells(ByServer, 0, yes),
		"the driver's yes":   askedStory().tells(ByDriver, 0, yes),
		"a yes that is late": askedStory().tells(ByPerson, AskWait, yes),
		"a no, then a yes":   askedStory().tells(ByPerson, 0, Recorded{Visit: "v1", Why: RecordRefused}).tells(ByPerson, 0, yes),
		"taken back":         askedStory().tells(ByServer, 0, Recorded{Visit: "v1", Why: RecordLeft}).tells(ByPerson, 0, yes),
		"the watch ended":    askedStory().tells(ByServer, 0, Watched{Visit: "v1", Why: WatchLeft}).tells(ByPerson, 0, yes),
		"the run ended":      askedStory().tells(ByPerson, 0, Ended{Why: EndLeft}).tells(ByPerson, 0, yes),
		"a guide's question": watchedStory().tells(ByGuide, 0, AskedToRecord{Visit: "v1", Until: time.Now().Add(time.Hour)}).tells(ByPerson, 0, yes),
		"a strange question": watchedStory().tells(ByServer, 0, AskedToRecord{Visit: "v2", Until: time.Now().Add(time.Hour)}).tells(ByPerson, 0, Recorded{Visit: "v2", On: true}),
	} {
		j.tells(ByPerson, time.Second, Noted{Text: "seen"})
		if _, on := j.s.Recorded(j.s.At); on || len(Tapes(j.rs)) != 0 {
			t.Errorf("after %s there are the tapes %+v", name, Tapes(j.rs))
		}
	}
}

// TestNoTapeWithoutAYesByChance puts events together at random: where no person said
// yes there is nothing to replay, and what is on a tape lies behind a person's yes.
func TestNoTapeWithoutAYesByChance(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(8, 1)) //nolint:gosec // it is to be the same each time
	authors := []Author{ByPerson, ByDriver, ByGuide, ByServer}
	taped := 0
	for range 3000 {
		j, said := watchedStory(), 0
		for range 12 {
			ask, yes, note := AskedToRecord{Visit: "v1", Until: j.s.At.Add(time.Minute)}, Recorded{Visit: "v1", On: true}, Noted{Text: "seen", Visit: "v1"}
			some := []Event{ask, ask, ask, ask, yes, yes, yes, yes, note, note, Recorded{Visit: "v1", Why: RecordStopped}, Watched{Visit: "v1", Why: WatchLeft}, Unrecorded{}, Ended{Why: EndLeft}}
			e := some[chance.IntN(len(some))]
			who := authors[chance.IntN(len(authors))]
			if r, yes := e.(Recorded); yes && r.On && who == ByPerson {
				said++
			}
			j.tells(who, time.Duration(chance.IntN(40))*time.Second, e)
		}
		tapes := Tapes(j.rs)
		taped += len(tapes)
		if len(tapes) > said {
			t.Fatalf("%d yeses, %d tapes:\n%+v", said, len(tapes), j.rs)
		}
		for _, tape := range tapes {
			for _, r := range tape.Records() {
				if r.At.Before(tape.Recording().Since) || r.At.After(tape.End()) {
					t.Fatalf("what happened at %s is on a tape from %s to %s", r.At, tape.Recording().Since, tape.End())
				}
			}
		}
	}
	if taped == 0 {
		t.Error("nothing was ever recorded, so that this says nothing")
	}
}

// TestATapeHoldsWhatLayBetween holds where a tape begins and ends, and that nothing of
// what a guide is not shown is on it.
func TestATapeHoldsWhatLayBetween(t *testing.T) {
	t.Parallel()
	began := func() *story {
		j := watchedStory()
		j.tells(ByPerson, time.Second, Noted{Text: "before-canary"})
		j.tells(ByGuide, 0, Pointed{At: "mine-before", Visit: "v1"})
		for _, e := range []Event{asks(j.s, "v2", "Eve"), asks(j.s, "v3", "Gone")} {
			j.tells(ByServer, 0, e)
		}
		j.tells(ByPerson, 0, Watched{Visit: "v2", Here: true})
		j.tells(ByPerson, 0, Watched{Visit: "v3", Why: WatchRefused})
		j.tells(ByGuide, 0, Pointed{At: "other-canary", Visit: "v2"})
		j.tells(ByGuide, 0, Suggested{Path: EntraGrant, Visit: "v2"})
		j.tells(ByGuide, 0, Suggested{Path: EntraGrant, Visit: "v1"})
		j.tells(ByServer, time.Second, AskedToRecord{Visit: "v1", Until: j.s.At.Add(AskWait)})
		j.tells(ByPerson, time.Second, Recorded{Visit: "v1", On: true})
		j.tells(ByDriver, time.Second, Troubled{What: TroubleHost, Text: "path-canary"})
		j.tells(ByPerson, time.Second, Listening{Port: 1, At: "https://door-canary.example", State: "state-canary"})
		return j.tells(ByPerson, time.Second, Noted{Text: "during"})
	}
	after := func(j *story) *story { return j.tells(ByPerson, time.Second, Noted{Text: "after-canary"}) }
	for name, c := range map[string]struct {
		j    *story
		why  RecordEnd
		more time.Duration // from the last record on
	}{
		"it goes on":          {began(), "", 0},
		"the person":          {after(began().tells(ByPerson, time.Minute, Recorded{Visit: "v1", Why: RecordStopped})), RecordStopped, time.Minute},
		"the guide":           {after(began().tells(ByServer, time.Minute, Recorded{Visit: "v1", Why: RecordLeft})), RecordLeft, time.Minute},
		"the watch":           {after(began().tells(ByPerson, time.Minute, Watched{Visit: "v1", Why: WatchStopped})), RecordWatch, time.Minute},
		"the guide was lost":  {after(began().tells(ByServer, time.Minute, Watched{Visit: "v1", Why: WatchLost})), RecordWatch, time.Minute},
		"the run":             {began().tells(ByPerson, time.Minute, Ended{Why: EndDone}), RecordWatch, time.Minute},
		"nobody was there":    {began().tells(ByPerson, 3*time.Hour, Resumed{Version: "test"}).tells(ByPerson, time.Second, Noted{Text: "after-canary"}), RecordWatch, 30*time.Minute - 6*time.Second},
		"an end of a clock":   {after(began().tells(ByServer, -time.Minute, Recorded{Visit: "v1", Why: RecordLeft})), RecordLeft, 0},
		"another guide's end": {began().tells(ByServer, 0, Recorded{Visit: "v2", Why: RecordLeft}), "", 0},
	} {
		tapes := Tapes(c.j.rs)
		if len(tapes) != 1 {
			t.Errorf("%s: %d tapes", name, len(tapes))
			continue
		}
		tape := tapes[0]
		all := fmt.Sprintf("%#v %#v", tape.Base(), tape.Records())
		if strings.Contains(all, "canary") || !strings.Contains(all, "mine-before") || !strings.Contains(all, "during") {
			t.Errorf("%s: on the tape is %s", name, all)
		}
		if b := tape.Base(); b.NotesCame != 0 || b.Parted != nil || len(b.Hints) != 1 || b.Hints[0].From != "Ann Lee (Hetk support)" {
			t.Errorf("%s: it begins with %d notes, %+v, %+v", name, b.NotesCame, b.Parted, b.Hints)
		}
		last := tape.Records()[2]
		if got := tape.End().Sub(last.At); tape.Recording().Why != c.why || got != c.more || tape.Recording().Guide.Called() != "Ann Lee (Hetk support)" {
			t.Errorf("%s: it ends %s after the last, %+v", name, got, tape.Recording())
		}
		for i, r := range tape.Records()[1:] {
			if r.At.Before(tape.Records()[i].At) {
				t.Errorf("%s: times run backwards", name)
			}
		}
		// Taken back, whatever came since, it is gone.
		if gone := Tapes(c.j.tells(ByPerson, time.Hour, Unrecorded{}).rs); len(gone) != 0 {
			t.Errorf("%s: after it was erased there are %d tapes", name, len(gone))
		}
		if there := Tapes(append(c.j.rs[:len(c.j.rs)-1:len(c.j.rs)-1], Record{Seq: 99, By: ByServer, At: c.j.s.At, Event: Unrecorded{}})); len(there) != 1 {
			t.Errorf("%s: somebody else than the person erased it", name)
		}
	}
	if len(Tapes([]Record{{Seq: 1, By: ByPerson, Event: Unrecorded{}}})) != 0 || len(Tapes(nil)) != 0 {
		t.Error("there is a tape of nothing")
	}
	var none Tape
	if len(none.Records()) != 0 || none.Base().Seq != 0 {
		t.Error("a tape that nobody made holds something")
	}
}

// TestNothingOfBetweenTwoTapesIsOnOne holds that what was said after a recording ended
// is not on the next one either, not even where that begins.
func TestNothingOfBetweenTwoTapesIsOnOne(t *testing.T) {
	t.Parallel()
	j := askedStory().tells(ByPerson, 0, Recorded{Visit: "v1", On: true})
	j.tells(ByPerson, time.Second, Noted{Text: "first"}).tells(ByPerson, 0, Recorded{Visit: "v1", Why: RecordStopped})
	j.tells(ByPerson, time.Second, Noted{Text: "canary"})
	j.tells(ByServer, 0, AskedToRecord{Visit: "v1", Until: j.s.At.Add(AskWait)}).tells(ByPerson, 0, Recorded{Visit: "v1", On: true})
	tapes := Tapes(j.tells(ByPerson, time.Second, Noted{Text: "second"}).rs)
	if len(tapes) != 2 {
		t.Fatalf("%d tapes", len(tapes))
	}
	for i, want := range []string{"first", "second"} {
		end := Fold(tapes[i].Base(), tapes[i].Records()...)
		if len(end.Notes) != 1 || end.Notes[0].Text != want {
			t.Errorf("at the end of tape %d stand the notes %+v", i, end.Notes)
		}
	}
}

// TestAskingToRecordIsBounded holds that nobody is pressed to a yes.
func TestAskingToRecordIsBounded(t *testing.T) {
	t.Parallel()
	ask := func(j *story) bool {
		before := j.s.TapeAsk
		j.tells(ByServer, time.Second, AskedToRecord{Visit: "v1", Until: j.s.At.Add(AskWait)})
		return j.s.TapeAsk != before
	}
	j := watchedStory()
	if !ask(j) || ask(j) {
		t.Error("a second question stands beside the first")
	}
	j.tells(ByPerson, 0, Recorded{Visit: "v1", Why: RecordRefused})
	if ask(j) {
		t.Error("it is asked again right after a no")
	}
	j.tells(ByDriver, askAgain, Noted{Text: "later"})
	if !ask(j) {
		t.Error("it cannot be asked again later")
	}
	j.tells(ByPerson, 0, Recorded{Visit: "v1", On: true})
	if r, on := j.s.Recorded(j.s.At); !on || r.N != 1 || ask(j) {
		t.Errorf("recorded %v, and it can be asked again", on)
	}
	if _, on := j.s.Recorded(j.s.Guides[0].Until); on {
		t.Error("a recording goes on when the watch is over")
	}
	times := 0
	for j = watchedStory(); times < 10 && ask(j); times++ {
		j.tells(ByServer, 0, Recorded{Visit: "v1", Why: RecordLeft})
	}
	if times != askEach {
		t.Errorf("it can be asked %d times in a row", times)
	}
}
