package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"onboard.example/flows"
)

// Dir is a directory of saved runs. Nobody but its owner can read it.
type Dir struct {
	path string
	now  func() time.Time
}

// suffix ends the name of a saved run's file.
const suffix = ".run"

// runID is what a name of a run looks like, so that no id leads elsewhere.
var runID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[0-9]{1,9}$`)

// ErrNoRun says that there is no saved run of that name.
var ErrNoRun = errors.New("there is no such saved run")

// OpenDir makes sure that the directory is there and is its owner's alone.
// now is the clock that names runs; nil means time.Now.
func OpenDir(path string, now func() time.Time) (*Dir, error) {
	if now == nil {
		now = time.Now
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, saving(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return nil, saving(err)
	}
	return &Dir{path: path, now: now}, nil
}

// Start gives a journal for a new run under path: a file if one can be made.
// If not, the journal is in memory, saved is false, and err says why the run
// will be gone with the process. The journal is never nil.
func Start(path string, now func() time.Time) (j flows.Journal, saved bool, err error) {
	d, err := OpenDir(path, now)
	if err != nil {
		return NewMemory(), false, err
	}
	f, err := d.Create()
	if err != nil {
		return NewMemory(), false, err
	}
	return f, true, nil
}

// Create makes the journal of a new run. Two processes never get the same.
func (d *Dir) Create() (*File, error) {
	stem := d.now().UTC().Format("20060102-150405")
	for n := 1; n < 1000; n++ {
		id := fmt.Sprintf("%s-%d", stem, n)
		f, err := os.OpenFile(d.file(id), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			if err = syncDir(d.path); err != nil {
				_ = f.Close()
			}
		}
		if err != nil {
			return nil, saving(err)
		}
		return d.open(id, f)
	}
	return nil, fmt.Errorf("saving the run: too many runs were begun at %s", stem)
}

// syncDir forces a folder's list of names to the disk: what is in a file outlives
// a power cut only where its name does. Windows has no such thing, and keeps the
// list by itself.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open takes up a saved run. It fails with ErrNoRun, with ErrBusy while
// another process has it, and with a DamagedError.
func (d *Dir) Open(id string) (*File, error) {
	if !runID.MatchString(id) {
		return nil, ErrNoRun
	}
	f, err := openPlain(d.file(id), os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoRun
	}
	if err != nil {
		return nil, saving(err)
	}
	return d.open(id, f)
}

// open locks a file, reads it, and cuts off what a crash left half written.
func (d *Dir) open(id string, f *os.File) (j *File, err error) {
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	if err := Lock(f); err != nil {
		return nil, err
	}
	rs, good, err := readAll(id, f)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(int64(good)); err != nil {
		return nil, saving(err)
	}
	j = &File{Memory: NewMemory(), id: id, f: f, size: int64(good)}
	j.take(rs)
	return j, nil
}

// Lock keeps other processes off a file until it is closed, which the system
// does for a process that is killed; ErrBusy says that another one has it. It
// tries again for a moment: a lock can outlive its holder until a program that
// was being started in that instant has begun, and whoever lists runs takes
// each lock to see whether it is free.
func Lock(f *os.File) error {
	for try := 1; ; try++ {
		err := lock(f)
		if !errors.Is(err, ErrBusy) || try == 10 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// readAll reads the records of a file and how many of its bytes are whole.
func readAll(id string, f io.Reader) ([]flows.Record, int, error) {
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+flows.EndRoom+1))
	if err != nil {
		return nil, 0, fmt.Errorf("reading the saved run %s: %w", id, err)
	}
	if len(data) > MaxFile+flows.EndRoom {
		return nil, 0, fmt.Errorf("reading the saved run %s: %w", id, ErrTooLong)
	}
	return parse(id, data)
}

// Run is a saved run as lists show it.
type Run struct {
	ID string
	// At is when its last event happened.
	At    time.Time
	State flows.State
	// Busy: another process has it open.
	Busy bool
}

// A list is made before the first frame of a wizard, so it looks into few
// files, newest first, and shows what a menu can hold.
const (
	mostLooked = 50
	mostListed = 9
)

// List gives the runs that can be taken up again: begun, not ended, the nine
// begun last, newest first by when they were left. Files that cannot be read are left out; they do no harm.
func (d *Dir) List(ctx context.Context) ([]Run, error) {
	names, err := os.ReadDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("listing the saved runs: %w", err)
	}
	var ids []string
	for _, n := range names {
		if id, ok := strings.CutSuffix(n.Name(), suffix); ok && runID.MatchString(id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) })
	var out []Run
	for _, id := range ids[:min(len(ids), mostLooked)] {
		if len(out) == mostListed {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("listing the saved runs: %w", err)
		}
		if r, ok := d.peek(id); ok {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Run) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	return out, nil
}

// peek folds a run without taking it up; ok is false for one that nobody would.
func (d *Dir) peek(id string) (r Run, ok bool) {
	f, err := openPlain(d.file(id), os.O_RDONLY)
	if err != nil {
		return Run{}, false
	}
	defer f.Close()
	if ended(f) {
		return Run{}, false
	}
	rs, _, err := readAll(id, f)
	if err != nil || len(rs) == 0 {
		return Run{}, false
	}
	s := flows.Fold(flows.State{}, rs...)
	return Run{ID: id, At: s.At, State: s, Busy: d.busy(id)}, s.End == "" && s.Begun()
}

// ended says whether the last record of a file is the end of its run, by its
// tail alone: most runs have come to their end and need not be read.
func ended(f *os.File) bool {
	const tail = 512 // an end is shorter
	info, err := f.Stat()
	if err != nil {
		return false
	}
	from := max(0, info.Size()-tail)
	data := make([]byte, info.Size()-from)
	if _, err := f.ReadAt(data, from); err != nil {
		return false
	}
	data = bytes.TrimSuffix(data, []byte{'\n'})
	r, err := opened(data[bytes.LastIndexByte(data, '\n')+1:])
	if err != nil {
		return false
	}
	_, is := r.Event.(flows.Ended)
	return is
}

// busy says whether another process has a run open.
func (d *Dir) busy(id string) bool {
	f, err := openPlain(d.file(id), os.O_RDWR)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(lock(f), ErrBusy)
}

// openPlain opens what is a file and nothing else. A pipe laid there would be
// waited for without end, a link leads elsewhere, and neither is a run of ours.
func openPlain(name string, flag int) (*os.File, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.OpenFile(name, flag, 0o600)
}

// Remove deletes a saved run. What is not there is removed already.
func (d *Dir) Remove(id string) error {
	if !runID.MatchString(id) {
		return ErrNoRun
	}
	if err := os.Remove(d.file(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the saved run %s: %w", id, err)
	}
	return nil
}

func (d *Dir) file(id string) string { return filepath.Join(d.path, id+suffix) }
