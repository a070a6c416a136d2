package resolve

import (
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"onboard.example/checks"
)

// Domain is a domain that a person typed, in the forms that are needed.
type Domain struct {
	checks.Domain
	// Organisation is the domain that was registered, as public suffixes tell:
	// where DMARC and Microsoft's proof are looked for next. ASCII form.
	Organisation string
}

// ParseDomain is checks.ParseDomain, with the domain that was registered.
func ParseDomain(typed string) (Domain, error) {
	d, err := checks.ParseDomain(typed, idna.Lookup)
	if err != nil {
		return Domain{}, err
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(d.ASCII)
	if err != nil {
		org = d.ASCII // itself a public suffix, as co.uk
	}
	return Domain{Domain: d, Organisation: org}, nil
}
