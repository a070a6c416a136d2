package ssh

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// TestConsoleShowsWhoIsThere holds that a guide sees, on a screen over a real
// connection, the case of a customer who is there: number and step, and nothing else
// of them; that it follows the customer, and that the case goes with them.
func TestConsoleShowsWhoIsThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	guide := s.desk(t, o.certify(newSigner(t), nil), 80, 24)
	guide.sees("No case is open just now")
	guide.sees("support console · Anna Berg · Example Support · guide")

	customer := s.shell(t, "anybody", 80, 24)
	customer.sees("Which app")
	if text := guide.screen(); !strings.Contains(text, "cases: 0") {
		t.Errorf("who has chosen nothing is a case:\n%s", text)
	}
	customer.types("2\r")
	customer.sees("Which tenant")
	guide.sees("cases: 1 · waiting: 0 · here: 1")
	guide.sees("Tenant")
	customer.types("contoso.example\r")
	customer.sees("What contoso.example tells")
	customer.goesOn()
	guide.sees("cases: 1 · waiting: 1 · here: 1")
	await(t, "its number", func() bool { return strings.Contains(s.log.String(), "guide") && rowOf(guide.screen()) != "" }, guide.screen)
	number := rowOf(guide.screen())
	for _, no := range []string{"contoso", "Hetk", "Carerix", "Revenue"} {
		if strings.Contains(guide.bytes(), no) {
			t.Errorf("the guide was sent %q", no)
		}
	}
	_ = customer.conn.Close()
	guide.sees("cases: 1 · waiting: 1 · here: 0") // it can be gone on with
	if rowOf(guide.screen()) != number {
		t.Errorf("it is another case:\n%s", guide.screen())
	}
	code := s.code(t, number)
	if _, errs, got := s.asks(t, "erase "+code); got != codeDone {
		t.Fatalf("%d: %s", got, errs)
	}
	guide.sees("No case is open just now")
	guide.types("q")
	if code := guide.ends(); code != codeDone || !strings.Contains(guide.bytes(), "The console is closed.") {
		t.Errorf("%d, %q", code, guide.bytes())
	}
}

// desk opens the console on a terminal of a size.
func (s *site) desk(t *testing.T, key gossh.Signer, w, h int) *client {
	t.Helper()
	conn := s.dial(t, userConsole, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(key)} })
	return opens(t, conn, w, h, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm-256color", h, w, nil); err != nil {
			return err
		}
		return x.Shell()
	})
}

// rowOf is the number of the case under the cursor.
func rowOf(screen string) string {
	_, row, found := strings.Cut(screen, "› ")
	if !found {
		return ""
	}
	return strings.Fields(row)[0]
}

// code draws a new resume code of a case.
func (s *site) code(t *testing.T, number string) string {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	code, err := c.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return code.Reveal()
}

// listed is what a guide's queue lists, whether they may still be shown it or not.
func (s *site) listed(t *testing.T, g Guide) []tui.QueueRow {
	t.Helper()
	q := (&desk{s: &session{srv: s.Server}, who: g}).queue()
	q.may = func() error { return nil }
	rows, more, err := q.List(t.Context())
	if err != nil || more {
		t.Fatal(more, err)
	}
	return rows
}

// TestResumedCaseKeepsItsAge holds that a case which is gone on with is as old as it
// is, and that before somebody does nobody says where it stands.
func TestResumedCaseKeepsItsAge(t *testing.T) {
	t.Parallel()
	began := time.Now().Add(-50 * time.Hour).UTC().Truncate(time.Second)
	path := filepath.Join(t.TempDir(), "cases.db")
	before, err := cases.Open(t.Context(), path, cases.Options{Now: func() time.Time { return began }})
	if err != nil {
		t.Fatal(err)
	}
	c, code, err := before.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(t.Context(), 0, flows.Record{Seq: 1, Writer: "before", N: 1, At: began, By: flows.ByPerson, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(so *Options) { so.Cases, so.Guides = opened(t, path), guides(t, newOffice(t).options()) })
	rows := s.listed(t, Guide{})
	if len(rows) != 1 || !rows[0].Began.Equal(began) || rows[0].Number != string(c.Number()) || rows[0].Present || rows[0].Step != "" || rows[0].Shown != nil {
		t.Errorf("%+v", rows)
	}
	s.shell(t, code.Reveal(), 80, 24).sees("Which app")
	await(t, "where it stands", func() bool {
		rows = s.listed(t, Guide{})
		return len(rows) == 1 && rows[0].Step == "App" && rows[0].Present
	}, func() string { return fmt.Sprint(rows) })
	if !rows[0].Began.Equal(began) || !rows[0].Waits.IsZero() {
		t.Errorf("%+v", rows)
	}
}

// auditOf is what the audit says that was done about a case.
func (s *site) auditOf(t *testing.T, n cases.Number, did string) (out []cases.Entry) {
	t.Helper()
	all, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Case == n && e.Did == did {
			out = append(out, e.Entry)
		}
	}
	return out
}

// opened opens a database of cases, closed at the test's end.
func opened(t *testing.T, where string) *cases.Store {
	t.Helper()
	return openedWith(t, where, cases.Options{})
}

func openedWith(t *testing.T, where string, o cases.Options) *cases.Store {
	t.Helper()
	s, err := cases.Open(t.Context(), where, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestTenantIsShownToWhoWasLetIn holds that the queue tells a tenant, and what blocks
// there, to the one guide to whom its customer said yes, from that yes on and no longer
// than it stands.
func TestTenantIsShownToWhoWasLetIn(t *testing.T) {
	t.Parallel()
	s := serve(t, func(so *Options) { so.Guides = guides(t, newOffice(t).options()) })
	anna, ben := Guide{name: "Anna Berg", organisation: "Example Support", print: "SHA256:anna"}, Guide{name: "Ben Berg", organisation: "Example Support", print: "SHA256:ben"}
	other := Guide{name: "Anna Berg", organisation: "Other Support", print: "SHA256:other"}
	customer := s.shell(t, "anybody", 80, 24)
	customer.sees("Which app")
	customer.types("2\r")
	customer.sees("Which tenant")
	customer.types("contoso.example\r")
	customer.sees("What contoso.example tells")
	var rows []tui.QueueRow
	await(t, "the case", func() bool { rows = s.listed(t, anna); return len(rows) == 1 }, func() string { return fmt.Sprint(rows) })
	c, err := s.o.Cases.Case(t.Context(), cases.Number(rows[0].Number))
	if err != nil {
		t.Fatal(err)
	}
	await(t, "its records", func() bool { // which are moved there once it is made
		about, err := c.About(t.Context())
		return err == nil && about.Records > 0
	}, customer.screen)
	who, err := run.KnownGuide(anna.name, anna.organisation)
	if err != nil {
		t.Fatal(err)
	}
	tells := func(g Guide, want string) {
		t.Helper()
		await(t, fmt.Sprintf("%q to %s of %s", want, g.name, g.organisation), func() bool {
			rows = s.listed(t, g)
			if len(rows) != 1 {
				return false
			}
			got := ""
			if rows[0].Shown != nil {
				got = rows[0].Shown.Tenant
			}
			return got == want
		}, func() string { return fmt.Sprint(rows) })
	}
	asks, err := run.AskToWatch(t.Context(), c, who.By(anna.print, s.o.Name), run.GuideOptions{})
	if err != nil {
		t.Fatal(err)
	}
	customer.sees("Anna Berg")
	tells(anna, "")
	var last time.Time
	await(t, "the yes", func() bool { // a prompt that opened takes no key for a second, nor for one after another
		if time.Since(last) > 1500*time.Millisecond {
			last = time.Now()
			customer.types("\x19") // ctrl+y
		}
		return strings.Contains(customer.screen(), "Watched by Anna Berg")
	}, customer.screen)
	tells(anna, "contoso.example")
	tells(ben, "")
	tells(other, "")
	tells(Guide{}, "")
	if said := s.auditOf(t, c.Number(), didShow); len(said) == 0 || !strings.HasPrefix(said[0].Who, "Anna Berg, Example Support") {
		t.Errorf("the audit says %+v", said)
	}
	if err := asks.Leave(t.Context(), flows.WatchLeft); err != nil {
		t.Fatal(err)
	}
	tells(anna, "")
}

// TestStirsAreFew holds that a flood of changes wakes a console a few times a second,
// and that the last one is not lost.
func TestStirsAreFew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w stirs
		ctx, stop := context.WithCancel(t.Context())
		wakes := w.watch(ctx)
		n := 0
		count := func() {
			for {
				synctest.Wait()
				select {
				case <-wakes:
					n++
				default:
					return
				}
			}
		}
		for range 1000 {
			w.stir()
			time.Sleep(time.Millisecond) // of the bubble's clock
			count()
		}
		if n < 4 || n > 5 {
			t.Errorf("woken %d times in a second", n)
		}
		time.Sleep(stirPause)
		n = 0
		w.stir()
		if count(); n != 1 {
			t.Errorf("the last one woke %d times", n)
		}
		w.slow(time.Second) // a list takes so long
		n = 0
		for range 80 {
			w.stir()
			time.Sleep(100 * time.Millisecond) // of the bubble's clock
			count()
		}
		if n < 2 || n > 3 {
			t.Errorf("woken %d times in eight seconds, to what takes one", n)
		}
		time.Sleep(4 * time.Second) // of the bubble's clock
		count()
		stop()
		synctest.Wait()
		if _, open := <-wakes; open {
			t.Error("it goes on after its end")
		}
		w.stir() // nobody is left
	})
}

// TestBrowserOpensNoConsole holds that a page without a key is told the same.
func TestBrowserOpensNoConsole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	d := doors(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	g := d.opens(t, userConsole, 80, 24)
	g.sees("The support console is for guides")
	g.ends()
}

// TestThousandsAreListed holds that a queue of more cases than a console lists is listed
// within bounds: those first in which something happened last, and whoever waits besides,
// however long ago that was; each once.
func TestThousandsAreListed(t *testing.T) {
	t.Parallel()
	clock := new(skewed)
	kept := openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{Now: clock.now})
	oldest, _, err := kept.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := oldest.Stand(t.Context(), cases.Standing{Stage: flows.StageDiagnosis, Waits: time.Now()}); err != nil {
		t.Fatal(err)
	}
	clock.by.Store(int64(time.Hour))
	var all errgroup
	for range 32 {
		all.run(func() error {
			for range (mostListed + 320) / 32 {
				if _, _, err := kept.New(t.Context()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.wait(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *Options) { o.Cases = kept })
	from := time.Now()
	rows, more, err := (&desk{s: &session{srv: s.Server}}).queue().List(t.Context())
	took := time.Since(from)
	if err != nil || !more || len(rows) != mostListed+1 {
		t.Fatalf("%d rows, more %v, %v", len(rows), more, err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.Number] = true
	}
	if len(seen) != len(rows) || !seen[string(oldest.Number())] {
		t.Errorf("%d different ones, and who waits longest: %v", len(seen), seen[string(oldest.Number())])
	}
	t.Logf("%d rows in %s", len(rows), took)
}

// TestNoCaseIsMissingThatIsAddedTo holds that a list of more than a thousand cases has all
// of them, though records are added to the last of them all the time, which nobody is
// woken by.
func TestNoCaseIsMissingThatIsAddedTo(t *testing.T) {
	t.Parallel()
	const many, lists = 2100, 30
	kept := openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{})
	all := make(chan *cases.Case, many)
	var made errgroup
	for range 30 {
		made.run(func() error {
			for range many / 30 {
				c, _, err := kept.New(t.Context())
				if err != nil {
					return err
				}
				all <- c
			}
			return nil
		})
	}
	if err := made.wait(); err != nil {
		t.Fatal(err)
	}
	close(all)
	s := serve(t, func(o *Options) { o.Cases = kept })
	ctx, stop := context.WithCancel(t.Context())
	var adding errgroup
	adding.run(func() error { // each in its turn, so that it is far behind
		for c := range all {
			if ctx.Err() != nil {
				return nil
			}
			r := flows.Record{Writer: "w", N: 1, At: time.Now(), By: flows.ByPerson, Event: flows.Noted{Text: "x"}}
			if _, err := c.Append(t.Context(), 0, r); err != nil {
				return err
			}
		}
		return nil
	})
	q := (&desk{s: &session{srv: s.Server}}).queue().queue
	for range lists {
		rows, more, err := q.read(t.Context())
		if err != nil || more || len(rows) != many {
			t.Errorf("of %d cases %d are listed, more %v, %v", many, len(rows), more, err)
		}
	}
	stop()
	if err := adding.wait(); err != nil {
		t.Error(err)
	}
}

// errgroup is work of several, and the first error of it.
type errgroup struct {
	all   sync.WaitGroup
	once  sync.Once
	first error
}

func (g *errgroup) run(do func() error) {
	g.all.Go(func() {
		if err := do(); err != nil {
			g.once.Do(func() { g.first = err })
		}
	})
}

func (g *errgroup) wait() error {
	g.all.Wait()
	return g.first
}

// TestHandedCasesThatAreNotListed holds that a queue which lists not all cases shows those
// that were handed over all the same, each once, and none of a case that is over.
func TestHandedCasesThatAreNotListed(t *testing.T) {
	t.Parallel()
	s, as, o, _, listed := handing(t)
	bea, lea := as(o.named("Bea Blau")), as(o.lead("Lea Lind"))
	number := string(listed.Number())
	want := map[string]bool{number: true}
	handed := map[string]*tui.Handed{number: {By: "Lea Lind"}}
	for i := range 4 {
		c, _, err := s.o.Cases.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		handed[string(c.Number())] = &tui.Handed{By: fmt.Sprint("lead ", i)}
		if i == 3 {
			if err := c.Stand(t.Context(), cases.Standing{Ended: true}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want[string(c.Number())] = true
	}
	given := maps.Clone(handed)
	rows, err := bea.queue().mark(t.Context(), []tui.QueueRow{{Number: "111-111"}, {Number: number}}, handed)
	if err != nil || len(rows) != 1+len(want) || rows[0].Handed != nil || rows[1].Number != number {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, r := range rows[1:] {
		if !want[r.Number] || r.Handed != given[r.Number] || r.Shown != nil {
			t.Errorf("%+v", r)
		}
		delete(want, r.Number)
	}
	if rows, err := lea.queue().mark(t.Context(), rows[:1], map[string]*tui.Handed{}); err != nil || len(rows) != 1 {
		t.Errorf("where nothing is handed over: %+v, %v", rows, err)
	}
	if err := s.o.Cases.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := bea.queue().mark(t.Context(), nil, given); err == nil {
		t.Error("without the store nothing is said")
	}
}
