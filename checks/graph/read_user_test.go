package graph

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestReadUser(t *testing.T) {
	t.Parallel()
	gone := graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.")
	guest := "someone_fabrikam.example#EXT#@contoso.example"
	for name, c := range map[string]struct {
		person string
		more   map[string]http.HandlerFunc
		kind   checks.FailureKind // empty: read
		there  bool
		path   string // as it went over the line
	}{
		"by address":     {"user@contoso.example", nil, "", true, "/v1.0/users/user@contoso.example"},
		"a guest's name": {guest, map[string]http.HandlerFunc{"/v1.0/users/" + guest: answerJSON(`{"id":"` + otherID + `","userType":"Guest"}`)}, "", true, "/v1.0/users/someone_fabrikam.example%23EXT%23@contoso.example"},
		"nobody":         {"nobody@contoso.example", map[string]http.HandlerFunc{"/v1.0/users/nobody@contoso.example": gone}, "", false, ""},
		"a way out":      {"../me@x", nil, checks.FailRequest, false, ""},
		"no name":        {"somebody", nil, checks.FailRequest, false, ""},
		"a query":        {"$ref@x", nil, checks.FailRequest, false, ""},
		"not for you": {"user@contoso.example", map[string]http.HandlerFunc{
			"/v1.0/users/user@contoso.example": graphError(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
		}, checks.FailDenied, false, ""},
		"without id": {"user@contoso.example", map[string]http.HandlerFunc{"/v1.0/users/user@contoso.example": answerJSON(`{}`)}, checks.FailNotJSON, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.more)
			q := hetk()
			q.Person = c.person
			got := read(t, s.reader(t), q, checks.PartUser)
			switch f := got.User.Failure; {
			case c.kind == "" && f != nil, c.kind != "" && (f == nil || f.Kind != c.kind):
				t.Errorf("failure %v, want %q", f, c.kind)
			case (got.User.Value != nil) != c.there:
				t.Errorf("read %+v", got.User.Value)
			}
			if c.path != "" && !slices.ContainsFunc(s.raw(), func(hit string) bool { return strings.HasPrefix(hit, c.path+"?") }) {
				t.Errorf("asked %q, want %s", s.raw(), c.path)
			}
		})
	}
}
