package aadsts

// The words for people are here and in the table of codes (table.go), and
// nowhere else. What and Skip speak to the person who is stopped, Do to whoever
// has to move.

// classWords is what is said of a class where no code says it better.
type classWords struct {
	what, do, skip string
}

const (
	skipSignIn  = "signing in again, clearing cookies, a private window: none of it helps"
	skipConsent = "approving the app again: consent is not what is missing"
	skipVendor  = "asking your admin: nothing in your organisation can set it right"
)

// wordsOf is what is said of a class.
func wordsOf(c Class) classWords {
	switch c {
	case AdminConsentNeeded:
		return classWords{
			"Your organisation lets only admins approve this app. Nothing is wrong with your account.",
			"Approve the app once for everyone: open the consent link, or press Grant admin consent under Enterprise apps, Permissions.", skipSignIn,
		}
	case UserConsentOff:
		return classWords{
			"Your organisation does not let people approve apps themselves.",
			"Approve the app once for everyone by the consent link, or under Enterprise apps, Permissions.", skipSignIn,
		}
	case PermissionsNeedAdmin:
		return classWords{
			"The app asks for permissions that only an admin may give.",
			"Approve the app once for everyone by the consent link, or under Enterprise apps, Permissions.", skipSignIn,
		}
	case UnverifiedPublisher:
		return classWords{
			"The app's publisher is not verified, so that only an admin may approve it.",
			"Look at publisher and permissions; if you trust them, approve the app by the consent link. (The vendor can verify its publisher.)", skipSignIn,
		}
	case RiskyApp:
		return classWords{
			"Microsoft holds the app's request to be risky, so that only an admin may approve it.",
			"Look at publisher and permissions; if you trust them, approve the app by the consent link.", skipSignIn,
		}
	case RequestPending:
		return classWords{
			"Your request for the app waits for an admin.",
			"Review it under Enterprise apps, Admin consent requests, and approve it; or approve the app by the consent link.",
			"sending the request again: one is enough, and you are not shown where it stands",
		}
	default:
		return otherWords(c)
	}
}

// otherWords is wordsOf for what consent has no part in.
func otherWords(c Class) classWords {
	switch c {
	case ConsentMissing:
		return classWords{
			"Nobody has agreed yet to what the app asks for.",
			"Approve the app for the organisation once, by the consent link.", "clearing cookies or changing the browser: the consent is missing at Microsoft",
		}
	case AssignmentRequired:
		return classWords{
			"The app is open only to people who were assigned to it, and you are not one of them.",
			"Assign the person, or a group they are a direct member of, under Users and groups of the enterprise app.", "asking for approval again: consent is a different thing",
		}
	case AppDisabled:
		return classWords{
			"The app is switched off in your organisation.",
			"Switch on Enabled for users to sign in, under Enterprise apps, Properties.", "approving the app again: it stays switched off",
		}
	case AppNotInTenant:
		return classWords{
			"The app is not known in the organisation you are signing in to.",
			"Approve the app by the consent link, which also brings it into the tenant; check id and tenant if that fails.", skipSignIn,
		}
	case ServiceMissing:
		return classWords{
			"Your organisation does not have the service that the app wants to use.",
			"Get or enable the service, or create its service principal; then approve the app again.", skipSignIn,
		}
	case TenantBlocked:
		return classWords{
			"Your network or your organisation does not let you reach the other side.",
			"Allow it in the tenant restrictions, or switch on what is off.", skipConsent,
		}
	case CAPolicy:
		return classWords{
			"An access policy of your organisation blocks this sign-in.",
			"Open the sign-in log, tab Conditional Access, find the policy that blocks, and exclude the app or the person, or have them meet it.", skipConsent,
		}
	case MFARequired:
		return classWords{
			"Your organisation asks for a second factor.",
			"Sign in by hand and complete it; register one at https://aka.ms/mfasetup if you have none.", skipConsent,
		}
	case DeviceRequired:
		return classWords{
			"Your organisation only lets devices in that it knows and manages.",
			"Use a company device, or enrol this one.", skipConsent,
		}
	case DeviceCodeBlocked:
		return classWords{
			"Your organisation does not accept sign-ins by device code.",
			"Sign in with a browser instead.", "asking for a new code: none will be accepted",
		}
	case CrossTenantPolicy:
		return classWords{
			"Rules between your organisation and another one stop this sign-in.",
			"Look at the cross-tenant access settings for the other organisation.", skipConsent,
		}
	case PartnerNotAuthorised:
		return classWords{
			"A partner who looks after this organisation may not use the app there yet.",
			"Approve the app in the customer's own tenant.", skipSignIn,
		}
	default:
		return lastWords(c)
	}
}

// lastWords is wordsOf for accounts, apps, and what is no block at all.
func lastWords(c Class) classWords {
	switch c {
	case WrongTenant:
		return classWords{
			"You signed in to another organisation than the one your account is in.",
			"Sign out, then sign in with the right work account.", skipConsent,
		}
	case PersonalAccount:
		return classWords{
			"You used a personal Microsoft account where a work account is wanted.",
			"Sign out, then sign in with your work or school account.", "asking for approval: it did not get that far",
		}
	case AccountDisabled:
		return classWords{
			"Your account is locked or switched off.",
			"Unlock or enable the account if the person should have it.", skipConsent,
		}
	case UserDeclined:
		return classWords{
			"The permission page was left without a yes.",
			"Try again and press Accept, if you want the app to have what it lists.", "reporting it as a fault: a press on Accept clears it",
		}
	case ExpiredToken:
		return classWords{
			"The sign-in is not valid, or not any more.",
			"Sign in again; reconnect the app.", skipConsent,
		}
	case GraphPermissionMissing:
		return classWords{
			"The app reached Microsoft, and was not allowed to do what it wanted there.",
			"Compare what was approved with what the app needs, and approve what is missing.", skipSignIn,
		}
	case VendorMisconfigured:
		return classWords{
			"The app itself is set up wrongly.",
			"Correct the app's registration or its request.", skipVendor,
		}
	case NotEntra:
		return classWords{
			"This does not come from Microsoft's sign-in.",
			"Look at the service that the text comes from: its own help knows the message.", "asking for approval of the app at Microsoft: it did not get that far",
		}
	case Transient:
		return classWords{
			"A passing fault stopped the sign-in.",
			"Nothing to set right: wait a minute, then try again.", "changing settings: a fault that passes needs none",
		}
	case NoneSuccess:
		return classWords{
			"This is no error: it worked, as far as the text tells.",
			"Nothing. If the app still stops you, send what it shows.", "approving again before looking whether the consent is there",
		}
	case Ambiguous:
		return classWords{
			"The text fits several things.",
			"Try once more, and read which page comes: one that asks for approval, or one that asks you to accept.", "guessing: the page tells",
		}
	default:
		return classWords{whatUnknown, doUnknown, "acting on a guess"}
	}
}

const (
	whatUnknown     = "Nothing in this text tells what stopped you."
	doUnknown       = "Copy the whole page, or its address, or a photo's words: a code such as AADSTS90094 is usually near the bottom."
	whatUnknownCode = "This code is in no list we have, and we do not guess."
	doUnknownCode   = "Look the code up on Microsoft's own page, and send the vendor the whole text."
	whatRequest     = "This is the address of a request, and not what came of it."
	doRequest       = "Open it, and send what comes: the page, or the address you end at."
	whatLoose       = "By these words an admin has to approve something: most likely the app, because your organisation lets only admins do so."
	whatOff         = "By these words an admin has blocked or switched off the app in your organisation."
	whatYours       = "By these words an admin of yours has blocked something: the app, or what it needs."
	doYours         = "Look under Enterprise apps, Properties, whether sign-in is enabled for the app; if it is, the sign-in log tells which policy blocks."
	whatByMicrosoft = "Microsoft has switched this app off."
	doByMicrosoft   = "Settle it with Microsoft: no admin of a customer can switch the app on again."
	skipByMicrosoft = "asking your admin: what Microsoft switched off, nobody in your organisation can switch on"
	whatNoAccount   = "There is no account by that name."
	doNoAccount     = "Check how the address is spelt, and that it is the one of your work account."
	whatBlocked     = "Some policy blocks this. Which kind, and whose, the text does not tell."
	doBlocked       = "Open the sign-in log at the time of it: the entry says what blocked. If there is none, it was the network or the app itself."
	whatPassword    = " Your password was right."
	whatEmpty       = "There is no text."
	whatWhose       = "These are words that networks and many services use: it is not certain whose message it is."
	whatOther       = "This reads like a message of another service than Microsoft's sign-in. It is not certain whose."
	whatEither      = "The text names Microsoft and another service, and does not show which of them said it."
	doWhose         = "Look at the address of the page, and at what it calls itself: the help of whoever runs it knows the message. If it is Microsoft's sign-in, copy all of it and ask again."
	skipWhose       = "asking for approval of the app before it is known whose message this is"
	whatCancel      = "You left the page. Microsoft says the same whether you pressed Cancel on the permission page or left the wall that asks for an admin's approval."
	doCancel        = "Try once more and read the page: if it asks for approval, send your admin the message; if it lists permissions, press Accept."
	skipCancel      = "judging by the address alone: both leave the same one"
	whatMany        = "The text holds codes of several kinds: it looks like a list or a long log."
	doMany          = "Send the last error alone, with its time."
	doAdminCancel   = "Open the admin consent link again and press Accept; it was left with Cancel."
	whatClaimed     = "The address says that an admin approved the app. Anybody can type such an address, so it proves nothing yet."
	doClaimed       = "Nothing. Check in Enterprise apps, Permissions, that the consent is there; then people connect."
	whatSignedIn    = "The sign-in worked: this is the address that takes the browser back to the app."
	doSignedIn      = "Nothing at Microsoft. If the app still says no, its own help is next; and do not pass this address on, it holds a sign-in code."
	whatApproved    = "Your request for the app was approved."
	doApproved      = "Sign in to the app again."
	whatRefused     = "Your request for the app was declined by an admin."
	doRefused       = "Say why the request was declined, or approve the app by the consent link."
	whatScreen      = "This is the ordinary permission page: nothing is blocked."
	doScreen        = "Read what it lists, and press Accept if you want the app to have it."
)

// What in the text an answer rests on.
const (
	whyCode     = " in the text"
	whyNumber   = "a number that is one of Microsoft's codes: "
	whyOfWhat   = "words about an admin's approval, and none that say of what"
	whyGuess    = " in the text, as far as it can be read"
	whyFirst    = ", as what has to be cleared first; also in the text: "
	whyWords    = "the words of the page"
	whyError    = "the error the sign-in service returned"
	whyGraph    = "the error Microsoft Graph returned"
	whyRedirect = "the parameters of the address"
	whyForeign  = "the text names another service, and nothing of Microsoft's sign-in"
	whyBoth     = "the text names another service, and Microsoft's, too"
	whyNetwork  = "words that browsers, networks and other services use"
	whyNothing  = "nothing in the text was recognised"
	whySeveral  = "several codes in the text"
)

// WordsOf is what is said of a class by itself: what happened and what not to
// waste time on, to the person who is stopped, and what clears it, to whoever
// has to move.
func WordsOf(c Class) (what, do, skip string) {
	w := wordsOf(c)
	return w.what, w.do, w.skip
}
