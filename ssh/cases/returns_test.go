package cases

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestReturnsAreTakenOnce holds that what came last lies there until the run takes it, by
// which time nothing more is kept of that state, and the first word of the run stands.
func TestReturnsAreTakenOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		until := noon.Add(time.Hour)
		wake := s.WatchReturns(t.Context(), "run")
		put := func(state, said string) int {
			t.Helper()
			taken, err := s.PutReturn(t.Context(), "run", state, []byte(said), until)
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		look := func(state string) string {
			t.Helper()
			said, taken, err := s.LookReturn(t.Context(), state)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s %d", said, taken)
		}
		if put("a", "one") != 0 || put("a", "two") != 0 || look("a") != "two 0" || look("b") != " 0" {
			t.Errorf("a: %s, b: %s", look("a"), look("b"))
		}
		<-wake
		for _, taken := range []int{3, 4} {
			if err := s.TakeReturn(t.Context(), "run", "a", taken, until); err != nil {
				t.Fatal(err)
			}
		}
		if put("a", "three") != 3 || look("a") != " 3" {
			t.Errorf("after it was taken: %s", look("a"))
		}
		if err := s.TakeReturn(t.Context(), "run", "b", 5, until); err != nil { // it came where the run is
			t.Fatal(err)
		}
		if put("b", "late") != 5 {
			t.Errorf("b: %s", look("b"))
		}
		for name, err := range map[string]error{
			"no state": func() error { _, err := s.PutReturn(t.Context(), "run", "", nil, until); return err }(),
			"no run":   func() error { _, err := s.PutReturn(t.Context(), "", "x", nil, until); return err }(),
			"too long": func() error {
				_, err := s.PutReturn(t.Context(), "run", "x", bytes.Repeat([]byte{1}, mostReturned+1), until)
				return err
			}(),
			"no word": s.TakeReturn(t.Context(), "run", "x", 0, until),
			"no text": s.TakeReturn(t.Context(), "run", strings.Repeat("x", 65), 1, until),
		} {
			if !errors.Is(err, ErrBadReturn) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestReturnsAreBounded holds that they go with their time, and that where there are too
// many what would be over first makes room.
func TestReturnsAreBounded(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	raw(t, s, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO returns SELECT 's' || i, 'r', x'01', 0, %d + i FROM n`, mostReturns, noon.UnixMilli()))
	if _, err := s.PutReturn(t.Context(), "run", "new", []byte("x"), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	count := func() string {
		return column(t, s.files.read, `SELECT COUNT(*) || ' ' || SUM(state = 's1') || ' ' || SUM(state = 's2') || ' ' || SUM(state = 'new') FROM returns`)[0]
	}
	if got := count(); got != fmt.Sprint(mostReturns, " 0 1 1") {
		t.Errorf("there are %s", got)
	}
	raw(t, s, fmt.Sprintf(`UPDATE returns SET until_at = %d WHERE state <> 'new'`, noon.UnixMilli()))
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != "1 0 0 1" {
		t.Errorf("left: %s", got)
	}
}

// TestASecretIsShared holds that the first node's secret is everybody's, and that a
// broken one is said and not repeated.
func TestASecretIsShared(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		own := bytes.Repeat([]byte{7}, 32)
		for _, mine := range [][]byte{own, nil, bytes.Repeat([]byte{8}, 32)} {
			if got, err := s.Secret(t.Context(), "x", mine); err != nil || !bytes.Equal(got, own) {
				t.Errorf("%v, %v", got, err)
			}
		}
		drawn, err := s.Secret(t.Context(), "y", nil)
		if again, e := s.Secret(t.Context(), "y", own); err != nil || e != nil || !bytes.Equal(drawn, again) || bytes.Equal(drawn, own) || len(drawn) != 32 {
			t.Errorf("%v, %v", err, e)
		}
		if _, err := s.Secret(t.Context(), "z", []byte("short")); err == nil || strings.Contains(err.Error(), "short") {
			t.Errorf("a short one: %v", err)
		}
		raw(t, s, `UPDATE facts SET value = '07zz' WHERE name = 'secret x'`)
		if _, err := s.Secret(t.Context(), "x", own); !errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "07zz") {
			t.Errorf("a broken one: %v", err)
		}
	})
}
