package main

import (
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// TestFlagsAreForOnesOwnMachine holds that a sign-in which fails names its flags to
// whoever typed the command, and none to the visitor of a server.
func TestFlagsAreForOnesOwnMachine(t *testing.T) {
	t.Parallel()
	shared := sharedOf(t, simulate(t, sim.Options{Scenario: "managed-default"}))
	shared.o.clientID = "99999999-8888-4777-8666-555555555555" // nobody's
	in := run.SignInAsk{Way: flows.WayDevice, Scopes: checks.ReadScopes(), Domain: "contoso.example"}
	told := func(hand run.SignIner) string {
		t.Helper()
		_, err := hand.SignIn(t.Context(), in, func(run.Prompt) { t.Error("a code for nobody's app") })
		f := signin.FailureOf(err)
		if f == nil || f.Code != notKnownHere {
			t.Fatalf("%v", err)
		}
		return f.Message
	}
	own := told(&signer{c: shared, profile: func() *flows.Profile { return nil }})
	served := told(visitorOf(shared))
	if !strings.Contains(own, "--client-id") {
		t.Errorf("at one's own machine: %q", own)
	}
	if strings.Contains(served, "--") || !strings.Contains(served, "whoever runs this server") {
		t.Errorf("served: %q", served)
	}
}

// TestSeenIsOfOneSession holds that what one session saw is not taken for what
// another sees, though that one may lie at the same address, and stays where a session
// is widened.
func TestSeenIsOfOneSession(t *testing.T) {
	t.Parallel()
	c, s, in, shown := watch(t, boss, sim.Options{Scenario: "approved"}).hands(t)
	l := newLooker(c)
	signInBy(t, s, in, shown)
	about := func() string {
		t.Helper()
		sees(t, l, in.Domain, 1, checks.AppPresent)
		return l.about
	}
	first, session := about(), c.current()
	c.signedIn(session)
	if again := about(); again != first {
		t.Errorf("widened: %q is not %q", again, first)
	}
	c.signedIn(nil)
	nobody := about()
	c.signedIn(session)
	if second := about(); second == first || nobody == first || second == nobody {
		t.Errorf("%q, then %q, then %q", first, nobody, second)
	}
}
