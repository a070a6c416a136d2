//go:build xterm

package web

import (
	"strings"
	"testing"
)

// TestAssets holds that a build with the wizard in the browser has all of it.
func TestAssets(t *testing.T) {
	t.Parallel()
	files, err := readAssets(Assets())
	if err != nil {
		t.Fatal(err)
	}
	for path, has := range map[string]string{files.script: "FitAddon", files.style: ".xterm", files.licence: "The xterm.js authors"} {
		f := files.of[path]
		if !strings.Contains(string(f.text), has) || len(f.packed) >= len(f.text) {
			t.Errorf("%s: %d bytes, packed %d, without %q", path, len(f.text), len(f.packed), has)
		}
	}
}
