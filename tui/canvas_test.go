package tui

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/text/width"
)

// canvasTo is a canvas of a size that draws on a terminal.
func canvasTo(tb testing.TB, out io.Writer, w, h int, p colorprofile.Profile) *canvas {
	tb.Helper()
	c := remoteCanvas(Remote{Out: out, Environ: []string{"TERM=xterm-256color"}, Frames: new(Frames)}, Options{Width: w, Height: h})
	c.profile = p
	if err := c.enter(); err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestDifferencesMakeTheFrame draws frame over frame, few of whose rows are new, or most,
// or that are scrolled, up to a row that stays: what an emulator makes of the
// differences is what it makes of the whole frame alone, and of what the library's own
// renderer makes of that, in its looks too, on terminals of every kind.
func TestDifferencesMakeTheFrame(t *testing.T) {
	t.Parallel()
	for _, p := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII, colorprofile.NoTTY} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			const w, h, frames = 60, 20, 400
			f := &shuffled{Rand: rand.New(rand.NewPCG(1, uint64(p))), rows: make([]string, h), w: w}
			emu := vt.NewEmulator(w, h)
			c := canvasTo(t, emu, w, h, p)
			for frame := range frames {
				f.next()
				v := tea.NewView(strings.Join(f.rows, "\n"))
				c.draw(v)
				whole := vt.NewEmulator(w, h)
				canvasTo(t, whole, w, h, p).draw(v)
				got := emu.Render()
				if want := whole.Render(); got != want {
					t.Fatalf("frame %d is drawn as\n%s\nwant\n%s", frame, got, want)
				}
				if want := byLibrary(w, h, v.Content, p); got != want {
					t.Fatalf("frame %d is drawn as\n%s\nby the library's renderer as\n%s", frame, got, want)
				}
			}
		})
	}
}

// TestRowsOfOddSigns draws rows over others that differ in a sign which is none of a cell,
// or come after one: the whole frame shows what each says, and so do the differences. Where
// a row is wider than it was counted it spoils none beside it, and the cursor is where the
// text is, on terminals too to which the ambiguous signs are two cells.
func TestRowsOfOddSigns(t *testing.T) {
	t.Parallel()
	const w, h = 10, 3
	for _, rows := range [][]string{
		{"世 e\u0301 end", "世 e\u0302 end"},
		{"か\u3099 a", "か\u309a a"},
		{"世界 a\u0301 b\u0301", "世界 a\u0301 b\u0302"},
		{"👍\ufe0f up", "👍 up", "👍\ufe0f on"},
		{"❤\ufe0f❤\ufe0fabcdefgh", "❤\ufe0f❤\ufe0fabcdefgi", "❤\ufe0f"},
		{"👩\u200d💻 ab", "👩\u200d🔬 ab", "👩\u200d ab"},
		{"● a → b", "● a → c", "● a", "○ a", ""},
		{"é × 1", "é × 2", "e × 2"},
		{"│ ab   │", "│ ac   │", "│ abc  │"},
		{"………………………a", "………………………b"},
		{"plain", "plane", "pl\u0301ane", "plane…"},
	} {
		for name, on := range map[string]func(*vt.Emulator) io.Writer{
			"":     func(emu *vt.Emulator) io.Writer { return emu },
			"wide": func(emu *vt.Emulator) io.Writer { return wideSigns{emu} },
		} {
			emu := vt.NewEmulator(w, h)
			c := canvasTo(t, on(emu), w, h, colorprofile.TrueColor)
			for i, row := range append(rows, rows[0]) {
				v := tea.NewView(row + "\nsecond row\n")
				c.draw(v)
				whole := vt.NewEmulator(w, h)
				d := canvasTo(t, on(whole), w, h, colorprofile.TrueColor)
				d.draw(v)
				if got, want := emu.Render(), whole.Render(); got != want || !strings.Contains(got, "second row") {
					t.Errorf("%s %q: %d is drawn as\n%s\nwant\n%s", name, rows, i, got, want)
				}
			}
		}
	}
}

// wideSigns is a terminal to which the ambiguous signs are two cells.
type wideSigns struct{ io.Writer }

// Write implements io.Writer.
func (s wideSigns) Write(p []byte) (int, error) {
	_, err := io.WriteString(s.Writer, strings.Map(func(r rune) rune {
		if width.LookupRune(r).Kind() == width.EastAsianAmbiguous && cells(string(r)) == 1 { // accents are too
			return '〇'
		}
		return r
	}, string(p)))
	return len(p), err
}

// TestOneCellIsSure holds that no sign counts as surely a cell which Unicode calls
// ambiguous or wide, nor one that any measure gives another width.
func TestOneCellIsSure(t *testing.T) {
	t.Parallel()
	sure := 0
	for r := range rune(0x110000) {
		if !surelyCell(r) {
			continue
		}
		sure++
		kind := width.LookupRune(r).Kind()
		if s := string(r); kind != width.Neutral && kind != width.EastAsianNarrow || ansi.StringWidth(s) != 1 || ansi.StringWidthWc(s) != 1 {
			t.Errorf("%q is %v", r, kind)
		}
	}
	for r := range asciiSigns {
		if kind := width.LookupRune(r).Kind(); (kind == width.Neutral || kind == width.EastAsianNarrow) != surelyCell(r) {
			t.Errorf("%q is %v, and surely a cell: %v", r, kind, surelyCell(r))
		}
	}
	if sure < 95 {
		t.Errorf("only %d signs are sure", sure)
	}
}

// TestCursorIsWhereTheTextIs holds that the cursor comes to the place in the text that it
// was meant for, however wide the terminal draws what is before it, and that showing it
// changes nothing.
func TestCursorIsWhereTheTextIs(t *testing.T) {
	t.Parallel()
	const w, h = 20, 2
	for _, c := range []struct {
		row           string
		x, want, wide int
	}{
		{"› ab", 3, 3, 3},
		{"› ab", 6, 6, 6},
		{"· ab", 3, 3, 4},
		{"\x1b[1m● a\x1b[m→b", 4, 4, 6},
		{"● a", 7, 7, 8},
		{"世 ab", 4, 4, 4},
		{"世e\u0301", 3, 3, 3},
		{"世e\u0301b", 4, 4, 4},
		{"❤\ufe0fab", 2, 3, 3},
		{"世ab", 1, 1, 1},
		{"·👩\u200d💻 ab", 3, 3, 3},
	} {
		for _, isWide := range []bool{false, true} {
			emu, want := vt.NewEmulator(w, h), c.want
			var to io.Writer = emu
			if isWide {
				to, want = wideSigns{emu}, c.wide
			}
			d := canvasTo(t, to, w, h, colorprofile.TrueColor)
			v := tea.NewView("title\n" + c.row)
			d.draw(v)
			before := emu.Render()
			v.Cursor = tea.NewCursor(c.x, 1)
			d.draw(v)
			if at := emu.CursorPosition(); at.X != want || at.Y != 1 {
				t.Errorf("%q, wide %v: before cell %d the cursor is at %v, want %d", c.row, isWide, c.x, at, want)
			}
			if got := emu.Render(); got != before {
				t.Errorf("%q, wide %v: the cursor changes\n%s\nto\n%s", c.row, isWide, before, got)
			}
		}
	}
}

// shuffled are the rows of a frame, each time other ones.
type shuffled struct {
	*rand.Rand

	rows []string
	w    int
}

// next changes them.
func (f *shuffled) next() {
	h := len(f.rows)
	switch from := f.IntN(h / 2); f.IntN(5) {
	case 0: // a scrolled body, its edges fixed
		for range 1 + f.IntN(3) {
			f.rows = slices.Insert(slices.Delete(f.rows, from, from+1), h-3, f.row())
		}
	case 1:
		for range 1 + f.IntN(3) {
			f.rows = slices.Insert(slices.Delete(f.rows, h-3, h-2), from, f.row())
		}
	case 2: // much
		for i := range f.rows {
			if f.IntN(3) > 0 {
				f.rows[i] = f.row()
			}
		}
	default: // little
		for range 1 + f.IntN(4) {
			f.rows[f.IntN(h)] = f.row()
		}
	}
}

func (f *shuffled) row() string {
	switch n := f.IntN(100); {
	case n < 20:
		return ""
	case n < 30:
		return " " + strings.Repeat("─", 1+f.IntN(f.w-2))
	case n < 35: // as wide as the window
		return strings.Repeat("=", f.w-1) + strconv.Itoa(n%3)
	case n < 40:
		return fmt.Sprintf(" see \x1b[1m%s\x1b[m, row %d", ansi.SetHyperlink("https://onboard.example")+"https://onboard.example"+ansi.ResetHyperlink(), f.IntN(9))
	case n < 45: // wider and narrower than their letters
		return fmt.Sprintf(" \x1b[1m日本語%d\x1b[m 👩‍💻 e\u0301", n)
	case n < 55: // the same but for a sign, of which some are none of a cell
		signs := []string{"\u0301", "\u0302", "\u3099", "\u309a", "\ufe0f", "\u200d", "👍", "👍\ufe0f", "❤", "❤\ufe0f", "世", "か", "·", "→", "é", "█", "a"}
		text := [][]string{
			{"世", " ", "e", " end"},
			{"か", "\x1b[1m b", "\x1b[m", " end"},
			{"x", " ", "→", " end"},
			{"❤", "❤", "abcdefgh", strings.Repeat("=", f.w-10)},
		}[f.IntN(4)]
		text[f.IntN(2)] += signs[f.IntN(len(signs))] // after a letter, and not after a look
		return strings.Join(text, "")
	case n < 70:
		return fmt.Sprintf(" · \x1b[1;38;2;%d;20;200mrow %d of the same é\x1b[m", f.IntN(200), f.IntN(4))
	default:
		return fmt.Sprintf(" \x1b[3%dmrow %d\x1b[0m of \x1b[7m%s\x1b[m", f.IntN(8), f.IntN(40), strings.Repeat("x", f.IntN(30)))
	}
}

// byLibrary is what an emulator makes of a frame that the library's renderer draws, where
// lines do not wrap: it leaves rows that are wider than they were counted to run on.
func byLibrary(w, h int, content string, p colorprofile.Profile) string {
	emu, cells := vt.NewEmulator(w, h), uv.NewScreenBuffer(w, h)
	_, _ = io.WriteString(emu, ansi.ResetModeAutoWrap) // into memory
	draws := uv.NewTerminalRenderer(emu, []string{"TERM=xterm-256color"})
	draws.SetColorProfile(p)
	draws.SetFullscreen(true)
	draws.SetRelativeCursor(false)
	draws.Resize(w, h)
	draws.Erase()
	uv.NewStyledString(content).Draw(&cells, cells.Bounds())
	draws.Render(cells.RenderBuffer)
	_ = draws.Flush() // into memory
	return emu.Render()
}

// TestCursorAfterAResize draws a frame without a cursor as the first one of a window's new
// size, over one that had it: it is not seen any more.
func TestCursorAfterAResize(t *testing.T) {
	t.Parallel()
	emu, seen := vt.NewEmulator(40, 4), true
	emu.SetCallbacks(vt.Callbacks{CursorVisibility: func(visible bool) { seen = visible }})
	c := canvasTo(t, emu, 40, 4, colorprofile.TrueColor)
	typed := tea.NewView("type here\n\n\n")
	typed.Cursor = tea.NewCursor(2, 1)
	for i, step := range []struct {
		view   tea.View
		resize int
		seen   bool
	}{
		{typed, 0, true},
		{tea.NewView("no text\n\n\n"), 50, false},
		{typed, 0, true},
		{typed, 60, true},
		{tea.NewView("no text\n\n\n"), 0, false},
		{tea.NewView("no text\n\n\n"), 70, false},
	} {
		if step.resize > 0 {
			emu.Resize(step.resize, 4)
			c.resize(step.resize, 4)
		}
		if c.draw(step.view); seen != step.seen {
			t.Errorf("step %d: the cursor is seen: %t", i, seen)
		}
	}
	c.leave()
	if !seen {
		t.Error("the terminal has its cursor not back")
	}
}

// TestScrolledRowsAreMoved holds that of a body that was scrolled by a row, either way,
// only that row is sent.
func TestScrolledRowsAreMoved(t *testing.T) {
	t.Parallel()
	const w, h = 60, 20
	var sent bytes.Buffer
	c := canvasTo(t, &sent, w, h, colorprofile.TrueColor)
	frame := func(from int) tea.View {
		rows := []string{" the title"}
		for i := range h - 2 {
			rows = append(rows, fmt.Sprintf(" row %d of a long text, of which no two are alike", from+i))
		}
		return tea.NewView(strings.Join(append(rows, " the keys"), "\n"))
	}
	c.draw(frame(10))
	for _, from := range []int{11, 10} {
		sent.Reset()
		c.draw(frame(from))
		if row := " row of a long text, of which no two are alike"; sent.Len() > 2*len(row) || sent.Len() < len(row) {
			t.Errorf("%d bytes for a row: %q", sent.Len(), sent.String())
		}
	}
}

// BenchmarkDrawn is what it takes to draw a frame of which two rows are new, and one of
// which all are.
func BenchmarkDrawn(b *testing.B) {
	const w, h = 100, 30
	m := New(b.Context(), atDiagnosis(b), still(b, w, h))
	one := m.View()
	m.Update(pressed("down"))
	few := m.View()
	m = New(b.Context(), atApp(b), still(b, w, h))
	for _, bench := range []struct {
		name string
		then tea.View
	}{{"few rows", few}, {"all rows", m.View()}} {
		b.Run(bench.name, func(b *testing.B) {
			c := canvasTo(b, io.Discard, w, h, colorprofile.ANSI256)
			b.ReportAllocs()
			for b.Loop() {
				c.draw(one)
				c.draw(bench.then)
			}
		})
	}
}
