package signin

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

const (
	hetkID     = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	hetkSecret = "simulated-secret-of-hetk"
	// canary is a secret that must show nowhere.
	canary = "CANARY~8Q8Q.never-to-be-seen-anywhere_42"
)

// put writes a file for a test.
func put(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "proof")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func secretOf(t *testing.T, text string) Credential {
	t.Helper()
	c, err := SecretFile(t.Context(), put(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask probes with a credential through a transport.
func ask(t *testing.T, o ProberOptions, q checks.Query) checks.Look[checks.Probe] {
	t.Helper()
	d, err := NewDiscoverer(DiscovererOptions{Transport: o.Transport, LoginURL: o.LoginURL})
	if err != nil {
		t.Fatal(err)
	}
	o.Discoverer = d
	p, err := NewProber(o)
	if err != nil {
		t.Fatal(err)
	}
	var s checks.Snapshot
	p.Read(t.Context(), q, p.Serves(), func(piece checks.Piece) { piece.Into(&s) })
	return s.Probe
}

func ofApp(id string) checks.Query {
	return checks.Query{App: checks.App{ClientID: id}, Domain: domain, Cloud: checks.CloudPublic}
}

// pair makes a certificate and its key: the PEM of both, and of the first alone.
func pair(t *testing.T) (both, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "PRIVATE KEY"}
	if block.Bytes, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Own Tool"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	public = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return string(pem.EncodeToMemory(block)) + public, public
}

// TestProbe asks the simulator, by the real client, in every state of the app.
func TestProbe(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scenario, app, secret string
		answer                checks.ProbeAnswer
		kind                  checks.FailureKind
		code                  string
	}{
		"there":          {scenario: "approved", answer: checks.ProbeThere},
		"one user's":     {scenario: "one-user-grant", answer: checks.ProbeThere},
		"nobody":         {scenario: "managed-default", answer: checks.ProbeAbsent, code: "AADSTS7000229"},
		"disabled":       {scenario: "disabled", answer: checks.ProbeOff, code: "AADSTS7000112"},
		"no such app":    {scenario: "approved", app: "99999999-2222-4333-8444-555555555555", answer: checks.ProbeStrange, code: "AADSTS700016"},
		"a wrong secret": {scenario: "approved", secret: canary, kind: checks.FailCredential, code: "AADSTS7000215"},
		"wrong, nobody":  {scenario: "managed-default", secret: canary, kind: checks.FailCredential, code: "AADSTS7000215"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startSim(t, sim.Options{Scenario: tt.scenario})
			id, secret := hetkID, hetkSecret
			if tt.app != "" {
				id = tt.app
			}
			if tt.secret != "" {
				secret = tt.secret
			}
			l := ask(t, ProberOptions{Credential: secretOf(t, secret+"\r\n"), Transport: w.rt, LoginURL: w.base}, ofApp(id))
			answers(t, l, tt.answer, tt.kind, tt.code)
			if l.Read && (len(l.Seen) != 1 || l.Seen[0].RequestID == "" || l.Seen[0].At.IsZero() || !strings.Contains(l.Seen[0].Request, "/"+w.tenantID()+"/oauth2/v2.0/token grant_type=client_credentials")) {
				t.Errorf("evidence %+v", l.Seen)
			}
			if l.Read && l.Value.TenantID != w.tenantID() {
				t.Errorf("asked tenant %s", l.Value.TenantID)
			}
			unseen(t, l, secret)
		})
	}
}

// answers compares an answer with what it should be.
func answers(t *testing.T, l checks.Look[checks.Probe], answer checks.ProbeAnswer, kind checks.FailureKind, code string) {
	t.Helper()
	switch {
	case answer != "" && (!l.Read || l.Failure != nil || l.Value.Answer != answer || l.Value.Code != code):
		t.Fatalf("got %+v (%v), want %s %s", l.Value, l.Failure, answer, code)
	case kind != "" && (l.Read || l.Failure == nil || l.Failure.Kind != kind || code != "" && l.Failure.Code != code):
		t.Fatalf("got %+v (%v), want %s %s", l.Value, l.Failure, kind, code)
	}
}

// unseen looks for secrets wherever a look can be printed or kept.
func unseen(t *testing.T, l checks.Look[checks.Probe], secrets ...string) {
	t.Helper()
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b) + fmt.Sprintf("%+v %#v", l, l)
	if l.Failure != nil {
		text += l.Failure.Error() + l.Failure.Message
	}
	for _, s := range append(secrets, "eyJ", canary) {
		if strings.Contains(text, s) {
			t.Errorf("%q is in %s", s, text)
		}
	}
}

// TestProbeByCertificate: the key signs, Microsoft compares, and what was granted
// to the app itself stands in its token.
func TestProbeByCertificate(t *testing.T) {
	t.Parallel()
	both, public := pair(t)
	other, _ := pair(t)
	w := startSim(t, sim.Options{Scenario: "approved", Register: []string{registered + ":@" + put(t, public)}})
	for name, tt := range map[string]struct {
		pem  string
		kind checks.FailureKind
		code string
	}{
		"its own":   {pem: both},
		"another's": {pem: other, kind: checks.FailCredential, code: "AADSTS700027"},
	} {
		c, err := CertFile(t.Context(), put(t, tt.pem), nil)
		if err != nil {
			t.Fatal(err)
		}
		l := ask(t, ProberOptions{Credential: c, Transport: w.rt, LoginURL: w.base}, ofApp(registered))
		if tt.kind != "" {
			answers(t, l, "", tt.kind, tt.code)
			continue
		}
		answers(t, l, checks.ProbeThere, "", "")
		if len(l.Value.Roles) == 0 || !strings.HasSuffix(l.Seen[0].Request, "&client_assertion=•••") {
			t.Errorf("%s: roles %v, asked %s", name, l.Value.Roles, l.Seen[0].Request)
		}
		unseen(t, l)
	}
}

// bearer makes a token with claims; nobody signed it.
func bearer(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"none"}`)) + "." + part([]byte(claims)) + "." + part([]byte("x"))
}

// refusing answers a token request with a refusal.
func refusing(status int, oauth, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("x-ms-request-id", "the-request")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": oauth, "error_description": text})
	}
}

// TestProbeAnswers: everything that a sign-in host, or what stands in its place,
// can answer.
func TestProbeAnswers(t *testing.T) {
	t.Parallel()
	const tid = "11111111-2222-4333-8444-555555555555"
	ok := func(token string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"access_token":%q}`, token)
		}
	}
	page := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!DOCTYPE html><title>Log in to our network</title>")
		}
	}
	claims := func(tid, app, more string) string {
		return bearer(`{"tid":"` + tid + `","appid":"` + app + `"` + more + `}`)
	}
	for name, tt := range map[string]struct {
		says   http.HandlerFunc
		answer checks.ProbeAnswer
		kind   checks.FailureKind
		code   string
		roles  int
	}{
		"a token":                 {says: ok(claims(tid, hetkID, "")), answer: checks.ProbeThere},
		"a token with roles":      {says: ok(claims(strings.ToUpper(tid), hetkID, `,"roles":["Calendars.Read","\u001b[2JMail.Read"]`)), answer: checks.ProbeThere, roles: 2},
		"an opaque token":         {says: ok("opaque"), answer: checks.ProbeThere},
		"another tenant's token":  {says: ok(claims("22222222-2222-4333-8444-555555555555", hetkID, "")), kind: checks.FailNotJSON},
		"another app's token":     {says: ok(claims(tid, "22222222-2222-4333-8444-555555555555", "")), kind: checks.FailNotJSON},
		"no token":                {says: ok(""), kind: checks.FailNotJSON},
		"nobody, invalid_client":  {says: refusing(401, "invalid_client", "AADSTS7000229: The client application is missing service principal in the tenant."), answer: checks.ProbeAbsent, code: "AADSTS7000229"},
		"unknown app":             {says: refusing(400, "unauthorized_client", "AADSTS700016: not found in the directory"), answer: checks.ProbeStrange, code: "AADSTS700016"},
		"no tenant":               {says: refusing(400, "invalid_request", "AADSTS90002: Tenant not found."), answer: checks.ProbeNoTenant, code: "AADSTS90002"},
		"disabled":                {says: refusing(401, "unauthorized_client", "AADSTS7000112: Application is disabled."), answer: checks.ProbeOff, code: "AADSTS7000112"},
		"wants assignment":        {says: refusing(400, "invalid_grant", "AADSTS501051: is not assigned to a role"), answer: checks.ProbeHeld, code: "AADSTS501051"},
		"a policy":                {says: refusing(400, "invalid_grant", "AADSTS53003: Access has been blocked by Conditional Access policies."), answer: checks.ProbeHeld, code: "AADSTS53003"},
		"a wrong secret":          {says: refusing(401, "invalid_client", "AADSTS7000215: Invalid client secret provided. client_secret="+canary), kind: checks.FailCredential, code: "AADSTS7000215"},
		"an expired secret":       {says: refusing(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired."), kind: checks.FailCredential, code: "AADSTS7000222"},
		"a wrong certificate":     {says: refusing(401, "invalid_client", "AADSTS700027: Client assertion failed signature validation."), kind: checks.FailCredential, code: "AADSTS700027"},
		"a bad assertion":         {says: refusing(401, "invalid_client", "AADSTS50027: Invalid JWT token."), kind: checks.FailCredential, code: "AADSTS50027"},
		"invalid_client, no code": {says: refusing(401, "invalid_client", ""), kind: checks.FailCredential},
		"invalid_client, unheard": {says: refusing(401, "invalid_client", "AADSTS7999999: new"), kind: checks.FailCredential, code: "AADSTS7999999"},
		"something else":          {says: refusing(400, "invalid_request", "AADSTS900144: The body must contain x.\x1b[2J"), kind: checks.FailRequest, code: "AADSTS900144"},
		"busy":                    {says: refusing(400, "temporarily_unavailable", "later"), kind: checks.FailService},
		"a fault":                 {says: refusing(503, "temporarily_unavailable", "AADSTS90033: later"), kind: checks.FailService},
		"an empty fault":          {says: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, kind: checks.FailService},
		"throttled":               {says: refusing(429, "slow_down", ""), kind: checks.FailThrottled},
		"a portal":                {says: page(200), kind: checks.FailNotJSON},
		"a block page":            {says: page(403), kind: checks.FailNotJSON},
		"a redirect": {says: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/"+canary, http.StatusTemporaryRedirect)
		}, kind: checks.FailNotJSON},
		"nothing": {says: func(http.ResponseWriter, *http.Request) {}, kind: checks.FailNotJSON},
		"garbage": {says: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\x00\xff\x1b[2J{")) }, kind: checks.FailNotJSON},
		"cut":     {says: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"access_token":"eyJhb`) }, kind: checks.FailNotJSON},
		"a list":  {says: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `[1,2]`) }, kind: checks.FailNotJSON},
		"huge":    {says: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), maxAnswer+10)) }, kind: checks.FailNotJSON},
		"cut short": {says: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, kind: checks.FailUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := startEndpoint(t)
			e.token = tt.says
			l := ask(t, ProberOptions{Credential: secretOf(t, canary), Transport: e.rt, LoginURL: e.URL}, ofApp(hetkID))
			answers(t, l, tt.answer, tt.kind, tt.code)
			unseen(t, l)
			if len(l.Value.Roles) != tt.roles || strings.ContainsRune(strings.Join(l.Value.Roles, ""), '\x1b') {
				t.Errorf("roles %q", l.Value.Roles)
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			if len(e.seen) == 0 || e.seen[0].Get("client_secret") != canary || e.seen[0].Get("client_id") != hetkID {
				t.Errorf("sent %d forms, and not the secret first", len(e.seen))
			}
		})
	}
}

// TestProbeIsBounded: a host that never answers is given up, and a stop is one.
func TestProbeIsBounded(t *testing.T) {
	t.Parallel()
	e := startEndpoint(t)
	e.token = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	o := ProberOptions{Credential: secretOf(t, canary), Transport: e.rt, LoginURL: e.URL, Patience: 300 * time.Millisecond}
	l := ask(t, o, ofApp(hetkID))
	answers(t, l, "", checks.FailUnreachable, "")
	if !strings.Contains(l.Failure.Message, wordsNoAnswer) {
		t.Errorf("says %q", l.Failure.Message)
	}
	unseen(t, l)
}

// TestProbeAsksNobody: without a client id, a tenant, or one cloud, nothing is
// sent anywhere with the credential.
func TestProbeAsksNobody(t *testing.T) {
	t.Parallel()
	e := startEndpoint(t)
	e.token = refusing(500, "x", "x")
	o := ProberOptions{Credential: secretOf(t, canary), Transport: e.rt, LoginURL: e.URL}
	for _, q := range []checks.Query{{Domain: domain}, {App: checks.App{ClientID: hetkID}}, {App: checks.App{ClientID: hetkID}, Domain: domain}} {
		l := ask(t, o, q) // the last is in every cloud at once here
		if l.Read || l.Failure == nil || len(e.seen) > 0 {
			t.Errorf("%+v: %+v, and %d forms sent", q, l, len(e.seen))
		}
	}
}

func TestCredentialFiles(t *testing.T) {
	t.Parallel()
	both, public := pair(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	elliptical := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})) + public
	key, _, _ := strings.Cut(both, "-----BEGIN CERT")
	_, stranger := pair(t)
	for name, tt := range map[string]struct{ text, say string }{
		"secret/empty":        {" \r\n", wordsFileEmpty},
		"secret/two words":    {canary + " " + canary, wordsSecretShape},
		"secret/a key":        {both, wordsSecretIsPEM},
		"secret/large":        {strings.Repeat("x", maxAppSecret+1), wordsFileLarge},
		"secret/control":      {canary + "\x1b[2J", wordsSecretShape},
		"cert/empty":          {"", wordsFileEmpty},
		"cert/none":           {canary, wordsCertNotPEM},
		"cert/no key":         {public, wordsCertParts},
		"cert/no certificate": {key, wordsCertParts},
		"cert/locked":         {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n" + public, wordsCertLocked},
		"cert/another's":      {key + stranger, wordsCertOther},
		"cert/elliptical":     {elliptical, wordsCertRSA},
		"cert/large":          {strings.Repeat("x", maxAppCert+1), wordsFileLarge},
	} {
		take := SecretFile
		if strings.HasPrefix(name, "cert/") {
			take = CertFile
		}
		_, err := take(t.Context(), put(t, tt.text), nil)
		var in *InputError
		if !errors.As(err, &in) || !strings.Contains(in.Say, tt.say) || in.Do == "" || strings.Contains(in.Say+in.Do, canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := SecretFile(t.Context(), filepath.Join(t.TempDir(), "none"), nil); err == nil || !strings.Contains(err.Error(), wordsFileMissing) {
		t.Errorf("no file: %v", err)
	}
	if c, err := SecretFile(t.Context(), "-", strings.NewReader(canary)); err != nil || c.proof != proofSecret {
		t.Errorf("from standard input: %v", err)
	}
	utf16 := "\xff\xfe" + strings.Join(strings.Split(canary, ""), "\x00") + "\x00"
	if _, err := SecretFile(t.Context(), put(t, utf16), nil); err != nil {
		t.Errorf("as PowerShell writes it: %v", err)
	}
}

// TestStdinThatNobodyTypes ends with the command.
func TestStdinThatNobodyTypes(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, w := io.Pipe()
	defer w.Close() //nolint:errcheck // a pipe
	if _, err := SecretFile(ctx, "-", r); err == nil {
		t.Error("took a secret that nobody typed")
	}
}

// TestCredentialShowsNowhere prints a credential in every way there is.
func TestCredentialShowsNowhere(t *testing.T) {
	t.Parallel()
	c := secretOf(t, canary)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c, "o", ProberOptions{Credential: c})
	b, err := json.Marshal(map[string]any{"c": c})
	if err != nil {
		t.Fatal(err)
	}
	type holder struct{ c Credential }
	all := log.String() + string(b) + fmt.Sprintf("%v %+v %#v %s %q %x %v %+v %#v", c, c, c, c, c, c, holder{c}, holder{c}, holder{c})
	if strings.Contains(all, canary) || strings.Contains(all, fmt.Sprintf("%x", canary)) {
		t.Errorf("the secret shows: %s", all)
	}
	if !strings.Contains(all, mask) {
		t.Errorf("nothing shows at all: %s", all)
	}
}
