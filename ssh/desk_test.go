package ssh

import (
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// desked is a server with an office of guides.
func desked(t *testing.T, change func(*Options)) (*site, *office) {
	t.Helper()
	o := newOffice(t)
	s := serve(t, func(so *Options) {
		so.Guides = guides(t, o.options())
		if change != nil {
			change(so)
		}
	})
	return s, o
}

// named is a certificate of the office for a guide of a name.
func (o *office) named(name string) gossh.Signer {
	return o.certify(newSigner(o.t), func(c *gossh.Certificate) { c.KeyId = name })
}

// TestGuideHelps walks one guided session over real connections: nothing is seen before
// the yes, everything the customer does is seen after it, and each move of the guide's
// reaches the customer; one key of the customer's ends it, and the next watch needs the
// next yes. The audit says so, deed by deed.
func TestGuideHelps(t *testing.T) {
	t.Parallel()
	var round atomic.Uint32 // of the latest look: no poll begins another
	s, o := desked(t, func(so *Options) {
		so.Eyes = func(netip.Prefix) run.Looker { return eyes{onLook: func(ask run.Ask) { round.Store(ask.Round) }} }
	})
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := guide.asksToWatch()
	guide.sees("Until they say yes")
	guide.sees("Case " + number)
	customer.sees("Anna Berg of Example Support asks to watch this run.")
	if before := guide.bytes(); strings.Contains(before, "contoso") || strings.Contains(before, "Hetk") {
		t.Fatalf("before the yes the guide was sent\n%s", before)
	}
	customer.answers(keyAllow, "Watched by Anna Berg (Example Support)")
	guide.sees("contoso.example")
	guide.sees(number + "  › Their screen")
	customer.goesOn()
	guide.sees("● Diagnosis")

	guide.presses(keyDown, "› Findings")
	guide.types("p")
	guide.sees("The customer sees a marker")
	customer.sees("◆ Anna Berg")
	guide.types("n")
	guide.sees("A note to the customer")
	guide.types("Look at line two, please.\r")
	guide.sees("Sent.")
	customer.sees("Look at line two, please.")
	guide.types("s")
	guide.sees("Which path do you suggest?")
	guide.types("\r")
	guide.sees("The path is marked with your name")
	before := round.Load()
	guide.types("r")
	guide.sees("It is looked at again")
	await(t, "another look", func() bool { return round.Load() > before }, customer.screen)

	customer.types(keyStop)
	guide.sees("You watch no more: the customer ended it.")
	guide.sees("Nothing of the run is kept here.")
	if c := guide.screen(); strings.Contains(c, "contoso") {
		t.Errorf("the guide still sees\n%s", c)
	}
	at := len(guide.bytes())
	customer.types("b")
	customer.opensHelp()
	customer.closesHelp()
	guide.once("\r", "cases: 1")
	if after := guide.bytes()[at:]; strings.Contains(after, "contoso") {
		t.Errorf("after the end the guide was sent\n%s", after)
	}
	var suggested, pointed string
	for _, d := range deeds(t, s.o.Cases) {
		if _, more, ok := strings.Cut(d, " "+didSuggest+" "); ok {
			suggested = more
		}
		if _, more, ok := strings.Cut(d, " "+didPoint+" "); ok {
			pointed = more
		}
	}
	if _, ok := flows.PathByID(flows.PathID(suggested)); !ok {
		t.Errorf("the audit says that %q was suggested", suggested)
	}
	if _, ok := checks.ByID(checks.ID(pointed)); !ok {
		t.Errorf("the audit says that %q was pointed at", pointed)
	}
	mine := "Anna Berg " + number + " "
	did(t, s.o.Cases, "Anna Berg  "+didOpen, mine+didAsk, mine+didEnter, mine+didPoint+" "+pointed, mine+didNote, mine+didSuggest+" "+suggested, mine+didAgain, mine+didEnd+" stopped")

	// The next watch needs the next yes, of whichever guide.
	guide.asksToWatch()
	guide.sees("Until they say yes")
	customer.sees("Anna Berg of Example Support asks")
	other := s.guideScreen(t, o.named("Bob Blau"), 80, 24)
	other.asksToWatch()
	other.sees("Until they say yes")
	customer.answers("n", "Bob Blau of Example Support asks")
	guide.sees("You watch no more: the customer said no.")
	customer.answers(keyAllow, "Watched by Bob Blau")
	other.sees("contoso.example")
	if after := guide.bytes()[at:]; strings.Contains(after, "contoso") {
		t.Error("a yes to one is a yes to another")
	}
	guide.once("\r", "cases: 1")
	guide.asksToWatch()
	guide.sees("Not asked: This customer cannot be asked just now")
	other.types("q")
	customer.sees("Bob Blau left.")
	other.sees("You left case " + number)
	did(t, s.o.Cases, "Bob Blau "+number+" "+didLeave)
	for _, e := range []string{"contoso", "line two", "Hetk"} {
		if strings.Contains(strings.Join(deeds(t, s.o.Cases), "\n"), e) {
			t.Errorf("the audit has %q", e)
		}
	}
}

// TestWatchEndsWithTheGuide holds that a watch ends with the session of the guide,
// whatever ends that, and that the customer's bar goes with it.
func TestWatchEndsWithTheGuide(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, s *site, o *office, guide *client){
		"hung up": func(_ *testing.T, _ *site, _ *office, guide *client) { _ = guide.conn.Close() },
		"revoked": func(t *testing.T, _ *site, o *office, _ *client) { put(t, o.revoked(), "id: Anna Berg\n") },
		"drained": func(_ *testing.T, s *site, _ *office, _ *client) { s.endGuides(errDrained) },
		"idle":    func(_ *testing.T, s *site, _ *office, _ *client) { s.endGuides(errIdle) },
		"broken":  func(_ *testing.T, s *site, _ *office, _ *client) { s.breakGuides() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			put(t, o.revoked(), "id: Nobody\n")
			opts := o.options()
			opts.Revoked = o.revoked()
			s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
			customer := s.shell(t, "anybody", 100, 30)
			customer.chooses()
			guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
			number := letIn(t, customer, guide, "Anna Berg")
			end(t, s, o, guide)
			customer.sees("Anna Berg watches no more: the connection went.")
			await(t, "the bar goes", func() bool { return !strings.Contains(customer.screen(), "Watched by") }, customer.screen)
			did(t, s.o.Cases, "Anna Berg "+number+" "+didEnter, "Anna Berg "+number+" "+didLose, "Anna Berg  "+didClose)
		})
	}
}

// TestGuideHelpsOnPlainLines holds that a guide without a terminal has the same: the
// question, what is seen as it changes, moves and the end.
func TestGuideHelpsOnPlainLines(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide, err := s.console(t, o.named("Anna Berg"))
	if err != nil {
		t.Fatal(err)
	}
	guide.reads("A number: ask to watch that case.")
	guide.types("\n")
	guide.reads("1. Case ")
	guide.types("1\n")
	guide.reads("Type ask to ask them")
	guide.types("ask\n")
	guide.reads("Until they say yes")
	customer.sees("Anna Berg of Example Support asks to watch this run.")
	if before := guide.bytes(); strings.Contains(before, "contoso") || strings.Contains(before, "Hetk") {
		t.Fatalf("before the yes the guide was sent\n%s", before)
	}
	customer.answers(keyAllow, "Watched by Anna Berg (Example Support)")
	guide.reads("You watch as Anna Berg (Example Support)")
	guide.reads("Hetk Calendar Sync for contoso.example")
	customer.goesOn()
	guide.reads("The customer is at: Diagnosis.")
	guide.types("f\n")
	guide.reads("1. ")
	guide.types("p 1\n")
	guide.reads("The customer sees a marker")
	customer.sees("◆ Anna Berg")
	guide.types("n Look at line two, please.\n")
	customer.sees("Look at line two, please.")
	customer.types(keyStop)
	guide.reads("You watch no more: the customer ended it. Nothing of the run is kept here.")
	guide.types("\n")
	guide.types("q\n")
	guide.reads("The console is closed.")
	if code := guide.ends(); code != codeDone {
		t.Errorf("it ends with %d", code)
	}
	var kinds []string
	for _, d := range deeds(t, s.o.Cases) {
		for _, did := range []string{didOpen, didAsk, didEnter, didPoint, didNote, didEnd, didClose} {
			if strings.Contains(d, " "+did) {
				kinds = append(kinds, did)
			}
		}
	}
	if got := strings.Join(kinds, " "); got != strings.Join([]string{didOpen, didAsk, didEnter, didPoint, didNote, didEnd, didClose}, " ") {
		t.Errorf("the audit has %s", got)
	}
}
