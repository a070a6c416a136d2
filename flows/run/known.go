package run

import (
	"errors"

	"onboard.example/flows"
)

// Known is a guide as the server knows them that authenticated them. Its fields
// are nobody's to set: see KnownGuide.
type Known struct{ name, org, print, server string }

// ErrNameless says that a guide has no name or no organisation to be asked for by.
var ErrNameless = errors.New("a guide needs a name and an organisation")

// KnownGuide makes a guide of what the server holds beside the key that really
// authenticated: never of a user name, or of anything else that the guide typed.
// Both are cleaned and bounded; where one is empty then, the error is ErrNameless.
func KnownGuide(name, org string) (Known, error) {
	n, o, ok := flows.KnownAs(name, org)
	if !ok {
		return Known{}, ErrNameless
	}
	return Known{name: n, org: o}, nil
}

// By is the guide with the fingerprint of that key, and the name of that server: what
// the receipt of their session says beside their name.
func (k Known) By(print, server string) Known {
	k.print, k.server = print, server
	return k
}

// Handed is a guide who handed a case to another, as the server knows them. The zero
// value is nobody.
type Handed struct {
	Name, Org string
	Print     string // the fingerprint of their key
	Mark      string // the server's, of the hand-over
}
