package ssh

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"onboard.example/ssh/cases"
	"onboard.example/ssh/cluster"
)

// newDatabase starts a PostgreSQL server for one test. Where there is none the test is
// skipped, and says so.
func newDatabase(t *testing.T) *cluster.Postgres {
	t.Helper()
	d, err := cluster.StartPostgres()
	if errors.Is(err, cluster.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Remove(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// shared opens the store in a database.
func shared(t *testing.T, d *cluster.Postgres, o cases.Options) *cases.Store {
	t.Helper()
	s, err := cases.Open(t.Context(), d.URL(""), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // the database may be away
	return s
}

// skewed is a clock that a test sets forward.
type skewed struct{ by atomic.Int64 }

func (s *skewed) now() time.Time { return time.Now().Add(time.Duration(s.by.Load())) }

// TestQueueIsOfEveryNode holds that a console shows the cases of another node, over one
// database: where they stand, that somebody is there, and that they are erased; and that
// whoever was at a node which died is there no more once its lease is over.
func TestQueueIsOfEveryNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	clock := new(skewed)
	a := serve(t, func(so *Options) { so.Cases = shared(t, d, cases.Options{Node: "a"}) })
	b := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{Node: "b", Now: clock.now}), guides(t, o.options())
	})
	guide := b.desk(t, o.certify(newSigner(t), nil), 80, 24)
	guide.sees("No case is open just now")
	customer := a.shell(t, "anybody", 80, 24)
	customer.sees("Which app")
	customer.types("2\r")
	customer.sees("Which tenant")
	guide.sees("cases: 1 · waiting: 0 · here: 1")
	customer.types("contoso.example\r")
	customer.sees("What contoso.example tells")
	customer.goesOn()
	guide.sees("cases: 1 · waiting: 1 · here: 1")
	guide.sees("Diagnosis")
	if strings.Contains(guide.bytes(), "contoso") {
		t.Error("the guide was sent a tenant")
	}
	number := rowOf(guide.screen())

	// To the clock of b, a has not said for half a minute that it is there.
	clock.by.Store(int64(45 * time.Second))
	guide.sees("cases: 1 · waiting: 1 · here: 0")
	clock.by.Store(0)
	guide.sees("cases: 1 · waiting: 1 · here: 1")

	// The database is away: the customer goes on, and the console says that it is old.
	if err := d.Stop(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	guide.sees("What stands here may be old")
	customer.presses("b", "Sign in to look?")
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
	guide.sees("cases: 1 · waiting: 0 · here: 1")
	await(t, "a fresh list", func() bool { return !strings.Contains(guide.screen(), "may be old") }, guide.screen)
	if rowOf(guide.screen()) != number {
		t.Errorf("it is another case:\n%s", guide.screen())
	}
	if _, errs, code := b.asks(t, "erase "+b.code(t, number)); code != codeDone {
		t.Fatalf("%d: %s", code, errs)
	}
	guide.sees("No case is open just now")
	customer.reads("This case was erased")
}
