// Package signin signs a person in to Microsoft Entra ID and looks up what
// anybody may know of a domain without signing in.
//
// There are five ways to a token, each optional: a link and the address that the
// browser ends on, pasted back (authorization code with PKCE; no one listens), the
// browser of this machine (the same on a loopback redirect), a token handed over in a
// file or on standard input, the az command, and last a device code. All give a Session. Tokens live
// in memory, and in the system's keychain where a Keep is given; here they are of
// the type Secret, which never prints. No error, log line or piece of evidence of
// this package holds a token, a code or a verifier.
package signin

import (
	"context"
	"sync"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// Session is a person who is signed in. Errors are *Error, or *InputError where
// a token file that was good has gone bad. It is safe for use by several
// goroutines, which share one renewal.
type Session interface {
	// Way says how the person signed in.
	Way() Way
	// Account is what the token in hand says of itself.
	Account() checks.Account
	// Token gives a token for Microsoft Graph that is good for some minutes at
	// least, renewed without asking the person. scopes are what the caller is
	// about to use; nil takes the token as it is. Scopes that nobody consented to
	// yet are CauseConsent: then Widen asks the person. A token that was handed
	// over is given whatever it holds, since Graph judges it.
	Token(ctx context.Context, scopes []string) (Secret, error)
	// Renew gets a new token without asking, for one that Graph turned away or
	// whose roles have changed.
	Renew(ctx context.Context) error
	// Widen asks the person for more scopes, for the same account.
	Widen(ctx context.Context, scopes []string) error
	// Satisfy answers a claims challenge, given decoded (JSON): without the person
	// if that is enough, else by a new sign-in.
	Satisfy(ctx context.Context, claims string) error
	// SatisfySilently does of that what needs nobody. Where only the person can
	// answer, the error's Failure holds the claims, and so it stays, without
	// Microsoft being asked again, until there is another token.
	SatisfySilently(ctx context.Context, claims string) error
	// Forget drops the tokens. Token fails from then on.
	Forget(ctx context.Context) error
}

const (
	// renewBefore is when a token is renewed ahead of its end, MSAL's own margin.
	renewBefore = 5 * time.Minute
	// anew is an empty challenge: MSAL then passes over its cache, which goes by
	// its own clock, and redeems the refresh token.
	anew = "{}"
)

// asker of people: goes to the person and comes back with a token.
type askPerson func(ctx context.Context, scopes []string, claims, hint string) (public.AuthResult, error)

// live is a session that MSAL renews.
type live struct {
	c    *Client
	way  Way
	ask  askPerson
	turn chan struct{} // holds one: whoever has it may change held

	mu   sync.RWMutex
	held held
}

// held is what a session has in hand.
type held struct {
	account public.Account
	who     checks.Account
	token   Secret
	asked   []string // scopes that were asked for so far
	expires time.Time
	renewAt time.Time
	claims  string // the challenge that was satisfied last
	stuck   bool   // the last challenge could not be answered without the person
}

// begin signs in for the first time.
func (c *Client) begin(ctx context.Context, way Way, scopes []string, ask askPerson) (Session, error) {
	s, err := c.first(ctx, way, scopes, ask)
	if err != nil {
		return nil, c.o.told(err)
	}
	return s, nil
}

func (c *Client) first(ctx context.Context, way Way, scopes []string, ask askPerson) (*live, error) {
	scopes = apiScopes(scopes)
	if len(scopes) == 0 {
		scopes = []string{"User.Read"}
	}
	s := &live{c: c, way: way, ask: ask, turn: make(chan struct{}, 1)}
	if c.o.Claims != "" && !challenge(c.o.Claims) {
		return nil, badClaims()
	}
	if c.o.Keep != nil && !c.o.Anew && c.o.Claims == "" {
		taken, err := s.resume(ctx, scopes)
		switch {
		case err != nil:
			return nil, err
		case taken:
			return s, nil
		}
	}
	res, err := ask(ctx, scopes, c.o.Claims, c.o.Hint)
	if err := s.take(ctx, res, err, scopes, c.o.Claims); err != nil {
		return nil, err
	}
	return s, nil
}

// take judges a result of MSAL's and, if it is good, holds it.
func (s *live) take(ctx context.Context, res public.AuthResult, err error, asked []string, claims string) error {
	if err != nil {
		e := classify(ctx, s.way, err, without(asked, s.Account().Scopes))
		if e.Cause != CauseScopes {
			return e
		}
		asked = without(asked, e.Failure.Missing)
		if res, err = s.partial(ctx, asked); err != nil {
			return e
		}
	}
	now, token := s.c.o.Now(), NewSecret(res.AccessToken)
	h := held{
		account: res.Account, who: accountOf(token), token: token,
		asked: asked, expires: res.ExpiresOn, claims: claims,
	}
	if e := s.wrongPerson(h.who); e != nil {
		if err := s.c.msal.RemoveAccount(ctx, res.Account); err != nil {
			return classify(ctx, s.way, err, nil) // it is kept, though it should not be
		}
		return e
	}
	h.renewAt = renewal(now, h.expires)
	s.mu.Lock()
	s.held = h
	s.mu.Unlock()
	return nil
}

// renewal is when to renew a token got now: before its end, but never at once,
// however short it lives.
func renewal(now, expires time.Time) time.Time {
	life := expires.Sub(now)
	return now.Add(max(life-renewBefore, life/2))
}

// partial fetches the token that MSAL keeps but does not hand out where some
// scopes were not given.
func (s *live) partial(ctx context.Context, scopes []string) (public.AuthResult, error) {
	accounts, err := s.c.accounts(ctx, "")
	if err != nil {
		return public.AuthResult{}, err
	}
	if len(accounts) != 1 || len(scopes) == 0 {
		return public.AuthResult{}, CauseScopes.make(nil)
	}
	return s.c.msal.AcquireTokenSilent(ctx, scopes, public.WithSilentAccount(accounts[0]))
}

// wrongPerson refuses an account of another tenant than was asked for, or
// another account than the session began with.
func (s *live) wrongPerson(who checks.Account) *Error {
	if checks.IsGUID(s.c.tenant) && who.TenantID != "" && who.TenantID != s.c.tenant {
		return CauseOtherTenant.make(nil)
	}
	before := s.Account()
	if before.ObjectID != "" && (before.ObjectID != who.ObjectID || before.TenantID != who.TenantID) {
		return CauseOtherPerson.make(nil)
	}
	return nil
}

func (s *live) now() held {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.held
}

// Way says how the person signed in.
func (s *live) Way() Way { return s.way }

// Account is what the token in hand says of itself.
func (s *live) Account() checks.Account { return s.now().who }

// fresh reports whether the token in hand will do.
func (s *live) fresh(scopes []string) (Secret, bool) {
	h := s.now()
	if h.token.Empty() || !s.c.o.Now().Before(h.renewAt) {
		return Secret{}, false
	}
	return h.token, h.who.Opaque || len(without(scopes, h.who.Scopes)) == 0
}

// Token gives the token in hand, renewed first if it is about to end.
func (s *live) Token(ctx context.Context, scopes []string) (Secret, error) {
	scopes = apiScopes(scopes)
	if t, ok := s.fresh(scopes); ok {
		return t, nil
	}
	if err := s.enter(ctx, scopes); err != nil {
		return Secret{}, err
	}
	defer s.leave()
	if t, ok := s.fresh(scopes); ok { // somebody else renewed it meanwhile
		return t, nil
	}
	err := s.silently(ctx, scopes, anew)
	h := s.now()
	missing := without(scopes, h.who.Scopes)
	switch {
	case err == nil && !h.who.Opaque && len(missing) > 0:
		return Secret{}, CauseConsent.make(&checks.Failure{Missing: missing})
	case err == nil:
		return h.token, nil
	case len(missing) == 0 && !h.token.Empty() && s.c.o.Now().Before(h.expires) && passing(err):
		return h.token, nil // the network will be back before the token ends
	}
	return Secret{}, err
}

// passing reports whether a renewal failed for a reason that may go by itself.
func passing(err error) bool {
	e := classify(context.Background(), "", err, nil)
	switch e.Cause {
	case CauseNetwork, CauseTLS, CauseNotMicrosoft, CauseThrottled, CauseService:
		return true
	default:
		return false
	}
}

// silently redeems the refresh token. The caller has the turn.
func (s *live) silently(ctx context.Context, scopes []string, claims string) error {
	h := s.now()
	if h.token.Empty() {
		return CauseSessionEnded.make(nil)
	}
	asked := apiScopes(h.asked, scopes)
	res, err := s.c.msal.AcquireTokenSilent(ctx, asked, public.WithSilentAccount(h.account), public.WithClaims(claims))
	return s.take(ctx, res, err, asked, h.claims)
}

// Renew redeems the refresh token whatever the token in hand.
func (s *live) Renew(ctx context.Context) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	return s.silently(ctx, nil, anew)
}

// Widen asks the person.
func (s *live) Widen(ctx context.Context, scopes []string) error {
	scopes = apiScopes(scopes)
	if err := s.enter(ctx, scopes); err != nil {
		return err
	}
	defer s.leave()
	h := s.now()
	asked := apiScopes(h.asked, scopes)
	res, err := s.ask(ctx, asked, "", h.who.UPN)
	if err := s.take(ctx, res, err, asked, h.claims); err != nil {
		return err
	}
	if missing := without(scopes, s.Account().Scopes); len(missing) > 0 && !s.Account().Opaque {
		return CauseScopes.make(&checks.Failure{Missing: missing})
	}
	return nil
}

// Forget drops the tokens here and in MSAL.
func (s *live) Forget(ctx context.Context) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	h := s.now()
	s.mu.Lock()
	s.held = held{}
	s.mu.Unlock()
	if err := s.c.msal.RemoveAccount(ctx, h.account); err != nil {
		return classify(ctx, s.way, err, nil)
	}
	return nil
}

// enter waits for the turn, or for the end of ctx.
func (s *live) enter(ctx context.Context, scopes []string) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return classify(ctx, s.way, ctx.Err(), scopes)
	}
}

func (s *live) leave() { <-s.turn }
