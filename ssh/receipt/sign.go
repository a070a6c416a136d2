package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/pem"
	"errors"
	"fmt"

	gossh "golang.org/x/crypto/ssh"
)

// The signature is OpenSSH's own (PROTOCOL.sshsig), so that who has no onboard checks
// a receipt with ssh-keygen -Y verify. It is over the bytes of the payload as they are:
// nothing is put into another form first. What it is for is signed with it, so that no
// signature that a key ever gave for something else is one.

// Namespace is what signatures of receipts are for.
const Namespace = "onboard-session-receipt"

const (
	sigMagic   = "SSHSIG"
	sigVersion = 1
	sigHash    = "sha512"
	sigBlock   = "SSH SIGNATURE"
)

// sigBlob is a signature with everything that says how it was made.
type sigBlob struct {
	Magic     [len(sigMagic)]byte
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// signedText is what is signed of a payload.
func signedText(payload []byte) []byte {
	sum := sha512.Sum512(payload)
	return gossh.Marshal(struct {
		Magic     [len(sigMagic)]byte
		Namespace string
		Reserved  string
		Hash      string
		Sum       []byte
	}{magic(), Namespace, "", sigHash, sum[:]})
}

func magic() (m [len(sigMagic)]byte) {
	copy(m[:], sigMagic)
	return m
}

// Signer has the secret half of a key.
type Signer interface {
	Public() ed25519.PublicKey
	Sign(message []byte) []byte
}

// signatureOf signs a payload.
func signatureOf(k Signer, payload []byte) (string, error) {
	public, err := gossh.NewPublicKey(k.Public())
	if err != nil {
		return "", fmt.Errorf("signing a receipt: %w", err)
	}
	return armoured(sigBlob{
		Magic: magic(), Version: sigVersion, PublicKey: public.Marshal(), Namespace: Namespace, Hash: sigHash,
		Signature: gossh.Marshal(gossh.Signature{Format: public.Type(), Blob: k.Sign(signedText(payload))}),
	}), nil
}

func armoured(b sigBlob) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: sigBlock, Bytes: gossh.Marshal(b)}))
}

// The reasons for which a text is no signature of a payload.
var (
	errNoSignature = errors.New(sayNoSign)
	errOtherUse    = errors.New(sayOtherUse)
	errChanged     = errors.New(sayChanged)
)

// checkSignature gives the key with which a payload was signed. That somebody has a
// key says nothing of who they are.
func checkSignature(text string, payload []byte) (gossh.PublicKey, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != sigBlock || len(block.Headers) > 0 || len(rest) > 0 {
		return nil, errNoSignature
	}
	var b sigBlob
	var sig gossh.Signature
	if gossh.Unmarshal(block.Bytes, &b) != nil || armoured(b) != text || gossh.Unmarshal(b.Signature, &sig) != nil {
		return nil, errNoSignature
	}
	public, err := gossh.ParsePublicKey(b.PublicKey)
	switch {
	case err != nil, b.Magic != magic(), b.Version != sigVersion, b.Reserved != "", b.Hash != sigHash,
		public.Type() != gossh.KeyAlgoED25519, sig.Format != gossh.KeyAlgoED25519, len(sig.Rest) > 0, !bytes.Equal(public.Marshal(), b.PublicKey):
		return nil, errNoSignature
	case b.Namespace != Namespace:
		return nil, errOtherUse
	case public.Verify(signedText(payload), &sig) != nil:
		return nil, errChanged
	}
	return public, nil
}
