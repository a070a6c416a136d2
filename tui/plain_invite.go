package tui

import (
	"context"
	"strings"
)

// inviteLine does what a line says about invitations: i lists them, i new makes one,
// and i revoke and its number takes one back. ended: there is no more input.
func (p *plain) inviteLine(ctx context.Context, text string) (ended bool) {
	of := p.m.console.of.Invitations
	word, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(text, plainInvite)), " ")
	switch {
	case of == nil:
		p.out.line(sentence(whyOnlyLead))
	case word == plainInviteNew:
		return p.invite(ctx, of)
	case word == plainRevoke && rest != "":
		number := strings.ToUpper(strings.TrimSpace(rest))
		asking, cancel := context.WithTimeout(ctx, askWait)
		err := of.Revoke(asking, number)
		cancel()
		if err != nil {
			p.out.line(fill(wordGuideNotDone, "why", sentence(clean(err.Error()))))
			return false
		}
		p.out.line(fill(plainRevoked, "number", number))
	default:
		p.listInvitations(ctx, of)
	}
	return false
}

// listInvitations reads them out.
func (p *plain) listInvitations(ctx context.Context, of Invitations) {
	asking, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	all, err := of.List(asking)
	if err != nil {
		p.out.line(sentence(clean(err.Error())))
		return
	}
	if len(all) == 0 {
		p.out.line(wordInvitesNone)
	}
	for _, in := range all[:min(len(all), mostTold)] {
		p.out.line(fill(plainInvitation, "number", clean(in.Number), "state", in.told(p.m), "about", in.about()))
	}
	if n := len(all) - mostTold; n > 0 {
		p.out.line(fill(plainInviteMore, "n", number(n)))
	}
	p.out.line(plainInviteKeys)
}

// invite asks what an invitation is to be, and makes it once that was confirmed.
func (p *plain) invite(ctx context.Context, of Invitations) (ended bool) {
	var w InviteWish
	w.Lasts = inviteDays * day
	for i, ask := range inviteAsks {
		p.asksAnew()
		p.out.line(ask[0] + ": " + ask[1])
		for {
			text, ok := p.oneLine(ctx, plainInviteAsks[i])
			if !ok {
				return true
			}
			if i == 2 && text == "" {
				break
			}
			err := takeWish(&w, i, text)
			if err == nil {
				break
			}
			p.out.line(sentence(clean(err.Error())))
		}
	}
	if !p.settle(ctx) {
		return true
	}
	for _, l := range w.lines() {
		p.out.line(sentence(l[0] + ": " + l[1]))
	}
	p.asksAnew()
	text, ok := p.oneLine(ctx, plainInviteSure)
	switch {
	case !ok:
		return true
	case !strings.EqualFold(text, plainInviteYes):
		p.out.line(plainInviteNot)
		return false
	}
	asking, cancel := context.WithTimeout(ctx, askWait)
	in, err := of.Invite(asking, w)
	cancel()
	if err != nil {
		p.out.line(fill(wordInviteNot, "why", sentence(clean(err.Error()))))
		return false
	}
	p.out.line(fill(wordInvited, "number", clean(in.Number)))
	p.out.line(clean(in.Address))
	p.out.line(wordInvitedOnce)
	return false
}
