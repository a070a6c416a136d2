package aadsts

import "testing"

// textCase is a text of ours, and what it means.
type textCase struct {
	name, text string
	class      Class
	who        Who
}

// hitRate is how many of the texts must be read rightly.
const hitRate = 0.99

// TestTexts reads every text of the table and counts.
func TestTexts(t *testing.T) {
	t.Parallel()
	var all []textCase
	for _, group := range [][]textCase{messages, pages, foreignPages, redirects, bodies, markup, scans, several, nothing, elsewhere, unseen, blocks, adversarial, second} {
		all = append(all, group...)
	}
	if len(all) < 200 {
		t.Errorf("%d texts; at least 200 are promised", len(all))
	}
	names := map[string]bool{}
	right := 0
	for _, c := range all {
		if names[c.name] {
			t.Errorf("two texts are called %q", c.name)
		}
		names[c.name] = true
		a := Parse(c.text)
		if a.Class == c.class && a.Who == c.who {
			right++
			continue
		}
		t.Logf("%s: %s, %s; want %s, %s (%s; codes %v)", c.name, a.Class, a.Who, c.class, c.who, a.Why, a.Codes)
	}
	t.Logf("%d of %d texts read rightly", right, len(all))
	if float64(right) < hitRate*float64(len(all)) {
		t.Errorf("%d of %d texts read rightly; at least %.0f %% are promised", right, len(all), 100*hitRate)
	}
}

// Messages as they stand in dialogs, mails and logs.
var messages = []textCase{
	{"90094 sentence", "AADSTS90094: The grant requires admin permission.", AdminConsentNeeded, TenantAdmin},
	{"90094 with ids", "Sorry, but we’re having trouble signing you in.\n\nAADSTS90094: Calendar Bridge needs permission to access resources in your organization that only an admin can grant.\nTrace ID: 6f0a1c9e-1111-4222-8333-944455566600\nCorrelation ID: 0a1b2c3d-1111-4222-8333-944455566600\nTimestamp: 2026-11-20 08:15:00Z", AdminConsentNeeded, TenantAdmin},
	{"90095 sentence", "AADSTS90095: Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin.", AdminConsentNeeded, TenantAdmin},
	{"90093 scopes", "AADSTS90093: Calendar Bridge is requesting one or more permissions that you are not authorized to grant.", UserConsentOff, TenantAdmin},
	{"90093 policy", "AADSTS90093: An administrator of Contoso has set a policy that prevents you from granting Calendar Bridge the permissions it is requesting.", UserConsentOff, TenantAdmin},
	{"900941", "Sign-in failed with AADSTS900941 (Administrator consent is required. App is considered risky.)", RiskyApp, TenantAdmin},
	{"900981", "aadsts900981 an admin consent request was received for a risky app", RiskyApp, TenantAdmin},
	{"65001 log", "2026-11-20T08:15:00Z WARN token refresh failed: AADSTS65001 the user or administrator has not consented to use the application", ConsentMissing, TenantAdmin},
	{"65004", "AADSTS65004: User declined to consent to access the app.", UserDeclined, User},
	{"65005", "AADSTS65005: The application 'x' asked for permission to a resource that is not in its list", VendorMisconfigured, AppVendor},
	{"650051", "AADSTS650051: The service principal name is already present for the tenant.", Transient, TenantAdmin},
	{"650052", "AADSTS650052: The app is trying to access a service '00000002-0000-0ff1-ce00-000000000000'(Office 365 Exchange Online) that your organization 'Contoso' lacks a service principal for.", ServiceMissing, TenantAdmin},
	{"650053", "AADSTS650053: The application 'Calendar Bridge' asked for scope 'Calendar.Write' that doesn't exist on the resource", VendorMisconfigured, AppVendor},
	{"650054", "AADSTS650054: The application asked for permissions to access a resource that has been removed or is no longer available.", ServiceMissing, AppVendor},
	{"650056", "AADSTS650056: Misconfigured application. Please contact your admin to fix the configuration or consent on behalf of the tenant.", ConsentMissing, TenantAdmin},
	{"650057", "AADSTS650057: Invalid resource. Client app ID: 8dd90edb-c881-459a-ac84-2a1fee8c5c94(Calendar Bridge).", VendorMisconfigured, AppVendor},
	{"50105", "AADSTS50105: Your administrator has configured the application Calendar Bridge ('8dd90edb-c881-459a-ac84-2a1fee8c5c94') to block users unless they are specifically granted ('assigned') access to the application.", AssignmentRequired, TenantAdmin},
	{"7000112", "AADSTS7000112: Application '8dd90edb-c881-459a-ac84-2a1fee8c5c94'(Calendar Bridge) is disabled.", AppDisabled, TenantAdmin},
	{"700016", "AADSTS700016: Application with identifier '8dd90edb-c881-459a-ac84-2a1fee8c5c94' was not found in the directory 'Contoso Ltd'.", AppNotInTenant, AppVendor},
	{"7000229", "AADSTS7000229: The client application 8dd90edb-c881-459a-ac84-2a1fee8c5c94 is missing service principal in the tenant 11111111-2222-4333-8444-955566677788.", AppNotInTenant, TenantAdmin},
	{"70001", "AADSTS70001: Application is disabled or unknown here", AppNotInTenant, TenantAdmin},
	{"500011", "AADSTS500011: The resource principal named https://ews.contoso.example was not found in the tenant named Contoso.", ServiceMissing, TenantAdmin},
	{"500014", "AADSTS500014: The service principal for resource 'https://outlook.office365.com' is disabled.", ServiceMissing, TenantAdmin},
	{"500113", "AADSTS500113: No reply address is registered for the application.", VendorMisconfigured, AppVendor},
	{"50011", "AADSTS50011: The redirect URI 'https://app.example/cb' specified in the request does not match the redirect URIs configured for the application", VendorMisconfigured, AppVendor},
	{"53003", "AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", CAPolicy, TenantAdmin},
	{"53000", "AADSTS53000: Device is not in required device state: unmanaged.", DeviceRequired, User},
	{"53001", "AADSTS53001 device is not domain joined", DeviceRequired, User},
	{"53002", "AADSTS53002: Application used is not an approved app for Conditional Access.", CAPolicy, TenantAdmin},
	{"50076", "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.", MFARequired, User},
	{"50079", "AADSTS50079 enrol in MFA", MFARequired, User},
	{"50074", "Error: AADSTS50074: Strong Authentication is required.", MFARequired, User},
	{"500121", "AADSTS500121: Authentication failed during strong authentication request.", MFARequired, User},
	{"530033", "AADSTS530033 while polling for the device code", DeviceCodeBlocked, User},
	{"530036", "AADSTS530036: Access has been blocked: device code flow is not allowed.", DeviceCodeBlocked, TenantAdmin},
	{"500212", "AADSTS500212: The user's administrator has set an outbound access policy that doesn't allow access to the resource tenant.", CrossTenantPolicy, TenantAdmin},
	{"500021", "AADSTS500021: Access to 'contoso.example' tenant is denied.", TenantBlocked, TenantAdmin},
	{"90099", "AADSTS90099: The application has not been authorized in the tenant. Applications must be authorized before partner delegated administrators can use them.", PartnerNotAuthorised, TenantAdmin},
	{"530034", "AADSTS530034 delegated admin blocked", PartnerNotAuthorised, SomebodyElse},
	{"50020 live", "AADSTS50020: User account 'jo@outlook.example' from identity provider 'live.com' does not exist in tenant 'Contoso' and cannot access the application '8dd90edb-c881-459a-ac84-2a1fee8c5c94'(Calendar Bridge) in that tenant.", PersonalAccount, User},
	{"50020 other org", "AADSTS50020: User account 'jo@fabrikam.example' from identity provider 'https://sts.windows.net/11111111-2222-4333-8444-955566677788/' does not exist in tenant 'Contoso'.", WrongTenant, User},
	{"16000 live", "AADSTS16000: User account 'jo@outlook.example' from identity provider 'live.com' does not exist in tenant 'Microsoft Services'", PersonalAccount, User},
	{"50034", "AADSTS50034: The user account jo@contoso.example does not exist in the contoso.example directory.", WrongTenant, User},
	{"90002", "AADSTS90002: Tenant 'contso.example' not found. Check to make sure you have the correct tenant ID.", WrongTenant, User},
	{"50057", "AADSTS50057: The user account is disabled.", AccountDisabled, TenantAdmin},
	{"50053", "AADSTS50053: The account is locked, you've tried to sign in too many times with an incorrect user ID or password.", AccountDisabled, User},
	{"70008", "AADSTS70008: The refresh token has expired due to inactivity.", ExpiredToken, User},
	{"700082", "AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-05-01 and was inactive for 90.00:00:00.", ExpiredToken, User},
	{"50173", "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.", ExpiredToken, User},
	{"50126", "AADSTS50126: Error validating credentials due to invalid username or password.", ExpiredToken, User},
	{"7000215", "AADSTS7000215: Invalid client secret provided.", VendorMisconfigured, AppVendor},
	{"7000222", "AADSTS7000222: The provided client secret keys are expired.", VendorMisconfigured, AppVendor},
	{"70011", "AADSTS70011: The provided value for the input parameter 'scope' is not valid.", VendorMisconfigured, AppVendor},
	{"90008", "AADSTS90008: At the minimum, the application requires access to Microsoft Graph by specifying the sign-in and read user profile permission.", GraphPermissionMissing, TenantAdmin},
	{"90033", "AADSTS90033: A transient error has occurred. Please try again.", Transient, Microsoft},
	{"90036 log", "[error] MsodsServiceUnretryableFailure AADSTS90036 corr=0a1b2c3d-1111-4222-8333-944455566600", Transient, Microsoft},
	{"50194", "AADSTS50194: Application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.", VendorMisconfigured, AppVendor},
	{"9002332", "AADSTS9002332: Application is configured for use by Microsoft Entra users only. Please do not use the /consumers endpoint.", PersonalAccount, User},
	{"65002", "AADSTS65002: Consent between first party application and first party resource must be configured via preauthorization", VendorMisconfigured, AppVendor},
	{"1000031", "AADSTS1000031: Application Calendar Bridge cannot be accessed at this time. Contact your administrator.", AppDisabled, TenantAdmin},
	{"only the number", "90094", AdminConsentNeeded, TenantAdmin},
	{"number with word", "error code: 53003", CAPolicy, TenantAdmin},
	{"number in German", "Fehlercode 50105", AssignmentRequired, TenantAdmin},
	{"sign-in log row", "Sign-in error code\t50105\nFailure reason\tThe signed in user is not assigned", AssignmentRequired, TenantAdmin},
	{"lower case", "got aadsts 65001 again :(", ConsentMissing, TenantAdmin},
	{"hash", "It says AADSTS#50011", VendorMisconfigured, AppVendor},
	{"dash", "AADSTS-700016 since this morning", AppNotInTenant, AppVendor},
	{"brackets", "Microsoft login failed (AADSTS[53003])", CAPolicy, TenantAdmin},
	{"markdown", "> **AADSTS50105**: `not assigned`", AssignmentRequired, TenantAdmin},
	{"quoted mail", "> > AADSTS90094: The grant requires\n> > admin permission.\nHi IT, can you help?", AdminConsentNeeded, TenantAdmin},
	{"python trace", "msal.exceptions: {'error': 'invalid_grant', 'error_description': \"AADSTS50076: Due to a configuration change\", 'error_codes': [50076]}", MFARequired, User},
	{"dotnet trace", "MSAL.NetCore.4.61.0.MsalUiRequiredException:\n\tErrorCode: invalid_grant\nMicrosoft.Identity.Client.MsalUiRequiredException: AADSTS65001: The user or administrator has not consented", ConsentMissing, TenantAdmin},
	{"kql row", "ResultType=50126 ResultDescription=\"Invalid username or password\" AppDisplayName=\"Calendar Bridge\"", ExpiredToken, User},
}

// Pages without a code, in English.
var pages = []textCase{
	{"wall", "Microsoft\njo@contoso.example\nNeed admin approval\nCalendar Bridge\nCalendar Bridge needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.\nHave an admin account? Sign in with that account\nReturn to the application without granting consent", AdminConsentNeeded, TenantAdmin},
	{"wall title", "need admin approval", AdminConsentNeeded, TenantAdmin},
	{"wall unverified", "Need admin approval\nCalendar Bridge\nunverified\nThis app may be...", AdminConsentNeeded, TenantAdmin},
	{"needs", "Needs admin approval Hetk Calendar Sync needs permission to access resources in your organization", AdminConsentNeeded, TenantAdmin},
	{"form", "Approval required\nCalendar Bridge\nThis app requires your admin's approval to:\nRead and write your calendars\nEnter justification for requesting this app\nRequest approval  Cancel", AdminConsentNeeded, TenantAdmin},
	{"sent page", "Approval required\nRequest sent to your admin\nYou'll receive an email when your admin reviews it", RequestPending, TenantAdmin},
	{"sent words", "Your request has been sent. We will let you know when an admin has looked at it.", RequestPending, TenantAdmin},
	{"waiting", "it says: pending admin approval, for two weeks now", RequestPending, TenantAdmin},
	{"approved mail", "Admin consent request was approved: Calendar Bridge\nYour request has been approved.", NoneSuccess, User},
	{"refused mail", "Your request was denied\nReason: not needed. Microsoft Entra ID", AdminConsentNeeded, TenantAdmin},
	{"own words 1", "the page tells me an administrator has to approve this app and that this is required by my organisation", AdminConsentNeeded, TenantAdmin},
	{"own words 2", "I need my admin to approve the calendar app", AdminConsentNeeded, TenantAdmin},
	{"own words 3", "outlook connection says only admins can grant permission", AdminConsentNeeded, TenantAdmin},
	{"policy", "An administrator of Fabrikam has set a policy that prevents you from granting Calendar Bridge the permissions it is requesting. Contact an administrator of Fabrikam.", UserConsentOff, TenantAdmin},
	{"user consent off", "User consent is disabled in this organization.", UserConsentOff, TenantAdmin},
	{"risky", "This app may be risky. If you trust this app, please ask your admin.", RiskyApp, TenantAdmin},
	{"unverified strong", "End users can no longer grant consent to newly registered multitenant apps without verified publishers", UnverifiedPublisher, TenantAdmin},
	{"personal", "You can't sign in here with a personal account. Use your work or school account instead.", PersonalAccount, User},
	{"not member", "Selected user account does not exist in tenant 'Contoso' and cannot access the application in that tenant. The account needs to be added as an external user in the tenant first.", WrongTenant, User},
	{"no such username", "We couldn't find an account with that username.", WrongTenant, User},
	{"access right now", "You cannot access this right now\nYour sign-in was successful but does not meet the criteria to access this resource. For example, you might be signing in from a browser, app, or location that is restricted by your admin.", CAPolicy, TenantAdmin},
	{"from here", "You can't get there from here\nThis application contains sensitive information and can only be accessed from devices that are compliant.", DeviceRequired, User},
	{"set up device", "Set up your device to get access. Contoso requires you to secure this device before you can access email.", DeviceRequired, User},
	{"more information", "More information required\nYour organization needs more information to keep your account secure", MFARequired, User},
	{"assignment words", "Sorry, but we’re having trouble signing you in. Your administrator has configured the application Calendar Bridge to block users unless they are specifically granted access to the application.", AssignmentRequired, TenantAdmin},
	{"blocked after approval", "Hetk is blocked by Conditional Access", CAPolicy, TenantAdmin},
	{"restricted network", "Access is blocked by the organization. The Contoso IT department restricts which organizations can be accessed.", TenantBlocked, TenantAdmin},
	{"locked", "Your account has been locked. Contact your support person to unlock it, then try again.", AccountDisabled, TenantAdmin},
	{"not found words", "Application with identifier 'x' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant", AppNotInTenant, AppVendor},
	{"consent words", "The user or administrator has not consented to use the application with ID 'x' named 'Calendar Bridge'.", ConsentMissing, TenantAdmin},
	{"disabled words", "The application 'Calendar Bridge' has been disabled by your admin.", AppDisabled, TenantAdmin},
	{"redirect words", "The reply URL specified in the request does not match the reply URLs configured for the application", VendorMisconfigured, AppVendor},
	{"consent screen", "jo@contoso.example\nPermissions requested\nCalendar Bridge\nThis app would like to:\nRead and write your calendars\nMaintain access to data you have given it access to\nAccepting these permissions means that you allow this app to use your data\nCancel Accept", NoneSuccess, User},
	{"graph words", "Insufficient privileges to complete the operation.", GraphPermissionMissing, TenantAdmin},
	{"no subscription", "The app needs access to a service that your organization has not subscribed to or enabled.", ServiceMissing, TenantAdmin},
	{"session", "Your session has expired. Please sign in again to continue", ExpiredToken, User},
	{"fault", "Service is temporarily unavailable. Please try again in a few minutes.", Transient, Microsoft},
	{"device code words", "This sign-in was refused: device code flow is blocked by your organization", DeviceCodeBlocked, TenantAdmin},
	{"cross tenant words", "Your access is stopped by the cross-tenant access policy of Fabrikam.", CrossTenantPolicy, TenantAdmin},
	{"user cancelled words", "OAuth error: User cancelled the authentication", UserDeclined, User},
}

// Pages in the other nine languages.
var foreignPages = []textCase{
	{"de wall", "Administratorgenehmigung erforderlich\nCalendar Bridge\nCalendar Bridge benötigt eine Berechtigung zum Zugriff auf Ressourcen in Ihrer Organisation, die nur ein Administrator erteilen kann.", AdminConsentNeeded, TenantAdmin},
	{"de wall 2", "Administratorzustimmung erforderlich", AdminConsentNeeded, TenantAdmin},
	{"de form", "Genehmigung erforderlich\nBegründung für die Anforderung dieser App eingeben\nGenehmigung anfordern", AdminConsentNeeded, TenantAdmin},
	{"de sent", "Ihre Anforderung wurde gesendet", RequestPending, TenantAdmin},
	{"de own words", "Hallo IT, für die Kalender-App ist eine Freigabe durch den Admin notwendig, könnt ihr helfen?", AdminConsentNeeded, TenantAdmin},
	{"de access", "Sie können derzeit nicht darauf zugreifen\nIhre Anmeldung war erfolgreich, erfüllt jedoch nicht die Kriterien", CAPolicy, TenantAdmin},
	{"de mfa", "Weitere Informationen erforderlich\nIhre Organisation benötigt weitere Informationen", MFARequired, User},
	{"de personal", "Sie können sich hier nicht mit einem persönlichen Konto anmelden. Verwenden Sie stattdessen Ihr Geschäfts-, Schul- oder Unikonto.", PersonalAccount, User},
	{"de code", "AADSTS90094: Die Gewährung erfordert Administratorberechtigung.\nAblaufverfolgungs-ID: 6f0a1c9e-1111-4222-8333-944455566600\nKorrelations-ID: 0a1b2c3d-1111-4222-8333-944455566600", AdminConsentNeeded, TenantAdmin},
	{"de decomposed", "Genehmigung des Administrators erforderlich: Sie beno\u0308tigen Hilfe", AdminConsentNeeded, TenantAdmin},
	{"fr wall", "Approbation administrateur requise\nCalendar Bridge a besoin d'une autorisation que seul un administrateur peut accorder", AdminConsentNeeded, TenantAdmin},
	{"fr wall 2", "Nécessite l’approbation de l’administrateur", AdminConsentNeeded, TenantAdmin},
	{"fr form", "Approbation requise\nEntrez la justification de la demande de cette application\nDemander une approbation", AdminConsentNeeded, TenantAdmin},
	{"fr sent", "Votre demande a été envoyée à votre administrateur", RequestPending, TenantAdmin},
	{"fr own words", "il faut que l'administrateur donne son consentement pour l'application", AdminConsentNeeded, TenantAdmin},
	{"fr consent", "AADSTS65001 : l'utilisateur ou l'administrateur n'a pas accepté d'utiliser l'application", ConsentMissing, TenantAdmin},
	{"fr access", "Vous ne pouvez pas accéder à ceci pour le moment", CAPolicy, TenantAdmin},
	{"fr mfa", "Informations supplémentaires requises", MFARequired, User},
	{"es wall", "Se necesita la aprobación del administrador\nCalendar Bridge necesita permiso para acceder a recursos de su organización que solo un administrador puede conceder.", AdminConsentNeeded, TenantAdmin},
	{"es form", "Aprobación necesaria\nEscriba la justificación para solicitar esta aplicación\nSolicitar aprobación", AdminConsentNeeded, TenantAdmin},
	{"es sent", "Solicitud enviada", RequestPending, TenantAdmin},
	{"es own words", "dice que el administrador debe aprobar la app antes de usarla", AdminConsentNeeded, TenantAdmin},
	{"es access", "No puede acceder a esto ahora mismo", CAPolicy, TenantAdmin},
	{"es personal", "No puede iniciar sesión aquí con una cuenta personal. Use su cuenta profesional o educativa.", PersonalAccount, User},
	{"nl wall", "Goedkeuring van beheerder vereist\nCalendar Bridge heeft machtigingen nodig die alleen een beheerder kan verlenen", AdminConsentNeeded, TenantAdmin},
	{"nl form", "Goedkeuring vereist\nGoedkeuring aanvragen", AdminConsentNeeded, TenantAdmin},
	{"nl sent", "Uw aanvraag is verzonden", RequestPending, TenantAdmin},
	{"nl own words", "de beheerder moet toestemming geven, dat is nodig voor de agenda-app", AdminConsentNeeded, TenantAdmin},
	{"nl mfa", "Meer informatie vereist", MFARequired, User},
	{"ja wall", "管理者の承認が必要\nCalendar Bridge には、管理者のみが付与できる組織内のリソースにアクセスするためのアクセス許可が必要です。", AdminConsentNeeded, TenantAdmin},
	{"ja wrapped", "管理者の\n承認が\n必要です", AdminConsentNeeded, TenantAdmin},
	{"ja form", "承認が必要です\nこのアプリを要求する理由を入力してください", AdminConsentNeeded, TenantAdmin},
	{"ja sent", "要求が送信されました", RequestPending, TenantAdmin},
	{"ja own words", "このアプリを使うには管理者に同意してもらう必要があります", AdminConsentNeeded, TenantAdmin},
	{"ja code", "エラー コード：ＡＡＤＳＴＳ５３００３ 条件付きアクセス", CAPolicy, TenantAdmin},
	{"ja personal", "職場または学校アカウントを使用してください", PersonalAccount, User},
	{"pt wall", "É necessária a aprovação do administrador\nCalendar Bridge precisa de permissão que somente um administrador pode conceder", AdminConsentNeeded, TenantAdmin},
	{"pt wall 2", "Precisa de aprovação do administrador", AdminConsentNeeded, TenantAdmin},
	{"pt form", "Aprovação necessária\nSolicitar aprovação", AdminConsentNeeded, TenantAdmin},
	{"pt sent", "Sua solicitação foi enviada", RequestPending, TenantAdmin},
	{"pt own words", "o aplicativo exige consentimento do administrador", AdminConsentNeeded, TenantAdmin},
	{"pt access", "Você não pode acessar isso no momento", CAPolicy, TenantAdmin},
	{"it wall", "È necessaria l'approvazione dell'amministratore", AdminConsentNeeded, TenantAdmin},
	{"it wall 2", "Calendar Bridge richiede un'autorizzazione per accedere alle risorse dell'organizzazione che solo un amministratore può concedere", AdminConsentNeeded, TenantAdmin},
	{"it form", "Approvazione richiesta\nRichiedi approvazione", AdminConsentNeeded, TenantAdmin},
	{"it sent", "Richiesta inviata", RequestPending, TenantAdmin},
	{"it own words", "serve il consenso dell'amministratore per collegare il calendario", AdminConsentNeeded, TenantAdmin},
	{"pl wall", "Wymagana zgoda administratora\nAplikacja potrzebuje uprawnień, których może udzielić tylko administrator", AdminConsentNeeded, TenantAdmin},
	{"pl form", "Wymagane zatwierdzenie\nPoproś o zatwierdzenie", AdminConsentNeeded, TenantAdmin},
	{"pl sent", "Żądanie zostało wysłane", RequestPending, TenantAdmin},
	{"pl own words", "administrator musi wyrazić zgodę, zatwierdzenie jest konieczne", AdminConsentNeeded, TenantAdmin},
	{"pl mfa", "Wymagane jest więcej informacji", MFARequired, User},
	{"sv wall", "Administratörsgodkännande krävs\nCalendar Bridge behöver behörighet som bara en administratör kan bevilja", AdminConsentNeeded, TenantAdmin},
	{"sv form", "Godkännande krävs\nBegär godkännande", AdminConsentNeeded, TenantAdmin},
	{"sv sent", "Din begäran har skickats", RequestPending, TenantAdmin},
	{"sv own words", "appen behöver ett medgivande från vår administratör", AdminConsentNeeded, TenantAdmin},
	{"sv mfa", "Mer information krävs", MFARequired, User},
}
