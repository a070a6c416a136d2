package ssh

import (
	"sync"
	"time"
)

// size is a window in cells.
type size struct{ w, h int }

// clamp keeps a window within the limits, whatever a client says. One that it
// does not know (0) is the usual one.
func (l Limits) clamp(w, h uint32) size {
	return size{within(w, 80, l.Width), within(h, 24, l.Height)}
}

func within(v uint32, usual, most int) int {
	if v == 0 {
		return min(usual, most)
	}
	return int(min(v, uint32(most))) //nolint:gosec // a limit of ours
}

// window is a window's size: the last word counts, and it is passed on at a
// bounded pace, one at a time, however often a client changes it.
type window struct {
	every time.Duration

	mu   sync.Mutex
	now  size
	told size
	tell func(size) // nil: nobody listens
	busy bool       // one is being told, or was just now
}

// set takes a new size.
func (w *window) set(s size) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = s
	w.pass()
}

// pass tells a size that was not told yet, on a goroutine of its own: the
// requests of a connection must not wait for a program. The caller holds mu.
func (w *window) pass() {
	if w.tell == nil || w.busy || w.now == w.told {
		return
	}
	s, tell := w.now, w.tell
	w.told, w.busy = s, true
	go func() {
		tell(s)
		time.AfterFunc(w.every, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.busy = false
			w.pass()
		})
	}()
}

// listen has every size told that is not the one shown, until stop is called.
func (w *window) listen(shown size, tell func(size)) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell, w.told = tell, shown
	w.pass()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tell = nil
	}
}

// get is the size now.
func (w *window) get() size {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}
