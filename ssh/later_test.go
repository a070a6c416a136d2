package ssh

import (
	"context"
	"errors"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// full is a journal on a full disk, until there is room.
type full struct {
	*journal.Memory

	room bool
}

// Append implements flows.Journal.
func (f *full) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	if !f.room {
		return 0, errors.New("no space left")
	}
	return f.Memory.Append(ctx, after, r...)
}

// TestKeptIsToldOnceItIs holds that nobody is told that a case is kept before
// everything is, and that it is made once.
func TestKeptIsToldOnceItIs(t *testing.T) {
	t.Parallel()
	disk := &full{Memory: journal.NewMemory()}
	made, told := 0, 0
	l := newLater(func(context.Context) (flows.Journal, func(), error) {
		made++
		return disk, func() { told++ }, nil
	})
	record := func(seq uint64, e flows.Event) flows.Record {
		return flows.Record{Seq: seq, Writer: "w", N: seq, At: time.Unix(1_700_000_000, 0), Event: e}
	}
	if _, err := l.Append(t.Context(), 0, record(1, flows.Started{Nonce: "n"})); err != nil || made != 0 {
		t.Fatal(made, err)
	}
	chose := record(2, flows.Picked{Profile: flows.Profile{ID: "hetk", Name: "Hetk"}})
	for range 3 {
		if _, err := l.Append(t.Context(), 1, chose); err == nil || told != 0 {
			t.Fatalf("told %d times, %v", told, err)
		}
	}
	disk.room = true
	if n, err := l.Append(t.Context(), 1, chose); n != 2 || err != nil || told != 1 || made != 1 {
		t.Errorf("%d, %v; told %d times, made %d times", n, err, told, made)
	}
	if rs, err := disk.Since(t.Context(), 0); len(rs) != 2 || err != nil {
		t.Errorf("%d records, %v", len(rs), err)
	}
}
