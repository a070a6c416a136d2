package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The people of a saved snapshot have no names: contoso.example has an admin, a
// user, and as many more as the rules of the tenant speak of.

// maxSeats is how many numbered people and groups a simulated tenant gets. More
// of them change nothing.
const maxSeats = 120

const (
	savedAdmin  = "admin@" + firstDomain
	savedUser   = "user@" + firstDomain
	savedSigner = "signer@" + firstDomain
	// noPerson is asked about where the person was not in the tenant.
	noPerson = "nobody@" + firstDomain
)

// signer is whoever took the snapshot: the admin, the user, or somebody with
// just those roles.
func (m *making) signer() {
	l := m.look
	m.sc.Case.As = "none"
	if !l.Account.Read {
		m.assume(wordsSavedNobody)
		return
	}
	if l.Account.Value.AppOnly {
		m.assume(wordsSavedApp)
	}
	u := userSpec{UPN: savedSigner, Guest: l.Me.Read && l.Me.Value.Type == "Guest"}
	if l.Roles.Read {
		u.Roles = m.roles(l.Roles.Value)
	} else {
		for _, id := range l.Account.Value.RoleIDs {
			u.Roles = union(u.Roles, m.roles([]savedRole{{TemplateID: id}}))
		}
	}
	u.Eligible = m.roles(l.Eligible.Value)
	if l.Eligible.why() != "licence" { // without the licence there are none
		assumePart(m, l.Eligible, "eligible", wordsSavedNone)
	}
	switch {
	case m.elsewhere():
		u.UPN, u.Guest = "admin@fabrikam.example", false
		if len(u.Roles) == 0 {
			u.UPN = "user@fabrikam.example"
		}
		m.sc.Tenants = append(m.sc.Tenants, tenantSpec{Domain: "fabrikam.example", Users: []userSpec{u}})
		m.sc.Case.As = u.UPN
		return
	case slices.Contains(u.Roles, roleName(roleGlobalAdmin)) && !u.Guest:
		u.UPN = savedAdmin
	case len(u.Roles)+len(u.Eligible) == 0 && !u.Guest && !m.doc.Person:
		u.UPN = savedUser
	}
	m.sc.Case.As = u.UPN
	if u.UPN == savedSigner || len(u.Roles)+len(u.Eligible) > 0 {
		m.home.Users = append(m.home.Users, u)
	}
}

// roles are the names of directory roles that hold for the whole tenant.
func (m *making) roles(list []savedRole) []string {
	var out []string
	for _, r := range list {
		name, known := roleNames[strings.ToLower(r.TemplateID)]
		switch {
		case strings.EqualFold(r.TemplateID, roleMember):
		case r.Scope != "" && r.Scope != "/":
			m.assume(wordsSavedPartRole, plain(r.TemplateID))
		case !known:
			m.assume(wordsSavedRole, plain(r.TemplateID))
		default:
			out = union(out, []string{name})
		}
	}
	return out
}

// asked is the person asked about: the sample user.
func (m *making) asked() {
	l := m.look
	if !m.doc.Person {
		return
	}
	m.sc.Case.Person = savedUser
	if !assumePart(m, l.User, "user", wordsSavedPerson) {
		return
	}
	p := l.User.Value
	if p == nil {
		m.sc.Case.Person = noPerson
		return
	}
	m.people[strings.ToLower(p.ID)] = savedUser
	u := userSpec{UPN: savedUser, Disabled: p.Enabled != nil && !*p.Enabled, Guest: p.Type == "Guest", Roles: m.roles(l.UserRoles.Value)}
	assumePart(m, l.UserRoles, "userRoles", wordsSavedNoRoles)
	if u.Disabled || u.Guest || len(u.Roles) > 0 {
		m.home.Users = append(m.home.Users, u)
	}
	if assumePart(m, l.UserGroups, "userGroups", wordsSavedNoGroups) {
		for _, g := range l.UserGroups.Value {
			m.group(g, savedUser)
		}
	}
}

// group is the name of a numbered group, which is made if need be; empty if
// there are enough.
func (m *making) group(number string, members ...string) string {
	key := strings.ToLower(number)
	if name, ok := m.people[key]; ok {
		return name
	}
	if m.seats >= maxSeats {
		m.assume(wordsSavedSeats, maxSeats)
		return ""
	}
	m.seats++
	m.people[key] = "Group " + strconv.Itoa(m.seats)
	m.home.Groups = append(m.home.Groups, groupSpec{Name: m.people[key], Members: members})
	return m.people[key]
}

// person is the UPN of a numbered person, in the same way.
func (m *making) person(number string) string {
	key := strings.ToLower(number)
	if name, ok := m.people[key]; ok {
		return name
	}
	if m.seats >= maxSeats {
		m.assume(wordsSavedSeats, maxSeats)
		return ""
	}
	m.seats++
	upn := fmt.Sprintf("person%d@%s", m.seats, firstDomain)
	m.people[key] = upn
	m.home.Users = append(m.home.Users, userSpec{UPN: upn})
	return upn
}
