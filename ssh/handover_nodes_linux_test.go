package ssh

import (
	"strings"
	"testing"

	"onboard.example/ssh/cases"
)

// TestLeadHandsOverOnAnotherNode holds that a lead at one server hands the case of a
// customer at another to a colleague at a third, over one database: who is there is seen,
// the queue wakes, and with the customer's yes the lead's watch ends; and that a
// colleague whose server has gone is nobody to hand a case to.
func TestLeadHandsOverOnAnotherNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	node := func(name string) *site {
		return serve(t, func(so *Options) {
			so.Cases, so.Guides = shared(t, d, cases.Options{Node: name}), guides(t, o.options())
		})
	}
	a, b, c := node("a"), node("b"), node("c")
	customer := a.shell(t, "anybody", 100, 30)
	customer.chooses()
	lead := b.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	bea := c.guideScreen(t, o.named("Bea Blau"), 100, 30)
	await(t, "the case", func() bool { return rowOf(bea.screen()) != "" }, bea.screen)
	number := letIn(t, customer, lead, "Lea Lind")
	lead.handsOver(number, "Bea Blau")
	bea.sees("handed to you by Lea Lind")
	bea.asksToWatch()
	customer.sees("Lea Lind (Example Support) hands this case over to them, and watches no more with your yes.")
	if strings.Contains(bea.bytes(), "contoso") {
		t.Fatal("before the yes the colleague was sent the tenant")
	}
	customer.answers(keyAllow, "Watched by Bea Blau")
	lead.sees("You watch no more: handed over to Bea Blau (Example Support)")
	bea.sees("contoso.example")
	await(t, "the audit", func() bool {
		return len(a.auditOf(t, cases.Number(number), didHandTake)) == 1 && len(a.auditOf(t, cases.Number(number), didEnd)) == 1
	}, func() string { return strings.Join(deeds(t, a.o.Cases), "\n") })
	lead.once("\r", "cases: 1")
	bea.types("q")
	bea.sees("You left case " + number)
	bea.once("q", "The console is closed.")
	bea.ends()
	lead.presses("o", "Nobody else of Example Support is at a console now")
}
