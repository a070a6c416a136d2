package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/web"
)

// The doors of `onboard serve` beside SSH: the one in the browser, and the one of
// whoever watches the service.

// serveWeb says whether there is a door in the browser, and where.
type serveWeb struct {
	Listen   string `yaml:"listen"`
	SamePort bool   `yaml:"samePort"`
	Name     string `yaml:"name"`
	Port     uint16 `yaml:"port"`
	Cert     string `yaml:"cert"`
	Key      string `yaml:"key"`
	Wizard   bool   `yaml:"wizard"`

	Redirects []string `yaml:"redirects"`

	ACME serveACME `yaml:"acme"`
}

// usualWebPort is where browsers look without being told.
const usualWebPort = 443

// open says whether there is such a door.
func (w *serveWeb) open() bool { return w.Listen != "" || w.SamePort }

// settle holds the door's settings to what can be meant; name is the service's, and
// it listens at ssh, which was read already.
func (w *serveWeb) settle(name, ssh string) error {
	if !w.open() {
		for _, f := range []struct {
			key string
			set bool
		}{{"name", w.Name != ""}, {"port", w.Port != 0}, {"cert", w.Cert != ""}, {"key", w.Key != ""}, {"redirects", len(w.Redirects) > 0}, {"acme", w.ACME.meant()}} {
			if f.set {
				return fmt.Errorf(sayWebUnheard, f.key)
			}
		}
		return nil
	}
	_, port, err := splitListen(cmp.Or(w.Listen, ssh))
	switch {
	case err != nil:
		return fmt.Errorf(sayWebListen, checks.Line(w.Listen, 80))
	case w.Listen == ssh && port != 0:
		return errors.New(sayWebTaken)
	}
	w.Port = cmp.Or(w.Port, port, usualWebPort)
	w.Name = cmp.Or(w.Name, name)
	host, ok := browsersHost(w.Name)
	if !ok {
		return fmt.Errorf(sayWebName, checks.Line(w.Name, 80))
	}
	w.Name = host
	if w.ACME.meant() {
		return w.settleACME()
	}
	for _, f := range []struct{ key, file string }{{"cert", w.Cert}, {"key", w.Key}} {
		switch {
		case f.file == "":
			return fmt.Errorf(sayWebNoCert, f.key)
		case !filepath.IsAbs(f.file):
			return fmt.Errorf(sayConfigPath, "web."+f.key, checks.Line(f.file, 200))
		}
	}
	return nil
}

// browsersHost writes a host as browsers write it in an origin, to which the door
// compares; not ok: there is none that they would write so. A name that ends in a
// number is an address to them, or nothing (WHATWG URL, "ends in a number checker"). An
// IPv6 address has no zone there, and one with an IPv4 address in it has another form.
func browsersHost(name string) (host string, ok bool) {
	if a, err := netip.ParseAddr(name); err == nil {
		return a.String(), a.Zone() == "" && !a.Is4In6()
	}
	host = strings.ToLower(name)
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(host) > 253 || slices.ContainsFunc(labels, noLabel) || !strings.ContainsFunc(last, notDigit) {
		return "", false
	}
	hex, number := strings.CutPrefix(last, "0x")
	return host, !number || strings.ContainsFunc(hex, func(r rune) bool { return notDigit(r) && (r < 'a' || r > 'f') })
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// noLabel says whether a part of a host name can be none (RFC 1123 §2.1).
func noLabel(l string) bool {
	return l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInHost)
}

// notInHost says whether a sign stands in no part of a host name.
func notInHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}

// splitListen takes an address to listen at apart: an address or none, and a port.
func splitListen(at string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(at)
	if err != nil {
		return "", 0, fmt.Errorf("read an address: %w", err)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("read a port: %w", err)
	}
	if host != "" {
		if _, err := netip.ParseAddr(host); err != nil {
			return "", 0, fmt.Errorf("read an address: %w", err)
		}
	}
	return host, uint16(n), nil
}

// origin is what the door's addresses begin with.
func (w *serveWeb) origin() string {
	host := w.Name
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if w.Port != usualWebPort {
		host += ":" + strconv.Itoa(int(w.Port))
	}
	return "https://" + host
}

// told is what --check-config says of the door; ssh is where SSH listens.
func (w *serveWeb) told(ssh string) string {
	if !w.open() {
		return ""
	}
	at := w.Listen
	if w.SamePort {
		at = strings.TrimPrefix(at+sayConfigAnd+ssh, sayConfigAnd)
	}
	text := fmt.Sprintf(sayConfigDoor, w.origin(), at)
	if w.ACME.meant() {
		text += fmt.Sprintf(sayConfigACME, strings.Join(w.ACME.Hosts, ", "), cmp.Or(w.ACME.Directory, web.DefaultDirectory))
	}
	if w.SamePort {
		text += sayConfigSame
	}
	if len(w.Redirects) > 0 {
		text += fmt.Sprintf(sayConfigRedirect, w.origin()+web.ReturnPath, strings.Join(w.Redirects, ", "))
	}
	return text
}

// settleMetrics holds the watcher's address to one that the public does not reach.
func (c *serveConfig) settleMetrics() error {
	if c.Metrics == "" {
		return nil
	}
	host, port, err := splitListen(c.Metrics)
	if err != nil {
		return fmt.Errorf(sayMetrics, checks.Line(c.Metrics, 80))
	}
	a := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if host != "" {
		a = netip.MustParseAddr(host) // it was parsed already
	}
	if !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() {
		return fmt.Errorf(sayMetricsOpen, checks.Line(c.Metrics, 80))
	}
	c.Metrics = net.JoinHostPort(a.String(), strconv.Itoa(int(port)))
	return nil
}

// certificate reads the door's certificate.
func (s *site) certificate() (*web.Certificate, error) {
	w := s.c.Web
	c, err := web.LoadCertificate(w.Cert, w.Key, w.Name, nil, s.log)
	if err != nil {
		return nil, usage(saySeeConfig, "web: %w", err)
	}
	return c, nil
}

// checkWeb looks at what the configuration names for the door.
func (c *serveConfig) checkWeb(profiles []flows.Profile) error {
	if !c.Web.open() {
		return nil
	}
	check := func() error { _, err := (&site{c: *c}).certificate(); return err }
	if c.Web.ACME.meant() {
		check = c.checkACME
	}
	if err := check(); err != nil || len(c.Web.Redirects) == 0 {
		return err
	}
	if _, err := c.Web.clients(profiles); err != nil {
		return err
	}
	if err := ssh.CheckSecret(c.stateKey()); err != nil {
		return usage(saySeeConfig, "%w", err)
	}
	return nil
}

// clients are the client ids of the apps that the consent page comes back here
// for.
func (w *serveWeb) clients(profiles []flows.Profile) ([]string, error) {
	return clientIDs("web.redirects", w.Redirects, profiles)
}

// stateKey is the file with what signs the state of consent links. It lies in the
// state folder, wherever the host keys do: those may be in a folder that the service
// cannot write into, and this is made at the first start.
func (c *serveConfig) stateKey() string { return filepath.Join(c.State, "keys", "consent_state") }

// returning makes what brings the consent page's answers back to their runs, where
// some app's page comes back here.
func (s *site) returning(ctx context.Context, profiles []flows.Profile) error {
	if len(s.c.Web.Redirects) == 0 {
		return nil
	}
	clients, err := s.c.Web.clients(profiles)
	if err != nil {
		return err
	}
	if cases.IsURL(s.c.Cases) {
		return s.returningAnywhere(ctx, clients)
	}
	key, err := ssh.LoadSecret(s.c.stateKey())
	if err != nil {
		return usage(saySeeConfig, "%w", err)
	}
	s.returns, err = web.NewReturns(key, s.c.Web.origin(), clients, nil)
	return err
}

// stateSecret is what the servers of one database call the key that signs.
const stateSecret = "consent state"

// returningAnywhere is returning where other servers share the cases: what comes here
// for a run at one of them gets there, and the key is theirs, too. One that this server
// had of its own is theirs where they have none; its links count here in any case.
func (s *site) returningAnywhere(ctx context.Context, clients []string) error {
	own, err := ssh.OwnSecret(s.c.stateKey())
	if err != nil {
		return usage(saySeeConfig, "%w", err)
	}
	key, err := s.cases.Secret(ctx, stateSecret, own)
	if err != nil {
		return fmt.Errorf("share what signs consent links: %w", err)
	}
	if s.returns, err = web.NewReturns(key, s.c.Web.origin(), clients, nil); err != nil {
		return err
	}
	s.returns.Share(s.cases, own)
	return nil
}

// returner is what sessions wait with; nil: nothing comes back here.
func (s *site) returner() run.Returner {
	if s.returns == nil {
		return nil // not a pointer to nothing
	}
	return s.returns
}

// buildWeb makes the doors beside SSH that the configuration asks for.
func (s *site) buildWeb() error {
	stopping := func() bool { return s.server.Status().Draining }
	if s.c.Web.open() {
		o := web.Options{Landing: s.landing(), Returns: s.returns, Wizard: s.wizard(), Stopping: stopping, Log: s.log}
		var err error
		if s.c.Web.ACME.meant() {
			s.issued, err = s.issue()
			o.Issued = s.issued
		} else {
			o.Certificate, err = s.certificate()
		}
		if err != nil {
			return err
		}
		if s.web, err = web.New(o); err != nil {
			return fmt.Errorf("make the door in the browser: %w", err)
		}
	}
	if s.c.Metrics != "" {
		s.metrics = web.NewMetrics(s.counts, stopping)
	}
	return nil
}

// landing is what the start page says.
func (s *site) landing() web.Landing {
	return web.Landing{
		Wizard: s.server.Address(""), Why: s.server.Address(ssh.UserWhy), Plain: s.server.Address(ssh.UserPlain),
		Fingerprints: s.id.Fingerprints(), Known: s.id.KnownHosts(s.c.Name, s.c.Port),
	}
}

// wizard is the wizard in the browser; nil: it is switched off.
func (s *site) wizard() *web.Wizard {
	if !s.c.Web.Wizard {
		return nil
	}
	return &web.Wizard{
		Origin: s.c.Web.origin(), Width: s.c.Limits.Width, Height: s.c.Limits.Height, Assets: s.o.assets,
		Serve: func(c net.Conn, v *web.Visitor) string {
			return s.server.Visit(c, ssh.Window{User: v.User, Plain: v.Plain, Width: v.Width, Height: v.Height}, v)
		},
	}
}

// listenWeb opens the doors beside SSH.
func (s *site) listenWeb(ctx context.Context) error {
	listen := func(at, key string) (net.Listener, error) {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
		if err != nil {
			return nil, notListened(err, key)
		}
		s.doors = append(s.doors, l)
		return l, nil
	}
	if s.c.Web.Listen != "" {
		l, err := listen(s.c.Web.Listen, "web.listen")
		if err != nil {
			return err
		}
		s.webAt = l
	}
	if s.metrics != nil {
		l, err := listen(s.c.Metrics, "metrics")
		if err != nil {
			return err
		}
		s.metricsAt = l
	}
	return nil
}

// serveDoors serves at every door, SSH at l; what comes out is why one of them
// broke, and done is called for the end of all of SSH.
func (s *site) serveDoors(l net.Listener) (broke <-chan error, done func()) {
	why := make(chan error, 5) // as many as there are doors
	var over sync.WaitGroup
	serve := func(do func(net.Listener) error, l net.Listener) {
		if err := do(l); err != nil {
			why <- err
		}
	}
	pages := func(l net.Listener) {
		go serve(s.web.Serve, l)
		s.log.Info("serving pages", "listen", l.Addr().String(), "at", s.c.Web.origin())
	}
	both := func(l net.Listener) (ssh net.Listener) {
		ssh, beside := s.server.Both(l)
		pages(beside)
		return ssh
	}
	if s.metrics != nil {
		go serve(s.metrics.Serve, s.metricsAt)
		s.log.Info("serving metrics", "listen", s.metricsAt.Addr().String())
	}
	same := s.c.Web.SamePort
	switch {
	case s.webAt != nil && same:
		ssh := both(s.webAt)
		over.Go(func() { serve(s.server.Serve, ssh) })
	case s.webAt != nil:
		pages(s.server.Limited(s.webAt))
	}
	if same {
		l = both(l)
	}
	over.Go(func() { serve(s.server.Serve, l) })
	s.log.Info("serving", "listen", l.Addr().String(), "name", s.c.Name, "port", s.c.Port, "key", s.id.Fingerprint(), "version", release)
	return why, over.Wait
}

// lastPages is how long a page that is on its way may take when the sessions have
// ended.
const lastPages = 2 * time.Second

// drainWeb ends the doors beside SSH. They outlast the sessions, so that balancers
// hear that the server stops.
func (s *site) drainWeb(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastPages)
	defer cancel()
	if s.web != nil {
		s.web.Drain(ctx)
	}
	if s.metrics != nil {
		s.metrics.Drain(ctx)
	}
}

// counts are the numbers of the service: no name, no address, nothing of a case.
func (s *site) counts() []web.Count {
	st := s.server.Status()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}} // it stops nobody, as runtime.ReadMemStats does
	metrics.Read(heap)
	gauge := func(name, help string, v float64) web.Count {
		return web.Count{Name: "onboard_" + name, Help: help, Kind: web.Gauge, Value: v}
	}
	counter := func(name, help string, v uint64) web.Count {
		return web.Count{Name: "onboard_" + name + "_total", Help: help, Kind: web.Counter, Value: float64(v)}
	}
	stopping := 0.0
	if st.Draining {
		stopping = 1
	}
	all := []web.Count{
		gauge("started_seconds", "When the server began, in seconds since 1970.", float64(st.Since.Unix())),
		gauge("stopping", "1 once the server was told to stop.", stopping),
		gauge("connections", "Connections now, of SSH and in the browser.", float64(st.Connections)),
		gauge("handshakes", "Of them, those that have not got past the handshake.", float64(st.Handshakes)),
		gauge("sources", "Addresses that are remembered for their limits.", float64(st.Sources)),
		counter("connections_refused", "Connections that were turned away.", st.Refused),
		gauge("sessions", "Sessions now.", float64(st.Sessions)),
		counter("sessions_served", "Sessions so far.", st.Served),
		counter("sessions_broken", "Of them, those that broke.", st.Broke),
		gauge("commands", "Commands that run now.", float64(st.Commands)),
		gauge("bans", "Bans that hold now.", float64(st.Bans)),
		gauge("goroutines", "Goroutines now.", float64(runtime.NumGoroutine())),
		gauge("heap_bytes", "Memory in use on the heap.", float64(heap[0].Value.Uint64())),
	}
	if len(s.c.Probes) > 0 {
		all = append(all,
			counter("probe_questions", "Questions to Microsoft with a vendor's own credential.", s.probes.asked.Load()),
			counter("probe_refused", "Such questions that were not asked, because there were too many.", s.probes.refused.Load()),
		)
	}
	if s.web != nil {
		all = append(all, s.web.Counts()...)
	}
	return all
}
