package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServedReadsNoFiles holds that a command which a stranger typed reads and
// makes no file that it names, whatever comes past the list of commands.
func TestServedReadsNoFiles(t *testing.T) {
	t.Parallel()
	c := defaultServe()
	clients, err := newClients(c.served())
	if err != nil {
		t.Fatal(err)
	}
	defer clients.close()
	s := &site{clients: clients}
	secret := keep(t, "leak.yaml", "SECRETLINE: x\nid: \"s3cr3t!!\"\n")
	fresh := filepath.Join(t.TempDir(), "made")
	for _, args := range [][]string{
		{"apps", "lint", secret},
		{"apps", "lint", fresh},
		{"check", "--from=" + secret},
		{"check", "--from=-"},
		{"check", "--save=" + fresh},
		{"why", "--file=" + secret},
		{"why", "--file=" + fresh},
	} {
		var out, errs bytes.Buffer
		code := s.command(t.Context(), args, &out, &errs)
		if code != codeUsage || out.Len() > 0 || !strings.Contains(errs.String(), sayNoFiles) || strings.Contains(strings.ToLower(errs.String()), "secret") {
			t.Errorf("%q: %d, %q, %q", args, code, out.String(), errs.String())
		}
	}
	if _, err := os.Lstat(fresh); err == nil {
		t.Error("a file was made")
	}
}
