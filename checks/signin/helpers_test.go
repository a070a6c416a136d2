package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestMain plays az when the tests run this binary as az, and else looks for
// goroutines that outlive the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "account" {
		os.Exit(playAz(os.Args[2:]))
	}
	code := m.Run()
	if left := leaked(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines left behind:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// leaked gives the stacks of goroutines that belong to a sign-in, once those
// that are ending have had time to.
func leaked() string {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	left := ""
	for range 150 {
		buf := make([]byte, 1<<20)
		left = ""
		for s := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if !strings.Contains(s, "signin.leaked") && (strings.Contains(s, "authentication-library") || strings.Contains(s, "checks/signin") || strings.Contains(s, "checks/sim")) {
				left += s + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
		<-tick.C
	}
	return left
}

const (
	registered = "5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b" // an app that the first tenant owns
	domain     = "contoso.example"
	admin      = "admin@contoso.example"
	user       = "user@contoso.example"
)

// world is a running simulator and the way to it.
type world struct {
	*sim.Sim

	rt   *http.Transport
	base string
}

func startSim(t *testing.T, o sim.Options) world {
	t.Helper()
	s, err := sim.Start(context.Background(), o) //nolint:usetesting // it must outlive t.Context, which ends before Cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	rt, err := Transport(TransportOptions{CAFile: s.Ready().CA, Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.CloseIdleConnections)
	return world{Sim: s, rt: rt, base: "https://" + s.Ready().HTTPS}
}

// tenantID is the id of the first tenant.
func (w world) tenantID() string { return w.Ready().Tenants[0].ID }

// token is the script's token of an account.
func (w world) token(t *testing.T, upn string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(filepath.Dir(w.Ready().CA), "tokens", upn))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// graph sends a request to the simulated Graph as the account and returns the body.
func (w world) graph(t *testing.T, upn, method, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.base+"/v1.0"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token(t, upn))
	resp, err := (&http.Client{Transport: w.rt}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, b, err)
	}
	return string(b)
}

// clock is a clock that only tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// person plays somebody with a browser: follows pages and presses buttons.
type person struct {
	client *http.Client
	pick   string            // account to choose
	press  map[string]string // form action's last segment to the value of "do"

	mu    sync.Mutex
	urls  []string
	pages []string
	wg    sync.WaitGroup
}

func (w world) person(t *testing.T, pick string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{
		client: &http.Client{Transport: w.rt, Jar: jar}, pick: pick,
		press: map[string]string{"consent": "accept", "wall": "leave", "confirm": "continue"},
	}
	t.Cleanup(p.wg.Wait)
	return p
}

// open is an Options.Open: it returns at once, as a browser's opener does.
func (p *person) open(ctx context.Context, address string) error {
	p.mu.Lock()
	p.urls = append(p.urls, address)
	p.mu.Unlock()
	p.wg.Go(func() { p.visit(ctx, address, "") })
	return nil
}

// opened gives the addresses that were opened so far.
func (p *person) opened() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.urls...)
}

// visit goes from page to page until one has no form to answer.
func (p *person) visit(ctx context.Context, address, code string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	for range 12 {
		if err != nil {
			return
		}
		resp, derr := p.client.Do(req)
		if derr != nil {
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		p.mu.Lock()
		p.pages = append(p.pages, string(body))
		p.mu.Unlock()
		action, fields := formIn(body)
		if action == "" {
			return
		}
		p.answer(action, fields, code)
		to, perr := resp.Request.URL.Parse(action)
		if perr != nil {
			return
		}
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(fields.Encode()))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
}

// answer fills in what a person would.
func (p *person) answer(action string, fields url.Values, code string) {
	last := action[strings.LastIndexByte(action, '/')+1:]
	switch last {
	case "account":
		fields.Set("pick", p.pick)
	case "devicelogin":
		fields.Set("otc", code)
	default:
		if do := p.press[last]; do != "" {
			fields.Set("do", do)
		}
	}
}

// formIn is the first form of a page with its hidden fields.
func formIn(body []byte) (action string, fields url.Values) {
	fields = url.Values{}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return "", fields
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.Data == "form" && action == "":
			action = attr(n, "action")
		case n.Data == "form":
			return action, fields
		case n.Data == "input" && action != "" && attr(n, "type") == "hidden":
			fields.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	return action, fields
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// endpoint is a sign-in host that says what a test wants.
type endpoint struct {
	*httptest.Server

	rt     *http.Transport
	tenant string
	// token answers the token endpoint; device the device one, by default well.
	token, device http.HandlerFunc

	mu   sync.Mutex
	seen []url.Values // forms sent to the token endpoint
}

func startEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{tenant: "11111111-2222-4333-8444-555555555555"}
	e.device = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"user_code":"ABCD1234","device_code":"the-device-secret","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"go there"}`)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		root := e.URL + "/" + e.tenant
		_, _ = fmt.Fprintf(w, `{"issuer":"%s/v2.0","authorization_endpoint":"%s/oauth2/v2.0/authorize","token_endpoint":"%s/oauth2/v2.0/token"}`, root, root, root)
	})
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/devicecode", func(w http.ResponseWriter, r *http.Request) { e.device(w, r) })
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.mu.Lock()
		e.seen = append(e.seen, r.PostForm)
		e.mu.Unlock()
		e.token(w, r)
	})
	e.Server = httptest.NewTLSServer(mux)
	t.Cleanup(e.Close)
	e.rt = trusting(t, e.Server)
	return e
}

// quiet is a test server, not yet started, that logs no handshakes that fail on
// purpose.
func quiet(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

// trusting is a transport that trusts a test server, made by way of a CA file.
func trusting(t *testing.T, s *httptest.Server) *http.Transport {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	rt, err := Transport(TransportOptions{CAFile: name, Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.CloseIdleConnections)
	return rt
}

func (e *endpoint) client(t *testing.T, change func(*Options)) *Client {
	t.Helper()
	o := Options{
		LoginURL: e.URL, Tenant: e.tenant, ClientID: registered, Transport: e.rt,
		Pause: func(context.Context, time.Duration) error { return nil },
	}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// forms are the requests to the token endpoint so far.
func (e *endpoint) forms() []url.Values {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]url.Values(nil), e.seen...)
}

// say answers with an OAuth error.
func say(status int, oauth, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": oauth, "error_description": text})
	}
}

// reply answers with a token; scope is the member of the answer.
func (e *endpoint) reply(token, scope string, life int) http.HandlerFunc {
	info := base64.RawURLEncoding.EncodeToString([]byte(`{"uid":"the-user","utid":"` + e.tenant + `"}`))
	id := jwt(map[string]any{"oid": "the-user", "tid": e.tenant, "sub": "s", "preferred_username": admin})
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"token_type": "Bearer", "access_token": token, "refresh_token": "the-refresh-secret", "scope": scope,
			"expires_in": life, "id_token": id, "client_info": info,
		})
	}
}

// jwt is a token with these claims and no good signature.
func jwt(claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + enc(b) + "." + enc([]byte("no signature at all"))
}

// graphToken is a token for Graph that lives for an hour from now.
func graphToken(now time.Time, more map[string]any) string {
	c := map[string]any{
		"aud": "https://graph.microsoft.com", "tid": "11111111-2222-4333-8444-555555555555", "oid": "the-user",
		"upn": admin, "scp": "User.Read", "exp": now.Add(time.Hour).Unix(), "nbf": now.Add(-time.Minute).Unix(),
	}
	maps.Copy(c, more)
	return jwt(c)
}

// cause is the cause of an error, and fails the test where it has none.
func cause(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := asError(err)
	if !ok {
		t.Fatalf("%T %v is no *Error", err, err)
	}
	if e.Failure == nil || e.Failure.Kind == "" || e.Say == "" || e.Do == "" || e.Failure.Message == "" {
		t.Fatalf("%+v says too little", e)
	}
	for _, s := range []string{e.Error(), e.Say, e.Do, e.Failure.Message} {
		if s != checks.Line(s, 1000) {
			t.Errorf("%q is not one clean line", s)
		}
	}
	return e
}
