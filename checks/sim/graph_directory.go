package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// The rest of the directory: domains, licences, registrations, the gallery,
// objects by id, other tenants.

var (
	domainEntity = &entity{name: "domain", set: "domains", filter: []string{"id", "isVerified", "isDefault", "authenticationType"}}
	skuEntity    = &entity{name: "subscribedSku", set: "subscribedSkus"}
	foundEntity  = &entity{name: "tenantInformation"}
	// The logo is a stream: it is read by itself, never as a property.
	applicationEntity = &entity{
		name: "application", set: "applications", directory: true, rare: "logo",
		filter: []string{"id", "appId", "displayName", "createdDateTime", "signInAudience", "identifierUris", "publisherDomain", "tags"},
		search: []string{"displayName", "appId"},
		expand: map[string]relation{"owners": func(*graphCall, obj) (any, error) { return []obj{}, nil }},
	}
	templateEntity = &entity{
		name: "applicationTemplate", set: "applicationTemplates",
		filter: []string{"id", "displayName", "publisher", "categories"}, search: []string{"displayName"}, skips: true,
	}
)

func directoryRoutes() []*graphRoute {
	const get = http.MethodGet
	return []*graphRoute{
		on(get, "domains", readDomains, domainEntity, listDomains),
		on(get, "domains/{}", readDomains, nil, getDomain),
		on(get, "subscribedSkus", readSkus, skuEntity, listSkus),
		on(get, "applications", readApps, applicationEntity, listApplications),
		on(get, "applications/{}", readApps, nil, getApplication),
		on(get, "applicationTemplates", readApps, templateEntity, listTemplates),
		on(http.MethodPost, "directoryObjects/getByIds", readDirectory, nil, getByIDs),
		on(get, "directoryObjects/{}", readDirectory, nil, getDirectoryObject),
		on(get, "tenantRelationships/findTenantInformationByDomainName/{}", readTenants, nil, findTenant),
		on(get, "tenantRelationships/findTenantInformationByTenantId/{}", readTenants, nil, findTenant),
	}
}

func (c *graphCall) domainObject(d Domain) obj {
	return obj{
		"id": d.Name, "authenticationType": c.t.Realm, "isAdminManaged": true, "isDefault": d.Default,
		"isInitial": d.Initial, "isRoot": true, "isVerified": true, "supportedServices": []string{"Email", "OfficeCommunicationsOnline"},
		"passwordNotificationWindowInDays": 14, "passwordValidityPeriodInDays": 2147483647,
	}
}

func listDomains(c *graphCall) (graphReply, error) {
	var out []obj
	for _, d := range c.t.Domains {
		out = append(out, c.domainObject(d))
	}
	return c.many(domainEntity, "domains", out)
}

func getDomain(c *graphCall) (graphReply, error) {
	for _, d := range c.t.Domains {
		if strings.EqualFold(d.Name, c.keys[0].value) {
			return c.one(domainEntity, "domains", c.domainObject(d))
		}
	}
	return graphReply{}, notFound("domain", c.keys[0].value)
}

// Licences by their part number; the ids are general knowledge.
const (
	planP1, planP2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"
	skuP1, skuP2   = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "84a661c4-e949-4bd2-a560-ed7766fcaf2b"
)

func listSkus(c *graphCall) (graphReply, error) {
	plan := func(id, name string) obj {
		return obj{"appliesTo": "User", "provisioningStatus": "Success", "servicePlanId": id, "servicePlanName": name}
	}
	var out []obj
	add := func(id, part string, plans ...obj) {
		out = append(out, obj{
			"id": c.t.ID + "_" + id, "accountId": c.t.ID, "accountName": c.t.Name, "appliesTo": "User", "capabilityStatus": "Enabled",
			"consumedUnits": len(c.t.Users), "skuId": id, "skuPartNumber": part, "servicePlans": plans,
			"prepaidUnits":    obj{"enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0},
			"subscriptionIds": []string{stableID("subscription", c.t.ID, part)},
		})
	}
	switch c.t.Premium {
	case "P1":
		add(skuP1, "AAD_PREMIUM", plan(planP1, "AAD_PREMIUM"))
	case "P2":
		add(skuP2, "AAD_PREMIUM_P2", plan(planP1, "AAD_PREMIUM"), plan(planP2, "AAD_PREMIUM_P2"))
	}
	return c.many(skuEntity, "subscribedSkus", out)
}

// objectID is the id of a registration's application object, which only its
// own tenant has.
func objectID(reg *Registration, t *Tenant) string { return stableID("application", t.ID, reg.AppID) }

// owned are the registrations of the tenant itself.
func (c *graphCall) owned() []*Registration {
	var out []*Registration
	for _, reg := range c.w.apps {
		if strings.EqualFold(reg.HomeTenant, c.t.ID) {
			out = append(out, reg)
		}
	}
	return out
}

func (c *graphCall) applicationObject(reg *Registration) obj {
	audience := "AzureADMultipleOrgs"
	if reg.SingleTenant {
		audience = "AzureADMyOrg"
	}
	required := []obj{}
	for _, q := range reg.Required {
		api := c.w.registration(q.Resource)
		if api == nil {
			continue
		}
		access := []obj{}
		for _, v := range q.Scopes {
			if sc := api.scope(v); sc != nil {
				access = append(access, obj{"id": sc.ID, "type": "Scope"})
			}
		}
		for _, v := range q.Roles {
			if role := api.appRole(v); role != nil {
				access = append(access, obj{"id": role.ID, "type": "Role"})
			}
		}
		required = append(required, obj{"resourceAppId": q.Resource, "resourceAccess": access})
	}
	web := complete("webApplication", map[string]any{"redirectUris": append([]string{}, reg.RedirectURIs...)})
	web["implicitGrantSettings"] = obj{"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}
	api := complete("apiApplication", map[string]any{})
	api["oauth2PermissionScopes"] = scopeObjects(reg)
	return obj{
		"id": objectID(reg, c.t), "appId": reg.AppID, "displayName": reg.Name, "signInAudience": audience,
		"createdDateTime": stamp(reg.RegisteredAt), "publisherDomain": c.t.DefaultDomain(), "verifiedPublisher": publisherObject(reg.Publisher),
		"identifierUris": append([]string{}, strings.Fields(reg.IdentifierURI)...), "requiredResourceAccess": required, "web": web, "api": api,
		"appRoles": appRoleObjects(reg), "isFallbackPublicClient": reg.Public, "oauth2RequirePostResponse": false,
		"spa": obj{"redirectUris": []string{}}, "publicClient": obj{"redirectUris": []string{}},
		"parentalControlSettings": obj{"countriesBlockedForMinors": []string{}, "legalAgeGroupRule": "Allow"},
		"info":                    complete("informationalUrl", map[string]any{}),
	}
}

func listApplications(c *graphCall) (graphReply, error) {
	var out []obj
	for _, reg := range c.owned() {
		out = append(out, c.applicationObject(reg))
	}
	return c.many(applicationEntity, "applications", out)
}

func getApplication(c *graphCall) (graphReply, error) {
	k := c.keys[0]
	for _, reg := range c.owned() {
		if strings.EqualFold(k.name, "appId") && strings.EqualFold(k.value, reg.AppID) ||
			k.name == "" && strings.EqualFold(k.value, objectID(reg, c.t)) {
			return c.one(applicationEntity, "applications", c.applicationObject(reg))
		}
	}
	return graphReply{}, notFound("application", k.value)
}

// listTemplates is the gallery: the vendors' apps that the simulator knows.
func listTemplates(c *graphCall) (graphReply, error) {
	var out []obj
	for _, reg := range c.w.apps {
		if reg.FirstParty || strings.EqualFold(reg.HomeTenant, c.t.ID) {
			continue
		}
		publisher := reg.Name
		if reg.Publisher != nil {
			publisher = reg.Publisher.Name
		}
		out = append(out, obj{
			"id": stableID("template", reg.AppID), "displayName": reg.Name, "publisher": publisher, "categories": []string{"productivity"},
			"isEntraIntegrated": true, "supportedSingleSignOnModes": []string{"oidc"}, "supportedProvisioningTypes": []string{},
			"description": reg.Name + ", an app of the simulator's gallery.", "endpoints": []string{}, "lastModifiedDateTime": stamp(reg.RegisteredAt),
		})
	}
	return c.many(templateEntity, "applicationTemplates", out)
}

// directoryObject finds anything of the directory by its id, with its type; nil
// if there is nothing.
func (c *graphCall) directoryObject(id string) obj {
	if u := c.t.userByID(id); u != nil {
		return kinded(userObject(u), "user")
	}
	if g := c.t.groupByID(id); g != nil {
		return kinded(c.groupObject(g), "group")
	}
	if sp := c.t.serviceByID(id); sp != nil && !c.now.Before(sp.VisibleAt) {
		return kinded(c.serviceObject(sp), "servicePrincipal")
	}
	for _, r := range c.activated() {
		if strings.EqualFold(id, stableID("role", c.t.ID, r)) {
			return kinded(c.roleObject(r), "directoryRole")
		}
	}
	for _, reg := range c.owned() {
		if strings.EqualFold(id, objectID(reg, c.t)) {
			return kinded(c.applicationObject(reg), "application")
		}
	}
	return nil
}

func getDirectoryObject(c *graphCall) (graphReply, error) {
	o := c.directoryObject(c.keys[0].value)
	if o == nil {
		return graphReply{}, notFound("directoryObject", c.keys[0].value)
	}
	return c.one(memberEntity, "directoryObjects", o)
}

// getByIDs finds several objects at once; ids of nothing are left out.
func getByIDs(c *graphCall) (graphReply, error) {
	var in struct {
		IDs   []string `json:"ids"`
		Types []string `json:"types"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	if len(in.IDs) == 0 || len(in.IDs) > 1000 {
		return graphReply{}, badRequest("ids must hold 1 to 1000 ids.")
	}
	var out []obj
	for _, id := range in.IDs {
		if !isGUID(id) {
			return graphReply{}, badRequest("Invalid GUID: %s", strings.ToValidUTF8(id, "?"))
		}
		o := c.directoryObject(id)
		if o == nil {
			continue
		}
		kind, _ := o["@odata.type"].(string)
		if len(in.Types) == 0 || hasFold(in.Types, strings.TrimPrefix(kind, "#microsoft.graph.")) || slices.Contains(in.Types, "directoryObject") {
			out = append(out, o)
		}
	}
	return c.many(memberEntity, "directoryObjects", out)
}

func findTenant(c *graphCall) (graphReply, error) {
	k := c.keys[0]
	t := c.w.tenantFor(k.value, placeOf(c.r).sees)
	if t == nil || (k.name != "domainName") == t.hasDomain(k.value) {
		return graphReply{}, notFound("tenant", cmp.Or(k.value, k.name))
	}
	return c.one(foundEntity, "microsoft.graph.tenantInformation", obj{
		"tenantId": t.ID, "displayName": t.Name, "defaultDomainName": t.DefaultDomain(),
	})
}
