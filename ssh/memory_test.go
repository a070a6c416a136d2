package ssh

import (
	"bytes"
	"runtime"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// glance keeps the last of what came, so that a test sees it and pays for no more.
type glance struct {
	mu   sync.Mutex
	last []byte
	all  int
}

// Write implements io.Writer.
func (g *glance) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all += len(p)
	g.last = append(g.last, p...)
	g.last = append([]byte(nil), g.last[max(0, len(g.last)-(32<<10)):]...)
	return len(p), nil
}

func (g *glance) has(text string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return bytes.Contains(g.last, []byte(text))
}

// inUse is what the heap and the stacks hold now, in bytes.
func inUse() uint64 {
	runtime.GC()
	runtime.GC() // what a pool has is let go of at the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// TestSessionsFitTheMachine holds that as many sessions as the defaults let in, each
// in the largest window, fit into half of the two gigabytes that the unit gives the
// service: the rest is for what Go has not collected yet, and for what waits for
// slow readers. The clients' side is counted with them. It is not parallel: it
// measures memory.
func TestSessionsFitTheMachine(t *testing.T) { //nolint:paralleltest // it measures memory of the whole process
	const many, machine = 24, 2 << 30
	l := DefaultLimits()
	s := serve(t, nil)
	open := func() {
		t.Helper()
		x, err := s.dial(t, "anybody", nil).NewSession()
		if err != nil {
			t.Fatal(err)
		}
		saw := new(glance)
		x.Stdout = saw
		in, err := x.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := x.RequestPty("xterm-256color", 10*l.Height, 10*l.Width, gossh.TerminalModes{}); err != nil {
			t.Fatal(err)
		}
		if err := x.Shell(); err != nil {
			t.Fatal(err)
		}
		await(t, "the first screen", func() bool { return saw.has("Which app") }, s.log.String)
		if _, err := in.Write([]byte("?")); err != nil {
			t.Fatal(err)
		}
		await(t, "the help", func() bool { return saw.has("Keys that work here") }, s.log.String)
	}
	open() // what is there once is no session's
	before := inUse()
	for range many {
		open()
	}
	grown := inUse()
	if st := s.Status(); st.Sessions != many+1 {
		t.Fatalf("%+v", st)
	}
	share := (grown - min(before, grown)) / many
	t.Logf("%d KiB a session; %d of them are %d MiB", share>>10, l.Sessions, share*uint64(l.Sessions)>>20) //nolint:gosec // a limit of ours
	if share < 10<<10 {
		t.Error("that is no session: it was measured wrong")
	}
	if all := share * uint64(l.Sessions); all > machine/2 { //nolint:gosec // a limit of ours
		t.Errorf("%d sessions take %d MiB, and %d is half of the machine", l.Sessions, all>>20, machine>>21)
	}
}
