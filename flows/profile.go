package flows

import (
	"slices"
	"strings"

	"onboard.example/checks"
)

// Profile is a vendor's description of one app: what it asks for and why, how
// consent is given, and what a security officer wants to know of it. Profiles
// are YAML files; docs of the fields go into the JSON Schema that editors use.
type Profile struct {
	ID        string `yaml:"id" json:"id" jsonschema:"required,pattern=^[a-z0-9][a-z0-9-]{0\\,39}$" jsonschema_description:"Short stable name, used with --app. Lower-case letters, digits and dashes."`
	Name      string `yaml:"name" json:"name" jsonschema:"required" jsonschema_description:"The app's name as its users know it."`
	Publisher Maker  `yaml:"publisher" json:"publisher" jsonschema:"required" jsonschema_description:"Who makes the app."`
	ClientID  string `yaml:"clientId,omitempty" json:"clientId,omitempty" jsonschema:"format=uuid" jsonschema_description:"Application (client) id of the vendor's registration. Left out: the wizard asks."`
	// ClientIDFrom says who put ClientID there; it is no field of the file.
	ClientIDFrom      checks.IDSource `yaml:"-" json:"clientIdFrom,omitempty" jsonschema:"-"`
	EnterpriseAppName string          `yaml:"enterpriseAppName,omitempty" json:"enterpriseAppName,omitempty" jsonschema_description:"The name under which Enterprise apps lists it. Default: name."`
	Permissions       []Permission    `yaml:"permissions,omitempty" json:"permissions,omitempty" jsonschema_description:"Every permission the app asks for. Left out: the vendor does not say, and nothing is then called complete."`
	NotRequested      []string        `yaml:"notRequested,omitempty" json:"notRequested,omitempty" jsonschema_description:"What the app never asks for, in plain words."`
	AdminConsent      AdminConsent    `yaml:"adminConsent,omitempty" json:"adminConsent,omitzero" jsonschema_description:"How the admin consent link is made."`
	SignIn            AppSignIn       `yaml:"signIn,omitempty" json:"signIn,omitzero" jsonschema_description:"What the app's own sign-in asks for."`
	Paths             []PathID        `yaml:"paths,omitempty" json:"paths,omitempty" jsonschema_description:"Which paths to offer, in order. Left out: all that fit."`
	DNSPolicy         *DNSPolicy      `yaml:"dnsPolicy,omitempty" json:"dnsPolicy,omitempty" jsonschema_description:"The DNS record by which a domain's owner sets a policy for the app."`
	Support           Support         `yaml:"support,omitempty" json:"support,omitzero" jsonschema_description:"Where the vendor answers questions."`
	OnboardClientID   string          `yaml:"onboardClientId,omitempty" json:"onboardClientId,omitempty" jsonschema:"format=uuid" jsonschema_description:"The vendor's public-client registration for this tool's own sign-in."`
	OnboardURL        string          `yaml:"onboardUrl,omitempty" json:"onboardUrl,omitempty" jsonschema_description:"The vendor's page where an admin gets this tool; messages to IT name it beside the hand-off code. Left out: they do not say."`
	Clouds            []checks.Cloud  `yaml:"clouds,omitempty" json:"clouds,omitempty" jsonschema:"enum=public,enum=gcc,enum=gcc-high,enum=dod,enum=china" jsonschema_description:"Clouds in which the app is registered. Default: public and gcc, which share their endpoints."`
	Connect           []string        `yaml:"connect,omitempty" json:"connect,omitempty" jsonschema_description:"The clicks by which a user starts connecting, in order."`
	Security          []Security      `yaml:"security,omitempty" json:"security,omitempty" jsonschema_description:"Questions of security officers, with answers."`
}

// Maker is the company behind an app.
type Maker struct {
	Name  string `yaml:"name" json:"name" jsonschema:"required"`
	MPNID string `yaml:"mpnId,omitempty" json:"mpnId,omitempty" jsonschema_description:"Microsoft partner id that the verified publisher mark should carry."`
}

// Permission is one scope or app role that an app asks for, and why.
type Permission struct {
	Resource string `yaml:"resource,omitempty" json:"resource,omitempty" jsonschema_description:"Microsoft Graph (default), Office 365 Exchange Online, or the API's application id."`
	Scope    string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema_description:"A delegated permission. One of scope and role."`
	Role     string `yaml:"role,omitempty" json:"role,omitempty" jsonschema_description:"An application permission. One of scope and role."`
	Why      string `yaml:"why" json:"why" jsonschema:"required" jsonschema_description:"What the app does with it, in one line."`
}

// AdminConsent says how the vendor's registration takes admin consent.
type AdminConsent struct {
	Version     string `yaml:"version,omitempty" json:"version,omitempty" jsonschema:"enum=v1,enum=v2" jsonschema_description:"v2 names the scopes and needs redirectUri; v1 consents to everything registered. Default: v2 where redirectUri is set, else v1."`
	RedirectURI string `yaml:"redirectUri,omitempty" json:"redirectUri,omitempty" jsonschema_description:"Registered address to which Microsoft returns after consent."`
}

// AppSignIn says what the app's own sign-in asks for.
type AppSignIn struct {
	AuthorizeScopes []string `yaml:"authorizeScopes,omitempty" json:"authorizeScopes,omitempty" jsonschema_description:"Scopes of the authorize request beside permissions. Default: openid profile offline_access."`
	RedirectURI     string   `yaml:"redirectUri,omitempty" json:"redirectUri,omitempty"`
}

// DNSPolicy describes the vendor's policy record.
type DNSPolicy struct {
	Label    string            `yaml:"label" json:"label" jsonschema:"required" jsonschema_description:"Host label under the domain, such as _hetk."`
	Version  string            `yaml:"version" json:"version" jsonschema:"required" jsonschema_description:"Value of the v tag, such as hetk1."`
	Required map[string]string `yaml:"required,omitempty" json:"required,omitempty" jsonschema_description:"Tags that must be there, with the value wanted."`
	DocsURL  string            `yaml:"docsUrl,omitempty" json:"docsUrl,omitempty"`
}

// Support is where the vendor answers, and what they ask for first.
type Support struct {
	Email string   `yaml:"email,omitempty" json:"email,omitempty"`
	URL   string   `yaml:"url,omitempty" json:"url,omitempty"`
	Wants []string `yaml:"wants,omitempty" json:"wants,omitempty"`
}

// Security is one question of a security officer with its answer.
type Security struct {
	Question string `yaml:"question" json:"question" jsonschema:"required"`
	Answer   string `yaml:"answer" json:"answer" jsonschema:"required"`
	Link     string `yaml:"link,omitempty" json:"link,omitempty"`
}

// App gives what the checks need of the profile. Needs holds each permission
// once: permissions first, then the sign-in scopes.
func (p Profile) App() checks.App {
	app := checks.App{
		ID: p.ID, Name: p.Name, Listed: p.Listed(), ClientID: strings.ToLower(p.ClientID),
		IDFrom: p.ClientIDFrom, Undescribed: p.ID == UnlistedID || p.ID == OwnAppID,
		Publisher: p.Publisher.Name, PublisherID: p.Publisher.MPNID, NeedsUnstated: len(p.Permissions) == 0, ConsentRedirect: p.AdminConsent.RedirectURI,
	}
	if d := p.DNSPolicy; d != nil {
		app.DNS = &checks.DNSRule{Label: d.Label, Version: d.Version, Required: d.Required}
	}
	seen := map[string]bool{}
	add := func(n checks.Permission) {
		key := strings.ToLower(n.Resource + " " + n.Scope + " " + n.Role)
		if !seen[key] {
			seen[key] = true
			app.Needs = append(app.Needs, n)
		}
	}
	for _, n := range p.Permissions {
		add(checks.Permission{Resource: resourceID(n.Resource), Scope: n.Scope, Role: n.Role, Why: n.Why})
	}
	for _, s := range p.authorizeScopes() {
		resource, value := splitScope(s)
		add(checks.Permission{Resource: resource, Scope: value, Why: signInWhy[strings.ToLower(value)]})
	}
	return app
}

// Listed is the name under which the tenant's Enterprise apps shows the app.
func (p Profile) Listed() string {
	if p.EnterpriseAppName != "" {
		return p.EnterpriseAppName
	}
	return p.Name
}

// HasCloud says whether the app is registered in a cloud. Without a list the
// app is taken to be in the public cloud, whose endpoints GCC shares.
func (p Profile) HasCloud(c checks.Cloud) bool {
	if len(p.Clouds) == 0 {
		return c == checks.CloudPublic || c == checks.CloudGCC
	}
	return slices.Contains(p.Clouds, c)
}

// authorizeScopes are the scopes of the app's own sign-in, with the default.
func (p Profile) authorizeScopes() []string {
	if len(p.SignIn.AuthorizeScopes) > 0 {
		return p.SignIn.AuthorizeScopes
	}
	return []string{"openid", "profile", "offline_access"}
}

// resourceNames are the names of APIs that a profile may use for their ids;
// the empty one is the default.
var resourceNames = map[string]string{
	"":                           checks.MicrosoftGraph,
	"microsoft graph":            checks.MicrosoftGraph,
	"office 365 exchange online": checks.ExchangeOnline,
}

// resourceID turns a resource as written in a profile into an application id.
func resourceID(name string) string {
	if id, ok := resourceNames[strings.ToLower(strings.TrimSpace(name))]; ok {
		return id
	}
	return strings.ToLower(strings.TrimSpace(name))
}

// ResourceTitle is the name of a well-known API, or its id where it is none.
func ResourceTitle(id string) string {
	switch id {
	case checks.MicrosoftGraph:
		return "Microsoft Graph"
	case checks.ExchangeOnline:
		return "Office 365 Exchange Online"
	}
	return id
}

// scopePrefixes are the identifier URIs in front of a full scope name.
var scopePrefixes = map[string]string{
	"https://graph.microsoft.com/":             checks.MicrosoftGraph,
	"https://outlook.office365.com/":           checks.ExchangeOnline,
	"https://outlook.office.com/":              checks.ExchangeOnline,
	"https://graph.microsoft.us/":              checks.MicrosoftGraph,
	"https://dod-graph.microsoft.us/":          checks.MicrosoftGraph,
	"https://outlook.office365.us/":            checks.ExchangeOnline,
	"https://partner.outlook.cn/":              checks.ExchangeOnline,
	"https://microsoftgraph.chinacloudapi.cn/": checks.MicrosoftGraph,
}

// splitScope separates a scope as an authorize request writes it into the API
// and the value: behind the API's name or its application id. A bare scope means
// Microsoft Graph.
func splitScope(s string) (resource, value string) {
	for prefix, id := range scopePrefixes {
		if len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return id, s[len(prefix):]
		}
	}
	if id, value, ok := strings.Cut(s, "/"); ok && checks.IsGUID(id) {
		return strings.ToLower(id), value
	}
	return checks.MicrosoftGraph, s
}

// signInWhy says what the sign-in scopes are for, in the portal's sense.
var signInWhy = map[string]string{
	"openid":         "sign the user in",
	"profile":        "the user's name",
	"email":          "the user's address",
	"offline_access": "stay connected when the user is away (the portal calls it Maintain access)",
}
