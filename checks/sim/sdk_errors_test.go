package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	khttp "github.com/microsoft/kiota-http-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"onboard.example/checks/sim"
)

// Errors, challenges and throttling as the SDK takes them.

// codeOf is Graph's code in an error of the SDK; empty if it has none.
func codeOf(err error) string {
	var o *odataerrors.ODataError
	if !errors.As(err, &o) || o.GetErrorEscaped() == nil || o.GetErrorEscaped().GetCode() == nil {
		return ""
	}
	return *o.GetErrorEscaped().GetCode()
}

// describe is an error with Graph's code.
func describe(err error) string {
	if code := codeOf(err); code != "" {
		return fmt.Sprintf("%s: %v", code, err)
	}
	return fmt.Sprint(err)
}

// TestSDKErrors: every member of Graph's errors reaches the SDK's user.
func TestSDKErrors(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{})
	c := s.signIn(t, sdkAdmin)
	_, err := c.service("00000000-dead-4000-8000-000000000000").Get(t.Context(), nil)
	var o *odataerrors.ODataError
	if !errors.As(err, &o) {
		t.Fatalf("%T: %v", err, err)
	}
	call := s.book.last(t, http.MethodGet, "/servicePrincipals/00000000-dead-4000-8000-000000000000")
	inner := o.GetErrorEscaped().GetInnerError()
	is(t, "code", o.GetErrorEscaped().GetCode(), "Request_ResourceNotFound")
	if msg := o.GetErrorEscaped().GetMessage(); msg == nil || !strings.Contains(*msg, "00000000-dead") || err.Error() != *msg {
		t.Errorf("message %v in %v", msg, err)
	}
	is(t, "request id", inner.GetRequestId(), call.reply.Get("request-id"))
	is(t, "client's request id", inner.GetClientRequestId(), call.header.Get("client-request-id"))
	if at := inner.GetDate(); at == nil || time.Since(*at).Abs() > 24*time.Hour {
		t.Errorf("date %v", at)
	}
	if o.ResponseStatusCode != http.StatusNotFound || len(o.ResponseHeaders.Get("request-id")) != 1 {
		t.Errorf("status %d, headers %v", o.ResponseStatusCode, o.ResponseHeaders.ListKeys())
	}
	body := models.NewServicePrincipal()
	body.SetAppId(new(hetkApp))
	if _, err = c.services().Post(t.Context(), body, nil); codeOf(err) != "Request_MultipleObjectsWithSameKeyValue" {
		t.Errorf("a second service principal: %v", describe(err))
	}
	body.SetAppId(new("00000000-dead-4000-8000-000000000000"))
	if _, err = c.services().Post(t.Context(), body, nil); codeOf(err) != "NoBackingApplicationObject" {
		t.Errorf("of no app: %v", describe(err))
	}
	u := s.signIn(t, sdkUser)
	if _, err = u.logs().SignIns().Get(t.Context(), nil); codeOf(err) != "Authorization_RequestDenied" && codeOf(err) != "Authentication_MSGraphPermissionMissing" {
		t.Errorf("a user reads the log: %v", describe(err))
	}
	if err = u.service(c.idOf(t, hetkApp)).Delete(t.Context(), nil); codeOf(err) != "Authorization_RequestDenied" {
		t.Errorf("a user deletes an app: %v", describe(err))
	}
	for name, token := range map[string]string{"garbage": "x.y.z", "none": ""} {
		bad := s.client(t, fixedToken(token))
		if _, err := bad.me().Get(t.Context(), nil); codeOf(err) != "InvalidAuthenticationToken" {
			t.Errorf("%s: %v", name, describe(err))
		}
	}
}

// fixedToken is a token that never changes.
type fixedToken string

// GetAuthorizationToken gives the token, whatever for.
func (f fixedToken) GetAuthorizationToken(context.Context, *url.URL, map[string]any) (string, error) {
	return string(f), nil
}

// GetAllowedHostsValidator lets every host have it.
func (f fixedToken) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	return &authentication.AllowedHostsValidator{}
}

// TestSDKPacked: the SDK compresses what it sends.
func TestSDKPacked(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{})
	c := s.signIn(t, sdkAdmin)
	body := models.NewServicePrincipal()
	body.SetAppId(new(nylasApp))
	must(c.services().Post(t.Context(), body, nil))(t)
	call := s.book.last(t, http.MethodPost, "/servicePrincipals")
	if !call.packed || !strings.Contains(call.body, nylasApp) || call.status != http.StatusCreated {
		t.Errorf("packed %t: %s", call.packed, call.body)
	}
}

// TestSDKChallenge: a token that is not good any more is renewed with the claims
// of the challenge; once the sessions are revoked there is none to be had.
func TestSDKChallenge(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := startSDK(t, sim.Options{
		Scenario: "approved", Faults: []string{"caechallenge=1,path=/v1.0/me"},
		Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) },
	})
	c := s.signIn(t, sdkAdmin)
	is(t, "me", must(c.me().Get(t.Context(), nil))(t).GetUserPrincipalName(), sdkAdmin)
	var tokens []string
	for _, call := range s.book.calls {
		tokens = append(tokens, call.header.Get("Authorization"))
		if !strings.HasPrefix(call.header.Get("Authorization"), "Bearer ey") {
			t.Errorf("without a token: %v", call.header)
		}
	}
	if len(tokens) != 2 || tokens[0] == tokens[1] || s.book.calls[0].status != http.StatusUnauthorized {
		t.Errorf("%d calls, renewed %t", len(tokens), len(tokens) == 2 && tokens[0] != tokens[1])
	}
	later.Store(int64(time.Minute))
	did(t, s.RevokeSessions(t.Context(), sdkAdmin))
	if _, err := c.me().Get(t.Context(), nil); err == nil || !strings.Contains(msalText(err), "AADSTS50173") {
		t.Errorf("revoked: %v", msalText(err))
	}
}

// inProcess hands requests to the simulator without a network, so that time can
// be simulated too.
type inProcess struct{ http.Handler }

// RoundTrip serves a request.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestSDKThrottled: the SDK waits as long as Graph tells it to, sends the same
// again, and gives up in the end.
func TestSDKThrottled(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		fault string
		wait  time.Duration
		calls int
		code  string
	}{
		"throttled":    {"429=2,retry-after=7s", 14 * time.Second, 3, ""},
		"unavailable":  {"503=1,retry-after=30s", 30 * time.Second, 2, ""},
		"for too long": {"429=9,retry-after=2s", 6 * time.Second, 4, "TooManyRequests"},
		"broken":       {"500=1", 0, 1, "serviceNotAvailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSDK(t, sim.Options{Faults: []string{tt.fault}, Now: func() time.Time { return now }})
			s.book.next = inProcess{s.Handler()}
			c := s.client(t, fixedToken(must(s.Token(sdkAdmin))(t)))
			body := models.NewServicePrincipal()
			body.SetAppId(new(nylasApp))
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				// Compressed bodies cannot be sent twice: the SDK's own middleware may put
				// the plain body under the header of the packed one.
				_, err := c.services().Post(t.Context(), body, &serviceprincipals.ServicePrincipalsRequestBuilderPostRequestConfiguration{
					Options: []kiota.RequestOption{khttp.NewCompressionOptionsReference(false)},
				})
				if codeOf(err) != tt.code || (err == nil) != (tt.code == "") {
					t.Errorf("error %v", describe(err))
				}
				if waited := time.Since(begin); waited != tt.wait {
					t.Errorf("waited %s, want %s", waited, tt.wait)
				}
			})
			if len(s.book.calls) != tt.calls {
				t.Errorf("%d calls", len(s.book.calls))
			}
			for _, call := range s.book.calls {
				if !strings.Contains(call.body, nylasApp) {
					t.Errorf("sent %q", call.body)
				}
			}
		})
	}
}
