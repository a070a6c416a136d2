package cases

import (
	"fmt"
	"io"
)

// Number is the public number of a case, such as 7KQ-M2X: for talking about it,
// on the phone and in a queue. It opens nothing. It is drawn at random, so it
// tells neither how many cases there are nor what the next one is.
type Number string

// numberLen is how many letters and digits a number has: thirty bits.
const numberLen = 6

// newNumber draws a number.
func newNumber(random io.Reader) (Number, error) {
	var raw [4]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a case number: %w", err)
	}
	return numbered(crockford.EncodeToString(raw[:])[:numberLen]), nil
}

func numbered(text string) Number { return Number(text[:3] + "-" + text[3:]) }

// ParseNumber reads a number as people type it, as forgiving as ParseCode. It
// fails with ErrNotNumber.
func ParseNumber(typed string) (Number, error) {
	if len(typed) > mostTyped {
		return "", ErrNotNumber
	}
	text, ok := symbols(typed)
	if !ok || len(text) != numberLen {
		return "", ErrNotNumber
	}
	return numbered(text), nil
}
