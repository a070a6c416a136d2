package sim

// What the portal says.
const (
	wordsNoAccess         = "You don’t have access"
	wordsNoAccessLead     = "Your sign-in was successful, but this account doesn’t have permission to see or change this."
	wordsGuest            = "Guests may not use this organization’s admin center."
	wordsNeedAppAdmin     = "Changing this needs an active Application Administrator, Cloud Application Administrator or Global Administrator role."
	wordsNeedGranter      = "Consent for everyone needs an active Cloud Application Administrator, Application Administrator, Privileged Role Administrator or Global Administrator role."
	wordsNeedGlobal       = "The portal lets a Global Administrator change this."
	wordsNeedReviewer     = "Only a reviewer of this request may answer it. Reviewers are named in Admin consent settings; those named later do not see older requests."
	wordsJustify          = "Give a justification: it is sent to everybody who asked."
	wordsNeedLogReader    = "The logs are for an active Reports Reader, Security Reader, Security Administrator, Global Reader or Global Administrator role."
	wordsNeedAccessReader = "Conditional Access is for an active Conditional Access Administrator, Security Administrator, Security Reader, Global Reader or Global Administrator role."
	wordsNoLine           = "There is no such line in the log."
	wordsNeedPremium      = "Sign-in logs need an Entra ID P1 or P2 licence, which this organization lacks."
	wordsVendors          = "the vendors’ own pages"
	wordsVendorsLead      = "Simulated: users press Connect on "
	wordsVendorPage       = "Open the app"
	wordsVendorPageAbout  = "Simulated: the vendor’s page, where a user presses Connect."
	wordsNoSuchApp        = "This tenant has no such enterprise application."
	wordsNoRegistration   = "This enterprise application has no registration behind it: there is nothing to consent to."
	wordsNoGrant          = "That permission is not granted any more."
	wordsUsersGrant       = "Permissions that users gave for themselves can’t be revoked here: Microsoft Graph or PowerShell does that."
	wordsNobody           = "There is no such user or group."
	wordsPickSomebody     = "Pick at least one user or group."
	wordsNoChoice         = "Pick one of the four choices."
	wordsCustom           = "These settings have been customised by Microsoft Graph or PowerShell."
	wordsGroupNeedsP1     = "Groups are not available for assignment due to your Active Directory plan level. You can assign individual users to the application."
	wordsDisabledByMS     = "Microsoft has disabled this application."
	wordsDeactivated      = "This application has been deactivated."
	wordsFirstParty       = "Microsoft’s own applications can’t be deleted."
	wordsAppsPage         = "Enterprise applications"
	wordsConsentPage      = "Consent and permissions"
	wordsRequestsPage     = "Admin consent requests"
	wordsNotFound         = "Not found"
	wordsEntry            = "Taking you to the page behind this address …"
	wordsEntryOff         = "If you stay here, scripts are off in this browser, and what stands behind the # of an address does not reach the admin center. Take the # out of the address, and open it again; or begin at:"
	wordsNoView           = "The simulated admin center has no page in place of this one of Microsoft’s:"
	wordsNoRequest        = "There is no such request."
	wordsPending          = "Pending"
	wordsAnswered         = "This request has been answered already."
	wordsNotEligible      = "This account is not eligible for that role."
	wordsWhyActivate      = "Say why you need the role: activating asks for a reason."
	wordsNoRole           = "There is no such role."
	wordsNoReviewers      = "Pick at least one reviewer: with none, nobody can answer the requests."
	wordsBadDays          = "Requests expire after 1 to 60 days."
	wordsPickPermission   = "Pick at least one permission."
	wordsNoPermission     = "There is no such permission that could be classified."
)

// portalDone is what the portal says after a change, by the word in its address.
var portalDone = map[string]string{
	"activated":    "The role is active. Sign in again where a token must name it.",
	"saved":        "Saved.",
	"published":    "The record was added. It is on the domain’s name servers now.",
	"unpublished":  "The record was removed.",
	"granted":      "Successfully granted admin consent for the requested permissions.",
	"revoked":      "The permission was revoked.",
	"deleted":      "The enterprise application was deleted.",
	"assigned":     "Application assignment succeeded.",
	"unassigned":   "The assignment was removed.",
	"classified":   "The permissions were classified.",
	"unclassified": "The classification was removed.",
	"denied":       "The request was denied. Everybody who asked is told.",
	"blocked":      "The request was blocked. Nobody can ask for this application any more.",
}

// consentWords are the choices of "User consent settings", in the portal's
// words and order (entra-facts §3).
var consentWords = []portalChoice{
	{Word: "none", Title: "Do not allow user consent", About: "An administrator will be required for all apps."},
	{Word: "low", Title: "Allow user consent for apps from verified publishers, for selected permissions", About: "All users can consent for permissions classified as \"low impact\", for apps from verified publishers or apps registered in this organization."},
	{Word: "managed", Title: "Let Microsoft manage your consent settings (Recommended)", About: "Microsoft automatically updates your organization to the current user consent guidelines."},
	{Word: "all", Title: "Allow user consent for apps", About: "All users can consent for any app to access the organization's data."},
}
