package resolve

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Domain is a domain that a person typed, in the forms that are needed.
type Domain struct {
	ASCII   string // for the DNS: lower case, xn-- where needed, no dot at the end
	Unicode string // for people
	// Organisation is the domain that was registered, as public suffixes tell:
	// where DMARC and Microsoft's proof are looked for next. ASCII form.
	Organisation string
}

// ParseDomain reads what a person typed as a domain. The error says what it is
// instead and is fit to be shown.
func ParseDomain(typed string) (Domain, error) {
	s := strings.TrimSuffix(strings.TrimSpace(typed), ".")
	_, addrErr := netip.ParseAddr(strings.Trim(s, "[]"))
	switch {
	case s == "":
		return Domain{}, fmt.Errorf("%s", wordEmpty)
	case addrErr == nil:
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordAddress)
	case strings.Contains(s, "@"):
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordMailbox)
	case strings.ContainsAny(s, "/:?#"):
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordURL)
	case len(s) > 1024, !utf8.ValidString(s), strings.ContainsRune(s, utf8.RuneError): // 253 in ASCII; one character of ours is at most four bytes
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordNoName)
	}
	lookup := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	ascii, err := lookup.ToASCII(s)
	ascii = strings.TrimSuffix(ascii, ".") // one that was written otherwise, as 。
	if err != nil || ascii == "" || len(ascii) > 253 || strings.HasSuffix(s, ".") {
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordNoName)
	}
	if _, err := netip.ParseAddr(ascii); err == nil {
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordAddress) // digits in disguise
	}
	if !strings.Contains(ascii, ".") {
		return Domain{}, fmt.Errorf("%q: %s", short(s), wordOneLabel)
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(ascii)
	if err != nil {
		org = ascii // itself a public suffix, as co.uk
	}
	shown, err := lookup.ToUnicode(ascii)
	if err != nil {
		shown = ascii
	}
	return Domain{ASCII: ascii, Unicode: shown, Organisation: org}, nil
}

// short bounds what an error repeats of what was typed; %q makes it harmless.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
