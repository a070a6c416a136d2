package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"onboard.example/flows"
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
	// ErrNoCase says that there is no such case, or no more: it is a flows.ErrGone.
	ErrNoCase error = noCase{}
	// ErrOtherKey says that the code is right and the SSH key is not the one that
	// the case was bound to.
	ErrOtherKey = errors.New("this case opens only with the SSH key that it was bound to")
	// ErrBadKey says that what a case is to be bound to is no fingerprint of a key.
	ErrBadKey = errors.New("this is no fingerprint of an SSH key")
	// ErrNoStep says that no path has such a step.
	ErrNoStep = errors.New("no path has such a step")
	// ErrNoInvitation says that a code is that of no invitation.
	ErrNoInvitation = errors.New("there is no such invitation")
	// ErrUsed says that an invitation was used for another case.
	ErrUsed = errors.New("this invitation was used before")
	// ErrRevoked says that an invitation was taken back.
	ErrRevoked = errors.New("this invitation was taken back")
	// ErrOver says that the time of an invitation is over.
	ErrOver = errors.New("the time of this invitation is over")
	// ErrBadInvitation says that an invitation is too long in what it says, or in its
	// time, or is over before it begins.
	ErrBadInvitation = errors.New("an invitation is for at most ninety days, and what it says is short and in one line")
	// ErrBadEntry says that an entry of the audit does not say who did what, or too much.
	ErrBadEntry = errors.New("an entry of the audit says who did what, each in one short line")
	// ErrBadParty says that a guide has no key, name or organisation, or that two are of
	// different ones.
	ErrBadParty = errors.New("a guide has a key, a name and an organisation, and a case is handed over within one")
	// ErrNotThere says that the guide whom a case is handed to is at no console now.
	ErrNotThere = errors.New("that guide is at no console now")
	// ErrOneself says that a case is handed to the guide who hands it over.
	ErrOneself = errors.New("nobody hands a case to themselves")
	// ErrCaseEnded says that the run of a case is over.
	ErrCaseEnded = errors.New("that case has ended")
	// ErrManyBans says that there are as many bans as there may be.
	ErrManyBans = errors.New("there are as many bans as there may be; lift some first")
	// ErrBadBan says that a ban has no mark, or is too long in what it says.
	ErrBadBan = errors.New("what a ban says is short, and it has a mark of its own")
	// ErrTooLong says that a case has reached Options.MaxCase: it is a flows.ErrFull.
	ErrTooLong error = tooLong{}
	// ErrBusy says that another process has the store open.
	ErrBusy = errors.New("another process keeps its cases in this database")
	// ErrAway says that the database cannot be asked just now: it is being stopped or
	// started, the way there is broken, or it takes too long. Nobody knows whether what
	// was under way is stored; trying again later is safe.
	ErrAway = errors.New("the database of cases is away")
	// ErrAddress says that the URL of a database is none. It does not repeat it, for
	// the password that may be in it.
	ErrAddress = errors.New("this is no address of a PostgreSQL database, such as postgres://onboard@db.example/onboard?sslmode=verify-full, with the password in the file that PGPASSFILE names")
	// ErrPlain says that a database on another machine might be spoken to in the open,
	// password and all: without an sslmode, and with prefer or allow, whoever is on the way
	// chooses.
	ErrPlain = errors.New("the URL of the database leaves it to the network whether others can read along: say sslmode=verify-full (or require; or disable, where the way is safe by other means)")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("the store of cases is closed")
	// ErrCorrupt says that the database is broken; what it holds cannot be trusted.
	ErrCorrupt = errors.New("the database of cases is damaged: put back a copy")
	// ErrNewer says that a later version of this program made the database.
	ErrNewer = errors.New("a newer version of onboard made this database")
	// ErrForeign says that the file, or the database, holds something that is not of
	// ours.
	ErrForeign = errors.New("this is no database of cases")
	// ErrUnwiped says that a case is erased and can no more be read by anybody
	// through the store, while bytes of it still stand in the log of a SQLite database,
	// or in the files of a PostgreSQL database's tables. The store goes on trying to
	// remove them.
	ErrUnwiped = errors.New("the case is erased; its last traces on the disk are removed as soon as readers are done")
)

// noCase is the type of ErrNoCase.
type noCase struct{}

// Error implements error.
func (noCase) Error() string {
	return "there is no such case: its code was renewed, it was erased, or its time is over"
}

// Is says that it is a flows.ErrGone too.
func (noCase) Is(target error) bool { return target == flows.ErrGone } //nolint:errorlint // a sentinel, as errors.Is has it

// tooLong is the type of ErrTooLong.
type tooLong struct{}

// Error implements error.
func (tooLong) Error() string { return "the case is too long" }

// Is says that it is a flows.ErrFull too.
func (tooLong) Is(target error) bool { return target == flows.ErrFull } //nolint:errorlint // a sentinel, as errors.Is has it

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
func (s *Store) storing(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	select {
	case <-s.quit: // its connections have words of their own for that
		if strings.HasPrefix(err.Error(), "sql: ") && !errors.Is(err, sql.ErrNoRows) {
			err = ErrClosed
		}
	default:
	}
	if gone := ctx.Err(); gone != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("%s: %w", what, gone) // the database says "interrupted"
	}
	if say := s.reason(err); say != nil && !errors.Is(err, say) {
		return fmt.Errorf("%s: %w: %w", what, say, line{err})
	}
	return fmt.Errorf("%s: %w", what, err)
}

// reason is what we say of an error of the database or the system; nil where we
// have no better word.
func (s *Store) reason(err error) error {
	if say := s.dialect.reason(err); say != nil {
		return say
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

// sqliteReason is what we say of an error of SQLite.
func sqliteReason(err error) error {
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
	return nil
}
