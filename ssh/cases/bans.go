package cases

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Bans are kept here for every node to hold to. What one means, and whom it is about,
// is for whoever holds to it: the store keeps them, in order, by the time of the
// database, and each change in one transaction with what the audit says of it.

// ofBans is the topic of the bans.
const ofBans = "bans"

// MostBans bounds how many there are: they are held against every connection.
const MostBans = 10000

// Ban is a ban. There is one of a kind and value at a time.
type Ban struct {
	Kind, Value, Reason string
	// Mark tells it from any other, of up to 48 bytes.
	Mark string
	// Made and Until are by the time of the database, which Bans gives. Until is zero
	// where it holds until it is lifted.
	Made, Until time.Time
}

// The bounds of what a ban says, in bytes.
const (
	mostBanned = 2000
	mostBanOf  = 48
)

// PutBan keeps a ban, in place of one of the same kind and value, and adds an entry to
// the audit. Of two of the same the longer stays where longer is true. The mark of the
// entry tells a ban that is put again, for nobody heard whether it was, from another:
// then nothing is done, whatever became of the ban meanwhile. It fails with ErrManyBans,
// ErrBadBan and ErrBadEntry.
func (s *Store) PutBan(ctx context.Context, b Ban, longer bool, e Entry) error {
	if e.Mark == "" || !e.fit() {
		return ErrBadEntry
	}
	if b.Kind == "" || b.Value == "" || b.Mark == "" || !text(b.Kind, mostMark) || !text(b.Value, mostBanned) || !text(b.Reason, mostBanned) || !text(b.Mark, mostBanOf) {
		return ErrBadBan
	}
	err := s.submit(&job{ctx: ctx, wakes: []string{ofBans}, do: func(q *queries) (answer, fault error) {
		var others int
		if err := q.with(q.countBans).QueryRowContext(q.ctx, s.o.Now().UnixMilli(), b.Kind, b.Value).Scan(&others); err != nil {
			return nil, err
		}
		if others >= MostBans {
			return ErrManyBans, nil
		}
		_, was, answer, fault := s.enter(q, e)
		if answer != nil || fault != nil || was {
			return answer, fault
		}
		if err := s.dropOldBans(q); err != nil {
			return nil, err
		}
		if stays, err := q.lasts(b); err != nil || longer && stays {
			return nil, err
		}
		_, err := q.exec(q.putBan, b.Kind, b.Value, b.Mark, b.Reason, b.Made.UnixMilli(), orNever(b.Until))
		return nil, err
	}})
	return s.storing(ctx, "keeping a ban", err)
}

// lasts says whether there is a ban of the same that lasts as long.
func (q *queries) lasts(b Ban) (bool, error) {
	var until int64
	err := q.with(q.getBan).QueryRowContext(q.ctx, b.Kind, b.Value).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return until == 0 || !b.Until.IsZero() && until >= b.Until.UnixMilli(), err
}

// LiftBan takes the ban with a mark away, where it is there, and adds an entry to the
// audit. Another of the same value, which somebody made since, stays. The mark of the
// entry is as that of PutBan. It fails with ErrBadEntry.
func (s *Store) LiftBan(ctx context.Context, mark string, e Entry) error {
	if e.Mark == "" || !e.fit() {
		return ErrBadEntry
	}
	err := s.submit(&job{ctx: ctx, wakes: []string{ofBans}, do: func(q *queries) (answer, fault error) {
		_, was, answer, fault := s.enter(q, e)
		if answer != nil || fault != nil || was {
			return answer, fault
		}
		_, err := q.exec(q.liftBan, mark)
		return nil, err
	}})
	return s.storing(ctx, "lifting a ban", err)
}

// Bans gives the bans, the oldest first, and what time it is by the database. Some may
// be over by then.
func (s *Store) Bans(ctx context.Context) (out []Ban, now time.Time, err error) {
	const doing = "reading the bans"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.bans)
	if err != nil {
		return nil, now, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			out, err = nil, s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var b Ban
		var made, until int64
		if err := rows.Scan(&b.Kind, &b.Value, &b.Mark, &b.Reason, &made, &until); err != nil {
			return nil, now, s.storing(ctx, doing, err)
		}
		b.Made, b.Until = time.UnixMilli(made).UTC(), orZero(until)
		out = append(out, b)
	}
	return out, s.o.Now(), nil
}

// WatchBans gives wake-ups when the bans change, on whichever node, until ctx ends.
func (s *Store) WatchBans(ctx context.Context) <-chan struct{} { return s.watchers.watch(ctx, ofBans) }

// dropOldBans drops the bans that are over.
func (s *Store) dropOldBans(q *queries) error {
	_, err := q.exec(q.oldBans, s.o.Now().UnixMilli())
	return err
}

// orNever is a time in milliseconds, or 0 where there is none.
func orNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
