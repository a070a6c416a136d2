package ssh

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// TestRecordingWithoutAnAudit holds that nothing is replayed while the audit alone cannot
// be written and all else can: no deed without its entry. It is replayed once it can be.
func TestRecordingWithoutAnAudit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cases.db")
	store, err := cases.Open(t.Context(), file, cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s, o := desked(t, func(so *Options) { so.Cases = store })
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	anna := o.named("Anna Berg")
	guide := s.guideScreen(t, anna, 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	recorded(customer, guide, "Anna Berg")
	customer.types(keyTape)
	guide.sees("The customer ended the recording.")
	guide.once("q", "You left case "+number)
	did(t, store, "Anna Berg "+number+" "+didLeave)

	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	change := func(stmt string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	asks := func(want string) {
		t.Helper()
		guide.once("v", "Which case's recordings?")
		guide.types(strings.Repeat("\x7f", 12) + number + "\r")
		guide.sees(want)
	}
	change(`CREATE TRIGGER audit_mute BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'a test'); END`)
	before := deeds(t, store)
	asks("It could not be written into the audit")
	if c := guide.screen(); strings.Contains(c, "▸ Replay") || strings.Contains(c, "a test") || strings.Contains(c, "contoso") {
		t.Errorf("without an entry in the audit the guide sees\n%s", c)
	}
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: anna.PublicKey(), ctx: t.Context()}}
	if d.who, err = s.o.Guides.who(anna.PublicKey(), loopback); err != nil {
		t.Fatal(err)
	}
	if r, err := d.replay(t.Context(), number); r != nil || !errors.Is(err, errUnaudited) {
		t.Errorf("%v, %v", r, err)
	}
	if r, err := d.replay(t.Context(), "000-000"); r != nil || err == nil {
		t.Errorf("of no case: %v, %v", r, err)
	}
	c, err := store.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil || len(flows.Tapes(rs)) != 1 {
		t.Fatalf("the store itself does not work: %d records, %v", len(rs), err)
	}
	last := rs[len(rs)-1]
	if _, err := c.Append(t.Context(), last.Seq, flows.Record{Writer: "a test", N: 1, At: last.At, By: flows.ByServer, Event: flows.Noted{Text: "it is written to"}}); err != nil {
		t.Errorf("the store itself does not work: %v", err)
	}
	if after := deeds(t, store); !slices.Equal(after, before) {
		t.Errorf("the audit has more:\n%s", strings.Join(after[len(before):], "\n"))
	}
	change(`DROP TRIGGER audit_mute`)
	if r, err := d.replay(t.Context(), number); r == nil || err != nil {
		t.Errorf("with the audit back: %v, %v", r, err)
	}
	did(t, store, "Anna Berg "+number+" "+didReplay+" Anna Berg")
}

// counted is a case that notes after which record it was read.
type counted struct {
	*cases.Case

	after []uint64
	got   int
}

func (c *counted) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	rs, err := c.Case.Since(ctx, after)
	c.after, c.got = append(c.after, after), len(rs)
	return rs, err
}

// TestAReplayReadsOnlyWhatIsNew holds that looking again at a case that goes on reads
// what came since, gives what reading all of it would, and still tells that it was erased.
func TestAReplayReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	key := o.named("Anna Berg")
	rs := longRun(300)
	asked, _ := rs[1].Event.(flows.AskedToWatch)
	asked.Print, asked.Server = printOf(key.PublicKey()), "onboard.example"
	rs[1].Event = asked
	c, code := keeps(t, s.o.Cases, rs[:200])
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: key.PublicKey(), ctx: t.Context()}}
	var err error
	if d.who, err = s.o.Guides.who(key.PublicKey(), loopback); err != nil {
		t.Fatal(err)
	}
	of := &counted{Case: c}
	r := &reel{desk: d, of: of}
	seen := 0
	for _, upTo := range []int{200, 200, 250, len(rs)} {
		if upTo > seen && seen > 0 {
			if _, err := c.Append(t.Context(), uint64(seen), rs[seen:upTo]...); err != nil {
				t.Fatal(err)
			}
		}
		tapes, err := r.Tapes(t.Context())
		want := flows.Tapes(rs[:upTo])
		if err != nil || len(tapes) != 1 || len(tapes[0].Records()) != len(want[0].Records()) || tapes[0].Recording() != want[0].Recording() {
			t.Fatalf("up to %d: %d tapes, %v", upTo, len(tapes), err)
		}
		if last := of.after[len(of.after)-1]; last != uint64(seen) || of.got != upTo-seen {
			t.Errorf("up to %d it read %d records after %d, and had %d", upTo, of.got, last, seen)
		}
		seen = upTo
	}
	if _, errs, exit := s.comes(t, code, "recording --erase"); exit != codeDone {
		t.Fatal(errs)
	}
	if tapes, err := r.Tapes(t.Context()); !errors.Is(err, errNoTape) {
		t.Errorf("what was taken back: %d tapes, %v", len(tapes), err)
	}
	if _, _, exit := s.asks(t, "erase "+code); exit != codeDone {
		t.Fatal("the case cannot be erased")
	}
	if tapes, err := r.Tapes(t.Context()); !errors.Is(err, errNoTape) {
		t.Errorf("of a case that is gone: %d tapes, %v", len(tapes), err)
	}
	if n := r.read.Last(); n != 0 {
		t.Errorf("%d records of a case that is gone are kept", n)
	}
}

// TestALeadReplaysWhatIsOverRegression holds that a recording which goes on is for its guide
// alone, by their key: a lead gets it when it was ended, or when the time of its watch is over
// though nobody said so; and a replay that is open has no more than one that is opened.
func TestALeadReplaysWhatIsOverRegression(t *testing.T) {
	t.Parallel()
	s, lea, bea, cem, c, later, happens := handingLate(t)
	number := string(c.Number())
	counts := func(r tui.Reel) int {
		t.Helper()
		tapes, err := r.Tapes(t.Context())
		if err != nil && !errors.Is(err, errNoTape) {
			t.Fatal(err)
		}
		return len(tapes)
	}
	records := func(id string, by *desk) (v flows.VisitID, ask flows.TapeID) {
		t.Helper()
		v, ask = asksFor(t, s, by, c), flows.TapeID(id)
		happens(flows.ByPerson, flows.Watched{Visit: v, Here: true})
		happens(flows.ByServer, flows.AskedToRecord{Visit: v, Ask: ask, Until: s.o.Now().Add(time.Minute)})
		happens(flows.ByPerson, flows.Recorded{Visit: v, Ask: ask, On: true})
		return v, ask
	}
	refused := func(when string, by *desk) {
		t.Helper()
		if _, err := by.replay(t.Context(), number); !errors.Is(err, errNoTape) {
			t.Errorf("%s: %v", when, err)
		}
	}
	opens := func(by *desk, want int) tui.Reel {
		t.Helper()
		r, err := by.replay(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if n := counts(r); n != want {
			t.Errorf("%s has %d, want %d", by.who.name, n, want)
		}
		return r
	}
	v, ask := records("one", bea)
	opens(bea, 1)
	refused("a lead, while it goes on", lea)
	refused("a colleague", cem)
	happens(flows.ByPerson, flows.Recorded{Visit: v, Ask: ask, Why: flows.RecordStopped})
	leads, theirs := opens(lea, 1), opens(bea, 1)
	happens(flows.ByPerson, flows.Watched{Visit: v, Why: flows.WatchStopped})

	records("two", bea)
	if n := counts(leads); n != 1 {
		t.Errorf("what is open gives a lead %d while the second goes on", n)
	}
	if n := counts(theirs); n != 2 {
		t.Errorf("what is open gives its guide %d", n)
	}
	opens(lea, 1)
	later(flows.WatchMost/2 - time.Second)
	opens(lea, 1)
	later(2 * time.Second) // and nobody wrote that it is over
	opens(lea, 2)
	if n := counts(leads); n != 2 {
		t.Errorf("what is open gives a lead %d afterwards", n)
	}
	refused("a colleague, afterwards", cem)
}
