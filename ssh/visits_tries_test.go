package ssh

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestVisitThatTakesNoWordEndsByItsTime holds that a visit is ended in the audit, once,
// and kept no more, though its case takes no word of it: by its time, and no earlier, for
// until then a guide who is there after all is shown the run.
func TestVisitThatTakesNoWordEndsByItsTime(t *testing.T) {
	t.Parallel()
	const of = ` WHERE case_id = (SELECT case_id FROM doors WHERE number = '@')`
	for name, c := range map[string]struct {
		spoils func(l *leftBehind)
		want   []string
	}{
		"full":                    {(*leftBehind).fills, []string{didAsk, didEnter, didEnd + " over"}},
		"damaged behind the yes":  {func(l *leftBehind) { l.note(); l.change(`UPDATE records SET sealed = x'00'` + of + ` AND seq = 4`) }, []string{didAsk, didEnter, didEnd + " over"}},
		"damaged from the yes on": {func(l *leftBehind) { l.change(`UPDATE records SET sealed = x'00'` + of + ` AND seq = 3`) }, []string{didAsk, didEnter, didEnd + " over"}},
		"damaged from the start":  {func(l *leftBehind) { l.change(`UPDATE records SET sealed = x'00'` + of + ` AND seq = 1`) }, []string{didAsk, didEnter, didEnd + " over"}},
		"its key is none":         {func(l *leftBehind) { l.change(`UPDATE doors SET secret = x'00'` + of) }, []string{didAsk, didEnter, didEnd + " over"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := leavesBehind(t)
			c.spoils(l)
			l.leave()
			begun := c.want[:len(c.want)-1]
			for range 12 { // nearly as long as the yes holds
				l.s.endsLeft(t.Context(), "")
				if got := l.s.endings(t, l.n); !slices.Equal(got, begun) {
					t.Fatalf("before its time the audit has %q", got)
				}
				if got := l.kept(); got != 1 {
					t.Fatalf("%d visits are kept", got)
				}
				l.now.Add(int64(2 * time.Minute))
			}
			l.now.Add(int64(time.Hour))
			await(t, "the end", func() bool { l.s.endsLeft(t.Context(), ""); return l.kept() == 0 }, func() string { return strings.Join(l.s.endings(t, l.n), ", ") })
			for range 2 {
				l.s.endsLeft(t.Context(), "")
			}
			if got := l.s.endings(t, l.n); !slices.Equal(got, c.want) {
				t.Errorf("the audit has %q, want %q", got, c.want)
			}
		})
	}
}

// leftBehind is a visit of a guide who was let in and saw the run.
type leftBehind struct {
	t     *testing.T
	s     *site
	c     *cases.Case
	n     cases.Number
	db    *sql.DB
	now   *atomic.Int64 // in nanoseconds
	leave func()        // the guide's session is gone, and nobody said so
}

func leavesBehind(t *testing.T) *leftBehind {
	t.Helper()
	o := newOffice(t)
	file := filepath.Join(t.TempDir(), "cases.db")
	l := &leftBehind{t: t, now: new(atomic.Int64)}
	l.now.Store(time.Now().UnixNano())
	clock := func() time.Time { return time.Unix(0, l.now.Load()) }
	l.s = serve(t, func(so *Options) {
		so.Cases = openedWith(t, file, cases.Options{Now: clock, MaxCase: 8000})
		so.Guides, so.Now = guides(t, o.options()), clock
	})
	var err error
	if l.c, _, err = l.s.o.Cases.New(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.n = l.c.Number()
	if l.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(20000)"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	l.s.happensIn(t, l.n, flows.ByPerson, flows.Started{})
	d := &desk{s: &session{srv: l.s.Server, ctx: t.Context(), conn: &conn{from: loopback}, proven: o.named("Bea Blau").PublicKey()}}
	if d.who, err = l.s.o.Guides.who(d.s.proven, loopback); err != nil {
		t.Fatal(err)
	}
	l.leave = d.attends()
	yesThenSeen(t, l.s, d, l.n, asksFor(t, l.s, d, l.c))
	return l
}

// note adds a record.
func (l *leftBehind) note() {
	l.t.Helper()
	l.s.happensIn(l.t, l.n, flows.ByPerson, flows.Noted{Text: "a note"})
}

// fills has the case take nothing more, no ends either.
func (l *leftBehind) fills() {
	l.t.Helper()
	at := uint64(len(l.s.records(l.t, string(l.n))))
	for n, err := uint64(0), error(nil); !errors.Is(err, flows.ErrFull); n++ {
		if err != nil || n > 1<<12 {
			l.t.Fatal(n, err)
		}
		var to uint64
		if to, err = l.c.Append(l.t.Context(), at, flows.Record{Writer: "fills", N: n + 1, At: l.s.o.Now(), By: flows.ByServer, Event: flows.Watched{Visit: "another"}}); err == nil {
			at = to
		}
	}
}

// change does to the case what no server does.
func (l *leftBehind) change(stmt string) {
	l.t.Helper()
	if _, err := l.db.ExecContext(l.t.Context(), strings.ReplaceAll(stmt, "@", string(l.n))); err != nil {
		l.t.Fatal(err)
	}
}

// kept is how many visits are kept.
func (l *leftBehind) kept() (n int) {
	l.t.Helper()
	if err := l.db.QueryRowContext(l.t.Context(), `SELECT COUNT(*) FROM visits`).Scan(&n); err != nil {
		l.t.Fatal(err)
	}
	return n
}

// TestTriesTakeTurns holds that a visit that cannot be ended holds up no other, is tried
// more and more seldom, at once for the guide who waits for its case, and not before that
// is of use.
func TestTriesTakeTurns(t *testing.T) {
	t.Parallel()
	var ts tries
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	all := []cases.Visit{{ID: "a", Case: "1"}, {ID: "b", Case: "2"}, {ID: "c", Case: "3"}}
	due := func(n cases.Number) (ids string) {
		for _, v := range ts.due(all, n, now) {
			ids += v.ID
		}
		return ids
	}
	orders := map[string]bool{}
	for range 1000 {
		orders[due("")] = true
	}
	if len(orders) != 6 {
		t.Errorf("servers try in %d orders", len(orders))
	}
	bad := errors.New("a test")
	ts.tried("a", bad, now)
	if got := due("1"); got != "a" {
		t.Errorf("for its guide due are %q", got)
	}
	for range 100 {
		if got := due(""); strings.Contains(got, "a") || len(got) != 2 {
			t.Fatalf("at once due are %q", got)
		}
	}
	now = now.Add(cases.VisitsEvery)
	ts.tried("b", bad, now)
	now = now.Add(cases.VisitsEvery)
	for range 100 {
		if got := due(""); got != "cab" {
			t.Fatalf("later due are %q", got)
		}
	}
	ts.tried("c", nil, now)
	from, n := now, 0
	for ; now.Sub(from) < time.Hour; now = now.Add(cases.VisitsEvery) {
		if strings.Contains(due(""), "a") {
			n++
			ts.tried("a", bad, now)
		}
	}
	if n < 12 || n > 40 {
		t.Errorf("in an hour it is tried %d times", n)
	}
	if ts.outlasts("a", now) || !ts.outlasts("a", now.Add(visitMost-time.Hour)) || ts.outlasts("z", now) {
		t.Error("it is not known for how long it was tried")
	}
	until := now.Add(time.Hour)
	ts.tried("a", errors.Join(notYetError{bad, until}), now)
	if now = until.Add(-time.Second); strings.Contains(due(""), "a") {
		t.Error("it is tried in vain")
	}
	if now = until; !strings.Contains(due(""), "a") {
		t.Error("it is not tried when it is of use")
	}
	ts.tried("z", bad, now.Add(3*visitMost))
	if len(ts.all) != 1 {
		t.Errorf("of those that are no more are known %v", ts.all)
	}
}
