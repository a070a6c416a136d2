package ssh

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestWhatWasNotDoneIsTold holds that where nobody heard whether the audit has an entry,
// and what it says is not done therefore, it stands once, with what became of it behind
// it: of a console, a replay, a tenant in the queue, an invitation, and its use.
func TestWhatWasNotDoneIsTold(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	k, err := db.Cut(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	store := openedWith(t, db.URLAt(k.Dir, ""), cases.Options{})
	s, o := desked(t, func(so *Options) { so.Cases = store })
	told := func(n cases.Number, did string, times, nots int) {
		t.Helper()
		count := func() (is, not int) {
			for _, e := range s.auditOf(t, n, didNot) {
				if e.More == did {
					not++
				}
			}
			return len(s.auditOf(t, n, did)), not
		}
		await(t, "that the audit says what became of "+did, func() bool { is, not := count(); return is == times && not == nots },
			func() string {
				is, not := count()
				return fmt.Sprintf("it stands %d times, and was not done %d times", is, not)
			})
	}
	key := o.named("Anna Berg")
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: key.PublicKey(), ctx: t.Context()}}
	if d.who, err = s.o.Guides.who(key.PublicKey(), loopback); err != nil {
		t.Fatal(err)
	}

	k.Lose(`"`+didOpen+`"`, 1)
	s.desk(t, key, 100, 30).ends()
	told("", didOpen, 1, 1)

	rs := longRun(3)
	asked, _ := rs[1].Event.(flows.AskedToWatch)
	asked.Print, asked.Server = printOf(key.PublicKey()), "onboard.example"
	rs[1].Event = asked
	c, _ := keeps(t, store, rs)
	k.Lose(`"`+didReplay+`"`, 1)
	if r, err := d.replay(t.Context(), string(c.Number())); r != nil || !errors.Is(err, errUnaudited) {
		t.Errorf("without an answer it is replayed: %v, %v", r, err)
	}
	told(c.Number(), didReplay, 1, 1)
	if _, err := d.replay(t.Context(), string(c.Number())); err != nil {
		t.Error(err)
	}
	told(c.Number(), didReplay, 2, 1)

	for i := range rs { // it goes on now
		rs[i].At = time.Now().UTC().Round(0)
	}
	asked.Until = time.Now().Add(time.Minute)
	rs[1].Event = asked
	c, _ = keeps(t, store, rs[:3])
	lets := func(yes ...cases.Yes) {
		t.Helper()
		if err := c.Stand(t.Context(), cases.Standing{Stage: flows.StageDiagnosis, Yes: yes}); err != nil {
			t.Fatal(err)
		}
	}
	q := d.queue()
	lets(cases.Yes{Guide: q.who, Until: time.Now().Add(time.Hour)})
	shown := func() (is bool) {
		t.Helper()
		s.queue.mu.Lock()
		s.queue.round++
		s.queue.mu.Unlock()
		rows, _, err := q.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			is = is || r.Number == string(c.Number()) && r.Shown != nil
		}
		return is
	}
	k.Lose(`"`+didShow+`"`, 1)
	if shown() {
		t.Error("without an answer the tenant is shown")
	}
	if !shown() { // it is one entry
		t.Error("with one it is not")
	}
	told(c.Number(), didShow, 1, 0)
	q = d.queue() // another console
	k.Lose(`"`+didShow+`"`, 1)
	if shown() {
		t.Error("without an answer the tenant is shown")
	}
	lets()
	if shown() {
		t.Error("without a yes the tenant is shown")
	}
	told(c.Number(), didShow, 2, 1)

	k.Lose(`"`+didInvite+`"`, 2) // the second try, too
	if _, err := s.Invite(t.Context(), Wish{}); !errors.Is(err, errUnaudited) {
		t.Errorf("it is given out: %v", err)
	}
	await(t, "that it is told behind", func() bool { return len(s.auditOf(t, "", didInvite)) == 1 && len(s.auditOf(t, "", didNot)) == 2 }, func() string { return "it is not" })

	in, code := s.invites(t, Wish{})
	kept, secret, err := store.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := &session{srv: s.Server, ctx: t.Context(), made: &made{kept, secret}, invited: &invitee{in: in.Invitation, try: cases.Try{Code: code, From: loopback}}}
	k.Lose(didRedeem, 1)
	if err := one.redeem(t.Context(), kept, secret); !errors.Is(err, cases.ErrAway) {
		t.Errorf("without an answer: %v", err)
	}
	one.unused()
	if is, not := s.auditOf(t, kept.Number(), didRedeem), s.auditOf(t, kept.Number(), didNot); len(is) != 1 || len(not) != 1 || not[0].More != didRedeem+" "+string(in.Number) {
		t.Errorf("the audit has %+v and %+v", is, not)
	}
}
