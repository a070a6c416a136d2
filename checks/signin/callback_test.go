package signin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestAwaitReturn: a browser that comes back is heard, thanked without a word of
// what it brought, and other requests are turned away.
func TestAwaitReturn(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ports, came, ended := make(chan uint16, 1), make(chan string, 8), make(chan error, 1)
	go func() {
		ended <- AwaitReturn(ctx, "http://localhost/consented", 0, func(p uint16) { ports <- p }, func(q string) bool {
			came <- q
			return strings.Contains(q, "admin_consent=True")
		})
	}()
	root := "http://127.0.0.1:" + strconv.Itoa(int(<-ports))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(method, path string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, root+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusOK && (resp.Header.Get("Cache-Control") != "no-store" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'")) {
			t.Errorf("headers %v", resp.Header)
		}
		return resp.StatusCode, string(b)
	}
	if code, page := get(http.MethodGet, "/consented?admin_consent=True&evil=<script>"); code != 200 || !strings.Contains(page, wordsReturnGood) || strings.Contains(page, "script") {
		t.Errorf("%d %s", code, page)
	}
	if q := <-came; q != "admin_consent=True&evil=<script>" {
		t.Errorf("came %q", q)
	}
	if code, page := get(http.MethodGet, "/consented?error=access_denied"); code != 200 || !strings.Contains(page, wordsReturnOdd) {
		t.Errorf("%d %s", code, page)
	}
	<-came
	for _, odd := range [][2]string{
		{http.MethodPost, "/consented?admin_consent=True"},
		{http.MethodGet, "/?admin_consent=True"},
		{http.MethodGet, "/favicon.ico"},
		{http.MethodGet, "/consented/x?admin_consent=True"},
		{http.MethodGet, "/consented?" + strings.Repeat("x", maxReturn+1)},
	} {
		if code, _ := get(odd[0], odd[1]); code != http.StatusNotFound {
			t.Errorf("%.60v: %d", odd, code)
		}
	}
	if len(came) != 0 {
		t.Errorf("heard %q", <-came)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(root, "http://")); err == nil {
		_ = c.Close()
		t.Error("still listens")
	}
}

// TestAwaitReturnEndsWithAPage: what came may be what ends the wait, and the person
// still gets their page.
func TestAwaitReturnEndsWithAPage(t *testing.T) {
	t.Parallel()
	for range 20 {
		ctx, stop := context.WithCancel(t.Context())
		ports, ended := make(chan uint16, 1), make(chan error, 1)
		go func() {
			ended <- AwaitReturn(ctx, "http://localhost/x", 0, func(p uint16) { ports <- p }, func(string) bool { stop(); return true })
		}()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(int(<-ports))+"/x?admin_consent=True", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !strings.Contains(string(b), wordsReturnGood) {
			t.Fatalf("%s %v", b, err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}
}

// TestAwaitReturnAtATakenPort says so at once.
func TestAwaitReturnAtATakenPort(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test's
	at := l.Addr().(*net.TCPAddr).Port
	err = AwaitReturn(t.Context(), "http://127.0.0.1:"+strconv.Itoa(at)+"/x", uint16(at), func(uint16) { t.Error("ready") }, func(string) bool { return true })
	if err == nil || t.Context().Err() != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestAwaitReturnTakesBothOrNone: whoever holds the other address of localhost
// would be who the browser comes back to.
func TestAwaitReturnTakesBothOrNone(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		t.Skip("NOT TESTED WITH TWO LOOPBACK ADDRESSES: this machine has no ::1:", err)
	}
	defer l.Close() //nolint:errcheck // a test's
	at := l.Addr().(*net.TCPAddr).Port
	if all, err := loopbackListeners(t.Context(), "localhost", uint16(at)); err == nil {
		t.Errorf("listens at %d addresses while ::1 is somebody else's", len(all))
	}
	all, err := loopbackListeners(t.Context(), "localhost", 0)
	ports := map[string]bool{}
	for _, l := range all {
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports[port] = true
		_ = l.Close()
	}
	if err != nil || len(all) != 2 || len(ports) != 1 {
		t.Errorf("%d listeners at %v: %v", len(all), ports, err)
	}
}
