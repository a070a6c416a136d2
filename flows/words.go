package flows

// leastRole is the least directory role that can grant delegated permissions
// for everyone (entra-facts §9 [ED:grant-admin-consent]); Graph app roles need
// leastRoleForAppRoles.
const (
	leastRole            = "Cloud Application Administrator"
	leastRoleForAppRoles = "Privileged Role Administrator"
)

// words holds every line that this package shows to people. {app}, {publisher}, {domain}, {tenant}, {listed}, {role}
// and {scopes} are filled in by Words.
var words = struct {
	needApp, needClientID, needDomain, waitTenant, badTenant, needCloud, needSignIn, needPath, atEnd, stuck string
	waitGrant, needLink, needHow, waitApp, waitElse, waitMore, needConfirm, waitApply, needClaim            string

	theApp, theVendor, theClient, theTenant, theScopes, asksThese, asksUnsaid                                                                string
	asserted, headOpen, headOpenOne, headSaidOpen, headBlocked, headUnknown                                                                  string
	linkApps, linkConsent, linkPermissions, linkOwn, linkV1Note, linkV1Gains, linkV1Fits, linkNoReturn, returnDoor, returnHeard, returnPaste string
	publisherIs, askWhose, listedAs, nobodyVerified                                                                                          string
	absent, disabled, enabled, noBenchmark, foundCut                                                                                         string
	createAppLine, createAppAfter, createAppEffect, createAppUndo                                                                            string
	enableAppLine, enableAppEffect, enableAppUndo, enableWarning                                                                             string
	grantLine, grantUndoLine, widenUndo                                                                                                      string
	unfitOpen, unfitVendor, unfitByMS, unfitDeactivated, unfitDisabled                                                                       string
	unfitGranted, unfitAPI, unfitPerson, enableGains, enableUndo                                                                             string
	fits                                                                                                                                     map[PathID]string
	askApp, askAppHelp, askClientID, askClientIDHelp, askDomain, askDomainHelp, askDomainHint                                                string
	askCloud, askCloudHelp, notInCloud, askSignIn, askSignInHelp, askSignInKept, askSignInAgain                                              string
	askSignInServed, wayUnregistered                                                                                                         string
	askHow, howPortal, howPortalHelp, howGraph, howGraphHelp                                                                                 string
	howNoWrite, planUnread, howNoAccount, howNobody, howElsewhere, askConfirm, askConfirmHelp                                                string
	badGUID, badTyped, badOption, badDomain                                                                                                  string

	reportSeen, reportNothing, reportOld, reportChanged, reportFiled, reportNoChange string
	reportUndo, reportNotes                                                          string
	laterMessage, laterAdvice, untoldMessage, untoldAdvice                           string
	openMessage, openOneMessage, openHow, openAgain, openAdvice, openStill           string

	linkTitle, linkFor, linkOpenTitle, linkApproveTitle      string
	grantTitle, grantFor, howTitle, createTitle, portalTitle string
	planTitle, applyTitle, waitTitle                         string
	grantGains, grantAssigned, grantUndo, grantBenchmark     string
	linkOpenText, linkApproveText, waitText, howText         []string
	createText, portalText, planText, applyText              []string
}{
	needApp:      "choose the app first",
	needClientID: "the app's client id is needed: its vendor has it",
	needDomain:   "type the tenant's domain first, such as contoso.com",
	waitTenant:   "the tenant is being looked up",
	badTenant:    "no tenant has this domain: go back and type another",
	needCloud:    "this domain is in two clouds: choose the one your people sign in to",
	needSignIn:   "sign in, or choose to go on without",
	needPath:     "choose a path first",
	atEnd:        "this is the end",
	stuck:        "there is no way on from here: go back",
	waitGrant:    "consent does not show in Graph yet",
	waitMore:     "consent shows in Graph, and this is not settled: %s",
	waitElse:     "consent shows in Graph, and this keeps people out: %s",
	needLink:     "no consent link can be made for this app",
	needHow:      "choose how: by hand, or by Graph",
	waitApp:      "the enterprise app does not show yet",
	needConfirm:  "type the tenant's domain to confirm the plan",
	waitApply:    "the plan is being carried out",
	needClaim:    "say when you did it, or wait until it shows",

	theApp: "the app", theVendor: "its vendor", theClient: "the app's client id", theTenant: "your tenant",
	theScopes:    "the permissions that its vendor names",
	asksThese:    "Check that the page names %s, and these permissions and no others. If there are more, stop.",
	asksUnsaid:   "Check that the page names %s. Which permissions it needs is not said here: ask %s, and stop if the page lists more.",
	asserted:     "Said to be approved; nobody has looked in Graph.",
	headOpen:     "Open: people can connect.",
	headOpenOne:  "Open for the person asked about. Nobody else was looked at.",
	headSaidOpen: "Said to be open, and not proven.",
	headBlocked:  "Blocked.",
	headUnknown:  "Cannot be told yet.",

	linkApps:        "Enterprise apps in the Entra admin center",
	linkConsent:     "Admin consent page",
	linkOwn:         "the customer's own link",
	linkPermissions: "Permissions of the enterprise app",
	linkV1Note:      "This form of the link consents to every permission that the vendor registered; the page lists them.",
	linkV1Gains:     "Approves this app, with every permission that its vendor registered, for everyone in the tenant. Microsoft's page lists them before you accept.",
	linkV1Fits:      "one click, and nothing but this app; by Graph only the named permissions are granted",
	returnDoor:      "Microsoft's page leads back to this service, and this screen hears of it. If it does not, paste the address that the browser shows in the end.",
	returnHeard:     "Microsoft's page leads back to this machine, and this screen hears of it. If it does not, paste the address that the browser shows in the end.",
	returnPaste:     "Microsoft's page leads on to an address of the vendor's. Pasted here, it counts as your word and no more; Graph is looked at all the same.",
	linkNoReturn:    "After Accept the page may end in an error about a reply address: consent is given all the same, and is looked for here.",

	publisherIs:    "Its publisher: %s",
	listedAs:       "The tenant lists it as %s, publisher: %s.",
	nobodyVerified: "not verified",
	askWhose:       "Ask {publisher} whether {client} is theirs before you approve anything.",

	absent: "–", disabled: "sign-in disabled", enabled: "sign-in enabled", noBenchmark: "none affected",
	foundCut:        "There was more of it than is kept of one finding.",
	createAppLine:   "create enterprise app",
	createAppAfter:  "%s is listed under Enterprise apps; this grants nothing",
	createAppEffect: "The app is listed in the tenant. Nobody gains access by it.",
	createAppUndo:   "Delete the enterprise app; its grants go with it.",
	enableAppLine:   "enable enterprise app",
	enableAppEffect: "Everyone who may use the app can sign in to it again.",
	enableAppUndo:   "Disable it again: Properties, Enabled for users to sign in, No.",
	enableWarning:   "The enterprise app is disabled. Somebody may have done that on purpose: ask before you enable it.",
	grantLine:       "tenant-wide grant on %s",
	grantUndoLine:   "Delete this grant.",
	widenUndo:       "Set the scopes back to: %s",

	unfitOpen:        "not needed: people can connect already",
	unfitVendor:      "the vendor does not offer it",
	unfitByMS:        "Microsoft has disabled the app: its vendor must settle that with Microsoft",
	unfitDeactivated: "the app is deactivated, for all tenants: whoever owns its registration activates it again, and that is its vendor as a rule",
	unfitDisabled:    "the enterprise app is disabled here, and the link does not enable it",
	unfitPerson:      "no approval lets in the person asked about: see consent/predict",
	unfitAPI:         "an API that the app needs is switched off here, and a grant does not switch it on",
	unfitGranted:     "the grant is in place already: something else stops people, and no grant clears that",
	enableGains:      "Switches the app's sign-in on again for everyone who may use it, and approves these permissions where they are missing.",
	enableUndo:       "Enterprise apps, {listed}: switch the sign-in off again (Properties, Enabled for users to sign in, No), and remove the grant (Permissions, Revoke permission).",
	fits: map[PathID]string{
		DirectLink: "changes nothing but this app, in one click",
		EntraGrant: "the same grant, made where you see it, or by Graph from a plan",
	},

	askApp:          "Which app are your people blocked from?",
	askAppHelp:      "An app that is not listed: onboard apps new",
	askClientID:     "What is the app's client id?",
	askClientIDHelp: "The vendor has it; so does the address of the page that blocks, after client_id=.",
	askDomain:       "Which tenant?",
	askDomainHelp:   "The domain of the people who are blocked, as in their address.",
	askDomainHint:   "Your invitation names this one: type over it if it is another.",
	askCloud:        "In which cloud do your people sign in?",
	askCloudHelp:    "Two of Microsoft's clouds know this domain.",
	notInCloud:      "the app is not registered in this cloud",
	askSignIn:       "Sign in to look?",
	askSignInAgain:  "Sign in again to go on looking",
	askSignInHelp:   "Reading only. Nothing is changed, and the sign-in ends with this program.",
	askSignInKept:   "Reading only. Nothing is changed. The sign-in is kept in this machine's keychain until `onboard sign-out`.",
	askSignInServed: "Reading only: nothing can be changed from here, whoever signs in. The sign-in ends when this session does; what was seen stays in your case until it is erased.",
	wayUnregistered: "this app's vendor has not registered onboard for signing in",
	askHow:          "By hand, or by Graph?",
	howPortal:       "By hand in the Entra admin center",
	howPortalHelp:   "Every click is listed here.",
	howGraph:        "By Graph, from a plan",
	howGraphHelp:    "You see each request first, and type the domain to confirm.",
	howNoWrite:      "nothing here may write: run onboard on your own machine",
	planUnread:      "the tenant could not be read just now, look again: %s",
	howNoAccount:    "sign in first: a plan is made from what is there now",
	howNobody:       "nobody signs in here, so it is not known who that is",
	howElsewhere:    "you are signed in to another tenant: go back and sign in with an account of {domain}",
	askConfirm:      "Type %s to apply",
	askConfirmHelp:  "Anything else changes nothing.",
	badGUID:         "that is no client id: it has the form 00000000-0000-0000-0000-000000000000",
	badTyped:        "that is not it: type %s to apply, or go back",
	badOption:       "choose one of: %s",
	badDomain:       "%s; %s",

	reportSeen:     "What was seen",
	reportOld:      "seen earlier, not counted now",
	reportNothing:  "Nothing was looked at.",
	reportChanged:  "What was changed",
	reportFiled:    "Receipts of everything that this run sent:",
	reportNoChange: "Nothing was changed by this program.",
	reportUndo:     "How to take it back",
	reportNotes:    "Notes",
	laterMessage:   "Subject: {app}: we are looking into it\n\n{app} is not open at {domain} yet. We are on it.\n\n",
	untoldMessage:  "Subject: {app}: we are looking into it\n\nWe do not know yet whether {app} is open at {domain}. We are on it.\n\n",
	untoldAdvice:   "You need not do anything until you hear from us.\n",
	laterAdvice: "You need not do anything: signing in again, clearing cookies or a private window will not help.\n" +
		"We will tell you when it is open.\n",
	openMessage:    "Subject: {app}: you can connect now\n\n{app} is open at {domain} now: you can connect it.\n\n",
	openOneMessage: "Subject: {app}: you can connect now\n\n{app} is open for your account at {domain} now: you can connect it.\n\n",
	openHow:        "How to connect:\n",
	openAgain:      "Open {app} and connect your account again.\n",
	openAdvice: "\nStart from the beginning: a tab that still shows \"Need admin approval\" does not notice.\n" +
		"Sign in with your work account at {domain}, not with a personal one.\n",
	openStill: "Should you still be stopped, send us the text of the page with its error code.\n",

	linkTitle:        "Open the consent link",
	linkFor:          "An admin with two minutes, or somebody who can send a link to one.",
	linkOpenTitle:    "Open the link as an admin of {domain}",
	linkApproveTitle: "Approve in your browser",
	linkOpenText: []string{
		"The link opens Microsoft's own page and is tied to {tenant}: it cannot approve for another company.",
		"Whoever opens it needs the role {role} there, or a stronger one. Not yours? Copy the link and send it to somebody who has it.",
		"Nothing changes until Accept is pressed on that page. The enterprise app is created by it where it is missing.",
	},
	linkApproveText: []string{
		"Sign in as an admin of {domain}.",
		"{asks}",
		"Press Accept.",
	},
	grantTitle: "Grant in the Entra admin center",
	grantFor:   "An admin who wants to see the enterprise app, or to have the change made by Graph from a plan.",
	howTitle:   "Choose how",
	howText: []string{
		"Both come to the same: one tenant-wide grant for {app} where it is missing, and its sign-in switched on where it is off.",
	},
	createTitle: "Create the enterprise app",
	createText: []string{
		"{listed} is not in {domain} yet, and the admin center lists an app only once it is there.",
		"In PowerShell: New-MgServicePrincipal -AppId {clientID}",
		"Or in the Azure CLI: az ad sp create --id {clientID}",
		"Creating it so grants nothing. The link creates it too, and approves the app at once when Accept is pressed.",
	},
	portalTitle: "Grant admin consent in the Entra admin center",
	portalText: []string{
		"Open the link, or go to Entra ID, Enterprise apps, All applications, {listed}.",
		"If its sign-in is off: Properties, Enabled for users to sign in, Yes, Save. Somebody may have switched it off on purpose: ask first.",
		"Under Security choose Permissions, then Grant admin consent for your organisation.",
		"{asks}",
		"Press Accept.",
		"The portal may drop tenant-wide permissions that the app no longer lists. Compare before and after.",
	},
	planTitle:  "Read the plan",
	planText:   []string{"Nothing has been changed yet. Read each line, then type the domain to confirm."},
	applyTitle: "Applying",
	applyText:  []string{"Each line is written once and read again before the next."},
	waitTitle:  "Wait until it shows",
	waitText: []string{
		"Consent can take a few minutes to show.",
		"Still not there? Most likely first: approved in another tenant; the box or the button was left; another app of a similar name; your role is only eligible and not activated.",
	},
	grantAssigned: "Approves this app, these permissions; only who is assigned to it can use it.",
	grantGains:    "Approves this app, these permissions, for everyone in the tenant. Nothing else changes.",
	grantUndo:     "Remove the grant: Enterprise apps, {listed}, Permissions, Revoke permission; or delete the oauth2PermissionGrant by Graph.",
	// The control is about user consent alone, which a grant leaves as it is; see
	// cisConsent for what it was held against.
	grantBenchmark: "CIS Microsoft 365 Foundations v7.0.0, 5.1.5.1: unchanged.",
}

// wayTitles and wayHelps name the ways to sign in.
var (
	wayTitles = map[Way]string{
		WayNone: "Go on without signing in", WayLink: "Sign in by a link, and paste back where it ends", WayBrowser: "Sign in with the browser", WayAz: "Use the Azure CLI's sign-in",
		WayToken: "Use the token that was given", WayDevice: "Sign in with a code on another device",
	}
	wayHelps = map[Way]string{
		WayNone:    "The link still works; what cannot be looked at stays unknown.",
		WayLink:    "Open it in any browser, on any machine. It ends on a page that cannot be shown: paste that page's address here.",
		WayBrowser: "Microsoft's own page opens; the answer comes back to this machine.",
		WayAz:      "Takes a token from az, with the scopes that it has.",
		WayToken:   "From --token-file or standard input.",
		WayDevice:  "Last resort: codes are what phishers ask for. Only type one that you started here, now.",
	}
)
