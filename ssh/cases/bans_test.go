package cases

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// aBan is a ban, and told what the audit says of it.
func aBan(value, mark string, until time.Time) Ban {
	return Ban{Kind: "net", Value: value, Reason: "scanning", Mark: mark, Made: noon, Until: until}
}

func told(mark string) Entry { return Entry{Who: "operator", Did: "banned", Mark: mark} }

// values are the values of the bans, with their marks.
func values(t *testing.T, s *Store) string {
	t.Helper()
	all, _, err := s.Bans(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range all {
		out = append(out, b.Value+" "+b.Mark)
	}
	return strings.Join(out, ", ")
}

// TestBansAreKept holds that there is one ban of a value, that a change which comes again
// is not made again whatever became of it, and that each stands in the audit once.
func TestBansAreKept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		put := func(b Ban, longer bool) {
			t.Helper()
			if err := s.PutBan(t.Context(), b, longer, told("ban "+b.Mark)); err != nil {
				t.Fatal(err)
			}
		}
		_, now, err := s.Bans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		put(aBan("192.0.2.1/32", "a", time.Time{}), false)
		put(aBan("192.0.2.1/32", "b", now.Add(time.Hour)), true) // what is there lasts longer
		put(aBan("192.0.2.2/32", "c", now.Add(time.Hour)), false)
		put(aBan("192.0.2.2/32", "d", now.Add(2*time.Hour)), true)
		if got := values(t, s); got != "192.0.2.1/32 a, 192.0.2.2/32 d" {
			t.Errorf("bans: %s", got)
		}
		put(aBan("192.0.2.1/32", "e", time.Time{}), false)
		if err := s.LiftBan(t.Context(), "a", told("lift a")); err != nil {
			t.Fatal(err)
		}
		if got := values(t, s); got != "192.0.2.1/32 e, 192.0.2.2/32 d" {
			t.Errorf("lifting what was replaced: %s", got)
		}
		for range 2 {
			if err := s.LiftBan(t.Context(), "e", told("lift e")); err != nil {
				t.Fatal(err)
			}
		}
		put(aBan("192.0.2.1/32", "e", time.Time{}), false) // somebody did not hear that it was, long ago
		if got := values(t, s); got != "192.0.2.2/32 d" {
			t.Errorf("a ban that was lifted is back: %s", got)
		}
		if h, err := s.CheckAudit(t.Context(), AuditHead{}); h.Seq != 7 || err != nil {
			t.Errorf("the audit: %+v, %v", h, err)
		}
		all, _, err := s.Bans(t.Context())
		if b := all[0]; err != nil || b.Kind != "net" || b.Reason != "scanning" || !b.Made.Equal(noon) || !b.Until.Equal(now.Add(2*time.Hour).Truncate(time.Millisecond)) {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

// TestBansThatAreOverGo holds that what is over by the database's time makes room, and
// goes by itself.
func TestBansThatAreOverGo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		_, now, err := s.Bans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, until := range []time.Time{now, now.Add(time.Hour), {}} {
			if err := s.PutBan(t.Context(), aBan(fmt.Sprintf("192.0.2.%d/32", i), fmt.Sprint(i), until), false, told(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := values(t, s); got != "192.0.2.1/32 1, 192.0.2.2/32 2" {
			t.Errorf("left: %s", got)
		}
	})
}

// TestBadBans holds what is refused, and that nothing of it is stored.
func TestBadBans(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		for name, b := range map[string]Ban{
			"no mark": aBan("x", "", noon), "no value": aBan("", "a", noon), "a long mark": aBan("x", strings.Repeat("a", 49), noon),
			"two lines": aBan("x\ny", "a", noon), "a long value": aBan(strings.Repeat("x", 2001), "a", noon), "no text": aBan("\xff", "a", noon),
		} {
			if err := s.PutBan(t.Context(), b, false, told("a")); !errors.Is(err, ErrBadBan) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, e := range map[string]Entry{"nobody": {Did: "x", Mark: "m"}, "no mark": {Who: "x", Did: "x"}, "two lines": {Who: "x\ny", Did: "x", Mark: "m"}} {
			if err := s.PutBan(t.Context(), aBan("x", "a", noon), false, e); !errors.Is(err, ErrBadEntry) {
				t.Errorf("%s: %v", name, err)
			}
			if err := s.LiftBan(t.Context(), "a", e); !errors.Is(err, ErrBadEntry) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h, err := s.CheckAudit(t.Context(), AuditHead{}); h.Seq != 0 || err != nil || values(t, s) != "" {
			t.Errorf("%+v, %v, %q", h, err, values(t, s))
		}
	})
}

// TestBansAreBounded holds that there are no more bans than there may be, that one of
// those can still be changed, and that one which is not taken is not in the audit.
func TestBansAreBounded(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	raw(t, s, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO bans SELECT 'client', 'SSH-2.0-' || i, i, 'x', 0, 0 FROM n`, MostBans))
	if err := s.PutBan(t.Context(), aBan("192.0.2.1/32", "a", time.Time{}), false, told("a")); !errors.Is(err, ErrManyBans) {
		t.Errorf("one more: %v", err)
	}
	again := aBan("SSH-2.0-7", "b", time.Time{})
	again.Kind = "client"
	if err := s.PutBan(t.Context(), again, false, told("b")); err != nil {
		t.Error(err)
	}
	if h, err := s.CheckAudit(t.Context(), AuditHead{}); h.Seq != 1 || err != nil {
		t.Errorf("the audit: %+v, %v", h, err)
	}
	if err := s.LiftBan(t.Context(), "7000", told("c")); err != nil {
		t.Fatal(err)
	}
	if err := s.PutBan(t.Context(), aBan("192.0.2.1/32", "a", time.Time{}), false, told("a")); err != nil {
		t.Errorf("after one was lifted: %v", err)
	}
}

// TestBansWake holds that whoever watches hears of a change.
func TestBansWake(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		wake := s.WatchBans(t.Context())
		for _, change := range []func() error{
			func() error { return s.PutBan(t.Context(), aBan("x", "a", time.Time{}), false, told("a")) },
			func() error { return s.LiftBan(t.Context(), "a", told("b")) },
		} {
			for len(wake) > 0 {
				<-wake
			}
			if err := change(); err != nil {
				t.Fatal(err)
			}
			<-wake
		}
	})
}
