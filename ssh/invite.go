package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// Wish is what an invitation is to be.
type Wish struct {
	For    string        `json:"for,omitempty"`    // what it is for, in a line; empty: nothing is said of it
	Tenant string        `json:"tenant,omitempty"` // the domain of the customer; empty: none is named
	Lasts  time.Duration `json:"lasts,omitempty"`  // how long it can be used; 0: InviteLasts
}

// How long an invitation lasts where nothing is said of it, and how long a text of it
// may be, in characters.
const (
	InviteLasts = 7 * 24 * time.Hour
	mostFor     = 60
)

// Invited is an invitation that was just made. Its code is nowhere else, and cannot be
// shown again.
type Invited struct {
	cases.Invitation

	Address string `json:"address"` // what the customer types
}

// What the audit says of invitations. Entry.More begins with the invitation's number.
const (
	didInvite = "invited"
	didRevoke = "invitation-revoked"
	didRedeem = "invitation-used" // by a customer, for the case
)

// customer is who and as what did something, as the audit has a customer.
const customer = "customer"

// actor is who does something about invitations.
type actor struct {
	by           string // as customers read it
	organisation string // a guide's; empty: it is no guide
	who, role    string // as the audit has it
}

// operator is whoever has the operator's socket.
func (s *Server) operator() actor {
	return actor{by: fmt.Sprintf(sayByOperator, s.o.Name), who: operator, role: operator}
}

// Invite makes an invitation for the operator. The error says what to say instead.
func (s *Server) Invite(ctx context.Context, w Wish) (Invited, error) {
	return s.invite(ctx, s.operator(), w)
}

// Revoke takes an invitation back, by its number, for the operator. It fails with
// cases.ErrNoInvitation and cases.ErrUsed.
func (s *Server) Revoke(ctx context.Context, number string) error {
	return s.revoke(ctx, s.operator(), cases.Anybody(), number)
}

// Invitations gives the newest invitations, the newest first, without their codes.
func (s *Server) Invitations(ctx context.Context) ([]cases.Invitation, error) {
	return s.o.Cases.Invitations(ctx, cases.Anybody())
}

// accept holds a wish to what can be kept and shown.
func (w Wish) accept() (Wish, error) {
	w.For = strings.TrimSpace(w.For)
	if checks.Line(w.For, mostFor) != w.For {
		return w, fmt.Errorf(sayInviteFor, mostFor)
	}
	if w.Tenant = strings.TrimSpace(w.Tenant); w.Tenant != "" {
		var err error
		if w.Tenant, err = flows.AcceptDomain(w.Tenant); err != nil {
			return w, err
		}
	}
	if w.Lasts == 0 {
		w.Lasts = InviteLasts
	}
	if w.Lasts < time.Minute || w.Lasts > cases.MostInvitation {
		return w, fmt.Errorf(sayInviteLasts, int(cases.MostInvitation/(24*time.Hour)))
	}
	return w, nil
}

// invite makes an invitation. Until the audit has it nobody is given its code, without
// which it is worth nothing; where the audit cannot have it it is taken back.
func (s *Server) invite(ctx context.Context, by actor, w Wish) (Invited, error) {
	w, err := w.accept()
	if err != nil {
		return Invited{}, err
	}
	in, code, err := s.o.Cases.Invite(ctx, cases.Invitation{Scope: w.For, Tenant: w.Tenant, By: by.by, Organisation: by.organisation, Until: s.o.Cases.Now().Add(w.Lasts)})
	if err != nil {
		return Invited{}, err
	}
	more := []string{string(in.Number), "until " + in.Until.Format(time.RFC3339)}
	for _, text := range []string{in.Tenant, in.Scope} {
		if text != "" {
			more = append(more, text)
		}
	}
	if err := s.wrote(ctx, by, "", didInvite, strings.Join(more, ", ")); err != nil {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords) // the asker's end does not break it off
		defer stop()
		return Invited{}, errors.Join(err, s.o.Cases.Revoke(ctx, in.Number, cases.Anybody()))
	}
	return Invited{in, s.Address(code.Reveal())}, nil
}

// revoke takes an invitation of some inviters back, once the audit has it.
func (s *Server) revoke(ctx context.Context, by actor, of cases.Inviters, number string) error {
	n, err := cases.ParseNumber(number)
	if err != nil {
		return cases.ErrNoInvitation
	}
	if err := s.wrote(ctx, by, "", didRevoke, string(n)); err != nil {
		return err
	}
	err = s.o.Cases.Revoke(ctx, n, of)
	if err != nil {
		did := didMaybe
		if errors.Is(err, cases.ErrNoInvitation) || errors.Is(err, cases.ErrUsed) {
			did = didNot
		}
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2) // it is often its end that failed it
		defer stop()
		if unsaid := s.wrote(ctx, by, "", did, didRevoke+" "+string(n)); unsaid != nil {
			s.o.Log.Warn("the audit cannot have what came of taking an invitation back", "invitation", string(n), "why", unsaid.Error())
		}
	}
	return err
}

// wrote has the audit say what somebody does, about an invitation or a case. Where that fails it is
// not done: an entry that may stand all the same is then told to have come to nothing, now or
// behind.
func (s *Server) wrote(ctx context.Context, by actor, of cases.Number, did, more string) error {
	e := cases.Entry{Who: by.who, Role: by.role, Did: did, Case: of, More: shortened(more), Mark: rand.Text(), Organisation: by.organisation}
	_, err := s.o.Cases.Audit(ctx, e)
	if err == nil {
		return nil
	}
	err = errors.Join(errUnaudited, err)
	if !unheard(err) {
		return err
	}
	alone := did == didMaybe || did == didNot // which says what came of another, and stands then
	number, _, _ := strings.Cut(e.More, ",")
	not := e
	not.Did, not.More, not.Mark = didNot, strings.TrimSpace(did+" "+number), rand.Text()
	all := []cases.Entry{e, not}
	if alone {
		all = all[:1]
	}
	again := s.wroteAll(ctx, all)
	if again == nil && alone {
		return nil
	}
	return errors.Join(err, again)
}

// wroteAll writes entries, one after the other and each once, now or behind: the error is
// why they are not there now.
func (s *Server) wroteAll(ctx context.Context, all []cases.Entry) error {
	note := func(ctx context.Context) error {
		for _, e := range all {
			if _, err := s.o.Cases.Audit(ctx, e); err != nil { // by its mark it stands once
				return err
			}
		}
		return nil
	}
	short, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords) // it is often its end that failed it
	defer stop()
	err := note(short)
	if err != nil {
		s.seats.Go(func() {
			defer s.contained()
			if err := s.insists(ctx, s.o.Now().Add(flows.WatchMost), note); err != nil {
				s.o.Log.Error("the audit does not have what became of an entry that it may have", "did", all[0].Did, "why", err.Error())
			}
		})
	}
	return err
}

// invitee is a session that came by an invitation, which is used once there is a case.
type invitee struct {
	in      cases.Invitation
	try     cases.Try
	written bool // the audit has that it is used
	doubt   bool // the audit may have it
	used    bool
	maybe   bool  // it may be used: nobody heard
	over    error // it can be used no more
}

// uninvitedError ends a session whose invitation could not be used when its case was made.
type uninvitedError struct{ why error }

// Error implements error.
func (*uninvitedError) Error() string { return "the invitation can be used no more" }

// redeem uses the invitation of the session up for the case that it makes. Where that
// can never be, the case is erased again and the session ends.
func (s *session) redeem(ctx context.Context, c *cases.Case, code cases.Code) error {
	g := s.invited
	switch {
	case g == nil, g.used:
		return nil
	case g.over != nil: // the session is ending
		return g.over
	}
	kept := s.srv.o.Cases
	write := func(did, more string) error {
		_, err := kept.Audit(ctx, g.entry(c.Number(), did, more))
		return err
	}
	if !g.written {
		if err := write(didRedeem, string(g.in.Number)); err != nil {
			g.doubt = g.doubt || unheard(err)
			return err
		}
		g.written = true
	}
	_, err := kept.Redeem(ctx, g.try, c)
	if err == nil {
		g.used = true
		return nil
	}
	if sayInvitation(err) == "" {
		g.maybe = g.maybe || unheard(err)
		return err // the store's: it is tried again
	}
	g.over = err
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords) // the session's end does not break it off
	defer stop()
	_, gone := kept.Erase(ctx, cases.Try{Code: code.Reveal(), From: s.conn.from})
	unsaid := write(didNot, didRedeem+" "+string(g.in.Number))
	s.cancel(&uninvitedError{err})
	return errors.Join(err, gone, unsaid)
}

// entry is what the audit is to say of the invitation and a case; what is tried again
// stands once.
func (g *invitee) entry(n cases.Number, did, more string) cases.Entry {
	mark := deedMark(string(n), string(g.in.Number), did)
	return cases.Entry{Who: customer, Role: customer, Did: did, Case: n, More: more, Mark: mark, Organisation: g.in.Organisation}
}

// unused has the audit say, at the end of a session, what became of an invitation that it
// has, or may have, as used, where no run of the session was kept by it.
func (s *session) unused() {
	g := s.invited
	if g == nil || s.made == nil || g.used || g.over != nil || !g.written && !g.doubt {
		return
	}
	did, n := didNot, s.made.c.Number()
	if g.maybe {
		did = didMaybe
	}
	_ = s.srv.wroteAll(s.ctx, []cases.Entry{ // or behind
		g.entry(n, didRedeem, string(g.in.Number)), g.entry(n, did, didRedeem+" "+string(g.in.Number)),
	})
}

// sayInvitation is what is told to whom an invitation does not let in; empty: it is
// nothing of the invitation.
func sayInvitation(err error) string {
	for _, known := range []struct {
		err error
		say string
	}{{cases.ErrUsed, sayInviteUsed}, {cases.ErrRevoked, sayInviteRevoked}, {cases.ErrOver, sayInviteOver}, {cases.ErrNoInvitation, sayInviteGone}} {
		if errors.Is(err, known.err) {
			return known.say
		}
	}
	return ""
}

// hint is the domain that the session's invitation names.
func (s *session) hint() string {
	if s.invited == nil {
		return ""
	}
	return s.invited.in.Tenant
}

// welcome tells who came by an invitation what it says. It proves nothing.
func (s *session) welcome() string {
	if s.invited == nil {
		return ""
	}
	in := s.invited.in
	text := fmt.Sprintf(sayInvitedBy, checks.Line(in.By, 2*mostName))
	if in.Scope != "" {
		text += " " + fmt.Sprintf(sayInvitedFor, checks.Line(in.Scope, mostFor))
	}
	return text
}
