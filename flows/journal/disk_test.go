package journal

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
)

// faulty is a disk that fails on demand.
type faulty struct {
	data     []byte
	room     int   // bytes that still fit; a write beyond is cut short
	write    error // of a write that is cut short
	truncate error
	sync     error
	syncs    atomic.Int32
}

func (d *faulty) WriteAt(p []byte, off int64) (int, error) {
	n := min(len(p), d.room)
	if grow := int(off) + n - len(d.data); grow > 0 {
		d.data = append(d.data, make([]byte, grow)...)
	}
	copy(d.data[off:], p[:n]) // what stood behind stays, as on a disk
	d.room -= n
	if n < len(p) {
		return n, d.write
	}
	return n, nil
}

func (d *faulty) Truncate(size int64) error {
	if d.truncate != nil {
		return d.truncate
	}
	d.room += len(d.data) - int(size)
	d.data = d.data[:size]
	return nil
}

func (d *faulty) Sync() error {
	d.syncs.Add(1)
	return d.sync
}

func (d *faulty) Close() error { return nil }

func on(d *faulty) *File { return &File{Memory: NewMemory(), id: "x", f: d} }

func TestADiskThatIsFullStoresNothingHalf(t *testing.T) {
	t.Parallel()
	d := &faulty{room: 1 << 20, write: syscall.ENOSPC}
	j := on(d)
	must(t, j, 0, note("w", 1, "a"))
	whole := len(d.data)
	for name, c := range map[string]struct {
		is, say error
	}{
		"full":        {syscall.ENOSPC, ErrDiskFull},
		"over quota":  {syscall.EDQUOT, ErrDiskFull},
		"read-only":   {syscall.EROFS, ErrReadOnly},
		"forbidden":   {os.ErrPermission, ErrDenied},
		"of no kind":  {errors.New("i/o error"), nil},
		"full, stuck": {syscall.ENOSPC, ErrDiskFull},
	} {
		d.room, d.write = 10, c.is
		if strings.Contains(name, "stuck") {
			d.truncate = errors.New("i/o error")
		}
		_, err := j.Append(t.Context(), 1, note("w", 2, "b"))
		if !errors.Is(err, c.is) || c.say != nil && !errors.Is(err, c.say) || !strings.HasPrefix(err.Error(), "saving the run: ") {
			t.Errorf("%s: %v", name, err)
		}
		if got := texts(t, j, 0); got != "a" {
			t.Errorf("%s: readers see %q", name, got)
		}
		d.room, d.truncate = 1<<20, nil
	}
	must(t, j, 1, note("w", 2, "b"))
	rs, good, err := parse("x", d.data)
	if err != nil || len(rs) != 2 || good != len(d.data) || whole >= good {
		t.Errorf("on the disk: %d records, %d of %d bytes whole, %v", len(rs), good, len(d.data), err)
	}
}

// What a failed write left behind is cut off before the next, or a whole line
// of it would stand where another belongs.
func TestWhatAFailedWriteLeftIsCutOff(t *testing.T) {
	t.Parallel()
	for name, stuck := range map[string]error{"at once": nil, "before the next write": syscall.EIO} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &faulty{room: 1 << 20, write: syscall.ENOSPC}
			j := on(d)
			must(t, j, 0, note("w", 1, "a"))
			d.room, d.truncate = 900, stuck
			batch := []flows.Record{note("w", 2, strings.Repeat("x", 300)), note("w", 3, "y"), note("w", 4, strings.Repeat("z", 900))}
			if _, err := j.Append(t.Context(), 1, batch...); !errors.Is(err, ErrDiskFull) {
				t.Fatalf("stored: %v", err)
			}
			d.room, d.truncate = 1<<20, nil
			must(t, j, 1, note("v", 1, "b"))
			rs, good, err := parse("x", d.data)
			if err != nil || len(rs) != 2 || good != len(d.data) {
				t.Errorf("on the disk: %d records, %d of %d bytes whole, %v", len(rs), good, len(d.data), err)
			}
		})
	}
}

func TestWhatMattersIsForcedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &faulty{room: 1 << 20}
		j := on(d)
		var n uint64
		put := func(e flows.Event) int32 {
			before := d.syncs.Load()
			n = must(t, j, n, flows.Record{Writer: "w", N: n + 1, At: noon, Event: e})
			return d.syncs.Load() - before
		}
		for _, e := range []flows.Event{flows.Confirmed{}, flows.Applying{}, flows.Applied{}, flows.Stopped{}, flows.Watched{}, flows.Recorded{}, flows.Unrecorded{}, flows.Ended{}} {
			if put(e) != 1 {
				t.Errorf("%s was not forced to the disk", e.Kind())
			}
		}
		before := d.syncs.Load()
		for range 100 {
			if put(flows.Noted{Text: "x"}) != 0 {
				t.Error("a note was forced to the disk")
			}
		}
		time.Sleep(syncEvery)
		synctest.Wait()
		if d.syncs.Load() != before+1 {
			t.Errorf("forced %d times in the second after a hundred notes", d.syncs.Load()-before)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if d.syncs.Load() != before+1 {
			t.Error("forced although nothing was written")
		}
		put(flows.Noted{Text: "last"})
		if err := j.Close(); err != nil || d.syncs.Load() != before+2 {
			t.Errorf("closing: %v, forced %d times", err, d.syncs.Load()-before)
		}
	})
}

func TestAConfirmationThatCannotBeForcedIsNotStored(t *testing.T) {
	t.Parallel()
	d := &faulty{room: 1 << 20, sync: syscall.EIO}
	j := on(d)
	if _, err := j.Append(t.Context(), 0, flows.Record{Writer: "w", N: 1, Event: flows.Confirmed{}}); !errors.Is(err, syscall.EIO) {
		t.Errorf("stored: %v", err)
	}
	if rs, err := j.Since(t.Context(), 0); err != nil || len(rs) != 0 || len(d.data) != 0 {
		t.Errorf("readers see %d records, the disk has %d bytes", len(rs), len(d.data))
	}
	d.sync = nil
	must(t, j, 0, flows.Record{Writer: "w", N: 1, Event: flows.Confirmed{}})
	d.sync = syscall.EIO
	if err := j.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("closing: %v", err)
	}
}

func TestAJournalHasAnEnd(t *testing.T) {
	t.Parallel()
	j := on(&faulty{room: 1 << 20})
	j.size = MaxFile - 10
	if _, err := j.Append(t.Context(), 0, note("w", 1, "a")); !errors.Is(err, ErrTooLong) || !errors.Is(err, flows.ErrFull) {
		t.Errorf("past the end: %v", err)
	}
	over := flows.Record{Writer: "w", N: 2, By: flows.ByPerson, Event: flows.Watched{Visit: "v", Why: flows.WatchStopped}}
	if _, err := j.Append(t.Context(), 0, note("w", 1, "a"), over); !errors.Is(err, ErrTooLong) {
		t.Errorf("past the end, with the end of a watch: %v", err)
	}
	j.size = MaxFile
	n := uint64(0)
	var err error
	for ; err == nil && n < 1<<16; n++ {
		over.N = n + 1
		_, err = j.Append(t.Context(), n, over)
	}
	if !errors.Is(err, ErrTooLong) || n < 64 || j.size > MaxFile+flows.EndRoom-flows.ServerRoom {
		t.Errorf("after %d ends there are %d bytes: %v", n-1, j.size, err)
	}
	n-- // the last was not taken
	small := over
	small.N, small.By = n+1, flows.ByServer
	large := small
	large.N, large.Event = n+2, flows.Watched{Visit: flows.VisitID(strings.Repeat("v", flows.MostEnd)), Why: flows.WatchOver}
	if _, err := j.Append(t.Context(), n, small, large); !errors.Is(err, ErrTooLong) {
		t.Errorf("a large one beside a small one: %v", err)
	}
	if _, err := j.Append(t.Context(), n, small); err != nil {
		t.Errorf("the server's end: %v", err)
	}
}
