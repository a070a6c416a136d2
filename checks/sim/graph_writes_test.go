package sim

import (
	"net/http"
	"strings"
	"testing"
)

// TestWritesAreCounted holds the count against calls that change, that only ask,
// and that are refused.
func TestWritesAreCounted(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", func(*Options) {})
	token, err := s.Token(admin)
	if err != nil {
		t.Fatal(err)
	}
	client := trusting(t, s)
	for _, c := range []struct {
		name, method, path, body string
		signedOut                bool
		more                     int64
	}{
		{name: "a look", method: http.MethodGet, path: "/v1.0/me"},
		{name: "many looks", method: http.MethodPost, path: "/v1.0/$batch", body: `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"POST","url":"/directoryObjects/getByIds","headers":{"Content-Type":"application/json"},"body":{"ids":[]}}]}`},
		{name: "a question", method: http.MethodPost, path: "/v1.0/directoryObjects/getByIds", body: `{"ids":[]}`},
		{name: "by its namespace", method: http.MethodPost, path: "/v1.0/directoryObjects/microsoft.graph.getByIds", body: `{"ids":[]}`},
		{name: "a write", method: http.MethodPost, path: "/v1.0/servicePrincipals", body: `{"appId":"` + hetkAppID + `"}`, more: 1},
		{name: "one that is refused", method: http.MethodPatch, path: "/v1.0/policies/authorizationPolicy", body: `{"nonsense":1}`, more: 1},
		{name: "of nobody", method: http.MethodDelete, path: "/v1.0/servicePrincipals/x", signedOut: true, more: 1},
		{name: "of nothing", method: http.MethodPost, path: "/beta/nothing", body: `{}`, more: 1},
		{name: "writes among looks", method: http.MethodPost, path: "/v1.0/$batch", body: `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"DELETE","url":"/oauth2PermissionGrants/x"},{"id":"3","method":"POST","url":"/oauth2PermissionGrants","headers":{"Content-Type":"application/json"},"body":{}}]}`, more: 2},
		{name: "a sign-in", method: http.MethodPost, path: "/contoso.example/oauth2/v2.0/devicecode", body: "client_id=" + hetkAppID},
	} {
		before := s.Writes()
		req, err := http.NewRequestWithContext(t.Context(), c.method, s.LoginURL()+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if !c.signedOut {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := s.Writes() - before; got != c.more {
			t.Errorf("%s: %d writes, want %d", c.name, got, c.more)
		}
	}
}
