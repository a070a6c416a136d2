package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DNSView is one server's line: asked, wanted, found. Its text is fit to be
// shown.
type DNSView struct {
	Host     string     `json:"host"`
	Addr     string     `json:"addr"`
	Asked    string     `json:"asked"`
	Wanted   string     `json:"wanted"`
	Found    []string   `json:"found"`
	Aliases  []string   `json:"aliases,omitempty"` // where an alias there leads
	Outcome  DNSOutcome `json:"outcome"`
	State    DNSState   `json:"state"` // this server alone
	TTL      int        `json:"ttl"`   // seconds; of "not there" where nothing was found
	Until    *time.Time `json:"until,omitempty"`
	Why      string     `json:"why,omitempty"`
	record   DNSRecord
	negative bool
}

// DNSReport is the policy record of one domain, judged. Its text is fit to be
// shown.
type DNSReport struct {
	State    DNSState    `json:"state"`
	Reason   string      `json:"reason"`
	Name     string      `json:"name"`
	Zone     string      `json:"zone"` // that was asked
	Home     string      `json:"home"` // that Name is in: another one, where an alias led on
	Wanted   string      `json:"wanted"`
	Found    string      `json:"found"`
	Problem  *DNSProblem `json:"problem,omitempty"`
	Servers  []DNSView   `json:"servers"`
	Way      []DNSView   `json:"way,omitempty"`     // servers of the zones on the way of the aliases
	Unasked  int         `json:"unasked,omitempty"` // servers that were not asked, or not at all of their addresses
	Resolver DNSView     `json:"resolver"`
	Have     []string    `json:"have"` // servers that have the record as wanted
	Lack     []string    `json:"lack"` // servers that decide, and have it not
	Aliases  []string    `json:"aliases,omitempty"`
	AliasBy  DNSAliasBy  `json:"aliasBy,omitempty"`
	Tree     string      `json:"tree,omitempty"` // of a DNAME, where it stands
	Wildcard bool        `json:"wildcard"`
	Doubled  string      `json:"doubled,omitempty"` // where it was found instead
	Security DNSSecurity `json:"security"`
	Signed   string      `json:"signed,omitempty"` // why the security is what it is
	Notes    []string    `json:"notes,omitempty"`
	// Settled: the servers and the resolver in use say the same, so that looking
	// again is of no use until somebody changes something.
	Settled bool `json:"settled"`
	// differ: servers that decide have different records. What else stands at the
	// name, and whether it is there at all without one, is not the record's matter.
	differ bool
	// foreign: the record that counts for nothing may be somebody else's.
	foreign bool
}

// Beside are the notes without those about servers that have a line of their own,
// which says the same.
func (d DNSReport) Beside() []string {
	lines := map[string]bool{}
	for _, v := range d.Servers {
		lines[v.uncounted()] = true
	}
	return slices.DeleteFunc(slices.Clone(d.Notes), func(n string) bool { return lines[n] })
}

// Names returns where the record belongs, and where it lands if the whole name
// is typed into a form that adds the zone (see Publish).
func (r DNSRule) Names(domain, zone string) (wanted, doubled string) {
	p := r.Publish(domain, zone)
	return p.FullName, p.Doubled
}

// Compare judges an answer. failed is the error of the look, if there was one;
// doubled is what is at the doubled name, if that was looked at.
func (r DNSRule) Compare(a DNSAnswer, failed error, doubled *DNSAnswer) DNSReport {
	out := DNSReport{
		Name: trimDot(a.Name), Zone: zoneName(a.Zone), Home: trimDot(a.home()), Wanted: Line(r.Line(), dnsWide),
		AliasBy: a.AliasBy, Tree: trimDot(a.Tree), Wildcard: a.Wildcard, Security: cmp.Or(a.Security, DNSIndeterminate), Signed: Line(a.Reason, dnsWide),
		Servers: []DNSView{}, Have: []string{}, Lack: []string{},
	}
	for _, alias := range a.Aliases {
		out.Aliases = append(out.Aliases, trimDot(alias))
	}
	var deciding []DNSView
	for _, s := range a.Servers {
		v := r.view(s, a.Asked, a.At)
		out.Servers = append(out.Servers, v)
		switch {
		case !v.Outcome.Decides():
		case v.State == DNSOk:
			deciding, out.Have = append(deciding, v), append(out.Have, v.named())
		default:
			deciding, out.Lack = append(deciding, v), append(out.Lack, v.named())
		}
	}
	for _, s := range a.Way {
		out.Way = append(out.Way, r.view(s, a.Name, a.At))
	}
	out.Resolver, out.Unasked = r.view(a.Resolver, a.Name, a.At), a.Unasked
	out.differ = aliasDiffers(a) || slices.ContainsFunc(deciding, func(v DNSView) bool { return !v.same(deciding[0]) })
	out.State, out.Reason = r.decide(a, failed, deciding)
	if len(deciding) > 0 && out.State != DNSError && out.State != DNSDisagree {
		record := deciding[0].record
		out.Found, out.Problem = Line(visible(record.Text), dnsWide), record.Problem
		out.foreign = out.State == DNSInvalid && r.foreign(record)
		out.Notes = append(out.Notes, record.Notes...)
	}
	out.absent(a, r, doubled)
	out.remark(a, deciding)
	return out
}

// dnsUntil is how a time is told that may be on another day.
const dnsUntil = "2006-01-02 15:04"

// dnsWide bounds a whole record that is shown, in characters.
const dnsWide = 500

// home is the zone of the name; answers written before it was told have none but the
// one that was asked.
func (a DNSAnswer) home() string {
	if a.Top != "" {
		return a.Home
	}
	return cmp.Or(a.Home, a.Zone)
}

// zoneName is a zone as programs read it: the root's name is a dot.
func zoneName(zone string) string {
	if zone == "." {
		return zone
	}
	return trimDot(zone)
}

// zoneSaid is a zone as people read it.
func zoneSaid(zone string) string {
	if zone == "." {
		return sayDNSRoot
	}
	return trimDot(zone)
}

func trimDot(name string) string { return Line(strings.TrimSuffix(name, "."), 255) }

func (v DNSView) named() string {
	switch {
	case v.Host == "":
		return v.Addr
	case v.Addr == "":
		return v.Host
	}
	return v.Host + " (" + v.Addr + ")"
}

// uncounted says why what a server said does not count.
func (v DNSView) uncounted() string { return fmt.Sprintf(sayDNSLame, v.named(), v.Why) }

// server is what is counted as one: a name server may have several addresses.
func (v DNSView) server() string { return cmp.Or(v.Host, v.Addr) }

// servers counts name servers.
func servers(views []DNSView) int {
	all := map[string]bool{}
	for _, v := range views {
		all[v.server()] = true
	}
	return len(all)
}

func hosts(replies []DNSReply) int {
	all := map[string]bool{}
	for _, s := range replies {
		all[cmp.Or(s.Host, s.Addr)] = true
	}
	return len(all)
}

// view is one server's line.
func (r DNSRule) view(s DNSReply, asked string, at time.Time) DNSView {
	v := DNSView{
		Host: trimDot(s.Host), Addr: Line(s.Addr, dnsShown), Asked: trimDot(asked), Wanted: Line(r.Line(), dnsWide),
		Found: []string{}, Outcome: cmp.Or(s.Outcome, DNSUnasked), State: DNSError, Why: Line(s.Why, dnsWide),
	}
	if !s.Outcome.Decides() {
		return v
	}
	v.record = r.Parse(s.Texts)
	v.State = v.record.State
	for _, t := range s.Texts {
		v.Found = append(v.Found, Line(visible(strings.Join(t, "")), dnsWide))
	}
	for _, alias := range s.Aliases {
		v.Aliases = append(v.Aliases, trimDot(alias))
	}
	slices.Sort(v.Found)
	keep := s.TTL
	if s.Outcome != DNSFound {
		keep, v.negative = s.Negative, true
	}
	v.TTL = int(keep / time.Second)
	if s.Host == "" && keep > 0 && !at.IsZero() {
		until := at.Add(min(keep, dnsKept))
		v.Until = &until
	}
	return v
}

// decide joins what the servers say into one state, with the reason.
func (r DNSRule) decide(a DNSAnswer, failed error, deciding []DNSView) (DNSState, string) {
	switch {
	case failed != nil && a.Endless && len(a.Aliases) > 0:
		return DNSError, a.endless()
	case failed != nil:
		return DNSError, fmt.Sprintf(sayDNSNoLook, Line(failed.Error(), dnsWide))
	case a.Security == DNSBogus:
		return DNSError, fmt.Sprintf(sayDNSBogus, Line(a.Reason, dnsWide))
	case len(deciding) == 0:
		return DNSError, nobody(hosts(a.Servers), zoneSaid(a.Zone))
	case aliasDiffers(a):
		for _, v := range deciding {
			if len(v.Aliases) == 0 {
				return DNSDisagree, sayDNSAliasDiffers
			}
		}
		return DNSDisagree, sayDNSAliasElsewhere
	}
	first := deciding[0]
	for _, v := range deciding[1:] {
		if !v.same(first) {
			lacks := map[string]bool{}
			for _, d := range deciding {
				lacks[d.server()] = lacks[d.server()] || d.State != DNSOk
			}
			have := 0
			for _, lack := range lacks {
				if !lack {
					have++
				}
			}
			if len(lacks) == 1 {
				return DNSDisagree, sayDNSDiffersOne
			}
			return DNSDisagree, fmt.Sprintf(sayDNSDiffers, have, len(lacks))
		}
	}
	name := trimDot(a.Name)
	if a.Top != "" && len(a.Aliases) == 0 {
		return DNSAbsent, fmt.Sprintf(sayDNSNoTop, trimDot(a.Top), name)
	}
	switch first.State {
	case DNSOk:
		return DNSOk, fmt.Sprintf(sayDNSOk, name, answered(servers(deciding)))
	case DNSAmbiguous:
		return DNSAmbiguous, first.record.Problem.Say
	case DNSInvalid:
		return DNSInvalid, fmt.Sprintf(sayDNSInvalid, first.record.Problem.Column, first.record.Problem.Say)
	case DNSAbsent, DNSDisagree, DNSError:
	}
	if first.Outcome == DNSNoName {
		return DNSAbsent, fmt.Sprintf(sayDNSNoName, name)
	}
	return DNSAbsent, fmt.Sprintf(sayDNSNoRecord, name)
}

// endless says which aliases lead nowhere: those that come back to a name on the way,
// this one first and last, or those that go on and on.
func (a DNSAnswer) endless() string {
	var way []string
	for _, n := range append([]string{a.Name}, a.Aliases...) {
		way = append(way, trimDot(n))
	}
	last := len(way) - 1
	from := slices.Index(way, way[last])
	switch {
	case from == last && a.AliasBy == DNSAliasTree:
		return fmt.Sprintf(sayDNSEndless+sayDNSEndlessTree, way[0], last, way[last], trimDot(a.Tree))
	case from == last:
		return fmt.Sprintf(sayDNSEndless, way[0], last, way[last])
	case from == last-1:
		return fmt.Sprintf(sayDNSToItself, way[last])
	}
	return fmt.Sprintf(sayDNSCircle, way[from], strings.Join(way[from:], " → "))
}

// aliasDiffers says whether some servers have an alias at the name, and others not
// or another one.
func aliasDiffers(a DNSAnswer) bool {
	return !a.Agree && slices.ContainsFunc(a.Servers, func(s DNSReply) bool { return s.Outcome == DNSFound && len(s.Texts) == 0 })
}

// absent says what may have gone wrong where there is no record.
func (d *DNSReport) absent(a DNSAnswer, r DNSRule, doubled *DNSAnswer) {
	if d.State != DNSAbsent {
		return
	}
	if n := len(d.Aliases); n > 0 {
		switch last := d.Aliases[n-1]; d.AliasBy {
		case DNSAliasTree:
			d.Reason = fmt.Sprintf(sayDNSTreeInWay, d.Tree, last)
		case DNSAliasWildcard:
			d.Reason = fmt.Sprintf(sayDNSWildInWay, d.Name, last)
		case DNSAliasOwn, "":
			d.Reason = fmt.Sprintf(sayDNSAliasInWay, d.Name, last)
		}
	}
	if doubled == nil || doubled.Wildcard {
		return
	}
	for _, s := range doubled.Servers {
		if s.Outcome == DNSFound && r.Parse(s.Texts).State != DNSAbsent {
			d.Doubled = trimDot(doubled.Name)
			d.Reason = fmt.Sprintf(sayDNSDoubled, d.Doubled, strings.TrimSuffix(d.Name, "."+d.Home))
			return
		}
	}
}

// remark adds what else is worth knowing, and whether to look again.
func (d *DNSReport) remark(a DNSAnswer, deciding []DNSView) {
	note := func(say string, args ...any) { d.Notes = append(d.Notes, fmt.Sprintf(say, args...)) }
	if len(d.Aliases) > 0 && d.State != DNSAbsent {
		note(sayDNSAlias, d.Name, strings.Join(d.Aliases, " → "))
	}
	if d.Wildcard && (d.State != DNSAbsent || d.AliasBy == "") {
		note(sayDNSWildcard, d.Name)
	}
	path := false
	for _, v := range append(slices.Clone(d.Way), d.Servers...) {
		switch v.Outcome {
		case DNSLame, DNSFailed, DNSSilent, DNSForged, DNSBarred:
			d.Notes = append(d.Notes, v.uncounted())
		case DNSNoPath:
			path = true
		case DNSFound, DNSNoData, DNSNoName, DNSUnasked:
		}
	}
	if d.Unasked > 0 {
		d.Notes = append(d.Notes, unasked(d.Unasked))
	}
	if path {
		note(sayDNSNoPath)
	}
	v := d.Resolver
	switch {
	case len(deciding) == 0:
	case !v.Outcome.Decides():
		note(sayDNSResolverOut, v.Addr, v.Why)
	case v.negative && v.Until != nil && v.behind(d.State, deciding[0]):
		note(sayDNSResolverNot, v.Addr, DNSLasts(v.Until.Sub(a.At)), v.Until.UTC().Format(dnsUntil))
	case v.Until != nil && v.behind(d.State, deciding[0]):
		note(sayDNSResolverOld, v.Addr, DNSLasts(v.Until.Sub(a.At)), v.Until.UTC().Format(dnsUntil))
	}
	d.Settled = len(deciding) > 0 && d.State != DNSError && d.State != DNSDisagree && v.Outcome.Decides() && v.same(deciding[0])
}

// same says whether two servers have the same: the record as wanted, none at all,
// or the same wrong one.
func (v DNSView) same(w DNSView) bool {
	return v.State == w.State && (v.State == DNSOk || v.State == DNSAbsent || v.record.Text == w.record.Text)
}

// behind says whether the resolver's answer is an old one, where the servers came
// to state and first is one of them. Where they differ, having the record as wanted
// is not to be behind; where nothing is known of them, nobody is.
func (v DNSView) behind(state DNSState, first DNSView) bool {
	switch state {
	case DNSError:
		return false
	case DNSDisagree:
		return v.State != DNSOk
	case DNSOk, DNSAbsent, DNSInvalid, DNSAmbiguous:
	}
	return !v.same(first)
}
