package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// A lead hands a case to a colleague of the same organisation who is at a console. It is
// a line in the colleague's queue and no more: what they see of the case is what its
// customer says yes to, who is asked as for any guide. Nothing that the lead wrote goes
// with it, for the customer said yes to the lead alone.

// Why a case is not handed over. Leads read it.
var (
	errHandGone    = errors.New(sayHandGone)
	errHandOneself = errors.New(sayHandOneself)
	errHandNone    = errors.New(sayHandNone)
	errHandWatches = errors.New(sayHandWatches)
)

// party is the guide of the desk as the store knows one.
func (d *desk) party() cases.Party {
	return cases.Party{Print: d.who.print, Name: d.who.name, Organisation: d.who.organisation, Roles: d.who.rolesWord()}
}

// calledParty is who a guide is, as the audit has it.
func calledParty(p cases.Party) string {
	return shortened(p.Name) + ", " + shortened(p.Organisation) + " (" + p.Print + ")"
}

// attends says to colleagues that the guide is at a console, until left is called.
func (d *desk) attends() (left func()) {
	if !d.who.May(PowerWatch) {
		return func() {}
	}
	log := d.s.srv.o.Log.With("guide", d.who.name)
	c, err := d.s.srv.o.Cases.OpenConsole(d.s.ctx, d.party())
	if err != nil { // once the database is back they are told
		log.Warn("colleagues cannot be told that a guide is here", "why", err.Error())
	}
	if c == nil {
		return func() {}
	}
	d.console = c
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(d.s.ctx), lastWords/2)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			log.Warn("colleagues cannot be told yet that a guide has gone", "why", err.Error())
		}
	}
}

// leadHandOvers are the hand-overs as a lead has them at the console: each move is held
// to what the lead may do now, and stands in the audit.
type leadHandOvers struct{ d *desk }

var _ tui.HandOvers = leadHandOvers{}

// Colleagues implements tui.HandOvers.
func (l leadHandOvers) Colleagues(ctx context.Context, number string) (tui.Handing, error) {
	_, _, h, err := l.open(ctx, number)
	if err != nil {
		return tui.Handing{}, err
	}
	all, err := l.d.s.srv.o.Cases.Colleagues(ctx, l.d.who.organisation)
	if err != nil {
		return tui.Handing{}, l.d.inWords("", err)
	}
	out := tui.Handing{Time: cases.HandOverTime}
	for _, one := range all {
		if one.Print != l.d.who.print {
			out.All = append(out.All, tui.Colleague{Key: one.Print, Name: one.Name, Role: one.Roles, Since: one.Since})
		}
	}
	if h.Mark != "" {
		out.Now = handedTo(h)
	}
	return out, nil
}

// open is the case of a number, with the hand-over that the lead's organisation has of
// it, where the lead may do something about that.
func (l leadHandOvers) open(ctx context.Context, number string) (cases.Number, *cases.Case, cases.HandOver, error) {
	var h cases.HandOver
	if err := l.d.may(PowerHandOver); err != nil {
		return "", nil, h, err
	}
	n, err := cases.ParseNumber(number)
	if err != nil {
		return "", nil, h, errCaseGone
	}
	c, err := l.d.s.srv.o.Cases.Case(ctx, n)
	if err == nil {
		h, _, err = c.HandedOver(ctx, l.d.who.organisation)
	}
	return n, c, h, l.d.inWords(n, err)
}

// HandOver implements tui.HandOvers. Who it is handed to the store says, by the key.
func (l leadHandOvers) HandOver(ctx context.Context, number string, to tui.Colleague) error {
	n, c, _, err := l.open(ctx, number)
	if err != nil {
		return err
	}
	all, err := l.d.s.srv.o.Cases.Colleagues(ctx, l.d.who.organisation)
	if err != nil {
		return l.d.inWords(n, err)
	}
	if to.Key == l.d.who.print {
		return errHandOneself
	}
	i := slices.IndexFunc(all, func(o cases.Colleague) bool { return o.Print == to.Key })
	if i < 0 {
		return errHandGone
	}
	if err := unseated(ctx, c, all[i].Party, l.d.s.srv.o.Cases.Now()); err != nil {
		return l.d.inWords(n, err)
	}
	e := l.d.entry(rand.Text(), n, didHand, "to "+calledParty(all[i].Party))
	if err := insisted(ctx, func(ctx context.Context) error { return c.HandOver(ctx, l.d.party(), all[i].Party, e) }); err != nil {
		return l.d.inWords(n, err)
	}
	l.void(ctx, n, c)
	return nil
}

// TakeBack implements tui.HandOvers.
func (l leadHandOvers) TakeBack(ctx context.Context, number string) error {
	n, c, h, err := l.open(ctx, number)
	if err != nil {
		return err
	}
	if h.Mark == "" || h.End != "" {
		return errHandNone
	}
	e, gone := l.d.entry(rand.Text(), n, didHandBack, "from "+calledParty(h.To)), false
	err = insisted(ctx, func(ctx context.Context) (err error) {
		gone, err = l.d.s.srv.o.Cases.TakeBack(ctx, h, e)
		return err
	})
	switch {
	case err != nil:
		return l.d.inWords(n, err)
	case !gone:
		return errHandNone
	}
	l.void(ctx, n, c)
	return nil
}

// insisted does something that may be done again, and once more where nobody heard what
// came of it.
func insisted(ctx context.Context, do func(ctx context.Context) error) error {
	err := do(ctx)
	if err == nil || !unheard(err) {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer stop()
	if again := do(ctx); again != nil {
		return errors.Join(err, again)
	}
	return nil
}

// entry is what the audit is to say that the guide did.
func (d *desk) entry(mark string, n cases.Number, did, more string) cases.Entry {
	return cases.Entry{Who: d.called(), Role: d.who.rolesWord(), Did: did, Case: n, More: more, Mark: mark, Organisation: d.who.organisation}
}

// handedTo is a hand-over as who made it sees it.
func handedTo(h cases.HandOver) *tui.Handed {
	return &tui.Handed{To: h.To.Name, At: h.Made, End: tui.HandedEnd(h.End)}
}

// handed are the hand-overs that the guide of a queue hears of: those to them that they
// can take, and what they handed over themselves.
func (g *guideQueue) handed(ctx context.Context) (map[string]*tui.Handed, error) {
	all, err := g.queue.store.HandOvers(ctx, g.guide.organisation, g.guide.print)
	if err != nil {
		return nil, err
	}
	out := map[string]*tui.Handed{}
	for _, h := range all {
		switch {
		case h.To.Print != g.guide.print:
			out[string(h.Number)] = handedTo(h)
		case h.End == "":
			out[string(h.Number)] = &tui.Handed{By: h.By.Name, At: h.Made}
		}
	}
	return out, nil
}

// mark puts hand-overs at their rows, and rows at the end for those that have none: where
// there are very many cases not all are listed.
func (g *guideQueue) mark(ctx context.Context, rows []tui.QueueRow, handed map[string]*tui.Handed) ([]tui.QueueRow, error) {
	for i := range rows {
		if h, ok := handed[rows[i].Number]; ok {
			rows[i].Handed = h
			delete(handed, rows[i].Number)
		}
	}
	if len(handed) == 0 {
		return rows, nil
	}
	left := make([]cases.Number, 0, len(handed))
	for n := range handed {
		left = append(left, cases.Number(n))
	}
	some, err := g.queue.store.Queued(ctx, left)
	if err != nil {
		return nil, err
	}
	for _, one := range some {
		r := g.queue.rowOf(one, g.guide)
		r.Handed = handed[r.Number]
		rows = append(rows, r)
	}
	return rows, nil
}

// expire ends the hand-overs whose time is over, for every node. One that the colleague
// asked by stays until the customer has answered.
func (q *queue) expire(ctx context.Context) {
	_, err := q.store.ExpireHandOvers(ctx, q.became)
	if err != nil && ctx.Err() == nil {
		q.log.Warn("hand-overs whose time is over cannot be ended yet", "why", err.Error())
	}
}

// handedHere is the hand-over of a case to the guide of the desk; of the zero value there
// is none that they can take.
func (d *desk) handedHere(ctx context.Context, c *cases.Case) (cases.HandOver, error) {
	h, ok, err := c.HandedOver(ctx, d.who.organisation)
	if err != nil || !ok || h.To.Print != d.who.print || !h.Stands(d.s.srv.o.Cases.Now()) {
		return cases.HandOver{}, err
	}
	return h, nil
}

// handedBy is who handed a case over, as the customer is told.
func handedBy(h cases.HandOver) run.Handed {
	return run.Handed{Name: h.By.Name, Org: h.By.Organisation, Print: h.By.Print, Mark: h.Mark}
}

// settleHandOver ends the hand-over by which the guide came, because of the customer's
// yes or no, now or behind. One that was taken back or replaced meanwhile is left as it is.
// The caller holds looks.
func (p *place) settleHandOver(ctx context.Context, yes bool) {
	h, store, did := p.handed, p.desk.s.srv.o.Cases, didHandNo
	if h.Mark == "" {
		return
	}
	p.handed = cases.HandOver{}
	end := store.RefuseHandOver
	if yes {
		end, did = store.TakeHandOver, didHandTake
	}
	e := p.desk.entry(deedMark(h.Mark, did), p.number, did, "from "+calledParty(h.By))
	do := func(ctx context.Context) error {
		_, err := end(ctx, h, e)
		return err
	}
	if err := do(ctx); err != nil {
		p.desk.behind(p.number, p.until, do)
	}
}
