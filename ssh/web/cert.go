package web

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

// Certificate is a certificate of the operator's, by its files. It is read again
// once they have changed, so that a renewed one needs no restart. Its methods are
// safe for use by several goroutines.
type Certificate struct {
	cert, key, host string
	now             func() time.Time
	log             *slog.Logger

	mu     sync.Mutex
	use    *tls.Certificate
	of     stamps
	looked time.Time
}

// stamps tell whether the files are still those that were read.
type stamps [2]struct {
	size int64
	mod  time.Time
}

// largestPEM bounds a file with certificates or a key, in bytes.
const largestPEM = 256 << 10

// lookAgain is the time between two looks at the files.
const lookAgain = time.Minute

// LoadCertificate reads a certificate, with those that vouch for it, and its key
// from two PEM files. host is the name that browsers use. One that is not for it,
// or has run out, is refused, and so is a key that everybody can read. now is the
// clock and log where a renewed certificate that cannot be used is told of; both
// may be nil.
func LoadCertificate(cert, key, host string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Certificate{cert: cert, key: key, host: host, now: now, log: log, looked: now()}
	use, of, err := c.read()
	if err != nil {
		return nil, err
	}
	c.use, c.of = use, of
	return c, nil
}

// get gives the certificate for a handshake.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked) < lookAgain {
		return c.use, nil
	}
	c.looked = now
	if of, err := c.stamp(); err == nil && of == c.of {
		return c.use, nil
	}
	use, of, err := c.read()
	if err != nil {
		c.log.Warn("the certificate changed and cannot be used: the one before stays", "why", err.Error())
		return c.use, nil
	}
	c.use, c.of = use, of
	c.log.Info("the certificate was read again", "until", use.Leaf.NotAfter.UTC().Format(time.RFC3339))
	return c.use, nil
}

// stamp looks at the files.
func (c *Certificate) stamp() (of stamps, err error) {
	for i, file := range []string{c.cert, c.key} {
		info, err := os.Stat(file)
		if err != nil {
			return of, fmt.Errorf("look at the certificate: %w", err)
		}
		of[i].size, of[i].mod = info.Size(), info.ModTime()
	}
	return of, nil
}

// read reads both files, and holds them to what can be served.
func (c *Certificate) read() (*tls.Certificate, stamps, error) {
	of, err := c.stamp() // before the rest: what changes meanwhile is read again
	if err != nil {
		return nil, of, err
	}
	cert, err := readPEM(c.cert, false)
	if err != nil {
		return nil, of, err
	}
	key, err := readPEM(c.key, true)
	if err != nil {
		return nil, of, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, of, fmt.Errorf("read the certificate %s with the key %s: %w", c.cert, c.key, err)
	}
	now := c.now()
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return nil, of, fmt.Errorf(sayCertExpired, c.cert, leaf.NotAfter.UTC().Format("2006-01-02"))
	case now.Before(leaf.NotBefore):
		return nil, of, fmt.Errorf(sayCertEarly, c.cert, leaf.NotBefore.UTC().Format(time.RFC3339))
	case leaf.VerifyHostname(c.host) != nil:
		return nil, of, fmt.Errorf(sayCertOtherFor, c.cert, c.host)
	}
	return &pair, of, nil
}

// readPEM reads a file. A group may read a key, as those that hand out
// certificates set it up; everybody may not.
func readPEM(file string, secret bool) (text []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the certificate: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read the certificate: %w", &fs.PathError{Op: "read", Path: file, Err: fs.ErrInvalid})
	case secret && runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0: // whose modes say nothing
		return nil, fmt.Errorf(sayCertOpen, file, info.Mode().Perm())
	}
	text, err = io.ReadAll(io.LimitReader(f, largestPEM+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the certificate: %w", err)
	case len(text) > largestPEM:
		return nil, fmt.Errorf(sayCertLarge, file)
	}
	return text, nil
}
