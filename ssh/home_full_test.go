package ssh

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// TestHomeCannotUseUpTheRoomForEnds has a machine say any number of ends of nothing in a
// case that is full: each is acknowledged, none is stored, what ends something is, once,
// and the guide leaves and has a receipt.
func TestHomeCannotUseUpTheRoomForEnds(t *testing.T) {
	t.Parallel()
	s, _, bea, _, _, _, _ := handingLate(t)
	raw, seat, number, visit := s.homeAsked(t, bea, nil)
	n := 1
	says := func(kind, event string) {
		t.Helper()
		n++
		raw.says(n, 0, "person", kind, event)
	}
	stored := func() int { t.Helper(); return len(s.records(t, number)) }
	says("watched", saidWatched(visit, ""))
	if _, err := seat.View(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := seat.AskToRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	tape := func(on bool, why string) string {
		return fmt.Sprintf(`{"visit":%q,"ask":%q,"on":%t,"why":%q}`, visit, s.folded(t, number).TapeAsk.ID, on, why)
	}
	yes, no := tape(true, ""), tape(false, "stopped")
	says("recorded", yes)
	s.fillCase(t, number)

	floods := func() {
		t.Helper()
		before := stored()
		for i := range 60 {
			says("watched", saidWatched(flows.VisitID(fmt.Sprint("junk", i)), []string{"refused", "stopped"}[i%2]))
			says("recorded", `{"visit":"junk","ask":"x","why":"stopped"}`)
		}
		if now := stored(); now != before {
			t.Fatalf("of ends of nothing %d are stored", now-before)
		}
	}
	ends := func(kind, event string) {
		t.Helper()
		for _, want := range []int{1, 0, 0} {
			before := stored()
			if says(kind, event); stored()-before != want {
				t.Errorf("%s %s: %d are stored, want %d", kind, event, stored()-before, want)
			}
		}
	}
	floods()
	ends("recorded", no)
	if got := len(flows.Tapes(s.records(t, number))); got != 1 {
		t.Fatalf("there are %d recordings", got)
	}
	ends("unrecorded", `{}`) // of a recording that is over
	if got := len(flows.Tapes(s.records(t, number))); got != 0 {
		t.Errorf("there are %d recordings after they were erased", got)
	}
	floods()
	if err := seat.Leave(t.Context(), flows.WatchLeft); err != nil {
		t.Errorf("the guide cannot leave: %v", err)
	}
	ends("ended", `{"why":"done"}`)
	all, err := receipt.Sessions(t.Context(), number, s.records(t, number))
	if err != nil || len(all) != 1 || all[0].Ended.At.IsZero() {
		t.Errorf("the receipts say %+v, %v", all, err)
	}
}

// TestHomeGoesOnPastWhatWasNotStored holds that a run that comes back, to a server that
// stored none of its last ends, says them again and goes on, and that what comes behind
// them is stored once.
func TestHomeGoesOnPastWhatWasNotStored(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	raw := s.shares(t)
	raw.types(rawHello + "\n" + rawStart + "\n")
	raw.reads(`{"ack":1}`)
	number, code := numberIn(raw.bytes()), codeIn(raw.bytes())
	raw.says(2, 0, "person", "unrecorded", `{}`)
	raw.says(3, 0, "person", "watched", saidWatched("junk", "stopped"))
	again := s.shares(t)
	again.types(fmt.Sprintf(`{"hello":{"share":1,"code":%q}}`+"\n", code))
	again.reads(`"have":1`)
	again.says(2, 0, "person", "unrecorded", `{}`)
	again.says(3, 0, "person", "watched", saidWatched("junk", "stopped"))
	again.says(4, 0, "person", "noted", `{"text":"behind"}`)
	var kinds []flows.Kind
	for _, r := range s.records(t, number) {
		kinds = append(kinds, r.Event.Kind())
	}
	if !slices.Equal(kinds, []flows.Kind{flows.KindStarted, flows.KindNoted}) {
		t.Errorf("stored are %v", kinds)
	}
}

// fillCase fills a case, until nothing fits but ends.
func (s *site) fillCase(t *testing.T, number string) {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	at := uint64(len(s.records(t, number)))
	for size := 200 << 10; size > 0; size /= 4 {
		for err = nil; err == nil; {
			var to uint64
			e := flows.Noted{Text: strings.Repeat("x", size)}
			if to, err = c.Append(t.Context(), at, flows.Record{Writer: "fills", N: at + 1, At: time.Now().UTC(), By: flows.ByPerson, Event: e}); err == nil {
				at = to
			}
		}
		if !errors.Is(err, flows.ErrFull) {
			t.Fatal(err)
		}
	}
}
