package cases

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"onboard.example/flows/journal"
)

// How long PostgreSQL is waited for. A database that is away must not hold a
// session up for longer than a person waits without a word.
const (
	// connectTime is for one address of the URL, unless it says connect_timeout.
	connectTime = 3 * time.Second
	// answerTime is for one transaction, or for what is read.
	answerTime = 5 * time.Second
)

// codeLocked and codeDead are what a transaction loses against another with:
// serialization_failure and deadlock_detected.
const codeLocked, codeDead = "40001", "40P01"

// postgresDialect is PostgreSQL's.
func postgresDialect() dialect {
	return dialect{
		sql: numbered1,
		ddl: func(stmt string) string { return strings.ReplaceAll(stmt, " BLOB", " BYTEA") },
		// "onboard", as a number: nobody else begins until the transaction ends.
		alone: []string{`SET LOCAL statement_timeout = 0`, `SELECT pg_advisory_xact_lock(31366174530236004)`},
		tables: `SELECT COUNT(*) FILTER (WHERE relname = 'facts'), COUNT(*) FROM pg_catalog.pg_class
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema())
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')`, // an extension's is nobody's
		more: map[int]string{
			2: `CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the audit is only added to''; END';
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_keeps BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
`,
			// What is known of the columns would be copies of what is in them, which nobody
			// wipes; the ids say nothing, and have every row looked at when it is counted.
			// A column that gets a type, if the one it has, is known nothing of.
			3: `ALTER TABLE doors ALTER case_id SET STATISTICS 10000, ALTER number SET STATISTICS 0, ALTER find SET STATISTICS 0,
ALTER proof SET STATISTICS 0, ALTER bound SET STATISTICS 0, ALTER secret SET STATISTICS 0;
ALTER TABLE invitations ALTER id SET STATISTICS 10000, ALTER number SET STATISTICS 0, ALTER find SET STATISTICS 0, ALTER proof SET STATISTICS 0,
ALTER scope SET STATISTICS 0, ALTER tenant SET STATISTICS 0, ALTER made_by SET STATISTICS 0;
ALTER TABLE invitations ALTER number TYPE TEXT, ALTER find TYPE TEXT, ALTER proof TYPE TEXT, ALTER scope TYPE TEXT, ALTER tenant TYPE TEXT, ALTER made_by TYPE TEXT;
`,
			// All columns of both, so that it does not matter what was said of which before.
			14: `ALTER TABLE doors ALTER case_id SET STATISTICS 10000, ALTER number SET STATISTICS 0, ALTER find SET STATISTICS 0,
ALTER proof SET STATISTICS 0, ALTER bound SET STATISTICS 0, ALTER secret SET STATISTICS 0;
ALTER TABLE invitations ALTER id SET STATISTICS 10000, ALTER number SET STATISTICS 0, ALTER find SET STATISTICS 0, ALTER proof SET STATISTICS 0,
ALTER scope SET STATISTICS 0, ALTER tenant SET STATISTICS 0, ALTER made_by SET STATISTICS 0, ALTER made_at SET STATISTICS 0, ALTER until_at SET STATISTICS 0,
ALTER revoked_at SET STATISTICS 0, ALTER used_at SET STATISTICS 0, ALTER case_id SET STATISTICS 0, ALTER organisation SET STATISTICS 0;
ALTER TABLE doors ALTER number TYPE TEXT, ALTER find TYPE TEXT, ALTER proof TYPE TEXT, ALTER bound TYPE TEXT, ALTER secret TYPE BLOB;
ALTER TABLE invitations ALTER number TYPE TEXT, ALTER find TYPE TEXT, ALTER proof TYPE TEXT, ALTER scope TYPE TEXT, ALTER tenant TYPE TEXT, ALTER made_by TYPE TEXT,
ALTER made_at TYPE BIGINT, ALTER until_at TYPE BIGINT, ALTER revoked_at TYPE BIGINT, ALTER used_at TYPE BIGINT, ALTER case_id TYPE BIGINT, ALTER organisation TYPE TEXT;
`,
		},
		notify:   `SELECT pg_notify(topic, ?) FROM unnest(string_to_array(?, ',')) AS topic`,
		kept:     `SELECT CAST(COALESCE(SUM(size + last_seq * 150 + 1000), 0) + (SELECT COALESCE(SUM(OCTET_LENGTH(sealed) + 150), 0) FROM receipts) AS BIGINT) FROM cases`,
		patience: answerTime,
		again:    func(err error) bool { return slices.Contains([]string{codeLocked, codeDead}, sqlState(err)) },
		dead: func(err error) bool {
			_, unreached := errors.AsType[*pgconn.ConnectError](err)
			return !unreached && !errors.Is(err, context.DeadlineExceeded) && errors.Is(postgresReason(err), ErrAway)
		},
		reason: postgresReason,
	}
}

// numbered1 gives a query PostgreSQL's placeholders: $1, $2, … for question marks.
func numbered1(query string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// IsURL says whether cases are kept in a PostgreSQL database at where, and not in
// a file of that name.
func IsURL(where string) bool {
	_, ok := rest(where)
	return ok
}

// rest is a URL without its scheme, in whichever letters that is written: it must not
// become the name of a file, with the password in it.
func rest(where string) (string, bool) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(where), "://")
	return rest, ok && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}

// Place is where cases are kept, for people and logs: the path of a file, or what
// of a URL is no secret.
func Place(where string) string {
	if !IsURL(where) {
		return where
	}
	c, err := parseURL(where)
	if err != nil {
		return "postgres://…"
	}
	u := url.URL{Scheme: "postgres", User: url.User(c.User), Host: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))), Path: "/" + c.Database}
	if strings.HasPrefix(c.Host, "/") { // a socket
		u.Host, u.RawQuery = "", url.Values{"host": {c.Host}, "port": {strconv.Itoa(int(c.Port))}}.Encode()
	}
	return u.String()
}

// CheckPlace says what is wrong with where cases are to be kept, as far as that is
// seen without asking anybody: ErrAddress of a URL that is none, and ErrPlain. It holds
// no password.
func CheckPlace(where string) error {
	if !IsURL(where) {
		return nil
	}
	_, err := parseURL(where)
	return err
}

// parseURL reads the URL of a PostgreSQL database, with what pgx takes from the
// environment (PGPASSWORD, PGPASSFILE, PGSSLMODE, …) where it is silent. No error
// holds a password.
func parseURL(where string) (*pgx.ConnConfig, error) {
	if rest, ok := rest(where); ok {
		where = "postgres://" + rest
	}
	u, err := url.Parse(where)
	if err != nil {
		return nil, ErrAddress // a part of a password that was not escaped may be in err
	}
	c, err := pgx.ParseConfig(where)
	if err != nil {
		why := errors.Unwrap(err) // err itself repeats the URL
		if why == nil || holdsSecret(why.Error(), u) {
			return nil, ErrAddress
		}
		return nil, fmt.Errorf("%w: %s", ErrAddress, why.Error())
	}
	if mayBeRead(c) {
		return nil, ErrPlain
	}
	if c.ConnectTimeout == 0 || c.ConnectTimeout > time.Minute { // pgx's own is two minutes
		c.ConnectTimeout = connectTime
	}
	for name, value := range map[string]string{
		"application_name":                    "onboard",
		"statement_timeout":                   strconv.FormatInt(answerTime.Milliseconds(), 10),
		"idle_in_transaction_session_timeout": strconv.FormatInt(3*answerTime.Milliseconds(), 10), // of a node that hangs: others wait for its rows
		"default_transaction_isolation":       "read committed",
	} {
		if c.RuntimeParams[name] == "" {
			c.RuntimeParams[name] = value
		}
	}
	if c.RuntimeParams["synchronous_commit"] != "remote_apply" { // which is more
		c.RuntimeParams["synchronous_commit"] = "on"
	}
	return c, nil
}

// mayBeRead says whether a host elsewhere may be spoken to in the open although nobody
// said so: PostgreSQL's own choice is to try without TLS where there is none.
func mayBeRead(c *pgx.ConnConfig) bool {
	ways := []*pgconn.FallbackConfig{{Host: c.Host, TLSConfig: c.TLSConfig}}
	open, closed := map[string]bool{}, map[string]bool{}
	for _, w := range append(ways, c.Fallbacks...) {
		ip, err := netip.ParseAddr(w.Host)
		if strings.HasPrefix(w.Host, "/") || strings.HasPrefix(w.Host, "@") || w.Host == "localhost" || err == nil && ip.IsLoopback() {
			continue
		}
		if w.TLSConfig == nil {
			open[w.Host] = true
		} else {
			closed[w.Host] = true
		}
		if open[w.Host] && closed[w.Host] {
			return true
		}
	}
	return false
}

// holdsSecret says whether a text has a password of a URL in it.
func holdsSecret(text string, u *url.URL) bool {
	secrets := []string{u.Query().Get("password"), u.Query().Get("sslpassword")}
	if u.User != nil {
		word, _ := u.User.Password()
		secrets = append(secrets, word)
	}
	return slices.ContainsFunc(secrets, func(s string) bool { return s != "" && strings.Contains(text, s) })
}

// openPostgres connects to a database.
func openPostgres(ctx context.Context, where string) (*files, *pgx.ConnConfig, error) {
	c, err := parseURL(where)
	if err != nil {
		return nil, nil, err
	}
	reader := c.Copy()
	reader.RuntimeParams["default_transaction_read_only"] = "on"
	f := &files{write: stdlib.OpenDB(*c), read: stdlib.OpenDB(*reader)}
	f.write.SetMaxOpenConns(1)
	f.write.SetMaxIdleConns(1)
	f.read.SetMaxOpenConns(mostReaders)
	f.read.SetMaxIdleConns(mostReaders)
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, ErrAway)
	defer cancel()
	if err := f.write.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, c, nil
}

// sqlState is PostgreSQL's code of an error (SQLSTATE); empty: it has none.
func sqlState(err error) string {
	if is, ok := errors.AsType[*pgconn.PgError](err); ok {
		return is.Code
	}
	return ""
}

// postgresReason is what we say of an error of PostgreSQL, or on the way to it.
func postgresReason(err error) error {
	code := sqlState(err)
	switch code {
	case "":
		return lostReason(err)
	case "53100": // disk_full
		return journal.ErrDiskFull
	case "25006": // read_only_sql_transaction: a standby
		return journal.ErrReadOnly
	case "42501", "28000", "28P01": // insufficient_privilege, invalid_authorization, invalid_password
		return journal.ErrDenied
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return ErrCorrupt
	case codeLocked, codeDead,
		"57P01", "57P02", "57P03", "57P05", // it is being stopped, has crashed, starts, or ended an idle session
		"57014", "55P03", "25P03", "25P04", // statement_timeout, lock_timeout, and those of transactions
		"53200", "53300": // out of memory, too many connections
		return ErrAway
	}
	if strings.HasPrefix(code, "08") { // connection exceptions
		return ErrAway
	}
	return nil
}

// lostReason is what we say of an error that the database did not give.
func lostReason(err error) error {
	for _, lost := range []error{
		driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded, pgconn.ErrConnClosed,
	} {
		if errors.Is(err, lost) {
			return ErrAway
		}
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return ErrAway
	}
	if _, ok := errors.AsType[net.Error](err); ok || pgconn.Timeout(err) {
		return ErrAway
	}
	return nil
}

// line is an error in one line; pgx breaks what failed with several addresses.
type line struct{ error }

// Error implements error.
func (l line) Error() string { return strings.ReplaceAll(l.error.Error(), "\n\t", "; ") }

// Unwrap gives the error itself.
func (l line) Unwrap() error { return l.error }
