package cases

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// keyring makes what is stored of a code and of an SSH key.
//
// A code is 128 random bits, so a plain fast hash of it can be turned back by
// nobody: there is nothing to guess from, and a slow one would only cost. It is
// keyed, with a key that each database draws for itself, so that the rows of one
// database say nothing about another's, and so that whoever sends codes cannot
// choose where in the index they are looked for. The key stands in the database,
// for every node to have; a thief of both still has 128 bits to guess.
//
// The hash is stored in two parts: the row is found by the first, in whatever
// time the index takes, and known by the second, compared in constant time.
type keyring struct{ key []byte }

// findLen is the part of a code's hash that finds the case, in bytes.
const findLen = 8

func (k keyring) hash(what string, data []byte) []byte {
	h := hmac.New(sha256.New, k.key)
	_, _ = io.WriteString(h, what)
	_, _ = h.Write(data)
	return h.Sum(nil)
}

// code gives what is stored of a code.
func (k keyring) code(c Code) (find, proof string) {
	raw := c.reveal()
	h := k.hash("resume code\n", raw[:])
	return hex.EncodeToString(h[:findLen]), hex.EncodeToString(h[findLen:])
}

// invitation gives what is stored of the code of an invitation: nothing of which
// finds or proves a case.
func (k keyring) invitation(c Code) (find, proof string) {
	raw := c.reveal()
	h := k.hash("invitation\n", raw[:])
	return hex.EncodeToString(h[:findLen]), hex.EncodeToString(h[findLen:])
}

// bound gives what is stored of the fingerprint of an SSH key: nobody learns from
// a copy of the database whose keys came in.
func (k keyring) bound(fingerprint string) string {
	return hex.EncodeToString(k.hash("ssh key\n", []byte(fingerprint)))
}

// guide gives what is stored of a guide's name where it says whose customers said
// yes: nobody learns from a copy of the database who helped whom.
func (k keyring) guide(who string) string {
	return hex.EncodeToString(k.hash("guide\n", []byte(who)))
}

// same compares in a time that says nothing about where two texts differ.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// fingerprintLen is "SHA256:" and 32 bytes in base64 without padding, as
// OpenSSH writes it.
const (
	fingerprintHead = "SHA256:"
	fingerprintLen  = len(fingerprintHead) + 43
)

// fit says whether a text can be the fingerprint of a key.
func fit(fingerprint string) bool {
	rest, ok := strings.CutPrefix(fingerprint, fingerprintHead)
	return ok && len(fingerprint) == fingerprintLen && strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == ""
}

// openKeyring reads the key of a database, and draws it the first time.
func openKeyring(ctx context.Context, db *sql.DB, d dialect, random io.Reader) (keyring, error) {
	var text string
	err := db.QueryRowContext(ctx, d.sql(getFact), factKey).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		key := make([]byte, sha256.Size)
		if _, err := io.ReadFull(random, key); err != nil {
			return keyring{}, fmt.Errorf("drawing the key of the codes: %w", err)
		}
		if _, err := db.ExecContext(ctx, d.sql(putKey), factKey, hex.EncodeToString(key)); err != nil {
			return keyring{}, err
		}
		err = db.QueryRowContext(ctx, d.sql(getFact), factKey).Scan(&text) // another node may have been quicker
	}
	if err != nil {
		return keyring{}, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != sha256.Size {
		return keyring{}, fmt.Errorf("%w: the key of the codes is not whole", ErrCorrupt)
	}
	return keyring{key}, nil
}
