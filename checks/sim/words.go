package sim

import "strings"

// scopeTitles are the words of Microsoft's consent pages for the permissions
// that people meet most; others are titled by their value.
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
}

// scopeTitle is what a consent page calls a permission.
func scopeTitle(value string) string {
	if t, ok := scopeTitles[value]; ok {
		return t
	}
	return strings.ReplaceAll(value, ".", " ")
}
