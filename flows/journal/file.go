package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"onboard.example/flows"
)

// syncEvery bounds how long a record may wait to be forced to the disk. What
// matters more is forced at once: see urgent.
const syncEvery = time.Second

// MaxFile bounds a journal file, in bytes; beyond it ends are taken, and nothing else
// (flows.EndRoomFor). A run is some hundred kilobytes.
const MaxFile = 64 << 20

// ErrBusy says that another process has the run open.
var ErrBusy = errors.New("this run is open in another window")

// ErrTooLong says that a journal has reached MaxFile: it is a flows.ErrFull.
var ErrTooLong error = tooLong{}

// tooLong is the type of ErrTooLong.
type tooLong struct{}

// Error implements error.
func (tooLong) Error() string { return "the saved run is too long" }

// Is says that it is a flows.ErrFull too.
func (tooLong) Is(target error) bool { return target == flows.ErrFull } //nolint:errorlint // a sentinel, as errors.Is has it

// File is a journal in a file, for one process at a time.
type File struct {
	*Memory

	id   string
	mu2  sync.Mutex // guards what follows; taken after Memory.mu
	f    disk
	size int64 // up to here the file is whole
	// torn is set while bytes of a failed write may stand past size.
	torn bool
	// unforced is what stands in front of size and was not forced to the disk
	// yet; unsure is set while an attempt to force it has failed.
	unforced []byte
	unsure   bool
	late     *time.Timer // forces what was not forced yet
	closed   bool
}

// disk is the part of *os.File that a journal writes through.
type disk interface {
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// ID names the run among those of its directory.
func (j *File) ID() string { return j.id }

// Append stores r after the record with number after; see flows.Journal. When
// it returns, the records are with the operating system, so that killing the
// process loses nothing; those that a change of the tenant hangs on are forced
// to the disk. Where the disk is full or read-only nothing is stored, the
// error says so, and trying again later is safe.
func (j *File) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	return j.append(ctx, after, r, func(lines []byte, sizes []int64) error {
		j.mu2.Lock()
		defer j.mu2.Unlock()
		return j.write(lines, MaxFile+flows.EndRoomFor(r, sizes), urgent(r))
	})
}

// urgent says whether records must survive the loss of power.
func urgent(r []flows.Record) bool {
	for _, rec := range r {
		switch rec.Event.(type) {
		case flows.Confirmed, flows.Applying, flows.Applied, flows.Stopped, flows.Watched, flows.Recorded, flows.Unrecorded, flows.Ended:
			return true
		}
	}
	return false
}

// write puts lines at the end of the file, which grows to no more than most bytes, whole
// or not at all.
func (j *File) write(lines []byte, most int64, now bool) error {
	switch {
	case j.closed:
		return fmt.Errorf("saving the run: %w", os.ErrClosed)
	case j.size+int64(len(lines)) > most:
		return fmt.Errorf("saving the run: %w", ErrTooLong)
	}
	if j.torn {
		if err := j.f.Truncate(j.size); err != nil {
			return saving(err)
		}
		j.torn = false
	}
	if _, err := j.f.WriteAt(lines, j.size); err != nil {
		j.torn = j.f.Truncate(j.size) != nil
		return saving(err)
	}
	if now || j.unsure {
		if err := j.force(); err != nil {
			j.torn = j.f.Truncate(j.size) != nil
			return saving(err)
		}
	} else {
		j.unforced = append(j.unforced, lines...)
		j.forceSoon()
	}
	j.size += int64(len(lines))
	return nil
}

// force forces the file to the disk; the caller holds mu2. What an attempt
// before could not force is written anew first: a system tells of it once, and
// may have let go of it.
func (j *File) force() error {
	if j.late != nil {
		j.late.Stop()
		j.late = nil
	}
	if j.unsure {
		if _, err := j.f.WriteAt(j.unforced, j.size-int64(len(j.unforced))); err != nil {
			return err
		}
	}
	err := j.f.Sync()
	if j.unsure = err != nil; err == nil {
		j.unforced = nil
	}
	return err
}

// forceSoon has the file forced within syncEvery; the caller holds mu2.
func (j *File) forceSoon() {
	if j.late == nil {
		j.late = time.AfterFunc(syncEvery, j.forceLate)
	}
}

// forceLate forces what has waited long enough. After a failure it tries again,
// and until it comes about every write tries too, and says that it failed.
func (j *File) forceLate() {
	j.mu2.Lock()
	defer j.mu2.Unlock()
	if !j.closed && j.force() != nil {
		j.forceSoon()
	}
}

// Close forces what is left to the disk and lets the next process in.
func (j *File) Close() error {
	j.mu2.Lock()
	defer j.mu2.Unlock()
	if j.closed {
		return nil
	}
	err := j.force()
	j.closed = true
	if err = errors.Join(err, j.f.Close()); err != nil {
		return saving(err)
	}
	return nil
}
