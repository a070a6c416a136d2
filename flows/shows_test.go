package flows

import "testing"

// What refers to an enterprise app that an earlier line of the plan makes is looked
// for by the id that the app got.
func TestShowsOfAnAppMadeByThePlan(t *testing.T) {
	t.Parallel()
	app := theApp(profile(t, "hetk"))
	role := ScopeFact{ID: "77777777-7777-7777-7777-777777777777", Value: "Calendars.Read"}
	for name, c := range map[string]struct {
		line Change
		made func(*Facts)
	}{
		"an assignment": {assignLine(NewAppRef, *group()), func(f *Facts) {
			f.Assigned = []AssignFact{{ID: "a", Principal: pilotGroup, ResourceID: appSP, RoleID: noRole}}
		}},
		"an app role": {roleLine(NewAppRef, ResourceFact{ID: graphSP}, role), func(f *Facts) {
			f.Roles = []AssignFact{{ID: "r", Principal: appSP, ResourceID: graphSP, RoleID: role.ID}}
		}},
	} {
		f := tenantFacts(app, managedPair)
		of := profile(t, "hetk").App()
		if Shows(f, of, c.line) {
			t.Errorf("%s shows before it is made", name)
		}
		if c.made(&f); !Shows(f, of, c.line) {
			t.Errorf("%s does not show", name)
		}
	}
}
