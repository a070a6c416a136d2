package checks

import (
	"net/url"
	"strings"
)

// Pages of the Entra admin center, by the part of their address after the
// tenant. Microsoft documents none of these addresses; they are printed as a
// convenience beside the words for the way there, and nothing rests on them.
const (
	bladePermissions = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions"
	bladeProperties  = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Properties"
	bladeUsers       = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users"
	bladeUserConsent = "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings"
	bladeWorkflow    = "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/AdminConsentSettings"
	bladeClassified  = "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/PermissionClassifications"
	bladeRequests    = "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AccessRequests"
	bladeMyRoles     = "Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadmigratedroles"
	bladeSignIns     = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/SignIns"
	bladeAudit       = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/AuditLogs"
	bladeAccess      = "Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"
	bladeRoles       = "Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"
)

// portal is the address of an admin center page in the tenant at hand.
func (s Subject) portal(blade string) string {
	u := s.endpoints().Portal
	if id := s.tenantID(); id != "" {
		u += "/" + url.PathEscape(id)
	}
	return u + "/#view/" + blade
}

// appPortal is the address of a page of the app's enterprise app, or of the
// consent link where the tenant has no enterprise app yet.
func (s Subject) appPortal(blade string) string {
	sp := s.Look.App.Value
	if sp == nil || sp.ID == "" {
		return s.consentLink()
	}
	return s.portal(blade) + "/objectId/" + url.PathEscape(sp.ID) + "/appId/" + url.PathEscape(sp.AppID)
}

// consentLink is the tenant-pinned admin consent link that needs no redirect
// address: it asks for everything in the app's registration
// [ED:v2-admin-consent], entra-facts §11. Empty without a client id.
func (s Subject) consentLink() string {
	if s.App.ClientID == "" {
		return ""
	}
	tenant := s.tenantID()
	if tenant == "" {
		tenant = s.Domain
	}
	if tenant == "" || strings.EqualFold(tenant, "common") {
		tenant = "organizations"
	}
	return s.endpoints().Login + "/" + url.PathEscape(tenant) + "/adminconsent?client_id=" + url.QueryEscape(s.App.ClientID)
}
