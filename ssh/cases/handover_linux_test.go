package cases

import (
	"errors"
	"testing"

	"onboard.example/flows/journal"
)

// A closed store leaves nobody at a console.
func TestNobodyIsAtAConsoleOfAStoreThatIsClosed(t *testing.T) {
	t.Parallel()
	d := postgres(t)
	where := d.URL(d.name(t))
	a, b := open(t, where, Options{}), open(t, where, Options{})
	comes(t, a, lea)
	comes(t, b, bea)
	if got := here(t, b, lea.Organisation); got != "Bea Blau, Lea Lind" {
		t.Fatalf("there are %q", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := here(t, b, lea.Organisation); got != bea.Name {
		t.Errorf("there is %q", got)
	}
}

// A case that ends on one node while it is handed over on another is handed to nobody,
// whether it was noted before where it stands or not.
func TestNobodyIsHandedACaseThatEndsMeanwhile(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"known": true, "not yet known": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := ofItsOwn(t)
			at, long := d.URL("")+patiently, Options{patience: 2 * soon}
			one, two := open(t, at, long), open(t, at, long)
			c, _ := begun(t, one)
			there := onNode(t, two, c.Number())
			comes(t, two, bea)
			if known {
				if err := c.Stand(t.Context(), Standing{}); err != nil {
					t.Fatal(err)
				}
			}
			// It is held between its look whether the case has ended and what it writes.
			d.ask(t, `CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4712); RETURN NEW; END';
CREATE TRIGGER held BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION held()`)
			hold := d.another(t, `SELECT pg_advisory_lock(4712)`)
			handed, ended := make(chan error, 1), make(chan error, 1)
			go func() { handed <- there.HandOver(t.Context(), lea, bea, deed("a")) }()
			waiting := func(kind string) (is bool) {
				if err := hold.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = $1)`, kind).Scan(&is); err != nil {
					t.Fatal(err)
				}
				return is
			}
			eventually(t, "it is about to be handed over", func() bool { return waiting("advisory") })
			go func() { ended <- c.Stand(t.Context(), Standing{Ended: true}) }()
			eventually(t, "it ends, or waits", func() bool { return len(ended) == 1 || waiting("transactionid") })
			says(t, hold, `SELECT pg_advisory_unlock(4712)`)
			if err := <-handed; err != nil && !errors.Is(err, ErrCaseEnded) {
				t.Errorf("handing it over: %v", err)
			}
			if err := <-ended; err != nil {
				t.Errorf("ending it: %v", err)
			}
			if got := marks(t, one, bea); got != "" {
				t.Errorf("a case that has ended is handed over: %q", got)
			}
		})
	}
}

// A hand-over that ends takes the room of one entry, and where there is none nothing of it,
// nor of what goes with it in a transaction, is lost to that.
func TestAHandOverEndsInTheLastRoom(t *testing.T) {
	t.Parallel()
	s := freshPostgres(t, Options{})
	c, _ := begun(t, s)
	comes(t, s, bea)
	if err := c.HandOver(t.Context(), lea, bea, deed("one")); err != nil {
		t.Fatal(err)
	}
	h := heldBy(t, c, lea)
	leaves := func(room int64) { s.room.counted.Store(s.o.MaxSize - s.room.added.Load() - room) }
	leaves(caseSize - 1)
	if gone, err := s.TakeBack(t.Context(), h, deed("back")); gone || !errors.Is(err, journal.ErrDiskFull) || heldBy(t, c, lea).Mark != "one" {
		t.Errorf("without room: %v, %v", gone, err)
	}
	leaves(caseSize)
	if gone, err := s.TakeBack(t.Context(), h, deed("back")); !gone || err != nil || marks(t, s, lea) != "" {
		t.Errorf("with room for its entry: %v, %v", gone, err)
	}
}
