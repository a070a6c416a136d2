package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// asked is an invitation for an hour.
func asked(t testing.TB, s *Store, in Invitation) (Invitation, Try) {
	t.Helper()
	if in.Until.IsZero() {
		in.Until = s.o.Now().Add(time.Hour)
	}
	in, code, err := s.Invite(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return in, Try{Code: code.Reveal(), From: stranger}
}

func TestAnInvitationIsGoodOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		in, try := asked(t, s, Invitation{Scope: "hetk", Tenant: "contoso.example", By: "Ada, Fabrikam"})
		if want := (Invitation{Number: in.Number, Scope: "hetk", Tenant: "contoso.example", By: "Ada, Fabrikam", Made: noon, Until: noon.Add(time.Hour)}); in != want {
			t.Errorf("made %+v", in)
		}
		if _, err := s.Resume(t.Context(), try); !errors.Is(err, ErrNoCase) {
			t.Errorf("an invitation opens a case: %v", err)
		}
		for range 2 { // to look uses nothing up
			if got, err := s.Invited(t.Context(), try); err != nil || got != in {
				t.Errorf("%+v, %v", got, err)
			}
		}
		c, code := begun(t, s)
		other, _ := begun(t, s)
		now.set(noon.Add(time.Minute))
		in.Used = now.time()
		for range 2 { // the second is as if the first answer was lost
			if got, err := s.Redeem(t.Context(), try, c); err != nil || got != in {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if _, err := s.Redeem(t.Context(), try, other); !errors.Is(err, ErrUsed) {
			t.Errorf("for another case: %v", err)
		}
		if _, err := s.Invited(t.Context(), try); !errors.Is(err, ErrUsed) {
			t.Errorf("looked at afterwards: %v", err)
		}
		if err := s.Revoke(t.Context(), in.Number, Anybody()); !errors.Is(err, ErrUsed) {
			t.Errorf("revoked afterwards: %v", err)
		}
		if q, err := s.Queued(t.Context(), []Number{c.Number()}); err != nil || len(q) != 1 || q[0].Tenant != "contoso.example" {
			t.Errorf("the queue shows %+v, %v", q, err)
		}
		if q, err := s.Queued(t.Context(), []Number{other.Number()}); err != nil || len(q) != 1 || q[0].Tenant != "" {
			t.Errorf("the queue shows %+v, %v", q, err)
		}
		if _, err := s.Redeem(t.Context(), Try{Code: code, From: stranger}, c); !errors.Is(err, ErrNoInvitation) {
			t.Errorf("a resume code invites: %v", err)
		}
		erase(t, s, code)
		if all, err := s.Invitations(t.Context(), Anybody()); err != nil || len(all) != 0 {
			t.Errorf("of an erased case %v is left, %v", all, err)
		}
		if _, err := s.Redeem(t.Context(), try, c); !errors.Is(err, ErrNoCase) {
			t.Errorf("for a case that is gone: %v", err)
		}
	})
}

func TestAnInvitationEnds(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Keep: 24 * time.Hour})
		c, _ := begun(t, s)
		over, late := asked(t, s, Invitation{})
		gone, back := asked(t, s, Invitation{Until: noon.Add(2 * time.Hour)})
		for range 2 {
			if err := s.Revoke(t.Context(), gone.Number, Anybody()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Redeem(t.Context(), back, c); !errors.Is(err, ErrRevoked) {
			t.Errorf("one that was revoked: %v", err)
		}
		if err := s.Revoke(t.Context(), "000-000", Anybody()); !errors.Is(err, ErrNoInvitation) {
			t.Errorf("one that never was: %v", err)
		}
		now.set(over.Until)
		if _, err := s.Redeem(t.Context(), late, c); !errors.Is(err, ErrOver) {
			t.Errorf("at its end: %v", err)
		}
		gone.Revoked = noon
		all, err := s.Invitations(t.Context(), Anybody())
		if diff := cmp.Diff(map[Number]Invitation{over.Number: over, gone.Number: gone}, map[Number]Invitation{all[0].Number: all[0], all[1].Number: all[1]}); diff != "" || err != nil {
			t.Errorf("%v:\n%s", err, diff)
		}
		now.set(over.Until.Add(time.Hour))
		must(t, c, 0, note("w", 1, "so that the case stays"))
		now.set(over.Until.Add(24*time.Hour + time.Millisecond))
		if _, err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Invitations(t.Context(), Anybody()); err != nil || len(all) != 1 || all[0].Number != gone.Number {
			t.Errorf("after its time %+v is left, %v", all, err)
		}
	})
}

func TestWhatIsNoInvitation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{Tries: Tries{Burst: 3}})
		hour := noon.Add(time.Hour)
		for name, bad := range map[string]Invitation{
			"over":   {Until: noon},
			"none":   {},
			"long":   {Until: noon.Add(MostInvitation + time.Second)},
			"scope":  {Until: hour, Scope: strings.Repeat("x", mostScope+1)},
			"tenant": {Until: hour, Tenant: "contoso.example\n"},
			"by":     {Until: hour, By: "\x1b[31m"},
			"whose":  {Until: hour, Organisation: "a\nb"},
			"broken": {Until: hour, By: "\xff"},
		} {
			if _, _, err := s.Invite(t.Context(), bad); !errors.Is(err, ErrBadInvitation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		c, _ := begun(t, s)
		for _, typed := range []string{"", "root", strings.Repeat("7", 500)} {
			if _, err := s.Redeem(t.Context(), Try{Code: typed, From: stranger}, c); !errors.Is(err, ErrNotCode) {
				t.Errorf("%q: %v", typed, err)
			}
		}
		for range 3 {
			if _, err := s.Redeem(t.Context(), Try{Code: drawnCode(t).Reveal(), From: stranger}, c); !errors.Is(err, ErrNoInvitation) {
				t.Errorf("another's: %v", err)
			}
		}
		_, err := s.Invited(t.Context(), Try{Code: drawnCode(t).Reveal(), From: stranger})
		if _, ok := errors.AsType[*TooManyError](err); !ok {
			t.Errorf("guessing goes on: %v", err)
		}
	})
}

// Of many who redeem one invitation at once, one does.
func TestOneOfManyRedeems(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		redeemedOnce(t, []*Store{s})
	})
}

func redeemedOnce(t *testing.T, ns []*Store) {
	t.Helper()
	for round := range 5 {
		_, try := asked(t, ns[0], Invitation{Scope: fmt.Sprint(round)})
		var mu sync.Mutex
		var wg sync.WaitGroup
		won := 0
		for i := range 8 {
			s := ns[i%len(ns)]
			c, _ := begun(t, s)
			wg.Go(func() {
				_, err := s.Redeem(t.Context(), try, c)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, ErrUsed) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d redeemed it", won)
		}
	}
}

// A code is in no file, in no form.
func TestAnInvitationsCodeIsNotStored(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/cases.db"
	s := open(t, path, Options{})
	_, try := asked(t, s, Invitation{Tenant: "canary.example"})
	raw := parsed(t, try.Code).reveal()
	for _, text := range []string{try.Code, strings.ReplaceAll(try.Code, "-", ""), string(raw[:]), fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw)} {
		if left := traces(t, path, text); left != nil {
			t.Errorf("it is in %v", left)
		}
	}
	c, code := begun(t, s)
	if _, err := s.Redeem(t.Context(), try, c); err != nil {
		t.Fatal(err)
	}
	if len(traces(t, path, "canary.example")) == 0 {
		t.Fatal("the tenant cannot be seen before either")
	}
	erase(t, s, code)
	if left := traces(t, path, "canary.example"); left != nil {
		t.Errorf("the tenant is left in %v", left)
	}
}

// What some inviters may see and take back is theirs, and of what another made they hear as
// of what there is not; however many others make, theirs stand in the list.
func TestInvitationsAreOfAnOrganisation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		theirs, by := asked(t, s, Invitation{By: "Lea, Contoso Help", Organisation: "Contoso Help"})
		none, _ := asked(t, s, Invitation{By: "the operator"})
		now.set(noon.Add(time.Second)) // so that others are newer
		raw(t, s, `INSERT INTO invitations (id, number, find, proof, scope, tenant, made_by, organisation, made_at, until_at, revoked_at, used_at, case_id)
			WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1001)
			SELECT n, 'number ' || n, 'find ' || n, '', '', '', 'Mal', 'Fabrikam', 9000000000000, 9000000000000, 0, 0, 0 FROM many`)
		ours, used := asked(t, s, Invitation{By: "Mal, Fabrikam", Organisation: "Fabrikam"})
		c, _ := begun(t, s)
		other, _ := begun(t, s)
		if _, err := s.Redeem(t.Context(), used, c); err != nil {
			t.Fatal(err)
		}
		for name, w := range map[string]struct {
			of   Inviters
			want []Number
		}{
			"theirs":           {InvitersOf("Contoso Help", false), []Number{theirs.Number}},
			"theirs and none":  {InvitersOf("Contoso Help", true), []Number{theirs.Number, none.Number}},
			"spelt otherwise":  {InvitersOf("contoso%", false), nil},
			"without":          {Inviters{}, []Number{none.Number}},
			"a third's":        {InvitersOf("Third", false), nil},
			"a third and none": {InvitersOf("Third", true), []Number{none.Number}},
		} {
			all, err := s.Invitations(t.Context(), w.of)
			got := []Number(nil)
			for _, in := range all {
				got = append(got, in.Number)
			}
			less := func(a, b Number) int { return strings.Compare(string(a), string(b)) }
			slices.SortFunc(got, less)
			slices.SortFunc(w.want, less)
			if err != nil || !slices.Equal(got, w.want) {
				t.Errorf("%s: %v, %v; want %v", name, got, err, w.want)
			}
		}
		if all, err := s.Invitations(t.Context(), InvitersOf("Fabrikam", false)); err != nil || len(all) != mostInvitations {
			t.Errorf("%d of many, %v", len(all), err)
		}
		for what, n := range map[string]Number{"of another": theirs.Number, "of nobody": none.Number, "that is none": "000-000"} {
			if err := s.Revoke(t.Context(), n, InvitersOf("Fabrikam", false)); !errors.Is(err, ErrNoInvitation) {
				t.Errorf("one %s: %v", what, err)
			}
		}
		if err := s.Revoke(t.Context(), ours.Number, InvitersOf("Contoso Help", true)); !errors.Is(err, ErrNoInvitation) {
			t.Errorf("that another's is used is told: %v", err)
		}
		if err := s.Revoke(t.Context(), ours.Number, InvitersOf("Fabrikam", false)); !errors.Is(err, ErrUsed) {
			t.Errorf("their own that is used: %v", err)
		}
		if got, err := s.Invited(t.Context(), by); err != nil || got != theirs {
			t.Errorf("another's is %+v, %v", got, err)
		}
		for what, err := range map[string]error{
			"theirs": s.Revoke(t.Context(), theirs.Number, InvitersOf("Contoso Help", false)),
			"none":   s.Revoke(t.Context(), none.Number, InvitersOf("Contoso Help", true)),
		} {
			if err != nil {
				t.Errorf("%s cannot be taken back: %v", what, err)
			}
		}
		for of, want := range map[*Case]string{c: "Fabrikam", other: ""} {
			if got, err := of.Inviter(t.Context()); got != want || err != nil {
				t.Errorf("invited by %q, %v; want %q", got, err, want)
			}
		}
	})
}

// TestAQueuesTenantIsOfOneInvitation holds that what the queue has of a tenant and of whose
// guides may see it comes from one invitation, the first that named one: a later one makes
// neither another's, however it is spelt.
func TestAQueuesTenantIsOfOneInvitation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		none, _ := begun(t, s)
		for name, x := range map[string]struct {
			used                 []Invitation // in this order
			tenant, organisation string
			inviter              string
		}{
			"one":                  {[]Invitation{{Tenant: "contoso.example", Organisation: "Fabrikam"}}, "contoso.example", "Fabrikam", "Fabrikam"},
			"the operator's":       {[]Invitation{{Tenant: "contoso.example"}}, "contoso.example", "", ""},
			"without a tenant":     {[]Invitation{{Organisation: "Fabrikam"}}, "", "", "Fabrikam"},
			"a greater later":      {[]Invitation{{Tenant: "a.example", Organisation: "Zeta"}, {Tenant: "z.example", Organisation: "Alpha"}}, "a.example", "Zeta", "Zeta"},
			"a lesser later":       {[]Invitation{{Tenant: "z.example", Organisation: "Alpha"}, {Tenant: "a.example", Organisation: "Zeta"}}, "z.example", "Alpha", "Alpha"},
			"theirs over nobody's": {[]Invitation{{Tenant: "a.example"}, {Tenant: "a.example", Organisation: "Zeta"}}, "a.example", "", "Zeta"},
			"none, and then one":   {[]Invitation{{Organisation: "Zeta"}, {Tenant: "a.example", Organisation: "Alpha"}}, "a.example", "Alpha", "Zeta"},
		} {
			c, code := begun(t, s)
			for _, in := range x.used {
				now.set(now.time().Add(time.Second))
				_, try := asked(t, s, in)
				if _, err := s.Redeem(t.Context(), try, c); err != nil {
					t.Fatal(name, err)
				}
			}
			got, err := s.Queued(t.Context(), []Number{none.Number(), c.Number()})
			i := slices.IndexFunc(got, func(q Queued) bool { return q.Number == c.Number() })
			if err != nil || len(got) != 2 || got[i].Tenant != x.tenant || got[i].Organisation != x.organisation || got[1-i].Tenant != "" || got[1-i].Organisation != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if got, err := c.Inviter(t.Context()); got != x.inviter || err != nil {
				t.Errorf("%s: invited by %q, %v", name, got, err)
			}
			if all := numbers(t, s, Filter{}, 9); len(all) != 2 {
				t.Errorf("%s: the queue has %v", name, all)
			}
			erase(t, s, code)
		}
	})
}
