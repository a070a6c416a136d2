// Package journal keeps the records of runs: in memory, and in files that
// survive a kill and are taken up again. It also keeps receipts.
//
// A file holds one record a line, each behind its checksum, and is only ever
// appended to. So a process that dies can lose the end of its last line and
// nothing else, and a reader can tell that from damage.
package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"onboard.example/flows"
)

// Memory is a journal that lasts as long as the process.
type Memory struct {
	mu   sync.Mutex
	rs   []flows.Record
	at   map[name]uint64 // where a record is
	wake map[chan struct{}]struct{}
}

// name names a record for good.
type name struct {
	writer flows.WriterID
	n      uint64
}

// errTwice says that two records of one append have one name.
var errTwice = errors.New("two records have the same writer and number")

// NewMemory makes an empty journal.
func NewMemory() *Memory {
	return &Memory{at: map[name]uint64{}, wake: map[chan struct{}]struct{}{}}
}

// Append keeps r after the record with number after; see flows.Journal.
func (m *Memory) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	return m.append(ctx, after, r, func([]byte, []int64) error { return nil })
}

// append checks r, has its lines stored, which are of so many bytes each, and only then
// shows it to readers.
func (m *Memory) append(ctx context.Context, after uint64, r []flows.Record, store func(lines []byte, sizes []int64) error) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("appending to the journal: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	last := uint64(len(m.rs))
	if at, all, some := m.have(r); all {
		return at, nil
	} else if some || after != last {
		return 0, flows.ErrConflict
	}
	r = slices.Clone(r)
	var lines []byte
	var sizes []int64
	names := make(map[name]bool, len(r))
	for i := range r {
		id := name{r[i].Writer, r[i].N}
		if names[id] {
			return 0, fmt.Errorf("appending to the journal: %w", errTwice)
		}
		names[id] = true
		r[i].Seq = last + 1 + uint64(i)
		r[i].At = r[i].At.UTC().Round(0)
		line, err := flows.MarshalRecord(r[i])
		if err != nil {
			return 0, fmt.Errorf("appending to the journal: %w", err)
		}
		whole := sealed(line)
		lines, sizes = append(lines, whole...), append(sizes, int64(len(whole)))
	}
	if err := store(lines, sizes); err != nil {
		return 0, err
	}
	m.take(r)
	return uint64(len(m.rs)), nil
}

// have says whether all of the records, or some, are in the journal already,
// and where the last of them is. Of none, all are.
func (m *Memory) have(r []flows.Record) (at uint64, all, some bool) {
	if len(r) == 0 {
		return uint64(len(m.rs)), true, false
	}
	all = true
	for _, rec := range r {
		seq, ok := m.at[name{rec.Writer, rec.N}]
		all, some, at = all && ok, some || ok, max(at, seq)
	}
	return at, all, some
}

// take shows records to readers and wakes them; the caller holds mu.
func (m *Memory) take(r []flows.Record) {
	for _, rec := range r {
		m.at[name{rec.Writer, rec.N}] = rec.Seq
	}
	m.rs = append(m.rs, r...)
	for c := range m.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Since returns the records after a number, in order.
func (m *Memory) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if after >= uint64(len(m.rs)) {
		return nil, nil
	}
	return slices.Clone(m.rs[after:]), nil
}

// Watch gives a wake-up after records were appended; see flows.Journal.
func (m *Memory) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	m.mu.Lock()
	m.wake[c] = struct{}{}
	m.mu.Unlock()
	context.AfterFunc(ctx, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.wake, c)
		close(c)
	})
	return c
}
