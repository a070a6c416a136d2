package ssh

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// TestHiddenLines holds that nothing of a hidden line is echoed, that a paste over
// several lines is one, that it is bounded, and that nothing is left of it.
func TestHiddenLines(t *testing.T) {
	t.Parallel()
	h := &hidden{typed: newTyped()}
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
		"typed":            {[]tea.Msg{key(uv.Key{Code: 'q', Text: "q"}), key(uv.Key{Code: '?', Text: "?"}), enter}, "q?\n", "\n"},
		"over lines":       {[]tea.Msg{uv.PasteEvent{Content: "http://localhost/?a\r\nb\tc\n"}, enter}, "http://localhost/?abc\n", "[21 characters, not shown]\n"},
		"put right":        {[]tea.Msg{uv.PasteEvent{Content: "äé"}, key(uv.Key{Code: uv.KeyBackspace}), enter}, "ä\n", "[2 characters, not shown]\n"},
		"emptied":          {[]tea.Msg{uv.PasteEvent{Content: "x"}, key(uv.Key{Code: 'u', Mod: uv.ModCtrl}), enter}, "\n", "[1 characters, not shown][emptied]\n"},
		"nothing":          {[]tea.Msg{key(uv.Key{Code: uv.KeyBackspace}), key(uv.Key{Code: uv.KeyUp}), enter}, "\n", "\n"},
		"far too much":     {[]tea.Msg{uv.PasteEvent{Content: strings.Repeat("x", 3*mostHidden)}, uv.PasteEvent{Content: "y"}, enter}, strings.Repeat("x", mostHidden) + "\n", "[24624 characters, not shown][1 characters, not shown]\n"},
		"no end in a line": {[]tea.Msg{key(uv.Key{Code: 'x', Text: "x"}), key(uv.Key{Code: 'd', Mod: uv.ModCtrl}), enter}, "x\n", "\n"},
		"another event":    {[]tea.Msg{tea.WindowSizeMsg{}, enter}, "\n", "\n"},
	} {
		if line, echo := do(c.in...); line != c.line || echo != c.echo {
			t.Errorf("%s: %.60q, %q", name, line, echo)
		}
	}
	if h.typed.ended {
		t.Error("the input has ended")
	}
	do(uv.PasteEvent{Content: "secret"})
	held := h.text
	h.Hide(false)
	if len(h.text) != 0 || strings.Contains(string(held[:cap(held)]), "secret") {
		t.Error("something of it is left")
	}
}

// The keys of the tests of lines.
var (
	keyEnter = uv.KeyPressEvent{Code: uv.KeyEnter}
	keyLeft  = uv.KeyPressEvent{Code: uv.KeyLeft}
	keyEOF   = uv.KeyPressEvent{Code: 'd', Mod: uv.ModCtrl}
)

// edits runs lines in a bubble of time; types types into them, and fails where a
// line is dropped.
func edits(t *testing.T, do func(t *testing.T, l *lines, types func(...tea.Msg))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLines(io.Discard)
		go func() {
			defer close(l.over)
			l.edited(t.Context())
		}()
		do(t, l, func(msgs ...tea.Msg) {
			t.Helper()
			for _, msg := range msgs {
				if !l.key(msg) {
					t.Error("a line was dropped")
				}
			}
		})
		l.typed.end()
		<-l.over
	})
}

// TestHiddenLeavesNoHalf holds that what stood half typed when hiding began is not
// put before what is answered later, wherever the cursor was.
func TestHiddenLeavesNoHalf(t *testing.T) {
	t.Parallel()
	edits(t, func(t *testing.T, l *lines, types func(...tea.Msg)) {
		from := bufio.NewReader(l)
		reads := func(want string) {
			t.Helper()
			if got, err := from.ReadString('\n'); err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
		types(uv.PasteEvent{Content: "half"}, keyLeft, keyLeft)
		l.Hide(true)
		types(uv.PasteEvent{Content: "secret"}, keyEnter)
		reads("secret\n")
		l.Hide(false)
		types(uv.PasteEvent{Content: "yes"}, keyEnter)
		reads("yes\n")
	})
}

// TestHiddenEnds holds that Ctrl-D ends the input at a prompt for a secret as at any
// other, behind the lines that came before it.
func TestHiddenEnds(t *testing.T) {
	t.Parallel()
	edits(t, func(t *testing.T, l *lines, types func(...tea.Msg)) {
		l.Hide(true)
		for range mostLines {
			types(uv.PasteEvent{Content: "one"}, keyEnter)
		}
		types(keyEOF)
		synctest.Wait()
		select {
		case <-l.over:
		default:
			t.Error("the input goes on")
			return
		}
		if all, err := io.ReadAll(l); err != nil || string(all) != strings.Repeat("one\n", mostLines) {
			t.Errorf("%q, %v", all, err)
		}
	})
}

// TestHiddenAfterTheEnd holds that a secret which is finished after the input has
// ended is dropped, and breaks nothing.
func TestHiddenAfterTheEnd(t *testing.T) {
	t.Parallel()
	edits(t, func(t *testing.T, l *lines, types func(...tea.Msg)) {
		types(keyEOF)
		<-l.over
		l.Hide(true)
		for range 2 * mostLines {
			types(uv.PasteEvent{Content: "late"}, keyEnter)
		}
		if n, err := l.Read(make([]byte, 100)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%d bytes, %v", n, err)
		}
	})
}

// TestHiddenNeverWaits holds that keys are taken where nobody reads lines, so that
// Ctrl-C behind them is: what finds no room is said to be dropped, and no other.
func TestHiddenNeverWaits(t *testing.T) {
	t.Parallel()
	edits(t, func(t *testing.T, l *lines, _ func(...tea.Msg)) {
		l.Hide(true)
		for i := range 2 * mostLines {
			l.key(uv.PasteEvent{Content: strings.Repeat("x", i)})
			if got := l.key(keyEnter); got != (i < mostLines) {
				t.Errorf("line %d: taken %v", i, got)
			}
		}
		from := bufio.NewReader(l)
		for i := range mostLines {
			if line, err := from.ReadString('\n'); err != nil || len(line) != i+1 {
				t.Errorf("line %d: %q, %v", i, line, err)
			}
		}
	})
}
