package flows

import (
	"encoding/json"
	"slices"
)

// mostEvent is the size that an event may have, encoded, in bytes: what stands around it in
// a record takes less than the rest. What is cut is cut to mostCut, since it may come again.
const (
	mostEvent = MaxRecord - 1<<10
	mostCut   = MaxRecord / 2
)

// Bounded is a clean event as far as a record surely holds it: a journal takes none that is
// larger than MaxRecord, and whatever follows would wait for it for ever. Of facts the
// longest lists are cut, and TooMany says so; where that does not do, nothing but the
// tenant was read. Of a finding evidence and details are cut, and its last detail says so.
// An event of another kind is given as it is.
func Bounded(e Event) Event {
	switch e := e.(type) {
	case Learned:
		for !within(e, mostCut) {
			e.Facts = e.Facts.shorter()
		}
		return e
	case Found:
		f, cut := &e.Finding, false
		for !within(e, mostCut) && len(f.Seen)+len(f.Detail) > 0 {
			f.Seen, f.Detail, cut = slices.Clip(f.Seen[:len(f.Seen)/2]), slices.Clip(f.Detail[:len(f.Detail)/2]), true
		}
		if cut {
			f.Detail = append(f.Detail, words.foundCut)
		}
		return e
	}
	return e
}

// within says whether an event has so many bytes at most, encoded. Of one that cannot be it
// is for others to complain.
func within(e Event, most int) bool {
	data, err := json.Marshal(e)
	return err != nil || len(data) <= most
}

// fewest is how long a list of facts is that is cut no more.
const fewest = 1

// shorter is f with the longest of its lists of people cut to half. Where they are short it
// is what else may be long, and what a plan cannot do with a part of: none of it was read.
func (f Facts) shorter() Facts {
	f.TooMany = true
	switch n := max(len(f.UserGrants), len(f.Assigned), len(f.Roles)); {
	case n <= fewest && (f.AppRead || f.Name != "" || f.Who != nil || f.NamedRead):
		return Facts{Tenants: f.Tenants, At: f.At, TooMany: true}
	case n <= fewest:
		return Facts{At: f.At, TooMany: true}
	case len(f.UserGrants) == n:
		f.UserGrants = slices.Clip(f.UserGrants[:n/2])
	case len(f.Assigned) == n:
		f.Assigned = slices.Clip(f.Assigned[:n/2])
	default:
		f.Roles = slices.Clip(f.Roles[:n/2])
	}
	return f
}
