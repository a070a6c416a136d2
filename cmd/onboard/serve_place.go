package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkPlace says why this user could keep nothing in a folder, and makes nothing: one
// that is not there is fine where it could be made.
func checkPlace(dir string) error {
	at := filepath.Clean(dir)
	info, err := os.Stat(at)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at { // it would be made in there
		at = filepath.Dir(at)
		info, err = os.Stat(at)
	}
	switch {
	case err != nil:
		return fmt.Errorf("look at the folder: %w", err)
	case !info.IsDir():
		return fmt.Errorf(sayPlaceNoDir, at)
	}
	if err := writable(at); err != nil {
		return fmt.Errorf(sayPlaceLocked, at, err)
	}
	return nil
}

// checkKeyPlace says why the first host key could not be made where there is none. The
// state folder may still have to be made, by whoever starts the service.
func (c *serveConfig) checkKeyPlace() error {
	first := c.HostKeys[0]
	if _, err := os.Stat(first); err == nil {
		return nil
	}
	if _, err := os.Stat(c.State); err != nil && strings.HasPrefix(first, filepath.Clean(c.State)+string(filepath.Separator)) {
		return nil //nolint:nilerr // the start makes it, or says why not
	}
	return checkPlace(filepath.Dir(first))
}
