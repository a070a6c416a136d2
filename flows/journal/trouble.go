package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// The reasons that people can do something about, in their words.
var (
	ErrDiskFull = errors.New("the disk is full")
	ErrReadOnly = errors.New("the disk is read-only")
	ErrDenied   = errors.New("there is no permission to write here")
)

// saving says why a run cannot be saved.
func saving(err error) error { return fmt.Errorf("saving the run: %w", reason(err)) }

// reason puts plain words before an error that is a common one; the system's
// own error stays wrapped.
func reason(err error) error {
	for _, c := range []struct{ is, say error }{
		{syscall.ENOSPC, ErrDiskFull},
		{syscall.EDQUOT, ErrDiskFull},
		{syscall.EROFS, ErrReadOnly},
		{fs.ErrPermission, ErrDenied},
	} {
		if errors.Is(err, c.is) {
			return fmt.Errorf("%w: %w", c.say, err)
		}
	}
	return err
}
