package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// What became of a hand-over the journal of its case says: each question that is put by
// one carries its mark. So it does not hang on the server at which the colleague is.

// became says how a hand-over whose time is over ends; "" is not yet: the question that
// was put by it can still be answered. The entries are those that the colleague's own
// place makes, so that each stands once.
func (q *queue) became(ctx context.Context, h cases.HandOver) (end cases.HandOverEnd, e cases.Entry, err error) {
	end, err = q.answered(ctx, h)
	e = cases.Entry{Who: calledParty(h.To), Case: h.Number, More: "from " + calledParty(h.By), Organisation: h.To.Organisation}
	switch end {
	case cases.HandOverTaken:
		e.Did = didHandTake
	case cases.HandOverRefused:
		e.Did = didHandNo
	case cases.HandOverExpired: // with who handed over
		e.Who, e.Did, e.More = calledParty(h.By), didHandOver, "to "+calledParty(h.To)
	}
	e.Mark = deedMark(h.Mark, e.Did)
	return end, e, err
}

// answered is how the customer answered who asked by a hand-over; "": they still can.
func (q *queue) answered(ctx context.Context, h cases.HandOver) (cases.HandOverEnd, error) {
	c, err := q.store.Case(ctx, h.Number)
	if errors.Is(err, cases.ErrNoCase) { // it went, and the hand-over with it
		return "", nil
	}
	if err != nil {
		return "", err
	}
	rs, err := c.Since(ctx, 0)
	if err != nil {
		return "", err
	}
	s, end := flows.State{}, cases.HandOverExpired
	by := func(g flows.Guide) bool { return g.Hand == h.Mark }
	for _, r := range rs {
		s = flows.Fold(s, flows.Shared(s, r))
		if _, ok := r.Event.(flows.Watched); !ok {
			continue
		}
		if slices.ContainsFunc(s.Guides, by) {
			return cases.HandOverTaken, nil
		}
		if p := s.Parted; p != nil && by(p.Guide) && p.Why == flows.WatchRefused {
			end = cases.HandOverRefused
		}
	}
	if slices.ContainsFunc(s.Asking, func(g flows.Guide) bool { return by(g) && g.Holds(q.store.Now()) }) {
		return "", nil
	}
	return end, nil
}

// unseated fails with errHandWatches where a guide watches a case, or asks to: a question
// of theirs would not say who hands it over, and a second they cannot put.
func unseated(ctx context.Context, c *cases.Case, who cases.Party, now time.Time) error {
	rs, err := c.Since(ctx, 0)
	if err != nil {
		return err
	}
	s := flows.Fold(flows.State{}, rs...)
	name, org, _ := flows.KnownAs(who.Name, who.Organisation)
	known := flows.Guide{Name: name, Org: org}.Known()
	if slices.ContainsFunc(slices.Concat(s.Guides, s.Asking), func(g flows.Guide) bool {
		return (g.Print == who.Print || g.Known() == known) && g.Holds(now)
	}) {
		return errHandWatches
	}
	return nil
}

// void takes the questions back that were put by hand-overs which stand no more, now or
// behind: a yes to one would end the watch of who handed the case to another since.
func (l leadHandOvers) void(ctx context.Context, n cases.Number, c *cases.Case) {
	by := flows.WriterID("hands-" + rand.Text())
	do := func(ctx context.Context) error { return l.d.voided(ctx, c, by) }
	if err := insisted(ctx, do); err != nil {
		l.d.behind(n, l.d.s.srv.o.Now().Add(flows.AskWait), do)
	}
}

// voided is void, once. The journal is read before the hand-over: whoever asks by one
// looks whether it stands once they have asked.
func (d *desk) voided(ctx context.Context, c *cases.Case, by flows.WriterID) error {
	_, org, _ := flows.KnownAs("-", d.who.organisation)
	for {
		rs, err := c.Since(ctx, 0)
		if err != nil {
			return err
		}
		h, _, err := c.HandedOver(ctx, d.who.organisation)
		if err != nil {
			return err
		}
		s, n := flows.Fold(flows.State{}, rs...), uint64(1)
		for _, r := range rs {
			if r.Writer == by {
				n = r.N + 1
			}
		}
		i := slices.IndexFunc(s.Asking, func(g flows.Guide) bool { return g.Hand != "" && g.Hand != h.Mark && g.Org == org })
		if i < 0 || s.End != "" {
			return nil
		}
		at := d.s.srv.o.Now().UTC().Round(0)
		if at.Before(s.At) {
			at = s.At
		}
		r := flows.Record{Seq: s.Seq + 1, Writer: by, N: n, At: at, By: flows.ByServer, Event: flows.Watched{Visit: s.Asking[i].Visit, Why: flows.WatchBack}}
		if _, err := c.Append(ctx, s.Seq, r); err != nil && !errors.Is(err, flows.ErrConflict) {
			return err
		}
	}
}

// stillHanded looks, once the guide has asked, whether the hand-over stands by which they
// did: who took it back meanwhile did not find the question.
func (p *place) stillHanded(ctx context.Context, c *cases.Case) error {
	p.looks.Lock()
	asked := p.handed
	p.looks.Unlock()
	if asked.Mark == "" {
		return nil
	}
	switch h, _, err := c.HandedOver(ctx, p.desk.who.organisation); {
	case err != nil:
		return p.desk.inWords(p.number, err)
	case h.Mark != asked.Mark || h.End != "":
		return errHandNone
	}
	return nil
}
