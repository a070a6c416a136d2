package ssh

import (
	"errors"
	"io"
	"sync"
)

// errSlow says that a client did not read what it was sent.
var errSlow = errors.New("the client does not read")

// out writes to a client without ever waiting for it. What the client has not
// read yet waits here, up to a bound: one that reads nothing is given up. While
// nothing waits there is no goroutine.
type out struct {
	to    io.Writer
	most  int
	over  func() // called once, when the bound is met; nil: nobody cares
	grown int    // a buffer larger than this is let go of

	mu      sync.Mutex
	buf     []byte
	writing bool
	idle    chan struct{} // closed while nothing waits
	err     error
}

func newOut(to io.Writer, most int, over func()) *out {
	o := &out{to: to, most: most, over: over, grown: 16 << 10, idle: make(chan struct{})}
	close(o.idle)
	return o
}

// Write implements io.Writer: it takes all of p, or nothing.
func (o *out) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	if len(o.buf)+len(p) > o.most {
		o.err, o.buf = errSlow, nil
		if o.over != nil {
			go o.over()
		}
		return 0, o.err
	}
	o.buf = append(o.buf, p...)
	if !o.writing && len(o.buf) > 0 {
		o.writing, o.idle = true, make(chan struct{})
		go o.drain(o.idle)
	}
	return len(p), nil
}

// drain writes until nothing waits.
func (o *out) drain(idle chan struct{}) {
	defer close(idle)
	var spare []byte
	for {
		o.mu.Lock()
		if len(o.buf) == 0 {
			o.writing = false
			if cap(spare) <= o.grown && cap(spare) > 0 {
				o.buf = spare[:0]
			}
			o.mu.Unlock()
			return
		}
		chunk := o.buf
		o.buf = spare[:0]
		o.mu.Unlock()
		_, err := o.to.Write(chunk)
		if err != nil {
			o.mu.Lock()
			o.err, o.buf, o.writing = err, nil, false
			o.mu.Unlock()
			return
		}
		spare = chunk
	}
}

// empty is closed once nothing waits any more.
func (o *out) empty() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.idle
}
