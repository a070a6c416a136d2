package ssh

import (
	"context"
	"regexp"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// lead is a certificate of the office for a lead of a name.
func (o *office) lead(name string) gossh.Signer {
	return o.certify(newSigner(o.t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = name, []string{"lead"} })
}

// typesText types a text into a field, and waits until it stands there.
func (c *client) typesText(text string) {
	c.t.Helper()
	c.types(text)
	c.sees("> " + text)
}

// anAddress is what a customer types, where the code is in it.
var anAddress = regexp.MustCompile(`ssh ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){6,7})@onboard\.example`)

// TestLeadInvites walks it over real connections: a lead makes an invitation at the
// console, its code is shown once and begins the customer's case, another is taken back
// and opens nothing; a guide of another role reads why they cannot. Each move stands in
// the audit, once, and the code is in none of it.
func TestLeadInvites(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	lead := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	code := make([]string, 2)
	for i, tenant := range []string{"contoso.example", ""} {
		if i == 0 {
			lead.types("i")
		}
		lead.sees("Invitations")
		lead.sees("n new one")
		lead.types("n")
		lead.sees("The customer's domain")
		if tenant != "" {
			lead.typesText(tenant)
		}
		lead.types("\r")
		lead.sees("What it is for")
		lead.typesText("Calendar sync")
		lead.types("\r")
		lead.sees("> 7")
		lead.types("\r")
		lead.sees("y makes it")
		lead.types("y")
		lead.sees("It is shown this once")
		var found []string
		await(t, "the address", func() bool {
			found = anAddress.FindStringSubmatch(lead.screen())
			return found != nil
		}, lead.screen)
		code[i] = found[1]
		lead.presses("y", "days left")
		await(t, "the code is shown no more", func() bool { return !strings.Contains(lead.screen(), code[i]) }, lead.screen)
	}
	all, err := s.o.Cases.Invitations(t.Context(), cases.Anybody())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	newest, oldest := all[0], all[1]
	if oldest.By != "Lea Lind, Example Support" || oldest.Tenant != "contoso.example" || oldest.Scope != "Calendar sync" {
		t.Errorf("%+v", oldest)
	}
	lead.sees("› " + string(newest.Number))
	lead.types("x")
	lead.sees("Take invitation " + string(newest.Number) + " back?")
	lead.types("y")
	lead.sees("taken back")

	customer := s.shell(t, code[0], 80, 24)
	customer.sees("You were invited by Lea Lind, Example Support.")
	refused := s.shell(t, code[1], 80, 24)
	refused.reads("This invitation was taken back.")
	refused.ends()

	var got []string
	for _, d := range deeds(t, s.o.Cases) {
		if _, of, ok := strings.Cut(d, "Lea Lind  "); ok && of != didOpen {
			got = append(got, of)
		}
		for _, c := range code {
			if strings.Contains(d, c) {
				t.Errorf("the audit has a code: %s", d)
			}
		}
	}
	want := []string{didInvite + " " + string(oldest.Number), didInvite + " " + string(newest.Number), didRevoke + " " + string(newest.Number)}
	if len(got) != len(want) {
		t.Fatalf("the audit has %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("the audit has %q, want %q", got[i], want[i])
		}
	}
	if strings.Contains(s.log.String(), code[0]) || strings.Contains(s.log.String(), code[1]) {
		t.Error("the log has a code")
	}

	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.types("i")
	guide.sees("that is for leads, and your role is another")
}

// TestLeadIsHeldToTheRole holds that whoever is no lead, or none any more, makes no
// invitation, sees none and takes none back, whatever the screen would let them, and
// that nothing of it is kept.
func TestLeadIsHeldToTheRole(t *testing.T) {
	t.Parallel()
	office := newOffice(t)
	opts := office.options()
	opts.Revoked = office.revoked()
	put(t, office.revoked(), "id: Nobody\n")
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	in, err := s.Invite(t.Context(), Wish{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key     gossh.Signer
		revoked bool
		says    string
	}{
		"a guide":    {office.named("Anna Berg"), false, sayNotYours},
		"an ex":      {office.lead("Lea Lind"), true, sayGuideNow},
		"a stranger": {newSigner(t), false, sayGuideNow},
	} {
		d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}}}
		d.s.proven = c.key.PublicKey()
		if d.who, err = s.o.Guides.who(d.s.proven, loopback); (err != nil) != (name == "a stranger") {
			t.Fatal(name, err)
		}
		if c.revoked {
			put(t, office.revoked(), "id: Lea Lind\n")
		}
		l := leadInvitations{d}
		_, made := l.Invite(t.Context(), tui.InviteWish{Lasts: InviteLasts})
		_, seen := l.List(t.Context())
		for what, err := range map[string]error{"invites": made, "sees them": seen, "takes one back": l.Revoke(t.Context(), string(in.Number))} {
			if err == nil || err.Error() != c.says {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
	all, err := s.o.Cases.Invitations(t.Context(), cases.Anybody())
	if err != nil || len(all) != 1 || all[0].State(s.o.Cases.Now()) != "open" {
		t.Errorf("%+v, %v", all, err)
	}
	if got := s.auditOf(t, "", didInvite); len(got) != 1 {
		t.Errorf("the audit has %+v", got)
	}
}

// TestLeadReadsWhatIsWrong holds the words for what cannot be done.
func TestLeadReadsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: o.lead("Lea Lind").PublicKey()}}
	var err error
	if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
		t.Fatal(err)
	}
	l := leadInvitations{d}
	for name, c := range map[string]struct {
		w    tui.InviteWish
		says string
	}{
		"long":  {tui.InviteWish{For: strings.Repeat("x", mostFor+1), Lasts: InviteLasts}, "in one line of at most 60 characters"},
		"acts":  {tui.InviteWish{For: "a\x1b[2J", Lasts: InviteLasts}, "in one line of at most 60 characters"},
		"never": {tui.InviteWish{Lasts: -1}, "for a minute to 90 days"},
		"ever":  {tui.InviteWish{Lasts: 2 * cases.MostInvitation}, "for a minute to 90 days"},
		"where": {tui.InviteWish{Tenant: "no domain", Lasts: InviteLasts}, "domain"},
	} {
		if _, err := l.Invite(t.Context(), c.w); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, number := range []string{"000-000", "' OR 1=1", ""} {
		if err := l.Revoke(t.Context(), number); err == nil || err.Error() != sayNoInvitation {
			t.Errorf("%q: %v", number, err)
		}
	}
	if all, err := l.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestLeadErases walks it over real connections: a lead erases a case by typing its
// number, and no other text does; the customer who is at it is told, and their code opens
// nothing any more; on plain lines it is the same. It stands in the audit, once each.
func TestLeadErases(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	lead := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	await(t, "the case", func() bool { return rowOf(lead.screen()) != "" }, lead.screen)
	number := rowOf(lead.screen())
	code := s.code(t, number)
	lead.types("x")
	lead.sees("Erase case " + number + " for good?")
	lead.typesText("yes")
	lead.types("\r")
	lead.sees("That is not the number of this case")
	if got := s.auditOf(t, cases.Number(number), didErase); len(got) != 0 {
		t.Errorf("the audit has %+v", got)
	}
	lead.types("\x15") // ctrl+u
	lead.typesText(strings.ToLower(strings.ReplaceAll(number, "-", "")))
	lead.types("\r")
	lead.sees("Case " + number + " is erased.")
	lead.sees("No case is open just now")
	customer.reads("This case was erased, so the session has ended.")
	customer.ends()
	did(t, s.o.Cases, "Lea Lind "+number+" "+didErase)
	back := s.shell(t, code, 80, 24)
	back.ends()
	if strings.Contains(back.bytes(), "contoso") {
		t.Errorf("the code opens\n%s", back.bytes())
	}

	other := s.shell(t, "anybody", 100, 30)
	other.chooses()
	lines, err := s.console(t, o.lead("Lea Lind"))
	if err != nil {
		t.Fatal(err)
	}
	lines.reads("x and a number: erase that case.")
	await(t, "the other case", func() bool { return len(s.listed(t, Guide{})) == 1 }, other.screen)
	number = s.listed(t, Guide{})[0].Number
	lines.types("\n")
	lines.reads("1. Case " + number)
	lines.types("x 1\n")
	lines.reads("Type " + number + " to erase it")
	lines.types(number + "\n")
	lines.reads("Case " + number + " is erased.")
	other.reads("This case was erased, so the session has ended.")
	other.ends()
	if got := s.auditOf(t, cases.Number(number), didErase); len(got) != 1 || !strings.HasPrefix(got[0].Who, "Lea Lind, Example Support") || got[0].Role != "lead" {
		t.Errorf("the audit has %+v", got)
	}
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.types("x")
	guide.sees("that is for leads, and your role is another")
}

// TestErasingIsHeldToTheRole holds that a guide, and a lead who is none any more, erase
// nothing, and that what is no case of ours is not one that was erased.
func TestErasingIsHeldToTheRole(t *testing.T) {
	t.Parallel()
	office := newOffice(t)
	opts := office.options()
	opts.Revoked = office.revoked()
	put(t, office.revoked(), "id: Lost Lead\n")
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	c, _, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tries := func(key gossh.Signer, number, says string) {
		t.Helper()
		d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: key.PublicKey()}}
		d.who, _ = s.o.Guides.who(d.s.proven, loopback) // nobody, where it is none
		if _, err := d.erase(t.Context(), number); err == nil || err.Error() != says {
			t.Errorf("%v; want %q", err, says)
		}
	}
	tries(office.named("Anna Berg"), string(c.Number()), sayNotYours)
	tries(office.lead("Lost Lead"), string(c.Number()), sayGuideNow)
	tries(newSigner(t), string(c.Number()), sayGuideNow)
	tries(office.lead("Lea Lind"), "000-000", sayCaseGone)
	tries(office.lead("Lea Lind"), "' OR 1=1 --", sayCaseGone)
	if rows := s.listed(t, Guide{}); len(rows) != 1 {
		t.Errorf("%+v", rows)
	}
	if all, _, err := s.o.Cases.Entries(t.Context(), 0); err != nil || len(all) != 0 {
		t.Errorf("the audit has %+v, %v", all, err)
	}
	// Without the audit nothing is erased.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: office.lead("Lea Lind").PublicKey()}}
	if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
		t.Fatal(err)
	}
	if _, err := d.erase(ctx, string(c.Number())); err == nil || len(s.listed(t, Guide{})) != 1 {
		t.Errorf("it is erased all the same: %v", err)
	}
}
