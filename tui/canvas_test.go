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
	case n < 50: // wider and narrower than their letters
		return fmt.Sprintf(" \x1b[1m日本語%d\x1b[m 👩‍💻 e\u0301", n)
	case n < 70:
		return fmt.Sprintf(" · \x1b[1;38;2;%d;20;200mrow %d of the same é\x1b[m", f.IntN(200), f.IntN(4))
	default:
		return fmt.Sprintf(" \x1b[3%dmrow %d\x1b[0m of \x1b[7m%s\x1b[m", f.IntN(8), f.IntN(40), strings.Repeat("x", f.IntN(30)))
	}
}

// byLibrary is what an emulator makes of a frame that the library's renderer draws.
func byLibrary(w, h int, content string, p colorprofile.Profile) string {
	emu, cells := vt.NewEmulator(w, h), uv.NewScreenBuffer(w, h)
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
