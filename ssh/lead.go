package ssh

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// leadInvitations are the invitations as a lead has them at the console: each move is
// held to what the lead may do now, and stands in the audit.
type leadInvitations struct{ d *desk }

var _ tui.Invitations = leadInvitations{}

// mostInviter bounds who made an invitation, in bytes: see cases.Invitation.By.
const mostInviter = 200

// actor is the guide who does something.
func (d *desk) actor() actor {
	return actor{by: shortenedTo(d.who.name+", "+d.who.organisation, mostInviter), organisation: d.who.organisation, who: d.called(), role: d.who.rolesWord()}
}

// theirs are the invitations that a lead has to do with: those of their organisation. Who made
// one that has none, as the operator's, is not known, so it is a lead's only where there is no
// other organisation whose guide, or customer, it could be about.
func (l leadInvitations) theirs() cases.Inviters {
	return cases.InvitersOf(l.d.who.organisation, !l.d.s.srv.o.Guides.shared())
}

// Invite implements tui.Invitations.
func (l leadInvitations) Invite(ctx context.Context, w tui.InviteWish) (tui.Invited, error) {
	if err := l.d.may(PowerInvite); err != nil {
		return tui.Invited{}, err
	}
	wish, err := Wish{For: w.For, Tenant: w.Tenant, Lasts: w.Lasts}.accept()
	if err != nil {
		return tui.Invited{}, err
	}
	in, err := l.d.s.srv.invite(ctx, l.d.actor(), wish)
	if err != nil {
		return tui.Invited{}, l.inWords(err)
	}
	return tui.Invited{Invitation: l.row(in.Invitation), Address: in.Address}, nil
}

// List implements tui.Invitations.
func (l leadInvitations) List(ctx context.Context) ([]tui.Invitation, error) {
	if err := l.d.may(PowerInvite); err != nil {
		return nil, err
	}
	all, err := l.d.s.srv.o.Cases.Invitations(ctx, l.theirs())
	if err != nil {
		return nil, l.inWords(err)
	}
	out := make([]tui.Invitation, len(all))
	for i, in := range all {
		out[i] = l.row(in)
	}
	return out, nil
}

// Revoke implements tui.Invitations.
func (l leadInvitations) Revoke(ctx context.Context, number string) error {
	if err := l.d.may(PowerInvite); err != nil {
		return err
	}
	return l.inWords(l.d.s.srv.revoke(ctx, l.d.actor(), l.theirs(), number))
}

// row is an invitation as it stands now.
func (l leadInvitations) row(in cases.Invitation) tui.Invitation {
	return tui.Invitation{Number: string(in.Number), Tenant: in.Tenant, For: in.Scope, By: in.By, State: in.State(l.d.s.srv.o.Cases.Now()), Until: in.Until}
}

// inWords are the words in which a lead is told of an error.
func (l leadInvitations) inWords(err error) error {
	switch {
	case errors.Is(err, cases.ErrNoInvitation):
		return errors.New(sayNoInvitation)
	case errors.Is(err, cases.ErrUsed):
		return errors.New(sayUsedUp)
	}
	return l.d.inWords("", err)
}

// erase erases a case for good, for a lead, once the audit has it. What it gives is to
// be told besides.
func (d *desk) erase(ctx context.Context, number string) (told string, err error) {
	if err := d.may(PowerErase); err != nil {
		return "", err
	}
	n, err := cases.ParseNumber(number)
	if err != nil {
		return "", errCaseGone
	}
	srv := d.s.srv
	c, err := srv.o.Cases.Case(ctx, n)
	if err != nil {
		return "", d.inWords(n, err)
	}
	if err := d.mayErase(ctx, c); err != nil {
		if errors.Is(err, errNotErase) || errors.Is(err, errNotEraseTorn) {
			err = cmp.Or(srv.wrote(ctx, d.actor(), n, didNoErase, ""), err)
		}
		return "", d.inWords(n, err)
	}
	if err := srv.wrote(ctx, d.actor(), n, didErase, ""); err != nil {
		return "", d.inWords(n, err)
	}
	err = c.Erase(ctx)
	if soon := errors.Is(err, cases.ErrUnwiped); err == nil || soon {
		srv.oust(n)
		if soon {
			told = sayErasedSoon
		}
		return told, nil
	}
	did := didMaybe
	if errors.Is(err, cases.ErrNoCase) {
		did = didNot
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2) // it is often its end that failed it
	defer stop()
	if unsaid := srv.wrote(ctx, d.actor(), n, did, didErase); unsaid != nil { // the lead hears of the case: it may be gone
		srv.o.Log.Warn("the audit cannot have what came of erasing a case", "case", string(n), "why", unsaid.Error())
	}
	return "", d.inWords(n, err)
}

// errNotErase is all that is told of a case that is not the lead's to erase, whether another
// organisation has to do with it or none.
var errNotErase = errors.New(sayNotErase)

// errNotEraseTorn is all that is told where, besides, a record cannot be read that may say whose
// it is.
var errNotEraseTorn = errors.New(sayNotEraseTorn)

// mayErase says whether the lead's organisation has to do with a case, by what its customer did:
// they began it with an invitation of theirs, or said yes to one of their guides. To ask for a
// case, or to hand it over, is what anybody at a console can do, and makes it nobody's. A
// case that no organisation has to do with is a lead's only where there is no other. One with a
// damaged record is judged by those before it: it is the one that somebody wants to be rid of.
func (d *desk) mayErase(ctx context.Context, c *cases.Case) error {
	inviter, err := c.Inviter(ctx)
	if err != nil {
		return err
	}
	if inviter != "" && d.ours(inviter) {
		return nil
	}
	rs, err := c.Since(ctx, 0)
	var damaged *cases.DamagedError
	if err != nil && !errors.As(err, &damaged) {
		return err
	}
	about := letInBy(rs)
	if inviter != "" {
		about = append(about, inviter)
	}
	if slices.ContainsFunc(about, d.ours) || len(about) == 0 && !d.s.srv.o.Guides.shared() {
		return nil
	}
	if damaged != nil {
		d.s.srv.o.Log.Warn("whose a case is to erase cannot be known, for a record of it cannot be read", "case", string(c.Number()), "guide", d.who.name, "why", damaged.Error())
		return errNotEraseTorn
	}
	return errNotErase
}

// ours says whether an organisation, as a case or an invitation has it, is the guide's. Two that
// differ in their case alone are two, as they are to invitations and to the audit.
func (d *desk) ours(organisation string) bool {
	_, known, ok := flows.KnownAs(d.who.name, d.who.organisation)
	return ok && (organisation == known || organisation == d.who.organisation)
}

// letInBy are the organisations of the guides to whom a journal has a yes, whatever else it says
// of them: not each has the key and the server by which there is a receipt.
func letInBy(rs []flows.Record) (organisations []string) {
	var s flows.State
	for _, r := range rs {
		s = flows.Fold(s, r)
		if e, ok := r.Event.(flows.Watched); !ok || !e.Here {
			continue
		}
		for _, g := range s.Guides {
			if g.Org != "" && !slices.Contains(organisations, g.Org) { // empty: of before guides asked, who saw nothing
				organisations = append(organisations, g.Org)
			}
		}
	}
	return organisations
}
