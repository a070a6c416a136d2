package cases

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A record is stored sealed, with AES-256-GCM under a key that each case draws
// for itself and that stands in the table of doors. This is for erasing: a
// database that rearranges its pages leaves copies of rows behind that nobody
// finds again, in files, logs and backups of either. Of an erased case they stay
// closed, since its key is in one small table that is written anew. It is no
// shield against a thief of the whole database, who has the keys too.
//
// The seal is also what tells a damaged record, or one that was put in another's
// place: it covers where the record belongs.

// secretLen is the length of a case's key, in bytes.
const secretLen = 32

// errSeal says that a record is not what was stored there.
var errSeal = errors.New("its seal is broken")

// sealer seals the records of one case.
type sealer struct {
	id   int64
	aead cipher.AEAD
}

func newSealer(id int64, secret []byte) (sealer, error) {
	if len(secret) != secretLen {
		return sealer{}, fmt.Errorf("%w: the key of a case is not whole", ErrCorrupt)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCM(block)
	return sealer{id, aead}, err
}

// place is where a record belongs.
func (s sealer) place(seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(s.id)), uint64(seq))
}

// seal closes a record that belongs at seq. Its nonce is random, since a place
// may be sealed twice: a transaction that failed may have left its bytes.
func (s sealer) seal(random io.Reader, seq int64, record []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	out := make([]byte, size, size+len(record)+s.aead.Overhead())
	if _, err := io.ReadFull(random, out); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return s.aead.Seal(out, out, record, s.place(seq)), nil
}

// open opens what seal closed, in place.
func (s sealer) open(seq int64, sealed []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	if len(sealed) < size {
		return nil, errSeal
	}
	record, err := s.aead.Open(sealed[size:size], sealed[:size], sealed[size:], s.place(seq))
	if err != nil {
		return nil, errSeal
	}
	return record, nil
}
