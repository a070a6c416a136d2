package signin

import (
	"context"
	"strconv"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// linger is how long a stopped sign-in waits for MSAL to close its listener.
// MSAL waits for open connections without bound, so a local program that holds
// one must not hold us.
const linger = 3 * time.Second

// Browser signs in with the person's browser: authorization code with PKCE,
// answered on http://localhost. It returns when the person is done, when ctx ends,
// or when Options.Patience is over; the listener is closed then.
func (c *Client) Browser(ctx context.Context, scopes []string) (Session, error) {
	return c.begin(ctx, WayBrowser, scopes, c.browser)
}

func (c *Client) browser(ctx context.Context, scopes []string, claims, hint string) (public.AuthResult, error) {
	if c.o.Open == nil {
		return public.AuthResult{}, CauseBrowser.make(nil)
	}
	limited, cancel := context.WithTimeout(ctx, c.o.Patience)
	defer cancel()
	opts := []public.AcquireInteractiveOption{public.WithOpenURL(func(u string) error {
		if err := c.o.Open(limited, u); err != nil {
			// The opener's text may hold the address, and that the state of this
			// sign-in: it is not repeated.
			return CauseBrowser.make(&checks.Failure{})
		}
		return nil
	})}
	if c.o.Port > 0 {
		opts = append(opts, public.WithRedirectURI("http://localhost:"+strconv.Itoa(c.o.Port)))
	}
	if claims != "" {
		opts = append(opts, public.WithClaims(claims))
	}
	if hint != "" {
		opts = append(opts, public.WithLoginHint(hint))
	}
	return await(limited, func() (public.AuthResult, error) {
		return c.msal.AcquireTokenInteractive(limited, scopes, opts...)
	})
}

// await runs f, which ends soon after ctx does, and gives up on it linger later.
func await(ctx context.Context, f func() (public.AuthResult, error)) (public.AuthResult, error) {
	type outcome struct {
		res public.AuthResult
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		res, err := f()
		done <- outcome{res, err}
	}()
	select {
	case o := <-done:
		return o.res, o.err
	case <-ctx.Done():
	}
	late := time.NewTimer(linger)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
	return public.AuthResult{}, ctx.Err()
}
