package signin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// Options say whom to sign in to, as what, and how to reach a person.
type Options struct {
	Cloud    checks.Cloud // default public
	LoginURL string       // stands in for the cloud's sign-in host
	Tenant   string       // id or a domain; empty lets any organization's account in
	ClientID string       // needed: the vendor's registration for this tool
	// Transport carries every request; default http.DefaultTransport.
	Transport http.RoundTripper
	// Open shows Microsoft's page to the person. It returns when the page has
	// been opened, or at least printed, and must not wait for the person.
	Open func(ctx context.Context, url string) error
	// Port is the loopback port of the browser's answer; 0 takes a free one.
	Port int
	// Hint is the account name to begin with, such as admin@contoso.com.
	Hint string
	// Keep is where the sign-in outlives this process; nil: in memory alone.
	Keep *Keep
	// Anew asks the person even where Keep holds a sign-in.
	Anew bool
	// Claims is a decoded claims challenge that the first sign-in answers; the
	// person is asked then, whatever Keep holds.
	Claims string
	// Patience is how long a person may take in the browser; default 10 minutes.
	Patience time.Duration
	// Served says that the person is at another machine than this one: what errors say
	// to do then names nothing of this machine, neither flags nor its network.
	Served bool
	Now    func() time.Time // default time.Now
	// Pause waits between tries; default by the clock, ended by ctx.
	Pause func(ctx context.Context, d time.Duration) error
}

const (
	defaultPatience = 10 * time.Minute
	anyTenant       = "organizations" // work and school accounts of every tenant
)

// Client signs people in to one tenant as one app. Its tokens live in memory and
// go with it, but for what Options.Keep keeps. It is safe for use by several goroutines.
type Client struct {
	o    Options
	msal public.Client
	// base is the sign-in address; tenant is an id, a domain or anyTenant.
	base, tenant string
}

// New checks the options. The error is an *InputError: no client id, or
// something that is no tenant, cloud or address.
func New(o Options) (*Client, error) {
	c, err := build(o)
	if err != nil {
		return nil, o.told(err)
	}
	return c, nil
}

func build(o Options) (*Client, error) {
	l, err := parseLogin(o.LoginURL, o.Cloud)
	if err != nil {
		return nil, err
	}
	o.ClientID = strings.TrimSpace(o.ClientID)
	switch {
	case o.ClientID == "":
		return nil, &InputError{Field: FieldClientID, Say: wordsClientNone, Do: wordsClientDo}
	case !checks.IsGUID(o.ClientID):
		return nil, &InputError{Field: FieldClientID, Say: fmt.Sprintf(wordsClientBad, shown(o.ClientID)), Do: wordsClientDo}
	}
	tenant, err := parseTenant(o.Tenant)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	how := []public.Option{
		public.WithAuthority(l.base + "/" + tenant),
		public.WithHTTPClient(httpClient(o.Transport)),
		// cp1: we handle claims challenges (entra-facts §15).
		public.WithClientCapabilities([]string{"cp1"}),
		// A host that stands in for Microsoft's is none that Microsoft vouches for.
		public.WithInstanceDiscovery(!l.stand),
	}
	if o.Keep != nil {
		how = append(how, public.WithCache(o.Keep))
	}
	m, err := public.New(o.ClientID, how...)
	if err != nil {
		return nil, &InputError{Field: FieldLoginURL, Say: wordsLoginBad, Do: wordsLoginDo}
	}
	return &Client{o: o, msal: m, base: l.base, tenant: tenant}, nil
}

// parseTenant accepts an id or a domain; empty is any organization.
func parseTenant(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "", strings.EqualFold(s, anyTenant):
		return anyTenant, nil
	case checks.IsGUID(s):
		return strings.ToLower(s), nil
	}
	d, err := ParseDomain(s)
	if err != nil {
		return "", &InputError{Field: FieldTenant, Say: wordsTenantBad + shown(s), Do: wordsTenantDo}
	}
	return d, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
