package sim

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// line is a slow network in front of the simulator: every round trip takes
// rtt, TCP's and TLS's own included, and bytes that are under way together
// stay together.
type line struct {
	rtt    time.Duration
	target string
	wg     sync.WaitGroup
}

// behindLine gives the listener to serve on: front itself, or, on a slow line,
// one behind it. The line ends when ctx does and front is closed.
func (s *Sim) behindLine(ctx context.Context, front net.Listener) (net.Listener, error) {
	if s.opts.RTT <= 0 {
		return front, nil
	}
	var lc net.ListenConfig
	back, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen behind the slow line: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = front.Close() })
	l := &line{rtt: s.opts.RTT, target: back.Addr().String()}
	s.wg.Go(func() {
		defer l.wg.Wait()
		for {
			near, err := front.Accept()
			if err != nil {
				return
			}
			l.wg.Go(func() { l.carry(ctx, near) })
		}
	})
	return back, nil
}

// carry is one connection over the line.
func (l *line) carry(ctx context.Context, near net.Conn) {
	defer func() { _ = near.Close() }()
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	defer context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })()
	open := time.Now().Add(l.rtt) // TCP's handshake
	var wg sync.WaitGroup
	wg.Go(func() { l.pump(far, near, open) })
	wg.Go(func() { l.pump(near, far, open) })
	wg.Wait()
}

// parcel is what was read at once, and when it arrives.
type parcel struct {
	due   time.Time
	bytes []byte
}

// pump carries one direction, half a round trip long; when either end is gone
// it lets go of both.
func (l *line) pump(to, from net.Conn, open time.Time) {
	way := make(chan parcel, 1024)
	var wg sync.WaitGroup
	wg.Go(func() {
		for p := range way {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.bytes); err != nil {
				_ = from.Close()
			}
		}
		_ = to.Close()
	})
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		if n > 0 {
			sent := time.Now()
			if sent.Before(open) {
				sent = open
			}
			way <- parcel{due: sent.Add(l.rtt / 2), bytes: buf[:n]}
		}
		if err != nil {
			close(way)
			break
		}
	}
	wg.Wait()
}
