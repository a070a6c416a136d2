package sim

import (
	"slices"
	"strings"
	"time"
)

// The simulator's own rules of who may consent to what. They are written from
// Microsoft's documentation alone (entra-facts §3 to §7 give the sources), and
// share nothing with the product's evaluator, so that each can test the other.

// AskedScope is one delegated permission an app asks for.
type AskedScope struct {
	Resource string // appId of the API
	Value    string // as the API spells it; compared without regard to case
	Role     bool   // an application permission, which no user can consent to
}

// RulingKind is the outcome of a ruling.
type RulingKind uint8

// The outcomes.
const (
	// RulingAppDisabled means the app is switched off in this tenant.
	RulingAppDisabled RulingKind = iota
	// RulingNotAssigned means assignment is required and the user has none.
	RulingNotAssigned
	// RulingGranted means that everything asked for is granted already.
	RulingGranted
	// RulingUserMay means the user may consent for themselves.
	RulingUserMay
	// RulingAdminMay means the user holds a role that consents for everyone.
	RulingAdminMay
	// RulingNeedsAdmin means the tenant's rules want an administrator.
	RulingNeedsAdmin
	// RulingRisky means policies would allow it, and risk step-up does not.
	RulingRisky
)

// Ruling is the simulator's decision about one request for consent.
type Ruling struct {
	Kind RulingKind
	Why  string
	// Missing are the asked scopes that nothing grants yet.
	Missing []AskedScope
	// Refused is the first scope that no policy lets the user consent to.
	Refused AskedScope
	// Consent is what the question of consent alone comes to, also where the
	// app's door is shut to the user for want of an assignment.
	Consent RulingKind
}

// decide rules on a request for delegated permissions. The caller holds w.mu.
func (w *World) decide(t *Tenant, u *User, reg *Registration, asked []AskedScope) Ruling {
	missing := w.missing(t, u, reg, asked)
	consent := Ruling{Kind: RulingGranted, Consent: RulingGranted, Why: "everything asked for is granted already"}
	if len(missing) > 0 {
		consent = w.consent(t, u, reg, missing)
	}
	if r, shut := w.shut(t, u, reg); shut {
		r.Missing, r.Consent = missing, consent.Kind
		return r
	}
	return consent
}

// shut says whether not even a grant lets the user in.
func (w *World) shut(t *Tenant, u *User, reg *Registration) (Ruling, bool) {
	sp := t.serviceByAppID(reg.AppID)
	switch {
	case sp == nil:
		return Ruling{}, false
	case sp.off():
		return Ruling{Kind: RulingAppDisabled, Why: reg.Name + " is disabled in this tenant"}, true
	case sp.AssignmentRequired && !t.assigned(u, sp):
		return Ruling{Kind: RulingNotAssigned, Why: "assignment is required and " + u.UPN + " is not assigned"}, true
	}
	return Ruling{}, false
}

// rule decides as if nothing of what is asked were granted.
func (w *World) rule(t *Tenant, u *User, reg *Registration, asked []AskedScope) Ruling {
	if r, shut := w.shut(t, u, reg); shut {
		return r
	}
	return w.consent(t, u, reg, asked)
}

// consent decides who may consent to what is missing.
func (w *World) consent(t *Tenant, u *User, reg *Registration, missing []AskedScope) Ruling {
	r := w.whoMay(t, u, reg, missing)
	r.Missing, r.Consent = missing, r.Kind
	return r
}

func (w *World) whoMay(t *Tenant, u *User, reg *Registration, asked []AskedScope) Ruling {
	r := Ruling{}
	bad, ok := w.adminMay(u, asked)
	if ok {
		r.Kind, r.Why = RulingAdminMay, u.UPN+" holds a role that consents for everyone"
		return r
	}
	r.Kind = RulingNeedsAdmin
	if u.hasRole(grantingRoles...) {
		r.Refused = bad
		r.Why = bad.Value + " is an application permission of Microsoft Graph, which this role cannot grant"
		return r
	}
	sp := t.serviceByAppID(reg.AppID)
	if sp != nil && sp.AssignmentRequired {
		r.Refused = first(asked)
		r.Why = "assignment is required, so users cannot consent for themselves"
		return r
	}
	for _, s := range asked {
		if !w.userMay(t, u, reg, s) {
			r.Refused = s
			r.Why = "no assigned consent policy lets a user consent to " + s.Value
			return r
		}
	}
	if w.risky(t, reg, sp, asked) {
		r.Kind, r.Refused = RulingRisky, first(asked)
		r.Why = "the app is unverified and asks for more than sign-in (risk-based step-up)"
		return r
	}
	r.Kind, r.Why = RulingUserMay, "the user consent policy allows it"
	return r
}

// off says whether the app cannot be signed in to (entra-facts §1).
func (p *ServicePrincipal) off() bool {
	return !p.Enabled || p.Deactivated != nil && *p.Deactivated ||
		p.DisabledByMS != "" && p.DisabledByMS != "NotDisabled"
}

// missing is what is asked for and not granted.
func (w *World) missing(t *Tenant, u *User, reg *Registration, asked []AskedScope) []AskedScope {
	var out []AskedScope
	for _, s := range asked {
		if s.Role && !w.roleGranted(t, reg, s) || !s.Role && !t.isGranted(u, reg.AppID, s) {
			out = append(out, s)
		}
	}
	return out
}

func (w *World) roleGranted(t *Tenant, reg *Registration, s AskedScope) bool {
	client, api := t.serviceByAppID(reg.AppID), w.registration(s.Resource)
	resource := t.serviceByAppID(s.Resource)
	if client == nil || api == nil || resource == nil {
		return false
	}
	role := api.appRole(s.Value)
	return role != nil && slices.ContainsFunc(client.RoleGrants, func(g RoleGrant) bool {
		return g.Resource == resource.ID && strings.EqualFold(g.RoleID, role.ID)
	})
}

// grantingRoles are the roles that consent for everyone (entra-facts §9).
var grantingRoles = []string{roleGlobalAdmin, rolePrivilegedAdmin, roleCloudAppAdmin, roleAppAdmin, roleAIAdmin}

// adminMay says whether the user's roles grant all of it: only the two highest
// grant Microsoft Graph's application permissions (entra-facts §9).
func (w *World) adminMay(u *User, asked []AskedScope) (AskedScope, bool) {
	if u.hasRole(roleGlobalAdmin, rolePrivilegedAdmin) {
		return AskedScope{}, true
	}
	if !u.hasRole(grantingRoles...) {
		return AskedScope{}, false
	}
	for _, s := range asked {
		if s.Role && strings.EqualFold(s.Resource, graphAppID) {
			return s, false
		}
	}
	return AskedScope{}, true
}

// mayGrantForAll says whether the user may consent for the organisation.
func (w *World) mayGrantForAll(u *User, asked []AskedScope) bool {
	_, ok := w.adminMay(u, asked)
	return ok
}

// selfPolicies are the policies that apply to a user's own consent: entries
// for owned resources are not about it (entra-facts §3).
func (t *Tenant) selfPolicies(u *User) []*GrantPolicy {
	ids := slices.Clone(u.SelfPolicies)
	for _, entry := range t.Assigned {
		if isSelf(entry) {
			ids = append(ids, entry[len(selfPrefix):])
		}
	}
	var out []*GrantPolicy
	for _, id := range ids {
		if p := t.policyByID(id); p != nil {
			out = append(out, p)
		}
	}
	return out
}

// userMay says whether one of the user's policies permits one scope: policies
// are alternatives, each judged alone (entra-facts §3, §4).
func (w *World) userMay(t *Tenant, u *User, reg *Registration, s AskedScope) bool {
	if s.Role {
		return false // application permissions are never a user's to give
	}
	return slices.ContainsFunc(t.selfPolicies(u), func(p *GrantPolicy) bool { return w.permits(t, p, reg, s) })
}

// permits applies a policy: an include matches and no exclude does.
func (w *World) permits(t *Tenant, p *GrantPolicy, reg *Registration, s AskedScope) bool {
	match := func(c *ConditionSet) bool { return w.matches(t, c, reg, s) }
	return slices.ContainsFunc(p.Includes, match) && !slices.ContainsFunc(p.Excludes, match)
}

// matches says whether every condition of a set holds (entra-facts §4).
func (w *World) matches(t *Tenant, c *ConditionSet, reg *Registration, s AskedScope) bool {
	var sc *Scope
	if api := w.registration(s.Resource); api != nil {
		sc = api.scope(s.Value)
	}
	if sc == nil {
		return false
	}
	switch {
	case strings.EqualFold(c.PermissionType, "delegatedUserConsentable"):
		if sc.Admin {
			return false
		}
	case !strings.EqualFold(c.PermissionType, "delegated"):
		return false
	}
	if !wild(c.Classification) && !strings.EqualFold(c.Classification, t.classified(s.Resource, sc.ID)) {
		return false
	}
	if r := c.Resource; !wild(r) && !strings.EqualFold(r, "any") && !strings.EqualFold(r, s.Resource) {
		return false
	}
	publisher := ""
	if reg.Publisher != nil {
		publisher = reg.Publisher.MPNID
	} else if c.VerifiedPublisher {
		return false
	}
	return holds(c.Permissions, sc.ID) && holds(c.ClientIDs, reg.AppID) &&
		holds(c.ClientTenantIDs, reg.HomeTenant) && holds(c.ClientPublisherIDs, publisher)
}

func wild(s string) bool { return s == "" || strings.EqualFold(s, "all") }

// holds says whether a list of a condition set admits a value; an empty list
// and "all" admit every one, also an empty one.
func holds(list []string, value string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(e string) bool {
		return strings.EqualFold(e, "all") || value != "" && strings.EqualFold(e, value)
	})
}

// classified is the tenant's classification of a scope; empty if it has none.
func (t *Tenant) classified(resourceAppID, scopeID string) string {
	sp := t.serviceByAppID(resourceAppID)
	if sp == nil {
		return ""
	}
	for _, c := range t.Classifications {
		if c.Resource == sp.ID && strings.EqualFold(c.Permission, scopeID) {
			return c.Level
		}
	}
	return ""
}

// basicScopes are what the simulator takes for basic sign-in, beyond which
// risk-based step-up begins (entra-facts §7). No source says whether
// offline_access is part of it: it goes with every sign-in that lasts, so it
// counts as basic here.
var basicScopes = []string{"openid", "profile", "email", "offline_access", "User.Read"}

// riskBegan is when registrations of unverified apps began to count as risky
// (entra-facts §7).
var riskBegan = time.Date(2020, time.November, 8, 0, 0, 0, 0, time.UTC)

// risky says whether risk-based step-up takes the decision from the user.
func (w *World) risky(t *Tenant, reg *Registration, sp *ServicePrincipal, asked []AskedScope) bool {
	if t.RiskyAppsAllowed != nil && *t.RiskyAppsAllowed {
		return false
	}
	if sp != nil && sp.Risky {
		return true
	}
	if reg.SingleTenant || reg.FirstParty || reg.Publisher != nil || strings.EqualFold(reg.HomeTenant, t.ID) ||
		!reg.RegisteredAt.After(riskBegan) {
		return false
	}
	return slices.ContainsFunc(asked, func(s AskedScope) bool {
		basic := strings.EqualFold(s.Resource, graphAppID) &&
			slices.ContainsFunc(basicScopes, func(b string) bool { return strings.EqualFold(b, s.Value) })
		return !basic
	})
}

func first(asked []AskedScope) AskedScope {
	if len(asked) == 0 {
		return AskedScope{}
	}
	return asked[0]
}
