package resolve

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// BenchmarkLook60ms is D1: 60 ms on each query; rtt/op is round trips. All that the
// checks look at is asked for: the record, where it would be doubled, the mail. A
// resolver that tells the servers' addresses with their names saves a round trip.
// Beside it stands what is the machine's and what is ours: the exchanges that followed
// on one another (in-turn/op, the most of any look; what has to is TestRoundTrips'), how
// long a bare exchange with the same servers took in the same run, with the delay's own
// lateness (ms/exchange), and what a look took beyond those (ms-more/op).
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
			w, seen := newWorld(b, false, record, `_hetk.mail.eu.contoso.example. 300 IN TXT "v=hetk1; policy=private"`), &spans{}
			w.set(func() {
				w.delay, w.gate = 60*time.Millisecond, seen.begin
				w.hook = func(_ string, m *dns.Msg) { seen.end(m) }
				w.tell = func(m *dns.Msg) {
					if c.glue && m.Question[0].Qtype == dns.TypeNS {
						m.Extra = append(m.Extra, rr(b, "ns1.contoso.example. A 127.0.0.2"), rr(b, "ns2.contoso.example. A 127.0.0.3"))
					}
					seen.end(m)
				}
			})
			var bare time.Duration
			turns := 0
			for b.Loop() {
				r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: 3 * time.Second})
				if err != nil {
					b.Fatal(err)
				}
				if got := r.LookDomain(b.Context(), rule, c.domain).Report(); got.State != checks.DNSOk || got.Security != checks.DNSSecure || got.Home != "contoso.example" {
					b.Fatalf("%+v", got)
				}
				b.StopTimer()
				turns = max(turns, seen.turns())
				start := time.Now()
				if _, err := r.exchange(b.Context(), r.servers[0], question{"_hetk.contoso.example.", dns.TypeTXT}, way{}); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(start)
				seen.turns()
				b.StartTimer()
			}
			each, one := b.Elapsed()/time.Duration(b.N), bare/time.Duration(b.N)
			b.ReportMetric(each.Seconds()/0.06, "rtt/op")
			b.ReportMetric(float64(turns), "in-turn/op")
			b.ReportMetric(one.Seconds()*1e3, "ms/exchange")
			b.ReportMetric((each-time.Duration(turns)*one).Seconds()*1e3, "ms-more/op")
		})
	}
}

// spans are when questions came in and their answers went out.
type spans struct {
	mu   sync.Mutex
	open map[spanOf]time.Time
	done [][2]time.Time
}

type spanOf struct {
	id uint16
	q  dns.Question
}

func (s *spans) begin(q *dns.Msg, _ bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[spanOf]time.Time{}
	}
	s.open[spanOf{q.Id, q.Question[0]}] = time.Now()
}

func (s *spans) end(m *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, [2]time.Time{s.open[spanOf{m.Id, m.Question[0]}], time.Now()})
}

// turns is how many exchanges at most followed on one another, none beginning before
// the one before it had ended; and forgets them.
func (s *spans) turns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.done, func(a, b [2]time.Time) int { return a[1].Compare(b[1]) })
	n, last := 0, time.Time{}
	for _, d := range s.done {
		if !d[0].Before(last) {
			n, last = n+1, d[1]
		}
	}
	s.done = nil
	clear(s.open)
	return n
}

// BenchmarkForty is D2: 40 questions at once on loopback. Beside it stands how many
// times as long it takes as 40 datagrams to the same server and back, on a socket for
// each: what the machine wants for itself.
func BenchmarkForty(b *testing.B) {
	r, err := New(Options{Server: echo(b)})
	if err != nil {
		b.Fatal(err)
	}
	forty := func(one func(i int) error) time.Duration {
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if err := one(i); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		return time.Since(start)
	}
	wire, err := query(question{"n0.contoso.example.", dns.TypeTXT}, false, true).Pack()
	if err != nil {
		b.Fatal(err)
	}
	var floor, ours time.Duration
	for b.Loop() {
		r.queries.Store(0)
		clear(r.read)
		ours += forty(func(i int) error {
			_, err := r.exchange(b.Context(), r.servers[0], question{fmt.Sprintf("n%d.contoso.example.", i), dns.TypeTXT}, way{})
			return err
		})
		b.StopTimer()
		floor += forty(func(int) error { return bareDatagram(b, r.servers[0].String(), wire) })
		b.StartTimer()
	}
	b.ReportMetric(float64(ours)/float64(floor), "x-bare")
}

func bareDatagram(b *testing.B, to string, wire []byte) error {
	b.Helper()
	conn, err := (&net.Dialer{}).DialContext(b.Context(), "udp", to)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write(wire); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 4096))
	return err
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
