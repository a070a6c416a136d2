package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	mrand "math/rand/v2"
	"slices"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// take stores a record, once, and says that it has it.
func (h *home) take(one upLine) error {
	if one.Hello != nil || one.N == 0 {
		return errUnfit
	}
	if one.N <= h.have { // its answer was lost
		h.down(downLine{Ack: h.have})
		return nil
	}
	if err := h.pace.Wait(h.s.ctx); err != nil {
		return context.Cause(h.s.ctx)
	}
	if (h.have == 0) != (one.Kind == flows.KindStarted) {
		return errUnfit
	}
	if h.c == nil {
		if _, err := h.record(flows.State{}, one); err != nil { // a case is made of nothing else
			return err
		}
		if err := h.insist(h.begin); err != nil {
			return err
		}
		h.s.mu.Lock()
		code := h.s.made.code.Reveal()
		h.s.code = code
		h.s.mu.Unlock()
		h.tellCase(code) // before anything is stored that only the code erases
	}
	if err := h.insist(func(ctx context.Context) error { return h.store(ctx, one) }); err != nil {
		return err
	}
	h.down(downLine{Ack: h.have})
	return nil
}

// begin makes the case.
func (h *home) begin(ctx context.Context) error {
	_, _, err := h.s.begin(ctx)
	if err == nil {
		h.c = h.s.made.c
	}
	return err
}

// store stores a record right after what is known of the case. An end of nothing it takes
// and does not store: of those a machine could say any number, until there was no room for
// ends any more, and no guide could leave.
func (h *home) store(ctx context.Context, one upLine) error {
	for {
		state := h.State()
		r, err := h.record(state, one)
		if err != nil {
			return err
		}
		if flows.EndsNothing(state, r, h.taped) {
			if err := h.catchUp(ctx); err != nil {
				return err
			}
			if h.State().Seq == state.Seq { // it is of nothing that came meanwhile, either
				h.have = one.N
				return nil
			}
			continue
		}
		_, err = h.c.Append(ctx, state.Seq, r)
		if err != nil && !errors.Is(err, flows.ErrConflict) {
			return err
		}
		if caught := h.catchUp(ctx); caught != nil {
			return caught
		}
		if err == nil {
			return h.answered(ctx, r.Event)
		}
	}
}

// record is what came as the record after a state, where it can be taken.
func (h *home) record(s flows.State, one upLine) (flows.Record, error) {
	e, err := flows.ReadOffered(s, one.By, one.Kind, one.Event)
	if err != nil {
		return flows.Record{}, errors.Join(errUnfit, err)
	}
	r := flows.Record{Seq: s.Seq + 1, Writer: homeWriter, N: one.N, At: h.when(s, one.Ago), By: one.By, Event: e}
	if isYes(e) { // it counts from when it is here: meanwhile the question may have come to its end
		r.At = h.when(s, 0)
	}
	if r.Event, err = homeWord(s, r); err != nil {
		return flows.Record{}, err
	}
	return r, fits(s, r)
}

// when is when something happened at home, by the clock here: never before what came
// before it, nor later than now.
func (h *home) when(s flows.State, ago int64) time.Time {
	now := h.s.srv.o.Now().UTC().Round(0)
	at := now.Add(-time.Duration(min(max(ago, 0), (24*time.Hour).Milliseconds())) * time.Millisecond)
	if at.Before(s.At) {
		at = s.At
	}
	return at
}

// fits tries a record: one that breaks what reads cases would break it for every guide.
func fits(s flows.State, r flows.Record) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnfit
		}
	}()
	_ = standing(flows.Fold(s, r))
	return nil
}

// answered ends a watch, or a recording, that the person thinks they have let begin, and
// of which the yes came too late here.
func (h *home) answered(ctx context.Context, e flows.Event) error {
	h.mu.Lock()
	s, over := h.state, h.over.of(e)
	h.mu.Unlock()
	return h.tells(ctx, tooLate(s, e, over)...)
}

// overs are whose watches a yes to a guide's question is to end, by the visits of both.
type overs map[flows.VisitID]flows.VisitID

// take notes what a record asks.
func (o overs) take(r flows.Record) {
	if e, is := r.Event.(flows.AskedToWatch); is && e.Over != "" {
		o[e.Visit] = e.Over
	}
}

// of is the visit that a yes is to end; empty: none, or it is no yes.
func (o overs) of(e flows.Event) flows.VisitID {
	if yes, is := e.(flows.Watched); is && yes.Here {
		return o[yes.Visit]
	}
	return ""
}

// tooLate is what the server says of a yes that changed nothing, in the state after it;
// nothing: it did, or is none. At home it ended the watch of who had handed the case over
// all the same: no bar there shows them any more, so that they must not watch on here.
func tooLate(s flows.State, e flows.Event, over flows.VisitID) (out []flows.Event) {
	if s.End != "" {
		return nil
	}
	switch e := e.(type) {
	case flows.Watched:
		if _, watches := s.Watching(e.Visit, s.At); e.Here && e.Visit != "" && !watches {
			out = append(out, flows.Watched{Visit: e.Visit, Why: flows.WatchOver})
			if _, on := s.Watching(over, s.At); on {
				out = append(out, flows.Watched{Visit: over, Why: flows.WatchStopped})
			}
		}
	case flows.Recorded:
		if r, on := s.Recorded(s.At); e.On && e.Visit != "" && (!on || r.Guide.Visit != e.Visit || r.Ask != e.Ask) {
			out = append(out, flows.Recorded{Visit: e.Visit, Ask: e.Ask, Why: flows.RecordLate})
		}
	}
	return out
}

// untold are the words of tooLate that a case lacks: its server ended before it wrote
// them.
func untold(rs []flows.Record) (out []flows.Event) {
	var s flows.State
	over := overs{}
	for _, r := range rs {
		over.take(r)
		s = flows.Fold(s, r)
		out = slices.DeleteFunc(out, func(e flows.Event) bool { return s.End != "" || e == r.Event })
		if r.Writer == homeWriter {
			out = append(out, tooLate(s, r.Event, over.of(r.Event))...)
		}
	}
	return out
}

// bye ends every watch: the person has left, and nothing comes any more.
func (h *home) bye() error {
	if h.c == nil {
		return nil
	}
	return h.insist(func(ctx context.Context) error {
		s := h.State()
		return h.part(ctx, slices.Concat(s.Guides, s.Asking), flows.WatchRun)
	})
}

// parts ends every watch after an end that nobody comes back from: nothing comes any more
// of a run that guides would go on holding. Where it is shared from elsewhere now they
// watch it there, and an erased one is nobody's.
func (h *home) parts(why shareEnd) {
	if h.c == nil || why.again() || why == endTaken || why == endErased {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.s.ctx), lastWords)
	defer cancel()
	err := h.catchUp(ctx)
	if s := h.State(); err == nil {
		err = h.part(ctx, slices.Concat(s.Guides, s.Asking), flows.WatchUnshared)
	}
	if err != nil {
		h.s.srv.o.Log.Warn("who watches a run that is shared no more was not told", "case", string(h.c.Number()), "why", err.Error())
	}
}

// part has the server say that visits are over.
func (h *home) part(ctx context.Context, of []flows.Guide, why flows.WatchEnd) error {
	all := make([]flows.Event, len(of))
	for i, g := range of {
		all[i] = flows.Watched{Visit: g.Visit, Why: why}
	}
	return h.tells(ctx, all...)
}

// tells has the server say something in the case, each right after what is there.
func (h *home) tells(ctx context.Context, all ...flows.Event) error {
	by := flows.WriterID("parts-" + rand.Text())
	for i, e := range all {
		for {
			s := h.State()
			r := flows.Record{Seq: s.Seq + 1, Writer: by, N: uint64(i) + 1, At: h.when(s, 0), By: flows.ByServer, Event: e}
			_, err := h.c.Append(ctx, s.Seq, r)
			if err != nil && !errors.Is(err, flows.ErrConflict) {
				return err
			}
			if caught := h.catchUp(ctx); caught != nil {
				return caught
			}
			if err == nil {
				break
			}
		}
	}
	return nil
}

// catchUp reads on in the case, and says what its guides did.
func (h *home) catchUp(ctx context.Context) error {
	if h.c == nil {
		return nil
	}
	rs, err := h.c.Since(ctx, h.State().Seq)
	if err != nil {
		return err
	}
	s := h.State()
	h.fold(rs)
	for _, r := range rs {
		h.say(s, r)
		s = flows.Fold(s, r)
	}
	return nil
}

// fold takes records in.
func (h *home) fold(rs []flows.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range rs {
		h.over.take(r)
		h.taped = flows.MayBeTaped(h.taped, r)
		if r.Writer == homeWriter {
			h.have = max(h.have, r.N)
		}
	}
	if len(rs) == 0 {
		return
	}
	h.state = flows.Fold(h.state, rs...)
	for c := range h.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// say says what was done here, in the state before it.
func (h *home) say(s flows.State, r flows.Record) {
	if r.Seq <= h.seen {
		return
	}
	h.seen = r.Seq
	if d := downOf(s, r, h.s.srv.o.Now()); d != nil {
		h.down(downLine{Say: d})
	}
}

// tellCase says which case it is, and up to where it is there.
func (h *home) tellCase(code string) {
	d := &downCase{Have: h.have, Code: code}
	if h.c != nil {
		d.Number = string(h.c.Number())
	}
	h.down(downLine{Case: d})
}

// down writes a line.
func (h *home) down(d downLine) { _ = writeLine(h.s.out, d) } // a client that is gone hears nothing

// insist does something with the case until the store takes it, or says that it never
// will.
func (h *home) insist(do func(ctx context.Context) error) error {
	for {
		ctx, cancel := context.WithTimeout(h.s.ctx, lastWords)
		err := do(ctx)
		cancel()
		if err == nil {
			return nil
		}
		for _, never := range []error{errUnfit, errManyCases, cases.ErrNoCase, cases.ErrTooLong, cases.ErrCorrupt, cases.ErrClosed, flows.ErrTooLarge, flows.ErrNotOffered} {
			if errors.Is(err, never) {
				return err
			}
		}
		_ = h.s.inWords(err) // the log has it, now and then
		select {
		case <-h.s.ctx.Done():
			return context.Cause(h.s.ctx)
		case <-time.After(homeAgain/2 + mrand.N(homeAgain)): //nolint:gosec // so that many do not come again at once
		}
	}
}

// listens wakes up when somebody adds to the case, and takes in what was added until
// now; nil: there is none yet.
func (h *home) listens() (wake <-chan struct{}, err error) {
	if h.c == nil {
		return nil, nil
	}
	wake = h.c.Watch(h.s.ctx)
	return wake, h.insist(h.catchUp)
}

// State is the run as far as it is here.
func (h *home) State() flows.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// Watch gives a wake-up after State changed; the channel closes when ctx ends.
func (h *home) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	h.wake[c] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.wake, c)
		close(c)
	})
	return c
}
