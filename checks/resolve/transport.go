package resolve

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// udpSize is what we advertise: no fragments on any common path (RFC 9715 §3.1).
const udpSize = 1232

// way says how a question is put.
type way struct {
	recurse bool // to a resolver
	hurry   bool // one short try: another server waits to be asked
}

// exchange asks one server: UDP with EDNS0, once more for a lost datagram,
// without EDNS0 for a server that does not know it or drops what it does not
// know, TCP where the answer is cut. Together no more than three times the timeout.
func (r *Resolver) exchange(ctx context.Context, t target, q question, w way) (*dns.Msg, error) {
	edns, network, lost := true, t.network, 0
	for range 6 { // three lost datagrams, one refusal of EDNS0, one cut answer, one by TCP
		if r.queries.Add(1) > maxQueries {
			return nil, errors.New(wordQueries)
		}
		wait := r.opt.Timeout
		if network == "udp" && (lost != 1 || w.hurry) {
			wait /= 2
		}
		m, err := r.attempt(ctx, network, t, query(q, w.recurse, edns), wait)
		switch {
		case err != nil:
			lost++
			if ctx.Err() != nil || network != "udp" || w.hurry || lost > 2 || noPath(err) {
				return nil, err
			}
			edns = edns && lost < 2
		case m.Truncated && network == "udp":
			network = "tcp"
		case m.Truncated:
			return nil, errors.New(wordCut) // its rest cannot be had: it would read as "not there"
		case edns && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented || m.Rcode == dns.RcodeBadVers):
			edns = false
		default:
			return m, nil
		}
	}
	return nil, errors.New(wordStrays)
}

// noPath reports whether an error is this machine's and not the server's: it has
// no network, or none of that kind.
func noPath(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// wordOf says what went wrong with a server; how it was tried is not of use.
func wordOf(err error) string {
	var cert *tls.CertificateVerificationError
	var odd tls.RecordHeaderError
	var began *noTLS
	port := ""
	if errors.As(err, &began) {
		port = began.port
	}
	late := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed)
	hungUp := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
	switch {
	case errors.As(err, &cert):
		return wordOfCert(cert, port)
	case began != nil && (late || hungUp || errors.As(err, &odd)):
		return wordNoTLS
	case late:
		return wordLate
	case errors.Is(err, context.Canceled):
		return wordStopped
	case errors.Is(err, syscall.ECONNREFUSED):
		return wordRefused
	case hungUp:
		return wordHungUp
	case noPath(err):
		return wordNoPath
	case began != nil:
		return wordTLS + began.Error()
	}
	return err.Error()
}

func query(q question, recurse, edns bool) *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion(q.name, q.kind)
	m.RecursionDesired = recurse
	m.CheckingDisabled = recurse // we check ourselves, and want to see what is bogus
	if edns {
		m.SetEdns0(udpSize, true)
	}
	return m
}

// attempt asks once: a resolver by TCP or TLS over a connection that others use too,
// where it takes that, and anybody else over one of its own.
func (r *Resolver) attempt(ctx context.Context, network string, t target, m *dns.Msg, wait time.Duration) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if network != "udp" && network == t.network && !r.wantsAlone(t) {
		in, alone, err := r.piped(ctx, t, m)
		if err == nil || !alone {
			return in, err
		}
	}
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
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if network == "udp" {
		return r.datagram(conn, t, m, wire)
	}
	return r.stream(conn, t, m, wire)
}

func (r *Resolver) wantsAlone(t target) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.alone[t]
}

func (r *Resolver) dial(ctx context.Context, network string, t target) (net.Conn, error) {
	conn, err := r.connect(ctx, network, t)
	if err == nil && network == "tls" {
		return r.overTLS(ctx, conn, t)
	}
	return conn, err
}

// connect is dial without TLS, which begins in the connection.
func (r *Resolver) connect(ctx context.Context, network string, t target) (net.Conn, error) {
	var d net.Dialer
	if network == "udp" { // a socket, and so a port, of its own for each question (RFC 5452 §9.2)
		to, err := netip.ParseAddrPort(t.String())
		if err != nil {
			return nil, fmt.Errorf("read the server's address: %w", err)
		}
		conn, err := d.DialUDP(ctx, network, netip.AddrPort{}, to)
		if err != nil {
			return nil, err // and no connection that is nil within
		}
		return conn, nil
	}
	return d.DialContext(ctx, "tcp", t.String())
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

// spend counts what an address has sent in this run, and what all servers of zones
// have together: one owner may have many addresses. The resolver in use stands apart.
func (r *Resolver) spend(t target, n int) error {
	most := int64(maxOne)
	if slices.ContainsFunc(r.servers, func(s target) bool { return s.String() == t.String() }) {
		most = maxBytes
	} else if r.spent.Add(int64(n)) > maxBytes {
		return errors.New(wordAllBytes)
	}
	r.mu.Lock()
	c := r.read[t.String()]
	if c == nil {
		c = new(atomic.Int64)
		r.read[t.String()] = c
	}
	r.mu.Unlock()
	if c.Add(int64(n)) > most {
		return errors.New(wordBytes)
	}
	return nil
}
