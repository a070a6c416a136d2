package sim_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What passed between the SDK and the simulator, written down below the SDK's
// middleware, and which of Microsoft's routes that was.

// call is one request and its answer as they went over the wire.
type call struct {
	method string
	path   string // without the version, decoded
	query  url.Values
	header http.Header
	packed bool // the body was compressed
	body   string
	how    string // by what of the SDK: one of the by… constants
	status int
	reply  http.Header
}

// By what of the SDK a call was made.
const (
	byBuilder = "typed builder"      // of the path itself
	byURL     = "builder and URL"    // the right builder, with the address put in by WithUrl
	byRequest = "RequestInformation" // the adapter and a model, with no builder for it
	byBatch   = "batch"              // msgraph-sdk-go-core's batch
)

type howKey struct{}

// by marks how the calls under a context are made.
func by(ctx context.Context, how string) context.Context {
	return context.WithValue(ctx, howKey{}, how)
}

// ledger is a transport that writes down what passes.
type ledger struct {
	next  http.RoundTripper
	mu    sync.Mutex
	calls []call
	newer map[string]bool // of the list newer: what was met
}

// met notes a property that the SDK does not know yet.
func (l *ledger) met(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.newer == nil {
		l.newer = map[string]bool{}
	}
	l.newer[name] = true
}

func (l *ledger) RoundTrip(r *http.Request) (*http.Response, error) {
	c := call{method: r.Method, header: r.Header.Clone(), how: byBuilder, query: r.URL.Query(), packed: r.Header.Get("Content-Encoding") == "gzip"}
	c.path = strings.TrimPrefix(r.URL.Path, "/v1.0")
	if how, ok := r.Context().Value(howKey{}).(string); ok {
		c.how = how
	}
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(raw))
		c.body = unpacked(raw, c.packed)
	}
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if sheet, ok := r.Context().Value(sheetKey{}).(*sheet); ok {
		sheet.raw = raw
	}
	c.status, c.reply = resp.StatusCode, resp.Header.Clone()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
	return resp, nil
}

func unpacked(raw []byte, packed bool) string {
	if !packed {
		return string(raw)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err.Error()
	}
	out, err := io.ReadAll(z)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// last is the newest call of a method to a path.
func (l *ledger) last(t *testing.T, method, path string) call {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range slices.Backward(l.calls) {
		if c.method == method && c.path == path {
			return c
		}
	}
	t.Fatalf("the simulator saw no %s %s", method, path)
	return call{}
}

// routes are the operations of Microsoft's metadata, as METHOD /path, with what
// their paths match. Paths without keys come first.
func routes(t *testing.T) (names []string, shapes map[string]*regexp.Regexp) {
	t.Helper()
	f, err := os.Open("testdata/openapi-trim.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.NewDecoder(z).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`\\\{[^}]*\\\}`)
	shapes = map[string]*regexp.Regexp{}
	for path, item := range doc.Paths {
		shape := regexp.MustCompile("^" + key.ReplaceAllString(regexp.QuoteMeta(path), `[^/()'$$]+`) + "$")
		for method := range item {
			if slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				shapes[strings.ToUpper(method)+" "+path] = shape
			}
		}
	}
	names = slices.SortedFunc(maps.Keys(shapes), func(a, b string) int {
		if n := strings.Count(a, "{") - strings.Count(b, "{"); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	return names, shapes
}

// driven says of each route that was answered well by what it was called.
func (l *ledger) driven(t *testing.T) (ways map[string][]string, all []string) {
	t.Helper()
	all, shapes := routes(t)
	ways = map[string][]string{}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if c.status >= http.StatusMultipleChoices {
			continue
		}
		for _, name := range all {
			method, _, _ := strings.Cut(name, " ")
			if method == c.method && shapes[name].MatchString(c.path) {
				if !slices.Contains(ways[name], c.how) {
					ways[name] = append(ways[name], c.how)
				}
				break
			}
		}
	}
	return ways, all
}
