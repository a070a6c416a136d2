package signin

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// Prompt is what a person needs to sign in by device code. The caller shows with
// it the warning that belongs to device codes: whoever enters a code that somebody
// else sent signs that somebody in. UserCode is for the person in front of the
// screen alone.
type Prompt struct {
	UserCode  string
	URL       string
	Message   string // Microsoft's own words, cleaned
	StartedAt time.Time
	Expires   time.Time
}

// deviceRetries are the waits after a failed connection while the person types:
// a network that flickers must not cost the code.
var deviceRetries = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// Device signs in by a code that the person enters on any device. show is called
// once for each code, before anybody waits. Some tenants forbid this way, which
// is CauseDeviceCode (entra-facts §12): prefer Browser.
func (c *Client) Device(ctx context.Context, scopes []string, show func(Prompt)) (Session, error) {
	// MSAL makes the device endpoint by replacing every "token" in the token
	// endpoint's address.
	if strings.Contains(c.base, "token") {
		return nil, c.o.told(&InputError{Field: FieldLoginURL, Say: wordsLoginToken, Do: wordsLoginTokDo})
	}
	return c.begin(ctx, WayDevice, scopes, func(ctx context.Context, scopes []string, claims, _ string) (public.AuthResult, error) {
		return c.device(ctx, scopes, claims, show)
	})
}

func (c *Client) device(ctx context.Context, scopes []string, claims string, show func(Prompt)) (public.AuthResult, error) {
	var opts []public.AcquireByDeviceCodeOption
	if claims != "" {
		opts = append(opts, public.WithClaims(claims))
	}
	started := c.o.Now()
	code, err := c.msal.AcquireTokenByDeviceCode(ctx, scopes, opts...)
	if err != nil {
		return public.AuthResult{}, err
	}
	p := Prompt{
		UserCode:  checks.Line(code.Result.UserCode, 32),
		URL:       checks.Line(code.Result.VerificationURL, 200),
		Message:   checks.Line(code.Result.Message, 400),
		StartedAt: started,
		Expires:   code.Result.ExpiresOn,
	}
	if u, err := url.Parse(code.Result.VerificationURL); err != nil || u.Scheme != "https" || u.Host == "" || p.UserCode == "" {
		return public.AuthResult{}, CauseNotMicrosoft.make(nil)
	}
	show(p)
	for try := 0; ; try++ {
		res, err := code.AuthenticationResult(ctx)
		if err == nil || ctx.Err() != nil || try == len(deviceRetries) || !passing(err) {
			return res, err
		}
		if err := c.o.Pause(ctx, deviceRetries[try]); err != nil {
			return res, err
		}
	}
}
