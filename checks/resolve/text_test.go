package resolve

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// TestRaw: what goes over the wire comes out of it, byte by byte.
func TestRaw(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"", "plain", `a "b" \c \065 \`, "\x00\x01\x7f\xff", "v=hetk1; policy=“private”", `\\"\"`} {
		m := new(dns.Msg)
		wire := append([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 'x', 0, 0, 16, 0, 1, 0, 0, 0, 60, 0, byte(len(want) + 1), byte(len(want))}, want...)
		if err := m.Unpack(wire); err != nil {
			t.Fatal(err)
		}
		got := textReply(Reply{Outcome: Found, Records: append(m.Answer, m.Answer...)})
		if len(got.Texts) != 1 || !slices.Equal(got.Texts[0], []string{want}) {
			t.Errorf("%q: %q", want, got.Texts)
		}
	}
}

// TestLookTXT: from the servers to the judgement.
func TestLookTXT(t *testing.T) {
	t.Parallel()
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	for name, c := range map[string]struct {
		lines []string
		bad   bool
		state checks.DNSState
	}{
		"there":         {[]string{record, `_hetk.contoso.example. 300 IN TXT "MS=1"`}, false, checks.DNSOk},
		"absent":        {nil, false, checks.DNSAbsent},
		"invalid":       {[]string{`_hetk.contoso.example. 300 IN TXT "\"v=hetk1; policy=private\""`}, false, checks.DNSInvalid},
		"ambiguous":     {[]string{record, `_hetk.contoso.example. 300 IN TXT "v=hetk1; policy=open"`}, false, checks.DNSAmbiguous},
		"bogus":         {[]string{record}, true, checks.DNSError},
		"in a circle":   {[]string{"_hetk.contoso.example. 300 IN CNAME a.contoso.example.", "a.contoso.example. 300 IN CNAME _hetk.contoso.example."}, false, checks.DNSError},
		"through alias": {[]string{"_hetk.contoso.example. 300 IN CNAME a.contoso.example.", `a.contoso.example. 300 IN TXT "v=hetk1; policy=private"`}, false, checks.DNSOk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, c.lines...)
			w.set(func() { w.zones[2].bad = c.bad })
			at := time.Now()
			r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Now: func() time.Time { return at }})
			if err != nil {
				t.Fatal(err)
			}
			var reader checks.DNSReader = r
			wanted, _ := rule.Names("contoso.example", "")
			a, err := reader.LookTXT(t.Context(), wanted)
			got := rule.Compare(a, err, nil)
			if got.State != c.state || got.Reason == "" || !a.At.Equal(at) || got.Name != "_hetk.contoso.example" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestLookDomain: the doubled name is found in the zone's own way, below the
// domain or above it.
func TestLookDomain(t *testing.T) {
	t.Parallel()
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	const text = ` 300 IN TXT "v=hetk1; policy=private"`
	for name, c := range map[string]struct {
		domain string
		lines  []string
		state  checks.DNSState
		twice  string
	}{
		"in its place":          {"contoso.example", []string{record}, checks.DNSOk, ""},
		"doubled":               {"contoso.example", []string{"_hetk.contoso.example.contoso.example." + text}, checks.DNSAbsent, "_hetk.contoso.example.contoso.example"},
		"doubled, of a part":    {"eu.contoso.example", []string{"_hetk.eu.contoso.example.contoso.example." + text}, checks.DNSAbsent, "_hetk.eu.contoso.example.contoso.example"},
		"doubled by a wildcard": {"contoso.example", []string{"*.contoso.example.contoso.example." + text}, checks.DNSAbsent, ""},
		"nowhere":               {"contoso.example", nil, checks.DNSAbsent, ""},
		"a domain nobody has":   {"contoso.nowhere", nil, checks.DNSAbsent, ""},
		"too long to be twice":  {strings.Repeat("abcdefgh.", 14) + "contoso.example", nil, checks.DNSError, ""},
		"too long to be a name": {strings.Repeat("abcdefgh.", 30) + "contoso.example", nil, checks.DNSError, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, c.lines...)
			r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
			if err != nil {
				t.Fatal(err)
			}
			look := r.LookDomain(t.Context(), rule, c.domain)
			got := look.Report()
			if (look.Doubled != nil) != (c.state != checks.DNSError && look.Answer.Top == "") {
				t.Errorf("doubled: %+v", look.Doubled)
			}
			if got.State != c.state || got.Doubled != c.twice || got.Reason == "" || len(look.Findings()) != 5 {
				t.Errorf("%+v", got)
			}
		})
	}
}
