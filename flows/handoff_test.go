package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

func handoffs() map[string]Handoff {
	return map[string]Handoff{
		"a built-in app":   {App: "hetk", Domain: "contoso.example", AADSTS: 90094},
		"with the tenant":  {App: "hetk", Domain: "contoso.example", TenantID: contosoID, Cloud: checks.CloudGCCHigh, AADSTS: 650051},
		"without a domain": {App: "sophiie", ClientID: "22222222-2222-3333-4444-555555555555", TenantID: contosoID},
		"an unlisted app": {
			ClientID: "22222222-2222-3333-4444-555555555555", Domain: "contoso.example",
			Scopes: []string{"openid", "Calendars.ReadWrite", "Odd.Thing", "https://outlook.office365.com/EWS.AccessAsUser.All"}, AADSTS: 65001,
		},
		"another script": {App: "hetk", Domain: "xn--mnchen-3ya.example"},
	}
}

func TestHandoff(t *testing.T) {
	t.Parallel()
	for name, h := range handoffs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := h.String()
			if len(code) > 160 || !strings.HasPrefix(code, "ONB1-") {
				t.Errorf("%d characters: %s", len(code), code)
			}
			for _, typed := range []string{
				code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), strings.ReplaceAll(code, "-", "\r\n> "),
				" " + strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l") + "\n",
			} {
				got, err := ParseHandoff(typed)
				if err != nil || got.String() != code || got.Domain != h.Domain || got.App != h.App || got.ClientID != h.ClientID ||
					got.TenantID != h.TenantID || got.Cloud != h.Cloud || got.AADSTS != h.AADSTS || !slices.Equal(got.Scopes, h.Scopes) {
					t.Errorf("%q: %+v, %v", typed, got, err)
				}
			}
		})
	}
}

// A mistyped code is no code: every single character counts, and so does each
// that is missing.
func TestHandoffMistyped(t *testing.T) {
	t.Parallel()
	code := handoffs()["with the tenant"].String()
	for i := len("ONB1-"); i < len(code); i++ {
		if code[i] == '-' {
			continue
		}
		other := byte('7')
		if code[i] == other {
			other = '8'
		}
		for _, bad := range []string{code[:i] + string(other) + code[i+1:], code[:i] + code[i+1:], code[:i]} {
			if h, err := ParseHandoff(bad); err == nil {
				t.Errorf("%s: %+v", bad, h)
			}
		}
	}
	for in, says := range map[string]string{
		"": "no hand-off code", "hello": "no hand-off code", "ONB1": "mistake", "ONB1-00000-00000-00": "mistake",
		"ONB2-" + code[5:]: "newer", strings.Repeat("A", 5000): "no hand-off code", "ONB1-\x1b[2J": "no hand-off code",
		"ONB1-UUUUU": "no hand-off code",
	} {
		if _, err := ParseHandoff(in); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

// What cannot stand in a code is left out; without an app and a tenant there is
// none.
func TestHandoffUnsound(t *testing.T) {
	t.Parallel()
	for _, h := range []Handoff{
		{}, {AADSTS: 90094}, {Domain: "eve@contoso.example"}, {App: "../x"}, {ClientID: "x"}, {Domain: "a\x1b[2J.example"}, {Scopes: []string{"openid"}},
	} {
		if code := h.String(); code != "" {
			t.Errorf("%+v: %s", h, code)
		}
	}
	many := Handoff{App: "hetk", AADSTS: 1 << 40, Scopes: slices.Repeat([]string{"a b", "User.Read", "User.Read"}, 90)}
	got, err := ParseHandoff(many.String())
	if err != nil || got.AADSTS != 0 || !slices.Equal(got.Scopes, []string{"User.Read"}) {
		t.Errorf("%+v, %v", got, err)
	}
	// A code that says a sound thing in another way than ours was made by hand.
	for _, h := range []Handoff{{App: "hetk", Scopes: []string{"a b"}}, {App: "HETK"}, {App: "hetk", Domain: "Contoso.example"}} {
		if got, err := ParseHandoff("ONB1" + crockford.EncodeToString(h.bytes())); err == nil {
			t.Errorf("%+v: %+v", h, got)
		}
	}
}

func TestUnlisted(t *testing.T) {
	t.Parallel()
	p := Unlisted("22222222-2222-3333-4444-55555555555A", []string{"openid", "Calendars.ReadWrite", "https://outlook.office365.com/EWS.AccessAsUser.All", "https://graph.microsoft.com/.default", "evil thing", "https://evil.example/x"})
	if p.ClientID != "22222222-2222-3333-4444-55555555555a" || len(p.Permissions) != 2 || p.Permissions[1].Resource != checks.ExchangeOnline {
		t.Errorf("%+v", p)
	}
	if p := Unlisted("x", nil); p.ClientID != "" || !p.App().NeedsUnstated {
		t.Errorf("%+v", p)
	}
}

func FuzzParseHandoff(f *testing.F) {
	for _, h := range handoffs() {
		f.Add(h.String())
	}
	f.Add("ONB1-")
	f.Add("ONB1-04000-00000-0000")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHandoff(text)
		if err != nil {
			return
		}
		again, err := ParseHandoff(h.String())
		if err != nil || again.String() != h.String() {
			t.Errorf("%q: %+v, then %+v, %v", text, h, again, err)
		}
		for _, s := range append([]string{h.App, h.Domain, h.ClientID, h.TenantID}, h.Scopes...) {
			if s != checks.Line(s, 300) {
				t.Errorf("%q: %q is not fit to be shown", text, s)
			}
		}
	})
}

// TestSentHandoff holds that a code which is sent has no domain in a text's own words,
// and one that was asked about or typed; and all of the permissions, or none.
func TestSentHandoff(t *testing.T) {
	t.Parallel()
	const about = "AADSTS90094 application '22222222-2222-4333-8444-555555555555' tenant 'jane-pc.contoso.example' "
	const text = about + "{\"scope\":\"User.Read Mail.Read Janes.Read\"}"
	for name, c := range map[string]struct{ typed, domain string }{
		"of the text": {"", ""}, "typed": {"jane-pc.contoso.example", "jane-pc.contoso.example"}, "another": {"fabrikam.example", "fabrikam.example"},
	} {
		w := checks.Explain(checks.WhyOf(text, false)).Typed(c.typed)
		s := AboutWhy(Apply(State{}, Started{Domain: c.typed}), w, nil)
		h := SentHandoff(s, w)
		if h.Domain != c.domain || h.ClientID == "" || len(h.Scopes) > 0 {
			t.Errorf("%s: %+v", name, h)
		}
		if shown := HandoffOf(s, w); shown.Domain == "" || !slices.Contains(shown.Scopes, "Janes.Read") {
			t.Errorf("%s, to be shown first: %+v", name, shown)
		}
		w = checks.Explain(checks.WhyOf(about+"{\"scope\":\"User.Read Mail.Read\"}", false)).Typed(c.typed)
		if h := SentHandoff(AboutWhy(Apply(State{}, Started{Domain: c.typed}), w, nil), w); !slices.Contains(h.Scopes, "Mail.Read") || !slices.Contains(h.Scopes, "User.Read") {
			t.Errorf("%s, all of it Microsoft's: %+v", name, h)
		}
	}
}
