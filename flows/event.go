// Package flows is what a run is: its events, the state that they fold to, what
// a state wants done, the paths and their steps, questions, plans, links and
// reports. It does no IO and reads no clock.
//
// The one idea: a run is a list of events. State is their fold, by Apply. The
// screen, the work in progress (Wants), the report, the receipt and the guide's
// view are functions of that state, so a run can be left, replayed, watched and
// taken up anywhere by its journal alone.
//
// What follows from it: going back is an event and cancels by itself what the
// place left behind wanted; what is seen carries the round in which it was
// looked at, so that nothing old can pass for new; and a write is announced by
// an event before it is sent, so that a process that dies leaves no line in
// doubt without a word of it.
package flows

import (
	"time"

	"onboard.example/checks"
)

// Event is one thing that happened in a run. A run is the list of its events
// and nothing else: State is their fold, and the screen, the work in progress,
// the report and the receipt are functions of that state.
//
// The set is closed: every event is a type of this file or of tape.go. None has a field that
// could carry a token, a code or a password, and a test holds that.
type Event interface {
	// Kind is the stable tag under which a journal keeps the event.
	Kind() Kind
}

// Kind is the tag of an event in a journal. Tags never change their meaning.
type Kind string

// The kinds of events, in the order in which a run meets them.
const (
	KindStarted      Kind = "started"
	KindResumed      Kind = "resumed"
	KindPicked       Kind = "picked"
	KindAnswered     Kind = "answered"
	KindFound        Kind = "found"
	KindLooked       Kind = "looked"
	KindLearned      Kind = "learned"
	KindSignedIn     Kind = "signed-in"
	KindSignInFailed Kind = "sign-in-failed"
	KindSignedOut    Kind = "signed-out"
	KindChose        Kind = "chose"
	KindClaimed      Kind = "claimed"
	KindListening    Kind = "listening"
	KindReturned     Kind = "returned"
	KindPlanned      Kind = "planned"
	KindRecalled     Kind = "recalled"
	KindConfirmed    Kind = "confirmed"
	KindApplying     Kind = "applying"
	KindApplied      Kind = "applied"
	KindReread       Kind = "reread"
	KindStopped      Kind = "stopped"
	KindFiled        Kind = "filed"
	KindAdvanced     Kind = "advanced"
	KindWentBack     Kind = "went-back"
	KindNoted        Kind = "noted"
	KindPointed      Kind = "pointed"
	KindSuggested    Kind = "suggested"
	KindAskedAgain   Kind = "asked-again"
	KindAskedToWatch Kind = "asked-to-watch"
	KindWatched      Kind = "watched"
	KindAskedRecord  Kind = "asked-to-record"
	KindRecorded     Kind = "recorded"
	KindUnrecorded   Kind = "unrecorded"
	KindTroubled     Kind = "troubled"
	KindEnded        Kind = "ended"
)

// Started opens a run. Everything in it but Version may be empty: what was not
// given on the command line is asked.
type Started struct {
	Version  string       `json:"version"` // of this program
	Language string       `json:"language,omitempty"`
	Domain   string       `json:"domain,omitempty"`
	Cloud    checks.Cloud `json:"cloud,omitempty"`
	Person   string       `json:"person,omitempty"` // the user asked about
	ClientID string       `json:"clientId,omitempty"`
	Profile  *Profile     `json:"profile,omitempty"` // the app, where it was named
	Handed   *Handed      `json:"handed,omitempty"`  // a hand-off code, to be confirmed before it is used
	Hint     string       `json:"hint,omitempty"`    // a domain that an invitation named: what is proposed where it is asked for, and no more
	Ways     []WayOffer   `json:"ways,omitempty"`    // how one can sign in here
	CanWrite bool         `json:"canWrite"`          // whether changes by Graph exist here at all
	Keeps    bool         `json:"keeps,omitempty"`   // whether a sign-in outlives the program
	// Login and Portal are https roots without a slash at the end, to which
	// links lead in place of the cloud's own: a simulator's. Empty: the cloud's.
	Login string `json:"login,omitempty"`
	// Service names what is asked in place of Microsoft; see checks.OtherService.
	Service string `json:"service,omitempty"`
	Portal  string `json:"portal,omitempty"`
	// Nonce is what only this run's consent link carries in its state, so that an
	// address of another link is told from ours; chosen at random, no secret.
	Nonce string `json:"nonce,omitempty"`
	// Shared: this is what a guide gets, see the func Shared. It is stored nowhere.
	Shared bool `json:"-"`
	// Doors: a service runs this, and waits for the consent page of those apps in
	// whose registration its address stands; see Listening.
	Doors bool `json:"doors,omitempty"`
	// Probes are the client ids of the apps whose vendor's own credential can be
	// asked about here.
	Probes []string `json:"probes,omitempty"`
}

// Resumed says that a run goes on in another process. Whoever was signed in is
// so no more, everything seen is old, and a plan that was being applied is to
// be settled by reading, never by writing again.
type Resumed struct {
	Version  string     `json:"version"`
	Ways     []WayOffer `json:"ways,omitempty"`
	CanWrite bool       `json:"canWrite"`
	Keeps    bool       `json:"keeps,omitempty"`
	Login    string     `json:"login,omitempty"` // as in Started; those of then are gone
	Service  string     `json:"service,omitempty"`
	Portal   string     `json:"portal,omitempty"`
	Doors    bool       `json:"doors,omitempty"`
	Probes   []string   `json:"probes,omitempty"`
}

// Picked says which app the run is about, with its description whole, so that
// a journal can be replayed where the profile is another or missing.
type Picked struct {
	Profile Profile `json:"profile"`
}

// Answered is the answer to a question, cleaned and checked by Accept.
type Answered struct {
	Question QuestionID `json:"question"`
	Value    string     `json:"value"`
}

// Found is what a check found in the look of a round, and when it looks next
// (zero: not by itself).
type Found struct {
	Finding checks.Finding `json:"finding"`
	Round   uint32         `json:"round"`
	Next    time.Time      `json:"next,omitzero"`
}

// Looked says that checks were looked at again and found the same as before,
// so that a night of waiting does not fill a journal.
type Looked struct {
	Checks []checks.ID `json:"checks"`
	Round  uint32      `json:"round"`
	At     time.Time   `json:"at"`
	Next   time.Time   `json:"next,omitzero"`
}

// Learned holds the facts of a tenant that plans and links are made of, as the
// look of a round read them. Checks are those of the look; none: all of them.
type Learned struct {
	Facts  Facts       `json:"facts"`
	Round  uint32      `json:"round"`
	Checks []checks.ID `json:"checks,omitempty"`
}

// SignedIn says who signed in and what for. The token stays with the hands.
type SignedIn struct {
	Account Account `json:"account"`
}

// SignInFailed says why a sign-in did not come about.
type SignInFailed struct {
	Attempt uint32             `json:"attempt"` // the one of the Want
	Reason  checks.FailureKind `json:"reason"`
	Message string             `json:"message"`        // what the other side said, cleaned
	Code    string             `json:"code,omitempty"` // AADSTS number; advice, never control flow
}

// SignedOut says that the account in hand is gone, or was put away.
type SignedOut struct{}

// Chose picks a path and goes to its first step.
type Chose struct {
	Path PathID `json:"path"`
}

// Claimed is "I did it" said by the person at a step: Asserted, never proof.
type Claimed struct {
	Step StepID `json:"step"`
}

// Listening says where the consent page is waited for: at a loopback port of this
// machine, or at the address of a service, with the state that a link to there
// carries. Without any of them nobody waits any more.
type Listening struct {
	Port  uint16 `json:"port"`
	At    string `json:"at,omitempty"`
	State string `json:"state,omitempty"`
	// Door: it is a service's address, which a guide does not get; see the func
	// Shared. It is stored nowhere.
	Door bool `json:"-"`
}

// Returned is what Microsoft's consent page brought back: Asserted at most.
type Returned struct {
	Callback checks.Callback `json:"callback"`
}

// Planned puts a plan before the person. Nothing has been changed.
type Planned struct {
	Plan Plan `json:"plan"`
}

// Recalled takes up the receipt of a plan that is to be taken back: Undo makes
// the plan for that.
type Recalled struct {
	Plan   PlanID        `json:"plan"`
	App    ReceiptApp    `json:"app"`
	Tenant ReceiptTenant `json:"tenant"`
	Lines  []ReceiptLine `json:"lines"`
	// Strange: the receipt is not one that this machine kept.
	Strange bool `json:"strange,omitempty"`
	// Tried are the requests of the lines that an undo has tried to take back
	// already: where they do not show, that is why.
	Tried []string `json:"tried,omitempty"`
}

// Confirmed is the typed yes to one plan. A driver acts on it only once the
// journal has stored it.
type Confirmed struct {
	Plan  PlanID `json:"plan"`
	Typed string `json:"typed"` // the tenant's domain, as typed
}

// Applying is stored before the write of one line is sent, so that a run which
// dies in between knows that the line is in doubt.
type Applying struct {
	Plan PlanID    `json:"plan"`
	Line int       `json:"line"`
	At   time.Time `json:"at"`
}

// Applied is what came of sending one line.
type Applied struct {
	Plan      PlanID    `json:"plan"`
	Line      int       `json:"line"`
	Outcome   Outcome   `json:"outcome"`
	Before    string    `json:"before"`
	After     string    `json:"after"`
	Status    int       `json:"status,omitempty"`    // HTTP; no proof of anything
	ObjectID  string    `json:"objectId,omitempty"`  // of what was made
	RequestID string    `json:"requestId,omitempty"` // Microsoft's
	Message   string    `json:"message,omitempty"`   // of a refusal, cleaned
	At        time.Time `json:"at"`
}

// Reread says whether a written line was seen by reading it again.
type Reread struct {
	Plan PlanID    `json:"plan"`
	Line int       `json:"line"`
	Seen bool      `json:"seen"`
	At   time.Time `json:"at"`
	// Until is set where it is looked for on and on, until then at most.
	Until time.Time `json:"until,omitzero"`
}

// Stopped says that a plan will not be carried further, and why. A new plan is
// made from what the tenant is then.
type Stopped struct {
	Plan PlanID     `json:"plan"`
	Why  StopReason `json:"why"`
	Text string     `json:"text,omitempty"` // detail, cleaned
}

// Filed says that a receipt or a report was kept, and under which name.
type Filed struct {
	Plan PlanID `json:"plan"`
	Name string `json:"name"`
}

// Advanced goes on from the place where the person is, if that is possible. To
// is a place other than the next one: StagePaths, from a diagnosis that leads to
// the proof, and from the proof; for one person may be let in where the others
// are not, and what was approved can be taken back.
type Advanced struct {
	To Stage `json:"to,omitempty"`
}

// WentBack returns to the place before. Answers stay.
type WentBack struct{}

// Noted is a remark for the record. A guide's is bounded and cleaned of links
// that lead to strange hosts: see CleanNote.
type Noted struct {
	Text string `json:"text"`
	// Visit is the watch under which a guide wrote it, and From who that is:
	// what a state keeps is the name under which the guide was let in.
	Visit VisitID `json:"visit,omitempty"`
	From  string  `json:"from,omitempty"`
}

// Pointed shows the person a place on the screen, for as long as they are where
// they are; an empty one takes the marker away. Only a guide points.
type Pointed struct {
	At    string  `json:"at"` // a check id, a step id, a path id or an action id
	Visit VisitID `json:"visit,omitempty"`
	From  string  `json:"from,omitempty"`
}

// Suggested recommends a path; the person still chooses. Only a guide suggests.
type Suggested struct {
	Path  PathID  `json:"path"`
	Visit VisitID `json:"visit,omitempty"`
	From  string  `json:"from,omitempty"`
}

// AskedAgain makes the driver look again at once. A guide's is a wish: the driver
// looks once that cannot get in the person's way; see Due.
type AskedAgain struct {
	Visit VisitID `json:"visit,omitempty"`
	From  string  `json:"from,omitempty"`
}

// Troubled says that something of ours broke or could not be kept. The run
// goes on.
type Troubled struct {
	What TroubleKind `json:"what"`
	Text string      `json:"text"` // cleaned
	// Since is when the last event was stored, of TroubleStore alone; zero:
	// nothing of the run is.
	Since time.Time `json:"since,omitzero"`
}

// Ended closes a run. What comes after it is ignored.
type Ended struct {
	Why EndReason `json:"why"`
}

// EndReason is why a run ended.
type EndReason string

// The ends of a run: proven and left, left before, or broken by us.
const (
	EndDone   EndReason = "done"
	EndLeft   EndReason = "left"
	EndBroken EndReason = "broken"
)

// StopReason is why a plan was not carried further.
type StopReason string

// The reasons to stop a plan.
const (
	StopMoved       StopReason = "moved"       // the tenant is not as it was when the plan was made
	StopRefused     StopReason = "refused"     // Microsoft refused a line
	StopUnclear     StopReason = "unclear"     // no answer to a write: it may have been done
	StopUnseen      StopReason = "unseen"      // accepted, and not there on re-reading
	StopInterrupted StopReason = "interrupted" // the process died between two lines
	StopNoUse       StopReason = "no-use"      // what a change brought to light: the rest would not help
	StopNoHands     StopReason = "no-hands"    // nothing here can write
	StopSignIn      StopReason = "sign-in"     // nobody signed in who may
	StopTenant      StopReason = "tenant"      // somebody signed in to another tenant
	StopUnread      StopReason = "unread"      // the tenant could not be read, before a write or after it
	StopStore       StopReason = "store"       // what is about to be written could not be stored first
	StopBusy        StopReason = "busy"        // another run is writing to the tenant
	StopSent        StopReason = "sent"        // it was sent before, and may still show
)

// TroubleKind is what broke.
type TroubleKind string

// The kinds of trouble.
const (
	TroublePanic   TroubleKind = "panic"   // a hand of ours fell over
	TroubleStore   TroubleKind = "store"   // the journal cannot be written: of this process, so in no journal
	TroubleReceipt TroubleKind = "receipt" // the receipt cannot be written
	TroubleHost    TroubleKind = "host"    // browser or clipboard
	TroubleLarge   TroubleKind = "large"   // what is too large for a record, and so was given up
)

// Kind gives the tag.
func (Started) Kind() Kind { return KindStarted }

// Kind gives the tag.
func (Resumed) Kind() Kind { return KindResumed }

// Kind gives the tag.
func (Picked) Kind() Kind { return KindPicked }

// Kind gives the tag.
func (Answered) Kind() Kind { return KindAnswered }

// Kind gives the tag.
func (Found) Kind() Kind { return KindFound }

// Kind gives the tag.
func (Looked) Kind() Kind { return KindLooked }

// Kind gives the tag.
func (Learned) Kind() Kind { return KindLearned }

// Kind gives the tag.
func (SignedIn) Kind() Kind { return KindSignedIn }

// Kind gives the tag.
func (SignInFailed) Kind() Kind { return KindSignInFailed }

// Kind gives the tag.
func (SignedOut) Kind() Kind { return KindSignedOut }

// Kind gives the tag.
func (Chose) Kind() Kind { return KindChose }

// Kind gives the tag.
func (Claimed) Kind() Kind { return KindClaimed }

// Kind gives the tag.
func (Listening) Kind() Kind { return KindListening }

// Kind gives the tag.
func (Returned) Kind() Kind { return KindReturned }

// Kind gives the tag.
func (Planned) Kind() Kind { return KindPlanned }

// Kind gives the tag.
func (Recalled) Kind() Kind { return KindRecalled }

// Kind gives the tag.
func (Confirmed) Kind() Kind { return KindConfirmed }

// Kind gives the tag.
func (Applying) Kind() Kind { return KindApplying }

// Kind gives the tag.
func (Applied) Kind() Kind { return KindApplied }

// Kind gives the tag.
func (Reread) Kind() Kind { return KindReread }

// Kind gives the tag.
func (Stopped) Kind() Kind { return KindStopped }

// Kind gives the tag.
func (Filed) Kind() Kind { return KindFiled }

// Kind gives the tag.
func (Advanced) Kind() Kind { return KindAdvanced }

// Kind gives the tag.
func (WentBack) Kind() Kind { return KindWentBack }

// Kind gives the tag.
func (Noted) Kind() Kind { return KindNoted }

// Kind gives the tag.
func (Pointed) Kind() Kind { return KindPointed }

// Kind gives the tag.
func (Suggested) Kind() Kind { return KindSuggested }

// Kind gives the tag.
func (AskedAgain) Kind() Kind { return KindAskedAgain }

// Kind gives the tag.
func (Troubled) Kind() Kind { return KindTroubled }

// Kind gives the tag.
func (Ended) Kind() Kind { return KindEnded }
