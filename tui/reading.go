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
	step    stepNumber
}

// stepNumber is which step a person is at, of how many; see flows.State.StepNumber.
type stepNumber struct{ n, of int }

// read works out what follows from a state.
func read(s flows.State) reading {
	r := reading{wants: flows.Wants(s), overall: s.Overall()}
	if s.Place.Stage >= flows.StageDiagnosis {
		r.ranked = flows.RankUnder(s, r.overall)
	}
	r.step.n, r.step.of = s.StepNumber()
	return r
}

// readAnew is read, of a state of the driver's: what is known is taken from the one that
// is shown where that is the same. A driver wakes up for each record twice, and once for
// its saving.
func (m *Model) readAnew(s flows.State) reading {
	if was := m.state; s.Seq == 0 || s.Seq != was.Seq || !s.At.Equal(was.At) || s.RunID() == "" || s.RunID() != was.RunID() || s.Unsaved != was.Unsaved {
		return read(s)
	}
	return m.reading
}

// Readings are what follows from the cases that are watched: worked out once for all
// guides who watch one, and not by each of them. That is no more than what is worked out
// of the records that each of them was let see, and it is gone with the last of them. The
// zero value is ready.
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
	good bool // it was worked out to its end
	made reading
	by   map[*guideScreen]struct{} // who is shown it, or what it was before; under mu
}

// read is read, of a state that is the fold of what is shared of a case, for a guide who
// watches it until they forget it.
func (r *Readings) read(number string, by *guideScreen, s flows.State) reading {
	if r == nil || number == "" {
		return read(s)
	}
	have := r.latest(number, by, s)
	if have == nil {
		return read(s)
	}
	have.once.Do(func() { have.made, have.good = read(s), true })
	if !have.good { // it broke where another guide worked it out
		return read(s)
	}
	return have.made
}

// mostReadings bounds the cases of which there is one; of others each guide has their own.
const mostReadings = 256

// latest is where what follows from a state stands, and a guide with it; nil: there is no
// room.
func (r *Readings) latest(number string, by *guideScreen, s flows.State) *sharedReading {
	r.mu.Lock()
	defer r.mu.Unlock()
	have := r.of[number]
	if have == nil || have.seq != s.Seq || !have.at.Equal(s.At) {
		who := map[*guideScreen]struct{}{}
		switch {
		case have != nil:
			who = have.by
		case len(r.of) >= mostReadings:
			return nil
		}
		if r.of == nil {
			r.of = map[string]*sharedReading{}
		}
		have = &sharedReading{seq: s.Seq, at: s.At, by: who}
		r.of[number] = have
	}
	have.by[by] = struct{}{}
	return have
}

// forget says that a guide watches a case no more: what follows from it is forgotten with
// the last who does. One who never saw it changes nothing.
func (r *Readings) forget(number string, by *guideScreen) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.of[number]; have != nil {
		if delete(have.by, by); len(have.by) == 0 {
			delete(r.of, number)
		}
	}
}

// unread says that what is watched here, if a case is, is watched no more.
func (m *Model) unread() {
	if m.guide != nil {
		m.readings().forget(m.guide.of, m.guide)
	}
}

// readings are those that guides at this console share; nil: none are.
func (m *Model) readings() *Readings {
	if m.console == nil {
		return nil
	}
	return m.console.of.Readings
}
