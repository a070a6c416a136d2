package sim

import (
	"encoding/json"
	"errors"
	"fmt"
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
	if reg.wire != nil {
		o["oauth2PermissionScopes"], o["appRoles"] = reg.wire.scopes, reg.wire.roles
	} else {
		o["oauth2PermissionScopes"], o["appRoles"] = scopeObjects(reg), appRoleObjects(reg)
	}
	return o
}

// wire holds the long lists of an API as JSON: Microsoft Graph's own would
// otherwise cost milliseconds in every answer.
type wire struct{ scopes, roles json.RawMessage }

// prepare makes the lists of every API ready. Registrations do not change
// their scopes while the simulator runs.
func (w *World) prepare() error {
	for _, reg := range w.apps {
		scopes, err := json.Marshal(scopeObjects(reg))
		if err != nil {
			return fmt.Errorf("prepare %s: %w", reg.Name, err)
		}
		roles, err := json.Marshal(appRoleObjects(reg))
		if err != nil {
			return fmt.Errorf("prepare %s: %w", reg.Name, err)
		}
		reg.wire = &wire{scopes: scopes, roles: roles}
	}
	return nil
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
