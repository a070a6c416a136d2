package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
)

// TestScreens holds every screen as it settles, at three sizes, and its looks
// at 80×24 in the dark, in the light and without colour.
func TestScreens(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		t.Run(mo.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, z := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
				m := New(t.Context(), mo.make(t), still(t, z[0], z[1]))
				press(m, mo.open...)
				fmt.Fprintf(&b, "== %d×%d\n%s", z[0], z[1], screenText(t, m.View().Content, z[0], z[1]))
			}
			for _, look := range []struct {
				name   string
				ground Ground
				plain  bool
			}{{"dark", GroundDark, false}, {"light", GroundLight, false}, {"no colour", GroundDark, true}} {
				o := still(t, 80, 24)
				o.Ground, o.Look.NoColor = look.ground, look.plain
				m := New(t.Context(), mo.make(t), o)
				press(m, mo.open...)
				buf := uv.NewScreenBuffer(80, 24)
				uv.NewStyledString(m.View().Content).Draw(buf, buf.Bounds())
				fmt.Fprintf(&b, "== 80×24 %s\n%s\n", look.name, strings.ReplaceAll(buf.Render(), "\r\n", "\n"))
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

// TestNothingExceedsTheWindow lays every screen out at many sizes: no line is
// wider than the window, no frame higher, and an address is whole or absent.
func TestNothingExceedsTheWindow(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		t.Run(mo.name, func(t *testing.T) {
			t.Parallel()
			d := mo.make(t)
			m := New(t.Context(), d, still(t, 80, 24))
			press(m, mo.open...)
			whole := map[string]bool{"https://graph.microsoft.com/v1.0/oauth2PermissionGrants": true, "https://microsoft.com/devicelogin": true}
			for _, l := range m.links() {
				whole[l.URL] = true
			}
			if sheet, ok := m.topSheet().(*scriptSheet); ok { // its own addresses, each as a word of it
				text, err := sheet.text(m)
				if err != nil {
					t.Fatal(err)
				}
				for word := range strings.FieldsSeq(text) {
					whole[word] = true
				}
			}
			for w := 1; w <= 200; w += 1 + w/60 {
				for _, h := range []int{1, 9, 10, 12, 17, 18, 24, 40, 60} {
					m.Update(tea.WindowSizeMsg{Width: w, Height: h})
					checkFrame(t, m.View().Content, w, h, whole)
				}
			}
		})
	}
}

func checkFrame(t *testing.T, content string, w, h int, whole map[string]bool) {
	t.Helper()
	if n := strings.Count(content, "\n") + 1; n > h {
		t.Fatalf("%d×%d: %d rows", w, h, n)
	}
	for line := range strings.SplitSeq(plainText(content), "\n") {
		if n := cells(line); n > w {
			t.Fatalf("%d×%d: %d cells in %q", w, h, n, line)
		}
		for word := range strings.FieldsSeq(line) {
			if strings.Contains(word, "://") && !whole[word] {
				t.Fatalf("%d×%d: a broken address %q in %q", w, h, word, line)
			}
		}
	}
}

// plainText drops the looks: every escape sequence of a frame sets a look.
func plainText(content string) string {
	var b strings.Builder
	for i, part := range strings.Split(content, "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		b.WriteString(part)
	}
	return b.String()
}

func TestFrameIsAlwaysTheWindowsHeight(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		for _, z := range [][2]int{{40, 10}, {80, 24}, {120, 40}, {100, 17}} {
			m := New(t.Context(), mo.make(t), still(t, z[0], z[1]))
			press(m, mo.open...)
			if n := strings.Count(m.View().Content, "\n") + 1; n != z[1] {
				t.Errorf("%s at %d×%d: %d rows", mo.name, z[0], z[1], n)
			}
		}
	}
}

func TestTooSmallIsPolite(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 30, 5))
	if c := plainText(m.View().Content); !strings.Contains(c, "30×5") {
		t.Errorf("got %q", c)
	}
	m.Update(tea.WindowSizeMsg{Width: 0, Height: 0})
	if c := m.View().Content; c != "" {
		t.Errorf("a window of nothing shows %q", c)
	}
	m.Update(tea.WindowSizeMsg{Width: 10000, Height: 10000})
	if n := strings.Count(m.View().Content, "\n") + 1; n != maxHeight {
		t.Errorf("%d rows, want %d", n, maxHeight)
	}
}

// TestBodyDoesNotJump lands findings one by one: every row of the list keeps
// its place from the first frame to the last.
func TestBodyDoesNotJump(t *testing.T) {
	t.Parallel()
	for _, z := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
		d := atLooking(t)
		m := New(t.Context(), d, still(t, z[0], z[1]))
		m.diagnosis.at, m.diagnosis.own = screenOrder[0], true
		first := ids(m)
		if z[0] >= 80 && first == "" {
			t.Fatal("no row of a check is seen")
		}
		d.happen(facts(false))
		for _, f := range tenantFindings() {
			rounded(d, f)
			m.refresh()
			if got := ids(m); got != first {
				t.Fatalf("%d×%d: after %s the rows are\n%s\nand were\n%s", z[0], z[1], f.Finding.Check, got, first)
			}
		}
	}
}

// TestKnownDoesNotJump does the same before anybody signed in.
func TestKnownDoesNotJump(t *testing.T) {
	t.Parallel()
	d := atKnown(t)
	m := New(t.Context(), d, still(t, 80, 24))
	first := ids(m)
	if strings.Count(first, "tenant/") != 3 {
		t.Fatalf("rows:\n%s", first)
	}
	for _, f := range publicFindings() {
		f.Finding.Detail = []string{"What this means, in a line of its own."}
		rounded(d, f)
		m.refresh()
		if got := ids(m); got != first {
			t.Fatalf("after %s the rows are\n%s\nand were\n%s", f.Finding.Check, got, first)
		}
	}
}

// ids are the check ids of the diagnosis with their rows.
func ids(m *Model) string {
	var b strings.Builder
	es := m.entries(nil)
	lines := strings.Split(plainText(m.View().Content), "\n")
	for y, l := range lines {
		for _, e := range es {
			if strings.Contains(l, " "+cut(string(e.id), 18, false)+" ") && !strings.HasPrefix(l, " ✗ fail  ") && !strings.HasPrefix(l, " … looking  ") {
				fmt.Fprintf(&b, "%d %s\n", y, e.id)
				break
			}
		}
	}
	return b.String()
}
