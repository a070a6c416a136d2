package run

import (
	"context"
	"errors"

	"onboard.example/flows"
)

// append stores an event right after what it was made from: where something came
// in between, it is made anew from that. The caller holds mu.
func (g *Guide) append(ctx context.Context, by flows.Author, make func() (flows.Event, error)) error {
	for {
		if err := g.catchUp(ctx); err != nil {
			return err
		}
		e, err := make()
		if err != nil {
			return err
		}
		r := g.record(by, e)
		err = g.insist(ctx, r)
		if errors.Is(err, flows.ErrConflict) {
			continue
		}
		g.n = r.N // it may be stored even so: its name is used up
		if err != nil {
			return err
		}
		return g.catchUp(ctx)
	}
}

// insist appends a record, and the same once more where only the answer may be lost:
// a guide who hears of an error does it again, and the person has it twice.
func (g *Guide) insist(ctx context.Context, r flows.Record) error {
	_, err := g.journal.Append(ctx, g.state.Seq, r)
	if err == nil || errors.Is(err, flows.ErrConflict) || errors.Is(err, ErrUnsent) {
		return err
	}
	if errors.Is(err, flows.ErrFull) { // as it was looked at: it would be no shorter
		return errors.Join(ErrUnsent, err)
	}
	_, again := g.journal.Append(ctx, g.state.Seq, r)
	if again == nil || errors.Is(again, flows.ErrConflict) {
		return again
	}
	return errors.Join(ErrUnsure, err, again)
}

// record is the next one of this handle; nobody else writes under its name.
func (g *Guide) record(by flows.Author, e flows.Event) flows.Record {
	return flows.Record{
		Seq: g.state.Seq + 1, Writer: flows.GuideWriter(g.visit), N: g.n + 1, At: g.now().UTC().Round(0), By: by, Event: flows.Clean(e),
	}
}
