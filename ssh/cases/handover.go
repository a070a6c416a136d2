package cases

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"onboard.example/flows/journal"
)

// A hand-over says that a lead gives a case to a colleague: a guide of the same
// organisation who was at a console then. It moves nobody and lets nobody see anything:
// the colleague asks the customer, who says yes or no to them as to any guide. Of one
// organisation a case has one hand-over at a time. Each change of one stands in the
// audit, in one transaction with it, but that it goes with the end of its run, or with the
// case: of that the audit has the entry of the case, if any.

// HandOverTime is how long a colleague can take a case that was handed to them: about as
// long as a customer waits.
const HandOverTime = 30 * time.Minute

// HandOverTold is how long it is told of a hand-over what became of it.
const HandOverTold = 30 * time.Minute

// HandOverEnd is what became of a hand-over.
type HandOverEnd string

// The ends of a hand-over. One that was taken, taken back, or replaced by another, is there
// no more, nor is one whose case has ended.
const (
	HandOverRefused HandOverEnd = "refused" // the customer said no to the colleague
	HandOverExpired HandOverEnd = "expired"
	HandOverTaken   HandOverEnd = "taken" // the customer said yes; of this nothing is kept
)

// HandOver is that a case was handed over.
type HandOver struct {
	Number Number
	Mark   string // of this one alone
	By, To Party  // Roles are not kept
	Made   time.Time
	Until  time.Time // when it expires, or is told of no more
	End    HandOverEnd

	id int64 // of the case
}

// Stands says whether the colleague can take the case at a moment.
func (h HandOver) Stands(now time.Time) bool { return h.End == "" && now.Before(h.Until) }

// inPlaceOf goes in the entry of a hand-over before the key of who the case was handed to
// until then.
const inPlaceOf = ", in place of "

// HandOver hands the case from one guide to another, who is at a console now, in place
// of whatever hand-over the organisation had of it. The mark of the entry is the
// hand-over's own: where nobody heard whether it is stored, trying again with the same
// is safe. It fails with ErrNoCase, ErrCaseEnded, ErrNotThere, ErrOneself, ErrBadParty
// and ErrBadEntry.
func (c *Case) HandOver(ctx context.Context, by, to Party, e Entry) error {
	switch {
	case e.Mark == "" || !e.fit():
		return ErrBadEntry
	case !by.fit() || !to.fit() || by.Organisation != to.Organisation:
		return ErrBadParty
	case by.Print == to.Print:
		return ErrOneself
	}
	s := c.store
	answer := s.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		if n, err := q.exec(q.lockCase, c.id); err != nil || n == 0 { // it must not end between the look and what is written
			return ErrNoCase, err
		}
		if was, err := q.entered(e.Mark); err != nil || was { // nobody heard of it: what holds now did then
			return nil, err
		}
		var n int64
		if err := q.with(q.hasEnded).QueryRowContext(q.ctx, c.id).Scan(&n); err != nil || n > 0 {
			return ErrCaseEnded, err
		}
		now := s.o.Now()
		if err := q.with(q.isThere).QueryRowContext(q.ctx, to.Print, to.Name, to.Organisation, now.UnixMilli()).Scan(&n); err != nil || n == 0 {
			return ErrNotThere, err
		}
		was, err := scanHandOver(q.with(q.getHandOver).QueryRowContext(q.ctx, c.id, to.Organisation, 0).Scan)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		e := e // this may be done again
		if err == nil && was.End == "" {
			e.More += inPlaceOf + was.To.Print
		}
		if !e.fit() {
			return ErrBadEntry, nil
		}
		if _, _, answer, fault := s.enter(q, e); answer != nil || fault != nil {
			return answer, fault
		}
		_, err = q.exec(q.putHandOver, c.id, to.Organisation, e.Mark, by.Print, by.Name, to.Print, to.Name, now.UnixMilli(), now.Add(HandOverTime).UnixMilli())
		return nil, err
	}})
	return s.storing(ctx, "handing the case over", answer)
}

// HandedOver is the hand-over that an organisation has of the case; ok is false where
// there is none that nothing has ended yet, or of which it is told what became of it. One
// whose time is over is there until it is ended, for a question that was put by it may
// still stand.
func (c *Case) HandedOver(ctx context.Context, organisation string) (h HandOver, ok bool, err error) {
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	err = c.store.insist(short, func() (err error) {
		h, err = scanHandOver(c.store.reads.getHandOver.QueryRowContext(short, c.id, organisation, c.store.o.Now().UnixMilli()).Scan)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return HandOver{}, false, nil
	}
	return h, err == nil, c.store.storing(ctx, "looking whether the case was handed over", err)
}

// mostHandOvers bounds what is read of hand-overs at once.
const mostHandOvers = 200

// HandOvers are those to a guide and by them, the newest first, that stand, or of which it
// is told what became of them. It is by the key, and in the organisation, that a guide is
// meant.
func (s *Store) HandOvers(ctx context.Context, organisation, print string) ([]HandOver, error) {
	return s.handOvers(ctx, s.reads.handOvers, organisation, print, print, s.o.Now().UnixMilli(), mostHandOvers)
}

func (s *Store) handOvers(ctx context.Context, query *sql.Stmt, args ...any) (out []HandOver, err error) {
	const doing = "reading the hand-overs"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, query, args...)
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			out, err = nil, s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		h, err := scanHandOver(rows.Scan)
		if err != nil {
			return nil, s.storing(ctx, doing, err)
		}
		out = append(out, h)
	}
	return out, nil
}

// scanHandOver reads a row.
func scanHandOver(scan func(...any) error) (h HandOver, err error) {
	var made, until int64
	err = scan(&h.id, &h.Number, &h.To.Organisation, &h.Mark, &h.By.Print, &h.By.Name, &h.To.Print, &h.To.Name, &made, &until, &h.End)
	h.By.Organisation, h.Made, h.Until = h.To.Organisation, time.UnixMilli(made).UTC(), time.UnixMilli(until).UTC()
	return h, err
}

// TakeHandOver ends a hand-over because the colleague has the case now, with an entry in
// the audit, even where its time is over: they asked before. Gone is false, and nothing is
// written, where it stands no more.
func (s *Store) TakeHandOver(ctx context.Context, h HandOver, e Entry) (gone bool, err error) {
	return s.endHandOver(ctx, h, e, func(q *queries) (int64, error) { return q.exec(q.takeHandOver, h.id, h.Mark) })
}

// TakeBack ends a hand-over because a lead takes it back, as TakeHandOver does: even where
// its time is over, for a question that was put by it may still stand.
func (s *Store) TakeBack(ctx context.Context, h HandOver, e Entry) (gone bool, err error) {
	return s.endHandOver(ctx, h, e, func(q *queries) (int64, error) {
		return q.exec(q.dropHandOver, h.id, h.Mark)
	})
}

// RefuseHandOver ends a hand-over because the customer said no to the colleague, as
// TakeHandOver does. It is told for HandOverTold.
func (s *Store) RefuseHandOver(ctx context.Context, h HandOver, e Entry) (gone bool, err error) {
	return s.endHandOver(ctx, h, e, func(q *queries) (int64, error) {
		return q.exec(q.closeHandOver, string(HandOverRefused), s.o.Now().Add(HandOverTold).UnixMilli(), h.id, h.Mark, maxTime)
	})
}

// maxTime is after every time.
const maxTime = int64(1) << 62

// endHandOver ends a hand-over in a transaction with its entry.
func (s *Store) endHandOver(ctx context.Context, h HandOver, e Entry, end func(q *queries) (int64, error)) (gone bool, err error) {
	if !e.fit() || e.Mark == "" {
		return false, ErrBadEntry
	}
	var is bool
	err = s.submit(&job{ctx: ctx, of: h.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
		is = false
		if !s.fits(q, caseSize) { // before anything is written
			return journal.ErrDiskFull, nil
		}
		n, err := end(q)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			is, err = q.entered(e.Mark) // nobody heard of it
			return nil, err
		}
		is = true
		_, _, answer, fault = s.link(q, e) // for which the room is taken above
		return nil, errors.Join(answer, fault)
	}})
	if err != nil { // where ctx ended it may be on its way, and what it finds not ours to read
		return false, s.storing(ctx, "ending the hand-over", err)
	}
	return is, nil
}

// ExpireHandOvers ends those whose time is over as what became of them says, each with an
// entry, and says how many that were: one of which it gives no end stays. Several nodes
// may do so at once. What fails of one keeps no other; its errors are joined.
func (s *Store) ExpireHandOvers(ctx context.Context, became func(context.Context, HandOver) (HandOverEnd, Entry, error)) (n int, err error) {
	over, err := s.handOvers(ctx, s.reads.overHandOvers, s.o.Now().UnixMilli(), mostHandOvers)
	if err != nil {
		return 0, err
	}
	var errs []error // of one, which are no other's
	for _, h := range over {
		gone := false
		switch end, e, err := became(ctx, h); {
		case err != nil:
			errs = append(errs, err)
			continue
		case end == "":
			continue
		case end == HandOverTaken:
			gone, err = s.TakeHandOver(ctx, h, e)
			errs = append(errs, err)
		default:
			gone, err = s.endHandOver(ctx, h, e, func(q *queries) (int64, error) {
				return q.exec(q.closeHandOver, string(end), s.o.Now().Add(HandOverTold).UnixMilli(), h.id, h.Mark, s.o.Now().UnixMilli())
			})
			errs = append(errs, err)
		}
		if gone {
			n++
		}
	}
	return n, errors.Join(errs...)
}
