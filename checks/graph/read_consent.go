package graph

import (
	"net/url"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

// policyLook is the authorization policy with how it was read.
type policyLook struct {
	value checks.Authorization
	seen  []checks.Evidence
	err   error
}

// readAuthorization reads the tenant's choice of user consent (entra-facts
// §3: a single object in v1.0).
func readAuthorization(rd *reading) (l policyLook) {
	t := &trail{call: rd.call, ctx: rd.ctx}
	defer func() {
		if recover() != nil {
			l = policyLook{err: t.failure(checks.FailNotJSON, wordOdd)}
		}
		l.seen = t.seen
	}()
	p, err := one[models.AuthorizationPolicyable](t, ask{path: "policies/authorizationPolicy", need: needPolicy}, models.CreateAuthorizationPolicyFromDiscriminatorValue)
	if err != nil {
		return policyLook{err: err}
	}
	role := p.GetDefaultUserRolePermissions()
	if role == nil || role.GetPermissionGrantPoliciesAssigned() == nil {
		// Taking its absence for "none" would read as: users may not consent.
		return policyLook{err: t.lacks("permissionGrantPoliciesAssigned")}
	}
	a := checks.Authorization{Assigned: []string{}, RiskyAllowed: p.GetAllowUserConsentForRiskyApps()}
	for _, id := range role.GetPermissionGrantPoliciesAssigned() {
		a.Assigned = append(a.Assigned, name(id))
	}
	t.saw("permissionGrantPoliciesAssigned: %s; allowUserConsentForRiskyApps %s", strings.Join(a.Assigned, ", "), told(a.RiskyAllowed))
	return policyLook{value: a}
}

func readAssigned(rd *reading, t *trail) (checks.Authorization, error) {
	l := rd.assigned()
	t.seen = append(t.seen, l.seen...)
	return l.value, l.err
}

// readWorkflow reads the admin consent request policy (entra-facts §6).
func readWorkflow(_ *reading, t *trail) (checks.Workflow, error) {
	p, err := one[models.AdminConsentRequestPolicyable](t, ask{path: "policies/adminConsentRequestPolicy", need: needWorkflow}, models.CreateAdminConsentRequestPolicyFromDiscriminatorValue)
	if err != nil {
		return checks.Workflow{}, err
	}
	if p.GetIsEnabled() == nil {
		return checks.Workflow{}, t.lacks("isEnabled")
	}
	w := checks.Workflow{Enabled: *p.GetIsEnabled(), Notify: yes(p.GetNotifyReviewers()), Remind: yes(p.GetRemindersEnabled()), Reviewers: []string{}}
	if d := p.GetRequestDurationInDays(); d != nil {
		w.Days = int(*d)
	}
	for _, r := range p.GetReviewers() {
		if r != nil {
			w.Reviewers = append(w.Reviewers, checks.Line(deref(r.GetQuery()), maxMessage))
			form := checks.ReviewerForm{Type: checks.Line(deref(r.GetQueryType()), maxName)}
			if root := r.GetQueryRoot(); root != nil {
				line := checks.Line(*root, maxMessage)
				form.Root = &line
			}
			w.Forms = append(w.Forms, form)
		}
	}
	t.saw("isEnabled %t, %s", w.Enabled, counted(len(w.Reviewers), "reviewer"))
	return w, nil
}

func yes(b *bool) bool { return b != nil && *b }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// readDefaults reads whether security defaults are on.
func readDefaults(_ *reading, t *trail) (bool, error) {
	p, err := one[models.IdentitySecurityDefaultsEnforcementPolicyable](t, ask{path: "policies/identitySecurityDefaultsEnforcementPolicy", need: needDefaults}, models.CreateIdentitySecurityDefaultsEnforcementPolicyFromDiscriminatorValue)
	if err != nil {
		return false, err
	}
	if p.GetIsEnabled() == nil {
		return false, t.lacks("isEnabled")
	}
	t.saw("isEnabled %t", *p.GetIsEnabled())
	return *p.GetIsEnabled(), nil
}

// readRequests reads the consent requests for the app. The list is read whole:
// which members it can be filtered by is not documented (entra-facts §6). The
// requests of single people come empty in it and take one more round trip.
func readRequests(rd *reading, t *trail) ([]checks.ConsentRequest, error) {
	if _, err := appPath(rd, ""); err != nil {
		return nil, err
	}
	found, err := list[models.AppConsentRequestable, models.AppConsentRequestCollectionResponseable](t, ask{
		path: "identityGovernance/appConsent/appConsentRequests", need: needRequests,
	}, models.CreateAppConsentRequestCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(r models.AppConsentRequestable) bool {
		return !strings.EqualFold(text(r.GetAppId()), strings.TrimSpace(rd.q.App.ClientID))
	})
	t.saw("%s for this app", counted(len(found), "request"))
	ids, byID := []string{}, map[string]models.AppConsentRequestable{}
	for _, r := range found {
		id := text(r.GetId())
		if id == "" {
			return nil, t.lacks("id")
		}
		ids, byID[id] = append(ids, id), r
	}
	return eachResource(t, ids, func(t *trail, id string) (checks.ConsentRequest, error) { return readRequest(t, byID[id]) })
}

func readRequest(t *trail, r models.AppConsentRequestable) (checks.ConsentRequest, error) {
	out := checks.ConsentRequest{ID: text(r.GetId()), AppID: strings.ToLower(text(r.GetAppId())), Scopes: []string{}}
	for _, s := range r.GetPendingScopes() {
		if s != nil {
			out.Scopes = append(out.Scopes, text(s.GetDisplayName()))
		}
	}
	people, err := list[models.UserConsentRequestable, models.UserConsentRequestCollectionResponseable](t, ask{
		path: "identityGovernance/appConsent/appConsentRequests/" + url.PathEscape(out.ID) + "/userConsentRequests", need: needRequests,
	}, models.CreateUserConsentRequestCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return out, err
	}
	out.Count, out.Status = len(people), requestStatus(people)
	t.saw("%s, %s", counted(out.Count, "person's request"), out.Status)
	return out, nil
}

// requestStatus is the status of the whole: one that still waits makes it
// waiting; else the newest counts (statuses: entra-facts §6).
func requestStatus(people []models.UserConsentRequestable) string {
	status, newest := "", ""
	for _, p := range people {
		s := text(p.GetStatus())
		if strings.EqualFold(s, "InProgress") {
			return s
		}
		made := ""
		if at := p.GetCreatedDateTime(); at != nil {
			made = at.UTC().Format("2006-01-02T15:04:05")
		}
		if status == "" || made > newest {
			status, newest = s, made
		}
	}
	return status
}
