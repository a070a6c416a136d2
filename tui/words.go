package tui

import (
	"onboard.example/checks"
	"onboard.example/flows"
)

// Every word that a person can see of this package stands in the files of words, with
// named places in braces. What comes from flows and checks is theirs.

// The frame.
const (
	wordProduct      = "onboard"
	wordPictureTitle = "The onboard wizard in a terminal"
	wordOtherService = "not Microsoft: {host}"
	wordNotMicrosoft = "not Microsoft"
	wordSimulated    = "demo"
	wordTooSmall     = "This window is {w}×{h}. onboard needs 40×10: make it larger, or run onboard --plain."
	// Of a served run there is another way to plain lines.
	wordTooSmallServed = "This window is {w}×{h}. onboard needs 40×10: make it larger, or connect as plain@."
	wordMoreBelow      = "↓ more below ({n}): pgdn"
	wordMoreAbove      = "↑ more above ({n}): pgup"
	wordTooLong        = "Too long: at most {limit} characters. Nothing was put in."
	wordNoTime         = "–"
	wordSeconds        = "{n} s"
	wordMinutes        = "{n} min"
	wordHours          = "{n} h"
	wordDays           = "{n} days"
)

// The breadcrumb.
const (
	crumbApp       = "App"
	crumbTenant    = "Tenant"
	crumbDiagnosis = "Diagnosis"
	crumbPath      = "Path"
	crumbSteps     = "Steps"
	crumbProof     = "Proof"
)

// moveWord says whose move it is.
func moveWord(w checks.Who) string {
	if t, ok := moveWords[w]; ok {
		return t
	}
	return moveWords[checks.WhoUnknown]
}

// cloudTitle is the name of a cloud on screens; empty where none is known.
func cloudTitle(c checks.Cloud) string {
	e, ok := checks.EndpointsOf(c)
	if !ok {
		return ""
	}
	return e.Title
}

// troubleWords say what of ours broke.
var troubleWords = map[flows.TroubleKind]string{
	flows.TroublePanic:   "Something in onboard broke; the rest goes on.",
	flows.TroubleReceipt: "No receipt of changes can be written, by which they could be taken back.",
	flows.TroubleHost:    "The browser or clipboard did not answer: press l for the link.",
	flows.TroubleLarge:   "Something was too large to be kept, and is left out; the rest goes on.",
}

// What is not saved, and what comes of it.
const (
	wordUnsaved    = "Not saved since {since}: leaving now loses what came after."
	wordUnkept     = "This run cannot be kept, so it cannot be resumed."
	wordSavedAgain = "Everything is saved again."
)

// Verdicts, grades, and how they are told.
const (
	wordPass       = "pass"
	wordFail       = "fail"
	wordWarn       = "warn"
	wordPending    = "pending"
	wordUnknown    = "unknown"
	wordSkipped    = "skipped"
	wordLooking    = "looking"
	wordAgainShort = "again …"
	wordVerified   = "Verified"
	wordAsserted   = "Asserted"
	wordInferred   = "Inferred"
	wordUnsure     = "Unknown"
	wordSeenAt     = "{grade}, looked at {at}, {ago} ago"
	wordFix        = "Next, {who}:"
	wordOpen       = "Open"
	wordBlocked    = "Blocked"
	wordCannotTell = "Cannot tell yet"

	wordMeansVerified = "read from Microsoft Graph in this run"
	wordMeansAsserted = "somebody said so; nothing here has seen it"
	wordMeansInferred = "concluded from public signs; sign in to verify"
	wordMeansOutside  = "concluded from public signs; onboard on a machine of your own verifies it"
	wordMeansUnknown  = "nobody could look"
)

// whoWords say whose move it is.
var whoWords = map[checks.Who]string{
	checks.WhoUser:      "the user",
	checks.WhoAdmin:     "an admin of this tenant",
	checks.WhoVendor:    "the app's vendor",
	checks.WhoMicrosoft: "Microsoft",
	checks.WhoElse:      "somebody else",
	checks.WhoNobody:    "nobody",
	checks.WhoUnknown:   "somebody",
}

// moveWords say whose move it is, as a sentence.
var moveWords = map[checks.Who]string{
	checks.WhoUser:      "It is your move.",
	checks.WhoAdmin:     "It is your move: an admin must act once.",
	checks.WhoVendor:    "It is the move of the app's vendor.",
	checks.WhoMicrosoft: "It is Microsoft's move.",
	checks.WhoElse:      "It is somebody else's move.",
	checks.WhoNobody:    "Nobody has to do anything.",
	checks.WhoUnknown:   "Whose move it is cannot be told yet.",
}

// Choosing the app and the tenant.
const (
	wordTheApp    = "the app"
	wordTheTenant = "the tenant"
	wordGoOn      = "go on"
	wordSuchAs    = "such as {example}"
	wordNoMatch   = "Nothing matches {text}."
	wordCannot    = "not now: {why}"
	wordWelcome   = "This clears Microsoft's “Need admin approval” for one app in one tenant, and proves it. Nothing is changed without being shown first."
	wordNeedsID   = "{app} has no client id of its own in its description."
	wordOtherApp  = "another app"
	wordEndSearch = "end search"
	wordToList    = "back to the list"
	wordSignInNow = "sign in"
	wordOwnApp    = "Any app has a client id. With it onboard can see whether people are blocked, and why. It cannot know which permissions the app needs, so it will call nothing complete."
	wordOwnAppAsk = "What is the app's client id?"
	// Of a served run nothing is described here.
	wordAppHelpServed = "An app that is not listed goes by its client id"
	wordOwnAppServed  = "It stands in the address of the page that blocks, after client_id=."

	wordOwnAppHelp  = "It stands in the address of the page that blocks, after client_id=. To describe the app whole: onboard apps new."
	wordOwnAppName  = "An app of your own"
	wordInstead     = "No client id at hand? {key}: look for it in the tenant, by the app's name."
	wordSeeking     = "Looking in {domain} for enterprise apps by the name of {app}."
	wordOwnAppMaker = "not described"
	wordDomainAside = "An address or a link will do: only its domain is taken. Nothing is changed by looking."
)

// What is known without a sign-in, and signing in.
const (
	wordKnownTitle = "What {domain} tells without a sign-in"
	wordKnownHelp  = "Asked of Microsoft's public sign-in and of the DNS. Nobody is notified."
	wordKnownNext  = "Enter goes on. The next screen asks whether to sign in; you can go on without."
	wordKnownOn    = "Enter goes on."
	// Of a served run the network is not the person's to check.
	wordKnownBlindServed = "Nothing could be looked at from this server; r looks again. The link to send to an admin can still be made."
	wordKnownBlind       = "Nothing could be looked at from here. Check the network, or give --proxy; r looks again. The link to send to an admin can still be made."
	wordSignInElsewhere  = "Run onboard on a machine of your own, and sign in there, read-only."
	wordSignedInAs       = "Signed in as {who}. Choosing a way signs in anew."
	wordSigningIn        = "Signing in"
	wordAskingMicrosoft  = "asking Microsoft's sign-in service"
	wordBrowserOpened    = "Microsoft's page is open in your browser. Sign in there; this screen goes on by itself."
	wordBrowserElse      = "No page? Press o to open it again, or l for its link."
	wordCodePage         = "open"
	wordCode             = "type there"
	wordCodeWarning      = "You started this here at {at}. Type this code only if you did. A code that somebody sent you is a trick to get into your account: stop then."
	wordStartedAt        = "started at {at}, {ago} ago"
	wordWorksUntil       = "works until {at}"
	wordStopSignIn       = "stop this sign-in"
	wordCopyCode         = "copy the code"
	wordLinkSignIn       = "Microsoft's sign-in page"
	wordSignInFailed     = "The sign-in came to nothing. Choose another way, or go on without."
	wordMicrosoftSaid    = "The other side said: {said}"
	wordSaidCode         = "{said} (AADSTS{code})"

	wordFailDenied      = "Microsoft refused this sign-in: the account may not, or a Conditional Access rule forbids it. Try the browser, or another account."
	wordFailSignIn      = "Microsoft did not accept this sign-in. Try again, or choose another way."
	wordFailInput       = "What was given to sign in with cannot be used, so nobody was asked."
	wordFailCancelled   = "The sign-in was stopped before it was done. Nothing was kept."
	wordFailUnreachable = "Microsoft's sign-in service cannot be reached from here. Check the network or give --proxy, then try again."
	wordFailTLS         = "The connection is not what it claims to be: something between here and Microsoft opens it. Give that proxy's certificate with --ca-file."
	wordFailWrongTenant = "That account belongs to another tenant. Sign in with one of the domain above, or go back and type another."
	wordFailCut         = "The answer was cut off on its way. Try again; if it stays so, the network or a proxy cuts it."
	wordFailNotJSON     = "Something else answered in Microsoft's place, such as a proxy or a guest network's page. Open a browser once, then try again."
	wordFailThrottled   = "Microsoft asked us to slow down. Wait a minute, then try again."
	wordFailService     = "Microsoft's sign-in service had a fault of its own. Try again."
	wordFailScope       = "The sign-in worked, but was not given what is needed to look. An admin has to allow it, or choose another way."

	// Of a served run the connection to Microsoft is the server's, and there is no browser that it opens.
	wordFailDeniedServed      = "Microsoft refused this sign-in: the account may not, or a Conditional Access rule forbids it. Try another account, or go on without."
	wordFailUnreachableServed = "Microsoft's sign-in service cannot be reached from this server. Try again in a few minutes, or go on without."
	wordFailTLSServed         = "The connection is not what it claims to be: something between this server and Microsoft opens it. Tell whoever runs this server, and go on without."
	wordFailCutServed         = "The answer was cut off on its way to this server. Try again, or go on without."
	wordFailNotJSONServed     = "Something else answered this server in Microsoft's place. Try again in a few minutes, or go on without."
)

// signingInWords say which sign-in is going on.
var signingInWords = map[flows.Way]string{
	flows.WayLink:    "Sign in by a link",
	flows.WayBrowser: "Waiting for you in the browser",
	flows.WayAz:      "Asking the Azure CLI for its sign-in",
	flows.WayToken:   "Reading the token that was given",
	flows.WayDevice:  "Sign in on another device",
}

// The diagnosis and the paths.
const (
	wordLookingAt      = "Looking at {domain}. What lands is shown at once."
	wordSmallest       = "Smallest way: {path}, {minutes} min, any {role}."
	wordQuickest       = "Quickest way: {path}, {minutes} min, any {role}. It grants all that is registered."
	wordNotYours       = "It is an admin's move, not yours: send one of them the link."
	wordPerhapsYours   = "It may be your move."
	wordActivate       = "It is your move, once your role is active."
	wordMoreOnEnter    = "… more: enter"
	wordTally          = "{n} more: {parts}"
	wordTallyPart      = "{n} {what}"
	wordToPaths        = "the ways out"
	wordToProof        = "the proof"
	wordToOther        = "other ways"
	wordMoveKept       = "You can close this and come back: the run is kept."
	wordStepGone       = "Gone: nothing of it shows in Microsoft Graph any more. Press enter."
	wordLooksAgain     = "Looks again by itself. {normal}"
	wordOthers         = "the others"
	wordNoPath         = "No way of this release fits this tenant. Each line says why."
	wordNoPathOpen     = "People can connect already, and there is nothing to take back. Each line says why."
	wordPathsOpen      = "People can connect already. What else there is to do:"
	wordOnePath        = "One way fits this tenant."
	wordManyPaths      = "{n} ways fit this tenant. The first changes least."
	wordManyPathsBroad = "{n} ways fit this tenant. The first is the quickest."
	wordBlindBroad     = "What fits {domain} could not be looked at. {n} ways usually work; the first is the quickest."
	wordPathsLooking   = "{domain} is still being looked at, and the list may change. {n} ways usually work."
	wordOnePathLooking = "{domain} is still being looked at, and the list may change. One way usually works."
	wordPathsAside     = "Not a way out of the block:"
	wordOnePathBlind   = "What fits {domain} could not be looked at. One way usually works."
	wordDoesNotFit     = "does not fit"
	wordNotAdvised     = "not advised"
	wordCost           = "{n} min · any {role}"
	wordManyPathsBlind = "What fits {domain} could not be looked at. {n} ways usually work; the first changes least."
	wordNeedsLicence   = " · needs {licence}"
	wordUndo           = "undo"
	wordBenchmarks     = "baselines"
	wordFor            = "for"
)

// countWords are small numbers at the start of a sentence.
var countWords = []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"}

// Steps.
const (
	wordStepOf         = "Step {n} of {of}"
	wordWatchedTitle   = "Watched from here"
	wordOnResource     = "on {resource}"
	wordSignInScopes   = "and the ones of signing in: {scopes} (shown as “Maintain access” and the like)"
	wordSignInAlone    = "Among them are the ones of signing in: {scopes} (shown as “Maintain access” and the like)"
	wordServersAsked   = "every name server was asked in this run"
	wordStepDone       = "Done: this is seen in Microsoft Graph. Press enter."
	wordStepInDNS      = "Done: every name server that answers has it. Press enter."
	wordAskedOfServers = "TXT {name}, as each name server says, and the resolver in use last:"
	wordCannotLook     = "Nobody is signed in, so nothing here can look. Go on when it is done: that counts as Asserted, not as proof."
	wordStillWaiting   = "Waited {ago}. Press w for the likely causes."
	wordTakesMinutes   = "Looks again by itself. Consent can take a few minutes to show."
	wordNotLooked      = "not looked at yet"
	wordLookedAt       = "looked {at}"
	wordLookedNext     = "looked {at} · next {next}"
	wordNextIn         = ", in {in}"
	wordLookedLooking  = "looked {at} · looking now"
	wordClaimedNote    = "Noted as said by you (Asserted). It counts as proof once Graph shows it."
	wordCopyLink       = "copy the link"
	wordWhyTitle       = "Still waiting? In the order of what is likely"
)

// stepCauses are why consent does not show, the likely ones first.
var stepCauses = []string{
	"It takes a few minutes to show; now and then an hour. Leave this open: it looks again by itself.",
	"It was approved in another tenant. The page must have named {domain}, and the account must be one of it.",
	"Accept was not pressed, or only your own account was approved: the box “Consent on behalf of your organization” was left empty.",
	"Another app of a similar name was approved. Compare the client id: {client}.",
	"The account lacks the role. It needs {role} there, active: a role that is only eligible must be activated first.",
	"A rule stopped the sign-in (Conditional Access). Then Microsoft's page said so, with an AADSTS number.",
	"The browser was signed in with another account. Open the link in a private window.",
}

// settingCauses are why a setting of the tenant does not show.
var settingCauses = []string{
	"It takes some minutes to show; now and then an hour. Leave this open: it looks again by itself.",
	"Save was not pressed, or the page said that it may not: that page of the admin center wants a Global Administrator.",
	"It was set in another tenant. The admin center names the tenant at the top right.",
	"In a tenant that Microsoft manages the change may be accepted and not kept. Look at the page once more; approving the app leaves the setting alone.",
	"One of the app's permissions is not covered: press e for what was seen.",
}

// goneCauses are why what was taken back still shows.
var goneCauses = []string{
	"It takes a few minutes to show. Leave this open: it looks again by itself.",
	"What users granted for themselves is left: the admin center cannot take that back.",
	"Another app of a similar name was meant. Compare the client id: {client}.",
	"Somebody approved it again in the meantime.",
}

// Plans.
const (
	wordMakingPlan   = "reading what is there, to make the plan"
	wordPlanTitle    = "This will change {things} in {domain}. Nothing has been changed yet."
	wordPlanAgain    = "What is left would change {things} in {domain}. None of it has been done."
	wordOneThing     = "1 thing"
	wordThings       = "{n} things"
	wordPlanEmpty    = "There is nothing to change: all that the app needs is in place."
	wordPlanNone     = "There is nothing to change: what this leads to is there already."
	wordPlanApplying = "Each line is sent once, and read again before the next."
	wordPlanDone     = "Every line was read again in {domain}, and is there."
	wordApply        = "apply"
	wordRequest      = "request"
	wordBefore       = "before"
	wordAfter        = "after"
	wordEffect       = "effect"
	wordNeeds        = "needs"
	wordSaid         = "said"
	wordReceipt      = "Receipt kept: {name}"
	wordStoring      = "Storing your yes before anything is sent …"
	wordNotConfirmed = "Not confirmed, and nothing was sent: {why}"
	wordScriptTitle  = "The same by hand: {form}"
	wordScriptHelp   = "The exact requests, for any tool that you trust. Showing them sends nothing."

	wordScriptRequests = "requests"
	wordScriptUndo     = "undo: {undo}"
	wordScriptGuards   = "It refuses another tenant, looks before and after each change, and carries its way back. Showing it sends nothing."
	wordScriptTicket   = "What is to be done, for whoever does it. Showing it sends nothing."
	wordScriptForm     = "another form"

	wordLineWaiting = "waiting"
	wordLineSending = "sending"
	wordLineWritten = "accepted"
	wordLineSeen    = "seen"
	wordLineUnseen  = "not seen"
	wordLineRefused = "refused"
	wordLineUnclear = "unclear"
)

// Proof and report.
const (
	wordHowSure       = "{grade}: {meaning}"
	wordNotLookedAt   = "not looked at"
	wordNotLookedPart = "Not looked at: {what}"
	wordMayStopPart   = "May still stop people: {what}"
	wordUndoLine      = "{what}: {how}"
	wordStartAgain    = "People must start connecting again; a tab left open still shows the wall."
	wordConnect       = "They go to"
	wordSaveReport    = "save"
	wordKept          = "Saved as {name}"
	wordNotKept       = "Not saved: {why}"
)

// Sheets.
const (
	wordHelpTitle    = "Keys that work here"
	wordHelpTyping   = "While text is typed, letters are text: the keys below are all there are."
	wordNotNow       = "not now: {why}"
	wordEvidenceOf   = "Evidence for"
	wordNoEvidence   = "Nothing was seen: the check could not look, or has not yet."
	wordByHand       = "The same by hand"
	wordSource       = "source"
	wordSeen         = "seen"
	wordAt           = "at"
	wordRequestID    = "request id"
	wordLinksTitle   = "Links"
	wordShowWhole    = "show it whole"
	wordShortLink    = "{host}/…"
	wordEnterReturns = "Enter returns to onboard."
	wordResumeTitle  = "You left a run before its end. Go on with it?"
	wordResumeHelp   = "Everything in it is looked at again; nothing is sent twice. Sign-ins are not kept."
	wordResumeKept   = "Everything in it is looked at again; nothing is sent twice. A kept sign-in is taken up."
	wordResumeAt     = "{where}, left {ago} ago"
	wordResumeNew    = "Begin a new run"
	wordResumeNewKey = "new run"
	wordNoAppYet     = "no app chosen yet"
	wordNotReopened  = "That run cannot be opened: {why}. Choose another, or begin a new one."
	wordReopened     = "Going on where you left. Sign in again to look."
	wordReopenedKept = "Going on where you left. Sign in to look: what was kept is taken up."
)

// wordsHelpLegend says what marks and grades mean.
var wordsHelpLegend = []string{
	"✓ pass  ✗ fail  ! warn  … pending  ? unknown: could not look  – skipped: a cause is shown instead",
	"Verified: seen in Graph · Asserted: said · Inferred: from public signs · Unknown",
}

// What keys answer.
const (
	wordKeyOff        = "{key} ({what}): {why}"
	wordNoKey         = "{key} does nothing here. Press ? for the keys."
	wordTooFast       = "That key came too fast: this screen had just opened."
	wordCameBack      = "Taken: it counts as said, and Graph is looked at now."
	wordNoPaste       = "There is no field here to paste into."
	wordPasteTooLarge = "{n} KiB is no answer to this: nothing was pasted. Type what is asked for."
	wordCopied        = "Sent to your terminal's clipboard. If nothing pastes, press l."
	wordOpening       = "Asking for your browser. If nothing opens, press l."
	wordNotOpened     = "No browser answered. Press l for the link, whole."
	wordPlayed        = "In the simulated portal: {what} …"
	wordPlayDone      = "Done in the simulated portal. It may take a moment to show."
	wordNotPlayed     = "The simulated portal said: {why}"
	wordNotDone       = "Not done: {why}"
	wordSureToLeave   = "A plan is being carried out. q again leaves; the next run settles it by reading."
	wordMoves         = "Rehearse"
)

// Why a key does not work now.
const (
	whyServed         = "there is no shell of yours here"
	whyNothingTyped   = "nothing was pasted yet"
	whyTaken          = "an address was taken, and Microsoft is asked"
	whyNoSignIn       = "nobody signs in here: onboard on a machine of your own does that"
	whyNoBack         = "this is where the run began"
	whyApplying       = "a plan is being carried out, and what is sent cannot be called back"
	whyNothingChosen  = "nothing matches the search"
	whyNothingYet     = "nothing has landed yet"
	whyStillLooking   = "it is still being looked at"
	whyNoLinks        = "there is no link here"
	whyNoBrowser      = "there is no browser here: press l for the link"
	whyNoCode         = "there is no code"
	whyNoPath         = "no path fits"
	whyNoUndo         = "nothing that was changed from here is left to take back"
	whyAllShown       = "all that could be taken are shown"
	whyNothingToClaim = "there is nothing to do by hand in this step"
	whyClaimed        = "you said so already; it is waited for"
	whyProven         = "it is seen already: press enter"
	whyTooEarly       = "it is too early to worry: wait a minute"
	whyNoPlan         = "there is no plan yet"
	whyNoDisk         = "there is no disk to save to here: copy it with c"
	whyNoConsentCode  = "a consent link is never shown as a code: it approves for everybody, so open it where you see its address"
	whyNoBrowserCode  = "this page returns to this machine and works on no other"
	whyNoASCIICode    = "your locale has no signs to draw one"
	whyCodeTooLarge   = "the window is too small for it"
	whyOpening        = "the earlier run is being opened"
)

// What stays on the terminal when the wizard is left.
const (
	wordWhereStep       = "{where}, {n} of {of}"
	wordByeDone         = "{app} is open for everybody in {domain}: verified."
	wordByeDoneOne      = "{person} can start using {app} in {domain}: verified. Nobody else was looked at."
	wordByeKept         = "Left at {where}. Nothing is lost: start it again as before, and {command} goes on from here."
	wordByeStopped      = "Stopped at {where}. Nothing is lost: start it again as before, and {command} goes on from here."
	wordByeServed       = "Left at {where}."
	wordByeEmpty        = "Left at {where}. Nothing was chosen yet, so there is nothing to keep."
	wordByeStoppedEmpty = "Stopped at {where}. Nothing was chosen yet, so there is nothing to keep."
	wordByeGone         = "Left at {where}. This run was not kept."
	wordByeUnsaved      = "Left at {where}. The last steps could not be saved: {why}"
)

// Line mode.
const (
	plainTitle       = "onboard: which app, which tenant?"
	plainFor         = "for {domain}"
	plainFinding     = "{verdict}: {check}. {summary}"
	plainPath        = "{title}. {cost}. {gains} Undo: {undo}"
	plainTook        = "> {what}"
	plainChoose      = "Choose:"
	plainType        = "Type it:"
	plainPaste       = "Paste the address, then Enter:"
	plainBack        = "Back."
	plainLeave       = "Leave."
	plainGoOn        = "Go on."
	plainAgain       = "Look again."
	plainEvidence    = "Evidence."
	plainToPaths     = "The ways out."
	plainToProof     = "The proof."
	plainSignIn      = "Sign in anew."
	plainSignInNow   = "Sign in."
	plainGoOnAs      = "Go on as {who}."
	plainNextApp     = "The next app, for the same tenant."
	plainSave        = "Save the report."
	plainReport      = "Report."
	plainGivesUp     = "Nothing that can be done from here is left; this waits for somebody else."
	plainVendorsMove = "Nobody here can make that move, so the app stays blocked."
	plainTell        = "What to tell the user."
	plainClaim       = "I did it."
	plainWhy         = "Why does it not show yet?"
	plainStepInDNS   = "Done: every name server that answers has it."
	plainStepDone    = "Done: this is seen in Microsoft Graph."
	plainStepGone    = "Gone: nothing of it shows in Microsoft Graph any more."
	plainShowAll     = "Offer those that are not advised, too."
	plainTakeBack    = "Take back what was changed here. A plan of it is shown first."
	plainToOther     = "Other ways, such as taking consent back."
	plainUndo        = "Undo: {how}"
	plainUnfit       = "Does not fit: {path}, because {why}."
	plainNotAdvised  = "Not advised: {path}, because {why}."
	plainTooLong     = "That line is longer than {n} characters and was not taken. Type a shorter one."
	plainTooEarly    = "That was typed before this was asked, so it is no answer to it."
	plainFlood       = "More than {n} lines came before they were asked for: the rest is not read."
	plainNoChoice    = "{text} is none of the choices. Type a number, or the letter before the dot."
	plainAutoStuck   = "This cannot be chosen by itself: {question} Give it on the command line."
	plainAutoNoYes   = "A plan is never confirmed by itself outside a rehearsal. Run without --auto and type the domain."
)
