package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"onboard.example/checks"
)

// Issued are certificates that an authority issues by ACME (RFC 8555), for fixed
// host names, proved at the door itself (TLS-ALPN-01, RFC 8737). They are renewed
// when a third of their time is left, thirty days at the most. No client sets any
// of this going: Keep alone asks. Its methods are safe for use by several
// goroutines.
type Issued struct {
	hosts []string
	there map[string]*atomic.Bool // by host: there is one
	get   func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	log   *slog.Logger
}

// IssuedOptions say for which hosts an authority is asked, and how. Hosts and Cache
// must be there.
type IssuedOptions struct {
	Hosts []string // the first is shown to clients that name none
	Email string   // where the authority writes to; empty: nowhere
	// Cache is a folder, its owner's alone, with the account's key, the certificates
	// and their keys. It is made where there is none.
	Cache     string
	Directory string            // the authority's; empty: DefaultDirectory
	Transport http.RoundTripper // nil: http.DefaultTransport
	Log       *slog.Logger      // nil: nothing is logged
}

// DefaultDirectory is that of Let's Encrypt.
const DefaultDirectory = autocert.DefaultACMEDirectory

// authorityTime bounds one exchange with an authority.
const authorityTime = 30 * time.Second

// NewIssued makes it. Nobody is asked yet. Whoever names hosts accepts the terms of
// the authority.
func NewIssued(o IssuedOptions) (*Issued, error) {
	if len(o.Hosts) == 0 {
		return nil, errors.New("certificates are asked for no host")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Directory == "" {
		o.Directory = DefaultDirectory
	}
	if err := os.MkdirAll(o.Cache, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for certificates: %w", err)
	}
	if err := CheckCache(o.Cache); err != nil {
		return nil, err
	}
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(o.Cache), HostPolicy: autocert.HostWhitelist(o.Hosts...), Email: o.Email,
		Client: &acme.Client{
			DirectoryURL: o.Directory, UserAgent: "onboard",
			HTTPClient: &http.Client{Transport: &teller{to: o.Transport, log: o.Log}, Timeout: authorityTime},
		},
	}
	i := &Issued{hosts: o.Hosts, there: map[string]*atomic.Bool{}, get: m.GetCertificate, log: o.Log}
	for _, h := range o.Hosts {
		i.there[h] = new(atomic.Bool)
	}
	return i, nil
}

// CheckCache says whether others could look into a folder for certificates; one that is
// not there is fine.
func CheckCache(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at the folder for certificates: %w", err)
	case !info.IsDir():
		return fmt.Errorf(sayCacheNoDir, dir)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0: // whose modes say nothing
		return fmt.Errorf(sayCacheOpen, dir, info.Mode().Perm(), dir)
	}
	return nil
}

// errNoProof says that there is nothing to show to a client. It says no more, for a
// stranger has named the host.
var errNoProof = errors.New("no certificate for this name")

// proof gives the certificate for a handshake: to the authority that looks the one
// which it asked for, and to everybody else what there is.
func (i *Issued) proof(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if host == "" {
		host = i.hosts[0]
	}
	there := i.there[host]
	switch {
	case there == nil:
		return nil, errNoProof
	case slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}):
		return i.get(hello)
	case !there.Load():
		return nil, errNoProof
	}
	return i.get(helloFor(host))
}

// helloFor asks for the certificate of a host that is kept. There is one for each,
// with an ECDSA key: clients do not choose that another is asked for.
func helloFor(host string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
}

// How often Keep looks: after a failure so long, and then twice that each time, for
// authorities allow few tries (Let's Encrypt: 5 failed ones of a host an hour); and at
// what is there.
const (
	askAgain = 5 * time.Minute
	askLast  = 4 * time.Hour
	lookOver = time.Hour
	lateAt   = 25 * 24 * time.Hour // left, of a certificate for long
)

// Keep asks for the certificates that are missing, sees to it that they are renewed
// and logs what becomes of that, until ctx ends; an exchange that is going on then
// may last for minutes.
func (i *Issued) Keep(ctx context.Context) {
	var all sync.WaitGroup
	for _, host := range i.hosts {
		all.Go(func() { i.keep(ctx, host) })
	}
	all.Wait()
}

// keep is Keep of one host.
func (i *Issued) keep(ctx context.Context, host string) {
	var until time.Time
	for pause := askAgain; ; {
		cert, err := i.get(helloFor(host)) // it renews by itself
		wait := lookOver
		switch {
		case err != nil:
			i.log.Warn("there is no certificate", "host", host, "why", checks.Line(fmt.Sprint(err), 300), "again", pause.String())
			wait, pause = pause, min(2*pause, askLast)
		case !cert.Leaf.NotAfter.Equal(until):
			pause, until = askAgain, cert.Leaf.NotAfter
			i.there[host].Store(true)
			i.log.Info("there is a certificate", "host", host, "until", until.UTC().Format(time.RFC3339))
		case time.Until(until) < min(until.Sub(cert.Leaf.NotBefore)/4, lateAt): // it should have been
			i.log.Warn("the certificate is not renewed yet", "host", host, "until", until.UTC().Format(time.RFC3339))
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return
		}
	}
}
