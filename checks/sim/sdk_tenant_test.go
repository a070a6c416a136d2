package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/applicationtemplates"
	"github.com/microsoftgraph/msgraph-sdk-go/auditlogs"
	"github.com/microsoftgraph/msgraph-sdk-go/domains"
	"github.com/microsoftgraph/msgraph-sdk-go/groupsettings"
	"github.com/microsoftgraph/msgraph-sdk-go/identity"
	"github.com/microsoftgraph/msgraph-sdk-go/identitygovernance"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/subscribedskus"
	"github.com/microsoftgraph/msgraph-sdk-go/tenantrelationships"
)

// typeName is the SDK's type of a model.
func typeName(v any) string { return fmt.Sprintf("%T", v) }

func (c *sdk) access() *identity.ConditionalAccessRequestBuilder {
	return identity.NewIdentityRequestBuilderInternal(c.at(), c.adapter).ConditionalAccess()
}

func (c *sdk) logs() *auditlogs.AuditLogsRequestBuilder {
	return auditlogs.NewAuditLogsRequestBuilderInternal(c.at(), c.adapter)
}

// driveTenant reads what a tenant is and has.
func driveTenant(t *testing.T, c *sdk) {
	ctx := t.Context()
	orgs := organization.NewOrganizationRequestBuilderInternal(c.at(), c.adapter)
	org := must(orgs.Get(ctx, nil))(t).GetValue()[0]
	is(t, "organization", must(orgs.ByOrganizationId(*org.GetId()).Get(ctx, nil))(t).GetDisplayName(), "Contoso")
	if org.GetCreatedDateTime() == nil || *org.GetVerifiedDomains()[0].GetTypeEscaped() != "Managed" || org.GetAssignedPlans()[0].GetServicePlanId() == nil {
		t.Errorf("organization since %v", org.GetCreatedDateTime())
	}
	is(t, "device management", org.GetMobileDeviceManagementAuthority(), models.UNKNOWN_MDMAUTHORITY)
	names := domains.NewDomainsRequestBuilderInternal(c.at(), c.adapter)
	find(t, must(names.Get(ctx, nil))(t).GetValue(), func(d models.Domainable) bool { return *d.GetIsDefault() })
	is(t, "verified", must(names.ByDomainId("contoso.example").Get(ctx, nil))(t).GetIsVerified(), true)
	skus := subscribedskus.NewSubscribedSkusRequestBuilderInternal(c.at(), c.adapter)
	sku := must(skus.Get(ctx, nil))(t).GetValue()[0]
	if sku.GetSkuId() == nil || sku.GetPrepaidUnits().GetEnabled() == nil || len(sku.GetServicePlans()) == 0 {
		t.Errorf("sku %v", sku.GetSkuPartNumber())
	}
	templates := applicationtemplates.NewApplicationTemplatesRequestBuilderInternal(c.at(), c.adapter)
	must(templates.Get(ctx, nil))(t)
	others := tenantrelationships.NewTenantRelationshipsRequestBuilderInternal(c.at(), c.adapter)
	byID := must(others.FindTenantInformationByTenantIdWithTenantId(org.GetId()).Get(ctx, nil))(t)
	is(t, "default domain", byID.GetDefaultDomainName(), "contoso.example")
	none(t, "brand", byID.GetFederationBrandName())
	byName := must(others.FindTenantInformationByDomainNameWithDomainName(new("contoso.example")).Get(ctx, nil))(t)
	is(t, "tenant", byName.GetTenantId(), *org.GetId())
	settings := groupsettings.NewGroupSettingsRequestBuilderInternal(c.at(), c.adapter)
	set := must(settings.Get(ctx, nil))(t).GetValue()[0]
	change := models.NewGroupSetting()
	value := models.NewSettingValue()
	value.SetName(new("EnableAdminConsentRequests"))
	value.SetValue(new("true"))
	change.SetValues([]models.SettingValueable{value})
	must(settings.ByGroupSettingId(*set.GetId()).Patch(ctx, change, nil))(t)
	got := must(settings.ByGroupSettingId(*set.GetId()).Get(ctx, nil))(t)
	on := find(t, got.GetValues(), func(v models.SettingValueable) bool { return *v.GetName() == "EnableAdminConsentRequests" })
	is(t, "requests", on.GetValue(), "true")
}

// driveRequests reads who asked for which app, and where that stands.
func driveRequests(t *testing.T, c *sdk) {
	ctx := t.Context()
	root := identitygovernance.NewIdentityGovernanceRequestBuilderInternal(c.at(), c.adapter).AppConsent()
	must(root.Get(ctx, nil))(t)
	all := root.AppConsentRequests()
	app := must(all.Get(ctx, nil))(t).GetValue()[0]
	is(t, "app", app.GetAppDisplayName(), "Sophiie")
	if len(app.GetPendingScopes()) == 0 || *app.GetPendingScopes()[0].GetDisplayName() == "" {
		t.Error("nothing is pending")
	}
	one := all.ByAppConsentRequestId(*app.GetId())
	is(t, "id", must(one.Get(ctx, nil))(t).GetAppId(), *app.GetAppId())
	mine := must(all.FilterByCurrentUserWithOn(new("reviewer")).GetAsFilterByCurrentUserWithOnGetResponse(ctx, nil))(t).GetValue()
	is(t, "to review", mine[0].GetId(), *app.GetId())
	asked := must(one.UserConsentRequests().Get(ctx, nil))(t).GetValue()[0]
	is(t, "reason", asked.GetReason(), "I would like to see my calendar there.")
	is(t, "status", asked.GetStatus(), "InProgress")
	is(t, "who", asked.GetCreatedBy().GetUser().GetDisplayName(), "Sample User")
	none(t, "completed", asked.GetCompletedDateTime())
	if at := asked.GetCreatedDateTime(); at == nil || time.Since(*at) < 0 {
		t.Errorf("asked at %v", at)
	}
	this := one.UserConsentRequests().ByUserConsentRequestId(*asked.GetId())
	is(t, "id", must(this.Get(ctx, nil))(t).GetId(), *asked.GetId())
	review := must(one.UserConsentRequests().FilterByCurrentUserWithOn(new("reviewer")).GetAsFilterByCurrentUserWithOnGetResponse(ctx, nil))(t)
	is(t, "to review", review.GetValue()[0].GetId(), *asked.GetId())
	approval := must(this.Approval().Get(ctx, nil))(t)
	is(t, "approval", approval.GetId(), *asked.GetApprovalId())
}

// driveAccess makes a policy of Conditional Access, changes it and asks what
// would apply to somebody.
func driveAccess(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := c.access().Policies()
	list := must(all.Get(ctx, nil))(t).GetValue()
	mfa := find(t, list, func(p models.ConditionalAccessPolicyable) bool { return *p.GetDisplayName() == "MFA for everyone" })
	is(t, "state", mfa.GetState(), models.ENABLED_CONDITIONALACCESSPOLICYSTATE)
	is(t, "control", &mfa.GetGrantControls().GetBuiltInControls()[0], models.MFA_CONDITIONALACCESSGRANTCONTROL)
	none(t, "changed", mfa.GetModifiedDateTime())
	if mfa.GetSessionControls() != nil {
		t.Error("session controls where there are none")
	}
	made := must(all.Post(ctx, noLegacy(), nil))(t)
	is(t, "state", made.GetState(), models.DISABLED_CONDITIONALACCESSPOLICYSTATE)
	one := all.ByConditionalAccessPolicyId(*made.GetId())
	change := models.NewConditionalAccessPolicy()
	change.SetState(new(models.ENABLEDFORREPORTINGBUTNOTENFORCED_CONDITIONALACCESSPOLICYSTATE))
	must(one.Patch(ctx, change, nil))(t)
	got := must(one.Get(ctx, nil))(t)
	is(t, "state", got.GetState(), models.ENABLEDFORREPORTINGBUTNOTENFORCED_CONDITIONALACCESSPOLICYSTATE)
	is(t, "client", &got.GetConditions().GetClientAppTypes()[0], models.OTHER_CONDITIONALACCESSCLIENTAPP)
	if at := got.GetModifiedDateTime(); at == nil || at.Before(*got.GetCreatedDateTime()) {
		t.Errorf("changed at %v", at)
	}
	did(t, one.Delete(ctx, nil))
	gone[models.ConditionalAccessPolicyable](t, "policy")(one.Get(ctx, nil))
}

// noLegacy is a policy against old clients.
func noLegacy() *models.ConditionalAccessPolicy {
	p, cond := models.NewConditionalAccessPolicy(), models.NewConditionalAccessConditionSet()
	p.SetDisplayName(new("No legacy"))
	p.SetState(new(models.DISABLED_CONDITIONALACCESSPOLICYSTATE))
	apps, who, grant := models.NewConditionalAccessApplications(), models.NewConditionalAccessUsers(), models.NewConditionalAccessGrantControls()
	apps.SetIncludeApplications([]string{"All"})
	who.SetIncludeUsers([]string{"All"})
	grant.SetOperator(new("OR"))
	grant.SetBuiltInControls([]models.ConditionalAccessGrantControl{models.BLOCK_CONDITIONALACCESSGRANTCONTROL})
	cond.SetApplications(apps)
	cond.SetUsers(who)
	cond.SetClientAppTypes([]models.ConditionalAccessClientApp{models.OTHER_CONDITIONALACCESSCLIENTAPP})
	p.SetConditions(cond)
	p.SetGrantControls(grant)
	return p
}

// drivePlaces reads the named locations, whose types differ.
func drivePlaces(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := c.access().NamedLocations()
	list := must(all.Get(ctx, nil))(t).GetValue()
	office := find(t, list, func(p models.NamedLocationable) bool { return *p.GetDisplayName() == "Office" })
	got, ok := must(all.ByNamedLocationId(*office.GetId()).Get(ctx, nil))(t).(models.IpNamedLocationable)
	if !ok || !*got.GetIsTrusted() || len(got.GetIpRanges()) != 2 {
		t.Fatalf("the office is %T", office)
	}
	v6, ok := got.GetIpRanges()[1].(models.IPv6CidrRangeable)
	if !ok || *v6.GetCidrAddress() != "2001:db8::/32" {
		t.Errorf("second range is %T", got.GetIpRanges()[1])
	}
	home := find(t, list, func(p models.NamedLocationable) bool { return *p.GetDisplayName() == "Home country" })
	if land, ok := home.(models.CountryNamedLocationable); !ok || land.GetCountriesAndRegions()[0] != "NL" {
		t.Errorf("home country is %T", home)
	}
}

// driveWhatIf asks what Conditional Access would do.
func driveWhatIf(t *testing.T, c *sdk) {
	ctx := t.Context()
	who := must(c.user(sdkUser).Get(ctx, nil))(t)
	subject, app, cond := models.NewUserSignIn(), models.NewApplicationContext(), models.NewSignInConditions()
	subject.SetUserId(who.GetId())
	app.SetIncludeApplications([]string{hetkApp})
	cond.SetClientAppType(new(models.BROWSER_CONDITIONALACCESSCLIENTAPP))
	cond.SetDevicePlatform(new(models.WINDOWS_CONDITIONALACCESSDEVICEPLATFORM))
	ask := identity.NewConditionalAccessEvaluatePostRequestBody()
	ask.SetSignInIdentity(subject)
	ask.SetSignInContext(app)
	ask.SetSignInConditions(cond)
	ask.SetAppliedPoliciesOnly(new(false))
	got := must(c.access().Evaluate().PostAsEvaluatePostResponse(ctx, ask, nil))(t).GetValue()
	mfa := find(t, got, func(r models.WhatIfAnalysisResultable) bool { return *r.GetDisplayName() == "MFA for everyone" })
	is(t, "applies", mfa.GetPolicyApplies(), true)
	off := find(t, got, func(r models.WhatIfAnalysisResultable) bool {
		return *r.GetState() == models.DISABLED_CONDITIONALACCESSPOLICYSTATE
	})
	is(t, "applies", off.GetPolicyApplies(), false)
	is(t, "why not", off.GetAnalysisReasons(), models.POLICYNOTENABLED_WHATIFANALYSISREASONS)
}

// driveLogs reads what happened: the sign-in that the test began with, too.
func driveLogs(t *testing.T, c *sdk) {
	ctx := t.Context()
	list := must(c.logs().SignIns().Get(ctx, nil))(t).GetValue()
	wall := find(t, list, func(s models.SignInable) bool { return *s.GetAppDisplayName() == "Sophiie" })
	is(t, "error", wall.GetStatus().GetErrorCode(), 90094)
	is(t, "reason", wall.GetStatus().GetFailureReason(), "Admin consent is required.")
	is(t, "why risky", wall.GetRiskDetail(), models.NONE_RISKDETAIL)
	one := must(c.logs().SignIns().BySignInId(*wall.GetId()).Get(ctx, nil))(t)
	if !one.GetCreatedDateTime().Equal(*wall.GetCreatedDateTime()) {
		t.Errorf("signed in at %v and at %v", wall.GetCreatedDateTime(), one.GetCreatedDateTime())
	}
	own := find(t, list, func(s models.SignInable) bool { return *s.GetAppId() == sdkApp })
	is(t, "access", own.GetConditionalAccessStatus(), models.SUCCESS_CONDITIONALACCESSSTATUS)
	is(t, "who", own.GetUserPrincipalName(), sdkAdmin)
	is(t, "risk", own.GetRiskState(), models.NONE_RISKSTATE)

	body := models.NewServicePrincipal()
	body.SetAppId(new(carerixApp))
	sp := must(c.services().Post(ctx, body, nil))(t)
	audits := must(c.logs().DirectoryAudits().Get(ctx, nil))(t).GetValue()
	made := find(t, audits, func(a models.DirectoryAuditable) bool {
		return *a.GetActivityDisplayName() == "Add service principal" && *a.GetTargetResources()[0].GetId() == *sp.GetId()
	})
	got := must(c.logs().DirectoryAudits().ByDirectoryAuditId(*made.GetId()).Get(ctx, nil))(t)
	is(t, "result", got.GetResult(), models.SUCCESS_OPERATIONRESULT)
	is(t, "by", got.GetInitiatedBy().GetUser().GetUserPrincipalName(), sdkAdmin)
	if got.GetInitiatedBy().GetApp() != nil {
		t.Error("done by an app, too")
	}
}
