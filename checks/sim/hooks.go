package sim

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// What a demonstration or a test needs to play the people, without a browser.

// ErrMayNotConsent means that the account's roles do not allow the consent.
var ErrMayNotConsent = errMayNot

// Approve does what the account does by signing in to the tenant-pinned admin
// consent link of an app and pressing Accept, through the same code: the service
// principal is made, the scopes granted for everyone, open requests closed.
// Scopes are spelled as apps spell them; none means everything the app is
// registered with, as the link's first version does. The error wraps
// ErrMayNotConsent when the account's roles are not enough.
func (s *Sim) Approve(ctx context.Context, upn, clientID string, scopes []string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("approve %s: %w", clientID, err)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	t, u := s.world.userAnywhere(upn)
	reg := s.world.registration(clientID)
	switch {
	case u == nil:
		return fmt.Errorf("approve %s: no account %q", clientID, upn)
	case u.Disabled:
		return fmt.Errorf("approve %s: %w", clientID, refuse(50057))
	case reg == nil || !s.usable(reg, t):
		return fmt.Errorf("approve: %w", refuse(700016, clientID, t.Name))
	}
	set := scopeSet{list: s.registeredFor(reg), all: true}
	if len(scopes) > 0 {
		var refused *refusal
		if set, refused = s.readScopes(reg, t, strings.Join(scopes, " ")); refused != nil {
			return fmt.Errorf("approve %s: %w", clientID, refused)
		}
		if set.all {
			set.list = s.registeredFor(reg)
		}
	}
	if err := s.grantAdmin(t, u, reg, set); err != nil {
		return fmt.Errorf("approve %s as %s: %w", clientID, upn, err)
	}
	return nil
}

// ConsentURL is the admin consent link of an app, pinned to a tenant (id or
// domain): the second version with scopes, the first without.
func (s *Sim) ConsentURL(tenant, clientID string, scopes []string) string {
	q := url.Values{"client_id": {clientID}}
	path := "/adminconsent"
	if len(scopes) > 0 {
		path = "/v2.0/adminconsent"
		q.Set("scope", strings.Join(scopes, " "))
	}
	return s.LoginURL() + "/" + url.PathEscape(tenant) + path + "?" + q.Encode()
}

// AppURL is the page of a vendor's app, where a user starts to connect.
func (s *Sim) AppURL(clientID string) string {
	return s.LoginURL() + "/app/" + url.PathEscape(clientID)
}

// LoginURL is the root of the sign-in service, without a slash at the end.
func (s *Sim) LoginURL() string { return "https://" + s.https.Addr().String() }

// Token is a Graph access token of an account for scripts and tests: of
// Microsoft's command-line client, holding the given delegated permissions, or
// all that Graph has if none are given. It is good for a day.
func (s *Sim) Token(upn string, scopes ...string) (string, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	t, u := s.world.userAnywhere(upn)
	if u == nil {
		return "", fmt.Errorf("token: no account %q", upn)
	}
	raw := s.scriptToken(t, u)
	if len(scopes) == 0 {
		return raw, nil
	}
	c, err := s.verify(raw)
	if err != nil {
		return "", errors.Join(fmt.Errorf("token of %s", upn), err)
	}
	c.Scp = strings.Join(scopes, " ")
	return s.mint(c), nil
}
