package web

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestCacheMustBeWritable holds that a user who cannot keep certificates in a folder
// is told before the start.
func TestCacheMustBeWritable(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755)); err != nil {
		t.Fatal(err)
	}
	said := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this, and is somebody else until then
		if os.Getuid() == 0 {
			if _, _, no := syscall.RawSyscall(syscall.SYS_SETRESUID, 65534, ^uintptr(0), ^uintptr(0)); no != 0 {
				said <- no
				return
			}
		}
		said <- CheckCache(filepath.Join(dir, "acme"))
	}()
	if err := <-said; !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "nothing can be kept in "+dir) {
		t.Errorf("%v", err)
	}
}
