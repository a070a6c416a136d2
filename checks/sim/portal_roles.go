package sim

import (
	"net/http"
	"slices"
	"strings"
)

// Roles & admins.

type portalRolesView struct {
	portalFrame
	Roles    []roleRow
	Eligible []roleRow // of the one who looks
}

type roleRow struct {
	ID, Name, About  string
	Active, Eligible int
	Mine             bool
}

// roleAbouts say what the roles that matter here may do (entra-facts §9).
var roleAbouts = map[string]string{
	roleGlobalAdmin:     "Can manage all aspects of the directory, and consent to every permission for everyone.",
	rolePrivilegedAdmin: "Can manage role assignments and the user consent policy, and consent to every permission for everyone.",
	roleCloudAppAdmin:   "Can manage enterprise apps and consent for everyone, except to Microsoft Graph’s application permissions.",
	roleAppAdmin:        "Can manage enterprise apps and consent for everyone, except to Microsoft Graph’s application permissions.",
	roleAIAdmin:         "Can consent for everyone, except to Microsoft Graph’s application permissions.",
	roleGlobalReader:    "Can read everything that a Global Administrator can, and change nothing.",
	roleUserAdmin:       "Can manage users and groups. Can’t consent for everyone.",
	roleExchangeAdmin:   "Can manage Exchange. Can’t consent for everyone.",
}

func roleRowOf(t *Tenant, id string, who *User) roleRow {
	row := roleRow{ID: id, Name: roleName(id), About: roleAbouts[id], Mine: slices.Contains(who.Roles, id)}
	for _, u := range t.Users {
		if slices.Contains(u.Roles, id) {
			row.Active++
		}
		if slices.Contains(u.Eligible, id) {
			row.Eligible++
		}
	}
	return row
}

// portalRoles lists the roles, those that matter for consent first.
func (s *Sim) portalRoles(c *visit, who account) answer {
	v := portalRolesView{portalFrame: s.frame(c, who, bladeRoles, "Roles and administrators", wordsRoles)}
	ids := sortedKeys(roleNames)
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(roleName(a), roleName(b)) })
	for _, id := range ids {
		v.Roles = append(v.Roles, roleRowOf(who.tenant, id, who.user))
	}
	for _, id := range who.user.Eligible {
		v.Eligible = append(v.Eligible, roleRowOf(who.tenant, id, who.user))
	}
	return s.page(c, http.StatusOK, "portal-roles", v)
}

type portalRoleView struct {
	portalFrame
	Role             roleRow
	Active, Eligible []portalPerson
}

// portalRole is one role with who holds it.
func (s *Sim) portalRole(c *visit, who account) answer {
	id := strings.ToLower(c.vars[0])
	if _, known := roleNames[id]; !known {
		return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoRole)
	}
	f := s.frame(c, who, bladeRoles, roleName(id), "Assignments")
	f.Tab = wordsRoles
	f.Crumbs = append(f.Crumbs, crumb{"/portal/roles", "Roles and administrators"})
	v := portalRoleView{portalFrame: f, Role: roleRowOf(who.tenant, id, who.user)}
	for _, u := range who.tenant.Users {
		p := portalPerson{u.ID, u.Name, u.UPN, "User"}
		if slices.Contains(u.Roles, id) {
			v.Active = append(v.Active, p)
		}
		if slices.Contains(u.Eligible, id) {
			v.Eligible = append(v.Eligible, p)
		}
	}
	return s.page(c, http.StatusOK, "portal-role", v)
}
