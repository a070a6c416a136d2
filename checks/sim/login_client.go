package sim

import (
	"net/http"
	"slices"
	"strings"
)

// An app's own tokens.

// clientCredentials is an app's own token (entra-facts §12, the probe).
func (s *Sim) clientCredentials(c *visit, t *Tenant, v1 bool) answer {
	id := c.body.Get("client_id")
	if id == "" {
		return refuse(900144, "client_id").asJSON(c)
	}
	if t == nil {
		return refuse(900023, clip(c.vars[0])).asJSON(c)
	}
	reg := s.world.registration(id)
	if reg == nil {
		return refuse(700016, clip(id), t.Name).asJSON(c)
	}
	if c.body.Get("client_secret") == "" && c.body.Get("client_assertion") == "" {
		return refuse(7000216).asJSON(c)
	}
	if f := s.checkClient(c, reg); f != nil {
		return f.asJSON(c)
	}
	api, audience, refused := s.appResource(c, t, v1)
	if refused != nil {
		return refused.asJSON(c)
	}
	sp := t.serviceByAppID(reg.AppID)
	switch {
	case sp == nil && !s.usable(reg, t):
		return refuse(700016, reg.AppID, t.Name).asJSON(c)
	case sp == nil:
		return refuse(7000229, reg.AppID, t.ID).asJSON(c)
	case sp.off():
		return refuse(7000112, reg.AppID, reg.Name).asJSON(c)
	}
	if f := s.resourceOff(t, api.AppID); f != nil {
		return f.asJSON(c)
	}
	if f := s.appBarred(c, t, sp, api, audience); f != nil {
		return f.asJSON(c)
	}
	cc, refused := capabilities(c.body.Get("claims"))
	if refused != nil {
		return refused.asJSON(c)
	}
	access := s.mint(s.appClaims(c, t, sp, api, audience, cc))
	if v1 {
		return asJSON(http.StatusOK, s.replyV1(c, access, audience))
	}
	return asJSON(http.StatusOK, tokenReply{
		Type: "Bearer", Expires: lifeSeconds, ExtExpires: lifeSeconds, Access: access,
	})
}

// appBarred says why an app gets no token of its own: the API wants assignment
// and the app holds none of its roles, or a policy for workload identities blocks
// it. Policies for users do not apply.
func (s *Sim) appBarred(c *visit, t *Tenant, sp *ServicePrincipal, api *Registration, audience string) *refusal {
	resource := t.serviceByAppID(api.AppID)
	if resource != nil && resource != sp && resource.AssignmentRequired &&
		!slices.ContainsFunc(sp.RoleGrants, func(g RoleGrant) bool { return g.Resource == resource.ID }) {
		return refuse(501051, sp.AppID, sp.Name, clip(audience), resource.Name)
	}
	verdict := s.world.accessVerdict(t, accessAsk{
		service: sp, single: s.world.ownSingle(t, sp), apps: []string{api.AppID}, address: c.address(),
	})
	return verdict.held(signIn{}, api.AppID)
}

// appResource is the API of an app's own token: {resource}/.default, or the
// first version's resource.
func (s *Sim) appResource(c *visit, t *Tenant, v1 bool) (*Registration, string, *refusal) {
	scope := c.body.Get("scope")
	if v1 {
		resource := c.body.Get("resource")
		if resource == "" {
			return nil, "", refuse(900144, "resource")
		}
		scope = strings.TrimSuffix(resource, "/") + "/.default"
	}
	if scope == "" {
		return nil, "", refuse(900144, "scope")
	}
	// MSAL adds the scopes of sign-in here too, and Microsoft does not mind.
	apis := slices.DeleteFunc(strings.Fields(scope), isOIDC)
	if len(apis) != 1 || !strings.HasSuffix(apis[0], "/.default") {
		return nil, "", refuse(1002012, clip(scope))
	}
	audience := strings.TrimSuffix(apis[0], "/.default")
	asked, ok := s.world.resolveScope(apis[0])
	if !ok || s.world.registration(asked.Resource) == nil {
		return nil, "", refuse(500011, clip(audience), t.Name)
	}
	return s.world.registration(asked.Resource), audience, nil
}
