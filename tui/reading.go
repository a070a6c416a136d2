package tui

import (
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// reading is what follows from a state, and is shown of it. It is read alone.
type reading struct {
	wants   []flows.Want
	overall checks.Overall
	ranked  []flows.Ranked // nil before the diagnosis
}

// read works out what follows from a state.
func read(s flows.State) reading {
	r := reading{wants: flows.Wants(s), overall: s.Overall()}
	if s.Place.Stage >= flows.StageDiagnosis {
		r.ranked = flows.Rank(s)
	}
	return r
}

// Readings are what follows from the cases that are watched: worked out once for all
// guides who watch one, and not by each of them. That is no more than what is worked out
// of the records that each of them was let see. The zero value is ready.
type Readings struct {
	mu sync.Mutex
	of map[string]*sharedReading // by the number of the case: the latest
}

// sharedReading is what follows from a case after one of its records, which stands for all
// before it.
type sharedReading struct {
	seq  uint64
	at   time.Time
	once sync.Once
	made reading
}

// mostReadings bounds the cases of which there is one.
const mostReadings = 256

// read is read, of a state that is the fold of what is shared of a case.
func (r *Readings) read(number string, s flows.State) reading {
	if r == nil || number == "" {
		return read(s)
	}
	r.mu.Lock()
	have := r.of[number]
	if have == nil || have.seq != s.Seq || !have.at.Equal(s.At) {
		if r.of == nil || len(r.of) >= mostReadings {
			r.of = map[string]*sharedReading{}
		}
		have = &sharedReading{seq: s.Seq, at: s.At}
		r.of[number] = have
	}
	r.mu.Unlock()
	have.once.Do(func() { have.made = read(s) })
	return have.made
}

// forget forgets a case: somebody may not see it any more. Whoever still may works it out
// again.
func (r *Readings) forget(number string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.of, number)
}

// readings are those that guides at this console share; nil: none are.
func (m *Model) readings() *Readings {
	if m.console == nil {
		return nil
	}
	return m.console.of.Readings
}
