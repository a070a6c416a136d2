package sim

import "time"

// What a scenario file may say.

type tenantSpec struct {
	Domain  string   `yaml:"domain"`
	Domains []string `yaml:"domains"` // further verified ones
	// TXT are more records of the first domain, by label: _hetk, or @ for itself.
	TXT      map[string][]string `yaml:"txt"`
	DNS      dnsSpec             `yaml:"dns"`
	Name     string              `yaml:"name"`
	ID       string              `yaml:"id"`
	Cloud    string              `yaml:"cloud"`
	Realm    string              `yaml:"realm"`
	Premium  string              `yaml:"premium"`
	Consent  consent             `yaml:"consent"`
	Risky    *bool               `yaml:"riskyAppsAllowed"`
	Defaults *bool               `yaml:"securityDefaults"`
	Silent   *bool               `yaml:"silentPatch"` // default: as Microsoft-managed tenants do

	Users    []userSpec    `yaml:"users"`
	Groups   []groupSpec   `yaml:"groups"`
	Apps     []serviceSpec `yaml:"apps"`
	Policies []policySpec  `yaml:"policies"` // own ones; one with the id of Microsoft's stands in its place
	// OnlyPolicies takes out those of Microsoft's that Policies does not name.
	OnlyPolicies bool `yaml:"onlyPolicies"`

	Classified []classSpec   `yaml:"classified"`
	Workflow   *workflowSpec `yaml:"workflow"`
	Access     []accessSpec  `yaml:"access"`    // Conditional Access policies
	Locations  []placeSpec   `yaml:"locations"` // the places they name
	Consents   []eventSpec   `yaml:"consents"`  // what the audit log holds of consents
	Requests   []requestSpec `yaml:"requests"`  // what users asked admins for
	SignIns    []signInSpec  `yaml:"signIns"`   // what the sign-in log holds from the start
}

// dnsSpec is what more the DNS has of a tenant's first domain.
type dnsSpec struct {
	Signed   bool     `yaml:"signed"`   // DNSSEC, with everything above it
	Mail     string   `yaml:"mail"`     // microsoft (default), gateway, google, elsewhere, none
	Unproved bool     `yaml:"unproved"` // without Microsoft's proof of ownership (MS=)
	Records  []string `yaml:"records"`  // lines of a zone file, such as: _hetk CNAME policy.fabrikam.example.
	// NSEC3 denies hashed where it is signed, as in nsec3: {iterations: 0}; left out: NSEC.
	NSEC3 *nsec3Spec `yaml:"nsec3"`
}

// consent is the user consent choice: managed, none, low, all, or a list of
// entries as Graph prints them.
type consent []string

// IsZero implements the YAML encoder's question: no choice was made. An empty
// list is one.
func (c consent) IsZero() bool { return c == nil }

// caseSpec is whose case a scenario is, where nothing is expected of it.
type caseSpec struct {
	As       string `yaml:"as"`       // UPN who signs in, or none
	App      string `yaml:"app"`      // profile id
	ClientID string `yaml:"clientId"` // of the app
	Domain   string `yaml:"domain"`   // asked about
	Person   string `yaml:"person"`   // UPN asked about; empty: everyone
}

// apiSpec changes what an API publishes, or adds an API.
type apiSpec struct {
	API    string      `yaml:"api"` // graph, exchange or an app id
	Name   string      `yaml:"name"`
	Scopes []scopeSpec `yaml:"scopes"`
	Roles  []roleSpec  `yaml:"roles"`
}

type scopeSpec struct {
	Value    string `yaml:"value"`
	ID       string `yaml:"id"`
	Admin    bool   `yaml:"admin"`
	Disabled bool   `yaml:"disabled"`
}

type roleSpec struct {
	Value string `yaml:"value"`
	ID    string `yaml:"id"`
}

type userSpec struct {
	UPN      string   `yaml:"upn"`
	Name     string   `yaml:"name"`
	Password string   `yaml:"password"`
	Disabled bool     `yaml:"disabled"`
	Guest    bool     `yaml:"guest"`
	Roles    []string `yaml:"roles"`
	Eligible []string `yaml:"eligible"`
	Policies []string `yaml:"selfPolicies"`
}

type groupSpec struct {
	Name    string   `yaml:"name"`
	Members []string `yaml:"members"` // UPNs
}

type serviceSpec struct {
	App                string      `yaml:"app"` // short name or client id
	Disabled           bool        `yaml:"disabled"`
	Deactivated        *bool       `yaml:"isDisabled"`
	DisabledByMS       string      `yaml:"disabledByMicrosoftStatus"`
	AssignmentRequired bool        `yaml:"assignmentRequired"`
	Assigned           []string    `yaml:"assigned"` // UPNs or group names
	Grants             []grantSpec `yaml:"grants"`
	Roles              []string    `yaml:"roles"`   // application permissions of Microsoft Graph
	RolesOf            []heldRole  `yaml:"rolesOf"` // application permissions of other APIs
	Owners             []string    `yaml:"owners"`  // UPNs
}

// heldRole is an application permission that an app holds.
type heldRole struct {
	Resource string `yaml:"resource"`
	Role     string `yaml:"role"` // value or id
}

type grantSpec struct {
	For      string `yaml:"for"`      // everyone or a UPN
	Resource string `yaml:"resource"` // graph, exchange or an app id
	Scope    string `yaml:"scope"`    // kept as written
	Odd      bool   `yaml:"odd"`      // it may name what the API does not publish
	// Ago is when it was made, and By the UPN who made it; without them it is
	// long established.
	Ago time.Duration `yaml:"ago"`
	By  string        `yaml:"by"`
}

type policySpec struct {
	ID       string    `yaml:"id"`
	Name     string    `yaml:"name"`
	Includes []setSpec `yaml:"includes"`
	Excludes []setSpec `yaml:"excludes"`
}

type setSpec struct {
	Type       string   `yaml:"permissionType"`
	Class      string   `yaml:"classification"`
	Resource   string   `yaml:"resource"`
	Scopes     []string `yaml:"scopes"` // values or ids
	Clients    []string `yaml:"clients"`
	Tenants    []string `yaml:"clientTenants"`
	Publishers []string `yaml:"clientPublishers"`
	Verified   bool     `yaml:"verifiedPublisherOnly"`
}

type classSpec struct {
	Resource string   `yaml:"resource"`
	Level    string   `yaml:"level"`
	Scopes   []string `yaml:"scopes"` // values or ids
}

type workflowSpec struct {
	Enabled   bool     `yaml:"enabled"`
	Days      int      `yaml:"days"`
	Notify    *bool    `yaml:"notify"`    // default true
	Remind    *bool    `yaml:"remind"`    // default true
	Reviewers []string `yaml:"reviewers"` // UPNs, groups, or queries of Graph, which begin with a slash
}

// accessSpec is a Conditional Access policy. Names stand for ids: UPNs, groups,
// roles, apps, locations.
type accessSpec struct {
	Name      string   `yaml:"name"`
	State     string   `yaml:"state"` // enabled (default), disabled, report
	Users     []string `yaml:"users"` // All, GuestsOrExternalUsers, UPNs, group or role names; default All
	But       []string `yaml:"exceptUsers"`
	Apps      []string `yaml:"apps"` // All, Office365, apps; default All
	ButApps   []string `yaml:"exceptApps"`
	Clients   []string `yaml:"clients"` // default all
	Platforms []string `yaml:"platforms"`
	Places    []string `yaml:"locations"`
	ButPlaces []string `yaml:"exceptLocations"`
	Flow      string   `yaml:"flow"`      // deviceCodeFlow
	Workloads []string `yaml:"workloads"` // apps signing in by themselves, or ServicePrincipalsInMyTenant; in place of users
	ButWork   []string `yaml:"exceptWorkloads"`
	Grant     []string `yaml:"grant"`   // block, mfa, compliantDevice …
	Every     bool     `yaml:"every"`   // every control is wanted, not one of them
	Session   string   `yaml:"session"` // of Defender for Cloud Apps: monitorOnly, blockDownloads, mcasConfigured
}

// placeSpec is a named location: ranges or countries.
type placeSpec struct {
	Name      string   `yaml:"name"`
	Ranges    []string `yaml:"ranges"`
	Countries []string `yaml:"countries"`
	Trusted   bool     `yaml:"trusted"`
}

// requestSpec is a user's request to the reviewers.
type requestSpec struct {
	As     string   `yaml:"as"`
	App    string   `yaml:"app"`
	Scopes []string `yaml:"scopes"` // of Microsoft Graph; default everything the app is registered with
	Reason string   `yaml:"reason"`
	Status string   `yaml:"status"` // InProgress (default), Completed, Expired
}

// signInSpec is a line of the sign-in log.
type signInSpec struct {
	As     string        `yaml:"as"`
	App    string        `yaml:"app"`
	Code   int           `yaml:"code"`
	Reason string        `yaml:"reason"`
	Ago    time.Duration `yaml:"ago"`
	Unmet  []string      `yaml:"unmet"` // names of policies of access that stopped it
}

// eventSpec is a consent, or a try at one, in the audit log.
type eventSpec struct {
	App      string        `yaml:"app"`
	By       string        `yaml:"by"`
	Everyone bool          `yaml:"everyone"`
	Failed   string        `yaml:"failed"` // why; empty: it did not
	Ago      time.Duration `yaml:"ago"`
}

// appSpec changes a registration of the base, or adds one.
type appSpec struct {
	App        string     `yaml:"app"` // short name or client id
	Name       string     `yaml:"name"`
	Unverified bool       `yaml:"unverified"`
	Publisher  *madeBy    `yaml:"publisher"` // verified
	Registered *time.Time `yaml:"registered"`
	Home       string     `yaml:"homeDomain"` // a domain of this scenario owns the app
	HomeTenant string     `yaml:"homeTenant"` // or a tenant that it does not hold
	Single     bool       `yaml:"singleTenant"`
	Redirects  []string   `yaml:"redirects"`
	Prompt     string     `yaml:"prompt"` // what the app's own page adds to its sign-in: consent, login, select_account
	Scopes     []string   `yaml:"scopes"` // of Microsoft Graph, for apps that the base lacks
	Needs      []needSpec `yaml:"needs"`  // of other APIs, for the same
	Expired    bool       `yaml:"secretExpired"`
	IDTokens   bool       `yaml:"idTokens"` // the registration allows ID tokens from authorize (hybrid flow)
}

type madeBy struct {
	Name string `yaml:"name"`
	ID   string `yaml:"id"`
}

type needSpec struct {
	Resource string   `yaml:"resource"`
	Scopes   []string `yaml:"scopes"`
}
