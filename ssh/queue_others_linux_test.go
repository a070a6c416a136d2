package ssh

import (
	"context"
	"strings"
	"testing"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// TestInvitedTenantsAreTheirInvitersRegression holds that the tenant which an invitation named
// stands in the queue of guides of the organisation that made it, and of nobody else: not where
// it was handed over among others, not of the operator's, not to who spells themselves alike, and not
// because a colleague of another organisation listed first. A yes shows what the run says.
func TestInvitedTenantsAreTheirInvitersRegression(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *cases.Store{
		"sqlite":   nil,
		"postgres": func(t *testing.T) *cases.Store { t.Helper(); return shared(t, newDatabase(t), cases.Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, as, o, other, none := handing(t, func(so *Options) {
				if open != nil {
					so.Cases = open(t)
				}
			})
			lea, bea, ole := as(o.lead("Lea Lind")), as(o.named("Bea Blau")), as(other.lead("Ole Olsen"))
			invited := func(by actor) dealt {
				t.Helper()
				in, err := s.invite(t.Context(), by, Wish{Tenant: "fabrikam.example"})
				if err != nil {
					t.Fatal(err)
				}
				c, _, err := s.o.Cases.New(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.o.Cases.Redeem(t.Context(), cases.Try{Code: codeOf(t, in), From: loopback}, c); err != nil {
					t.Fatal(err)
				}
				d := dealt{t, s, c}
				d.happens(flows.Started{Domain: "contoso.example"}) // which is what they chose
				return d
			}
			leas, oles, operators := invited(lea.actor()), invited(ole.actor()), invited(s.operator())
			alike := ole.actor()
			alike.organisation = "example support"
			spelt := invited(alike)
			tenants := func(d *desk) map[cases.Number]string {
				t.Helper()
				out := map[cases.Number]string{}
				for _, r := range s.listed(t, d.who) {
					out[cases.Number(r.Number)] = ""
					if r.Shown != nil {
						out[cases.Number(r.Number)] = r.Shown.Tenant
					}
				}
				return out
			}
			all := map[*desk]map[cases.Number]string{
				lea: {leas.c.Number(): "fabrikam.example"}, bea: {leas.c.Number(): "fabrikam.example"}, ole: {oles.c.Number(): "fabrikam.example"},
			}
			q := (&desk{s: &session{srv: s.Server}, who: lea.who}).queue() // from here on what is listed is kept
			live, stop := context.WithCancel(t.Context())
			defer stop()
			q.Watch(live)
			for range 2 {
				for d, want := range all {
					got := tenants(d)
					if len(got) != 5 {
						t.Errorf("%s sees %v", d.who.Name(), got)
					}
					for _, n := range []cases.Number{none.Number(), leas.c.Number(), oles.c.Number(), operators.c.Number(), spelt.c.Number()} {
						if got[n] != want[n] {
							t.Errorf("%s sees %q of %s, want %q", d.who.Name(), got[n], n, want[n])
						}
					}
				}
			}
			// Of a queue that does not list them all.
			for d, want := range all {
				handed := map[string]*tui.Handed{string(leas.c.Number()): {By: "x"}, string(oles.c.Number()): {By: "x"}, string(operators.c.Number()): {By: "x"}}
				rows, err := d.queue().mark(t.Context(), nil, handed)
				if err != nil || len(rows) != 3 {
					t.Fatal(rows, err)
				}
				for _, r := range rows {
					if (r.Shown != nil) != (want[cases.Number(r.Number)] != "") {
						t.Errorf("%s sees %+v", d.who.Name(), r.Shown)
					}
				}
			}
			v := asksFor(t, s, ole, leas.c)
			leas.happens(flows.Watched{Visit: v, Here: true})
			if err := leas.c.Stand(t.Context(), standing(flows.Fold(flows.State{}, s.records(t, string(leas.c.Number()))...))); err != nil {
				t.Fatal(err)
			}
			for d, want := range map[*desk]string{ole: "contoso.example", lea: "fabrikam.example"} {
				if got := tenants(d)[leas.c.Number()]; got != want {
					t.Errorf("after the yes to Ole %s sees %q, want %q", d.who.Name(), got, want)
				}
			}
		})
	}
}

// TestQueuesOfTwoOrganisations walks it over real connections: a customer comes by an invitation
// of one organisation's lead. Its guides see the tenant that it named and find it; to the screen of another's it
// is never sent, nor is it found there.
func TestQueuesOfTwoOrganisations(t *testing.T) {
	t.Parallel()
	s, as, o, other, _ := handing(t)
	in, err := s.invite(t.Context(), as(o.lead("Lea Lind")).actor(), Wish{Tenant: "fabrikam.example"})
	if err != nil {
		t.Fatal(err)
	}
	bea, ole := s.desk(t, o.named("Bea Blau"), 80, 24), s.desk(t, other.lead("Ole Olsen"), 80, 24)
	for _, guide := range []*client{bea, ole} {
		guide.sees("cases: 1 ·") // which handing began
	}
	customer := s.shell(t, codeOf(t, in), 80, 24)
	customer.sees("Which app")
	customer.types("2\r")
	customer.sees("names this one: type over it")
	bea.sees("fabrikam.example")
	ole.sees("cases: 2 ·")
	for _, guide := range []*client{bea, ole} {
		guide.types("/")
		guide.sees("end search")
		guide.typesText("fabrikam.")
		guide.sees("> fabrikam.")
	}
	ole.sees("No case has “fabrikam.” in it.")
	bea.sees("fabrikam.example")
	if strings.Contains(bea.screen(), "No case has") || strings.Contains(ole.bytes(), "fabrikam.example") {
		t.Errorf("one finds:\n%s\nthe other:\n%s", bea.screen(), ole.screen())
	}
}
