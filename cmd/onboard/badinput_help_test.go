package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// answer is what a person or a script gets of one run of a command.
type answer struct {
	out, err string
	code     int
}

// ask runs the command line in this process. However badly the other side
// behaves, the run is bounded; what comes out holds nothing that a terminal
// would obey.
func ask(t *testing.T, in io.Reader, args ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	// What a run keeps is not kept among the runs of whoever tests.
	var stdout, stderr bytes.Buffer
	code := execute(ctx, world{args: args, in: in, out: &stdout, err: &stderr, env: []string{"XDG_STATE_HOME=" + t.TempDir()}})
	if ctx.Err() != nil {
		t.Fatalf("onboard %q did not end by itself", args)
	}
	out, errs := stdout.String(), stderr.String()
	harmless(t, out)
	harmless(t, errs)
	return answer{out, errs, code}
}

// refused holds a run that must not begin: the reason and what to type on
// standard error, nothing on standard output, exit code 2.
func refused(t *testing.T, a answer, says ...string) {
	t.Helper()
	if a.code != codeUsage {
		t.Errorf("exit %d, want %d", a.code, codeUsage)
	}
	if a.out != "" {
		t.Errorf("standard output is for results alone, and has %q", a.out)
	}
	holds(t, a.err, says...)
	if strings.Count(strings.TrimSpace(a.err), "\n") == 0 {
		t.Errorf("%q says what is wrong, but not what to type", a.err)
	}
}

// holds fails for each text that is not in got.
func holds(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is not in %.2000q", w, got)
		}
	}
}

// lacks fails for each text that is in got.
func lacks(t *testing.T, got string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(got, w) {
			t.Errorf("%q is in %.2000q", w, got)
		}
	}
}

// harmless fails where got holds what a terminal obeys or what hides text:
// control characters but line feeds, C1 as UTF-8 or as bytes, bidi, zero width.
func harmless(t *testing.T, got string) {
	t.Helper()
	for i, r := range got {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) || r == unicode.ReplacementChar && strings.HasPrefix(got[i:], "\xff") {
			t.Errorf("%U reaches the terminal, in %q", r, got[max(0, i-30):min(len(got), i+30)])
			return
		}
	}
}

// evil is text as an attacker writes it: it renames the window, colours, goes
// back over what stands there, writes to the clipboard, and turns text round.
const evil = "Z\x1b]0;owned\x07\x1b[31m\x1b]52;c;aGk=\x07\u009b2J\b\r\u202eevil\u202c\u200b\u2066"

// look is one bad world and what `onboard check` says in it: says in the text
// for people, verdicts by check in the JSON, both with the same exit code.
type look struct {
	name     string
	scenario string
	faults   []string
	as       string // whose token: admin@contoso.example if empty, "nobody" for none
	scopes   []string
	between  func(next http.Handler) http.Handler // stands in front of Graph
	args     []string
	says     []string
	lacks    []string
	verdicts map[checks.ID]checks.Verdict
	state    checks.State
	whose    checks.Who
	code     int
}

// run looks twice, for people and for programs.
func (l look) run(t *testing.T, schema reportSchema) {
	t.Helper()
	s := simulate(t, sim.Options{Scenario: l.scenario, Faults: l.faults})
	args := append([]string{"check", "--app", "hetk", "--domain", "contoso.example"}, against(s.Ready())...)
	if l.between != nil {
		base, ca := serveBetween(t, s, l.between)
		args = append(args, "--graph-url", base, "--ca-file", ca)
	}
	args = append(args, l.token(t, s)...)
	args = append(args, l.args...)

	text := ask(t, nil, args...)
	for _, w := range l.says {
		if !strings.Contains(text.out, w) {
			t.Errorf("%q is not said", w)
		}
	}
	lacks(t, text.out, l.lacks...)
	for _, a := range []answer{text, ask(t, nil, append(args, "--json")...)} {
		if a.code != l.code {
			t.Errorf("exit %d, want %d", a.code, l.code)
		}
		if a.err != "" {
			t.Errorf("standard error has %q", a.err)
		}
		if strings.HasPrefix(a.out, "{") {
			l.judge(t, schema, a.out)
		}
	}
	if t.Failed() {
		t.Logf("what a person saw:\n%s", text.out)
	}
}

func (l look) token(t *testing.T, s *sim.Sim) []string {
	t.Helper()
	switch l.as {
	case "nobody":
		return nil
	case "":
		l.as = "admin@contoso.example"
	}
	token, err := s.Token(l.as, l.scopes...)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"--token-file", keep(t, "token", token)}
}

// judge holds the report against the schema and the case.
func (l look) judge(t *testing.T, schema reportSchema, text string) {
	t.Helper()
	if err := schema.validate(text); err != nil {
		t.Errorf("the report does not fit its schema: %v", err)
	}
	var r checks.Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.Verdict.State != l.state || l.whose != "" && r.Verdict.Whose != l.whose {
		t.Errorf("%s, and the move is %s's; want %s, %s", r.Verdict.State, r.Verdict.Whose, l.state, l.whose)
	}
	for id, want := range l.verdicts {
		i := slices.IndexFunc(r.Findings, func(f checks.Finding) bool { return f.Check == id })
		if i < 0 || r.Findings[i].Verdict != want {
			t.Errorf("%s is not %s", id, want)
		}
	}
}

// serveBetween puts a handler in front of a simulator's Graph, on an address
// and with an authority of its own.
func serveBetween(t *testing.T, s *sim.Sim, wrap func(http.Handler) http.Handler) (base, ca string) {
	t.Helper()
	// Thousands of commands come through here, each with connections of its own:
	// over HTTP/2, as Microsoft's, and with a key that signs quickly.
	server := serveTLS(t, wrap(s.Handler()), func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.TLS = &tls.Config{Certificates: []tls.Certificate{ownCert(t, -time.Hour, 24*time.Hour)}}
	})
	theirs, err := os.ReadFile(s.Ready().CA)
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, keep(t, "ca.pem", string(theirs)+pemOf(server.Certificate()))
}

// serveTLS serves on loopback, and says nothing of clients that hang up.
func serveTLS(t *testing.T, h http.Handler, change func(*httptest.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(server)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// ownCert is a certificate for loopback that vouches for itself, from and to a
// time from now.
func ownCert(t *testing.T, from, to time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "of its own"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, is, is, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func pemOf(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// keep writes a file and gives its path.
func keep(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// instead answers one path of Graph by itself, whatever was asked of it.
func instead(suffix string, code int, header http.Header, body string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, suffix) {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			maps.Copy(w.Header(), header)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		})
	}
}

// graphError is a body in Graph's form.
func graphError(code, message string) string {
	b, err := json.Marshal(map[string]any{"error": map[string]any{
		"code": code, "message": message, "innerError": map[string]string{"request-id": "00000000-0000-0000-0000-000000000001"},
	}})
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(b))
}

// closedPort is an address of loopback where nobody listens: a port for services that
// machines have no more, and which no test is given.
const closedPort = "127.0.0.1:1"
