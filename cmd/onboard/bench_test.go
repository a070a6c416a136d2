package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"onboard.example/checks/sim"
)

// The rows of the budget that are about the whole program. Each benchmark runs
// the stripped binary as a process of its own; absolute times on a shared
// machine are worth little, ratios between runs of one session more.

// shipped is how the binary is built that is given away (`task build`, .ci/run;
// TestBuiltAlike).
func shipped() []string { return []string{"-trimpath", "-ldflags", "-s -w"} }

// buildBinary builds the binary as it ships and gives its path.
func buildBinary(b *testing.B) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "onboard")
	cmd := exec.CommandContext(b.Context(), "go", slices.Concat([]string{"build"}, shipped(), []string{"-o", out, "."})...)
	if len(npmEnv(b)) > 0 { // as `task build` does, with the wizard in the browser
		cmd.Env = append(os.Environ(), "GOFLAGS=-tags=xterm")
	} else {
		b.Log("WITHOUT THE WIZARD IN THE BROWSER: type `npm ci --prefix ssh/web/assets`")
	}
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, text)
	}
	return out
}

// quiet is an environment without what the person running the benchmark has.
func quiet(b *testing.B) []string {
	home := b.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"),
		"TERM=xterm-256color", "LANG=C.UTF-8",
	}
}

// BenchmarkFirstFrame is row W1: from exec to the first visible frame in a
// pseudo terminal.
func BenchmarkFirstFrame(b *testing.B) {
	bin := buildBinary(b)
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), bin)
		cmd.Env = quiet(b)
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		if err := readUntil(tty, "Hetk Calendar Sync"); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		stop(b, cmd, tty)
		b.StartTimer()
	}
}

// readUntil reads a terminal until a text has come.
func readUntil(r io.Reader, want string) error {
	var seen bytes.Buffer
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		seen.Write(buf[:n])
		if bytes.Contains(seen.Bytes(), []byte(want)) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w before %q came:\n%q", err, want, seen.String())
		}
	}
}

// stop ends a program on a terminal as a person would, by Ctrl-C.
func stop(b *testing.B, cmd *exec.Cmd, tty *os.File) {
	b.Helper()
	if _, err := tty.Write([]byte{3}); err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, tty) // ends with the program
	_ = cmd.Wait()                  // exit 130
	_ = tty.Close()
}

// BenchmarkVersion is row W2 for `version`: wall time and the largest resident
// size.
func BenchmarkVersion(b *testing.B) { runs(b, "version") }

// BenchmarkWhy is row W2 for `why` on a short text.
func BenchmarkWhy(b *testing.B) { runs(b, "why", "AADSTS90094: needs admin approval") }

func runs(b *testing.B, args ...string) {
	b.Helper()
	bin := buildBinary(b)
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), bin, args...)
		cmd.Env = quiet(b)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(highest(b, bin, args...), "MB-RSS")
}

// highest is the largest resident size of a run, in MB, as the kernel says it
// while the run is under way: what it says of an ended child begins with the
// size of the process that started it. The run is held at its end by an output
// that is full.
func highest(b *testing.B, bin string, args ...string) (most float64) {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := w.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		b.Fatal(err)
	}
	for err == nil { // until it is full
		_, err = w.Write(make([]byte, 1<<10))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), bin, args...)
	cmd.Env, cmd.Stdout = quiet(b), w
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	_ = w.Close()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for still := 0; still < 200; still++ { // it writes last, and then waits
		if now := sizeMB(b, cmd.Process.Pid, "VmHWM:"); now > most {
			most, still = now, 0
		}
		<-again.C
	}
	_, _ = io.Copy(io.Discard, r)
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return most
}

// BenchmarkBinary is row W5: the size of the binary as it ships.
func BenchmarkBinary(b *testing.B) {
	for b.Loop() {
		info, err := os.Stat(buildBinary(b))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkColdBuild is row W6: the build with an empty build cache. It takes
// minutes: run it with -benchtime 1x.
func BenchmarkColdBuild(b *testing.B) {
	if testing.Short() {
		b.Skip("-short: a cold build takes minutes")
	}
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), "go", "build", "-o", filepath.Join(b.TempDir(), "onboard"), ".")
		cmd.Env = append(os.Environ(), "GOCACHE="+b.TempDir())
		if text, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("build: %v\n%s", err, text)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/build")
}

// BenchmarkDiagnosed is row W7: the resident size of the running wizard after
// a full diagnosis.
func BenchmarkDiagnosed(b *testing.B) {
	bin := buildBinary(b)
	s, err := sim.Start(b.Context(), sim.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r := s.Ready()
	args := append([]string{
		"--app", "hetk", "--domain", r.Tenants[0].Domain,
		"--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", "admin@contoso.example"),
	}, against(r)...)
	var most float64
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, bin, args...)
		cmd.Env = quiet(b)
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
		if err != nil {
			b.Fatal(err)
		}
		if err := walkToDiagnosis(tty); err != nil {
			b.Fatal(err)
		}
		most = max(most, sizeMB(b, cmd.Process.Pid, "VmRSS:"))
		b.StopTimer()
		stop(b, cmd, tty)
		cancel()
		b.StartTimer()
	}
	b.ReportMetric(most, "MB-RSS")
}

// walkToDiagnosis presses Enter, which goes on and takes the one way to sign in
// that there is, until the last finding has landed. A screen that has just
// opened by itself takes no keys, so it presses again.
func walkToDiagnosis(tty *os.File) error {
	done := make(chan error, 1)
	go func() { done <- readUntil(tty, "managed consent policy") }()
	again := time.NewTicker(400 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-again.C:
			if _, err := tty.WriteString("\r"); err != nil {
				return fmt.Errorf("press enter: %w", err)
			}
		}
	}
}

// sizeMB is a size of a process as the kernel says it.
func sizeMB(b *testing.B, pid int, which string) float64 {
	b.Helper()
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Skipf("the resident size is read from /proc, which is not here: %v", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), which); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	b.Fatalf("no %s in /proc", which)
	return 0
}
