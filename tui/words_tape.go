package tui

import "onboard.example/flows"

// Being recorded, as the customer sees it.
const (
	wordBarTaped      = "● Recorded, and watched by {who} until {until} · {rec} ends the recording, {key} both"
	wordBarTapedShort = "● Recorded, watched by {who} · {rec} ends that, {key} both"
	wordBarTapedTight = "● Recorded by {who} · {rec} ends it"
	wordBarTapeAsks   = "● {who} asks to record · {key} answers"

	wordTapeTitle        = "{who} of {org} asks to record the rest of this watching."
	wordTapeKept         = "What is kept:"
	wordTapeKeptThat     = "what the guide sees from your yes on: this screen as it stands, answers, findings, plans, who signed in, every guide's notes and pointers. No sign-in codes or tokens, nothing typed but not sent."
	wordTapeLong         = "How long:"
	wordTapeLongThat     = "{long}. {key} ends it at once, as does the end of the watching."
	wordTapeWho          = "Who sees it:"
	wordTapeWhoThat      = "{who}, and once it is over who leads at {org}; each time stands in an audit. And you, as a file."
	wordTapeBack         = "Taking it back:"
	wordTapeBackThat     = "by your resume code, at any time: recording gives you the file, recording --erase erases it, erase the whole run."
	wordTapeTitleTight   = "{who} of {org} asks to record."
	wordTapeTight        = "Kept is what the guide sees, no codes, {long}. The guide sees it and, once over, who leads there. {key} ends it. With your resume code: recording --erase."
	wordTapeKeepsTight   = "{time} from the last change"
	wordTapeAnswerTight  = "{yes} lets them record, {no} does not."
	wordTapeUnread       = "Please read it to the end first: pgdn."
	wordTapeKeeps        = "as long as the case, {time} after its last change"
	wordTapeKeepsUnknown = "as long as the server keeps the case"
	wordTapeAnswer       = "{yes} lets them record, {no} does not. Nothing else answers."
	wordTapeNobody       = "Nobody asks to record any more."
	wordTapeNotKept      = "Nothing is recorded: your yes could not be saved. {why}"
	wordTapeUnheard      = "It is not known whether your yes was saved. If it was, it will say here that this is recorded. {why}"
	wordTapeLate         = "Too late: the request was over. Nothing is recorded."
	wordTapeTooFast      = "That key came too fast: a guide asks to record. Wait a second, then answer."
	wordTapeEnded        = "The recording ended. What was recorded until now is kept; your resume code erases it."

	wordKeepDay     = "a day"
	wordKeepDays    = "{n} days"
	wordKeepHours   = "{n} hours"
	wordKeepMinutes = "{n} minutes"

	keyAllowTape = "let them record"
	keyEndTape   = "end the recording"
)

// tapeEndWords say to the customer why a recording ended.
var tapeEndWords = map[flows.RecordEnd]string{
	flows.RecordLeft:   "The recording ended: {who} ended it.",
	flows.RecordWatch:  "The recording ended with the watching.",
	flows.RecordErased: "The recording is erased, and nothing is recorded any more.",
	flows.RecordLate:   "Nothing was recorded: when your yes came to the server it was too late.",
}

// The same on plain lines.
const (
	plainBarTaped   = "Recorded, and watched until {until}: {who}. They cannot type, approve or see codes. Type z to end the recording, x to end both."
	plainTapeAnswer = "Type yes to let them record, or no. Nothing else answers:"
	plainTapeYes    = "It is recorded from here on. Type z to end the recording, x to end the watching too."
	plainEndTape    = "End the recording, at once."
	plainTapeKey    = "z"
	plainTapeWord   = "record"
)

// The guide's own screen.
const (
	wordGuideBarTaped      = "● Recorded · you watch as {who} until {until} · you cannot type, approve or see codes"
	wordGuideBarTapedShort = "● Recorded · you watch until {until} · {rec} ends the recording"
	wordGuideBarTapedTight = "● Recorded · you watch until {until}"

	wordTapeAskTitle = "Ask the customer whether the rest of this watching may be recorded?"
	wordTapeAskSee   = "What is kept:"
	wordTapeAskThat  = "what you are shown from their yes on, and what you point at, write and suggest."
	wordTapeAskWho   = "Who sees it:"
	wordTapeAskWhose = "you, and once it is over who leads at your organisation; each time stands in the audit. The customer gets it as a file, and can erase it."
	wordTapeAskYes   = "Your own yes:"
	wordTapeAskOwn   = "asking is that. {rec} ends the recording, and so do they, and the end of the watching."
	wordTapeAskTight = "What you are shown and do is kept from their yes on. You see it and, once over, your leads; the customer has it and can erase it. Asking is your own yes; {rec} ends it."
	wordTapeAsked    = "The customer is asked whether it may be recorded."
	wordTapeStopping = "The recording ended."
	wordTapeUnasked  = "The question is taken back."

	keyAskTape  = "record"
	keyUnask    = "take the question back"
	whyTapedNow = "it is recorded by another guide"
	whyTapeAsks = "another guide asks for it"
)

// tapingWords say to the guide what became of the request, or of the recording.
var tapingWords = map[flows.RecordEnd]string{
	"":                  "Both said yes: it is recorded from here on.",
	flows.RecordRefused: "Not recorded: the customer said no.",
	flows.RecordStopped: "The customer ended the recording.",
	flows.RecordErased:  "The customer erased the recording, and it ended.",
}

// What became of a guide's request that was not answered.
const (
	wordTapeAskErased = "Not recorded: the customer erased their recordings, and your question with them."
	wordTapeAskOver   = "Not recorded: the customer did not answer in time."
)

// Replaying what was recorded, at the console.
const (
	wordReelTitle    = "Which case's recordings?"
	wordReelHelp     = "You can replay what was recorded with you, and as a lead what was recorded with guides of your organisation once that is over, while the case is kept. Each time stands in the audit."
	wordReelOpening  = "It is being opened …"
	wordReelBar      = "▸ Replay {n} of {of}, case {case}, with {who} · {day} {at} · moment {i} of {all} · {state}"
	wordReelBarShort = "▸ Replay with {who} · {at} · {i} of {all} · {state}"
	wordReelBarTight = "▸ Replay {at} · {i}/{all} · {state}"
	wordReelSpeed    = "speed {n}"
	wordReelPaused   = "paused"
	wordReelIdle     = "Nothing happens for {gap}: shortened to {short}."
	wordReelMore     = "{key}: the next recording."
	wordReelGoesOn   = "The recording still goes on: this is all until now."
	wordReelGone     = "This recording is there no more: it was erased."
	wordReelCleared  = "Nothing of it is kept here."

	keyReplay      = "replay"
	keyPause       = "pause"
	keyGoOn        = "go on"
	keyStepOne     = "step"
	keyFaster      = "faster"
	keySlower      = "slower"
	keyJump        = "jump"
	keyNextTape    = "next recording"
	whyReelOpening = "it is being opened"
	whySlowest     = "it is as slow as it gets"
	whyFastest     = "it is as fast as it gets"
	whyLastTape    = "there is no other one"

	plainCaseTaped = "Case {case}, recorded:"
	plainReelUse   = "Type v and the number of a case, such as v 2F7-K4M."
	plainReelHead  = "Recording {n} of {of}, with {who}, from {from} to {to}, {all} moments."
	plainReelAt    = "At {at}:"
	plainReelAsk   = "Enter: go on. 0 to 9: jump to so many tenths. n: the next recording. q: leave."
	plainReelOver  = "The replay is over."
)

// reelEndWords say why a recording ended.
var reelEndWords = map[flows.RecordEnd]string{
	flows.RecordStopped: "The recording ends here: the customer ended it.",
	flows.RecordLeft:    "The recording ends here: {who} ended it.",
	flows.RecordWatch:   "The recording ends here, with the watching.",
	flows.RecordErased:  "The recording ends here: it was erased.",
}

// A recording as a file.
const (
	wordCastTitle    = "onboard: case {case}, as its guide saw it"
	wordCastUntitled = "onboard: a run, as its guide saw it"
	wordCastMark     = "recording {n}, with {who}, {at}"
	wordCastBar      = "● Recorded with {who} · no codes · {at}"
	wordCastBarShort = "● Recorded · {at}"
	wordCastFoot     = "recording {n} of {of}, with {who}"
	wordCastEnd      = "● {why}"
)
