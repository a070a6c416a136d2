package ssh

import (
	"strings"
	"syscall"
	"testing"

	"onboard.example/ssh/cases"
)

// TestGuideWatchesOnAnotherNode holds that a guide at one server watches a customer at
// another, over one database: question, yes, what the customer does, what the guide
// does, and the end; that while the database is away nothing is shown and nothing done,
// and the customer goes on; and that a guide who hangs up meanwhile watches no more once
// it is back.
func TestGuideWatchesOnAnotherNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	a := serve(t, func(so *Options) { so.Cases = shared(t, d, cases.Options{Node: "a"}) })
	b := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{Node: "b"}), guides(t, o.options())
	})
	customer := a.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide := b.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := guide.asksToWatch()
	guide.sees("Until they say yes")
	customer.sees("Anna Berg of Example Support asks to watch this run.")
	if strings.Contains(guide.bytes(), "contoso") {
		t.Fatal("before the yes the guide was sent the tenant")
	}
	customer.answers(keyAllow, "Watched by Anna Berg (Example Support)")
	guide.sees("contoso.example")
	customer.goesOn()
	guide.sees("● Diagnosis")
	guide.presses("n", "A note to the customer")
	guide.types("From the other server.\r")
	guide.sees("Sent.")
	customer.sees("From the other server.")
	mine := "Anna Berg " + number + " "
	did(t, a.o.Cases, mine+didAsk, mine+didEnter, mine+didNote)

	customer.types(keyStop)
	guide.sees("You watch no more: the customer ended it.")
	if strings.Contains(guide.screen(), "contoso") {
		t.Errorf("the guide still sees\n%s", guide.screen())
	}
	did(t, a.o.Cases, mine+didEnd+" stopped")
	guide.once("\r", "cases: 1")
	letIn(t, customer, guide, "Anna Berg")

	if err := d.Stop(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	guide.presses("r", "Not done:")
	guide.presses("n", "A note to the customer")
	guide.types("Nobody reads this.\r")
	await(t, "that it cannot be said", func() bool {
		return strings.Contains(guide.screen(), "Not done:") || strings.Contains(guide.screen(), "cannot be read")
	}, guide.screen)
	customer.once("b", "Sign in to look?") // goes on, watched as far as is known
	customer.sees("Watched by Anna Berg")
	_ = guide.conn.Close()
	await(t, "the guide has gone", func() bool { return b.Status().Guides == 0 }, b.log.String)
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
	customer.sees("Anna Berg watches no more: the connection went.")
	await(t, "the bar goes", func() bool { return !strings.Contains(customer.screen(), "Watched by") }, customer.screen)
	did(t, b.o.Cases, mine+didLose, "Anna Berg  "+didClose)
	if all := strings.Join(deeds(t, b.o.Cases), "\n"); strings.Count(all, didNote) != 1 || strings.Contains(all, didAgain) {
		t.Errorf("the audit has what was not done:\n%s", all)
	}
	if strings.Contains(customer.bytes(), "Nobody reads this") {
		t.Error("what could not be written down reached the customer")
	}
}
