package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/acme"
)

// issuing makes certificates of one host without an authority.
func issuing(log io.Writer, get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *Issued {
	return &Issued{hosts: []string{named}, there: map[string]*atomic.Bool{named: new(atomic.Bool)}, get: get, log: slog.New(slog.NewTextHandler(log, nil))}
}

// TestIssuedAsksAlone holds that no client has an authority asked: neither before
// there is a certificate, nor for another kind or name.
func TestIssuedAsksAlone(t *testing.T) {
	t.Parallel()
	var asked []*tls.ClientHelloInfo
	i := issuing(io.Discard, func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		asked = append(asked, h)
		return new(tls.Certificate), nil
	})
	rsa := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	for _, h := range []*tls.ClientHelloInfo{
		{ServerName: named},
		{ServerName: "other.example"},
		{},
		{ServerName: "../acme_account+key"},
		{ServerName: "other.example", SupportedProtos: []string{acme.ALPNProto}},
	} {
		if c, err := i.proof(h); !errors.Is(err, errNoProof) || c != nil {
			t.Errorf("%q: %v", h.ServerName, err)
		}
	}
	if len(asked) != 0 {
		t.Fatalf("%d were asked for", len(asked))
	}
	if _, err := i.proof(&tls.ClientHelloInfo{ServerName: named, SupportedProtos: []string{acme.ALPNProto}}); err != nil || len(asked) != 1 {
		t.Errorf("an authority that looks: %v", err)
	}
	i.there[named].Store(true)
	for _, h := range []*tls.ClientHelloInfo{
		{ServerName: strings.ToUpper(named), CipherSuites: rsa}, {ServerName: named + "."}, {CipherSuites: rsa}, {ServerName: named, SupportedProtos: []string{acme.ALPNProto, "http/1.1"}},
	} {
		asked = nil
		if _, err := i.proof(h); err != nil || len(asked) != 1 || asked[0].ServerName != named || asked[0].CipherSuites[0] == rsa[0] {
			t.Errorf("%q: %v, %v", h.ServerName, err, asked)
		}
	}
}

// TestIssuedIsKept holds when it is asked, and what is said of it.
func TestIssuedIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(logged)
		var mu sync.Mutex
		var asked []time.Duration
		began := time.Now()
		leaf := &x509.Certificate{NotBefore: began, NotAfter: began.Add(90 * 24 * time.Hour)}
		i := issuing(log, func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, time.Since(began))
			if len(asked) < 4 {
				return nil, errors.New("no\x1b[2Jpe")
			}
			return &tls.Certificate{Leaf: leaf}, nil
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			i.Keep(ctx)
		}()
		until := func(d time.Duration) string {
			time.Sleep(d - time.Since(began))
			synctest.Wait()
			return log.String()
		}
		if said := until(34 * time.Minute); strings.Count(said, "there is no certificate") != 3 || strings.Contains(said, "\x1b") || i.there[named].Load() {
			t.Errorf("%s", said)
		}
		if said := until(36 * time.Minute); strings.Count(said, "there is a certificate") != 1 || !i.there[named].Load() {
			t.Errorf("%s", said)
		}
		if said := until(67 * 24 * time.Hour); strings.Contains(said, "not renewed") {
			t.Errorf("%s", said)
		}
		if said := until(69 * 24 * time.Hour); !strings.Contains(said, "not renewed yet") {
			t.Errorf("%s", said)
		}
		mu.Lock()
		leaf = &x509.Certificate{NotBefore: time.Now(), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
		mu.Unlock()
		if said := until(70 * 24 * time.Hour); strings.Count(said, "there is a certificate") != 2 {
			t.Errorf("%s", said)
		}
		stop()
		<-ended
		want := []time.Duration{0, 5 * time.Minute, 15 * time.Minute, 35 * time.Minute, 95 * time.Minute}
		for n, at := range want {
			if asked[n] != at {
				t.Errorf("it was asked after %v", asked[:len(want)])
				break
			}
		}
	})
}

// TestAuthoritysWords holds what is taken for a refusal, and how it stands in a log.
func TestAuthoritysWords(t *testing.T) {
	t.Parallel()
	const of = "urn:ietf:params:acme:error:"
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"fine":         {200, `{"status":"valid"}`, ""},
		"pending":      {200, `{"status":"pending","challenges":[{"error":null}]}`, ""},
		"certificate":  {200, "-----BEGIN CERTIFICATE-----", ""},
		"nonce":        {400, `{"type":"` + of + `badNonce","detail":"used"}`, ""},
		"refused":      {403, `{"type":"` + of + `rateLimited","detail":"too many","status":403}`, "rateLimited: too many"},
		"not proved":   {200, `{"status":"invalid","challenges":[{},{"error":{"type":"` + of + `connection","detail":"refused\u001b[2J\nhere"}}]}`, "connection: refused here"},
		"order":        {200, `{"status":"invalid"}`, "what was proved to it does not count"},
		"no words":     {503, "<html>", "it answers with HTTP status 503"},
		"empty":        {404, "", "it answers with HTTP status 404"},
		"of all sizes": {500, `{"type":"x","detail":"` + strings.Repeat("y", 10000) + `"}`, ""},
	} {
		got := refused(c.status, []byte(c.body))
		if name == "of all sizes" {
			if len(got) > 400 || !strings.HasPrefix(got, "x: yyy") {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestAuthorityIsHeard holds that what cannot be asked or heard is told once a
// minute, and that what is sent without end is not kept.
func TestAuthorityIsHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(logged)
		var body io.Reader
		to := &teller{log: slog.New(slog.NewTextHandler(log, nil)), to: roundTrip(func(*http.Request) (*http.Response, error) {
			if body == nil {
				return nil, errors.New("no route")
			}
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body)}, nil
		})}
		ask := func() error {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://authority.example/dir", nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := to.RoundTrip(r)
			if err == nil {
				_ = res.Body.Close()
			}
			return err
		}
		for range 3 {
			if err := ask(); err == nil {
				t.Error("an answer")
			}
		}
		if n := strings.Count(log.String(), "cannot be asked"); n != 1 {
			t.Errorf("%d times", n)
		}
		time.Sleep(time.Minute)
		if _ = ask(); strings.Count(log.String(), "cannot be asked") != 2 {
			t.Errorf("%s", log)
		}
		body = endless{}
		if err := ask(); !errors.Is(err, errLargeAnswer) || !strings.Contains(log.String(), "cannot be heard") {
			t.Errorf("%v", err)
		}
	})
}

// endless is text without end.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestCheckCache holds which folders certificates are kept in.
func TestCheckCache(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, wide, own := filepath.Join(dir, "file"), filepath.Join(dir, "wide"), filepath.Join(dir, "own")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Mkdir(wide, 0o750), os.Mkdir(own, 0o700)); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{own: "", filepath.Join(own, "a", "b"): "", filepath.Join(wide, "a"): "", wide: "chmod 700", file: "is no folder", filepath.Join(file, "a"): "not a directory"} {
		if err := CheckCache(at); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", at, err)
		}
	}
	for _, o := range []IssuedOptions{{Cache: own}, {Hosts: []string{named}, Cache: wide}, {Hosts: []string{named}, Cache: filepath.Join(file, "a")}} {
		if _, err := NewIssued(o); err == nil {
			t.Errorf("%+v", o)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a door without a certificate")
	}
}
