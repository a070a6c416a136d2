package sim

import (
	"fmt"
	"slices"
	"strings"
)

// The app of a saved snapshot in the tenant: its state, its grants, who is assigned.

// service is the app in the tenant.
func (m *making) service() {
	l := m.look
	if l.App.Read && l.App.Value == nil {
		return
	}
	if !assumePart(m, l.App, "app", wordsSavedNoApp) {
		if len(l.Grants.Value)+len(l.Assignments.Value)+len(l.AppRoles.Value) > 0 {
			m.home.Apps = append(m.home.Apps, m.app)
		}
		return
	}
	sp := l.App.Value
	m.app.Disabled = sp.Enabled != nil && !*sp.Enabled
	m.app.Deactivated, m.app.DisabledByMS = sp.Deactivated, plain(sp.DisabledByMS)
	m.app.AssignmentRequired = sp.AssignmentRequired != nil && *sp.AssignmentRequired
	if sp.Enabled == nil || sp.AssignmentRequired == nil {
		m.assume(wordsSavedProperty)
	}
	m.home.Apps = append(m.home.Apps, m.app)
}

// inTenant is the app's entry in the tenant, or nil if it has none.
func (m *making) inTenant() *serviceSpec {
	i := slices.IndexFunc(m.home.Apps, func(a serviceSpec) bool { return a.App == m.app.App })
	if i < 0 {
		return nil
	}
	return &m.home.Apps[i]
}

func scopesOf(g savedGrant) []string {
	if f := strings.Fields(g.Written); len(f) > 0 {
		return f
	}
	return g.Scopes
}

// grants are the app's delegated grants, as written.
func (m *making) grants() {
	app := m.inTenant()
	if !assumePart(m, m.look.Grants, "grants", wordsSavedNone) || app == nil {
		return
	}
	for _, g := range m.look.Grants.Value {
		one := grantSpec{For: "everyone", Resource: m.api(g)}
		if !g.Everyone {
			one.For = m.holder(g.Principal)
		}
		if one.Resource == "" {
			continue
		}
		twice := slices.ContainsFunc(app.Grants, func(o grantSpec) bool { return o.For == one.For && o.Resource == one.Resource })
		if one.For == "" || twice {
			m.assume(wordsSavedGrant)
			continue
		}
		lead := strings.HasPrefix(g.Written, " ")
		values := plainWords(scopesOf(g))
		if one.Scope = strings.Join(values, " "); lead {
			one.Scope = " " + one.Scope
		}
		api := m.base.registration(one.Resource)
		one.Odd = slices.ContainsFunc(values, func(v string) bool { return api.scope(v) == nil })
		app.Grants = append(app.Grants, one)
	}
}

// holder is who holds a grant of their own: an account.
func (m *making) holder(number string) string {
	if number == "" {
		return ""
	}
	if upn := m.person(number); strings.Contains(upn, "@") {
		return upn
	}
	return ""
}

// plainWords are scope values without what no scope has in it.
func plainWords(list []string) []string {
	var out []string
	for _, v := range list {
		out = append(out, strings.Fields(plain(v))...)
	}
	return out
}

// api is the app id of the API that a grant is for. One that the snapshot does
// not name is another API, and stays one.
func (m *making) api(g savedGrant) string {
	key := strings.ToLower(g.ResourceID)
	if id, ok := m.apis[key]; ok {
		return id
	}
	graphs := !slices.ContainsFunc(scopesOf(g), func(v string) bool { return m.base.registration(graphAppID).scope(v) == nil })
	taken := slices.Contains(sortedValues(m.apis), graphAppID)
	if !m.look.Resources.Read && graphs && !taken {
		m.apis[key] = graphAppID
		return graphAppID
	}
	return m.otherAPI(key)
}

// otherAPI makes an API that nothing is known of but that the app holds
// permissions on it; empty if there are enough.
func (m *making) otherAPI(key string) string {
	if len(m.apis) >= maxSeats {
		m.assume(wordsSavedAPIsCut, maxSeats)
		return ""
	}
	id := stableID("saved-api", key)
	m.apis[key] = id
	m.assume(wordsSavedOtherAPI)
	if err := m.publish(apiSpec{API: id, Name: fmt.Sprintf(wordsSavedAPIName, len(m.apis))}); err != nil {
		return "" // it has a name and an id of our own: it cannot fail
	}
	return id
}

func sortedValues(in map[string]string) []string {
	var out []string
	for _, k := range sortedKeys(in) {
		out = append(out, in[k])
	}
	return out
}

// assignments are who is assigned to the app, and what it may do by itself.
func (m *making) assignments() {
	app := m.inTenant()
	people := assumePart(m, m.look.Assignments, "assignments", wordsSavedNone)
	roles := assumePart(m, m.look.AppRoles, "appRoles", wordsSavedNone)
	if app == nil {
		return
	}
	for _, a := range m.look.Assignments.Value {
		name := ""
		switch {
		case !people:
		case strings.EqualFold(a.PrincipalType, "User"):
			name = m.person(a.PrincipalID)
		case strings.EqualFold(a.PrincipalType, "Group"):
			name = m.group(a.PrincipalID)
		default:
			m.assume(wordsSavedAssigned, plain(a.PrincipalType))
		}
		if name != "" && !slices.Contains(app.Assigned, name) {
			app.Assigned = append(app.Assigned, name)
		}
	}
	for _, a := range m.look.AppRoles.Value {
		if roles && isGUID(a.RoleID) {
			m.heldRole(app, a)
		}
	}
}

// heldRole is an application permission, which may be one that the simulator
// does not know.
func (m *making) heldRole(app *serviceSpec, a savedAssignment) {
	key, role := strings.ToLower(a.ResourceID), strings.ToLower(a.RoleID)
	id, ok := m.apis[key]
	switch {
	case ok:
	case m.base.registration(graphAppID).appRole(role) != nil:
		id = graphAppID
	default:
		if id = m.otherAPI(key); id == "" {
			return
		}
	}
	if m.base.registration(id).appRole(role) == nil {
		if err := m.publish(apiSpec{API: id, Roles: []roleSpec{{ID: role, Value: fmt.Sprintf(wordsSavedRoleName, role[:8])}}}); err != nil {
			return // an id and a value of our own: it cannot fail
		}
	}
	held := heldRole{Resource: id, Role: role}
	if !slices.Contains(app.RolesOf, held) {
		app.RolesOf = append(app.RolesOf, held)
	}
}
