//go:build unix

package ssh

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAnswersNobodyElsePutThere holds that a folder which is listed has no place for the
// files of others, sticky or not, that a pipe in it holds nothing up, and that a link
// counts for where it leads.
func TestAnswersNobodyElsePutThere(t *testing.T) {
	t.Parallel()
	says := func(dir, want string) {
		t.Helper()
		done := make(chan error, 1)
		go func() {
			_, err := OpenAnswers(dir, nil)
			done <- err
		}()
		select {
		case err := <-done:
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it hangs")
		}
	}
	mode := func(dir string, to os.FileMode) {
		t.Helper()
		if err := os.Chmod(dir, to); err != nil {
			t.Fatal(err)
		}
	}
	dir := folder(t, map[string]string{"a.md": "x"})
	mode(dir, 0o777|os.ModeSticky)
	says(dir, "others can write into")
	mode(dir, 0o770)
	says(dir, "others can write into")

	pipes := folder(t, nil)
	if err := syscall.Mkfifo(filepath.Join(pipes, "a.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	says(pipes, "a.md: it is no regular file")

	links, kept := folder(t, nil), folder(t, map[string]string{"a": "x"})
	if err := os.Symlink(filepath.Join(kept, "a"), filepath.Join(links, "a.md")); err != nil {
		t.Fatal(err)
	}
	says(links, "")
	mode(kept, 0o777)
	says(links, "a.md: others can write into")
}
