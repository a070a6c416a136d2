package run

import (
	"context"
	"fmt"
	"slices"

	"onboard.example/flows"
)

// shares is what guides get of a run: the fold of it and the latest records.
type shares struct {
	state flows.State
	last  []flows.Record
}

// take folds one record, and gives it as it is shared.
func (s *shares) take(r flows.Record) flows.Record {
	r = flows.Shared(s.state, r)
	s.state = flows.Fold(s.state, r)
	s.last = append(s.last, r)
	if len(s.last) > mostLast {
		s.last = append([]flows.Record(nil), s.last[len(s.last)-mostLast/2:]...)
	}
	return r
}

// copy is one that goes on by itself.
func (s *shares) copy() shares { return shares{s.state, slices.Clone(s.last)} }

// Ahead is a run that was read before its person is asked to let a guide watch it, so
// that AskToWatch reads no more than what came since: of a long run all the rest takes
// less. Nothing of the run can be had from it.
type Ahead struct{ read shares }

// ReadAhead reads the run of a journal. The errors are the journal's.
func ReadAhead(ctx context.Context, j flows.Journal) (*Ahead, error) {
	rs, err := j.Since(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the run: %w", err)
	}
	a := new(Ahead)
	for _, r := range rs {
		a.read.take(r)
	}
	return a, nil
}
