package flows

import (
	"iter"
	"slices"
	"time"

	"onboard.example/checks"
)

// Stage is one part of the way, as the breadcrumb shows it.
type Stage uint8

// The stages, in order. StageSteps has the steps of the chosen path within.
const (
	StageApp Stage = iota
	StageTenant
	StageKnown // what is known without signing in
	StageSignIn
	StageDiagnosis
	StagePaths
	StageSteps
	StageProof
)

// Place is where the person is. Step is set in StageSteps alone.
type Place struct {
	Stage Stage
	Step  StepID
}

// State is a run so far: the fold of its events. It is a value: Apply returns
// another and never changes what an earlier one shows. Read it through its
// methods where there is one; the fields are its plain facts.
type State struct {
	Seq uint64    // of the last record folded; 0 in a state made by Apply alone
	At  time.Time // of the last record folded

	Version  string
	Language string
	Profile  *Profile   // nil until an app was picked; never changed once set
	App      checks.App // of the profile, with the client id that was given
	Domain   string     // as asked for, lower case
	Hint     string     // proposed where it is asked for; nothing is known to be so
	Person   string     // the user asked about; empty: an ordinary one
	Handed   *Handed    // what a hand-off code says; nil: there is none, or it was left aside
	Ways     []WayOffer
	CanWrite bool
	Keeps    bool // whether a sign-in outlives the program
	// Login and Portal replace the cloud's own roots in links; see Started.
	Login, Portal string
	Service       string // what is asked in place of Microsoft; empty: Microsoft is

	Place   Place
	Entered time.Time // when Place was entered
	Path    PathID

	Account *Account // nil: nobody signed in
	SignIn  SignIn
	Facts   Facts
	Plan    *Plan // nil: none made, or put away
	Lines   []LineState
	// Confirmed is the plan to which the typed yes was given.
	Confirmed PlanID
	Stop      *Stopped // why the last plan was not carried further
	// Callback is what the consent page brought back last, and when; nil: nothing.
	Callback   *checks.Callback
	CalledBack time.Time
	Undoing    *Recalled // what is to be taken back; never changed once set
	Receipts   []Filed

	Round uint32 // of looks; findings of an earlier round are stale
	Notes []Noted
	// Guides are who watch, by the order of the yeses; Asking who ask to, and were
	// not answered, some of them perhaps too long ago: see Guide.Holds.
	Guides, Asking []Guide
	Pointers       []Pointed   // where guides point, one for each
	Hints          []Suggested // what guides suggest, one for each
	NotesCame      uint32      // how many notes guides wrote so far
	Parted         *Parted     // the watch, or the asking, that ended last
	WatchesSigned  uint32      // that have ended, and of which there is a signed receipt
	Recording      *Recording  // the one that goes on, else the last; nil: there was none
	TapeAsk        *TapeAsk    // a guide asks to record, perhaps too long ago: see AsksToRecord
	Trouble        *Troubled   // what broke last, TroubleStore aside
	Unsaved        *Troubled   // TroubleStore: why what happens is not stored now; nil: it is
	End            EndReason   // empty: the run goes on

	about   uint32 // what was seen in earlier rounds was of another tenant or app
	since   uint32 // findings of earlier rounds do not count for a verdict
	factsOf uint32 // round in which Facts were read last
	factsBy Set    // checks of the looks that read them in that round
	factsAt bool   // one of those looks was at everything
	planOf  uint32 // the round in which Plan was made
	filed   bool   // the receipt of Plan was kept, since it was confirmed
	started bool
	picked  bool // the person chose the app; Started names the one of the command line
	// unsettled: another domain or cloud was asked for since Account signed in,
	// and whether it is of that tenant is not known.
	unsettled bool
	cloud     checks.Cloud // as asked for
	clientID  string       // as asked for
	found     []*Held      // sorted by check id
	answers   []Answered   // sorted by question id
	trail     []Place
	claims    []StepID
	// returnPort is where the consent page's answer is waited for; 0: nowhere.
	returnPort uint16
	// door is where a service waits for it; empty: none does. doorState is what the
	// link to there carries: it counts once, and outlives a service that went.
	door, doorState string
	doors           bool     // a service runs this: see Started
	probes          []string // client ids
	nonce           string
	shared          bool      // this is what a guide has of the run: see Shared
	past            []Receipt // of plans that were put away after something was sent
	askers          []asked   // who asked to watch, the latest ones
	tapers          []asked   // who asked to record, likewise
	again           bool      // a guide wishes that it is looked at again
}

// SignIn is how far a sign-in has come.
type SignIn struct {
	Way     Way    // WayNone: going on without; empty: not asked yet
	Attempt uint32 // counts the tries; the one of the Want
	// Scopes is what is asked for: the reading ones, or a plan's.
	Scopes []string
	// Busy says that one is wanted now.
	Busy bool
	// Failed holds why the last try came to nothing.
	Failed *SignInFailed
}

// Cloud is the cloud of the run: the one asked for, else the only one that
// knows the domain, else empty.
func (s State) Cloud() checks.Cloud {
	if s.cloud != "" {
		return s.cloud
	}
	if len(s.Facts.Tenants) == 1 {
		return s.Facts.Tenants[0].Cloud
	}
	return ""
}

// TenantID is the id of the domain's tenant in the run's cloud, or in one that
// shares its endpoints, or empty.
func (s State) TenantID() string {
	c := s.Cloud()
	shared := ""
	for _, t := range s.Facts.Tenants {
		if t.Cloud == c {
			return t.ID
		}
		if sameEndpoints(t.Cloud, c) {
			shared = t.ID
		}
	}
	return shared
}

// sameEndpoints says whether two clouds are one at the sign-in and at Graph, as
// the public one and GCC are (entra-facts §10).
func sameEndpoints(a, b checks.Cloud) bool {
	x, ok := checks.EndpointsOf(a)
	y, known := checks.EndpointsOf(b)
	return ok && known && x.Login == y.Login && x.Graph == y.Graph
}

// Subject is what the checks judge for this state, without a snapshot.
func (s State) Subject() checks.Subject {
	return checks.Subject{App: s.App, Domain: s.Domain, Cloud: s.Cloud(), Person: s.Person, Now: s.At}
}

// Finding gives what a check found last.
func (s State) Finding(id checks.ID) (Held, bool) {
	i, ok := s.index(id)
	if !ok {
		return Held{}, false
	}
	return *s.found[i], true
}

// Findings are all findings, by check id. The slice is the caller's.
func (s State) Findings() []Held {
	out := make([]Held, len(s.found))
	for i, h := range s.found {
		out[i] = *h
	}
	return out
}

// Checked are the checks that found something, by id.
func (s State) Checked() iter.Seq[checks.ID] {
	return func(yield func(checks.ID) bool) {
		for _, h := range s.found {
			if !yield(h.Check) {
				return
			}
		}
	}
}

// Stale says whether a finding is older than the last reason to look again.
func (s State) Stale(h Held) bool { return h.Round < s.Round }

// Answer gives what was answered to a question; empty: nothing.
func (s State) Answer(q QuestionID) string {
	i, ok := slices.BinarySearchFunc(s.answers, q, byQuestion)
	if !ok {
		return ""
	}
	return s.answers[i].Value
}

// Begun says whether a run holds what somebody would go on with: an app or an
// answer of theirs, or a tenant. One that does not is started anew just as well.
func (s State) Begun() bool { return s.picked || s.Domain != "" || len(s.answers) > 0 }

// HasClaimed says whether "I did it" was said at a step.
func (s State) HasClaimed(id StepID) bool { return slices.Contains(s.claims, id) }

// CanGoBack says whether there is a place to go back to.
func (s State) CanGoBack() bool { return len(s.trail) > 0 && s.End == "" }

func (s State) index(id checks.ID) (int, bool) {
	return slices.BinarySearchFunc(s.found, id, byCheck)
}
