package cases

import (
	"slices"
	"testing"
)

// TestOrganisationsAreThoseOfGuides holds that each organisation is told once, wherever it is
// kept, the operator's none is not, and one that is gone neither.
func TestOrganisationsAreThoseOfGuides(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		told := func(want ...string) {
			t.Helper()
			if got, err := s.Organisations(t.Context()); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		}
		told()
		asked(t, s, Invitation{})
		told()
		var codes []string
		for _, organisation := range []string{"Fabrikam", "Fabrikam", "Contoso Help"} {
			c, code := begun(t, s)
			_, try := asked(t, s, Invitation{Organisation: organisation})
			if _, err := s.Redeem(t.Context(), try, c); err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		told("Contoso Help", "Fabrikam")
		console, err := s.OpenConsole(t.Context(), Party{Print: aKey, Name: "Ann", Organisation: "At a console", Roles: "lead"})
		if err != nil {
			t.Fatal(err)
		}
		told("At a console", "Contoso Help", "Fabrikam")
		c, _ := begun(t, s)
		if err := console.Begin(t.Context(), Visit{ID: "v", Case: c.Number(), Who: "Ann", Role: "lead", Organisation: "On a visit"}); err != nil {
			t.Fatal(err)
		}
		if err := console.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		told("Contoso Help", "Fabrikam", "On a visit")
		seat, err := s.OpenConsole(t.Context(), bea)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.HandOver(t.Context(), lea, bea, Entry{Who: lea.Name, Role: "lead", Did: "handed", Case: c.Number(), Mark: "m"}); err != nil {
			t.Fatal(err)
		}
		if err := seat.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		told("Contoso Help", lea.Organisation, "Fabrikam", "On a visit")
		erase(t, s, codes[2])
		told(lea.Organisation, "Fabrikam", "On a visit")
	})
}
