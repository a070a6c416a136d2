package tui

import (
	"bytes"
	"context"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// BenchmarkFirstView is what stands between a driver and the first frame: the
// model made, the frame painted and drawn (budgets W1).
func BenchmarkFirstView(b *testing.B) {
	for _, mo := range []moment{{name: "app", make: atApp}, {name: "diagnosis", make: atDiagnosis}} {
		b.Run(mo.name, func(b *testing.B) {
			d, o := mo.make(b), still(b, 80, 24)
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				d.wakes = nil
				canvasTo(b, io.Discard, 80, 24, colorprofile.ANSI256).draw(New(ctx, d, o).View())
			}
		})
	}
}

// BenchmarkKeyToFrame is one key from message to the bytes of the frame (budgets W4).
func BenchmarkKeyToFrame(b *testing.B) {
	for _, z := range [][2]int{{80, 24}, {200, 60}} {
		b.Run(number(z[0])+"x"+number(z[1]), func(b *testing.B) {
			m := New(b.Context(), atDiagnosis(b), still(b, z[0], z[1]))
			c := canvasTo(b, io.Discard, z[0], z[1], colorprofile.ANSI256)
			keys := []tea.KeyPressMsg{pressed("down"), pressed("up")}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Update(keys[i%2])
				c.draw(m.View())
				i++
			}
		})
	}
}

// BenchmarkGuideFrame is a record of a customer's, who goes from the paths to a step or
// back, from where a guide has read it to the bytes of their frame (budgets G4).
func BenchmarkGuideFrame(b *testing.B) {
	const w, h = 100, 30
	m := guiding(seated(b, atPaths(b)), still(b, w, h))
	there := look(m)
	back := viewedMsg{of: m.guide, view: seated(b, atLink(b)).view}
	c := canvasTo(b, io.Discard, w, h, colorprofile.ANSI256)
	b.ReportAllocs()
	for b.Loop() {
		for _, msg := range []viewedMsg{back, there} {
			m.Update(msg)
			c.draw(m.View())
		}
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
