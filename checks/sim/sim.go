// Package sim is a Microsoft of our own on loopback: sign-in, Microsoft Graph
// v1.0, DNS and an admin portal over tenants that scenario files describe. It
// is a real HTTPS and DNS server, meant to be used through the real clients,
// and it judges for itself who may consent to what.
//
// It imports nothing else of this module, so that the product and its test
// bench cannot share a mistake.
package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what to simulate. The zero value is the scenario
// managed-default on free ports of 127.0.0.1.
type Options struct {
	Listen   string // HTTPS address; default 127.0.0.1:0
	DNS      string // DNS address, UDP and TCP; default 127.0.0.1:0
	Dir      string // where ca.pem and tokens/ go; default a folder removed by Close
	Scenario string // name of a scenario; default managed-default
	// Scenarios holds the scenario files (*.yaml); default the built-in ones.
	Scenarios fs.FS
	Latency   time.Duration // added to every HTTPS answer
	RTT       time.Duration // of a slow network in front of HTTPS: every round trip takes it
	// Faults are added to the scenario's own, several to a text if need be, as in
	// 429:0.2,503:0.05,slow. Each is KIND, KIND=N (how many calls it spoils) or
	// KIND:RATE: throttle or 429, 5xx or 500 to 599, caechallenge (401 with a claims
	// challenge, for clients that take one; one by default), html, notjson, truncate, reset, licence (403);
	// slow=DURATION, latency=DURATION, replication=DURATION, workflow=DURATION.
	// Options follow after commas: path=PREFIX (default Graph), rate=RATE,
	// retry-after=DURATION, status=CODE; of replication: of=KIND, spread=DURATION.
	// Of the DNS there are dns-silent, dns-slow=DURATION, dns-servfail, dns-refused,
	// dns-lame, dns-truncate, dns-disagree=DURATION and dns-bogus=KIND (signature,
	// expired, early, key, unsigned, denial or ds), each with server=ns1, ns2, all or
	// resolver; and dns-strict, the resolver that refuses what does not hold.
	Faults []string
	// DNSSign signs every zone of the DNS; the trust anchor is in the ready line.
	DNSSign bool
	Seed    uint64 // ids, codes and faults repeat for equal seeds
	// Register adds apps of the first tenant, CLIENTID, CLIENTID:SECRET or
	// CLIENTID:@FILE (PEM, the certificate the app proves itself with), each with
	// every scope and app role the simulator knows consented; with =SCOPE,SCOPE behind
	// CLIENTID these scopes of Microsoft Graph alone.
	Register []string
	// AutoApprove answers authorize and device codes at once as this UPN.
	AutoApprove string
	Now         func() time.Time // default time.Now
	Logger      *slog.Logger     // default discards

	keys func() (*keyPair, error) // makes the key that tokens are signed with; default a fresh one
}

// Sim is a running simulator. Close it after use.
type Sim struct {
	opts     Options
	scenario *Scenario
	world    *World
	faults   *faults
	login    *loginState // keys, codes and sessions of the sign-in service
	log      *slog.Logger
	now      func() time.Time
	writes   atomic.Int64 // calls to Graph that would change something

	dir      string
	ownDir   bool
	ca       *authority
	handler  http.Handler
	server   *http.Server
	https    net.Listener
	hosts    []dnsHost
	dnsAt    dnsAddresses
	dnsUDP   net.PacketConn // the resolver's
	told     resolved
	zoneKeys map[string]*zoneKey
	stray    *zoneKey // a key that no zone has
	ready    Ready
	// written is closed when the token files are there, or writeErr says why not.
	written  chan struct{}
	writeErr error

	cancel context.CancelFunc
	wg     sync.WaitGroup
	closed sync.Once
}

// Start loads the scenario, listens and serves until ctx ends or Close is
// called. Everything the ready line names exists when it returns; the files
// below tokens/ do when Ready or Settle returns, which is a moment later.
func Start(ctx context.Context, o Options) (*Sim, error) {
	o = o.withDefaults()
	s, err := build(o)
	if err != nil {
		return nil, err
	}
	if err := s.listen(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.DNS == "" {
		o.DNS = "127.0.0.1:0"
	}
	if o.Scenario == "" {
		o.Scenario = "managed-default"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.keys == nil {
		o.keys = newKeyPair
	}
	return o
}

// build makes the world, without touching disk or network.
func build(o Options) (*Sim, error) {
	s := &Sim{opts: o, log: o.Logger, now: o.Now, cancel: func() {}, written: make(chan struct{})}
	sign := newSigner(s.wg.Go, o.keys) // first: it takes longest
	sc, err := LoadScenario(o.Scenarios, o.Scenario)
	if err != nil {
		return nil, err
	}
	w, err := sc.world(o.Now, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	if err := w.register(o.Register); err != nil {
		return nil, err
	}
	if err := w.prepare(); err != nil {
		return nil, err
	}
	f, err := newFaults(append(append([]string{}, sc.Faults...), o.Faults...), o)
	if err != nil {
		return nil, err
	}
	w.lag = f.lag
	f.copes = s.takesChallenges
	s.scenario, s.world, s.faults = sc, w, f
	if o.AutoApprove != "" {
		if _, u := w.userAnywhere(o.AutoApprove); u == nil {
			return nil, fmt.Errorf("auto-approve: scenario %s has no account %q", sc.Name, o.AutoApprove)
		}
	}
	if s.login, err = newLoginState(o.Seed, sign); err != nil {
		return nil, err
	}
	s.noticeSwitches()
	s.handler = s.routes()
	return s, nil
}

func (s *Sim) listen(ctx context.Context) error {
	if err := s.makeDir(); err != nil {
		return err
	}
	var err error
	if s.ca, err = newAuthority(s.now()); err != nil {
		return err
	}
	if err := os.WriteFile(s.caPath(), s.ca.pem, 0o600); err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	lc := net.ListenConfig{}
	if s.https, err = lc.Listen(ctx, "tcp", s.opts.Listen); err != nil {
		return fmt.Errorf("listen for HTTPS: %w", err)
	}
	if err := s.listenDNS(ctx); err != nil {
		return err
	}
	if err := s.makeKeys(); err != nil {
		return err
	}
	ctx, s.cancel = context.WithCancel(ctx)
	serve, err := s.behindLine(ctx, s.https)
	if err != nil {
		return err
	}
	s.server = &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{s.ca.leaf}, MinVersion: tls.VersionTLS12},
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	s.wg.Go(func() {
		if err := s.server.ServeTLS(serve, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("https stopped", "err", err)
		}
	})
	s.wg.Go(func() { s.serveDNS(ctx) })
	s.wg.Go(func() { <-ctx.Done(); _ = s.server.Close() })
	s.ready = s.describe()
	s.wg.Go(func() {
		defer close(s.written)
		s.writeErr = s.writeTokens()
	})
	return nil
}

// Settle waits until the files below tokens/ are there, and says why if they
// cannot be written.
func (s *Sim) Settle() error {
	<-s.written
	return s.writeErr
}

func (s *Sim) makeDir() error {
	if s.opts.Dir == "" {
		dir, err := os.MkdirTemp("", "onboard-sim-")
		if err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		s.dir, s.ownDir = dir, true
	} else {
		s.dir = s.opts.Dir
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "tokens"), 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	abs, err := filepath.Abs(s.dir)
	if err != nil {
		return fmt.Errorf("find the folder: %w", err)
	}
	s.dir = abs
	return nil
}

func (s *Sim) caPath() string { return filepath.Join(s.dir, "ca.pem") }

// Close stops serving and waits until everything has ended. It removes the
// folder if the simulator made it. It may be called more than once.
func (s *Sim) Close() error {
	var err error
	s.closed.Do(func() {
		s.cancel()
		if s.server != nil {
			_ = s.server.Close()
		}
		if s.https != nil {
			_ = s.https.Close() // already closed where its server ran
		}
		for _, h := range s.hosts {
			h.close()
		}
		s.wg.Wait()
		if s.ownDir && s.dir != "" {
			err = os.RemoveAll(s.dir)
		}
	})
	return err
}

// Handler answers requests to the simulator without a network.
func (s *Sim) Handler() http.Handler { return s.handler }

// Scenario is what the simulator was told to be.
func (s *Sim) Scenario() *Scenario { return s.scenario }

// routes tells Graph, sign-in and portal apart by path, so that one address
// serves all of them under any host name.
func (s *Sim) routes() http.Handler {
	rest := s.loginHandler()
	graph := http.HandlerFunc(s.serveGraph)
	served := s.faults.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The simulator's clock, so that tokens and dates agree.
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
		if r.Method != http.MethodGet {
			defer s.noticeSwitches()
		}
		switch {
		case !isGraphPath(r.URL.Path):
			rest.ServeHTTP(w, r)
		case s.sessionOver(r):
			writeChallenge(w, r, s.now(), "TokenIssuedBeforeRevocationTimestamp")
		default:
			graph.ServeHTTP(w, r)
		}
	}))
	return withPlace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.countWrite(r)
		served.ServeHTTP(w, r)
	}))
}
