package flows

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// VisitID names one asking of one guide to watch one run, and the watch that a yes
// makes of it. It is never used twice, and is no secret.
type VisitID string

// The bounds of watching. A request that nobody answers goes away before it is
// forgotten who asked; a watch ends by itself within a phone call's time.
const (
	AskWait   = 10 * time.Minute // how long a request can be answered
	WatchMost = time.Hour        // the longest watch
	askAgain  = 5 * time.Minute  // after a no, before the same guide may ask again
	askSpan   = 10 * time.Minute // in which mostAsks count
	askEach   = 3                // times that one guide may ask within askSpan
	askAll    = 12               // and all guides together
	mostAsks  = 64               // remembered
	mostAsked = 4                // waiting for an answer at a time
	mostVisit = 64               // bytes of a VisitID
	mostSpot  = 80               // characters of what is pointed at
	// MostName is the longest name of a guide, or of an organisation, in characters: what is
	// longer is cut.
	MostName = 60
)

// AskedToWatch says that a guide asks to watch. It is the server's word alone:
// Guide and Org are of whoever authenticated there, and nobody types them here.
type AskedToWatch struct {
	Visit VisitID `json:"visit"` // never used before
	Guide string  `json:"guide"` // the name
	Org   string  `json:"org"`
	// Until is when it can be answered no more, at most AskWait after it.
	Until time.Time `json:"until"`
	// Lasts is how long a yes would hold, at most WatchMost.
	Lasts time.Duration `json:"lasts"`
	// Print is the fingerprint of the key by which the guide is known, and Server the
	// name of the server that says all of this: for the receipt of the session.
	Print  string `json:"print,omitempty"`
	Server string `json:"server,omitempty"`
	// From and FromOrg are of the colleague who handed the case to the guide; empty: nobody
	// did. Over is the visit of theirs that the yes to the guide ends; empty: none.
	From    string  `json:"from,omitempty"`
	FromOrg string  `json:"fromOrg,omitempty"`
	Over    VisitID `json:"over,omitempty"`
	// Hand is the server's mark of that hand-over, so that the case itself says what became
	// of it; empty: none.
	Hand string `json:"hand,omitempty"`
}

// Watched is the answer to a guide who asks to watch, and the end of a watch. The
// yes is the person's alone, and counts once it is stored.
type Watched struct {
	Visit VisitID `json:"visit,omitempty"`
	Here  bool    `json:"here"` // the yes
	// Why is why it was not to be, or is over.
	Why WatchEnd `json:"why,omitempty"`
	// Guide is the name, in journals of before guides asked: such a watch is
	// shown as it was, and lets nobody see anything.
	Guide string `json:"guide,omitempty"`
}

// Kind gives the tag.
func (AskedToWatch) Kind() Kind { return KindAskedToWatch }

// Kind gives the tag.
func (Watched) Kind() Kind { return KindWatched }

// WatchEnd is why a watch ended, or a request to watch came to nothing.
type WatchEnd string

// The ends of a watch.
const (
	WatchRefused  WatchEnd = "refused"  // the person said no
	WatchStopped  WatchEnd = "stopped"  // the person ended it
	WatchOver     WatchEnd = "over"     // its time was over
	WatchLeft     WatchEnd = "left"     // the guide left, or takes the request back
	WatchLost     WatchEnd = "lost"     // the guide's connection went
	WatchRun      WatchEnd = "run"      // the run ended
	WatchHanded   WatchEnd = "handed"   // the person said yes to the colleague whom the guide handed the case to
	WatchBack     WatchEnd = "back"     // of a request: the case is handed to the guide no more
	WatchUnshared WatchEnd = "unshared" // the person's run, on their own machine, is shared no more
	WatchFull     WatchEnd = "full"     // of a request: at the person's yes there was no room any more
)

// Guide is somebody who watches or asks to, under the name and organisation that
// the server knows them by.
type Guide struct {
	Visit VisitID
	Name  string
	Org   string
	// Until is when the watch ends, or the request can be answered no more. Zero,
	// of journals of before guides asked: when the guide leaves.
	Until time.Time
	Lasts time.Duration // of a request: how long a yes holds
	// Signed says that the journal has by which key they came, and at which server:
	// of such a watch there is a signed receipt.
	Signed bool
	// Print is the fingerprint of that key; empty: the journal has none.
	Print string
	// From is who handed the case to them, as people are told it; empty: nobody did. Over is,
	// of a request, the visit that a yes to it ends. Hand is the server's mark of the hand-over.
	From string
	Over VisitID
	Hand string
}

// Called is the guide's name with the organisation, as people are told it.
func (g Guide) Called() string {
	if g.Org == "" {
		return g.Name
	}
	return g.Name + " (" + g.Org + ")"
}

// Known tells guides apart, whatever visit they come on: by name and organisation, as
// KnownAs gives them. It is no name to be shown.
func (g Guide) Known() string { return g.who() }

// Holds says whether a request can still be answered, and a watch goes on, at a
// moment.
func (g Guide) Holds(at time.Time) bool { return g.Until.IsZero() || at.Before(g.Until) }

// who tells guides apart, whatever visit they come on.
func (g Guide) who() string { return strings.ToLower(g.Name + "\x00" + g.Org) }

// Parted is a watch that ended, or a request that came to nothing.
type Parted struct {
	Guide Guide
	Why   WatchEnd
	Let   bool // it was a watch: the person had said yes
	// To is who has the case in the guide's place, as people are told it, after WatchHanded.
	To string
}

// asked remembers that somebody asked to watch.
type asked struct {
	visit  VisitID
	who    string
	at, no time.Time // no: when the answer was no; zero: it was not
}

// KnownAs makes the name and the organisation of a guide fit to be shown: on one
// line, bounded, nothing in it that hides. ok is false where either is empty then.
func KnownAs(name, org string) (n, o string, ok bool) {
	n, o = strings.TrimSpace(checks.Line(name, MostName)), strings.TrimSpace(checks.Line(org, MostName))
	return n, o, n != "" && o != ""
}

// Watching is the watch of a visit, if it goes on at a moment.
func (s State) Watching(id VisitID, at time.Time) (Guide, bool) {
	i := indexVisit(s.Guides, id)
	if id == "" || i < 0 || !s.Guides[i].Holds(at) {
		return Guide{}, false
	}
	return s.Guides[i], true
}

// AsksToWatch is the request of a visit, if it can still be answered at a moment.
func (s State) AsksToWatch(id VisitID, at time.Time) (Guide, bool) {
	i := indexVisit(s.Asking, id)
	if i < 0 || !s.Asking[i].Holds(at) {
		return Guide{}, false
	}
	return s.Asking[i], true
}

// Knows says whether a guide of this name asks or watches now, on whatever visit.
func (s State) Knows(name, org string) bool {
	name, org, _ = KnownAs(name, org)
	who := Guide{Name: name, Org: org}.who()
	is := func(g Guide) bool { return g.who() == who && g.Holds(s.At) }
	return slices.ContainsFunc(s.Guides, is) || slices.ContainsFunc(s.Asking, is)
}

// Visited is what became of a visit.
type Visited struct {
	Asked bool // the run has its request
	Let   bool // the person said yes, whatever came after
	On    bool // it goes on, or can still be answered, but for its time
	Guide Guide
	Why   WatchEnd // of one that does not go on
	To    string   // after WatchHanded, as in Parted
}

// VisitOf reads in a whole journal what became of a visit, and the state at its end.
func VisitOf(rs []Record, id VisitID) (v Visited, s State) {
	for _, r := range rs {
		s = Fold(s, r)
		on := false
		if i := indexVisit(s.Asking, id); i >= 0 {
			on, v.Asked, v.Guide = true, true, s.Asking[i]
		}
		if i := indexVisit(s.Guides, id); i >= 0 {
			on, v.Asked, v.Let, v.Guide = true, true, true, s.Guides[i]
		}
		if v.On && !on {
			v.Why, v.To = s.partedAs(id)
		}
		v.On = on
	}
	return v, s
}

// partedAs is why a visit ended that went on before the last event: a request that nobody
// answered goes with its time, and all of them with the run.
func (s State) partedAs(id VisitID) (why WatchEnd, to string) {
	switch p := s.Parted; {
	case p != nil && p.Guide.Visit == id:
		return p.Why, p.To
	case s.End != "":
		return WatchRun, ""
	}
	return WatchOver, ""
}

// WatchEnds is the watch whose time is over first, and when that is.
func WatchEnds(s State) (id VisitID, at time.Time, ok bool) {
	for _, g := range s.Guides {
		if !g.Until.IsZero() && (!ok || g.Until.Before(at)) {
			id, at, ok = g.Visit, g.Until, true
		}
	}
	return id, at, ok
}

func indexVisit(gs []Guide, id VisitID) int {
	return slices.IndexFunc(gs, func(g Guide) bool { return g.Visit == id })
}

// without is a list without a member, in a copy.
func without[T any](list []T, gone func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), gone)
}

// askedToWatch takes a request to watch. One that is no sound request, that comes
// too often, or for which there is no room changes nothing.
func (s State) askedToWatch(e AskedToWatch) State {
	name, org, ok := KnownAs(e.Guide, e.Org)
	g := Guide{Visit: e.Visit, Name: name, Org: org, Until: e.Until, Lasts: min(e.Lasts, WatchMost), Signed: e.Print != "" && e.Server != "", Print: e.Print}
	if from, org, told := KnownAs(e.From, e.FromOrg); told { // else nobody's watch ends by it
		g.From, g.Over, g.Hand = Guide{Name: from, Org: org}.Called(), e.Over, e.Hand
	}
	if late := s.At.Add(AskWait); g.Until.After(late) {
		g.Until = late
	}
	if !ok || e.Visit == "" || len(e.Visit) > mostVisit || g.Lasts <= 0 || !s.At.Before(g.Until) {
		return s
	}
	s.Asking = without(s.Asking, func(g Guide) bool { return !g.Holds(s.At) })
	for _, o := range s.Guides { // of a person who is away nobody said so
		if !o.Holds(s.At) {
			s = s.part(o.Visit, WatchOver)
		}
	}
	if g.Over != "" && indexVisit(s.Guides, g.Over) < 0 {
		g.Over = ""
	}
	same := func(o Guide) bool { return o.who() == g.who() }
	if len(s.Asking) >= mostAsked || s.full(g) || s.tooOften(g) || slices.ContainsFunc(s.Asking, same) || slices.ContainsFunc(s.Guides, same) {
		return s
	}
	s.askers = kept(s.askers, asked{visit: e.Visit, who: g.who(), at: s.At}, mostAsks)
	s.Asking = append(slices.Clip(s.Asking), g)
	return s
}

// full says whether there is no room for a guide beside those who watch.
func (s State) full(g Guide) bool {
	left := len(s.Guides)
	if g.Over != "" && indexVisit(s.Guides, g.Over) >= 0 {
		left--
	}
	return left >= mostGuides
}

// tooOften says whether a guide may not ask now: after a no, after many requests,
// or by the name of an earlier visit.
func (s State) tooOften(g Guide) bool {
	each, all := 0, 0
	for _, a := range s.askers {
		if a.visit == g.Visit || a.who == g.who() && !a.no.IsZero() && s.At.Before(a.no.Add(askAgain)) {
			return true
		}
		if s.At.Before(a.at.Add(askSpan)) {
			all++
			if a.who == g.who() {
				each++
			}
		}
	}
	return each >= askEach || all >= askAll
}

// watched takes the answer to a request, or the end of a watch. A yes is to a
// request that stands: it lasts from now.
func (s State) watched(e Watched) State {
	if e.Visit == "" {
		return s.watchedBefore(e)
	}
	if e.Here {
		g, ok := s.AsksToWatch(e.Visit, s.At)
		switch {
		case !ok:
			return s
		case s.full(g): // who was to leave with this yes has left, and another has come
			return s.part(e.Visit, WatchFull)
		}
		s.Asking = without(s.Asking, func(o Guide) bool { return o.Visit == e.Visit })
		if g.Over != "" && indexVisit(s.Guides, g.Over) >= 0 {
			s = s.part(g.Over, WatchHanded)
			s.Parted.To = g.Called()
		}
		g.Over = ""
		g.Until = s.At.Add(g.Lasts)
		s.Guides = append(slices.Clip(s.Guides), g)
		return s
	}
	return s.part(e.Visit, e.Why)
}

// watchedBefore takes what journals of before guides asked say of them.
func (s State) watchedBefore(e Watched) State {
	name, _, _ := KnownAs(e.Guide, "")
	s.Guides = without(s.Guides, func(g Guide) bool { return g.Visit == "" && g.Name == name })
	if e.Here && name != "" && len(s.Guides) < mostGuides {
		s.Guides = append(slices.Clip(s.Guides), Guide{Name: name})
	}
	return s
}

// part ends a watch, or a request to watch. The markers of who is gone go too;
// what they wrote and advised stays.
func (s State) part(id VisitID, why WatchEnd) State {
	if i := indexVisit(s.Asking, id); i >= 0 {
		s.Parted = &Parted{Guide: s.Asking[i], Why: why}
		s.Asking = without(s.Asking, func(g Guide) bool { return g.Visit == id })
		if why == WatchRefused {
			s.askers = slices.Clone(s.askers)
			for j := range s.askers {
				if s.askers[j].visit == id {
					s.askers[j].no = s.At
				}
			}
		}
		return s
	}
	if i := indexVisit(s.Guides, id); i >= 0 {
		s.Parted = &Parted{Guide: s.Guides[i], Why: why, Let: true}
		if s.Guides[i].Signed {
			s.WatchesSigned++
		}
		s = s.untapeOf(id)
		s.Asking = slices.Clone(s.Asking)
		for j := range s.Asking { // a yes to them ends nothing any more
			if s.Asking[j].Over == id {
				s.Asking[j].Over = ""
			}
		}
		s.Guides = without(s.Guides, func(g Guide) bool { return g.Visit == id })
		s.Pointers = without(s.Pointers, func(p Pointed) bool { return p.Visit == id })
	}
	return s
}

// partAll ends every watch with the run.
func (s State) partAll() State {
	for _, g := range slices.Concat(s.Asking, s.Guides) {
		s = s.part(g.Visit, WatchRun)
	}
	s.Guides, s.Pointers = nil, nil
	return s
}

// guided takes a guide's event. It counts while the watch goes on under which it
// came, and under that guide's name, whatever name it carries. It changes markers,
// notes, advice and the wish to look again, and nothing that the person answered,
// confirmed or changed.
func (s State) guided(e Event) State {
	if s.End != "" {
		return s
	}
	switch e := e.(type) {
	case Pointed:
		g, ok := s.guide(e.Visit, e.From)
		if !ok {
			return s
		}
		e.At, e.From = checks.Line(e.At, mostSpot), g.Called()
		s.Pointers = without(s.Pointers, func(p Pointed) bool { return p.Visit == e.Visit && p.From == e.From })
		if e.At != "" {
			s.Pointers = append(s.Pointers, e)
		}
	case Noted:
		g, ok := s.guide(e.Visit, e.From)
		if e.Text, _ = CleanNote(s, e.Text); !ok || e.Text == "" {
			return s
		}
		e.From = g.Called()
		s.Notes = kept(s.Notes, e, mostNotes)
		s.NotesCame++
	case Suggested:
		g, ok := s.guide(e.Visit, e.From)
		if _, known := PathByID(e.Path); !ok || !known && e.Path != "" {
			return s
		}
		e.From = g.Called()
		s.Hints = without(s.Hints, func(h Suggested) bool { return h.From == e.From })
		if e.Path != "" {
			s.Hints = kept(s.Hints, e, mostGuides)
		}
	case AskedAgain:
		if _, ok := s.guide(e.Visit, e.From); ok {
			s.again = true
		}
	}
	return s
}

// guide is the watch under which a guide's event came. In journals of before
// guides asked it is told by the name alone.
func (s State) guide(id VisitID, from string) (Guide, bool) {
	i := slices.IndexFunc(s.Guides, func(g Guide) bool { return g.Visit == id && (id != "" || g.Name == from) })
	if i < 0 || !s.Guides[i].Holds(s.At) {
		return Guide{}, false
	}
	return s.Guides[i], true
}

// looksForGuide says whether the look that a guide wished for is due. It waits
// where a plan is read, confirmed or carried out, while somebody signs in, and where
// the person could go on: a look would keep them waiting, and what their next key
// does would be another.
func (s State) looksForGuide(step Step, here bool) bool {
	if !s.again || s.End != "" || s.SignIn.Busy || s.applying() || s.Place.Stage < StageKnown {
		return false
	}
	return !here || !step.Plan && !step.Apply && !s.Proven(step)
}

// WishedAgain says whether a look that a guide wished for is still to come.
func (s State) WishedAgain() bool { return s.again }
