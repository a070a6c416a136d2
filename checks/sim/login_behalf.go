package sim

import (
	"errors"
	"strings"
	"time"
)

// On behalf of: an app's own API trades the token its caller sent for one to the
// next API (RFC 7523, as Microsoft's second version uses it).

// behalf is the grant. The assertion must be a user's access token made for this
// very app [ED:v2-oauth2-on-behalf-of-flow].
func (s *Sim) behalf(c *visit, reg *Registration) (*tokenSubject, *refusal) {
	for _, name := range []string{"assertion", "requested_token_use"} {
		if c.body.Get(name) == "" {
			return nil, refuse(900144, name)
		}
	}
	if use := c.body.Get("requested_token_use"); use != "on_behalf_of" {
		return nil, refuse(90023, "requested_token_use")
	}
	if c.body.Get("client_secret") == "" && c.body.Get("client_assertion") == "" {
		return nil, refuse(7000218)
	}
	if f := s.checkClient(c, reg); f != nil {
		return nil, f
	}
	k, err := s.verify(c.body.Get("assertion"))
	switch {
	case errors.Is(err, errTokenExpired), errors.Is(err, errTokenEarly):
		return nil, refuse(500133, iso(c.now), iso(time.Unix(k.Exp, 0)))
	case errors.Is(err, errTokenSignature):
		return nil, refuse(50013)
	case err != nil:
		return nil, refuse(50027)
	case s.world.api(k.Aud) != reg:
		return nil, refuse(500131, clip(k.Aud), reg.AppID)
	case k.IDType == "app":
		return nil, refuse(7000114, reg.AppID)
	case k.AppID == "" && k.Azp == "":
		// An id_token is for the app too, yet names none that was let in by it.
		return nil, refuse(240002)
	}
	t := s.world.tenantFor(k.Tid, c.at.sees)
	if t == nil {
		return nil, refuse(90002, clip(k.Tid))
	}
	u := t.userByID(k.Oid)
	if u == nil {
		return nil, refuse(500341, k.PreferredUsername, t.ID)
	}
	return &tokenSubject{
		tenant: t, user: u, reg: reg, asked: scopeSet{raw: []string{"openid"}, resource: graphAppID},
		cc: k.XmsCC, signIn: signIn{at: time.Unix(k.Iat, 0), mfa: strings.Contains(strings.Join(k.AMR, " "), "mfa")},
	}, nil
}
