package graph

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

// roundTripTime is injected on every round trip (budgets W3).
const roundTripTime = 60 * time.Millisecond

// delayed puts a slow line in front of an address, and gives the address to
// dial instead. Each direction takes half a round trip; bytes that are under
// way together stay together, as on a real line. A connection costs one round
// trip more before anything passes, as TCP's handshake does.
func delayed(tb testing.TB, target string) string {
	tb.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	var wg sync.WaitGroup
	tb.Cleanup(func() {
		cancel()
		_ = l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { carry(ctx, near, target) })
		}
	})
	return l.Addr().String()
}

// carry is one connection over the line.
func carry(ctx context.Context, near net.Conn, target string) {
	defer func() { _ = near.Close() }()
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	defer context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })()
	open := time.Now().Add(roundTripTime)
	var wg sync.WaitGroup
	wg.Go(func() { pump(far, near, open) })
	wg.Go(func() { pump(near, far, open) })
	wg.Wait()
}

// parcel is what was read at once, and when it arrives.
type parcel struct {
	due   time.Time
	bytes []byte
}

// pump carries one direction; it ends both ends of it when one ends.
func pump(to, from net.Conn, open time.Time) {
	line := make(chan parcel, 4096)
	var wg sync.WaitGroup
	wg.Go(func() {
		for p := range line {
			wait := time.NewTimer(time.Until(p.due))
			<-wait.C
			if _, err := to.Write(p.bytes); err != nil {
				_ = from.Close()
			}
		}
		_ = to.Close()
	})
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		if n > 0 {
			sent := time.Now()
			if sent.Before(open) {
				sent = open
			}
			line <- parcel{due: sent.Add(roundTripTime / 2), bytes: buf[:n]}
		}
		if err != nil {
			close(line)
			break
		}
	}
	wg.Wait()
}

// TestDelayedLine holds the line to what the benchmarks rely on.
func TestDelayedLine(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	echo, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = echo.Close() }()
	go func() {
		c, err := echo.Accept()
		if err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	began := time.Now()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", delayed(t, echo.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for i, trips := range []time.Duration{2, 3} { // the first pays for the connection
		if _, err := c.Write([]byte("12345")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < trips*roundTripTime {
			t.Errorf("message %d came after %v, want %v", i, took, trips*roundTripTime)
		}
	}
}

// farAway is a simulated tenant behind the slow line.
func farAway(b *testing.B) Options {
	b.Helper()
	w := simulate(b, "approved")
	o := w.options(b, admin)
	o.Now, o.Sleep = nil, nil
	o.Root = "https://" + delayed(b, w.Ready().HTTPS)
	return o
}

func snapshot(b *testing.B, r *Reader) {
	b.Helper()
	s := read(b, r, hetk(), r.Serves()...)
	if !s.App.Read || !s.Grants.Read || !s.Policies.Read || !s.Requests.Read {
		b.Fatalf("app %v, grants %v, policies %v, requests %v", s.App.Failure, s.Grants.Failure, s.Policies.Failure, s.Requests.Failure)
	}
}

func reportTrips(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(roundTripTime), "rtt")
}

// BenchmarkSnapshotWarm reads all parts on a connection that is open.
func BenchmarkSnapshotWarm(b *testing.B) {
	r, err := New(farAway(b))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := r.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		snapshot(b, r)
	}
	reportTrips(b)
}

// BenchmarkSnapshotCold reads all parts with TCP and TLS to be set up first.
func BenchmarkSnapshotCold(b *testing.B) {
	o := farAway(b)
	for b.Loop() {
		r, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		snapshot(b, r)
		r.Close()
	}
	reportTrips(b)
}

// BenchmarkSnapshotCPU reads all parts without a line between: what is left is
// our own work and the simulator's.
func BenchmarkSnapshotCPU(b *testing.B) {
	w := simulate(b, "approved")
	r := w.reader(b, admin)
	b.ReportAllocs()
	for b.Loop() {
		snapshot(b, r)
	}
}

// BenchmarkPoll reads the two parts that a step watches.
func BenchmarkPoll(b *testing.B) {
	r, err := New(farAway(b))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		read(b, r, hetk(), checks.PartApp, checks.PartGrants)
	}
	reportTrips(b)
}

// BenchmarkBigResource reads an API that publishes as many scopes as Microsoft
// Graph does, each with four descriptions: the one large answer of a snapshot.
func BenchmarkBigResource(b *testing.B) {
	var scopes []string
	for i := range 700 {
		scopes = append(scopes, fmt.Sprintf(`{"id":"1ec239c2-d7c9-4623-a91a-%012d","value":"Scope%d.ReadWrite","type":"User","isEnabled":true,"adminConsentDisplayName":%q,"adminConsentDescription":%q,"userConsentDisplayName":%[3]q,"userConsentDescription":%[4]q}`,
			i, i, strings.Repeat("name ", 8), strings.Repeat("description ", 20)))
	}
	body := `{"id":"` + resourceSP + `","appId":"` + checks.MicrosoftGraph + `","oauth2PermissionScopes":[` + strings.Join(scopes, ",") + `]}`
	s := serve(b, map[string]http.HandlerFunc{resPrefix: answerJSON(body)})
	r := s.reader(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if l := read(b, r, hetk(), checks.PartResources).Resources; !l.Read || len(l.Value[0].Scopes) != 700 {
			b.Fatalf("%+v", l.Failure)
		}
	}
}
