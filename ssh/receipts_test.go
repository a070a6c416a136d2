package ssh

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// asksAs runs a command as a user, with keys, and gives what came of it.
func (s *site) asksAs(t *testing.T, user, line string, keys ...gossh.Signer) (out, errs string, code int) {
	t.Helper()
	conn := s.dial(t, user, func(c *gossh.ClientConfig) {
		if len(keys) > 0 {
			c.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(keys...)}, c.Auth...)
		}
	})
	c := opens(t, conn, 0, 0, func(x *gossh.Session) error { return x.Start(line) })
	code = c.ends()
	return c.bytes(), c.errors(), code
}

// fetches is asksAs of a receipt that must be there.
func (s *site) fetches(t *testing.T, user, line string, keys ...gossh.Signer) string {
	t.Helper()
	out, errs, code := s.asksAs(t, user, line, keys...)
	if code != codeDone || errs != "" {
		t.Fatalf("%s as %s: %d %s%s", line, user, code, out, errs)
	}
	return out
}

// published are the keys that fingerprint@ prints.
func (s *site) published(t *testing.T) []receipt.Key {
	t.Helper()
	keys, err := receipt.ParseKeys(s.fetches(t, userFingerprint, "fingerprint"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// helped is a customer's case, and a guide who was let in, wrote a note and pointed
// somewhere, and whom the customer sent away.
func helped(t *testing.T, at, guided *site, anna gossh.Signer) (customer, guide *client, number, code string) {
	t.Helper()
	customer = at.shell(t, "anybody", 100, 30)
	customer.chooses()
	code = customer.shownCode()
	customer.closesHelp()
	guide = guided.guideScreen(t, anna, 100, 30)
	number = letIn(t, customer, guide, "Anna Berg")
	customer.once("\r", "● Diagnosis")
	guide.once(keyDown, "› Findings")
	guide.types("p")
	guide.sees("The customer sees a marker")
	guide.types("n")
	guide.sees("A note to the customer")
	guide.types("canary-note\r")
	guide.sees("Sent.")
	customer.types(keyStop)
	guide.sees("You watch no more: the customer ended it.")
	return customer, guide, number, code
}

// TestReceiptForBothSides holds that customer and guide are told how to get the receipt
// of a guided session, and get the same bytes; that who trusts the server's published
// keys finds it good and reads what happened; and that nobody else gets it: not another
// guide, not an auditor, nobody with another code.
func TestReceiptForBothSides(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna := o.named("Anna Berg")
	customer, guide, number, code := helped(t, s, s, anna)
	guide.sees("Its signed receipt, the same as the customer's: ssh console@onboard.example receipt " + number)
	customer.opensHelp()
	customer.sees("A signed receipt of the guided session, the same as the guide's:")
	customer.sees(code + "@onboard.example receipt")

	mine := s.fetches(t, code, "receipt")
	for name, other := range map[string]string{
		"by the code as a word": s.fetches(t, "anybody", "receipt "+code),
		"by its number":         s.fetches(t, code, "receipt 1"),
		"for the guide":         s.fetches(t, userConsole, "receipt "+number, anna),
		"for the guide, of one": s.fetches(t, userConsole, "receipt "+strings.ToLower(number)+" 1", anna),
	} {
		if other != mine {
			t.Errorf("%s it is\n%s, and was\n%s", name, other, mine)
		}
	}
	v := receipt.Judge([]byte(mine), s.published(t))
	if v.State != receipt.StateGood {
		t.Fatalf("%+v", v)
	}
	got := *v.Session
	if got.Server != "onboard.example" || got.Case != number || got.Ended.By != "customer" || got.Did.Points != 1 || got.Did.Notes != 1 || got.Did.Other != 0 ||
		got.Guide != (receipt.Guide{Name: "Anna Berg", Organisation: "Example Support", Key: printOf(anna.PublicKey())}) || got.Finish.Stage != "diagnosis" {
		t.Errorf("it says %+v", got)
	}
	for _, private := range []string{"canary", "contoso", "Hetk", code, strings.ReplaceAll(code, "-", "")} {
		if strings.Contains(mine, private) {
			t.Errorf("it has %q: %s", private, mine)
		}
	}
	did(t, s.o.Cases, "Anna Berg "+number+" "+didReceipt+" 1", "Anna Berg "+number+" "+didReceipt+" 1")

	lead := o.certify(newSigner(t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = "Lea Lind", []string{"lead"} })
	auditor := o.certify(newSigner(t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = "Aud Itor", []string{"auditor"} })
	for name, x := range map[string]struct {
		user, line string
		keys       []gossh.Signer
		says       string
	}{
		"another guide":              {userConsole, "receipt " + number, []gossh.Signer{o.named("Bob Blau")}, sayReceiptNotYours},
		"the same name, another key": {userConsole, "receipt " + number, []gossh.Signer{o.named("Anna Berg")}, sayReceiptNotYours},
		"a lead":                     {userConsole, "receipt " + number, []gossh.Signer{lead}, sayReceiptNotYours},
		"no such case":               {userConsole, "receipt 000-000", []gossh.Signer{anna}, sayReceiptNotYours},
		"no number":                  {userConsole, "receipt ../x", []gossh.Signer{anna}, sayReceiptNotYours},
		"an auditor":                 {userConsole, "receipt " + number, []gossh.Signer{auditor}, sayNotYours},
		"a guide with the number":    {"anybody", "receipt " + number, []gossh.Signer{anna}, "no resume code"},
		"another code":               {"anybody", "receipt " + s.code(t, s.another(t)), nil, sayReceiptNone},
		"a session that never was":   {code, "receipt 2", nil, sayReceiptNone},
		"no session":                 {code, "receipt x", nil, "is no number of a guided session"},
		"nothing":                    {"anybody", "receipt", nil, "Type `receipt`"},
		"too much":                   {"anybody", "receipt " + code + " 1 2", nil, "one word too many"},
		"too much, by the name":      {code, "receipt 1 2", nil, "Type `receipt`"},
	} {
		out, errs, exit := s.asksAs(t, x.user, x.line, x.keys...)
		if out != "" || exit == codeDone || !strings.Contains(errs, x.says) {
			t.Errorf("%s: %d %q %q", name, exit, out, errs)
		}
	}

	for name, keys := range map[string][]gossh.Signer{"no key": nil, "a stranger's key": {newSigner(t)}} {
		conn, err := s.try(userConsole, func(c *gossh.ClientConfig) {
			c.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(keys...)}, c.Auth...)
		})
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s logs in to the console", name)
		}
	}

	if _, errs, exit := s.asks(t, "erase "+code); exit != codeDone {
		t.Fatal(errs)
	}
	if out, errs, exit := s.asksAs(t, userConsole, "receipt "+number, anna); out != "" || exit != codeFailed || !strings.Contains(errs, sayReceiptNotYours) {
		t.Errorf("after it was erased: %d %q %q", exit, out, errs)
	}
	if log := s.log.String(); strings.Contains(log, code) || strings.Contains(log, "canary") {
		t.Error("the log has what it must not")
	}
}

// another is the number of a new case of somebody else's.
func (s *site) another(t *testing.T) string {
	t.Helper()
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Number())
}

// TestReceiptWaitsForTheEnd holds that there is none while the guide watches, and none
// for a guide to whom the customer said no.
func TestReceiptWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna, bob := o.named("Anna Berg"), o.named("Bob Blau")
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	code := customer.shownCode()
	customer.closesHelp()
	guide := s.guideScreen(t, anna, 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	other := s.guideScreen(t, bob, 100, 30)
	other.asksToWatch()
	customer.sees("Bob Blau of Example Support asks")
	customer.answers("n", "Bob Blau was told no.")
	for user, keys := range map[string][]gossh.Signer{code: nil, userConsole: {anna}} {
		line := "receipt"
		if user == userConsole {
			line += " " + number
		}
		if out, errs, exit := s.asksAs(t, user, line, keys...); out != "" || exit != codeFailed || !strings.Contains(errs, sayReceiptSoon) {
			t.Errorf("while it goes on, for %s: %d %q %q", user, exit, out, errs)
		}
	}
	if out, errs, exit := s.asksAs(t, userConsole, "receipt "+number, bob); out != "" || exit != codeFailed || !strings.Contains(errs, sayReceiptNotYours) {
		t.Errorf("for who was not let in: %d %q %q", exit, out, errs)
	}
	other.sees("You watch no more: the customer said no.")
	if strings.Contains(other.screen(), "receipt") {
		t.Errorf("who was not let in is told of a receipt:\n%s", other.screen())
	}
	_ = guide.conn.Close()
	did(t, s.o.Cases, "Anna Berg "+number+" "+didLose, "Anna Berg  "+didClose)
	if v := receipt.Judge([]byte(s.fetches(t, userConsole, "receipt "+number, anna)), s.published(t)); v.State != receipt.StateGood || v.Session.Ended.By != "connection" {
		t.Errorf("%+v", v)
	}
}

// lost is a case in which a guide was let in an hour and more ago, and nobody ever wrote
// how that ended: the server was killed.
func lost(t *testing.T, store *cases.Store, print string) (c *cases.Case, code string) {
	t.Helper()
	c, secret, err := store.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-2 * time.Hour).UTC().Round(0)
	for i, r := range []flows.Record{
		{By: flows.ByDriver, Event: flows.Started{Version: "test"}},
		{By: flows.ByServer, Event: flows.AskedToWatch{Visit: "v", Guide: "Anna Berg", Org: "Example Support", Until: at.Add(time.Minute), Lasts: 10 * time.Minute, Print: print, Server: "onboard.example"}},
		{By: flows.ByPerson, Event: flows.Watched{Visit: "v", Here: true}},
	} {
		r.Writer, r.N, r.At = "w", uint64(i+1), at.Add(time.Duration(i)*time.Second)
		if _, err := c.Append(t.Context(), uint64(i), r); err != nil {
			t.Fatal(err)
		}
	}
	return c, secret.Reveal()
}

// TestReceiptOfALostEnd holds that a session whose end nobody wrote has a receipt once
// the time of its yes is over, which stays the same whatever is stored later, and that
// what is written for that is written once.
func TestReceiptOfALostEnd(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna := o.named("Anna Berg")
	c, code := lost(t, s.o.Cases, printOf(anna.PublicKey()))
	first := s.fetches(t, code, "receipt")
	v := receipt.Judge([]byte(first), s.published(t))
	if v.State != receipt.StateGood || v.Session.Ended.By != "time" || !v.Session.Ended.At.Equal(v.Session.Until) {
		t.Fatalf("%+v", v)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil || len(rs) != 4 {
		t.Fatalf("%d records, %v", len(rs), err)
	}
	// What the customer's side had not stored yet comes now, with the times of then.
	late := flows.Record{Writer: "w", N: 9, At: v.Session.Allowed.Add(time.Second), By: flows.ByPerson, Event: flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}}
	if _, err := c.Append(t.Context(), 4, late); err != nil {
		t.Fatal(err)
	}
	if again := s.fetches(t, userConsole, "receipt "+string(c.Number()), anna); again != first {
		t.Errorf("it is\n%s, and was\n%s", again, first)
	}
	if rs, err = c.Since(t.Context(), 0); err != nil || len(rs) != 5 {
		t.Errorf("%d records, %v", len(rs), err)
	}
}

// TestReceiptKeysRotate holds that a new key signs what ends once it is in use and
// nothing before, that a receipt of before stays the same bytes and good, by the keys
// that are published then, and that the audit has it.
func TestReceiptKeysRotate(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna := o.named("Anna Berg")
	_, code := lost(t, s.o.Cases, printOf(anna.PublicKey()))
	before := s.fetches(t, code, "receipt")
	was := s.published(t)
	if len(was) != 1 {
		t.Fatalf("%d keys are published", len(was))
	}
	keys, err := s.NewReceiptKey(t.Context())
	if err != nil || len(keys) != 2 {
		t.Fatal(keys, err)
	}
	did(t, s.o.Cases, "operator  "+didRenewKey)
	if lead := time.Until(keys[1].From); lead <= 0 || lead > receiptKeyLead {
		t.Errorf("it is in use in %s", lead)
	}
	if after := s.fetches(t, code, "receipt"); after != before {
		t.Errorf("it is\n%s, and was\n%s", after, before)
	}
	now := s.published(t)
	if len(now) != 2 || now[0].Fingerprint != was[0].Fingerprint || !now[0].Until.Equal(now[1].From) || !now[1].Until.IsZero() {
		t.Fatalf("published are %+v", now)
	}
	if v := receipt.Judge([]byte(before), now); v.State != receipt.StateGood {
		t.Errorf("%+v", v)
	}
	v := receipt.Judge([]byte(before), now)
	for at, want := range map[time.Time]string{now[1].From.Add(-1): now[0].Fingerprint, now[1].From: now[1].Fingerprint} {
		one := *v.Session
		one.Until, one.Ended.At = at.Add(time.Hour), at
		text, err := s.signs(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		if v := receipt.Judge(text, now); v.State != receipt.StateGood || v.Key != want {
			t.Errorf("ended at %s: %+v", at, v)
		}
	}
}

// TestReceiptOnPlainLines holds that on plain lines both sides are told how to get the
// receipt, and that a guide who leaves is told too.
func TestReceiptOnPlainLines(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna := o.named("Anna Berg")
	customer := s.shell(t, userPlain, 100, 30)
	customer.reads("Which app")
	customer.types("2\n")
	customer.reads("domain")
	customer.types("contoso.example\n")
	customer.reads("Kept as case ")
	guide, err := s.console(t, anna)
	if err != nil {
		t.Fatal(err)
	}
	guide.reads("1. Case ")
	guide.types("1\n")
	guide.reads("Type ask to ask them")
	guide.types("ask\n")
	guide.reads("Until they say yes")
	customer.reads("Type yes to let them watch, or no.")
	customer.types("yes\n")
	guide.reads("You watch as Anna Berg (Example Support)")
	guide.types("q\n")
	guide.reads("Its signed receipt, the same as the customer's: ssh console@onboard.example receipt ")
	customer.reads("A signed receipt of the guided session, the same as the guide's: ssh ")
	customer.reads("@onboard.example receipt")
}

// TestHelpTellsOfReceipts holds that help and fingerprint@ say how a receipt is had and
// verified, each key on a line of its own.
func TestHelpTellsOfReceipts(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	help, _, _ := s.asks(t, "help")
	if !strings.Contains(help, "ssh CODE@onboard.example receipt") {
		t.Errorf("help says\n%s", help)
	}
	text := s.fetches(t, userFingerprint, "fingerprint")
	if !strings.Contains(text, "ssh fingerprint@onboard.example > keys; onboard verify --key keys RECEIPT") {
		t.Errorf("fingerprint@ says\n%s", text)
	}
	if n := strings.Count(text, fmt.Sprintf("namespaces=%q", receipt.Namespace)); n != 1 {
		t.Errorf("%d keys are told", n)
	}
}

// TestReceiptIsOfTheLastEnd holds that without a number it is the session that ended last,
// whenever the yes to it was, and that one that goes on hides none that is over.
func TestReceiptIsOfTheLastEnd(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	all := []receipt.Session{{N: 1, Ended: receipt.End{At: at.Add(time.Hour)}}, {N: 2, Ended: receipt.End{At: at}}, {N: 3}}
	for n, want := range []struct {
		n  int
		no string
	}{{1, ""}, {1, ""}, {2, ""}, {0, sayReceiptSoon}, {0, sayReceiptNone}} {
		if one, no := pick(all, n); one.N != want.n || no != want.no {
			t.Errorf("of %d it is %d, %q", n, one.N, no)
		}
	}
	if one, no := pick(all[2:], 0); one.N != 0 || no != sayReceiptSoon {
		t.Errorf("while it goes on it is %d, %q", one.N, no)
	}
}

// TestReceiptCostsACommand holds that a receipt takes the room of a command, for whoever
// asks, and that in a browser it is told to be one of a terminal.
func TestReceiptCostsACommand(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for range cap(s.commands) {
		s.commands <- struct{}{}
	}
	out, errs, code := s.asks(t, "receipt "+s.code(t, s.another(t)))
	if out != "" || code != codeUnknown || !strings.Contains(errs, sayManyCommands) {
		t.Errorf("%d %q %q", code, out, errs)
	}
	one := &session{srv: s.Server, code: "CODE"}
	way := one.receiptWay()
	one.browser = true
	if got := one.receiptWay(); got != "in a terminal: "+way || !strings.HasSuffix(way, " receipt") {
		t.Errorf("in a browser: %q; else %q", got, way)
	}
}
