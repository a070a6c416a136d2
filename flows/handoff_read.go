package flows

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"onboard.example/checks"
)

// Why a code is none. The texts say what to do.
var (
	errHandoffForm  = errors.New("that is no hand-off code: copy it whole, from ONB1 to its last group")
	errHandoffSum   = errors.New("that hand-off code has a mistake in it or is not whole: copy it again, from ONB1 to its last group")
	errHandoffNewer = errors.New("that hand-off code was made by a newer onboard: get the latest one")
)

// ParseHandoff reads a code as people paste it: with spaces, line breaks, the
// marks of a quoted mail and small letters, and with O for 0, I or L for 1. What it says is not trusted: it
// has the right form, and no more. The error says what to do.
func ParseHandoff(text string) (Handoff, error) {
	if len(text) > mostHandoff {
		return Handoff{}, errHandoffForm
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == ' ' || r == '>' || r == '\n' || r == '\r' || r == '\t':
			return -1
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, text)
	body, ok := strings.CutPrefix(plain, "0NB1")
	if !ok {
		if strings.HasPrefix(plain, "0NB") {
			return Handoff{}, errHandoffNewer
		}
		return Handoff{}, errHandoffForm
	}
	raw, err := crockford.DecodeString(body)
	if err != nil {
		return Handoff{}, errHandoffForm
	}
	// The last character's spare bits have to be as they are written.
	if len(raw) < 6 || crockford.EncodeToString(raw) != body || crc32.ChecksumIEEE(raw[:len(raw)-4]) != binary.BigEndian.Uint32(raw[len(raw)-4:]) {
		return Handoff{}, errHandoffSum
	}
	if raw[0] != handoffVersion {
		return Handoff{}, errHandoffNewer
	}
	h, err := readHandoff(raw[1], raw[2:len(raw)-4])
	// One Handoff has one code: what would be written otherwise was made to deceive.
	if err != nil || !slices.Equal(h.sound().bytes(), raw) {
		return Handoff{}, errHandoffForm
	}
	return h, nil
}

// handoffReader takes fields off the front; broken once one is missing.
type handoffReader struct {
	rest   []byte
	broken bool
}

func (r *handoffReader) take(n int) []byte {
	if n > len(r.rest) {
		r.broken, r.rest = true, nil
		return make([]byte, n)
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *handoffReader) text() string { return string(r.take(int(r.take(1)[0]))) }

func (r *handoffReader) guid() string {
	b := r.take(16)
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// scope is a name, or a place in the list of known ones.
func (r *handoffReader) scope() string {
	switch i := int(r.take(1)[0]); {
	case i == 0:
		return r.text()
	case i <= len(handoffScopes):
		return handoffScopes[i-1]
	}
	r.broken = true
	return ""
}

func readHandoff(fields byte, body []byte) (Handoff, error) {
	var h Handoff
	r := &handoffReader{rest: body}
	if fields&hasApp != 0 {
		h.App = r.text()
	}
	if fields&hasClient != 0 {
		h.ClientID = r.guid()
	}
	if fields&hasDomain != 0 {
		h.Domain = r.text()
	}
	if fields&hasTenant != 0 {
		h.TenantID = r.guid()
	}
	if fields&hasCloud != 0 {
		n := int(r.take(1)[0])
		if n == 0 || n > len(checks.Clouds()) {
			return h, errHandoffForm
		}
		h.Cloud = checks.Clouds()[n-1].Cloud
	}
	if fields&hasScopes != 0 {
		for range min(int(r.take(1)[0]), mostScopes) {
			h.Scopes = append(h.Scopes, r.scope())
		}
	}
	if fields&hasCode != 0 {
		n, size := binary.Uvarint(r.rest)
		if size <= 0 || n > mostCode {
			return h, errHandoffForm
		}
		h.AADSTS = int(n)
		r.take(size)
	}
	if r.broken || len(r.rest) > 0 {
		return h, errHandoffForm
	}
	return h, nil
}
