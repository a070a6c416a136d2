package sim

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Ready is the line that `onboard sim` prints when it serves.
type Ready struct {
	HTTPS string `json:"https"` // host:port
	DNS   string `json:"dns"`   // host:port, UDP and TCP
	CA    string `json:"ca"`    // path of the authority's certificate, PEM
	// TrustAnchor is the path of the DNS root's key; empty: no zone is signed.
	TrustAnchor string        `json:"trustAnchor,omitempty"`
	Portal      string        `json:"portal"`
	Tenants     []ReadyTenant `json:"tenants"`
}

// ReadyTenant is one simulated tenant.
type ReadyTenant struct {
	ID     string      `json:"id"`
	Domain string      `json:"domain"`
	Users  []ReadyUser `json:"users"`
	Apps   []ReadyApp  `json:"apps"`
}

// ReadyUser is an account with which to sign in. Roles are names of the
// active directory roles.
type ReadyUser struct {
	UPN      string   `json:"upn"`
	Password string   `json:"password"`
	Roles    []string `json:"roles"`
}

// ReadyApp is an app that can be used in a tenant. ServicePrincipalID is empty
// as long as the app has no service principal there.
type ReadyApp struct {
	ClientID           string `json:"clientId"`
	Secret             string `json:"secret"`
	Name               string `json:"name"`
	ServicePrincipalID string `json:"servicePrincipalId"`
}

// Ready describes the running simulator as it was when it started. It waits as
// Settle does.
func (s *Sim) Ready() Ready {
	<-s.written
	return s.ready
}

// Outline is what Ready gives, at once: the files below tokens/ may still be on
// their way.
func (s *Sim) Outline() Ready { return s.ready }

// VendorApp is the client id that one of the vendors' apps has in every simulated
// world, by its short name in scenarios; empty for a name that is none of theirs.
func (s *Sim) VendorApp(name string) string { return vendorKeys[name] }

func (s *Sim) describe() Ready {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	addr := s.https.Addr().String()
	r := Ready{
		HTTPS:  addr,
		DNS:    s.dnsUDP.LocalAddr().String(),
		CA:     s.caPath(),
		Portal: "https://" + addr + "/portal/",
	}
	if s.zoneKeys["."] != nil {
		r.TrustAnchor = s.anchorPath()
	}
	for _, t := range s.world.tenants {
		r.Tenants = append(r.Tenants, s.world.describe(t))
	}
	return r
}

func (w *World) describe(t *Tenant) ReadyTenant {
	out := ReadyTenant{ID: t.ID, Domain: t.DefaultDomain(), Users: []ReadyUser{}, Apps: []ReadyApp{}}
	for _, u := range t.Users {
		ru := ReadyUser{UPN: u.UPN, Password: u.Password, Roles: []string{}}
		for _, id := range u.Roles {
			ru.Roles = append(ru.Roles, roleName(id))
		}
		out.Users = append(out.Users, ru)
	}
	for _, reg := range w.apps {
		if reg.FirstParty || reg.SingleTenant && !strings.EqualFold(reg.HomeTenant, t.ID) {
			continue
		}
		app := ReadyApp{ClientID: reg.AppID, Secret: reg.Secret, Name: reg.Name}
		if sp := t.serviceByAppID(reg.AppID); sp != nil {
			app.ServicePrincipalID = sp.ID
		}
		out.Apps = append(out.Apps, app)
	}
	return out
}

// writeTokens puts a Graph token of every account that can sign in into
// DIR/tokens/UPN.
func (s *Sim) writeTokens() error {
	if _, err := s.login.sign.wait(); err != nil { // before the lock, which requests need
		return err
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	for _, t := range s.world.tenants {
		for _, u := range t.Users {
			if u.Disabled {
				continue
			}
			path := filepath.Join(s.dir, "tokens", u.UPN)
			if err := os.WriteFile(path, []byte(s.scriptToken(t, u)+"\n"), 0o600); err != nil {
				return fmt.Errorf("write a token: %w", err)
			}
		}
	}
	return nil
}

// register adds the apps of --register to the first tenant.
func (w *World) register(list []string) error {
	for _, arg := range list {
		id, secret, _ := strings.Cut(arg, ":")
		id, only, limited := strings.Cut(id, "=")
		if !isGUID(id) {
			return fmt.Errorf("register: %q is not CLIENTID, CLIENTID:SECRET or CLIENTID:@FILE, perhaps with =SCOPE,SCOPE behind CLIENTID, with a GUID as client id", id)
		}
		if w.registration(id) != nil {
			return fmt.Errorf("register: client id %s is known already", id)
		}
		var cert *x509.Certificate
		if path, file := strings.CutPrefix(secret, "@"); file {
			var err error
			if cert, err = readCertificate(path); err != nil {
				return fmt.Errorf("register %s: %w", id, err)
			}
			secret = ""
		}
		var scopes []string // nil: all
		if limited {
			scopes = strings.Split(only, ",")
		}
		reg, err := w.registerOwned(strings.ToLower(id), secret, scopes)
		if err != nil {
			return fmt.Errorf("register %s: %w", id, err)
		}
		reg.Certificate = cert
	}
	return nil
}

// registerOwned adds one single-tenant app with everything consented or, where only is
// not nil, these scopes of Microsoft Graph alone.
func (w *World) registerOwned(id, secret string, only []string) (*Registration, error) {
	t := w.tenants[0]
	reg := &Registration{
		AppID: id, Name: "Registered app " + id[:8], HomeTenant: t.ID, Secret: secret,
		Public: true, SingleTenant: true, AnyLoopback: true, IDTokens: true, RegisteredAt: w.now(),
	}
	grants := map[string][]string{}
	for _, api := range w.apps {
		if len(api.Scopes) == 0 || only != nil {
			continue
		}
		q := Required{Resource: api.AppID}
		for _, sc := range api.Scopes {
			q.Scopes = append(q.Scopes, sc.Value)
		}
		for _, r := range api.AppRoles {
			q.Roles = append(q.Roles, r.Value)
		}
		reg.Required = append(reg.Required, q)
		grants[api.AppID] = q.Scopes
	}
	for _, name := range only {
		if w.registration(graphAppID).scope(name) == nil {
			return nil, fmt.Errorf("no scope of Microsoft Graph is called %q", name)
		}
	}
	if only != nil {
		reg.Required = []Required{{Resource: graphAppID, Scopes: only}}
		grants[graphAppID] = only
	}
	w.apps = append(w.apps, reg)
	if err := w.grantEveryone(t, reg, grants); err != nil {
		return nil, err
	}
	return reg, w.grantRoles(t, reg)
}

// grantRoles grants every application permission that the app requires.
func (w *World) grantRoles(t *Tenant, reg *Registration) error {
	sp, err := w.ensureServicePrincipal(t, reg)
	if err != nil {
		return err
	}
	for _, q := range reg.Required {
		api := w.registration(q.Resource)
		if api == nil {
			return fmt.Errorf("no API has app id %s", q.Resource)
		}
		resource, err := w.ensureServicePrincipal(t, api)
		if err != nil {
			return err
		}
		for _, name := range q.Roles {
			role := api.appRole(name)
			if role == nil {
				return fmt.Errorf("%s has no app role %q", api.Name, name)
			}
			if w.roleGranted(t, reg, AskedScope{Resource: q.Resource, Value: name, Role: true}) {
				continue
			}
			sp.RoleGrants = append(sp.RoleGrants, RoleGrant{
				ID: w.newID("role"), Resource: resource.ID, RoleID: role.ID, CreatedAt: w.now(),
			})
		}
	}
	return nil
}

// isGUID says whether s is written as Graph writes ids.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') {
			return false
		}
		if !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
