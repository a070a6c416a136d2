package cases

import "testing"

// A closed store leaves nobody at a console.
func TestNobodyIsAtAConsoleOfAStoreThatIsClosed(t *testing.T) {
	t.Parallel()
	d := postgres(t)
	where := d.URL(d.name(t))
	a, b := open(t, where, Options{}), open(t, where, Options{})
	comes(t, a, lea)
	comes(t, b, bea)
	if got := here(t, b, lea.Organisation); got != "Bea Blau, Lea Lind" {
		t.Fatalf("there are %q", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := here(t, b, lea.Organisation); got != bea.Name {
		t.Errorf("there is %q", got)
	}
}
