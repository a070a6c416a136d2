package ssh

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/ssh/cases"
)

// codeOf is the code in an invitation's address.
func codeOf(t *testing.T, in Invited) string {
	t.Helper()
	code, host, ok := strings.Cut(strings.TrimPrefix(in.Address, "ssh "), "@")
	if !ok || host != "onboard.example" {
		t.Fatalf("the address is %q", in.Address)
	}
	return code
}

// invites makes an invitation of the operator's.
func (s *site) invites(t *testing.T, w Wish) (Invited, string) {
	t.Helper()
	in, err := s.Invite(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return in, codeOf(t, in)
}

// TestInvitationBeginsACase holds that whoever comes by an invitation is told of whom it
// is, has its tenant proposed and not taken for granted, and begins one case with it;
// that guides see that tenant from then on; that it is good for no second case; and that
// the audit has all of it, and neither it nor the log has the code.
func TestInvitationBeginsACase(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	in, code := s.invites(t, Wish{For: "Calendar sync for Contoso", Tenant: "Contoso.Example"})
	looked := s.shell(t, code, 80, 24)
	looked.sees("Which app")
	looked.sees("You were invited by whoever runs onboard.example. For: Calendar sync for")
	_ = looked.conn.Close() // who only looks uses nothing up
	customer, late := s.shell(t, code, 80, 24), s.shell(t, code, 80, 24)
	late.sees("Which app")
	customer.sees("Which app")
	customer.types("2\r")
	customer.sees("names this one: type over it")
	customer.sees("contoso.example")
	rows := s.listed(t, Guide{})
	await(t, "the case", func() bool {
		rows = s.listed(t, Guide{})
		return len(rows) == 1 && rows[0].Shown != nil // it is there for a moment before its invitation is used
	}, func() string { return fmt.Sprint(rows) })
	if rows[0].Shown == nil || rows[0].Shown.Tenant != "contoso.example" || rows[0].Shown.Blocks != "" {
		t.Errorf("a guide sees %+v", rows[0])
	}
	c, err := s.o.Cases.Case(t.Context(), cases.Number(rows[0].Number))
	if err != nil {
		t.Fatal(err)
	}
	if rs, err := c.Since(t.Context(), 0); err != nil || strings.Contains(fmt.Sprint(rs), code) {
		t.Errorf("the journal holds the code, or cannot be read: %v", err)
	}
	if len(s.auditOf(t, c.Number(), didRedeem)) != 1 || len(s.auditOf(t, "", didInvite)) != 1 {
		t.Error("the audit lacks the invitation, or its use")
	}

	// Who was there at the same time and chose later is told, and nothing is left of it.
	late.types("2\r")
	late.reads("This invitation was used before")
	if got := late.ends(); got != codeFailed {
		t.Errorf("it ends with %d", got)
	}
	await(t, "one case", func() bool { rows = s.listed(t, Guide{}); return len(rows) == 1 }, func() string { return fmt.Sprint(rows) })
	again := s.shell(t, code, 80, 24)
	again.reads("This invitation was used before")
	if got := again.ends(); got != codeUsage {
		t.Errorf("it ends with %d", got)
	}
	customer.presses("\r", "What contoso.example tells")
	all, err := s.Invitations(t.Context())
	if err != nil || len(all) != 1 || all[0].Number != in.Number || all[0].State(time.Now()) != "used" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := s.Revoke(t.Context(), string(in.Number)); !errors.Is(err, cases.ErrUsed) {
		t.Errorf("revoked after it was used: %v", err)
	}
	entries, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var audit strings.Builder
	for _, e := range entries {
		audit.Write(e.Raw)
	}
	for what, text := range map[string]string{"the audit": audit.String(), "the log": s.log.String()} {
		if bare := strings.ReplaceAll(code, "-", ""); strings.Contains(text, code) || strings.Contains(strings.ReplaceAll(text, "-", ""), bare) {
			t.Errorf("%s holds the code:\n%s", what, text)
		}
	}
}

// TestInvitationThatLetsNobodyIn holds what is told to whom: revoked, over, mistyped and
// guessed, which counts as a guessed resume code does.
func TestInvitationThatLetsNobodyIn(t *testing.T) {
	t.Parallel()
	clock := new(skewed)
	kept := openedWith(t, t.TempDir()+"/cases.db", cases.Options{Now: clock.now, Tries: cases.Tries{Burst: 2, Every: time.Hour}})
	s := serve(t, func(o *Options) { o.Cases, o.Now = kept, clock.now })
	back, backCode := s.invites(t, Wish{})
	_, lateCode := s.invites(t, Wish{Lasts: time.Hour})
	_, goodCode := s.invites(t, Wish{Lasts: 48 * time.Hour})
	if err := s.Revoke(t.Context(), string(back.Number)); err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), string(back.Number)); err != nil {
		t.Errorf("once more: %v", err)
	}
	for _, none := range []string{"000-000", "", "contoso.example", goodCode} {
		if err := s.Revoke(t.Context(), none); !errors.Is(err, cases.ErrNoInvitation) {
			t.Errorf("%q: %v", none, err)
		}
	}
	tells := func(code, want string) {
		t.Helper()
		c := s.shell(t, code, 80, 24)
		c.reads(want)
		if got := c.ends(); got == codeDone {
			t.Error("it ends well")
		}
	}
	clock.by.Store(int64(2 * time.Hour))
	tells(backCode, "This invitation was taken back")
	tells(lateCode, "The time of this invitation is over")
	last := "2"
	if strings.HasSuffix(goodCode, last) {
		last = "3"
	}
	tells(goodCode[:len(goodCode)-1]+last, "mistyped")
	for range 2 {
		other, code, err := kept.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Erase(t.Context(), cases.Try{Code: code.Reveal(), From: loopback}); err != nil {
			t.Fatal(err, other.Number())
		}
		tells(code.Reveal(), "There is no such case")
	}
	tells(goodCode, "Too many wrong codes")
}

// TestWishesAreHeldToWhatCanBe holds what an invitation may be, and that one that the
// audit cannot have is worth nothing.
func TestWishesAreHeldToWhatCanBe(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for name, w := range map[string]Wish{
		"a tenant that is none": {Tenant: "not a domain"},
		"a personal tenant":     {Tenant: "http://[::1]/"},
		"two lines":             {For: "a\nb"},
		"what hides":            {For: "a\u202eb"},
		"an escape":             {For: "\x1b[2J"},
		"a long one":            {For: strings.Repeat("x", mostFor+1)},
		"no time":               {Lasts: -time.Hour},
		"a moment":              {Lasts: time.Second},
		"too long":              {Lasts: 91 * 24 * time.Hour},
	} {
		if in, err := s.Invite(t.Context(), w); err == nil || in.Address != "" {
			t.Errorf("%s: %+v", name, in)
		}
	}
	if all, err := s.Invitations(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	by := s.operator()
	by.who = "" // which the audit does not take
	in, err := s.invite(t.Context(), by, Wish{})
	if !errors.Is(err, errUnaudited) || in.Address != "" {
		t.Errorf("%+v, %v", in, err)
	}
	if all, err := s.Invitations(t.Context()); len(all) != 1 || err != nil || all[0].State(time.Now()) != "revoked" {
		t.Errorf("%+v, %v", all, err)
	}
	good, _ := s.invites(t, Wish{})
	if err := s.revoke(t.Context(), by, cases.Anybody(), string(good.Number)); !errors.Is(err, errUnaudited) {
		t.Errorf("revoked without an audit: %v", err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Invite(gone, Wish{}); err == nil {
		t.Error("made of nothing")
	}
	if all, err := s.Invitations(t.Context()); len(all) != 2 || err != nil || all[0].State(time.Now()) != "open" && all[1].State(time.Now()) != "open" {
		t.Errorf("%+v, %v", all, err)
	}
}
