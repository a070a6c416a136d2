package ssh

import (
	"slices"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// numbersOf are the invitations that a lead sees, in order.
func numbersOf(t *testing.T, d *desk) (out []string) {
	t.Helper()
	all, err := leadInvitations{d}.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range all {
		out = append(out, in.Number)
	}
	slices.Sort(out)
	return out
}

// invitesAs has a lead, or with nobody the operator, make an invitation.
func invitesAs(t *testing.T, s *site, d *desk) string {
	t.Helper()
	if d == nil {
		in, err := s.Invite(t.Context(), Wish{Tenant: "contoso.example"})
		if err != nil {
			t.Fatal(err)
		}
		return string(in.Number)
	}
	in, err := leadInvitations{d}.Invite(t.Context(), tui.InviteWish{Tenant: "fabrikam.example", Lasts: InviteLasts})
	if err != nil {
		t.Fatal(err)
	}
	return in.Number
}

// TestLeadsOfOthersInvitationsRegression holds that where guides of several organisations
// come a lead sees and takes back those of their own, and hears of any other, the operator's
// too, what they hear of one that never was.
func TestLeadsOfOthersInvitationsRegression(t *testing.T) {
	t.Parallel()
	s, as, o, other, _ := handing(t)
	lea, leo, ole := as(o.lead("Lea Lind")), as(o.lead("Leo Lang")), as(other.lead("Ole Olsen"))
	ours, theirs, operators := invitesAs(t, s, lea), invitesAs(t, s, ole), invitesAs(t, s, nil)
	for name, x := range map[string]struct {
		by   *desk
		want []string
	}{"lea": {lea, []string{ours}}, "a colleague": {leo, []string{ours}}, "ole": {ole, []string{theirs}}} {
		if got := numbersOf(t, x.by); !slices.Equal(got, x.want) {
			t.Errorf("%s sees %v, want %v", name, got, x.want)
		}
	}
	for what, n := range map[string]string{"another's": ours, "the operator's": operators, "none": "000-000"} {
		if err := (leadInvitations{ole}).Revoke(t.Context(), n); err == nil || err.Error() != sayNoInvitation {
			t.Errorf("of %s: %v", what, err)
		}
	}
	all, err := s.Invitations(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	for _, in := range all {
		if in.State(s.o.Cases.Now()) != "open" {
			t.Errorf("%+v", in)
		}
	}
	if err := (leadInvitations{leo}).Revoke(t.Context(), ours); err != nil {
		t.Errorf("a colleague's cannot be taken back: %v", err)
	}
	for _, n := range []string{theirs, operators} { // the operator's hand reaches all
		if err := s.Revoke(t.Context(), n); err != nil {
			t.Error(err)
		}
	}
}

// TestALoneOrganisationHasAllInvitations holds that where no guide of another organisation
// comes those that have none are the leads', as the operator's and those of before.
func TestALoneOrganisationHasAllInvitations(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: o.lead("Lea Lind").PublicKey()}}
	var err error
	if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
		t.Fatal(err)
	}
	want := []string{invitesAs(t, s, d), invitesAs(t, s, nil)}
	slices.Sort(want)
	if got := numbersOf(t, d); !slices.Equal(got, want) {
		t.Errorf("it sees %v, want %v", got, want)
	}
	for _, n := range want {
		if err := (leadInvitations{d}).Revoke(t.Context(), n); err != nil {
			t.Error(err)
		}
	}
}

// dealt is a case at a server, in which things happen.
type dealt struct {
	t *testing.T
	s *site
	c *cases.Case
}

// newDealt begins a case, with an invitation where one is given.
func newDealt(t *testing.T, s *site, invites *desk, invited bool) dealt {
	t.Helper()
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := dealt{t, s, c}
	d.happens(flows.Started{})
	if !invited {
		return d
	}
	by := s.operator()
	if invites != nil {
		by = invites.actor()
	}
	in, err := s.invite(t.Context(), by, Wish{})
	if err != nil {
		t.Fatal(err)
	}
	code := anAddress.FindStringSubmatch(in.Address)
	if code == nil {
		t.Fatalf("no code in %q", in.Address)
	}
	if _, err := s.o.Cases.Redeem(t.Context(), cases.Try{Code: code[1], From: loopback}, c); err != nil {
		t.Fatal(err)
	}
	return d
}

// happens has the customer do something.
func (d dealt) happens(e flows.Event) {
	d.t.Helper()
	at := uint64(len(d.s.records(d.t, string(d.c.Number()))))
	if _, err := d.c.Append(d.t.Context(), at, flows.Record{Seq: at + 1, Writer: "customer", N: at + 1, At: time.Now(), By: flows.ByPerson, Event: e}); err != nil {
		d.t.Fatal(err)
	}
}

// answered has a guide ask, and the customer say yes or no.
func (d dealt) answered(by *desk, yes bool) {
	d.t.Helper()
	v := asksFor(d.t, d.s, by, d.c)
	if yes {
		d.happens(flows.Watched{Visit: v, Here: true})
		d.happens(flows.Watched{Visit: v, Why: flows.WatchStopped}) // it is over, and was
		return
	}
	d.happens(flows.Watched{Visit: v, Why: flows.WatchRefused})
}

// watchedUnsigned has the customer say yes to a guide of whom the journal has no key and no
// server, as journals of before have: of such a visit there is no receipt.
func (d dealt) watchedUnsigned(by *desk) {
	d.t.Helper()
	at, now, v := uint64(len(d.s.records(d.t, string(d.c.Number())))), time.Now(), flows.VisitID("v1")
	if _, err := d.c.Append(d.t.Context(), at, flows.Record{Seq: at + 1, Writer: flows.GuideWriter(v), N: 1, At: now, By: flows.ByServer, Event: flows.AskedToWatch{
		Visit: v, Guide: by.who.name, Org: by.who.organisation, Until: now.Add(time.Minute), Lasts: time.Hour,
	}}); err != nil {
		d.t.Fatal(err)
	}
	d.happens(flows.Watched{Visit: v, Here: true})
	d.happens(flows.Watched{Visit: v, Why: flows.WatchStopped})
}

// TestLeadsEraseWhatTheirCustomersBeganRegression holds whose a case is to erase where guides of several
// organisations come: those whose invitation its customer used, or to one of whose guides
// they said yes. Nothing that a guide does alone makes it theirs, and who is refused
// reads the same words whatever others have to do with it.
func TestLeadsEraseWhatTheirCustomersBeganRegression(t *testing.T) {
	t.Parallel()
	s, as, o, other, _ := handing(t)
	lea, bea := as(o.lead("Lea Lind")), as(o.named("Bea Blau"))
	ole, oda := as(other.lead("Ole Olsen")), as(other.named("Oda Olsen"))
	for name, x := range map[string]struct {
		invites  *desk
		invited  bool
		did      func(d dealt)
		lea, ole bool // who may
	}{
		"that nobody had to do with":  {},
		"of the operator's customers": {invited: true},
		"that Lea invited to":         {invites: lea, invited: true, lea: true},
		"that Ole invited to":         {invites: ole, invited: true, ole: true},
		"with a yes to Bea":           {did: func(d dealt) { d.answered(bea, true) }, lea: true},
		"with a yes to Oda":           {did: func(d dealt) { d.answered(oda, true) }, ole: true},
		"with an old yes to Bea":      {did: func(d dealt) { d.watchedUnsigned(bea) }, lea: true},
		"with an old yes to Oda":      {did: func(d dealt) { d.watchedUnsigned(oda) }, ole: true},
		"with a no to Oda":            {did: func(d dealt) { d.answered(oda, false) }},
		"of Lea's, with a no to Oda":  {invites: lea, invited: true, did: func(d dealt) { d.answered(oda, false) }, lea: true},
		"with a yes to both":          {did: func(d dealt) { d.answered(bea, true); d.answered(oda, true) }, lea: true, ole: true},
		"of Lea's, with a yes to Oda": {invites: lea, invited: true, did: func(d dealt) { d.answered(oda, true) }, lea: true, ole: true},
		"that Oda asks for":           {did: func(d dealt) { asksFor(t, s, oda, d.c) }},
		"of Lea's, that Ole hands over": {invites: lea, invited: true, lea: true, did: func(d dealt) {
			if err := (leadHandOvers{ole}).HandOver(t.Context(), string(d.c.Number()), tui.Colleague{Key: oda.who.print}); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		for who, by := range map[*desk]bool{lea: x.lea, ole: x.ole} {
			d := newDealt(t, s, x.invites, x.invited)
			if x.did != nil {
				x.did(d)
			}
			number := string(d.c.Number())
			_, err := who.erase(t.Context(), number)
			erased := s.auditOf(t, d.c.Number(), didErase)
			_, gone := s.o.Cases.Case(t.Context(), d.c.Number())
			vain := s.auditOf(t, d.c.Number(), didNoErase)
			if by {
				if err != nil || len(erased) != 1 || len(vain) != 0 || gone == nil {
					t.Errorf("%s cannot erase a case %s: %v; the audit has %+v, %+v", who.who.name, name, err, erased, vain)
				}
				continue
			}
			if err == nil || err.Error() != sayNotErase || len(erased) != 0 || gone != nil {
				t.Errorf("%s erases a case %s: %v, %v; the audit has %+v", who.who.name, name, err, gone, erased)
			}
			if len(vain) != 1 || vain[0].Who != who.called() || vain[0].Organisation != who.who.organisation || vain[0].Role != "lead" || vain[0].More != "" {
				t.Errorf("%s, in vain, at a case %s: the audit has %+v", who.who.name, name, vain)
			}
		}
	}
}

// TestALoneOrganisationErasesWhatIsNobodysElse holds that where no guide of another organisation
// comes a lead erases each case, but one whose customer said yes to guides of another: of a server that
// shares the database, or of before.
func TestALoneOrganisationErasesWhatIsNobodysElse(t *testing.T) {
	t.Parallel()
	s, as, o, other, c := handing(t)
	lea, ole := as(o.lead("Lea Lind")), as(other.lead("Ole Olsen"))
	theirs := newDealt(t, s, nil, false)
	theirs.answered(ole, true)
	old := newDealt(t, s, nil, false)
	old.watchedUnsigned(ole)
	invited := newDealt(t, s, ole, true)
	operators := newDealt(t, s, nil, true)
	lea.s.srv.o.Guides = guides(t, o.options()) // as the configuration says from now on
	for _, d := range []dealt{theirs, old, invited} {
		if _, err := lea.erase(t.Context(), string(d.c.Number())); err == nil || err.Error() != sayNotErase {
			t.Errorf("another's: %v", err)
		}
		if got := s.auditOf(t, d.c.Number(), didNoErase); len(got) != 1 || got[0].Organisation != "Example Support" || got[0].More != "" {
			t.Errorf("the audit has %+v", got)
		}
	}
	for _, n := range []cases.Number{c.Number(), operators.c.Number()} {
		if _, err := lea.erase(t.Context(), string(n)); err != nil {
			t.Errorf("nobody's: %v", err)
		}
	}
}

// TestALeadOfAnotherErasesNothingRegression walks it over a real connection: a lead of another
// organisation types the number of a case, reads why it is not theirs, and its customer goes on.
func TestALeadOfAnotherErasesNothingRegression(t *testing.T) {
	t.Parallel()
	s, _, o, other, c := handing(t)
	if err := c.Erase(t.Context()); err != nil { // so that one is in the queue
		t.Fatal(err)
	}
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	bea := s.guideScreen(t, o.named("Bea Blau"), 100, 30)
	number := letIn(t, customer, bea, "Bea Blau")
	ole := s.guideScreen(t, other.lead("Ole Olsen"), 100, 30)
	await(t, "the case", func() bool { return rowOf(ole.screen()) == number }, ole.screen)
	ole.types("x")
	ole.sees("Erase case " + number + " for good?")
	ole.typesText(number)
	ole.types("\r")
	ole.sees("Not erased")
	ole.sees("Only what your organisation")
	customer.sees("Watched by Bea Blau")
	lea := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	await(t, "the case", func() bool { return rowOf(lea.screen()) == number }, lea.screen)
	lea.types("x")
	lea.sees("Erase case " + number + " for good?")
	lea.typesText(number)
	lea.types("\r")
	lea.sees("Case " + number + " is erased.")
	customer.reads("This case was erased, so the session has ended.")
	customer.ends()
}

// TestOursIsExact holds that organisations which differ in their case alone are two.
func TestOursIsExact(t *testing.T) {
	t.Parallel()
	d := &desk{who: Guide{name: "Lea Lind", organisation: "Example Support"}}
	for organisation, want := range map[string]bool{"Example Support": true, "example support": false, "Example  Support": false, "": false} {
		if d.ours(organisation) != want {
			t.Errorf("%q is ours: %v", organisation, !want)
		}
	}
}
