package cases

import (
	"context"
	"errors"
)

// Enter opens the case of a resume code, or looks at the invitation of one and uses
// nothing up: whoever types a code does not know which it is, and types it once, so
// that a wrong one counts once. Of an invitation the case is nil. It fails as Resume
// and Invited do; with ErrNoCase where the code is neither.
func (s *Store) Enter(ctx context.Context, t Try) (c *Case, in Invitation, err error) {
	code, err := ParseCode(t.Code)
	if err != nil {
		return nil, in, err
	}
	end, err := s.tries.begin(ctx, t.From)
	if err != nil {
		return nil, in, err
	}
	right := true // of our own trouble the customer can do nothing
	defer func() { end(right) }()
	c, bound, err := s.find(ctx, code)
	switch {
	case err == nil && bound != "" && (!fit(t.Key) || !same(bound, s.keys.bound(t.Key))):
		right = false
		return nil, in, ErrOtherKey
	case err == nil:
		return c, in, nil
	case !errors.Is(err, ErrNoCase):
		return nil, in, s.storing(ctx, "looking for the case", err)
	}
	in, err = s.lookInvited(ctx, code)
	switch {
	case errors.Is(err, ErrNoInvitation):
		right = false
		return nil, in, ErrNoCase
	case err == nil, errors.Is(err, ErrUsed), errors.Is(err, ErrRevoked), errors.Is(err, ErrOver):
		return nil, in, err
	}
	return nil, in, s.storing(ctx, "looking for the invitation", err)
}

// lookInvited looks at the invitation of a code.
func (s *Store) lookInvited(ctx context.Context, code Code) (Invitation, error) {
	find, proof := s.keys.invitation(code)
	short, cancel := s.bounded(ctx)
	defer cancel()
	var row invited
	err := s.insist(short, func() (err error) {
		row, err = (&queries{ctx: short, statements: s.reads}).invitation(find, proof)
		return err
	})
	if err == nil {
		err = row.fit(0, s.o.Now())
	}
	return row.Invitation, err
}
