package main

import (
	"context"
	"sync"

	"onboard.example/checks"
	"onboard.example/flows/run"
)

// looked looks at the checks of ask. The DNS is looked at beside the rest, which
// needs nothing of it: a domain whose name servers are slow holds up no answer about
// the tenant, and what was learned of that is told as soon as it is in.
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
	land := func(f checks.Finding) {
		turn.Lock()
		defer turn.Unlock()
		found(f)
	}
	var ofNames checks.Snapshot
	var broke any
	in := make(chan struct{})
	go func() {
		defer close(in)
		defer func() { broke = recover() }() // it is the caller's, as any other of this look
		ofNames = checks.Run(ctx, s, readers, names, land)
	}()
	defer func() {
		if <-in; broke != nil {
			panic(broke)
		}
	}()
	snap := checks.Run(ctx, s, readers, rest, land)
	select {
	case <-in:
	default:
		if ask.Tell != nil && ctx.Err() == nil {
			turn.Lock()
			ask.Tell(factsOf(&snap, ask), rest)
			turn.Unlock()
		}
		<-in
	}
	snap.DNSPolicy, snap.DNSMail = ofNames.DNSPolicy, ofNames.DNSMail
	return snap
}
