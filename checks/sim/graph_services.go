package sim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Service principals and what hangs on them.

var (
	serviceEntity = &entity{
		name: "servicePrincipal", directory: true,
		set: "servicePrincipals", rare: "customSecurityAttributes",
		// terraform reads it of what it made (beta's servicePrincipal; azuread,
		// service_principal_resource.go [PUB]).
		beta:   []string{"samlMetadataUrl"},
		search: []string{"displayName", "appDisplayName", "appId", "description"}, expand: serviceRelations(),
		filter: []string{
			"id", "appId", "displayName", "accountEnabled", "appOwnerOrganizationId", "servicePrincipalType", "tags",
			"servicePrincipalNames", "createdDateTime", "homepage", "applicationTemplateId", "alternativeNames",
		},
	}
	scopeEntity      = &entity{name: "permissionScope", noQuery: true}
	appRoleEntity    = &entity{name: "appRole", noQuery: true}
	assignmentEntity = &entity{
		name:   "appRoleAssignment",
		filter: []string{"id", "appRoleId", "principalId", "principalDisplayName", "principalType", "resourceId"},
	}
	classEntity = &entity{name: "delegatedPermissionClassification", noQuery: true}
)

func serviceRoutes() []*graphRoute {
	const get, sp = http.MethodGet, "servicePrincipals/{}"
	const classes = sp + "/delegatedPermissionClassifications"
	return []*graphRoute{
		on(get, "servicePrincipals", readApps, serviceEntity, listServices),
		on(http.MethodPost, "servicePrincipals", writeApps, nil, createService),
		on(get, "servicePrincipals/delta", readApps, serviceEntity, deltaServices),
		on(get, sp, readApps, nil, getService),
		on(http.MethodPatch, sp, writeApps, nil, patchService),
		on(http.MethodDelete, sp, writeApps, nil, deleteService),
		on(get, sp+"/oauth2PermissionGrants", readGrants, grantEntity, serviceGrants),
		on(get, sp+"/oauth2PermissionScopes", readApps, scopeEntity, serviceScopes),
		on(get, sp+"/appRoles", readApps, appRoleEntity, serviceAppRoles),
		on(get, sp+"/appRoleAssignments", readApps, assignmentEntity, heldAssignments),
		on(http.MethodPost, sp+"/appRoleAssignments", assignRoles, nil, assignHeld),
		on(get, sp+"/appRoleAssignments/{}", readApps, nil, getHeld),
		on(http.MethodDelete, sp+"/appRoleAssignments/{}", assignRoles, nil, deleteHeld),
		on(get, sp+"/appRoleAssignedTo", readApps, assignmentEntity, givenAssignments),
		on(http.MethodPost, sp+"/appRoleAssignedTo", assignRoles, nil, assignGiven),
		on(get, sp+"/appRoleAssignedTo/{}", readApps, nil, getGiven),
		on(http.MethodDelete, sp+"/appRoleAssignedTo/{}", assignRoles, nil, deleteGiven),
		on(get, sp+"/owners", readApps, memberEntity, serviceOwners),
		on(get, sp+"/memberOf", readApps, memberEntity, serviceMemberOf),
		on(get, sp+"/transitiveMemberOf", readApps, memberEntity, serviceMemberOf),
		on(get, classes, readClasses, classEntity, listClasses),
		on(http.MethodPost, classes, writeClasses, nil, createClass),
		on(get, classes+"/{}", readClasses, nil, getClass),
		on(http.MethodDelete, classes+"/{}", writeClasses, nil, deleteClass),
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
	maps.Copy(o, sp.More)
	if reg.wire != nil {
		o["oauth2PermissionScopes"], o["appRoles"] = reg.wire.scopes, reg.wire.roles
	} else {
		o["oauth2PermissionScopes"], o["appRoles"] = scopeObjects(reg), appRoleObjects(reg)
	}
	return o
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
	m, err := c.payload("servicePrincipal", servicePropsAtFirst)
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
	return c.makeService(appID, m)
}

// makeService makes the service principal of an app as a body says.
func (c *graphCall) makeService(appID string, m map[string]json.RawMessage) (graphReply, error) {
	if c.t.serviceByAppID(appID) != nil {
		return graphReply{}, nameTaken(appID)
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
	owners, err := c.boundOwners()
	if err != nil {
		return graphReply{}, err
	}
	sp, err := c.w.ensureServicePrincipal(c.t, reg)
	if errors.Is(err, errNotMultiTenant) {
		return graphReply{}, noBacking
	}
	if err != nil {
		return graphReply{}, err
	}
	sp.Enabled, sp.AssignmentRequired, sp.Tags, sp.Owners = enabled, required, tags, owners
	sp.keep(m)
	c.note("Add service principal", "ApplicationManagement", "Add", sp.target(wasNow("AppId", nil, sp.AppID)))
	a, err := c.one(serviceEntity, "servicePrincipals", c.serviceObject(sp))
	a.status = http.StatusCreated
	return a, err
}

// nameTaken says that the tenant has a service principal of the app.
func nameTaken(appID string) error {
	return &graphError{
		http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue",
		"The service principal cannot be created, updated, or restored because the service principal name " + appID + " is already in use.",
	}
}

// servicePropsAtFirst are the properties that may be written when it is made.
const servicePropsAtFirst = "appId accountEnabled appRoleAssignmentRequired tags displayName " + keptProps

// keptProps are properties that Graph keeps as written.
const keptProps = "notes description homepage loginUrl logoutUrl notificationEmailAddresses preferredSingleSignOnMode samlSingleSignOnSettings replyUrls alternativeNames"

// keep takes over what a body says of keptProps.
func (p *ServicePrincipal) keep(m map[string]json.RawMessage) {
	kept := maps.Clone(p.More)
	if kept == nil {
		kept = map[string]any{}
	}
	for name := range strings.FieldsSeq(keptProps) {
		var v any
		if raw, ok := m[name]; ok && json.Unmarshal(raw, &v) == nil {
			kept[name] = v
		}
	}
	p.More = kept
}

// target is the app as the audit log names it.
func (p *ServicePrincipal) target(changes ...AuditChange) AuditTarget {
	slices.SortFunc(changes, func(a, b AuditChange) int { return strings.Compare(a.Name, b.Name) })
	return AuditTarget{ID: p.ID, Name: p.Name, Kind: "ServicePrincipal", Changes: changes}
}

// firstGraphError finds the answer in joined errors.
func firstGraphError(err error) error {
	var ge *graphError
	if errors.As(err, &ge) {
		return ge
	}
	return err
}

// upserts says whether the call asks that what is missing be made: by its app id,
// with Prefer: create-if-missing (serviceprincipal-upsert).
func (c *graphCall) upserts() bool {
	k := c.keys[0]
	return strings.EqualFold(k.name, "appId") && c.t.serviceByAppID(k.value) == nil && hasFold(splitFlags(c.r.Header.Get("Prefer")), "create-if-missing")
}

func patchService(c *graphCall) (graphReply, error) {
	if c.upserts() {
		m, err := c.payload("servicePrincipal", servicePropsAtFirst)
		if err != nil {
			return graphReply{}, err
		}
		appID := c.keys[0].value
		if err := member(m, "appId", &appID); err != nil {
			return graphReply{}, err
		}
		if !strings.EqualFold(appID, c.keys[0].value) {
			return graphReply{}, badRequest("The value of property 'appId' is not the key of the address.")
		}
		return c.makeService(appID, m)
	}
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.payload("servicePrincipal", "accountEnabled appRoleAssignmentRequired isDisabled tags displayName "+keptProps)
	if err != nil {
		return graphReply{}, err
	}
	change := *sp
	change.Tags, change.Deactivated = slices.Clone(sp.Tags), clone(sp.Deactivated) // decoding writes through both
	if err := errors.Join(
		member(m, "accountEnabled", &change.Enabled),
		member(m, "appRoleAssignmentRequired", &change.AssignmentRequired),
		member(m, "isDisabled", &change.Deactivated),
		member(m, "tags", &change.Tags),
		member(m, "displayName", &change.Name),
	); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	var changes []AuditChange
	for name, pair := range map[string][2]any{
		"AccountEnabled": {sp.Enabled, change.Enabled}, "AppRoleAssignmentRequired": {sp.AssignmentRequired, change.AssignmentRequired},
		"DisplayName": {sp.Name, change.Name},
	} {
		if pair[0] != pair[1] {
			changes = append(changes, wasNow(name, pair[0], pair[1]))
		}
	}
	*sp = change
	sp.keep(m)
	c.note("Update service principal", "ApplicationManagement", "Update", sp.target(changes...))
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
	c.w.removeService(c.t, sp)
	c.note("Remove service principal", "ApplicationManagement", "Delete", sp.target())
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
