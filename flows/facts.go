package flows

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// Facts are what a plan or a deep link needs to know of a tenant, taken from a
// snapshot by FactsOf. The zero value means that nothing was read.
type Facts struct {
	// Tenants has one entry for each cloud that knows the domain; two make a
	// question.
	Tenants []TenantFact `json:"tenants,omitempty"`
	Name    string       `json:"name,omitempty"`    // the organisation's
	Domains []string     `json:"domains,omitempty"` // its verified ones

	AppRead    bool           `json:"appRead"` // App was looked at
	App        *AppFact       `json:"app,omitempty"`
	GrantsRead bool           `json:"grantsRead"` // Grants were looked at
	Grants     []GrantFact    `json:"grants,omitempty"`
	Resources  []ResourceFact `json:"resources,omitempty"` // the APIs the app needs, those present
	ResRead    bool           `json:"resourcesRead"`
	// UserGrants are single users' grants of the app; read with Grants.
	UserGrants []GrantFact `json:"userGrants,omitempty"`

	RolesRead bool         `json:"rolesRead,omitempty"` // Roles were looked at
	Roles     []AssignFact `json:"roles,omitempty"`     // app roles that the app holds at APIs

	// P1: the tenant has Entra ID P1 or P2, without which no group is assigned.
	PlansRead bool `json:"plansRead,omitempty"` // P1 was looked at
	P1        bool `json:"p1,omitempty"`

	AssignedRead bool         `json:"assignedRead,omitempty"` // Assigned was looked at
	Assigned     []AssignFact `json:"assigned,omitempty"`     // people and groups assigned to the app

	// Consent is permissionGrantPoliciesAssigned, as printed.
	ConsentRead bool     `json:"consentRead,omitempty"`
	Consent     []string `json:"consent,omitempty"`

	ClassRead bool        `json:"classRead,omitempty"` // Classes were looked at
	Classes   []ClassFact `json:"classes,omitempty"`   // of the scopes that the app needs

	WorkflowRead bool          `json:"workflowRead,omitempty"`
	Workflow     *WorkflowFact `json:"workflow,omitempty"`

	// Policies are the consent policies that this program made, by their id.
	PoliciesRead bool         `json:"policiesRead,omitempty"`
	Policies     []PolicyFact `json:"policies,omitempty"`

	// TooMany: a list is longer than an event holds, and was cut.
	TooMany bool `json:"tooMany,omitempty"`

	// Deleted is the enterprise app that a plan would restore; nil: it cannot be
	// restored, or was not looked for.
	DeletedRead bool         `json:"deletedRead,omitempty"`
	Deleted     *DeletedFact `json:"deleted,omitempty"`

	// Named are the apps that go by the app's name, where one is looked for so.
	Named     []checks.NamedApp `json:"named,omitempty"`
	NamedMore bool              `json:"namedMore,omitempty"`
	NamedRead bool              `json:"namedRead,omitempty"`
	Who       *WhoFact          `json:"who,omitempty"` // whom a plan is about; nil: not found, or not looked for
	At        time.Time         `json:"at,omitzero"`
}

// AssignFact is an appRoleAssignment of the app or to it (entra-facts §2).
type AssignFact struct {
	ID         string `json:"id"`
	Principal  string `json:"principal"` // object id of who holds it
	ResourceID string `json:"resourceId"`
	RoleID     string `json:"roleId"`
}

// ClassFact is the classification of a scope of an API (entra-facts §5).
type ClassFact struct {
	API     string `json:"api"` // appId
	ScopeID string `json:"scopeId"`
	Level   string `json:"level"` // low, medium, high
	ID      string `json:"id,omitempty"`
}

// WorkflowFact is the admin consent request policy (entra-facts §6).
type WorkflowFact struct {
	Enabled   bool     `json:"enabled"`
	Notify    bool     `json:"notify"`
	Remind    bool     `json:"remind"`
	Days      int      `json:"days"`
	Reviewers []string `json:"reviewers,omitempty"` // queries, as printed
	// Forms are how each of them is asked; fewer: the rest as those of ours.
	Forms []checks.ReviewerForm `json:"forms,omitempty"`
}

// PolicyFact is a consent policy of ours, as far as its id and its conditions.
type PolicyFact struct {
	ID         string          `json:"id"`
	Conditions []ConditionFact `json:"conditions,omitempty"`
	// Unread: its conditions were not read. Odd: it keeps something out, and is
	// not as this program makes them.
	Unread bool `json:"unread,omitempty"`
	Odd    bool `json:"odd,omitempty"`
}

// ConditionFact is what one condition set lets in.
type ConditionFact struct {
	ID      string   `json:"id,omitempty"` // of the set; empty: not read
	API     string   `json:"api"`          // appId
	Scopes  []string `json:"scopes,omitempty"`
	Clients []string `json:"clients,omitempty"`
	// Type is the kind of permissions; ours are delegated.
	Type string `json:"type,omitempty"`
	// Narrow: it asks for more than these, such as a publisher.
	Narrow bool `json:"narrow,omitempty"`
}

// WhoFact is a person or a group that a plan is about.
type WhoFact struct {
	ID    string `json:"id"`
	Group bool   `json:"group,omitempty"`
	Name  string `json:"name"`
	Asked string `json:"asked"` // the words by which it was found
}

// DeletedFact is an enterprise app among the deleted items of the tenant.
type DeletedFact struct {
	ID    string `json:"id"`
	AppID string `json:"appId"`
	Name  string `json:"name"`
}

// TenantFact is the tenant of the domain in one cloud.
type TenantFact struct {
	Cloud checks.Cloud `json:"cloud"`
	ID    string       `json:"id"`
}

// AppFact is the enterprise app in the tenant.
type AppFact struct {
	ID            string `json:"id"` // object id
	AppID         string `json:"appId"`
	Name          string `json:"name"`
	Enabled       bool   `json:"enabled"`                 // accountEnabled; true where it was not printed
	EnabledUnread bool   `json:"enabledUnread,omitempty"` // accountEnabled was not printed
	Deactivated   bool   `json:"deactivated"`             // isDisabled
	ByMicrosoft   string `json:"byMicrosoft,omitempty"`
	Publisher     string `json:"publisher,omitempty"` // verified; empty: not
	OwnerTenant   string `json:"ownerTenant,omitempty"`
	// OwnRoles: it publishes app roles of its own, so that an assignment to it
	// names one of them.
	OwnRoles bool `json:"ownRoles,omitempty"`
	// AssignedOnly: nobody uses it but who was assigned to it.
	AssignedOnly bool `json:"assignedOnly,omitempty"`
}

// GrantFact is a delegated grant of the app.
type GrantFact struct {
	ID         string   `json:"id"`
	ResourceID string   `json:"resourceId"` // object id of the API here
	Scopes     []string `json:"scopes"`
	Raw        string   `json:"raw,omitempty"`       // the scope string as stored
	Principal  string   `json:"principal,omitempty"` // object id of the one user; empty: everyone
	// Cut: it holds more scopes than Scopes does, which travels through journals.
	Cut bool `json:"cut,omitempty"`
}

// ResourceFact is an API in the tenant.
type ResourceFact struct {
	ID     string      `json:"id"` // object id
	AppID  string      `json:"appId"`
	Name   string      `json:"name"`
	Scopes []ScopeFact `json:"scopes,omitempty"` // those that the app needs
	Roles  []ScopeFact `json:"roles,omitempty"`  // app roles that the app needs
}

// ScopeFact is a permission that an API publishes.
type ScopeFact struct {
	ID    string `json:"id"`
	Value string `json:"value"`
	Admin bool   `json:"admin,omitempty"` // the API leaves it to admins; never of an app role
}

// FactsOf takes from a snapshot what plans and links are made of, for an app.
func FactsOf(s *checks.Snapshot, app checks.App) Facts {
	var f Facts
	if s == nil {
		return f
	}
	if s.Discovery.Read {
		for _, t := range s.Discovery.Value.Found {
			f.Tenants = append(f.Tenants, TenantFact{Cloud: t.Cloud, ID: t.TenantID})
		}
	}
	if o := s.Organization; o.Read && o.Value.ID != "" {
		f.Name, f.Domains = o.Value.Name, o.Value.Domains
	}
	f.licence(s)
	f.App, f.AppRead = appFact(s.App), s.App.Read
	if n := s.Named; n.Read {
		f.Named, f.NamedMore, f.NamedRead = n.Value.Apps[:min(len(n.Value.Apps), mostNamed)], n.Value.More || len(n.Value.Apps) > mostNamed, true
	}
	if s.Grants.Read {
		f.GrantsRead = true
		for _, g := range s.Grants.Value {
			if g.Everyone {
				f.Grants = append(f.Grants, grantFact(g))
			} else {
				f.UserGrants = append(f.UserGrants, grantFact(g))
			}
		}
	}
	if s.Resources.Read {
		f.ResRead = true
		for _, r := range s.Resources.Value {
			f.Resources = append(f.Resources, resourceFact(r, app))
		}
	}
	if w := s.Who.Value; s.Who.Read && w != nil {
		f.Who = &WhoFact{ID: w.ID, Group: w.Kind == checks.PrincipalGroup, Name: w.Name}
	}
	if d := s.Deleted.Value; s.Deleted.Read && d != nil {
		f.Deleted = &DeletedFact{ID: d.ID, AppID: d.AppID, Name: d.Name}
	}
	f.DeletedRead = s.Deleted.Read
	f.assignments(s)
	f.policies(s, app)
	for _, n := range []int{len(f.Grants), len(f.UserGrants), len(f.Roles), len(f.Assigned), len(f.Consent)} {
		f.TooMany = f.TooMany || n > mostList
	}
	f.At = latest(s.Discovery.At, s.App.At, s.Grants.At, s.Resources.At, s.AppRoles.At, s.Assignments.At,
		s.Authorization.At, s.Classified.At, s.Workflow.At, s.Policies.At)
	return f
}

// Covers says whether what a look at these checks reads for a plan was read.
func (f Facts) Covers(ids []checks.ID) bool {
	gone := f.AppRead && f.App == nil // then nothing hangs on it
	for _, id := range ids {
		read := true
		switch id {
		case checks.AppPresent, checks.AppEnabled:
			read = f.AppRead
		case checks.AppGrant, checks.AppUserGrants:
			read = gone || f.AppRead && f.GrantsRead
		case checks.AppRoles:
			read = gone || f.RolesRead
		case checks.AppAssignment:
			read = gone || f.AssignedRead
		case checks.ConsentPolicy:
			read = f.ConsentRead
		case checks.ConsentClassified:
			read = f.ClassRead
		case checks.ConsentWorkflow:
			read = f.WorkflowRead
		case checks.ConsentPredict:
			read = f.PoliciesRead
		case checks.AppResource:
			read = f.ResRead
		default:
		}
		if !read {
			return false
		}
	}
	return true
}

// The service plans of Entra ID P1 and P2, by their ids: general knowledge, and
// in many public scripts.
const (
	planP1 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
	planP2 = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
)

// licence takes whether the tenant has P1. A token with User.Read alone is told
// of no plans, whatever there are ([GC:organization-get]).
func (f *Facts) licence(s *checks.Snapshot) {
	plans := s.Organization.Value.Plans
	all := slices.ContainsFunc(s.Account.Value.Scopes, func(sc string) bool {
		return hasFold([]string{"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, sc)
	})
	f.PlansRead = s.Organization.Read && (len(plans) > 0 || plans != nil && all)
	f.P1 = f.PlansRead && (hasFold(plans, planP1) || hasFold(plans, planP2))
}

// assignments takes who holds what role of the app, and it of APIs.
func (f *Facts) assignments(s *checks.Snapshot) {
	copied := func(list []checks.Assignment) (out []AssignFact) {
		for _, a := range list {
			out = append(out, AssignFact{ID: a.ID, Principal: a.PrincipalID, ResourceID: a.ResourceID, RoleID: a.RoleID})
		}
		return out
	}
	if f.RolesRead = s.AppRoles.Read; f.RolesRead {
		f.Roles = copied(s.AppRoles.Value)
	}
	if f.AssignedRead = s.Assignments.Read; f.AssignedRead {
		f.Assigned = copied(s.Assignments.Value)
	}
}

// policies takes the tenant's settings about consent.
func (f *Facts) policies(s *checks.Snapshot, app checks.App) {
	if f.ConsentRead = s.Authorization.Read; f.ConsentRead {
		f.Consent = s.Authorization.Value.Assigned
	}
	if f.ClassRead = s.Classified.Read && s.Resources.Read; f.ClassRead {
		for _, r := range f.Resources {
			for _, sc := range r.Scopes {
				if level := checks.ClassifiedAs(s, r.AppID, sc.ID); level != "" {
					f.Classes = append(f.Classes, ClassFact{API: r.AppID, ScopeID: sc.ID, Level: level, ID: checks.ClassificationID(s, r.AppID, sc.ID)})
				}
			}
		}
	}
	if f.WorkflowRead = s.Workflow.Read; f.WorkflowRead {
		w := s.Workflow.Value
		f.Workflow = &WorkflowFact{Enabled: w.Enabled, Notify: w.Notify, Remind: w.Remind, Days: w.Days, Reviewers: w.Reviewers, Forms: oddForms(w.Forms)}
	}
	if f.PoliciesRead = s.Policies.Read; !f.PoliciesRead {
		return
	}
	for _, p := range s.Policies.Value {
		if !strings.EqualFold(p.ID, OwnPolicyID(app)) {
			continue
		}
		own := PolicyFact{ID: p.ID, Unread: p.Unread, Odd: len(p.Excludes) > 0}
		for _, c := range p.Includes {
			own.Conditions = append(own.Conditions, ConditionFact{
				ID: c.ID, API: c.Resource, Scopes: c.Permissions, Clients: c.ClientIDs, Type: c.PermissionType,
				// Members that are not known can only narrow it further, and
				// stand there with their defaults too: they decide nothing.
				Narrow: limits(c.ClientTenantIDs) || limits(c.ClientPublisherIDs) || c.VerifiedOnly ||
					c.Classification != "" && !strings.EqualFold(c.Classification, "all"),
			})
		}
		f.Policies = append(f.Policies, own)
	}
}

// limits says whether a member of a condition set narrows it (entra-facts §4).
func limits(list []string) bool {
	return len(list) > 0 && (len(list) > 1 || !strings.EqualFold(list[0], "all"))
}

// resourceFact is an API with the permissions that the app needs of it.
func resourceFact(r checks.ServicePrincipal, app checks.App) ResourceFact {
	f := ResourceFact{ID: r.ID, AppID: r.AppID, Name: r.Name}
	for _, n := range app.Needs {
		if !strings.EqualFold(n.Resource, r.AppID) {
			continue
		}
		for _, sc := range r.Scopes {
			if n.Scope != "" && strings.EqualFold(sc.Value, n.Scope) {
				f.Scopes = append(f.Scopes, ScopeFact{ID: sc.ID, Value: sc.Value, Admin: !strings.EqualFold(sc.Type, "User")})
			}
		}
		for _, role := range r.AppRoles {
			if n.Role != "" && strings.EqualFold(role.Value, n.Role) {
				f.Roles = append(f.Roles, ScopeFact{ID: role.ID, Value: role.Value})
			}
		}
	}
	return f
}

// grantFact is a grant as far as an event can hold it.
func grantFact(g checks.Grant) GrantFact {
	f := GrantFact{ID: g.ID, ResourceID: g.ResourceID, Scopes: grantScopes(g), Raw: g.Raw}
	if !g.Everyone {
		f.Principal = g.Principal
	}
	if len(f.Scopes) > mostList || len(f.Raw) > mostString {
		f.Scopes, f.Raw, f.Cut = f.Scopes[:min(len(f.Scopes), mostList)], "", true
	}
	return f
}

// grantScopes are a grant's scopes. Stored strings begin with spaces and hold
// several in a row (entra-facts §2 [K]).
func grantScopes(g checks.Grant) []string {
	if len(g.Scopes) > 0 {
		return strings.Fields(strings.Join(g.Scopes, " "))
	}
	return strings.Fields(g.Raw)
}

func appFact(l checks.Look[*checks.ServicePrincipal]) *AppFact {
	if !l.Read || l.Value == nil {
		return nil
	}
	sp := l.Value
	a := &AppFact{
		ID: sp.ID, AppID: sp.AppID, Name: sp.Name, Enabled: sp.Enabled == nil || *sp.Enabled, EnabledUnread: sp.Enabled == nil,
		Deactivated: sp.Deactivated != nil && *sp.Deactivated, OwnerTenant: sp.OwnerTenant,
		AssignedOnly: sp.AssignmentRequired != nil && *sp.AssignmentRequired, OwnRoles: slices.ContainsFunc(sp.AppRoles, func(r checks.PublishedRole) bool { return r.Users }),
	}
	if sp.DisabledByMS != "" && !strings.EqualFold(sp.DisabledByMS, "NotDisabled") {
		a.ByMicrosoft = sp.DisabledByMS
	}
	if sp.Publisher != nil {
		a.Publisher = sp.Publisher.Name
	}
	return a
}

func latest(ts ...time.Time) time.Time {
	var out time.Time
	for _, t := range ts {
		if t.After(out) {
			out = t
		}
	}
	return out
}
