package signin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"onboard.example/checks"
)

func TestNetFailure(t *testing.T) {
	t.Parallel()
	leaf := &x509.Certificate{Issuer: pkix.Name{CommonName: "Contoso TLS\x1b[31m Inspection"}}
	for name, tt := range map[string]struct {
		err  error
		kind checks.FailureKind
		say  string
	}{
		"inspection":    {x509.UnknownAuthorityError{Cert: leaf}, checks.FailTLS, `is signed by "Contoso TLS Inspection"`},
		"unknown":       {x509.UnknownAuthorityError{}, checks.FailTLS, wordsTLSUnknown},
		"other name":    {x509.HostnameError{Certificate: leaf, Host: "x"}, checks.FailTLS, wordsTLSName},
		"wrong clock":   {x509.CertificateInvalidError{Reason: x509.Expired, Detail: "current time is before"}, checks.FailTLS, wordsTLSClock},
		"bad chain":     {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}, checks.FailTLS, wordsTLSUnknown},
		"alert":         {tls.AlertError(40), checks.FailTLS, wordsTLSUnknown},
		"no name":       {&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, checks.FailUnreachable, wordsNoName},
		"no resolver":   {&net.DNSError{IsTimeout: true}, checks.FailUnreachable, wordsNoDNS},
		"refused":       {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, checks.FailUnreachable, wordsNoConnection},
		"no network":    {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, checks.FailUnreachable, wordsNoConnection},
		"timeout":       {context.DeadlineExceeded, checks.FailUnreachable, wordsNoAnswer},
		"reset":         {&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, checks.FailUnreachable, wordsConnection},
		"cut off":       {io.ErrUnexpectedEOF, checks.FailUnreachable, wordsCutOff},
		"proxy down":    {&net.OpError{Op: "proxyconnect", Err: errors.New("no")}, checks.FailUnreachable, wordsProxyDown},
		"proxy asks":    {errors.New("Proxy Authentication Required"), checks.FailUnreachable, wordsProxyAuth},
		"huge":          {errTooLarge, checks.FailNotJSON, wordsTooLarge},
		"cancelled":     {context.Canceled, checks.FailCancelled, wordsStopped},
		"with a secret": {errors.New("lost eyJ0eXAiOiJKV1QifQ.eyJhIjoxfQ.sig and code=0.AXoAB"), checks.FailUnreachable, "lost ••• and code=•••"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("server response error:\n %w", &url.Error{Op: "Post", URL: "https://login.microsoftonline.com/x?code=secret", Err: tt.err})
			f := netFailure(t.Context(), err)
			if f.Kind != tt.kind || !strings.Contains(f.Message, tt.say) {
				t.Errorf("got %+v", f)
			}
			if f.Kind != checks.FailCancelled && !strings.HasPrefix(f.Message, "login.microsoftonline.com: ") || strings.Contains(f.Message, "secret") || strings.ContainsAny(f.Message, "\x1b\n") {
				t.Errorf("message %q", f.Message)
			}
			if e := classify(t.Context(), WayBrowser, err, nil); e.Failure.Kind != tt.kind {
				t.Errorf("classified %+v %+v", e, e.Failure)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"AADSTS65001: app '5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b' has no consent": "AADSTS65001: app '5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b' has no consent",
		"error code: 65001, password: expired":                                   "error code: 65001, password: expired",
		`{"access_token":"abc","x":1}`:                                           `{"access_token":"•••","x":1}`,
		"refresh_token=0.AXo&client_secret = s p":                                "refresh_token=•••&client_secret = ••• p",
		"x eyJhbGciOiJub25lIn0.e30. y":                                           "x ••• y",
		strings.Repeat("a1B-", 20):                                               "•••",
		"see https://learn.microsoft.com/entra":                                  "see https://learn.microsoft.com/entra",
	} {
		if got := redact(in); got != want {
			t.Errorf("%q became %q; want %q", in, got, want)
		}
	}
}
