package signin

import (
	"errors"
	"testing"
)

func TestParseDomain(t *testing.T) {
	t.Parallel()
	if got, err := ParseDomain("Adele <adele@B\u00fccher.example>"); err != nil || got != "xn--bcher-kva.example" {
		t.Errorf("%q, %v", got, err)
	}
	for in, personal := range map[string]bool{"": false, "contoso": false, "adele@gmail.com": true} {
		_, err := ParseDomain(in)
		var e *InputError
		if !errors.As(err, &e) || e.Field != FieldDomain || e.Say == "" || e.Do == "" || e.Personal != personal {
			t.Errorf("%q: %+v", in, err)
		}
	}
}
