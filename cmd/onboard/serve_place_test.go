package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckPlace holds in which folders something could be kept, and why not in others.
func TestCheckPlace(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	file := keep(t, "file", "")
	for at, want := range map[string]string{own: "", filepath.Join(own, "a", "b"): "", file: file + " is no folder", filepath.Join(file, "a", "b"): file} {
		if err := checkPlace(at); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", at, err)
		}
	}
	if _, err := os.Stat(filepath.Join(own, "a")); err == nil {
		t.Error("it made the folder")
	}
	c := defaultServe()
	c.State, c.HostKeys = own, []string{filepath.Join(file, "host")}
	if err := c.checkKeyPlace(); err == nil || !strings.Contains(err.Error(), file+" is no folder") {
		t.Errorf("%v", err)
	}
}
