package run

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/flows"
)

// Taping is what became of a guide's request to record, or of the recording.
type Taping struct {
	On    bool            // the person said yes
	Asked bool            // it was a request still, and nothing was recorded by it
	Why   flows.RecordEnd // else why not, or why no more; empty: the request was over
}

// AskToRecord asks the person whether the rest of the watch may be recorded, which is
// the guide's own yes to it. The errors are ErrNotWatching, ErrNoTape, ErrTooFast and
// the journal's.
func (g *Guide) AskToRecord(ctx context.Context) error {
	return g.tell(ctx, "asking to record", g.words, func() (flows.Event, error) {
		e := flows.AskedToRecord{Visit: g.visit, Ask: flows.TapeID(chanceVisit()), Until: g.now().Add(flows.AskWait), Keeps: g.keeps}
		next := flows.Fold(g.state, g.record(flows.ByServer, e))
		if next.TapeAsk == g.state.TapeAsk { // it was not taken
			return nil, ErrNoTape
		}
		return e, nil
	})
}

// EndRecording ends the recording that the guide asked for, or takes the request back.
// The errors are ErrNotWatching, ErrNoRecording where there is neither, and the
// journal's.
func (g *Guide) EndRecording(ctx context.Context) error {
	return g.tell(ctx, "ending the recording", nil, func() (flows.Event, error) {
		r, on := g.state.Recorded(g.now())
		a, asks := g.state.AsksToRecord(g.now())
		switch {
		case on && r.Guide.Visit == g.visit:
			return r.Ends(flows.RecordLeft), nil
		case asks && a.Guide.Visit == g.visit:
			return a.Ends(flows.RecordLeft), nil
		}
		return nil, ErrNoRecording
	})
}

// tell appends what the server says of a guide who watches.
func (g *Guide) tell(ctx context.Context, doing string, pace *rate.Limiter, make func() (flows.Event, error)) error {
	err := g.saying(ctx, flows.ByServer, pace, func(flows.State) (flows.Event, error) { return make() })
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// lapse notes that the guide's request ran out, once. The caller holds mu.
func (g *Guide) lapse() {
	if a := g.state.TapeAsk; a != nil && a.Guide.Visit == g.visit && a.ID != g.lapsed && !g.now().Before(a.Until) {
		g.lapsed = a.ID
		g.taped = append(g.taped, Taping{Asked: true})
	}
}

// turns is when something changes by itself, until when the watch ends so. The caller
// holds mu.
func (g *Guide) turns(until time.Time) time.Time {
	if a, asks := g.state.AsksToRecord(g.now()); asks && a.Guide.Visit == g.visit && a.Until.Before(until) {
		return a.Until
	}
	return until
}

// tape notes what a record made of the guide's recording; before is the state before
// it, r the record. What went with the watch is the end of that.
func (g *Guide) tape(before flows.State, r flows.Record) {
	mine := func(r *flows.Recording) bool { return r != nil && r.Guide.Visit == g.visit }
	was, is := before.Recording, g.state.Recording
	switch asked := before.TapeAsk; {
	case mine(is) && (was == nil || was.N != is.N):
		g.taped = append(g.taped, Taping{On: true})
	case mine(is) && was.Over.IsZero() && !is.Over.IsZero():
		g.taped = append(g.taped, Taping{Why: is.Why})
	case asked != nil && asked.Guide.Visit == g.visit && asked.ID != g.lapsed && g.state.TapeAsk == nil:
		why := flows.RecordWatch // it went with that
		switch e := r.Event.(type) {
		case flows.Recorded:
			why = cmp.Or(e.Why, why)
		case flows.Unrecorded:
			why = flows.RecordErased
		}
		g.taped = append(g.taped, Taping{Why: why, Asked: true})
	}
}
