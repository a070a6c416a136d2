package sim

import (
	"net/http"
	"net/url"
	"strings"
)

// The vendor's app, as far as a user sees it: a page with a Connect button, and
// the page the sign-in comes back to. This is where an ordinary user meets the
// wall.

// appCallback is the app's own redirect, registered by being the simulator's.
func (s *Sim) appCallback(p place, reg *Registration) string {
	return p.base() + "/app/" + reg.AppID + "/callback"
}

func (s *Sim) vendorApp(c *visit) *Registration {
	reg := s.world.registration(c.vars[0])
	if reg == nil || reg.FirstParty {
		return nil
	}
	return reg
}

// appPage is where a user starts to connect.
func (s *Sim) appPage(c *visit) answer {
	reg := s.vendorApp(c)
	if reg == nil {
		return answer{status: http.StatusNotFound}
	}
	b := s.session(c)
	b.appState = s.login.random()
	q := url.Values{
		"client_id": {reg.AppID}, "response_type": {"code"}, "redirect_uri": {s.appCallback(c.at, reg)},
		"scope": {strings.Join(s.spell(reg.requiredScopes("")), " ")}, "state": {b.appState},
	}
	return s.page(c, http.StatusOK, "app", appView{
		App: reg.Name, Link: c.at.base() + "/organizations/oauth2/v2.0/authorize?" + q.Encode(),
	})
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
	v := appView{App: reg.Name, Link: c.at.base() + "/app/" + reg.AppID}
	b := s.session(c)
	expected := b.appState
	b.appState = ""
	code, _, live := s.login.codes.get(c.now, c.get("code"))
	switch {
	case c.get("error") != "":
		v.Error, v.Text = clip(c.get("error")), clipTo(c.get("error_description"), 1000)
		v.Sub = clip(c.get("error_subcode"))
	case c.get("admin_consent") != "":
		v.Approved = true
	case expected == "" || c.get("state") != expected || !live || code.used || code.subject.reg != reg:
		v.Error, v.Text = "invalid_state", wordsAppStale
	default:
		code.used = true
		v.User = code.subject.user.UPN
	}
	status := http.StatusOK
	if v.Error != "" {
		status = statusPage
	}
	return s.page(c, status, "app", v)
}

// appView is the vendor's page before, and after, connecting.
type appView struct {
	App, Link, User  string
	Error, Sub, Text string
	Approved         bool
}

func (v appView) title() string { return v.App }

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
