package signin

// The next moves of a person whom a server signs in, where those of causeWords are
// for somebody at the machine itself.
const (
	wordsServedOurs = "this is not yours to mend: tell whoever runs this server, and go on without signing in"
	wordsServedLate = "try again in a few minutes; if it stays so, tell whoever runs this server, and go on without signing in"
	wordsServedWay  = "sign in another way that is offered here, or go on without signing in"
	wordsServedAnew = "sign in again; if it stays so, tell whoever runs this server"
)

var servedDo = map[Cause]string{
	CauseAdminNeeded:   "sign in as a Cloud Application Administrator, Application Administrator or Global Administrator, or go on without signing in: open the consent link",
	CauseConsent:       "sign in again and accept on Microsoft's page; where that shows \"Need admin approval\", an administrator must",
	CauseDeviceCode:    "sign in by a link if that is offered here, or go on without signing in",
	CauseMFA:           "sign in again, and complete the extra step on Microsoft's page",
	CausePublicFlow:    wordsServedOurs,
	CauseUnknownApp:    wordsServedOurs,
	CauseAppSetup:      wordsServedOurs,
	CauseAppDisabled:   "an administrator enables it in Enterprise apps, under Properties; or go on without signing in",
	CauseUnknownTenant: "check the domain, or go on without signing in",
	CauseTokenExpired:  wordsServedAnew,
	CauseTokenEarly:    wordsServedAnew,
	CauseTokenOther:    wordsServedAnew,
	CauseFixed:         wordsServedAnew,
	CausePort:          wordsServedWay,
	CauseBrowser:       wordsServedWay,
	CauseNetwork:       wordsServedLate,
	CauseTLS:           wordsServedOurs,
	CauseNotMicrosoft:  wordsServedLate,
	CauseNoTool:        wordsServedWay,
	CauseNotLoggedIn:   wordsServedWay,
	CauseTool:          wordsServedWay,
	CauseKeychain:      wordsServedOurs,
}
