package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// attemptKind is why somebody is signing in.
type attemptKind uint8

// The kinds.
const (
	forApp     attemptKind = iota // authorize
	forDevice                     // a device's code
	forAdminV1                    // /adminconsent
	forAdminV2                    // /v2.0/adminconsent
	forPortal                     // the portal itself
)

// stage is what a sign-in waits for; a form that belongs to another stage is
// stale.
type stage uint8

// The stages.
const (
	atAccount stage = iota
	atConsent
	atWall    // may only ask, or leave
	atAsked   // has asked an admin
	atFactor  // a second factor
	atConfirm // a device's "are you trying to sign in to …?"
	atEnd
)

// attempt is one sign-in in one browser, from the first page to the answer.
type attempt struct {
	id      string
	browser string
	kind    attemptKind
	stage   stage
	at      place
	tenant  *Tenant // the one the request named; nil under common until somebody signs in
	pinned  bool
	user    *User
	reg     *Registration
	req     authRequest
	asked   scopeSet
	device  *deviceGrant
	verdict accessVerdict
	signIn  signIn
	fresh   bool   // the person has just shown who they are; else the browser's session did
	auto    bool   // answered by --auto-approve, nobody is looking
	then    string // where the portal goes on
}

// browser is one browser's session: who has signed in there.
type browser struct {
	accounts []account
	since    map[account]signIn
	apps     []*Registration // signed in to here, for signing out again
	portal   *account
	csrf     string // in every form of the portal
	appState string // what the vendor's page waits for
}

// account is a user of a tenant.
type account struct {
	tenant *Tenant
	user   *User
}

// begin starts an attempt for the call's browser.
func (s *Sim) begin(c *visit, a *attempt) *attempt {
	a.id, a.browser, a.at = s.login.random(), c.browser, c.at
	c.remember = true
	s.login.attempts.put(c.now, a.id, a)
	return a
}

// session is the browser's session, made when there is none.
func (s *Sim) session(c *visit) *browser {
	b, _, live := s.login.browsers.get(c.now, c.browser)
	if !live {
		b = &browser{csrf: s.login.random()}
	}
	c.remember = true
	s.login.browsers.put(c.now, c.browser, b)
	return b
}

// resume finds the attempt a form belongs to. The form's secret and the
// browser's cookie must both fit, so that no other site can post for a person,
// and the stage must be the one the page was made for.
func (s *Sim) resume(c *visit, want ...stage) (*attempt, *refusal) {
	a, _, live := s.login.attempts.get(c.now, c.body.Get("flow"))
	if !live || c.newBrowser || a.browser != c.browser || !slices.Contains(want, a.stage) {
		return nil, (&refusal{oauth: oauthRequest, text: wordsStale, state: http.StatusBadRequest})
	}
	return a, nil
}

// candidates are the accounts signed in to this browser that the attempt could
// go on with.
func (s *Sim) candidates(c *visit, a *attempt) []account {
	var out []account
	b := s.session(c)
	for _, who := range b.accounts {
		if who.user.revoked(b.since[who]) {
			continue
		}
		if a.at.sees(who.tenant.Cloud) && (!a.pinned || who.tenant == a.tenant) && !who.user.Disabled {
			out = append(out, who)
		}
	}
	return out
}

// welcome decides whether the browser's session is enough or a page must ask.
func (s *Sim) welcome(c *visit, a *attempt) answer {
	if who, ok := s.autoAccount(a); ok {
		a.auto = true
		return s.signedIn(c, a, who)
	}
	known := s.candidates(c, a)
	if a.req.domain != "" {
		known = slices.DeleteFunc(known, func(who account) bool { return !who.tenant.hasDomain(a.req.domain) })
	}
	if a.req.hint != "" {
		known = slices.DeleteFunc(known, func(who account) bool { return !strings.EqualFold(who.user.UPN, a.req.hint) })
	}
	// An admin consent link always shows the accounts: somebody who has just met
	// the wall must be able to become the admin.
	choose := a.kind == forAdminV1 || a.kind == forAdminV2
	switch {
	case a.req.prompt == "none" && len(known) == 0:
		return s.finish(c, a, refuse(50058))
	case a.req.prompt == "none" && len(known) > 1:
		return s.finish(c, a, refuse(50058).as(oauthInteraction, ""))
	case len(known) == 1 && !choose && a.req.prompt != "login" && a.req.prompt != "select_account":
		return s.signedIn(c, a, known[0])
	}
	return s.accountPage(c, a, http.StatusOK, "", a.req.hint)
}

// autoAccount is the account of --auto-approve, for the requests it answers:
// authorize and device codes of its own tenant.
func (s *Sim) autoAccount(a *attempt) (account, bool) {
	if s.opts.AutoApprove == "" || a.kind != forApp && a.kind != forDevice {
		return account{}, false
	}
	for _, t := range s.world.tenants {
		u := t.userByUPN(s.opts.AutoApprove)
		if u != nil && a.at.sees(t.Cloud) && (!a.pinned || a.tenant == t) {
			return account{t, u}, true
		}
	}
	return account{}, false
}

// signedIn goes on with the account, wherever the attempt leads.
func (s *Sim) signedIn(c *visit, a *attempt, who account) answer {
	if who.user.Disabled {
		return s.asPage(c, refuse(50057))
	}
	if a.pinned && who.tenant != a.tenant {
		return s.asPage(c, refuse(50020, who.user.UPN, issuerV1(who.tenant), a.tenant.Name, a.appID(), a.appName()))
	}
	a.tenant, a.user, a.signIn = who.tenant, who.user, signIn{at: c.now, device: a.kind == forDevice}
	if !a.auto {
		b := s.session(c)
		a.signIn = b.enter(who, a.signIn, a.fresh)
		if a.reg != nil && !slices.Contains(b.apps, a.reg) {
			b.apps = append(b.apps, a.reg)
		}
	}
	switch a.kind {
	case forApp, forDevice:
		return s.proceed(c, a)
	case forAdminV1, forAdminV2:
		return s.proceedAdmin(c, a)
	case forPortal:
		s.session(c).portal = &who
		a.stage = atEnd
		return seeOther(c, c.at.base()+"/portal"+a.then)
	}
	return answer{status: http.StatusInternalServerError}
}

func (a *attempt) appID() string {
	if a.reg == nil {
		return ""
	}
	return a.reg.AppID
}

func (a *attempt) appName() string {
	if a.reg == nil {
		return wordsPortal
	}
	return a.reg.Name
}

// issuerV1 is what v1 tokens and messages call a tenant, whatever the host.
func issuerV1(t *Tenant) string { return cloudTable[t.Cloud].issuer + t.ID + "/" }

// seeOther sends the browser to one of our own pages or to a checked redirect.
func seeOther(c *visit, to string) answer {
	status := http.StatusFound
	if c.r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	return answer{status: status}.with("Location", to)
}

// withParams adds parameters to an address that may have some already.
func withParams(to string, v url.Values, fragment bool) string {
	sep := "?"
	switch {
	case fragment:
		sep = "#"
	case strings.Contains(to, "?"):
		sep = "&"
	}
	return to + sep + v.Encode()
}
