package tui

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
)

// onEmulator is a canvas of a size whose terminal is an emulator.
func onEmulator(tb testing.TB, w, h int) (*canvas, *vt.Emulator) {
	tb.Helper()
	emu := vt.NewEmulator(w, h)
	return canvasTo(tb, emu, w, h), emu
}

func canvasTo(tb testing.TB, out io.Writer, w, h int) *canvas {
	tb.Helper()
	c := remoteCanvas(Remote{Out: out, Environ: []string{"TERM=xterm-256color"}, Frames: new(Frames)}, Options{Width: w, Height: h})
	if err := c.enter(); err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestDifferencesMakeTheFrame draws frame over frame, few of whose rows are new, or most,
// or that are scrolled, up to a row that stays: what an emulator makes of the
// differences is what it makes of the whole frame alone, in its looks too.
func TestDifferencesMakeTheFrame(t *testing.T) {
	t.Parallel()
	const w, h, frames = 60, 20, 600
	r := rand.New(rand.NewPCG(1, 2))
	row := func() string {
		switch n := r.IntN(100); {
		case n < 25:
			return ""
		case n < 35:
			return " " + strings.Repeat("─", 1+r.IntN(w-2))
		case n < 45: // wider and narrower than their letters
			return fmt.Sprintf(" \x1b[1m日本語%d\x1b[m 👩‍💻 e\u0301", n)
		default:
			return fmt.Sprintf(" \x1b[3%dmrow %d\x1b[m of \x1b[7m%s\x1b[m", r.IntN(8), r.IntN(40), strings.Repeat("x", r.IntN(30)))
		}
	}
	rows := make([]string, h)
	c, emu := onEmulator(t, w, h)
	for frame := range frames {
		switch from := r.IntN(h / 2); r.IntN(5) {
		case 0: // a scrolled body, its edges fixed
			for range 1 + r.IntN(3) {
				rows = slices.Insert(slices.Delete(rows, from, from+1), h-3, row())
			}
		case 1:
			for range 1 + r.IntN(3) {
				rows = slices.Insert(slices.Delete(rows, h-3, h-2), from, row())
			}
		case 2: // much
			for i := range rows {
				if r.IntN(3) > 0 {
					rows[i] = row()
				}
			}
		default: // little
			for range 1 + r.IntN(4) {
				rows[r.IntN(h)] = row()
			}
		}
		v := tea.NewView(strings.Join(rows, "\n"))
		c.draw(v)
		whole, want := onEmulator(t, w, h)
		whole.draw(v)
		if got, want := emu.Render(), want.Render(); got != want {
			t.Fatalf("frame %d is drawn as\n%s\nwant\n%s", frame, got, want)
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
			c := canvasTo(b, io.Discard, w, h)
			b.ReportAllocs()
			for b.Loop() {
				c.draw(one)
				c.draw(bench.then)
			}
		})
	}
}
