package web

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// named is the host of the doors under test.
const named = "onboard.example"

// papers are a certificate and its key, in files.
type papers struct{ cert, key string }

// writes makes a self-signed certificate, and gives it for clients to trust.
func (p papers) writes(t *testing.T, host string, from, until time.Time) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{p.cert: {Type: "CERTIFICATE", Bytes: der}, p.key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newPapers(t *testing.T) papers {
	t.Helper()
	dir := t.TempDir()
	return papers{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// logged is what a door logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// place is a door under test.
type place struct {
	*Door

	t     *testing.T
	addr  string
	ended <-chan struct{} // closed when it serves no more, and has closed its listener
	log   *logged
	trust *x509.CertPool
}

// opened serves a door on loopback.
func opened(t *testing.T, change func(*Options)) *place {
	t.Helper()
	p := newPapers(t)
	leaf := p.writes(t, named, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	proof, err := LoadCertificate(p.cert, p.key, named, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := &place{t: t, log: new(logged), trust: x509.NewCertPool()}
	at.trust.AddCert(leaf)
	o := Options{Certificate: proof, Landing: someLanding(), Log: slog.New(slog.NewTextHandler(at.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	if at.Door, err = New(o); err != nil {
		t.Fatal(err)
	}
	at.addr, at.ended = serves(t, at.Serve)
	return at
}

// serves serves on loopback until the test ends, or serve does: then ended is closed,
// and serve must have closed its listener. Its port may be another's by then, so that
// nothing can be learned by dialing it.
func serves(t *testing.T, serve func(net.Listener) error) (addr string, ended <-chan struct{}) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := serve(l); err != nil {
			t.Error(err)
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("it still listens: %v", err)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-over
	})
	return l.Addr().String(), over
}

func someLanding() Landing {
	return Landing{
		Wizard: "ssh onboard.example", Why: "ssh why@onboard.example", Plain: "ssh plain@onboard.example",
		Fingerprints: []string{"SHA256:0000000000000000000000000000000000000000000", "SHA256:1111111111111111111111111111111111111111111"},
		Known:        []string{"onboard.example ssh-ed25519 AAAA<script>"},
	}
}

// client is a browser's side: it knows the door's certificate, and follows nothing.
func (p *place) client(change func(*tls.Config)) *http.Client {
	p.t.Helper()
	c := &tls.Config{RootCAs: p.trust, ServerName: named}
	if change != nil {
		change(c)
	}
	tr := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}
	p.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what came back.
type answer struct {
	status int
	head   http.Header
	body   string
	proto  string
	closes bool
}

// does asks for something.
func (p *place) does(method, path string, body io.Reader) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "https://"+p.addr+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Host = named
	return hears(p.t, p.client(nil), r)
}

func hears(t *testing.T, c *http.Client, r *http.Request) answer {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text), res.Proto, res.Close}
}

// dials opens a connection, and asks nothing.
func (p *place) dials() (net.Conn, error) {
	return (&tls.Dialer{Config: &tls.Config{RootCAs: p.trust, ServerName: named}}).DialContext(p.t.Context(), "tcp", p.addr)
}
