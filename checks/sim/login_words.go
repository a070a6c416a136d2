package sim

import "net/http"

// slowDown has no code of Microsoft's that a source gives.
const slowDown = "slow_down"

// What the pages call things.
const (
	wordsRiskDetected  = "Risky application detected"
	wordsFactorMet     = "MFA requirement satisfied by claim in the token"
	wordsOrganizations = "your organization"
	wordsTokenInQuery  = "'query' is not a supported value of 'response_mode' when requesting a token."
	wordsUnverified    = "unverified"
	wordsNoUser        = "We couldn't find an account with that username. Try another, or pick one from the list."
	wordsPersonal      = "You can't sign in here with a personal account. Use your work or school account instead."
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
	"factor":  "Approve sign in request",
	"landing": "Back to the application",
	"apps":    "The vendors’ apps",
}
