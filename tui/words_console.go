package tui

// What a guide reads at the console.
const (
	wordConsole    = "support console"
	wordByeConsole = "The console is closed."

	wordCounts       = "cases: {all} · waiting: {waiting} · here: {here}"
	wordCountsMore   = "cases: over {all} · waiting: {waiting} · here: {here}"
	wordCountsSeen   = "shown: {n}"
	wordQueueComes   = "The cases are being listed."
	wordQueueEmpty   = "No case is open just now. One stands here as soon as somebody has chosen something in it."
	wordQueueMore    = "There are more. Listed are who waits, and of the others those in which something happened last."
	wordQueueNoMatch = "No case has “{text}” in it."
	wordQueueNoneFit = "No case fits what is asked for: w and p show the others again."
	wordQueueUnread  = "the cases cannot be listed just now: {why}"
	wordQueueOld     = "What stands here may be old."

	wordColCase  = "case"
	wordColWaits = "waiting"
	wordColAge   = "age"
	wordColHere  = "here"
	wordColStep  = "step"

	wordNoStep    = "step not known"
	wordHere      = "here"
	wordAway      = "away"
	wordRowWaits  = "waiting {time}"
	wordRowGoesOn = "goes on"
	wordRowRest   = "{here} · {step} · {age} old"
	wordRowBlocks = "{tenant}: {what}"
	wordRowHome   = "{step} · on their own machine"

	wordOnlyWaiting = "only who waits"
	wordAlsoWaiting = "who does not wait, too"
	wordOnlyHere    = "only who is here"
	wordAlsoAway    = "who is away, too"

	wordVisitTitle    = "Ask the customer of case {case} whether you may watch?"
	wordVisitAway     = "! Nobody is at this case now. Whoever comes back to it within {min} minutes is asked then."
	wordVisitRead     = "They read:"
	wordVisitSee      = "After a yes:"
	wordVisitSeeThat  = "you see what they see, laid out for your window, with what was found, plans and notes; no codes and no sign-in."
	wordVisitCan      = "You can:"
	wordVisitCanThat  = "point, write notes, suggest a path, have it looked at again. You cannot type, choose, approve or confirm."
	wordVisitLong     = "How long:"
	wordVisitLongThat = "the question stands for {min} minutes. They can end the watching by one key. What you do stands in the audit."
	wordVisitTight    = "They read: {asks} After a yes you see what they see, but no codes. You can point and write; you cannot type or approve."
	wordVisitAnswer   = "{yes} asks them, {no} does not."
	wordVisitAsking   = "They are being asked …"
	wordVisitNot      = "Not asked: {why}"
	wordVisitLeft     = "You left case {case}."
	wordVisitNotTold  = "You left case {case}, and it is not known yet whether its customer was told: {why}"
	wordVisitCase     = "Case {case}"

	wordMedian        = "median to open: {time}"
	wordFigures       = "All cases at a glance"
	wordFiguresCome   = "They are being counted."
	wordFiguresUnread = "This cannot be read just now: {why}"
	wordFigureOpen    = "open cases"
	wordFigureWaits   = "waiting"
	wordFigureMedian  = "median to open"
	wordMedianOf      = "{time}, of {n} that became open in the last {days} days"
	wordMedianNone    = "not known: fewer than {n} became open in the last {days} days"
	wordStuck         = "Where people wait"
	wordStuckNone     = "Nobody waits anywhere."
	wordStuckFor      = "up to {time}"
	wordStuckAt       = "{where}: {step}"
	keyFigures        = "figures"

	wordAnswers     = "Canned answers: one goes into your note, to be read and mended before it is sent."
	wordAnswersCome = "They are being read."
	wordAnswersNone = "There are none."
	wordAnswerRead  = "Read it first, then enter sends it."

	keyAnswers  = "canned answers"
	keyAnswer   = "into the note"
	whyNoAnswer = "none is shown"

	keyVisit     = "ask them"
	keyVisitCase = "ask to watch"
	keyToQueue   = "back to the queue"
	whyVisiting  = "they are being asked"

	keyWaiting = "who waits"
	keyPresent = "who is here"

	whyNoCase = "no case is shown"
)

// The console on plain lines.
const (
	plainConsole       = "Support console. You are {name}, {organisation}, {role}."
	plainConsoleCase   = "{n}. Case {case}, {waits}, {here}, {step}, {age} old."
	plainConsoleShown  = " {tenant}."
	plainConsoleWaits  = "Case {case} waits now, {here}, {step}."
	plainConsoleAsk    = "Enter: list again. w: who waits. p: who is here. / and a text: search. q: leave."
	plainConsoleOpen   = "A number: ask to watch that case."
	plainConsoleReplay = "v and a number: replay what was recorded there."
	plainConsoleMore   = "{n} more: search for one."
	plainConsoleWhat   = "“{text}” is nothing that can be done here."

	plainFigures    = "m"
	plainFiguresAsk = "m: figures."
	plainStuck      = "{n} at {where}."
	plainStuckFor   = "{n} at {where}, the longest for {time}."

	plainAnswerKeys = "a: canned answers, and a 2: read one out."
	plainAnswerSend = "send"
	plainAnswerAsk  = "Type send to send it as it is, or n and a text of your own. Nothing was sent yet."
	plainAnswerRow  = "{n}. {title}"
	plainAnswerGone = "No answer was read out just before: a and its number does that."
	plainAnswerLong = "It has {n} characters for this run, and a note has at most {limit}."

	plainVisitYes   = "ask"
	plainVisitAsk   = "Type ask to ask them, or nothing to leave it:"
	plainVisitNot   = "Nobody was asked."
	plainCaseKeys   = "Enter: where they are. f: what was found, and f 2: all of it. p 2: point there. n and a text: note. s, s 2: suggest a path. r: look again. record: ask to record, or end it. q: leave."
	plainCasePrompt = "Case {case}:"
	plainCaseAt     = "The customer is at: {where}."
	plainCaseWaits  = "The customer has not said yes. " + plainCaseLeave
	plainCaseLeave  = "q leaves, and takes the question back."
	plainCaseNumber = "Which one? f and s alone number what there is."
)
