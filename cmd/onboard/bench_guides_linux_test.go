package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/cluster"
)

// BenchmarkGuided is rows G2 to G6 of the budget: what guides cost and what they see,
// over real connections to the binary that ships. (G1 is the store's own:
// BenchmarkAppend in ssh/cases.) It fails where a bar is missed.

var benchGuideRows = flag.String("guided", "G2,G3,G4,G5,G6", "which rows of the budget BenchmarkGuided measures")

// BenchmarkGuided is rows G2 to G6: `task bench:guides`.
func BenchmarkGuided(b *testing.B) {
	if testing.Short() {
		b.Skip("-short: guided sessions take minutes, and have a task of their own")
	}
	s := &servedBench{B: b, ctx: b.Context(), bin: buildBinary(b), asked: strings.Split(*benchGuideRows, ",")}
	for _, id := range s.asked {
		if len(id) != 2 || id < "G2" || id > "G6" {
			b.Fatalf("-guided: %q is no row; there are G2 to G6, with commas between them", id)
		}
	}
	if s.wants("G2", "G3") {
		s.watchedKeys()
	}
	if s.wants("G4") {
		s.manyGuides()
	}
	if s.wants("G5") {
		s.joinsLate()
	}
	if s.wants("G6") {
		s.acrossNodes()
	}
	s.table()
}

// guidesAtOnce is how many guides there are keys for.
const guidesAtOnce = 50

// guideSigner is the key of a guide; it is the same each time.
func guideSigner(tb testing.TB, i int) gossh.Signer {
	tb.Helper()
	k, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(fmt.Appendf(nil, "guide %26d", i)))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// guidesConfig is the part of a configuration that says who is a guide.
func guidesConfig(tb testing.TB) string {
	tb.Helper()
	var text strings.Builder
	text.WriteString("guides:\n  keys:\n")
	for i := range guidesAtOnce {
		fmt.Fprintf(&text, "  - {name: Guide %d, organisation: Example Support, role: guide, key: %s}\n", i, bytes.TrimSpace(gossh.MarshalAuthorizedKey(guideSigner(tb, i).PublicKey())))
	}
	return text.String()
}

// benchCase is a customer at a step of a path.
type benchCase struct {
	*typist

	code, number string
	back         bool // they are a step back
}

// presses types a key until a text comes: a screen that has just opened takes none.
func (y *typist) presses(ctx context.Context, key, want string) error {
	err := errNoFrame
	y.mu.Lock()
	y.tail = nil
	y.mu.Unlock()
	for range 10 {
		if _, bad := io.WriteString(y.in, key); bad != nil {
			return fmt.Errorf("type: %w", bad)
		}
		short, cancel := context.WithTimeoutCause(ctx, 1300*time.Millisecond, errNoFrame)
		err = y.until(short, want)
		cancel()
		if !errors.Is(err, errNoFrame) {
			break
		}
	}
	return err
}

// customer brings somebody to the first step of a path.
func (b *servedBench) customer(v *benchServer) *benchCase {
	b.Helper()
	conn, err := v.dial("anybody")
	b.must(err)
	y, err := typingIn(b.ctx, conn, 100, 40, "Which app")
	b.must(err)
	c := &benchCase{typist: y}
	b.must(y.diagnosed(b.ctx))
	b.must(y.presses(b.ctx, "p", "Open the consent link"))
	b.must(y.presses(b.ctx, "1\r", "Step 1 of"))
	b.must(y.presses(b.ctx, "\x1bOP", guestHelp))
	b.must(y.waits(b.ctx, func() bool {
		m := guestCode.FindStringSubmatch(ansi.Strip(string(y.tail)))
		if m != nil {
			c.code = m[1]
		}
		return m != nil
	}))
	b.must(y.presses(b.ctx, "\x1b", "Step 1 of"))
	b.knows(c)
	return c
}

// knows asks for the number of a customer's case.
func (b *servedBench) knows(c *benchCase) {
	b.Helper()
	var err error
	c.number, _, _, err = stored(c.conn, c.code)
	b.must(err)
}

// glass is what a guide's terminal shows, and since when.
type glass struct {
	mu   sync.Mutex
	emu  *vt.Emulator
	at   bool      // the customer is seen at the step, and not a step back
	when time.Time // since when
	news chan struct{}
}

// watches has what a guide is sent drawn from now on. The screen that is there is drawn
// anew for that.
func (b *servedBench) watches(g *typist) *glass {
	b.Helper()
	s := &glass{emu: vt.NewEmulator(100, 31), news: make(chan struct{}, 1)}
	g.mu.Lock()
	g.glass = s
	g.mu.Unlock()
	b.must(g.s.WindowChange(31, 100))
	_, err := s.sees(b.ctx, true)
	b.must(err)
	b.must(pause(b.ctx, 1500*time.Millisecond)) // a screen that has just opened takes no key
	return s
}

// draws takes what was sent.
func (s *glass) draws(p []byte) {
	_, _ = s.emu.Write(p) // into memory
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := strings.Contains(s.emu.String(), "Step 1 of"); at != s.at {
		s.at, s.when = at, time.Now()
		select {
		case s.news <- struct{}{}:
		default:
		}
	}
}

// sees waits until the customer is seen at the step, or a step back, and gives since when
// they are.
func (s *glass) sees(ctx context.Context, at bool) (time.Time, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, benchWait, errNoFrame)
	defer cancel()
	for {
		s.mu.Lock()
		is, when := s.at == at, s.when
		s.mu.Unlock()
		if is {
			return when, nil
		}
		select {
		case <-s.news:
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("%w:\n%s", context.Cause(ctx), s.emu.String())
		}
	}
}

// steps goes to the other of two places, and gives the time until something came of
// it: to their own screen, and until it is seen on that of whoever watches, who may be
// nobody.
func (c *benchCase) steps(ctx context.Context, by *glass) (own, seen time.Duration, err error) {
	key := stepBack
	if c.back {
		key = stepOn
	}
	c.back = !c.back
	began := time.Now()
	own, err = c.key(ctx, key)
	if err != nil || by == nil {
		return own, 0, err
	}
	when, err := by.sees(ctx, !c.back)
	return own, when.Sub(began), err
}

// guide has a guide come to a server, to a case, and in by its customer's yes; conn
// makes the connection out of a raw one.
func (b *servedBench) guide(v *benchServer, i int, c *benchCase) *typist {
	b.Helper()
	g, err := b.guideBy(v, i, c, func(raw net.Conn) net.Conn { return raw })
	b.must(err)
	return g
}

func (b *servedBench) guideBy(v *benchServer, i int, c *benchCase, by func(net.Conn) net.Conn) (*typist, error) {
	g, err := b.atConsole(v, i, by)
	if err != nil {
		return nil, err
	}
	if err := b.asks(g, c); err != nil {
		return nil, err
	}
	return g, b.lets(g, c)
}

// atConsole opens the console, in a window of 100×30.
func (b *servedBench) atConsole(v *benchServer, i int, by func(net.Conn) net.Conn) (*typist, error) {
	raw, err := (&net.Dialer{Timeout: benchWait}).DialContext(b.ctx, "tcp", v.addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	config := v.config
	config.User, config.Auth = "console", []gossh.AuthMethod{gossh.PublicKeys(guideSigner(b, i))}
	conn, news, requests, err := gossh.NewClientConn(by(raw), v.addr, &config)
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return typingIn(b.ctx, gossh.NewClient(conn, news, requests), 100, 30, "support console")
}

// asks has a guide ask to watch a case.
func (b *servedBench) asks(g *typist, c *benchCase) error {
	if err := g.goes(b.ctx, "/"+c.number, c.number); err != nil {
		return err
	}
	if err := g.presses(b.ctx, "\r", "Ask the customer of case"); err != nil {
		return err
	}
	return g.presses(b.ctx, "y", "Until they say yes")
}

// lets has the customer say yes until that counts: a key that may have been typed
// ahead does not.
func (b *servedBench) lets(g *typist, c *benchCase) error {
	err := errNoFrame
	for n := 0; n < 10 && errors.Is(err, errNoFrame); n++ {
		if _, bad := io.WriteString(c.in, "\x19"); bad != nil {
			return fmt.Errorf("say yes: %w", bad)
		}
		short, cancel := context.WithTimeoutCause(b.ctx, 1300*time.Millisecond, errNoFrame)
		err = g.until(short, "Their screen")
		cancel()
	}
	return err
}

// windows has a percentile of each of some parts of a time, and gives the median of
// these: a stall of the machine is in one.
func windows(all []time.Duration, percent int) time.Duration {
	const parts = 6
	var out []time.Duration
	for w := range slices.Chunk(all, max(len(all)/parts, 1)) {
		out = append(out, part(w, percent))
	}
	return part(out, 50)
}

// watchedKeys is rows G2 and G3: three customers by turns, of whom one is watched, and
// one by a guide whose terminal has stalled.
func (b *servedBench) watchedKeys() {
	const rounds = 1200
	v := startServedIn(b, filepath.Join(b.TempDir(), "state"), guidesConfig(b))
	defer v.stop(b)
	alone, watched, stalled := b.customer(v), b.customer(v), b.customer(v)
	g := b.watches(b.guide(v, 0, watched))
	stall := newStalling()
	deaf, err := b.guideBy(v, 1, stalled, stall.over)
	b.must(err)
	stall.now()
	for i := range 300 { // what it is sent fills what lies between
		if _, err := io.WriteString(deaf.in, "\t"); err != nil || deaf.s.WindowChange(30+i%2, 100) != nil {
			b.Fatal("the stalled guide is gone")
		}
		b.must(pause(b.ctx, 10*time.Millisecond))
	}
	took := map[*benchCase][]time.Duration{}
	var seen []time.Duration
	three := []*benchCase{alone, watched, stalled}
	for range rounds {
		rand.Shuffle(len(three), func(i, j int) { three[i], three[j] = three[j], three[i] })
		for _, c := range three {
			var by *glass
			if c == watched {
				by = g
			}
			own, late, err := c.steps(b.ctx, by)
			b.must(err)
			took[c] = append(took[c], own)
			if by != nil {
				seen = append(seen, late)
			}
			b.must(pause(b.ctx, 15*time.Millisecond))
		}
	}
	p95 := windows(seen, 95)
	b.row(benchRow{"G2", "customer's key to the guide's frame, p95", ms(p95), "-", "50 ms", p95 > 50*time.Millisecond})
	none, with, without := windows(took[alone], 99), windows(took[watched], 99), windows(took[stalled], 99)
	for _, r := range []struct {
		what string
		took time.Duration
		most float64
	}{{"watched", with, 1.1}, {"watched by a stalled terminal", without, 1.0}} {
		times := float64(r.took) / float64(none)
		b.row(benchRow{
			"G3", "customer's key p99, " + r.what, fmt.Sprintf("%s, %.2f× (p50 %s)", ms(r.took), times, ms(part(took[map[bool]*benchCase{true: watched, false: stalled}[r.took == with]], 50))),
			fmt.Sprintf("nobody watches: %s (p50 %s)", ms(none), ms(part(took[alone], 50))), fmt.Sprintf("%.1f×", r.most), math.Round(times*10)/10 > r.most, // the budget has one decimal
		})
	}
}

// stalling is a way to a server of which one end stops reading.
type stalling struct {
	stalls atomic.Bool
	end    chan struct{}
}

func newStalling() *stalling { return &stalling{end: make(chan struct{})} }

func (s *stalling) now() { s.stalls.Store(true) }

// over makes the connection one that can stall, with as little as there may be in
// between.
func (s *stalling) over(raw net.Conn) net.Conn {
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10)
	}
	return stalled{raw, s}
}

type stalled struct {
	net.Conn

	s *stalling
}

// Read implements net.Conn.
func (c stalled) Read(p []byte) (int, error) {
	if c.s.stalls.Load() {
		<-c.s.end
		return 0, io.EOF
	}
	return c.Conn.Read(p)
}

// manyGuides is row G4: fifty guides, and ten events a second at each case. One case
// has room for eight of them, so that there are seven, with as many frames to be drawn
// as one would have, and seven times the events to be kept.
func (b *servedBench) manyGuides() {
	const customers, lasts = 7, 20 * time.Second
	v := startServedIn(b, filepath.Join(b.TempDir(), "state"), guidesConfig(b))
	defer v.stop(b)
	all := make([]*benchCase, customers)
	for i := range all {
		all[i] = b.customer(v)
	}
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	var frames atomic.Int64
	guides := make([]*typist, guidesAtOnce)
	for k, c := range all {
		wg.Go(func() {
			for i := k; i < guidesAtOnce; i += customers {
				g, err := b.guideBy(v, i, c, func(raw net.Conn) net.Conn { return raw })
				if guides[i] = g; err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	pid, began := v.cmd.Process.Pid, time.Now()
	idle := worked(pid)
	b.must(pause(b.ctx, 5*time.Second))
	rest := (worked(pid) - idle).Seconds() / time.Since(began).Seconds()
	began, idle = time.Now(), worked(pid)
	came := func() (n int) {
		for _, g := range guides {
			g.mu.Lock()
			n += g.came
			g.mu.Unlock()
		}
		return n
	}
	before := came()
	for _, c := range all {
		wg.Go(func() {
			for n := 1; time.Since(began) < lasts; n++ {
				if _, _, err := c.steps(b.ctx, nil); err != nil {
					failed.Store(&err)
					return
				}
				frames.Add(1)
				if pause(b.ctx, time.Until(began.Add(time.Duration(n)*100*time.Millisecond))) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	share := 100 * (worked(pid) - idle).Seconds() / time.Since(began).Seconds()
	events := float64(frames.Load()) / time.Since(began).Seconds()
	b.row(benchRow{
		"G4", fmt.Sprintf("%d guides at %d cases, %.0f events a second, 100×30", guidesAtOnce, customers, events),
		fmt.Sprintf("%.0f %% of a core (at rest %.1f; %.0f KB/s to guides)", share, 100*rest, float64(came()-before)/1024/time.Since(began).Seconds()), "-", "60 %", share > 60,
	})
}

// longCase is how many records the case of row G5 has.
const longCase = 10_000

// joinsLate is row G5: a guide comes to a long case.
func (b *servedBench) joinsLate() {
	state := filepath.Join(b.TempDir(), "state")
	v := startServedIn(b, state, guidesConfig(b))
	c := b.customer(v)
	for range 4 {
		_, _, err := c.steps(b.ctx, nil)
		b.must(err)
		b.must(pause(b.ctx, 100*time.Millisecond))
	}
	b.must(pause(b.ctx, time.Second)) // until it is kept
	c.leave()
	v.stop(b)
	b.lengthen(filepath.Join(state, "cases.db"), c.code)

	v = startServedIn(b, state, guidesConfig(b))
	defer v.stop(b)
	var asked, first []time.Duration
	for i := range 8 {
		conn, err := v.dial(c.code)
		b.must(err)
		again := &benchCase{code: c.code, number: c.number}
		again.typist, err = typing(b.ctx, conn, "Hetk")
		b.must(err)
		g, err := b.atConsole(v, i, func(raw net.Conn) net.Conn { return raw })
		b.must(err)
		b.must(g.goes(b.ctx, "/"+c.number, c.number))
		b.must(g.presses(b.ctx, "\r", "Ask the customer of case"))
		b.must(pause(b.ctx, time.Second)) // the sheet takes keys
		began := time.Now()
		b.must(g.goes(b.ctx, "y", "Until they say yes"))
		asked = append(asked, time.Since(began))
		b.must(again.until(b.ctx, "asks to watch"))
		b.must(pause(b.ctx, 1500*time.Millisecond)) // a yes that was typed ahead counts for nothing
		began = time.Now()
		_, err = io.WriteString(again.in, "\x19")
		b.must(err)
		b.must(g.until(b.ctx, "Their screen"))
		first = append(first, time.Since(began))
		g.leave()
		again.leave()
	}
	p50 := part(asked, 50)
	b.row(benchRow{
		"G5", fmt.Sprintf("joining a case of %d events, p50 of %d", longCase, len(asked)), fmt.Sprintf("%s to ask; %s from the customer's yes to the first frame", ms(p50), ms(part(first, 50))), "-", "60 ms, each",
		max(p50, part(first, 50)) > 60*time.Millisecond,
	})
}

// lengthen adds to a case until it is long: the last two moves, again and again.
func (b *servedBench) lengthen(file, code string) {
	b.Helper()
	store, err := cases.Open(b.ctx, file, cases.Options{})
	b.must(err)
	c, err := store.Resume(b.ctx, cases.Try{Code: code})
	b.must(err)
	rs, err := c.Since(b.ctx, 0)
	b.must(err)
	var moves []flows.Record
	for _, r := range rs {
		if r.By == flows.ByPerson {
			moves = append(moves, r)
		}
	}
	moves = moves[len(moves)-2:]
	after := rs[len(rs)-1].Seq
	for n := uint64(1); after < longCase; {
		var batch []flows.Record
		for range 100 {
			r := moves[n%2]
			r.Seq, r.Writer, r.N, r.At = after+uint64(len(batch))+1, "bench", n, rs[len(rs)-1].At
			batch, n = append(batch, r), n+1
		}
		after, err = c.Append(b.ctx, after, batch...)
		b.must(err)
	}
	b.must(store.Close())
}

// acrossNodes is row G6: a customer on one node, a guide on another.
func (b *servedBench) acrossNodes() {
	const keys = 600
	db, err := cluster.StartPostgres()
	if errors.Is(err, cluster.ErrNone) {
		b.Fatal(err) // a row that was asked for
	}
	b.must(err)
	b.Cleanup(func() { b.must(db.Remove()) })
	pass := filepath.Join(b.TempDir(), "pgpass")
	b.must(os.WriteFile(pass, []byte("*:*:*:onboard:"+strings.ReplaceAll(db.Word, ":", `\:`)+"\n"), 0o600))
	more := "cases: postgres://onboard@/postgres?sslmode=disable&host=" + db.Dir + "\n" + guidesConfig(b)
	var nodes [2]*benchServer
	for i := range nodes {
		nodes[i] = startServedIn(b, filepath.Join(b.TempDir(), "state"), more, "PGPASSFILE="+pass)
		defer nodes[i].stop(b)
	}
	c := b.customer(nodes[0])
	g := b.watches(b.guide(nodes[1], 0, c))
	var seen []time.Duration
	for range keys {
		_, late, err := c.steps(b.ctx, g)
		b.must(err)
		seen = append(seen, late)
		b.must(pause(b.ctx, 30*time.Millisecond))
	}
	p95 := windows(seen, 95)
	b.row(benchRow{"G6", "key on one node to the guide's frame on another, p95", fmt.Sprintf("%s (p50 %s)", ms(p95), ms(part(seen, 50))), "-", "120 ms", p95 > 120*time.Millisecond})
}
