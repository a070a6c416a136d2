package sim

import "net/http"

// Every text in which the sign-in service refuses something, as Microsoft words
// it (entra-facts §13 [ED:reference-error-codes; PUB]; codes that it lacks, and
// wording where it gives only the meaning, are general knowledge). %s are filled by refuse.

// refusalText is one AADSTS code: the OAuth error it comes with, the status a
// token endpoint gives it, and its words.
type refusalText struct {
	oauth  string
	status int
	text   string
}

const (
	oauthRequest     = "invalid_request"
	oauthClient      = "invalid_client"
	oauthGrant       = "invalid_grant"
	oauthScope       = "invalid_scope"
	oauthResource    = "invalid_resource"
	oauthDenied      = "access_denied"
	oauthUnauthor    = "unauthorized_client"
	oauthInteraction = "interaction_required"
	oauthLogin       = "login_required"
	oauthConsent     = "consent_required"
)

var refusalTexts = map[int]refusalText{
	16000:   {oauthInteraction, 400, "User account '%s' from identity provider '%s' does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant."},
	28000:   {oauthRequest, 400, "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope %s is not valid."},
	50011:   {oauthRequest, 400, "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."},
	50020:   {oauthInteraction, 400, "User account '%s' from identity provider '%s' does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account."},
	50034:   {oauthGrant, 400, "The user account %s does not exist in the %s directory. To sign into this application, the account must be added to the directory."},
	50049:   {"invalid_instance", 400, "Unknown or invalid instance."},
	50057:   {oauthGrant, 400, "The user account is disabled."},
	50058:   {oauthLogin, 400, "A silent sign-in request was sent but no user is signed in."},
	50059:   {oauthUnauthor, 400, "No tenant-identifying information found in either the request or implied by any provided credentials."},
	50105:   {oauthInteraction, 400, "Your administrator has configured the application %s ('%s') to block users unless they are specifically granted ('assigned') access to the application. The signed-in user '%s' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application."},
	50126:   {oauthGrant, 400, "Error validating credentials due to invalid username or password."},
	50173:   {oauthGrant, 400, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."},
	54005:   {oauthGrant, 400, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65001:   {oauthGrant, 400, "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource."},
	65004:   {oauthDenied, 400, "User declined to consent to access the app."},
	70000:   {oauthGrant, 400, "Provided grant is invalid or malformed."},
	70002:   {oauthClient, 401, "Error validating credentials."},
	70003:   {"unsupported_grant_type", 400, "The app requested an unsupported grant type '%s'."},
	70007:   {oauthRequest, 400, "'%s' is not a supported value for the response_mode parameter. Supported values are query, fragment and form_post."},
	70008:   {oauthGrant, 400, "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."},
	70011:   {oauthScope, 400, "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid."},
	70016:   {"authorization_pending", 400, "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
	70018:   {"bad_verification_code", 400, "Invalid verification code due to User typing in wrong user code for device code flow."},
	70019:   {"expired_token", 400, "Verification code expired. Have the user retry the sign-in."},
	90002:   {"invalid_tenant", 400, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."},
	90013:   {oauthRequest, 400, "Invalid input received from the user."},
	90023:   {oauthRequest, 400, "Unsupported '%s' value."},
	90094:   {oauthConsent, 400, "The grant requires admin permission."},
	90095:   {oauthConsent, 400, "Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin."},
	500011:  {oauthResource, 400, "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."},
	500014:  {oauthResource, 400, "The service principal for resource '%s' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it."},
	500113:  {oauthRequest, 400, "No reply address is registered for the application."},
	500112:  {oauthGrant, 400, "The reply address does not match the reply address provided when requesting Authorization code."},
	501481:  {oauthGrant, 400, "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	650053:  {oauthClient, 400, "The application '%s' asked for scope '%s' that doesn't exist on the resource '%s'. Contact the app vendor."},
	700005:  {oauthGrant, 400, "Provided Authorization Code is intended to use against other tenant, thus rejected."},
	700016:  {oauthUnauthor, 400, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
	700025:  {oauthClient, 401, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	700027:  {oauthClient, 401, "The certificate with identifier used to sign the client assertion is not registered on application."},
	700051:  {"unsupported_response_type", 400, "response_type 'token' is not enabled for the application."},
	700054:  {"unsupported_response_type", 400, "response_type 'id_token' is not enabled for the application."},
	900021:  {oauthRequest, 400, "Requested tenant identifier '%s' is not valid."},
	900023:  {oauthRequest, 400, "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain."},
	900144:  {oauthRequest, 400, "The request body must contain the following parameter: '%s'."},
	900941:  {oauthConsent, 400, "Administrator consent is required. App is considered risky."},
	900971:  {oauthRequest, 400, "No reply address provided."},
	900981:  {oauthConsent, 400, "An admin consent request was received for a risky app."},
	1002012: {oauthScope, 400, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."},
	7000112: {oauthUnauthor, 400, "Application '%s'(%s) is disabled."},
	7000215: {oauthClient, 401, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'."},
	7000216: {oauthRequest, 401, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
	7000218: {oauthClient, 401, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	7000229: {oauthClient, 401, "The client application %s is missing service principal in the tenant %s. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"},
	9000411: {oauthRequest, 400, "The request is not properly formatted. The parameter '%s' is duplicated."},
}

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
