package cases

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Tries bounds how many wrong codes are heard. With 128 bits nobody guesses a
// code; the bounds keep those who try from costing the others anything. A code
// that is mistyped is not counted: it is told by its checksum alone.
type Tries struct {
	// Burst is how many wrong codes one source may send at once, Every how long
	// it takes until it may send another. Zero: ten, thirty seconds. A source is
	// an IPv4 address or the /64 of an IPv6 address.
	Burst int
	Every time.Duration
	// All is how many wrong codes a second are heard from everybody. Zero: a
	// thousand, far more than a listener that counts connections lets in, so that
	// nobody can lock the customers out with them.
	All int
}

// mostSources bounds the sources that are remembered. One that is forgotten
// begins anew; the bound on all of them still holds.
const mostSources = 4096

// tries counts wrong codes. It is the memory of one process: nodes that share a
// database each count their own.
type tries struct {
	now func() time.Time
	of  Tries

	mu     sync.Mutex
	all    *rate.Limiter
	from   map[netip.Prefix]*rate.Limiter
	flying map[netip.Prefix]int // tries that have begun and not ended, by source
	ended  chan struct{}        // closed when the next of them ends
}

func newTries(of Tries, now func() time.Time) *tries {
	of.Burst = orElse(of.Burst, 10)
	of.Every = orElse(of.Every, 30*time.Second)
	of.All = orElse(of.All, 1000)
	return &tries{now: now, of: of, all: rate.NewLimiter(rate.Limit(of.All), of.All), from: map[netip.Prefix]*rate.Limiter{}, flying: map[netip.Prefix]int{}, ended: make(chan struct{})}
}

// begin takes a try from a source's budget and from everybody's, before the
// code is looked up, so that tries side by side get no more. end is called once with
// whether the code was right, which gives the try back: only wrong codes count. Where
// a source has used its budget up by tries that may yet be given back, begin waits for
// them: those who come back all at once from one address are no guessers.
func (t *tries) begin(ctx context.Context, from netip.Addr) (end func(right bool), err error) {
	of := SourceOf(from)
	for {
		end, ended, err := t.take(of)
		if ended == nil {
			return end, err
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// take is begin without waiting: ended is what is to be waited for, or nil.
func (t *tries) take(of netip.Prefix) (end func(right bool), ended <-chan struct{}, err error) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.source(of, now).ReserveN(now, 1)
	if wait := one.DelayFrom(now); wait > 0 {
		one.CancelAt(now)
		if t.flying[of] > 0 {
			return nil, t.ended, nil
		}
		return nil, nil, &TooManyError{wait}
	}
	all := t.all.ReserveN(now, 1)
	if wait := all.DelayFrom(now); wait > 0 {
		all.CancelAt(now)
		one.CancelAt(now)
		return nil, nil, &TooManyError{wait}
	}
	t.flying[of]++
	return func(right bool) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if right {
			all.CancelAt(now)
			one.CancelAt(now)
		}
		if t.flying[of]--; t.flying[of] <= 0 {
			delete(t.flying, of)
		}
		close(t.ended)
		t.ended = make(chan struct{})
	}, nil, nil
}

// SourceOf is what counts as one: an IPv4 address, or the /64 of an IPv6 address,
// for whoever has one of those has all of it. An address that is not known is one
// source for all.
func SourceOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// source gives the budget of a source; the caller holds mu.
func (t *tries) source(p netip.Prefix, now time.Time) *rate.Limiter {
	if l, ok := t.from[p]; ok {
		return l
	}
	if len(t.from) >= mostSources {
		t.forget(now)
	}
	l := rate.NewLimiter(rate.Every(t.of.Every), t.of.Burst)
	t.from[p] = l
	return l
}

// forget drops the sources whose budget is whole again and, where none is, any
// one.
func (t *tries) forget(now time.Time) {
	for p, l := range t.from {
		if l.TokensAt(now) >= float64(t.of.Burst) {
			delete(t.from, p)
		}
	}
	for p := range t.from {
		if len(t.from) < mostSources {
			break
		}
		delete(t.from, p)
	}
}

func orElse[T int | int64 | time.Duration](v, or T) T {
	if v <= 0 {
		return or
	}
	return v
}
