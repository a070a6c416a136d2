package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestADisownedReceiptKeySignsNothingMore holds that of each moment some key signs for it,
// and beside a disowned one at most the one that stands in for that, whichever keys are
// disowned, as of when and in which order; that none of those that do is disowned for it; and
// that a key takes the place of the last one at once.
func TestADisownedReceiptKeySignsNothingMore(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	type disowns struct {
		key   int // from 0
		since time.Time
	}
	for name, c := range map[string]struct {
		of   []disowns
		want string // which key signs for what ended at each hour from 0 to 9, of keys in use from 0, 3 and 6 on
	}{
		"none":                         {nil, "0001112222"},
		"the first":                    {[]disowns{{0, time.Time{}}}, "1111112222"},
		"the first as of its time":     {[]disowns{{0, hour(1)}}, "0111112222"},
		"the second":                   {[]disowns{{1, time.Time{}}}, "0002222222"},
		"the second as of a time":      {[]disowns{{1, hour(4)}}, "0001222222"},
		"as of a time behind its own":  {[]disowns{{0, hour(5)}}, "0001112222"},
		"as of a time before its own":  {[]disowns{{1, hour(1)}}, "0002222222"},
		"two":                          {[]disowns{{0, time.Time{}}, {1, time.Time{}}}, "2222222222"},
		"two, the other way":           {[]disowns{{1, hour(4)}, {0, hour(2)}}, "0021222222"},
		"behind a disowned one":        {[]disowns{{1, hour(4)}, {0, time.Time{}}}, "2221222222"},
		"the last, and then the first": {[]disowns{{2, hour(7)}, {1, hour(2)}, {0, time.Time{}}}, "3333332333"},
		"the last":                     {[]disowns{{2, time.Time{}}}, "0001113333"},
		"the last as of a time":        {[]disowns{{2, hour(8)}}, "0001112233"},
		"again as of an earlier time":  {[]disowns{{2, hour(8)}, {2, hour(7)}}, "0001112333"},
		"all of them":                  {[]disowns{{2, time.Time{}}, {1, time.Time{}}, {0, time.Time{}}}, "3333333333"},
		"all, and the one behind them": {[]disowns{{0, time.Time{}}, {1, time.Time{}}, {2, time.Time{}}, {3, time.Time{}}}, "4444444444"},
	} {
		eachStore(t, func(t *testing.T, make maker) {
			now := setClock(noon)
			s := make(t, Options{Now: now.read})
			keysOf(t, s)
			for _, n := range []int{3, 6} {
				now.set(hour(n))
				if err := s.NewReceiptKey(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
			}
			now.set(hour(9))
			for _, d := range c.of {
				if err := s.DisownReceiptKey(t.Context(), keysOf(t, s)[d.key].Public(), d.since); err != nil {
					t.Fatal(name, err)
				}
			}
			var got strings.Builder
			keys := keysOf(t, s)
			for n := range 10 {
				at := hour(n)
				i := slices.IndexFunc(keys, func(k ReceiptKey) bool { return k.Signs(at) })
				_, _ = fmt.Fprint(&got, i)
				for j, k := range keys {
					switch {
					case k.Signs(at) && k.Disowned && !at.Before(k.Since):
						t.Errorf("%s: key %d signs at %d, and is disowned as of %s", name, j, n, k.Since)
					case k.Signs(at) && j > i && (k.Disowned || !keys[i].Disowned):
						t.Errorf("%s: key %d signs at %d, and so does %d", name, j, n, i)
					}
				}
			}
			if got.String() != c.want {
				t.Errorf("%s: it is %s, and ought to be %s", name, &got, c.want)
			}
		})
	}
}

// TestADisownedReceiptKeyGainsNothing holds, over all orders of up to three disownings of
// three keys and those that take their place, that a disowned key never signs for a moment
// for which it did not before, that what another signs for from then on is signed by one that
// is not disowned, and that no moment is left without a key.
func TestADisownedReceiptKeyGainsNothing(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	now := setClock(noon)
	s := fresh(t, Options{Now: now.read})
	keysOf(t, s)
	for _, n := range []int{3, 6} {
		now.set(hour(n))
		if err := s.NewReceiptKey(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	now.set(hour(9))
	sinces := []time.Time{{}, hour(1), hour(4), hour(7)}
	orders := 0
	var after func(was []ReceiptKey, told string, deep int)
	after = func(was []ReceiptKey, told string, deep int) {
		if deep == 0 {
			return
		}
		for i := range was {
			for _, since := range sinces {
				s.hasReceiptKeys(t, was)
				err := s.DisownReceiptKey(t.Context(), was[i].Public(), since)
				if errors.Is(err, ErrDisowned) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				orders++
				is, told := keysOf(t, s), fmt.Sprintf("%s; %d since %s", told, i, since.Format(time.Kitchen))
				gains(t, told, was, is, hour)
				after(is, told, deep-1)
			}
		}
	}
	after(keysOf(t, s), "", 3)
	if orders < 1000 {
		t.Errorf("only %d orders were tried", orders)
	}
}

// gains holds keys before a disowning against those after it, hour by hour.
func gains(t *testing.T, told string, was, is []ReceiptKey, hour func(int) time.Time) {
	t.Helper()
	signer := func(keys []ReceiptKey, at time.Time) int {
		return slices.IndexFunc(keys, func(k ReceiptKey) bool { return k.Signs(at) })
	}
	for n := -1; n < 12; n++ {
		at := hour(n).Add(time.Minute)
		for i, k := range is {
			if k.Disowned && k.Signs(at) && (i >= len(was) || !was[i].Signs(at) || !at.Before(k.Since)) {
				t.Errorf("%s: key %d signs at %d, and did not", told, i, n)
			}
		}
		switch i := signer(is, at); {
		case i < 0:
			t.Errorf("%s: none signs at %d", told, n)
		case i != signer(was, at) && is[i].Disowned:
			t.Errorf("%s: key %d signs at %d in the place of another, and is disowned", told, i, n)
		}
	}
	for i, k := range was {
		if k.Never() && !is[i].Never() {
			t.Errorf("%s: key %d is in use again", told, i)
		}
	}
}

// hasReceiptKeys has a store have these keys and no others.
func (s *Store) hasReceiptKeys(t *testing.T, keys []ReceiptKey) {
	t.Helper()
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := s.files.write.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	run(`DELETE FROM facts WHERE name LIKE 'receipt key %'`)
	for i, k := range keys {
		at := int64(0)
		if !k.at.IsZero() {
			at = k.at.Unix()
		}
		run(`INSERT INTO facts (name, value) VALUES (?, ?)`, fmt.Sprintf("%s%06d", receiptKeyFact, i+1), fmt.Sprintf("%d %x", at, k.private.Seed()))
		if k.Disowned {
			run(`INSERT INTO facts (name, value) VALUES (?, ?)`, fmt.Sprintf("%s%06d disowned", receiptKeyFact, i+1), fmt.Sprint(k.since()))
		}
	}
}

// TestWhatCannotBeDisowned holds what a key gets that is none, or is disowned already; and
// that a key that comes behind is the one that is renewed.
func TestWhatCannotBeDisowned(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := setClock(noon)
		s, other := make(t, Options{Now: now.read}), make(t, Options{})
		if err := s.DisownReceiptKey(t.Context(), keysOf(t, other)[0].Public(), time.Time{}); !errors.Is(err, ErrNoKey) {
			t.Errorf("another's: %v", err)
		}
		key := keysOf(t, s)[0].Public()
		if err := s.DisownReceiptKey(t.Context(), key, noon.Add(time.Second)); !errors.Is(err, ErrDisownLater) || keysOf(t, s)[0].Disowned {
			t.Errorf("as of a time to come: %v", err)
		}
		if err := s.DisownReceiptKey(t.Context(), key, noon.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, since := range []time.Time{noon.Add(-time.Hour), noon} {
			if err := s.DisownReceiptKey(t.Context(), key, since); !errors.Is(err, ErrDisowned) {
				t.Errorf("again: %v", err)
			}
		}
		now.set(noon.Add(time.Minute))
		if err := s.NewReceiptKey(t.Context(), time.Minute); err != nil {
			t.Error(err)
		}
		if keys := keysOf(t, s); len(keys) != 3 || !keys[0].Disowned || keys[1].Disowned || !keys[1].From.Equal(noon.Add(-time.Hour)) || !keys[2].From.Equal(noon.Add(2*time.Minute)) {
			t.Errorf("the keys are %+v", keys)
		}
	})
}
