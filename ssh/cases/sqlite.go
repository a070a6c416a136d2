package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"onboard.example/flows/journal"
)

// sqliteDialect is SQLite's.
func sqliteDialect() dialect {
	return dialect{
		sql:    func(q string) string { return q },
		ddl:    func(stmt string) string { return stmt },
		tables: `SELECT COALESCE(SUM(name = 'facts'), 0), COUNT(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'`,
		// A DELETE of everything frees whole pages, which secure_delete overwrites.
		// One row at a time leaves, where pages were rearranged, copies behind.
		anew: []string{
			`CREATE TEMP TABLE saved AS SELECT * FROM doors`,
			`DELETE FROM doors`,
			`INSERT INTO doors SELECT * FROM saved`,
			`DROP TABLE temp.saved`,
			`CREATE TEMP TABLE saved AS SELECT * FROM invitations`,
			`DELETE FROM invitations`,
			`INSERT INTO invitations SELECT * FROM saved`,
			`DROP TABLE temp.saved`,
		},
		more: map[int]string{2: `CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
`},
		clean:  checkpoint,
		again:  func(error) bool { return false },
		reason: sqliteReason,
	}
}

// pragmas are set on every connection. A commit is on the disk before it is
// said to be (synchronous), and what is deleted is overwritten (secure_delete).
var pragmas = []string{
	"synchronous(FULL)", "secure_delete(ON)", "temp_store(MEMORY)", "trusted_schema(OFF)", "cell_size_check(ON)",
	"journal_size_limit(16777216)",
}

// pageSize is SQLite's own choice, in bytes, and that of each file of ours.
const pageSize = 4096

// logPages is how many pages the log takes before they are moved into the database. Of
// cases that go on, appends change the same pages again and again, and what is moved is
// each page once: SQLite's own thousand would have that, and the two forces of the disk
// that it takes, three times as often. The log stays below journal_size_limit, beyond
// which its file would be cut each time, and grow anew.
const logPages = 3000

// most readers at once; each connection holds two megabytes of pages at most.
const mostReaders = 4

// address is how the driver is told of a file. Two seconds is how long a
// checkpoint waits for readers.
func address(path string, more ...string) string {
	q := url.Values{"_busy_timeout": {"2000"}, "_dqs": {"0"}, "_error_rc": {"1"}, "_pragma": append(more, pragmas...)}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	if runtime.GOOS == "windows" {
		u.Path = "/" + u.Path
	}
	return u.String()
}

// files are the database's connections and, of SQLite, the lock that keeps others
// off it.
type files struct {
	lock        *os.File
	write, read *sql.DB
}

// openFiles takes hold of the database at path, which it makes where there is
// none, for its owner alone. It grows to no more than most bytes.
func openFiles(ctx context.Context, path string, d dialect, most int64) (f *files, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f = &files{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if f.lock, err = os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return f, err
	}
	if err := journal.Lock(f.lock); errors.Is(err, journal.ErrBusy) {
		return f, ErrBusy
	} else if err != nil {
		return f, err
	}
	// Before the driver: closing a file takes away the locks that the driver's
	// own hold on it.
	if err := ready(path); err != nil {
		return f, err
	}
	if err := ours(ctx, path, d); err != nil {
		return f, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return f, err
	}
	own := []string{"journal_mode(WAL)", fmt.Sprintf("wal_autocheckpoint(%d)", logPages), fmt.Sprintf("max_page_count(%d)", max(1, most/pageSize))}
	if f.write, err = sql.Open("sqlite", address(path, own...)+"&_txlock=immediate"); err != nil {
		return f, err
	}
	f.write.SetMaxOpenConns(1)
	f.write.SetMaxIdleConns(1)
	var mode string
	if err := f.write.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil {
		return f, err
	}
	if mode != "wal" {
		return f, fmt.Errorf("the disk cannot keep a log beside the database: its mode is %q", mode)
	}
	if f.read, err = sql.Open("sqlite", address(path)+"&_query_only=1"); err != nil {
		return f, err
	}
	f.read.SetMaxOpenConns(mostReaders)
	f.read.SetMaxIdleConns(mostReaders)
	return f, nil
}

// ready makes sure that there is a file, and that it is one. A new one is its
// owner's alone; the database's other files get the rights that it has.
func ready(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return errors.Join(f.Close(), syncDir(filepath.Dir(path)))
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return ErrForeign
	}
	return err
}

// ours fails where a file is no database of ours, or a later version's, before
// anything in it is changed.
func ours(ctx context.Context, path string, d dialect) (err error) {
	db, err := sql.Open("sqlite", address(path)+"&_query_only=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	version, err := versionOf(ctx, db, d)
	if err == nil && version > len(schemas) {
		return ErrNewer
	}
	return err
}

// syncDir forces the names in a folder to the disk; Windows does so by itself.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// wipe takes the traces of erased cases off the disk of SQLite; see dialect.anew and,
// of PostgreSQL, wiper. What said whose a case was, the key of its records with it, is
// overwritten, and the log, which still has the old pages, emptied. What a disk
// itself keeps of blocks that were written over or let go is beyond reach.
func (f *files) wipe(ctx context.Context, d dialect) error {
	var mark string
	if err := f.write.QueryRowContext(ctx, d.sql(getFact), factUnwiped).Scan(&mark); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	if err := f.rewrite(ctx, d.anew); err != nil {
		return err
	}
	if err := d.clean(ctx, f.write); err != nil {
		return err
	}
	_, err := f.write.ExecContext(ctx, d.sql(dropFact), factUnwiped, mark)
	return err
}

// rewrite runs statements in a transaction.
func (f *files) rewrite(ctx context.Context, stmts []string) error {
	if len(stmts) == 0 {
		return nil
	}
	tx, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// checkpoint moves what the log holds into the database and empties the log.
func checkpoint(ctx context.Context, db *sql.DB) error {
	var busy, log, moved int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("a reader is in the middle")
	}
	return nil
}

// Close closes the connections, readers first, so that the last one empties the
// log, and lets the next process in.
func (f *files) Close() error {
	var errs []error
	for _, db := range []*sql.DB{f.read, f.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if f.lock != nil {
		errs = append(errs, f.lock.Close())
	}
	return errors.Join(errs...)
}
