package aadsts

import (
	"slices"
	"strings"
)

// A domain and a person's name in the form "first.last" look alike. What a text
// calls a tenant without more is told of as a domain only where its end is one.

// tenantDomain is domain for such a place; "" where the end of v may be a
// person's name. Ends of two letters are countries'.
func tenantDomain(v string) string {
	d := domain(v)
	end := d[strings.LastIndexByte(d, '.')+1:]
	switch {
	case len(end) == 2 && end[0] >= 'a' && end[1] >= 'a', strings.HasPrefix(end, "xn--"), slices.Contains(domainEnds, end):
		return d
	case strings.IndexFunc(end, func(r rune) bool { return r > 0x24f }) >= 0:
		return d // of another script
	}
	return ""
}

// domainEnds are ends of domains that organisations have, and the ones for
// examples and for networks without names of their own [K; RFC 2606, RFC 6762].
var domainEnds = strings.Fields(`com net org edu gov mil int info biz pro coop museum aero jobs mobi travel cat post
	app dev cloud online site website tech digital software systems solutions services network computer email hosting agency company group global international
	consulting management capital finance financial bank insurance investments ventures partners holdings legal law lawyer tax accountants
	health healthcare care clinic dental doctor hospital pharmacy school university college academy education training institute
	church foundation charity ngo ong community social energy engineering construction industries build supply tools
	shop store market restaurant hotel cafe events media news studio design photography productions film film works work team
	africa asia berlin hamburg koeln cologne bayern saarland ruhr nrw wien tirol swiss zuerich london scot wales cymru paris bzh alsace corsica
	amsterdam frl brussels gent vlaanderen eus gal barcelona madrid quebec nyc boston miami vegas sydney melbourne tokyo osaka nagoya kyoto istanbul moscow
	sap siemens bmw audi ibm microsoft google amazon apple sony
	example test invalid localhost local internal lan corp home intranet`)

// tenantLeads are words that a tenant's domain follows in a sentence.
var tenantLeads = []string{
	"tenant ", "Tenant ", "tenant: ", "directory ", "organization ", "organisation ", "the domain ", "Mandant ", "Mandanten ", "locataire ", "inquilino ", "locatário ", "dzierżawy ", "テナント ",
}

const (
	maxSaid  = 64 << 10 // how much of a text is read for what tenants are called
	maxLeads = 4        // how often one of tenantLeads is followed
)

// saidTenant is the first domain that a sentence calls a tenant; "" for none.
func saidTenant(s string) string {
	s = s[:min(len(s), maxSaid)]
	for _, lead := range tenantLeads {
		rest := s
		for range maxLeads {
			_, behind, ok := strings.Cut(rest, lead)
			if !ok {
				break
			}
			rest = behind
			end := strings.IndexAny(behind, " \n,;:()\"'<>?!/@")
			if end < 0 {
				end = len(behind)
			}
			if end < len(behind) && behind[end] == '@' {
				continue // somebody's address
			}
			if d := tenantDomain(strings.TrimRight(behind[:end], ".")); d != "" {
				return d
			}
		}
	}
	return ""
}
