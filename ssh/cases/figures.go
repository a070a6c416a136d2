package cases

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"onboard.example/flows"
)

// Figures are what there is to say of all cases together. They name no case, no tenant
// and nobody.
type Figures struct {
	Open    int // cases that have not ended
	Waiting int // of them, those in which somebody waits for us
	// Opened is how many became open within FiguresSpan, and Median how long that took
	// half of them from their beginning; of the latest thousand. Of fewer than
	// FewestFigured both are zero.
	Opened int
	Median time.Duration
	Stuck  []Stuck // where people wait, most of them first
}

// Stuck is a place where people wait. A guide who also has the queue learns of nobody
// by it which path they are on: a step is named from FewestFigured cases on, and never
// with the time of one of them.
type Stuck struct {
	Stage flows.Stage
	Step  flows.StepID // empty: at none, or at some that are not named
	Cases int
	// Since is when the one who waits longest came there; zero: a step is named, or there
	// are fewer than FewestFigured.
	Since time.Time
}

// FewestFigured is of how many cases at the least something is said that a queue does
// not say of each.
const FewestFigured = 3

// FiguresSpan is how far back Figures.Opened goes.
const FiguresSpan = 30 * 24 * time.Hour

// mostOpened bounds the cases of which a median is made.
const mostOpened = 1000

// Figures reads them: each case that there is is looked at, so callers keep what they
// were given for some seconds.
func (s *Store) Figures(ctx context.Context) (f Figures, err error) {
	const doing = "reading the figures"
	short, cancel := s.bounded(ctx)
	defer cancel()
	var median int64
	err = s.insist(short, func() error {
		return s.reads.figuresOpened.QueryRowContext(short, s.o.Now().Add(-FiguresSpan).UnixMilli(), mostOpened).Scan(&f.Opened, &median)
	})
	if err != nil {
		return Figures{}, s.storing(ctx, doing, err)
	}
	if f.Median = time.Duration(median) * time.Millisecond; f.Opened < FewestFigured {
		f.Opened, f.Median = 0, 0
	}
	rows, err := s.rows(short, s.reads.figuresStuck)
	if err != nil {
		return Figures{}, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			f, err = Figures{}, s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var at Stuck
		var stage, since int64
		var all int
		if err := rows.Scan(&stage, &at.Step, &all, &at.Cases, &since); err != nil {
			return Figures{}, s.storing(ctx, doing, err)
		}
		f.Open, f.Waiting = f.Open+all, f.Waiting+at.Cases
		if at.Cases > 0 && stage >= 0 {
			at.Stage, at.Since = flows.Stage(min(stage, int64(flows.StageProof))), orZero(since)
			f.Stuck = append(f.Stuck, at)
		}
	}
	f.Stuck = veiled(f.Stuck)
	slices.SortFunc(f.Stuck, func(a, b Stuck) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), a.Since.Compare(b.Since), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Step, b.Step))
	})
	return f, nil
}

// veiled takes from places what would tell of one case where it is: see Stuck.
func veiled(all []Stuck) (out []Stuck) {
	for _, at := range all {
		if at.Step != "" && at.Cases >= FewestFigured {
			at.Since = time.Time{}
			out = append(out, at)
			continue
		}
		i := slices.IndexFunc(out, func(o Stuck) bool { return o.Step == "" && o.Stage == at.Stage })
		if i < 0 {
			at.Step = ""
			out = append(out, at)
			continue
		}
		if out[i].Cases += at.Cases; at.Since.Before(out[i].Since) {
			out[i].Since = at.Since
		}
	}
	for i := range out {
		if out[i].Cases < FewestFigured {
			out[i].Since = time.Time{}
		}
	}
	return out
}
