package run

import (
	"context"
	"errors"
	"reflect"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// save writes the receipt of a plan as it stands, over the one before, so that
// a run which dies leaves a receipt of what it did. The next plan may be in hand
// already, where the person went back to it. The name is empty where none is kept.
func (d *Driver) save(ctx context.Context, id flows.PlanID) (name string, err error) {
	all := flows.ReceiptsOf(d.State())
	if d.o.Receipts == nil || len(all) == 0 || all[len(all)-1].Plan != id {
		return "", nil
	}
	r := all[len(all)-1]
	err = safely(func() (err error) {
		name, err = d.o.Receipts.Save(ctx, r)
		return err
	})
	if err != nil {
		d.post(flows.Troubled{What: flows.TroubleReceipt, Text: err.Error()})
		return "", err
	}
	return name, nil
}

// file is save at the end of a plan: it says in the run where the receipt is.
func (d *Driver) file(ctx context.Context, id flows.PlanID) {
	if name, err := d.save(ctx, id); err == nil && name != "" {
		d.finish(ctx, flows.Filed{Plan: id, Name: name})
	}
}

// lock keeps other runs from writing to a tenant, where receipts are kept: what is
// there and what was sent before is looked at first, and must not change by another
// run's hand before the last line.
func (d *Driver) lock(tenant string) (unlock func(), err error) {
	unlock = func() {}
	if d.o.Receipts == nil {
		return unlock, nil
	}
	err = safely(func() (err error) {
		unlock, err = d.o.Receipts.Lock(tenant)
		return err
	})
	return unlock, err
}

// refile writes the receipt of a plan that was carried out once more, after the
// proof has looked at everything: what it was filed with was found before the
// plan.
func (d *Driver) refile(ctx context.Context, s flows.State) {
	if d.o.Receipts == nil || s.Place.Stage != flows.StageProof || !s.Carried() || !s.PlanFiled() || flows.Looking(s) {
		return
	}
	r, _ := flows.ReceiptOf(s)
	if now := (proved{s.Plan.ID, s.Overall(), r.Left}); d.proved == nil || !reflect.DeepEqual(*d.proved, now) {
		d.proved = &now
		_, _ = d.save(ctx, s.Plan.ID) // trouble with it is told by itself
	}
}

// SentBefore says which line of the plan in hand this run or an earlier one sent,
// and that may still show; see flows.SentBefore. A plan of which that is true is
// not carried out, whoever confirms it. The error is that it is not known, for
// receipts that may say so cannot be read: then nothing is sent either.
func (d *Driver) SentBefore(ctx context.Context, lines ...flows.Change) (line flows.Change, left time.Duration, ok bool, err error) {
	var kept []flows.Receipt
	if d.o.Receipts != nil {
		err = safely(func() (err error) {
			kept, err = d.o.Receipts.All(ctx)
			return err
		})
	}
	var unread flows.UnreadReceipts
	if errors.As(err, &unread) {
		if err = nil; len(unread.Lately(d.o.Now())) > 0 {
			err = unread.Lately(d.o.Now())
		}
	}
	if err != nil {
		return line, 0, false, err
	}
	line, left, ok = flows.SentBefore(d.State(), kept, lines...)
	return line, left, ok, nil
}

// proved is what a receipt says was proved.
type proved struct {
	plan    flows.PlanID
	verdict checks.Overall
	left    bool // of an undo: what it took back shows again
}

// fileInterrupted files the receipt of a plan that an earlier process of this
// run left half done.
func (d *Driver) fileInterrupted(ctx context.Context) {
	s := d.State()
	if _, sent := flows.ReceiptOf(s); sent && !s.PlanFiled() {
		d.file(ctx, s.Plan.ID)
	}
}
