package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/flows"
)

func TestACaseIsResumedByItsCode(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		other, _ := begun(t, s)
		if c.Number() == other.Number() {
			t.Fatal("two cases of one number")
		}
		must(t, c, 0, note("w", 1, "a"))
		must(t, other, 0, note("w", 1, "theirs")) // the same name, in another case
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), code + "@onboard.example"} {
			again, err := s.Resume(t.Context(), Try{Code: typed, From: stranger})
			if err != nil {
				t.Fatal(err)
			}
			if again.Number() != c.Number() || texts(t, again, 0) != "a" {
				t.Errorf("%s came in as %s", c.Number(), again.Number())
			}
		}
		if _, err := s.Resume(t.Context(), Try{Code: string(c.Number()), From: stranger}); !errors.Is(err, ErrNotCode) {
			t.Errorf("the public number opens: %v", err)
		}
		guide, err := s.Case(t.Context(), c.Number())
		if err != nil || texts(t, guide, 0) != "a" {
			t.Errorf("by number: %v", err)
		}
		for _, n := range []Number{"", "000-000", Number(code), "' OR 1=1 --"} {
			if _, err := s.Case(t.Context(), n); !errors.Is(err, ErrNoCase) {
				t.Errorf("case %q: %v", n, err)
			}
		}
		if n, err := s.Count(t.Context()); n != 2 || err != nil {
			t.Errorf("%d cases, %v", n, err)
		}
	})
}

func TestARenewedCodeIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, old := begun(t, s)
		code, err := c.Renew(t.Context())
		if err != nil || code.Reveal() == old {
			t.Fatalf("the new code: %v", err)
		}
		_, err = s.Resume(t.Context(), Try{Code: old, From: stranger})
		if !errors.Is(err, ErrNoCase) {
			t.Errorf("the old code: %v", err)
		}
		if strings.Contains(err.Error(), old[:4]) {
			t.Errorf("the error tells the code: %v", err)
		}
		again, err := s.Resume(t.Context(), Try{Code: code.Reveal(), From: stranger})
		if err != nil || again.Number() != c.Number() {
			t.Errorf("the new code: %v", err)
		}
	})
}

func TestABoundCaseNeedsItsKey(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{Tries: Tries{Burst: 100}})
		c, code := begun(t, s)
		for _, bad := range []string{"x", "SHA256:", "MD5:" + aKey[7:], aKey + "=", aKey[:49] + "!", strings.ToLower(aKey[:7]) + aKey[7:], aKey + aKey} {
			if err := c.Bind(t.Context(), bad); !errors.Is(err, ErrBadKey) {
				t.Errorf("bound to %q: %v", bad, err)
			}
		}
		if err := c.Bind(t.Context(), aKey); err != nil {
			t.Fatal(err)
		}
		if a, err := c.About(t.Context()); !a.Bound || err != nil {
			t.Errorf("about: %+v, %v", a, err)
		}
		for _, key := range []string{"", "SHA256:" + strings.Repeat("A", 43), aKey[:49], "x"} {
			if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger, Key: key}); !errors.Is(err, ErrOtherKey) {
				t.Errorf("with key %q: %v", key, err)
			}
			if _, err := s.Erase(t.Context(), Try{Code: code, From: stranger, Key: key}); !errors.Is(err, ErrOtherKey) {
				t.Errorf("erasing with key %q: %v", key, err)
			}
		}
		if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger, Key: aKey}); err != nil {
			t.Error(err)
		}
		if _, err := c.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a, err := c.About(t.Context()); !a.Bound || err != nil {
			t.Errorf("a new code frees it from the key: %+v, %v", a, err)
		}
		if err := c.Bind(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if a, err := c.About(t.Context()); a.Bound || err != nil {
			t.Errorf("still bound: %+v, %v", a, err)
		}
	})
}

func TestACaseTellsOfItself(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Keep: 24 * time.Hour})
		c, _ := begun(t, s)
		now.set(noon.Add(time.Minute))
		must(t, c, 0, note("w", 1, "a"), note("w", 2, "b"))
		a, err := c.About(t.Context())
		if err != nil || a.Size < 100 || a.Size > 1000 {
			t.Fatalf("%+v, %v", a, err)
		}
		a.Size = 0
		if want := (About{Made: noon, Last: now.time(), Until: now.time().Add(24 * time.Hour), Records: 2}); a != want {
			t.Errorf("%+v, want %+v", a, want)
		}
	})
}

func TestACaseHasAnEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{MaxCase: 4000})
		c, _ := begun(t, s)
		var n uint64
		var err error
		for range 100 {
			var last uint64
			if last, err = c.Append(t.Context(), n, note("w", n+1, strings.Repeat("x", 500))); err != nil {
				break
			}
			n = last
		}
		if !errors.Is(err, ErrTooLong) || n < 4 || n > 8 {
			t.Errorf("after %d records: %v", n, err)
		}
		if a, err := c.About(t.Context()); err != nil || a.Size > 4000 || a.Records != n {
			t.Errorf("%+v, %v", a, err)
		}
		if last := must(t, c, n-1, note("w", n, strings.Repeat("x", 500))); last != n {
			t.Errorf("trying again at the end: %d", last)
		}
		if _, err := c.Append(t.Context(), n-1, note("w", n+1, strings.Repeat("x", 500))); !errors.Is(err, flows.ErrConflict) {
			t.Errorf("behind somebody else at the end: %v", err)
		}
		if rs, err := c.Since(t.Context(), 0); err != nil || len(rs) != int(n) {
			t.Errorf("holds %d, %v", len(rs), err)
		}
		other, _ := begun(t, s)
		must(t, other, 0, note("w", 1, "there is room in others"))
	})
}

func TestWritersHaveFitNames(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		c, _ := begun(t, make(t, Options{}))
		for name, r := range map[string]flows.Record{
			"long":   note(strings.Repeat("w", mostWriter+1), 1, "a"),
			"nul":    note("w\x00", 1, "a"),
			"broken": note("w\xff", 1, "a"),
			"number": note("w", 1<<63, "a"),
		} {
			if _, err := c.Append(t.Context(), 0, r); !errors.Is(err, errRecord) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, c, 0, note(strings.Repeat("é", mostWriter/2), 1, "a"))
	})
}

// Many cases at once, with other things between: what was said to be stored is.
func TestManyCasesAtOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				c, _, err := s.New(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				crowd(t, c, fmt.Sprint(i), 20)
				if _, err := c.Renew(t.Context()); err != nil {
					t.Error(err)
				}
				if got := texts(t, c, 0); got != strings.TrimSpace(strings.Repeat("x ", 20)) {
					t.Errorf("case %d holds %q", i, got)
				}
			})
		}
		wg.Wait()
		if n, err := s.Count(t.Context()); n != 20 || err != nil {
			t.Errorf("%d cases, %v", n, err)
		}
	})
}

func TestAClosedStoreSaysSo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		must(t, c, 0, note("w", 1, "a"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
		try := Try{Code: code, From: stranger}
		for name, err := range map[string]error{
			"append": second(c.Append(t.Context(), 1, note("w", 2, "b"))),
			"since":  second(c.Since(t.Context(), 0)),
			"about":  second(c.About(t.Context())),
			"renew":  second(c.Renew(t.Context())),
			"bind":   c.Bind(t.Context(), aKey),
			"resume": second(s.Resume(t.Context(), try)),
			"erase":  second(s.Erase(t.Context(), try)),
			"case":   second(s.Case(t.Context(), c.Number())),
			"count":  second(s.Count(t.Context())),
			"sweep":  second(s.Sweep(t.Context())),
		} {
			if !errors.Is(err, ErrClosed) || strings.Contains(err.Error(), code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := s.New(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("new: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhoDoesNotWaitIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		ctx, try := ended(t), Try{Code: code, From: stranger}
		for name, err := range map[string]error{
			"renew":  second(c.Renew(ctx)),
			"about":  second(c.About(ctx)),
			"bind":   c.Bind(ctx, aKey),
			"resume": second(s.Resume(ctx, try)),
			"case":   second(s.Case(ctx, c.Number())),
			"count":  second(s.Count(ctx)),
			"sweep":  second(s.Sweep(ctx)),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Resume(t.Context(), try); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// repeating is a source of randomness that is none.
type repeating struct{}

func (repeating) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestRandomnessThatIsNoneIsNoticed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{Random: repeating{}})
		begun(t, s)
		if _, _, err := s.New(t.Context()); err == nil || !strings.Contains(err.Error(), "repeats itself") {
			t.Errorf("a second case: %v", err)
		}
		s = make(t, Options{Random: io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), broken{})})
		if _, _, err := s.New(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("without randomness: %v", err)
		}
	})
}

// broken gives nothing.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }
