// Package graph is the only room that talks to Microsoft Graph: Reader looks,
// Changer writes, and neither can do the other's work by type.
//
// How it uses Microsoft's SDK. Requests are Kiota RequestInformation with an
// address, and go through Kiota's request adapter over a transport of our own.
// Answers are read into the few members that are looked at (shapes.go), which tests
// hold against the models of msgraph-sdk-go, member by member. The models themselves
// are not in the program: each names its kin, so that one of them brings all 32,000
// functions. What they would add, in bytes of the binary, measured with v1.89.0 (Go
// 1.26, -trimpath -s -w):
//
//	models alone                                    +16.7 MB
//	models and one builder that writes, which pulls
//	in every model's serializer                     +22.5 MB
//
// and minutes to whoever builds it first. The SDK's request builders bring nothing
// for it either: they have no servicePrincipals(appId='…') with anything behind it,
// which is what makes one stage of reading possible, and a builder with a raw address
// ignores its own query parameters. The whole client, and msgraph-sdk-go-core (a page
// iterator that sends the token to any nextLink, telemetry headers, batches), are left
// out for the same reasons. The few small bodies that are written are JSON in the
// plan's own words.
//
// Kiota's middlewares are left out too: they retry by themselves, follow
// redirects, compress request bodies (which some proxies refuse) and name the
// SDK to the other side. The transport here retries visibly, follows nothing,
// and hands on only bodies that are whole, bounded JSON objects; what fails
// becomes a checks.Failure before Kiota sees it, so its own second try after a
// claims challenge is never reached.
//
// All parts are asked at once on one HTTP/2 connection. The first request
// opens it and the others wait for the handshake, so that a cold start dials
// once, not fifteen times.
package graph

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	khttp "github.com/microsoft/kiota-http-go"
)

// TokenSource gives bearer tokens for Microsoft Graph.
type TokenSource interface {
	// Token gives a token that holds scopes, or whatever the person gave so
	// far if scopes is empty. An empty token means that nobody signed in. An
	// error that is a *checks.Failure is reported as it is.
	Token(ctx context.Context, scopes []string) (string, error)
}

// TokenFunc is a function that is a TokenSource.
type TokenFunc func(ctx context.Context, scopes []string) (string, error)

// Token calls f.
func (f TokenFunc) Token(ctx context.Context, scopes []string) (string, error) {
	return f(ctx, scopes)
}

// Options say where Graph is and how to reach it. Root is needed; everything
// else has a default.
type Options struct {
	// Root is the https root of Graph without version, such as
	// https://graph.microsoft.com. Tokens go there and nowhere else.
	Root string
	// Tokens is nil where nobody signed in: then every part fails with
	// FailNoAccess and nothing is asked.
	Tokens TokenSource
	// RootCAs are trusted instead of the system's, if set.
	RootCAs *x509.CertPool
	// Proxy chooses a proxy; default http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial makes connections; default the system's way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Base replaces the transport that RootCAs, Proxy and Dial describe. It must
	// neither retry nor follow redirects.
	Base http.RoundTripper
	// UserAgent names this program to Graph; default "onboard".
	UserAgent string
	// Logger gets one debug line for each request, without tokens and bodies;
	// default discards.
	Logger *slog.Logger
	Limits Limits
	Retry  Retry

	Now    func() time.Time                           // default time.Now
	Sleep  func(context.Context, time.Duration) error // default waits, or returns the context's error
	Jitter func() float64                             // in [0,1); default random
}

// Limits bound what one request and one Read may take.
type Limits struct {
	Body    int64         // bytes of a decompressed answer; default 8 MiB
	Pages   int           // pages of one list; default 20
	Request time.Duration // one try of one request, body included; default 20 s
	Total   time.Duration // a whole Read; default 2 min
}

// Retry says how long to bear with throttling and passing faults.
type Retry struct {
	Throttled int           // tries of a throttled request; default 4
	Faults    int           // tries of a request that met a 5xx or a cut answer; default 2
	First     time.Duration // first pause where the answer names none; doubles; default 1 s
	Patience  time.Duration // longest sum of pauses of one request; default 30 s
}

func (o Options) withDefaults() Options {
	o.Limits = o.Limits.withDefaults()
	o.Retry = o.Retry.withDefaults()
	if o.UserAgent == "" {
		o.UserAgent = "onboard"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Base == nil {
		o.Base = dialer(o.RootCAs, o.Proxy, o.Dial)
	}
	return o
}

func (l Limits) withDefaults() Limits {
	if l.Body <= 0 {
		l.Body = 8 << 20
	}
	if l.Pages <= 0 {
		l.Pages = 20
	}
	if l.Request <= 0 {
		l.Request = 20 * time.Second
	}
	if l.Total <= 0 {
		l.Total = 2 * time.Minute
	}
	return l
}

func (r Retry) withDefaults() Retry {
	if r.Throttled <= 0 {
		r.Throttled = 4
	}
	if r.Faults <= 0 {
		r.Faults = 2
	}
	if r.First <= 0 {
		r.First = time.Second
	}
	if r.Patience <= 0 {
		r.Patience = 30 * time.Second
	}
	return r
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// client is what Reader and Changer share.
type client struct {
	o       Options
	root    *url.URL // with the version, and a slash at the end
	wire    *wire
	adapter kiota.RequestAdapter
}

// version is the only version of Graph that is used.
const version = "v1.0"

func newClient(o Options, methods ...string) (*client, error) {
	o = o.withDefaults()
	root, err := parseRoot(o.Root)
	if err != nil {
		return nil, err
	}
	w := &wire{o: o, root: root, methods: methods, base: o.Base, gate: gate{now: o.Now}}
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, // the wire adds the token, after it has looked where to
		nil, nil, // nothing is read or written by Kiota's own forms
		&http.Client{Transport: w, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	)
	if err != nil {
		return nil, fmt.Errorf("make the client of Microsoft Graph: %w", err)
	}
	return &client{o: o, root: root, wire: w, adapter: adapter}, nil
}

// parseRoot refuses every root that a token must not be sent to.
func parseRoot(root string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(root, "/"))
	if err != nil {
		return nil, fmt.Errorf("read the address of Microsoft Graph: %w", err)
	}
	switch {
	case u.Scheme != "https":
		return nil, errors.New("the address of Microsoft Graph must begin with https://")
	case u.Host == "":
		return nil, errors.New("the address of Microsoft Graph names no host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address of Microsoft Graph must be a host, and perhaps a path")
	}
	u.Path, u.RawPath = u.Path+"/"+version+"/", ""
	return u, nil
}

// close lets go of idle connections.
func (c *client) close() {
	if b, ok := c.o.Base.(interface{ CloseIdleConnections() }); ok {
		b.CloseIdleConnections()
	}
}
