package run

import (
	"context"

	"onboard.example/flows"
)

// awaitReturn waits for Microsoft's consent page, and puts what it brings into the
// run. Where nothing can listen, the address can still be pasted.
func (d *Driver) awaitReturn(ctx context.Context, w flows.Want) {
	if d.hands.Return == nil {
		return
	}
	s, waited := d.State(), false
	ask := ReturnAsk{Redirect: w.Redirect, ClientID: w.Client, Run: s.RunID(), State: s.DoorState()}
	ready := func(at Waiting) {
		if ctx.Err() == nil {
			waited = true
			d.post(flows.Listening{Port: at.Port, At: at.At, State: at.State})
		}
	}
	came := func(query string) flows.ReturnSaid {
		s := d.State()
		c, ok := flows.ReadReturn(s, query, false)
		if !ok || ctx.Err() != nil {
			return flows.ReturnStrange
		}
		if s.News(c) {
			d.post(flows.Returned{Callback: c})
		}
		return s.Said(c)
	}
	err := safely(func() error { return d.hands.Return.Await(ctx, ask, ready, came) })
	if ctx.Err() == nil {
		d.complain(err)
		if waited {
			d.post(flows.Listening{}) // nobody waits there any more
		}
	}
}
