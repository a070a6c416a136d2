package sim

import (
	"errors"
	"net/http"
	"strings"
)

// The policies that decide about consent (entra-facts §3, §4, §6, §8).

var (
	authorizationEntity = &entity{name: "authorizationPolicy"}
	permissionsEntity   = &entity{name: "defaultUserRolePermissions"}
	grantPolicyEntity   = &entity{
		name: "permissionGrantPolicy", set: "policies/permissionGrantPolicies",
		usual:  "id deletedDateTime displayName description includes excludes",
		filter: []string{"id", "displayName"},
		expand: map[string]relation{"includes": told("includes"), "excludes": told("excludes")},
	}
	setEntity      = &entity{name: "permissionGrantConditionSet", filter: []string{"id", "permissionType", "permissionClassification"}}
	workflowEntity = &entity{name: "adminConsentRequestPolicy"}
	defaultsEntity = &entity{name: "identitySecurityDefaultsEnforcementPolicy"}
)

func policyRoutes() []*graphRoute {
	const get, patch = http.MethodGet, http.MethodPatch
	const rules, one = "policies/permissionGrantPolicies", "policies/permissionGrantPolicies/{}"
	routes := []*graphRoute{
		on(get, "policies/authorizationPolicy", readPolicy, nil, getAuthorization),
		on(get, "policies/authorizationPolicy/authorizationPolicy", readPolicy, nil, getAuthorization),
		on(get, "policies/authorizationPolicy/defaultUserRolePermissions", readPolicy, nil, getPermissions),
		on(patch, "policies/authorizationPolicy", writePolicy, nil, patchAuthorization),
		on(patch, "policies/authorizationPolicy/authorizationPolicy", writePolicy, nil, patchAuthorization),
		on(get, rules, readGrantRules, grantPolicyEntity, listGrantPolicies),
		on(http.MethodPost, rules, writeRules, nil, createGrantPolicy),
		on(get, one, readGrantRules, nil, getGrantPolicy),
		on(patch, one, writeRules, nil, patchGrantPolicy),
		on(http.MethodDelete, one, writeRules, nil, deleteGrantPolicy),
		on(get, "policies/adminConsentRequestPolicy", readWorkflow, nil, getWorkflow),
		on(http.MethodPut, "policies/adminConsentRequestPolicy", writeWorkflow, nil, putWorkflow),
		on(patch, "policies/adminConsentRequestPolicy", writeWorkflow, nil, patchWorkflow),
		on(get, "policies/identitySecurityDefaultsEnforcementPolicy", readDefaults, nil, getDefaults),
		on(patch, "policies/identitySecurityDefaultsEnforcementPolicy", writeDefaults, nil, patchDefaults),
	}
	for _, side := range []setSide{includes, excludes} {
		at := one + "/" + string(side)
		routes = append(
			routes,
			on(get, at, readGrantSets, setEntity, side.list),
			on(http.MethodPost, at, writeRules, nil, side.create),
			on(get, at+"/{}", readGrantSets, nil, side.get),
			on(patch, at+"/{}", writeRules, nil, side.patch),
			on(http.MethodDelete, at+"/{}", writeRules, nil, side.remove),
		)
	}
	return routes
}

// checkAssigned refuses entries that are not of the two kinds, or that name a
// policy for users' own consent that is not there.
func (c *graphCall) checkAssigned(entry string) error {
	kind, id, _ := strings.Cut(entry, ".")
	switch strings.ToLower(kind) {
	case "managepermissiongrantsforownedresource":
		return nil
	case "managepermissiongrantsforself":
		if c.t.policyByID(id) != nil {
			return nil
		}
	}
	return badRequest("Invalid value specified for property 'permissionGrantPoliciesAssigned': '%s'.", strings.ToValidUTF8(entry, "?"))
}

func listOr(list []string, none string) []string {
	if len(list) == 0 {
		return []string{none}
	}
	return append([]string{}, list...)
}

func textOr(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func setObject(s *ConditionSet) obj {
	return obj{
		"id": s.ID, "permissionType": s.PermissionType, "permissionClassification": textOr(s.Classification, "all"),
		"resourceApplication": textOr(s.Resource, "any"), "permissions": listOr(s.Permissions, "all"),
		"clientApplicationIds": listOr(s.ClientIDs, "all"), "clientApplicationTenantIds": listOr(s.ClientTenantIDs, "all"),
		"clientApplicationPublisherIds":               listOr(s.ClientPublisherIDs, "all"),
		"clientApplicationsFromVerifiedPublisherOnly": s.VerifiedPublisher,
	}
}

func setObjects(sets []*ConditionSet) []obj {
	out := make([]obj, 0, len(sets))
	for _, s := range sets {
		out = append(out, setObject(s))
	}
	return out
}

func grantPolicyObject(p *GrantPolicy) obj {
	return obj{
		"id": p.ID, "displayName": p.Name, "description": p.Description,
		"includes": setObjects(p.Includes), "excludes": setObjects(p.Excludes),
	}
}

func listGrantPolicies(c *graphCall) (graphReply, error) {
	var out []obj
	for _, p := range c.t.Policies {
		out = append(out, grantPolicyObject(p))
	}
	return c.many(grantPolicyEntity, "policies/permissionGrantPolicies", out)
}

func (c *graphCall) policyKey() (*GrantPolicy, error) {
	p := c.t.policyByID(c.keys[0].value)
	if p == nil {
		return nil, notFound("permissionGrantPolicy", c.keys[0].value)
	}
	return p, nil
}

func getGrantPolicy(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(grantPolicyEntity, "policies/permissionGrantPolicies", grantPolicyObject(p))
}

func getWorkflow(c *graphCall) (graphReply, error) {
	wf := c.t.Workflow
	reviewers := make([]obj, 0, len(wf.Reviewers))
	for _, q := range wf.Reviewers {
		reviewers = append(reviewers, obj{"query": q, "queryType": "MicrosoftGraph", "queryRoot": nil})
	}
	return c.one(workflowEntity, "policies/adminConsentRequestPolicy", obj{
		"id": stableID("workflow", c.t.ID), "isEnabled": wf.Enabled, "notifyReviewers": wf.NotifyReviewers,
		"remindersEnabled": wf.Reminders, "requestDurationInDays": wf.DurationDays, "reviewers": reviewers, "version": wf.Version,
	})
}

// workflowProps are the properties that a PUT must hold (adminconsentrequestpolicy-update).
const workflowProps = "isEnabled notifyReviewers remindersEnabled requestDurationInDays reviewers"

// putWorkflow replaces the policy as a whole.
func putWorkflow(c *graphCall) (graphReply, error) { return c.setWorkflow(Workflow{}, workflowProps) }

// patchWorkflow changes what the body names. Microsoft documents PUT alone; the
// metadata has both.
func patchWorkflow(c *graphCall) (graphReply, error) { return c.setWorkflow(c.t.Workflow, "") }

// setWorkflow changes the policy by the body, which must hold the needed
// properties. A version in it is read-only and changes nothing.
func (c *graphCall) setWorkflow(wf Workflow, needed string) (graphReply, error) {
	m, err := c.payload("adminConsentRequestPolicy", workflowProps+" version")
	if err != nil {
		return graphReply{}, err
	}
	for name := range strings.FieldsSeq(needed) {
		if raw, ok := m[name]; !ok || string(raw) == "null" {
			return graphReply{}, badRequest("A value is required for property '%s' of resource 'AdminConsentRequestPolicy'.", name)
		}
	}
	var reviewers []struct {
		Query     string `json:"query"`
		QueryType string `json:"queryType"`
	}
	if err := errors.Join(
		member(m, "isEnabled", &wf.Enabled), member(m, "notifyReviewers", &wf.NotifyReviewers),
		member(m, "remindersEnabled", &wf.Reminders), member(m, "requestDurationInDays", &wf.DurationDays),
		member(m, "reviewers", &reviewers),
	); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	if wf.DurationDays < 1 || wf.DurationDays > 60 {
		return graphReply{}, badRequest("requestDurationInDays must be between 1 and 60.")
	}
	if m["reviewers"] != nil {
		wf.Reviewers = nil
		for _, r := range reviewers {
			if !leadsToPeople(r.Query) || r.QueryType != "" && r.QueryType != "MicrosoftGraph" {
				return graphReply{}, badRequest("Invalid value specified for property 'reviewers' of resource 'AdminConsentRequestPolicy'.")
			}
			wf.Reviewers = append(wf.Reviewers, r.Query)
		}
	}
	c.note("Update policy", "Policy", "Update", AuditTarget{
		ID: stableID("workflow", c.t.ID), Name: "Admin consent request policy", Kind: "Policy",
		Changes: []AuditChange{wasNow("isEnabled", c.t.Workflow.Enabled, wf.Enabled), wasNow("reviewers", c.t.Workflow.Reviewers, wf.Reviewers)},
	})
	wf.Version = c.t.Workflow.Version + 1
	c.t.Workflow = wf
	return graphReply{status: http.StatusNoContent}, nil
}

func getDefaults(c *graphCall) (graphReply, error) {
	return c.one(defaultsEntity, "policies/identitySecurityDefaultsEnforcementPolicy", obj{
		"id": "00000000-0000-0000-0000-000000000005", "displayName": "Security Defaults",
		"description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft.",
		"isEnabled":   c.t.SecurityDefaults,
	})
}

func patchDefaults(c *graphCall) (graphReply, error) {
	m, err := c.payload("identitySecurityDefaultsEnforcementPolicy", "isEnabled displayName description")
	if err != nil {
		return graphReply{}, err
	}
	on := c.t.SecurityDefaults
	if err := member(m, "isEnabled", &on); err != nil {
		return graphReply{}, err
	}
	c.note("Update security defaults", "Policy", "Update", AuditTarget{
		ID: "00000000-0000-0000-0000-000000000005", Name: "Security Defaults", Kind: "Policy",
		Changes: []AuditChange{wasNow("isEnabled", c.t.SecurityDefaults, on)},
	})
	c.t.SecurityDefaults = on
	return graphReply{status: http.StatusNoContent}, nil
}
