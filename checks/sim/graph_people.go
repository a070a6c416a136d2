package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// People and the organisation: organization, me, users, groups, roles.

var (
	orgEntity = &entity{name: "organization", props: `id deletedDateTime assignedPlans businessPhones city country
		countryLetterCode createdDateTime defaultUsageLocation displayName marketingNotificationEmails
		mobileDeviceManagementAuthority onPremisesLastSyncDateTime onPremisesSyncEnabled partnerTenantType postalCode
		preferredLanguage privacyProfile provisionedPlans securityComplianceNotificationMails
		securityComplianceNotificationPhones state street technicalNotificationMails tenantType verifiedDomains
		| directorySizeQuota isMultipleDataLocationsForServicesEnabled`}
	userEntity = &entity{
		name: "user", directory: true,
		props: `businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname
			userPrincipalName id | accountEnabled userType companyName createdDateTime department deletedDateTime
			mailNickname otherMails proxyAddresses usageLocation onPremisesSyncEnabled assignedLicenses assignedPlans
			identities country city securityIdentifier`,
		filter: []string{"id", "userPrincipalName", "displayName", "mail", "accountEnabled", "userType", "createdDateTime"},
	}
	groupEntity = &entity{
		name: "group", directory: true,
		props:  `id deletedDateTime displayName description groupTypes mail mailEnabled mailNickname securityEnabled isAssignableToRole`,
		filter: []string{"id", "displayName", "securityEnabled"},
	}
	roleEntity    = &entity{name: "directoryRole", props: "id deletedDateTime description displayName roleTemplateId", directory: true, filter: []string{"roleTemplateId", "displayName", "id"}}
	memberEntity  = &entity{name: "directoryObject", props: roleEntity.props + " | groupTypes mail mailEnabled mailNickname securityEnabled isAssignableToRole", directory: true, filter: []string{"id", "displayName"}}
	pimEntity     = &entity{name: "unifiedRoleEligibilityScheduleInstance", props: "id appScopeId directoryScopeId principalId roleDefinitionId endDateTime memberType roleEligibilityScheduleId startDateTime", filter: []string{"principalId", "roleDefinitionId"}}
	foundEntity   = &entity{name: "tenantInformation", props: "tenantId displayName defaultDomainName federationBrandName"}
	domainEntity  = &entity{name: "domain", props: "id authenticationType isAdminManaged isDefault isInitial isRoot isVerified supportedServices"}
	roleDefEntity = &entity{name: "unifiedRoleDefinition", props: "id displayName templateId isBuiltIn isEnabled description", filter: []string{"id", "displayName", "templateId", "isBuiltIn"}}
)

func peopleRoutes() []*graphRoute {
	const get = http.MethodGet
	return []*graphRoute{
		on(get, "organization", readOrg, orgEntity, listOrganization),
		on(get, "organization/{}", readOrg, nil, getOrganization),
		on(get, "domains", access{scopes: []string{"Domain.Read.All", scopeDirRead}}, domainEntity, listDomains),
		on(get, "me", readMe, nil, func(c *graphCall) (graphReply, error) { return c.person(c.u, "users") }),
		on(get, "me/memberOf", readMine, memberEntity, func(c *graphCall) (graphReply, error) { return c.memberOf(c.u, "") }),
		on(get, "me/transitiveMemberOf", readMine, memberEntity, func(c *graphCall) (graphReply, error) { return c.memberOf(c.u, "") }),
		on(get, "me/transitiveMemberOf/microsoft.graph.directoryRole", readMine, roleEntity, myRoles),
		on(get, "me/transitiveMemberOf/graph.directoryRole", readMine, roleEntity, myRoles),
		on(get, "me/transitiveMemberOf/microsoft.graph.group", readMine, groupEntity, myGroups),
		on(get, "me/transitiveMemberOf/graph.group", readMine, groupEntity, myGroups),
		on(get, "me/oauth2PermissionGrants", readGrants, grantEntity, myGrants),
		on(get, "users", readUsers, userEntity, listUsers),
		on(get, "users/{}", readUsers, nil, getUser),
		on(get, "groups", readGroup, groupEntity, listGroups),
		on(get, "groups/{}", readGroup, nil, getGroup),
		on(get, "directoryRoles", readRoles, roleEntity, listRoles),
		on(get, "roleManagement/directory/roleDefinitions", readRoles, roleDefEntity, listRoleDefinitions),
		on(get, "roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser/{}", readPIM, pimEntity, myEligible),
		on(get, "tenantRelationships/findTenantInformationByDomainName/{}", readTenants, nil, findTenant),
		on(get, "tenantRelationships/findTenantInformationByTenantId/{}", readTenants, nil, findTenant),
	}
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// organization is the tenant as its own people see it. With User.Read alone,
// Graph fills in little more than names (public page of the operation).
func (c *graphCall) organization() obj {
	domains := make([]obj, 0, len(c.t.Domains))
	for _, d := range c.t.Domains {
		domains = append(domains, obj{
			"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": d.Default, "isInitial": d.Initial, "name": d.Name, "type": "Managed",
		})
	}
	o := obj{"id": c.t.ID, "displayName": c.t.Name, "verifiedDomains": domains}
	for _, list := range []string{
		"assignedPlans", "businessPhones", "marketingNotificationEmails", "provisionedPlans",
		"securityComplianceNotificationMails", "securityComplianceNotificationPhones", "technicalNotificationMails",
	} {
		o[list] = []obj{}
	}
	held := c.held()
	if slices.Contains(held, "Organization.Read.All") || slices.Contains(held, scopeDirRead) || slices.Contains(held, scopeDirWrite) {
		o["tenantType"], o["countryLetterCode"], o["preferredLanguage"] = "AAD", "NL", "en"
		o["createdDateTime"], o["assignedPlans"] = "2019-05-06T07:08:09Z", c.plans()
	}
	return o
}

// plans are the service plans of the tenant's Entra licence, if it has one.
func (c *graphCall) plans() []obj {
	plan := func(id string) obj {
		return obj{"assignedDateTime": "2024-01-02T03:04:05Z", "capabilityStatus": "Enabled", "service": "AADPremiumService", "servicePlanId": id}
	}
	const p1, p2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"
	switch c.t.Premium {
	case "P1":
		return []obj{plan(p1)}
	case "P2":
		return []obj{plan(p1), plan(p2)}
	}
	return []obj{}
}

func listOrganization(c *graphCall) (graphReply, error) {
	return c.many(orgEntity, "organization", []obj{c.organization()})
}

func getOrganization(c *graphCall) (graphReply, error) {
	if !strings.EqualFold(c.keys[0].value, c.t.ID) {
		return graphReply{}, notFound("organization", c.keys[0].value)
	}
	return c.one(orgEntity, "organization", c.organization())
}

func listDomains(c *graphCall) (graphReply, error) {
	var out []obj
	for _, d := range c.t.Domains {
		out = append(out, obj{
			"id": d.Name, "authenticationType": c.t.Realm, "isAdminManaged": true, "isDefault": d.Default,
			"isInitial": d.Initial, "isRoot": true, "isVerified": true, "supportedServices": []string{"Email"},
		})
	}
	return c.many(domainEntity, "domains", out)
}

func userObject(u *User) obj {
	name, _, _ := strings.Cut(u.UPN, "@")
	kind := "Member"
	if u.Guest {
		kind = "Guest"
	}
	first, last, _ := strings.Cut(u.Name, " ")
	return obj{
		"id": u.ID, "userPrincipalName": u.UPN, "displayName": u.Name, "mail": u.UPN, "mailNickname": name,
		"givenName": first, "surname": last, "accountEnabled": !u.Disabled, "userType": kind,
		"businessPhones": []string{}, "otherMails": []string{}, "proxyAddresses": []string{"SMTP:" + u.UPN},
		"assignedLicenses": []obj{}, "assignedPlans": []obj{}, "identities": []obj{},
	}
}

// person answers one account; an app's token has no me.
func (c *graphCall) person(u *User, set string) (graphReply, error) {
	if u == nil {
		return graphReply{}, badRequest("/me request is only valid with delegated authentication flow.")
	}
	return c.one(userEntity, set, userObject(u))
}

func (c *graphCall) userKey() (*User, error) {
	id := c.keys[0].value
	if u := c.t.userByID(id); u != nil {
		return u, nil
	}
	if u := c.t.userByUPN(id); u != nil {
		return u, nil
	}
	return nil, notFound("user", id)
}

func getUser(c *graphCall) (graphReply, error) {
	u, err := c.userKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.person(u, "users")
}

func listUsers(c *graphCall) (graphReply, error) {
	var out []obj
	for _, u := range c.t.Users {
		out = append(out, userObject(u))
	}
	return c.many(userEntity, "users", out)
}

func groupObject(g *Group) obj {
	return obj{
		"id": g.ID, "displayName": g.Name, "groupTypes": []string{}, "mailEnabled": false,
		"mailNickname": strings.ReplaceAll(g.Name, " ", ""), "securityEnabled": true,
	}
}

func listGroups(c *graphCall) (graphReply, error) {
	var out []obj
	for _, g := range c.t.Groups {
		out = append(out, groupObject(g))
	}
	return c.many(groupEntity, "groups", out)
}

func getGroup(c *graphCall) (graphReply, error) {
	g := c.t.groupByID(c.keys[0].value)
	if g == nil {
		return graphReply{}, notFound("group", c.keys[0].value)
	}
	return c.one(groupEntity, "groups", groupObject(g))
}

func (c *graphCall) roleObject(template string) obj {
	return obj{
		"id": stableID("role", c.t.ID, template), "displayName": roleName(template), "roleTemplateId": template,
		"description": "Can do what the role " + roleName(template) + " may do.",
	}
}

// memberOf lists the roles and groups of an account; kind narrows it.
func (c *graphCall) memberOf(u *User, kind string) (graphReply, error) {
	if u == nil {
		return graphReply{}, badRequest("/me request is only valid with delegated authentication flow.")
	}
	var roles, groups []obj
	for _, r := range u.Roles {
		roles = append(roles, c.roleObject(r))
	}
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, u.ID) {
			groups = append(groups, groupObject(g))
		}
	}
	switch kind {
	case "role":
		return c.many(roleEntity, "directoryRoles", roles)
	case "group":
		return c.many(groupEntity, "groups", groups)
	}
	for _, o := range roles {
		o["@odata.type"] = "#microsoft.graph.directoryRole"
	}
	for _, o := range groups {
		o["@odata.type"] = "#microsoft.graph.group"
	}
	return c.many(memberEntity, "directoryObjects", slices.Concat(groups, roles))
}

func myRoles(c *graphCall) (graphReply, error) { return c.memberOf(c.u, "role") }

func myGroups(c *graphCall) (graphReply, error) { return c.memberOf(c.u, "group") }

func listRoles(c *graphCall) (graphReply, error) {
	seen := map[string]bool{}
	var out []obj
	for _, u := range c.t.Users {
		for _, r := range u.Roles {
			if !seen[r] {
				seen[r] = true
				out = append(out, c.roleObject(r))
			}
		}
	}
	return c.many(roleEntity, "directoryRoles", out)
}

func listRoleDefinitions(c *graphCall) (graphReply, error) {
	var out []obj
	for _, id := range sortedKeys(roleNames) {
		out = append(out, obj{"id": id, "templateId": id, "displayName": roleNames[id], "isBuiltIn": true, "isEnabled": true})
	}
	return c.many(roleDefEntity, "roleManagement/directory/roleDefinitions", out)
}

// myEligible lists the roles that the account could activate.
func myEligible(c *graphCall) (graphReply, error) {
	if k := c.keys[0]; k.name != "on" || k.value != "principal" {
		return graphReply{}, badRequest("The value of 'on' must be 'principal'.")
	}
	if c.u == nil {
		return graphReply{}, badRequest("filterByCurrentUser is only valid with delegated authentication flow.")
	}
	var out []obj
	for _, r := range c.u.Eligible {
		out = append(out, obj{
			"id": stableID("eligible", c.u.ID, r), "directoryScopeId": "/", "principalId": c.u.ID, "roleDefinitionId": r,
			"memberType": "Direct", "roleEligibilityScheduleId": stableID("eligibility", c.u.ID, r),
			"startDateTime": stamp(c.now.Add(-24 * time.Hour)),
		})
	}
	return c.many(pimEntity, "Collection(unifiedRoleEligibilityScheduleInstance)", out)
}

func findTenant(c *graphCall) (graphReply, error) {
	k := c.keys[0]
	t := c.w.tenantFor(k.value, placeOf(c.r).sees)
	if t == nil || (k.name != "domainName") == t.hasDomain(k.value) {
		return graphReply{}, notFound("tenant", k.value)
	}
	return c.one(foundEntity, "microsoft.graph.tenantInformation", obj{
		"tenantId": t.ID, "displayName": t.Name, "defaultDomainName": t.DefaultDomain(),
	})
}
