package ssh

import (
	"errors"
	"strings"
	"testing"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// TestLostAnswers holds that what is written down again, for nobody heard whether it was,
// stands in the audit once: of a console, of a customer's answers, of an invitation and
// its use; and that a new key for receipts of which that is so is told to be in doubt.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	k, err := db.Cut(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	store, err := cases.Open(t.Context(), db.URLAt(k.Dir, ""), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := serve(t, func(o *Options) { o.Cases = store })
	once := func(n cases.Number, did string, lost int) {
		t.Helper()
		if got := len(s.auditOf(t, n, did)); got != 1 || k.Lost() != lost {
			t.Errorf("%q stands %d times; answers lost: %d", did, got, k.Lost())
		}
	}

	g, guided, _, _ := handled(t)
	p := s.seated(t, g, guided)
	p.id = "one"
	k.Lose(didEnter, 1)
	if v, err := p.View(t.Context()); !errors.Is(err, errUnaudited) || v.Run != nil {
		t.Errorf("shows %+v, %v", v, err)
	}
	if v, err := p.View(t.Context()); err != nil || v.Run == nil {
		t.Errorf("shows %+v, %v", v, err)
	}
	once(p.number, didEnter, 1)
	k.Lose(`"`+didEnd+`"`, 1)
	for range 2 {
		if _, err := p.saw(t.Context(), run.View{Standing: run.StandOver, Why: flows.WatchStopped}); err != nil {
			t.Error(err)
		}
	}
	behind := func() {
		t.Helper()
		await(t, "that it is written behind", func() bool { return !p.desk.owes() }, func() string { return "it is not" })
	}
	behind()
	once(p.number, didEnd, 1)

	k.Lose(didClose, 2)
	p.desk.close(flows.WatchLeft)
	behind()
	once("", didClose, 2)

	k.Lose(`"`+didInvite+`"`, 1)
	if _, err := s.Invite(t.Context(), Wish{}); !errors.Is(err, errUnaudited) {
		t.Errorf("it is given out: %v", err)
	}
	once("", didInvite, 1)
	if not := s.auditOf(t, "", didNot); len(not) != 1 || !strings.HasPrefix(not[0].More, didInvite+" ") {
		t.Errorf("nothing says that it was not made: %+v", not)
	}

	if _, err := s.ReceiptKeys(t.Context()); err != nil { // so that there is the first
		t.Fatal(err)
	}
	nots := len(s.auditOf(t, "", didNot))
	k.Lose("receipt key 000002", 1)
	if _, err := s.NewReceiptKey(t.Context()); !errors.Is(err, cases.ErrAway) {
		t.Errorf("without an answer: %v", err)
	}
	once("", didRenewKey, 1)
	maybe := s.auditOf(t, "", didMaybe)
	if keys, err := s.ReceiptKeys(t.Context()); err != nil || len(keys) != 2 || len(maybe) != 1 || maybe[0].More != didRenewKey || len(s.auditOf(t, "", didNot)) != nots {
		t.Errorf("%d keys, %v; the audit has %+v", len(keys), err, maybe)
	}

	in, code := s.invites(t, Wish{})
	try := cases.Try{Code: code, From: loopback}
	c, secret, err := store.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := &session{srv: s.Server, invited: &invitee{in: in.Invitation, try: try}}
	k.Lose(didRedeem, 1)
	if err := one.redeem(t.Context(), c, secret); !errors.Is(err, cases.ErrAway) {
		t.Errorf("without an answer: %v", err)
	}
	if err := one.redeem(t.Context(), c, secret); err != nil {
		t.Error(err)
	}
	once(c.Number(), didRedeem, 1)
}

// TestALateAnswerOfTheAuditsOwnEntry holds that the entry of who reads the audit, of which
// nobody heard whether it stands, stands once, and with it that nothing was shown.
func TestALateAnswerOfTheAuditsOwnEntry(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	k, err := db.Cut(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	store, err := cases.Open(t.Context(), db.URLAt(k.Dir, ""), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s, o := desked(t, func(so *Options) { so.Cases = store })
	aud := o.auditor("Aud Itor")
	k.Lose(`"`+didReadAudit+`"`, 1)
	if out, errs, code := s.asksAs(t, userConsole, "audit --verify", aud); out != "" || code != codeUnknown || !strings.Contains(errs, sayUnaudited) {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	if k.Lost() != 1 {
		t.Errorf("answers lost: %d", k.Lost())
	}
	read, not := s.auditOf(t, "", didReadAudit), s.auditOf(t, "", didNot)
	if len(read) != 1 || len(not) != 1 || not[0].More != didReadAudit+" --verify" || not[0].Organisation != "Example Support" || not[0].Role != "auditor" || not[0].Who != read[0].Who {
		t.Errorf("the audit has %+v and %+v", read, not)
	}
	if out := s.fetches(t, userConsole, "audit", aud); !strings.Contains(out, "not-done  "+didReadAudit+" --verify\n") {
		t.Errorf("it is %s", out)
	}
}
