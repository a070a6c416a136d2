package cases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"onboard.example/flows"
)

// dialect is what differs between databases. The schema and every query are the
// same text.
type dialect struct {
	// sql gives a query its placeholders: ours are question marks.
	sql func(query string) string
	// ddl gives a statement of the schema its words: ours are SQLite's.
	ddl func(stmt string) string
	// more are statements of a database's own that follow those of a step, by the version
	// that it leads to.
	more map[int]string
	// alone has a migration wait for another that is on its way, and take the time that
	// it takes; empty: there can be none, and it may.
	alone []string
	// tables counts the tables called facts, and all of them.
	tables string
	// anew writes what says whose a case is anew, so that the old pages, with whatever
	// was deleted from them, are freed and overwritten; clean does what for that
	// cannot be done in a transaction. PostgreSQL has neither, but a wiper.
	anew  []string
	clean func(ctx context.Context, db *sql.DB) error
	// notify tells other nodes of topics; empty: there are none.
	notify string
	// kept is how many bytes the cases hold, where the database itself has no bound that
	// Options.MaxSize could be given to; empty: it has. What else there is, as the audit, is
	// not in it.
	kept string
	// patience is how long a transaction, or what reads, may take; zero: the database
	// is on this machine, and as quick as its disk.
	patience time.Duration
	// again says that a transaction lost against another, and may be begun anew.
	again func(err error) bool
	// dead says that a connection was there, and is no more; nil: that cannot be.
	dead func(err error) bool
	// reason is what we say of an error of the database; nil where we have no better
	// word.
	reason func(err error) error
}

// The queries, each once.
const (
	putFact  = `INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	getFact  = `SELECT value FROM facts WHERE name = ?`
	dropFact = `DELETE FROM facts WHERE name = ? AND value = ?`

	addCase    = `INSERT INTO cases (id, made_at, last_at, last_seq, size) VALUES (?, ?, ?, 0, 0) ON CONFLICT DO NOTHING`
	addDoor    = `INSERT INTO doors (case_id, number, find, proof, bound, secret) VALUES (?, ?, ?, ?, '', ?) ON CONFLICT DO NOTHING`
	findCase   = `SELECT proof, bound, case_id, number, secret FROM doors WHERE find = ?`
	getCase    = `SELECT case_id, secret FROM doors WHERE number = ?`
	getBound   = `SELECT bound FROM doors WHERE case_id = ?`
	aboutCase  = `SELECT made_at, last_at, last_seq, size FROM cases WHERE id = ?`
	countCases = `SELECT COUNT(*) FROM cases`
	renewCase  = `UPDATE doors SET find = ?, proof = ? WHERE case_id = ?`
	bindCase   = `UPDATE doors SET bound = ? WHERE case_id = ?`
	// oldCases are those that nothing was added to for long.
	oldCases = `SELECT cases.id, COALESCE(doors.number, '') FROM cases LEFT JOIN doors ON doors.case_id = cases.id
WHERE cases.last_at < ? ORDER BY cases.last_at LIMIT ?`
	// advance takes the places after a record, if it is still the last.
	advance = `UPDATE cases SET last_seq = last_seq + ?, size = size + ?, last_at = ? WHERE id = ? AND last_seq = ? AND size + ? <= ?`

	addRecord  = `INSERT INTO records (case_id, seq, writer, n, sealed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	findRecord = `SELECT seq FROM records WHERE case_id = ? AND writer = ? AND n = ?`
	// readCase gives one row without a record where there are none to give.
	readCase = `SELECT cases.last_seq, records.seq, records.writer, records.n, records.sealed
FROM cases LEFT JOIN records ON records.case_id = cases.id AND records.seq > ?
WHERE cases.id = ? ORDER BY records.seq`

	// firstRecord is who wrote the first record.
	firstRecord = `SELECT writer FROM records WHERE case_id = ? AND seq = 1`
	// lockCase has whoever else would change the case, or note that it has ended, wait for
	// the end of the transaction.
	lockCase    = `UPDATE cases SET size = size WHERE id = ?`
	dropRecords = `DELETE FROM records WHERE case_id = ?`
	// dropCase drops a case that nothing was added to since a time.
	dropCase = `DELETE FROM cases WHERE id = ? AND last_at < ?`
	// strays are cases that are gone, and of which something is there; an append, which
	// changes the row of its case, leaves none.
	strays = `SELECT case_id FROM stands WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = stands.case_id)
UNION SELECT case_id FROM yeses WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = yeses.case_id)
UNION SELECT case_id FROM opened WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = opened.case_id)
UNION SELECT case_id FROM seats WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = seats.case_id)
UNION SELECT case_id FROM handovers WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = handovers.case_id)
UNION SELECT case_id FROM receipts WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = receipts.case_id)
UNION SELECT case_id FROM invitations WHERE case_id <> 0 AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = invitations.case_id)
LIMIT ?`
	dropDoor = `DELETE FROM doors WHERE case_id = ?`

	putNode = `INSERT INTO nodes (id, name, until_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET until_at = excluded.until_at`
	putSeat = `INSERT INTO seats (case_id, word, node, since_at) VALUES (?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET word = excluded.word, node = excluded.node, since_at = excluded.since_at`
	// keepSeat leaves a seat to who has it.
	keepSeat   = `INSERT INTO seats (case_id, word, node, since_at) VALUES (?, ?, ?, ?) ON CONFLICT (case_id) DO NOTHING`
	nodeSeats  = `SELECT word FROM seats WHERE node = ?`
	getSeat    = `SELECT word FROM seats WHERE case_id = ?`
	whoSits    = `SELECT nodes.name, seats.since_at FROM seats JOIN nodes ON nodes.id = seats.node WHERE seats.case_id = ? AND nodes.until_at > ?`
	dropSeat   = `DELETE FROM seats WHERE case_id = ? AND word = ?`
	freeSeat   = `DELETE FROM seats WHERE case_id = ?`
	dropWord   = `DELETE FROM seats WHERE node = ? AND word = ?`
	dropSeats  = `DELETE FROM seats WHERE node NOT IN (SELECT id FROM nodes)`
	dropNodes  = `DELETE FROM nodes WHERE until_at < ?`
	leaveSeats = `DELETE FROM seats WHERE node = ?`
	leaveNode  = `DELETE FROM nodes WHERE id = ?`

	putStand = `INSERT INTO stands (case_id, stage, step, step_n, step_of, waits_at, ended, home) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (case_id) DO UPDATE SET stage = excluded.stage, step = excluded.step, step_n = excluded.step_n, step_of = excluded.step_of, waits_at = excluded.waits_at, ended = excluded.ended, home = excluded.home`
	dropStand = `DELETE FROM stands WHERE case_id = ?`
	// addOpened notes when a case became open, the first time alone.
	addOpened  = `INSERT INTO opened (case_id, opened_at, took) VALUES (?, ?, ?) ON CONFLICT (case_id) DO NOTHING`
	dropOpened = `DELETE FROM opened WHERE case_id = ?`
	// figuresOpened is how many there are, and the median of the latest.
	figuresOpened = `SELECT COALESCE(MAX(total), 0), COALESCE(CAST(AVG(CASE WHEN place = (n + 1) / 2 OR place = (n + 2) / 2 THEN took END) AS BIGINT), 0)
FROM (SELECT took, total, ROW_NUMBER() OVER (ORDER BY took) AS place, COUNT(*) OVER () AS n
FROM (SELECT took, COUNT(*) OVER () AS total FROM opened WHERE opened_at > ? ORDER BY opened_at DESC LIMIT ?) AS latest) AS ranked`
	// figuresStuck is how many cases there are at each place, and how many of them wait.
	figuresStuck = `SELECT COALESCE(stands.stage, -1), COALESCE(stands.step, ''), COUNT(*), SUM(CASE WHEN stands.waits_at > 0 THEN 1 ELSE 0 END),
COALESCE(MIN(CASE WHEN stands.waits_at > 0 THEN stands.waits_at END), 0)
FROM cases LEFT JOIN stands ON stands.case_id = cases.id WHERE COALESCE(stands.ended, 0) = 0 GROUP BY 1, 2`
	addYes    = `INSERT INTO yeses (guide, case_id, until_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	dropYeses = `DELETE FROM yeses WHERE case_id = ?`
	yesTo     = `SELECT doors.number FROM yeses JOIN doors ON doors.case_id = yeses.case_id WHERE yeses.guide = ? AND yeses.until_at > ? ORDER BY yeses.until_at DESC, doors.number LIMIT ?`
	// rowQueued takes the tenant and whose guides may see it from one invitation: the first.
	rowQueued = `SELECT cases.id, doors.number, cases.made_at, cases.last_at, COALESCE(stands.stage, -1), COALESCE(stands.step, ''), COALESCE(stands.step_n, 0), COALESCE(stands.step_of, 0), COALESCE(stands.waits_at, 0),
CASE WHEN COALESCE(nodes.until_at, 0) > CAST(? AS BIGINT) THEN 1 ELSE 0 END,
COALESCE(named.tenant, ''), COALESCE(named.organisation, ''), COALESCE(stands.home, 0)
FROM cases JOIN doors ON doors.case_id = cases.id LEFT JOIN stands ON stands.case_id = cases.id LEFT JOIN seats ON seats.case_id = cases.id LEFT JOIN nodes ON nodes.id = seats.node
LEFT JOIN invitations AS named ON named.id = (SELECT first.id FROM invitations AS first WHERE first.case_id = cases.id AND first.tenant <> '' ORDER BY first.used_at, first.id LIMIT 1)
WHERE COALESCE(stands.ended, 0) = 0 `
	// queue reads on from a case, behind which it was before.
	queue = rowQueued + `AND (CAST(? AS BIGINT) = 1 OR cases.last_at < ? OR cases.last_at = ? AND cases.id < ?)
AND (CAST(? AS TEXT) = '' OR stands.step = ?)
AND (CAST(? AS BIGINT) = 0 OR stands.waits_at > 0) AND (CAST(? AS BIGINT) = 0 OR nodes.until_at > CAST(? AS BIGINT)) AND cases.last_at >= ?
ORDER BY cases.last_at DESC, cases.id DESC LIMIT ?`

	// putConsole leaves one that is there as it is.
	putConsole    = `INSERT INTO consoles (word, node, print, name, organisation, roles, since_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (word) DO NOTHING`
	dropConsole   = `DELETE FROM consoles WHERE word = ?`
	nodeConsoles  = `SELECT word FROM consoles WHERE node = ?`
	dropConsoles  = `DELETE FROM consoles WHERE node NOT IN (SELECT id FROM nodes)`
	leaveConsoles = `DELETE FROM consoles WHERE node = ?`
	colleagues    = `SELECT consoles.print, consoles.name, consoles.organisation, consoles.roles, MIN(consoles.since_at) FROM consoles JOIN nodes ON nodes.id = consoles.node
WHERE consoles.organisation = ? AND nodes.until_at > ? GROUP BY consoles.print, consoles.name, consoles.organisation, consoles.roles ORDER BY consoles.name, 5, consoles.print LIMIT ?`
	isThere = `SELECT COUNT(*) FROM consoles JOIN nodes ON nodes.id = consoles.node WHERE consoles.print = ? AND consoles.name = ? AND consoles.organisation = ? AND nodes.until_at > ?`

	addVisit  = `INSERT INTO visits (visit, number, console, who, role, organisation) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	dropVisit = `DELETE FROM visits WHERE visit = ?`
	// leftVisits are those whose console is not there, by the lease of its node, behind one.
	leftVisits = `SELECT visits.visit, visits.number, visits.console, visits.who, visits.role, visits.organisation
FROM visits LEFT JOIN consoles ON consoles.word = visits.console LEFT JOIN nodes ON nodes.id = consoles.node
WHERE COALESCE(nodes.until_at, 0) <= ? AND visits.visit > ? ORDER BY visits.visit LIMIT ?`

	hasEnded    = `SELECT COUNT(*) FROM stands WHERE case_id = ? AND ended > 0`
	putHandOver = `INSERT INTO handovers (case_id, organisation, mark, by_print, by_name, to_print, to_name, made_at, until_at, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')
ON CONFLICT (case_id, organisation) DO UPDATE SET mark = excluded.mark, by_print = excluded.by_print, by_name = excluded.by_name, to_print = excluded.to_print, to_name = excluded.to_name,
made_at = excluded.made_at, until_at = excluded.until_at, ended = excluded.ended`
	rowHandOver   = `SELECT handovers.case_id, doors.number, handovers.organisation, handovers.mark, handovers.by_print, handovers.by_name, handovers.to_print, handovers.to_name, handovers.made_at, handovers.until_at, handovers.ended FROM handovers JOIN doors ON doors.case_id = handovers.case_id `
	getHandOver   = rowHandOver + `WHERE handovers.case_id = ? AND handovers.organisation = ? AND (handovers.ended = '' OR handovers.until_at > ?)`
	handOvers     = rowHandOver + `WHERE handovers.organisation = ? AND (handovers.to_print = ? OR handovers.by_print = ?) AND handovers.until_at > ? ORDER BY handovers.made_at DESC, handovers.mark LIMIT ?`
	overHandOvers = rowHandOver + `WHERE handovers.ended = '' AND handovers.until_at <= ? ORDER BY handovers.until_at LIMIT ?`
	takeHandOver  = `DELETE FROM handovers WHERE case_id = ? AND mark = ? AND ended IN ('', 'expired')`
	dropHandOver  = `DELETE FROM handovers WHERE case_id = ? AND mark = ? AND ended = ''`
	closeHandOver = `UPDATE handovers SET ended = ?, until_at = ? WHERE case_id = ? AND mark = ? AND ended = '' AND until_at <= ?`
	dropHandOvers = `DELETE FROM handovers WHERE case_id = ?`
	oldHandOvers  = `DELETE FROM handovers WHERE ended <> '' AND until_at <= ?`

	addInvitation = `INSERT INTO invitations (id, number, find, proof, scope, tenant, made_by, organisation, made_at, until_at, revoked_at, used_at, case_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0) ON CONFLICT DO NOTHING`
	rowInvitation    = `SELECT id, number, proof, scope, tenant, made_by, organisation, made_at, until_at, revoked_at, used_at, case_id FROM invitations `
	findInvitation   = rowInvitation + `WHERE find = ?`
	invitations      = rowInvitation + `WHERE ` + madeBy + ` ORDER BY made_at DESC, id LIMIT ?`
	useInvitation    = `UPDATE invitations SET used_at = ?, case_id = ? WHERE id = ? AND used_at = 0 AND revoked_at = 0 AND until_at > ?`
	revokeInvitation = `UPDATE invitations SET revoked_at = ? WHERE number = ? AND used_at = 0 AND revoked_at = 0 AND ` + madeBy
	usedInvitation   = `SELECT used_at FROM invitations WHERE number = ? AND ` + madeBy
	// inviterOf is by the first invitation that is of an organisation.
	inviterOf = `SELECT organisation FROM invitations WHERE case_id = ? AND organisation <> '' ORDER BY used_at, id LIMIT 1`
	// madeBy holds to invitations of some Inviters.
	madeBy         = `(CAST(? AS BIGINT) = 1 OR organisation = ? OR CAST(? AS BIGINT) = 1 AND organisation = '')`
	dropInvitation = `DELETE FROM invitations WHERE case_id = ?`
	oldInvitations = `DELETE FROM invitations WHERE case_id = 0 AND until_at < ?`

	addEntry  = `INSERT INTO audit (seq, entry, hash, mark) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	markEntry = `SELECT seq, hash FROM audit WHERE mark = ?`
	headEntry = `SELECT seq, entry FROM audit ORDER BY seq DESC LIMIT 1`
	entries   = `SELECT seq, entry, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`

	putBan = `INSERT INTO bans (kind, value, mark, reason, made_at, until_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, value) DO UPDATE SET mark = excluded.mark, reason = excluded.reason, made_at = excluded.made_at, until_at = excluded.until_at`
	getBan  = `SELECT until_at FROM bans WHERE kind = ? AND value = ?`
	liftBan = `DELETE FROM bans WHERE mark = ?`
	oldBans = `DELETE FROM bans WHERE until_at > 0 AND until_at <= ?`
	// organisations reads what there is of each whole: it is asked once, when a server starts.
	organisations = `SELECT organisation FROM invitations WHERE organisation <> '' UNION SELECT organisation FROM handovers
UNION SELECT organisation FROM consoles UNION SELECT organisation FROM visits WHERE organisation <> '' ORDER BY organisation LIMIT ?`
	countBans = `SELECT COUNT(*) FROM bans WHERE (until_at = 0 OR until_at > ?) AND NOT (kind = ? AND value = ?)`
	bans      = `SELECT kind, value, mark, reason, made_at, until_at FROM bans ORDER BY made_at, kind, value`

	putReturn = `INSERT INTO returns (state, run, said, taken, until_at) VALUES (?, ?, ?, 0, ?)
ON CONFLICT (state) DO UPDATE SET said = excluded.said WHERE returns.taken = 0`
	takeReturn = `INSERT INTO returns (state, run, said, taken, until_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (state) DO UPDATE SET said = excluded.said, taken = excluded.taken WHERE returns.taken = 0`
	getReturn    = `SELECT said, taken FROM returns WHERE state = ?`
	countReturns = `SELECT COUNT(*) FROM returns`
	oldReturns   = `DELETE FROM returns WHERE until_at <= ?`
	firstReturns = `DELETE FROM returns WHERE state IN (SELECT state FROM returns ORDER BY until_at, state LIMIT ?)`

	addReceipt   = `INSERT INTO receipts (case_id, visit, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	getReceipt   = `SELECT sealed FROM receipts WHERE case_id = ? AND visit = ?`
	dropReceipts = `DELETE FROM receipts WHERE case_id = ?`

	// putKey keeps the key of another process that was quicker.
	putKey = `INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`
	// receiptKeys are those of receiptKeyFact; their names go on with digits of one
	// length, and what says that a key is disowned has its name and more, so comes behind it.
	receiptKeys = `SELECT value FROM facts WHERE name LIKE 'receipt key %' ORDER BY name`
)

// queued reads some cases of a queue, by their numbers: mostNumbers of them, empty where
// there are fewer.
func queued() string {
	return rowQueued + `AND doors.number IN (?` + strings.Repeat(`, ?`, mostNumbers-1) + `) ORDER BY cases.last_at DESC, cases.id DESC`
}

// statements are queries that are made ready once.
type statements struct {
	putFact, addCase, addDoor, getBound, dropDoor, findCase, getCase, aboutCase, countCases, renewCase, bindCase, oldCases,
	advance, addRecord, findRecord, readCase, firstRecord, dropRecords, dropCase, strays, notify, kept,
	putNode, putSeat, keepSeat, nodeSeats, getSeat, whoSits, dropWord, dropSeat, freeSeat, dropSeats, dropNodes, putStand, dropStand, addOpened, dropOpened, figuresOpened, figuresStuck, addYes, dropYeses, yesTo, queue, queued,
	putConsole, dropConsole, nodeConsoles, dropConsoles, colleagues, isThere,
	addVisit, dropVisit, leftVisits,
	lockCase, hasEnded, putHandOver, getHandOver, handOvers, overHandOvers, takeHandOver, dropHandOver, closeHandOver, dropHandOvers, oldHandOvers,
	addInvitation, findInvitation, invitations, useInvitation, revokeInvitation, usedInvitation, inviterOf, dropInvitation, oldInvitations,
	addEntry, markEntry, headEntry, entries,
	organisations, putBan, getBan, liftBan, oldBans, countBans, bans,
	putReturn, takeReturn, getReturn, countReturns, oldReturns, firstReturns,
	addReceipt, getReceipt, dropReceipts,
	addFact, receiptKeys *sql.Stmt

	all []io.Closer
}

// prepare makes the queries ready on a database.
func prepare(ctx context.Context, db *sql.DB, d dialect) (*statements, error) {
	s := &statements{}
	for _, p := range []struct {
		at    **sql.Stmt
		query string
	}{
		{&s.putFact, putFact},
		{&s.addCase, addCase},
		{&s.addDoor, addDoor},
		{&s.getBound, getBound},
		{&s.dropDoor, dropDoor},
		{&s.findCase, findCase},
		{&s.getCase, getCase},
		{&s.aboutCase, aboutCase},
		{&s.countCases, countCases},
		{&s.renewCase, renewCase},
		{&s.bindCase, bindCase},
		{&s.oldCases, oldCases},
		{&s.advance, advance},
		{&s.addRecord, addRecord},
		{&s.findRecord, findRecord},
		{&s.readCase, readCase},
		{&s.firstRecord, firstRecord},
		{&s.dropRecords, dropRecords},
		{&s.dropCase, dropCase},
		{&s.strays, strays},
		{&s.notify, d.notify},
		{&s.kept, d.kept},
		{&s.putNode, putNode},
		{&s.putSeat, putSeat},
		{&s.keepSeat, keepSeat},
		{&s.nodeSeats, nodeSeats},
		{&s.getSeat, getSeat},
		{&s.whoSits, whoSits},
		{&s.dropSeat, dropSeat},
		{&s.dropWord, dropWord},
		{&s.freeSeat, freeSeat},
		{&s.dropSeats, dropSeats},
		{&s.dropNodes, dropNodes},
		{&s.putStand, putStand},
		{&s.dropStand, dropStand},
		{&s.addOpened, addOpened},
		{&s.dropOpened, dropOpened},
		{&s.figuresOpened, figuresOpened},
		{&s.figuresStuck, figuresStuck},
		{&s.addYes, addYes},
		{&s.dropYeses, dropYeses},
		{&s.yesTo, yesTo},
		{&s.queue, queue},
		{&s.queued, queued()},
		{&s.putConsole, putConsole},
		{&s.dropConsole, dropConsole},
		{&s.nodeConsoles, nodeConsoles},
		{&s.dropConsoles, dropConsoles},
		{&s.colleagues, colleagues},
		{&s.isThere, isThere},
		{&s.addVisit, addVisit},
		{&s.dropVisit, dropVisit},
		{&s.leftVisits, leftVisits},
		{&s.lockCase, lockCase},
		{&s.hasEnded, hasEnded},
		{&s.putHandOver, putHandOver},
		{&s.getHandOver, getHandOver},
		{&s.handOvers, handOvers},
		{&s.overHandOvers, overHandOvers},
		{&s.takeHandOver, takeHandOver},
		{&s.dropHandOver, dropHandOver},
		{&s.closeHandOver, closeHandOver},
		{&s.dropHandOvers, dropHandOvers},
		{&s.oldHandOvers, oldHandOvers},
		{&s.addInvitation, addInvitation},
		{&s.findInvitation, findInvitation},
		{&s.invitations, invitations},
		{&s.useInvitation, useInvitation},
		{&s.revokeInvitation, revokeInvitation},
		{&s.usedInvitation, usedInvitation},
		{&s.inviterOf, inviterOf},
		{&s.dropInvitation, dropInvitation},
		{&s.oldInvitations, oldInvitations},
		{&s.addEntry, addEntry},
		{&s.markEntry, markEntry},
		{&s.headEntry, headEntry},
		{&s.entries, entries},
		{&s.putBan, putBan},
		{&s.getBan, getBan},
		{&s.liftBan, liftBan},
		{&s.oldBans, oldBans},
		{&s.organisations, organisations},
		{&s.countBans, countBans},
		{&s.bans, bans},
		{&s.putReturn, putReturn},
		{&s.takeReturn, takeReturn},
		{&s.getReturn, getReturn},
		{&s.countReturns, countReturns},
		{&s.oldReturns, oldReturns},
		{&s.firstReturns, firstReturns},
		{&s.addReceipt, addReceipt},
		{&s.getReceipt, getReceipt},
		{&s.dropReceipts, dropReceipts},
		{&s.addFact, putKey},
		{&s.receiptKeys, receiptKeys},
	} {
		if p.query == "" { // of another database
			continue
		}
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
	tx   *sql.Tx                 // nil for a reader
	in   map[*sql.Stmt]*sql.Stmt // what the transaction ran so far, as it runs it
	took int64                   // of the room, by what the transaction adds
}

// with is a statement as this transaction runs it: each is taken into it once, however
// many jobs ask for it.
func (q *queries) with(s *sql.Stmt) *sql.Stmt {
	if q.tx == nil {
		return s
	}
	in := q.in[s]
	if in == nil {
		in = q.tx.StmtContext(q.ctx, s)
		q.in[s] = in
	}
	return in
}

// exec says how many rows a statement changed.
func (q *queries) exec(s *sql.Stmt, args ...any) (int64, error) {
	res, err := q.with(s).ExecContext(q.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// about is what is known of a case; ok is false where there is none.
func (q *queries) about(id int64) (a About, ok bool, err error) {
	var made, last, seq int64
	err = q.with(q.aboutCase).QueryRowContext(q.ctx, id).Scan(&made, &last, &seq, &a.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return About{}, false, nil
	}
	a.Made, a.Last, a.Records = time.UnixMilli(made).UTC(), time.UnixMilli(last).UTC(), uint64(seq)
	return a, err == nil, err
}

// place is where a record stands; ok is false where it does not.
func (q *queries) place(id int64, r flows.Record) (seq int64, ok bool, err error) {
	err = q.with(q.findRecord).QueryRowContext(q.ctx, id, string(r.Writer), int64(r.N)).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

// old gives some of the cases that nothing was added to since a time.
func (q *queries) old(before int64, most int) (ids []int64, ns []Number, err error) {
	rows, err := q.with(q.oldCases).QueryContext(q.ctx, before, most)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		var n string
		if err := rows.Scan(&id, &n); err != nil {
			return nil, nil, err
		}
		ids, ns = append(ids, id), append(ns, Number(n))
	}
	return ids, ns, rows.Err()
}

// drop deletes a case and its records, and notes that it is to be wiped; gone is
// how many cases that were.
func (q *queries) drop(id int64) (gone int64, err error) { return q.dropOld(id, math.MaxInt64) }

// dropOld drops a case if nothing was added to it since a time. The case goes first: that
// waits for an append on another node, whose records would be left otherwise, and sees
// what was added.
func (q *queries) dropOld(id, before int64) (gone int64, err error) {
	if gone, err = q.exec(q.dropCase, id, before); err != nil || gone == 0 {
		return 0, err
	}
	return gone, q.dropRest(id)
}

// dropRest deletes what belongs to a case that is gone, and notes that it is to be wiped.
func (q *queries) dropRest(id int64) error {
	for _, s := range []*sql.Stmt{q.dropRecords, q.dropDoor, q.freeSeat, q.dropStand, q.dropOpened, q.dropYeses, q.dropHandOvers, q.dropReceipts, q.dropInvitation} {
		if _, err := q.exec(s, id); err != nil {
			return err
		}
	}
	_, err := q.exec(q.putFact, factUnwiped, rand.Text()) // each its own: who wiped another takes it not away
	return err
}
