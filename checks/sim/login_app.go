package sim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The vendor's app, as far as a user sees it: a page with a Connect button, and
// the page the sign-in comes back to. This is where an ordinary user meets the
// wall.
//
// The page asks with an address that the vendor has registered, as the vendor's
// server would, for no other is let through. No browser gets there: the host's
// name lies under .example. So an answer to what the page of this very browser
// has asked, which its state shows, goes to appCallback, where the simulator
// plays the vendor's server, secret included. All other answers go where they
// were sent.

// appCallback is where the simulator plays the vendor's end of a redirect.
func (s *Sim) appCallback(p place, reg *Registration) string {
	return p.base() + "/app/" + reg.AppID + "/callback"
}

// appRedirect is the address that the vendor's page asks with. An app without any
// of its own, as --register makes them, has the simulator's page for one.
func (s *Sim) appRedirect(p place, reg *Registration) string {
	if len(reg.RedirectURIs) > 0 {
		return reg.RedirectURIs[0]
	}
	return s.appCallback(p, reg)
}

// askedHere says whether the vendor's page of this browser began the attempt.
func (s *Sim) askedHere(c *visit, a *attempt) bool {
	b, _, live := s.login.browsers.get(c.now, c.browser)
	return live && b.appState != "" && a.req.state == b.appState && a.req.redirect == s.appRedirect(c.at, a.reg)
}

func (s *Sim) vendorApp(c *visit) *Registration {
	reg := s.world.registration(c.vars[0])
	if reg == nil || reg.FirstParty {
		return nil
	}
	return reg
}

// appList leads to the vendors' pages, whether or not a tenant has met the apps.
func (s *Sim) appList(c *visit) answer {
	var v appListView
	for _, reg := range s.world.apps {
		if !reg.FirstParty && len(reg.requiredScopes("")) > 0 {
			v.Apps = append(v.Apps, appLink{reg.AppID, reg.Name})
		}
	}
	slices.SortStableFunc(v.Apps, func(a, b appLink) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return s.page(c, http.StatusOK, "apps", v)
}

type appListView struct{ Apps []appLink }

type appLink struct{ AppID, Name string }

// appPage is where a user starts to connect. prompt and login_hint in its address
// go into the request, to play apps that ask so.
func (s *Sim) appPage(c *visit) answer {
	reg := s.vendorApp(c)
	if reg == nil {
		return answer{status: http.StatusNotFound}
	}
	b := s.session(c)
	b.appState = s.login.random()
	v := s.appView(c, reg)
	v.Prompt = oneOf(cmp.Or(c.get("prompt"), reg.Prompt), "", "consent", "select_account", "login")
	q := url.Values{
		"client_id": {reg.AppID}, "response_type": {"code"}, "redirect_uri": {s.appRedirect(c.at, reg)},
		"scope": {s.appScope(reg)}, "state": {b.appState},
	}
	for name, value := range map[string]string{"prompt": v.Prompt, "login_hint": clip(c.get("login_hint"))} {
		if value != "" {
			q.Set(name, value)
		}
	}
	v.Link = c.at.base() + "/organizations/oauth2/v2.0/authorize?" + q.Encode()
	for _, one := range reg.requiredScopes("") {
		v.Asks = append(v.Asks, s.permission(one))
	}
	return s.page(c, http.StatusOK, "app", v)
}

// appScope is the scope parameter of all the app asks for.
func (s *Sim) appScope(reg *Registration) string {
	return strings.Join(s.spell(reg.requiredScopes("")), " ")
}

// appView begins a page of the app. Its admin link is the one that vendors send
// around: for everything the app asks for, in whatever tenant opens it.
func (s *Sim) appView(c *visit, reg *Registration) appView {
	q := url.Values{
		"client_id": {reg.AppID}, "scope": {s.appScope(reg)}, "redirect_uri": {s.appRedirect(c.at, reg)}, "state": {s.session(c).appState},
	}
	return appView{
		App: reg.Name, Home: c.at.base() + "/app/" + reg.AppID,
		AdminLink: c.at.base() + "/organizations/v2.0/adminconsent?" + q.Encode(),
	}
}

// spell writes scopes the way an app asks for them: bare for Graph, with the
// API in front for others.
func (s *Sim) spell(list []AskedScope) []string {
	var out []string
	for _, one := range list {
		v := one.Value
		if api := s.world.registration(one.Resource); api != nil && one.Resource != graphAppID {
			first, _, _ := strings.Cut(api.IdentifierURI, " ")
			if first == "" {
				first = api.AppID
			}
			v = strings.TrimSuffix(first, "/") + "/" + v
		}
		out = append(out, v)
	}
	return out
}

// appDone is the page a sign-in comes back to. It spends the code, as the
// vendor's server would.
func (s *Sim) appDone(c *visit) answer {
	reg := s.vendorApp(c)
	if reg == nil {
		return answer{status: http.StatusNotFound}
	}
	b := s.session(c)
	expected := b.appState
	if expected == "" {
		b.appState = s.login.random() // for the page's link for administrators
	}
	v := s.appView(c, reg)
	code, _, live := s.login.codes.get(c.now, c.get("code"))
	switch {
	case c.get("error") != "":
		v.Problem = readProblem(clip(c.get("error")), clip(c.get("error_subcode")), clipTo(c.get("error_description"), 1000))
	case c.get("admin_consent") != "":
		v.Approved = true
	case expected == "" || c.get("state") != expected || !live || code.used || code.subject.reg != reg:
		v.Problem = readProblem("invalid_state", "", wordsAppStale)
	case reg.secretOver(c.now):
		// The vendor's server has the code, and cannot redeem it. The page's state
		// stays, for its link for administrators works all the same.
		code.used = true
		v.Problem = readProblem(oauthClient, "", refuse(7000222, reg.AppID).describe(c))
	default:
		b.appState = ""
		code.used = true
		v.User, v.Tenant = code.subject.user.UPN, code.subject.tenant.Name
		for _, one := range code.subject.asked.list {
			v.Asks = append(v.Asks, s.permission(one))
		}
	}
	status := http.StatusOK
	if v.Problem != nil {
		status = statusPage
	}
	return s.page(c, status, "app", v)
}

// appView is the vendor's page before, and after, connecting.
type appView struct {
	App, Home, Link, AdminLink string
	Prompt                     string
	Asks                       []permissionRow // what the app asks for, or has been given
	User, Tenant               string          // who has connected
	Approved                   bool            // an admin's answer came back
	Problem                    *appProblem
}

func (v appView) title() string { return "Calendar settings · " + v.App }

// appProblem is a refusal as the app reads it from its redirect.
type appProblem struct {
	Error, Sub, Text          string
	Code                      string // AADSTS number, if the text has one
	Trace, Correlation, Stamp string
}

// says is the app's own word to its user. An app is not told why a wall stood
// there: leaving it looks like a cancel.
func (p *appProblem) says() string {
	switch p.Error {
	case oauthDenied:
		return wordsAppDenied
	case oauthConsent, oauthInteraction:
		return wordsAppMore
	case "invalid_state":
		return wordsAppStale
	}
	return wordsAppFailed
}

// readProblem takes an error_description apart: code, words, and the ids that a
// support case asks for.
func readProblem(oauth, sub, description string) *appProblem {
	p := &appProblem{Error: oauth, Sub: sub}
	rest := description
	for _, part := range []struct {
		label string
		into  *string
	}{{"Timestamp:", &p.Stamp}, {"Correlation ID:", &p.Correlation}, {"Trace ID:", &p.Trace}} {
		if before, after, ok := strings.Cut(rest, part.label); ok {
			rest, *part.into = before, strings.TrimSpace(after)
		}
	}
	p.Text = strings.TrimSpace(rest)
	if after, ok := strings.CutPrefix(p.Text, "AADSTS"); ok {
		number, words, _ := strings.Cut(after, ":")
		if _, err := strconv.Atoi(number); err == nil {
			p.Code, p.Text = number, strings.TrimSpace(words)
		}
	}
	return p
}

// landing stands in for a redirect that leads nowhere: names under .example
// cannot exist (RFC 2606), and a person who has just pressed Accept should not
// meet a browser's error page. Programs, which send no Sec-Fetch-Dest, get the
// redirect itself.
func (s *Sim) landing(c *visit, to string) (answer, bool) {
	u, err := url.Parse(to)
	if err != nil || c.r.Header.Get("Sec-Fetch-Dest") != "document" || !strings.HasSuffix(u.Hostname(), ".example") {
		return answer{}, false
	}
	return s.page(c, http.StatusOK, "landing", landingView{To: to, Host: u.Hostname()}), true
}

type landingView struct{ To, Host string }
