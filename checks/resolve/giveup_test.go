package resolve

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// held is a listener that takes nobody before it is let go: TCP begins without it, as
// the system does that, and TLS does not.
type held struct {
	net.Listener
	open chan struct{}
}

func (h *held) Accept() (net.Conn, error) {
	<-h.open
	return h.Listener.Accept()
}

// hold puts a listener that waits in front of the port.
func hold(t *testing.T, port int) (at string, h *held) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h = &held{Listener: l, open: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		for c, err := h.Accept(); err == nil; c, err = h.Accept() {
			to, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				_ = c.Close()
				continue
			}
			wg.Go(func() { carry(to, c) })
			wg.Go(func() { carry(c, to) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return l.Addr().String(), h
}

// carry copies until one end closes, and closes the other.
func carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 4096)
	for n, err := from.Read(buf); err == nil; n, err = from.Read(buf) {
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// until waits for what a test wants to see.
func until(t *testing.T, seen func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !seen() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test ended")
		}
	}
}

// TestGivenUpBesideOthers: a question that is given up while its connection begins
// leaves the connection to those who share it, and to those who come later.
func TestGivenUpBesideOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	port, roots := w.serveTLS(t)
	for _, network := range []string{"tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			behind := map[string]int{"tcp": int(w.port), "tls": port}[network]
			at, gate := hold(t, behind)
			r, err := New(Options{Server: network + "://" + at, Timeout: 30 * time.Second, TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: "localhost"}})
			if err != nil {
				t.Fatal(err)
			}
			r.begin()
			defer r.hangUp()
			shared := func() int { // by how many, the only connection there is
				r.mu.Lock()
				defer r.mu.Unlock()
				if p := r.pipes[r.servers[0]]; len(p) == 1 && len(r.opened) == 1 {
					return p[0].load
				}
				return 0
			}
			ctx, stop := context.WithCancel(t.Context())
			if network == "tcp" {
				stop() // before it begins: nothing can hold it there
			}
			var first, second *told
			var one, two sync.WaitGroup
			one.Go(func() { first = r.tell(ctx, "contoso.example.", dns.TypeNS) })
			if network == "tls" {
				until(t, func() bool { return shared() == 1 })
			} else {
				one.Wait()
			}
			two.Go(func() { second = r.tell(t.Context(), "_hetk.contoso.example.", dns.TypeTXT) })
			if network == "tls" {
				until(t, func() bool { return shared() == 2 })
			}
			stop()
			one.Wait()
			close(gate.open)
			two.Wait()
			if first.err == nil || !first.cut {
				t.Errorf("what was given up: %v, cut %v", first.err, first.cut)
			}
			for _, got := range []*told{second, r.tell(t.Context(), "_hetk.contoso.example.", dns.TypeTXT), r.tell(t.Context(), "contoso.example.", dns.TypeNS)} {
				if got.err != nil || got.cut || got.msg == nil || len(got.msg.Answer) == 0 {
					t.Errorf("beside it: %v, cut %v: %v", got.err, got.cut, got.msg)
				}
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if len(r.opened) != 1 || r.alone[r.servers[0]] {
				t.Errorf("%d connections, alone %v", len(r.opened), r.alone)
			}
		})
	}
}

// TestTooLateToWrite: a question whose time is over is not written: a TLS connection
// takes no more of anybody once a write was too late.
func TestTooLateToWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	port, roots := w.serveTLS(t)
	r, err := New(Options{Server: fmt.Sprintf("tls://localhost:%d", port), Timeout: 30 * time.Second, TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	r.begin()
	defer r.hangUp()
	p := r.pipeTo(t.Context(), r.servers[0])
	ask := func(ctx context.Context) error {
		_, err := p.ask(ctx, query(question{"_hetk.contoso.example.", dns.TypeTXT}, true, true))
		return err
	}
	if err := ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	for range 30 { // some do not come as far as to write
		if ask(late) == nil {
			t.Error("an answer after the end")
		}
	}
	inTime, end := context.WithTimeout(t.Context(), 30*time.Second)
	defer end()
	if err := ask(inTime); err != nil {
		t.Error(err)
	}
}

// TestCannotConnect: a connection that does not come about is given to nobody who asks
// later, whoever waited for it.
func TestCannotConnect(t *testing.T) {
	t.Parallel()
	r, err := New(Options{Server: "tcp://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	r.begin()
	defer r.hangUp()
	p := r.pipeTo(t.Context(), r.servers[0])
	<-p.dead
	if r.pipeTo(t.Context(), r.servers[0]) == p {
		t.Error("what is dead is given on")
	}
}

// TestGivenUpBetweenResolvers: where the first resolver cannot answer, and whoever asked
// gives up before the second has, that is no answer for others.
func TestGivenUpBetweenResolvers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	serve := func(h dns.HandlerFunc) target {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		run(t, &dns.Server{Listener: l, Handler: h, MaxTCPQueries: -1})
		host, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return target{"tcp", host, port}
	}
	fails := serve(func(rw dns.ResponseWriter, q *dns.Msg) {
		_ = rw.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	})
	asked, open := make(chan struct{}, 16), make(chan struct{})
	slow := serve(func(rw dns.ResponseWriter, q *dns.Msg) {
		asked <- struct{}{}
		<-open
		w.handler("127.0.0.1", false).ServeDNS(rw, q)
	})
	r, err := New(Options{Server: w.resolver, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	r.servers = []target{fails, slow}
	r.begin()
	defer r.hangUp()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var first, waiter *told
	var one, two sync.WaitGroup
	one.Go(func() { first = r.tell(ctx, "contoso.example.", dns.TypeNS) })
	<-asked
	two.Go(func() { waiter = r.tell(t.Context(), "contoso.example.", dns.TypeNS) })
	stop()
	one.Wait()
	close(open)
	two.Wait()
	if !first.cut || first.msg == nil || first.msg.Rcode != dns.RcodeServerFailure {
		t.Errorf("what was given up: %+v", first)
	}
	for _, got := range []*told{waiter, r.tell(t.Context(), "contoso.example.", dns.TypeNS)} {
		if got.err != nil || got.cut || got.msg.Rcode != dns.RcodeSuccess || got.from != slow {
			t.Errorf("beside it: %v, cut %v, from %v: %v", got.err, got.cut, got.from, got.msg)
		}
	}
	r.servers = []target{fails, fails} // whom all were asked for, that stands
	got := r.tell(t.Context(), "_hetk.contoso.example.", dns.TypeTXT)
	if again := r.tell(t.Context(), "_hetk.contoso.example.", dns.TypeTXT); got.cut || again != got || got.msg.Rcode != dns.RcodeServerFailure {
		t.Errorf("of all: %+v", got)
	}
}
