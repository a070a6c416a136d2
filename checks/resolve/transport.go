package resolve

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// udpSize is what we advertise: no fragments on any common path (RFC 9715 §3.1).
const udpSize = 1232

// target is one server and how it is spoken to.
type target struct {
	network string // udp (TCP on truncation), tcp or tls
	host    string // address, or a name for tls://
	port    string
}

func (t target) String() string { return net.JoinHostPort(t.host, t.port) }

// inUse returns the resolvers to ask, in order: at most three, as libc does.
func inUse(opt Options) ([]target, error) {
	if opt.Server != "" {
		t, err := parseServer(opt.Server)
		return []target{t}, err
	}
	path := opt.ResolvConf
	if path == "" {
		path = "/etc/resolv.conf"
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("find the resolver in use: %w", err)
	}
	defer f.Close()
	var out []target
	lines := bufio.NewScanner(io.LimitReader(f, maxBytes))
	for lines.Scan() {
		word := strings.Fields(lines.Text())
		if len(word) < 2 || word[0] != "nameserver" || len(out) == 3 {
			continue
		}
		if a, err := netip.ParseAddr(word[1]); err == nil {
			out = append(out, target{"udp", a.String(), "53"})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read %s: %s", path, wordNoServer)
	}
	return out, nil
}

// parseServer reads host[:port], tcp://host[:port] and tls://host[:port]. Only
// tls:// takes a name: its certificate has to be for something.
func parseServer(s string) (target, error) {
	t := target{network: "udp", port: "53"}
	rest := s
	if scheme, after, ok := strings.Cut(s, "://"); ok {
		t.network, rest = scheme, after
	}
	if t.network == "tls" {
		t.port = "853" // RFC 7858 §3.1
	}
	t.host = strings.Trim(rest, "[]")
	if host, port, err := net.SplitHostPort(rest); err == nil {
		t.host, t.port = host, port
	}
	port, err := strconv.ParseUint(t.port, 10, 16)
	_, addrErr := netip.ParseAddr(t.host)
	_, name := dns.IsDomainName(t.host)
	named := t.network == "tls" && name && t.host != "" && !strings.ContainsAny(t.host, ":/ ")
	known := t.network == "udp" || t.network == "tcp" || t.network == "tls"
	if err != nil || port == 0 || !known || (addrErr != nil && !named) {
		return target{}, fmt.Errorf("name server %q: %s", s, wordBadServer)
	}
	return t, nil
}

// public reports whether an address can be a name server's on the internet.
func public(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}

// askable reports whether a zone may send us to a. Link-local and multicast
// addresses are never asked: cloud machines keep their secrets at 169.254.169.254.
func (r *Resolver) askable(a netip.Addr) bool {
	a = a.Unmap()
	nat64 := netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: an IPv4 address in disguise
	if b := a.As16(); nat64.Contains(a) && !r.askable(netip.AddrFrom4([4]byte(b[12:]))) {
		return false
	}
	if public(a) {
		return true
	}
	return r.private && (a.IsLoopback() || a.IsGlobalUnicast())
}

// exchange asks one server once per attempt: UDP with EDNS0, without EDNS0
// where the server does not know it, TCP where the answer is cut.
func (r *Resolver) exchange(ctx context.Context, t target, q question, recurse bool) (*dns.Msg, error) {
	edns, network := true, t.network
	var last error
	for range 4 { // twice for a lost datagram, once without EDNS0, once by TCP
		if r.queries.Add(1) > maxQueries {
			return nil, errors.New(wordQueries)
		}
		m, err := r.attempt(ctx, network, t, query(q, recurse, edns))
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, err
		case err != nil:
			if last != nil || network != "udp" {
				return nil, err
			}
			last = err
		case m.Truncated && network == "udp":
			network = "tcp"
		case edns && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented || m.Rcode == dns.RcodeBadVers):
			edns = false
		default:
			return m, nil
		}
	}
	if last == nil {
		last = errors.New(wordStrays)
	}
	return nil, last
}

func query(q question, recurse, edns bool) *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion(q.name, q.kind)
	m.RecursionDesired = recurse
	m.CheckingDisabled = recurse && edns // we check ourselves, and want to see what is bogus
	if edns {
		m.SetEdns0(udpSize, true)
	}
	return m
}

func (r *Resolver) attempt(ctx context.Context, network string, t target, m *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	wire, err := m.Pack()
	if err != nil {
		return nil, fmt.Errorf("write the question: %w", err)
	}
	conn, err := r.dial(ctx, network, t)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if at, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(at) // a connection that has no deadlines is closed by ctx below
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if network == "udp" {
		return r.datagram(conn, t, m, wire)
	}
	return r.stream(conn, t, m, wire)
}

func (r *Resolver) dial(ctx context.Context, network string, t target) (net.Conn, error) {
	var d net.Dialer
	if network != "tls" {
		return d.DialContext(ctx, network, t.String())
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.opt.TLS != nil {
		c = r.opt.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = t.host
	}
	return (&tls.Dialer{NetDialer: &d, Config: c}).DialContext(ctx, "tcp", t.String())
}

// datagram reads until something answers the question: the socket is connected,
// so other sources are dropped by the kernel; other ids and questions by us.
func (r *Resolver) datagram(conn net.Conn, t target, m *dns.Msg, wire []byte) (*dns.Msg, error) {
	if _, err := conn.Write(wire); err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	for range maxStrays {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, err
		}
		if err := r.spend(t, n); err != nil {
			return nil, err
		}
		if in := reads(m, buf[:n]); in != nil {
			return in, nil
		}
	}
	return nil, errors.New(wordStrays)
}

func (r *Resolver) stream(conn net.Conn, t target, m *dns.Msg, wire []byte) (*dns.Msg, error) {
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(wire)))
	if _, err := conn.Write(append(framed, wire...)); err != nil {
		return nil, err
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint16(head))
	if err := r.spend(t, len(body)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(conn, body); err != nil {
		return nil, err
	}
	if in := reads(m, body); in != nil {
		return in, nil
	}
	return nil, errors.New(wordStrays)
}

// reads unpacks an answer; nil where it is none to m. A cut answer need not
// unpack whole: its header says enough.
func reads(m *dns.Msg, wire []byte) *dns.Msg {
	in := new(dns.Msg)
	err := in.Unpack(wire)
	if err != nil && !in.Truncated {
		return nil
	}
	if in.Id != m.Id || !in.Response || in.Opcode != dns.OpcodeQuery {
		return nil
	}
	if len(in.Question) == 0 && (in.Rcode == dns.RcodeFormatError || in.Rcode == dns.RcodeNotImplemented) {
		return in // servers older than EDNS0 send the bare header
	}
	if len(in.Question) != 1 {
		return nil
	}
	q, want := in.Question[0], m.Question[0]
	if !strings.EqualFold(q.Name, want.Name) || q.Qtype != want.Qtype || q.Qclass != want.Qclass {
		return nil
	}
	return in
}

// spend counts what an address has sent in this run.
func (r *Resolver) spend(t target, n int) error {
	r.mu.Lock()
	c := r.read[t.String()]
	if c == nil {
		c = new(atomic.Int64)
		r.read[t.String()] = c
	}
	r.mu.Unlock()
	if c.Add(int64(n)) > maxBytes {
		return errors.New(wordBytes)
	}
	return nil
}

// tell asks the resolver in use, once per question and run.
func (r *Resolver) tell(ctx context.Context, name string, kind uint16) *told {
	q := question{name, kind}
	r.mu.Lock()
	t, known := r.told[q]
	if !known {
		t = &told{done: make(chan struct{})}
		r.told[q] = t
	}
	r.mu.Unlock()
	if known {
		select {
		case <-t.done:
			return t
		case <-ctx.Done():
			return &told{err: ctx.Err()}
		}
	}
	defer close(t.done)
	start := time.Now()
	for _, s := range r.servers {
		t.msg, t.err = r.exchange(ctx, s, q, true)
		if t.err == nil && t.msg.Rcode != dns.RcodeServerFailure && t.msg.Rcode != dns.RcodeRefused {
			break
		}
	}
	t.took = time.Since(start)
	return t
}
