package sim

import (
	"cmp"
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
		if kind := c.body.Get("grant_type"); kind == grantRefresh || kind == grantBehalf || kind == grantPassword || refused != nil {
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
		k := s.idClaims(c, sub, v1)
		k.Email = sub.address(set, v1)
		idToken = s.mint(k)
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
		return refuse(50105, sub.reg.Name, sub.reg.AppID, sub.user.UPN)
	case RulingUserMay, RulingAdminMay, RulingNeedsAdmin, RulingRisky:
		return cmp.Or(s.beyondPreauthorized(sub.reg, r.Missing...), consent)
	case RulingGranted:
	}
	if set.resource == sub.reg.AppID && t.serviceByAppID(sub.reg.AppID) != nil {
		return nil // a token for the app's own API
	}
	if len(t.granted(sub.user, sub.reg.AppID, set.resource)) == 0 {
		return cmp.Or(s.beyondPreauthorized(sub.reg, AskedScope{Resource: set.resource}), consent)
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
