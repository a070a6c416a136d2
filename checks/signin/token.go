package signin

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
)

const (
	maxToken = 64 << 10 // with az's JSON around it; a real one is below 16 KiB
	minToken = 40
	// clockSlack is how far two clocks may be apart, Microsoft's own allowance.
	clockSlack = 5 * time.Minute
)

// TokenOptions say how to judge a token that was handed over.
type TokenOptions struct {
	Now func() time.Time // default time.Now
	// GraphURL is --graph-url: a token for its host is accepted too.
	GraphURL string
}

// handed is a session on a token from elsewhere: it can be fetched again, where
// it came from, and neither widened nor challenged here.
type handed struct {
	way   Way
	o     TokenOptions
	fetch func(context.Context) (Secret, error)
	turn  chan struct{}

	mu    sync.RWMutex
	token Secret
	who   checks.Account
}

func hand(ctx context.Context, way Way, o TokenOptions, fetch func(context.Context) (Secret, error)) (Session, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &handed{way: way, o: o, fetch: fetch, turn: make(chan struct{}, 1)}
	if err := s.Renew(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Way says where the token came from.
func (s *handed) Way() Way { return s.way }

// Account is what the token says of itself.
func (s *handed) Account() checks.Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.who
}

// Token gives the token whatever its scopes, fetched again if it has expired.
func (s *handed) Token(ctx context.Context, _ []string) (Secret, error) {
	if t, ok := s.good(); ok {
		return t, nil
	}
	if err := s.enter(ctx); err != nil {
		return Secret{}, err
	}
	defer s.leave()
	if t, ok := s.good(); ok { // somebody else fetched it meanwhile
		return t, nil
	}
	err := s.again(ctx)
	if err != nil {
		if e, ok := asError(err); ok && e.Cause == CauseFixed {
			return Secret{}, CauseTokenExpired.make(nil)
		}
		return Secret{}, err
	}
	t, _ := s.good()
	return t, nil
}

func (s *handed) good() (Secret, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ok := !s.token.Empty() && (s.who.Expires.IsZero() || s.o.Now().Before(s.who.Expires))
	return s.token, ok
}

// Renew fetches the token again from where it came.
func (s *handed) Renew(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.again(ctx)
}

// again fetches the token. The caller has the turn.
func (s *handed) again(ctx context.Context) error {
	t, err := s.fetch(ctx)
	if err != nil {
		return err
	}
	if err := s.judge(t); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.who = t, accountOf(t)
	return nil
}

// enter waits for the turn, or for the end of ctx.
func (s *handed) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return classify(ctx, s.way, ctx.Err(), nil)
	}
}

func (s *handed) leave() { <-s.turn }

// judge refuses a token that Graph is sure to refuse, while we can still say why.
func (s *handed) judge(t Secret) error {
	c, ok := decode(t.Reveal())
	if !ok {
		return nil
	}
	now := s.o.Now()
	switch exp, nbf := unix(c.Exp), unix(c.Nbf); {
	case !exp.IsZero() && !now.Before(exp):
		return CauseTokenExpired.make(nil)
	case nbf.After(now.Add(clockSlack)):
		return CauseTokenEarly.make(nil)
	case !s.forGraph(c.Aud):
		return CauseTokenOther.make(&checks.Failure{Message: checks.Line(wordsAudience+strings.Join(c.Aud, ", "), 200)})
	}
	return nil
}

// forGraph reports whether an audience is Microsoft Graph's, by app id or by
// address, in any cloud. A token without one is Graph's to judge.
func (s *handed) forGraph(aud audience) bool {
	hosts := []string{hostOf(s.o.GraphURL)}
	for _, e := range checks.Clouds() {
		hosts = append(hosts, hostOf(e.Graph))
	}
	return len(aud) == 0 || slices.ContainsFunc(aud, func(a string) bool {
		return strings.EqualFold(a, checks.MicrosoftGraph) || a != "" && hostOf(a) != "" && slices.Contains(hosts, hostOf(a))
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Widen succeeds only where the token has the scopes already.
func (s *handed) Widen(_ context.Context, scopes []string) error {
	who := s.Account()
	missing := without(apiScopes(scopes), who.Scopes)
	if len(missing) == 0 && !who.Opaque {
		return nil
	}
	return CauseFixed.make(&checks.Failure{Missing: missing})
}

// Satisfy can not: the challenge is for whoever made the token.
func (s *handed) Satisfy(_ context.Context, claims string) error {
	f := &checks.Failure{Kind: checks.FailSignIn}
	if len(claims) <= maxClaims {
		f.Claims = claims
	}
	return CauseFixed.make(f)
}

// SatisfySilently can not either.
func (s *handed) SatisfySilently(ctx context.Context, claims string) error {
	return s.Satisfy(ctx, claims)
}

// Forget drops the token and the way to another.
func (s *handed) Forget(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	s.fetch = func(context.Context) (Secret, error) { return Secret{}, CauseSessionEnded.make(nil) }
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.who = Secret{}, checks.Account{}
	return nil
}
