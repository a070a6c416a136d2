package tui

import (
	"bytes"
	"context"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// BenchmarkFirstView is what stands between a driver and the first frame: the
// model made, the frame painted and drawn into cells (budgets W1).
func BenchmarkFirstView(b *testing.B) {
	for _, mo := range []moment{{name: "app", make: atApp}, {name: "diagnosis", make: atDiagnosis}} {
		b.Run(mo.name, func(b *testing.B) {
			d, o := mo.make(b), still(b, 80, 24)
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				d.wakes = nil
				draw(New(ctx, d, o).View().Content, 80, 24)
			}
		})
	}
}

func draw(content string, w, h int) {
	buf := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(content).Draw(buf, buf.Bounds())
}

// BenchmarkKeyToFrame is one key from message to drawn cells, without the wait
// for the renderer's next tick (budgets W4).
func BenchmarkKeyToFrame(b *testing.B) {
	for _, z := range [][2]int{{80, 24}, {200, 60}} {
		b.Run(number(z[0])+"x"+number(z[1]), func(b *testing.B) {
			m := New(b.Context(), atDiagnosis(b), still(b, z[0], z[1]))
			keys := []tea.KeyPressMsg{pressed("down"), pressed("up")}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Update(keys[i%2])
				draw(m.View().Content, z[0], z[1])
				i++
			}
		})
	}
}

// BenchmarkPlainAuto is the whole flow on plain lines, the world answering at
// once.
func BenchmarkPlainAuto(b *testing.B) {
	for b.Loop() {
		if err := Plain(b.Context(), bytes.NewReader(nil), io.Discard, newWorld(asked(b)), Options{Profiles: profiles(b), Auto: true}); err != nil {
			b.Fatal(err)
		}
	}
}
