package sim

import "strings"

// A user's password in the hands of an app [ED:v2-oauth-ropc]: the one flow that
// asks nobody anything. Consent must be there before (65001), and whoever must
// show a second factor cannot come in by it (50076), which issue sees to.

// byPassword is the grant. Public apps bring nothing of their own, others their
// secret or certificate.
func (s *Sim) byPassword(c *visit, t *Tenant, reg *Registration, v1 bool) (*tokenSubject, *refusal) {
	for _, name := range []string{"username", "password"} {
		if c.body.Get(name) == "" {
			return nil, refuse(900144, name)
		}
	}
	if f := s.checkClient(c, reg); f != nil {
		return nil, f
	}
	name := strings.TrimSpace(clip(c.body.Get("username")))
	who, f := s.passwordOwner(c, t, name)
	if f != nil {
		return nil, f
	}
	sub := &tokenSubject{
		tenant: who.tenant, user: who.user, reg: reg, signIn: signIn{at: c.now, typed: true},
		asked: scopeSet{raw: []string{"openid"}, resource: graphAppID},
	}
	set, f := s.wanted(c, sub, v1)
	if f != nil {
		return nil, f
	}
	if f = s.checkPassword(c, who); f != nil {
		s.noteToken(c, sub, set, accessVerdict{}, f)
		return nil, f
	}
	return sub, nil
}

// passwordOwner finds the account: in the tenant that the request names, else in
// that of the account's own domain. A personal account is none, even where it is
// a guest.
func (s *Sim) passwordOwner(c *visit, t *Tenant, name string) (account, *refusal) {
	domain, home := s.realmOf(c.at, name)
	directory := domain
	if t != nil {
		home, directory = t, t.DefaultDomain()
	}
	switch {
	case home == nil && !looksLikeDomain(domain):
		return account{}, refuse(50059)
	case home == nil || isPersonal(name):
		return account{}, refuse(50034, directory)
	}
	u := home.userByUPN(name)
	if u == nil {
		return account{}, refuse(50034, directory)
	}
	return account{home, u}, nil
}

// checkPassword weighs the password. That of a federated account is known at
// home alone, and one with spaces around it counts as wrong [ED:v2-oauth-ropc];
// the code of either is general knowledge.
func (s *Sim) checkPassword(c *visit, who account) *refusal {
	if s.login.locked(c, who.user) {
		return refuse(50053)
	}
	typed := c.body.Get("password")
	good := typed == who.user.Password && typed == strings.TrimSpace(typed) && who.tenant.realm() != "Federated"
	if s.login.tried(c, who.user, good); !good {
		return refuse(50126)
	}
	return nil
}
