package sim

import "net/http"

// portalDoors is every path of the portal, below /portal.
func portalDoors() []door {
	get := func(path string, run portalPage) door { return door{http.MethodGet, "portal/" + path, inPortal(run)} }
	post := func(path string, run portalPage) door { return door{http.MethodPost, "portal/" + path, inPortal(run)} }
	return append([]door{
		{http.MethodGet, "", (*Sim).portalHome},
		{http.MethodPost, "portal/signout", (*Sim).portalSignOut},

		get("search", (*Sim).portalSearch),

		get("apps", (*Sim).portalApps),
		get("apps/{}", (*Sim).portalOverview),
		get("apps/{}/properties", (*Sim).portalProperties),
		post("apps/{}/properties", (*Sim).portalSaveApp),
		get("apps/{}/delete", (*Sim).portalDelete),
		post("apps/{}/delete", (*Sim).portalDeleted),
		get("apps/{}/users", (*Sim).portalUsers),
		post("apps/{}/users", (*Sim).portalUnassign),
		get("apps/{}/users/add", (*Sim).portalAddUsers),
		post("apps/{}/users/add", (*Sim).portalAssign),
		get("apps/{}/permissions", (*Sim).portalPermissions),
		post("apps/{}/grant", (*Sim).portalGrant),
		post("apps/{}/revoke", (*Sim).portalRevoke),
		get("apps/{}/review", (*Sim).portalReview),

		get("consent", (*Sim).portalConsent),
		post("consent", (*Sim).portalSaveConsent),
		get("consent/admin", (*Sim).portalWorkflow),
		post("consent/admin", (*Sim).portalSaveWorkflow),
		get("consent/classifications", (*Sim).portalClasses),
		post("consent/classifications", (*Sim).portalUnclassify),
		get("consent/classifications/add", (*Sim).portalAddClasses),
		post("consent/classifications/add", (*Sim).portalClassify),

		get("requests", (*Sim).portalRequests),
		get("requests/{}", (*Sim).portalRequest),
		post("requests/{}", (*Sim).portalDecide),

		get("conditional-access", (*Sim).portalAccess),
		get("signins", (*Sim).portalSignIns),
		get("signins/{}", (*Sim).portalSignInOne),
		get("audit", (*Sim).portalAudit),

		get("dns", (*Sim).portalDNS),
		post("dns", (*Sim).portalPublish),

		get("roles", (*Sim).portalRoles),
		post("roles", (*Sim).portalActivate),
		get("roles/{}", (*Sim).portalRole),
	}, viewDoors()...)
}
