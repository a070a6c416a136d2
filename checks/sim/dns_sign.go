package sim

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// DNSSEC, on demand: a key for each zone, which signs all of it, answers signed as
// they are given, and NSEC or NSEC3 for what is not there.

// zoneKey is a zone's key.
type zoneKey struct {
	record *dns.DNSKEY
	tag    uint16
	secret crypto.Signer
	now    func() time.Time
}

// signatureLife is how long a signature holds, from an hour before it was made.
const signatureLife = 24 * time.Hour

// keyTries is how many keys are drawn until one can be used.
const keyTries = 8

// newZoneKey draws a key by generate, which fills in a record. One of 65,536 has the
// tag 0, by which the library does not sign: it takes it for one that was left out.
func newZoneKey(zone string, now func() time.Time, generate func(*dns.DNSKEY) (crypto.PrivateKey, error)) (*zoneKey, error) {
	for range keyTries {
		k := &dns.DNSKEY{Hdr: head(zone, dns.TypeDNSKEY), Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ECDSAP256SHA256}
		secret, err := generate(k)
		if err != nil {
			return nil, fmt.Errorf("make the key of %s: %w", zone, err)
		}
		signer, ok := secret.(crypto.Signer)
		if !ok {
			return nil, errors.New("make the key of " + zone + ": it cannot sign")
		}
		if tag := k.KeyTag(); tag != 0 {
			return &zoneKey{record: k, tag: tag, secret: signer, now: now}, nil
		}
	}
	return nil, errors.New("make the key of " + zone + ": none that was drawn has a tag to sign by")
}

// generateKey draws a key of the one algorithm that zones are signed by here.
func generateKey(k *dns.DNSKEY) (crypto.PrivateKey, error) { return k.Generate(256) }

// makeKeys gives a key to every zone that is to be signed, and writes the trust
// anchor: the root's key as DS and as DNSKEY.
func (s *Sim) makeKeys() error {
	s.zoneKeys = map[string]*zoneKey{}
	for _, z := range s.zonesOf(dnsResolver) {
		if !s.signs(z.name) {
			continue
		}
		var err error
		if s.zoneKeys[z.name], err = newZoneKey(z.name, s.now, generateKey); err != nil {
			return err
		}
	}
	var err error
	if s.stray, err = newZoneKey(".", s.now, generateKey); err != nil {
		return err
	}
	root := s.zoneKeys["."]
	if root == nil {
		return nil
	}
	text := root.record.ToDS(dns.SHA256).String() + "\n" + root.record.String() + "\n"
	if err := os.WriteFile(s.anchorPath(), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the trust anchor: %w", err)
	}
	return nil
}

func (s *Sim) anchorPath() string { return filepath.Join(s.dir, "trust-anchor") }

// signs says whether a zone is signed: one that a scenario wants so, and what is
// above it.
func (s *Sim) signs(name string) bool {
	if s.opts.DNSSign {
		return true
	}
	if s.faults.any(faultDNSBogus) {
		return true
	}
	for _, t := range s.world.tenants {
		for _, d := range t.Domains {
			if d.Signed && dns.IsSubDomain(name, dns.CanonicalName(d.Name)) {
				return true
			}
		}
	}
	return false
}

// given are records as they are handed out: copies, at the name that was asked
// for, with their signature where it is wanted.
func (z *zone) given(set []dns.RR, name string, signed bool) []dns.RR {
	var out []dns.RR
	for _, rr := range set {
		c := dns.Copy(rr)
		c.Header().Name = name
		out = append(out, c)
	}
	if !signed || z.key == nil || len(set) == 0 {
		return out
	}
	sig := z.sign(set)
	if sig == nil {
		return out
	}
	sig.Hdr.Name = name
	return append(out, sig)
}

// signedNames are the zone's names in the order of RFC 4034 §6.1, without what
// lies below another zone's beginning or below a DNAME.
func (z *zone) signedNames() []string {
	var names []string
	for n := range z.records {
		if c := z.cut(n); (c == "" || c == n) && z.dname(n) == "" {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, compareNames)
	return names
}

// compareNames orders names as RFC 4034 §6.1 does: by their labels, from the last.
func compareNames(a, b string) int {
	x, y := dns.SplitDomainName(a), dns.SplitDomainName(b)
	for i := 1; i <= min(len(x), len(y)); i++ {
		if c := strings.Compare(strings.ToLower(x[len(x)-i]), strings.ToLower(y[len(y)-i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
