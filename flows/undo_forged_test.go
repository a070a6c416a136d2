package flows

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// A receipt is a file that anybody may have written in: nothing that it asks
// for beyond this app is done.
func TestUndoOfAForgedReceipt(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.Grants = []GrantFact{{ID: "g1", ResourceID: graphSP, Scopes: []string{"User.Read"}}}
		f.Roles = []AssignFact{{"r1", appSP, exSP, "role"}}
		f.Policies = []PolicyFact{{ID: "onboard-hetk-8dd90edb"}}
	})
	f.App.AssignedOnly = true
	made := ReceiptLine{
		Kind: CreateGrant, Title: "a grant", Outcome: "seen", ObjectID: "g1",
		Body: grantBody(appSP, "", graphSP, "User.Read"), Resource: checks.MicrosoftGraph,
	}
	for name, b := range map[string]Back{
		"another app is deleted":         {DeleteApp, "DELETE", "/servicePrincipals/" + exSP, ""},
		"another grant is deleted":       {DeleteGrant, "DELETE", "/oauth2PermissionGrants/other", ""},
		"a path behind a grant":          {DeleteGrant, "DELETE", "/servicePrincipals/x/g1", ""},
		"a grant for another app":        {CreateGrant, "POST", "/oauth2PermissionGrants", grantBody(exSP, "", graphSP, "Mail.Read")},
		"another assignment is deleted":  {Unassign, "DELETE", "/servicePrincipals/" + exSP + "/appRoleAssignedTo/other", ""},
		"a role for another app":         {AssignRole, "POST", "/servicePrincipals/" + exSP + "/appRoleAssignedTo", body(assignSent{groupID, exSP, noRole})},
		"another policy is deleted":      {DeletePolicy, "DELETE", "/policies/permissionGrantPolicies/onboard-other", ""},
		"a kind that takes nothing back": {WidenGrant, "PATCH", "/oauth2PermissionGrants/g1", scopeBody("Mail.Read")},
		"a narrowing that widens":        {NarrowGrant, "PATCH", "/oauth2PermissionGrants/g1", scopeBody("User.Read Mail.ReadWrite")},
		"one user's that is everyone's":  {GrantOne, "POST", "/oauth2PermissionGrants", grantBody(appSP, "", graphSP, "Mail.Read")},
		"everyone's that is one user's":  {CreateGrant, "POST", "/oauth2PermissionGrants", grantBody(appSP, userID, graphSP, "Mail.Read")},
		"an API's role as an assignment": {Assign, "POST", "/servicePrincipals/" + graphSP + "/appRoleAssignedTo", body(assignSent{appSP, graphSP, groupID})},
		"a role of an assignment":        {Assign, "POST", "/servicePrincipals/" + appSP + "/appRoleAssignedTo", body(assignSent{groupID, appSP, userID})},
		"switched off that switches on":  {DisableApp, "PATCH", "/servicePrincipals/" + appSP, enabledBody(true)},
		"another body on the app":        {FreeAssignment, "PATCH", "/servicePrincipals/" + appSP, `{"appRoleAssignmentRequired":false,"tags":[]}`},
		"a delete with a body":           {DeleteGrant, "DELETE", "/oauth2PermissionGrants/g1", "{}"},
		"a kind that nobody knows":       {"rm", "DELETE", "/users/" + userID, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := made
			l.Back = &b
			s := onPath(t, Undo, f)
			s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Lines: []ReceiptLine{l}}
			if p, err := MakePlan(s); !errors.Is(err, ErrForeign) || len(p.Lines) != 0 {
				t.Errorf("error %v, plan %v", err, lines(p))
			}
		})
	}
	t.Run("a setting that is laxer", func(t *testing.T) {
		t.Parallel()
		s := onPath(t, Undo, f)
		s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Strange: true, Lines: []ReceiptLine{{
			Kind: SetConsent, Title: "harmless", Outcome: "seen", Body: consentBody(f.Consent),
			Back: &Back{SetConsent, "PATCH", "/policies/authorizationPolicy", consentBody([]string{forSelf + policyLegacy})},
		}}}
		p, err := MakePlan(s)
		if err != nil || len(p.Lines) != 1 || !slices.Contains(p.Warnings, planWords.allWarning) || !slices.Contains(p.Warnings, planWords.fileWarning) {
			t.Fatalf("%v %+v", err, p)
		}
		if l := p.Lines[0]; strings.Contains(l.Title, "harmless") || !strings.HasPrefix(l.After, policyLegacy+"; for owners of teams, chats and groups: ") || l.Benchmark == words.noBenchmark {
			t.Errorf("it is shown as %+v", l)
		}
	})
	s := onPath(t, Undo, f)
	made.Back = &Back{DeleteGrant, "DELETE", "/oauth2PermissionGrants/" + NewObjectRef, ""}
	s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Lines: []ReceiptLine{made}}
	if p, err := MakePlan(s); err != nil || !slices.Equal(lines(p), []string{"DELETE /oauth2PermissionGrants/g1"}) {
		t.Errorf("the honest one: %v %v", err, lines(p))
	}
}

// What was so already is nothing to take back; a classification that no answer
// came to is found by what it is of, and one whose id is not known is left to be
// taken back by hand.
func TestUndoOfWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.Grants = []GrantFact{{ID: "g1", ResourceID: graphSP, Scopes: []string{"User.Read"}}}
		f.Classes = []ClassFact{
			{API: checks.MicrosoftGraph, ScopeID: "aaaaaaaa", Level: "low", ID: "c1"},
			{API: checks.MicrosoftGraph, ScopeID: "bbbbbbbb", Level: "low", ID: "c2"},
			{API: checks.MicrosoftGraph, ScopeID: "cccccccc", Level: "low"},
		}
	})
	at := "/servicePrincipals/" + graphSP + "/delegatedPermissionClassifications"
	class := func(id, scope, object string) ReceiptLine {
		return ReceiptLine{
			Kind: Classify, Title: scope, Outcome: "seen", ObjectID: object, Resource: checks.MicrosoftGraph, Scopes: []string{scope}, Path: at,
			Body: body(classSent{id, scope, "low"}), Back: &Back{Unclassify, "DELETE", at + "/" + NewObjectRef, ""},
		}
	}
	grant := ReceiptLine{
		Kind: CreateGrant, Title: "a grant", Outcome: string(OutcomeAlready), Body: grantBody(appSP, "", graphSP, "User.Read"),
		Back: &Back{DeleteGrant, "DELETE", "/oauth2PermissionGrants/" + NewObjectRef, ""},
	}
	undo := func(ls ...ReceiptLine) Plan {
		s := onPath(t, Undo, f)
		s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Lines: ls}
		p, err := MakePlan(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := undo(grant); len(p.Lines) != 0 {
		t.Errorf("somebody else's grant is deleted: %v", lines(p))
	}
	grant.Outcome = "unclear"
	if p := undo(grant); len(p.Lines) != 1 || len(p.Warnings) != 1 {
		t.Errorf("a grant in doubt: %v %v", lines(p), p.Warnings)
	}
	p := undo(class("aaaaaaaa", "Calendars.ReadWrite", "c1"), class("bbbbbbbb", "User.Read", ""))
	if !slices.Equal(lines(p), []string{"DELETE " + at + "/c2", "DELETE " + at + "/c1"}) || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "User.Read") {
		t.Errorf("classifications: %v %v", lines(p), p.Warnings)
	}
	p = undo(class("aaaaaaaa", "Calendars.ReadWrite", "c1"), class("cccccccc", "openid", ""))
	if !slices.Equal(lines(p), []string{"DELETE " + at + "/c1"}) || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "by hand") {
		t.Errorf("one without an id: %v %v", lines(p), p.Warnings)
	}
}
