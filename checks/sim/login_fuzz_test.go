package sim

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// sendRaw asks the simulator without a network.
func sendRaw(t *testing.T, s *Sim, method, target, query, body, cookie string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "https://sim.example/", strings.NewReader(body))
	req.URL.Path, req.URL.RawPath, req.URL.RawQuery = target, "", query
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		req.AddCookie(&http.Cookie{Name: browserCookie, Value: cookie})
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, req)
	return w
}

// checkAnswer holds for every answer to anything: no failure of ours, no
// redirect to an address that nobody registered, nothing of the request on a
// page unescaped.
func checkAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 {
		t.Fatalf("status %d", w.Code)
	}
	to := w.Header().Get("Location")
	if to == "" {
		return
	}
	u, err := url.Parse(to)
	if err != nil || strings.ContainsAny(to, "\r\n") {
		t.Fatalf("location %q: %v", to, err)
	}
	switch host := u.Hostname(); {
	case host == "sim.example", host == "hetk.example", isLoopback(host) && u.Scheme == "http":
	default:
		t.Fatalf("sent to %q", to)
	}
}

// fuzzSim is one world for a whole run: making one takes longer than a request.
func fuzzSim(f *testing.F, o Options) *Sim {
	f.Helper()
	s, err := build(o.withDefaults())
	if err != nil {
		f.Fatal(err)
	}
	return s
}

func FuzzAuthorize(f *testing.F) {
	_, good, _ := strings.Cut(authorizeURL("contoso.example", "code_challenge", s256(verifier), "code_challenge_method", "S256", "claims", `{"access_token":{"xms_cc":{"values":["cp1"]}}}`), "?")
	f.Add("contoso.example", "/oauth2/v2.0/authorize", good)
	f.Add("common", "/v2.0/adminconsent", "client_id="+hetkAppID+"&scope=.default&redirect_uri=http://localhost:1/x")
	f.Add("organizations", "/adminconsent", "client_id="+hetkAppID+"&redirect_uri=//evil.example")
	f.Add("consumers", "/oauth2/authorize", "client_id="+graphCLIAppID+"&redirect_uri=http://localhost%5c@evil.example/&resource=x y")
	f.Add("x", "/v2.0/.well-known/openid-configuration", "%")
	f.Add("0", "/.", "0")
	f.Add("/evil.example", "/..", "0")
	s := fuzzSim(f, Options{Scenario: "managed-default", AutoApprove: adminUPN})
	f.Fuzz(func(t *testing.T, tenant, path, query string) {
		checkAnswer(t, sendRaw(t, s, http.MethodGet, "/"+tenant+path, query, "", ""))
		checkAnswer(t, sendRaw(t, s, http.MethodPost, "/"+tenant+path, "", query, ""))
	})
}

var flowField = regexp.MustCompile(`name="flow" value="([A-Z2-7]{26})"`)

func FuzzForms(f *testing.F) {
	f.Add("/_signin/account", "pick="+url.QueryEscape(adminUPN), "/_signin/consent", "do=accept&everyone=on")
	f.Add("/_signin/account", "pick="+url.QueryEscape(userUPN), "/_signin/wall", "do=ask&reason=%00%ff")
	f.Add("/_signin/account", "login=a&passwd=b", "/devicelogin", "otc=%ff%ff%ff%ff%ff%ff%ff%ff%ff")
	f.Add("/contoso.example/oauth2/v2.0/token", "grant_type=authorization_code&client_id=x&code=y", "/portal/consent", "choice=all")
	s := fuzzSim(f, Options{Scenario: "managed-default"})
	f.Fuzz(func(t *testing.T, path1, body1, path2, body2 string) {
		const cookie = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		path, query, _ := strings.Cut(authorizeURL("contoso.example", "prompt", "select_account"), "?")
		page := sendRaw(t, s, http.MethodGet, path, query, "", cookie)
		flow := flowField.FindStringSubmatch(page.Body.String())
		if flow == nil {
			t.Fatalf("no form: %s", page.Body)
		}
		for _, step := range [][2]string{{path1, body1}, {path2, body2}} {
			checkAnswer(t, sendRaw(t, s, http.MethodPost, step[0], "", "flow="+flow[1]+"&"+step[1], cookie))
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0..")
	s := newSigner(func(do func()) { do() }, newKeyPair)
	if _, err := s.wait(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if c, err := s.verify(raw, riskBegan); err == nil {
			t.Fatalf("accepted %q: %+v", raw, c)
		}
	})
}
