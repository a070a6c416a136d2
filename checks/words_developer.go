package checks

import "onboard.example/checks/aadsts"

// What is said to the developer whose app met the wall.
const (
	devPrompt        = "Not in the text. prompt=consent on every sign-in brings the wall back where users may not consent, even after an admin approved the app (reported, not documented)."
	devPromptConsent = "Leave it out: it asks for consent every time, and where users may not consent that is the wall, even after an admin approved the app (reported, not documented)."
	devPromptAdmin   = "Of the v1 endpoint alone. Send the admin to the admin consent address instead, and leave it out of sign-ins."
	devPromptFine    = "Does not bring the wall about."

	devTenantSay     = "Not in the text. Pin consent links to the customer's tenant, by id or domain."
	devCommonAdmin   = "The admin consent address does not take common: put the customer's tenant id or domain there, or organizations."
	devCommon        = "Lets personal accounts in too, and an account of any organisation: pin the customer's tenant, or use organizations."
	devConsumers     = "Lets only personal accounts in; work accounts are turned away."
	devOrganizations = "Any organisation's work account: fine for a sign-in. Pin consent links to the tenant."
	devPinned        = "Pinned to one tenant: right for a consent link; accounts of other organisations are turned away."

	devRedirect      = "Has to stand in the registration letter by letter, and in an admin consent link as well."
	devRedirectNone  = "Not in the request: register one and send it; without one the page ends in an error although consent may have been given."
	devRedirectPlain = "Plain http is taken for localhost alone: use https."
	devRedirectSix   = "Of this machine, as it should be; the portal does not take this form, only the manifest does. http://127.0.0.1 saves that."
	devImplicit      = "Not the authorization code: the implicit flow has to be switched on in the registration. Use code with PKCE."

	devScopes       = "Not in the text. Ask for the least; for what only an admin may give, ask separately and later."
	devDefault      = "Asks for everything in the registration, admin-only permissions too: name the scopes that you need."
	devScopeUnknown = "Not among the permissions known here: see in the API's registration who may consent."
	devScopeAdmin   = "Only an admin may give it, in every tenant."
	devScopeListed  = "On Microsoft's list since %s: in tenants on the default only an admin may give it, whatever the API permissions page says."
	devScopeUser    = "Users may give it where the tenant lets them consent at all."

	devYoursScopes   = "Ask for fewer permissions at sign-in, and for the rest when they are needed."
	devYoursPrompt   = "Take prompt=consent out of the sign-in."
	devYoursLink     = "Show the customer's admin a tenant-pinned consent link, and say why each permission is needed."
	devYoursVerify   = "Have the publisher verified; it says who you are, and does not lift Microsoft's list."
	devYoursRedirect = "Register the redirect address, the client id and the audience as your request has them."
	devYoursAccount  = "Let people choose the account (prompt=select_account), and name their tenant in the request where you know it."
	devYoursCatch    = "Catch access_denied, and show the person what to send to their admin instead of an error."
	devYoursRetry    = "Treat it as passing: try again with growing pauses, and show nothing before the third time."
	devYoursClaims   = "Pass claims challenges on to an interactive sign-in instead of trying again silently."
	devYoursAPI      = "Check the API's address or id in the request: a wrong one looks the same as one that the tenant does not have."
	devYoursWithout  = "Let your app work without that API where a customer does not have it, and say which licence it needs."
	devYoursRefresh  = "When a refresh fails, send the person through an interactive sign-in once."

	// AADSTS65001 says that no consent is stored, and not who may give it (entra-facts §2).
	devMissing          = "No consent is stored for what your app asked for. An interactive sign-in asks the person for it; only if that shows the wall is an admin needed."
	devYoursInteractive = "Send the person through an interactive authorize request with these scopes once; a token request alone asks nobody."

	// What the customer runs itself is nobody else's to mend.
	devMeansTheirs  = "The customer's own sign-in service or directory failed. Neither your app nor Microsoft's sign-in is what is broken."
	devTheirsSignIn = "Their own sign-in service, what checks passwords for them, and their directory."

	// At low, that another service is likelier does not make it known whose it is.
	devMeansWhose = "It is not certain whose message this is: look at the address that your app was sent to."

	devUnknownHere = "The tenant does not know your app's id: the id, the tenant or the cloud in the request is wrong, the registration takes one tenant alone, or nobody has approved it there yet."

	devTheirsConsent = "Whether users may consent, and to what: the tenant's user consent settings."
	devTheirsGrant   = "The approval itself: one admin, once, for everyone."
	devTheirsAssign  = "Who is assigned to the app."
	devTheirsEnable  = "Whether the app may be signed in to at all."
	devTheirsService = "The API that you asked for: its licence, its enterprise app in the tenant, and whether that is enabled."
	devTheirsNetwork = "Which organisations their networks and devices let people sign in to."
	devTheirsAccess  = "Conditional Access, devices and second factors."
	devTheirsAccount = "Which account and which organisation the person signs in with."
)

// devMeans says in a sentence what a class means to the app's developer.
func devMeans(c aadsts.Class) string {
	switch {
	case c == aadsts.ConsentMissing:
		return devMissing
	case wantsConsent(c):
		return "The customer's tenant lets only admins approve what your app asks for. Your app is not broken, and no code of yours can approve it."
	case c == aadsts.Ambiguous || c == aadsts.UserDeclined:
		return "The person left Microsoft's page. Leaving the wall and pressing Cancel on the permission page come back to your app as the same access_denied."
	case c == aadsts.VendorMisconfigured:
		return "Your registration and your request do not fit together; the customer can do nothing about it."
	case c == aadsts.AppNotInTenant:
		return devUnknownHere
	case c == aadsts.ServiceMissing:
		return "The customer's tenant does not have the API that your app asked for, or has it switched off or without a licence. Your app itself is not what is missing there."
	case c == aadsts.Transient:
		return "A passing fault at Microsoft or on the way."
	case c == aadsts.WrongTenant || c == aadsts.PersonalAccount:
		return "The person came with an account that your app or its link does not take."
	case c == aadsts.GraphPermissionMissing:
		return "Your token lacks a permission for what you asked of the API, or the person has no right to it themselves."
	case c == aadsts.Unknown:
		return "It cannot be told from this text."
	case c == aadsts.NoneSuccess:
		return "No error: the sign-in or the consent came back well. A redirect is no proof; read the grant or use the token."
	case c == aadsts.ExpiredToken:
		return "The token or the sign-in behind it ended; nothing is wrong with your registration."
	case c == aadsts.NotEntra:
		return "It does not come from Microsoft's sign-in."
	}
	return "The customer's tenant stops this person or this sign-in; consent is not what is missing."
}

// devYours is what the developer can change about a class.
func devYours(c aadsts.Class) []string {
	switch {
	case c == aadsts.ConsentMissing:
		return []string{devYoursInteractive, devYoursScopes, devYoursLink, devYoursCatch}
	case c == aadsts.UnverifiedPublisher || c == aadsts.RiskyApp:
		return []string{devYoursVerify, devYoursScopes, devYoursLink}
	case wantsConsent(c):
		return []string{devYoursPrompt, devYoursScopes, devYoursLink, devYoursCatch}
	case c == aadsts.Ambiguous || c == aadsts.UserDeclined:
		return []string{devYoursCatch, devYoursLink}
	case c == aadsts.VendorMisconfigured:
		return nil // the code says what
	case c == aadsts.AppNotInTenant:
		return []string{devYoursLink}
	case c == aadsts.WrongTenant || c == aadsts.PersonalAccount:
		return []string{devYoursAccount}
	case c == aadsts.Transient:
		return []string{devYoursRetry}
	case c == aadsts.CAPolicy || c == aadsts.MFARequired || c == aadsts.DeviceRequired || c == aadsts.DeviceCodeBlocked:
		return []string{devYoursClaims, devYoursCatch}
	case c == aadsts.ServiceMissing:
		return []string{devYoursAPI, devYoursWithout, devYoursLink}
	case c == aadsts.ExpiredToken || c == aadsts.GraphPermissionMissing:
		return []string{devYoursRefresh, devYoursScopes}
	}
	return []string{devYoursCatch}
}

// devTenant is what only the customer can change about a class.
func devTenant(c aadsts.Class) []string {
	switch {
	case wantsConsent(c) || c == aadsts.Ambiguous || c == aadsts.GraphPermissionMissing:
		return []string{devTheirsGrant, devTheirsConsent}
	case c == aadsts.AssignmentRequired:
		return []string{devTheirsAssign}
	case c == aadsts.ServiceMissing:
		return []string{devTheirsService, devTheirsGrant}
	case c == aadsts.TenantBlocked:
		return []string{devTheirsNetwork}
	case c == aadsts.AppDisabled || c == aadsts.AppNotInTenant:
		return []string{devTheirsEnable, devTheirsGrant}
	case c == aadsts.CAPolicy || c == aadsts.MFARequired || c == aadsts.DeviceRequired || c == aadsts.DeviceCodeBlocked || c == aadsts.CrossTenantPolicy:
		return []string{devTheirsAccess}
	case c == aadsts.WrongTenant || c == aadsts.PersonalAccount || c == aadsts.AccountDisabled || c == aadsts.UserDeclined || c == aadsts.ExpiredToken:
		return []string{devTheirsAccount}
	}
	return nil
}
