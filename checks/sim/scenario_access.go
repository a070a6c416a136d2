package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Conditional Access, requests and logs of a scenario.

// fillHappened adds policies of access, then what has happened already.
func (w *World) fillHappened(t *Tenant, s *tenantSpec) error {
	past := w.now().AddDate(0, -3, 0)
	for _, l := range s.Locations {
		if l.Name == "" || len(l.Ranges)+len(l.Countries) == 0 {
			return errors.New("locations: a name, and ranges or countries, are needed")
		}
		t.Locations = append(t.Locations, &NamedLocation{
			ID: stableID("place", t.ID, l.Name), Name: l.Name, Ranges: l.Ranges, Countries: l.Countries, Trusted: l.Trusted, CreatedAt: past,
		})
	}
	for i := range s.Access {
		doc, err := w.accessDocOf(t, &s.Access[i])
		if err != nil {
			return fmt.Errorf("access %q: %w", s.Access[i].Name, err)
		}
		t.Access = append(t.Access, &AccessPolicy{ID: stableID("access", t.ID, s.Access[i].Name), CreatedAt: past, Doc: doc})
	}
	for _, r := range s.Requests {
		u, reg := t.userByUPN(r.As), w.appNamed(r.App)
		if u == nil || reg == nil {
			return fmt.Errorf("requests: no account %q or no app %q", r.As, r.App)
		}
		asked := reg.requiredScopes("")
		if len(r.Scopes) > 0 {
			asked = nil
		}
		for _, v := range r.Scopes {
			sc, ok := w.resolveScope(v)
			if !ok {
				return fmt.Errorf("requests: microsoft graph has no scope %q", v)
			}
			asked = append(asked, sc)
		}
		if err := w.answered(t, w.askAdmin(t, u, reg, asked, r.Reason), reg.AppID, r.Status); err != nil {
			return err
		}
	}
	for _, l := range s.SignIns {
		u, reg := t.userByUPN(l.As), w.appNamed(l.App)
		if u == nil || reg == nil {
			return fmt.Errorf("signIns: no account %q or no app %q", l.As, l.App)
		}
		w.recordSignIn(t, u, reg, w.seededSignIn(t, u, reg, l))
	}
	return w.fillConsents(t, s.Consents)
}

// seededSignIn is a line of the log as it would have been written when it was: the
// tenant's policies did to the sign-in what its code says, so it came from a place
// where they do. Where a snapshot names the policies that stopped it, those did.
func (w *World) seededSignIn(t *Tenant, u *User, reg *Registration, l signInSpec) SignIn {
	line := SignIn{Code: l.Code, Reason: l.Reason, At: w.now().Add(-l.Ago), Resource: graphAppID, Address: seededFrom[0]}
	if text := refusalTexts[l.Code].text; line.Reason == "" && !strings.Contains(text, "%") {
		line.Reason = text
	}
	for _, name := range l.Unmet {
		line.Applied = append(line.Applied, AppliedAccess{PolicyID: stableID("access", t.ID, name), Name: name, Result: "failure"})
	}
	if len(l.Unmet) > 0 {
		return line
	}
	for _, address := range seededFrom {
		ask := accessAsk{user: u, apps: []string{graphAppID, reg.AppID}, client: "browser", platform: "windows", address: address}
		v := w.accessVerdict(t, ask)
		for _, in := range []signIn{{}, {mfa: true}} {
			code := 0
			if f := v.held(in, graphAppID); f != nil {
				code = f.code
			}
			if code != l.Code && (code != 0 || slices.Contains(accessCodes, l.Code)) {
				continue
			}
			if in.mfa {
				line.Detail = wordsFactorMet
			}
			line.Address, line.Applied = address, v.applied(in.met()...)
			return line
		}
	}
	return line // of policies that the tenant no longer has
}

// seededFrom are where sign-ins of a scenario came from: the office of those that
// have one, and elsewhere.
var seededFrom = []string{"203.0.113.7", "198.51.100.7"}

// fillConsents writes the audit log.
func (w *World) fillConsents(t *Tenant, events []eventSpec) error {
	for _, e := range events {
		u, reg := t.userByUPN(e.By), w.appNamed(e.App)
		if u == nil || reg == nil || e.Ago < 0 {
			return fmt.Errorf("consents: no account %q, no app %q, or a time to come", e.By, e.App)
		}
		sp := t.serviceByAppID(reg.AppID)
		if sp == nil {
			return fmt.Errorf("consents: %s is not in this tenant", reg.Name)
		}
		w.auditConsent(t, u, sp, e.Everyone, "[] => []", e.Failed)
		t.Audits[len(t.Audits)-1].At = w.now().Add(-e.Ago)
	}
	return nil
}

// answered puts a request of a scenario into its state. One that an admin has
// answered was approved.
func (w *World) answered(t *Tenant, one *UserConsentRequest, appID, status string) error {
	switch RequestStatus(status) {
	case "", RequestInProgress:
		return nil
	case RequestCompleted:
		one.Result = "Approved"
	case RequestExpired:
		one.CreatedAt = w.now().AddDate(0, 0, -1-max(t.Workflow.DurationDays, defaultRequestDays))
	default:
		return fmt.Errorf("requests: status %q is none of InProgress, Completed, Expired", status)
	}
	one.Status, one.CompletedAt = RequestStatus(status), w.now()
	if all := find(t.Requests, func(r *AppConsentRequest) bool { return r.AppID == appID }); all != nil && status == string(RequestCompleted) {
		all.Pending = nil
	}
	return nil
}

// accessDocOf writes a policy as Graph spells it.
func (w *World) accessDocOf(t *Tenant, s *accessSpec) (map[string]any, error) {
	state := map[string]string{"": "enabled", "enabled": "enabled", "disabled": "disabled", "report": "enabledForReportingButNotEnforced"}[s.State]
	if s.Name == "" || state == "" {
		return nil, errors.New("a name is needed, and a state of enabled, disabled or report")
	}
	users, people := map[string]any{}, orAll(s.Users)
	if len(s.Workloads) > 0 {
		people = []string{"None"}
	}
	if err := w.accessUsers(t, users, "include", people); err != nil {
		return nil, err
	}
	if err := w.accessUsers(t, users, "exclude", s.But); err != nil {
		return nil, err
	}
	include, err := w.accessApps(orAll(s.Apps))
	if err != nil {
		return nil, err
	}
	exclude, err := w.accessApps(s.ButApps)
	if err != nil {
		return nil, err
	}
	clients := s.Clients
	if len(clients) == 0 {
		clients = []string{"all"}
	}
	cond := map[string]any{
		"users": users, "clientAppTypes": clients,
		"applications": map[string]any{"includeApplications": include, "excludeApplications": exclude},
	}
	if len(s.Workloads) > 0 {
		in, err := w.workloads(t, s.Workloads)
		if err != nil {
			return nil, err
		}
		ex, err := w.workloads(t, s.ButWork)
		if err != nil {
			return nil, err
		}
		cond["clientApplications"] = map[string]any{"includeServicePrincipals": in, "excludeServicePrincipals": ex}
	}
	if len(s.Platforms) > 0 {
		cond["platforms"] = map[string]any{"includePlatforms": s.Platforms, "excludePlatforms": []string{}}
	}
	if len(s.Places)+len(s.ButPlaces) > 0 {
		cond["locations"] = map[string]any{"includeLocations": t.placeIDs(orAll(s.Places)), "excludeLocations": t.placeIDs(s.ButPlaces)}
	}
	if s.Flow != "" {
		cond["authenticationFlows"] = map[string]any{"transferMethods": s.Flow}
	}
	doc := map[string]any{"displayName": s.Name, "state": state, "conditions": cond}
	if len(s.Grant) > 0 {
		operator := "OR"
		if s.Every {
			operator = "AND"
		}
		doc["grantControls"] = map[string]any{"operator": operator, "builtInControls": s.Grant}
	}
	if s.Session != "" {
		doc["sessionControls"] = map[string]any{"cloudAppSecurity": map[string]any{"isEnabled": true, "cloudAppSecurityType": s.Session}}
	}
	doc = copyDoc(doc)
	for name, v := range doc {
		p := graphTypes().types["conditionalAccessPolicy"].byName[name]
		if err := p.checkValue(v, 0); err != nil {
			return nil, err
		}
	}
	return doc, checkAccess(doc)
}

func orAll(list []string) []string {
	if len(list) == 0 {
		return []string{"All"}
	}
	return list
}

// accessUsers sorts names into users, groups and roles.
func (w *World) accessUsers(t *Tenant, into map[string]any, side string, names []string) error {
	lists := map[string][]string{}
	for _, n := range names {
		u, g := t.userByUPN(n), find(t.Groups, func(g *Group) bool { return g.Name == n })
		role, isRole := roleByName(n)
		switch {
		case n == "All" || n == "None" || n == "GuestsOrExternalUsers":
			lists["Users"] = append(lists["Users"], n)
		case u != nil:
			lists["Users"] = append(lists["Users"], u.ID)
		case g != nil:
			lists["Groups"] = append(lists["Groups"], g.ID)
		case isRole:
			lists["Roles"] = append(lists["Roles"], role)
		default:
			return fmt.Errorf("no account, group or role %q", n)
		}
	}
	for _, kind := range []string{"Users", "Groups", "Roles"} {
		into[side+kind] = append([]string{}, lists[kind]...)
	}
	return nil
}

func (w *World) accessApps(names []string) ([]string, error) {
	out := []string{}
	for _, n := range names {
		if n == "All" || n == "None" || n == "Office365" || n == "MicrosoftAdminPortals" {
			out = append(out, n)
			continue
		}
		reg := w.appNamed(n)
		if reg == nil {
			return nil, fmt.Errorf("no app %q", n)
		}
		out = append(out, reg.AppID)
	}
	return out, nil
}

// workloads turns apps of the tenant into the ids of their service principals.
func (w *World) workloads(t *Tenant, names []string) ([]string, error) {
	out := []string{}
	for _, n := range names {
		if n != "ServicePrincipalsInMyTenant" {
			reg := w.appNamed(n)
			if reg == nil || t.serviceByAppID(reg.AppID) == nil {
				return nil, fmt.Errorf("workloads: no app %q in this tenant", n)
			}
			n = t.serviceByAppID(reg.AppID).ID
		}
		out = append(out, n)
	}
	return out, nil
}

// placeIDs turns names of locations into ids; words of Graph's own stay.
func (t *Tenant) placeIDs(names []string) []string {
	out := []string{}
	for _, n := range names {
		if l := find(t.Locations, func(l *NamedLocation) bool { return strings.EqualFold(l.Name, n) }); l != nil {
			n = l.ID
		}
		out = append(out, n)
	}
	return out
}
