package checks

import (
	"fmt"
	"strings"
	"time"
)

// dnsKept is the longest that caches are advised to keep anything, whatever they were
// told (RFC 8767 §4); many keep it for less.
const dnsKept = 7 * 24 * time.Hour

// DNSLasts is how long an answer is kept, as people write it: 43s, 5m, 23h58m.
func DNSLasts(d time.Duration) string {
	if d >= dnsKept {
		return sayDNSLong
	}
	if d = d.Round(time.Second); d >= time.Hour {
		d = d.Round(time.Minute)
	}
	out := d.String()
	if strings.HasSuffix(out, "m0s") {
		out = strings.TrimSuffix(out, "0s")
	}
	if strings.HasSuffix(out, "h0m") {
		out = strings.TrimSuffix(out, "0m")
	}
	return out
}

// The numbers of servers, as sentences want them.

func differing(n int, zone string) string {
	if n == 1 {
		return fmt.Sprintf(sayDNSAgreeNotOne, zone)
	}
	return fmt.Sprintf(sayDNSAgreeNot, n, zone)
}

func unasked(n int) string {
	if n == 1 {
		return sayDNSUnaskedOne
	}
	return fmt.Sprintf(sayDNSUnasked, n)
}

func answered(n int) string {
	if n == 1 {
		return sayDNSOneAnswered
	}
	return fmt.Sprintf(sayDNSEachAnswered, n)
}

func nobody(n int, zone string) string {
	if n == 1 {
		return fmt.Sprintf(sayDNSNobodyOne, zone)
	}
	return fmt.Sprintf(sayDNSNobody, n, zone)
}

// allAgree is of n servers that gave an answer, out of all that there are.
func allAgree(n, all int, zone string) string {
	switch {
	case n == 1:
		return fmt.Sprintf(sayDNSAgreeOne, zone)
	case n == 2 && all == 2:
		return fmt.Sprintf(sayDNSAgreeBoth, zone)
	case n < all:
		return fmt.Sprintf(sayDNSAgreeSome, n, zone)
	}
	return fmt.Sprintf(sayDNSAgreeAll, n, zone)
}

func agreeing(n int, zone string) string {
	if n == 1 {
		return fmt.Sprintf(sayDNSOneSays, zone)
	}
	return fmt.Sprintf(sayDNSSomeSay, n, zone)
}

func uncounted(n int) string {
	if n == 1 {
		return sayDNSOneOut
	}
	return fmt.Sprintf(sayDNSSomeOut, n)
}
