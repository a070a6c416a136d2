package checks

import "onboard.example/checks/aadsts"

// The words of the answer to "why am I blocked" that go beyond the text. What
// speaks to the person who is stopped, Do to whoever has to move.
const (
	sayWhyPersonalTenant = "The text names the tenant that all personal Microsoft accounts are in."
	sayWhyPersonalDomain = "%s is for personal mail, and no organisation's."
	sayWhyPersonalWall   = "%s is for personal mail, whose accounts never meet this: the account that was stopped is of an organisation. Ask again with its domain."
	sayWhyThisTenant     = "The text names the tenant of %s."
	sayWhyOtherTenant    = "The text names the tenant %s, which is not that of %s."
	sayWhyOtherDomain    = "The account that was stopped is not of %s: ask again with its own domain."
	sayWhyOtherApp       = "The text is about the app %s, and not about %s (%s)."
	sayWhyNotDefault     = "By Microsoft's default an ordinary user could agree to this app: %s must have a stricter setting of its own, or the app asks for more than is known here."
	sayWhyMailbox        = "Where mailboxes are not in Microsoft 365, an approval there does not let the app at mail or calendar: see whether the app can connect to where they are."

	sayWhyServicesTenant = "The text names the tenant \"Microsoft Services\", in which personal accounts end up that are signed in where a work account is wanted."
	sayWhyApproved       = "The approval is there by now: sign in to the app again, and if the same page comes back, look at what else is seen here."
	sayWhyService        = "The service that the text names: %s."
	sayWhyGuest          = "As a guest you meet the rules of %s, and not those of your own organisation: an approval has to be given there."
	sayWhyOtherName      = "The text names %s. If that is another organisation than that of %s, its admin is the one to ask, or you were signed in to the wrong one."
	sayWhyLikelyElse     = "likely somebody else: it is not certain whose service this is of"
	sayWhyAnother        = "another domain"
	sayWhyUnnamed        = "one that is not Microsoft's own"
	sayWhyOtherCloud     = "%s lives in the %s, and this sign-in went to %s, which is another of Microsoft's clouds."
	sayWhyAllowed        = "By Microsoft's default an ordinary user may agree to this app: if no page asked you to, it is something else that stops you, such as assignment, an access policy, or a stricter setting."
	sayWhyYouMayNot      = "So you may not agree to this app yourself: you hold no role that approves apps."
	sayWhyYouMay         = "So you may agree to this app yourself, without any role."
	sayWhyColleague      = "Whoever agreed to the app before %s goes on working: since then Microsoft's default lets only admins approve what it asks for. Admins, and people who were let in one by one, get in too. It says nothing against your account."

	sayWhyNotSure   = "not at all: "
	sayWhyAssumed   = " (assumed, not read in the tenant)"
	sayWhyMaybe     = "If that does not clear it, it may be: "
	sayWhyForAdmin  = "Ask your admin: "
	sayWhyForVendor = "Ask the app's vendor: "
	sayWhyForElse   = "Ask whoever runs the other side: "

	whatWhyElsewhere = "You were signed in to another organisation than %s, and that one stopped you."
	doWhyElsewhere   = "Sign out everywhere, open a private window, and sign in with your account of %s. If the app is to work in the other organisation, its admin has to approve it there."
	whatWhyNoTenant  = "Microsoft 365 does not know %s, so no work account of that domain can be approved."
	doWhyNoTenant    = "Check how %s is written; then ask where your work account lives, for it may be under another domain of your organisation."
	doWhyGoogle      = "Mail of %s is at Google: connect the app to Google instead, if it can; or ask for an account in Microsoft 365."
	whatWhyDefault   = "Most likely %s lets only admins approve an app that asks for this much, as Microsoft's default has it. Nothing is wrong with your account."
	whatWhyRead      = "Most likely it is the wall: %s lets only admins approve an app that asks for this much. Nothing is wrong with your account."
	doWhySelf        = "You may approve it yourself: open the consent link, read what it lists, and press Accept; or start `onboard` and see what changes first."
	doWhyActivate    = "You are eligible for a role that may approve it: activate the role, sign in again, then approve the app by the consent link."
)

// alsoWords say in a few words what else it may be.
var alsoWords = map[aadsts.Class]string{
	aadsts.AdminConsentNeeded:     "only an admin may approve the app",
	aadsts.UserConsentOff:         "users may not approve apps at all",
	aadsts.PermissionsNeedAdmin:   "what the app asks for takes an admin",
	aadsts.UnverifiedPublisher:    "the app's publisher is not verified",
	aadsts.RiskyApp:               "Microsoft holds the app to be risky",
	aadsts.RequestPending:         "a request for it is still waiting",
	aadsts.ConsentMissing:         "nobody has approved the app yet",
	aadsts.AssignmentRequired:     "you are not assigned to the app",
	aadsts.AppDisabled:            "the app is switched off",
	aadsts.AppNotInTenant:         "the app is not in your organisation",
	aadsts.ServiceMissing:         "a service that the app uses is missing",
	aadsts.TenantBlocked:          "the network lets you into listed organisations alone",
	aadsts.CAPolicy:               "an access policy",
	aadsts.MFARequired:            "a second factor",
	aadsts.DeviceRequired:         "a device that your organisation does not know",
	aadsts.DeviceCodeBlocked:      "device codes are not accepted",
	aadsts.CrossTenantPolicy:      "rules between two organisations",
	aadsts.PartnerNotAuthorised:   "the partner is not let in",
	aadsts.WrongTenant:            "you signed in to another organisation",
	aadsts.PersonalAccount:        "you signed in with a personal account",
	aadsts.AccountDisabled:        "your account is locked or switched off",
	aadsts.UserDeclined:           "the permissions were declined",
	aadsts.ExpiredToken:           "the sign-in has ended",
	aadsts.GraphPermissionMissing: "the app lacks a permission",
	aadsts.VendorMisconfigured:    "a mistake in the app's own setup",
	aadsts.NotEntra:               "another service than Microsoft's sign-in",
	aadsts.Transient:              "a passing fault at Microsoft",
	aadsts.NoneSuccess:            "nothing is wrong any more",
	aadsts.Ambiguous:              "the page was left without an answer",
}

// colleagueWhy is why somebody else may get in where this person is stopped.
func colleagueWhy(c aadsts.Class) string {
	switch {
	case wantsConsent(c):
		return "Whoever agreed to the app before the setting changed goes on working, and so do admins and people who were let in one by one. It says nothing against your account."
	case c == aadsts.AssignmentRequired:
		return "Your colleague is assigned to the app, or directly in a group that is; you are not."
	case c == aadsts.CAPolicy || c == aadsts.DeviceRequired || c == aadsts.MFARequired || c == aadsts.DeviceCodeBlocked || c == aadsts.TenantBlocked:
		return "Such policies look at who you are, where you are and on which device: your colleague differs in one of them."
	case c == aadsts.ServiceMissing:
		return "Your colleague may have a sign-in from before, which lasts a while, or use a part of the app that does without that service."
	case c == aadsts.AppDisabled || c == aadsts.AppNotInTenant:
		return "A sign-in from before lasts a while: your colleague will be stopped too, as a rule within hours."
	case c == aadsts.WrongTenant || c == aadsts.PersonalAccount || c == aadsts.CrossTenantPolicy:
		return "Your colleague signs in with an account of the right organisation."
	case c == aadsts.AccountDisabled || c == aadsts.ExpiredToken || c == aadsts.UserDeclined:
		return "This is about your account or your sign-in alone."
	case c == aadsts.GraphPermissionMissing:
		return "Your colleague may have a permission of their own, from an earlier consent or by a role in the directory."
	case c == aadsts.VendorMisconfigured || c == aadsts.Transient:
		return "Your colleague may use another version of the app, or came at another time."
	}
	return "That others get in speaks for something about you alone: the assignment to the app, a policy, or the account that you sign in with."
}

// beforeWhy is why it may have worked before.
func beforeWhy(c aadsts.Class) string {
	switch {
	case wantsConsent(c):
		return "Consent ends where the app asks for more than before, or where an admin takes it back or deletes the app. A stricter setting alone takes nothing from those who had agreed, but stops every new consent."
	case c == aadsts.AssignmentRequired:
		return "Somebody made assignment required, or took you off the list or out of the group."
	case c == aadsts.AppDisabled:
		return "Somebody switched the app off: an admin of yours, its vendor, or Microsoft."
	case c == aadsts.ServiceMissing:
		return "The subscription of that service ended, somebody switched the service off, or the app has begun to use one that it did without before."
	case c == aadsts.AppNotInTenant:
		return "Somebody deleted the app from your organisation; approving it brings it back."
	case c == aadsts.CAPolicy || c == aadsts.DeviceRequired || c == aadsts.DeviceCodeBlocked || c == aadsts.TenantBlocked || c == aadsts.CrossTenantPolicy:
		return "A policy was switched on or changed, or you are on another device or network than before."
	case c == aadsts.MFARequired || c == aadsts.ExpiredToken:
		return "A sign-in ends with a new password, a new policy, or when it was not used for long: signing in once more puts it right."
	case c == aadsts.WrongTenant || c == aadsts.PersonalAccount:
		return "Your browser remembers another account than before: choose the account by hand."
	case c == aadsts.AccountDisabled:
		return "Accounts are locked after wrong passwords or by an admin."
	case c == aadsts.VendorMisconfigured:
		return "The vendor changed the app: tell them when it began."
	case c == aadsts.GraphPermissionMissing:
		return "A permission was taken back, or the app began to do what it has none for."
	case c == aadsts.Transient:
		return "It will most likely work again by itself."
	}
	return "What changed since tells most: your password, your device, the app's version, or a notice of your IT about apps or policies."
}
