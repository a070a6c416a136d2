package cases

import (
	"context"
	"errors"
)

// mostOrganisations bounds what Organisations gives.
const mostOrganisations = 100

// Organisations are those whose guides made an invitation, were handed a case, are at a
// console or visit a case, as far as that is kept: a hundred at the most, by name. What only
// a case's own records and the audit have is not looked at. It reads much, and is not for each
// session.
func (s *Store) Organisations(ctx context.Context) (out []string, err error) {
	const doing = "looking which organisations there are"
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.organisations, mostOrganisations)
	if err != nil {
		return nil, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, s.storing(ctx, doing, err)
		}
		out = append(out, one)
	}
	return out, nil
}
