package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

func TestForget(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, _, _, rt := signedIn(t, w, admin, nil)
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := rt.tokens.Load()
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseSessionEnded {
		t.Errorf("Token: %v", err)
	}
	if a := s.Account(); a.UPN != "" || rt.tokens.Load() != n {
		t.Errorf("still %+v", a)
	}
	accounts, err := as[*live](t, s).c.msal.Accounts(t.Context())
	if err != nil || len(accounts) != 0 {
		t.Errorf("MSAL still knows %v", accounts)
	}
}

func TestSessionStops(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, clk, _, _ := signedIn(t, w, admin, nil)
	clk.add(2 * time.Hour)
	l := as[*live](t, s)
	l.turn <- struct{}{} // somebody else is renewing, and takes long
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Token(ctx, nil)
	for name, err := range map[string]error{
		"Token": err, "Renew": s.Renew(ctx), "Widen": s.Widen(ctx, nil), "Satisfy": s.Satisfy(ctx, "{}"), "Forget": s.Forget(ctx),
	} {
		if e := cause(t, err); e.Cause != CauseCancelled || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	<-l.turn
	if _, err := s.Token(ctx, nil); cause(t, err).Cause != CauseCancelled {
		t.Errorf("Token: %v", err)
	}
	if _, err := s.Token(t.Context(), nil); err != nil {
		t.Errorf("the session did not survive: %v", err)
	}
}

func TestPartlyGiven(t *testing.T) {
	t.Parallel()
	ep := startEndpoint(t)
	raw := graphToken(time.Now(), map[string]any{"scp": "User.Read Policy.Read.All"})
	ep.token = ep.reply(raw, "openid profile User.Read Policy.Read.All", 3600)
	s, err := ep.client(t, nil).Device(t.Context(), append(checks.ReadScopes(), "openid", "offline_access"), func(Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	if tok, err := s.Token(t.Context(), []string{"Policy.Read.All"}); err != nil || tok.Reveal() != raw {
		t.Errorf("what was given: %v", err)
	}
	if _, err := s.Token(t.Context(), checks.ReadScopes()); cause(t, err).Cause != CauseConsent || hasScope(cause(t, err).Failure.Missing, "User.Read") {
		t.Errorf("what was not: %v", err)
	}
	if err := s.Renew(t.Context()); err != nil {
		t.Errorf("what was given can not be renewed: %v", err)
	}
	for _, f := range ep.forms() {
		if strings.Count(f.Get("scope"), "offline_access") != 1 {
			t.Errorf("asked for %q", f.Get("scope"))
		}
	}
}

func TestOpaqueToken(t *testing.T) {
	t.Parallel()
	ep := startEndpoint(t)
	ep.token = ep.reply("EwB"+strings.Repeat("opaque", 20), "User.Read", 3600)
	s, err := ep.client(t, nil).Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Account(); !a.Opaque || a.UPN != "" {
		t.Errorf("account %+v", a)
	}
	if _, err := s.Token(t.Context(), checks.ReadScopes()); err != nil {
		t.Errorf("Graph is to judge it: %v", err)
	}
}

func TestErrorsTravelAsFailures(t *testing.T) {
	t.Parallel()
	e := CauseAdminNeeded.make(&checks.Failure{Code: "AADSTS90094"})
	wrapped := fmt.Errorf("opening the session: %w", e)
	if f := FailureOf(wrapped); f != e.Failure || f.Kind != checks.FailScope {
		t.Errorf("got %+v", f)
	}
	if got := e.Error(); !strings.HasPrefix(got, "sign in: ") || !strings.HasSuffix(got, "(AADSTS90094)") {
		t.Errorf("got %q", got)
	}
	if errors.Is(e, context.Canceled) || !errors.Is(CauseCancelled.make(nil), context.Canceled) {
		t.Error("only a cancelled sign-in is context.Canceled")
	}
	if f := FailureOf(&InputError{Say: "no"}); f.Kind != checks.FailRequest || f.Message != "no" {
		t.Errorf("got %+v", f)
	}
	if f := FailureOf(io.ErrUnexpectedEOF); f.Kind != checks.FailUnreachable {
		t.Errorf("got %+v", f)
	}
}

// TestEveryCauseHasWords holds the three tables of causes together.
func TestEveryCauseHasWords(t *testing.T) {
	t.Parallel()
	used := map[Cause]bool{}
	for _, c := range causes {
		used[c] = true
	}
	for _, c := range oauthCauses {
		used[c] = true
	}
	for c := range used {
		if _, ok := causeWords[c]; !ok {
			t.Errorf("%s has no words", c)
		}
	}
	for c, w := range causeWords {
		if w.say == "" || w.do == "" || strings.HasSuffix(w.say, ".") || w.say != checks.Line(w.say, 300) {
			t.Errorf("%s: %q %q", c, w.say, w.do)
		}
		if k := kindOf(c); k == "" {
			t.Errorf("%s has no kind", c)
		}
	}
	if got := wordsFor("no such cause"); got != causeWords[CauseOther] {
		t.Errorf("got %+v", got)
	}
}
