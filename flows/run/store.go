package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"onboard.example/flows"
)

// flushTime bounds the last attempt to store when a run is left.
const flushTime = 3 * time.Second

// retryStore is the pause before a journal that failed is tried again by
// itself, about; every new event tries at once.
const retryStore = 5 * time.Second

// again comes after retryStore, a quarter sooner or later: runs that failed together
// need not meet again.
func again() <-chan time.Time {
	return time.After(retryStore*3/4 + rand.N(retryStore/2)) //nolint:gosec // nobody gains by guessing it
}

// How many records are stored at once. A journal that others write to as well gets a long
// backlog in parts, so that theirs goes in between, and one that failed gets ever less,
// until it takes something again: down to leastStored, and to one where it has reached its
// size.
const (
	mostStored  = 128
	leastStored = 16
)

// store is the one appender: it stores what is pending, takes in what others
// appended, and returns when ctx ends, after a last attempt.
func (d *Driver) store(ctx context.Context) {
	others := d.journal.Watch(ctx)
	behind := false // there may be more in the journal than was read
	for {
		var pause <-chan time.Time
		var unread error
		if behind {
			if unread = d.catchUp(ctx); unread != nil {
				d.storeFailed(unread)
			}
		}
		// What was given up may be stored all the same, and seen only once that can be read.
		behind = d.flush(ctx) != nil || unread != nil && !errors.Is(unread, flows.ErrGone)
		if behind && ctx.Err() == nil {
			pause = again()
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
			defer cancel()
			_ = d.flush(last) // the reason is in Saved
			return
		case <-d.full:
		case <-pause:
		case _, ok := <-others:
			if !ok {
				others = nil
				continue
			}
			behind = true
		}
	}
}

// flush stores everything that is pending. Of what a journal that has reached its size
// does not take at once it stores ever less, down to one record: ends go past the first
// that does not fit, and past no other. On failure what was held is given up and the rest
// stays pending.
func (d *Driver) flush(ctx context.Context) error {
	fits := mostStored // how many the journal may have room for
	for {
		d.mu.Lock()
		after, batch := d.base.Seq, append([]*entry(nil), d.pending...)
		d.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		ends := endsOf(batch)
		batch = batch[:min(len(batch), d.atOnce, fits)]
		rs, err := d.append(ctx, after, batch)
		if errors.Is(err, flows.ErrFull) && len(batch) > 1 {
			fits = len(batch) / 2
			d.atOnce = fits
			continue
		}
		past := errors.Is(err, flows.ErrFull) && len(ends) > 0
		if past {
			rs, err = d.appendEnd(ctx, after, ends)
		}
		if errors.Is(err, flows.ErrConflict) {
			err = d.catchUp(ctx)
			if err == nil {
				continue
			}
		}
		if err == nil {
			if !past {
				d.atOnce = min(2*d.atOnce, mostStored)
			}
			d.storedAll(rs)
			continue
		}
		if errors.Is(err, flows.ErrTooLarge) && d.giveUp(batch) {
			continue
		}
		// The answer alone may be lost. What stands in the journal happened,
		// and whoever waits for it must not be told otherwise.
		d.atOnce = min(d.atOnce, max(d.atOnce/2, leastStored))
		if d.catchUp(ctx) != nil || d.waits(batch) {
			d.storeFailed(err)
			return err
		}
	}
}

// appendEnd appends the first end that a journal takes which has reached its size.
func (d *Driver) appendEnd(ctx context.Context, after uint64, ends []*entry) (rs []flows.Record, err error) {
	for _, en := range ends {
		if rs, err = d.append(ctx, after, []*entry{en}); !errors.Is(err, flows.ErrFull) {
			break
		}
	}
	return rs, err
}

// giveUp takes those of a batch back that no record holds, so that the rest need not wait
// for what never can be stored, and says whether there were any.
func (d *Driver) giveUp(batch []*entry) (some bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, en := range batch {
		_, err := flows.MarshalRecord(en.Record)
		if !errors.Is(err, flows.ErrTooLarge) || !slices.Contains(d.pending, en) {
			continue
		}
		some = true
		d.drop(en)
		if en.done != nil {
			en.done <- err
		}
		d.add(flows.ByDriver, flows.Troubled{What: flows.TroubleLarge, Text: err.Error()}, false)
	}
	if some {
		d.refold()
	}
	return some
}

// waits says whether any of a batch is still to be stored.
func (d *Driver) waits(batch []*entry) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(batch, func(en *entry) bool { return slices.Contains(d.pending, en) })
}

// endsOf are those of a batch that a journal takes which has reached its size.
func endsOf(batch []*entry) (ends []*entry) {
	for _, en := range batch {
		if flows.Ends(en.Event) {
			ends = append(ends, en)
		}
	}
	return ends
}

// append appends a batch after a number, and gives it as records. It guards against a
// journal that falls over.
func (d *Driver) append(ctx context.Context, after uint64, batch []*entry) ([]flows.Record, error) {
	rs := make([]flows.Record, len(batch))
	for i, en := range batch {
		rs[i] = en.Record
		rs[i].Seq = after + 1 + uint64(i)
	}
	return rs, safely(func() error {
		_, err := d.journal.Append(ctx, after, rs...)
		return err
	})
}

// catchUp takes in what is in the journal past what we know: what others
// wrote, and what of ours was stored although the answer was lost.
func (d *Driver) catchUp(ctx context.Context) error {
	d.mu.Lock()
	after := d.base.Seq
	d.mu.Unlock()
	var rs []flows.Record
	err := safely(func() (err error) {
		rs, err = d.journal.Since(ctx, after)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what others wrote: %w", err)
	}
	if len(rs) > 0 {
		d.storedAll(rs)
	}
	return nil
}

// storedAll takes records into the base. Those that were pending are so no
// longer, and who waited for them is told.
func (d *Driver) storedAll(rs []flows.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ours := map[uint64]bool{}
	for _, r := range rs {
		if r.Writer == d.o.Writer {
			ours[r.N] = true
		}
	}
	d.base = flows.Fold(d.base, rs...)
	var rest []*entry
	for _, en := range d.pending {
		if !ours[en.N] {
			rest = append(rest, en)
		} else if en.done != nil {
			en.done <- nil
		}
	}
	if d.pending = rest; len(rest) == 0 { // else it is told until the last of it is stored
		d.failed = nil
	}
	d.refold()
}

// storeFailed remembers why nothing can be stored, and gives up what counts
// only once it is stored.
func (d *Driver) storeFailed(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var rest []*entry
	for _, en := range d.pending {
		if !en.held {
			rest = append(rest, en)
			continue
		}
		en.done <- fmt.Errorf("the run cannot be saved: %w", err)
	}
	d.pending, d.failed = rest, err
	d.refold()
}

// refold makes the state from the base and what is pending; the caller holds
// mu. Why something is still pending is of the state, too, and never pending
// itself: it could not be stored, and is over once it can.
func (d *Driver) refold() {
	s := d.base
	for _, en := range d.pending {
		if !en.held {
			en.Seq = s.Seq + 1
			s = flows.Fold(s, en.Record)
		}
	}
	if d.failed != nil && len(d.pending) > 0 {
		s = flows.Apply(s, flows.Clean(flows.Troubled{What: flows.TroubleStore, Text: d.failed.Error(), Since: d.base.At}))
	}
	d.state = s
	d.changed()
}
