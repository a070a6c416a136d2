package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

const (
	writeScopes = "Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Application.Read.All Directory.Read.All User.Read"
	grantsAt    = "/v1.0/oauth2PermissionGrants"
	listAt      = "/v1.0/servicePrincipals/" + clientSP + "/oauth2PermissionGrants"
	spsAt       = "/v1.0/servicePrincipals"
)

// directory is a Graph that remembers what was written, and can lose answers.
type directory struct {
	mu     sync.Mutex
	grants map[string]string // scope by grant id
	app    bool
	writes []string
	hidden int // reads of new objects that still do not show them
	// before runs ahead of each write; true means that it has answered.
	before func(d *directory, w http.ResponseWriter, r *http.Request) bool
	// after runs behind each write that landed; true means that the answer is lost.
	after func(r *http.Request) bool
}

func (d *directory) handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		spsAt: d.write(func(w http.ResponseWriter, _ *http.Request) {
			if d.app {
				graphError(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "exists")(w, nil)
				return
			}
			d.app = true
			jsonStatus(w, http.StatusCreated, `{"id":"`+clientSP+`","appId":"`+clientID+`"}`)
		}),
		appPrefix: d.read(func(w http.ResponseWriter, r *http.Request) {
			if !d.app || d.unseen() {
				graphError(http.StatusNotFound, "Request_ResourceNotFound", "no")(w, r)
				return
			}
			answerJSON(`{"id":"`+clientSP+`","appId":"`+clientID+`","accountEnabled":true}`)(w, r)
		}),
		listAt: d.read(func(w http.ResponseWriter, r *http.Request) {
			items := []string{}
			if !d.unseen() {
				for id, scope := range d.grants {
					items = append(items, grantJSON(id, scope))
				}
			}
			answerJSON(`{"value":[`+strings.Join(items, ",")+`]}`)(w, r)
		}),
		grantsAt: d.write(func(w http.ResponseWriter, r *http.Request) {
			if d.grants["g"] != "" {
				graphError(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")(w, r)
				return
			}
			d.grants["g"] = scopeOf(r)
			jsonStatus(w, http.StatusCreated, grantJSON("g", d.grants["g"]))
		}),
		grantsAt + "/g": func(w http.ResponseWriter, r *http.Request) {
			switch r.Method {
			case http.MethodGet:
				d.read(func(w http.ResponseWriter, r *http.Request) {
					if d.grants["g"] == "" {
						graphError(http.StatusNotFound, "Request_ResourceNotFound", "no")(w, r)
						return
					}
					answerJSON(grantJSON("g", d.grants["g"]))(w, r)
				})(w, r)
			case http.MethodPatch:
				d.write(func(w http.ResponseWriter, r *http.Request) { d.grants["g"] = scopeOf(r); w.WriteHeader(204) })(w, r)
			default:
				d.write(func(w http.ResponseWriter, _ *http.Request) { delete(d.grants, "g"); w.WriteHeader(204) })(w, r)
			}
		},
	}
}

func grantJSON(id, scope string) string {
	return fmt.Sprintf(`{"id":%q,"clientId":%q,"consentType":"AllPrincipals","principalId":null,"resourceId":%q,"scope":%q}`, id, clientSP, resourceSP, scope)
}

func scopeOf(r *http.Request) string {
	var body struct{ Scope string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body.Scope
}

func (d *directory) unseen() bool {
	if d.hidden > 0 {
		d.hidden--
		return true
	}
	return false
}

func (d *directory) read(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		next(w, r)
	}
}

func (d *directory) write(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if r.Header.Get("Content-Encoding") != "" {
			panic("the body is compressed")
		}
		d.writes = append(d.writes, r.Method)
		if d.before != nil && d.before(d, w, r) {
			return
		}
		if d.after != nil && d.after(r) {
			next(&discard{header: http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}
		next(w, r)
	}
}

// discard is where a lost answer goes.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func (d *directory) changer(t *testing.T, set ...func(*Options)) *Changer {
	t.Helper()
	if d.grants == nil {
		d.grants = map[string]string{}
	}
	o := serve(t, d.handlers()).options(t)
	o.Tokens = fixed(userToken(t, writeScopes, globalID))
	for _, f := range set {
		f(&o)
	}
	c, err := Confirm(tenantID, strings.Fields(writeScopes)[:2]...)
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

func answers(h http.HandlerFunc) func(*directory, http.ResponseWriter, *http.Request) bool {
	return func(_ *directory, w http.ResponseWriter, r *http.Request) bool { h(w, r); return true }
}

// TestGrants has one case for each way in which a grant can come about.
func TestGrants(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		d      *directory
		writes []string
		err    error // nil: granted
		status int   // of the failure beside err
		before string
		after  string
	}{
		"none yet":                  {&directory{}, []string{"POST"}, nil, 0, "", "openid User.Read"},
		"there":                     {&directory{grants: map[string]string{"g": "user.read OPENID x"}}, nil, nil, 0, "user.read OPENID x", "user.read OPENID x"},
		"some of it":                {&directory{grants: map[string]string{"g": " User.Read Mail.Read"}}, []string{"PATCH"}, nil, 0, " User.Read Mail.Read", "User.Read Mail.Read openid"},
		"slow to show":              {&directory{hidden: 4}, []string{"POST"}, nil, 0, "", "openid User.Read"},
		"never shows":               {&directory{hidden: 1 << 20}, []string{"POST"}, ErrNotLanded, 0, "", ""},
		"answer lost":               {&directory{after: func(*http.Request) bool { return true }}, []string{"POST"}, nil, 0, "", "openid User.Read"},
		"answer lost, slow to show": {&directory{hidden: 3, after: func(*http.Request) bool { return true }}, []string{"POST"}, nil, 0, "", "openid User.Read"},
		"patch lost":                {&directory{grants: map[string]string{"g": "a"}, after: func(*http.Request) bool { return true }}, []string{"PATCH"}, nil, 0, "a", "a openid User.Read"},
		"lost and not there": {
			&directory{before: func(*directory, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }},
			[]string{"POST"},
			ErrLost, 0, "", "",
		},
		"503 and not there": {&directory{before: answers(graphError(503, "serviceNotAvailable", "x"))}, []string{"POST"}, ErrLost, 503, "", ""},
		"somebody granted in between": {
			&directory{before: func(d *directory, _ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost {
					d.grants["g"] = "Mail.Read"
				}
				return false
			}},
			[]string{"POST", "PATCH"},
			nil, 0, "Mail.Read", "Mail.Read openid User.Read",
		},
		"accepted and dropped": {
			&directory{grants: map[string]string{"g": "a"}, before: answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })},
			[]string{"PATCH"},
			ErrNotLanded, 0, "a", "a",
		},
		"throttled once": {
			&directory{before: func() func(*directory, http.ResponseWriter, *http.Request) bool {
				n := 0
				return func(_ *directory, w http.ResponseWriter, r *http.Request) bool {
					if n++; n == 1 {
						throttled("1")(w, r)
					}
					return n == 1
				}
			}()},
			[]string{"POST", "POST"},
			nil, 0, "", "openid User.Read",
		},
		"refused":           {&directory{before: answers(graphError(403, "Authorization_RequestDenied", "no"))}, []string{"POST"}, errRefused, 403, "", ""},
		"400 of an old app": {&directory{before: answers(graphError(400, "Request_BadRequest", "no"))}, []string{"POST"}, errRefused, 400, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ch := tt.d.changer(t)
			got, err := ch.GrantEveryone(t.Context(), clientSP, resourceSP, []string{"openid", "User.Read"})
			var f *checks.Failure
			switch {
			case tt.err == nil && err != nil, tt.err != nil && err == nil:
				t.Fatalf("error %v, want %v", err, tt.err)
			case tt.err != nil && !errors.Is(tt.err, errRefused) && !errors.Is(err, tt.err):
				t.Errorf("error %v, want %v", err, tt.err)
			case tt.status != 0 && (!errors.As(err, &f) || f.Status != tt.status):
				t.Errorf("error %v, want status %d", err, tt.status)
			}
			if !slices.Equal(tt.d.writes, tt.writes) {
				t.Errorf("wrote %v, want %v", tt.d.writes, tt.writes)
			}
			if got.Before != tt.before || got.After != tt.after || got.Changed != (len(tt.writes) > 0 && err == nil) {
				t.Errorf("%+v", got)
			}
			if len(got.Seen) < 1 || len(tt.writes) > 0 != (got.Request != "") {
				t.Errorf("evidence %+v, request %q", got.Seen, got.Request)
			}
		})
	}
}

// errRefused stands for any failure that is no sentinel.
var errRefused = errors.New("refused")

func TestAnAppThatWasJustMadeIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, young := range map[string]http.HandlerFunc{
		"400": graphError(400, "Request_BadRequest", "Invalid value specified for property 'clientId'."),
		"404": graphError(404, "Request_ResourceNotFound", "Resource '"+clientSP+"' does not exist."),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, d := 0, &directory{}
			d.before = func(_ *directory, w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == grantsAt {
					n++
				}
				if n > 0 && n < 4 {
					young(w, r)
				}
				return n > 0 && n < 4
			}
			var waits []time.Duration
			ch := d.changer(t, func(o *Options) { o.Waiting = func(w Wait) { waits = append(waits, w.Next) } })
			if _, err := ch.CreateServicePrincipal(t.Context(), clientID); err != nil {
				t.Fatal(err)
			}
			if _, err := ch.GrantEveryone(t.Context(), clientSP, resourceSP, []string{"openid"}); err != nil {
				t.Fatal(err)
			}
			if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(waits, want) {
				t.Errorf("waited %v, want %v", waits, want)
			}
		})
	}
}

func TestPatienceIsTwoMinutes(t *testing.T) {
	t.Parallel()
	d, total := &directory{hidden: 1 << 20}, time.Duration(0)
	ch := d.changer(t, func(o *Options) { o.Waiting = func(w Wait) { total += w.Next } })
	if _, err := ch.CreateServicePrincipal(t.Context(), clientID); !errors.Is(err, ErrNotLanded) {
		t.Errorf("error %v", err)
	}
	if total > wholePatience || total < wholePatience-longestPause {
		t.Errorf("waited %v in all", total)
	}
}

func TestCreateWhereSomebodyElseDid(t *testing.T) {
	t.Parallel()
	d := &directory{hidden: 1, app: true} // it exists, and the first read does not show it
	got, err := d.changer(t).CreateServicePrincipal(t.Context(), clientID)
	if err != nil || got.Object != clientSP || !slices.Equal(d.writes, []string{"POST"}) {
		t.Errorf("%+v, %v, wrote %v", got, err, d.writes)
	}
}

func TestARevokeThatIsLostIsReadAgain(t *testing.T) {
	t.Parallel()
	d := &directory{grants: map[string]string{"g": "a"}, after: func(*http.Request) bool { return true }}
	got, err := d.changer(t).RevokeGrant(t.Context(), "g")
	if err != nil || !got.Changed || got.Before != "a" || got.After != sayAbsent || !slices.Equal(d.writes, []string{"DELETE"}) {
		t.Errorf("%+v, %v, wrote %v", got, err, d.writes)
	}
}

func TestAChangeThatIsInterruptedSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	d := &directory{before: func(_ *directory, _ http.ResponseWriter, r *http.Request) bool {
		cancel()
		<-r.Context().Done()
		return true
	}}
	_, err := d.changer(t).CreateServicePrincipal(ctx, clientID)
	var f *checks.Failure
	if !errors.Is(err, ErrLost) || !errors.As(err, &f) || f.Kind != checks.FailCancelled {
		t.Errorf("error %v", err)
	}
}

func TestOnlyWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	if _, err := NewChanger(Options{Root: "https://graph.example"}, Confirmed{}); err == nil {
		t.Error("a changer without confirmation")
	}
	for _, tenant := range []string{"", "contoso.example"} {
		if _, err := Confirm(tenant, "x"); err == nil {
			t.Errorf("confirmed for %q", tenant)
		}
	}
	if _, err := Confirm(tenantID); err == nil {
		t.Error("confirmed without scopes")
	}
	d := &directory{}
	ch := d.changer(t)
	ch.confirmed.scopes = []string{"DelegatedPermissionGrant.ReadWrite.All"}
	_, err := ch.CreateServicePrincipal(t.Context(), clientID)
	if f := asFailure(err); f.Kind != checks.FailScope || f.Message != wordNotConfirmed || len(d.writes) != 0 {
		t.Errorf("a scope that was not confirmed: %v", err)
	}
}

func TestOnlyTheConfirmedTenant(t *testing.T) {
	t.Parallel()
	const other = "99999999-0000-4000-8000-000000000009"
	for name, tt := range map[string]struct {
		token string
		kind  checks.FailureKind
	}{
		"the token's":       {jwt(t, map[string]any{"tid": strings.ToUpper(tenantID), "scp": writeScopes}), ""},
		"another":           {jwt(t, map[string]any{"tid": other, "scp": writeScopes}), checks.FailWrongTenant},
		"an opaque token's": {"opaque", ""},
		"nobody":            {"", checks.FailNoAccess},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &directory{}
			ch := d.changer(t, func(o *Options) {
				o.Tokens = TokenFunc(func(_ context.Context, scopes []string) (string, error) {
					if len(scopes) == 0 {
						t.Error("no scopes were asked for")
					}
					return tt.token, nil
				})
			})
			_, err := ch.CreateServicePrincipal(t.Context(), clientID)
			if tt.kind == "" && err != nil || tt.kind != "" && asFailure(err).Kind != tt.kind || (tt.kind != "") != (len(d.writes) == 0) {
				t.Errorf("error %v, wrote %v", err, d.writes)
			}
		})
	}
}

func TestOddArguments(t *testing.T) {
	t.Parallel()
	d := &directory{}
	ch, ctx := d.changer(t), t.Context()
	calls := map[string]func() error{
		"app id":       func() error { _, err := ch.CreateServicePrincipal(ctx, "x'/y"); return err },
		"object id":    func() error { _, err := ch.EnableServicePrincipal(ctx, "../me"); return err },
		"client":       func() error { _, err := ch.GrantEveryone(ctx, "x", resourceSP, []string{"a"}); return err },
		"no scopes":    func() error { _, err := ch.GrantEveryone(ctx, clientSP, resourceSP, nil); return err },
		"two in one":   func() error { _, err := ch.GrantEveryone(ctx, clientSP, resourceSP, []string{"a b"}); return err },
		"grant id":     func() error { _, err := ch.RevokeGrant(ctx, "../../me"); return err },
		"dots":         func() error { _, err := ch.RevokeGrant(ctx, ".."); return err },
		"restore what": func() error { _, err := ch.RestoreGrant(ctx, "g", "a", " "); return err },
	}
	for name, call := range calls {
		if f := asFailure(call()); f == nil || f.Kind != checks.FailRequest {
			t.Errorf("%s: %v", name, f)
		}
	}
	if len(d.writes) != 0 {
		t.Errorf("wrote %v", d.writes)
	}
}

func TestAChangerDoesNotPrintItsToken(t *testing.T) {
	t.Parallel()
	token := bearer("secret")
	if s := fmt.Sprintf("%v %s %#v %q", token, token, token, token); strings.Contains(s, "secret") {
		t.Error(s)
	}
}
