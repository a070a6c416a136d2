package sim

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// faultKind is one way in which the world misbehaves.
type faultKind string

// The kinds, as they are written in a scenario or after --fault. Several, parted
// by commas, may stand in one text: 429:0.2,503:0.05,slow,html.
//
//	KIND           spoils every call (caechallenge: one; by any count, only calls of
//	               clients that take claims challenges)
//	KIND=N         spoils N calls, then no more
//	KIND:RATE      spoils that part of the calls, above 0 to 1, drawn from the seed
//
// The last four kinds and slow take a duration in place of N. Options follow
// their kind after commas: path=PREFIX (default Graph), rate=RATE,
// retry-after=DURATION (throttle, 5xx), status=CODE (5xx), of=KIND and
// spread=DURATION (replication).
const (
	faultThrottle    faultKind = "throttle"    // 429
	faultServer      faultKind = "5xx"         // 503 or status=; any code from 500 to 599 is a kind of its own
	faultCAE         faultKind = "cae"         // 401 with a claims challenge
	faultHTML        faultKind = "html"        // 200 with a web page
	faultNotJSON     faultKind = "notjson"     // 200, JSON by its label only
	faultTruncated   faultKind = "truncated"   // the connection breaks halfway through the body
	faultReset       faultKind = "reset"       // the connection breaks before any answer
	faultLicence     faultKind = "licence"     // 403 for want of Entra ID P1 or P2
	faultSlow        faultKind = "slow"        // slow=DURATION: the body takes that long, by default slowBody
	faultLatency     faultKind = "latency"     // latency=DURATION before every answer
	faultReplication faultKind = "replication" // replication=DURATION until changes are seen
	faultWorkflow    faultKind = "workflow"    // workflow=DURATION until the request form follows its switch
)

// faultNames are further names of the kinds.
var faultNames = map[string]faultKind{
	"429": faultThrottle, "caechallenge": faultCAE, "truncate": faultTruncated, "license": faultLicence,
}

const (
	slowBody = 2 * time.Second

	// numberedRetry is the Retry-After of a fault written as 429: Graph's as a rule
	// has one.
	numberedRetry = time.Second
)

// fault is one fault that is switched on.
type fault struct {
	kind       faultKind
	left       int    // calls still to spoil; negative means all
	path       string // prefix; empty means Graph
	rate       float64
	wait       time.Duration
	retryAfter time.Duration
	status     int
	of         string // what replication is about; empty means everything
	spread     time.Duration
	server     string // of the DNS
	how        bogusKind
}

// faults decide which calls are spoilt, and how.
type faults struct {
	mu      sync.Mutex
	list    []*fault
	latency time.Duration
	lag     lagRules
	dns     []*fault
	asked   uint64 // questions of the DNS that a fault was drawn for
	seed    uint64
	// calls counts the calls of each path, or of the few that share its place: what
	// is drawn for a call depends on the seed, the path and its count there, so that
	// calls under way at once do not change each other's luck.
	calls [1024]uint32
	now   func() time.Time
	copes func(*http.Request) bool // whether a caller has said that it takes claims challenges
}

// newFaults parses the faults of a scenario and of the command line together.
func newFaults(specs []string, o Options) (*faults, error) {
	if o.Latency < 0 || o.RTT < 0 {
		return nil, fmt.Errorf("latency %s, round trip %s: type a duration of zero or more, such as 60ms", o.Latency, o.RTT)
	}
	f := &faults{latency: o.Latency, lag: lagRules{seed: o.Seed}, seed: o.Seed, now: o.Now}
	for _, spec := range specs {
		all, err := parseFaults(spec)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			f.add(one)
		}
	}
	return f, nil
}

func (f *faults) add(one *fault) {
	switch one.kind {
	case faultLatency:
		f.latency += one.wait
	case faultReplication:
		f.lag.add(one)
	case faultWorkflow:
		f.lag.workflow = one.wait
	case faultDNSSilent, faultDNSSlow, faultDNSServfail, faultDNSRefused, faultDNSLame, faultDNSTruncate, faultDNSDisagree, faultDNSBogus, faultDNSStrict:
		f.dns = append(f.dns, one)
	default:
		f.list = append(f.list, one)
	}
}

// of takes the next fault that spoils a whole request, if any. Only callers whose
// token says that they take a claims challenge (cp1) meet one (entra-facts §15).
func (f *faults) of(r *http.Request) *fault {
	return f.pick(r.URL.Path, func(one *fault) bool { return one.kind != faultCAE || f.copes(r) })
}

// ofPart takes the next fault that spoils a part of a batch, if any: faults of the
// connection spare it.
func (f *faults) ofPart(path string) *fault {
	return f.pick(path, func(one *fault) bool {
		return one.kind == faultThrottle || one.kind == faultServer || one.kind == faultLicence
	})
}

// pick takes the next fault that spoils a call to path, among those that fit it.
func (f *faults) pick(path string, fits func(*fault) bool) *fault {
	if len(f.list) == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	place := &f.calls[int(chance(0, path, 0)*float64(len(f.calls)))]
	*place++
	for i, one := range f.list {
		if one.left == 0 || !one.covers(path) {
			continue
		}
		if !fits(one) {
			continue
		}
		if one.rate < 1 && chance(f.seed+uint64(i), path, uint64(*place)) >= one.rate {
			continue
		}
		if one.left > 0 {
			one.left--
		}
		return one
	}
	return nil
}

func (one *fault) covers(path string) bool {
	if one.path == "" {
		return isGraphPath(path)
	}
	return strings.HasPrefix(path, one.path)
}
