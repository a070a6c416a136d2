package ssh

import (
	"testing"

	"onboard.example/ssh/cases"
)

// TestLeadErasesOnAnotherNode holds that a lead at one server erases the case of a
// customer at another, over one database, who is told there; and that both count it as
// gone.
func TestLeadErasesOnAnotherNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	a := serve(t, func(so *Options) { so.Cases = shared(t, d, cases.Options{Node: "a"}) })
	b := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{Node: "b"}), guides(t, o.options())
	})
	customer := a.shell(t, "anybody", 100, 30)
	customer.chooses()
	lead := b.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	await(t, "the case", func() bool { return rowOf(lead.screen()) != "" }, lead.screen)
	number := rowOf(lead.screen())
	lead.types("x")
	lead.sees("Erase case " + number + " for good?")
	lead.typesText(number)
	lead.types("\r")
	lead.sees("Case " + number + " is erased.")
	lead.sees("No case is open just now")
	customer.reads("This case was erased, so the session has ended.")
	customer.ends()
	did(t, a.o.Cases, "Lea Lind "+number+" "+didErase)
	for name, s := range map[string]*site{"a": a, "b": b} {
		if f, err := s.o.Cases.Figures(t.Context()); err != nil || f.Open != 0 {
			t.Errorf("%s counts %+v, %v", name, f, err)
		}
	}
}
