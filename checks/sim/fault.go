package sim

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// faultKind is one way in which the world misbehaves.
type faultKind string

// The kinds. Each is written KIND or KIND=N, N being how many calls it spoils
// (default: all of them), followed by options after commas: path=PREFIX (default
// Graph), rate=0..1 (which part of the calls, drawn from the seed),
// retry-after=DURATION (throttle, 5xx), status=CODE (5xx).
const (
	faultThrottle    faultKind = "throttle"    // 429
	faultServer      faultKind = "5xx"         // 503 or status=
	faultCAE         faultKind = "cae"         // 401 with a claims challenge
	faultHTML        faultKind = "html"        // 200 with a web page
	faultNotJSON     faultKind = "notjson"     // 200, JSON by its label only
	faultTruncated   faultKind = "truncated"   // the connection breaks halfway through the body
	faultSlow        faultKind = "slow"        // slow=DURATION: the body takes that long
	faultLatency     faultKind = "latency"     // latency=DURATION before every answer
	faultReplication faultKind = "replication" // replication=DURATION until changes are seen
)

// fault is one fault that is switched on.
type fault struct {
	kind       faultKind
	left       int // calls still to spoil; negative means all
	path       string
	rate       float64
	wait       time.Duration
	retryAfter time.Duration
	status     int
}

// faults decide which calls are spoilt, and how.
type faults struct {
	mu      sync.Mutex
	list    []*fault
	latency time.Duration
	lag     time.Duration
	rng     *rand.Rand
	now     func() time.Time
}

// newFaults parses the faults of a scenario and of the command line together.
func newFaults(specs []string, o Options) (*faults, error) {
	f := &faults{latency: o.Latency, rng: rand.New(rand.NewPCG(o.Seed, 0x5eed)), now: o.Now} //nolint:gosec // repeatable on purpose
	for _, spec := range specs {
		one, err := parseFault(spec)
		if err != nil {
			return nil, err
		}
		switch one.kind {
		case faultLatency:
			f.latency += one.wait
		case faultReplication:
			f.lag = one.wait
		case faultThrottle, faultServer, faultCAE, faultHTML, faultNotJSON, faultTruncated, faultSlow:
			f.list = append(f.list, one)
		}
	}
	return f, nil
}

// parseFault reads one fault, such as "throttle=3,retry-after=2s".
func parseFault(spec string) (*fault, error) {
	head, options, _ := strings.Cut(spec, ",")
	kind, value, has := strings.Cut(head, "=")
	f := &fault{kind: faultKind(kind), left: -1, path: "/v1.0/", rate: 1, status: http.StatusServiceUnavailable}
	var err error
	switch f.kind {
	case faultLatency, faultReplication, faultSlow:
		if f.wait, err = time.ParseDuration(value); err == nil && f.wait < 0 {
			err = errors.New("a duration below zero")
		}
	case faultThrottle, faultServer, faultCAE, faultHTML, faultNotJSON, faultTruncated:
		if f.kind == faultCAE {
			f.left = 1
		}
		if has {
			if f.left, err = strconv.Atoi(value); err == nil && f.left < 1 {
				err = errors.New("a count below one")
			}
		}
	default:
		return nil, fmt.Errorf("fault %q: no such kind; there are throttle, 5xx, cae, html, notjson, truncated, slow, latency, replication", spec)
	}
	if err != nil {
		return nil, fmt.Errorf("fault %q: %w", spec, err)
	}
	if options == "" {
		return f, nil
	}
	for option := range strings.SplitSeq(options, ",") {
		if err := f.set(option); err != nil {
			return nil, fmt.Errorf("fault %q: %w", spec, err)
		}
	}
	return f, nil
}

// set applies one option.
func (f *fault) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	var err error
	switch name {
	case "path":
		f.path = value
	case "rate":
		f.rate, err = strconv.ParseFloat(value, 64)
		if err == nil && !(f.rate >= 0 && f.rate <= 1) {
			err = errors.New("a rate outside 0 to 1")
		}
	case "retry-after":
		f.retryAfter, err = time.ParseDuration(value)
	case "status":
		f.status, err = strconv.Atoi(value)
		if err == nil && (f.status < 500 || f.status > 599) {
			err = errors.New("a status outside 500 to 599")
		}
	default:
		err = fmt.Errorf("no option %q; there are path, rate, retry-after, status", name)
	}
	return err
}

// pick takes the next fault that spoils a call to path, if any. part says that
// the call is one part of a batch: faults of the connection spare it.
func (f *faults) pick(path string, part bool) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.list {
		if one.left == 0 || !strings.HasPrefix(path, one.path) {
			continue
		}
		if part && one.kind != faultThrottle && one.kind != faultServer {
			continue
		}
		if one.rate < 1 && f.rng.Float64() >= one.rate {
			continue
		}
		if one.left > 0 {
			one.left--
		}
		return one
	}
	return nil
}

// wrap spoils the calls that are to be spoilt.
func (f *faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !pause(r.Context(), f.latency) {
			return
		}
		if one := f.pick(r.URL.Path, false); one != nil {
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
		e := one.graphError()
		if one.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((one.retryAfter+time.Second-1)/time.Second)))
		}
		writeGraphError(w, r, f.now(), e)
	case faultCAE:
		writeChallenge(w, r, f.now())
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
	case faultLatency, faultReplication:
		next.ServeHTTP(w, r)
	}
}

// graphError is the error that a throttled or failing Graph answers.
func (one *fault) graphError() *graphError {
	if one.kind == faultThrottle {
		return &graphError{http.StatusTooManyRequests, "TooManyRequests", "Too many requests from this application. Try again later."}
	}
	return &graphError{one.status, "serviceNotAvailable", "The service is temporarily unavailable."}
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
func writeChallenge(w http.ResponseWriter, r *http.Request, now time.Time) {
	claims := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, now.Unix())
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="%s", error="insufficient_claims", claims="%s"`,
		placeOf(r).base(), graphAppID, base64.StdEncoding.EncodeToString([]byte(claims))))
	writeGraphError(w, r, now, &graphError{
		http.StatusUnauthorized, "InvalidAuthenticationToken",
		"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies",
	})
}
