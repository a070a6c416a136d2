package signin

import (
	"context"
	"encoding/json"

	"onboard.example/checks"
)

// maxClaims bounds a claims challenge; real ones are below 1 KiB.
const maxClaims = 16 << 10

// Satisfy tries without the person first, unless just that was done for the same
// challenge and did not help.
func (s *live) Satisfy(ctx context.Context, claims string) error {
	return s.satisfy(ctx, claims, true)
}

// SatisfySilently leaves the person alone.
func (s *live) SatisfySilently(ctx context.Context, claims string) error {
	return s.satisfy(ctx, claims, false)
}

func (s *live) satisfy(ctx context.Context, claims string, person bool) error {
	if !challenge(claims) {
		return badClaims()
	}
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	h := s.now()
	if h.token.Empty() {
		return CauseSessionEnded.make(nil)
	}
	err := error(CauseMFA.make(nil))
	if !h.stuck && h.claims != claims {
		err = s.silently(ctx, nil, claims)
		if err != nil && (ctx.Err() != nil || passing(err)) {
			return err
		}
		s.answered(claims, err == nil)
		if err == nil {
			return nil
		}
	}
	if !person {
		return waiting(ctx, s.way, err, claims)
	}
	res, err := s.ask(ctx, h.asked, claims, h.who.UPN)
	return s.take(ctx, res, err, h.asked, claims)
}

// answered notes how a challenge was met without the person.
func (s *live) answered(claims string, well bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if well {
		s.held.claims = claims
		return
	}
	s.held.stuck = true
}

// waiting is a challenge that waits for the person, with what was said.
func waiting(ctx context.Context, way Way, err error, claims string) *Error {
	e := *classify(ctx, way, err, nil)
	f := *e.Failure
	f.Kind, f.Claims = checks.FailSignIn, claims
	e.Failure = &f
	return &e
}

// challenge says whether claims are a challenge that can be sent on.
func challenge(claims string) bool {
	var c map[string]any
	return len(claims) <= maxClaims && json.Unmarshal([]byte(claims), &c) == nil && c != nil
}

func badClaims() *Error {
	return CauseOther.make(&checks.Failure{Kind: checks.FailRequest, Message: wordsClaimsBad})
}
