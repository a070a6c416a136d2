package sim

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Service principals and grants, as consent makes them. The caller holds w.mu.

// Errors of ensureServicePrincipal.
var errNotMultiTenant = errors.New("the app is registered for its own tenant only")

// ensureServicePrincipal returns the app's service principal in t, making it
// if need be, as a first consent does. Single-tenant apps of other tenants are
// refused.
func (w *World) ensureServicePrincipal(t *Tenant, reg *Registration) (*ServicePrincipal, error) {
	if sp := t.serviceByAppID(reg.AppID); sp != nil {
		return sp, nil
	}
	if reg.SingleTenant && !strings.EqualFold(reg.HomeTenant, t.ID) {
		return nil, errNotMultiTenant
	}
	now := w.now()
	id := stableID("sp", t.ID, reg.AppID)
	if t.gone[id] {
		id = w.newID("sp")
	}
	sp := &ServicePrincipal{
		ID:          id,
		AppID:       reg.AppID,
		Name:        reg.Name,
		Enabled:     true,
		OwnerTenant: reg.HomeTenant,
		Publisher:   reg.Publisher,
		Tags:        appTags(reg),
		CreatedAt:   now,
		VisibleAt:   now.Add(w.lag.of(lagServices, id)),
	}
	t.Services = append(t.Services, sp)
	return sp, nil
}

// appTags are the tags of an app that came by consent: by this one the portal, and
// scripts, know what is an enterprise app (general knowledge). Whoever makes the
// service principal through Graph says its tags.
func appTags(reg *Registration) []string {
	if reg.FirstParty {
		return nil
	}
	return []string{"WindowsAzureActiveDirectoryIntegratedApp"}
}

// settling says whether the app's service principal is being made or unmade at
// this moment: consent then collides with it (aadsts.csv, 650051).
func (t *Tenant) settling(appID string, now time.Time) bool {
	if sp := t.serviceByAppID(appID); sp != nil {
		return now.Before(sp.VisibleAt)
	}
	return now.Before(t.leaving[strings.ToLower(appID)])
}

// grantEveryone adds scopes to the tenant-wide grants of an app, one grant per
// API (entra-facts §2). What was granted before is kept: grants are unions.
func (w *World) grantEveryone(t *Tenant, reg *Registration, scopes map[string][]string) error {
	return w.grantTo(t, reg, "", scopes)
}

// grantUser adds scopes to one user's own grants of an app.
func (w *World) grantUser(t *Tenant, u *User, reg *Registration, scopes map[string][]string) error {
	return w.grantTo(t, reg, u.ID, scopes)
}

func (w *World) grantTo(t *Tenant, reg *Registration, principal string, scopes map[string][]string) error {
	client, err := w.ensureServicePrincipal(t, reg)
	if err != nil {
		return err
	}
	for _, resource := range sortedKeys(scopes) {
		api := w.registration(resource)
		if api == nil {
			return fmt.Errorf("grant: no API has app id %s", resource)
		}
		sp, err := w.ensureServicePrincipal(t, api)
		if err != nil {
			return fmt.Errorf("grant on %s: %w", api.Name, err)
		}
		w.addGrant(t, client.ID, sp.ID, principal, scopes[resource])
	}
	return nil
}

// addGrant makes or widens the one grant of (client, resource, principal).
func (w *World) addGrant(t *Tenant, client, resource, principal string, scopes []string) *Grant {
	g := t.grantOf(client, resource, principal)
	if g == nil {
		now := w.now()
		id := grantID(client, resource, principal)
		g = &Grant{
			ID: id, ClientID: client, Resource: resource, Principal: principal,
			Scope: strings.Join(union(nil, scopes), " "), CreatedAt: now, VisibleAt: now.Add(w.lag.of(lagGrants, id)),
		}
		t.Grants = append(t.Grants, g)
		return g
	}
	before := strings.Fields(g.Scope)
	after := union(before, scopes)
	if len(after) > len(before) {
		w.setScope(g, strings.Join(after, " "))
	}
	return g
}

// grantID is the id of the one grant of (client, resource, principal): their
// GUIDs in Windows' order of bytes, in base64url, so that a grant that is made
// again has the id it had. The sample of a tenant-wide grant shows it
// ([GC:oauth2permissiongrant-update]: the id holds clientId and resourceId); that
// a user's grant ends in the user is [K].
func grantID(client, resource, principal string) string {
	var raw []byte
	for _, id := range []string{client, resource, principal} {
		if b, err := hex.DecodeString(strings.ReplaceAll(id, "-", "")); err == nil && len(b) == 16 {
			slices.Reverse(b[0:4])
			slices.Reverse(b[4:6])
			slices.Reverse(b[6:8])
			raw = append(raw, b...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// setScope changes what a grant holds; reads see the change after the lag.
func (w *World) setScope(g *Grant, scope string) {
	seen := g.seenScope(w.now())
	g.Before = seen
	g.Scope = scope
	g.VisibleAt = w.now().Add(w.lag.of(lagGrants, g.ID))
}

// seenScope is what a read sees of the grant; nil if it sees no grant yet.
func (g *Grant) seenScope(now time.Time) *string {
	if now.Before(g.VisibleAt) {
		return g.Before
	}
	scope := g.Scope // a copy: the grant may change while the caller holds it
	return &scope
}

// grantOf finds the one grant of (client, resource, principal).
func (t *Tenant) grantOf(client, resource, principal string) *Grant {
	return find(t.Grants, func(g *Grant) bool {
		return g.ClientID == client && g.Resource == resource && g.Principal == principal
	})
}

// granted is what a user holds of an API through an app: the tenant-wide grant
// and the user's own, together. u may be nil: then the tenant-wide one alone.
func (t *Tenant) granted(u *User, appID, resourceAppID string) []string {
	client, resource := t.serviceByAppID(appID), t.serviceByAppID(resourceAppID)
	if client == nil || resource == nil {
		return nil
	}
	out := slices.Clone(preauthorized[strings.ToLower(appID)][resource.AppID])
	for _, g := range t.Grants {
		if g.ClientID != client.ID || g.Resource != resource.ID {
			continue
		}
		if g.Principal == "" || u != nil && g.Principal == u.ID {
			out = union(out, strings.Fields(g.Scope))
		}
	}
	return out
}

// isGranted says whether one scope is held already.
func (t *Tenant) isGranted(u *User, appID string, s AskedScope) bool {
	return slices.ContainsFunc(t.granted(u, appID, s.Resource), func(v string) bool {
		return strings.EqualFold(v, s.Value)
	})
}

// assigned says whether a user, or a group the user is directly in, is
// assigned to the app (nested groups are not expanded; entra-facts §2).
func (t *Tenant) assigned(u *User, sp *ServicePrincipal) bool {
	for _, id := range sp.Assigned {
		if strings.EqualFold(id, u.ID) {
			return true
		}
		if g := t.groupByID(id); g != nil && slices.Contains(g.Members, u.ID) {
			return true
		}
	}
	return false
}
