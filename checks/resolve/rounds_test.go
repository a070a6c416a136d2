package resolve

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// rounds holds every answer back until all that can be asked without it was asked:
// what the resolver is to tell of the names, what it is to tell of the name servers'
// addresses, and what the name servers are to tell are one round trip each.
type rounds struct {
	early bool // addresses come along with the name servers' names

	mu    sync.Mutex
	seen  [3]map[question]bool // by round
	want  [3]int               // questions of each; 0: it is being counted
	ready [3]chan struct{}
}

func newRounds(early bool) *rounds {
	r := &rounds{early: early}
	r.again()
	return r
}

// again begins anew: what was seen is what is waited for.
func (r *rounds) again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.seen {
		r.want[i], r.seen[i], r.ready[i] = len(r.seen[i]), map[question]bool{}, make(chan struct{})
	}
}

// heard is how many questions of a round were seen.
func (r *rounds) heard(round int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen[round])
}

// A question that waits for another longer than it may is not let off by its repeats: a
// server is given up after twice patience, and the look before that. One datagram that
// is lost, or two after each other, do not take as long.
const (
	patience = 20 * time.Second
	lookMost = 35 * time.Second
)

func (r *rounds) gate(q *dns.Msg, auth bool) {
	asked := question{dns.CanonicalName(q.Question[0].Name), q.Question[0].Qtype}
	if label, rest, ok := strings.Cut(asked.name, "."); ok && strings.HasPrefix(label, "onboard-") { // a name that nobody made
		asked.name = "*." + rest
	}
	round := 0
	switch of := strings.HasPrefix(asked.name, "ns") && (asked.kind == dns.TypeA || asked.kind == dns.TypeAAAA); {
	case r.early && (of || auth):
		round = 1
	case auth:
		round = 2
	case of:
		round = 1
	}
	r.mu.Lock()
	seen := r.seen[round]
	if auth {
		asked.name = "@" + asked.name
	}
	if fresh := !seen[asked]; fresh {
		seen[asked] = true
		if len(seen) == r.want[round] {
			close(r.ready[round])
		}
	}
	ready, counting := r.ready[round], r.want[round] == 0
	r.mu.Unlock()
	if !counting {
		<-ready
	}
}

// TestRoundTrips is D1 without a clock: all that the checks of the DNS look at takes
// three round trips, and two where the resolver in use tells the name servers'
// addresses with their names, however deep the name is.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	for name, c := range map[string]struct {
		domain string
		early  bool
		trips  int
		first  int // questions of the first
	}{
		"names only":                     {"contoso.example", false, 3, 16},
		"addresses told":                 {"contoso.example", true, 2, 16},
		"below the zone, names only":     {"mail.eu.contoso.example", false, 3, 24},
		"below the zone, addresses told": {"mail.eu.contoso.example", true, 2, 24},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record, `_hetk.mail.eu.contoso.example. 300 IN TXT "v=hetk1; policy=private"`)
			r := newRounds(c.early)
			w.set(func() {
				w.gate = r.gate
				w.tell = func(m *dns.Msg) {
					if c.early && m.Question[0].Qtype == dns.TypeNS {
						m.Extra = append(m.Extra, rr(t, "ns1.contoso.example. A 127.0.0.2"), rr(t, "ns2.contoso.example. A 127.0.0.3"))
					}
				}
			})
			look := func() {
				one, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: patience, Deadline: lookMost})
				if err != nil {
					t.Fatal(err)
				}
				if got := one.LookDomain(t.Context(), rule, c.domain).Report(); got.State != checks.DNSOk || got.Security != checks.DNSSecure || len(got.Have) != 2 {
					t.Errorf("%+v", got)
				}
			}
			for tries := 0; tries < 20 && (tries == 0 || r.heard(0) < c.first); tries++ {
				look() // to count; what a look ends without may be heard after it, or not at all
			}
			r.again()
			trips := 0
			for _, n := range r.want {
				trips += min(n, 1)
			}
			if trips != c.trips || r.want[0] != c.first {
				t.Errorf("%d round trips: %d questions", trips, r.want)
			}
			look()
		})
	}
}

// TestNothingWaitsForWhatIsSlow: a kind of address that is slow to be told does not
// keep the servers at the other from being asked, and a name above that is slow to be
// told does not keep the addresses of the zone's servers from being asked for. Each is
// held back until the other was asked.
func TestNothingWaitsForWhatIsSlow(t *testing.T) {
	t.Parallel()
	four := question{"ns1.contoso.example.", dns.TypeA}
	for name, held := range map[string]struct {
		is    func(q question) bool
		until func(q question, auth bool) bool
	}{
		"addresses of one kind": {
			func(q question) bool { return q.kind == dns.TypeAAAA },
			func(_ question, auth bool) bool { return auth },
		},
		"a name of no zone": {
			func(q question) bool { return q == question{"_hetk.contoso.example.", dns.TypeNS} },
			func(q question, _ bool) bool { return q == four },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record)
			open, once := make(chan struct{}), sync.Once{}
			w.set(func() {
				w.gate = func(m *dns.Msg, auth bool) {
					q := question{dns.CanonicalName(m.Question[0].Name), m.Question[0].Qtype}
					if held.until(q, auth) {
						once.Do(func() { close(open) })
					}
					if !auth && held.is(q) {
						select {
						case <-open:
						case <-t.Context().Done():
						}
					}
				}
			})
			a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout, o.Deadline = patience, lookMost })
			if err != nil || a.Security != Secure || len(a.Servers) != 2 || !a.Agree {
				t.Errorf("%v: %+v", err, a)
			}
		})
	}
}
