package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"
)

// How many connections a resolver by TCP or TLS is asked over. It is asked many
// questions at once, in few connections (RFC 7766 §6.2, RFC 7858 §3.3): more than one
// only as some servers answer one question after the other.
const (
	maxPipes = 3 // connections to one resolver
	fullPipe = 4 // questions under way in one, before another is opened
)

// pipe is a connection to a resolver with many questions under way in it.
type pipe struct {
	ready chan struct{} // closed once conn is there, or the pipe is dead
	dead  chan struct{} // closed once err is there
	gone  chan struct{} // closed once nobody reads any more
	load  int           // questions under way; Resolver.mu
	over  atomic.Bool   // TLS is to begin, and has not yet
	stop  func()        // ends what it takes to get conn

	mu       sync.Mutex
	conn     net.Conn
	err      error
	answered bool
	asked    int
	waits    map[uint16]wait
	writing  sync.Mutex
}

type wait struct {
	m  *dns.Msg
	in chan *dns.Msg
}

// piped asks over a connection that others use, too. alone: this server closed it
// on those who waited, so that it wants one connection for each question.
func (r *Resolver) piped(ctx context.Context, t target, m *dns.Msg) (in *dns.Msg, alone bool, err error) {
	p := r.pipeTo(ctx, t)
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		p.load--
	}()
	in, err = p.ask(ctx, m)
	if err == nil || ctx.Err() != nil {
		return in, false, err
	}
	p.mu.Lock()
	alone = p.answered || p.asked > 1 // a reset may swallow the answer that came before it
	p.mu.Unlock()
	r.mu.Lock()
	r.alone[t] = r.alone[t] || alone
	r.mu.Unlock()
	r.forget(t, p)
	return nil, alone, err
}

// forget keeps a pipe from being given to anybody else.
func (r *Resolver) forget(t target, p *pipe) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pipes[t] = slices.DeleteFunc(r.pipes[t], func(q *pipe) bool { return q == p }); len(r.pipes[t]) == 0 {
		delete(r.pipes, t)
	}
}

// pipeTo is the connection with the fewest questions under way, or another one. That
// one begins for all who will use it: whoever asked first may give up meanwhile, and
// it goes on, for as long as an attempt may take or the last look.
func (r *Resolver) pipeTo(ctx context.Context, t target) *pipe {
	r.mu.Lock()
	defer r.mu.Unlock()
	var p *pipe
	for _, q := range r.pipes[t] {
		if p == nil || q.load < p.load {
			p = q
		}
	}
	if p == nil || p.load >= fullPipe && len(r.pipes[t]) < maxPipes {
		p = &pipe{ready: make(chan struct{}), dead: make(chan struct{}), gone: make(chan struct{}), waits: map[uint16]wait{}}
		ctx, p.stop = context.WithTimeout(context.WithoutCancel(ctx), r.opt.Timeout)
		r.pipes[t], r.opened = append(r.pipes[t], p), append(r.opened, p)
		go p.run(ctx, r, t)
	}
	p.load++
	return p
}

// run connects, and hands answers to those who wait for them.
func (p *pipe) run(ctx context.Context, r *Resolver, t target) {
	defer close(p.gone)
	defer func() {
		if recover() != nil { // over what a server sent: whoever waits for it hears that
			p.end(errors.New(wordBroke))
		}
	}()
	conn, err := r.connect(ctx, t.network, t)
	if err == nil && t.network == "tls" {
		p.over.Store(true)
		if conn, err = r.overTLS(ctx, conn, t); err == nil {
			p.over.Store(false)
		}
	}
	p.stop()
	if err != nil {
		r.forget(t, p) // also where nobody waits any more who would
	}
	p.mu.Lock()
	p.conn = conn
	closed := p.err != nil // hung up meanwhile
	p.mu.Unlock()
	if err == nil && closed {
		_ = conn.Close()
	}
	close(p.ready)
	for strays := 0; err == nil; {
		var hit bool
		if hit, err = p.read(r, t); err == nil && !hit {
			if strays++; strays > maxStrays {
				err = errors.New(wordStrays)
			}
		}
	}
	p.end(err)
}

// read reads one message; hit says whether somebody waited for it.
func (p *pipe) read(r *Resolver, t target) (hit bool, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(p.conn, head); err != nil {
		return false, err
	}
	body := make([]byte, binary.BigEndian.Uint16(head))
	if err := r.spend(t, len(body)); err != nil {
		return false, err
	}
	if _, err := io.ReadFull(p.conn, body); err != nil {
		return false, err
	}
	if len(body) < 2 {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	id := binary.BigEndian.Uint16(body)
	w, waits := p.waits[id]
	if !waits {
		return false, nil
	}
	in := reads(w.m, body)
	if in == nil {
		return false, nil
	}
	delete(p.waits, id)
	p.answered = true
	w.in <- in
	return true, nil
}

// ask puts one question and waits for its answer.
func (p *pipe) ask(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	select {
	case <-p.ready:
	case <-ctx.Done():
		if p.over.Load() {
			return nil, &noTLS{err: ctx.Err()}
		}
		return nil, ctx.Err()
	}
	w := wait{m: m, in: make(chan *dns.Msg, 1)}
	p.mu.Lock()
	if p.err != nil || p.conn == nil {
		p.mu.Unlock()
		<-p.dead
		return nil, p.err
	}
	for p.waits[m.Id].m != nil {
		m.Id = dns.Id()
	}
	id := m.Id
	p.waits[id] = w
	p.asked++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.waits[id].in == w.in {
			delete(p.waits, id)
		}
	}()
	if err := p.write(ctx, m); err != nil {
		return nil, err
	}
	select {
	case in := <-w.in:
		return in, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.dead:
	}
	select {
	case in := <-w.in: // the last that came
		return in, nil
	default:
		return nil, p.err
	}
}

func (p *pipe) write(ctx context.Context, m *dns.Msg) error {
	wire, err := m.Pack()
	if err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return err // a TLS connection is of no more use once a write to it was late
	}
	if at, ok := ctx.Deadline(); ok {
		_ = p.conn.SetWriteDeadline(at)
	}
	_, err = p.conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...))
	return err
}

// end closes the connection; the first reason stands.
func (p *pipe) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
		close(p.dead)
	}
	if p.conn != nil {
		_ = p.conn.Close()
	}
	p.stop()
}

// begin counts a look that is under way; the connections live until the last ends.
func (r *Resolver) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looks++
}

// hangUp ends a look, and closes what was opened once none is under way. It
// waits for those connections alone: another look may begin meanwhile, and has
// its own.
func (r *Resolver) hangUp() {
	r.mu.Lock()
	var open []*pipe
	if r.looks--; r.looks == 0 {
		open, r.opened = r.opened, nil
		clear(r.pipes)
	}
	r.mu.Unlock()
	for _, p := range open {
		p.end(net.ErrClosed)
	}
	for _, p := range open {
		<-p.gone
	}
}
