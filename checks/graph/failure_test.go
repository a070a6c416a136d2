package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

const caeClaims = `{"access_token":{"nbf":{"essential":true,"value":"1702682181"}}}`

func challenge(header string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", header)
		graphError(http.StatusUnauthorized, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.")(w, r)
	}
}

// TestFailures has one case for each way in which an answer can be wrong.
func TestFailures(t *testing.T) {
	t.Parallel()
	const html = "<!doctype html><title>Guest network</title>"
	tests := map[string]struct {
		token   string // default: may read everything, Global Administrator
		answer  http.HandlerFunc
		kind    checks.FailureKind
		status  int
		code    string
		words   string // part of the message
		missing []string
		claims  string
	}{
		"401 expired": {
			answer: graphError(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
			kind:   checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", words: wordExpired,
		},
		"401 not yet valid": {
			answer: graphError(401, "InvalidAuthenticationToken", "The token is not yet valid."),
			kind:   checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", words: wordNotYet,
		},
		"401 wrong cloud": {
			answer: graphError(401, "InvalidAuthenticationToken", "Access token validation failure. InvalidCloudInstance."),
			kind:   checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", words: wordOtherCloud,
		},
		"401 clock skew": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", time.Now().Add(-20*time.Minute).UTC().Format(http.TimeFormat))
				graphError(401, "InvalidAuthenticationToken", "no")(w, r)
			},
			kind: checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", words: "ahead of Microsoft's",
		},
		"401 claims challenge": {
			answer: challenge(`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(caeClaims)) + `"`),
			kind:   checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", words: wordChallenge, claims: caeClaims,
		},
		"401 challenge that Kiota panics on": {
			answer: challenge(`Bearer claims=eyJhIjoxfQ`),
			kind:   checks.FailSignIn, status: 401, code: "InvalidAuthenticationToken", claims: `{"a":1}`,
		},
		"401 without a body": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("WWW-Authenticate", "Bearer")
				w.WriteHeader(401)
			},
			kind: checks.FailSignIn, status: 401, words: wordBadToken,
		},
		"403 scope": {
			token: "User.Read", answer: graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
			kind: checks.FailScope, status: 403, code: "Authorization_RequestDenied", missing: needApps.scopes,
		},
		"403 role": {
			token: "User.Read Application.Read.All", answer: graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
			kind: checks.FailRole, status: 403, code: "Authorization_RequestDenied", missing: roleNames(directoryReaders),
		},
		"403 neither": {
			answer: graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
			kind:   checks.FailDenied, status: 403, code: "Authorization_RequestDenied",
		},
		"403 permission missing": {
			answer: graphError(403, "Authentication_MSGraphPermissionMissing", "Calling principal does not have required MSGraph permissions."),
			kind:   checks.FailScope, status: 403, code: "Authentication_MSGraphPermissionMissing", missing: needApps.scopes,
		},
		"403 role management's way": {
			answer: graphError(403, "UnknownError", `{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope."}`),
			kind:   checks.FailScope, status: 403, code: "UnknownError", missing: needApps.scopes,
		},
		"403 licence": {
			answer: graphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license"),
			kind:   checks.FailLicence, status: 403, code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
		},
		"400 licence": {
			answer: graphError(400, "AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."),
			kind:   checks.FailLicence, status: 400, code: "AadPremiumLicenseRequired",
		},
		"400":                     {answer: graphError(400, "Request_BadRequest", "no"), kind: checks.FailRequest, status: 400, code: "Request_BadRequest"},
		"404":                     {answer: graphError(404, "UnknownSegment", "no"), kind: checks.FailNotFound, status: 404, code: "UnknownSegment"},
		"405":                     {answer: graphError(405, "Request_BadRequest", "no"), kind: checks.FailRequest, status: 405, code: "Request_BadRequest"},
		"409":                     {answer: graphError(409, "Request_MultipleObjectsWithSameKeyValue", "no"), kind: checks.FailRequest, status: 409, code: "Request_MultipleObjectsWithSameKeyValue"},
		"429 for ever":            {answer: graphError(429, "TooManyRequests", "no"), kind: checks.FailThrottled, status: 429, code: "TooManyRequests"},
		"500":                     {answer: graphError(500, "generalException", "no"), kind: checks.FailService, status: 500, code: "generalException"},
		"503 html":                {answer: webPage(503, html), kind: checks.FailService, status: 503},
		"504 no body":             {answer: webPage(504, ""), kind: checks.FailService, status: 504},
		"511":                     {answer: webPage(511, html), kind: checks.FailNotJSON, status: 511, words: wordPortal},
		"407":                     {answer: webPage(407, html), kind: checks.FailUnreachable, status: 407, words: wordProxy},
		"403 html":                {answer: webPage(403, html), kind: checks.FailNotJSON, status: 403, words: wordPortal},
		"404 text":                {answer: webPage(404, "404 page not found"), kind: checks.FailNotJSON, status: 404, words: wordNoEnvelope},
		"200 html":                {answer: webPage(200, html), kind: checks.FailNotJSON, status: 200, words: wordPortal},
		"200 html that says json": {answer: answerJSON(html), kind: checks.FailNotJSON, status: 200, words: wordPortal},
		"200 empty":               {answer: answerJSON(""), kind: checks.FailNotJSON, status: 200, words: wordEmpty},
		"204":                     {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, kind: checks.FailNotJSON, words: "lacks"},
		"200 list":                {answer: answerJSON("[]"), kind: checks.FailNotJSON, status: 200, words: wordNotJSON},
		"200 null":                {answer: answerJSON("null"), kind: checks.FailNotJSON, status: 200, words: wordNotJSON},
		"200 no object":           {answer: answerJSON("{}"), kind: checks.FailNotJSON, words: "lacks"},
		"200 cut json":            {answer: answerJSON(`{"id":"x","appId":`), kind: checks.FailCut, status: 200, words: wordCut},
		"200 wrong type":          {answer: answerJSON(`{"id":"x","appId":"y","accountEnabled":"yes"}`), kind: checks.FailNotJSON, status: 200, words: wordOdd},
		"200 text":                {answer: webPage(200, "hello"), kind: checks.FailNotJSON, status: 200, words: wordNotJSON},
		"200 cut off": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"id":"`)
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			},
			kind: checks.FailCut, status: 200, words: wordCut,
		},
		"200 too large": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"id":"`+strings.Repeat("x", 2<<20)+`"}`)
			},
			kind: checks.FailNotJSON, status: 200, words: "larger than 1024 KiB",
		},
		"302 elsewhere": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://portal.guest.example/login?x=1", http.StatusFound)
			},
			kind: checks.FailNotJSON, status: 302, words: "portal.guest.example",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{appPrefix: tt.answer})
			r := s.reader(t, func(o *Options) {
				o.Limits.Body = 1 << 20
				if tt.token != "" {
					o.Tokens = fixed(userToken(t, tt.token))
				}
			})
			got := read(t, r, hetk(), checks.PartApp)
			f := got.App.Failure
			if got.App.Read || f == nil {
				t.Fatalf("read: %+v", got.App)
			}
			if f.Kind != tt.kind || f.Status != tt.status || f.Code != tt.code || f.Claims != tt.claims || !slices.Equal(f.Missing, tt.missing) {
				t.Errorf("failure %+v", f)
			}
			if !strings.Contains(f.Message, tt.words) {
				t.Errorf("message %q lacks %q", f.Message, tt.words)
			}
			if f.RequestID == "" || len(got.App.Seen) == 0 || got.App.Seen[0].Value == "" {
				t.Errorf("request id %q, evidence %+v", f.RequestID, got.App.Seen)
			}
		})
	}
}

func webPage(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if !strings.HasPrefix(body, "<") {
			w.Header().Set("Content-Type", "text/plain")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestForbiddenWithATokenThatCannotBeRead(t *testing.T) {
	t.Parallel()
	denied := graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	for name, tt := range map[string]struct {
		token string
		kind  checks.FailureKind
	}{
		"opaque":                   {"not-a-jwt", checks.FailDenied},
		"broken payload":           {"e30.!!!.x", checks.FailDenied},
		"no wids":                  {jwt(t, map[string]any{"scp": "Directory.Read.All"}), checks.FailDenied},
		"app, role held":           {jwt(t, map[string]any{"idtyp": "app", "roles": []string{"Directory.Read.All"}}), checks.FailDenied},
		"app, role lacks":          {jwt(t, map[string]any{"roles": []string{"Mail.Read"}}), checks.FailScope},
		"only the uncertain scope": {userToken(t, "DelegatedPermissionGrant.Read.All"), checks.FailScope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{appPrefix + "/oauth2PermissionGrants": denied})
			r := s.reader(t, func(o *Options) { o.Tokens = fixed(tt.token) })
			if f := read(t, r, hetk(), checks.PartGrants).Grants.Failure; f == nil || f.Kind != tt.kind {
				t.Errorf("failure %+v", f)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		source TokenSource
		kind   checks.FailureKind
	}{
		"no source": {nil, checks.FailNoAccess},
		"empty":     {fixed(" "), checks.FailNoAccess},
		"error":     {TokenFunc(func(context.Context, []string) (string, error) { return "", errors.New("refused") }), checks.FailSignIn},
		"failure": {TokenFunc(func(context.Context, []string) (string, error) {
			return "", &checks.Failure{Kind: checks.FailWrongTenant}
		}), checks.FailWrongTenant},
		"panic":       {TokenFunc(func(context.Context, []string) (string, error) { panic("secret") }), checks.FailSignIn},
		"line breaks": {fixed("a\r\nX-Evil: 1"), checks.FailSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			r := s.reader(t, func(o *Options) { o.Tokens = tt.source })
			got := read(t, r, hetk(), r.Serves()...)
			everyLook(t, got, func(part string, l lookHead) {
				if l.Read || l.Failure == nil || l.Failure.Kind != tt.kind || strings.Contains(l.Failure.Message, "secret") {
					t.Errorf("%s: %+v", part, l)
				}
			})
			if n := s.requests(); len(n) != 0 {
				t.Errorf("asked %v", n)
			}
		})
	}
}

func TestATokenSourceThatHangsDoesNotHoldUsUp(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	r := s.reader(t, func(o *Options) {
		o.Tokens = TokenFunc(func(context.Context, []string) (string, error) {
			cancel()
			<-release
			return "", nil
		})
	})
	got := &checks.Snapshot{}
	r.Read(ctx, hetk(), []checks.Part{checks.PartMe}, func(p checks.Piece) { p.Into(got) })
	if f := got.Me.Failure; f == nil || f.Kind != checks.FailCancelled {
		t.Errorf("failure %v", f)
	}
}

func TestTheTokenIsAskedForOnceAndNeverPrinted(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	token, asked := userToken(t, allScopes, globalID), 0
	var log syncBuffer
	r := s.reader(t, func(o *Options) {
		o.Logger = log.logger()
		o.Tokens = TokenFunc(func(context.Context, []string) (string, error) { asked++; return token, nil })
	})
	got := read(t, r, hetk(), r.Serves()...)
	if asked != 1 {
		t.Errorf("the token was asked for %d times", asked)
	}
	if out := log.String(); !strings.Contains(out, "asked Microsoft Graph") || strings.Contains(out, token) {
		t.Errorf("log %q", out)
	}
	everyLook(t, got, func(part string, l lookHead) {
		for _, e := range l.Seen {
			if strings.Contains(e.Request+e.Value, token) {
				t.Errorf("%s: the token is in the evidence", part)
			}
		}
	})
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	tests := map[string]struct {
		base  http.RoundTripper
		root  string
		kind  checks.FailureKind
		words string
	}{
		"refused":      {nil, "https://" + addr, checks.FailUnreachable, wordRefused},
		"no such name": {fails(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "graph.example", IsNotFound: true}}), "", checks.FailUnreachable, wordDNS},
		"broken":       {fails(io.ErrUnexpectedEOF), "", checks.FailUnreachable, wordDropped},
		"something":    {fails(errors.New("odd")), "", checks.FailUnreachable, wordNoAnswer},
		"proxy dial":   {fails(&net.OpError{Op: "proxyconnect", Err: errors.New("x")}), "", checks.FailUnreachable, wordProxy},
		"expired":      {fails(&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}), "", checks.FailTLS, wordTLSTime},
		"no TLS":       {fails(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), "", checks.FailTLS, wordNotTLS},
		"alert":        {fails(tls.AlertError(40)), "", checks.FailTLS, wordTLSOther},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := tt.root
			if root == "" {
				root = "https://graph.example"
			}
			r, err := New(Options{Root: root, Base: tt.base, Tokens: fixed("t"), Proxy: noProxy})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			if f := asFailure(r.Warm(t.Context())); f == nil || f.Kind != tt.kind {
				t.Errorf("warm: %v", f)
			}
			got := read(t, r, hetk(), r.Serves()...)
			everyLook(t, got, func(part string, l lookHead) {
				if f := l.Failure; f == nil || f.Kind != tt.kind || !strings.HasPrefix(f.Message, tt.words) {
					t.Errorf("%s: %+v", part, f)
				}
			})
		})
	}
}

func fails(err error) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	r := s.reader(t, func(o *Options) { o.RootCAs = x509.NewCertPool() })
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailTLS || !strings.HasPrefix(f.Message, wordTLS) {
		t.Errorf("unknown authority: %+v", f)
	}
	other := dialer(s.pool(), noProxy, nil)
	other.TLSClientConfig.ServerName = "another.name.test"
	r = s.reader(t, func(o *Options) { o.Base = other })
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailTLS || !strings.HasPrefix(f.Message, wordTLSName) {
		t.Errorf("another name: %+v", f)
	}
}

func TestProxyThatRefuses(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the proxy was shown the token")
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, nil)
	r := s.reader(t, func(o *Options) { o.Proxy = http.ProxyURL(at) })
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailUnreachable || !strings.HasPrefix(f.Message, wordProxy) {
		t.Errorf("failure %+v", f)
	}
}

func TestSlowAnswersHaveADeadline(t *testing.T) {
	t.Parallel()
	hang := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	s := serve(t, map[string]http.HandlerFunc{"/v1.0/me": hang})
	r := s.reader(t, func(o *Options) { o.Limits.Request = 50 * time.Millisecond })
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailUnreachable || f.Message != wordSlow(50*time.Millisecond) {
		t.Errorf("one request: %+v", f)
	}
	r = s.reader(t, func(o *Options) { o.Limits.Total = 50 * time.Millisecond })
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailUnreachable || f.Message != errTotal.Error() {
		t.Errorf("all together: %+v", f)
	}
}

func TestRoots(t *testing.T) {
	t.Parallel()
	for root, ok := range map[string]bool{
		"https://graph.microsoft.com": true, "https://graph.microsoft.us/": true, "https://127.0.0.1:1/prefix": true,
		"http://graph.microsoft.com": false, "": false, "graph.microsoft.com": false, "https://": false,
		"https://u:p@graph.microsoft.com": false, "https://graph.microsoft.com?x": false, "https://g#f": false, "https://g\x7f": false,
	} {
		if _, err := New(Options{Root: root}); (err == nil) != ok {
			t.Errorf("%q: %v", root, err)
		}
	}
}
