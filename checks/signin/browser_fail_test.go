package signin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

func TestBrowserStops(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	t.Run("by Ctrl-C", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		redirect := ""
		c := w.client(t, func(o *Options) {
			o.Open = func(_ context.Context, u string) error {
				redirect = redirectOf(u)
				cancel() // the page is open, and nobody ever answers
				return nil
			}
		})
		_, err := c.Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled || e.Failure.Kind != checks.FailCancelled || !errors.Is(err, context.Canceled) {
			t.Errorf("got %+v", e)
		}
		closed(t, redirect)
	})
	t.Run("while a connection hangs", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c := w.client(t, func(o *Options) {
			o.Open = func(ctx context.Context, u string) error {
				// A browser opens connections ahead of need and leaves them idle.
				conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(redirectOf(u), "http://"))
				if err == nil {
					t.Cleanup(func() { _ = conn.Close() })
				}
				cancel()
				return err
			}
		})
		_, err := c.Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("when patience ends", func(t *testing.T) {
		t.Parallel()
		c := w.client(t, func(o *Options) {
			o.Patience = time.Millisecond
			o.Open = func(ctx context.Context, _ string) error { <-ctx.Done(); return nil }
		})
		// The patience may end even before the page is known.
		_, err := c.Browser(t.Context(), nil)
		if e := cause(t, err); e.Cause != CauseTimeout && e.Cause != CauseNetwork {
			t.Errorf("got %+v", e)
		}
	})
	t.Run("before it began", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.client(t, func(o *Options) { o.Open = w.person(t, admin).open }).Browser(ctx, nil)
		if e := cause(t, err); e.Cause != CauseCancelled {
			t.Errorf("got %+v", e)
		}
	})
}

func redirectOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("redirect_uri")
}

func TestBrowserTrouble(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	// visit posts or gets the redirect as something on this machine might.
	visit := func(method, body string) func(context.Context, string) error {
		return func(ctx context.Context, u string) error {
			req, err := http.NewRequestWithContext(ctx, method, redirectOf(u), strings.NewReader(body))
			if err != nil {
				return err
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		}
	}
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	_, taken, err := net.SplitHostPort(busy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(taken)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		open func(context.Context, string) error
		port int
		want Cause
		code string
	}{
		"no opener":     {nil, 0, CauseBrowser, ""},
		"opener fails":  {func(_ context.Context, u string) error { return fmt.Errorf("no browser for %s", u) }, 0, CauseBrowser, ""},
		"port is taken": {visit("GET", ""), port, CausePort, ""},
		"by GET":        {visit("GET", ""), 0, CausePage, ""},
		"forged state":  {visit("POST", "code=x&state=forged"), 0, CausePage, ""},
		"no state":      {visit("POST", "code=x"), 0, CausePage, ""},
		"no text":       {visit("POST", "error=access_denied&error_subcode=cancel"), 0, CauseDeclined, ""},
		"wall with code": {
			visit("POST", url.Values{"error": {"access_denied"}, "error_description": {"AADSTS90094: An admin must approve <b>this</b> & that. Trace ID: 0f0f0f0f-1111-2222-3333-444444444444"}}.Encode()),
			0, CauseAdminNeeded, "AADSTS90094",
		},
		"not assigned": {visit("POST", "error=interaction_required&error_description=AADSTS50105%3A+not+assigned"), 0, CauseAssignment, "AADSTS50105"},
		"own words":    {visit("POST", "error=server_error&error_description=a+fault%0Aover+two+lines"), 0, CauseOther, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.client(t, func(o *Options) { o.Open = tt.open; o.Port = tt.port }).Browser(t.Context(), checks.ReadScopes())
			e := cause(t, err)
			if e.Cause != tt.want || e.Failure.Code != tt.code {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if all := fmt.Sprintf("%+v %+v", e, e.Failure); strings.Contains(all, "code_challenge") || strings.Contains(all, "&amp;") {
				t.Errorf("%q shows too much", all)
			}
			if e.Cause == CauseAdminNeeded && !slices.Equal(e.Failure.Missing, checks.ReadScopes()) {
				t.Errorf("missing %v", e.Failure.Missing)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o     Options
		field Field
		do    string
	}{
		"no client id":  {Options{}, FieldClientID, GraphCommandLineTools},
		"bad client id": {Options{ClientID: "my app"}, FieldClientID, "onboardClientId"},
		"bad tenant":    {Options{ClientID: registered, Tenant: "contoso"}, FieldTenant, "contoso.com"},
		"bad cloud":     {Options{ClientID: registered, Cloud: "x"}, FieldCloud, "gcc-high"},
		"bad login URL": {Options{ClientID: registered, LoginURL: "http://x"}, FieldLoginURL, "https://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(tt.o)
			var e *InputError
			if !errors.As(err, &e) || e.Field != tt.field || !strings.Contains(e.Do, tt.do) {
				t.Errorf("got %+v", err)
			}
		})
	}
	if name, ok := Borrowed(strings.ToUpper(GraphCommandLineTools)); !ok || name == "" {
		t.Error("Microsoft's own client is not known")
	}
	if _, ok := Borrowed(registered); ok {
		t.Error("a vendor's client is taken for Microsoft's")
	}
}
