package flows

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// Way is how somebody signs in: a rung of the ladder (product §10).
type Way string

// The ways to sign in. WayNone is to go on without.
const (
	WayNone    Way = "none"
	WayBrowser Way = "browser"
	WayAz      Way = "az"
	WayToken   Way = "token"
	WayDevice  Way = "device"
)

// WayOffer is a way to sign in as far as it exists here. Why says what is
// missing where it cannot be used; empty: it can.
type WayOffer struct {
	Way Way    `json:"way"`
	Why string `json:"why,omitempty"`
}

// Account is who signed in, as the token in hand says. It holds no token.
type Account struct {
	UPN      string   `json:"upn"`
	TenantID string   `json:"tenantId"`
	Roles    []string `json:"roles"`  // names of active directory roles
	Scopes   []string `json:"scopes"` // what was given
	Way      Way      `json:"way"`
}

// Has says whether the account was given every one of the scopes, by name.
func (a *Account) Has(scopes ...string) bool {
	if a == nil {
		return false
	}
	for _, want := range scopes {
		if !slices.ContainsFunc(a.Scopes, func(have string) bool { return strings.EqualFold(have, want) }) {
			return false
		}
	}
	return true
}

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
	At         time.Time      `json:"at,omitzero"`
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
	// AssignedOnly: nobody uses it but who was assigned to it.
	AssignedOnly bool `json:"assignedOnly,omitempty"`
}

// GrantFact is a tenant-wide delegated grant of the app.
type GrantFact struct {
	ID         string   `json:"id"`
	ResourceID string   `json:"resourceId"` // object id of the API here
	Scopes     []string `json:"scopes"`
	// Cut: it holds more scopes than Scopes does, which travels through journals.
	Cut bool `json:"cut,omitempty"`
}

// ResourceFact is an API in the tenant.
type ResourceFact struct {
	ID    string `json:"id"` // object id
	AppID string `json:"appId"`
	Name  string `json:"name"`
}

// FactsOf takes from a snapshot what plans and links are made of. Single
// users' grants stay out: they name people and no plan touches them.
func FactsOf(s *checks.Snapshot) Facts {
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
	f.App, f.AppRead = appFact(s.App), s.App.Read
	if s.Grants.Read {
		f.GrantsRead = true
		for _, g := range s.Grants.Value {
			if g.Everyone {
				f.Grants = append(f.Grants, grantFact(g))
			}
		}
	}
	if s.Resources.Read {
		f.ResRead = true
		for _, r := range s.Resources.Value {
			f.Resources = append(f.Resources, ResourceFact{ID: r.ID, AppID: r.AppID, Name: r.Name})
		}
	}
	f.At = latest(s.Discovery.At, s.App.At, s.Grants.At, s.Resources.At)
	return f
}

// grantFact is a tenant-wide grant as far as an event can hold it.
func grantFact(g checks.Grant) GrantFact {
	f := GrantFact{ID: g.ID, ResourceID: g.ResourceID, Scopes: grantScopes(g)}
	if len(f.Scopes) > mostList {
		f.Scopes, f.Cut = f.Scopes[:mostList], true
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
		AssignedOnly: sp.AssignmentRequired != nil && *sp.AssignmentRequired,
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
