package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock keeps other processes off a file until it is closed, which the system
// does for a process that is killed. The range lies past the end of any
// journal, so that lists can still be read.
func lock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
		&windows.Overlapped{OffsetHigh: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrBusy
	}
	return err
}
