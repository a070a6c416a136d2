package checks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks"
)

// person names somebody of the base tenant and says what was read of them.
func person(kind string, enabled bool, roles []checks.Role, groups ...string) change {
	return func(s *checks.Subject) {
		s.Person = "somebody@contoso.example"
		s.Look.User = read(&checks.Person{ID: "u1", UPN: s.Person, Name: "Somebody", Type: kind, Enabled: new(enabled)}, "users/u1")
		s.Look.UserGroups = read(groups, "users/u1/memberOf")
		s.Look.UserRoles = read(roles, "users/u1/transitiveMemberOf")
	}
}

func TestOnePerson(t *testing.T) {
	t.Parallel()
	member := person("Member", true, nil, "g1")
	nobody := func(s *checks.Subject) {
		s.Person = "nobody@contoso.example"
		s.Look.User = read[*checks.Person](nil, "users/u0")
	}
	onlyAssigned := app(func(sp *checks.ServicePrincipal) { sp.AssignmentRequired = new(true) })
	assignedTo := func(id, kind string) change {
		return look(func(l *checks.Snapshot) {
			l.Assignments = read([]checks.Assignment{{PrincipalID: id, PrincipalType: kind}}, "assigned")
		})
	}
	admin := person("Member", true, []checks.Role{{TemplateID: "158c047a-c907-4556-b7ef-446551a6b5f7", Name: "Cloud Application Administrator"}})
	for name, c := range map[string]struct {
		is    []change
		state checks.State
		grade checks.Grade
		whose checks.Who
		says  string
	}{
		"blocked like everybody":             {[]change{member}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "somebody@contoso.example may not consent"},
		"consented for themselves":           {[]change{member, granted(graphSP, "u1", allFive...)}, checks.StateOpen, checks.Verified, checks.WhoNobody, "somebody@contoso.example can start"},
		"a colleague consented":              {[]change{member, granted(graphSP, "u2", allFive...)}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "may not consent"},
		"approved for everyone":              {[]change{member, approved()}, checks.StateOpen, checks.Verified, checks.WhoNobody, "everyone in contoso.example"},
		"nobody of that name":                {[]change{nobody}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "No user of this tenant has the name"},
		"nobody, and all approved":           {[]change{nobody, approved()}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "No user of this tenant has the name"},
		"switched off":                       {[]change{person("Member", false, nil), approved()}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "is switched off"},
		"an admin may approve":               {[]change{admin}, checks.StateOpen, checks.Verified, checks.WhoNobody, "somebody@contoso.example can start"},
		"assigned":                           {[]change{member, approved(), onlyAssigned, assignedTo("u1", "User")}, checks.StateOpen, checks.Verified, checks.WhoNobody, ""},
		"assigned through a group":           {[]change{member, approved(), onlyAssigned, assignedTo("G1", "Group")}, checks.StateOpen, checks.Verified, checks.WhoNobody, ""},
		"another group is assigned":          {[]change{member, approved(), onlyAssigned, assignedTo("g2", "Group")}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "is not among them"},
		"a guest":                            {[]change{person("Guest", true, nil)}, checks.StateBlocked, checks.Inferred, checks.WhoAdmin, "may not consent"},
		"person not readable":                {[]change{member, look(func(l *checks.Snapshot) { l.User = failed[*checks.Person](noLook(checks.FailDenied)) })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, ""},
		"groups not readable":                {[]change{member, look(func(l *checks.Snapshot) { l.UserGroups = failed[[]string](noLook(checks.FailScope)) })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, ""},
		"approved, person not readable":      {[]change{member, approved(), look(func(l *checks.Snapshot) { l.User = failed[*checks.Person](noLook(checks.FailDenied)) })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, ""},
		"assigned, groups not readable":      {[]change{member, approved(), onlyAssigned, assignedTo("g1", "Group"), look(func(l *checks.Snapshot) { l.UserGroups = failed[[]string](noLook(checks.FailScope)) })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, ""},
		"nobody, and only for the assigned":  {[]change{nobody, approved(), onlyAssigned, assignedTo("g1", "Group")}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "No user of this tenant has the name"},
		"approved, a guest":                  {[]change{person("Guest", true, nil), approved()}, checks.StateUnknown, checks.Inferred, checks.WhoUnknown, "somebody@contoso.example"},
		"assigned, assignments not readable": {[]change{member, approved(), onlyAssigned, look(func(l *checks.Snapshot) { l.Assignments = failed[[]checks.Assignment](noLook(checks.FailService)) })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoMicrosoft, ""},
		"named, and nobody signed in":        {[]change{outside(), func(s *checks.Subject) { s.Person = "somebody@contoso.example" }}, checks.StateUnknown, checks.Inferred, checks.WhoUser, "By what could be seen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject(c.is...)
			findings := checks.Judge(s, nil)
			o := checks.Decide(findings, s)
			if o.State != c.state || o.Grade != c.grade || o.Whose != c.whose || !strings.Contains(o.Reason, c.says) {
				t.Errorf("verdict is %+v", o)
			}
			b, err := json.Marshal(checks.Save(s, "1"))
			if err != nil || strings.Contains(strings.ToLower(string(b)), "somebody") {
				t.Errorf("what is saved names the person (%v)", err)
			}
			saved, err := checks.ReadSaved(strings.NewReader(string(b)))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, kept := saved.Judge(s.App); kept.State != o.State || kept.Whose != o.Whose {
				t.Errorf("kept it is %+v, live %+v", kept, o)
			}
		})
	}
}
