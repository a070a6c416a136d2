package sim

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// The policies that decide about consent (entra-facts §3, §4, §6, §8).

var (
	authorizationEntity = &entity{name: "authorizationPolicy", props: `id deletedDateTime description displayName
		allowedToSignUpEmailBasedSubscriptions allowedToUseSSPR allowEmailVerifiedUsersToJoinOrganization
		allowInvitesFrom allowUserConsentForRiskyApps blockMsolPowerShell defaultUserRolePermissions guestUserRoleId`}
	grantPolicyEntity = &entity{
		name: "permissionGrantPolicy", props: "id deletedDateTime displayName description includes excludes",
		filter: []string{"id", "displayName"},
	}
	setEntity = &entity{name: "permissionGrantConditionSet", props: `id permissionClassification permissionType
		resourceApplication permissions clientApplicationIds clientApplicationTenantIds clientApplicationPublisherIds
		clientApplicationsFromVerifiedPublisherOnly`}
	workflowEntity = &entity{name: "adminConsentRequestPolicy", props: "id isEnabled notifyReviewers remindersEnabled requestDurationInDays reviewers version"}
	defaultsEntity = &entity{name: "identitySecurityDefaultsEnforcementPolicy", props: "id deletedDateTime description displayName isEnabled"}
)

func policyRoutes() []*graphRoute {
	const get = http.MethodGet
	const rules = "policies/permissionGrantPolicies"
	return []*graphRoute{
		on(get, "policies/authorizationPolicy", readPolicy, nil, getAuthorization),
		on(get, "policies/authorizationPolicy/authorizationPolicy", readPolicy, nil, getAuthorization),
		on(http.MethodPatch, "policies/authorizationPolicy", writePolicy, nil, patchAuthorization),
		on(http.MethodPatch, "policies/authorizationPolicy/authorizationPolicy", writePolicy, nil, patchAuthorization),
		on(get, rules, readGrantRules, grantPolicyEntity, listGrantPolicies),
		on(get, rules+"/{}", readGrantRules, nil, getGrantPolicy),
		on(get, rules+"/{}/includes", readGrantSets, setEntity, listIncludes),
		on(get, rules+"/{}/excludes", readGrantSets, setEntity, listExcludes),
		on(get, rules+"/{}/includes/{}", readGrantSets, nil, getSet),
		on(get, rules+"/{}/excludes/{}", readGrantSets, nil, getSet),
		on(get, "policies/adminConsentRequestPolicy", readWorkflow, nil, getWorkflow),
		on(http.MethodPut, "policies/adminConsentRequestPolicy", writeWorkflow, nil, putWorkflow),
		on(get, "policies/identitySecurityDefaultsEnforcementPolicy", readDefaults, nil, getDefaults),
	}
}

func getAuthorization(c *graphCall) (graphReply, error) {
	var risky any
	if r := c.t.RiskyAppsAllowed; r != nil {
		risky = *r
	}
	return c.one(authorizationEntity, "policies/authorizationPolicy", obj{
		"id": "authorizationPolicy", "displayName": "Authorization Policy",
		"description":                            "Used to manage authorization related settings across the company.",
		"allowedToSignUpEmailBasedSubscriptions": true, "allowedToUseSSPR": true,
		"allowEmailVerifiedUsersToJoinOrganization": false, "allowInvitesFrom": "everyone",
		"allowUserConsentForRiskyApps": risky, "blockMsolPowerShell": false,
		"guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
		"defaultUserRolePermissions": obj{
			"allowedToCreateApps": true, "allowedToCreateSecurityGroups": true, "allowedToCreateTenants": true,
			"allowedToReadBitlockerKeysForOwnedDevice": true, "allowedToReadOtherUsers": true,
			"permissionGrantPoliciesAssigned": append([]string{}, c.t.Assigned...),
		},
	})
}

// patchAuthorization changes the user consent choice and the risk setting.
// While Microsoft manages the choice a change of it is answered 204 and
// dropped, as was measured on one live tenant (entra-facts §3 [PUB]).
func patchAuthorization(c *graphCall) (graphReply, error) {
	m, err := c.decode("allowUserConsentForRiskyApps", "defaultUserRolePermissions")
	if err != nil {
		return graphReply{}, err
	}
	risky := clone(c.t.RiskyAppsAllowed)
	perms := map[string]json.RawMessage{}
	if err := errors.Join(member(m, "allowUserConsentForRiskyApps", &risky), member(m, "defaultUserRolePermissions", &perms)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	for _, name := range sortedKeys(perms) {
		if !strings.HasPrefix(name, "@odata.") && name != "permissionGrantPoliciesAssigned" {
			return graphReply{}, badRequest("The simulator does not change property '%s'.", name)
		}
	}
	assigned := slices.Clone(c.t.Assigned) // decoding reuses the array
	if err := member(perms, "permissionGrantPoliciesAssigned", &assigned); err != nil {
		return graphReply{}, err
	}
	for _, entry := range assigned {
		if err := c.checkAssigned(entry); err != nil {
			return graphReply{}, err
		}
	}
	c.t.RiskyAppsAllowed = risky
	if !c.t.Managed {
		c.t.Assigned = assigned
	}
	return graphReply{status: http.StatusNoContent}, nil
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

func listIncludes(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(setEntity, "policies/permissionGrantPolicies('"+p.ID+"')/includes", setObjects(p.Includes))
}

func listExcludes(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(setEntity, "policies/permissionGrantPolicies('"+p.ID+"')/excludes", setObjects(p.Excludes))
}

func getSet(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	set := find(slices.Concat(p.Includes, p.Excludes), func(s *ConditionSet) bool { return strings.EqualFold(s.ID, c.keys[1].value) })
	if set == nil {
		return graphReply{}, notFound("permissionGrantConditionSet", c.keys[1].value)
	}
	return c.one(setEntity, "policies/permissionGrantPolicies('"+p.ID+"')/includes", setObject(set))
}

func getWorkflow(c *graphCall) (graphReply, error) {
	wf := c.t.Workflow
	reviewers := make([]obj, 0, len(wf.Reviewers))
	for _, q := range wf.Reviewers {
		reviewers = append(reviewers, obj{"query": q, "queryType": "MicrosoftGraph", "queryRoot": nil})
	}
	return c.one(workflowEntity, "policies/adminConsentRequestPolicy", obj{
		"id": stableID("workflow", c.t.ID), "isEnabled": wf.Enabled, "notifyReviewers": wf.NotifyReviewers,
		"remindersEnabled": wf.Reminders, "requestDurationInDays": wf.DurationDays, "reviewers": reviewers, "version": 0,
	})
}

// putWorkflow replaces the policy as a whole.
func putWorkflow(c *graphCall) (graphReply, error) {
	m, err := c.decode("isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers", "version")
	if err != nil {
		return graphReply{}, err
	}
	var wf Workflow
	var reviewers []struct {
		Query string `json:"query"`
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
	for _, r := range reviewers {
		wf.Reviewers = append(wf.Reviewers, r.Query)
	}
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
