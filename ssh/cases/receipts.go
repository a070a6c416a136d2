package cases

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"math"

	"onboard.example/flows/journal"
)

// The signed receipt of a guided session is kept as it was given out first, so that it is
// the same bytes from then on, whichever server of whichever version is asked, and whichever
// keys are new since. Where the key that signed it was disowned it is kept as it is, and given
// anew, signed by another. It lies sealed under the key of its case, and is erased with it.

// mostReceipt bounds a receipt, in bytes.
const mostReceipt = 1 << 20

// ErrBadReceipt says that a receipt is empty or too long, or is of no visit.
var ErrBadReceipt = errors.New("the receipt is empty or too long, or is of no visit")

// Receipt gives the receipt of a visit that was kept; nil: none was.
func (c *Case) Receipt(ctx context.Context, visit string) ([]byte, error) {
	const doing = "reading a receipt"
	short, cancel := c.store.bounded(ctx)
	defer cancel()
	var sealed []byte
	err := c.store.insist(short, func() error {
		return c.store.reads.getReceipt.QueryRowContext(short, c.id, visit).Scan(&sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, c.store.storing(ctx, doing, err)
	}
	text, err := c.sealer.open(receiptPlace(visit), sealed)
	return text, c.store.storing(ctx, doing, err)
}

// KeepReceipt keeps the receipt of a visit, unless one is kept already, and gives the one
// that is kept: the first stands, on whichever node. It fails with ErrBadReceipt, with
// ErrNoCase, and with the errors of the disk; then none is kept by this.
func (c *Case) KeepReceipt(ctx context.Context, visit string, text []byte) ([]byte, error) {
	if visit == "" || len(visit) > mostWriter || len(text) == 0 || len(text) > mostReceipt {
		return nil, ErrBadReceipt
	}
	sealed, err := c.sealer.seal(c.store.o.Random, receiptPlace(visit), text)
	if err != nil {
		return nil, err
	}
	err = c.store.submit(&job{ctx: ctx, of: c.id, do: func(q *queries) (answer, fault error) {
		if _, ok, err := q.about(c.id); err != nil || !ok {
			return ErrNoCase, err
		}
		if !c.store.fits(q, rowSize+int64(len(sealed))) {
			return journal.ErrDiskFull, nil
		}
		_, err := q.exec(q.addReceipt, c.id, visit, sealed)
		return nil, err
	}})
	if err != nil {
		return nil, c.store.storing(ctx, "keeping a receipt", err)
	}
	kept, err := c.Receipt(ctx, visit)
	if err == nil && kept == nil { // erased meanwhile
		err = ErrNoCase
	}
	return kept, err
}

// receiptPlace is where the receipt of a visit belongs, for its seal: no record has a
// number below 0.
func receiptPlace(visit string) int64 {
	sum := sha256.Sum256([]byte(visit))
	return math.MinInt64 | int64(binary.BigEndian.Uint64(sum[:])>>1) //nolint:gosec // it has 63 bits
}
