package main

import (
	"bytes"
	"cmp"
	_ "embed" // the documented configuration
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
)

// serveDefaults is the configuration with every default and what it means. A
// test holds it to the fields below.
//
//go:embed serve.yaml
var serveDefaults []byte

// serveConfig is the configuration of `onboard serve`; serve.yaml says what each
// field means.
type serveConfig struct {
	Listen         string        `yaml:"listen"`
	Name           string        `yaml:"name"`
	Port           uint16        `yaml:"port"`
	State          string        `yaml:"state"`
	Cases          string        `yaml:"cases"`
	HostKeys       []string      `yaml:"hostKeys"`
	Admin          string        `yaml:"admin"`
	TrustedProxies []string      `yaml:"trustedProxies"`
	Apps           string        `yaml:"apps"`
	Keep           time.Duration `yaml:"keep"`
	Drain          time.Duration `yaml:"drain"`
	Log            serveLog      `yaml:"log"`
	Limits         serveLimits   `yaml:"limits"`
	Microsoft      serveHosts    `yaml:"microsoft"`
	Web            serveWeb      `yaml:"web"`
	Metrics        string        `yaml:"metrics"`
	Probes         []serveProbe  `yaml:"probes"`
	SignIn         serveSignIn   `yaml:"signIn"`
	Guides         serveGuides   `yaml:"guides"`

	proxies []netip.Prefix
}

// serveLog says what is logged, and how.
type serveLog struct {
	Level     string `yaml:"level"`
	Format    string `yaml:"format"`
	Addresses string `yaml:"addresses"`
}

// serveHosts say whom the server asks.
type serveHosts struct {
	Proxy       string `yaml:"proxy"`
	LoginURL    string `yaml:"loginUrl"`
	GraphURL    string `yaml:"graphUrl"`
	DNSServer   string `yaml:"dnsServer"`
	DNSPort     uint16 `yaml:"dnsPort"`
	CAFile      string `yaml:"caFile"`
	TrustAnchor string `yaml:"trustAnchor"`
}

// rehearses says whether a simulated Microsoft is asked.
func (h serveHosts) rehearses() bool { return h.LoginURL != "" || h.GraphURL != "" }

// serveLimits are ssh.Limits with the names of the file: the same fields in the
// same order, so that one converts to the other.
type serveLimits struct {
	Connections           int           `yaml:"connections"`
	Handshakes            int           `yaml:"handshakes"`
	PerSource             int           `yaml:"perSource"`
	Rate                  float64       `yaml:"rate"`
	Burst                 int           `yaml:"burst"`
	Handshake             time.Duration `yaml:"handshake"`
	Tries                 int           `yaml:"tries"`
	Sessions              int           `yaml:"sessions"`
	SessionsPerConnection int           `yaml:"sessionsPerConnection"`
	SessionRate           float64       `yaml:"sessionRate"`
	SessionBurst          int           `yaml:"sessionBurst"`
	Unused                time.Duration `yaml:"unused"`
	CasesPerSource        int           `yaml:"casesPerSource"`
	Width                 int           `yaml:"width"`
	Height                int           `yaml:"height"`
	Resizes               time.Duration `yaml:"resizes"`
	Bytes                 int           `yaml:"bytes"`
	BytesBurst            int           `yaml:"bytesBurst"`
	Keys                  int           `yaml:"keys"`
	KeysBurst             int           `yaml:"keysBurst"`
	Paste                 int           `yaml:"paste"`
	Pending               int           `yaml:"pending"`
	Stall                 time.Duration `yaml:"stall"`
	Idle                  time.Duration `yaml:"idle"`
	Total                 time.Duration `yaml:"total"`
	Warning               time.Duration `yaml:"warning"`
	Command               time.Duration `yaml:"command"`
	Commands              int           `yaml:"commands"`
	CommandsPerSource     int           `yaml:"commandsPerSource"`
	Recording             int           `yaml:"recording"`
}

// defaultServe is the configuration that nobody changed.
func defaultServe() serveConfig {
	return serveConfig{
		Listen: ":22", Name: "localhost", State: "/var/lib/onboard", Keep: 30 * 24 * time.Hour, Drain: 30 * time.Second,
		Log:       serveLog{Level: "info", Format: "json", Addresses: "plain"},
		Limits:    serveLimits(ssh.DefaultLimits()),
		Microsoft: serveHosts{Proxy: "none", DNSPort: usualDNSPort},
		Web:       serveWeb{Wizard: true},
		SignIn:    serveSignIn{Ways: []string{string(flows.WayLink)}},
		Guides:    serveGuides{Principals: servePrincipals{Guide: []string{string(ssh.RoleGuide)}, Lead: []string{string(ssh.RoleLead)}, Auditor: []string{string(ssh.RoleAuditor)}}},
	}
}

// readServe reads a configuration over the defaults. An error names the file,
// with line and column where the file is wrong in itself.
func readServe(file string, in io.Reader) (serveConfig, error) {
	c := defaultServe()
	if file == "" {
		return c, c.settle()
	}
	text, err := readBounded(file, in)
	if err != nil {
		return c, usage(saySeeConfig, "--config: %w", err)
	}
	if err := decodeServe(text, &c); err != nil {
		return c, usage(saySeeConfig, "%s:%s", checks.Line(file, 200), err)
	}
	if err := c.settle(); err != nil {
		return c, usage(saySeeConfig, "%s: %w", checks.Line(file, 200), err)
	}
	return c, nil
}

// decodeServe reads the text of a configuration; the error begins with the place.
func decodeServe(text []byte, c *serveConfig) (err error) {
	defer func() {
		if recover() != nil { // some tags bring goccy/go-yaml v1.19.2 about that
			err = errors.New(" " + sayNoYAML)
		}
	}()
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c)
	var at yaml.Error
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil:
		return fmt.Errorf("%d:%d: %s", at.GetToken().Position.Line, at.GetToken().Position.Column, checks.Line(at.GetMessage(), 300))
	}
	return errors.New(" " + checks.Line(err.Error(), 300))
}

// settle holds a configuration to what can be meant, and fills in what follows
// from the rest.
func (c *serveConfig) settle() error {
	_, port, err := splitListen(c.Listen)
	if err != nil {
		return fmt.Errorf(sayConfigListen, checks.Line(c.Listen, 80))
	}
	c.Port = cmp.Or(c.Port, port)
	if c.Name == "" || len(c.Name) > 253 || strings.ContainsFunc(c.Name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("@/\\\"'`$;|&()<>*!?[]{}#~%^=,", r)
	}) {
		return fmt.Errorf(sayConfigName, checks.Line(c.Name, 80))
	}
	if !filepath.IsAbs(c.State) {
		return fmt.Errorf(sayConfigPath, "state", checks.Line(c.State, 200))
	}
	if len(c.HostKeys) == 0 {
		c.HostKeys = []string{filepath.Join(c.State, "keys", "host_ed25519")}
	}
	if err := c.settleCases(); err != nil {
		return err
	}
	c.Admin = cmp.Or(c.Admin, filepath.Join(c.State, "admin.sock"))
	for _, file := range append(slices.Clone(c.HostKeys), c.Admin) {
		if !filepath.IsAbs(file) {
			return fmt.Errorf(sayConfigPath, "hostKeys and admin", checks.Line(file, 200))
		}
	}
	for _, one := range c.TrustedProxies {
		p, err := netip.ParsePrefix(one)
		if a, alone := netip.ParseAddr(one); alone == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil || p.Bits() == 0 {
			return fmt.Errorf(sayConfigNet, checks.Line(one, 80))
		}
		c.proxies = append(c.proxies, p.Masked())
	}
	if c.Keep < time.Hour || c.Drain <= 0 {
		return errors.New(sayConfigTimes)
	}
	if strings.TrimSpace(c.Microsoft.Proxy) == "" { // elsewhere that is what the environment says
		return errors.New(sayConfigProxy)
	}
	return cmp.Or(c.Log.settle(), c.Limits.settle(), c.SignIn.settle(), c.served().validate(), c.Web.settle(c.Name, c.Listen), c.settleMetrics(), settleProbes(c.Probes), c.Guides.settle())
}

// settleCases settles where cases are kept.
func (c *serveConfig) settleCases() error {
	c.Cases = cmp.Or(c.Cases, filepath.Join(c.State, "cases.db"))
	if cases.IsURL(c.Cases) {
		if err := cases.CheckPlace(c.Cases); err != nil {
			return fmt.Errorf("cases: %w", err)
		}
	} else if !filepath.IsAbs(c.Cases) || strings.Contains(c.Cases, "://") {
		return errors.New(sayConfigCases)
	}
	return nil
}

// toldCases says where cases are kept, where that is not with everything else.
func (c *serveConfig) toldCases() string {
	if c.Cases == filepath.Join(c.State, "cases.db") {
		return ""
	}
	kept := fmt.Sprintf(sayConfigKept, checks.Line(cases.Place(c.Cases), 300))
	if cases.IsURL(c.Cases) {
		kept += sayConfigNamed
	}
	return kept
}

// settle holds the log's settings to their words.
func (l serveLog) settle() error {
	var level slog.Level
	if level.UnmarshalText([]byte(l.Level)) != nil || strings.ContainsAny(l.Level, "+-") {
		return fmt.Errorf(sayConfigWord, "log.level", checks.Line(l.Level, 40), "debug, info, warn or error")
	}
	if !slices.Contains([]string{"json", "text"}, l.Format) {
		return fmt.Errorf(sayConfigWord, "log.format", checks.Line(l.Format, 40), "json or text")
	}
	if !slices.Contains([]string{"plain", "hash", "off"}, l.Addresses) {
		return fmt.Errorf(sayConfigWord, "log.addresses", checks.Line(l.Addresses, 40), "plain, hash or off")
	}
	return nil
}

// settle refuses a limit of nothing: none of them can be switched off, for each
// is what something costs.
func (l serveLimits) settle() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		f, key := v.Field(i), v.Type().Field(i).Tag.Get("yaml")
		if f.CanInt() && f.Int() <= 0 || f.CanFloat() && f.Float() <= 0 {
			return fmt.Errorf(sayConfigLimit, key)
		}
	}
	switch {
	case l.Width > 500 || l.Height > 200: // as much as the screen draws
		return errors.New(sayConfigWindow)
	case l.BytesBurst < l.Paste || l.Warning >= l.Idle || l.Warning >= l.Total:
		return errors.New(sayConfigOrder)
	}
	return nil
}

// served are the options of every command and look of the server: whom it asks
// is its operator's word, and no command signs in.
func (c *serveConfig) served() *options {
	m := c.Microsoft
	return &options{
		world:  world{out: io.Discard, err: io.Discard, in: strings.NewReader(""), publicOnly: !m.rehearses()},
		signIn: "none", clientID: c.SignIn.ClientID, appsDir: c.Apps, proxy: m.Proxy, loginURL: m.LoginURL, graphURL: m.GraphURL,
		dnsServer: m.DNSServer, dnsPort: m.DNSPort, caFile: m.CAFile, trustAnchor: m.TrustAnchor,
	}
}

// logger makes the log of a configuration.
func (l serveLog) logger(out io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.Level)) // it was held to its words
	how := &slog.HandlerOptions{Level: level}
	if l.Format == "text" {
		return slog.New(slog.NewTextHandler(out, how))
	}
	return slog.New(slog.NewJSONHandler(out, how))
}

// makeState makes the folder of the server's things, its owner's alone.
func (c *serveConfig) makeState() error {
	if err := os.MkdirAll(c.State, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	info, err := os.Stat(c.State)
	switch {
	case err != nil:
		return fmt.Errorf("look at the state folder: %w", err)
	case !info.IsDir() || info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf(sayStateOpen, c.State, info.Mode().Perm(), c.State)
	}
	return nil
}
