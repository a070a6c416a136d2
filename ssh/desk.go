package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// desk is what a guide has at the console beside the queue: a place at no more than
// one case at a time, by the yes of its customer alone, and the audit of all of it.
type desk struct {
	s       *session
	who     Guide
	console *cases.Console // that others know to be there; nil: none does

	held  atomic.Pointer[trusted] // by what the guide was found to be one last
	expel func(why error)         // ends the session of who is none any more; nil: nothing does

	mu   sync.Mutex
	at   *place // nil: at no case
	shut bool
	list *guideQueue // nil: none was asked for

	aheads sync.Mutex
	ahead  *ahead // the case that was read because its guide may ask; nil: none was

	owed  sync.Mutex
	first chan struct{} // closed once what was left to be done behind is; nil: nothing was
}

// Why a guide is not let do something. They read it.
var (
	errNotYours   = errors.New(sayNotYours)
	errCaseGone   = errors.New(sayCaseGone)
	errNoRun      = errors.New(sayNoRun)
	errAskLater   = errors.New(sayAskLater)
	errAskTwice   = errors.New(sayAskTwice)
	errAway       = errors.New(sayAway)
	errFull       = errors.New(sayFullDisk)
	errUnaudited  = errors.New(sayUnaudited)
	errGuideOver  = errors.New(sayGuideNow)
	errDeskClosed = errors.New(sayDeskClosed)
)

// may says whether the guide may do something now: since they came, what made them a
// guide may have been revoked.
func (d *desk) may(p Power) error {
	switch {
	case d.s.stillGuide(d.who) != nil:
		return errGuideOver
	case !d.who.May(p):
		return errNotYours
	}
	return nil
}

// ask asks the customer of a case to let the guide watch. The case may be on any
// node: it is asked through its journal. A case that the guide is at is left.
func (d *desk) ask(ctx context.Context, number string) (tui.Seat, error) {
	if err := d.may(PowerWatch); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return nil, errDeskClosed
	}
	who, err := run.KnownGuide(d.who.name, d.who.organisation)
	if err != nil {
		return nil, err
	}
	who = who.By(d.who.print, d.s.srv.o.Name)
	n, err := cases.ParseNumber(number)
	if err != nil {
		return nil, errCaseGone
	}
	c, read, err := d.about(ctx, n)
	if err != nil {
		return nil, d.inWords(n, err)
	}
	handed, err := d.handedHere(ctx, c)
	if err != nil {
		return nil, d.inWords(n, err)
	}
	if d.at != nil { // not before: where there is nothing to ask for, the yes that stands is kept
		_ = d.at.end(ctx, flows.WatchLeft) // what failed is tried on behind
		d.at = nil
	}
	p := &place{desk: d, number: n, id: d.s.srv.visit(), until: d.s.srv.o.Now().Add(flows.AskWait + flows.WatchMost), journal: &guideJournal{Journal: c}, handed: handed}
	p.journal.write = p.writes
	if err := p.begins(ctx); err != nil {
		return nil, d.inWords(n, err)
	}
	o := run.GuideOptions{Now: d.s.srv.o.Now, Keeps: d.s.srv.o.Cases.Keeps(), Handed: handedBy(handed), Ahead: read, Visit: func() flows.VisitID { return flows.VisitID(p.id) }}
	p.Guide, err = run.AskToWatch(ctx, p.journal, who, o)
	if errors.Is(err, run.ErrAlready) && d.s.srv.endsLeft(ctx, n) { // of their own, on a node that died
		p.Guide, err = run.AskToWatch(ctx, p.journal, who, o)
	}
	if err != nil {
		p.settle(ctx)
		if p.Guide != nil { // it may stand
			_ = p.end(ctx, flows.WatchLost) // likewise
		} else {
			p.begunInVain(ctx)
		}
		return nil, d.inWords(n, err)
	}
	if err := p.stillHanded(ctx, c); err != nil {
		_ = p.end(ctx, flows.WatchLeft) // likewise
		return nil, err
	}
	d.at = p
	return p, nil
}

// answers are the texts that guides need often.
func (d *desk) answers(context.Context) ([]tui.CannedAnswer, error) {
	srv := d.s.srv
	all, err := srv.o.Answers.Now()
	if err != nil {
		if n := srv.unanswered.count(srv.o.Now()); n > 0 { // guides look often
			srv.o.Log.Warn("canned answers cannot be read: guides have those of before, or none", "why", err.Error(), "times", n)
		}
		err = errors.New(sayAnswersOld)
	}
	return all, err
}

// close leaves the case that the guide is at, and closes the desk; again it does
// nothing. Once a question that is being put to a customer is done with, it takes no
// longer than lastWords.
func (d *desk) close(why flows.WatchEnd) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.s.ctx), lastWords)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return
	}
	d.shut = true
	d.readsAhead(nil)
	if d.at != nil {
		_ = d.at.end(ctx, why) // what failed is tried on behind
		d.at = nil
	}
	if g := d.list; g != nil {
		d.s.srv.seats.Go(func() {
			defer d.s.caught()
			g.close(context.WithoutCancel(d.s.ctx))
		})
	}
	mark := rand.Text() // it may be tried again
	closed := func(ctx context.Context) error { return d.audit(ctx, mark, "", didClose, "") }
	if d.owes() || closed(ctx) != nil { // in the order in which it happened
		d.behind("", d.s.srv.o.Now().Add(flows.WatchMost), closed)
	}
}

// left notes that the guide left a case.
func (d *desk) left(p *place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at == p {
		d.at = nil
	}
}

// inWords are the words in which a guide is told of an error. What the database says
// is for the log.
func (d *desk) inWords(n cases.Number, err error) error {
	var links *run.LinkError
	for _, own := range []error{run.ErrNotWatching, run.ErrTooFast, run.ErrNoSpot, run.ErrNote, run.ErrNoTape, run.ErrNoRecording, errUnaudited, errNotYours, errNotErase, errNotEraseTorn, errGuideOver} {
		if errors.Is(err, own) {
			return own
		}
	}
	switch {
	case err == nil, errors.As(err, &links):
		return err
	case errors.Is(err, cases.ErrNoCase):
		return errCaseGone
	case errors.Is(err, cases.ErrNotThere):
		return errHandGone
	case errors.Is(err, errHandWatches):
		return errHandWatches
	case errors.Is(err, cases.ErrOneself):
		return errHandOneself
	case errors.Is(err, cases.ErrCaseEnded):
		return errors.New(sayHandEnded)
	case errors.Is(err, run.ErrNoRun):
		return errNoRun
	case errors.Is(err, run.ErrAlready):
		return errAskTwice
	case errors.Is(err, run.ErrNotNow):
		return errAskLater
	}
	d.s.srv.o.Log.Warn("a case cannot be reached for a guide", "case", string(n), "guide", d.who.name, "why", err.Error())
	if errors.Is(err, journal.ErrDiskFull) {
		return errFull
	}
	return errAway
}

// place is a guide's place beside a case: the handle that the customer's yes fills,
// with everything that is done by it, and what the customer answered, in the audit.
type place struct {
	*run.Guide

	desk    *desk
	number  cases.Number
	id      string    // of this visit alone
	until   time.Time // when it is over at the latest, whatever happens
	journal *guideJournal

	moves sync.Mutex // held over each move

	looks  sync.Mutex     // held over each look, so that none shows what another knows to be over
	in     bool           // the audit has the customer's yes; under looks
	out    bool           // and the end, or has it behind; likewise
	handed cases.HandOver // by which the guide came, until it is settled; likewise
	taped  int            // how much of what became of recording it has, or has behind; likewise

	mu    sync.Mutex
	owing bool // the customer's yes is still to be written
}

var _ tui.Seat = (*place)(nil)

// View is the run as it is shared now. Before the first that shows it the audit has
// the customer's yes: else nothing is shown.
func (p *place) View(ctx context.Context) (run.View, error) {
	p.looks.Lock()
	defer p.looks.Unlock()
	for {
		v, err := p.Guide.View(ctx)
		if errors.Is(err, cases.ErrNoCase) {
			p.ended(ctx, overErased, false)
		}
		if err != nil {
			return run.View{}, p.desk.inWords(p.number, err)
		}
		wrote, err := p.saw(ctx, v)
		if err != nil {
			return run.View{}, err
		}
		if !wrote {
			if v.Standing != run.StandOver { // after all else: it took its time
				if err := p.desk.shows(); err != nil {
					return run.View{}, err
				}
			}
			return v, nil
		} // else it took its time: what is shown is asked anew
	}
}

// saw writes what the customer answered into the audit, once. The caller holds looks.
func (p *place) saw(ctx context.Context, v run.View) (wrote bool, err error) {
	p.owe(false)
	p.tapes(ctx, v.Tapings)
	switch {
	case v.Standing == run.StandWatches && !p.in:
		if err := p.desk.audit(ctx, deedMark(p.id, didEnter), p.number, didEnter, ""); err != nil {
			p.owe(true)
			return false, p.desk.unaudited(p.number, err)
		}
		p.in = true
		p.settleHandOver(ctx, true)
		return true, nil
	case v.Standing != run.StandOver, v.Left: // what the handle says itself is a deed
		return false, nil
	}
	p.ended(ctx, watchEnd(v.Why), v.Let)
	return false, nil
}

// ended writes once how the customer ended it, or what did, after the yes where that came
// and went before anybody looked. Nothing is shown any more, so there is nothing to hold
// back: what cannot be written now is behind. The caller holds looks.
func (p *place) ended(ctx context.Context, why string, let bool) {
	if p.out {
		return
	}
	came := let && !p.in
	p.in, p.out = p.in || let, true
	did, more := endDeed(flows.WatchEnd(why))
	if why == overErased {
		more = why
	}
	note := func(ctx context.Context) error {
		if came {
			if err := p.desk.audit(ctx, deedMark(p.id, didEnter), p.number, didEnter, ""); err != nil {
				return err
			}
		}
		return p.writes(ctx, endMark(p.id), did, more)
	}
	if err := note(ctx); err != nil {
		_ = p.desk.unaudited(p.number, err)
		p.desk.behind(p.number, p.until, note)
	}
	if came || did == didRefuse {
		p.settleHandOver(ctx, came)
	}
}

// erased writes that the case is gone, where the audit has no end of the visit.
func (p *place) erased(ctx context.Context) error {
	p.looks.Lock()
	defer p.looks.Unlock()
	if p.out {
		return nil
	}
	err := p.writes(ctx, endMark(p.id), didEnd, overErased)
	p.out = err == nil
	return err
}

// owe says whether the audit lacks the customer's yes.
func (p *place) owe(owing bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owing = owing
}

// owes is what owe said last.
func (p *place) owes() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.owing
}

// oweAgain is how soon the audit is tried again.
const oweAgain = time.Second

// Watch is the handle's, and wakes up too while the audit lacks something.
func (p *place) Watch(ctx context.Context) <-chan struct{} {
	out := make(chan struct{}, 1)
	in := p.Guide.Watch(ctx)
	go func() {
		defer close(out)
		defer p.desk.s.caught()
		tick := time.NewTicker(oweAgain)
		defer tick.Stop()
		for in != nil || p.owes() {
			select {
			case <-ctx.Done():
				return
			case _, more := <-in:
				if !more {
					in = nil
					continue
				}
			case <-tick.C:
				if !p.owes() && (in == nil || !p.doubtful()) {
					continue
				}
			}
			select {
			case out <- struct{}{}:
			default:
			}
		}
	}()
	return out
}

// move makes one of the guide's moves.
func (p *place) move(ctx context.Context, do func() error) error {
	if err := p.desk.may(PowerHelp); err != nil {
		return err
	}
	p.moves.Lock() // until the audit has what became of it
	defer p.moves.Unlock()
	err := do()
	if err != nil {
		p.settle(ctx)
	}
	told := p.desk.inWords(p.number, err)
	if errors.Is(told, errAway) && errors.Is(err, run.ErrUnsure) && unheard(err) {
		return run.ErrUnsure
	}
	return told
}

// settle has the audit say what became of a deed that failed, now or behind. Often it
// is the end of the context that failed it.
func (p *place) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2)
	defer cancel()
	if owed := p.journal.settle(ctx); owed != nil {
		p.desk.behind(p.number, p.until, owed)
	}
}

// Point implements tui.Seat.
func (p *place) Point(ctx context.Context, at string) error {
	return p.move(ctx, func() error { return p.Guide.Point(ctx, at) })
}

// Note implements tui.Seat.
func (p *place) Note(ctx context.Context, text string) error {
	return p.move(ctx, func() error { return p.Guide.Note(ctx, text) })
}

// Suggest implements tui.Seat.
func (p *place) Suggest(ctx context.Context, path flows.PathID) error {
	return p.move(ctx, func() error { return p.Guide.Suggest(ctx, path) })
}

// AskAgain implements tui.Seat.
func (p *place) AskAgain(ctx context.Context) error {
	return p.move(ctx, func() error { return p.Guide.AskAgain(ctx) })
}

// Leave ends the watch, or takes the request back. Where that could not be stored it
// is tried on behind.
func (p *place) Leave(ctx context.Context, why flows.WatchEnd) error {
	err := p.end(ctx, why)
	p.desk.left(p) // not before: who closes the desk meanwhile waits for it
	return err
}

// owes says whether something is still to be done behind.
func (d *desk) owes() bool {
	d.owed.Lock()
	defer d.owed.Unlock()
	select {
	case <-d.first:
		return false
	default:
		return d.first != nil
	}
}

// behind does what the store could not take now as soon as it is back, behind the
// session and one after the other. It gives up at a time, and when the server stops.
func (d *desk) behind(n cases.Number, until time.Time, do func(ctx context.Context) error) {
	done := make(chan struct{})
	d.owed.Lock()
	first := d.first
	d.first = done
	d.owed.Unlock()
	srv := d.s.srv
	srv.seats.Go(func() {
		defer close(done)
		defer d.s.caught()
		if first != nil {
			<-first
		}
		if err := srv.insists(d.s.ctx, until, do); err != nil {
			srv.o.Log.Error("the store or the audit does not have what became of a visit", "case", string(n), "guide", d.who.name, "why", err.Error())
		}
	})
}

// stopping says whether the server stops.
func (s *Server) stopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// unaudited says that something was not done because the audit cannot have it: in the
// log at once, and then once a minute, for it is tried again and again. What the database
// said is for the log alone.
func (d *desk) unaudited(n cases.Number, err error) error {
	if times := d.s.srv.unwritten.count(d.s.srv.o.Now()); times > 0 {
		d.s.srv.o.Log.Error("the audit cannot be written, so a guide is held back", "case", string(n), "guide", d.who.name, "why", err.Error(), "times", times)
	}
	return errUnaudited
}
