package ssh

import (
	"context"
	"errors"
	"slices"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
)

// worded is the journal of a session. What went wrong with it is told in words of ours:
// what a database says of itself, its address, user and files, is for the log.
type worded struct {
	flows.Journal

	s *session
}

// Append implements flows.Journal.
func (j worded) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	n, err := j.Journal.Append(ctx, after, r...)
	return n, j.s.inWords(err)
}

// Since implements flows.Journal.
func (j worded) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	rs, err := j.Journal.Since(ctx, after)
	return rs, j.s.inWords(err)
}

// storeWords are the errors of a store that say to a person what is wrong, and no more
// than that.
var storeWords = []error{
	cases.ErrAway, cases.ErrTooLong, cases.ErrClosed, cases.ErrCorrupt, cases.ErrNoCase, journal.ErrDiskFull, journal.ErrReadOnly, journal.ErrDenied,
}

// errStore says that what is kept failed in a way that nobody has words for.
var errStore = errors.New(sayStoreFails)

// wordedError is an error in words for a person.
type wordedError struct{ say, err error }

// Error gives the words alone.
func (e wordedError) Error() string { return e.say.Error() }

// Unwrap gives the words and what they are about.
func (e wordedError) Unwrap() []error { return []error{e.say, e.err} }

// inWords is an error of the store as the person is told of it; the log has the whole.
// What is no fault of the store's stays as it is.
func (s *session) inWords(err error) error {
	var damaged *cases.DamagedError
	own := []error{flows.ErrConflict, errManyCases, context.Canceled}
	switch is := func(e error) bool { return errors.Is(err, e) }; {
	case err == nil, errors.As(err, &damaged), slices.ContainsFunc(own, is), sayInvitation(err) != "":
		return err
	default:
		if n := s.srv.unkept.count(s.srv.o.Now()); n > 0 {
			s.srv.o.Log.Warn("a run is not kept", "from", s.from(), "case", s.caseNumber(), "why", err.Error(), "times", n)
		}
		if i := slices.IndexFunc(storeWords, is); i >= 0 {
			return wordedError{storeWords[i], err}
		}
		return wordedError{errStore, err}
	}
}
