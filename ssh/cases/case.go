package cases

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"onboard.example/flows/journal"
)

// Case is the journal of one case. Handles to the same case may be many, at the
// same time; each is safe for use by several goroutines. Once the case was
// erased or swept, every method that asks the store gives ErrNoCase.
type Case struct {
	store  *Store
	id     int64
	number Number
	sealer sealer
}

// Number is the case's public number.
func (c *Case) Number() Number { return c.number }

// handle is a handle to a case.
func (s *Store) handle(id int64, n Number, secret []byte) (*Case, error) {
	sealer, err := newSealer(id, secret)
	if err != nil {
		return nil, err
	}
	return &Case{s, id, n, sealer}, nil
}

// Try is a customer who says that a case is theirs.
type Try struct {
	// Code is the resume code as it was typed.
	Code string
	// From is where it came from; wrong codes are counted by it.
	From netip.Addr
	// Key is the fingerprint ("SHA256:…") of the key that authenticated the
	// connection; empty where none did.
	Key string
}

// Format writes a mask whatever the verb: what somebody typed is as secret as
// the code that it may be.
func (Try) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, mask) }

// LogValue is a mask.
func (Try) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText gives a mask.
func (Try) MarshalText() ([]byte, error) { return []byte(mask), nil }

// mostDraws is how many numbers are drawn before the randomness is at fault:
// with a million cases one draw in a thousand meets a number that is taken.
const mostDraws = 20

// New makes a case without records and draws its resume code. The code is in no
// other place than the answer: only what proves it is stored.
func (s *Store) New(ctx context.Context) (*Case, Code, error) {
	const doing = "making a case"
	for range mostDraws {
		d, err := draw(s.o.Random)
		if err != nil {
			return nil, Code{}, fmt.Errorf("%s: %w", doing, err)
		}
		c, err := s.handle(d.id, d.number, d.secret)
		if err != nil {
			return nil, Code{}, fmt.Errorf("%s: %w", doing, err)
		}
		taken := false
		find, proof := s.keys.code(d.code)
		err = s.submit(&job{ctx: ctx, of: d.id, wakes: []string{ofQueue}, do: func(q *queries) (answer, fault error) {
			if !s.fits(q, caseSize) {
				return journal.ErrDiskFull, nil
			}
			now := s.o.Now().UnixMilli()
			made, err := q.exec(q.addDoor, d.id, string(d.number), find, proof, d.secret)
			if taken = made == 0; err != nil || taken {
				return nil, err
			}
			if made, err = q.exec(q.addCase, d.id, now, now); err == nil && made == 0 {
				err = ErrCorrupt // a case without a door
			}
			return nil, err
		}})
		if err != nil {
			return nil, Code{}, s.storing(ctx, doing, err)
		}
		if !taken {
			return c, d.code, nil
		}
	}
	return nil, Code{}, fmt.Errorf("%s: the source of randomness repeats itself", doing)
}

// drawn is what a case is made of.
type drawn struct {
	id     int64
	number Number
	code   Code
	secret []byte
}

// draw draws a case.
func draw(random io.Reader) (d drawn, err error) {
	var id [8]byte
	d.secret = make([]byte, secretLen)
	for _, b := range [][]byte{id[:], d.secret} {
		if _, err := io.ReadFull(random, b); err != nil {
			return drawn{}, fmt.Errorf("drawing a key: %w", err)
		}
	}
	d.id = int64(binary.BigEndian.Uint64(id[:]) >> 1)
	if d.number, err = newNumber(random); err != nil {
		return drawn{}, err
	}
	d.code, err = newCode(random)
	return d, err
}

// Resume opens the case of a code. Besides ErrNotCode and ErrMistyped of a text
// that is no code, it fails with ErrNoCase, with ErrOtherKey where the case is
// bound to another SSH key, and with a TooManyError. None of them holds the code.
func (s *Store) Resume(ctx context.Context, t Try) (*Case, error) {
	code, err := ParseCode(t.Code)
	if err != nil {
		return nil, err
	}
	end, err := s.tries.begin(ctx, t.From)
	if err != nil {
		return nil, err
	}
	right := false
	defer func() { end(right) }()
	c, bound, err := s.find(ctx, code)
	switch {
	case errors.Is(err, ErrNoCase):
		return nil, err
	case err != nil:
		right = true // our trouble is not the customer's
		return nil, s.storing(ctx, "looking for the case", err)
	case bound != "" && (!fit(t.Key) || !same(bound, s.keys.bound(t.Key))):
		return nil, ErrOtherKey
	}
	right = true
	return c, nil
}

// find looks a code up.
func (s *Store) find(ctx context.Context, code Code) (c *Case, bound string, err error) {
	find, proof := s.keys.code(code)
	var has, number string
	var id int64
	var secret []byte
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err = s.insist(ctx, func() error {
		return s.reads.findCase.QueryRowContext(ctx, find).Scan(&has, &bound, &id, &number, &secret)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", ErrNoCase
	}
	if err != nil {
		return nil, "", err
	}
	if !same(proof, has) {
		return nil, "", ErrNoCase
	}
	c, err = s.handle(id, Number(number), secret)
	return c, bound, err
}

// Case opens a case by its number, for guides and operators who were let in by
// something else: no code is asked for, so it must never be reached by what a
// customer says. It fails with ErrNoCase.
func (s *Store) Case(ctx context.Context, n Number) (*Case, error) {
	const doing = "looking for the case"
	if known, err := ParseNumber(string(n)); err != nil || known != n {
		return nil, ErrNoCase
	}
	var id int64
	var secret []byte
	short, cancel := s.bounded(ctx)
	defer cancel()
	err := s.insist(short, func() error { return s.reads.getCase.QueryRowContext(short, string(n)).Scan(&id, &secret) })
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoCase
	}
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	c, err := s.handle(id, n, secret)
	return c, s.storing(ctx, doing, err)
}

// Count is how many cases are kept.
func (s *Store) Count(ctx context.Context) (n int, err error) {
	short, cancel := s.bounded(ctx)
	defer cancel()
	err = s.insist(short, func() error { return s.reads.countCases.QueryRowContext(short).Scan(&n) })
	return n, s.storing(ctx, "counting the cases", err)
}

// About is what the store knows of a case without reading it.
type About struct {
	Made, Last time.Time // when it was made, and when something was added last
	Until      time.Time // when it goes by itself unless something is added
	Records    uint64
	Size       int64 // of the records, in bytes
	Bound      bool  // to an SSH key
}

// About tells of the case.
func (c *Case) About(ctx context.Context) (About, error) {
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	var a About
	ok := false
	err := c.store.insist(short, func() (err error) {
		if a, ok, err = (&queries{ctx: short, statements: c.store.reads}).about(c.id); err != nil || !ok {
			return err
		}
		var bound string
		err = c.store.reads.getBound.QueryRowContext(short, c.id).Scan(&bound)
		if errors.Is(err, sql.ErrNoRows) { // it went in between
			ok, err = false, nil
		}
		a.Bound = bound != ""
		return err
	})
	switch {
	case err != nil:
		return About{}, c.store.storing(ctx, "looking at the case", err)
	case !ok:
		return About{}, ErrNoCase
	}
	a.Until = a.Last.Add(c.store.o.Keep)
	return a, nil
}

// Renew draws a new resume code; the one before opens nothing from then on. Where
// nobody knows whether it is stored (ErrAway, for instance, or ctx ended) the code comes with the
// error: that one or the one before opens the case, and who has the case must be told
// both. With any other error there is none, and the one before goes on. It is tried a second
// time where the database was away: what the second try says of itself, but ErrNoCase,
// leaves it open whether the first is stored, and the code comes with that too.
func (c *Case) Renew(ctx context.Context) (Code, error) {
	code, err := newCode(c.store.o.Random)
	if err != nil {
		return Code{}, err
	}
	find, proof := c.store.keys.code(code)
	renew := func() error {
		return c.change(ctx, "renewing the resume code", false, func(q *queries) (int64, error) {
			return q.exec(q.renewCase, find, proof, c.id)
		})
	}
	err = renew()
	unsure := errors.Is(err, ErrAway)
	if unsure { // the same once more: it is soon that an answer is lost
		err = renew()
	}
	if errors.Is(err, ErrNoCase) || err != nil && !unsure && ctx.Err() == nil {
		return Code{}, err
	}
	return code, err
}

// Bind has the code open the case only together with an SSH key, by its
// fingerprint ("SHA256:…"); the empty one unbinds it. Whoever loses the key then
// loses the case. It fails with ErrBadKey.
func (c *Case) Bind(ctx context.Context, fingerprint string) error {
	bound := ""
	if fingerprint != "" {
		if !fit(fingerprint) {
			return ErrBadKey
		}
		bound = c.store.keys.bound(fingerprint)
	}
	return c.change(ctx, "binding the case to a key", false, func(q *queries) (int64, error) {
		return q.exec(q.bindCase, bound, c.id)
	})
}

// Erase removes the case of a code for good, for its customer, and says which it
// was. It fails as Resume does, and with ErrUnwiped. Sessions that have the case
// open are woken, and get ErrNoCase.
func (s *Store) Erase(ctx context.Context, t Try) (Number, error) {
	c, err := s.Resume(ctx, t)
	if err != nil {
		return "", err
	}
	if err = c.Erase(ctx); err != nil && !errors.Is(err, ErrUnwiped) {
		return "", err
	}
	return c.number, err
}

// Erase removes the case for good, for whoever was let at it by something else than its
// code: see Store.Case. It fails with ErrNoCase and, where it is gone and traces of it
// are not yet, ErrUnwiped.
func (c *Case) Erase(ctx context.Context) error {
	return c.change(ctx, "erasing the case", true, func(q *queries) (int64, error) { return q.drop(c.id) })
}

// change changes or erases the row of the case.
func (c *Case) change(ctx context.Context, doing string, erase bool, do func(q *queries) (int64, error)) error {
	j := &job{ctx: ctx, of: c.id, erased: erase, wipe: erase, do: func(q *queries) (answer, fault error) {
		changed, err := do(q)
		if err == nil && changed == 0 {
			return ErrNoCase, nil
		}
		return nil, err
	}}
	if erase {
		j.wakes = []string{ofCase(c.number), ofSeat(c.number), ofQueue}
	}
	return c.store.storing(ctx, doing, c.store.submit(j))
}
