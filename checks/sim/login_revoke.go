package sim

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// How sessions end before their time. Whatever was signed in to before
// User.SessionsFrom is over: the browser asks again, refresh tokens and codes
// are refused (50173).

// revoked says whether a sign-in is older than what ended the user's sessions.
func (u *User) revoked(i signIn) bool { return i.at.Before(u.SessionsFrom) }

// enter notes that an account is signed in to this browser, and says since when
// and how: a session goes on as it began unless the person signed in afresh.
func (b *browser) enter(who account, now signIn, fresh bool) signIn {
	old, known := b.since[who]
	if !known {
		b.accounts = append(b.accounts, who)
	}
	if known && !fresh && !who.user.revoked(old) {
		now.at, now.mfa = old.at, old.mfa
	}
	if b.since == nil {
		b.since = map[account]signIn{}
	}
	b.since[who] = signIn{at: now.at, mfa: now.mfa}
	return now
}

// RevokeSessions ends every session of an account, as an admin's "Revoke
// sessions" does. Access tokens that were given live on for their hour, unless
// the client said that it takes claims challenges (cp1; entra-facts §15).
func (s *Sim) RevokeSessions(ctx context.Context, upn string) error {
	return s.changeUser(ctx, upn, "Update StsRefreshTokenValidFrom Timestamp", func(u *User) { u.SessionsFrom = s.now() })
}

// ChangePassword gives an account another password, which ends its sessions too.
func (s *Sim) ChangePassword(ctx context.Context, upn, password string) error {
	return s.changeUser(ctx, upn, "Reset user password", func(u *User) { u.Password, u.SessionsFrom = password, s.now() })
}

func (s *Sim) changeUser(ctx context.Context, upn, activity string, change func(*User)) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("change %s: %w", upn, err)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	t, u := s.world.userAnywhere(upn)
	if u == nil {
		return fmt.Errorf("change: no account %q", upn)
	}
	change(u)
	s.login.revoking.Store(true)
	s.world.recordAudit(t, nil, Audit{
		Activity: activity, Category: "UserManagement", Operation: "Update",
		Targets: []AuditTarget{{ID: u.ID, Name: u.Name, Kind: "User", UPN: u.UPN}},
	})
	return nil
}

// iso is a time as the sign-in service writes it into its messages.
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// takesChallenges says whether a call to Graph brings the token of a client that
// said it takes claims challenges; case does not matter in it
// [ED:claims-challenge].
func (s *Sim) takesChallenges(r *http.Request) bool {
	k, err := s.authenticate(r)
	return err == nil && hasFold(k.XmsCC, "cp1")
}

// sessionOver says whether a call to Graph brings a token of a session that was
// ended, and of a client that can be told so.
func (s *Sim) sessionOver(r *http.Request) bool {
	if !s.login.revoking.Load() {
		return false // nobody's was: spare the second look at the token
	}
	k, err := s.authenticate(r)
	if err != nil || !hasFold(k.XmsCC, "cp1") {
		return false
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	t := s.world.tenantFor(k.Tid, nil)
	if t == nil {
		return false
	}
	u := t.userByID(k.Oid)
	// The token tells whole seconds.
	return u != nil && time.Unix(k.Iat+1, 0).Before(u.SessionsFrom)
}
