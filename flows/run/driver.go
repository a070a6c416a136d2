package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"onboard.example/flows"
)

// Options are the things of a driver that tests and commands choose.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Writer names this driver in the journal; unique per process.
	Writer flows.WriterID
	// Receipts keeps receipts; nil: they are not kept.
	Receipts Receipts
}

// ErrEnded says that the run is over and takes no more events.
var ErrEnded = errors.New("the run has ended")

// Saved says how much of a run is stored.
type Saved struct {
	Applied uint64 // number of the last event in State
	Stored  uint64 // number of the last event in the journal
	// Err is why the journal cannot be written; nil: it can. The run goes on
	// in memory.
	Err error
}

// All says whether everything that happened is stored.
func (s Saved) All() bool { return s.Applied == s.Stored }

// Driver runs one run. Its methods are safe for use by several goroutines.
type Driver struct {
	mu    sync.Mutex
	state flows.State
}

// New makes a driver over a journal, which may hold a run already. Nothing
// runs before Run.
func New(h Hands, j flows.Journal, o Options) *Driver { return &Driver{} }

// Run drives until ctx ends or the run has ended, and returns when everything
// that it started has stopped. The error is ctx's, or nil at the run's end.
func (d *Driver) Run(ctx context.Context) error { return nil }

// State is the run so far, what is not stored yet included.
func (d *Driver) State() flows.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

// Do puts an event of the person into the run. It is applied before Do
// returns, stored right after; Confirmed waits until it is stored.
func (d *Driver) Do(ctx context.Context, e flows.Event) error { return nil }

// Watch gives a wake-up after the state changed: never data, the latest wins.
// The channel closes when ctx ends.
func (d *Driver) Watch(ctx context.Context) <-chan struct{} { return nil }

// Saved says how much is stored.
func (d *Driver) Saved() Saved { return Saved{} }

// Prompt is what is to be shown for the sign-in that is going on; ok is false
// while there is none.
func (d *Driver) Prompt() (p Prompt, ok bool) { return Prompt{}, false }

// Hands are the hands that the driver was given; screens use Host and Play.
func (d *Driver) Hands() Hands { return Hands{} }
