package resolve

import (
	"context"
	"crypto"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// testZone is one signed zone, served on 127.0.0.2 and 127.0.0.3.
type testZone struct {
	name string
	rrs  []dns.RR
	key  *dns.DNSKEY
	priv crypto.Signer
	bad  bool // signatures of another key
	memo *sync.Map
}

type world struct {
	zones    []*testZone // root first
	port     uint16
	resolver string
	delay    time.Duration
	hook     func(addr string, m *dns.Msg)    // spoils authoritative answers
	tell     func(m *dns.Msg)                 // spoils the resolver's answers
	rude     func(q, m *dns.Msg) bool         // what an authoritative server does before it thinks; true: no answer
	gate     func(q *dns.Msg, auth bool)      // what an answer waits for
	drops    func(q *dns.Msg, auth bool) bool // a question that is lost on the way
	mu       sync.Mutex
}

func rr(t testing.TB, s string) dns.RR {
	t.Helper()
	out, err := dns.NewRR(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newZone(t testing.TB, name string, lines ...string) *testZone {
	t.Helper()
	z := &testZone{name: name, memo: new(sync.Map)}
	for z.key == nil || z.key.KeyTag() == 0 { // by which the library does not sign
		z.key = &dns.DNSKEY{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeDNSKEY, Class: 1, Ttl: 300}, Flags: 257, Protocol: 3, Algorithm: dns.ECDSAP256SHA256}
		priv, err := z.key.Generate(256)
		if err != nil {
			t.Fatal(err)
		}
		signer, ok := priv.(crypto.Signer)
		if !ok {
			t.Fatal("the key cannot sign")
		}
		z.priv = signer
	}
	lines = append(lines, name+" 300 IN SOA ns1.contoso.example. h.contoso.example. 1 3600 600 86400 60", name+" 300 IN NS ns1.contoso.example.", name+" 300 IN NS ns2.contoso.example.")
	for _, l := range lines {
		z.rrs = append(z.rrs, rr(t, l))
	}
	z.rrs = append(z.rrs, z.key)
	return z
}

// newWorld builds root, example. and contoso.example.; unsigned leaves out the DS.
func newWorld(t testing.TB, unsigned bool, lines ...string) *world {
	t.Helper()
	leaf := newZone(t, "contoso.example.", append(lines, "ns1.contoso.example. 300 IN A 127.0.0.2", "ns2.contoso.example. 300 IN A 127.0.0.3")...)
	mid := newZone(t, "example.", "contoso.example. 300 IN NS ns1.contoso.example.")
	if !unsigned {
		mid.rrs = append(mid.rrs, leaf.key.ToDS(dns.SHA256))
	}
	root := newZone(t, ".", "example. 300 IN NS ns1.contoso.example.")
	root.rrs = append(root.rrs, mid.key.ToDS(dns.SHA256))
	w := &world{zones: []*testZone{root, mid, leaf}}
	for range 20 {
		pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.2:0")
		if err != nil {
			t.Fatal(err)
		}
		at, err := netip.ParseAddrPort(pc.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		w.port = at.Port()
		pc.Close()
		if w.listen(t, "127.0.0.2", true) && w.listen(t, "127.0.0.3", true) && w.listen(t, "127.0.0.1", false) {
			w.resolver = fmt.Sprintf("127.0.0.1:%d", w.port)
			return w
		}
	}
	t.Fatal("no free port")
	return nil
}

func (w *world) listen(t testing.TB, ip string, auth bool) bool {
	at := net.JoinHostPort(ip, fmt.Sprint(w.port))
	pc, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp", at)
	if err != nil {
		return false
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", at)
	if err != nil {
		pc.Close()
		return false
	}
	h := w.handler(ip, auth)
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: h}, {Listener: l, Handler: h}} {
		run(t, s)
	}
	return true
}

// run serves until the test ends.
func run(t testing.TB, s *dns.Server) {
	up := make(chan struct{})
	s.NotifyStartedFunc = func() { close(up) }
	go func() { _ = s.ActivateAndServe() }()
	<-up
	t.Cleanup(func() { _ = s.Shutdown() })
}

func (w *world) handler(ip string, auth bool) dns.Handler {
	return dns.HandlerFunc(func(rw dns.ResponseWriter, q *dns.Msg) {
		w.mu.Lock()
		delay, gate, drops := w.delay, w.gate, w.drops
		w.mu.Unlock()
		if drops != nil && drops(q, auth) {
			return
		}
		if gate != nil {
			gate(q, auth)
		}
		if delay > 0 {
			<-time.After(delay)
		}
		w.mu.Lock()
		m := w.answer(q, auth)
		if q.IsEdns0() == nil { // who does not ask for signatures is given none (RFC 4035 §3.1)
			signs := func(r dns.RR) bool {
				return slices.Contains([]uint16{dns.TypeRRSIG, dns.TypeNSEC}, r.Header().Rrtype)
			}
			m.Answer, m.Ns = slices.DeleteFunc(m.Answer, signs), slices.DeleteFunc(m.Ns, signs)
		}
		if w.hook != nil && auth {
			w.hook(ip, m)
		}
		if w.tell != nil && !auth {
			w.tell(m)
		}
		silent := w.rude != nil && auth && w.rude(q, m)
		w.mu.Unlock()
		if silent {
			return
		}
		if _, udp := rw.RemoteAddr().(*net.UDPAddr); udp {
			m.Truncate(udpSize)
		}
		_ = rw.WriteMsg(m)
	})
}

func (z *testZone) sets(name string, kind uint16) []dns.RR {
	return slices.DeleteFunc(slices.Clone(z.rrs), func(r dns.RR) bool {
		return !strings.EqualFold(r.Header().Name, name) || (kind != dns.TypeANY && r.Header().Rrtype != kind)
	})
}

func (z *testZone) sign(set []dns.RR, owner string) []dns.RR {
	if len(set) == 0 {
		return nil
	}
	id := fmt.Sprint(owner, z.bad, set)
	if known, ok := z.memo.Load(id); ok {
		if rrs, ok := known.([]dns.RR); ok {
			return copies(rrs)
		}
	}
	now := time.Now()
	sig := &dns.RRSIG{Hdr: dns.RR_Header{Ttl: set[0].Header().Ttl}, Algorithm: z.key.Algorithm, KeyTag: z.key.KeyTag(), SignerName: z.name, Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(time.Hour).Unix())}
	if err := sig.Sign(z.priv, set); err != nil {
		panic(err) // of the test's own zone: whoever asks would only be told of no records
	}
	out := []dns.RR{}
	for _, r := range append(slices.Clone(set), sig) {
		c := dns.Copy(r)
		c.Header().Name = owner
		out = append(out, c)
	}
	if z.bad {
		if last, ok := out[len(out)-1].(*dns.RRSIG); ok {
			last.Signature = "AAAA" + last.Signature[4:]
		}
	}
	z.memo.Store(id, copies(out))
	return out
}

func copies(in []dns.RR) []dns.RR {
	var out []dns.RR
	for _, r := range in {
		out = append(out, dns.Copy(r))
	}
	return out
}

// nsec proves what stands around name.
func (z *testZone) nsec(name string) []dns.RR {
	var names []string
	for _, r := range z.rrs {
		names = append(names, dns.CanonicalName(r.Header().Name))
	}
	slices.SortFunc(names, compare)
	names = slices.Compact(names)
	i := len(names) - 1
	for i > 0 && compare(names[i], name) > 0 {
		i--
	}
	n := &dns.NSEC{Hdr: dns.RR_Header{Name: names[i], Rrtype: dns.TypeNSEC, Class: 1, Ttl: 60}, NextDomain: names[(i+1)%len(names)]}
	for _, r := range z.sets(names[i], dns.TypeANY) {
		n.TypeBitMap = append(n.TypeBitMap, r.Header().Rrtype)
	}
	slices.Sort(n.TypeBitMap)
	n.TypeBitMap = slices.Compact(n.TypeBitMap)
	return z.sign([]dns.RR{n}, names[i])
}

func (w *world) answer(q *dns.Msg, auth bool) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	m.Authoritative = auth
	if q.IsEdns0() != nil {
		m.SetEdns0(udpSize, true)
	}
	name, kind := dns.CanonicalName(q.Question[0].Name), q.Question[0].Qtype
	z := w.zones[0]
	for _, c := range w.zones {
		if dns.IsSubDomain(c.name, name) && (kind != dns.TypeDS || c.name != name) {
			z = c
		}
	}
	if set := z.sets(name, kind); len(set) > 0 {
		m.Answer = z.sign(set, name)
		return m
	}
	if set := z.sets(name, dns.TypeCNAME); len(set) > 0 {
		m.Answer = z.sign(set, name)
		return m
	}
	star := "*." + strings.TrimPrefix(z.name, ".")
	exists := slices.ContainsFunc(z.rrs, func(r dns.RR) bool { return dns.IsSubDomain(name, r.Header().Name) })
	if set := z.sets(star, kind); len(set) > 0 && !exists {
		m.Answer, m.Ns = z.sign(set, name), z.nsec(name)
		return m
	}
	if !exists {
		m.Rcode = dns.RcodeNameError
		m.Ns = z.nsec(star)
	}
	m.Ns = append(m.Ns, z.nsec(name)...)
	m.Ns = append(m.Ns, z.sign(z.sets(z.name, dns.TypeSOA), z.name)...)
	return m
}

func (w *world) ask(t testing.TB, name string, change func(*Options)) (Answer, error) {
	t.Helper()
	opt := Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: 3 * time.Second, Deadline: 30 * time.Second}
	if change != nil {
		change(&opt)
	}
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return r.Look(t.Context(), name, dns.TypeTXT)
}

// look looks at all that the checks of a domain's DNS look at.
func (w *world) look(t testing.TB, rule checks.DNSRule, domain string) checks.DNSLook {
	t.Helper()
	r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: 3 * time.Second, Deadline: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r.LookDomain(t.Context(), rule, domain)
}

// set changes what the servers do; they run already.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}
