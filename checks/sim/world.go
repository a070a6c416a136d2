package sim

import (
	"crypto/x509"
	"slices"
	"strings"
	"sync"
	"time"
)

// World is everything the simulator knows: tenants in their clouds and the
// app registrations that vendors own. One lock guards the whole of it: a
// simulated tenant is small, and a request must see it in one piece.
type World struct {
	mu      sync.RWMutex
	now     func() time.Time
	tenants []*Tenant
	apps    []*Registration
	seed    uint64
	made    uint64   // objects made since the start, so that ids are new and repeatable
	lag     lagRules // how long a new or changed object stays unseen by reads
}

// Cloud names one of Microsoft's clouds.
type Cloud string

// The clouds a tenant may live in (entra-facts §10).
const (
	CloudPublic  Cloud = "public"
	CloudGCC     Cloud = "gcc"
	CloudGCCHigh Cloud = "gcc-high"
	CloudDoD     Cloud = "dod"
	CloudChina   Cloud = "china"
)

// Tenant is one organisation with its directory.
type Tenant struct {
	ID       string
	Name     string
	Cloud    Cloud
	Domains  []Domain // the first is the default one
	Realm    string   // Managed, Federated or Unknown
	Premium  string   // "", P1 or P2
	Users    []*User
	Groups   []*Group
	Services []*ServicePrincipal
	Grants   []*Grant

	// Assigned is permissionGrantPoliciesAssigned as Graph prints it.
	Assigned         []string
	RiskyAppsAllowed *bool
	// authorization and memberMay are what was written of the rest of the
	// authorization policy, and of its permissions of members.
	authorization, memberMay obj
	Policies                 []*GrantPolicy
	Workflow                 Workflow
	Classifications          []*Classification
	SecurityDefaults         bool
	// Managed makes PATCH of the user consent choice answer 204 and change
	// nothing, as was measured on one live tenant (entra-facts §3 [PUB]).
	Managed bool
	// Requests are what users asked admins for while the workflow was on.
	Requests []*AppConsentRequest
	// Access are the Conditional Access policies, with the places they name.
	Access    []*AccessPolicy
	Locations []*NamedLocation
	// SignIns and Audits are what happened, oldest first.
	SignIns []*SignIn
	Audits  []*Audit
	deltas  []deltaMark // links that Graph gave
	// leaving says until when the name of a deleted service principal is still
	// taken, by app id: until its deletion has replicated.
	leaving map[string]time.Time
	// gone are the ids of deleted service principals: the app's next one is
	// another object.
	gone map[string]bool
	// deleted are deleted service principals, which can be restored for a while.
	deleted []*deletedService
}

// Domain is a verified DNS name of a tenant.
type Domain struct {
	Name    string
	Default bool
	Initial bool // the .onmicrosoft.com one
	// Records are those beside the ones that a tenant's domain has by itself.
	Records []DomainRecord
	Mail    string // where its mail is, in a scenario's word; empty: at Microsoft
	// Unproved lacks Microsoft's proof of ownership, which may be removed once it
	// was seen; Signed is DNSSEC.
	Unproved, Signed bool
	NSEC3            *nsec3Spec
}

// User is an account of a tenant.
type User struct {
	ID       string
	UPN      string
	Name     string
	Password string
	Disabled bool
	Guest    bool
	Roles    []string // active directory-role template ids
	Eligible []string // roles that PIM would let the user activate
	// SelfPolicies are grant policies held through custom directory roles
	// (managePermissionGrantsForSelf.{id}; entra-facts §4).
	SelfPolicies []string
	// SessionsFrom is Graph's signInSessionsValidFromDateTime: whatever the user
	// signed in to before it is over.
	SessionsFrom time.Time
}

// Group holds users by id.
type Group struct {
	ID      string
	Name    string
	Members []string
}

// Registration is a vendor's app as it stands in the vendor's home tenant.
type Registration struct {
	AppID         string
	Name          string
	HomeTenant    string // tenant id of the owner; may be one no scenario holds
	Publisher     *Publisher
	Secret        string
	SecretEnds    time.Time // zero: never
	Certificate   *x509.Certificate
	IDTokens      bool // authorize may give id_tokens
	Public        bool // device code and loopback redirects allowed
	SingleTenant  bool
	RedirectURIs  []string
	AnyLoopback   bool // http://localhost at any port and path
	Required      []Required
	RegisteredAt  time.Time
	FirstParty    bool // Microsoft's own, known in every tenant
	Scopes        []Scope
	AppRoles      []AppRole
	IdentifierURI string // several are parted by spaces
	Prompt        string // what the app's own page adds to its sign-in
	wire          *wire  // what Graph prints of it, ready made
}

// Publisher is a verified publisher.
type Publisher struct {
	Name    string
	MPNID   string
	AddedAt time.Time
}

// Required is one resource of a registration's required permissions.
type Required struct {
	Resource string   // appId of the API
	Scopes   []string // values
	Roles    []string
}

// Scope is a delegated permission that an API publishes.
type Scope struct {
	ID      string
	Value   string
	Admin   bool // the publisher's own "admin consent required"
	Enabled bool
	Title   string
	About   string
}

// AppRole is an application permission that an API publishes.
type AppRole struct {
	ID      string
	Value   string
	Title   string
	Members []string // Application, User
}

// ServicePrincipal is an app in one tenant.
type ServicePrincipal struct {
	ID                 string
	AppID              string
	Name               string
	Enabled            bool
	Deactivated        *bool // isDisabled
	DisabledByMS       string
	AssignmentRequired bool
	Assigned           []string // user or group ids
	OwnerTenant        string
	Publisher          *Publisher
	CreatedAt          time.Time
	Risky              bool // the service's own risk step-up would flag it
	Tags               []string
	// VisibleAt is when reads begin to see it (replication lag).
	VisibleAt time.Time
	// RoleGrants are application permissions granted to the app.
	RoleGrants []RoleGrant
	// AssignedAt is when each of Assigned was; those that it lacks came with
	// the app.
	AssignedAt map[string]time.Time
	Owners     []string // ids of users and apps
	// More are properties that nothing here reads but Graph keeps as written.
	More map[string]any
}

// RoleGrant is an appRoleAssignment whose principal is a service principal.
type RoleGrant struct {
	ID        string
	Resource  string // service principal id of the API
	RoleID    string
	CreatedAt time.Time
}

// Grant is an oAuth2PermissionGrant.
type Grant struct {
	ID        string
	ClientID  string // service principal id
	Resource  string // service principal id
	Principal string // user id; empty means AllPrincipals
	Scope     string // as stored: space-separated, perhaps with a leading space
	CreatedAt time.Time
	// VisibleAt is when reads begin to see the grant, or its latest change;
	// until then they see Before, or nothing if the grant is new.
	VisibleAt time.Time
	Before    *string
}

// GrantPolicy is a permissionGrantPolicy with its condition sets.
type GrantPolicy struct {
	ID          string
	Name        string
	Description string
	Includes    []*ConditionSet
	Excludes    []*ConditionSet
}

// ConditionSet is a permissionGrantConditionSet; empty lists stand for "all"
// and an empty string for the documented default (entra-facts §4).
type ConditionSet struct {
	ID                 string
	PermissionType     string // application, delegated, delegatedUserConsentable
	Classification     string // all, low, medium, high
	Resource           string // appId or any
	Permissions        []string
	ClientIDs          []string
	ClientTenantIDs    []string
	ClientPublisherIDs []string
	VerifiedPublisher  bool
}

// Classification marks a delegated permission of an API in a tenant.
type Classification struct {
	ID         string
	Resource   string // service principal id of the API
	Permission string // scope id
	Name       string
	Level      string // low, medium, high
}

// Workflow is the adminConsentRequestPolicy.
type Workflow struct {
	Enabled         bool
	NotifyReviewers bool
	Reminders       bool
	DurationDays    int
	Reviewers       []string // queries
	// Version counts the changes (public page of the resource).
	Version int
}

// userByUPN finds a user without regard to case.
func (t *Tenant) userByUPN(upn string) *User {
	i := slices.IndexFunc(t.Users, func(u *User) bool { return strings.EqualFold(u.UPN, upn) })
	if i < 0 {
		return nil
	}
	return t.Users[i]
}
