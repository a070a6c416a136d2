//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// The rows of the budget that are about the service. BenchmarkServed is a load
// generator: it runs the binary that ships as a server in a process of its own, with
// limits raised by its configuration, and OpenSSH's sshd beside it in the same run,
// and fails where a bar is missed. It ends by itself.

// How long it runs, and what.
var (
	benchS8   = flag.Duration("s8", 2*time.Minute, "how long row S8 lasts; the budget's is 30m")
	benchRows = flag.String("rows", "S1,S2,S3,S4,S5,S6,S7,S8", "which rows of the budget BenchmarkServed measures")
	benchSshd = flag.String("sshd", "", "OpenSSH's sshd, as an absolute path; left out: where systems have it")
)

// leastS8 is the shortest row S8 that tells anything.
const leastS8 = 30 * time.Second

// benchLimits are the limits of the server that is measured: one address is
// everybody, and there are more sessions than the defaults let in.
const benchLimits = `limits: {connections: 5000, handshakes: 1000, perSource: 5000, rate: 1000000, burst: 1000000, sessions: 2000, sessionRate: 1000000, sessionBurst: 1000000, casesPerSource: 1000000, commands: 64, commandsPerSource: 64}`

// benchRow is a row of the table.
type benchRow struct {
	id, what, ours, beside, bar string
	missed                      bool
}

// servedBench is one run of the benchmark.
type servedBench struct {
	*testing.B

	ctx  context.Context //nolint:containedctx // it is the benchmark's
	bin  string
	key  gossh.Signer // of every client
	sshd *benchDaemon // nil: there is none
	rows []benchRow

	asked []string // ids of the rows that were asked for
}

// row keeps a row, and the numbers of it.
func (b *servedBench) row(r benchRow) {
	b.rows = append(b.rows, r)
	fmt.Printf("%s %s: %s\n", r.id, r.what, r.ours)
}

// wants says whether a row was asked for.
func (b *servedBench) wants(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(b.asked, id) })
}

// must ends the benchmark where something could not be measured at all.
func (b *servedBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkServed is rows S1 to S8: `task bench:ssh`.
func BenchmarkServed(b *testing.B) {
	if testing.Short() {
		b.Skip("-short: a thousand sessions take minutes, and have a task of their own")
	}
	for id := range strings.SplitSeq(*benchRows, ",") {
		if len(id) != 2 || id < "S1" || id > "S8" {
			b.Fatalf("-rows: %q is no row; there are S1 to S8, with commas between them", id)
		}
	}
	if *benchS8 < leastS8 {
		b.Fatalf("-s8: what takes less than %s shows nothing", leastS8)
	}
	s := &servedBench{B: b, ctx: b.Context(), bin: buildBinary(b), asked: strings.Split(*benchRows, ",")}
	s.sshd = startSshd(s)
	fmt.Printf("\nthe server's %s\n", benchLimits)
	if s.wants("S6", "S5", "S4") {
		v := startServed(s)
		s.listMoves(v)
		s.firstFrames(v)
		s.handshakes(v)
		v.stop(s)
	}
	if s.wants("S1", "S2", "S3") {
		v := startServed(s)
		s.crowd(v)
		v.stop(s)
	}
	if s.wants("S7") {
		s.hostile()
	}
	if s.wants("S8") {
		v := startServed(s)
		s.churn(v)
		v.stop(s)
	}
	s.table()
}

// table prints what was measured, and fails where a bar was missed.
func (b *servedBench) table() {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "\nrow\twhat\tmeasured\tsshd beside it\tbar\t\n") // into memory
	for _, r := range b.rows {
		end := ""
		if r.missed {
			end = "MISSED"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.id, r.what, r.ours, r.beside, r.bar, end)
	}
	_ = w.Flush()
	fmt.Print(text.String()) // a benchmark's own log is cut after ten lines
	for _, r := range b.rows {
		if r.missed {
			b.Errorf("%s missed its bar: %s", r.id, r.what)
		}
	}
}

// hostileTests are the tests of room ssh that do what hostile clients do, and hold
// what becomes of it.
const hostileTests = "TestAttacks|TestNothingStays|TestSharedConnection|TestSessionsOfOneConnection|TestRequestsRefused|TestHugeWindows|" +
	"TestEnvironmentIsBounded|TestFloods|TestClientThatDoesNotRead|TestOneBreaksAlone|TestLookThatBreaks|TestUnusedConnection|TestKeys|TestBanOfTheDeaf"

// hostile is row S7, which tests hold and no number.
func (b *servedBench) hostile() {
	cmd := exec.CommandContext(b.ctx, "go", "test", "-count", "1", "-timeout", "10m", "-run", "^("+hostileTests+")$", module+"ssh")
	text, err := cmd.CombinedOutput()
	r := benchRow{"S7", fmt.Sprintf("hostile clients, %d tests of ./ssh", strings.Count(hostileTests, "|")+1), "pass", "-", "all pass", err != nil}
	if err != nil {
		r.ours = "fail"
		b.Logf("%v\n%s", err, text)
	}
	b.row(r)
}

// listMoves is row S6: what one step through a list costs the connection.
func (b *servedBench) listMoves(v *benchServer) {
	if !b.wants("S6") {
		return
	}
	const most = 300
	bytes := func(way way) float64 {
		y, err := way.visit(b.ctx)
		b.must(err)
		defer y.leave()
		moves := 0
		var sum int
		for key := range strings.FieldsSeq(strings.Repeat(keyDown+" "+keyDown+" "+keyDown+" "+keyUp+" "+keyUp+" "+keyUp+" ", 4)) {
			n, err := y.payload(b.ctx, key)
			b.must(err)
			moves, sum = moves+1, sum+n
		}
		return float64(sum) / float64(moves)
	}
	ours, beside := bytes(v), "-"
	if b.sshd != nil {
		beside = fmt.Sprintf("%.0f B", bytes(b.sshd))
	}
	b.ReportMetric(ours, "B/move")
	b.row(benchRow{"S6", "payload of a step through a list", fmt.Sprintf("%.0f B", ours), beside, fmt.Sprintf("%d B", most), ours > most})
}

// firstFrames is row S5: from the first byte of a connection to the first frame.
func (b *servedBench) firstFrames(v *benchServer) {
	if !b.wants("S5") {
		return
	}
	const most, times = 25 * time.Millisecond, 40
	var ours, beside []time.Duration
	once := func(way way) time.Duration {
		began := time.Now()
		y, err := way.visit(b.ctx)
		b.must(err)
		took := time.Since(began)
		y.leave()
		return took
	}
	for i := range times {
		ours = append(ours, once(v))
		if b.sshd != nil && i%4 == 0 {
			beside = append(beside, once(b.sshd))
		}
	}
	p50 := part(ours, 50)
	b.ReportMetric(float64(p50.Microseconds())/1000, "ms/first-frame")
	b.row(benchRow{"S5", "log-in to the first frame, p50", ms(p50), ms(part(beside, 50)), ms(most), p50 > most})
}

// part is a percentile; of nothing 0.
func part(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(len(all)*percent/100, len(all)-1)]
}

// ms writes a time as tables have it.
func ms(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
