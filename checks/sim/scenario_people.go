package sim

import (
	"fmt"
	"slices"
	"strings"
)

// addPeople makes accounts and groups. Unless the scenario says otherwise,
// there are admin@, a Global Administrator, and user@, who is nobody special.
func (w *World) addPeople(t *Tenant, s *tenantSpec) error {
	d := t.DefaultDomain()
	specs := slices.Clone(s.Users)
	at := func(upn string) int {
		return slices.IndexFunc(specs, func(u userSpec) bool { return strings.EqualFold(u.UPN, upn) })
	}
	// The same domain in a second cloud names its own people.
	if again := len(w.tenants) > 0 && w.tenants[0].hasDomain(d); !again {
		if at("user@"+d) < 0 {
			specs = slices.Insert(specs, at("admin@"+d)+1, userSpec{UPN: "user@" + d, Name: "Sample User"})
		}
		if at("admin@"+d) < 0 {
			specs = slices.Insert(specs, 0, userSpec{UPN: "admin@" + d, Name: "Sample Admin", Roles: []string{roleGlobalAdmin}})
		}
	}
	for _, u := range specs {
		user, err := newUser(t, u)
		if err != nil {
			return err
		}
		t.Users = append(t.Users, user)
	}
	for _, g := range s.Groups {
		group := &Group{ID: stableID("group", t.ID, g.Name), Name: g.Name}
		for _, upn := range g.Members {
			u := t.userByUPN(upn)
			if u == nil {
				return fmt.Errorf("group %s: no account %q", g.Name, upn)
			}
			group.Members = append(group.Members, u.ID)
		}
		t.Groups = append(t.Groups, group)
	}
	return nil
}

func newUser(t *Tenant, s userSpec) (*User, error) {
	name, domain, ok := strings.Cut(s.UPN, "@")
	if !ok || name == "" || !isDomain(domain) || strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && r != '#' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return nil, fmt.Errorf("account %q is not written name@domain", s.UPN)
	}
	u := &User{
		ID: stableID("user", t.ID, strings.ToLower(s.UPN)), UPN: s.UPN, Name: s.Name, Password: s.Password,
		Disabled: s.Disabled, Guest: s.Guest, SelfPolicies: s.Policies,
	}
	if u.Name == "" {
		u.Name = "Sample " + strings.ToUpper(name[:1]) + name[1:]
	}
	if u.Password == "" {
		u.Password = defaultPassword
	}
	var err error
	if u.Roles, err = roleIDs(s.Roles); err != nil {
		return nil, fmt.Errorf("account %s: %w", s.UPN, err)
	}
	if u.Eligible, err = roleIDs(s.Eligible); err != nil {
		return nil, fmt.Errorf("account %s: %w", s.UPN, err)
	}
	return u, nil
}

func roleIDs(names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		id, ok := roleByName(n)
		if !ok {
			return nil, fmt.Errorf("no directory role %q", n)
		}
		out = append(out, id)
	}
	return out, nil
}
