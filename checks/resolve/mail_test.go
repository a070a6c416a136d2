package resolve

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

func TestLookMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false,
		"contoso.example. 300 IN MX 20 mx2.contoso.example.", "contoso.example. 300 IN MX 5 contoso-example.mail.protection.outlook.com.",
		"autodiscover.contoso.example. 300 IN CNAME Autodiscover.Outlook.com.", `contoso.example. 300 IN TXT "MS=ms" "12345678"`,
		`_dmarc.contoso.example. 300 IN TXT "v=DMARC1; p=none"`)
	r, err := New(Options{Server: w.resolver, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.LookMail(t.Context(), "Contoso.example")
	got := m.Judge()
	if err != nil || !slices.Equal(m.MX, []string{"contoso-example.mail.protection.outlook.com", "mx2.contoso.example"}) || got.Place != checks.MailHybrid ||
		m.Autodiscover != "autodiscover.outlook.com" || !slices.Equal(got.Proof, []string{"MS=ms12345678"}) || got.DMARC != "none" || m.Domain != "contoso.example" {
		t.Errorf("%+v, %+v, %v", m, got, err)
	}
	if !m.KnownTexts || !m.KnownDMARC || m.Above != "" {
		t.Errorf("%+v", m)
	}
	below, err := r.LookMail(t.Context(), "x.contoso.example")
	if err != nil || below.Above != "contoso.example" || !below.AboveKnown || !slices.Equal(below.AboveTexts, []string{"MS=ms12345678"}) || below.Judge().DMARC != "none" || below.Exists {
		t.Errorf("%+v, %v", below, err)
	}
	if m, err := r.LookMail(t.Context(), "nowhere.example"); err != nil || !m.Known || m.Exists || m.Judge().Place != checks.MailNone {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := r.LookMail(t.Context(), strings.Repeat("x.", 130)); err == nil {
		t.Error("a name that is too long was looked up")
	}
	dead, err := New(Options{Server: "127.0.0.1:1", Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := dead.LookMail(t.Context(), "contoso.example"); err == nil || m.Judge().Place != checks.MailUnknown {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestLookMailUnanswered: what one question was not answered is not known, and is not
// "none there".
func TestLookMailUnanswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, "contoso.example. 300 IN MX 5 mx.contoso.example.")
	w.set(func() {
		w.tell = func(m *dns.Msg) {
			if m.Question[0].Qtype == dns.TypeTXT {
				m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
			}
		}
	})
	r, err := New(Options{Server: w.resolver, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := r.LookMail(t.Context(), "contoso.example"); err != nil || !m.Known || !m.Exists || m.KnownTexts || m.KnownDMARC {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestParseDomain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][3]string{
		"contoso.example":                    {"contoso.example", "contoso.example", "contoso.example"},
		" Contoso.Example. ":                 {"contoso.example", "contoso.example", "contoso.example"},
		"mail.eu.contoso.example":            {"mail.eu.contoso.example", "mail.eu.contoso.example", "contoso.example"},
		"Müller.example":                     {"xn--mller-kva.example", "müller.example", "xn--mller-kva.example"},
		"a.XN--MLLER-KVA.example":            {"a.xn--mller-kva.example", "a.müller.example", "xn--mller-kva.example"},
		"x.contoso.co.uk":                    {"x.contoso.co.uk", "x.contoso.co.uk", "contoso.co.uk"},
		"co.uk":                              {"co.uk", "co.uk", "co.uk"},
		"contoso。example":                    {"contoso.example", "contoso.example", "contoso.example"},
		"":                                   {},
		".":                                  {},
		"com":                                {},
		"192.0.2.1":                          {},
		"２.0.2.1":                            {},
		"[2001:db8::1]":                      {},
		"user@contoso.example":               {"contoso.example", "contoso.example", "contoso.example"},
		"https://contoso.example/x":          {"contoso.example", "contoso.example", "contoso.example"},
		"www.contoso.example:443":            {"contoso.example", "contoso.example", "contoso.example"},
		"user@gmail.com":                     {},
		"a..example":                         {},
		"-a.example":                         {},
		"a b.example":                        {},
		"_hetk.contoso.example":              {},
		"a\x1b[2J.example":                   {},
		"xn--a.example":                      {},
		strings.Repeat("a", 64) + ".example": {},
		strings.Repeat("abcdefgh.", 29) + "example": {},
		strings.Repeat("x", 1<<20):                  {},
		strings.Repeat("ü", 200) + ".example":       {},
		"\ufffd.example":                            {},
		"\xff.example":                              {},
	} {
		got, err := ParseDomain(in)
		if (err == nil) != (want[0] != "") || [3]string{got.ASCII, got.Unicode, got.Organisation} != want {
			t.Errorf("%.80q: %+v, %v", in, got, err)
		}
		if err != nil && (len(err.Error()) > 600 || strings.ContainsFunc(err.Error(), unicode.IsControl)) {
			t.Errorf("%.80q: %q", in, err)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{"contoso.example", "müller.example", "xn--a.example", "a@b", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDomain(s)
		if err != nil {
			return
		}
		again, err := ParseDomain(d.ASCII)
		if err != nil || again.ASCII != d.ASCII || len(d.ASCII) > 253 || strings.ContainsFunc(d.ASCII, func(c rune) bool { return c > '~' || c <= ' ' }) {
			t.Errorf("%q: %+v, then %+v, %v", s, d, again, err)
		}
	})
}
