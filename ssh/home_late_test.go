package ssh

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/receipt"
)

// TestYesFromHomeCountsFromWhenItIsHere holds that a yes of home begins when it comes, not
// when it was given there: one to a question that came to its end meanwhile lets nobody in,
// home hears so, there is no receipt of it, and the guide can ask again.
func TestYesFromHomeCountsFromWhenItIsHere(t *testing.T) {
	t.Parallel()
	s, _, bea, _, _, later, _ := handingLate(t)
	raw, seat, number, visit := s.homeAsked(t, bea, nil)
	later(flows.AskWait + 2*time.Minute)
	if v, err := seat.View(t.Context()); err != nil || v.Why != flows.WatchOver {
		t.Fatalf("the guide sees %v %q, %v", v.Standing, v.Why, err)
	}
	raw.says(2, 3*time.Minute, "person", "watched", saidWatched(visit, ""))
	if st := s.folded(t, number); len(st.Guides)+len(st.Asking) != 0 {
		t.Errorf("asking are %+v, and %+v watch", st.Asking, st.Guides)
	}
	if got := raw.bytes(); !strings.Contains(got, fmt.Sprintf(`"what":"gone","visit":%q,"why":"over"`, visit)) {
		t.Errorf("home hears %s", got)
	}
	if all, err := receipt.Sessions(t.Context(), number, s.records(t, number)); err != nil || len(all) != 0 {
		t.Errorf("there are receipts of %+v, %v", all, err)
	}

	seat, err := bea.ask(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	later(2 * time.Minute)
	now := s.o.Now()
	asking := s.folded(t, number).Asking[0]
	raw.says(3, time.Minute, "person", "watched", saidWatched(asking.Visit, ""))
	if g, on := s.folded(t, number).Watching(asking.Visit, now); !on || !g.Until.Equal(now.Add(asking.Lasts)) {
		t.Errorf("what came in time holds until %v, %v; want %v", g.Until, on, now.Add(asking.Lasts))
	}
	if _, err := seat.View(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := seat.AskToRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask := s.folded(t, number).TapeAsk.ID
	later(flows.AskWait + 2*time.Minute)
	raw.says(4, 3*time.Minute, "person", "recorded", fmt.Sprintf(`{"visit":%q,"ask":%q,"on":true}`, asking.Visit, ask))
	if r := s.folded(t, number).Recording; r != nil {
		t.Errorf("it is recorded: %+v", r)
	}
	if got := raw.bytes(); !strings.Contains(got, `"end":"late"`) {
		t.Errorf("home hears %s", got)
	}
}

// TestGuidesAreHeardBeforeWhatWasUntold has a server end before it told home that a yes came
// too late, and guides act meanwhile: home hears all of it, in order, after its case.
func TestGuidesAreHeardBeforeWhatWasUntold(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	c, code, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at, now := uint64(0), time.Now()
	add := func(w flows.WriterID, n uint64, by flows.Author, e flows.Event) {
		t.Helper()
		at++
		if _, err := c.Append(t.Context(), at-1, flows.Record{Seq: at, Writer: w, N: n, At: now, By: by, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	asks := func(visit, name string) flows.AskedToWatch {
		return flows.AskedToWatch{Visit: flows.VisitID(visit), Guide: name, Org: "O", Until: now.Add(5 * time.Minute), Lasts: time.Minute}
	}
	add(homeWriter, 1, flows.ByPerson, flows.Started{Version: "1", Domain: "contoso.example"})
	add("guide-v1", 1, flows.ByServer, asks("v1", "Anna"))
	add("guide-v1", 2, flows.ByServer, flows.Watched{Visit: "v1", Why: flows.WatchLeft})
	add(homeWriter, 2, flows.ByPerson, flows.Watched{Visit: "v1", Here: true}) // too late, and the server ended
	add("guide-v2", 1, flows.ByServer, asks("v2", "Ben"))
	raw := s.shares(t)
	raw.types(fmt.Sprintf(`{"hello":{"share":1,"code":%q,"seen":1}}`+"\n", code.Reveal()))
	raw.says(3, 0, "person", "noted", `{"text":"x"}`)
	got, from := raw.bytes(), 0
	for _, want := range []string{`"number":"`, `"visit":"v1","name":"Anna"`, `"visit":"v1","why":"left"`, `"visit":"v2","name":"Ben"`, `"visit":"v1","why":"over"`, `{"ack":3}`} {
		i := strings.Index(got[from:], want)
		if i < 0 {
			t.Fatalf("%s is not heard, or not in order:\n%s", want, got)
		}
		from += i + len(want)
	}
}

// TestReceiptOfWhoLeftAtHome holds that a session that ended as the customer left, at home,
// is not told as one of which the guide's connection was lost.
func TestReceiptOfWhoLeftAtHome(t *testing.T) {
	t.Parallel()
	s, _, bea, _, _, _, _ := handingLate(t)
	raw, seat, number, visit := s.homeAsked(t, bea, nil)
	raw.says(2, 0, "person", "watched", saidWatched(visit, ""))
	raw.types(`{"bye":true}` + "\n")
	raw.ends()
	all, err := receipt.Sessions(t.Context(), number, s.records(t, number))
	if err != nil || len(all) != 1 || all[0].Ended.By != "run" {
		t.Errorf("the receipts say %+v, %v", all, err)
	}
	if v, err := seat.View(t.Context()); err != nil || v.Why != flows.WatchRun {
		t.Errorf("the guide sees %v %q, %v", v.Standing, v.Why, err)
	}
	if got := deeds(t, s.o.Cases); !slices.Contains(got, "Bea Blau "+number+" "+didEnd+" run") {
		t.Errorf("the audit has %q", got)
	}
}
