package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/ssh/web"
)

// serveACME says whether an authority issues the certificates of the door in the
// browser, and which.
type serveACME struct {
	Hosts     []string `yaml:"hosts"`
	Email     string   `yaml:"email"`
	Cache     string   `yaml:"cache"`
	Directory string   `yaml:"directory"`
	CAFile    string   `yaml:"caFile"`
}

// meant says whether anything of it was set.
func (a *serveACME) meant() bool {
	return len(a.Hosts) > 0 || a.Email != "" || a.Cache != "" || a.Directory != "" || a.CAFile != ""
}

// settleACME holds the settings to what an authority can issue.
func (w *serveWeb) settleACME() error {
	a := &w.ACME
	switch {
	case w.Cert != "" || w.Key != "":
		return errors.New(sayACMEBoth)
	case len(a.Hosts) == 0:
		return errors.New(sayACMENoHost)
	case w.Port != usualWebPort:
		return fmt.Errorf(sayACMEPort, w.Port)
	}
	for i, h := range a.Hosts {
		a.Hosts[i] = strings.ToLower(h)
		if err := issuable(a.Hosts[i]); err != nil {
			return err
		}
	}
	if !slices.Contains(a.Hosts, w.Name) {
		return fmt.Errorf(sayACMEName, checks.Line(w.Name, 80))
	}
	if m, err := mail.ParseAddress(a.Email); a.Email != "" && (err != nil || m.Address != a.Email) {
		return fmt.Errorf(sayACMEEmail, checks.Line(a.Email, 80))
	}
	for _, f := range []struct{ key, file string }{{"cache", a.Cache}, {"caFile", a.CAFile}} {
		if f.file != "" && !filepath.IsAbs(f.file) {
			return fmt.Errorf(sayConfigPath, "web.acme."+f.key, checks.Line(f.file, 200))
		}
	}
	if u, err := url.Parse(a.Directory); a.Directory != "" && (err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "") {
		return errors.New(sayACMEDirectory) // it may hold a password
	}
	return nil
}

// issuable holds a host to what is proved by TLS-ALPN-01 (RFC 8737: a name of the
// DNS, and no wildcard).
func issuable(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return fmt.Errorf(sayACMEAddress, host)
	}
	if _, ok := browsersHost(host); !ok || !strings.Contains(host, ".") {
		return fmt.Errorf(sayACMEHost, checks.Line(host, 80))
	}
	return nil
}

// acmeCache is the folder for certificates.
func (c *serveConfig) acmeCache() string {
	return cmp.Or(c.Web.ACME.Cache, filepath.Join(c.State, "acme"))
}

// acmeTransport is the way to the authority, by the proxy of the configuration.
func (c *serveConfig) acmeTransport() (*http.Transport, error) {
	tr, err := signin.Transport(signin.TransportOptions{CAFile: c.Web.ACME.CAFile, Proxy: c.Microsoft.Proxy})
	if err != nil {
		return nil, usage(saySeeConfig, "web.acme: %w", err)
	}
	return tr, nil
}

// checkACME looks at what the configuration names for certificates. The state folder
// may still have to be made, by whoever starts the service.
func (c *serveConfig) checkACME() error {
	if _, err := c.acmeTransport(); err != nil {
		return err
	}
	if _, err := os.Stat(c.State); err != nil && c.Web.ACME.Cache == "" {
		return nil //nolint:nilerr // the start makes it, or says why not
	}
	return c.checkCache()
}

// checkCache looks at the folder for certificates.
func (c *serveConfig) checkCache() error {
	if err := cmp.Or(web.CheckCache(c.acmeCache()), checkPlace(c.acmeCache())); err != nil {
		return usage(saySeeConfig, "web.acme: %w", err)
	}
	return nil
}

// issue makes what asks the authority.
func (s *site) issue() (*web.Issued, error) {
	tr, err := s.c.acmeTransport()
	if err != nil {
		return nil, err
	}
	if err := s.c.checkCache(); err != nil {
		return nil, err
	}
	a := s.c.Web.ACME
	i, err := web.NewIssued(web.IssuedOptions{Hosts: a.Hosts, Email: a.Email, Cache: s.c.acmeCache(), Directory: a.Directory, Transport: tr, Log: s.log})
	if err != nil {
		return nil, usage(saySeeConfig, "web.acme: %w", err)
	}
	return i, nil
}
