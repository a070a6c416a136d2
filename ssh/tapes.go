package ssh

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// AskToRecord implements tui.Seat.
func (p *place) AskToRecord(ctx context.Context) error {
	return p.move(ctx, func() error { return p.Guide.AskToRecord(ctx) })
}

// EndRecording implements tui.Seat.
func (p *place) EndRecording(ctx context.Context) error {
	return p.move(ctx, func() error { return p.Guide.EndRecording(ctx) })
}

// tapes writes what the customer answered to being recorded, each answer once. Nothing
// waits for it: what is recorded was shown before. The guide's own end of it is a deed,
// and what ends with the watch is told with that. The caller holds looks.
func (p *place) tapes(ctx context.Context, now []run.Taping) {
	for ; p.taped < len(now); p.taped++ {
		t, did, why := now[p.taped], didTapeEnd, ""
		switch {
		case t.On:
			did = didTape
		case t.Why == flows.RecordRefused:
			did = didNoTape
		case t.Asked && (t.Why == "" || t.Why == flows.RecordErased):
			did, why = didNoTape, cmp.Or(string(t.Why), string(flows.WatchOver))
		case t.Why == flows.RecordLeft, t.Why == flows.RecordWatch:
			continue
		default:
			why = tapeEnd(t.Why)
		}
		mark := deedMark(p.id, did, strconv.Itoa(p.taped))
		note := func(ctx context.Context) error { return p.desk.audit(ctx, mark, p.number, did, why) }
		if err := note(ctx); err != nil {
			_ = p.desk.unaudited(p.number, err)
			p.desk.behind(p.number, p.until, note)
		}
	}
}

// errNoTape is all that is told where nothing may be replayed, whatever is the reason.
var errNoTape = errors.New(sayNoTape)

// replay gives what the guide may replay of a case, on whichever node it was: what was
// recorded with themself, by their key, and with PowerReplay what was recorded with guides of their
// organisation, once it is over. It lasts as long as the case, whether that has ended or not. That it is
// opened stands in the audit before anything of it is given, and so does that it was
// not.
func (d *desk) replay(ctx context.Context, number string) (tui.Reel, error) {
	if err := d.may(PowerWatch); err != nil {
		return nil, err
	}
	n, err := cases.ParseNumber(number)
	if err != nil {
		return nil, errNoTape
	}
	c, err := d.s.srv.o.Cases.Case(ctx, n)
	if errors.Is(err, cases.ErrNoCase) {
		return nil, errNoTape
	}
	if err != nil {
		return nil, d.inWords(n, err)
	}
	r := &reel{desk: d, of: c}
	_, err = r.Tapes(ctx)
	if errors.Is(err, errNoTape) {
		if away := d.wrote(ctx, n, entry{rand.Text(), didNotPlay, ""}); away != nil {
			return nil, away
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// oneEntry are those of some recordings that one entry of the audit names, by their guides,
// and what it says: as many as it has room for.
func oneEntry(tapes []flows.Tape) (some []flows.Tape, more string) {
	var who []string
	for i, t := range tapes {
		name := t.Recording().Guide.Name
		if slices.Contains(who, name) {
			continue
		}
		if with := strings.Join(append(slices.Clip(who), name), ", "); i == 0 || len(with) <= mostSaid {
			who, more = append(who, name), with
			continue
		}
		return tapes[:i], more
	}
	return tapes, more
}

// reel is what a guide may replay of a case.
type reel struct {
	desk *desk
	of   taped

	mu   sync.Mutex
	read flows.Taper // what was read of the journal so far
	told []uint32    // the numbers of the recordings that the audit says are shown
}

// taped is a case that may have been recorded.
type taped interface {
	Number() cases.Number
	Since(ctx context.Context, after uint64) ([]flows.Record, error)
	Watch(ctx context.Context) <-chan struct{}
}

var _ tui.Reel = (*reel)(nil)

// Tapes implements tui.Reel. Who may see them is asked each time, and so is whether
// there are any; of the journal only what is new is read. What the audit does not name
// as shown is not given: a recording that was not there before has an entry of its own.
func (r *reel) Tapes(ctx context.Context) ([]flows.Tape, error) {
	if err := r.desk.may(PowerWatch); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	rs, err := r.of.Since(ctx, r.read.Last())
	if errors.Is(err, cases.ErrNoCase) {
		r.read = flows.Taper{} // nobody keeps what was erased
		return nil, errNoTape
	}
	if err != nil {
		return nil, r.desk.inWords(r.of.Number(), err)
	}
	r.read.Add(rs...)
	tapes := slices.DeleteFunc(r.read.Tapes(), func(t flows.Tape) bool { return !r.desk.mayReplay(t) })
	if len(tapes) == 0 {
		return nil, errNoTape
	}
	is := func(t flows.Tape) bool { return slices.Contains(r.told, t.Recording().N) }
	var away error
	for untold := slices.DeleteFunc(slices.Clone(tapes), is); len(untold) > 0; {
		some, more := oneEntry(untold)
		if away = r.desk.wrote(ctx, r.of.Number(), entry{rand.Text(), didReplay, more}); away != nil {
			break
		}
		for _, t := range some {
			r.told = append(r.told, t.Recording().N)
		}
		untold = untold[len(some):]
	}
	tapes = slices.DeleteFunc(tapes, func(t flows.Tape) bool { return !is(t) })
	if len(tapes) == 0 {
		return nil, away
	}
	return tapes, nil
}

// Watch implements tui.Reel.
func (r *reel) Watch(ctx context.Context) <-chan struct{} { return r.of.Watch(ctx) }

// mayReplay says whether a recording is one that the guide may see: one of their own
// visits, which is told by the key that they come with now, for names can be alike; and with
// PowerReplay each of their organisation that is over: who watches while it goes on is whom the
// customer's bar names, and nobody beside them.
func (d *desk) mayReplay(t flows.Tape) bool {
	with := t.Recording().Guide
	if !d.ours(with.Org) {
		return false
	}
	if with.Print != "" && with.Print == d.who.print {
		return true
	}
	return t.Recording().Ended(d.s.srv.o.Now()) && d.may(PowerReplay) == nil
}
