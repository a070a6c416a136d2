package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// schemas are the steps from an empty database to the newest schema: step n
// leads from version n to n+1. A step that was released is never changed.
//
// The words are those that SQLite and PostgreSQL share: TEXT, BIGINT, and BLOB,
// in place of which PostgreSQL's dialect says BYTEA. Times are milliseconds since 1970, UTC.
// A step's statements end with a semicolon at the end of a line.
var schemas = []string{
	// 1: cases and their records. All that says whose a case is, and the key of
	// its records, is in cases, so that this one table is all that must be wiped
	// when one is erased; id is drawn at random and says nothing. find and proof
	// are of the code and bound of the SSH key, see keyring. The two keys of
	// records are what keeps a journal from being forked or told twice.
	`
CREATE TABLE cases (
	id BIGINT NOT NULL PRIMARY KEY,
	number TEXT NOT NULL UNIQUE,
	find TEXT NOT NULL UNIQUE,
	proof TEXT NOT NULL,
	bound TEXT NOT NULL,
	secret BLOB NOT NULL,
	made_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	last_seq BIGINT NOT NULL,
	size BIGINT NOT NULL
);
CREATE TABLE records (
	case_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	writer TEXT NOT NULL,
	n BIGINT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (case_id, seq),
	UNIQUE (case_id, writer, n)
);
`,
	// 2: who is at a case, by the node that serves them, and where cases stand: a seat
	// counts while the lease of its node lasts, and of the customer there is nothing in
	// either. Invitations: case_id is 0 until they are used, and the times are 0 where
	// they are not. The audit, which each database has its own way to keep as it is; see
	// dialect.more.
	`
CREATE TABLE nodes (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE TABLE seats (
	case_id BIGINT NOT NULL PRIMARY KEY,
	word TEXT NOT NULL,
	node TEXT NOT NULL,
	since_at BIGINT NOT NULL
);
CREATE TABLE stands (
	case_id BIGINT NOT NULL PRIMARY KEY,
	step TEXT NOT NULL,
	waiting BIGINT NOT NULL
);
CREATE TABLE invitations (
	id BIGINT NOT NULL PRIMARY KEY,
	number TEXT NOT NULL UNIQUE,
	find TEXT NOT NULL UNIQUE,
	proof TEXT NOT NULL,
	scope TEXT NOT NULL,
	tenant TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL,
	case_id BIGINT NOT NULL
);
CREATE INDEX invitations_case ON invitations (case_id);
CREATE TABLE audit (
	seq BIGINT NOT NULL PRIMARY KEY,
	entry BLOB NOT NULL,
	hash TEXT NOT NULL
);
`,
	// 3: all that says whose a case is, and the key of its records, goes from cases to
	// doors. Each append changes cases, and none touches doors, which can so be written
	// anew when a case is erased without holding a run up. An entry of the audit has a
	// mark by which it is known when it is tried again; those of before have none.
	`
CREATE TABLE doors (
	case_id BIGINT NOT NULL PRIMARY KEY,
	number TEXT NOT NULL UNIQUE,
	find TEXT NOT NULL UNIQUE,
	proof TEXT NOT NULL,
	bound TEXT NOT NULL,
	secret BLOB NOT NULL
);
INSERT INTO doors SELECT id, number, find, proof, bound, secret FROM cases;
ALTER TABLE cases RENAME TO old_cases;
CREATE TABLE cases (
	id BIGINT NOT NULL PRIMARY KEY,
	made_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	last_seq BIGINT NOT NULL,
	size BIGINT NOT NULL
);
INSERT INTO cases SELECT id, made_at, last_at, last_seq, size FROM old_cases;
DROP TABLE old_cases;
ALTER TABLE audit ADD COLUMN mark TEXT;
CREATE UNIQUE INDEX audit_mark ON audit (mark);
`,
	// 4: where cases stand, as a queue shows it. No server had noted anything in the
	// table before. waits_at is 0 where nobody waits, and ended 1 of what is over. And
	// to which guides customers said yes: guide is of the name, see keyring.
	`
DROP TABLE stands;
CREATE TABLE stands (
	case_id BIGINT NOT NULL PRIMARY KEY,
	stage BIGINT NOT NULL,
	step TEXT NOT NULL,
	step_n BIGINT NOT NULL,
	step_of BIGINT NOT NULL,
	waits_at BIGINT NOT NULL,
	ended BIGINT NOT NULL
);
CREATE TABLE yeses (
	guide TEXT NOT NULL,
	case_id BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	PRIMARY KEY (guide, case_id)
);
CREATE INDEX yeses_case ON yeses (case_id);
`,
	// 5: bans, which all nodes hold to. until_at is 0 where a ban holds until it is lifted;
	// both times are the database's own. mark tells one from another of the same value.
	`
CREATE TABLE bans (
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	mark TEXT NOT NULL UNIQUE,
	reason TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	PRIMARY KEY (kind, value)
);
`,
	// 6: what came back for runs, on whichever node, for the one that waits for it. run and
	// state are sums; said is sealed, and taken 0 until the run has it. Of a case that is
	// erased nobody has the state any more, without which said cannot be read.
	`
CREATE TABLE returns (
	state TEXT NOT NULL PRIMARY KEY,
	run TEXT NOT NULL,
	said BLOB NOT NULL,
	taken BIGINT NOT NULL,
	until_at BIGINT NOT NULL
);
`,
	// 7: when cases became open, and how long that took them, in milliseconds, for the
	// figures of all of them. It goes with the case.
	`
CREATE TABLE opened (
	case_id BIGINT NOT NULL PRIMARY KEY,
	opened_at BIGINT NOT NULL,
	took BIGINT NOT NULL
);
CREATE INDEX opened_when ON opened (opened_at);
`,
	// 8: home is 1 of a case whose run is on its person's own machine, which shares it.
	`
ALTER TABLE stands ADD COLUMN home BIGINT NOT NULL DEFAULT 0;
`,
	// 9: which guides are at a console, by the node that serves them, as seats are; and
	// which cases were handed over, one by each organisation, to whom. print, by_print and
	// to_print are of keys. until_at is when it expires or, where ended says what became of
	// it, when that is told no more.
	`
CREATE TABLE consoles (
	word TEXT NOT NULL PRIMARY KEY,
	node TEXT NOT NULL,
	print TEXT NOT NULL,
	name TEXT NOT NULL,
	organisation TEXT NOT NULL,
	roles TEXT NOT NULL,
	since_at BIGINT NOT NULL
);
CREATE TABLE handovers (
	case_id BIGINT NOT NULL,
	organisation TEXT NOT NULL,
	mark TEXT NOT NULL,
	by_print TEXT NOT NULL,
	by_name TEXT NOT NULL,
	to_print TEXT NOT NULL,
	to_name TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ended TEXT NOT NULL,
	PRIMARY KEY (case_id, organisation)
);
`,
	// 10: signed receipts of guided sessions, by the visit, as they were given out first. Each
	// is sealed as the records of its case are, and goes with it.
	`
CREATE TABLE receipts (
	case_id BIGINT NOT NULL,
	visit TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (case_id, visit)
);
`,
	// 11: hand-overs are found by who they are to and by, which each look at a queue asks,
	// and by when their time is over.
	`
CREATE INDEX handovers_to ON handovers (to_print);
CREATE INDEX handovers_by ON handovers (by_print);
CREATE INDEX handovers_until ON handovers (until_at);
`,
	// 12: which organisation's guide made an invitation; empty where the operator did, or a
	// server of before this.
	`
ALTER TABLE invitations ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
`,
	// 13: guides' visits of cases, from before they ask until the audit has the end, by the
	// console that they are made from: whoever finds that gone ends them. who, role and
	// organisation are the guide's, as the audit has them. A visit does not go with its case: its end is still to be
	// written down then.
	`
CREATE TABLE visits (
	visit TEXT NOT NULL PRIMARY KEY,
	number TEXT NOT NULL,
	console TEXT NOT NULL,
	who TEXT NOT NULL,
	role TEXT NOT NULL,
	organisation TEXT NOT NULL
);
`,
	// 14: nothing is known of what is in wiped tables but of their ids; in PostgreSQL alone.
	`
`,
}

// facts is the one table that every version has: the version of the schema and
// the key of the codes.
const createFacts = `CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`

// The names of facts.
const (
	factVersion = "version"
	factKey     = "key"
	factUnwiped = "unwiped" // there while a case is erased and not yet wiped
)

// migrate brings a database to the newest of some schemas, in one transaction: a
// process that dies on the way leaves it as it was.
func migrate(ctx context.Context, db *sql.DB, d dialect, schemas []string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	for _, stmt := range d.alone {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	version, err := versionOf(ctx, tx, d)
	if err != nil {
		return err
	}
	if version > len(schemas) {
		return ErrNewer
	}
	if version == 0 {
		if _, err := tx.ExecContext(ctx, createFacts); err != nil {
			return err
		}
	}
	for i, step := range schemas[version:] {
		step += d.more[version+i+1]
		for stmt := range strings.SplitSeq(step, ";\n") {
			if strings.TrimSpace(stmt) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, d.ddl(stmt)); err != nil {
				return err
			}
		}
	}
	if version < len(schemas) {
		if _, err := tx.ExecContext(ctx, d.sql(putFact), factVersion, strconv.Itoa(len(schemas))); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// asker is a database or a transaction.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// versionOf reads the version of a database; of an empty one it is 0.
func versionOf(ctx context.Context, db asker, d dialect) (int, error) {
	var facts, tables int
	if err := db.QueryRowContext(ctx, d.tables).Scan(&facts, &tables); err != nil {
		return 0, err
	}
	switch {
	case tables == 0:
		return 0, nil
	case facts == 0:
		return 0, ErrForeign
	}
	var text string
	if err := db.QueryRowContext(ctx, d.sql(getFact), factVersion).Scan(&text); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return 0, ErrForeign
		}
		return 0, err
	}
	version, err := strconv.Atoi(text)
	if err != nil || version < 1 {
		return 0, fmt.Errorf("%w: its version is %.40q", ErrForeign, text)
	}
	return version, nil
}
