package cases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"onboard.example/flows/journal"
)

// What comes back for a run from a page elsewhere may come to another node than the run
// is at, or while nobody is at it. It lies here until the run takes it, or its time is
// over: under the sum of the state that it came with, and sealed by whoever keeps it.

// ofReturns is the topic of what came back for a run.
func ofReturns(run string) string { return "return " + run }

// The bounds of what comes back: how much there is, and one, in bytes.
const (
	mostReturns  = 10000
	mostReturned = 4 << 10
)

// ErrBadReturn says that what came back is too long, or has no state.
var ErrBadReturn = errors.New("what came back has no state, or is too long")

// PutReturn keeps what came back for a run, in place of what came with the same state
// before. taken is not 0 where the run took that already: then nothing is kept. Where
// there is no room, what would be over first makes some. It fails with ErrBadReturn.
func (s *Store) PutReturn(ctx context.Context, run, state string, said []byte, until time.Time) (taken int, err error) {
	if run == "" || state == "" || !text(run, mostMark) || !text(state, mostMark) || len(said) > mostReturned {
		return 0, ErrBadReturn
	}
	var was int
	err = s.submit(&job{ctx: ctx, wakes: []string{ofReturns(run)}, do: func(q *queries) (answer, fault error) {
		if !s.fits(q, caseSize) {
			return journal.ErrDiskFull, nil
		}
		if err := s.roomForReturn(q); err != nil {
			return nil, err
		}
		kept, err := q.exec(q.putReturn, state, run, said, until.UnixMilli())
		if was = 0; err != nil || kept > 0 {
			return nil, err
		}
		var old []byte
		err = q.with(q.getReturn).QueryRowContext(q.ctx, state).Scan(&old, &was)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, errAgain // it went meanwhile
		}
		return nil, err
	}})
	if err != nil { // where ctx ended it may be on its way, and what it finds not ours to read
		return 0, s.storing(ctx, "keeping what came back", err)
	}
	return was, nil
}

// TakeReturn notes that a run took what came with a state, and what it made of it: a
// number that is not 0, and that PutReturn and LookReturn give from then on. The first
// stands. It fails with ErrBadReturn.
func (s *Store) TakeReturn(ctx context.Context, run, state string, taken int, until time.Time) error {
	if run == "" || state == "" || !text(run, mostMark) || !text(state, mostMark) || taken == 0 {
		return ErrBadReturn
	}
	err := s.submit(&job{ctx: ctx, wakes: []string{ofReturns(run)}, do: func(q *queries) (answer, fault error) {
		if err := s.roomForReturn(q); err != nil {
			return nil, err
		}
		_, err := q.exec(q.takeReturn, state, run, []byte{}, taken, until.UnixMilli())
		return nil, err
	}})
	return s.storing(ctx, "noting what was taken", err)
}

// LookReturn gives what came with a state, and what the run made of it; neither: nothing
// came, or its time is over.
func (s *Store) LookReturn(ctx context.Context, state string) (said []byte, taken int, err error) {
	short, cancel := s.bounded(ctx)
	defer cancel()
	err = s.insist(short, func() error { return s.reads.getReturn.QueryRowContext(short, state).Scan(&said, &taken) })
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return said, taken, s.storing(ctx, "looking what came back", err)
}

// WatchReturns gives wake-ups when something comes back for a run, or is taken, on
// whichever node, until ctx ends.
func (s *Store) WatchReturns(ctx context.Context, run string) <-chan struct{} {
	return s.watchers.watch(ctx, ofReturns(run))
}

// roomForReturn makes room for one more.
func (s *Store) roomForReturn(q *queries) error {
	var many int
	if err := q.with(q.countReturns).QueryRowContext(q.ctx).Scan(&many); err != nil || many < mostReturns {
		return err
	}
	gone, err := q.exec(q.oldReturns, s.o.Now().UnixMilli())
	if err != nil || int64(many)-gone < mostReturns {
		return err
	}
	_, err = q.exec(q.firstReturns, int64(many)-gone-mostReturns+1)
	return err
}

// sharedSecret is how many bytes a secret has that nodes share.
const sharedSecret = 32

// Secret is a secret that the nodes share, by its name: own, of 32 bytes, where there is
// none yet, or one that is drawn where own is nil. The first node wins.
func (s *Store) Secret(ctx context.Context, name string, own []byte) ([]byte, error) {
	if own == nil {
		own = make([]byte, sharedSecret)
		_, _ = rand.Read(own) // it never fails
	}
	if len(own) != sharedSecret {
		return nil, fmt.Errorf("%s: a secret has %d bytes", name, sharedSecret)
	}
	var is string
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		if _, err := q.tx.ExecContext(q.ctx, s.dialect.sql(putKey), "secret "+name, hex.EncodeToString(own)); err != nil {
			return nil, err
		}
		return nil, q.tx.QueryRowContext(q.ctx, s.dialect.sql(getFact), "secret "+name).Scan(&is)
	}})
	if err != nil {
		return nil, s.storing(ctx, "sharing a secret", err)
	}
	secret, err := hex.DecodeString(is)
	if err != nil || len(secret) != sharedSecret {
		return nil, fmt.Errorf("%w: the secret %s is not whole", ErrCorrupt, name) // err would hold some of it
	}
	return secret, nil
}
