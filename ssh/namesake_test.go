package ssh

import (
	"strings"
	"testing"

	"onboard.example/flows"
)

// TestTenantIsShownByTheKey holds that the queue tells a tenant to the key to which its
// customer said yes, and to nobody who only goes by the same name, or by one that is told
// apart from it no more.
func TestTenantIsShownByTheKey(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Anna ", 11) + "Bergs"
	for name, names := range map[string][2]string{
		"the same name":    {"Anna Berg", "Anna Berg"},
		"in capitals":      {"Anna Berg", "ANNA BERG"},
		"as long as it is": {long[:mostName], strings.ToUpper(long[:mostName])},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, as, o, _, c := handing(t)
			n := string(c.Number())
			happens := func(by flows.Author, e flows.Event) {
				t.Helper()
				at := uint64(len(s.records(t, n)))
				if _, err := c.Append(t.Context(), at, flows.Record{Seq: at + 1, Writer: "customer", N: at + 1, At: s.o.Now(), By: by, Event: e}); err != nil {
					t.Fatal(err)
				}
			}
			happens(flows.ByPerson, flows.Started{Domain: "contoso.example"})
			one, two := as(o.named(names[0])), as(o.named(names[1]))
			if one.who.print == two.who.print {
				t.Fatal("they have one key")
			}
			visit := asksFor(t, s, one, c)
			happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
			if err := c.Stand(t.Context(), standing(flows.Fold(flows.State{}, s.records(t, n)...))); err != nil {
				t.Fatal(err)
			}
			if rows := s.listed(t, one.who); len(rows) != 1 || rows[0].Shown == nil || rows[0].Shown.Tenant != "contoso.example" {
				t.Errorf("the key that was let in is shown %+v", rows)
			}
			if rows := s.listed(t, two.who); len(rows) != 1 || rows[0].Shown != nil {
				t.Errorf("another key is shown %+v", rows)
			}
			if said := s.auditOf(t, c.Number(), didShow); len(said) != 1 || !strings.Contains(said[0].Who, one.who.print) {
				t.Errorf("the audit says %+v", said)
			}
		})
	}
}

// TestNamesAreShownWhole holds that nobody is a guide by a name that customers would read
// cut: two such names could not be told apart.
func TestNamesAreShownWhole(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("N", flows.MostName)
	if n, o, ok := flows.KnownAs(name, name); !GuideName(name) || !ok || n != name || o != name {
		t.Errorf("the longest name is shown as %q of %q", n, o)
	}
	if GuideName(name + "N") {
		t.Error("a longer one is taken, and would be cut")
	}
}
