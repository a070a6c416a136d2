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
	s, err := auto.client(t, nil).Device(t.Context(), checks.ReadScopes(), nothing)
	if err != nil || s.Account().UPN != user {
		t.Fatalf("auto: %v", err)
	}
	_, err = auto.client(t, func(o *Options) { o.ClientID = GraphCommandLineTools }).Device(t.Context(), checks.ReadScopes(), nothing)
	if e := cause(t, err); e.Cause != CauseAdminNeeded || e.Failure.Code != "AADSTS90094" || !slices.Equal(e.Failure.Missing, checks.ReadScopes()) {
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
