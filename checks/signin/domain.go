package signin

import (
	"errors"

	"golang.org/x/net/idna"

	"onboard.example/checks"
)

// ParseDomain is checks.ParseDomain. It returns the ASCII form in lower case. The
// error is an *InputError that says what to type; Personal is set where the domain is
// one of personal mail.
func ParseDomain(input string) (string, error) {
	d, err := checks.ParseDomain(input, idna.Lookup)
	var bad *checks.DomainError
	if errors.As(err, &bad) {
		return "", &InputError{Field: FieldDomain, Say: bad.Say, Do: bad.Do, Personal: bad.Personal}
	}
	return d.ASCII, err
}
