package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// mostWriter bounds the name of a writer, in bytes.
const mostWriter = 128

// errRecord says that a record cannot be told from others.
var errRecord = errors.New("the record has no fit name: a writer of up to 128 bytes, and a number of its own")

// errRaced says that nothing stood in the way when it was looked for.
var errRaced = fmt.Errorf("%w: a moment ago", flows.ErrConflict)

// errMissing says that a record is not there although later ones are, or ought
// to be.
var errMissing = errors.New("it is missing")

// rowSize is what a record takes beside what it holds, and caseSize a case, in
// bytes, about.
const rowSize, caseSize = 150, 1000

// row is a record as it is stored.
type row struct {
	flows.Record
	sealed []byte
}

// Append stores r after the record with number after; see flows.Journal. When
// it returns, the records are forced to the disk. Besides ErrConflict it fails
// with flows.ErrTooLarge of a record, ErrTooLong of the case, ErrNoCase, and with
// the errors of the disk; then nothing is stored, and trying again later is safe.
// Where ctx ends before the answer is there the records may be stored or not, and
// trying again is safe too.
func (c *Case) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	const doing = "saving the run"
	if err := ctx.Err(); err != nil {
		return 0, c.store.storing(ctx, doing, err)
	}
	b, err := c.batch(after, r)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	var last uint64
	told := false // a record of these is there already
	full := false // there is no room
	err = c.store.submit(&job{ctx: ctx, of: c.id, rows: len(b.rows), size: b.size, wakes: []string{ofCase(c.number)}, do: func(q *queries) (answer, fault error) {
		if !told && len(b.rows) > 0 {
			last = after + uint64(len(b.rows))
			done := false
			if full = !c.store.fits(q, b.size+rowSize*int64(len(b.rows))); !full {
				done, fault = c.append(q, b)
			}
			if told = errors.Is(fault, errAgain); fault != nil || done {
				return nil, fault
			}
		}
		last, answer, fault = c.settled(q, b)
		if full && errors.Is(answer, errRaced) {
			answer = journal.ErrDiskFull
		}
		return answer, fault
	}})
	if err != nil {
		return 0, c.store.storing(ctx, doing, err)
	}
	return last, nil
}

// batch is records on their way into a case, after the one with a number.
type batch struct {
	after uint64
	rows  []row
	size  int64 // of them all, in bytes
	most  int64 // how large the case may be with them
}

// batch makes records ready to be stored after a number.
func (c *Case) batch(after uint64, r []flows.Record) (b batch, err error) {
	type name struct {
		flows.WriterID
		uint64
	}
	names := make(map[name]bool, len(r))
	sizes := make([]int64, len(r))
	for i, rec := range r {
		n := name{rec.Writer, rec.N}
		if names[n] || len(rec.Writer) > mostWriter || !utf8.ValidString(string(rec.Writer)) || strings.ContainsRune(string(rec.Writer), 0) || rec.N > math.MaxInt64 {
			return batch{}, errRecord
		}
		names[n] = true
		rec.Seq = after + 1 + uint64(i)
		rec.At = rec.At.UTC().Round(0)
		data, err := flows.MarshalRecord(rec)
		if err != nil {
			return batch{}, err
		}
		sealed, err := c.sealer.seal(c.store.o.Random, int64(rec.Seq), data)
		if err != nil {
			return batch{}, err
		}
		b.rows = append(b.rows, row{rec, sealed})
		sizes[i] = int64(len(sealed))
		b.size += sizes[i]
	}
	b.after, b.most = after, c.store.o.MaxCase+flows.EndRoomFor(r, sizes)
	return b, nil
}

// append writes a batch where the case ends right before it; done is false, and nothing
// is written, where it does not, or where there is no room. A fault of errAgain
// says that one of them is there already.
func (c *Case) append(q *queries, b batch) (done bool, fault error) {
	if b.after > math.MaxInt64-uint64(len(b.rows)) {
		return false, nil
	}
	moved, err := q.exec(q.advance, len(b.rows), b.size, c.store.o.Now().UnixMilli(), c.id, int64(b.after), b.size, b.most)
	if err != nil || moved == 0 {
		return false, err
	}
	for _, r := range b.rows {
		added, err := q.exec(q.addRecord, c.id, int64(r.Seq), string(r.Writer), int64(r.N), r.sealed)
		if err != nil {
			return false, err
		}
		if added == 0 {
			return false, errAgain
		}
	}
	return true, nil
}

// settled is the answer to an append that wrote nothing.
func (c *Case) settled(q *queries, b batch) (at uint64, answer, fault error) {
	a, ok, err := q.about(c.id)
	switch {
	case err != nil:
		return 0, nil, err
	case !ok:
		return 0, ErrNoCase, nil
	case len(b.rows) == 0:
		return a.Records, nil, nil
	}
	all, some := true, false
	for _, r := range b.rows {
		seq, ok, err := q.place(c.id, r.Record)
		if err != nil {
			return 0, nil, err
		}
		all, some, at = all && ok, some || ok, max(at, uint64(seq))
	}
	switch {
	case all:
		return at, nil, nil
	case some || b.after != a.Records:
		return 0, flows.ErrConflict, nil
	case a.Size+b.size > b.most:
		return 0, ErrTooLong, nil
	}
	return 0, errRaced, nil
}

// Since returns the records after a number, in order. Where one is damaged or
// missing, those before it come with a DamagedError.
func (c *Case) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	const doing = "reading the run"
	if err := ctx.Err(); err != nil {
		return nil, c.store.storing(ctx, doing, err)
	}
	last, parts, err := c.read(ctx, after)
	if err != nil {
		return nil, c.store.storing(ctx, doing, err)
	}
	n := 0
	for _, p := range parts {
		n += len(p.out)
	}
	rs := make([]flows.Record, 0, n)
	for _, p := range parts {
		rs = append(rs, p.out...)
		if p.bad != nil {
			return rs, &DamagedError{c.number, after + uint64(len(rs)) + 1, p.bad}
		}
	}
	if at := after + uint64(len(rs)); at < last {
		return rs, &DamagedError{c.number, at + 1, errMissing}
	}
	return rs, nil
}

// part is some rows of a case in a row, of which the first must have the number
// from, and what they say: up to the first that is damaged, and what is wrong
// with that.
type part struct {
	from uint64
	rows []row
	out  []flows.Record
	bad  error
}

// partLen is how many rows are opened while the next are read.
const partLen = 256

// read reads the rows after a number and what they say, and where the case ends.
func (c *Case) read(ctx context.Context, after uint64) (last uint64, parts []*part, err error) {
	ctx, cancel := c.store.bounded(ctx)
	defer cancel()
	rows, err := c.store.rows(ctx, c.store.reads.readCase, int64(min(after, math.MaxInt64)), c.id)
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var opening sync.WaitGroup
	defer opening.Wait()
	var end, seq, num sql.NullInt64
	var writer sql.NullString
	now := &part{from: after + 1}
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&end, &seq, &writer, &num, &sealed); err != nil {
			return 0, nil, err
		}
		if !seq.Valid {
			break // the case has none
		}
		now.rows = append(now.rows, row{flows.Record{Seq: uint64(seq.Int64), Writer: flows.WriterID(writer.String), N: uint64(num.Int64)}, sealed})
		if len(now.rows) == partLen {
			full := now
			opening.Go(func() { c.open(full) })
			parts, now = append(parts, now), &part{from: now.from + partLen}
		}
	}
	if err := rows.Err(); err != nil {
		return 0, nil, err
	}
	if !end.Valid {
		return 0, nil, ErrNoCase
	}
	c.open(now)
	return uint64(end.Int64), append(parts, now), nil
}

// open opens the rows of a part.
func (c *Case) open(p *part) {
	p.out = make([]flows.Record, 0, len(p.rows))
	for i, r := range p.rows {
		rec, err := c.record(r, p.from+uint64(i))
		if err != nil {
			p.bad = err
			return
		}
		p.out = append(p.out, rec)
	}
}

// record reads the record of a row that must have the number seq.
func (c *Case) record(r row, seq uint64) (flows.Record, error) {
	if r.Seq != seq {
		return flows.Record{}, errMissing
	}
	data, err := c.sealer.open(int64(seq), r.sealed)
	if err != nil {
		return flows.Record{}, err
	}
	rec, err := flows.UnmarshalRecord(data)
	if err != nil {
		return flows.Record{}, err
	}
	if rec.Seq != seq || rec.Writer != r.Writer || rec.N != r.N {
		return flows.Record{}, errors.New("it is another record than its row says")
	}
	return rec, nil
}

// BegunBy is who wrote the first record of the case; empty: it has none.
func (c *Case) BegunBy(ctx context.Context) (w flows.WriterID, err error) {
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	err = c.store.insist(short, func() error { return c.store.reads.firstRecord.QueryRowContext(short, c.id).Scan(&w) })
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return w, c.store.storing(ctx, "looking who began the case", err)
}

// Watch gives a wake-up after records were appended to the case, by whichever
// handle of this store or, in PostgreSQL, on whichever node, and when it was
// erased; see flows.Journal. While the database is away, and on the way there, one
// may come for nothing.
func (c *Case) Watch(ctx context.Context) <-chan struct{} {
	return c.store.watchers.watch(ctx, ofCase(c.number))
}
