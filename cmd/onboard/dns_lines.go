package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"onboard.example/checks"
)

// dnsLines prints looks at a record for people: the answer, what each server
// says, and what to publish where it is not there. Of a look that saw nothing
// new it prints a line.
type dnsLines struct {
	out   io.Writer
	width func() int // of the terminal, in cells; 0, and nil: there is none
	last  string
}

// Columns of headings, in cells, with the blanks before them.
const (
	dnsHead = 13
	dnsForm = 20

	dnsRecords = 3 // of one server that are shown
)

// dnsPage is one look while it is being laid out.
type dnsPage struct {
	page

	said map[string]bool // nothing is said twice
}

// once reports whether a text is there, and was not said yet.
func (p *dnsPage) once(text string) bool {
	is := text != "" && !p.said[text]
	p.said[text] = true
	return is
}

func (l *dnsLines) page() *dnsPage {
	p := &dnsPage{said: map[string]bool{}}
	if l.width != nil {
		p.width = l.width()
	}
	return p
}

// report prints one look.
func (l *dnsLines) report(r dnsReport) error {
	b, p := l.page(), r.Policy
	// What only counts down is no news.
	key := fmt.Sprint(p.State, p.Reason, p.Found, p.Have, p.Lack, p.Security, p.Resolver.State, p.Settled)
	if l.last == key {
		b.wrap("", "", fmt.Sprintf(sayDNSSame, r.At.Format("15:04:05"), p.State))
		_, err := l.out.Write(b.Bytes())
		return err
	}
	l.last = key
	if b.once(p.Reason) {
		b.wrap("", "", p.Reason)
	}
	for _, f := range r.Findings {
		for _, n := range f.Detail {
			if f.Check == checks.CheckDNSPolicy && b.once(n) {
				b.wrap("  ", "  ", n)
			}
		}
	}
	b.WriteByte('\n')
	b.asked(r)
	b.servers(p)
	advised := false
	for _, f := range r.Findings {
		if f.Fix == nil {
			continue
		}
		if b.once(f.Fix.Do) {
			b.WriteByte('\n')
			b.wrap("→ ", "  ", f.Fix.Do)
		}
		advised = advised || f.Check == checks.CheckDNSPolicy
	}
	if advised && (p.State == checks.DNSAbsent || p.State == checks.DNSInvalid) && r.Publish != nil {
		b.publication(*r.Publish)
	}
	_, err := l.out.Write(b.Bytes())
	return err
}

// asked is what was asked, wanted and found, and what the other checks say.
func (b *dnsPage) asked(r dnsReport) {
	p := r.Policy
	b.beside("  app", dnsHead, r.App.Name)
	if d := r.Domain; d.Unicode != d.ASCII {
		b.beside("  domain", dnsHead, d.Unicode+" ("+d.ASCII+")")
	}
	asked := p.Name + " TXT"
	if p.Home != "" {
		asked += fmt.Sprintf(sayDNSInZone, p.Home)
	}
	b.beside("  asked", dnsHead, asked)
	if n := len(p.Aliases); n > 0 {
		b.beside("  ", dnsHead, "→ "+p.Aliases[n-1]+fmt.Sprintf(sayDNSInZone, p.Zone))
	}
	b.whole("  wanted", dnsHead, p.Wanted)
	b.whole("  found", dnsHead, orDash(p.Found))
	b.beside("  state", dnsHead, string(p.State))
	for _, f := range r.Findings {
		if f.Check != checks.CheckDNSPolicy && b.once(f.Summary) {
			b.beside("  "+strings.TrimPrefix(string(f.Check), "dns/"), dnsHead, f.Summary)
		}
	}
}

// servers is a line for each server: who has it, who not. Where a line would be wider
// than the terminal, what they say stands below their names, of all of them.
func (b *dnsPage) servers(p checks.DNSReport) {
	if len(p.Servers) > 0 {
		b.WriteByte('\n')
	}
	var rows [][3]string
	wide := len(sayDNSResolver)
	for _, v := range append(append([]checks.DNSView{}, p.Servers...), p.Resolver) {
		host := v.Host
		if host == "" {
			if v.Addr == "" {
				continue
			}
			host = sayDNSResolver
		}
		rows, wide = append(rows, [3]string{host, v.Addr, viewed(v, v.Host == "")}), max(wide, len([]rune(host)))
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("  %-*s  %-24s %s", wide, r[0], r[1], r[2]))
	}
	if b.width == 0 || !slices.ContainsFunc(lines, func(l string) bool { return ansi.StringWidth(l) > b.width }) {
		for _, l := range lines {
			_, _ = fmt.Fprintln(b, l)
		}
		return
	}
	for _, r := range rows {
		b.wrap("  ", "    ", r[0]+" "+r[1])
		b.wrap("    ", "    ", r[2])
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
		return fmt.Sprintf(sayDNSOther, v.State, several(v.Found))
	case v.TTL > 0:
		return fmt.Sprintf(nothing, kept)
	}
	return sayDNSNothing
}

// publication is the record as it is to be typed.
func (b *dnsPage) publication(p checks.DNSPublication) {
	b.WriteByte('\n')
	b.wrap("", "", sayDNSShould)
	b.whole("  "+sayDNSWhole, dnsHead+1, p.FullName)
	b.beside("  "+sayDNSLabel, dnsHead+1, p.HostLabel+fmt.Sprintf(sayDNSLabelIn, p.Zone))
	b.whole("  "+sayDNSText, dnsHead+1, p.Text)
	b.wrap("  ", "  ", p.Warning)
	b.WriteByte('\n')
	for _, f := range p.Forms {
		value := f.Value
		if f.Name != "" {
			value = f.Name + "   " + value
		}
		b.whole("  "+f.Host, dnsForm, value)
		b.beside("  ", dnsForm, f.Note)
	}
}

// next says when it is looked again.
func (l *dnsLines) next(in time.Duration) {
	p := l.page()
	p.wrap("", "", fmt.Sprintf(sayDNSNext, in.Round(time.Second)))
	_, _ = l.out.Write(p.Bytes())
}

// several are the records of a server: as many as help, as a zone may hold hundreds.
func several(found []string) string {
	if more := len(found) - dnsRecords; more > 0 {
		found = append(slices.Clone(found[:dnsRecords]), fmt.Sprintf(sayDNSMore, more))
	}
	return strings.Join(found, " · ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
