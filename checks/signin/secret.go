package signin

import (
	"fmt"
	"io"
	"log/slog"
)

// mask is all that a secret ever shows.
const mask = "•••"

// Secret is a token. It prints, logs and marshals as "•••"; Reveal is the one
// way to its text. The text is held by a function and not in a field, because
// fmt and debug printers read fields past every method when a Secret sits in an
// unexported field of something else. The zero value is an empty secret.
type Secret struct {
	reveal func() string
}

// NewSecret hides s.
func NewSecret(s string) Secret {
	return Secret{reveal: func() string { return s }}
}

// Reveal gives the text, for the Authorization header and nothing else.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Empty reports whether there is nothing to hide.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String gives the mask.
func (Secret) String() string { return mask }

// GoString gives the mask.
func (Secret) GoString() string { return mask }

// Format writes the mask for every verb and flag.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText gives the mask.
func (Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON gives the mask as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// LogValue gives the mask.
func (Secret) LogValue() slog.Value { return slog.StringValue(mask) }
