package tui

import "onboard.example/flows"

// The words of a timeline, which stand behind who it was: customer, onboard, guide or
// server.

const (
	wordLetWatch   = "said yes to being watched"
	wordEndedWatch = "ended the watching"
	wordLetRecord  = "said yes to being recorded"
	wordEndedTape  = "ended the recording"
	wordConsented  = "back from Microsoft's page, which says yes"
	wordUnlistens  = "waits for Microsoft's page, or no more" // a guide is not told where
	wordUnpointed  = "took the marker away"
	wordNotSeen    = "read it again: not there yet"
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
	flows.KindReturned:     "back from Microsoft's page, without a yes",
	flows.KindPlanned:      "made a plan",
	flows.KindRecalled:     "took up the receipt of a plan, to take it back",
	flows.KindConfirmed:    "agreed to the plan",
	flows.KindApplying:     "sends",
	flows.KindApplied:      "sent",
	flows.KindReread:       "read it again: there",
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
