package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The reasons for which no plan can be made.
var (
	ErrNotRead     = errors.New("the tenant has not been read yet")
	ErrOtherApp    = errors.New("what was read is another app than the one asked for")
	ErrUnstated    = errors.New("the vendor does not say which permissions the app needs")
	ErrNoResource  = errors.New("an API that the app needs is not in this tenant")
	ErrAppRoles    = errors.New("the app needs application permissions, which this plan does not grant")
	ErrByMS        = errors.New("the app is disabled by Microsoft")
	ErrTooLong     = errors.New("the grant that is there holds more scopes than fit in here: add to it by hand")
	ErrDeactivated = errors.New("the app is deactivated")
)

// MakePlan makes the plan that grants the app what it needs, from what was
// read of the tenant. It changes nothing and is the same for the same facts.
// Grants are unions: nothing that is granted is taken away. A plan without
// lines means that all is in place.
func MakePlan(s State) (Plan, error) {
	f := s.Facts
	switch {
	case s.App.NeedsUnstated:
		return Plan{}, ErrUnstated
	case s.needsRole():
		return Plan{}, ErrAppRoles
	case !f.AppRead || f.App != nil && !f.GrantsRead || !f.ResRead, s.App.ClientID == "", s.TenantID() == "":
		return Plan{}, ErrNotRead
	case f.App != nil && !strings.EqualFold(f.App.AppID, s.App.ClientID):
		return Plan{}, ErrOtherApp
	case f.App != nil && f.App.ByMicrosoft != "":
		return Plan{}, fmt.Errorf("%w: %s", ErrByMS, checks.Line(f.App.ByMicrosoft, 80))
	case f.App != nil && f.App.Deactivated:
		return Plan{}, ErrDeactivated
	}
	p := Plan{Tenant: s.TenantID(), Domain: s.Domain}
	app := NewAppRef
	if f.App == nil {
		p.Lines = append(p.Lines, createApp(s))
	} else {
		app = f.App.ID
		if !f.App.Enabled {
			p.Lines = append(p.Lines, enableApp(s))
			p.Warnings = append(p.Warnings, words.enableWarning)
		}
	}
	for _, need := range needsByResource(s.App) {
		line, ok, err := grantLine(f, app, need)
		if err != nil {
			return Plan{}, err
		}
		if ok {
			p.Lines = append(p.Lines, line)
		}
	}
	p.ID = digest(p)
	return p, nil
}

// need is what the app needs of one API.
type need struct {
	resource string
	scopes   []string
}

// needsByResource groups what the app needs by API, in the profile's order.
func needsByResource(app checks.App) []need {
	var out []need
	for _, p := range app.Needs {
		if p.Scope == "" {
			continue
		}
		i := 0
		for i < len(out) && !strings.EqualFold(out[i].resource, p.Resource) {
			i++
		}
		if i == len(out) {
			out = append(out, need{resource: p.Resource})
		}
		out[i].scopes = addFold(out[i].scopes, p.Scope)
	}
	return out
}

// createApp makes the enterprise app (entra-facts §1 [PERM]).
func createApp(s State) Change {
	return Change{
		Kind: CreateApp, Title: words.createAppLine, Method: "POST", Path: "/servicePrincipals",
		Body: body(struct {
			AppID string `json:"appId"`
		}{s.App.ClientID}),
		Before: words.absent, After: fmt.Sprintf(words.createAppAfter, s.App.Listed),
		Scope: "Application.ReadWrite.All", Role: leastRole,
		Effect: words.createAppEffect, Benchmark: words.noBenchmark, Undo: words.createAppUndo,
	}
}

// enableApp lets people sign in to the app again (entra-facts §1 [PERM]).
func enableApp(s State) Change {
	return Change{
		Kind: EnableApp, Title: words.enableAppLine, Method: "PATCH", Path: "/servicePrincipals/" + s.Facts.App.ID,
		Body: body(struct {
			Enabled bool `json:"accountEnabled"`
		}{true}),
		Before: words.disabled, After: words.enabled,
		Scope: "Application.ReadWrite.All", Role: leastRole,
		Effect: words.enableAppEffect, Benchmark: words.noBenchmark, Undo: words.enableAppUndo, Warning: words.enableWarning,
	}
}

// grantLine makes or widens the tenant-wide grant on one API; ok is false where
// it covers every scope already (entra-facts §2).
func grantLine(f Facts, app string, n need) (c Change, ok bool, err error) {
	api, there := resourceIn(f, n.resource)
	if !there {
		return Change{}, false, fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.resource))
	}
	c = Change{
		Title: fmt.Sprintf(words.grantLine, ResourceTitle(n.resource)), Resource: n.resource, Scopes: n.scopes,
		Scope: "DelegatedPermissionGrant.ReadWrite.All", Role: leastRole,
		Effect: words.grantGains, Benchmark: words.grantBenchmark, Before: words.absent,
	}
	var first *GrantFact // several grants on one API add up; the first is widened
	var covered []string
	for i, g := range f.Grants {
		if app == NewAppRef || !strings.EqualFold(g.ResourceID, api.ID) {
			continue
		}
		if first == nil {
			first = &f.Grants[i]
		}
		covered = append(covered, g.Scopes...)
	}
	if covers(covered, n.scopes) {
		return Change{}, false, nil
	}
	if first != nil {
		c = widen(c, *first, n.scopes, covered)
		if first.Cut || len(c.Body) > mostString { // a cut string would take away what it does not name
			return Change{}, false, fmt.Errorf("%w: %s", ErrTooLong, ResourceTitle(n.resource))
		}
		return c, true, nil
	}
	c.Kind, c.Method, c.Path = CreateGrant, "POST", "/oauth2PermissionGrants"
	c.After = strings.Join(n.scopes, " ")
	c.Body = body(struct {
		ClientID    string  `json:"clientId"`
		ConsentType string  `json:"consentType"`
		PrincipalID *string `json:"principalId"`
		ResourceID  string  `json:"resourceId"`
		Scope       string  `json:"scope"`
	}{app, "AllPrincipals", nil, api.ID, c.After})
	c.Undo = words.grantUndoLine
	return c, true, nil
}

// widen adds to a grant what no grant on its API holds yet. PATCH replaces the
// whole string, so it carries the union (entra-facts §2).
func widen(c Change, g GrantFact, want, covered []string) Change {
	union := slices.Clone(g.Scopes)
	for _, w := range want {
		if !hasFold(covered, w) {
			union = addFold(union, w)
		}
	}
	c.Kind, c.Method, c.Path = WidenGrant, "PATCH", "/oauth2PermissionGrants/"+g.ID
	c.Before, c.After = strings.Join(g.Scopes, " "), strings.Join(union, " ")
	c.Body = body(struct {
		Scope string `json:"scope"`
	}{c.After})
	c.Undo = fmt.Sprintf(words.widenUndo, c.Before)
	return c
}

// body writes a request's JSON, without escaping what is no HTML anyway.
func body(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // plain structs of strings: cannot happen
		return ""
	}
	return strings.TrimSpace(b.String())
}

// digest names a plan by everything that would be sent, and where.
func digest(p Plan) PlanID {
	h := sha256.New()
	for _, part := range []string{p.Tenant, p.Domain} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	for _, c := range p.Lines {
		for _, part := range []string{c.Method, c.Path, c.Body, c.Before} {
			_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
		}
	}
	return PlanID(hex.EncodeToString(h.Sum(nil))[:16])
}

// PlanChecks are the checks whose look reads everything that MakePlan needs.
func PlanChecks() []checks.ID {
	return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppGrant}
}

// Shows says whether what a line changes is in place, by what was read.
func Shows(f Facts, app checks.App, c Change) bool {
	if f.App == nil || !strings.EqualFold(f.App.AppID, app.ClientID) {
		return false
	}
	switch c.Kind {
	case CreateApp:
		return true
	case EnableApp:
		return f.App.Enabled && !f.App.EnabledUnread
	case CreateGrant, WidenGrant:
		api, ok := resourceIn(f, c.Resource)
		var have []string
		for _, g := range f.Grants {
			if strings.EqualFold(g.ResourceID, api.ID) {
				have = append(have, g.Scopes...)
			}
		}
		return ok && covers(have, c.Scopes)
	}
	return false
}

// resourceIn finds an API among the facts; ok is false where it is not there.
func resourceIn(f Facts, appID string) (api ResourceFact, ok bool) {
	for _, r := range f.Resources {
		if strings.EqualFold(r.AppID, appID) && r.ID != "" {
			return r, true
		}
	}
	return ResourceFact{}, false
}

// covers says whether a grant holds every wanted scope.
func covers(have, want []string) bool {
	for _, w := range want {
		if !hasFold(have, w) {
			return false
		}
	}
	return true
}
