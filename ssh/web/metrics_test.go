package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMetrics holds the form of the numbers, and where they are.
func TestMetrics(t *testing.T) {
	t.Parallel()
	m := NewMetrics(func() []Count {
		return []Count{{"onboard_sessions", "Sessions now.", Gauge, 3}, {"onboard_heap_bytes", "Memory.", Gauge, 1.5e9}, {"onboard_served_total", "So far.", Counter, 0}}
	}, nil)
	addr, ended := serves(t, m.Serve)
	asks := func(method, path string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return hears(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}, r)
	}
	a := asks(http.MethodGet, "/metrics")
	if a.status != http.StatusOK || a.head.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("%+v", a)
	}
	line := regexp.MustCompile(`^(# HELP onboard_\w+ [^\n]+|# TYPE onboard_\w+ (counter|gauge)|onboard_\w+ [0-9.e+]+)$`)
	for one := range strings.SplitSeq(strings.TrimSuffix(a.body, "\n"), "\n") {
		if !line.MatchString(one) {
			t.Errorf("%q", one)
		}
	}
	for _, want := range []string{"onboard_sessions 3\n", "onboard_heap_bytes 1.5e+09\n", "# TYPE onboard_served_total counter\nonboard_served_total 0\n"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not in %s", want, a.body)
		}
	}
	for path, status := range map[string]int{"/healthz": http.StatusOK, "/": http.StatusNotFound, "/debug/pprof/": http.StatusNotFound} {
		if a := asks(http.MethodGet, path); a.status != status {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := asks(http.MethodPost, "/metrics"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("%d", a.status)
	}
	m.Drain(t.Context())
	<-ended
}
