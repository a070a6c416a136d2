package signin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// playAz is az as the tests see it: this very binary, told by the tenant what to
// do, so that nothing has to be installed and no script written while others
// fork.
func playAz(args []string) int {
	want := []string{"get-access-token", "--resource-type", "ms-graph", "-o", "json"}
	tenant := ""
	if n := len(want); len(args) == n+2 && args[n] == "--tenant" {
		tenant = args[n+1]
		args = args[:n]
	}
	if !slices.Equal(args, want) {
		fmt.Fprintln(os.Stderr, "unexpected arguments", args)
		return 2
	}
	complain := func(s string) int { fmt.Fprintln(os.Stderr, s); return 1 }
	switch tenant {
	case "logged-out.example":
		return complain("\x1b[31mERROR: Please run 'az login' to setup account.\x1b[0m")
	case "refused.example":
		return complain("ERROR: AADSTS53003: Access has been blocked by Conditional Access policies. Trace ID: 0f0f0f0f-1111-2222-3333-444444444444 Correlation ID: x\nrefresh_token=" + hiddenText)
	case "broken.example":
		return complain("Traceback (most recent call last): " + graphToken(time.Now(), nil))
	case "noise.example":
		fmt.Println("WARNING: not JSON at all")
		return 0
	case "endless.example":
		line := bytes.Repeat([]byte("x"), 1<<16)
		for range 64 {
			_, _ = os.Stdout.Write(line)
		}
		return 0
	case "slow.example":
		hold := make(chan os.Signal, 1)
		signal.Notify(hold, os.Interrupt)
		fmt.Fprintln(os.Stderr, "waiting")
		<-hold
		return 0
	case "arm.example":
		fmt.Printf(`{"accessToken":%q}`, graphToken(time.Now(), map[string]any{"aud": "https://management.core.windows.net/"}))
		return 0
	}
	fmt.Printf(`{"accessToken":%q,"expiresOn":"2026-11-20 13:00:00.000000","expires_on":1795190400,"tenant":%q,"tokenType":"Bearer"}`+"\n",
		graphToken(time.Now(), map[string]any{"appid": azureCLI}), tenant)
	return 0
}

func az(t *testing.T, ctx context.Context, tenant string) (Session, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Az(ctx, AzOptions{Tenant: tenant, Command: self})
}

func TestAz(t *testing.T) {
	t.Parallel()
	for _, tenant := range []string{"", "organizations", "contoso.example", "11111111-2222-4333-8444-555555555555"} {
		s, err := az(t, t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		if a := s.Account(); a.UPN != admin || a.ClientID != azureCLI || s.Way() != WayAz {
			t.Errorf("account %+v", a)
		}
		if tok, err := s.Token(t.Context(), checks.ReadScopes()); err != nil || !strings.HasPrefix(tok.Reveal(), "eyJ") {
			t.Errorf("token: %v", err)
		}
		if err := s.Renew(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestAzFailures(t *testing.T) {
	t.Parallel()
	for tenant, tt := range map[string]struct {
		cause Cause
		code  string
		do    string
	}{
		"logged-out.example": {CauseNotLoggedIn, "", "run: az login --allow-no-subscriptions --tenant logged-out.example"},
		"refused.example":    {CausePolicy, "AADSTS53003", "sign-in log"},
		"broken.example":     {CauseTool, "", "--tenant broken.example"},
		"noise.example":      {CauseTool, "", "--tenant noise.example"},
		"endless.example":    {CauseTool, "", "--tenant endless.example"},
		"arm.example":        {CauseTokenOther, "", "--resource-type ms-graph"},
	} {
		t.Run(tenant, func(t *testing.T) {
			t.Parallel()
			_, err := az(t, t.Context(), tenant)
			e := cause(t, err)
			if e.Cause != tt.cause || e.Failure.Code != tt.code || !strings.Contains(e.Do, tt.do) {
				t.Errorf("got %+v %+v", e, e.Failure)
			}
			if all := fmt.Sprintf("%+v %+v", e, e.Failure); strings.Contains(all, hiddenText) || strings.Contains(all, "eyJ") || strings.Contains(all, "\x1b") {
				t.Errorf("%q shows too much", all)
			}
		})
	}
}

func TestAzIsMissing(t *testing.T) {
	t.Parallel()
	_, err := Az(t.Context(), AzOptions{Command: filepath.Join(t.TempDir(), "az")})
	if e := cause(t, err); e.Cause != CauseNoTool || e.Failure.Kind != checks.FailRequest {
		t.Errorf("got %+v", e)
	}
	for _, tenant := range []string{"--help", "-x.example", "two words", "contoso"} {
		_, err := az(t, t.Context(), tenant)
		var in *InputError
		if !errors.As(err, &in) || in.Field != FieldTenant {
			t.Errorf("%q gave %v", tenant, err)
		}
	}
}

func TestAzStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := az(t, ctx, "slow.example")
	if e := cause(t, err); e.Cause != CauseTimeout {
		t.Errorf("got %+v", e)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	_, err = az(t, ctx, "slow.example")
	if e := cause(t, err); e.Cause != CauseCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v", e)
	}
}
