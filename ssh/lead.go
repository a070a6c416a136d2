package ssh

import (
	"context"
	"errors"

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
	return actor{by: shortenedTo(d.who.name+", "+d.who.organisation, mostInviter), who: d.called(), role: d.who.rolesWord()}
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
	all, err := l.d.s.srv.Invitations(ctx)
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
	return l.inWords(l.d.s.srv.revoke(ctx, l.d.actor(), number))
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
