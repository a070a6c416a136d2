package flows

// The words about hand-off codes and apps that nobody described.
const (
	sayUnlistedName  = "An app that is not listed"
	sayUnlistedMaker = "unknown publisher"
	sayUnlistedWhy   = "asked for, as the request names it; nobody has said why"
)

const (
	sayHandoffAsk       = "Use what the hand-off code says?"
	sayHandoffHelp      = "Somebody sent it; anybody can make one, and it proves nothing. It changes nothing either: what is so is looked at next."
	sayHandoffApp       = "app"
	sayHandoffBy        = "by"
	sayHandoffID        = "client id"
	sayHandoffUnlisted  = "Nobody described this app here: ask its vendor for this id before you approve it."
	sayHandoffUnvouched = "The client id stands in the code alone, and not in the app's description here: ask %s whether it is theirs before you approve anything."
	sayHandoffScopes    = "asks for"
	sayHandoffTenant    = "tenant"
	sayHandoffTenantID  = "tenant id"
	sayHandoffCloud     = "cloud"
	sayHandoffCode      = "stopped by"
	sayHandoffStopped   = "%s, which says to them: %s"
	sayHandoffDo        = "as a rule"
	sayHandoffPath      = "path"
	sayHandoffYes       = "Yes, this is what I was asked about"
	sayHandoffYesHelp   = "Goes on with this app and this tenant."
	sayHandoffYesApp    = "Goes on with this app; the tenant is asked for."
	sayHandoffYesTenant = "Goes on with this tenant, once the app is chosen."
	sayHandoffBeyond    = "It also names permissions that the app's description does not: %s. They are not used."
	sayHandoffNo        = "No, leave it"
	sayHandoffNoHelp    = "Asks for the app and the tenant instead."
	sayTextAsk          = "Go on with what the text says?"
	sayTextHelp         = "Anybody can write such a text, and it proves nothing. Going on changes nothing either: what is so is looked at next."
	sayTextYes          = "Yes, this is the app and the tenant"
	sayTextNoHelp       = "Goes back to the answer."
	sayHandoffOtherID   = "the hand-off code is not to be trusted: %s has the client id %s, and the code says %s"
	sayHandoffNoApp     = "the hand-off code is about an app %q that is not described here: start with --apps and the folder of its profile"
	sayHandoffElsewhere = "the hand-off code says tenant %s, and %s is of another one: ask whoever sent it, or go back and type the domain"
	sayHandoffNeed      = "say whether to use the hand-off code"
)
