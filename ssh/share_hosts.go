package ssh

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/checks"
)

// ShareAddress is where a run is shared, host and port, as --share has it: a host, or
// host:port; the port left out is that of SSH. It is refused where it names no host.
func ShareAddress(typed string) (string, error) {
	host, port := strings.TrimSpace(typed), strconv.Itoa(usualPort)
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	n, err := strconv.ParseUint(port, 10, 16)
	odd := strings.ContainsFunc(host, func(r rune) bool {
		return r > unicode.MaxASCII || r != '.' && r != '-' && r != '_' && r != ':' && r != '%' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if err != nil || n == 0 || host == "" || len(host) > 253 || odd || strings.HasPrefix(host, "-") || strings.Contains(host, ":") && net.ParseIP(strings.SplitN(host, "%", 2)[0]) == nil {
		return "", fmt.Errorf(sayShareAddress, checks.Line(typed, 80))
	}
	return net.JoinHostPort(strings.ToLower(host), strconv.FormatUint(n, 10)), nil
}

// UnknownHostError says that nobody knows the key of a server yet.
type UnknownHostError struct {
	Address     string // host and port
	Fingerprint string // "SHA256:…"

	key gossh.PublicKey
}

// Error names the key.
func (e *UnknownHostError) Error() string {
	return fmt.Sprintf(sayHostUnknown, e.Address, e.Fingerprint)
}

// ChangedHostError says that a server shows another key than the one that is known of
// it, or one that was revoked: it may be another server.
type ChangedHostError struct {
	Address     string
	Fingerprint string // of the key that it shows
	File        string // where another stands
	Line        int
	Revoked     bool
}

// Error says where the other stands.
func (e *ChangedHostError) Error() string {
	if e.Revoked {
		return fmt.Sprintf(sayHostRevoked, e.Address, e.Fingerprint, e.File, e.Line)
	}
	return fmt.Sprintf(sayHostChanged, e.Address, e.Fingerprint, e.File, e.Line)
}

// errOtherKey says that the server showed another key than when it was met.
var errOtherKey = errors.New(sayHostOther)

// hostKeys are the keys of servers that a person knows.
type hostKeys struct {
	files  []string        // known_hosts; a new key goes into the first, unless that is empty
	pinned gossh.PublicKey // of the server, once it was accepted; then no other is
}

// check holds the key of a server to those that are known.
func (h *hostKeys) check(address string, remote net.Addr, key gossh.PublicKey) error {
	if h.pinned != nil {
		if string(key.Marshal()) != string(h.pinned.Marshal()) {
			return errOtherKey
		}
		return nil
	}
	var there []string
	for _, f := range h.files {
		switch _, err := os.Stat(f); {
		case f == "":
		case err == nil:
			there = append(there, f)
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("read the known hosts: %w", err) // what cannot be read may hold another key
		}
	}
	known, err := knownhosts.New(there...)
	if err != nil {
		return fmt.Errorf("read the known hosts: %w", err)
	}
	var other *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	print := gossh.FingerprintSHA256(key)
	switch err = known(address, remote, key); {
	case err == nil:
		h.pinned = key
		return nil
	case errors.As(err, &revoked):
		return &ChangedHostError{Address: address, Fingerprint: print, File: revoked.Revoked.Filename, Line: revoked.Revoked.Line, Revoked: true}
	case errors.As(err, &other):
		// It wants keys of every type, but one of another type says nothing of this one.
		if i := slices.IndexFunc(other.Want, func(k knownhosts.KnownKey) bool { return k.Key.Type() == key.Type() }); i >= 0 {
			return &ChangedHostError{Address: address, Fingerprint: print, File: other.Want[i].Filename, Line: other.Want[i].Line}
		}
		return &UnknownHostError{Address: address, Fingerprint: print, key: key}
	}
	return fmt.Errorf("look at the server's key: %w", err)
}

// learn takes a key as the server's, and keeps it. Where it cannot be kept it counts
// for this run alone, and the error says why.
func (h *hostKeys) learn(who *UnknownHostError) error {
	h.pinned = who.key
	if len(h.files) == 0 || h.files[0] == "" {
		return nil
	}
	name := h.files[0]
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("keep the server's key: %w", err)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keep the server's key: %w", err)
	}
	line := knownhosts.Line([]string{who.Address}, who.key) + "\n"
	if at, err := f.Stat(); err == nil && at.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, at.Size()-1); err == nil && last[0] != '\n' { // somebody's editor
			line = "\n" + line
		}
	}
	_, err = f.WriteString(line)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keep the server's key: %w", err)
	}
	return nil
}
