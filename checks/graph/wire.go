package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// exchange is one request as it happened, tries included. It travels in the
// request's context, because Kiota stands between us and the wire.
type exchange struct {
	token  bearer
	claims claims
	need   need
	seen   []checks.Evidence // one for each try
	// details are the inner codes of Graph's error, which Kiota and the
	// failure have no place for.
	details []string
	status  int // of the answer that was taken; 0: none was
}

type exchangeKey struct{}

// wire is the transport that Kiota speaks through. It decides what may leave,
// tries again where that is right, and lets only whole JSON objects through.
type wire struct {
	o       Options
	root    *url.URL
	methods []string
	// questions are paths below the root that are asked by POST and change nothing.
	questions []string
	base      http.RoundTripper
	gate      gate
}

var (
	errSlow  = errors.New("the request took too long")
	errTotal = errors.New("everything together took too long")
)

// RoundTrip sends a request of ours. Its error is always a *checks.Failure.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	ex, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		ex = &exchange{}
	}
	if f := w.allowed(req); f != nil {
		return nil, f
	}
	body, err := sentBody(req)
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	pauses := time.Duration(0)
	for try := 1; ; try++ {
		a := w.try(ctx, req, body, ex)
		wait := time.Duration(0)
		if a.failure != nil {
			wait = w.pause(req.Method == http.MethodGet || w.question(req), a, try, pauses)
		}
		w.note(ex, req, body, a, wait)
		switch {
		case a.failure == nil:
			ex.status = a.status
			return a.response(req), nil
		case wait <= 0:
			return nil, a.failure
		}
		pauses += wait
		if err := w.o.Sleep(ctx, wait); err != nil {
			return nil, stopped(ctx)
		}
	}
}

// allowed refuses methods that this client does not have and every address but
// Graph's own: the token goes with the request.
func (w *wire) allowed(req *http.Request) *checks.Failure {
	if !slices.Contains(w.methods, req.Method) && !w.question(req) {
		return &checks.Failure{Kind: checks.FailRequest, Message: wordOldWrite}
	}
	if !w.ours(req.URL) {
		return &checks.Failure{Kind: checks.FailRequest, Message: wordOffOrigin}
	}
	return nil
}

// question says whether a request only asks, although by POST.
func (w *wire) question(req *http.Request) bool {
	return req.Method == http.MethodPost && w.ours(req.URL) &&
		slices.Contains(w.questions, strings.TrimPrefix(req.URL.EscapedPath(), w.root.EscapedPath()))
}

// ours says whether an address is below the root: same scheme, host, path.
func (w *wire) ours(u *url.URL) bool {
	return u.Scheme == w.root.Scheme && strings.EqualFold(u.Host, w.root.Host) && u.User == nil &&
		strings.HasPrefix(u.EscapedPath(), w.root.EscapedPath()) &&
		!slices.Contains(strings.Split(u.Path, "/"), "..")
}

func sentBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	b, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return b, req.Body.Close()
}

// answer is what one try came to.
type answer struct {
	at      time.Time
	status  int
	header  http.Header
	body    []byte
	failure *checks.Failure
	passing bool // a cut answer: worth one more try of a read
}

// response is the answer as Kiota may have it.
func (a answer) response(req *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/2.0", ProtoMajor: 2,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(a.body)),
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		Request:       req,
	}
}

// try sends the request once and reads the whole answer within the limits.
func (w *wire) try(ctx context.Context, req *http.Request, body []byte, ex *exchange) answer {
	ctx, cancel := context.WithTimeoutCause(ctx, w.o.Limits.Request, errSlow)
	defer cancel()
	a := answer{at: w.o.Now()}
	a.failure = w.gate.through(ctx, func(ctx context.Context) *checks.Failure {
		resp, err := w.base.RoundTrip(w.outgoing(ctx, req, body, ex))
		if err != nil {
			return w.unreachable(ctx, err)
		}
		defer func() { _ = resp.Body.Close() }()
		a.status, a.header = resp.StatusCode, resp.Header
		a.body, err = io.ReadAll(io.LimitReader(resp.Body, w.o.Limits.Body+1))
		switch {
		case int64(len(a.body)) > w.o.Limits.Body:
			return w.failed(a, checks.FailNotJSON, wordTooLarge(w.o.Limits.Body))
		case err != nil && ctx.Err() != nil:
			return w.unreachable(ctx, err)
		case err != nil:
			a.passing = true
			return w.failed(a, checks.FailCut, wordCut)
		}
		return nil
	})
	if a.failure == nil {
		a.failure = w.judge(a, ex)
	}
	return a
}

// outgoing is the request as it leaves. Accept-Encoding is left to net/http,
// which then unpacks the answer by itself.
func (w *wire) outgoing(ctx context.Context, req *http.Request, body []byte, ex *exchange) *http.Request {
	out := req.Clone(ctx)
	out.Header.Set("User-Agent", w.o.UserAgent)
	out.Header.Set("Accept", "application/json")
	out.Body, out.ContentLength, out.GetBody = nil, 0, nil
	if body != nil {
		out.ContentLength = int64(len(body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	if ex.token != "" {
		out.Header.Set("Authorization", "Bearer "+string(ex.token))
	}
	return out
}

// failed is a failure with what every failure of an answer carries.
func (w *wire) failed(a answer, kind checks.FailureKind, message string) *checks.Failure {
	return &checks.Failure{Kind: kind, Status: a.status, Message: message, RequestID: requestID(a.header)}
}

// requestID is Microsoft's id of a request, which their support asks for.
func requestID(h http.Header) string { return checks.Line(h.Get("request-id"), 64) }

// note keeps the try as evidence and tells the log, without token and body. The
// body of a question is evidence too: without it nobody could ask again.
func (w *wire) note(ex *exchange, req *http.Request, body []byte, a answer, wait time.Duration) {
	code := ""
	if a.failure != nil {
		code = a.failure.Code
	}
	value := seenStatus(a.status, code)
	if a.status == 0 && a.failure != nil {
		value = checks.Line(a.failure.Message, maxValue)
	}
	if wait > 0 {
		value = seenPause(value, wait)
	}
	request := req.Method + " " + checks.Line(req.URL.String(), 2048)
	seen := request
	if w.question(req) {
		seen = checks.Line(request+" "+string(body), 2048)
	}
	ex.seen = append(ex.seen, checks.Evidence{
		Source: "graph", Request: seen, At: a.at, Value: value, RequestID: requestID(a.header),
	})
	w.o.Logger.DebugContext(req.Context(), "asked Microsoft Graph", "request", request, "answer", value,
		"request-id", requestID(a.header), "took", w.o.Now().Sub(a.at))
}
