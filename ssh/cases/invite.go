package cases

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"onboard.example/flows/journal"
)

// Invitation is what a guide gave a customer to begin a case with: it is good once,
// for a while, and can be taken back. Its code is stored as a resume code is: what
// proves it, and nothing else.
type Invitation struct {
	Number Number // what it is called; it opens nothing
	Scope  string // what it is for, such as the id of an app; empty: anything
	Tenant string // the domain that it names; empty: none
	By     string // who made it
	// Organisation is whose guide made it; empty: the operator did, or a server that kept none.
	Organisation string

	Made    time.Time
	Until   time.Time // when it is over
	Revoked time.Time // zero: it was not
	Used    time.Time // zero: it was not
}

// State says in a word how an invitation stands at a moment: open, used, revoked or
// over.
func (i Invitation) State(now time.Time) string {
	switch {
	case !i.Used.IsZero():
		return "used"
	case !i.Revoked.IsZero():
		return "revoked"
	case !now.Before(i.Until):
		return "over"
	}
	return "open"
}

// The bounds of what an invitation says, in bytes, and of its time.
const (
	mostScope      = 200
	mostTenant     = 253 // of a domain name (RFC 1035 §2.3.4)
	mostBy         = 200
	MostInvitation = 90 * 24 * time.Hour
)

// Inviters say whose invitations are meant. The zero value is those without an organisation.
type Inviters struct {
	all          bool
	organisation string
	none         bool // those without an organisation, too
}

// Anybody means every invitation.
func Anybody() Inviters { return Inviters{all: true} }

// InvitersOf means those of an organisation and, if said so, those without one.
func InvitersOf(organisation string, orNone bool) Inviters {
	return Inviters{organisation: organisation, none: orNone}
}

// args are what madeBy is asked with, behind others.
func (i Inviters) args(before ...any) []any {
	return append(before, bit(i.all), i.organisation, bit(i.none))
}

// Invite makes an invitation of its Scope, Tenant, By, Organisation and Until, which is by Now. The code is in no
// other place than the answer. It fails with ErrBadInvitation.
func (s *Store) Invite(ctx context.Context, in Invitation) (Invitation, Code, error) {
	const doing = "making an invitation"
	now := s.o.Now().UTC().Truncate(time.Millisecond)
	in.Made, in.Until, in.Revoked, in.Used = now, in.Until.UTC().Truncate(time.Millisecond), time.Time{}, time.Time{}
	if !text(in.Scope, mostScope) || !text(in.Tenant, mostTenant) || !text(in.By, mostBy) || !text(in.Organisation, mostParty) || !in.Until.After(now) || in.Until.Sub(now) > MostInvitation {
		return Invitation{}, Code{}, ErrBadInvitation
	}
	for range mostDraws {
		d, err := draw(s.o.Random)
		if err != nil {
			return Invitation{}, Code{}, fmt.Errorf("%s: %w", doing, err)
		}
		taken := false
		in.Number = d.number
		find, proof := s.keys.invitation(d.code)
		err = s.submit(&job{ctx: ctx, of: d.id, do: func(q *queries) (answer, fault error) {
			if !s.fits(q, caseSize) {
				return journal.ErrDiskFull, nil
			}
			made, err := q.exec(q.addInvitation, d.id, string(in.Number), find, proof, in.Scope, in.Tenant, in.By, in.Organisation, in.Made.UnixMilli(), in.Until.UnixMilli())
			taken = made == 0
			return nil, err
		}})
		if err != nil {
			return Invitation{}, Code{}, s.storing(ctx, doing, err)
		}
		if !taken {
			return in, d.code, nil
		}
	}
	return Invitation{}, Code{}, fmt.Errorf("%s: the source of randomness repeats itself", doing)
}

// text says whether a text can be kept, and shown in one line.
func text(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 })
}

// Invited looks at the invitation of a code and uses nothing up. It fails with
// ErrNoInvitation, ErrUsed, ErrRevoked and ErrOver, and as Resume does of a text
// that is no code and of too many wrong ones.
func (s *Store) Invited(ctx context.Context, t Try) (in Invitation, err error) {
	err = s.invited(ctx, t, func(find, proof string) error {
		short, cancel := s.bounded(ctx)
		defer cancel()
		var row invited
		err := s.insist(short, func() (err error) {
			row, err = (&queries{ctx: short, statements: s.reads}).invitation(find, proof)
			return err
		})
		in = row.Invitation
		return cmp.Or(err, row.fit(0, s.o.Now()))
	})
	return in, err
}

// Redeem uses the invitation of a code up for a case: of those who try, on however
// many nodes, one succeeds. Trying again for the same case is safe. It fails as
// Invited does, and with ErrNoCase.
func (s *Store) Redeem(ctx context.Context, t Try, c *Case) (in Invitation, err error) {
	err = s.invited(ctx, t, func(find, proof string) error {
		var row invited
		err := s.submit(&job{ctx: ctx, of: c.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
			row, answer, fault = c.redeem(q, find, proof)
			return answer, fault
		}})
		if err != nil { // where ctx ended it may be on its way, and row not ours to read
			return err
		}
		in = row.Invitation
		return nil
	})
	return in, err
}

// invited does something about the invitation of a code, counting wrong ones.
func (s *Store) invited(ctx context.Context, t Try, do func(find, proof string) error) error {
	code, err := ParseCode(t.Code)
	if err != nil {
		return err
	}
	end, err := s.tries.begin(ctx, t.From)
	if err != nil {
		return err
	}
	right := true // of our own trouble the customer can do nothing
	defer func() { end(right) }()
	err = do(s.keys.invitation(code))
	for _, known := range []error{ErrNoInvitation, ErrUsed, ErrRevoked, ErrOver, ErrNoCase} {
		if errors.Is(err, known) {
			right = !errors.Is(err, ErrNoInvitation)
			return err
		}
	}
	return s.storing(ctx, "looking for the invitation", err)
}

// redeem is the transaction of Redeem. A fault of errNoInvitation is an answer.
func (c *Case) redeem(q *queries, find, proof string) (row invited, answer, fault error) {
	if _, ok, err := q.about(c.id); err != nil || !ok {
		return row, ErrNoCase, err
	}
	now := c.store.o.Now().UTC().Truncate(time.Millisecond)
	row, err := q.invitation(find, proof)
	if errors.Is(err, ErrNoInvitation) {
		return row, err, nil
	}
	if err != nil {
		return row, nil, err
	}
	if err := row.fit(c.id, now); err != nil || row.of == c.id {
		return row, err, nil
	}
	used, err := q.exec(q.useInvitation, now.UnixMilli(), c.id, row.id, now.UnixMilli())
	if err != nil {
		return row, nil, err
	}
	if used == 0 {
		return row, nil, errAgain // somebody was quicker: what did they do?
	}
	row.Used, row.of = now, c.id
	return row, nil, nil
}

// invited is an invitation as it is stored.
type invited struct {
	Invitation

	id, of int64 // of is the case that it was used for, or 0
}

// fit says why an invitation cannot be used for a case.
func (i invited) fit(id int64, now time.Time) error {
	switch {
	case i.of != 0 && i.of == id:
		return nil // it was, for this one
	case !i.Used.IsZero():
		return ErrUsed
	case !i.Revoked.IsZero():
		return ErrRevoked
	case !now.Before(i.Until):
		return ErrOver
	}
	return nil
}

// Revoke takes an invitation of some inviters back that was not used. It fails with
// ErrNoInvitation, of that of others too, and with ErrUsed.
func (s *Store) Revoke(ctx context.Context, n Number, of Inviters) error {
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		now := s.o.Now().UnixMilli()
		gone, err := q.exec(q.revokeInvitation, of.args(now, string(n))...)
		if err != nil || gone > 0 {
			return nil, err
		}
		var used int64
		err = q.with(q.usedInvitation).QueryRowContext(q.ctx, of.args(string(n))...).Scan(&used)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNoInvitation, nil
		case err == nil && used != 0:
			return ErrUsed, nil
		}
		return nil, err // it was revoked before
	}})
	return s.storing(ctx, "revoking the invitation", err)
}

// mostInvitations bounds what Invitations gives.
const mostInvitations = 1000

// Invitations gives the newest thousand invitations of some inviters, the newest first. They hold no
// code. One that was used goes with its case, any other some time after it was over.
func (s *Store) Invitations(ctx context.Context, of Inviters) (out []Invitation, err error) {
	const doing = "reading the invitations"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.invitations, append(of.args(), mostInvitations)...)
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		in, _, err := scanInvitation(rows.Scan)
		if err != nil {
			return nil, s.storing(ctx, doing, err)
		}
		out = append(out, in.Invitation)
	}
	return out, nil
}

// Inviter is the organisation with whose invitation the case was begun: of the first that has
// one, where there are several; empty: with none that has. Of a case that is gone it is empty.
func (c *Case) Inviter(ctx context.Context) (organisation string, err error) {
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	err = c.store.insist(short, func() error {
		err := c.store.reads.inviterOf.QueryRowContext(short, c.id).Scan(&organisation)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return organisation, c.store.storing(ctx, "looking who invited to the case", err)
}

// scanInvitation reads a row.
func scanInvitation(scan func(...any) error) (in invited, proof string, err error) {
	var made, until, revoked, used int64
	err = scan(&in.id, &in.Number, &proof, &in.Scope, &in.Tenant, &in.By, &in.Organisation, &made, &until, &revoked, &used, &in.of)
	in.Made, in.Until, in.Revoked, in.Used = time.UnixMilli(made).UTC(), time.UnixMilli(until).UTC(), orZero(revoked), orZero(used)
	return in, proof, err
}

func orZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// invitation looks a code up.
func (q *queries) invitation(find, proof string) (invited, error) {
	in, has, err := scanInvitation(q.with(q.findInvitation).QueryRowContext(q.ctx, find).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && !same(proof, has):
		return invited{}, ErrNoInvitation
	case err != nil:
		return invited{}, err
	}
	return in, nil
}
