package sim

import (
	"slices"
	"strings"
)

// The sign-in page: picking an account, or typing one.

// chooseAccount is the post of the sign-in page: an account picked from the list,
// for which a simulated tenant asks no password, or a name with its password.
func (s *Sim) chooseAccount(c *visit) answer {
	a, stale := s.resume(c, atAccount)
	if stale != nil {
		return s.asPage(c, stale)
	}
	a.fresh = true
	if pick := c.body.Get("pick"); pick != "" {
		for _, who := range s.offered(a) {
			if strings.EqualFold(who.user.UPN, pick) {
				return s.signedIn(c, a, who)
			}
		}
		return s.accountPage(c, a, statusPage, wordsNoUser, "")
	}
	name := strings.TrimSpace(clip(c.body.Get("login")))
	if name == "" {
		return s.accountPage(c, a, statusPage, wordsPickFirst, "")
	}
	if isPersonal(name) {
		return s.personal(c, a, name)
	}
	t, u := s.typed(a, name)
	switch {
	case u == nil:
		return s.accountPage(c, a, statusPage, s.noAccount(a, name), name)
	case s.login.locked(c, u):
		f := refuse(50053)
		s.noteTried(c, a, account{t, u}, f)
		return s.accountPage(c, a, statusPage, f.Error(), name)
	}
	good := c.body.Get("passwd") == u.Password
	s.login.tried(c, u, good)
	if !good {
		f := refuse(50126)
		s.noteTried(c, a, account{t, u}, f)
		return s.accountPage(c, a, statusPage, f.Error()+" "+wordsWrongPassword, name)
	}
	return s.signedIn(c, a, account{t, u})
}

// noteTried writes an account that did not get in into its own tenant's log. The
// attempt stays with the tenant it is for.
func (s *Sim) noteTried(c *visit, a *attempt, who account, f *refusal) {
	tried := *a
	tried.tenant, tried.user = who.tenant, who.user
	s.note(c, &tried, f)
}

// typed finds the account that somebody typed: in the tenant of the request
// first, where a guest has an account of the same name as at home.
func (s *Sim) typed(a *attempt, name string) (*Tenant, *User) {
	if a.pinned {
		if u := a.tenant.userByUPN(name); u != nil {
			return a.tenant, u
		}
	}
	for _, t := range s.world.tenants {
		if u := t.userByUPN(name); u != nil && a.at.sees(t.Cloud) {
			return t, u
		}
	}
	return nil, nil
}

// personal is what a personal account gets: a tenant does not know it (50020),
// and the endpoint for every organisation asks for another.
func (s *Sim) personal(c *visit, a *attempt, name string) answer {
	if !a.pinned {
		return s.accountPage(c, a, statusPage, wordsPersonal, "")
	}
	a.stage = atEnd
	return s.asPage(c, refuse(50020, name, "live.com", a.tenant.Name, a.appID(), a.appName()))
}

// noAccount says that nobody has the name: in the directory that the request is
// for, else in that of the name's own domain.
func (s *Sim) noAccount(a *attempt, name string) string {
	_, directory, _ := strings.Cut(name, "@")
	if a.pinned {
		directory = a.tenant.DefaultDomain()
	}
	if directory == "" {
		return wordsNoUser
	}
	return refuse(50034, directory).Error() + " " + wordsNoUser
}

// maxOffered keeps the list of accounts readable.
const maxOffered = 60

// offered are the accounts that the sign-in page lists.
func (s *Sim) offered(a *attempt) []account {
	var out []account
	for _, t := range s.world.tenants {
		if !a.at.sees(t.Cloud) || a.pinned && t != a.tenant || !a.pinned && a.req.domain != "" && !t.hasDomain(a.req.domain) {
			continue
		}
		for _, u := range t.Users {
			if len(out) < maxOffered {
				out = append(out, account{t, u})
			}
		}
	}
	return out
}

// accountPage is the sign-in page.
func (s *Sim) accountPage(c *visit, a *attempt, status int, problem, name string) answer {
	a.stage = atAccount
	if !a.pinned {
		a.tenant = nil
	}
	a.user = nil
	v := accountView{
		Flow: a.id, App: a.appName(), Problem: problem, Name: name, Device: a.kind == forDevice,
		Admin: a.kind == forAdminV1 || a.kind == forAdminV2,
	}
	in := s.session(c).accounts
	for _, who := range s.offered(a) {
		row := accountRow{UPN: who.user.UPN, Name: who.user.Name, Tenant: who.tenant.Name, Disabled: who.user.Disabled}
		for _, r := range who.user.Roles {
			row.Roles = append(row.Roles, roleName(r))
		}
		row.SignedIn = slices.Contains(in, who)
		v.Accounts = append(v.Accounts, row)
	}
	return s.page(c, status, "account", v)
}
