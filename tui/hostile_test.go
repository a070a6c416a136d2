package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// evil is text from outside that would act on a terminal if it got there.
const evil = "x\x1b[2J\x1b]0;owned\a\x1b]52;c;aGk=\a\u009b31m\u202egnp.exe\u200b\x00\x7f\r\nline two\t\x1bP$q\x1b\\"

// harmless checks that a frame holds nothing but text and looks.
func harmless(t *testing.T, what, content string) {
	t.Helper()
	for i, part := range strings.Split(content, "\x1b") {
		if i > 0 {
			codes, _, ok := strings.Cut(part, "m")
			if !ok || !strings.HasPrefix(codes, "[") || strings.Trim(codes[1:], "0123456789;:") != "" {
				t.Fatalf("%s: a sequence that is no look: %q", what, part)
			}
		}
		for _, r := range part {
			if r != '\n' && (unicode.IsControl(r) || r != '\u200d' && unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)) {
				t.Fatalf("%s: %U in %q", what, r, part)
			}
		}
	}
}

// poisoned is a run in which every text from outside is hostile.
func poisoned(t *testing.T) *fakeDriver {
	t.Helper()
	p := profile(t, "hetk")
	p.Name, p.Connect, p.EnterpriseAppName = evil, []string{evil}, evil
	p.Permissions = slices.Clone(p.Permissions) // the profiles are shared by all tests
	for i := range p.Permissions {
		p.Permissions[i].Why = evil
	}
	d := newFake(started(t), flows.Picked{Profile: p}, flows.Advanced{})
	d.happen(flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}, flows.Advanced{})
	f := facts(false)
	f.Facts.Name, f.Facts.App.Name, f.Facts.App.Publisher = evil, evil, evil
	d.happen(f)
	var found []flows.Found
	for _, x := range tenantFindings() {
		x.Finding.Summary, x.Finding.Detail = evil, []string{evil}
		x.Finding.Seen = []checks.Evidence{{Source: evil, Request: "GET https://graph.microsoft.com/" + evil, Value: evil, RequestID: evil, At: noon}}
		x.Finding.Fix = &checks.Fix{Do: evil, Why: evil, URL: evil, Who: checks.Who(evil)}
		found = append(found, x)
	}
	rounded(d, found...)
	d.happen(flows.Advanced{})
	a := signedIn()
	a.Account.UPN = evil
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayDevice)})
	d.prompt = &run.Prompt{Way: flows.WayDevice, URL: "https://x.example/\x1b[2J" + evil, Code: evil, Started: noon}
	d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: checks.FailDenied, Message: evil, Code: evil})
	d.happen(a, flows.Advanced{}, f)
	rounded(d, found...)
	d.happen(flows.Troubled{What: flows.TroubleStore, Text: evil}, flows.Filed{Name: evil})
	visited(t, d, "v1", evil)
	d.happenBy(flows.ByGuide, flows.Pointed{At: string(checks.AppGrant), Visit: "v1", From: evil}, flows.Noted{Text: evil, Visit: "v1"}, flows.Suggested{Path: flows.DirectLink, Visit: "v1"})
	return d
}

func TestHostileTextNeverReachesTheTerminal(t *testing.T) {
	t.Parallel()
	d := poisoned(t)
	for range 12 {
		for _, keys := range [][]string{nil, {"?"}, {"e"}, {"enter"}, {"l"}, {"r"}, {"s"}} {
			for _, z := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
				m := New(t.Context(), &fakeDriver{state: d.State(), at: noon, prompt: d.prompt}, still(t, z[0], z[1]))
				press(m, keys...)
				v := m.View()
				harmless(t, "screen", v.Content)
				harmless(t, "title", v.WindowTitle)
				harmless(t, "goodbye", m.Goodbye())
			}
		}
		harmless(t, "report", reportText(d.State()))
		if d.State().Place.Stage == flows.StagePaths {
			d.happen(flows.Chose{Path: flows.DirectLink})
		} else {
			d.happen(flows.Advanced{})
		}
	}
}

func TestPasteIsCleanedAndBounded(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atTenant(t), still(t, 80, 24))
	m.Update(tea.PasteMsg{Content: "contoso\x1b[2J.example\r"})
	if got := m.tenant.ask.field.value(); got != "contoso.example" {
		t.Errorf("pasted %q", got)
	}
	m.Update(tea.PasteMsg{Content: strings.Repeat("x", 10<<20)})
	if got := m.tenant.ask.field.value(); got != "contoso.example" || !strings.Contains(m.notice.text, "10240 KiB") {
		t.Errorf("%d bytes in the field, notice %q", len(got), m.notice.text)
	}
	m.Update(tea.PasteMsg{Content: strings.Repeat("y", 5000)})
	if got := m.tenant.ask.field.value(); got != "contoso.example" || !strings.Contains(m.tenant.ask.field.said, "256") {
		t.Errorf("%d bytes in the field, said %q", len(got), m.tenant.ask.field.said)
	}
	m = New(t.Context(), atDiagnosis(t), still(t, 80, 24))
	m.Update(tea.PasteMsg{Content: "hello"})
	if m.notice.text != wordNoPaste {
		t.Errorf("notice %q", m.notice.text)
	}
}

// message makes a random message out of a seed.
func message(r *rand.Rand) tea.Msg {
	names := []string{
		"enter", "esc", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "backspace", "delete", "tab", "f1", "space",
		"ctrl+s", "ctrl+u", "ctrl+w", "ctrl+z", "alt+left", "alt+right", "?", "/", "1", "2", "9", "a", "A", "b", "c", "e", "f", "i",
		"l", "m", "n", "o", "p", "Q", "r", "s", "w", "é", "日", "\u202e",
	}
	switch r.IntN(12) {
	case 0:
		return tea.WindowSizeMsg{Width: r.IntN(600) - 50, Height: r.IntN(300) - 50}
	case 1:
		return tea.PasteMsg{Content: evil + sample(r)}
	case 2:
		return tea.KeyPressMsg{Code: rune(r.Uint32()), Text: string(rune(r.Uint32()))}
	case 3:
		return tickedMsg{}
	case 4:
		return []tea.Msg{openedMsg{}, playedMsg{}, toldMsg{}, keptMsg{name: evil}, reopenedMsg{}, linkPrintedMsg{}, wokenMsg{}}[r.IntN(7)]
	}
	return pressed(names[r.IntN(len(names))])
}

func FuzzUpdate(f *testing.F) {
	for i := range uint64(8) {
		f.Add(i, uint8(i*3))
	}
	f.Fuzz(func(t *testing.T, seed uint64, start uint8) {
		r := rand.New(rand.NewPCG(seed, 7))
		all := moments()
		d := withHands(all[int(start)%len(all)].make(t))
		m := New(t.Context(), d, still(t, 80, 24))
		for range 60 {
			m.Update(message(r))
			v := m.View()
			harmless(t, "screen", v.Content)
			if n := strings.Count(v.Content, "\n") + 1; n > maxHeight {
				t.Fatalf("%d rows", n)
			}
			if r.IntN(10) == 0 {
				rounded(d, tenantFindings()[r.IntN(10)])
				m.refresh()
			}
		}
	})
}

func TestRandomMessages(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 11))
		all := moments()
		d := withHands(all[r.IntN(len(all))].make(t))
		m := New(t.Context(), d, still(t, 80, 24))
		for range 40 {
			m.Update(message(r))
			harmless(t, "screen", m.View().Content)
		}
	}
}

// TestJournalsReplay folds the events of a run into a model one by one, as a
// late joiner or a resumed run does: each prefix shows a screen, and the last
// is the one of the run itself.
func TestJournalsReplay(t *testing.T) {
	t.Parallel()
	live := New(t.Context(), atPlan(t), still(t, 80, 24)).View().Content
	d := newFake()
	m := New(t.Context(), d, still(t, 80, 24))
	plan := atPlan(t).State().Plan
	events := []flows.Event{
		started(t),
		flows.Picked{Profile: profile(t, "hetk")},
		flows.Advanced{},
		flows.Answered{Question: flows.AskDomain, Value: "contoso.example"},
		flows.Advanced{},
		facts(false),
	}
	step := func(es ...flows.Event) {
		for _, e := range es {
			d.happen(e)
			m.refresh()
			harmless(t, "screen", m.View().Content)
		}
	}
	land := func(fs []flows.Found) {
		for _, f := range fs {
			f.Round = d.State().Round
			step(f)
		}
	}
	step(events...)
	land(publicFindings())
	step(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, signedIn(), flows.Advanced{}, facts(false))
	land(tenantFindings())
	step(flows.Advanced{}, flows.Chose{Path: flows.EntraGrant}, flows.Answered{Question: flows.AskHow, Value: flows.HowGraph}, flows.Advanced{})
	land(tenantFindings())
	step(flows.Planned{Plan: *plan})
	if got := m.View().Content; got != live {
		t.Errorf("replayed:\n%s\nlive:\n%s", plainText(got), plainText(live))
	}
}

func TestTicksOnlyWhileSomethingIsWanted(t *testing.T) {
	t.Parallel()
	o := still(t, 80, 24)
	o.Still = false
	m := New(t.Context(), atApp(t), o)
	if m.tick() != nil {
		t.Error("a clock runs where nothing is waited for")
	}
	m = New(t.Context(), atLooking(t), o)
	if m.tick() == nil {
		t.Error("no clock runs while a look is wanted")
	}
	if m.tick() != nil {
		t.Error("a second clock runs")
	}
	o.Still = true
	if New(t.Context(), atLooking(t), o).tick() != nil {
		t.Error("a clock runs although reduced motion is asked for")
	}
}

func TestBackgroundAnswerCountsInTimeOnly(t *testing.T) {
	t.Parallel()
	now := noon
	o := still(t, 80, 24)
	o.Now = func() time.Time { return now }
	white := tea.BackgroundColorMsg{Color: whiteColour{}}
	m := New(t.Context(), atApp(t), o)
	m.Init()
	now = now.Add(groundWait + time.Millisecond)
	m.Update(white)
	if m.theme.ground != GroundUnknown {
		t.Error("a late answer changed the colours under the reader's eyes")
	}
	m = New(t.Context(), atApp(t), o)
	m.Init()
	m.Update(white)
	if m.theme.ground != GroundLight {
		t.Errorf("ground %d on white", m.theme.ground)
	}
	o.Ground = GroundDark
	m = New(t.Context(), atApp(t), o)
	m.Init()
	m.Update(white)
	if m.theme.ground != GroundDark {
		t.Error("a ground that was given is asked for")
	}
}

type whiteColour struct{}

func (whiteColour) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }
