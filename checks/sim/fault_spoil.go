package sim

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// What a spoilt call gets.

// wrap spoils the calls that are to be spoilt.
func (f *faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !pause(r.Context(), f.latency) {
			return
		}
		if one := f.of(r); one != nil {
			f.spoil(one, w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// pause waits, and says whether the request is still wanted.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// spoil answers one call wrongly.
func (f *faults) spoil(one *fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch one.kind {
	case faultThrottle, faultServer:
		if one.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((one.retryAfter+time.Second-1)/time.Second)))
		}
		if !isGraphPath(r.URL.Path) {
			one.signInError(w, r, f.now())
			return
		}
		writeGraphError(w, r, f.now(), one.graphError())
	case faultCAE:
		writeChallenge(w, r, f.now(), "TokenCreatedWithOutdatedPolicies")
	case faultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Network sign-in</title><h1>Welcome to the guest network</h1>"))
	case faultNotJSON:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("<<< this is not JSON >>>"))
	case faultTruncated:
		rec := record(next, r)
		maps.Copy(w.Header(), rec.header)
		w.Header().Set("Content-Length", strconv.Itoa(rec.body.Len()+1))
		w.WriteHeader(rec.code)
		_, _ = w.Write(rec.body.Bytes()[:rec.body.Len()/2])
		_ = http.NewResponseController(w).Flush() //nolint:errcheck // a recorder cannot flush
		panic(http.ErrAbortHandler)               // how net/http breaks off an answer
	case faultSlow:
		rec := record(next, r)
		maps.Copy(w.Header(), rec.header)
		w.WriteHeader(rec.code)
		drip(r.Context(), w, &rec.body, one.wait)
	case faultReset:
		breakOff(w)
	case faultLicence:
		writeGraphError(w, r, f.now(), &graphError{
			http.StatusForbidden, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			"Neither tenant is B2C or tenant doesn't have premium license",
		})
	case faultLatency, faultReplication, faultWorkflow, faultDNSSilent, faultDNSSlow, faultDNSServfail, faultDNSRefused, faultDNSLame,
		faultDNSTruncate, faultDNSDisagree, faultDNSBogus, faultDNSStrict:
		next.ServeHTTP(w, r)
	}
}

// breakOff ends the connection without an answer: with a reset where one request
// has the connection to itself, else by resetting its stream.
func breakOff(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // how net/http resets a stream
	}
	if t, ok := conn.(*tls.Conn); ok {
		if c, ok := t.NetConn().(*net.TCPConn); ok {
			_ = c.SetLinger(0) // only then is it a reset
		}
	}
	_ = conn.Close()
}

// graphError is the error that a throttled or failing Graph answers.
func (one *fault) graphError() *graphError {
	if one.kind == faultThrottle {
		return &graphError{http.StatusTooManyRequests, "TooManyRequests", "Too many requests from this application. Try again later."}
	}
	return &graphError{one.status, "serviceNotAvailable", "The service is temporarily unavailable."}
}

// signInError is what the sign-in service says in the same trouble (90055, 90033).
func (one *fault) signInError(w http.ResponseWriter, r *http.Request, now time.Time) {
	refused, status := refuse(90033), one.status
	if one.kind == faultThrottle {
		refused, status = refuse(90055), http.StatusTooManyRequests
	}
	refused.state = status
	a := refused.asJSON(&visit{r: r, at: placeOf(r), now: now, trace: uuid.NewString(), correlation: uuid.NewString()})
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// memory is an answer that goes nowhere yet.
type memory struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func newMemory() *memory { return &memory{header: http.Header{}, code: http.StatusOK} }

func (m *memory) Header() http.Header { return m.header }

func (m *memory) WriteHeader(code int) { m.code = code }

func (m *memory) Write(b []byte) (int, error) { return m.body.Write(b) }

// record runs a handler into memory.
func record(next http.Handler, r *http.Request) *memory {
	m := newMemory()
	next.ServeHTTP(m, r)
	return m
}

// drip writes a body in ten parts over the given time.
func drip(ctx context.Context, w http.ResponseWriter, body *bytes.Buffer, d time.Duration) {
	const parts = 10
	size := body.Len()/parts + 1
	for body.Len() > 0 && pause(ctx, d/parts) {
		if _, err := w.Write(body.Next(size)); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
}

// writeChallenge answers as Graph does when a token must be renewed with
// claims (continuous access evaluation; entra-facts §15).
func writeChallenge(w http.ResponseWriter, r *http.Request, now time.Time, reason string) {
	claims := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, now.Unix())
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="%s", error="insufficient_claims", claims="%s"`,
		placeOf(r).base(), graphAppID, base64.StdEncoding.EncodeToString([]byte(claims))))
	writeGraphError(w, r, now, &graphError{
		http.StatusUnauthorized, "InvalidAuthenticationToken",
		"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: " + reason,
	})
}
