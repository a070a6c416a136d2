package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"onboard.example/checks"
)

// unreachable says why no answer came at all.
func (w *wire) unreachable(ctx context.Context, err error) *checks.Failure {
	if ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), errSlow) {
			return &checks.Failure{Kind: checks.FailUnreachable, Message: wordSlow(w.o.Limits.Request)}
		}
		return stopped(ctx)
	}
	if f := tlsFailure(err); f != nil {
		return f
	}
	return &checks.Failure{Kind: checks.FailUnreachable, Message: join(unreachableWord(err), err.Error())}
}

func unreachableWord(err error) string {
	var (
		dns     *net.DNSError
		op      *net.OpError
		refused proxyRefused
	)
	switch {
	case errors.As(err, &refused), errors.As(err, &op) && op.Op == "proxyconnect":
		return wordProxy
	case errors.As(err, &dns):
		return wordDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return wordRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return wordNoNetwork
	case broken(err):
		return wordDropped
	case errors.Is(err, os.ErrDeadlineExceeded):
		return wordDialSlow
	}
	return wordNoAnswer
}

// broken says whether a connection that was there broke: a passing fault.
func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// tlsFailure tells the ways in which a secure connection fails; nil for others.
func tlsFailure(err error) *checks.Failure {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		alert     tls.AlertError
	)
	word := ""
	switch {
	case errors.As(err, &authority):
		word = wordTLS
	case errors.As(err, &host):
		word = wordTLSName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		word = wordTLSTime
	case errors.As(err, &record):
		word = wordNotTLS
	case errors.As(err, &invalid), errors.As(err, &verify), errors.As(err, &alert):
		word = wordTLSOther
	default:
		return nil
	}
	return &checks.Failure{Kind: checks.FailTLS, Message: join(word, err.Error())}
}
