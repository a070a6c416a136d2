package tui

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// settle runs a command and what follows from it, but the waits, which end
// with the test's context only.
func settle(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			settle(m, c)
		}
	case nil:
	default:
		_, next := m.Update(msg)
		settle(m, next)
	}
}

// pressAnd sends a key and lets its command run.
func pressAnd(m *Model, name string) {
	_, cmd := m.Update(pressed(name))
	settle(m, cmd)
}

func typeIn(m *Model, text string) {
	for _, r := range text {
		m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// TestFromStartToProofByKeys walks the whole wizard by keys, the world being
// played by events.
func TestFromStartToProofByKeys(t *testing.T) {
	t.Parallel()
	d := newFake(started(t))
	m := New(t.Context(), d, still(t, 80, 24))
	at := func(want flows.Stage) {
		t.Helper()
		if got := m.state.Place.Stage; got != want {
			t.Fatalf("at stage %d, want %d; screen:\n%s", got, want, plainText(m.View().Content))
		}
	}
	press(m, "2", "enter")
	at(flows.StageTenant)
	if m.state.Profile.ID != "hetk" {
		t.Fatalf("picked %s", m.state.Profile.ID)
	}
	typeIn(m, "Someone@Contoso.EXAMPLE")
	press(m, "enter")
	at(flows.StageKnown)
	if m.state.Domain != "contoso.example" {
		t.Fatalf("domain %q", m.state.Domain)
	}
	press(m, "enter") // the tenant is still looked up
	at(flows.StageKnown)
	d.happen(facts(false))
	rounded(d, publicFindings()...)
	m.refresh()
	press(m, "enter")
	at(flows.StageSignIn)
	press(m, "1", "enter")
	if !m.state.SignIn.Busy {
		t.Fatal("no sign-in is wanted")
	}
	d.happen(signedIn())
	m.woken(wokenMsg{of: m.wake})
	at(flows.StageDiagnosis)
	m.deaf = time.Time{}
	rounded(d, tenantFindings()...)
	m.refresh()
	press(m, "p")
	at(flows.StagePaths)
	press(m, "enter")
	at(flows.StageSteps)
	press(m, "enter")
	if m.state.Place.Step != flows.LinkApprove {
		t.Fatalf("at step %s", m.state.Place.Step)
	}
	press(m, "esc", "esc", "esc", "f", "f")
	if m.state.Place.Step != flows.LinkOpen {
		t.Fatalf("back and forward ended at %+v", m.state.Place)
	}
	press(m, "f")
	d.happen(facts(true))
	rounded(d, tenantFindings()...)
	rounded(d, finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5 scopes granted tenant-wide"),
		finding(checks.ConsentPredict, checks.Pass, checks.Verified, "Nobody is asked any more"))
	m.refresh()
	press(m, "enter")
	at(flows.StageProof)
	ok := append(tenantFindings(), finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5 scopes granted tenant-wide"),
		finding(checks.ConsentPredict, checks.Pass, checks.Verified, "Nobody is asked any more"))
	rounded(d, ok...)
	m.refresh()
	if o := m.overall; o.State != checks.StateOpen || o.Grade != checks.Verified {
		t.Fatalf("verdict %+v", o)
	}
	_, cmd := m.Update(pressed("q"))
	if cmd == nil || m.state.End != flows.EndDone {
		t.Errorf("leaving a proven run ended it as %q", m.state.End)
	}
	if !strings.Contains(m.Goodbye(), "contoso.example") {
		t.Errorf("goodbye: %q", m.Goodbye())
	}
}

func TestAppThatIsNotListed(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 80, 24))
	press(m, "m")
	typeIn(m, "not a guid")
	press(m, "enter")
	if m.state.Profile != nil || !strings.Contains(plainText(m.View().Content), "00000000-0000") {
		t.Fatal("a client id that is none was taken, or the form is not shown")
	}
	press(m, "ctrl+u")
	m.Update(tea.PasteMsg{Content: "  8DD90EDB-c881-459a-ac84-2a1fee8c5c94\r\n"})
	press(m, "enter")
	if m.state.App.ClientID != "8dd90edb-c881-459a-ac84-2a1fee8c5c94" || m.state.Place.Stage != flows.StageTenant {
		t.Fatalf("client id %q at stage %d", m.state.App.ClientID, m.state.Place.Stage)
	}
}

func TestAppWithoutAClientIDAsksForIt(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 80, 24))
	press(m, "3", "enter") // Nylas: the integrator's own registration
	if m.state.Place.Stage != flows.StageApp || m.app.question(m).ID != flows.AskClientID {
		t.Fatalf("asks %q at stage %d", m.app.question(m).ID, m.state.Place.Stage)
	}
	press(m, "esc") // another app
	if m.app.question(m).ID != flows.AskApp {
		t.Fatal("the list does not come back")
	}
	press(m, "enter")
	typeIn(m, "8dd90edb-c881-459a-ac84-2a1fee8c5c94")
	press(m, "enter")
	if m.state.Place.Stage != flows.StageTenant {
		t.Fatalf("at stage %d", m.state.Place.Stage)
	}
}

func TestSearchNarrowsTheList(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 80, 24))
	press(m, "/", "z", "z")
	if c := plainText(m.View().Content); !strings.Contains(c, "Nothing matches zz") {
		t.Errorf("screen:\n%s", c)
	}
	press(m, "enter")
	if m.state.Profile != nil {
		t.Fatal("an app was taken out of nothing")
	}
	press(m, "backspace", "backspace", "s", "o", "p", "enter")
	if m.state.Profile == nil || m.state.Profile.ID != "sophiie" {
		t.Fatalf("picked %+v", m.state.Profile)
	}
}

func TestConfirmIsTypedAndWaitsForTheStore(t *testing.T) {
	t.Parallel()
	d := atPlan(t)
	m := New(t.Context(), d, still(t, 80, 24))
	typeIn(m, "contoso.exampel")
	pressAnd(m, "enter")
	if len(d.told) != 0 || !strings.Contains(m.plan.ask.said, "contoso.example") {
		t.Fatalf("told %v, said %q", d.told, m.plan.ask.said)
	}
	press(m, "ctrl+u")
	typeIn(m, "contoso.example")
	d.refuse = errors.New("the disk is full")
	pressAnd(m, "enter")
	if m.state.Confirmed != "" || !strings.Contains(m.notice.text, "the disk is full") {
		t.Fatalf("confirmed %q, notice %q", m.state.Confirmed, m.notice.text)
	}
	d.refuse = nil
	typeIn(m, "contoso.example")
	pressAnd(m, "enter")
	if m.state.Confirmed == "" || m.state.Place.Step != flows.GrantApply {
		t.Fatalf("confirmed %q at %s", m.state.Confirmed, m.state.Place.Step)
	}
	_, cmd := m.Update(pressed("q"))
	if cmd != nil && m.notice.text == "" {
		t.Error("a plan under way was left without a word")
	}
}

func TestClaimIsAssertedOnly(t *testing.T) {
	t.Parallel()
	d := atApprove(t)
	m := New(t.Context(), d, still(t, 80, 24))
	press(m, "i")
	if m.state.Place.Step != flows.LinkWait || !strings.Contains(m.notice.text, "Asserted") {
		t.Errorf("at %s, notice %q", m.state.Place.Step, m.notice.text)
	}
	if m.overall.State == checks.StateOpen {
		t.Error("saying so made it open")
	}
}

func TestWhyComesAfterAMinute(t *testing.T) {
	t.Parallel()
	now := noon
	o := still(t, 80, 40)
	o.Now = func() time.Time { return now }
	m := New(t.Context(), atApprove(t), o)
	press(m, "w")
	if len(m.sheets) != 0 || !strings.Contains(m.notice.text, whyTooEarly) {
		t.Fatalf("notice %q", m.notice.text)
	}
	now = now.Add(patience)
	if !strings.Contains(plainText(m.View().Content), "Press w") {
		t.Error("the causes are not offered")
	}
	press(m, "w")
	if c := plainText(m.View().Content); !strings.Contains(c, "another tenant") || strings.Contains(c, "{") {
		t.Errorf("screen:\n%s", c)
	}
}

func TestResumeOpensTheEarlierRun(t *testing.T) {
	t.Parallel()
	earlier := atPaths(t)
	o := still(t, 80, 24)
	now := noon
	o.Now = func() time.Time { return now }
	o.Earlier = []Earlier{{ID: "x", App: "Hetk \x1b[2J", Domain: "contoso.example", Where: "Path", Left: noon.Add(-time.Hour)}}
	fail := errors.New("its file is broken")
	o.Reopen = func(_ context.Context, id string) (Driver, error) {
		if fail != nil {
			return nil, fail
		}
		if id != "x" {
			t.Errorf("asked for %q", id)
		}
		return earlier, nil
	}
	m := New(t.Context(), atApp(t), o)
	now = now.Add(time.Second)
	if c := m.View().Content; strings.Contains(c, "\x1b[2J") {
		t.Error("a name acts on the terminal")
	}
	pressAnd(m, "enter")
	if !strings.Contains(m.notice.text, "its file is broken") {
		t.Fatalf("notice %q", m.notice.text)
	}
	fail = nil
	_, cmd := m.Update(pressed("enter"))
	m.Update(cmd())
	if m.state.Place.Stage != flows.StagePaths || len(m.sheets) != 0 {
		t.Fatalf("at stage %d with %d sheets", m.state.Place.Stage, len(m.sheets))
	}
}

func TestPlayAsksTheRehearsedAdmin(t *testing.T) {
	t.Parallel()
	d, p := atApprove(t), &fakePlay{}
	d.hands.Play = p
	m := New(t.Context(), d, still(t, 80, 24))
	if c := plainText(m.View().Content); !strings.Contains(c, "Rehearse  A  accept as admin@contoso.example") {
		t.Errorf("the move is not on the screen:\n%s", c)
	}
	pressAnd(m, "A")
	if !slices.Equal(p.made, []string{"accept"}) {
		t.Errorf("made %v", p.made)
	}
}

func TestSignInCanBeStopped(t *testing.T) {
	t.Parallel()
	d := atDevice(t)
	m := New(t.Context(), d, still(t, 80, 24))
	if c := plainText(m.View().Content); !strings.Contains(c, "F7QK2LMNP") || !strings.Contains(c, "14:02:10") || !strings.Contains(c, "trick") {
		t.Errorf("code, time or warning is missing:\n%s", c)
	}
	press(m, "enter")
	if m.state.SignIn.Busy {
		t.Error("the sign-in goes on")
	}
}

func TestServedHasNoBrowser(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atLink(t), still(t, 80, 24))
	press(m, "o")
	if !strings.Contains(m.notice.text, whyNoBrowser) {
		t.Errorf("notice %q", m.notice.text)
	}
}

func TestOpenAndCopyUseTheHost(t *testing.T) {
	t.Parallel()
	h := &fakeHost{}
	d := atLink(t)
	d.hands.Host = h
	m := New(t.Context(), d, still(t, 80, 24))
	pressAnd(m, "o")
	_, cmd := m.Update(pressed("c"))
	batch, _ := cmd().(tea.BatchMsg)
	for _, c := range batch {
		c()
	}
	want := m.mainLink()
	if want == "" || !slices.Equal(h.opened, []string{want}) || !slices.Equal(h.copied, []string{want}) {
		t.Errorf("opened %v, copied %v, want %q", h.opened, h.copied, want)
	}
	h.err = errors.New("no browser")
	pressAnd(m, "o")
	if m.notice.text != wordNotOpened {
		t.Errorf("notice %q", m.notice.text)
	}
}

func TestTroubleIsShown(t *testing.T) {
	t.Parallel()
	d := atDiagnosis(t)
	long := strings.Repeat("a folder within a folder, ", 10) + strings.Repeat("/folder", 30) + " and no space left on device"
	d.happen(flows.Troubled{What: flows.TroubleStore, Text: "saving the run: the disk is full", Since: noon.Add(-time.Minute)},
		flows.Troubled{What: flows.TroubleReceipt, Text: "keeping the receipt: " + long})
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
		m := New(t.Context(), d, still(t, z[0], z[1]))
		shows(t, m, "Not saved since "+m.clock(noon.Add(-time.Minute))+": leaving now loses what came after.")
		if z[0] > 40 {
			shows(t, m, "No receipt of changes can be written", "Saving the run: the disk is full. Keeping the receipt: a folder")
		}
		if n := strings.Count(m.View().Content, "\n") + 1; n > z[1] {
			t.Errorf("%d rows in a window of %d", n, z[1])
		}
	}
	m := New(t.Context(), d, still(t, 80, 24))
	press(m, "?")
	shows(t, m, "and no space left on device.") // what was cut
	if c := plainText(m.View().Content); strings.Count(strings.ReplaceAll(c, "\n ", ""), "/folder") != 30 {
		t.Errorf("a path is cut:\n%s", c)
	}
}

func TestWhatIsSavedAgainIsSaidOnPlainLines(t *testing.T) {
	t.Parallel()
	d := atDiagnosis(t)
	u := flows.Troubled{What: flows.TroubleStore, Text: "saving the run: the disk is full", Since: noon}
	var out bytes.Buffer
	p := &plain{m: New(t.Context(), d, still(t, 80, 24)), out: &lineWriter{to: &out}, said: map[checks.ID]string{}}
	for _, now := range []*flows.Troubled{&u, {What: u.What, Text: u.Text, Since: u.Since}, nil, nil} {
		p.m.state.Unsaved = now
		p.newTrouble()
	}
	want := "Not saved since " + p.m.clock(noon) + ": leaving now loses what came after. Saving the run: the disk is full.\nEverything is saved again.\n"
	if out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

func TestGoodbyeSaysWhatWasNotSaved(t *testing.T) {
	t.Parallel()
	d := atPaths(t)
	d.saved = run.Saved{Applied: 9, Stored: 4, Err: errors.New("no space left on device")}
	o := still(t, 80, 24)
	o.ResumeWith = "onboard"
	m := New(t.Context(), d, o)
	if g := m.Goodbye(); !strings.Contains(g, "no space left on device") {
		t.Errorf("goodbye: %q", g)
	}
	d.saved = run.Saved{}
	press(m, "ctrl+c")
	if g := m.Goodbye(); !strings.Contains(g, "onboard goes on from here") || strings.Count(g, "\n") != 1 {
		t.Errorf("goodbye: %q", g)
	}
}
