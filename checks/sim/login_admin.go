package sim

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Admin consent by link, both versions. Both want a tenant: organizations will
// do, common will not (entra-facts §11).

// adminConsentV1 is /{tenant}/adminconsent: it consents to everything the app is
// registered with, app roles included.
func (s *Sim) adminConsentV1(c *visit) answer {
	a, refused := s.beginAdmin(c, forAdminV1)
	if refused != nil {
		return s.asPage(c, refused)
	}
	a.asked.list = s.registeredFor(a.reg)
	a.asked.all = true
	return s.welcome(c, a)
}

// adminConsentV2 is /{tenant}/v2.0/adminconsent: it consents to the scopes it
// names, or with .default to everything registered.
func (s *Sim) adminConsentV2(c *visit) answer {
	a, refused := s.beginAdmin(c, forAdminV2)
	if refused != nil {
		return s.asPage(c, refused)
	}
	if a.asked, refused = s.readScopes(a.reg, a.tenant, c.get("scope")); refused != nil {
		return s.finish(c, a, refused)
	}
	if a.asked.all {
		a.asked.list = s.registeredFor(a.reg)
	}
	return s.welcome(c, a)
}

func (s *Sim) beginAdmin(c *visit, kind attemptKind) (*attempt, *refusal) {
	if k := strings.ToLower(c.vars[0]); k == "common" || k == "consumers" {
		return nil, refuse(900023, k)
	}
	return s.beginFor(c, kind)
}

// registeredFor is everything the app is registered with.
func (s *Sim) registeredFor(reg *Registration) []AskedScope {
	out := reg.requiredScopes("")
	for _, q := range reg.Required {
		for _, role := range q.Roles {
			out = append(out, AskedScope{Resource: q.Resource, Value: role, Role: true})
		}
	}
	return out
}

// proceedAdmin shows the admin consent page to those whose roles allow it and
// the wall to everybody else. The app may be absent from the tenant: Accept
// creates it there. It may also be disabled: consent then lands and changes
// nothing, as in the portal.
func (s *Sim) proceedAdmin(c *visit, a *attempt) answer {
	if !s.usable(a.reg, a.tenant) {
		a.stage = atEnd
		return s.asPage(c, refuse(700016, a.reg.AppID, a.tenant.Name))
	}
	if len(a.asked.list) == 0 {
		a.stage = atEnd
		return s.asPage(c, refuse(650056, a.reg.Name))
	}
	if f := s.lacksService(a.tenant, a.asked.list); f != nil {
		a.stage = atEnd
		return s.asPage(c, f)
	}
	if !s.world.mayGrantForAll(a.user, a.asked.list) {
		a.stage = atWall
		f := refuse(90094)
		v := wallView{
			consentView: s.consentView(a, a.asked.list), Code: f.code, Text: f.Error(), Request: c.trace,
			Correlation: c.correlation, Stamp: c.stamp(), MayLeave: !a.req.noReply || a.then != "", // the portal is somewhere to go back to
		}
		return s.page(c, http.StatusOK, "wall", v)
	}
	a.stage = atConsent
	v := s.consentView(a, a.asked.list)
	v.Admin = true
	v.Dropped = s.dropped(a)
	return s.page(c, http.StatusOK, "consent", v)
}

// dropped are the tenant-wide permissions that an Accept of everything
// registered would take away, because the app no longer lists them
// (entra-facts §2, the IMPORTANT note of [ED:grant-admin-consent]).
func (s *Sim) dropped(a *attempt) []permissionRow {
	var out []permissionRow
	if !a.asked.all {
		return nil
	}
	keep := byResource(a.asked.list)
	s.eachTenantWide(a.tenant, a.reg, func(g *Grant, api string) {
		for _, v := range without(strings.Fields(g.Scope), keep[api]) {
			out = append(out, s.permission(AskedScope{Resource: api, Value: v}))
		}
	})
	return out
}

// eachTenantWide visits an app's tenant-wide grants with the appId of their API.
func (s *Sim) eachTenantWide(t *Tenant, reg *Registration, visit func(*Grant, string)) {
	client := t.serviceByAppID(reg.AppID)
	if client == nil {
		return
	}
	for _, g := range slices.Clone(t.Grants) {
		if g.ClientID != client.ID || g.Principal != "" {
			continue
		}
		if api := t.serviceByID(g.Resource); api != nil {
			visit(g, api.AppID)
		}
	}
}

// without removes scopes from a list, without regard to case.
func without(list, remove []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool {
		return slices.ContainsFunc(remove, func(r string) bool { return strings.EqualFold(r, v) })
	})
}

// acceptedAdmin is Accept on the admin consent page.
func (s *Sim) acceptedAdmin(c *visit, a *attempt) answer {
	err := s.grantAdmin(a.tenant, a.user, a.reg, a.asked)
	if errors.Is(err, errNameTaken) {
		return s.nameTaken(c, a)
	}
	if err != nil {
		a.stage = atEnd
		return s.asPage(c, refuse(90094))
	}
	a.stage = atEnd
	if a.then != "" {
		return seeOther(c, c.at.base()+"/portal"+a.then+"?done=granted")
	}
	v := map[string][]string{"admin_consent": {"True"}, "tenant": {a.tenant.ID}}
	if a.req.state != "" {
		v["state"] = []string{a.req.state}
	}
	if a.kind == forAdminV2 {
		v["scope"] = []string{strings.Join(a.asked.raw, " ")}
	}
	return s.respond(c, a, v)
}

// grantAdmin is admin consent itself, whichever way it came: link, portal or
// Approve. Asked for all that is registered, it also grants the app roles and
// takes away tenant-wide what the app no longer lists.
func (s *Sim) grantAdmin(t *Tenant, u *User, reg *Registration, asked scopeSet) error {
	if err := s.consent(t, u, reg, asked.list, true); err != nil {
		return err
	}
	if !asked.all {
		return nil
	}
	if slices.ContainsFunc(asked.list, func(one AskedScope) bool { return one.Role }) {
		if err := s.world.grantRoles(t, reg); err != nil {
			return err
		}
	}
	keep := byResource(asked.list)
	s.eachTenantWide(t, reg, func(g *Grant, api string) {
		before := strings.Fields(g.Scope)
		after := without(before, without(before, keep[api]))
		switch {
		case len(after) == 0:
			s.removeGrant(t, g)
		case len(after) < len(before):
			s.world.setScope(g, strings.Join(after, " "))
		}
	})
	return nil
}

// removeGrant takes a grant back; what hangs on it is judged at its next use.
func (s *Sim) removeGrant(t *Tenant, g *Grant) {
	t.Grants = slices.DeleteFunc(t.Grants, func(o *Grant) bool { return o == g })
}
