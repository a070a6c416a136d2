package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTransportCAFile(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	t.Cleanup(srv.Close)
	der := srv.Certificate().Raw
	good := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der[:40]})
	for name, tt := range map[string]struct {
		path, say string
	}{
		"pem":          {path: write(t, "ca.pem", good)},
		"with text":    {path: write(t, "ca.pem", append([]byte("# our authority\r\n\r\n"), good...))},
		"der":          {path: write(t, "ca.der", der)},
		"key and cert": {path: write(t, "ca.pem", append(keyPEM, good...))},
		"missing":      {path: filepath.Join(t.TempDir(), "none.pem"), say: wordsFileMissing},
		"folder":       {path: t.TempDir(), say: wordsFileFolder},
		"empty":        {path: write(t, "ca.pem", nil), say: wordsFileEmpty},
		"key only":     {path: write(t, "ca.pem", keyPEM), say: "it holds a ec private key and no certificate"},
		"text":         {path: write(t, "ca.pem", []byte("hello")), say: wordsCANone},
		"broken":       {path: write(t, "ca.pem", append(append([]byte{}, good...), broken...)), say: "its block 2 is not a certificate"},
		"huge":         {path: write(t, "ca.pem", make([]byte, maxCAFile+1)), say: wordsFileLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt, err := Transport(TransportOptions{CAFile: tt.path, Proxy: "none"})
			if tt.say != "" {
				var e *InputError
				if !errors.As(err, &e) || !strings.Contains(e.Say, tt.say) || e.Do != wordsCAFileDo || e.Field != FieldCAFile {
					t.Fatalf("got %v; want %q", err, tt.say)
				}
				if !strings.Contains(e.Say, tt.path) {
					t.Errorf("%q does not name %s", e.Say, tt.path)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(rt.CloseIdleConnections)
			if got := get(t, rt, srv.URL); got != "HTTP/1.1" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func get(t *testing.T, rt http.RoundTripper, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return "error: " + err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTransportSpeaksHTTP2AndNoOldTLS(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	if got := get(t, trusting(t, srv), srv.URL); got != "HTTP/2.0" {
		t.Errorf("got %q", got)
	}
	old := quiet(http.NotFoundHandler())
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	t.Cleanup(old.Close)
	if got := get(t, trusting(t, old), old.URL); !strings.Contains(got, "protocol version") {
		t.Errorf("TLS 1.1 gave %q", got)
	}
}

func TestTransportProxy(t *testing.T) {
	t.Parallel()
	target := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "through") }))
	t.Cleanup(target.Close)
	asked := make(chan string, 4)
	proxy := httptest.NewServer(tunnel(t, asked))
	t.Cleanup(proxy.Close)
	ca := write(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: target.Certificate().Raw}))
	for _, flag := range []string{proxy.URL, strings.TrimPrefix(proxy.URL, "http://"), " " + proxy.URL + "/ "} {
		rt, err := Transport(TransportOptions{CAFile: ca, Proxy: flag})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(rt.CloseIdleConnections)
		if got := get(t, rt, target.URL); got != "through" {
			t.Errorf("%q gave %q", flag, got)
		}
		if got := <-asked; got != strings.TrimPrefix(target.URL, "https://") {
			t.Errorf("%q asked the proxy for %q", flag, got)
		}
	}
	for _, flag := range []string{"http://", "://x", "ftp://proxy.example", "http://proxy.example/path", "http://user:hunter2@proxy.example:port", "http://proxy.example?x=1"} {
		_, err := Transport(TransportOptions{Proxy: flag})
		var e *InputError
		if !errors.As(err, &e) || e.Field != FieldProxy || e.Do != wordsProxyDo || strings.Contains(e.Say, "hunter2") {
			t.Errorf("%q gave %v", flag, err)
		}
	}
	if rt, err := Transport(TransportOptions{}); err != nil || rt.Proxy == nil {
		t.Errorf("the environment's proxy is not asked: %v", err)
	}
}

// tunnel is a proxy that knows CONNECT.
func tunnel(t *testing.T, asked chan<- string) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Host
		to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = to.Close()
			return
		}
		_, _ = io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(to, from); _ = to.Close() }()
		_, _ = io.Copy(from, to)
		_ = from.Close()
	}
}
