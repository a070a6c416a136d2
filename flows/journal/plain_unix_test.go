//go:build unix

package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A receipt is a file of ours, and nothing else that lies there is read: a pipe
// would be waited for without end, and a link leads elsewhere.
func TestOnlyPlainFilesAreReceipts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := OpenReceipts(dir)
	if err != nil {
		t.Fatal(err)
	}
	good, err := r.Save(t.Context(), receipt())
	if err != nil {
		t.Fatal(err)
	}
	for what, lay := range map[string]func(file string) error{
		"pipe": func(file string) error { return unix.Mkfifo(file, 0o600) },
		"link": func(file string) error { return os.Symlink(filepath.Join(dir, good), file) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			name := "20261120-120001-" + what + ".json"
			if err := lay(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			read := make(chan error, 1)
			go func() {
				_, err := r.Read(name)
				read <- err
			}()
			select {
			case err := <-read:
				if err == nil || errors.Is(err, ErrNoReceipt) {
					t.Errorf("a %s is read as a receipt: %v", what, err)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("reading a %s waits", what)
			}
		})
	}
}
