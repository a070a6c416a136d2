package checks

import (
	"context"
	"time"

	"onboard.example/checks/consent"
)

// Part names one thing that can be read of a tenant. A part is read whole.
type Part string

// The parts. Discovery, realm and the DNS need no sign-in; account is what the token
// itself says; the rest are Graph's.
const (
	PartDiscovery    Part = "discovery"
	PartRealm        Part = "realm"
	PartAccount      Part = "account"
	PartMe           Part = "me"
	PartRoles        Part = "roles"
	PartEligible     Part = "eligible"
	PartOrganization Part = "organization"
	PartApp          Part = "app"
	// The enterprise apps that go by the app's name: read only where its client
	// id is not known.
	PartNamed         Part = "app-named"
	PartGrants        Part = "grants"
	PartAssignments   Part = "assignments"
	PartAppRoles      Part = "app-roles"
	PartResources     Part = "resources"
	PartClassified    Part = "classified"
	PartAuthorization Part = "authorization"
	PartPolicies      Part = "policies"
	PartWorkflow      Part = "workflow"
	PartRequests      Part = "requests"
	PartDefaults      Part = "security-defaults"
	PartReviewers     Part = "reviewers"
	PartConditional   Part = "conditional-access"
	// The logs: read where a sign-in happens to be allowed to, and asked of nobody.
	PartSignIns Part = "sign-ins"
	PartAudit   Part = "audit"
	// The DNS: the app's policy record, and what else the domain's records tell.
	PartDNSPolicy Part = "dns-policy"
	PartDNSMail   Part = "dns-mail"
	// Of the person asked about, and read only where one is named.
	PartUser       Part = "user"
	PartUserGroups Part = "user-groups"
	PartUserRoles  Part = "user-roles"
	// Of the person or group that a plan is about, and read only where one is named.
	PartWho Part = "who"
	// Of the deleted enterprise app that a plan is about, and read only where one is.
	PartDeleted Part = "deleted-app"
	// Of the vendor's side: what its own credential is answered, and what its
	// consent link brought back. Read only where there is one.
	PartProbe    Part = "vendor-probe"
	PartCallback Part = "vendor-callback"
)

// Look is one part as it was read: a value, or the failure to read it. Before
// anybody looked both Read is false and Failure nil.
type Look[T any] struct {
	Read    bool       `json:"read"`
	Value   T          `json:"value"`
	Failure *Failure   `json:"failure,omitempty"`
	Seen    []Evidence `json:"seen,omitempty"`
	At      time.Time  `json:"at"`
	// IDs are object ids by the keys of Value, where Value itself holds none:
	// what a change deletes goes by its id. They are not kept in files.
	IDs map[string]string `json:"-"`
}

// Snapshot is a tenant as far as it was read. It marshals to JSON, so that it
// can be kept and judged elsewhere.
type Snapshot struct {
	Discovery     Look[Discovery]                `json:"discovery"`
	Realm         Look[Realm]                    `json:"realm"`
	Account       Look[Account]                  `json:"account"`
	Me            Look[Person]                   `json:"me"`
	Roles         Look[[]Role]                   `json:"roles"`
	Eligible      Look[[]Role]                   `json:"eligible"`
	Organization  Look[Organization]             `json:"organization"`
	App           Look[*ServicePrincipal]        `json:"app"` // read and nil: not in this tenant
	Named         Look[Named]                    `json:"appNamed,omitzero"`
	Grants        Look[[]Grant]                  `json:"grants"`
	Assignments   Look[[]Assignment]             `json:"assignments"`
	AppRoles      Look[[]Assignment]             `json:"appRoles"`
	Resources     Look[[]ServicePrincipal]       `json:"resources"` // the APIs the app needs, those present
	Classified    Look[map[string]consent.Level] `json:"classified"`
	Authorization Look[Authorization]            `json:"authorization"`
	Policies      Look[[]consent.Policy]         `json:"policies"`
	Workflow      Look[Workflow]                 `json:"workflow"`
	Requests      Look[[]ConsentRequest]         `json:"requests"`
	Defaults      Look[bool]                     `json:"securityDefaults"`
	User          Look[*Person]                  `json:"user"`       // read and nil: not in this tenant
	UserGroups    Look[[]string]                 `json:"userGroups"` // ids of the groups they are a direct member of
	UserRoles     Look[[]Role]                   `json:"userRoles"`  // active ones
	Who           Look[*Principal]               `json:"who"`        // never nil where it was read
	Deleted       Look[*DeletedApp]              `json:"deleted"`    // read and nil: it cannot be restored
	Reviewers     Look[[]Reviewer]               `json:"reviewers"`  // in the order of Workflow.Reviewers
	Conditional   Look[Conditional]              `json:"conditional"`
	SignIns       Look[SignInLog]                `json:"signIns"`
	Audit         Look[AuditLog]                 `json:"audit"`
	DNSPolicy     Look[DNSPublished]             `json:"dnsPolicy"`
	DNSMail       Look[DNSMail]                  `json:"dnsMail"`
	Probe         Look[Probe]                    `json:"vendorProbe"`
	Callback      Look[Callback]                 `json:"vendorCallback"`
}

// Piece is one part on its way into a snapshot.
type Piece struct {
	Part Part
	put  func(*Snapshot)
}

// NewPiece carries a part to the field it belongs in.
func NewPiece[T any](p Part, l Look[T], field func(*Snapshot) *Look[T]) Piece {
	return Piece{Part: p, put: func(s *Snapshot) { *field(s) = l }}
}

// Into puts the piece where it belongs.
func (p Piece) Into(s *Snapshot) {
	if p.put != nil {
		p.put(s)
	}
}

// Failure is why the piece holds nothing; nil where it does.
func (p Piece) Failure() *Failure {
	var s Snapshot
	p.Into(&s)
	return s.see(p.Part).failure
}

// Query is what a reader is asked about.
type Query struct {
	App    App
	Domain string
	Cloud  Cloud // empty: not chosen
	Person string
	Who    string // the person or group that a plan is about: an address, an object id, or a group's name
	// Deleted is the object id of an enterprise app that was deleted, and that a
	// plan would restore; empty: none.
	Deleted string
}

// Reader delivers parts of a tenant. Read asks for all of parts at once and
// calls land once for each, in the order they arrive, never two calls at the
// same time, and returns when the last has landed or ctx has ended. A part
// that could not be read lands too, with its Failure; so does every part that
// ctx cut off. Parts that the reader does not serve are ignored.
type Reader interface {
	Serves() []Part
	Read(ctx context.Context, q Query, parts []Part, land func(Piece))
}

// Discovery is what the login endpoints say of a domain, without a sign-in.
type Discovery struct {
	Domain string        `json:"domain"`
	Found  []CloudTenant `json:"found"` // one for each cloud that knows the domain
	// Missed lists clouds that could not be asked, with the reason.
	Missed map[Cloud]*Failure `json:"missed,omitempty"`
}

// CloudTenant is a domain's tenant in one cloud.
type CloudTenant struct {
	Cloud    Cloud  `json:"cloud"`
	TenantID string `json:"tenantId"`
	Region   string `json:"region"`
	SubScope string `json:"subScope"` // tenant_region_sub_scope as printed
	Issuer   string `json:"issuer"`
	Graph    string `json:"graph"` // msgraph_host as printed
}

// Realm is how people of a domain sign in.
type Realm struct {
	Type  string `json:"type"` // Managed, Federated, Unknown
	Brand string `json:"brand"`
	Host  string `json:"host"` // host of the federated sign-in page, if any
}

// Account is what the token in hand says of itself; nothing was asked.
type Account struct {
	TenantID string    `json:"tenantId"`
	ObjectID string    `json:"objectId"`
	UPN      string    `json:"upn"`
	ClientID string    `json:"clientId"`
	Cloud    Cloud     `json:"cloud"` // whose Graph the token is for; empty where it does not say
	Scopes   []string  `json:"scopes"`
	RoleIDs  []string  `json:"roleIds"` // wids; nil where the claim is absent
	AppOnly  bool      `json:"appOnly"`
	Personal bool      `json:"personal"`
	Expires  time.Time `json:"expires"`
	// Opaque is set where the token could not be read: then the rest is empty.
	Opaque bool `json:"opaque"`
}

// Person is a user of the directory.
type Person struct {
	ID   string `json:"id"`
	UPN  string `json:"upn"`
	Name string `json:"name"`
	Type string `json:"type"` // Member, Guest
	// Enabled is accountEnabled; nil where it was not asked for or not said.
	Enabled *bool `json:"enabled,omitempty"`
}

// Role is a directory role.
type Role struct {
	TemplateID string `json:"templateId"`
	Name       string `json:"name"`
	Scope      string `json:"scope"` // directoryScopeId; "/" or empty: the whole tenant
}

// Organization is the tenant's own record.
type Organization struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Domains []string `json:"domains"` // verified, the default one first
	Plans   []string `json:"plans"`   // service plan ids that are enabled; nil: not said
}

// ServicePrincipal is an app, or an API, in the tenant (entra-facts §1).
type ServicePrincipal struct {
	ID                 string           `json:"id"`
	AppID              string           `json:"appId"`
	Name               string           `json:"name"`
	Enabled            *bool            `json:"enabled"`
	Deactivated        *bool            `json:"deactivated"`
	DisabledByMS       string           `json:"disabledByMicrosoftStatus"`
	AssignmentRequired *bool            `json:"assignmentRequired"`
	OwnerTenant        string           `json:"ownerTenant"`
	Audience           string           `json:"audience"`
	Publisher          *Publisher       `json:"publisher"` // nil: the property was not there
	Scopes             []PublishedScope `json:"scopes,omitempty"`
	AppRoles           []PublishedRole  `json:"appRoles,omitempty"`
}

// Publisher is a verified publisher; an unverified app's is all empty.
type Publisher struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PublishedScope is a delegated permission that an API publishes.
type PublishedScope struct {
	ID      string `json:"id"`
	Value   string `json:"value"`
	Type    string `json:"type"` // User or Admin
	Enabled bool   `json:"enabled"`
}

// PublishedRole is an app role that an API, or an app, publishes.
type PublishedRole struct {
	ID    string `json:"id"`
	Value string `json:"value"`           // empty: it has none, which only a role for people may
	Users bool   `json:"users,omitempty"` // people and groups can be given it
}

// Grant is an oAuth2PermissionGrant of the app (entra-facts §2).
type Grant struct {
	ID         string   `json:"id"`
	ResourceID string   `json:"resourceId"` // the API's service principal id here
	Everyone   bool     `json:"everyone"`   // consentType AllPrincipals
	Principal  string   `json:"principal"`
	Scopes     []string `json:"scopes"`
	Raw        string   `json:"raw"` // the scope string as stored
}

// Assignment is an appRoleAssignment.
type Assignment struct {
	ID            string `json:"id"`
	PrincipalID   string `json:"principalId"`
	PrincipalType string `json:"principalType"`
	RoleID        string `json:"roleId"`
	ResourceID    string `json:"resourceId"`
}

// Authorization is the tenant's authorization policy as far as consent goes.
type Authorization struct {
	Assigned     []string `json:"assigned"` // permissionGrantPoliciesAssigned, as printed
	RiskyAllowed *bool    `json:"riskyAllowed"`
}

// Workflow is the admin consent request policy (entra-facts §6).
type Workflow struct {
	Enabled   bool     `json:"enabled"`
	Notify    bool     `json:"notify"`
	Remind    bool     `json:"remind"`
	Days      int      `json:"days"`
	Reviewers []string `json:"reviewers"` // the queries, as printed
	// Forms are how each of them is asked, in the same order; none: not read.
	Forms []ReviewerForm `json:"forms,omitempty"`
}

// ReviewerForm is how a reviewer's query is asked: its type, which is
// MicrosoftGraph, and what it starts from, which is nothing where it is a path
// of its own (entra-facts §6 [MM]).
type ReviewerForm struct {
	Type string  `json:"type"`
	Root *string `json:"root"` // nil: null
}

// ConsentRequest is a request that users made for an app.
type ConsentRequest struct {
	ID     string   `json:"id"`
	AppID  string   `json:"appId"`
	Status string   `json:"status"`
	Scopes []string `json:"scopes"`
	Count  int      `json:"count"` // people who asked
}
