package sim

import "net/http"

// userInfo is OpenID Connect's endpoint, which Microsoft keeps at Graph's host: who
// the bearer of a Graph token is, by the same subject as in the app's id_token.
func (s *Sim) userInfo(c *visit) answer {
	unauthorized := answer{status: http.StatusUnauthorized}.with("WWW-Authenticate", `Bearer error="invalid_token"`)
	k, err := s.authenticate(c.r)
	if err != nil || k.IDType == "app" {
		return unauthorized
	}
	t := s.world.tenantFor(k.Tid, c.at.sees)
	if t == nil {
		return unauthorized
	}
	u := t.userByID(k.Oid)
	if u == nil || u.Disabled {
		return unauthorized
	}
	out := map[string]string{"sub": k.Sub, "name": u.Name}
	if hasFold(k.scopes(), "email") {
		out["email"] = u.UPN
	}
	return asJSON(http.StatusOK, out)
}
