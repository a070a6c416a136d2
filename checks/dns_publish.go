package checks

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// dnsTTL is what is proposed for a policy record, in seconds: an hour, short
// enough to take it back the same day.
const dnsTTL = 3600

// DNSForm is a record as one host's form wants it typed.
type DNSForm struct {
	Host  string `json:"host"`
	Name  string `json:"name"`  // into the field for the name; for BIND the name is in Value
	Value string `json:"value"` // into the field for the value
	Note  string `json:"note"`
}

// DNSPublication is what to publish where. FullName and HostLabel are the same
// name, whole and without its zone.
type DNSPublication struct {
	FullName  string    `json:"fullName"`  // without the dot at the end
	HostLabel string    `json:"hostLabel"` // what is before the zone
	Zone      string    `json:"zone"`
	Text      string    `json:"text"`
	TTL       int       `json:"ttl"`     // seconds
	Doubled   string    `json:"doubled"` // where it lands if FullName is typed and the form adds the zone
	Warning   string    `json:"warning"`
	Forms     []DNSForm `json:"forms"`
}

// Publish says what to type for domain, whose record is in zone; an empty zone, or
// one that the record's name is not in, means the domain itself. Both are in ASCII
// form, with or without the dot at the end.
func (r DNSRule) Publish(domain, zone string) DNSPublication {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	zone = strings.ToLower(strings.TrimSuffix(zone, "."))
	full := r.Label + "." + domain
	if zone == "" || full != zone && !strings.HasSuffix(full, "."+zone) {
		zone = domain
	}
	p := DNSPublication{
		FullName: full, HostLabel: within(full, zone), Zone: zone,
		Text: r.Line(), TTL: dnsTTL, Doubled: full + "." + zone,
	}
	p.Warning = fmt.Sprintf(sayDNSDoubling, p.HostLabel, zone, p.Doubled)
	p.Forms = []DNSForm{
		{"BIND", "", fmt.Sprintf("%s. %d IN TXT %s", full, dnsTTL, quoted(p.Text, decimal)), sayDNSFormBind},
		{"Amazon Route 53", p.HostLabel, quoted(p.Text, octal), sayDNSFormRoute53},
		{"Cloudflare", p.HostLabel, quoted(p.Text, decimal), sayDNSFormCloudflare},
		{"Azure DNS", p.HostLabel, p.Text, sayDNSFormAzure},
		{"Google Cloud DNS", p.HostLabel, quoted(p.Text, decimal), sayDNSFormGoogle},
		{"GoDaddy", p.HostLabel, p.Text, sayDNSFormGoDaddy},
	}
	if most := 1024; len(p.Text) > most { // https://www.godaddy.com/help/add-a-txt-record-19232
		p.Forms[len(p.Forms)-1].Note = fmt.Sprintf(sayDNSFormTooLong, len(p.Text), most)
	}
	return p
}

// within is a name as a form of its zone wants it typed: without the zone, or @.
func within(name, zone string) string {
	if name == zone {
		return "@"
	}
	return strings.TrimSuffix(name, "."+zone)
}

// How hosts write a byte that is not printable.
const (
	decimal = `\%03d` // RFC 1035 §5.1
	octal   = `\%03o` // Route 53
)

// quoted writes text as the strings of a TXT record: in quotation marks, 255
// bytes each at most, a space between them. Characters are not cut in two.
func quoted(text, escape string) string {
	var out strings.Builder
	for first := true; first || text != ""; first = false {
		n := min(len(text), 255)
		for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) && n > 252 {
			n--
		}
		if !first {
			out.WriteByte(' ')
		}
		out.WriteByte('"')
		for i := range n {
			switch c := text[i]; {
			case c == '"' || c == '\\':
				out.WriteString(`\` + string(rune(c)))
			case c < ' ' || c > '~':
				fmt.Fprintf(&out, escape, c)
			default:
				out.WriteByte(c)
			}
		}
		out.WriteByte('"')
		text = text[n:]
	}
	return out.String()
}
