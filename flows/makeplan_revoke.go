package flows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrCutGrant says that a grant is there whose scopes did not all travel here,
// so that it could not be put back.
var ErrCutGrant = errors.New("a grant holds more scopes than fit in here, and could not be put back: delete it by hand")

// ErrTooMany says that more hangs on the app than one plan holds.
var ErrTooMany = errors.New("more people consented to the app, or are assigned to it, than one plan holds: do it in the admin center")

// planRevoke takes consent back: the grants for everyone, single users' grants,
// the app roles that the app holds at APIs; where it was asked for, the
// enterprise app too (entra-facts §2).
func planRevoke(s State, p *Plan) error {
	f := s.Facts
	switch {
	case !f.AppRead || f.App != nil && (!f.GrantsRead || !f.RolesRead):
		return ErrNotRead
	case f.App == nil:
		return nil
	case f.TooMany:
		return ErrTooMany
	case !strings.EqualFold(f.App.AppID, s.App.ClientID):
		return ErrOtherApp
	}
	for _, list := range [][]GrantFact{f.Grants, f.UserGrants} {
		for _, g := range list {
			if g.Cut {
				return ErrCutGrant
			}
			p.Lines = append(p.Lines, revokeLine(f, g))
		}
	}
	for _, r := range f.Roles {
		at := "/servicePrincipals/" + r.ResourceID + "/appRoleAssignedTo"
		p.Lines = append(p.Lines, Change{
			Kind: Unassign, Title: fmt.Sprintf(planWords.unroleLine, apiTitle(f, r.ResourceID)), Method: "DELETE", Path: at + "/" + r.ID,
			Before: roleTitle(f, r), After: words.absent, Scope: unassignScope, Role: roleAt(f, r.ResourceID),
			Effect: planWords.unroleEffect, Benchmark: words.noBenchmark, Undo: planWords.unroleUndo,
			Back: &Back{Kind: AssignRole, Method: "POST", Path: at, Body: body(assignSent{f.App.ID, r.ResourceID, r.RoleID})},
		})
	}
	if s.Answer(AskRevoke) == RevokeApp {
		p.Lines = append(p.Lines, Change{
			Kind: DeleteApp, Title: planWords.deleteLine, Method: "DELETE", Path: "/servicePrincipals/" + f.App.ID,
			Before: f.App.Name, After: words.absent, Scope: "Application.ReadWrite.All", Role: leastRole,
			Effect: planWords.deleteEffect, Benchmark: words.noBenchmark, Undo: planWords.deleteUndo, Warning: planWords.deleteWarning,
			Back: restoring(f.App.ID),
		})
		p.Warnings = append(p.Warnings, planWords.deleteWarning)
	}
	if len(p.Lines) > 0 {
		p.Warnings = append(p.Warnings, planWords.revokeWarning)
	}
	return nil
}

// restoring brings back an enterprise app that was deleted, for 30 days, as the
// object that it was ([GC:directory-deleteditems-restore]).
func restoring(id string) *Back {
	return &Back{Kind: RestoreApp, Method: "POST", Path: "/directory/deletedItems/" + id + "/restore"}
}

// revokeLine deletes a grant.
func revokeLine(f Facts, g GrantFact) Change {
	raw := g.Raw
	if raw == "" {
		raw = strings.Join(g.Scopes, " ")
	}
	c := Change{
		Kind: DeleteGrant, Title: fmt.Sprintf(planWords.revokeLine, apiTitle(f, g.ResourceID)), Method: "DELETE", Path: "/oauth2PermissionGrants/" + g.ID,
		Before: strings.Join(g.Scopes, " "), After: words.absent,
		Scope: "DelegatedPermissionGrant.ReadWrite.All", Role: leastRole,
		Effect: planWords.revokeEffect, Benchmark: words.noBenchmark, Undo: planWords.revokeUndo,
		Back: &Back{Kind: CreateGrant, Method: "POST", Path: "/oauth2PermissionGrants", Body: grantBody(f.App.ID, g.Principal, g.ResourceID, raw)},
	}
	if g.Principal != "" {
		c.Title, c.Effect = fmt.Sprintf(planWords.revokeOneLine, g.Principal, apiTitle(f, g.ResourceID)), planWords.revokeOneEffect
		c.Back.Kind = GrantOne
	}
	return c
}

// roleAt is the least directory role for an app role of an API, by the API's
// object id: the stronger one for those of Microsoft Graph (entra-facts §9), and
// where the API is not known.
func roleAt(f Facts, id string) string {
	i := slices.IndexFunc(f.Resources, func(api ResourceFact) bool { return strings.EqualFold(api.ID, id) })
	if i < 0 || strings.EqualFold(f.Resources[i].AppID, graphAPI) {
		return leastRoleForAppRoles
	}
	return leastRole
}

// apiTitle names an API by its object id in this tenant.
func apiTitle(f Facts, id string) string {
	for _, r := range f.Resources {
		if strings.EqualFold(r.ID, id) {
			return ResourceTitle(r.AppID)
		}
	}
	return planWords.anotherAPI
}

// roleTitle names an app role, where it is one that the app needs.
func roleTitle(f Facts, a AssignFact) string {
	for _, r := range f.Resources {
		for _, role := range r.Roles {
			if strings.EqualFold(r.ID, a.ResourceID) && strings.EqualFold(role.ID, a.RoleID) {
				return role.Value
			}
		}
	}
	return a.RoleID
}
