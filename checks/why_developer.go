package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/aadsts"
	"onboard.example/checks/consent"
)

// WhyDeveloper is the answer to the developer whose app met the wall: what is
// theirs and what is the tenant's, which parameters cause it, how to rehearse it.
// Every string is fit to be shown on one line; lists are never nil.
type WhyDeveloper struct {
	Means      string         `json:"means"`
	Yours      []string       `json:"yours"`  // what the developer can change
	Tenant     []string       `json:"tenant"` // what only the customer's admin can
	Parameters []WhyParameter `json:"parameters"`
	Rehearse   []string       `json:"rehearse"` // names of the simulator's scenarios
}

// WhyParameter is a parameter of the app's request, and what is to say about it.
type WhyParameter struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as the text has it; empty: it is not in the text
	Says  string `json:"says"`
	Cause bool   `json:"cause"` // it brings the wall about, or may
}

// Developer speaks of an answer to the developer who integrates the app. It
// repeats parameters of the app's own request, none of a person. What the code
// says of a mistake of theirs goes before what its class has in common.
func (w Why) Developer() WhyDeveloper {
	d := WhyDeveloper{Means: devMeans(w.Class), Yours: []string{}, Tenant: []string{}, Parameters: w.parameters(), Rehearse: []string{}}
	if w.Class == aadsts.NotEntra && w.Sure == aadsts.Low {
		d.Means = devMeansWhose
	}
	if w.Who == aadsts.AppVendor && w.Do != "" {
		d.Yours = append(d.Yours, w.Do)
	}
	if slices.Contains(redirectCodes, w.Code) {
		d.Yours = append(d.Yours, devYoursRedirect)
	}
	if ask := w.Ask(); ask == AskFederation || ask == AskDirectory {
		d.Means, d.Yours, d.Tenant = devMeansTheirs, append(d.Yours, devYoursCatch), append(d.Tenant, devTheirsSignIn)
		return d
	}
	d.Rehearse = append(d.Rehearse, rehearsals[w.Class]...)
	if slices.Contains(rehearsedCodes, w.Code) {
		d.Rehearse = append(d.Rehearse, rehearsedAnywhere)
	}
	d.Yours = append(d.Yours, devYours(w.Class)...)
	d.Tenant = append(d.Tenant, devTenant(w.Class)...)
	return d
}

// redirectCodes are those of an address to go back to that is missing, not
// registered, or another than before (facts/aadsts).
var redirectCodes = []int{50011, 70004, 500112, 500113, 900971}

// rehearsedCodes are mistakes in a request that the simulator answers as
// Microsoft does, whatever the scenario.
var rehearsedCodes = []int{50011, 70011, 900971}

const rehearsedAnywhere = "managed-default"

// rehearsals are the simulator's scenarios in which a class can be met; a test
// of the command holds the names.
var rehearsals = map[aadsts.Class][]string{
	aadsts.AdminConsentNeeded:     {"managed-default", "admins-only", "consent-requests"},
	aadsts.UserConsentOff:         {"admins-only"},
	aadsts.PermissionsNeedAdmin:   {"managed-default", "low-impact"},
	aadsts.UnverifiedPublisher:    {"unverified"},
	aadsts.RiskyApp:               {"unverified"},
	aadsts.RequestPending:         {"consent-requests", "request-denied"},
	aadsts.ConsentMissing:         {"partial-grant", "wrong-resource", "prompt-consent"},
	aadsts.AssignmentRequired:     {"assignment-required"},
	aadsts.AppDisabled:            {"disabled", "deactivated", "disabled-by-microsoft"},
	aadsts.AppNotInTenant:         {"direct-link"},
	aadsts.CAPolicy:               {"conditional-access"},
	aadsts.MFARequired:            {"mfa-required"},
	aadsts.DeviceRequired:         {"device-required"},
	aadsts.WrongTenant:            {"wrong-tenant", "guest-user"},
	aadsts.ExpiredToken:           {"cached-token"},
	aadsts.GraphPermissionMissing: {"partial-grant", "wrong-resource"},
	aadsts.UserDeclined:           {"first-sign-in"},
	aadsts.Ambiguous:              {"managed-default", "first-sign-in"},
	aadsts.NotEntra:               {"captive-portal"},
	aadsts.Transient:              {"throttled"},
}

// parameters judges the request in the text, and names what to look at where
// the text has none of it.
func (w Why) parameters() []WhyParameter {
	r := w.Request
	out := []WhyParameter{w.promptParameter(), w.tenantParameter()}
	p := WhyParameter{Name: "redirect_uri", Value: cmp.Or(w.Personal.RedirectURI, r.RedirectURI), Says: devRedirect}
	plain, isPlain := strings.CutPrefix(r.RedirectURI, "http://")
	switch {
	case isPlain && !loopbackHost(plain):
		p.Says, p.Cause = devRedirectPlain, w.Class == aadsts.VendorMisconfigured
	case strings.HasPrefix(plain, "[::1]"):
		p.Says = devRedirectSix
	case r.RedirectURI == "" && (r.Kind == "authorize" || r.Kind == "adminconsent"):
		p.Says, p.Cause = devRedirectNone, w.Class == aadsts.VendorMisconfigured
	}
	out = append(out, p)
	if r.ResponseType != "" && !strings.Contains(" "+r.ResponseType+" ", " code ") {
		out = append(out, WhyParameter{Name: "response_type", Value: r.ResponseType, Says: devImplicit, Cause: true})
	}
	return append(out, w.scopeParameters()...)
}

// loopbackHost reports whether an address without its scheme begins with a host
// of this machine (entra-facts §11; RFC 8252, 7.3).
func loopbackHost(rest string) bool {
	host, _, _ := strings.Cut(rest, "/")
	if !strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host, ":")
	}
	return host == "localhost" || host == "127.0.0.1" || strings.HasPrefix(host, "[::1]")
}

// asksForConsent reports whether the person was asked to agree to the app, so that
// what asks, and for how much, may have brought the wall about.
func (w Why) asksForConsent() bool {
	return wantsConsent(w.Class) || w.Class == aadsts.Ambiguous || w.Class == aadsts.UserDeclined
}

// promptParameter: prompt=consent asks every time, and the wall comes back where
// users may not consent although consent is in place (facts/corrections: reported
// publicly, UNCERTAIN); admin_consent is of v1 alone (entra-facts §11).
func (w Why) promptParameter() WhyParameter {
	p := WhyParameter{Name: "prompt", Value: w.Request.Prompt, Says: devPrompt}
	switch w.Request.Prompt {
	case "consent":
		p.Says, p.Cause = devPromptConsent, w.asksForConsent()
	case "admin_consent":
		p.Says, p.Cause = devPromptAdmin, w.asksForConsent() || w.Class == aadsts.VendorMisconfigured
	case "":
	default:
		p.Says = devPromptFine
	}
	return p
}

// tenantParameter: adminconsent takes no common; sign-ins do (entra-facts §11).
func (w Why) tenantParameter() WhyParameter {
	p := WhyParameter{Name: "tenant", Value: w.Request.Tenant, Says: devTenantSay}
	switch t := w.Request.Tenant; {
	case t == "common" && w.Request.Kind == "adminconsent":
		p.Says, p.Cause = devCommonAdmin, true
	case t == "common":
		p.Says, p.Cause = devCommon, w.Class == aadsts.PersonalAccount || w.Class == aadsts.WrongTenant
	case t == "consumers":
		p.Says, p.Cause = devConsumers, true
	case t == "organizations":
		p.Says = devOrganizations
	case t != "":
		p.Says = devPinned
	}
	return p
}

// scopeParameters says of every scope of the text who may consent to it, as far
// as is known here.
func (w Why) scopeParameters() []WhyParameter {
	if len(w.Scopes) == 0 {
		return []WhyParameter{{Name: "scope", Says: devScopes}}
	}
	var out []WhyParameter
	for _, s := range w.Scopes {
		p := WhyParameter{Name: "scope", Value: s}
		resource, value := graphScope(s)
		known, ok := consent.Known(resource, value)
		change, listed := consent.ManagedExcluded(resource, value)
		switch {
		case strings.HasSuffix(strings.ToLower(s), "/.default") || s == ".default":
			p.Says = devDefault
		case ok && known.UserConsentable == consent.No:
			p.Says, p.Cause = devScopeAdmin, w.asksForConsent()
		case listed:
			p.Says, p.Cause = fmt.Sprintf(devScopeListed, change.When()), w.asksForConsent()
		case !ok:
			p.Says = devScopeUnknown
		default:
			p.Says = devScopeUser
		}
		out = append(out, p)
	}
	return out
}

// graphScope splits a scope of Microsoft Graph or of Exchange Online off its
// API's address.
func graphScope(s string) (resource, value string) {
	at := strings.LastIndexByte(s, '/')
	if at < 0 {
		return MicrosoftGraph, s
	}
	if strings.Contains(strings.ToLower(s[:at]), "outlook.office") {
		return ExchangeOnline, s[at+1:]
	}
	if strings.Contains(strings.ToLower(s[:at]), "graph.microsoft.") {
		return MicrosoftGraph, s[at+1:]
	}
	return s[:at], s[at+1:]
}

// RehearsalCommand is what to type to meet a scenario of the simulator.
func RehearsalCommand(scenario string) string {
	return fmt.Sprintf("onboard sim --scenario %s", scenario)
}
