package aadsts

import (
	"cmp"
	"slices"
	"strconv"
)

// house: a table

// Entry is what is known of a code, in our words.
type Entry struct {
	Code  int
	Name  string // Microsoft's own name; "" where none is published
	Class Class
	Who   Who
	Sure  Sure // High: Microsoft documents the code. Medium: others report its meaning.
	Path  PathID
	Also  []Class // likeliest first
	What  string  // to the person who is stopped
	Do    string  // to Who
	Skip  string  // what not to waste time on; "" for what is said of the class
}

// Lookup finds a code in the table. Codes that are not there are not guessed
// at: the second result is false, and LookupURL is where to ask.
func Lookup(code int) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(entries, code, func(e Entry, code int) int { return cmp.Compare(e.Code, code) })
	if !ok {
		return Entry{}, false
	}
	e := entries[i]
	e.Also = slices.Clone(e.Also)
	if e.Skip == "" {
		e.Skip = wordsOf(e.Class).skip
	}
	return e, true
}

// Entries is the whole table, by code.
func Entries() []Entry {
	all := make([]Entry, 0, len(entries))
	for i := range entries {
		e, _ := Lookup(entries[i].Code)
		all = append(all, e)
	}
	return all
}

// LookupURL is Microsoft's own page on a code [ED:reference-error-codes].
func LookupURL(code int) string {
	return "https://login.microsoftonline.com/error?code=" + strconv.Itoa(code)
}

// lookupAt is LookupURL at the sign-in of the cloud that a host is of
// (docs.azure.cn/entra/identity-platform/reference-error-codes for China's; that
// the US government's has the page as well is [K]).
func lookupAt(host string, code int) string {
	switch host {
	case "login.microsoftonline.us", "login.partner.microsoftonline.cn":
	case "login.chinacloudapi.cn": // the older name of China's
		host = "login.partner.microsoftonline.cn"
	default:
		return LookupURL(code)
	}
	return "https://" + host + "/error?code=" + strconv.Itoa(code)
}

// LookupAt is an answer whose pages on codes are those of the cloud that a host
// of Microsoft's sign-in is of.
func (a Answer) LookupAt(host string) Answer {
	if a.Lookup != "" {
		a.Lookup = lookupAt(host, a.Code)
	}
	a.Codes = slices.Clone(a.Codes)
	for i := range a.Codes {
		a.Codes[i].Lookup = lookupAt(host, a.Codes[i].Number)
	}
	return a
}

// entries is sorted by code. Meanings follow the project's table of codes,
// which rests on [ED:reference-error-codes], on
// [ED:application-sign-in-unexpected-user-consent-error] and on public code
// [PUB]; every class and party was chosen one by one. Those of
// learn.microsoft.com/troubleshoot/entra/entra-id/app-integration have an article
// of their own there: 500571, 530004, 7000110, 900439. 530003 is in Microsoft's
// known issues of other products alone, and less sure. Where Microsoft's page
// allows several culprits, the first that can act stands here and the others
// in Also.
var entries = []Entry{
	{16000, "InteractionRequired", WrongTenant, User, High, AfterApproval, []Class{PersonalAccount}, "The account you picked does not exist in the organisation that the app signs you in to.", "Sign out, then sign in with your work account of that organisation; or ask to be invited there as a guest.", ""},
	{16001, "UserAccountSelectionInvalid", ExpiredToken, User, High, NoPath, []Class{WrongTenant}, "The account tile you clicked is no longer valid.", "Pick the account again, or sign in from a private window.", ""},
	{16002, "AppSessionSelectionInvalid", ExpiredToken, User, High, NoPath, nil, "The sign-in session the app asked for is not there any more.", "Sign in again.", ""},
	{16003, "SsoUserAccountNotFoundInResourceTenant", WrongTenant, TenantAdmin, High, AfterApproval, []Class{PersonalAccount}, "Your account was never added to the organisation you are signing in to.", "Invite this person as a guest, or tell them which account to use.", ""},
	{20001, "WsFedSignInResponseError", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "Your organisation's own sign-in service (federation) answered with an error.", "Look into the federation service's log at the time of the error.", ""},
	{20012, "WsFedMessageInvalid", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "Your organisation's own sign-in service sent Microsoft a message that it cannot read.", "Check the federation service's settings, its certificate and its clock.", ""},
	{20033, "FedMetadataInvalidTenantName", NotEntra, TenantAdmin, High, NoPath, nil, "The settings of your organisation's own sign-in service name a tenant that does not fit.", "Correct the federation metadata of the domain.", ""},
	{28002, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app asked for a permission that does not fit the token it wants.", "Correct the scope parameter of the token request.", ""},
	{28003, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app asked for a token without saying for what.", "Send a scope when the code is redeemed.", ""},
	{40008, "OAuth2IdPUnretryableServerError", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "The identity service that your organisation signs in with answered with an error.", "Look into that service's log, or ask whoever runs it.", ""},
	{40009, "OAuth2IdPRefreshTokenRedemptionUserError", NotEntra, TenantAdmin, High, NoPath, []Class{ExpiredToken}, "The identity service that your organisation signs in with did not renew the sign-in.", "Look into that service's log, or ask whoever runs it.", ""},
	{40010, "OAuth2IdPRetryableServerError", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "The identity service that your organisation signs in with had a fault that may pass.", "Look into that service's log, or ask whoever runs it; trying again may do.", ""},
	{40015, "OAuth2IdPAuthCodeRedemptionUserError", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "The identity service that your organisation signs in with did not complete the sign-in.", "Look into that service's log, or ask whoever runs it.", ""},
	{50000, "TokenIssuanceError", Transient, Microsoft, High, NoPath, nil, "Microsoft's sign-in service failed.", "Look into the fault; open a support case with the ids if it repeats.", ""},
	{50001, "InvalidResource", VendorMisconfigured, AppVendor, High, NoPath, []Class{ServiceMissing}, "The app asks for an API that does not exist, or is switched off.", "Correct the identifier of the resource in the request.", ""},
	{50002, "NotAllowedTenant", TenantBlocked, TenantAdmin, High, NoPath, []Class{CrossTenantPolicy}, "The network you are on only lets people sign in to organisations on its list.", "Put the organisation on the list of the tenant restrictions, or let this person use another network.", ""},
	{50003, "MissingSigningKey", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app has no key or certificate to sign what Microsoft sends it.", "Set one: the owner in the registration or, where it signs people in by SAML, the admin in the app's single sign-on settings.", ""},
	{50005, "DevicePolicyError", CAPolicy, TenantAdmin, High, AfterApproval, []Class{DeviceRequired}, "Your organisation's policy does not allow this kind of device.", "Name a platform that is allowed, or change the device condition of the policy.", ""},
	{50006, "InvalidSignature", VendorMisconfigured, AppVendor, High, NoPath, nil, "What the app sent carries a signature that does not hold.", "Check the key or certificate that the app signs with.", ""},
	{50008, "InvalidSamlToken", NotEntra, TenantAdmin, High, NoPath, []Class{Transient}, "The proof from your organisation's own sign-in service is missing or wrong.", "Check the federation service: its certificate, its claims, its clock.", ""},
	{50010, "AudienceUriValidationFailed", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app has no audience that a token could be made out for.", "Set the identifier of the app in its registration.", ""},
	{50011, "InvalidReplyTo", VendorMisconfigured, AppVendor, High, NoPath, nil, "The address the app wants the answer at is not one it registered.", "Register the exact redirect URI, or send the one that is registered.", ""},
	{50012, "AuthenticationFailed", VendorMisconfigured, AppVendor, Medium, NoPath, []Class{ExpiredToken}, "A certificate, or a proof signed with one, was not accepted.", "Check the certificate's chain, subject and thumbprint, and the signature of the client assertion.", ""},
	{50013, "InvalidAssertion", VendorMisconfigured, AppVendor, High, NoPath, []Class{Transient}, "The app showed Microsoft a proof that does not hold.", "Check audience, signature, issuer and validity of the assertion.", ""},
	{50014, "GuestUserInPendingState", WrongTenant, User, High, NoPath, nil, "Your invitation as a guest is not accepted yet, or is gone.", "Open the invitation mail and accept it; ask for a new one if it is lost.", ""},
	{50015, "ViralUserLegalAgeConsentRequiredState", AccountDisabled, TenantAdmin, High, NoPath, nil, "Your account lacks a consent that its age group needs.", "Set the age group and the consent of the account.", ""},
	{50017, "CertificateValidationFailed", ExpiredToken, TenantAdmin, High, NoPath, nil, "The certificate you sign in with could not be checked.", "Look at the tenant's certificate authorities and whether their revocation lists can be reached.", ""},
	{50020, "UserUnauthorized", WrongTenant, User, High, AfterApproval, []Class{PersonalAccount, CrossTenantPolicy}, "You signed in with an account that the organisation does not know: of another organisation, or a personal one.", "Sign out, then sign in with your work account of that organisation; or ask its admin to invite you as a guest.", ""},
	{50027, "InvalidJwtToken", VendorMisconfigured, AppVendor, High, NoPath, []Class{Transient}, "The app sent a token that Microsoft cannot accept.", "Check the token's issuer, audience, signature and validity.", ""},
	{50033, "RetryableError", Transient, Microsoft, High, NoPath, nil, "A passing fault at Microsoft stopped the sign-in.", "Nothing to set right: wait a minute, then try again.", ""},
	{50034, "UserAccountNotFound", WrongTenant, User, High, AfterApproval, []Class{PersonalAccount}, "There is no such account in the organisation you are signing in to.", "Check how the address is spelt, and that it is your work account of that organisation.", ""},
	{50048, "SubjectMismatchesIssuer", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's own proof of who it is contradicts itself.", "Make issuer and subject of the client assertion the same.", ""},
	{50049, "NoSuchInstanceForDiscovery", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asked for a Microsoft cloud that does not exist.", "Correct the sign-in host.", ""},
	{50053, "IdsLocked", AccountDisabled, User, High, NoPath, []Class{CAPolicy}, "Your account is locked for a while after wrong passwords, or the sign-in came from a network with a bad name.", "Wait, then sign in with the right password from a usual network; ask your admin if it stays locked.", "trying passwords one after another: it prolongs the lock"},
	{50055, "InvalidPasswordExpiredPassword", ExpiredToken, User, High, NoPath, []Class{AccountDisabled}, "Your password has expired.", "Set a new password, then sign in again.", ""},
	{50056, "", ExpiredToken, User, High, NoPath, []Class{AccountDisabled}, "There is no password on record for this account.", "Enter the password again, or sign in another way; ask your admin to set one if it stays so.", ""},
	{50057, "UserDisabled", AccountDisabled, TenantAdmin, High, NoPath, nil, "Your account is switched off.", "Switch the account on again if the person should have it.", ""},
	{50058, "UserInformationNotProvided", ExpiredToken, User, High, NoPath, nil, "The app tried to sign you in silently, and nobody was signed in.", "Sign in by hand once; allow this site's cookies if it comes back.", ""},
	{50059, "MissingTenantRealmAndNoUserInformationProvided", VendorMisconfigured, AppVendor, High, NoPath, []Class{AppNotInTenant}, "The app did not say which organisation you belong to, or its id is not known.", "Name the tenant in the request, and check the client id.", ""},
	{50064, "CredentialAuthenticationError", ExpiredToken, User, High, NoPath, nil, "User name or password did not pass.", "Sign in again, or reset the password.", ""},
	{50072, "UserStrongAuthEnrollmentRequiredInterrupt", MFARequired, User, High, AfterApproval, nil, "You have to register a second factor before you can go on.", "Register one at https://aka.ms/mfasetup, then try again.", ""},
	{50074, "UserStrongAuthClientAuthNRequiredInterrupt", MFARequired, User, High, AfterApproval, nil, "A second factor was asked for and not completed.", "Sign in again and answer the prompt on your phone.", ""},
	{50076, "UserStrongAuthClientAuthNRequired", MFARequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation asks for a second factor here, and the app came without one.", "Disconnect in the app, connect again, and complete the second factor in the browser.", ""},
	{50078, "UserStrongAuthExpired", MFARequired, User, High, AfterApproval, []Class{CAPolicy}, "Your last second-factor check is too old for your organisation's policy.", "Sign in again with the second factor.", ""},
	{50079, "UserStrongAuthEnrollmentRequired", MFARequired, User, High, AfterApproval, nil, "Your organisation asks for a second factor, and you have registered none.", "Register one at https://aka.ms/mfasetup, then try again.", ""},
	{50085, "", ExpiredToken, User, High, NoPath, nil, "The sign-in at the outside account provider has to be renewed.", "Sign in again.", ""},
	{50086, "SasNonRetryableError", Transient, Microsoft, High, NoPath, []Class{MFARequired}, "Microsoft's second-factor service failed.", "Look into the fault; open a support case with the ids if it repeats.", ""},
	{50087, "SasRetryableError", Transient, Microsoft, High, NoPath, []Class{MFARequired}, "Microsoft's second-factor service had a passing fault.", "Nothing to set right: try again.", ""},
	{50088, "", MFARequired, User, High, NoPath, []Class{Transient}, "Too many second-factor calls were made to your phone.", "Wait a few minutes, or use another second factor.", ""},
	{50089, "FlowTokenExpired", ExpiredToken, User, High, NoPath, nil, "The sign-in took too long.", "Start again from the app.", ""},
	{50097, "DeviceAuthenticationRequired", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation wants to know the device, and it did not say who it is.", "Use a device that your organisation knows, with Edge or with Microsoft's extension in the browser.", ""},
	{50105, "EntitlementGrantsNotFound", AssignmentRequired, TenantAdmin, High, AfterApproval, []Class{AdminConsentNeeded}, "The app is open only to people who were assigned to it, and you are not one of them.", "Assign the person, or a group they are a direct member of, under Users and groups of the enterprise app; or switch off that assignment is required.", "asking for approval again: consent is a different thing; putting the person in a group inside the group: nesting does not count"},
	{50107, "InvalidRealmUri", NotEntra, TenantAdmin, High, NoPath, nil, "The sign-in service your organisation names does not exist.", "Correct the federation settings of the domain.", ""},
	{50125, "PasswordResetRegistrationRequiredInterrupt", MFARequired, User, High, NoPath, []Class{ExpiredToken}, "Your organisation wants your security details, or a new password, before you go on.", "Complete that page in the browser, then try again.", ""},
	{50126, "InvalidUserNameOrPassword", ExpiredToken, User, High, NoPath, nil, "User name or password is wrong.", "Try again, or reset the password.", "asking for approval of the app: it did not get that far"},
	{50127, "BrokerAppNotInstalled", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "This phone lacks the app that vouches for it.", "Install Microsoft Authenticator (iOS) or Company Portal (Android), sign in there, then try again.", ""},
	{50128, "InvalidDomainName", WrongTenant, User, High, NoPath, nil, "The domain belongs to no organisation that Microsoft knows.", "Check the domain of the address you typed.", ""},
	{50129, "DeviceIsNotWorkplaceJoined", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation only lets registered devices in, and this one is not registered.", "Register the device (Settings, Access work or school), then try again.", ""},
	{50131, "ConditionalAccessFailed", CAPolicy, TenantAdmin, High, AfterApproval, []Class{DeviceRequired}, "A condition of your organisation's access policies was not met.", "Open the sign-in log, tab Conditional Access, and see which policy failed; then adjust it or the device.", ""},
	{50132, "SsoArtifactInvalidOrExpired", ExpiredToken, User, High, NoPath, nil, "Your session ended because the password changed or expired.", "Sign in again; reconnect the app.", ""},
	{50133, "SsoArtifactRevoked", ExpiredToken, User, High, NoPath, nil, "Your session was revoked.", "Sign in again; reconnect the app.", ""},
	{50134, "DeviceFlowAuthorizeWrongDatacenter", Transient, Microsoft, High, NoPath, []Class{ExpiredToken}, "The device code was made in one place and approved in another.", "Nothing to set right: start again with a new code.", ""},
	{50135, "PasswordChangeCompromisedPassword", ExpiredToken, User, High, NoPath, []Class{CAPolicy, AccountDisabled}, "Your account is held to be at risk, and needs a new password.", "Change the password, then sign in again.", ""},
	{50136, "RedirectMsaSessionToApp", PersonalAccount, User, High, NoPath, nil, "Only a personal account is signed in here.", "Sign out of it, then sign in with your work account.", ""},
	{50137, "", ExpiredToken, User, High, NoPath, []Class{CAPolicy}, "Your organisation's security rules ask for a new password.", "Change the password, then sign in again.", ""},
	{50139, "SessionMissingMsaOAuth2RefreshToken", ExpiredToken, User, High, NoPath, []Class{PersonalAccount}, "The session lacks what an outside account needs.", "Sign in again.", ""},
	{50140, "KmsiInterrupt", Transient, User, High, NoPath, nil, "You were asked whether to stay signed in, and the answer did not arrive.", "Answer that page, or start again.", ""},
	{50142, "", ExpiredToken, User, Medium, NoPath, []Class{CAPolicy}, "Your organisation's policy asks for a new password.", "Change the password, then sign in again.", ""},
	{50143, "", ExpiredToken, User, High, NoPath, []Class{WrongTenant}, "The session belongs to another organisation than the one asked for.", "Sign out everywhere, then sign in with the right work account.", ""},
	{50144, "InvalidPasswordExpiredOnPremPassword", ExpiredToken, User, High, NoPath, []Class{AccountDisabled}, "Your password in your organisation's own directory has expired.", "Change it at work, or by the self-service reset.", ""},
	{50146, "MissingCustomSigningKey", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app needs a signing key of its own, and has none that is valid.", "Set an application-specific signing key.", ""},
	{50147, "MissingCodeChallenge", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's proof against theft of the code has the wrong size.", "Send a code challenge of the right length (PKCE).", ""},
	{50155, "DeviceAuthenticationFailed", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "The device could not prove who it is.", "Disconnect the work account from the device and register it again; ask your admin if the device was removed.", ""},
	{50158, "ExternalSecurityChallenge", CAPolicy, User, High, AfterApproval, []Class{MFARequired}, "A security step outside Microsoft (another second factor, or a session proxy) was not completed.", "Sign in by hand in the browser and complete that step.", ""},
	{50161, "InvalidExternalSecurityChallengeConfiguration", CAPolicy, TenantAdmin, High, AfterApproval, []Class{MFARequired}, "The outside security step answered with too little.", "Correct the settings of the external provider in the policy.", ""},
	{50166, "ExternalClaimsProviderThrottled", Transient, TenantAdmin, High, NoPath, []Class{CAPolicy}, "The outside security service did not answer.", "Look at the external provider; try again later.", ""},
	{50173, "FreshTokenNeeded", ExpiredToken, User, High, NoPath, nil, "What the app kept of your sign-in was revoked, by you or an admin, or your password changed.", "Reconnect the app: sign in again.", ""},
	{50180, "WindowsIntegratedAuthMissing", ExpiredToken, User, High, NoPath, nil, "The silent sign-in of company computers is asked for, and did not take place.", "Sign in at a company computer, or with your password; the admin can enable seamless single sign-on.", ""},
	{50187, "DeviceInformationNotProvided", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "The device did not say who it is.", "Use a browser that can: Edge, or one with Microsoft's extension.", ""},
	{50192, "", ExpiredToken, User, High, NoPath, []Class{TenantBlocked}, "No credential came with the sign-in; a proxy may have taken the certificate away.", "Sign in again, from another network if you can.", ""},
	{50194, "", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app was made for one organisation only, and sends everybody to the shared door.", "Make the registration multi-tenant, or use the tenant's own endpoint.", ""},
	{50196, "LoopDetected", VendorMisconfigured, AppVendor, High, NoPath, []Class{Transient}, "The app asks for the same thing again and again.", "Cache tokens, and stop on an error.", ""},
	{50197, "ConflictingIdentities", ExpiredToken, User, High, NoPath, []Class{WrongTenant}, "The account could not be found.", "Sign out, then sign in again with one account only.", ""},
	{50199, "CmsiInterrupt", Transient, User, High, NoPath, nil, "You were asked whether this is the app you mean to sign in to.", "Press Continue if it is; start again if the page is gone.", ""},
	{51000, "RequiredFeatureNotEnabled", TenantBlocked, TenantAdmin, High, NoPath, nil, "Something that the app needs is switched off in your organisation.", "Switch the feature on, or get the licence for it.", ""},
	{51001, "DomainHintMustbePresent", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app did not say which domain you belong to.", "Send a domain hint.", ""},
	{51004, "UserAccountNotInDirectory", WrongTenant, TenantAdmin, High, AfterApproval, []Class{PersonalAccount}, "Your account is not in the organisation you are signing in to.", "Invite the person as a guest, or tell them which account to use.", ""},
	{51006, "ForceReauthDueToInsufficientAuth", ExpiredToken, User, High, NoPath, nil, "The session was not opened the way your organisation wants.", "Sign in again at a company computer.", ""},
	{52004, "DelegationDoesNotExistForLinkedIn", UserDeclined, User, High, NoPath, []Class{ConsentMissing}, "You have not agreed that LinkedIn may be asked for your data.", "Agree when you are asked, or leave the connection with LinkedIn out.", "asking an admin for the app's approval: this one is about LinkedIn"},
	{53000, "DeviceNotCompliant", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation only lets compliant devices in, and this one is not.", "Enrol the device (Company Portal) or use one that is; ask your admin for an exception if neither can be done.", ""},
	{53001, "DeviceNotDomainJoined", DeviceRequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation only lets computers of its own domain in, and this is not one.", "Use a company computer; ask your admin for an exception if there is none.", ""},
	{53002, "ApplicationUsedIsNotAnApprovedApp", CAPolicy, TenantAdmin, High, AfterApproval, nil, "Your organisation's policy lets only its approved apps in, and this one is not among them.", "Exclude this app from the policy that asks for an approved client app, or name one that is approved.", ""},
	{53003, "BlockedByConditionalAccess", CAPolicy, TenantAdmin, High, AfterApproval, []Class{DeviceRequired, MFARequired}, "An access policy of your organisation blocks this sign-in. Your password was right.", "Open the sign-in log, tab Conditional Access, find the policy that blocks, and exclude the app or the person, or have them meet it.", ""},
	{53004, "ProofUpBlockedDueToRisk", MFARequired, TenantAdmin, High, AfterApproval, []Class{CAPolicy}, "You would have to register a second factor, and your sign-in is held to be too risky for that.", "Look at the risk of this person in the sign-in log, clear it, or give them a temporary access pass.", ""},
	{53009, "", CAPolicy, TenantAdmin, Medium, AfterApproval, []Class{DeviceRequired}, "Your organisation only lets apps in that Intune protects.", "Exclude this app from the policy that asks for an app protection policy, or use one that has it.", ""},
	{53010, "ProofUpBlockedDueToSecurityInfoAcr", MFARequired, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation lets you register a second factor only from certain places or devices.", "Register it from the office or from a company computer, then try again.", ""},
	{53011, "", CAPolicy, TenantAdmin, High, AfterApproval, []Class{AccountDisabled, CrossTenantPolicy}, "Your account is held to be at risk in your own organisation.", "Look at the risk of this person in their home organisation, and clear it.", ""},
	{54000, "MinorUserBlockedLegalAgeGroupRule", AccountDisabled, TenantAdmin, High, NoPath, nil, "The rule for under-age accounts stops you.", "Set the age group and the consent of the account.", ""},
	{54005, "", VendorMisconfigured, AppVendor, High, NoPath, []Class{ExpiredToken}, "The app used the same sign-in code twice.", "Redeem each code once; begin a new sign-in.", ""},
	{65001, "DelegationDoesNotExist", ConsentMissing, TenantAdmin, High, DirectLink, []Class{AdminConsentNeeded, UserDeclined}, "Nobody has agreed yet to what the app asks for: not you, and not your organisation.", "Approve the app for the organisation once. (The person may first sign in to the app by hand: if no wall comes, their own yes is enough.)", ""},
	{65002, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app borrows one of Microsoft's own client ids for an API that this id may not call.", "Register your own client id, and use that.", ""},
	{65004, "UserDeclinedConsent", UserDeclined, User, High, NoPath, []Class{AdminConsentNeeded}, "The permission page was left with Cancel.", "Try again and press Accept, if you want the app to have what it lists.", "reporting it as a fault: a press on Accept clears it"},
	{65005, "MisconfiguredApplication", VendorMisconfigured, AppVendor, Medium, NoPath, []Class{ServiceMissing, ConsentMissing}, "The app asks for an API that is not in its own registration, or that your organisation does not have.", "Correct the required permissions of the registration; where they are right, the customer's tenant lacks the API.", ""},
	{70000, "InvalidGrant", ExpiredToken, User, High, NoPath, nil, "What the app kept of your sign-in is not valid any more.", "Reconnect the app: sign in again.", ""},
	{70001, "UnauthorizedClient", AppNotInTenant, TenantAdmin, High, DirectLink, []Class{AppDisabled, VendorMisconfigured}, "The app is switched off, or not there, in your organisation.", "Look for it under Enterprise apps by its application id: enable it, or approve it by the consent link.", ""},
	{70002, "InvalidClient", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's own secret does not match.", "Correct the client secret.", ""},
	{70003, "UnsupportedGrantType", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app uses a way of signing in that is not supported.", "Use a supported grant type.", ""},
	{70004, "InvalidRedirectUri", VendorMisconfigured, AppVendor, High, NoPath, nil, "The address the app wants the answer at is not acceptable.", "Register the redirect URI exactly as it is sent.", ""},
	{70005, "UnsupportedResponseType", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asks for a kind of answer that is not switched on for it.", "Use the code flow, or enable the response type.", ""},
	{70007, "UnsupportedResponseMode", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app wants the answer in a way that does not exist.", "Send response_mode query, fragment or form_post.", ""},
	{70008, "ExpiredOrRevokedGrant", ExpiredToken, User, High, NoPath, nil, "What the app kept of your sign-in has expired.", "Reconnect the app: sign in again.", ""},
	{70011, "InvalidScope", VendorMisconfigured, AppVendor, High, NoPath, nil, "The list of permissions the app asks for is not valid.", "Correct the scopes; .default cannot be mixed with named ones.", ""},
	{70012, "MsaServerError", Transient, Microsoft, High, NoPath, []Class{PersonalAccount}, "Microsoft's service for personal accounts failed.", "Nothing to set right: try again, with your work account if you meant that.", ""},
	{70016, "AuthorizationPending", Transient, User, High, NoPath, nil, "The device code has not been entered yet.", "Enter the code on the page you were given, and finish the sign-in there.", ""},
	{70018, "BadVerificationCode", ExpiredToken, User, High, NoPath, nil, "The device code was mistyped.", "Type it again, or start over for a new one.", ""},
	{70019, "CodeExpired", ExpiredToken, User, High, NoPath, nil, "The device code was not used in time.", "Start over for a new one.", ""},
	{70020, "", ExpiredToken, User, Medium, NoPath, nil, "The device code was not used in time.", "Start over for a new one.", ""},
	{70043, "BadTokenDueToSignInFrequency", ExpiredToken, User, High, AfterApproval, []Class{CAPolicy}, "Your organisation wants you to sign in again every so often, and it is time.", "Sign in again. If the app has to run unattended, the admin can lengthen the sign-in frequency for it.", ""},
	{70044, "", ExpiredToken, User, Medium, AfterApproval, []Class{CAPolicy}, "Your session ended because your organisation wants a sign-in every so often.", "Sign in again.", ""},
	{75001, "BindingSerializationError", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML message could not be put together.", "Correct the SAML binding of the app.", ""},
	{75003, "UnsupportedBindingError", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app wants its SAML answer in a way that Microsoft does not use.", "Take SAML answers by HTTP POST.", ""},
	{75005, "Saml2MessageInvalid", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML request is one that Microsoft does not support.", "Correct the SAML request.", ""},
	{75008, "RequestDeniedError", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML request is made out to another address.", "Set the destination of the SAML request to the tenant's sign-in address.", ""},
	{75011, "NoMatchedAuthnContextInOutputClaims", VendorMisconfigured, AppVendor, High, NoPath, []Class{MFARequired}, "You signed in another way than the app insists on.", "Do not ask for one method of authentication, or ask for the right one.", ""},
	{75016, "Saml2AuthenticationRequestInvalidNameIDPolicy", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML request asks for a kind of name that is not valid.", "Correct the NameIDPolicy of the SAML request.", ""},
	{76021, "ApplicationRequiresSignedRequests", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app is set to send signed requests, and sent one that is not.", "Sign the SAML requests, or switch off that they must be.", ""},
	{76026, "RequestIssueTimeExpired", VendorMisconfigured, AppVendor, High, NoPath, []Class{ExpiredToken}, "The app's SAML request is too old.", "Check the clock of the app's server; the person starts again from the app.", ""},
	{80001, "OnPremiseStoreIsNotAvailable", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "Your organisation's own directory could not be reached to check the password.", "Look at the authentication agents and their way to Active Directory.", ""},
	{80002, "OnPremisePasswordValidatorRequestTimedout", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "Your organisation's own directory took too long to check the password.", "Look at the authentication agents and at Active Directory.", ""},
	{80005, "OnPremisePasswordValidatorUnpredictableWebException", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "The agent that checks passwords at your organisation failed.", "Look at the agents' log; try again.", ""},
	{80007, "OnPremisePasswordValidatorErrorOccurredOnPrem", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "The agent that checks passwords at your organisation could not check yours.", "Look at the agents' log and at Active Directory.", ""},
	{80012, "OnPremisePasswordValidationAccountLogonInvalidHours", AccountDisabled, TenantAdmin, High, NoPath, nil, "Your account may not sign in at this hour.", "Change the logon hours of the account, if the person should get in.", ""},
	{80013, "OnPremisePasswordValidationTimeSkew", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "Clocks at your organisation disagree, so that the password could not be checked.", "Set the clocks of the agents and of Active Directory.", ""},
	{80014, "OnPremisePasswordValidationAuthenticationAgentTimeout", Transient, TenantAdmin, High, NoPath, []Class{NotEntra}, "The agent that checks passwords at your organisation answered too late.", "Look at the agents; open a support case with the ids if it repeats.", ""},
	{81004, "DesktopSsoIdentityInTicketIsNotAuthenticated", ExpiredToken, User, High, NoPath, nil, "The silent sign-in of your computer was tried, and not accepted.", "Sign in with your password.", ""},
	{81005, "DesktopSsoAuthenticationPackageNotSupported", ExpiredToken, User, High, NoPath, nil, "The silent sign-in of your computer uses a method that is not supported.", "Sign in with your password.", ""},
	{81006, "DesktopSsoNoAuthorizationHeader", ExpiredToken, User, High, NoPath, nil, "The browser did not take part in the silent sign-in of your computer.", "Sign in with your password.", ""},
	{81007, "DesktopSsoTenantIsNotOptIn", ExpiredToken, User, High, NoPath, nil, "Your organisation has not switched on the silent sign-in of company computers.", "Sign in with your password.", ""},
	{81009, "DesktopSsoAuthorizationHeaderValueWithBadFormat", ExpiredToken, User, High, NoPath, nil, "What your computer sent for the silent sign-in cannot be read.", "Sign in with your password.", ""},
	{81010, "DesktopSsoAuthTokenInvalid", ExpiredToken, User, High, NoPath, nil, "The silent sign-in of your computer failed.", "Sign in with your password.", ""},
	{81011, "DesktopSsoLookupUserBySidFailed", ExpiredToken, User, High, NoPath, []Class{WrongTenant}, "The account that the computer is signed in with is not found in your organisation at Microsoft.", "Sign in with your work account and its password.", ""},
	{81012, "DesktopSsoMismatchBetweenTokenUpnAndChosenUpn", ExpiredToken, User, High, NoPath, []Class{WrongTenant}, "The account you picked is another than the one that the computer is signed in with.", "Pick the computer's own account, or sign in with the password of the other one.", ""},
	{90002, "InvalidTenantName", WrongTenant, User, High, AfterApproval, []Class{VendorMisconfigured}, "No such organisation is known there: a typing mistake, or another Microsoft cloud.", "Check the domain or tenant id; if it is right, the organisation may live in another cloud.", ""},
	{90004, "InvalidRequestFormat", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's request has not the right form.", "Correct the request.", ""},
	{90006, "ExternalServerRetryableError", Transient, Microsoft, High, NoPath, nil, "A service behind the sign-in was away for a moment.", "Nothing to set right: wait a minute, then try again.", ""},
	{90008, "TokenForItselfRequiresGraphPermission", GraphPermissionMissing, TenantAdmin, High, DirectLink, []Class{ConsentMissing, VendorMisconfigured}, "Not even basic sign-in has been agreed to for this app.", "Approve the app. If that does not help, its registration lacks Microsoft Graph User.Read: tell the vendor.", ""},
	{90009, "TokenForItselfMissingIdenticalAppIdentifier", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asks for a token for itself, by a name that does not work.", "Use the client id itself as the resource.", ""},
	{90012, "RequestTimeout", Transient, Microsoft, High, NoPath, nil, "The sign-in service took too long.", "Nothing to set right: try again.", ""},
	{90013, "InvalidUserInput", VendorMisconfigured, AppVendor, High, NoPath, nil, "Something in the request was not acceptable.", "Check every parameter of the request.", ""},
	{90014, "MissingRequiredField", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app left out something that is required.", "Send the field that the message names.", ""},
	{90015, "QueryStringTooLong", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's request is too long.", "Shorten the address: fewer scopes, a shorter state.", ""},
	{90019, "MissingTenantRealm", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app did not say which organisation you belong to.", "Name the tenant in the request.", ""},
	{90023, "InvalidRequest", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's request is not valid.", "Correct the request.", ""},
	{90024, "RequestBudgetExceededError", Transient, Microsoft, High, NoPath, nil, "A passing fault at Microsoft stopped the sign-in.", "Nothing to set right: wait a minute, then try again.", ""},
	{90027, "", VendorMisconfigured, AppVendor, High, NoPath, []Class{PersonalAccount}, "The app asks for a personal account's token in the old way, which does not give any.", "Use version 2.0 of the endpoints; the person may use a work account.", ""},
	{90033, "MsodsServiceUnavailable", Transient, Microsoft, High, NoPath, nil, "Microsoft's directory was away for a moment.", "Nothing to set right: try again, and look at the service health page if it lasts.", ""},
	{90036, "MsodsServiceUnretryableFailure", Transient, Microsoft, High, NoPath, nil, "Microsoft's directory failed.", "Look into the fault; open a support case with the ids.", ""},
	{90038, "NationalCloudTenantRedirection", WrongTenant, AppVendor, High, NoPath, []Class{VendorMisconfigured}, "Your organisation lives in another Microsoft cloud than the one the app uses.", "Send people of that cloud to its own sign-in host; the app needs a registration there.", ""},
	{90051, "InvalidNationalCloudId", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app named a Microsoft cloud that does not exist.", "Correct the cloud in the request.", ""},
	{90055, "TenantThrottlingError", Transient, Microsoft, High, NoPath, nil, "Too many requests came from your organisation at once.", "Nothing to set right: wait, then try again.", ""},
	{90056, "BadResourceRequest", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app redeemed its sign-in code in the wrong way or at the wrong address.", "Send the code by POST to the token endpoint.", ""},
	{90072, "PassThroughUserMfaError", WrongTenant, TenantAdmin, High, AfterApproval, []Class{PersonalAccount, MFARequired}, "Your account comes from outside and is not known here, so that its second factor cannot be accepted.", "Invite the account as a guest; where it is synchronised, check that it is matched to the right person.", ""},
	{90084, "OrgIdWsFederationGuestNotAllowed", WrongTenant, User, High, NoPath, nil, "Guests are not let in here.", "Sign in with an account that is a member of the organisation.", ""},
	{90090, "GraphRetryableError", Transient, Microsoft, High, NoPath, []Class{ConsentMissing}, "The consent could not be written down because of a passing fault.", "Nothing to set right: give the consent again in a while.", ""},
	{90091, "GraphServiceUnreachable", Transient, Microsoft, High, NoPath, []Class{ConsentMissing}, "Microsoft's directory could not be reached to write the consent down.", "Nothing to set right: give the consent again later; look at the service health page.", ""},
	{90092, "GraphNonRetryableError", Transient, Microsoft, High, NoPath, []Class{ConsentMissing}, "Microsoft's directory refused to write the consent down.", "Look into the fault; open a support case with the correlation id.", ""},
	{90093, "GraphUserUnauthorized", UserConsentOff, TenantAdmin, High, DirectLink, []Class{PermissionsNeedAdmin, AdminConsentNeeded}, "Your organisation does not let people approve apps themselves, or not apps that ask for this much.", "Approve the app once for everyone by the consent link, or under Enterprise apps, Permissions.", ""},
	{90094, "AdminConsentRequired", AdminConsentNeeded, TenantAdmin, High, DirectLink, []Class{UserConsentOff, PermissionsNeedAdmin, AssignmentRequired}, "Your organisation lets only admins approve this app. Nothing is wrong with your account.", "Approve the app once for everyone: open the consent link, or press Grant admin consent under Enterprise apps, Permissions.", ""},
	{90095, "AdminConsentRequiredRequestAccess", AdminConsentNeeded, TenantAdmin, High, ConsentRequests, []Class{RequestPending, UserConsentOff, AssignmentRequired}, "Your organisation lets only admins approve this app, and takes requests: the page has a box for your reason.", "Review the request under Enterprise apps, Admin consent requests, and approve it; or approve the app by the consent link. (The person sends the request first.)", "sending the request several times: one is enough, and you are not shown where it stands"},
	{90097, "", Transient, TenantAdmin, Medium, EntraGrant, []Class{AdminConsentNeeded}, "An admin's consent could not be written down.", "Give the consent again in a while; if it fails again, grant it under Enterprise apps, Permissions.", ""},
	{90099, "", PartnerNotAuthorised, TenantAdmin, High, DirectLink, []Class{AdminConsentNeeded}, "Partners who look after this organisation may use the app only after the organisation approved it.", "Approve the app in the customer's own tenant, or let the partner do so through Partner Center.", ""},
	{90100, "InvalidRequestParameter", VendorMisconfigured, AppVendor, High, NoPath, nil, "A parameter of the app's request is empty or not valid.", "Correct the request.", ""},
	{90112, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The application id has not the form of one.", "Send the client id as the registration shows it.", ""},
	{90119, "InvalidUserCode", ExpiredToken, User, High, NoPath, nil, "No device code was entered.", "Enter the code that the app shows.", ""},
	{90120, "InvalidDeviceFlowRequest", ExpiredToken, User, High, NoPath, []Class{UserDeclined}, "The device code was used or declined already.", "Start over for a new one.", ""},
	{90123, "IdentityProviderAccessDenied", NotEntra, TenantAdmin, High, NoPath, []Class{CAPolicy}, "The identity service that your organisation signs in with said no.", "Look into that service's log, or ask whoever runs it.", ""},
	{90124, "V1ResourceV2GlobalEndpointNotSupported", VendorMisconfigured, AppVendor, High, NoPath, []Class{PersonalAccount}, "The app asks at the shared door for an API that is not to be had there.", "Use /organizations or the tenant's own endpoint.", ""},
	{90130, "NonConvergedAppV2GlobalEndpointNotSupported", VendorMisconfigured, AppVendor, High, NoPath, []Class{PersonalAccount}, "The app cannot be used at the shared door it sends you to.", "Use /organizations or the tenant's own endpoint.", ""},
	{120000, "PasswordChangeIncorrectCurrentPassword", ExpiredToken, User, High, NoPath, nil, "The old password was wrong when you set a new one.", "Enter the old password again.", ""},
	{120002, "PasswordChangeInvalidNewPasswordWeak", ExpiredToken, User, High, NoPath, nil, "The new password is too weak.", "Choose a longer one that nobody guesses.", ""},
	{120003, "PasswordChangeInvalidNewPasswordContainsMemberName", ExpiredToken, User, High, NoPath, nil, "The new password has your name in it.", "Choose one without it.", ""},
	{120004, "PasswordChangeOnPremComplexity", ExpiredToken, User, High, NoPath, nil, "The new password does not meet the rules of your organisation's own directory.", "Choose one that does; the admin knows the rules.", ""},
	{120012, "PasswordChangeNeedsToHappenOnPrem", ExpiredToken, User, High, NoPath, nil, "Your password can be changed in your organisation's own directory alone.", "Change it at a company computer, or ask your admin.", ""},
	{120014, "PasswordChangeOnPremUserAccountLockedOutOrDisabled", ExpiredToken, User, High, NoPath, []Class{AccountDisabled}, "The password cannot be changed: the account is locked or switched off in your organisation's own directory.", "Ask your admin to look at the account.", ""},
	{120018, "PasswordChangePasswordDoesnotComplyFuzzyPolicy", ExpiredToken, User, High, NoPath, nil, "The new password is too close to one that is banned.", "Choose another one.", ""},
	{130004, "NgcKeyNotFound", MFARequired, User, High, NoPath, []Class{DeviceRequired}, "The Windows Hello key of this computer is not known any more.", "Sign in with your password, and set up Windows Hello again.", ""},
	{130005, "NgcInvalidSignature", MFARequired, User, High, NoPath, []Class{DeviceRequired}, "The Windows Hello key of this computer did not prove who you are.", "Sign in with your password, and set up Windows Hello again.", ""},
	{130006, "NgcTransportKeyNotFound", MFARequired, User, High, NoPath, []Class{DeviceRequired}, "This computer lacks a key that Windows Hello needs.", "Sign in with your password, and set up Windows Hello again.", ""},
	{130007, "NgcDeviceIsDisabled", DeviceRequired, TenantAdmin, High, AfterApproval, nil, "The computer whose Windows Hello you used is switched off in your organisation.", "Enable the device in the directory if the person should use it.", ""},
	{130008, "NgcDeviceIsNotFound", DeviceRequired, User, High, AfterApproval, nil, "The computer whose Windows Hello you used is not known in your organisation any more.", "Register the device again, then sign in again.", ""},
	{135011, "DeviceDisabled", DeviceRequired, TenantAdmin, High, AfterApproval, nil, "This device is switched off in your organisation.", "Enable the device in the directory if the person should use it.", ""},
	{160021, "AppSessionSelectionInvalidSessionNotExist", ExpiredToken, User, High, NoPath, nil, "The session the app asked for does not exist.", "Sign in again.", ""},
	{220501, "InvalidCrlDownload", ExpiredToken, TenantAdmin, High, NoPath, []Class{Transient}, "The list of revoked certificates could not be fetched, so that yours could not be checked.", "See that the revocation list of the certificate authority can be reached from outside.", ""},
	// The facts have no definition of it, and what others tell of it differs.
	{399284, "", Unknown, WhoUnknown, None, NoPath, nil, "Microsoft publishes no meaning of this code that is known here.", "Look the code up on Microsoft's own page, and send the vendor the whole text.", ""},
	{500011, "InvalidResourceServicePrincipalNotFound", ServiceMissing, TenantAdmin, High, AfterApproval, []Class{WrongTenant, VendorMisconfigured}, "Your organisation does not have the service that the app wants to use.", "Get the service, or create its service principal in the tenant; if it is one nobody knows, the vendor asks for the wrong one.", ""},
	{500014, "ServicePrincipalDisabled", ServiceMissing, TenantAdmin, High, AfterApproval, nil, "The service that the app wants to use is switched off in your organisation, or its subscription has lapsed. The app itself is not what is switched off.", "Enable the enterprise app of that service again (not the one of the app that was stopped), or renew the subscription.", "looking whether the app is enabled: it is the service behind it that is not"},
	{500021, "", TenantBlocked, TenantAdmin, Medium, NoPath, []Class{CrossTenantPolicy}, "The network or device you are on only lets people sign in to organisations on its list.", "Put the organisation on the list of the tenant restrictions, or let this person use another network.", ""},
	{500022, "", TenantBlocked, TenantAdmin, Medium, NoPath, []Class{CrossTenantPolicy}, "The network or device you are on only lets people sign in to organisations on its list.", "Allow the organisation in the tenant restrictions of the cross-tenant access settings.", ""},
	{500112, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app redeemed the sign-in code with another address than it asked for it.", "Send the same redirect URI both times.", ""},
	{500113, "", VendorMisconfigured, AppVendor, Medium, AfterApproval, []Class{NoneSuccess}, "The app registered no address to send the browser back to. If this came after an admin's approval, the approval may have been given all the same.", "Register a redirect URI. (First look in Enterprise apps, Permissions, whether the consent is there.)", "approving again before looking whether the consent is there"},
	{500121, "", MFARequired, User, High, AfterApproval, nil, "The second factor was refused, timed out, or failed.", "Sign in again and answer the prompt; register another second factor if the phone is gone.", ""},
	{500131, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "A part of the app used a token that was meant for another.", "Ask for a token for the app that makes the on-behalf-of request.", ""},
	{500133, "", VendorMisconfigured, AppVendor, Medium, NoPath, []Class{ExpiredToken}, "A part of the app used a token past its time.", "Get a fresh token before the on-behalf-of request.", ""},
	{500207, "", PersonalAccount, User, High, AfterApproval, []Class{WrongTenant}, "This kind of account cannot be used for what the app wants to reach; often it is a personal one.", "Sign in with your work or school account.", ""},
	{500208, "", PersonalAccount, User, High, AfterApproval, []Class{WrongTenant}, "This kind of account is not accepted here; often it is a personal one.", "Sign in with your work or school account.", ""},
	{500212, "NotAllowedByOutboundPolicyTenant", CrossTenantPolicy, TenantAdmin, High, NoPath, nil, "Your own organisation does not let you sign in to the other one.", "Allow the other organisation in the outbound cross-tenant access settings.", ""},
	{500213, "NotAllowedByInboundPolicyTenant", CrossTenantPolicy, TenantAdmin, High, NoPath, nil, "The organisation you want to get into does not let people of yours in.", "Allow the person's home organisation in the inbound cross-tenant access settings (the admin of the organisation they sign in to).", ""},
	{500341, "", AccountDisabled, TenantAdmin, Medium, NoPath, []Class{WrongTenant}, "Your account was deleted from the organisation.", "Restore or create the account if the person should have it.", ""},
	{500571, "", AccountDisabled, TenantAdmin, High, NoPath, []Class{WrongTenant}, "Your guest account in the organisation you are signing in to is switched off.", "Switch the guest account on again if the person should have it (the admin of the organisation they sign in to).", ""},
	{501481, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's proof against theft of the code does not fit.", "Send the code verifier that belongs to the challenge (PKCE).", ""},
	{530003, "", DeviceRequired, User, Medium, AfterApproval, []Class{CAPolicy}, "Your organisation only lets devices in that it manages.", "Use a company device, or enrol this one; on a company device, sign in with a browser.", ""},
	{530004, "", CrossTenantPolicy, TenantAdmin, High, NoPath, []Class{DeviceRequired, CAPolicy}, "A policy for devices stops guests, because no trust between the two organisations is set for devices.", "Set in the cross-tenant access settings that compliant or hybrid-joined devices of the other organisation are trusted; a policy that asks for an approved client app must leave guests out.", ""},
	{530032, "BlockedByConditionalAccessOnSecurityPolicy", CAPolicy, TenantAdmin, High, AfterApproval, nil, "A security policy of your organisation blocks this sign-in.", "Open the sign-in log and see which policy blocks.", ""},
	{530033, "", DeviceCodeBlocked, User, Medium, AfterApproval, []Class{DeviceRequired, CAPolicy}, "Signing in by a device code cannot satisfy your organisation's rule for devices.", "Sign in with a browser on a managed device instead.", ""},
	{530034, "DelegatedAdminBlockedDueToSuspiciousActivity", PartnerNotAuthorised, SomebodyElse, High, NoPath, []Class{CAPolicy}, "The partner's admin is held to be at risk in the partner's own organisation.", "Clear the risk of this admin in the partner's organisation.", ""},
	{530035, "BlockedBySecurityDefaults", CAPolicy, TenantAdmin, High, AfterApproval, []Class{MFARequired}, "Your organisation's security defaults block this way of signing in.", "Have the app use modern sign-in; security defaults know no exception for one app.", ""},
	{530036, "", DeviceCodeBlocked, TenantAdmin, Medium, AfterApproval, []Class{CAPolicy, ExpiredToken}, "Your organisation does not accept sign-ins that began with a device code.", "Nothing, if a browser sign-in will do: the person disconnects and signs in that way. Else exclude them from the policy on authentication flows.", ""},
	{650051, "", Transient, TenantAdmin, Medium, EntraGrant, []Class{AdminConsentNeeded, ConsentMissing}, "Microsoft is still creating the app in your organisation, or a half-made one is in the way.", "Wait a minute and open the consent link again; if it repeats, look for the enterprise app by its application id and grant there.", ""},
	{650052, "", ServiceMissing, TenantAdmin, High, AfterApproval, []Class{VendorMisconfigured}, "The app needs a service that your organisation does not have, or has not switched on.", "Get or enable the service, or create its service principal; then approve the app again.", ""},
	{650053, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app asks for a permission that does not exist.", "Correct the scope's name, and write the API in front of it.", ""},
	{650054, "", ServiceMissing, AppVendor, High, NoPath, []Class{VendorMisconfigured}, "The app asks for a service that was removed or cannot be had here.", "Drop the permission. (Or the admin brings the service back.)", ""},
	{650056, "MisconfiguredApplication", ConsentMissing, TenantAdmin, High, DirectLink, []Class{VendorMisconfigured, AppNotInTenant}, "Your organisation has not approved the app, or the app lists no permission for what it asks.", "Approve the app; if that does not help, the vendor has to add the permission, or uses the wrong application id.", ""},
	{650057, "InvalidResource", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asks for an API that its own registration does not list.", "Add the API to the required permissions, or ask for one that is listed.", ""},
	{650059, "", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app was made for its own organisation only.", "Set the sign-in audience of the registration to several organisations.", ""},
	{700003, "", DeviceRequired, User, Medium, AfterApproval, nil, "This device was removed from your organisation.", "Register the device again, then sign in again.", ""},
	{700005, "InvalidGrantRedeemAgainstWrongTenant", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app redeemed your sign-in at another organisation than yours.", "Use the same tenant for authorize and token.", ""},
	{700011, "UnauthorizedClientAppNotFoundInOrgIdTenant", AppNotInTenant, AppVendor, High, DirectLink, []Class{VendorMisconfigured, WrongTenant}, "The app is not known in your organisation.", "Check application id, cloud, and that the registration is multi-tenant. (Where they are right, the admin adds the app by the consent link.)", ""},
	{700016, "UnauthorizedClient_DoesNotMatchRequest", AppNotInTenant, AppVendor, High, DirectLink, []Class{WrongTenant, VendorMisconfigured}, "The app is not known in the organisation you are signing in to: wrong id, wrong organisation or cloud, or made for one organisation only.", "Check application id, tenant, cloud, and that the registration is multi-tenant. (Where they are right, the admin adds the app by the consent link.)", ""},
	{700020, "InteractionRequired", ExpiredToken, User, High, NoPath, []Class{MFARequired, ConsentMissing}, "You have to sign in by hand.", "Sign in again in the browser.", ""},
	{700022, "InvalidMultipleResourcesScope", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asks for several APIs in one go.", "Ask for one resource per token.", ""},
	{700023, "InvalidResourcelessScope", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app asks for a permission of no known API, or uses the wrong Microsoft cloud.", "Correct the scope or the cloud.", ""},
	{700025, "InvalidClientPublicClientWithCredential", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app sends a secret although it is registered as one that has none.", "Drop the secret, or register a confidential client.", ""},
	{700027, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The certificate the app proves itself with is not accepted.", "Upload the certificate in use to the registration.", ""},
	{700030, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's certificate carries a name that is not authorised.", "Use a certificate with an authorised subject.", ""},
	{700038, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The application id is a placeholder.", "Use the real client id.", ""},
	{700051, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app asks for a token directly, which is not switched on for it.", "Use the code flow.", ""},
	{700054, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app asks for an ID token directly, which is not switched on for it.", "Enable ID tokens in the registration, or use the code flow.", ""},
	{700082, "ExpiredOrRevokedGrantInactiveToken", ExpiredToken, User, High, NoPath, nil, "The app was not used for so long that its sign-in expired.", "Reconnect the app: sign in again.", ""},
	{700084, "", ExpiredToken, User, High, NoPath, nil, "A browser app has to be signed in to anew every day, and the day is over.", "Sign in again.", ""},
	{700229, "ForbiddenTokenType", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app proves itself with the wrong kind of token.", "Use an app-only token as federated credential.", ""},
	{750054, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML request is not in the address where it belongs.", "Send SAMLRequest as a parameter of the address, or use HTTP POST.", ""},
	{900021, "", WrongTenant, User, Medium, NoPath, []Class{VendorMisconfigured}, "The organisation's id in the address is not a valid one.", "Check the domain or tenant id.", ""},
	{900023, "", WrongTenant, User, Medium, NoPath, []Class{VendorMisconfigured}, "The organisation's name in the address is neither a domain nor an id.", "Check the domain or tenant id.", ""},
	{900144, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app left out a parameter.", "Send the parameter that the message names.", ""},
	{900382, "ConfidentialClientCrossCloud", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app crosses between Microsoft's clouds in a way that is not supported.", "Register the app in the customer's cloud.", ""},
	{900432, "ConfidentialClientCrossCloud", VendorMisconfigured, AppVendor, High, NoPath, []Class{WrongTenant}, "The app crosses between Microsoft's clouds in a way that is not supported.", "Register the app in the customer's cloud.", ""},
	{900439, "USGClientNotSupportedOnPublicEndpoint", WrongTenant, AppVendor, High, NoPath, []Class{VendorMisconfigured}, "The app uses the public cloud's door for the US government's cloud.", "Use login.microsoftonline.us, with a registration in that cloud.", ""},
	{900561, "BadResourceRequestInvalidRequest", Transient, User, High, NoPath, []Class{VendorMisconfigured}, "The sign-in page was opened the wrong way round; the browser's Back button does that.", "Start again from the app.", ""},
	{900941, "AdminConsentRequiredDueToRiskyApp", RiskyApp, TenantAdmin, High, DirectLink, []Class{UnverifiedPublisher, AdminConsentNeeded}, "Microsoft holds the app's request to be risky, so that only an admin may approve it.", "Look at publisher and permissions; if you trust them, approve the app by the consent link. (The vendor can end this by verifying its publisher.)", ""},
	{900971, "NoReplyAddressProvided", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app did not say where to send the browser back to.", "Send a redirect URI.", ""},
	{900981, "AdminConsentRequestRiskyAppWarning", RiskyApp, TenantAdmin, High, ConsentRequests, []Class{UnverifiedPublisher, AdminConsentNeeded, RequestPending}, "Microsoft holds the app's request to be risky, and shows so to you and to the admin.", "Look at publisher and permissions; approve the request if you trust them, else report the app.", ""},
	{901002, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app mixes the old and the new way of asking.", "Send scope instead of resource.", ""},
	{1000031, "", AppDisabled, TenantAdmin, Medium, AfterApproval, nil, "The app cannot be used in your organisation at the moment.", "Look at the enterprise app: is sign-in enabled, and did Microsoft disable it.", ""},
	{1000104, "XCB2BResourceCloudNotAllowedOnIdentityTenant", CrossTenantPolicy, TenantAdmin, High, NoPath, nil, "Your organisation does not work together with that Microsoft cloud.", "Allow the other cloud in the cross-tenant access settings.", ""},
	{1002012, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app asks, without a person, for permissions one by one.", "Send the API's id with /.default as scope.", ""},
	{5000819, "InvalidSamlTokenEmailMissingOrInvalid", NotEntra, TenantAdmin, High, NoPath, []Class{WrongTenant}, "The proof from the organisation's own sign-in service lacks the mail address, or has one of another domain.", "Correct the mail address claim of the federation service.", ""},
	{7000110, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app used a sign-in that was given to another client id.", "Redeem codes and refresh tokens with the client id that they were made for.", ""},
	{7000112, "UnauthorizedClientApplicationDisabled", AppDisabled, TenantAdmin, High, AfterApproval, []Class{AdminConsentNeeded}, "The app is switched off in your organisation; blocking a request for it does that, too.", "Switch on Enabled for users to sign in, under Enterprise apps, Properties.", "approving the app again: it stays switched off"},
	{7000114, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app may not act on somebody's behalf towards another service.", "Change how the app calls that service.", ""},
	{7000215, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's own secret is wrong.", "Use the secret's value, not its id.", ""},
	{7000216, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app did not prove who it is.", "Send a secret or a certificate.", ""},
	{7000218, "", VendorMisconfigured, AppVendor, High, NoPath, []Class{DeviceCodeBlocked}, "The app has to prove who it is, and did not.", "Send the credential, or allow public client flows in the registration.", ""},
	{7000222, "InvalidClientSecretExpiredKeysProvided", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's own secret has expired.", "Make a new secret, and use it.", ""},
	{7000229, "", AppNotInTenant, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded}, "The app is not in your organisation yet: nobody has approved it.", "Approve the app by the consent link, which also brings it into the tenant.", ""},
	{7500514, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's SAML message is of no kind that is supported.", "Send a Response or an Assertion of SAML 2.0.", ""},
	{9000411, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "The app sent a parameter twice.", "Send each parameter once.", ""},
	{9001023, "", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app uses a way of signing in that the shared door does not allow.", "Use the tenant's own endpoint or /organizations.", ""},
	{9002313, "InvalidRequest", VendorMisconfigured, AppVendor, High, NoPath, nil, "The app's request is malformed.", "Correct the request.", ""},
	{9002325, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "A browser app left out its proof against theft of the code.", "Use PKCE.", ""},
	{9002326, "", VendorMisconfigured, AppVendor, Medium, NoPath, nil, "A browser app is not registered as one.", "Register the redirect URI as a single-page application.", ""},
	{9002332, "", PersonalAccount, User, High, AfterApproval, []Class{VendorMisconfigured}, "The app is for work accounts, and you came by the door for personal ones.", "Sign in with your work account.", ""},
}
