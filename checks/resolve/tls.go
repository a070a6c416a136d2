package resolve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"onboard.example/checks"
)

// mostNames is how many names of a certificate are told.
const mostNames = 3

// overTLS begins TLS on a connection, and closes it where that fails.
func (r *Resolver) overTLS(ctx context.Context, conn net.Conn, t target) (net.Conn, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.opt.TLS != nil {
		c = r.opt.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = t.host
	}
	over := tls.Client(conn, c)
	if err := over.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &noTLS{err, t.port}
	}
	if to, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		r.stands(to.AddrPort().Addr(), true)
	}
	return over, nil
}

// noTLS is the error of a server that takes connections, and with which TLS did not
// begin.
type noTLS struct {
	err  error
	port string
}

func (n *noTLS) Error() string { return n.err.Error() }
func (n *noTLS) Unwrap() error { return n.err }

// wordOfCert says why a certificate is not one to trust, and what to type instead.
func wordOfCert(c *tls.CertificateVerificationError, port string) string {
	var nobody x509.UnknownAuthorityError
	var other x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(c, &nobody):
		return wordNoAuthority
	case errors.As(c, &other):
		var names []string
		for _, ip := range other.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		names = append(slices.Clone(other.Certificate.DNSNames), names...)
		if len(names) == 0 {
			return fmt.Sprintf(wordNamesNothing, other.Host)
		}
		out := fmt.Sprintf(wordOtherName, strings.Join(names[:min(len(names), mostNames)], ", "), other.Host)
		if i := slices.IndexFunc(names, func(n string) bool { return !strings.Contains(n, "*") }); i >= 0 {
			so := names[i]
			if port != "" && port != "853" {
				so = net.JoinHostPort(so, port)
			}
			out += fmt.Sprintf(wordNameSo, so)
		}
		return checks.Line(out, mostWords) // it is the server's word
	case errors.As(c, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return fmt.Sprintf(wordNotNow, stamp(invalid.Cert.NotBefore), stamp(invalid.Cert.NotAfter))
	}
	return wordCert + c.Err.Error()
}
