//go:build !xterm

package web

import "io/fs"

// Assets are what the page with the wizard is made of; nil: this build has none (the
// tag xterm puts them in).
func Assets() fs.FS { return nil }
