package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever is asked, Graph answers in its own words: no panic, no 500, no 200
// for a path that has no operation, and JSON wherever there is a body.
func FuzzGraphTarget(f *testing.F) {
	for _, seed := range []string{
		"me", "servicePrincipals(appId='x')", "servicePrincipals?$filter=appId eq 'x'&$top=1", "users/$count", "policies//x",
		"servicePrincipals('x')/oauth2PermissionGrants?$select=id,*&$orderby=id desc", "%24batch", "a(b=c)/d('e''f')?$skiptoken=-1",
		"nonsense", "organization?$count=true&$skiptoken=9", "contoso.example/me", "servicePrincipals()?$expand=x",
	} {
		f.Add(seed)
	}
	o := Options{Scenario: "approved", Now: time.Now}
	s, err := build(o.withDefaults())
	if err != nil {
		f.Fatal(err)
	}
	token, err := s.Token(admin)
	if err != nil {
		f.Fatal(err)
	}
	known := map[string]bool{}
	for _, rt := range graphRoutes {
		known[strings.ToLower(rt.pattern[0])] = true
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.Parse("https://graph.microsoft.com/v1.0/" + target)
		if err != nil || u.Host != "graph.microsoft.com" {
			return
		}
		r := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}).WithContext(t.Context())
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.serveGraph(w, r)
		want := []int{http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}
		if !slices.Contains(want, w.Code) {
			t.Fatalf("%q: %d %s", target, w.Code, w.Body)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q: no JSON: %s", target, w.Body)
		}
		if p, err := splitPath(u); w.Code == http.StatusOK && (err != nil || !known[strings.ToLower(p.parts[0].name)]) {
			t.Fatalf("%q: 200 for no operation", target)
		}
	})
}

// BenchmarkGraphService is the largest answer of a snapshot: Microsoft Graph's
// own service principal with all its scopes.
func BenchmarkGraphService(b *testing.B) {
	o := Options{Scenario: "approved", Now: time.Now}
	s, err := build(o.withDefaults())
	if err != nil {
		b.Fatal(err)
	}
	token, err := s.Token(admin)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/v1.0/servicePrincipals(appId='"+graphAppID+"')", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.serveGraph(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
