package cases

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestADisownedReceiptKeySignsNothingMore holds that of each moment exactly one key signs for
// it, whichever keys are disowned, as of when and in which order; that none of those that do
// is disowned for it; and that a key takes the place of the last one at once.
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
		"two, the other way":           {[]disowns{{1, hour(4)}, {0, hour(2)}}, "0011222222"},
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
				at, signers := hour(n), 0
				for i, k := range keys {
					if !k.Signs(at) {
						continue
					}
					signers++
					_, _ = fmt.Fprint(&got, i)
					if k.Disowned && !at.Before(k.Since) {
						t.Errorf("%s: key %d signs at %d, and is disowned as of %s", name, i, n, k.Since)
					}
				}
				if signers != 1 {
					t.Errorf("%s: of what ended at %d %d keys sign", name, n, signers)
				}
			}
			if got.String() != c.want {
				t.Errorf("%s: it is %s, and ought to be %s", name, &got, c.want)
			}
		})
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
