package ssh

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// gated is a writer that waits until it is let go.
type gated struct {
	let chan struct{}

	mu  sync.Mutex
	buf bytes.Buffer
	err error
}

func (g *gated) Write(p []byte) (int, error) {
	<-g.let
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return 0, g.err
	}
	return g.buf.Write(p)
}

// TestOutNeverWaits holds that a client that does not read holds nobody up, and
// is given up once too much waits.
func TestOutNeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gated{let: make(chan struct{})}
		over := 0
		o := newOut(g, 100, func() { over++ })
		for range 5 {
			if n, err := o.Write(make([]byte, 20)); n != 20 || err != nil {
				t.Fatal(n, err)
			}
			synctest.Wait()
		}
		select {
		case <-o.empty():
			t.Error("it is empty")
		default:
		}
		if _, err := o.Write(make([]byte, 30)); !errors.Is(err, errSlow) {
			t.Errorf("it takes more: %v", err)
		}
		if _, err := o.Write([]byte("x")); !errors.Is(err, errSlow) {
			t.Errorf("it takes more later: %v", err)
		}
		synctest.Wait()
		if over != 1 {
			t.Errorf("given up %d times", over)
		}
		close(g.let)
		<-o.empty()
	})
}

// TestOutKeepsTheOrder holds that everything comes, once and in order, and that
// nothing is left behind when nothing waits.
func TestOutKeepsTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which fails where a goroutine stays
		g := &gated{let: make(chan struct{})}
		o := newOut(g, 1<<20, nil)
		close(g.let)
		var want bytes.Buffer
		for i := range 1000 {
			p := bytes.Repeat([]byte{byte(i)}, i%97)
			want.Write(p)
			if _, err := o.Write(p); err != nil {
				t.Fatal(err)
			}
			if i%100 == 0 {
				time.Sleep(time.Millisecond) // virtual
			}
		}
		<-o.empty()
		if !bytes.Equal(g.buf.Bytes(), want.Bytes()) {
			t.Error("something else came")
		}
		g.mu.Lock()
		g.err = errors.New("gone")
		g.mu.Unlock()
		_, _ = o.Write([]byte("x"))
		<-o.empty()
		if _, err := o.Write([]byte("y")); err == nil || err.Error() != "gone" {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestWindowIsPaced holds that a storm of sizes is told at a bounded pace, the
// last one always.
func TestWindowIsPaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := window{every: 100 * time.Millisecond}
		var mu sync.Mutex
		var told []size
		w.set(size{80, 24})
		stop := w.listen(size{80, 24}, func(s size) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, s)
		})
		for i := range 1000 {
			w.set(size{i + 1, 24})
			time.Sleep(time.Millisecond) // virtual
		}
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if n := len(told); n < 5 || n > 11 || told[n-1] != (size{1000, 24}) || w.get() != told[n-1] {
			t.Errorf("%d were told, the last %v", n, told[n-1])
		}
		stop()
		w.set(size{1, 1}) // told to nobody: whoever were told would wait for mu
		if w.busy {
			t.Error("told after the end")
		}
	})
}

// TestClamp holds that no window is larger than the limits, whatever is said.
func TestClamp(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	for in, want := range map[[2]uint32]size{
		{0, 0}: {80, 24}, {1, 1}: {1, 1}, {100, 40}: {100, 40}, {10000, 10000}: {l.Width, l.Height}, {1<<32 - 1, 1<<32 - 1}: {l.Width, l.Height},
	} {
		if got := l.clamp(in[0], in[1]); got != want {
			t.Errorf("%v: %v, want %v", in, got, want)
		}
	}
}
