package ssh

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// secretSize is how many bytes a secret has.
const secretSize = 32

// LoadSecret reads a secret of the server's own from a file, and makes it where
// there is none: 32 bytes of chance, readable for their owner alone, as a host key
// is. A file that others can read, or that lies where others can put another, is
// refused.
func LoadSecret(file string) ([]byte, error) {
	secret, err := readSecret(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeSecret(file); err == nil {
			secret, err = readSecret(file)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", file, err)
	}
	return secret, nil
}

// OwnSecret reads a secret as LoadSecret does, and makes none: nil where there is none.
func OwnSecret(file string) ([]byte, error) {
	secret, err := readSecret(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", file, err)
	}
	return secret, nil
}

// CheckSecret says what LoadSecret would trip over, and makes nothing: a file that
// is not there is fine.
func CheckSecret(file string) error {
	if _, err := readSecret(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("secret %s: %w", file, err)
	}
	return nil
}

func readSecret(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was read
	if err := private(f, file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, largestKey))
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != secretSize {
		return nil, errors.New(saySecretBroken) // err would hold some of it
	}
	return secret, nil
}

func makeSecret(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // it never fails
	return putNew(file, []byte(hex.EncodeToString(secret)+"\n"))
}
