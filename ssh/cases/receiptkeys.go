package cases

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"onboard.example/flows/journal"
)

// The keys with which receipts of guided sessions are signed lie with the cases, in
// SQLite as in PostgreSQL: whichever server makes a receipt signs it with the same key,
// a new key is in use at all of them at once, and no file has to be carried from one
// to another. They are keys of their own: whoever copies the database can sign receipts, and is
// not the server to anybody who connects.
//
// Keys are added and never changed. Each is in use from a time on, and it is the time
// at which a session ended that chooses between them: an old receipt that is asked for
// again is signed as it was.

// ReceiptKey is an ed25519 key that signs receipts. What is printed of it is a mask.
type ReceiptKey struct {
	// From is when the first session ended that it signs for; zero: it is the first key.
	From    time.Time
	private ed25519.PrivateKey
}

// Public is the half that everybody may have.
func (k ReceiptKey) Public() ed25519.PublicKey {
	public, _ := k.private.Public().(ed25519.PublicKey) // it is one
	return public
}

// Sign signs a message.
func (k ReceiptKey) Sign(message []byte) []byte { return ed25519.Sign(k.private, message) }

// Format writes a mask whatever the verb.
func (ReceiptKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, mask) }

// LogValue is a mask.
func (ReceiptKey) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText gives a mask.
func (ReceiptKey) MarshalText() ([]byte, error) { return []byte(mask), nil }

// mostReceiptKeys bounds how many there are: a new one each week for four years.
const mostReceiptKeys = 200

// The errors of keys for receipts.
var (
	// ErrManyKeys says that there are as many keys as may be.
	ErrManyKeys = fmt.Errorf("there are %d keys for receipts already", mostReceiptKeys)
	// ErrKeySoon says that a key is to come into use already, or has this second: there
	// is never more than one to come.
	ErrKeySoon = errors.New("a key for receipts has just come, or is to come, into use")
)

// ReceiptKeys are all keys that sign receipts, the oldest first. Where there is none
// the first is drawn.
func (s *Store) ReceiptKeys(ctx context.Context) ([]ReceiptKey, error) {
	const doing = "reading the keys for receipts"
	for made := false; ; made = true {
		short, cancel := s.bounded(ctx)
		rows, err := s.rows(short, s.reads.receiptKeys)
		var keys []ReceiptKey
		if err == nil {
			keys, err = readReceiptKeys(rows)
		}
		cancel()
		switch {
		case err != nil:
			return nil, s.storing(ctx, doing, err)
		case len(keys) > 0:
			return keys, nil
		case made:
			return nil, s.storing(ctx, doing, errMissing)
		}
		if err := s.addReceiptKey(ctx, true, 0); err != nil && !errors.Is(err, ErrKeySoon) { // else another node was quicker
			return nil, err
		}
	}
}

// NewReceiptKey draws a key that is in use a while from now on, by the store's clock and
// to the second. It fails with ErrKeySoon while the last one is not in use, and with
// ErrManyKeys; after any other error it may be there all the same.
func (s *Store) NewReceiptKey(ctx context.Context, lead time.Duration) error {
	if _, err := s.ReceiptKeys(ctx); err != nil { // so that there is a first
		return err
	}
	return s.addReceiptKey(ctx, false, lead)
}

// addReceiptKey adds a key, the first or one that is in use a while from now on.
func (s *Store) addReceiptKey(ctx context.Context, first bool, lead time.Duration) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(s.o.Random, seed); err != nil {
		return fmt.Errorf("drawing a key for receipts: %w", err)
	}
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		if !s.fits(q, caseSize) {
			return journal.ErrDiskFull, nil
		}
		rows, err := q.with(q.receiptKeys).QueryContext(q.ctx)
		if err != nil {
			return nil, err
		}
		had, err := readReceiptKeys(rows)
		now, at := s.o.Now(), int64(0)
		if !first {
			at = now.Add(lead).Unix()
		}
		switch n := len(had); {
		case err != nil:
			return nil, err
		case n > 0 && bytes.Equal(had[n-1].private.Seed(), seed): // the answer was lost, and this is once more
			return nil, nil
		case n >= mostReceiptKeys:
			return ErrManyKeys, nil
		case n > 0 && (first || !now.After(had[n-1].From) || at <= had[n-1].From.Unix()):
			return ErrKeySoon, nil
		}
		value := fmt.Sprintf("%d %s", at, hex.EncodeToString(seed))
		added, err := q.exec(q.addFact, fmt.Sprintf("%s%06d", receiptKeyFact, len(had)+1), value)
		if err == nil && added == 0 {
			err = errAgain // another node was quicker
		}
		return nil, err
	}})
	return s.storing(ctx, "adding a key for receipts", err)
}

// receiptKeyFact begins the name of each fact that is a key; receiptKeys finds them by it.
const receiptKeyFact = "receipt key "

// readReceiptKeys reads keys from the rows of receiptKeys, and closes those.
func readReceiptKeys(rows *sql.Rows) (keys []ReceiptKey, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		from, seed, _ := strings.Cut(value, " ")
		at, errAt := strconv.ParseInt(from, 10, 64)
		raw, errSeed := hex.DecodeString(seed)
		if errAt != nil || errSeed != nil || len(raw) != ed25519.SeedSize { // they would hold some of it
			return nil, fmt.Errorf("%w: a key for receipts is not whole", ErrCorrupt)
		}
		k := ReceiptKey{private: ed25519.NewKeyFromSeed(raw)}
		if at != 0 {
			k.From = time.Unix(at, 0).UTC()
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}
