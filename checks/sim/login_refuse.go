package sim

import (
	"slices"
	"strings"
)

// Refusals that need the request to be told apart. Which form one takes: what is
// wrong before the redirect is known to be the app's (tenant, app, redirect) is a
// page; what is wrong with the rest of the request goes to the redirect, in the
// mode asked for; what a person can do something about (consent, assignment,
// Conditional Access) is a page again, unless prompt=none asked for silence; and
// token, device code and discovery answer in JSON.

// tenantToSignIn is tenantAt for the endpoints that sign in: a tenant of another
// cloud is named as such (90038), where discovery does not know it (90002).
func (s *Sim) tenantToSignIn(p place, key string) (*Tenant, *refusal) {
	t, refused := s.tenantAt(p, key)
	if refused == nil || refused.code != 90002 {
		return t, refused
	}
	if others := s.world.tenantsFor(key); len(others) > 0 {
		return nil, refuse(90038, clip(strings.ToLower(key)), cloudTable[others[0].Cloud].instance, cloudTable[p.cloud()].instance)
	}
	return nil, refused
}

// noApp is the id that placeholders are made of.
const noApp = "00000000-0000-0000-0000-000000000000"

// appAt finds the app of a request to sign in, t being nil under the endpoints
// that name no tenant.
func (s *Sim) appAt(c *visit, t *Tenant) (*Registration, *refusal) {
	return s.appNamed(c, t, c.get("client_id"))
}

// appNamed is appAt for a client id that has been read.
func (s *Sim) appNamed(c *visit, t *Tenant, id string) (*Registration, *refusal) {
	key, reg := strings.ToLower(c.vars[0]), s.world.registration(id)
	switch {
	case id == "":
		return nil, refuse(900144, "client_id")
	case id == noApp:
		return nil, refuse(700038, id)
	case reg == nil || t != nil && !s.usable(reg, t):
		return nil, refuse(700016, clip(id), tenantTitle(t))
	case key == "consumers" || key == consumersID:
		return nil, refuse(9002332, reg.AppID, reg.Name)
	case t == nil && reg.SingleTenant && !reg.AnyLoopback:
		// Apps of --register have any loopback redirect, and are for whoever runs the
		// simulator: they may be lazy about the tenant.
		return nil, refuse(50194, reg.AppID, reg.Name, key)
	}
	return reg, nil
}

// lacksService finds an API among what is asked that cannot come to the tenant:
// its owner keeps it to another one.
func (s *Sim) lacksService(t *Tenant, list []AskedScope) *refusal {
	for _, one := range list {
		api := s.world.registration(one.Resource)
		if api != nil && t.serviceByAppID(api.AppID) == nil && api.SingleTenant && !strings.EqualFold(api.HomeTenant, t.ID) {
			return refuse(650052, api.AppID, api.Name, t.ID)
		}
	}
	return nil
}

// personalDomains are those of Microsoft's personal accounts [K].
var personalDomains = []string{"outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com"}

func isPersonal(name string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(name), "@")
	return slices.Contains(personalDomains, domain)
}

// triesAllowed bad passwords in a row lock an account for lockLife.
const triesAllowed = 10

// locked says whether bad passwords have locked the account.
func (l *loginState) locked(c *visit, u *User) bool {
	b := l.bad[u]
	return b != nil && b.tries >= triesAllowed && c.now.Before(b.until)
}

// tried counts a password that was typed.
func (l *loginState) tried(c *visit, u *User, good bool) {
	if good {
		delete(l.bad, u)
		return
	}
	b := l.bad[u]
	if b == nil || b.tries >= triesAllowed {
		b = &badTries{}
		l.bad[u] = b
	}
	b.tries++
	b.until = c.now.Add(lockLife)
}
