package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
)

// asker sends GETs that expect JSON and carry no credentials.
type asker struct {
	client *http.Client
	now    func() time.Time
}

// got is an answer, or why there was none. Status is set with a body that was
// JSON, whatever the status; anything else is a failure.
type got struct {
	status    int
	request   string // as evidence prints it
	requestID string
	after     time.Duration
	at        time.Time
	failure   *checks.Failure
}

func (g got) evidence(value string) checks.Evidence {
	return checks.Evidence{
		Source: "login", Request: g.request, At: g.at,
		Value: checks.Line(value, 200), RequestID: g.requestID,
	}
}

// json asks once and decodes the answer into out. host is the Host header to
// send, empty for the URL's own.
func (a asker) json(ctx context.Context, address, host string, out any) got {
	g := got{request: "GET " + checks.Line(address, 400), at: a.now()}
	if host != "" {
		g.request += " (Host: " + host + ")"
	}
	limited, cancel := context.WithTimeout(ctx, cloudTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, address, nil)
	if err != nil {
		g.failure = &checks.Failure{Kind: checks.FailRequest, Message: checks.Line(redact(err.Error()), 200)}
		return g
	}
	req.Host = host
	req.Header.Set("Accept", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		g.failure = lost(ctx, address, err)
		return g
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	g.requestID = checks.Line(resp.Header.Get("x-ms-request-id"), 64)
	g.after = retryAfter(resp.Header)
	body, err := readAll(resp.Body, maxAnswer)
	if err != nil {
		g.failure = lost(ctx, address, err)
		g.failure.RequestID = g.requestID
		return g
	}
	g.failure = a.decode(resp, body, out, g)
	g.status = resp.StatusCode
	return g
}

// lost says why there was no answer. A straggler was stopped by us, but to the
// reader it is a host that did not answer in time.
func lost(ctx context.Context, address string, err error) *checks.Failure {
	if errors.Is(context.Cause(ctx), os.ErrDeadlineExceeded) {
		late := &url.Error{Op: http.MethodGet, URL: address, Err: os.ErrDeadlineExceeded}
		return netFailure(context.WithoutCancel(ctx), late)
	}
	return netFailure(ctx, err)
}

// decode turns what is not JSON into the failure it stands for.
func (a asker) decode(resp *http.Response, body []byte, out any, g got) *checks.Failure {
	f := &checks.Failure{Status: resp.StatusCode, RequestID: g.requestID, After: g.after}
	isJSON := json.Unmarshal(body, out) == nil
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		f.Kind, f.Message = checks.FailThrottled, wordsThrottled
	case resp.StatusCode >= http.StatusInternalServerError:
		f.Kind, f.Message = checks.FailService, wordsService
	case isJSON && (resp.StatusCode < 300 || resp.StatusCode >= 400):
		return nil
	default:
		f.Kind, f.Message = checks.FailNotJSON, notMicrosoft(resp.StatusCode, resp.Header, body)
	}
	return f
}

// notMicrosoft describes an answer that no sign-in host gives: a network's
// log-in page, a proxy's error, a body cut short.
func notMicrosoft(status int, h http.Header, body []byte) string {
	kind, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	start := strings.TrimSpace(string(body[:min(len(body), 64)]))
	switch {
	case status >= 300 && status < 400:
		return wordsRedirected
	case kind == "text/html" || strings.HasPrefix(start, "<"):
		return wordsHTML
	case start == "":
		return wordsEmptyAnswer
	default:
		return wordsBrokenJSON
	}
}

// retryAfter reads the header in both of its forms, a date by the sender's own
// clock.
func retryAfter(h http.Header) time.Duration {
	const most = 24 * time.Hour
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, int(most/time.Second))) * time.Second
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	sent, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, min(until.Sub(sent), most))
}
