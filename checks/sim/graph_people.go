package sim

import (
	"bytes"
	"encoding/json"
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
			"companyName", "city", "country", "employeeId", "onPremisesSyncEnabled",
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
		on(post, "me/checkMemberGroups", readMine, nil, checkMine),
		on(post, "me/getMemberGroups", readMine, nil, listMine),
		on(get, "users", readUsers, userEntity, listUsers),
		on(get, "users/{}", readUsers, nil, getUser),
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

func (c *graphCall) groupObject(g *Group) obj {
	return obj{
		"id": g.ID, "displayName": g.Name, "mailEnabled": false, "createdDateTime": peopleSince, "renewedDateTime": peopleSince,
		"mailNickname": strings.ReplaceAll(g.Name, " ", ""), "securityEnabled": true,
	}
}

func listGroups(c *graphCall) (graphReply, error) {
	var out []obj
	for _, g := range c.t.Groups {
		out = append(out, c.groupObject(g))
	}
	return c.many(groupEntity, "groups", out)
}

func (c *graphCall) groupKey() (*Group, error) {
	g := c.t.groupByID(c.keys[0].value)
	if g == nil {
		return nil, notFound("group", c.keys[0].value)
	}
	return g, nil
}

func getGroup(c *graphCall) (graphReply, error) {
	g, err := c.groupKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(groupEntity, "groups", c.groupObject(g))
}

func listMembers(c *graphCall) (graphReply, error) {
	g, err := c.groupKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, id := range g.Members {
		if o := c.directoryObject(id); o != nil {
			out = append(out, o)
		}
	}
	return c.many(memberEntity, "directoryObjects", out)
}

// memberships are the groups and roles of an account. Groups do not hold
// groups in the simulator, so direct and transitive are the same.
func (c *graphCall) memberships(u *User) []obj {
	var out []obj
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, u.ID) {
			out = append(out, kinded(c.groupObject(g), "group"))
		}
	}
	for _, r := range u.Roles {
		out = append(out, kinded(c.roleObject(r), "directoryRole"))
	}
	return out
}

// mine lists what the caller is a member of; kind narrows it.
func mine(kind string) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) { return c.memberOf(c.u, kind) }
}

// theirs lists what the account of the first key is a member of.
func theirs(kind string) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) {
		u, err := c.userKey()
		if err != nil {
			return graphReply{}, err
		}
		return c.memberOf(u, kind)
	}
}

func (c *graphCall) memberOf(u *User, kind string) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	all := c.memberships(u)
	if kind == "" {
		return c.many(memberEntity, "directoryObjects", all)
	}
	all = slices.DeleteFunc(all, func(o obj) bool { return o["@odata.type"] != "#microsoft.graph."+kind })
	for _, o := range all {
		delete(o, "@odata.type") // a list of one type need not tell it
	}
	if kind == "group" {
		return c.many(groupEntity, "groups", all)
	}
	return c.many(roleEntity, "directoryRoles", all)
}

// memberGroups are the ids of the groups an account is in.
func (c *graphCall) memberGroups() ([]string, error) {
	if c.u == nil {
		return nil, noMe()
	}
	out := []string{}
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, c.u.ID) {
			out = append(out, g.ID)
		}
	}
	return out, nil
}

// checkMine says which of the given groups the caller is in.
func checkMine(c *graphCall) (graphReply, error) {
	var in struct {
		GroupIDs []string `json:"groupIds"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	if len(in.GroupIDs) == 0 || len(in.GroupIDs) > 20 {
		return graphReply{}, badRequest("groupIds must hold 1 to 20 ids.")
	}
	in.GroupIDs = slices.DeleteFunc(in.GroupIDs, func(id string) bool { return id == "" })
	all, err := c.memberGroups()
	if err != nil {
		return graphReply{}, err
	}
	all = slices.DeleteFunc(all, func(id string) bool { return !hasFold(in.GroupIDs, id) })
	return c.plainList("Collection(Edm.String)", all), nil
}

// listMine are the groups the caller is in.
func listMine(c *graphCall) (graphReply, error) {
	var in struct {
		SecurityEnabledOnly *bool `json:"securityEnabledOnly"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	if in.SecurityEnabledOnly == nil {
		return graphReply{}, badRequest("A value is required for parameter 'securityEnabledOnly'.")
	}
	all, err := c.memberGroups()
	if err != nil {
		return graphReply{}, err
	}
	return c.plainList("Collection(Edm.String)", all), nil
}

// plainList answers a list of texts.
func (c *graphCall) plainList(context string, list []string) graphReply {
	return graphReply{http.StatusOK, obj{"@odata.context": c.root + "/$metadata#" + context, "value": list}}
}

// action reads the parameters of an action; an unknown one is a bad request.
func (c *graphCall) action(into any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		_, unknown, found := strings.Cut(err.Error(), "unknown field ")
		if found {
			return badRequest("The parameter '%s' in the request payload is not a valid parameter for the operation.", strings.Trim(unknown, `"`))
		}
		return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}
