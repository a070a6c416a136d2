// Package run drives a run: it compares what a state wants with what runs,
// starts what is missing and cancels the rest, and keeps the journal.
//
// It reaches the world through Hands alone. Screens never wait for it: they
// put events in with Do, which applies them before it returns, and read State
// when woken. Whoever watches somebody else's run has a Guide and no driver.
package run

import (
	"context"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// Hands are what a driver can do in the world. A nil hand is something that
// cannot be done here: then nothing of it is started, and the run says so.
type Hands struct {
	Look   Looker
	SignIn SignIner
	Change Changers
	Return Returner
	Host   Host
	Play   Play
}

// Ask is what is to be looked at, and about whom.
type Ask struct {
	Checks []checks.ID
	App    checks.App
	Domain string
	Cloud  checks.Cloud // empty: not chosen, all are asked
	Person string
	Who    string // the person or group that a plan is about; empty: nobody
	// Deleted is the object id of an enterprise app that a plan would restore;
	// empty: none.
	Deleted string
	// Round counts the reasons to look anew: what was kept from a look of an
	// earlier round is not to be used, for it may be of another account.
	Round uint32
	// Callback is what the consent page brought back, and CalledBack when; nil:
	// nothing.
	Callback   *checks.Callback
	CalledBack time.Time
	// Tenant is the id of the tenant that the answers must be of; empty:
	// not known yet.
	Tenant string
	// Tell takes, before the last check has landed, what was learned by looking at
	// some of the checks, all of which have landed: so that a slow one holds up
	// nobody who does not need it. It is there where a driver asks; whoever has
	// nothing to tell early leaves it.
	Tell func(facts flows.Facts, of []checks.ID)
}

// Looker looks. Look calls found once for each check of ask, from one
// goroutine at a time, as answers land, and returns all that was learned when the
// last has landed or ctx has ended. What could not be seen is a finding too
// (Unknown, with the reason); the error is for a look that broke as a whole,
// and then the driver answers what is missing.
type Looker interface {
	Look(ctx context.Context, ask Ask, found func(checks.Finding)) (flows.Facts, error)
}

// SignInAsk is one sign-in.
type SignInAsk struct {
	Way    flows.Way
	Scopes []string // of Microsoft Graph, bare
	Domain string
	Tenant string // id; empty: not known
	Cloud  checks.Cloud
	Hint   string // the address to suggest; may be empty
	// ClientID is what the app's vendor registered for this tool's own sign-in; empty:
	// nothing.
	ClientID string
}

// Prompt is what somebody must be shown to sign in. It lives in memory alone:
// it enters no journal and no guide sees it.
type Prompt struct {
	Way     flows.Way
	URL     string    // the page to open; of a link, on any machine
	Code    string    // to type there; device code only
	Started time.Time // when it was asked for: a code from elsewhere is a trick
	Until   time.Time // when it stops working; zero: not said
	// Paste takes what the person's browser ended on, of a link alone; nil: nothing is
	// pasted. It does not wait. The error says, in words for the person that repeat
	// nothing of it, what was odd and what to paste instead: the sign-in goes on.
	Paste func(text string) error
}

// SignIner signs in and keeps the token to itself. SignIn calls show as soon
// as there is something to show, and returns who signed in. A *checks.Failure
// as the error says why not.
type SignIner interface {
	SignIn(ctx context.Context, ask SignInAsk, show func(Prompt)) (flows.Account, error)
	// SignOut forgets the token, so that what is looked at after it is looked at
	// as nobody, and the next SignIn asks the person. The driver calls it when the
	// run has no account any more. Where nobody is signed in it does nothing.
	SignOut()
}

// Changers give the hand that writes, for one plan that was confirmed and
// stored, and only while somebody is signed in with the plan's scopes.
type Changers interface {
	Changer(ctx context.Context, plan flows.Plan) (Changer, error)
}

// Request is one write, exactly as the plan showed it. Path is relative to the
// root of Graph v1.0; Body is JSON or empty.
type Request struct {
	Method, Path, Body string
}

// Answer is what Microsoft said to a write: no proof of anything.
type Answer struct {
	Status    int
	ObjectID  string // id of the object in the answer; empty: none
	RequestID string
}

// Changer sends one write, once: it never repeats one by itself, but where
// Microsoft said that it was not taken: 429, or a claims challenge (401) that
// could be answered. The error is a *checks.Failure where Microsoft refused, and
// where nothing was sent; any other leaves the write in doubt.
type Changer interface {
	Change(ctx context.Context, r Request) (Answer, error)
}

// ReturnAsk is one wait for the consent page.
type ReturnAsk struct {
	Redirect string // the address of the app's profile; may be empty
	ClientID string // of the app
	Run      string // tells the run from every other
	State    string // that a link of this run to a service carries already; empty: none does
}

// Waiting is where the consent page is waited for: a loopback port, or a service's
// address and the state that a link to there must carry.
type Waiting struct {
	Port      uint16
	At, State string
}

// Returner waits for Microsoft's consent page to come back: on the person's
// machine at a registered loopback address, or at a service's own where that is
// registered. Await calls ready once it listens, and again where that changes, and
// came with the query of each request that arrives, from one goroutine at a time;
// what came returns says which page is shown to the person. It returns when ctx
// ends, or with the reason why it cannot wait.
type Returner interface {
	Await(ctx context.Context, ask ReturnAsk, ready func(Waiting), came func(query string) flows.ReturnSaid) error
}

// Host is the machine of the person: its browser and its clipboard. It is nil
// where the run is served.
type Host interface {
	Open(ctx context.Context, url string) error
	Copy(ctx context.Context, text string) error
}

// Play is an admin in a rehearsed tenant, for demo alone: the moves that make
// sense in a state, each on a key, and a way to make one.
type Play interface {
	Moves(s flows.State) []Move
	Make(ctx context.Context, id string) error
}

// Move is something that the rehearsed admin can do.
type Move struct {
	ID    string
	Key   string // the key that makes it
	Title string
}

// Receipts keeps receipts. Save returns the name under which it can be found.
// All are those that are kept, of every run, in any order; flows.UnreadReceipts
// beside them are those that cannot be read. Lock keeps other runs from writing to
// a tenant, until unlock or the end of the process, however it ends; it fails with
// flows.ErrWriting where one is.
type Receipts interface {
	Lock(tenant string) (unlock func(), err error)
	Save(ctx context.Context, r flows.Receipt) (name string, err error)
	All(ctx context.Context) ([]flows.Receipt, error)
}
