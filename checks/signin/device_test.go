package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

func TestDeviceSignIn(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	p := w.person(t, admin)
	var shown Prompt
	began := time.Now()
	s, err := w.client(t, nil).Device(t.Context(), []string{"User.Read"}, func(pr Prompt) {
		shown = pr
		p.wg.Go(func() { p.visit(t.Context(), pr.URL, pr.UserCode) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Account(); a.UPN != admin || s.Way() != WayDevice {
		t.Errorf("account %+v", a)
	}
	if len(shown.UserCode) != 9 || shown.URL != w.base+"/devicelogin" || !strings.Contains(shown.Message, shown.UserCode) ||
		shown.StartedAt.Before(began) || shown.Expires.Sub(began) < 10*time.Minute {
		t.Errorf("shown %+v", shown)
	}
	before, err := s.Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, err := s.Token(t.Context(), nil); err != nil || after.Reveal() == before.Reveal() {
		t.Errorf("not renewed: %v", err)
	}
}

func TestDeviceAutoApproveAndRefusals(t *testing.T) {
	t.Parallel()
	auto := startSim(t, sim.Options{AutoApprove: user, Register: []string{registered}})
	nothing := func(Prompt) {}
	s, err := auto.client(t, nil).Device(t.Context(), ReadScopes(), nothing)
	if err != nil || s.Account().UPN != user {
		t.Fatalf("auto: %v", err)
	}
	_, err = auto.client(t, func(o *Options) { o.ClientID = GraphCommandLineTools }).Device(t.Context(), ReadScopes(), nothing)
	if e := cause(t, err); e.Cause != CauseAdminNeeded || e.Failure.Code != "AADSTS90094" || !slices.Equal(e.Failure.Missing, ReadScopes()) {
		t.Errorf("wall: %+v %+v", e, e.Failure)
	}
	_, err = auto.client(t, func(o *Options) { o.ClientID = "99999999-9999-4999-8999-999999999999" }).Device(t.Context(), nil, nothing)
	if e := cause(t, err); e.Cause != CauseUnknownApp || e.Failure.Code != "AADSTS700016" {
		t.Errorf("unknown app: %+v %+v", e, e.Failure)
	}

	w := startSim(t, sim.Options{Register: []string{registered}})
	p := w.person(t, admin)
	p.press["confirm"] = "cancel"
	_, err = w.client(t, nil).Device(t.Context(), nil, func(pr Prompt) {
		p.wg.Go(func() { p.visit(t.Context(), pr.URL, pr.UserCode) })
	})
	if e := cause(t, err); e.Cause != CauseDeclined || e.Failure.Code != "AADSTS65004" {
		t.Errorf("declined: %+v %+v", e, e.Failure)
	}

	ctx, cancel := context.WithCancel(t.Context())
	_, err = w.client(t, nil).Device(ctx, nil, func(Prompt) { cancel() })
	if e := cause(t, err); e.Cause != CauseCancelled {
		t.Errorf("stopped: %+v", e)
	}
}

// TestEveryCode sends each kind of refusal through MSAL itself.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status      int
		oauth, text string
		want        Cause
		kind        checks.FailureKind
	}{
		"declined without code":  {400, "authorization_declined", "", CauseDeclined, checks.FailDenied},
		"user declined":          {400, "access_denied", "AADSTS65004: User declined to consent.", CauseDeclined, checks.FailDenied},
		"no consent":             {400, "invalid_grant", "AADSTS65001: The user or administrator has not consented.", CauseConsent, checks.FailScope},
		"admin needed":           {400, "consent_required", "AADSTS90094: needs admin", CauseAdminNeeded, checks.FailScope},
		"approval form":          {400, "consent_required", "AADSTS90095: needs admin", CauseAdminNeeded, checks.FailScope},
		"risky":                  {400, "consent_required", "AADSTS900941: risky", CauseAdminNeeded, checks.FailScope},
		"not assigned":           {400, "interaction_required", "AADSTS50105: not assigned", CauseAssignment, checks.FailDenied},
		"conditional access":     {400, "invalid_grant", "AADSTS53003: blocked", CauseDeviceCode, checks.FailDenied},
		"platform":               {400, "invalid_grant", "AADSTS50005: platform", CauseDeviceCode, checks.FailDenied},
		"compliant device":       {400, "invalid_grant", "AADSTS53000: not compliant", CauseDeviceCode, checks.FailDenied},
		"device code blocked":    {400, "invalid_grant", "AADSTS530033: blocked", CauseDeviceCode, checks.FailDenied},
		"flow tracked":           {400, "invalid_grant", "AADSTS530036: blocked", CauseDeviceCode, checks.FailDenied},
		"mfa":                    {400, "interaction_required", "AADSTS50076: mfa", CauseMFA, checks.FailSignIn},
		"mfa enrolment":          {400, "interaction_required", "AADSTS50079: mfa", CauseMFA, checks.FailSignIn},
		"mfa without code":       {400, "interaction_required", "more is needed", CauseMFA, checks.FailSignIn},
		"public flow off":        {401, "invalid_client", "AADSTS7000218: needs client_secret", CausePublicFlow, checks.FailRequest},
		"unknown client":         {400, "unauthorized_client", "AADSTS700016: not found", CauseUnknownApp, checks.FailRequest},
		"first party":            {400, "invalid_request", "AADSTS65002: preauthorization", CauseAppSetup, checks.FailRequest},
		"redirect":               {400, "invalid_request", "AADSTS50011: redirect", CauseAppSetup, checks.FailRequest},
		"app disabled":           {400, "unauthorized_client", "AADSTS7000112: disabled", CauseAppDisabled, checks.FailDenied},
		"unknown tenant":         {400, "invalid_request", "AADSTS90002: no tenant", CauseUnknownTenant, checks.FailNotFound},
		"other directory":        {400, "interaction_required", "AADSTS50020: not in this tenant", CauseOtherTenant, checks.FailWrongTenant},
		"personal":               {400, "invalid_request", "AADSTS500208: not a valid login domain", CauseOtherTenant, checks.FailWrongTenant},
		"account disabled":       {400, "invalid_grant", "AADSTS50057: disabled", CauseAccount, checks.FailSignIn},
		"code expired":           {400, "expired_token", "AADSTS70019: expired", CauseCodeExpired, checks.FailSignIn},
		"code expired, bare":     {400, "expired_token", "", CauseCodeExpired, checks.FailSignIn},
		"revoked":                {400, "invalid_grant", "AADSTS50173: revoked", CauseSessionEnded, checks.FailSignIn},
		"fault with code":        {500, "server_error", "AADSTS90033: try later", CauseService, checks.FailService},
		"fault, unknown code":    {503, "server_error", "AADSTS99999: ?", CauseService, checks.FailService},
		"unknown code":           {400, "invalid_request", "AADSTS123456: something new\r\nTrace ID: 0f0f0f0f-1111-2222-3333-444444444444", CauseOther, checks.FailSignIn},
		"longest code":           {400, "invalid_request", "AADSTS650051: there already", CauseOther, checks.FailSignIn},
		"unknown word, no text":  {400, "strange_thing", "", CauseOther, checks.FailSignIn},
		"throttled":              {429, "slow", "AADSTS50196: loop", CauseThrottled, checks.FailThrottled},
		"secrets in the text":    {400, "invalid_request", "AADSTS123456: bad code=0.AXoABC&device_code=the-device-secret token eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.sig " + strings.Repeat("Zz9", 40), CauseOther, checks.FailSignIn},
		"escapes in the text":    {400, "invalid_request", "AADSTS123456: \x1b[2J\u202egone", CauseOther, checks.FailSignIn},
		"a challenge of its own": {400, "interaction_required", "AADSTS50158: external", CauseMFA, checks.FailSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ep := startEndpoint(t)
			ep.token = say(tt.status, tt.oauth, tt.text)
			_, err := ep.client(t, nil).Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
			e := cause(t, err)
			if e.Cause != tt.want || e.Failure.Kind != tt.kind || e.Failure.Status != tt.status {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if _, code, ok := strings.Cut(tt.text, "AADSTS"); ok && tt.status != 429 {
				code, _, _ = strings.Cut(code, ":")
				if e.Failure.Code != "AADSTS"+code {
					t.Errorf("code %q", e.Failure.Code)
				}
			}
			if all := fmt.Sprintf("%+v %+v", e, e.Failure); strings.Contains(all, "secret") && !strings.Contains(tt.text, "client_secret") ||
				strings.Contains(all, "0.AXo") || strings.Contains(all, "eyJ") || strings.Contains(all, "Zz9Zz9") || strings.Contains(all, "Trace ID") {
				t.Errorf("%q shows too much", all)
			}
		})
	}
}

func TestNotMicrosoftAnswers(t *testing.T) {
	t.Parallel()
	raw := graphToken(time.Now(), nil)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   Cause
		say    string
	}{
		"html": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(403)
			_, _ = io.WriteString(w, "<html>"+raw)
		}, CauseNotMicrosoft, wordsHTML},
		"html, as if well": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>"+raw) }, CauseNotMicrosoft, wordsBrokenJSON},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/", http.StatusTemporaryRedirect)
		}, CauseNotMicrosoft, wordsRedirected},
		"cut off":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"access_token":"`+raw) }, CauseNotMicrosoft, wordsBrokenJSON},
		"no token":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"expires_in":3600}`) }, CauseOther, ""},
		"no life":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"access_token":"`+raw+`"}`) }, CauseNotMicrosoft, wordsBrokenJSON},
		"too large": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxAnswer+100)) }, CauseNotMicrosoft, wordsTooLarge},
		"fault":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, CauseService, ""},
		"broken off": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, CauseNetwork, wordsCutOff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ep := startEndpoint(t)
			ep.token = tt.answer
			_, err := ep.client(t, nil).Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
			e := cause(t, err)
			if e.Cause != tt.want || !strings.Contains(e.Failure.Message, tt.say) {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if all := fmt.Sprintf("%+v %+v %v", e, e.Failure, err); strings.Contains(all, "eyJ") || strings.Contains(all, "the-device-secret") {
				t.Errorf("%q shows a secret", all)
			}
		})
	}
}

func TestDevicePatience(t *testing.T) {
	t.Parallel()
	t.Run("the network flickers", func(t *testing.T) {
		t.Parallel()
		ep := startEndpoint(t)
		fine, tries := ep.reply(graphToken(time.Now(), nil), "User.Read", 3600), 0
		ep.token = func(w http.ResponseWriter, r *http.Request) {
			if tries++; tries <= len(deviceRetries) {
				panic(http.ErrAbortHandler)
			}
			fine(w, r)
		}
		var waits []time.Duration
		c := ep.client(t, func(o *Options) {
			o.Pause = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
		})
		if _, err := c.Device(t.Context(), []string{"User.Read"}, func(Prompt) {}); err != nil || !slices.Equal(waits, deviceRetries) {
			t.Errorf("%v after %v", err, waits)
		}
	})
	t.Run("pending, then the code runs out", func(t *testing.T) {
		t.Parallel()
		ep := startEndpoint(t)
		ep.token = say(400, "authorization_pending", "AADSTS70016: pending")
		ep.device = func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"user_code":"A","device_code":"b","verification_uri":"https://microsoft.com/devicelogin","expires_in":1}`)
		}
		_, err := ep.client(t, nil).Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
		if e := cause(t, err); e.Cause != CauseCodeExpired {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("a page that is no page", func(t *testing.T) {
		t.Parallel()
		for _, uri := range []string{"", "javascript:alert(1)", "http://microsoft.com/devicelogin", "https://"} {
			ep := startEndpoint(t)
			ep.device = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"user_code":"A","device_code":"b","verification_uri":%q,"expires_in":900}`, uri)
			}
			_, err := ep.client(t, nil).Device(t.Context(), nil, func(p Prompt) { t.Errorf("shown %+v", p) })
			if e := cause(t, err); e.Cause != CauseNotMicrosoft {
				t.Errorf("%q gave %+v", uri, e)
			}
		}
	})
	t.Run("a host MSAL would mangle", func(t *testing.T) {
		t.Parallel()
		c, err := New(Options{LoginURL: "https://token.contoso.example", ClientID: registered})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Device(t.Context(), nil, func(Prompt) {})
		var e *InputError
		if !errors.As(err, &e) || e.Field != FieldLoginURL {
			t.Errorf("got %v", err)
		}
	})
}
