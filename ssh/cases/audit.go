package cases

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"onboard.example/flows/journal"
)

// The audit is what guides and operators did, in a chain that is only added to:
// each entry holds the hash of the one before. An entry is the bytes of its JSON as
// they are stored, and its hash the SHA-256 of them: whoever has the lines can check
// the chain with nothing else.
//
// A chain shows that an entry was changed, taken out, put in or moved. It cannot
// show that its end was cut off, nor that somebody who can write to the database made
// all of it anew from some place on: for that its head must be kept elsewhere, and
// held against the chain later (AuditHead.Seq and Hash; see CheckAudit). The database
// refuses to change or delete an entry; its owner can switch that off.

// Entry is one entry of the audit.
type Entry struct {
	Seq  uint64 `json:"seq"`
	Prev string `json:"prev"` // the hash of the entry before, in hexadecimal
	// Salt is 128 random bits in hexadecimal, which the store draws: who has the hash of an
	// entry alone cannot try out what it says. Entries of before there was this field have none.
	Salt string    `json:"salt,omitempty"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`            // the guide or operator
	Role string    `json:"role,omitempty"` // as what
	Did  string    `json:"did"`            // in a word, such as invited or watched
	Case Number    `json:"case,omitempty"`
	More string    `json:"more,omitempty"`

	// Organisation is whose the entry is: that of the guide who did it, or to whom it was
	// done. Empty: the operator's, and of entries before there was this field nothing is
	// said. What an entry is stored as does not change with it.
	Organisation string `json:"organisation,omitempty"`

	// Mark tells an entry that is added again, for nobody heard whether it was, from
	// another that says the same: any text of up to 64 bytes that is of this one alone. It
	// stands beside the entry and not in it. Empty: the entry is another each time.
	Mark string `json:"-"`
}

// AuditHead is the end of the chain.
type AuditHead struct {
	Seq  uint64 `json:"seq"`  // 0: the audit is empty
	Hash string `json:"hash"` // of the last entry, in hexadecimal
}

// Logged is an entry with its bytes and their hash.
type Logged struct {
	Entry

	Raw  []byte // the entry, byte for byte as it is stored
	Hash string
}

// genesis stands before the first entry.
const genesis = "onboard/audit/1"

// mostAudited bounds the texts of an entry, in bytes, each.
const mostAudited = 400

// mostMark bounds the mark of an entry, in bytes.
const mostMark = 64

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Audit adds an entry: its Who, Role, Did, Case, More and Organisation. When it returns it is on
// the disk. Where nobody knows whether it is (ErrAway, or ctx ended), trying again with
// the same Mark is safe: an entry whose mark is there already is not added, and the
// head is the one that the first has. It fails with ErrBadEntry.
func (s *Store) Audit(ctx context.Context, e Entry) (AuditHead, error) {
	if !e.fit() {
		return AuditHead{}, ErrBadEntry
	}
	if e.Mark == "" {
		var mark [16]byte
		if _, err := io.ReadFull(s.o.Random, mark[:]); err != nil {
			return AuditHead{}, fmt.Errorf("writing the audit: drawing a mark: %w", err)
		}
		e.Mark = hex.EncodeToString(mark[:])
	}
	var head AuditHead
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		head, _, answer, fault = s.enter(q, e)
		return answer, fault
	}})
	if err != nil {
		return AuditHead{}, s.storing(ctx, "writing the audit", err)
	}
	return head, nil
}

// fit says whether an entry says who did what, in short lines.
func (e Entry) fit() bool {
	if e.Who == "" || e.Did == "" || !text(e.Mark, mostMark) {
		return false
	}
	for _, t := range []string{e.Who, e.Role, e.Did, string(e.Case), e.More, e.Organisation} {
		if !text(t, mostAudited) {
			return false
		}
	}
	return true
}

// enter adds an entry in a transaction; was: an entry with its mark was there before.
func (s *Store) enter(q *queries, e Entry) (head AuditHead, was bool, answer, fault error) {
	if !s.fits(q, caseSize) {
		return head, false, journal.ErrDiskFull, nil
	}
	return s.link(q, e)
}

// link is enter where the room is taken already.
func (s *Store) link(q *queries, e Entry) (head AuditHead, was bool, answer, fault error) {
	last, _, err := q.lastEntry()
	if err != nil {
		return head, false, nil, err
	}
	var salt [16]byte
	if _, err := io.ReadFull(s.o.Random, salt[:]); err != nil {
		return head, false, fmt.Errorf("drawing the salt of an entry: %w", err), nil
	}
	e.Seq, e.Prev, e.Salt, e.At = last.Seq+1, last.Hash, hex.EncodeToString(salt[:]), s.o.Now().UTC().Round(0)
	data, err := json.Marshal(e)
	if err != nil {
		return head, false, err, nil
	}
	head = AuditHead{e.Seq, hashOf(data)}
	added, err := q.exec(q.addEntry, int64(e.Seq), data, head.Hash, e.Mark)
	if err != nil || added > 0 {
		return head, false, nil, err
	}
	var seq int64
	err = q.with(q.markEntry).QueryRowContext(q.ctx, e.Mark).Scan(&seq, &head.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return head, false, nil, errAgain // another node was quicker
	}
	head.Seq = uint64(seq)
	return head, true, nil, err
}

// entered says whether an entry with a mark is there.
func (q *queries) entered(mark string) (bool, error) {
	var seq int64
	var hash string
	err := q.with(q.markEntry).QueryRowContext(q.ctx, mark).Scan(&seq, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// lastEntry is the end of the chain, as its bytes have it.
func (q *queries) lastEntry() (AuditHead, []byte, error) {
	var seq int64
	var data []byte
	err := q.with(q.headEntry).QueryRowContext(q.ctx).Scan(&seq, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return AuditHead{0, hashOf([]byte(genesis))}, nil, nil
	}
	return AuditHead{uint64(seq), hashOf(data)}, data, err
}

// AuditHead is the end of the chain as it is stored. Nothing is checked.
func (s *Store) AuditHead(ctx context.Context) (head AuditHead, err error) {
	short, cancel := s.bounded(ctx)
	defer cancel()
	err = s.insist(short, func() (err error) {
		head, _, err = (&queries{ctx: short, statements: s.reads}).lastEntry()
		return err
	})
	return head, s.storing(ctx, "reading the audit", err)
}

// mostEntries bounds what is read of the audit at once.
const mostEntries = 1000

// Entries gives what of the audit comes after an entry, in order, and whether there
// is more: at most a thousand at once. Nothing is checked.
func (s *Store) Entries(ctx context.Context, after uint64) (out []Logged, more bool, err error) {
	const doing = "reading the audit"
	from := int64(min(after, math.MaxInt64))
	if after == 0 {
		from = math.MinInt64 // so that nothing hides before the first
	}
	short, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.rows(short, s.reads.entries, from, mostEntries)
	if err != nil {
		return nil, false, s.storing(ctx, doing, err)
	}
	defer func() {
		if bad := errors.Join(rows.Err(), rows.Close()); err == nil && bad != nil {
			err = s.storing(ctx, doing, bad)
		}
	}()
	for rows.Next() {
		var l Logged
		var seq int64
		if err := rows.Scan(&seq, &l.Raw, &l.Hash); err != nil {
			return nil, false, s.storing(ctx, doing, err)
		}
		if json.Unmarshal(l.Raw, &l.Entry) != nil { // it was changed, which the chain shows
			l.Entry = Entry{}
		}
		l.Seq = uint64(seq)
		out = append(out, l)
	}
	return out, len(out) == mostEntries, nil
}

// TamperedError says from where on the audit is not what was written.
type TamperedError struct {
	Seq uint64 // the first entry that is not
	Why string
}

// Error says which entry it is.
func (e *TamperedError) Error() string {
	return fmt.Sprintf("the audit is not what was written: entry %d %s", e.Seq, e.Why)
}

// Chain checks entries one after the other. The zero value stands before the first.
type Chain struct {
	// Kept is a head that was kept elsewhere, which the chain must still hold; the
	// zero head is none.
	Kept AuditHead
	// After is a head that was kept elsewhere, with which the chain begins: the first entry
	// must be it, and nothing before it is checked. The zero head is none.
	After AuditHead

	head AuditHead
}

// Head is the last entry that was checked.
func (c *Chain) Head() AuditHead {
	if c.head.Seq == 0 {
		return AuditHead{0, hashOf([]byte(genesis))}
	}
	return c.head
}

// Add checks the next entry.
func (c *Chain) Add(l Logged) error {
	head := c.Head()
	next, begins := head.Seq+1, head.Seq == 0 && c.After.Seq != 0
	if begins {
		next = c.After.Seq
	}
	var in Entry
	switch err := json.Unmarshal(l.Raw, &in); {
	case l.Seq == 0 || l.Seq > math.MaxInt64: // a number below 1
		return &TamperedError{1, "is not the first: something was put before it"}
	case l.Seq > next:
		return &TamperedError{next, "is missing"}
	case l.Seq != next:
		return &TamperedError{l.Seq, "is there twice, or out of order"}
	case hashOf(l.Raw) != l.Hash:
		return &TamperedError{l.Seq, "was changed: its hash is another"}
	case err != nil:
		return &TamperedError{l.Seq, "is no entry"}
	case in.Seq != l.Seq:
		return &TamperedError{l.Seq, fmt.Sprintf("was entry %d", in.Seq)}
	case !begins && in.Prev != head.Hash:
		return &TamperedError{l.Seq, "follows another entry than the one before it"}
	}
	if begins && c.After.Hash != l.Hash || c.Kept.Seq == l.Seq && c.Kept.Hash != l.Hash {
		return &TamperedError{l.Seq, "is another than the one whose hash was kept"}
	}
	c.head = AuditHead{l.Seq, l.Hash}
	return nil
}

// End says, behind the last entry, what is missing of what was kept.
func (c *Chain) End() error {
	head := c.Head()
	if head.Seq == 0 && c.After.Seq != 0 {
		return &TamperedError{c.After.Seq, "is missing, which was there"}
	}
	if c.Kept.Seq > head.Seq {
		return &TamperedError{head.Seq + 1, fmt.Sprintf("is missing, and everything up to %d, which was there", c.Kept.Seq)}
	}
	return nil
}

// CheckAudit checks the whole chain, and that it still holds a head that was kept
// elsewhere; of the zero head that is not asked. It gives the head that the chain
// has now, and fails with a TamperedError.
func (s *Store) CheckAudit(ctx context.Context, kept AuditHead) (AuditHead, error) {
	c := Chain{Kept: kept}
	for {
		some, more, err := s.Entries(ctx, c.Head().Seq)
		if err != nil {
			return c.Head(), err
		}
		for _, l := range some {
			if err := c.Add(l); err != nil {
				return c.Head(), err
			}
		}
		if !more {
			return c.Head(), c.End()
		}
	}
}
