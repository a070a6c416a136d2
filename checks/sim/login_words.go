package sim

import "net/http"

// slowDown has no code of Microsoft's that a source gives.
const slowDown = "slow_down"

// What the pages call things.
const (
	wordsOrganizations = "your organization"
	wordsUnverified    = "unverified"
	wordsNoUser        = "We couldn't find an account with that username. Try another, or pick one from the list."
	wordsWrongPassword = "Your account or password is incorrect."
	wordsPickFirst     = "Enter a user name, or pick an account from the list."
	wordsWrongCode     = "That code didn't work. Check the code and try again."
	wordsCodeExpired   = "That code has expired. Go back to the device and ask for a new one."
	wordsNeedReason    = "Say why you need this app: the reviewer decides by it."
	wordsDeviceDone    = "You have signed in to the application on your device. You may now close this window."
	wordsDeviceNo      = "You declined. The application on the device has been told; you may close this window."
	wordsDeviceMessage = "To sign in, use a web browser to open the page %s and enter the code %s to authenticate."
	wordsSignedOutTop  = "Signed out"
	wordsSignedOut     = "You signed out of your account. It's a good idea to close all browser windows."
	wordsAppStale      = "This is not the answer to a connection started on this page. Start again."
	wordsStale         = "This page is stale: the sign-in it belongs to has ended, or was begun in another browser. Start again from the application."
)

// statusPage is the status of a page that refuses: browsers show it either way,
// and a client that is no browser can tell.
const statusPage = http.StatusBadRequest

// wordsPortal is what a sign-in page for the portal calls it.
const wordsPortal = "Simulated Entra admin center"

// pageTitles are the titles of the pages.
var pageTitles = map[string]string{
	"account": "Sign in to your account",
	"consent": "Permissions requested",
	"wall":    "Need admin approval",
	"request": "Approval required",
	"sent":    "Request sent",
	"error":   "Sign in to your account",
	"lookup":  "Error lookup",
	"post":    "Working...",
	"device":  "Enter code",
	"confirm": "Are you trying to sign in?",
	"landing": "Back to the application",
}

// What the portal says.
const (
	wordsNeedAppAdmin   = "Changing this needs an active Application Administrator, Cloud Application Administrator or Global Administrator role."
	wordsNeedGranter    = "Consent for everyone needs an active Cloud Application Administrator, Application Administrator, Privileged Role Administrator or Global Administrator role."
	wordsNeedGlobal     = "The portal lets a Global Administrator change this."
	wordsNoSuchApp      = "This tenant has no such enterprise application."
	wordsNoRegistration = "This enterprise application has no registration behind it: there is nothing to consent to."
	wordsNoGrant        = "That permission is not granted any more."
	wordsNobody         = "There is no such user or group."
	wordsNoChoice       = "Pick one of the four choices."
	wordsCustom         = "These settings have been customised by Microsoft Graph or PowerShell."
	wordsGroupNeedsP1   = "Group (assignment needs Entra ID P1)"
	wordsDisabledByMS   = "Microsoft has disabled this application."
	wordsDeactivated    = "This application has been deactivated."
	wordsAppsPage       = "Enterprise applications"
	wordsConsentPage    = "Consent and permissions"
	wordsNotFound       = "Not found"
	wordsNoAccess       = "You do not have access"
)

// portalDone is what the portal says after a change, by the word in its address.
var portalDone = map[string]string{
	"saved":   "Saved.",
	"granted": "Successfully granted admin consent for the requested permissions.",
	"revoked": "The permission was revoked.",
}

// consentWords are the four choices of "User consent settings", in the portal's
// words and order (entra-facts §3).
var consentWords = []portalChoice{
	{Word: "none", Title: "Do not allow user consent", About: "An administrator will be required for all apps."},
	{Word: "low", Title: "Allow user consent for apps from verified publishers, for selected permissions", About: "All users can consent for permissions classified as \"low impact\", for apps from verified publishers or apps registered in this organization."},
	{Word: "managed", Title: "Let Microsoft manage your consent settings (Recommended)", About: "Microsoft automatically updates your organization to the current user consent guidelines."},
	{Word: "all", Title: "Allow user consent for apps", About: "All users can consent for any app to access the organization's data."},
}
