package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"onboard.example/flows"
)

// Options are the things of a driver that tests and commands choose.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Writer names this driver in the journal: unique for each process.
	Writer flows.WriterID
	// Version, Ways, CanWrite, Keeps, Login, Portal, Service, Doors and Probes go into Resumed when
	// the journal holds an unfinished run.
	Version         string
	Ways            []flows.WayOffer
	CanWrite, Keeps bool
	Login, Portal   string
	Service         string
	Doors           bool
	Probes          []string
	// PlanID gives a plan of this run an id that no other plan has, of at most 16
	// hexadecimal digits; nil means 64 bits of chance.
	PlanID func() flows.PlanID
	// Receipts keeps receipts; nil: they are not kept.
	Receipts Receipts
	// WriteGrace is how long a write that is under way may still get its
	// answer after Run was cancelled; 0 means 5 seconds.
	WriteGrace time.Duration
	// Reread bounds how long an accepted write is looked for; 0 means as long
	// as such a change may take (flows.Patience).
	Reread time.Duration
}

var (
	// ErrEnded says that the run is over and takes no more events.
	ErrEnded = errors.New("the run has ended")
	// ErrNotAllowed says that it is not the person who may do that.
	ErrNotAllowed = errors.New("the person at the run cannot do that")
)

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
	hands   Hands
	journal flows.Journal
	o       Options

	mu      sync.Mutex
	base    flows.State // the fold of what is stored
	state   flows.State // base, and then what is pending
	pending []*entry    // happened, and not stored yet
	n       uint64      // of our last record
	failed  error       // why the journal cannot be written
	atOnce  int         // how many records are stored at once, up to mostStored; the appender's own
	prompt  *Prompt
	inHand  bool    // the hand may hold a sign-in
	proved  *proved // of Run alone; nil: nothing yet
	wake    map[chan struct{}]struct{}

	dirty chan struct{} // the state changed: compare what is wanted
	full  chan struct{} // something is pending: store it
}

// entry is a record on its way into the journal.
type entry struct {
	flows.Record
	// held: it counts only once it is stored.
	held bool
	// done gets the outcome of storing it, once; nil: nobody waits.
	done chan error
}

// New makes a driver over a journal, which may hold a run already: then State
// is that run, and if it was not finished it is resumed. Nothing else runs
// before Run. The error is the journal's.
func New(ctx context.Context, h Hands, j flows.Journal, o Options) (*Driver, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PlanID == nil {
		o.PlanID = chance
	}
	if o.WriteGrace <= 0 {
		o.WriteGrace = 5 * time.Second
	}
	d := &Driver{
		hands: h, journal: j, o: o, atOnce: mostStored, wake: map[chan struct{}]struct{}{},
		dirty: make(chan struct{}, 1), full: make(chan struct{}, 1),
	}
	rs, err := j.Since(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the run: %w", err)
	}
	for _, r := range rs {
		if r.Writer == o.Writer {
			d.n = max(d.n, r.N)
		}
	}
	d.base = flows.Fold(flows.State{}, rs...)
	d.state = d.base
	if len(rs) > 0 && d.state.End == "" {
		d.post(flows.Resumed{Version: o.Version, Ways: o.Ways, CanWrite: o.CanWrite, Keeps: o.Keeps, Login: o.Login, Portal: o.Portal, Service: o.Service, Doors: o.Doors, Probes: o.Probes})
	}
	return d, nil
}

// chance is an id that nobody had before.
func chance() flows.PlanID {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return flows.PlanID(hex.EncodeToString(b[:]))
}

// State is the run so far, what is not stored yet included.
func (d *Driver) State() flows.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

// Do puts an event of the person into the run. It is applied before Do returns
// and stored right after. Confirmed, and the yes to being watched or recorded, count only once
// they are stored: Do waits for that, and where the journal cannot be written they
// do not happen and the error says why. Other errors are ErrEnded and
// ErrNotAllowed.
func (d *Driver) Do(ctx context.Context, e flows.Event) error {
	if !flows.MayAppend(flows.ByPerson, e) {
		return ErrNotAllowed
	}
	held := false
	switch e := e.(type) {
	case flows.Confirmed:
		held = true
	case flows.Watched:
		held = e.Here // the end of a watch waits for nothing
	case flows.Recorded:
		held = e.On // likewise
	}
	d.mu.Lock()
	if d.state.End != "" {
		d.mu.Unlock()
		return ErrEnded
	}
	en := d.add(flows.ByPerson, e, held)
	d.mu.Unlock()
	if !held {
		return nil
	}
	return d.await(ctx, en)
}

// await waits until an entry is stored or cannot be; an entry that was held
// and is given up is taken back.
func (d *Driver) await(ctx context.Context, en *entry) error {
	select {
	case err := <-en.done:
		return err
	case <-ctx.Done():
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case err := <-en.done:
		return err
	default:
	}
	d.drop(en)
	return fmt.Errorf("storing an event: %w", ctx.Err())
}

// post puts an event of the driver itself into the run.
func (d *Driver) post(e flows.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state.End == "" {
		d.add(flows.ByDriver, e, false)
	}
}

// keep is post for what must be stored before the driver goes on.
func (d *Driver) keep(ctx context.Context, e flows.Event) error {
	d.mu.Lock()
	en := d.add(flows.ByDriver, e, true)
	d.mu.Unlock()
	return d.await(ctx, en)
}

// add makes an entry pending; the caller holds mu.
func (d *Driver) add(by flows.Author, e flows.Event, held bool) *entry {
	d.n++
	en := &entry{
		Record: flows.Record{Writer: d.o.Writer, N: d.n, At: d.o.Now().UTC().Round(0), By: by, Event: flows.Bounded(flows.Clean(e))},
		held:   held,
	}
	if held {
		en.done = make(chan error, 1)
	}
	d.pending = append(d.pending, en)
	if !held {
		en.Seq = d.state.Seq + 1
		d.state = flows.Fold(d.state, en.Record)
	}
	d.changed()
	poke(d.full)
	return en
}

// drop takes a pending entry back; the caller holds mu.
func (d *Driver) drop(en *entry) {
	d.pending = slices.DeleteFunc(d.pending, func(p *entry) bool { return p == en })
}

// changed wakes whoever watches; the caller holds mu.
func (d *Driver) changed() {
	poke(d.dirty)
	for c := range d.wake {
		poke(c)
	}
}

// poke wakes a reader that is not awake already.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Watch gives a wake-up after the state changed: never data, the latest wins.
// The channel closes when ctx ends.
func (d *Driver) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	d.mu.Lock()
	d.wake[c] = struct{}{}
	d.mu.Unlock()
	context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.wake, c)
		close(c)
	})
	return c
}

// Saved says how much is stored.
func (d *Driver) Saved() Saved {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Saved{Applied: d.base.Seq + uint64(len(d.pending)), Stored: d.base.Seq, Err: d.failed}
}

// Prompt is what is to be shown for the sign-in that is going on; ok is false
// while there is none.
func (d *Driver) Prompt() (p Prompt, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.prompt == nil {
		return Prompt{}, false
	}
	return *d.prompt, true
}

func (d *Driver) show(p *Prompt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.prompt = p
	d.changed()
}

// Hands are the hands that the driver was given; screens use Host and Play.
func (d *Driver) Hands() Hands { return d.hands }
