package sim

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tokens: what goes into them.

const (
	// tokenLife is how long an access token is good for: about an hour
	// (corrections.md).
	tokenLife   = time.Hour
	lifeSeconds = int(tokenLife / time.Second)

	// scriptLife is longer, so that a script need not ask again while a
	// simulator runs.
	scriptLife = 24 * time.Hour
)

// tokenReply is the second version's answer.
type tokenReply struct {
	Type       string `json:"token_type"`
	Scope      string `json:"scope,omitempty"`
	Expires    int    `json:"expires_in"`
	ExtExpires int    `json:"ext_expires_in"`
	Access     string `json:"access_token"`
	Refresh    string `json:"refresh_token,omitempty"`
	ID         string `json:"id_token,omitempty"`
	ClientInfo string `json:"client_info,omitempty"`
}

// tokenReplyV1 is the first version's: numbers are texts, and there is a resource.
type tokenReplyV1 struct {
	Type       string `json:"token_type"`
	Scope      string `json:"scope,omitempty"`
	Expires    string `json:"expires_in"`
	ExtExpires string `json:"ext_expires_in"`
	ExpiresOn  string `json:"expires_on"`
	NotBefore  string `json:"not_before"`
	Resource   string `json:"resource"`
	Access     string `json:"access_token"`
	Refresh    string `json:"refresh_token,omitempty"`
	ID         string `json:"id_token,omitempty"`
	ClientInfo string `json:"client_info,omitempty"`
}

func (s *Sim) replyV1(c *visit, access, audience string) tokenReplyV1 {
	return tokenReplyV1{
		Type: "Bearer", Expires: strconv.Itoa(lifeSeconds), ExtExpires: strconv.Itoa(lifeSeconds),
		ExpiresOn: strconv.FormatInt(c.now.Add(tokenLife).Unix(), 10),
		NotBefore: strconv.FormatInt(c.now.Unix(), 10), Resource: audience, Access: access,
	}
}

// issue gives a user's token, if app and user may still have one. Consent is
// looked at each time: a refresh fails once the grant is gone.
func (s *Sim) issue(c *visit, sub *tokenSubject, v1 bool) answer {
	set, refused := s.wanted(c, sub, v1)
	if refused == nil {
		verdict := s.world.accessVerdict(sub.tenant, c.askFor(sub.user, sub.reg, set, c.body.Get("redirect_uri"), sub.signIn))
		if refused = s.barred(sub, set); refused == nil {
			refused = verdict.held(sub.signIn, set.resource)
		}
		if kind := c.body.Get("grant_type"); kind == grantRefresh || kind == grantBehalf || refused != nil {
			s.noteToken(c, sub, set, verdict, refused)
		}
	}
	if refused != nil {
		return refused.asJSON(c)
	}
	if cc, f := capabilities(c.body.Get("claims")); f != nil {
		return f.asJSON(c)
	} else if cc != nil {
		sub.cc = cc
	}
	granted := sub.tenant.granted(sub.user, sub.reg.AppID, set.resource)
	access := s.mint(s.accessClaims(c, sub, set, granted))
	has := func(v string) bool {
		return slices.ContainsFunc(set.raw, func(r string) bool { return strings.EqualFold(r, v) })
	}
	var idToken, refresh, info string
	if has("openid") || v1 {
		idToken = s.mint(s.idClaims(c, sub, v1))
	}
	if has("offline_access") || v1 {
		kept := *sub
		kept.asked = set
		refresh = "1.R" + s.login.random() + s.login.random()
		s.login.refresh.put(c.now, refresh, &refreshGrant{subject: kept, issued: c.now})
	}
	if c.body.Get("client_info") == "1" {
		info = clientInfo(sub.tenant, sub.user)
	}
	if v1 {
		r := s.replyV1(c, access, set.audienceFor(sub.tenant))
		r.Scope, r.Refresh, r.ID, r.ClientInfo = strings.Join(granted, " "), refresh, idToken, info
		return asJSON(http.StatusOK, r)
	}
	return asJSON(http.StatusOK, tokenReply{
		Type: "Bearer", Scope: set.reply(granted), Expires: lifeSeconds, ExtExpires: lifeSeconds,
		Access: access, Refresh: refresh, ID: idToken, ClientInfo: info,
	})
}

// wanted is what the token shall hold: what this request names, else what was
// asked at authorize.
func (s *Sim) wanted(c *visit, sub *tokenSubject, v1 bool) (scopeSet, *refusal) {
	raw := c.body.Get("scope")
	if v1 {
		raw = ""
		if r := strings.Join(strings.Fields(c.body.Get("resource")), ""); r != "" {
			raw = "openid offline_access " + strings.TrimSuffix(r, "/") + "/.default"
		}
	}
	set := sub.asked
	if raw != "" {
		var refused *refusal
		if set, refused = s.readScopes(sub.reg, sub.tenant, raw); refused != nil {
			return set, refused
		}
		if set.mixed {
			return set, refuse(28000, clip(raw))
		}
	}
	// A token is for one API: what was consented to for others besides waits for
	// its own request.
	set.list = slices.DeleteFunc(slices.Clone(set.list), func(one AskedScope) bool {
		return one.Resource != set.resource && !isOIDC(one.Value)
	})
	return set, nil
}

// barred says why there is no token, nil if there is one.
func (s *Sim) barred(sub *tokenSubject, set scopeSet) *refusal {
	t := sub.tenant
	switch {
	case t.userByID(sub.user.ID) == nil:
		return refuse(500341, sub.user.UPN, t.ID)
	case sub.user.Disabled:
		return refuse(50057)
	case sub.user.revoked(sub.signIn):
		return refuse(50173, iso(sub.signIn.at), iso(sub.user.SessionsFrom))
	}
	if f := s.resourceOff(t, set.resource); f != nil {
		return f
	}
	ask := set.list
	if set.all { // whatever of it is granted will do, if anything is
		ask = nil
	}
	consent := refuse(65001, sub.reg.AppID, sub.reg.Name).as(oauthGrant, "consent_required")
	switch r := s.world.decide(t, sub.user, sub.reg, ask); r.Kind {
	case RulingAppDisabled:
		return refuse(7000112, sub.reg.AppID, sub.reg.Name)
	case RulingNotAssigned:
		return refuse(50105, sub.reg.AppID, sub.reg.Name, sub.user.UPN)
	case RulingUserMay, RulingAdminMay, RulingNeedsAdmin, RulingRisky:
		return consent
	case RulingGranted:
	}
	if set.resource == sub.reg.AppID && t.serviceByAppID(sub.reg.AppID) != nil {
		return nil // a token for the app's own API
	}
	if len(t.granted(sub.user, sub.reg.AppID, set.resource)) == 0 {
		return consent
	}
	return nil
}

// audienceFor is the aud claim: the API as the client spelled it; for bare
// names Microsoft puts Graph's app id.
func (set scopeSet) audienceFor(t *Tenant) string {
	switch {
	case set.audience != "":
		return set.audience
	case set.resource == graphAppID && set.all:
		return "https://" + cloudTable[t.Cloud].msHost
	}
	return set.resource
}

// reply is the scope member: everything the token holds, spelled as the client
// spells it. Clients take a missing scope for a declined one, so what was asked
// for and is granted is repeated word for word.
func (set scopeSet) reply(granted []string) string {
	out := slices.Clone(set.raw)
	for _, v := range granted {
		if set.audience != "" && !isOIDC(v) {
			v = set.audience + "/" + v
		}
		if !strings.EqualFold(v, "offline_access") {
			out = union(out, []string{v})
		}
	}
	return strings.Join(out, " ")
}

// accessClaims are the claims of a user's access token. The API decides the
// shape: Microsoft's own take the first, an app's own API the second.
func (s *Sim) accessClaims(c *visit, sub *tokenSubject, set scopeSet, granted []string) claims {
	scp := strings.Join(without(granted, []string{"offline_access"}), " ")
	if api := s.world.registration(set.resource); api != nil && !api.FirstParty {
		k := s.idClaims(c, sub, false)
		k.Aud, k.Azp, k.AzpACR, k.Nonce, k.Scp, k.XmsCC = api.AppID, sub.reg.AppID, acr(sub.reg), "", scp, sub.cc
		return k
	}
	k := s.userClaims(sub.tenant, sub.user, sub.reg, c.now, tokenLife)
	k.Aud, k.Scp, k.XmsCC, k.AMR = set.audienceFor(sub.tenant), scp, sub.cc, sub.signIn.methods()
	return k
}

// acr is how an app proves itself: not at all, or by a secret.
func acr(reg *Registration) string {
	if reg.Public {
		return "0"
	}
	return "1"
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
		UPN: u.UPN, UniqueName: u.UPN, Name: u.Name, AppID: reg.AppID, AppIDACR: acr(reg), AppName: reg.Name,
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

// idClaims are the claims of an id_token. at_hash and c_hash are not among them:
// those go with tokens that authorize itself gives, and it gives none.
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
func (s *Sim) appClaims(t *Tenant, sp *ServicePrincipal, api *Registration, audience string, cc []string, now time.Time) claims {
	c := claims{
		Ver: "1.0", Aud: audience, Iss: issuerV1(t), Tid: t.ID, Oid: sp.ID, Sub: sp.ID, AppID: sp.AppID,
		AppIDACR: "1", AppName: sp.Name, IDType: "app", XmsCC: cc, UTI: s.login.random(),
		Iat: now.Unix(), Nbf: now.Unix(), Exp: now.Add(tokenLife).Unix(),
	}
	resource := t.serviceByAppID(api.AppID)
	for _, g := range sp.RoleGrants {
		if role := api.appRole(g.RoleID); role != nil && resource != nil && g.Resource == resource.ID {
			c.Roles = append(c.Roles, role.Value)
		}
	}
	return c
}

// scriptToken is a user's Graph token for scripts: of Microsoft's command-line
// client, with every delegated permission of Graph, for a day. What the user's
// roles allow still decides what Graph does with it. World.mu must be held.
func (s *Sim) scriptToken(t *Tenant, u *User) string {
	reg, api := s.world.registration(graphCLIAppID), s.world.registration(graphAppID)
	if reg == nil || api == nil {
		return ""
	}
	c := s.userClaims(t, u, reg, s.now(), scriptLife)
	c.Aud = "https://" + cloudTable[t.Cloud].msHost
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
