package tui

import (
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// TestTimelineHasWords holds that each kind of event has words, and that each end of a
// watch and of a recording has its own.
func TestTimelineHasWords(t *testing.T) {
	t.Parallel()
	for _, k := range flows.Kinds() {
		if happenedWords[k] == "" {
			t.Errorf("%s has no words", k)
		}
	}
	for k := range goneWords {
		if watchedWords[k] == "" {
			t.Errorf("the end %q of a watch has no words", k)
		}
	}
	for k := range tapeEndWords {
		if k != "" && recordedWords[k] == "" {
			t.Errorf("the end %q of a recording has no words", k)
		}
	}
}

// TestTimelineSaysWhatHappened holds the words to what an event says, and to no more.
func TestTimelineSaysWhatHappened(t *testing.T) {
	t.Parallel()
	m := guiding(seated(t, atDiagnosis(t)), still(t, 80, 24))
	for name, c := range map[string]struct {
		e        flows.Event
		what, of string
	}{
		"an app":               {flows.Picked{Profile: flows.Profile{Name: "Hetk"}}, "chose the app", "Hetk"},
		"the same":             {flows.Looked{Checks: []checks.ID{"app/grant", "app/present"}}, "looked again, the same", "app/grant, app/present"},
		"a yes":                {flows.Watched{Visit: "v", Here: true}, wordLetWatch, ""},
		"a no":                 {flows.Watched{Visit: "v", Why: flows.WatchRefused}, "said no to being watched", ""},
		"an end of before":     {flows.Watched{Visit: "v"}, wordEndedWatch, ""},
		"an end of tomorrow":   {flows.Watched{Visit: "v", Why: "moon"}, wordEndedWatch, ""},
		"a yes to a recording": {flows.Recorded{Visit: "v", On: true}, wordLetRecord, ""},
		"an end of that":       {flows.Recorded{Visit: "v", Why: flows.RecordWatch}, "the recording ended with the watching", ""},
		"another end of that":  {flows.Recorded{Visit: "v", Why: "moon"}, wordEndedTape, ""},
		"consent":              {flows.Returned{Callback: checks.Callback{Consented: true}}, wordConsented, ""},
		"no consent":           {flows.Returned{Callback: checks.Callback{Error: "access_denied", AADSTS: "AADSTS65004"}}, "back from Microsoft's page, without a yes", "access_denied AADSTS65004"},
		"waiting":              {flows.Listening{Door: true}, "waits for Microsoft's page", ""},
		"waiting no more":      {flows.Listening{}, wordUnlistens, ""},
		"a marker":             {flows.Pointed{At: "app/grant"}, "points at", "app/grant"},
		"no marker":            {flows.Pointed{}, wordUnpointed, ""},
		"a change":             {flows.Applied{Line: 1, Outcome: flows.OutcomeSent, RequestID: "r-1"}, "sent", "change 2: sent r-1"},
		"there":                {flows.Reread{Line: 1, Seen: true}, "read it again: there", "change 2"},
		"not there":            {flows.Reread{Line: 1}, wordNotSeen, "change 2"},
		"of another version":   {flows.Foreign{Tag: "new\x1b[2Jthing"}, "newthing", ""},
		"what was typed":       {flows.Confirmed{Typed: "secret"}, "agreed to the plan", ""},
	} {
		if what, of := m.happened(c.e); what != c.what || of != c.of {
			t.Errorf("%s: %q, %q", name, what, of)
		}
	}
}
