package resolve

import (
	"bytes"
	"slices"

	"github.com/miekg/dns"
)

// compare orders names as DNSSEC does: label by label from the right, bytes in
// lower case (RFC 4034 §6.1).
func compare(a, b string) int {
	return slices.CompareFunc(wireLabels(a), wireLabels(b), bytes.Compare)
}

func wireLabels(name string) [][]byte {
	buf := make([]byte, 256)
	n, err := dns.PackDomainName(dns.Fqdn(name), buf, 0, nil, false)
	if err != nil {
		return nil
	}
	var out [][]byte
	for i, b := range buf[:n] {
		if 'A' <= b && b <= 'Z' {
			buf[i] = b + 'a' - 'A' // here and not before: a letter may be written \DDD; lengths are below 64
		}
	}
	for i := 0; i < n && buf[i] != 0; i += int(buf[i]) + 1 {
		out = append(out, buf[i+1:i+1+int(buf[i])])
	}
	slices.Reverse(out)
	return out
}
