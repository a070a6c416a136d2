package resolve

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// BenchmarkLook60ms is D1: 60 ms on each query; the metric is round trips. All that
// the checks look at is asked for: the record, where it would be doubled, the mail. A
// resolver that tells the servers' addresses with their names saves a round trip. Beside
// it stands what a look costs in bare exchanges with the same servers, of which each
// takes its 60 ms and the machine's own time (how many follow on one another is
// TestRoundTrips').
func BenchmarkLook60ms(b *testing.B) {
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	for _, c := range []struct {
		name, domain string
		glue         bool
	}{
		{"names only", "contoso.example", false},
		{"addresses told", "contoso.example", true},
		{"below the zone, names only", "mail.eu.contoso.example", false},
		{"below the zone, addresses told", "mail.eu.contoso.example", true},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, false, record, `_hetk.mail.eu.contoso.example. 300 IN TXT "v=hetk1; policy=private"`)
			w.set(func() {
				w.delay = 60 * time.Millisecond
				w.tell = func(m *dns.Msg) {
					if c.glue && m.Question[0].Qtype == dns.TypeNS {
						m.Extra = append(m.Extra, rr(b, "ns1.contoso.example. A 127.0.0.2"), rr(b, "ns2.contoso.example. A 127.0.0.3"))
					}
				}
			})
			bare := bareExchange(b, w)
			for b.Loop() {
				r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: 3 * time.Second})
				if err != nil {
					b.Fatal(err)
				}
				if got := r.LookDomain(b.Context(), rule, c.domain).Report(); got.State != checks.DNSOk || got.Security != checks.DNSSecure || got.Home != "contoso.example" {
					b.Fatalf("%+v", got)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(each.Seconds()/0.06, "rtt/op")
			b.ReportMetric(float64(each)/float64(bare), "exchanges/op")
		})
	}
}

// bareExchange is how long one question to a server of w takes, on average.
func bareExchange(b *testing.B, w *world) time.Duration {
	b.Helper()
	const times = 8
	r, err := New(Options{Server: w.resolver, Timeout: 3 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for range times {
		if _, err := r.exchange(b.Context(), r.servers[0], question{"_hetk.contoso.example.", dns.TypeTXT}, way{}); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start) / times
}

// BenchmarkForty is D2: 40 questions at once on loopback.
func BenchmarkForty(b *testing.B) {
	r, err := New(Options{Server: echo(b)})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.queries.Store(0)
		clear(r.read)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := r.exchange(b.Context(), r.servers[0], question{fmt.Sprintf("n%d.contoso.example.", i), dns.TypeTXT}, way{}); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// echo is a server that answers everything with one record, to time the asking
// and not the answering.
func echo(b *testing.B) string {
	b.Helper()
	answer := rr(b, record)
	pc, err := (&net.ListenConfig{}).ListenPacket(b.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	run(b, &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(rw dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Answer = []dns.RR{answer}
		_ = rw.WriteMsg(m)
	})})
	return pc.LocalAddr().String()
}

// BenchmarkChain is D3: the CPU of checking a chain of five zones, root to
// b.a.contoso.example, and the answer.
func BenchmarkChain(b *testing.B) {
	w := newWorld(b, false)
	for _, name := range []string{"a.contoso.example.", "b.a.contoso.example."} {
		above := w.zones[len(w.zones)-1]
		z := newZone(b, name, `_hetk.`+name+` 300 IN TXT "v=hetk1; policy=private"`)
		above.rrs = append(above.rrs, z.key.ToDS(dns.SHA256), rr(b, name+" 300 IN NS ns1.contoso.example."))
		w.set(func() { w.zones = append(w.zones, z) })
	}
	r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
	if err != nil {
		b.Fatal(err)
	}
	a, err := r.Look(b.Context(), "_hetk.b.a.contoso.example", dns.TypeTXT)
	if err != nil || a.Security != Secure || a.Zone != "b.a.contoso.example." {
		b.Fatal(a, err)
	}
	a.Servers = a.Servers[:1]
	for b.Loop() {
		j := &judge{r: r}
		if s, why := j.validate(b.Context(), &a, dns.TypeTXT, j.descend(b.Context(), a.Zone)); s != Secure {
			b.Fatal(s, why)
		}
	}
}
