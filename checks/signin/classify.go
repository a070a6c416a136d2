package signin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"onboard.example/checks"
)

// Way is how somebody signed in.
type Way string

// The ways, in the order of the ladder (product §10).
const (
	WayLink    Way = "link"
	WayBrowser Way = "browser"
	WayAz      Way = "az"
	WayToken   Way = "token"
	WayDevice  Way = "device"
)

// classify turns an error of MSAL into ours. No text of MSAL's is passed on
// unread: its errors quote whole answers, which may hold tokens. ctx is the
// caller's, to tell a stop by us from one by a peer.
func classify(ctx context.Context, way Way, err error, asked []string) *Error {
	if own, ok := asError(err); ok {
		return own
	}
	switch ctxErr := ctx.Err(); {
	case errors.Is(ctxErr, context.Canceled):
		return CauseCancelled.make(nil)
	case errors.Is(ctxErr, context.DeadlineExceeded):
		return CauseTimeout.make(nil)
	}
	e := classifyReply(way, err)
	if e == nil {
		e = classifyText(ctx, way, err)
	}
	if e.Failure.Kind == checks.FailScope && len(e.Failure.Missing) == 0 {
		e.Failure.Missing = slices.Clone(asked)
	}
	return e
}

// classifyReply handles what an endpoint answered; nil where none did.
func classifyReply(way Way, err error) *Error {
	var broken msal.InvalidJsonErr
	if errors.As(err, &broken) {
		return notMicrosoftError(http.StatusOK, nil, nil)
	}
	var call msal.CallErr
	if !errors.As(err, &call) || call.Resp == nil {
		return nil
	}
	// MSAL may have read the body of Resp already; the text keeps a copy behind
	// its first line.
	_, body, _ := strings.Cut(call.Err.Error(), "\n")
	status, header := call.Resp.StatusCode, call.Resp.Header
	f := &checks.Failure{
		Status:    status,
		RequestID: checks.Line(header.Get("x-ms-request-id"), 64),
		After:     retryAfter(header),
	}
	var r refusal
	switch isJSON := json.Unmarshal([]byte(body), &r) == nil && r.OAuth != ""; {
	case status == http.StatusTooManyRequests:
		return CauseThrottled.make(f)
	case !isJSON && status >= http.StatusInternalServerError:
		return CauseService.make(f)
	case !isJSON:
		return notMicrosoftError(status, header, []byte(body))
	}
	r.fill(f)
	return refused(way, r, f)
}

func notMicrosoftError(status int, h http.Header, body []byte) *Error {
	f := &checks.Failure{Status: status, Message: wordsBrokenJSON}
	if h != nil {
		f.Message = notMicrosoft(status, h, body)
	}
	return CauseNotMicrosoft.make(f)
}

// refused gives a refusal the words of its cause. With a device code, policies
// that a browser would satisfy mean that device code is the trouble.
func refused(way Way, r refusal, f *checks.Failure) *Error {
	c := r.cause()
	if way == WayDevice && (c == CausePolicy || c == CauseDevice) {
		c = CauseDeviceCode
	}
	if c == CauseOther && f.Status >= http.StatusInternalServerError {
		c = CauseService
	}
	e := c.make(f)
	if c == CauseOther && f.Message != "" {
		e.Say = f.Message
		if f.Code != "" {
			e.Say = strings.TrimPrefix(e.Say, f.Code+": ")
		}
	}
	return e
}

// classifyText handles errors without an answer: the network's, the listener's,
// and what the redirect brought back, of which MSAL keeps the description alone.
func classifyText(ctx context.Context, way Way, err error) *Error {
	if op := new(net.OpError); errors.As(err, &op) && op.Op == "listen" {
		return CausePort.make(nil)
	}
	if isNet(err) {
		return netError(netFailure(ctx, err))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		if way == WayDevice {
			return CauseCodeExpired.make(nil)
		}
		return CauseTimeout.make(nil)
	}
	text := strings.TrimSpace(err.Error())
	switch {
	case text == "":
		return CauseDeclined.make(nil) // error=access_denied, error_subcode=cancel, no description
	case strings.Contains(text, wasGET), strings.Contains(text, wasState), strings.Contains(text, wasNoState), strings.Contains(text, wasNoCode):
		return CausePage.make(nil)
	case strings.Contains(text, wasDeclined):
		_, list, _ := strings.Cut(text, wasDeclined)
		return CauseScopes.make(&checks.Failure{Missing: scopeNames(list)})
	case strings.Contains(text, wasNoToken), strings.Contains(text, wasNoAccount):
		return CauseSessionEnded.make(nil)
	case strings.Contains(text, wasEndpoint):
		return CauseNotMicrosoft.make(&checks.Failure{Message: wordsNoIssuer})
	}
	r := refusal{Description: text}
	f := &checks.Failure{}
	r.fill(f)
	return refused(way, r, f)
}

// What MSAL Go v1.10.1 says where it has no type for it. A wording that changes
// costs the right hint, not safety.
const (
	wasGET       = "received via a GET operation"
	wasState     = "mismatched OAuth state"
	wasNoState   = "didn't send OAuth state"
	wasNoCode    = "authorization code missing"
	wasDeclined  = "declined scopes are present: "
	wasNoToken   = "no token found"
	wasNoAccount = "no account was specified"
	wasEndpoint  = "TenantDiscoveryResponse"
)

// scopeNames splits MSAL's list of declined scopes.
func scopeNames(list string) (names []string) {
	for s := range strings.SplitSeq(list, ",") {
		if s = checks.Line(strings.TrimSpace(s), 100); s != "" && len(names) < 64 {
			names = append(names, s)
		}
	}
	return names
}

// isNet reports whether err comes from the connection and not from an answer.
func isNet(err error) bool {
	var u *url.Error
	var n net.Error
	return errors.As(err, &u) || errors.As(err, &n) && !errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errTooLarge) || errors.Is(err, io.ErrUnexpectedEOF)
}

func netError(f *checks.Failure) *Error {
	c := CauseNetwork
	switch f.Kind {
	case checks.FailTLS:
		c = CauseTLS
	case checks.FailNotJSON:
		c = CauseNotMicrosoft
	case checks.FailCancelled:
		c = CauseCancelled
	default: // netFailure makes no other but unreachable
	}
	e := c.make(f)
	if c != CauseCancelled {
		e.Say = f.Message
	}
	return e
}

// netFailure says why a connection gave no answer. ctx is the caller's.
func netFailure(ctx context.Context, err error) *checks.Failure {
	host := ""
	if u := new(url.Error); errors.As(err, &u) {
		if p, perr := url.Parse(u.URL); perr == nil {
			host = p.Hostname()
		}
	}
	at := func(kind checks.FailureKind, text string) *checks.Failure {
		if host != "" {
			text = host + ": " + text
		}
		return &checks.Failure{Kind: kind, Message: checks.Line(text, 240)}
	}
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(err, context.Canceled) {
		return &checks.Failure{Kind: checks.FailCancelled, Message: wordsStopped}
	}
	if text := tlsProblem(err); text != "" {
		return at(checks.FailTLS, text)
	}
	if errors.Is(err, errTooLarge) {
		return at(checks.FailNotJSON, wordsTooLarge)
	}
	return at(checks.FailUnreachable, unreachable(err))
}

// tlsProblem says what is wrong with a certificate, empty where nothing is.
func tlsProblem(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		verify    *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &authority):
		if c := authority.Cert; c != nil && c.Issuer.CommonName != "" {
			return fmt.Sprintf(wordsTLSIssuer, shown(c.Issuer.CommonName))
		}
		return wordsTLSUnknown
	case errors.As(err, &name):
		return wordsTLSName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return wordsTLSClock
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return wordsTLSPlain
	case errors.As(err, &alert), errors.As(err, &verify), errors.As(err, &invalid):
		return wordsTLSUnknown
	}
	return ""
}

// unreachable says in words why nothing answered.
func unreachable(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	text := err.Error()
	proxy := errors.As(err, &op) && op.Op == "proxyconnect"
	switch {
	case strings.Contains(text, "Proxy Authentication Required"):
		return wordsProxyAuth // net/http has no type for it
	case proxy:
		return wordsProxyDown
	case errors.As(err, &dns) && dns.IsNotFound:
		return wordsNoName
	case errors.As(err, &dns):
		return wordsNoDNS
	case isTimeout(err):
		return wordsNoAnswer
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wordsCutOff
	case errors.As(err, &op) && op.Op == "dial":
		return wordsNoConnection
	default:
		return wordsConnection + redact(lastCause(err))
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// lastCause is the text of the innermost error, without URLs around it.
func lastCause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return checks.Line(err.Error(), 160)
		}
		err = next
	}
}
