package cases

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// unprivileged is a store whose user is the database's owner of nothing but it, and
// may not see what others do.
func unprivileged(t *testing.T, s *server) *Store {
	t.Helper()
	s.ask(t, `CREATE ROLE plain LOGIN PASSWORD '`+s.Word+`'; CREATE SCHEMA plain AUTHORIZATION plain`)
	u, err := url.Parse(s.URL("plain"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("plain", s.Word)
	return open(t, u.String(), Options{})
}

// another is a connection of somebody else's, of which it is told what they did.
func (s *server) another(t *testing.T, did ...string) *pgx.Conn {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	says(t, conn, did...)
	return conn
}

func says(t *testing.T, conn *pgx.Conn, did ...string) {
	t.Helper()
	for _, query := range did {
		if _, err := conn.Exec(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// isWiped waits until nothing is noted, and says where something is left.
func isWiped(t *testing.T, s *server, store *Store, gone ...[]byte) {
	t.Helper()
	eventually(t, "what was erased is wiped", func() bool {
		return len(column(t, store.files.read, `SELECT name FROM facts WHERE name = 'unwiped'`)) == 0
	})
	for _, text := range gone {
		if left := s.holds(t, text); left != nil {
			t.Errorf("%x is left in %v", text, left)
		}
	}
}

// Of an erased case neither number nor key nor what finds it is left in the
// tables' files; the log of writes is another matter, as is said at wiper.
func TestOfAnErasedCaseNoTableHoldsTheKey(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, code := begun(t, store)
	stays, _ := begun(t, store)
	store.wiper.patience = soon
	must(t, c, 0, note("canary", 1, "x"))
	find, _ := store.keys.code(parsed(t, code))
	gone := [][]byte{[]byte(c.Number()), []byte(find), []byte(secretOf(t, store, c.Number()))}
	for _, text := range gone {
		if len(s.holds(t, text)) == 0 {
			t.Fatalf("%x cannot be seen before either", text)
		}
	}
	if _, err := store.Erase(t.Context(), Try{Code: code, From: stranger}); err != nil {
		t.Fatal(err)
	}
	for _, text := range gone {
		if left := s.holds(t, text); left != nil {
			t.Errorf("%x is left in %v", text, left)
		}
	}
	if left := column(t, store.files.read, `SELECT name FROM facts WHERE name = 'unwiped'`); len(left) != 0 {
		t.Error("it is not done")
	}
	must(t, stays, 0, note("w", 1, "a"))
}

// Whoever reads the tables for long holds up neither runs nor new cases: who erases
// one is told the truth, and its traces go once the reader is done.
func TestALongReaderHoldsNoRunUp(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, code := begun(t, store)
	other, _ := begun(t, store)
	gone := []byte(secretOf(t, store, c.Number()))
	dump := s.another(t, `BEGIN ISOLATION LEVEL REPEATABLE READ`)
	for _, table := range []string{"cases", "doors", "invitations", "records"} {
		says(t, dump, `LOCK TABLE `+table+` IN ACCESS SHARE MODE`)
	}
	erased := make(chan error, 1)
	go func() { erased <- second(store.Erase(t.Context(), Try{Code: code, From: stranger})) }()
	var after uint64
	var most time.Duration
	timed := func(do func()) {
		t.Helper()
		from := time.Now()
		do()
		most = max(most, time.Since(from))
	}
	for done := false; !done; {
		timed(func() { after = must(t, other, after, note("w", after+1, "x")) })
		timed(func() { begun(t, store) })
		select {
		case err := <-erased:
			if !errors.Is(err, ErrUnwiped) || errors.Is(err, ErrAway) {
				t.Errorf("erasing: %v", err)
			}
			done = true
		default:
		}
	}
	if most > answerTime/2 {
		t.Errorf("a run was held up for %s", most)
	}
	t.Logf("%d appends, the longest took %s", after, most)
	if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
		t.Errorf("it can still be read: %v", err)
	}
	says(t, dump, `COMMIT`)
	isWiped(t, s, store, gone)
}

// A table that is written anew holds what older snapshots see: it is not wiped before
// they are gone, whoever has them, and whether or not that can be seen.
func TestWhatAnOlderSnapshotSeesIsNotWiped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ begin, end []string }{
		"a snapshot":             {[]string{`BEGIN ISOLATION LEVEL REPEATABLE READ`, `SELECT COUNT(*) FROM pg_class`}, []string{`COMMIT`}},
		"a prepared transaction": {[]string{`CREATE TABLE theirs (n BIGINT)`, `BEGIN`, `INSERT INTO theirs VALUES (1)`, `PREPARE TRANSACTION 'one'`}, []string{`ROLLBACK PREPARED 'one'`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ofItsOwn(t)
			store := unprivileged(t, s)
			c1, code := begun(t, store)
			gone := []byte(secretOf(t, store, c1.Number()))
			theirs := s.another(t, c.begin...)
			if _, err := store.Erase(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, ErrUnwiped) {
				t.Errorf("erasing: %v", err)
			}
			if len(s.holds(t, gone)) == 0 {
				t.Error("it was wiped although it was said not to be")
			}
			says(t, theirs, c.end...)
			isWiped(t, s, store, gone)
		})
	}
}

// What PostgreSQL takes down of its tables, for its plans, is nothing of what says
// whose a case is.
func TestStatisticsHoldNoKey(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, code := begun(t, store)
	begun(t, store)
	in, invitation := asked(t, store, Invitation{Tenant: "canary.example", Scope: "canary scope", By: "Canary, Ada", Organisation: "Canary & Sons"})
	asked(t, store, Invitation{Tenant: "other.example"})
	if _, err := store.Redeem(t.Context(), invitation, c); err != nil {
		t.Fatal(err)
	}
	find, _ := store.keys.code(parsed(t, code))
	gone := [][]byte{[]byte(c.Number()), []byte(find), []byte(secretOf(t, store, c.Number())), []byte(in.Number), []byte("canary.example"), []byte("canary scope"), []byte("Canary, Ada"), []byte("Canary & Sons")}
	s.ask(t, `ANALYZE`)
	var known int
	s.ask(t, `SELECT COUNT(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = 'cases'`, &known)
	if known == 0 {
		t.Error("nothing was taken down at all")
	}
	if others := knownOf(t, s, "public"); others != "" {
		t.Errorf("there is known of %s", others)
	}
	erase(t, store, code)
	isWiped(t, s, store, gone...)
}

// knownOf are the columns of wiped tables that PostgreSQL knows something of, beside the id of
// each, which has every row looked at when it is counted.
func knownOf(t *testing.T, s *server, schema string) string {
	t.Helper()
	var ids int
	s.ask(t, `SELECT COUNT(*) FROM pg_stats WHERE schemaname = '`+schema+`' AND (tablename, attname) IN (('doors', 'case_id'), ('invitations', 'id'))`, &ids)
	if ids != len(wiped) {
		t.Errorf("of %d tables the ids are known", ids)
	}
	var others string
	s.ask(t, `SELECT COALESCE(string_agg(tablename || '.' || attname, ' ' ORDER BY tablename, attname), '') FROM pg_stats
WHERE schemaname = '`+schema+`' AND tablename IN ('`+strings.Join(wiped, "', '")+`') AND (tablename, attname) NOT IN (('doors', 'case_id'), ('invitations', 'id'))`, &others)
	return others
}

// What was taken down before it was told not to is let go, and not taken down again, from
// whichever schema a database comes: of no column of a wiped table, whenever it was added.
func TestStatisticsOfBeforeAreDropped(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	for version := 2; version <= len(schemas); version++ {
		dump, _ := dumped(t, version)
		at := restoredPostgres(t, dump)
		name := nameIn(t, at)
		s.ask(t, `ANALYZE `+name+`.cases, `+name+`.invitations`)
		var known int
		s.ask(t, `SELECT COUNT(*) FROM pg_stats WHERE schemaname = '`+name+`' AND tablename IN ('cases', 'invitations') AND attname IN ('number', 'tenant', 'organisation') OR schemaname = '`+name+`' AND tablename = 'invitations' AND attname = 'made_at'`, &known)
		least := 1 // the time: at the third step the others were said of
		switch {
		case version >= 14:
			least = 0
		case version >= 12:
			least = 2
		case version == 2:
			least = 3
		}
		if known < least {
			t.Fatalf("of version %d %d columns were taken down", version, known)
		}
		store := open(t, at, Options{})
		s.ask(t, `SELECT COUNT(*) FROM pg_stats WHERE schemaname = '`+name+`' AND (tablename = 'cases' AND attname IN ('number', 'find', 'proof', 'bound', 'secret')
OR tablename = 'doors' AND attname <> 'case_id' OR tablename = 'invitations' AND attname <> 'id')`, &known)
		if known != 0 {
			t.Errorf("from version %d %d columns are known of still", version, known)
		}
		asked(t, store, Invitation{Tenant: "canary.example", Organisation: "Canary"})
		s.ask(t, `ANALYZE `+name+`.doors, `+name+`.invitations`)
		if others := knownOf(t, s, name); others != "" {
			t.Errorf("from version %d there is known again of %s", version, others)
		}
	}
}

// Who wipes what one node erased does not take another's erasure for wiped.
func TestAWipeIsOfWhatWasErasedBefore(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		marks := map[string]bool{}
		for range 2 {
			c, _ := begun(t, s)
			if err := s.submit(&job{ctx: t.Context(), do: func(q *queries) (answer, fault error) { return nil, second(q.drop(c.id)) }}); err != nil {
				t.Fatal(err)
			}
			marks[column(t, s.files.read, `SELECT value FROM facts WHERE name = 'unwiped'`)[0]] = true
		}
		if len(marks) != 2 {
			t.Errorf("they are noted as %v", marks)
		}
	})
}

// Who erases a case waits for the first round of the wiper after it, and for no other,
// whatever they do before they begin to wait.
func TestWhoErasesWaitsForOneRound(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, _ := begun(t, store)
	gone := []byte(secretOf(t, store, c.Number()))
	j := &job{ctx: t.Context(), of: c.id, erased: true, wipe: true, done: make(chan error), until: time.Now().Add(soon), do: func(q *queries) (answer, fault error) {
		return nil, second(q.drop(c.id))
	}}
	const locked = `(hashtext('onboard wipes'), hashtext(current_schema()))`
	other := s.another(t, `SELECT pg_advisory_lock`+locked)
	waiting := func(n int) func() bool {
		return func() bool {
			store.wiper.mu.Lock()
			defer store.wiper.mu.Unlock()
			return len(store.wiper.want) == n
		}
	}
	store.jobs <- j
	answer := sync.OnceValue(func() error { return <-j.done })
	defer func() { _ = answer() }()                 // so that the writer goes on whatever happens here
	eventually(t, "who waits is known", waiting(1)) // and nobody took the answer yet
	says(t, other, `SELECT pg_advisory_unlock`+locked)
	eventually(t, "who waits is told", waiting(0))
	isWiped(t, s, store, gone)
	says(t, other, `SELECT pg_advisory_lock`+locked) // there is no other round
	if err := answer(); err != nil {
		t.Fatal(err)
	}
	if err := store.after(j); err != nil {
		t.Errorf("it is wiped, and who waits hears %v", err)
	}
}

// Erasures that come at once are wiped together, on one node.
func TestManyErasuresAreWipedTogether(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	ns := []*Store{open(t, s.URL(""), Options{}), open(t, s.URL(""), Options{})}
	for _, n := range ns {
		n.wiper.patience = soon
	}
	const many = 40
	var codes, secrets []string
	for range many {
		c, code := begun(t, ns[0])
		codes, secrets = append(codes, code), append(secrets, secretOf(t, ns[0], c.Number()))
	}
	errs := make(chan error, many)
	for i, code := range codes {
		go func() { errs <- second(ns[i%2].Erase(t.Context(), Try{Code: code, From: stranger})) }()
	}
	for range many {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for _, text := range secrets {
		isWiped(t, s, ns[0], []byte(text))
	}
	var rounds int64
	s.ask(t, `SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'doors'`, &rounds)
	if rounds == 0 || rounds >= many/2 {
		t.Errorf("%d erasures were wiped in %d rounds", many, rounds)
	}
}
