package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestDNSPublish(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ domain, zone, full, label, in, doubled string }{
		"a domain":            {"contoso.example", "contoso.example", "_hetk.contoso.example", "_hetk", "contoso.example", "_hetk.contoso.example.contoso.example"},
		"dots and case":       {"Contoso.Example.", "CONTOSO.example.", "_hetk.contoso.example", "_hetk", "contoso.example", "_hetk.contoso.example.contoso.example"},
		"no zone known":       {"contoso.example", "", "_hetk.contoso.example", "_hetk", "contoso.example", "_hetk.contoso.example.contoso.example"},
		"below its zone":      {"sub.contoso.example", "contoso.example", "_hetk.sub.contoso.example", "_hetk.sub", "contoso.example", "_hetk.sub.contoso.example.contoso.example"},
		"a zone of its own":   {"contoso.example", "_hetk.contoso.example", "_hetk.contoso.example", "@", "_hetk.contoso.example", "_hetk.contoso.example._hetk.contoso.example"},
		"another's zone":      {"contoso.example", "fabrikam.example", "_hetk.contoso.example", "_hetk", "contoso.example", "_hetk.contoso.example.contoso.example"},
		"the end, not a zone": {"xcontoso.example", "contoso.example", "_hetk.xcontoso.example", "_hetk", "xcontoso.example", "_hetk.xcontoso.example.xcontoso.example"},
	} {
		p := hetkRule().Publish(c.domain, c.zone)
		if p.FullName != c.full || p.HostLabel != c.label || p.Zone != c.in || p.Doubled != c.doubled || !strings.Contains(p.Warning, c.doubled) || len(p.Forms) != 6 {
			t.Errorf("%s: %+v", name, p)
		}
		if wanted, doubled := hetkRule().Names(c.domain, c.zone); wanted != c.full || doubled != c.doubled {
			t.Errorf("%s: %s, %s", name, wanted, doubled)
		}
	}
	forms := map[string]DNSForm{}
	for _, f := range hetkRule().Publish("contoso.example", "").Forms {
		forms[f.Host] = f
	}
	for host, want := range map[string][2]string{
		"BIND":             {"", `_hetk.contoso.example. 3600 IN TXT "v=hetk1; policy=private"`},
		"Amazon Route 53":  {"_hetk", `"v=hetk1; policy=private"`},
		"Cloudflare":       {"_hetk", `"v=hetk1; policy=private"`},
		"Azure DNS":        {"_hetk", `v=hetk1; policy=private`},
		"Google Cloud DNS": {"_hetk", `"v=hetk1; policy=private"`},
		"GoDaddy":          {"_hetk", `v=hetk1; policy=private`},
	} {
		if f := forms[host]; f.Name != want[0] || f.Value != want[1] || f.Note == "" {
			t.Errorf("%+v, want %q", f, want)
		}
	}
}

// TestDNSPublishLong: more than 255 bytes are several strings, and joined again
// they are the record.
func TestDNSPublishLong(t *testing.T) {
	t.Parallel()
	r := DNSRule{Label: "_x", Version: "x1", Required: map[string]string{"note": strings.Repeat("y", 1100)}}
	p := r.Publish("contoso.example", "")
	for _, f := range p.Forms {
		switch f.Host {
		case "Azure DNS":
			if f.Value != r.Line() {
				t.Error(f)
			}
		case "GoDaddy":
			if !strings.Contains(f.Note, "1024") {
				t.Error(f.Note)
			}
		default:
			_, value, _ := strings.Cut(f.Value, `"`)
			parts := strings.Split(strings.TrimSuffix(value, `"`), `" "`)
			for _, s := range parts {
				if len(s) > 255 || s == "" {
					t.Errorf("%s: a string of %d bytes", f.Host, len(s))
				}
			}
			if len(parts) != 5 || r.Parse([][]string{parts}).State != DNSOk || strings.Join(parts, "") != r.Line() {
				t.Errorf("%s: %q", f.Host, parts)
			}
		}
	}
}

func TestDNSQuoted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"":                             {`""`, `""`},
		`a "b" \c; d`:                  {`"a \"b\" \\c; d"`, `"a \"b\" \\c; d"`},
		"ä\x01":                        {`"\195\164\001"`, `"\303\244\001"`},
		strings.Repeat("x", 255):       {`"` + strings.Repeat("x", 255) + `"`, `"` + strings.Repeat("x", 255) + `"`},
		strings.Repeat("x", 256):       {`"` + strings.Repeat("x", 255) + `" "x"`, `"` + strings.Repeat("x", 255) + `" "x"`},
		strings.Repeat("x", 254) + "ä": {`"` + strings.Repeat("x", 254) + `" "\195\164"`, `"` + strings.Repeat("x", 254) + `" "\303\244"`},
	} {
		if d, o := quoted(in, decimal), quoted(in, octal); d != want[0] || o != want[1] {
			t.Errorf("%q: %s, %s", in, d, o)
		}
	}
}

// TestDNSWordsAreFitToPrint: one line, no control characters, a stop at the end.
func TestDNSWordsAreFitToPrint(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "dns_words.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		s, err := strconv.Unquote(lit.Value)
		n++
		if err != nil || strings.ContainsFunc(s, unicode.IsControl) || strings.ContainsFunc(s, hidden) || strings.Contains(s, "  ") {
			t.Errorf("not fit to print: %q", s)
		}
		return true
	})
	if n < 40 {
		t.Errorf("found %d texts", n)
	}
}
