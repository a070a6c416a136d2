package ssh

import (
	"errors"
	mrand "math/rand/v2"
	"slices"
	"sync"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// What cannot be ended is tried more and more seldom, up to once in triedLeast: each try
// reads the whole case.
const triedLeast = 5 * time.Minute

// visitMost is the longest that a visit can go on: what could not be ended for that long
// is over by its time.
const visitMost = flows.AskWait + flows.WatchMost

// notYetError says that before a moment it is of no use to try again.
type notYetError struct {
	error

	until time.Time
}

// Unwrap gives the reason.
func (e notYetError) Unwrap() error { return e.error }

// tries are those of this server to end visits, by the visit: of those alone that failed.
// Its times are the store's.
type tries struct {
	mu  sync.Mutex
	all map[string]try
}

// try is what is known of a visit that could not be ended.
type try struct {
	first, last, next time.Time     // when it was tried, and is to be again
	wait              time.Duration // from last to next, about
}

// due are those visits that are to be tried now, of a case where one is named: who was
// tried longest ago first, and who never was in front of them, each server in an order of
// its own. A guide who waits for their case needs no patience.
func (t *tries) due(all []cases.Visit, n cases.Number, now time.Time) (out []cases.Visit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range all {
		if n == "" && !now.Before(t.all[v.ID].next) || n != "" && v.Case == n {
			out = append(out, v)
		}
	}
	mrand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b cases.Visit) int { return t.all[a.ID].last.Compare(t.all[b.ID].last) })
	return out
}

// tried takes what became of a try. What is of no use to know any more is forgotten: such
// a visit was ended by another server.
func (t *tries) tried(visit string, err error, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, one := range t.all {
		if now.Sub(one.last) > 2*visitMost {
			delete(t.all, id)
		}
	}
	if err == nil {
		delete(t.all, visit)
		return
	}
	if t.all == nil {
		t.all = map[string]try{}
	}
	one, again := t.all[visit]
	if !again {
		one.first = now
	}
	one.wait = min(max(cases.VisitsEvery, 2*one.wait), triedLeast)
	one.last, one.next = now, now.Add(one.wait/2+mrand.N(one.wait/2+1))
	if wait, is := errors.AsType[notYetError](err); is && wait.until.After(one.next) {
		one.next = wait.until
	}
	t.all[visit] = one
}

// outlasts says whether a visit could not be ended for longer than it can have gone on.
func (t *tries) outlasts(visit string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, again := t.all[visit]
	return again && now.Sub(one.first) > visitMost
}
