package cases

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock stands still.
func clock() time.Time { return noon }

// hand is a clock that a test sets while a store, which sweeps by itself, reads it.
type hand struct{ at atomic.Pointer[time.Time] }

func atNoon() *hand {
	h := &hand{}
	h.set(noon)
	return h
}

func (h *hand) time() time.Time { return *h.at.Load() }

func (h *hand) set(t time.Time) { h.at.Store(&t) }

// open opens a store at path, closed at the test's end.
func open(t testing.TB, path string, o Options) *Store {
	t.Helper()
	if o.Now == nil {
		o.Now = clock
	}
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// fresh opens a new store.
func fresh(t testing.TB, o Options) *Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "cases.db"), o)
}

// begun is a new case and its code.
func begun(t testing.TB, s *Store) (*Case, string) {
	t.Helper()
	c, code, err := s.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, code.Reveal()
}

// stranger is an address.
var stranger = netip.MustParseAddr("192.0.2.7")

// note is a record with a text.
func note(w string, n uint64, text string) flows.Record {
	return flows.Record{Writer: flows.WriterID(w), N: n, At: noon, By: flows.ByPerson, Event: flows.Noted{Text: text}}
}

// must appends.
func must(t testing.TB, j flows.Journal, after uint64, r ...flows.Record) uint64 {
	t.Helper()
	last, err := j.Append(t.Context(), after, r...)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// texts are the texts of the notes after a number.
func texts(t testing.TB, j flows.Journal, after uint64) string {
	t.Helper()
	rs, err := j.Since(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, r := range rs {
		if r.Seq != after+uint64(i)+1 {
			t.Errorf("record %d in place %d", r.Seq, after+uint64(i)+1)
		}
		n, ok := r.Event.(flows.Noted)
		if !ok {
			t.Fatalf("a %T", r.Event)
		}
		out = append(out, n.Text)
	}
	return strings.Join(out, " ")
}

// kinds are the journals besides a case: all behave the same.
var kinds = map[string]func(t *testing.T) flows.Journal{
	"memory": func(*testing.T) flows.Journal { return journal.NewMemory() },
	"file": func(t *testing.T) flows.Journal {
		t.Helper()
		d, err := journal.OpenDir(t.TempDir(), clock)
		if err != nil {
			t.Fatal(err)
		}
		j, err := d.Create()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = j.Close() })
		return j
	},
}

// maker makes a store that holds nothing.
type maker func(t testing.TB, o Options) *Store

// stores are the databases that cases are kept in: all behave the same.
var stores = map[string]maker{
	"sqlite":   fresh,
	"postgres": freshPostgres,
}

// eachStore runs a test over every kind of store.
func eachStore(t *testing.T, test func(t *testing.T, make maker)) {
	t.Helper()
	for name, make := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make)
		})
	}
}

// each runs a test over every kind of journal.
func each(t *testing.T, test func(t *testing.T, j flows.Journal)) {
	t.Helper()
	for name, make := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make(t))
		})
	}
	eachStore(t, func(t *testing.T, make maker) {
		c, _ := begun(t, make(t, Options{}))
		test(t, c)
	})
}

// listened waits until other nodes are heard of where a journal has them, and takes
// the wake-ups that come of that.
func listened(t testing.TB, j flows.Journal, wakes ...<-chan struct{}) {
	t.Helper()
	c, ok := j.(*Case)
	if !ok || c.store.hearing == nil {
		return
	}
	eventually(t, "other nodes are heard of", func() bool {
		c.store.watchers.mu.Lock()
		defer c.store.watchers.mu.Unlock()
		_, ok := c.store.watchers.at[ofCase(c.number)]
		return ok
	})
	for _, w := range wakes {
		select {
		case <-w:
		default:
		}
	}
}

// soon bounds what a test waits for.
const soon = 30 * time.Second

// eventually waits until something is so.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !is(); {
		if time.Now().After(end) {
			t.Fatalf("it was never so that %s", what)
		}
		<-time.After(time.Millisecond) // between two looks
	}
}

// ended is a context that is over.
func ended(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// aKey is the fingerprint of a key.
const aKey = "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM"

// logger writes to b.
func logger(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// erase erases a case. Of a PostgreSQL database its traces may go later: somebody reads,
// or the machine has much to do.
func erase(t testing.TB, s *Store, code string) {
	t.Helper()
	if _, err := s.Erase(t.Context(), Try{Code: code, From: stranger}); err != nil && (s.hearing == nil || !errors.Is(err, ErrUnwiped)) {
		t.Fatal(err)
	}
}
