package tui

import (
	"strings"
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

// TestTimelineNamesGuides holds that of several guides it is said whose an event is.
func TestTimelineNamesGuides(t *testing.T) {
	t.Parallel()
	seat := seated(t, atDiagnosis(t))
	seat.view.Run.Last = append(seat.view.Run.Last, flows.Record{At: noon, By: flows.ByServer, Event: flows.Watched{Visit: "v1", Why: flows.WatchLeft}})
	m := guiding(seat, still(t, 80, 24))
	if rows := texts(m.guide.timeline(m, 80, 9)); !strings.HasSuffix(rows[len(rows)-1], "server   the guide left  Ann Lee") {
		t.Errorf("it says %q", rows)
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
		"consent":              {flows.Returned{Callback: checks.Callback{Consented: true, Ours: true}}, "back from Microsoft's page, which says yes", ""},
		"somebody's consent":   {flows.Returned{Callback: checks.Callback{Consented: true, Pasted: true}}, "gave an address that is not this run's", ""},
		"nothing said":         {flows.Returned{Callback: checks.Callback{Ours: true}}, "back from Microsoft's page, without a yes", ""},
		"no consent":           {flows.Returned{Callback: checks.Callback{Error: "access_denied", AADSTS: "AADSTS65004", Ours: true}}, "back from Microsoft's page, with an error", "access_denied AADSTS65004"},
		"waiting":              {flows.Listening{Door: true}, "waits for Microsoft's page", ""},
		"waiting no more":      {flows.Listening{}, wordUnlistens, ""},
		"a marker":             {flows.Pointed{At: "app/grant"}, "points at", "app/grant"},
		"no marker":            {flows.Pointed{}, wordUnpointed, ""},
		"a change":             {flows.Applied{Line: 1, Outcome: flows.OutcomeSent, RequestID: "r-1"}, "sent", "change 2 r-1"},
		"a change, maybe":      {flows.Applied{Line: 1, Outcome: flows.OutcomeUnclear}, "sent, and had no answer", "change 2"},
		"it shows":             {flows.Reread{Line: 1, Seen: true}, "read it again: it shows", "change 2"},
		"not yet":              {flows.Reread{Line: 1, Until: noon}, wordShowsYet, "change 2"},
		"not at all":           {flows.Reread{Line: 1}, wordShowsNot, "change 2"},
		"no advice":            {flows.Suggested{}, wordUnadvised, ""},
		"whose note":           {flows.Noted{Visit: "a", Text: "Hi"}, "wrote", "Ann: Hi"},
		"whose yes":            {flows.Watched{Visit: "a", Here: true}, wordLetWatch, "Ann"},
		"whose end":            {flows.Watched{Visit: "a", Why: flows.WatchLeft}, "the guide left", "Ann"},
		"a stop of tomorrow":   {flows.Stopped{Why: "moon"}, "stopped the plan", ""},
		"an end of a run":      {flows.Ended{Why: flows.EndLeft}, "left the run before its end", ""},
		"of another version":   {flows.Foreign{Tag: "new\x1b[2Jthing"}, "newthing", ""},
		"what was typed":       {flows.Confirmed{Typed: "secret"}, "agreed to the plan", ""},
	} {
		if what, of := m.happened(c.e, map[flows.VisitID]string{"a": "Ann"}); what != c.what || of != c.of {
			t.Errorf("%s: %q, %q", name, what, of)
		}
	}
}
