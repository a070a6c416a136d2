package signin

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

const (
	maxReturn = 8 << 10 // of the query of an address that a browser comes back with
	// portTries is how many free ports are tried for one that is free at both of
	// localhost's addresses.
	portTries = 8
)

// AwaitReturn waits at a loopback address for a browser that Microsoft's consent
// page sends back, until ctx ends. port 0 takes a free one, which ready is told;
// came gets the query of each request to the address's path, one at a time, and
// says whether the page thanks the person. Nothing of a request is ever shown
// back. The error is why it cannot listen, or ctx's.
func AwaitReturn(ctx context.Context, redirect string, port uint16, ready func(uint16), came func(query string) (good bool)) error {
	u, err := url.Parse(redirect)
	if err != nil {
		return fmt.Errorf("read the address to wait at: %w", err)
	}
	all, err := loopbackListeners(ctx, u.Hostname(), port)
	if err != nil {
		return err
	}
	queries, said := make(chan string), make(chan bool)
	path := u.EscapedPath()
	var pages sync.WaitGroup // on their way to a browser
	srv := &http.Server{
		ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout, WriteTimeout: headerTimeout, MaxHeaderBytes: maxHeaders,
		BaseContext: func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.URL.EscapedPath() != path && (path != "" || r.URL.Path != "/") || len(r.URL.RawQuery) > maxReturn {
				http.NotFound(w, r)
				return
			}
			pages.Add(1)
			defer pages.Done()
			select {
			case queries <- r.URL.RawQuery:
				showReturn(w, <-said)
			case <-ctx.Done():
			}
		}),
	}
	ended := make(chan error, len(all))
	for _, l := range all {
		go func() { ended <- srv.Serve(l) }()
	}
	srv.SetKeepAlivesEnabled(false)
	defer func() {
		for _, l := range all {
			_ = l.Close()
			<-ended
		}
		// What came may have ended the wait: the person still gets their page. It
		// is whole once its handler ends, which hangs on nobody: see below.
		pages.Wait()
		_ = srv.Close()
	}()
	if a, ok := all[0].Addr().(*net.TCPAddr); ok {
		ready(uint16(a.Port)) //nolint:gosec // a port
	}
	for {
		select {
		case q := <-queries:
			said <- came(q)
		case <-ctx.Done():
			// Whoever is in between hears no answer, and hangs on nobody.
			return ctx.Err()
		}
	}
}

// loopbackListeners listens at the address that a browser takes the host for.
// localhost is two, of which the second may be missing on a machine; where it is
// there, both are taken or none, for whoever holds the other one would be who the
// browser comes back to.
func loopbackListeners(ctx context.Context, host string, port uint16) ([]net.Listener, error) {
	hosts := []string{host}
	if host == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	}
	var failed error
	for range portTries {
		var all []net.Listener
		if all, failed = listenAt(ctx, hosts, port); failed == nil {
			return all, nil
		}
		if port != 0 || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("wait for the consent page: %w", failed)
}

// listenAt listens at one port of each host that this machine has; port 0 is one
// that is free at the first.
func listenAt(ctx context.Context, hosts []string, port uint16) ([]net.Listener, error) {
	var lc net.ListenConfig
	var all []net.Listener
	for i, h := range hosts {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(h, strconv.Itoa(int(port))))
		if err == nil {
			if a, ok := l.Addr().(*net.TCPAddr); ok {
				port = uint16(a.Port) //nolint:gosec // a port
			}
			all = append(all, l)
			continue
		}
		if i > 0 {
			other, missing := lc.Listen(ctx, "tcp", net.JoinHostPort(h, "0"))
			if missing != nil {
				continue
			}
			_ = other.Close()
		}
		for _, l := range all {
			_ = l.Close()
		}
		return nil, err
	}
	return all, nil
}

// showReturn sends the page that the person sees at the end: fixed words, nothing
// to load, nothing to keep. It is on its way, whole, when showReturn returns.
func showReturn(w http.ResponseWriter, good bool) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	text := wordsReturnOdd
	if good {
		text = wordsReturnGood
	}
	page := "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>onboard</title><p>" + text + "</p></html>"
	h.Set("Content-Length", strconv.Itoa(len(page)))
	_, _ = io.WriteString(w, page)
	_ = http.NewResponseController(w).Flush()
}
