package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

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
