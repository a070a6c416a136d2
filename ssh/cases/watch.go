package cases

import (
	"context"
	"maps"
	"sync"
)

// watchers are those who want to be woken when a topic goes on: a case, or who is
// at it.
type watchers struct {
	// changed hears when a topic is watched for the first time or no more; nil:
	// nobody wants to know.
	changed chan struct{}

	mu sync.Mutex
	of map[string]map[chan struct{}]struct{}
	at map[string]struct{} // what other nodes are heard of
}

// ofCase is the topic of what happens in a case.
func ofCase(n Number) string { return "case " + string(n) }

// watch gives wake-ups of a topic until ctx ends.
func (w *watchers) watch(ctx context.Context, topic string) <-chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	if w.of[topic] == nil {
		w.of[topic] = map[chan struct{}]struct{}{}
		w.differ()
	}
	w.of[topic][c] = struct{}{}
	w.mu.Unlock()
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.of[topic], c)
		if len(w.of[topic]) == 0 {
			delete(w.of, topic)
			w.differ()
		}
		close(c)
	})
	return c
}

// differ says that other topics are watched than before; the caller holds mu.
func (w *watchers) differ() {
	select {
	case w.changed <- struct{}{}: // nil: never
	default:
	}
}

// wake wakes whoever watches one of the topics. It waits for nobody: who was not
// done with the last wake-up has one to come already.
func (w *watchers) wake(topics ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range topics {
		for c := range w.of[t] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}

// topics are what is watched.
func (w *watchers) topics() map[string]struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make(map[string]struct{}, len(w.of))
	for t := range w.of {
		out[t] = struct{}{}
	}
	return out
}

// heard notes of which topics other nodes are heard.
func (w *watchers) heard(topics map[string]struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = maps.Clone(topics)
}
