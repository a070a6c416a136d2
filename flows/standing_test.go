package flows

import (
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
