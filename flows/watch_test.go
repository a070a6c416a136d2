package flows

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// caused folds an event of an author, a moment after the state's last.
func caused(s State, who Author, wait time.Duration, e Event) State {
	return Fold(s, Record{Seq: s.Seq + 1, Writer: "w", N: s.Seq + 1, At: s.At.Add(wait), By: who, Event: Clean(e)})
}

// asks is a sound request.
func asks(s State, id VisitID, name string) AskedToWatch {
	return AskedToWatch{Visit: id, Guide: name, Org: "Hetk support", Until: s.At.Add(AskWait), Lasts: 30 * time.Minute}
}

// watchedBy is a state that a guide watches.
func watchedBy(t testing.TB, s State, id VisitID, name string) State {
	t.Helper()
	s = caused(s, ByServer, 0, asks(s, id, name))
	s = caused(s, ByPerson, time.Second, Watched{Visit: id, Here: true})
	if g, ok := s.Watching(id, s.At); !ok || g.Called() != name+" (Hetk support)" {
		t.Fatalf("%s does not watch: %+v", name, s.Guides)
	}
	return s
}

func TestWhoMayCauseWhat(t *testing.T) {
	t.Parallel()
	own := map[Kind][]Author{
		KindPointed: {ByGuide}, KindSuggested: {ByGuide}, KindNoted: {ByPerson, ByDriver, ByGuide}, KindAskedAgain: {ByPerson, ByDriver, ByGuide},
		KindAskedToWatch: {ByServer}, KindWatched: {ByPerson},
		KindAskedRecord: {ByServer}, KindRecorded: {ByPerson}, KindUnrecorded: {ByPerson},
	}
	s := watchedBy(t, begun(t, "hetk"), "v1", "Ann Lee")
	for _, e := range samples() {
		want, ok := own[e.Kind()]
		if !ok {
			want = []Author{ByPerson, ByDriver}
		}
		for _, who := range []Author{ByPerson, ByDriver, ByGuide, ByServer} {
			if got := MayAppend(who, e); got != slices.Contains(want, who) {
				t.Errorf("%s may cause %s: %v", who, e.Kind(), got)
			}
			if next := caused(s, who, 0, e); !slices.Contains(want, who) && !reflect.DeepEqual(bare(next), bare(s)) {
				t.Errorf("%s of %s changed the run", e.Kind(), who)
			}
		}
	}
	for _, who := range []Author{ByPerson, ByDriver, ByServer} {
		if !MayAppend(who, Watched{Visit: "v1"}) {
			t.Errorf("%s cannot end a watch", who)
		}
	}
	if MayAppend(ByGuide, Watched{Visit: "v1"}) {
		t.Error("a guide writes the end of a watch into the journal")
	}
}

// bare is a state without its place in the journal.
func bare(s State) State {
	s.Seq, s.At = 0, time.Time{}
	return s
}

func TestAWatchNeedsARequestAndTheYesToIt(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	if got := caused(s, ByPerson, 0, Watched{Visit: "v1", Here: true}); len(got.Guides) != 0 {
		t.Errorf("a yes to nobody lets in %+v", got.Guides)
	}
	s = caused(s, ByServer, 0, asks(s, "v1", "Ann Lee"))
	if len(s.Asking) != 1 || len(s.Guides) != 0 || s.Asking[0].Called() != "Ann Lee (Hetk support)" {
		t.Fatalf("asking %+v, watching %+v", s.Asking, s.Guides)
	}
	if got := caused(s, ByPerson, 0, Watched{Visit: "v2", Here: true, Guide: "Ann Lee"}); len(got.Guides) != 0 {
		t.Errorf("a yes to another visit lets in %+v", got.Guides)
	}
	if got := caused(s, ByPerson, AskWait, Watched{Visit: "v1", Here: true}); len(got.Guides) != 0 {
		t.Errorf("a yes that is too late lets in %+v", got.Guides)
	}
	for _, who := range []Author{ByDriver, ByGuide, ByServer} {
		if got := caused(s, who, 0, Watched{Visit: "v1", Here: true}); len(got.Guides) != 0 {
			t.Errorf("%s lets a guide in", who)
		}
	}
	yes := caused(s, ByPerson, time.Minute, Watched{Visit: "v1", Here: true})
	g, ok := yes.Watching("v1", yes.At)
	if !ok || len(yes.Asking) != 0 || !g.Until.Equal(yes.At.Add(30*time.Minute)) {
		t.Fatalf("after the yes: %+v", yes.Guides)
	}
	if _, ok := yes.Watching("v1", g.Until); ok {
		t.Error("a watch goes on when its time is over")
	}
	if id, at, ok := WatchEnds(yes); !ok || id != "v1" || !at.Equal(g.Until) {
		t.Errorf("it ends with %s at %s", id, at)
	}
	second := caused(yes, ByServer, 0, asks(yes, "v2", "Bo Ek"))
	if _, ok := second.Watching("v2", second.At); ok || len(second.Asking) != 1 {
		t.Error("one yes lets in two")
	}
	for why, who := range map[WatchEnd]Author{WatchStopped: ByPerson, WatchOver: ByDriver, WatchLeft: ByServer, WatchLost: ByServer} {
		end := caused(yes, who, 0, Watched{Visit: "v1", Why: why})
		if len(end.Guides) != 0 || end.Parted == nil || end.Parted.Why != why || end.Parted.Guide.Name != "Ann Lee" {
			t.Errorf("after %s: %+v, %+v", why, end.Guides, end.Parted)
		}
		if got := caused(end, ByPerson, 0, Watched{Visit: "v1", Here: true}); len(got.Guides) != 0 {
			t.Errorf("after %s an old yes counts again", why)
		}
	}
	if end := caused(yes, ByPerson, 0, Ended{Why: EndDone}); len(end.Guides) != 0 || end.Parted == nil || end.Parted.Why != WatchRun {
		t.Errorf("after the end of the run: %+v %+v", end.Guides, end.Parted)
	}
	if again := caused(yes, ByDriver, 0, Resumed{}); len(again.Guides) != 1 {
		t.Error("a customer who connects again is not watched any more, and nobody said so")
	}
}

// A yes to a guide to whom a case was handed ends the watch of who handed it over, with
// the same event, and no other; a no ends none.
func TestAYesToAColleagueEndsTheWatchThatWasHandedOver(t *testing.T) {
	t.Parallel()
	s := watchedBy(t, watchedBy(t, begun(t, "hetk"), "v1", "Ann Lee"), "v2", "Bo Ek")
	for name, c := range map[string]struct {
		change func(*AskedToWatch)
		from   string
		left   []string
	}{
		"handed":              {func(*AskedToWatch) {}, "Ann Lee (Hetk support)", []string{"Bo Ek", "Cy Day"}},
		"hostile":             {func(e *AskedToWatch) { e.From = "Ann\x1b[2J \u202eLee" }, "Ann \ufffdLee (Hetk support)", []string{"Bo Ek", "Cy Day"}},
		"handed from afar":    {func(e *AskedToWatch) { e.Over = "" }, "Ann Lee (Hetk support)", []string{"Ann Lee", "Bo Ek", "Cy Day"}},
		"who watches no more": {func(e *AskedToWatch) { e.Over = "v0" }, "Ann Lee (Hetk support)", []string{"Ann Lee", "Bo Ek", "Cy Day"}},
		"by nobody":           {func(e *AskedToWatch) { e.From = "" }, "", []string{"Ann Lee", "Bo Ek", "Cy Day"}},
		"of no organisation":  {func(e *AskedToWatch) { e.FromOrg = "\x1b[2J" }, "", []string{"Ann Lee", "Bo Ek", "Cy Day"}},
	} {
		e := asks(s, "v3", "Cy Day")
		e.From, e.FromOrg, e.Over = "Ann Lee", "Hetk support", "v1"
		c.change(&e)
		asked := caused(s, ByServer, 0, e)
		if len(asked.Asking) != 1 || asked.Asking[0].From != c.from || len(asked.Guides) != 2 {
			t.Errorf("%s: asking %+v, watching %+v", name, asked.Asking, asked.Guides)
		}
		for _, who := range []Author{ByServer, ByGuide, ByDriver} {
			if got := caused(asked, who, 0, Watched{Visit: "v3", Here: true}); len(got.Guides) != 2 {
				t.Errorf("%s: %s says yes", name, who)
			}
		}
		if no := caused(asked, ByPerson, 0, Watched{Visit: "v3", Why: WatchRefused}); len(no.Guides) != 2 || no.Parted.Guide.Name != "Cy Day" {
			t.Errorf("%s: after the no %+v watch", name, no.Guides)
		}
		yes := caused(asked, ByPerson, 0, Watched{Visit: "v3", Here: true})
		var left []string
		for _, g := range yes.Guides {
			left = append(left, g.Name)
		}
		if !slices.Equal(left, c.left) {
			t.Errorf("%s: after the yes %q watch", name, left)
		}
		if p := yes.Parted; len(left) == 2 && (p == nil || p.Guide.Visit != "v1" || p.Why != WatchHanded || !p.Let || p.To != "Cy Day (Hetk support)") {
			t.Errorf("%s: it ended as %+v", name, p)
		}
	}
}

// Where nobody else could watch, a colleague still can in the place of who hands over.
func TestAHandOverNeedsNoRoom(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for i := range mostGuides {
		s = watchedBy(t, s, VisitID(fmt.Sprint("v", i)), fmt.Sprint("Guide ", i))
		s.askers = nil // not too often
	}
	e := asks(s, "more", "Cy Day")
	if got := caused(s, ByServer, 0, e); len(got.Asking) != 0 {
		t.Errorf("there is room for %+v", got.Asking)
	}
	e.From, e.FromOrg, e.Over = "Guide 1", "Hetk support", "v1"
	s = caused(caused(s, ByServer, 0, e), ByPerson, 0, Watched{Visit: "more", Here: true})
	if _, ok := s.Watching("more", s.At); !ok || len(s.Guides) != mostGuides {
		t.Errorf("%+v watch", s.Guides)
	}
}

// A yes for which there is no room any more, since who was to leave with it has left and
// another has come, parts the request and says why.
func TestAYesWithoutRoomIsSaid(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for i := range mostGuides {
		s = watchedBy(t, s, VisitID(fmt.Sprint("v", i)), fmt.Sprint("Guide ", i))
		s.askers = nil // not too often
	}
	e := asks(s, "more", "Cy Day")
	e.From, e.FromOrg, e.Over, e.Hand = "Guide 1", "Hetk support", "v1", "mark"
	s = caused(s, ByServer, 0, e)
	s = watchedBy(t, caused(s, ByServer, 0, Watched{Visit: "v1", Why: WatchLeft}), "another", "Dan Dahl")
	if len(s.Asking) != 1 || s.Asking[0].Over != "" {
		t.Errorf("who watches no more is to leave: %+v", s.Asking)
	}
	s = caused(s, ByPerson, 0, Watched{Visit: "more", Here: true})
	if p := s.Parted; len(s.Asking) != 0 || len(s.Guides) != mostGuides || p == nil || p.Guide.Visit != "more" || p.Guide.Hand != "mark" || p.Why != WatchFull || p.Let {
		t.Errorf("asking %+v, watching %d, parted %+v", s.Asking, len(s.Guides), p)
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	good := asks(s, "v1", "Ann Lee")
	for name, change := range map[string]func(*AskedToWatch){
		"no visit":          func(e *AskedToWatch) { e.Visit = "" },
		"a long visit":      func(e *AskedToWatch) { e.Visit = VisitID(strings.Repeat("v", 65)) },
		"no name":           func(e *AskedToWatch) { e.Guide = " \u200b"[:1] },
		"no organisation":   func(e *AskedToWatch) { e.Org = "\x1b[2J" },
		"over already":      func(e *AskedToWatch) { e.Until = s.At },
		"no time":           func(e *AskedToWatch) { e.Until = time.Time{} },
		"a watch of none":   func(e *AskedToWatch) { e.Lasts = 0 },
		"a watch backwards": func(e *AskedToWatch) { e.Lasts = -time.Hour },
	} {
		e := good
		change(&e)
		if got := caused(s, ByServer, 0, e); len(got.Asking) != 0 {
			t.Errorf("%s: %+v asks", name, got.Asking)
		}
	}
	long := good
	long.Until, long.Lasts, long.Guide = s.At.Add(99*time.Hour), 99*time.Hour, strings.Repeat("N", 500)+"\x1b[31m"
	got := caused(s, ByServer, 0, long)
	if len(got.Asking) != 1 || !got.Asking[0].Until.Equal(s.At.Add(AskWait)) || got.Asking[0].Lasts != WatchMost || len([]rune(got.Asking[0].Name)) != MostName {
		t.Errorf("bounds do not hold: %+v", got.Asking)
	}
}

func TestGuidesCannotAskTooOften(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for i := range 9 {
		s = caused(s, ByServer, 0, asks(s, VisitID(fmt.Sprint("v", i)), fmt.Sprint("Guide ", i)))
	}
	if len(s.Asking) != mostAsked {
		t.Errorf("%d ask at once", len(s.Asking))
	}
	s = begun(t, "hetk")
	s = caused(s, ByServer, 0, asks(s, "a", "Ann Lee"))
	if got := caused(s, ByServer, 0, asks(s, "b", "Ann Lee")); len(got.Asking) != 1 {
		t.Error("one guide asks twice at a time")
	}
	no := caused(s, ByPerson, 0, Watched{Visit: "a", Why: WatchRefused})
	if got := caused(no, ByServer, askAgain-time.Second, asks(no, "c", "ann lee")); len(got.Asking) != 0 {
		t.Error("a guide asks again right after a no")
	}
	if got := caused(no, ByServer, askAgain+time.Second, AskedToWatch{Visit: "c", Guide: "Ann Lee", Org: "Hetk support", Until: no.At.Add(askAgain + time.Minute), Lasts: 1}); len(got.Asking) != 1 {
		t.Error("a guide can never ask again after a no")
	}
	if got := caused(no, ByServer, 0, asks(no, "a", "Bo Ek")); len(got.Asking) != 0 {
		t.Error("a visit is used twice")
	}
	s = begun(t, "hetk")
	taken := 0
	for i := range 40 { // asks and takes it back, again and again
		id := VisitID(fmt.Sprint("x", i))
		s = caused(s, ByServer, time.Second, asks(s, id, fmt.Sprint("Guide ", i%2)))
		taken += len(s.Asking)
		s = caused(s, ByServer, 0, Watched{Visit: id, Why: WatchLeft})
	}
	if taken != 2*askEach {
		t.Errorf("two guides asked %d times in a minute", taken)
	}
}

func TestAGuidesEventsCountWhileTheWatchGoesOn(t *testing.T) {
	t.Parallel()
	s := watchedBy(t, begun(t, "hetk"), "v1", "Ann Lee")
	events := []Event{
		Pointed{At: "app/grant", Visit: "v1", From: "Satya"},
		Noted{Text: "hello", Visit: "v1", From: "the bank"},
		Suggested{Path: DirectLink, Visit: "v1", From: "Microsoft"},
		AskedAgain{Visit: "v1", From: "Bo Ek"},
	}
	got := s
	for _, e := range events {
		got = caused(got, ByGuide, time.Second, e)
	}
	const called = "Ann Lee (Hetk support)"
	if len(got.Pointers) != 1 || got.Pointers[0].From != called || len(got.Notes) != 1 || got.Notes[0].From != called ||
		len(got.Hints) != 1 || got.Hints[0].From != called || !got.WishedAgain() || got.NotesCame != 1 {
		t.Errorf("kept as %+v %+v %+v, wish %v", got.Pointers, got.Notes, got.Hints, got.WishedAgain())
	}
	if got.Round != s.Round {
		t.Error("a guide began a round of looking by itself")
	}
	if off := caused(caused(got, ByGuide, 0, Pointed{Visit: "v1"}), ByGuide, 0, Suggested{Visit: "v1"}); len(off.Pointers)+len(off.Hints) != 0 {
		t.Errorf("a marker or advice cannot be taken back: %+v %+v", off.Pointers, off.Hints)
	}
	parted := caused(got, ByPerson, 0, Watched{Visit: "v1", Why: WatchStopped})
	if len(parted.Pointers) != 0 || len(parted.Notes) != 1 {
		t.Errorf("who is gone points still: %+v, notes %+v", parted.Pointers, parted.Notes)
	}
	for name, before := range map[string]State{"nobody watches": begun(t, "hetk"), "only asked": caused(begun(t, "hetk"), ByServer, 0, asks(begun(t, "hetk"), "v1", "Ann Lee")), "it ended": caused(s, ByPerson, 0, Watched{Visit: "v1"})} {
		for _, e := range events {
			if next := caused(before, ByGuide, 0, e); !reflect.DeepEqual(bare(next), bare(before)) {
				t.Errorf("%s: a guide's %s counts", name, e.Kind())
			}
		}
	}
	for _, e := range events {
		if next := caused(s, ByGuide, time.Hour, e); !reflect.DeepEqual(bare(next), bare(s)) {
			t.Errorf("a guide's %s counts when the time is over", e.Kind())
		}
	}
	for _, e := range []Event{Pointed{At: "app/grant", Visit: "v2"}, Noted{Text: "x", From: called}, Suggested{Path: "no-such", Visit: "v1"}, Noted{Text: "", Visit: "v1"}} {
		if next := caused(s, ByGuide, 0, e); !reflect.DeepEqual(bare(next), bare(s)) {
			t.Errorf("%+v counts", e)
		}
	}
}

// The yes of old journals named a guide and nothing else; they replay, and let
// nobody in.
func TestJournalsOfBeforeGuidesAskedReplay(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for _, line := range []string{
		`{"seq":9,"writer":"w","n":9,"at":"2026-11-20T12:01:00Z","by":"person","kind":"watched","event":{"guide":"guide 2","here":true}}`,
		`{"seq":10,"writer":"g","n":1,"at":"2026-11-20T12:02:00Z","by":"guide","kind":"pointed","event":{"at":"app/grant","from":"guide 2"}}`,
		`{"seq":11,"writer":"g","n":2,"at":"2026-11-20T12:02:00Z","by":"guide","kind":"noted","event":{"text":"here","from":"guide 2"}}`,
		`{"seq":12,"writer":"g","n":3,"at":"2026-11-20T12:02:00Z","by":"guide","kind":"noted","event":{"text":"here","from":"somebody else"}}`,
	} {
		r, err := UnmarshalRecord([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		s = Fold(s, r)
	}
	if len(s.Guides) != 1 || s.Guides[0].Called() != "guide 2" || len(s.Pointers) != 1 || len(s.Notes) != 1 {
		t.Errorf("guides %+v, markers %+v, notes %+v", s.Guides, s.Pointers, s.Notes)
	}
	if _, ok := s.Watching("", s.At); ok {
		t.Error("an old yes lets somebody watch")
	}
	if gone := after(s, Watched{Guide: "guide 2"}); len(gone.Guides) != 0 {
		t.Errorf("guides %+v after the only one left", gone.Guides)
	}
	if again := after(s, Resumed{}); len(again.Guides) != 0 {
		t.Errorf("guides %+v of a process that is gone", again.Guides)
	}
}

// randomOfGuide is something that a guide, or somebody who says so, may send.
func randomOfGuide(r *rand.Rand, s State) Event {
	ids := []string{"app/grant", "direct-link", string(s.Place.Step), "", "nothing", strings.Repeat("x", 300)}
	visit := []VisitID{"v1", "v1", "v1", "v2", ""}[r.IntN(5)]
	switch r.IntN(6) {
	case 0:
		return Pointed{At: ids[r.IntN(len(ids))], Visit: visit, From: "x"}
	case 1:
		return Noted{Text: []string{"look here", "https://evil.example/x", "\x1b[2J", ""}[r.IntN(4)], Visit: visit}
	case 2:
		return Suggested{Path: PathID(ids[r.IntN(len(ids))]), Visit: visit}
	case 3, 4:
		return AskedAgain{Visit: visit}
	}
	return randomEvent(r, s) // which is not a guide's to send
}

// TestGuidesChangeNothingOfThePersons puts guides' events anywhere between the
// events of a run: every answer, confirmation, change, place, finding and plan is
// as it is without them, and so is all the work that is wanted.
func TestGuidesChangeNothingOfThePersons(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 8))
			alone := watchedBy(t, []State{begun(t, "hetk"), diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))}[seed%2], "v1", "Ann Lee")
			with, sent := alone, 0
			for range 150 {
				for range r.IntN(3) {
					e := randomOfGuide(r, with)
					with = caused(with, ByGuide, 0, e)
					sent++
				}
				if a, w := personal(alone), personal(with); !reflect.DeepEqual(a, w) {
					t.Fatalf("with guides (-without +with):\n%s", cmp.Diff(a, w, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(State{}), cmp.AllowUnexported(asked{})))
				}
				if !slices.Equal(Wants(alone), Wants(with)) {
					t.Fatalf("guides made the run want %+v, and not %+v", Wants(with), Wants(alone))
				}
				e := Clean(randomEvent(r, alone))
				who := ByPerson
				if !MayAppend(who, e) {
					who = ByDriver
				}
				alone, with = caused(alone, who, time.Second, e), caused(with, who, time.Second, e)
			}
			if sent == 0 {
				t.Fatal("no guide sent anything")
			}
		})
	}
}

// personal is a state without what is a guide's: markers, notes, advice, the wish
// to look again, and the count of records.
func personal(s State) any {
	s.Seq, s.At, s.Pointers, s.Hints, s.NotesCame, s.again = 0, time.Time{}, nil, nil, 0, false
	s.Notes = without(s.Notes, func(n Noted) bool { return n.Visit == "v1" && n.From == "Ann Lee (Hetk support)" })
	return []any{frozen(s), s.returnPort, s.door, s.doorState, s.shared, s.planOf, s.filed, s.picked, s.unsettled, s.factsOf, s.factsBy, s.about, len(s.past)}
}

func TestALookForAGuideIsInNobodysWay(t *testing.T) {
	t.Parallel()
	wish := AskedAgain{Visit: "v1"}
	s := watchedBy(t, diagnosed(t, "hetk", present(theApp(profile(t, "hetk")))), "v1", "Ann Lee")
	if _, ok := Due(s); ok {
		t.Fatal("something is due before any wish")
	}
	s = caused(s, ByGuide, 0, wish)
	e, ok := Due(s)
	if _, again := e.(AskedAgain); !ok || !again {
		t.Fatalf("due is %+v", e)
	}
	looked := caused(s, ByDriver, 0, e)
	if looked.Round != s.Round+1 || looked.WishedAgain() {
		t.Errorf("round %d after %d, wish %v", looked.Round, s.Round, looked.WishedAgain())
	}
	if e, ok := Due(looked); ok {
		t.Errorf("due once more: %+v", e)
	}
	plan := atPlanOf(t, "v1")
	plan = caused(plan, ByGuide, 0, wish)
	if e, ok := Due(plan); ok {
		t.Errorf("under a plan %s is due", e.Kind())
	}
	yes := after(plan, Confirmed{Plan: plan.Plan.ID, Typed: plan.Plan.Domain})
	if yes.Confirmed == "" {
		t.Error("a guide's wish took the person's yes away")
	}
	if e, ok := Due(yes); ok {
		t.Errorf("while a plan is carried out %s is due", e.Kind())
	}
}

// atPlanOf is a run that stands under a plan, watched.
func atPlanOf(t testing.TB, id VisitID) State {
	t.Helper()
	s := watchedBy(t, diagnosed(t, "hetk", present(theApp(profile(t, "hetk")))), id, "Ann Lee")
	s = after(s, Advanced{}, Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowGraph}, Advanced{})
	s = after(s, Learned{Facts: present(theApp(profile(t, "hetk"))), Round: s.Round})
	s = see(s, blocked)
	e, ok := Due(s)
	if !ok {
		t.Fatalf("no plan is due at %+v: %s", s.Place, WhyNoPlan(s))
	}
	return after(s, e)
}

func TestNotesOfGuides(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	s = after(s, Chose{Path: DirectLink})
	if len(Links(s)) == 0 {
		t.Fatalf("no link at %+v", s.Place)
	}
	for text, ok := range map[string]bool{
		"press p and then enter":                                               true,
		"see https://learn.microsoft.com/entra/identity for that":              true,
		"this one: " + Links(s)[0].URL:                                         true,
		"see https://evil.example/login":                                       false,
		"see (https://evil.example)":                                           false,
		"http://learn.microsoft.com/x":                                         false,
		"https://learn.microsoft.com@evil.example/":                            false,
		"https://learn.microsoft.com.evil.example/":                            false,
		"https://learn.microsoft.com:8443/":                                    false,
		"https://learn.microsoft.com\\@evil.example/":                          false,
		"https://learn.microsoft.com/,https://evil.example/":                   false,
		"HTTPS://EVIL.EXAMPLE":                                                 false,
		"javascript://learn.microsoft.com/%0aalert(1)":                         false,
		"ssh://learn.microsoft.com/":                                           false,
		"www.evil.example":                                                     false,
		"evil.example/login":                                                   false,
		"mailto:x@evil.example":                                                false,
		"microsoft.com/devicelogin, code F7QK2LMNP":                            false,
		"https://microsoft.com/devicelogin":                                    false,
		"https://login.microsoftonline.com/common/adminconsent?client_id=evil": false,
		"https://le\u0430rn.microsoft.com/":                                    false,
		"contoso.example and app/grant, and v1.0/me":                           true,
	} {
		clean, left := CleanNote(s, text)
		if (len(left) == 0) != ok {
			t.Errorf("%q: left out %q", text, left)
		}
		if !ok && (strings.Contains(clean, "://") || strings.Contains(clean, "/login") || strings.Contains(clean, "devicelogin")) {
			t.Errorf("%q became %q", text, clean)
		}
		if ok && clean != text {
			t.Errorf("%q became %q", text, clean)
		}
	}
	if clean, _ := CleanNote(s, "a\x1b[2J\u202eb\r\nc"+strings.Repeat("x", 9999)); strings.ContainsAny(clean, "\x1b\u202e\n\r") || len([]rune(clean)) > NoteMost {
		t.Errorf("a note of %d characters: %.40q", len([]rune(clean)), clean)
	}
}

func TestWhatIsSharedHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	const canary = "CANARY"
	s := atPlanOf(t, "v1")
	for _, e := range []Event{
		Started{Nonce: canary},
		Listening{Port: 7, At: "https://" + canary, State: canary},
		Confirmed{Plan: s.Plan.ID, Typed: canary},
		Troubled{What: TroubleReceipt, Text: "open /home/" + canary + "/x: permission denied"},
		Filed{Name: "/home/" + canary + "/receipt.json"},
		Filed{Name: `C:\Users\` + canary + `\receipt.json`},
		Foreign{Tag: "later", Data: []byte(`{"x":"` + canary + `"}`)},
	} {
		r := Shared(s, Record{Seq: 1, Writer: "w", N: 1, At: noon, By: ByPerson, Event: e})
		line, err := MarshalRecord(r)
		if err != nil {
			t.Fatalf("%s: %v", e.Kind(), err)
		}
		if strings.Contains(string(line), canary) {
			t.Errorf("a guide gets %s", line)
		}
	}
	typed := Shared(s, Record{Event: Confirmed{Plan: s.Plan.ID, Typed: " Contoso.Example "}})
	if got := Fold(s, Record{Seq: s.Seq + 1, At: s.At, By: ByPerson, Event: typed.Event}); got.Confirmed == "" {
		t.Error("a guide does not see that the plan was confirmed")
	}
	if f, ok := Shared(s, Record{Event: Filed{Name: "/home/x/r.json"}}).Event.(Filed); !ok || f.Name != "r.json" {
		t.Errorf("filed as %+v", f)
	}
	// What else there is goes through as it is, so that a guide sees the same run.
	for _, e := range samples() {
		switch e.(type) {
		case Started, Listening, Confirmed, Troubled, Filed:
			continue
		}
		if got := Shared(s, Record{Event: e}).Event; !reflect.DeepEqual(got, e) {
			t.Errorf("%s became %+v", e.Kind(), got)
		}
	}
}
