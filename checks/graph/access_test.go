package graph

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"onboard.example/checks"
)

// TestBadAnswersOfAccess gives each of the parts every kind of bad answer: what
// could not be read is never an empty list.
func TestBadAnswersOfAccess(t *testing.T) {
	t.Parallel()
	denied := graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	answers := map[string]struct {
		token  string
		answer http.HandlerFunc
		kind   checks.FailureKind
	}{
		"401":          {"", graphError(401, "InvalidAuthenticationToken", "expired"), checks.FailSignIn},
		"403 scope":    {"User.Read AuditLog.Read.All", graphError(403, "AccessDenied", "You cannot perform the requested operation, required scopes are missing in the token."), checks.FailScope},
		"403 role":     {allScopes, denied, checks.FailRole},
		"403 licence":  {"", graphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license"), checks.FailLicence},
		"403 unnamed":  {"", graphError(403, "AccessDenied", "Your tenant is not licensed for this feature."), checks.FailLicence},
		"404":          {"", graphError(404, "UnknownSegment", "no"), checks.FailNotFound},
		"429":          {"", graphError(429, "TooManyRequests", "no"), checks.FailThrottled},
		"503":          {"", graphError(503, "ServiceUnavailable", "no"), checks.FailService},
		"html":         {"", webPage(200, "<!doctype html><title>Guest network</title>"), checks.FailNotJSON},
		"403 html":     {"", webPage(403, "<html>"), checks.FailNotJSON},
		"cut":          {"", answerJSON(`{"value":[{"id":`), checks.FailCut},
		"empty":        {"", answerJSON(""), checks.FailNotJSON},
		"no list":      {"", answerJSON(`{}`), checks.FailNotJSON},
		"null list":    {"", answerJSON(`{"value":null}`), checks.FailNotJSON},
		"null item":    {"", answerJSON(`{"value":[null]}`), checks.FailNotJSON},
		"bare item":    {"", answerJSON(`{"value":[{}]}`), checks.FailNotJSON},
		"another type": {"", answerJSON(`{"value":[{"policyApplies":"yes","state":1,"createdDateTime":"soon","status":[],"activityDateTime":7}]}`), checks.FailNotJSON},
		"text item":    {"", answerJSON(`{"value":["x"]}`), checks.FailNotJSON},
	}
	parts := map[checks.Part]struct {
		path string
		look func(*checks.Snapshot) (read bool, f *checks.Failure)
	}{
		checks.PartConditional: {evaluateAt, func(s *checks.Snapshot) (bool, *checks.Failure) { return s.Conditional.Read, s.Conditional.Failure }},
		checks.PartSignIns:     {signInsAt, func(s *checks.Snapshot) (bool, *checks.Failure) { return s.SignIns.Read, s.SignIns.Failure }},
		checks.PartAudit:       {auditAt, func(s *checks.Snapshot) (bool, *checks.Failure) { return s.Audit.Read, s.Audit.Failure }},
		checks.PartReviewers:   {reviewerAt, func(s *checks.Snapshot) (bool, *checks.Failure) { return s.Reviewers.Read, s.Reviewers.Failure }},
	}
	for name, a := range answers {
		for part, p := range parts {
			if part == checks.PartReviewers && (strings.HasSuffix(name, " item") || strings.HasSuffix(name, " list") || name == "another type") {
				continue // it is no list
			}
			t.Run(name+" for "+string(part), func(t *testing.T) {
				t.Parallel()
				s := serve(t, map[string]http.HandlerFunc{p.path: a.answer})
				r := s.reader(t, func(o *Options) {
					if a.token != "" {
						o.Tokens = fixed(userToken(t, a.token))
					}
				})
				q := hetk()
				q.Person = otherID
				ok, f := p.look(read(t, r, q, part))
				if ok || f == nil || f.Kind != a.kind {
					t.Fatalf("read %t, failure %+v, want %s", ok, f, a.kind)
				}
				if a.kind == checks.FailRole && len(f.Missing) == 0 || a.kind == checks.FailScope && len(f.Missing) == 0 {
					t.Errorf("does not say what lacks: %+v", f)
				}
			})
		}
	}
}

// whatIfs answers evaluate by the person that it is about, and keeps whom it
// was asked about.
type whatIfs struct {
	mu    sync.Mutex
	asked []string
	by    map[string]string // answers; others get none
}

func (w *whatIfs) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	var body struct {
		Identity struct {
			Type string `json:"@odata.type"`
			ID   string `json:"userId"`
		} `json:"signInIdentity"`
		Context struct {
			Type string   `json:"@odata.type"`
			Apps []string `json:"includeApplications"`
		} `json:"signInContext"`
		Conditions map[string]string `json:"signInConditions"`
	}
	if err := json.Unmarshal(b, &body); err != nil || r.Method != http.MethodPost || body.Identity.Type != "#microsoft.graph.userSignIn" ||
		body.Context.Type != "#microsoft.graph.applicationContext" || body.Conditions["clientAppType"] != "browser" ||
		!slices.Equal(body.Context.Apps, []string{clientID, checks.ExchangeOnline, checks.MicrosoftGraph}) {
		graphError(400, "Request_BadRequest", string(b))(rw, r)
		return
	}
	w.mu.Lock()
	w.asked = append(w.asked, body.Identity.ID)
	w.mu.Unlock()
	answerJSON(`{"value":[`+w.by[body.Identity.ID]+`]}`)(rw, r)
}

func TestWhoIsAskedAbout(t *testing.T) {
	t.Parallel()
	const (
		a, b, c = "aaaaaaaa-0000-4000-8000-0000000000a1", "aaaaaaaa-0000-4000-8000-0000000000a2", "aaaaaaaa-0000-4000-8000-0000000000a3"
		d       = "aaaaaaaa-0000-4000-8000-0000000000a4"
		all     = `{"state":"enabled","policyApplies":true,"conditions":{"users":{"includeUsers":["all"]}},"grantControls":{"builtInControls":["block"]}}`
		off     = `{"state":"disabled","policyApplies":false,"conditions":{"users":{"includeUsers":["All"],"excludeGroups":["g"]}}}`
	)
	people := func(ids ...string) http.HandlerFunc {
		return answerJSON(`{"value":[{"id":"` + strings.Join(ids, `"},{"id":"`) + `"}]}`)
	}
	own := jwt(t, map[string]any{"tid": tenantID, "idtyp": "app", "oid": d, "roles": strings.Fields(allScopes)})
	for name, tt := range map[string]struct {
		token  string
		mine   string
		people http.HandlerFunc
		whose  checks.Whose
		asked  []string
		kind   checks.FailureKind
	}{
		"no policies":                      {mine: "", people: people(a), whose: checks.WhoseAll, asked: []string{userID}},
		"all alike":                        {mine: all, people: people(a), whose: checks.WhoseAll, asked: []string{userID}},
		"told apart by one that is off":    {mine: off, people: people(a), whose: checks.WhoseAll, asked: []string{userID}},
		"the admin is spared":              {mine: blockPolicy, people: people(a), whose: checks.WhoseSample, asked: []string{userID, a}},
		"no more than three":               {mine: blockPolicy, people: people(userID, a, b, c, d), whose: checks.WhoseSample, asked: []string{userID, a, b, c}},
		"nobody else is there":             {mine: blockPolicy, people: people(userID), whose: checks.WhoseMine, asked: []string{userID}},
		"people unread":                    {mine: blockPolicy, people: graphError(403, "Authorization_RequestDenied", "no"), whose: checks.WhoseMine, asked: []string{userID}},
		"an app's own sign-in":             {token: own, people: people(a), whose: checks.WhoseSample, asked: []string{a}},
		"an app's own, people unread":      {token: own, people: graphError(403, "Authorization_RequestDenied", "no"), kind: checks.FailDenied},
		"an app's own, nobody there":       {token: own, people: people("no id"), kind: checks.FailNotJSON},
		"a token that cannot be read":      {token: "opaque", people: people(a), whose: checks.WhoseSample, asked: []string{a}},
		"a token without the person's own": {token: jwt(t, map[string]any{"scp": allScopes}), people: people(a), whose: checks.WhoseSample, asked: []string{a}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &whatIfs{by: map[string]string{userID: tt.mine}}
			s := serve(t, map[string]http.HandlerFunc{evaluateAt: w.ServeHTTP, "/v1.0/users": tt.people})
			r := s.reader(t, func(o *Options) {
				if tt.token != "" {
					o.Tokens = fixed(tt.token)
				}
			})
			q := hetk()
			q.Person = ""
			got := read(t, r, q, checks.PartConditional).Conditional
			slices.Sort(w.asked)
			slices.Sort(tt.asked)
			switch {
			case tt.kind != "":
				if got.Read || got.Failure.Kind != tt.kind {
					t.Errorf("%+v", got)
				}
			case !got.Read || !slices.Equal(w.asked, tt.asked):
				t.Errorf("asked about %v, want %v; %v", w.asked, tt.asked, got.Failure)
			case got.Value.Asked[0].Whose != tt.whose:
				t.Errorf("asked about %q, want %q", got.Value.Asked[0].Whose, tt.whose)
			}
		})
	}
}

func TestNobodyOfThatNameIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := &whatIfs{}
	s := serve(t, map[string]http.HandlerFunc{evaluateAt: w.ServeHTTP})
	q := hetk()
	q.Person = "nobody@contoso.example"
	got := read(t, s.reader(t), q, checks.PartConditional, checks.PartUser)
	if !got.Conditional.Read || len(got.Conditional.Value.Asked) != 0 || len(w.asked) != 0 {
		t.Errorf("%+v, asked about %v", got.Conditional, w.asked)
	}
	if n := len(slices.DeleteFunc(s.requests(), func(h string) bool { return !strings.Contains(h, "/users/nobody") })); n != 1 {
		t.Errorf("the person was read %d times", n)
	}
}

// TestTheWhatIfIsAskedAgain holds that it counts as reading, although it is
// asked by POST: a passing fault is no end.
func TestTheWhatIfIsAskedAgain(t *testing.T) {
	t.Parallel()
	tries := 0
	s := serve(t, map[string]http.HandlerFunc{evaluateAt: func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries == 1 {
			graphError(503, "ServiceUnavailable", "no")(w, r)
			return
		}
		answerJSON(`{"value":[]}`)(w, r)
	}})
	q := hetk()
	q.Person = otherID
	if got := read(t, s.reader(t), q, checks.PartConditional).Conditional; !got.Read || tries != 2 {
		t.Errorf("%d tries, %v", tries, got.Failure)
	}
}

func TestWhatTheSignInIsTo(t *testing.T) {
	t.Parallel()
	got, f := targets(checks.App{ClientID: " " + strings.ToUpper(clientID), Needs: []checks.Permission{
		{Resource: checks.MicrosoftGraph, Scope: "openid"},
		{Resource: checks.MicrosoftGraph, Scope: "Mail.ReadWrite"},
		{Resource: checks.MicrosoftGraph, Scope: "calendars.Read"},
		{Resource: checks.MicrosoftGraph, Role: "Sites.Read.All"},
		{Resource: checks.MicrosoftGraph, Scope: "ChannelMessage.Read.All"},
		{Resource: checks.ExchangeOnline, Scope: "EWS.AccessAsUser.All"},
	}})
	want := []string{clientID, checks.ExchangeOnline, checks.MicrosoftGraph, sharePoint, teams}
	if f != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, f, want)
	}
	if _, f := targets(checks.App{ClientID: clientID, Needs: []checks.Permission{{Resource: "x"}}}); f == nil {
		t.Error("an API without a GUID passes")
	}
}

// TestLogsAreNotAskedForInVain holds that a sign-in without the scope sends
// nothing, and says which it lacks.
func TestLogsAreNotAskedForInVain(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	r := s.reader(t, func(o *Options) { o.Tokens = fixed(userToken(t, strings.Join(checks.ReadScopes(), " "), globalID)) })
	got := read(t, r, hetk(), checks.PartSignIns, checks.PartAudit)
	for _, f := range []*checks.Failure{got.SignIns.Failure, got.Audit.Failure} {
		if f == nil || f.Kind != checks.FailScope || !slices.Equal(f.Missing, []string{"AuditLog.Read.All"}) {
			t.Errorf("failure %+v", f)
		}
	}
	if n := s.requests(); len(n) != 0 {
		t.Errorf("asked %v", n)
	}
	opaque := s.reader(t, func(o *Options) { o.Tokens = fixed("opaque") })
	if got := read(t, opaque, hetk(), checks.PartSignIns); !got.SignIns.Read {
		t.Errorf("a token that cannot be read was not tried: %v", got.SignIns.Failure)
	}
}

func TestLogsAreAskedForThePerson(t *testing.T) {
	t.Parallel()
	for person, want := range map[string]string{
		"":                       "appId eq '" + clientID + "' and createdDateTime ge ",
		"O'Hara@CONTOSO.example": " and userPrincipalName eq 'o''hara@contoso.example'",
		otherID:                  " and userId eq '" + otherID + "'",
	} {
		t.Run(person, func(t *testing.T) {
			t.Parallel()
			var filter string
			s := serve(t, map[string]http.HandlerFunc{signInsAt: func(w http.ResponseWriter, r *http.Request) {
				filter = r.URL.Query().Get("$filter")
				answerJSON(`{"value":[]}`)(w, r)
			}})
			q := hetk()
			q.Person = person
			got := read(t, s.reader(t), q, checks.PartSignIns)
			if !got.SignIns.Read || got.SignIns.Value.Entries == nil || !strings.Contains(filter, want) || person == "" && strings.Contains(filter, "user") {
				t.Errorf("filter %q, want %q", filter, want)
			}
		})
	}
}

func TestReviewersOfEachKind(t *testing.T) {
	t.Parallel()
	members := "/v1.0/groups/" + groupID + "/transitiveMembers/microsoft.graph.user"
	holders := "/v1.0/roleManagement/directory/roleAssignments"
	byRole := "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + strings.ToUpper(globalID) + "'"
	role := []checks.Role{{TemplateID: globalID}}
	for name, tt := range map[string]struct {
		query string
		more  map[string]http.HandlerFunc
		want  checks.Reviewer
		kind  checks.FailureKind
		calls int // besides the policy
	}{
		"somebody": {query: "/users/" + userID, want: checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, Active: 1, RolesKnown: true, Roles: []checks.Role{{TemplateID: globalID, Name: "Global Administrator"}}}, calls: 2},
		"somebody, roles unread": {query: "/v1.0/users/" + userID, more: map[string]http.HandlerFunc{
			reviewerAt + "/transitiveMemberOf/microsoft.graph.directoryRole": graphError(403, "Authorization_RequestDenied", "no"),
		}, want: checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, Active: 1}, calls: 2},
		"somebody who is off": {query: "/beta/users/" + userID, more: map[string]http.HandlerFunc{
			reviewerAt: answerJSON(`{"id":"` + userID + `","accountEnabled":false}`),
			reviewerAt + "/transitiveMemberOf/microsoft.graph.directoryRole": answerJSON(`{"value":[]}`),
		}, want: checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, RolesKnown: true, Roles: []checks.Role{}}, calls: 2},
		"somebody who left": {query: "/users/" + otherID, want: checks.Reviewer{Kind: checks.ReviewerUser}, calls: 2},
		"a group": {query: "/groups/" + groupID + "/transitiveMembers/microsoft.graph.user", more: map[string]http.HandlerFunc{
			members: answerJSON(`{"value":[{"id":"1","accountEnabled":true},{"id":"2","accountEnabled":false},{"id":"3"}]}`),
		}, want: checks.Reviewer{Kind: checks.ReviewerGroup, Found: true, People: 3, Active: 1, Unsure: true}, calls: 1},
		"a group that is gone": {query: "/groups/" + groupID, want: checks.Reviewer{Kind: checks.ReviewerGroup}, calls: 1},
		"a group unread":       {query: "/groups/" + groupID, more: map[string]http.HandlerFunc{members: graphError(403, "Authorization_RequestDenied", "no")}, kind: checks.FailDenied, calls: 1},
		"a role": {query: byRole, more: map[string]http.HandlerFunc{
			holders: answerJSON(`{"value":[{"principal":{"@odata.type":"#microsoft.graph.user","id":"1","accountEnabled":true}},{"principal":{"@odata.type":"#microsoft.graph.group","id":"2"}},{"principal":{"@odata.type":"#microsoft.graph.servicePrincipal","id":"3","accountEnabled":true}},{"principal":null}]}`),
		}, want: checks.Reviewer{Kind: checks.ReviewerRole, Found: true, People: 1, Active: 1, Unsure: true, RolesKnown: true, Roles: role}, calls: 1},
		"a role that nobody holds": {query: byRole, more: map[string]http.HandlerFunc{holders: answerJSON(`{"value":[]}`)}, want: checks.Reviewer{Kind: checks.ReviewerRole, RolesKnown: true, Roles: role, Unsure: true}, calls: 1},
		"something else":           {query: "/administrativeUnits/1/members", want: checks.Reviewer{Kind: checks.ReviewerOther}},
		"a way out":                {query: "/users/" + userID + "/../../me", want: checks.Reviewer{Kind: checks.ReviewerOther}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := json.Marshal(map[string]any{"isEnabled": true, "reviewers": []map[string]string{{"query": tt.query}}})
			if err != nil {
				t.Fatal(err)
			}
			more := map[string]http.HandlerFunc{"/v1.0/policies/adminConsentRequestPolicy": answerJSON(string(b))}
			maps.Copy(more, tt.more)
			s := serve(t, more)
			got := read(t, s.reader(t), hetk(), checks.PartReviewers).Reviewers
			if n := len(s.requests()) - 1; n != tt.calls {
				t.Errorf("%d requests, want %d: %v", n, tt.calls, s.requests())
			}
			if tt.kind != "" {
				if got.Read || got.Failure.Kind != tt.kind {
					t.Errorf("%+v", got)
				}
				return
			}
			if !got.Read || len(got.Value) != 1 {
				t.Fatalf("%+v", got.Failure)
			}
			a, _ := json.Marshal(got.Value[0])
			if w, _ := json.Marshal(tt.want); string(a) != string(w) {
				t.Errorf("%s, want %s", a, w)
			}
		})
	}
}

func TestNoReviewersAreLookedForWhereNoneCount(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"off":  `{"isEnabled":false,"reviewers":[{"query":"/users/` + userID + `"}]}`,
		"none": `{"isEnabled":true,"reviewers":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{"/v1.0/policies/adminConsentRequestPolicy": answerJSON(body)})
			got := read(t, s.reader(t), hetk(), checks.PartReviewers, checks.PartWorkflow)
			if !got.Reviewers.Read || len(got.Reviewers.Value) != 0 || !got.Workflow.Read || len(s.requests()) != 1 {
				t.Errorf("%+v, asked %v", got.Reviewers, s.requests())
			}
		})
	}
}
