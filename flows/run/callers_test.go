package run

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
)

// callers are those of a run.
func callers(t testing.TB, j flows.Journal, number string) *Callers {
	t.Helper()
	c, err := NewCallers(t.Context(), j, number, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// good fails the test at the first error.
func good(t testing.TB, errs ...error) {
	t.Helper()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	synctest.Wait()
}

// asking is a question.
func asking(visit flows.VisitID, name, org string, wait, lasts time.Duration) Question {
	return Question{Visit: visit, Name: name, Org: org, Wait: wait, Lasts: lasts}
}

// A question of who a case was handed to comes with who did that, and the yes to it ends
// their watch at home, too.
func TestCallersHandACaseOver(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		c := callers(t, j, "7KQ-M2X")
		good(t, c.Ask(t.Context(), 1, asking("v", "Anna", "Support", time.Hour, time.Hour)))
		r.do(flows.Watched{Visit: "v", Here: true})
		q := asking("w", "Bob", "Support", time.Hour, time.Hour)
		q.From, q.FromOrg, q.Over = "Anna\x1b[2J", "Support", "v"
		good(t, c.Ask(t.Context(), 2, q))
		if s := r.State(); len(s.Asking) != 1 || s.Asking[0].From != "Anna (Support)" || len(s.Guides) != 1 {
			t.Fatalf("%+v, %+v", s.Asking, s.Guides)
		}
		r.do(flows.Watched{Visit: "w", Here: true})
		if s := r.State(); len(s.Guides) != 1 || s.Guides[0].Name != "Bob" || s.Parted.Why != flows.WatchHanded || s.Parted.To != "Bob (Support)" {
			t.Errorf("%+v, %+v", s.Guides, s.Parted)
		}
	})
}

func TestCallersAreGuidesAtADistance(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		c := callers(t, j, "7KQ-M2X")
		good(t, c.Note(t.Context(), 1, "v", "too early"), c.Ask(t.Context(), 2, asking("v", "Anna \x1b[2JBerg", "Support\u202e", time.Hour, 10*time.Hour)))
		s := r.State()
		if len(s.Asking) != 1 || len(s.Notes) != 0 || strings.ContainsAny(s.Asking[0].Called(), "\x1b\u202e") || s.Asking[0].Lasts != flows.WatchMost || s.Asking[0].Until.After(time.Now().Add(flows.AskWait)) {
			t.Fatalf("%+v %+v", s.Asking, s.Notes)
		}
		r.do(flows.Watched{Visit: "v", Here: true})
		good(t, c.Point(t.Context(), 3, "v", "app/grant"), c.Note(t.Context(), 4, "v", "look \x1b[31mhere"), c.Suggest(t.Context(), 6, "v", flows.DirectLink), c.AskAgain(t.Context(), 7, "v"))
		s = r.State()
		if len(s.Guides) != 1 || len(s.Pointers) != 1 || len(s.Notes) != 1 || len(s.Hints) != 1 || strings.ContainsRune(s.Notes[0].Text, '\x1b') || s.Notes[0].From != s.Guides[0].Called() {
			t.Errorf("%+v %+v %+v %+v", s.Guides, s.Pointers, s.Notes, s.Hints)
		}
		n := len(kinds(t, j))
		for _, again := range []uint64{0, 3, 7} {
			if err := c.Note(t.Context(), again, "v", "again"); !errors.Is(err, ErrSaidBefore) {
				t.Errorf("number %d again: %v", again, err)
			}
		}
		if other := callers(t, j, "7KQ-M2X"); other.Last() != 7 {
			t.Errorf("what was said last: %d", other.Last())
		}
		if other := callers(t, j, "ABC-DEF"); other.Last() != 0 {
			t.Errorf("of another case: %d", other.Last())
		}
		good(t, c.Gone(t.Context(), 8, "v", flows.WatchStopped))
		s = r.State()
		if len(s.Guides) != 0 || len(s.Pointers) != 0 || s.Parted == nil || s.Parted.Why != flows.WatchLost || len(kinds(t, j)) != n+1 {
			t.Errorf("%+v %+v", s.Guides, s.Parted)
		}
	})
}

// TestCallersAskToRecord holds that a server at a distance can ask to record and end it,
// that the yes is the person's alone, and that what is nobody's changes nothing.
func TestCallersAskToRecord(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		c, ctx := callers(t, j, "7KQ-M2X"), t.Context()
		good(t, c.Ask(ctx, 1, asking("v", "Anna", "Support", time.Hour, time.Hour)))
		before := len(kinds(t, j))
		good(t, c.AskRecord(ctx, 2, "v", "a", time.Hour, time.Hour), c.EndRecord(ctx, 3, "v", "a", flows.RecordLeft), c.AskRecord(ctx, 4, "", "a", time.Hour, time.Hour), c.EndRecord(ctx, 5, "", "a", ""))
		if n := len(kinds(t, j)); n != before || c.Last() != 5 {
			t.Fatalf("before the yes to watch: %d records more, said last %d", n-before, c.Last())
		}
		r.do(flows.Watched{Visit: "v", Here: true})
		good(t, c.AskRecord(ctx, 6, "v", "a", 10*time.Hour, -time.Hour), c.AskRecord(ctx, 7, "v", "a", time.Hour, time.Hour), c.EndRecord(ctx, 8, "w", "a", flows.RecordLeft))
		a, asks := r.State().AsksToRecord(time.Now())
		if !asks || a.Keeps != 0 || a.Until.After(time.Now().Add(flows.AskWait)) || r.State().Recording != nil {
			t.Fatalf("asked is %+v", r.State().TapeAsk)
		}
		good(t, c.EndRecord(ctx, 9, "v", "a", flows.RecordLeft))
		if _, asks := r.State().AsksToRecord(time.Now()); asks {
			t.Error("what was taken back stands")
		}
		good(t, c.AskRecord(ctx, 10, "v", "b", time.Hour, time.Hour))
		r.do(flows.Recorded{Visit: "v", Ask: "a", On: true}) // to the one before
		if r.State().Recording != nil {
			t.Error("a yes to another request counts")
		}
		r.do(flows.Recorded{Visit: "v", Ask: "b", On: true})
		good(t, c.EndRecord(ctx, 11, "v", "a", flows.RecordLeft))
		if got := r.State().Recording; got == nil || !got.Over.IsZero() {
			t.Errorf("the end of another request ends it: %+v", got)
		}
		good(t, c.EndRecord(ctx, 12, "v", "b", flows.RecordRefused)) // the person's word, and none of the server's
		if got := r.State().Recording; got == nil || got.Why != flows.RecordLeft {
			t.Errorf("recorded is %+v", got)
		}
	})
}

func TestHangingUpEndsWhatIsWatched(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		empty := callers(t, j, "")
		good(t, empty.HangUp(t.Context()))
		if n := len(kinds(t, j)); n != 0 {
			t.Fatalf("%d records in an empty run", n)
		}
		r.begin()
		c := callers(t, j, "7KQ-M2X")
		good(t, c.Ask(t.Context(), 1, asking("a", "Anna", "Support", time.Minute, time.Minute)), c.Ask(t.Context(), 2, asking("b", "Bob", "Support", time.Minute, time.Minute)))
		r.do(flows.Watched{Visit: "a", Here: true})
		good(t, empty.HangUp(t.Context()), c.HangUp(t.Context()))
		if s := r.State(); len(s.Guides)+len(s.Asking) != 0 || s.End != "" {
			t.Errorf("%+v %+v", s.Guides, s.Asking)
		}
	})
}

// TestCallersStoreWhatCounts holds that nothing which changes nothing is stored: a server
// cannot fill the journal on a person's disk, whose own moves would have no room then.
func TestCallersStoreWhatCounts(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		c := callers(t, j, "7KQ-M2X")
		ctx, long := t.Context(), strings.Repeat("<", 4000)
		good(t, c.Ask(ctx, 1, asking("v", "Anna", "Support", time.Hour, time.Hour)))
		before := len(kinds(t, j))
		good(t,
			c.Ask(ctx, 2, asking("v", "Anna", "Support", time.Hour, time.Hour)), c.Ask(ctx, 3, asking(flows.VisitID(long), "Anna", "Support", time.Hour, time.Hour)), c.Ask(ctx, 4, asking("w", "", "", time.Hour, time.Hour)),
			c.Note(ctx, 5, "v", "too early"), c.Point(ctx, 6, "x", "app/grant"), c.Suggest(ctx, 7, "x", flows.DirectLink), c.AskAgain(ctx, 8, "x"), c.Gone(ctx, 9, flows.VisitID(long), flows.WatchLeft),
		)
		r.do(flows.Watched{Visit: "v", Here: true})
		good(t, c.Note(ctx, 10, "v", " "), c.Point(ctx, 11, "v", long), c.Suggest(ctx, 12, "v", flows.PathID(long)))
		if n := len(kinds(t, j)); n != before+1 {
			t.Errorf("%d records more", n-before)
		}
		if c.Last() != 12 {
			t.Errorf("what was said last: %d", c.Last())
		}
	})
}

// TestCallersHaveNoOtherEvent holds that all that a server at a distance can put into a
// run is what guides and the server cause: whatever its methods are given, nobody else's
// event comes of it.
func TestCallersHaveNoOtherEvent(t *testing.T) {
	t.Parallel()
	want := map[string]bool{
		"Ask": true, "Gone": true, "Point": true, "Note": true, "Suggest": true, "AskAgain": true, "AskRecord": true, "EndRecord": true, "HangUp": true, "Last": true,
	}
	typ := reflect.TypeFor[*Callers]()
	for m := range typ.Methods() {
		if !want[m.Name] {
			t.Errorf("there is a method %s", m.Name)
		}
		delete(want, m.Name)
		for in := range m.Type.Ins() {
			if in == reflect.TypeFor[flows.Event]() || in == reflect.TypeFor[flows.Record]() || in == reflect.TypeFor[flows.Journal]() || in == reflect.TypeFor[flows.Author]() {
				t.Errorf("%s takes a %s", m.Name, in)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("there is no %v", want)
	}
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		c := callers(t, j, "7KQ-M2X")
		n := uint64(0)
		for _, visit := range []flows.VisitID{"v", "", flows.VisitID(strings.Repeat("x", 5000))} {
			for _, text := range []string{"", "contoso.example", strings.Repeat("y", 5000)} {
				for _, d := range []time.Duration{-time.Hour, 0, time.Minute, 1 << 62} {
					for _, do := range []func(uint64) error{
						func(n uint64) error {
							q := asking(visit, text, text, d, d)
							q.From, q.FromOrg, q.Over = text, text, visit
							return c.Ask(t.Context(), n, q)
						},
						func(n uint64) error { return c.Gone(t.Context(), n, visit, flows.WatchEnd(text)) },
						func(n uint64) error { return c.Point(t.Context(), n, visit, text) },
						func(n uint64) error { return c.Note(t.Context(), n, visit, text) },
						func(n uint64) error { return c.Suggest(t.Context(), n, visit, flows.PathID(text)) },
						func(n uint64) error { return c.AskAgain(t.Context(), n, visit) },
						func(n uint64) error { return c.AskRecord(t.Context(), n, visit, flows.TapeID(text), d, d) },
						func(n uint64) error {
							return c.EndRecord(t.Context(), n, visit, flows.TapeID(text), flows.RecordEnd(text))
						},
					} {
						n++
						if err := do(n); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
		rs, err := j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		theirs := 0
		for _, r := range rs {
			if r.Writer != CallersBy("7KQ-M2X") {
				continue
			}
			theirs++
			if r.By != flows.ByGuide && r.By != flows.ByServer || !flows.MayAppend(r.By, r.Event) {
				t.Errorf("%+v", r)
			}
		}
		if theirs == 0 {
			t.Error("nothing came of anything")
		}
	})
}
