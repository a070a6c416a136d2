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
	for i := range sc.APIs {
		if err := w.changeAPI(&sc.APIs[i]); err != nil {
			return nil, fmt.Errorf("apis[%d]: %w", i, err)
		}
	}
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
			g.VisibleAt, g.Before = g.CreatedAt, nil
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
	records, err := recordsOf(domain, s.TXT, s.DNS.Records, w.now())
	if err = errors.Join(err, knownMail(s.DNS.Mail), s.DNS.NSEC3.check()); err != nil {
		return nil, fmt.Errorf("tenants[%d]: %w", n, err)
	}
	t.Domains = []Domain{{Name: domain, Default: true, Records: records, Mail: s.DNS.Mail, Unproved: s.DNS.Unproved, Signed: s.DNS.Signed, NSEC3: s.DNS.NSEC3}}
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
		for _, need := range append([]needSpec{{Resource: "graph", Scopes: s.Scopes}}, s.Needs...) {
			api := w.appNamed(need.Resource)
			if api == nil {
				return fmt.Errorf("needs: no API %q", need.Resource)
			}
			for _, v := range need.Scopes {
				if api.scope(v) == nil {
					return fmt.Errorf("%s has no scope %q", api.Name, v)
				}
			}
			reg.Required = append(reg.Required, Required{Resource: api.AppID, Scopes: need.Scopes})
		}
		w.apps = append(w.apps, reg)
	} else if len(s.Scopes)+len(s.Needs) > 0 {
		return errors.New("scopes are for apps that the base lacks")
	}
	if s.Name != "" {
		reg.Name = s.Name
	}
	if s.Unverified {
		reg.Publisher = nil
	}
	if s.Publisher != nil {
		reg.Publisher = &Publisher{Name: s.Publisher.Name, MPNID: s.Publisher.ID, AddedAt: registered.AddDate(0, 1, 0)}
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
	} else if s.HomeTenant != "" {
		if !isGUID(s.HomeTenant) {
			return fmt.Errorf("homeTenant: %q is not a GUID", s.HomeTenant)
		}
		reg.HomeTenant = strings.ToLower(s.HomeTenant)
	}
	if s.Prompt != "" && s.Prompt != "consent" && s.Prompt != "login" && s.Prompt != "select_account" {
		return fmt.Errorf("prompt: %q is none of consent, login, select_account", s.Prompt)
	}
	reg.Prompt = s.Prompt
	reg.IDTokens = reg.IDTokens || s.IDTokens
	if s.Expired {
		reg.SecretEnds = w.now().AddDate(0, 0, -1)
	}
	reg.SingleTenant = reg.SingleTenant || s.Single
	reg.RedirectURIs = append(reg.RedirectURIs, s.Redirects...)
	return nil
}

// changeAPI applies what a scenario says of an API: scopes and app roles that it
// lacks are added, and of others id and openness are changed.
func (w *World) changeAPI(s *apiSpec) error {
	reg := w.appNamed(s.API)
	if reg == nil {
		if !isGUID(s.API) || s.Name == "" {
			return fmt.Errorf("no API %q; a new one needs a GUID and a name", s.API)
		}
		reg = &Registration{AppID: strings.ToLower(s.API), Name: s.Name, HomeTenant: microsoftTenant, FirstParty: true, RegisteredAt: registered}
		w.apps = append(w.apps, reg)
	}
	for _, one := range s.Scopes {
		if !isGUID(one.ID) || one.Value == "" || strings.ContainsAny(one.Value, " \t\n") {
			return fmt.Errorf("scope %q: a value without spaces and a GUID are needed", one.Value)
		}
		sc := reg.scope(one.Value)
		if sc == nil {
			reg.Scopes = append(reg.Scopes, Scope{Value: one.Value, Title: scopeTitle(one.Value), About: scopeTitle(one.Value)})
			sc = &reg.Scopes[len(reg.Scopes)-1]
		}
		sc.ID, sc.Admin, sc.Enabled = one.ID, one.Admin, !one.Disabled
	}
	for _, one := range s.Roles {
		if !isGUID(one.ID) || one.Value == "" {
			return fmt.Errorf("app role %q: a value and a GUID are needed", one.Value)
		}
		if reg.appRole(one.ID) == nil {
			reg.AppRoles = append(reg.AppRoles, AppRole{ID: one.ID, Value: one.Value, Title: scopeTitle(one.Value), Members: []string{"Application"}})
		}
	}
	return nil
}
