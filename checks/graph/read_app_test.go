package graph

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onboard.example/checks"
)

// TestRolesThatAnAppPublishes tells roles for people, of which an assignment
// must name one, from those for apps.
func TestRolesThatAnAppPublishes(t *testing.T) {
	t.Parallel()
	const a, b = "aaaaaaaa-0000-4000-8000-0000000000a1", "aaaaaaaa-0000-4000-8000-0000000000a2"
	for name, tt := range map[string]struct {
		roles string
		want  []checks.PublishedRole
	}{
		"none":                     {`[]`, nil},
		"not said":                 {`null`, nil},
		"for people":               {`[{"id":"` + a + `","value":"Agent","isEnabled":true,"allowedMemberTypes":["User"]}]`, []checks.PublishedRole{{ID: a, Value: "Agent", Users: true}}},
		"for both":                 {`[{"id":"` + a + `","value":"Agent","isEnabled":true,"allowedMemberTypes":["Application","user"]}]`, []checks.PublishedRole{{ID: a, Value: "Agent", Users: true}}},
		"for people, of no value":  {`[{"id":"` + a + `","value":null,"allowedMemberTypes":["User"]}]`, []checks.PublishedRole{{ID: a, Users: true}}},
		"for people, and off":      {`[{"id":"` + a + `","value":"Agent","isEnabled":false,"allowedMemberTypes":["User"]}]`, []checks.PublishedRole{{ID: a, Value: "Agent"}}},
		"for apps":                 {`[{"id":"` + a + `","value":"Sync","isEnabled":true,"allowedMemberTypes":["Application"]}]`, []checks.PublishedRole{{ID: a, Value: "Sync"}}},
		"for apps, of no value":    {`[{"id":"` + a + `","value":null,"isEnabled":true,"allowedMemberTypes":["Application"]}]`, nil},
		"without an id":            {`[{"value":"Agent","allowedMemberTypes":["User"]},null]`, nil},
		"of a kind nobody foresaw": {`[{"id":"` + b + `","value":"Device","allowedMemberTypes":["Device",null]}]`, []checks.PublishedRole{{ID: b, Value: "Device"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.TrimSuffix(tenant()[appPrefix], "}") + `,"appRoles":` + tt.roles + `}`
			s := serve(t, map[string]http.HandlerFunc{appPrefix: answerJSON(body)})
			l := read(t, s.reader(t), hetk(), checks.PartApp).App
			if !l.Read || l.Value == nil || !cmp.Equal(l.Value.AppRoles, tt.want) {
				t.Errorf("%+v, %v, want %+v", l.Value, l.Failure, tt.want)
			}
			if h := s.requests(); len(h) != 1 || !strings.HasSuffix(h[0], ",appRoles") {
				t.Errorf("asked %v", h)
			}
		})
	}
}
