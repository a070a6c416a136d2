package sim

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"
)

// What stands in each kind of token.

// accessClaims are the claims of a user's access token. The API decides the
// shape: Microsoft's own take the first, an app's own API the second.
func (s *Sim) accessClaims(c *visit, sub *tokenSubject, set scopeSet, granted []string) claims {
	scp := strings.Join(without(granted, []string{"offline_access"}), " ")
	if api := s.world.registration(set.resource); api != nil && !api.FirstParty {
		k := s.idClaims(c, sub, false)
		k.Aud, k.Azp, k.AzpACR, k.Nonce, k.Scp, k.XmsCC = api.AppID, sub.reg.AppID, c.proof, "", scp, sub.cc
		return k
	}
	k := s.userClaims(sub.tenant, sub.user, sub.reg, c.now, tokenLife)
	k.AppIDACR = c.proof
	k.Aud, k.Scp, k.XmsCC, k.AMR = set.audienceFor(sub.tenant), scp, sub.cc, sub.signIn.methods()
	return k
}

// The proofs: how an app has shown who it is, as appidacr and azpacr say it
// [ED:access-token-claims-reference].
const (
	proofNone        = "0"
	proofSecret      = "1"
	proofCertificate = "2"
)

// address is the email claim of an id_token: of the second version, for who asks
// for the scope, where the account has an address [ED:scopes-oidc]. In a simulated
// tenant everybody's is the name of the account.
func (sub *tokenSubject) address(asked scopeSet, v1 bool) string {
	if v1 || !hasFold(asked.raw, "email") {
		return ""
	}
	return sub.user.UPN
}

// methods are the amr claim.
func (i signIn) methods() []string {
	if i.mfa {
		return []string{"pwd", "mfa"}
	}
	return []string{"pwd"}
}

// userClaims are what every token about a user says in the first shape.
func (s *Sim) userClaims(t *Tenant, u *User, reg *Registration, now time.Time, life time.Duration) claims {
	c := claims{
		Ver: "1.0", Iss: issuerV1(t), Tid: t.ID, Oid: u.ID, Sub: pairwise(t, u, reg),
		UPN: u.UPN, UniqueName: u.UPN, Name: u.Name, AppID: reg.AppID, AppIDACR: proofNone, AppName: reg.Name,
		Acct: new(0), ACR: "1", AMR: signIn{}.methods(),
		IDType: "user", Wids: union([]string{roleMember}, u.Roles), UTI: s.login.random(),
		Iat: now.Unix(), Nbf: now.Unix(), Exp: now.Add(life).Unix(),
	}
	if u.Guest {
		c.Acct, c.IDP = new(1), s.homeOf(t, u)
	}
	return c
}

// homeOf is where a guest's own account lives: the issuer of the tenant that
// verified the domain, else the service for everybody's addresses.
func (s *Sim) homeOf(t *Tenant, u *User) string {
	_, domain, _ := strings.Cut(u.UPN, "@")
	for _, home := range s.world.tenantsFor(domain) {
		if home != t {
			return issuerV1(home)
		}
	}
	return "mail"
}

// idClaims are the claims of an id_token. One that authorize itself gives has
// c_hash besides; at_hash would go with an access token, and it gives none.
func (s *Sim) idClaims(c *visit, sub *tokenSubject, v1 bool) claims {
	t, u := sub.tenant, sub.user
	k := claims{
		Ver: "2.0", Aud: sub.reg.AppID, Iss: c.at.base() + "/" + t.ID + "/v2.0", Tid: t.ID,
		Oid: u.ID, Sub: pairwise(t, u, sub.reg), PreferredUsername: u.UPN,
		Name: u.Name, Nonce: sub.nonce, Wids: union([]string{roleMember}, u.Roles), UTI: s.login.random(),
		Iat: c.now.Unix(), Nbf: c.now.Unix(), Exp: c.now.Add(tokenLife).Unix(),
	}
	if u.Guest {
		k.IDP = s.homeOf(t, u)
	}
	if v1 {
		k.Ver, k.Iss, k.PreferredUsername = "1.0", issuerV1(t), ""
		k.UPN, k.UniqueName, k.AMR = u.UPN, u.UPN, sub.signIn.methods()
	}
	return k
}

// appClaims are the claims of an app's own token: roles in place of scp.
func (s *Sim) appClaims(c *visit, t *Tenant, sp *ServicePrincipal, api *Registration, audience string, cc []string) claims {
	k := claims{
		Ver: "1.0", Aud: audience, Iss: issuerV1(t), Tid: t.ID, Oid: sp.ID, Sub: sp.ID, AppID: sp.AppID,
		AppIDACR: c.proof, AppName: sp.Name, IDType: "app", XmsCC: cc, UTI: s.login.random(),
		Iat: c.now.Unix(), Nbf: c.now.Unix(), Exp: c.now.Add(tokenLife).Unix(),
	}
	resource := t.serviceByAppID(api.AppID)
	for _, g := range sp.RoleGrants {
		if role := api.appRole(g.RoleID); role != nil && resource != nil && g.Resource == resource.ID {
			k.Roles = append(k.Roles, role.Value)
		}
	}
	return k
}

// scriptToken is a user's Graph token for scripts: of Microsoft's command-line
// client, with every delegated permission of Graph, for a day. Only who takes
// claims challenges gets so long a one (up to 28 hours;
// [ED:concept-continuous-access-evaluation]). What the user's roles allow still
// decides what Graph does with it. World.mu must be held.
func (s *Sim) scriptToken(t *Tenant, u *User) string {
	reg, api := s.world.registration(graphCLIAppID), s.world.registration(graphAppID)
	if reg == nil || api == nil {
		return ""
	}
	c := s.userClaims(t, u, reg, s.now(), scriptLife)
	c.Aud, c.XmsCC = "https://"+cloudTable[t.Cloud].msHost, []string{"cp1"}
	var scp []string
	for _, sc := range api.Scopes {
		scp = append(scp, sc.Value)
	}
	c.Scp = strings.Join(without(scp, []string{"offline_access"}), " ")
	return s.mint(c)
}

// pairwise is the subject: another one for each app, as Microsoft's is.
func pairwise(t *Tenant, u *User, reg *Registration) string {
	sum := sha256.Sum256([]byte(t.ID + "\x00" + u.ID + "\x00" + reg.AppID))
	return encode(sum[:])
}

// clientInfo is what MSAL makes an account's identity of.
func clientInfo(t *Tenant, u *User) string {
	b, err := json.Marshal(map[string]string{"uid": u.ID, "utid": t.ID})
	if err != nil {
		return ""
	}
	return encode(b)
}
