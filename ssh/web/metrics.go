package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/netutil"
)

// Kind is what sort of number a Count is.
type Kind string

// The kinds, by their words in the text format of Prometheus.
const (
	Counter Kind = "counter" // it grows, until the next start
	Gauge   Kind = "gauge"   // it is what it is now
)

// Count is one number. Name and Help are words of the program: there are no
// labels, so nothing that a client says can get in, or make the list longer.
type Count struct {
	Name, Help string
	Kind       Kind
	Value      float64
}

// Metrics is the door of whoever watches the service: numbers, and whether it is
// well. It belongs on an address that the public does not reach.
type Metrics struct{ server *http.Server }

// NewMetrics makes it. counts are asked at each request.
func NewMetrics(counts func() []Count, stopping func() bool) *Metrics {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write([]byte(exposition(counts()))) // whoever has gone needs none
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { health(w, stopping) })
	return &Metrics{server: newServer(mux)}
}

// mostWatchers bounds the connections at the door of whoever watches.
const mostWatchers = 32

// Serve answers at l until Drain, and then returns nil.
func (m *Metrics) Serve(l net.Listener) error {
	if err := m.server.Serve(netutil.LimitListener(l, mostWatchers)); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

// Drain ends it, at once where ctx has ended.
func (m *Metrics) Drain(ctx context.Context) { stop(ctx, m.server) }

// exposition writes numbers in the text format of Prometheus, version 0.0.4, itself:
// prometheus/client_golang v1.25.0 would make the program 2.7 MB larger (stripped, for
// linux/amd64, beside an HTTPS server), most of it protobuf, for every user of it. It is
// three lines for each of two dozen, without labels; Help is never anything but a
// constant without a line break or a backslash, so that nothing is to be escaped.
func exposition(all []Count) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n%s %s\n", c.Name, c.Help, c.Name, c.Kind, c.Name, strconv.FormatFloat(c.Value, 'g', -1, 64))
	}
	return b.String()
}
