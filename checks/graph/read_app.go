package graph

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"onboard.example/checks"
)

// absent says whether err is Graph's own word that an object is not in the
// directory. A 404 without Graph's error form is a proxy's and never is.
func absent(err error) bool {
	var f *checks.Failure
	return errors.As(err, &f) && f.Kind == checks.FailNotFound && slices.Contains(absentCodes, f.Code)
}

// appPath is a path of the app's service principal.
func appPath(rd *reading, rest string) (string, error) {
	id := strings.TrimSpace(rd.q.App.ClientID)
	if id == "" {
		return "", &checks.Failure{Kind: checks.FailNoClientID, Message: wordNoClientID}
	}
	path, ok := byAppID(id, rest)
	if !ok {
		return "", &checks.Failure{Kind: checks.FailRequest, Message: wordBadClientID}
	}
	return path, nil
}

// selectApp holds v1.0 names only (entra-facts §1).
const selectApp = "$select=id,appId,displayName,accountEnabled,isDisabled,appRoleAssignmentRequired,disabledByMicrosoftStatus,verifiedPublisher,appOwnerOrganizationId,signInAudience,appRoles"

// readApp reads the app's service principal; nil means that there is none in
// this tenant.
func readApp(rd *reading, t *trail) (*checks.ServicePrincipal, error) {
	path, err := appPath(rd, "")
	if err != nil {
		return nil, err
	}
	sp, err := one[servicePrincipalRead](t, ask{path: path, query: selectApp, need: needApps})
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil // absent is an answer, and the contract's word for it is nil
	}
	if err != nil {
		return nil, err
	}
	p, err := servicePrincipal(t, sp)
	if err != nil {
		return nil, err
	}
	t.saw("%s, accountEnabled %s, appRoleAssignmentRequired %s", p.ID, told(p.Enabled), told(p.AssignmentRequired))
	return &p, nil
}

// readDeleted reads a deleted enterprise app; nil means that there is none of
// that id, or none any more ([GC:directory-deleteditems-get]).
func readDeleted(rd *reading, t *trail) (*checks.DeletedApp, error) {
	if !checks.IsGUID(rd.q.Deleted) {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: wordBadDeleted}
	}
	sp, err := one[servicePrincipalRead](t, ask{path: "directory/deletedItems/" + rd.q.Deleted, need: needApps})
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := checks.DeletedApp{ID: text(sp.ID), AppID: text(sp.AppID), Name: checks.Line(text(sp.Name), maxName)}
	if !checks.IsGUID(d.ID) || !checks.IsGUID(d.AppID) {
		return nil, t.lacks("id or appId")
	}
	if at := sp.Deleted; at != nil {
		d.At = at.UTC()
	}
	t.saw("%s, deleted", d.ID)
	return &d, nil
}

// servicePrincipal copies what was selected.
func servicePrincipal(t *trail, sp *servicePrincipalRead) (checks.ServicePrincipal, error) {
	p := checks.ServicePrincipal{
		ID: text(sp.ID), AppID: strings.ToLower(text(sp.AppID)), Name: text(sp.Name),
		Enabled: sp.Enabled, Deactivated: flag(sp.IsDisabled),
		DisabledByMS: text(sp.DisabledByMS), AssignmentRequired: sp.AssignmentRequired,
		OwnerTenant: guid(sp.OwnerTenant), Audience: text(sp.Audience),
	}
	if v := sp.Publisher; v != nil {
		p.Publisher = &checks.Publisher{ID: text(v.ID), Name: text(v.Name)}
	}
	for _, s := range sp.Scopes {
		if s != nil && s.Value != nil && s.ID != nil {
			p.Scopes = append(p.Scopes, checks.PublishedScope{ID: guid(s.ID), Value: text(s.Value), Type: text(s.Type), Enabled: yes(s.Enabled)})
		}
	}
	for _, r := range sp.Roles {
		if r == nil || r.ID == nil {
			continue
		}
		role := checks.PublishedRole{ID: guid(r.ID), Value: text(r.Value), Users: givenToUsers(r)}
		if role.Value != "" || role.Users { // a role for people needs no value
			p.AppRoles = append(p.AppRoles, role)
		}
	}
	if p.ID == "" || p.AppID == "" {
		return p, t.lacks("id or appId")
	}
	return p, nil
}

// givenToUsers says whether people and groups can be assigned a role: one that
// is off cannot be (appRole [MM]: allowedMemberTypes, isEnabled).
func givenToUsers(r *roleRead) bool {
	return (r.Enabled == nil || *r.Enabled) && containsFold(r.Types, "User")
}

// flag is a truth value where that is what came.
func flag(v any) *bool {
	if b, ok := v.(bool); ok {
		return &b
	}
	return nil
}

func guid(u *uuid.UUID) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// readGrants reads every delegated grant of the app, tenant-wide and single
// users'. No service principal means no grants.
func readGrants(rd *reading, t *trail) ([]checks.Grant, error) {
	path, err := appPath(rd, "/oauth2PermissionGrants")
	if err != nil {
		return nil, err
	}
	found, err := list[grantRead](t, ask{
		path: path, query: "$top=999", need: needGrants,
	})
	if absent(err) {
		t.saw(sayAbsent)
		return []checks.Grant{}, nil
	}
	if err != nil {
		return nil, err
	}
	grants, everyone := []checks.Grant{}, 0
	for _, g := range found {
		grant, err := grantOf(t, g)
		if err != nil {
			return nil, err
		}
		if grant.Everyone {
			everyone++
		}
		grants = append(grants, grant)
	}
	t.saw("%s, %d tenant-wide", counted(len(grants), "grant"), everyone)
	return grants, nil
}

// grantOf copies a grant. Old grants begin with a space (entra-facts §2). A
// consentType that is neither of the two known ones is not taken for either.
func grantOf(t *trail, g grantRead) (checks.Grant, error) {
	raw := ""
	if g.Scope != nil {
		raw = checks.Line(*g.Scope, maxScope)
	}
	grant := checks.Grant{
		ID: text(g.ID), ResourceID: text(g.ResourceID), Principal: text(g.Principal),
		Raw: raw, Scopes: strings.Fields(raw),
	}
	switch kind := text(g.Kind); {
	case strings.EqualFold(kind, "AllPrincipals"):
		grant.Everyone = true
	case !strings.EqualFold(kind, "Principal"):
		return grant, t.lacks("a consentType that is known")
	}
	if grant.ID == "" || grant.ResourceID == "" {
		return grant, t.lacks("id or resourceId")
	}
	return grant, nil
}

// maxScope bounds a grant's scope string, in characters.
const maxScope = 32 << 10

// readAssignments reads who is assigned to the app.
func readAssignments(rd *reading, t *trail) ([]checks.Assignment, error) {
	return readRoleAssignments(rd, t, "/appRoleAssignedTo", "assignment")
}

// readAppRoles reads the application permissions that the app holds.
func readAppRoles(rd *reading, t *trail) ([]checks.Assignment, error) {
	return readRoleAssignments(rd, t, "/appRoleAssignments", "app role")
}

func readRoleAssignments(rd *reading, t *trail, rest, noun string) ([]checks.Assignment, error) {
	path, err := appPath(rd, rest)
	if err != nil {
		return nil, err
	}
	found, err := list[assignmentRead](t, ask{
		path: path, query: "$select=id,appRoleId,principalId,principalType,resourceId&$top=999", need: needApps,
	})
	if absent(err) {
		t.saw(sayAbsent)
		return []checks.Assignment{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := []checks.Assignment{}
	for _, a := range found {
		out = append(out, checks.Assignment{
			ID: text(a.ID), PrincipalID: guid(a.PrincipalID), PrincipalType: text(a.PrincipalType),
			RoleID: guid(a.RoleID), ResourceID: guid(a.ResourceID),
		})
	}
	t.saw("%s", counted(len(out), noun))
	return out, nil
}
