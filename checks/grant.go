package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/consent"
)

func grantChecks() []Check {
	grants := Access{SignIn: true, AnyScope: ScopesFor(PartGrants)}
	return []Check{
		{
			ID: AppGrant, Title: titleAppGrant, Needs: []ID{TenantMatch}, Reads: []Part{PartApp, PartGrants, PartResources},
			Access: grants, Patience: replication, Run: appGrant,
		},
		{
			ID: AppRoles, Title: titleAppRoles, Needs: []ID{TenantMatch}, Reads: []Part{PartApp, PartAppRoles, PartResources},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartAppRoles)}, Patience: replication, Run: appRoles,
		},
		{
			ID: AppUserGrants, Title: titleAppUserGrants, Needs: []ID{AppPresent}, Reads: []Part{PartApp, PartGrants, PartResources},
			Access: grants, Run: appUserGrants,
		},
	}
}

// scopes are the delegated permissions the app needs, each once.
func (a App) scopes() []Permission {
	var out []Permission
	for _, p := range a.Needs {
		if p.Scope != "" && p.Role == "" && !slices.ContainsFunc(out, p.same) {
			out = append(out, p)
		}
	}
	return out
}

// roles are the application permissions the app needs, each once.
func (a App) roles() []Permission {
	var out []Permission
	for _, p := range a.Needs {
		if p.Role != "" && !slices.ContainsFunc(out, p.same) {
			out = append(out, p)
		}
	}
	return out
}

func (p Permission) same(q Permission) bool {
	return strings.EqualFold(p.Resource, q.Resource) && strings.EqualFold(p.Scope, q.Scope) && strings.EqualFold(p.Role, q.Role)
}

// values are a grant's scopes. Stored strings begin with spaces and hold
// several in a row (entra-facts §2).
func (g Grant) values() []string {
	if len(g.Scopes) > 0 {
		return strings.Fields(strings.Join(g.Scopes, " "))
	}
	return strings.Fields(g.Raw)
}

func (g Grant) has(scope string) bool {
	return slices.ContainsFunc(g.values(), func(v string) bool { return strings.EqualFold(v, scope) })
}

// grants are the app's grants; without an enterprise app there are none.
func (s Subject) grants() []Grant {
	if s.Look.App.Read && s.Look.App.Value == nil {
		return nil
	}
	return s.Look.Grants.Value
}

// grantedAll reports whether a tenant-wide grant on the right API holds a
// scope. Several grants on one API add up.
func (s Subject) grantedAll(p Permission) bool {
	api := s.resource(p.Resource)
	if api == nil || api.ID == "" {
		return false
	}
	return slices.ContainsFunc(s.grants(), func(g Grant) bool {
		return g.Everyone && strings.EqualFold(g.ResourceID, api.ID) && g.has(p.Scope)
	})
}

// missing lists the scopes that no tenant-wide grant holds.
func (s Subject) missing() []Permission {
	var out []Permission
	for _, p := range s.App.scopes() {
		if !s.grantedAll(p) {
			out = append(out, p)
		}
	}
	return out
}

// approved reports whether all that the app needs is granted tenant-wide:
// Unread where somebody asked and got no answer. Where nobody says what the app
// needs, and where nobody signed in to ask, it was not seen to be, which is No.
func (s Subject) approved() consent.Tri {
	switch {
	case len(s.App.scopes()) == 0 || s.App.NeedsUnstated:
		return consent.No
	case s.grantsRead() == nil:
		return triOf(len(s.missing()) == 0)
	case s.asked(PartApp) && s.asked(PartGrants) && s.asked(PartResources):
		return consent.Unread
	case s.App.ClientID == "" && s.asked(PartAuthorization):
		return consent.Unread // signed in, and not able to find the app
	}
	return consent.No
}

// approveFix is the admin's move where an approval is what lacks. An app that
// is not in the tenant is not listed in the portal (entra-facts §1): there the
// consent link creates and approves it.
func (s Subject) approveFix(why string) *Fix {
	do := doApprove
	if s.Look.App.Read && s.Look.App.Value == nil && s.consentLink() != "" {
		do = doApproveAbsent
	}
	return &Fix{Do: do, Why: why, URL: s.appPortal(bladePermissions), Who: WhoAdmin}
}

// unapproved makes a finding say what follows where the tenant's rules stop an
// app: nothing where it is approved for everyone, and a failure with the fix
// where it is not.
func (s Subject) unapproved(f Finding, why string, detail ...string) Finding {
	switch s.approved() {
	case consent.Yes:
		f.Detail = append(f.Detail, sayListedApproved)
	case consent.Unread:
		f.Verdict = Warn
		f.Detail = append(f.Detail, sayApprovalUnread)
	case consent.No:
		f.Verdict = Fail
		f.Detail = append(f.Detail, detail...)
		f.Fix = s.approveFix(why)
	}
	return f
}

// grantsRead is nil where grants and their APIs are known.
func (s Subject) grantsRead() error {
	if err := s.wantApp(); err != nil {
		return err
	}
	if s.Look.App.Value == nil {
		return nil
	}
	return s.must(PartGrants, PartResources)
}

func appGrant(_ context.Context, s Subject) (Finding, error) {
	if len(s.App.Needs) == 0 {
		return Finding{Summary: sayNoNeeds, Fix: &Fix{Do: doNeeds, Why: whyNeeds, Who: WhoVendor}}, nil
	}
	need := s.App.scopes()
	if len(need) == 0 {
		return Finding{Verdict: Pass, Grade: Asserted, Summary: sayNeedsNoScopes, Seen: s.fromProfile()}, nil
	}
	if err := s.grantsRead(); err != nil {
		return Finding{}, err
	}
	missing := s.missing()
	f := Finding{
		Verdict: Pass, Grade: Verified, Seen: s.seen(PartGrants, s.grantValue()),
		Summary: fmt.Sprintf(sayGranted, len(need)-len(missing), counted(len(need), "scope", "scopes")),
	}
	if s.Look.App.Value == nil {
		f.Seen = s.seen(PartApp, sayAbsentValue)
		f.Detail = append(f.Detail, sayAbsent)
	}
	if s.App.NeedsUnstated {
		f.Detail = append(f.Detail, sayUnstated)
	}
	if len(missing) == 0 {
		return f, nil
	}
	f.Verdict = Fail
	f.Fix = s.approveFix(fmt.Sprintf(whyGrant, scopeNames(missing)))
	f.Detail = append(f.Detail, s.whatIsMissing(missing)...)
	return f, nil
}

// whatIsMissing says API by API which scopes lack, and explains the grants
// that look as if they would do and do not.
func (s Subject) whatIsMissing(missing []Permission) []string {
	var out []string
	for _, api := range apisOf(missing) {
		var names []Permission
		for _, p := range missing {
			if strings.EqualFold(p.Resource, api) {
				names = append(names, p)
			}
		}
		out = append(out, fmt.Sprintf(sayMissingOn, resourceName(api), scopeNames(names)))
	}
	own := map[string]bool{}
	var elsewhere []string
	for _, p := range missing {
		api := s.resource(p.Resource)
		for _, g := range s.grants() {
			right := api != nil && strings.EqualFold(g.ResourceID, api.ID)
			switch {
			case !g.has(p.Scope):
			case !g.Everyone && right:
				own[g.Principal] = true
			case g.Everyone && !right && !slices.Contains(elsewhere, p.Scope):
				elsewhere = append(elsewhere, p.Scope)
			}
		}
	}
	if len(elsewhere) > 0 {
		out = append(out, fmt.Sprintf(sayWrongAPI, strings.Join(elsewhere, ", ")))
	}
	if len(own) > 0 {
		out = append(out, fmt.Sprintf(sayOwnOnly, counted(len(own), "person has", "people have")))
	}
	return out
}

func apisOf(ps []Permission) []string {
	var out []string
	for _, p := range ps {
		if !slices.ContainsFunc(out, func(r string) bool { return strings.EqualFold(r, p.Resource) }) {
			out = append(out, p.Resource)
		}
	}
	return out
}

func scopeNames(ps []Permission) string {
	var out []string
	for _, p := range ps {
		if p.Role != "" {
			out = append(out, p.Role)
		} else {
			out = append(out, p.Scope)
		}
	}
	return strings.Join(out, ", ")
}

// grantValue is what the grants say, in one line.
func (s Subject) grantValue() string {
	var out []string
	own := 0
	for _, g := range s.grants() {
		if !g.Everyone {
			own++
			continue
		}
		out = append(out, fmt.Sprintf("AllPrincipals on %s: %s", s.resourceOf(g.ResourceID), strings.Join(g.values(), " ")))
	}
	if own > 0 {
		out = append(out, fmt.Sprintf("%d Principal", own))
	}
	if len(out) == 0 {
		return sayNone
	}
	return strings.Join(out, "; ")
}

// resourceOf names an API by its object id in this tenant.
func (s Subject) resourceOf(id string) string {
	for _, r := range s.Look.Resources.Value {
		if strings.EqualFold(r.ID, id) {
			return resourceName(r.AppID)
		}
	}
	return sayAnotherAPI
}

// fromProfile is the evidence for what only the app's profile says.
func (s Subject) fromProfile() []Evidence {
	return []Evidence{{Source: SourceFile, Request: s.App.ID, Value: resourceList(s.App)}}
}

// appRoles is appGrant for application permissions, which are assigned by id
// and named through the API that publishes them.
func appRoles(_ context.Context, s Subject) (Finding, error) {
	need := s.App.roles()
	if len(need) == 0 {
		return Finding{Verdict: Pass, Grade: Asserted, Summary: sayNeedsNoRoles, Seen: s.fromProfile()}, nil
	}
	if err := s.wantApp(); err != nil {
		return Finding{}, err
	}
	if s.Look.App.Value != nil {
		if err := s.must(PartAppRoles, PartResources); err != nil {
			return Finding{}, err
		}
	}
	var missing []Permission
	for _, p := range need {
		if !s.roleGranted(p) {
			missing = append(missing, p)
		}
	}
	f := Finding{
		Verdict: Pass, Grade: Verified, Seen: s.seen(PartAppRoles, fmt.Sprintf("%d assigned", len(need)-len(missing))),
		Summary: fmt.Sprintf(sayRolesGranted, len(need)-len(missing), counted(len(need), "app role", "app roles")),
	}
	if s.Look.App.Value == nil {
		f.Seen = s.seen(PartApp, sayAbsentValue)
	}
	if len(missing) > 0 {
		f.Verdict = Fail
		f.Detail = append(f.Detail, fmt.Sprintf(sayRolesMissing, scopeNames(missing)))
		if s.App.graphRoles() {
			f.Detail = append(f.Detail, sayRolesForGraph)
		}
		f.Fix = s.approveFix(fmt.Sprintf(whyGrant, scopeNames(missing)))
	}
	return f, nil
}

func (s Subject) roleGranted(p Permission) bool {
	api := s.resource(p.Resource)
	if api == nil || api.ID == "" || s.Look.App.Value == nil {
		return false
	}
	i := slices.IndexFunc(api.AppRoles, func(r PublishedRole) bool { return strings.EqualFold(r.Value, p.Role) })
	if i < 0 || api.AppRoles[i].ID == "" {
		return false
	}
	return slices.ContainsFunc(s.Look.AppRoles.Value, func(a Assignment) bool {
		return strings.EqualFold(a.ResourceID, api.ID) && strings.EqualFold(a.RoleID, api.AppRoles[i].ID)
	})
}

// appUserGrants counts who consented for themselves. Their consent is theirs
// alone: it explains a colleague who is not blocked, and opens nothing else.
func appUserGrants(_ context.Context, s Subject) (Finding, error) {
	if err := s.grantsRead(); err != nil {
		return Finding{}, err
	}
	who := map[string]bool{}
	for _, g := range s.grants() {
		if !g.Everyone {
			who[strings.ToLower(g.Principal)] = true
		}
	}
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayNoOwn, Seen: s.seen(PartGrants, fmt.Sprintf("%d Principal", len(who)))}
	switch {
	case len(who) == 0:
	case s.approved() == consent.Yes:
		f.Summary = fmt.Sprintf(sayOwnToo, counted(len(who), "person", "people"))
		f.Detail = []string{sayOwnOutlive}
	default:
		f.Verdict = Warn
		f.Summary = fmt.Sprintf(sayOwn, counted(len(who), "person", "people"))
		f.Detail = []string{sayOwnColleague}
		f.Fix = s.approveFix(whyOwn)
	}
	return f, nil
}
