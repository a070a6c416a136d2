package signin

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"io"
	"strings"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// The bounds of what a credential's file may hold. Microsoft's secrets have 40
// characters and are never longer than 256; a certificate with its chain and a key
// of 4096 bits stays below 20 KiB.
const (
	maxAppSecret = 4 << 10
	maxAppCert   = 256 << 10
)

// Credential is the vendor's own secret or certificate, for the probe alone. It
// prints, logs and marshals as nothing: its one member is not reachable from
// outside, and MSAL's own type holds the rest.
type Credential struct {
	reveal func() (confidential.Credential, error)
	proof  string // the member of the form that carries it
	cert   bool
}

// The members of the form that carry a proof.
const (
	proofSecret    = "client_secret"
	proofAssertion = "client_assertion"
)

// String gives the mask.
func (Credential) String() string { return mask }

// GoString gives the mask.
func (Credential) GoString() string { return mask }

// Format writes the mask for every verb and flag.
func (Credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText gives the mask.
func (Credential) MarshalText() ([]byte, error) { return []byte(mask), nil }

// SecretFile takes the app's secret from a file, or from in where name is "-".
// Around it space may stand, and nothing else. What can not be one is an
// *InputError that repeats none of it. A read of in that hangs ends with ctx.
func SecretFile(ctx context.Context, name string, in io.Reader) (Credential, error) {
	data, err := credentialFile(ctx, name, in, maxAppSecret)
	if err != nil {
		return Credential{}, credentialError(FieldProbeSecret, name, fileProblem(err))
	}
	defer clear(data)
	text := strings.TrimSpace(plainText(data))
	switch {
	case text == "":
		return Credential{}, credentialError(FieldProbeSecret, name, wordsFileEmpty)
	case strings.HasPrefix(text, "-----BEGIN"):
		return Credential{}, credentialError(FieldProbeSecret, name, wordsSecretIsPEM)
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Credential{}, credentialError(FieldProbeSecret, name, wordsSecretShape)
	}
	secret := NewSecret(text)
	return Credential{proof: proofSecret, reveal: func() (confidential.Credential, error) {
		return confidential.NewCredFromSecret(secret.Reveal())
	}}, nil
}

// CertFile takes the app's certificate and its key from a PEM file, or from in
// where name is "-". What can not be used is an *InputError.
func CertFile(ctx context.Context, name string, in io.Reader) (Credential, error) {
	bad := func(problem string) (Credential, error) {
		return Credential{}, credentialError(FieldProbeCert, name, problem)
	}
	data, err := credentialFile(ctx, name, in, maxAppCert)
	if err != nil {
		return bad(fileProblem(err))
	}
	defer clear(data)
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return bad(wordsFileEmpty)
	case bytes.Contains(data, []byte("ENCRYPTED")):
		return bad(wordsCertLocked)
	case !hasPEM(data):
		return bad(wordsCertNotPEM)
	}
	certs, key, err := confidential.CertFromPEM(data, "")
	if err != nil { // MSAL says which of the two lacks, in words without anything of the file
		return bad(wordsCertParts)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return bad(wordsCertRSA)
	}
	if !private.PublicKey.Equal(certs[0].PublicKey) {
		return bad(wordsCertOther)
	}
	return Credential{cert: true, proof: proofAssertion, reveal: func() (confidential.Credential, error) {
		return confidential.NewCredFromCert(certs, private)
	}}, nil
}

func hasPEM(data []byte) bool {
	b, _ := pem.Decode(data)
	return b != nil
}

// credentialFile reads name, or all of in. The caller clears what it gets.
func credentialFile(ctx context.Context, name string, in io.Reader, limit int64) ([]byte, error) {
	if name != "-" {
		return readCapped(name, limit)
	}
	type outcome struct {
		data []byte
		err  error
	}
	got := make(chan outcome, 1)
	go func() {
		data, err := readAll(in, limit)
		got <- outcome{data, err}
	}()
	select {
	case o := <-got:
		return o.data, o.err
	case <-ctx.Done(): // nobody typed it: the read is left behind and ends with the program
		return nil, context.Cause(ctx)
	}
}

func credentialError(field Field, name, problem string) error {
	say, do := wordsSecretFile, wordsSecretDo
	if field == FieldProbeCert {
		say, do = wordsCertFile, wordsCertDo
	}
	where := shownFile(name)
	if name == "-" {
		where = wordsStdin
	}
	return &InputError{Field: field, Say: fmt.Sprintf(say, where, problem), Do: do}
}
