package ssh

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// stamp tells whether a file is still the one that was read, and as open to others as it
// was then. The zero value is of one that is not there.
type stamp struct {
	info   fs.FileInfo
	folder fs.FileMode // of the folder that it is in, where that is looked at; 0: it is not
}

// same says whether nothing was seen to change between two stamps. Where every file has the
// same time of its last change, as in images that are built to be the same each time,
// another file is told by what it is.
func (s stamp) same(as stamp) bool {
	if s.info == nil || as.info == nil {
		return s.info == nil && as.info == nil
	}
	return s.folder == as.folder && s.info.Size() == as.info.Size() && s.info.ModTime().Equal(as.info.ModTime()) &&
		s.info.Mode() == as.info.Mode() && os.SameFile(s.info, as.info)
}

// look looks at every file that says who is a guide.
func (g *Guides) look() []stamp {
	files := make([]string, 0, len(g.o.Authorities)+1)
	for _, a := range g.o.Authorities {
		files = append(files, a.File)
	}
	if g.o.Revoked != "" {
		files = append(files, g.o.Revoked)
	}
	out := make([]stamp, len(files))
	for i, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			continue // reading it says why
		}
		out[i].info = info
		if dir, err := os.Stat(filepath.Dir(file)); err == nil { // likewise
			out[i].folder = dir.Mode()
		}
	}
	return out
}

// settling is how long a file may be written to again without another time of its
// last change: file systems keep whole seconds, some two.
const settling = 2 * time.Second

// unsettled says whether a file was written so lately that its stamp proves
// nothing. The system's clock set the time, and is asked.
func unsettled(s stamp) bool {
	return s.info != nil && time.Since(s.info.ModTime()).Abs() < settling
}

// largestGuides bounds a file that says who is a guide, in bytes: the largest list
// has some twenty thousand lines.
const largestGuides = 1 << 20

// readGuides reads a file that says who is a guide, or who is not, if its mode lets nobody
// else write it.
func readGuides(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read who is a guide: %w", err)
	}
	defer func() { _ = f.Close() }() // it was read
	if err := unwritten(f, file); err != nil {
		return nil, fmt.Errorf("%s: %w", checks.Line(file, 200), err)
	}
	text, err := io.ReadAll(io.LimitReader(f, largestGuides+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read who is a guide: %w", err)
	case len(text) > largestGuides:
		return nil, fmt.Errorf(sayGuidesLarge, checks.Line(file, 200), largestGuides>>20)
	}
	return text, nil
}

// unwritten refuses a file that others can write, or put another in its place, by its mode
// and its folder's. Whose they are is not asked: they may be of whoever keeps them up.
func unwritten(f *os.File, file string) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at it: %w", err)
	}
	if !info.Mode().IsRegular() {
		return errors.New(sayHostKeyNoFile)
	}
	if runtime.GOOS == "windows" { // whose modes say nothing
		return nil
	}
	dir, err := os.Stat(filepath.Dir(file))
	switch {
	case err != nil:
		return fmt.Errorf("look at its folder: %w", err)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf(sayGuidesOpen, info.Mode().Perm())
	case dir.Mode().Perm()&0o022 != 0 && dir.Mode()&fs.ModeSticky == 0:
		return fmt.Errorf(sayHostDirOpen, checks.Line(filepath.Dir(file), 200), dir.Mode().Perm())
	}
	return nil
}

// readAuthority reads the public keys of an authority. An error names file and line.
func readAuthority(file string) ([]gossh.PublicKey, error) {
	text, err := readGuides(file)
	if err != nil {
		return nil, err
	}
	var out []gossh.PublicKey
	n := 0
	for line := range bytes.Lines(text) {
		n++
		word := strings.TrimSpace(string(line))
		if word == "" || word[0] == '#' {
			continue
		}
		key, err := ParseGuideKey(word)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", checks.Line(file, 200), n, err)
		}
		out = append(out, key)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf(sayAuthorityNone, checks.Line(file, 200))
	}
	return out, nil
}

// ParseGuideKey reads the public key of a guide or an authority, as ssh-keygen
// writes it: its kind, the key, and what anybody wants to say of it. A certificate
// is none, and neither is a kind of key that no guide may log in with.
func ParseGuideKey(line string) (gossh.PublicKey, error) {
	key, _, options, rest, err := gossh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return nil, errors.New(sayNoPublicKey)
	case len(options) > 0:
		return nil, fmt.Errorf(sayKeyOptions, checks.Line(options[0], 40))
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New(sayNoPublicKey)
	}
	return key, keyWorks(key)
}

// leastRSA is the shortest RSA key that counts, in bits (NIST SP 800-131A).
const leastRSA = 2048

// keyWorks holds a key to what a guide may log in with, or an authority sign with.
func keyWorks(key gossh.PublicKey) error {
	if key == nil {
		return errors.New(sayNoPublicKey)
	}
	if _, is := key.(*gossh.Certificate); is {
		return errors.New(sayKeyCertificate)
	}
	if c, ok := key.(gossh.CryptoPublicKey); ok {
		if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok {
			if r.N.BitLen() < leastRSA {
				return fmt.Errorf(sayKeyShort, r.N.BitLen(), leastRSA)
			}
			return nil // with SHA-2, which is held to where something is signed
		}
	}
	if !slices.Contains(signatures(), key.Type()) {
		return fmt.Errorf(sayKeyKind, checks.Line(key.Type(), 60))
	}
	return nil
}

// onHardware says whether a key is one of a FIDO security key.
func onHardware(key gossh.PublicKey) bool {
	return key.Type() == gossh.KeyAlgoSKED25519 || key.Type() == gossh.KeyAlgoSKECDSA256
}
