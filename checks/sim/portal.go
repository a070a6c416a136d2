package sim

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The admin portal, in the words and places of the Entra admin center. Any member
// of a tenant may look at its apps; what else they may see and change their roles
// decide, by the same lists as Graph's (graph_access.go, entra-facts §9).

// portalPage is an endpoint of the portal: it knows who is signed in.
type portalPage func(*Sim, *visit, account) answer

// inPortal lets somebody in who has signed in to the portal, and sends everybody
// else to sign in. A form must carry the session's own word, so that no other
// site can post for its user.
func inPortal(run portalPage) endpoint {
	return func(s *Sim, c *visit) answer {
		b := s.session(c)
		if b.portal == nil || b.portal.user.Disabled || !c.at.sees(b.portal.tenant.Cloud) {
			return s.portalSignIn(c)
		}
		if c.r.Method == http.MethodPost && !s.ownForm(c, b) {
			return s.asPage(c, (&refusal{oauth: oauthRequest, text: wordsStale, state: http.StatusBadRequest}))
		}
		if b.portal.user.Guest && len(b.portal.user.Roles) == 0 {
			return s.noAccess(c, *b.portal, wordsGuest)
		}
		return run(s, c, *b.portal)
	}
}

func (s *Sim) ownForm(c *visit, b *browser) bool {
	return !c.newBrowser && subtle.ConstantTimeCompare([]byte(c.body.Get("csrf")), []byte(b.csrf)) == 1
}

// portalSignIn asks who wants in, and afterwards shows what they came for. Only
// a GET comes back: a form is for its sender to send again.
func (s *Sim) portalSignIn(c *visit) answer {
	return s.accountPage(c, s.begin(c, &attempt{kind: forPortal, then: portalThen(c)}), http.StatusOK, "", "")
}

// portalThen is the path below /portal that the call came for.
func portalThen(c *visit) string {
	if c.r.Method == http.MethodGet && len(c.r.URL.Path) > len("/portal") {
		return "/" + strings.Join(pathEscaped(strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")[1:]), "/")
	}
	return "/apps"
}

func pathEscaped(parts []string) []string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return parts
}

// portalHome leads to the portal; a browser takes along what is behind a #.
func (s *Sim) portalHome(c *visit) answer { return seeOther(c, c.at.base()+"/portal") }

// portalSignOut leaves the portal, and the sign-in service with it.
func (s *Sim) portalSignOut(c *visit) answer {
	if !s.ownForm(c, s.session(c)) {
		return s.asPage(c, (&refusal{oauth: oauthRequest, text: wordsStale, state: http.StatusBadRequest}))
	}
	s.login.browsers.drop(c.browser)
	return seeOther(c, c.at.base()+"/portal/apps")
}

// blade is the menu beside a page of the portal.
type blade uint8

// The blades.
const (
	bladeApps    blade = iota // Enterprise applications
	bladeApp                  // one of them
	bladeConsent              // Consent and permissions
	bladeRoles                // Roles & admins
	bladeLogs                 // Monitoring & health
	bladeDNS                  // DNS hosting
	bladeNone
)

// portalFrame is what every page of the portal has around it.
type portalFrame struct {
	Name                 string // of the page, as its heading ends
	Over                 string // what the page is of, as its heading begins
	Kind                 string // of what it is, below the heading
	Blade                blade
	Tab                  string // the menu entry one is on
	Crumbs               []crumb
	User, Tenant, Domain string
	Roles                []string
	Find                 string // what was looked for on top of the page
	CSRF                 string
	Done                 string // what was just done
	Problem              string // what was wrong with the form
	Locked               string // why this account may not change the page
	App                  *portalAppView
}

// crumb is one step of the way to a page.
type crumb struct{ Path, Words string }

func (f portalFrame) heading() string {
	if f.Over == "" {
		return f.Name
	}
	return f.Over + " | " + f.Name
}

func (f portalFrame) title() string { return f.heading() + " · " + wordsPortal }

// frame begins a page.
func (s *Sim) frame(c *visit, who account, b blade, over, name string) portalFrame {
	f := portalFrame{
		Name: name, Over: over, Blade: b, Tab: name, User: who.user.UPN, Tenant: who.tenant.Name, Domain: who.tenant.DefaultDomain(),
		CSRF: s.session(c).csrf, Done: portalDone[c.get("done")],
		Crumbs: []crumb{{"/portal/apps", "Home"}},
	}
	for _, r := range who.user.Roles {
		f.Roles = append(f.Roles, roleName(r))
	}
	switch b {
	case bladeApp, bladeConsent:
		f.Crumbs = append(f.Crumbs, crumb{"/portal/apps", wordsAppsPage})
	case bladeApps:
		f.Kind = who.tenant.Name
	case bladeRoles, bladeLogs, bladeDNS, bladeNone:
	}
	return f
}

// lock says why the account may not change the page, unless it holds one of the
// roles.
func (f *portalFrame) lock(who account, roles []string, why string) {
	if !who.user.hasRole(roles...) {
		f.Locked = why
	}
}

// noAccess is the portal's answer to somebody whose roles do not allow what
// they want to see or do.
func (s *Sim) noAccess(c *visit, who account, why string) answer {
	f := s.frame(c, who, bladeNone, "", wordsNoAccess)
	return s.page(c, http.StatusForbidden, "portal-note", portalNoteView{portalFrame: f, Text: why, Denied: true})
}

// portalNote is a page with a message.
func (s *Sim) portalNote(c *visit, who account, status int, name, why string) answer {
	f := s.frame(c, who, bladeNone, "", name)
	return s.page(c, status, "portal-note", portalNoteView{portalFrame: f, Text: why})
}

type portalNoteView struct {
	portalFrame
	Text   string
	Denied bool
}

// portalTo sends the browser on to a page of the portal; did is the word of what
// was done, empty for nothing.
func portalTo(c *visit, path, did string) answer {
	to := c.at.base() + "/portal" + path
	if did != "" {
		to = withParams(to, url.Values{"done": {did}}, false)
	}
	return seeOther(c, to)
}

// oneOf is a parameter that must be one of a few words; the first is taken
// for anything else.
func oneOf(got string, words ...string) string {
	if slices.Contains(words, got) {
		return got
	}
	return words[0]
}

// audit writes down what somebody changed in the portal, in the words that
// Graph's writes use.
func (s *Sim) audit(who account, activity, operation string, targets ...AuditTarget) {
	category := "ApplicationManagement"
	switch {
	case activity == "Update authorization policy":
		category = "AuthorizationPolicy"
	case len(targets) > 0 && targets[0].Kind == "Policy":
		category = "Policy"
	}
	s.world.recordAudit(who.tenant, who.user, Audit{Activity: activity, Category: category, Operation: operation, Targets: targets})
}

// changed is a changed property, its values as JSON.
func changed(name string, before, after any) AuditChange {
	return AuditChange{Name: name, Old: inJSON(before), New: inJSON(after)}
}

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == `""` || string(b) == "null" {
		return ""
	}
	return string(b)
}

// targetsOf are an app and a user or group, as the log has an assignment.
func targetsOf(t *Tenant, sp *ServicePrincipal, id string) []AuditTarget {
	one := AuditTarget{ID: id, Kind: "Group"}
	if u := t.userByID(id); u != nil {
		one.Name, one.UPN, one.Kind = u.Name, u.UPN, "User"
	} else if g := t.groupByID(id); g != nil {
		one.Name = g.Name
	}
	return []AuditTarget{{ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal"}, one}
}
