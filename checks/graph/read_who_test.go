package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onboard.example/checks"
)

func TestWhoIsMeant(t *testing.T) {
	t.Parallel()
	const (
		usersAt, groupsAt = "/v1.0/users/", "/v1.0/groups"
		guest             = "user_fabrikam.example#EXT#@contoso.example"
		person            = `{"id":"` + otherID + `","userPrincipalName":"user@contoso.example","displayName":"User"}`
		group             = `{"id":"` + groupID + `","displayName":"Pilot"}`
		another           = `{"id":"` + userID + `","displayName":"PILOT"}`
	)
	isUser := &checks.Principal{ID: otherID, Kind: checks.PrincipalUser, Name: "user@contoso.example"}
	isGroup := &checks.Principal{ID: groupID, Kind: checks.PrincipalGroup, Name: "Pilot"}
	values := func(items ...string) http.HandlerFunc {
		return answerJSON(`{"value":[` + strings.Join(items, ",") + `]}`)
	}
	denied := graphError(403, "Authorization_RequestDenied", "no")
	for name, tt := range map[string]struct {
		who  string
		more map[string]http.HandlerFunc
		want *checks.Principal
		kind checks.FailureKind
		says string
		asks []string // all that was asked
	}{
		"an address":                 {who: " user@contoso.example ", want: isUser, asks: []string{usersAt + "user@contoso.example"}},
		"a guest's name":             {who: guest, more: map[string]http.HandlerFunc{usersAt + guest: answerJSON(person)}, want: isUser, asks: []string{usersAt + guest}},
		"an address of nobody":       {who: "nobody@contoso.example", kind: checks.FailNotFound, says: wordNoPerson},
		"a person's id":              {who: strings.ToUpper(otherID), more: map[string]http.HandlerFunc{usersAt + strings.ToUpper(otherID): answerJSON(person)}, want: isUser, asks: []string{usersAt + strings.ToUpper(otherID)}},
		"a group's id":               {who: groupID, more: map[string]http.HandlerFunc{groupsAt + "/" + groupID: answerJSON(group)}, want: isGroup, asks: []string{groupsAt + "/" + groupID, usersAt + groupID}},
		"an id of nobody":            {who: groupID, kind: checks.FailNotFound, says: wordNoPrincipal},
		"an id, people unread":       {who: groupID, more: map[string]http.HandlerFunc{usersAt + groupID: denied}, kind: checks.FailDenied, asks: []string{usersAt + groupID}},
		"an id, groups unread":       {who: groupID, more: map[string]http.HandlerFunc{groupsAt + "/" + groupID: denied}, kind: checks.FailDenied},
		"an id, a proxy's 404":       {who: groupID, more: map[string]http.HandlerFunc{usersAt + groupID: webPage(404, "<html>")}, kind: checks.FailNotJSON, asks: []string{usersAt + groupID}},
		"a group":                    {who: "pilot", more: map[string]http.HandlerFunc{groupsAt: values(group)}, want: isGroup, asks: []string{groupsAt}},
		"no group":                   {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: values()}, kind: checks.FailNotFound, says: wordNoGroup},
		"two groups":                 {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: values(group, another)}, kind: checks.FailRequest, says: wordManyGroups},
		"a group and more":           {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: answerJSON(`{"value":[` + group + `],"@odata.nextLink":"x"}`)}, kind: checks.FailRequest, says: wordManyGroups},
		"the filter was dropped":     {who: "Everybody else", more: map[string]http.HandlerFunc{groupsAt: values(group)}, kind: checks.FailNotFound, says: wordNoGroup},
		"the filter dropped, more":   {who: "Everybody else", more: map[string]http.HandlerFunc{groupsAt: answerJSON(`{"value":[` + group + `],"@odata.nextLink":"x"}`)}, kind: checks.FailRequest},
		"a group without an id":      {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: values(`{"displayName":"Pilot"}`)}, kind: checks.FailNotJSON},
		"a person without an id":     {who: "user@contoso.example", more: map[string]http.HandlerFunc{usersAt + "user@contoso.example": answerJSON(`{"userPrincipalName":"x"}`)}, kind: checks.FailNotJSON},
		"a person of an odd id":      {who: "user@contoso.example", more: map[string]http.HandlerFunc{usersAt + "user@contoso.example": answerJSON(`{"id":"../me","userPrincipalName":"x"}`)}, kind: checks.FailNotJSON},
		"null in the list":           {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: values("null")}, kind: checks.FailNotJSON},
		"groups unread":              {who: "Pilot", more: map[string]http.HandlerFunc{groupsAt: denied}, kind: checks.FailDenied},
		"nobody":                     {who: " ", kind: checks.FailRequest, says: wordBadWho, asks: []string{}},
		"what no terminal shows":     {who: "Pi\x1blot", kind: checks.FailRequest, says: wordBadWho, asks: []string{}},
		"longer than names are":      {who: strings.Repeat("a", maxName+1), kind: checks.FailRequest, says: wordBadWho, asks: []string{}},
		"an address of Graph's own":  {who: "$metadata@x", kind: checks.FailRequest, says: wordBadUser, asks: []string{}},
		"a path instead of an id":    {who: "../me@x", kind: checks.FailRequest, says: wordOffOrigin, asks: []string{}},
		"a quote in a group's name":  {who: "O'Neill & co", more: map[string]http.HandlerFunc{groupsAt: values(`{"id":"` + groupID + `","displayName":"O'Neill & co"}`)}, want: &checks.Principal{ID: groupID, Kind: checks.PrincipalGroup, Name: "O'Neill & co"}},
		"a group's name of its own":  {who: "Käfer", more: map[string]http.HandlerFunc{groupsAt: values(`{"id":"` + groupID + `","displayName":"Käfer "}`)}, want: &checks.Principal{ID: groupID, Kind: checks.PrincipalGroup, Name: "Käfer "}},
		"a hostile name of a person": {who: otherID, more: map[string]http.HandlerFunc{usersAt + otherID: answerJSON(`{"id":"` + otherID + `","userPrincipalName":"a\u001b[2Jb"}`)}, want: &checks.Principal{ID: otherID, Kind: checks.PrincipalUser, Name: "ab"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, q := serve(t, tt.more), hetk()
			q.Who = tt.who
			l := read(t, s.reader(t), q, checks.PartWho).Who
			if l.Read != (tt.want != nil) || !cmp.Equal(l.Value, tt.want) {
				t.Errorf("%+v, %v, want %+v", l.Value, l.Failure, tt.want)
			}
			if f := l.Failure; tt.want == nil && (f == nil || f.Kind != tt.kind || !strings.Contains(f.Message, tt.says)) {
				t.Errorf("failure %+v, want %s, %q", f, tt.kind, tt.says)
			}
			if asked := s.asked(); tt.asks != nil && !slices.Equal(asked, tt.asks) {
				t.Errorf("asked %v, want %v", asked, tt.asks)
			}
			for _, h := range s.requests() {
				_, query, _ := strings.Cut(h, "?")
				if v, err := url.ParseQuery(query); err != nil || !strings.HasPrefix(v.Get("$select"), "id,") ||
					strings.Contains(h, groupsAt+"?") && v.Get("$filter") != "displayName eq '"+strings.ReplaceAll(tt.who, "'", "''")+"'" {
					t.Errorf("asked %s: %v, %v", h, v, err)
				}
			}
		})
	}
}

// TestWhoIsMeantInSim finds people and groups of a tenant.
func TestWhoIsMeantInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "pilot")
	r := w.reader(t, admin)
	look := func(who string) checks.Look[*checks.Principal] {
		t.Helper()
		q := hetk()
		q.Who = who
		return read(t, r, q, checks.PartWho).Who
	}
	group := look("pilot")
	if !group.Read || group.Value.Kind != checks.PrincipalGroup || group.Value.Name != "Pilot" || group.Value.ID != read(t, r, hetk(), checks.PartAssignments).Assignments.Value[0].PrincipalID {
		t.Fatalf("%+v, %v", group.Value, group.Failure)
	}
	person := look(user)
	if !person.Read || person.Value.Kind != checks.PrincipalUser || person.Value.Name != user || person.Value.ID != w.idsOf(t, user) {
		t.Fatalf("%+v, %v", person.Value, person.Failure)
	}
	for _, one := range []*checks.Principal{group.Value, person.Value} {
		if l := look(one.ID); !l.Read || *l.Value != *one {
			t.Errorf("by its id: %+v, %v, want %+v", l.Value, l.Failure, one)
		}
	}
	if l := look("No such group"); l.Read || l.Failure.Kind != checks.FailNotFound {
		t.Errorf("%+v", l)
	}
}
