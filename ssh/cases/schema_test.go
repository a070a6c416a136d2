package cases

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/flows"
)

var update = flag.Bool("update", false, "write the dump of a schema that has none yet")

// seeded is a randomness that is always the same.
func seeded() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

// before is what the dump of every schema holds.
var before = []flows.Record{
	{Writer: "w", N: 1, At: noon, By: flows.ByDriver, Event: flows.Started{Version: "0.1.0", Domain: "contoso.example"}},
	note("w", 2, "zwölf Boxkämpfer"),
	note("v", 1, strings.Repeat("long ", 700)),
}

// stood is where one of its cases stands, of the schemas that know it.
var stood = Standing{Stage: flows.StageDiagnosis, Waits: noon, Opened: true, Yes: []Yes{{"anna", noon.Add(time.Hour)}}}

// dumped is the dump of a schema. Those of released schemas are never written
// anew: they are what a database in the field is like.
func dumped(t *testing.T, version int) (dump, code string) {
	t.Helper()
	name := filepath.Join("testdata", fmt.Sprintf("schema-%d.sql", version))
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && *update && version == len(schemas) {
		s := fresh(t, Options{Random: seeded()})
		c, made := begun(t, s)
		must(t, c, 0, before...)
		if err := c.Bind(t.Context(), aKey); err != nil {
			t.Fatal(err)
		}
		other, _ := begun(t, s)
		if err := other.Stand(t.Context(), stood); err != nil {
			t.Fatal(err)
		}
		if _, err := c.KeepReceipt(t.Context(), "v1", []byte("a receipt")); err != nil {
			t.Fatal(err)
		}
		audited(t, s, 2)
		asked(t, s, Invitation{Scope: "hetk", Tenant: "contoso.example", By: "Ada, Fabrikam", Organisation: "Fabrikam"})
		raw(t, s, `INSERT INTO bans VALUES ('net', '192.0.2.0/24', 'one', 'scanning', 0, 0)`)
		raw(t, s, `INSERT INTO returns VALUES ('state', 'run', x'01', 0, 9000000000000)`)
		raw(t, s, `INSERT INTO consoles VALUES ('word', 'node', '`+lea.Print+`', 'Lea Lind', 'Example Support', 'lead', 0)`)
		raw(t, s, fmt.Sprintf(`INSERT INTO handovers VALUES (%d, 'Example Support', 'mark', '%s', 'Lea Lind', '%s', 'Bea Blau', 0, 9000000000000, '')`, other.id, lea.Print, bea.Print))
		raw(t, s, `INSERT INTO visits VALUES ('visit', '`+string(other.number)+`', 'word', 'Lea Lind', 'lead', 'Example Support')`)
		data = []byte("-- " + made + "\n" + dumpOf(t, s.files.read))
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	} else if err != nil {
		t.Fatal(err)
	}
	first, dump, _ := strings.Cut(string(data), "\n")
	return dump, strings.TrimPrefix(first, "-- ")
}

// dumpOf is a database as statements.
func dumpOf(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	for _, name := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`) {
		b.WriteString(column(t, db, `SELECT sql FROM sqlite_schema WHERE name = '`+name+`'`)[0] + ";\n")
		fields := column(t, db, `SELECT 'quote(' || name || ')' FROM pragma_table_info('`+name+`')`)
		for _, row := range column(t, db, `SELECT `+strings.Join(fields, ` || ', ' || `)+` FROM `+name+` ORDER BY 1`) {
			b.WriteString("INSERT INTO " + name + " VALUES (" + row + ");\n")
		}
	}
	for _, more := range column(t, db, `SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY name`) {
		b.WriteString(more + ";\n")
	}
	return b.String()
}

// column gives the one column of a query.
func column(t testing.TB, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() {
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Error(err)
		}
	}()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// shape is the schema of a store, without its spelling.
func shape(t *testing.T, s *Store) []string {
	t.Helper()
	if s.hearing != nil {
		return shapePostgres(t, s)
	}
	out := column(t, s.files.read, `SELECT m.type || ' ' || m.tbl_name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk
		FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	out = append(out, column(t, s.files.read, `SELECT m.tbl_name || ' ' || l."unique" || ' ' || group_concat(i.name)
		FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) i WHERE m.type = 'table' GROUP BY m.name, l.name`)...)
	out = append(out, column(t, s.files.read, `SELECT sql FROM sqlite_schema WHERE type = 'trigger'`)...)
	slices.Sort(out)
	return out
}

// A database of every version that was ever released becomes one of today, and
// its customers come in as before.
func TestEveryReleasedSchemaIsTakenUp(t *testing.T) {
	t.Parallel()
	for name, restored := range restorers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			takenUp(t, stores[name], restored)
		})
	}
}

// restorers make a database of a dump, and give where it is.
var restorers = map[string]func(t *testing.T, dump string) string{
	"sqlite": func(t *testing.T, dump string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "cases.db")
		db, err := sql.Open("sqlite", address(path))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), dump); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	},
	"postgres": restoredPostgres,
}

func takenUp(t *testing.T, make maker, restored func(t *testing.T, dump string) string) {
	t.Helper()
	want := shape(t, make(t, Options{}))
	for version := 1; version <= len(schemas); version++ {
		dump, code := dumped(t, version)
		s := open(t, restored(t, dump), Options{})
		if diff := cmp.Diff(want, shape(t, s)); diff != "" {
			t.Errorf("from version %d it is not as a new one (-new +migrated):\n%s", version, diff)
		}
		c, err := s.Resume(t.Context(), Try{Code: code, From: stranger, Key: aKey})
		if err != nil {
			t.Fatal(err)
		}
		rs, err := c.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		records := slices.Clone(before)
		for i := range records {
			records[i].Seq = uint64(i) + 1
		}
		if diff := cmp.Diff(records, rs); diff != "" {
			t.Errorf("from version %d (-want +got):\n%s", version, diff)
		}
		must(t, c, 3, note("w", 3, "on"))
		if n, err := s.Count(t.Context()); n != 2 || err != nil {
			t.Errorf("%d cases, %v", n, err)
		}
		if version >= 2 {
			if h, err := s.CheckAudit(t.Context(), AuditHead{}); h.Seq != 2 || err != nil {
				t.Errorf("the audit ends at %+v, %v", h, err)
			}
			if all, err := s.Invitations(t.Context(), Anybody()); len(all) != 1 || err != nil || all[0].Tenant != "contoso.example" || (all[0].Organisation == "Fabrikam") != (version >= 12) {
				t.Errorf("invitations %+v, %v", all, err)
			}
		}
		if version >= 4 {
			all, _, _, err := s.Queue(t.Context(), Filter{Waiting: true}, Cursor{}, 9)
			if err != nil || len(all) != 1 || !all[0].Waits.Equal(noon) || all[0].Stage != stood.Stage {
				t.Errorf("the queue is %+v, %v", all, err)
			}
			if yes, err := s.YesTo(t.Context(), "anna", 9); len(yes) != 1 || err != nil {
				t.Errorf("yes said %v, %v", yes, err)
			}
		}
		n := column(t, s.files.read, `SELECT CAST(COUNT(*) AS TEXT) FROM opened`) // of so few the figures tell nothing
		if f, err := s.Figures(t.Context()); version >= 7 && (n[0] != "1" || err != nil) {
			t.Errorf("%s became open, and the figures are %+v, %v", n[0], f, err)
		}
		if version >= 5 && values(t, s) != "192.0.2.0/24 one" {
			t.Errorf("bans %q", values(t, s))
		}
		if all, err := s.HandOvers(t.Context(), "Example Support", bea.Print); version >= 9 && (len(all) != 1 || err != nil || all[0].By.Name != "Lea Lind" || !all[0].Stands(noon)) {
			t.Errorf("handed over: %+v, %v", all, err)
		}
		if all := column(t, s.files.read, `SELECT visit || ' ' || console FROM visits`); version >= 13 && !slices.Equal(all, []string{"visit word"}) {
			t.Errorf("from version %d there are the visits %q", version, all)
		}
		if said, taken, err := s.LookReturn(t.Context(), "state"); version >= 6 && (len(said) != 1 || taken != 0 || err != nil) {
			t.Errorf("what came back: %v, %d, %v", said, taken, err)
		}
		if text, err := c.Receipt(t.Context(), "v1"); version >= 10 && (string(text) != "a receipt" || err != nil) {
			t.Errorf("from version %d the receipt is %q, %v", version, text, err)
		}
		if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, ErrOtherKey) {
			t.Errorf("without its key: %v", err)
		}
	}
}

// A step that fails leaves the database at the version before, whole.
func TestAMigrationIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	s := open(t, path, Options{})
	_, code := begun(t, s)
	at := len(schemas)
	steps := append(slices.Clone(schemas), "ALTER TABLE cases ADD COLUMN more TEXT;\nALTER TABLE nothing ADD COLUMN more TEXT;\n")
	if err := migrate(t.Context(), s.files.write, s.dialect, steps); err == nil {
		t.Error("half of a step was taken")
	}
	if got := column(t, s.files.read, `SELECT value FROM facts WHERE name = 'version'`); got[0] != fmt.Sprint(at) {
		t.Errorf("version %s", got)
	}
	if got := strings.Join(shape(t, s), "\n"); strings.Contains(got, "more") {
		t.Errorf("half of a step is there:\n%s", got)
	}
	steps[at] = "ALTER TABLE cases ADD COLUMN more TEXT;\nALTER TABLE records ADD COLUMN more TEXT;\n"
	for range 2 { // the second time there is nothing to do
		if err := migrate(t.Context(), s.files.write, s.dialect, steps); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(shape(t, s), "\n"); strings.Count(got, "more") != 2 {
		t.Errorf("the step was not taken:\n%s", got)
	}
	if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := migrate(t.Context(), s.files.write, s.dialect, steps[:at]); !errors.Is(err, ErrNewer) {
		t.Errorf("the version before: %v", err)
	}
}

// A process that died between erasing a case and wiping its traces wipes them
// when it begins again.
func TestAWipeIsFinishedByTheNextProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	s := open(t, path, Options{})
	c, _ := begun(t, s)
	if err := s.submit(&job{ctx: t.Context(), do: func(q *queries) (answer, fault error) {
		_, err := q.drop(c.id)
		return nil, err
	}}); err != nil {
		t.Fatal(err)
	}
	const mark = `SELECT value FROM facts WHERE name = 'unwiped'`
	if len(column(t, s.files.read, mark)) != 1 {
		t.Error("it is not noted")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, Options{})
	if len(column(t, s.files.read, mark)) != 0 {
		t.Error("it is not done")
	}
	if left := traces(t, path, string(c.Number())); left != nil {
		t.Errorf("left in %v", left)
	}
}

func TestAKeyThatIsNotWholeIsNoticed(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "zz", "00"} {
		path := filepath.Join(t.TempDir(), "cases.db")
		s := open(t, path, Options{})
		raw(t, s, `UPDATE facts SET value = '`+value+`' WHERE name = 'key'`)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := opens(t, path); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// What is asked for with each key press is found by a key and read in order,
// however many cases there are.
func TestNoQueryOfASessionSearches(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	for _, query := range []string{findCase, getCase, aboutCase, renewCase, bindCase, advance, findRecord, readCase, dropRecords, dropCase} {
		args := make([]any, strings.Count(query, "?"))
		for _, detail := range planned(t, s, query, args...) {
			if !strings.HasPrefix(detail, "SEARCH ") {
				t.Errorf("%s: %s", query, detail)
			}
		}
	}
}

// planned is how a database goes about a query, without what it says of its costs. Where it
// would rather read a table whole, because that is small, it is held to what it could do.
func planned(t *testing.T, s *Store, query string, args ...any) (out []string) {
	t.Helper()
	conn, err := s.files.read.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	explain, of := `EXPLAIN QUERY PLAN `, []any{new(any), new(any), new(any)}
	if s.hearing != nil {
		explain, of = `EXPLAIN (COSTS OFF) `, nil
		if _, err := conn.ExecContext(t.Context(), `SET enable_seqscan = off`); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := conn.ExecContext(t.Context(), `RESET enable_seqscan`); err != nil {
				t.Error(err)
			}
		}()
	}
	rows, err := conn.QueryContext(t.Context(), explain+s.dialect.sql(query), args...)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var detail string
		if err := rows.Scan(append(of, &detail)...); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Error(err)
	}
	return out
}

// What each look at a queue asks of hand-overs, and what ends them, reads of many no more
// than what it is about, which an index finds; so does what asks for cases by their numbers.
func TestHandOversAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		const many = ` WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 5000) `
		raw(t, s, `INSERT INTO cases`+many+`SELECT n, 0, n, 0, 0 FROM many`,
			`INSERT INTO doors`+many+`SELECT n, 'number ' || n, 'find ' || n, '', '', CAST('1' AS BYTEA) FROM many`,
			`INSERT INTO stands`+many+`SELECT n, 0, '', 0, 0, 0, n % 2, 0 FROM many`,
			`INSERT INTO handovers`+many+`SELECT n, 'o', CAST(n AS TEXT), 'by ' || n, 'l', 'to ' || n, 'b', 0, n, CASE WHEN n > 2500 THEN 'expired' ELSE '' END FROM many`)
		raw(t, s, `ANALYZE cases`, `ANALYZE doors`, `ANALYZE stands`, `ANALYZE handovers`)
		ask := []any{noon.UnixMilli()}
		for range mostNumbers {
			ask = append(ask, "number")
		}
		for name, x := range map[string]struct {
			query string
			args  []any
			by    []string
		}{
			"of a guide": {handOvers, []any{"o", "to 7", "by 7", 1, mostHandOvers}, []string{"handovers_to", "handovers_by"}},
			"over":       {overHandOvers, []any{9, mostHandOvers}, []string{"handovers_until"}},
			"told":       {oldHandOvers, []any{9}, []string{"handovers_until"}},
			"by number":  {queued(), ask, []string{"doors_number_key"}},
		} {
			plan := strings.ReplaceAll(strings.Join(planned(t, s, x.query, x.args...), "\n"), "sqlite_autoindex_doors_2", "doors_number_key")
			for _, index := range x.by {
				if !strings.Contains(plan, index) {
					t.Errorf("%s: %s is not used:\n%s", name, index, plan)
				}
			}
			if strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s: a table is read whole:\n%s", name, plan)
			}
		}
	})
}
