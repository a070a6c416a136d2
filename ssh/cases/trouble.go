package cases

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"syscall"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"onboard.example/flows/journal"
)

// What callers branch on. A full or read-only disk gives journal.ErrDiskFull,
// journal.ErrReadOnly and journal.ErrDenied, as a saved run of files does.
var (
	// ErrNotCode says that a text is something other than a resume code.
	ErrNotCode = errors.New("this is no resume code")
	// ErrMistyped says that a resume code has a letter wrong, missing or too many.
	ErrMistyped = errors.New("the resume code is mistyped")
	// ErrNotNumber says that a text is no case number.
	ErrNotNumber = errors.New("this is no case number")
	// ErrNoCase says that there is no such case, or no more.
	ErrNoCase = errors.New("there is no such case: its code was renewed, it was erased, or its time is over")
	// ErrOtherKey says that the code is right and the SSH key is not the one that
	// the case was bound to.
	ErrOtherKey = errors.New("this case opens only with the SSH key that it was bound to")
	// ErrBadKey says that what a case is to be bound to is no fingerprint of a key.
	ErrBadKey = errors.New("this is no fingerprint of an SSH key")
	// ErrTooLong says that a case has reached Options.MaxCase.
	ErrTooLong = errors.New("the case is too long")
	// ErrBusy says that another process has the store open.
	ErrBusy = errors.New("another process keeps its cases in this database")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("the store of cases is closed")
	// ErrCorrupt says that the database is broken; what it holds cannot be trusted.
	ErrCorrupt = errors.New("the database of cases is damaged: put back a copy")
	// ErrNewer says that a later version of this program made the database.
	ErrNewer = errors.New("a newer version of onboard made this database")
	// ErrForeign says that the file is a database, or something else, not of ours.
	ErrForeign = errors.New("this file is no database of cases")
	// ErrUnwiped says that a case is erased and can no more be read by anybody
	// through the store, while bytes of it still stand in the database's log. The
	// store goes on trying to remove them.
	ErrUnwiped = errors.New("the case is erased; its last traces on the disk are removed as soon as readers are done")
)

// TooManyError says that too many wrong codes came, from one source or in all.
type TooManyError struct {
	// Wait is when the next try is heard.
	Wait time.Duration
}

// Error says how long to wait, in whole seconds.
func (e *TooManyError) Error() string {
	s := max(1, int64((e.Wait+time.Second-1)/time.Second))
	return "too many wrong codes: try again in " + strconv.FormatInt(s, 10) + " s"
}

// DamagedError says that a record of a case cannot be read, or is missing. The
// records before it can be read, and come with the error.
type DamagedError struct {
	Number Number
	Seq    uint64
	Err    error
}

// Error says which record it is.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("case %s is damaged at record %d: %v", e.Number, e.Seq, e.Err)
}

// Unwrap gives what is wrong with the record.
func (e *DamagedError) Unwrap() error { return e.Err }

// storing says why something could not be stored or read, in words of ours
// where the reason is a common one. The database's own error stays wrapped; it
// holds no value of a row.
func storing(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if gone := ctx.Err(); gone != nil {
		return fmt.Errorf("%s: %w", what, gone) // the database says "interrupted"
	}
	if say := reason(err); say != nil {
		return fmt.Errorf("%s: %w: %w", what, say, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// reason is what we say of an error of the database or the system; nil where we
// have no better word.
func reason(err error) error {
	if is, ok := errors.AsType[*sqlite.Error](err); ok {
		switch is.Code() & 0xff { // without the extended part
		case lib.SQLITE_FULL:
			return journal.ErrDiskFull
		case lib.SQLITE_READONLY:
			return journal.ErrReadOnly
		case lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
			return journal.ErrDenied
		case lib.SQLITE_CORRUPT:
			return ErrCorrupt
		case lib.SQLITE_NOTADB:
			return ErrForeign
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			return ErrBusy
		}
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return journal.ErrDiskFull
	case errors.Is(err, syscall.EROFS):
		return journal.ErrReadOnly
	case errors.Is(err, fs.ErrPermission):
		return journal.ErrDenied
	}
	return nil
}
