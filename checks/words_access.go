package checks

// The words about who gets in: Conditional Access and the logs.

// access/*
const (
	sayAccessFree        = "No policy of Conditional Access stops an ordinary sign-in to the app."
	sayAccessStops       = "Conditional Access stops %s: policy %s."
	sayAccessSome        = "Conditional Access stops some people: policy %s."
	sayAccessHangs       = "Conditional Access may stop people, by where they are or what they use: policy %s."
	sayAccessSpares      = "Conditional Access spares you and may stop others: policy %s."
	sayAccessPerhaps     = "A policy of Conditional Access blocks in some places or on some devices: %s."
	sayAccessDevice      = "Conditional Access wants a managed device or an approved app: policy %s."
	sayAccessProxied     = "Sign-ins go through Defender for Cloud Apps, whose own rules Graph does not show: policy %s."
	sayAccessSampled     = "Asked about %s in place of an ordinary user, nobody whom a policy exempts by name."
	sayAccessMine        = "Asked about you alone: nobody else could be asked about. Policies may treat others otherwise."
	sayAccessAsked       = "Asked of Graph for a browser on Windows, without risk. Nothing was said of place, device and time."
	sayAccessAlsoHangs   = "Blocks, depending on place, device or time: %s"
	sayAccessAlsoDevice  = "Wants a managed device or an approved app: %s"
	sayAccessAlsoProof   = "Asks for proof that people can give, such as a second factor; an app that works on its own cannot: %s"
	sayAccessAlsoProxied = "Goes through Defender for Cloud Apps: %s"
	sayConsentSince      = "It is approved for everyone by now."
	sayAccessOthers      = "Blocks people other than those asked about, if it is about this app at all: %s"
	sayEverybody         = "everybody"
	sayOrdinaryPeople    = "ordinary users"
	sayPersonHere        = "person"
	sayPeopleHere        = "people"
	sayPersonIs          = "person is"
	sayPeopleAre         = "people are"
	sayDay               = "day"
	sayDays              = "days"
	sayPersonNotTried    = "%s did not sign in to the app in the last %s, as far as the log goes."
	sayNobodyTried       = "Nobody signed in to the app in the last %s, as far as the log goes."
	sayAllGotIn          = "%s signed in to the app; nobody was stopped last."
	saySomeStopped       = "At the last try of each, %d got in; %s stopped: %s."
	sayStoppedBy         = "Stopped by %s: %s, last at %s (AADSTS%d)."
	sayStoppedPolicy     = "%s Policy: %s"
	sayLogMeans          = "The log lags by some minutes and lists sign-ins that people made themselves, the newest alone counted for each."
	sayLogMore           = "Only the newest %d entries were read; older ones may say more."
	sayNoConsents        = "The audit log has no consent to this app in the last %s."
	sayConsented         = "The last consent, at %s, was %s."
	sayConsentFailed     = "The last try to consent, at %s, failed: %s"
	sayConsentBefore     = "Before, at %s, %s: %s"
	sayConsentSomebody   = "somebody's"
	sayConsentEveryone   = "an admin's, for everyone"
	sayConsentSelf       = "a person's, for themselves"
	doNotAsked           = "Nothing has to be done: it only explains. A sign-in that carries %s has it read; nobody is asked for that."
	doAccess             = "Under Conditional Access, see with What If why it applies, and except this app or these people if that is meant."
	doFreshSignIn        = "All is approved by now: have them sign out of the app and in again, since what they got before does not carry it."
	doAccessDevice       = "Have people connect from a managed device, or except this app from the policy."
	doAccessProxied      = "In Defender for Cloud Apps, look at the session and access policies for this app and for Office 365."
	whyAccess            = "It is a rule of the tenant's own: approving the app does not lift it (AADSTS53000, AADSTS53003)."
	whyAccessProxied     = "A session policy can stop what the approval allows, and shows nowhere else."
	whyTurnedAway        = "The log says how it ended for each, which consent alone does not decide."
	whyConsentFailed     = "The log's reason says what stood in the way."
)

// How a sign-in is stopped, in a few words; what to do about it; whose move it is.
var (
	stoppedWord = map[stopping]string{
		stoppedAccess: "Conditional Access", stoppedAssignment: "the want of an assignment", stoppedApp: "the app being off",
		stoppedConsent: "the want of consent", stoppedElse: "something else",
	}
	stoppedDo = map[stopping]string{
		stoppedAccess: doAccess, stoppedAssignment: doAssign, stoppedApp: doEnable, stoppedConsent: doApprove, stoppedElse: doSignInLog,
	}
	stoppedWho = map[stopping]Who{
		stoppedAccess: WhoAdmin, stoppedAssignment: WhoAdmin, stoppedApp: WhoAdmin, stoppedConsent: WhoAdmin, stoppedElse: WhoUnknown,
	}
)

// doSignInLog is for endings that the codes say nothing more of.
const doSignInLog = "Read the entries under Enterprise apps, Sign-in logs; each names its reason."
