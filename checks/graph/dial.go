package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"onboard.example/checks"
)

// proxyRefused is a proxy's answer to CONNECT.
type proxyRefused struct{ status string }

func (p proxyRefused) Error() string { return "proxy answered " + p.status }

// dialer is the transport under the wire: HTTP/2, no redirects, no cookies.
// net/http itself repeats a request only where the other side said that it had
// not begun with it, which is safe for writes too.
func dialer(cas *x509.CertPool, proxy func(*http.Request) (*url.URL, error), dial func(context.Context, string, string) (net.Conn, error)) *http.Transport {
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	if dial == nil {
		dial = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	return &http.Transport{
		Proxy:               proxy,
		DialContext:         dial,
		TLSClientConfig:     &tls.Config{RootCAs: cas, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16, // a proxy that speaks only HTTP/1.1 gets one for each part
		IdleConnTimeout:     idle,
		// After a laptop slept the connection is dead and nobody says so.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
		MaxResponseHeaderBytes: 256 << 10,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
			if r.StatusCode != http.StatusOK {
				return proxyRefused{status: r.Status}
			}
			return nil
		},
	}
}

// idle is how long an unused connection is kept.
const idle = 90 * time.Second

// gate lets one request open the connection while the others wait for it.
// Without it fifteen parts would dial fifteen times, for one HTTP/2 connection
// that then serves them all.
type gate struct {
	now func() time.Time

	mu      sync.Mutex
	used    time.Time // when a connection was last known to be there
	opening *opening
}

type opening struct {
	done  chan struct{}
	there bool            // there is a connection
	err   *checks.Failure // why there cannot be one; both are set before done closes
}

// enter waits until a connection should be there. Whoever is told to lead goes
// ahead and calls leave; followers of a leader that could not connect get the
// same failure, as they would have met it themselves.
func (g *gate) enter(ctx context.Context) (lead *opening, f *checks.Failure) {
	for {
		o, mine := g.look()
		switch {
		case o == nil:
			return nil, nil
		case mine:
			return o, nil
		}
		select {
		case <-o.done:
			if o.there || o.err != nil {
				return nil, o.err
			}
			// The leader gave up before anybody could know: somebody else leads.
		case <-ctx.Done():
			return nil, stopped(ctx)
		}
	}
}

// look says whether the gate is open (nil), or who opens it.
func (g *gate) look() (o *opening, mine bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.used) < idle-5*time.Second && now.Sub(g.used) >= 0 {
		g.used = now
		return nil, false
	}
	if g.opening != nil {
		return g.opening, false
	}
	g.opening = &opening{done: make(chan struct{})}
	return g.opening, true
}

// leave ends the wait of the others. It may be called more than once: the
// first call counts.
func (g *gate) leave(o *opening, there bool, f *checks.Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opening != o {
		return
	}
	g.opening = nil
	o.there, o.err = there, f
	if there {
		g.used = g.now()
	}
	close(o.done)
}

// through runs do behind the gate. do gets a context that opens the gate as
// soon as there is a connection.
func (g *gate) through(ctx context.Context, do func(context.Context) *checks.Failure) *checks.Failure {
	lead, f := g.enter(ctx)
	switch {
	case f != nil:
		return f
	case lead == nil:
		return do(ctx)
	}
	return g.lead(ctx, lead, do)
}

func (g *gate) lead(ctx context.Context, o *opening, do func(context.Context) *checks.Failure) *checks.Failure {
	f := do(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { g.leave(o, true, nil) },
	}))
	switch {
	case f == nil || f.Status != 0:
		g.leave(o, true, nil) // there was an answer, though the transport told nothing
	case f.Kind == checks.FailUnreachable || f.Kind == checks.FailTLS:
		g.leave(o, false, f)
	default:
		g.leave(o, false, nil)
	}
	return f
}

// warm opens the connection, unless there is one, without a token and without
// asking for anything: what Graph answers to that does not matter.
func (c *client) warm(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.Limits.Request, errSlow)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.root.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("warm the connection: %w", err)
	}
	req.Header.Set("User-Agent", c.o.UserAgent)
	o, f := c.wire.gate.enter(ctx)
	if o != nil {
		f = c.wire.gate.lead(ctx, o, func(ctx context.Context) *checks.Failure {
			resp, err := c.o.Base.RoundTrip(req.WithContext(ctx))
			if err != nil {
				return c.wire.unreachable(ctx, err)
			}
			// A short answer is read, so that HTTP/1.1 can use the connection again.
			_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
			return asFailure(resp.Body.Close())
		})
	}
	if f != nil {
		return f
	}
	return nil
}

// asFailure makes any error a failure.
func asFailure(err error) *checks.Failure {
	if err == nil {
		return nil
	}
	var f *checks.Failure
	if errors.As(err, &f) {
		return f
	}
	return &checks.Failure{Kind: checks.FailNotJSON, Message: join(wordOdd, err.Error())}
}
