package web

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"
)

// TestLanding holds what the start page says, and that it can do nothing.
func TestLanding(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	a := p.does(http.MethodGet, "/", nil)
	if a.status != http.StatusOK || a.proto != "HTTP/1.1" || a.head.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%+v", a)
	}
	for _, want := range []string{
		"ssh onboard.example", "ssh why@onboard.example", "ssh plain@onboard.example", "SHA256:000", "SHA256:111", `<html lang="en">`, "AAAA&lt;script&gt;", "one of these",
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if _, err := html.Parse(strings.NewReader(a.body)); err != nil {
		t.Error(err)
	}
	for _, no := range []string{"<script", "http:", "https:", "src=", "onclick", "style=", "url("} {
		if strings.Contains(a.body, no) {
			t.Errorf("%q is on the page", no)
		}
	}
	guarded(t, a)
	if p.does(http.MethodHead, "/", nil).body != "" {
		t.Error("HEAD has a body")
	}
	one, err := rendered(Landing{Fingerprints: []string{"SHA256:2"}}.page())
	if err != nil || !strings.Contains(string(one), "only if it is this one") {
		t.Error(err, string(one))
	}
}

// TestStyleIsTheOneLetIn holds that the policy lets in the style that stands in the
// page, and with it no other.
func TestStyleIsTheOneLetIn(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	for _, path := range []string{"/", "/nowhere"} {
		a := p.does(http.MethodGet, path, nil)
		_, rest, _ := strings.Cut(a.body, "<style>")
		inside, _, closed := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(inside))
		want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"
		if !closed || inside == "" || strings.Count(a.body, "<style") != 1 || !strings.Contains(a.head.Get("Content-Security-Policy"), want) {
			t.Errorf("%s: %s is not in %q", path, want, a.head.Get("Content-Security-Policy"))
		}
	}
}

// guarded holds the headers that every answer has.
func guarded(t *testing.T, a answer) {
	t.Helper()
	csp := a.head.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
		t.Errorf("the policy is %q", csp)
	}
	for key, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
		"Strict-Transport-Security": "max-age=31536000", "Set-Cookie": "", "Server": "", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if got := a.head.Get(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
}

// TestRefused holds what the door does not answer, and how it says so.
func TestRefused(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodPost, "/", "x", http.StatusMethodNotAllowed, sayMethod},
		{http.MethodPut, "/healthz", "", http.StatusMethodNotAllowed, sayMethod},
		{http.MethodOptions, "/", "", http.StatusMethodNotAllowed, sayMethod},
		{"BREW", "/", "", http.StatusMethodNotAllowed, sayMethod},
		{http.MethodGet, "/", "a body", http.StatusRequestEntityTooLarge, sayBody},
		{http.MethodGet, "/?" + strings.Repeat("a", mostQuery+1), "", http.StatusRequestURITooLong, sayLong},
		{http.MethodGet, "/nowhere", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/metrics", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/healthz/more", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/healthz/", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "//a/..//b?alert", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/./healthz?alert", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/..%2f..%2fetc%2fpasswd", "", http.StatusNotFound, sayMissing},
		{http.MethodGet, "/%3Cscript%3Ealert(1)%3C/script%3E", "", http.StatusNotFound, sayMissing},
	} {
		var body io.Reader
		if c.body != "" {
			body = strings.NewReader(c.body)
		}
		a := p.does(c.method, c.path, body)
		if a.status != c.status || !strings.Contains(a.body, c.says) || strings.Contains(a.body, "alert") {
			t.Errorf("%s %.40s: %d %s", c.method, c.path, a.status, a.body)
		}
		guarded(t, a)
		if c.status == http.StatusMethodNotAllowed && a.head.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %q", c.method, a.head.Get("Allow"))
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.addr+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("a", 4*mostHeader))
	if a := hears(t, p.client(nil), r); a.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a huge header: %d", a.status)
	}
	if a := p.does(http.MethodGet, "/", strings.NewReader("x")); !a.closes {
		t.Error("a connection with a body goes on")
	}
	if log := p.log.String(); strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log holds an address:\n%s", log)
	}
}

// TestOldTLS holds that nothing below TLS 1.2 is spoken, nor HTTP in the clear.
func TestOldTLS(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	ask := func(change func(*tls.Config)) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.addr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := p.client(change).Do(r)
		if err == nil {
			_ = res.Body.Close()
		}
		return err
	}
	if err := ask(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if err := ask(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }); err != nil {
		t.Error(err)
	}
	raw, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if _, err := io.WriteString(raw, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(raw) // it may be cut
	if !strings.HasPrefix(string(text), "HTTP/1.0 400") || strings.Contains(string(text), "onboard") {
		t.Errorf("%q", text)
	}
}

// TestManyRequests holds that a connection ends after so many requests.
func TestManyRequests(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	c, err := p.dials()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for n := 1; ; n++ {
		if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: "+named+"\r\n\r\n"); err != nil {
			t.Fatal(n, err)
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(n, err)
		}
		text, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil || string(text) != sayHealthy {
			t.Fatal(n, err, string(text))
		}
		if res.Close != (n >= mostAsked) {
			t.Fatalf("request %d: close is %t", n, res.Close)
		}
		if res.Close {
			return
		}
	}
}

// TestStopping holds that a balancer hears of the end, and that Drain lets go.
func TestStopping(t *testing.T) {
	t.Parallel()
	var stopping atomic.Bool
	p := opened(t, func(o *Options) { o.Stopping = stopping.Load })
	if a := p.does(http.MethodGet, "/healthz", nil); a.status != http.StatusOK || a.body != sayHealthy {
		t.Errorf("%+v", a)
	}
	stopping.Store(true)
	if a := p.does(http.MethodGet, "/healthz", nil); a.status != http.StatusServiceUnavailable || a.body != sayStopping {
		t.Errorf("%+v", a)
	}
	idle, err := p.dials()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	p.Drain(ended)
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("a connection is left")
	}
	<-p.ended
}

// TestBrokenPage holds that a page that breaks ends its own connection, and tells
// nothing of what came in.
func TestBrokenPage(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	p := opened(t, func(o *Options) {
		o.Stopping = func() bool {
			if stopped.CompareAndSwap(false, true) {
				panic("SECRET")
			}
			return false
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.addr+"/healthz?SECRET", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := p.client(nil).Do(r); err == nil {
		_ = res.Body.Close()
		t.Errorf("status %d", res.StatusCode)
	}
	if a := p.does(http.MethodGet, "/healthz", nil); a.status != http.StatusOK {
		t.Errorf("%+v", a)
	}
	log := p.log.String()
	if strings.Contains(log, "SECRET") || !strings.Contains(log, "a page broke") || !strings.Contains(log, "TestBrokenPage") {
		t.Errorf("%s", log)
	}
	for _, c := range p.Counts() {
		if want := map[string]float64{"onboard_web_requests_total": 2, "onboard_web_broken_total": 1}[c.Name]; c.Value != want {
			t.Errorf("%+v", c)
		}
	}
}

// tells notes that it was told that its client asks.
type tells struct {
	net.Conn

	told *atomic.Int32
}

func (c tells) Known() { c.told.Add(1) }

type telling struct {
	net.Listener

	told *atomic.Int32
}

func (l telling) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return tells{c, l.told}, err
}

// TestKnown holds that a connection is told once its client has begun to ask, and
// not before.
func TestKnown(t *testing.T) {
	t.Parallel()
	p := opened(t, nil)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var told atomic.Int32
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(telling{l, &told}) }()
	p.addr = l.Addr().String()
	c, err := p.dials()
	if err != nil {
		t.Fatal(err)
	}
	if told.Load() != 0 {
		t.Error("told after the handshake")
	}
	_ = c.Close()
	if a := p.does(http.MethodGet, "/healthz", nil); a.status != http.StatusOK || told.Load() != 1 {
		t.Errorf("%+v, told %d times", a, told.Load())
	}
	_ = l.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
