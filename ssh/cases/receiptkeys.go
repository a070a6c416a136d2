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
	"slices"
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
// at which a session ended that chooses between them. One that somebody may have copied is
// disowned as of a time: from then on the next key is in use in its place, which is made
// where there is none.

// ReceiptKey is an ed25519 key that signs receipts. What is printed of it is a mask.
type ReceiptKey struct {
	// From is when the first session ended that it signs for, and Until when the first did
	// that another signs for; zero: without end on that side. A key that was disowned for
	// all its time has no such session, and both are where its time began. Where two keys
	// are of one time the first of them signs.
	From, Until time.Time
	// Disowned says that it was, for sessions that ended at Since or later; zero: for all.
	Disowned bool
	Since    time.Time

	at      time.Time // when it was to come into use
	private ed25519.PrivateKey
}

// Signs says whether it signs for a session that ended at a time.
func (k ReceiptKey) Signs(ended time.Time) bool {
	return !k.Never() && !ended.Before(k.From) && (k.Until.IsZero() || ended.Before(k.Until))
}

// Never says that it signs for no session any more.
func (k ReceiptKey) Never() bool { return k.Disowned && !k.Since.After(k.at) }

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

// MostReceiptKeys bounds how many there are, and mostNewReceiptKeys how many come of
// NewReceiptKey, a new one each week for four years: as many again take the place of those
// that are disowned, so that having renewed keys takes nobody the way to disown the newest.
const (
	MostReceiptKeys    = 2 * mostNewReceiptKeys
	mostNewReceiptKeys = 200
)

// The errors of keys for receipts.
var (
	// ErrManyKeys says that there are as many keys as may be.
	ErrManyKeys = errors.New("there are as many keys for receipts as may be")
	// ErrDisownLater says that a key is to be disowned as of a time that is yet to come.
	ErrDisownLater = errors.New("a key for receipts is disowned as of a time that was: name none after now")
	// ErrKeySoon says that a key is to come into use already, or has this second: there
	// is never more than one to come.
	ErrKeySoon = errors.New("a key for receipts has just come, or is to come, into use")
	// ErrNoKey says that there is no such key for receipts.
	ErrNoKey = errors.New("there is no such key for receipts")
	// ErrDisowned says that a key is disowned already, as of that time or an earlier one.
	ErrDisowned = errors.New("that key for receipts is disowned already, as of that time or an earlier one")
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
		case n >= mostNewReceiptKeys:
			return ErrManyKeys, nil
		case n > 0 && (first || !now.After(had[n-1].at) || at <= had[n-1].at.Unix()):
			return ErrKeySoon, nil
		}
		return nil, q.putReceiptKey(len(had)+1, at, seed)
	}})
	return s.storing(ctx, "adding a key for receipts", err)
}

// putReceiptKey stores the key of a number.
func (q *queries) putReceiptKey(n int, at int64, seed []byte) error {
	added, err := q.exec(q.addFact, fmt.Sprintf("%s%06d", receiptKeyFact, n), fmt.Sprintf("%d %s", at, hex.EncodeToString(seed)))
	if err == nil && added == 0 {
		err = errAgain // another node was quicker
	}
	return err
}

// DisownReceiptKey has a key count no more for sessions that ended at a time or later; zero:
// for none at all. The next key that is not disowned signs for those, and one is made where
// there is none. It can be disowned again as of an earlier time. It fails with ErrNoKey,
// ErrDisownLater, ErrDisowned and ErrManyKeys; after any other error it may be done all the same.
func (s *Store) DisownReceiptKey(ctx context.Context, public ed25519.PublicKey, since time.Time) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(s.o.Random, seed); err != nil {
		return fmt.Errorf("drawing a key for receipts: %w", err)
	}
	as, tried := int64(0), false
	if !since.IsZero() {
		as = max(since.Unix(), 1)
	}
	err := s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
		rows, err := q.with(q.receiptKeys).QueryContext(q.ctx)
		if err != nil {
			return nil, err
		}
		had, err := readReceiptKeys(rows)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(had, func(k ReceiptKey) bool { return k.Public().Equal(public) })
		last := len(had) - 1
		switch {
		case i < 0:
			return ErrNoKey, nil
		case since.After(s.o.Now()):
			return ErrDisownLater, nil
		case had[i].Disowned && had[i].since() == as && tried: // the answer was lost, and this is once more
			return nil, nil
		case had[i].Disowned && had[i].since() <= as:
			return ErrDisowned, nil
		}
		tried = true
		if !slices.ContainsFunc(had[i+1:], func(k ReceiptKey) bool { return !k.Disowned }) {
			if len(had) >= MostReceiptKeys {
				return ErrManyKeys, nil
			}
			if err := q.putReceiptKey(len(had)+1, max(s.o.Now().Unix(), had[last].at.Unix()+1), seed); err != nil {
				return nil, err
			}
		}
		_, err = q.exec(q.putFact, fmt.Sprintf("%s%06d disowned", receiptKeyFact, i+1), strconv.FormatInt(as, 10))
		return nil, err
	}})
	return s.storing(ctx, "disowning a key for receipts", err)
}

// since is Since as it is stored.
func (k ReceiptKey) since() int64 {
	if k.Since.IsZero() {
		return 0
	}
	return k.Since.Unix()
}

// receiptKeyFact begins the name of each fact that is a key, or says since when the one
// of that number is disowned; receiptKeys finds them by it.
const receiptKeyFact = "receipt key "

// readReceiptKeys reads keys from the rows of receiptKeys, and closes those. What says that
// a key is disowned comes right behind it.
func readReceiptKeys(rows *sql.Rows) (keys []ReceiptKey, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		from, seed, isKey := strings.Cut(value, " ")
		at, errAt := strconv.ParseInt(from, 10, 64)
		when := time.Time{}
		if at != 0 {
			when = time.Unix(at, 0).UTC()
		}
		if n := len(keys); !isKey && errAt == nil && n > 0 {
			keys[n-1].Disowned, keys[n-1].Since = true, when
			continue
		}
		raw, errSeed := hex.DecodeString(seed)
		if errAt != nil || errSeed != nil || len(raw) != ed25519.SeedSize { // they would hold some of it
			return nil, fmt.Errorf("%w: a key for receipts is not whole", ErrCorrupt)
		}
		keys = append(keys, ReceiptKey{at: when, private: ed25519.NewKeyFromSeed(raw)})
	}
	shareOut(keys)
	return keys, rows.Err()
}

// shareOut gives each key its time: from when it came into use until the next did, less
// what it is disowned for, which the next key that is not disowned has from there on. A
// disowned key gets nothing of another's time, not even what it signed of that while nobody
// knew: somebody may have a copy of it. The time of the one that stands in is whole all the
// same, and may hold what a disowned key in between signs still: there, that one comes first.
func shareOut(keys []ReceiptKey) {
	var owed *time.Time // from when on nobody signs
	for i := range keys {
		k := &keys[i]
		if k.From = k.at; i+1 < len(keys) {
			k.Until = keys[i+1].at
		}
		if !k.Disowned {
			if owed != nil {
				k.From, owed = *owed, nil
			}
			continue
		}
		if !k.Until.IsZero() && !k.Since.Before(k.Until) { // another signed by then
			continue
		}
		if k.Until = k.Since; k.Never() {
			k.Until = k.From
		}
		if owed == nil {
			owed = &k.Until
		}
	}
}
