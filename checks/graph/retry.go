package graph

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
)

// pause says how long to wait before the next try; 0 means to give up. Writes
// are tried again only after 429, which says that nothing was done: every
// other answer to a write, or none, leaves open whether it landed.
func (w *wire) pause(read bool, a answer, try int, waited time.Duration) time.Duration {
	r := w.o.Retry
	tries := 0
	switch {
	case a.failure.Kind == checks.FailThrottled:
		tries = r.Throttled
	case a.failure.Kind == checks.FailService && read, a.passing && read:
		tries = r.Faults
	}
	if try >= tries {
		return 0
	}
	// Half of the pause is random, so that parts that were throttled together
	// do not come back together.
	wait := r.First << (try - 1)
	wait = wait/2 + time.Duration(w.o.Jitter()*float64(wait/2))
	if a.failure.After > 0 {
		wait = a.failure.After
	}
	if waited+wait > r.Patience {
		return 0
	}
	return max(wait, time.Millisecond)
}

// retryAfter reads Retry-After: seconds, or a date (RFC 9110 §10.2.3). Some
// identity resources send none (entra-facts §15).
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}
