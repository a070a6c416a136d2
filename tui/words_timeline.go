package tui

import "onboard.example/flows"

// The words of a timeline, which stand behind who it was: customer, onboard, guide or
// server.

const (
	wordLetWatch   = "said yes to being watched"
	wordEndedWatch = "ended the watching"
	wordLetRecord  = "said yes to being recorded"
	wordEndedTape  = "ended the recording"
	wordUnlistens  = "waits for Microsoft's page, or no more" // a guide is not told where
	wordUnpointed  = "took the marker away"
	wordUnadvised  = "suggests nothing more"
	wordShowsYet   = "read it again: it does not show yet"
	wordShowsNot   = "read it again: it does not show"
	wordChanges    = "changes: {n}"
	wordChange     = "change {n}"
)

// happenedWords say what happened, by the kind of the event.
var happenedWords = map[flows.Kind]string{
	flows.KindStarted:      "began the run",
	flows.KindResumed:      "came back to the run",
	flows.KindPicked:       "chose the app",
	flows.KindAnswered:     "answered",
	flows.KindFound:        "found",
	flows.KindLooked:       "looked again, the same",
	flows.KindLearned:      "read the tenant",
	flows.KindSignedIn:     "signed in",
	flows.KindSignInFailed: "could not sign in",
	flows.KindSignedOut:    "signed out",
	flows.KindChose:        "chose the path",
	flows.KindClaimed:      "says that it is done",
	flows.KindListening:    "waits for Microsoft's page",
	flows.KindReturned:     "back from Microsoft's page",
	flows.KindPlanned:      "made a plan",
	flows.KindRecalled:     "took up the receipt of a plan, to take it back",
	flows.KindConfirmed:    "agreed to the plan",
	flows.KindApplying:     "sends",
	flows.KindApplied:      "sent",
	flows.KindReread:       "read it again: it shows",
	flows.KindStopped:      "stopped the plan",
	flows.KindFiled:        "kept",
	flows.KindAdvanced:     "went on",
	flows.KindWentBack:     "went back",
	flows.KindNoted:        "wrote",
	flows.KindPointed:      "points at",
	flows.KindSuggested:    "suggests",
	flows.KindAskedAgain:   "asked to look again",
	flows.KindAskedToWatch: "a guide asks to watch",
	flows.KindWatched:      wordEndedWatch,
	flows.KindAskedRecord:  "a guide asks to record",
	flows.KindRecorded:     wordEndedTape,
	flows.KindUnrecorded:   "erased what was recorded",
	flows.KindTroubled:     "had trouble",
	flows.KindEnded:        "ended the run",
}

// watchedWords say why a request to watch came to nothing, or a watch ended.
var watchedWords = map[flows.WatchEnd]string{
	flows.WatchRefused:  "said no to being watched",
	flows.WatchStopped:  wordEndedWatch,
	flows.WatchOver:     "the time to watch is over",
	flows.WatchLeft:     "the guide left",
	flows.WatchLost:     "the guide's connection went",
	flows.WatchRun:      "the watching ended with the run",
	flows.WatchHanded:   "said yes to the colleague, which ends the watching",
	flows.WatchBack:     "the case is handed over no more",
	flows.WatchUnshared: "the run is shared no more",
	flows.WatchFull:     "enough guides watch already",
}

// recordedWords say why a request to record came to nothing, or a recording ended.
var recordedWords = map[flows.RecordEnd]string{
	flows.RecordRefused: "said no to being recorded",
	flows.RecordStopped: wordEndedTape,
	flows.RecordLeft:    "the guide ended the recording, or asks no more",
	flows.RecordWatch:   "the recording ended with the watching",
	flows.RecordErased:  "erased what was recorded",
	flows.RecordLate:    "the yes to being recorded came too late",
}

// returnedWords say what an address of Microsoft's page said. None of it is proof.
var returnedWords = map[flows.ReturnSaid]string{
	flows.ReturnStrange:   "gave an address that is not this run's",
	flows.ReturnError:     "back from Microsoft's page, with an error",
	flows.ReturnEmpty:     "back from Microsoft's page, without a yes",
	flows.ReturnElsewhere: "back from Microsoft's page, with a yes of another tenant",
	flows.ReturnGood:      "back from Microsoft's page, which says yes",
}

// appliedWords say what came of sending a change. Only reading it again proves one.
var appliedWords = map[flows.Outcome]string{
	flows.OutcomeSent:    "sent",
	flows.OutcomeAlready: "found it made already",
	flows.OutcomeRefused: "was refused by Microsoft",
	flows.OutcomeUnclear: "sent, and had no answer",
}

// stoppedWords say why a plan was not carried further.
var stoppedWords = map[flows.StopReason]string{
	flows.StopMoved:       "stopped the plan: the tenant has moved on",
	flows.StopRefused:     "stopped the plan: Microsoft refused a change",
	flows.StopUnclear:     "stopped the plan: a change had no answer",
	flows.StopUnseen:      "stopped the plan: a change does not show",
	flows.StopInterrupted: "stopped the plan: it was interrupted",
	flows.StopNoUse:       "stopped the plan: the rest would not help",
	flows.StopNoHands:     "stopped the plan: nothing here can write",
	flows.StopSignIn:      "stopped the plan: nobody is signed in who may",
	flows.StopTenant:      "stopped the plan: signed in to another tenant",
	flows.StopUnread:      "stopped the plan: the tenant could not be read",
	flows.StopStore:       "stopped the plan: it could not be stored first",
	flows.StopBusy:        "stopped the plan: another run writes to the tenant",
	flows.StopSent:        "stopped the plan: a change was sent before",
}

// troubledWords say what of ours broke.
var troubledWords = map[flows.TroubleKind]string{
	flows.TroublePanic:   "broke somewhere, and goes on",
	flows.TroubleStore:   "cannot save the run",
	flows.TroubleReceipt: "cannot write a receipt of changes",
	flows.TroubleHost:    "had no answer of the browser or the clipboard",
	flows.TroubleLarge:   "left out what was too large to keep",
}

// endedWords say how a run ended.
var endedWords = map[flows.EndReason]string{
	flows.EndDone:   "ended the run, proven",
	flows.EndLeft:   "left the run before its end",
	flows.EndBroken: "ended the run: it broke",
}
