package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// DNS hosting: no page of Microsoft's. It stands in for the control panel of
// whoever keeps the domain's DNS, so that a policy record can be published by hand.
// As most such forms it adds the domain to what is typed as the name.

type portalDNSView struct {
	portalFrame
	Zones       []string
	Zone        string
	Rows        []dnsRow
	Name, Value string // as typed, where it was not taken
}

// dnsRow is one record.
type dnsRow struct {
	Name, Kind, Value string
	Key               string // to remove it; empty: it belongs to the domain
}

// portalDNS lists a domain's records, with the form that adds one.
func (s *Sim) portalDNS(c *visit, who account) answer {
	return s.dnsPage(c, who, http.StatusOK, c.get("zone"), "")
}

func (s *Sim) dnsPage(c *visit, who account, status int, zone, problem string) answer {
	f := s.frame(c, who, bladeDNS, "", wordsDNS)
	f.Problem, f.Kind = problem, wordsDNSKind
	f.lock(who, []string{roleGlobalAdmin}, wordsDNSNeedGlobal)
	v := portalDNSView{portalFrame: f, Name: c.body.Get("name"), Value: c.body.Get("value")}
	for _, d := range who.tenant.Domains {
		if !d.Initial {
			v.Zones = append(v.Zones, d.Name)
		}
	}
	d := who.tenant.zoneNamed(oneOf(zone, v.Zones...))
	v.Zone = d.Name
	for _, rr := range s.tenantZone(who.tenant, d).sorted() {
		v.Rows = append(v.Rows, rowOf(d, rr))
	}
	for i, had := range d.Records {
		if had.Till.IsZero() {
			row := rowOf(d, had.RR)
			row.Key = strconv.Itoa(i)
			v.Rows = append(v.Rows, row)
		}
	}
	return s.page(c, status, "portal-dns", v)
}

// zoneNamed is a domain of the tenant; the first for a name that is none.
func (t *Tenant) zoneNamed(name string) *Domain {
	i := slices.IndexFunc(t.Domains, func(d Domain) bool { return strings.EqualFold(d.Name, name) })
	return &t.Domains[max(i, 0)]
}

// sorted are the records of a zone in the order of their names.
func (z *zone) sorted() []dns.RR {
	var out []dns.RR
	names := sortedKeys(z.records)
	slices.SortStableFunc(names, compareNames)
	for _, n := range names {
		out = append(out, z.records[n]...)
	}
	return out
}

// rowOf shows a record as such forms do: its name without the domain.
func rowOf(d *Domain, rr dns.RR) dnsRow {
	owner := rr.Header().Name
	name := strings.TrimSuffix(strings.TrimSuffix(owner, dns.CanonicalName(d.Name)), ".")
	if name == "" {
		name = "@"
	}
	value := strings.TrimPrefix(rr.String(), rr.Header().String())
	if txt, ok := rr.(*dns.TXT); ok {
		value = strings.ReplaceAll(strings.Join(txt.Txt, ""), `\\`, `\`)
	}
	return dnsRow{Name: name, Kind: dns.TypeToString[rr.Header().Rrtype], Value: value}
}

// portalPublish adds a TXT record, or takes one away.
func (s *Sim) portalPublish(c *visit, who account) answer {
	if !who.user.hasRole(roleGlobalAdmin) {
		return s.noAccess(c, who, wordsDNSNeedGlobal)
	}
	d := who.tenant.zoneNamed(c.body.Get("zone"))
	to := "/dns" + searchOf("zone", d.Name)
	if key := c.body.Get("remove"); key != "" {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(d.Records) || !d.Records[i].Till.IsZero() {
			return s.dnsPage(c, who, statusPage, d.Name, wordsDNSGone)
		}
		d.Records[i].Till = s.now()
		return portalTo(c, to, "unpublished")
	}
	name := strings.TrimSpace(c.body.Get("name"))
	if name == "" {
		name = "@"
	}
	switch err := s.publish(d, name, strings.TrimSpace(c.body.Get("value"))); err {
	case nil:
		return portalTo(c, to, "published")
	case errAlias: //nolint:errorlint // made here, and wrapped by nobody
		return s.dnsPage(c, who, statusPage, d.Name, wordsDNSAlias)
	}
	return s.dnsPage(c, who, statusPage, d.Name, wordsDNSBad)
}
