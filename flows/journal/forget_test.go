package journal

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
)

// forgetful is a disk that loses, where it cannot be forced, what was written
// since it was forced last, and tells so once, as Linux does.
type forgetful struct {
	faulty
	forced int
}

func (d *forgetful) Sync() error {
	err := d.faulty.Sync()
	if err != nil {
		clear(d.data[d.forced:])
		return err
	}
	d.forced = len(d.data)
	return nil
}

// breaks makes forcing the disk fail from here on, or succeed again.
func (d *forgetful) breaks(j *File, err error) {
	j.mu2.Lock()
	defer j.mu2.Unlock()
	d.sync = err
}

// What could not be forced to the disk is written anew before anything that
// must survive is said to be stored.
func TestWhatTheDiskForgotIsWrittenAnew(t *testing.T) {
	t.Parallel()
	confirmed := flows.Record{Writer: "w", N: 9, At: noon, Event: flows.Confirmed{}}
	for name, next := range map[string]func(t *testing.T, j *File){
		"a forced write": func(t *testing.T, j *File) { t.Helper(); must(t, j, 2, confirmed) },
		"a note":         func(t *testing.T, j *File) { t.Helper(); must(t, j, 2, note("w", 3, "c")) },
		"closing":        func(*testing.T, *File) {},
		"another second": func(*testing.T, *File) { time.Sleep(syncEvery); synctest.Wait() },
		"the disk is forced at fault": func(t *testing.T, j *File) {
			t.Helper()
			d, _ := j.f.(*forgetful)
			d.breaks(j, syscall.EIO)
			if _, err := j.Append(t.Context(), 2, confirmed); !errors.Is(err, syscall.EIO) {
				t.Errorf("stored: %v", err)
			}
			d.breaks(j, nil)
			must(t, j, 2, confirmed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &forgetful{faulty: faulty{room: 1 << 20}}
				j := &File{Memory: NewMemory(), id: "x", f: d}
				must(t, j, 0, note("w", 1, "a"))
				time.Sleep(syncEvery)
				synctest.Wait()
				must(t, j, 1, note("w", 2, "b"))
				d.breaks(j, syscall.EIO)
				time.Sleep(syncEvery)
				synctest.Wait()
				d.breaks(j, nil)
				next(t, j)
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				rs, good, err := parse("x", d.data)
				want, _ := j.Since(t.Context(), 0)
				if err != nil || len(rs) != len(want) || good != len(d.data) {
					t.Errorf("on the disk: %d records of %d, %d of %d bytes whole, %v", len(rs), len(want), good, len(d.data), err)
				}
			})
		})
	}
}

// While the disk cannot be forced nothing more is said to be stored.
func TestADiskThatForgetsIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &forgetful{faulty: faulty{room: 1 << 20, sync: syscall.EIO}}
		j := &File{Memory: NewMemory(), id: "x", f: d}
		must(t, j, 0, note("w", 1, "a"))
		time.Sleep(syncEvery)
		synctest.Wait()
		if _, err := j.Append(t.Context(), 1, note("w", 2, "b")); !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), "saving the run: ") {
			t.Errorf("stored: %v", err)
		}
		d.breaks(j, nil)
		must(t, j, 1, note("w", 2, "b"))
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
}
