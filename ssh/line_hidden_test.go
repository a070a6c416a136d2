package ssh

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// TestHiddenLines holds that nothing of a hidden line is echoed, that a paste over
// several lines is one, that it is bounded, and that nothing is left of it.
func TestHiddenLines(t *testing.T) {
	t.Parallel()
	h := new(hidden)
	key := func(k uv.Key) uv.KeyPressEvent { return uv.KeyPressEvent(k) }
	enter := key(uv.Key{Code: uv.KeyEnter})
	if _, _, taken := h.take(key(uv.Key{Code: 'a', Text: "a"})); taken {
		t.Fatal("a key was taken while nothing is hidden")
	}
	do := func(msgs ...tea.Msg) (line, echo string) {
		t.Helper()
		for _, msg := range msgs {
			l, e, taken := h.take(msg)
			if !taken {
				t.Errorf("%v was not taken", msg)
			}
			line, echo = line+string(l), echo+e
		}
		return line, echo
	}
	h.Hide(true)
	for name, c := range map[string]struct {
		in         []tea.Msg
		line, echo string
	}{
		"typed":         {[]tea.Msg{key(uv.Key{Code: 'q', Text: "q"}), key(uv.Key{Code: '?', Text: "?"}), enter}, "q?\n", "\n"},
		"over lines":    {[]tea.Msg{uv.PasteEvent{Content: "http://localhost/?a\r\nb\tc\n"}, enter}, "http://localhost/?abc\n", "[21 characters, not shown]\n"},
		"put right":     {[]tea.Msg{uv.PasteEvent{Content: "äé"}, key(uv.Key{Code: uv.KeyBackspace}), enter}, "ä\n", "[2 characters, not shown]\n"},
		"emptied":       {[]tea.Msg{uv.PasteEvent{Content: "x"}, key(uv.Key{Code: 'u', Mod: uv.ModCtrl}), enter}, "\n", "[1 characters, not shown][emptied]\n"},
		"nothing":       {[]tea.Msg{key(uv.Key{Code: uv.KeyBackspace}), key(uv.Key{Code: uv.KeyUp}), enter}, "\n", "\n"},
		"far too much":  {[]tea.Msg{uv.PasteEvent{Content: strings.Repeat("x", 3*mostHidden)}, uv.PasteEvent{Content: "y"}, enter}, strings.Repeat("x", mostHidden) + "\n", "[24624 characters, not shown][1 characters, not shown]\n"},
		"another event": {[]tea.Msg{tea.WindowSizeMsg{}, enter}, "\n", "\n"},
	} {
		if line, echo := do(c.in...); line != c.line || echo != c.echo {
			t.Errorf("%s: %.60q, %q", name, line, echo)
		}
	}
	do(uv.PasteEvent{Content: "secret"})
	held := h.text
	h.Hide(false)
	if len(h.text) != 0 || strings.Contains(string(held[:cap(held)]), "secret") {
		t.Error("something of it is left")
	}
}
