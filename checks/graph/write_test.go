package graph

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"onboard.example/checks"
)

// oddBodies are bodies that no plan holds, by the write that they come with.
func oddBodies() map[string][]string {
	grant := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(grantWrite(clientSP, resourceSP, "openid User.Read").Body)
	}
	anyOf := []string{
		"", " ", "{", "{}", "[]", "null", "true", `""`, "1", "nonsense", `{"a":1}`, `{"":""}`, `{}{}`, `{"appId":}`, "\x00", "\xff",
		`[{"appId":"` + clientID + `"}]`, `{"scope":"openid","accountEnabled":true}`,
	}
	return map[string][]string{
		"POST /servicePrincipals": append([]string{
			`{"appId":null}`, `{"appId":1}`, `{"appId":""}`, `{"appId":"x"}`, `{"appId":["` + clientID + `"]}`, `{"appId":{"a":1}}`,
			`{"AppId":"` + clientID + `"}`, `{"appid":"` + clientID + `"}`, `{"appId ":"` + clientID + `"}`,
			`{"appId":"` + clientID + `","accountEnabled":true}`, `{"appId":"` + clientID + `","tags":[]}`, `{"appId":"` + clientID + `","x":null}`,
			`{"appId":"` + clientID + `","appId":"` + clientID + `"}`, `{"appId":"` + clientID + `","app\u0049d":"` + clientID + `"}`,
			`{"appId":"` + clientID + `"}{"x":1}`, `{"appId":"` + clientID + `"} x`, `{"appId":"` + clientID + `",}`, `{"appId":"` + clientID + " \"}",
			`{"appId":"{` + clientID + `}"}`, "\ufeff" + `{"appId":"` + clientID + `"}`, `{"appId":"` + clientID + `"}` + strings.Repeat(" ", maxBody),
		}, anyOf...),
		"PATCH /servicePrincipals/" + clientSP: append([]string{
			`{"accountEnabled":null}`, `{"accountEnabled":"true"}`, `{"accountEnabled":1}`, `{"AccountEnabled":true}`,
			`{"accountEnabled":true,"accountEnabled":false}`, `{"accountEnabled":true,"appRoleAssignmentRequired":false}`,
			`{"accountEnabled":true,"passwordCredentials":[]}`, `{"accountEnabled":[true]}`,
		}, anyOf...),
		"POST /oauth2PermissionGrants": append([]string{
			grant(`"AllPrincipals"`, `"Principal"`), grant(`"AllPrincipals"`, `"allprincipals"`), grant(`"AllPrincipals"`, `null`),
			grant(`"principalId":null`, `"principalId":"`+userID+`"`), grant(`"principalId":null`, `"principalId":""`), grant(`"principalId":null`, `"principalId":false`),
			grant(`"principalId":null`, `"principalID":null`), grant(`"principalId":null`, `"startTime":null`),
			grant(clientSP, "<id of the new enterprise app>"), grant(clientSP, ""), grant(`"`+resourceSP+`"`, "null"), grant(`"resourceId":"`+resourceSP+`",`, ""),
			grant("openid User.Read", ""), grant("openid User.Read", " "), grant("openid User.Read", " openid"), grant("openid User.Read", "openid  User.Read"),
			grant("openid User.Read", "openid User.Read "), grant("openid User.Read", `a\u0000b`), grant("openid User.Read", `a\nb`), grant("openid User.Read", `a\tb`),
			grant("openid User.Read", `a\"b`), grant("openid User.Read", `a\\b`), grant("openid User.Read", "öpenid"), grant("openid User.Read", `\ud800`),
			grant(`"openid User.Read"`, `["openid"]`), grant(`"scope"`, `"Scope"`), grant(`}`, `,"scope":"openid"}`), grant(`}`, `,"expiryTime":"2030-01-01T00:00:00Z"}`),
		}, anyOf...),
		"PATCH /oauth2PermissionGrants/g": append([]string{
			`{"scope":null}`, `{"scope":""}`, `{"scope":" "}`, `{"scope":" openid"}`, `{"scope":"a  b"}`, `{"scope":"a\u00a0b"}`, `{"scope":["a"]}`,
			`{"scope":"a","scope":"a"}`, `{"SCOPE":"a"}`, `{"scope":"a","consentType":"AllPrincipals"}`, `{"scope":"a","principalId":null}`,
		}, anyOf...),
		"DELETE /oauth2PermissionGrants/g": {"{}", " ", "null", `{"scope":"a"}`},
	}
}

// TestBodiesThatNoPlanHolds: they are refused, and nothing leaves: not even a
// token is asked for.
func TestBodiesThatNoPlanHolds(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	ch := l.changer(t, noContent, func(o *Options) { o.Tokens = nil })
	for where, bodies := range oddBodies() {
		method, path, _ := strings.Cut(where, " ")
		for _, body := range bodies {
			refused(t, ch, Write{method, path, body})
		}
	}
	if n := len(l.written()); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func refused(t *testing.T, ch *Changer, w Write) {
	t.Helper()
	a, err := ch.Send(t.Context(), w)
	if f := asFailure(err); f == nil || f.Kind != checks.FailRequest || f.Status != 0 || f.Message != wordNotWritable || a != (Answered{}) {
		t.Errorf("%.120q: %+v, %v", w, a, err)
	}
}

func TestWritesThatNoPlanHolds(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	ch := l.changer(t, noContent, func(o *Options) { o.Tokens = nil })
	app, scope := createWrite().Body, `{"scope":"openid"}`
	for _, w := range []Write{
		{},
		{http.MethodGet, "/servicePrincipals", ""},
		{http.MethodGet, "/oauth2PermissionGrants/g", ""},
		{http.MethodPut, "/oauth2PermissionGrants/g", scope},
		{"post", "/servicePrincipals", app},
		{http.MethodDelete, "/servicePrincipals/" + clientSP, ""},
		{http.MethodDelete, "/oauth2PermissionGrants", ""},
		{http.MethodDelete, "/oauth2PermissionGrants/", ""},
		{http.MethodPost, "/oauth2PermissionGrants/g", scope},
		{http.MethodPost, "/users", app},
		{http.MethodPost, "servicePrincipals", app},
		{http.MethodPost, "//servicePrincipals", app},
		{http.MethodPost, "/servicePrincipals/", app},
		{http.MethodPost, "/servicePrincipals?x", app},
		{http.MethodPost, "/ServicePrincipals", app},
		{http.MethodPost, "https://graph.example/v1.0/servicePrincipals", app},
		{http.MethodPatch, "/servicePrincipals/x", `{"accountEnabled":true}`},
		{http.MethodPatch, "/servicePrincipals/" + clientSP + "/owners", `{"accountEnabled":true}`},
		{http.MethodPatch, "/servicePrincipals(appId='" + clientID + "')", `{"accountEnabled":true}`},
		{http.MethodPatch, "/policies/authorizationPolicy", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/../me", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/..", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/%2e%2e", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g?x", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g#x", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g\n", scope},
		{http.MethodDelete, "/oauth2PermissionGrants/" + strings.Repeat("g", maxName+1), ""},
	} {
		refused(t, ch, w)
	}
	if n := len(l.written()); n != 0 {
		t.Errorf("%d writes", n)
	}
}

// TestBodiesThatPlansHold: the order of members and the room between them are
// the writer's own.
func TestBodiesThatPlansHold(t *testing.T) {
	t.Parallel()
	grant := grantWrite(strings.ToUpper(clientSP), resourceSP, "openid https://x.example/.default User.Read")
	short := grant
	short.Body = strings.Replace(grant.Body, `"principalId":null,`, "", 1)
	for _, w := range []Write{
		createWrite(),
		{http.MethodPost, "/servicePrincipals", "\n { \"appId\" : \"" + strings.ToUpper(clientID) + "\" } \n"},
		{http.MethodPost, "/servicePrincipals", `{"app\u0049d":"` + clientID + `"}`},
		enableWrite(clientSP),
		{http.MethodPatch, "/servicePrincipals/" + clientSP, `{"accountEnabled":false}`},
		grant, short,
		scopeWrite("5b8e7a10_-=.", "a"), scopeWrite("g", strings.Repeat("Calendars.ReadWrite ", 500)+"openid"),
		deleteWrite(strings.Repeat("g", maxName)),
	} {
		if _, ok := formOf(w); !ok {
			t.Errorf("%.120q is refused", w)
		}
	}
}

// TestReadMembers: whatever is not one flat object, read alike by everybody, is
// no body of a write, whatever its members are called.
func TestReadMembers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]members{
		`{}`: {}, `{"a":"b","c":null,"d":true,"e":1.5}`: {"a": "b", "c": nil, "d": true, "e": 1.5},
		`{"a":{}}`: nil, `{"a":[]}`: nil, `{"a":{"b":1}}`: nil, `{"a":[1]}`: nil, `{"a":1,"a":1}`: nil, `{"a":1,"\u0061":1}`: nil,
		"{\"a\":\"\xff\"}": nil, "{\"\xff\":1}": nil, `{"a":1e999}`: nil, `{"a":1}{}`: nil, `[]`: nil, `"a"`: nil, ``: nil,
	} {
		if got, ok := readMembers(body); ok != (want != nil) || !maps.Equal(got, want) {
			t.Errorf("%q: %v, %t", body, got, ok)
		}
	}
}

// FuzzBody: what is let through has the members of its form and no others, for
// every reader of JSON, and no bytes make it fall over.
func FuzzBody(f *testing.F) {
	for _, w := range []Write{createWrite(), enableWrite(clientSP), grantWrite(clientSP, resourceSP, "openid User.Read"), scopeWrite("g", "openid")} {
		f.Add(w.Body)
	}
	for _, bodies := range oddBodies() {
		for _, body := range bodies {
			if len(body) < 1<<10 {
				f.Add(body)
			}
		}
	}
	targets := map[string]Write{
		"appId":          {Method: http.MethodPost, Path: "/servicePrincipals"},
		"accountEnabled": {Method: http.MethodPatch, Path: "/servicePrincipals/" + clientSP},
		"clientId consentType principalId resourceId scope": {Method: http.MethodPost, Path: "/oauth2PermissionGrants"},
		"scope": {Method: http.MethodPatch, Path: "/oauth2PermissionGrants/g"},
		"":      {Method: http.MethodDelete, Path: "/oauth2PermissionGrants/g"},
	}
	f.Fuzz(func(t *testing.T, body string) {
		for allowed, w := range targets {
			w.Body = body
			if _, ok := formOf(w); !ok {
				continue
			}
			if allowed == "" {
				if body != "" {
					t.Fatalf("a body where there must be none: %q", body)
				}
				continue
			}
			holdsOnly(t, body, allowed)
		}
	})
}

// holdsOnly reads a body in the usual, lenient way and with a check of its own
// for what that way hides.
func holdsOnly(t *testing.T, body, allowed string) {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &m); err != nil || len(m) == 0 {
		t.Fatalf("%q is let through and cannot be read: %v", body, err)
	}
	if n := strings.Count(body, ":") - strings.Count(string(m["scope"]), ":"); n != len(m) {
		t.Fatalf("%q has %d members, of which %d are seen", body, n, len(m))
	}
	for member, value := range m {
		if !strings.Contains(" "+allowed+" ", " "+member+" ") {
			t.Fatalf("%q holds %q", body, member)
		}
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			t.Fatal(err)
		}
		s, isText := v.(string)
		switch {
		case member == "principalId" && v == nil, member == "accountEnabled" && (v == true || v == false):
		case member == "consentType" && s == "AllPrincipals", strings.HasSuffix(member, "Id") && isText && checks.IsGUID(s):
		case member == "scope" && isText && s != "" && s == strings.Join(strings.Fields(s), " "):
		default:
			t.Fatalf("%q holds %q as %q", body, value, member)
		}
	}
}
