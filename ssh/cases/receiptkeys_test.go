package cases

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// handClock is a clock that a test sets.
type handClock struct{ at atomic.Int64 }

func setClock(t time.Time) *handClock {
	c := &handClock{}
	c.set(t)
	return c
}

func (c *handClock) set(t time.Time) { c.at.Store(t.UnixNano()) }

func (c *handClock) read() time.Time { return time.Unix(0, c.at.Load()).UTC() }

// keysOf are the keys of a store.
func keysOf(t testing.TB, s *Store) []ReceiptKey {
	t.Helper()
	keys, err := s.ReceiptKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestReceiptKeys holds that the first key is drawn once, that later ones come behind it
// and in the order of their times, and that all of them sign what their public halves verify.
func TestReceiptKeys(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := setClock(noon.Add(300 * time.Millisecond))
		s := make(t, Options{Now: now.read})
		first := keysOf(t, s)
		if len(first) != 1 || !first[0].From.IsZero() {
			t.Fatalf("there are %d at first", len(first))
		}
		if err := s.NewReceiptKey(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		// While it is to come there is no other, however late that would be: not a second
		// later, not in the very second in which it comes, and not by a clock that went back.
		for _, at := range []time.Duration{-time.Hour, 300 * time.Millisecond, 2 * time.Second, 59 * time.Second, time.Minute} {
			now.set(noon.Add(at))
			for _, lead := range []time.Duration{0, time.Minute, time.Hour} {
				if err := s.NewReceiptKey(t.Context(), lead); !errors.Is(err, ErrKeySoon) {
					t.Errorf("at %s one more in %s: %v", at, lead, err)
				}
			}
		}
		both := keysOf(t, s)
		if len(both) != 2 || !both[0].Public().Equal(first[0].Public()) || both[1].Public().Equal(first[0].Public()) || !both[1].From.Equal(noon.Add(time.Minute)) {
			t.Fatalf("then there are %d", len(both))
		}
		for i, k := range both {
			if sig := k.Sign([]byte("x")); !ed25519.Verify(k.Public(), []byte("x"), sig) || ed25519.Verify(both[1-i].Public(), []byte("x"), sig) {
				t.Errorf("key %d does not sign as itself", i)
			}
		}
		now.set(noon.Add(time.Minute + time.Second))
		if err := s.NewReceiptKey(t.Context(), time.Minute); err != nil {
			t.Errorf("once it is in use: %v", err)
		}
	})
}

// TestReceiptKeysAreDrawnOnce holds that of many who need the first key at once each gets
// the same.
func TestReceiptKeysAreDrawnOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		got := [8]ed25519.PublicKey{}
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				keys, err := s.ReceiptKeys(t.Context())
				if err != nil || len(keys) != 1 {
					t.Errorf("%d keys, %v", len(keys), err)
					return
				}
				got[i] = keys[0].Public()
			})
		}
		wg.Wait()
		for _, k := range got {
			if !k.Equal(got[0]) {
				t.Error("two keys were the first")
			}
		}
	})
}

// TestReceiptKeysStay holds that they are there when the store is opened again, and that
// there is a bound to how many there are.
func TestReceiptKeysStay(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	now := setClock(noon)
	s := open(t, path, Options{Now: now.read})
	was := keysOf(t, s)
	for n := range mostNewReceiptKeys {
		now.set(noon.Add(time.Duration(n) * time.Hour))
		if n == mostNewReceiptKeys-1 {
			break
		}
		if err := s.NewReceiptKey(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NewReceiptKey(t.Context(), time.Minute); !errors.Is(err, ErrManyKeys) {
		t.Errorf("one too many: %v", err)
	}
	newest := keysOf(t, s)[mostNewReceiptKeys-1].Public()
	if err := s.DisownReceiptKey(t.Context(), newest, time.Time{}); err != nil {
		t.Errorf("disowning the newest: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	is := keysOf(t, open(t, path, Options{}))
	if len(is) != mostNewReceiptKeys+1 || !is[0].Public().Equal(was[0].Public()) {
		t.Errorf("%d keys are there again", len(is))
	}
	for i, k := range is[1:mostNewReceiptKeys] {
		if !k.From.After(is[i].From) {
			t.Fatalf("key %d is not in its place", i+1)
		}
	}
}

// TestReceiptKeyIsNotPrinted holds that a key is a mask however it is printed, and that
// one that is not whole is told without what there is of it.
func TestReceiptKeyIsNotPrinted(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	k := keysOf(t, s)[0]
	seed := hex.EncodeToString(k.private.Seed())
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", k)
	asJSON, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %x %d", k, k, k, k, k, k), log.String(), string(asJSON)} {
		if !strings.Contains(text, mask) || strings.Contains(text, seed) || strings.Contains(text, fmt.Sprintf("%d", k.private.Seed())[1:20]) {
			t.Errorf("it is printed as %s", text)
		}
	}
	if _, err := s.files.write.ExecContext(t.Context(), `UPDATE facts SET value = substr(value, 1, 20) WHERE name LIKE 'receipt key %'`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReceiptKeys(t.Context()); !errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), seed[:8]) {
		t.Errorf("half a key: %v", err)
	}
}
