package tui

import "onboard.example/flows"

// Being watched, as the customer sees it.
const (
	wordBarWhole  = "● Watched by {who} until {until} · cannot type, approve or see codes · {key} ends it"
	wordBarShort  = "● Watched by {who} until {until} · {key} ends it"
	wordBarTight  = "● Watched by {who} · {key} ends it"
	wordBarOld    = "● Watched by {who} · cannot type, approve or see codes"
	wordBarGuides = "{n} guides"
	wordBarAsks   = "● {who} asks to watch · {key} answers"

	wordAskTitle    = "{who} of {org} asks to watch this run."
	wordAskSee      = "They would see:"
	wordAskSeeThat  = "this run as you see it: the app, the tenant, who is signed in, your answers, what was found with its evidence, and plans."
	wordAskNot      = "They cannot:"
	wordAskNotThat  = "type, choose, approve or confirm anything, or see sign-in codes, links to sign in, or the code to resume."
	wordAskCan      = "They can:"
	wordAskCanThat  = "point at things, write you notes, suggest a path, and have it looked at again."
	wordAskLong     = "How long:"
	wordAskLongThat = "{min} minutes at most. A bar says so all the while, and {key} ends it at once, on any screen."
	wordAskTight    = "They see what you see, but no codes. They cannot type, approve or confirm. {min} min at most; {key} ends it at once."
	wordAskAnswer   = "{yes} lets them watch, {no} does not. Nothing else answers."
	wordAskStoring  = "Saving your yes: it counts once it is saved …"
	wordAskNotKept  = "Nobody watches: your yes could not be saved. {why}"
	wordAskUnheard  = "It is not known whether your yes was saved. If it was, a bar will say who watches. {why}"
	wordAskLate     = "Too late: the request was over. Nobody watches."
	wordAskTooFast  = "That key came too fast: a guide asks to watch. Wait a second, then answer."

	wordParted       = "{who} {why}"
	wordReceiptBy    = "A signed receipt of the guided session, the same as the guide's: {how}"
	wordMarker       = "◆ {who}"
	wordPointsAt     = "◆ {who} points at {what}"
	wordSuggestedBy  = "◆ {who} suggests this"
	wordNoteCame     = "{who}: {text} ({key})"
	wordGuidesTitle  = "Guides"
	wordGuidesNone   = "Nobody watches."
	wordGuidesOpen   = "It is not known whether your yes was saved. If it was, a bar will say who watches."
	wordGuideRow     = "{who}, until {until}"
	wordGuidesNotes  = "Notes"
	wordGuidesEmpty  = "None yet."
	wordGuidesWrite  = "A note to the guides. They see no codes: write none here."
	wordNoteFrom     = "{who}: "
	wordNoteYou      = "You: "
	wordWatchEnded   = "The watching ended."
	wordReceiptHelp  = "The help ({key}) says how to get a signed receipt of it."
	keyAllow         = "let them watch"
	keyRefuse        = "no"
	keyEndWatch      = "end the watching"
	keyEndOne        = "end this one"
	keyGuides        = "guides and notes"
	keyAnswerGuide   = "answer the guide"
	keySend          = "send"
	whyStoringYes    = "your yes is being saved"
	whyNobodyWatches = "nobody watches"
	whyNotKnown      = "it is not known yet whether somebody watches"
)

// partedWords say why a watch ended, after the guide's name.
var partedWords = map[flows.WatchEnd]string{
	flows.WatchRefused:  "was told no.",
	flows.WatchStopped:  "watches no more: you ended it.",
	flows.WatchOver:     "watches no more: the time is over.",
	flows.WatchLeft:     "left.",
	flows.WatchLost:     "watches no more: the connection went.",
	flows.WatchRun:      "watches no more: the run ended.",
	flows.WatchHanded:   "watches no more: handed over to {to}.",
	flows.WatchBack:     "asks no more: the case is handed to them no more.",
	flows.WatchUnshared: "watches no more: the run is shared no more.",
	flows.WatchFull:     "does not watch: enough guides watch already.",
}

// The same on plain lines.
const (
	plainBar        = "Watching until {until}: {who}. They cannot type, approve or see codes. Type x to end it."
	plainBarOld     = "Watching: {who}. They cannot type, approve or see codes."
	plainAskAnswer  = "Type yes to let them watch, or no. Nothing else answers:"
	plainAskLong    = "How long: {min} minutes at most. Each screen says so all the while, and x ends it at once."
	plainYes        = "yes"
	plainNo         = "no"
	plainAskYes     = "{who} may watch until {until}. Type x to end it."
	plainAskUnheard = "It is not known whether your yes was saved. If it was, it will say here who watches. {why}"
	plainEndWatch   = "End the watching, at once."
	plainNotes      = "Write a note to the guides."
	plainNoteType   = "Type the note, or nothing to leave it:"
	plainPoints     = "{who} points at {what}."
	plainSuggests   = "{who} suggests: {what}."
	plainNote       = "{who} writes: {text}"
	plainSent       = "Sent."
)

// The guide's own screen.
const (
	wordGuideBar      = "● You watch as {who} until {until} · you cannot type, approve or see codes"
	wordGuideBarShort = "● You watch until {until} · you cannot type, approve or see codes"
	wordGuideBarTight = "● You watch until {until}"
	wordGuideAsked    = "The customer is asked whether {who} may watch."
	wordGuideNothing  = "Until they say yes, this is all there is to see:"
	wordGuideStep     = "step {n} of {of}"
	wordGuideSince    = "{where}, for {ago}"
	wordGuideUntil    = "The request goes away at {until}."
	wordGuideGone     = "You watch no more: {why}"
	wordGuideCleared  = "Nothing of the run is kept here."
	wordGuideReceipt  = "Its signed receipt, the same as the customer's: {how}"
	wordGuideUnread   = "The run cannot be read now, so nothing of it is shown: {why}"
	wordGuideOpening  = "Opening …"
	wordGuideSignIn   = "The customer is signing in. What they see of it is not shown to you."
	wordGuideTab      = "› {view} ({n} of {of})"
	wordGuideTheirs   = "Their screen"
	wordGuideFound    = "Findings"
	wordGuidePlan     = "Plan"
	wordGuideTimeline = "Timeline"
	wordGuideNotes    = "Notes"
	wordGuideNoPlan   = "There is no plan."
	wordGuideNoRows   = "Nothing was found yet."
	wordGuideStepRow  = "the step they are at"
	wordGuidePathRow  = "a path"
	wordGuideWrite    = "A note to the customer; links only to the vendor, Microsoft's documentation and the admin center."
	wordGuideSuggest  = "Which path do you suggest?"
	wordGuidePointed  = "The customer sees a marker with your name there."
	wordGuideSeek     = "This would be pointed at. The same key again does it."
	wordGuideUnpoint  = "The marker is gone."
	wordGuideSent     = "Sent."
	wordGuideAdvised  = "The path is marked with your name in their list."
	wordGuideAgain    = "It is looked at again as soon as that is in nobody's way."
	wordGuideNotDone  = "Not done: {why}"
	wordGuideBye      = "You left."
	wordGuideByeOver  = "You watch no more: {why}"
	keyPoint          = "point there"
	keyNote           = "note"
	keySuggest        = "suggest a path"
	keyPanel          = "next view"
	keyStopWatching   = "leave"
	whyNoSpot         = "there is nothing to point at yet"
	whyNoPaths        = "no paths are known yet"
	whyNotWatching    = "the customer has not said yes"
	whyPlanNoPoint    = "that is no step, path or check"
)

// goneWords say to the guide why a watch ended.
var goneWords = map[flows.WatchEnd]string{
	flows.WatchRefused:  "the customer said no.",
	flows.WatchStopped:  "the customer ended it.",
	flows.WatchOver:     "the time is over.",
	flows.WatchLeft:     "you left.",
	flows.WatchLost:     "your connection went.",
	flows.WatchRun:      "the run ended.",
	flows.WatchHanded:   "handed over to {to}, to whom the customer said yes.",
	flows.WatchBack:     "the case is handed to you no more.",
	flows.WatchUnshared: "the customer's run is shared no more.",
	flows.WatchFull:     "the customer said yes, but enough guides watch already.",
}

// authorWords say who caused an event, in a timeline.
var authorWords = map[flows.Author]string{
	flows.ByPerson: "customer",
	flows.ByDriver: "onboard",
	flows.ByGuide:  "guide",
	flows.ByServer: "server",
}
