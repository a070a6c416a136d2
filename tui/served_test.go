package tui

import (
	"io"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// TestServedPromisesNoSignIn holds that a run on a machine of somebody else's
// neither promises a sign-in nor offers one, and sends nobody to flags or a shell.
func TestServedPromisesNoSignIn(t *testing.T) {
	t.Parallel()
	for _, served := range []bool{false, true} {
		d := atKnown(t)
		m := New(t.Context(), d, Options{Profiles: profiles(t), Now: still(t, 80, 24).Now, Width: 80, Height: 24, Served: served, NoSignIn: served})
		if o := m.signInOffer(); o.hidden != served || (o.why == whyNoSignIn) != served {
			t.Errorf("served %v: the sign-in is offered as %+v", served, o)
		}
		asked := checks.Finding{Summary: "Not asked: it needs a sign-in.", Fix: &checks.Fix{Do: "Sign in, read-only.", Why: "It needs a sign-in.", URL: "https://contoso.example/"}}
		if !checks.NeedsSignIn(asked) {
			t.Fatal("that is not how it is said any more")
		}
		if fix := m.fixOf(asked); served != (fix.Why == "" && fix.URL == "") {
			t.Errorf("served %v: %+v", served, fix)
		}
		s := &whyAnswer{asked: "contoso.example"}
		s.in.Subject.Look = &checks.Snapshot{}
		if _, said := s.looked(m); strings.Contains(said, "Check the network") == served || !strings.Contains(said, "could not be reached") {
			t.Errorf("served %v: %q", served, said)
		}
		words := strings.Join([]string{m.tooSmall(), m.blindWords(), m.gradeMeaning(checks.Inferred), m.fixOf(asked).Do}, "\n")
		for _, no := range []string{"--plain", "--proxy", "sign in to verify", "Sign in, read-only."} {
			if strings.Contains(strings.Join(strings.Fields(words), " "), no) == served {
				t.Errorf("served %v: %q in %s", served, no, words)
			}
		}
	}
}

// TestServedPlainOffersNoSignIn holds the same of plain lines: no scene has a choice
// that asks who signs in.
func TestServedPlainOffersNoSignIn(t *testing.T) {
	t.Parallel()
	for _, served := range []bool{false, true} {
		offered := 0
		for _, at := range []func(testing.TB) *fakeDriver{atKnown, atDiagnosis, atPaths, atLink} {
			d := at(t)
			m := New(t.Context(), d, Options{Profiles: profiles(t), Now: still(t, 80, 24).Now, Width: 80, Height: 24, Served: served, NoSignIn: served})
			for _, id := range m.wanted() {
				if m.awaited(id) {
					rounded(d, finding(id, checks.Pass, checks.Verified, "as it should be"))
				}
			}
			m.refresh()
			p := &plain{m: m, out: &lineWriter{to: io.Discard}, said: map[checks.ID]string{}}
			sc := p.scene()
			for _, c := range sc.choices {
				if c.label == plainSignIn || c.label == plainSignInNow || c.key == "s" {
					offered++
					if served {
						t.Errorf("%s: %q", sc.key, c.label)
					}
				}
			}
		}
		if !served && offered != 2 {
			t.Errorf("offered in %d scenes of a machine of one's own, not on the diagnosis and the paths", offered)
		}
	}
}

// TestServedSendsNobodyToCommands holds that a run on a machine of somebody else's
// names no command that is not served there.
func TestServedSendsNobodyToCommands(t *testing.T) {
	t.Parallel()
	for _, served := range []bool{false, true} {
		m := New(t.Context(), atApp(t), Options{Profiles: profiles(t), Now: still(t, 80, 24).Now, Width: 80, Height: 24, Served: served, NoSignIn: served})
		m.refresh()
		own := newOwnApp(m.ownOr(wordOwnAppHelp, wordOwnAppServed))
		var out strings.Builder
		p := &plain{m: m, out: &lineWriter{to: &out}, said: map[checks.ID]string{}}
		sc := p.scene()
		p.door = &plainDoor{}
		p.doorLine(sc, lineRead{long: true})
		words := m.View().Content + own.question().Help + p.m.appQuestion().Help + out.String()
		if strings.Contains(strings.Join(strings.Fields(words), " "), "onboard apps new") == served {
			t.Errorf("served %v: %s", served, words)
		}
		if strings.Contains(out.String(), "on a machine of your own") != served {
			t.Errorf("served %v: %q", served, out.String())
		}
	}
}

// TestServedSignInFailure holds that whom a server could not sign in is not told to
// mend a network, give a flag or open a browser of that server.
func TestServedSignInFailure(t *testing.T) {
	t.Parallel()
	own := 0
	for k := range signInFailureWords {
		for _, served := range []bool{false, true} {
			d := atSignIn(t)
			d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayDevice)})
			d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: k, Message: "What was said."})
			m := New(t.Context(), d, Options{Profiles: profiles(t), Now: still(t, 80, 24).Now, Width: 80, Height: 24, Served: served})
			m.refresh()
			p := &plain{m: m, out: &lineWriter{to: io.Discard}, said: map[checks.ID]string{}}
			screen := strings.Join(texts(m.signInFailure(*d.State().SignIn.Failed, maxWidth)), " ")
			for _, words := range []string{screen, strings.Join(p.scene().lines, " ")} {
				words = strings.Join(strings.Fields(words), " ")
				if !strings.Contains(words, "What was said.") {
					t.Fatalf("%s, served %v: %s", k, served, words)
				}
				for _, no := range []string{"--", "the network", "a proxy", "the browser", "Open a browser", "from here"} {
					if !strings.Contains(words, no) {
						continue
					}
					own++
					if served {
						t.Errorf("%s: %q in %s", k, no, words)
					}
				}
			}
		}
	}
	if own < 8 {
		t.Errorf("%d found at a machine of one's own: that is not how it is said any more", own)
	}
}
