package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"onboard.example/checks"
	"onboard.example/checks/signin"
)

// How a claims challenge is met (entra-facts §15): Graph turns a token away and
// says what the next one must hold. The session answers without the person where
// that is enough, and what was turned away is asked again, once. Else the claims
// wait for the person's next sign-in, which check has happen at once.

// owed is a challenge that waits for the person to sign in.
type owed struct {
	tenant string // id of the one that the account is of; empty: not known
	claims string // empty: none waits
}

// owe keeps a challenge for the next sign-in.
func (c *clients) owe(session signin.Session, claims string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed = owed{tenant: session.Account().TenantID, claims: claims}
}

// owes is the challenge that a sign-in to a tenant must answer; empty: none. A
// tenant that is known by its domain alone may be the one.
func (c *clients) owes(tenant string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if checks.IsGUID(tenant) && c.owed.tenant != "" && !strings.EqualFold(tenant, c.owed.tenant) {
		return ""
	}
	return c.owed.claims
}

// paid puts the challenge away that another session has answered. The caller
// holds mu.
func (c *clients) paid(session signin.Session) {
	if session != nil && (c.owed.tenant == "" || strings.EqualFold(session.Account().TenantID, c.owed.tenant)) {
		c.owed = owed{}
	}
}

// satisfy answers a challenge, and says whether there is another token now. asks
// says whether the person may be asked for it.
func (c *clients) satisfy(ctx context.Context, session signin.Session, claims string, asks bool) bool {
	if session == nil {
		return false
	}
	err := session.SatisfySilently(ctx, claims)
	if err == nil {
		return true
	}
	if signin.FailureOf(err).Claims == "" {
		return false // the network's fault, or ours: nothing waits for the person
	}
	c.owe(session, claims)
	if way := session.Way(); !asks || way != signin.WayBrowser && way != signin.WayDevice {
		return false
	}
	_, _ = fmt.Fprint(c.o.err, sayChallenged)
	if err = session.Satisfy(ctx, claims); err != nil {
		var no *signin.Error
		if errors.As(err, &no) && ctx.Err() == nil {
			_, _ = fmt.Fprintf(c.o.err, sayNotSatisfied, no.Say, no.Do)
		}
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paid(session)
	return true
}

// answering is a reader of Graph that answers challenges: the parts that met one
// are read again once, and what is challenged then is told as it is.
type answering struct {
	checks.Reader

	c       *clients
	session signin.Session
	asks    bool
}

// Read implements checks.Reader.
func (a answering) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	var met []checks.Piece
	claims := ""
	a.Reader.Read(ctx, q, parts, func(p checks.Piece) {
		if f := p.Failure(); f != nil && f.Claims != "" {
			met, claims = append(met, p), f.Claims
			return
		}
		land(p)
	})
	if len(met) == 0 {
		return
	}
	if !a.c.satisfy(ctx, a.session, claims, a.asks) {
		for _, p := range met {
			land(p)
		}
		return
	}
	var again []checks.Part
	for _, p := range met {
		again = append(again, p.Part)
	}
	a.Reader.Read(ctx, q, again, func(p checks.Piece) {
		if f := p.Failure(); f != nil && f.Claims != "" {
			a.c.owe(a.session, f.Claims)
		}
		land(p)
	})
}

// challengeIn is the challenge with which Graph turned a request away: then it
// did nothing else with it.
func challengeIn(err error) string {
	var f *checks.Failure
	if !errors.As(err, &f) || f.Kind != checks.FailSignIn || f.Status != http.StatusUnauthorized {
		return ""
	}
	return f.Claims
}
