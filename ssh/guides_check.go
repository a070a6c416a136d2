package ssh

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Why a key is no guide's. They stand in the log; whoever came is told one word for
// all of them, for a certificate can be shown by others than its owner.
var (
	errNotListed     = errors.New("the key is not listed, and no certificate was shown")
	errAuthorityKey  = errors.New("an authority's own key logs nobody in")
	errHostCert      = errors.New("it is no user certificate")
	errAuthority     = errors.New("no authority of ours signed the certificate")
	errSignature     = errors.New("the certificate is not signed by who it says, or with SHA-1")
	errNoPrincipals  = errors.New("the certificate names no principal")
	errNoRole        = errors.New("no principal of the certificate is a role")
	errKeyID         = errors.New("the certificate's key id is no name that can be shown")
	errNotInForce    = errors.New("the certificate is not in force here")
	errSource        = errors.New("the certificate is not for this source address")
	errRevoked       = errors.New("it is revoked")
	errWeakKey       = errors.New("the key is of a kind that no guide logs in with")
	errNoHardware    = errors.New("it is no security key")
	errNoTouch       = errors.New("the certificate does without a touch")
	errGuidesUnknown = errors.New("who is a guide cannot be known now")
)

// sourceAddress is the one critical option that is known (PROTOCOL.certkeys of
// OpenSSH). force-command is refused as all others are: there is no command to
// force. So is verify-required, which could not be held to: what x/crypto gives of a
// signature says nothing of the flag by which a security key says that it asked for
// a PIN or a finger.
const sourceAddress = "source-address"

// noTouchRequired is the extension of a certificate whose security key signs
// untouched. Without it x/crypto refuses such a signature.
const noTouchRequired = "no-touch-required"

// who says which guide a key is, of a client at an address. That the client has the
// key is for the caller to have seen.
func (g *Guides) who(key gossh.PublicKey, from netip.Addr) (Guide, error) {
	t, err := g.now()
	if err != nil {
		return Guide{}, fmt.Errorf("%w: %w", errGuidesUnknown, err)
	}
	plain := key
	cert, certified := key.(*gossh.Certificate)
	if certified {
		plain = cert.Key
	}
	switch _, signs := t.authorities[string(plain.Marshal())]; {
	case signs:
		return Guide{}, errAuthorityKey
	case keyWorks(plain) != nil:
		return Guide{}, errWeakKey
	case g.o.SecurityKeys && !onHardware(plain):
		return Guide{}, errNoHardware
	case certified:
		return g.certified(t, cert, from)
	}
	one, listed := t.keys[string(key.Marshal())]
	switch {
	case !listed:
		return Guide{}, errNotListed
	case t.revoked.key(key):
		return Guide{}, errRevoked
	}
	return Guide{name: one.Name, organisation: one.Organisation, print: printOf(key), roles: []GuideRole{one.Role}}, nil
}

// certified says which guide a certificate makes its holder. Of what it says
// nothing counts before its signature does.
func (g *Guides) certified(t *trusted, cert *gossh.Certificate, from netip.Addr) (Guide, error) {
	by, ours := t.authorities[string(cert.SignatureKey.Marshal())]
	switch {
	case !ours:
		return Guide{}, errAuthority
	case !signed(cert):
		return Guide{}, errSignature
	case cert.CertType != gossh.UserCert:
		return Guide{}, errHostCert
	case len(cert.ValidPrincipals) == 0: // OpenSSH takes that for everybody's
		return Guide{}, errNoPrincipals
	case !GuideName(cert.KeyId):
		return Guide{}, errKeyID
	}
	who := Guide{name: cert.KeyId, organisation: by.Organisation, keyID: cert.KeyId, print: printOf(cert)}
	for _, r := range Roles() {
		if slices.ContainsFunc(cert.ValidPrincipals, func(name string) bool { return g.names[name] == r }) {
			who.roles = append(who.roles, r)
		}
	}
	if len(who.roles) == 0 {
		return Guide{}, errNoRole
	}
	checker := gossh.CertChecker{Clock: g.o.Now, SupportedCriticalOptions: []string{sourceAddress}}
	if err := checker.CheckCert(cert.ValidPrincipals[0], cert); err != nil {
		return who, fmt.Errorf("%w: %w", errNotInForce, err)
	}
	if list, bound := cert.CriticalOptions[sourceAddress]; bound && !comesFrom(list, from) {
		return who, errSource
	}
	if _, untouched := cert.Extensions[noTouchRequired]; untouched && g.o.SecurityKeys {
		return who, errNoTouch
	}
	if t.revoked.certificate(cert) {
		return who, errRevoked
	}
	if cert.ValidBefore != gossh.CertTimeInfinity {
		who.until = time.Unix(int64(cert.ValidBefore), 0) //nolint:gosec // it was compared with the clock
	}
	return who, nil
}

// signed says whether a certificate was signed by the key that it names, in a way
// that counts: SHA-1 does not, which x/crypto would take. All else that CheckCert
// looks at is left out here, by the certificate's own word.
func signed(cert *gossh.Certificate) bool {
	if cert.Signature == nil || !slices.Contains(signatures(), cert.Signature.Format) {
		return false
	}
	only := gossh.CertChecker{
		Clock:                    func() time.Time { return time.Unix(int64(cert.ValidAfter), 0) }, //nolint:gosec // the time that it names
		SupportedCriticalOptions: slices.Collect(maps.Keys(cert.CriticalOptions)),
	}
	name := ""
	if len(cert.ValidPrincipals) > 0 {
		name = cert.ValidPrincipals[0]
	}
	return only.CheckCert(name, cert) == nil
}

// comesFrom says whether an address is in a list of addresses and nets. One that
// cannot be read has nobody in it.
func comesFrom(list string, from netip.Addr) bool {
	from, in := from.Unmap().WithZone(""), false
	for part := range strings.SplitSeq(list, ",") {
		p, err := netip.ParsePrefix(part)
		if a, alone := netip.ParseAddr(part); alone == nil {
			p, err = a.Unmap().Prefix(a.Unmap().BitLen())
		}
		if err != nil {
			return false
		}
		in = in || p.Contains(from)
	}
	return in
}

// printOf is the fingerprint of a key; of a certificate, that of the key in it, by
// which it is known however often it is certified anew.
func printOf(key gossh.PublicKey) string {
	if cert, is := key.(*gossh.Certificate); is {
		key = cert.Key
	}
	return gossh.FingerprintSHA256(key)
}
