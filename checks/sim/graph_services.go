package sim

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Service principals and what hangs on them.

var (
	serviceEntity = &entity{
		name: "servicePrincipal", directory: true,
		props: `id deletedDateTime accountEnabled addIns alternativeNames appDescription appDisplayName appId
			applicationTemplateId appOwnerOrganizationId appRoleAssignmentRequired appRoles createdByAppId
			createdDateTime description disabledByMicrosoftStatus displayName homepage info isDisabled keyCredentials
			loginUrl logoutUrl notes notificationEmailAddresses oauth2PermissionScopes passwordCredentials
			preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls
			resourceSpecificApplicationPermissions samlSingleSignOnSettings servicePrincipalNames
			servicePrincipalType signInAudience tags tokenEncryptionKeyId verifiedPublisher
			| customSecurityAttributes`,
		filter: []string{
			"id", "appId", "displayName", "accountEnabled", "appOwnerOrganizationId", "servicePrincipalType", "tags",
			"servicePrincipalNames", "createdDateTime", "homepage", "applicationTemplateId", "alternativeNames",
		},
	}
	scopeEntity = &entity{name: "permissionScope", noQuery: true, props: `id adminConsentDescription adminConsentDisplayName isEnabled origin type
		userConsentDescription userConsentDisplayName value`}
	appRoleEntity    = &entity{name: "appRole", noQuery: true, props: "id allowedMemberTypes description displayName isEnabled origin value"}
	assignmentEntity = &entity{
		name:   "appRoleAssignment",
		props:  "id deletedDateTime appRoleId createdDateTime principalDisplayName principalId principalType resourceDisplayName resourceId",
		filter: []string{"id", "appRoleId", "principalId", "principalDisplayName", "principalType", "resourceId"},
	}
	classEntity = &entity{name: "delegatedPermissionClassification", noQuery: true, props: "id classification permissionId permissionName"}
)

func serviceRoutes() []*graphRoute {
	const get, sp = http.MethodGet, "servicePrincipals/{}"
	return []*graphRoute{
		on(get, "servicePrincipals", readApps, serviceEntity, listServices),
		on(http.MethodPost, "servicePrincipals", writeApps, nil, createService),
		on(get, sp, readApps, nil, getService),
		on(http.MethodPatch, sp, writeApps, nil, patchService),
		on(http.MethodDelete, sp, writeApps, nil, deleteService),
		on(get, sp+"/oauth2PermissionGrants", readGrants, grantEntity, serviceGrants),
		on(get, sp+"/oauth2PermissionScopes", readApps, scopeEntity, serviceScopes),
		on(get, sp+"/appRoles", readApps, appRoleEntity, serviceAppRoles),
		on(get, sp+"/appRoleAssignments", readApps, assignmentEntity, heldAssignments),
		on(get, sp+"/appRoleAssignedTo", readApps, assignmentEntity, givenAssignments),
		on(get, sp+"/delegatedPermissionClassifications", readClasses, classEntity, listClasses),
		on(http.MethodPost, sp+"/delegatedPermissionClassifications", writeClasses, nil, createClass),
		on(http.MethodDelete, sp+"/delegatedPermissionClassifications/{}", writeClasses, nil, deleteClass),
	}
}

// serviceKey finds the service principal of the first key, if reads see it.
func (c *graphCall) serviceKey() (*ServicePrincipal, error) {
	k := c.keys[0]
	var sp *ServicePrincipal
	switch {
	case strings.EqualFold(k.name, "appId"):
		sp = c.t.serviceByAppID(k.value)
	case k.name != "":
		return nil, badRequest("The key property '%s' is not supported here.", k.name)
	case !isGUID(k.value):
		return nil, badRequest("Invalid object identifier '%s'.", k.value)
	default:
		sp = c.t.serviceByID(k.value)
	}
	if sp == nil || c.now.Before(sp.VisibleAt) {
		return nil, notFound("servicePrincipal", k.value)
	}
	return sp, nil
}

func publisherObject(p *Publisher) obj {
	if p == nil {
		// Unverified: the object is there, with null members (entra-facts §1).
		return obj{"displayName": nil, "verifiedPublisherId": nil, "addedDateTime": nil}
	}
	return obj{"displayName": p.Name, "verifiedPublisherId": p.MPNID, "addedDateTime": stamp(p.AddedAt)}
}

func (c *graphCall) serviceObject(sp *ServicePrincipal) obj {
	o := obj{
		"id": sp.ID, "appId": sp.AppID, "displayName": sp.Name, "appDisplayName": sp.Name,
		"accountEnabled": sp.Enabled, "isDisabled": nil, "appRoleAssignmentRequired": sp.AssignmentRequired,
		"appOwnerOrganizationId": sp.OwnerTenant, "servicePrincipalType": "Application",
		"signInAudience": "AzureADMultipleOrgs", "verifiedPublisher": publisherObject(sp.Publisher),
		"createdDateTime": stamp(sp.CreatedAt), "tags": append([]string{}, sp.Tags...),
		"servicePrincipalNames": []string{sp.AppID}, "oauth2PermissionScopes": []obj{}, "appRoles": []obj{},
		"replyUrls": []string{},
		"info": obj{
			"logoUrl": nil, "marketingUrl": nil, "privacyStatementUrl": nil, "supportUrl": nil, "termsOfServiceUrl": nil,
		},
	}
	for _, list := range []string{
		"addIns", "alternativeNames", "keyCredentials", "notificationEmailAddresses", "passwordCredentials",
		"resourceSpecificApplicationPermissions",
	} {
		o[list] = []obj{}
	}
	if sp.Deactivated != nil {
		o["isDisabled"] = *sp.Deactivated
	}
	if sp.DisabledByMS != "" {
		o["disabledByMicrosoftStatus"] = sp.DisabledByMS
	}
	reg := c.w.registration(sp.AppID)
	if reg == nil {
		return o
	}
	if reg.SingleTenant {
		o["signInAudience"] = "AzureADMyOrg"
	}
	o["replyUrls"] = append([]string{}, reg.RedirectURIs...)
	o["servicePrincipalNames"] = append([]string{sp.AppID}, strings.Fields(reg.IdentifierURI)...)
	o["oauth2PermissionScopes"], o["appRoles"] = scopeObjects(reg), appRoleObjects(reg)
	return o
}

func scopeObjects(reg *Registration) []obj {
	out := make([]obj, 0, len(reg.Scopes))
	for _, s := range reg.Scopes {
		kind := "User"
		if s.Admin {
			kind = "Admin"
		}
		out = append(out, obj{
			"id": s.ID, "value": s.Value, "type": kind, "isEnabled": s.Enabled, "origin": "Application",
			"adminConsentDisplayName": s.Title, "adminConsentDescription": s.About,
			"userConsentDisplayName": s.Title, "userConsentDescription": s.About,
		})
	}
	return out
}

func appRoleObjects(reg *Registration) []obj {
	out := make([]obj, 0, len(reg.AppRoles))
	for _, r := range reg.AppRoles {
		out = append(out, obj{
			"id": r.ID, "value": r.Value, "displayName": r.Title, "description": r.Title, "isEnabled": true,
			"allowedMemberTypes": append([]string{}, r.Members...), "origin": "Application",
		})
	}
	return out
}

func listServices(c *graphCall) (graphReply, error) {
	var out []obj
	for _, sp := range c.t.Services {
		if !c.now.Before(sp.VisibleAt) {
			out = append(out, c.serviceObject(sp))
		}
	}
	return c.many(serviceEntity, "servicePrincipals", out)
}

func getService(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(serviceEntity, "servicePrincipals", c.serviceObject(sp))
}

// createService makes the app's service principal (entra-facts §1: errors).
func createService(c *graphCall) (graphReply, error) {
	m, err := c.decode("appId", "accountEnabled", "appRoleAssignmentRequired", "tags")
	if err != nil {
		return graphReply{}, err
	}
	var appID string
	if err := member(m, "appId", &appID); err != nil {
		return graphReply{}, err
	}
	if appID == "" {
		return graphReply{}, badRequest("A value is required for property 'appId' of resource 'ServicePrincipal'.")
	}
	if c.t.serviceByAppID(appID) != nil {
		return graphReply{}, &graphError{
			http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue",
			"The service principal cannot be created, updated, or restored because the service principal name " + appID + " is already in use.",
		}
	}
	noBacking := &graphError{
		http.StatusBadRequest, "NoBackingApplicationObject",
		"When using this permission, the backing application of the service principal being created must in the local tenant." +
			" The appId '" + appID + "' does not reference a valid application object.",
	}
	reg := c.w.registration(appID)
	if reg == nil {
		return graphReply{}, noBacking
	}
	enabled, required := true, false
	var tags []string
	if err := errors.Join(member(m, "accountEnabled", &enabled), member(m, "appRoleAssignmentRequired", &required), member(m, "tags", &tags)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	sp, err := c.w.ensureServicePrincipal(c.t, reg)
	if errors.Is(err, errNotMultiTenant) {
		return graphReply{}, noBacking
	}
	if err != nil {
		return graphReply{}, err
	}
	sp.Enabled, sp.AssignmentRequired, sp.Tags = enabled, required, tags
	a, err := c.one(serviceEntity, "servicePrincipals", c.serviceObject(sp))
	a.status = http.StatusCreated
	return a, err
}

// firstGraphError finds the answer in joined errors.
func firstGraphError(err error) error {
	var ge *graphError
	if errors.As(err, &ge) {
		return ge
	}
	return err
}

func patchService(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.decode("accountEnabled", "appRoleAssignmentRequired", "isDisabled", "tags", "notes", "displayName")
	if err != nil {
		return graphReply{}, err
	}
	change := *sp
	change.Tags, change.Deactivated = slices.Clone(sp.Tags), clone(sp.Deactivated) // decoding writes through both
	var notes *string
	if err := errors.Join(
		member(m, "accountEnabled", &change.Enabled),
		member(m, "appRoleAssignmentRequired", &change.AssignmentRequired),
		member(m, "isDisabled", &change.Deactivated),
		member(m, "tags", &change.Tags),
		member(m, "notes", &notes),
		member(m, "displayName", &change.Name),
	); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	*sp = change
	return graphReply{status: http.StatusNoContent}, nil
}

func deleteService(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	if reg := c.w.registration(sp.AppID); reg != nil && reg.FirstParty {
		return graphReply{}, denied()
	}
	c.t.removeService(sp)
	return graphReply{status: http.StatusNoContent}, nil
}

func serviceScopes(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	if reg := c.w.registration(sp.AppID); reg != nil {
		out = scopeObjects(reg)
	}
	return c.many(scopeEntity, "servicePrincipals('"+sp.ID+"')/oauth2PermissionScopes", out)
}

func serviceAppRoles(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	if reg := c.w.registration(sp.AppID); reg != nil {
		out = appRoleObjects(reg)
	}
	return c.many(appRoleEntity, "servicePrincipals('"+sp.ID+"')/appRoles", out)
}

// assignment is a role given to a principal at a resource.
func assignment(id, role string, principal obj, resource *ServicePrincipal, made any) obj {
	return obj{
		"id": id, "appRoleId": role, "createdDateTime": made,
		"principalId": principal["id"], "principalDisplayName": principal["displayName"], "principalType": principal["type"],
		"resourceId": resource.ID, "resourceDisplayName": resource.Name,
	}
}

// noRole is the role id of an assignment to an app without roles (entra-facts §2).
const noRole = "00000000-0000-0000-0000-000000000000"

func roleGrantObject(t *Tenant, client *ServicePrincipal, g RoleGrant) obj {
	resource := t.serviceByID(g.Resource)
	return assignment(g.ID, g.RoleID, obj{"id": client.ID, "displayName": client.Name, "type": "ServicePrincipal"}, resource, stamp(g.CreatedAt))
}

// heldAssignments are the application permissions granted to the app.
func heldAssignments(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, g := range sp.RoleGrants {
		out = append(out, roleGrantObject(c.t, sp, g))
	}
	return c.many(assignmentEntity, "servicePrincipals('"+sp.ID+"')/appRoleAssignments", out)
}

// givenAssignments are who is assigned to the app, and which apps hold roles of it.
func givenAssignments(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, id := range sp.Assigned {
		who := obj{"id": id, "type": "User"}
		if u := c.t.userByID(id); u != nil {
			who["displayName"] = u.Name
		} else if g := c.t.groupByID(id); g != nil {
			who["displayName"], who["type"] = g.Name, "Group"
		}
		out = append(out, assignment(stableID("assigned", sp.ID, id), noRole, who, sp, stamp(sp.CreatedAt)))
	}
	for _, client := range c.t.Services {
		for _, g := range client.RoleGrants {
			if g.Resource == sp.ID {
				out = append(out, roleGrantObject(c.t, client, g))
			}
		}
	}
	return c.many(assignmentEntity, "servicePrincipals('"+sp.ID+"')/appRoleAssignedTo", out)
}

func classObject(cl *Classification) obj {
	return obj{"id": cl.ID, "classification": cl.Level, "permissionId": cl.Permission, "permissionName": cl.Name}
}

func listClasses(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID {
			out = append(out, classObject(cl))
		}
	}
	return c.many(classEntity, "servicePrincipals('"+sp.ID+"')/delegatedPermissionClassifications", out)
}

// createClass classifies one scope, once, and only one that is open to users
// (entra-facts §5).
func createClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.decode("permissionId", "permissionName", "classification")
	if err != nil {
		return graphReply{}, err
	}
	var id, name, level string
	if err := errors.Join(member(m, "permissionId", &id), member(m, "permissionName", &name), member(m, "classification", &level)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	if level != "low" && level != "medium" && level != "high" {
		return graphReply{}, badRequest("Invalid value specified for property 'classification'.")
	}
	scope := c.scopeOf(sp, id)
	if scope == nil || name != "" && !strings.EqualFold(name, scope.Value) {
		return graphReply{}, badRequest("The delegated permission '%s' does not exist on this service principal.", id)
	}
	if scope.Admin {
		return graphReply{}, badRequest("The delegated permission '%s' requires admin consent and cannot be classified.", scope.Value)
	}
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID && cl.Permission == scope.ID {
			return graphReply{}, &graphError{http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "The permission is classified already."}
		}
	}
	cl := &Classification{ID: c.w.newID("class"), Resource: sp.ID, Permission: scope.ID, Name: scope.Value, Level: level}
	c.t.Classifications = append(c.t.Classifications, cl)
	a, err := c.one(classEntity, "servicePrincipals('"+sp.ID+"')/delegatedPermissionClassifications", classObject(cl))
	a.status = http.StatusCreated
	return a, err
}

func (c *graphCall) scopeOf(sp *ServicePrincipal, id string) *Scope {
	reg := c.w.registration(sp.AppID)
	if reg == nil {
		return nil
	}
	for i := range reg.Scopes {
		if strings.EqualFold(reg.Scopes[i].ID, id) {
			return &reg.Scopes[i]
		}
	}
	return nil
}

func deleteClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	for i, cl := range c.t.Classifications {
		if cl.Resource == sp.ID && cl.ID == c.keys[1].value {
			c.t.Classifications = append(c.t.Classifications[:i:i], c.t.Classifications[i+1:]...)
			return graphReply{status: http.StatusNoContent}, nil
		}
	}
	return graphReply{}, notFound("delegatedPermissionClassification", c.keys[1].value)
}
