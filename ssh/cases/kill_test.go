//go:build unix

package cases

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onboard.example/flows"
)

// childPath, when set, makes this test binary the process that is killed: it
// appends to cases there for ever.
const childPath = "ONBOARD_TEST_CASES_PATH"

// childErases has it erase cases instead.
const childErases = "ONBOARD_TEST_CASES_ERASE"

func TestMain(m *testing.M) {
	path := os.Getenv(childPath)
	switch {
	case path == "":
		code := m.Run()
		endShared()
		os.Exit(code)
	case os.Getenv(childErases) != "":
		os.Exit(eraseForEver(path))
	default:
		os.Exit(appendForEver(path))
	}
}

// eraseForEver makes cases and erases every other one, and prints the number of
// each that was said to be erased.
func eraseForEver(path string) int {
	ctx := context.Background() // of a process that has no test
	s, err := Open(ctx, path, Options{})
	for n := 0; err == nil; n++ {
		var c *Case
		var code Code
		if c, code, err = s.New(ctx); err != nil {
			break
		}
		if _, err = c.Append(ctx, 0, note("w", 1, strings.Repeat("x", 3000))); err == nil && n%2 == 0 {
			if _, err = s.Erase(ctx, Try{Code: code.Reveal()}); err == nil {
				fmt.Println(c.Number())
			}
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// Of what was said to be erased nothing is left by a kill in the middle of the
// next erasure, and what was not yet said is wiped when the store is opened.
func TestKilledWhileErasing(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{1, 4, 15, 40} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "cases.db")
			var erased []string
			runKilled(t, exe, path, after, []string{childErases + "=yes"}, func(line string) { erased = append(erased, line) })
			s := open(t, path, Options{})
			for _, n := range erased {
				if left := traces(t, path, n); left != nil {
					t.Errorf("case %s is left in %v", n, left)
				}
			}
			if left := column(t, s.files.read, `SELECT name FROM facts WHERE name = 'unwiped'`); len(left) != 0 {
				t.Error("something is not wiped")
			}
			if n, err := s.Count(t.Context()); err != nil || n < len(erased)-1 || n > len(erased)+1 {
				t.Errorf("%d cases stand beside %d that were erased, %v", n, len(erased), err)
			}
		})
	}
}

// crowds is how many writers each of as many cases has.
const (
	crowds  = 8
	perCase = 2
)

// appendForEver has writers append to cases, two to each, and prints what was
// said to be stored: the code of a case, or a case's code and a place in it.
func appendForEver(path string) int {
	ctx := context.Background() // of a process that has no test
	s, err := Open(ctx, path, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	var wg sync.WaitGroup
	for range crowds {
		c, code, err := s.New(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		say("case %s", code.Reveal())
		for w := range perCase {
			wg.Go(func() {
				appendTo(ctx, c, fmt.Sprint("w", w), func(n, last uint64) { say("%s w%d %d %d", code.Reveal(), w, n, last) })
			})
		}
	}
	wg.Wait()
	return 1 // somebody stopped
}

// appendTo appends a writer's records, each time one more until ten, and says of
// each batch the writer's number and the place of its last record.
func appendTo(ctx context.Context, c *Case, w string, say func(n, last uint64)) {
	var after uint64
	for n, size := uint64(0), uint64(1); ; size = size%10 + 1 {
		var batch []flows.Record
		for i := range size {
			batch = append(batch, note(w, n+i+1, strings.Repeat("x", int((n+i)%977)*4)))
		}
		for {
			last, err := c.Append(ctx, after, batch...)
			if err == nil {
				after, n = last, n+size
				say(n, last)
				break
			}
			rs, err := c.Since(ctx, after)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return
			}
			after += uint64(len(rs))
		}
	}
}

// Whatever was said to be stored survives SIGKILL at any moment, nothing twice
// and nothing forked.
func TestKilled(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{1, 3, 9, 30, 100, 300, 1000} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "cases.db")
			said := killedAfter(t, exe, path, after)
			s := open(t, path, Options{}) // the lock died with it
			for code, stored := range said {
				c, err := s.Resume(t.Context(), Try{Code: code, From: stranger})
				if err != nil {
					t.Fatal(err)
				}
				checkStored(t, c, stored)
			}
			var sound string
			if err := s.files.read.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
				t.Errorf("the database is %q, %v", sound, err)
			}
		})
	}
}

// stored is where the records of each writer's number were said to be.
type stored map[string]map[uint64]uint64

// killedAfter runs the process, kills it after a number of lines, and gives what
// it said of each code.
func killedAfter(t *testing.T, exe, path string, after int) map[string]stored {
	t.Helper()
	said := map[string]stored{}
	runKilled(t, exe, path, after, nil, func(line string) {
		var code, w string
		var num, last uint64
		if _, err := fmt.Sscanf(line, "case %s", &code); err == nil {
			said[code] = stored{}
		} else if _, err := fmt.Sscanf(line, "%s %s %d %d", &code, &w, &num, &last); err == nil {
			if said[code][w] == nil {
				said[code][w] = map[uint64]uint64{}
			}
			said[code][w][num] = last
		} else {
			t.Fatalf("the process said %q", line)
		}
	})
	return said
}

// runKilled runs the process, hands on every line that it says, and kills it
// after a number of them.
func runKilled(t *testing.T, exe, path string, after int, env []string, hear func(line string)) {
	t.Helper()
	child := exec.CommandContext(t.Context(), exe)
	child.Env = append(append(os.Environ(), childPath+"="+path), env...)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 1; lines.Scan(); n++ {
		hear(lines.Text())
		if n == after {
			if err := opens(t, path); !errors.Is(err, ErrBusy) {
				t.Errorf("beside it: %v", err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("the process was not killed: %v", err)
	}
}

// checkStored holds what a case has against what was said to be stored.
func checkStored(t *testing.T, c *Case, said stored) {
	t.Helper()
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	next := map[flows.WriterID]uint64{}
	at := stored{}
	for i, r := range rs {
		next[r.Writer]++
		if r.Seq != uint64(i)+1 || r.N != next[r.Writer] {
			t.Fatalf("record %d is %d of %s in place %d", i+1, r.N, r.Writer, r.Seq)
		}
		if at[string(r.Writer)] == nil {
			at[string(r.Writer)] = map[uint64]uint64{}
		}
		at[string(r.Writer)][r.N] = r.Seq
	}
	for w, places := range said {
		for n, seq := range places {
			if at[w][n] != seq {
				t.Errorf("record %d of %s was said to be stored at %d and is at %d", n, w, seq, at[w][n])
			}
		}
	}
	must(t, c, uint64(len(rs)), note("v", 1, "on"))
}
