package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// signInURL is a link as long as they are.
var signInURL = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?client_id=x&state=ABC&x=" + strings.Repeat("y", 600)

const backAt = "http://localhost:51234/?code=0.AXoA-must-never-show&state=ABC"

// errOdd is what the hand says of a paste.
var errOdd = errors.New("that address is of another sign-in: open the link shown here")

// linkHand takes what is pasted, of which only backAt is good.
type linkHand struct{ got []string }

func (h *linkHand) paste(text string) error {
	h.got = append(h.got, text)
	if strings.Join(strings.Fields(text), "") != backAt {
		return errOdd
	}
	return nil
}

// linked has somebody sign in by link, wherever the run is.
func linked(d *fakeDriver) *linkHand {
	h := new(linkHand)
	if in := d.State().SignIn; !in.Busy || in.Way != flows.WayLink {
		d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayLink)})
	}
	d.prompt = &run.Prompt{Way: flows.WayLink, URL: signInURL, Started: noon, Until: noon.Add(10 * time.Minute), Paste: h.paste}
	return h
}

func atLinked(t testing.TB) *fakeDriver {
	t.Helper()
	d := atSignIn(t)
	linked(d)
	return d
}

func atPlanLinked(t testing.TB) *fakeDriver {
	t.Helper()
	d := atPlan(t)
	d.happen(flows.Confirmed{Plan: d.State().Plan.ID, Typed: "contoso.example"})
	if !d.State().SignIn.Busy {
		t.Fatal("nobody is asked to sign in for the plan")
	}
	linked(d)
	return d
}

// text is the screen in one line.
func text(t testing.TB, m *Model) string {
	t.Helper()
	return strings.Join(strings.Fields(screenText(t, m.View().Content, m.size.w, m.size.h)), " ")
}

// TestLinkIsPasted pastes, marked and not, on each screen that shows a sign-in: what
// is odd is said there, and nothing of what was pasted ever is.
func TestLinkIsPasted(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(testing.TB) *fakeDriver{"sign-in": atSignIn, "step": atApprove, "plan": func(t testing.TB) *fakeDriver {
		d := atPlanLinked(t)
		d.prompt = nil
		return d
	}} {
		for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
			t.Run(name+" "+number(z[0]), func(t *testing.T) {
				t.Parallel()
				d := at(t)
				h := linked(d)
				m := New(t.Context(), d, still(t, z[0], z[1]))
				never := func() {
					t.Helper()
					if s := text(t, m); strings.Contains(s, "must-never") || strings.Contains(s, "localhost:51234") {
						t.Errorf("what was pasted shows:\n%s", s)
					}
				}
				m.Update(tea.PasteMsg{Content: "nonsense-must-never"})
				if s := text(t, m); !strings.Contains(s, "of another sign-in") || d.State().SignIn.Way != flows.WayLink || !d.State().SignIn.Busy {
					t.Errorf("what was odd is not said:\n%s", s)
				}
				never()
				// A terminal that marks no pastes types them.
				for _, r := range backAt[:30] {
					press(m, string(r))
				}
				if m.linkField() == nil || !strings.Contains(text(t, m), "characters, not shown") {
					t.Errorf("typed into nothing:\n%s", text(t, m))
				}
				never()
				if f := m.linkField(); f == nil || f.value() != strings.TrimPrefix(backAt[:30], "htt")[1:] {
					t.Error("a sign of the address was taken for a key")
				}
				press(m, "esc")
				if m.linkField() != nil || !m.linking() {
					t.Error("the field does not close, or the sign-in has ended")
				}
				press(m, "p")
				press(m, "enter") // there is nothing to take
				m.Update(tea.PasteMsg{Content: backAt[:20] + "\r" + backAt[20:] + "\r"})
				if got := h.got[len(h.got)-1]; strings.Join(strings.Fields(got), "") != backAt || len(h.got) != 2 {
					t.Errorf("%q", h.got)
				}
				if s := text(t, m); !strings.Contains(s, "Taken:") || m.linkField() != nil {
					t.Errorf("not taken:\n%s", s)
				}
				never()
			})
		}
	}
}

// TestLinkTellsWhatHappens holds what a person reads before they open the link, and the
// keys there.
func TestLinkTellsWhatHappens(t *testing.T) {
	t.Parallel()
	d := atLinked(t)
	m := New(t.Context(), d, still(t, 80, 24))
	for _, want := range []string{"Sign in by a link", "on any machine", "login.microsoftonline.com/…", "a page that cannot be shown", "that is right", "paste it here", "works once", "started at 14:02:10", "p paste the address", "x stop this sign-in"} {
		if s := text(t, m); !strings.Contains(s, want) {
			t.Errorf("lacks %q:\n%s", want, s)
		}
	}
	if l := m.links(); len(l) == 0 || l[0].URL != signInURL || !strings.Contains(l[0].Note, "Enter") || m.noCodeFor(l[0]) == whyNoBrowserCode {
		t.Errorf("%+v", l)
	}
	long := strings.Repeat("x", linkPasteLimit+100)
	h := linked(d)
	m.Update(tea.PasteMsg{Content: long})
	if len(h.got) != 1 || len(h.got[0]) != linkPasteLimit+1 {
		t.Errorf("%d pastes", len(h.got))
	}
	press(m, "enter", "a", "b")
	if f := m.linkField(); f == nil || f.value() != "ab" {
		t.Error("Enter opens no field")
	}
	press(m, "esc", "x")
	if d.State().SignIn.Busy || d.State().SignIn.Way != flows.WayNone || m.linkField() != nil || m.pasting.field.value() != "" {
		t.Errorf("not stopped: %+v", d.State().SignIn)
	}
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayLink)})
	m.follow()
	if m.link().odd != "" || m.link().open || m.link().taken != 0 {
		t.Error("the next sign-in begins with what was of the last")
	}
}

// TestPlainTakesAnAddress pastes into line mode, whole and over lines.
func TestPlainTakesAnAddress(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"whole": backAt + "\n", "over lines": backAt[:30] + "\n" + backAt[30:] + "\n", "after another": "http://localhost:1/?code=x&state=y\n" + backAt + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := atLinked(t)
				h := linked(d)
				r, w := io.Pipe()
				in := &hiding{Reader: r}
				var out strings.Builder
				done := make(chan error, 1)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					done <- Plain(ctx, in, &out, d, Options{Profiles: profiles(t), Now: still(t, 80, 24).Now})
				}()
				time.Sleep(2 * settling) // of the bubble
				synctest.Wait()
				if !in.on {
					t.Error("the echo is not left out")
				}
				for l := range strings.Lines(lines) {
					typed(t, w, l)
				}
				if got := h.got[len(h.got)-1]; got != backAt {
					t.Errorf("%q", h.got)
				}
				time.Sleep(2 * settling)
				d.happen(signedIn())
				synctest.Wait()
				_ = w.Close()
				cancel() // the look after it never ends here
				if err := <-done; !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				for _, want := range []string{"\n" + signInURL + "\n", "a page that cannot be shown", "Paste the address, then Enter:", "s. Stop this sign-in.", "Taken: "} {
					if !strings.Contains(out.String(), want) {
						t.Errorf("lacks %q:\n%s", want, out.String())
					}
				}
				if strings.Contains(out.String(), "must-never") || in.on {
					t.Error("what was pasted is printed, or the echo stays away")
				}
			})
		})
	}
}

// hiding is an input that can leave out its echo.
type hiding struct {
	io.Reader
	on bool
}

func (h *hiding) Hide(on bool) { h.on = on }

// TestPlainLinkEndsWithItsInput holds that nobody waits for a paste that cannot come.
func TestPlainLinkEndsWithItsInput(t *testing.T) {
	t.Parallel()
	d := atLinked(t)
	out := said(t, d, Options{}, "")
	if d.State().SignIn.Busy {
		t.Errorf("still waiting:\n%s", out)
	}
}

// TestLinkLeavesNothing holds that nothing of what was pasted and typed is left in the
// model once a sign-in by link is over, however it ended, and while it is not, all is.
func TestLinkLeavesNothing(t *testing.T) {
	t.Parallel()
	failed := func(d *fakeDriver) {
		d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: checks.FailUnreachable})
	}
	for name, end := range map[string]func(*fakeDriver){
		"failed":    failed,
		"stopped":   func(d *fakeDriver) { d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}) },
		"no hand":   func(d *fakeDriver) { d.prompt = nil },
		"over time": func(d *fakeDriver) { d.prompt = nil; failed(d) },
	} {
		for _, lines := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " on lines"}[lines], func(t *testing.T) {
				t.Parallel()
				d := atLinked(t)
				m := New(t.Context(), d, still(t, 80, 24))
				m.Update(tea.PasteMsg{Content: backAt[:45]})
				press(m, "p", "q")
				if m.refresh(); m.pasting.half != backAt[:45] || m.pasting.field.value() != "q" {
					t.Fatalf("not held while it is waited for: %+v", m.pasting)
				}
				end(d)
				if lines {
					(&plain{m: m}).follow()
				} else {
					m.follow()
				}
				if m.pasting != (pasting{}) {
					t.Errorf("left: %+v", m.pasting)
				}
			})
		}
	}
}
