package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Guides of an organisation, and one of another.
var (
	lea   = Party{"SHA256:" + strings.Repeat("L", 43), "Lea Lind", "Example Support", "lead"}
	bea   = Party{"SHA256:" + strings.Repeat("B", 43), "Bea Blau", "Example Support", "guide"}
	cem   = Party{"SHA256:" + strings.Repeat("C", 43), "Cem Can", "Example Support", "guide, lead"}
	other = Party{"SHA256:" + strings.Repeat("O", 43), "Ole Olsen", "Example Partner", "guide"}
)

// comes opens a console.
func comes(t testing.TB, s *Store, who Party) *Console {
	t.Helper()
	c, err := s.OpenConsole(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// here are the names of those of an organisation who are at a console.
func here(t testing.TB, s *Store, organisation string) (names string) {
	t.Helper()
	all, err := s.Colleagues(t.Context(), organisation)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range all {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

// deed is an entry of the audit with a mark.
func deed(mark string) Entry { return Entry{Who: "somebody", Did: "deed", Mark: mark} }

// marks are those of the hand-overs that a guide hears of.
func marks(t testing.TB, s *Store, who Party) string {
	t.Helper()
	all, err := s.HandOvers(t.Context(), who.Organisation, who.Print)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, h := range all {
		out = append(out, strings.TrimSpace(h.Mark+" "+string(h.End)))
	}
	return strings.Join(out, ", ")
}

// heldBy is the hand-over that an organisation has of a case.
func heldBy(t testing.TB, c *Case, who Party) HandOver {
	t.Helper()
	h, ok, err := c.HandedOver(t.Context(), who.Organisation)
	if err != nil || ok != (h.Mark != "") {
		t.Fatalf("%+v, %v, %v", h, ok, err)
	}
	return h
}

// written is how many entries the audit has, whose chain is checked.
func written(t testing.TB, s *Store) uint64 {
	t.Helper()
	h, err := s.CheckAudit(t.Context(), AuditHead{})
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}

func TestWhoIsAtAConsole(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		first := comes(t, s, lea)
		now.set(noon.Add(time.Minute))
		second := comes(t, s, lea)
		theirs := comes(t, s, bea)
		comes(t, s, other)
		all, err := s.Colleagues(t.Context(), lea.Organisation)
		if diff := cmp.Diff([]Colleague{{bea, noon.Add(time.Minute)}, {lea, noon}}, all); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		for range 2 { // the second time it does nothing
			if err := first.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := theirs.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := here(t, s, lea.Organisation); got != "Lea Lind" {
			t.Errorf("there is %q", got)
		}
		if err := second.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := here(t, s, lea.Organisation) + here(t, s, "") + here(t, s, "Example%"); got != "" {
			t.Errorf("there is %q", got)
		}
		if got := here(t, s, other.Organisation); got != other.Name {
			t.Errorf("of the others there is %q", got)
		}
		for _, bad := range []Party{{}, {lea.Print, "", lea.Organisation, "lead"}, {lea.Print, lea.Name, "", "lead"}, {"key", lea.Name, lea.Organisation, ""}, {lea.Print, "Lea\x1b[2J", lea.Organisation, ""}} {
			if _, err := s.OpenConsole(t.Context(), bad); !errors.Is(err, ErrBadParty) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// The consoles of a node that is gone go with its lease, those of one that is there stay,
// and what the database has too much or too little is put right.
func TestConsolesGoWithTheirNode(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		comes(t, s, lea)
		tick, done := lease(t, s)
		for range 5 {
			now.set(now.time().Add(leaseTime - time.Second))
			tick <- now.time()
			tick <- now.time() // the one before is done
			if here(t, s, lea.Organisation) != lea.Name {
				t.Fatal("a guide at a node that is there is gone")
			}
		}
		now.set(now.time().Add(leaseTime))
		if got := here(t, s, lea.Organisation); got != "" {
			t.Errorf("with its time over there is %q", got)
		}
		raw(t, s, `DELETE FROM consoles`)
		raw(t, s, `INSERT INTO consoles VALUES ('nobody''s', '`+s.node+`', '`+bea.Print+`', 'Bea Blau', 'Example Support', 'guide', 0)`)
		tick <- now.time()
		tick <- now.time()
		if got := here(t, s, lea.Organisation); got != lea.Name {
			t.Errorf("when it is back there is %q", got)
		}
		c, err := s.OpenConsole(ended(t), bea) // nobody heard whether it is there
		if err == nil {
			t.Fatal("a context that was over did nothing")
		}
		tick <- now.time()
		tick <- now.time()
		if got := here(t, s, lea.Organisation); got != "Bea Blau, Lea Lind" {
			t.Errorf("once the database was told there are %q", got)
		}
		if err := c.Close(ended(t)); err == nil {
			t.Fatal("a context that was over did nothing")
		}
		tick <- now.time()
		tick <- now.time()
		if got := here(t, s, lea.Organisation); got != lea.Name {
			t.Errorf("once the database was told there is %q", got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		<-done
	})
}

func TestACaseIsHandedOver(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		c, _ := begun(t, s)
		comes(t, s, bea)
		comes(t, s, cem)
		if h := heldBy(t, c, lea); h.Mark != "" {
			t.Errorf("a new case is handed over: %+v", h)
		}
		for range 2 { // the second time it is the same
			if err := c.HandOver(t.Context(), lea, bea, deed("one")); err != nil {
				t.Fatal(err)
			}
		}
		want := HandOver{Number: c.Number(), Mark: "one", By: lea, To: bea, Made: noon, Until: noon.Add(HandOverTime), id: c.id}
		want.By.Roles, want.To.Roles = "", ""
		if h := heldBy(t, c, lea); h != want || !h.Stands(noon) || h.Stands(h.Until) {
			t.Errorf("%+v, want %+v", h, want)
		}
		if marks(t, s, bea) != "one" || marks(t, s, lea) != "one" || marks(t, s, cem)+marks(t, s, other) != "" || written(t, s) != 1 {
			t.Errorf("%q to one, %q by the other, and %d entries", marks(t, s, bea), marks(t, s, lea), written(t, s))
		}
		if err := c.HandOver(t.Context(), lea, cem, deed("two")); err != nil {
			t.Fatal(err)
		}
		if marks(t, s, bea) != "" || marks(t, s, cem) != "two" {
			t.Errorf("a second does not replace the first: %q, %q", marks(t, s, bea), marks(t, s, cem))
		}
		if gone, err := s.TakeHandOver(t.Context(), want, deed("late")); gone || err != nil || written(t, s) != 2 {
			t.Errorf("one that was replaced is taken: %v, %v", gone, err)
		}
		for range 2 { // nobody heard of it the first time
			if gone, err := s.TakeHandOver(t.Context(), heldOr(t, c, HandOver{Mark: "two", id: c.id}), deed("taken")); !gone || err != nil || written(t, s) != 3 {
				t.Errorf("%v, %v", gone, err)
			}
		}
		if marks(t, s, lea)+marks(t, s, cem) != "" {
			t.Error("one that was taken is there")
		}
	})
}

// heldOr is the hand-over of a case, or where that is gone another.
func heldOr(t testing.TB, c *Case, or HandOver) HandOver {
	t.Helper()
	if h := heldBy(t, c, lea); h.Mark != "" {
		return h
	}
	return or
}

// What became of a hand-over is told for a while; who can hand over what to whom is held
// to, and each change is in the audit or is not made.
func TestHandOversEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Keep: 100 * time.Hour})
		c, _ := begun(t, s)
		expire := func() int {
			t.Helper()
			n, err := s.ExpireHandOvers(t.Context(), expired)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		hand := func(mark string) HandOver {
			t.Helper()
			comes(t, s, bea) // with the lease of the node
			if err := c.HandOver(t.Context(), lea, bea, deed(mark)); err != nil {
				t.Fatal(err)
			}
			return heldBy(t, c, lea)
		}
		h := hand("one")
		if gone, err := s.RefuseHandOver(t.Context(), h, deed("refused")); !gone || err != nil {
			t.Errorf("%v, %v", gone, err)
		}
		if marks(t, s, lea) != "one refused" || heldBy(t, c, lea).Stands(noon) {
			t.Errorf("it is told as %q", marks(t, s, lea))
		}
		for name, end := range map[string]func(context.Context, HandOver, Entry) (bool, error){"taken": s.TakeHandOver, "refused": s.RefuseHandOver} {
			if gone, err := end(t.Context(), h, deed("again "+name)); gone || err != nil {
				t.Errorf("%s once more: %v, %v", name, gone, err)
			}
		}
		now.set(noon.Add(HandOverTold))
		if marks(t, s, lea) != "" || expire() != 0 {
			t.Error("it is told for ever")
		}
		before := written(t, s)
		hand("two")
		now.set(now.time().Add(HandOverTime - time.Second))
		if expire() != 0 || marks(t, s, bea) != "two" {
			t.Error("it is over too early")
		}
		now.set(now.time().Add(time.Second))
		if marks(t, s, bea) != "" || expire() != 1 || expire() != 0 || marks(t, s, lea) != "two expired" || written(t, s) != before+2 {
			t.Errorf("it is not over: %q", marks(t, s, lea))
		}
		now.set(now.time().Add(HandOverTold))
		if _, err := s.Sweep(t.Context()); err != nil && !errors.Is(err, ErrUnwiped) {
			t.Fatal(err)
		}
		if got := column(t, s.files.read, `SELECT mark FROM handovers`); len(got) != 0 {
			t.Errorf("left is %v", got)
		}
	})
}

func TestWhatIsNotHandedOver(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		comes(t, s, bea)
		comes(t, s, lea)
		comes(t, s, other)
		renamed := bea
		renamed.Name = "Bea Braun"
		theirs := other
		theirs.Organisation = lea.Organisation
		for name, x := range map[string]struct {
			by, to Party
			e      Entry
			err    error
		}{
			"to nobody there":           {lea, cem, deed("a"), ErrNotThere},
			"to another by that key":    {lea, renamed, deed("a"), ErrNotThere},
			"to one who says they are":  {lea, theirs, deed("a"), ErrNotThere},
			"to another organisation":   {lea, other, deed("a"), ErrBadParty},
			"to oneself":                {lea, lea, deed("a"), ErrOneself},
			"to no guide":               {lea, Party{}, deed("a"), ErrBadParty},
			"without the audit":         {lea, bea, Entry{Mark: "a"}, ErrBadEntry},
			"without a mark of its own": {lea, bea, Entry{Who: "w", Did: "d"}, ErrBadEntry},
		} {
			if err := c.HandOver(t.Context(), x.by, x.to, x.e); !errors.Is(err, x.err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := c.HandOver(ended(t), lea, bea, deed("a")); err == nil || written(t, s) != 0 || marks(t, s, bea) != "" {
			t.Errorf("%v, and the audit has %d entries", err, written(t, s))
		}
		if err := c.HandOver(t.Context(), lea, bea, deed("b")); err != nil {
			t.Fatal(err)
		}
		if err := c.Stand(t.Context(), Standing{Waits: noon}); err != nil || marks(t, s, bea) != "b" {
			t.Errorf("a step on it is %q, %v", marks(t, s, bea), err)
		}
		if err := c.Stand(t.Context(), Standing{Ended: true}); err != nil || marks(t, s, bea) != "" {
			t.Errorf("of a case that is over there is %q, %v", marks(t, s, bea), err)
		}
		if err := c.HandOver(t.Context(), lea, bea, deed("c")); !errors.Is(err, ErrCaseEnded) {
			t.Errorf("a case that is over: %v", err)
		}
		if err := c.Stand(t.Context(), Standing{}); err != nil {
			t.Fatal(err)
		}
		if err := c.HandOver(t.Context(), lea, bea, deed("d")); err != nil {
			t.Fatal(err)
		}
		h := heldBy(t, c, lea)
		erase(t, s, code)
		if got := column(t, s.files.read, `SELECT mark FROM handovers`); len(got) != 0 {
			t.Errorf("of an erased case is left %v", got)
		}
		if err := c.HandOver(t.Context(), lea, bea, deed("e")); !errors.Is(err, ErrNoCase) {
			t.Errorf("an erased case: %v", err)
		}
		if gone, err := s.TakeHandOver(t.Context(), h, deed("f")); gone || err != nil || written(t, s) != 2 {
			t.Errorf("an erased case is taken: %v, %v", gone, err)
		}
	})
}

// Each organisation has a hand-over of its own, and whoever watches a queue is woken.
func TestAHandOverIsOfOneOrganisation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		pat := Party{"SHA256:" + strings.Repeat("P", 43), "Pat Pohl", other.Organisation, "lead"}
		for _, who := range []Party{bea, other} {
			comes(t, s, who)
		}
		wake := s.WatchQueue(t.Context())
		for i, x := range [][2]Party{{lea, bea}, {pat, other}} {
			if err := c.HandOver(t.Context(), x[0], x[1], deed(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
			select {
			case <-wake:
			case <-time.After(soon):
				t.Fatal("nobody is woken")
			}
		}
		if got := []string{marks(t, s, lea), marks(t, s, bea), marks(t, s, pat), marks(t, s, other)}; !slices.Equal(got, []string{"0", "0", "1", "1"}) {
			t.Errorf("%q", got)
		}
	})
}

// Trying again with the same mark is safe once a hand-over is stored, whatever holds then.
func TestHandingOverAgainIsTheSame(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		console := comes(t, s, bea)
		again := func(when string) {
			t.Helper()
			if err := c.HandOver(t.Context(), lea, bea, deed("one")); err != nil || written(t, s) != 1 {
				t.Errorf("%s: %v, and the audit has %d entries", when, err, written(t, s))
			}
		}
		again("the first time")
		if err := console.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		again("when the colleague has left")
		if marks(t, s, bea) != "one" {
			t.Errorf("it is %q", marks(t, s, bea))
		}
		if err := c.Stand(t.Context(), Standing{Ended: true}); err != nil {
			t.Fatal(err)
		}
		again("when the run has ended")
		if err := c.HandOver(t.Context(), lea, bea, deed("two")); !errors.Is(err, ErrCaseEnded) || marks(t, s, bea) != "" {
			t.Errorf("another: %v, %q", err, marks(t, s, bea))
		}
	})
}

// One hand-over that cannot be ended keeps none of those behind it.
func TestExpiryGoesOnPastABadOne(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Keep: 100 * time.Hour})
		comes(t, s, bea)
		for _, mark := range []string{"bad", "good"} {
			c, _ := begun(t, s)
			if err := c.HandOver(t.Context(), lea, bea, deed(mark)); err != nil {
				t.Fatal(err)
			}
			now.set(now.time().Add(time.Second))
		}
		now.set(now.time().Add(HandOverTime))
		n, err := s.ExpireHandOvers(t.Context(), func(ctx context.Context, h HandOver) (HandOverEnd, Entry, error) {
			if h.Mark == "bad" {
				return HandOverExpired, Entry{}, nil
			}
			return expired(ctx, h)
		})
		if n != 1 || !errors.Is(err, ErrBadEntry) || marks(t, s, lea) != "good expired" {
			t.Errorf("%d, %v, %q", n, err, marks(t, s, lea))
		}
	})
}

// expired is an end of each hand-over whose time is over.
func expired(_ context.Context, h HandOver) (HandOverEnd, Entry, error) {
	return HandOverExpired, deed("expired " + h.Mark), nil
}

// A hand-over whose time is over ends as what became of it says, or stays; who took it
// has it though it expired before that was known, and none that has ended is taken back.
func TestWhatBecameOfAHandOver(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Keep: 100 * time.Hour})
		broke := errors.New("broke")
		comes(t, s, bea)
		late := map[string]HandOver{}
		for _, mark := range []string{"broken", "open", "taken", "refused", "expired"} {
			c, _ := begun(t, s)
			if err := c.HandOver(t.Context(), lea, bea, deed(mark)); err != nil {
				t.Fatal(err)
			}
			late[mark] = heldBy(t, c, lea)
		}
		now.set(noon.Add(HandOverTime))
		n, err := s.ExpireHandOvers(t.Context(), func(_ context.Context, h HandOver) (HandOverEnd, Entry, error) {
			switch h.Mark {
			case "broken":
				return HandOverExpired, deed("never"), broke
			case "open":
				return "", deed("never"), nil
			}
			return HandOverEnd(h.Mark), deed("ended " + h.Mark), nil
		})
		if n != 3 || !errors.Is(err, broke) || written(t, s) != 5+3 {
			t.Errorf("%d, %v, and the audit has %d entries", n, err, written(t, s))
		}
		if got := column(t, s.files.read, `SELECT mark || ' ' || ended FROM handovers ORDER BY 1`); !slices.Equal(got, []string{"broken ", "expired expired", "open ", "refused refused"}) {
			t.Errorf("%q", got)
		}
		for _, mark := range []string{"expired", "refused", "taken"} {
			if gone, err := s.TakeBack(t.Context(), late[mark], deed("back "+mark)); gone || err != nil {
				t.Errorf("%s is taken back: %v, %v", mark, gone, err)
			}
		}
		for mark, want := range map[string]bool{"open": true, "expired": true, "refused": false, "taken": false} {
			if gone, err := s.TakeHandOver(t.Context(), late[mark], deed("late "+mark)); gone != want || err != nil {
				t.Errorf("%s is taken: %v, %v", mark, gone, err)
			}
		}
	})
}

// The entry of a hand-over that goes in the place of another names who had it.
func TestAReplacedHandOverStandsInTheAudit(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		comes(t, s, bea)
		comes(t, s, cem)
		if err := c.HandOver(t.Context(), lea, bea, deed("one")); err != nil {
			t.Fatal(err)
		}
		e := deed("two")
		e.More = "to Cem"
		if err := c.HandOver(t.Context(), lea, cem, e); err != nil {
			t.Fatal(err)
		}
		all, _, err := s.Entries(t.Context(), 0)
		if err != nil || len(all) != 2 || all[0].More != "" || all[1].More != "to Cem, in place of "+bea.Print {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
