package main

import (
	"context"
	"sync"

	"onboard.example/checks"
	"onboard.example/flows/run"
)

// looked looks at the checks of ask. The DNS is looked at beside the rest, which
// needs nothing of it: a domain whose name servers are slow holds up no answer about
// the tenant, and what was learned of that is told as soon as it is in. A panic of
// either, or of what they land at, is the caller's, as any other of a look.
func looked(ctx context.Context, s checks.Subject, readers []checks.Reader, ask run.Ask, found func(checks.Finding)) checks.Snapshot {
	var names, rest []checks.ID
	for _, id := range ask.Checks {
		if c, ok := checks.ByID(id); ok && c.DNS() {
			names = append(names, id)
		} else {
			rest = append(rest, id)
		}
	}
	if len(names) == 0 || len(rest) == 0 {
		return checks.Run(ctx, s, readers, ask.Checks, found)
	}
	var turn sync.Mutex
	inTurn := func(do func()) {
		turn.Lock()
		defer turn.Unlock()
		do()
	}
	var ofNames checks.Snapshot
	var broke any
	in := make(chan struct{})
	asking, stop := context.WithCancel(ctx)
	go func() {
		defer close(in)
		defer func() { broke = recover() }()
		ofNames = checks.Run(asking, s, readers, names, func(f checks.Finding) {
			inTurn(func() {
				if asking.Err() == nil { // what was cut off is no news
					found(f)
				}
			})
		})
	}()
	defer func() {
		stop() // a panic is not held up by the names
		if <-in; broke != nil {
			panic(broke)
		}
	}()
	snap := checks.Run(ctx, s, readers, rest, func(f checks.Finding) { inTurn(func() { found(f) }) })
	select {
	case <-in:
	default:
		if ask.Tell != nil && ctx.Err() == nil {
			inTurn(func() { ask.Tell(factsOf(&snap, ask), rest) })
		}
		<-in
	}
	snap.DNSPolicy, snap.DNSMail = ofNames.DNSPolicy, ofNames.DNSMail
	return snap
}
