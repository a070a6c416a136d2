package resolve

import (
	"bytes"
	"context"
	"net"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestNothingRunsOn: when a look ends, whatever it started has ended, however
// the servers behaved and whoever gave up.
func TestNothingRunsOn(t *testing.T) {
	t.Parallel()
	w := newRudeWorld(t, func(c net.PacketConn, to net.Addr, q []byte) {
		q[2] |= 0x86 // go on by TCP, where one byte comes
		_, _ = c.WriteTo(q, to)
	}, func(ctx context.Context, c net.Conn) {
		_, _ = c.Write([]byte{0})
		<-ctx.Done()
	})
	for name, wait := range map[string]time.Duration{"ended by itself": 5 * time.Second, "given up": 50 * time.Millisecond} {
		label := "look " + name
		pprof.Do(t.Context(), pprof.Labels("test", label), func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, wait)
			defer cancel()
			r, err := New(Options{Server: "tcp://" + w.resolver, Port: w.port, Timeout: 300 * time.Millisecond, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = r.Look(ctx, "_hetk.contoso.example", dns.TypeTXT) // how it went is no matter here
			if running(t, label) == "" {
				t.Error("this goroutine is not seen: the test looks in the wrong place")
			}
			if len(r.pipes) != 0 {
				t.Errorf("%s: connections are left", name)
			}
		})
		tick := time.NewTicker(10 * time.Millisecond)
		left := running(t, label)
		for range 3000 { // connections that are being closed end in their own time
			if left == "" {
				break
			}
			<-tick.C
			left = running(t, label)
		}
		tick.Stop()
		if left != "" {
			t.Errorf("%s: still running:\n%s", name, left)
		}
	}
}

// running lists the goroutines that carry a label.
func running(t *testing.T, label string) string {
	t.Helper()
	var all, found bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&all, 1); err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(all.String(), "\n\n") {
		if strings.Contains(block, label) {
			found.WriteString(block + "\n")
		}
	}
	return found.String()
}
