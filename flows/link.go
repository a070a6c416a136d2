package flows

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"onboard.example/checks"
)

// LinkID names a link that a step may show.
type LinkID string

// The links.
const (
	LinkConsent        LinkID = "consent"         // the admin consent page
	LinkPermissions    LinkID = "permissions"     // the enterprise app's Permissions blade
	LinkEnterpriseApps LinkID = "enterprise-apps" // the list of enterprise apps
	LinkProperties     LinkID = "properties"      // the enterprise app's Properties
	LinkUsers          LinkID = "users"           // the enterprise app's Users and groups
	LinkUserConsent    LinkID = "user-consent"    // User consent settings
	LinkClassified     LinkID = "classified"      // Permission classifications
	LinkWorkflow       LinkID = "workflow"        // Admin consent settings
	LinkRequests       LinkID = "requests"        // Admin consent requests
	LinkAccess         LinkID = "access"          // Conditional Access policies
)

// Link is an address to open, whole, with what it is.
type Link struct {
	ID    LinkID
	Title string
	URL   string
	// Own says that the link is the customer's own, in a run as a guide has it: it
	// carries what a guide does not get. Words for that stand in place of its URL.
	Own bool
	// Note is what to know before opening it; empty: nothing.
	Note string
}

// ErrNoLink says that a link cannot be made from what is known.
var ErrNoLink = errors.New("no consent link can be made")

// Links are the links of the place where the person is, those that can be made.
func Links(s State) []Link {
	step, ok := s.Step()
	if !ok {
		return nil
	}
	var out []Link
	for _, id := range step.Links {
		if l, err := makeLink(s, id); err == nil {
			out = append(out, l)
		}
	}
	return out
}

func makeLink(s State, id LinkID) (Link, error) {
	if id == LinkConsent {
		return ConsentLink(s)
	}
	p, ok := portalPages[id]
	if !ok {
		return Link{}, ErrNoLink
	}
	l := Link{ID: id, Title: p.title, URL: s.portal() + "/#view/" + p.blade}
	if !p.ofApp {
		return l, nil
	}
	app := s.Facts.App // which must be there
	if app == nil || !checks.IsGUID(app.ID) || !checks.IsGUID(s.App.ClientID) {
		return Link{}, ErrNoLink
	}
	l.URL += "/objectId/" + app.ID + "/appId/" + s.App.ClientID
	return l, nil
}

// portalPages are pages of the Entra admin center, by the part of their address
// after the tenant. Microsoft documents none of these addresses: each stands
// beside the words for the way there, and nothing rests on them.
var portalPages = map[LinkID]struct {
	title, blade string
	ofApp        bool
}{
	LinkEnterpriseApps: {words.linkApps, "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview", false},
	LinkPermissions:    {words.linkPermissions, "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions", true},
	LinkProperties:     {"Properties of the enterprise app", "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Properties", true},
	LinkUsers:          {"Users and groups of the enterprise app", "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users", true},
	LinkUserConsent:    {"User consent settings", "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings", false},
	LinkClassified:     {"Permission classifications", "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/PermissionClassifications", false},
	LinkWorkflow:       {"Admin consent settings", "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/AdminConsentSettings", false},
	LinkRequests:       {"Admin consent requests", "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AccessRequests", false},
	LinkAccess:         {"Conditional Access policies", "Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies", false},
}

// portal is the root of the admin center of the run's cloud, in the run's
// tenant as far as that is known: an admin of several would land in another.
func (s State) portal() string {
	root, tenant := s.endpoints().Portal, s.TenantID()
	if tenant == "" {
		tenant = s.Domain
	}
	if s.Portal != "" || !pathSafe(tenant) { // a simulator's has one address
		return root
	}
	return root + "/" + tenant
}

// ConsentLink makes the admin consent link of the run's app, tied to the run's
// tenant: by its id where that is known, else by its domain, never common,
// which Microsoft does not take here (entra-facts §11 [ED:grant-admin-consent,
// v2-admin-consent]). It is v2, naming the scopes, where the vendor registered
// an address to return to, else v1, which consents to everything registered
// and says so in the note. It fails with ErrNoLink.
func ConsentLink(s State) (Link, error) {
	tenant := s.TenantID()
	if tenant == "" {
		tenant = s.Domain
	}
	if s.Profile == nil || s.App.ClientID == "" || !pathSafe(tenant) {
		return Link{}, ErrNoLink
	}
	root, err := url.Parse(s.endpoints().Login)
	if err != nil {
		return Link{}, ErrNoLink
	}
	q := url.Values{"client_id": {s.App.ClientID}}
	back, state := s.wayBack()
	if back != "" {
		q.Set("redirect_uri", back)
		q.Set("state", state)
	}
	l := Link{ID: LinkConsent, Title: words.linkConsent}
	if s.consentV2() {
		q.Set("scope", strings.Join(consentScopes(s), " "))
		l.URL = root.JoinPath(tenant, "v2.0", "adminconsent").String() + "?" + encode(q)
		l.Note = WhoseApp(s)
		return s.own(l), nil
	}
	l.Note = words.linkV1Note
	if back == "" {
		l.Note += " " + words.linkNoReturn
	}
	if whose := WhoseApp(s); whose != "" {
		l.Note = whose + " " + l.Note
	}
	l.URL = root.JoinPath(tenant, "adminconsent").String() + "?" + encode(q)
	return s.own(l), nil
}

// comesBack says whether the consent link leads back to the run, with what tells
// this run from others: so it does in the run as a guide has it, too, where that
// is left out.
func (s State) comesBack() bool {
	back, _ := s.wayBack()
	return back != ""
}

// own is a consent link as it can be shown where the run is: to a guide none that
// is not the customer's.
func (s State) own(l Link) Link {
	if s.shared && s.comesBack() {
		l.URL, l.Own = words.linkOwn, true
	}
	return l
}

// consentV2 says whether the link can name its scopes: the vendor registered a
// redirect, did not choose v1, and said what the app needs. Named scopes are
// delegated ones, so an app that needs app roles takes v1 (entra-facts §11).
func (s State) consentV2() bool {
	c := s.Profile.AdminConsent
	return (c.RedirectURI != "" || s.door != "") && c.Version != "v1" && !s.App.NeedsUnstated && !s.needsRole()
}

// consentScopes are the scopes as a v2 link names them: Graph's bare, those of
// other APIs behind the API's identifier.
func consentScopes(s State) []string {
	var out []string
	public := sameEndpoints(cmp.Or(s.Cloud(), checks.CloudPublic), checks.CloudPublic)
	for _, p := range s.App.Needs {
		if p.Scope == "" {
			continue
		}
		switch p.Resource {
		case checks.MicrosoftGraph, "":
			out = addFold(out, p.Scope)
		default:
			out = addFold(out, resourceURI(p.Resource, public)+"/"+p.Scope)
		}
	}
	return out
}

// resourceURI is the identifier of an API in front of a scope: by its name in
// the public cloud, else by its application id, which is the same everywhere and
// among the names of every service principal.
func resourceURI(appID string, public bool) string {
	if public && appID == checks.ExchangeOnline {
		return "https://outlook.office365.com"
	}
	return appID
}

// consentState comes back in the redirect. It names the app and the run, no
// person and no secret: a redirect is believed in nothing (entra-facts §11).
func consentState(s State) string { return strings.TrimSuffix("onboard-"+s.App.ID+"-"+s.nonce, "-") }

// endpoints are those of the run's cloud, the public one's while none is known,
// or what the run was started with in their place.
func (s State) endpoints() checks.Endpoints {
	e, ok := checks.EndpointsOf(s.Cloud())
	if !ok {
		e, _ = checks.EndpointsOf(checks.CloudPublic)
	}
	e.Login, e.Portal = cmp.Or(s.Login, e.Login), cmp.Or(s.Portal, e.Portal)
	return e
}

// pathSafe says whether a tenant can stand in a path: a domain or an id. Both
// have a dot or a dash in them, and the shared authorities (common,
// organizations, consumers) have neither.
func pathSafe(tenant string) bool {
	return !strings.ContainsFunc(tenant, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	}) && strings.ContainsAny(tenant, ".-") && !strings.Contains(tenant, "..") && !strings.HasPrefix(tenant, ".")
}

// encode writes a query with %20 for spaces: some mail clients break links at
// a plus sign, and Microsoft reads both.
func encode(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }
