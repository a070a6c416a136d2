package run

import (
	"context"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// eyes looks through readers, and keeps what it read for the polls of the same
// round, so that a poll reads only its own parts.
type eyes struct {
	readers func() []checks.Reader
	now     func() time.Time

	mu   sync.Mutex
	kept *checks.Snapshot
	of   Ask // what kept is of
}

// NewLooker makes a Looker of readers. They are asked for at every look, since
// a sign-in brings others. now is the clock; nil means time.Now.
func NewLooker(readers func() []checks.Reader, now func() time.Time) Looker {
	if now == nil {
		now = time.Now
	}
	return &eyes{readers: readers, now: now}
}

// Look looks once; see Looker.
func (e *eyes) Look(ctx context.Context, ask Ask, found func(checks.Finding)) (flows.Facts, error) {
	s := checks.Subject{
		App: ask.App, Domain: ask.Domain, Cloud: ask.Cloud, Person: ask.Person, Now: e.now(), Look: e.recall(ask),
	}
	look := checks.Run(ctx, s, e.readers(), ask.Checks, found)
	if err := ctx.Err(); err != nil {
		return flows.Facts{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept, e.of = &look, ask
	return flows.FactsOf(&look), nil
}

// recall gives what was read in the same round of the same subject.
func (e *eyes) recall(ask Ask) *checks.Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	same := e.kept != nil && ask.Round == e.of.Round && ask.Domain == e.of.Domain && ask.Cloud == e.of.Cloud &&
		ask.App.ClientID == e.of.App.ClientID && ask.Person == e.of.Person
	if !same {
		return nil
	}
	kept := *e.kept
	return &kept
}
