package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onboard.example/checks"
	"onboard.example/flows"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock stands still.
func clock() time.Time { return noon }

// kinds of journals: all behave the same.
var kinds = map[string]func(t *testing.T) flows.Journal{
	"memory": func(*testing.T) flows.Journal { return NewMemory() },
	"file":   func(t *testing.T) flows.Journal { t.Helper(); return create(t, t.TempDir()) },
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
}

// create makes the journal of a new run, closed at the test's end.
func create(t *testing.T, path string) *File {
	t.Helper()
	d, err := OpenDir(path, clock)
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Create()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// note is a record with a text.
func note(w string, n uint64, text string) flows.Record {
	return flows.Record{Writer: flows.WriterID(w), N: n, At: noon, By: flows.ByPerson, Event: flows.Noted{Text: text}}
}

// must appends.
func must(t *testing.T, j flows.Journal, after uint64, r ...flows.Record) uint64 {
	t.Helper()
	last, err := j.Append(t.Context(), after, r...)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// texts are the texts of the notes after a number.
func texts(t *testing.T, j flows.Journal, after uint64) string {
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

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		if got := texts(t, j, 0); got != "" {
			t.Errorf("a new journal holds %q", got)
		}
		if last := must(t, j, 0, note("w", 1, "a"), note("w", 2, "b")); last != 2 {
			t.Errorf("the last is %d", last)
		}
		if last := must(t, j, 2, note("v", 1, "c")); last != 3 {
			t.Errorf("the last is %d", last)
		}
		for after, want := range map[uint64]string{0: "a b c", 2: "c", 3: "", 99: ""} {
			rs, err := j.Since(t.Context(), after)
			if err != nil || len(rs) != len(strings.Fields(want)) {
				t.Errorf("after %d: %v, %v", after, rs, err)
			}
		}
		if got := texts(t, j, 1); got != "b c" {
			t.Errorf("after the first: %q", got)
		}
		if last := must(t, j, 3); last != 3 {
			t.Errorf("appending nothing gives %d", last)
		}
	})
}

func TestWhoeverComesSecondIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		must(t, j, 0, note("w", 1, "a"))
		for _, after := range []uint64{0, 2, 99} {
			if _, err := j.Append(t.Context(), after, note("v", 1, "b")); !errors.Is(err, flows.ErrConflict) {
				t.Errorf("appending after %d: %v", after, err)
			}
		}
		if got := texts(t, j, 0); got != "a" {
			t.Errorf("holds %q", got)
		}
	})
}

func TestTryingAgainStoresNothingTwice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		batch := []flows.Record{note("w", 1, "a"), note("w", 2, "b")}
		must(t, j, 0, batch...)
		must(t, j, 2, note("v", 1, "c"))
		for _, after := range []uint64{0, 2, 3} {
			if last := must(t, j, after, batch...); last != 2 {
				t.Errorf("trying again after %d gives %d, want where it is: 2", after, last)
			}
		}
		if _, err := j.Append(t.Context(), 3, note("w", 2, "b"), note("w", 3, "d")); !errors.Is(err, flows.ErrConflict) {
			t.Errorf("half of it is there: %v", err)
		}
		if got := texts(t, j, 0); got != "a b c" {
			t.Errorf("holds %q", got)
		}
	})
}

func TestARecordThatCannotBeWrittenStoresNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		big := note("w", 2, strings.Repeat("x", flows.MaxRecord))
		if _, err := j.Append(t.Context(), 0, note("w", 1, "a"), big); !errors.Is(err, flows.ErrTooLarge) {
			t.Errorf("too large: %v", err)
		}
		if _, err := j.Append(t.Context(), 0, flows.Record{Writer: "w", N: 1}); err == nil {
			t.Error("a record without an event was stored")
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := j.Append(ended, 0, note("w", 1, "a")); !errors.Is(err, context.Canceled) {
			t.Errorf("after the context ended: %v", err)
		}
		if _, err := j.Since(ended, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("reading after the context ended: %v", err)
		}
		if got := texts(t, j, 0); got != "" {
			t.Errorf("holds %q", got)
		}
	})
}

func TestWatchersAreWoken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		ctx, cancel := context.WithCancel(t.Context())
		wake, idle := j.Watch(ctx), j.Watch(t.Context())
		for n := range uint64(5) { // nobody reads: writers are not held up
			must(t, j, n, note("w", n+1, "a"))
		}
		<-wake
		select {
		case <-wake:
			t.Error("wake-ups queue up")
		default:
		}
		cancel()
		for range wake { //nolint:revive // until it is closed
		}
		must(t, j, 5, note("w", 6, "b"))
		<-idle
	})
}

func TestManyWritersAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		const writers, records = 4, 25
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				var after uint64
				for n := uint64(1); n <= records; {
					last, err := j.Append(t.Context(), after, note(fmt.Sprint(w), n, "x"))
					switch {
					case errors.Is(err, flows.ErrConflict):
						rs, err := j.Since(t.Context(), after)
						if err != nil {
							t.Error(err)
							return
						}
						after += uint64(len(rs))
					case err != nil:
						t.Error(err)
						return
					default:
						after = last
						n++
					}
				}
			})
		}
		wg.Wait()
		rs, err := j.Since(t.Context(), 0)
		if err != nil || len(rs) != writers*records {
			t.Fatalf("%d records, %v", len(rs), err)
		}
		next := map[flows.WriterID]uint64{}
		for i, r := range rs {
			next[r.Writer]++
			if r.Seq != uint64(i)+1 || r.N != next[r.Writer] {
				t.Fatalf("record %d is %d of %s in place %d", i, r.N, r.Writer, r.Seq)
			}
		}
	})
}

func TestAFileIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := create(t, dir)
	want := []flows.Record{
		note("w", 1, "a"),
		{Writer: "w", N: 2, At: noon.In(time.FixedZone("x", 3600)), By: flows.ByDriver, Event: flows.Chose{Path: flows.DirectLink}},
		{Writer: "w", N: 3, At: noon, By: flows.ByPerson, Event: flows.Foreign{Tag: "teleported", Data: []byte(`{"to":[1,2]}`)}},
	}
	must(t, j, 0, want...)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(t.Context(), 3, note("w", 4, "late")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("appending after closing: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	j = open(t, dir, j.ID())
	got, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i].Seq, want[i].At = uint64(i)+1, noon
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	must(t, j, 3, note("v", 1, "b"))
}

// open takes a run up, to be closed at the test's end.
func open(t *testing.T, path, id string) *File {
	t.Helper()
	d, err := OpenDir(path, clock)
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// written is a file with ten records, and where each line ends.
func written(t *testing.T) (dir, id string, data []byte, ends []int) {
	t.Helper()
	dir = t.TempDir()
	j := create(t, dir)
	for n := range uint64(10) {
		must(t, j, n, note("w", n+1, fmt.Sprint("n", n)))
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, j.ID()+suffix))
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range data {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	return dir, j.ID(), data, ends
}

// A process that dies leaves the beginning of what it wrote: every whole
// record is there, and appending goes on behind the last.
func TestAFileCutAnywhereHasEveryWholeRecord(t *testing.T) {
	t.Parallel()
	dir, id, data, ends := written(t)
	for cut := 0; cut <= len(data); cut++ {
		if cut < ends[8] && cut%11 != 0 && !slices.Contains(ends, cut) {
			continue // every byte of the last line, and samples of the others
		}
		if err := os.WriteFile(filepath.Join(dir, id+suffix), data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, e := range ends {
			if e <= cut {
				whole++
			}
		}
		j := open(t, dir, id)
		rs, err := j.Since(t.Context(), 0)
		if err != nil || len(rs) != whole {
			t.Fatalf("cut at %d: %d records, %v, want %d", cut, len(rs), err, whole)
		}
		info, err := os.Stat(filepath.Join(dir, id+suffix))
		if err != nil || whole > 0 && info.Size() != int64(ends[whole-1]) {
			t.Fatalf("cut at %d: the torn end is still there: %v", cut, err)
		}
		must(t, j, uint64(whole), note("v", 1, "after"))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = open(t, dir, id)
		if rs, err = j.Since(t.Context(), 0); err != nil || len(rs) != whole+1 {
			t.Fatalf("cut at %d, and written on: %d records, %v", cut, len(rs), err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamageInTheMiddleIsNotMistakenForACrash(t *testing.T) {
	t.Parallel()
	dir, id, data, ends := written(t)
	zeros := append(append([]byte{}, data[:ends[5]]...), make([]byte, 200)...)
	swapped := append(append(append([]byte{}, data[:ends[2]]...), data[ends[3]:ends[4]]...), data[ends[2]:ends[3]]...)
	flipped := append([]byte{}, data...)
	flipped[ends[3]+30] ^= 1
	last := append([]byte{}, data...)
	last[len(last)-5] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want int // records; -1: damaged
		line int
	}{
		"a bit in the middle":      {flipped, -1, 5},
		"a line is missing":        {append(append([]byte{}, data[:ends[2]]...), data[ends[3]:]...), -1, 4},
		"two lines swapped":        {swapped, -1, 4},
		"a bit in the last line":   {last, 9, 0},
		"zeros after a power loss": {zeros, 6, 0},
		"no journal":               {[]byte("hello\nworld\n"), 0, 0},
		"nothing":                  {nil, 0, 0},
	} {
		rs, good, err := parse(id, c.data)
		var damaged *DamagedError
		if c.want < 0 {
			if !errors.As(err, &damaged) || damaged.Line != c.line || !strings.Contains(err.Error(), "damaged at line") || errors.Unwrap(err) == nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(rs) != c.want || good > len(c.data) {
			t.Errorf("%s: %d records, %v, want %d", name, len(rs), err, c.want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, id+suffix), flipped, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if _, err := d.Open(id); !errors.As(err, &damaged) || damaged.Name != id {
		t.Errorf("opening a damaged run: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, id+suffix))
	if err != nil || string(after) != string(flipped) {
		t.Errorf("a damaged run was changed by opening it: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	line, err := flows.MarshalRecord(flows.Record{Seq: 1, Writer: "w", N: 1, At: noon, Event: flows.Noted{Text: "a"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed(line))
	f.Add(append(sealed(line), sealed(line)...))
	f.Add([]byte("00000000 {}\n"))
	f.Add([]byte("\n\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rs, good, err := parse("x", data)
		if good > len(data) || good < 0 {
			t.Fatalf("%d of %d bytes are whole", good, len(data))
		}
		if err != nil {
			return
		}
		again, _, err := parse("x", data[:good])
		if err != nil || len(again) != len(rs) {
			t.Fatalf("the whole part has %d records, %v, not %d", len(again), err, len(rs))
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	d, err := OpenDir(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	j, err := d.Create()
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	r := rand.New(rand.NewPCG(1, 1))
	var n uint64
	for b.Loop() {
		if j.size > MaxFile/2 {
			b.Fatal("the journal is full")
		}
		if n, err = j.Append(b.Context(), n, note("w", n+1, fmt.Sprint(r.Uint64()))); err != nil {
			b.Fatal(err)
		}
	}
}

// A wizard lists the saved runs before its first frame.
func BenchmarkList(b *testing.B) {
	d, err := OpenDir(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for range 20 {
		j, err := d.Create()
		if err != nil {
			b.Fatal(err)
		}
		rs := []flows.Record{{Writer: "w", N: 1, At: noon, Event: flows.Started{Version: "1", Domain: "contoso.example"}}}
		for n := range uint64(300) {
			rs = append(rs, flows.Record{Writer: "w", N: n + 2, At: noon, Event: flows.Found{Finding: checks.Finding{
				Check: checks.AppGrant, Summary: "0 of 5 scopes granted tenant-wide", At: noon,
				Seen: []checks.Evidence{{Source: "graph", Request: "GET https://graph.microsoft.com/v1.0/servicePrincipals", At: noon, Value: "x"}},
			}}})
		}
		if _, err := j.Append(b.Context(), 0, rs...); err != nil {
			b.Fatal(err)
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if rs, err := d.List(b.Context()); err != nil || len(rs) == 0 {
			b.Fatalf("listed %d, %v", len(rs), err)
		}
	}
}
