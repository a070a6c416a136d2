//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// handshakes is row S4: log-ins a second, ours and those of sshd by turns.
func (b *servedBench) handshakes(v *benchServer) {
	if !b.wants("S4") {
		return
	}
	for _, kex := range []struct {
		name string
		bar  float64
	}{{gossh.KeyExchangeCurve25519, 10}, {gossh.KeyExchangeMLKEM768X25519, 7}} {
		theirs := kex.name
		note := ""
		if b.sshd != nil && kex.name == gossh.KeyExchangeMLKEM768X25519 && !b.sshd.mlkem {
			// What it does for mlkem768x25519 holds all of what it does for this.
			theirs, note = gossh.KeyExchangeCurve25519, ", which has only curve25519: at least"
		}
		var ours, beside float64
		for range 3 {
			ours += b.logIns(v.addr, v.config, kex.name)
			if b.sshd != nil {
				beside += b.logIns(b.sshd.addr, b.sshd.config, theirs)
			}
		}
		r := benchRow{
			id: "S4", what: "log-ins a second, " + kex.name, ours: fmt.Sprintf("%.0f", ours/3),
			beside: "not measured", bar: fmt.Sprintf("%g×", kex.bar), missed: true,
		}
		if beside > 0 {
			r.beside = fmt.Sprintf("%.0f%s %.1f×", beside/3, note, ours/beside)
			r.missed = ours/beside < kex.bar
			b.ReportMetric(ours/beside, "x-sshd/"+kex.name)
		}
		b.row(r)
	}
}

// logIns is how many log-ins a second a server carries out.
func (b *servedBench) logIns(addr string, config gossh.ClientConfig, kex string) float64 {
	const hands, lasts = 4, 3 * time.Second
	config.KeyExchanges = []string{kex}
	var done atomic.Int64
	var failed atomic.Pointer[error]
	began := time.Now()
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for time.Since(began) < lasts {
				if err := logIn(addr, config); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	return float64(done.Load()) / time.Since(began).Seconds()
}

// logIn logs in, and leaves.
func logIn(addr string, config gossh.ClientConfig) error {
	raw, err := (&net.Dialer{Timeout: benchWait}).Dial("tcp", addr) //nolint:noctx // it has its time
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	c, _, _, err := gossh.NewClientConn(raw, addr, &config)
	if err != nil {
		_ = raw.Close()
		return fmt.Errorf("log in: %w", err)
	}
	return c.Close()
}

// Of rows S1 to S3: how many sessions there are, how many of them type, and how long
// it is looked on.
const (
	crowdSessions, crowdTypists = 1000, 500
	crowdLooks, crowdTypes      = 20 * time.Second, 30 * time.Second
	crowdWindow                 = 5 * time.Second // of crowdTypes; the median of these counts
	crowdBeside                 = 10              // sessions at sshd
)

// crowd is rows S1, S2 and S3: a thousand sessions, of which every tenth is at a
// diagnosis and the others at the list of apps.
func (b *servedBench) crowd(v *benchServer) {
	first, err := v.visit(b.ctx) // what is there once is no session's
	b.must(err)
	b.must(pause(b.ctx, time.Second))
	before, pid := resident(v.cmd.Process.Pid), v.cmd.Process.Pid
	first.leave()
	all := b.gather(v, crowdSessions)
	b.must(pause(b.ctx, 5*time.Second))
	least := resident(pid)
	if b.wants("S1", "S2") {
		cpu, began := worked(pid), time.Now()
		for time.Since(began) < crowdLooks {
			b.must(pause(b.ctx, time.Second))
			least = min(least, resident(pid))
		}
		share := 100 * (worked(pid) - cpu).Seconds() / time.Since(began).Seconds()
		b.memory(v, (least-before)/crowdSessions)
		b.ReportMetric(share, "idle-%")
		b.row(benchRow{"S2", fmt.Sprintf("%d sessions at rest, of one core", crowdSessions), fmt.Sprintf("%.1f %%", share), "-", "8 %", share > 8})
	}
	if b.wants("S3") {
		b.keys(all)
	}
	for _, y := range all {
		y.leave()
	}
}

// gather opens sessions, a few at a time.
func (b *servedBench) gather(v *benchServer, many int) []*typist {
	all := make([]*typist, many)
	free := make(chan struct{}, 8)
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			y, err := v.visit(b.ctx)
			if err == nil && i%10 == 0 {
				err = y.diagnosed(b.ctx)
			}
			if all[i] = y; err != nil {
				failed.Store(&err)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	return all
}

// memory is row S1.
func (b *servedBench) memory(v *benchServer, share float64) {
	const most = 600 << 10
	heap, err := v.of(b.ctx, "heap_bytes")
	b.must(err)
	beside := "-"
	if b.sshd != nil {
		var theirs []*typist
		none := b.sshd.resident()
		for range crowdBeside {
			y, err := b.sshd.visit(b.ctx)
			b.must(err)
			theirs = append(theirs, y)
		}
		b.must(pause(b.ctx, time.Second))
		beside = fmt.Sprintf("%.0f KB", (b.sshd.resident()-none)/crowdBeside/1024)
		for _, y := range theirs {
			y.leave()
		}
	}
	b.ReportMetric(share/1024, "KB/session")
	b.row(benchRow{"S1", "memory of a session at rest, 80×24", fmt.Sprintf("%.0f KB (heap %.0f)", share/1024, heap/crowdSessions/1024), beside, "600 KB", share > most})
}

// keys is row S3: half of the crowd types a key a second.
func (b *servedBench) keys(all []*typist) {
	var mu sync.Mutex
	took := make([][]time.Duration, crowdTypes/crowdWindow)
	var failed atomic.Pointer[error]
	began := time.Now()
	var wg sync.WaitGroup
	typed := 0
	for i, y := range all {
		if i%10 == 0 || typed == crowdTypists { // those look at a diagnosis
			continue
		}
		typed++
		wg.Go(func() {
			if pause(b.ctx, time.Duration(rand.Int64N(int64(time.Second)))) != nil { //nolint:gosec // it only spreads them
				return
			}
			for n := 0; ; n++ {
				window := int(time.Since(began) / crowdWindow)
				if window >= len(took) {
					return
				}
				key := keyDown
				if n%2 == 1 {
					key = keyUp
				}
				d, err := y.key(b.ctx, key)
				if err != nil {
					failed.Store(&err)
					return
				}
				mu.Lock()
				took[window] = append(took[window], d)
				mu.Unlock()
				if pause(b.ctx, time.Second-d) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	beside := "-"
	if b.sshd != nil {
		theirs := b.alone()
		beside = ms(part(theirs, 50)) + " / " + ms(part(theirs, 99)) + ", one session"
	}
	var p50s, p99s []time.Duration
	for _, window := range took {
		p50s, p99s = append(p50s, part(window, 50)), append(p99s, part(window, 99))
	}
	p50, p99 := part(p50s, 50), part(p99s, 50)
	fmt.Printf("S3 p99 of each %s: %v\n", crowdWindow, p99s)
	b.ReportMetric(float64(p50.Microseconds())/1000, "ms/key-p50")
	b.ReportMetric(float64(p99.Microseconds())/1000, "ms/key-p99")
	b.row(benchRow{
		"S3", fmt.Sprintf("key to frame, p50 / p99, %d typing once a second", typed), ms(p50) + " / " + ms(p99), beside, "8 ms / 20 ms",
		p50 > 8*time.Millisecond || p99 > 20*time.Millisecond,
	})
}

// alone is what one session at sshd takes from key to frame.
func (b *servedBench) alone() (took []time.Duration) {
	y, err := b.sshd.visit(b.ctx)
	b.must(err)
	defer y.leave()
	for n := range 100 {
		key := keyDown
		if n%2 == 1 {
			key = keyUp
		}
		d, err := y.key(b.ctx, key)
		b.must(err)
		took = append(took, d)
		b.must(pause(b.ctx, 50*time.Millisecond))
	}
	return took
}
