package ssh

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// canary stands wherever a run on somebody's own machine has what never leaves it.
const canary = "CANARY"

// atHome is a run on its person's own machine, which is shared.
type atHome struct {
	*run.Driver

	t     *testing.T
	j     *journal.Memory
	wires wires
	news  chan ShareNews
	code  string
	leave func() // ends the run, and then the sharing
}

// wires are the connections of a client, which can be cut.
type wires struct {
	mu    sync.Mutex
	open  []net.Conn
	down  bool          // none comes about
	tried chan struct{} // holds one: one did not
}

// dial implements ShareOptions.Dial.
func (w *wires) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		select {
		case w.tried <- struct{}{}:
		default:
		}
		return nil, io.ErrClosedPipe
	}
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		w.open = append(w.open, c)
	}
	return c, err
}

// cut ends every connection; down: and none comes about until it is mended.
func (w *wires) cut(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// knows writes a file with the server's key.
func (s *site) knows(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	put(t, file, knownhosts.Line([]string{s.addr}, s.o.Identity.PublicKeys()[0])+"\n")
	return file
}

// home begins a run at home, about the app and the tenant, and shares it.
func (s *site) home(t *testing.T) *atHome {
	t.Helper()
	h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 100), wires: wires{tried: make(chan struct{}, 1)}}
	share, err := OpenShare(t.Context(), ShareOptions{Address: s.addr, KnownHosts: []string{s.knows(t)}, Dial: h.wires.dial, Again: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	h.begins(share, eyes{})
	return h
}

// begins drives the run and shares it.
func (h *atHome) begins(share *Share, see run.Looker) {
	h.t.Helper()
	drv, err := run.New(h.t.Context(), run.Hands{Look: see}, h.j, run.Options{Writer: "HOME"})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Driver = drv
	ctx, stop := context.WithCancel(h.t.Context())
	var driven, shared sync.WaitGroup
	driven.Go(func() { _ = drv.Run(ctx) })
	sharing, unshare := context.WithCancel(context.WithoutCancel(h.t.Context()))
	shared.Go(func() { share.Run(sharing, h.j, func(n ShareNews) { h.news <- n }) })
	h.leave = sync.OnceFunc(func() {
		stop()
		driven.Wait()
		unshare()
		shared.Wait()
	})
	h.t.Cleanup(h.leave)
	all, err := flows.Builtin()
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p flows.Profile) bool { return p.ID == "hetk" })
	h.do(flows.Started{Version: "1", Domain: "contoso.example", Profile: &all[i], CanWrite: true, Nonce: canary + "-nonce"})
	h.do(flows.Troubled{What: flows.TroubleHost, Text: canary + " of this machine"})
	h.do(flows.Filed{Plan: "p", Name: "/home/" + canary + "/receipts/r.json"})
	h.do(flows.Answered{Question: "a private one", Value: canary + "-private"})
}

// do puts an event of the person in.
func (h *atHome) do(e flows.Event) {
	h.t.Helper()
	if err := h.Do(h.t.Context(), e); err != nil {
		h.t.Fatalf("%s: %v", e.Kind(), err)
	}
}

// hears waits for a piece of news.
func (h *atHome) hears(what ShareWhat) ShareNews {
	h.t.Helper()
	late := time.After(patience)
	for {
		select {
		case n := <-h.news:
			if n.What == ShareBegan {
				h.code = n.Code
			}
			if n.What == what {
				return n
			}
		case <-late:
			h.t.Fatalf("news %d never came", what)
		}
	}
}

// until waits until the run is so.
func (h *atHome) until(what string, is func(flows.State) bool) {
	h.t.Helper()
	await(h.t, what, func() bool { return is(h.State()) }, func() string { s := h.State(); return fmt.Sprintf("%+v\n%+v", s.Asking, s.Guides) })
}

// allows says yes to the guide who asks.
func (h *atHome) allows(name string) {
	h.t.Helper()
	h.until(name+" asks", func(s flows.State) bool { return len(s.Asking) == 1 && s.Asking[0].Name == name })
	h.do(flows.Watched{Visit: h.State().Asking[0].Visit, Here: true})
}

// records are those of a case.
func (s *site) records(t *testing.T, number string) []flows.Record {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// offered are the records at home that are to be in the case, by their number and kind.
func (h *atHome) offered() (out []string) {
	h.t.Helper()
	rs, err := h.j.Since(h.t.Context(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	var s flows.State
	for _, r := range rs {
		if _, ok := flows.Offered(s, r); ok {
			out = append(out, fmt.Sprint(r.Seq, r.Event.Kind()))
		}
		s = flows.Fold(s, r)
	}
	return out
}

// fromHome are the records of a case that came from home, by their number there.
func fromHome(rs []flows.Record) (out []string) {
	for _, r := range rs {
		if r.Writer == homeWriter {
			out = append(out, fmt.Sprint(r.N, r.Event.Kind()))
		}
	}
	return out
}

// same waits until the case has every record that is to be in it, once and in order.
func (h *atHome) same(s *site, number string) {
	h.t.Helper()
	await(h.t, "all records", func() bool { return slices.Equal(h.offered(), fromHome(s.records(h.t, number))) },
		func() string { return fmt.Sprintf("%v\n%v", h.offered(), fromHome(s.records(h.t, number))) })
}

// shares opens the channel as a client that says what it likes.
func (s *site) shares(t *testing.T) *client {
	t.Helper()
	return opens(t, s.dial(t, userShare, nil), 0, 0, func(x *gossh.Session) error { return x.Start(userShare) })
}
