package sim

// Every text in which the sign-in service refuses something, as Microsoft words
// it (entra-facts §13 [ED:reference-error-codes; PUB]; codes that it lacks, and
// wording where it gives only the meaning, are general knowledge). %s are filled by
// refuse. Of 50034, 501051, 650051 and 7000222 the words are what public reports quote
// [PUB]; {EmailHidden} stands in them as it is, for Microsoft tells nobody the name.

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
	oauthBusy        = "temporarily_unavailable"
	oauthConsent     = "consent_required"
)

var refusalTexts = map[int]refusalText{
	16000:   {oauthInteraction, 400, "User account '%s' from identity provider '%s' does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant."},
	28000:   {oauthRequest, 400, "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope %s is not valid."},
	50011:   {oauthRequest, 400, "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."},
	50013:   {oauthGrant, 400, "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]"},
	50020:   {oauthInteraction, 400, "User account '%s' from identity provider '%s' does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account."},
	50027:   {oauthRequest, 400, "JWT token is invalid or malformed."},
	50034:   {oauthGrant, 400, "The user account {EmailHidden} does not exist in the %s directory. To sign into this application, the account must be added to the directory."},
	50049:   {"invalid_instance", 400, "Unknown or invalid instance."},
	50053:   {oauthGrant, 400, "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."},
	50057:   {oauthGrant, 400, "The user account is disabled."},
	50058:   {oauthLogin, 400, "A silent sign-in request was sent but no user is signed in."},
	50059:   {oauthUnauthor, 400, "No tenant-identifying information found in either the request or implied by any provided credentials."},
	50074:   {oauthInteraction, 400, "Strong Authentication is required."},
	50076:   {oauthGrant, 400, "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '%s'."},
	50105:   {oauthInteraction, 400, "Your administrator has configured the application %s ('%s') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '%s' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application."},
	50126:   {oauthGrant, 400, "Error validating credentials due to invalid username or password."},
	50142:   {oauthGrant, 400, "Password change is required due to a conditional access policy."},
	50147:   {oauthRequest, 400, "The size of the code_challenge parameter is not valid."},
	50173:   {oauthGrant, 400, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '%s' and the TokensValidFrom date (before which tokens are not valid) for this user is '%s'."},
	50194:   {oauthRequest, 400, "Application '%s'(%s) is not configured as a multi-tenant application. Usage of the /%s endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant."},
	53000:   {oauthGrant, 400, "Device is not in required device state: %s. Conditional Access policy requires a compliant device, and the device is not compliant. The user must enroll their device with an approved MDM provider like Intune."},
	53001:   {oauthGrant, 400, "Device is not in required device state: %s. Conditional Access policy requires a domain joined device, and the device is not domain joined."},
	53002:   {oauthGrant, 400, "Application used is not an approved app for Conditional Access. User needs to use one of the apps from the list of approved applications to use in order to get access."},
	53003:   {oauthGrant, 400, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
	53009:   {oauthGrant, 400, "Application needs to enforce Intune protection policies."},
	54005:   {oauthGrant, 400, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65001:   {oauthGrant, 400, "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource."},
	65002:   {oauthGrant, 400, "Consent between first party application '%s' and first party resource '%s' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API."},
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
	90009:   {oauthRequest, 400, "Application '%s' is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier."},
	90013:   {oauthRequest, 400, "Invalid input received from the user."},
	90023:   {oauthRequest, 400, "Unsupported '%s' value."},
	90033:   {oauthBusy, 503, "A transient error has occurred. Please try again."},
	90038:   {oauthRequest, 400, "The specified tenant '%s' belongs to the National Cloud '%s'. Current cloud instance '%s' does not federate with it. A cloud redirect error is returned."},
	90055:   {oauthBusy, 429, "The tenant is sending too many requests. Wait and try again."},
	90094:   {oauthConsent, 400, "The grant requires admin permission."},
	90095:   {oauthConsent, 400, "Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin."},
	240002:  {oauthRequest, 400, "Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant."},
	500011:  {oauthResource, 400, "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."},
	500014:  {oauthResource, 400, "The service principal for resource '%s' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it."},
	500112:  {oauthGrant, 400, "The reply address does not match the reply address provided when requesting Authorization code."},
	500113:  {oauthRequest, 400, "No reply address is registered for the application."},
	500121:  {oauthInteraction, 400, "Authentication failed during strong authentication request."},
	500131:  {oauthGrant, 400, "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '%s' and the expected audience is '%s'. The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion."},
	500133:  {oauthGrant, 400, "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: %s, expiry time of assertion %s."},
	500341:  {oauthGrant, 400, "The user account %s has been deleted from the %s directory. To sign into this application, the account must be added to the directory."},
	501051:  {oauthGrant, 400, "Application '%s'(%s) is not assigned to a role for the application '%s'(%s)."},
	501481:  {oauthGrant, 400, "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	530033:  {oauthGrant, 400, "The device code flow cannot satisfy a Conditional Access policy that requires a managed device. Sign in with a browser on the device itself."},
	530036:  {oauthGrant, 400, "Access has been blocked by Conditional Access policies: the authentication flow by which this sign-in began (device code flow) is not allowed."},
	650051:  {oauthClient, 400, "Consent action for Application '%s' failed due to the following error: The '%s' service principal name is already present for the tenant '%s'. paramName: ServicePrincipalName, paramValue: %s, objectType: System.String"},
	650052:  {oauthUnauthor, 400, "The app is trying to access a service '%s'(%s) that your organization '%s' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal."},
	650053:  {oauthClient, 400, "The application '%s' asked for scope '%s' that doesn't exist on the resource '%s'. Contact the app vendor."},
	650056:  {oauthRequest, 400, "Misconfigured application. This could be due to one of the following: the client has not listed any permissions for '%s' in the requested permissions in the client's application registration. Or, the admin has not consented in the tenant. Or, check the application identifier in the request to ensure it matches the configured client application identifier. Please contact your admin to fix the configuration or consent on behalf of the tenant."},
	700005:  {oauthGrant, 400, "Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /{tenant-ID} as appropriate)."},
	700016:  {oauthUnauthor, 400, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
	700025:  {oauthClient, 401, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	700027:  {oauthClient, 401, "The certificate with identifier used to sign the client assertion is not registered on application."},
	700038:  {oauthRequest, 400, "%s is not a valid application identifier."},
	700051:  {"unsupported_response_type", 400, "response_type 'token' is not enabled for the application."},
	700054:  {"unsupported_response_type", 400, "response_type 'id_token' is not enabled for the application."},
	700082:  {oauthGrant, 400, "The refresh token has expired due to inactivity. The token was issued on %s and was inactive for 90.00:00:00."},
	900021:  {oauthRequest, 400, "Requested tenant identifier '%s' is not valid."},
	900023:  {oauthRequest, 400, "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain."},
	900144:  {oauthRequest, 400, "The request body must contain the following parameter: '%s'."},
	900941:  {oauthConsent, 400, "Administrator consent is required. App is considered risky."},
	900971:  {oauthRequest, 400, "No reply address provided."},
	900981:  {oauthConsent, 400, "An admin consent request was received for a risky app."},
	901002:  {oauthRequest, 400, "The 'resource' request parameter is not supported."},
	1002012: {oauthScope, 400, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."},
	7000112: {oauthUnauthor, 400, "Application '%s'(%s) is disabled."},
	7000114: {oauthGrant, 400, "Application '%s' is not allowed to make application on-behalf-of calls."},
	7000215: {oauthClient, 401, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'."},
	7000216: {oauthRequest, 401, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
	7000222: {oauthClient, 401, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."},
	7000218: {oauthClient, 401, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	7000229: {oauthClient, 401, "The client application %s is missing service principal in the tenant %s. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"},
	9000411: {oauthRequest, 400, "The request is not properly formatted. The parameter '%s' is duplicated."},
	9001023: {oauthRequest, 400, "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."},
	9002325: {oauthRequest, 400, "Proof Key for Code Exchange is required for cross-origin authorization code redemption."},
	9002326: {oauthRequest, 400, "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '%s'."},
	9002332: {oauthRequest, 400, "Application '%s'(%s) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request."},
}
