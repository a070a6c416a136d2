package cases

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// What is begun anew each time comes to an end, and says so in words for callers.
func TestBeginningAnewComesToAnEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		tries, from := 0, time.Now()
		err := s.submit(&job{ctx: t.Context(), do: func(*queries) (answer, fault error) {
			if tries++; tries > 1<<20 {
				return nil, errors.New("it never ends")
			}
			return nil, errAgain
		}})
		if took := time.Since(from); took > answerTime+time.Second {
			t.Errorf("it took %s", took)
		}
		if err = s.storing(t.Context(), "trying", err); !errors.Is(err, ErrAway) || errors.Is(err, errAgain) || tries < 2 {
			t.Errorf("after %d tries: %v", tries, err)
		}
	})
}

// What is appended is moved from the log into the database before the log's file is as
// long as it may stay, so that nothing cuts that while there is more to come.
func TestTheLogIsMovedAndNeverCut(t *testing.T) {
	t.Parallel()
	const limit, most = 16 << 20, 40 << 20 // as pragmas have it
	path := filepath.Join(t.TempDir(), "cases.db")
	c, _ := begun(t, open(t, path, Options{MaxCase: 1 << 40}))
	long := strings.Repeat("long ", 700)
	var n uint64
	var log, written int64
	for moved := int64(0); moved < limit; {
		var rs []flows.Record
		for i := range uint64(50) {
			rs = append(rs, note("w", n+i+1, long))
		}
		n = must(t, c, n, rs...)
		written += int64(len(rs) * len(long))
		was := log
		log, moved = sizeOf(t, path+"-wal"), sizeOf(t, path)
		if log < was || log > limit || written > most {
			t.Fatalf("of %d bytes there are %d in the log, which had %d, and %d moved", written, log, was, moved)
		}
	}
}

// sizeOf is how long a file is, in bytes.
func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
