package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// still are options of a surface whose clock stands.
func still(t testing.TB, w, h int) Options {
	t.Helper()
	return Options{Profiles: profiles(t), Width: w, Height: h, Now: func() time.Time { return noon }, Still: true}
}

// pressed makes the key press of a name as Bubble Tea prints it.
func pressed(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete},
		"tab": {Code: tea.KeyTab}, "f1": {Code: tea.KeyF1}, "space": {Code: ' ', Text: " "},
	}
	if k, ok := special[name]; ok {
		return k
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		k := pressed(rest)
		k.Mod, k.Text = tea.ModAlt, ""
		return k
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// press sends keys by name and lets no command run.
func press(m *Model, names ...string) {
	for _, n := range names {
		m.Update(pressed(n))
	}
}

// screenText is a frame as a terminal shows it, without trailing spaces.
func screenText(t testing.TB, content string, w, h int) string {
	t.Helper()
	buf := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(content).Draw(buf, buf.Bounds())
	var b strings.Builder
	for _, l := range buf.Lines {
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	return b.String()
}
