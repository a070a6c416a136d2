package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"

	_ "embed" // the systemd unit

	"github.com/spf13/cobra"

	"onboard.example/flows/run"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/web"
)

// serveUnit is the systemd unit.
//
//go:embed onboard.service
var serveUnit []byte

// serveFlags are the flags of `onboard serve`.
type serveFlags struct {
	config                string
	check, defaults, unit bool
}

func newServe(o *options) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the wizard over SSH",
		Long:  sayServeLong,
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), o, f) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.config, "config", "", "configuration file (YAML); left out: the defaults")
	fs.BoolVar(&f.check, "check-config", false, "say whether the configuration can be served, and do nothing else")
	fs.BoolVar(&f.defaults, "print-config", false, "print the configuration with every default and what it means, and do nothing else")
	fs.BoolVar(&f.unit, "print-unit", false, "print a systemd unit, and do nothing else")
	return cmd
}

func runServe(ctx context.Context, o *options, f serveFlags) error {
	switch {
	case f.defaults:
		_, err := o.out.Write(serveDefaults)
		return err
	case f.unit:
		_, err := o.out.Write(serveUnit)
		return err
	}
	c, err := readServe(f.config, o.in)
	if err != nil {
		return err
	}
	if f.check {
		return checkServe(ctx, o, c)
	}
	s, err := openSite(ctx, o, c)
	if err != nil {
		return err
	}
	err = s.serve(ctx)
	return errors.Join(err, s.close())
}

// checkServe looks at what a configuration names, without making anything.
func checkServe(ctx context.Context, o *options, c serveConfig) error {
	profiles, err := c.served().profiles()
	if err != nil {
		return err
	}
	if err := ssh.CheckIdentity(c.HostKeys); err != nil {
		return usage(saySeeConfig, "%w", err)
	}
	if err := c.checkKeyPlace(); err != nil {
		return usage(saySeeConfig, "hostKeys: %w", err)
	}
	if _, err := ssh.OpenBans(filepath.Join(c.State, "bans.json"), nil); err != nil {
		return usage(sayMendBans, "%w", err)
	}
	clients, err := newClients(c.served())
	if err != nil {
		return err
	}
	defer clients.close()
	if _, _, err := openProbes(ctx, c.Probes, clients, profiles, new(probeCounts)); err != nil {
		return err
	}
	if err := c.checkWeb(profiles); err != nil {
		return err
	}
	if _, err := c.Guides.answers(profiles); err != nil {
		return err
	}
	if err := c.Guides.check(); err != nil {
		return usage(sayMendGuides, "guides: %w", err)
	}
	_, err = io.WriteString(o.out, fmt.Sprintf(sayConfigFine, c.Listen, c.Name, c.State)+c.toldCases()+c.Web.told(c.Listen)+c.SignIn.told(profiles)+c.Guides.told())
	return err
}

// site is what is served: the server, and everything that it keeps.
type site struct {
	o       *options
	c       serveConfig
	log     *slog.Logger
	id      *ssh.Identity
	bans    *ssh.Bans
	guides  *ssh.Guides // nil: nobody is one
	cases   *cases.Store
	clients *clients
	server  *ssh.Server
	doors   []io.Closer // listeners, to be closed at the end

	web              *web.Door    // nil: there is none
	issued           *web.Issued  // nil: its certificate is the operator's own
	metrics          *web.Metrics // nil: there is none
	returns          *web.Returns // nil: no app's consent page comes back here
	probes           probeCounts  // of the vendor's own credential
	webAt, metricsAt net.Listener
}

// openSite opens everything that is served from. Nothing is listened to yet.
func openSite(ctx context.Context, o *options, c serveConfig) (s *site, err error) {
	s = &site{o: o, c: c, log: c.Log.logger(o.err)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := c.makeState(); err != nil {
		return s, usage(saySeeConfig, "%w", err)
	}
	var made bool
	if s.id, made, err = ssh.LoadIdentity(c.HostKeys); err != nil {
		return s, usage(saySeeConfig, "%w", err)
	}
	if made {
		_, _ = fmt.Fprintf(o.err, sayKeyMade, c.HostKeys[0], s.id.Fingerprint(), c.Name)
	}
	if s.bans, err = ssh.OpenBans(filepath.Join(c.State, "bans.json"), nil); err != nil {
		return s, usage(sayMendBans, "%w", err)
	}
	if s.guides, err = c.Guides.open(s.log); err != nil {
		return s, usage(saySeeConfig, "guides: %w", err)
	}
	if s.clients, err = newClients(c.served()); err != nil {
		return s, err
	}
	if s.cases, err = cases.Open(ctx, c.Cases, cases.Options{Keep: c.Keep, Log: s.log}); err != nil {
		return s, fmt.Errorf("open the cases: %w", err)
	}
	if err := s.bans.Share(ctx, s.cases, s.log); err != nil {
		return s, fmt.Errorf("share the bans: %w", err)
	}
	if s.server, err = s.build(ctx); err != nil {
		return s, err
	}
	if _, err := s.server.ReceiptKeys(ctx); err != nil { // it was to be there before anybody asks
		s.log.Warn("the keys for receipts cannot be read", "why", err.Error())
	}
	return s, s.buildWeb()
}

// build makes the server. What it gets to look with cannot change anything.
func (s *site) build(ctx context.Context) (*ssh.Server, error) {
	served := s.clients.o
	addr, key := s.c.Log.naming()
	profiles, err := served.profiles()
	if err != nil {
		return nil, err
	}
	if err := s.returning(ctx, profiles); err != nil {
		return nil, err
	}
	probe, probes, err := openProbes(ctx, s.c.Probes, s.clients, profiles, &s.probes)
	if err != nil {
		return nil, err
	}
	looks := func(c *clients, from netip.Prefix) run.Looker {
		l := newLooker(c)
		if probe != nil {
			l.probe = probe(from)
		}
		return guarded{Looker: l, o: served}
	}
	answers, err := s.c.Guides.answers(profiles)
	if err != nil { // customers are served without it
		s.log.Error("canned answers cannot be read: guides have the others alone", "why", err.Error())
	}
	ways := s.c.SignIn.offers(profiles)
	return ssh.New(ssh.Options{
		Identity: s.id, Bans: s.bans, Limits: ssh.Limits(s.c.Limits), TrustedProxies: s.c.proxies,
		Name: s.c.Name, Port: s.c.Port, Cases: s.cases, Log: s.log, LogName: addr, LogKey: key,
		Profiles: profiles, Version: release, Login: served.loginURL, Service: served.service(),
		Eyes: func(from netip.Prefix) run.Looker { return looks(s.clients, from) }, Sight: s.sights(looks, ways), Ways: ways,
		AskWhy:  served.askPublic,
		Command: s.command,
		Return:  s.returner(),
		Probes:  probes,
		Guides:  s.guides,
		Answers: answers,
	})
}

// naming says how addresses and the keys of clients stand in the log: as they are,
// as a word that is the same for the same one until the next start, or not at all.
func (l serveLog) naming() (addr func(netip.Addr) string, key func(string) string) {
	switch l.Addresses {
	case "off":
		return func(netip.Addr) string { return "-" }, func(string) string { return "-" }
	case "hash":
		secret := []byte(rand.Text())
		word := func(b []byte) string {
			sum := hmac.New(sha256.New, secret)
			sum.Write(b)
			return hex.EncodeToString(sum.Sum(nil)[:6])
		}
		return func(a netip.Addr) string { return word(a.AsSlice()) }, func(s string) string { return word([]byte(s)) }
	}
	return nil, nil
}

// operators are the flags that the operator's configuration puts in front of what
// a client asks for, by command.
func (s *site) operators(command string) []string {
	o := s.clients.o
	asks := []string{"--sign-in=none", "--proxy=" + o.proxy, "--dns-port=" + fmt.Sprint(o.dnsPort)}
	for _, f := range []struct{ flag, value string }{
		{"--login-url=", o.loginURL}, {"--graph-url=", o.graphURL}, {"--dns-server=", o.dnsServer}, {"--ca-file=", o.caFile}, {"--trust-anchor=", o.trustAnchor},
	} {
		if f.value != "" {
			asks = append(asks, f.flag+f.value)
		}
	}
	var apps []string
	if o.appsDir != "" {
		apps = []string{"--apps=" + o.appsDir}
	}
	switch command {
	case "check", "dns":
		return append(asks, apps...)
	case "apps":
		return apps
	}
	return nil
}

// command carries out a command of a client, whose flags were held to the
// allow-list.
func (s *site) command(ctx context.Context, args []string, out, errs io.Writer) int {
	o := s.clients.o
	for _, a := range domainsOf(args) {
		if err := o.public(ctx, a); err != nil {
			explain(errs, &exitError{code: codeUsage, cause: err})
			return codeUsage
		}
	}
	all := slices.Concat(args[:1], s.operators(args[0]), args[1:])
	return execute(ctx, world{args: all, in: o.in, out: out, err: errs, env: []string{"TERM=dumb", "NO_COLOR=1"}, noFiles: true, publicOnly: o.publicOnly, lookup: o.lookup, elsewhere: sayUnaskedServed})
}

// notListened says why there is no door; ports below 1024 are not everybody's.
func notListened(err error, key string) error {
	if errors.Is(err, fs.ErrPermission) {
		return usage(sayLowPort, "%s: %w", key, err)
	}
	return fmt.Errorf("%s: %w", key, err)
}

// listen opens the doors: that of the clients, and that of the operator.
func (s *site) listen(ctx context.Context) (l net.Listener, admin *adminDoor, err error) {
	l, err = new(net.ListenConfig).Listen(ctx, "tcp", s.c.Listen)
	if err != nil {
		return nil, nil, notListened(err, "listen")
	}
	s.doors = append(s.doors, l)
	if admin, err = openAdmin(ctx, s.c.Admin, s.server, s.bans, s.log); err != nil {
		return nil, nil, err
	}
	admin.audit = s.cases.Entries
	s.doors = append(s.doors, admin)
	return l, admin, s.listenWeb(ctx)
}

// serve serves until ctx ends or a door breaks, and then tells everybody and waits for
// them.
func (s *site) serve(ctx context.Context) error {
	l, admin, err := s.listen(ctx)
	if err != nil {
		return err
	}
	slog.SetDefault(ssh.LibraryLog(s.log))
	go admin.serve()
	broken, ended := s.serveDoors(l)
	shared, alone := context.WithCancel(ctx)
	defer alone()
	go s.bans.Keep(shared)
	if s.issued != nil {
		go s.issued.Keep(ctx)
	}
	if s.guides != nil {
		go s.guides.Keep(ctx)
	}
	if s.c.Microsoft.rehearses() {
		s.log.Warn("rehearsal: a simulated Microsoft is asked, and name servers at private addresses are")
	}
	notifySystemd(s.o.env, "READY=1")
	var broke error
	select {
	case broke = <-broken:
	case <-ctx.Done():
	}
	if broke != nil { // whoever is there is told, and goes on elsewhere
		s.log.Error("a door broke", "why", broke.Error())
	}
	notifySystemd(s.o.env, "STOPPING=1")
	s.log.Info("stopping", "sessions", s.server.Status().Sessions, "wait", s.c.Drain.String())
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.c.Drain)
	defer cancel()
	s.server.Drain(last)
	s.drainWeb(ctx)
	ended()
	s.log.Info("stopped")
	return broke
}

// close lets go of everything, the newest first.
func (s *site) close() (err error) {
	for _, d := range slices.Backward(s.doors) {
		if e := d.Close(); !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	if s.cases != nil {
		err = errors.Join(err, s.cases.Close())
	}
	if s.clients != nil {
		s.clients.close()
	}
	return err
}
