package run

import (
	"context"

	"onboard.example/flows"
)

// save writes the receipt of the plan in hand as it stands, over the one
// before, so that a run which dies leaves a receipt of what it did.
func (d *Driver) save(ctx context.Context, id flows.PlanID) (name string, ok bool) {
	r, made := flows.ReceiptOf(d.State())
	if d.o.Receipts == nil || !made || r.Plan != id {
		return "", false
	}
	err := safely(func() (err error) {
		name, err = d.o.Receipts.Save(ctx, r)
		return err
	})
	if err != nil {
		d.post(flows.Troubled{What: flows.TroubleReceipt, Text: err.Error()})
		return "", false
	}
	return name, true
}

// file is save at the end of a plan: it says in the run where the receipt is.
func (d *Driver) file(ctx context.Context, id flows.PlanID) {
	if name, ok := d.save(ctx, id); ok {
		d.finish(ctx, flows.Filed{Plan: id, Name: name})
	}
}

// fileInterrupted files the receipt of a plan that an earlier process of this
// run left half done.
func (d *Driver) fileInterrupted(ctx context.Context) {
	s := d.State()
	if s.Plan == nil {
		return
	}
	for _, f := range s.Receipts {
		if f.Plan == s.Plan.ID {
			return
		}
	}
	d.file(ctx, s.Plan.ID)
}
