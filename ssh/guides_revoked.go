package ssh

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// The list of what counts no longer is text, in the words of ssh-keygen's own
// specification of a key revocation list (ssh-keygen(1)), one thing on a line. Its
// binary form is not read: no library that is kept well can be had for it, and a
// reader of our own would decide who is let in by a format that nobody can look at.
//
//	# a comment
//	ssh-ed25519 AAAA…         a key, of a guide or of an authority
//	key: ssh-ed25519 AAAA…    the same
//	SHA256:…                  a key by its fingerprint, as ssh-keygen -l prints it
//	hash: SHA256:…            the same
//	ca: SHA256:…              the serials and ids that follow are this authority's
//	serial: 17                certificates by their serials
//	serial: 20-40
//	id: anna                  certificates by their key id; before any ca: of everybody
//
// A key revokes every certificate of it, and an authority's key all that it signed.

// revoked is what counts no longer.
type revoked struct {
	prints  map[string]bool       // of keys
	serials map[string][]fromTo   // by the authority's fingerprint
	ids     map[string]([]string) // likewise; under "" those of everybody
}

// fromTo are the serials from one to another.
type fromTo struct{ from, to uint64 }

// krlMagic is what a list in OpenSSH's binary form begins with (PROTOCOL.krl).
const krlMagic = "SSHKRL\n\x00"

// readRevoked reads a list. An error names file and line.
func readRevoked(file string) (*revoked, error) {
	text, err := readGuides(file)
	if err != nil {
		return nil, err
	}
	r, n, err := parseRevoked(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", checks.Line(file, 200), n, err)
	}
	return r, nil
}

// parseRevoked reads the text of a list; an error is of line n.
func parseRevoked(text []byte) (r *revoked, n int, err error) {
	r = &revoked{prints: map[string]bool{}, serials: map[string][]fromTo{}, ids: map[string][]string{}}
	if bytes.HasPrefix(text, []byte(krlMagic)) {
		return nil, 1, errors.New(sayRevokedKRL)
	}
	ca := ""
	for line := range bytes.Lines(text) {
		n++
		word := strings.TrimSpace(string(line))
		if word == "" || word[0] == '#' {
			continue
		}
		if ca, err = r.add(word, ca); err != nil {
			return nil, n, err
		}
	}
	return r, n, nil
}

// add takes a line; ca is the authority that was named last, and next the one that
// is from here on.
func (r *revoked) add(line, ca string) (next string, err error) {
	what, value, has := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !has || what == "SHA256" || strings.Contains(what, " ") { // a key, or a fingerprint
		what, value = "key", line
	}
	switch what {
	case "key", "hash":
		print, err := fingerprint(value)
		r.prints[print] = true
		return ca, err
	case "ca":
		return fingerprint(value)
	case "serial":
		span, err := serialsOf(value)
		if err == nil && ca == "" {
			err = errors.New(sayRevokedWhose)
		}
		r.serials[ca] = append(r.serials[ca], span)
		return ca, err
	case "id":
		if value == "" {
			return ca, errors.New(sayRevokedID)
		}
		r.ids[ca] = append(r.ids[ca], value)
		return ca, nil
	}
	return ca, fmt.Errorf(sayRevokedWord, checks.Line(what, 40))
}

// fingerprint reads a key, or its fingerprint.
func fingerprint(text string) (string, error) {
	if sum, is := strings.CutPrefix(text, "SHA256:"); is {
		if raw, err := base64.RawStdEncoding.Strict().DecodeString(sum); err != nil || len(raw) != 32 {
			return "", fmt.Errorf(sayRevokedPrint, checks.Line(text, 80))
		}
		return text, nil
	}
	key, _, _, rest, err := gossh.ParseAuthorizedKey([]byte(text))
	if err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return "", errors.New(sayNoPublicKey)
	}
	return printOf(key), nil
}

// serialsOf reads a serial, or a range of them. 0 is what certificates have that
// were given none: to revoke it would revoke all of those.
func serialsOf(text string) (s fromTo, err error) {
	from, to, ranged := strings.Cut(text, "-")
	if !ranged {
		to = from
	}
	s.from, err = strconv.ParseUint(strings.TrimSpace(from), 10, 64)
	if err == nil {
		s.to, err = strconv.ParseUint(strings.TrimSpace(to), 10, 64)
	}
	if err != nil || s.from == 0 || s.to < s.from {
		return s, fmt.Errorf(sayRevokedSerial, checks.Line(text, 60))
	}
	return s, nil
}

// key says whether a key is revoked.
func (r *revoked) key(key gossh.PublicKey) bool { return r.prints[printOf(key)] }

// certificate says whether a certificate is revoked: by itself, by its key, or by
// who signed it.
func (r *revoked) certificate(cert *gossh.Certificate) bool {
	ca := gossh.FingerprintSHA256(cert.SignatureKey)
	return r.prints[ca] || r.key(cert) ||
		slices.ContainsFunc(r.serials[ca], func(s fromTo) bool { return s.from <= cert.Serial && cert.Serial <= s.to }) ||
		slices.Contains(r.ids[ca], cert.KeyId) || slices.Contains(r.ids[""], cert.KeyId)
}
