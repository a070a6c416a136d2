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
	roleGlobalAdmin:                        "Can manage all aspects of the directory, and consent to every permission for everyone.",
	rolePrivilegedAdmin:                    "Can manage role assignments and the user consent policy, and consent to every permission for everyone.",
	roleCloudAppAdmin:                      "Can manage enterprise apps and consent for everyone, except to Microsoft Graph’s application permissions.",
	roleAppAdmin:                           "Can manage enterprise apps and consent for everyone, except to Microsoft Graph’s application permissions.",
	roleAIAdmin:                            "Can consent for everyone, except to Microsoft Graph’s application permissions.",
	roleGlobalReader:                       "Can read everything that a Global Administrator can, and change nothing.",
	roleUserAdmin:                          "Can manage users and groups. Can’t consent for everyone.",
	roleExchangeAdmin:                      "Can manage Exchange. Can’t consent for everyone.",
	"88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Can read basic directory information.",
	"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Can manage Conditional Access policies.",
	"cf1c38e5-3621-4004-a7cb-879624dced7c": "Can register applications. Can’t consent for everyone.",
	"194ae4cb-b126-40b2-bd5b-6091b380977d": "Can manage security settings, and read logs and reports.",
	"5d6b6bb7-de71-4623-b4af-96380a352509": "Can read security settings, logs and reports.",
	"4a5d8f65-41da-4de4-8968-e035b65339cf": "Can read sign-in and audit logs.",
	"69091246-20e8-4a56-aa4d-066075b2a7a8": "Can manage Teams. Can’t consent for everyone.",
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
	return s.rolesPage(c, who, http.StatusOK, "")
}

func (s *Sim) rolesPage(c *visit, who account, status int, problem string) answer {
	v := portalRolesView{portalFrame: s.frame(c, who, bladeRoles, "Roles and administrators", wordsRoles)}
	v.Problem = problem
	ids := sortedKeys(roleNames)
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(roleName(a), roleName(b)) })
	for _, id := range ids {
		v.Roles = append(v.Roles, roleRowOf(who.tenant, id, who.user))
	}
	for _, id := range who.user.Eligible {
		v.Eligible = append(v.Eligible, roleRowOf(who.tenant, id, who.user))
	}
	return s.page(c, status, "portal-roles", v)
}

// portalActivate makes a role active that the account is eligible for, as
// Privileged Identity Management does (entra-facts §9). Tokens name it from the
// next sign-in on.
func (s *Sim) portalActivate(c *visit, who account) answer {
	id := strings.ToLower(c.body.Get("role"))
	switch {
	case !slices.Contains(who.user.Eligible, id):
		return s.noAccess(c, who, wordsNotEligible)
	case strings.TrimSpace(clip(c.body.Get("reason"))) == "":
		return s.rolesPage(c, who, statusPage, wordsWhyActivate)
	}
	who.user.Roles = union(who.user.Roles, []string{id})
	s.audit(who, "Add member to role completed (PIM activation)", "Assign", AuditTarget{
		ID: id, Name: roleName(id), Kind: "Other", Changes: []AuditChange{changed("Role.Member", "", who.user.UPN)},
	})
	return portalTo(c, "/roles", "activated")
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
