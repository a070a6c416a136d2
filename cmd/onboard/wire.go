package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/graph"
	"onboard.example/checks/resolve"
	"onboard.example/checks/signin"
	"onboard.example/flows"
)

// clients are the concrete clients of one run, and who is signed in.
type clients struct {
	o *options
	// anyone are those by whom whoever has not signed in looks, together with others;
	// nil: these here.
	anyone    *clients
	transport *http.Transport
	discover  *signin.Discoverer
	names     checks.Reader // of the DNS
	open      func(ctx context.Context, url string) error
	now       func() time.Time
	keep      *signin.Keep // nil: a sign-in ends with the program

	mu      sync.Mutex
	session signin.Session
	nth     uint64 // of the sessions so far, the one in hand
	reader  *graph.Reader
	root    string // of the Graph that reader reads
	owed    owed   // the challenge that the next sign-in answers
}

// newClients builds what every command shares. Nothing is asked yet.
func newClients(o *options) (*clients, error) {
	tr, err := signin.Transport(signin.TransportOptions{CAFile: o.caFile, Proxy: o.proxy})
	if err != nil {
		return nil, inputError(err)
	}
	var through *net.Resolver
	if o.dnsServer != "" {
		if through, err = resolverThrough(o.dnsServer); err != nil {
			return nil, err
		}
	}
	switch {
	case o.publicOnly && tr.Proxy == nil: // through a proxy the connection is its own
		tr.DialContext = onlyPublic(through)
	case through != nil:
		tr.DialContext = dialThrough(through)
	}
	c := &clients{o: o, transport: tr, now: time.Now}
	c.discover, err = signin.NewDiscoverer(signin.DiscovererOptions{Transport: tr, LoginURL: o.loginURL})
	if err != nil {
		return nil, inputError(err)
	}
	c.names, err = o.dnsReader()
	return c, err
}

// dnsPatience is how long the DNS may take beside Graph: it decides nothing, so
// nobody waits for it as long as `onboard dns` does.
const dnsPatience = 5 * time.Second

// dnsReader reads the DNS for the checks. A simulated Microsoft has a DNS of its
// own, and what the world's says of its domains is about somebody else: it is not
// asked.
func (o *options) dnsReader() (checks.Reader, error) {
	if o.loginURL != "" && o.dnsServer == "" {
		return resolve.Unasked(sayDNSUnasked), nil
	}
	how, err := o.resolveOptions()
	if err != nil {
		return nil, err
	}
	how.Deadline = dnsPatience
	return resolve.NewReader(how), nil
}

// resolverThrough makes a resolver that asks one DNS server.
func resolverThrough(server string) (*net.Resolver, error) {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = strings.Trim(server, "[]"), "53"
	}
	if net.ParseIP(host) == nil {
		return nil, usage("Type an address, such as 192.0.2.53 or [2001:db8::53]:53.", "--dns-server %q is no IP address", server)
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var ask net.Dialer
		return ask.DialContext(ctx, network, net.JoinHostPort(host, port))
	}}, nil
}

// dialThrough makes a dialer that finds hosts through a resolver.
func dialThrough(r *net.Resolver) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: r}
	return d.DialContext
}

// inputError carries an input that a room refused to the command line: what is
// wrong, then what to type.
func inputError(err error) error {
	var in *signin.InputError
	if errors.As(err, &in) {
		return &exitError{code: codeUsage, cause: errors.New(in.Say), typed: in.Do}
	}
	var domain *checks.DomainError
	if errors.As(err, &domain) {
		return &exitError{code: codeUsage, cause: domain, typed: domain.Do}
	}
	return &exitError{code: codeUsage, cause: err}
}

// graphRoot is the root of Graph for a cloud.
func (c *clients) graphRoot(cloud checks.Cloud) string {
	if c.o.graphURL != "" {
		return strings.TrimRight(c.o.graphURL, "/")
	}
	e, ok := checks.EndpointsOf(cloud)
	if !ok {
		e, _ = checks.EndpointsOf(checks.CloudPublic)
	}
	return e.Graph
}

// graphOptions say how Graph of a cloud is reached, as whoever is signed in.
func (c *clients) graphOptions(root string, session signin.Session) graph.Options {
	o := graph.Options{
		Root: root, RootCAs: c.transport.TLSClientConfig.RootCAs, Proxy: c.transport.Proxy,
		Dial: c.transport.DialContext, UserAgent: "onboard/" + release,
	}
	if session != nil {
		o.Tokens = graph.TokenFunc(func(ctx context.Context, scopes []string) (string, error) {
			t, err := session.Token(ctx, scopes)
			if err != nil {
				return "", signin.FailureOf(err)
			}
			return t.Reveal(), nil
		})
	}
	return o
}

// signedIn makes s the session from now on; nil means that nobody is.
func (c *clients) signedIn(s signin.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s != nil && s != c.session { // one that was widened is the same
		c.nth++
	}
	c.session = s
	c.paid(s)
	if c.reader != nil {
		c.reader.Close()
	}
	c.reader, c.root = nil, ""
}

// current is who is signed in; nil: nobody.
func (c *clients) current() signin.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// rootNow is the root of the Graph that was read last.
func (c *clients) rootNow() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root == "" {
		return c.graphRoot("")
	}
	return c.root
}

// readers gives the readers for a cloud, which have the person sign in again at
// once where a challenge wants that.
func (c *clients) readers(cloud checks.Cloud) ([]checks.Reader, error) {
	all, _, err := c.readersAs(cloud, true)
	return all, err
}

// readsAs is who readers read as: nobody, or a session, and which of the run's it is.
type readsAs struct {
	session signin.Session
	nth     uint64 // 0: nobody
}

// readersAs gives the readers for a cloud, and who they read as: the connection
// to Graph is kept warm from one look to the next. asks says whether a challenge
// may have the person sign in.
func (c *clients) readersAs(cloud checks.Cloud, asks bool) ([]checks.Reader, readsAs, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil && c.anyone != nil {
		return c.anyone.readersAs(cloud, asks)
	}
	root := c.graphRoot(cloud)
	if c.reader == nil || c.root != root {
		r, err := graph.New(c.graphOptions(root, c.session))
		if err != nil {
			return nil, readsAs{}, fmt.Errorf("reach Graph: %w", err)
		}
		if c.reader != nil {
			c.reader.Close()
		}
		c.reader, c.root = r, root
	}
	graphed := answering{Reader: c.reader, c: c, session: c.session, asks: asks}
	as := readsAs{session: c.session, nth: c.nth}
	if c.session == nil {
		as.nth = 0
	}
	return []checks.Reader{c.discover, c.names, signin.NewAccountReader(c.session, c.now), graphed}, as, nil
}

// close lets go of what is open.
func (c *clients) close() {
	c.signedIn(nil)
	c.transport.CloseIdleConnections()
}

// clientID is what onboard itself signs in as: the flag, else what the app's
// vendor registered for it, else nothing.
func (c *clients) clientID(p *flows.Profile) string {
	if c.o.clientID != "" {
		return c.o.clientID
	}
	if p != nil {
		return p.OnboardClientID
	}
	return ""
}

// client makes the sign-in client for a tenant. With anew it asks the person
// whatever is kept.
func (c *clients) client(clientID, tenant string, cloud checks.Cloud, hint string, anew bool) (*signin.Client, error) {
	return signin.New(signin.Options{
		Cloud: cloud, LoginURL: c.o.loginURL, Tenant: tenant, ClientID: clientID,
		Transport: c.transport, Open: c.open, Hint: hint, Keep: c.keep, Anew: anew, Claims: c.owes(tenant),
		Served: c.anyone != nil,
	})
}

// handed takes the token of --token-file.
func (c *clients) handed(ctx context.Context) (signin.Session, error) {
	how := signin.TokenOptions{GraphURL: c.o.graphURL}
	if c.o.tokenFile == "-" {
		return c.piped(ctx, how)
	}
	if c.o.tokenMade != nil {
		if err := c.o.tokenMade(); err != nil {
			return nil, err
		}
	}
	return signin.File(ctx, c.o.tokenFile, how)
}

// piped takes the token from standard input. A read that nobody answers cannot
// be broken off, so Ctrl-C leaves it behind: the process is about to end.
func (c *clients) piped(ctx context.Context, how signin.TokenOptions) (signin.Session, error) {
	type result struct {
		session signin.Session
		err     error
	}
	done := make(chan result, 1)
	go func() {
		s, err := signin.Stdin(ctx, c.o.in, how)
		done <- result{s, err}
	}()
	select {
	case r := <-done:
		return r.session, r.err
	case <-ctx.Done():
		return nil, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
}
