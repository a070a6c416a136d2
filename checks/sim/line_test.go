package sim_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"onboard.example/checks/sim"
)

// TestLine holds the slow network to what benchmarks rely on: a cold HTTPS
// request takes three round trips at least (TCP, TLS 1.3, the request), one on
// an open connection one.
func TestLine(t *testing.T) {
	t.Parallel()
	const rtt = 40 * time.Millisecond
	s, err := sim.Start(t.Context(), sim.Options{RTT: rtt})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	pem, err := os.ReadFile(s.Ready().CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	for i, trips := range []time.Duration{3, 1} {
		began := time.Now()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.LoginURL()+"/contoso.example/v2.0/.well-known/openid-configuration", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: tr}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < trips*rtt {
			t.Errorf("request %d took %v, want %v at least", i+1, took, trips*rtt)
		}
	}
}
