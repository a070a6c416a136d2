package ssh

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecret holds that a secret is made once, its owner's alone, and that one
// which others can read is refused.
func TestSecret(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys", "secret")
	if err := CheckSecret(file); err != nil {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Dir(file)); err == nil {
		t.Error("looking made something")
	}
	first, err := LoadSecret(file)
	if err != nil || len(first) != secretSize {
		t.Fatal(len(first), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, err := LoadSecret(file)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("another one, %v", err)
	}
	other, err := LoadSecret(file + "2")
	if err != nil || bytes.Equal(first, other) {
		t.Errorf("the same one, %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	for text, says := range map[string]string{"": "holds no secret", "abcd\n": "holds no secret", strings.Repeat("g", 64): "holds no secret", strings.Repeat("a", 66): "holds no secret"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{CheckSecret(file), func() error { _, err := LoadSecret(file); return err }()} {
			if err == nil || !strings.Contains(err.Error(), says) || text != "" && strings.Contains(err.Error(), strings.TrimSpace(text)) {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := CheckSecret(file); err == nil || !strings.Contains(err.Error(), "others can read it") {
		t.Errorf("%v", err)
	}
}
