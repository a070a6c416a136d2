package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks/sim"
)

// webName is the host of the door in the browser under test.
const webName = "onboard.example"

// paper makes a self-signed certificate for webName, in two files, and gives what
// trusts it.
func paper(t *testing.T) (cert, key string, trust *x509.CertPool) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{webName}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: text}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trust = x509.NewCertPool()
	trust.AddCert(der2cert(t, der))
	return cert, key, trust
}

func der2cert(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// webbed is a served site with a door in the browser.
type webbed struct {
	*served

	web     string // where the door listens
	browser *http.Client
}

// servesWeb starts a server with a door in the browser; more goes into web of its
// configuration, and less is the rest.
func servesWeb(t *testing.T, s *sim.Sim, state, more, rest string) *webbed {
	t.Helper()
	cert, key, trust := paper(t)
	w := &webbed{served: servesWith(t, s, state, fmt.Sprintf("web: {listen: \"127.0.0.1:0\", name: %s, port: 443, cert: %s, key: %s%s}\n%s", webName, cert, key, more, rest))}
	w.web = w.shows(`msg="serving pages" listen=(\S+)`)
	w.browser = browserAt(t, w.web, trust)
	return w
}

// shows finds something in what the server printed.
func (v *served) shows(pattern string) string {
	v.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(v.printed())
	if m == nil {
		v.t.Fatalf("%s is not in\n%s", pattern, v.printed())
	}
	return m[1]
}

// browserAt makes a client for which webName is at an address; it follows nothing.
func browserAt(t *testing.T, addr string, trust *x509.CertPool) *http.Client {
	t.Helper()
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trust},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// opens opens a page.
func opens(t *testing.T, c *http.Client, url string) (status int, body string) {
	t.Helper()
	status, _, body = asks(t, c, url, nil)
	return status, body
}

// opensLine has a page of an origin ask for its WebSocket, and hangs up.
func opensLine(t *testing.T, c *http.Client, origin string) (status int) {
	t.Helper()
	status, _, _ = asks(t, c, "https://"+webName+"/wizard/line", http.Header{
		"Origin": {origin}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": {"onboard.wizard.1"},
	})
	return status
}

// asks asks for something, with a header; location is where it leads to.
func asks(t *testing.T, c *http.Client, url string, head http.Header) (status int, location, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, head)
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res.StatusCode, "", "" // what follows has no end
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(text)
}

// TestStateKeyStaysHome holds that what signs links is kept in the state folder,
// though the host keys are where the service cannot write.
func TestStateKeyStaysHome(t *testing.T) {
	t.Parallel()
	c := defaultServe()
	c.HostKeys = []string{"/etc/onboard/host"}
	if err := c.settle(); err != nil {
		t.Fatal(err)
	}
	if got := c.stateKey(); got != "/var/lib/onboard/keys/consent_state" {
		t.Error(got)
	}
}

// TestBrowsersHost holds how hosts are written, and which are none to a browser.
func TestBrowsersHost(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"onboard.example": "onboard.example", "Onboard.EXAMPLE": "onboard.example", "localhost": "localhost", "a-b.c1": "a-b.c1", "1a.x2": "1a.x2", "0x.0xyz": "0x.0xyz",
		"xn--mnchen-3ya.example": "xn--mnchen-3ya.example", "192.0.2.7": "192.0.2.7", "2001:DB8:0::1": "2001:db8::1", "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
		"onboard.example.": "", ".example": "", "a..b": "", "-a.example": "", "a-.example": "", "a_b.example": "", "a b": "", "a/b": "", "a:1": "", "": "", ".": "",
		strings.Repeat("a", 64) + ".example": "", strings.Repeat("a.", 127) + "aa": "",
		"1": "", "10.1": "", "192.0.2.07": "", "256.0.0.1": "", "onboard.7": "", "a.0x": "", "a.0X1f": "", "fe80::1%eth0": "", "::ffff:192.0.2.7": "", "[::1]": "",
	} {
		got, ok := browsersHost(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", name, got, ok)
		}
	}
}

// TestServeWebName holds that the wizard opens to browsers, however the operator wrote
// the host.
func TestServeWebName(t *testing.T) {
	t.Parallel()
	cert, key, trust := paper(t)
	v := servesFrom(t, someNPM(t), simulate(t, sim.Options{Scenario: "managed-default"}), filepath.Join(t.TempDir(), "state"), fmt.Sprintf("web: {samePort: true, name: ONBOARD.example, port: 443, cert: %s, key: %s}\n", cert, key))
	browser := browserAt(t, v.addr, trust)
	if status, body := opens(t, browser, "https://"+webName+"/"); status != http.StatusOK || !strings.Contains(body, `href="https://onboard.example/wizard"`) {
		t.Errorf("%d: %s", status, body)
	}
	if status := opensLine(t, browser, "https://"+webName); status != http.StatusSwitchingProtocols {
		t.Errorf("%d", status)
	}
	v.ends()
}

// TestServeWeb runs the doors beside SSH as their operator would.
func TestServeWeb(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	w := servesWeb(t, s, filepath.Join(t.TempDir(), "state"), "", "metrics: \":0\"\n")
	if a := ask(t, nil, "serve", "--config", w.config, "--check-config"); a.code != codeOpen || !strings.Contains(a.out, "https://onboard.example, at 127.0.0.1:0") {
		t.Errorf("%+v", a)
	}
	status, body := opens(t, w.browser, "https://"+webName+"/")
	for _, want := range []string{gossh.FingerprintSHA256(w.host), "ssh -p 2222 127.0.0.1", "ssh -p 2222 why@127.0.0.1", "[127.0.0.1]:2222 ssh-ed25519 "} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d: %q is not on the page", status, want)
		}
	}
	if status, _ := opens(t, w.browser, "https://"+webName+"/metrics"); status != http.StatusNotFound {
		t.Errorf("metrics are on the public door: %d", status)
	}
	metrics := w.shows(`msg="serving metrics" listen=(127\.0\.0\.1:\d+)`)
	if _, body = opens(t, http.DefaultClient, "http://"+metrics+"/metrics"); !strings.Contains(body, "\nonboard_sessions 0\n") || !strings.Contains(body, "\nonboard_web_requests_total 2\n") {
		t.Errorf("%s", body)
	}
	if status, body := opens(t, w.browser, "https://"+webName+"/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("%d %q", status, body)
	}
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-w.done
	if log := w.printed(); !strings.Contains(log, "msg=stopped") || strings.Contains(log, "from=127.0.0.1") {
		t.Errorf("%s", log)
	}
}

// TestServeOnePort runs both doors at one port: real clients of each come in, and a
// balancer hears that the server stops.
func TestServeOnePort(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	cert, key, trust := paper(t)
	v := servesWith(t, s, filepath.Join(t.TempDir(), "state"), fmt.Sprintf("web: {samePort: true, listen: \"127.0.0.1:0\", name: %s, cert: %s, key: %s}\n", webName, cert, key))
	if a := ask(t, nil, "serve", "--config", v.config, "--check-config"); a.code != codeOpen || !strings.Contains(a.out, "https://onboard.example, at 127.0.0.1:0 and 127.0.0.1:0.\n  SSH and TLS answer there at the same port.") {
		t.Errorf("%+v", a)
	}
	second := v.shows(`msg="serving pages" listen=(\S+)`)
	if second == v.addr {
		t.Fatalf("one door:\n%s", v.printed())
	}
	for _, at := range []string{v.addr, second} {
		c, err := gossh.Dial("tcp", at, &gossh.ClientConfig{User: "anybody", HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		one, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if out, err := one.Output("version"); err != nil || !strings.Contains(string(out), "onboard") {
			t.Errorf("%v, %q", err, out)
		}
		_ = c.Close()
		if status, body := opens(t, browserAt(t, at, trust), "https://"+webName+"/"); status != http.StatusOK || !strings.Contains(body, gossh.FingerprintSHA256(v.host)) {
			t.Errorf("%d: %s", status, body)
		}
		if status, body := opens(t, http.DefaultClient, "http://"+at+"/"); status != http.StatusBadRequest || !strings.Contains(body, "SSH and HTTPS") {
			t.Errorf("%d: %s", status, body)
		}
	}
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-v.done
	if log := v.printed(); !strings.Contains(log, "msg=stopped") || strings.Contains(log, "level=ERROR") {
		t.Errorf("%s", log)
	}
}
