package tui

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"time"

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

// frames counts the writes of a renderer.
type frames struct{ c chan time.Time }

func (f frames) Write(p []byte) (int, error) {
	if len(bytes.TrimSpace(p)) > 0 {
		select {
		case f.c <- time.Now():
		default:
		}
	}
	return len(p), nil
}

// BenchmarkKeyToBytes is one key in a running program, from the message to the
// bytes of its frame, the renderer's tick included (budgets W4).
func BenchmarkKeyToBytes(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	o := still(b, 80, 24)
	out := frames{make(chan time.Time, 1)}
	p := tea.NewProgram(New(ctx, atTenant(b), o), append(ProgramOptions(o), tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(out),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignalHandler(), tea.WithWindowSize(80, 24))...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.Run()
	}()
	for quiet := time.NewTimer(200 * time.Millisecond); ; { // the first frames and questions
		select {
		case <-out.c:
			continue
		case <-quiet.C:
		}
		break
	}
	var took []time.Duration
	for b.Loop() {
		at := time.Now()
		if len(took)%50 == 49 {
			p.Send(pressed("ctrl+u"))
		} else {
			p.Send(pressed("x")) // every letter changes the frame
		}
		select {
		case x := <-out.c:
			took = append(took, x.Sub(at))
		case <-time.After(time.Second):
			b.Fatal(len(took))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	cancel()
	<-done
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
