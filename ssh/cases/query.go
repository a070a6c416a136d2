package cases

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"onboard.example/flows"
)

// dialect is what differs between databases. The schema and every query are the
// same text.
type dialect struct {
	// sql gives a query its placeholders: ours are question marks.
	sql func(query string) string
	// tables counts the tables called facts, and all of them.
	tables string
}

// The queries, each once.
const (
	putFact = `INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	getFact = `SELECT value FROM facts WHERE name = ?`

	addCase   = `INSERT INTO cases (number, find, proof, bound, made_at, last_at, last_seq, size) VALUES (?, ?, ?, '', ?, ?, 0, 0) ON CONFLICT DO NOTHING`
	findCase  = `SELECT number, proof, bound FROM cases WHERE find = ?`
	hasCase   = `SELECT last_seq, size FROM cases WHERE number = ?`
	renewCase = `UPDATE cases SET find = ?, proof = ? WHERE number = ?`
	bindCase  = `UPDATE cases SET bound = ? WHERE number = ?`
	// oldCases are those that nothing was added to for long.
	oldCases = `SELECT number FROM cases WHERE last_at < ? ORDER BY last_at LIMIT ?`
	// advance takes the places after a record, if it is still the last.
	advance = `UPDATE cases SET last_seq = last_seq + ?, size = size + ?, last_at = ? WHERE number = ? AND last_seq = ? AND size + ? <= ?`

	addRecord  = `INSERT INTO records (number, seq, writer, n, checksum, record) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	findRecord = `SELECT seq FROM records WHERE number = ? AND writer = ? AND n = ?`
	// readCase gives one row without a record where there are none to give.
	readCase = `SELECT cases.last_seq, records.seq, records.writer, records.n, records.checksum, records.record
FROM cases LEFT JOIN records ON records.number = cases.number AND records.seq > ?
WHERE cases.number = ? ORDER BY records.seq`

	dropRecords = `DELETE FROM records WHERE number = ?`
	dropCase    = `DELETE FROM cases WHERE number = ?`
)

// statements are queries that are made ready once.
type statements struct {
	addCase, findCase, hasCase, renewCase, bindCase, oldCases, advance,
	addRecord, findRecord, readCase, dropRecords, dropCase *sql.Stmt
	all []io.Closer
}

// prepare makes the queries ready on a database.
func prepare(ctx context.Context, db *sql.DB, d dialect) (*statements, error) {
	s := &statements{}
	for _, p := range []struct {
		at    **sql.Stmt
		query string
	}{
		{&s.addCase, addCase},
		{&s.findCase, findCase},
		{&s.hasCase, hasCase},
		{&s.renewCase, renewCase},
		{&s.bindCase, bindCase},
		{&s.oldCases, oldCases},
		{&s.advance, advance},
		{&s.addRecord, addRecord},
		{&s.findRecord, findRecord},
		{&s.readCase, readCase},
		{&s.dropRecords, dropRecords},
		{&s.dropCase, dropCase},
	} {
		stmt, err := db.PrepareContext(ctx, d.sql(p.query))
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		*p.at, s.all = stmt, append(s.all, stmt)
	}
	return s, nil
}

// Close lets the queries go.
func (s *statements) Close() error {
	var errs []error
	for _, c := range s.all {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// queries are what one transaction, or a reader, asks of the database. Their
// errors are the database's own.
type queries struct {
	ctx context.Context
	*statements
	tx *sql.Tx // nil for a reader
}

// with is a statement as this transaction runs it.
func (q *queries) with(s *sql.Stmt) *sql.Stmt {
	if q.tx == nil {
		return s
	}
	return q.tx.StmtContext(q.ctx, s)
}

// exec says how many rows a statement changed.
func (q *queries) exec(s *sql.Stmt, args ...any) (int64, error) {
	res, err := q.with(s).ExecContext(q.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// head is where a case ends and how large it is; ok is false where there is none.
func (q *queries) head(n Number) (last, size int64, ok bool, err error) {
	err = q.with(q.hasCase).QueryRowContext(q.ctx, string(n)).Scan(&last, &size)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, false, nil
	}
	return last, size, err == nil, err
}

// place is where a record stands; ok is false where it does not.
func (q *queries) place(n Number, r flows.Record) (seq int64, ok bool, err error) {
	err = q.with(q.findRecord).QueryRowContext(q.ctx, string(n), string(r.Writer), int64(r.N)).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

// old gives some of the cases that nothing was added to since a time.
func (q *queries) old(before int64, most int) (out []Number, err error) {
	rows, err := q.with(q.oldCases).QueryContext(q.ctx, before, most)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, Number(n))
	}
	return out, rows.Err()
}

// drop deletes a case and its records; gone is how many cases that were.
func (q *queries) drop(n Number) (gone int64, err error) {
	if _, err := q.exec(q.dropRecords, string(n)); err != nil {
		return 0, err
	}
	return q.exec(q.dropCase, string(n))
}
