package graph

import (
	"slices"
	"strings"

	"onboard.example/checks"
)

// text is a string that may not be there, cleaned.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return name(*s)
}

func readMe(_ *reading, t *trail) (checks.Person, error) {
	u, err := one[userRead](t, ask{
		path: "me", query: "$select=id,displayName,userPrincipalName,userType", need: needMe,
	})
	if err != nil {
		return checks.Person{}, err
	}
	p := checks.Person{ID: text(u.ID), UPN: text(u.UPN), Name: text(u.Name), Type: text(u.Type)}
	if p.ID == "" {
		return checks.Person{}, t.lacks("id")
	}
	t.saw("%s, %s", p.UPN, p.Type)
	return p, nil
}

// readRoles reads the signed-in person's active directory roles, those held
// through groups included. Roles over an administrative unit are not among
// them (entra-facts §9).
func readRoles(_ *reading, t *trail) ([]checks.Role, error) {
	return rolesOf(t, "me", needMyRoles)
}

func rolesOf(t *trail, whom string, need need) ([]checks.Role, error) {
	found, err := list[directoryRoleRead](t, ask{
		path:  whom + "/transitiveMemberOf/microsoft.graph.directoryRole",
		query: "$select=displayName,roleTemplateId&$count=true", index: true, need: need,
	})
	if err != nil {
		return nil, err
	}
	roles, names := []checks.Role{}, []string{}
	for _, r := range found {
		role := checks.Role{TemplateID: strings.ToLower(text(r.TemplateID)), Name: text(r.Name)}
		roles, names = append(roles, role), append(names, role.Name)
	}
	t.saw("%s: %s", counted(len(roles), "active role"), strings.Join(names, ", "))
	return roles, nil
}

// readEligible reads the roles that the person could activate (entra-facts
// §9: roleDefinitionId is the template id for built-in roles). The instances
// carry no names.
func readEligible(_ *reading, t *trail) ([]checks.Role, error) {
	found, err := list[eligibilityRead](t, ask{
		path:  "roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')",
		query: "$select=roleDefinitionId,directoryScopeId", need: needEligible,
	})
	if err != nil {
		return nil, err
	}
	roles := []checks.Role{}
	for _, r := range found {
		roles = append(roles, checks.Role{TemplateID: strings.ToLower(text(r.RoleID)), Scope: text(r.Scope)})
	}
	t.saw("%s", counted(len(roles), "eligible role"))
	return roles, nil
}

func readOrganization(_ *reading, t *trail) (checks.Organization, error) {
	found, err := list[organizationRead](t, ask{
		path: "organization", query: "$select=id,displayName,verifiedDomains,assignedPlans", need: needTenant,
	})
	if err != nil {
		return checks.Organization{}, err
	}
	if len(found) == 0 || text(found[0].ID) == "" {
		return checks.Organization{}, t.lacks("the organization")
	}
	o := checks.Organization{ID: text(found[0].ID), Name: text(found[0].Name), Domains: []string{}}
	for _, d := range found[0].Domains {
		if d == nil || text(d.Name) == "" {
			continue
		}
		if yes(d.Default) {
			o.Domains = slices.Insert(o.Domains, 0, text(d.Name))
		} else {
			o.Domains = append(o.Domains, text(d.Name))
		}
	}
	if found[0].Plans != nil { // null: not for this token to read
		o.Plans = []string{}
	}
	for _, p := range found[0].Plans {
		if p == nil || p.ID == nil {
			continue
		}
		switch text(p.Status) {
		case "Enabled", "Warning": // in its grace period it is there for normal use [learn.microsoft.com/graph/api/resources/assignedplan]
			o.Plans = append(o.Plans, p.ID.String())
		}
	}
	t.saw("%s, %s", o.ID, counted(len(o.Domains), "verified domain"))
	return o, nil
}
