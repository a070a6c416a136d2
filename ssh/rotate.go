package ssh

import (
	"bytes"
	"crypto/rand"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// How host keys are changed without anybody being asked whether to trust a new
// one (OpenSSH's PROTOCOL §2.5): after the handshake the server names all its
// keys; a client that knows the one in use asks for proof of those that it does
// not know, and then keeps them.
const (
	announceKeys = "hostkeys-00@openssh.com"
	proveKeys    = "hostkeys-prove-00@openssh.com"
)

// announce names every host key to a client.
func (id *Identity) announce(to gossh.Conn) {
	var payload []byte
	for _, key := range id.PublicKeys() {
		payload = append(payload, gossh.Marshal(struct{ Key []byte }{key.Marshal()})...)
	}
	_, _, _ = to.SendRequest(announceKeys, false, payload) // a client that is gone needs no keys
}

// prove signs for the keys that a client asks proof of: that the server has
// their secret halves, in this very connection.
func (id *Identity) prove(ctx ssh.Context, _ *ssh.Server, req *gossh.Request) (ok bool, payload []byte) {
	meta, isConn := ctx.Value(ssh.ContextKeyConn).(gossh.ConnMetadata)
	c, _ := ctx.Value(connKey{}).(*conn)
	if !isConn || c == nil || c.proved.Swap(true) { // once is enough, and signing costs
		return false, nil
	}
	rest := req.Payload
	for range mostKeys {
		if len(rest) == 0 {
			return len(payload) > 0, payload
		}
		var one struct {
			Key  []byte
			Rest []byte `ssh:"rest"`
		}
		if err := gossh.Unmarshal(rest, &one); err != nil {
			return false, nil
		}
		rest = one.Rest
		signer := id.signer(one.Key)
		if signer == nil {
			return false, nil
		}
		sig, err := signer.Sign(rand.Reader, gossh.Marshal(struct {
			What    string
			Session []byte
			Key     []byte
		}{proveKeys, meta.SessionID(), one.Key}))
		if err != nil {
			return false, nil
		}
		payload = append(payload, gossh.Marshal(struct{ Sig []byte }{gossh.Marshal(sig)})...)
	}
	return false, nil // more than there are keys
}

// signer finds a key by its public half; nil: it is none of ours.
func (id *Identity) signer(public []byte) gossh.Signer {
	for _, k := range id.keys {
		if bytes.Equal(k.PublicKey().Marshal(), public) {
			return k
		}
	}
	return nil
}

// signatures are those with which a client may show that it has a key: none over
// SHA-1.
func signatures() []string {
	return []string{
		gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoSKECDSA256,
		gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521, gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512,
	}
}

// algorithms are all that the server speaks: key exchange that no recorded
// traffic of today will be opened with, and ciphers that are authenticated, or
// have a MAC over what is encrypted. Clients older than OpenSSH 6.5, and those
// of libssh2 before 1.11, which knows no such MAC, are lost.
func algorithms() gossh.Config {
	return gossh.Config{
		KeyExchanges: []string{gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519},
		Ciphers: []string{
			gossh.CipherChaCha20Poly1305, gossh.CipherAES128GCM, gossh.CipherAES256GCM,
			gossh.CipherAES128CTR, gossh.CipherAES192CTR, gossh.CipherAES256CTR,
		},
		MACs: []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM},
	}
}
