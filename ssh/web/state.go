package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// The state that a consent link carries: who it is for, until when, and a
// signature. It names nobody: run, app and address are in it as sums alone.
//
//	1 byte    version
//	8 bytes   end of its time, seconds since 1970
//	16 bytes  of SHA-256 over the run's id
//	16 bytes  of SHA-256 over the app's client id and the address it leads back to
//	16 bytes  of chance
//	32 bytes  HMAC-SHA256 over all of the above
const (
	stateVersion = 1
	stateSigned  = 1 + 8 + 16 + 16 + 16
	stateSize    = stateSigned + sha256.Size
)

// sum16 is what stands for something in a state.
type sum16 [16]byte

func sumOf(words ...string) sum16 {
	sum := sha256.Sum256([]byte(strings.Join(words, "\n")))
	return sum16(sum[:])
}

// signed is a state that was read, and whose signature is right.
type signed struct {
	until   time.Time
	run, to sum16
}

// makeState signs a new state.
func makeState(key []byte, s signed) string {
	b := make([]byte, 0, stateSize)
	b = append(b, stateVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(s.until.Unix())) //nolint:gosec // after 1970
	b = append(append(b, s.run[:]...), s.to[:]...)
	var chance [16]byte
	_, _ = rand.Read(chance[:]) // it never fails
	b = append(b, chance[:]...)
	return base64.RawURLEncoding.EncodeToString(append(b, seal(key, b)...))
}

// readState reads a state; ok is false for what was not signed with key.
func readState(key []byte, text string) (s signed, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(stateSize) {
		return s, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || !hmac.Equal(seal(key, b[:stateSigned]), b[stateSigned:]) || b[0] != stateVersion {
		return s, false
	}
	s.until = time.Unix(int64(binary.BigEndian.Uint64(b[1:9])), 0) //nolint:gosec // it was signed here
	return signed{s.until, sum16(b[9:25]), sum16(b[25:41])}, true
}

// seal is the signature of a state. What it is for stands in it, so that nothing
// else that is ever signed with the key is one.
func seal(key, b []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("onboard consent state\n")) // it never fails
	m.Write(b)
	return m.Sum(nil)
}
