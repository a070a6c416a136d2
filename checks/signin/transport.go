package signin

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// How long the network may take. A sign-in endpoint answers in well under a
// second; these bounds are for a proxy that swallows packets.
const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	headerTimeout    = 30 * time.Second
	idleTimeout      = 90 * time.Second
	requestTimeout   = 30 * time.Second // one whole exchange with a sign-in host

	maxCAFile  = 4 << 20 // a bundle of every public authority is 0.3 MiB
	maxHeaders = 64 << 10
	maxAnswer  = 1 << 20 // any answer of a sign-in host; real ones are below 16 KiB
)

// TransportOptions are the flags that shape every connection.
type TransportOptions struct {
	// CAFile names certificates to trust beside the system's, PEM or one DER.
	CAFile string
	// Proxy is http://, https:// or socks5:// HOST:PORT, or HOST:PORT; "none"
	// uses no proxy at all; empty means what the environment says
	// (HTTPS_PROXY, NO_PROXY).
	Proxy string
}

// Transport builds the HTTP transport for every room: the system's authorities
// and those of CAFile, TLS 1.2 or later, HTTP/2, warm connections, the proxy.
// What can not be used is an *InputError. The caller owns the transport.
func Transport(o TransportOptions) (*http.Transport, error) {
	proxy, err := proxyFunc(o.Proxy)
	if err != nil {
		return nil, err
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		if conf.RootCAs, err = rootsWith(o.CAFile); err != nil {
			return nil, err
		}
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        idleTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: maxHeaders,
		ForceAttemptHTTP2:      true, // a TLS config of our own turns it off otherwise
	}, nil
}

// proxyFunc reads the --proxy flag. No error repeats a password in it.
func proxyFunc(flag string) (func(*http.Request) (*url.URL, error), error) {
	flag = strings.TrimSpace(flag)
	switch strings.ToLower(flag) {
	case "":
		return http.ProxyFromEnvironment, nil
	case "none", "direct", "off":
		return nil, nil
	}
	if !strings.Contains(flag, "://") {
		flag = "http://" + flag
	}
	u, err := url.Parse(flag)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, &InputError{Field: FieldProxy, Say: wordsProxyBad, Do: wordsProxyDo}
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return http.ProxyURL(u), nil
	default:
		return nil, &InputError{Field: FieldProxy, Say: fmt.Sprintf(wordsProxyScheme, shown(u.Scheme)), Do: wordsProxyDo}
	}
}

// rootsWith is the system's pool and the file's certificates.
func rootsWith(name string) (*x509.CertPool, error) {
	data, err := readCapped(name, maxCAFile)
	if err != nil {
		return nil, caError(name, fileProblem(err))
	}
	certs, problem := certificates(data)
	if problem != "" {
		return nil, caError(name, problem)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		// Some systems have no pool to read; the file's own authorities are
		// then the only ones, which is stricter and not laxer.
		pool = x509.NewCertPool()
	}
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool, nil
}

func caError(name, problem string) error {
	return &InputError{Field: FieldCAFile, Say: fmt.Sprintf(wordsCAFile, shownFile(name), problem), Do: wordsCAFileDo}
}

// certificates reads PEM blocks, or the whole as one DER certificate. A block
// that is broken is an error: what was meant to be trusted would silently not be.
func certificates(data []byte) (certs []*x509.Certificate, problem string) {
	other := ""
	for n, rest := 1, data; ; n++ {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" && b.Type != "TRUSTED CERTIFICATE" {
			other = b.Type
			continue
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, fmt.Sprintf(wordsCABroken, n)
		}
		certs = append(certs, c)
	}
	if len(certs) > 0 {
		return certs, ""
	}
	if c, err := x509.ParseCertificate(bytes.TrimSpace(data)); err == nil {
		return []*x509.Certificate{c}, ""
	}
	switch {
	case other != "":
		return nil, fmt.Sprintf(wordsCAOther, shown(strings.ToLower(other)))
	case len(bytes.TrimSpace(data)) == 0:
		return nil, wordsFileEmpty
	default:
		return nil, wordsCANone
	}
}

// errTooLarge marks a file or an answer beyond its bound.
var errTooLarge = errors.New("larger than can be right")

// readCapped reads a whole file of at most limit bytes. A named pipe that
// nobody writes to counts as empty: opening it would wait for ever, and no
// Ctrl-C would get through.
func readCapped(name string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened for reading: nothing can be lost
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errIsFolder
	}
	return readAll(f, limit)
}

var errIsFolder = errors.New("it is a folder")

// readAll reads at most limit bytes, and errs where there is more.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, errTooLarge
	}
	return data, nil
}

// fileProblem says in words why a file could not be read.
func fileProblem(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wordsFileMissing
	case errors.Is(err, fs.ErrPermission):
		return wordsFileForbidden
	case errors.Is(err, errIsFolder):
		return wordsFileFolder
	case errors.Is(err, errTooLarge):
		return wordsFileLarge
	default:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return shown(err.Error())
	}
}

// httpClient is a client for sign-in hosts. It follows no redirect: these
// endpoints never redirect, a network's log-in page does, and a redirected POST
// would carry codes and refresh tokens to another host.
func httpClient(rt http.RoundTripper) *http.Client {
	if rt == nil {
		rt = http.DefaultTransport
	}
	return &http.Client{
		Transport:     bounded{rt},
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded cuts answers off at maxAnswer, since MSAL reads them whole.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &boundedBody{body: resp.Body, left: maxAnswer}
	return resp, nil
}

// CloseIdleConnections lets http.Client pass the wish on.
func (b bounded) CloseIdleConnections() {
	if c, ok := b.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

type boundedBody struct {
	body io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	if len(p) > b.left {
		p = p[:b.left]
	}
	n, err := b.body.Read(p)
	b.left -= n
	return n, err
}

func (b *boundedBody) Close() error { return b.body.Close() }
