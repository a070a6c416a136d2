package graph

import (
	"net/url"
	"slices"
	"strings"

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
	p, err := one[authorizationRead](t, ask{path: "policies/authorizationPolicy", need: needPolicy})
	if err != nil {
		return policyLook{err: err}
	}
	if p.Role == nil || p.Role.Assigned == nil {
		// Taking its absence for "none" would read as: users may not consent.
		return policyLook{err: t.lacks("permissionGrantPoliciesAssigned")}
	}
	a := checks.Authorization{Assigned: []string{}, RiskyAllowed: p.Risky}
	for _, id := range p.Role.Assigned {
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
	p, err := one[workflowRead](t, ask{path: "policies/adminConsentRequestPolicy", need: needWorkflow})
	if err != nil {
		return checks.Workflow{}, err
	}
	if p.Enabled == nil {
		return checks.Workflow{}, t.lacks("isEnabled")
	}
	w := checks.Workflow{Enabled: *p.Enabled, Notify: yes(p.Notify), Remind: yes(p.Remind), Reviewers: []string{}}
	if d := p.Days; d != nil {
		w.Days = int(*d)
	}
	for _, r := range p.Reviewers {
		if r != nil {
			w.Reviewers = append(w.Reviewers, checks.Line(deref(r.Query), maxMessage))
			form := checks.ReviewerForm{Type: checks.Line(deref(r.Type), maxName)}
			if root := r.Root; root != nil {
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
	p, err := one[defaultsRead](t, ask{path: "policies/identitySecurityDefaultsEnforcementPolicy", need: needDefaults})
	if err != nil {
		return false, err
	}
	if p.Enabled == nil {
		return false, t.lacks("isEnabled")
	}
	t.saw("isEnabled %t", *p.Enabled)
	return *p.Enabled, nil
}

// readRequests reads the consent requests for the app. The list is read whole:
// which members it can be filtered by is not documented (entra-facts §6). The
// requests of single people come empty in it and take one more round trip.
func readRequests(rd *reading, t *trail) ([]checks.ConsentRequest, error) {
	if _, err := appPath(rd, ""); err != nil {
		return nil, err
	}
	found, err := list[requestRead](t, ask{
		path: "identityGovernance/appConsent/appConsentRequests", need: needRequests,
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(r requestRead) bool {
		return !strings.EqualFold(text(r.AppID), strings.TrimSpace(rd.q.App.ClientID))
	})
	t.saw("%s for this app", counted(len(found), "request"))
	ids, byID := []string{}, map[string]requestRead{}
	for _, r := range found {
		id := text(r.ID)
		if id == "" {
			return nil, t.lacks("id")
		}
		ids, byID[id] = append(ids, id), r
	}
	return eachResource(t, ids, func(t *trail, id string) (checks.ConsentRequest, error) { return readRequest(t, byID[id]) })
}

func readRequest(t *trail, r requestRead) (checks.ConsentRequest, error) {
	out := checks.ConsentRequest{ID: text(r.ID), AppID: strings.ToLower(text(r.AppID)), Scopes: []string{}}
	for _, s := range r.Pending {
		if s != nil {
			out.Scopes = append(out.Scopes, text(s.Name))
		}
	}
	people, err := list[personsRequestRead](t, ask{
		path: "identityGovernance/appConsent/appConsentRequests/" + url.PathEscape(out.ID) + "/userConsentRequests", need: needRequests,
	})
	if err != nil {
		return out, err
	}
	out.Count, out.Status = len(people), requestStatus(people)
	t.saw("%s, %s", counted(out.Count, "person's request"), out.Status)
	return out, nil
}

// requestStatus is the status of the whole: one that still waits makes it
// waiting; else the newest counts (statuses: entra-facts §6).
func requestStatus(people []personsRequestRead) string {
	status, newest := "", ""
	for _, p := range people {
		s := text(p.Status)
		if strings.EqualFold(s, "InProgress") {
			return s
		}
		made := ""
		if at := p.Made; at != nil {
			made = at.UTC().Format("2006-01-02T15:04:05")
		}
		if status == "" || made > newest {
			status, newest = s, made
		}
	}
	return status
}
