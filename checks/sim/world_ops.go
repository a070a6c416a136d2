package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Everything in this file expects w.mu to be held by the caller: read-locked
// for look-ups, locked for what changes the world.

// AppIDs of Microsoft's own apps (entra-facts §14).
const (
	graphAppID    = "00000003-0000-0000-c000-000000000000"
	exchangeAppID = "00000002-0000-0ff1-ce00-000000000000"
	graphCLIAppID = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
	azureCLIAppID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	hetkAppID     = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
)

// Directory role template ids (entra-facts §9).
const (
	roleGlobalAdmin     = "62e90394-69f5-4237-9190-012177145e10"
	rolePrivilegedAdmin = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	roleCloudAppAdmin   = "158c047a-c907-4556-b7ef-446551a6b5f7"
	roleAppAdmin        = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	roleAIAdmin         = "d2562ede-74db-457e-a7b6-544e236ebb61"
	roleGlobalReader    = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	roleUserAdmin       = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	roleMember          = "b79fbf4d-3ef9-4689-8143-76b194e85509" // in the wids claim of every member
	roleExchangeAdmin   = "29232cdf-9323-42fd-ade2-1d097af3e4de"
	roleAccessAdmin     = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"
	roleSecurityAdmin   = "194ae4cb-b126-40b2-bd5b-6091b380977d"
	roleSecurityReader  = "5d6b6bb7-de71-4623-b4af-96380a352509"
	roleReportsReader   = "4a5d8f65-41da-4de4-8968-e035b65339cf"
)

// NewWorld returns an empty world; now is the clock that stamps what is made.
// Seed makes the ids of objects made later repeatable.
func NewWorld(now func() time.Time, seed uint64) *World {
	return &World{now: now, seed: seed}
}

// stableID is a GUID that depends on its parts alone.
func stableID(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("sim:"+strings.Join(parts, "\x00"))).String()
}

// newID is the GUID of an object made while the simulator runs.
func (w *World) newID(kind string) string {
	w.made++
	return stableID(kind, fmt.Sprint(w.seed), fmt.Sprint(w.made))
}

// tenantsFor finds tenants by id, by domain (any case) or, for "common",
// "organizations" and "consumers", none: those name no tenant. A domain may be
// in two clouds, so several may be found, in the order of the scenario.
func (w *World) tenantsFor(key string) []*Tenant {
	var found []*Tenant
	for _, t := range w.tenants {
		if strings.EqualFold(t.ID, key) || t.hasDomain(key) {
			found = append(found, t)
		}
	}
	return found
}

// tenantFor is the first tenant of tenantsFor in a cloud that sees lets
// through; nil sees means any cloud. nil if there is none.
func (w *World) tenantFor(key string, sees func(Cloud) bool) *Tenant {
	for _, t := range w.tenantsFor(key) {
		if sees == nil || sees(t.Cloud) {
			return t
		}
	}
	return nil
}

// graphHost is the Graph host of a cloud.
func graphHost(c Cloud) string { return cloudTable[c].msHost }

// sameLogin tells clouds that share a sign-in host.
func sameLogin(a, b Cloud) bool { return cloudTable[a].login == cloudTable[b].login }

// manyTenants says whether a path segment names no single tenant.
func manyTenants(key string) bool {
	switch strings.ToLower(key) {
	case "common", "organizations", "consumers":
		return true
	}
	return false
}

// userAnywhere finds an account by its UPN in any tenant, without regard to
// case, in the order of the tenants.
func (w *World) userAnywhere(upn string) (*Tenant, *User) {
	for _, t := range w.tenants {
		if u := t.userByUPN(upn); u != nil {
			return t, u
		}
	}
	return nil, nil
}

// registration finds an app by its client id; nil if nobody registered it.
func (w *World) registration(appID string) *Registration {
	i := slices.IndexFunc(w.apps, func(r *Registration) bool { return strings.EqualFold(r.AppID, appID) })
	if i < 0 {
		return nil
	}
	return w.apps[i]
}

// api finds the registration of an API by its appId or by one of its
// identifier URIs, with or without a closing slash.
func (w *World) api(name string) *Registration {
	name = strings.TrimSuffix(name, "/")
	if r := w.registration(name); r != nil {
		return r
	}
	for _, r := range w.apps {
		for uri := range strings.FieldsSeq(r.IdentifierURI) {
			if strings.EqualFold(strings.TrimSuffix(uri, "/"), name) {
				return r
			}
		}
	}
	return nil
}

// resolveScope splits a scope as an app writes it ("User.Read",
// "https://graph.microsoft.com/User.Read", "{appId}/.default") into its API and
// its value as the API spells it. Names without an API are Microsoft Graph's.
// ok is false if the API or the scope is not known; .default is known always.
func (w *World) resolveScope(raw string) (asked AskedScope, ok bool) {
	resource, value := graphAppID, raw
	if i := strings.LastIndexByte(raw, '/'); i >= 0 {
		resource, value = raw[:i], raw[i+1:]
	}
	reg := w.api(resource)
	if reg == nil {
		reg = w.api(nationalToPublic(resource))
	}
	if reg == nil {
		return AskedScope{}, false
	}
	if strings.EqualFold(value, ".default") {
		return AskedScope{Resource: reg.AppID, Value: ".default"}, true
	}
	sc := reg.scope(value)
	if sc == nil {
		return AskedScope{Resource: reg.AppID, Value: value}, false
	}
	return AskedScope{Resource: reg.AppID, Value: sc.Value}, true
}

// nationalToPublic turns a national form of Graph's identifier into the public one.
func nationalToPublic(resource string) string {
	for _, c := range []Cloud{CloudGCCHigh, CloudDoD, CloudChina} {
		if strings.EqualFold(strings.TrimSuffix(resource, "/"), "https://"+graphHost(c)) {
			return "https://graph.microsoft.com"
		}
	}
	return resource
}

// requiredScopes is what .default means: every delegated permission the app is
// registered with; resource narrows it to one API unless it is empty.
func (r *Registration) requiredScopes(resource string) []AskedScope {
	var out []AskedScope
	for _, q := range r.Required {
		if resource != "" && !strings.EqualFold(q.Resource, resource) {
			continue
		}
		for _, v := range q.Scopes {
			out = append(out, AskedScope{Resource: q.Resource, Value: v})
		}
	}
	return out
}

func (t *Tenant) hasDomain(name string) bool {
	name = strings.TrimSuffix(name, ".")
	return slices.ContainsFunc(t.Domains, func(d Domain) bool { return strings.EqualFold(d.Name, name) })
}

// DefaultDomain is the domain that new accounts get.
func (t *Tenant) DefaultDomain() string {
	for _, d := range t.Domains {
		if d.Default {
			return d.Name
		}
	}
	if len(t.Domains) > 0 {
		return t.Domains[0].Name
	}
	return t.ID
}

func (t *Tenant) userByID(id string) *User {
	return find(t.Users, func(u *User) bool { return strings.EqualFold(u.ID, id) })
}

func (t *Tenant) groupByID(id string) *Group {
	return find(t.Groups, func(g *Group) bool { return strings.EqualFold(g.ID, id) })
}

func (t *Tenant) serviceByID(id string) *ServicePrincipal {
	return find(t.Services, func(p *ServicePrincipal) bool { return strings.EqualFold(p.ID, id) })
}

func (t *Tenant) serviceByAppID(appID string) *ServicePrincipal {
	return find(t.Services, func(p *ServicePrincipal) bool { return strings.EqualFold(p.AppID, appID) })
}

func (t *Tenant) grantByID(id string) *Grant {
	return find(t.Grants, func(g *Grant) bool { return g.ID == id })
}

func (t *Tenant) policyByID(id string) *GrantPolicy {
	return find(t.Policies, func(p *GrantPolicy) bool { return strings.EqualFold(p.ID, id) })
}

func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

// hasRole says whether any of the given roles is active.
func (u *User) hasRole(templates ...string) bool {
	return slices.ContainsFunc(u.Roles, func(r string) bool { return slices.Contains(templates, r) })
}

// scope finds a delegated permission by its value, without regard to case.
func (r *Registration) scope(value string) *Scope {
	if i := slices.IndexFunc(r.Scopes, func(s Scope) bool { return strings.EqualFold(s.Value, value) }); i >= 0 {
		return &r.Scopes[i]
	}
	return nil
}

// appRole finds an application permission by its value or id.
func (r *Registration) appRole(name string) *AppRole {
	i := slices.IndexFunc(r.AppRoles, func(a AppRole) bool {
		return strings.EqualFold(a.Value, name) || strings.EqualFold(a.ID, name)
	})
	if i >= 0 {
		return &r.AppRoles[i]
	}
	return nil
}

// union appends what is new, without regard to case, keeping the old order.
func union(old, add []string) []string {
	out := slices.Clone(old)
	for _, v := range add {
		if v != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, v) }) {
			out = append(out, v)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
