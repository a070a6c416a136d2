package sim

import "strings"

// What a snapshot tells of the DNS of the organization's domain.

type savedPublished struct {
	Answer struct {
		Name    string `json:"name"`
		Servers []struct {
			Outcome string     `json:"outcome"`
			Texts   [][]string `json:"texts"`
		} `json:"servers"`
		Agree    bool   `json:"agree"`
		Security string `json:"security"`
	} `json:"answer"`
	Doubled *struct {
		Servers []struct {
			Texts [][]string `json:"texts"`
		} `json:"servers"`
	} `json:"doubled"`
}

type savedMail struct {
	Known bool     `json:"known"`
	MX    []string `json:"mx"`
	Texts []string `json:"texts"`
}

// mostSavedTexts bounds the records that are taken over.
const mostSavedTexts = 20

// names publishes in contoso.example what was published in the organization's own
// domain. A snapshot without it is older, or of somebody who did not look.
func (m *making) names() {
	if p := m.look.DNSPolicy; p.Read {
		a := p.Value.Answer
		label, _, _ := strings.Cut(plain(a.Name), ".")
		for _, s := range a.Servers {
			if len(s.Texts) > 0 {
				m.text(label, s.Texts)
				break
			}
		}
		if p.Value.Doubled != nil {
			for _, s := range p.Value.Doubled.Servers[:min(1, len(p.Value.Doubled.Servers))] {
				m.text(label+"."+firstDomain, s.Texts)
			}
		}
		if !a.Agree && len(m.home.TXT) > 0 {
			m.sc.Faults = append(m.sc.Faults, string(faultDNSDisagree))
		}
		switch a.Security {
		case "secure":
			m.home.DNS.Signed = true
		case "bogus":
			m.sc.Faults = append(m.sc.Faults, string(faultDNSBogus))
		}
	}
	if p := m.look.DNSMail; p.Read && p.Value.Known {
		m.home.DNS.Mail = mailOf(p.Value)
		m.home.DNS.Unproved = true
		for _, t := range p.Value.Texts {
			if strings.HasPrefix(strings.ToLower(t), "ms=ms") {
				m.home.DNS.Unproved = false
			}
		}
	}
}

// text takes over the records of one name.
func (m *making) text(label string, records [][]string) {
	for _, r := range records {
		value := strings.Join(r, "")
		if _, err := recordsOf(firstDomain, map[string][]string{label: {value}}, nil, registered); err != nil || label == "" || value == "" || len(value) > mostText || len(m.home.TXT[label]) >= mostSavedTexts {
			continue
		}
		if m.home.TXT == nil {
			m.home.TXT = map[string][]string{}
		}
		m.home.TXT[label] = append(m.home.TXT[label], value)
	}
}

// mailOf is a scenario's word for where mail is.
func mailOf(m savedMail) string {
	at := strings.ToLower(strings.Join(m.MX, " "))
	microsoft := strings.Contains(at, "mail.protection.") || strings.Contains(at, "mx.microsoft")
	spf := strings.Contains(strings.ToLower(strings.Join(m.Texts, " ")), "include:spf.protection.")
	switch {
	case microsoft && len(m.MX) == 1:
		return ""
	case strings.TrimSpace(at) == "":
		return mailNone
	case microsoft || spf:
		return mailGateway
	case strings.Contains(at, "google"):
		return mailGoogle
	}
	return mailElsewhere
}
