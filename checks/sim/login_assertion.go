package sim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // a certificate's thumbprint, nothing is proved by it
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// An app that proves itself with its certificate (RFC 7523 §2.2), as MSAL does.

// assertionType is the only kind of assertion there is for apps.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// readCertificate reads the first certificate of a PEM file. Its key must be RSA:
// Microsoft takes no other for apps.
func readCertificate(path string) (*x509.Certificate, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the app's certificate: %w", err)
	}
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read the app's certificate: %w", err)
		}
		if _, ok := cert.PublicKey.(*rsa.PublicKey); !ok {
			return nil, errors.New("the app's certificate has no RSA key")
		}
		return cert, nil
	}
	return nil, fmt.Errorf("no certificate in %q", path)
}

// assertion is what an app says of itself, signed.
type assertion struct {
	head struct {
		Alg     string `json:"alg"`
		X5t     string `json:"x5t"`
		X5tS256 string `json:"x5t#S256"`
	}
	says struct {
		Aud string `json:"aud"`
		Iss string `json:"iss"`
		Sub string `json:"sub"`
		Nbf int64  `json:"nbf"`
		Exp int64  `json:"exp"`
	}
	signed string
	sig    []byte
}

func readAssertion(raw string) (*assertion, error) {
	part := strings.Split(raw, ".")
	if len(raw) > maxToken || len(part) != 3 {
		return nil, errTokenMalformed
	}
	a := &assertion{signed: part[0] + "." + part[1]}
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	a.sig = sig
	return a, errors.Join(err, decodeJSON(part[0], &a.head), decodeJSON(part[1], &a.says))
}

// checkAssertion proves the caller by what it signed with its certificate's key. An app
// without a certificate gets what an app with another one gets.
func (s *Sim) checkAssertion(c *visit, reg *Registration) *refusal {
	if reg.Certificate == nil {
		return refuse(700027)
	}
	if c.body.Get("client_assertion_type") != assertionType {
		return refuse(90023, "client_assertion_type")
	}
	a, err := readAssertion(c.body.Get("client_assertion"))
	if err != nil {
		return refuse(50027)
	}
	if !a.signedBy(reg.Certificate) {
		return refuse(700027)
	}
	// 50027 covers issuer, subject, audience and time (public page of the errors).
	now := c.now.Unix()
	if !strings.EqualFold(a.says.Iss, reg.AppID) || !strings.EqualFold(a.says.Sub, reg.AppID) || !c.at.signsIn(a.says.Aud) ||
		now >= a.says.Exp || now+clockSkew < a.says.Nbf {
		return refuse(50027)
	}
	return nil
}

// signedBy says whether the key of a certificate signed, under its thumbprint.
// Clients of today take SHA-256 and PSS, older ones SHA-1 for the thumbprint and PKCS #1.
func (a *assertion) signedBy(cert *x509.Certificate) bool {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return false
	}
	short := sha1.Sum(cert.Raw) //nolint:gosec // what x5t is made of (RFC 7515 §4.1.7)
	long := sha256.Sum256(cert.Raw)
	if plainPrint(a.head.X5t) != encode(short[:]) && plainPrint(a.head.X5tS256) != encode(long[:]) {
		return false
	}
	sum := sha256.Sum256([]byte(a.signed))
	switch a.head.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], a.sig) == nil
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], a.sig, nil) == nil
	}
	return false
}

// plainPrint is a thumbprint in the alphabet of URLs: MSAL Go writes the other.
func plainPrint(s string) string {
	return strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(s)
}

// signsIn says whether an audience is this sign-in service: its token endpoint,
// under any name of the cloud.
func (p place) signsIn(aud string) bool {
	u, err := url.Parse(aud)
	if err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Path, "/token") {
		return false
	}
	here := cloudsOf(p.host)
	return u.Host == p.host || slices.ContainsFunc(cloudsOf(u.Host), func(c Cloud) bool { return slices.Contains(here, c) })
}
