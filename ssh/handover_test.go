package ssh

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// handsOver hands the case under the cursor to the only colleague who is there.
func (c *client) handsOver(number, name string) {
	c.t.Helper()
	c.presses("o", "Hand case "+number+" over")
	c.sees("› " + name)
	c.types("\r")
	c.sees("Hand it to " + name + "?")
	c.types("y")
	c.sees("Case " + number + " is handed to " + name)
}

// TestLeadHandsOver walks it over real connections: a lead who watches hands the case to
// a colleague, who finds it in their queue with the lead's name and nothing of the case,
// asks the customer anew, and watches after their yes, by which the lead's watch ends; all
// three read so. A no before that ends the hand-over alone, and the lead reads that.
func TestLeadHandsOver(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	lead := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	await(t, "the case", func() bool { return rowOf(lead.screen()) != "" }, lead.screen)
	number := rowOf(lead.screen())
	lead.presses("o", "Hand case "+number+" over")
	lead.sees("Nobody else of Example Support is at a console now")
	lead.presses("\x1b", "› "+number)

	bea := s.guideScreen(t, o.named("Bea Blau"), 100, 30)
	await(t, "the case", func() bool { return rowOf(bea.screen()) != "" }, bea.screen)
	lead.handsOver(number, "Bea Blau")
	lead.sees("handed to Bea Blau")
	bea.sees("handed to you by Lea Lind")
	if strings.Contains(bea.bytes(), "contoso") {
		t.Fatal("a hand-over shows the tenant")
	}
	bea.asksToWatch()
	bea.sees("Until they say yes")
	customer.sees("Lea Lind (Example Support) handed this case to them.")
	customer.answers("n", "Bea Blau was told no.")
	bea.sees("You watch no more: the customer said no.")
	lead.sees("handed to Bea Blau: the customer said no to them")
	did(t, s.o.Cases, "Lea Lind "+number+" "+didHand+" to "+s.who("Bea Blau"), "Bea Blau "+number+" "+didAsk,
		"Bea Blau "+number+" "+didRefuse+" refused", "Bea Blau "+number+" "+didHandNo+" from "+s.who("Lea Lind"))

	cem := s.guideScreen(t, o.named("Cem Can"), 100, 30)
	await(t, "the case", func() bool { return rowOf(cem.screen()) != "" }, cem.screen)
	letIn(t, customer, lead, "Lea Lind")
	lead.presses("o", "Hand case "+number+" over")
	lead.sees("Cem Can · guide")
	lead.sees("› Bea Blau")
	lead.types(keyDown)
	lead.sees("› Cem Can")
	lead.types("\r")
	lead.sees("Hand it to Cem Can?")
	lead.types("y")
	lead.sees("Case " + number + " is handed to Cem Can")
	cem.sees("handed to you by Lea Lind")
	cem.asksToWatch()
	cem.sees("Until they say yes")
	if strings.Contains(cem.bytes(), "contoso") {
		t.Fatal("before the yes the colleague was sent the tenant")
	}
	customer.sees("Lea Lind (Example Support) hands this case over to them, and watches no more with your yes.")
	customer.answers(keyAllow, "Watched by Cem Can")
	customer.sees("Lea Lind watches no more: handed over to Cem Can (Example Support).")
	lead.sees("You watch no more: handed over to Cem Can (Example Support)")
	cem.sees("contoso.example")
	await(t, "the audit", func() bool {
		return len(s.auditOf(t, cases.Number(number), didHandTake)) == 1 && len(s.auditOf(t, cases.Number(number), didEnd)) == 1
	}, func() string { return strings.Join(deeds(t, s.o.Cases), "\n") })
	if e := s.auditOf(t, cases.Number(number), didEnd)[0]; !strings.HasPrefix(e.Who, "Lea Lind") || e.More != "handed" {
		t.Errorf("the audit has %+v", e)
	}
	lead.once("\r", "cases: 1")
	await(t, "the end of it", func() bool { return !strings.Contains(lead.screen(), "handed to") }, lead.screen)
	guide := s.guideScreen(t, o.named("Dan Dahl"), 100, 30)
	guide.types("o")
	guide.sees("that is for leads, and your role is another")
}

// who is a guide who was at a console, as the audit has them.
func (s *site) who(name string) string {
	all, _, err := s.o.Cases.Entries(context.Background(), 0)
	if err != nil {
		return err.Error()
	}
	for _, e := range all {
		if e.Did == didOpen && strings.HasPrefix(e.Who, name+",") {
			return e.Who
		}
	}
	return "nobody"
}

// TestHandOverIsTakenBack holds that a lead takes a hand-over back, that a second goes in
// the place of the first, on plain lines too, and that it goes with its case.
func TestHandOverIsTakenBack(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	bea := s.guideScreen(t, o.named("Bea Blau"), 100, 30)
	await(t, "the case", func() bool { return rowOf(bea.screen()) != "" }, bea.screen)
	number := rowOf(bea.screen())
	lines, err := s.console(t, o.lead("Lea Lind"))
	if err != nil {
		t.Fatal(err)
	}
	lines.reads("o and a number: hand that case over.")
	lines.types("o " + number + "\n")
	lines.reads("1. Bea Blau, guide, since ")
	lines.types("1\n")
	lines.reads("Type hand over to hand it to Bea Blau")
	lines.types("hand over\n")
	lines.reads("Case " + number + " is handed to Bea Blau, who asks the customer.")
	bea.sees("handed to you by Lea Lind")
	lead := s.guideScreen(t, o.lead("Mia Moor"), 100, 30)
	await(t, "the case", func() bool { return rowOf(lead.screen()) != "" }, lead.screen)
	lead.presses("o", "Hand case "+number+" over")
	lead.sees("It is handed to Bea Blau, since ")
	lead.types("x")
	lead.sees("Case " + number + " is handed to nobody any more.")
	await(t, "the end of it", func() bool { return !strings.Contains(bea.screen(), "handed to you") }, bea.screen)
	did(t, s.o.Cases, "Mia Moor "+number+" "+didHandBack+" from "+s.who("Bea Blau"))

	lead.handsOver(number, "Bea Blau")
	bea.sees("handed to you by Mia Moor")
	c, err := s.o.Cases.Case(t.Context(), cases.Number(number))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	bea.sees("No case is open just now")
}

// handing is a lead's hand-overs, and a case, at a server of two organisations.
func handing(t *testing.T, set ...func(*Options)) (s *site, as func(key gossh.Signer) *desk, o, other *office, c *cases.Case) {
	t.Helper()
	o, other = newOffice(t), newOffice(t)
	opts := o.options()
	opts.Authorities = append(opts.Authorities, Authority{Organisation: "Example Partner", File: other.file})
	opts.Revoked = o.revoked()
	put(t, o.revoked(), "id: Nobody\n")
	s = serve(t, func(so *Options) {
		so.Guides = guides(t, opts)
		for _, f := range set {
			f(so)
		}
	})
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	as = func(key gossh.Signer) *desk {
		t.Helper()
		d := &desk{s: &session{srv: s.Server, ctx: t.Context(), conn: &conn{from: loopback}, proven: key.PublicKey()}}
		d.who, _ = s.o.Guides.who(d.s.proven, loopback) // nobody, where it is none
		t.Cleanup(d.attends())
		return d
	}
	return s, as, o, other, c
}

// TestHandingOverIsHeldToTheRole holds that who is no lead, or none any more, hands
// nothing over, sees nobody and takes nothing back; that a colleague of another
// organisation, oneself, who left and whoever never came cannot be chosen, whatever the
// screen would let a lead; and that nothing of it is kept.
func TestHandingOverIsHeldToTheRole(t *testing.T) {
	t.Parallel()
	s, as, o, other, c := handing(t)
	number := string(c.Number())
	bea, lea, ole := as(o.named("Bea Blau")), as(o.lead("Lea Lind")), as(other.named("Ole Olsen"))
	auditor := as(o.certify(newSigner(t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = "Ada Auditor", []string{"auditor"} }))
	lost := as(o.lead("Lost Lead"))
	put(t, o.revoked(), "id: Lost Lead\n")
	to := func(d *desk) tui.Colleague { return tui.Colleague{Key: d.who.print, Name: d.who.name} }
	for name, x := range map[string]struct {
		by   *desk
		says string
	}{
		"a guide": {bea, sayNotYours}, "an ex": {lost, sayGuideNow}, "an auditor": {auditor, sayNotYours}, "a stranger": {as(newSigner(t)), sayGuideNow},
	} {
		l := leadHandOvers{x.by}
		all, seen := l.Colleagues(t.Context(), number)
		for what, err := range map[string]error{"sees": seen, "hands over": l.HandOver(t.Context(), number, to(bea)), "takes back": l.TakeBack(t.Context(), number)} {
			if err == nil || err.Error() != x.says || len(all.All) > 0 {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
	l := leadHandOvers{lea}
	all, err := l.Colleagues(t.Context(), number)
	var names []string
	for _, one := range all.All {
		names = append(names, one.Name)
	}
	if got := strings.Join(names, ", "); got != "Bea Blau, Lost Lead" || err != nil || all.Now != nil {
		t.Errorf("a lead sees %q, %v", got, err)
	}
	for name, x := range map[string]struct {
		number string
		to     tui.Colleague
		says   string
	}{
		"oneself":              {number, to(lea), sayHandOneself},
		"another organisation": {number, to(ole), sayHandGone},
		"an auditor":           {number, to(auditor), sayHandGone},
		"nobody":               {number, tui.Colleague{Name: "Bea Blau"}, sayHandGone},
		"a name for a key":     {number, tui.Colleague{Key: "Bea Blau"}, sayHandGone},
		"no case":              {"000-000", to(bea), sayCaseGone},
		"no number":            {"' OR 1=1", to(bea), sayCaseGone},
	} {
		if err := l.HandOver(t.Context(), x.number, x.to); err == nil || err.Error() != x.says {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := l.TakeBack(t.Context(), number); err == nil || err.Error() != sayHandNone {
		t.Errorf("taking nothing back: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.HandOver(ctx, number, to(bea)); err == nil {
		t.Error("it is handed over without the audit")
	}
	if _, ok, err := c.HandedOver(t.Context(), "Example Support"); ok || err != nil {
		t.Errorf("it is handed over: %v", err)
	}
	if all, _, err := s.o.Cases.Entries(t.Context(), 0); err != nil || len(all) != 0 {
		t.Errorf("the audit has %+v, %v", all, err)
	}
}

// TestHandOverIsTheColleaguesAlone holds that nobody but who a case was handed to, by the
// key, hears of it or asks by it: not a namesake, not another organisation, not who is
// revoked since; and that to be handed a case shows nothing of it.
func TestHandOverIsTheColleaguesAlone(t *testing.T) {
	t.Parallel()
	s, as, o, other, c := handing(t)
	number := string(c.Number())
	key, named := newSigner(t), func(c *gossh.Certificate) { c.KeyId = "Bea Blau" }
	bea, lea := as(o.certify(key, named)), as(o.lead("Lea Lind"))
	if err := (leadHandOvers{lea}).HandOver(t.Context(), number, tui.Colleague{Key: bea.who.print}); err != nil {
		t.Fatal(err)
	}
	hears := func(d *desk) string {
		t.Helper()
		rows, _, err := d.queue().List(t.Context())
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		if rows[0].Handed == nil {
			return ""
		}
		rows[0].Handed.At = rows[0].Handed.At.UTC().Truncate(0)
		return fmt.Sprintf("by %q to %q, shown %v", rows[0].Handed.By, rows[0].Handed.To, rows[0].Shown)
	}
	takes := func(d *desk) bool {
		t.Helper()
		h, err := d.handedHere(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return h.Mark != ""
	}
	if got := hears(bea); got != `by "Lea Lind" to "", shown <nil>` || !takes(bea) {
		t.Errorf("who it is handed to hears %s", got)
	}
	if got := hears(lea); got != `by "" to "Bea Blau", shown <nil>` || takes(lea) {
		t.Errorf("who handed it over hears %s", got)
	}
	moved := as(other.certify(key, named))
	for name, d := range map[string]*desk{"a namesake": as(o.named("Bea Blau")), "a colleague": as(o.lead("Cem Can")), "another organisation": as(other.named("Bea Blau")), "the key, in another organisation": moved} {
		if got := hears(d); got != "" || takes(d) {
			t.Errorf("%s hears %s", name, got)
		}
	}
	put(t, o.revoked(), "id: Bea Blau\n")
	if _, err := bea.ask(t.Context(), number); err == nil || err.Error() != sayGuideNow {
		t.Errorf("who is revoked takes it: %v", err)
	}
	if got := s.auditOf(t, c.Number(), didHandTake); len(got) != 0 {
		t.Errorf("the audit has %+v", got)
	}
}

// TestHandOverExpires holds that nobody takes a case once its half an hour is over, that
// the audit says so once, with who handed over, and that the lead's queue does.
func TestHandOverExpires(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var now atomic.Int64
	now.Store(time.Now().UnixMilli())
	s := serve(t, func(so *Options) {
		so.Cases = openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{Now: func() time.Time { return time.UnixMilli(now.Load()) }})
		so.Guides = guides(t, o.options())
	})
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	as := func(key gossh.Signer) *desk {
		d := &desk{s: &session{srv: s.Server, ctx: t.Context(), conn: &conn{from: loopback}, proven: key.PublicKey()}}
		if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.attends())
		return d
	}
	bea, lea := as(o.named("Bea Blau")), as(o.lead("Lea Lind"))
	if err := (leadHandOvers{lea}).HandOver(t.Context(), string(c.Number()), tui.Colleague{Key: bea.who.print}); err != nil {
		t.Fatal(err)
	}
	s.queue.expire(t.Context())
	if h, err := bea.handedHere(t.Context(), c); h.Mark == "" || err != nil {
		t.Fatalf("it is over at once: %v", err)
	}
	now.Add(cases.HandOverTime.Milliseconds())
	if h, err := bea.handedHere(t.Context(), c); h.Mark != "" || err != nil {
		t.Errorf("it is taken too late: %+v, %v", h, err)
	}
	s.queue.expire(t.Context())
	s.queue.expire(t.Context())
	if got := s.auditOf(t, c.Number(), didHandOver); len(got) != 1 || got[0].Who != lea.called() || got[0].More != "to "+bea.called() {
		t.Errorf("the audit has %+v", got)
	}
	for d, want := range map[*desk]tui.HandedEnd{bea: "", lea: tui.HandedExpired} {
		rows, _, err := d.queue().List(t.Context())
		if err != nil || len(rows) != 1 || (rows[0].Handed != nil) != (want != "") || want != "" && rows[0].Handed.End != want {
			t.Errorf("%s is told %+v, %v", d.who.name, rows, err)
		}
	}
}

// TestHandOverIsToldAtHome holds that to a run that is shared from home the question goes
// down with who handed the case over and whose watch a yes ends, and is known there.
func TestHandOverIsToldAtHome(t *testing.T) {
	t.Parallel()
	now := time.Now()
	e := flows.AskedToWatch{Visit: "w", Guide: "Bea Blau", Org: "Example Support", Until: now.Add(time.Minute), Lasts: time.Minute, From: "Lea Lind", FromOrg: "Example Support", Over: "v"}
	var wire bytes.Buffer
	if err := writeLine(&wire, downLine{Say: downOf(flows.State{}, flows.Record{Seq: 7, At: now, By: flows.ByServer, Event: e}, now)}); err != nil {
		t.Fatal(err)
	}
	var got downLine
	if err := newLineReader(&wire, mostDown).next(&got); err != nil || !got.known() {
		t.Fatalf("%+v, %v", got, err)
	}
	if d := got.Say; d.What != sayAsk || d.From != "Lea Lind" || d.FromOrg != "Example Support" || d.Over != "v" {
		t.Errorf("%+v", d)
	}
}

// handingLate is a lead and a colleague at a server with a clock of its own, and a case
// with a run in it.
func handingLate(t *testing.T) (s *site, lea, bea, cem *desk, c *cases.Case, later func(time.Duration), happens func(flows.Author, flows.Event)) {
	t.Helper()
	o := newOffice(t)
	var now atomic.Int64
	now.Store(time.Now().UnixMilli())
	clock := func() time.Time { return time.UnixMilli(now.Load()) }
	s = serve(t, func(so *Options) {
		so.Cases = openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{Now: clock})
		so.Guides, so.Now = guides(t, o.options()), clock
	})
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	happens = func(by flows.Author, e flows.Event) {
		t.Helper()
		at := uint64(len(s.records(t, string(c.Number()))))
		if _, err := c.Append(t.Context(), at, flows.Record{Seq: at + 1, Writer: "customer", N: at + 1, At: clock(), By: by, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	happens(flows.ByPerson, flows.Started{})
	as := func(key gossh.Signer) *desk {
		t.Helper()
		d := &desk{s: &session{srv: s.Server, ctx: t.Context(), conn: &conn{from: loopback}, proven: key.PublicKey()}}
		if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.attends())
		return d
	}
	return s, as(o.lead("Lea Lind")), as(o.named("Bea Blau")), as(o.named("Cem Can")), c, func(d time.Duration) { now.Add(d.Milliseconds()) }, happens
}

// asksFor has a guide ask, and gives the visit.
func asksFor(t *testing.T, s *site, d *desk, c *cases.Case) flows.VisitID {
	t.Helper()
	if _, err := d.ask(t.Context(), string(c.Number())); err != nil {
		t.Fatal(err)
	}
	st := flows.Fold(flows.State{}, s.records(t, string(c.Number()))...)
	for _, g := range st.Asking {
		if g.Print == d.who.print {
			return g.Visit
		}
	}
	t.Fatalf("asking are %+v", st.Asking)
	return ""
}

// TestHandOverEndsAsTheJournalSays holds that a hand-over does not expire while the
// colleague's question stands, and that what the customer answered ends it, though the
// colleague's own place never heard of it, as when its server died.
func TestHandOverEndsAsTheJournalSays(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		answer flows.Event // nil: none
		did    string
	}{
		"yes":    {flows.Watched{Here: true}, didHandTake},
		"no":     {flows.Watched{Why: flows.WatchRefused}, didHandNo},
		"silent": {nil, didHandOver},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, lea, bea, _, c, later, happens := handingLate(t)
			if err := (leadHandOvers{lea}).HandOver(t.Context(), string(c.Number()), tui.Colleague{Key: bea.who.print}); err != nil {
				t.Fatal(err)
			}
			later(cases.HandOverTime - time.Minute)
			visit := asksFor(t, s, bea, c)
			later(2 * time.Minute)
			s.queue.expire(t.Context())
			for _, did := range []string{didHandTake, didHandNo, didHandOver} {
				if got := s.auditOf(t, c.Number(), did); len(got) != 0 {
					t.Fatalf("while the question stands the audit has %+v", got)
				}
			}
			if e, ok := x.answer.(flows.Watched); ok {
				e.Visit = visit
				happens(flows.ByPerson, e)
				if e.Here { // and they leave, so that nobody has it who could say so
					happens(flows.ByServer, flows.Watched{Visit: visit, Why: flows.WatchLost})
				}
			}
			later(flows.AskWait)
			s.queue.expire(t.Context())
			s.queue.expire(t.Context())
			for _, did := range []string{didHandTake, didHandNo, didHandOver} {
				want := 0
				if did == x.did {
					want = 1
				}
				if got := s.auditOf(t, c.Number(), did); len(got) != want {
					t.Errorf("the audit has %+v", got)
				}
			}
		})
	}
}

// TestHandOverIsToNobodyWhoIsThere holds that a case is not handed to who asks to watch it
// already, or watches: their question says nothing of it, and a second cannot be put.
func TestHandOverIsToNobodyWhoIsThere(t *testing.T) {
	t.Parallel()
	s, lea, bea, _, c, _, happens := handingLate(t)
	visit := asksFor(t, s, bea, c)
	for range 2 {
		err := (leadHandOvers{lea}).HandOver(t.Context(), string(c.Number()), tui.Colleague{Key: bea.who.print})
		if err == nil || err.Error() != sayHandWatches {
			t.Errorf("it is handed to them: %v", err)
		}
		happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	}
	if got := s.auditOf(t, c.Number(), didHand); len(got) != 0 {
		t.Errorf("the audit has %+v", got)
	}
}

// TestHandOverTakesItsQuestionAlong holds that with a hand-over that is taken back, or
// replaced, the question goes that was put by it; a yes to that would end the lead's watch.
func TestHandOverTakesItsQuestionAlong(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(l leadHandOvers, number string, cem *desk) error{
		"taken back": func(l leadHandOvers, number string, _ *desk) error { return l.TakeBack(context.Background(), number) },
		"replaced": func(l leadHandOvers, number string, cem *desk) error {
			return l.HandOver(context.Background(), number, tui.Colleague{Key: cem.who.print})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, lea, bea, cem, c, _, happens := handingLate(t)
			leads := asksFor(t, s, lea, c)
			happens(flows.ByPerson, flows.Watched{Visit: leads, Here: true})
			l, number := leadHandOvers{lea}, string(c.Number())
			if err := l.HandOver(t.Context(), number, tui.Colleague{Key: bea.who.print}); err != nil {
				t.Fatal(err)
			}
			visit := asksFor(t, s, bea, c)
			if err := end(l, number, cem); err != nil {
				t.Fatal(err)
			}
			st := flows.Fold(flows.State{}, s.records(t, number)...)
			if p := st.Parted; len(st.Asking) != 0 || p == nil || p.Guide.Visit != visit || p.Why != flows.WatchBack {
				t.Fatalf("asking %+v, parted %+v", st.Asking, p)
			}
			happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true}) // as they pressed it
			if st = flows.Fold(flows.State{}, s.records(t, number)...); len(st.Guides) != 1 || st.Guides[0].Visit != leads {
				t.Errorf("watching are %+v", st.Guides)
			}
			if name == "replaced" { // by the new one a question stands
				asksFor(t, s, cem, c)
			}
		})
	}
}
