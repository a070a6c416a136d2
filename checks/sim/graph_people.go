package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// People and the organisation: organization, me, users, groups.

var (
	orgEntity = &entity{
		name: "organization", set: "organization", filter: []string{"id", "displayName"},
		rare: "directorySizeQuota isMultipleDataLocationsForServicesEnabled onPremisesSyncStatus",
	}
	userEntity = &entity{
		name: "user", set: "users", directory: true,
		usual: "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id",
		filter: []string{
			"id", "userPrincipalName", "displayName", "mail", "accountEnabled", "userType", "createdDateTime", "givenName", "surname",
			"jobTitle", "department", "mailNickname", "otherMails", "proxyAddresses", "usageLocation", "assignedLicenses", "identities",
			"companyName", "city", "country", "employeeId", "onPremisesSyncEnabled", "businessPhones", "mobilePhone", "officeLocation",
			"preferredLanguage", "state", "streetAddress", "postalCode", "faxNumber", "imAddresses", "employeeType", "onPremisesImmutableId",
		},
		search: []string{"displayName", "mail", "userPrincipalName", "givenName", "surname", "otherMails"},
		expand: userRelations(),
	}
	groupEntity = &entity{
		name: "group", set: "groups", directory: true,
		rare: "accessType allowExternalSenders autoSubscribeNewMembers hasMembersWithLicenseErrors hideFromAddressLists hideFromOutlookClients " +
			"infoCatalogs isArchived isFavorite isSubscribedByMail licenseProcessingState unseenConversationsCount unseenCount " +
			"unseenMessagesCount welcomeMessageEnabled assignedLicenses isManagementRestricted organizationId onPremisesExtensionAttributes",
		filter: []string{"id", "displayName", "securityEnabled", "mailEnabled", "mail", "groupTypes", "mailNickname", "description", "isAssignableToRole", "visibility"},
		search: []string{"displayName", "description", "mail"},
		expand: groupRelations(),
	}
	memberEntity = &entity{
		name: "directoryObject", set: "directoryObjects", directory: true, filter: []string{"id", "displayName"}, search: []string{"displayName"},
		poly: map[string]*entity{
			"user": userEntity, "group": groupEntity, "directoryRole": roleEntity, "servicePrincipal": serviceEntity, "application": applicationEntity,
		},
	}
)

func peopleRoutes() []*graphRoute {
	const get, post = http.MethodGet, http.MethodPost
	routes := []*graphRoute{
		on(get, "organization", readOrg, orgEntity, listOrganization),
		on(get, "organization/{}", readOrg, nil, getOrganization),
		on(get, "me", readMe, nil, func(c *graphCall) (graphReply, error) { return c.person(c.u) }),
		on(get, "me/oauth2PermissionGrants", readGrants, grantEntity, myGrants),
		on(get, "me/appRoleAssignments", readAssigned, assignmentEntity, myAssignments),
		on(get, "users", readUsers, userEntity, listUsers),
		on(get, "users/{}", readUsers, nil, getUser),
		on(post, "me/revokeSignInSessions", revokeMine, nil, revokeOwnSessions),
		on(post, "users/{}/revokeSignInSessions", revokeOthers, nil, revokeUserSessions),
		on(get, "users/{}/oauth2PermissionGrants", readGrants, grantEntity, otherGrants),
		on(get, "users/{}/appRoleAssignments", readAssigned, assignmentEntity, otherAssignments),
		on(get, "groups", readGroup, groupEntity, listGroups),
		on(get, "groups/{}", readGroup, nil, getGroup),
		on(get, "groups/{}/members", readGroup, memberEntity, listMembers),
		on(get, "groups/{}/transitiveMembers", readGroup, memberEntity, listMembers),
		on(get, "groups/{}/transitiveMembers/microsoft.graph.user", readGroup, userEntity, listMembers),
	}
	for _, way := range []string{"memberOf", "transitiveMemberOf"} {
		routes = append(routes,
			on(get, "me/"+way, readMine, memberEntity, mine("")), on(get, "users/{}/"+way, readOthers, memberEntity, theirs("")))
		for _, cast := range []string{"microsoft.graph.", "graph."} {
			routes = append(routes,
				on(get, "me/"+way+"/"+cast+"directoryRole", readMine, roleEntity, mine("directoryRole")),
				on(get, "me/"+way+"/"+cast+"group", readMine, groupEntity, mine("group")),
				on(get, "users/{}/"+way+"/"+cast+"directoryRole", readOthers, roleEntity, theirs("directoryRole")),
				on(get, "users/{}/"+way+"/"+cast+"group", readOthers, groupEntity, theirs("group")),
			)
		}
	}
	return routes
}

// noMe is what Graph says to an app's own token that asks about me.
func noMe() error { return badRequest("/me request is only valid with delegated authentication flow.") }

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
	o := obj{"id": c.t.ID, "displayName": c.t.Name, "verifiedDomains": domains, "mobileDeviceManagementAuthority": "unknown"}
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
	switch c.t.Premium {
	case "P1":
		return []obj{plan(planP1)}
	case "P2":
		return []obj{plan(planP1), plan(planP2)}
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

// peopleSince is when the accounts and groups of every scenario were made.
const peopleSince = "2024-01-15T09:00:00Z"

// noMoment is how Graph prints a moment that was never set and cannot be null.
const noMoment = "0001-01-01T00:00:00Z"

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
		"proxyAddresses": []string{"SMTP:" + u.UPN}, "createdDateTime": peopleSince,
		"signInSessionsValidFromDateTime": cmp.Or[any](stamp(u.SessionsFrom), peopleSince),
		// Properties that live outside the directory and have no null there.
		"birthday": noMoment, "hireDate": noMoment, "deviceEnrollmentLimit": 5,
	}
}

// person answers one account; an app's token has no me.
func (c *graphCall) person(u *User) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	return c.one(userEntity, "users", userObject(u))
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
	return c.person(u)
}

func listUsers(c *graphCall) (graphReply, error) {
	var out []obj
	for _, u := range c.t.Users {
		out = append(out, userObject(u))
	}
	return c.many(userEntity, "users", out)
}
