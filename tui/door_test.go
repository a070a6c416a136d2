package tui

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
)

// shownText is what somebody may be shown, with all that a message can use.
const shownText = "Need admin approval\rHetk Calendar Sync\rHetk Calendar Sync needs permission to access resources in your organization\r" +
	"AADSTS90094 https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94"

// walking are options whose clock goes on by a second at every look.
func walking(t *testing.T, w, h int) Options {
	t.Helper()
	o := still(t, w, h)
	var n atomic.Int64
	o.Now = func() time.Time { return noon.Add(time.Duration(n.Add(1)) * time.Second) }
	return o
}

// atDoor is the wizard with a text pasted behind the second door.
func atDoor(t *testing.T, w, h int, text string, keys ...string) *Model {
	t.Helper()
	m := New(t.Context(), atApp(t), walking(t, w, h))
	press(m, "w")
	if text != "" {
		m.Update(tea.PasteMsg{Content: text})
	}
	press(m, keys...)
	return m
}

// TestDoorScreens holds the second door as it settles, at three sizes.
func TestDoorScreens(t *testing.T) {
	t.Parallel()
	for name, mo := range map[string]struct {
		text string
		keys []string
	}{
		"empty":   {"", nil},
		"pasted":  {shownText, nil},
		"answer":  {shownText, []string{"enter"}},
		"more":    {shownText, []string{"enter", "e"}},
		"message": {shownText, []string{"enter", "m"}},
		"german":  {shownText, []string{"enter", "m", "g"}},
		"edit":    {shownText, []string{"enter", "m", "e", "down", "down"}},
		"said":    {shownText, []string{"enter", "1", "2"}},
		"unknown": {"AADSTS999999", []string{"enter"}},
		"start":   {shownText, []string{"enter", "a"}},
		"support": {shownText, []string{"enter", "m", "f", "f", "f", "f", "f"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
				m := atDoor(t, z[0], z[1], mo.text, mo.keys...)
				fmt.Fprintf(&b, "== %d×%d\n%s", z[0], z[1], screenText(t, m.View().Content, z[0], z[1]))
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

// TestServedDoorSaysWhereATextGoes: on a server it does not stay on the person's machine.
func TestServedDoorSaysWhereATextGoes(t *testing.T) {
	t.Parallel()
	for served, want := range map[bool]string{false: "It stays on this machine.", true: "This server reads it and keeps none of it."} {
		o := walking(t, 200, 60)
		o.Served = served
		m := New(t.Context(), atApp(t), o)
		press(m, "w")
		if text := screenText(t, m.View().Content, 200, 60); !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("served %t:\n%s", served, text)
		}
	}
}

// TestDoorExceedsNoWindow lays the door out at many sizes. In the line that is
// being edited an address is cut, as everything is that is edited.
func TestDoorExceedsNoWindow(t *testing.T) {
	t.Parallel()
	whole := map[string]bool{"https://login.microsoftonline.com/error?code=90094": true}
	for _, keys := range [][]string{nil, {"enter"}, {"enter", "e"}, {"enter", "a"}, {"enter", "m"}, {"enter", "m", "f"}, {"enter", "m", "f", "f", "f", "f", "f"}, {"enter", "m", "e"}} {
		m := atDoor(t, 80, 24, shownText, keys...)
		if msg, ok := m.current().(*whyMessage); ok {
			link, err := flows.ConsentLink(msg.about.State)
			if err != nil {
				t.Fatal(err)
			}
			whole[link.URL] = true
		}
		for w := 1; w <= 200; w += 1 + w/60 {
			for _, h := range []int{1, 9, 10, 12, 18, 24, 60} {
				m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				if s, ok := m.current().(*editSheet); ok && s.field.empty() {
					continue
				}
				checkFrame(t, m.View().Content, w, h, whole)
			}
		}
	}
}

// TestDoorHarmless: nothing of a hostile paste acts on the terminal, and nobody's
// data gets into what is sent.
func TestDoorHarmless(t *testing.T) {
	t.Parallel()
	const evil = "AADSTS90094\x1b]0;owned\a\x1b[31m\x1b]52;c;aGk=\a\u009b2J\b\u202eevil\u200b\u2066 eve@contoso.example\rCorrelation ID: 33333333-2222-3333-4444-555555555555\r"
	for _, keys := range [][]string{nil, {"enter"}, {"enter", "e"}, {"enter", "m"}, {"enter", "m", "g", "f"}, {"enter", "m", "e"}} {
		d := atApp(t)
		m := New(t.Context(), d, walking(t, 80, 24))
		press(m, "w")
		m.Update(tea.PasteMsg{Content: evil})
		press(m, keys...)
		if len(d.told) != 0 {
			t.Errorf("%q: %v got into the run", keys, d.told)
		}
		for _, bad := range []string{"\x1b]", "\a", "\u009b", "\b", "\u202e", "\u200b", "\u2066"} {
			if strings.Contains(m.View().Content, bad) {
				t.Errorf("%q: %q is on the screen", keys, bad)
			}
		}
		var sent string
		switch s := m.current().(type) {
		case *whyAnswer:
			sent = s.text(m)
		case *whyMessage:
			sent = s.text()
		case *editSheet:
			sent = s.text()
		}
		if strings.Contains(sent, "eve") && strings.Contains(sent, "eve@") || strings.Contains(sent, "33333333") || strings.ContainsAny(sent, "\x1b\a\u202e\u200b") {
			t.Errorf("%q: %q", keys, sent)
		}
	}
}

func TestDoorPastes(t *testing.T) {
	t.Parallel()
	m := atDoor(t, 80, 24, strings.Repeat("x", checks.WhyMostText+1))
	if s, ok := m.current().(*doorSheet); !ok || s.text != "" || !strings.Contains(m.notice.text, "1024 KiB") {
		t.Errorf("%T, %q", m.current(), m.notice.text)
	}
	m.Update(tea.PasteMsg{Content: strings.Repeat("lorem ipsum ", 50_000) + "AADSTS50105"})
	m.Update(tea.PasteMsg{Content: strings.Repeat("lorem ipsum ", 50_000)}) // too much by now
	press(m, "enter")
	if a, ok := m.current().(*whyAnswer); !ok || a.why.Class != "assignment_required" {
		t.Errorf("%T", m.current())
	}
	m = atDoor(t, 80, 24, "", "enter")
	if !strings.Contains(m.notice.text, whyNothingHere) {
		t.Errorf("%q", m.notice.text)
	}
	m = atDoor(t, 80, 24, shownText, "ctrl+u")
	if s, ok := m.current().(*doorSheet); !ok || s.text != "" {
		t.Errorf("%T", m.current())
	}
	// Where pastes come as keys, the line's end explains, and the rest is no command.
	still := New(t.Context(), atApp(t), still(t, 80, 24))
	press(still, "w")
	for _, r := range "AADSTS90094" {
		press(still, string(r))
	}
	press(still, "enter", "m", "q", "n")
	if _, ok := still.current().(*whyAnswer); !ok {
		t.Errorf("%T: keys of the rest were commands", still.current())
	}
}

// TestDoorLeadsOn: the answer can be started from, and given up for another.
func TestDoorLeadsOn(t *testing.T) {
	t.Parallel()
	m := atDoor(t, 80, 24, shownText, "enter", "a")
	if s, ok := m.current().(*doorStart); !ok || m.state.Profile != nil || s.handed.Profile.ID != "hetk" {
		t.Fatalf("%T before the yes: %+v", m.current(), m.state.Profile)
	}
	press(m, "down", "enter")
	if _, ok := m.current().(*whyAnswer); !ok || m.state.Profile != nil {
		t.Errorf("%T after the no", m.current())
	}
	press(m, "a", "enter")
	if m.state.Profile == nil || m.state.Profile.ID != "hetk" || m.state.Domain != "contoso.example" || m.state.Place.Stage != flows.StageKnown {
		t.Errorf("%+v %+v", m.state.Profile, m.state.Place)
	}
	m = atDoor(t, 80, 24, "AADSTS90094", "enter", "a")
	if !strings.Contains(m.notice.text, whyNoApp) {
		t.Errorf("%q", m.notice.text)
	}
	m = atDoor(t, 80, 24, shownText, "enter", "n")
	if s, ok := m.current().(*doorSheet); !ok || s.text != "" {
		t.Errorf("%T", m.current())
	}
	m = atDoor(t, 80, 24, shownText, "enter", "esc", "esc")
	if len(m.sheets) != 0 {
		t.Errorf("%d sheets", len(m.sheets))
	}
}

// TestDoorMessage: form and language are chosen, words are changed, and what was
// changed is what is kept.
func TestDoorMessage(t *testing.T) {
	t.Parallel()
	o := walking(t, 80, 24)
	var kept []ReportForm
	o.KeepReport = func(_ context.Context, forms []ReportForm) (string, error) {
		kept = forms
		return "message.txt", nil
	}
	m := New(t.Context(), atApp(t), o)
	press(m, "w")
	m.Update(tea.PasteMsg{Content: shownText})
	press(m, "enter", "m", "e")
	s, ok := m.current().(*editSheet)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	before := s.text()
	press(m, "H", "i", "enter", "backspace", "down", "up", "end", "right", "left", "delete", "esc")
	msg, ok := m.current().(*whyMessage)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	if want := "HiHello,"; !strings.Contains(strings.ReplaceAll(msg.text(), "\n", ""), want) || strings.Count(msg.text(), "\n") < strings.Count(before, "\n")-1 {
		t.Errorf("%.80q", msg.text())
	}
	_, cmd := m.Update(pressed("s"))
	carry(m, cmd)
	if len(kept) != 1 || kept[0].Text != msg.text() || !strings.Contains(m.notice.text, "message.txt") {
		t.Errorf("%+v, %q", kept, m.notice.text)
	}
	press(m, "f", "f", "g")
	if got := msg.title(); !strings.Contains(got, "Slack") || !strings.Contains(got, "Deutsch") {
		t.Error(got)
	}
	press(m, "o")
	if !strings.Contains(m.notice.text, whyNoMail) {
		t.Errorf("%q", m.notice.text)
	}
	for range len(flows.MessageForms()) * len(flows.MessageLanguages()) {
		press(m, "f")
		if msg.message().Body == "" {
			t.Errorf("%s is empty", msg.title())
		}
	}
}

// carry runs a command and gives the model what came of it.
func carry(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			carry(m, c)
		}
	case nil:
	default:
		m.Update(msg)
	}
}

func TestEditSheet(t *testing.T) {
	t.Parallel()
	var done string
	m := New(t.Context(), atApp(t), walking(t, 80, 24))
	edit := func(text string, keys ...string) string {
		s := newEditSheet(text, func(out string) { done = out })
		m.open(s)
		press(m, keys...)
		press(m, "esc")
		return done
	}
	for _, c := range []struct {
		text string
		keys []string
		want string
	}{
		{"one\ntwo\n", nil, "one\ntwo\n"},
		{"one\ntwo\n", []string{"X"}, "Xone\ntwo\n"},
		{"one\ntwo\n", []string{"down", "X"}, "one\ntwoX\n"},
		{"one\ntwo\n", []string{"end", "delete"}, "onetwo\n"},
		{"one\ntwo\n", []string{"down", "home", "backspace"}, "onetwo\n"},
		{"one\ntwo\n", []string{"right", "enter"}, "o\nne\ntwo\n"},
		{"one\ntwo\n", []string{"end", "right", "X"}, "one\nXtwo\n"},
		{"one\ntwo\n", []string{"down", "home", "left", "X"}, "oneX\ntwo\n"},
		{"one\ntwo\n", []string{"up", "up", "down", "down", "down", "ctrl+u"}, "one\n"},
	} {
		if got := edit(c.text, c.keys...); got != c.want {
			t.Errorf("%q by %q: %q, want %q", c.text, c.keys, got, c.want)
		}
	}
	s := newEditSheet("one\ntwo\n", func(string) {})
	m.open(s)
	m.Update(tea.PasteMsg{Content: "a\rb\x1b[2J\rc"})
	if got := s.text(); got != "a\nb\ncone\ntwo\n" {
		t.Errorf("%q", got)
	}
	m.Update(tea.PasteMsg{Content: strings.Repeat("x\r", editLines)})
	if got := s.text(); got != "a\nb\ncone\ntwo\n" {
		t.Errorf("%d characters", len(got))
	}
}
