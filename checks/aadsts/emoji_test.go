package aadsts

import (
	"testing"
	"unicode"
)

// TestPictures holds that what is passed over without a look into tables is what
// the tables say of it.
func TestPictures(t *testing.T) {
	t.Parallel()
	for r := rune(emojis); r <= lastEmoji; r++ {
		if hidden(r) || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSpace(r) {
			t.Errorf("%U is no picture", r)
		}
	}
}
