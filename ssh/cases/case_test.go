package cases

import (
	"errors"
	"strings"
	"testing"
)

func TestACaseIsResumedByItsCode(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	c, code := begun(t, s)
	other, _ := begun(t, s)
	if c.Number() == other.Number() {
		t.Fatal("two cases of one number")
	}
	must(t, c, 0, note("w", 1, "a"))
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), code + "@onboard.example"} {
		again, err := s.Resume(t.Context(), Try{Code: typed, From: stranger})
		if err != nil {
			t.Fatal(err)
		}
		if again.Number() != c.Number() || texts(t, again, 0) != "a" {
			t.Errorf("%s came in as %s", c.Number(), again.Number())
		}
	}
	if _, err := s.Resume(t.Context(), Try{Code: string(c.Number()), From: stranger}); !errors.Is(err, ErrNotCode) {
		t.Errorf("the public number opens: %v", err)
	}
}
