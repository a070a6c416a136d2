package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fill adds what the scenario says of apps and rules in one tenant.
func (w *World) fill(t *Tenant, s *tenantSpec) error {
	if err := w.fillPolicies(t, s); err != nil {
		return err
	}
	for i := range s.Apps {
		if err := w.fillApp(t, &s.Apps[i]); err != nil {
			return fmt.Errorf("apps[%d]: %w", i, err)
		}
	}
	for _, c := range s.Classified {
		if err := w.classify(t, c); err != nil {
			return err
		}
	}
	if err := w.fillWorkflow(t, s); err != nil {
		return err
	}
	return w.fillHappened(t, s)
}

func (w *World) fillPolicies(t *Tenant, s *tenantSpec) error {
	var named []*GrantPolicy
	for i := range s.Policies {
		p, err := w.newPolicy(&s.Policies[i])
		if err != nil {
			return err
		}
		if known := t.policyByID(p.ID); known != nil {
			known.Includes, known.Excludes = p.Includes, p.Excludes
			p = known
		} else {
			t.Policies = append(t.Policies, p)
		}
		named = append(named, p)
	}
	if s.OnlyPolicies {
		t.Policies = named
	}
	return nil
}

func (w *World) fillWorkflow(t *Tenant, s *tenantSpec) error {
	t.Workflow = Workflow{DurationDays: 30}
	if s.Workflow == nil {
		return nil
	}
	t.Workflow = Workflow{
		Enabled: s.Workflow.Enabled, NotifyReviewers: s.Workflow.Notify == nil || *s.Workflow.Notify,
		Reminders: s.Workflow.Remind == nil || *s.Workflow.Remind, DurationDays: max(s.Workflow.Days, 1),
	}
	for _, upn := range s.Workflow.Reviewers {
		if strings.HasPrefix(upn, "/") {
			t.Workflow.Reviewers = append(t.Workflow.Reviewers, upn)
			continue
		}
		u, g := t.userByUPN(upn), find(t.Groups, func(g *Group) bool { return g.Name == upn })
		switch {
		case u != nil:
			t.Workflow.Reviewers = append(t.Workflow.Reviewers, reviewerQuery(kindUser, u.ID))
		case g != nil:
			t.Workflow.Reviewers = append(t.Workflow.Reviewers, reviewerQuery(kindGroup, g.ID))
		default:
			return fmt.Errorf("workflow: no account %q", upn)
		}
	}
	return nil
}

func (w *World) fillApp(t *Tenant, s *serviceSpec) error {
	reg := w.appNamed(s.App)
	if reg == nil {
		return fmt.Errorf("no app %q", s.App)
	}
	sp, err := w.ensureServicePrincipal(t, reg)
	if err != nil {
		return err
	}
	sp.Enabled, sp.Deactivated, sp.DisabledByMS = !s.Disabled, s.Deactivated, s.DisabledByMS
	sp.AssignmentRequired = s.AssignmentRequired
	for _, name := range s.Assigned {
		if u := t.userByUPN(name); u != nil {
			sp.Assigned = append(sp.Assigned, u.ID)
		} else if g := find(t.Groups, func(g *Group) bool { return g.Name == name }); g != nil {
			sp.Assigned = append(sp.Assigned, g.ID)
		} else {
			return fmt.Errorf("assigned: no account or group %q", name)
		}
	}
	for _, g := range s.Grants {
		if err := w.fillGrant(t, sp, g); err != nil {
			return err
		}
	}
	for _, upn := range s.Owners {
		u := t.userByUPN(upn)
		if u == nil {
			return fmt.Errorf("owners: no account %q", upn)
		}
		sp.Owners = append(sp.Owners, u.ID)
	}
	return w.fillRoles(t, sp, s)
}

// fillRoles gives an app its application permissions.
func (w *World) fillRoles(t *Tenant, sp *ServicePrincipal, s *serviceSpec) error {
	held := slices.Clone(s.RolesOf)
	for _, v := range s.Roles {
		held = append(held, heldRole{Resource: "graph", Role: v})
	}
	for _, h := range held {
		api := w.appNamed(h.Resource)
		if api == nil {
			return fmt.Errorf("roles: no API %q", h.Resource)
		}
		role := api.appRole(h.Role)
		if role == nil {
			return fmt.Errorf("roles: %s has no app role %q", api.Name, h.Role)
		}
		resource, err := w.ensureServicePrincipal(t, api)
		if err != nil {
			return err
		}
		sp.RoleGrants = append(sp.RoleGrants, RoleGrant{
			ID: stableID("role-grant", sp.ID, api.AppID, role.ID), Resource: resource.ID, RoleID: role.ID, CreatedAt: w.now(),
		})
	}
	return nil
}

func (w *World) fillGrant(t *Tenant, sp *ServicePrincipal, g grantSpec) error {
	api := w.appNamed(g.Resource)
	if api == nil {
		return fmt.Errorf("grants: no API %q", g.Resource)
	}
	resource, err := w.ensureServicePrincipal(t, api)
	if err != nil {
		return err
	}
	for v := range strings.FieldsSeq(g.Scope) {
		if !g.Odd && api.scope(v) == nil {
			return fmt.Errorf("grants: %s has no scope %q", api.Name, v)
		}
	}
	principal := ""
	if g.For != "everyone" {
		u := t.userByUPN(g.For)
		if u == nil {
			return fmt.Errorf("grants: for everyone or an account, not %q", g.For)
		}
		principal = u.ID
	}
	if t.grantOf(sp.ID, resource.ID, principal) != nil {
		return fmt.Errorf("grants: a second grant on %s for %s", api.Name, g.For)
	}
	made := &Grant{
		ID: grantID(sp.ID, resource.ID, principal), ClientID: sp.ID, Resource: resource.ID,
		Principal: principal, Scope: g.Scope, CreatedAt: w.now().Add(-90 * 24 * time.Hour),
	}
	t.Grants = append(t.Grants, made)
	if g.Ago == 0 {
		return nil
	}
	by := t.userByUPN(g.By)
	if by == nil || g.Ago < 0 {
		return fmt.Errorf("grants: ago needs a time before now, and by an account, not %q", g.By)
	}
	made.CreatedAt = w.now().Add(-g.Ago)
	w.auditConsent(t, by, sp, principal == "", "[] => [Scope: "+g.Scope+"]", "")
	t.Audits[len(t.Audits)-1].At = made.CreatedAt
	return nil
}

func (w *World) classify(t *Tenant, c classSpec) error {
	api := w.appNamed(c.Resource)
	if api == nil || !slices.Contains([]string{"low", "medium", "high"}, c.Level) {
		return fmt.Errorf("classified: no API %q or no level %q", c.Resource, c.Level)
	}
	sp, err := w.ensureServicePrincipal(t, api)
	if err != nil {
		return err
	}
	for _, v := range c.Scopes {
		s := api.scopeNamed(v)
		if s == nil {
			return fmt.Errorf("classified: %s has no scope %q", api.Name, v)
		}
		t.Classifications = append(t.Classifications, &Classification{
			ID: stableID("class", t.ID, s.ID), Resource: sp.ID, Permission: s.ID, Name: s.Value, Level: c.Level,
		})
	}
	return nil
}

// newPolicy makes a custom policy. Scopes are given by value and kept by id.
func (w *World) newPolicy(s *policySpec) (*GrantPolicy, error) {
	if s.ID == "" {
		return nil, errors.New("policies: an id is needed")
	}
	p := &GrantPolicy{ID: s.ID, Name: s.Name}
	for i, list := range [][]setSpec{s.Includes, s.Excludes} {
		for n, spec := range list {
			set, err := w.newSet(spec)
			if err != nil {
				return nil, fmt.Errorf("policy %s: %w", s.ID, err)
			}
			set.ID = stableID("set", s.ID, fmt.Sprint(i), fmt.Sprint(n))
			if i == 0 {
				p.Includes = append(p.Includes, set)
			} else {
				p.Excludes = append(p.Excludes, set)
			}
		}
	}
	return p, nil
}

func (w *World) newSet(s setSpec) (*ConditionSet, error) {
	set := &ConditionSet{
		PermissionType: s.Type, Classification: s.Class, ClientTenantIDs: s.Tenants,
		ClientPublisherIDs: s.Publishers, VerifiedPublisher: s.Verified,
	}
	for _, c := range s.Clients {
		reg := w.appNamed(c)
		switch {
		case reg != nil:
			set.ClientIDs = append(set.ClientIDs, reg.AppID)
		case isGUID(c):
			set.ClientIDs = append(set.ClientIDs, c) // an app that nobody here has
		default:
			return nil, fmt.Errorf("no app %q", c)
		}
	}
	api := w.appNamed(s.Resource)
	switch {
	case api != nil:
		set.Resource = api.AppID
	case s.Resource == "" || isGUID(s.Resource):
		set.Resource = s.Resource
	default:
		return nil, fmt.Errorf("no API %q", s.Resource)
	}
	for _, v := range s.Scopes {
		id := v
		if sc := api.scopeNamed(v); sc != nil {
			id = sc.ID
		} else if !isGUID(v) {
			return nil, fmt.Errorf("%s has no scope %q", cmp.Or(s.Resource, "no API"), v)
		}
		set.Permissions = append(set.Permissions, id)
	}
	return set, nil
}

// scopeNamed finds a delegated permission by its value or its id. An id that
// the API does not publish stands for itself: rules may hold such.
func (r *Registration) scopeNamed(name string) *Scope {
	if r == nil {
		return nil
	}
	if sc := r.scope(name); sc != nil {
		return sc
	}
	if i := slices.IndexFunc(r.Scopes, func(s Scope) bool { return strings.EqualFold(s.ID, name) }); i >= 0 {
		return &r.Scopes[i]
	}
	if isGUID(name) {
		return &Scope{ID: name}
	}
	return nil
}
