package graph

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// newApp stands for the app that a plan makes.
const newApp = "<id of the app>"

// newAppID is what these tests' Graph makes of it.
const newAppID = "5b8e7a10-0000-4000-8000-000000000099"

// agreedPlan makes an app, grants it something and lets somebody use it.
func agreedPlan() []Write {
	return []Write{createWrite(), grantWrite(newApp, resourceSP, "openid User.Read"), assignWrite(newApp, userID, noRole), requireWrite(newApp)}
}

// filled is a write with an id in the place of the one that stood open.
func filled(w Write, id string) Write {
	return Write{w.Method, strings.ReplaceAll(w.Path, newApp, id), strings.ReplaceAll(w.Body, newApp, id)}
}

// agrees is a changer for agreedPlan at a Graph that answers writes like h; it
// counts the tokens that were asked for.
func (l *ledger) agrees(t *testing.T, h http.HandlerFunc, more map[string]http.HandlerFunc) (ch *Changer, tokens *int) {
	t.Helper()
	paths := l.answering(t, h)
	for _, w := range agreedPlan() {
		paths["/v1.0"+filled(w, newAppID).Path] = paths["/v1.0"+createWrite().Path]
	}
	maps.Copy(paths, more)
	s, n := serve(t, paths), 0
	return l.changerOf(t, Agreement{Writes: agreedPlan(), NewApp: newApp}, h, func(o *Options) {
		token := o.Tokens
		o.Root, o.RootCAs = s.URL, s.pool()
		o.Tokens = TokenFunc(func(ctx context.Context, scopes []string) (string, error) { n++; return token.Token(ctx, scopes) })
	}), &n
}

// notAgreed holds that a write was refused as none that was agreed to, and that
// nothing left.
func notAgreed(t *testing.T, ch *Changer, w Write) {
	t.Helper()
	a, err := ch.Send(t.Context(), w)
	if f := asFailure(err); f == nil || f.Kind != checks.FailRequest || f.Status != 0 || f.Message != wordNotAgreed || a != (Answered{}) {
		t.Errorf("%s %s %s: %+v, %v", w.Method, w.Path, w.Body, a, err)
	}
}

func made(w http.ResponseWriter, _ *http.Request) {
	jsonStatus(w, http.StatusCreated, `{"id":"`+newAppID+`","appId":"`+clientID+`"}`)
}

// TestOnlyTheLinesAgreedTo: in the place of each write of a plan, every other
// write that a plan could hold, and the same with one thing changed, is refused
// before a token is asked for.
func TestOnlyTheLinesAgreedTo(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	ch, tokens := l.agrees(t, made, nil)
	for i, agreed := range agreedPlan() {
		before, asked := len(l.written()), *tokens
		right := filled(agreed, newAppID)
		odd := slices.DeleteFunc(allWrites(), func(w Write) bool { return w == right })
		for _, other := range agreedPlan() {
			if other != agreed { // another line of the plan, whose turn it is not
				odd = append(odd, filled(other, newAppID))
			}
		}
		odd = append(
			odd,
			Write{right.Method, right.Path, strings.Replace(right.Body, "User.Read", "Mail.Read", 1) + " "},
			Write{right.Method, right.Path, strings.Replace(right.Body, "{", "{ ", 1)}, // the same to Graph, and not what was read
			filled(agreed, clientSP), // an app that is there, not the one that was made
			filled(agreed, newAppID+"a"),
		)
		if i == 1 {
			odd = append(odd, grantWrite(newAppID, resourceSP, "openid User.Read Mail.ReadWrite"), grantWrite(newAppID, clientSP, "openid User.Read"),
				grantOneWrite(newAppID, userID, resourceSP, "openid User.Read"))
		}
		for _, w := range odd {
			if _, form := formOf(w); form && w != right {
				notAgreed(t, ch, w)
			}
		}
		if len(l.written()) != before || *tokens != asked {
			t.Fatalf("line %d: something left: %v", i, l.written())
		}
		if _, err := ch.Send(t.Context(), right); err != nil {
			t.Fatalf("line %d: %v", i, err)
		}
		notAgreed(t, ch, right) // it was taken: it is never sent again
	}
	if got := l.written(); len(got) != len(agreedPlan()) {
		t.Errorf("wrote %v", got)
	}
}

// TestWhatWasNotTakenMayBeSentAgain: after Microsoft's refusal the same write may
// go once more, and the one after it not; after anything that leaves it in doubt
// the one after it may, and the same not.
func TestWhatWasNotTakenMayBeSentAgain(t *testing.T) {
	t.Parallel()
	first, second := deleteWrite("g"), scopeWrite("g", "openid")
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		again  bool
	}{
		"400":           {graphError(400, "Request_BadRequest", "no"), true},
		"401":           {graphError(401, "InvalidAuthenticationToken", "no"), true},
		"403":           {graphError(403, "Authorization_RequestDenied", "no"), true},
		"404":           {graphError(404, "Request_ResourceNotFound", "no"), true},
		"taken":         {noContent, false},
		"408":           {graphError(408, "RequestTimeout", "slow"), false},
		"409":           {graphError(409, "Request_MultipleObjectsWithSameKeyValue", "there"), false},
		"500":           {graphError(500, "InternalServerError", "x"), false},
		"lost":          {lost, false},
		"a captive web": {webPage(403, "<html>no</html>"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			ch := l.changerOf(t, Agreement{Writes: []Write{first, second}}, sequence(tt.answer, noContent))
			if _, err := ch.Send(t.Context(), first); (err == nil) != (name == "taken") {
				t.Fatal(err)
			}
			may, mayNot := second, first
			if tt.again {
				may, mayNot = first, second
			}
			notAgreed(t, ch, mayNot)
			if _, err := ch.Send(t.Context(), may); err != nil || len(l.written()) != 2 {
				t.Errorf("%v, wrote %v", err, l.written())
			}
		})
	}
}

// TestTheNewAppIsAskedWhereNoAnswerToldIt: the answer to making it was lost, or
// said that it is there already; then Microsoft is asked which one it is, and no
// other is taken.
func TestTheNewAppIsAskedWhereNoAnswerToldIt(t *testing.T) {
	t.Parallel()
	is := func(id string) http.HandlerFunc { return answerJSON(`{"id":"` + id + `","appId":"` + clientID + `"}`) }
	for name, tt := range map[string]struct {
		first http.HandlerFunc
		there http.HandlerFunc
		kind  checks.FailureKind // empty: it is sent
	}{
		"there already":        {graphError(409, "Request_MultipleObjectsWithSameKeyValue", "there"), is(newAppID), ""},
		"the answer was lost":  {lost, is(newAppID), ""},
		"an answer without id": {withStatus(201, `{"appId":"`+clientID+`"}`), is(newAppID), ""},
		"another than is sent": {lost, is(clientSP), checks.FailRequest},
		"not there yet":        {lost, graphError(404, "Request_ResourceNotFound", "no"), checks.FailNotFound},
		"not to be read":       {lost, graphError(403, "Authorization_RequestDenied", "no"), checks.FailDenied},
		"a broken answer":      {lost, answerJSON(`{"id":`), checks.FailRequest}, // of a question: the write was not sent
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			ch, _ := l.agrees(t, sequence(tt.first, noContent), map[string]http.HandlerFunc{appPrefix: tt.there})
			plan := agreedPlan()
			_, _ = ch.Send(t.Context(), plan[0]) // what comes of it is the case
			notAgreed(t, ch, filled(grantWrite(newApp, resourceSP, "openid"), newAppID))
			_, err := ch.Send(t.Context(), filled(plan[1], newAppID))
			if tt.kind == "" && err != nil || tt.kind != "" && (err == nil || asFailure(err).Kind != tt.kind) {
				t.Fatalf("%v", err)
			}
			if want := map[bool]int{true: 2, false: 1}[tt.kind == ""]; len(l.written()) != want {
				t.Fatalf("wrote %v", l.written())
			}
			if tt.kind != "" && !untaken(err) {
				t.Errorf("it would pass for a write in doubt: %v", err)
			}
			if tt.kind == "" { // from here on it is known, and asked no more
				notAgreed(t, ch, filled(plan[2], clientSP))
				if _, err := ch.Send(t.Context(), filled(plan[2], newAppID)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestWhatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	scopes := strings.Fields(confirmedScopes)
	for name, a := range map[string]Agreement{
		"no tenant":         {Scopes: scopes, Writes: agreedPlan()[:1]},
		"a domain":          {Tenant: "contoso.example", Scopes: scopes, Writes: agreedPlan()[:1]},
		"no scopes":         {Tenant: tenantID, Writes: agreedPlan()[:1]},
		"an empty scope":    {Tenant: tenantID, Scopes: []string{"x", ""}, Writes: agreedPlan()[:1]},
		"no writes":         {Tenant: tenantID, Scopes: scopes, NewApp: newApp},
		"an id for another": {Tenant: tenantID, Scopes: scopes, Writes: agreedPlan(), NewApp: newAppID},
		"before it is made": {Tenant: tenantID, Scopes: scopes, Writes: agreedPlan()[1:], NewApp: newApp},
		"what nobody makes": {Tenant: tenantID, Scopes: scopes, Writes: agreedPlan()},
		"no plan's write":   {Tenant: tenantID, Scopes: scopes, Writes: []Write{{http.MethodPost, "/users", "{}"}}},
		"one scope too few": {Tenant: tenantID, Scopes: []string{"Application.ReadWrite.All"}, Writes: agreedPlan(), NewApp: newApp},
	} {
		if c, err := Confirm(a); err == nil || len(c.Writes) != 0 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	a := Agreement{Tenant: tenantID, Scopes: scopes, Writes: agreedPlan(), NewApp: newApp}
	c, err := Confirm(a)
	if err != nil {
		t.Fatal(err)
	}
	a.Writes[0], a.Scopes[0] = deleteWrite("g"), "x" // whoever asked keeps no hand in it
	if c.Writes[0] != createWrite() || c.Scopes[0] == "x" {
		t.Error("what was confirmed can be changed afterwards")
	}
}
