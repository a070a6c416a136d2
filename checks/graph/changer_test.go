package graph

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/checks"
)

const (
	// confirmedScopes are what the plans of these tests may use, together.
	confirmedScopes = "Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All AppRoleAssignment.ReadWrite.All Application.Read.All " +
		"Policy.ReadWrite.PermissionGrant Policy.ReadWrite.Authorization Policy.ReadWrite.ConsentRequest"
	writeScopes = confirmedScopes + " Directory.Read.All User.Read"
	grantsAt    = "/v1.0/oauth2PermissionGrants"
	spsAt       = "/v1.0/servicePrincipals"
)

// ledger is a Graph that keeps what was written to it.
type ledger struct {
	mu     sync.Mutex
	writes []Write
}

func (l *ledger) written() []Write {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.writes)
}

// answering gives every path that is written to one handler, behind the ledger.
func (l *ledger) answering(t *testing.T, h http.HandlerFunc) map[string]http.HandlerFunc {
	t.Helper()
	keep := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if len(body) > 0 && (r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Content-Encoding") != "") {
			t.Errorf("the body is sent as %q, %q", r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"))
		}
		l.mu.Lock()
		l.writes = append(l.writes, Write{r.Method, strings.TrimPrefix(r.URL.Path, "/v1.0"), string(body)})
		l.mu.Unlock()
		h(w, r)
	}
	paths := map[string]http.HandlerFunc{}
	for _, w := range allWrites() {
		paths["/v1.0"+w.Path] = keep
	}
	return paths
}

// changer writes whatever a test sends.
func (l *ledger) changer(t *testing.T, h http.HandlerFunc, set ...func(*Options)) *eachAgreed {
	t.Helper()
	return &eachAgreed{l.changerOf(t, Agreement{Writes: []Write{createWrite()}}, h, set...)}
}

// changerOf writes what was agreed to.
func (l *ledger) changerOf(t *testing.T, a Agreement, h http.HandlerFunc, set ...func(*Options)) *Changer {
	t.Helper()
	o := serve(t, l.answering(t, h)).options(t)
	o.Tokens = fixed(userToken(t, writeScopes, globalID))
	for _, f := range set {
		f(&o)
	}
	a.Tenant, a.Scopes = tenantID, strings.Fields(confirmedScopes)
	c, err := Confirm(a)
	if err != nil {
		t.Fatal(err)
	}
	ch, err := NewChanger(o, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
	return ch
}

// eachAgreed is a changer for tests of what becomes of single writes: each is
// agreed to just before it is sent.
type eachAgreed struct{ *Changer }

func (e *eachAgreed) Send(ctx context.Context, w Write) (Answered, error) {
	e.confirmed.Writes, e.progress.next, e.progress.app = []Write{w}, 0, ""
	return e.Changer.Send(ctx, w)
}

// withStatus answers with a body and a status of its own.
func withStatus(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { jsonStatus(w, status, body) }
}

func noContent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func lost(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestWritesThatAreAccepted(t *testing.T) {
	t.Parallel()
	grant := fmt.Sprintf(`{"id":"g","clientId":%q,"consentType":"AllPrincipals","principalId":null,"resourceId":%q,"scope":"openid"}`, clientSP, resourceSP)
	for name, tt := range map[string]struct {
		write  Write
		answer http.HandlerFunc
		status int
		object string
		times  int
	}{
		"create":                    {createWrite(), withStatus(201, `{"id":"`+clientSP+`","appId":"`+clientID+`"}`), 201, clientSP, 1},
		"create, no id in it":       {createWrite(), withStatus(201, `{"appId":"`+clientID+`"}`), 201, "", 1},
		"create, hostile id":        {createWrite(), withStatus(201, `{"id":"a\u001b[2Jb\u202ec"}`), 201, checks.Line("a\x1b[2Jb\u202ec", 128), 1},
		"enable":                    {enableWrite(clientSP), noContent, 204, "", 1},
		"grant":                     {grantWrite(clientSP, resourceSP, "openid"), withStatus(201, grant), 201, "g", 1},
		"widen":                     {scopeWrite("g", "openid User.Read"), noContent, 204, "", 1},
		"widen, answered with 200":  {scopeWrite("g", "openid User.Read"), withStatus(200, grant), 200, "", 1},
		"delete":                    {deleteWrite("g"), noContent, 204, "", 1},
		"require":                   {requireWrite(clientSP), noContent, 204, "", 1},
		"delete the app":            {deleteAppWrite(clientSP), noContent, 204, "", 1},
		"grant to one":              {grantOneWrite(clientSP, userID, resourceSP, "openid"), withStatus(201, `{"id":"g","principalId":"`+userID+`"}`), 201, "g", 1},
		"assign":                    {assignWrite(clientSP, userID, noRole), withStatus(201, `{"id":"a-_1","appRoleId":"`+noRole+`","principalType":"User"}`), 201, "a-_1", 1},
		"unassign":                  {unassignWrite(clientSP, "a"), noContent, 204, "", 1},
		"classify":                  {classifyWrite(resourceSP, calendars, "Calendars.ReadWrite"), withStatus(201, `{"id":"c","classification":"low"}`), 201, "c", 1},
		"unclassify":                {unclassifyWrite(resourceSP, "c"), noContent, 204, "", 1},
		"set consent":               {consentWrite(forSelfLow), noContent, 204, "", 1},
		"set the workflow":          {workflowWrite(true, 30, "/users/"+userID), noContent, 204, "", 1},
		"set the workflow, 200":     {workflowWrite(true, 30), withStatus(200, `{"id":"w","isEnabled":true}`), 200, "", 1},
		"make a policy":             {policyWrite(ourPolicy, "x"), withStatus(201, `{"id":"`+ourPolicy+`","includes":[]}`), 201, ourPolicy, 1},
		"add a rule":                {ruleWrite(ourPolicy, clientID, calendars), withStatus(201, `{"id":"r","permissionType":"delegated"}`), 201, "r", 1},
		"delete a policy":           {deletePolicyWrite(ourPolicy), noContent, 204, "", 1},
		"delete a rule":             {deleteRuleWrite(ourPolicy, calendars), noContent, 204, "", 1},
		"throttled, then taken":     {deleteWrite("g"), sequence(throttled("1"), noContent), 204, "", 2},
		"throttled to the last try": {deleteWrite("g"), sequence(throttled(""), throttled(""), throttled(""), noContent), 204, "", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			got, err := l.changer(t, tt.answer).Send(t.Context(), tt.write)
			want := Answered{Status: tt.status, ObjectID: tt.object, RequestID: "11111111-2222-4333-8444-555555555555"}
			if err != nil || got != want {
				t.Errorf("%+v, %v, want %+v", got, err, want)
			}
			if writes := l.written(); len(writes) != tt.times || slices.ContainsFunc(writes, func(w Write) bool { return w != tt.write }) {
				t.Errorf("wrote %+v, want %d times %+v", writes, tt.times, tt.write)
			}
		})
	}
}

// TestWritesThatFail has one case for each way in which a write can fail. What
// was sent once is not sent again, whatever became of it, but after 429.
func TestWritesThatFail(t *testing.T) {
	t.Parallel()
	const html = "<!doctype html><title>Guest network</title>"
	denied := graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	for name, tt := range map[string]struct {
		token   string // default: may write, Global Administrator
		answer  http.HandlerFunc
		kind    checks.FailureKind
		status  int
		words   string
		missing []string
		times   int // default 1
	}{
		"answer lost":         {answer: lost, kind: checks.FailUnreachable},
		"answer cut":          {answer: cutOff, kind: checks.FailCut, status: 200, words: wordCut},
		"no answer in time":   {answer: hangs, kind: checks.FailUnreachable, words: wordSlow(3 * time.Second)},
		"500":                 {answer: graphError(500, "generalException", "no"), kind: checks.FailService, status: 500},
		"503":                 {answer: graphError(503, "serviceNotAvailable", "no"), kind: checks.FailService, status: 503},
		"503 with a pause":    {answer: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "1"); w.WriteHeader(503) }, kind: checks.FailService, status: 503},
		"504 of a gateway":    {answer: webPage(504, html), kind: checks.FailService, status: 504},
		"408":                 {answer: webPage(408, ""), kind: checks.FailService, status: 408},
		"429 for ever":        {answer: throttled("1"), kind: checks.FailThrottled, status: 429, times: 4},
		"429 for an hour":     {answer: throttled("3600"), kind: checks.FailThrottled, status: 429},
		"400":                 {answer: graphError(400, "Request_BadRequest", "no"), kind: checks.FailRequest, status: 400, words: "no"},
		"400, nobody's app":   {answer: graphError(400, "Request_BadRequest", "The appId does not reference a valid application object."), kind: checks.FailRequest, status: 400, words: wordNoBacking},
		"400, by inner code":  {answer: withStatus(400, `{"error":{"code":"Request_BadRequest","message":"x","details":[{"code":"NoBackingApplicationObject"}]}}`), kind: checks.FailRequest, status: 400, words: wordNoBacking},
		"401":                 {answer: graphError(401, "InvalidAuthenticationToken", "The token is expired."), kind: checks.FailSignIn, status: 401, words: wordExpired},
		"401 with a wish":     {answer: challenge(`Bearer error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(caeClaims)) + `"`), kind: checks.FailSignIn, status: 401, words: wordChallenge},
		"403, scope":          {token: "User.Read", answer: denied, kind: checks.FailScope, status: 403, missing: needAppWrite.scopes},
		"403, role":           {token: "Application.ReadWrite.All", answer: denied, kind: checks.FailRole, status: 403, missing: roleNames(appWriters)},
		"403, neither":        {answer: denied, kind: checks.FailDenied, status: 403},
		"403 of a web filter": {answer: webPage(403, html), kind: checks.FailNotJSON, status: 403, words: wordPortal},
		"404":                 {answer: graphError(404, "Request_ResourceNotFound", "no"), kind: checks.FailNotFound, status: 404},
		"409":                 {answer: graphError(409, "Request_MultipleObjectsWithSameKeyValue", "there already"), kind: checks.FailRequest, status: 409, words: "there already"},
		"elsewhere":           {answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, spsAt, http.StatusTemporaryRedirect) }, kind: checks.FailNotJSON, status: 307, words: wordRedirect},
		"201 and a list":      {answer: withStatus(201, `[]`), kind: checks.FailNotJSON, status: 201, words: wordNotJSON},
		"201 and nothing":     {answer: withStatus(201, ``), kind: checks.FailNotJSON, status: 201, words: wordEmpty},
		"201 and a web page":  {answer: webPage(201, html), kind: checks.FailNotJSON, status: 201, words: wordPortal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			ch := l.changer(t, tt.answer, func(o *Options) {
				if name == "no answer in time" {
					o.Limits.Request = 3 * time.Second // the server must have had the write by then
				}
				if tt.token != "" {
					o.Tokens = fixed(userToken(t, tt.token))
				}
			})
			got, err := ch.Send(t.Context(), createWrite())
			f := asFailure(err)
			if f == nil || f.Kind != tt.kind || f.Status != tt.status || !slices.Equal(f.Missing, tt.missing) || !strings.Contains(f.Message, tt.words) {
				t.Errorf("failure %+v", f)
			}
			if got.Status != 0 || got.ObjectID != "" || tt.status != 0 && (got.RequestID == "" || f.RequestID != got.RequestID) {
				t.Errorf("answered %+v beside %+v", got, f)
			}
			if err == nil || !strings.HasPrefix(err.Error(), "POST /servicePrincipals: ") {
				t.Errorf("error %v", err)
			}
			if n := len(l.written()); n != max(tt.times, 1) {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestAWriteThatIsInterruptedIsNotRepeated(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := &ledger{}
	_, err := l.changer(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}).Send(ctx, createWrite())
	if f := asFailure(err); f == nil || f.Kind != checks.FailCancelled || len(l.written()) != 1 {
		t.Errorf("error %v, wrote %v", err, l.written())
	}
}

func TestAPauseOfAWriteEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := &ledger{}
	_, err := l.changer(t, throttled("20"), func(o *Options) {
		o.Sleep = func(ctx context.Context, d time.Duration) error { cancel(); return sleep(ctx, d) }
	}).Send(ctx, createWrite())
	if f := asFailure(err); f == nil || f.Kind != checks.FailCancelled || len(l.written()) != 1 {
		t.Errorf("error %v, wrote %v", err, l.written())
	}
}

func TestOnlyWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	if _, err := NewChanger(Options{Root: "https://graph.example"}, Confirmed{}); err == nil {
		t.Error("a changer without confirmation")
	}
	if c, err := Confirm(Agreement{Tenant: tenantID, Scopes: ScopesFor(createWrite()), Writes: []Write{createWrite()}}); err != nil {
		t.Error(err)
	} else if _, err := NewChanger(Options{Root: "http://graph.example"}, c); err == nil {
		t.Error("a changer that would send its token in the open")
	}
	l, asked := &ledger{}, 0
	ch := l.changer(t, noContent, func(o *Options) {
		token := o.Tokens
		o.Tokens = TokenFunc(func(ctx context.Context, scopes []string) (string, error) { asked++; return token.Token(ctx, scopes) })
	})
	for name, w := range namedWrites() {
		for _, scope := range ScopesFor(w) {
			ch.confirmed.Scopes = slices.DeleteFunc(strings.Fields(confirmedScopes), func(s string) bool { return s == scope })
			_, err := ch.Send(t.Context(), w)
			if f := asFailure(err); f == nil || f.Kind != checks.FailScope || f.Message != wordNotConfirmed || !slices.Contains(f.Missing, scope) {
				t.Errorf("%s with all but %s: %v", name, scope, err)
			}
		}
		ch.confirmed.Scopes = nil
		if _, err := ch.Send(t.Context(), w); err == nil {
			t.Errorf("%s with nothing confirmed", name)
		}
	}
	if n := len(l.written()); n != 0 || asked != 0 {
		t.Errorf("%d writes, %d tokens, and none was confirmed", n, asked)
	}
	for name, w := range namedWrites() {
		ch.confirmed.Scopes = ScopesFor(w)
		if _, err := ch.Send(t.Context(), w); err != nil {
			t.Errorf("%s with its own scopes: %v", name, err)
		}
	}
}

func TestOnlyTheConfirmedTenant(t *testing.T) {
	t.Parallel()
	const other = "99999999-0000-4000-8000-000000000009"
	org := func(id string) http.HandlerFunc { return answerJSON(`{"value":[{"id":"` + id + `"}]}`) }
	for name, tt := range map[string]struct {
		token string
		org   http.HandlerFunc // nil: the confirmed tenant's
		kind  checks.FailureKind
	}{
		"the token's":             {jwt(t, map[string]any{"tid": strings.ToUpper(tenantID), "scp": writeScopes}), nil, ""},
		"another":                 {jwt(t, map[string]any{"tid": other, "scp": writeScopes}), nil, checks.FailWrongTenant},
		"opaque":                  {"opaque", nil, ""},
		"opaque, another":         {"opaque", org(other), checks.FailWrongTenant},
		"opaque, none":            {"opaque", answerJSON(`{"value":[]}`), checks.FailWrongTenant},
		"opaque, not to be read":  {"opaque", graphError(403, "Authorization_RequestDenied", "no"), checks.FailDenied},
		"opaque, a captive web":   {"opaque", webPage(200, "<html>"), checks.FailRequest}, // of the question alone: nothing is in doubt
		"without tid":             {jwt(t, map[string]any{"scp": writeScopes}), nil, ""},
		"nobody":                  {"", nil, checks.FailNoAccess},
		"what is no header value": {"a\r\nX-Evil: 1", nil, checks.FailSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			more := l.answering(t, noContent)
			more["/v1.0/organization"] = tt.org
			s := serve(t, more)
			ch := l.changer(t, noContent, func(o *Options) {
				o.Root, o.RootCAs = s.URL, s.pool()
				o.Tokens = TokenFunc(func(_ context.Context, scopes []string) (string, error) {
					if !slices.Equal(scopes, strings.Fields(confirmedScopes)) {
						t.Errorf("scopes %v were asked for", scopes)
					}
					return tt.token, nil
				})
			})
			_, err := ch.Send(t.Context(), deleteWrite("g"))
			if tt.kind == "" && err != nil || tt.kind != "" && (err == nil || asFailure(err).Kind != tt.kind) || (tt.kind != "") != (len(l.written()) == 0) {
				t.Errorf("error %v, wrote %v", err, l.written())
			}
		})
	}
}

// TestTheTenantIsAskedForEachWrite: a session can come to be another's between
// two writes of a plan.
func TestTheTenantIsAskedForEachWrite(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	tokens := []string{userToken(t, writeScopes), jwt(t, map[string]any{"tid": "99999999-0000-4000-8000-000000000009", "scp": writeScopes})}
	ch := l.changer(t, noContent, func(o *Options) {
		o.Tokens = TokenFunc(func(context.Context, []string) (string, error) {
			token := tokens[0]
			tokens = tokens[1:]
			return token, nil
		})
	})
	if _, err := ch.Send(t.Context(), scopeWrite("g", "openid")); err != nil {
		t.Fatal(err)
	}
	_, err := ch.Send(t.Context(), deleteWrite("g"))
	if f := asFailure(err); f == nil || f.Kind != checks.FailWrongTenant || len(l.written()) != 1 {
		t.Errorf("error %v, wrote %v", err, l.written())
	}
}

// TestSeveralWritesAtOnce: of those that send the same write at once, one does.
func TestSeveralWritesAtOnce(t *testing.T) {
	t.Parallel()
	l, w := &ledger{}, deleteWrite("g")
	ch := l.changerOf(t, Agreement{Writes: []Write{w}}, noContent)
	var wg sync.WaitGroup
	var took atomic.Int32
	for range 8 {
		wg.Go(func() {
			a, err := ch.Send(t.Context(), w)
			if err == nil && a.Status == http.StatusNoContent {
				took.Add(1)
			} else if f := asFailure(err); f == nil || f.Kind != checks.FailRequest || f.Message != wordNotAgreed {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	wg.Wait()
	if n := len(l.written()); n != 1 || took.Load() != 1 {
		t.Errorf("%d writes", n)
	}
}

func TestAChangerDoesNotPrintItsToken(t *testing.T) {
	t.Parallel()
	token := bearer("secret")
	if s := fmt.Sprintf("%v %s %#v %q", token, token, token, token); strings.Contains(s, "secret") {
		t.Error(s)
	}
	l, secret := &ledger{}, userToken(t, writeScopes)
	var log syncBuffer
	ch := l.changer(t, sequence(noContent, lost, graphError(403, "Authorization_RequestDenied", "no")), func(o *Options) {
		o.Logger, o.Tokens = log.logger(), fixed(secret)
	})
	for range 3 {
		a, err := ch.Send(t.Context(), scopeWrite("g", "openid"))
		if s := fmt.Sprintf("%+v %v %#v", a, err, asFailure(err)); strings.Contains(s, secret) {
			t.Error("the token is in the answer")
		}
	}
	if out := log.String(); !strings.Contains(out, "PATCH") || strings.Contains(out, secret) || strings.Contains(out, "openid") {
		t.Errorf("log %q", out)
	}
}
