package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// TestWhyLooks narrows texts down by what a simulated Microsoft and its DNS say.
func TestWhyLooks(t *testing.T) {
	t.Parallel()
	schema := whySchemaOf(t)
	const elsewhere = " tenant '99999999-2222-3333-4444-555555555555'"
	for name, c := range map[string]struct {
		scenario, text string
		args           []string
		as             string
		class          aadsts.Class
		who            aadsts.Who
		grade          checks.Grade
		says           []string
	}{
		"the default, no text":  {"managed-default", "", nil, "", aadsts.AdminConsentNeeded, aadsts.TenantAdmin, checks.Inferred, []string{"Most likely contoso.example", "MC1163922", "/adminconsent?client_id="}},
		"the default, a cancel": {"managed-default", "error=access_denied&error_subcode=cancel", nil, "", aadsts.AdminConsentNeeded, aadsts.TenantAdmin, checks.Inferred, []string{"how sure       medium"}},
		"a wall":                {"managed-default", "AADSTS90094", nil, "", aadsts.AdminConsentNeeded, aadsts.TenantAdmin, checks.Inferred, []string{"how sure       high", "Microsoft's managed consent policy"}},
		"another tenant":        {"managed-default", "AADSTS90094" + elsewhere, nil, "", aadsts.WrongTenant, aadsts.User, checks.Inferred, []string{"not that of contoso.example"}},
		"no tenant":             {"managed-default", "", []string{"--domain", "nowhere.example"}, "", aadsts.NotEntra, aadsts.User, checks.Verified, []string{"Microsoft 365 does not know nowhere.example"}},
		"a user signs in":       {"managed-default", "AADSTS90094", nil, "user@contoso.example", aadsts.AdminConsentNeeded, aadsts.TenantAdmin, checks.Inferred, []string{"none of the built-in roles"}},
		"an admin signs in":     {"managed-default", "AADSTS90094", nil, "admin@contoso.example", aadsts.AdminConsentNeeded, aadsts.User, checks.Inferred, []string{"You may approve it yourself"}},
		"whose domain it is":    {"managed-default", "AADSTS90094", []string{"--domain", "", "--user", "eve@contoso.example"}, "", aadsts.AdminConsentNeeded, aadsts.TenantAdmin, checks.Inferred, []string{"Microsoft's managed consent policy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := simulate(t, sim.Options{Scenario: c.scenario}).Ready()
			args := append([]string{"why", "--app", "hetk", "--details"}, against(r)...)
			if !slices.Contains(c.args, "--domain") {
				args = append(args, "--domain", "contoso.example")
			}
			args = append(args, c.args...)
			if c.as != "" {
				args = append(args, "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", c.as))
			}
			out, errs, code := onboard(t.Context(), strings.NewReader(c.text), args...)
			if code != codeOpen || errs != "" {
				t.Errorf("exit %d: %s", code, errs)
			}
			holds(t, out, c.says...)
			fiveFirst(t, out)
			asJSON, _, _ := onboard(t.Context(), strings.NewReader(c.text), append(args, "--json")...)
			if err := schema.validate(asJSON); err != nil {
				t.Errorf("%v: %s", err, asJSON)
			}
			var got whyReport
			must(t, json.Unmarshal([]byte(asJSON), &got))
			if got.Class != c.class || got.Who != c.who || got.Grade != c.grade || got.Domain == "" || got.Self != (c.as == "admin@contoso.example") {
				t.Errorf("%s, %s, %s, self %v: %s", got.Class, got.Who, got.Grade, got.Self, asJSON)
			}
			lacks(t, out+asJSON, "eve@", "user@", "admin@")
			if c.as != "" {
				holds(t, out, "You are signed in with a work account.")
				with, _, _ := onboard(t.Context(), strings.NewReader(c.text), append(args, "--include-personal")...)
				holds(t, with, "signed in      "+c.as)
				asJSON, _, _ = onboard(t.Context(), strings.NewReader(c.text), append(args, "--include-personal", "--json")...)
				holds(t, asJSON, `"account":"`+c.as+`"`)
				if err := schema.validate(asJSON); err != nil {
					t.Errorf("%v: %s", err, asJSON)
				}
			}
		})
	}
}

// TestWhyAsksForUserReadAlone: a sign-in of why asks for User.Read, and reads
// nothing of anybody else.
func TestWhyAsksForUserReadAlone(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default", Register: []string{toolClient}, AutoApprove: "user@contoso.example"})
	var mu sync.Mutex
	var asked, scopes []string
	base, ca := serveBetween(t, s, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			form, _ := url.ParseQuery(string(body))
			mu.Lock()
			if path, ok := strings.CutPrefix(r.URL.Path, "/v1.0"); ok {
				asked = append(asked, r.Method+" "+path)
			}
			scopes = append(scopes, strings.Fields(form.Get("scope"))...)
			mu.Unlock()
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			next.ServeHTTP(w, r)
		})
	})
	out, errs, code := onboard(t.Context(), nil, "why", "AADSTS90094", "--details", "--app", "hetk", "--domain", "contoso.example", "--sign-in", "device",
		"--client-id", toolClient, "--login-url", base, "--graph-url", base, "--ca-file", ca)
	if code != codeOpen {
		t.Fatalf("exit %d: %s", code, errs)
	}
	holds(t, out, "none of the built-in roles")
	holds(t, errs, "type")
	slices.Sort(scopes)
	for _, sc := range slices.Compact(scopes) {
		if bare := sc[strings.LastIndexByte(sc, '/')+1:]; !slices.Contains([]string{"User.Read", "openid", "profile", "offline_access"}, bare) {
			t.Errorf("asked for %s", sc)
		}
	}
	if !slices.ContainsFunc(scopes, func(sc string) bool { return strings.HasSuffix(sc, "User.Read") }) {
		t.Errorf("asked for %v", scopes)
	}
	for _, a := range asked {
		if !strings.HasPrefix(a, "GET /me") && a != "GET /organization" {
			t.Errorf("read %s", a)
		}
	}
	if len(asked) == 0 {
		t.Error("nothing was read")
	}
}

// TestWhyWithoutNetwork: what cannot be reached costs the narrowing, and not the
// answer.
func TestWhyWithoutNetwork(t *testing.T) {
	t.Parallel()
	out, errs, code := onboard(t.Context(), nil, "why", "AADSTS90094", "--app", "hetk", "--domain", "contoso.example", "--login-url", "https://"+closedPort)
	if code != codeOpen {
		t.Errorf("exit %d: %s", code, errs)
	}
	holds(t, out, "whose move     tenant admin", "contoso.example and could not be reached")
}

// TestWhyMail: mail that is not in Microsoft 365 is told, where the app wants it.
func TestWhyMail(t *testing.T) {
	t.Parallel()
	in := checks.WhyAsked{
		Text: aadsts.Parse("AADSTS90094"), Mail: &checks.DNSMailReport{Place: checks.MailGoogle, Summary: "Mail of contoso.example is at Google."},
		Subject: checks.Subject{App: checks.App{Needs: []checks.Permission{{Resource: checks.MicrosoftGraph, Scope: "Calendars.ReadWrite"}}}},
	}
	l := &whyLook{o: &options{}, why: checks.Explain(in)}
	holds(t, string(l.lines(whyFlags{details: true})), "Mail of contoso.example is at Google.")
	in.Subject.App.Needs[0].Scope = "User.Read"
	l.why = checks.Explain(in)
	lacks(t, string(l.lines(whyFlags{details: true})), "Google")
}

// TestWhyAsksTheDNS: where a domain's mail is comes from the DNS that is given.
func TestWhyAsksTheDNS(t *testing.T) {
	t.Parallel()
	var text atomic.Value
	text.Store("")
	addr, _ := zone(t, &text) // a zone without any MX
	args := against(simulate(t, sim.Options{Scenario: "managed-default"}).Ready())
	args[slices.Index(args, "--dns-server")+1] = addr
	args = append(args, "why", "AADSTS90094", "--details", "--domain", "contoso.example")
	out, errs, code := onboard(t.Context(), nil, append(args, "--app", "hetk")...)
	if code != codeOpen {
		t.Errorf("exit %d: %s", code, errs)
	}
	holds(t, out, "No mail server is named for contoso.example")
}

// TestWhyOfNoTenant holds that nobody is asked for anything in the name of a
// domain that Microsoft does not know, while the answer names it.
func TestWhyOfNoTenant(t *testing.T) {
	t.Parallel()
	r := simulate(t, sim.Options{Scenario: "managed-default"}).Ready()
	args := append([]string{"why", "AADSTS90094", "--app", "hetk", "--domain", "nowhere.example"}, against(r)...)
	asJSON, _, _ := onboard(t.Context(), strings.NewReader(""), append(args, "--json", "--message", "email")...)
	var got whyReport
	must(t, json.Unmarshal([]byte(asJSON), &got))
	if got.Domain != "nowhere.example" || got.Link != "" || got.Message == nil || strings.Contains(got.Message.Body+got.Message.Subject, "nowhere.example") {
		t.Errorf("%s", asJSON)
	}
	if h, err := flows.ParseHandoff(got.Case); err != nil || h.Domain != "" {
		t.Errorf("%+v, %v", h, err)
	}
	out, _, _ := onboard(t.Context(), strings.NewReader(""), append(args, "--details")...)
	lacks(t, out, "tenant         nowhere.example")
	holds(t, out, "nowhere.example")
}
