//go:build unix

package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// childDir, when set, makes this test binary the process that is killed: it
// appends to a journal there for ever.
const childDir = "ONBOARD_TEST_JOURNAL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(appendForEver(dir))
	}
	os.Exit(m.Run())
}

// appendForEver prints the number of each record once it is stored.
func appendForEver(dir string) int {
	d, err := OpenDir(dir, time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	j, err := d.Create()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(j.ID())
	ctx := contextOfProcess()
	var n uint64
	for {
		batch := []flows.Record{note("w", n+1, strings.Repeat("x", int(n%977)*4)), note("w", n+2, "short")}
		if n%10 == 0 {
			batch[1].Event = flows.Applying{Plan: "p", Line: int(n)}
		}
		if n, err = j.Append(ctx, n, batch...); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(n)
	}
}

// Whatever was said to be stored survives SIGKILL at any moment.
func TestKilled(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{1, 2, 3, 7, 20, 61, 150, 400} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			child := exec.CommandContext(t.Context(), exe)
			child.Env = append(os.Environ(), childDir+"="+dir)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			lines.Scan()
			id := lines.Text()
			for range after {
				lines.Scan()
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			stored, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatalf("the process said %q", lines.Text())
			}
			for lines.Scan() { // what it said before it died
				if n, err := strconv.Atoi(lines.Text()); err == nil {
					stored = n
				}
			}
			if err := child.Wait(); err == nil {
				t.Fatal("the process was not killed")
			}
			j := open(t, dir, id) // the lock died with it
			rs, err := j.Since(t.Context(), 0)
			if err != nil || len(rs) < stored {
				t.Fatalf("%d records of %d that were stored, %v", len(rs), stored, err)
			}
			for i, r := range rs {
				if r.Seq != uint64(i)+1 || r.N != uint64(i)+1 {
					t.Fatalf("record %d has the numbers %d and %d", i+1, r.Seq, r.N)
				}
			}
			must(t, j, uint64(len(rs)), note("v", 1, "on"))
		})
	}
}

// contextOfProcess is for the process that is killed, which has no test.
func contextOfProcess() context.Context { return context.Background() }
