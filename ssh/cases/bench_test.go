package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// found is a record such as a run has most of.
func found(w string, n uint64) flows.Record {
	return flows.Record{Writer: flows.WriterID(w), N: n, At: noon, By: flows.ByDriver, Event: flows.Found{Round: uint32(n), Finding: checks.Finding{
		Check: checks.AppGrant, Summary: "0 of 5 scopes granted tenant-wide", At: noon,
		Seen: []checks.Evidence{{Source: "graph", Request: "GET https://graph.microsoft.com/v1.0/servicePrincipals", At: noon, Value: "x"}},
	}}}
}

// Budget G1: one writer, each append on the disk before the next.
func BenchmarkAppend(b *testing.B) {
	for name, make := range stores {
		b.Run(name, func(b *testing.B) { oneAppends(b, make) })
	}
}

func oneAppends(b *testing.B, make maker) {
	b.Helper()
	c, _ := begun(b, make(b, Options{MaxCase: 1 << 40}))
	var took []time.Duration
	var n uint64
	for b.Loop() {
		from := time.Now()
		n = must(b, c, n, found("w", n+1))
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "max-µs")
}

// Budget G1: writers of a case each, side by side.
func BenchmarkAppendByMany(b *testing.B) {
	for name, make := range stores {
		for _, writers := range []int{32, 256} {
			b.Run(fmt.Sprint(name, "-", writers), func(b *testing.B) { manyAppend(b, make(b, Options{MaxCase: 1 << 40}), writers) })
		}
	}
}

func manyAppend(b *testing.B, s *Store, writers int) {
	b.Helper()
	cs := make([]*Case, writers)
	for i := range cs {
		cs[i], _ = begun(b, s)
	}
	left := make(chan struct{}, 1024)
	var wg sync.WaitGroup
	for i, c := range cs {
		wg.Go(func() {
			var n uint64
			for range left {
				last, err := c.Append(b.Context(), n, found(fmt.Sprint(i), n+1))
				if err != nil {
					b.Error(err)
					continue
				}
				n = last
			}
		})
	}
	for b.Loop() {
		left <- struct{}{}
	}
	close(left)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// The floor of budget G1 on this machine, to be read beside it: thirty-two rows
// of the same size in a transaction, into one table with one key and nothing else.
func BenchmarkFloor(b *testing.B) {
	s := fresh(b, Options{})
	raw(b, s, `CREATE TABLE floor (c BIGINT, seq BIGINT, r BLOB, PRIMARY KEY (c, seq))`)
	add, err := s.files.write.PrepareContext(b.Context(), `INSERT INTO floor VALUES (?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = add.Close() })
	record := make([]byte, 450)
	ctx := context.WithoutCancel(b.Context())
	seq := 0
	for b.Loop() {
		seq++
		tx, err := s.files.write.BeginTx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		for c := range 32 {
			if _, err := tx.StmtContext(ctx, add).ExecContext(ctx, c, seq, record); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// Budget G5: what is read of a case of ten thousand events when somebody joins late.
func BenchmarkReplay(b *testing.B) {
	c, _ := begun(b, fresh(b, Options{MaxCase: 1 << 40}))
	var n uint64
	for range 100 {
		var rs []flows.Record
		for i := range uint64(100) {
			rs = append(rs, found("w", n+i+1))
		}
		n = must(b, c, n, rs...)
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if rs, err := c.Since(b.Context(), 0); err != nil || len(rs) != 10_000 {
				b.Fatal(len(rs), err)
			}
		}
	})
	b.Run("read-and-fold", func(b *testing.B) {
		for b.Loop() {
			rs, err := c.Since(b.Context(), 0)
			if err != nil {
				b.Fatal(err)
			}
			flows.Fold(flows.State{}, rs...)
		}
	})
	b.Run("tail", func(b *testing.B) {
		for b.Loop() {
			if rs, err := c.Since(b.Context(), n-1); err != nil || len(rs) != 1 {
				b.Fatal(len(rs), err)
			}
		}
	})
}

// A customer comes back.
func BenchmarkResume(b *testing.B) {
	s := fresh(b, Options{})
	_, code := begun(b, s)
	for b.Loop() {
		if _, err := s.Resume(b.Context(), Try{Code: strings.ToLower(code), From: stranger}); err != nil {
			b.Fatal(err)
		}
	}
}

// A customer erases a case among many: what says whose the cases are, and holds their
// keys, is written anew, and everybody's appends wait for it in SQLite.
func BenchmarkErase(b *testing.B) {
	for _, many := range []int{100, 10_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			s := fresh(b, Options{})
			raw(b, s, fmt.Sprintf(`WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < %d)
				INSERT INTO doors SELECT abs(random()), hex(randomblob(4)), hex(randomblob(8)), hex(randomblob(24)), '', randomblob(32) FROM i`, many))
			raw(b, s, `INSERT INTO cases SELECT case_id, 1e13, 1e13, 0, 0 FROM doors`)
			for b.Loop() {
				b.StopTimer()
				c, code := begun(b, s)
				must(b, c, 0, found("w", 1))
				b.StartTimer()
				if _, err := s.Erase(b.Context(), Try{Code: code, From: stranger}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
