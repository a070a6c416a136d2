package graph

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// oddBodies are bodies that no plan holds, by the write that they come with.
func oddBodies() map[string][]string {
	out := map[string][]string{
		"POST /servicePrincipals": {
			`{"appId":null}`, `{"appId":1}`, `{"appId":""}`, `{"appId":"x"}`, `{"appId":["` + clientID + `"]}`, `{"appId":{"a":1}}`,
			`{"AppId":"` + clientID + `"}`, `{"appid":"` + clientID + `"}`, `{"appId ":"` + clientID + `"}`,
			`{"appId":"` + clientID + `","accountEnabled":true}`, `{"appId":"` + clientID + `","tags":[]}`, `{"appId":"` + clientID + `","x":null}`,
			`{"appId":"` + clientID + `","appId":"` + clientID + `"}`, `{"appId":"` + clientID + `","app\u0049d":"` + clientID + `"}`,
			`{"appId":"` + clientID + `"}{"x":1}`, `{"appId":"` + clientID + `"} x`, `{"appId":"` + clientID + `",}`, `{"appId":"` + clientID + " \"}",
			`{"appId":"{` + clientID + `}"}`, "\ufeff" + `{"appId":"` + clientID + `"}`, `{"appId":"` + clientID + `"}` + strings.Repeat(" ", maxBody),
		},
		"PATCH /servicePrincipals/" + clientSP: {
			`{"accountEnabled":null}`, `{"accountEnabled":"true"}`, `{"accountEnabled":1}`, `{"AccountEnabled":true}`,
			`{"accountEnabled":true,"accountEnabled":false}`, `{"accountEnabled":true,"appRoleAssignmentRequired":false}`,
			`{"accountEnabled":true,"passwordCredentials":[]}`, `{"accountEnabled":[true]}`, `{"appRoleAssignmentRequired":null}`,
			`{"appRoleAssignmentRequired":"false"}`, `{"appRoleAssignmentRequired":true,"tags":[]}`, `{"tags":["HideApp"]}`, `{"isDisabled":false}`,
		},
		"PATCH /oauth2PermissionGrants/g": {
			`{"scope":null}`, `{"scope":""}`, `{"scope":" "}`, `{"scope":"a\u00a0b"}`, `{"scope":["a"]}`, `{"scope":"` + strings.Repeat("a", maxName+1) + `"}`,
			`{"scope":"a","scope":"a"}`, `{"SCOPE":"a"}`, `{"scope":"a","consentType":"AllPrincipals"}`, `{"scope":"a","principalId":null}`,
		},
		"DELETE /servicePrincipals/" + clientSP:                                             nil,
		"DELETE /servicePrincipals/" + clientSP + "/appRoleAssignedTo/a":                    nil,
		"DELETE /servicePrincipals/" + resourceSP + "/delegatedPermissionClassifications/c": nil,
		"POST /directory/deletedItems/" + deletedSP + "/restore":                            nil,
		"DELETE /oauth2PermissionGrants/g":                                                  nil,
		"DELETE /policies/permissionGrantPolicies/onboard-hetk-8dd90edb":                    nil,
		"DELETE /policies/permissionGrantPolicies/onboard-hetk-8dd90edb/includes/i":         nil,
	}
	maps.Copy(out, oddGrants())
	maps.Copy(out, oddAssignments())
	maps.Copy(out, oddPolicies())
	for where := range out {
		if strings.HasPrefix(where, "DELETE ") || strings.HasSuffix(where, "/restore") {
			out[where] = []string{"{}", " ", "null", `{"scope":"a"}`}
			continue
		}
		out[where] = append(
			out[where], "", " ", "{", "{}", "[]", "null", "true", `""`, "1", "nonsense", `{"a":1}`, `{"":""}`, `{}{}`, `{"appId":}`, "\x00", "\xff",
			`[{"appId":"`+clientID+`"}]`, `{"scope":"openid","accountEnabled":true}`, strings.Repeat("[", 1<<10), strings.Repeat(`{"a":`, 99)+"1"+strings.Repeat("}", 99),
		)
	}
	return out
}

// changed gives a body with one change each.
func changed(body string, changes ...string) []string {
	var out []string
	for pair := range slices.Chunk(changes, 2) {
		out = append(out, strings.Replace(body, pair[0], pair[1], 1))
	}
	return out
}

func oddGrants() map[string][]string {
	grant := grantWrite(clientSP, resourceSP, "openid User.Read")
	return map[string][]string{grant.Method + " " + grant.Path: append(changed(
		grant.Body,
		`"AllPrincipals"`, `"Principal"`, `"AllPrincipals"`, `"allprincipals"`, `"AllPrincipals"`, `null`, `"AllPrincipals"`, `["AllPrincipals"]`,
		`"principalId":null`, `"principalId":"`+userID+`"`, `"principalId":null`, `"principalId":""`, `"principalId":null`, `"principalId":false`,
		`"principalId":null`, `"principalId":[]`, `"principalId":null`, `"principalID":null`, `"principalId":null`, `"startTime":null`,
		clientSP, "<id of the new enterprise app>", clientSP, "", `"`+resourceSP+`"`, "null", `"resourceId":"`+resourceSP+`",`, "",
		"openid User.Read", "", "openid User.Read", " ", "openid User.Read", "   ",
		"openid User.Read", `a\u0000b`, "openid User.Read", `a\nb`, "openid User.Read", `a\tb`,
		"openid User.Read", `a\"b`, "openid User.Read", `a\\b`, "openid User.Read", "öpenid", "openid User.Read", `\ud800`,
		`"openid User.Read"`, `["openid"]`, `"scope"`, `"Scope"`, `}`, `,"scope":"openid"}`, `}`, `,"expiryTime":"2030-01-01T00:00:00Z"}`,
	), changed(
		grantOneWrite(clientSP, userID, resourceSP, "openid").Body,
		`"Principal"`, `"AllPrincipals"`, `"Principal"`, `"principal"`, userID, "", userID, "user@contoso.example", `"`+userID+`"`, "null",
		`"principalId":"`+userID+`",`, "", `"`+userID+`"`, `["`+userID+`"]`,
	)...)}
}

func oddAssignments() map[string][]string {
	assign, class := assignWrite(clientSP, userID, noRole), classifyWrite(resourceSP, calendars, "Calendars.ReadWrite")
	return map[string][]string{
		assign.Method + " " + assign.Path: changed(
			assign.Body,
			clientSP, resourceSP, clientSP, "", userID, "", userID, "user@contoso.example", `"`+userID+`"`, "null", noRole, "0", `"`+noRole+`"`, "null",
			`"principalId"`, `"PrincipalId"`, `}`, `,"principalType":"User"}`, `}`, `,"id":"a"}`, `}`, `,"appRoleId":"`+noRole+`"}`, `"`+userID+`"`, `{"id":"`+userID+`"}`,
		),
		class.Method + " " + class.Path: changed(
			class.Body,
			`"low"`, `"medium"`, `"low"`, `"Low"`, `"low"`, `"high"`, `"low"`, "null", `"low"`, `["low"]`, calendars, "", calendars, "Calendars.ReadWrite",
			"Calendars.ReadWrite", "", "Calendars.ReadWrite", "a b", "Calendars.ReadWrite", `a\u0000`, `"permissionName":"Calendars.ReadWrite",`, "",
			`}`, `,"id":"c"}`, `}`, `,"classification":"low"}`,
		),
	}
}

func oddPolicies() map[string][]string {
	set, flow := consentWrite(forSelfLow), workflowWrite(true, 30, "/users/"+userID)
	policy, rule := policyWrite(ourPolicy, "onboard: Hetk"), ruleWrite(ourPolicy, clientID, calendars)
	const entry, about, query = forSelfLow, `"description":"One app."`, "/users/" + userID
	return map[string][]string{
		set.Method + " " + set.Path: changed(
			set.Body,
			entry, "", entry, "microsoft-user-default-low", entry, "ManagePermissionGrantsForSelf.", entry, "ManagePermissionGrantsForSelf",
			entry, "ManagePermissionGrantsForAll.microsoft-company-admin", entry, "ManagePermissionGrantsForSelf.a b", entry, "ManagePermissionGrantsForSelf.a/b",
			entry, `ManagePermissionGrantsForSelf.a\u0000`, entry, "ManagePermissionGrantsForSelf.ä", entry, "ManagePermissionGrantsForSelf."+strings.Repeat("a", maxName+1),
			entry, " "+entry, `"`+entry+`"`, "null", `"`+entry+`"`, "1", `"`+entry+`"`, `["`+entry+`"]`, `["`+entry+`"]`, `"`+entry+`"`, `["`+entry+`"]`, "null",
			`["`+entry+`"]`, `{"a":"`+entry+`"}`, entry, strings.Repeat(entry+`","`, maxAssigned)+entry,
			"]}", `],"allowedToCreateApps":true}`, "]}", `],"allowedToReadOtherUsers":null}`, "]}", `],"permissionGrantPoliciesAssigned":[]}`,
			"]}}", `]},"allowInvitesFrom":"none"}`, "]}}", `]},"defaultUserRolePermissions":{}}`, "]}}", `]},"guestUserRoleId":null}`,
			`{"defaultUser`, `{"DefaultUser`, `"permissionGrant`, `"PermissionGrant`,
		),
		flow.Method + " " + flow.Path: append(oddReviewers(query), changed(
			flow.Body,
			`"isEnabled":true`, `"isEnabled":null`, `"isEnabled":true`, `"isEnabled":"true"`, `"isEnabled":true,`, "", `"notifyReviewers":true`, `"notifyReviewers":1`,
			`"remindersEnabled":true,`, "", ":30", ":-1", ":30", ":366", ":30", ":30.0", ":30", ":3e1", ":30", `:"30"`, ":30", ":null", ":30", ":1e999", ":30", ":-0",
			`}]}`, `}],"version":1}`, `}]}`, `}],"id":"x"}`, `}]}`, `}],"isEnabled":true}`, `[{`, `[null,{`, `[{`, `["`+query+`",{`, `[{`, `[[{`, `[{`, `{`,
			`"MicrosoftGraph"`, `"ARM"`, `"MicrosoftGraph"`, "null", `"queryRoot":null`, `"queryRoot":"decisions"`, `"queryRoot":null`, `"queryRoot":[]`, `"queryRoot":null`, `"@odata.type":"x"`,
			`"queryType":"MicrosoftGraph",`, "", `"queryRoot":null}`, `"queryRoot":null,"query":"`+query+`"}`,
		)...),
		policy.Method + " " + policy.Path: changed(
			policy.Body,
			ourPolicy, "microsoft-user-default-low", ourPolicy, "my-policy", ourPolicy, "onboard-", ourPolicy, "onboard", ourPolicy, "Onboard-hetk", ourPolicy, " onboard-hetk",
			ourPolicy, "onboard-a.b", ourPolicy, "onboard-a/b", ourPolicy, "onboard-ä", ourPolicy, "onboard-"+strings.Repeat("a", maxPolicyID), `"`+ourPolicy+`"`, "null",
			"onboard: Hetk", "", "onboard: Hetk", "  ", "onboard: Hetk", `a\nb`, "onboard: Hetk", `a\u001b[2Jb`, "onboard: Hetk", `a\u202eb`, "onboard: Hetk", `a\ud800b`,
			"onboard: Hetk", strings.Repeat("a", maxName+1), about, `"description":""`, about, `"description":null`, about, `"description":"`+strings.Repeat("a", maxAbout+1)+`"`,
			","+about, "", `}`, `,"includes":[]}`, `}`, `,"excludes":null}`, `}`, `,"id":"`+ourPolicy+`"}`,
		),
		rule.Method + " " + rule.Path: changed(
			rule.Body,
			`"delegated"`, `"application"`, `"delegated"`, `"delegatedUserConsentable"`, `"delegated"`, `"Delegated"`, `"delegated"`, "null",
			checks.MicrosoftGraph, "any", checks.MicrosoftGraph, "", `"`+checks.MicrosoftGraph+`"`, "null", calendars, "all", calendars, "Calendars.ReadWrite", calendars, "",
			`["`+calendars+`"]`, "[]", `["`+calendars+`"]`, "null", `["`+calendars+`"]`, `"`+calendars+`"`, calendars, strings.Repeat(calendars+`","`, maxPermissions)+calendars,
			clientID, "all", clientID, "", `["`+clientID+`"]`, "[]", clientID, clientID+`","`+clientSP, `["`+clientID+`"]`, `"`+clientID+`"`,
			`,"clientApplicationIds":["`+clientID+`"]`, "", `}`, `,"permissionClassification":"all"}`, `}`, `,"clientApplicationsFromVerifiedPublisherOnly":false}`,
			`}`, `,"id":"x"}`, `}`, `,"permissions":["`+calendars+`"]}`,
		),
	}
}

// oddReviewers are bodies whose one reviewer leads nowhere that is known.
func oddReviewers(query string) []string {
	var out []string
	for _, q := range []string{
		"", "/", "/users", "/users/", "/users/x", "/users/admin@contoso.example", "users/" + userID, "//users/" + userID, " /users/" + userID, "/users/" + userID + "/",
		"/users/" + userID + "/manager", "/users/" + userID + "?$select=id", "/users/../me", "/me", "./manager", "/v2.0/users/" + userID, "/beta/v1.0/users/" + userID, "/v1.0/beta/users/" + userID, "/v1.0", "/beta/",
		"/groups/" + groupID, "/groups/" + groupID + "/owners", "/groups/" + groupID + "/members/x", "/groups/" + groupID + "/microsoft.graph.user",
		"/groups/" + groupID + "/transitiveMembers/microsoft.graph.user/microsoft.graph.user", "/groups/x/members",
		"/roleManagement/directory/roleAssignments", "/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq 'x'",
		"/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + globalID + "' or true",
		"/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + globalID,
		"/groups/" + groupID + "/trans\u0130tiveMembers", "https://graph.microsoft.com/v1.0/users/" + userID, "/users/" + userID + "\x00",
	} {
		out = append(out, workflowWrite(true, 30, q).Body)
	}
	return append(out, workflowWrite(true, 30, slices.Repeat([]string{query}, maxReviewers+1)...).Body)
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

func refused(t *testing.T, ch *eachAgreed, w Write) {
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
	app, scope, enabled := createWrite().Body, `{"scope":"openid"}`, enableWrite(clientSP).Body
	assign, class := assignWrite(clientSP, userID, noRole), classifyWrite(resourceSP, calendars, "Calendars.ReadWrite")
	set, flow := consentWrite(forSelfLow), workflowWrite(true, 30, "/users/"+userID)
	policy, rule := policyWrite(ourPolicy, "onboard: Hetk"), ruleWrite(ourPolicy, clientID, calendars)
	for _, w := range []Write{
		{},
		{http.MethodGet, "/servicePrincipals", ""},
		{http.MethodGet, "/oauth2PermissionGrants/g", ""},
		{http.MethodGet, policy.Path, ""},
		{http.MethodPut, "/oauth2PermissionGrants/g", scope},
		{"post", "/servicePrincipals", app},
		{"DELETE ", "/servicePrincipals/" + clientSP, ""},
		{http.MethodDelete, "/servicePrincipals", ""},
		{http.MethodDelete, "/servicePrincipals/x", ""},
		{http.MethodDelete, "/servicePrincipals/" + clientSP + "/", ""},
		{http.MethodDelete, "/servicePrincipals/" + clientSP + "/owners", ""},
		{http.MethodDelete, "/servicePrincipals(appId='" + clientID + "')", ""},
		{http.MethodPost, "/directory/deletedItems/" + deletedSP, ""},
		{http.MethodPost, "/directory/deletedItems/hetk/restore", ""},
		{http.MethodPost, "/directory/deletedItems/" + deletedSP + "/restore", "{}"},
		{http.MethodPost, "/directory/deletedItems/" + deletedSP + "/restore/x", ""},
		{http.MethodPost, "/directory/deleteditems/" + deletedSP + "/restore", ""},
		{http.MethodDelete, "/directory/deletedItems/" + deletedSP, ""},
		{http.MethodDelete, "/directory/deletedItems/" + deletedSP + "/restore", ""},
		{http.MethodDelete, "/oauth2PermissionGrants", ""},
		{http.MethodDelete, "/oauth2PermissionGrants/", ""},
		{http.MethodPost, "/oauth2PermissionGrants/g", scope},
		{http.MethodPost, "/users", app},
		{http.MethodPost, "servicePrincipals", app},
		{http.MethodPost, "//servicePrincipals", app},
		{http.MethodPost, "/servicePrincipals/", app},
		{http.MethodPost, "/servicePrincipals/" + clientSP, app},
		{http.MethodPost, "/servicePrincipals?x", app},
		{http.MethodPost, "/ServicePrincipals", app},
		{http.MethodPost, "https://graph.example/v1.0/servicePrincipals", app},
		{http.MethodPatch, "/servicePrincipals/x", enabled},
		{http.MethodPut, "/servicePrincipals/" + clientSP, enabled},
		{http.MethodPatch, "/servicePrincipals/" + clientSP + "/owners", enabled},
		{http.MethodPatch, "/servicePrincipals(appId='" + clientID + "')", enabled},
		{http.MethodPatch, "/oauth2PermissionGrants/../me", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/..", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/%2e%2e", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g?x", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g#x", scope},
		{http.MethodPatch, "/oauth2PermissionGrants/g\n", scope},
		{http.MethodDelete, "/oauth2PermissionGrants/" + strings.Repeat("g", maxName+1), ""},
		{http.MethodPost, "/servicePrincipals/" + clientSP + "/appRoleAssignments", assign.Body},
		{http.MethodPost, "/servicePrincipals/" + resourceSP + "/appRoleAssignedTo", assign.Body},
		{http.MethodPost, assign.Path + "/", assign.Body},
		{http.MethodPut, assign.Path, assign.Body},
		{http.MethodDelete, assign.Path, ""},
		{http.MethodDelete, assign.Path + "/", ""},
		{http.MethodDelete, assign.Path + "/..", ""},
		{http.MethodDelete, assign.Path + "/a/b", ""},
		{http.MethodDelete, assign.Path + "/a?x", ""},
		{http.MethodPatch, class.Path, class.Body},
		{http.MethodPatch, class.Path + "/c", class.Body},
		{http.MethodDelete, class.Path, ""},
		{http.MethodDelete, class.Path + "/..", ""},
		{http.MethodPost, "/servicePrincipals(appId='" + checks.MicrosoftGraph + "')/delegatedPermissionClassifications", class.Body},
		{http.MethodPatch, "/policies", set.Body},
		{http.MethodPatch, "/policies/authorizationPolicy", scope},
		{http.MethodPut, set.Path, set.Body},
		{http.MethodPatch, set.Path + "/authorizationPolicy", set.Body},
		{http.MethodPatch, set.Path + "/", set.Body},
		{http.MethodPatch, "/policies//authorizationPolicy", set.Body},
		{http.MethodPatch, flow.Path, flow.Body},
		{http.MethodDelete, flow.Path, ""},
		{http.MethodPut, policy.Path, policy.Body},
		{http.MethodPatch, policy.Path + "/" + ourPolicy, policy.Body},
		{http.MethodDelete, policy.Path, ""},
		{http.MethodDelete, policy.Path + "/", ""},
		{http.MethodDelete, policy.Path + "/my-policy", ""},
		{http.MethodDelete, policy.Path + "/onboard-", ""},
		{http.MethodDelete, policy.Path + "/Onboard-hetk", ""},
		{http.MethodDelete, policy.Path + "/onboard-hetk?x", ""},
		{http.MethodDelete, policy.Path + "/onboard-/../my-policy", ""},
		{http.MethodDelete, policy.Path + "/microsoft-user-default-low", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/includes", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/includes/", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/includes/..", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/includes/" + clientID + "/x", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/includes/" + clientID + "?x", ""},
		{http.MethodDelete, policy.Path + "/" + ourPolicy + "/excludes/" + clientID, ""},
		{http.MethodDelete, policy.Path + "/my-policy/includes/" + clientID, ""},
		{http.MethodDelete, policy.Path + "/microsoft-user-default-low/includes/" + clientID, ""},
		{http.MethodPatch, policy.Path + "/" + ourPolicy + "/includes/" + clientID, rule.Body},
		{http.MethodPost, policy.Path + "/" + ourPolicy + "/includes/" + clientID, rule.Body},
		{http.MethodPost, policy.Path + "/my-policy/includes", rule.Body},
		{http.MethodPost, policy.Path + "/" + ourPolicy + "/excludes", rule.Body},
		{http.MethodPost, rule.Path + "/", rule.Body},
		{http.MethodPatch, "/policies/identitySecurityDefaultsEnforcementPolicy", `{"isEnabled":false}`},
	} {
		refused(t, ch, w)
		if s := ScopesFor(w); s != nil {
			t.Errorf("%s %s needs %v", w.Method, w.Path, s)
		}
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
	unrooted := workflowWrite(false, 0, "/users/"+userID)
	unrooted.Body = strings.Replace(unrooted.Body, `,"queryRoot":null`, "", 1)
	empty := workflowWrite(true, 30, "/users/"+userID)
	empty.Body = strings.Replace(empty.Body, `"queryRoot":null`, `"queryRoot":""`, 1)
	role := "/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + globalID + "'"
	writes := []Write{
		{http.MethodPost, "/servicePrincipals", "\n { \"appId\" : \"" + strings.ToUpper(clientID) + "\" } \n"},
		{http.MethodPost, "/servicePrincipals", `{"app\u0049d":"` + clientID + `"}`},
		{http.MethodPatch, "/servicePrincipals/" + clientSP, `{"accountEnabled":false}`},
		{http.MethodPatch, "/servicePrincipals/" + strings.ToUpper(clientSP), `{"appRoleAssignmentRequired":false}`},
		grant, short, empty,
		grantOneWrite(clientSP, userID, resourceSP, " User.Read  openid "),
		scopeWrite("5b8e7a10_-=.", "a"), scopeWrite("g", strings.Repeat("Calendars.ReadWrite ", 500)+"openid"), scopeWrite("g", " openid User.Read"),
		deleteWrite(strings.Repeat("g", maxName)),
		assignWrite(clientSP, groupID, noRole),
		{http.MethodPost, "/servicePrincipals/" + strings.ToUpper(resourceSP) + "/appRoleAssignedTo", assignWrite(resourceSP, clientSP, calendars).Body},
		consentWrite(), consentWrite("manageP" + forSelfLow[len("ManageP"):]), consentWrite(slices.Repeat([]string{"ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"}, maxAssigned)...),
		consentWrite("ManagePermissionGrantsForSelf.my_Policy.2"),
		workflowWrite(false, 0), workflowWrite(true, maxDays, "/v1.0/users/"+userID, "/groups/"+groupID+"/members", "/beta/groups/"+groupID+"/transitiveMembers"), unrooted,
		workflowWrite(true, 30, "/groups/"+strings.ToUpper(groupID)+"/transitiveMembers/microsoft.graph.user", "/beta"+role, role, strings.ToLower(role), "/v1.0"+role),
		policyWrite("onboard-"+strings.Repeat("a", maxPolicyID-len("onboard-")), "Für alle: Käfer & Söhne"), policyWrite("onboard-H_k", "x"),
		ruleWrite(ourPolicy, strings.ToUpper(clientID), slices.Repeat([]string{calendars}, maxPermissions)...),
	}
	for _, w := range append(writes, allWrites()...) {
		if _, ok := formOf(w); !ok {
			t.Errorf("%.120q is refused", w)
		}
	}
}

// TestScopesOfWrites holds each form to the least scopes of [PERM].
func TestScopesOfWrites(t *testing.T) {
	t.Parallel()
	const apps, grants, rules = "Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Policy.ReadWrite.PermissionGrant"
	want := map[string]string{
		"create": apps, "enable": apps, "require": apps, "delete app": apps, "restore": apps,
		"grant": grants, "grant one": grants, "scope": grants, "delete": grants,
		"assign": "AppRoleAssignment.ReadWrite.All Application.Read.All", "app role": "AppRoleAssignment.ReadWrite.All Application.Read.All",
		"unassign": "AppRoleAssignment.ReadWrite.All",
		"classify": rules, "unclassify": rules, "policy": rules, "rule": rules, "delete policy": rules, "delete rule": rules,
		"consent": "Policy.ReadWrite.Authorization", "workflow": "Policy.ReadWrite.ConsentRequest",
	}
	writes := namedWrites()
	if len(writes) != len(want) {
		t.Errorf("%d writes, %d expected", len(writes), len(want))
	}
	for name, w := range writes {
		if got := strings.Join(ScopesFor(w), " "); got != want[name] || got == "" {
			t.Errorf("%s needs %q, want %q", name, got, want[name])
		}
	}
}

// TestReadMembers: whatever is not one object, read alike by everybody, is no
// body of a write, whatever its members are called.
func TestReadMembers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]members{
		`{}`: {}, `{"a":"b","c":null,"d":true,"e":1.5}`: {"a": "b", "c": nil, "d": true, "e": json.Number("1.5")},
		`{"a":{}}`: {"a": members{}}, `{"a":[]}`: {"a": []any{}}, `{"a":[1,{"b":null}]}`: {"a": []any{json.Number("1"), members{"b": nil}}},
		`{"a":{"b":[true]}}`: {"a": members{"b": []any{true}}}, `{"a":{"b":1},"c":{"b":2}}`: {"a": members{"b": json.Number("1")}, "c": members{"b": json.Number("2")}},
		`{"a":[[[1]]]}`: nil, `{"a":{"b":{"c":{}}}}`: nil, `{"a":[{"b":[]}]}`: nil, `{"a":1,"a":1}`: nil, `{"a":1,"\u0061":1}`: nil,
		`{"a":{"b":1,"b":1}}`: nil, `{"a":[{"b":1,"b":null}]}`: nil,
		"{\"a\":\"\xff\"}": nil, "{\"\xff\":1}": nil, `{"a":1}{}`: nil, `[]`: nil, `[{}]`: nil, `"a"`: nil, ``: nil,
	} {
		if got, ok := readMembers(body); ok != (want != nil) || ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %t", body, got, ok)
		}
	}
}

// FuzzBody: what is let through says the same to every reader of JSON, the
// lenient ones included, and no bytes make it fall over.
func FuzzBody(f *testing.F) {
	targets := allWrites()
	for _, w := range targets {
		f.Add(w.Body)
	}
	for _, bodies := range oddBodies() {
		for _, body := range bodies {
			if len(body) < 1<<10 {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, w := range targets {
			bodiless := w.Body == ""
			w.Body = body
			if _, ok := formOf(w); !ok {
				continue
			}
			if bodiless {
				if body != "" {
					t.Fatalf("a body where there must be none: %q", body)
				}
				continue
			}
			again := rewritten(t, body)
			if w.Body = again; ScopesFor(w) == nil {
				t.Fatalf("%s %s: %q is let through, and %q is not", w.Method, w.Path, body, again)
			}
			holdsOnly(t, w, body)
		}
	})
}

// rewritten reads a body in the usual, lenient way and in ours, and gives it
// back as written by the one reader; the other must have read the same.
func rewritten(t *testing.T, body string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var lenient any
	if err := dec.Decode(&lenient); err != nil {
		t.Fatalf("%q is let through and cannot be read: %v", body, err)
	}
	ours, ok := readMembers(body)
	a, errA := json.Marshal(lenient)
	b, errB := json.Marshal(ours)
	if !ok || errA != nil || errB != nil || string(a) != string(b) {
		t.Fatalf("%q is read as %s and as %s: %v, %v", body, a, b, errA, errB)
	}
	return string(a)
}

// holdsOnly holds what is let through against a body of the same form that a
// plan holds: there is no member, at any depth, that is not in one of those.
func holdsOnly(t *testing.T, w Write, body string) {
	t.Helper()
	allowed := map[string]bool{}
	for _, like := range allWrites() {
		if like.Method == w.Method && like.Path == w.Path {
			for _, name := range memberNames(t, like.Body) {
				allowed[name] = true
			}
		}
	}
	for _, name := range memberNames(t, body) {
		if !allowed[name] {
			t.Fatalf("%s %s holds %q: %q", w.Method, w.Path, name, body)
		}
	}
}

// memberNames lists the names of members at any depth, each with its parents'.
func memberNames(t *testing.T, body string) []string {
	t.Helper()
	var walk func(at string, v any) []string
	walk = func(at string, v any) (out []string) {
		switch v := v.(type) {
		case map[string]any:
			for name, of := range v {
				out = append(append(out, at+"/"+name), walk(at+"/"+name, of)...)
			}
		case []any:
			for _, of := range v {
				out = append(out, walk(at+"[]", of)...)
			}
		}
		return out
	}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return walk("", v)
}
