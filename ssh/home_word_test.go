package ssh

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/tui"
)

// homeAsked is a run at home that is shared, and a guide of it whose question stands there.
func (s *site) homeAsked(t *testing.T, guide *desk, hand func(number string)) (raw *client, seat tui.Seat, number string, visit flows.VisitID) {
	t.Helper()
	raw = s.shares(t)
	raw.types(rawHello + "\n" + rawStart + "\n")
	raw.reads(`{"ack":1}`)
	number = numberIn(raw.bytes())
	if hand != nil {
		hand(number)
	}
	seat, err := guide.ask(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	asking := s.folded(t, number).Asking
	if len(asking) != 1 {
		t.Fatalf("asking are %+v", asking)
	}
	return raw, seat, number, asking[0].Visit
}

// folded is the state of a case.
func (s *site) folded(t *testing.T, number string) flows.State {
	t.Helper()
	return flows.Fold(flows.State{}, s.records(t, number)...)
}

// says has home say something, until it is stored.
func (c *client) says(n int, ago time.Duration, by, kind, event string) {
	c.t.Helper()
	c.types(homeLine(n, ago, by, kind, event))
	c.reads(fmt.Sprintf(`{"ack":%d}`, n))
}

func homeLine(n int, ago time.Duration, by, kind, event string) string {
	return fmt.Sprintf(`{"n":%d,"ago":%d,"by":%q,"kind":%q,"event":%s}`+"\n", n, ago.Milliseconds(), by, kind, event)
}

// saidWatched is the event of a no to a visit, or of its end; without a word its yes.
func saidWatched(visit flows.VisitID, why string) string {
	return fmt.Sprintf(`{"visit":%q,"here":%t,"why":%q}`, visit, why == "", why)
}

// TestHomeSaysItsOwnWordsAlone holds what home may say of a question, a watch and a
// recording, and that a no to a question is one whatever it is called.
func TestHomeSaysItsOwnWordsAlone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	var s flows.State
	add := func(by flows.Author, e flows.Event) {
		s = flows.Fold(s, flows.Record{Seq: s.Seq + 1, Writer: "w", N: s.Seq + 1, At: at, By: by, Event: e})
	}
	add(flows.ByPerson, flows.Started{Domain: "contoso.example"})
	for _, v := range []string{"taped", "asked"} {
		add(flows.ByServer, flows.AskedToWatch{Visit: flows.VisitID(v), Guide: v, Org: "O", Until: at.Add(time.Minute), Lasts: time.Minute})
	}
	add(flows.ByPerson, flows.Watched{Visit: "taped", Here: true})
	add(flows.ByServer, flows.AskedToRecord{Visit: "taped", Ask: "a", Until: at.Add(time.Minute)})
	asked := s
	add(flows.ByPerson, flows.Recorded{Visit: "taped", Ask: "a", On: true})
	if _, on := s.Recorded(at); !on || len(s.Asking) != 1 || len(s.Guides) != 1 {
		t.Fatalf("%+v %+v %+v", s.Asking, s.Guides, s.Recording)
	}
	watched := func(visit, why string) flows.Watched {
		return flows.Watched{Visit: flows.VisitID(visit), Why: flows.WatchEnd(why)}
	}
	taped := func(why string) flows.Recorded {
		return flows.Recorded{Visit: "taped", Ask: "a", Why: flows.RecordEnd(why)}
	}
	person, driver := flows.ByPerson, flows.ByDriver
	for _, c := range []struct {
		in   flows.State
		by   flows.Author
		e    flows.Event
		want flows.Event // nil: it is not taken
	}{
		{s, person, watched("asked", "refused"), watched("asked", "refused")},
		{s, person, watched("asked", "stopped"), watched("asked", "refused")},
		{s, person, watched("taped", "stopped"), watched("taped", "stopped")},
		{s, person, watched("taped", "refused"), watched("taped", "stopped")},
		{s, person, watched("gone", "stopped"), watched("gone", "stopped")},
		{s, person, flows.Watched{Visit: "asked", Here: true}, flows.Watched{Visit: "asked", Here: true}},
		{s, person, flows.Watched{Visit: "asked", Here: true, Why: "refused"}, nil},
		{s, person, watched("", ""), watched("", "")},
		{s, driver, watched("taped", "over"), watched("taped", "over")},
		{s, driver, watched("gone", "over"), watched("gone", "over")},
		{s, driver, watched("asked", "over"), nil},
		{s, driver, watched("taped", "stopped"), nil},
		{s, driver, watched("asked", "refused"), nil},
		{s, person, taped("stopped"), taped("stopped")},
		{s, person, taped("refused"), taped("stopped")},
		{asked, person, taped("refused"), taped("refused")},
		{asked, person, taped("stopped"), taped("refused")},
		{asked, person, flows.Recorded{Visit: "taped", Ask: "a", On: true}, flows.Recorded{Visit: "taped", Ask: "a", On: true}},
		{asked, person, flows.Recorded{Visit: "taped", Ask: "a", On: true, Why: "refused"}, nil},
		{s, driver, taped("stopped"), nil},
		{s, driver, taped("refused"), nil},
		{s, person, flows.Noted{Text: "x"}, flows.Noted{Text: "x"}},
	} {
		got, err := homeWord(c.in, flows.Record{At: at, By: c.by, Event: c.e})
		if got != c.want || (err != nil) != (c.want == nil) || err != nil && !errors.Is(err, errUnfit) {
			t.Errorf("%+v of the %s is taken as %+v, %v; want %+v", c.e, c.by, got, err, c.want)
		}
	}
	for _, why := range []string{"", "over", "left", "lost", "run", "handed", "back", "full", "she read my password aloud; fired"} {
		for _, visit := range []string{"taped", "asked"} {
			if e, err := homeWord(s, flows.Record{At: at, By: person, Event: watched(visit, why)}); !errors.Is(err, errUnfit) {
				t.Errorf("the person ends %s by %q: %+v, %v", visit, why, e, err)
			}
			if e, err := homeWord(s, flows.Record{At: at, By: driver, Event: watched(visit, why)}); why != "over" && !errors.Is(err, errUnfit) {
				t.Errorf("the program ends %s by %q: %+v, %v", visit, why, e, err)
			}
		}
	}
	for _, why := range []string{"", "left", "watch", "erased", "late", "by the police"} {
		if e, err := homeWord(s, flows.Record{At: at, By: person, Event: taped(why)}); !errors.Is(err, errUnfit) {
			t.Errorf("the person ends what is recorded by %q: %+v, %v", why, e, err)
		}
	}
}

// TestHomeWritesNoWordOfTheAudit has home end a watch and a recording in words of its own,
// or in the guide's name: it is heard no more, and nothing of that stands anywhere.
func TestHomeWritesNoWordOfTheAudit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ by, kind, why string }{
		{"person", "watched", "she read my password aloud; fired"},
		{"driver", "watched", "left"},
		{"person", "watched", "lost"},
		{"person", "recorded", "by the police"},
	} {
		t.Run(c.kind+" "+c.why, func(t *testing.T) {
			t.Parallel()
			s, _, bea, _, _, _, _ := handingLate(t)
			raw, seat, number, visit := s.homeAsked(t, bea, nil)
			raw.says(2, 0, "person", "watched", saidWatched(visit, ""))
			if _, err := seat.View(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := seat.AskToRecord(t.Context()); err != nil {
				t.Fatal(err)
			}
			ask := s.folded(t, number).TapeAsk.ID
			raw.says(3, 0, "person", "recorded", fmt.Sprintf(`{"visit":%q,"ask":%q,"on":true}`, visit, ask))
			raw.types(homeLine(4, 0, c.by, c.kind, fmt.Sprintf(`{"visit":%q,"ask":%q,"why":%q}`, visit, ask, c.why)))
			raw.reads(`{"end":"refused"}`)
			if code := raw.ends(); code != codeFailed {
				t.Errorf("it ends with %d", code)
			}
			if _, err := seat.View(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, r := range s.records(t, number) {
				if r.Writer == homeWriter && r.N == 4 {
					t.Errorf("the case has %+v", r)
				}
			}
			if got := deeds(t, s.o.Cases); strings.Contains(strings.Join(got, "\n"), c.why) {
				t.Errorf("the audit has %q", got)
			}
		})
	}
}

// TestNoAtHomeIsANo has home say no to a question by the word for the end of a watch: the
// hand-over is refused with it, the audit says so, and the guide waits before they ask again.
func TestNoAtHomeIsANo(t *testing.T) {
	t.Parallel()
	s, lea, bea, _, _, later, _ := handingLate(t)
	raw, seat, number, visit := s.homeAsked(t, bea, func(number string) {
		if err := (leadHandOvers{lea}).HandOver(t.Context(), number, tui.Colleague{Key: bea.who.print}); err != nil {
			t.Fatal(err)
		}
	})
	raw.says(2, 0, "person", "watched", saidWatched(visit, "stopped"))
	if v, err := seat.View(t.Context()); err != nil || v.Why != flows.WatchRefused {
		t.Errorf("the guide sees %v %q, %v", v.Standing, v.Why, err)
	}
	got := strings.Join(deeds(t, s.o.Cases), "\n")
	for _, want := range []string{"Bea Blau " + number + " " + didRefuse, number + " " + didHandNo} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the audit:\n%s", want, got)
		}
	}
	later(time.Minute)
	if _, err := bea.ask(t.Context(), number); !errors.Is(err, errAskLater) {
		t.Errorf("a minute later they ask again: %v", err)
	}
}

// TestAuditHasKnownWordsAlone holds that the audit has no word for the end of a watch, or
// of a recording, that is none.
func TestAuditHasKnownWordsAlone(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"", "fired", "stopped by the police"} {
		if a, b := watchEnd(flows.WatchEnd(why)), tapeEnd(flows.RecordEnd(why)); a != "" || b != "" {
			t.Errorf("%q is %q and %q", why, a, b)
		}
	}
	known := []string{watchEnd(flows.WatchStopped), watchEnd(flows.WatchOver), watchEnd(flows.WatchRun), watchEnd(flows.WatchHanded), watchEnd(flows.WatchUnshared), tapeEnd(flows.RecordStopped), tapeEnd(flows.RecordErased), tapeEnd(flows.RecordLate)}
	if want := []string{"stopped", "over", "run", "handed", "unshared", "stopped", "erased", "late"}; !slices.Equal(known, want) {
		t.Errorf("it has %q; want %q", known, want)
	}
}
