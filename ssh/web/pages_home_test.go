package web

import (
	"net/http"
	"strings"
	"testing"
)

// at opens a page at a host, as a browser does that was led there by whichever name.
func (p *place) at(host, path string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "https://"+p.addr+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Host = host
	return hears(p.t, p.client(nil), r)
}

// TestOtherHostsLeadHome holds that the wizard is opened at the configured host alone,
// and that nobody is sent round for ever.
func TestOtherHostsLeadHome(t *testing.T) {
	t.Parallel()
	for origin, homes := range map[string][]string{
		"https://onboard.example":      {"onboard.example", "onboard.example:443", "Onboard.Example"},
		"https://onboard.example:8443": {"onboard.example:8443"},
		"https://[2001:db8::1]":        {"[2001:db8::1]", "[2001:db8::1]:443"},
	} {
		p := opened(t, func(o *Options) { withWizard(someAssets())(o); o.Wizard.Origin = origin })
		for _, path := range []string{"/", "/wizard"} {
			for _, host := range homes {
				if a := p.at(host, path); a.status != http.StatusOK || a.head.Get("Location") != "" {
					t.Errorf("%s: %s%s: %+v", origin, host, path, a)
				}
			}
			for _, host := range []string{"www.onboard.example", "onboard.example.", "onboard.example:444", "192.0.2.7", "evil.example\\@onboard.example", ":443"} {
				a := p.at(host, path+"?next=https://evil.example")
				if to := a.head.Get("Location"); a.status != http.StatusTemporaryRedirect || to != origin+path+"?moved" || a.head.Get("Cache-Control") != "no-store" || strings.Contains(a.body, "evil") {
					t.Errorf("%s: %s%s: %+v", origin, host, path, a)
				}
				if a := p.at(host, path+"?moved"); a.status != http.StatusOK {
					t.Errorf("%s: %s%s goes round: %+v", origin, host, path, a)
				}
			}
		}
		for path, want := range map[string]int{"/healthz": http.StatusOK, "/nowhere": http.StatusNotFound, "/wizard/line": http.StatusUpgradeRequired} {
			if a := p.at("www.onboard.example", path); a.status != want {
				t.Errorf("%s: %+v", path, a)
			}
		}
	}
	for name, change := range map[string]func(*Options){"no wizard": nil, "a build without it": withWizard(nil)} {
		if a := opened(t, change).at("www.onboard.example", "/"); a.status != http.StatusOK {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
