package sim

// scopeTitles are the words of Microsoft's consent pages for the permissions
// that people meet. Their longer descriptions are not in the simulator.
var scopeTitles = map[string]string{
	"openid":                                 "Sign you in",
	"profile":                                "View your basic profile",
	"email":                                  "View your email address",
	"offline_access":                         "Maintain access to data you have given it access to",
	"User.Read":                              "Sign in and read user profile",
	"User.ReadBasic.All":                     "Read all users' basic profiles",
	"Calendars.Read":                         "Read your calendars",
	"Calendars.ReadWrite":                    "Have full access to your calendars",
	"Mail.Read":                              "Read your mail",
	"Mail.ReadWrite":                         "Read and write access to your mail",
	"Mail.Send":                              "Send mail as you",
	"MailboxSettings.ReadWrite":              "Read and write to your mailbox settings",
	"EWS.AccessAsUser.All":                   "Access mailboxes as the signed-in user via Exchange Web Services",
	"IMAP.AccessAsUser.All":                  "Read and write access to mailboxes via IMAP",
	"POP.AccessAsUser.All":                   "Read and write access to mailboxes via POP",
	"Application.Read.All":                   "Read applications",
	"Application.ReadWrite.All":              "Read and write all applications",
	"Directory.Read.All":                     "Read directory data",
	"Policy.Read.All":                        "Read your organization's policies",
	"Policy.Read.PermissionGrant":            "Read consent and permission grant policies",
	"DelegatedPermissionGrant.ReadWrite.All": "Manage all delegated permission grants",
	// The display names of Microsoft's permission reference
	// (learn.microsoft.com/graph/permissions-reference), as admins read them.
	"User.ReadWrite":                             "Read and write access to user profile",
	"User.Read.All":                              "Read all users' full profiles and company properties",
	"Calendars.ReadBasic":                        "Read basic details of user calendars",
	"Calendars.Read.Shared":                      "Read user and shared calendars",
	"Calendars.ReadWrite.Shared":                 "Read and write user and shared calendars",
	"Mail.ReadBasic":                             "Read user basic mail",
	"Mail.Read.Shared":                           "Read user and shared mail",
	"Mail.ReadBasic.Shared":                      "Read user and shared basic mail",
	"Mail.ReadWrite.Shared":                      "Read and write user and shared mail",
	"Mail.Send.Shared":                           "Send mail on behalf of others",
	"MailboxSettings.Read":                       "Read user mailbox settings",
	"MailboxFolder.Read":                         "Read a user's mailbox folders",
	"MailboxFolder.ReadWrite":                    "Read and write a user's mailbox folders",
	"MailboxItem.Read":                           "Read a user's mailbox items",
	"MailboxItem.ImportExport":                   "Export and import a user's mailbox items",
	"Contacts.Read":                              "Read user contacts",
	"Contacts.ReadWrite":                         "Have full access to user contacts",
	"Contacts.Read.Shared":                       "Read user and shared contacts",
	"Contacts.ReadWrite.Shared":                  "Read and write user and shared contacts",
	"People.Read":                                "Read users' relevant people lists",
	"People.Read.All":                            "Read all users' relevant people lists",
	"Tasks.Read":                                 "Read user's tasks and task lists",
	"Tasks.ReadWrite":                            "Create, read, update, and delete user's tasks and task lists",
	"Tasks.Read.Shared":                          "Read user and shared tasks",
	"Tasks.ReadWrite.Shared":                     "Read and write user and shared tasks",
	"SMTP.Send":                                  "Send emails from mailboxes using SMTP AUTH",
	"Files.Read":                                 "Read user files",
	"Files.ReadWrite":                            "Have full access to user files",
	"Files.Read.All":                             "Read all files that user can access",
	"Files.ReadWrite.All":                        "Have full access to all files user can access",
	"Files.ReadWrite.AppFolder":                  "Have full access to the application's folder (preview)",
	"Sites.Read.All":                             "Read items in all site collections",
	"Sites.ReadWrite.All":                        "Edit or delete items in all site collections",
	"Sites.Selected":                             "Access selected Sites, on behalf of the signed-in user",
	"OnlineMeetings.Read":                        "Read user's online meetings",
	"OnlineMeetings.ReadWrite":                   "Read and create user's online meetings",
	"OnlineMeetingTranscript.Read.All":           "Read all transcripts of online meetings",
	"Chat.Read":                                  "Read user chat messages",
	"Chat.ReadBasic":                             "Read names and members of user chat threads",
	"Chat.ReadWrite":                             "Read and write user chat messages",
	"ChatMessage.Send":                           "Send user chat messages",
	"Chat.Create":                                "Create chats",
	"ChannelMessage.Send":                        "Send channel messages",
	"ChannelMessage.Read.All":                    "Read user channel messages",
	"Team.ReadBasic.All":                         "Read the names and descriptions of teams",
	"Channel.ReadBasic.All":                      "Read the names and descriptions of channels",
	"Presence.Read":                              "Read user's presence information",
	"Presence.Read.All":                          "Read presence information of all users in your organization",
	"Place.Read.All":                             "Read all company places",
	"Bookings.Read.All":                          "Read bookings information",
	"Bookings.ReadWrite.All":                     "Read and write bookings information",
	"Notes.Read":                                 "Read user OneNote notebooks",
	"Notes.ReadWrite":                            "Read and write user OneNote notebooks",
	"Group.Read.All":                             "Read all groups",
	"GroupMember.Read.All":                       "Read group memberships",
	"Directory.ReadWrite.All":                    "Read and write directory data",
	"Directory.AccessAsUser.All":                 "Access directory as the signed in user",
	"AppRoleAssignment.ReadWrite.All":            "Manage app permission grants and app role assignments",
	"DelegatedPermissionGrant.Read.All":          "Read delegated permission grants",
	"Policy.Read.ConditionalAccess":              "Read your organization's conditional access policies",
	"Policy.ReadWrite.Authorization":             "Read and write your organization's authorization policy",
	"Policy.ReadWrite.PermissionGrant":           "Manage consent and permission grant policies",
	"Policy.ReadWrite.ConsentRequest":            "Read and write consent request policy",
	"Policy.ReadWrite.ConditionalAccess":         "Read and write your organization's conditional access policies",
	"ConsentRequest.Read.All":                    "Read consent requests",
	"ConsentRequest.ReadWrite.All":               "Read and write consent requests",
	"AuditLog.Read.All":                          "Read audit log data",
	"RoleManagement.Read.Directory":              "Read directory RBAC settings",
	"RoleEligibilitySchedule.Read.Directory":     "Read all eligible role assignments for your company's directory",
	"RoleAssignmentSchedule.ReadWrite.Directory": "Read, update, and delete all active role assignments for your company's directory",
	"Organization.Read.All":                      "Read organization information",
	"Domain.Read.All":                            "Read domains",
	"CrossTenantInformation.ReadBasic.All":       "Read cross-tenant basic information",
	"EAS.AccessAsUser.All":                       "Access mailboxes via Exchange ActiveSync",
	"Policy.ReadWrite.SecurityDefaults":          "Read and write your organization's security defaults policy",
	"RoleManagement.Read.All":                    "Read role management data for all RBAC providers",
}

// scopeTitle is what a consent page calls a permission.
func scopeTitle(value string) string {
	if t, ok := scopeTitles[value]; ok {
		return t
	}
	return wordsNoTitle
}

// wordsNoTitle stands for the text of a permission that the simulator has none of.
const wordsNoTitle = "(no text in the simulator)"

// What a scenario that was made from a saved snapshot says of itself.
const (
	wordsSavedTitle  = "Made from a saved snapshot"
	wordsSavedAbout  = "What onboard check --save kept of an organization on %s, for %s; contoso.example and its people are samples."
	wordsSavedReason = "Asked before the snapshot was taken."

	wordsSavedAPIName  = "Another API (%d)"
	wordsSavedRoleName = "Role.%s"
)

// What it assumes, and of which part of the snapshot, for people to read.
const (
	wordsSavedUnread    = "%s was not read (%s): %s."
	wordsSavedOneTenant = "the domain is taken to be one tenant's, in the public cloud"
	wordsSavedManaged   = "people are taken to sign in with Microsoft"
	wordsSavedAPIs      = "the APIs are as the simulator has them"
	wordsSavedPerson    = "the person is taken to be an ordinary member"
	wordsSavedNoRoles   = "no role is assumed"
	wordsSavedNoGroups  = "no group is assumed"
	wordsSavedNoApp     = "the app is taken not to be in the tenant, unless something else shows it"
	wordsSavedNone      = "none is assumed"
	wordsSavedNoPlan    = "no paid Entra plan is assumed"
	wordsSavedMicrosoft = "user consent is taken to be managed by Microsoft"
	wordsSavedOn        = "they are taken to be on"
	wordsSavedOff       = "it is taken to be off"
	wordsSavedShipped   = "they are taken to be as Microsoft ships them"

	wordsSavedCloud       = "The cloud %q is not known: the public one is assumed."
	wordsSavedNobody      = "Nobody had signed in: most of the tenant is assumed."
	wordsSavedApp         = "An app had signed in by itself: a person with its roles stands for it."
	wordsSavedPartRole    = "A role for a part of the tenant (%s) is left out."
	wordsSavedRole        = "The directory role %s is not known here and is left out."
	wordsSavedSeats       = "Only the first %d people and groups that the rules name are there."
	wordsSavedPublisher   = "Whether the app's publisher is verified is not known: it is taken not to be."
	wordsSavedNeeds       = "What the app asks for is not in a snapshot: sign-in is assumed, and whatever was granted or requested."
	wordsSavedProperty    = "Whether the app is enabled, or needs assignment, was not said: enabled and open to all is assumed."
	wordsSavedGrant       = "A grant for nobody, or a second one of the same, is left out."
	wordsSavedOtherAPI    = "The app holds permissions on an API that the snapshot does not describe: it is there by a made-up name."
	wordsSavedAPIsCut     = "Only the first %d APIs are there."
	wordsSavedAssigned    = "An assignment of a %s is left out."
	wordsSavedPolicy      = "The policy %s could not be read: it is taken to allow nothing."
	wordsSavedPolicyKnown = "The policy %s could not be read: it is taken to be as Microsoft ships it."
	wordsSavedCondition   = "The policy %s has a condition that is not known (%s): it is taken not to let anybody in."
	wordsSavedClass       = "A classification that is not known is left out."
	wordsSavedMissing     = "A reviewer, or a group of them, that was not found stays so."
	wordsSavedControl     = "The policy %q of Conditional Access asks for %s, for which %s stands here."
	wordsSavedEffect      = "The policy %q of Conditional Access changes nothing that is known here, and is left out."
	wordsSavedOpen        = "The policy %q of Conditional Access hangs on %s, for which a place stands here."
	wordsSavedSpared      = "The policy %q of Conditional Access does not apply (%s): it is taken to be for nobody."
	wordsSavedSome        = "The policy %q of Conditional Access applies to some people: it is taken to be for user@ alone."
	wordsSavedMine        = "Policies of Conditional Access are known of one person alone, who is taken to be like all others."
	wordsSavedReasonless  = "The snapshot does not say why."
	wordsSavedEvents      = "Consents in the audit log are there without the people: an admin's for everyone, else a user's."
	wordsSavedReviewers   = "The reviewers' roles are not in a snapshot: none are assumed."
	wordsSavedRequest     = "A request for another app, or in a state that is not known, is left out."
	wordsSavedAskers      = "Only the first %d people who asked are there."
)
