package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// way is a way to a server that can be closed, and on which whatever is asked takes so
// much longer.
type way struct {
	dir    string
	takes  time.Duration
	closed atomic.Bool

	mu  sync.Mutex
	all []net.Conn
}

func newWay(t *testing.T, s *server, takes time.Duration) *way {
	t.Helper()
	w := &way{dir: t.TempDir(), takes: takes}
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(w.dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			if w.all = append(w.all, c); w.closed.Load() {
				_ = c.Close()
			}
			w.mu.Unlock()
			go w.between(c, filepath.Join(s.Dir, ".s.PGSQL.5432"))
		}
	}()
	return w
}

// close cuts everything off, and lets nobody in until open.
func (w *way) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed.Store(true)
	for _, c := range w.all {
		_ = c.Close()
	}
}

func (w *way) open() { w.closed.Store(false) }

// between carries what is said.
func (w *way) between(client net.Conn, to string) {
	defer func() { _ = client.Close() }()
	back, err := net.Dial("unix", to) //nolint:noctx // it ends with the client
	if err != nil {
		return
	}
	defer func() { _ = back.Close() }()
	go func() {
		defer func() { _ = back.Close() }()
		buf := make([]byte, 1<<16)
		for {
			n, err := client.Read(buf)
			<-time.After(w.takes) // it is a long way
			if _, bad := back.Write(buf[:n]); err != nil || bad != nil {
				return
			}
		}
	}()
	_, _ = io.Copy(client, back)
}

// tried is a case that counts what failed while the way was open.
type tried struct {
	*Case

	way    *way
	failed atomic.Int32
}

func (c *tried) Append(ctx context.Context, after uint64, rs ...flows.Record) (uint64, error) {
	open := !c.way.closed.Load()
	n, err := c.Case.Append(ctx, after, rs...)
	if open && err != nil && !errors.Is(err, flows.ErrConflict) {
		c.failed.Add(1)
	}
	return n, err
}

// TestAfterAnOutageEveryRunIsSavedSoon: what many runs of a node have to store when a
// slow database is back is more than one transaction may take. They do not push each
// other out, again and again, and none stores anything twice.
func TestAfterAnOutageEveryRunIsSavedSoon(t *testing.T) {
	t.Parallel()
	const runs, notes, most = 24, 100, 5
	s := postgres(t)
	// All together they take longer than answerTime, one for one row.
	w := newWay(t, s, 4*time.Millisecond)
	if runs*notes*w.takes < answerTime+time.Second {
		t.Fatal("they could go together")
	}
	store := open(t, s.URLAt(w.dir, s.name(t)), Options{})
	var cs [runs + 1]*tried
	var ds [runs + 1]*run.Driver
	for i := range ds {
		c, _ := begun(t, store)
		cs[i] = &tried{Case: c, way: w}
		var err error
		if ds[i], err = run.New(t.Context(), run.Hands{Look: blind{}}, cs[i], run.Options{Writer: "d"}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = ds[i].Run(ctx) // its error is the context's
		}()
		t.Cleanup(func() { stop(); <-done })
		if err := ds[i].Do(t.Context(), flows.Started{Version: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	each := func(what string, is func(d *run.Driver) bool) {
		t.Helper()
		end := time.Now().Add(4 * soon)
		for i, d := range ds {
			for !is(d) {
				if time.Now().After(end) {
					t.Fatalf("of run %d it was never so that %s: %+v, failed %d times", i, what, d.Saved(), cs[i].failed.Load())
				}
				<-time.After(10 * time.Millisecond) // between two looks
			}
		}
	}
	each("it is saved", func(d *run.Driver) bool { return d.Saved().All() })
	w.close()
	for i, d := range ds {
		n := notes
		if i == runs { // one has little to store
			n = 1
		}
		for k := range n {
			if err := d.Do(t.Context(), flows.Noted{Text: fmt.Sprint(k)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	each("it is not saved", func(d *run.Driver) bool { return d.Saved().Err != nil })
	w.open()
	each("it is saved again", func(d *run.Driver) bool { return d.Saved().All() && d.Saved().Err == nil })
	for i, c := range cs {
		if n := c.failed.Load(); n > most {
			t.Errorf("run %d was stored at attempt %d", i, n+1)
		}
		rs, err := c.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		k := 0
		for _, r := range rs {
			if e, is := r.Event.(flows.Noted); is {
				if e.Text != fmt.Sprint(k) {
					t.Fatalf("run %d: note %q stands where %d belongs", i, e.Text, k)
				}
				k++
			}
		}
		if want := map[bool]int{true: 1, false: notes}[i == runs]; k != want {
			t.Errorf("run %d has %d notes, want %d", i, k, want)
		}
	}
	var all []int32
	for _, c := range cs {
		all = append(all, c.failed.Load())
	}
	t.Logf("it failed %v times while the way was open", all)
}
