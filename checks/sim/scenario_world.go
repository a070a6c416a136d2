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
	t.Domains = []Domain{{Name: domain, Default: true, TXT: s.TXT}}
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
	if s.Prompt != "" && s.Prompt != "consent" && s.Prompt != "login" && s.Prompt != "select_account" {
		return fmt.Errorf("prompt: %q is none of consent, login, select_account", s.Prompt)
	}
	reg.Prompt = s.Prompt
	reg.SingleTenant = reg.SingleTenant || s.Single
	reg.RedirectURIs = append(reg.RedirectURIs, s.Redirects...)
	return nil
}
