package cases

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onboard.example/flows"
)

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		if got := texts(t, j, 0); got != "" {
			t.Errorf("a new journal holds %q", got)
		}
		if last := must(t, j, 0); last != 0 {
			t.Errorf("the last of nothing is %d", last)
		}
		if last := must(t, j, 0, note("w", 1, "a"), note("w", 2, "b")); last != 2 {
			t.Errorf("the last is %d", last)
		}
		if last := must(t, j, 2, note("v", 1, "c")); last != 3 {
			t.Errorf("the last is %d", last)
		}
		for after, want := range map[uint64]string{0: "a b c", 2: "c", 3: "", 99: "", math.MaxUint64: ""} {
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

func TestEveryKindOfRecordComesBackAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		want := []flows.Record{
			note("w", 0, "zwölf Boxkämpfer jagen Viktor 🥊"),
			{Writer: "w", N: math.MaxInt64, At: noon.Add(time.Nanosecond).In(time.FixedZone("x", 3600)), By: flows.ByDriver, Event: flows.Chose{Path: flows.DirectLink}},
			{Writer: "", N: 3, At: noon, By: flows.ByGuide, Event: flows.Foreign{Tag: "teleported", Data: []byte(`{"to":[1,2]}`)}},
		}
		must(t, j, 0, want...)
		got, err := j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i].Seq, want[i].At = uint64(i)+1, want[i].At.UTC()
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
	})
}

func TestWhoeverComesSecondIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, j flows.Journal) {
		must(t, j, 0, note("w", 1, "a"))
		for _, after := range []uint64{0, 2, 99, math.MaxInt64, math.MaxUint64} {
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
		if last := must(t, j, 2, batch...); last != 2 {
			t.Errorf("trying again at its own end gives %d", last)
		}
		must(t, j, 2, note("v", 1, "c"))
		for _, after := range []uint64{0, 2, 3} {
			if last := must(t, j, after, batch...); last != 2 {
				t.Errorf("trying again after %d gives %d, want where it is: 2", after, last)
			}
		}
		for after, batch := range map[uint64][]flows.Record{
			3: {note("w", 2, "b"), note("w", 3, "d")},
			1: {note("w", 3, "d"), note("w", 2, "b")},
		} {
			if _, err := j.Append(t.Context(), after, batch...); !errors.Is(err, flows.ErrConflict) {
				t.Errorf("half of it is there: %v", err)
			}
		}
		if got := texts(t, j, 0); got != "a b c" {
			t.Errorf("holds %q", got)
		}
		if last := must(t, j, 3, note("w", 3, "d")); last != 4 {
			t.Errorf("what was refused with others takes its place alone: %d", last)
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
		if _, err := j.Append(t.Context(), 0, note("w", 1, "a"), note("w", 1, "b")); err == nil {
			t.Error("two records of one name were stored")
		}
		if _, err := j.Append(ended(t), 0, note("w", 1, "a")); !errors.Is(err, context.Canceled) {
			t.Errorf("after the context ended: %v", err)
		}
		if _, err := j.Since(ended(t), 0); !errors.Is(err, context.Canceled) {
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
		listened(t, j, wake, idle)
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
			wg.Go(func() { crowd(t, j, fmt.Sprint(w), records) })
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

// crowd appends records one by one to a journal that others write to.
func crowd(t *testing.T, j flows.Journal, w string, records uint64) {
	t.Helper()
	var after uint64
	for n := uint64(1); n <= records; {
		last, err := j.Append(t.Context(), after, note(w, n, "x"))
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
}
