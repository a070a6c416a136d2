package sim

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // a certificate's thumbprint, nothing is proved by it
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Why a bearer token was turned away. Graph tells the first three apart in its
// error message, so they are sentinels.
var (
	errTokenMalformed = errors.New("the bearer token is not a signed JWT")
	errTokenSignature = errors.New("the bearer token was not signed by this simulator")
	errTokenExpired   = errors.New("the bearer token has expired")
	errTokenEarly     = errors.New("the bearer token is not valid yet")
)

const (
	keyBits = 2048

	// maxToken bounds what verify looks at: a real token with every scope is
	// below 8 KiB.
	maxToken = 64 << 10
)

// claims are the members of both shapes of token. The first (ver 1.0, appid,
// upn) is what Graph gets, whichever endpoint gave it, and what the first
// version's id_tokens have; the second (ver 2.0, azp, preferred_username) is for
// id_tokens and for an app's own API.
type claims struct {
	Ver               string   `json:"ver"`
	Aud               string   `json:"aud"`
	Iss               string   `json:"iss"`
	Tid               string   `json:"tid"`
	Oid               string   `json:"oid,omitempty"`
	Sub               string   `json:"sub"`
	UPN               string   `json:"upn,omitempty"`
	UniqueName        string   `json:"unique_name,omitempty"`
	PreferredUsername string   `json:"preferred_username,omitempty"`
	Name              string   `json:"name,omitempty"`
	Email             string   `json:"email,omitempty"`
	AppID             string   `json:"appid,omitempty"`
	AppIDACR          string   `json:"appidacr,omitempty"` // 0 public, 1 secret, 2 certificate
	AppName           string   `json:"app_displayname,omitempty"`
	Azp               string   `json:"azp,omitempty"`
	AzpACR            string   `json:"azpacr,omitempty"`
	Acct              *int     `json:"acct,omitempty"` // 0 member, 1 guest
	ACR               string   `json:"acr,omitempty"`
	AMR               []string `json:"amr,omitempty"`   // pwd, mfa
	IDP               string   `json:"idp,omitempty"`   // where a guest's account lives
	IDType            string   `json:"idtyp,omitempty"` // user or app
	Scp               string   `json:"scp,omitempty"`
	Roles             []string `json:"roles,omitempty"`
	Wids              []string `json:"wids,omitempty"`
	Nonce             string   `json:"nonce,omitempty"`
	CHash             string   `json:"c_hash,omitempty"` // of the code that the same answer carries
	XmsCC             []string `json:"xms_cc,omitempty"` // cp1: the client handles claims challenges
	UTI               string   `json:"uti,omitempty"`
	Iat               int64    `json:"iat"`
	Nbf               int64    `json:"nbf"`
	Exp               int64    `json:"exp"`
}

// scopes lists the delegated permissions the token carries.
func (c claims) scopes() []string { return strings.Fields(c.Scp) }

// signer holds the key that one running simulator signs with. The key is made
// at start and never leaves memory, so no token outlives the process. Making it
// takes longer than all the rest of a start, so it is made on the side: whoever
// needs it first waits.
type signer struct {
	made chan struct{} // closed when pair and err are there
	pair keyPair
	err  error
}

// keyPair is a signing key with its certificate.
type keyPair struct {
	key  *rsa.PrivateKey
	cert []byte // self-signed, for the x5c of the key set
	kid  string
}

// newSigner begins to have a key made; run starts what it is given, and the
// caller sees to its end.
func newSigner(run func(func()), fresh func() (*keyPair, error)) *signer {
	s := &signer{made: make(chan struct{})}
	run(func() {
		defer close(s.made)
		if pair, err := fresh(); err != nil {
			s.err = err
		} else {
			s.pair = *pair
		}
	})
	return s
}

// wait gives the key. Without one, which no machine with memory left has shown,
// err says why.
func (s *signer) wait() (*keyPair, error) {
	<-s.made
	return &s.pair, s.err
}

func newKeyPair() (*keyPair, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(key.N.Bytes()[:8]),
		Subject:      pkix.Name{CommonName: "onboard simulator (not Microsoft) token signing"},
		NotBefore:    time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2050, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	cert, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making the signing certificate: %w", err)
	}
	sum := sha1.Sum(cert) //nolint:gosec // what x5t is made of (RFC 7517 §4.8)
	return &keyPair{key: key, cert: cert, kid: encode(sum[:])}, nil
}

// header is the JOSE header in the order and with the members Microsoft sends.
type header struct {
	Typ string `json:"typ"`
	Alg string `json:"alg"`
	X5t string `json:"x5t,omitempty"`
	Kid string `json:"kid"`
}

// mint signs the claims with RS256, the one algorithm Microsoft's clients are
// told to expect by discovery. Neither writing plain fields as JSON nor signing
// with a key of this size fails; were it to, the token would be empty, which
// no reader accepts.
func (s *signer) mint(c claims) string {
	k, err := s.wait()
	if err != nil {
		return ""
	}
	head, errHead := json.Marshal(header{Typ: "JWT", Alg: "RS256", X5t: k.kid, Kid: k.kid})
	body, errBody := json.Marshal(c)
	signed := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(signed))
	sig, errSign := rsa.SignPKCS1v15(rand.Reader, k.key, crypto.SHA256, sum[:])
	if errors.Join(errHead, errBody, errSign) != nil {
		return ""
	}
	return signed + "." + encode(sig)
}

// verify reads a token back. It accepts RS256 by this key alone, so a header
// that names another algorithm, "none" above all, is refused. An expired or early
// token comes with its claims.
func (s *signer) verify(raw string, now time.Time) (claims, error) {
	if len(raw) > maxToken {
		return claims{}, errTokenMalformed
	}
	part := strings.Split(raw, ".")
	if len(part) != 3 {
		return claims{}, errTokenMalformed
	}
	var h header
	if err := decodeJSON(part[0], &h); err != nil {
		return claims{}, errTokenMalformed
	}
	k, err := s.wait()
	if err != nil || h.Alg != "RS256" || h.Kid != k.kid {
		return claims{}, errTokenSignature
	}
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil {
		return claims{}, errTokenMalformed
	}
	sum := sha256.Sum256([]byte(part[0] + "." + part[1]))
	if err := rsa.VerifyPKCS1v15(&k.key.PublicKey, crypto.SHA256, sum[:], sig); err != nil {
		return claims{}, errTokenSignature
	}
	var c claims
	if err := decodeJSON(part[1], &c); err != nil {
		return claims{}, errTokenMalformed
	}
	switch unix := now.Unix(); {
	case unix >= c.Exp:
		return c, errTokenExpired
	case unix+clockSkew < c.Nbf:
		return c, errTokenEarly
	}
	return c, nil
}

// clockSkew is how many seconds early a token may be used; Microsoft's own
// libraries allow five minutes.
const clockSkew = 300

// jwk is one public key as /discovery/v2.0/keys prints it. Microsoft's carries no
// alg: whoever checks takes it from the token's header.
type jwk struct {
	Kty   string   `json:"kty"`
	Use   string   `json:"use"`
	Kid   string   `json:"kid"`
	X5t   string   `json:"x5t"`
	N     string   `json:"n"`
	E     string   `json:"e"`
	X5c   []string `json:"x5c"`
	Cloud string   `json:"cloud_instance_name,omitempty"`
	Iss   string   `json:"issuer"`
}

// public is the key set a client needs to check our signatures.
func (s *signer) public(issuer, cloud string) map[string][]jwk {
	k, err := s.wait()
	if err != nil {
		return map[string][]jwk{"keys": {}}
	}
	return map[string][]jwk{"keys": {{
		Kty: "RSA", Use: "sig", Kid: k.kid, X5t: k.kid, Iss: issuer, Cloud: cloud,
		X5c: []string{base64.StdEncoding.EncodeToString(k.cert)},
		N:   encode(k.key.N.Bytes()),
		E:   encode(big.NewInt(int64(k.key.E)).Bytes()),
	}}}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decodeJSON(part string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
