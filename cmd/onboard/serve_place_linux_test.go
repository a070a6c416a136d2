package main

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

// TestPlaceMustBeWritable holds that a user who could keep neither host keys nor
// certificates in a folder is told before the start.
func TestPlaceMustBeWritable(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755)); err != nil {
		t.Fatal(err)
	}
	c := defaultServe()
	c.State = dir
	c.HostKeys = []string{filepath.Join(dir, "keys", "host")}
	said := make(chan []error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this, and is somebody else until then
		if os.Getuid() == 0 {
			if _, _, no := syscall.RawSyscall(syscall.SYS_SETRESUID, 65534, ^uintptr(0), ^uintptr(0)); no != 0 {
				said <- []error{no}
				return
			}
		}
		said <- []error{c.checkKeyPlace(), c.checkCache(), checkPlace(dir)}
	}()
	for i, err := range <-said {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "nothing can be kept in "+dir) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
