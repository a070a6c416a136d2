package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// firstDomain is the domain of every scenario's first tenant.
const firstDomain = "contoso.example"

// defaultPassword is the password of accounts that a scenario gives none.
const defaultPassword = "Simulated-Pa55"

// world builds the world that the scenario describes.
func (sc *Scenario) world(now func() time.Time, seed uint64) (*World, error) {
	apps, err := baseApps()
	if err != nil {
		return nil, err
	}
	w := NewWorld(now, seed)
	w.apps = apps
	for i := range sc.Tenants {
		t, err := w.newTenant(&sc.Tenants[i], i)
		if err != nil {
			return nil, err
		}
		w.tenants = append(w.tenants, t)
	}
	if !w.tenants[0].hasDomain(firstDomain) {
		return nil, fmt.Errorf("the first tenant must be %s", firstDomain)
	}
	for i := range sc.Apps {
		if err := w.changeApp(&sc.Apps[i]); err != nil {
			return nil, fmt.Errorf("apps[%d]: %w", i, err)
		}
	}
	for i := range sc.Tenants {
		if err := w.fill(w.tenants[i], &sc.Tenants[i]); err != nil {
			return nil, fmt.Errorf("tenant %s: %w", w.tenants[i].DefaultDomain(), err)
		}
	}
	return w, w.settle()
}

// settle makes everything built so far look long established.
func (w *World) settle() error {
	seen := map[string]bool{}
	for _, t := range w.tenants {
		past := w.now().Add(-90 * 24 * time.Hour)
		for _, sp := range t.Services {
			sp.CreatedAt, sp.VisibleAt = past, past
		}
		for _, g := range t.Grants {
			g.CreatedAt, g.VisibleAt, g.Before = past, past, nil
		}
		for _, u := range t.Users {
			key := strings.ToLower(u.UPN)
			if seen[key] {
				return fmt.Errorf("account %s is there twice", u.UPN)
			}
			seen[key] = true
		}
	}
	return nil
}

// newTenant makes a tenant with its accounts and Microsoft's own services.
func (w *World) newTenant(s *tenantSpec, n int) (*Tenant, error) {
	domain := s.Domain
	if domain == "" && n == 0 {
		domain = firstDomain
	}
	cloud := Cloud(s.Cloud)
	if cloud == "" {
		cloud = CloudPublic
	}
	if _, ok := cloudTable[cloud]; !ok || !isDomain(domain) {
		return nil, fmt.Errorf("tenants[%d]: domain %q or cloud %q is not known", n, domain, cloud)
	}
	label, _, _ := strings.Cut(domain, ".")
	t := &Tenant{
		ID: s.ID, Name: s.Name, Cloud: cloud, Realm: s.Realm, Premium: s.Premium,
		RiskyAppsAllowed: s.Risky, SecurityDefaults: s.Defaults == nil || *s.Defaults,
		Assigned: []string(s.Consent),
	}
	if t.ID == "" {
		t.ID = stableID("tenant", domain, string(cloud))
	}
	if !isGUID(t.ID) {
		return nil, fmt.Errorf("tenants[%d]: id %q is not a GUID", n, t.ID)
	}
	if t.Name == "" {
		t.Name = strings.ToUpper(label[:1]) + label[1:]
	}
	if t.Realm == "" {
		t.Realm = "Managed"
	}
	t.Domains = []Domain{{Name: domain, Default: true}}
	for _, d := range s.Domains {
		if !isDomain(d) {
			return nil, fmt.Errorf("tenants[%d]: %q is no domain", n, d)
		}
		t.Domains = append(t.Domains, Domain{Name: d})
	}
	t.Domains = append(t.Domains, Domain{Name: label + ".onmicrosoft.example", Initial: true})
	if s.Consent == nil {
		managed, err := consentChoice("managed")
		if err != nil {
			return nil, err
		}
		t.Assigned = managed
	}
	t.Managed = slices.Contains(t.Assigned, selfPrefix+"microsoft-user-default-recommended")
	if s.Silent != nil {
		t.Managed = *s.Silent
	}
	var err error
	if t.Policies, err = builtinPolicies(t.ID); err != nil {
		return nil, err
	}
	for _, reg := range w.apps {
		if reg.FirstParty {
			if _, err := w.ensureServicePrincipal(t, reg); err != nil {
				return nil, err
			}
		}
	}
	return t, w.addPeople(t, s)
}

func isDomain(s string) bool {
	return s != "" && len(s) < 254 && strings.Contains(s, ".") && !strings.HasPrefix(s, ".") &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
		})
}

// addPeople makes accounts and groups. Unless the scenario says otherwise,
// there are admin@, a Global Administrator, and user@, who is nobody special.
func (w *World) addPeople(t *Tenant, s *tenantSpec) error {
	d := t.DefaultDomain()
	specs := slices.Clone(s.Users)
	has := func(upn string) bool {
		return slices.ContainsFunc(specs, func(u userSpec) bool { return strings.EqualFold(u.UPN, upn) })
	}
	standard := []userSpec{
		{UPN: "admin@" + d, Name: "Sample Admin", Roles: []string{roleGlobalAdmin}},
		{UPN: "user@" + d, Name: "Sample User"},
	}
	if len(w.tenants) > 0 && w.tenants[0].hasDomain(d) {
		standard = nil // the same domain in a second cloud: its people are named by the scenario
	}
	for i, u := range slices.Backward(standard) {
		if !has(u.UPN) {
			specs = slices.Insert(specs, 0, standard[i])
		}
	}
	for _, u := range specs {
		user, err := newUser(t, u)
		if err != nil {
			return err
		}
		t.Users = append(t.Users, user)
	}
	for _, g := range s.Groups {
		group := &Group{ID: stableID("group", t.ID, g.Name), Name: g.Name}
		for _, upn := range g.Members {
			u := t.userByUPN(upn)
			if u == nil {
				return fmt.Errorf("group %s: no account %q", g.Name, upn)
			}
			group.Members = append(group.Members, u.ID)
		}
		t.Groups = append(t.Groups, group)
	}
	return nil
}

func newUser(t *Tenant, s userSpec) (*User, error) {
	name, domain, ok := strings.Cut(s.UPN, "@")
	if !ok || name == "" || !isDomain(domain) || strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && r != '#' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return nil, fmt.Errorf("account %q is not written name@domain", s.UPN)
	}
	u := &User{
		ID: stableID("user", t.ID, strings.ToLower(s.UPN)), UPN: s.UPN, Name: s.Name, Password: s.Password,
		Disabled: s.Disabled, Guest: s.Guest, SelfPolicies: s.Policies,
	}
	if u.Name == "" {
		u.Name = "Sample " + strings.ToUpper(name[:1]) + name[1:]
	}
	if u.Password == "" {
		u.Password = defaultPassword
	}
	var err error
	if u.Roles, err = roleIDs(s.Roles); err != nil {
		return nil, fmt.Errorf("account %s: %w", s.UPN, err)
	}
	if u.Eligible, err = roleIDs(s.Eligible); err != nil {
		return nil, fmt.Errorf("account %s: %w", s.UPN, err)
	}
	return u, nil
}

func roleIDs(names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		id, ok := roleByName(n)
		if !ok {
			return nil, fmt.Errorf("no directory role %q", n)
		}
		out = append(out, id)
	}
	return out, nil
}

// appNamed finds a registration by short name or client id.
func (w *World) appNamed(name string) *Registration {
	switch name {
	case "graph":
		return w.registration(graphAppID)
	case "exchange":
		return w.registration(exchangeAppID)
	case "graph-cli":
		return w.registration(graphCLIAppID)
	case "azure-cli":
		return w.registration(azureCLIAppID)
	}
	if id, ok := vendorKeys[name]; ok {
		return w.registration(id)
	}
	return w.registration(name)
}

// changeApp applies what a scenario says of a registration.
func (w *World) changeApp(s *appSpec) error {
	reg := w.appNamed(s.App)
	if reg == nil {
		if !isGUID(s.App) || s.Name == "" {
			return fmt.Errorf("no app %q; a new one needs a GUID and a name", s.App)
		}
		reg = &Registration{AppID: strings.ToLower(s.App), HomeTenant: stableID("vendor-tenant", s.App), RegisteredAt: registered}
		reg.Required = []Required{{Resource: graphAppID, Scopes: s.Scopes}}
		for _, v := range s.Scopes {
			if w.registration(graphAppID).scope(v) == nil {
				return fmt.Errorf("microsoft graph has no scope %q", v)
			}
		}
		w.apps = append(w.apps, reg)
	} else if len(s.Scopes) > 0 {
		return errors.New("scopes are for apps that the base lacks")
	}
	if s.Name != "" {
		reg.Name = s.Name
	}
	if s.Unverified {
		reg.Publisher = nil
	}
	if s.Registered != nil {
		reg.RegisteredAt = *s.Registered
	}
	if s.Home != "" {
		home := w.tenantFor(s.Home, nil)
		if home == nil {
			return fmt.Errorf("no tenant has domain %q", s.Home)
		}
		reg.HomeTenant = home.ID
	}
	reg.SingleTenant = reg.SingleTenant || s.Single
	reg.RedirectURIs = append(reg.RedirectURIs, s.Redirects...)
	return nil
}

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
	t.Grants = append(t.Grants, &Grant{
		ID: stableID("grant", sp.ID, resource.ID, principal), ClientID: sp.ID, Resource: resource.ID,
		Principal: principal, Scope: g.Scope,
	})
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
