package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/checks"
	"onboard.example/flows"
)

// GuideOptions are the things of a guide's handle that tests and servers choose.
type GuideOptions struct {
	Now func() time.Time // nil: time.Now
	// Lasts is how long a yes holds, at most flows.WatchMost; 0: half of that.
	Lasts time.Duration
	// Visit gives an id that no other visit has; nil: 128 bits of chance.
	Visit func() flows.VisitID
	// Keeps is how long the server keeps a case after its last change; 0: who is asked
	// to be recorded is not told.
	Keeps time.Duration
	// Handed is who handed the case to the guide. The person reads it with the question, and
	// a yes to that ends the watch of theirs that goes on then.
	Handed Handed
	// Ahead is what was read of the same journal before; nil: nothing was.
	Ahead *Ahead
}

// The errors of a guide's handle.
var (
	// ErrNotWatching says that the person's yes is not there: not yet, or no more.
	ErrNotWatching = errors.New("the customer's yes is not there")
	// ErrNoRun says that nothing was begun in a run, or that it has ended.
	ErrNoRun = errors.New("there is no run to watch: nothing was begun, or it has ended")
	// ErrNotNow says that a guide asks too often, or that enough of them ask or
	// watch already.
	ErrNotNow = errors.New("this guide cannot ask now: too often, or there are enough of them")
	// ErrAlready is an ErrNotNow: the guide asks or watches already, on another visit.
	ErrAlready = fmt.Errorf("%w: they ask or watch already", ErrNotNow)
	// ErrUnsure says that nobody heard whether something was done, however often it
	// was tried.
	ErrUnsure = errors.New("it is not known whether that was done; look before you do it again")
	// ErrUnsent is of a journal that did not try to store what it was given: it surely
	// is not there.
	ErrUnsent = errors.New("nothing was stored")
	// ErrTooFast says that more came from a guide than a person takes in.
	ErrTooFast = errors.New("too much at a time: wait a moment")
	// ErrNoSpot says that there is nothing to point at, or no such path.
	ErrNoSpot = errors.New("there is no such step, path or check")
	// ErrNoTape says that something is recorded already, or was asked for already, or
	// that the person was asked too often.
	ErrNoTape = errors.New("this cannot be asked now: it is recorded or asked already, or was asked too often")
	// ErrNoRecording says that nothing of the guide's is recorded or asked for.
	ErrNoRecording = errors.New("nothing of yours is recorded or asked for any more")
	// ErrNote says that a note is empty or too long.
	ErrNote = fmt.Errorf("a note has 1 to %d characters", flows.NoteMost)
)

// LinkError says that a note holds links that may not stand in one.
type LinkError struct{ Hosts []string }

// Error names the hosts.
func (e *LinkError) Error() string {
	return "no link to this may be sent: " + strings.Join(e.Hosts, ", ")
}

// How fast guides may be. Each look that they wish for is a look at Graph.
const (
	guideWords = 2 * time.Second // between two, in the long run
	guideBurst = 10
	guideLooks = 20 * time.Second
	looksBurst = 3
)

// Guide is what a guide has of a run: the right to ask for its person's yes, and
// while that stands to read what is not private of it and to point, note, suggest
// and wish for a look. There is no more to it: it has no method that answers,
// confirms or signs in, takes no event, and gives no journal.
//
// Whether the yes stands is asked of the journal each time, and a record enters it
// only right after the last one in which it stood. A Guide is safe for use by
// several goroutines; none of its readers can hold up the run.
type Guide struct {
	journal flows.Journal
	visit   flows.VisitID
	who     Known
	now     func() time.Time
	keeps   time.Duration
	words   *rate.Limiter
	looks   *rate.Limiter

	mu sync.Mutex
	shares
	n     uint64 // of our last record
	stand Standing
	let   bool // there was a yes
	why   flows.WatchEnd
	to    string // of flows.WatchHanded
	left  bool   // by Leave
	taped []Taping
	// lapsed is the request to record that ran out last.
	lapsed flows.TapeID
}

// Standing is how far a guide's visit has come.
type Standing uint8

// The standings: the person was asked, said yes, or it is over.
const (
	StandAsks Standing = iota
	StandWatches
	StandOver
)

// Outline is all that is told of a run to whom nobody said yes.
type Outline struct {
	Stage    flows.Stage
	Step, Of int       // zero but on a path
	Since    time.Time // when that was entered
	Last     time.Time // when anything happened last
}

// View is a run as a guide has it at a moment.
type View struct {
	As       string // the name under which the person sees the guide
	Standing Standing
	Let      bool           // the person said yes, whatever came after
	Why      flows.WatchEnd // of StandOver
	To       string         // who has the case now, as people are told it, after flows.WatchHanded
	Until    time.Time      // when the request, or the watch, ends by itself
	Outline  Outline        // zero but while the person is asked: afterwards Run has all of it
	// Left says that the guide's own handle ended it, by Leave.
	Left bool
	// Tapings are what became of the guide's requests to record, oldest first; they
	// stay known once it is over.
	Tapings []Taping
	// Run is there only while the yes stands.
	Run *Shared
}

// Shared is what the person shares with a guide.
type Shared struct {
	State flows.State
	// Last are the latest records, oldest first; see flows.Shared. They are the
	// reader's to read alone.
	Last []flows.Record
}

// mostLast bounds Shared.Last.
const mostLast = 200

// AskToWatch asks the person of a run to let a guide watch it. The request is in
// the journal when it returns. The errors are ErrNoRun, ErrNotNow and the journal's.
// Where the answer of the journal was lost the request may stand: then the guide
// comes with the error, to Leave by.
func AskToWatch(ctx context.Context, j flows.Journal, who Known, o GuideOptions) (*Guide, error) {
	const doing = "asking to watch"
	if who.name == "" || who.org == "" {
		return nil, fmt.Errorf("%s: %w", doing, ErrNameless)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lasts <= 0 {
		o.Lasts = flows.WatchMost / 2
	}
	if o.Visit == nil {
		o.Visit = chanceVisit
	}
	g := &Guide{
		journal: j, visit: o.Visit(), who: who, now: o.Now, keeps: o.Keeps,
		words: rate.NewLimiter(rate.Every(guideWords), guideBurst), looks: rate.NewLimiter(rate.Every(guideLooks), looksBurst),
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if o.Ahead != nil {
		g.shares = o.Ahead.read.copy()
	}
	err := g.append(ctx, flows.ByServer, func() (flows.Event, error) {
		if g.state.Seq == 0 || g.state.End != "" {
			return nil, ErrNoRun
		}
		e := flows.AskedToWatch{Visit: g.visit, Guide: who.name, Org: who.org, Until: g.now().Add(flows.AskWait), Lasts: o.Lasts, Print: who.print, Server: who.server}
		if o.Handed.Name != "" {
			e.From, e.FromOrg, e.Hand = o.Handed.Name, o.Handed.Org, o.Handed.Mark
			i := slices.IndexFunc(g.state.Guides, func(w flows.Guide) bool { return w.Print != "" && w.Print == o.Handed.Print })
			if i >= 0 {
				e.Over = g.state.Guides[i].Visit
			}
		}
		next := flows.Fold(g.state, g.record(flows.ByServer, e))
		if _, ok := next.AsksToWatch(g.visit, next.At); !ok {
			if next.Knows(e.Guide, e.Org) {
				return nil, ErrAlready
			}
			return nil, ErrNotNow
		}
		return e, nil
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", doing, err)
		if g.n > 0 { // it was sent
			return g, err
		}
		return nil, err
	}
	return g, nil
}

func chanceVisit() flows.VisitID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return flows.VisitID(hex.EncodeToString(b[:]))
}

// View is the run as it is now, as far as it is shared. The error is the
// journal's; then nothing is shown, for nobody knows whether the yes still stands.
func (g *Guide) View(ctx context.Context) (View, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.catchUp(ctx); err != nil {
		return View{}, fmt.Errorf("reading the run: %w", err)
	}
	v := View{As: flows.Guide{Name: g.who.name, Org: g.who.org}.Called(), Standing: g.stand, Let: g.let, Why: g.why, To: g.to, Left: g.left, Tapings: g.taped[:len(g.taped):len(g.taped)]}
	if g.stand == StandOver {
		return v, nil
	}
	v.Until = g.until()
	if g.stand == StandWatches {
		v.Run = &Shared{State: g.state, Last: g.last[:len(g.last):len(g.last)]}
		return v, nil
	}
	v.Outline = Outline{Stage: g.state.Place.Stage, Since: g.state.Entered, Last: g.state.At}
	v.Outline.Step, v.Outline.Of = g.state.StepNumber()
	return v, nil
}

// ends reads on, and gives when the request, or the watch, ends by itself, or that it is
// over.
func (g *Guide) ends(ctx context.Context) (until time.Time, over bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.catchUp(ctx); err != nil {
		return time.Time{}, false, err
	}
	return g.turns(g.until()), g.stand == StandOver, nil
}

// Watch gives a wake-up when there may be another View: never data, the latest
// wins. The channel closes when ctx ends, or after the last wake-up once it is
// over, which it is at once, whatever is waited for meanwhile, or the run is gone.
func (g *Guide) Watch(ctx context.Context) <-chan struct{} {
	out := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(ctx)
	wake := g.journal.Watch(ctx)
	go func() {
		defer close(out)
		defer cancel()
		for {
			var until time.Time
			var over bool
			err := safely(func() (err error) {
				until, over, err = g.ends(ctx)
				return err
			})
			poke(out)
			if errors.Is(err, flows.ErrGone) {
				return
			}
			var turn <-chan time.Time
			if err == nil {
				if over {
					return
				}
				turn = time.After(max(until.Sub(g.now()), 0))
			} else {
				turn = again()
			}
			select {
			case <-ctx.Done():
				return
			case _, ok := <-wake:
				if !ok {
					return
				}
			case <-turn:
			}
		}
	}()
	return out
}

// Point marks a step, a path or a check on the person's screen; an empty one takes
// the marker away. The errors are ErrNotWatching, ErrNoSpot, ErrTooFast and the
// journal's.
func (g *Guide) Point(ctx context.Context, at string) error {
	return g.say(ctx, "pointing", g.words, func(flows.State) (flows.Event, error) {
		_, step := flows.StepByID(flows.StepID(at))
		_, path := flows.PathByID(flows.PathID(at))
		_, check := checks.ByID(checks.ID(at))
		if at != "" && !step && !path && !check {
			return nil, ErrNoSpot
		}
		return flows.Pointed{At: at, Visit: g.visit, From: g.who.name}, nil
	})
}

// Note writes to the person. The errors are ErrNotWatching, ErrNote, a LinkError,
// ErrTooFast and the journal's.
func (g *Guide) Note(ctx context.Context, text string) error {
	return g.say(ctx, "writing a note", g.words, func(s flows.State) (flows.Event, error) {
		whole := checks.Line(text, 2*flows.NoteMost)
		clean, left := flows.CleanNote(s, whole)
		switch {
		case len(left) > 0:
			return nil, &LinkError{left}
		case clean == "" || len([]rune(whole)) > flows.NoteMost:
			return nil, ErrNote
		}
		return flows.Noted{Text: clean, Visit: g.visit, From: g.who.name}, nil
	})
}

// Suggest recommends a path; an empty one takes the advice back. The errors are
// those of Point.
func (g *Guide) Suggest(ctx context.Context, path flows.PathID) error {
	return g.say(ctx, "suggesting a path", g.words, func(flows.State) (flows.Event, error) {
		if _, ok := flows.PathByID(path); !ok && path != "" {
			return nil, ErrNoSpot
		}
		return flows.Suggested{Path: path, Visit: g.visit, From: g.who.name}, nil
	})
}

// AskAgain wishes that the person's side looks again, which it does as soon as
// that is in nobody's way. The errors are those of Point.
func (g *Guide) AskAgain(ctx context.Context) error {
	return g.say(ctx, "asking for a look", g.looks, func(flows.State) (flows.Event, error) {
		return flows.AskedAgain{Visit: g.visit, From: g.who.name}, nil
	})
}

// Leave ends the watch, or takes the request back: flows.WatchLeft by the guide's
// will, else flows.WatchLost. Nothing is read or said from here on, whatever comes
// of telling the person; the error is the journal's, and trying again is safe.
func (g *Guide) Leave(ctx context.Context, why flows.WatchEnd) error {
	if why != flows.WatchLeft {
		why = flows.WatchLost
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = g.left || g.stand != StandOver
	g.over(why)
	for {
		rs, err := g.journal.Since(ctx, 0)
		if err != nil {
			return fmt.Errorf("leaving: %w", err)
		}
		s := flows.Fold(flows.State{}, rs...)
		at := s.At
		if now := g.now(); now.After(at) {
			at = now
		}
		_, asks := s.AsksToWatch(g.visit, at)
		if _, watches := s.Watching(g.visit, at); !asks && !watches {
			return nil
		}
		r := g.record(flows.ByServer, flows.Watched{Visit: g.visit, Why: why})
		_, err = g.journal.Append(ctx, s.Seq, r)
		if errors.Is(err, flows.ErrConflict) {
			continue
		}
		g.n = r.N
		if err != nil {
			return fmt.Errorf("leaving: %w", err)
		}
		return nil
	}
}

// say appends one of the guide's own events, as fast as a person may speak.
func (g *Guide) say(ctx context.Context, doing string, pace *rate.Limiter, make func(flows.State) (flows.Event, error)) error {
	if err := g.saying(ctx, flows.ByGuide, pace, make); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// saying is say, for an author; without a pace as fast as it comes.
func (g *Guide) saying(ctx context.Context, by flows.Author, pace *rate.Limiter, make func(flows.State) (flows.Event, error)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	paid := false
	return g.append(ctx, by, func() (flows.Event, error) {
		if g.stand != StandWatches {
			return nil, ErrNotWatching
		}
		e, err := make(g.state)
		if err == nil && pace != nil && !paid && !pace.AllowN(g.now(), 1) {
			err = ErrTooFast
		}
		paid = true
		return e, err
	})
}

// catchUp folds what was stored since, record by record, and no further than to
// the end of the watch. The caller holds mu.
func (g *Guide) catchUp(ctx context.Context) error {
	if g.stand == StandOver {
		return nil
	}
	rs, err := g.journal.Since(ctx, g.state.Seq)
	if err != nil {
		return err
	}
	for _, r := range rs {
		if g.take(r); g.stand == StandOver {
			return nil
		}
	}
	if until := g.until(); !until.IsZero() && !g.now().Before(until) {
		g.over(flows.WatchOver)
	}
	g.lapse()
	return nil
}

// take folds one record and sees what it makes of the watch.
func (g *Guide) take(r flows.Record) {
	had, before := g.has(), g.state
	g.tape(before, g.shares.take(r))
	switch at := g.has(); {
	case at == nil && had != nil:
		why := flows.WatchOver
		if p := g.state.Parted; p != nil && p.Guide.Visit == g.visit {
			why, g.to = p.Why, p.To
		}
		g.over(why)
	case at != nil:
		g.stand = StandAsks
		if _, ok := g.state.Watching(g.visit, time.Time{}); ok {
			g.stand, g.let = StandWatches, true
		}
	}
}

// has is the guide's place in the run: its watch or its request; nil: none.
func (g *Guide) has() *flows.Guide {
	for _, list := range [...][]flows.Guide{g.state.Guides, g.state.Asking} {
		for i := range list {
			if list[i].Visit == g.visit {
				return &list[i]
			}
		}
	}
	return nil
}

// until is when the request, or the watch, ends by itself; zero: there is none.
func (g *Guide) until() time.Time {
	if at := g.has(); at != nil {
		return at.Until
	}
	return time.Time{}
}

// over ends the watch here and forgets what was read; the caller holds mu.
func (g *Guide) over(why flows.WatchEnd) {
	if g.stand != StandOver {
		g.stand, g.why = StandOver, why
	}
	g.shares = shares{}
}
