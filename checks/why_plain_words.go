package checks

import (
	"strings"
	"sync"
)

// house: a table

// servicesName is what texts call the tenant of servicesTenant.
const servicesName = "Microsoft Services"

// apiHosts are hosts of Microsoft's own APIs in every cloud (entra-facts §10 for
// Graph's; the others [K]).
var apiHosts = strings.Fields(`graph.microsoft.com graph.microsoft.us dod-graph.microsoft.us microsoftgraph.chinacloudapi.cn graph.windows.net
	outlook.office.com outlook.office365.com outlook.office365.us webmail.apps.mil partner.outlook.cn
	management.azure.com management.core.windows.net manage.office.com api.office.net substrate.office.com officeapps.live.com
	analysis.windows.net vault.azure.net storage.azure.com database.windows.net api.spaces.skype.com onenote.com api.partnercenter.microsoft.com`)

// apiNames are what Microsoft's pages call those APIs [K].
var apiNames = []string{
	"Microsoft Graph", "Office 365 Exchange Online", "Office 365 SharePoint Online", "SharePoint Online", "Windows Azure Active Directory", "Azure Service Management",
	"Microsoft Azure Management", "Office 365 Management APIs", "Skype for Business Online", "Microsoft Teams Services", "Power BI Service", "OneNote", "Azure Key Vault",
	"Azure Storage", "Microsoft Information Protection API", "Dynamics CRM", "Common Data Service", "Dataverse", "Yammer", "Microsoft Exchange Online Protection",
}

// What a word of a permission's name may be.
const (
	scopeNoun uint8 = 1 << iota // what is reached
	scopeWay                    // how, and how much of it
	wholeScope
)

// scopeWords are the words that names of Microsoft's permissions are made of
// [K; facts/entra-facts, §11, for those without a dot].
var scopeWords = sync.OnceValue(func() map[string]uint8 {
	words := map[string]uint8{}
	for i, list := range []string{scopeNouns, scopeWays, scopeWhole} {
		for w := range strings.FieldsSeq(list) {
			words[w] |= 1 << i
		}
	}
	return words
})

const (
	scopeWhole = `openid profile email offline_access .default user_impersonation access_as_user full_access_as_user full_access_as_app`
	scopeWays  = `Read ReadBasic ReadWrite ReadWriteBasic Send All Shared AccessAsUser AccessAsApp Manage ManageAsApp ManageDeletion ManageLocations FullControl
		Create CreateFrom Update Delete Export ImportExport Invite Invited Selected OwnedBy Chat Group User Use Edit AppFolder Hidden Directory
		Basic Initiate JoinGroupCall AccessMedia PermissionGrant ConditionalAccess Authorization ConsentRequest AuthenticationMethod AuthenticationFlows
		ApplicationConfiguration CrossTenantAccess DeviceConfiguration FeatureRollout IdentityProtection MobilityManagement SecurityDefaults TrustFramework
		AccessReview Attachment History ForTeam ForUser ForChat WhereInstaller Exchange CloudPC EntitlementManagement Defender PrivilegedOperations
		ReadForUser ReadForTeam ReadForChat ReadSelfForUser ReadSelfForTeam ReadSelfForChat ReadWriteForUser ReadWriteForTeam ReadWriteForChat
		ReadWriteSelfForUser ReadWriteSelfForTeam ReadWriteSelfForChat EnableDisableAccount CrossCloud`
	scopeNouns = `User Users Calendars Calendar Mail MailboxSettings MailboxFolder MailboxItem Contacts People Tasks EWS IMAP POP SMTP Exchange Files Sites
		OnlineMeetings OnlineMeetingTranscript OnlineMeetingRecording OnlineMeetingArtifact VirtualEvent Chat ChatMember ChatMessage Channel ChannelMember
		ChannelMessage ChannelSettings Team TeamMember TeamSettings TeamsTab TeamsApp TeamsAppInstallation TeamsActivity TeamworkTag TeamworkDevice Teamwork
		Presence Place Bookings BookingsAppointment Notes Group GroupMember GroupSettings Directory Application AppRoleAssignment AppCatalog
		DelegatedPermissionGrant DelegatedAdminRelationship Policy ConsentRequest AuditLog AuditLogsQuery RoleManagement RoleEligibilitySchedule
		RoleAssignmentSchedule PrivilegedAccess PrivilegedAssignmentSchedule PrivilegedEligibilitySchedule Organization OrganizationalBranding OrgContact Domain
		CrossTenantInformation CrossTenantUserProfileSharing LicenseAssignment Device DeviceManagementApps DeviceManagementConfiguration
		DeviceManagementManagedDevices DeviceManagementRBAC DeviceManagementServiceConfig DeviceManagementScripts Reports ReportSettings Schedule
		SecurityActions SecurityAlert SecurityEvents SecurityIncident ThreatAssessment ThreatHunting ThreatIndicators ThreatSubmission TermStore
		AccessReview AdministrativeUnit AgreementAcceptance Agreement Analytics APIConnectors AttackSimulation BitlockerKey Calls CallRecords CloudPC
		CustomAuthenticationExtension CustomSecAttributeAssignment CustomSecAttributeDefinition EduAdministration EduAssignments EduCurricula EduRoster
		EntitlementManagement EventListener ExternalConnection ExternalItem Family FileStorageContainer Financials HealthMonitoringAlert IdentityProvider
		IdentityRiskEvent IdentityRiskyServicePrincipal IdentityRiskyUser IdentityUserFlow IndustryData InformationProtectionPolicy Insights LearningContent
		LearningProvider LifecycleWorkflows ListItems Lists ManagedTenants Member MultiTenantOrganization NetworkAccess NetworkAccessPolicy
		OnPremisesPublishingProfiles PendingExternalUserProfile PeopleSettings Printer PrinterShare PrintJob PrintSettings ProgramControl PublicKeyInfrastructure
		QnA RecordsManagement ResourceSpecificPermissionGrant SearchConfiguration ServiceActivity ServiceHealth ServiceMessage ServicePrincipalEndpoint
		SharePointTenantSettings ShortNotes SpiffeTrustDomain Subscription Synchronization SynchronizationData Tenant TrustFrameworkKeySet
		UnifiedGroupMember UserActivity UserAuthenticationMethod UserCloudClipboard UserNotification UserShiftPreferences UserTeamwork UserTimelineActivity
		UserWindowsSettings WindowsUpdates WorkforceIntegration AllSites MyFiles AllProfiles Vault
		EAS Community Bookmark CallEvents Group-Conversation`
)
