package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/ssh/web"
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

// npmEnv is the variable where npm was there and brought all that the page is made of,
// and nothing where it did not.
func npmEnv(t testing.TB) []string {
	t.Helper()
	dir, err := filepath.Abs("../../ssh/web/assets")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		return nil
	}
	if err := wholeNPM(dir); err != nil {
		t.Logf("WITHOUT THE WIZARD IN THE BROWSER: node_modules is not whole, type `npm ci --prefix ssh/web/assets`: %v", err)
		return nil
	}
	return []string{npmVariable + "=" + dir}
}

// wholeNPM says what of the page is missing in a folder.
func wholeNPM(dir string) error {
	_, err := web.New(web.Options{Certificate: new(web.Certificate), Wizard: &web.Wizard{Origin: "https://" + webName, Assets: os.DirFS(dir)}})
	return err
}

// someNPM is the variable with a folder that has the files of the page, and nothing in
// them: what a server answers does not hang on npm.
func someNPM(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	for err := wholeNPM(dir); err != nil; err = wholeNPM(dir) { // it names the first that is missing
		var missing *fs.PathError
		if !errors.As(err, &missing) {
			t.Fatal(err)
		}
		file := filepath.Join(dir, filepath.FromSlash(missing.Path))
		if _, there := os.Stat(file); there == nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return []string{npmVariable + "=" + dir}
}

// TestHalfNPM holds that a folder of npm's that is not whole is none.
func TestHalfNPM(t *testing.T) {
	t.Parallel()
	dir := strings.TrimPrefix(someNPM(t)[0], npmVariable+"=")
	if err := wholeNPM(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "node_modules", "@xterm", "addon-fit")); err != nil {
		t.Fatal(err)
	}
	if err := wholeNPM(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "addon-fit") {
		t.Errorf("%v", err)
	}
}
