package ssh

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Identity is what the server proves itself with: one host key that is in use,
// and those that are to follow it. Clients that know the first are told of the
// others, so that by the time the first goes they know the next.
type Identity struct{ keys []gossh.Signer }

// mostKeys is how many host keys there may be: one in use, some to come.
const mostKeys = 8

// largestKey bounds a key file, in bytes. An ed25519 key is some 400.
const largestKey = 16 << 10

// LoadIdentity reads host keys from files, the one in use first. Where the first
// file is not there it is made: an ed25519 key, readable for its owner alone,
// and made is true. A file that others can read, or that lies where others can
// put another, is refused: whoever has the key can be this server.
func LoadIdentity(files []string) (id *Identity, made bool, err error) {
	return loadIdentity(files, makeKey)
}

// CheckIdentity says what LoadIdentity would trip over, and makes nothing: a first
// file that is not there is fine.
func CheckIdentity(files []string) error {
	_, _, err := loadIdentity(files, nil)
	return err
}

// loadIdentity reads host keys; create makes the first; nil: it may be missing.
func loadIdentity(files []string, create func(string) error) (id *Identity, made bool, err error) {
	switch n := len(files); {
	case n == 0:
		return nil, false, errors.New(sayNoHostKey)
	case n > mostKeys:
		return nil, false, fmt.Errorf(sayManyHostKeys, n, mostKeys)
	}
	id = new(Identity)
	for i, file := range files {
		signer, err := readKey(file)
		if i == 0 && errors.Is(err, fs.ErrNotExist) {
			if create == nil {
				continue
			}
			if err = create(file); err == nil {
				made = true
				signer, err = readKey(file)
			}
		}
		if err != nil {
			return nil, false, fmt.Errorf("host key %s: %w", file, err)
		}
		for _, other := range id.keys {
			if bytes.Equal(other.PublicKey().Marshal(), signer.PublicKey().Marshal()) {
				return nil, false, fmt.Errorf("host key %s: %s", file, sayHostKeyTwice)
			}
		}
		id.keys = append(id.keys, signer)
	}
	return id, made, nil
}

// readKey reads one key, if nobody else can.
func readKey(file string) (gossh.Signer, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was read
	if err := private(f, file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, largestKey+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > largestKey:
		return nil, errors.New(sayHostKeyLarge)
	}
	signer, err := gossh.ParsePrivateKey(text)
	var locked *gossh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return nil, errors.New(sayHostKeyLocked)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", sayHostKeyBroken, err)
	case signer.PublicKey().Type() != gossh.KeyAlgoED25519:
		return nil, fmt.Errorf(sayHostKeyKind, signer.PublicKey().Type())
	}
	return signer, nil
}

// private refuses a key that others can read, and a folder into which others
// can put another.
func private(f *os.File, file string) error {
	if runtime.GOOS == "windows" { // whose modes say nothing
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	dir, err := os.Stat(filepath.Dir(file))
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New(sayHostKeyNoFile)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf(sayHostKeyOpen, info.Mode().Perm(), file)
	case dir.Mode().Perm()&0o022 != 0 && dir.Mode()&fs.ModeSticky == 0:
		return fmt.Errorf(sayHostDirOpen, filepath.Dir(file), dir.Mode().Perm())
	}
	return nil
}

// makeKey makes a key where there is none. It appears whole or not at all, and
// never over another: a server that was killed in the middle starts again.
func makeKey(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := gossh.MarshalPrivateKey(secret, "onboard")
	if err != nil {
		return err
	}
	return putNew(file, pem.EncodeToMemory(block))
}

// putNew writes a file where there is none, whole or not at all, its owner's alone.
func putNew(file string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".host-key-") // 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // somebody else made one meanwhile: that is the key then
}

// PublicKeys are the public halves, the one in use first.
func (id *Identity) PublicKeys() []gossh.PublicKey {
	out := make([]gossh.PublicKey, len(id.keys))
	for i, k := range id.keys {
		out[i] = k.PublicKey()
	}
	return out
}

// Fingerprint is the SHA-256 of the key in use, as ssh shows it.
func (id *Identity) Fingerprint() string {
	return gossh.FingerprintSHA256(id.keys[0].PublicKey())
}

// Fingerprints are the SHA-256 of every key, the one in use first.
func (id *Identity) Fingerprints() []string {
	out := make([]string, len(id.keys))
	for i, k := range id.keys {
		out[i] = gossh.FingerprintSHA256(k.PublicKey())
	}
	return out
}

// KnownHosts are the lines of a known_hosts file by which clients know this
// server, at the name and the port that people type.
func (id *Identity) KnownHosts(name string, port uint16) []string {
	at := knownhosts.Normalize(net.JoinHostPort(name, fmt.Sprint(port)))
	out := make([]string, len(id.keys))
	for i, k := range id.keys {
		out[i] = knownhosts.Line([]string{at}, k.PublicKey())
	}
	return out
}

// Lines say how to know this server by its keys: fingerprints, the lines for a
// known_hosts file, and SSHFP records for the DNS (RFC 4255, RFC 7479: algorithm
// 4 is Ed25519, digest 2 is SHA-256). name is the public name, and port the port
// that people type.
func (id *Identity) Lines(name string, port uint16) []string {
	known := id.KnownHosts(name, port)
	var prints, hosts, records []string
	for i, key := range id.PublicKeys() {
		what := sayKeyInUse
		if i > 0 {
			what = sayKeyToCome
		}
		sum := sha256.Sum256(key.Marshal())
		prints = append(prints, fmt.Sprintf("  %s  %s", gossh.FingerprintSHA256(key), what))
		hosts = append(hosts, "  "+known[i])
		if net.ParseIP(name) == nil { // an address has no such record
			records = append(records, fmt.Sprintf("  %s. IN SSHFP 4 2 %s", strings.TrimSuffix(name, "."), hex.EncodeToString(sum[:])))
		}
	}
	out := append([]string{sayKeys}, prints...)
	out = append(append(out, "", sayKnownHosts), hosts...)
	if len(records) > 0 {
		out = append(append(out, "", saySSHFP), records...)
	}
	return out
}
