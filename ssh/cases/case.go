package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
)

// Case is the journal of one case. Handles to the same case may be many, at the
// same time; each is safe for use by several goroutines. Once the case was
// erased or swept, every method gives ErrNoCase.
type Case struct {
	store  *Store
	number Number
}

// Number is the case's public number.
func (c *Case) Number() Number { return c.number }

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

// mostDraws is how many numbers are drawn before the randomness is at fault:
// with a million cases one draw in a thousand meets a number that is taken.
const mostDraws = 20

// New makes a case without records and draws its resume code. The code is in no
// other place than the answer: only what proves it is stored.
func (s *Store) New(ctx context.Context) (*Case, Code, error) {
	const doing = "making a case"
	for range mostDraws {
		n, err := newNumber(s.o.Random)
		if err != nil {
			return nil, Code{}, err
		}
		code, err := newCode(s.o.Random)
		if err != nil {
			return nil, Code{}, err
		}
		taken := false
		find, proof := s.keys.code(code)
		err = s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
			now := millis(s.o.Now())
			made, err := q.exec(q.addCase, string(n), find, proof, now, now)
			taken = made == 0
			return nil, err
		}})
		if err != nil {
			return nil, Code{}, s.storing(ctx, doing, err)
		}
		if !taken {
			return &Case{s, n}, code, nil
		}
	}
	return nil, Code{}, fmt.Errorf("%s: the source of randomness repeats itself", doing)
}

// Resume opens the case of a code. Besides ErrNotCode and ErrMistyped of a text
// that is no code, it fails with ErrNoCase, with ErrOtherKey where the case is
// bound to another SSH key, and with a TooManyError. None of them holds the code.
func (s *Store) Resume(ctx context.Context, t Try) (*Case, error) {
	code, err := ParseCode(t.Code)
	if err != nil {
		return nil, err
	}
	right, err := s.tries.begin(t.From)
	if err != nil {
		return nil, err
	}
	n, bound, err := s.find(ctx, code)
	switch {
	case errors.Is(err, ErrNoCase):
		return nil, err
	case err != nil:
		right() // our trouble is not the customer's
		return nil, s.storing(ctx, "looking for the case", err)
	case bound != "" && (!fit(t.Key) || !same(bound, s.keys.bound(t.Key))):
		return nil, ErrOtherKey
	}
	right()
	return &Case{s, n}, nil
}

// find looks a code up.
func (s *Store) find(ctx context.Context, code Code) (n Number, bound string, err error) {
	find, proof := s.keys.code(code)
	var number, has string
	err = s.reads.findCase.QueryRowContext(ctx, find).Scan(&number, &has, &bound)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", ErrNoCase
	}
	if err != nil {
		return "", "", err
	}
	if !same(proof, has) {
		return "", "", ErrNoCase
	}
	return Number(number), bound, nil
}

// Case opens a case by its number, for guides and operators who were let in by
// something else: no code is asked for, so it must never be reached by what a
// customer says. It fails with ErrNoCase.
func (s *Store) Case(ctx context.Context, n Number) (*Case, error) {
	q := &queries{ctx: ctx, statements: s.reads}
	_, _, ok, err := q.head(n)
	if err != nil {
		return nil, s.storing(ctx, "looking for the case", err)
	}
	if !ok {
		return nil, ErrNoCase
	}
	return &Case{s, n}, nil
}

// Renew draws a new resume code; the one before opens nothing from then on.
func (c *Case) Renew(ctx context.Context) (Code, error) {
	code, err := newCode(c.store.o.Random)
	if err != nil {
		return Code{}, err
	}
	find, proof := c.store.keys.code(code)
	if err := c.change(ctx, "renewing the resume code", func(q *queries) (int64, error) {
		return q.exec(q.renewCase, find, proof, string(c.number))
	}); err != nil {
		return Code{}, err
	}
	return code, nil
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
	return c.change(ctx, "binding the case to a key", func(q *queries) (int64, error) {
		return q.exec(q.bindCase, bound, string(c.number))
	})
}

// change changes the row of the case.
func (c *Case) change(ctx context.Context, doing string, do func(q *queries) (int64, error)) error {
	return c.store.storing(ctx, doing, c.store.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		changed, err := do(q)
		if err == nil && changed == 0 {
			return ErrNoCase, nil
		}
		return nil, err
	}}))
}

// Erase removes the case of a code for good, for its customer, and says which it
// was. It fails as Resume does, and with ErrUnwiped. Sessions that have the case
// open are woken, and get ErrNoCase.
func (s *Store) Erase(ctx context.Context, t Try) (Number, error) {
	c, err := s.Resume(ctx, t)
	if err != nil {
		return "", err
	}
	err = s.submit(&job{ctx: ctx, wipe: true, wakes: []Number{c.number}, do: func(q *queries) (answer, fault error) {
		gone, err := q.drop(c.number)
		if err == nil && gone == 0 {
			return ErrNoCase, nil
		}
		return nil, err
	}})
	if err != nil {
		return "", s.storing(ctx, "erasing the case", err)
	}
	return c.number, nil
}
