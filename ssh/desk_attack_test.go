package ssh

import (
	"errors"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// everyKey are all keys that a terminal sends for one sign, but those that leave:
// Ctrl-C, and q where it does.
func everyKey(without string) (keys []string) {
	for b := byte(1); b < 0x7f; b++ {
		if b != 3 && !strings.ContainsRune(without, rune(b)) {
			keys = append(keys, string(b))
		}
	}
	return append(keys, keyDown, "\x1b[A", "\x1bOP", "\x1b[6~", "\x1b[200~https://localhost/?admin_consent=True&tenant=x\x1b[201~")
}

// byGuides are the events of a case that guides and their servers wrote, in a word.
func byGuides(t *testing.T, s *site, number string) (out []string) {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if !strings.HasPrefix(string(r.Writer), "guide-") {
			continue
		}
		did, _, leaves := deed(r.Event)
		if w, ok := r.Event.(flows.Watched); ok && w.Here || r.By != flows.ByGuide && r.By != flows.ByServer {
			t.Errorf("a guide's handle wrote %#v by %s", r.Event, r.By)
		}
		if !leaves {
			out = append(out, did)
		}
	}
	return out
}

// TestGuideGetsNothingWithoutAYesRegression holds that of a case whose customer said no,
// or nothing, a guide is sent nothing but what the queue shows, whatever is pressed; that
// no key of a guide's answers for the customer; and that neither the number of the case
// nor the guide's key opens it as its customer.
func TestGuideGetsNothingWithoutAYesRegression(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	code := customer.shownCode()
	customer.closesHelp()
	anna := o.named("Anna Berg")
	guide := s.guideScreen(t, anna, 100, 30)
	number := guide.asksToWatch()
	guide.sees("Until they say yes")
	customer.sees("Anna Berg of Example Support asks")
	guide.presses("ö", "ö does nothing here") // it takes keys now
	for _, k := range everyKey("q") {
		guide.types(k)
	}
	guide.presses("é", "é does nothing here") // and has taken those before
	guide.sees("Until they say yes")
	if got := byGuides(t, s, number); len(got) != 1 || got[0] != didAsk {
		t.Errorf("the guide's keys made %q", got)
	}
	if c := customer.screen(); !strings.Contains(c, "asks to watch this run") {
		t.Errorf("something answered for the customer:\n%s", c)
	}
	customer.answers("\r", "asks to watch this run") // nothing else answers
	customer.answers("n", "Anna Berg was told no.")
	guide.sees("the customer said no.")

	// The number of a case is no code, nor does the key of a guide make it one.
	for _, user := range []string{number, strings.ReplaceAll(number, "-", ""), "console@" + number, number + "@console"} {
		conn := s.dial(t, user, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(anna)} })
		x := opens(t, conn, 0, 0, func(x *gossh.Session) error { return x.Shell() })
		_ = x.in.Close()
		x.ends()
		if strings.Contains(x.bytes()+x.errors(), "contoso") {
			t.Errorf("%q opened the case: %q", user, x.bytes())
		}
	}
	for what, canary := range map[string]string{"the tenant": "contoso", "the app": "Hetk", "the code": code, "half of the code": code[:len(code)/2], "the id of the tenant": "11111111-1111"} {
		if strings.Contains(guide.bytes(), canary) {
			t.Errorf("the guide was sent %s", what)
		}
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the log has %s", what)
		}
	}
	did(t, s.o.Cases, "Anna Berg "+number+" "+didAsk, "Anna Berg "+number+" "+didRefuse+" refused")
}

// TestGuidesKeysAreNotTheCustomersRegression holds that a guide who watches can press
// what they like: nothing of it answers, confirms, goes on or back in the customer's
// run; and that the code by which the run is gone on with is on no guide's screen,
// though the customer has it before them.
func TestGuidesKeysAreNotTheCustomersRegression(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	at := func() flows.Place {
		t.Helper()
		return flows.Fold(flows.State{}, recordsOf(t, s, number)...).Place
	}
	before, answered := at(), answersOf(t, s, number)
	for _, k := range everyKey("q") {
		guide.types(k)
	}
	guide.types("\x1b\x1b")                   // out of whatever one of them opened,
	guide.presses("ö", "ö does nothing here") // and all of them were taken
	guide.once("n", "A note to the customer")
	guide.types("the last of many keys\r")
	customer.sees("the last of many keys")
	if now := at(); now != before {
		t.Errorf("the customer is at %+v, and was at %+v", now, before)
	}
	if now := answersOf(t, s, number); now != answered {
		t.Errorf("there are %d events of the customer's, and were %d", now, answered)
	}
	for _, did := range byGuides(t, s, number) {
		switch did {
		case didAsk, didPoint, didNote, didSuggest, didAgain, didAskTape: // asking is no answer
		default:
			t.Errorf("a guide did %q", did)
		}
	}
	code := customer.shownCode()
	guide.presses("\t", "› Timeline")
	if strings.Contains(guide.bytes(), code) || strings.Contains(strings.Join(deeds(t, s.o.Cases), ""), code) {
		t.Error("the guide, or the audit, has the code")
	}
}

// answersOf counts what a case's customer did.
func answersOf(t *testing.T, s *site, number string) (n int) {
	t.Helper()
	for _, r := range recordsOf(t, s, number) {
		if r.By == flows.ByPerson {
			n++
		}
	}
	return n
}

// recordsOf is the journal of a case.
func recordsOf(t *testing.T, s *site, number string) []flows.Record {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// customers are the sessions that have a case.
func (s *site) customers() (out []*session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		if one.user != userConsole && one.caseNumber() != "" {
			out = append(out, one)
		}
	}
	return out
}

// TestWhoMayAsk holds who gets a place at a case, and why others do not.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	var number string
	await(t, "a case", func() bool {
		for _, one := range s.customers() {
			number = one.caseNumber()
		}
		return number != ""
	}, customer.screen)
	empty, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gone, code, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.o.Cases.Erase(t.Context(), cases.Try{Code: code.Reveal()}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		roles  []string
		number string
		why    error
	}{
		"a guide":            {[]string{"guide"}, number, nil},
		"a lead":             {[]string{"lead"}, number, nil},
		"an auditor":         {[]string{"auditor"}, number, errNotYours},
		"a case of nobody":   {[]string{"guide"}, "000-000", errCaseGone},
		"no number":          {[]string{"guide"}, "contoso.example", errCaseGone},
		"a code":             {[]string{"guide"}, code.Reveal(), errCaseGone},
		"an erased case":     {[]string{"guide"}, string(gone.Number()), errCaseGone},
		"a case with no run": {[]string{"guide"}, string(empty.Number()), errNoRun},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer := o.certify(newSigner(t), func(cert *gossh.Certificate) { cert.KeyId, cert.ValidPrincipals = name, c.roles })
			who, err := s.o.Guides.who(signer.PublicKey(), loopback)
			if err != nil {
				t.Fatal(err)
			}
			d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: signer.PublicKey(), ctx: t.Context()}, who: who}
			seat, err := d.ask(t.Context(), c.number)
			if !errors.Is(err, c.why) || (seat == nil) != (c.why != nil) {
				t.Errorf("%v, %v", seat, err)
			}
			d.close(flows.WatchLeft)
			if _, err := d.ask(t.Context(), c.number); c.why == nil && !errors.Is(err, errDeskClosed) {
				t.Errorf("from a closed desk: %v", err)
			}
		})
	}
}
