package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority is a certificate authority that speaks ACME: as much of RFC 8555 as a
// client of one account and TLS-ALPN-01 (RFC 8737) needs, with every signature, nonce
// and address held to what is said there.
type authority struct {
	*httptest.Server

	t     *testing.T
	key   *ecdsa.PrivateKey
	root  *x509.Certificate
	trust *x509.CertPool
	door  chan string // where hosts are reached: sent once it is known
	// lives says for how long the nth certificate holds, counted from 0, and no is why
	// there is none.
	lives func(n int) (from, until time.Time, no string)

	mu      sync.Mutex
	at      string
	nonces  map[string]bool
	account *ecdsa.PublicKey
	print   string // of the account's key (RFC 7638)
	contact []string
	orders  []*acmeOrder
	issued  int
	said    []string // what went wrong
}

// acmeOrder is one order, of one host.
type acmeOrder struct {
	host, token, status string
	failed              string
	cert                []byte
}

// newAuthority starts one.
func newAuthority(t *testing.T, lives func(n int) (from, until time.Time, no string)) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key, root: der2cert(t, der), trust: x509.NewCertPool(), door: make(chan string, 1), lives: lives, nonces: map[string]bool{}}
	a.trust.AddCert(a.root)
	a.Server = httptest.NewUnstartedServer(http.HandlerFunc(a.serve))
	a.Config.ErrorLog = log.New(io.Discard, "", 0)
	a.StartTLS()
	t.Cleanup(a.Close)
	return a
}

// config is web.acme of a configuration.
func (a *authority) config(rest string) string {
	ca := keep(a.t, "authority.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw})))
	return fmt.Sprintf("web: {samePort: true, name: %s, port: 443, acme: {hosts: [%s], directory: %q, caFile: %q%s}}\nlimits: {perSource: 1000, rate: 1000, burst: 1000}\n", webName, webName, a.URL+"/dir", ca, rest)
}

// wrong notes what a client did that is not as RFC 8555 has it.
func (a *authority) wrong(w http.ResponseWriter, kind, format string, args ...any) {
	a.said = append(a.said, fmt.Sprintf(format, args...))
	refuseACME(w, http.StatusBadRequest, kind, fmt.Sprintf(format, args...))
}

func refuseACME(w http.ResponseWriter, status int, kind, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "urn:ietf:params:acme:error:" + kind, "detail": detail, "status": status})
}

func answerACME(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// serve answers one request.
func (a *authority) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	nonce := rand.Text()
	a.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	switch {
	case r.URL.Path == "/dir":
		answerACME(w, http.StatusOK, map[string]any{"newNonce": a.URL + "/nonce", "newAccount": a.URL + "/account", "newOrder": a.URL + "/order", "meta": map[string]any{"termsOfService": a.URL + "/terms"}})
		return
	case r.URL.Path == "/nonce":
		return
	case r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/jose+json":
		a.wrong(w, "malformed", "%s %s as %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
		return
	}
	payload, err := a.signed(r)
	if err != nil {
		a.wrong(w, "malformed", "%s: %v", r.URL.Path, err)
		return
	}
	if r.URL.Path == "/account" {
		a.register(w, payload)
		return
	}
	if r.URL.Path == "/order" {
		a.order(w, payload)
		return
	}
	var n int
	if _, err := fmt.Sscanf(path.Base(r.URL.Path), "%d", &n); err != nil || n >= len(a.orders) {
		a.wrong(w, "malformed", "%s is nothing", r.URL.Path)
		return
	}
	a.of(w, n, path.Dir(r.URL.Path), payload)
}

// of answers what is about one order.
func (a *authority) of(w http.ResponseWriter, n int, what string, payload []byte) {
	o := a.orders[n]
	switch what {
	case "/orders":
		answerACME(w, http.StatusOK, a.shown(n))
	case "/authz":
		answerACME(w, http.StatusOK, a.authz(n))
	case "/chall":
		a.look(o)
		answerACME(w, http.StatusOK, a.challenge(n))
	case "/finalize":
		a.finalize(w, n, payload)
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(o.cert)
	default:
		a.wrong(w, "malformed", "%s is nothing", what)
	}
}

// signed reads a request that must be signed with ES256: by the account's key, or by
// the one that it brings with it where the account is made.
func (a *authority) signed(r *http.Request) ([]byte, error) {
	var jws struct{ Protected, Payload, Signature string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&jws); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	var head struct {
		Alg, Nonce, URL, Kid string
		JWK                  *struct{ Kty, Crv, X, Y string }
	}
	text, err := base64.RawURLEncoding.DecodeString(jws.Protected)
	if err == nil {
		err = json.Unmarshal(text, &head)
	}
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	if head.Alg != "ES256" || head.URL != a.URL+r.URL.Path || !a.nonces[head.Nonce] {
		return nil, fmt.Errorf("algorithm %s, address %s, nonce known %v", head.Alg, head.URL, a.nonces[head.Nonce])
	}
	delete(a.nonces, head.Nonce)
	key := a.account
	if making := r.URL.Path == "/account"; making != (head.JWK != nil) || making == (head.Kid == a.URL+"/accounts/1") {
		return nil, fmt.Errorf("signed by %q, with a key %v", head.Kid, head.JWK != nil)
	}
	print := a.print
	if head.JWK != nil {
		x, badX := base64.RawURLEncoding.DecodeString(head.JWK.X)
		y, badY := base64.RawURLEncoding.DecodeString(head.JWK.Y)
		if badX != nil || badY != nil || head.JWK.Kty != "EC" || head.JWK.Crv != "P-256" {
			return nil, errors.New("no key of P-256")
		}
		if key, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...)); err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, head.JWK.X, head.JWK.Y))
		print = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	sig, err := base64.RawURLEncoding.DecodeString(jws.Signature)
	sum := sha256.Sum256([]byte(jws.Protected + "." + jws.Payload))
	if err != nil || len(sig) != 64 || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return nil, errors.New("the signature is wrong")
	}
	a.account, a.print = key, print
	return base64.RawURLEncoding.DecodeString(jws.Payload)
}

// register makes the account (RFC 8555 §7.3).
func (a *authority) register(w http.ResponseWriter, payload []byte) {
	var ask struct {
		Contact              []string
		TermsOfServiceAgreed bool
	}
	if err := json.Unmarshal(payload, &ask); err != nil || !ask.TermsOfServiceAgreed {
		a.wrong(w, "userActionRequired", "the terms were not agreed to: %v", err)
		return
	}
	a.contact = ask.Contact
	w.Header().Set("Location", a.URL+"/accounts/1")
	answerACME(w, http.StatusCreated, map[string]any{"status": "valid", "contact": ask.Contact})
}

// order takes an order (RFC 8555 §7.4).
func (a *authority) order(w http.ResponseWriter, payload []byte) {
	var ask struct {
		Identifiers []struct{ Type, Value string }
	}
	if err := json.Unmarshal(payload, &ask); err != nil || len(ask.Identifiers) != 1 || ask.Identifiers[0].Type != "dns" {
		a.wrong(w, "malformed", "an order of %s", payload)
		return
	}
	if _, _, no := a.lives(a.issued); no != "" {
		refuseACME(w, http.StatusForbidden, "rateLimited", no)
		return
	}
	a.orders = append(a.orders, &acmeOrder{host: ask.Identifiers[0].Value, token: rand.Text(), status: "pending"})
	w.Header().Set("Location", fmt.Sprintf("%s/orders/%d", a.URL, len(a.orders)-1))
	answerACME(w, http.StatusCreated, a.shown(len(a.orders)-1))
}

func (a *authority) shown(n int) map[string]any {
	o := a.orders[n]
	out := map[string]any{
		"status": o.status, "identifiers": []any{map[string]string{"type": "dns", "value": o.host}},
		"authorizations": []string{fmt.Sprintf("%s/authz/%d", a.URL, n)}, "finalize": fmt.Sprintf("%s/finalize/%d", a.URL, n),
	}
	if o.cert != nil {
		out["certificate"] = fmt.Sprintf("%s/cert/%d", a.URL, n)
	}
	return out
}

// proved is what an order's authorization stands at.
func (o *acmeOrder) proved() string {
	switch o.status {
	case "ready", "valid":
		return "valid"
	}
	return o.status
}

func (a *authority) authz(n int) map[string]any {
	o := a.orders[n]
	return map[string]any{"status": o.proved(), "identifier": map[string]string{"type": "dns", "value": o.host}, "challenges": []any{a.challenge(n)}}
}

func (a *authority) challenge(n int) map[string]any {
	o := a.orders[n]
	out := map[string]any{"type": "tls-alpn-01", "url": fmt.Sprintf("%s/chall/%d", a.URL, n), "token": o.token, "status": o.proved()}
	if o.failed != "" {
		out["error"] = map[string]string{"type": "urn:ietf:params:acme:error:tls", "detail": o.failed}
	}
	return out
}

// look looks at a host, as RFC 8737 has it.
func (a *authority) look(o *acmeOrder) {
	if a.at == "" {
		a.at = <-a.door
	}
	o.status = "ready"
	if err := a.proves(o); err != nil {
		o.status, o.failed = "invalid", err.Error()
	}
}

// acmeIdentifier is the extension of what proves a host (RFC 8737 §3).
var acmeIdentifier = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}

func (a *authority) proves(o *acmeOrder) error {
	raw, err := (&net.Dialer{Timeout: time.Minute}).DialContext(a.t.Context(), "tcp", a.at)
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	defer func() { _ = raw.Close() }()
	c := tls.Client(raw, &tls.Config{ServerName: o.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true}) //nolint:gosec // it is self-signed
	if err := c.HandshakeContext(a.t.Context()); err != nil {
		return fmt.Errorf("shake hands: %w", err)
	}
	state := c.ConnectionState()
	leaf := state.PeerCertificates[0]
	if state.NegotiatedProtocol != "acme-tls/1" || len(leaf.DNSNames) != 1 || leaf.DNSNames[0] != o.host {
		return fmt.Errorf("%q for %v", state.NegotiatedProtocol, leaf.DNSNames)
	}
	sum := sha256.Sum256([]byte(o.token + "." + a.print))
	want, err := asn1.Marshal(sum[:])
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	for _, x := range leaf.Extensions {
		if x.Id.Equal(acmeIdentifier) && x.Critical && bytes.Equal(x.Value, want) {
			return nil
		}
	}
	return errors.New("it is not proved")
}

// finalize issues (RFC 8555 §7.4).
func (a *authority) finalize(w http.ResponseWriter, n int, payload []byte) {
	o := a.orders[n]
	var ask struct{ CSR string }
	err := json.Unmarshal(payload, &ask)
	der, bad := base64.RawURLEncoding.DecodeString(ask.CSR)
	csr, no := x509.ParseCertificateRequest(der)
	if errors.Join(err, bad, no) != nil || csr.CheckSignature() != nil || len(csr.DNSNames) != 1 || csr.DNSNames[0] != o.host || o.status != "ready" {
		a.wrong(w, "badCSR", "a request for an order that is %s", o.status)
		return
	}
	from, until, _ := a.lives(a.issued)
	a.issued++
	of := &x509.Certificate{SerialNumber: big.NewInt(int64(100 + a.issued)), DNSNames: csr.DNSNames, NotBefore: from, NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	leaf, err := x509.CreateCertificate(rand.Reader, of, a.root, csr.PublicKey, a.key)
	if err != nil {
		a.wrong(w, "serverInternal", "%v", err)
		return
	}
	var chain bytes.Buffer
	for _, der := range [][]byte{leaf, a.root.Raw} {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	o.status, o.cert = "valid", chain.Bytes()
	w.Header().Set("Location", fmt.Sprintf("%s/orders/%d", a.URL, n))
	answerACME(w, http.StatusOK, a.shown(n))
}

// complaints are what clients did wrong, and how many certificates there were.
func (a *authority) complaints() (said string, issued int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.said, "\n"), a.issued
}
