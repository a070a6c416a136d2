package run

import (
	"context"

	"onboard.example/flows"
)

// awaitReturn waits for Microsoft's consent page, and puts what it brings into the
// run. Where nothing can listen, the address can still be pasted.
func (d *Driver) awaitReturn(ctx context.Context, redirect string) {
	if d.hands.Return == nil {
		return
	}
	ready := func(port uint16) {
		if ctx.Err() == nil {
			d.post(flows.Listening{Port: port})
		}
	}
	came := func(query string) bool {
		c, ok := flows.ReadReturn(d.State(), query, false)
		if !ok || ctx.Err() != nil {
			return false
		}
		if d.State().News(c) {
			d.post(flows.Returned{Callback: c})
		}
		return c.Consented && c.Ours
	}
	err := safely(func() error { return d.hands.Return.Await(ctx, redirect, ready, came) })
	if ctx.Err() == nil {
		d.complain(err)
		d.post(flows.Listening{}) // nobody waits there any more
	}
}
