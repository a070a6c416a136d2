package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fill adds what the scenario says of apps and rules in one tenant.
func (w *World) fill(t *Tenant, s *tenantSpec) error {
	for i := range s.Policies {
		p, err := w.newPolicy(&s.Policies[i])
		if err != nil {
			return err
		}
		t.Policies = append(t.Policies, p)
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

func (w *World) fillWorkflow(t *Tenant, s *tenantSpec) error {
	t.Workflow = Workflow{DurationDays: 30}
	if s.Workflow == nil {
		return nil
	}
	t.Workflow = Workflow{Enabled: s.Workflow.Enabled, NotifyReviewers: true, Reminders: true, DurationDays: max(s.Workflow.Days, 1)}
	for _, upn := range s.Workflow.Reviewers {
		u := t.userByUPN(upn)
		if u == nil {
			return fmt.Errorf("workflow: no account %q", upn)
		}
		t.Workflow.Reviewers = append(t.Workflow.Reviewers, "/users/"+u.ID)
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
	graph := w.registration(graphAppID)
	for _, v := range s.Roles {
		role := graph.appRole(v)
		if role == nil {
			return fmt.Errorf("roles: microsoft graph has no app role %q", v)
		}
		sp.RoleGrants = append(sp.RoleGrants, RoleGrant{
			ID: stableID("role-grant", sp.ID, v), Resource: t.serviceByAppID(graphAppID).ID, RoleID: role.ID, CreatedAt: w.now(),
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
		if api.scope(v) == nil {
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
		ID: stableID("grant", sp.ID, resource.ID, principal), ClientID: sp.ID, Resource: resource.ID,
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
		s := api.scope(v)
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
		if reg == nil {
			return nil, fmt.Errorf("no app %q", c)
		}
		set.ClientIDs = append(set.ClientIDs, reg.AppID)
	}
	if s.Resource == "" {
		if len(s.Scopes) > 0 {
			return nil, errors.New("scopes need a resource")
		}
		return set, nil
	}
	api := w.appNamed(s.Resource)
	if api == nil {
		return nil, fmt.Errorf("no API %q", s.Resource)
	}
	set.Resource = api.AppID
	for _, v := range s.Scopes {
		sc := api.scope(v)
		if sc == nil {
			return nil, fmt.Errorf("%s has no scope %q", api.Name, v)
		}
		set.Permissions = append(set.Permissions, sc.ID)
	}
	return set, nil
}
