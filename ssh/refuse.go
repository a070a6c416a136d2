package ssh

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Reasons of SSH_MSG_DISCONNECT (RFC 4253 §11.1).
const (
	disconnectHost          = 1  // host not allowed to connect
	disconnectByApplication = 11 // the server's own reason
	disconnectTooMany       = 12 // too many connections
)

// version is how the server names itself before the handshake.
const version = "onboard"

// refusalTime bounds the telling, and the wait for the client to hang up.
const refusalTime = 2 * time.Second

// refusal tells a client of SSH why it is not served. Before the keys are agreed on
// a server may send its version and SSH_MSG_DISCONNECT in the clear (RFC 4253 §7.1,
// §11.1), and clients show its text.
func refusal(reason uint32, why string) []byte {
	return append([]byte("SSH-2.0-"+version+"\r\n"), disconnect(reason, why)...)
}

// sayLast sends a last word, and hangs up. What the client sent is read and
// dropped, for a word is lost where a socket is closed on unread bytes.
func sayLast(raw net.Conn, word []byte) {
	defer func() { _ = raw.Close() }()
	if err := raw.SetDeadline(time.Now().Add(refusalTime)); err != nil {
		return
	}
	if _, err := raw.Write(word); err != nil {
		return
	}
	if half, ok := raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // it is closed anyway
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(raw, 4<<10))
}

// disconnect makes SSH_MSG_DISCONNECT as a packet without cipher or MAC
// (RFC 4253 §6): its length, that of its padding, the message, the padding.
func disconnect(reason uint32, why string) []byte {
	message := gossh.Marshal(struct {
		Kind   byte
		Reason uint32
		Text   string
		Lang   string
	}{1, reason, why, "en"})
	const block = 8
	padding := block - (5+len(message))%block
	if padding < 4 {
		padding += block
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(1+len(message)+padding)) //nolint:gosec // a line of text
	out = append(out, byte(padding))
	out = append(out, message...)
	pad := make([]byte, padding)
	_, _ = rand.Read(pad) // never fails
	return append(out, pad...)
}
