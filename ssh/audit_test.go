package ssh

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// trying is a journal whose appends go wrong as a test says, one after the other.
type trying struct {
	flows.Journal

	before []func() error // of each append; nil: it is made
	after  error          // of those that were made
	blind  error          // of every read
	blinds func() error   // likewise, as it says; nil: none
	read   func()         // after every read; nil: nothing
}

// Append implements flows.Journal.
func (j *trying) Append(ctx context.Context, after uint64, rs ...flows.Record) (uint64, error) {
	if len(j.before) > 0 {
		first := j.before[0]
		j.before = j.before[1:]
		if first != nil {
			if err := first(); err != nil {
				return 0, err
			}
		}
	}
	n, err := j.Journal.Append(ctx, after, rs...)
	if err == nil && j.after != nil {
		return 0, j.after
	}
	return n, err
}

// Since implements flows.Journal.
func (j *trying) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	if j.blind != nil {
		return nil, j.blind
	}
	if j.blinds != nil {
		if err := j.blinds(); err != nil {
			return nil, err
		}
	}
	if j.read != nil {
		defer j.read()
	}
	return j.Journal.Since(ctx, after)
}

// ledger is an audit in memory.
type ledger struct {
	mu      sync.Mutex
	entries []string
	marks   map[string]bool
	err     error
	lost    int // so many answers come to nobody
}

// fails makes every entry from here on fail; nil: none.
func (l *ledger) fails(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// all is what stands in it.
func (l *ledger) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

func (l *ledger) write(_ context.Context, mark, did, more string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	if mark == "" || !l.marks[mark] {
		l.entries = append(l.entries, strings.TrimSpace(did+" "+more))
	}
	if l.marks == nil {
		l.marks = map[string]bool{}
	}
	l.marks[mark] = true
	if l.lost > 0 {
		l.lost--
		return cases.ErrAway
	}
	return nil
}

// handled is a run that a guide watches through an audited journal.
func handled(t *testing.T) (g *run.Guide, guided *guideJournal, under *trying, book *ledger) {
	t.Helper()
	under, book = &trying{Journal: journal.NewMemory()}, new(ledger)
	guided = &guideJournal{Journal: under, write: book.write}
	put := func(e flows.Event) {
		t.Helper()
		rs, err := under.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		n := uint64(len(rs))
		if _, err := under.Journal.Append(t.Context(), n, flows.Record{Seq: n + 1, Writer: "customer", N: n + 1, At: time.Now(), By: flows.ByPerson, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	put(flows.Started{Version: "1"})
	who, err := run.KnownGuide("Anna Berg", "Example Support")
	if err != nil {
		t.Fatal(err)
	}
	g, err = run.AskToWatch(t.Context(), guided, who, run.GuideOptions{Visit: func() flows.VisitID { return "v" }})
	if err != nil {
		t.Fatal(err)
	}
	put(flows.Watched{Visit: "v", Here: true})
	book.entries = nil
	return g, guided, under, book
}

// last is the newest event of a journal.
func last(t *testing.T, j flows.Journal) flows.Event {
	t.Helper()
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rs[len(rs)-1].Event
}

// TestEveryDeedIsAuditedFirst holds what the audit says of each thing that a guide can
// do to a case, and that one which it cannot have is not done.
func TestEveryDeedIsAuditedFirst(t *testing.T) {
	t.Parallel()
	path := string(flows.Paths()[0].ID)
	for want, do := range map[string]func(context.Context, *run.Guide) error{
		didPoint + " app/grant": func(ctx context.Context, g *run.Guide) error { return g.Point(ctx, "app/grant") },
		didPoint + " nothing":   func(ctx context.Context, g *run.Guide) error { return g.Point(ctx, "") },
		didNote:                 func(ctx context.Context, g *run.Guide) error { return g.Note(ctx, "a word of mine") },
		didSuggest + " " + path: func(ctx context.Context, g *run.Guide) error { return g.Suggest(ctx, flows.PathID(path)) },
		didSuggest + " nothing": func(ctx context.Context, g *run.Guide) error { return g.Suggest(ctx, "") },
		didAgain:                func(ctx context.Context, g *run.Guide) error { return g.AskAgain(ctx) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			g, _, under, book := handled(t)
			before := last(t, under)
			book.err = errors.New("the disk is full")
			if err := do(t.Context(), g); !errors.Is(err, errUnaudited) {
				t.Errorf("without an audit: %v", err)
			}
			if got := last(t, under); got != before {
				t.Errorf("without an audit %#v was done", got)
			}
			book.err = nil
			if err := do(t.Context(), g); err != nil || !slices.Equal(book.entries, []string{want}) || last(t, under) == before {
				t.Errorf("%v: %q, %#v", err, book.entries, last(t, under))
			}
		})
	}
	// What cannot be done at all stands in no audit.
	g, _, _, book := handled(t)
	if err := g.Point(t.Context(), "nowhere"); !errors.Is(err, run.ErrNoSpot) || len(book.entries) > 0 {
		t.Errorf("%v, %q", err, book.entries)
	}
}

// TestDeedsThatDidNotHappen holds what the audit says where the store had the last word.
func TestDeedsThatDidNotHappen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(under *trying) []func() error
		after  error
		want   []string
		fails  bool
	}{
		"somebody was quicker": {func(*trying) []func() error {
			return []func() error{func() error { return flows.ErrConflict }}
		}, nil, []string{didNote}, false},
		"it was ended meanwhile": {func(under *trying) []func() error {
			return []func() error{func() error {
				_, err := under.Journal.Append(t.Context(), 3, flows.Record{Seq: 4, Writer: "customer", N: 9, At: time.Now(), By: flows.ByPerson, Event: flows.Watched{Visit: "v", Why: flows.WatchStopped}})
				return errors.Join(err, flows.ErrConflict)
			}}
		}, nil, []string{didNote, didNot + " " + didNote}, true},
		"the answer was lost": {nil, errors.New("the connection went"), []string{didNote, didMaybe + " " + didNote}, true},
		"there was no room": {func(*trying) []func() error {
			return []func() error{func() error { return flows.ErrFull }}
		}, nil, []string{didNote, didNot + " " + didNote}, true},
		"there was no room after an answer was lost": {func(*trying) []func() error {
			return []func() error{func() error { return errors.New("the connection went") }, func() error { return flows.ErrFull }}
		}, nil, []string{didNote, didMaybe + " " + didNote}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, guided, under, book := handled(t)
			if c.before != nil {
				under.before = c.before(under)
			}
			under.after = c.after
			err := g.Note(t.Context(), "a word of mine")
			if (err != nil) != c.fails {
				t.Errorf("%v", err)
			}
			for range 2 { // once is enough
				if owed := guided.settle(t.Context()); owed != nil {
					t.Error("something is still to be written")
				}
			}
			if !slices.Equal(book.entries, c.want) {
				t.Errorf("the audit has %q, want %q", book.entries, c.want)
			}
		})
	}
}

// seated is a place at a case, over a handle, with a desk of its own.
func (s *site) seated(t *testing.T, g *run.Guide, guided *guideJournal) *place {
	t.Helper()
	d := &desk{s: &session{srv: s.Server, ctx: t.Context()}, who: Guide{name: "Anna Berg", organisation: "Example Support", print: "SHA256:x", roles: Roles()}}
	return &place{Guide: g, number: "7KQ-M2X", journal: guided, desk: d, until: time.Now().Add(time.Hour)}
}

// TestAMoveAfterOneThatFailedIsAudited holds that a move has its own entry though the
// one before it failed before the store had used up its number.
func TestAMoveAfterOneThatFailedIsAudited(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	g, guided, under, book := handled(t)
	p := s.seated(t, g, guided)
	away := errors.New("the store is away")
	under.before = []func() error{func() error { under.blind = away; return flows.ErrConflict }}
	if err := g.Point(t.Context(), "app/grant"); !errors.Is(err, away) {
		t.Fatal(err)
	}
	p.settle(t.Context())
	under.blind = nil
	if err := g.Note(t.Context(), "a word of mine"); err != nil {
		t.Fatal(err)
	}
	if _, ok := last(t, under).(flows.Noted); !ok {
		t.Fatalf("%#v", last(t, under))
	}
	if want := []string{didPoint + " app/grant", didNot + " " + didPoint, didNote}; !slices.Equal(book.entries, want) {
		t.Errorf("the audit has %q, want %q", book.entries, want)
	}
}

// TestWhatBecameOfAMoveIsWritten holds that the audit says that a move came to nothing
// though the context of the move is over, and as soon as it can where it cannot yet.
func TestWhatBecameOfAMoveIsWritten(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	g, guided, under, book := handled(t)
	p := s.seated(t, g, guided)
	ctx, cancel := context.WithCancel(t.Context())
	gone := errors.New("the connection went")
	fail := func() error { cancel(); return gone }
	under.before = []func() error{fail, fail, fail, fail} // each of two notes is tried twice
	fill, tries := book.write, make(chan struct{}, 3)
	guided.write = func(ctx context.Context, mark, did, more string) error {
		if did == didMaybe {
			select {
			case tries <- struct{}{}:
			default:
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fill(ctx, mark, did, more)
	}
	if err := g.Note(ctx, "a word of mine"); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	p.settle(ctx)
	if want := []string{didNote, didMaybe + " " + didNote}; !slices.Equal(book.all(), want) {
		t.Errorf("the audit has %q, want %q", book.all(), want)
	}
	if err := g.Note(t.Context(), "another"); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	book.fails(errors.New("the disk is full"))
	p.settle(t.Context())
	<-tries
	<-tries // of the second, which fails
	book.fails(nil)
	await(t, "that it is written behind", func() bool { return len(book.all()) == 4 }, func() string { return strings.Join(book.all(), "\n") })
	if got := book.all()[3]; got != didMaybe+" "+didNote {
		t.Errorf("behind it says %q", got)
	}
}

// stops ends the watch of handled as its customer.
func (j *trying) stops(t *testing.T) {
	t.Helper()
	rs, err := j.Journal.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	n := uint64(len(rs))
	if _, err := j.Journal.Append(t.Context(), n, flows.Record{Seq: n + 1, Writer: "customer", N: n + 1, At: time.Now(), By: flows.ByPerson, Event: flows.Watched{Visit: "v", Why: flows.WatchStopped}}); err != nil {
		t.Fatal(err)
	}
}

// TestOneLookAtATime holds that the run is read under the lock that a look waits for:
// one that waited for another shows nothing from before.
func TestOneLookAtATime(t *testing.T) {
	t.Parallel()
	g, guided, under, _ := handled(t)
	p := serve(t, nil).seated(t, g, guided)
	reads := 0
	under.read = func() {
		if reads++; p.looks.TryLock() {
			p.looks.Unlock()
			t.Error("the run is read before the look before is done")
		}
	}
	if v, err := p.View(t.Context()); err != nil || v.Run == nil || reads != 2 { // the audit took its time: asked anew
		t.Errorf("%+v, %v, after %d reads", v, err, reads)
	}
}

// TestTheEndIsWrittenLater holds that the audit hears of the customer's end though it
// was away when that was seen.
func TestTheEndIsWrittenLater(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	g, guided, under, _ := handled(t)
	p := s.seated(t, g, guided)
	if v, err := p.View(t.Context()); err != nil || v.Run == nil {
		t.Fatalf("%+v, %v", v, err)
	}
	under.stops(t)
	ctx, cancel := context.WithCancel(t.Context())
	under.read = cancel // from here on nothing can be written under it
	if v, err := p.View(ctx); err != nil || v.Standing != run.StandOver || v.Run != nil {
		t.Fatalf("%+v, %v", v, err)
	}
	did(t, s.o.Cases, "Anna Berg 7KQ-M2X "+didEnter, "Anna Berg 7KQ-M2X "+didEnd+" stopped")
	if _, err := p.View(t.Context()); err != nil || len(deeds(t, s.o.Cases)) != 2 {
		t.Errorf("%v: %q", err, deeds(t, s.o.Cases))
	}
}

// TestEveryVisitHasItsEnd holds that the audit has an end of each visit, of whoever
// ended it, though no look saw that before the guide left.
func TestEveryVisitHasItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(t *testing.T, under *trying)
		want string
	}{
		"the customer ended it": {func(t *testing.T, under *trying) { t.Helper(); under.stops(t) }, didEnd + " stopped"},
		"the case is erased":    {func(_ *testing.T, under *trying) { under.blind = cases.ErrNoCase }, didEnd + " " + overErased},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			g, guided, under, book := handled(t)
			p := s.seated(t, g, guided)
			if v, err := p.View(t.Context()); err != nil || v.Run == nil {
				t.Fatalf("%+v, %v", v, err)
			}
			c.end(t, under)
			_ = p.Leave(t.Context(), flows.WatchLeft) // of a case that is gone it says so
			mine := "Anna Berg 7KQ-M2X "
			did(t, s.o.Cases, mine+didEnter, mine+c.want)
			if len(book.all()) > 0 {
				t.Errorf("the audit says that the guide ended it: %q", book.all())
			}
		})
	}
}

// TestAnErasedCaseEndsAVisitBehind holds that the audit has an end where the store was
// away as the guide left, and the case gone when it was back.
func TestAnErasedCaseEndsAVisitBehind(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	g, guided, under, _ := handled(t)
	p := s.seated(t, g, guided)
	if v, err := p.View(t.Context()); err != nil || v.Run == nil {
		t.Fatalf("%+v, %v", v, err)
	}
	away := []error{errors.New("away"), errors.New("away"), cases.ErrNoCase} // a look, leaving, and behind
	under.blinds = func() error {
		err := away[0]
		if len(away) > 1 {
			away = away[1:]
		}
		return err
	}
	if err := p.Leave(t.Context(), flows.WatchLost); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	did(t, s.o.Cases, "Anna Berg 7KQ-M2X "+didEnter, "Anna Berg 7KQ-M2X "+didEnd+" "+overErased)
}

// TestLeavingWaitsForNoAudit holds that a watch ends though that cannot be written down,
// and that it is written down later.
func TestLeavingWaitsForNoAudit(t *testing.T) {
	t.Parallel()
	g, guided, under, book := handled(t)
	book.err = errors.New("the disk is full")
	if err := g.Leave(t.Context(), flows.WatchLost); err != nil {
		t.Fatal(err)
	}
	if w, ok := last(t, under).(flows.Watched); !ok || w.Here || w.Why != flows.WatchLost || !guided.lacks() {
		t.Errorf("%#v, lacking %v", last(t, under), guided.lacks())
	}
	if err := guided.make(t.Context()); err == nil || !guided.lacks() {
		t.Error("what could not be written is forgotten")
	}
	book.err = nil
	if err := guided.make(t.Context()); err != nil || guided.lacks() || !slices.Equal(book.entries, []string{didLose}) {
		t.Errorf("%v, %q", err, book.entries)
	}
}

// TestLongNamesAreAudited holds that names which a guide may have fit into an entry.
func TestLongNamesAreAudited(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("界", mostName)
	if !GuideName(name) {
		t.Fatal("no guide has that name")
	}
	s := serve(t, nil)
	d := &desk{s: &session{srv: s.Server}, who: Guide{name: name, organisation: name, print: "SHA256:" + strings.Repeat("x", 43), roles: Roles()}}
	if err := d.audit(t.Context(), "", "7KQ-M2X", didPoint, strings.Repeat("é", 2000)); err != nil {
		t.Error(err)
	}
	es, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil || len(es) != 1 {
		t.Fatal(es, err)
	}
	if e := es[0]; !utf8.ValidString(e.Who) || strings.Count(e.Who, "…") != 2 || !strings.Contains(e.Who, "SHA256:x") || e.Role != "guide, lead, auditor" || e.Case != cases.Number("7KQ-M2X") {
		t.Errorf("%+v", e)
	}
}

// TestNothingIsShownWithoutTheAudit holds that a yes shows nothing before the audit has
// it, and that it is tried again; and that no console opens which cannot be written down.
func TestNothingIsShownWithoutTheAudit(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	g, guided, _, _ := handled(t)
	p := &place{Guide: g, number: "7KQ-M2X", journal: guided, desk: &desk{s: &session{srv: s.Server}, who: Guide{name: "Anna Berg", organisation: "Example Support"}}}
	if v, err := p.View(t.Context()); err != nil || v.Run == nil {
		t.Fatalf("%+v, %v", v, err)
	}
	if err := s.o.Cases.Close(); err != nil {
		t.Fatal(err)
	}
	p.in = false
	if v, err := p.View(t.Context()); !errors.Is(err, errUnaudited) || v.Run != nil || v.As != "" {
		t.Errorf("shows %+v, %v", v, err)
	}
	for range 3 { // each is held back, and the log does not fill with that
		if _, err := p.View(t.Context()); !errors.Is(err, errUnaudited) {
			t.Error(err)
		}
	}
	if n := strings.Count(s.log.String(), "a guide is held back"); n != 1 {
		t.Errorf("the log has it %d times", n)
	}
	wakes := p.Watch(t.Context())
	for range 3 { // the handle's own, and those of what is owing
		select {
		case <-wakes:
		case <-time.After(patience):
			t.Fatal("it is not tried again")
		}
	}
	o := newOffice(t)
	s = serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	if err := s.o.Cases.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := s.console(t, o.certify(newSigner(t), nil))
	if err != nil {
		t.Fatal(err)
	}
	if code := c.ends(); code != codeUnknown || !strings.Contains(c.bytes(), sayNoAudit) {
		t.Errorf("%d, %q", code, c.bytes())
	}
}

// TestAnEntryWhoseAnswerIsLostStandsOnce holds that a deed which was not done, for nobody
// heard whether the audit has it, stands there once, and that it came to nothing; and that
// a guide's leaving stands there once, and always, whatever of it went unheard.
func TestAnEntryWhoseAnswerIsLostStandsOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for name, c := range map[string]struct {
		lost  int   // answers of the audit
		after error // of the store, the first time
		do    func(g *run.Guide) error
		fails bool
		want  []string
	}{
		"a move":    {1, nil, func(g *run.Guide) error { return g.Point(t.Context(), "app/grant") }, true, []string{didPoint + " app/grant", didNot + " " + didPoint}},
		"twice":     {2, nil, func(g *run.Guide) error { return g.Point(t.Context(), "app/grant") }, true, []string{didPoint + " app/grant", didNot + " " + didPoint}},
		"leaving":   {1, nil, func(g *run.Guide) error { return g.Leave(t.Context(), flows.WatchLeft) }, false, []string{didLeave}},
		"its store": {0, cases.ErrAway, func(g *run.Guide) error { return g.Leave(t.Context(), flows.WatchLeft) }, true, []string{didLeave}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, guided, under, book := handled(t)
			p := s.seated(t, g, guided)
			book.lost, under.after = c.lost, c.after
			if err := c.do(g); (err != nil) != c.fails {
				t.Errorf("%v", err)
			}
			under.after = nil
			p.settle(t.Context())
			if err := p.Leave(t.Context(), flows.WatchLeft); err != nil {
				t.Error(err)
			}
			want := c.want
			if want[0] != didLeave {
				want = append(want, didLeave)
			}
			await(t, "that it is written behind", func() bool { return !p.desk.owes() }, func() string { return strings.Join(book.all(), "\n") })
			got := book.all()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("the audit has %q, want %q", got, want)
			}
		})
	}
}
