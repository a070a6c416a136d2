package cases

import (
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// crockford is Douglas Crockford's alphabet: without I, L, O and U, so that a
// code can be read out and typed.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// A resume code is 128 bits from the store's randomness and the twelve bits of
// their checksum: twenty-eight letters and digits, in seven groups of four.
const (
	codeBytes = 16
	codeLen   = 28
	group     = 4
	// leastCode is how much of a code somebody must have typed before a text is
	// taken for one that went wrong.
	leastCode = 20
	// mostTyped bounds a text that is looked at, in bytes.
	mostTyped = 400
	mask      = "•••"
)

// Code is a customer's resume code: whoever has it comes in as the customer. It
// prints, logs and marshals as "•••"; Reveal is the one way to its text. It is
// held by a function, since printers read fields past every method. The zero
// value is no code.
type Code struct{ reveal func() [codeBytes]byte }

func codeOf(raw [codeBytes]byte) Code { return Code{func() [codeBytes]byte { return raw }} }

// Reveal is the code as the customer gets it, once: seven groups of four. Of
// the zero value it is empty.
func (c Code) Reveal() string {
	if c.reveal == nil {
		return ""
	}
	raw := c.reveal()
	sum := crc12(raw[:])
	text := crockford.EncodeToString(append(raw[:], byte(sum>>4), byte(sum<<4)))[:codeLen]
	var b strings.Builder
	for i := 0; i < codeLen; i += group {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(text[i : i+group])
	}
	return b.String()
}

// String is a mask.
func (Code) String() string { return mask }

// GoString is a mask.
func (Code) GoString() string { return mask }

// Format writes a mask whatever the verb, so that %x gives nothing away.
func (Code) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, mask) }

// LogValue is a mask.
func (Code) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText gives a mask: a code is never stored or sent as data.
func (Code) MarshalText() ([]byte, error) { return []byte(mask), nil }

// newCode draws a code.
func newCode(random io.Reader) (Code, error) {
	var raw [codeBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return Code{}, fmt.Errorf("drawing a resume code: %w", err)
	}
	return codeOf(raw), nil
}

// ParseCode reads a code as people type it: in any case, with any spaces and
// dashes or none, I and L for 1, O for 0, U for V, in the wide letters of an
// East Asian keyboard, and with @host behind it. It fails with ErrNotCode where
// the text is something else altogether, and with ErrMistyped where it is a
// code that went wrong: any one letter, and any two that changed places side by
// side, are noticed. No error holds any of the text.
func ParseCode(typed string) (Code, error) {
	if len(typed) > mostTyped {
		return Code{}, ErrNotCode
	}
	typed, _, _ = strings.Cut(strings.TrimSpace(typed), "@")
	text, ok := symbols(typed)
	switch {
	case !ok || len(text) < leastCode:
		return Code{}, ErrNotCode
	case len(text) != codeLen:
		return Code{}, fmt.Errorf("%w: it has %d letters and digits, not %d", ErrMistyped, len(text), codeLen)
	}
	raw, err := crockford.DecodeString(text + "0") // twelve bits and four
	if err != nil || len(raw) != codeBytes+2 {
		return Code{}, ErrMistyped
	}
	if sum := crc12(raw[:codeBytes]); raw[codeBytes] != byte(sum>>4) || raw[codeBytes+1] != byte(sum<<4) {
		return Code{}, ErrMistyped
	}
	return codeOf([codeBytes]byte(raw)), nil
}

// symbols is what a typed text says in the alphabet, without what separates;
// ok is false where it holds anything else.
func symbols(typed string) (text string, ok bool) {
	var b strings.Builder
	for _, r := range typed {
		if r >= '！' && r <= '～' { // the wide forms of ASCII
			r -= '！' - '!'
		}
		switch r = unicode.ToUpper(r); {
		case r == 'I' || r == 'L':
			r = '1'
		case r == 'O':
			r = '0'
		case r == 'U':
			r = 'V'
		case unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("_.,:−", r):
			continue
		case r < '0' || r > '9' && r < 'A' || r > 'Z':
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// crc12 is CRC-12 with the polynomial 0x80F. Over the hundred and forty bits of
// a code it notices every error within twelve bits in a row: two letters are
// ten. It begins with ones, so that nothing but zeros is no code.
func crc12(data []byte) uint16 {
	crc := uint16(0xfff)
	for _, b := range data {
		for i := 7; i >= 0; i-- {
			top := crc>>11&1 ^ uint16(b>>i&1)
			crc = crc << 1 & 0xfff
			if top == 1 {
				crc ^= 0x80f
			}
		}
	}
	return crc
}
