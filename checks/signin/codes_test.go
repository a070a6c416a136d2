package signin

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

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
		"account not here":       {400, "interaction_required", "AADSTS16000: does not exist in tenant", CauseOtherTenant, checks.FailWrongTenant},
		"tenant restrictions":    {400, "invalid_grant", "AADSTS500021: not in the list", CauseRestricted, checks.FailDenied},
		"inbound policy":         {400, "invalid_grant", "AADSTS500213: inbound", CauseRestricted, checks.FailDenied},
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
