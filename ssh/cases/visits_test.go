package cases

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// visitOf is a visit with an id.
func visitOf(id string) Visit {
	return Visit{ID: id, Case: "2F7-K4Q", Who: "Lea Lind, Example Support", Role: "lead", Organisation: "Example Support"}
}

// begins keeps a visit.
func begins(t testing.TB, c *Console, id string) {
	t.Helper()
	if err := c.Begin(t.Context(), visitOf(id)); err != nil {
		t.Fatal(err)
	}
}

// left are the ids of the visits that are left.
func left(t testing.TB, s *Store) (ids string) {
	t.Helper()
	all, err := s.LeftVisits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if want := visitOf(v.ID); v.Case != want.Case || v.Who != want.Who || v.Role != want.Role || v.Organisation != want.Organisation {
			t.Errorf("the visit is %+v", v)
		}
		ids += v.ID
	}
	return ids
}

// A visit is left once its console was closed, is ended with one entry however often that
// is tried, and is none while the console is open.
func TestVisitsAreLeftWithTheirConsole(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		goes, stays := comes(t, s, lea), comes(t, s, bea)
		begins(t, goes, "a")
		begins(t, goes, "a")
		begins(t, goes, "b")
		begins(t, stays, "c")
		at := noon
		later := func() (ids string) {
			for range 5 {
				at = at.Add(VisitsEvery)
				now.set(at)
				ids = left(t, s)
			}
			return ids
		}
		for range 10 { // the lease of the node is over, but this is the node
			if got := later(); got != "" {
				t.Fatalf("left are %q", got)
			}
		}
		if err := goes.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := later(); got != "ab" {
			t.Errorf("left are %q", got)
		}
		for range 2 {
			if err := s.EndVisit(t.Context(), "a", deed("m")); err != nil {
				t.Error(err)
			}
		}
		if err := s.EndVisit(t.Context(), "b", Entry{}); err != nil {
			t.Error(err)
		}
		if err := s.EndVisit(t.Context(), "c", Entry{Did: "deed", Mark: "n"}); !errors.Is(err, ErrBadEntry) {
			t.Errorf("an entry of nobody: %v", err)
		}
		if err := s.EndVisit(t.Context(), "c", Entry{Who: "w", Did: "deed"}); !errors.Is(err, ErrBadEntry) {
			t.Errorf("an entry that could stand twice: %v", err)
		}
		if n := written(t, s); n != 1 || left(t, s) != "" {
			t.Errorf("%d entries, left are %q", n, left(t, s))
		}
		if err := stays.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := left(t, s); got != "c" {
			t.Errorf("left are %q", got)
		}
		for name, v := range map[string]Visit{"no id": {Case: "2F7-K4Q", Who: "w"}, "no case": {ID: "i", Who: "w"}, "nobody": {ID: "i", Case: "2F7-K4Q"}} {
			if err := stays.Begin(t.Context(), v); !errors.Is(err, ErrBadEntry) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What is left is believed only once it was looked at for long enough without a break: a
// database that was away, an answer that took long and a machine that slept all look as if
// everybody were gone.
func TestWhatIsLeftIsLookedAtForLong(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(l *looked, at *time.Time){
		"nothing":        nil,
		"away":           func(l *looked, _ *time.Time) { l.fails() },
		"asleep":         func(_ *looked, at *time.Time) { *at = at.Add(time.Hour) },
		"set back":       func(_ *looked, at *time.Time) { *at = at.Add(-time.Hour) },
		"a slow answer":  func(l *looked, at *time.Time) { l.answered(*at, at.Add(VisitsEvery)); *at = at.Add(VisitsEvery) },
		"nobody looked":  func(_ *looked, at *time.Time) { *at = at.Add(leaseEvery + time.Second) },
		"only late once": func(_ *looked, at *time.Time) { *at = at.Add(time.Second) },
	} {
		l, at := new(looked), noon
		look := func() (sure bool) {
			at = at.Add(VisitsEvery)
			return l.answered(at, at.Add(time.Millisecond))
		}
		n := 1
		for ; !look(); n++ {
		}
		if n != int(looksSure/VisitsEvery)+1 {
			t.Errorf("%s: it is believed after %d looks", name, n)
		}
		if breaks != nil {
			breaks(l, &at)
		}
		if want := breaks == nil || name == "only late once"; look() != want {
			t.Errorf("%s: it is believed: %v", name, !want)
		}
	}
}

// More visits than one look reads hide none: all are given in turn, those too that are
// behind many of guides who are here.
func TestLeftVisitsAreGivenInTurn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now, at := atNoon(), noon
		s := make(t, Options{Now: now.time})
		v, many, want := visitOf(""), comes(t, s, lea).word, []string{"x"}
		if s.Shared() { // of those who are here the database gives none
			many, want = "gone", []string{"b1", "x"}
		}
		raw(t, s, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO visits SELECT 'b' || CAST(i AS TEXT), '%s', '%s', '%s', '%s', '%s' FROM n`, mostVisits, v.Case, many, v.Who, v.Role, v.Organisation),
			fmt.Sprintf(`INSERT INTO visits VALUES ('x', '%s', 'gone', '%s', '%s', '%s')`, v.Case, v.Who, v.Role, v.Organisation))
		seen := map[string]int{}
		for range 20 {
			at = at.Add(VisitsEvery)
			now.set(at)
			all, err := s.LeftVisits(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range all {
				seen[v.ID]++
			}
		}
		for _, id := range want {
			if seen[id] < 5 {
				t.Errorf("in 20 looks %s is given %d times", id, seen[id])
			}
		}
	})
}
