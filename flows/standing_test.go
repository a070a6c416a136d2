package flows

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// receiptWith is a receipt of a plan with one line of an outcome.
func receiptWith(plan PlanID, at time.Time, done bool, lines ...ReceiptLine) Receipt {
	return Receipt{
		Plan: plan, Digest: "d", At: at, Done: done, Lines: lines,
		App: ReceiptApp{ClientID: "app"}, Tenant: ReceiptTenant{ID: "tenant"},
	}
}

// What was taken back stands no more: a whole receipt, or the lines of one that an
// interrupted undo saw gone. What is in doubt of the undo itself stands.
func TestStanding(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	grant := func(id string) ReceiptLine {
		return ReceiptLine{
			Kind: CreateGrant, Method: "POST", Path: "/oauth2PermissionGrants", Body: `{"r":"` + id + `"}`, Outcome: "seen", ObjectID: id,
			Back: &Back{Kind: DeleteGrant, Method: "DELETE", Path: "/oauth2PermissionGrants/" + NewObjectRef},
		}
	}
	back := func(id, outcome string) ReceiptLine {
		return ReceiptLine{
			Kind: DeleteGrant, Method: "DELETE", Path: "/oauth2PermissionGrants/" + id, Outcome: outcome,
			Back: &Back{Kind: CreateGrant, Method: "POST", Path: "/oauth2PermissionGrants", Body: `{"r":"` + id + `"}`},
		}
	}
	made := receiptWith("1", at, true, grant("a"), grant("b"))
	undo := func(done bool, of PlanID, after time.Duration, lines ...ReceiptLine) Receipt {
		r := receiptWith("2", at.Add(after), done, lines...)
		r.Undoes = of
		return r
	}
	elsewhere := undo(true, "1", time.Minute, back("b", "seen"))
	elsewhere.Tenant.ID = "another"
	for name, c := range map[string]struct {
		by   Receipt
		want []string // ids of what stands of the first
	}{
		"taken back whole":           {undo(true, "1", time.Minute, back("b", "seen"), back("a", "seen")), nil},
		"cut off after one":          {undo(false, "1", time.Minute, back("b", "seen"), back("a", "not sent")), []string{"a"}},
		"cut off, and one in doubt":  {undo(false, "1", time.Minute, back("b", "unclear"), back("a", "not sent")), []string{"a", "b"}},
		"accepted, and not seen yet": {undo(false, "1", time.Minute, back("b", "written")), []string{"a", "b"}},
		"of another plan":            {undo(true, "9", time.Minute, back("b", "seen")), []string{"a", "b"}},
		"from before":                {undo(true, "1", -time.Minute, back("b", "seen")), []string{"a", "b"}},
		"in another tenant":          {elsewhere, []string{"a", "b"}},
	} {
		var got []string
		for _, r := range Standing([]Receipt{made, c.by}) {
			if r.Plan != made.Plan {
				continue
			}
			for _, l := range r.Lines {
				got = append(got, l.ObjectID)
			}
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: %v stand, want %v", name, got, c.want)
		}
		if len(made.Lines) != 2 {
			t.Fatalf("%s: the receipt itself was changed", name)
		}
	}
}

// Without an answer nobody knows the id of what was made: then a line of the undo
// is known by what would make it again.
func TestStandingWithoutAnID(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	line := ReceiptLine{
		Kind: Assign, Method: "POST", Path: "/servicePrincipals/sp/appRoleAssignedTo", Body: `{"p":"x"}`, Outcome: "seen",
		Back: &Back{Kind: Unassign, Method: "DELETE", Path: "/servicePrincipals/sp/appRoleAssignedTo/" + NewObjectRef},
	}
	undo := receiptWith("2", at.Add(time.Minute), false, ReceiptLine{
		Kind: Unassign, Method: "DELETE", Path: "/servicePrincipals/sp/appRoleAssignedTo/y", Outcome: "seen",
		Back: &Back{Kind: Assign, Method: "POST", Path: "/servicePrincipals/sp/appRoleAssignedTo", Body: `{"p":"x"}`},
	})
	undo.Undoes = "1"
	made := receiptWith("1", at, true, line)
	if left := made.Without(undo).Lines; len(left) != 0 {
		t.Errorf("%+v stand", left)
	}
	undo.Lines[0].Back.Body = `{"p":"z"}`
	if left := made.Without(undo).Lines; len(left) != 1 {
		t.Errorf("%+v stand, of what was not taken back", left)
	}
}

// What a plan did to the enterprise app that it made is gone with the app.
func TestWhatHungOnTheAppIsBackWithIt(t *testing.T) {
	t.Parallel()
	must := ReceiptLine{Kind: RequireAssignment, Method: "PATCH", Path: "/servicePrincipals/new", Body: body(requiredSent{true}), Outcome: "seen"}
	gone := Facts{AppRead: true}
	for name, c := range map[string]struct {
		first ReceiptLine
		want  stood
	}{
		"made by it":              {ReceiptLine{Kind: CreateApp, Outcome: "seen"}, stoodBack},
		"refused to be made":      {ReceiptLine{Kind: CreateApp, Outcome: "refused"}, stoodMoved},
		"there before: it is not": {ReceiptLine{Kind: EnableApp, Outcome: "seen"}, stoodMoved},
	} {
		got, _, err := standing(gone, Recalled{Lines: []ReceiptLine{c.first, must}}, must)
		if err != nil || got != c.want {
			t.Errorf("%s: %d, %v", name, got, err)
		}
	}
}

// Facts of an earlier round are older than what a later one told; facts without a
// round are of old journals, and count.
func TestOldFactsDoNotCountAsNew(t *testing.T) {
	t.Parallel()
	s := after(begun(t, "hetk"), tenant(), AskedAgain{}, AskedAgain{})
	told := func(s State, round uint32, app string) State {
		return after(s, Learned{Round: round, Facts: Facts{AppRead: true, App: &AppFact{ID: app}}})
	}
	s = told(s, s.Round, "new")
	if got := told(s, s.Round-1, "old").Facts.App.ID; got != "new" {
		t.Errorf("an earlier look's facts count: %q", got)
	}
	if got := told(s, s.Round, "newer").Facts.App.ID; got != "newer" {
		t.Errorf("the same round's facts do not count: %q", got)
	}
}

// Where users may consent to nothing, to let them consent to anything weakens the
// tenant; to let them have this app's own policy back does not.
func TestLaxer(t *testing.T) {
	t.Parallel()
	app := profile(t, "hetk").App()
	for name, c := range map[string]struct {
		now, next []string
		want      bool
	}{
		"none to low":               {[]string{owned}, []string{forSelf + policyLow, owned}, true},
		"none to recommended":       {nil, []string{managed}, true},
		"none to the app's own":     {nil, []string{forSelf + OwnPolicyID(app)}, false},
		"the app's own to low":      {[]string{forSelf + OwnPolicyID(app)}, []string{forSelf + policyLow}, true},
		"low to recommended":        {[]string{forSelf + policyLow}, []string{managed}, false},
		"recommended to all":        {[]string{managed}, []string{forSelf + policyLegacy}, true},
		"all to recommended":        {[]string{forSelf + policyLegacy}, []string{managed}, false},
		"recommended to none":       {[]string{managed, owned}, []string{owned}, false},
		"the same":                  {[]string{managed}, []string{managed}, false},
		"low to one nobody here is": {[]string{forSelf + policyLow}, []string{forSelf + "theirs"}, true},
	} {
		if got := laxer(c.now, c.next, app); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// Who is taken back is named as the plan named them, and never by what a file from
// elsewhere calls them.
func TestUndoNamesWhoItIsAbout(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) {
		f.Assigned = []AssignFact{{ID: "a1", Principal: groupID, ResourceID: appSP, RoleID: noRole}}
	})
	at := "/servicePrincipals/" + appSP + "/appRoleAssignedTo"
	line := ReceiptLine{
		Kind: Assign, Title: "assign Pilots", Method: "POST", Path: at, Body: body(assignSent{groupID, appSP, noRole}), Outcome: "seen", ObjectID: "a1",
		Back: &Back{Unassign, "DELETE", at + "/" + NewObjectRef, ""},
	}
	for strange, want := range map[bool]bool{false: true, true: false} {
		s := onPath(t, Undo, f)
		s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Strange: strange, Lines: []ReceiptLine{line}}
		p, err := MakePlan(s)
		if err != nil || len(p.Lines) != 1 || strings.Contains(p.Lines[0].Title, "assign Pilots") != want || !strings.Contains(p.Lines[0].Title, groupID) {
			t.Errorf("from elsewhere %t: %v %+v", strange, err, p.Lines)
		}
	}
}

// A tenant-wide grant is said to be for those assigned alone, where it is.
func TestAGrantSaysForWhomItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path   PathID
		change func(*Facts)
		want   string
	}{
		"everybody":           {EntraGrant, func(*Facts) {}, words.grantGains},
		"assigned alone":      {EntraGrant, func(f *Facts) { f.App.AssignedOnly = true }, words.grantAssigned},
		"closed by this plan": {Pilot, func(f *Facts) { f.Who = &WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"} }, words.grantAssigned},
	} {
		_, f := tenantOf(t, c.change)
		p, err := MakePlan(onPath(t, c.path, f, Answered{AskWho, "x"}))
		i := slices.IndexFunc(p.Lines, func(l Change) bool { return l.Kind == CreateGrant })
		if err != nil || i < 0 || p.Lines[i].Effect != c.want {
			t.Errorf("%s: %v %+v", name, err, p.Lines)
		}
	}
}
