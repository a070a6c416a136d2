package sim

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The response modes of authorize.
const (
	modeQuery    = "query"
	modeFragment = "fragment"
	modeForm     = "form_post"
)

// authRequest is what an app asked of authorize.
type authRequest struct {
	redirect  string
	noReply   bool // nothing is registered to go back to (500113)
	state     string
	mode      string
	prompt    string
	hint      string
	domain    string // domain_hint: a domain of a tenant
	admin     bool   // prompt=admin_consent of the first version
	v1        bool
	code      bool // a code is wanted
	idToken   bool // an id_token from authorize itself is wanted
	nonce     string
	challenge string
	method    string
	cc        []string // client capabilities: cp1
}

// authorizeV2 is /oauth2/v2.0/authorize; authorizeV1 names one API in place of
// scopes, and means all that is registered for it.
func (s *Sim) authorizeV2(c *visit) answer { return s.authorize(c, c.get("scope"), false) }

func (s *Sim) authorizeV1(c *visit) answer {
	resource := c.get("resource")
	if resource == "" {
		resource = graphAppID
	}
	resource = strings.Join(strings.Fields(resource), "") // one API, never a list of scopes
	return s.authorize(c, "openid "+strings.TrimSuffix(resource, "/")+"/.default", true)
}

func (s *Sim) authorize(c *visit, scope string, v1 bool) answer {
	a, refused := s.beginFor(c, forApp)
	if refused != nil {
		return s.asPage(c, refused)
	}
	if a.req.noReply {
		return s.asPage(c, refuse(500113))
	}
	if refused := s.readRequest(c, a.reg, &a.req, v1); refused != nil {
		return s.finish(c, a, refused)
	}
	if a.asked, refused = s.readScopes(a.reg, a.tenant, scope); refused != nil {
		return s.finish(c, a, refused)
	}
	return s.welcome(c, a)
}

// beginFor checks what must be right before anything may go back to the app's
// redirect: the tenant, the app, and the redirect itself.
func (s *Sim) beginFor(c *visit, kind attemptKind) (*attempt, *refusal) {
	t, refused := s.tenantToSignIn(c.at, c.vars[0])
	if refused != nil {
		return nil, refused
	}
	reg, refused := s.appAt(c, t)
	if refused != nil {
		return nil, refused
	}
	a := &attempt{kind: kind, tenant: t, pinned: t != nil, reg: reg}
	a.req.state = c.get("state")
	a.req.hint = strings.TrimSpace(c.get("login_hint"))
	if d := strings.TrimSpace(c.get("domain_hint")); len(s.world.tenantsFor(d)) > 0 {
		a.req.domain = d // organizations, consumers and unknown ones narrow nothing here
	}
	a.req.redirect = c.get("redirect_uri")
	switch {
	case a.req.redirect == "" && len(reg.RedirectURIs) > 0:
		a.req.redirect = reg.RedirectURIs[0]
	case a.req.redirect == "" && reg.AnyLoopback && kind == forApp:
		return nil, refuse(900971)
	case a.req.redirect == "":
		a.req.noReply = true
	case !s.mayReturn(c, reg, a.req.redirect):
		return nil, refuse(50011, clip(a.req.redirect), reg.AppID)
	}
	a.req.mode = modeQuery
	return s.begin(c, a), nil
}

// usable says whether a tenant can know the app at all: single-tenant apps are
// for their owner, and an app registered in one cloud does not exist in another
// (entra-facts §10).
func (s *Sim) usable(reg *Registration, t *Tenant) bool {
	if reg.FirstParty || t.serviceByAppID(reg.AppID) != nil {
		return true
	}
	home := find(s.world.tenants, func(o *Tenant) bool { return strings.EqualFold(o.ID, reg.HomeTenant) })
	if reg.SingleTenant {
		return home == t
	}
	if home != nil {
		return sameLogin(home.Cloud, t.Cloud)
	}
	return sameLogin(CloudPublic, t.Cloud) // vendors that no scenario holds live in the public cloud
}

// mayReturn says whether an answer may go to an address: exactly as registered,
// loopback at any port where loopback is registered (RFC 8252 §7.3), and, for an
// app that has no address of its own, the simulator's page for it.
func (s *Sim) mayReturn(c *visit, reg *Registration, to string) bool {
	u, err := url.Parse(to)
	if err != nil || !u.IsAbs() || u.Fragment != "" || u.User != nil || strings.ContainsAny(to, "\r\n") {
		return false
	}
	if slices.Contains(reg.RedirectURIs, to) || to == s.appRedirect(c.at, reg) {
		return true
	}
	if u.Scheme != "http" || !isLoopback(u.Hostname()) {
		return false
	}
	if reg.AnyLoopback {
		return true
	}
	return slices.ContainsFunc(reg.RedirectURIs, func(r string) bool {
		v, err := url.Parse(r)
		if err != nil || v.Scheme != "http" || v.Hostname() != u.Hostname() || v.Path != u.Path {
			return false
		}
		_, port, err := net.SplitHostPort(u.Host)
		return err != nil || port != ""
	})
}

// readRequest reads what remains of an authorize request. From here on errors
// go back to the app.
func (s *Sim) readRequest(c *visit, reg *Registration, req *authRequest, v1 bool) *refusal {
	kinds := strings.Fields(c.get("response_type"))
	mode := c.get("response_mode")
	req.v1, req.code, req.idToken = v1, slices.Contains(kinds, "code"), slices.Contains(kinds, "id_token")
	if req.idToken {
		req.mode = modeFragment // tokens are not for a query, which ends in logs
	}
	if !slices.Contains([]string{"", modeQuery, modeFragment, modeForm}, mode) {
		return refuse(70007, clip(mode))
	}
	if mode != "" {
		req.mode = mode
	}
	switch {
	case len(kinds) == 0:
		return refuse(900144, "response_type")
	case slices.Contains(kinds, "token"):
		return refuse(700051)
	case slices.ContainsFunc(kinds, func(k string) bool { return k != "code" && k != "id_token" }) || len(kinds) > 2 || len(kinds) == 2 && kinds[0] == kinds[1]:
		return refuse(90023, "response_type")
	}
	if refused := s.mayIDToken(c, reg, req, v1); refused != nil {
		return refused
	}
	if !v1 && c.get("resource") != "" {
		return refuse(901002)
	}
	if req.prompt = c.get("prompt"); v1 && req.prompt == "admin_consent" {
		req.prompt, req.admin = "consent", true
	}
	if !slices.Contains([]string{"", "none", "login", "select_account", "consent"}, req.prompt) {
		return refuse(90023, "prompt")
	}
	req.nonce, req.challenge = c.get("nonce"), c.get("code_challenge")
	if req.method = c.get("code_challenge_method"); req.method == "" {
		req.method = "plain"
	}
	if n := len(req.challenge); n != 0 && (n < 43 || n > 128) {
		return refuse(50147)
	}
	if req.method != "plain" && req.method != "S256" {
		return refuse(90023, "code_challenge_method")
	}
	var refused *refusal
	req.cc, refused = capabilities(c.get("claims"))
	return refused
}

// mayIDToken refuses an id_token from authorize itself: the app must be
// registered for it, ask for openid, bind it by a nonce, and not want it in a
// query (OpenID Connect Core 1.0 §3.3.2; which code each gets is general
// knowledge).
func (s *Sim) mayIDToken(c *visit, reg *Registration, req *authRequest, v1 bool) *refusal {
	switch {
	case !req.idToken:
		return nil
	case !reg.IDTokens:
		return refuse(700054)
	case req.mode == modeQuery:
		f := refuse(70007, modeQuery)
		f.text, req.mode = wordsTokenInQuery, modeFragment
		return f
	case c.get("nonce") == "":
		return refuse(900144, "nonce")
	case !v1 && !hasFold(strings.Fields(c.get("scope")), "openid"):
		return refuse(70011, clip(c.get("scope")))
	}
	return nil
}

// capabilities are the client capabilities in a claims parameter (xms_cc); cp1
// says that the client handles claims challenges (entra-facts §15). It is the only
// one there is, in any case, and no other gets into a token [ED:claims-challenge].
func capabilities(claims string) ([]string, *refusal) {
	if claims == "" {
		return nil, nil
	}
	var asked struct {
		Access map[string]struct {
			Values []string `json:"values"`
		} `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(claims), &asked); err != nil {
		return nil, refuse(90013)
	}
	for _, v := range asked.Access["xms_cc"].Values {
		if strings.EqualFold(v, "cp1") {
			return []string{v}, nil
		}
	}
	return nil, nil
}

// finish ends an attempt of authorize or admin consent with a refusal sent to the
// app; a device is told through its own polling, and the portal goes on.
func (s *Sim) finish(c *visit, a *attempt, f *refusal) answer {
	a.stage = atEnd
	if a.then != "" {
		return seeOther(c, c.at.base()+"/portal"+a.then)
	}
	if a.kind == forDevice {
		return s.endDevice(c, a, f)
	}
	v := f.params(c, a.req.state)
	if a.kind == forAdminV1 || a.kind == forAdminV2 {
		v.Set("admin_consent", "True") // also when it failed (entra-facts §11)
		if a.tenant != nil {
			v.Set("tenant", a.tenant.ID)
		}
	}
	return s.respond(c, a, v)
}

// respond sends parameters to the app's redirect in the mode it asked for.
func (s *Sim) respond(c *visit, a *attempt, v url.Values) answer {
	req := &a.req
	switch {
	case req.noReply:
		return s.asPage(c, refuse(500113))
	case req.mode == modeForm:
		view := postView{To: req.redirect}
		for _, k := range sortedKeys(v) {
			view.Fields = append(view.Fields, postField{k, v.Get(k)})
		}
		return s.page(c, http.StatusOK, "post", view)
	case req.mode == modeQuery && s.askedHere(c, a):
		return seeOther(c, withParams(s.appCallback(c.at, a.reg), v, false))
	}
	to := withParams(req.redirect, v, req.mode == modeFragment)
	if page, ok := s.landing(c, to); ok {
		return page
	}
	return seeOther(c, to)
}
