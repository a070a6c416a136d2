package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// npmVariable tells the program under test where npm put what the wizard in the
// browser is made of.
const npmVariable = "ONBOARD_TEST_NPM"

// npmAssets are what a program under test has of it.
func npmAssets() fs.FS {
	if dir := os.Getenv(npmVariable); dir != "" {
		return os.DirFS(dir)
	}
	return nil
}

// npmEnv is the variable where npm was there, and nothing where it was not.
func npmEnv(t testing.TB) []string {
	t.Helper()
	dir, err := filepath.Abs("../../ssh/web/assets")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		return nil
	}
	return []string{npmVariable + "=" + dir}
}
