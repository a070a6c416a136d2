package sim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Reading faults as people write them.

// faultHint ends every complaint.
const faultHint = `type, for example, --fault 429:0.2,503:0.05,slow; there are throttle or 429, 5xx or a number from 500 to 599, ` +
	`caechallenge, html, notjson, truncate, reset, licence, slow, latency=DURATION, replication=DURATION, workflow=DURATION, and of the DNS ` +
	`dns-silent, dns-slow, dns-servfail, dns-refused, dns-lame, dns-truncate, dns-disagree, dns-bogus=KIND (signature, expired, early, key, unsigned, denial, ds), dns-strict`

// parseFaults reads a list of faults, such as "429:0.2,503=3,retry-after=2s,slow".
func parseFaults(spec string) ([]*fault, error) {
	var out []*fault
	for part := range strings.SplitSeq(spec, ",") {
		part = strings.TrimSpace(part)
		var err error
		name, _, given := strings.Cut(part, "=")
		if given && isFaultOption(name) && len(out) > 0 {
			err = out[len(out)-1].set(part)
		} else {
			var one *fault
			one, err = parseFault(part)
			out = append(out, one)
		}
		if err != nil {
			return nil, fmt.Errorf("fault %q: %w; %s", part, err, faultHint)
		}
	}
	return out, nil
}

func isFaultOption(name string) bool {
	switch name {
	case "path", "rate", "retry-after", "status", "of", "spread", "server":
		return true
	}
	return false
}

// parseFault reads one fault without its options.
func parseFault(part string) (*fault, error) {
	head, value, given := strings.Cut(part, "=")
	name, rate, rated := strings.Cut(head, ":")
	if v, r, also := strings.Cut(value, ":"); also && !rated {
		value, rate, rated = v, r, true // KIND=N:RATE says the same as KIND:RATE=N
	}
	f := &fault{kind: faultKind(name), left: -1, rate: 1, status: http.StatusServiceUnavailable}
	if alias, ok := faultNames[name]; ok {
		f.kind = alias
	}
	if code, err := strconv.Atoi(name); err == nil && code >= 500 && code <= 599 {
		f.kind, f.status = faultServer, code
	}
	if name == "429" {
		f.retryAfter = numberedRetry
	}
	var err error
	switch f.kind {
	case faultSlow, faultLatency, faultReplication, faultWorkflow:
		err = f.setWait(value, given)
		if rated && f.kind != faultSlow {
			err = errors.Join(err, errors.New("a rate makes no sense here"))
		}
	case faultThrottle, faultServer, faultCAE, faultHTML, faultNotJSON, faultTruncated, faultReset, faultLicence:
		err = f.setCount(value, given, rated)
	case faultDNSSilent, faultDNSSlow, faultDNSServfail, faultDNSRefused, faultDNSLame, faultDNSTruncate, faultDNSDisagree, faultDNSBogus, faultDNSStrict:
		err = f.setDNS(value, given, rated)
	default:
		return nil, errors.New("there is no such kind")
	}
	if f.kind == faultLicence {
		f.path = "/v1.0/auditLogs"
	}
	if rated {
		err = errors.Join(err, f.set("rate="+rate))
	}
	return f, err
}

func (f *fault) setCount(value string, given, rated bool) error {
	if !given {
		if f.kind == faultCAE && !rated {
			f.left = 1 // a client that cannot answer it would never get on
		}
		return nil
	}
	var err error
	if f.left, err = strconv.Atoi(value); err != nil || f.left < 1 {
		return errors.New("a count of calls is a number from 1")
	}
	return nil
}

func (f *fault) setWait(value string, given bool) error {
	if !given && f.kind == faultSlow {
		f.wait = slowBody
		return nil
	}
	var err error
	f.wait, err = duration(value)
	return err
}

func duration(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no duration, such as 500ms or 20s", value)
	}
	return d, nil
}

// set applies one option.
func (f *fault) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	var err error
	switch name {
	case "path":
		if f.path = value; !strings.HasPrefix(value, "/") {
			err = errors.New("a path begins with a slash")
		}
	case "rate":
		f.rate, err = strconv.ParseFloat(value, 64)
		if err != nil || !(f.rate > 0 && f.rate <= 1) {
			err = errors.New("a rate is a number above 0, up to 1")
		}
	case "retry-after":
		f.retryAfter, err = duration(value)
	case "status":
		f.status, err = strconv.Atoi(value)
		if err != nil || f.status < 500 || f.status > 599 {
			err = errors.New("a status is a number from 500 to 599")
		}
	case "of":
		if f.of = value; f.kind != faultReplication || value != lagServices && value != lagGrants {
			err = fmt.Errorf("of goes with replication, and is %s or %s", lagServices, lagGrants)
		}
	case "server":
		err = f.setServer(value)
	case "spread":
		if f.spread, err = duration(value); err == nil && f.kind != faultReplication {
			err = errors.New("spread goes with replication")
		}
	}
	return err
}
