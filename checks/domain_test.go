package checks

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

func TestParseDomain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"contoso.example":                                      "contoso.example",
		"  Contoso.Example. \r\n":                              "contoso.example",
		"admin@contoso.example":                                "contoso.example",
		"a@b@contoso.example":                                  "contoso.example",
		"Adele <adele@contoso.example>":                        "contoso.example",
		"mailto:adele@contoso.example?subject=x":               "contoso.example",
		"https://www.contoso.example/about?x=1#y":              "contoso.example",
		"http://contoso.example:8080/":                         "contoso.example",
		"www.contoso.example":                                  "contoso.example",
		"contoso.example/some/path":                            "contoso.example",
		"contoso.example:443":                                  "contoso.example",
		"contoso.onmicrosoft.com":                              "contoso.onmicrosoft.com",
		"bücher.example":                                       "xn--bcher-kva.example",
		"BÜCHER.example":                                       "xn--bcher-kva.example",
		"user@bücher.example":                                  "xn--bcher-kva.example",
		"xn--bcher-kva.example":                                "xn--bcher-kva.example",
		"例え。テスト":                                               "xn--r8jz45g.xn--zckzah",
		"ｃｏｎｔｏｓｏ．ｅｘａｍｐｌｅ":                                      "contoso.example",
		"user＠contoso.example":                                 "contoso.example",
		`"contoso.example"`:                                    "contoso.example",
		"user_gmail.com#EXT#@contoso.example":                  "contoso.example",
		"a-b.c0.example":                                       "a-b.c0.example",
		"Dr. Adele V. <adele@contoso.example>":                 "contoso.example",
		"https://contoso.example/a@b.example":                  "contoso.example",
		"admin@contoso.example, ":                              "contoso.example",
		"a@contoso.example, B@Contoso.example.":                "contoso.example",
		"www.contoso.example\ncontoso.example":                 "contoso.example",
		"bücher.example xn--bcher-kva.example":                 "xn--bcher-kva.example",
		"Vance, A.B. <ab@contoso.example>":                     "contoso.example",
		"A.B <a@contoso.example>, c@contoso.example":           "contoso.example",
		"<a@contoso.example>; <b@contoso.example>":             "contoso.example",
		"contoso.example?u=a%40fabrikam.example":               "contoso.example",
		"contoso.example/in?u=a@contoso.example&x=1":           "contoso.example",
		"contoso.example#top":                                  "contoso.example",
		"https://contoso.example/a,b.html;c.d|e?x=f@g.example": "contoso.example",
		"see https://contoso.example/ please":                  "contoso.example",
		"a @ contoso.example":                                  "contoso.example",
		"r&d.team@contoso.example":                             "contoso.example",
		"Adele <mailto:a@contoso.example?subject=b.example>":   "contoso.example",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			got, err := ParseDomain(in, idna.Lookup)
			if err != nil || got.ASCII != want || strings.Contains(got.Unicode, "xn--") {
				t.Errorf("got %+v, %v; want %q", got, err, want)
			}
		})
	}
}

func TestParseDomainRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in, say  string
		personal bool
	}{
		"nothing":    {in: " \t ", say: sayDomainEmpty},
		"no dot":     {in: "contoso", say: `"contoso" is not a domain: it has no dot`},
		"id":         {in: "{5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b}", say: sayDomainGUID},
		"IPv4":       {in: "https://192.0.2.1/", say: `"https://192.0.2.1/" is not a domain: it is an IP address`},
		"IPv6":       {in: "https://[2001:db8::1]/", say: `"https://[2001:db8::1]/" is not a domain: it is an IP address`},
		"IP-like":    {in: "1.2.3.4.5", say: `"1.2.3.4.5" is not a domain: it is an IP address`},
		"space":      {in: "contoso .example", say: `"contoso .example" is not a domain: ` + sayDomainShape},
		"underscore": {in: "_hetk.contoso.example", say: `"_hetk.contoso.example" is not a domain: ` + sayDomainShape},
		"empty part": {in: "contoso..example", say: `"contoso..example" is not a domain: ` + sayDomainShape},
		"hyphen":     {in: "-contoso.example", say: `"-contoso.example" is not a domain: ` + sayDomainShape},
		"long label": {in: strings.Repeat("a", 64) + ".example", say: sayDomainShape},
		"too long":   {in: strings.Repeat("abcdefgh.", 40) + "example", say: sayDomainLong},
		"megabytes":  {in: strings.Repeat("x", 3<<20), say: sayDomainLong},
		"escape":     {in: "con\x1b[31mtoso.example", say: `"contoso.example" is not a domain: ` + sayDomainShape},
		"bidi":       {in: "contoso\u202e.example", say: sayDomainShape},
		"path":       {in: "contoso.example/../../x", say: ""},
		"Microsoft":  {in: "https://login.microsoftonline.com/common", say: sayDomainLogin},
		"a list":     {in: "a@contoso.example, b@fabrikam.example", say: sayDomainMany},
		"names":      {in: "contoso.example; fabrikam.example", say: sayDomainMany},
		"lines":      {in: "contoso.example\nfabrikam.example", say: sayDomainMany},
		"people":     {in: "Adele <adele@contoso.example>, Bo <bo@fabrikam.example>", say: sayDomainMany},
		"mails":      {in: "mailto:adele@contoso.example,bo@fabrikam.example?subject=x", say: sayDomainMany},
		"in a path":  {in: "contoso.example/path@fabrikam.example", say: sayDomainMany},
		"links":      {in: "https://contoso.example/ https://fabrikam.example/", say: sayDomainMany},
		"links, too": {in: "https://contoso.example/,https://fabrikam.example/", say: sayDomainMany},
		"and a link": {in: "a@contoso.example https://fabrikam.example/", say: sayDomainMany},
		"one named":  {in: "Bo <bo@contoso.example>, al@fabrikam.example", say: sayDomainMany},
		"named so":   {in: "bo@fabrikam.example <al@contoso.example>", say: sayDomainMany},
		"and a name": {in: "fabrikam.example adele@contoso.example", say: sayDomainMany},
		"and below":  {in: "Bo <bo@contoso.example>\nfabrikam.example", say: sayDomainMany},
		"asked":      {in: "contoso.example?u=a@fabrikam.example", say: sayDomainMany},
		"marked":     {in: "contoso.example#a@fabrikam.example", say: sayDomainMany},
		"a sentence": {in: "ours is contoso.example", say: sayDomainShape},
		"outlook":    {in: "somebody@Outlook.com", say: "outlook.com is for personal accounts", personal: true},
		"gmail":      {in: "gmail.com", say: "gmail.com is for personal accounts", personal: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseDomain(tt.in, idna.Lookup)
			if tt.say == "" { // what follows a slash is no part of the domain
				if err != nil || got.ASCII != "contoso.example" {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			var e *DomainError
			if !errors.As(err, &e) {
				t.Fatalf("got %+v, %v", got, err)
			}
			if !strings.Contains(e.Say, tt.say) || e.Do == "" || e.Personal != tt.personal || len(e.Say) > 400 {
				t.Errorf("got %+v", e)
			}
			if strings.ContainsAny(e.Error(), "\x1b\u202e\n") {
				t.Errorf("%q is not clean", e.Error())
			}
		})
	}
}

func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{
		"contoso.example", "a@b.example", "https://x.example/y", "例え。テスト", "[::1]", "mailto:a@b.c", "<>", "@", "www.", "www.com",
		"xn--a.example", "a.b:99999", "\xff\xfe", "ß.example", "contoso.example.", "://", "%zz@x", strings.Repeat("a.", 130),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		d, err := ParseDomain(in, idna.Lookup)
		if err != nil {
			var e *DomainError
			if !errors.As(err, &e) || e.Say == "" || e.Do == "" {
				t.Fatalf("%q: %v is no DomainError", in, err)
			}
			return
		}
		got := d.ASCII
		if len(got) > 253 || !strings.Contains(got, ".") || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Fatalf("%q gave %q", in, got)
		}
		if _, err := netip.ParseAddr(got); err == nil {
			t.Fatalf("%q gave the address %q", in, got)
		}
		again, err := ParseDomain(got, idna.Lookup)
		if err != nil || again.ASCII != got && "www."+again.ASCII != got {
			t.Fatalf("%q gave %q, which gives %+v, %v", in, got, again, err)
		}
	})
}
