package ssh

import "onboard.example/flows"

// isYes says whether an event lets a guide watch, or record.
func isYes(e flows.Event) bool {
	switch e := e.(type) {
	case flows.Watched:
		return e.Here
	case flows.Recorded:
		return e.On
	}
	return false
}

// homeWord is what a run at home says of who watches it and of what is recorded, as it is
// taken in the state before it: no more than its person, or its program, has to say of
// that. What ends a question or a watch is told to its guide, and stands in the audit and
// in the signed receipt: from there comes neither a word of its own nor the guide's.
func homeWord(s flows.State, r flows.Record) (flows.Event, error) {
	switch e := r.Event.(type) {
	case flows.Watched:
		return watchWord(s, r, e)
	case flows.Recorded:
		return tapeWord(s, r, e)
	}
	return r.Event, nil
}

// watchWord takes the person's yes, no and end, and the program's word that the time is
// over. A no to a question that stands is a no however it is called, and so is the end of
// a watch: else nothing would have to be waited for before the next question. Without a
// visit it is of journals of before guides asked, and is nobody's.
func watchWord(s flows.State, r flows.Record, e flows.Watched) (flows.Event, error) {
	_, asks := s.AsksToWatch(e.Visit, r.At)
	_, on := s.Watching(e.Visit, r.At)
	person := r.By == flows.ByPerson
	switch {
	case e.Why == "" && (e.Here && person || e.Visit == ""):
	case e.Here:
		return nil, errUnfit
	case person && (e.Why == flows.WatchRefused || e.Why == flows.WatchStopped):
		if asks {
			e.Why = flows.WatchRefused
		} else if on {
			e.Why = flows.WatchStopped
		}
	case r.By == flows.ByDriver && e.Why == flows.WatchOver && !asks:
	default:
		return nil, errUnfit
	}
	return e, nil
}

// tapeWord takes the person's yes, no and end likewise. What they recorded they erase
// by another event, and the program has nothing to say.
func tapeWord(s flows.State, r flows.Record, e flows.Recorded) (flows.Event, error) {
	a, asks := s.AsksToRecord(r.At)
	on, is := s.Recorded(r.At)
	switch {
	case r.By != flows.ByPerson:
		return nil, errUnfit
	case e.On && e.Why == "":
	case !e.On && (e.Why == flows.RecordRefused || e.Why == flows.RecordStopped):
		if asks && a.Guide.Visit == e.Visit && a.ID == e.Ask {
			e.Why = flows.RecordRefused
		} else if is && on.Guide.Visit == e.Visit && on.Ask == e.Ask {
			e.Why = flows.RecordStopped
		}
	default:
		return nil, errUnfit
	}
	return e, nil
}
