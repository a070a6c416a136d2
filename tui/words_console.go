package tui

// What a guide reads at the console.
const (
	wordConsole    = "support console"
	wordByeConsole = "The console is closed."

	wordCounts       = "cases: {all} · waiting: {waiting} · here: {here}"
	wordCountsSeen   = "shown: {n}"
	wordQueueComes   = "The cases are being listed."
	wordQueueEmpty   = "No case is open just now. One stands here as soon as somebody has chosen something in it."
	wordQueueNoMatch = "No case has “{text}” in it."
	wordQueueNoneFit = "No case fits what is asked for: w and p show the others again."
	wordQueueUnread  = "the cases cannot be listed just now: {why}"
	wordQueueOld     = "What stands here may be old."

	wordColCase  = "case"
	wordColWaits = "waiting"
	wordColAge   = "age"
	wordColHere  = "here"
	wordColStep  = "step"

	wordHere      = "here"
	wordAway      = "away"
	wordRowWaits  = "waiting {time}"
	wordRowGoesOn = "goes on"
	wordRowRest   = "{here} · {step} · {age} old"
	wordRowBlocks = "{tenant}: {what}"

	wordOnlyWaiting = "only who waits"
	wordAlsoWaiting = "who does not wait, too"
	wordOnlyHere    = "only who is here"
	wordAlsoAway    = "who is away, too"

	keyWaiting = "who waits"
	keyPresent = "who is here"

	whyNoCase = "no case is shown"
)

// The console on plain lines.
const (
	plainConsole      = "Support console. You are {name}, {organisation}, {role}."
	plainConsoleCase  = "{n}. Case {case}, {waits}, {here}, {step}, {age} old."
	plainConsoleShown = " {tenant}."
	plainConsoleWaits = "Case {case} waits now, {here}, {step}."
	plainConsoleAsk   = "Enter: list again. w: who waits. p: who is here. / and a text: search. q: leave."
	plainConsoleMore  = "{n} more: search for one."
	plainConsoleWhat  = "“{text}” is nothing that can be done here."
)
