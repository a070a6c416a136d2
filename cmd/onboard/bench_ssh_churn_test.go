//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// churnVisitors is how many sessions there are in row S8.
const churnVisitors = 200

// sample is what a server takes at a moment.
type sample struct{ resident, heap, goroutines, files, sessions, served float64 }

// plus adds to a sum.
func (s sample) plus(o sample) sample {
	return sample{s.resident + o.resident, s.heap + o.heap, s.goroutines + o.goroutines, s.files + o.files, s.sessions + o.sessions, o.served}
}

// mean is the mean of samples; served is the last.
func mean(all []sample) sample {
	var sum sample
	for _, s := range all {
		sum = sum.plus(s)
	}
	n := float64(max(len(all), 1))
	return sample{sum.resident / n, sum.heap / n, sum.goroutines / n, sum.files / n, sum.sessions / n, sum.served}
}

// middle has the median of each number of samples.
func middle(all []sample) sample {
	of := func(number func(sample) float64) float64 {
		var numbers []float64
		for _, s := range all {
			numbers = append(numbers, number(s))
		}
		slices.Sort(numbers)
		if len(numbers) == 0 {
			return 0
		}
		return numbers[len(numbers)/2]
	}
	return sample{
		resident: of(func(s sample) float64 { return s.resident }), goroutines: of(func(s sample) float64 { return s.goroutines }),
		files: of(func(s sample) float64 { return s.files }),
	}
}

// String is a line of the series.
func (s sample) String() string {
	return fmt.Sprintf("%4.0f MB resident, %4.0f MB heap, %5.0f goroutines, %4.0f files, %3.0f sessions, %6.0f served so far", s.resident/(1<<20), s.heap/(1<<20), s.goroutines, s.files, s.sessions, s.served)
}

// churn is row S8: visitors come, walk, and leave in every way, for as long as was
// asked; what the server takes is the same at the end as after the first fifth.
func (b *servedBench) churn(v *benchServer) {
	ctx, cancel := context.WithTimeout(b.ctx, *benchS8)
	defer cancel()
	var visits, failed atomic.Int64
	var last atomic.Pointer[error]
	var wg sync.WaitGroup
	for range churnVisitors {
		wg.Go(func() {
			c := churner{v: v, r: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))} //nolint:gosec // it only spreads them
			for ctx.Err() == nil {
				if err := c.visits(ctx); err != nil && ctx.Err() == nil {
					failed.Add(1)
					last.Store(&err)
				}
				visits.Add(1)
			}
		})
	}
	all := b.watched(ctx, v)
	wg.Wait()
	if n := failed.Load(); n > visits.Load()/100 {
		b.Errorf("%d of %d visits failed, the last by: %v", n, visits.Load(), *last.Load())
	}
	b.flat(all, visits.Load(), failed.Load())
}

// watched samples the server until ctx ends, and tells of each thirtieth of the time.
func (b *servedBench) watched(ctx context.Context, v *benchServer) (all []sample) {
	began, told := time.Now(), 0
	every := max(*benchS8/30, 4*time.Second)
	for tick := 1; pause(ctx, time.Second) == nil; tick++ {
		var s sample
		for name, to := range map[string]*float64{"heap_bytes": &s.heap, "goroutines": &s.goroutines, "sessions": &s.sessions, "sessions_served_total": &s.served} {
			n, err := v.of(b.ctx, name)
			b.must(err)
			*to = n
		}
		s.resident, s.files = resident(v.cmd.Process.Pid), opened(v.cmd.Process.Pid)
		all = append(all, s)
		if now := int(time.Since(began) / every); now > told {
			from := len(all) * told / now
			told = now
			fmt.Printf("S8 %8s: %s\n", time.Since(began).Round(time.Second), mean(all[from:]))
		}
	}
	return all
}

// flat compares the fifth after the warm-up with the last: the medians of the samples,
// for what else runs on the machine holds up the collector now and then.
func (b *servedBench) flat(all []sample, visits, failed int64) {
	fifth := len(all) / 5
	from, to := middle(all[fifth:2*fifth]), middle(all[len(all)-fifth:])
	grown := func(a, b float64) float64 { return 100 * (b/max(a, 1) - 1) }
	r, g, f := grown(from.resident, to.resident), grown(from.goroutines, to.goroutines), grown(from.files, to.files)
	b.row(benchRow{
		"S8", fmt.Sprintf("%s, %d sessions, %d visits (%d failed): memory, goroutines, files", *benchS8, churnVisitors, visits, failed),
		fmt.Sprintf("%+.1f %%, %+.1f %%, %+.1f %%", r, g, f), "-", "±5 %", max(r, -r, g, -g, f, -f) > 5,
	})
}

// churner is a visitor who comes again and again.
type churner struct {
	v    *benchServer
	r    *rand.Rand
	code string // of the case that they left last
}

// churnCode finds a resume code on what a terminal was sent.
var churnCode = regexp.MustCompile(`([0-9A-Z]{4}(?:-[0-9A-Z]{4}){6})@`)

// visits is one visit, of one kind or another.
func (c *churner) visits(ctx context.Context) error {
	switch c.r.IntN(20) {
	case 0:
		return c.runs(ctx, "status "+c.code, "apps", "version --json", "rm -rf /")
	case 1:
		return c.looksIn(ctx)
	}
	return c.walks(ctx)
}

// runs runs a command.
func (c *churner) runs(ctx context.Context, commands ...string) error {
	conn, err := c.v.dial("anybody")
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	defer func() { _ = conn.Close() }()
	s, err := conn.NewSession()
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	var exit *gossh.ExitError
	if _, err := s.Output(commands[c.r.IntN(len(commands))]); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("run a command: %w", err)
	}
	return pause(ctx, time.Duration(c.r.IntN(5))*time.Second)
}

// looksIn connects, waits, and goes without a word.
func (c *churner) looksIn(ctx context.Context) error {
	conn, err := c.v.dial("anybody")
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return pause(ctx, time.Duration(c.r.IntN(10))*time.Second)
}

// walks walks some way through the wizard, at a person's pace, and leaves, or is
// cut off.
func (c *churner) walks(ctx context.Context) error {
	user, first := "anybody", "Which app"
	if c.code != "" && c.r.IntN(3) == 0 {
		user, first = c.code, "Hetk Calendar Sync" // which was chosen before anything was kept
	}
	conn, err := c.v.dial(user)
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	y, err := typing(ctx, conn, first)
	if err != nil {
		return err
	}
	defer y.leave()
	if user == "anybody" {
		for _, step := range diagnosisKeys()[:c.r.IntN(4)] {
			if err := c.thinks(ctx); err != nil {
				return err
			}
			if err := y.goes(ctx, step[0], step[1]); err != nil {
				return err
			}
		}
	}
	for range c.r.IntN(6) {
		if err := c.thinks(ctx); err != nil {
			return err
		}
		if c.r.IntN(6) == 0 {
			if err := y.s.WindowChange(24+c.r.IntN(20), 80+c.r.IntN(60)); err != nil {
				return fmt.Errorf("change the window: %w", err)
			}
			continue
		}
		if _, err := y.in.Write([]byte([]string{keyDown, keyUp, "?", "\x1b", "r", "p", strings.Repeat("x", 200)}[c.r.IntN(7)])); err != nil {
			return fmt.Errorf("type: %w", err)
		}
	}
	if err := c.thinks(ctx); err != nil || c.r.IntN(3) == 0 { // the line breaks
		return err
	}
	if _, err := y.in.Write([]byte{3}); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	select {
	case <-y.over:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if m := churnCode.FindStringSubmatch(string(y.tail)); m != nil {
		c.code = m[1]
	}
	return nil
}

// thinks lets a person's time pass.
func (c *churner) thinks(ctx context.Context) error {
	return pause(ctx, time.Second+time.Duration(c.r.Int64N(int64(4*time.Second))))
}

// diagnosisKeys lead from the list of apps to a diagnosis.
func diagnosisKeys() [][2]string {
	return [][2]string{{"2\r", "Which tenant"}, {"contoso.example\r", "goes on."}, {"\r", "the ways out"}}
}

// diagnosed walks to a diagnosis.
func (y *typist) diagnosed(ctx context.Context) error {
	for _, step := range diagnosisKeys() {
		if err := y.goes(ctx, step[0], step[1]); err != nil {
			return err
		}
	}
	return nil
}
