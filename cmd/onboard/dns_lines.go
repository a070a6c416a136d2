package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"onboard.example/checks"
)

// dnsLines prints looks at a record for people: the answer, what each server
// says, and what to publish where it is not there. Of a look that saw nothing
// new it prints a line.
type dnsLines struct {
	out  io.Writer
	last string
}

// report prints one look.
func (l *dnsLines) report(r dnsReport) error {
	var b bytes.Buffer
	p := r.Policy
	said := map[string]bool{}
	once := func(format, text string) {
		if text != "" && !said[text] {
			said[text] = true
			_, _ = fmt.Fprintf(&b, format, text)
		}
	}
	once("%s\n", p.Reason)
	for _, n := range p.Notes {
		once("  %s\n", n)
	}
	_, _ = fmt.Fprintf(&b, "\n  %-10s %s\n", "app", r.App.Name)
	if d := r.Domain; d.Unicode != d.ASCII {
		_, _ = fmt.Fprintf(&b, "  %-10s %s (%s)\n", "domain", d.Unicode, d.ASCII)
	}
	_, _ = fmt.Fprintf(&b, "  %-10s %s TXT", "asked", p.Name)
	if p.Home != "" {
		_, _ = fmt.Fprintf(&b, sayDNSInZone, p.Home)
	}
	if n := len(p.Aliases); n > 0 {
		_, _ = fmt.Fprintf(&b, "\n  %-10s → %s"+sayDNSInZone, "", p.Aliases[n-1], p.Zone)
	}
	_, _ = fmt.Fprintf(&b, "\n  %-10s %s\n  %-10s %s\n", "wanted", p.Wanted, "found", orDash(p.Found))
	_, _ = fmt.Fprintf(&b, "  %-10s %s\n", "state", p.State)
	for _, f := range r.Findings {
		if f.Check != checks.CheckDNSPolicy {
			once("  "+fmt.Sprintf("%-10s", strings.TrimPrefix(string(f.Check), "dns/"))+" %s\n", f.Summary)
		}
	}
	l.servers(&b, p)
	advised := false
	for _, f := range r.Findings {
		if f.Fix != nil {
			once("\n→ %s\n", f.Fix.Do)
			advised = advised || f.Check == checks.CheckDNSPolicy
		}
	}
	if advised && (p.State == checks.DNSAbsent || p.State == checks.DNSInvalid) && r.Publish != nil {
		publication(&b, *r.Publish)
	}
	// What only counts down is no news.
	key := fmt.Sprint(p.State, p.Reason, p.Found, p.Have, p.Lack, p.Security, p.Resolver.State, p.Settled)
	if l.last == key {
		_, err := fmt.Fprintf(l.out, sayDNSSame, r.At.Format("15:04:05"), p.State)
		return err
	}
	l.last = key
	_, err := l.out.Write(b.Bytes())
	return err
}

// servers is a line for each server: who has it, who not.
func (l *dnsLines) servers(b *bytes.Buffer, p checks.DNSReport) {
	if len(p.Servers) > 0 {
		b.WriteByte('\n')
	}
	wide := len(sayDNSResolver)
	for _, v := range p.Servers {
		wide = max(wide, len([]rune(v.Host)))
	}
	for _, v := range append(append([]checks.DNSView{}, p.Servers...), p.Resolver) {
		host := v.Host
		if host == "" {
			if v.Addr == "" {
				continue
			}
			host = sayDNSResolver
		}
		_, _ = fmt.Fprintf(b, "  %-*s  %-24s %s\n", wide, host, v.Addr, viewed(v, v.Host == ""))
	}
}

// viewed says what one server has. A cache goes on saying so for a while; a server
// of the zone says the new thing as soon as it has it, and others may keep the old.
func viewed(v checks.DNSView, cache bool) string {
	has, nothing := sayDNSServes, sayDNSNotThere
	if cache {
		has, nothing = sayDNSHas, sayDNSKeeps
	}
	kept := checks.DNSLasts(time.Duration(v.TTL) * time.Second)
	switch {
	case !v.Outcome.Decides():
		return says(string(v.Outcome)+":", v.Why)
	case v.State == checks.DNSOk:
		return fmt.Sprintf(has, kept)
	case len(v.Found) == 0 && len(v.Aliases) > 0 && v.Outcome == checks.DNSFound:
		return fmt.Sprintf(sayDNSLeads, v.Aliases[len(v.Aliases)-1])
	case len(v.Found) > 0:
		return fmt.Sprintf(sayDNSOther, v.State, strings.Join(v.Found, " · "))
	case v.TTL > 0:
		return fmt.Sprintf(nothing, kept)
	}
	return sayDNSNothing
}

// publication is the record as it is to be typed.
func publication(b *bytes.Buffer, p checks.DNSPublication) {
	_, _ = fmt.Fprintf(b, sayDNSPublish, p.FullName, p.HostLabel, p.Zone, p.Text, p.Warning)
	for _, f := range p.Forms {
		name := f.Name
		if name != "" {
			name += "   "
		}
		_, _ = fmt.Fprintf(b, "  %-17s %s%s\n  %-17s %s\n", f.Host, name, f.Value, "", f.Note)
	}
}

// next says when it is looked again.
func (l *dnsLines) next(in time.Duration) {
	_, _ = fmt.Fprintf(l.out, sayDNSNext, in.Round(time.Second))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
