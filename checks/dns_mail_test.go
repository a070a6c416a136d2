package checks

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestDNSMail(t *testing.T) {
	t.Parallel()
	ms, goog := "contoso-example.mail.protection.outlook.com", "ASPMX.L.GOOGLE.COM"
	for name, c := range map[string]struct {
		mail  DNSMail
		want  DNSMailPlace
		proof int
		dmarc string
	}{
		"Microsoft 365":             {DNSMail{Known: true, Exists: true, MX: []string{ms}, Autodiscover: "autodiscover.outlook.com", Texts: []string{"MS=ms12345678", "v=spf1 include:spf.protection.outlook.com -all"}, DMARC: []string{"v=DMARC1; p=Reject; rua=mailto:a@b"}}, MailMicrosoft, 1, "reject"},
		"Microsoft 365, new names":  {DNSMail{Known: true, Exists: true, MX: []string{"Contoso-Example.a-v1.MX.Microsoft"}}, MailMicrosoft, 0, ""},
		"Google":                    {DNSMail{Known: true, Exists: true, MX: []string{goog, "alt1.aspmx.l.google.com", "aspmx2.googlemail.com"}}, MailGoogle, 0, ""},
		"Google, new names":         {DNSMail{Known: true, Exists: true, MX: []string{"smtp.google.com"}}, MailGoogle, 0, ""},
		"Google, Outlook elsewhere": {DNSMail{Known: true, Exists: true, MX: []string{goog}, Autodiscover: "autodiscover.outlook.com"}, MailHybrid, 0, ""},
		"Google, sends by 365 too":  {DNSMail{Known: true, Exists: true, MX: []string{goog}, Texts: []string{"v=spf1 include:_spf.google.com include:spf.protection.outlook.com ~all"}}, MailGoogle, 0, ""},
		"a gateway":                 {DNSMail{Known: true, Exists: true, MX: []string{"mx.gateway.example"}, Texts: []string{"v=spf1 ?include:SPF.protection.outlook.com -all"}}, MailHybrid, 0, ""},
		"both":                      {DNSMail{Known: true, Exists: true, MX: []string{ms, goog}}, MailHybrid, 0, ""},
		"elsewhere":                 {DNSMail{Known: true, Exists: true, MX: []string{"mx.contoso.example"}, Texts: []string{"v=spf1 mx -all"}}, MailElsewhere, 0, ""},
		"GCC High":                  {DNSMail{Known: true, Exists: true, MX: []string{"contoso-example.mail.protection.office365.us"}}, MailMicrosoft, 0, ""},
		"China":                     {DNSMail{Known: true, Exists: true, MX: []string{"contoso-example.mail.protection.partner.outlook.cn"}}, MailMicrosoft, 0, ""},
		"a look-alike":              {DNSMail{Known: true, Exists: true, MX: []string{"xmail.protection.outlook.com", "mail.protection.outlook.com.evil.example"}}, MailElsewhere, 0, ""},
		"takes none":                {DNSMail{Known: true, Exists: true, MX: []string{""}}, MailNone, 0, ""},
		"no MX":                     {DNSMail{Known: true, Exists: true}, MailNone, 0, ""},
		"no MX, Outlook":            {DNSMail{Known: true, Exists: true, Autodiscover: "autodiscover.outlook.com"}, MailHybrid, 0, ""},
		"no domain":                 {DNSMail{Known: true}, MailNone, 0, ""},
		"no answer":                 {DNSMail{Texts: []string{"MS=ms1"}}, MailUnknown, 1, ""},
		"proofs":                    {DNSMail{Texts: []string{"ms=MS00000001", "MS=ms12", "MS=ms12", "MS=msx", "MS=ms", "MS=12", "xMS=ms1"}}, MailUnknown, 2, ""},
		"two DMARC records":         {DNSMail{DMARC: []string{"v=DMARC1; p=none", "v=DMARC1; p=reject"}}, MailUnknown, 0, ""},
		"DMARC of other versions":   {DNSMail{DMARC: []string{"v=DMARC2; p=none", "p=reject", "x", "v=DMARC1; p=quarantine"}}, MailUnknown, 0, "quarantine"},
		"the domain above":          {DNSMail{Above: "contoso.example", AboveDMARC: []string{"v=DMARC1; p=none; sp=reject"}}, MailUnknown, 0, "reject"},
		"above, without sp":         {DNSMail{Above: "contoso.example", AboveDMARC: []string{"v=DMARC1; p=none"}}, MailUnknown, 0, "none"},
		"its own goes before":       {DNSMail{Above: "contoso.example", DMARC: []string{"v=DMARC1; p=none; sp=x"}, AboveDMARC: []string{"v=DMARC1; p=reject"}}, MailUnknown, 0, "none"},
		"two above":                 {DNSMail{Above: "contoso.example", AboveDMARC: []string{"v=DMARC1; p=none", "v=DMARC1; p=reject"}}, MailUnknown, 0, ""},
		"proof above":               {DNSMail{Above: "contoso.example", AboveTexts: []string{"MS=ms1"}}, MailUnknown, 0, ""},
		"escape sequences":          {DNSMail{Domain: "a\x1b[2J", Known: true, Exists: true, MX: []string{"\x1b]0;x\x07"}, Autodiscover: "\u202e", DMARC: []string{"v=DMARC1; p=a\x1bb"}}, MailElsewhere, 0, ""},
	} {
		got := c.mail.Judge()
		if got.Place != c.want || len(got.Proof) != c.proof || got.DMARC != c.dmarc || got.Summary == "" {
			t.Errorf("%s: %+v", name, got)
		}
		for _, s := range append(slices.Clone(got.Signs), got.Summary, got.DMARC) {
			if strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "%!") || strings.ContainsRune(s, '\u202e') {
				t.Errorf("%s: not fit to be shown: %q", name, s)
			}
		}
	}
}

// TestDNSMailSaysWhatItKnows: no MX at all is another matter than one that takes no
// mail (RFC 5321 §5.1, RFC 7505), and a question that nobody answered is no "no".
func TestDNSMailSaysWhatItKnows(t *testing.T) {
	t.Parallel()
	here := DNSMail{Domain: "mail.contoso.example", Known: true, Exists: true, KnownTexts: true, Above: "contoso.example", AboveKnown: true}
	with := func(change func(*DNSMail)) DNSMail { m := here; change(&m); return m }
	for name, c := range map[string]struct {
		mail        DNSMail
		says        string
		proof       Verdict
		saysOfProof string
	}{
		"no MX":                {here, "No mail server is named", Warn, "carries no proof"},
		"a null MX":            {with(func(m *DNSMail) { m.MX = []string{""} }), "takes no mail, as its MX", Warn, "carries no proof"},
		"its own proof":        {with(func(m *DNSMail) { m.Texts = []string{"MS=ms1"} }), "", Pass, "mail.contoso.example carries Microsoft's proof"},
		"the proof above":      {with(func(m *DNSMail) { m.AboveTexts = []string{"MS=ms1"} }), "", Pass, "contoso.example above it does"},
		"no domain":            {with(func(m *DNSMail) { m.Exists = false }), "There is no domain", Warn, "There is no domain mail.contoso.example"},
		"TXT not answered":     {with(func(m *DNSMail) { m.KnownTexts = false }), "", Unknown, "could not be told"},
		"above not answered":   {with(func(m *DNSMail) { m.AboveKnown = false }), "", Unknown, "could not be told"},
		"nothing was answered": {DNSMail{}, "could not be told", Unknown, "could not be told"},
	} {
		l := DNSLook{Rule: hetkRule(), Domain: "mail.contoso.example", Mail: c.mail}
		mail, proof := l.mail(), l.proof()
		if !strings.Contains(mail.Summary, c.says) || proof.Verdict != c.proof || !strings.Contains(proof.Summary, c.saysOfProof) {
			t.Errorf("%s: %s; %s %s", name, mail.Summary, proof.Verdict, proof.Summary)
		}
	}
}
