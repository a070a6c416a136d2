package flows

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"onboard.example/checks"
)

// Handoff is what a hand-off code carries from the person who is stopped to the
// admin who can do something: which app, which tenant, which permissions, which
// error. Nothing in it is secret, and nothing names a person. It proves nothing
// either, for anybody can make one: what it says is shown, and used only after a
// yes.
type Handoff struct {
	App      string       `json:"app,omitempty"`      // id of a profile
	ClientID string       `json:"clientId,omitempty"` // where no profile has it
	Domain   string       `json:"domain,omitempty"`
	TenantID string       `json:"tenantId,omitempty"`
	Cloud    checks.Cloud `json:"cloud,omitempty"`
	Scopes   []string     `json:"scopes,omitempty"` // where no profile has them
	AADSTS   int          `json:"aadsts,omitempty"` // AADSTS number; advice, never control flow
}

// How much a code holds. What is longer belongs in a profile.
const (
	handoffVersion  = 1
	handoffPrefix   = "ONB1"
	mostHandoff     = 2048 // characters of the text, as pasted
	mostScopes      = 32
	mostScopeLength = 120
	mostCode        = 99_999_999 // the longest number of Microsoft's has eight digits
	handoffGroup    = 5
)

// The fields, as bits of the code's second byte.
const (
	hasApp byte = 1 << iota
	hasClient
	hasDomain
	hasTenant
	hasCloud
	hasScopes
	hasCode
)

// crockford is Douglas Crockford's alphabet: without I, L, O and U, so that a
// code can be read out and typed.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// handoffScopes are written by their place in this list. It only ever grows at
// its end: codes that were sent must keep their meaning.
var handoffScopes = []string{
	"openid", "profile", "email", "offline_access", "User.Read", "User.ReadBasic.All", "User.Read.All",
	"Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadWrite", "Calendars.Read.Shared", "Calendars.ReadWrite.Shared",
	"Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "MailboxSettings.ReadWrite",
	"Contacts.Read", "Contacts.ReadWrite", "People.Read", "Tasks.Read", "Tasks.ReadWrite", "OnlineMeetings.Read",
	"OnlineMeetings.ReadWrite", "Files.Read", "Files.Read.All", "Files.ReadWrite", "Files.ReadWrite.All", "Sites.Read.All",
	"Sites.ReadWrite.All", "Directory.Read.All", "Chat.Read", "Chat.ReadWrite", "Notes.Read",
	"https://graph.microsoft.com/.default", "https://outlook.office365.com/EWS.AccessAsUser.All",
	"https://outlook.office365.com/IMAP.AccessAsUser.All", "https://outlook.office365.com/SMTP.Send",
}

// String is the code as people send it: groups of five, a checksum in the last.
// What cannot stand in a code is left out; a Handoff without an app and without a
// tenant gives "".
func (h Handoff) String() string {
	h = h.sound()
	if h.App+h.ClientID+h.Domain+h.TenantID == "" {
		return ""
	}
	text := crockford.EncodeToString(h.bytes())
	var b strings.Builder
	b.WriteString(handoffPrefix)
	for group := range slices.Chunk([]byte(text), handoffGroup) {
		b.WriteByte('-')
		b.Write(group)
	}
	return b.String()
}

// sound is what of a Handoff can stand in a code.
func (h Handoff) sound() Handoff {
	out := Handoff{ClientID: strings.ToLower(h.ClientID), TenantID: strings.ToLower(h.TenantID), Cloud: h.Cloud}
	if forms().id.MatchString(h.App) {
		out.App = h.App
	}
	if !checks.IsGUID(out.ClientID) {
		out.ClientID = ""
	}
	if !checks.IsGUID(out.TenantID) {
		out.TenantID = ""
	}
	if d, err := AcceptDomain(h.Domain); err == nil && d == h.Domain {
		out.Domain = d
	}
	if cloudNumber(h.Cloud) == 0 {
		out.Cloud = ""
	}
	for _, s := range h.Scopes {
		if len(out.Scopes) < mostScopes && soundScope(s) && !slices.Contains(out.Scopes, s) {
			out.Scopes = append(out.Scopes, s)
		}
	}
	if h.AADSTS > 0 && h.AADSTS <= mostCode {
		out.AADSTS = h.AADSTS
	}
	return out
}

// soundScope reports whether a text can be a permission's name.
func soundScope(s string) bool {
	return len(s) <= mostScopeLength && forms().scope.MatchString(s)
}

// cloudNumber is a cloud's place in checks.Clouds, from 1; 0 for none of them.
func cloudNumber(c checks.Cloud) byte {
	return byte(slices.IndexFunc(checks.Clouds(), func(e checks.Endpoints) bool { return e.Cloud == c }) + 1)
}

// bytes writes version, fields and checksum.
func (h Handoff) bytes() []byte {
	var fields byte
	var body []byte
	put := func(has bool, field byte, write func(b []byte) []byte) {
		if has {
			fields |= field
			body = write(body)
		}
	}
	put(h.App != "", hasApp, func(b []byte) []byte { return putText(b, h.App) })
	put(h.ClientID != "", hasClient, func(b []byte) []byte { return append(b, guidBytes(h.ClientID)...) })
	put(h.Domain != "", hasDomain, func(b []byte) []byte { return putText(b, h.Domain) })
	put(h.TenantID != "", hasTenant, func(b []byte) []byte { return append(b, guidBytes(h.TenantID)...) })
	put(h.Cloud != "", hasCloud, func(b []byte) []byte { return append(b, cloudNumber(h.Cloud)) })
	put(len(h.Scopes) > 0, hasScopes, func(b []byte) []byte {
		b = append(b, byte(len(h.Scopes)))
		for _, s := range h.Scopes {
			if i := slices.Index(handoffScopes, s); i >= 0 {
				b = append(b, byte(i+1))
			} else {
				b = putText(append(b, 0), s)
			}
		}
		return b
	})
	put(h.AADSTS > 0, hasCode, func(b []byte) []byte { return binary.AppendUvarint(b, uint64(h.AADSTS)) })
	out := append([]byte{handoffVersion, fields}, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// putText writes a short text behind its length; longer than 255 none is.
func putText(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

// guidBytes are the 16 bytes of a GUID in its written order.
func guidBytes(id string) []byte {
	out := make([]byte, 0, 16)
	for i := 0; i < len(id); {
		if id[i] == '-' {
			i++
			continue
		}
		out = append(out, hexValue(id[i])<<4|hexValue(id[i+1]))
		i += 2
	}
	return out
}

func hexValue(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

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
