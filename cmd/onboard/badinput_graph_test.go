package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestBadGraph shows what a person gets when Graph, or whatever stands in its
// place, answers anything but what was asked for. A check that could not look
// is unknown, never failed, and nothing of it is ever green.
func TestBadGraph(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	unknown := map[checks.ID]checks.Verdict{
		"tenant/found": checks.Pass, "tenant/match": checks.Pass,
		"app/present": checks.Unknown, "app/grant": checks.Unknown, "consent/predict": checks.Unknown,
	}
	onePart := map[checks.ID]checks.Verdict{"access/security-defaults": checks.Unknown, "app/grant": checks.Pass}
	const defaults = "/policies/identitySecurityDefaultsEnforcementPolicy"
	for _, l := range []look{
		{
			name: "a challenge with claims", scenario: "approved", faults: []string{"cae=99"}, verdicts: unknown,
			says: []string{"Microsoft wants a fresh sign-in with more proof.", "→ Sign in again with the browser or a device code"},
		},
		{
			name: "too many requests, waiting said", scenario: "approved", faults: []string{"throttle,retry-after=300s"}, verdicts: unknown, whose: checks.WhoNobody,
			says: []string{"Microsoft Graph is busy and asks to wait.", "Too many requests from this application.", "→ Look again in 5 minutes."},
		},
		{
			name: "too many requests, waiting not said", scenario: "approved", faults: []string{"throttle"}, verdicts: unknown, whose: checks.WhoNobody,
			says: []string{"Microsoft Graph is busy and asks to wait.", "→ Look again in a minute."},
		},
		{
			name: "a fault of the service", scenario: "approved", faults: []string{"5xx"}, verdicts: unknown, whose: checks.WhoMicrosoft,
			says: []string{"Microsoft's service failed (503).", "→ Look again in a few minutes."},
		},
		{
			name: "a gateway in between", scenario: "approved", faults: []string{"5xx,status=504"}, verdicts: unknown, whose: checks.WhoMicrosoft,
			says: []string{"Microsoft's service failed (504)."},
		},
		{
			name: "a web page", scenario: "approved", faults: []string{"html"}, verdicts: unknown, whose: checks.WhoUser,
			says: []string{
				"something else answered in Microsoft's place, such as a proxy or a sign-in page of the network.",
				"a web page came instead of data", "→ Open any web page to get past the network's own sign-in, or name the proxy (--proxy).",
			},
			lacks: []string{"guest network"},
		},
		{
			name: "JSON by its label only", scenario: "approved", faults: []string{"notjson"}, verdicts: unknown,
			says: []string{"something else answered in Microsoft's place"},
		},
		{
			name: "a body that is cut off", scenario: "approved", faults: []string{"truncated"}, verdicts: unknown, whose: checks.WhoUser,
			says: []string{"Could not look: the answer was cut off on its way.", "→ Try again"}, lacks: []string{"something else answered"},
		},
		{
			name: "JSON that is cut off", scenario: "approved", between: instead(defaults, 200, nil, `{"isEnabled": tr`),
			verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			says: []string{"the answer was cut short"},
		},
		{
			name: "no such thing", scenario: "approved", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			between: instead(defaults, 404, nil, graphError("Request_ResourceNotFound", "Resource does not exist.")),
			says:    []string{"what was asked for is not there.", "Resource does not exist.", "→ Look again in a few minutes."},
		},
		{
			name: "a question not understood", scenario: "approved", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			between: instead(defaults, 400, nil, graphError("BadRequest", "Invalid filter clause.")),
			says:    []string{"Microsoft Graph did not accept the question.", "Invalid filter clause."},
		},
		{
			name: "refused for a scope", scenario: "approved", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			scopes: []string{"User.Read", "Application.Read.All", "Directory.Read.All", "Policy.Read.PermissionGrant"},
			says:   []string{"the sign-in lacks the permission Policy.Read.All", "→ Sign in again and allow: Policy.Read.All"},
		},
		{
			name: "refused for a role", scenario: "approved", as: "user@contoso.example", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			between: instead(defaults, 403, nil, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")),
			says:    []string{"your account lacks a role (Global Reader", "→ Sign in with an account that holds Global Reader", "or activate the role."},
		},
		{
			name: "refused without a reason", scenario: "approved", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			between: instead(defaults, 403, nil, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")),
			says:    []string{"Microsoft Graph refused, and did not say whether a scope or a role is missing."},
		},
		{
			name: "refused for a licence", scenario: "approved", verdicts: onePart, state: checks.StateOpen, code: codeOpen,
			between: instead(defaults, 403, nil, graphError("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license")),
			says:    []string{"the tenant lacks a licence", "→ Go on without it: clearing the block does not need it."},
		},
		{
			name: "a proxy's own refusal", scenario: "approved", between: instead("", 403, http.Header{"Content-Type": {"text/html"}}, "<h1>Blocked by policy</h1>"),
			verdicts: unknown, says: []string{"something else answered in Microsoft's place"}, lacks: []string{"Blocked by policy"},
		},
		{
			name: "an answer without end", scenario: "approved", between: endless,
			verdicts: unknown, says: []string{"the answer is larger than"},
		},
		{
			name: "escape sequences in names", scenario: "approved", code: codeOpen, state: checks.StateOpen,
			between: evilNames, says: []string{"The enterprise app is there: Z \uFFFDevil"}, lacks: []string{"owned\a", "aGk="},
		},
	} {
		if l.state == "" {
			l.state, l.code = checks.StateUnknown, codeUnknown
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.run(t, schema)
		})
	}
}

// endless answers Graph's paths with a body that never ends.
func endless(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		block := []byte(`{"value":"` + strings.Repeat("a", 1<<16))
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
}

// evilNames puts an attacker's text into every display name that Graph gives.
func evilNames(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := &body{header: http.Header{}, code: http.StatusOK}
		r.Header.Del("Accept-Encoding")
		next.ServeHTTP(m, r)
		var v any
		text := []byte(m.text.String())
		if json.Unmarshal(text, &v) == nil {
			spoilNames(v)
			if b, err := json.Marshal(v); err == nil {
				text = b
			}
		}
		for k, values := range m.header {
			if k != "Content-Length" {
				w.Header()[k] = values
			}
		}
		w.WriteHeader(m.code)
		_, _ = w.Write(text)
	})
}

func spoilNames(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			if _, ok := one.(string); ok && strings.Contains(strings.ToLower(k), "displayname") {
				v[k] = evil
				continue
			}
			spoilNames(one)
		}
	case []any:
		for _, one := range v {
			spoilNames(one)
		}
	}
}

// body is an answer that is changed before it is sent.
type body struct {
	header http.Header
	code   int
	text   strings.Builder
}

func (b *body) Header() http.Header         { return b.header }
func (b *body) WriteHeader(code int)        { b.code = code }
func (b *body) Write(p []byte) (int, error) { return b.text.Write(p) }

// TestPassingFaults shows that what passes by itself is not told to anybody:
// the answer is as if nothing had been.
func TestPassingFaults(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for _, l := range []look{
		{name: "busy for a second", faults: []string{"throttle=2,retry-after=1s"}},
		{name: "busy, waiting not said", faults: []string{"throttle=1"}},
		{name: "a fault at first", faults: []string{"5xx=1"}},
		{name: "cut off at first", faults: []string{"truncated=1"}},
		{name: "a body that takes its time", faults: []string{"slow=1s"}},
	} {
		l.scenario, l.state, l.code = "approved", checks.StateOpen, codeOpen
		// The tenant has no licence for the log of sign-ins, which stays so.
		l.says, l.lacks = []string{"open, verified"}, []string{"Could not look: Microsoft", "Could not look: the answer", "Could not look: something"}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.run(t, schema)
		})
	}
}

// TestBadTokens shows what is said of a token that is no use, before Graph is
// asked or after.
func TestBadTokens(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{})
	jwt := func(claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part([]byte(claims)) + "." + part([]byte("signature"))
	}
	const az = "az account get-access-token --resource-type ms-graph -o json"
	for _, c := range []struct {
		name, token string
		code        int
		says        []string
	}{
		{"expired", jwt(`{"aud":"https://graph.microsoft.com","exp":1700000000}`), codeUnknown, []string{"the token has expired", "get a new one: " + az}},
		{"not valid yet", jwt(`{"aud":"https://graph.microsoft.com","nbf":4000000000,"exp":4000003600}`), codeUnknown, []string{"the token is not valid yet: this machine's clock", "set the clock"}},
		{"for another API", jwt(`{"aud":"https://management.azure.com/","exp":4000000000}`), codeUnknown, []string{"the token is for another API than Microsoft Graph", az}},
		{"no token at all", "correct horse battery staple", codeUsage, []string{"there are spaces or line breaks within the token", az}},
		{"too short", "lkjsdf", codeUsage, []string{"it holds nothing that looks like a token", az}},
		{"cut off", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJodHRwczovL2dyYX", codeUsage, []string{"the token looks cut off", az}},
		{"another JSON", `{"value":[]}`, codeUsage, []string{"it is JSON without accessToken", az}},
		{"nothing", " \r\n", codeUsage, []string{"it is empty", az}},
		{"escape sequences", evil + strings.Repeat("a", 50), codeUsage, []string{"the token", az}},
		{"megabytes", strings.Repeat("a", 5<<20), codeUsage, []string{"it is far too large", az}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			flags := append([]string{"check", "--app", "hetk", "--domain", "contoso.example"}, against(s.Ready())...)
			for _, a := range []answer{
				ask(t, nil, append(flags, "--token-file", keep(t, "token", c.token))...),
				ask(t, strings.NewReader(c.token), append(flags, "--token-file", "-", "--json")...),
			} {
				if a.code != c.code || a.out != "" {
					t.Errorf("exit %d with %q on standard output, want %d with nothing", a.code, a.out, c.code)
				}
				holds(t, a.err, c.says...)
				if len(c.token) > 20 {
					lacks(t, a.err, c.token[:20])
				}
			}
		})
	}
}

// TestRefusedTokens shows what is said of tokens that only Graph can judge,
// and of accounts that are the wrong ones.
func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	none := "--token-file"
	opaque := keep(t, "opaque", "EwCQA8l6BAAU"+strings.Repeat("x", 600)) // as personal accounts get
	forged := keep(t, "forged", strings.Join([]string{
		base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"https://graph.microsoft.com","tid":"9188040d-6c67-4c5b-b112-36a304b66dad","idtyp":"user","exp":4000000000}`)), "c2ln",
	}, "."))
	for _, l := range []look{
		{
			name: "an opaque token", scenario: "approved", as: "nobody", args: []string{none, opaque},
			says: []string{"the sign-in is no longer accepted", "→ Sign in again."},
		},
		{
			name: "a personal account's", scenario: "approved", as: "nobody", args: []string{none, forged},
			says: []string{"This is a personal Microsoft account; it belongs to no organisation's tenant.", "→ Sign in with your work account."},
		},
		{
			name: "another tenant's", scenario: "wrong-tenant", as: "admin@fabrikam.example", whose: checks.WhoUser,
			says: []string{"You are signed in to fabrikam.example, not to the tenant of contoso.example.", "→ Sign in with an account of contoso.example."},
		},
		{
			name: "without scopes", scenario: "approved", scopes: []string{"User.Read"},
			says: []string{"Your sign-in lacks", "Could not look: the sign-in lacks the permission Application.Read.All", "→ Sign in again and allow: Application.Read.All"},
		},
		{
			name: "a role that is only eligible", scenario: "pim-eligible", as: "it@contoso.example", state: checks.StateBlocked, code: codeBlocked, whose: checks.WhoAdmin,
			says: []string{"You could activate Cloud Application Administrator; until you do, you may not approve.", "→ Activate the role, then sign in again: a token made before does not carry it."},
		},
		{
			name: "no role", scenario: "no-role", as: "user@contoso.example", state: checks.StateBlocked, code: codeBlocked,
			says: []string{"You hold none of the built-in roles that may approve this app for everyone."},
		},
		{
			name: "a clock that is wrong", scenario: "approved", between: lateDate,
			says: []string{"this machine's clock is", "ahead of Microsoft's"},
		},
	} {
		if l.state == "" {
			l.state, l.code = checks.StateUnknown, codeUnknown
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.run(t, schema)
		})
	}
}

// lateDate refuses tokens as a Graph does whose clock is years behind ours.
func lateDate(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Mon, 02 Jan 2023 15:04:05 GMT")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, graphError("InvalidAuthenticationToken", "Lifetime validation failed, the token is not yet valid."))
	})
}
