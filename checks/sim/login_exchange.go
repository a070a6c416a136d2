package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"
)

// The token endpoint: who asks, and what they have to show for it.

// authCode is what an authorization code stands for. It is good for one use.
type authCode struct {
	subject  tokenSubject
	redirect string
	// The challenge of PKCE (RFC 7636) and its method, plain or S256.
	challenge, method string
	used              bool
}

// refreshGrant is what a refresh token stands for.
type refreshGrant struct {
	subject tokenSubject
	issued  time.Time
}

// tokenSubject is what every user's grant boils down to.
type tokenSubject struct {
	tenant *Tenant
	user   *User
	reg    *Registration
	asked  scopeSet
	nonce  string
	cc     []string
	signIn signIn
}

// signIn is how somebody signed in; refresh tokens inherit it.
type signIn struct {
	at     time.Time
	mfa    bool
	device bool // by device code: such tokens are followed (entra-facts §12)
	typed  bool // by a password that the app had, no browser being there
}

// The grant types (RFC 6749, RFC 8628).
const (
	grantAuthCode    = "authorization_code"
	grantRefresh     = "refresh_token"
	grantClient      = "client_credentials"
	grantBehalf      = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	grantPassword    = "password"
	grantDevice      = "urn:ietf:params:oauth:grant-type:device_code"
	grantDeviceFirst = "device_code" // the first version's name
)

func (s *Sim) tokenV2(c *visit) answer { return c.readable(s.exchange(c, false)) }
func (s *Sim) tokenV1(c *visit) answer { return c.readable(s.exchange(c, true)) }

// exchange answers the token endpoint. Only the body counts: secrets in a query
// would end in logs.
func (s *Sim) exchange(c *visit, v1 bool) answer {
	t, refused := s.tenantToSignIn(c.at, c.vars[0])
	if refused != nil {
		return refused.asJSON(c)
	}
	if !v1 && c.body.Get("resource") != "" {
		return refuse(901002).asJSON(c)
	}
	if user, secret, ok := c.r.BasicAuth(); ok && c.body.Get("client_id") == "" {
		c.body.Set("client_id", user)
		c.body.Set("client_secret", secret)
	}
	kind := c.body.Get("grant_type")
	switch {
	case kind == "":
		return refuse(900144, "grant_type").asJSON(c)
	case kind == grantClient:
		return s.clientCredentials(c, t, v1)
	case kind == grantPassword && t == nil && !strings.EqualFold(c.vars[0], "organizations"):
		return refuse(9001023).asJSON(c)
	}
	// Who asks comes before what they have to show: a code means nothing to an app
	// that is not there (700016).
	reg, refused := s.appNamed(c, t, c.body.Get("client_id"))
	if refused != nil {
		return refused.asJSON(c)
	}
	sub, refused := s.subject(c, t, reg, kind, v1)
	if refused != nil {
		return refused.asJSON(c)
	}
	return s.issue(c, sub, v1)
}

// subject finds out for whom a token is wanted, and spends what proved it.
func (s *Sim) subject(c *visit, t *Tenant, reg *Registration, kind string, v1 bool) (*tokenSubject, *refusal) {
	var sub *tokenSubject
	var refused *refusal
	switch kind {
	case grantAuthCode:
		sub, refused = s.redeem(c)
	case grantRefresh:
		sub, refused = s.renew(c)
	case grantDevice, grantDeviceFirst:
		sub, refused = s.pollDevice(c)
	case grantBehalf:
		sub, refused = s.behalf(c, reg)
	case grantPassword:
		sub, refused = s.byPassword(c, t, reg, v1)
	default:
		return nil, refuse(70003, clip(kind))
	}
	switch {
	case refused != nil:
		return nil, refused
	case t != nil && sub.tenant != t:
		return nil, refuse(700005)
	}
	return sub, nil
}

// checkClient proves that the caller is the app that the grant was given to, and
// notes how. A public app needs no secret; one that comes is looked at all the
// same. An app that is not public needs its secret or its certificate for every
// grant (7000218).
func (s *Sim) checkClient(c *visit, reg *Registration) *refusal {
	id, secret := c.body.Get("client_id"), c.body.Get("client_secret")
	c.proof = proofNone
	switch {
	case id == "":
		return refuse(900144, "client_id")
	case c.origin() != "" && (!reg.AnyLoopback || !isLocalPage(c.origin())):
		return refuse(9002326, clip(c.origin()))
	case !strings.EqualFold(id, reg.AppID):
		return refuse(70000)
	case c.body.Get("client_assertion") != "":
		c.proof = proofCertificate
		return s.checkAssertion(c, reg)
	case secret == "" && reg.Public:
		return nil
	case secret == "":
		return refuse(7000218)
	case reg.Secret == "" && reg.Public:
		return refuse(700025)
	case !sameSecret(secret, reg.Secret):
		return refuse(7000215, reg.AppID)
	case reg.secretOver(c.now):
		return refuse(7000222, reg.AppID)
	}
	c.proof = proofSecret
	return nil
}

// secretOver says whether the app's secret has expired.
func (r *Registration) secretOver(now time.Time) bool {
	return !r.SecretEnds.IsZero() && !now.Before(r.SecretEnds)
}

func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// grantCode gives the app a code for what its user agreed to, an id_token, or
// both: then the token vouches for the code.
func (s *Sim) grantCode(c *visit, a *attempt) answer {
	sub := tokenSubject{
		tenant: a.tenant, user: a.user, reg: a.reg, asked: a.asked, nonce: a.req.nonce, cc: a.req.cc, signIn: a.signIn,
	}
	v := map[string][]string{"session_state": {stableID("session", a.id)}}
	key := ""
	if a.req.code {
		key = "1.A" + s.login.random() + s.login.random()
		s.login.codes.put(c.now, key, &authCode{
			subject: sub, redirect: a.req.redirect, challenge: a.req.challenge, method: a.req.method,
		})
		v["code"] = []string{key}
	}
	if a.req.idToken {
		k := s.idClaims(c, &sub, a.req.v1)
		k.CHash, k.Email = halfHash(key), sub.address(sub.asked, a.req.v1)
		v["id_token"] = []string{s.mint(k)}
	}
	if a.req.admin {
		v["admin_consent"] = []string{"True"}
	}
	if a.req.state != "" {
		v["state"] = []string{a.req.state}
	}
	if c.form.Get("client_info") == "1" {
		v["client_info"] = []string{clientInfo(a.tenant, a.user)}
	}
	return s.respond(c, a, v)
}

// halfHash is c_hash for tokens signed with RS256: the first half of the code's
// hash (OpenID Connect Core 1.0 §3.3.2.11). No code, no hash.
func halfHash(code string) string {
	if code == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(code))
	return encode(sum[:len(sum)/2])
}

// redeem trades an authorization code. A second use is refused and leaves what
// the first gave alone: 54005 itself tells the app to go on with that.
func (s *Sim) redeem(c *visit) (*tokenSubject, *refusal) {
	key := c.body.Get("code")
	if key == "" {
		return nil, refuse(900144, "code")
	}
	code, known, live := s.login.codes.get(c.now, key)
	if !known {
		return nil, refuse(70000)
	}
	if f := s.checkClient(c, code.subject.reg); f != nil {
		return nil, f
	}
	switch {
	case code.used:
		return nil, refuse(54005)
	case !live:
		return nil, refuse(70008)
	case c.body.Get("redirect_uri") != code.redirect:
		return nil, refuse(500112)
	case c.origin() != "" && code.challenge == "":
		return nil, refuse(9002325)
	case !verifies(code, c.body.Get("code_verifier")):
		return nil, refuse(501481)
	}
	code.used = true
	sub := code.subject
	return &sub, nil
}

// verifies is PKCE: the one who redeems must be the one who asked.
func verifies(code *authCode, verifier string) bool {
	if code.challenge == "" {
		return verifier == "" // none was announced, so none can be proved
	}
	if n := len(verifier); n < 43 || n > 128 {
		return false
	}
	if code.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = encode(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(verifier), []byte(code.challenge)) == 1
}

// renew trades a refresh token for the next one. The old one stays good, as at
// Microsoft: a client that lost the answer asks again.
func (s *Sim) renew(c *visit) (*tokenSubject, *refusal) {
	key := c.body.Get("refresh_token")
	if key == "" {
		return nil, refuse(900144, "refresh_token")
	}
	g, known, live := s.login.refresh.get(c.now, key)
	if !known {
		return nil, refuse(70000)
	}
	if f := s.checkClient(c, g.subject.reg); f != nil {
		return nil, f
	}
	if !live {
		return nil, refuse(700082, iso(g.issued))
	}
	sub := g.subject
	sub.nonce = ""
	return &sub, nil
}
