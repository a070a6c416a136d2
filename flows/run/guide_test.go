package run

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// journals are the kinds that a guide may come to.
var journals = map[string]func(t *testing.T) flows.Journal{
	"memory": func(*testing.T) flows.Journal { return journal.NewMemory() },
	"file":   func(t *testing.T) flows.Journal { t.Helper(); return onDisk(t) },
}

// eachJournal runs a test in a bubble of time over each kind.
func eachJournal(t *testing.T, test func(t *testing.T, j flows.Journal)) {
	t.Helper()
	for name, make := range journals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) { test(t, make(t)) })
		})
	}
}

func known(t testing.TB, name string) Known {
	t.Helper()
	k, err := KnownGuide(name, "Hetk support")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// comes lets a guide ask to watch.
func comes(t testing.TB, j flows.Journal, name string) *Guide {
	t.Helper()
	g, err := AskToWatch(t.Context(), j, known(t, name), GuideOptions{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return g
}

// view is what a guide sees.
func view(t testing.TB, g *Guide) View {
	t.Helper()
	v, err := g.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sees lets a guide in and gives what they see then.
func (r *rig) sees(g *Guide) View {
	r.t.Helper()
	r.do(flows.Watched{Visit: g.visit, Here: true})
	v := view(r.t, g)
	if v.Standing != StandWatches || v.Run == nil {
		r.t.Fatalf("after the yes: %+v", v)
	}
	return v
}

func TestAGuideSeesNothingBeforeTheYes(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		if s := r.State(); len(s.Asking) != 1 || s.Asking[0].Called() != "Ann Lee (Hetk support)" {
			t.Fatalf("asking: %+v", s.Asking)
		}
		v := view(t, g)
		if v.Standing != StandAsks || v.Run != nil || v.Outline.Stage != flows.StageKnown || v.Until.IsZero() || v.As != "Ann Lee (Hetk support)" {
			t.Errorf("before the yes: %+v", v)
		}
		if told := fmt.Sprintf("%+v", v); strings.Contains(told, "contoso") || strings.Contains(told, "hetk.") {
			t.Errorf("before the yes a guide is told %s", told)
		}
		n := len(kinds(t, j))
		for what, err := range map[string]error{
			"point": g.Point(t.Context(), "app/grant"), "note": g.Note(t.Context(), "hello"),
			"suggest": g.Suggest(t.Context(), flows.DirectLink), "look": g.AskAgain(t.Context()),
		} {
			if !errors.Is(err, ErrNotWatching) {
				t.Errorf("%s before the yes: %v", what, err)
			}
		}
		if now := len(kinds(t, j)); now != n {
			t.Errorf("%d records came of it", now-n)
		}
		v = r.sees(g)
		if v.Outline != (Outline{}) || v.Run.State.Domain != "contoso.example" || len(v.Run.State.Findings()) == 0 || len(v.Run.Last) == 0 {
			t.Errorf("after the yes: %+v", v.Run.State)
		}
		second := comes(t, j, "Bo Ek")
		if v := view(t, second); v.Run != nil {
			t.Error("one yes lets in two")
		}
		if err := second.Note(t.Context(), "hello"); !errors.Is(err, ErrNotWatching) {
			t.Errorf("a note without a yes: %v", err)
		}
	})
}

func TestWhatAGuideDoesReachesThePerson(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		w := &world{}
		r := drive(t, w, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		before, _ := w.count()
		for what, err := range map[string]error{
			"point": g.Point(t.Context(), "app/grant"), "note": g.Note(t.Context(), "press p"),
			"suggest": g.Suggest(t.Context(), flows.DirectLink), "look": g.AskAgain(t.Context()),
		} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		synctest.Wait()
		s := r.State()
		const called = "Ann Lee (Hetk support)"
		if len(s.Pointers) != 1 || s.Pointers[0].From != called || len(s.Notes) != 1 || s.Notes[0].From != called || len(s.Hints) != 1 {
			t.Errorf("the person sees %+v %+v %+v", s.Pointers, s.Notes, s.Hints)
		}
		if looks, _ := w.count(); looks != before+1 {
			t.Errorf("the person's driver looked %d times for one wish", looks-before)
		}
		r.do(flows.Noted{Text: "thanks"})
		if v := view(t, g); len(v.Run.State.Notes) != 2 || v.Run.State.Seq != r.State().Seq {
			t.Errorf("the guide has %+v", v.Run.State.Notes)
		}
		for what, err := range map[string]error{"point": g.Point(t.Context(), "rm -rf"), "suggest": g.Suggest(t.Context(), "no-such")} {
			if !errors.Is(err, ErrNoSpot) {
				t.Errorf("%s nowhere: %v", what, err)
			}
		}
		var link *LinkError
		if err := g.Note(t.Context(), "see https://evil.example/x"); !errors.As(err, &link) || !slices.Equal(link.Hosts, []string{"evil.example"}) {
			t.Errorf("a link to anywhere: %v", err)
		}
		for _, text := range []string{"", "\x1b[2J", strings.Repeat("x", flows.NoteMost+1)} {
			if err := g.Note(t.Context(), text); !errors.Is(err, ErrNote) {
				t.Errorf("a note of %d bytes: %v", len(text), err)
			}
		}
		wholeJournal(t, r.Driver, j)
	})
}

// TestAWatchEndsAtOnce ends one in each way there is, with somebody blocked in
// Watch: nothing more is read, and nothing more is written.
// Who hands a case over watches until the person said yes to the colleague, by the key that
// they came with, and hears to whom; a no ends nothing of theirs.
func TestAGuideHandsOver(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		ask := func(name, print string, from Handed) *Guide {
			t.Helper()
			g, err := AskToWatch(t.Context(), j, known(t, name).By(print, "onboard.example"), GuideOptions{Handed: from})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return g
		}
		lead := ask("Ann Lee", "SHA256:ann", Handed{})
		r.sees(lead)
		namesake := ask("Ann Lee 2", "SHA256:other", Handed{})
		r.sees(namesake)
		handed := Handed{"Ann Lee", "Hetk support", "SHA256:ann", "mark"}
		no := ask("Bo Ek", "SHA256:bo", handed)
		if s := r.State(); len(s.Asking) != 1 || s.Asking[0].From != "Ann Lee (Hetk support)" {
			t.Fatalf("asking: %+v", s.Asking)
		}
		if v := view(t, no); v.Run != nil {
			t.Error("a hand-over lets somebody see a run")
		}
		r.do(flows.Watched{Visit: no.visit, Why: flows.WatchRefused})
		if v := view(t, lead); v.Standing != StandWatches {
			t.Errorf("after the no: %+v", v)
		}
		cy := ask("Cy Day", "SHA256:cy", handed)
		r.sees(cy)
		if v := view(t, lead); v.Standing != StandOver || v.Why != flows.WatchHanded || v.To != "Cy Day (Hetk support)" || v.Run != nil {
			t.Errorf("after the yes: %+v", v)
		}
		if v := view(t, namesake); v.Standing != StandWatches {
			t.Errorf("another guide's watch ended too: %+v", v)
		}
		if err := lead.Note(t.Context(), "still here"); !errors.Is(err, ErrNotWatching) {
			t.Errorf("who handed over still writes: %v", err)
		}
	})
}

func TestAWatchEndsAtOnce(t *testing.T) {
	t.Parallel()
	for why, end := range map[flows.WatchEnd]func(r *rig, g *Guide){
		flows.WatchStopped: func(r *rig, g *Guide) { r.do(flows.Watched{Visit: g.visit, Why: flows.WatchStopped}) },
		flows.WatchOver:    func(*rig, *Guide) { time.Sleep(31 * time.Minute) }, // of the bubble
		flows.WatchLeft: func(r *rig, g *Guide) {
			if err := g.Leave(r.t.Context(), flows.WatchLeft); err != nil {
				r.t.Error(err)
			}
		},
		flows.WatchLost: func(r *rig, g *Guide) {
			if err := g.Leave(r.t.Context(), "whatever"); err != nil {
				r.t.Error(err)
			}
		},
		flows.WatchRun: func(r *rig, _ *Guide) { r.do(flows.Ended{Why: flows.EndDone}) },
	} {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			eachJournal(t, func(t *testing.T, j flows.Journal) {
				r := drive(t, &world{}, j, Options{})
				r.begin()
				g := comes(t, j, "Ann Lee")
				r.sees(g)
				wake := g.Watch(t.Context())
				synctest.Wait()
				<-wake
				woken := make(chan struct{})
				go func() {
					defer close(woken)
					for range wake { //nolint:revive // it is the end that is waited for
					}
				}()
				synctest.Wait()
				end(r, g)
				synctest.Wait()
				select {
				case <-woken:
				default:
					t.Error("a blocked Watch goes on")
				}
				if v := view(t, g); v.Standing != StandOver || v.Why != why || v.Run != nil {
					t.Errorf("after it: %+v", v)
				}
				if s := r.State(); len(s.Guides) != 0 || s.Parted == nil || s.Parted.Why != why {
					t.Errorf("the person has guides %+v, parted %+v", s.Guides, s.Parted)
				}
				n := len(kinds(t, j))
				if err := g.Note(t.Context(), "still here"); !errors.Is(err, ErrNotWatching) {
					t.Errorf("a note afterwards: %v", err)
				}
				if now := len(kinds(t, j)); now != n {
					t.Error("it was stored")
				}
				if r.State().End == "" {
					r.do(flows.Noted{Text: "a secret of mine"})
				}
				if !reflect.DeepEqual(g.state, flows.State{}) || g.last != nil {
					t.Error("the handle keeps what it read")
				}
			})
		})
	}
}

// TestTheEndOutlivesAJournalThatCannotBeWritten ends a watch while nothing can be
// stored: the person is told at once, and what happened after the end is never read,
// although it is stored together with it.
func TestTheEndOutlivesAJournalThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &shaky{Memory: journal.NewMemory()}
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		gone := errors.New("the disk is gone")
		j.set(func(int, []flows.Record) (error, error) { return gone, nil })
		r.do(flows.Watched{Visit: g.visit, Why: flows.WatchStopped}, flows.Noted{Text: "private"})
		if s := r.State(); len(s.Guides) != 0 {
			t.Errorf("the bar stays: %+v", s.Guides)
		}
		j.set(nil)
		time.Sleep(2 * retryStore)
		synctest.Wait()
		if v := view(t, g); v.Run != nil || v.Why != flows.WatchStopped {
			t.Errorf("the guide sees %+v", v)
		}
		if !reflect.DeepEqual(g.state, flows.State{}) || g.last != nil {
			t.Errorf("the handle read on past the end: %+v", g.last)
		}
		// And the yes is none where it cannot be stored.
		other := comes(t, j, "Bo Ek")
		j.set(func(int, []flows.Record) (error, error) { return gone, nil })
		if err := r.Do(t.Context(), flows.Watched{Visit: other.visit, Here: true}); !errors.Is(err, gone) {
			t.Errorf("a yes that cannot be stored: %v", err)
		}
		if s := r.State(); len(s.Guides) != 0 || len(s.Asking) != 1 {
			t.Errorf("guides %+v, asking %+v", s.Guides, s.Asking)
		}
		if v := view(t, other); v.Run != nil {
			t.Error("a guide watches without a stored yes")
		}
	})
}

// TestAGuideWhoReadsNothingCostsNothing lets one watch who never takes a wake-up
// and another who never asks for any: a thousand events of the person's are applied
// and stored without a moment's wait.
func TestAGuideWhoReadsNothingCostsNothing(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		for _, name := range []string{"Ann Lee", "Bo Ek"} {
			g := comes(t, j, name)
			r.sees(g)
			if name == "Ann Lee" {
				_ = g.Watch(t.Context())
			}
		}
		synctest.Wait()
		begun := time.Now()
		for i := range 1000 {
			if err := r.Do(t.Context(), flows.Noted{Text: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if waited := time.Since(begun); waited != 0 || !r.Saved().All() {
			t.Errorf("the person waited %s, saved %+v", waited, r.Saved())
		}
	})
}

func TestAskingToWatchIsBounded(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		if _, err := AskToWatch(t.Context(), j, known(t, "Ann Lee"), GuideOptions{}); !errors.Is(err, ErrNotNow) {
			t.Errorf("asking twice: %v", err)
		}
		r.do(flows.Watched{Visit: g.visit, Why: flows.WatchRefused})
		if v := view(t, g); v.Standing != StandOver || v.Why != flows.WatchRefused {
			t.Errorf("after a no: %+v", v)
		}
		n := len(kinds(t, j))
		if _, err := AskToWatch(t.Context(), j, known(t, "Ann Lee"), GuideOptions{}); !errors.Is(err, ErrNotNow) {
			t.Errorf("asking right after a no: %v", err)
		}
		if now := len(kinds(t, j)); now != n {
			t.Error("a request that cannot be answered was stored")
		}
		time.Sleep(11 * time.Minute) // of the bubble
		late := comes(t, j, "Ann Lee")
		time.Sleep(flows.AskWait)
		if err := r.Do(t.Context(), flows.Watched{Visit: late.visit, Here: true}); err != nil {
			t.Error(err)
		}
		if v := view(t, late); v.Standing != StandOver || v.Why != flows.WatchOver || len(r.State().Guides) != 0 {
			t.Errorf("a yes that came too late: %+v, guides %+v", v, r.State().Guides)
		}
	})
	for _, who := range [][2]string{{"", "x"}, {"x", ""}, {"\x1b[2J", "x"}, {"  ", "x"}} {
		if _, err := KnownGuide(who[0], who[1]); !errors.Is(err, ErrNameless) {
			t.Errorf("%q: %v", who, err)
		}
	}
	if _, err := AskToWatch(t.Context(), journal.NewMemory(), Known{}, GuideOptions{}); !errors.Is(err, ErrNameless) {
		t.Errorf("nobody asks: %v", err)
	}
}

func TestAGuideIsNoFasterThanAPerson(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		count := func(do func() error) (n int) {
			for range 100 {
				err := do()
				if err == nil {
					n++
				} else if !errors.Is(err, ErrTooFast) {
					t.Error(err)
				}
			}
			return n
		}
		if n := count(func() error { return g.Note(t.Context(), "x") }); n != guideBurst {
			t.Errorf("%d notes in no time", n)
		}
		if n := count(func() error { return g.AskAgain(t.Context()) }); n != looksBurst {
			t.Errorf("%d looks in no time", n)
		}
		time.Sleep(guideWords)
		if err := g.Point(t.Context(), "app/grant"); err != nil {
			t.Errorf("after a while: %v", err)
		}
	})
}

// TestAnEndOfNothing holds that an end of no recording is said to be one, and that who is
// asked learns how long it is kept.
func TestAnEndOfNothing(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g, err := AskToWatch(t.Context(), j, known(t, "Ann Lee"), GuideOptions{Keeps: 48 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		r.sees(g)
		n := len(kinds(t, j))
		if err := g.EndRecording(t.Context()); !errors.Is(err, ErrNoRecording) || len(kinds(t, j)) != n {
			t.Errorf("an end of nothing: %v", err)
		}
		good(t, g.AskToRecord(t.Context()))
		synctest.Wait()
		if a := r.State().TapeAsk; a == nil || a.Keeps != 48*time.Hour {
			t.Errorf("asked is %+v", a)
		}
	})
}

// TestAGuideHasNoOtherWays holds what a guide's handle can do, name by name and
// type by type: a method that is added must be argued for here.
func TestAGuideHasNoOtherWays(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[*Guide]()
	var have []string
	for m := range typ.Methods() {
		have = append(have, m.Name)
		for in := range m.Type.Ins() {
			switch in {
			case typ, reflect.TypeFor[context.Context](), reflect.TypeFor[string](), reflect.TypeFor[flows.PathID](), reflect.TypeFor[flows.WatchEnd]():
			default:
				t.Errorf("%s takes a %s", m.Name, in)
			}
		}
		for out := range m.Type.Outs() {
			switch out {
			case reflect.TypeFor[error](), reflect.TypeFor[View](), reflect.TypeFor[<-chan struct{}]():
			default:
				t.Errorf("%s gives a %s", m.Name, out)
			}
		}
	}
	if want := []string{"AskAgain", "AskToRecord", "EndRecording", "Leave", "Note", "Point", "Suggest", "View", "Watch"}; !slices.Equal(have, want) {
		t.Errorf("a guide can %q, and should %q", have, want)
	}
	for f := range typ.Elem().Fields() {
		if f.IsExported() {
			t.Errorf("%s can be reached into", f.Name)
		}
	}
	for f := range reflect.TypeFor[Known]().Fields() {
		if f.IsExported() {
			t.Errorf("a guide's %s can be set by anybody", f.Name)
		}
	}
	// And what they see holds no hand, no prompt and no journal.
	seen := map[reflect.Type]bool{}
	var walk func(at string, typ reflect.Type)
	walk = func(at string, typ reflect.Type) {
		if seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		if typ == reflect.TypeFor[Prompt]() || typ == reflect.TypeFor[Hands]() || typ == reflect.TypeFor[flows.Journal]() {
			t.Errorf("%s is a %s", at, typ)
		}
		switch typ.Kind() {
		case reflect.Struct:
			for f := range typ.Fields() {
				walk(at+"."+f.Name, f.Type)
			}
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(at, typ.Elem())
		case reflect.Func, reflect.Chan:
			t.Errorf("%s is a %s", at, typ)
		default:
		}
	}
	walk("View", reflect.TypeFor[View]())
}

// TestForgedRecordsOfGuides puts into a journal what an attacker would who had got
// hold of it and could only write as a guide: whatever the writer, the name and the
// number, it changes nothing that is the person's.
func TestForgedRecordsOfGuides(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.toPlan()
		ann, bo := comes(t, j, "Ann Lee"), comes(t, j, "Bo Ek")
		r.sees(ann)
		before := r.State()
		plan := before.Plan.ID
		n := uint64(0)
		forge := func(writer flows.WriterID, e flows.Event) {
			t.Helper()
			n++
			rec := flows.Record{Seq: 1, Writer: writer, N: 9000 + n, At: time.Now(), By: flows.ByGuide, Event: e}
			if _, err := j.Append(t.Context(), r.State().Seq, rec); err != nil {
				t.Fatalf("%s: %v", e.Kind(), err)
			}
			synctest.Wait()
		}
		for _, writer := range []flows.WriterID{"w1", "", flows.WriterID("guide-" + ann.visit), "driver"} {
			for _, e := range []flows.Event{
				flows.Confirmed{Plan: plan, Typed: "contoso.example"},
				flows.Answered{Question: flows.AskDomain, Value: "evil.example"},
				flows.Chose{Path: flows.AllowAll},
				flows.Advanced{},
				flows.WentBack{},
				flows.SignedIn{},
				flows.SignedOut{},
				flows.Planned{Plan: flows.Plan{ID: "evil"}},
				flows.Stopped{Plan: plan},
				flows.Ended{},
				flows.Resumed{},
				flows.Picked{},
				flows.Watched{Visit: bo.visit, Here: true},
				flows.Watched{Visit: ann.visit},
				flows.Watched{Guide: "Eve", Here: true},
				flows.AskedToWatch{Visit: "v", Guide: "Microsoft", Org: "Microsoft", Until: time.Now().Add(time.Minute), Lasts: time.Minute},
				flows.Found{Finding: checks.Finding{Check: checks.AppGrant, Verdict: checks.Pass, Grade: checks.Verified}, Round: before.Round},
				flows.Noted{Text: "x", Visit: bo.visit},
				flows.Noted{Text: "x", From: "Bo Ek (Hetk support)"},
				flows.Pointed{At: "app/grant", Visit: "v"},
				flows.Foreign{Tag: "later", Data: []byte("{}")},
			} {
				forge(writer, e)
				if s := r.State(); s.Domain != before.Domain || s.Place != before.Place || s.Path != before.Path || s.Confirmed != "" || s.Account == nil || s.End != "" ||
					s.Plan == nil || s.Plan.ID != plan || s.Round != before.Round || len(s.Guides) != 1 || len(s.Asking) != 1 || len(s.Notes) != 0 || len(s.Pointers) != 0 {
					t.Fatalf("a guide's %s, written as %q, made it %+v", e.Kind(), writer, s)
				}
			}
		}
		forge("w1", flows.Noted{Text: "I am Bo", Visit: ann.visit, From: "Bo Ek (Hetk support)"})
		if s := r.State(); len(s.Notes) != 1 || s.Notes[0].From != "Ann Lee (Hetk support)" {
			t.Errorf("notes %+v", s.Notes)
		}
		if v := view(t, bo); v.Run != nil {
			t.Error("a forged yes lets a guide in")
		}
		if s := r.confirm(); s.Stop != nil || !s.Carried() {
			t.Errorf("the person's plan came to %+v", s.Stop)
		}
	})
}

// TestALateGuideSeesWhatTheOthersSee joins after everything happened.
func TestALateGuideSeesWhatTheOthersSee(t *testing.T) {
	t.Parallel()
	eachJournal(t, func(t *testing.T, j flows.Journal) {
		r := drive(t, &world{}, j, Options{})
		r.begin()
		first := comes(t, j, "Ann Lee")
		r.sees(first)
		r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{})
		late := comes(t, j, "Bo Ek")
		b, a := r.sees(late), view(t, first)
		if a.Run.State.Seq != b.Run.State.Seq || a.Run.State.Place != b.Run.State.Place || len(a.Run.State.Findings()) != len(b.Run.State.Findings()) || len(b.Run.State.Guides) != 2 {
			t.Errorf("the first is at %d %+v, the late one at %d %+v", a.Run.State.Seq, a.Run.State.Place, b.Run.State.Seq, b.Run.State.Place)
		}
		if err := first.Leave(t.Context(), flows.WatchLeft); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := r.State(); len(s.Guides) != 1 || s.Guides[0].Name != "Bo Ek" {
			t.Errorf("after one left: %+v", s.Guides)
		}
		if v := view(t, late); v.Run == nil {
			t.Error("one who leaves takes the other along")
		}
	})
}

// TestAGuideIsToldNothingThatCannotBeRead breaks the journal under a guide.
func TestAGuideIsToldNothingThatCannotBeRead(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := journal.NewMemory()
		r := drive(t, &world{}, j, Options{})
		r.begin()
		g := comes(t, j, "Ann Lee")
		r.sees(g)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if v, err := g.View(gone); err == nil || v.Run != nil {
			t.Errorf("nobody knows whether the yes stands, and a guide sees %+v, %v", v, err)
		}
	})
}

// BenchmarkJoiningLate is a guide's first look at a run of 10,000 events, after the
// yes (budgets: G5, without the frame).
func BenchmarkJoiningLate(b *testing.B) {
	j := journal.NewMemory()
	all, err := flows.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now()
	rs := []flows.Record{{Writer: "w", N: 1, At: at, By: flows.ByPerson, Event: flows.Started{Version: "1", Domain: "contoso.example", Profile: &all[0]}}}
	ids := []checks.ID{checks.AppGrant, checks.AppPresent, checks.TenantFound, checks.ConsentPredict}
	for i := range 9998 {
		rs = append(rs, flows.Record{Writer: "w", N: uint64(i) + 2, At: at, By: flows.ByDriver, Event: flows.Found{Finding: checks.Finding{
			Check: ids[i%len(ids)], Verdict: checks.Fail, Grade: checks.Verified, Summary: "0 of 5 scopes granted tenant-wide", At: at,
		}}})
	}
	if _, err := j.Append(b.Context(), 0, rs...); err != nil {
		b.Fatal(err)
	}
	who, err := KnownGuide("Ann Lee", "Hetk support")
	if err != nil {
		b.Fatal(err)
	}
	g, err := AskToWatch(b.Context(), j, who, GuideOptions{})
	if err != nil {
		b.Fatal(err)
	}
	yes := flows.Record{Writer: "w", N: 20_000, At: time.Now(), By: flows.ByPerson, Event: flows.Watched{Visit: g.visit, Here: true}}
	if _, err := j.Append(b.Context(), uint64(len(rs))+1, yes); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		late := &Guide{journal: j, visit: g.visit, who: who, now: time.Now}
		if v, err := late.View(b.Context()); err != nil || v.Run == nil || v.Run.State.Seq != 10_001 {
			b.Fatalf("%+v, %v", v.Standing, err)
		}
	}
}
