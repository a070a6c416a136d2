package flows

import (
	"encoding/base32"
	"encoding/binary"
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
